"""每少（多）一个百分点扣（加）分: from a threshold on, so much for each step."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from xladdin.classes import record
from xladdin.methods.formulas import ItemCells, within_limits
from xladdin.methods.inputs import Entry, Input
from xladdin.methods.item import Dice, Item, Outcome, Policies, Sampled, each, number, rounded, values
from xladdin.methods.measures import Measure, believable
from xladdin.numbers import ScoringError, half_up, plain
from xladdin.records import Quoted, named
from xladdin.words import VALUE


@record(kw_only=True)
class SteppedMeasure(Measure):
    """A measured value, from where on it costs or earns something (`above`: 每多, else 每少), and how much for each step."""

    threshold: Quoted
    each: Quoted
    step: Quoted | None = None
    above: bool = False

    @property
    def width(self) -> Decimal:
        """The size of a step, below 0 where those above the threshold count."""
        size = self.step.value if self.step else Decimal(1)
        return -size if self.above else size


@record(kw_only=True)
class PerPointItem(Item):
    """The points less what the values lose, never below 0; or, where it `adds`, what they earn, up to the points."""

    method = "per_point"
    title = "按百分点扣（加）分"
    policies: ClassVar = {"partial_point": ("proportional", "whole")}
    in_formulas: ClassVar = {"partial_point": "proportional"}

    adds: bool = False
    measures: tuple[SteppedMeasure, ...] = named("measure", least=1)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(measure.field(f"{self.id}.{n}") for n, measure in enumerate(self.measures, 1))

    def quoted(self) -> Iterable[tuple[str, Decimal | None, str]]:
        for n, measure in enumerate(self.measures, 1):
            for key, value in (("threshold", measure.threshold), ("each", measure.each), ("step", measure.step)):
                if value is not None and value.clause is not None:
                    yield f"measure[{n}].{key}", value.value, value.clause

    def problems(self) -> Iterator[tuple[str, str]]:
        for n, measure in enumerate(self.measures, 1):
            if not measure.width:
                yield f"measure[{n}].step", "每档应大于 0"

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        sign = -1 if self.adds else 1
        return per_point(
            each(number, values(entries)),
            [measure.threshold.value for measure in self.measures],
            self.points,
            [sign * measure.each.value for measure in self.measures],
            [measure.width for measure in self.measures],
            whole=policies["partial_point"] == "whole",
            names=[measure.name for measure in self.measures],
        )

    def native(self, cells: ItemCells) -> str:
        parts = []
        for n, measure in enumerate(self.measures):
            value, size = cells.value(n), plain(abs(measure.width))
            beyond = f"{value}-{measure.threshold}" if measure.above else f"{measure.threshold}-{value}"
            parts.append(f"{measure.each}*MAX(0,{beyond})" + (f"/{size}" if size != "1" else ""))
        moved = "+".join(parts)
        full = plain(self.points)
        net = f"MIN({full},{moved})" if self.adds else f"MAX(0,{full}-({moved}))"
        return f'IF(COUNT({cells.span(VALUE)})<{cells.count},"",ROUND({net},2))'

    def call(self, cells: ItemCells) -> str:
        sign = -1 if self.adds else 1
        one = _array(measure.threshold.value for measure in self.measures)
        losses = _array(sign * measure.each.value for measure in self.measures)
        widths = _array(measure.width for measure in self.measures)
        called = f"FS_PERPOINT({cells.cells(VALUE)},{one},{plain(self.points)},{losses},{widths})"
        return within_limits(called, cells, self.inputs, (VALUE,))

    def sample(self, dice: Dice) -> Sampled:
        return Sampled(
            {
                spec.code: believable(spec, measure.threshold.value + measure.width * _steps(dice))
                for spec, measure in zip(self.inputs, self.measures, strict=True)
            }
        )


def _steps(dice: Dice) -> Decimal:
    """By how many steps a unit is better (above 0) or worse than the threshold."""
    return Decimal(str(round(dice.random.uniform(-5, 3), 1)))


def _array(numbers: Iterable[Decimal]) -> str:
    shown = [plain(number) for number in numbers]
    return shown[0] if len(shown) == 1 else f"{{{';'.join(shown)}}}"


def per_point(
    given: Sequence[Decimal | None],
    thresholds: Sequence[Decimal],
    points: Decimal,
    losses: Sequence[Decimal],
    steps: Sequence[Decimal],
    *,
    whole: bool = False,
    names: Sequence[str] = (),
) -> Outcome:
    """The points less `loss` for each step that a value is short of its threshold, never below 0; with any blank None.

    A step below 0 counts what is above the threshold instead. Losses below 0 are gains: they add up from 0, up to the
    points. With `whole` a part of a step does not count.
    """
    if not len(given) == len(thresholds) == len(losses) == len(steps):
        raise ScoringError("数值、起点、每档分值、每档大小的个数应相同")
    if any(step == 0 for step in steps):
        raise ScoringError("每档大小不能为 0")
    adds = losses[0] < 0
    if any((loss < 0) != adds for loss in losses):
        raise ScoringError("每档分值应同为扣分或同为加分")
    if any(value is None for value in given):
        return Outcome(None, lambda: "尚未填报" if all(value is None for value in given) else "各项数值未填全")
    counted: list[Fraction] = []
    for value, start, step in zip(given, thresholds, steps, strict=True):
        beyond = max(Fraction(0), (Fraction(start) - Fraction(value or 0)) / Fraction(step))
        counted.append(Fraction(int(beyond)) if whole else beyond)
    moved = sum((n * Fraction(abs(loss)) for n, loss in zip(counted, losses, strict=True)), Fraction(0))

    def worded() -> str:
        shown = []
        for n, (value, start, loss, step) in enumerate(zip(given, thresholds, losses, steps, strict=True)):
            side = "高于" if step < 0 else "低于"
            unit = f" 档（每档 {plain(abs(step))}）" if abs(step) != 1 else " 个点"
            name = f"{names[n]} " if names else ""
            if counted[n]:
                part = f"{side} {plain(start)} {plain(counted[n])}{unit}×{plain(abs(loss))}"
            else:
                part = f"不{'超过' if step < 0 else '低于'} {plain(start)}"
            shown.append(f"{name}{plain(value or 0)}，{part}")
        result = (
            f"加 {plain(moved)} 分"
            if adds
            else f"扣 {plain(moved)} 分，{plain(points)}-{plain(moved)}={plain(Fraction(points) - moved)}"
        )
        return f"{'；'.join(shown)}，{result}"

    if adds:
        if moved > points:
            return Outcome(half_up(points), lambda: f"{worded()}，最高 {plain(points)} 分")
        return rounded(moved, worded, stated=True)
    if moved > points:
        return Outcome(half_up(Decimal(0)), lambda: f"{worded()}，最低 0 分")
    return rounded(Fraction(points) - moved, worded, stated=True)
