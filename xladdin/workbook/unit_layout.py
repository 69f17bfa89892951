"""The other workbooks of a round: what they are called, their sheets and heads. Writer and reader share this module.

任务分解表 divides the city's amounts; 部门评价表, 专家评议表 and 市精细化办评分表 hold what is evaluated by others than the
districts. As in 区填报表 the reader goes by heads and contents, positions are only the writer's and the formulas'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from xladdin.scheme.model import Scheme
from xladdin.workbook.cells import Raw, cell_name
from xladdin.workbook.layout import (
    CHECK,
    CODE,
    CORRECTIONS_KIND,
    DISTRICT,
    NUMBER_LABEL,
    TARGET,
    TARGETS_KIND,
    UNIT,
    VERSION_LABEL,
)

DEPARTMENT_KIND = "部门评价表"
EXPERT_KIND = "专家评议表"
OFFICE_KIND = "市精细化办评分表"
UNIT_KINDS = frozenset({DEPARTMENT_KIND, EXPERT_KIND, OFFICE_KIND})
"""The workbooks in which units evaluate."""

EVALUATOR_LABEL = "评价单位"
EVALUATOR_PROPERTY = "xladdin.evaluator"

TASK = "任务"
INDICATOR = "指标"
CITY_AMOUNT = "全市数量"
CLAUSE = "规定"
SUM = "合计"
DIFFERENCE = "差额"
REPORTED = "区报完成量"
VERIFIED = "核定完成量"
DEVIATION = "差异"
REMARK = "说明"
METHOD = "评分方法"
FULL = "满分"
MARK = "评分"
CASE = "案例名称"
RECUSED = "回避"
UNIT_OR_FULL = "单位/满分"
RATING = "评定"
DAY = "日期"
TITLE = "标题"
MEDIUM = "媒体"
TONE = "性质"
FIRST_PUBLISHED = "首发"
LINK = "链接"
SUBJECT = "内容"
COUNTED = "计入"
REASON = "原因"

GOOD_NEWS, EXPOSURE = "正面", "曝光"
"""What 性质 of a media report may be."""

TITLE_ROW, IDENTITY_ROW, HINT_ROW, HEAD_ROW, FIRST_ROW = range(5)
"""Zero-based rows of a table's sheet."""

LIST_LINES = 300
"""Lines that a list has room for."""

Look = Literal["code", "text", "centre", "number", "given", "given_text", "entry", "entry_text", "entry_date", "check"]
Shown = str | float

Typed = Mapping[int, Mapping[str, Raw]]
"""What is typed into a table, by row (from 0) and head."""

View = Mapping[tuple[int, str], Shown]
"""What a table's formulas show, by row and head."""


@dataclass(frozen=True)
class UnitColumn:
    """A column: its head, its width in digits, and what its cells are for."""

    head: str
    width: float
    look: Look


@dataclass(frozen=True)
class UnitTable:
    """A table that fills a sheet.

    `essential` are the heads without which it cannot be read, `value` the one of what is evaluated (none in a list).
    """

    sheet: str
    columns: tuple[UnitColumn, ...]
    essential: tuple[str, ...] = ()
    value: str = ""
    state: str = CHECK
    """The column that tells how things stand."""

    @cached_property
    def heads(self) -> tuple[str, ...]:
        return tuple(column.head for column in self.columns)

    @property
    def entries(self) -> tuple[str, ...]:
        """The heads of the columns that are filled in."""
        return tuple(column.head for column in self.columns if column.look.startswith("entry"))

    @property
    def has_given(self) -> bool:
        """Whether there are columns for what districts handed in."""
        return any(column.look.startswith("given") for column in self.columns)

    def at(self, head: str, row: int) -> str:
        """A1 reference of a cell in the table's row (from 0)."""
        return cell_name(FIRST_ROW + row, self.heads.index(head))

    def span(self, head: str, rows: int) -> str:
        """Absolute reference of a column's first `rows` rows, with the sheet's name."""
        first, last = (self.at(head, row) for row in (0, rows - 1))
        letters = first.rstrip("0123456789")
        return f"'{self.sheet}'!${letters}${first[len(letters) :]}:${letters}${last[len(letters) :]}"


_CODE_COLUMN = UnitColumn(CODE, 8, "code")
_DISTRICT_COLUMN = UnitColumn(DISTRICT, 10.5, "centre")
_REMARK_COLUMN = UnitColumn(REMARK, 28, "entry_text")
_CHECK_COLUMN = UnitColumn(CHECK, 32, "check")

AMOUNTS = UnitTable(
    VERIFIED,
    (
        _CODE_COLUMN,
        UnitColumn(INDICATOR, 34, "text"),
        UnitColumn(UNIT, 10, "centre"),
        _DISTRICT_COLUMN,
        UnitColumn(TARGET, 12, "given"),
        UnitColumn(REPORTED, 12, "given"),
        UnitColumn(VERIFIED, 12, "entry"),
        UnitColumn(DEVIATION, 10, "number"),
        _REMARK_COLUMN,
        _CHECK_COLUMN,
    ),
    (CODE, DISTRICT, VERIFIED),
    VERIFIED,
)
MARKS = UnitTable(
    MARK,
    (
        _CODE_COLUMN,
        UnitColumn(TASK, 24, "text"),
        UnitColumn(METHOD, 44, "text"),
        UnitColumn(FULL, 7, "centre"),
        _DISTRICT_COLUMN,
        UnitColumn(MARK, 10, "entry"),
        _REMARK_COLUMN,
        _CHECK_COLUMN,
    ),
    (CODE, DISTRICT, MARK),
    MARK,
)
REVIEW = UnitTable(
    "评议",
    (
        _CODE_COLUMN,
        UnitColumn(TASK, 22, "text"),
        UnitColumn(FULL, 7, "centre"),
        _DISTRICT_COLUMN,
        UnitColumn(CASE, 32, "given_text"),
        UnitColumn(MARK, 10, "entry"),
        UnitColumn(RECUSED, 8, "entry"),
        _REMARK_COLUMN,
        _CHECK_COLUMN,
    ),
    (CODE, DISTRICT, MARK, RECUSED),
    MARK,
)
RATINGS = UnitTable(
    RATING,
    (
        _CODE_COLUMN,
        UnitColumn(SUBJECT, 52, "text"),
        UnitColumn(UNIT_OR_FULL, 11, "centre"),
        _DISTRICT_COLUMN,
        UnitColumn(RATING, 10, "entry"),
        _REMARK_COLUMN,
        _CHECK_COLUMN,
    ),
    (CODE, DISTRICT, RATING),
    RATING,
)
BRIEFS = UnitTable(
    "简讯",
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
    "宣传",
    (
        UnitColumn(DISTRICT, 12, "entry"),
        UnitColumn(DAY, 13, "entry_date"),
        UnitColumn(TITLE, 50, "entry_text"),
        UnitColumn(MEDIUM, 20, "entry_text"),
        UnitColumn(TONE, 8, "entry"),
        UnitColumn(FIRST_PUBLISHED, 8, "entry"),
        UnitColumn(LINK, 32, "entry_text"),
        UnitColumn(COUNTED, 8, "centre"),
        UnitColumn(REASON, 34, "check"),
    ),
    (DISTRICT, DAY, TITLE, MEDIUM, TONE, FIRST_PUBLISHED),
    state=REASON,
)

CORRECTION_HEAD, OLD, NEW, CORRECTION_REASON, APPROVER = "栏目", "原值", "新值", "理由", "批准人"
CORRECTION_LINES = 60
"""Lines that 更正单 has room for."""

CORRECTIONS = UnitTable(
    CORRECTIONS_KIND,
    (
        UnitColumn(DISTRICT, 11, "entry"),
        UnitColumn(CODE, 9, "entry"),
        UnitColumn(CORRECTION_HEAD, 13, "entry"),
        UnitColumn(OLD, 11, "entry"),
        UnitColumn(NEW, 11, "entry"),
        UnitColumn(CORRECTION_REASON, 40, "entry_text"),
        UnitColumn(APPROVER, 12, "entry_text"),
        UnitColumn(DAY, 12, "entry_date"),
        UnitColumn(INDICATOR, 28, "text"),
        _CHECK_COLUMN,
    ),
)
CODES = UnitTable(
    CODE,
    (
        _CODE_COLUMN,
        UnitColumn(TASK, 30, "text"),
        UnitColumn(INDICATOR, 44, "text"),
        UnitColumn(UNIT, 10, "centre"),
        UnitColumn(TARGET, 12, "centre"),
    ),
    state="",
)
"""What 更正单 looks up: every field, and whether it has a 当年任务量."""

EVALUATION_TABLES: Mapping[str, tuple[UnitTable, ...]] = {
    DEPARTMENT_KIND: (AMOUNTS, MARKS),
    EXPERT_KIND: (REVIEW,),
    OFFICE_KIND: (RATINGS, BRIEFS, MEDIA),
}
"""The tables that each kind of workbook may have, in order."""


def targets_table(scheme: Scheme) -> UnitTable:
    """The table of 任务分解表: a column for every district."""
    columns = (
        _CODE_COLUMN,
        UnitColumn(TASK, 18, "text"),
        UnitColumn(INDICATOR, 26, "text"),
        UnitColumn(UNIT, 9, "centre"),
        UnitColumn(CITY_AMOUNT, 10, "centre"),
        UnitColumn(CLAUSE, 40, "text"),
        *(UnitColumn(name, 9.5, "entry") for name in scheme.district_names),
        UnitColumn(SUM, 11, "number"),
        UnitColumn(DIFFERENCE, 11, "number"),
        UnitColumn(CHECK, 34, "check"),
    )
    return UnitTable(TARGETS_KIND, columns)


def counts_table(heads: Sequence[str]) -> UnitTable:
    """The table 计数 of what the lists come to, with a column for each number."""
    return UnitTable("计数", (_DISTRICT_COLUMN, *(UnitColumn(head, 26, "number") for head in heads)))


def unit_file_name(kind: str, name: str) -> str:
    """The name of a workbook of the round; there is one of its kind where `name` is empty."""
    return f"{kind}_{name}.xlsx" if name else f"{kind}.xlsx"


def evaluator_line(name: str, version: str, number: str) -> str:
    """The line below a table's title that says whose copy this is."""
    return f"{EVALUATOR_LABEL}：{name}　{VERSION_LABEL}：{version}　{NUMBER_LABEL}：{number}"


@dataclass(frozen=True)
class Rule:
    """What a cell takes, and the words shown beside it (at most 255 characters).

    `formula` is the condition on the first cell of the block for the kind `formula`, and for `choice` a range of cells
    that hold the choices in place of `choices`.
    """

    kind: Literal["choice", "number", "whole", "date", "formula", "text"]
    message: str
    choices: tuple[str, ...] = ()
    maximum: float | None = None
    days: tuple[date, date] | None = None
    formula: str = ""


@dataclass(frozen=True)
class RuleBlock:
    """A rule for the cells of a column (of the columns to `last_head`) from row `first` to `last`, both included."""

    head: str
    first: int
    last: int
    rule: Rule
    last_head: str = ""


@dataclass
class UnitSheet:
    """A sheet's contents: by row (from 0) and head what stands there, and the formulas.

    `view` tells what the formulas show when something is typed, by row and head.
    """

    table: UnitTable
    title: str
    stamp: str
    """Whose copy this is."""
    hint: str
    rows: Sequence[Mapping[str, Shown]]
    formulas: Mapping[tuple[int, str], str]
    view: Callable[[Typed], View]
    rules: Sequence[RuleBlock] = ()
    group_starts: frozenset[int] = frozenset()
    """Rows with which another indicator or item begins."""
    unlocked: bool = True
    signature: str = ""
    frozen: int = 0
    """Columns that stay in view."""
    large_paper: bool = False


COVER_COUNT_HEADS = ("表", "应填", "已填", "缺", "错误", "不需填")
COVER_IDENTITY_ROW = 2
COVER_STATE_ROW = 6
COVER_HEAD_ROW = 8
COVER_FIRST_ROW = 9
"""Zero-based rows of 填报说明: identity, state, heads of the counts, the counts of the first sheet."""


@dataclass
class UnitBook:
    """A workbook of the round: whose it is, what its 填报说明 says, and its sheets."""

    kind: str
    title: str
    identity: Sequence[tuple[str, str]]
    document: str
    steps: Sequence[str]
    contents: Sequence[tuple[str, str, str]]
    """What is evaluated: 编号, the task as the document words it, 评分方法."""
    sheets: Sequence[UnitSheet]
    cover_formulas: Mapping[tuple[int, int], tuple[str, Shown]]
    counted_sheets: Sequence[str]
    properties: Mapping[str, str] = field(default_factory=dict)
    footer: str = ""
