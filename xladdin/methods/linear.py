"""区间线性: from the points at the lower bound to full points at the upper one, in proportion between them."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from xladdin.classes import record
from xladdin.methods import sentences
from xladdin.methods.item import Outcome, rounded
from xladdin.methods.measures import NOT_SIGNED, MeasuredItem
from xladdin.numbers import ScoringError, plain
from xladdin.records import Quoted


@record(kw_only=True)
class LinearItem(MeasuredItem):
    """The points in proportion to where the value lies between `low` and `high`; where less is better, `low` is the greater."""

    method = "linear"
    title = "区间线性"

    low: Quoted
    high: Quoted
    low_points: Quoted | None = None

    def problems(self) -> Iterator[tuple[str, str]]:
        if self.measure.signed:
            yield "measure.signed", NOT_SIGNED
        if self.low.value == self.high.value:
            yield "high", "上限与下限相同"
        if sentences.is_best(self.low.clause) or sentences.is_best(self.high.clause) is False:
            key, bound = ("low", self.low) if sentences.is_best(self.low.clause) else ("high", self.high)
            yield (
                key,
                f"引用的原文是“{bound.clause}”；上限处得满分，下限处得分最少，上限可以小于下限：与原文相反的请对调",
            )
        if self.least > self.points:
            yield "low_points", f"下限处的 {plain(self.least)} 分高于分值 {plain(self.points)}"

    @property
    def least(self) -> Decimal:
        """What the lower bound is worth."""
        return self.low_points.value if self.low_points else Decimal(0)

    def scored(self, value: Decimal | None) -> Outcome:
        return linear(value, self.low.value, self.high.value, self.points, low_points=self.least)

    def points_of(self, cell: str) -> str:
        span = f"{plain(self.high.value - self.low.value)}"
        share = f"MAX(0,MIN(1,({cell}-{self.low})/{span}))"
        return f"{plain(self.least)}+{plain(self.points - self.least)}*{share}"

    def called(self, cell: str) -> str:
        least = f",{plain(self.least)}" if self.least else ""
        return f"FS_LINEAR({cell},{self.low},{self.high},{plain(self.points)}{least})"

    def usual(self) -> tuple[Decimal, Decimal]:
        return self.low.value, self.high.value


def linear(
    value: Decimal | None, low: Decimal, high: Decimal, points: Decimal, *, low_points: Decimal = Decimal(0)
) -> Outcome:
    """`low_points` up to the lower bound, the points from the upper one on, linear between; a blank value is None.

    With `low` above `high` less is better.
    """
    if low == high:
        raise ScoringError(f"上限与下限都是 {plain(low)}，应不同")
    if low_points > points:
        raise ScoringError(f"下限处的得分 {plain(low_points)} 不能大于分值 {plain(points)}")
    if value is None:
        return Outcome(None, lambda: "尚未填报")
    raw = (Fraction(value) - Fraction(low)) / (Fraction(high) - Fraction(low))
    share = max(Fraction(0), min(Fraction(1), raw))

    def worded() -> str:
        span = f"{plain(value)} 在 {plain(low)}（{plain(low_points)} 分）到 {plain(high)}（{plain(points)} 分）之间"
        if raw != share:
            span = f"{plain(value)} 未达到 {plain(low)}" if raw < 0 else f"{plain(value)} 已达到 {plain(high)}"
        start = f"{plain(low_points)}+" if low_points else ""
        return f"{span}，{start}{plain(points - low_points)}×{plain(share)}"

    return rounded(Fraction(low_points) + Fraction(points - low_points) * share, worded)
