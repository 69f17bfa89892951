"""Result sheets of a round in which departments, experts and 市精细化办 take part: 评价对照 and 交表情况."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xladdin.assessment.consolidate import Consolidation
from xladdin.assessment.district_sheet import value_cell
from xladdin.assessment.evaluations import UnitReport
from xladdin.assessment.merge import Comparison, Judged
from xladdin.assessment.origins import shown_value
from xladdin.assessment.units import UnitKind, departments, office
from xladdin.scoring.numbers import Fault
from xladdin.workbook.layout import CODE, COMPARISON, DELIVERIES, DISTRICT, TARGET, UNIT, form_file_name
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet


def comparison_sheet(consolidation: Consolidation) -> ResultSheet:
    """评价对照: what each district reported beside what each unit says, what counts and by how much they differ."""
    columns = (
        Column(DISTRICT, 10, "centre"),
        Column(CODE, 8, "centre"),
        Column("指标", 30, "text"),
        Column(UNIT, 9, "centre"),
        Column(TARGET, 11, "number"),
        Column("区报", 11, "number"),
        Column("各方评价", 44, "text"),
        Column("采用", 11, "bold"),
        Column("差异", 10, "number"),
        Column("怎么采用的", 60, "quiet"),
    )
    inputs = consolidation.scheme.inputs
    rows: list[list[Content]] = []
    for comparison in consolidation.comparisons:
        spec = inputs[comparison.code]
        rows.append(
            [
                comparison.district,
                comparison.code,
                spec.name,
                spec.unit,
                value_cell(comparison.target, ""),
                value_cell(comparison.reported, ""),
                "；".join(_said(one) for one in comparison.judged if _has_said(one)) or None,
                _counts(comparison),
                _difference(comparison),
                comparison.told or None,
            ]
        )
    changed = sum(_difference(c) is not None for c in consolidation.comparisons)
    waiting = sum(not c.is_judged for c in consolidation.comparisons)
    notes = (
        f"评价值优先于区报数；区报与采用不同的 {changed} 处，尚未评价的 {waiting} 处（暂按区报数计，名次为暂定）。",
    )
    return ResultSheet(COMPARISON, COMPARISON, columns, rows, notes, frozen_columns=2, filtered=True)


def _has_said(one: Judged) -> bool:
    return one.evaluation.value is not None or one.evaluation.recused


def _said(one: Judged) -> str:
    evaluation = one.evaluation
    shown = "回避" if evaluation.recused else shown_value(evaluation.value, evaluation.typed)
    return f"{one.unit.name} {shown}"


def _counts(comparison: Comparison) -> Content:
    if isinstance(comparison.counts, Fault):
        return Cell("错误", "error")
    if comparison.counts is None:
        return Cell("待评", "missing")
    return value_cell(comparison.counts, "")


def _difference(comparison: Comparison) -> float | None:
    reported, counts = comparison.reported, comparison.counts
    if type(reported) is Decimal and type(counts) is Decimal and reported != counts:
        return float(counts - reported)
    return None


def deliveries_sheet(consolidation: Consolidation) -> ResultSheet:
    """交表情况: who has delivered what, and how much of it is filled in."""
    columns = (
        Column("单位", 24, "bold"),
        Column("类别", 12, "centre"),
        Column("文件", 34, "text"),
        Column("应填", 9, "centre"),
        Column("已填", 9, "centre"),
        Column("未填", 9, "centre"),
        Column("错误", 9, "centre"),
        Column("状态", 12, "centre"),
    )
    rows: list[list[Content]] = [_district_row(consolidation, n) for n in range(len(consolidation.districts))]
    sent = {report.unit: report for report in consolidation.reports}
    scheme = consolidation.scheme
    listed = [*departments(scheme), *(u for u in sent if u and u.kind is UnitKind.EXPERT), office(scheme)]
    for unit in listed:
        report = sent.get(unit)
        file = report.file.name if report else unit.file_name
        rows.append([unit.name, unit.kind.value, file, *_counted(report)])
    waiting = sum(isinstance(row[-1], Cell) for row in rows)
    notes = (f"共 {len(rows)} 个单位，{waiting} 个未交或未填齐。",)
    return ResultSheet(DELIVERIES, DELIVERIES, columns, rows, notes, frozen_columns=1, filtered=True)


def _district_row(consolidation: Consolidation, position: int) -> list[Content]:
    district = consolidation.districts[position]
    if district.form is None or district.file is None:
        return [district.name, DISTRICT, form_file_name(district.name), None, None, None, None, _ABSENT]
    own = [c for c in consolidation.comparisons if c.district == district.name]
    reported = [c for c in own if consolidation.scheme.inputs[c.code].judge is None]
    assigned = [c for c in reported if c.target is None or (isinstance(c.target, Decimal) and c.target > 0)]
    asked = [c for c in assigned if c.target is not None or c.reported is not None or not _is_amount(consolidation, c)]
    wrong = sum(isinstance(c.reported, Fault) for c in asked)
    filled = sum(c.reported is not None for c in asked) - wrong
    numbers = (len(asked), filled, len(asked) - filled - wrong, wrong)
    return [district.name, DISTRICT, district.file.name, *map(float, numbers), _state(*numbers)]


def _is_amount(consolidation: Consolidation, comparison: Comparison) -> bool:
    return consolidation.scheme.inputs[comparison.code].kind.value == "amount"


def _counted(report: UnitReport | None) -> Sequence[Content]:
    if report is None:
        return [None, None, None, None, _ABSENT]
    asked = report.evaluations
    wrong = sum(isinstance(e.value, Fault) for e in asked)
    filled = sum(e.value is not None or e.recused for e in asked) - wrong
    numbers = (len(asked), filled, len(asked) - filled - wrong, wrong)
    return [*map(float, numbers), _state(*numbers)]


_ABSENT = Cell("未交", "error")


def _state(_asked: int, _filled: int, blank: int, wrong: int) -> Content:
    if wrong:
        return Cell("有错误", "error")
    return Cell("未填齐", "missing") if blank else "已填齐"
