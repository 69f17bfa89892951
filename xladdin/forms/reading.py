"""Finding a form's fields in a workbook: by the heads of its columns and the codes in 编号, wherever they now stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from xladdin import issues
from xladdin.fields.reading import read_cell
from xladdin.fields.showing import shown_value
from xladdin.forms.form import Field, FieldCell, Form
from xladdin.forms.layout import FILL_COLUMNS_1, FILL_COLUMNS_2, form_layout
from xladdin.forms.origins import AWAITED, is_judged, origin_values
from xladdin.issues import Place
from xladdin.methods.item import Input, InputKind
from xladdin.numbers import Fault
from xladdin.scheme.model import Scheme
from xladdin.words import (
    CODE,
    CONTENT,
    DISTRICT_PROPERTY,
    GRAND_TOTAL,
    ITEM,
    ORIGIN,
    SCORE,
    SUBTOTAL,
    TARGET,
    UNIT_LABEL,
    VALUE,
    VERSION_LABEL,
    VERSION_PROPERTY,
)
from xladdin.workbook.cells import Formula, Raw, RawBook, RawSheet, cell_name, result_of, shown_text

_KNOWN_HEADS = frozenset((*FILL_COLUMNS_1, *FILL_COLUMNS_2, SCORE))
_IDENTITY_SEARCH_ROWS = 12
_CODE = re.compile(r"[A-Z]+\d+\.\d+")


def squeezed(raw: Raw) -> str:
    """A cell's text with full-width forms folded and white space removed, for comparing heads and labels."""
    value = result_of(raw)
    return "".join(unicodedata.normalize("NFKC", value).split()) if isinstance(value, str) else ""


@dataclass(frozen=True)
class Table:
    """A table of fields on a sheet: where its heads are, the row it ends before, and heads that stand there twice."""

    sheet: RawSheet
    head_row: int
    end_row: int
    columns: Mapping[str, int]
    doubled: frozenset[str]

    @cached_property
    def code_rows(self) -> Sequence[tuple[int, str]]:
        """Each row below the heads and what stands there in 编号, which may be nothing."""
        column = self.columns[CODE]
        rows = range(self.head_row + 1, self.end_row)
        return [(row, squeezed(self.sheet.at(row, column)).upper()) for row in rows]

    @cached_property
    def codes(self) -> frozenset[str]:
        """What stands in 编号."""
        return frozenset(code for _, code in self.code_rows if code)


def find_tables(book: RawBook) -> list[Table]:
    """Every table of fields: below a row that has 编号 and other known heads, down to the next such row."""
    tables = []
    for sheet in book.sheets:
        found = [(row, cells) for row, cells in enumerate(sheet.rows) if _is_head_row(cells)]
        ends = [row for row, _ in found[1:]] + [len(sheet.rows)]
        for (row, cells), end in zip(found, ends, strict=False):
            columns: dict[str, int] = {}
            doubled = set()
            for column, raw in enumerate(cells):
                head = squeezed(raw)
                if head and columns.setdefault(head, column) != column:
                    doubled.add(head)
            tables.append(Table(sheet, row, end, columns, frozenset(doubled)))
    return tables


def _is_head_row(cells: Sequence[Raw]) -> bool:
    if not any(isinstance(cell, str) and CODE[0] in cell for cell in cells):
        return False
    heads = {squeezed(cell) for cell in cells}
    return CODE in heads and len(heads & _KNOWN_HEADS) >= 3


def identities(book: RawBook, label: str, property_name: str) -> dict[str, str]:
    """What the workbook says of itself after a label (填报单位, 方案版本): value by place."""
    found: dict[str, str] = {}
    inline = re.compile(re.escape(label) + r"[:：]([^\s　]+)")
    for sheet in book.sheets:
        for row, cells in enumerate(sheet.rows[:_IDENTITY_SEARCH_ROWS]):
            for column, raw in enumerate(cells):
                text = result_of(raw)
                if not isinstance(text, str) or label not in text:
                    continue
                if match := inline.search(text):
                    found[f"{sheet.name}!{cell_name(row, column)}"] = match[1]
                elif text.strip() == label and (value := shown_text(result_of(sheet.at(row, column + 1)))):
                    found[f"{sheet.name}!{cell_name(row, column + 1)}"] = value
    if property_name in book.properties:
        found["文档属性"] = book.properties[property_name]
    return found


def district_identities(book: RawBook, scheme: Scheme) -> dict[str, str]:
    """The districts named inside the workbook, by place; names that are no district's are left out."""
    found = identities(book, UNIT_LABEL, DISTRICT_PROPERTY)
    return {where: name for where, name in found.items() if name in scheme.district_names}


def version_identities(book: RawBook) -> dict[str, str]:
    """The scheme versions named inside the workbook, by place."""
    return identities(book, VERSION_LABEL, VERSION_PROPERTY)


def read_form(scheme: Scheme, tables: Iterable[Table], place: Place, *, own_sheets: bool) -> Form:
    """All fields of one district's tables, with a finding for whatever is missing, double or unusable.

    `own_sheets` says that the tables stand on the sheets of a 区填报表, whose names are checked; otherwise on a sheet named
    by district.
    """
    form = Form()
    found: dict[str, list[tuple[Table, int]]] = {}
    tables = list(tables)
    for table in tables:
        _find_rows(scheme, table, place, form, found)
    _check_heads(scheme, tables, place, form, own_sheets=own_sheets)
    for code, spec in scheme.inputs.items():
        rows = found.get(code, [])
        if len(rows) == 1:
            _read_row(form, *rows[0], scheme, code, place)
        elif rows:
            _report_double(form, rows, code, place)
            form.fields[code] = _unusable(spec, "编号重复，未采用")
        else:
            form.fields[code] = _unusable(spec, "这一行找不到")
            sheet = form_layout(scheme).annex_of(code).sheet if own_sheets else place.sheet
            where = Place(place.district, place.file, sheet, "", code)
            form.issues.append(issues.issue(issues.MISSING_ROW, where, "找不到这个编号", code=code, name=spec.name))
    if own_sheets or any(_has_cell_functions(table) for table in tables):
        for item in scheme.items.values():
            _read_claim(form, found, item.id, item.inputs[0].code, place)
        _read_totals(form, scheme, tables, place)
    return form


def _unusable(spec: Input, why: str) -> Field:
    """A field of which neither the value nor 任务量 is known: no judged value makes it 不适用."""
    return Field(spec.code, FieldCell(Fault(why)), FieldCell(Fault(why) if spec.kind is InputKind.AMOUNT else None))


def _has_cell_functions(table: Table) -> bool:
    """Whether the scores are computed there; values are those of a consolidation, under readings of its own."""
    column = table.columns.get(SCORE)
    if column is None:
        return False
    cells = (table.sheet.at(row, column) for row, code in table.code_rows if code)
    return any(isinstance(raw, Formula) for raw in cells)


def _at(place: Place, table: Table, row: int, head: str, item: str) -> Place:
    column = table.columns.get(head, table.columns[CODE])
    return Place(place.district, place.file, table.sheet.name, cell_name(row, column), item)


def _find_rows(
    scheme: Scheme, table: Table, place: Place, form: Form, found: dict[str, list[tuple[Table, int]]]
) -> None:
    for row, code in table.code_rows:
        if code in scheme.inputs:
            found.setdefault(code, []).append((table, row))
        elif code and _CODE.fullmatch(code):
            where = _at(place, table, row, CODE, code)
            form.issues.append(issues.issue(issues.UNKNOWN_CODE, where, f"方案中没有编号 {code}"))


def _check_heads(scheme: Scheme, tables: list[Table], place: Place, form: Form, *, own_sheets: bool) -> None:
    layout = form_layout(scheme)
    for table in tables:
        has_amounts = any(scheme.inputs[c].kind is InputKind.AMOUNT for c in table.codes if c in scheme.inputs)
        for head in (TARGET, VALUE) if has_amounts else (VALUE,):
            where = Place(place.district, place.file, table.sheet.name, f"第 {table.head_row + 1} 行")
            if head not in table.columns:
                form.issues.append(issues.issue(issues.MISSING_COLUMN, where, f"表头缺“{head}”列", column=head))
            elif head in table.doubled:
                found = f"有两列的表头都是“{head}”"
                form.issues.append(issues.issue(issues.DUPLICATE_COLUMN, where, found, column=head))
        if CODE in table.doubled:
            where = Place(place.district, place.file, table.sheet.name, f"第 {table.head_row + 1} 行")
            found = f"有两列的表头都是“{CODE}”"
            form.issues.append(issues.issue(issues.DUPLICATE_COLUMN, where, found, column=CODE))
        if not own_sheets:
            continue
        for annex in layout.annexes:
            if table.codes & annex.fields.keys() and table.sheet.name != annex.sheet:
                where = Place(place.district, place.file, table.sheet.name)
                found = f"工作表名为“{table.sheet.name}”"
                form.issues.append(issues.issue(issues.RENAMED_SHEET, where, found, name=annex.sheet))
                break


def _report_double(form: Form, rows: list[tuple[Table, int]], code: str, place: Place) -> None:
    cells = [_at(place, table, row, CODE, code) for table, row in rows]
    found = f"编号 {code} 出现 {len(rows)} 次：" + "、".join(f"{c.sheet}!{c.cell}" for c in cells)
    form.issues.append(issues.issue(issues.DUPLICATE_CODE, cells[-1], found, code=code))


def _read_row(form: Form, table: Table, row: int, scheme: Scheme, code: str, place: Place) -> None:
    spec = scheme.inputs[code]
    origin = _origin_at(table, row)
    cells: dict[str, FieldCell] = {}
    for head in (TARGET, VALUE) if spec.kind is InputKind.AMOUNT else (VALUE,):
        column = table.columns.get(head)
        where = _at(place, table, row, head, code)
        if column is None or table.doubled & {head, CODE}:  # reported once for the whole table
            cells[head] = FieldCell(Fault(f"{'找不到' if column is None else '有两列'}“{head}”"), place=where)
            continue
        raw = table.sheet.at(row, column)
        reading = read_cell(raw, spec, where, is_target=head == TARGET)
        is_mean = head == VALUE and is_judged(origin)  # of what several have verified: it need not be whole
        form.issues.extend(i for i in reading.issues if not is_mean or i.code != issues.NOT_WHOLE.code)
        cells[head] = FieldCell(reading.value, shown_text(raw), where)
    case = FieldCell()
    if spec.names_case and CONTENT in table.columns:
        name = shown_text(result_of(table.sheet.at(row, table.columns[CONTENT]))).strip()
        case = FieldCell(None, name, _at(place, table, row, CONTENT, code)) if name else case
    field = Field(code, cells[VALUE], cells.get(TARGET, FieldCell()), case, origin)
    form.fields[code] = _compared_with_origin(form, field) if origin else field


def _origin_at(table: Table, row: int) -> str:
    """What stands in 来源, in full: the cells of many experts make a long text."""
    raw = table.sheet.at(row, table.columns[ORIGIN]) if ORIGIN in table.columns else None
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


def _read_claim(
    form: Form, found: Mapping[str, list[tuple[Table, int]]], item_id: str, first_code: str, place: Place
) -> None:
    rows = found.get(first_code, [])
    if len(rows) == 1:
        table, row = rows[0]
        _claim(form, table, row, item_id, _at(place, table, row, SCORE, item_id))


def _claim(form: Form, table: Table, row: int, claimed: str, place: Place) -> None:
    """Note the score that a row shows, unless the file cannot say what it shows."""
    if SCORE not in table.columns:
        return
    raw = table.sheet.at(row, table.columns[SCORE])
    if isinstance(raw, Formula) and not raw.text and raw.result == 0:
        return  # LibreOffice stores 0 in .xls for formulas that show a text
    form.claims[claimed] = (result_of(raw), place)


def _read_totals(form: Form, scheme: Scheme, tables: list[Table], place: Place) -> None:
    """The totals a form shows: 总分 and, of 附件2, 合计 and the row of 附件1 that repeats it."""
    layout = form_layout(scheme)
    referred = next(squeezed(row.task) for s in scheme.sections for row in s.rows if row.annex)
    for table in tables:
        for annex, label in ((layout.annex1, GRAND_TOTAL), (layout.annex2, SUBTOTAL)):
            first = next((head for head in (annex.head.columns[0], ITEM) if head in table.columns), "")
            if not first or not table.codes & annex.fields.keys():
                continue
            for row in (row for row, code in table.code_rows if not code):
                task = table.columns.get(annex.head.columns[1])
                if squeezed(table.sheet.at(row, table.columns[first])) == label:
                    _claim(form, table, row, label, _at(place, table, row, SCORE, ""))
                elif task is not None and squeezed(table.sheet.at(row, task)) == referred:
                    _claim(form, table, row, annex.sheet, _at(place, table, row, SCORE, ""))
