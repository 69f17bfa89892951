"""What units send back: read whole, whatever program saved it; every damage named at its place, and nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.forms import form_of
from tests.support.heads import headed, spellings
from tests.support.libreoffice import requires_office, run_office
from xladdin.classes import replace
from xladdin.evaluations import layout
from xladdin.evaluations.books import unit_book, unit_workbook
from xladdin.evaluations.lists import Line, count, typed_line
from xladdin.evaluations.reading import Evaluation, UnitReport, read_evaluations
from xladdin.evaluations.units import Unit, departments, experts, office
from xladdin.fillin.sheets import FIRST_ROW, HEAD_ROW, UnitSheet
from xladdin.issues import Level
from xladdin.methods.inputs import Entry
from xladdin.numbers import Fault
from xladdin.scheme import InputKind, Scheme
from xladdin.words import KIND_PROPERTY
from xladdin.workbook.cells import CellError, Formula, Raw
from xladdin.workbook.read.reader import SourceFile, read_bytes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

Found = tuple[str, str, str, str]
"""Code, district, sheet, cell of a finding."""

BRIEFS = (
    ("黄浦区", date(2023, 2, 1), "垃圾分类简讯"),
    ("黄浦区", date(2023, 2, 9), "垃圾 分类简讯"),  # the same again
    ("静安区", date(2023, 2, 9), "垃圾分类简讯"),
    ("黄浦区", date(2023, 3, 1), "一网统管简讯"),
)
MEDIA = (
    ("黄浦区", date(2023, 5, 4), "外滩夜景焕新", "澎湃新闻", "正面", "否", ""),
    ("黄浦区", date(2023, 5, 3), "外滩夜景焕新", "解放日报", "正面", "是", "https://example.org/1"),
    ("黄浦区", date(2023, 5, 5), "外滩夜景焕新", "新民晚报", "正面", "是", ""),
    ("静安区", date(2023, 6, 1), "工地噪声扰民", "上海电视台", "曝光", "是", ""),
    ("静安区", date(2023, 6, 1), "工地噪声扰民", "解放日报", "正面", "是", ""),
)
LISTS: Mapping[str, tuple[tuple[Any, ...], ...]] = {"简讯": BRIEFS, "宣传": MEDIA}


def unit_of(scheme: Scheme, name: str) -> Unit:
    every = (*departments(scheme), *experts(scheme, ("张三",)), office(scheme))
    return next(unit for unit in every if unit.name == name)


def mark(scheme: Scheme, code: str, district: str) -> Any:
    """What the unit types for a district: different for each."""
    spec = scheme.inputs[code]
    n = scheme.district_names.index(district)
    match spec.kind:
        case InputKind.FLAG:
            return "否" if n % 3 == 0 else "是"
        case InputKind.COUNT:
            return n % 3 + (2 if code == "I3.1" else 0)
        case InputKind.AMOUNT:
            return 10 + n
    return float((spec.maximum or Decimal(0)) * (n + 1) / 16)


def typed_cells(scheme: Scheme, sheet: UnitSheet) -> dict[str, Any]:
    """Everything a unit types into a sheet, by A1 reference."""
    table = sheet.table
    if table.sheet in LISTS:
        lines = enumerate(LISTS[table.sheet])
        return {table.at(h, n): v for n, line in lines for h, v in zip(table.entries, line, strict=True) if v != ""}
    if not table.value:
        return {}
    pairs = [(str(given["编号"]), str(given["区"])) for given in sheet.rows]
    return {table.at(table.value, n): mark(scheme, code, name) for n, (code, name) in enumerate(pairs)}


def source(name: str) -> SourceFile:
    return SourceFile(Path(name), name, "")


def read(scheme: Scheme, unit: Unit, data: bytes, name: str = "") -> UnitReport:
    return read_evaluations(scheme, read_bytes(data), source(name or unit.file_name))


@pytest.fixture(scope="module")
def filled(scheme: Scheme) -> Callable[[str], bytes]:
    """A unit's workbook, filled in completely and cleanly."""
    made: dict[str, bytes] = {}

    def fill(name: str) -> bytes:
        if name not in made:
            unit = unit_of(scheme, name)
            book = openpyxl.load_workbook(io.BytesIO(unit_workbook(scheme, unit, 1)))
            for sheet in unit_book(scheme, unit, 1).sheets:
                for cell, value in typed_cells(scheme, sheet).items():
                    book[sheet.table.sheet][cell] = value
            target = io.BytesIO()
            book.save(target)
            made[name] = target.getvalue()
        return made[name]

    return fill


def test_office__named_by_tasks__evaluates_them_in_its_own_workbook(scheme: Scheme) -> None:
    own = replace(scheme, source=replace(scheme.source, office_name="市绿化市容局"))
    unit = office(own)
    assert unit.name not in [department.name for department in departments(own)]
    assert {"K07.3", "K19.1", "I1.1"} <= set(unit.codes)  # two tasks that name it, one amounts, one marks, and its own
    book = openpyxl.load_workbook(io.BytesIO(unit_workbook(own, unit, 1)))
    assert book.sheetnames[1:4] == ["核定完成量", "评分", "评定"]
    for sheet in unit_book(own, unit, 1).sheets:
        for cell, value in typed_cells(own, sheet).items():
            book[sheet.table.sheet][cell] = value
    target = io.BytesIO()
    book.save(target)
    report = read(own, unit, target.getvalue())
    assert report.unit == unit
    assert [issue for issue in report.issues if issue.level is Level.ERROR] == []
    values = {(e.code, e.district): e.value for e in report.evaluations}
    for code in ("K07.3", "K19.1", "I1.1"):
        assert values[code, "黄浦区"] == Decimal(str(mark(own, code, "黄浦区")))


LIST_CODES = ("R5.1", "R6.1", "R6.2")
COUNTED = {
    ("R5.1", "黄浦区"): 2,
    ("R5.1", "静安区"): 1,
    ("R6.1", "黄浦区"): 1,
    ("R6.1", "静安区"): 1,
    ("R6.2", "静安区"): 1,
}
"""Counted by hand in `BRIEFS` and `MEDIA`."""


def expected(scheme: Scheme, unit: Unit) -> dict[tuple[str, str], object]:
    values: dict[tuple[str, str], object] = {}
    for code in unit.codes:
        for district in scheme.district_names:
            if code in LIST_CODES:
                values[code, district] = Decimal(COUNTED.get((code, district), 0))
                continue
            typed = mark(scheme, code, district)
            values[code, district] = {"是": True, "否": False}[typed] if isinstance(typed, str) else Decimal(str(typed))
    return values


def values(report: UnitReport) -> dict[tuple[str, str], object]:
    assert len({(e.code, e.district) for e in report.evaluations}) == len(report.evaluations)
    return {(e.code, e.district): e.value for e in report.evaluations}


REPEATS = [("E12", "黄浦区", "简讯", "A6"), ("E12", "黄浦区", "宣传", "A7")]
"""What is said of the office's clean workbook: the two lines that repeat a story."""


def findings(report: UnitReport) -> list[Found]:
    return [(i.code, i.place.district, i.place.sheet, i.place.cell) for i in report.issues]


UNITS = ("市交通委", "市房屋管理局", "市水务局", "市消防救援总队", "张三", "市精细化办")


@pytest.mark.parametrize("name", UNITS)
def test_read__filled_completely__every_value_and_no_finding(
    scheme: Scheme, filled: Callable[[str], bytes], name: str
) -> None:
    unit = unit_of(scheme, name)
    report = read(scheme, unit, filled(name))
    assert report.unit == unit
    assert values(report) == expected(scheme, unit)
    assert list(values(report)) == [(code, d) for code in unit.codes for d in scheme.district_names]
    assert findings(report) == (REPEATS if name == "市精细化办" else [])
    for evaluation in report.evaluations:
        assert evaluation.place.file == unit.file_name
        assert bool(evaluation.place.cell) == (evaluation.code not in LIST_CODES)


@pytest.mark.parametrize("name", UNITS)
def test_read__head_spelt_otherwise__the_same_values_and_said(
    scheme: Scheme, filled: Callable[[str], bytes], name: str
) -> None:
    unit = unit_of(scheme, name)
    book = read_bytes(filled(name))
    before = read_evaluations(scheme, book, source(unit.file_name))
    tables = [sheet.table for sheet in unit_book(scheme, unit, 1).sheets if sheet.table.essential]
    tried = 0
    for table in tables:
        for head, text in spellings(table.heads):
            changed = headed(book, head, text, table.sheet)
            after = read_evaluations(scheme, changed, source(unit.file_name))
            assert (after.evaluations, after.briefs, after.media) == (before.evaluations, before.briefs, before.media)
            said = [(i.code, i.place.sheet, i.found) for i in after.issues if i not in before.issues]
            assert said == [("S07", table.sheet, f"表头写作“{text}”")]
            tried += 1
    assert tried > len(tables)


@pytest.mark.parametrize("name", UNITS)
def test_read__as_issued__nothing_judged_and_one_finding_for_each_table(scheme: Scheme, name: str) -> None:
    unit = unit_of(scheme, name)
    report = read(scheme, unit, unit_workbook(scheme, unit, 1))
    assert set(values(report).values()) == {None}
    sheets = [s.table.sheet for s in unit_book(scheme, unit, 1).sheets if s.unlocked]
    assert [(i.code, i.place.sheet, i.level) for i in report.issues] == [("E13", s, Level.AWAITED) for s in sheets]


def test_read__nothing_to_evaluate__not_awaited(scheme: Scheme) -> None:
    """未下达任务 and 未报送案例 ask for no value, 回避 for none either, nor 整改 where nothing was cited."""
    fire = unit_of(scheme, "市消防救援总队")
    forms = {
        name: form_of({code: Entry(None, Decimal(0)) for code in fire.codes}) for name in scheme.district_names[:15]
    }
    report = read(scheme, fire, unit_workbook(scheme, fire, 1, forms))
    # Of the last district; every one of them is rated.
    assert [i.found for i in report.issues] == ["“核定完成量”还有 3 格未填", "“评分”还有 16 格未填"]
    assert report.issues[0].place.cell == "G20"
    expert = unit_of(scheme, "张三")
    cases = {f"N1.{n}": "案例" for n in (1, 2)}
    named = {name: form_of(cases=cases) for name in scheme.district_names}
    report = read(scheme, expert, unit_workbook(scheme, expert, 1, named))
    assert [i.found for i in report.issues] == [f"“评议”还有 {16 * (2 + 4)} 格未填"]
    judge = unit_of(scheme, "市精细化办")
    table, *_others = unit_book(scheme, judge, 1).sheets
    cited = [row for row, given in enumerate(table.rows) if given["编号"] == "I3.1"]
    zeros = [put("评定", table.table.at("评定", row), 0) for row in cited[1:]]
    once = put("评定", table.table.at("评定", cited[0]), 1)
    report = read(scheme, judge, damaged(unit_workbook(scheme, judge, 1), both(*zeros, once)))
    waiting = [f"“评定”还有 {12 * 16 + 1} 格未填", "“简讯”尚未登记", "“宣传”尚未登记"]  # nor I2, which the members rate
    assert [i.found for i in report.issues] == waiting


SAME_CASES = {
    # 区报完成量 as printed, 核定完成量, 同区报: the value, what was typed, its cell, findings
    "confirmed": ((8, None, "是"), Decimal(8), "8（同区报）", "H5", []),
    "confirmed 0": ((0, None, "√"), Decimal(0), "0（同区报）", "H5", []),
    "both, alike": ((8, 8, "是"), Decimal(8), "8（同区报）", "H5", []),
    "not the same": ((8, 7, None), Decimal(7), "7", "G5", []),
    "not the same, said": ((8, 7, "否"), Decimal(7), "7", "G5", []),
    "both, another": ((8, 7, "是"), Fault, "7（同区报）", "H5", [("E21", "H5")]),
    "nothing printed": ((None, None, "是"), Fault, "（同区报）", "H5", [("E20", "H5")]),
    "nothing usable printed": (("填报有误", None, "是"), Fault, "（同区报）", "H5", [("E20", "H5")]),
    "another word": ((8, None, "相同"), Fault, "（同区报：相同）", "H5", [("C01", "H5")]),
}


@pytest.mark.parametrize("name", SAME_CASES)
def test_read__same_as_reported__is_the_number_printed_beside_it_and_no_other(scheme: Scheme, name: str) -> None:
    (printed, verified, same), value, typed, cell, found = SAME_CASES[name]
    unit = unit_of(scheme, "市消防救援总队")
    form = form_of({code: Entry(Decimal(8), Decimal(10)) for code in unit.codes})
    blank = unit_workbook(scheme, unit, 1, {"浦东新区": form})
    changes = [put("核定完成量", at, content) for at, content in (("F5", printed), ("G5", verified), ("H5", same))]
    report = read(scheme, unit, damaged(blank, both(*changes)))
    evaluation = report.evaluations[0]
    assert (evaluation.code, evaluation.district) == ("K24.1", "浦东新区")
    assert isinstance(evaluation.value, Fault) if value is Fault else evaluation.value == value
    assert (evaluation.typed, evaluation.place.cell) == (typed, cell)
    assert evaluation.confirmed == (value if typed.endswith("（同区报）") and value is not Fault else None)
    assert [(i.code, i.place.cell) for i in report.issues if i.level is not Level.AWAITED] == found


def test_read__same_as_reported_where_nothing_was_assigned__nothing(scheme: Scheme) -> None:
    unit = unit_of(scheme, "市消防救援总队")
    blank = unit_workbook(scheme, unit, 1, {"浦东新区": form_of({code: Entry(None, None) for code in unit.codes})})
    report = read(scheme, unit, damaged(blank, put("核定完成量", "H5", "是")))
    assert (report.evaluations[0].value, {i.level for i in report.issues}) == (None, {Level.AWAITED})


def _formats() -> tuple[str, ...]:
    return ("xlsx", "xls", "ods")


@requires_office
def test_read__typed_in_libreoffice_and_saved_in_every_format__same_values(scheme: Scheme, tmp_path: Path) -> None:
    """Typed cell by cell into the protected workbooks; what is locked cannot be."""
    jobs = []
    for name in UNITS:
        unit = unit_of(scheme, name)
        path = tmp_path / unit.file_name
        path.write_bytes(unit_workbook(scheme, unit, 1))
        typed = []
        for sheet in unit_book(scheme, unit, 1).sheets:
            for cell, value in typed_cells(scheme, sheet).items():
                text = f"{value:%m/%d/%Y}" if isinstance(value, date) else str(value)
                typed.append([sheet.table.sheet, cell, text])
        saves = [[tmp_path / kind / Path(unit.file_name).with_suffix(f".{kind}"), kind] for kind in _formats()]
        jobs.append({"open": path, "type": typed, "save": saves})
    for kind in _formats():
        (tmp_path / kind).mkdir()
    for result in run_office(jobs):
        assert result["error"] is None
    for name in UNITS:
        unit = unit_of(scheme, name)
        for kind in _formats():
            file = (tmp_path / kind / unit.file_name).with_suffix(f".{kind}")
            report = read(scheme, unit, file.read_bytes(), file.name)
            assert report.unit == unit, file
            assert findings(report) == (REPEATS if name == "市精细化办" else []), file
            assert values(report) == expected(scheme, unit), file


@requires_office
def test_locked_cells__typed_into_by_libreoffice__refused(scheme: Scheme, tmp_path: Path) -> None:
    unit = unit_of(scheme, "市交通委")
    path = tmp_path / unit.file_name
    path.write_bytes(unit_workbook(scheme, unit, 1))
    cells = ["A5", "D5", "E5", "F5", "I5", "K5"]
    results = run_office([{"open": path, "type": [["核定完成量", cell, "1"]]} for cell in cells])
    assert all("locked" in result["error"] for result in results)


# --- Damage -----------------------------------------------------------------------------------------------------------

Change = Callable[[openpyxl.Workbook], None]


def damaged(data: bytes, change: Change) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def put(sheet: str, cell: str, value: Any) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = value

    return change


def head(sheet: str, name: str, other: str | None) -> Change:
    """A head typed over."""

    def change(book: openpyxl.Workbook) -> None:
        cells = [c for c in book[sheet][HEAD_ROW + 1] if c.value == name]
        cells[0].value = other

    return change


def identity(book: openpyxl.Workbook, name: str | None) -> None:
    for sheet in book.worksheets[1:]:
        sheet.cell(2, 1).value = f"评价单位：{name}　方案版本：2023" if name else None
    book.worksheets[0]["B3"] = name
    for number, known in enumerate(list(book.custom_doc_props.props)):
        if known.name == "xladdin.evaluator" and name is None:
            del book.custom_doc_props.props[number]
            break
        if known.name == "xladdin.evaluator":
            known.value = name


def _copy_row(sheet: Worksheet, source_row: int, target_row: int) -> None:
    for cell in sheet[source_row]:
        sheet.cell(target_row, cell.column).value = cell.value


def both(*changes: Change) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        for one in changes:
            one(book)

    return change


AMOUNTS, MARKS, REVIEW, RATINGS = "核定完成量", "评分", "评议", "评定"
HOUSING, EXPERT, OFFICE = "市房屋管理局", "张三", "市精细化办"
BAD = "fault"

DAMAGES: dict[str, tuple[str, Change, list[Found], dict[tuple[str, str], object]]] = {
    # name: (unit, what is done, what is found, the values that change)
    "mark above its maximum": (
        EXPERT,
        put(REVIEW, "F53", 1.6),
        [("C01", "浦东新区", REVIEW, "F53")],
        {("N1.1", "浦东新区"): BAD},
    ),
    "raw mark above 100": (
        HOUSING,
        put(MARKS, "F5", 101),
        [("C01", "浦东新区", MARKS, "F5")],
        {("K14.1", "浦东新区"): BAD},
    ),
    "negative amount": (
        HOUSING,
        put(AMOUNTS, "G6", -1),
        [("C01", "黄浦区", AMOUNTS, "G6")],
        {("K12.1", "黄浦区"): BAD},
    ),
    "mark that is a text": (
        EXPERT,
        put(REVIEW, "F5", "优"),
        [("C01", "浦东新区", REVIEW, "F5")],
        {("K11.1", "浦东新区"): BAD},
    ),
    "mark by formula": (
        EXPERT,
        put(REVIEW, "F5", "=1+1"),
        [("C03", "浦东新区", REVIEW, "F5")],
        {("K11.1", "浦东新区"): BAD},
    ),
    "mark as text with its unit": (
        EXPERT,
        put(REVIEW, "F5", "１.5分"),
        [("C04", "浦东新区", REVIEW, "F5")],
        {("K11.1", "浦东新区"): Decimal("1.5")},
    ),
    "mark blank": (EXPERT, put(REVIEW, "F5", None), [("E13", "", REVIEW, "F5")], {("K11.1", "浦东新区"): None}),
    "recused": (
        EXPERT,
        both(put(REVIEW, "F5", None), put(REVIEW, "G5", "是")),
        [],
        {("K11.1", "浦东新区"): None},
    ),
    "recused with a mark": (
        EXPERT,
        put(REVIEW, "G5", "是"),
        [("E10", "浦东新区", REVIEW, "F5")],
        {("K11.1", "浦东新区"): None},
    ),
    "recusal that is neither": (
        EXPERT,
        put(REVIEW, "G5", "请假"),
        [("C01", "浦东新区", REVIEW, "G5")],
        {("K11.1", "浦东新区"): BAD},
    ),
    "district not known": (
        HOUSING,
        put(AMOUNTS, "D6", "卢湾区"),
        [("E06", "", AMOUNTS, "D6"), ("E09", "", AMOUNTS, "")],
        {("K12.1", "黄浦区"): BAD},
    ),
    "code not of the scheme": (
        HOUSING,
        put(AMOUNTS, "A6", "K99.1"),
        [("S05", "", AMOUNTS, "A6"), ("E09", "", AMOUNTS, "")],
        {("K12.1", "黄浦区"): BAD},
    ),
    "code of another unit": (
        HOUSING,
        put(AMOUNTS, "A6", "K01.1"),
        [("E07", "", AMOUNTS, "A6"), ("E09", "", AMOUNTS, "")],
        {("K12.1", "黄浦区"): BAD},
    ),
    "code blank": (
        HOUSING,
        put(AMOUNTS, "A6", None),
        [("E09", "", AMOUNTS, "")],
        {("K12.1", "黄浦区"): BAD},
    ),
    "count typed in for a list": (
        OFFICE,
        both(put(RATINGS, "A260", "R5.1"), put(RATINGS, "D260", "黄浦区"), put(RATINGS, "E260", 6)),
        [("E07", "", RATINGS, "A260"), *REPEATS],
        {},
    ),
    "row twice": (
        HOUSING,
        lambda book: _copy_row(book[MARKS], 6, 60),
        [("E08", "黄浦区", MARKS, "A60")],
        {("K14.1", "黄浦区"): BAD},
    ),
    "rows deleted": (
        HOUSING,
        lambda book: book[MARKS].delete_rows(6, 2),
        [("E09", "", MARKS, "")],
        {("K14.1", "黄浦区"): BAD, ("K14.1", "静安区"): BAD},
    ),
    "rows and columns inserted": (
        HOUSING,
        lambda book: _insert(book[MARKS]),
        [],
        {},
    ),
    "rows sorted the other way": (
        EXPERT,
        lambda book: _reverse(book[REVIEW], FIRST_ROW + 1, FIRST_ROW + 144),
        [],
        {},
    ),
    "sheet renamed": (
        HOUSING,
        lambda book: setattr(book[MARKS], "title", "打分"),
        [("S01", "", "打分", "")],
        {},
    ),
    "cover deleted": (HOUSING, lambda book: book.remove(book.worksheets[0]), [], {}),
    "identity of another": (
        HOUSING,
        put(MARKS, "A2", "评价单位：市水务局　方案版本：2023"),
        [("E02", "", MARKS, "A2")],
        {},
    ),
    "unit nobody knows": (HOUSING, lambda book: identity(book, "市某某局"), [("E01", "", "填报说明", "B3")], {}),
    "identity gone": (HOUSING, lambda book: identity(book, None), [("E03", "", "", "")], {}),
    "other year": (HOUSING, put("填报说明", "B4", 2022), [("E04", "", "填报说明", "B4")], {}),
    "brief without a title": (
        OFFICE,
        put("简讯", "C8", None),
        [REPEATS[0], ("E11", "黄浦区", "简讯", "A8"), REPEATS[1]],
        {("R5.1", "黄浦区"): Decimal(1)},
    ),
    "brief of another year": (
        OFFICE,
        put("简讯", "B8", datetime(2022, 12, 31)),
        [REPEATS[0], ("E11", "黄浦区", "简讯", "A8"), REPEATS[1]],
        {("R5.1", "黄浦区"): Decimal(1)},
    ),
    "brief with its day as text": (OFFICE, put("简讯", "B8", "2023.3.1"), REPEATS, {}),
    "brief of no district": (
        OFFICE,
        put("简讯", "A7", "静安"),
        [REPEATS[0], ("E11", "静安", "简讯", "A7"), REPEATS[1]],
        {("R5.1", "静安区"): Decimal(0)},
    ),
    "report of neither tone": (
        OFFICE,
        put("宣传", "E8", "批评"),
        [*REPEATS, ("E11", "静安区", "宣传", "A8")],
        {("R6.2", "静安区"): Decimal(0)},
    ),
    "report with an error value": (
        OFFICE,
        put("宣传", "C8", "#N/A"),
        [*REPEATS, ("E11", "静安区", "宣传", "A8")],
        {("R6.2", "静安区"): Decimal(0)},
    ),
    "report by formula": (
        OFFICE,
        put("宣传", "C8", '="工地"&"噪声"'),
        [*REPEATS, ("E11", "静安区", "宣传", "A8")],
        {("R6.2", "静安区"): Decimal(0)},
    ),
}


def _insert(sheet: Worksheet) -> None:
    sheet.insert_rows(7, 3)
    sheet.insert_cols(2, 2)


def _reverse(sheet: Worksheet, first: int, last: int) -> None:
    rows = [[cell.value for cell in sheet[row]] for row in range(first, last + 1)]
    for row, contents in zip(range(first, last + 1), reversed(rows), strict=True):
        for column, value in enumerate(contents, 1):
            sheet.cell(row, column).value = value


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage__one__its_finding_and_no_other_value(
    scheme: Scheme, filled: Callable[[str], bytes], damage: str
) -> None:
    name, change, wanted, changed = DAMAGES[damage]
    unit = unit_of(scheme, name)
    report = read(scheme, unit, damaged(filled(name), change))
    assert findings(report) == wanted
    if wanted and wanted[0][0] in ("E01", "E02", "E04"):
        assert (report.unit, report.evaluations) == (None, [])
        return
    assert report.unit == unit
    got = {pair: BAD if isinstance(value, Fault) else value for pair, value in values(report).items()}
    assert got == {**expected(scheme, unit), **changed}


IN_LISTS = {
    ("简讯", "C8", None): ("“标题”空白", "填写“标题”"),
    ("简讯", "B8", datetime(2022, 12, 31)): ("日期“2022-12-31”", "2023 年的日期，如 2023-5-3"),
    ("简讯", "B8", "五月"): ("日期“五月”", "2023 年的日期，如 2023-5-3"),
    ("简讯", "B8", 1e9): ("日期是数字", "2023 年的日期，如 2023-5-3"),
    ("简讯", "A7", "静安"): ("区“静安”", "区名应从下拉列表中选"),
    ("宣传", "E8", "批评"): ("性质“批评”", "性质应选“正面”或“曝光”"),
    ("宣传", "C8", "#N/A"): ("有错误值", "直接填写的内容"),
    ("宣传", "C8", '="工地"'): ("有公式", "直接填写的内容"),
}


@pytest.mark.parametrize(("sheet", "cell", "typed"), IN_LISTS)
def test_lists__a_line_that_does_not_count__what_stands_there_and_what_is_expected(
    scheme: Scheme, filled: Callable[[str], bytes], sheet: str, cell: str, typed: object
) -> None:
    report = read(scheme, unit_of(scheme, OFFICE), damaged(filled(OFFICE), put(sheet, cell, typed)))
    (issue,) = [issue for issue in report.issues if issue.code == "E11"]
    found, expected = IN_LISTS[sheet, cell, typed]
    assert (issue.found, issue.expected) == (f"这一行没有计入：{found}", expected)


COLUMNS = [
    (HOUSING, AMOUNTS, "编号", "S02"),
    (HOUSING, AMOUNTS, "区", "S02"),
    (HOUSING, AMOUNTS, "核定完成量", "S02"),
    (HOUSING, MARKS, "评分", "S02"),
    (EXPERT, REVIEW, "评分", "S02"),
    (EXPERT, REVIEW, "回避", "S02"),
    (OFFICE, RATINGS, "评定", "S02"),
    (OFFICE, "简讯", "标题", "S02"),
    (OFFICE, "宣传", "首发", "S02"),
    (OFFICE, "宣传", "性质", "S02"),
]


@pytest.mark.parametrize(("name", "sheet", "column", "code"), COLUMNS)
def test_column__head_gone__named_once_and_its_values_unusable(
    scheme: Scheme, filled: Callable[[str], bytes], name: str, sheet: str, column: str, code: str
) -> None:
    unit = unit_of(scheme, name)
    report = read(scheme, unit, damaged(filled(name), head(sheet, column, None)))
    repeats = [r for r in REPEATS if name == OFFICE and r[2] != sheet]
    assert findings(report) == [(code, "", sheet, "第 4 行"), *repeats]
    of_sheet = next(s for s in unit_book(scheme, unit, 1).sheets if s.table.sheet == sheet)
    codes = {"简讯": {"R5.1"}, "宣传": {"R6.1", "R6.2"}}.get(sheet) or {str(given["编号"]) for given in of_sheet.rows}
    clean = expected(scheme, unit)
    for pair, value in values(report).items():
        assert isinstance(value, Fault) if pair[0] in codes else value == clean[pair]


def test_column__head_twice__named_and_not_guessed(scheme: Scheme, filled: Callable[[str], bytes]) -> None:
    unit = unit_of(scheme, EXPERT)
    report = read(scheme, unit, damaged(filled(EXPERT), put(REVIEW, "J4", "评分")))
    assert findings(report) == [("S06", "", REVIEW, "第 4 行")]
    assert all(isinstance(value, Fault) for value in values(report).values())


def test_sheet__deleted__named_once(scheme: Scheme, filled: Callable[[str], bytes]) -> None:
    unit = unit_of(scheme, HOUSING)
    report = read(scheme, unit, damaged(filled(HOUSING), lambda book: book.remove(book[MARKS])))
    assert findings(report) == [("E05", "", MARKS, "")]
    lost = {pair for pair, value in values(report).items() if isinstance(value, Fault)}
    assert lost == {(code, d) for code in ("K14.1", "K16.1", "I2.1") for d in scheme.district_names}


def test_expert__identity_gone__told_by_the_file_name(scheme: Scheme, filled: Callable[[str], bytes]) -> None:
    data = damaged(filled(EXPERT), lambda book: identity(book, None))
    report = read(scheme, unit_of(scheme, EXPERT), data)
    assert report.unit == unit_of(scheme, EXPERT)
    assert findings(report) == [("E03", "", "", "")]
    assert findings(read(scheme, unit_of(scheme, EXPERT), data, "表.xlsx")) == [("E01", "", "", "")]


def test_properties__of_another_kind__no_harm(scheme: Scheme, filled: Callable[[str], bytes]) -> None:
    def change(book: openpyxl.Workbook) -> None:
        next(p for p in book.custom_doc_props.props if p.name == KIND_PROPERTY).value = "别的"

    assert findings(read(scheme, unit_of(scheme, EXPERT), damaged(filled(EXPERT), change))) == []


# --- Lists, counted by hand -------------------------------------------------------------------------------------------


def test_media__lists_of_the_office__each_line_with_its_reason(scheme: Scheme, filled: Callable[[str], bytes]) -> None:
    report = read(scheme, unit_of(scheme, OFFICE), filled(OFFICE))
    assert [c.reason for c in report.briefs] == ["√", "不计：同区同题，前面已计一次", "√", "√"]
    assert [c.reason for c in report.media] == [
        "不计：转发，以首发为准",  # the repost comes first in the list; the first publication counts all the same
        "√",
        "不计：同区同题，前面已计一次",
        "√",
        "√",
    ]
    remarks = [e for e in report.evaluations if e.code == "R5.1" and e.district == "黄浦区"]
    assert [e.typed for e in remarks] == ["清单计 2 篇"]
    assert isinstance(remarks[0], Evaluation)


def _brief(district: str, title: str, day: date | str | None = date(2023, 1, 1)) -> Line:
    return Line(district, day, title)


def _report(district: str, title: str, tone: str = "正面", first: str = "是") -> Line:
    return Line(district, date(2023, 12, 31), title, "解放日报", tone, first)


def test_count_briefs__by_hand__each_once(scheme: Scheme) -> None:
    lines = [_brief("青浦区", f"第{n}期") for n in range(1, 7)]
    lines += [_brief("青浦区", "第 1 期"), _brief("奉贤区", "第1期"), Line(), _brief("青浦区", "第7期", "七月")]
    tally = count(scheme, layout.BRIEFS, lines)
    assert {d: n for d, n in tally.numbers["R5.1"].items() if n} == {"青浦区": 6, "奉贤区": 1}
    assert list(tally.numbers["R5.1"]) == list(scheme.district_names)
    assert [c.reason for c in tally.lines[6:]] == [
        "不计：同区同题，前面已计一次",
        "√",
        "",
        "错误：日期应是日期，如 2023-5-3",
    ]


def test_count_media__formulas_and_error_values__not_counted_but_for_a_link(scheme: Scheme) -> None:
    good: dict[str, Raw] = {
        "区": "宝山区",
        "日期": 45000.0,
        "标题": "甲",
        "媒体": "解放日报",
        "性质": "正面",
        "首发": "是",
        "链接": Formula('HYPERLINK("https://example.org/1")', "https://example.org/1"),
    }
    changes: list[dict[str, Raw]] = [{}, {"标题": Formula('"乙"', "乙")}, {"标题": CellError("#N/A")}]
    lines = [typed_line({**good, **change}) for change in changes]
    assert [c.reason for c in count(scheme, layout.MEDIA, lines).lines] == [
        "√",
        "错误：不能用公式，请改填内容",
        "错误：单元格里是错误值，请重新填写",
    ]
    assert lines[0].day == date(2023, 3, 15)


def test_count_media__events__without_a_medium_and_once_however_marked(scheme: Scheme) -> None:
    """附件1（三）: “被以上媒体曝光或造成较大不良影响的, 每项扣 0.5 分”; 首发 and 转发 are said of good reports only."""
    day = date(2023, 7, 1)
    lines = [
        Line("宝山区", day, "脚手架坍塌", "", "曝光", ""),  # no medium, nothing to be first in
        Line("宝山区", day, "脚手架 坍塌", "新民晚报", "曝光", "是"),  # the same event, reported
        Line("嘉定区", day, "脚手架坍塌", "新民晚报", "曝光", "否"),  # marked as a repost: an event all the same
        Line("嘉定区", day, "脚手架坍塌", "解放日报", "曝光", "是"),
        Line("嘉定区", day, "河道清淤", "", "正面", "是"),  # a good report needs its medium
        Line("嘉定区", day, "河道清淤", "解放日报", "正面", ""),
    ]
    tally = count(scheme, layout.MEDIA, lines)
    assert {d: n for d, n in tally.numbers["R6.2"].items() if n} == {"宝山区": 1, "嘉定区": 1}
    assert sum(tally.numbers["R6.1"].values()) == 0
    repeated = "不计：同区同题，前面已计一次"
    assert [c.reason for c in tally.lines] == ["√", repeated, "√", repeated, "缺：媒体", "缺：首发"]


def test_list__declared_empty__counts_zero_for_everybody_and_nothing_is_awaited(scheme: Scheme) -> None:
    judge = unit_of(scheme, OFFICE)
    blank = unit_workbook(scheme, judge, 1)
    report = read(scheme, judge, damaged(blank, both(put("简讯", "D3", "是"), put("宣传", "H3", "是"))))
    lists = {code: [e for e in report.evaluations if e.code == code] for code in LIST_CODES}
    assert {(e.value, e.typed) for own in lists.values() for e in own} == {
        (Decimal(0), "清单计 0 篇"),
        (Decimal(0), "清单计 0 项"),
    }
    assert {e.place.cell for e in lists["R5.1"]} == {"D3"}
    assert not any(e.is_open for own in lists.values() for e in own)
    assert [i.place.sheet for i in report.issues if i.code == "E13"] == ["评定"]
    report = read(scheme, judge, damaged(blank, put("简讯", "D3", "没有")))
    assert [f for f in findings(report) if f[0] != "E13"] == [("C01", "", "简讯", "D3")]
    assert {e.value for e in report.evaluations if e.code == "R5.1"} == {None}


def test_list__declared_empty_and_kept__an_error_and_open(scheme: Scheme, filled: Callable[[str], bytes]) -> None:
    judge = unit_of(scheme, OFFICE)
    report = read(scheme, judge, damaged(filled(OFFICE), put("简讯", "D3", "是")))
    assert [f for f in findings(report) if f not in REPEATS] == [("E19", "", "简讯", "D3")]
    own = [e for e in report.evaluations if e.code == "R5.1"]
    assert [e.value for e in own if e.district == "黄浦区"] == [Decimal(2)]
    assert all(e.is_open for e in own)


def test_count_media__by_hand__good_and_bad_apart(scheme: Scheme) -> None:
    lines = [
        _report("宝山区", "甲"),
        _report("宝山区", "甲", first="否"),
        _report("宝山区", "乙", first="否"),
        _report("宝山区", "甲", tone="曝光"),
        _report("宝山区", "甲", tone="曝光"),
        _report("嘉定区", "甲"),
        _report("宝山区", "丙", first=""),
    ]
    tally = count(scheme, layout.MEDIA, lines)
    assert {d: n for d, n in tally.numbers["R6.1"].items() if n} == {"宝山区": 1, "嘉定区": 1}
    assert {d: n for d, n in tally.numbers["R6.2"].items() if n} == {"宝山区": 1}
    assert [c.counts for c in tally.lines] == [True, False, False, True, False, True, False]
    assert tally.lines[-1].reason == "缺：首发"
