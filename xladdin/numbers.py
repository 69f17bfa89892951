"""Numbers of the assessment: exact inside, half-up (四舍五入) at the end, and the four kinds of emptiness kept apart."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from fractions import Fraction

from xladdin.classes import record

MAX_NUMBER = Decimal(10) ** 12
"""Beyond this nothing that is reported or typed into a formula can be meant."""


class NotApplicable(Enum):
    """The value 不适用, which is neither blank nor zero."""

    NOT_APPLICABLE = "不适用"


NOT_APPLICABLE = NotApplicable.NOT_APPLICABLE


@record
class Fault:
    """A value that cannot be used; `message` says why, in Chinese, for the person who typed it."""

    message: str


Value = Decimal | bool | None | NotApplicable | Fault
"""A field's value: number, 是/否, blank (None), 不适用, or unusable."""


class ScoringError(ValueError):
    """An argument that the scheme does not allow. The message, in Chinese, says what is wrong and what is allowed.

    `field` is the position of the item's field that has to be mended.
    """

    def __init__(self, message: str, field: int = 0) -> None:
        self.field = field
        super().__init__(message)


def decimal_of(number: int | float | Decimal) -> Decimal:
    """The number as a decimal; a double enters as its 15 significant digits, which is what a cell shows."""
    return Decimal(f"{number:.15g}") if isinstance(number, float) else Decimal(number)


def half_up(number: Decimal | Fraction, places: int = 2) -> Decimal:
    """The number rounded half away from zero (四舍五入), as ROUND does in a cell."""
    numerator, denominator = number.as_integer_ratio()
    whole = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return _with_places(-whole if numerator < 0 else whole, places)


def _with_places(units: int, places: int) -> Decimal:
    """The exact decimal; arithmetic would round it to the context's digits."""
    return Decimal(f"{units}E-{places}")


def plain(number: Decimal | Fraction | int) -> str:
    """The number as people write it: no exponent, no trailing zeros, an unending fraction cut to four places with …."""
    if isinstance(number, Fraction):
        ending = number.denominator
        for prime in (2, 5):
            while ending % prime == 0:
                ending //= prime
        places = 8 if ending == 1 else 4
        units, rest = divmod(abs(number.numerator) * 10**places, number.denominator)
        return plain(_with_places(-units if number < 0 else units, places)) + ("…" if rest else "")
    text = f"{Decimal(number) + 0:f}" if number == 0 else f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(rate: Fraction) -> str:
    """The rate as a percentage with at most two decimals; … says that more follow."""
    hundredths, rest = divmod(rate.numerator * 10**4, rate.denominator)
    whole, part = divmod(hundredths, 100)
    digits = f".{part:02d}".rstrip("0") if part else ""
    return f"{whole}{digits}{'…' if rest else ''}%"
