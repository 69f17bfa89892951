"""What a range in a formula hands over to Python; the only part that knows xlwings' conversion."""

from __future__ import annotations

from typing import Any

from xlwings.conversion import Accessor

from xladdin.numbers import Fault

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
        value = SEVERAL_AREAS if area.Areas.Count > 1 else area.Value
    context.value = value if isinstance(value, tuple | list) else ((value,),)
