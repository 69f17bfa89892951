"""What a range in a formula hands over to Python; the only part that knows xlwings' conversion."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from xlwings.conversion import Accessor

from udfs.workbook import Workbook
from xladdin.numbers import Fault
from xladdin.words import VERSION_PROPERTY

SEVERAL_AREAS = Fault("几块不相连的区域，请分别写出")
"""In place of a range of several areas: Excel would give the values of the first and leave out the others."""


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
        area = context.range.api
        value = SEVERAL_AREAS if area.Areas.Count > 1 else exact_values(area)
    context.value = value if isinstance(value, tuple | list) else ((value,),)


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
    context.value = Workbook(lambda: _stamp(cell.api.Worksheet.Parent) if cell is not None else "")


def _stamp(book: Any) -> str:  # noqa: ANN401
    try:
        return str(book.CustomDocumentProperties(VERSION_PROPERTY).Value)
    except Exception:  # COM says in several ways that there is no such property
        return ""
