"""What departments, experts and the office sent back: whose it is, every value with its place, and all findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING

from xladdin import issues
from xladdin.classes import field, record
from xladdin.evaluations import lists as publicity
from xladdin.evaluations.checks import CONFIRMS, RECUSAL
from xladdin.evaluations.layout import (
    AMOUNTS,
    BRIEFS,
    EVALUATION_TABLES,
    MEDIA,
    REVIEW,
    row_texts,
    table_of,
)
from xladdin.evaluations.lists import Counted, Tally
from xladdin.evaluations.tables import ALL_TABLES, head_issues
from xladdin.evaluations.units import Unit, UnitKind, departments, experts, is_expert_name, office
from xladdin.evaluations.vetoes import VetoLine, read_vetoes
from xladdin.fields.identity import contradiction, read_identity
from xladdin.fields.reading import once_each, read_cell
from xladdin.fields.tables import Table, find_tables, is_code, repeated_code, squeezed, without_hidden_copies
from xladdin.fillin.sheets import UnitTable
from xladdin.issues import Issue, Place
from xladdin.methods import checks
from xladdin.numbers import NOT_APPLICABLE, Fault, Value, plain
from xladdin.scheme.model import Scheme
from xladdin.words import (
    CASE,
    CODE,
    COUNTED,
    DISTRICT,
    EXPERT_KIND,
    KIND_PROPERTY,
    RECUSED,
    REMARK,
    REPORTED,
    SAME,
    TARGET,
)
from xladdin.workbook.cells import RawBook, result_of, shown_text

if TYPE_CHECKING:
    from xladdin.workbook.read.reader import SourceFile


@record
class Evaluation:
    """What a unit says of a district's field.

    `value` is nothing where it has not said anything yet, or recused itself; `typed` is what stands in the cell, and beside
    it whatever else makes it unusable. `is_open` says that the value may yet change: the unit has something to mend.
    """

    code: str
    district: str
    value: Value
    typed: str
    place: Place
    recused: bool = False
    remark: str = ""
    is_open: bool = False
    case: str = ""
    """The name of the case that stands beside the mark, 未报送 where the district had handed in none."""
    confirmed: Decimal | None = None
    """What the district had reported when the workbook was issued, where the unit says that it verifies that (同区报)."""
    lines: tuple[Counted, ...] = ()
    """The district's lines of the list, where the value was counted there."""


@record(frozen=False)
class UnitReport:
    """What one unit's workbook holds.

    `evaluations` has every field and district that the unit is to judge, in official order. `briefs` and `media` are the
    lines of the lists with what became of each; what they come to is among the evaluations. `unit` is nothing where the
    workbook cannot be used.
    """

    file: SourceFile
    unit: Unit | None = None
    evaluations: list[Evaluation] = field(default_factory=list)
    briefs: tuple[Counted, ...] = ()
    media: tuple[Counted, ...] = ()
    vetoes: list[VetoLine] | None = None
    """The lines of 一票否决, of the office's workbook; None where it cannot be read."""
    issues: list[Issue] = field(default_factory=list)
    numbers: frozenset[str] = frozenset()
    """下发编号 of the workbook, as often as it says another."""
    blanks: int = 0
    """How many cells are yet to be filled in; a list that is not begun is one."""

    @property
    def marks(self) -> int:
        """How many values it gives."""
        return sum(evaluation.value is not None for evaluation in self.evaluations)


def read_evaluations(scheme: Scheme, book: RawBook, file: SourceFile) -> UnitReport:
    """Read a workbook in which a unit evaluates, by heads and by 编号 and 区, wherever they now stand."""
    report = UnitReport(file)
    report.numbers = frozenset(stated.name for stated in read_identity(book).numbers)
    report.unit = _find_unit(scheme, book, file, report.issues)
    if report.unit is None:
        return report
    tables = EVALUATION_TABLES[report.unit.kind]
    own_tables = [table for table in tables if table in {table_of(scheme, report.unit, c) for c in report.unit.codes}]
    found, copies = without_hidden_copies(find_tables(book, own_tables, scheme.source.say), file.name)
    report.issues += copies
    report.issues += head_issues(found, own_tables, file.name)
    _read_fields(scheme, report, report.unit, found)
    if report.unit.kind is UnitKind.OFFICE:
        _read_lists(scheme, report, found)
        report.vetoes, strange = read_vetoes(scheme, book, file.name)
        report.issues += strange
    report.issues = once_each(report.issues)
    order = {code: n for n, code in enumerate(report.unit.codes)}
    report.evaluations.sort(key=lambda e: (order[e.code], scheme.district_names.index(e.district)))
    return report


# --- Whose it is ------------------------------------------------------------------------------------------------------


def _find_unit(scheme: Scheme, book: RawBook, file: SourceFile, found: list[Issue]) -> Unit | None:
    identity = read_identity(book)
    if conflict := contradiction(identity.evaluators):
        other, text = conflict
        found.append(issues.issue(issues.EVALUATOR_CONFLICT, other.place(file.name), text))
        return None
    if stated := identity.other_version(scheme.source.version):
        text = f"方案版本为“{stated.name}”"
        place = stated.place(file.name)
        found.append(issues.issue(issues.OTHER_YEAR, place, text, version=scheme.source.version))
        return None
    if stated := identity.foreign_scheme(scheme):
        found.append(issues.issue(issues.OTHER_SCHEME, stated.place(file.name), "按改动以前的方案下发"))
        return None
    stated = next(iter(identity.evaluators), None)
    unit = _unit_named(scheme, stated.name, book) if stated else _unit_of_file_name(scheme, file.name)
    place = stated.place(file.name) if stated else Place(file=file.name)
    if unit is None:
        text = f"评价单位为“{stated.name}”" if stated else "表内和文件名都没有评价单位"
        found.append(issues.issue(issues.UNKNOWN_EVALUATOR, place, text))
    elif not stated:
        found.append(issues.issue(issues.EVALUATOR_BY_NAME, place, "表内没有评价单位"))
    # Whose number an expert's is, only those know who have issued it.
    others = {
        other.number(scheme.source, 1): other for other in (*departments(scheme), office(scheme)) if other != unit
    }
    for number in identity.numbers if unit else ():
        first = scheme.source.issue_number(scheme.source.recipient(number.name), 1)
        if whose := others.get(first):
            text, where = f"下发编号 {number.name} 是{whose.name}的", number.place(file.name)
            found.append(issues.issue(issues.ANOTHERS_NUMBER, where, text, unit=unit.name if unit else ""))
            break
    return unit


def _unit_named(scheme: Scheme, name: str, book: RawBook) -> Unit | None:
    """The unit of that name; any name may be an expert's if the workbook is an expert's."""
    for unit in (*departments(scheme), office(scheme)):
        if unit.name == name:
            return unit
    has_review = any(found.kind is REVIEW for found in find_tables(book, ALL_TABLES, scheme.source.say))
    is_experts = has_review or book.properties.get(KIND_PROPERTY) == EXPERT_KIND
    return experts(scheme, (name,))[0] if is_experts and is_expert_name(scheme, name) else None


def _unit_of_file_name(scheme: Scheme, file_name: str) -> Unit | None:
    stem = PurePath(file_name).stem
    if stem.startswith(f"{EXPERT_KIND}_"):
        name = "".join(stem.removeprefix(f"{EXPERT_KIND}_").split())
        return experts(scheme, (name,))[0] if is_expert_name(scheme, name) else None
    named = [unit for unit in (*departments(scheme), office(scheme)) if unit.name in stem]
    return named[0] if len(named) == 1 else None


# --- Fields -----------------------------------------------------------------------------------------------------------

_Found = Table[UnitTable]
_Rows = dict[tuple[str, str], list[tuple[_Found, int]]]


def _read_fields(scheme: Scheme, report: UnitReport, unit: Unit, found: Sequence[_Found]) -> None:
    rows = _find_rows(scheme, report, unit, found)
    there = {table.kind for table in found}
    readable = {table.kind for table in found if not table.unusable((CODE, DISTRICT))}
    awaited: dict[UnitTable, list[Evaluation]] = {}
    for code in unit.codes:
        table = table_of(scheme, unit, code)
        if not table.value:
            continue
        gone = []
        for district in scheme.district_names:
            own = rows.get((code, district), [])
            if len(own) == 1:
                evaluation = _read_row(scheme, report, code, district, *own[0])
                is_left = unit.kind is UnitKind.OFFICE and bool(scheme.inputs[code].members)
                if evaluation.value is None and not is_left and not _is_spared(scheme, evaluation, *own[0], rows):
                    awaited.setdefault(table, []).append(evaluation)
            else:
                place = Place(district, report.file.name, table.sheet, "", code)
                message = "编号和区重复，未采用" if own else "这一行找不到"
                evaluation = Evaluation(code, district, Fault(message), "", place)
                if own:
                    report.issues.append(repeated_code(issues.DOUBLED_ROW, own, code, report.file.name, district))
                else:
                    gone.append(district)
            report.evaluations.append(evaluation)
        if gone and table in readable & there:
            place = Place("", report.file.name, table.sheet, "", code)
            word = scheme.source.unit_word
            names = "、".join(gone)
            which = f"{len(gone)} 个{word}的行：{names}" if len(gone) < len(scheme.districts) else f"任何一个{word}的行"
            text = f"找不到{which}"
            name = scheme.inputs[code].name
            report.issues.append(issues.issue(issues.ROWS_GONE, place, text, code=code, name=name))
    for table, blank in awaited.items():
        place = Place("", report.file.name, blank[0].place.sheet, blank[0].place.cell)
        report.blanks += len(blank)
        text = f"“{table.sheet}”还有 {len(blank)} 格未填"
        report.issues.append(issues.issue(issues.NOT_YET_EVALUATED, place, text, evaluator=unit.name))


def _find_rows(scheme: Scheme, report: UnitReport, unit: Unit, found: Sequence[_Found]) -> _Rows:
    rows: _Rows = {}
    strange: dict[str, list[Place]] = {}
    for table in found:
        if not table.kind.value or table.unusable((CODE, DISTRICT)):
            continue
        for row, code in table.code_rows:
            if not is_code(code):
                continue
            district = squeezed(table.at(row, DISTRICT))
            if code not in unit.codes or not table_of(scheme, unit, code).value:
                shown = shown_text(code)
                strange.setdefault(shown, []).append(table.place(report.file.name, row, CODE, "", shown))
            elif district not in scheme.district_names:
                place = table.place(report.file.name, row, DISTRICT, "", code)
                text = f"区名为“{shown_text(result_of(table.at(row, DISTRICT)))}”"
                report.issues.append(
                    issues.issue(
                        issues.UNKNOWN_DISTRICT, place, text, count=len(scheme.districts), unit=scheme.source.unit_word
                    )
                )
            else:
                rows.setdefault((code, district), []).append((table, row))
    for code, places in strange.items():
        text = f"编号 {code} 有 {len(places)} 行"
        if code in scheme.inputs:
            kind, texts = issues.NOT_EVALUATED_HERE, {"evaluator": unit.name}
        else:
            kind, texts = issues.UNKNOWN_CODE, {}
        report.issues.append(issues.issue(kind, places[0], text, **texts))
    return rows


def _read_row(scheme: Scheme, report: UnitReport, code: str, district: str, table: _Found, row: int) -> Evaluation:
    head = table.kind.value
    raw = table.at(row, head)
    place = table.place(report.file.name, row, head, district, code)
    remark = shown_text(result_of(table.at(row, REMARK))).strip()
    if unusable := table.unusable(table.kind.essential):  # reported once for the whole table
        why = f"“{unusable[0]}”列无法读取"
        return Evaluation(code, district, Fault(why), f"{shown_text(raw)}（{why}）", place)
    if others := table.not_its_row(row, row_texts(scheme, table.kind, code), report.file.name, district, code):
        report.issues += others
        why = "编号与旁边的内容不符"
        return Evaluation(code, district, Fault(why), f"{shown_text(raw)}（{why}）", place)
    reading = read_cell(raw, scheme.inputs[code], place)
    report.issues.extend(reading.issues)
    value, typed = reading.value, shown_text(raw)
    recused = contradicts = False
    confirmed = None
    if SAME in table.columns and table.kind is AMOUNTS:
        value, typed, place, confirmed = _confirmed(scheme, report, value, typed, table, row, place)
    if RECUSED in table.kind.essential:
        recusal_place = table.place(report.file.name, row, RECUSED, district, code)
        recusal = read_cell(table.at(row, RECUSED), RECUSAL, recusal_place)
        report.issues.extend(recusal.issues)
        recused = recusal.value is True
        if isinstance(recusal.value, Fault):
            value = Fault(f"{RECUSED}{recusal.value.message}")
            typed = f"{typed}（{RECUSED}：{shown_text(table.at(row, RECUSED))}）"
        elif recused and value is not None:
            contradicts = True
            text = f"已选回避，评分为“{shown_text(raw)}”"
            report.issues.append(issues.issue(issues.RECUSED_WITH_MARK, place, text))
            value = None
    case = shown_text(result_of(table.at(row, CASE))).strip() if scheme.inputs[code].names_case else ""
    return Evaluation(
        code, district, value, typed, place, recused, remark, is_open=contradicts, case=case, confirmed=confirmed
    )


def _confirmed(
    scheme: Scheme, report: UnitReport, value: Value, typed: str, table: _Found, row: int, place: Place
) -> tuple[Value, str, Place, Decimal | None]:
    """The value, what was typed where, and the number that 同区报 stands for: that which was printed beside it, no other."""
    where = table.place(place.file, row, SAME, place.district, place.item)
    same = read_cell(table.at(row, SAME), CONFIRMS, where)
    report.issues.extend(same.issues)
    if isinstance(same.value, Fault):
        return (
            Fault(f"{SAME}{same.value.message}"),
            f"{typed}（{scheme.source.say(SAME)}：{shown_text(table.at(row, SAME))}）",
            where,
            None,
        )
    is_spared = value is NOT_APPLICABLE or squeezed(table.at(row, TARGET)) == checks.NOT_APPLICABLE
    if same.value is not True or is_spared or isinstance(value, Fault):
        return value, typed, place, None
    printed = read_cell(table.at(row, REPORTED), scheme.inputs[place.item], Place()).value
    if not isinstance(printed, Decimal):
        report.issues.append(issues.issue(issues.NOTHING_TO_CONFIRM, where, f"{SAME}选了“是”，表中没有区报数"))
        return Fault(f"{SAME}，表中没有区报数"), f"{typed}（{scheme.source.say(SAME)}）", where, None
    if value not in (None, printed):
        text = f"{SAME}选了“是”，核定为“{typed}”，区报为“{plain(printed)}”"
        report.issues.append(issues.issue(issues.CONFIRMED_AND_OTHERWISE, where, text))
        return Fault(f"{SAME}与核定数不符"), f"{typed}（{scheme.source.say(SAME)}）", where, None
    return printed, f"{plain(printed)}（{scheme.source.say(SAME)}）", where, printed


def _is_spared(scheme: Scheme, evaluation: Evaluation, table: _Found, row: int, rows: _Rows) -> bool:
    """Whether nothing needs to be said: recused, nothing assigned, no case handed in, nothing that could be rectified."""
    marks = {squeezed(table.at(row, TARGET)), squeezed(table.at(row, CASE))}
    if evaluation.recused or marks & {checks.NOT_APPLICABLE, checks.NOT_HANDED_IN}:
        return True
    cited = scheme.inputs[evaluation.code].at_most
    own = rows.get((cited, evaluation.district), [])
    if len(own) != 1:  # nothing is cited, or it is unclear what
        return False
    cited_table, cited_row = own[0]
    return read_cell(cited_table.at(cited_row, table.kind.value), scheme.inputs[cited], Place()).value == 0


# --- Lists ------------------------------------------------------------------------------------------------------------


def _read_lists(scheme: Scheme, report: UnitReport, found: Sequence[_Found]) -> None:
    briefs = [table for table in found if table.kind is BRIEFS]
    media = [table for table in found if table.kind is MEDIA]
    tally = publicity.count(scheme, BRIEFS, _lines(report, briefs))
    report.briefs = tally.lines
    _report_lines(scheme, report, tally.lines)
    _add_counts(scheme, report, tally, briefs, BRIEFS)
    tally = publicity.count(scheme, MEDIA, _lines(report, media))
    report.media = tally.lines
    _report_lines(scheme, report, tally.lines)
    _add_counts(scheme, report, tally, media, MEDIA)


def _lines(report: UnitReport, tables: Sequence[_Found]) -> Iterator[publicity.Line]:
    """The lines of a list that are not blank."""
    for table in tables:
        for row in () if table.unusable(table.kind.essential) else table.rows:
            cells = {head: table.at(row, head) for head in table.kind.entries}
            place = table.place(report.file.name, row, DISTRICT, squeezed(cells[DISTRICT]))
            line = publicity.typed_line(publicity.tidied(cells), place)
            if not line.is_blank:
                yield line


def _report_lines(scheme: Scheme, report: UnitReport, lines: Sequence[Counted]) -> None:
    for counted in lines:
        place = counted.line.place
        if counted.reason == publicity.REPEATED:
            text = f"标题“{counted.line.title}”"
            report.issues.append(issues.issue(issues.LIST_REPEATED, place, text))
        elif not counted.counts and counted.reason != publicity.REPOST:
            wrong, right = publicity.what_is_wrong(scheme, counted)
            report.issues.append(issues.issue(issues.LIST_LINE, place, f"这一行没有计入：{wrong}", expected=right))


def _add_counts(scheme: Scheme, report: UnitReport, tally: Tally, tables: Sequence[_Found], table: UnitTable) -> None:
    """What the list comes to for every district; nothing where nobody has begun to keep it, unless it is declared empty."""
    unusable = not tables or any(found.unusable(table.essential) for found in tables)
    declared = _declared(report, tables, tally)
    place = declared or Place("", report.file.name, tables[0].sheet.name if tables else table.sheet)
    if not tally.lines and not declared and not unusable and tally.numbers:
        evaluator = scheme.source.office_name
        report.blanks += 1
        report.issues.append(
            issues.issue(issues.NOT_YET_EVALUATED, place, f"“{place.sheet}”尚未登记", evaluator=evaluator)
        )
    # A line that cannot be counted is somebody's; whose, may not be known.
    spared = (publicity.GOOD, publicity.REPOST, publicity.REPEATED)
    faulty = {line.line.district for line in tally.lines if line.reason not in spared}
    unknown = faulty - set(scheme.district_names)
    tones = publicity.listed_codes(scheme, table)
    for code, numbers in tally.numbers.items():
        for district, number in numbers.items():
            value: Value = Decimal(number) if tally.lines or declared else None
            is_open = district in faulty or not faulty.isdisjoint(unknown) or bool(declared and tally.lines)
            if unusable:
                value = Fault(f"清单“{table.sheet}”无法读取")
            typed = f"清单计 {number} {scheme.inputs[code].unit}" if isinstance(value, Decimal) else ""
            where = Place(district, place.file, place.sheet, place.cell, code)
            lines = tuple(
                c for c in tally.lines if c.line.district == district and tones.get(c.line.tone, code) == code
            )
            report.evaluations.append(Evaluation(code, district, value, typed, where, is_open=is_open, lines=lines))


def _declared(report: UnitReport, tables: Sequence[_Found], tally: Tally) -> Place | None:
    """The cell, above 计入, in which the list is declared to be rightly empty, if it is."""
    for table in tables[:1]:
        above = range(max(0, table.head_row + publicity.DECLARATION_ROW), table.head_row)
        for row in above if COUNTED in table.columns else ():
            place = table.place(report.file.name, row, COUNTED)
            reading = read_cell(table.at(row, COUNTED), publicity.DECLARATION, place)
            report.issues += reading.issues
            if reading.value is True:
                if tally.lines:
                    text = f"选了全年没有，清单里有 {len(tally.lines)} 行"
                    report.issues.append(issues.issue(issues.DECLARED_EMPTY, place, text))
                return place
    return None
