"""Marks of judges: 专家评议 and 综合评价, their mean converted to the points."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from xladdin.classes import record
from xladdin.methods.formulas import ItemCells
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.methods.item import (
    Dice,
    Item,
    Outcome,
    Policies,
    Sampled,
    Steps,
    each,
    number,
    require_within,
    rounded,
    values,
)
from xladdin.numbers import ScoringError, half_up, plain
from xladdin.records import Quoted


@record(kw_only=True)
class MarkedItem(Item):
    """An item scored from a mark out of `full`."""

    judge: str
    full: Quoted

    input_name: ClassVar[str]
    function: ClassVar[str]

    @property
    def highest(self) -> Decimal | None:
        return self.full.value

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return (
            Input(f"{self.id}.1", self.input_name, "分", InputKind.SCORE, maximum=self.full.value, judge=self.judge),
        )

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        return marks(each(number, values(entries)), self.points, self.full.value)

    def native(self, cells: ItemCells) -> str:
        value = cells.value()
        return f'IF(ISNUMBER({value}),ROUND({value}/{plain(self.full.value)}*{plain(self.points)},2),"")'

    def call(self, cells: ItemCells) -> str:
        return f"{self.function}({cells.value()},{plain(self.points)},{plain(self.full.value)})"

    def sample(self, dice: Dice) -> Sampled:
        share = dice.random.uniform(0.74, 0.99) * min(1.0, dice.diligence + 0.02)
        return Sampled({self.inputs[0].code: float(half_up(Decimal(str(share)) * self.full.value, 1))})


def marks(
    scores: Sequence[Decimal | None], points: Decimal, full: Decimal, *, trim: int = 0, trim_from: int = 5
) -> Outcome:
    """The mean of the judges' marks, converted from `full` to the points; blank marks do not count, none at all is None.

    `trim` drops that many highest and as many lowest marks when there are at least `trim_from`.
    """
    if full <= 0:
        raise ScoringError(f"满分 {plain(full)} 应大于 0")
    given = [score for score in scores if score is not None]
    for score in given:
        require_within(score, full, "评分")
    if not given:
        return Outcome(None, lambda: "尚未评分")
    mean, worded = mean_mark(given, trim=trim, trim_from=trim_from)
    return converted(mean, full, points, worded)


def mean_mark(given: Sequence[Decimal], *, trim: int = 0, trim_from: int = 5) -> tuple[Fraction, Steps]:
    """The mean of marks, of which there is at least one, and what words it; see `marks` for `trim`."""
    ordered = sorted(given)
    trimmed = bool(trim) and len(ordered) >= max(trim_from, 2 * trim + 1)
    kept = ordered[trim:-trim] if trimmed else ordered
    mean = sum(map(Fraction, kept), Fraction(0)) / len(kept)

    def worded() -> str:
        if len(ordered) == 1:
            return f"评分 {plain(mean)}"
        dropped = f"去掉最高 {plain(ordered[-1])} 和最低 {plain(ordered[0])}，" if trimmed else ""
        return f"{dropped}{len(kept)} 个评分平均 {plain(mean)}"

    return mean, worded


def converted(mark: Fraction, full: Decimal, points: Decimal, worded: Steps) -> Outcome:
    """A mark out of `full` converted to the points."""
    if full == points:
        return rounded(mark, worded, stated=True)
    return rounded(mark / Fraction(full) * Fraction(points), lambda: f"{worded()}÷{plain(full)}×{plain(points)} 分")
