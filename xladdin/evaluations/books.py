"""The other workbooks of a round, made from the scheme: 任务分解表, 部门评价表, 专家评议表, the office's 评分表."""

from __future__ import annotations

from collections.abc import Mapping

from xladdin.evaluations.layout import AMOUNTS, LISTS, MARKS, RATINGS, table_of
from xladdin.evaluations.lists import listed_codes
from xladdin.evaluations.sheets import (
    ReturnedForms,
    amounts_sheet,
    counts_sheet,
    list_sheet,
    marks_sheet,
    ratings_sheet,
    review_sheet,
)
from xladdin.evaluations.units import Unit, UnitKind
from xladdin.evaluations.vetoes import veto_sheet
from xladdin.fillin.books import book, created
from xladdin.fillin.sheets import UnitBook, UnitSheet, UnitTable
from xladdin.fillin.writer import write_unit_book
from xladdin.forms.form import Form
from xladdin.scheme.book.stamps import stamp_of
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ANSWERED,
    BRIEFS_LIST,
    CASE,
    COUNTS_SHEET,
    DEVIATION,
    DISTRICT,
    EVALUATOR_LABEL,
    EVALUATOR_PROPERTY,
    EXPOSURE,
    FIRST_PUBLISHED,
    FULL,
    GOOD_NEWS,
    KIND_PROPERTY,
    MARK,
    MEDIA_LIST,
    MEDIUM,
    NUMBER_LABEL,
    NUMBER_PROPERTY,
    RATING,
    RECUSED,
    REMARK,
    SAME,
    SCHEME_LABEL,
    SCHEME_PROPERTY,
    VERIFIED,
    VERSION_LABEL,
    VERSION_PROPERTY,
    VETO,
    evaluator_line,
)

_AMOUNT_STEPS = (
    f"“{VERIFIED}”：对照各区报送的完成量，逐个指标、逐个区填写核定数；没有完成的填 0，未下达任务的不填。"
    f"与区报相同的，在“{SAME}”选“是”即可，核定数不用再填。",
    f"核定数与区报不同时，“{DEVIATION}”自动算出，请在“{REMARK}”写明原因。",
)
_MARK_STEPS = (f"“{MARK}”：参照其他办法考评的任务填百分制原始分（95% 填 95）；专家评议、综合评价填不超过满分的得分。",)

_STEPS: Mapping[UnitKind, tuple[str, ...]] = {
    UnitKind.DEPARTMENT: (*_AMOUNT_STEPS, *_MARK_STEPS),
    UnitKind.EXPERT: (
        "逐项逐区评分，得分在 0 到满分之间，可以有小数。",
        f"与被评的区或案例有利害关系的，在“{RECUSED}”选“是”，不评分。",
        f"“{CASE}”取自各区填报表；写“未报送”的不评分。",
    ),
    UnitKind.OFFICE: (
        f"“{RATING}”：是/否格从下拉框选，“{ANSWERED}”是该区自己填的；综合评价填不超过满分的得分；次数填整数，没有的填 0。",
    ),
}

_LIST_STEPS: Mapping[str, str] = {
    BRIEFS_LIST: f"“{BRIEFS_LIST}”：收到一篇记一行。同一区同一标题只计一次。",
    MEDIA_LIST: (
        f"“{MEDIA_LIST}”：一条记一行，性质选“{GOOD_NEWS}”或“{EXPOSURE}”。以首发媒体刊登为准：转发的“{FIRST_PUBLISHED}”选“否”，"
        f"不重复计算。曝光或造成较大不良影响的，没有媒体也记一行（“{MEDIUM}”“{FIRST_PUBLISHED}”可以空着），同一件事只计一次。"
    ),
}


def _steps(scheme: Scheme, unit: Unit) -> list[str]:
    """How the unit's workbook is filled in; of the lists only those are told that the scheme has."""
    steps = list(_STEPS[unit.kind])
    tables = {code: table_of(scheme, unit, code) for code in unit.codes}
    if unit.kind is UnitKind.OFFICE:
        steps += _AMOUNT_STEPS if AMOUNTS in tables.values() else ()
        steps += _MARK_STEPS if MARKS in tables.values() else ()
    if any(table is MARKS and not scheme.inputs[code].is_mark for code, table in tables.items()):
        steps.append(f"“{FULL}”一栏写着单位的（如 %、件），“{MARK}”填这个数值本身，不是得分；得分由程序计算。")
    if unit.kind is UnitKind.OFFICE and (lists := _lists(scheme)):
        steps += [_LIST_STEPS[table.sheet] for table in lists]
        steps.append(
            f"每行是否计入、为什么，由公式写在右边；各区计数见“{COUNTS_SHEET}”。全年一条也没有的，在清单上方的黄色格选“是”，按 0 计；空着又没有选的，视为尚未登记。"
        )
    if unit.kind is UnitKind.OFFICE and scheme.vetoes:
        named = "；".join(f"{veto.name}：{veto.effect}" for veto in scheme.vetoes.values())
        steps.append(f"“{VETO}”：有方案规定的情形的，写明单位、情形、事由、批准人、批准日期，缺一项的不生效。{named}。")
    return steps


def _lists(scheme: Scheme) -> list[UnitTable]:
    return [table for table in LISTS if listed_codes(scheme, table)]


def unit_workbook(scheme: Scheme, unit: Unit, issue: int, forms: Mapping[str, Form] | None = None) -> bytes:
    """The workbook in which the unit evaluates, with what the districts' forms hold beside it. Same input, same bytes.

    `forms` has the districts' forms by name; what a district without one reported stays blank.
    """
    return write_unit_book(unit_book(scheme, unit, issue, forms), created(scheme))


def unit_book(scheme: Scheme, unit: Unit, issue: int, forms: Mapping[str, Form] | None = None) -> UnitBook:
    """A unit's workbook as data."""
    number = unit.number(scheme.source, issue)
    stamp = evaluator_line(unit.name, scheme.source.version, number)
    identity = (
        (EVALUATOR_LABEL, unit.name),
        (VERSION_LABEL, scheme.source.version),
        (NUMBER_LABEL, number),
        (SCHEME_LABEL, stamp_of(scheme)),
    )
    properties = {
        KIND_PROPERTY: unit.workbook,
        EVALUATOR_PROPERTY: unit.name,
        VERSION_PROPERTY: scheme.source.version,
        SCHEME_PROPERTY: stamp_of(scheme),
        NUMBER_PROPERTY: number,
    }
    sheets = _unit_sheets(scheme, unit, stamp, ReturnedForms(forms or {}))
    return book(scheme, unit.workbook, identity, _steps(scheme, unit), unit.codes, sheets, properties)


def _unit_sheets(scheme: Scheme, unit: Unit, stamp: str, forms: ReturnedForms) -> list[UnitSheet]:
    if unit.kind is UnitKind.EXPERT:
        return [review_sheet(scheme, unit.codes, stamp, forms)]
    own: dict[UnitTable, list[str]] = {}
    for code in unit.codes:
        own.setdefault(table_of(scheme, unit, code), []).append(code)
    sheets = [amounts_sheet(scheme, own[AMOUNTS], stamp, forms)] if AMOUNTS in own else []
    sheets += [marks_sheet(scheme, own[MARKS], stamp)] if MARKS in own else []
    if RATINGS in own or not unit.codes:
        sheets.append(ratings_sheet(scheme, own.get(RATINGS, ()), stamp, forms))
    if unit.kind is UnitKind.DEPARTMENT:
        return sheets
    listed = sheets[0].table.span(DISTRICT, len(scheme.districts)) if sheets[0].rows else ""
    vetoes = [veto_sheet(scheme, stamp, listed)] if scheme.vetoes else []
    if not (tables := _lists(scheme)):
        return [*sheets, *vetoes]
    counts = counts_sheet(scheme, stamp)
    return [*sheets, *(list_sheet(scheme, table, stamp, counts.table) for table in tables), *vetoes, counts]
