"""年度比较: two results of different years or rounds. What bears the same name is compared, by rates where points differ.

Two results of one year are compared cell by cell by `results.result_changes`; here nothing is said of cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from xladdin.analysis.matching import Matched, Side, matched
from xladdin.results.district_sheet import rank_cell, rank_text
from xladdin.results.result_changes import risen, total_cell, total_text
from xladdin.scoring.totals import place
from xladdin.words import (
    ADOPTED_SUM,
    ASSIGNED_SUM,
    CATEGORY,
    CITY_RATE,
    CODE,
    DISTRICT,
    DONE_RATES,
    GRAND_TOTAL,
    INDICATOR,
    ITEM,
    ITEM_AFTER,
    ITEM_BEFORE,
    ITEM_RATES,
    KIND_PROPERTY,
    MOVED,
    NAME,
    NOT_COMPARED,
    ONLY_IN,
    RANK,
    RANKS_AND_TOTALS,
    RATE,
    REASON,
    RISE,
    SCORE_RATE,
    UNIT,
    VERSION_PROPERTY,
    YEARS_KIND,
    earlier,
    later,
)
from xladdin.workbook.tables import Cell, Chart, Column, Content, ResultSheet, told


def years_workbook(before: Side, after: Side, generated: datetime) -> bytes:
    """年度比较.xlsx."""
    from xladdin.workbook.write.tables import write_tables

    properties = {KIND_PROPERTY: YEARS_KIND, VERSION_PROPERTY: after.label}
    return write_tables(years_sheets(before, after), properties, YEARS_KIND, "", generated)


def years_sheets(before: Side, after: Side) -> list[ResultSheet]:
    """Ranks and totals, rates of items, rates of completion, and what could not be compared."""
    same = matched(before, after)
    sheets = [
        _ranks_sheet(before, after, same),
        _items_sheet(before, after, same),
        _indicators_sheet(before, after, same),
        _unmatched_sheet(same),
    ]
    return [told(sheet, after.say) for sheet in sheets if sheet.rows or sheet.name == NOT_COMPARED]


def years_lines(before: Side, after: Side) -> list[str]:
    """What is said on the screen: how each district's rank moved, and how much could not be compared."""
    same = matched(before, after)
    lines = [f"原：{before.label}，现：{after.label}"]
    for name in _by_rank(after, same):
        old, new = before.districts[name], after.districts[name]
        ranks = f"{rank_text(old['rank'])} → {rank_text(new['rank'])}（{risen(old['rank'], new['rank'])}）"
        lines.append(f"{name} {ranks}，{GRAND_TOTAL} {total_text(old['total'])} → {total_text(new['total'])}")
    return [*lines, f"不能比较的 {len(same.unmatched)} 处"] if same.unmatched else lines


def _by_rank(one: Side, same: Matched) -> list[str]:
    return sorted(same.districts, key=lambda name: place(one.districts[name]["rank"]))


def _note(before: Side, after: Side) -> str:
    return f"“原”为{before.label}，“现”为{after.label}；按名称对应，满分不同的比得分率。"


# --- Ranks and totals -------------------------------------------------------------------------------------------------


def _ranks_sheet(before: Side, after: Side, same: Matched) -> ResultSheet:
    points = float(before.outline["points"]), float(after.outline["points"])
    are_equal = points[0] == points[1]
    columns = [
        Column(DISTRICT, 12, "bold"),
        Column(earlier(RANK), 9, "centre"),
        Column(later(RANK), 9, "bold"),
        Column(RISE, 10, "centre"),
        Column(earlier(GRAND_TOTAL), 10, "score"),
        Column(later(GRAND_TOTAL), 10, "bold_score"),
        Column(MOVED if are_equal else f"{SCORE_RATE}{MOVED}", 12, "signed" if are_equal else "points_moved"),
    ]
    sections = after.outline["sections"]
    for _old, new in same.sections:
        columns += [
            Column(earlier(sections[new]["name"]), 11, "rate"),
            Column(later(sections[new]["name"]), 11, "rate"),
        ]
    rows: list[list[Content]] = []
    for name in _by_rank(after, same):
        old_district, district = before.districts[name], after.districts[name]
        ranks = old_district["rank"], district["rank"]
        places = place(ranks[0]) - place(ranks[1]) if ranks[0] != ranks[1] else 0
        rise = Cell(risen(*ranks), "risen" if places > 0 else "fallen" if places < 0 else "")
        totals = old_district["total"], district["total"]
        moved: float | None = None
        if None not in totals:
            moved = totals[1] - totals[0] if are_equal else totals[1] / points[1] - totals[0] / points[0]
        row: list[Content] = [
            name,
            rank_cell(old_district["rank"], old_district["provisional"]),
            rank_cell(district["rank"], district["provisional"]),
            rise,
            *map(total_cell, totals),
            None if moved is None else round(moved, 4),
        ]
        for old, new in same.sections:
            full = before.outline["sections"][old]["points"], sections[new]["points"]
            row += [old_district["sections"][old] / full[0], district["sections"][new] / full[1]]
        rows.append(row)
    notes = [_note(before, after), "各部分列的是得分率。带“暂”的名次为暂定。"]
    chart = Chart(f"各区{GRAND_TOTAL}", 0, (4, 5), "bar", number="0")
    return ResultSheet(
        RANKS_AND_TOTALS, YEARS_KIND, columns, rows, notes, frozen_columns=1, charts=[chart], tab_color="#C00000"
    )


# --- Items ------------------------------------------------------------------------------------------------------------


def _rate(item: Mapping[str, Any]) -> float | None:
    """The share of its points that an item got; nothing where it is 不适用."""
    if item["status"] == "not_applicable" and item["score"] is None:
        return None
    return float(item["score"] or 0) / float(item["points"])


def _city_rate(one: Side, names: Sequence[str], id_: str) -> float | None:
    rates = [rate for name in names if (rate := _rate(one.districts[name]["items"][id_])) is not None]
    return sum(rates) / len(rates) if rates else None


def _items_sheet(before: Side, after: Side, same: Matched) -> ResultSheet:
    names, names_of = _by_rank(after, same), after.named(ITEM)
    columns = [
        Column(ITEM_BEFORE, 8, "centre"),
        Column(ITEM_AFTER, 8, "bold"),
        Column(NAME, 26, "text"),
        Column(earlier(CITY_RATE), 13, "rate"),
        Column(later(CITY_RATE), 13, "rate"),
        Column(MOVED, 9, "points_moved"),
        *(Column(name, 8.5, "points_moved") for name in names),
    ]
    rows: list[list[Content]] = []
    for old, new in same.items:
        rates = _city_rate(before, names, old), _city_rate(after, names, new)
        row: list[Content] = [old, new, names_of[new], *rates, _moved(*rates)]
        for name in names:
            sides = before.districts[name]["items"][old], after.districts[name]["items"][new]
            row.append(_moved(*map(_rate, sides)))
        rows.append(row)
    notes = [_note(before, after), "右边各区为得分率的增减（百分点）；— 为有一年不适用。"]
    return ResultSheet(
        ITEM_RATES, ITEM_RATES, columns, rows, notes, frozen_columns=3, large_paper=True, tab_color="#2F75B5"
    )


def _moved(old: float | None, new: float | None) -> Content:
    if old is None or new is None:
        return Cell("—", "not_applicable")
    moved = round(new - old, 4)
    return Cell(moved, "points_risen" if moved > 0 else "points_fallen") if moved else moved


# --- Indicators -------------------------------------------------------------------------------------------------------


def _indicators_sheet(before: Side, after: Side, same: Matched) -> ResultSheet:
    columns = [
        Column(earlier(CODE), 9, "centre"),
        Column(later(CODE), 9, "bold"),
        Column(INDICATOR, 32, "text"),
        Column(UNIT, 12, "centre"),
        Column(earlier(ASSIGNED_SUM), 13, "number"),
        Column(earlier(ADOPTED_SUM), 13, "number"),
        Column(earlier(RATE), 11, "rate"),
        Column(later(ASSIGNED_SUM), 13, "number"),
        Column(later(ADOPTED_SUM), 13, "number"),
        Column(later(RATE), 11, "rate"),
        Column(MOVED, 10, "points_moved"),
    ]
    rows: list[list[Content]] = []
    for old, new in same.indicators:
        told = after.outline["indicators"][new]
        sides = _amounts(before, same, old), _amounts(after, same, new)
        if sides[0] and sides[1]:
            (old_target, old_done), (target, done) = sides[0], sides[1]
            rates = old_done / old_target, done / target
            row: list[Content] = [old, new, told["name"], told["unit"], old_target, old_done, rates[0]]
            rows.append([*row, target, done, rates[1], _moved(*rates)])
    notes = [
        _note(before, after),
        f"{ASSIGNED_SUM}、{ADOPTED_SUM}为两年都有的各区之和，{RATE}为两者之比，可以超过 100%；单位为 % 的是各区之和，只看{RATE}。",
    ]
    return ResultSheet(
        DONE_RATES, DONE_RATES, columns, rows, notes, frozen_columns=3, large_paper=True, tab_color="#2F75B5"
    )


def _amounts(one: Side, same: Matched, code: str) -> tuple[float, float] | None:
    """What was assigned and done in all districts together; nothing where the result does not say it."""
    fields = [own for name in same.districts if (own := one.districts[name].get("fields", {}).get(code))]
    assigned = [field for field in fields if _is_number(field["target"]) and field["target"] > 0]
    if not assigned:
        return None
    done = sum(field["value"] for field in assigned if _is_number(field["value"]))
    return round(sum(field["target"] for field in assigned), 4), round(done, 4)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# --- What cannot be compared ------------------------------------------------------------------------------------------


def _unmatched_sheet(same: Matched) -> ResultSheet:
    columns = [
        Column(CATEGORY, 10, "centre"),
        Column(CODE, 10, "bold"),
        Column(NAME, 44, "text"),
        Column(ONLY_IN, 10, "centre"),
        Column(REASON, 60, "text"),
    ]
    rows: list[list[Content]] = [[one.kind, one.id or None, one.name, one.label, one.why] for one in same.unmatched]
    notes = [f"共 {len(rows)} 处。只按名称对应：编号相同、名称不同的不算同一项。" if rows else "都能比较。"]
    return ResultSheet(NOT_COMPARED, NOT_COMPARED, columns, rows, notes, frozen_columns=1, filtered=True)
