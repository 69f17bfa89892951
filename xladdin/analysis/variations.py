"""What moves a rank: one unit more or less of an input, a task left out, what is missing to the district ahead."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from xladdin.analysis.ranked import Ranked, RankedDistrict
from xladdin.classes import record, replace
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.scoring.items import Score, Status
from xladdin.scoring.totals import DistrictScore, section_total

# --- One unit more or less --------------------------------------------------------------------------------------------

SMALL_MARK, SMALL_STEP = Decimal(10), Decimal("0.1")
"""Marks out of so few points are given in tenths: a whole point would be no small change."""


@record
class UnitStep:
    """One input of a district one unit higher or lower, the others as they are: the new total, and every rank by name."""

    district: RankedDistrict
    code: str
    before: Decimal | bool
    after: Decimal | bool
    total: Decimal
    ranks: dict[str, int]

    @property
    def rank(self) -> int:
        return self.ranks[self.district.name]

    @property
    def is_moving(self) -> bool:
        return self.rank != self.district.rank


def unit_steps(result: Ranked) -> list[UnitStep]:
    """Every input of every district one unit lower and one higher; 是 instead of 否 and the other way round.

    At its bounds an input goes only as far as it can; one that cannot move, or holds no value, is left out.
    """
    found = []
    for district in result.districts:
        for code, entry in district.entries.items():
            for value in _neighbours(result.scheme.inputs[code], entry):
                changed = result.with_entry(district, code, replace(entry, value=value))
                if changed is not None:
                    assert isinstance(entry.value, Decimal | bool)
                    total, ranks = changed[district.name].total, result.ranks_with(changed)
                    found.append(UnitStep(district, code, entry.value, value, total, ranks))
    return found


def _neighbours(spec: Input, entry: Entry) -> Iterator[Decimal | bool]:
    value = entry.value
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, Decimal) and value.is_finite():
        if spec.kind is InputKind.AMOUNT and not (isinstance(entry.target, Decimal) and entry.target > 0):
            return
        is_small = spec.kind is InputKind.SCORE and spec.maximum is not None and spec.maximum <= SMALL_MARK
        step = SMALL_STEP if is_small else Decimal(1)
        lower, higher = value - step if spec.signed else max(value - step, Decimal(0)), value + step
        if spec.maximum is not None:
            higher = min(higher, spec.maximum)
        yield from (changed for changed in (lower, higher) if changed != value)


# --- A task left out --------------------------------------------------------------------------------------------------


@record
class WithoutItem:
    """The ranking if an item were not assessed at all, its points taken off its section."""

    item: str
    totals: dict[str, Decimal]
    ranks: dict[str, int]


def without_items(result: Ranked) -> list[WithoutItem]:
    """The ranking without each item, in the order of the scheme."""
    return [_without(result, id_) for id_ in result.scheme.items]


def _without(result: Ranked, left_out: str) -> WithoutItem:
    scheme = result.scheme
    section = next(s for s in scheme.sections if s.number == scheme.sections_of[left_out])
    kept = [item.id for item in scheme.items_of(section.number) if item.id != left_out]
    # What may be earned above the scheme's points has a limit of its own, whatever it is earned by.
    points = section.points if section.bonus else section.points - scheme.items[left_out].points
    scored = {}
    for district in result.districts:
        scores = [district.scored.items[id_] for id_ in kept]
        rest = section_total(scores, points, is_bonus=section.bonus)
        sections = {**district.scored.sections, section.number: rest}
        scored[district.name] = DistrictScore({}, sections, district.scored.vetoes)
    return WithoutItem(left_out, {name: s.total for name, s in scored.items()}, result.ranks_with(scored))


# --- The distance to the district ahead -------------------------------------------------------------------------------


@record
class Remedy:
    """What alone would have lifted a district's rank: an item at its full points, or so much more of one field.

    `code` and `more` (in the field's unit) are only there where an amount was assigned; `points` is what the total gains.
    """

    item: str
    points: Decimal
    rank: int
    """The rank that it gives."""
    effort: Fraction
    """How much of what was assigned, or of the item's points, is missing to it."""
    code: str = ""
    more: Decimal = Decimal(0)


@record
class Distance:
    """How many points a district is behind the one ahead of it, and by what it would have caught up.

    `remedies` are the single things that suffice, the least effort first. `open_points` are what it
    has lost by item, the most first: where no remedy is alone enough, several of them.
    """

    district: RankedDistrict
    ahead: tuple[str, ...]
    points: Decimal
    remedies: tuple[Remedy, ...]
    open_points: tuple[tuple[str, Decimal], ...]


def distances(result: Ranked) -> list[Distance]:
    """For each district but the first ones, by rank."""
    ordered = result.by_rank()
    found = []
    for district in ordered:
        better = [other for other in ordered if other.rank < district.rank]
        if not better:
            continue
        ahead = [other for other in better if other.rank == better[-1].rank]
        points = ahead[0].scored.total - district.scored.total
        found.append(
            Distance(
                district,
                tuple(other.name for other in ahead),
                points,
                tuple(_remedies(result, district)),
                tuple(lost_points(district.scored)),
            )
        )
    return found


def lost_points(scored: DistrictScore) -> list[tuple[str, Decimal]]:
    """The points that a district has lost by item, the most first; 不适用 loses nothing."""
    lost = [
        (id_, score.points - score.counted)
        for id_, score in scored.items.items()
        if score.status is not Status.NOT_APPLICABLE and score.points > score.counted
    ]
    return sorted(lost, key=lambda pair: -pair[1])


def _remedies(result: Ranked, district: RankedDistrict) -> list[Remedy]:
    found = []
    for id_, lost in lost_points(district.scored):
        score = district.scored.items[id_]
        full = Score(id_, score.points, score.points, Status.SCORED, "")
        if lifted := _lifted(result, district, {district.name: result.with_item(district, full)}):
            fields = [spec for spec in result.scheme.items[id_].inputs if spec.kind is InputKind.AMOUNT]
            found += [remedy for spec in fields if (remedy := _by_amount(result, district, spec))]
            if not fields:
                found.append(Remedy(id_, *lifted, Fraction(lost) / Fraction(score.points)))
    return sorted(found, key=lambda remedy: remedy.effort)


def _lifted(
    result: Ranked, district: RankedDistrict, changed: Mapping[str, DistrictScore] | None
) -> tuple[Decimal, int] | None:
    """What the district's total would gain, and its rank, where the changed scores would lift it."""
    if changed is None:
        return None
    rank = result.ranks_with(changed)[district.name]
    return (changed[district.name].total - district.scored.total, rank) if rank < district.rank else None


def _by_amount(result: Ranked, district: RankedDistrict, spec: Input) -> Remedy | None:
    """The least that is enough of one amount, up to what was assigned."""
    entry = district.entries.get(spec.code, Entry())
    done, assigned = entry.value if isinstance(entry.value, Decimal) else Decimal(0), entry.target
    if not isinstance(assigned, Decimal) or done >= assigned:
        return None
    step = Decimal(1) if spec.whole else Decimal("0.1")

    def more(steps: int) -> Decimal:
        return min(steps * step, assigned - done)

    def lifted(steps: int) -> tuple[Decimal, int] | None:
        changed = result.with_entry(district, spec.code, replace(entry, value=done + more(steps)))
        return _lifted(result, district, changed)

    most = int(-(-(assigned - done) // step))
    steps = bisect_left(range(most), True, lo=1, key=lambda steps: lifted(steps) is not None)
    if gain := lifted(steps):
        return Remedy(spec.item_id, *gain, Fraction(more(steps)) / Fraction(assigned), spec.code, more(steps))
    return None
