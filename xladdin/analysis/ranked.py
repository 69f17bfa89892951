"""A result as its scores: read out of results.json, and scored again where something in it is imagined to be otherwise."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from xladdin.classes import field, record
from xladdin.methods.inputs import Entries, Entry
from xladdin.methods.item import Policies
from xladdin.numbers import NOT_APPLICABLE, Fault, Value, decimal_of
from xladdin.results.stored import NotComparable, Results, vetoes_of
from xladdin.scheme.model import Scheme
from xladdin.scoring.among import among_all
from xladdin.scoring.items import Score, Status, score_item
from xladdin.scoring.totals import DistrictScore, added_up, rank_districts
from xladdin.words import VETO


@record
class RankedDistrict:
    """A district of a result that has a rank. There are no `entries` where the file does not say what was filled in."""

    name: str
    scored: DistrictScore
    rank: int
    provisional: bool
    entries: Entries


@record
class Ranked:
    """A result: the districts in official order, and the readings it was made under.

    Districts whose total is cancelled (一票否决) have no rank and are none of it; `cancelled` has what they filled in, with
    which others are compared.
    """

    scheme: Scheme
    policies: Policies
    districts: tuple[RankedDistrict, ...]
    cancelled: Mapping[str, Entries] = field(default_factory=dict)

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The ranks by name."""
        return {district.name: district.rank for district in self.districts}

    @cached_property
    def groups(self) -> Mapping[str, list[str]]:
        """The districts by the groups (分组) within which they are ranked as well; nothing where there are none."""
        group_of = self.scheme.group_of
        named = {
            group.name: [name for name in self.ranks if group_of[name] == group.name] for group in self.scheme.groups
        }
        return {group: names for group, names in named.items() if names}

    @property
    def cancelled_note(self) -> list[str]:
        """What is to be said of the districts that are left out."""
        return [f"{VETO}取消成绩、没有名次的，不在其中：{'、'.join(self.cancelled)}。"] if self.cancelled else []

    def by_rank(self) -> list[RankedDistrict]:
        """Those that share a rank in official order."""
        return sorted(self.districts, key=lambda d: d.rank)

    def ranks_with(self, changed: Mapping[str, DistrictScore]) -> dict[str, int]:
        """The ranks, by name, if some districts' scores were these."""
        scored = [changed.get(d.name, d.scored) for d in self.districts]
        ranks = rank_districts(scored, self.policies)
        return {d.name: rank for d, rank in zip(self.districts, ranks, strict=True) if rank is not None}

    def with_item(self, district: RankedDistrict, score: Score) -> DistrictScore:
        """The district's scores if one item's were this."""
        return added_up(self.scheme, {**district.scored.items, score.item_id: score}, district.scored.vetoes)

    def with_entry(self, district: RankedDistrict, code: str, entry: Entry) -> Mapping[str, DistrictScore] | None:
        """The scores that change, by district, if one field of a district held this; None where the rule does not allow it."""
        item = self.scheme.items[self.scheme.inputs[code].item_id]
        entries: Mapping[str, Entries] = {district.name: {**district.entries, code: entry}}
        if item.among_all:
            entries = among_all(
                self.scheme, {**self.cancelled, **{d.name: d.entries for d in self.districts}, **entries}
            )
        scores = {d.name: score_item(item, entries[d.name], self.policies) for d in self.districts if d.name in entries}
        if scores[district.name].status is Status.ERROR:
            return None
        return {d.name: self.with_item(d, scores[d.name]) for d in self.districts if d.name in entries}


def first_of(ranks: Mapping[str, int], group: Sequence[str] = ()) -> str:
    """Whoever has the first of the ranks, of all districts or of a group's."""
    own = {name: ranks[name] for name in group or ranks}
    best = min(own.values())
    return "、".join(name for name, rank in own.items() if rank == best)


def within(group: Sequence[str], ranks: Mapping[str, int]) -> dict[str, int]:
    """The ranks within a group (组内名次) of those that rank so among all."""
    ordered = sorted(ranks[name] for name in group)
    return {name: 1 + bisect_left(ordered, ranks[name]) for name in group}


def ranked(scheme: Scheme, data: Results) -> Ranked:
    """The result that results.json holds; `NotComparable` where it is of another scheme."""
    by_name = {district["name"]: district for district in data["districts"]}
    if data["scheme"] != scheme.source.version or set(by_name) != set(scheme.district_names):
        raise NotComparable(f"结果的方案版本为 {data['scheme']}，与 {scheme.source.version} 年度的方案不符")
    if any(set(district["items"]) != set(scheme.items) for district in by_name.values()):
        raise NotComparable(f"结果里的项目与 {scheme.source.version} 年度的方案不同")
    own = {name: _entries(data) for name, data in by_name.items()}
    entries = among_all(scheme, own) if any(own.values()) else own
    districts = [_district(scheme, by_name[name], entries[name]) for name in scheme.district_names]
    cancelled = {district.name: district.entries for district in districts if district.scored.is_cancelled}
    if len(cancelled) == len(districts):
        raise NotComparable("结果里没有一个有名次，无从分析")
    others = tuple(district for district in districts if district.name not in cancelled)
    return Ranked(scheme, scheme.choose_policies(data["policies"]), others, cancelled)


def _entries(data: Mapping[str, Any]) -> Entries:
    """What counts of each field, as far as the file says."""
    fields = data.get("fields", {}).items()
    return {code: Entry(_value(f["value"]), _value(f["target"]), named=f["named"]) for code, f in fields}


def _district(scheme: Scheme, data: Mapping[str, Any], entries: Entries) -> RankedDistrict:
    items = {id_: _score(scheme.items[id_].points, id_, item) for id_, item in data["items"].items()}
    in_order = {id_: items[id_] for id_ in scheme.items}
    scored = added_up(scheme, in_order, vetoes_of(scheme, data))
    return RankedDistrict(data["name"], scored, data["rank"], data["provisional"], entries)


def _score(points: Decimal, id_: str, item: Mapping[str, Any]) -> Score:
    score = None if item["score"] is None else decimal_of(item["score"])
    return Score(id_, points, score, Status(item["status"]), item["explain"])


def _value(data: float | bool | str | None) -> Value:
    if isinstance(data, str):
        return NOT_APPLICABLE if data == NOT_APPLICABLE.value else Fault(data)
    return data if data is None or isinstance(data, bool) else decimal_of(data)
