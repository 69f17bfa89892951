"""口径分析: how firm the ranking is, as sheets. For those who decide about readings; never part of a result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from xladdin.analysis.ranked import Ranked, first_of, ranked
from xladdin.analysis.readings import Spread
from xladdin.analysis.readings_sheets import readings_sheets
from xladdin.analysis.variations import Distance, UnitStep, WithoutItem, distances, unit_steps, without_items
from xladdin.analysis.variations_sheets import distances_sheet, steps_sheet, without_sheet
from xladdin.analysis.what_if import what_if_sheet
from xladdin.numbers import plain
from xladdin.results.stored import Results
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ANALYSIS_KIND,
    BEHIND,
    BEST_RANK,
    CONCLUSION,
    DISTRICT,
    GRAND_TOTAL,
    INTERNAL,
    KIND_PROPERTY,
    MOVING_ITEMS,
    MOVING_STEPS,
    RANK,
    SHARE_FIRST,
    VERSION_PROPERTY,
    WORST_RANK,
)
from xladdin.workbook.tables import Cell, Chart, Column, Content, ResultSheet, printed_first, told


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
    behind = {gap.district.name: float(gap.points) for gap in gaps}
    rows: list[list[Content]] = []
    for district in result.by_rank():
        name = district.name
        rank: Content = Cell(float(district.rank), "provisional") if district.provisional else float(district.rank)
        row: list[Content] = [rank, name, float(district.scored.total), behind.get(name)]
        if spread:
            ranks = spread.ranks_of(name)
            row += [float(min(ranks)), float(max(ranks)), ranks.count(1) / len(ranks)]
        if steps is not None:
            row.append(float(sum(step.is_moving for step in steps if step.district is district)))
        row.append(float(sum(one.ranks[name] != district.rank for one in without)))
        rows.append(row)
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
        charts=charts,
        marking=INTERNAL,
        tab_color="#C00000",
    )


_NO_FILES = "只有 results.json 时不换口径重算；要看各种口径下的名次，请指定考核文件夹，或收回的表所在的文件夹。"


def firmness_lines(result: Ranked, spread: Spread) -> list[str]:
    """Who is first under how many readings, whom none moves, which readings move the first."""
    all_ = len(spread.combined)
    extent = f"从全部 {spread.possible} 种口径组合中抽取的 {all_} 种" if spread.is_sample else f"全部 {all_} 种口径组合"
    firsts = Counter(first_of(standing.ranks) for standing in spread.combined)
    listed = "，".join(f"{names} {count} 种（{_share(count, all_)}）" for names, count in firsts.most_common())
    firm = [name for name in result.ranks if len(set(spread.ranks_of(name))) == 1]
    titles = {policy.name: policy.title for policy in result.scheme.policy_list}
    turning = [
        f"{titles[name]}改为 {option}"
        for (name, option), standing in spread.single.items()
        if first_of(standing.ranks) != first_of(spread.in_force.ranks)
    ]
    return [
        f"{extent}中居第一的：{listed}。",
        f"在哪一种组合下名次都不变的区：{'、'.join(firm) or '没有'}。",
        f"单独改一条就使第一名换人的口径：{'；'.join(turning) or '没有'}。",
    ]


def _share(count: int, whole: int) -> str:
    return f"{plain(round(Decimal(count) * 100 / whole, 1))}%"
