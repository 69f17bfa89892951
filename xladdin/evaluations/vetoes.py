"""一票否决: the list of the totals that the office cancels or limits, as a sheet of its workbook, and read.

A line counts as it is approved or not at all: one in which something is blank or wrong is named, and the rank is 暂定.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from xladdin import issues
from xladdin.classes import record, replace
from xladdin.evaluations.layout import VETOES
from xladdin.evaluations.lists import FORMULA, tidied, typed_day
from xladdin.fields.tables import Table, find_tables, squeezed, without_hidden_copies
from xladdin.fillin.checks import TypedRow, chain, lacking, lacking_step
from xladdin.fillin.sheets import Rule, RuleBlock, Shown, Typed, UnitSheet, UnitTable, View
from xladdin.issues import Issue, Place
from xladdin.methods import checks
from xladdin.methods.formulas import quoted
from xladdin.scheme.model import Scheme
from xladdin.words import APPROVED, APPROVER, CHECK, DAY, DISTRICT, EFFECT, EVENT, OCCASION
from xladdin.workbook.cells import CellError, Formula, Raw, RawBook, result_of, shown_text

REPEATED = "前面已有一行"

LINES = 30
"""Lines that the sheet has room for."""


@record
class VetoLine:
    """A line: whose total, the veto of the scheme by its name, what has happened, who approved it when.

    `fault` says what is wrong with it; one that says a line above once more changes nothing.
    """

    district: str
    veto: str
    event: str
    approver: str
    day: str
    place: Place
    fault: str = ""
    repeats: bool = False

    @property
    def unused(self) -> str:
        """Why it does not count; blank where it does."""
        return self.fault or (REPEATED if self.repeats else "")


# --- The sheet --------------------------------------------------------------------------------------------------------


def veto_sheet(scheme: Scheme, stamp: str, districts: str = "") -> UnitSheet:
    """The blank list. `districts` is a range of the same workbook that names them all, where there is one."""
    year = scheme.source.year
    rules = {
        DISTRICT: Rule(
            "choice",
            "请从下拉列表中选。",
            choices=scheme.district_names,
            formula=f"={districts}" if districts else "",
        ),
        OCCASION: Rule("choice", "方案规定的哪一种情形，请从下拉列表中选。", choices=tuple(scheme.vetoes)),
        EVENT: Rule("text", "发生了什么，如事故调查报告的文号。"),
        APPROVER: Rule("text", "谁批准的。"),
        APPROVED: Rule(
            "date", f"批准的日期，如 {year + 1}-1-31。", days=(date(year, 1, 1), date(_last_year(scheme), 12, 31))
        ),
    }
    formulas = {
        (row, head): formula for row in range(LINES) for head, formula in _formulas(scheme, row, districts).items()
    }

    def view(typed: Typed) -> View:
        return {(n, head): text for n in range(LINES) for head, text in _shown(scheme, typed.get(n, {})).items()}

    return UnitSheet(
        VETOES,
        f"{scheme.source.title}　{VETOES.sheet}",
        stamp,
        f"一个单位的一种情形记一行，最多 {LINES} 行；没有的空着",
        [{}] * LINES,
        formulas,
        view,
        [RuleBlock(head, 0, LINES - 1, rule) for head, rule in rules.items()],
        frozen=2,
    )


def _last_year(scheme: Scheme) -> int:
    """The last year in which a veto about the assessed one can have been approved; later ones are slips of the pen."""
    return scheme.source.year + 3


def _wrong(scheme: Scheme) -> dict[str, str]:
    """What is said of a name that is none of the scheme's, and of what is no day, by head."""
    return {
        DISTRICT: f"错误：应是 {len(scheme.districts)} 个单位之一的全称",
        OCCASION: "错误：应是方案规定的情形，从下拉列表中选",
        APPROVED: f"错误：应是 {scheme.source.year} 年到 {_last_year(scheme)} 年的日期",
    }


def _formulas(scheme: Scheme, row: int, districts: str) -> dict[str, str]:
    def at(head: str) -> str:
        return VETOES.at(head, row)

    def none_of(head: str, names: str) -> str:
        return f"SUMPRODUCT(--({at(head)}={names}))=0"

    def array(names: Iterable[str]) -> str:
        return f"{{{','.join(map(quoted, names))}}}"

    entries = VETOES.entries
    wrong = _wrong(scheme)
    steps = [
        (f"ISERROR({'&'.join(map(at, entries))})", quoted(checks.BAD_CELL)),
        (f'{"&".join(map(at, entries))}=""', '""'),
        lacking_step({head: f'{at(head)}=""' for head in entries}),
        (none_of(DISTRICT, districts or array(scheme.district_names)), quoted(wrong[DISTRICT])),
        (none_of(OCCASION, array(scheme.vetoes)), quoted(wrong[OCCASION])),
        (
            f"IF(ISNUMBER({at(APPROVED)}),OR({at(APPROVED)}<DATE({scheme.source.year},1,1),"
            f"{at(APPROVED)}>=DATE({_last_year(scheme) + 1},1,1)),TRUE)",
            quoted(wrong[APPROVED]),
        ),
    ]
    effects = [(f"{at(OCCASION)}={quoted(name)}", quoted(veto.effect)) for name, veto in scheme.vetoes.items()]
    is_error = (f"ISERROR({at(OCCASION)})", '""')
    return {EFFECT: chain([is_error, *effects], '""'), CHECK: chain(steps, quoted(checks.GOOD))}


def _shown(scheme: Scheme, typed: TypedRow) -> dict[str, Shown]:
    """The same in Python."""
    line, is_blank = _line(scheme, {head: typed.get(head) for head in VETOES.entries}, Place())
    veto = scheme.vetoes.get(line.veto)
    return {EFFECT: veto.effect if veto else "", CHECK: "" if is_blank else line.fault or checks.GOOD}


# --- Reading ----------------------------------------------------------------------------------------------------------


def read_vetoes(scheme: Scheme, book: RawBook, file: str) -> tuple[list[VetoLine] | None, list[Issue]]:
    """The lines of the list in a workbook in which it should be, if the scheme has vetoes, and every finding; None where it is not."""
    if not scheme.vetoes:
        return [], []
    tables, found = without_hidden_copies(find_tables(book, (VETOES,), scheme.source.say), file)
    unusable = next((table for table in tables if table.unusable(VETOES.essential)), None)
    if unusable or not tables:
        place = unusable.head_place(file) if unusable else Place(file=file, sheet=VETOES.sheet)
        text = f"缺“{unusable.unusable(VETOES.essential)[0]}”列" if unusable else "找不到这张表"
        said = issues.issue(issues.VETOES_GONE, place, text, sheet=VETOES.sheet, heads="、".join(VETOES.essential))
        return None, [*found, said]
    lines: list[VetoLine] = []
    for table in tables:
        for row in table.rows:
            cells = {head: table.at(row, head) for head in VETOES.entries}
            line, is_blank = _line(scheme, cells, _place(scheme, table, row, file))
            if not is_blank:
                own = line.place.district, line.veto
                is_known = any(own == (other.place.district, other.veto) and not other.unused for other in lines)
                lines.append(replace(line, repeats=is_known and not line.fault))
    found += [
        issues.issue(
            issues.VETO_FAULT, line.place, f"{_told(line)}没有生效：{line.fault}", expected=_expected(line.fault)
        )
        for line in lines
        if line.fault
    ]
    found += [
        issues.issue(issues.VETO_REPEATED, line.place, f"{_told(line)}，{REPEATED}") for line in lines if line.repeats
    ]
    return lines, found


def _place(scheme: Scheme, table: Table[UnitTable], row: int, file: str) -> Place:
    """Where a line begins; of nobody's where no district is known by its name."""
    name = squeezed(table.at(row, DISTRICT))
    return table.place(file, row, DISTRICT, name if name in scheme.district_names else "")


def _broken(raw: Raw) -> str:
    if isinstance(result_of(raw), CellError):
        return checks.BAD_CELL
    return FORMULA if isinstance(raw, Formula) else ""


def _line(scheme: Scheme, cells: Mapping[str, Raw], place: Place) -> tuple[VetoLine, bool]:
    """The line, and whether nothing stands in it."""
    texts = {head: shown_text(result_of(cells.get(head))).strip() for head in VETOES.entries}
    district, veto = squeezed(cells.get(DISTRICT)), texts[OCCASION]
    day = typed_day(tidied({DAY: cells.get(APPROVED)})[DAY])
    wrong = _wrong(scheme)
    broken = next((_broken(raw) for raw in cells.values() if _broken(raw)), "")
    blank = [head for head in VETOES.entries if not texts[head]]
    fault = ""
    if broken:
        fault = broken
    elif blank:
        fault = lacking(blank)
    elif district not in scheme.district_names:
        fault = wrong[DISTRICT]
    elif veto not in scheme.vetoes:
        fault = wrong[OCCASION]
    elif not isinstance(day, date) or not scheme.source.year <= day.year <= _last_year(scheme):
        fault = wrong[APPROVED]
    shown_day = day.isoformat() if isinstance(day, date) else texts[APPROVED]
    is_blank = not broken and not any(texts.values())
    return VetoLine(texts[DISTRICT], veto, texts[EVENT], texts[APPROVER], shown_day, place, fault), is_blank


def _told(line: VetoLine) -> str:
    return "，".join(filter(None, (line.district, line.veto))) or "这一行"


def _expected(fault: str) -> str:
    word, _, rest = fault.partition("：")
    return f"填写“{rest}”" if word == checks.MISSING else rest or fault
