"""A result sheet as what a program with an open workbook draws it from: contents by rows, heights, and looks by areas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVar

from xladdin.workbook.tables import Cell, Content, ResultSheet
from xladdin.workbook.write import styles
from xladdin.workbook.write.styles import HEAD_HEIGHT, LOOKS, ROW_HEIGHT, TITLE_HEIGHT, Style, upper_height

Entered = TypeVar("Entered")


class Area(NamedTuple):
    """A rectangle of cells by its zero-based first and last row and column."""

    top: int
    left: int
    bottom: int
    right: int


def block(sheet: ResultSheet, entered: Callable[[Content], Entered]) -> list[list[Entered]]:
    """What each cell holds, row by row from the title on; `entered` turns a content into what the program is given."""
    blank = [None] * (len(sheet.columns) - 1)
    rows: list[Sequence[Content]] = [[text, *blank] for text in (sheet.title, *sheet.notes)]
    if sheet.has_upper_heads:
        rows.append([column.above for column in sheet.columns])
    rows.append([column.head for column in sheet.columns])
    rows += sheet.rows
    return [[entered(content) for content in row] for row in rows]


def heights(sheet: ResultSheet) -> Iterator[tuple[int, int, float | None]]:
    """(first row, last row, points); None where each row takes what its texts need."""
    yield 0, 0, TITLE_HEIGHT
    if sheet.notes:
        yield 1, len(sheet.notes), ROW_HEIGHT
    if sheet.has_upper_heads:
        yield sheet.head_row - 1, sheet.head_row - 1, upper_height(column.above for column in sheet.columns)
    yield sheet.head_row, sheet.head_row, HEAD_HEIGHT
    if sheet.bars:  # the chart is placed by the heights of the rows above
        top = sheet.first_row
        for height, rows in groupby(sheet.heights()):
            bottom = top + len(list(rows)) - 1
            yield top, bottom, height
            top = bottom + 1
    elif sheet.rows:
        yield sheet.first_row, last_row(sheet), sheet.row_height


def chart_top(sheet: ResultSheet) -> float:
    """Points above the chart: the table with its heads and notes, and two rows."""
    above = TITLE_HEIGHT + HEAD_HEIGHT + (len(sheet.notes) + 2) * ROW_HEIGHT
    return above + sum(sheet.heights())


def pages_down(sheet: ResultSheet) -> int:
    """1 where the table and its chart are made to fit one page; 0 for as many as it takes, for the type not to be too small."""
    fits = chart_top(sheet) + CHART_HEIGHT <= styles.page_height(landscape=sheet.landscape)
    return int(sheet.chart is not None and fits)


CHART_HEIGHT = 315
"""Points, of the chart below a table."""


def last_row(sheet: ResultSheet) -> int:
    """Zero-based last row of the data; that of the heads where there are none."""
    return sheet.head_row + len(sheet.rows)


def looks(sheet: ResultSheet) -> Iterator[tuple[Sequence[Area], Style]]:
    """The areas that look alike with the properties to set, in this order: a later one may lie over an earlier one."""
    width, head = len(sheet.columns), sheet.head_row
    yield [Area(0, 0, 0, 0)], {**styles.TITLE, "align": "left"}
    if sheet.notes:
        yield [Area(1, 0, len(sheet.notes), 0)], styles.NOTE
    top = head - sheet.has_upper_heads
    yield [Area(top, 0, head, width - 1)], {**styles.HEAD, "bold": True}
    if sheet.has_upper_heads:
        narrow = ["narrow" if styles.text_width(c.above) > c.width else "" for c in sheet.columns]
        for begin, end, is_narrow in _runs(narrow):
            if is_narrow:
                yield (
                    [Area(top, begin, top, end)],
                    {"font_size": styles.LEAST_SIZE, "text_wrap": False, "rotation": 270},
                )
    if not sheet.rows:
        return
    first, last = sheet.first_row, last_row(sheet)
    yield [Area(first, 0, last, width - 1)], styles.BORDERED
    for begin, end, style in _runs([column.style for column in sheet.columns]):
        if beyond := _beyond(LOOKS[style], styles.BORDERED):
            yield [Area(first, begin, last, end)], beyond
    for style, cells in _exceptions(sheet).items():
        # The column's own look may be bold or that of a number, which a cell's is only if it says so.
        yield cells, {"bold": False, "num_format": "General", **_beyond(LOOKS[style], styles.BORDERED)}


def _runs(values: Sequence[str]) -> list[tuple[int, int, str]]:
    """(first, last, value) of each run of equal neighbours."""
    found: list[tuple[int, int, str]] = []
    for position, value in enumerate(values):
        if found and found[-1][2] == value:
            found[-1] = (found[-1][0], position, value)
        else:
            found.append((position, position, value))
    return found


def _exceptions(sheet: ResultSheet) -> dict[str, list[Area]]:
    """The cells with a style of their own, by style."""
    found: dict[str, list[Area]] = {}
    for row, contents in enumerate(sheet.rows, sheet.first_row):
        for column, content in enumerate(contents):
            if isinstance(content, Cell) and content.style and content.style != sheet.columns[column].style:
                found.setdefault(content.style, []).append(Area(row, column, row, column))
    return found


def _beyond(style: Style, base: Style) -> Style:
    return {key: value for key, value in style.items() if base.get(key) != value}
