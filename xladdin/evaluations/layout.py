"""The other workbooks of a round: what they are called, their sheets and heads. Writer and reader share this module.

任务分解表 divides the city's amounts; 部门评价表, 专家评议表 and the office's 评分表 hold what is evaluated by others than the
districts. As in 区填报表 the reader goes by heads and contents, positions are only the writer's and the formulas'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xladdin.evaluations.units import Unit, UnitKind
from xladdin.fillin.sheets import CHECK_COLUMN, CODE_COLUMN, DISTRICT_COLUMN, REMARK_COLUMN, UnitColumn, UnitTable
from xladdin.methods.inputs import Input, InputKind
from xladdin.methods.item import Item
from xladdin.numbers import plain
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ANSWERED,
    APPROVED,
    APPROVER,
    BRIEFS_LIST,
    CASE,
    CODE,
    COUNTED,
    COUNTS_SHEET,
    DAY,
    DEVIATION,
    DISTRICT,
    EFFECT,
    EVENT,
    FIRST_PUBLISHED,
    FULL,
    INDICATOR,
    LINK,
    MARK,
    MEDIA_LIST,
    MEDIUM,
    METHOD,
    OCCASION,
    RATING,
    REASON,
    RECUSED,
    REPORTED,
    REVIEW_SHEET,
    SAME,
    SUBJECT,
    TARGET,
    TASK,
    TITLE,
    TONE,
    UNIT,
    UNIT_OR_FULL,
    VERIFIED,
    VETO,
)

LIST_LINES = 300
"""Lines that a list has room for."""


AMOUNTS = UnitTable(
    VERIFIED,
    (
        CODE_COLUMN,
        UnitColumn(INDICATOR, 22, "text"),
        UnitColumn(UNIT, 10, "centre"),
        DISTRICT_COLUMN,
        UnitColumn(TARGET, 12, "given"),
        UnitColumn(REPORTED, 12, "given"),
        UnitColumn(VERIFIED, 12, "entry"),
        UnitColumn(SAME, 8, "entry"),
        UnitColumn(DEVIATION, 10, "number"),
        REMARK_COLUMN,
        CHECK_COLUMN,
    ),
    (CODE, DISTRICT, VERIFIED),
    VERIFIED,
)
MARKS = UnitTable(
    MARK,
    (
        CODE_COLUMN,
        UnitColumn(TASK, 24, "text"),
        UnitColumn(METHOD, 44, "text"),
        UnitColumn(FULL, 7, "centre"),
        DISTRICT_COLUMN,
        UnitColumn(MARK, 10, "entry"),
        REMARK_COLUMN,
        CHECK_COLUMN,
    ),
    (CODE, DISTRICT, MARK),
    MARK,
)
REVIEW = UnitTable(
    REVIEW_SHEET,
    (
        CODE_COLUMN,
        UnitColumn(TASK, 22, "text"),
        UnitColumn(FULL, 7, "centre"),
        DISTRICT_COLUMN,
        UnitColumn(CASE, 32, "given_text"),
        UnitColumn(MARK, 10, "entry"),
        UnitColumn(RECUSED, 8, "entry"),
        REMARK_COLUMN,
        CHECK_COLUMN,
    ),
    (CODE, DISTRICT, MARK, RECUSED),
    MARK,
)
RATINGS = UnitTable(
    RATING,
    (
        CODE_COLUMN,
        UnitColumn(SUBJECT, 52, "text"),
        UnitColumn(UNIT_OR_FULL, 11, "centre"),
        DISTRICT_COLUMN,
        UnitColumn(RATING, 10, "entry"),
        UnitColumn(ANSWERED, 8, "given"),
        REMARK_COLUMN,
        CHECK_COLUMN,
    ),
    (CODE, DISTRICT, RATING),
    RATING,
)
BRIEFS = UnitTable(
    BRIEFS_LIST,
    (
        UnitColumn(DISTRICT, 12, "entry"),
        UnitColumn(DAY, 13, "entry_date"),
        UnitColumn(TITLE, 64, "entry_text"),
        UnitColumn(COUNTED, 8, "centre"),
        UnitColumn(REASON, 34, "check"),
    ),
    (DISTRICT, DAY, TITLE),
    state=REASON,
)
MEDIA = UnitTable(
    MEDIA_LIST,
    (
        UnitColumn(DISTRICT, 12, "entry"),
        UnitColumn(DAY, 13, "entry_date"),
        UnitColumn(TITLE, 44, "entry_text"),
        UnitColumn(MEDIUM, 17, "entry_text"),
        UnitColumn(TONE, 8, "entry"),
        UnitColumn(FIRST_PUBLISHED, 8, "entry"),
        UnitColumn(LINK, 25, "entry_text"),
        UnitColumn(COUNTED, 8, "centre"),
        UnitColumn(REASON, 31, "check"),
    ),
    (DISTRICT, DAY, TITLE, MEDIUM, TONE, FIRST_PUBLISHED),
    state=REASON,
)
LISTS = (BRIEFS, MEDIA)
VETOES = UnitTable(
    VETO,
    (
        UnitColumn(DISTRICT, 12, "entry"),
        UnitColumn(OCCASION, 26, "entry_text"),
        UnitColumn(EFFECT, 20, "centre"),
        UnitColumn(EVENT, 44, "entry_text"),
        UnitColumn(APPROVER, 12, "entry_text"),
        UnitColumn(APPROVED, 13, "entry_date"),
        CHECK_COLUMN,
    ),
    (DISTRICT, OCCASION, EVENT, APPROVER, APPROVED),
)


EVALUATION_TABLES: Mapping[UnitKind, tuple[UnitTable, ...]] = {
    UnitKind.DEPARTMENT: (AMOUNTS, MARKS),
    UnitKind.EXPERT: (REVIEW,),
    UnitKind.OFFICE: (AMOUNTS, MARKS, RATINGS, *LISTS, VETOES),
}
"""The tables that the workbook of each kind of unit may have, in order."""


def table_of(scheme: Scheme, unit: Unit, code: str) -> UnitTable:
    """The table in which the unit gives a value."""
    if unit.kind is UnitKind.EXPERT:
        return REVIEW
    spec = scheme.inputs[code]
    if unit.kind is UnitKind.OFFICE and spec.listed:
        return next(table for table in LISTS if table.sheet == spec.listed[0])
    if unit.kind is UnitKind.OFFICE and spec.item_id not in scheme.tasks:
        return RATINGS
    return AMOUNTS if spec.kind is InputKind.AMOUNT else MARKS


def row_texts(scheme: Scheme, table: UnitTable, code: str) -> dict[str, str]:
    """What a table itself says beside a code, by head."""
    spec = scheme.inputs[code]
    item = scheme.items[spec.item_id]
    if table is AMOUNTS:
        return {INDICATOR: spec.name, UNIT: spec.unit}
    if table is MARKS:
        return {TASK: _marked(item, spec), METHOD: item.method_text}
    if table is REVIEW:
        return {TASK: spec.name if spec.names_case else item.name}
    unit = spec.unit if spec.maximum is None else f"满分 {plain(spec.maximum)}"
    return {SUBJECT: f"{item.name}：{spec.name}", UNIT_OR_FULL: unit}


def _marked(item: Item, spec: Input) -> str:
    """What a department gives a mark for, or the value that it finds: named where the task does not say which."""
    return f"{item.name}：{spec.name}" if len(item.inputs) > 1 or not spec.is_mark else item.name


def counts_table(heads: Sequence[str]) -> UnitTable:
    """The table 计数 of what the lists come to, with a column for each number."""
    return UnitTable(COUNTS_SHEET, (DISTRICT_COLUMN, *(UnitColumn(head, 26, "number") for head in heads)))
