"""What a spreadsheet cell can hold, whatever file it came from."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from functools import cache

from xladdin.classes import field, record


@record
class CellError:
    """An error value such as #N/A."""

    text: str


@record
class Percentage:
    """A number shown with a percent sign: 0.45 where the cell says 45%."""

    number: float


@record
class SerialDate:
    """A number shown as a date or time, counted in days as spreadsheet programs do."""

    number: float


@record
class Formula:
    """A formula and the result stored with it (None where none is stored). The result is a claim, not an input."""

    text: str
    result: Raw


class MarkedText(str):
    """A text, or a number as a text, that is struck out or has characters that are struck out, raised or lowered.

    It does not say what its characters say one after the other: 18¹ is not 181.
    """

    __slots__ = ()


@record
class Covered:
    """What is stored beneath a merged range, whose first cell alone is shown; `texts` is all that is beneath it."""

    content: Raw
    merged: str
    texts: str


Raw = None | str | float | int | bool | datetime.date | Percentage | SerialDate | CellError | Formula | Covered
"""A cell's content; None is an empty cell."""


Range = tuple[int, int, int, int]
"""The first row and column of a merged range and the last, zero-based."""


@record
class RawSheet:
    """A sheet's contents: `rows[r][c]` is row r+1, column c+1 of the sheet, as Excel numbers them."""

    name: str
    rows: Sequence[Sequence[Raw]]
    is_hidden: bool = False
    merged: Sequence[Range] = ()
    """Its merged ranges, of very many the first ones."""

    def merged_over(self, row: int, column: int) -> str:
        """The merged range that a cell lies beneath, as Excel writes it; nothing where it is shown by itself."""
        for own in self.merged:
            top, left, bottom, right = own
            if top <= row <= bottom and left <= column <= right and (row, column) != (top, left):
                return range_name(own)
        return ""

    def at(self, row: int, column: int) -> Raw:
        """The cell's content; beyond what is filled it is empty."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return None


@record
class RawBook:
    """A workbook's contents and the SHA-256 of the file they came from."""

    sha256: str
    sheets: Sequence[RawSheet]
    properties: Mapping[str, str] = field(default_factory=dict)
    is_damaged: bool = False
    """Whether the file is damaged, and there may have been more in it."""


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def visible_text(text: str) -> str:
    """The text without the characters that nobody sees: of no width, and marks of the direction of writing."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def result_of(raw: Raw) -> Raw:
    """What the cell shows: a formula's stored result, or the content itself; nothing beneath a merged range."""
    if isinstance(raw, Formula):
        return raw.result
    return None if isinstance(raw, Covered) else raw


MAX_SHOWN = 200
"""Characters after which a text is cut where it is quoted."""

DAY_ZERO = datetime.datetime(1899, 12, 30)
"""The day from which spreadsheet programs count days."""

DAYS_TO_1904 = 1462
"""How much later the day is from which they count where a workbook says so."""


def shown_text(raw: Raw) -> str:
    """The content as the cell shows it, for messages and the audit trail; a very long text is cut, and says so."""
    match raw:
        case None:
            return ""
        case bool():
            return "TRUE" if raw else "FALSE"
        case CellError():
            return raw.text
        case Covered():
            return shown_text(raw.content)
        case Percentage():
            return f"{raw.number * 100:.15g}%"
        case SerialDate():
            try:
                return (DAY_ZERO + datetime.timedelta(days=raw.number)).isoformat(" ", "minutes").removesuffix(" 00:00")
            except OverflowError:
                return f"{raw.number:.15g}"
        case Formula():
            shown = shown_text(raw.result)
            return f"={raw.text or '公式'}（{f'显示 {shown}' if shown else '没有算出的值'}）"[:MAX_SHOWN]
        case float() | int():
            return f"{raw:.15g}"
    text = str(raw)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…（共 {len(text)} 字）"


@cache
def column_letters(column: int) -> str:
    """The letters of a zero-based column."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """A1 reference of a zero-based row and column."""
    return f"{column_letters(column)}{row + 1}"


def absolute_area(top: int, left: int, bottom: int, right: int) -> str:
    """Zero-based first row and column, last row and column → `$A$1:$B$2`."""
    return f"${column_letters(left)}${top + 1}:${column_letters(right)}${bottom + 1}"


def range_name(cells: Range) -> str:
    """A range as Excel writes it."""
    top, left, bottom, right = cells
    return f"{cell_name(top, left)}:{cell_name(bottom, right)}"
