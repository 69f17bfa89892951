"""What a range in a formula hands over to Python; the only part that knows xlwings' conversion."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from xlwings.conversion import Accessor

from udfs.workbook import Workbook
from xladdin.numbers import Fault
from xladdin.words import VERSION_PROPERTY

SEVERAL_AREAS = Fault("几块不相连的区域，请分别写出")
"""In place of a range of several areas: Excel would give the values of the first and leave out the others."""


_FEW_ROWS = re.compile(r"\$[A-Z]+\$\d+(:\$[A-Z]+\$\d{1,4})?")
"""An address that ends above row 10,000: no whole row or column, nor most of one."""


class Rectangle(Accessor):
    """A rectangle of values as Excel has them: rows, also of a single cell.

    xlwings' own conversions pass over every cell once more; `values` knows blanks, error codes and dates as they arrive.
    A rectangle keeps a blank cell apart from an argument that was left out.
    """

    @classmethod
    def reader(cls, options: object) -> Any:  # noqa: ANN401 - xlwings has no types
        return Accessor.reader(options).append_stage(_read)  # type: ignore[no-untyped-call]


def _read(context: Any) -> None:  # noqa: ANN401
    value = context.value
    if context.range is not None:
        value = _values(context.range)
    context.value = value if isinstance(value, tuple | list) else ((value,),)


def _values(given: Any) -> Any:  # noqa: ANN401
    address = given.api.Address
    if "," in address:
        return SEVERAL_AREAS
    few = _FEW_ROWS.fullmatch(address)
    return exact_values(given.api if few else _used_part(given).api)


def _used_part(given: Any) -> Any:  # noqa: ANN401
    """The range without the rows and columns behind what its sheet uses, which are blank; the first cell at least."""
    used = given.api.Worksheet.UsedRange
    rows, columns = used.Row + used.Rows.Count - given.row, used.Column + used.Columns.Count - given.column
    return given.resize(max(1, min(rows, given.rows.count)), max(1, min(columns, given.columns.count)))


def exact_values(area: Any) -> Any:  # noqa: ANN401
    """What Range.Value gives, but numbers formatted as currency whole: Excel rounds those to four decimals there.

    Range.Value2 alone would give dates as mere numbers.
    """
    values = area.Value
    if not isinstance(values, tuple | list):
        return area.Value2 if isinstance(values, Decimal) else values
    if Decimal not in {type(value) for row in values for value in row}:
        return values
    return tuple(
        tuple(whole if isinstance(value, Decimal) else value for value, whole in zip(row, wholes, strict=True))
        for row, wholes in zip(values, area.Value2, strict=True)
    )


class CallingWorkbook(Accessor):
    """The workbook of the cell whose formula is being computed, which VBA hands over."""

    @classmethod
    def reader(cls, options: object) -> Any:  # noqa: ANN401
        return Accessor.reader(options).append_stage(_workbook_of)  # type: ignore[no-untyped-call]


def _workbook_of(context: Any) -> None:  # noqa: ANN401
    cell = context.range  # none where VBA calls the function and no cell does
    if cell is None:
        context.value = Workbook(str)
        return
    context.value = Workbook(lambda: _stamp(cell.api.Worksheet.Parent), lambda: _path(cell.api.Worksheet.Parent))


def _path(book: Any) -> str:  # noqa: ANN401
    try:
        path, folder = str(book.FullName), str(book.Path)
    except Exception:  # a workbook that is being closed
        return ""
    return path if folder and "://" not in path else ""


def _stamp(book: Any) -> str:  # noqa: ANN401
    try:
        return str(book.CustomDocumentProperties(VERSION_PROPERTY).Value)
    except Exception:  # COM says in several ways that there is no such property
        return ""
