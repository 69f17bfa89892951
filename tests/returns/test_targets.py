"""任务量 is the office's: which 任务分解表 holds for which files, and what it says of a form."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Forms
from xladdin.evaluations.units import office, units
from xladdin.issues import Level
from xladdin.results.consolidation import Consolidation, DistrictResult, consolidate
from xladdin.results.files import result_workbook
from xladdin.results.master import master_workbook
from xladdin.returns.collection import collect
from xladdin.returns.targets import read_targets
from xladdin.rounds.targets_sheet import targets_table, targets_workbook
from xladdin.scheme import Scheme
from xladdin.scoring.items import Status
from xladdin.sending.evaluations import write_unit_workbooks
from xladdin.words import CODE, TARGET, TARGETS_KIND, VALUE, form_file_name
from xladdin.workbook import package
from xladdin.workbook.cells import cell_name
from xladdin.workbook.read.reader import read_bytes

WHO, OTHER = "静安区", "浦东新区"

# Of 静安区 40 of K04.1 are asked, of 浦东新区 nothing of it, and of nobody anything of K05.1.
DIVIDED = {("K04.1", WHO): 40.0, ("K04.1", "黄浦区"): 4960.0}


def round_of(scheme: Scheme, forms: Forms, folder: Path) -> Path:
    """A round with a 任务分解表 and the forms of two districts, who both say that 20 were asked and 15 done."""
    table = targets_table(scheme)
    rows = {indicator.code: n for n, indicator in enumerate(scheme.indicators)}
    cells = {table.at(name, rows[code]): amount for (code, name), amount in DIVIDED.items()}
    (folder / "回收").mkdir()
    (folder / "任务分解表.xlsx").write_bytes(package.rewrite(targets_workbook(scheme), {}, {table.sheet: cells}))
    for name in (WHO, OTHER):
        changes = {("K04.1", TARGET): 20.0, ("K04.1", VALUE): 15.0}
        (folder / "回收" / f"区填报表_{name}.xlsx").write_bytes(forms.make(name, changes))
    return folder


def test_table__a_code_that_is_none_and_a_missing_district__said_once_each(scheme: Scheme, tmp_path: Path) -> None:
    table = targets_table(scheme)
    cells = {table.at(CODE, 0): "X9", table.at(WHO, 0): 5.0, table.at("黄浦区", 1).rstrip("0123456789") + "4": "黄埔区"}
    path = tmp_path / "任务分解表.xlsx"
    path.write_bytes(package.rewrite(targets_workbook(scheme), {}, {table.sheet: cells}))
    found = read_targets(scheme, path)[1]
    assert [i.found for i in found if i.code in ("S05", "T03")] == ["表头缺 黄浦区", "没有按任务量计分的编号 X9"]
    assert not [i for i in found if i.place.district == "黄浦区"]  # nothing is asked of a column that is not there


def of(result: Consolidation, name: str) -> DistrictResult:
    return next(d for d in result.districts if d.name == name)


@pytest.mark.parametrize(
    "asked", ["回收", *(pytest.param(x, marks=pytest.mark.slow) for x in (".", "both", f"回收/区填报表_{WHO}.xlsx"))]
)
def test_table__of_the_round__holds_for_its_folder_and_its_files(
    scheme: Scheme, forms: Forms, tmp_path: Path, asked: str
) -> None:
    folder = round_of(scheme, forms, tmp_path)
    paths = [folder / "回收", folder / "任务分解表.xlsx"] if asked == "both" else [folder / asked]
    result = consolidate(scheme, paths)
    own = of(result, WHO)
    assert own.scored.items["K04"].score == Decimal("0.75")  # 2 × 15 / 40
    found = [(i.level, i.place.cell, i.found, i.expected) for i in result.issues if i.code == "R07"]
    cell = forms.at("K04.1", TARGET)[1]
    assert (Level.ERROR, cell, "当年任务量 20", "市里下达的任务量：40") in found
    assert own.provisional
    assert own.scored.items["K05"].status is Status.SCORED  # left to the districts
    assert own.layers is not None
    (source,) = [s for s in own.layers.sources if s.code == "K04.1" and s.head == f"{TARGET}（下达）"]
    assert (source.typed, source.place.file, source.place.sheet) == ("40", "任务分解表.xlsx", TARGETS_KIND)
    assert [s.unused for s in own.layers.sources if s.code == "K04.1"] == ["区报，以市里下达的为准", "", ""]
    if asked != f"回收/区填报表_{WHO}.xlsx":
        assert of(result, OTHER).scored.items["K04"].status is Status.NOT_APPLICABLE
        assert (Level.ERROR, cell, "当年任务量 20", "市里下达的任务量：未下达") in found


def test_table__of_the_round__holds_for_its_master_workbook_too(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    folder = round_of(scheme, forms, tmp_path)
    data = master_workbook(scheme)
    sheet = next(sheet for sheet in read_bytes(data).sheets if sheet.name == WHO)
    row = next(n for n, cells in enumerate(sheet.rows, 1) if "K04.1" in cells)
    head = next(list(cells) for cells in sheet.rows if TARGET in cells)
    cells = {cell_name(row - 1, head.index(name)): number for name, number in ((TARGET, 20.0), (VALUE, 15.0))}
    (folder / "下发").mkdir()
    path = folder / "下发" / "考核总表.xlsx"
    path.write_bytes(package.rewrite(data, {}, {WHO: cells}))
    result = consolidate(scheme, [path])
    assert of(result, WHO).scored.items["K04"].score == Decimal("0.75")
    assert [(i.place.sheet, i.found) for i in result.issues if i.code == "R07" and i.place.item == "K04.1"] == [
        (WHO, "当年任务量 20")
    ]


def test_taken_over__amounts_of_the_office__are_not_said_to_be_changed(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    result = consolidate(scheme, [round_of(scheme, forms, tmp_path)])
    path = tmp_path / "考核汇总.xlsx"
    path.write_bytes(result_workbook(result, path, datetime(2024, 2, 1)))
    again = consolidate(scheme, [path])
    assert "V03" not in {issue.code for issue in again.issues}
    assert [of(again, name).scored.total for name in (WHO, OTHER)] == [
        of(result, name).scored.total for name in (WHO, OTHER)
    ]


def test_table__that_a_district_has_sent__is_none(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    folder = round_of(scheme, forms, tmp_path)
    for asked in (folder, folder / "回收"):
        (folder / "任务分解表.xlsx").replace(folder / "回收" / "任务分解表.xlsx")
        assert of(consolidate(scheme, [asked]), WHO).scored.items["K04"].score == Decimal("1.50")  # 2 × 15 / 20
        (folder / "回收" / "任务分解表.xlsx").replace(folder / "任务分解表.xlsx")


def test_folder__of_a_round__what_was_issued_is_nobodys_answer(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    folder = round_of(scheme, forms, tmp_path)
    for at in ("下发", "下发/第2次", "退回修改单"):
        (folder / at).mkdir()
        (folder / at / form_file_name(WHO)).write_bytes(forms.blank(WHO))
    collection = collect(scheme, [folder])
    assert sorted(collection.forms) == sorted([WHO, OTHER])
    assert collection.forms[WHO].fields["K04.1"].value.value == 15
    assert collection.expects_all
    assert {issue.code for issue in collection.issues} == {"R07"}  # by the 任务分解表 of the round


def test_tables__of_two_rounds__hold_neither(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    paths = []
    for name in ("一", "二"):
        (tmp_path / name).mkdir()
        paths.append(round_of(scheme, forms, tmp_path / name) / "回收")
    result = consolidate(scheme, paths)
    assert "有两份任务分解表" in {issue.found for issue in result.issues if issue.code == "T03"}
    assert all(d.provisional for d in result.districts)


def test_table__unreadable__every_rank_waits(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    folder = round_of(scheme, forms, tmp_path)
    (folder / "任务分解表.xlsx").write_bytes(b"broken")
    result = consolidate(scheme, [folder / "回收"])
    assert "T03" in {issue.code for issue in result.issues}
    assert all(d.provisional for d in result.districts)


def test_form__missing__what_is_assigned_is_known(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    collection = collect(scheme, [round_of(scheme, forms, tmp_path)])
    (unit,) = [unit for unit in units(scheme, ()) if "K04.1" in unit.codes]
    assert unit != office(scheme)
    known = collection.forms_of(scheme.district_names)
    write_unit_workbooks(scheme, tmp_path / "下发", forms=known, experts=("张三",))
    assert known["黄浦区"].fields["K04.1"].entry.target == 4960
    assert known["黄浦区"].fields["K04.1"].entry.value is None
    assert not known["黄浦区"].fields["N1.1"].is_named


def test_tasks__unassigned_where_only_the_form_says_so__are_listed_with_how_many_count(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    blank = {(code, head): None for code in ("K02.1", "K04.1") for head in (TARGET, VALUE)}
    path = tmp_path / f"区填报表_{WHO}.xlsx"
    path.write_bytes(forms.make(WHO, blank))
    result = consolidate(scheme, [path])
    (found,) = [issue for issue in result.issues if issue.code == "C19"]
    assert (found.level, found.place.district) == (Level.NOTE, WHO)
    assert found.found == "未下达的任务 2 项：K02、K04；按 34 项中的 32 项计分"
    assert not of(result, WHO).provisional
