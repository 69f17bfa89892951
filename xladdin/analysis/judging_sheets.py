"""The sheets of 汇报 on how experts marked, and on what departments made of the amounts that were reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xladdin.analysis.tables import SHOWN, shown, text
from xladdin.evaluations.units import UnitKind
from xladdin.fields.ordering import natural_key
from xladdin.scheme.model import Scheme
from xladdin.words import (
    AGREED,
    AVERAGE,
    CODE,
    CUT,
    DEPARTMENT,
    DEPARTMENT_AMOUNTS,
    DISTRICT,
    EXPERT,
    EXPERT_MARKS,
    EXPERT_STRICTNESS,
    HIGHEST,
    INDICATOR,
    JUDGED_FIELDS,
    LARGEST_CHANGES,
    LOWEST,
    MARKS_GIVEN,
    NET_CHANGE,
    OUTLYING,
    OUTLYING_COUNT,
    RAISED,
    RANGE,
    RECUSED_EXPERTS,
    RECUSED_FROM,
    STRICTNESS,
)
from xladdin.workbook.tables import Cell, Chart, Column, Content, ResultSheet

if TYPE_CHECKING:
    from pandas import DataFrame

OUTLYING_SHARE = 0.15
"""A mark that is further than this share of the full marks from the panel's median is named."""

_TAB = "#70AD47"


def judging_sheets(scheme: Scheme, judgements: DataFrame) -> list[ResultSheet]:
    """How experts marked, and how departments verified, where they did."""
    sheets = []
    is_expert = judgements.kind == UnitKind.EXPERT.value
    if is_expert.any():
        marks = _compared(scheme, judgements[is_expert])
        sheets += [_marks_sheet(scheme, marks), _strictness_sheet(marks)]
    if (verified := ~is_expert & judgements.assigned).any():
        sheets.append(_verification_sheet(scheme, judgements[verified]))
    return sheets


def _compared(scheme: Scheme, marks: DataFrame) -> DataFrame:
    """Experts' marks with how each compares with all of that field and district.

    `outlying`: whether it is far from their median; `deviation`: from their mean, as a share of the full marks, where there
    are several.
    """
    full = marks.code.map(lambda code: float(scheme.inputs[code].maximum or 1))
    of_panel = marks.groupby(["district", "code"]).value
    outlying = (marks.value - of_panel.transform("median")).abs() > OUTLYING_SHARE * full + 1e-9
    deviation = (marks.value - of_panel.transform("mean")) / full
    return marks.assign(outlying=outlying, deviation=deviation.where(of_panel.transform("count") > 1))


def _marks_sheet(scheme: Scheme, marks: DataFrame) -> ResultSheet:
    columns = [
        Column(CODE, 8, "bold"),
        Column(INDICATOR, 34, "text"),
        Column(DISTRICT, 11, "bold"),
        Column(MARKS_GIVEN, 9, "number"),
        Column(AVERAGE, 9, "score"),
        Column(LOWEST, 9, "number"),
        Column(HIGHEST, 9, "number"),
        Column(RANGE, 9, "number"),
        Column(OUTLYING, 38, "text"),
        Column(RECUSED_EXPERTS, 26, "text"),
    ]
    rows: list[list[Content]] = []
    by_field = dict(list(marks.groupby(["code", "district"])))
    for code, spec in scheme.inputs.items():
        item = scheme.items[spec.item_id]
        name = f"{item.name} {spec.name}" if len(item.inputs) > 1 else item.name
        for district in scheme.district_names:
            if (code, district) in by_field:
                own = by_field[code, district]
                far, given = own[own.outlying], own.value
                spread = shown(given.max() - given.min())
                figures = float(given.count()), shown(given.mean()), shown(given.min()), shown(given.max())
                outlying = "、".join(f"{unit} {text(value)}" for unit, value in zip(far.unit, far.value, strict=True))
                recused = "、".join(own[own.recused].unit)
                spread_cell = Cell(spread, "fallen") if len(far) else spread
                rows.append([code, name, district, *figures, spread_cell, outlying or None, recused or None])
    notes = [
        f"“{OUTLYING}”：与这一项、这个区各位专家评分的中位数相差超过满分的 {OUTLYING_SHARE:.0%}。只供复核，评分照常采用。"
    ]
    return ResultSheet(
        EXPERT_MARKS, EXPERT_MARKS, columns, rows, notes, frozen_columns=3, filtered=True, tab_color=_TAB
    )


def _strictness_sheet(marks: DataFrame) -> ResultSheet:
    """How far each expert's marks are from the mean of all who marked the same."""
    columns = [
        Column(EXPERT, 18, "bold"),
        Column(MARKS_GIVEN, 12, "number"),
        Column(STRICTNESS, 24, "points_moved"),
        Column(OUTLYING_COUNT, 12, "number"),
        Column(RECUSED_FROM, 50, "text"),
    ]
    rows: list[list[Content]] = []
    for name in sorted(marks.unit.unique(), key=natural_key):
        own = marks[marks.unit == name]
        recused = "、".join(own[own.recused].district.unique())
        figures = float(own.value.count()), shown(own.deviation.mean()), float(own.outlying.sum())
        rows.append([name, *figures, recused or None])
    notes = [
        "每位专家的评分与同一项、同一区全体专家平均分之差，占满分的百分比，取平均：负数为偏严，正数为偏宽。",
        "只有一位专家评的不算。",
    ]
    charts = [Chart("专家尺度（负为偏严，正为偏宽）", 0, (2,), "bar", number="0.0%")]
    return ResultSheet(
        EXPERT_STRICTNESS,
        EXPERT_STRICTNESS,
        columns,
        rows,
        notes,
        frozen_columns=1,
        charts=charts,
        tab_color=_TAB,
    )


def _verification_sheet(scheme: Scheme, verified: DataFrame) -> ResultSheet:
    """What departments made of the amounts that districts had reported."""
    columns = [
        Column(DEPARTMENT, 26, "bold"),
        Column(JUDGED_FIELDS, 10, "number"),
        Column(AGREED, 13, "number"),
        Column(CUT, 9, "number"),
        Column(RAISED, 9, "number"),
        Column(NET_CHANGE, 17, "rate"),
        Column(LARGEST_CHANGES, 78, "text"),
    ]
    both = verified[verified.value.notna() & verified.reported.notna()]
    both = both.assign(change=both.value - both.reported)
    # Amounts in different units: what is changed counts by its share of what was reported.
    both = both.assign(share=(both.change / both.reported.where(both.reported > 0)).fillna(0))
    rows: list[list[Content]] = []
    for name in dict.fromkeys(name for task in scheme.tasks.values() for name in task.departments):
        own = both[both.unit == name]
        if len(own):
            largest = own[own.change != 0].sort_values("share", key=lambda share: -share.abs(), kind="stable")
            listed = "\n".join(
                f"{row.district} {row.code} {scheme.inputs[row.code].name} {text(row.reported)}→{text(row.value)}"
                for row in largest.head(SHOWN).itertuples()
            )
            ways = ((own.change == 0).sum(), (own.change < 0).sum(), (own.change > 0).sum())
            net = float(own.share.clip(-1, 1).mean())
            rows.append([name, float(len(own)), *map(float, ways), net, listed or None])
    notes = [
        f"部门核定的完成量与区报完成量逐个比较。“{NET_CHANGE}”：各个数增减占区报数的百分比（最多算 100%），取平均。"
    ]
    return ResultSheet(DEPARTMENT_AMOUNTS, DEPARTMENT_AMOUNTS, columns, rows, notes, frozen_columns=1, tab_color=_TAB)
