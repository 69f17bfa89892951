"""扣分制: full marks, less a deduction for each event, up to a cap for each kind of event, and never below the floor."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from xladdin.classes import record
from xladdin.methods import sentences
from xladdin.methods.formulas import ItemCells, number_in
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.methods.item import Dice, Item, Outcome, Policies, Sampled, each, number, require_whole, rounded, values
from xladdin.numbers import ScoringError, half_up, plain
from xladdin.records import Quoted, named
from xladdin.words import VALUE


@record(kw_only=True)
class Event:
    """A kind of event, what each one costs (`times` as much where the text says 加倍扣分), and what all together cost at most."""

    name: str
    unit: str
    each: Quoted
    times: Quoted | None = None
    cap: Quoted | None = None
    judge: str | None = None

    @property
    def deduction(self) -> Decimal:
        """What each one costs."""
        return self.each.value * self.times.value if self.times else self.each.value


@record(kw_only=True)
class DeductItem(Item):
    """The points less the deductions of all kinds of events, never below `floor`."""

    method = "deduct"
    title = "扣分制"

    floor: Quoted | None = None
    events: tuple[Event, ...] = named("event", least=1)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(f"{self.id}.{n}", event.name, event.unit, InputKind.COUNT, judge=event.judge, whole=True)
            for n, event in enumerate(self.events, 1)
        )

    def quoted(self) -> Iterable[tuple[str, Decimal | None, str]]:
        yield from Item.quoted(self)
        for n, event in enumerate(self.events, 1):
            for key, value in (("each", event.each), ("times", event.times), ("cap", event.cap)):
                if value is not None and value.clause is not None:
                    yield f"event[{n}].{key}", value.value, value.clause

    def problems(self) -> Iterator[tuple[str, str]]:
        if self.lowest > self.points:
            yield "floor", f"最低 {plain(self.lowest)} 分高于分值 {plain(self.points)}"
        for n, event in enumerate(self.events, 1):
            if sentences.adds(event.each.clause):
                said = f"引用的原文“{event.each.clause}”说的是加分，扣分制只扣分"
                yield f"event[{n}].each", f"{said}；加分的用“按百分点扣（加）分”，参数“从零加分”写“是”"

    @property
    def lowest(self) -> Decimal:
        """What is left however many events there were."""
        return self.floor.value if self.floor else Decimal(0)

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        return deduct(
            each(number, values(entries)),
            [event.deduction for event in self.events],
            self.points,
            caps=[event.cap.value if event.cap else None for event in self.events],
            floor=self.lowest,
            names=[event.name for event in self.events],
        )

    def native(self, cells: ItemCells) -> str:
        lost = []
        for n, event in enumerate(self.events):
            own = f"{plain(event.deduction)}*{number_in(cells.value(n))}"
            lost.append(f"MIN({own},{event.cap})" if event.cap else own)
        net = f"ROUND(MAX({plain(self.lowest)},{plain(self.points)}-{'-'.join(lost)}),2)"
        return f'IF(COUNT({cells.span(VALUE)})=0,"",{net})'

    def call(self, cells: ItemCells) -> str:
        deductions = ";".join(plain(event.deduction) for event in self.events)
        caps = ""
        if any(event.cap for event in self.events):
            caps = f"{{{';'.join(str(event.cap) if event.cap else NO_CAP for event in self.events)}}}"
        floor = f",{plain(self.lowest)}" if self.lowest else ""
        return f"FS_DEDUCT({cells.cells(VALUE)},{{{deductions}}},{caps},{plain(self.points)}{floor})"

    def defaults(self) -> Mapping[str, Decimal]:
        return {"points": self.points}

    def sample(self, dice: Dice) -> Sampled:
        weights = (6, 3, 2, 1)
        return Sampled({spec.code: float(dice.random.choices(range(len(weights)), weights)[0]) for spec in self.inputs})


NO_CAP = '"—"'
"""Stands in an array of a formula, which cannot hold a blank, for a kind of event without a cap."""


def deduct(
    counts: Sequence[Decimal | None],
    deductions: Sequence[Decimal],
    points: Decimal,
    *,
    caps: Sequence[Decimal | None] = (),
    floor: Decimal = Decimal(0),
    names: Sequence[str] = (),
) -> Outcome:
    """max(floor, points − Σ min(count × deduction, cap)). A blank count is 0; all blank is None."""
    caps = caps or [None] * len(counts)
    if not len(counts) == len(deductions) == len(caps):
        raise ScoringError(
            f"次数有 {len(counts)} 个、每次扣分有 {len(deductions)} 个、上限有 {len(caps)} 个，个数应相同"
        )
    if floor > points:
        raise ScoringError(f"最低分 {plain(floor)} 不能大于分值 {plain(points)}")
    for n, count in enumerate(counts):
        require_whole(count or Decimal(0), names[n] if names else f"第{n + 1}类的次数", n)
    if all(count is None for count in counts):
        return Outcome(None, lambda: "尚未填报")
    own = [Fraction(count or 0) * Fraction(d) for count, d in zip(counts, deductions, strict=True)]
    lost = [part if cap is None else min(part, Fraction(cap)) for part, cap in zip(own, caps, strict=True)]
    total = sum(lost, Fraction(0))

    def worded() -> str:
        shown = []
        for n, (count, deduction, raw, taken) in enumerate(zip(counts, deductions, own, lost, strict=True)):
            blank = "（未填，按 0 计）" if count is None else ""
            limit = f"，按上限扣 {plain(taken)}" if taken < raw else ""
            shown.append(
                f"{names[n] if names else f'第{n + 1}类'} {plain(count or 0)}{blank}×{plain(deduction)}={plain(raw)}{limit}"
            )
        return f"{'，'.join(shown)}；{plain(points)}-{plain(total)}={plain(Fraction(points) - total)}"

    if Fraction(points) - total < floor:
        return Outcome(half_up(floor), lambda: f"{worded()}，最低 {plain(floor)} 分")
    return rounded(Fraction(points) - total, worded, stated=True)
