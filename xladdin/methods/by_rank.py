"""按名次得分: full points for the first of all units, and so much less for each place behind."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from xladdin.classes import record
from xladdin.methods.compared import ComparedItem, bound, require_among, with_missing
from xladdin.methods.inputs import AllUnits
from xladdin.methods.item import Outcome, Policies, rounded
from xladdin.numbers import plain
from xladdin.records import Quoted


@record(kw_only=True)
class ByRankItem(ComparedItem):
    """The points less `step` per cent of them for each unit that is better, never below 0; equal values share a place."""

    method = "by_rank"
    title = "按名次得分"

    step: Quoted

    def problems(self) -> Iterator[tuple[str, str]]:
        yield from ComparedItem.problems(self)
        if not 0 < self.step.value <= 100:
            yield "step", f"每名递减 {self.step}%，应大于 0，不超过 100"

    @property
    def _share(self) -> Decimal:
        """What a place costs, as a share of the points; below 0 where less is better."""
        share = self.step.value / 100
        return -share if self.less_is_better else share

    def placed(self, value: Decimal | None, everybody: AllUnits, policies: Policies) -> Outcome:
        return by_rank(value, everybody, self.points, self._share)

    def in_office(self, cell: str, of_all: str) -> str:
        better = f'COUNTIF({of_all},"{"<" if self.less_is_better else ">"}"&{cell})'
        return f"ROUND({plain(self.points)}*MAX(0,1-{plain(abs(self._share))}*{better}),2)"

    def among(self, cell: str, of_all: str) -> str:
        return f"FS_BYRANK({cell},{of_all},{plain(self.points)},{plain(self._share)})"


def by_rank(value: Decimal | None, everybody: AllUnits, points: Decimal, step: Decimal) -> Outcome:
    """The points × (1 − step × (place − 1)), never below 0. With a `step` below 0 the lowest value is the first."""
    if value is None:
        return Outcome(None, lambda: "尚未填报")
    require_among(value, everybody)
    better = everybody.below(value) if step < 0 else everybody.above(value)
    share = max(Fraction(0), 1 - Fraction(abs(step)) * better)

    def worded() -> str:
        ends = [bound("最大", everybody.highest, everybody), bound("最小", everybody.lowest, everybody)]
        first, last = reversed(ends) if step < 0 else ends
        place = f"{plain(value)}，在{everybody.counted}中列第 {better + 1} 位（{first}，{last}）"
        down = f"{plain(points)}×(1-{plain(abs(step) * 100)}%×{better})"
        return f"{place}，{down}" if share else f"{place}，{down}，最低 0 分"

    return rounded(Fraction(points) * share, with_missing(worded, everybody))
