"""The consolidation's results: the same whatever the order, complete, traceable to the cell, and safe to open."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import re
import subprocess
import sys
import urllib.parse
import zipfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.conftest import Field, Forms, Typed
from tests.support.libreoffice import DEADLINE
from xladdin import issues
from xladdin.forms.form import FieldCell
from xladdin.numbers import decimal_of, half_up
from xladdin.results import consolidation
from xladdin.results.consolidation import Consolidation, consolidate, examine
from xladdin.results.files import result_workbook
from xladdin.results.layers import layered
from xladdin.results.sheets import file_links
from xladdin.results.stored import results
from xladdin.returns.collection import collect_open
from xladdin.scheme import Scheme
from xladdin.words import CONTENT, TARGET, VALUE, form_file_name
from xladdin.workbook.read.reader import SourceFile, read_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2024, 1, 5, 8, 30)

RETURNED: dict[str, dict[Field, Typed]] = {
    "浦东新区": {("K02.1", TARGET): None, ("K02.1", VALUE): None},
    "黄浦区": {("K04.1", VALUE): 0.0, ("R1.1", VALUE): "否"},
    "静安区": {("K04.1", VALUE): None},
    "徐汇区": {("K14.1", VALUE): None},
    "长宁区": {("K05.1", VALUE): "已完成"},
    "普陀区": {("K01.1", VALUE): None},
    "虹口区": {("K01.1", VALUE): "12个", ("K14.1", VALUE): "９５分", ("R1.2", VALUE): "√"},
    "杨浦区": {(f"R3.{n}", VALUE): None for n in (1, 2, 3)},
    "闵行区": {("R5.1", VALUE): 6.0, ("K04.1", TARGET): 10.0, ("K04.1", VALUE): 25.0},
    "嘉定区": {("R6.1", VALUE): 0.0, ("R6.2", VALUE): 4.0},
    "金山区": {("N1.4", VALUE): None, ("N1.4", CONTENT): None, ("N1.5", VALUE): None, ("N1.5", CONTENT): None},
    "松江区": {("K33.1", TARGET): 4.0, ("K33.1", VALUE): 2.0},
}
"""What some districts typed beside the ordinary; 宝山区 returned nothing."""

ABSENT = "宝山区"


@pytest.fixture(scope="module")
def returned(forms: Forms, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of returned files with everything that happens in practice. Not to be written to."""
    folder = forms.write_all(tmp_path_factory.mktemp("round") / "回收 2023")
    for district, changes in RETURNED.items():
        (folder / form_file_name(district)).write_bytes(forms.make(district, changes))
    (folder / form_file_name(ABSENT)).unlink()
    return folder


@pytest.fixture(scope="module")
def result(scheme: Scheme, returned: Path) -> Consolidation:
    return consolidate(scheme, [returned], scheme.default_policies)


@pytest.fixture(scope="module")
def workbook_path(result: Consolidation, returned: Path) -> Path:
    path = returned.parent / "考核汇总.xlsx"
    path.write_bytes(result_workbook(result, path, NOW))
    return path


@pytest.fixture(scope="module")
def book(workbook_path: Path) -> Workbook:
    return openpyxl.load_workbook(workbook_path)


@pytest.fixture(scope="module")
def data(result: Consolidation) -> dict[str, Any]:
    """The results as they come back from JSON, by district."""
    return {d["name"]: d for d in json.loads(json.dumps(results(result)))["districts"]}


def head_row(sheet: Worksheet, head: str) -> int:
    return next(cell.row for row in sheet.iter_rows(max_row=10) for cell in row if cell.value == head)


def heads(sheet: Worksheet, first: str) -> list[str]:
    return [cell.value for cell in sheet[head_row(sheet, first)]]


def rows(sheet: Worksheet, first: str) -> Iterator[dict[str, Cell]]:
    """The rows below the heads, each cell by its head."""
    row = head_row(sheet, first)
    names = [cell.value for cell in sheet[row]]
    for cells in sheet.iter_rows(min_row=row + 1):
        if any(cell.value not in (None, "") for cell in cells):
            yield dict(zip(names, cells, strict=True))


# --- The same every time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_consolidation__files_in_any_order__gives_identical_results(
    scheme: Scheme, returned: Path, result: Consolidation, seed: int
) -> None:
    paths = sorted(returned.iterdir())
    random.Random(seed).shuffle(paths)
    assert paths != sorted(returned.iterdir())
    again = consolidate(scheme, paths, scheme.default_policies)
    assert json.dumps(results(again)) == json.dumps(results(result))
    assert again.issues == result.issues
    target = returned.parent / "考核汇总.xlsx"
    assert result_workbook(again, target, NOW) == result_workbook(result, target, NOW)


def run(returned: Path, target: Path, epoch: int | None) -> bytes:
    environment = {k: v for k, v in os.environ.items() if k != "SOURCE_DATE_EPOCH"}
    if epoch is not None:
        environment["SOURCE_DATE_EPOCH"] = str(epoch)
    command = [sys.executable, "-m", "xladdin", "consolidate", str(returned), "-o", str(target)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=DEADLINE, check=False)
    assert done.returncode == 1, done.stderr.decode()
    return target.read_bytes()


def test_result_workbook__made_twice_with_the_time_fixed__has_identical_bytes(returned: Path, tmp_path: Path) -> None:
    target = tmp_path / "考核汇总.xlsx"
    assert run(returned, target, 1700000000) == run(returned, target, 1700000000)


STAMPS = re.compile(rb"<dcterms:(created|modified) [^>]*>[^<]*</dcterms:(created|modified)>")


def test_result_workbook__made_at_another_time__differs_in_the_time_stamp_only(returned: Path, tmp_path: Path) -> None:
    target = tmp_path / "考核汇总.xlsx"
    now, then = run(returned, target, None), run(returned, target, 1700000000)
    parts = [{i.filename: z.read(i) for i in z.infolist()} for z in map(zipfile.ZipFile, map(io.BytesIO, (now, then)))]
    assert list(parts[0]) == list(parts[1])
    changed = {name for name in parts[0] if parts[0][name] != parts[1][name]}
    assert changed == {"docProps/core.xml", "xl/sharedStrings.xml"}
    cores = [STAMPS.sub(b"", p["docProps/core.xml"]) for p in parts]
    assert cores[0] == cores[1]
    assert b"2023-11-14T22:13:20Z" in parts[1]["docProps/core.xml"]
    cells = [
        {
            (s.title, c.coordinate): c.value
            for s in openpyxl.load_workbook(io.BytesIO(x))
            for r in s.iter_rows()
            for c in r
        }
        for x in (now, then)
    ]
    different = [place for place in cells[0] if cells[0][place] != cells[1].get(place)]
    assert [sheet for sheet, _ in different] == ["口径"]
    assert "2023-11-14 22:13:20" in cells[1][different[0]]


# --- results.json -----------------------------------------------------------------------------------------------------


def test_results__as_json__have_the_agreed_shape(scheme: Scheme, result: Consolidation) -> None:
    whole = json.loads(json.dumps(results(result)))
    assert whole["scheme"] == "2023"
    assert whole["policies"] == {p.name: p.default for p in scheme.policy_list}
    assert {d["name"] for d in whole["districts"]} == set(scheme.district_names)
    assert len(whole["districts"]) == 16
    for district in whole["districts"]:
        assert {"name", "rank", "total", "sections", "items"} <= district.keys()
        assert isinstance(district["rank"], int)
        assert list(district["sections"]) == ["1", "2", "3", "4"]
        assert list(district["items"]) == list(scheme.items)
        for id_, item in district["items"].items():
            assert item["status"] in ("scored", "not_applicable", "missing", "error")
            assert item["points"] == float(scheme.items[id_].points)
            assert item["explain"]
            assert item["score"] is None or isinstance(item["score"], float)
            assert item["status"] != "scored" or item["score"] is not None
            assert item["status"] not in ("not_applicable", "error") or item["score"] is None


def test_results__sections_and_total__are_the_sums_of_what_is_printed(scheme: Scheme, data: dict[str, Any]) -> None:
    for district in data.values():
        items = district["items"]
        sections = {n: decimal_of(v) for n, v in district["sections"].items()}
        for number, points in (("1", 68), ("2", 7.5), ("3", 17), ("4", 7.5)):
            own = [items[i.id] for i in scheme.items_of(int(number))]
            got = sum(decimal_of(i["score"] or 0) for i in own)
            base = sum(decimal_of(i["points"]) for i in own if i["status"] != "not_applicable")
            assert sections[number] == half_up(got * decimal_of(points) / base if number == "1" else got), district[
                "name"
            ]
        assert decimal_of(district["total"]) == sum(sections.values())


def test_results__ranks__follow_the_totals_and_ties_share(data: dict[str, Any]) -> None:
    totals = [d["total"] for d in data.values()]
    assert totals == sorted(totals, reverse=True)
    for district in data.values():
        assert district["rank"] == 1 + sum(other > district["total"] for other in totals)


def test_results__of_each_kind_of_emptiness__are_kept_apart(data: dict[str, Any]) -> None:
    def item(district: str, id_: str) -> tuple[object, str]:
        own = data[district]["items"][id_]
        return own["score"], own["status"]

    assert item("浦东新区", "K02") == (None, "not_applicable")
    assert item("黄浦区", "K04") == (0.0, "scored")
    assert item("静安区", "K04") == (0.0, "missing")
    assert item("徐汇区", "K14") == (None, "missing")
    assert item("长宁区", "K05") == (None, "error")
    assert item("杨浦区", "R3") == (None, "missing")
    assert item("嘉定区", "R6") == (-2.0, "scored")
    assert item("闵行区", "K04") == (2.0, "scored")
    assert {d["items"]["K01"]["status"] for d in data.values()} == {"scored", "missing"}
    assert {i["status"] for i in data[ABSENT]["items"].values()} == {"missing"}
    assert data[ABSENT]["total"] == 0


def test_explanation__of_every_score__quotes_its_clause_and_ends_in_the_score(
    scheme: Scheme, data: dict[str, Any]
) -> None:
    words = {"not_applicable": "不适用", "error": "错误"}
    for district in data.values():
        for id_, item in district["items"].items():
            ending = words.get(item["status"], "暂缺" if item["score"] is None else f"{item['score']:.2f}")
            assert item["explain"].endswith(f"得分 {ending}"), (district["name"], id_, item["explain"])
            assert district["name"] == ABSENT or scheme.items[id_].where in item["explain"]


# --- 考核汇总.xlsx: sheets, 汇总 and 排名 ---------------------------------------------------------------------------------


def test_workbook__sheets__are_the_agreed_ones(scheme: Scheme, book: Workbook) -> None:
    assert set(book.sheetnames) == {*scheme.district_names, "汇总", "排名", "校验", "溯源", "口径"}
    assert [name for name in book.sheetnames if name in scheme.district_names] == list(scheme.district_names)


def test_ranking__columns_and_rows__are_the_agreed_ones(book: Workbook, data: dict[str, Any]) -> None:
    names = ["名次", "区", "总分", "重点工作", "特色创新", "常规工作", "巡查检查"]
    assert heads(book["排名"], "名次")[:7] == names
    shown = [[row[name].value for name in names] for row in rows(book["排名"], "名次")]
    assert shown == [[d["rank"], d["name"], d["total"], *d["sections"].values()] for d in data.values()]


def test_ranking__of_a_district_with_gaps__is_marked_provisional(book: Workbook, data: dict[str, Any]) -> None:
    marked = {row["区"].value for row in rows(book["排名"], "名次") if "暂定" in (row["备注"].value or "")}
    assert marked == {"静安区", "徐汇区", "长宁区", "普陀区", "杨浦区", ABSENT}
    assert marked == {name for name, d in data.items() if d["provisional"]}


def test_summary__columns_and_rows__are_the_agreed_ones(scheme: Scheme, book: Workbook, data: dict[str, Any]) -> None:
    sheet = book["汇总"]
    items = list(scheme.items)
    assert heads(sheet, "区")[: 1 + len(items)] == ["区", *items]
    assert heads(sheet, "区")[1 + len(items) :][:5] == ["重点工作", "特色创新", "常规工作", "巡查检查", "总分"]
    shown = list(rows(sheet, "区"))
    assert [row["区"].value for row in shown] == list(scheme.district_names)
    for row in shown:
        district = data[row["区"].value]
        for id_, item in district["items"].items():
            if item["score"] is not None:
                assert row[id_].value == pytest.approx(item["score"], abs=1e-9), (district["name"], id_)
            else:
                assert isinstance(row[id_].value, str), (district["name"], id_)
        assert row["总分"].value == district["total"]


def look(cell: Cell) -> tuple[object, str, str]:
    return cell.value, cell.number_format, cell.fill.start_color.rgb


def test_summary__not_applicable_missing_error_and_zero__look_different(book: Workbook) -> None:
    shown = {row["区"].value: row for row in rows(book["汇总"], "区")}
    looks = {
        "not applicable": look(shown["浦东新区"]["K02"]),
        "zero": look(shown["黄浦区"]["K04"]),
        "nothing done said": look(shown["静安区"]["K04"]),
        "no mark": look(shown["徐汇区"]["K14"]),
        "error": look(shown["长宁区"]["K05"]),
    }
    assert len(set(looks.values())) == len(looks)
    assert looks["not applicable"][0] == "不适用"
    assert looks["zero"][0] == 0
    assert looks["no mark"][0] == "缺"
    assert looks["error"][0] == "错误"
    assert "缺" in looks["nothing done said"][1]
    # Colour alone would be lost in print: each but the plain zero carries a word or a fill, and no two the same fill and value.
    assert len({fill for _, _, fill in looks.values()}) >= 4
    partly = look(shown["普陀区"]["K01"])
    assert partly[1:] == looks["nothing done said"][1:]
    assert partly[0] > 0


def test_district_sheet__of_every_district__shows_every_field_and_score(
    scheme: Scheme, book: Workbook, data: dict[str, Any]
) -> None:
    for district in scheme.district_names:
        shown = list(rows(book[district], "项目"))
        if district == ABSENT:  # blanks that were never read are not shown as if they had been
            assert shown == []
            continue
        *shown, first, second, third, fourth, total = shown
        sections = [row["得分"].value for row in (first, second, third, fourth)]
        assert sections == list(data[district]["sections"].values())
        assert (total["项目"].value, total["得分"].value) == ("总分", data[district]["total"])
        assert [row["编号"].value for row in shown] == list(scheme.inputs)
        scores = {row["项目"].value: row for row in shown if row["项目"].value}
        assert list(scores) == list(scheme.items)
        for id_, row in scores.items():
            item = data[district]["items"][id_]
            assert row["得分说明"].value == item["explain"]
            assert item["score"] is None or row["得分"].value == pytest.approx(item["score"], abs=1e-9)


# --- 溯源 -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sources(returned: Path) -> dict[str, Workbook]:
    return {path.name: openpyxl.load_workbook(path, data_only=True) for path in sorted(returned.iterdir())}


def test_trace__every_row__is_found_at_the_named_cell(book: Workbook, sources: dict[str, Workbook]) -> None:
    count = 0
    for row in rows(book["溯源"], "区"):
        typed = sources[row["文件"].value][row["工作表"].value][row["单元格"].value].value
        shown = row["原始内容"].value
        assert shown == (typed if isinstance(typed, str) else f"{typed:.15g}"), row["编号"].value
        if isinstance(typed, int | float) or row["栏目"].value == CONTENT or typed in ("是", "否"):
            assert row["采用值"].value == typed
        count += 1
    assert count > 15 * 100


def test_trace__every_number_that_counts__has_a_row(scheme: Scheme, result: Consolidation, book: Workbook) -> None:
    rows_of: dict[tuple[str, str, str], Cell] = {}
    for row in rows(book["溯源"], "区"):
        key = (row["区"].value, row["编号"].value, row["栏目"].value)
        assert key not in rows_of
        rows_of[key] = row["采用值"]
    for district in result.districts:
        entries = district.layers.entries if district.layers else {}
        for code, entry in entries.items():
            for head, value in ((VALUE, entry.value), (TARGET, entry.target)):
                if value is None:
                    assert (district.name, code, head) not in rows_of
                elif isinstance(value, Decimal):
                    assert decimal_of(rows_of[district.name, code, head].value) == value
                else:
                    assert (district.name, code, head) in rows_of


def test_trace__converted_values__show_both_what_was_typed_and_what_counts(book: Workbook) -> None:
    shown = {
        (row["编号"].value, row["栏目"].value): (row["原始内容"].value, row["采用值"].value)
        for row in rows(book["溯源"], "区")
        if row["区"].value == "虹口区"
    }
    assert shown["K01.1", VALUE] == ("12个", 12)
    assert shown["K14.1", VALUE] == ("９５分", 95)
    assert shown["R1.2", VALUE] == ("√", "是")


def test_trace__checksums__are_those_of_the_files(book: Workbook, returned: Path) -> None:
    own = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in returned.iterdir()}
    traced = {(row["文件"].value, row["文件 SHA-256"].value) for row in rows(book["溯源"], "区")}
    assert traced == set(own.items())
    listed = [{cell.value for cell in cells} for cells in book["口径"].iter_rows()]
    assert all(any({name, checksum} <= row for row in listed) for name, checksum in own.items())


# --- Links ------------------------------------------------------------------------------------------------------------


def split_location(location: str) -> tuple[str, str]:
    sheet, _, cell = location.rpartition("!")
    return sheet.strip("'").replace("''", "'"), cell


def test_links__within_the_workbook__lead_to_sheets_and_cells_that_exist(scheme: Scheme, book: Workbook) -> None:
    linked = {}
    for name in ("汇总", "排名"):
        for row in rows(book[name], "区"):
            sheet, cell = split_location(row["区"].hyperlink.location)
            assert sheet == row["区"].value
            assert sheet in book.sheetnames
            assert re.fullmatch("[A-Z]+[0-9]+", cell)
            linked[name, sheet] = cell
    assert len(linked) == 32
    codes = 0
    for row in rows(book["校验"], "序号"):
        if row["编号"].value and row["编号"].hyperlink:
            sheet, cell = split_location(row["编号"].hyperlink.location)
            own = {c.value for c in book[sheet][book[sheet][cell].row]}
            assert sheet == row["区"].value
            assert row["编号"].value in own
            codes += 1
    assert codes >= 8


def assert_cell_links_resolve(path: Path, sources: dict[str, Workbook]) -> int:
    """Every linked cell in 校验 leads to the file, sheet and cell it names, as seen from the workbook's folder."""
    resolved = 0
    for row in rows(openpyxl.load_workbook(path)["校验"], "序号"):
        link = row["单元格"].hyperlink
        if not row["文件"].value or not row["单元格"].value:
            assert link is None
            continue
        relative, mark, anchor = link.target.partition("#")
        relative = urllib.parse.unquote(relative).replace("\\", "/").removeprefix("file:///")
        target = (path.parent / relative).resolve()
        assert target.is_file(), link.target
        assert target.name == Path(row["文件"].value).name
        sheet, cell = split_location(urllib.parse.unquote(anchor if mark else link.location))
        assert (sheet, cell) == (row["工作表"].value, row["单元格"].value)
        assert sheet in sources[target.name].sheetnames
        resolved += 1
    return resolved


def test_links__to_returned_files__lead_to_the_file_sheet_and_cell(
    workbook_path: Path, sources: dict[str, Workbook]
) -> None:
    assert assert_cell_links_resolve(workbook_path, sources) >= 9


@pytest.mark.parametrize("place", ["考核汇总.xlsx", "结果/二〇二三年 (终稿)/考核汇总.xlsx", "../考核汇总.xlsx"])
def test_links__from_another_folder__lead_to_the_file_all_the_same(
    forms: Forms, scheme: Scheme, tmp_path: Path, place: str
) -> None:
    folder = tmp_path / "甲" / "回收 100% 'x'"
    folder.mkdir(parents=True)
    for n, name in enumerate(("区填报表_静安区.xlsx", "黄浦区 (最终 版).xlsx")):
        (folder / name).write_bytes(forms.make(("静安区", "黄浦区")[n], {("K05.1", VALUE): "已完成"}))
    path = (folder / place).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    found = consolidate(scheme, sorted(folder.glob("*.xlsx")), scheme.default_policies)
    path.write_bytes(result_workbook(found, path, NOW))
    sources = {p.name: openpyxl.load_workbook(p) for p in folder.glob("*区*.xlsx")}
    assert assert_cell_links_resolve(path, sources) == 2


def test_links__to_files_of_one_name_in_folders_of_one_name__lead_each_to_its_own(
    forms: Forms, scheme: Scheme, tmp_path: Path
) -> None:
    targets = set()
    for n, batch in enumerate(("第一批", "第二批")):
        folder = tmp_path / batch / "回收"
        folder.mkdir(parents=True)
        (folder / "填报表.xlsx").write_bytes(forms.make(("静安区", "黄浦区")[n], {("K05.1", VALUE): "已完成"}))
    found = consolidate(scheme, [tmp_path / "第一批" / "回收", tmp_path / "第二批" / "回收"], scheme.default_policies)
    path = tmp_path / "考核汇总.xlsx"
    path.write_bytes(result_workbook(found, path, NOW))
    for row in rows(openpyxl.load_workbook(path)["校验"], "序号"):
        if row["代码"].value == "C01":
            targets.add(row["单元格"].hyperlink.target)
    assert len(targets) == 2


def test_links__to_files_on_another_drive__do_not_end_the_run(
    result: Consolidation, workbook_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def relpath(path: str, start: str) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr("os.path.relpath", relpath)
    assert result_workbook(result, workbook_path, NOW)


# --- Readings ---------------------------------------------------------------------------------------------------------


def test_policies__chosen__appear_in_results_and_workbook_and_change_the_scores(
    scheme: Scheme, returned: Path, data: dict[str, Any], tmp_path: Path
) -> None:
    choices = {
        "ratio_cap": "none",
        "not_applicable": "zero",
        "briefs_at_six": "lower",
        "media_floor": "zero",
        "multi_indicator": "weights:K07.1=3,K07.2=0.5",
        "ties": "section1",
    }
    chosen = consolidate(scheme, [returned], scheme.choose_policies(choices))
    whole = json.loads(json.dumps(results(chosen)))
    assert {name: whole["policies"][name] for name in choices} == choices
    path = tmp_path / "考核汇总.xlsx"
    path.write_bytes(result_workbook(chosen, path, NOW))
    sheets = openpyxl.load_workbook(path)
    shown = {row["名称"].value: row for row in rows(sheets["口径"], "名称") if row["名称"].value}
    for policy in scheme.policy_list:
        assert shown[policy.name]["采用"].value == choices.get(policy.name, policy.default)
        assert ("未用默认" in shown[policy.name]["理由"].value) == (policy.name in choices)
        assert shown[policy.name]["原文"].value == policy.clause
    notes = " ".join(str(cell.value) for cell in sheets["排名"]["A"][:3])
    assert all(f"{name}={option}" in notes for name, option in choices.items())
    after = {d["name"]: d["items"] for d in whole["districts"]}
    before = {name: d["items"] for name, d in data.items()}
    assert (before["闵行区"]["R5"]["score"], after["闵行区"]["R5"]["score"]) == (2.5, 1.5)
    assert (before["嘉定区"]["R6"]["score"], after["嘉定区"]["R6"]["score"]) == (-2.0, 0.0)
    assert (before["闵行区"]["K04"]["score"], after["闵行区"]["K04"]["score"]) == (2.0, 5.0)
    assert (before["浦东新区"]["K02"]["score"], after["浦东新区"]["K02"]["score"]) == (None, 0.0)
    assert before["松江区"]["K07"]["score"] != after["松江区"]["K07"]["score"]


def test_policies__at_their_defaults__are_said_to_be_so(book: Workbook) -> None:
    notes = " ".join(str(cell.value) for cell in book["排名"]["A"][:3])
    assert "采用默认口径" in notes
    assert not any("未用默认" in str(row["理由"].value) for row in rows(book["口径"], "名称"))


def test_policies__chosen__do_not_make_the_forms_own_scores_differ(scheme: Scheme, filled: Path) -> None:
    # The forms follow the default readings; another reading is no reason to suspect them.
    other = scheme.choose_policies({"multi_indicator": "min", "briefs_at_six": "lower"})
    assert consolidate(scheme, [filled], other).issues == ()


# --- What districts type must not run ---------------------------------------------------------------------------------

LIVE = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x","y")', "{=1+1}", "=1+1"]
TEXTS = [
    *LIVE,
    "http://example.org/x",
    "internal:排名!A1",
    "external:x.xlsx",
    "<b>&amp;</b>",
    "案例_x000D_一",
    "甲\n乙",
]


def test_texts__that_look_like_formulas_or_links__are_stored_as_text(
    forms: Forms, scheme: Scheme, tmp_path: Path
) -> None:
    folder = tmp_path / "回收"
    folder.mkdir()
    for n, district in enumerate(("静安区", "黄浦区", "徐汇区")):
        own = list(enumerate(TEXTS[n * 5 : n * 5 + 5], 1))
        changes: dict[Field, Typed] = {(f"N1.{k}", CONTENT): text for k, text in own}
        changes |= {(f"K0{k}.1", VALUE): text for k, text in own}
        (folder / form_file_name(district)).write_bytes(forms.make(district, changes))
    found = consolidate(scheme, [folder], scheme.default_policies)
    path = tmp_path / "考核汇总.xlsx"
    path.write_bytes(result_workbook(found, path, NOW))
    with zipfile.ZipFile(path) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 21
        assert not [name for name in sheets if b"<f>" in package.read(name) or b"<f " in package.read(name)]
        links = b"".join(package.read(name) for name in package.namelist() if name.endswith(".rels"))
    assert b"example.org" not in links
    shown = openpyxl.load_workbook(path)
    strings = {c.value for s in shown for r in s.iter_rows() for c in r if isinstance(c.value, str)}
    assert {text.strip() for text in TEXTS} <= strings
    for sheet in shown:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not (cell.hyperlink and str(cell.value) in TEXTS)


def test_file_name__that_looks_like_a_formula__is_stored_as_text(forms: Forms, scheme: Scheme, tmp_path: Path) -> None:
    name = "=1+1 静安区.xlsx"
    (tmp_path / name).write_bytes(forms.make("静安区", {("K05.1", VALUE): "已完成"}))
    found = consolidate(scheme, [tmp_path / name], scheme.default_policies)
    data = result_workbook(found, tmp_path / "考核汇总.xlsx", NOW)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert not [n for n in package.namelist() if "worksheets/sheet" in n and b"<f>" in package.read(n)]
    cells = [c for s in openpyxl.load_workbook(io.BytesIO(data)) for r in s.iter_rows() for c in r]
    assert [c for c in cells if c.value == name]
    assert all(c.data_type != "f" for c in cells)


@pytest.mark.skipif(os.name == "nt", reason="such names are not allowed there")
def test_links__only_to_files_where_they_lie_and_by_no_other_scheme(tmp_path: Path) -> None:
    returned, elsewhere = tmp_path / "回收", tmp_path / "elsewhere.xlsx"
    returned.mkdir()
    elsewhere.write_bytes(b"")
    (returned / "静安区.xlsx").symlink_to(elsewhere)
    named = {name: returned / name for name in ("静安区.xlsx", "vnd.sun.star.script:x?language=Basic.xlsx", "a#b.xlsx")}
    assert file_links(named, tmp_path) == {"静安区.xlsx": "回收/静安区.xlsx"}


def test_form__without_any_amount_assigned__is_pointed_out(forms: Forms, scheme: Scheme, tmp_path: Path) -> None:
    # All of them 不适用 is what the text allows and hardly what anybody means.
    fields = [(scheme.inputs[i.code].item_id, i) for i in scheme.indicators]
    blank: dict[Field, Typed] = {(i.code, head): None for _, i in fields for head in (TARGET, VALUE)}
    (tmp_path / "区填报表_静安区.xlsx").write_bytes(forms.make("静安区", blank))
    found = consolidate(scheme, [tmp_path / "区填报表_静安区.xlsx"], scheme.default_policies)
    codes = [i.code for i in found.issues if i.place.district == "静安区"]
    bound = [i for _, i in fields if i.at_least or i.by_zone]
    assert codes.count("C12") == 1
    assert codes.count("C07") == len(bound) > 0


def test_completion__without_an_amount_assigned__is_pointed_out(forms: Forms, scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "区填报表_静安区.xlsx"
    path.write_bytes(forms.make("静安区", {("K02.1", TARGET): None, ("K02.1", VALUE): 5.0}))
    found = consolidate(scheme, [path], scheme.default_policies)
    assert ("C10", "K02.1") in [(i.code, i.place.item) for i in found.issues]


def test_chart__of_the_ranking__carries_its_points(book: Workbook) -> None:
    # Programs that do not compute draw a chart from the points stored with it.
    series = book["排名"]._charts[0].series[0]
    assert len(series.val.numRef.numCache.pt) == len(series.cat.strRef.strCache.pt) == 16


def test_examine__one_form_where_all_are_assigned_something__looks_at_no_other(
    scheme: Scheme, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled / form_file_name("静安区")
    amounts = {name: {"K01.1": FieldCell(Decimal(10))} for name in scheme.district_names}
    book = read_workbook(path)
    collection = collect_open(scheme, SourceFile(path, path.name, book.sha256), book, amounts)
    looked_at = []

    def seen(scheme: Scheme, district: str, *others: Any) -> Any:
        looked_at.append(district)
        return layered(scheme, district, *others)

    monkeypatch.setattr(consolidation, "layered", seen)
    assert [issue.code for issue in examine(scheme, collection)] == [issues.AMOUNT_DIFFERS.code]
    assert looked_at == ["静安区"]
