"""A field's value shown again: as a cell takes it over, and with the digits that a cell has."""

from __future__ import annotations

from decimal import Decimal

from xladdin.numbers import NOT_APPLICABLE, Fault, Value, decimal_of, plain

NOT_FOUND = "缺行"
"""What stands for a field whose row or column is not in the form, so that it is not taken for a blank."""


def shown_value(value: Value, typed: str) -> str:
    """A value as a cell takes it over; what could not be used stays as it was typed."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return plain(value)
        case Fault():
            return typed or NOT_FOUND
    return NOT_APPLICABLE.value


def as_in_a_cell(value: Value) -> Value:
    """The value with the digits that a cell has: a mean that does not end has more."""
    return decimal_of(float(value)) if type(value) is Decimal else value
