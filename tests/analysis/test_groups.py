"""Ranks within groups: counted among the totals of each group under every combination of the readings."""

from __future__ import annotations

from collections import Counter
from statistics import median_low
from typing import Any

import pytest

from tests.analysis.test_report import table
from xladdin.analysis.firmness import analysis_sheets, firmness_lines
from xladdin.analysis.ranked import Ranked, ranked
from xladdin.analysis.readings import Spread, Standing
from xladdin.classes import replace
from xladdin.results.consolidation import Consolidation
from xladdin.results.stored import results
from xladdin.scheme import Scheme
from xladdin.scheme.model import Group

GROUPS = {"东片": ("浦东新区", "静安区", "宝山区", "奉贤区", "崇明区"), "西片": ()}
"""Those of 西片 are the others."""


def group_of(name: str) -> str:
    return "东片" if name in GROUPS["东片"] else "西片"


@pytest.fixture(scope="module")
def grouped(scheme: Scheme, consolidation: Consolidation) -> Ranked:
    """The result as one of a scheme whose districts are in two groups; without fields, which only take time here."""
    listed = replace(
        scheme.district_list,
        groups=tuple(Group(name=name, clause="") for name in GROUPS),
        districts=tuple(replace(d, group=group_of(d.name)) for d in scheme.districts),
    )
    data = results(consolidation)
    bare = {**data, "districts": [{k: v for k, v in d.items() if k != "fields"} for d in data["districts"]]}
    return ranked(replace(scheme, district_list=listed), bare)


def within(standing: Standing) -> dict[str, int]:
    """Whoever has a greater total in the group is ahead; of equal ones, where a reading breaks ties, who is so among all."""

    def ahead(other: str, name: str) -> bool:
        if standing.totals[other] == standing.totals[name]:
            return standing.ranks[other] < standing.ranks[name]
        return standing.totals[other] > standing.totals[name]

    names = list(standing.totals)
    return {n: 1 + sum(ahead(o, n) for o in names if group_of(o) == group_of(n)) for n in names}


@pytest.fixture(scope="module")
def counted(firm: Spread) -> list[dict[str, int]]:
    return [within(standing) for standing in firm.combined]


@pytest.fixture(scope="module")
def sheets(grouped: Ranked, firm: Spread) -> dict[str, list[dict[str, Any]]]:
    return {sheet.name: table(sheet) for sheet in analysis_sheets(grouped, firm)}


def test_ranks_within__every_combination__by_the_totals_of_the_group(
    sheets: dict[str, list[dict[str, Any]]], firm: Spread, counted: list[dict[str, int]]
) -> None:
    now = within(firm.in_force)
    conclusion = {row["区"]: row for row in sheets["结论"]}
    heat = {row["区"]: row for row in sheets["分组口径组合"]}
    assert set(conclusion) == set(heat) == set(now)
    for name, rank in now.items():
        ranks = [own[name] for own in counted]
        row = conclusion[name]
        assert (row["分组"], row["组内名次"]) == (group_of(name), rank)
        totals = firm.in_force.totals
        ahead = [
            totals[other] - totals[name]
            for other, place in now.items()
            if group_of(other) == group_of(name) and place < rank
        ]
        assert row["距组内上一名（分）"] == (float(sorted(ahead)[0]) if ahead else None)
        assert (row["组内最好"], row["组内最差"]) == (min(ranks), max(ranks))
        assert row["组内第一"] == pytest.approx(ranks.count(1) / len(ranks))
        row = heat[name]
        assert (row["分组"], row["组内名次"], row["中位"]) == (group_of(name), rank, median_low(ranks))
        shares = [row.get(f"第{n}", 0) for n in range(1, 12)]
        assert shares == pytest.approx([ranks.count(n) / len(ranks) for n in range(1, 12)])
    assert any(len({own[name] for own in counted}) > 1 for name in now)  # the readings do matter within groups
    assert [(row["分组"], row["组内名次"]) for row in sheets["分组口径组合"]] == sorted(
        (group_of(name), rank) for name, rank in now.items()
    )


def test_first_of_each_group__who_stays_it(
    sheets: dict[str, list[dict[str, Any]]], grouped: Ranked, firm: Spread, counted: list[dict[str, int]]
) -> None:
    def first(ranks: dict[str, int], group: str) -> str:
        return "、".join(name for name, rank in ranks.items() if rank == 1 and group_of(name) == group)

    lines = firmness_lines(grouped, firm)
    for group in GROUPS:
        (line,) = [line for line in lines if line.startswith(f"{group}居第一的：")]
        firsts = [first(ranks, group) for ranks in counted]
        for names, count in Counter(firsts).items():
            assert f"{names} {count} 种（" in line
        assert [row[f"{group}第一名"] for row in sheets["组合明细"]] == firsts
        now = first(within(firm.in_force), group)
        moved = [standing for standing in firm.single.values() if first(within(standing), group) != now]
        assert line.endswith("换人的口径：没有。") == (not moved)
        assert line.count("改为“") == len(moved)


@pytest.mark.slow
def test_sheets__of_a_scheme_without_groups__say_nothing_of_them(
    scheme: Scheme, consolidation: Consolidation, firm: Spread
) -> None:
    made = analysis_sheets(ranked(scheme, results(consolidation)), firm)
    assert "分组口径组合" not in [sheet.name for sheet in made]
    assert not [c.head for sheet in made for c in sheet.columns if "组内" in c.head or "分组" in c.head]
