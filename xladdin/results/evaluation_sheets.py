"""Result sheets of a round in which departments, experts and the office take part: 评价对照 and 交表情况."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum

from xladdin.fields.showing import shown_value
from xladdin.issues import Level
from xladdin.methods.inputs import Input, InputKind
from xladdin.numbers import Fault, Value
from xladdin.results.consolidation import Consolidation
from xladdin.results.district_sheet import value_cell
from xladdin.results.judging import Judged
from xladdin.results.layers import FieldLayers
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ADOPTED,
    AWAITED_UNITS,
    CATEGORY,
    CODE,
    COMPARISON,
    DELIVERIES,
    DEVIATION,
    DISTRICT,
    EVALUATIONS,
    FILE,
    FILLED,
    HOW,
    INDICATOR,
    RECUSED,
    REPORTED_VALUE,
    STATUS,
    TARGET,
    TO_FILL,
    UNFILLED,
    UNIT,
    form_file_name,
)
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet


def comparison_sheet(consolidation: Consolidation) -> ResultSheet:
    """评价对照: what each district reported beside what each unit says, what counts and by how much they differ."""
    columns = (
        Column(DISTRICT, 10, "centre"),
        Column(CODE, 8, "centre"),
        Column(INDICATOR, 30, "text"),
        Column(UNIT, 9, "centre"),
        Column(TARGET, 11, "number"),
        Column(REPORTED_VALUE, 11, "number"),
        Column(EVALUATIONS, 44, "text"),
        Column(ADOPTED, 13, "bold"),
        Column(DEVIATION, 10, "number"),
        Column(AWAITED_UNITS, 30, "text"),
        Column(HOW, 60, "quiet"),
    )
    inputs = consolidation.scheme.inputs
    rows: list[list[Content]] = []
    changed = waiting = 0
    for district, code, field in _fields(consolidation):
        spec, difference = inputs[code], _difference(field)
        rows.append(
            [
                district,
                code,
                spec.name,
                spec.unit,
                value_cell(field.counts.target, ""),
                value_cell(field.reported.value.value, ""),
                "；".join(_said(one) for one in field.judged if _has_said(one)) or None,
                _decided(field),
                difference,
                Cell("、".join(field.awaited), "awaited") if field.awaited else None,
                field.how or None,
            ]
        )
        changed += difference is not None
        waiting += bool(field.awaited)
    notes = (f"评价值优先于区报数；区报与采用不同的 {changed} 处；尚待评价的 {waiting} 处暂按已有的数计，名次为暂定。",)
    return ResultSheet(COMPARISON, COMPARISON, columns, rows, notes, frozen_columns=2, filtered=True, large_paper=True)


def _fields(consolidation: Consolidation) -> Iterator[tuple[str, str, FieldLayers]]:
    """District, code and layers of every field, in official order."""
    for district in consolidation.districts:
        for code, field in district.layers.fields.items() if district.layers else ():
            yield district.name, code, field


def _has_said(one: Judged) -> bool:
    return one.evaluation.value is not None or one.evaluation.recused


def _said(one: Judged) -> str:
    evaluation = one.evaluation
    shown = RECUSED if evaluation.recused else shown_value(evaluation.value, evaluation.typed)
    return f"{one.unit.name} {shown}"


def _decided(field: FieldLayers) -> Content:
    if isinstance(field.decided, Fault):
        return Cell("错误", "error")
    if field.decided is None:
        return Cell("待评", "awaited") if field.awaited else None
    return value_cell(field.decided, "")


def _difference(field: FieldLayers) -> float | None:
    reported, decided = field.reported.value.value, field.decided
    if type(reported) is Decimal and type(decided) is Decimal and reported != decided:
        return float(decided - reported)
    return None


def deliveries_sheet(consolidation: Consolidation) -> ResultSheet:
    """交表情况: who has delivered what: a row for every unit, a column for every item that it has something to say on.

    A cell has the number of values that are not there yet or cannot be used, or √ where none is missing.
    """
    scheme = consolidation.scheme
    columns = (
        Column(UNIT, 24, "bold"),
        Column(CATEGORY, 12, "centre"),
        Column(FILE, 34, "text"),
        Column(TO_FILL, 8, "centre"),
        Column(FILLED, 8, "centre"),
        Column(UNFILLED, 8, "centre"),
        Column(Level.ERROR.value, 8, "centre"),
        Column(STATUS, 10, "centre"),
        *(Column(id_, 5, "centre", item.name) for id_, item in scheme.items.items()),
    )
    rows = [_row(scheme, delivery) for delivery in (*_districts(consolidation), *_units(consolidation))]
    waiting = sum(isinstance(row[7], Cell) for row in rows)
    notes = (
        f"共 {len(rows)} 个单位，{waiting} 个未交或未填齐。右边各项：√ 为已填齐，数字为未填和不能用的格数（每个区每格计 1），"
        "空白为该单位不填或无须填。",
    )
    return ResultSheet(
        DELIVERIES, DELIVERIES, columns, rows, notes, frozen_columns=1, filtered=True, large_paper=True, row_height=20
    )


class _Field(Enum):
    """How things stand with a field that a unit is asked for."""

    FILLED = "已填"
    LACKING = "未填"
    WRONG = "错误"
    SPARED = "无须填"


_Delivery = tuple[str, str, str, bool, list[tuple[str, _Field]]]
"""A unit, its 类别, its file, whether that was received, and how things stand by input code."""


def _field(value: Value, *, is_awaited: bool) -> _Field:
    if isinstance(value, Fault):
        return _Field.WRONG
    if value is not None:
        return _Field.FILLED
    return _Field.LACKING if is_awaited else _Field.SPARED


def _districts(consolidation: Consolidation) -> Iterator[_Delivery]:
    """Each district, with the fields that it reports itself."""
    reported = [spec for spec in consolidation.scheme.inputs.values() if spec.judge is None]
    for district in consolidation.districts:
        file = (
            district.file.name
            if district.file
            else form_file_name(district.name, consolidation.scheme.source.form_kind)
        )
        fields = [(spec.code, _Field.LACKING) for spec in reported]
        if district.file and district.layers:
            fields = [(spec.code, _reported(spec, district.layers.fields[spec.code])) for spec in reported]
        yield district.name, consolidation.scheme.source.say(DISTRICT), file, district.file is not None, fields


def _reported(spec: Input, field: FieldLayers) -> _Field:
    target = field.counts.target
    is_asked = spec.kind is not InputKind.AMOUNT or (isinstance(target, Decimal) and target > 0)
    return _field(field.reported.value.value, is_awaited=is_asked)


def _units(consolidation: Consolidation) -> Iterator[_Delivery]:
    """Each unit that evaluates, with its fields for all districts."""
    reports = {report.unit: report for report in consolidation.reports}
    for unit in consolidation.evaluators:
        report = reports.get(unit)
        given = {(e.district, e.code): e for e in report.evaluations} if report else {}
        fields = []
        for district, code, field in _fields(consolidation):
            if code in unit.codes:
                said = given.get((district, code))
                is_done = said is not None and said.recused
                state = _field(said.value if said else None, is_awaited=unit.name in field.awaited)
                fields.append((code, _Field.FILLED if is_done else state))
        yield unit.name, unit.category, report.file.name if report else unit.file_name, report is not None, fields


def _row(scheme: Scheme, delivery: _Delivery) -> list[Content]:
    name, kind, file, is_received, fields = delivery
    totals = Counter(state for _code, state in fields)
    by_item: dict[str, Counter[_Field]] = {}
    for code, field in fields:
        by_item.setdefault(code.partition(".")[0], Counter())[field] += 1
    lacking, wrong = totals[_Field.LACKING], totals[_Field.WRONG]
    state: Content = "已填齐"
    if not is_received:
        state = Cell("未交", "error")
    elif wrong:
        state = Cell("有错误", "error")
    elif lacking:
        state = Cell("未填齐", "awaited")
    numbers = (totals[_Field.FILLED] + lacking + wrong, totals[_Field.FILLED], lacking, wrong)
    marks = (_mark(by_item.get(id_, Counter())) for id_ in scheme.items)
    return [name, kind, file, *map(float, numbers), state, *marks]


def _mark(item: Counter[_Field]) -> Content:
    lacking = item[_Field.LACKING] + item[_Field.WRONG]
    if lacking:
        return Cell(float(lacking), "error" if item[_Field.WRONG] else "awaited")
    return "√" if item[_Field.FILLED] else None
