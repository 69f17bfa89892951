"""Finding tables in a workbook: by the heads of their columns, as the product or as people write them, wherever they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from itertools import groupby
from typing import Generic, NamedTuple, Protocol, TypeVar

from xladdin import issues
from xladdin.classes import record, replace
from xladdin.issues import Issue, Kind, Place
from xladdin.wording import in_words_of
from xladdin.words import CODE, DISTRICT, SPELLINGS, UNIT_WORD_PROPERTY
from xladdin.workbook.cells import Formula, Raw, RawBook, RawSheet, cell_name, result_of, shown_text, visible_text

_CODE = re.compile(r"[A-Z]+\d+\.\d+")

_LONGEST_HEAD = 80
"""No head has more characters, its white space included: longer texts need not be compared."""


def squeezed(raw: Raw) -> str:
    """A cell's text with full-width forms folded, white space and invisible characters removed, for comparing heads and labels."""
    value = result_of(raw)
    return _squeezed(value) if isinstance(value, str) else ""


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", visible_text(text)).split())


class Headed(Protocol):
    """What a table is known by: a row with all heads in `required` and with `least` of its `heads`."""

    @property
    def heads(self) -> tuple[str, ...]: ...

    @property
    def required(self) -> tuple[str, ...]: ...

    @property
    def least(self) -> int: ...


@record
class Heads:
    """The heads of a table that has no other description; see `Headed`."""

    heads: tuple[str, ...]
    required: tuple[str, ...]
    least: int = 1


K = TypeVar("K", bound=Headed)

Say = Callable[[str], str]
"""Gives one of the product's texts in a scheme's words; see `Source.say`."""


@record
class Table(Generic[K]):
    """A table in a workbook: of which kind, where its heads are, and the row it ends before.

    `columns` has the column of each head, by the name that the product has for it; a head of nobody's by its own text.
    `doubled` are the heads that stand there twice, `respelt` those that are written otherwise.
    """

    kind: K
    sheet: RawSheet
    head_row: int
    end_row: int
    columns: Mapping[str, int]
    doubled: frozenset[str]
    respelt: frozenset[str]
    begin: int | None = None
    """The first row, where the table is a part of one."""

    @property
    def rows(self) -> range:
        """The sheet's rows below the heads."""
        return range(self.head_row + 1 if self.begin is None else self.begin, self.end_row)

    def parts(self, head: str) -> Iterator[tuple[str, Table[K]]]:
        """The table cut where what stands in a column changes: what stands there, and the rows it stands in."""
        named = [(squeezed(self.at(row, head)), row) for row in self.rows]
        for text, own in groupby(named, key=lambda pair: pair[0]):
            rows = [row for _text, row in own]
            yield text, replace(self, begin=rows[0], end_row=rows[-1] + 1)

    @cached_property
    def code_rows(self) -> Sequence[tuple[int, str]]:
        """Each row below the heads and what stands there in 编号, which may be nothing."""
        return [(row, squeezed(self.at(row, CODE)).upper()) for row in self.rows]

    @cached_property
    def codes(self) -> frozenset[str]:
        """What stands in 编号."""
        return frozenset(code for _, code in self.code_rows if code)

    def at(self, row: int, head: str) -> Raw:
        """What stands in the column of the head; nothing where there is no such column."""
        return self.sheet.at(row, self.columns[head]) if head in self.columns else None

    def place(self, file: str, row: int, head: str, district: str = "", item: str = "") -> Place:
        """Where a cell stands; where its column is not there, the row's 编号."""
        column = self.columns.get(head, self.columns.get(CODE, 0))
        return Place(district, file, self.sheet.name, cell_name(row, column), item)

    def head_place(self, file: str, district: str = "") -> Place:
        """Where the heads stand."""
        return Place(district, file, self.sheet.name, f"第 {self.head_row + 1} 行")

    def unusable(self, heads: Iterable[str]) -> tuple[str, ...]:
        """Those of the heads that are not there, or not once only."""
        return tuple(head for head in heads if head not in self.columns or head in self.doubled)

    def head_issues(self, heads: Iterable[str], file: str, district: str = "") -> list[Issue]:
        """A finding for each of the heads that is gone or there twice, and for every head that is written otherwise."""
        found = []
        place = self.head_place(file, district)
        for head in self.unusable(heads):
            if head in self.doubled:
                text = f"有两列的表头都是“{head}”"
                found.append(issues.issue(issues.DUPLICATE_COLUMN, place, text, column=head))
            else:
                found.append(issues.issue(issues.MISSING_COLUMN, place, f"表头缺“{head}”列", column=head))
        return found + self.spelling_issues(file, district)

    def not_its_row(self, row: int, texts: Mapping[str, str], file: str, district: str, code: str) -> list[Issue]:
        """The findings that beside a code stands what belongs to another one, as after sorting or moving a part of the rows.

        `texts` are the code's own, by head. What is blank contradicts nothing.
        """
        found = []
        for head, text in texts.items():
            raw = self.at(row, head)
            if (there := squeezed(raw)) and there != squeezed(text):
                place = self.place(file, row, head, district, code)
                shown = f"编号 {code} 旁的{head}是“{shown_text(result_of(raw))}”"
                found.append(issues.issue(issues.NOT_ITS_ROW, place, shown, code=code, head=head, text=text))
        return found[:1]

    def renamed(self, name: str, file: str, district: str = "") -> Issue:
        """The finding that the sheet has another name than it should."""
        place = Place(district, file, self.sheet.name)
        return issues.issue(issues.RENAMED_SHEET, place, f"工作表名为“{self.sheet.name}”", name=name)

    def spelling_issues(self, file: str, district: str = "") -> list[Issue]:
        """A finding for every head that is written otherwise: what it was taken for."""
        found = []
        for head in self.respelt - self.doubled:
            place = self.place(file, self.head_row, head, district)
            text = f"表头写作“{squeezed(self.at(self.head_row, head))}”"
            found.append(issues.issue(issues.RESPELT_HEAD, place, text, column=head))
        return sorted(found, key=lambda issue: issue.place.cell)


def find_tables(book: RawBook, kinds: Sequence[K], say: Say = str) -> list[Table[K]]:
    """Every table of these kinds, each down to the next row of heads.

    `say` gives heads in the scheme's words. Those of the scheme that the workbook was written under, and plain ones, are
    found as well.
    """
    earlier = partial(in_words_of, unit=book.properties.get(UNIT_WORD_PROPERTY, DISTRICT))
    known = [(kind, _names(kind.heads, tuple(map(earlier, kind.heads)), tuple(map(say, kind.heads)))) for kind in kinds]
    found = []
    for sheet in book.sheets:
        heads = [(row, own) for row, cells in enumerate(sheet.rows) if (own := _headed(cells, known))]
        ends = [row for row, _own in heads[1:]] + [len(sheet.rows)]
        found += [_table(*own, sheet, row, end) for (row, own), end in zip(heads, ends, strict=False)]
    return found


def tables_of(book: RawBook, kind: K, say: Say = str) -> list[Table[K]]:
    """The tables of a kind on the first sheet that has any; on a hidden one where no other has."""
    found = sorted(find_tables(book, (kind,), say), key=lambda table: table.sheet.is_hidden)
    return [table for table in found if table.sheet is found[0].sheet]


def without_hidden_copies(
    tables: Sequence[Table[K]], file: str, district: str = ""
) -> tuple[list[Table[K]], list[Issue]]:
    """The tables, but for those on hidden sheets of which a sheet that is shown holds the same; a finding for each such sheet."""
    shown = [table for table in tables if not table.sheet.is_hidden]
    copies: dict[str, str] = {}
    for table in tables:
        alike = (one for one in shown if one.kind == table.kind and (one.codes & table.codes or not table.codes))
        if table.sheet.is_hidden and (original := next(alike, None)):
            copies[table.sheet.name] = original.sheet.name
    found = [
        issues.issue(issues.HIDDEN_COPY, Place(district, file, copy), f"隐藏的工作表“{copy}”是“{original}”的副本")
        for copy, original in copies.items()
    ]
    return [table for table in tables if table.sheet.name not in copies], found


def rows_of(tables: Iterable[Table[K]]) -> Iterator[tuple[Table[K], int]]:
    """Every row of the tables below their heads."""
    return ((table, row) for table in tables for row in table.rows)


def is_code(text: str) -> bool:
    """Whether a text has the shape of an input's code."""
    return _CODE.fullmatch(text) is not None


def repeated_code(kind: Kind, rows: Sequence[tuple[Table[K], int]], code: str, file: str, district: str) -> Issue:
    """The finding that a code stands in several rows, at the last of them."""
    cells = [table.place(file, row, CODE, district, code) for table, row in rows]
    text = f"编号 {code} 出现 {len(rows)} 次：" + "、".join(f"{cell.sheet}!{cell.cell}" for cell in cells)
    return issues.issue(kind, cells[-1], text, code=code)


class _Names(NamedTuple):
    """The heads of a table by the texts that the product writes for them, and by these and every other."""

    own: Mapping[str, str]
    by_text: Mapping[str, str]


@lru_cache(maxsize=64)
def _names(heads: tuple[str, ...], *said: tuple[str, ...]) -> _Names:
    """`said` are the heads in words of schemes."""
    own = {squeezed(text): head for texts in (*said, heads) for text, head in zip(texts, heads, strict=True)}
    spelt = {squeezed(text): head for head in heads for text in SPELLINGS.get(head, ())}
    return _Names(own, {**spelt, **own})


def _headed(cells: Sequence[Raw], known: Sequence[tuple[K, _Names]]) -> tuple[K, _Names] | None:
    """The kind of table whose heads the row has: the one with the most of them beyond those that are lacking."""
    contents = [cell.result if type(cell) is Formula else cell for cell in cells]
    texts = {_squeezed(text) for text in contents if type(text) is str and len(text) < _LONGEST_HEAD}
    best, most = None, 0
    for kind, names in known:
        if names.by_text.keys().isdisjoint(texts):
            continue
        there = {names.by_text[text] for text in texts if text in names.by_text}
        agreement = 2 * len(there) - len(kind.heads)
        if len(there) >= kind.least and there.issuperset(kind.required) and (best is None or agreement > most):
            best, most = (kind, names), agreement
    return best


def _table(kind: K, names: _Names, sheet: RawSheet, row: int, end: int) -> Table[K]:
    texts = [squeezed(cell) for cell in sheet.rows[row]]
    as_named = {names.own[text] for text in texts if text in names.own}
    columns: dict[str, int] = {}
    doubled, respelt = set(), set()
    for column, text in enumerate(texts):
        head = names.by_text.get(text, text)
        if head != text and text not in names.own:
            if head in as_named:  # beside the column of that name it is another one
                head = text
            else:
                respelt.add(head)
        if head and columns.setdefault(head, column) != column:
            doubled.add(head)
    return Table(kind, sheet, row, end, columns, frozenset(doubled), frozenset(respelt))
