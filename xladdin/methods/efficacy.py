"""功效系数: where a value lies between the lowest and the highest of all units, from a base upwards."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from xladdin.classes import record
from xladdin.methods.compared import ComparedItem, bound, require_among, with_missing
from xladdin.methods.inputs import AllUnits
from xladdin.methods.item import Outcome, Policies, rounded
from xladdin.numbers import ScoringError, plain
from xladdin.records import Quoted

_HUNDRED = Decimal(100)


@record(kw_only=True)
class EfficacyItem(ComparedItem):
    """The points by a coefficient (in %): `base` for the worst of all units, `base` and `span` for the best."""

    method = "efficacy"
    title = "功效系数"
    policies: ClassVar = {"equal_values": ("full", "base")}
    in_formulas: ClassVar = {"equal_values": "full"}

    base: Quoted
    span: Quoted

    def problems(self) -> Iterator[tuple[str, str]]:
        yield from ComparedItem.problems(self)
        if not 0 <= self.base.value <= _HUNDRED:
            yield "base", f"起点 {self.base} 应在 0 到 100 之间"
        if not 0 < self.span.value <= _HUNDRED - self.base.value:
            yield "span", f"幅度 {self.span} 应大于 0，与起点 {self.base} 之和不超过 100"

    @property
    def _line(self) -> tuple[Decimal, Decimal]:
        """The coefficient of the lowest value, and what is added to it up to the highest."""
        base, span = self.base.value, self.span.value
        return (base + span, -span) if self.less_is_better else (base, span)

    def placed(self, value: Decimal | None, everybody: AllUnits, policies: Policies) -> Outcome:
        return efficacy(value, everybody, self.points, *self._line, equal=policies["equal_values"])

    def in_office(self, cell: str, of_all: str) -> str:
        base, span = map(plain, self._line)
        top, points = plain(self.base.value + self.span.value), plain(self.points)
        low, high = f"MIN({of_all})", f"MAX({of_all})"
        return (
            f"IF({high}={low},ROUND({points}*{top}/100,2),"
            f"ROUND({points}*({base}+{span}*({cell}-{low})/({high}-{low}))/100,2))"
        )

    def among(self, cell: str, of_all: str) -> str:
        base, span = map(plain, self._line)
        return f"FS_EFFICACY({cell},{of_all},{plain(self.points)},{base},{span})"


def efficacy(
    value: Decimal | None, everybody: AllUnits, points: Decimal, base: Decimal, span: Decimal, *, equal: str = "full"
) -> Outcome:
    """The points × (base + span × (value − lowest) ÷ (highest − lowest)) ÷ 100.

    With a `span` below 0 the lowest value is the best. Where all values are equal the formula says nothing: all are the best
    (`full`) or the worst (`base`).
    """
    if value is None:
        return Outcome(None, lambda: "尚未填报")
    require_among(value, everybody)
    if not (0 <= base <= _HUNDRED and 0 <= base + span <= _HUNDRED):
        raise ScoringError(f"系数从 {plain(base)} 到 {plain(base + span)}，应在 0 到 100 之间")
    low, high = everybody.lowest, everybody.highest
    worst, best = min(base, base + span), max(base, base + span)
    if low == high:
        coefficient = Fraction(best if equal == "full" else worst)
    else:
        share = (Fraction(value) - Fraction(low)) / (Fraction(high) - Fraction(low))
        coefficient = Fraction(base) + Fraction(span) * share

    def worded() -> str:
        if low == high:
            return f"全部{everybody.counted}都是 {plain(value)}，系数按 {plain(coefficient)}，×{plain(points)}÷100"
        above, below = (value, low) if span > 0 else (high, value)
        units = f"{everybody.counted.lstrip()}中{bound('最小', low, everybody)}、{bound('最大', high, everybody)}"
        steps = f"{plain(worst)}+{plain(abs(span))}×({plain(above)}-{_taken(below)})÷({plain(high)}-{_taken(low)})"
        return f"{plain(value)}，{units}，系数 {steps}={plain(coefficient)}，×{plain(points)}÷100"

    return rounded(Fraction(points) * coefficient / 100, with_missing(worded, everybody))


def _taken(number: Decimal) -> str:
    """A number behind a minus sign."""
    return f"({plain(number)})" if number < 0 else plain(number)
