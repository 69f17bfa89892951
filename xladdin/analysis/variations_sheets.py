"""The sheets of 口径分析 on single inputs and items: one unit more or less, an item left out, the distance to the one ahead."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xladdin.analysis.ranked import Ranked
from xladdin.analysis.rankings import COLOURS, Ranking, rank_cell, rankings_sheet
from xladdin.analysis.variations import SMALL_MARK, SMALL_STEP, Distance, Remedy, UnitStep, WithoutItem
from xladdin.classes import replace
from xladdin.numbers import plain
from xladdin.words import (
    AHEAD,
    BEHIND,
    CHANGED_TO,
    CODE,
    DISTANCES,
    DISTRICT,
    GRAND_TOTAL,
    INDICATOR,
    INTERNAL,
    LOST_MOST,
    NAME,
    OTHERS_MOVED,
    POINTS,
    RANK,
    UNIT,
    UNIT_STEPS,
    USED_VALUE,
    VETO,
    WAYS,
    WITHOUT_ITEMS,
    earlier,
    later,
)
from xladdin.workbook.tables import Column, Content, ResultSheet, printed_on_request

_SHOWN = 4
"""Ways of catching up, or items, that a cell has room for."""


def steps_sheet(result: Ranked, steps: Sequence[UnitStep]) -> ResultSheet:
    """The inputs of which one unit more or less moves the district's rank."""
    columns = [
        Column(RANK, 8, "number"),
        Column(DISTRICT, 12, "bold"),
        Column(CODE, 9, "bold"),
        Column(INDICATOR, 34, "text"),
        Column(UNIT, 12, "centre"),
        Column(earlier(USED_VALUE), 11, "number"),
        Column(CHANGED_TO, 11, "number"),
        Column(later(GRAND_TOTAL), 11, "score"),
        Column(later(RANK), 9, "number"),
        Column(OTHERS_MOVED, 34, "text"),
    ]
    rows: list[list[Content]] = []
    for step in sorted((s for s in steps if s.is_moving), key=lambda s: (s.district.rank, s.rank)):
        district, spec = step.district, result.scheme.inputs[step.code]
        others = [
            f"{name} {rank}→{step.ranks[name]}"
            for name, rank in result.ranks.items()
            if name != district.name and step.ranks[name] != rank
        ]
        changed = [_shown(step.before), _shown(step.after), float(step.total), rank_cell(district, step.rank)]
        rows.append([float(district.rank), district.name, step.code, spec.name, spec.unit, *changed, "、".join(others)])
    notes = [
        f"每次只改一个区的一个数：增、减一个单位（评分增减 {plain(SMALL_STEP)} 分，满分超过 {plain(SMALL_MARK)} 分的 1 分），是改为否，否改为是，其余不变；到 0 或上限为止。共试 {len(steps)} 处，"
        f"下列 {len(rows)} 处使本区名次变动。{COLOURS}"
    ]
    return printed_on_request(
        ResultSheet(UNIT_STEPS, UNIT_STEPS, columns, rows, notes, frozen_columns=2, filtered=True, marking=INTERNAL)
    )


def _shown(value: Decimal | bool) -> Content:
    return ("是" if value else "否") if isinstance(value, bool) else float(value)


def without_sheet(result: Ranked, without: Sequence[WithoutItem]) -> ResultSheet:
    """The ranking without each item."""
    heads = [Column(CODE, 8, "bold"), Column(NAME, 30, "text"), Column(POINTS, 8, "number")]
    items = result.scheme.items
    rankings: list[Ranking] = [
        ([one.item, items[one.item].name, float(items[one.item].points)], one.ranks) for one in without
    ]
    notes = [f"每次不考一项，满分相应减少：各区的名次。{COLOURS}"]
    return replace(rankings_sheet(result, WITHOUT_ITEMS, heads, rankings, notes), frozen_columns=2)


def distances_sheet(result: Ranked, gaps: Sequence[Distance]) -> ResultSheet:
    """What each district lacks to the one ahead of it."""
    columns = [
        Column(RANK, 8, "number"),
        Column(DISTRICT, 12, "bold"),
        Column(GRAND_TOTAL, 10, "score"),
        Column(AHEAD, 14, "centre"),
        Column(BEHIND, 15, "bold_score"),
        Column(WAYS, 62, "text"),
        Column(LOST_MOST, 40, "text"),
    ]
    rows: list[list[Content]] = []
    for gap in gaps:
        district = gap.district
        lost = (f"{_item(result, id_)} 失 {plain(points)} 分" for id_, points in gap.open_points[:_SHOWN])
        standing = float(district.rank), district.name, float(district.scored.total)
        rows.append([*standing, *distance_cells(result, gap), "\n".join(lost)])
    notes = [f"“{WAYS}”：其他各项不变，其中任何一项单独做到就能追平或超过上一名；最省力的在前，最多列 {_SHOWN} 项。"]
    return ResultSheet(DISTANCES, DISTANCES, columns, rows, notes, frozen_columns=2, marking=INTERNAL)


def distance_cells(result: Ranked, gap: Distance) -> list[Content]:
    """The one ahead, points behind it, what would have caught up."""
    ways = "\n".join(_way(result, remedy) for remedy in gap.remedies[:_SHOWN]) or _several(gap)
    return ["、".join(gap.ahead), float(gap.points), ways]


def _way(result: Ranked, remedy: Remedy) -> str:
    gain = f"（总分 +{plain(remedy.points)}，第 {remedy.rank} 名）"
    if not remedy.code:
        return f"{_item(result, remedy.item)} 得满分{gain}"
    spec = result.scheme.inputs[remedy.code]
    return f"{remedy.code} {spec.name} 再完成 {plain(remedy.more)} {spec.unit}{gain}"


def _several(gap: Distance) -> str:
    """Where nothing alone is enough: how many of the largest losses together are."""
    limits = [veto.at_most for veto in gap.district.scored.vetoes if veto.at_most is not None]
    if limits and min(limits) < gap.district.scored.total + gap.points:
        return f"{VETO}：总分最高按 {plain(min(limits))} 分计，追不上"
    total = Decimal(0)
    for n, (_id, points) in enumerate(gap.open_points, 1):
        total += points
        if total >= gap.points:
            items = "、".join(id_ for id_, _points in gap.open_points[:n])
            return f"没有一项单独足够；{items} 都得满分约可追上"
    return "所有失分补齐也追不上"


def _item(result: Ranked, id_: str) -> str:
    return f"{id_} {result.scheme.items[id_].name}"
