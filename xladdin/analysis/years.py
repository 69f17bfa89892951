"""年度比较: two results of different years or rounds. What bears the same name is compared, by rates where points differ.

Two results of one year are compared cell by cell by `results.result_changes`; here nothing is said of cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from xladdin.classes import record
from xladdin.fields.tables import squeezed
from xladdin.results.district_sheet import rank_cell, rank_text
from xladdin.results.result_changes import risen, total_cell, total_text
from xladdin.results.stored import NotComparable, Results, check_outline, outline
from xladdin.scheme import available_versions, choose_scheme
from xladdin.scoring.totals import place
from xladdin.wording import in_words_of
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
    SECTION,
    UNIT,
    VERSION_PROPERTY,
    YEARS_KIND,
    earlier,
    later,
)
from xladdin.workbook.tables import Cell, Chart, Column, Content, ResultSheet, told


@record
class Side:
    """One of the two results: what it is called, its outline, its districts by name."""

    label: str
    outline: Mapping[str, Any]
    districts: Mapping[str, Mapping[str, Any]]

    @property
    def unit_word(self) -> str:
        """What those who are assessed are called."""
        return str(self.outline.get("unit_word", DISTRICT))

    @property
    def items(self) -> Mapping[str, str]:
        """Names of items by id."""
        names: Mapping[str, str] = self.outline["items"]
        return names


@record
class Unmatched:
    """What only one side has, or what must not be compared: what kind of thing, id, name, on which side, why."""

    kind: str
    id: str
    name: str
    label: str
    why: str


@record
class Matched:
    """What bears the same name on both sides: pairs of ids, and everything that has no counterpart."""

    districts: tuple[str, ...]
    sections: tuple[tuple[str, str], ...]
    items: tuple[tuple[str, str], ...]
    indicators: tuple[tuple[str, str], ...]
    unmatched: tuple[Unmatched, ...]


def two_sides(before: Results, after: Results) -> tuple[Side, Side]:
    """Two results, called by their years where these differ.

    `NotComparable` where neither a result nor the product says what its items are called.
    """
    years = str(before["scheme"]), str(after["scheme"])
    labels = years if years[0] != years[1] else ("前一份结果", "后一份结果")
    return _side(before, labels[0]), _side(after, labels[1])


def _side(data: Results, label: str) -> Side:
    told = data.get("outline")
    if told is None:
        if data["scheme"] not in available_versions():
            raise NotComparable(
                f"{data['scheme']} 年度的结果是较早的程序写的，本机又没有这个年度的方案，不知道各项的名称，不能比较"
            )
        told = outline(choose_scheme(asked=data["scheme"]))
    check_outline(data, told)
    return Side(label, told, {district["name"]: district for district in data["districts"]})


def matched(before: Side, after: Side) -> Matched:
    """Which districts, sections, items and indicators of the two are the same: by name, white space aside."""
    unmatched: list[Unmatched] = []
    districts = _pairs(
        after.unit_word, {n: n for n in before.districts}, {n: n for n in after.districts}, before, after, unmatched
    )
    sections = _pairs(SECTION, _names(before, "sections"), _names(after, "sections"), before, after, unmatched)
    items = _pairs(ITEM, before.items, after.items, before, after, unmatched)
    indicators = _pairs(INDICATOR, _names(before, "indicators"), _names(after, "indicators"), before, after, unmatched)
    comparable = []
    for old, new in indicators:
        units = before.outline["indicators"][old]["unit"], after.outline["indicators"][new]["unit"]
        if units[0] == units[1]:
            comparable.append((old, new))
        else:
            why = f"单位不同：原为“{units[0]}”，现为“{units[1]}”"
            unmatched.append(Unmatched(INDICATOR, new, after.outline["indicators"][new]["name"], after.label, why))
    return Matched(
        tuple(new for _old, new in districts), tuple(sections), tuple(items), tuple(comparable), tuple(unmatched)
    )


def _names(one: Side, what: str) -> dict[str, str]:
    return {id_: told["name"] for id_, told in one.outline[what].items()}


def _pairs(
    kind: str,
    old: Mapping[str, str],
    new: Mapping[str, str],
    before: Side,
    after: Side,
    unmatched: list[Unmatched],
) -> list[tuple[str, str]]:
    """Pairs of ids with one name, in the order of the later side. Of several of a name the one with the same id counts."""
    by_name: dict[str, list[str]] = {}
    for id_, name in old.items():
        by_name.setdefault(squeezed(name), []).append(id_)
    found: dict[str, str] = {}
    # Those that kept their id first, so that no other one of their name takes their counterpart.
    for id_ in sorted(new, key=lambda id_: squeezed(old.get(id_, "")) != squeezed(new[id_])):
        if candidates := by_name.get(squeezed(new[id_])):
            found[id_] = id_ if id_ in candidates else candidates[0]
            candidates.remove(found[id_])
    pairs = [(found[id_], id_) for id_ in new if id_ in found]
    for label, ids, done, others in ((before.label, old, {*found.values()}, new), (after.label, new, {*found}, old)):
        for id_, name in ids.items():
            if id_ not in done:
                is_reused = id_ in others
                why = f"另一年的 {id_} 是“{others[id_]}”，名称不同" if is_reused else "另一年没有这个名称"
                unmatched.append(Unmatched(kind, "" if id_ == name else id_, name, label, why))
    return pairs


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
    say = partial(in_words_of, unit=after.unit_word)
    return [told(sheet, say) for sheet in sheets if sheet.rows or sheet.name == NOT_COMPARED]


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
    names = _by_rank(after, same)
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
        row: list[Content] = [old, new, after.items[new], *rates, _moved(*rates)]
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
    fields = [district["fields"][code] for district in _with_fields(one, same, code)]
    assigned = [field for field in fields if _is_number(field["target"]) and field["target"] > 0]
    if not assigned:
        return None
    done = sum(field["value"] for field in assigned if _is_number(field["value"]))
    return round(sum(field["target"] for field in assigned), 4), round(done, 4)


def _with_fields(one: Side, same: Matched, code: str) -> Iterator[Mapping[str, Any]]:
    for name in same.districts:
        if code in one.districts[name].get("fields", {}):
            yield one.districts[name]


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
