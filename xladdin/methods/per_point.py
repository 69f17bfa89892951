"""每少（多）一个百分点扣（加）分: from a threshold on, so much for each step."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from xladdin.classes import record
from xladdin.methods import checks, sentences
from xladdin.methods.formulas import ItemCells, quoted, within_limits
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.methods.item import Dice, Item, Outcome, Policies, Sampled, each, number, require_whole, rounded, values
from xladdin.methods.measures import NOT_SIGNED, Measure, believable
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
class Base:
    """What the measured counts are a percentage of: a count, `less` those that the text takes off it."""

    name: str
    less: str | None = None


@record(kw_only=True)
class PerPointItem(Item):
    """The points less what the values lose, never below 0; or, where it `adds`, what they earn, up to the points.

    With a `base` the values are counts, and what is measured is how many per cent of the base each of them is.
    """

    method = "per_point"
    title = "按百分点扣（加）分"
    policies: ClassVar = {"partial_point": ("proportional", "whole")}

    adds: bool = False
    base: Base | None = None
    measures: tuple[SteppedMeasure, ...] = named("measure", least=1)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        if self.base is None:
            return tuple(measure.field(f"{self.id}.{n}") for n, measure in enumerate(self.measures, 1))
        first = self.measures[0]
        counted = [(measure.name, measure.unit, measure.judge) for measure in self.measures]
        counted += [(name, first.unit, first.judge) for name in (self.base.name, self.base.less) if name]
        return tuple(
            Input(f"{self.id}.{n}", name, unit, InputKind.COUNT, judge=judge, whole=True)
            for n, (name, unit, judge) in enumerate(counted, 1)
        )

    def quoted(self) -> Iterable[tuple[str, Decimal | None, str]]:
        for n, measure in enumerate(self.measures, 1):
            for key, value in (("threshold", measure.threshold), ("each", measure.each), ("step", measure.step)):
                if value is not None and value.clause is not None:
                    yield f"measure[{n}].{key}", value.value, value.clause

    def problems(self) -> Iterator[tuple[str, str]]:
        for n, measure in enumerate(self.measures, 1):
            if not measure.width:
                yield f"measure[{n}].step", "每档应大于 0"
            if measure.signed:
                yield f"measure[{n}].signed", NOT_SIGNED
            if self.base and measure.unit == "%":
                yield f"measure[{n}].unit", f"“{measure.name}”除以“{self.base.name}”得百分数，单位应为计数的单位，如件"
            yield from self._turned(f"measure[{n}]", measure)

    def _turned(self, key: str, measure: SteppedMeasure) -> Iterator[tuple[str, str]]:
        """A measure that is entered the other way round than its sentence says, or so that it never counts."""
        sentence = measure.each.clause
        if sentences.adds(sentence) not in (None, self.adds):
            said, needed = ("扣", "不写") if self.adds else ("加", "写“是”")
            yield f"{key}.each", f"引用的原文“{sentence}”说的是{said}分，参数“从零加分”应{needed}"
        most = Decimal(100) if self.base else measure.maximum
        start = measure.threshold.value
        sizes = "，".join(quoted.clause for quoted in (measure.step, measure.each) if quoted and quoted.clause)
        if sentences.counts_above(sizes) not in (None, measure.above):
            said, needed = ("每少一档", "不写") if measure.above else ("每多一档", "写“是”")
            yield f"{key}.above", f"引用的原文“{sizes}”说的是{said}，“超过才算”应{needed}"
        elif not measure.above and start <= 0:
            yield f"{key}.above", f"数值不会低于 {plain(start)}，这一行从不算分；每多一档就算的，“超过才算”写“是”"
        elif measure.above and most is not None and start >= most:
            yield f"{key}.above", f"数值不会超过 {plain(start)}，这一行从不算分；每少一档就算的，“超过才算”不写"

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        sign = -1 if self.adds else 1
        given = each(number, values(entries))
        counted = len(self.measures)
        return per_point(
            given[:counted],
            [measure.threshold.value for measure in self.measures],
            self.points,
            [sign * measure.each.value for measure in self.measures],
            [measure.width for measure in self.measures],
            whole=policies["partial_point"] == "whole",
            names=[spec.name for spec in self.inputs],
            base=given[counted:],
        )

    def native(self, cells: ItemCells) -> str:
        parts = []
        whole, refused = self._base_of(cells)
        for n, measure in enumerate(self.measures):
            value, size = cells.value(n), plain(abs(measure.width))
            if self.base:
                value = f"IF({whole}=0,{measure.threshold},100*{value}/({whole}))"
            beyond = f"{value}-{measure.threshold}" if measure.above else f"{measure.threshold}-{value}"
            steps = f"MAX(0,{beyond})" + (f"/{size}" if size != "1" else "")
            # Rounded first: 1.6/0.1 is a little less than 16 in binary.
            parts.append(f"{measure.each}*" + (f"INT(ROUND({steps},9))" if _is_whole(cells) else steps))
        moved = "+".join(parts)
        full = plain(self.points)
        net = f"MIN({full},{moved})" if self.adds else f"MAX(0,{full}-({moved}))"
        score = f"ROUND({net},2)"
        if self.base:
            score = f"IF({refused},{quoted(checks.SCORE_ERROR)},{score})"
        return f'IF(COUNT({cells.span(VALUE)})<{cells.count},"",{score})'

    def _base_of(self, cells: ItemCells) -> tuple[str, str]:
        """The base as a formula, and the condition that it is less than one of the counts."""
        if self.base is None:
            return "", ""
        counts = [cells.value(n) for n in range(len(self.measures))]
        whole = "-".join(cells.value(n) for n in range(len(self.measures), cells.count))
        return whole, f"{whole}<MAX({','.join(counts)})"

    def call(self, cells: ItemCells) -> str:
        sign = -1 if self.adds else 1
        one = _array(measure.threshold.value for measure in self.measures)
        losses = _array(sign * measure.each.value for measure in self.measures)
        widths = _array(measure.width for measure in self.measures)
        is_whole = _is_whole(cells)
        base = f",{cells.count - len(self.measures)}" if self.base else "," if is_whole else ""
        whole = ",TRUE" if is_whole else ""
        called = f"FS_PERPOINT({cells.cells(VALUE)},{one},{plain(self.points)},{losses},{widths}{base}{whole})"
        return within_limits(called, cells, self.inputs, (VALUE,))

    def sample(self, dice: Dice) -> Sampled:
        values = [m.threshold.value + m.width * _steps(dice) for m in self.measures]
        if self.base is None:
            return Sampled({s.code: believable(s, v) for s, v in zip(self.inputs, values, strict=True)})
        whole, less = dice.random.randint(800, 1200), dice.random.randint(0, 20)
        counts = [int((whole - less) * min(max(value, Decimal(0)), Decimal(100)) / 100) for value in values]
        given = (*counts, whole, less)
        return Sampled({spec.code: float(count) for spec, count in zip(self.inputs, given, strict=False)})


def _is_whole(cells: ItemCells) -> bool:
    """Whether the scheme's default is that a part of a step does not count."""
    return cells.readings.get("partial_point") == "whole"


def _whole(given: Sequence[Decimal | None], base: Sequence[Decimal | None], names: Sequence[str]) -> Fraction:
    """The base, which has to hold each of the counts."""
    whole = Fraction(base[0] or 0) - sum((Fraction(less or 0) for less in base[1:]), Fraction(0))
    for n, count in enumerate(given):
        if (count or 0) > whole:
            part, of = (names[n], "-".join(names[len(given) :])) if names else (f"第{n + 1}个数", "基数")
            raise ScoringError(f"{part} {plain(count or 0)} 不能大于{of} {plain(whole)}", n)
    return whole


def _percent(rate: Fraction) -> str:
    """A rate as people write it, with four decimals at most."""
    return plain(half_up(rate, 4).normalize())


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
    base: Sequence[Decimal | None] = (),
) -> Outcome:
    """The points less `loss` for each step that a value is short of its threshold, never below 0; with any blank None.

    With a `base`, one number or two of which the second is taken off, the values are counts, and what is compared is their
    percentage of it; of nothing nothing is lost. `names` are those of the values, then of the base.

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
    everything = [*given, *base]
    for n, count in enumerate(everything if base else ()):
        require_whole(count or Decimal(0), names[n] if names else f"第{n + 1}个数", n)
    if any(value is None for value in everything):
        return Outcome(None, lambda: "尚未填报" if all(v is None for v in everything) else "各项数值未填全")
    values = [Fraction(value or 0) for value in given]
    of = _whole(given, base, names) if base else Fraction(0)
    if base:
        values = [value * 100 / of for value in values] if of else list(map(Fraction, thresholds))
    counted: list[Fraction] = []
    for value, start, step in zip(values, thresholds, steps, strict=True):
        beyond = max(Fraction(0), (Fraction(start) - value) / Fraction(step))
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
            if base:
                taken = "-".join(plain(count or 0) for count in base)
                rate = f"{plain(value or 0)}÷{f'（{taken}）' if len(base) > 1 else taken}={_percent(values[n])}%"
                shown.append(f"{name}{rate}，{part}" if of else f"{name}基数为 0，不{'加' if adds else '扣'}分")
            else:
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
