"""Points by how many there were."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from typing import ClassVar, Literal, cast

from xladdin.classes import record
from xladdin.methods import checks
from xladdin.methods.formulas import ItemCells, quoted, within_limits
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.methods.item import Dice, Item, Outcome, Policies, Sampled, number, require_whole
from xladdin.numbers import ScoringError, half_up, plain
from xladdin.records import named
from xladdin.words import BRIEFS_LIST, VALUE


@record(kw_only=True)
class Tier:
    """Points for a count from `start` to `to`, both included; no `to` means 以上."""

    start: Decimal = named("from")
    to: Decimal | None = None
    points: Decimal
    clause: str = ""

    @property
    def ends_before_its_number(self) -> bool:
        """Whether the clause names the first count that is not in the tier: 不满 4 次 of one to 3."""
        return bool(_BELOW.search(self.clause)) and plain(self.to or Decimal(0)) not in _NUMBER.findall(self.clause)


_BELOW = re.compile("以下|不满|不足|未满|少于|低于|不到")
_NUMBER = re.compile(r"[\d.]+")


@record(kw_only=True)
class TiersItem(Item):
    """The points of the tier that holds the count. `list_name` is the list whose lines are counted, where there is one.

    A `fractional` one is no count but a rate or an amount: tiers then share the number at which the one ends and the next begins.
    """

    method = "tiers"
    title = "分档计分"
    policies: ClassVar = {"briefs_at_six": ("upper", "lower")}
    in_formulas: ClassVar = {"briefs_at_six": "upper"}

    count_name: str
    unit: str
    list_name: str | None = named("list", default=None)
    fractional: bool = False
    tiers: tuple[Tier, ...] = named("tier", least=1)

    @property
    def highest(self) -> Decimal:
        return max(tier.points for tier in self.tiers)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        if self.fractional:
            ends = [tier.to for tier in self.tiers]
            most = None if None in ends else max(end for end in ends if end is not None)
            return (Input(f"{self.id}.1", self.count_name, self.unit, InputKind.SCORE, maximum=most),)
        listed = (self.list_name, "") if self.list_name else None
        return (Input(f"{self.id}.1", self.count_name, self.unit, InputKind.COUNT, whole=True, listed=listed),)

    def quoted(self) -> Iterable[tuple[str, Decimal | None, str]]:
        for n, tier in enumerate(self.tiers, 1):
            if tier.start:  # 4 次以下的 names no 0
                yield f"tier[{n}].from", tier.start, tier.clause
            if tier.to is not None:
                ends_before = tier.ends_before_its_number and not self.fractional
                yield f"tier[{n}].to", tier.to + 1 if ends_before else tier.to, tier.clause
            if tier.points:  # 不得分 names no number
                yield f"tier[{n}].points", tier.points, tier.clause

    def problems(self) -> Iterator[tuple[str, str]]:
        # Every count has a tier: they begin at 0, follow one another and the last has no end. Where that of a rate has one,
        # such as 100 %, nothing greater can be filled in.
        if self.list_name not in (None, BRIEFS_LIST):
            yield "list", f"没有名为“{self.list_name}”的清单，可写“{BRIEFS_LIST}”"
        elif self.list_name and self.fractional:
            yield "fractional", f"“{self.list_name}”的次数没有小数"
        reached = -self._next
        for tier in sorted(self.tiers, key=lambda t: t.start):
            if tier.start > reached + self._next:
                yield "tier", f"{self._between(reached, tier.start)}不在任何一档内"
            if tier.to is None:
                return
            reached = max(reached, tier.to)
        if not self.fractional:
            yield "tier", f"大于 {plain(reached)} 的不在任何一档内"

    @property
    def _next(self) -> Decimal:
        """How much more than a number the next one is that can be filled in."""
        return _NOTHING_MORE if self.fractional else Decimal(1)

    def _between(self, reached: Decimal, start: Decimal) -> str:
        if self.fractional:
            return f"{plain(max(reached, Decimal(0)))} 到 {plain(start)} 之间的（相邻两档的止和起写同一个数）"
        first, last = plain(reached + 1), plain(start.to_integral_value(ROUND_CEILING) - 1)
        return f"{first if first == last else f'{first} 到 {last}'} "

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        at_boundary = cast("Literal['upper', 'lower']", policies["briefs_at_six"])
        return tiered(
            number(entries[0].value), self.tiers, at_boundary=at_boundary, unit=self.unit, whole=not self.fractional
        )

    @property
    def _reached(self) -> list[tuple[Decimal, Decimal]]:
        """From where on a tier is reached, and its points: a count of two tiers has reached the one that is worth more."""
        found = []
        for tier in self.tiers:
            better = [
                o.to + self._next
                for o in self.tiers
                if o.to is not None and o.start < tier.start and o.points > tier.points
            ]
            start = max([tier.start, *better])
            if tier.to is None or start <= tier.to:
                found.append((start, tier.points))
        return found

    def native(self, cells: ItemCells) -> str:
        value, nested = cells.value(), ""
        for start, points in sorted(self._reached):
            nested = f"IF({value}>={plain(start)},{plain(points)},{nested or '0'})"
        return f'IF(ISNUMBER({value}),{nested},"")'

    def call(self, cells: ItemCells) -> str:
        value = cells.value()
        if self.list_name:
            return f"FS_BRIEFS({value})"
        starts, points = (";".join(map(plain, each)) for each in zip(*self._reached, strict=True))
        reached = f"FS_TIER({value},{{{starts}}},{{{points}}})"
        if self.fractional:
            return within_limits(reached, cells, self.inputs, (VALUE,))
        is_whole = f"IF(ISNUMBER({value}),{value}=INT({value}),TRUE)"  # what is no number the function refuses
        return f"IF({is_whole},{reached},{quoted(f'{checks.ERROR}：{NOT_WHOLE}')})"

    def defaults(self) -> Mapping[str, Decimal]:
        return {}

    def sample(self, dice: Dice) -> Sampled:
        most = max(tier.start for tier in self.tiers)
        return Sampled({self.inputs[0].code: float(dice.random.randint(int(most) // 3, int(most * 3 / 2)))})


_NOTHING_MORE = Decimal("1E-9")
"""Nobody fills in more decimals."""

NOT_WHOLE = "数量应为不小于 0 的整数"


def tiered(
    count: Decimal | None,
    tiers: Sequence[Tier],
    *,
    at_boundary: Literal["upper", "lower"] = "upper",
    unit: str = "",
    whole: bool = True,
) -> Outcome:
    """The points of the tier that holds the count; where two tiers share it, `at_boundary` says which one counts."""
    if count is None:
        return Outcome(None, lambda: "尚未填报")
    if whole:
        require_whole(count, "数量")
    held = [t for t in tiers if t.start <= count and (t.to is None or count <= t.to)]
    if not held:
        raise ScoringError(f"数量 {plain(count)} 不在任何一档内")
    tier = (max if at_boundary == "upper" else min)(held, key=lambda t: t.points)

    def worded() -> str:
        if tier.to is None:
            span = f"，属“{plain(tier.start)} {unit}以上”一档"
        elif tier.to == tier.start:
            span = ""
        else:
            span = f"，属“{plain(tier.start)}-{plain(tier.to)} {unit}”一档"
        return f"数量 {plain(count)} {unit}{span}，计 {plain(tier.points)} 分"

    return Outcome(half_up(tier.points), worded)


def threshold(count: Decimal | None, thresholds: Sequence[Decimal], points: Sequence[Decimal]) -> Outcome:
    """The points of the highest threshold that the count reaches, 0 below the lowest; a blank count is None."""
    if len(thresholds) != len(points):
        raise ScoringError(f"档次有 {len(thresholds)} 个、分值有 {len(points)} 个，个数应相同")
    for p in points:
        if p < 0:
            raise ScoringError(f"分值 {plain(p)} 不能小于 0")
    if count is None:
        return Outcome(None, lambda: "尚未填报")
    if count < 0:
        raise ScoringError(f"数量 {plain(count)} 不能小于 0")
    reached = [(t, p) for t, p in zip(thresholds, points, strict=True) if t <= count]
    if not reached:
        return Outcome(half_up(Decimal(0)), lambda: f"数量 {plain(count)}，未达到任何一档")
    start, earned = max(reached)
    return Outcome(half_up(earned), lambda: f"数量 {plain(count)}，达到 {plain(start)}，计 {plain(earned)} 分")
