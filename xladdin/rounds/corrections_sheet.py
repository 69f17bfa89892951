"""The sheets of a blank 更正单 as data: lines to fill in, each showing what is missing in it, and the fields they may be about."""

from __future__ import annotations

from datetime import date
from functools import partial

from xladdin.fillin.books import created, office_book, office_stamp
from xladdin.fillin.checks import At, TypedRow, chain
from xladdin.fillin.sheets import (
    CHECK_COLUMN,
    CODE_COLUMN,
    Rule,
    RuleBlock,
    Shown,
    Typed,
    UnitBook,
    UnitColumn,
    UnitSheet,
    UnitTable,
    View,
)
from xladdin.fillin.writer import write_unit_book
from xladdin.methods import checks
from xladdin.methods.formulas import quoted
from xladdin.methods.inputs import InputKind
from xladdin.scheme.model import Scheme
from xladdin.words import (
    APPROVER,
    CHECK,
    CODE,
    COMPARISON,
    CORRECTIONS_KIND,
    DAY,
    DISTRICT,
    GROUNDS,
    HEAD,
    INDICATOR,
    NEW,
    OLD,
    TARGET,
    TASK,
    TRACE,
    UNIT,
    VALUE,
)

CORRECTION_LINES = 60
"""Lines that 更正单 has room for."""

CORRECTIONS = UnitTable(
    CORRECTIONS_KIND,
    (
        UnitColumn(DISTRICT, 11, "entry"),
        UnitColumn(CODE, 9, "entry"),
        UnitColumn(HEAD, 13, "entry"),
        UnitColumn(OLD, 11, "entry"),
        UnitColumn(NEW, 11, "entry"),
        UnitColumn(GROUNDS, 28, "entry_text"),
        UnitColumn(APPROVER, 12, "entry_text"),
        UnitColumn(DAY, 12, "entry_date"),
        UnitColumn(INDICATOR, 26, "text"),
        CHECK_COLUMN,
    ),
)
CODES = UnitTable(
    CODE,
    (
        CODE_COLUMN,
        UnitColumn(TASK, 30, "text"),
        UnitColumn(INDICATOR, 44, "text"),
        UnitColumn(UNIT, 10, "centre"),
        UnitColumn(TARGET, 12, "centre"),
        UnitColumn(DISTRICT, 12, "centre"),
    ),
    state="",
)
"""What 更正单 looks up: every field, and whether it has a 当年任务量; beside them, one below the other, the districts."""

WRONG_CODE = f"错误：编号不在方案中，见“{CODE}”表"
WRONG_HEAD = f"错误：栏目只填“{VALUE}”，有任务量的指标也可填“{TARGET}”"
LACKING = f"缺：{NEW}、{GROUNDS}、{APPROVER}、{DAY}都要填"
ERROR_VALUE = "错误：有的格是错误值"

_HAS_TARGET = "有"
_ENTRIES = CORRECTIONS.entries
_NEEDED = (NEW, GROUNDS, APPROVER, DAY)


def corrections_sheets(scheme: Scheme, stamp: str) -> list[UnitSheet]:
    """更正单, and the sheet 编号 that it looks fields up on."""
    lines = _Lines(scheme)
    formulas = {
        (n, head): formula
        for n in range(CORRECTION_LINES)
        for head, formula in lines.formulas(partial(CORRECTIONS.at, row=n)).items()
    }
    day = scheme.source.issued
    rules = {
        DISTRICT: Rule("choice", "请从下拉列表中选区。", formula=f"={lines.districts}"),
        CODE: Rule("choice", f"请从下拉列表中选编号，各编号见“{CODE}”表。", formula=f"={lines.codes}"),
        HEAD: Rule("choice", f"更正哪一栏：{VALUE}，或{TARGET}。", choices=(VALUE, TARGET)),
        OLD: Rule("text", "汇总时采用的原值，照抄；原来空白的留空。"),
        NEW: Rule("text", "更正后的值，不写公式。改为未填请写“—”，没有完成请写 0。"),
        GROUNDS: Rule("text", "为什么更正，如复核意见、申诉处理意见的文号。"),
        APPROVER: Rule("text", "谁批准的。"),
        DAY: Rule("date", f"批准的日期，如 {scheme.source.year + 1}-1-31。", days=(day, date(day.year + 3, 12, 31))),
    }

    def view(typed: Typed) -> View:
        return {
            (n, head): value for n in range(CORRECTION_LINES) for head, value in lines.shown(typed.get(n, {})).items()
        }

    sheet = UnitSheet(
        CORRECTIONS,
        f"{scheme.source.title}　{CORRECTIONS_KIND}",
        stamp,
        f"一行更正一格，最多 {CORRECTION_LINES} 行；以后再有更正，接着往下填，不删已有的行",
        [{}] * CORRECTION_LINES,
        formulas,
        view,
        [RuleBlock(head, 0, CORRECTION_LINES - 1, rule) for head, rule in rules.items()],
        frozen=3,
    )
    return [sheet, _codes_sheet(scheme, stamp)]


def _codes_sheet(scheme: Scheme, stamp: str) -> UnitSheet:
    rows: list[dict[str, Shown]] = [
        {
            CODE: code,
            TASK: scheme.items[spec.item_id].name,
            INDICATOR: spec.name,
            UNIT: spec.unit,
            TARGET: _HAS_TARGET if spec.kind is InputKind.AMOUNT else "—",
        }
        for code, spec in scheme.inputs.items()
    ]
    for n, name in enumerate(scheme.district_names):
        if n == len(rows):
            rows.append({})
        rows[n][DISTRICT] = name
    return UnitSheet(
        CODES,
        f"{scheme.source.title}　{CODE}",
        stamp,
        "供查找，不填",
        [{head: value for head, value in row.items() if value} for row in rows],
        {},
        lambda _typed: {},
        unlocked=False,
        frozen=1,
    )


class _Lines:
    """A line's formulas, and what they show for what is typed."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.wrong_district = f"错误：区应为 {len(scheme.districts)} 个区的全称之一"
        self.codes, self.names, self.targets = (
            CODES.span(head, len(scheme.inputs)) for head in (CODE, INDICATOR, TARGET)
        )
        self.districts = CODES.span(DISTRICT, len(scheme.districts))

    def formulas(self, at: At) -> dict[str, str]:
        district, code, head = (at(name) for name in (DISTRICT, CODE, HEAD))
        # Without MATCH and COUNTIF, for which * and ? in a code would stand for others.
        row = f"SUMPRODUCT(({self.codes}={code})*(ROW({self.codes})-ROW({CODES.at(CODE, 0)})+1))"
        has_target = f'SUMPRODUCT(({self.codes}={code})*({self.targets}="{_HAS_TARGET}"))>0'
        blank = ",".join(at(name) + '=""' for name in _NEEDED)
        errors = f"ISERROR({'&'.join(map(at, _ENTRIES))})"
        steps = [
            (errors, quoted(ERROR_VALUE)),
            (f"COUNTBLANK({at(_ENTRIES[0])}:{at(_ENTRIES[-1])})={len(_ENTRIES)}", '""'),
            (f"SUMPRODUCT(--({district}={self.districts}))=0", quoted(self.wrong_district)),
            (f"{row}=0", quoted(WRONG_CODE)),
            (f'NOT(OR({head}="{VALUE}",AND({head}="{TARGET}",{has_target})))', quoted(WRONG_HEAD)),
            (f"OR({blank})", quoted(LACKING)),
        ]
        return {
            INDICATOR: f'=IF(ISERROR({code}),"",IF({row}=0,"",INDEX({self.names},{row})))',
            CHECK: chain(steps, quoted(checks.GOOD)),
        }

    def shown(self, typed: TypedRow) -> dict[str, Shown]:
        """The same in Python; an error value is for the reader to refuse."""
        texts = {head: typed.get(head) for head in _ENTRIES}
        code = next((c for c in self.scheme.inputs if c == str(texts[CODE] or "").upper()), "")
        spec = self.scheme.inputs.get(code)
        heads = (VALUE, TARGET) if spec and spec.kind is InputKind.AMOUNT else (VALUE,)
        if all(text in (None, "") for text in texts.values()):
            state = ""
        elif texts[DISTRICT] not in self.scheme.district_names:
            state = self.wrong_district
        elif spec is None:
            state = WRONG_CODE
        elif texts[HEAD] not in heads:
            state = WRONG_HEAD
        else:
            state = LACKING if any(texts[name] in (None, "") for name in _NEEDED) else checks.GOOD
        return {INDICATOR: spec.name if spec else "", CHECK: state}


_STEPS = (
    "复核、申诉后要改一个数的，在这里写明区、编号、栏目、原值、新值、理由、批准人、日期，一行一格。",
    f"原值照抄汇总时采用的数（见“{TRACE}”“{COMPARISON}”）；与采用的不同时不更正，并说明采用的是多少。",
    "每次都列出全部更正：再有更正时接着往下填，已有的行不删不改。",
)


def corrections_workbook(scheme: Scheme) -> bytes:
    """A blank 更正单. The same scheme gives the same bytes."""
    return write_unit_book(corrections_book(scheme), created(scheme))


def corrections_book(scheme: Scheme) -> UnitBook:
    """更正单 as data."""
    return office_book(scheme, CORRECTIONS_KIND, _STEPS, corrections_sheets(scheme, office_stamp(scheme)))
