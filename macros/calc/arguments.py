"""What stands in the cells of a range, as `udfs` takes it: rows of numbers, texts, dates, logical values and errors."""

from __future__ import annotations

import datetime
import re

from macros.calc.untyped import Uno
from xladdin.workbook.cells import DAY_ZERO

_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_MANY_ROWS, _MANY_COLUMNS = 10_000, 1_000
"""From here on a range may be a whole row or column, or most of one."""
_DATE = re.compile(r"[ymdhs]", re.IGNORECASE)


def argument_of(given: Uno) -> object:
    """An argument of a formula: a range's cells, always as rows; anything else as it came."""
    if not hasattr(given, "getCellRange"):
        return given
    area = _used_part(given.getCellRange())
    rows = area.getDataArray()
    code = given.NumberFormat  # of the whole range; none where its cells differ
    plain = code == "General" or not _has_numbers(rows)
    if plain and all(cell is not None for row in rows for cell in row):
        return tuple(tuple(None if cell == "" else cell for cell in row) for row in rows)
    return tuple(
        tuple(_cell(given, area, row, column, content, code) for column, content in enumerate(cells))
        for row, cells in enumerate(rows)
    )


def _used_part(area: Uno) -> Uno:
    """A range without the rows and columns behind what its sheet uses, which are blank; the first cell at least."""
    at = area.RangeAddress
    if at.EndRow < _MANY_ROWS and at.EndColumn < _MANY_COLUMNS:
        return area
    sheet = area.getSpreadsheet()
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    used = cursor.RangeAddress
    right = max(at.StartColumn, min(at.EndColumn, used.EndColumn))
    bottom = max(at.StartRow, min(at.EndRow, used.EndRow))
    return sheet.getCellRangeByPosition(at.StartColumn, at.StartRow, right, bottom)


def _has_numbers(rows: tuple[tuple[object, ...], ...]) -> bool:
    return any(isinstance(cell, float) for row in rows for cell in row)


def _cell(given: Uno, area: Uno, row: int, column: int, content: object, code: str | None) -> object:
    if content is None:  # an error; its text names it
        return area.getCellByPosition(column, row).getString()
    if not isinstance(content, float):
        return None if content == "" else content
    if code is None:
        code = given.Cells(row + 1, column + 1).NumberFormat
    return shown_as(content, code)


def shown_as(number: float, code: str) -> object:
    """A number as what its format makes of it: a logical value, a date, or still a number."""
    if code == "BOOLEAN":
        return bool(number)
    if _DATE.search(_QUOTED.sub("", code).replace("General", "")):
        try:
            return DAY_ZERO + datetime.timedelta(days=number)
        except OverflowError:
            return number
    return number
