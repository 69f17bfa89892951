"""An office's scheme that is changed after forms went out: refused by name, confirmed where no field moves, sealed with the result."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.years import SCHEMES, Said, call
from xladdin.classes import replace
from xladdin.fields.identity import read_identity
from xladdin.issues import Issue
from xladdin.returns.targets import targets_in
from xladdin.rounds.corrections import read_corrections
from xladdin.rounds.corrections_sheet import corrections_workbook
from xladdin.rounds.targets_sheet import targets_workbook
from xladdin.scheme import Scheme, load_scheme
from xladdin.scheme.book import layout
from xladdin.scheme.book.reading import scheme_book_of
from xladdin.scheme.book.stamps import moves_no_field, stamp_of
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.workbook.read.reader import read_bytes, read_workbook

THREE = 3
"""Districts of the small scheme: fewer forms are made sooner."""


@pytest.fixture(scope="module")
def small() -> Scheme:
    """The second city's scheme with three of its units, as an office's own."""
    scheme = load_scheme("2025", SCHEMES)
    units = replace(scheme.district_list, count=THREE, clause=f"{THREE} 个单位", districts=scheme.districts[:THREE])
    return replace(scheme, district_list=units)


@pytest.fixture(scope="module")
def sent(small: Scheme, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An assessment folder: forms sent out, filled in and returned. Not to be written to."""
    folder = tmp_path_factory.mktemp("sent") / "考核"
    folder.mkdir()
    (folder / "考核方案.xlsx").write_bytes(scheme_workbook(small, ()))
    assert call("templates", folder / "下发").code == 0
    assert call("sample", folder / "下发", folder / "回收").code == 0
    yield folder


@pytest.fixture
def folder(sent: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sent, tmp_path / "考核"))


def edit(folder: Path, change: Callable[[openpyxl.Workbook], None]) -> None:
    path = folder / "考核方案.xlsx"
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    workbook.save(path)


def checked(folder: Path) -> Said:
    return call("check", folder / "回收", "-o", folder.parent / "校验结果.xlsx")


def other_reading(workbook: openpyxl.Workbook) -> None:
    """The default of ties changed: ranks may move, no field does."""
    for row in workbook[layout.READINGS].iter_rows(min_row=2):
        cells = {workbook[layout.READINGS].cell(1, cell.column).value: cell for cell in row}
        if cells[layout.POLICY].value == "ties":
            cells[layout.IS_DEFAULT].value = {"share": None, "section1": "是"}[cells[layout.OPTION].value]


def other_unit(workbook: openpyxl.Workbook) -> None:
    sheet = workbook[layout.UNITS]
    sheet.cell(2, 1).value = "新名区"


def test_stamp__same_scheme_from_data_and_workbook_and_with_other_looks__same() -> None:
    scheme = load_scheme("2023")
    sheets = read_bytes(scheme_workbook(scheme, ())).sheets
    assert stamp_of(scheme_book_of(sheets, {}).scheme) == stamp_of(scheme)
    source = replace(scheme, source=replace(scheme.source, title="另一个标题"))
    assert stamp_of(source) != stamp_of(scheme)
    assert moves_no_field(stamp_of(source), stamp_of(scheme))
    fewer = replace(scheme, district_list=replace(scheme.district_list, districts=scheme.districts[1:]))
    assert not moves_no_field(stamp_of(fewer), stamp_of(scheme))


def test_changed__no_field_moves__refused_with_what_changed_then_confirmed_and_sealed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checked(folder).code in (0, 1)
    edit(folder, other_reading)
    for words in (
        ["round", folder],
        ["consolidate", folder, "--round"],
        ["check", folder / "回收", "-o", folder.parent / "校验结果.xlsx"],
    ):
        said = call(*words)
        assert said.code != 0
        assert "“考核方案.xlsx”在下发以后改过：“下发”里的 3 份表是按原来的方案做的。" in said.err + said.out, words
        assert "口径　ties share" in said.err + said.out
        assert f"xladdin scheme confirm {folder}" in said.err + said.out
    assert not (folder / "结果").exists()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1699950000")
    said = call("scheme", "confirm", folder)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert said.code == 0 and "已确认" in said.out
    assert call("scheme", "confirm", folder).out.startswith("没有要确认的")
    assert call("consolidate", folder, "--round").code == 0
    sealed = folder / "结果/第1次"
    result = json.loads((sealed / "results.json").read_text("utf-8"))
    assert result["policies"]["ties"] == "section1"
    assert [file["name"] for file in result["files"]]  # the forms count
    assert (sealed / "方案/2025/方案变动确认.xlsx").read_bytes() == (folder / "方案变动确认.xlsx").read_bytes()
    sheet = read_workbook(sealed / "方案/2025/方案变动确认.xlsx").sheets[0]
    assert any("已下发的 3 份表照常采用" in str(cell) for row in sheet.rows for cell in row)
    assert any("ties share" in str(cell) for row in sheet.rows for cell in row)
    (finding,) = [issue for issue in result["issues"] if issue["file"] == "方案变动确认.xlsx"]
    assert finding["level"] == "提示"
    told = "考核方案在下发以后改过，2023-11-14 确认变动不涉及填报内容，已下发的表照常采用"
    assert finding["found"] == told
    readings = next(
        sheet for sheet in read_workbook(next(sealed.glob("考核汇总*.xlsx"))).sheets if sheet.name == "口径"
    )
    assert any(f"{told}（方案变动确认.xlsx）" in str(cell) for row in readings.rows for cell in row)
    checked(folder)
    for sheet in read_workbook(folder.parent / "校验结果.xlsx").sheets:
        assert sum(told in str(cell) for row in sheet.rows for cell in row) <= 1  # of all files, not of each
    said = call("verify", sealed)
    assert (said.code, "一致" in said.out) == (0, True), said
    # Changed once more, what was confirmed no longer holds.
    edit(folder, lambda workbook: setattr(workbook[layout.DOCUMENT]["B8"], "value", "又一个标题"))
    assert "在下发以后改过" in call("round", folder).err


def test_changed__what_forms_check__said_before_it_is_confirmed_and_in_the_confirmation(folder: Path) -> None:
    def another_limit(workbook: openpyxl.Workbook) -> None:
        sheet = workbook[layout.INDICATORS]
        heads = {cell.value: cell.column for cell in sheet[1]}
        sheet.cell(2, heads["最大值"]).value = 500

    edit(folder, another_limit)
    code = openpyxl.load_workbook(folder / "考核方案.xlsx")[layout.INDICATORS]["B2"].value
    told = f"其中 {code} 允许填的最大值或最低任务量变了：已发出的表仍按原来的提示，汇总按现在的检查，两者会不同；要让各单位按新的填，请重新下发。"
    assert told in call("round", folder).err
    said = call("scheme", "confirm", folder)
    assert said.code == 0 and told in said.out
    sheet = read_workbook(folder / "方案变动确认.xlsx").sheets[0]
    assert any(told in str(cell) for row in sheet.rows for cell in row)


def test_gone__copy_beside_the_forms__refused_at_once_with_where_to_get_it_back(folder: Path) -> None:
    (folder / "考核方案.xlsx").unlink()
    for words in (["round", folder], ["consolidate", folder, "--round"], ["check", folder / "回收"]):
        said = call(*words)
        assert said.code != 0 and not said.out
        assert f"{folder} 里没有 考核方案.xlsx，“下发”里却有 考核方案_下发.xlsx" in said.err, words
        assert f"复制到 {folder}，文件名改为 考核方案.xlsx" in said.err
    shutil.copy(folder / "下发/考核方案_下发.xlsx", folder / "考核方案.xlsx")
    assert checked(folder).code in (0, 1)


def test_changed__a_field_moves__only_sending_out_anew_helps_and_old_forms_are_named(folder: Path) -> None:
    edit(folder, other_unit)
    said = call("consolidate", folder, "--round")
    assert "单位　新名区　改名：" in said.err
    assert "变动涉及填报的编号、内容、单位或评定者" in said.err and "请重新下发" in said.err
    assert call("scheme", "confirm", folder).code != 0
    assert not (folder / "方案变动确认.xlsx").exists()
    shutil.rmtree(folder / "下发")
    assert call("templates", folder / "下发").code == 0
    said = checked(folder)
    assert said.code == 1
    assert said.out.count("[错误]") >= 1 and "按改动以前的方案下发" in said.out
    shutil.rmtree(folder / "回收")
    call("sample", folder / "下发", folder / "回收")
    assert "按改动以前的方案下发" not in checked(folder).out


@pytest.mark.parametrize(("made", "read"), [(targets_workbook, targets_in), (corrections_workbook, read_corrections)])
def test_changed__a_workbook_that_the_office_made_for_itself__refused_where_a_field_moved(
    small: Scheme, made: Callable[[Scheme], bytes], read: Callable[..., tuple[Any, list[Issue]]]
) -> None:
    own = replace(small, files={"考核方案.xlsx": b""})
    book = read_bytes(made(own))
    other_judge = {id_: replace(item, judge="第三方") if id_ == "T03" else item for id_, item in own.items.items()}
    moved = replace(own, items=other_judge)
    retitled = replace(own, source=replace(own.source, title="另一个标题"))
    told = "按改动以前的考核方案生成，此后编号、内容、单位或评定者改过"
    for scheme in (own, retitled):
        assert told not in [issue.found for issue in read(scheme, book, "表.xlsx")[1]]
    given, found = read(moved, book, "表.xlsx")
    assert ([issue.found for issue in found], bool(given)) == ([told], False)


@pytest.mark.slow
def test_changed_back__used_as_before(folder: Path) -> None:
    before = (folder / "考核方案.xlsx").read_bytes()
    edit(folder, other_reading)
    assert "在下发以后改过" in call("round", folder).err
    (folder / "考核方案.xlsx").write_bytes(before)
    assert "在下发以后改过" not in call("round", folder).err


def test_templates__own_scheme_of_a_year_that_the_product_has__its_own_forms(tmp_path: Path) -> None:
    """The stored blanks are of the product's scheme of that year, and not of the office's."""
    (tmp_path / "考核方案.xlsx").write_bytes(scheme_workbook(load_scheme("2023"), ()))

    def rename(workbook: openpyxl.Workbook) -> None:
        sheet = workbook[layout.INDICATORS]
        (row,) = (row for row in sheet.iter_rows() if row[1].value == "K01.1")
        next(cell for cell in row if cell.value == "美丽街区").value = "改过的指标"

    edit(tmp_path, rename)
    assert call("templates", tmp_path / "下发").code == 0
    form = read_workbook(tmp_path / "下发/区填报表_黄浦区.xlsx")
    assert any("改过的指标" in str(cell) for sheet in form.sheets for row in sheet.rows for cell in row)


def test_stamp__properties_lost_by_another_program__read_from_the_cells(folder: Path, small: Scheme) -> None:
    form = next((folder / "下发").glob("区填报表_*.xlsx"))
    book = read_workbook(form)
    book.properties.clear()
    identity = read_identity(book)
    own = replace(small, files={"考核方案.xlsx": b""})
    assert {stated.name for stated in identity.schemes} == {stamp_of(small)}
    assert identity.foreign_scheme(own) is None
    other = replace(own, source=replace(own.source, title="另一个标题"))
    assert identity.foreign_scheme(other) is not None
    assert identity.foreign_scheme(replace(other, confirmed=(stamp_of(small),))) is None
    assert identity.foreign_scheme(replace(other, files={})) is None  # of the product itself, which nobody edits


@pytest.mark.slow
def test_moved__by_a_confirmed_change_of_the_scheme__said_with_both_derivations(folder: Path) -> None:
    """Not another version of the program, and not the other units, whose data a score has nothing to do with."""

    def typed(form: Path, rate: float) -> None:
        book = openpyxl.load_workbook(form)
        for sheet in book:
            for row in sheet.iter_rows():
                if "D2.1" in [cell.value for cell in row]:
                    next(cell for cell in row if isinstance(cell.value, float)).value = rate
        book.save(form)

    first, *others = sorted((folder / "回收").glob("区填报表_*.xlsx"))
    for form in (first, *others):
        typed(form, 80.5)
    assert call("consolidate", folder, "--round").code in (0, 1)

    def dearer(workbook: openpyxl.Workbook) -> None:
        for sheet in workbook:
            for row in sheet.iter_rows(min_row=2):
                for cell in row:
                    if isinstance(cell.value, str):
                        cell.value = cell.value.replace("每少一个百分点扣 1 分", "每少一个百分点扣 2 分")
        sheet = workbook[layout.STEPS]
        heads = {cell.value: cell.column for cell in sheet[1]}
        (row,) = (row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value == "D2")
        sheet.cell(row, heads["每次（档）分值"]).value = 2
        sheet.cell(row, heads["每次（档）分值原文"]).value = "每少一个百分点扣 2 分"

    typed(first, 85.5)
    edit(folder, dearer)
    assert call("scheme", "confirm", folder).code == 0
    lines = call("consolidate", folder, "--round").out.splitlines()
    moved = {line.split()[0]: lines[n + 1] for n, line in enumerate(lines) if " D2 " in line and " → " in line}
    assert "“85.5”" in moved.pop(first.stem.removeprefix("区填报表_"))
    for said in moved.values():
        assert "没有单元格改动，方案或程序版本有改动。前：" in said and "；后：" in said, said
        assert "×1" in said.partition("；后：")[0] and "×2" in said.partition("；后：")[2], said
    assert not any(line.startswith("方案 ") for line in lines)  # no item is worth more or less
    assert set(moved) == {form.stem.removeprefix("区填报表_") for form in others}
