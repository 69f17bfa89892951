"""Result sheets as plain data, so that every writer gives the same sheets: values, styles by name, links, page set-up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from xladdin.classes import record, replace
from xladdin.workbook.write.styles import LINE_HEIGHT, ROW_HEIGHT, line_count, pages_wide


class Cell(NamedTuple):
    """A cell with more than a value: a style of its own, a link, a formula, the texts it may take, or a hint.

    `link` is `sheet!A1` within the book or `file#sheet!A1` beside it; `formula` is without its equals sign, and `value`
    then what it shows. `hint`, a head and a text, is shown in workbooks written as files while the cell is selected.
    """

    value: str | float | None
    style: str = ""
    link: str = ""
    formula: str = ""
    choices: tuple[str, ...] = ()
    hint: tuple[str, str] | None = None


Content = str | float | None | Cell


def value_of(content: Content) -> str | float | None:
    """What a cell holds, whatever else is said of it."""
    return content.value if isinstance(content, Cell) else content


_MOST_BARS = 40

_LAST_ROW = 65535
"""Zero-based, of the smallest of the formats."""

PRINT_NOTE = "本表不随全簿打印；要打印：页面布局 → 打印区域 → 取消打印区域。"
"""Stands on a sheet that is printed only when asked for."""


@record
class Column:
    """A column: its head, its width in digits, the style of its cells, and a second head above where there is one.

    `signals` gives the looks of cells whose text begins with certain words, where the texts are computed.
    """

    head: str
    width: float
    style: str = "text"
    above: str = ""
    signals: tuple[tuple[str, str], ...] = ()


@record
class Chart:
    """A chart over columns of the table's first `rows` rows (all where none are given).

    `kind` is the writing library's: bar (lying), column (standing) or line. Several `values` lie on one another where they
    are `stacked`. `most` and `least` bound the axis of the values, on which the first is on top where it is `reversed`.
    """

    title: str
    labels: int
    values: tuple[int, ...]
    kind: str = "bar"
    stacked: bool = False
    rows: int | None = None
    number: str = "0.00"
    least: float | None = None
    most: float | None = None
    reversed: bool = False


@record
class Shading:
    """How numbers in neighbouring columns are told apart at a glance: by a bar within the cell, or by colour.

    `low` and `high` are the colours of the least and the greatest; a bar has one colour only, begins at `least` and is full
    at `most`.
    """

    first: int
    last: int
    high: str
    low: str = ""
    least: float = 0
    most: float | None = None


@record
class ResultSheet:
    """One sheet: title, notes, heads, rows; and how it is shown and printed."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Content]]
    notes: Sequence[str] = ()
    frozen_columns: int = 0
    landscape: bool = True
    large_paper: bool = False
    bars: Chart | None = None
    """A chart below the table of one column of numbers, in whose cells there are bars as well; see `chart`."""
    filtered: bool = False
    tab_color: str | None = None
    printed_columns: int | None = None
    """How many of the columns a file prints, where the others are not for people."""
    printed_rows: int | None = None
    """How many of the rows are printed, where the others are a long list to look something up in."""
    row_height: float | None = None
    """Height of every row in points; by default each row takes what its texts need."""
    charts: Sequence[Chart] = ()
    """Each on a sheet of its own behind this one. Drawn, as `shadings` are, in workbooks written as files alone."""
    shadings: Sequence[Shading] = ()
    marking: str = ""
    """What stands above every printed page."""
    signature: str = ""
    """What is to be signed at the foot of every printed page."""
    page_end: int | None = None
    """The column before which the first of two printed pages ends, of a sheet that is too wide for one."""
    on_request: bool = False
    """Whether it is printed only when asked for, and not with the whole workbook."""

    @property
    def chart(self) -> Chart | None:
        """`bars` where they are drawn as a chart; that of more rows would be longer than a page, and nobody could read it."""
        return self.bars if 0 < len(self.rows) <= _MOST_BARS else None

    @property
    def has_upper_heads(self) -> bool:
        return any(column.above for column in self.columns)

    @property
    def head_row(self) -> int:
        """Zero-based row of the heads."""
        return 1 + len(self.notes) + self.has_upper_heads

    @property
    def first_row(self) -> int:
        """Zero-based row of the first row of data."""
        return self.head_row + 1

    @property
    def print_areas(self) -> list[tuple[int, int, int, int]]:
        """What is printed, each on pages of its own, as zero-based first row and column, last row and column; nothing means all.

        Of a sheet that is printed on request it is a cell with nothing in it, nor in its row or column, however many rows
        there will be: LibreOffice leaves out blank pages, Excel those at a workbook's end.
        """
        rows = len(self.rows) if self.printed_rows is None else self.printed_rows
        last, width = max(self.first_row, self.head_row + rows), len(self.columns)
        if self.on_request:
            return [(_LAST_ROW, width, _LAST_ROW, width)]
        if self.page_end:
            heads = self.head_row - self.has_upper_heads  # a title would be cut off at the repeated columns
            return [(0, 0, last, self.page_end - 1), (heads, self.page_end, last, width - 1)]
        is_part = self.printed_columns or self.printed_rows
        return [(0, 0, last, (self.printed_columns or width) - 1)] if is_part else []

    @property
    def pages_across(self) -> int:
        """How many printed pages lie beside one another, for the type not to be too small; those of an area by itself."""
        if self.bars or self.page_end:
            return 1
        widths = [column.width for column in self.columns[: self.printed_columns]]
        return pages_wide(widths, large_paper=self.large_paper, landscape=self.landscape)

    def heights(self) -> list[float]:
        """The height of each row in points: one for all, or what its texts need; not all spreadsheet programs find it themselves."""
        if self.row_height:
            return [self.row_height] * len(self.rows)
        # By index, width, and the length from which a text may need a second line.
        wrapping = [(n, c.width, (c.width - 2) / 2) for n, c in enumerate(self.columns) if c.style != "mono"]
        return [_needed_height(wrapping, contents) for contents in self.rows]


def _needed_height(wrapping: Sequence[tuple[int, float, float]], contents: Sequence[Content]) -> float:
    lines = 1
    for index, width, limit in wrapping:
        content = contents[index]
        if isinstance(content, Cell) and content.style not in ("mono", "unframed"):
            content = content.value
        if isinstance(content, str) and len(content) > limit:
            lines = max(lines, line_count(content, width))
    return lines * LINE_HEIGHT + 4 if lines > 1 else ROW_HEIGHT


def told(sheet: ResultSheet, say: Callable[[str], str]) -> ResultSheet:
    """The sheet with its own texts in a scheme's words (see `Source.say`); what stands in its rows is not one of them."""
    return replace(
        sheet,
        name=say(sheet.name),
        title=say(sheet.title),
        columns=[replace(column, head=say(column.head), above=say(column.above)) for column in sheet.columns],
        notes=[say(note) for note in sheet.notes],
        charts=[replace(chart, title=say(chart.title)) for chart in sheet.charts],
        signature=say(sheet.signature),
    )


def printed_on_request(sheet: ResultSheet) -> ResultSheet:
    """The sheet as one that is printed only when asked for; it says so itself."""
    *notes, last = sheet.notes
    return replace(sheet, on_request=True, notes=(*notes, f"{last}　{PRINT_NOTE}"))


def printed_first(sheets: Sequence[ResultSheet]) -> list[ResultSheet]:
    """The sheets with those at the end that are printed only when asked for, so that no blank page comes between others."""
    return sorted(sheets, key=lambda sheet: sheet.on_request)
