"""Finding a form's fields in a workbook: by the heads of its columns and the codes in 编号, wherever they now stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from xladdin import issues
from xladdin.classes import replace
from xladdin.fields.cases import is_filled_in
from xladdin.fields.origins import AWAITED, is_judged, open_reasons, origin_values
from xladdin.fields.reading import below_least, beneath, once_each, read_case, read_cell
from xladdin.fields.showing import shown_value
from xladdin.fields.tables import Heads, Table, find_tables, is_code, repeated_code, squeezed, without_hidden_copies
from xladdin.forms.form import Field, FieldCell, Form
from xladdin.forms.layout import COLUMNS_OF_AMOUNTS, COLUMNS_OF_VALUES, form_layout, referred_note, row_texts
from xladdin.issues import Issue, Place
from xladdin.methods.inputs import Input, InputKind
from xladdin.numbers import Fault
from xladdin.scheme.model import Scheme
from xladdin.words import (
    CODE,
    CONTENT,
    EVIDENCE,
    GRAND_TOTAL,
    ITEM,
    ORIGIN,
    SCORE,
    SUBTOTAL,
    TARGET,
    UNITS_TABLE,
    VALUE,
)
from xladdin.workbook.cells import Covered, Formula, RawBook, result_of, shown_text

_FIELDS = Heads(tuple(dict.fromkeys((*COLUMNS_OF_AMOUNTS, *COLUMNS_OF_VALUES, SCORE))), required=(CODE,), least=3)

FieldTable = Table[Heads]
"""A table of a form's fields."""

_Rows = list[tuple[FieldTable, int]]


def form_tables(book: RawBook) -> list[FieldTable]:
    """Every table of a form's fields in the workbook."""
    return find_tables(book, (_FIELDS,))


def district_tables(
    scheme: Scheme, tables: Iterable[FieldTable], file: str
) -> tuple[dict[str, list[FieldTable]], list[Issue]]:
    """The tables on sheets named by district, or of each district on the sheet that has all; findings for rows of nobody there."""
    found: dict[str, list[FieldTable]] = {}
    strays = []
    word = scheme.source.unit_word
    for table in (table for table in tables if table.codes):
        if table.sheet.name in scheme.district_names:
            found[table.sheet.name] = [table]
        elif table.sheet.name == UNITS_TABLE and word in table.columns:
            names = {squeezed(name): name for name in scheme.district_names}
            for text, part in table.parts(word):
                if text in names:
                    found.setdefault(names[text], []).append(part)
                elif part.codes:
                    where = part.place(file, part.rows.start, word)
                    shown = f"“{shown_text(result_of(part.at(part.rows.start, word)))}”"
                    strays.append(issues.issue(issues.UNKNOWN_DISTRICT, where, shown, count=str(len(names)), unit=word))
    return found, strays


def read_form(scheme: Scheme, tables: Sequence[FieldTable], place: Place, *, on_annex_sheets: bool) -> Form:
    """All fields of one district's tables, with a finding for whatever is missing, double or unusable.

    `on_annex_sheets` says that the tables stand on the sheets of a 区填报表, whose names are checked; otherwise on a sheet named
    by district.
    """
    form = Form()
    tables, form.issues = without_hidden_copies(tables, place.file, place.district)
    found: dict[str, _Rows] = {}
    for table in tables:
        _find_rows(scheme, table, place, form, found)
    _check_heads(scheme, tables, place, form, on_annex_sheets=on_annex_sheets)
    for code, spec in scheme.inputs.items():
        rows = found.get(code, [])
        if len(rows) == 1:
            _read_row(form, *rows[0], scheme, code, place, on_annex_sheets=on_annex_sheets)
        elif rows:
            form.issues.append(repeated_code(issues.DUPLICATE_CODE, rows, code, place.file, place.district))
            form.fields[code] = _unusable(spec, "编号重复，未采用")
        else:
            form.fields[code] = _unusable(spec, "这一行找不到")
            annex = form_layout(scheme).annex_of(code)
            where = Place(place.district, place.file, annex.sheet if on_annex_sheets else place.sheet, "", code)
            is_whole = on_annex_sheets and not found.keys() & annex.fields.keys()
            text = f"整张表的编号都找不到（“{CODE}”一列或工作表被删、改名）" if is_whole else "找不到这个编号"
            form.issues.append(issues.issue(issues.MISSING_ROW, where, text, code=code, name=spec.name))
    names = {code: field.case.typed for code, field in form.fields.items() if field.case.typed}
    form.is_filled_in = is_filled_in(scheme, form.entries, names)
    for code, spec in scheme.inputs.items():
        if spec.names_case and form.is_filled_in and form.fields[code].is_named is None:
            form.fields[code] = replace(form.fields[code], is_named=False)
    if form.is_filled_in:
        _settle_amounts(form, scheme, place.district)
    if not on_annex_sheets:
        _read_open(scheme, form, tables, place)
    if on_annex_sheets or any(_has_cell_functions(table) for table in tables):
        for item in scheme.items.values():
            _read_claim(form, found, item.id, item.inputs[0].code, place)
        _read_totals(form, scheme, tables, place)
    form.issues = once_each(form.issues)
    return form


def _settle_amounts(form: Form, scheme: Scheme, district: str) -> None:
    """Take the text's amount for one that falls short of what it sets for the district."""
    for indicator in scheme.indicators:
        field, least = form.fields[indicator.code], scheme.least_amount(indicator.code, district)
        cell, spec = field.target, scheme.inputs[indicator.code]
        if cell.place and (finding := below_least(cell.value, least, spec, cell.typed, cell.place)):
            form.issues.append(finding)
            form.fields[indicator.code] = replace(field, target=replace(cell, value=least))


def _unusable(spec: Input, why: str) -> Field:
    """A field of which neither the value nor 任务量 is known: no judged value makes it 不适用."""
    return Field(spec.code, FieldCell(Fault(why)), FieldCell(Fault(why) if spec.kind is InputKind.AMOUNT else None))


def _has_cell_functions(table: FieldTable) -> bool:
    """Whether the scores are computed there; values are those of a consolidation, under readings of its own."""
    return any(isinstance(table.at(row, SCORE), Formula) for row, code in table.code_rows if code)


_FILLED_IN = (CONTENT, TARGET, VALUE, EVIDENCE)


def _find_rows(scheme: Scheme, table: FieldTable, place: Place, form: Form, found: dict[str, _Rows]) -> None:
    columns = [(head, table.columns[head]) for head in (CODE, *_FILLED_IN) if head in table.columns]
    own = {squeezed(spec.name) for spec in scheme.inputs.values()}
    own |= {squeezed(referred_note(annex)) for annex in form_layout(scheme).annex1.referred}
    for row, code in table.code_rows:
        has_code = is_code(code)
        cells = table.sheet.rows[row]
        strays: dict[str, str] = {}
        for head, column in columns:
            raw = cells[column] if column < len(cells) else None
            if raw is None:
                continue
            if isinstance(raw, Covered):
                form.issues.append(
                    beneath(raw, table.place(place.file, row, head, place.district, code if has_code else ""))
                )
            elif not has_code and head in _FILLED_IN and (text := shown_text(raw).strip()):
                strays[head] = text
        if len(strays) > 1 or squeezed(strays.get(CONTENT)) in own:
            strays.pop(CONTENT, None)  # it says what the others are
        for head, text in strays.items():
            where = table.place(place.file, row, head, place.district)
            form.issues.append(issues.issue(issues.WITHOUT_CODE, where, f"“{text}”所在的行没有编号"))
        if code in scheme.inputs:
            found.setdefault(code, []).append((table, row))
        elif has_code:
            shown = shown_text(code)
            where = table.place(place.file, row, CODE, place.district, shown)
            form.issues.append(issues.issue(issues.UNKNOWN_CODE, where, f"方案中没有编号 {shown}"))


def _check_heads(
    scheme: Scheme, tables: Sequence[FieldTable], place: Place, form: Form, *, on_annex_sheets: bool
) -> None:
    layout = form_layout(scheme)
    for table in tables:
        has_amounts = any(scheme.inputs[c].kind is InputKind.AMOUNT for c in table.codes if c in scheme.inputs)
        heads = (CODE, TARGET, VALUE) if has_amounts else (CODE, VALUE)
        form.issues += table.head_issues(heads, place.file, place.district)
        for annex in layout.annexes if on_annex_sheets else ():
            if not table.codes & annex.fields.keys() or table.sheet.name == annex.sheet:
                continue
            if not any(
                other.sheet.name == annex.sheet and other.codes & table.codes for other in tables
            ):  # else a copy
                form.issues.append(table.renamed(annex.sheet, place.file, place.district))
                break


def _read_row(
    form: Form, table: FieldTable, row: int, scheme: Scheme, code: str, place: Place, *, on_annex_sheets: bool
) -> None:
    spec = scheme.inputs[code]
    if others := table.not_its_row(row, row_texts(spec), place.file, place.district, code):
        form.issues += others
        form.fields[code] = _unusable(spec, "这一行的编号与填报内容、单位不符")
        return
    origin = "" if on_annex_sheets else _origin_at(table, row)
    cells: dict[str, FieldCell] = {}
    for head in (TARGET, VALUE) if spec.kind is InputKind.AMOUNT else (VALUE,):
        where = table.place(place.file, row, head, place.district, code)
        if head not in table.columns or table.doubled & {head, CODE}:  # reported once for the whole table
            cells[head] = FieldCell(Fault(f"{'有两列' if head in table.columns else '找不到'}“{head}”"), place=where)
            continue
        raw = table.at(row, head)
        if raw is None and (merged := table.sheet.merged_over(row, table.columns[head])):
            text = f"{merged} 是合并单元格，编号 {code} 等并在里面"
            form.issues.append(issues.issue(issues.MERGED_CELL, replace(where, cell=merged), text))
        reading = read_cell(raw, spec, where, is_target=head == TARGET)
        is_mean = head == VALUE and is_judged(origin)  # of what several have verified: it need not be whole
        form.issues.extend(i for i in reading.issues if not is_mean or i.code != issues.NOT_WHOLE.code)
        cells[head] = FieldCell(reading.value, shown_text(raw), where)
    field = Field(code, cells[VALUE], cells.get(TARGET, FieldCell()), origin=origin)
    if spec.names_case:
        where = table.place(place.file, row, CONTENT, place.district, code)
        name, is_named, found = read_case(table.at(row, CONTENT), where)
        form.issues.extend(found)
        field = replace(field, case=FieldCell(None, name, where) if name else FieldCell(), is_named=is_named)
    form.fields[code] = _compared_with_origin(form, field) if origin else field


def grand_total_row(table: FieldTable) -> int | None:
    """The row of 总分 on a sheet named by district, if it has one."""
    rows = (row for row, code in table.code_rows if not code)
    return next((row for row in rows if squeezed(table.at(row, ITEM)) == GRAND_TOTAL), None)


def _read_open(scheme: Scheme, form: Form, tables: Sequence[FieldTable], place: Place) -> None:
    """Why the rank could not be final when the values were taken over; it stands in 来源 of 总分."""
    for table in tables:
        if (row := grand_total_row(table)) is None:
            continue
        for reason in open_reasons(_origin_at(table, row)):
            code, _, rest = reason.partition(" ")
            item, text = (code, rest) if code in scheme.inputs else ("", reason)
            form.open.append((text, table.place(place.file, row, ORIGIN, place.district, item)))


def _origin_at(table: FieldTable, row: int) -> str:
    """What stands in 来源, in full: the cells of many experts make a long text."""
    raw = table.at(row, ORIGIN)
    return raw.strip() if isinstance(raw, str) else shown_text(raw).strip()


def _compared_with_origin(form: Form, field: Field) -> Field:
    """Point out a value that is no longer the one that was taken over; one that is waits for whom it waited for."""
    taken = origin_values(field.origin)
    is_awaited = field.origin.startswith(AWAITED)
    for head in (TARGET, VALUE):
        cell = field.cell(head)
        now = shown_value(cell.value, cell.typed)
        if taken and cell.place and now != taken.get(head, ""):
            texts = {"taken": taken.get(head) or "空白", "origin": shown_text(field.origin)}
            form.issues.append(issues.issue(issues.CHANGED_SINCE, cell.place, f"现为“{now or '空白'}”", **texts))
        if head == VALUE and now != taken.get(head, ""):
            is_awaited = False
    return replace(field, is_awaited=is_awaited)


def _read_claim(form: Form, found: Mapping[str, _Rows], item_id: str, first_code: str, place: Place) -> None:
    rows = found.get(first_code, [])
    if len(rows) == 1:
        table, row = rows[0]
        _claim(form, table, row, item_id, table.place(place.file, row, SCORE, place.district, item_id))


def _claim(form: Form, table: FieldTable, row: int, claimed: str, place: Place) -> None:
    """Note the score that a row shows, unless the file cannot say what it shows."""
    if SCORE not in table.columns:
        return
    raw = table.at(row, SCORE)
    if isinstance(raw, Formula) and not raw.text and raw.result == 0:
        return  # LibreOffice stores 0 in .xls for formulas that show a text
    form.claims[claimed] = (result_of(raw), place)


def _read_totals(form: Form, scheme: Scheme, tables: Sequence[FieldTable], place: Place) -> None:
    """The totals a form shows: 总分 and, of an annex of tasks, 合计 and the row of 附件1 that repeats it."""
    layout = form_layout(scheme)
    referred = {squeezed(row.task): row.annex for s in scheme.sections for row in s.rows if row.annex}
    for table in tables:
        for annex in layout.annexes:
            label, claimed = (SUBTOTAL, annex.sheet) if annex.tasks else (GRAND_TOTAL, GRAND_TOTAL)
            first = next((head for head in (annex.head.columns[0], ITEM) if head in table.columns), "")
            if not first or not table.codes & annex.fields.keys():
                continue
            for row in (row for row, code in table.code_rows if not code):
                where = table.place(place.file, row, SCORE, place.district)
                if squeezed(table.at(row, first)) == label:
                    _claim(form, table, row, claimed, where)
                elif detail := referred.get(squeezed(table.at(row, annex.head.columns[1]))):
                    _claim(form, table, row, f"{annex.sheet} {detail}", where)
