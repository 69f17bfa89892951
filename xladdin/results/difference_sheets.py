"""变动 as sheets and lines: what differs between two files, shown to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xladdin.evaluations.reading import UnitReport
from xladdin.fields.showing import shown_value
from xladdin.forms.form import Form
from xladdin.issues import Level, Place
from xladdin.results.differences import (
    CellDifference,
    DistrictChange,
    ItemChange,
    ResultDifferences,
    Side,
    SourceChange,
    evaluation_differences,
    form_differences,
    result_differences,
)
from xladdin.results.district_sheet import STATUS_WORDS
from xladdin.results.stored import NotComparable, load_results
from xladdin.returns.collection import collect
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Status
from xladdin.words import CHANGES_KIND, CODE, DISTRICT, GRAND_TOTAL, ITEM, KIND_PROPERTY, VERSION_PROPERTY
from xladdin.workbook.read.reader import SourceFile
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet
from xladdin.workbook.write.tables import write_tables

CHANGES, CAUSES = "变动", "变动原因"
"""The sheets: what moved, and because of which cells."""


UNCHANGED = "没有变动"
RESULT_SUFFIX = ".json"


@dataclass(frozen=True)
class Compared:
    """What two files differ in, as lines for the screen and as sheets."""

    lines: list[str]
    sheets: list[ResultSheet]


def compare_files(scheme: Scheme, before: Path, after: Path) -> Compared:
    """Compare two results.json, or two workbooks that one unit returned; `NotComparable` for anything else."""
    are_results = [path.suffix.lower() == RESULT_SUFFIX for path in (before, after)]
    if all(are_results):
        differences = result_differences(load_results(before), load_results(after))
        return Compared(result_lines(differences), result_change_sheets(scheme, differences))
    if any(are_results):
        raise NotComparable("一份是 results.json，一份是工作簿，不能比较；请指定两份 results.json 或同一单位的两份表")
    old, new = _returned(scheme, before), _returned(scheme, after)
    if old.owner != new.owner:
        raise NotComparable(f"两份表不是同一单位的：{before} 是{old.owner}的，{after} 是{new.owner}的")
    if isinstance(old.content, Form) and isinstance(new.content, Form):
        cells = form_differences(scheme, old.content, new.content)
    else:
        assert isinstance(old.content, UnitReport)
        assert isinstance(new.content, UnitReport)
        cells = evaluation_differences(old.content, new.content)
    notes = tuple(
        f"{when}：{path}　SHA-256 {one.file.sha256}"
        for when, path, one in (("变动前", before, old), ("变动后", after, new))
    )
    return Compared(cell_lines(cells), [cell_change_sheet(scheme, old.owner, cells, notes)])


def changes_workbook(scheme: Scheme, sheets: Sequence[ResultSheet], generated: datetime) -> bytes:
    """变动.xlsx. `generated` is the one time stamp."""
    properties = {KIND_PROPERTY: CHANGES_KIND, VERSION_PROPERTY: scheme.source.version}
    return write_tables(sheets, properties, CHANGES, scheme.source.office_name, generated)


@dataclass(frozen=True)
class _Returned:
    owner: str
    file: SourceFile
    content: Form | UnitReport


def _returned(scheme: Scheme, path: Path) -> _Returned:
    collection = collect(scheme, [path])
    if len(collection.forms) == 1 and not collection.reports:
        ((district, form),) = collection.forms.items()
        return _Returned(district, collection.file_of[district], form)
    if len(collection.reports) == 1 and collection.reports[0].unit is not None:
        report = collection.reports[0]
        return _Returned(report.unit.name if report.unit else "", report.file, report)
    faults = [issue for issue in collection.issues if issue.level is Level.ERROR]
    why = faults[0].line() if faults else "应为一个单位报送的一份表"
    raise NotComparable(f"{path} 不能比较：{why}")


def _at(place: Place | None) -> str:
    if place is None:
        return "没有这一行"
    return f"{place.sheet}!{place.cell}" if place.cell else place.sheet


def _shown(side: Side) -> str:
    """What was typed, and what it was read as where that is something else."""
    read_as = shown_value(side.value, side.typed)
    return f"{side.typed}（读作 {read_as}）" if side.typed and read_as and read_as != side.typed else side.typed


def cell_lines(cells: Sequence[CellDifference]) -> list[str]:
    """A line for every cell that differs."""
    lines = [
        f"{c.district} {c.code} {c.head} {c.nature}："
        f"{_shown(c.before) or '空白'}（{_at(c.before.place)}）→ {_shown(c.after) or '空白'}（{_at(c.after.place)}）"
        for c in cells
    ]
    return [*lines, f"共 {len(cells)} 格变动"] if lines else [UNCHANGED]


def cell_change_sheet(scheme: Scheme, owner: str, cells: Sequence[CellDifference], notes: Sequence[str]) -> ResultSheet:
    """变动: every cell in which two submissions of a unit differ."""
    columns = (
        Column("序号", 6, "centre"),
        Column(DISTRICT, 10, "centre"),
        Column(CODE, 8, "centre"),
        Column("指标", 32, "text"),
        Column("栏目", 12, "centre"),
        Column("变动", 8, "centre"),
        Column("变动前", 22, "centre"),
        Column("变动后", 22, "bold"),
        Column("位置（前）", 16, "quiet"),
        Column("位置（后）", 16, "quiet"),
    )
    rows: list[list[Content]] = [
        [
            float(n),
            c.district,
            c.code,
            scheme.inputs[c.code].name,
            c.head,
            c.nature,
            _shown(c.before) or None,
            _shown(c.after) or None,
            _at(c.before.place),
            _at(c.after.place),
        ]
        for n, c in enumerate(cells, 1)
    ]
    counted = f"共 {len(cells)} 格变动" if cells else UNCHANGED
    return ResultSheet(
        CHANGES, f"{owner}　前后两份表的{CHANGES}", columns, rows, (*notes, counted), frozen_columns=3, filtered=True
    )


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


def _without_cells(differences: ResultDifferences) -> str:
    """Why a score moved none of whose cells differs."""
    return "口径改动" if differences.policies else "没有单元格改动（两次汇总的程序版本可能不同）"


def _why(change: DistrictChange, differences: ResultDifferences) -> str:
    """Why a district moved, in a few words."""
    items = differences.items_of(change.name)
    if items:
        return "、".join(f"{i.item} {points_text(i.before)}→{points_text(i.after)}" for i in items)
    if (change.before.total, change.before.sections) != (change.after.total, change.after.sections):
        return _without_cells(differences)
    if change.before.rank != change.after.rank:
        return "本区得分未变，其他区变动"
    return "数据转为完整" if change.before.provisional else "数据转为不完整"


def result_lines(differences: ResultDifferences) -> list[str]:
    """A line for every reading, district, score and cell that moved."""
    lines = [f"口径 {name}：{old} → {new}" for name, old, new in differences.policies]
    for d in differences.districts:
        ranks = f"第 {d.before.rank} 名 → 第 {d.after.rank} 名" if d.before.rank != d.after.rank else "名次不变"
        total = f"{GRAND_TOTAL} {d.before.total:.2f} → {d.after.total:.2f}"
        lines.append(f"{d.name} {total}，{ranks}：{_why(d, differences)}")
    for item in differences.items:
        lines.append(f"  {item.district} {item.item} {points_text(item.before)} → {points_text(item.after)}")
        lines += [f"    {_cell_line(cell)}" for cell in item.cells]
    return lines or [UNCHANGED]


def result_change_sheets(scheme: Scheme, differences: ResultDifferences) -> list[ResultSheet]:
    """变动 and 变动原因: the districts that moved, and the items and cells that made them move."""
    return [_districts_sheet(scheme, differences), _causes_sheet(scheme, differences)]


def _districts_sheet(scheme: Scheme, differences: ResultDifferences) -> ResultSheet:
    columns = [
        Column(DISTRICT, 12, "bold"),
        Column("原名次", 8, "centre"),
        Column("现名次", 8, "bold"),
        Column("名次升降", 9, "centre"),
        Column(f"原{GRAND_TOTAL}", 10, "score"),
        Column(f"现{GRAND_TOTAL}", 10, "bold_score"),
        Column("增减", 9, "score"),
    ]
    for section in scheme.sections:
        columns += [Column(f"原{section.name}", 13, "score"), Column(f"现{section.name}", 13, "score")]
    columns.append(Column("原因", 50, "text"))
    rows: list[list[Content]] = []
    for d in differences.districts:
        row: list[Content] = [d.name, _rank(d.before.rank, d.before.provisional)]
        row += [_rank(d.after.rank, d.after.provisional), _risen(d.before.rank - d.after.rank)]
        row += [d.before.total, d.after.total, round(d.after.total - d.before.total, 2)]
        for section in scheme.sections:
            row += [d.before.sections[str(section.number)], d.after.sections[str(section.number)]]
        rows.append([*row, _why(d, differences)])
    changed = "；".join(f"{name} {old} → {new}" for name, old, new in differences.policies)
    moved = sum(d.before.rank != d.after.rank for d in differences.districts)
    notes = (
        f"{len(rows)} 个区有变动，其中 {moved} 个区名次变动；每项变动由哪些单元格引起，见“{CAUSES}”。",
        f"口径改动：{changed}" if changed else "口径没有改动。",
    )
    return ResultSheet(CHANGES, f"得分和名次的{CHANGES}", columns, rows, notes, frozen_columns=1, large_paper=True)


def _rank(rank: int, provisional: bool) -> Content:
    return Cell(float(rank), "provisional") if provisional else float(rank)


def _risen(places: int) -> str:
    if places == 0:
        return "不变"
    return f"升 {places} 位" if places > 0 else f"降 {-places} 位"


def _causes_sheet(scheme: Scheme, differences: ResultDifferences) -> ResultSheet:
    columns = (
        Column(DISTRICT, 10, "centre"),
        Column(ITEM, 8, "bold"),
        Column("名称", 30, "text"),
        Column("原得分", 9, "centre"),
        Column("现得分", 9, "centre"),
        Column(CODE, 8, "centre"),
        Column("栏目", 18, "centre"),
        Column("原内容", 16, "centre"),
        Column("现内容", 16, "bold"),
        Column("原位置", 44, "quiet"),
        Column("现位置", 44, "quiet"),
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
            rows.append([*lead, None, None, None, None, _without_cells(differences), None])
    notes = (f"{_counted(differences.items)}。",)
    return ResultSheet(CAUSES, CAUSES, columns, rows, notes, frozen_columns=2, large_paper=True, filtered=True)


def _counted(items: Sequence[ItemChange]) -> str:
    moved = sum(item.is_moved for item in items)
    return f"得分变动 {moved} 项；内容改了而得分不变 {len(items) - moved} 项"
