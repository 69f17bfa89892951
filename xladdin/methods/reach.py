"""达标得分: all the points from a threshold on or up to it, else none; of a value, or of its growth against last year."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from xladdin.classes import record
from xladdin.methods import sentences
from xladdin.methods.formulas import ItemCells, within_limits
from xladdin.methods.inputs import Entry, Input
from xladdin.methods.item import Dice, Outcome, Policies, Sampled, each, number, values
from xladdin.methods.measures import Measure, MeasuredItem, believable
from xladdin.numbers import ScoringError, half_up, plain
from xladdin.records import Quoted
from xladdin.words import VALUE


@record(kw_only=True)
class ReachItem(MeasuredItem):
    """The points if the value reaches the threshold; with `before` if it has grown by so many per cent since then.

    Where `less_is_better` the threshold is the most that still earns them.
    """

    method = "reach"
    title = "达标得分"

    threshold: Quoted
    less_is_better: bool = False
    before: Measure | None = None

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        own = (self.measure.field(f"{self.id}.1"),)
        return (*own, self.before.field(f"{self.id}.2")) if self.before else own

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        if self.before is None:
            return self.scored(number(entries[0].value))
        now, before = each(number, values(entries))
        return grown(now, before, self.threshold.value, self.points, less=self.less_is_better)

    def scored(self, value: Decimal | None) -> Outcome:
        return reach(value, self.threshold.value, self.points, less=self.less_is_better)

    def problems(self) -> Iterator[tuple[str, str]]:
        said = sentences.counts_up_to(self.threshold.clause)
        if said not in (None, self.less_is_better):
            wanted = ("不超过", "写“是”") if said else ("达到", "不写")
            problem = f"引用的原文“{self.threshold.clause}”说的是{wanted[0]}这个数得分，参数“越小越好”应{wanted[1]}"
            yield "less_is_better", problem

    def points_of(self, cell: str) -> str:
        return f"IF({cell}{'<=' if self.less_is_better else '>='}{self.threshold},{plain(self.points)},0)"

    def native(self, cells: ItemCells) -> str:
        if self.before is None:
            return super().native(cells)
        now, before = cells.value(0), cells.value(1)
        return f'IF(COUNT({now}:{before})<2,"",IF({before}=0,"错误：上年数为 0",{self.points_of(growth(now, before))}))'

    def call(self, cells: ItemCells) -> str:
        if self.before is None:
            return within_limits(self.called(cells.value()), cells, self.inputs, (VALUE,), below=True)
        now, before = cells.value(0), cells.value(1)
        called = f'IF(COUNT({now}:{before})<2,"",IF({before}=0,"错误：上年数为 0",{self.called(growth(now, before))}))'
        return within_limits(called, cells, self.inputs, (VALUE,), below=True)

    def called(self, cell: str) -> str:
        return f"FS_REACH({cell},{self.threshold},{plain(self.points)}{',TRUE' if self.less_is_better else ''})"

    def sample(self, dice: Dice) -> Sampled:
        if self.before is None:
            return super().sample(dice)
        now, before = self.inputs
        start = Decimal(dice.random.randint(200, 900))
        gain = Decimal(str(round(dice.random.uniform(0.2, 1.8), 2))) * self.threshold.value / 100
        return Sampled({now.code: believable(now, start * (1 + gain)), before.code: float(start)})

    def usual(self) -> tuple[Decimal, Decimal]:
        return self.threshold.value * 3 / 4, self.threshold.value * 5 / 4


def growth(now: str, before: str) -> str:
    """Growth in per cent as a formula, free of the error of doubles in the tenth place."""
    return f"ROUND(({now}-{before})/{before}*100,9)"


def reach(value: Decimal | None, threshold: Decimal, points: Decimal, *, less: bool = False, what: str = "") -> Outcome:
    """The points from the threshold on, with `less` up to it, else 0; a blank value is None."""
    if value is None:
        return Outcome(None, lambda: "尚未填报")
    is_reached = value <= threshold if less else value >= threshold
    said = ("未超过" if is_reached else "超过") if less else ("达到" if is_reached else "未达到")
    earned = points if is_reached else Decimal(0)
    return Outcome(half_up(earned), lambda: f"{what}{plain(value)}{said} {plain(threshold)}，计 {plain(earned)} 分")


def grown(
    now: Decimal | None, before: Decimal | None, threshold: Decimal, points: Decimal, *, less: bool = False
) -> Outcome:
    """`reach` of the growth in per cent, at nine decimals as formulas see it."""
    if now is None or before is None:
        return Outcome(None, lambda: "本年数和上年数未填全")
    if before == 0:
        raise ScoringError("上年数为 0，不能算增幅", 1)
    rate = half_up((Fraction(now) - Fraction(before)) / Fraction(before) * 100, 9)
    return reach(rate, threshold, points, less=less, what=f"（{plain(now)}-{plain(before)}）÷{plain(before)}，增幅% ")
