"""The other workbooks of a round, made from the scheme: 任务分解表, 部门评价表, 专家评议表, 市精细化办评分表, 更正单."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from xladdin.assessment.corrections_sheet import corrections_sheets
from xladdin.assessment.forms import Form
from xladdin.assessment.targets_sheet import targets_sheet
from xladdin.assessment.unit_cover import cover_formulas
from xladdin.assessment.unit_sheets import (
    ReturnedForms,
    amounts_sheet,
    counts_sheet,
    list_sheet,
    marks_sheet,
    ratings_sheet,
    review_sheet,
)
from xladdin.assessment.units import OFFICE_NAME, Unit, UnitKind
from xladdin.scheme.items import InputKind
from xladdin.scheme.model import Scheme
from xladdin.workbook.layout import (
    CORRECTIONS_KIND,
    KIND_PROPERTY,
    NUMBER_LABEL,
    NUMBER_PROPERTY,
    TARGETS_KIND,
    UNIT_LABEL,
    VERSION_LABEL,
    VERSION_PROPERTY,
)
from xladdin.workbook.unit_layout import (
    BRIEFS,
    EVALUATOR_LABEL,
    EVALUATOR_PROPERTY,
    MEDIA,
    UnitBook,
    UnitSheet,
    evaluator_line,
)
from xladdin.workbook.unit_writer import write_unit_book

_COMMON_STEPS = (
    "只填黄色格，其余格已锁定，不设密码，请勿改动。",
    "数字格只填数字，不带单位。最右一列随填随报：出现“错误”“缺”时请改正或补填，“提示”请核实。",
    "上面的“状态”显示可以报送后，另存为 .xlsx、.xls 或 .ods 均可，文件名不要改。",
)

_STEPS: Mapping[str, tuple[str, ...]] = {
    TARGETS_KIND: (
        "在 16 个区的列里填写各区当年任务量；没有任务的留空，或填“不适用”。",
        "“合计”“差额”由公式计算；方案写明全市数量的，各区合计应与全市数量一致。",
        "方案对各区有规定的（各区至少数量、中心城区与其他区的比例），已按规定预填，可以改动，改动后请核实提示。",
        "填好后用于下发：各区填报表的“当年任务量”按本表预填并锁定。",
    ),
    CORRECTIONS_KIND: (
        "复核、申诉后要改一个数的，在这里写明区、编号、栏目、原值、新值、理由、批准人、日期，一行一格。",
        "原值照抄汇总时采用的数（见“溯源”“评价对照”）；与采用的不同时不更正，并说明采用的是多少。",
        "每次都列出全部更正：再有更正时接着往下填，已有的行不删不改。",
    ),
    UnitKind.DEPARTMENT.value: (
        "“核定完成量”：对照各区报送的完成量，逐个指标、逐个区填写核定数；没有完成的填 0，未下达任务的不填。",
        "核定数与区报不同时，“差异”自动算出，请在“说明”写明原因。",
        "“评分”：参照其他办法考评的任务填百分制原始分（95% 填 95）；专家评议的任务填不超过满分的得分。",
    ),
    UnitKind.EXPERT.value: (
        "逐项逐区评分，得分在 0 到满分之间，可以有小数。",
        "与被评的区或案例有利害关系的，在“回避”选“是”，不评分。",
        "“案例名称”取自各区填报表；写“未报送”的不评分。",
    ),
    UnitKind.OFFICE.value: (
        "“评定”：是/否格从下拉框选；综合评价填不超过满分的得分；次数填整数，没有的填 0。",
        "“简讯”：收到一篇记一行。同一区同一标题只计一次。",
        "“宣传”：报道一条记一行，性质选“正面”或“曝光”。以首发媒体刊登为准：转发的“首发”选“否”，不重复计算；"
        "曝光也按同一件事计一次。",
        "每行是否计入、为什么，由公式写在右边；各区计数见“计数”，两张清单都空着时视为尚未登记。",
    ),
}


def targets_workbook(scheme: Scheme) -> bytes:
    """任务分解表 for the scheme, with what the text itself assigns filled in. The same scheme gives the same bytes."""
    return write_unit_book(targets_book(scheme), _created(scheme))


def unit_workbook(scheme: Scheme, unit: Unit, issue: int, forms: Mapping[str, Form] | None = None) -> bytes:
    """The workbook in which the unit evaluates, with what the districts' forms hold beside it. Same input, same bytes.

    `forms` has the districts' forms by name; what a district without one reported stays blank.
    """
    return write_unit_book(unit_book(scheme, unit, issue, forms), _created(scheme))


def corrections_workbook(scheme: Scheme) -> bytes:
    """A blank 更正单. The same scheme gives the same bytes."""
    return write_unit_book(corrections_book(scheme), _created(scheme))


def _created(scheme: Scheme) -> datetime:
    issued = scheme.source.issued
    return datetime(issued.year, issued.month, issued.day, tzinfo=UTC)


def targets_book(scheme: Scheme) -> UnitBook:
    """任务分解表 as data."""
    return _office_book(scheme, TARGETS_KIND, [targets_sheet(scheme, _office_stamp(scheme))])


def corrections_book(scheme: Scheme) -> UnitBook:
    """更正单 as data."""
    return _office_book(scheme, CORRECTIONS_KIND, corrections_sheets(scheme, _office_stamp(scheme)))


def _office_stamp(scheme: Scheme) -> str:
    return f"{UNIT_LABEL}：{OFFICE_NAME}　{VERSION_LABEL}：{scheme.source.version}"


def _office_book(scheme: Scheme, kind: str, sheets: Sequence[UnitSheet]) -> UnitBook:
    """A workbook that 市精细化办 keeps for itself."""
    identity = ((UNIT_LABEL, OFFICE_NAME), (VERSION_LABEL, scheme.source.version))
    properties = {KIND_PROPERTY: kind, VERSION_PROPERTY: scheme.source.version}
    return _book(scheme, kind, identity, _STEPS[kind], (), sheets, properties)


def unit_book(scheme: Scheme, unit: Unit, issue: int, forms: Mapping[str, Form] | None = None) -> UnitBook:
    """A unit's workbook as data."""
    number = unit.number(scheme.source.version, issue)
    stamp = evaluator_line(unit.name, scheme.source.version, number)
    identity = (
        (EVALUATOR_LABEL, unit.name),
        (VERSION_LABEL, scheme.source.version),
        (NUMBER_LABEL, number),
    )
    properties = {
        KIND_PROPERTY: unit.workbook,
        EVALUATOR_PROPERTY: unit.name,
        VERSION_PROPERTY: scheme.source.version,
        NUMBER_PROPERTY: number,
    }
    sheets = _unit_sheets(scheme, unit, stamp, ReturnedForms(forms or {}))
    return _book(scheme, unit.workbook, identity, _STEPS[unit.kind.value], unit.codes, sheets, properties)


def _unit_sheets(scheme: Scheme, unit: Unit, stamp: str, forms: ReturnedForms) -> list[UnitSheet]:
    match unit.kind:
        case UnitKind.DEPARTMENT:
            amounts = [code for code in unit.codes if scheme.inputs[code].kind is InputKind.AMOUNT]
            marks = [code for code in unit.codes if code not in amounts]
            sheets = [amounts_sheet(scheme, amounts, stamp, forms)] if amounts else []
            return sheets + ([marks_sheet(scheme, marks, stamp)] if marks else [])
        case UnitKind.EXPERT:
            return [review_sheet(scheme, unit.codes, stamp, forms)]
        case UnitKind.OFFICE:
            counts = counts_sheet(scheme, stamp)
            lists = [list_sheet(scheme, table, stamp, counts.table) for table in (BRIEFS, MEDIA)]
            return [ratings_sheet(scheme, unit.codes, stamp), *lists, counts]


def _book(
    scheme: Scheme,
    kind: str,
    identity: Sequence[tuple[str, str]],
    steps: Sequence[str],
    codes: Sequence[str],
    sheets: Sequence[UnitSheet],
    properties: Mapping[str, str],
) -> UnitBook:
    counted = [sheet for sheet in sheets if sheet.unlocked]
    return UnitBook(
        kind=kind,
        title=f"{scheme.source.title}　{kind}",
        identity=identity,
        document=f"依据 {scheme.source.number}",
        steps=[f"{n}. {step}" for n, step in enumerate((*steps, *_COMMON_STEPS), 1)],
        contents=_contents(scheme, codes),
        sheets=sheets,
        cover_formulas=cover_formulas(counted),
        counted_sheets=[sheet.table.sheet for sheet in counted],
        properties=properties,
        footer=f"{kind}　{identity[0][1]}",
    )


def _contents(scheme: Scheme, codes: Sequence[str]) -> list[tuple[str, str, str]]:
    """Item id, task and 评分方法 of every item that the codes belong to, as the document words them."""
    worded = {task.id: (task.task, task.method_text) for task in scheme.annex2.tasks}
    for row in (row for section in scheme.sections for row in section.rows):
        # One text governs several items there; each quotes its own sentence.
        worded.update({item.id: (row.task, item.clause) for item in row.items})
    items = dict.fromkeys(code.partition(".")[0] for code in codes)
    return [(id_, worded[id_][0], " ".join(worded[id_][1].split())) for id_ in items]
