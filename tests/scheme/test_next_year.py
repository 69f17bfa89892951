"""2024 made from 2023 by a clerk's edits in 考核方案.xlsx: it is the 2024 of the data files, and the difference is the edits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.scheme.test_scheme_book import assert_same, scheme_of
from tests.support.years import call
from xladdin.classes import replace
from xladdin.scheme.book import layout
from xladdin.scheme.book.differences import ADDED, GONE, ORDER, RENAMED, changed_passages, differences
from xladdin.scheme.book.reading import read_scheme_book, scheme_book_of
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.workbook.cells import RawSheet
from xladdin.workbook.read.reader import read_bytes

TEXTS = {
    layout.DOCUMENT: (("2023年", "2024年"), ("2023 年", "2024 年"), ("沪精细化办〔2023〕12号", "沪精细化办〔2025〕3号"),
                      ("2023-05-17", "2025-01-20"), ("2023-05-19", "2025-01-22")),
    layout.SECTIONS: (("(68 分)", "(70 分)"), ("创新工作情况 (7.5 分)", "创新工作情况 (6 分)"), ("检查情况 (7.5 分)", "检查情况 (7 分)")),
    layout.TASKS: (("最多报送 5 项", "最多报送 4 项"), ("2024-2026 年", "2025-2027 年"), ("《2023 年各区“美丽", "《2024 年各区“美丽"),
                   ("资料 6 篇以上", "资料 8 篇以上"), ("报送 4-6 篇", "报送 5-8 篇"), ("报送 2-3 篇", "报送 2-4 篇"),
                   ("满分 2.5 分, 若被督查一次扣 0.5 分, 被督查后完成整改加 0.5 分", "满分 2 分, 若被督查一次扣 0.4 分, 被督查后完成整改加 0.4 分")),
    layout.PARAMETERS: (("最多报送 5 项", "最多报送 4 项"), ("一次扣 0.5 分", "一次扣 0.4 分"), ("整改加 0.5 分", "整改加 0.4 分")),
    layout.STEPS: (("2024-2026", "2025-2027"), ("6 篇以上", "8 篇以上"), ("报送 4-6 篇", "报送 5-8 篇"), ("报送 2-3 篇", "报送 2-4 篇")),
    layout.READINGS: (("按 68×", "按 70×"), ("正好 6 篇", "正好 8 篇"), ("6 篇以上", "8 篇以上"), ("报送 4-6 篇", "报送 5-8 篇"),
                      ("6 篇计入", "8 篇计入"), ("“4-6 篇”", "“5-8 篇”"), ("若被督查一次扣 0.5 分", "若被督查一次扣 0.4 分"), ("满分 2.5 分，", "满分 2 分，")),
    layout.UNITS: (("奉贤区", "奉贤新区"),),
}  # fmt: skip
"""What the clerk replaces in each sheet (Ctrl+H)."""

NEW_TASK = {
    layout.ANNEX: "附件2", layout.SECTION: 1, layout.ROW: 35, layout.TASK: "新建口袋公园 60 座，改造 45 座",
    layout.RULE: "当年完成量/当年任务量*100%", layout.ROW_POINTS: 2, layout.ID: "K35", layout.NAME: "口袋公园",
    layout.METHOD: "完成率", layout.DEPARTMENTS: "市绿化市容局",
}  # fmt: skip


def cells(sheet: Worksheet, row: int) -> dict[str, Any]:
    """A row's cells by head."""
    return {str(head.value): sheet.cell(row, head.column) for head in sheet[1]}


def find(sheet: Worksheet, **wanted: object) -> dict[str, Any]:
    """The one row that has these contents, `by_head` being given as the columns' heads."""
    heads: Mapping[str, object] = wanted
    rows = (cells(sheet, n) for n in range(2, sheet.max_row + 1))
    (found,) = (row for row in rows if all(row[head].value == value for head, value in heads.items()))
    return found


def append(sheet: Worksheet, row: Mapping[str, object]) -> None:
    """A row typed below the filled ones."""
    last = max(n for n in range(1, sheet.max_row + 1) if any(cell.value is not None for cell in sheet[n]))
    for head, cell in cells(sheet, last + 1).items():
        cell.value = row.get(head)


def clerks_edits(workbook: openpyxl.Workbook) -> None:
    for name, pairs in TEXTS.items():
        for row in workbook[name].iter_rows(min_row=2):
            for cell in row:
                for before, after in pairs:
                    if isinstance(cell.value, str):
                        cell.value = cell.value.replace(before, after)
    tasks, steps, parameters = (workbook[name] for name in (layout.TASKS, layout.STEPS, layout.PARAMETERS))
    find(workbook[layout.DOCUMENT], 名称="附件2总分")[layout.VALUE].value = 70
    for number, points in ((1, 70), (2, 6), (4, 7)):
        find(workbook[layout.SECTIONS], 部分=number)[layout.POINTS].value = points
    referring = next(row for row in (cells(tasks, n) for n in range(2, 60)) if row[layout.REFERRED].value == "附件2")
    referring[layout.ROW_POINTS].value = 70
    for item, points in (("N1", 6), ("I3", 2)):
        row = find(tasks, 编号=item)
        row[layout.ROW_POINTS].value = row[layout.POINTS].value = points
    find(parameters, 项目编号="N1", 参数="最多项数")[layout.VALUE].value = 4
    for label, value in (("满分", 2), ("每次扣分", 0.4), ("每次加分", 0.4)):
        row = find(parameters, 项目编号="I3", 参数=label)
        row[layout.VALUE].value = value
        row[layout.QUOTE].value = row[layout.QUOTE].value.replace("满分 2.5 分", "满分 2 分")
    for before, start, end in ((2.5, 8, None), (1.5, 5, 8), (1, 2, 4)):
        row = find(steps, 项目编号="R5", 分值=before)
        row["起"].value, row["止"].value = start, end
    for label in ("成员单位", "成员单位原文"):
        parameters.delete_rows(find(parameters, 项目编号="I2", 参数=label)[layout.ITEM].row)
    readings = workbook[layout.READINGS]
    for n in range(readings.max_row, 1, -1):
        row = cells(readings, n)
        if row[layout.POLICY].value is None and row[layout.OPTION].value is None:  # what leaves no choice
            readings.delete_rows(n)
    append(tasks, NEW_TASK)
    for code, name, amount, clause in (
        ("K35.1", "新建口袋公园", 60, "新建口袋公园 60 座"),
        ("K35.2", "改造口袋公园", 45, "改造 45 座"),
    ):
        row = {layout.ITEM: "K35", layout.ID: code, layout.NAME: name, "单位": "座", "只能是整数": "是"}
        append(workbook[layout.INDICATORS], {**row, "全市总量": amount, layout.QUOTE: clause})
    workbook.remove(workbook[layout.EXAMPLES])  # worked out for last year


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Next year's 考核方案.xlsx in its assessment folder. Not to be written to."""
    path = tmp_path_factory.mktemp("next") / "考核/考核方案.xlsx"
    path.parent.mkdir()
    assert call("scheme", "new", path, "--from", "2023").code == 0
    workbook = openpyxl.load_workbook(path)
    clerks_edits(workbook)
    workbook.save(path)
    return path


def test_edited__by_a_clerk__the_scheme_of_the_data_files(edited: Path) -> None:
    said = call("scheme", "check", edited)
    assert said.code == 0, said.out
    assert "45 个计分项，共 100 分；16 个单位" in said.out
    assert_same(read_scheme_book(edited).scheme, scheme_of("2024"))


def test_differences__of_the_clerks_edits__exactly_these(edited: Path) -> None:
    found = differences(scheme_of("2023"), read_scheme_book(edited).scheme)
    listed: dict[str, list[tuple[str, str]]] = {}
    for one in found:
        listed.setdefault(one.sheet, []).append((one.key, one.column))
    document = [
        "方案版本",
        "考核年度",
        "文号",
        "方案标题",
        "印发日期",
        "公布日期",
        "附件1标题",
        "附件2标题",
        "附件2总分",
    ]
    assert sorted(listed[layout.DOCUMENT]) == sorted((label, layout.VALUE) for label in document)
    assert listed[layout.SECTIONS] == [(n, head) for n in "124" for head in ("标题", layout.POINTS)]
    row_and_own = [layout.RULE, layout.ROW_POINTS, layout.POINTS, layout.QUOTE]
    assert listed[layout.TASKS] == [
        ("附件1.1.1", layout.ROW_POINTS),
        *(("N1", head) for head in row_and_own),
        ("R1", layout.RULE), ("R1", layout.QUOTE),
        ("R5", layout.RULE), ("R5", layout.QUOTE),
        *(("I3", head) for head in row_and_own),
        ("K14", layout.RULE),
        ("K35", ADDED),
    ]  # fmt: skip
    assert listed[layout.INDICATORS] == [("K35.1", ADDED), ("K35.2", ADDED)]
    assert listed[layout.PARAMETERS] == [
        ("N1 最多项数", layout.VALUE), ("N1 最多项数", layout.QUOTE),
        ("I2 成员单位", GONE), ("I2 成员单位原文", GONE),
        *((f"I3 {label}", head) for label in ("满分", "每次扣分", "每次加分") for head in (layout.VALUE, layout.QUOTE)),
    ]  # fmt: skip
    assert [line for line in listed[layout.STEPS] if line[0].startswith("R5")] == [
        ("R5 档次1", "起"), ("R5 档次1", layout.QUOTE),
        ("R5 档次2", "起"), ("R5 档次2", "止"), ("R5 档次2", layout.QUOTE),
        ("R5 档次3", "止"), ("R5 档次3", layout.QUOTE),
    ]  # fmt: skip
    assert [line for line in listed[layout.STEPS] if not line[0].startswith("R5")] == [
        ("R1 步骤1", layout.NAME), ("R1 步骤1", "分值原文")
    ]  # fmt: skip
    assert listed[layout.UNITS] == [("奉贤新区", RENAMED)]
    wording = {(one.key, one.column): one.wording for one in found}
    assert wording["R5", layout.RULE] == (
        "…》简讯资料 【6→8】 篇以上的，… 分；报送 【4-6→5-8】 篇的，计 …；报送 2-【3→4】 篇的计 1…"
    )


@pytest.mark.slow
def test_folder__of_the_edited_scheme__from_blank_forms_to_the_ranking(edited: Path, tmp_path: Path) -> None:
    folder = edited.parent
    assert call("templates", folder / "下发").code == 0
    assert call("sample", folder / "下发", folder / "回收").code == 0
    call("consolidate", folder / "回收", "-o", tmp_path / "a.xlsx", "--json", tmp_path / "a.json")
    result = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert result["scheme"] == "2024"
    assert "奉贤新区" in [district["name"] for district in result["districts"]]
    items = result["districts"][0]["items"]
    assert list(items) == list(scheme_of("2024").items)
    assert (items["K35"]["points"], items["N1"]["points"], items["I3"]["points"]) == (2, 6, 2)
    assert sum(item["points"] for item in items.values()) == 100


# --- Rows that are known again ----------------------------------------------------------------------------------------


def renumbered(rows: Sequence[Sequence[Any]], first: int) -> list[list[Any]]:
    """Rows in which the tasks from `first` on are called by the next number, also in their codes."""
    names = {f"K{n:02d}": f"K{n + 1:02d}" for n in range(first, 35)}

    def new(cell: Any) -> Any:
        own, dot, rest = str(cell).partition(".")
        return f"{names[own]}{dot}{rest}" if isinstance(cell, str) and own in names else cell

    return [[new(cell) for cell in row] for row in rows]


def test_differences__task_put_in_between__added_and_the_rest_only_renumbered() -> None:
    before = scheme_of("2023")
    sheets = {sheet.name: [list(row) for row in sheet.rows] for sheet in read_bytes(scheme_workbook(before, ())).sheets}
    grid = {name: renumbered(rows, 5) for name, rows in sheets.items()}
    tasks, indicators, document = grid[layout.TASKS], grid[layout.INDICATORS], grid[layout.DOCUMENT]
    heads = tasks[0]
    at = next(n for n, row in enumerate(tasks) if "K06" in row)
    for row in tasks[at:]:
        if row[heads.index(layout.ANNEX)] == "附件2":
            row[heads.index(layout.ROW)] += 1
    own = {**NEW_TASK, layout.ROW: 5.0, layout.ID: "K05", layout.ROW_POINTS: 2.0, layout.SECTION: 1.0}
    tasks.insert(at, [own.get(head) for head in heads])
    row = {layout.ITEM: "K05", layout.ID: "K05.1", layout.NAME: "新建口袋公园", "单位": "座", "只能是整数": "是"}
    row |= {"全市总量": 60.0, layout.QUOTE: "新建口袋公园 60 座"}
    indicators.append([row.get(head) for head in indicators[0]])
    for line in document:  # two points more in every sum
        line[:] = [70.0 if cell == 68.0 else 102.0 if cell == 100.0 else cell for cell in line]
    for line in grid[layout.SECTIONS]:
        line[:] = [
            70.0 if cell == 68.0 else str(cell).replace("68", "70") if "68" in str(cell) else cell for cell in line
        ]
    for line in tasks:
        line[:] = [70.0 if cell == 68.0 else cell for cell in line]
    for line in grid[layout.READINGS]:
        line[:] = [
            cell.replace("68×", "70×").replace("K10.", "K11.") if isinstance(cell, str) else cell for cell in line
        ]
    after = scheme_book_of([RawSheet(name, rows) for name, rows in grid.items()], {}).scheme
    found = [
        d
        for d in differences(before, after)
        if d.sheet in (layout.TASKS, layout.INDICATORS, layout.PARAMETERS, layout.STEPS)
    ]
    assert [d.key for d in found if d.column == ADDED] == ["K05", "K05.1"]
    assert [(d.before, d.after) for d in found if d.column == layout.ID] == [
        (f"K{n:02d}", f"K{n + 1:02d}") for n in range(5, 35)
    ]
    assert [(d.key, d.column) for d in found if d.column not in (ADDED, layout.ID)] == [
        ("附件1.1.1", layout.ROW_POINTS)
    ]


def test_differences__tier_put_in_between__one_added_and_none_else() -> None:
    before = scheme_of("2023")
    item = before.items["R5"]
    tiers = item.tiers  # type: ignore[attr-defined]
    more = replace(item, tiers=(*tiers[:1], replace(tiers[1], start=Decimal(5), to=Decimal(5)), *tiers[1:]))
    after = replace(before, items={**before.items, "R5": more})
    assert [(d.sheet, d.column) for d in differences(before, after)] == [(layout.STEPS, ADDED)]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("新建口袋公园 60 座", "新建口袋公园 80 座", "…建口袋公园 【60→80】 座"),
        ("当年完成量/当年任务量*100%", "当年完成量/当年任务量*100%，上报佐证", "…年任务量*100%【增：，上报佐证】"),
        ("由专家评议打分, 每项满分 1.5 分。", "由评议打分, 每项满分 1.5 分。", "由【删：专家】评议打分, …"),
        ("完全不同的一句话", "another sentence", "全文改写"),
    ],
)
def test_passages__changed_words__with_those_around_them(before: str, after: str, shown: str) -> None:
    assert changed_passages(before, after) == shown


def test_differences__large_amounts__written_out() -> None:
    before = scheme_of("2023")
    (one,) = differences(before, replace(before, annex1=replace(before.annex1, annex=replace(before.annex1.annex, points=Decimal(20000000)))))  # fmt: skip
    assert one.line == "方案　附件1总分　内容：100 → 20000000"


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0), (1, 2, 0)])
def test_diff__units_in_another_order__said_to_have_moved_and_neither_gone_nor_renamed(order: Sequence[int]) -> None:
    before = scheme_of("2023")
    first = before.districts[:3]
    units = (*(first[n] for n in order), *before.districts[3:])
    after = replace(before, district_list=replace(before.district_list, districts=units))
    found = differences(before, after)
    assert {d.column for d in found} == {ORDER}
    for d in found:
        place = [unit.name for unit in first].index(d.key)
        assert (d.before, d.after) == (f"第 {place + 1} 个", f"第 {order.index(place) + 1} 个")
