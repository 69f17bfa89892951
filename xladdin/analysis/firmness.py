"""口径分析: how firm the ranking is, as sheets. For those who decide about readings; never part of a result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from xladdin.analysis.ranked import Ranked, first_of, ranked, within
from xladdin.analysis.readings import Spread
from xladdin.analysis.readings_sheets import readings_sheets
from xladdin.analysis.variations import Distance, UnitStep, WithoutItem, distances, unit_steps, without_items
from xladdin.analysis.variations_sheets import distances_sheet, steps_sheet, without_sheet
from xladdin.analysis.what_if import what_if_sheet
from xladdin.numbers import plain
from xladdin.results.district_sheet import rank_cell
from xladdin.results.stored import Results
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ANALYSIS_KIND,
    BEHIND,
    BEHIND_IN_GROUP,
    BEST_IN_GROUP,
    BEST_RANK,
    CONCLUSION,
    DISTRICT,
    GRAND_TOTAL,
    GROUP,
    GROUP_RANK,
    INTERNAL,
    KIND_PROPERTY,
    MOVING_ITEMS,
    MOVING_STEPS,
    RANK,
    SHARE_FIRST,
    SHARE_FIRST_IN_GROUP,
    VERSION_PROPERTY,
    WORST_IN_GROUP,
    WORST_RANK,
)
from xladdin.workbook.tables import Chart, Column, Content, ResultSheet, printed_first, told


def analysis_workbook(scheme: Scheme, data: Results, spread: Spread | None, generated: datetime) -> bytes:
    """口径分析.xlsx of a result; without `spread`, which needs what came back, it leaves the readings out.

    `NotComparable` where the result is of another scheme.
    """
    from xladdin.workbook.write.tables import write_tables

    properties = {KIND_PROPERTY: ANALYSIS_KIND, VERSION_PROPERTY: scheme.source.version}
    sheets = printed_first(analysis_sheets(ranked(scheme, data), spread))
    return write_tables(sheets, properties, ANALYSIS_KIND, scheme.source.office_name, generated)


def analysis_sheets(result: Ranked, spread: Spread | None) -> list[ResultSheet]:
    """Every sheet of 口径分析; those of single inputs only where the result says what was filled in."""
    has_entries = any(district.entries for district in result.districts)
    steps = unit_steps(result) if has_entries else None
    without, gaps = without_items(result), distances(result)
    sheets = (
        _conclusion(result, spread, steps, without, gaps),
        *(readings_sheets(result, spread) if spread else ()),
        *(() if steps is None else [steps_sheet(result, steps)]),
        without_sheet(result, without),
        distances_sheet(result, gaps),
        what_if_sheet(result),
    )
    return [told(sheet, result.scheme.source.say) for sheet in sheets]


def _conclusion(
    result: Ranked,
    spread: Spread | None,
    steps: Sequence[UnitStep] | None,
    without: Sequence[WithoutItem],
    gaps: Sequence[Distance],
) -> ResultSheet:
    columns = [
        Column(RANK, 8, "bold"),
        Column(DISTRICT, 12, "bold"),
        Column(GRAND_TOTAL, 10, "bold_score"),
        Column(BEHIND, 15, "score"),
    ]
    charts = []
    if spread:
        columns += [Column(BEST_RANK, 11, "number"), Column(WORST_RANK, 11, "number"), Column(SHARE_FIRST, 10, "share")]
        title, most = "各区名次的变动范围（上为第一）", len(result.districts)
        charts.append(Chart(title, 1, (4, 5, 0), "line", number="0", least=1, most=most, reversed=True))
    if steps is not None:
        columns.append(Column(MOVING_STEPS, 15, "number"))
    columns.append(Column(MOVING_ITEMS, 15, "number"))
    in_groups = _in_groups(result, spread)
    if in_groups:
        columns += [Column(GROUP, 12, "centre"), Column(GROUP_RANK, 10, "bold"), Column(BEHIND_IN_GROUP, 12, "score")]
    if in_groups and spread:
        columns += [
            Column(BEST_IN_GROUP, 10, "number"),
            Column(WORST_IN_GROUP, 10, "number"),
            Column(SHARE_FIRST_IN_GROUP, 10, "share"),
        ]
    behind = {gap.district.name: float(gap.points) for gap in gaps}
    rows: list[list[Content]] = []
    for district in result.by_rank():
        name = district.name
        rank = rank_cell(district.rank, district.provisional)
        row: list[Content] = [rank, name, float(district.scored.total), behind.get(name)]
        if spread:
            ranks = spread.ranks_of(name)
            row += [float(min(ranks)), float(max(ranks)), ranks.count(1) / len(ranks)]
        if steps is not None:
            row.append(float(sum(step.is_moving for step in steps if step.district is district)))
        row.append(float(sum(one.ranks[name] != district.rank for one in without)))
        rows.append([*row, *in_groups.get(name, ())])
    notes = [
        "说明名次有多稳：换一种口径、数差一个单位、少考一项，名次会怎样。供内部讨论，不是考核结果，不随结果封存。",
        *(firmness_lines(result, spread) if spread else [_NO_FILES]),
        *result.cancelled_note,
    ]
    if steps is not None:
        notes.append(
            f"“{MOVING_STEPS}”：本区一个数增减一个单位、名次就变的处数；“{MOVING_ITEMS}”：不考这一项、名次就变的项目数。"
        )
    if provisional := [district.name for district in result.districts if district.provisional]:
        notes.append(f"名次暂定的区：{'、'.join(provisional)}（数据尚不完整，以下各表同）。")
    return ResultSheet(
        CONCLUSION,
        ANALYSIS_KIND,
        columns,
        rows,
        notes,
        frozen_columns=2,
        large_paper=bool(in_groups),
        charts=charts,
        marking=INTERNAL,
        tab_color="#C00000",
    )


_NO_FILES = "只有 results.json 时不换口径重算；要看各种口径下的名次，请指定考核文件夹，或收回的表所在的文件夹。"


def _in_groups(result: Ranked, spread: Spread | None) -> dict[str, list[Content]]:
    """Each district's group, its rank and the points to the one ahead there, and the ranks there that the readings give it."""
    cells: dict[str, list[Content]] = {}
    totals = {district.name: district.scored.total for district in result.districts}
    for group, names in result.groups.items():
        imagined = spread.ranks_within(names) if spread else {}
        for name, rank in within(names, result.ranks).items():
            ahead = [totals[other] - totals[name] for other in names if result.ranks[other] < result.ranks[name]]
            cells[name] = [group, float(rank), float(min(ahead)) if ahead else None]
            if ranks := imagined.get(name):
                cells[name] += [float(min(ranks)), float(max(ranks)), ranks.count(1) / len(ranks)]
    return cells


def firmness_lines(result: Ranked, spread: Spread) -> list[str]:
    """Who is first under how many readings, whom none moves, which readings move the first; of all and in each group."""
    all_ = len(spread.combined)
    extent = f"从全部 {spread.possible} 种口径组合中抽取的 {all_} 种" if spread.is_sample else f"全部 {all_} 种口径组合"
    firm = [name for name in result.ranks if len(set(spread.ranks_of(name))) == 1]
    return [
        f"{extent}中居第一的：{_firsts(spread)}。",
        f"在哪一种组合下名次都不变的{result.scheme.source.unit_word}：{'、'.join(firm) or '没有'}。",
        f"单独改一条就使第一名换人的口径：{_turning(result, spread)}。",
        *(
            f"{group}居第一的：{_firsts(spread, names)}；单独改一条就使这一组第一名换人的口径：{_turning(result, spread, names)}。"
            for group, names in result.groups.items()
        ),
    ]


def _firsts(spread: Spread, group: Sequence[str] = ()) -> str:
    """Who is first, of all or of a group, under how many combinations."""
    firsts, all_ = Counter(first_of(standing.ranks, group) for standing in spread.combined), len(spread.combined)
    shares = ((names, count, plain(round(Decimal(count) * 100 / all_, 1))) for names, count in firsts.most_common())
    return "，".join(f"{names} {count} 种（{share}%）" for names, count, share in shares)


def _turning(result: Ranked, spread: Spread, group: Sequence[str] = ()) -> str:
    """Which readings, each alone, put somebody else first."""
    policies = {policy.name: policy for policy in result.scheme.policy_list}
    now = first_of(spread.in_force.ranks, group)
    turning = [
        f"{policies[name].title}改为“{policies[name].options[option]}”"
        for (name, option), standing in spread.single.items()
        if first_of(standing.ranks, group) != now
    ]
    return "；".join(turning) or "没有"
