"""加权: the marks of several sources, each with its weight."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from xladdin.classes import record
from xladdin.methods.formulas import ItemCells, within_limits
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.methods.item import (
    Dice,
    Item,
    Outcome,
    Policies,
    Sampled,
    each,
    number,
    require_within,
    rounded,
    values,
)
from xladdin.numbers import ScoringError, half_up, plain
from xladdin.records import Quoted, named
from xladdin.words import VALUE


@record(kw_only=True)
class Source:
    """Who or what gives a mark, and its weight."""

    name: str
    weight: Quoted
    judge: str | None = None


@record(kw_only=True)
class WeightedItem(Item):
    """The weighted mean of the sources' marks out of `full`, converted to the points."""

    method = "weighted"
    title = "加权计分"

    full: Quoted
    sources: tuple[Source, ...] = named("source", least=2)

    @property
    def highest(self) -> None:
        return None

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(f"{self.id}.{n}", s.name, "分", InputKind.SCORE, maximum=self.full.value, judge=s.judge)
            for n, s in enumerate(self.sources, 1)
        )

    def quoted(self) -> Iterable[tuple[str, Decimal | None, str]]:
        yield from Item.quoted(self)
        for n, source in enumerate(self.sources, 1):
            if source.weight.clause is not None:
                yield f"source[{n}].weight", source.weight.value, source.weight.clause

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        weights, names = [s.weight.value for s in self.sources], [s.name for s in self.sources]
        return weighted(each(number, values(entries)), weights, self.full.value, self.points, names=names)

    def native(self, cells: ItemCells) -> str:
        total = sum(source.weight.value for source in self.sources)
        summed = "+".join(f"{source.weight}*{cells.value(n)}" for n, source in enumerate(self.sources))
        mark = f"({summed})/{plain(total)}/{self.full}*{plain(self.points)}"
        return f'IF(COUNT({cells.span(VALUE)})<{cells.count},"",ROUND({mark},2))'

    def call(self, cells: ItemCells) -> str:
        weights = ";".join(str(source.weight) for source in self.sources)
        called = f"FS_WEIGHTED({cells.cells(VALUE)},{{{weights}}},{self.full},{plain(self.points)})"
        return within_limits(called, cells, self.inputs, (VALUE,))

    def defaults(self) -> Mapping[str, Decimal]:
        return {"points": self.points, "full": self.full.value}

    def sample(self, dice: Dice) -> Sampled:
        shares = [Decimal(str(round(dice.random.uniform(0.78, 0.98), 3))) for _ in self.sources]
        return Sampled(
            {
                spec.code: float(half_up(share * self.full.value, 1))
                for spec, share in zip(self.inputs, shares, strict=True)
            }
        )


def weighted(
    given: Sequence[Decimal | None],
    weights: Sequence[Decimal],
    full: Decimal,
    points: Decimal,
    *,
    names: Sequence[str] = (),
) -> Outcome:
    """Σ weight × mark ÷ Σ weight, converted from `full` to the points; with any mark blank None."""
    if len(given) != len(weights):
        raise ScoringError(f"评分有 {len(given)} 个、权重有 {len(weights)} 个，个数应相同")
    if full <= 0:
        raise ScoringError(f"满分 {plain(full)} 应大于 0")
    for n, mark in enumerate(given):
        if mark is not None:
            require_within(mark, full, names[n] if names else "评分", n)
    whole = sum(map(Fraction, weights), Fraction(0))
    if whole <= 0:
        raise ScoringError("权重之和应大于 0")
    if any(mark is None for mark in given):
        return Outcome(None, lambda: "尚未评分" if all(mark is None for mark in given) else "各方评分未给全")
    mean = sum((Fraction(mark or 0) * Fraction(w) for mark, w in zip(given, weights, strict=True)), Fraction(0)) / whole

    def worded() -> str:
        parts = [
            f"{names[n] if names else f'第{n + 1}方'} {plain(mark or 0)}×{plain(Fraction(weights[n]) / whole)}"
            for n, mark in enumerate(given)
        ]
        converted = "" if full == points else f"={plain(mean)}，÷{plain(full)}×{plain(points)} 分"
        return f"{'+'.join(parts)}{converted}"

    return rounded(mean / Fraction(full) * Fraction(points), worded)
