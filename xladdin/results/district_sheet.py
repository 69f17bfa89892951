"""One district's sheet, in 考核汇总 with values and in 考核总表 with formulas: one layout for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from xladdin.fields.origins import open_text, origin_text, typed_text
from xladdin.fields.showing import shown_value
from xladdin.forms.form import Field
from xladdin.issues import SEEN_IN_VALUES
from xladdin.methods import checks
from xladdin.methods.inputs import Input, InputKind
from xladdin.methods.item import Policies
from xladdin.numbers import NOT_APPLICABLE, Fault, Value
from xladdin.results.consolidation import DistrictResult
from xladdin.results.layers import FieldLayers
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Score, Status
from xladdin.scoring.totals import DistrictScore, grade_of
from xladdin.words import (
    CODE,
    CONTENT,
    EXPLANATION,
    GRAND_TOTAL,
    ITEM,
    NAME,
    ORIGIN,
    POINTS,
    RATE,
    SCORE,
    SECTION_TOTAL,
    STATUS,
    TARGET,
    UNIT,
    UNITS_TABLE,
    VALUE,
    VETO,
    WITHOUT_RANK,
)
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet

STATUS_WORDS = {
    Status.SCORED: "已计分",
    Status.NOT_APPLICABLE: "不适用",
    Status.MISSING: "缺",
    Status.ERROR: "错误",
}
PARTLY_MISSING = "部分缺"
UNKNOWN_TARGET = "未收到"
"""Stands for the 任务量 of a district without a form: read back as a blank it would be 不适用."""

DISTRICT_COLUMNS = (
    Column(ITEM, 7, "bold"),
    Column(NAME, 18, "text"),
    Column(POINTS, 6.5, "number"),
    Column(SCORE, 9, "bold_score"),
    Column(STATUS, 8, "centre"),
    Column(CODE, 8, "centre"),
    Column(CONTENT, 30, "text"),
    Column(UNIT, 9, "centre"),
    Column(TARGET, 11, "number"),
    Column(VALUE, 11, "number"),
    Column(RATE, 10, "rate"),
    Column(EXPLANATION, 80, "quiet"),
    Column(ORIGIN, 62, "quiet"),
)


_STATUS = [column.head for column in DISTRICT_COLUMNS].index(STATUS)


def score_cell(score: Score) -> Content:
    """A score as shown: 不适用, 缺 and 错误 never look like a 0."""
    match score.status:
        case Status.NOT_APPLICABLE:
            shown = STATUS_WORDS[score.status] if score.score is None else float(score.score)
            return Cell(shown, "not_applicable")
        case Status.ERROR:
            return Cell(STATUS_WORDS[score.status], "error")
        case Status.MISSING:
            return Cell(STATUS_WORDS[score.status] if score.score is None else float(score.score), "missing")
    return Cell(float(score.counted), "missing") if score.gaps else float(score.counted)


def value_cell(value: Value, typed: str) -> Content:
    """A value as it was read; what could not be used is shown as it was typed."""
    match value:
        case None:
            return None
        case bool():
            return "是" if value else "否"
        case Decimal():
            return float(value)
        case Fault():
            return Cell(shown_value(value, typed), "error")
    return NOT_APPLICABLE.value


def rank_cell(rank: int | None, provisional: bool) -> Content:
    """A rank, marked where it is provisional; a word where the total is cancelled."""
    if rank is None:
        return Cell(WITHOUT_RANK, "error")
    return Cell(float(rank), "provisional") if provisional else float(rank)


def rank_text(rank: int | None) -> str:
    """A rank in words."""
    return WITHOUT_RANK if rank is None else f"第 {rank} 名"


def total_cell(scored: DistrictScore) -> Content:
    """What counts of the total; a word where it is cancelled."""
    return Cell(WITHOUT_RANK, "error") if scored.is_cancelled else float(scored.total)


def state_words(score: Score) -> str:
    """A score's status in words."""
    return PARTLY_MISSING if score.gaps and score.status is Status.SCORED else STATUS_WORDS[score.status]


MOST_SHEETS = 60
"""With more units than this one table holds them all: nobody leafs through so many sheets."""


def has_units_table(scheme: Scheme) -> bool:
    """Whether all units stand in one table."""
    return len(scheme.districts) > MOST_SHEETS


def units_table(scheme: Scheme, sheets: Sequence[ResultSheet]) -> ResultSheet:
    """The rows of the units' sheets below one another, each with its unit."""
    columns = (Column(scheme.source.unit_word, 14, "bold"), *sheets[0].columns)
    rows: list[list[Content]] = [[sheet.name, *row] for sheet in sheets for row in sheet.rows]
    title = f"{scheme.source.title}　{UNITS_TABLE}"
    notes = (f"{len(scheme.districts)} 个单位，一行一格；只看一个单位的，在“{scheme.source.unit_word}”列筛选。",)
    return ResultSheet(UNITS_TABLE, title, columns, rows, notes, frozen_columns=3, filtered=True, large_paper=True)


def units_places(scheme: Scheme, sheets: Sequence[ResultSheet]) -> dict[tuple[str, str], str]:
    """Where each code of each unit stands, by unit and code, and where a unit begins, by unit and ""."""
    found: dict[tuple[str, str], str] = {}
    start = units_table(scheme, sheets[:1]).first_row if has_units_table(scheme) else 0
    code = [column.head for column in DISTRICT_COLUMNS].index(CODE)
    for sheet in sheets:
        name, first = (UNITS_TABLE, start) if has_units_table(scheme) else (sheet.name, sheet.first_row)
        found[sheet.name, ""] = f"{name}!A{first + 1 if has_units_table(scheme) else 1}"
        for row, cells in enumerate(sheet.rows, first):
            if cells[code]:
                found[sheet.name, str(cells[code])] = f"{name}!A{row + 1}"
        start += len(sheet.rows)
    return found


def district_sheet(scheme: Scheme, policies: Policies, district: DistrictResult) -> ResultSheet:
    """One district: every field as it was read, every score with its derivation."""
    scored = district.scored
    sections = "　".join(f"{s.name} {scored.sections[s.number]}" for s in scheme.sections)
    source = f"来源：{district.file.name}" if district.file else "未收到可用的填报表"
    standing = f"{GRAND_TOTAL} {scored.total}　{rank_text(district.rank)}{'（暂定）' if district.provisional else ''}"
    vetoed = [f"{VETO}：{veto.name}，各部分合计 {scored.added}" for veto in scored.vetoes]
    return ResultSheet(
        district.name,
        f"{district.name}　{standing}",
        DISTRICT_COLUMNS,
        [*field_rows(scheme, policies, district), *total_rows(scheme, district)],
        ("　".join([sections, *vetoed, source]),),
        frozen_columns=2,
        large_paper=True,
    )


def field_rows(scheme: Scheme, policies: Policies, district: DistrictResult) -> list[list[Content]]:
    """A row for each field, the item's score on its first."""
    layers = district.layers
    if layers is None:  # blanks read back would be 不适用
        return []
    rows: list[list[Content]] = []
    for id_, item in scheme.items.items():
        score = district.scored.items[id_]
        lead: Sequence[Content] = (id_, item.name, float(item.points), score_cell(score), state_words(score))
        tail: Content = score.explain
        for spec in item.inputs:
            field = layers.fields[spec.code]
            content = case_cell(field.reported) if spec.names_case else spec.name
            origin = field.reported.origin or field_origin(field, district.digests) or None
            target, *values = _values(spec, field, policies)
            is_unknown = district.is_unreported and field.reported.assigned is None
            if spec.kind is InputKind.AMOUNT and is_unknown and target is None:
                target = Cell(UNKNOWN_TARGET, "missing")
            rows.append([*lead, spec.code, content, spec.unit, target, *values, tail, origin])
            lead, tail = (None,) * len(lead), None
    return rows


def case_cell(reported: Field) -> str | None:
    """The name of a case as formulas are to see it: a word for none where something else was typed than a name."""
    return reported.case_name or (checks.NO_CASE[0] if reported.case.typed else None)


def field_origin(field: FieldLayers, digests: Mapping[str, str]) -> str:
    """来源 of what counts of a field."""
    return origin_text(field.sources, digests, field.counts.value, is_awaited=field.is_awaited)


def _values(spec: Input, field: FieldLayers, policies: Policies) -> tuple[Content, ...]:
    """当年任务量, 完成情况 and 完成率."""
    entry = field.counts
    value = value_cell(entry.value, typed_text(field.sources, VALUE, entry.value))
    if spec.kind is not InputKind.AMOUNT:
        return None, value, None
    target = value_cell(entry.target, typed_text(field.sources, TARGET, entry.target))
    return target, value, rate(entry.value, entry.target, capped=policies["ratio_cap"] == "cap")


def rate(value: Value, target: Value, *, capped: bool) -> float | None:
    """完成率, where both numbers are there."""
    if not isinstance(target, Decimal) or target <= 0 or not isinstance(value, Decimal):
        return None
    return min(1.0, float(value / target)) if capped else float(value / target)


def total_rows(scheme: Scheme, district: DistrictResult) -> list[list[Content]]:
    """The sections' totals and the grand total."""
    if district.layers is None:
        return []
    scored = district.scored
    sums = [(SECTION_TOTAL, s.name, s.points, scored.sections[s.number]) for s in scheme.sections]
    sums.append((GRAND_TOTAL, "", scheme.points, scored.added))
    blank: list[Content] = [None] * (len(DISTRICT_COLUMNS) - 4)
    rows: list[list[Content]] = [
        [Cell(label, "bold"), Cell(name, "bold"), float(points), Cell(float(total), "bold_score"), *blank]
        for label, name, points, total in sums
    ]
    if scheme.grades:
        rows[-1][_STATUS] = VETO if scored.vetoes else grade_of(scheme, scored)
    rows[-1][-1] = open_origin(district) or None
    return rows


def open_origin(district: DistrictResult) -> str:
    """来源 of 总分: why the rank cannot be final, as far as the values themselves do not show it."""
    noted = (issue for issue in district.open_issues if issue.code not in SEEN_IN_VALUES)
    return open_text(f"{issue.place.item} {issue.found}" for issue in noted)
