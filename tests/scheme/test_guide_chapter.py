"""The guide's chapter 自己做一套方案, step by step as it is written: each check says what the chapter says it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from docs.guide import rendered
from tests.scheme.test_next_year import append, cells, find
from tests.support.jinhua import SHEETS
from tests.support.years import call
from xladdin.scheme.book import layout
from xladdin.workbook.read.reader import read_workbook

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")]


@pytest.fixture(scope="module")
def chapter() -> str:
    return rendered().partition("\n## 12. ")[2].partition("\n## 13. ")[0]


def tables(text: str) -> list[list[dict[str, str]]]:
    """The chapter's tables, a mapping by head for each row."""
    found: list[list[dict[str, str]]] = []
    heads: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if not line.startswith("|"):
            heads = []
            continue
        row = [cell.strip() for cell in line.strip("|").split("|")]
        if not heads:
            heads = row
            found.append([])
        elif not set(line) <= {"|", "-"}:
            found[-1].append(dict(zip(heads, row, strict=True)))
    return found


def typed(row: Mapping[str, str]) -> dict[str, object]:
    return {head: int(text) if text.isdigit() else text for head, text in row.items()}


def replaced(workbook: openpyxl.Workbook, before: str, after: str, *sheets: str) -> int:
    """Ctrl+H, in the sheets named or in the whole workbook."""
    count = 0
    for sheet in workbook:
        for row in sheet.iter_rows(min_row=2) if not sheets or sheet.title in sheets else ():
            for cell in row:
                if isinstance(cell.value, str) and before in cell.value:
                    cell.value, count = cell.value.replace(before, after), count + 1
    return count


def test_next_year__step_by_step__as_the_chapter_says(chapter: str, tmp_path: Path) -> None:
    path = tmp_path / "2024年考核/考核方案.xlsx"

    def checked(edit: Callable[[openpyxl.Workbook], object]) -> str:
        workbook = openpyxl.load_workbook(path)
        edit(workbook)
        workbook.save(path)
        return call("scheme", "check", path).out

    path.parent.mkdir()
    assert call("scheme", "new", path).code == 0
    assert call("scheme", "check", path).out.count("写的是 2023 年") == 3 and "列出 3 处" in chapter  # step 2

    def titles(workbook: openpyxl.Workbook) -> None:
        for label in ("方案标题", "附件1标题", "附件2标题"):
            cell = find(workbook[layout.DOCUMENT], 名称=label)[layout.VALUE]
            cell.value = cell.value.replace("2023", "2024")

    assert "44 个计分项，共 100 分" in checked(titles) and "44 个计分项，共 100 分" in chapter
    (task,), (indicator,) = tables(chapter)[:2]  # step 3

    def new_task(workbook: openpyxl.Workbook) -> None:
        append(workbook[layout.TASKS], typed(task))
        append(workbook[layout.INDICATORS], typed(indicator))

    wanted = "35 项任务合计 70 分，应为 68 分"
    assert wanted in checked(new_task) and wanted in chapter

    def sums(workbook: openpyxl.Workbook) -> None:  # step 4
        for label, points in (("附件2总分", 70), ("附件1总分", 102)):
            find(workbook[layout.DOCUMENT], 名称=label)[layout.VALUE].value = points
        find(workbook[layout.TASKS], 引用附件="附件2")[layout.ROW_POINTS].value = 70
        section = find(workbook[layout.SECTIONS], 部分=1)
        section["标题"].value = section["标题"].value.replace("68 分", "70 分")
        section[layout.POINTS].value = 70

    assert checked(sums).count("写有 68 ×") == 2 and "“口径”里有两处还写着 `68×`" in chapter
    assert "没有错误" in (said := checked(lambda w: replaced(w, "68×", "70×"))) and "共 102 分" in said

    def tiers(workbook: openpyxl.Workbook) -> None:  # step 5
        assert replaced(workbook, "6 篇以上", "8 篇以上") and replaced(workbook, "4-6 篇", "4-8 篇")
        steps = workbook[layout.STEPS]
        find(steps, 项目编号="R5", 起=6)["起"].value = 8
        find(steps, 项目编号="R5", 起=4)["止"].value = 8

    assert checked(tiers).count("写有 6 篇") == 3 and "“口径”里有三处还写着 6 篇" in chapter
    assert "没有错误" in checked(lambda w: replaced(w, "6 篇", "8 篇", layout.READINGS))
    assert "没有错误" in checked(lambda w: replaced(w, "奉贤区", "奉贤新区", layout.UNITS))  # step 6
    said = call("scheme", "diff", "2023", path, "-o", tmp_path / "方案变动.xlsx").out  # step 8
    assert "单位　奉贤新区　改名：奉贤区 → 奉贤新区" in said and "任务　K35　口袋公园　新增" in said
    assert call("templates", path.parent / "下发").code == 0  # step 9
    form = read_workbook(path.parent / "下发/区填报表_奉贤新区.xlsx")
    assert any(cell == "新建口袋公园" for sheet in form.sheets for row in sheet.rows for cell in row)


def test_another_assessment__from_an_export_that_was_emptied__as_the_chapter_says(chapter: str, tmp_path: Path) -> None:
    path = tmp_path / "考核方案.xlsx"
    assert call("scheme", "export", "2023", path).code == 0
    workbook = openpyxl.load_workbook(path)
    assert {name for row in tables(chapter)[2] for name in row["工作表"].split("、")} == set(layout.SHEETS[1:])
    for sheet in workbook.worksheets[1:]:
        for row in sheet.iter_rows(min_row=2):
            for cell in row[1:3] if sheet.title == layout.DOCUMENT else row:
                cell.value = None
    assert {row["计分方式"] for row in tables(chapter)[3]} < set(layout.method_titles())
    amounts = workbook[layout.INDICATORS]
    for column in range(amounts.max_column, 0, -1):
        if str(amounts.cell(1, column).value).startswith(layout.ZONE_AMOUNT):
            amounts.delete_cols(column)
    for name, (heads, rows) in SHEETS.items():
        sheet = workbook[name]
        labels = {sheet.cell(n, 1).value: n for n in range(2, sheet.max_row + 1)}
        for n, row in enumerate(rows, 2):
            own = cells(sheet, labels[row[0]] if name == layout.DOCUMENT else n)
            for head, value in zip(heads, row, strict=False):
                own[head].value = value
    workbook.save(path)
    said = call("scheme", "check", path)
    assert (said.code, "7 个计分项，共 100 分；3 个单位；6 个样例计算相符" in said.out) == (0, True), said.out
