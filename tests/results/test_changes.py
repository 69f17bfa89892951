"""What changed: between two submissions cell by cell, between two results score by score and rank by rank."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Field, Forms, Typed
from xladdin.evaluations.books import unit_workbook
from xladdin.evaluations.reading import read_evaluations
from xladdin.evaluations.units import departments
from xladdin.results.changes import changes_workbook, compare_files
from xladdin.results.consolidation import Consolidation, consolidate
from xladdin.results.result_changes import result_change_sheets, result_differences, result_lines
from xladdin.results.stored import NotComparable, Results, load_results, results
from xladdin.scheme import Scheme
from xladdin.words import CODE, CONTENT, TARGET, VALUE, form_file_name
from xladdin.workbook import package
from xladdin.workbook.read.reader import SourceFile, read_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

WHO, OTHER = "徐汇区", "黄浦区"


def submitted(forms: Forms, folder: Path, changes: Mapping[Field, Typed] | None = None) -> Path:
    """A form of the district as it came back, in a folder of its own."""
    folder.mkdir()
    path = folder / form_file_name(WHO)
    path.write_bytes(forms.make(WHO, changes))
    return path


# --- Two submissions --------------------------------------------------------------------------------------------------


def test_forms__some_cells_differ__exactly_those_with_both_values_and_places(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    before = submitted(forms, tmp_path / "第1轮", {("K01.1", VALUE): "12个", ("R5.1", VALUE): None})
    after = submitted(
        forms,
        tmp_path / "第2轮",
        {("K01.1", VALUE): 13.0, ("K02.1", TARGET): None, ("N1.1", CONTENT): "新案例", ("R5.1", VALUE): 3.0},
    )

    def at(code: str, head: str) -> str:
        return "!".join(forms.at(code, head))

    compared = compare_files(scheme, before, after)
    assert compared.lines == [
        f"{WHO} K01.1 完成情况 改动：12个（读作 12）（{at('K01.1', VALUE)}）→ 13（{at('K01.1', VALUE)}）",
        f"{WHO} K02.1 当年任务量 清除：17（{at('K02.1', TARGET)}）→ 空白（{at('K02.1', TARGET)}）",
        f"{WHO} N1.1 填报内容 改动：{WHO}案例1（{at('N1.1', CONTENT)}）→ 新案例（{at('N1.1', CONTENT)}）",
        f"{WHO} R5.1 完成情况 新填：空白（{at('R5.1', VALUE)}）→ 3（{at('R5.1', VALUE)}）",
        "共 4 格变动",
    ]


def test_forms__a_code_gone_from_the_later__told_as_a_missing_row(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    before = submitted(forms, tmp_path / "第1轮")
    after = submitted(forms, tmp_path / "第2轮")
    sheet, cell = forms.at("R5.1", CODE)
    after.write_bytes(package.rewrite(after.read_bytes(), {}, {sheet: {cell: None}}))
    lines = compare_files(scheme, before, after).lines
    assert lines[:-1] == [f"{WHO} R5.1 完成情况 缺行：3（{'!'.join(forms.at('R5.1'))}）→ 空白（没有这一行）"]


def test_forms__saved_again_with_the_same_contents__nothing(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    before = submitted(forms, tmp_path / "第1轮")
    after = submitted(forms, tmp_path / "第2轮")
    book = openpyxl.load_workbook(after)
    book[forms.at("R5.1")[0]].insert_cols(2)
    book.save(after)
    assert compare_files(scheme, before, after).lines == ["没有变动"]


def test_forms__changes__written_as_a_sheet(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    before = submitted(forms, tmp_path / "第1轮")
    after = submitted(forms, tmp_path / "第2轮", {("K02.1", VALUE): 12.0})
    path = tmp_path / "变动.xlsx"
    compared = compare_files(scheme, before, after)
    path.write_bytes(changes_workbook(scheme, compared.sheets, datetime(2024, 1, 5)))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["变动"]
    rows = list(book["变动"].iter_rows(values_only=True))
    assert rows[-1][1:3] == (WHO, "K02.1")
    assert rows[-1][5:8] == ("改动", "16", "12")
    assert str(before) in str(rows[1][0])
    assert str(after) in str(rows[2][0])


def test_departments__one_mark_differs__that_one(scheme: Scheme, tmp_path: Path) -> None:
    unit = next(u for u in departments(scheme) if len(u.codes) > 1)
    paths = [tmp_path / name / unit.file_name for name in ("第1轮", "第2轮")]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(unit_workbook(scheme, unit, 1))
    blank = read_evaluations(scheme, read_workbook(paths[0]), SourceFile(paths[0], unit.file_name, ""))
    cell = next(e for e in blank.evaluations if e.district == WHO)
    changed = {cell.place.sheet: {cell.place.cell: 1.0}}
    paths[1].write_bytes(package.rewrite(paths[1].read_bytes(), {}, changed))
    assert compare_files(scheme, *paths).lines == [
        f"{WHO} {cell.code} 评价 新填：空白（{cell.place.sheet}!{cell.place.cell}）"
        f"→ 1（{cell.place.sheet}!{cell.place.cell}）",
        "共 1 格变动",
    ]


def test_files__of_two_districts__refused_with_both_names(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    before = submitted(forms, tmp_path / "第1轮")
    other = tmp_path / form_file_name(OTHER)
    other.write_bytes(forms.make(OTHER))
    with pytest.raises(NotComparable, match=f"{WHO}.*{OTHER}"):
        compare_files(scheme, before, other)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"scheme": "2023", "policies": {}, "districts": [{}]}', "\x00"])
def test_results__not_such_a_file__said_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "results.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotComparable, match="不是 xladdin consolidate --json 写出的结果"):
        load_results(path)


def test_files__a_result_and_a_workbook__refused(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(NotComparable, match="一份是 results"):
        compare_files(scheme, tmp_path / "results.json", submitted(forms, tmp_path / "第1轮"))


def test_files__unreadable_workbook__refused_with_the_reason(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    broken = tmp_path / form_file_name(WHO)
    broken.write_bytes(b"not a workbook")
    with pytest.raises(NotComparable, match=r"不能比较：.*工作簿"):
        compare_files(scheme, broken, submitted(forms, tmp_path / "第1轮"))


# --- Two results ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def later(forms: Forms, filled: Path, scheme: Scheme, tmp_path_factory: pytest.TempPathFactory) -> Consolidation:
    """The clean round after one district has sent another form.

    K15: 18.5 of 18.5 done becomes 14.8, 2 points become 1.6; the total falls from 82.57 to 82.17, below two others with
    82.48 and 82.19. K31: all done or more makes no difference.
    """
    folder = tmp_path_factory.mktemp("later") / "回收"
    forms.write_all(folder)
    changes: dict[Field, Typed] = {("K15.1", VALUE): 14.8, ("K31.1", VALUE): 999.0}
    (folder / form_file_name(WHO)).write_bytes(forms.make(WHO, changes))
    return consolidate(scheme, [folder], scheme.default_policies)


def plain_data(result: Consolidation) -> Results:
    data: Results = json.loads(json.dumps(results(result), ensure_ascii=False))
    return data


def test_results__one_cell_costs_a_district_points__it_and_those_it_falls_behind(
    clean: Consolidation, later: Consolidation
) -> None:
    differences = result_differences(plain_data(clean), plain_data(later))
    assert differences.policies == ()
    wanted = {WHO: (11, 13), "闵行区": (12, 11), "奉贤区": (13, 12)}
    assert {d.name: (d.before.rank, d.after.rank) for d in differences.districts} == wanted
    own = next(d for d in differences.districts if d.name == WHO)
    assert (own.before.total, own.after.total) == (82.57, 82.17)
    assert own.before.sections["1"] - own.after.sections["1"] == pytest.approx(0.4)
    assert own.before.sections["2"] == own.after.sections["2"]


def test_results__items__score_before_and_after_and_the_cell_that_did_it(
    clean: Consolidation, later: Consolidation, forms: Forms
) -> None:
    differences = result_differences(plain_data(clean), plain_data(later))
    assert [(i.district, i.item, i.is_moved) for i in differences.items] == [(WHO, "K15", True), (WHO, "K31", False)]
    moved = differences.items[0]
    assert (moved.before, moved.after) == ((2.0, "scored"), (1.6, "scored"))
    (cell,) = moved.cells
    assert cell.before is not None
    assert cell.after is not None
    assert (cell.code, cell.column, cell.before["typed"], cell.after["typed"]) == ("K15.1", "完成情况", "18.5", "14.8")
    assert (cell.after["sheet"], cell.after["cell"]) == forms.at("K15.1")


def test_results__another_reading__scores_move_without_a_cell_and_the_reading_is_named(
    scheme: Scheme, filled: Path, clean: Consolidation
) -> None:
    other = consolidate(scheme, [filled], scheme.choose_policies({"briefs_at_six": "lower"}))
    differences = result_differences(plain_data(clean), plain_data(other))
    assert differences.policies == (("briefs_at_six", "upper", "lower"),)
    at_six = {name for n, name in enumerate(scheme.district_names) if n % 8 == 6}  # as many briefs as the fixture types
    assert {(i.district, i.item) for i in differences.items} == {(name, "R5") for name in at_six}
    assert all(i.cells == () for i in differences.items)


def test_results__an_item_of_other_points__said_once_of_the_scheme(scheme: Scheme, clean: Consolidation) -> None:
    before, after = results(clean), copy.deepcopy(results(clean))
    for district in after["districts"]:
        district["items"]["K01"]["points"] = 2.5
    lines = result_lines(scheme, result_differences(before, after))
    assert lines == [f"方案 K01 {scheme.items['K01'].name}：分值 2 → 2.5"]
    note = result_change_sheets(scheme, result_differences(before, after))[0].notes[-1]
    assert note == "方案的分值改动：K01 2 → 2.5。"


def test_results__the_same__no_difference(scheme: Scheme, clean: Consolidation, tmp_path: Path) -> None:
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path in paths:
        path.write_text(json.dumps(results(clean)), encoding="utf-8")
    assert compare_files(scheme, *paths).lines == ["没有变动"]


def test_results__of_another_years_scheme__refused(clean: Consolidation) -> None:
    data = plain_data(clean)
    with pytest.raises(NotComparable, match="方案版本不同：2024 和"):
        result_differences({**data, "scheme": "2024"}, data)


def test_results__written__two_sheets_that_tell_movement_and_cause(
    scheme: Scheme, clean: Consolidation, later: Consolidation, tmp_path: Path
) -> None:
    paths = [tmp_path / "before.json", tmp_path / "after.json"]
    for path, result in zip(paths, (clean, later), strict=True):
        path.write_text(json.dumps(results(result)), encoding="utf-8")
    compared = compare_files(scheme, *paths)
    target = tmp_path / "变动.xlsx"
    target.write_bytes(changes_workbook(scheme, compared.sheets, datetime(2024, 1, 5)))
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["变动", "变动原因"]
    moved = {row[0]: row for row in book["变动"].iter_rows(min_row=5, values_only=True)}
    assert moved[WHO][6] == pytest.approx(-0.4)
    assert moved[WHO][-1] == "K15 2.00→1.60"
    assert (moved["闵行区"][3], moved["闵行区"][6], moved["闵行区"][-1]) == ("升 1 位", 0, "本区得分未变，其他区变动")
    assert set(moved) == {WHO, "闵行区", "奉贤区"}
    causes = list(book["变动原因"].iter_rows(min_row=4, values_only=True))
    assert [(row[1], row[3], row[4], row[7], row[8]) for row in causes] == [
        ("K15", "2.00", "1.60", "18.5", "14.8"),
        ("K31", "2.00", "2.00", "15", "999"),
    ]
    assert f"  {WHO} K15 2.00 → 1.60" in compared.lines
