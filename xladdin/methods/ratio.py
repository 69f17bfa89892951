"""当年完成量/当年任务量*100%, over one or more indicators."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Literal

from xladdin.classes import record
from xladdin.methods import checks
from xladdin.methods.formulas import ItemCells, within_limits
from xladdin.methods.inputs import Entry, Indicator, Input, InputKind
from xladdin.methods.item import Dice, Item, Outcome, Policies, Sampled, amount, each, rounded, values
from xladdin.numbers import NOT_APPLICABLE, NotApplicable, ScoringError, decimal_of, half_up, percent, plain
from xladdin.records import named
from xladdin.words import POINTS, RATE, TARGET, VALUE

Amount = Decimal | None | NotApplicable


@record(kw_only=True)
class RatioItem(Item):
    """The points times the rate of completion."""

    method = "ratio"
    title = RATE
    policies: ClassVar = {
        "ratio_cap": ("cap", "none"),
        "multi_indicator": ("mean", "min", "weights"),
        "not_applicable": ("rescale", "full", "zero"),
    }
    in_formulas: ClassVar = {"ratio_cap": "cap", "multi_indicator": "mean", "not_applicable": "rescale"}
    may_not_apply = True

    indicators: tuple[Indicator, ...] = named("indicator", least=1)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(i.code, i.name, i.unit, InputKind.AMOUNT, maximum=i.maximum, whole=i.whole, indicator=i)
            for i in self.indicators
        )

    def quoted(self) -> Iterable[tuple[str, Decimal | None, str]]:
        for n, i in enumerate(self.indicators, 1):
            yield f"indicator[{n}].clause", None, i.clause
            for assigned in (i.amount, i.at_least, *(i.by_zone or {}).values()):
                if assigned is not None:
                    yield f"indicator[{n}]", assigned, i.clause

    def problems(self) -> Iterator[tuple[str, str]]:
        for n, i in enumerate(self.indicators, 1):
            if i.code != f"{self.id}.{n}":
                yield f"indicator[{n}].code", f"为“{i.code}”，应为 {self.id}.{n}"

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        combine = policies["multi_indicator"]
        weights = [policies.weights.get(i.code, Decimal(1)) for i in self.indicators] if combine == "weights" else None
        return ratio(
            each(amount, values(entries)),
            each(amount, (entry.target for entry in entries)),
            self.points,
            cap=policies["ratio_cap"] == "cap",
            combine="min" if combine == "min" else "mean",
            weights=weights,
            names=[i.name for i in self.indicators],
        )

    def gaps(self, entries: Sequence[Entry], _outcome: Outcome) -> list[bool]:
        return [is_assigned(entry) and entry.value is None for entry in entries]

    def is_missing(self, entries: Sequence[Entry], gaps: Sequence[str]) -> bool:
        return len(gaps) == sum(map(is_assigned, entries))

    def native(self, cells: ItemCells) -> str:
        rates = cells.span(RATE)
        mean = f"ROUND({cells.at(POINTS, 0)}*SUM({rates})/COUNT({rates}),2)"
        return f'IF(COUNT({rates})=0,"{checks.NOT_APPLICABLE}",{mean})'

    def call(self, cells: ItemCells) -> str:
        called = f"FS_RATIO({cells.cells(VALUE)},{cells.cells(TARGET)},{plain(self.points)})"
        return within_limits(called, cells, self.inputs, (VALUE, TARGET))

    def explained(self, cells: ItemCells) -> str:
        return f'FS_EXPLAIN("{self.id}",{cells.span(VALUE)},{cells.span(TARGET)})'

    def count_of_gaps(self, cells: ItemCells) -> str:
        blank = f'({cells.span(VALUE)}="")+({cells.span(VALUE)}="{checks.BLANK_MARKS[0]}")'
        return f"SUMPRODUCT({_assigned_cells(cells)}*({blank}))"

    def nothing_given(self, cells: ItemCells, _score: str) -> str:
        return f"{self.count_of_gaps(cells)}=SUMPRODUCT({_assigned_cells(cells)})"

    def sample(self, dice: Dice) -> Sampled:
        assigned = [spec for spec in self.inputs if spec.code in dice.assigned]
        return Sampled({spec.code: _sample_done(spec, dice.assigned[spec.code], dice) for spec in assigned})


def _sample_done(spec: Input, target: Decimal, dice: Dice) -> float:
    paces = (1.0, dice.random.uniform(1.02, 1.3), dice.random.uniform(0.85, 0.99), dice.random.uniform(0.35, 0.7))
    pace = dice.random.choices(paces, (46, 22, 26, 6))[0]
    done = float(target) * pace * (dice.diligence if pace < 1 else 1.0)
    done = min(done, float(spec.maximum)) if spec.maximum is not None else done
    return float(round(done)) if spec.whole else float(half_up(decimal_of(done), 1))


def _assigned_cells(cells: ItemCells) -> str:
    targets = cells.span(TARGET)
    return f"ISNUMBER({targets})*({targets}>0)"


def is_assigned(entry: Entry) -> bool:
    """Whether there is a 任务量."""
    return isinstance(entry.target, Decimal) and entry.target > 0


def ratio(
    done: Sequence[Amount],
    target: Sequence[Amount],
    points: Decimal,
    *,
    cap: bool = True,
    combine: Literal["mean", "min"] = "mean",
    weights: Sequence[Decimal] | None = None,
    names: Sequence[str] = (),
) -> Outcome:
    """当年完成量/当年任务量*100% of the points, over the indicators that were assigned (任务量 > 0).

    A blank `done` is 0. With no amount assigned at all the result is 不适用. `cap` holds each rate at 100 %; `combine`
    says how several rates become one, `weights` (one per indicator) replaces the plain mean.
    """
    if len(done) != len(target):
        raise ScoringError(f"完成量有 {len(done)} 个、任务量有 {len(target)} 个，个数应相同")
    rates: list[Fraction] = []
    assigned: list[tuple[int, Decimal | None, Decimal]] = []
    for n, (d, t) in enumerate(zip(done, target, strict=True)):
        if isinstance(d, Decimal) and d < 0:
            raise ScoringError(f"{_indicator(n, names)}的完成量 {plain(d)} 不能小于 0", n)
        if isinstance(t, Decimal) and t < 0:
            raise ScoringError(f"{_indicator(n, names)}的任务量 {plain(t)} 不能小于 0", n)
        if not isinstance(t, Decimal) or t == 0:
            continue
        if isinstance(d, NotApplicable):
            raise ScoringError(f"{_indicator(n, names)}的任务量为 {plain(t)}，完成量不能是“不适用”", n)
        rates.append(Fraction(1) if cap and d and d > t else Fraction(d or 0) / Fraction(t))
        assigned.append((n, d, t))
    if not rates:
        return Outcome(NOT_APPLICABLE, lambda: "没有下达任务量，不适用")
    if combine == "min":
        rate, way = min(rates), "取最低"
    elif weights:
        shares = [Fraction(weights[n]) for n, _d, _t in assigned]
        rate = sum((r * w for r, w in zip(rates, shares, strict=True)), Fraction(0)) / sum(shares, Fraction(0))
        way = f"{len(rates)} 个指标加权平均"
    else:
        rate, way = sum(rates, Fraction(0)) / len(rates), f"{len(rates)} 个指标平均"

    def worded() -> str:
        shown = []
        for n, d, t in assigned:
            own = Fraction(d or 0) / Fraction(t)
            blank = "（未填，按 0 计）" if d is None else ""
            over = "、按 100% 计" if cap and own > 1 else ""
            weight = f"（权重 {plain(weights[n])}）" if weights else ""
            shown.append(f"{_indicator(n, names)}{weight} {plain(d or 0)}{blank}÷{plain(t)}={percent(own)}{over}")
        joined = f"；{way} {percent(rate)}" if len(rates) > 1 else ""
        return f"{'，'.join(shown)}{joined}，{plain(points)} 分×{percent(rate)}"

    return rounded(rate * Fraction(points), worded)


def _indicator(n: int, names: Sequence[str]) -> str:
    return names[n] if names else f"第{n + 1}个指标"
