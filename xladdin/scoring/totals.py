"""Sections, totals and the ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import inf

from xladdin.classes import record
from xladdin.methods.inputs import Entries
from xladdin.methods.item import Policies
from xladdin.numbers import half_up
from xladdin.scheme.model import Scheme, TaskAnnex, Veto
from xladdin.scoring.items import Score, Status, score_item


@record
class DistrictScore:
    """All of one district's scores: items by id, sections by number, and the vetoes (一票否决) that apply to it."""

    items: Mapping[str, Score]
    sections: Mapping[int, Decimal]
    vetoes: tuple[Veto, ...] = ()

    @cached_property
    def added(self) -> Decimal:
        """The sum of the sections."""
        return half_up(sum(self.sections.values(), Decimal(0)))

    @cached_property
    def total(self) -> Decimal:
        """What counts of the sum: no more than the least figure that a veto leaves."""
        return half_up(min([self.added, *(veto.at_most for veto in self.vetoes if veto.at_most is not None)]))

    @property
    def is_cancelled(self) -> bool:
        """Whether a veto cancels the total, so that there is no rank and no grade."""
        return any(veto.at_most is None for veto in self.vetoes)

    @property
    def provisional(self) -> bool:
        """Whether a value is missing or unusable, so that the rank is 暂定."""
        return any(s.gaps or s.status in (Status.MISSING, Status.ERROR) for s in self.items.values())


def score_district(scheme: Scheme, entries: Entries, policies: Policies) -> DistrictScore:
    """Score every item of the scheme and add up."""
    return added_up(scheme, {id_: score_item(item, entries, policies) for id_, item in scheme.items.items()})


def added_up(scheme: Scheme, items: Mapping[str, Score], vetoes: tuple[Veto, ...] = ()) -> DistrictScore:
    """The sections and the total of all items' scores, under the vetoes."""
    sections = {}
    for section in scheme.sections:
        own = [items[item.id] for item in scheme.items_of(section.number)]
        sections[section.number] = section_total(own, section.points, is_bonus=section.bonus)
    return DistrictScore(items, sections, vetoes)


def annex_total(annex: TaskAnnex, items: Mapping[str, Score]) -> Decimal:
    """What an annex of tasks comes to, of the scores of all items."""
    return section_total([items[task.id] for task in annex.tasks], annex.annex.points)


def section_total(scores: Sequence[Score], points: Decimal, *, is_bonus: bool = False) -> Decimal:
    """The sum of the items' scores; where items are 不适用 without a score, the section's points × Σ得分 ÷ Σ适用分值.

    What is earned above the scheme's points counts as far as the section's points; there 不适用 earns nothing.
    """
    if is_bonus:
        return half_up(min(points, sum((s.counted for s in scores), Decimal(0))))
    applicable = [s for s in scores if s.status is not Status.NOT_APPLICABLE or s.score is not None]
    total = sum((s.counted for s in applicable), Decimal(0))
    if len(applicable) == len(scores):
        return half_up(total)
    base = sum((s.points for s in applicable), Decimal(0))
    return half_up(Fraction(points) * Fraction(total) / Fraction(base)) if base else half_up(Decimal(0))


def grade(total: Decimal, thresholds: Sequence[Decimal], names: Sequence[str]) -> str:
    """The name of the highest grade (等次) whose threshold the total reaches at two decimals; nothing below the lowest."""
    reached = [(start, name) for start, name in zip(thresholds, names, strict=True) if start <= half_up(total)]
    return max(reached)[1] if reached else ""


def place(rank: int | None) -> float:
    """What districts are sorted by; one without a rank comes last."""
    return inf if rank is None else rank


def rank(totals: Sequence[tuple[Decimal, ...]]) -> list[int]:
    """1 + how many are greater, for each; equal ones share a rank and the next ones follow on (1, 2, 2, 4)."""
    first: dict[tuple[Decimal, ...], int] = {}
    for number, total in enumerate(sorted(totals, reverse=True), 1):
        first.setdefault(total, number)
    return [first[total] for total in totals]


def grade_of(scheme: Scheme, scored: DistrictScore) -> str:
    """A district's grade (等次); nothing where its total is cancelled, or the scheme has none."""
    if scored.is_cancelled:
        return ""
    return grade(scored.total, [g.start.value for g in scheme.grades], [g.name for g in scheme.grades])


def rank_districts(scores: Sequence[DistrictScore], policies: Policies) -> list[int | None]:
    """The rank of each district, in the order given, under the policy for ties; none for one whose total is cancelled."""
    by_section = policies["ties"] == "section1"
    ranked = [s for s in scores if not s.is_cancelled]
    ranks = iter(rank([(s.total, s.sections[min(s.sections)]) if by_section else (s.total,) for s in ranked]))
    return [None if s.is_cancelled else next(ranks) for s in scores]


def rank_in_groups(scheme: Scheme, scores: Mapping[str, DistrictScore], policies: Policies) -> dict[str, int | None]:
    """Each district's rank within its group (组内名次); nothing where the scheme has no groups."""
    ranks: dict[str, int | None] = {}
    for group in scheme.groups:
        own = [name for name in scores if scheme.group_of[name] == group.name]
        ranks |= zip(own, rank_districts([scores[name] for name in own], policies), strict=True)
    return ranks
