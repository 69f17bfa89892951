"""Files as they come back in an assessment, one of every kind, clean: what the mutants are made of."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

from tests.conftest import Forms, Typed
from tests.returns.test_damage import zip_of
from xladdin.evaluations.books import unit_book, unit_workbook
from xladdin.evaluations.units import Unit, departments, experts, office
from xladdin.fillin.sheets import UnitSheet
from xladdin.forms.reading import form_tables
from xladdin.methods.inputs import InputKind
from xladdin.results.master import MASTER_FILE
from xladdin.rounds.targets_sheet import targets_workbook
from xladdin.scheme import Scheme
from xladdin.sending.forms import TEMPLATES
from xladdin.words import CODE, CORRECTIONS_KIND, TARGET, TARGETS_KIND, VALUE, form_file_name
from xladdin.workbook import package
from xladdin.workbook.cells import RawBook, cell_name
from xladdin.workbook.read.reader import read_bytes

CASES = Path(__file__).parents[1] / "returns" / "cases"

FORM, ARCHIVE, EXPERT = "黄浦区", "长宁区", "张三"
BRIEFS = (("黄浦区", datetime(2023, 2, 1), "垃圾分类简讯"), ("徐汇区", datetime(2023, 3, 1), "一网统管简讯"))
REPORTS = (
    ("黄浦区", datetime(2023, 5, 3), "外滩夜景焕新", "解放日报", "正面", "是"),
    ("徐汇区", datetime(2023, 6, 1), "工地噪声扰民", "上海电视台", "曝光", "是"),
)
CORRECTION = ("徐汇区", "K15.1", VALUE, 18.5, 14.8, "复核现场", "张主任", datetime(2024, 2, 1))


class Material(NamedTuple):
    """Files by name: those of 回收, and those that the office keeps beside it."""

    returned: Mapping[str, bytes]
    beside: Mapping[str, bytes]


def material(scheme: Scheme) -> Material:
    """A small assessment: forms in three formats and in an archive, one unit of each kind, a table of each kind."""
    forms = Forms(scheme)
    department = departments(scheme)[0]
    units = (department, *experts(scheme, (EXPERT,)), office(scheme))
    returned = {form_file_name(name): forms.make(name) for name in (FORM, "徐汇区")}
    returned |= {form_file_name("静安区").replace(".xlsx", ".xls"): (CASES / "percent-literal-jingan.xls").read_bytes()}
    returned |= {form_file_name("浦东新区").replace(".xlsx", ".ods"): (CASES / "spaces-tab-pudong.ods").read_bytes()}
    returned |= {f"{ARCHIVE}.zip": zip_of({form_file_name(ARCHIVE): forms.make(ARCHIVE)})}
    returned |= {unit.file_name: _evaluation(scheme, unit) for unit in units}
    beside = {
        f"{TARGETS_KIND}.xlsx": _targets(scheme, forms),
        f"{CORRECTIONS_KIND}.xlsx": _corrections(),
        "考核总表.xlsm": _master(forms),
    }
    return Material(returned, beside)


def _saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _evaluation(scheme: Scheme, unit: Unit) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(unit_workbook(scheme, unit, 1)))
    for sheet in unit_book(scheme, unit, 1).sheets:
        for cell, value in _judged(scheme, sheet).items():
            book[sheet.table.sheet][cell] = value
    return _saved(book)


def _judged(scheme: Scheme, sheet: UnitSheet) -> dict[str, object]:
    table = sheet.table
    lines: Mapping[str, tuple[tuple[object, ...], ...]] = {"简讯": BRIEFS, "宣传": REPORTS}
    if table.sheet in lines:
        listed = enumerate(lines[table.sheet])
        return {table.at(head, n): v for n, line in listed for head, v in zip(table.entries, line, strict=False)}
    if not table.value:
        return {}
    pairs = [(str(given["编号"]), str(given["区"])) for given in sheet.rows]
    return {table.at(table.value, n): _mark(scheme, code, name) for n, (code, name) in enumerate(pairs)}


def _mark(scheme: Scheme, code: str, district: str) -> object:
    spec, n = scheme.inputs[code], scheme.district_names.index(district)
    match spec.kind:
        case InputKind.FLAG:
            return "否" if n % 3 == 0 else "是"
        case InputKind.COUNT:
            return n % 3 + 2
        case InputKind.AMOUNT:
            return 10 + n
    return float((spec.maximum or Decimal(0)) * (n + 1) / 16)


def _targets(scheme: Scheme, forms: Forms) -> bytes:
    """任务分解表 with the amounts that the forms have."""
    book = openpyxl.load_workbook(io.BytesIO(targets_workbook(scheme)))
    sheet = book[TARGETS_KIND]
    head = next(row for row in sheet.iter_rows() if any(cell.value == CODE for cell in row))
    columns = {cell.value: cell.column for cell in head}
    typed = {name: forms.typed(name) for name in scheme.district_names}
    for row in range(head[0].row + 1, sheet.max_row + 1):
        code = sheet.cell(row, columns[CODE]).value
        for name in scheme.district_names:
            if (amount := typed[name].get((code, TARGET))) is not None:
                sheet.cell(row, columns[name]).value = amount
    return _saved(book)


def _corrections() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["区", "编号", "栏目", "原值", "新值", "理由", "批准人", "日期"])
    sheet.append(CORRECTION)
    return _saved(book)


def _master(forms: Forms) -> bytes:
    """考核总表 with what was typed into the forms."""
    data = (TEMPLATES / MASTER_FILE).read_bytes()
    cells: dict[str, dict[str, Typed]] = {}
    for sheet in read_bytes(data).sheets:
        if sheet.name in forms.scheme.district_names[:4]:
            (table,) = (t for t in form_tables(RawBook("", [sheet])) if t.codes)
            rows = {code: row for row, code in table.code_rows}
            typed = {(code, head): v for (code, head), v in forms.typed(sheet.name).items() if head in table.columns}
            cells[sheet.name] = {cell_name(rows[c], table.columns[h]): v for (c, h), v in typed.items()}
    return package.rewrite(data, {}, cells)
