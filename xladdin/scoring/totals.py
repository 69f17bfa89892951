"""Sections, totals and the ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from xladdin.classes import record
from xladdin.methods.inputs import Entries
from xladdin.methods.item import Policies
from xladdin.numbers import half_up
from xladdin.scheme.model import Scheme, TaskAnnex
from xladdin.scoring.items import Score, Status, score_item


@record
class DistrictScore:
    """All of one district's scores: items by id, sections by number, the total."""

    items: Mapping[str, Score]
    sections: Mapping[int, Decimal]
    total: Decimal

    @property
    def provisional(self) -> bool:
        """Whether a value is missing or unusable, so that the rank is 暂定."""
        return any(s.gaps or s.status in (Status.MISSING, Status.ERROR) for s in self.items.values())


def score_district(scheme: Scheme, entries: Entries, policies: Policies) -> DistrictScore:
    """Score every item of the scheme and add up."""
    return added_up(scheme, {id_: score_item(item, entries, policies) for id_, item in scheme.items.items()})


def added_up(scheme: Scheme, items: Mapping[str, Score]) -> DistrictScore:
    """The sections and the total of all items' scores."""
    sections = {}
    for section in scheme.sections:
        own = [items[item.id] for item in scheme.items_of(section.number)]
        sections[section.number] = section_total(own, section.points)
    return DistrictScore(items, sections, total_of(sections))


def annex_total(annex: TaskAnnex, items: Mapping[str, Score]) -> Decimal:
    """What an annex of tasks comes to, of the scores of all items."""
    return section_total([items[task.id] for task in annex.tasks], annex.annex.points)


def total_of(sections: Mapping[int, Decimal]) -> Decimal:
    """The sum of the sections."""
    return half_up(sum(sections.values(), Decimal(0)))


def section_total(scores: Sequence[Score], points: Decimal) -> Decimal:
    """The sum of the items' scores; where items are 不适用 without a score, the section's points × Σ得分 ÷ Σ适用分值."""
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


def rank(totals: Sequence[tuple[Decimal, ...]]) -> list[int]:
    """1 + how many are greater, for each; equal ones share a rank and the next ones follow on (1, 2, 2, 4)."""
    return [1 + sum(other > own for other in totals) for own in totals]


def rank_districts(scores: Sequence[DistrictScore], policies: Policies) -> list[int]:
    """The rank of each district, in the order given, under the policy for ties."""
    by_section = policies["ties"] == "section1"
    return rank([(s.total, s.sections[min(s.sections)]) if by_section else (s.total,) for s in scores])
