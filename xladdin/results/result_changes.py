"""Two results, before and after: which scores, totals and ranks moved and because of which cells, as lines and as sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xladdin.classes import record
from xladdin.results.district_sheet import STATUS_WORDS, rank_cell, rank_text
from xladdin.results.stored import NotComparable, Results
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Status
from xladdin.words import (
    CAUSES,
    CHANGES_KIND,
    CODE,
    DISTRICT,
    GRAND_TOTAL,
    HEAD,
    ITEM,
    LABEL,
    MOVED,
    PLACE,
    RANK,
    REASON,
    RISE,
    SCORE,
    SUBJECT,
    UNCHANGED,
    VETO,
    WITHOUT_RANK,
    earlier,
    later,
)
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet, told


@record
class SourceChange:
    """A cell behind a score that differs in content or in place; nothing on the side on which it is not used."""

    code: str
    column: str
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None

    @property
    def is_retyped(self) -> bool:
        """Whether what stands in the cell differs, not only where it stands."""
        return (self.before or {}).get("typed") != (self.after or {}).get("typed")


@record
class ItemChange:
    """An item of a district whose score or status moved, or one of whose cells holds something else.

    The scores are points, None where there is none; the statuses are those of `scoring.items.Status`. `steps` are both
    derivations in words.
    """

    district: str
    item: str
    before: tuple[float | None, str]
    after: tuple[float | None, str]
    cells: tuple[SourceChange, ...]
    steps: tuple[str, str]

    @property
    def is_moved(self) -> bool:
        return self.before != self.after


@record
class Standing:
    """A district's rank, total and sections' totals (points, by number of the section) in one result."""

    rank: int | None
    total: float | None
    """Neither where a veto cancels it."""
    sections: Mapping[str, float]
    provisional: bool
    vetoes: tuple[str, ...] = ()


@record
class DistrictChange:
    """A district whose rank, total or section moved."""

    name: str
    before: Standing
    after: Standing


@record
class ResultDifferences:
    """Everything in which two results differ.

    Readings and points of items as (name, before, after), districts by their rank after, items.
    """

    policies: tuple[tuple[str, str, str], ...]
    points: tuple[tuple[str, float, float], ...]
    districts: tuple[DistrictChange, ...]
    items: tuple[ItemChange, ...]

    def items_of(self, district: str) -> list[ItemChange]:
        """The district's items whose score or status moved."""
        return [change for change in self.items if change.district == district and change.is_moved]


def result_differences(before: Results, after: Results) -> ResultDifferences:
    """Which scores, totals and ranks moved between two results of one scheme, and because of which cells.

    `NotComparable` where they are of different schemes.
    """
    if before["scheme"] != after["scheme"]:
        raise NotComparable(f"两份结果的方案版本不同：{before['scheme']} 和 {after['scheme']}，不能比较")
    old = {district["name"]: district for district in before["districts"]}
    new = {district["name"]: district for district in after["districts"]}
    if {n: set(d["items"]) for n, d in old.items()} != {n: set(d["items"]) for n, d in new.items()}:
        raise NotComparable("两份结果的单位或项目不同，不能比较")
    districts = []
    items: list[ItemChange] = []
    for name, district in new.items():
        sides = _standing(old[name]), _standing(district)
        if sides[0] != sides[1]:
            districts.append(DistrictChange(name, *sides))
        for item_id, item in district["items"].items():
            change = ItemChange(
                name,
                item_id,
                _state(old[name]["items"][item_id]),
                _state(item),
                _source_changes(old[name]["items"][item_id]["sources"], item["sources"]),
                (old[name]["items"][item_id]["explain"], item["explain"]),
            )
            if change.is_moved or any(cell.is_retyped for cell in change.cells):
                items.append(change)
    one, other = before["districts"][0]["items"], after["districts"][0]["items"]
    points = tuple(
        (id_, one[id_]["points"], other[id_]["points"]) for id_ in one if one[id_]["points"] != other[id_]["points"]
    )
    policies = _policy_changes(before["policies"], after["policies"])
    return ResultDifferences(policies, points, tuple(districts), tuple(items))


def _policy_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    names = dict.fromkeys((*before, *after))
    return tuple((n, before.get(n, ""), after.get(n, "")) for n in names if before.get(n) != after.get(n))


def _standing(district: Mapping[str, Any]) -> Standing:
    vetoes = tuple(veto["name"] for veto in district.get("vetoes", ()))
    return Standing(district["rank"], district["total"], dict(district["sections"]), district["provisional"], vetoes)


def _state(item: Mapping[str, Any]) -> tuple[float | None, str]:
    return item["score"], item["status"]


def _source_changes(before: list[dict[str, str]], after: list[dict[str, str]]) -> tuple[SourceChange, ...]:
    """The cells that differ; those merely standing elsewhere only where no cell's content differs."""
    old = {(s["code"], s["column"]): s for s in before}
    new = {(s["code"], s["column"]): s for s in after}
    compared = ("typed", "file", "sheet", "cell")
    changes = []
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was is None or now is None or any(was[name] != now[name] for name in compared):
            changes.append(SourceChange(*key, was, now))
    retyped = tuple(change for change in changes if change.is_retyped)
    return retyped or tuple(changes)


def points_text(state: tuple[float | None, str]) -> str:
    """An item's score and status as `ItemChange` has them, in a word."""
    score, status = state
    return STATUS_WORDS[Status(status)] if score is None else f"{score:.2f}"


def _source(source: Mapping[str, str] | None) -> str:
    if source is None:
        return "没有"
    return f"“{source['typed']}”（{source['file']} {source['sheet']}!{source['cell']}）"


def _cell_line(cell: SourceChange) -> str:
    return f"{cell.code} {cell.column}：{_source(cell.before)} → {_source(cell.after)}"


def _without_cells(scheme: Scheme, differences: ResultDifferences, change: ItemChange | None = None) -> str:
    """Why a score moved none of whose cells differs; of an item, where it is known."""
    if differences.policies:
        return "口径改动"
    others = []
    if change and scheme.items[change.item].among_all:
        others = [c.district for c in differences.items if c.item == change.item and c.cells]
    if others:
        shown = "、".join(others[:6]) + (f" 等 {len(others)} 个" if len(others) > 6 else "")
        return f"与全部单位比较，{shown}的数据有改动"
    said = "没有单元格改动，方案或程序版本有改动"
    if change is None:
        return said
    clauses, steps = zip(*(whole.rpartition("”：")[::2] for whole in change.steps), strict=True)
    before, after = steps if clauses[0] == clauses[1] else change.steps
    return f"{said}。前：{before}；后：{after}"


def _why(scheme: Scheme, change: DistrictChange, differences: ResultDifferences) -> str:
    """Why a district moved, in a few words."""
    before, after = change.before.vetoes, change.after.vetoes
    if before != after:
        return f"{VETO}：{'、'.join(before) or '无'} → {'、'.join(after) or '无'}"
    items = differences.items_of(change.name)
    if items:
        return "、".join(f"{i.item} {points_text(i.before)}→{points_text(i.after)}" for i in items)
    if (change.before.total, change.before.sections) != (change.after.total, change.after.sections):
        return _without_cells(scheme, differences)
    if change.before.rank != change.after.rank:
        return "本区得分未变，其他区变动"
    return "数据转为完整" if change.before.provisional else "数据转为不完整"


def result_lines(scheme: Scheme, differences: ResultDifferences) -> list[str]:
    """A line for every reading, district, score and cell that moved."""
    lines = [f"口径{scheme.reading_title(name)}：{old} → {new}" for name, old, new in differences.policies]
    lines += [f"方案 {id_} {scheme.items[id_].name}：分值 {old:g} → {new:g}" for id_, old, new in differences.points]
    for d in differences.districts:
        moved = d.before.rank != d.after.rank
        ranks = f"{rank_text(d.before.rank)} → {rank_text(d.after.rank)}" if moved else "名次不变"
        total = f"{GRAND_TOTAL} {total_text(d.before.total)} → {total_text(d.after.total)}"
        lines.append(f"{d.name} {total}，{ranks}：{scheme.source.say(_why(scheme, d, differences))}")
    for item in differences.items:
        lines.append(f"  {item.district} {item.item} {points_text(item.before)} → {points_text(item.after)}")
        lines += [f"    {_cell_line(cell)}" for cell in item.cells] or [
            f"    {_without_cells(scheme, differences, item)}"
        ]
    return lines or [UNCHANGED]


def result_change_sheets(scheme: Scheme, differences: ResultDifferences) -> list[ResultSheet]:
    """变动 and 变动原因: the districts that moved, and the items and cells that made them move."""
    sheets = _districts_sheet(scheme, differences), _causes_sheet(scheme, differences)
    return [told(sheet, scheme.source.say) for sheet in sheets]


def _districts_sheet(scheme: Scheme, differences: ResultDifferences) -> ResultSheet:
    columns = [
        Column(DISTRICT, 12, "bold"),
        Column(earlier(RANK), 8, "centre"),
        Column(later(RANK), 8, "bold"),
        Column(RISE, 9, "centre"),
        Column(earlier(GRAND_TOTAL), 10, "score"),
        Column(later(GRAND_TOTAL), 10, "bold_score"),
        Column(MOVED, 9, "score"),
    ]
    for section in scheme.sections:
        columns += [Column(earlier(section.name), 13, "score"), Column(later(section.name), 13, "score")]
    columns.append(Column(REASON, 50, "text"))
    rows: list[list[Content]] = []
    for d in differences.districts:
        row: list[Content] = [d.name, rank_cell(d.before.rank, d.before.provisional)]
        row += [rank_cell(d.after.rank, d.after.provisional), risen(d.before.rank, d.after.rank)]
        row += [total_cell(d.before.total), total_cell(d.after.total)]
        row.append(moved_by(d.before.total, d.after.total))
        for section in scheme.sections:
            row += [d.before.sections[str(section.number)], d.after.sections[str(section.number)]]
        rows.append([*row, scheme.source.say(_why(scheme, d, differences))])
    changed = "；".join(f"{scheme.reading_title(name)} {old} → {new}" for name, old, new in differences.policies)
    points = "、".join(f"{id_} {old:g} → {new:g}" for id_, old, new in differences.points)
    moved = sum(d.before.rank != d.after.rank for d in differences.districts)
    word = scheme.source.unit_word
    notes = (
        f"{len(rows)} 个{word}有变动，其中 {moved} 个{word}名次变动；每项变动由哪些单元格引起，见“{CAUSES}”。",
        f"口径改动：{changed}" if changed else "口径没有改动。",
        *([f"方案的分值改动：{points}。"] if points else []),
    )
    return ResultSheet(
        CHANGES_KIND, f"得分和名次的{CHANGES_KIND}", columns, rows, notes, frozen_columns=1, large_paper=True
    )


def total_cell(total: float | None) -> Content:
    """A total of a result as plain data; a word where it is cancelled."""
    return Cell(WITHOUT_RANK, "error") if total is None else total


def total_text(total: float | None) -> str:
    """A total of a result as plain data, in words."""
    return WITHOUT_RANK if total is None else f"{total:.2f}"


def moved_by(before: float | None, after: float | None) -> float | None:
    """By how much a total has moved; nothing where there is none on one side."""
    return None if before is None or after is None else round(after - before, 2)


def risen(before: int | None, after: int | None) -> str:
    """By how many places a rank has risen, in words."""
    if before == after:
        return "不变"
    if before is None or after is None:
        return WITHOUT_RANK if after is None else "恢复排名"
    return f"升 {before - after} 位" if before > after else f"降 {after - before} 位"


def _causes_sheet(scheme: Scheme, differences: ResultDifferences) -> ResultSheet:
    columns = (
        Column(DISTRICT, 10, "centre"),
        Column(ITEM, 8, "bold"),
        Column(LABEL, 30, "text"),
        Column(earlier(SCORE), 9, "centre"),
        Column(later(SCORE), 9, "centre"),
        Column(CODE, 8, "centre"),
        Column(HEAD, 18, "centre"),
        Column(earlier(SUBJECT), 16, "centre"),
        Column(later(SUBJECT), 16, "bold"),
        Column(earlier(PLACE), 44, "quiet"),
        Column(later(PLACE), 44, "quiet"),
    )
    rows: list[list[Content]] = []
    for item in differences.items:
        lead: list[Content] = [item.district, item.item, scheme.items[item.item].name]
        lead += [points_text(item.before), points_text(item.after)]
        for cell in item.cells:
            sides = (cell.before, cell.after)
            typed: list[Content] = [side["typed"] if side else None for side in sides]
            places: list[Content] = [f"{s['file']} {s['sheet']}!{s['cell']}" if s else None for s in sides]
            rows.append([*lead, cell.code, cell.column, *typed, *places])
        if not item.cells:
            rows.append([*lead, None, None, None, None, _without_cells(scheme, differences, item), None])
    notes = (f"{_counted(differences.items)}。",)
    return ResultSheet(CAUSES, CAUSES, columns, rows, notes, frozen_columns=2, large_paper=True, filtered=True)


def _counted(items: Sequence[ItemChange]) -> str:
    moved = sum(item.is_moved for item in items)
    return f"得分变动 {moved} 项；内容改了而得分不变 {len(items) - moved} 项"
