"""The ranking under every combination of the readings (口径) that the scheme offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from math import prod
from random import Random

from xladdin.analysis.ranked import within
from xladdin.classes import record
from xladdin.files import Progress
from xladdin.methods.inputs import BLANK, Entries, Entry
from xladdin.methods.item import Item, Policies
from xladdin.results.consolidation import Consolidation, DistrictResult, without_form
from xladdin.results.judging import READINGS, Judging
from xladdin.results.layers import layered
from xladdin.scheme import PolicyError
from xladdin.scheme.model import Scheme, Section
from xladdin.scoring.among import among_all
from xladdin.scoring.items import Score, score_item
from xladdin.scoring.totals import DistrictScore, rank_districts, section_total
from xladdin.words import ALL_READINGS

MOST = 4096
"""Combinations that are worked out; of more than these a sample."""


@record
class Standing:
    """The totals and ranks of all districts that have a rank, by name, under one choice of every reading."""

    options: Mapping[str, str]
    totals: Mapping[str, Decimal]
    ranks: Mapping[str, int]


@record
class Spread:
    """The rankings under the combinations of all readings; `possible` is how many there are, worked out or not."""

    in_force: Standing
    single: Mapping[tuple[str, str], Standing]
    """One reading changed, the others as they are in force: by its name and the other option, in the order of the scheme."""
    combined: tuple[Standing, ...]
    possible: int

    @property
    def is_sample(self) -> bool:
        return len(self.combined) < self.possible

    def ranks_of(self, district: str) -> list[int]:
        """The district's rank under each combination."""
        return [standing.ranks[district] for standing in self.combined]

    def ranks_within(self, group: Sequence[str]) -> dict[str, list[int]]:
        """The rank of each of a group's districts within it, under each combination."""
        ranks = [within(group, standing.ranks) for standing in self.combined]
        return {name: [own[name] for own in ranks] for name in group}


def offered(scheme: Scheme, in_force: Policies) -> dict[str, list[str]]:
    """The options of each reading, the one in force first; those that need numbers with them only where they are in force."""
    options = {}
    for policy in scheme.policy_list:
        current = in_force.described()[policy.name]
        options[policy.name] = [current]
        for option in policy.options:
            if option != in_force[policy.name] and _needs_no_numbers(scheme, policy.name, option):
                options[policy.name].append(option)
    return options


def _needs_no_numbers(scheme: Scheme, name: str, option: str) -> bool:
    try:
        scheme.choose_policies({name: option})
    except PolicyError:
        return False
    return True


def spread(consolidation: Consolidation, progress: Progress | None = None) -> Spread:
    """The ranking under the readings in force, under each other option alone, and under all combinations.

    Of more than `MOST` combinations a sample is drawn, the same in every run.
    """
    scheme = consolidation.scheme
    options = offered(scheme, consolidation.policies)
    rankings = _Rankings(consolidation, options)
    current = {name: own[0] for name, own in options.items()}
    possible = prod(map(len, options.values()))
    combinations = list(_combinations(options, possible))
    combined = []
    for n, choices in enumerate(combinations):
        if progress and n % 64 == 0:
            progress(n, len(combinations), ALL_READINGS)
        combined.append(rankings.standing(choices))
    return Spread(
        rankings.standing(current),
        {
            (name, option): rankings.standing({**current, name: option})
            for name, own in options.items()
            for option in own[1:]
        },
        tuple(combined),
        possible,
    )


def _combinations(options: Mapping[str, Sequence[str]], possible: int) -> Iterator[dict[str, str]]:
    if possible <= MOST:
        yield from (dict(zip(options, chosen, strict=True)) for chosen in product(*options.values()))
        return
    for drawn in sorted(Random(0).sample(range(possible), MOST)):
        number, choices = drawn, {}
        for name, own in options.items():
            number, digit = divmod(number, len(own))
            choices[name] = own[digit]
        yield choices


class _Rankings:
    """Rankings under any readings; what several of them have in common is worked out once."""

    def __init__(self, consolidation: Consolidation, options: Mapping[str, Sequence[str]]) -> None:
        self.scheme = consolidation.scheme
        self.districts = [district for district in consolidation.districts if district.rank is not None]
        judging = [name for name in READINGS if consolidation.evaluators and name in options]
        self.asked = {
            section.number: sorted(
                {name for item in self.scheme.items_of(section.number) for name in item.policies} | set(judging)
            )
            for section in self.scheme.sections
        }
        self._judging = judging
        self._scores: dict[tuple[object, ...], Score] = {}
        self._sections: dict[tuple[object, ...], Decimal] = {}
        self._entries: dict[tuple[str, ...], Mapping[str, Entries]] = {}
        self._consolidation = consolidation

    def standing(self, choices: Mapping[str, str]) -> Standing:
        policies = self.scheme.choose_policies(choices)
        entries = self._entries_under(choices, policies)
        scored = {}
        for district in self.districts:
            sections = {}
            for section in self.scheme.sections:
                key = (district.name, section.number, *(choices[name] for name in self.asked[section.number]))
                if key not in self._sections:
                    self._sections[key] = self._section(district, section, entries.get(district.name), policies)
                sections[section.number] = self._sections[key]
            scored[district.name] = DistrictScore({}, sections, district.scored.vetoes)
        ranks = zip(scored, rank_districts(list(scored.values()), policies), strict=True)
        totals = {name: score.total for name, score in scored.items()}
        return Standing(dict(choices), totals, {name: rank for name, rank in ranks if rank is not None})

    def _entries_under(self, choices: Mapping[str, str], policies: Policies) -> Mapping[str, Entries]:
        """What counts of each district's fields; nothing of one of which nobody has said anything."""
        key = tuple(choices[name] for name in self._judging)
        if key not in self._entries:
            c = self._consolidation
            judging = Judging(c.scheme, policies, c.reports, c.evaluators) if c.evaluators else None
            layers = {d.name: d.layers for d in c.districts if d.layers}
            own = {
                n: layered(c.scheme, n, said.form, judging, said.corrections)[0].entries for n, said in layers.items()
            }
            self._entries[key] = among_all(c.scheme, own)
        return self._entries[key]

    def _section(
        self, district: DistrictResult, section: Section, entries: Entries | None, policies: Policies
    ) -> Decimal:
        if entries is None:
            return district.scored.sections[section.number]
        scores = [self._score(item, entries, policies) for item in self.scheme.items_of(section.number)]
        if district.file is None and district.layers:
            scores = [without_form(self.scheme, score, district.layers.form) for score in scores]
        return section_total(scores, section.points, is_bonus=section.bonus)

    def _score(self, item: Item, entries: Entries, policies: Policies) -> Score:
        own: tuple[Entry, ...] = tuple(entries.get(spec.code, BLANK) for spec in item.inputs)
        key = (item.id, own, *(policies.described()[name] for name in item.policies))
        if key not in self._scores:
            self._scores[key] = score_item(item, entries, policies)
        return self._scores[key]
