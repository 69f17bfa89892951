"""The sheets of 口径分析 on the readings: each other one alone, how often each rank, every combination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median_low

from xladdin.analysis.ranked import Ranked, within
from xladdin.analysis.rankings import COLOURS, Ranking, rankings_sheet
from xladdin.analysis.readings import Spread
from xladdin.classes import replace
from xladdin.words import (
    ADOPTED,
    ALL_READINGS,
    BEST_RANK,
    CHANGED_TO,
    COMBINATIONS,
    DISTRICT,
    GROUP,
    GROUP_RANK,
    IN_GROUPS,
    INTERNAL,
    MEDIAN_RANK,
    ORDINAL,
    RANK,
    READING,
    SINGLE_READINGS,
    WORST_RANK,
)
from xladdin.workbook.tables import Column, Content, ResultSheet, Shading, printed_on_request


def readings_sheets(result: Ranked, spread: Spread) -> list[ResultSheet]:
    """What the readings make of the ranking, from one to all of them."""
    return [
        _single_sheet(result, spread),
        _heat_sheet(result, spread),
        *([_group_sheet(result, spread)] if result.groups else ()),
        _combinations_sheet(result, spread),
    ]


def _single_sheet(result: Ranked, spread: Spread) -> ResultSheet:
    heads = [
        Column(READING, 18, "text"),
        Column(ADOPTED, 22, "text"),
        Column(CHANGED_TO, 22, "text"),
    ]
    in_force = spread.in_force
    rankings: list[Ranking] = [(["现行口径", None, None], in_force.ranks)]
    policies = {policy.name: policy for policy in result.scheme.policy_list}
    for (name, option), standing in spread.single.items():
        policy = policies[name]
        now, other = (f"{policy.options[own]}（{own}）" for own in (in_force.options[name], option))
        rankings.append(([policy.title, now, other], standing.ranks))
    notes = [f"每次只改一条口径，其余不变：各区的名次。{COLOURS}"]
    tried = Counter(name for name, _option in spread.single)
    if weighted := [policy.title for policy in policies.values() if len(policy.options) > 1 + tried[policy.name]]:
        notes.append(f"要另给权重的选项没有试：{'、'.join(weighted)}。")
    return rankings_sheet(result, SINGLE_READINGS, heads, rankings, notes)


def _heat_sheet(result: Ranked, spread: Spread) -> ResultSheet:
    columns = [Column(RANK, 8, "bold"), Column(DISTRICT, 12, "bold")]
    rows: list[tuple[list[Content], list[int]]] = [
        ([float(district.rank), district.name], spread.ranks_of(district.name)) for district in result.by_rank()
    ]
    return _heat(ALL_READINGS, f"{ALL_READINGS}下的名次", columns, rows, "各区居各名次")


def _group_sheet(result: Ranked, spread: Spread) -> ResultSheet:
    """How often each district has which rank within its group."""
    columns = [Column(GROUP, 12, "centre"), Column(GROUP_RANK, 9, "bold"), Column(DISTRICT, 12, "bold")]
    rows: list[tuple[list[Content], list[int]]] = []
    for group, names in result.groups.items():
        imagined = spread.ranks_within(names)
        for name, rank in sorted(within(names, result.ranks).items(), key=lambda pair: pair[1]):
            rows.append(([group, float(rank), name], imagined[name]))
    return _heat(IN_GROUPS, f"{ALL_READINGS}下的组内名次", columns, rows, "各区在本组居各名次")


def _heat(
    name: str, title: str, heads: Sequence[Column], imagined: Sequence[tuple[list[Content], list[int]]], what: str
) -> ResultSheet:
    """How often each rank, from the best to the worst; `imagined` has a row's first cells, and the ranks under each combination."""
    places = range(1, 1 + max(max(ranks) for _head, ranks in imagined))
    columns = [
        *heads,
        Column(BEST_RANK, 9, "number"),
        Column(MEDIAN_RANK, 8, "number"),
        Column(WORST_RANK, 9, "number"),
        *(Column(f"第{n}", 6, "share") for n in places),
    ]
    rows: list[list[Content]] = []
    for head, ranks in imagined:
        extent = map(float, (min(ranks), median_low(ranks), max(ranks)))
        rows.append([*head, *extent, *(ranks.count(n) / len(ranks) for n in places)])
    count = len(imagined[0][1])
    notes = [f"{count} 种口径组合中，{what}的占比；空白为没有出现过，有而不足半成的显示为 0%。"]
    shading = Shading(len(heads) + 3, len(columns) - 1, "#2F75B5", "#FFFFFF")
    return ResultSheet(
        name, title, columns, rows, notes, frozen_columns=len(heads), shadings=[shading], marking=INTERNAL
    )


def _combinations_sheet(result: Ranked, spread: Spread) -> ResultSheet:
    tried = {name for name, _option in spread.single}
    policies = [policy for policy in result.scheme.policy_list if policy.name in tried]
    heads = [Column(ORDINAL, 8, "number"), *(Column(policy.title, 14, "centre") for policy in policies)]
    rankings: list[Ranking] = [
        ([float(number), *(standing.options[policy.name] for policy in policies)], standing.ranks)
        for number, standing in enumerate(spread.combined, 1)
    ]
    sheet = rankings_sheet(
        result,
        COMBINATIONS,
        heads,
        rankings,
        [f"每种组合一行，可按列筛选；各种读法的含义见“{SINGLE_READINGS}”。{COLOURS}"],
    )
    return printed_on_request(replace(sheet, filtered=True, row_height=18.0))
