"""考核方案.xlsx: the same scheme there and back, every fault named at its cell, and an assessment folder that works by it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest

from tests.support.jinhua import write_jinhua
from tests.support.years import SCHEMES, call
from xladdin.classes import replace
from xladdin.scheme import Scheme, SchemeError, load_scheme
from xladdin.scheme.book import layout
from xladdin.scheme.book.differences import ADDED, GONE, differences
from xladdin.scheme.book.reading import read_scheme_book, scheme_book_of
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.scoring.examples import checked, wrong_examples
from xladdin.sending.sample import first_examples
from xladdin.workbook.cells import CellError, Formula, Percentage, Range, RawSheet, cell_name
from xladdin.workbook.read.reader import read_bytes

PARTS = ("source", "annex1", "annexes", "district_list", "policy_list", "settled", "items", "sections_of")

Grid = dict[str, list[list[Any]]]


def scheme_of(year: str) -> Scheme:
    return load_scheme(year, None if year == "2023" else SCHEMES)


@pytest.fixture(scope="module", params=["2023", "2025", "2026"])
def book(request: pytest.FixtureRequest) -> tuple[Scheme, Grid]:
    """A scheme, and the cells of its workbook."""
    scheme = scheme_of(request.param)
    data = scheme_workbook(scheme, first_examples(scheme))
    return scheme, {sheet.name: [list(row) for row in sheet.rows] for sheet in read_bytes(data).sheets}


@pytest.fixture(scope="module")
def grid_2023() -> Grid:
    """The cells of the product's own scheme, with its examples."""
    scheme = scheme_of("2023")
    sheets = read_bytes(scheme_workbook(scheme, first_examples(scheme))).sheets
    return {sheet.name: [list(row) for row in sheet.rows] for sheet in sheets}


def copied(grid: Grid) -> Grid:
    return {name: [list(row) for row in rows] for name, rows in grid.items()}


def read(grid: Grid) -> Scheme:
    return scheme_book_of([RawSheet(name, rows) for name, rows in grid.items()], {}).scheme


def faults(grid: Grid) -> list[str]:
    with pytest.raises(SchemeError) as error:
        read(grid)
    return error.value.faults


def assert_same(one: Scheme, other: Scheme) -> None:
    for part in PARTS:
        assert getattr(one, part) == getattr(other, part), part


def column(rows: list[list[Any]], head: str) -> int:
    return rows[0].index(head)


# --- There and back ---------------------------------------------------------------------------------------------------


def test_written_and_read__same_scheme_field_for_field(book: tuple[Scheme, Grid]) -> None:
    assert_same(read(book[1]), book[0])


def test_written_and_read__schemes_typed_by_others__same_scheme_field_for_field(tmp_path: Path) -> None:
    for scheme in (scheme_of("2024"), read_scheme_book(write_jinhua(tmp_path / "考核方案.xlsx")).scheme):
        assert_same(
            scheme_book_of(read_bytes(scheme_workbook(scheme, first_examples(scheme))).sheets, {}).scheme, scheme
        )


def test_examples__of_the_product__all_as_computed(book: tuple[Scheme, Grid]) -> None:
    found = scheme_book_of([RawSheet(name, rows) for name, rows in book[1].items()], {})
    assert len(found.examples) == len({item.method for item in book[0].items.values()})
    assert list(wrong_examples(found.scheme, found.examples)) == []


def test_examples__none_of_a_way_of_scoring__asked_for(book: tuple[Scheme, Grid]) -> None:
    grid = copied(book[1])
    found = checked([RawSheet(name, rows) for name, rows in grid.items()])
    assert len(found.lines) == 1
    del grid[layout.EXAMPLES][1:]
    line = checked([RawSheet(name, rows) for name, rows in grid.items()]).lines[1]
    titles = {item.title for item in book[0].items.values()}
    assert set(line.removeprefix("还没有样例的计分方式：").partition("。")[0].split("、")) == titles


def test_examples__a_wrong_one__shown_with_the_derivation(book: tuple[Scheme, Grid]) -> None:
    scheme, grid = book[0], copied(book[1])
    rows = grid[layout.EXAMPLES]
    at = column(rows, layout.SCORE)
    rows[1][at] += 0.01
    found = scheme_book_of([RawSheet(name, rows) for name, rows in grid.items()], {})
    (said,) = wrong_examples(found.scheme, found.examples)
    assert said.startswith("工作表“样例”第 2 行“得分”（F2）：例1 写的是 ")
    assert scheme.items[rows[1][column(rows, layout.ITEM)]].method_text.split()[0][:6] in said


def test_columns_and_rows__moved_or_blank_or_spaced__same_scheme(book: tuple[Scheme, Grid]) -> None:
    grid = copied(book[1])
    for name in layout.SHEETS[1:]:
        rows = [list(reversed([*row, *[None] * (len(grid[name][0]) - len(row))])) for row in grid[name]]
        rows.insert(1, [])
        grid[name] = [[], *rows]
    for row in grid[layout.UNITS]:
        row[:] = [f" {cell}　" if isinstance(cell, str) and row is not grid[layout.UNITS][1] else cell for cell in row]
    assert_same(read(grid), book[0])


def wide(text: str) -> str:
    """In full-width signs, as an input method writes them."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def test_cells__typed_as_people_type__same_scheme(book: tuple[Scheme, Grid]) -> None:
    """Numbers as texts and percentages, codes and sentences in full-width signs, names parted by commas, days in points."""
    grid = copied(book[1])
    numbers = {layout.POINTS, layout.ROW_POINTS, layout.SECTION, layout.ROW, "起", "止", "起点", "上限", "全市总量"}
    for name in layout.SHEETS[1:-1]:
        heads, *rows = grid[name]
        for row in rows:
            for at, cell in enumerate(row):
                if isinstance(cell, float | int) and heads[at] in numbers:
                    row[at] = wide(f" {cell:g}")
                elif isinstance(cell, float | int) and heads[at] in ("权重", "最大值"):
                    row[at] = Percentage(cell / 100)
                elif isinstance(cell, str) and heads[at] in layout.CODES:
                    row[at] = wide(f"{cell[:1]} {cell[1:]}")
                elif isinstance(cell, str) and heads[at] == layout.DEPARTMENTS:
                    row[at] = cell.replace("、", "，")
                elif isinstance(cell, str) and heads[at] == layout.VALUE and re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
                    row[at] = cell.replace("-", ".")
    assert grid != book[1]
    assert_same(read(grid), book[0])


def test_departments__with_a_space_between__no_department_of_that_name() -> None:
    scheme = scheme_of("2025")
    sheets = read_bytes(scheme_workbook(scheme, ())).sheets
    grid: Grid = {sheet.name: [list(row) for row in sheet.rows] for sheet in sheets}
    row = next(n for n, cells in enumerate(grid[layout.TASKS]) if "T01" in cells)
    (said,) = changed(grid, layout.TASKS, row, layout.DEPARTMENTS, "市治理办 市住建局")
    assert "里有空格；几个部门用顿号分开" in said


# --- Faults -----------------------------------------------------------------------------------------------------------


def put(grid: Grid, sheet: str, row: int, head: str, value: Any) -> None:
    cells, at = grid[sheet][row], column(grid[sheet], head)
    cells.extend([None] * (at + 1 - len(cells)))
    cells[at] = value


def changed(grid: Grid, sheet: str, row: int, head: str, value: Any) -> list[str]:
    grid = copied(grid)
    put(grid, sheet, row, head, value)
    return faults(grid)


def test_faults__each_kind__named_with_sheet_row_column_and_remedy(grid_2023: Grid) -> None:
    grid = grid_2023
    tasks = grid[layout.TASKS]
    k01 = next(n for n, row in enumerate(tasks) if "K01" in row)

    said = changed(grid, layout.TASKS, k01, layout.METHOD, "完成律")
    assert said[0] == f"工作表“任务”第 {k01 + 1} 行“计分方式”（J{k01 + 1}）：没有“完成律”这种计分方式，是不是“完成率”？"
    said = changed(grid, layout.TASKS, k01, layout.ROW_POINTS, 3.0)
    assert any("合计 69 分，应为 68 分" in line for line in said)
    said = changed(grid, layout.TASKS, k01, layout.ROW_POINTS, "两分")
    assert f"工作表“任务”第 {k01 + 1} 行“行分值”（F{k01 + 1}）：为“两分”，应为数字" in said
    said = changed(grid, layout.TASKS, k01, layout.ID, "K02")
    assert any(line.startswith(f"工作表“任务”第 {k01 + 2} 行“编号”") and "“K02”重复" in line for line in said)
    said = changed(grid, layout.INDICATORS, 1, layout.ITEM, "K1")
    assert "工作表“指标”第 2 行“项目编号”（A2）：工作表“任务”里没有编号“K1”" in said[0]
    said = changed(grid, layout.INDICATORS, 1, "全市总量", 101.0)
    assert "工作表“指标”第 2 行" in said[0]
    assert "中没有数字 101" in said[0]
    said = changed(grid, layout.PARAMETERS, 1, layout.PARAMETER, "评订者")
    assert "没有“评订者”这个参数，是不是“评定者”？" in said[0]
    said = changed(grid, layout.UNITS, 3, "分区", "郊区")
    assert said == ["工作表“单位”第 4 行“分区”（B4）：没有名为“郊区”的区域；可写：中心城区、其他区"]
    said = changed(grid, layout.DOCUMENT, 2, layout.VALUE, 2024.0)
    assert any("写的是 2023 年，应为 2024 年" in line for line in said)
    said = changed(grid, layout.READINGS, 2, layout.IS_DEFAULT, "是")
    assert said[0].endswith("“完成率封顶”只能有一个默认，其他的请清空")
    renamed = copied(grid)
    renamed[layout.TASKS][0][column(tasks, layout.METHOD)] = "记分方式"
    misspelt = "工作表“任务”表头“记分方式”（J1）：不认识，是不是“计分方式”？"
    assert faults(renamed) == [misspelt]
    renamed[layout.TASKS][0][column(tasks, layout.METHOD)] = (
        "怎样算"  # the only one that is strange, for the only one that lacks
    )
    assert faults(renamed) == ["工作表“任务”表头“怎样算”（J1）：不认识，是不是“计分方式”？"]
    renamed[layout.TASKS][0][column(tasks, layout.METHOD)] = "记分方式"
    del renamed[layout.UNITS]
    assert faults(renamed) == ["工作表“单位”：没有找到，请从方案样本中复制过来", misspelt]


def without(rows: list[list[Any]], at: int) -> list[list[Any]]:
    return [row[:at] + row[at + 1 :] for row in rows]


@pytest.mark.parametrize(
    ("sheet", "change", "said"),
    [
        (layout.SECTIONS, lambda rows: rows[:1], ["工作表“部分”：只有表头，请填写"]),
        (layout.TASKS, lambda rows: without(rows, 0), ["工作表“任务”：缺少“所在附件”这一列，请加上"]),
        (layout.SECTIONS, lambda rows: rows[:-1], ["工作表“任务”第 10 行“部分”（B10）：为“4”，工作表“部分”里没有这一部分"]),
        (layout.DOCUMENT, lambda rows: rows[:1] + rows[2:], ["工作表“方案”：缺少“方案版本”的行，请加上"]),
        (layout.DOCUMENT, lambda rows: [[*row[:2], "错"] if row[0] == "参照办法满分" else row for row in rows], [
            "工作表“方案”第 23 行“原文”（C23）：原文中找不到这句话：“错”",
        ]),
        (layout.STEPS, lambda rows: [row for row in rows if row[0] != "R1"], ["工作表“步骤档次”：缺少“R1”（分步计分）的“步骤”，请加上"]),
        (layout.PARAMETERS, lambda rows: [[*row[:3], None] if row[1] == "每项满分" else row for row in rows], [
            "工作表“参数”第 4 行“原文”（D4）：空白，请照抄写着这个数的原文；原文没有的，写“约定：……”",
        ]),
        (layout.READINGS, lambda rows: [row for row in rows if row[0] != "ties"], [
            "工作表“口径”“口径”一列：缺少“ties”（总分相同怎样排名；读法：share 名次并列、section1 第一部分得分高的在前），请加上",
        ]),
        (layout.INDICATORS, lambda rows: [*rows[:1], ["K11", "K11.1", *rows[1][2:]], *rows[1:]], [
            "工作表“指标”第 2 行“编号”（B2）：“专家评议”不用指标，请删去“K11”的各行",
        ]),
        (layout.UNITS, lambda rows: [*rows[:2], [True, rows[2][1]], *rows[3:]], ["工作表“单位”第 3 行“名称”（A3）：为“TRUE”，应为文字"]),
    ],
)  # fmt: skip
def test_faults__one_cause__one_line_at_its_place(
    sheet: str, change: Callable[[list[list[Any]]], list[list[Any]]], said: list[str], grid_2023: Grid
) -> None:
    grid = copied(grid_2023)
    grid[sheet] = change(grid[sheet])
    assert faults(grid) == said


@pytest.fixture(scope="module")
def ranked_in_groups() -> Grid:
    """The cells of a workbook with groups, vetoes, grades and a section above the points."""
    return {s.name: [list(row) for row in s.rows] for s in read_bytes(scheme_workbook(scheme_of("2026"), ())).sheets}


@pytest.mark.parametrize(
    ("sheet", "row", "head", "value", "said"),
    [
        (layout.VETOES, 2, "最高得分", 70.0, ["工作表“一票否决”第 3 行“最高得分”（B3）：引用的原文“被省级以上环境保护督察通报批评的, 总分最高按 75 分计。”中没有数字 70"]),
        (layout.VETOES, 2, layout.NAME, "较大以上安全生产责任事故", ["工作表“一票否决”第 3 行“名称”（A3）：“较大以上安全生产责任事故”重复"]),
        (layout.VETOES, 1, layout.QUOTE, None, ["工作表“一票否决”第 2 行“原文”（C2）：空白，请填写"]),
        (layout.VETOES, 1, layout.NAME, "事故,伤亡", ["工作表“一票否决”第 2 行“名称”（A2）：“事故,伤亡”里有英文逗号，不能作下拉列表的一项，请改用中文标点"]),
        (layout.GRADES, 2, "总分不低于", 95.0, [
            "工作表“等次”第 3 行“总分不低于”（B3）：引用的原文“80 分以上、不满 90 分的为良好”中没有数字 95；原文没有写这个数的，改写“约定：……”",
            "工作表“等次”第 3 行“总分不低于”（B3）：为 95，应低于上一等次“优秀”的 90",
        ]),
        (layout.GRADES, 4, "总分不低于", 60.0, [
            "工作表“等次”第 5 行“总分不低于”（B5）：为 60，应低于上一等次“合格”的 60",
            "工作表“等次”第 5 行“总分不低于”（B5）：最后一个等次从 60 分起，更低的总分没有等次；应从 0 分起",
        ]),
        (layout.GRADES, 2, layout.NAME, "优良", ["工作表“等次”第 3 行“名称”（A3）：引用的原文“80 分以上、不满 90 分的为良好”中没有“优良”"]),
        (layout.UNITS, 2, layout.GROUPS, "市区", ["工作表“单位”第 3 行“分组”（C3）：没有名为“市区”的组；可写：市区组、县域组"]),
        (layout.UNITS, 2, layout.GROUPS, None, ["工作表“单位”第 3 行“分组”（C3）：“江南区”没有分组；分组排名时每个单位都要在一组里"]),
        (layout.GROUPS, 2, layout.QUOTE, "其余为县", ["工作表“分组”第 3 行“原文”（B3）：引用的原文“其余为县”中没有“县域组”"]),
        (layout.SECTIONS, 3, layout.BONUS, "对", ["工作表“部分”第 4 行“加分项”（E4）：应为“是”或“否”"]),
        (layout.SECTIONS, 3, layout.POINTS, 8.0, [
            "工作表“部分”第 4 行“分值”（D4）：引用的原文“(三) 加分项 (5 分)”中没有数字 8",
            "工作表“部分”第 4 行“名称”（B4）：(三) 加分项 (5 分)各行合计 7 分，不到加分上限 8 分",
        ]),
        (layout.SECTIONS, 2, layout.BONUS, "是", ["工作表“部分”“分值”一列：加分项以外的各部分合计 50 分，应为 100 分"]),
    ],
)  # fmt: skip
def test_faults__of_what_stands_over_the_total__named_at_their_cells(
    ranked_in_groups: Grid, sheet: str, row: int, head: str, value: Any, said: list[str]
) -> None:
    assert changed(ranked_in_groups, sheet, row, head, value) == said


def test_faults__a_group_that_nobody_is_in__named(ranked_in_groups: Grid) -> None:
    grid = copied(ranked_in_groups)
    grid[layout.GROUPS].append(["园区组", "高新区为园区组"])
    assert faults(grid) == ["工作表“分组”第 4 行“名称”（A4）：“园区组”里没有单位"]


def test_sheets_over_the_total__absent__none_of_it_but_misspelt_named(ranked_in_groups: Grid) -> None:
    grid = copied(ranked_in_groups)
    for row in grid[layout.UNITS]:
        row[:] = row[:2]
    for name in layout.OUTCOME:
        del grid[name]
    (said,) = faults(grid)
    assert said.endswith("：方案里没有分组，不能只与同组比较")
    grid[layout.PARAMETERS] = [row for row in grid[layout.PARAMETERS] if "只与同组比较" not in row]
    scheme = read(grid)
    assert (scheme.vetoes, scheme.grades, scheme.groups) == ({}, (), ())
    grid["一票否绝"] = ranked_in_groups[layout.VETOES]
    assert faults(grid) == ["工作表“一票否决”：没有找到，“一票否绝”是不是它？请改名"]


def test_faults__a_sheet_twice__the_copy_is_named(grid_2023: Grid) -> None:
    grid = copied(grid_2023)
    grid["任务 (2)"] = grid[layout.TASKS]
    assert faults(grid) == ["工作表“任务 (2)”：与“任务”重复，只能有一张；请留下要用的，命名为“任务”，另一张删去"]


def test_faults__names_that_no_file_can_have__named_at_their_cells(grid_2023: Grid) -> None:
    grid = copied(grid_2023)
    labels = [row[0] for row in grid[layout.DOCUMENT]]
    at = column(grid[layout.TASKS], layout.DEPARTMENTS)
    for label, value in (("方案版本", "../../../evil"), ("下发编号字头", "jxh3"), ("考核办公室简称", "'办'")):
        grid[layout.DOCUMENT][labels.index(label)][1] = value
    grid[layout.UNITS][1][0] = "/../../../逃出"
    k01 = next(n for n, row in enumerate(grid[layout.TASKS]) if "K01" in row)
    grid[layout.TASKS][k01][at] = "市交通委、-局"
    refused = "不能用作文件名、工作表名"
    assert [line for line in faults(grid) if refused in line or line.endswith("个大写字母")] == [
        f"工作表“方案”第 2 行“内容”（B2）：“../../../evil”{refused}：含有 /，请改用汉字、字母、数字",
        f"工作表“方案”第 5 行“内容”（B5）：“'办'”{refused}：不能以 ' = + - @ . 开头，也不能以 ' . 结尾，请改用汉字、字母或数字",
        "工作表“方案”第 6 行“内容”（B6）：为“jxh3”，应为 1 至 8 个大写字母",
        f"工作表“单位”第 2 行“名称”（A2）：“/../../../逃出”{refused}：含有 /，请改用汉字、字母、数字",
        f"工作表“任务”第 {k01 + 1} 行“评价部门”（M{k01 + 1}）：“-局”{refused}：不能以 ' = + - @ . 开头，也不能以 ' . 结尾，请改用汉字、字母或数字",
    ]


def mutants(grid: Grid, dice: Random, count: int) -> Iterator[tuple[str, int, str, Grid]]:
    """Right workbooks with one cell made wrong: sheet, row as Excel counts, head."""
    needed = {
        layout.SECTIONS: (layout.SECTION, layout.NAME, "标题", layout.POINTS),
        layout.TASKS: (layout.ID, layout.METHOD, layout.ANNEX, layout.ROW),
        layout.INDICATORS: (layout.ITEM, layout.ID, "单位", layout.QUOTE),
        layout.PARAMETERS: (layout.ITEM, layout.PARAMETER, layout.VALUE),
        layout.STEPS: (layout.ITEM, layout.KIND),
        layout.READINGS: (layout.OPTION,),
        layout.UNITS: (layout.NAME, layout.GROUPS),
        layout.GROUPS: (layout.NAME, layout.QUOTE),
        layout.VETOES: (layout.NAME, layout.QUOTE, layout.OUTCOME_LABELS["at_most"]),
        layout.GRADES: (layout.NAME, layout.QUOTE, layout.OUTCOME_LABELS["from"]),
        layout.EXAMPLES: (layout.FIELD,),
    }
    sheets = [sheet for sheet in needed if any(cell is not None for row in grid[sheet][1:] for cell in row)]
    for _ in range(count):
        sheet = dice.choice(sheets)
        head = dice.choice(needed[sheet])
        rows = grid[sheet]
        filled = [n for n, row in enumerate(rows[1:], 1) if any(cell is not None for cell in row)]
        at = column(rows, head)
        own = [n for n in filled if at < len(rows[n]) and rows[n][at] is not None]
        if not own:
            continue
        n = dice.choice(own)
        mutant = copied(grid)
        if sheet == layout.UNITS and head == layout.NAME:
            mutant[sheet][n][at] = mutant[sheet][n % len(filled) + 1][at]  # the neighbour's name twice
        elif head == layout.OUTCOME_LABELS["at_most"]:
            mutant[sheet][n][at] = dice.choice(("错", -1.0, 0.5))  # without one the result is cancelled
        elif head in (layout.NAME, "标题", "单位", layout.QUOTE, layout.VALUE, layout.OPTION) or dice.random() < 0.5:
            mutant[sheet][n][at] = None
        else:
            mutant[sheet][n][at] = dice.choice(("错", "X-9", -1.0, 0.5))
        yield sheet, n + 1, head, mutant


@pytest.mark.slow
def test_mutants__three_hundred_seeded__each_named_at_its_sheet_and_none_crashes(book: tuple[Scheme, Grid]) -> None:
    tried = named_at_row = 0
    for sheet, row, head, mutant in mutants(book[1], Random(book[0].source.version), 380):
        said = faults(mutant)
        assert any(f"“{sheet}”" in line for line in said) or head in (layout.ID, layout.SECTION, layout.NAME), (
            sheet,
            row,
            head,
            said[:3],
        )
        # No key of the data is shown to a clerk: every line names a sheet.
        assert all(line.startswith("工作表“") and not re.search(r"[a-z]+[\[.]|SerialDate", line) for line in said), said
        named_at_row += any(f"“{sheet}”第 {row} 行" in line for line in said)
        tried += 1
    assert tried >= 300
    # The others are named by what they leave without an owner, or by a sum that no longer holds.
    assert named_at_row >= tried * 0.75


@pytest.mark.slow
def test_mutants__two_at_once__both_named(book: tuple[Scheme, Grid]) -> None:
    """No fault waits until another one is mended, but for what cannot be known before that."""
    grid, dice = book[1], Random(book[0].source.version)
    tried = hidden = 0
    seeded = list(mutants(grid, dice, 120))
    for one, other in zip(seeded[::2], seeded[1::2], strict=False):
        if one[:2] == other[:2]:
            continue
        both = copied(one[3])
        for n, row in enumerate(other[3][other[0]]):
            for at, cell in enumerate(row):
                if cell != grid[other[0]][n][at]:
                    both[other[0]][n][at] = cell
        said = set(faults(both))
        for sheet, row, _head, mutant in (one, other):
            alone = faults(mutant)
            own = [line for line in alone if f"“{sheet}”第 {row} 行" in line] or alone
            tried += 1
            hidden += not said.intersection(own)
    assert tried > 80
    assert hidden <= tried * 0.05


def test_faults__one_in_each_sheet__all_said_at_once(ranked_in_groups: Grid) -> None:
    grid = copied(ranked_in_groups)
    labels = [row[0] for row in grid[layout.DOCUMENT]]
    grid[layout.DOCUMENT][labels.index("下发编号字头")][1] = "小写"
    for sheet, row, head, value in (
        (layout.SECTIONS, 1, "标题", None),
        (layout.TASKS, 4, layout.METHOD, "完成律"),
        (layout.PARAMETERS, 1, layout.ITEM, "Z9"),
        (layout.STEPS, 1, layout.KIND, "步聚"),
        (layout.READINGS, 1, layout.OPTION, None),
        (layout.UNITS, 1, layout.GROUPS, "市区"),
        (layout.GROUPS, 2, layout.QUOTE, "其余为县"),
        (layout.VETOES, 1, layout.QUOTE, None),
        (layout.GRADES, 4, layout.OUTCOME_LABELS["from"], 60.0),
    ):
        put(grid, sheet, row, head, value)
    grid[layout.TASKS][0][column(grid[layout.TASKS], layout.DEPARTMENTS)] = "评价部们"
    grid[layout.INDICATORS].append(["Z8"])
    said = faults(grid)
    for sheet in layout.SHEETS[1:-1]:
        assert any(line.startswith(f"工作表“{sheet}”") for line in said), (sheet, said)
    assert "工作表“任务”表头“评价部们”（M1）：不认识，是不是“评价部门”？" in said


FORMULA = "是公式；请直接填写内容"


@pytest.mark.parametrize(
    ("sheet", "row", "head"),
    [
        (layout.DOCUMENT, 2, layout.VALUE),
        (layout.TASKS, 5, layout.ROW_POINTS),
        (layout.TASKS, 5, layout.METHOD),
        (layout.TASKS, 5, layout.ROW),
        (layout.TASKS, 5, layout.ANNEX),
        (layout.INDICATORS, 1, "全市总量"),
        (layout.PARAMETERS, 2, layout.VALUE),
        (layout.STEPS, 1, layout.POINTS),
        (layout.STEPS, 12, layout.QUOTE),
        (layout.READINGS, 1, layout.POLICY),
        (layout.UNITS, 1, layout.NAME),
        (layout.EXAMPLES, 1, layout.ITEM),
    ],
)
def test_faults__a_formula__said_once_and_nothing_that_follows(
    sheet: str, row: int, head: str, grid_2023: Grid
) -> None:
    at = column(grid_2023[sheet], head)
    where = f"工作表“{sheet}”第 {row + 1} 行“{head}”（{cell_name(row, at)}）"
    assert changed(grid_2023, sheet, row, head, Formula("A1", grid_2023[sheet][row][at])) == [f"{where}：{FORMULA}"]
    assert changed(grid_2023, sheet, row, head, CellError("#REF!")) == [f"{where}：是错误值 #REF!；请直接填写内容"]


def test_faults__a_row_that_goes_on_another__may_say_nothing_else(grid_2023: Grid) -> None:
    assert changed(grid_2023, layout.TASKS, 5, layout.ROW_POINTS, 3.0) == [
        "工作表“任务”第 6 行“行分值”（F6）：为“3”，与第 5 行不同；请改成一样，或清空"
    ]
    assert changed(grid_2023, layout.READINGS, 2, layout.NAME, "别的") == [
        "工作表“口径”第 3 行“名称”（B3）：为“别的”，与第 2 行不同；请改成一样，或清空"
    ]


@pytest.mark.slow
def test_faults__a_formula_anywhere__said_once_at_its_cell(book: tuple[Scheme, Grid]) -> None:
    said_beside = tried = 0
    for sheet in layout.SHEETS[1:]:
        grid = book[1]
        for row, cells in list(enumerate(grid[sheet]))[1::9]:
            for at, cell in enumerate(cells):
                if cell is None or grid[sheet][0][at] == layout.ABOUT:
                    continue
                said = changed(grid, sheet, row, grid[sheet][0][at], Formula("A1", cell))
                own = [
                    line
                    for line in said
                    if line.startswith(f"工作表“{sheet}”第") and f"（{cell_name(row, at)}）" in line
                ]
                assert [line.endswith(FORMULA) for line in own] == [True], said
                assert not any("“”" in line for line in said), said
                tried, said_beside = tried + 1, said_beside + (len(said) > 1)
    # Beside them: a parameter or a step whose row says no more whose it is lacks where it was.
    assert said_beside < tried * 0.2


def merged(grid: Grid, *cells: tuple[str, Range]) -> list[str]:
    """What is said where ranges were merged: as Excel does it, their first cell keeps what stands there."""
    grid = copied(grid)
    for sheet, (top, left, bottom, right) in cells:
        for row in range(top, bottom + 1):
            for at in range(left, right + 1):
                if (row, at) != (top, left):
                    grid[sheet][row][at] = None
    sheets = [RawSheet(name, rows, merged=[r for own, r in cells if own == name]) for name, rows in grid.items()]
    return list(checked(sheets).faults)


def test_faults__merged_cells__named_with_the_range_and_the_remedy(grid_2023: Grid) -> None:
    assert merged(grid_2023, (layout.UNITS, (0, 0, 0, 1)), (layout.TASKS, (0, 8, 0, 9))) == [
        "工作表“任务”表头（I1）：I1:J1 是合并单元格，缺少“计分方式”这一列；请取消合并，每列各写自己的表头",
        "工作表“单位”表头（A1）：A1:B1 是合并单元格；请取消合并，每列各写自己的表头",
    ]

    down = (layout.TASKS, (2, 0, 3, 0)), (layout.STEPS, (1, 0, 2, 0)), (layout.UNITS, (1, 1, 2, 1))
    assert merged(grid_2023, *down) == [
        "工作表“任务”第 4 行“所在附件”（A4）：在合并单元格 A3:A4 里；请取消合并，逐格填写",
        "工作表“步骤档次”第 3 行“项目编号”（A3）：在合并单元格 A2:A3 里；请取消合并，逐格填写",
        "工作表“单位”第 3 行“分区”（B3）：在合并单元格 B2:B3 里；请取消合并，逐格填写",
    ]


def test_faults__a_column_that_this_scheme_needs__said_once(grid_2023: Grid) -> None:
    grid = copied(grid_2023)
    grid[layout.UNITS] = without(grid[layout.UNITS], 1)
    assert faults(grid) == ["工作表“单位”“分区”一列：没有这一列，请加上"]


def test_faults__a_section_above_the_points_that_an_annex_details__refused_where_it_names_it(grid_2023: Grid) -> None:
    assert changed(grid_2023, layout.SECTIONS, 1, layout.BONUS, "是")[-1] == (
        "工作表“任务”第 2 行“引用附件”（G2）：加分项不能引用附件，“附件2”里的各项请写成本部分的计分项"
    )


def test_faults__a_judge_of_a_task_who_is_none_of_its_departments__named(grid_2023: Grid) -> None:
    grid = copied(grid_2023)
    grid[layout.PARAMETERS].append(["K14", "评定者", "市财政局"])
    (said,) = faults(grid)
    assert said.startswith(f"工作表“参数”第 {len(grid[layout.PARAMETERS])} 行“内容”（C")
    assert "“市财政局”不是这项任务的评价部门（市房屋管理局）" in said


def test_faults__a_row_of_the_document__emptied_or_twice_or_without_its_name(grid_2023: Grid) -> None:
    year = next(n for n, row in enumerate(grid_2023[layout.DOCUMENT]) if row[0] == "考核年度")
    emptied = copied(grid_2023)
    emptied[layout.DOCUMENT][year][:3] = [None] * 3  # what to write there still stands beside it
    assert emptied[layout.DOCUMENT][year][3]
    assert faults(emptied) == ["工作表“方案”：缺少“考核年度”的行，请加上"]
    assert changed(grid_2023, layout.DOCUMENT, year, layout.WHAT, None) == [
        "工作表“方案”第 3 行“名称”（A3）：空白，请写明这一行是什么；不要的请清空整行"
    ]
    assert changed(grid_2023, layout.DOCUMENT, year, layout.WHAT, "考核年份") == [
        "工作表“方案”第 3 行“名称”（A3）：不认识“考核年份”，是不是“考核年度”？"
    ]
    twice = copied(grid_2023)
    twice[layout.DOCUMENT].append(["考核年度", 2023.0])
    assert faults(twice) == [
        f"工作表“方案”第 {len(twice[layout.DOCUMENT])} 行“名称”（A{len(twice[layout.DOCUMENT])}）：“考核年度”重复，请删去一行"
    ]


# --- Differences ------------------------------------------------------------------------------------------------------


def test_differences__clerks_edits__exactly_these() -> None:
    before = scheme_of("2023")
    source = replace(before.source, office_name="市管理办")
    units = replace(before.district_list, districts=(*before.districts[1:], replace(before.districts[0], name="东区")))
    items = {**before.items, "R2": replace(before.items["R2"], judge="第三方")}
    sections = [
        replace(
            section,
            rows=tuple(
                replace(row, items=tuple(items.get(i.id, i) if i.id == "R2" else i for i in row.items))
                for row in section.rows
            ),
        )
        for section in before.sections
    ]
    after = replace(
        before, source=source, district_list=units, items=items, annex1=replace(before.annex1, sections=tuple(sections))
    )
    found = {(d.sheet, d.key, d.column): (d.before, d.after) for d in differences(before, after)}
    assert found == {
        (layout.DOCUMENT, "考核办公室简称", layout.VALUE): ("市精细化办", "市管理办"),
        (layout.PARAMETERS, "R2 评定者", layout.VALUE): (before.items["R2"].judge, "第三方"),  # type: ignore[attr-defined]
        (layout.UNITS, "浦东新区", GONE): ("浦东新区，其他区", None),
        (layout.UNITS, "东区", ADDED): (None, "东区，其他区"),
    }
    assert differences(before, before) == []


# --- Commands and the folder ------------------------------------------------------------------------------------------


def edited(path: Path, change: Callable[[openpyxl.Workbook], None]) -> None:
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    workbook.save(path)


@pytest.mark.slow
def test_commands__new_check_diff_export__as_a_clerk_uses_them(tmp_path: Path) -> None:
    path = tmp_path / "考核方案.xlsx"
    assert call("scheme", "new", path, "--from", "2023").code == 0
    said = call("scheme", "check", path)
    assert (said.code, said.out.count("应为 2024 年")) == (1, 3)  # the titles still name last year

    def to_2024(workbook: openpyxl.Workbook) -> None:
        for row in workbook[layout.DOCUMENT].iter_rows(min_col=2, max_col=2):
            if isinstance(row[0].value, str):
                row[0].value = row[0].value.replace("2023年", "2024年").replace("2023 年", "2024 年")

    edited(path, to_2024)
    said = call("scheme", "check", path)
    assert said.code == 0, said.out
    assert "44 个计分项，共 100 分；16 个单位；9 个样例计算相符" in said.out
    said = call("scheme", "diff", "2023", path, "-o", tmp_path / "方案变动.xlsx")
    assert "共 5 处变动" in said.out
    assert "考核年度　考核年度" not in said.out
    assert call("scheme", "new", path).code == 1  # nothing is written over
    assert call("scheme", "export", path, tmp_path / "又.xlsx").code == 0
    assert_same(read_scheme_book(tmp_path / "又.xlsx").scheme, read_scheme_book(path).scheme)


@pytest.mark.slow
def test_folder__with_its_own_scheme__everything_works_by_it(tmp_path: Path) -> None:
    """Another city's scheme of ten methods, of which the product has no data: from blank forms to the sealed ranking."""
    scheme = scheme_of("2025")
    folder = tmp_path / "考核"
    folder.mkdir()
    (folder / "考核方案.xlsx").write_bytes(scheme_workbook(scheme, ()))
    assert call("targets", folder / "任务分解表.xlsx").code == 0
    assert call("templates", folder / "下发", "--targets", folder / "任务分解表.xlsx").code == 0
    assert call("sample", folder / "下发", folder / "回收").code == 0
    said = call("check", folder / "回收", "-o", tmp_path / "校验结果.xlsx")
    assert said.out.count("[错误]") == 1, said.out  # the one slip of the samples
    assert call("consolidate", folder / "回收", "-o", tmp_path / "a.xlsx", "--json", tmp_path / "a.json").code == 1
    result = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert sorted(d["name"] for d in result["districts"]) == sorted(scheme.district_names)
    assert all(list(d["items"]) == list(scheme.items) for d in result["districts"])
    assert call("round", folder).code == 1
    assert call("consolidate", folder, "--round").code == 1
    assert (folder / "结果/第1次/results.json").is_file()
    verified = call("verify", folder / "结果/第1次")
    assert (verified.code, "一致" in verified.out) == (0, True), verified


@pytest.mark.parametrize("content", [b"", b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a,b"])
def test_read__no_workbook__said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "考核方案.xlsx"
    path.write_bytes(content)
    with pytest.raises(SchemeError, match=r"考核方案\.xlsx：打不开，"):
        read_scheme_book(path)


# --- What a clerk sees ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ["2023", pytest.param("2025", marks=pytest.mark.slow)])
def test_sheets__lists_and_help__of_this_scheme_and_within_excels_limits(year: str, tmp_path: Path) -> None:
    scheme = scheme_of(year)
    path = tmp_path / "考核方案.xlsx"
    path.write_bytes(scheme_workbook(scheme, first_examples(scheme)))
    workbook = openpyxl.load_workbook(path)
    lists = {}
    for sheet in workbook.worksheets[1:]:  # behind the guide
        heads = {cell.column_letter: str(cell.value) for cell in sheet[1]}
        for rule in sheet.data_validations.dataValidation:
            column = str(rule.sqref).partition(":")[0].rstrip("0123456789")
            assert len(rule.prompt or "") <= 255 and len(rule.promptTitle or "") <= 32
            if rule.type == "list":
                assert len(rule.formula1) <= 257  # with its quotes
                lists[sheet.title, heads[column]] = rule.formula1
    column = next(cell.column_letter for cell in workbook[layout.TASKS][1] if cell.value == layout.ID)
    for name in (layout.INDICATORS, layout.PARAMETERS, layout.STEPS, layout.EXAMPLES):
        assert lists[name, layout.ITEM].startswith(f"'{layout.TASKS}'!${column}$2:")
    assert lists[layout.TASKS, layout.METHOD] == f'"{",".join(layout.method_titles())}"'
    assert lists[layout.PARAMETERS, layout.PARAMETER] == f'"{",".join(layout.LABELS.values())}"'


def test_guide__picture__the_schemes_own_item_with_its_fields() -> None:
    scheme = scheme_of("2023")
    (guide,) = (s for s in read_bytes(scheme_workbook(scheme, ())).sheets if s.name == layout.GUIDE)
    rows = [[cell for cell in row[:8] if cell is not None] for row in guide.rows]
    arrow = next(n for n, row in enumerate(rows) if row and "生成区填报表" in str(row[0]) and "↓" in str(row[0]))
    above, below = rows[arrow - 5 : arrow], rows[arrow + 1 : arrow + 4]
    assert above[1][-3:] == ["④ 编号", "⑤ 名称", "⑥ 计分方式"]
    assert above[2][2:] == [2.0, "K01", "美丽街区", "完成率"]
    assert "编号 K01.2，名称 高标准保洁区域（道路），单位 块，只能是整数 是，全市总量 50" in above[4][1]
    assert [row[-4:] for row in below[1:]] == [
        ["K01.1", "美丽街区", "个", "区里填"],
        ["K01.2", "高标准保洁区域（道路）", "块", "区里填"],
    ]


def test_readings__all_that_can_be_asked_for__with_each_option_in_words() -> None:
    from xladdin.methods.item import METHODS
    from xladdin.scheme.policies import MEANINGS, OF_TASKS, SCHEME_WIDE

    asked = {**SCHEME_WIDE, **OF_TASKS}
    for method in METHODS.values():
        asked |= method.policies
    assert {name: tuple(options) for name, (_what, options) in MEANINGS.items()} == asked
