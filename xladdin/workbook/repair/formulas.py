"""Formula texts: mending calls of add-in functions that stopped resolving, and numbers that stand for other workbooks.

Spreadsheet programs mark a call they cannot resolve: with the path of the add-in or of the workbook it was copied from,
with the number of an external link (`[1]!`), with a prefix such as `_xludf.`, with `@` or its stored form
`_xlfn.SINGLE(…)`, or with small letters. A formula is cut into its pieces first, so that what stands in a text or in the
name of a sheet or column is never taken for a call.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import Enum, auto
from itertools import pairwise
from typing import NamedTuple


class _Kind(Enum):
    TEXT = auto()
    QUOTED = auto()
    BRACKETS = auto()
    ERROR = auto()
    WORD = auto()
    SPACE = auto()
    SIGN = auto()


class _Piece(NamedTuple):
    kind: _Kind
    text: str


_PIECE = re.compile(
    r"""
    (?P<TEXT>"[^"]*(?:"|$))                      # a doubled quote inside begins the next such piece
  | (?P<QUOTED>'[^']*(?:''[^']*)*(?:'|$))        # sheet, with the path of its workbook
  | (?P<ERROR>\#(?:N/A|[A-Z_]+(?:/0)?[!?]))
  | (?P<SPACE>\s+)
  | (?P<WORD>(?:[\w.\\?$]|[^\x00-\x7f\s])+)      # name, cell, number, file
  | (?P<SIGN>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_MARKED = re.compile(r"((?:_xlfn\.|_xlws\.|_+xludf\.|_xll\.|_xldudf_)*)(.+)", re.IGNORECASE)
_WORKBOOK_FILE = re.compile(r"\.(?:xl\w{1,3}|ett?)'?$", re.IGNORECASE)
_LINK = re.compile(r"('?\[)([0-9]+)(?=\])")


def repaired(formula: str, names: Collection[str]) -> str:
    """The formula with its calls of these functions as they are typed; all else stays as it is.

    `names` are the functions' names as they are to be written. A call is mended whatever workbook it is sent to. The
    leading `=` may be there or not.
    """
    known = {name.upper(): name for name in names}
    capitals = formula.upper()
    if not any(name in capitals for name in known):
        return formula
    pieces = _pieces(formula)
    closing = _closing(pieces)
    written = [piece.text for piece in pieces]
    for at, piece in enumerate(pieces):
        if piece.kind is not _Kind.WORD or not _is_sign(pieces, at + 1, "("):
            continue
        name = known.get(_unmarked(piece.text).upper())
        start = _qualified_start(pieces, at)
        if name is None or not _may_begin(pieces, start):
            continue
        written[at] = name
        for dropped in (*range(start, at), *_wrapping(pieces, closing, start, at + 1)):
            written[dropped] = ""
    return "".join(written)


def link_numbers(formula: str) -> set[int]:
    """The numbers of the external links a stored formula refers to; 0 is the workbook itself."""
    return {number for _at, number in _links(_pieces(formula))} if "[" in formula else set()


def renumbered(formula: str, numbers: Mapping[int, int]) -> str:
    """The stored formula with the numbers of its external links replaced; those not given stay."""
    pieces = _pieces(formula)
    written = [piece.text for piece in pieces]
    for at, number in _links(pieces):
        written[at] = _LINK.sub(rf"\g<1>{numbers.get(number, number)}", written[at], count=1)
    return "".join(written)


def _pieces(formula: str) -> list[_Piece]:
    pieces = []
    position = 0
    while position < len(formula):
        if formula[position] == "[":
            end = _brackets_end(formula, position)
            pieces.append(_Piece(_Kind.BRACKETS, formula[position:end]))
        else:
            match = _PIECE.match(formula, position)
            assert match is not None and match.lastgroup is not None
            end = match.end()
            pieces.append(_Piece(_Kind[match.lastgroup], match[0]))
        position = end
    return pieces


def _brackets_end(formula: str, position: int) -> int:
    """The place behind the bracket that closes the one here; in column names an apostrophe takes the next sign as it is."""
    depth = 0
    while position < len(formula):
        sign = formula[position]
        position += 2 if sign == "'" else 1
        depth += (sign == "[") - (sign == "]")
        if depth == 0:
            return position
    return len(formula)


def _closing(pieces: Sequence[_Piece]) -> dict[int, int]:
    """The closing parenthesis of each opening one."""
    closing, opened = {}, []
    for at, piece in enumerate(pieces):
        if piece.text == "(":
            opened.append(at)
        elif piece.text == ")" and opened:
            closing[opened.pop()] = at
    return closing


def _is_sign(pieces: Sequence[_Piece], at: int, sign: str) -> bool:
    return 0 <= at < len(pieces) and pieces[at].text == sign


def _unmarked(word: str) -> str:
    """The function's name without what programs put before those they do not know."""
    match = _MARKED.fullmatch(word)
    assert match is not None
    return match[2]


def _may_begin(pieces: Sequence[_Piece], at: int) -> bool:
    """Whether a value can begin here: not directly behind another one or a sheet's `!`."""
    if at == 0:
        return True
    before = pieces[at - 1]
    return before.kind is _Kind.SPACE or (before.kind is _Kind.SIGN and before.text not in ")]}!#")


def _qualified_start(pieces: Sequence[_Piece], at: int) -> int:
    """Where the name here begins with the workbooks before it: `[1]!`, `[Book]Sheet!`, `Book.xlsm!`, `'path'!`."""
    while at >= 2 and pieces[at - 1].text == "!":
        kind, text = pieces[at - 2]
        if kind is _Kind.WORD and at >= 3 and pieces[at - 3].kind is _Kind.BRACKETS:
            at -= 3
        elif (
            kind is _Kind.BRACKETS
            or (kind in (_Kind.WORD, _Kind.QUOTED) and _WORKBOOK_FILE.search(text))
            # No sheet's name holds these signs, so there is a path.
            or (kind is _Kind.QUOTED and any(sign in text for sign in "[\\/"))
        ):
            at -= 2
        else:
            break
    return at


def _wrapping(pieces: Sequence[_Piece], closing: Mapping[int, int], start: int, opened: int) -> Iterator[int]:
    """The pieces of every `@` before the call, and of every `_xlfn.SINGLE(…)` around nothing but the call."""
    end = closing.get(opened)
    while True:
        before = start - 1
        while before >= 0 and pieces[before].kind is _Kind.SPACE:
            before -= 1
        behind = len(pieces) if end is None else end + 1
        while behind < len(pieces) and pieces[behind].kind is _Kind.SPACE:
            behind += 1
        if _is_sign(pieces, before, "@") and _may_begin(pieces, before):
            start = before
            yield before
        elif before >= 1 and closing.get(before) == behind and _is_single(pieces, before - 1):
            start, end = before - 1, behind
            yield from (before - 1, before, behind)
        else:
            return


def _is_single(pieces: Sequence[_Piece], at: int) -> bool:
    kind, text = pieces[at]
    marked = kind is _Kind.WORD and text != _unmarked(text)
    return marked and _unmarked(text).upper() == "SINGLE" and _may_begin(pieces, at)


def _links(pieces: Sequence[_Piece]) -> Iterator[tuple[int, int]]:
    """The pieces that name a workbook by its number, and the numbers."""
    for at, (piece, behind) in enumerate(pairwise([*pieces, _Piece(_Kind.SIGN, "")])):
        match = _LINK.match(piece.text)
        # Behind brackets that hold a column's name there is neither.
        if match and (behind.kind is _Kind.WORD or behind.text == "!"):
            yield at, int(match[2])
