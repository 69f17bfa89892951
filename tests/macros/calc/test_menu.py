"""The menu 精细化考核 in a real LibreOffice, against the command line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas
import pytest

from macros.actions import ACTIONS
from macros.shared import SHARED
from tests.conftest import Forms
from tests.macros.calc.session import Calc
from tests.support.libreoffice import find_office, requires_office
from tests.support.years import call
from xladdin.forms.reading import form_tables
from xladdin.results.consolidation import consolidate
from xladdin.results.files import result_workbook
from xladdin.results.master import MASTER_FILE
from xladdin.scheme import Scheme
from xladdin.sending.forms import TEMPLATES
from xladdin.sending.schemes import exported, following
from xladdin.words import VALUE, form_file_name
from xladdin.workbook.cells import Raw, RawBook, cell_name, result_of
from xladdin.workbook.read.reader import read_workbook

pytestmark = requires_office

RESULTS = ("汇总", "排名", "校验", "溯源", "口径")


def contents(path: Path, names: Collection[str] = RESULTS) -> dict[str, list[list[Raw]]]:
    """What the result sheets show, without trailing blanks, the time and the file's SHA-256."""
    found = {}
    for sheet in read_workbook(path).sheets:
        if sheet.name in names:
            rows = [[_same_everywhere(result_of(cell)) for cell in row] for row in sheet.rows]
            found[sheet.name] = [_trimmed(row) for row in rows]
            while found[sheet.name] and not found[sheet.name][-1]:
                found[sheet.name].pop()
    return found


def _same_everywhere(cell: Raw) -> Raw:
    if isinstance(cell, float):
        return float(f"{cell:.15g}")  # what LibreOffice saves of a number
    if isinstance(cell, str):
        cell = re.sub(r"生成时间：[\d :-]+", "生成时间：", cell)
        return re.sub(r"[0-9a-f]{64}|未保存的工作簿", "〔文件〕", cell)
    return cell


def _trimmed(row: list[Raw]) -> list[Raw]:
    while row and row[-1] in (None, ""):
        row.pop()
    return row


def filling(scheme: Scheme, forms: Forms) -> dict[str, dict[str, list[Any]]]:
    """What to type into 考核总表, by sheet and piece of a column: all districts' entries, and a few things that go wrong."""
    found: dict[str, dict[str, list[Any]]] = {}
    for sheet in read_workbook(TEMPLATES / MASTER_FILE).sheets:
        if sheet.name not in scheme.district_names or sheet.name == "宝山区":
            continue
        (table,) = (t for t in form_tables(RawBook("", [sheet])) if t.codes)
        typed = forms.typed(sheet.name)
        rows = {code: row for row, code in table.code_rows}
        cells = {
            (table.columns[head], rows[code]): value
            for (code, head), value in typed.items()
            if code in rows and head in table.columns
        }
        if sheet.name == "黄浦区":
            cells[table.columns[VALUE], rows["K04.1"]] = "已完成"
        if sheet.name == "静安区":
            del cells[table.columns[VALUE], rows["K14.1"]]
        found[sheet.name] = _pieces(cells)
    return found


def _pieces(cells: dict[tuple[int, int], Any]) -> dict[str, list[Any]]:
    """The values of cells, which are given by column and row, by the areas that they make."""
    pieces: list[tuple[int, int, list[Any]]] = []
    for (column, row), value in sorted(cells.items()):
        if not pieces or (column, row) != (pieces[-1][0], pieces[-1][1] + len(pieces[-1][2])):
            pieces.append((column, row, []))
        pieces[-1][2].append(value)
    return {f"{cell_name(r, c)}:{cell_name(r + len(own) - 1, c)}": own for c, r, own in pieces}


@pytest.mark.slow  # the window of tests/desktop proves the same
def test_menu__on_a_filled_master__equals_the_command_line(
    scheme: Scheme, forms: Forms, calc: Calc, tmp_path: Path
) -> None:
    filled, done = tmp_path / MASTER_FILE, tmp_path / "结果" / MASTER_FILE
    done.parent.mkdir()
    blank = tmp_path / "空白" / MASTER_FILE
    blank.parent.mkdir()
    blank.write_bytes((TEMPLATES / MASTER_FILE).read_bytes())
    result = calc.run(
        "pressed",
        path=blank,
        fill=filling(scheme, forms),
        actions=[
            ["consolidate", ""],
            ["check", ""],
            ["explain", "黄浦区.J5"],
            ["explain", "汇总.C6"],
            ["explain", "排名.A1"],
        ],
        save=[filled, done],
    )
    by_command = tmp_path / "考核汇总.xlsx"
    by_command.write_bytes(result_workbook(consolidate(scheme, [filled]), by_command, datetime(2024, 1, 5)))
    command, menu = contents(by_command), contents(done)
    assert set(menu) == set(RESULTS)
    for name in RESULTS:
        assert menu[name] == command[name], name
    consolidated, checked, of_row, of_summary, nothing = result["said"]
    assert consolidated.startswith("汇总完成。第 1 名：")
    assert "暂定" in consolidated
    assert checked.startswith("校验完成，共 ")
    assert of_row.startswith("黄浦区　K01 ")
    assert "得分" in of_summary
    assert nothing.startswith("请先在")
    assert "程序出错" not in "".join(result["said"])


def test_check__of_a_returned_form__leaves_it(forms: Forms, calc: Calc, tmp_path: Path) -> None:
    form = tmp_path / form_file_name("黄浦区")
    form.write_bytes(forms.make("黄浦区", {("K04.1", "完成情况"): "已完成"}))
    before = form.read_bytes()
    result = calc.run("pressed", path=form, fill={}, actions=[["check", ""], ["consolidate", ""]], save=[])
    assert "共 1 条" in result["said"][0]
    assert "校验" not in result["sheets"]
    assert result["said"][1].startswith("“区填报表_黄浦区.xlsx”里没有以区名命名")
    assert form.read_bytes() == before


@pytest.mark.parametrize("alias", ["consolidate", "check", "explain"])
def test_menu__on_an_empty_document__says_what_to_open(calc: Calc, alias: str) -> None:
    result = calc.run("pressed", path="", fill={}, actions=[[alias, ""]], save=[])
    assert re.search("请|没有", result["said"][0])
    assert "程序出错" not in result["said"][0]


def test_menu__what_needs_another_program_or_excel_only__is_not_in_it() -> None:
    assert {action.id for action in ACTIONS} - set(SHARED) == {"import_returned", "repair", "checkup"}
    ribbon = [action.id for action in ACTIONS if action.id in SHARED]
    assert list(SHARED) == ribbon


@pytest.fixture
def round_folder(forms: Forms, tmp_path: Path) -> Path:
    """An assessment of which three districts have sent their forms."""
    returned = tmp_path / "考核/回收/第1轮"
    returned.mkdir(parents=True)
    for name in ("黄浦区", "静安区", "崇明区"):
        (returned / form_file_name(name)).write_bytes(forms.make(name))
    return tmp_path / "考核"


@pytest.mark.slow
def test_round__by_the_menu__as_by_the_command_line(calc: Calc, round_folder: Path, tmp_path: Path) -> None:
    by_command = shutil.copytree(round_folder, tmp_path / "命令/考核")
    call("consolidate", "--round", by_command)
    blank, out = tmp_path / "任务分解", tmp_path / "下发"
    presses = [
        ["check", ""],
        ["make_targets", blank],
        ["distribute", out],
        ["track_round", round_folder],
        ["seal_round", round_folder],
        ["verify", round_folder],
        ["report", round_folder],
        ["make_documents", round_folder, "3"],
        ["compare", *(round_folder / f"回收/第1轮/{form_file_name(name)}" for name in ("黄浦区", "静安区"))],
        ["make_evaluations", round_folder, "甲、乙"],
        ["correct", round_folder],
        ["seal_round", ""],
        ["track_round", round_folder],
    ]
    found = calc.run("answered", path="", actions=presses, edit={})
    said = {press[0]: told for press, (told, _open) in zip(presses[:-2], found, strict=False)}
    assert said["check"].startswith("“无标题") or "没有以区名命名" in said["check"]
    assert said["distribute"].startswith("“任务分解表.xlsx”不能用作任务分解表") or said["distribute"].startswith(
        "已生成"
    )
    assert said["verify"].startswith("第1次：一致")
    assert said["report"].startswith("这里的 Python 没有安装 pandas，不能生成汇报；")
    assert said["make_documents"].startswith("这里的 Python 没有安装 docxtpl，不能生成文书；")
    assert said["make_evaluations"].startswith("已生成 14 份评价表：")
    assert said["correct"].startswith("已生成空白的更正单：")
    assert found[-2][0] == "已取消，没有写入任何内容。"
    assert "程序出错" not in "".join(told for told, _open in found)
    sealed = "结果/第1次/results.json"
    assert (round_folder / sealed).read_bytes() == (by_command / sealed).read_bytes()


@pytest.mark.slow
def test_report_and_documents__with_their_libraries__as_by_the_command_line(
    oxt: bytes, round_folder: Path, tmp_path: Path
) -> None:
    libraries = Path(pandas.__file__).parents[1]
    install = find_office()
    assert install
    version = subprocess.run([install.python, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith(f"Python {sys.version_info.major}.{sys.version_info.minor}."):
        pytest.skip("libraries of another Python")
    presses = [["seal_round", round_folder], ["report", round_folder], ["make_documents", round_folder, "3"]]
    with Calc(tmp_path / "calc", oxt, libraries=libraries) as calc:
        (_sealed, (reported, open_files), (documents, _)) = calc.run("answered", path="", actions=presses, edit={})
    made = round_folder / "文书/汇报_第1次.xlsx"
    assert reported.startswith("已由“第1次”的结果生成汇报：")
    assert quote(made.name) in open_files
    assert documents.startswith("已由“第1次”的结果生成 17 份文书：")
    call("documents", round_folder / "结果/第1次/results.json", "-o", tmp_path / "文书", "--commended", "3")
    assert made.read_bytes() == (tmp_path / "文书/汇报.xlsx").read_bytes()
    drafts = round_folder / "文书/第1次（征求意见稿）"
    assert {path.name: path.read_bytes() for path in drafts.iterdir()} == {
        path.name: path.read_bytes() for path in (tmp_path / "文书").glob("*.docx")
    }


@pytest.mark.slow
def test_schemes__new_check_compare_export__as_in_excel(scheme: Scheme, calc: Calc, tmp_path: Path) -> None:
    presses = [
        ["check_scheme"],
        ["export_scheme", tmp_path],
        ["check_scheme"],
        ["compare_schemes"],
        ["new_scheme", tmp_path],
        ["check_scheme"],
    ]
    found = calc.run("answered", path="", actions=presses, edit={"指标.A2": "K99"})
    nothing, _exported, right, same, new, wrong = (said for said, _open in found)
    assert "不是考核方案。\n请先打开" in nothing
    assert (tmp_path / "考核方案_2023.xlsx").read_bytes() == exported(scheme)
    assert "没有错误：" in right and "44 个计分项，共 100 分；16 个单位；9 个样例计算相符" in right
    assert same == "“考核方案_2023.xlsx”与程序内的 2023 年度方案相同。"
    assert new.startswith("已按“2023年") and quote("考核方案.xlsx") in found[4][1]
    assert (tmp_path / "考核方案.xlsx").read_bytes() == following(scheme)
    assert "[错误] 工作表“指标”第 2 行“项目编号”（A2）：工作表“任务”里没有编号“K99”" in wrong
