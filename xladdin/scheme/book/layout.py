"""The sheets of 考核方案.xlsx and what their columns hold, made from the records that the loader reads.

A leaf is a value of a record that is no record itself: `path` is its key in the data, with dots where it is nested, and
`label` its Chinese name. A number that is quoted has two cells: itself and the sentence it comes from.
"""

import re
import types
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin

from xladdin import words
from xladdin.classes import record
from xladdin.methods.item import METHODS, Item
from xladdin.records import Quoted, RecordField, record_fields
from xladdin.scheme.model import Grade, Group, Veto
from xladdin.scheme.tables import DISTRICTS, SOURCE, annex_file
from xladdin.words import CODE, INDICATOR, LABEL, REMARK, VERSION_LABEL

(
    GUIDE, DOCUMENT, SECTIONS, TASKS, INDICATORS, PARAMETERS, STEPS, READINGS, UNITS, GROUPS, VETOES, GRADES, EXAMPLES,
) = SHEETS = (
    REMARK,
    "方案",
    "部分",
    words.TASK,
    INDICATOR,
    "参数",
    "步骤档次",
    "口径",
    "单位",
    words.GROUP,
    words.VETO,
    words.GRADE,
    "样例",
)  # fmt: skip

QUOTE = "原文"
"""The head of the sentence that a row's only number comes from; of one of several numbers it follows the number's head."""
CONVENTION = "约定："
"""What begins a cell for the sentence where the text has none and the number rests on a convention."""
LIST_MARK = "、"
LIST_MARKS = "、，,；;\n"
"""What people put between the names in a cell."""
REFERENCE = "参照办法满分"
YES, NO = "是", "否"

# Heads.
WHAT, VALUE, ABOUT = "名称", "内容", "填写说明"
ITEM, KIND, POINTS = "项目编号", "种类", words.POINTS
ANNEX, SECTION, ROW, TASK, RULE, ROW_POINTS, REFERRED = (
    "所在附件",
    "部分",
    "行",
    "任务原文",
    "评分方法原文",
    "行分值",
    "引用附件",
)
ID, NAME, METHOD, DEPARTMENTS = CODE, LABEL, "计分方式", "评价部门"
TASK_HEADS = (
    ANNEX, SECTION, ROW, TASK, RULE, ROW_POINTS, REFERRED, ID, NAME, METHOD, POINTS, QUOTE, DEPARTMENTS,
)  # fmt: skip
"""The columns of 任务."""

PARAMETER = "参数"
OPTION, OPTION_TEXT, IS_DEFAULT, POLICY = "读法", "读法含义", "默认", "口径"
BONUS = "加分项"
ZONE_AMOUNT = "任务量："
ZONE_LABEL = "分区："
CODES = (ITEM, CODE)
"""The heads of columns that hold numbers of items and fields."""
EXAMPLE, FIELD, DONE, ASSIGNED, SCORE = "样例", CODE, words.VALUE, "任务量", words.SCORE

LABELS: Mapping[str, str] = {
    "judge": "评定者",
    "full": "满分",
    "per_case": "每项满分",
    "max_cases": "最多项数",
    "case_name": "案例叫什么",
    "unit": "单位",
    "count_name": "计数名称",
    "list": "清单",
    "cited_name": "督查名称",
    "rectified_name": "整改名称",
    "deduction": "每次扣分",
    "restoration": "每次加分",
    "positive_name": "正面名称",
    "negative_name": "曝光名称",
    "negative_judge": "曝光评定者",
    "positive_each": "正面每项",
    "positive_cap": "正面上限",
    "negative_each": "曝光每项",
    "negative_cap": "曝光上限",
    "members.units": "成员单位",
    "members.clause": "成员单位原文",
    "floor": "最低分",
    "adds": "从零加分",
    "fractional": "可以有小数",
    "less_is_better": "越小越好",
    "within_group": "只与同组比较",
    "base": "起点系数",
    "span": "系数幅度",
    "step": "每名递减（%）",
    "low": "下限",
    "high": "上限",
    "low_points": "下限分",
    "threshold": "标准",
    "measure.name": "数值名称",
    "measure.unit": "数值单位",
    "measure.maximum": "数值最大",
    "measure.judge": "数值评定者",
    "measure.signed": "数值可以小于 0",
    "base.name": "基数名称",
    "base.less": "基数减去",
    "before.name": "上年数名称",
    "before.unit": "上年数单位",
    "before.maximum": "上年数最大",
    "before.judge": "上年数评定者",
    "before.signed": "上年数可以小于 0",
}
"""Parameters of methods in 参数."""

KINDS: Mapping[str, str] = {
    "check": "步骤",
    "tier": "档次",
    "event": "扣分项",
    "measure": "分档数值",
    "source": "评分来源",
}
"""Lists of methods in 步骤档次."""

STEP_LABELS: Mapping[str, str] = {
    "name": "名称",
    "unit": "单位",
    "from": "起",
    "to": "止",
    "points": POINTS,
    "each": "每次（档）分值",
    "times": "倍数",
    "cap": "上限",
    "threshold": "起点",
    "step": "每档大小",
    "above": "超过才算",
    "weight": "权重",
    "maximum": "最大值",
    "judge": "评定者",
    "signed": "可以小于 0",
    "clause": QUOTE,
}
"""What stands in the lists of methods."""

INDICATOR_LABELS: Mapping[str, str] = {
    "code": ID,
    "name": NAME,
    "unit": "单位",
    "whole": "只能是整数",
    "amount": "全市总量",
    "at_least": "每单位至少",
    "maximum": "最大值",
    "clause": QUOTE,
}

_SOURCE_LABELS: Mapping[str, tuple[str, str]] = {
    "version": (VERSION_LABEL, "一般为考核年度；发出的表都印有它"),
    "year": ("考核年度", "考核哪一年的工作"),
    "office": ("考核办公室全称", "落款用"),
    "office_name": ("考核办公室简称", "原文中的叫法"),
    "number_prefix": ("下发编号字头", "几个大写字母，每份下发的表的编号以它开头"),
    "unit_word": ("单位叫法", f"各种表里怎样称呼被考核的，如县、街镇；不写为{words.DISTRICT}"),
    "number": ("文号", ""),
    "title": ("方案标题", ""),
    "issued": ("印发日期", "写作 2024-03-01"),
    "published": ("公布日期", "写作 2024-03-01"),
}
_ANNEX_LABELS: Mapping[str, tuple[str, str]] = {
    "annex.id": ("名称", "填报表的工作表名"),
    "annex.heading": ("标记", "印在标题上方"),
    "annex.title": ("标题", ""),
    "annex.columns": ("表头", f"用顿号分开；最后一列为{words.SCORE}"),
    "annex.points": ("总分", ""),
}
_TASK_ANNEX_LABELS: Mapping[str, tuple[str, str]] = {
    **_ANNEX_LABELS,
    "annex.section": ("属于部分", "第几部分由这个附件计分"),
    "reference.full": (REFERENCE, "这个附件中“参照评分”的原始分满分；不用则留空"),
}
_DISTRICT_LABELS: Mapping[str, tuple[str, str]] = {
    "clause": ("考核对象原文", "写明单位个数的那句话"),
    "count": ("单位个数", ""),
}


def annex_name(number: int) -> str:
    """What an annex is called, in the document and in the workbook."""
    return f"附件{number}"


def document_labels(annexes: int) -> dict[tuple[str, str], tuple[str, str]]:
    """What stands in 方案 of a scheme with so many annexes: the label and what to write, by table and path."""
    found = {(SOURCE, path): texts for path, texts in _SOURCE_LABELS.items()}
    for n in range(1, annexes + 1):
        for path, (label, about) in (_ANNEX_LABELS if n == 1 else _TASK_ANNEX_LABELS).items():
            # The second annex was once the only one.
            name = label if label == REFERENCE and n == 2 else f"{annex_name(n)}{label}"
            found[annex_file(n), path] = name, about
    return found | {(DISTRICTS, path): texts for path, texts in _DISTRICT_LABELS.items()}


def annexes_named(labels: Iterable[str]) -> int:
    """How many annexes the labels of 方案 are about."""
    return max([1, *(int(match[1]) for label in labels if (match := _ANNEX_LABEL.match(label)))])


_ANNEX_LABEL = re.compile(r"附件([1-9]\d?)(?!\d)")

OUTCOME: Mapping[str, tuple[str, str, Any]] = {
    GROUPS: (DISTRICTS, "group", Group),
    VETOES: (SOURCE, "veto", Veto),
    GRADES: (SOURCE, "grade", Grade),
}
"""The sheets of what becomes of a total, which a scheme may leave empty: table and key of the records, and what they are."""

OUTCOME_LABELS: Mapping[str, str] = {"name": NAME, "at_most": "最高得分", "from": "总分不低于", "clause": QUOTE}
"""The heads of these sheets."""

OWN_KEYS = frozenset(("id", "name", "points", "clause"))
"""Keys of every item, which have columns of their own in 任务."""


@record
class Leaf:
    """A value of a record."""

    path: str
    type: Any
    is_optional: bool

    @property
    def is_quoted(self) -> bool:
        return self.type is Quoted


def leaves(of: Any) -> tuple[Leaf, ...]:  # noqa: ANN401 - a record type
    """The values of a record, those of records in it too, but for lists of records."""
    return tuple(_leaves(of, "", is_optional=False))


def _leaves(of: Any, prefix: str, *, is_optional: bool) -> Iterator[Leaf]:  # noqa: ANN401
    for f in record_fields(of):
        if f.is_given or list_of(f):
            continue
        own = bare(f.type)
        may_lack = is_optional or f.is_optional
        if own is Quoted or own in _SCALARS or get_origin(own) is tuple:
            yield Leaf(prefix + f.key, own, may_lack)
        elif get_origin(own) is not dict:
            yield from _leaves(own, f"{prefix}{f.key}.", is_optional=may_lack)


_SCALARS = (str, int, bool, Decimal, date)


def bare(type_: Any) -> Any:  # noqa: ANN401 - whatever is annotated
    """The type of what may also be None."""
    if get_origin(type_) is types.UnionType:
        return next(a for a in get_args(type_) if a is not types.NoneType)
    return type_


def list_of(f: RecordField) -> Any:  # noqa: ANN401 - a record type or None
    """The record of which the field holds several."""
    own = bare(f.type)
    inner = get_args(own)[0] if get_origin(own) is tuple else None
    return inner if inner is not None and inner not in _SCALARS else None


def lists(of: Any) -> dict[str, Any]:  # noqa: ANN401 - an item's class
    """The lists of an item's method by key, indicators aside: they have a sheet of their own."""
    return {f.key: inner for f in record_fields(of) if (inner := list_of(f)) and f.key in KINDS}


def parameters(of: Any) -> tuple[Leaf, ...]:  # noqa: ANN401 - an item's class
    """The parameters of an item's method."""
    return tuple(leaf for leaf in leaves(of) if leaf.path not in OWN_KEYS)


def outcome_heads(of: Any) -> tuple[str, ...]:  # noqa: ANN401 - a record type
    """The columns of a sheet of what becomes of a total."""
    heads = dict.fromkeys(OUTCOME_LABELS[leaf.path] for leaf in leaves(of))
    return (*(head for head in heads if head != QUOTE), QUOTE)


def method_titles() -> dict[str, type[Item]]:
    """Every way of scoring by its Chinese name."""
    return {method.title: method for method in METHODS.values()}


def step_heads() -> list[str]:
    """The columns of 步骤档次 behind the item and the kind: every value of every list, a quoted one with its sentence."""
    found: dict[str, None] = {}
    for method in METHODS.values():
        for inner in lists(method).values():
            for leaf in leaves(inner):
                found[STEP_LABELS[leaf.path]] = None
                if leaf.is_quoted:
                    found[quote_head(STEP_LABELS[leaf.path])] = None
    order = list(STEP_LABELS.values())
    return sorted(found, key=lambda head: (order.index(head.removesuffix(QUOTE) or head), head))


def quote_head(head: str) -> str:
    """The head of the sentence that a number comes from."""
    return f"{head}{QUOTE}"
