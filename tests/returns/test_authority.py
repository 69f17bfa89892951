"""What a returned file says of itself beyond its fields gives it no say in how it, or anybody, is scored."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Forms
from tests.full_round.writing import columns
from xladdin.evaluations.books import unit_workbook
from xladdin.evaluations.units import departments
from xladdin.results.consolidation import Consolidation, DistrictResult, consolidate
from xladdin.results.master import master_workbook
from xladdin.returns.collection import collect
from xladdin.rounds.collecting import collect_round
from xladdin.rounds.targets_sheet import targets_table, targets_workbook
from xladdin.scheme import Scheme
from xladdin.words import KIND_PROPERTY, VALUE, form_file_name
from xladdin.workbook import package
from xladdin.workbook.cells import cell_name
from xladdin.workbook.read.reader import read_bytes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

OURS, OTHER = "静安区", "浦东新区"


def of(result: Consolidation, name: str = OURS) -> DistrictResult:
    return next(d for d in result.districts if d.name == name)


def test_origin__in_a_form__confirms_nothing(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    """来源 is what 考核总表 says of values taken over; a district's word for it spares nobody the confirmation."""
    sheet, cell = forms.at("K15.1")
    book = openpyxl.load_workbook(io.BytesIO(forms.make(OURS, {("K15.1", VALUE): 1e6})))
    head, _at = columns(book[sheet], "编号")
    book[sheet].cell(head, 25).value = "来源"
    book[sheet].cell(book[sheet][cell].row, 25).value = "采用：1000000；部门评价表.xlsx 核定完成量!G5"
    book.save(tmp_path / form_file_name(OURS))
    result = consolidate(scheme, [tmp_path])
    assert [(i.code, i.place.cell) for i in of(result).open_issues] == [("C18", cell)]


def test_readings__of_a_workbook_among_returned_files__do_not_hold_and_are_named(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(master_workbook(scheme)))
    sheet = book["口径"]
    first, at = columns(sheet, "名称", "采用")
    row = next(r for r in range(first, sheet.max_row) if sheet.cell(r, at["名称"]).value == "media_floor")
    sheet.cell(row, at["采用"]).value = "zero"
    layout = read_bytes(master_workbook(scheme))
    own = next(s for s in layout.sheets if s.name == OURS)
    code = next(n for n, cells in enumerate(own.rows) if "K04.1" in cells)
    heads = next(list(cells) for cells in own.rows if VALUE in cells)
    book[OURS][cell_name(code, heads.index(VALUE))] = 5
    del book.custom_doc_props[KIND_PROPERTY]
    book.save(tmp_path / f"{OURS}.xlsx")
    (tmp_path / form_file_name(OTHER)).write_bytes(forms.make(OTHER))
    result = consolidate(scheme, [tmp_path])
    assert result.policies["media_floor"] == "negative"
    assert [(i.place.file, i.found) for i in result.issues if i.code == "F24"] == [
        (f"{OURS}.xlsx", "写着采用 media_floor=zero")
    ]
    (tmp_path / form_file_name(OTHER)).unlink()  # alone it is the office's own 考核总表
    assert consolidate(scheme, [tmp_path]).policies["media_floor"] == "zero"


def test_number__of_anothers_workbook__named_and_the_rank_waits(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    path = tmp_path / form_file_name(OURS)
    path.write_bytes(package.rewrite(forms.blank(OTHER), {OTHER: OURS}))
    result = consolidate(scheme, [path])
    found = [i for i in of(result).open_issues if i.code == "F23"]
    assert [(i.found, i.expected) for i in found] == [(f"下发编号 JXH2023-01-1 是{OTHER}的", f"下发给{OURS}的表")]
    one, two = departments(scheme)[-2:]
    (tmp_path / two.file_name).write_bytes(package.rewrite(unit_workbook(scheme, one, 2), {one.name: two.name}))
    (report,) = collect(scheme, [tmp_path / two.file_name]).reports
    assert report.unit == two
    assert [i.found for i in report.issues if i.code == "F23"] == [
        f"下发编号 {one.number(scheme.source, 2)} 是{one.name}的"
    ]


def test_table__in_a_rounds_returned_files__assigns_nothing(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    returned = tmp_path / "回收"
    returned.mkdir()
    (returned / form_file_name(OTHER)).write_bytes(forms.make(OTHER))
    table = targets_table(scheme)
    cells: dict[str, str | float | None] = {
        table.at(OURS, n): 1.0 for n, i in enumerate(scheme.indicators) if i.code == "K04.1"
    }
    own = forms.make(OURS)
    book = openpyxl.load_workbook(io.BytesIO(package.rewrite(targets_workbook(scheme), {}, {table.sheet: cells})))
    form = openpyxl.load_workbook(io.BytesIO(own))
    copy = form.create_sheet("分解")
    for row in book[table.sheet].iter_rows():
        for cell in row:
            copy[cell.coordinate] = cell.value
    form.save(returned / "任务分解表.xlsx")
    collection = collect_round(scheme, tmp_path)
    assert collection.forms.keys() == {OURS, OTHER}
    assert collection.targets == {}
