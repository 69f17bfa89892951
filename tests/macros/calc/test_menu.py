"""The menu 精细化考核 in a real LibreOffice, against the command line."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Forms
from tests.macros.calc.session import Calc
from tests.support.libreoffice import requires_office
from xladdin.forms.reading import form_tables
from xladdin.results.consolidation import consolidate
from xladdin.results.files import result_workbook, results_json
from xladdin.results.master import MASTER_FILE
from xladdin.scheme import Scheme, SchemeError
from xladdin.scheme.book import layout
from xladdin.scheme.book.reading import read_scheme_book
from xladdin.sending.forms import TEMPLATES
from xladdin.sending.schemes import exported
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


def filling(scheme: Scheme, forms: Forms) -> dict[str, dict[str, Any]]:
    """What to type into which cell of 考核总表: all districts' entries, and a few things that go wrong."""
    found: dict[str, dict[str, Any]] = {}
    for sheet in read_workbook(TEMPLATES / MASTER_FILE).sheets:
        if sheet.name not in scheme.district_names or sheet.name == "宝山区":
            continue
        (table,) = (t for t in form_tables(RawBook("", [sheet])) if t.codes)
        typed = forms.typed(sheet.name)
        found[sheet.name] = {
            cell_name(row, table.columns[head]): value
            for row, code in table.code_rows
            for (own, head), value in typed.items()
            if own == code and head in table.columns
        }
        rows = {code: row for row, code in table.code_rows}
        if sheet.name == "黄浦区":
            found[sheet.name][cell_name(rows["K04.1"], table.columns["完成情况"])] = "已完成"
        if sheet.name == "静安区":
            del found[sheet.name][cell_name(rows["K14.1"], table.columns["完成情况"])]
    return found


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


@pytest.mark.slow
def test_analyse__on_a_filled_master__said_and_written_elsewhere(
    scheme: Scheme, forms: Forms, calc: Calc, tmp_path: Path
) -> None:
    blank = tmp_path / MASTER_FILE
    blank.write_bytes((TEMPLATES / MASTER_FILE).read_bytes())
    result = calc.run("pressed", path=blank, fill=filling(scheme, forms), actions=[["analyse", ""]], save=[])
    assert result["said"][0].startswith("全部 ")
    assert "口径组合中居第一的" in result["said"][0]
    assert "结论" not in result["sheets"]


@pytest.mark.slow
def test_compare_years__two_results_that_are_open__as_the_command_line(
    scheme: Scheme, forms: Forms, calc: Calc, tmp_path: Path
) -> None:
    results = []
    for name, done in (("去年", 1.0), ("今年", 7.0)):
        folder = tmp_path / name
        folder.mkdir()
        form = folder / form_file_name("黄浦区")
        form.write_bytes(forms.make("黄浦区", {("K01.1", VALUE): done}))
        consolidation = consolidate(scheme, [form])
        path = folder / "考核汇总.xlsx"
        path.write_bytes(result_workbook(consolidation, path, datetime(2024, 1, 5)))
        (folder / "results.json").write_bytes(results_json(consolidation))
        results.append((path, consolidation))
    (before, old), (now, new) = results
    found = calc.run("years", now=now, before=before)
    alone, compared = found["said"]
    assert alone.startswith("请只打开要比较的两份考核汇总")
    assert found["sheets"] == ["名次和总分", "各项得分率", "指标完成率", "不能比较的"]
    totals = [next(d.scored.total for d in one.districts if d.name == "黄浦区") for one in (old, new)]
    assert totals[0] < totals[1]
    assert f"总分 {totals[0]:.2f} → {totals[1]:.2f}" in compared
    assert found["printed"] == [True, 29700, 1, True, 3]  # A4 lying, one page wide, the heads in row 4 on each
    (row,) = (row for row in found["rows"] if row[0] == "黄浦区")
    assert row[4:6] == [float(total) for total in totals]


@pytest.mark.slow
def test_schemes__new_check_compare_export__as_in_excel(scheme: Scheme, calc: Calc, tmp_path: Path) -> None:
    path, saved = tmp_path / "考核方案.xlsx", tmp_path / "2024" / "考核方案.xlsx"
    path.write_bytes(exported(scheme))
    saved.parent.mkdir()
    result = calc.run("schemes", path=path, edit={"指标.A2": "K99"}, saved=saved)
    nothing, new, right, same, wrong, export = result["said"]
    assert nothing.startswith("“无标题") or "不是考核方案。\n请先打开" in nothing
    assert new.startswith("已打开一份 2024 年度的方案")
    assert "没有错误：" in right and "44 个计分项，共 100 分；16 个单位；9 个样例计算相符" in right
    assert same == "“考核方案.xlsx”与程序内的 2023 年度方案相同。"
    assert "[错误] 工作表“指标”第 2 行“项目编号”（A2）：工作表“任务”里没有编号“K99”" in wrong
    assert export.startswith("已打开程序内的考核方案")
    scheme_sheets = ",".join(layout.SHEETS)
    assert result["sheets"] == ["方案检查", scheme_sheets, scheme_sheets]
    with pytest.raises(SchemeError) as error:
        read_scheme_book(saved)
    assert sum("应为 2024 年" in fault for fault in error.value.faults) == 3  # the titles still name last year
    assert len(error.value.faults) == 3


@pytest.mark.slow
def test_documents__on_a_filled_master__drafts_beside_it_or_what_is_not_installed(
    scheme: Scheme, forms: Forms, calc: Calc, tmp_path: Path
) -> None:
    master = tmp_path / MASTER_FILE
    master.write_bytes((TEMPLATES / MASTER_FILE).read_bytes())
    has_library = subprocess.run([calc.install.python, "-c", "import docxtpl"], check=False, capture_output=True)
    actions = [["make_documents", ""]]
    (said,) = calc.run("pressed", path=master, fill=filling(scheme, forms), actions=actions, save=[master])["said"]
    drafts = tmp_path / "文书/征求意见稿"
    if has_library.returncode:
        assert said.startswith("这里的 Python 没有安装 docxtpl，不能生成文书")
        assert not drafts.exists()
    else:
        assert said.startswith("已生成 17 份文书（征求意见稿）：")
        assert len(list(drafts.iterdir())) == 17
