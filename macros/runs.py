"""A result sheet cut into the areas that look alike, for writers that format an open workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xladdin.workbook.tables import Cell, ResultSheet


def runs(values: Sequence[str]) -> list[tuple[int, int, str]]:
    """(begin, end, value) of each run of equal neighbours."""
    found: list[tuple[int, int, str]] = []
    for position, value in enumerate(values):
        if found and found[-1][2] == value:
            found[-1] = (found[-1][0], position + 1, value)
        else:
            found.append((position, position + 1, value))
    return found


def exceptions(sheet: ResultSheet) -> Mapping[str, list[tuple[int, int]]]:
    """Row and column (zero-based) of the cells with a style of their own, by style."""
    found: dict[str, list[tuple[int, int]]] = {}
    for row, contents in enumerate(sheet.rows, sheet.first_row):
        for column, content in enumerate(contents):
            if isinstance(content, Cell) and content.style and content.style != sheet.columns[column].style:
                found.setdefault(content.style, []).append((row, column))
    return found
