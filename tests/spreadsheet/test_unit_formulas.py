"""The native formulas of 任务分解表, 更正单 and the workbooks of those who evaluate against Python, computed by LibreOffice."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from tests.support.forms import form_of
from tests.support.libreoffice import requires_office, run_office
from tests.support.years import SCHEMES
from xladdin.evaluations.books import unit_book, unit_workbook
from xladdin.evaluations.layout import BRIEFS, LIST_LINES, MEDIA, VETOES
from xladdin.evaluations.lists import Counted, count, typed_line
from xladdin.evaluations.units import departments, experts, office
from xladdin.fillin.cover import cover_view
from xladdin.fillin.sheets import FIRST_ROW, HINT_ROW, Shown, UnitBook, UnitSheet
from xladdin.forms.form import Form
from xladdin.methods.inputs import Entry
from xladdin.numbers import NOT_APPLICABLE
from xladdin.rounds.corrections_sheet import corrections_book, corrections_workbook
from xladdin.rounds.targets_sheet import targets_book, targets_workbook
from xladdin.scheme import load_scheme
from xladdin.words import COVER
from xladdin.workbook.cells import cell_name, column_letters

SCHEME = load_scheme("2023")
UNITS = {unit.name: unit for unit in departments(SCHEME)}
OFFICE = office(SCHEME)
IN_GROUPS = load_scheme("2026", SCHEMES)
"""With a list of 一票否决."""

TITLES = (
    "口袋公园开放",
    "口袋 公园开放",
    "口袋　公园开放",
    "LED灯换新",
    "led灯换新",
    "苏州河*步道",
    "苏州河步道",
    "a?c",
    "abc",
)


def _forms(dice: random.Random) -> dict[str, Form]:
    """Forms of most districts, with amounts, some not assigned, and some cases."""
    forms = {}
    for name in SCHEME.district_names[:13]:
        entries = {
            code: Entry(
                dice.choice((None, Decimal(dice.randint(0, 30)), Decimal("7.3"))),
                dice.choice((None, NOT_APPLICABLE, Decimal(0), Decimal(dice.randint(1, 30)), Decimal("12.5"))),
            )
            for code in SCHEME.inputs
        }
        forms[name] = form_of(entries, {f"N1.{n}": f"案例{n}" for n in range(1, dice.randint(1, 6))})
    return forms


FORMS = _forms(random.Random("forms"))

BOOKS: dict[str, tuple[UnitBook, bytes]] = {
    "targets": (targets_book(SCHEME), targets_workbook(SCHEME)),
    "corrections": (corrections_book(SCHEME), corrections_workbook(SCHEME)),
    **{
        name: (unit_book(SCHEME, unit, 1, FORMS), unit_workbook(SCHEME, unit, 1, FORMS))
        for name, unit in {
            "transport": UNITS["市交通委"],  # the one with a percentage
            "housing": UNITS["市房屋管理局"],
            "expert": experts(SCHEME)[0],
            "office": OFFICE,
        }.items()
    },
    "vetoes": (unit_book(IN_GROUPS, office(IN_GROUPS), 1), unit_workbook(IN_GROUPS, office(IN_GROUPS), 1)),
}


@dataclass
class Filling:
    """What is typed into a sheet, by row and head."""

    typed: dict[int, dict[str, Any]]

    def column(self, sheet: UnitSheet, head: str) -> list[list[Any]]:
        return [[self.typed.get(row, {}).get(head)] for row in range(len(sheet.rows))]


def _amount(dice: random.Random, slips: float, likely: tuple[Any, ...]) -> Any:
    if dice.random() < slips:
        return dice.choice((-3, "若干", 0.4, 250, 2e12, "12个", "—"))
    return dice.choice(likely)


ABOVE = HINT_ROW - FIRST_ROW
"""The row in which a list is declared empty, counted as those of its table are."""


def _fill(sheet: UnitSheet, dice: random.Random) -> Filling:
    slips = dice.choice((0.0, 0.0, 0.05))
    blank = dice.choice((0.0, 0.1, 0.8))
    is_kept = dice.random() < 0.7  # a list
    typed: dict[int, dict[str, Any]] = {}
    for row, given in enumerate(sheet.rows):
        cells: dict[str, Any] = {}
        if sheet.table is BRIEFS or sheet.table is MEDIA:
            if is_kept and row < dice.choice((0, 40, 60)):
                cells = _list_line(dice, 0.05)
        elif sheet.table.sheet == "更正单":
            cells = _correction(dice) if dice.random() >= blank else {}
        elif sheet.table is VETOES:
            cells = _veto(dice) if dice.random() >= blank else {}
        elif sheet.table.sheet == "任务分解表":
            cells = _division(sheet, given, dice, slips)
        else:
            for head in sheet.table.entries:
                if dice.random() >= blank:
                    cells[head] = _entry(head, given, dice, slips)
        own = {head: cells.get(head) for head in sheet.table.entries}
        typed[row] = {head: value for head, value in own.items() if value is not None}
    return Filling(typed)


def _entry(head: str, given: Mapping[str, Shown], dice: random.Random, slips: float) -> Any:
    match head:
        case "说明":
            return dice.choice((None, "已核实"))
        case "同区报":
            return dice.choice((None, None, "是", "是", "否", "相同" if slips else None))
        case "回避":
            return dice.choice((None, None, None, "是", "否", "请假" if slips else None))
        case "核定完成量":
            likely = (given.get("区报完成量"), 5, 0, 12.5, 29, "不适用" if slips else 3)
            return _amount(dice, slips, tuple(v for v in likely if v != "填报有误"))
        case "评分":
            full = float(given["满分"])
            return _amount(dice, slips, (0, full, round(dice.uniform(0, full), 2), full + 1 if slips else 1))
    unit = str(given["单位/满分"])
    if unit == "是/否":
        return dice.choice(("是", "否", "√", "×", 1, 0, "完成" if slips else "是"))
    if unit == "次":
        return dice.choice((0, 1, 2, 3, 1.5 if slips else 0, -1 if slips else 4, 2e12 if slips else 0))
    return dice.choice((0, 2.5, 1.7, 2.6 if slips else 2))


def _correction(dice: random.Random) -> dict[str, Any]:
    """A line of 更正单, mostly as it should be; codes with signs that stand for others in some functions among them."""
    codes = ("K01.1", "k05.1", "K31.1", "R1.1", "I3.2", "N1.3")
    cells: dict[str, Any] = {
        "区": dice.choice(SCHEME.district_names[:4]),
        "编号": dice.choice(codes),
        "栏目": dice.choice(("完成情况", "完成情况", "当年任务量")),
        "原值": dice.choice((None, 3, "—")),
        "新值": dice.choice((0, 12.5, "是", "—")),
        "理由": "复核",
        "批准人": "市精细化办",
        "日期": 45300,
    }
    if dice.random() < 0.3:
        head = dice.choice(tuple(cells))
        cells[head] = dice.choice((None, "徐家汇区", "K01*", "K0?.1", "*", 7, "栏目"))
    return {head: value for head, value in cells.items() if value is not None}


def _veto(dice: random.Random) -> dict[str, Any]:
    """A line of 一票否决, mostly as it should be; 46400 is 2027-1-13."""
    cells: dict[str, Any] = {
        "区": dice.choice(IN_GROUPS.district_names),
        "情形": dice.choice(tuple(IN_GROUPS.vetoes)),
        "事由": "通报〔2026〕3号",
        "批准人": "市政府",
        "批准日期": 46400,
    }
    if dice.random() < 0.4:
        head = dice.choice(tuple(cells))
        cells[head] = dice.choice((None, "江北", "*", 7, 99999, "三月"))
    if dice.random() < 0.1:
        cells |= dict.fromkeys(dice.sample(tuple(cells), 3))
    return {head: value for head, value in cells.items() if value is not None}


def _division(sheet: UnitSheet, given: Mapping[str, Shown], dice: random.Random, slips: float) -> dict[str, Any]:
    names = SCHEME.district_names
    city = given.get("全市数量")
    kind = dice.choice(("even", "tenths", "random", "as issued"))
    if kind == "as issued":
        return {}
    if city is not None and kind == "even":
        least, rest = divmod(int(city), 16)
        cells: dict[str, Any] = {name: least + (n < rest) for n, name in enumerate(names)}
    elif city is not None and kind == "tenths":
        cells = dict.fromkeys(names, 0.1)
        cells[names[-1]] = float(city) - 1.5 + dice.choice((0, 0, 0.1))
    else:
        cells = {name: dice.choice((1, 2, 3, 30, 50, 2.5, "不适用")) for name in names}
    if slips and dice.random() < 0.3:
        cells[dice.choice(names)] = _amount(dice, 1.0, (1,))
    return {name: (None if value == 0 and dice.random() < 0.3 else value) for name, value in cells.items()}


def _list_line(dice: random.Random, slips: float) -> dict[str, Any]:
    """A line of either list, now and then with something amiss. Days are serial numbers: 45000 is 2023-3-15."""
    line: dict[str, Any] = {
        "区": dice.choice(SCHEME.district_names[:3]),
        "日期": 45000 + dice.randint(0, 250),
        "标题": dice.choice(TITLES),
        "媒体": "解放日报",
        "性质": dice.choice(("正面", "正面", "曝光")),
        "首发": dice.choice(("是", "是", "否")),
        "链接": dice.choice((None, "https://example.org/1")),
    }
    for head, wrong in (
        ("区", "黄浦"),
        ("日期", "五月"),
        ("日期", 44926),
        ("日期", 45292),
        ("性质", "好"),
        ("首发", "对"),
    ):
        if dice.random() < slips:
            line[head] = wrong
    for head in line:
        if dice.random() < slips / 2:
            line[head] = None
    return line


def _case(book: UnitBook, dice: random.Random) -> tuple[dict[str, Filling], list[list[Any]]]:
    """A filling of every sheet, and the ranges that write it."""
    fillings, ranges = {}, []
    for sheet in book.sheets:
        if not sheet.unlocked:
            continue
        filling = _fill(sheet, dice)
        fillings[sheet.table.sheet] = filling
        for head in sheet.table.entries:
            column = filling.column(sheet, head)
            if sheet.table.sheet == "任务分解表":
                # What was filled in stays where nothing is typed.
                given = [sheet.rows[row].get(head) for row in range(len(sheet.rows))]
                column = [[v if v is not None else g] for (v,), g in zip(column, given, strict=True)]
            first, last = (sheet.table.at(head, row) for row in (0, len(sheet.rows) - 1))
            ranges.append([sheet.table.sheet, f"{first}:{last}", column])
        if sheet.declared:
            value = dice.choice((None, None, "是", "是", "否", "√", 1, "没有"))
            filling.typed[ABOVE] = {} if value is None else {sheet.declared: value}
            ranges.append([sheet.table.sheet, sheet.table.at(sheet.declared, ABOVE), [[value]]])
    return fillings, ranges


def _area(sheet: UnitSheet) -> list[str]:
    last = cell_name(FIRST_ROW + len(sheet.rows) - 1, len(sheet.table.columns) - 1)
    return [sheet.table.sheet, f"A{HINT_ROW + 1}:{last}"]


def _same(got: object, wanted: Shown) -> bool:
    if isinstance(got, float) and isinstance(wanted, float):
        return isclose(got, wanted, rel_tol=1e-15, abs_tol=1e-9)  # sums of doubles: the last digit may be another
    return (got or None) == (wanted or None) or (got in (0, 0.0) and wanted == 0)


@requires_office
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name == "vetoes" else []) for name in BOOKS]
)
@pytest.mark.parametrize("count", [20, pytest.param(60, marks=pytest.mark.slow)])
def test_unit_formulas__random_fillings_in_libreoffice__equal_python(name: str, count: int, tmp_path: Path) -> None:
    """Every formula cell of every sheet and of 填报说明, recalculated by LibreOffice."""
    book, data = BOOKS[name]
    path = tmp_path / "blank.xlsx"
    path.write_bytes(data)
    dice = random.Random(name)
    cases = [_case(book, dice) for _ in range(count)]
    counted = [sheet for sheet in book.sheets if sheet.unlocked]
    cover_last = column_letters(5) + str(10 + len(counted))
    areas = [*map(_area, book.sheets), [COVER, f"A1:{cover_last}"]]
    job = {"open": path, "unprotect": True, "cases": [{"set": ranges} for _f, ranges in cases], "read": areas}
    (result,) = run_office([job])
    assert result["error"] is None
    bad: list[str] = []
    seen: dict[str, int] = {}
    for number, ((fillings, _ranges), grids) in enumerate(zip(cases, result["cases"], strict=True)):
        views = []
        for sheet, grid in zip(book.sheets, grids, strict=False):
            if not sheet.formulas:
                continue
            view = (
                sheet.view(fillings[sheet.table.sheet].typed)
                if sheet.unlocked
                else _counts(sheet, {n: f.typed for n, f in fillings.items()})
            )
            assert view.keys() == sheet.formulas.keys()
            for (row, head), wanted in view.items():
                got = grid[row - ABOVE][sheet.table.heads.index(head)]
                word = wanted[:3] if isinstance(wanted, str) else "number"
                seen[word] = seen.get(word, 0) + 1
                if not _same(got, wanted):
                    bad.append(f"{number} {sheet.table.sheet}!{sheet.table.at(head, row)}: {got!r} not {wanted!r}")
            if sheet.unlocked:
                views.append(view)
        for (row, column), wanted in cover_view(counted, views).items():
            if not _same(grids[-1][row][column], wanted):
                bad.append(f"{number} {COVER} {row},{column}: {grids[-1][row][column]!r} not {wanted!r}")
    assert bad[:5] == []
    for word in STATES[name]:
        assert seen.get(word, 0) > count // 30, (word, seen)


STATES = {
    "targets": ("缺：各", "错误：", "提示：", "√", "number"),
    "corrections": ("缺：新", "错误：", "√", "美丽街"),
    "transport": ("缺：未", "错误：", "提示：", "√", "不适用", "number"),
    "housing": ("缺：未", "错误：", "提示：", "√", "不适用", "number"),
    "expert": ("缺：未", "错误：", "提示：", "√", "未报送", "回避"),
    "vetoes": ("取消考", "总分最", "缺：事", "错误：", "√"),
    "office": ("缺：未", "缺：标", "缺：尚", "不需填", "错误：", "√", "√ 全", "不计：", "是", "否", "number"),
}


def _counts(sheet: UnitSheet, typed: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> dict[tuple[int, str], Shown]:
    """What 计数 shows for the two lists."""
    numbers: dict[str, Mapping[str, int]] = {}
    for table in (BRIEFS, MEDIA):
        numbers.update(count(SCHEME, table, [typed_line(cells) for cells in typed[table.sheet].values()]).numbers)
    shown: dict[tuple[int, str], Shown] = {}
    for head in sheet.table.heads[1:]:
        own = numbers[head.split()[0]]
        shown.update({(n, head): float(own[name]) for n, name in enumerate(SCHEME.district_names)})
        shown[len(own), head] = float(sum(own.values()))
    return shown


def test_cover__counted_by_hand__every_state_in_its_column() -> None:
    """Rows: 应填, 已填, 缺, 错误, 不需填. Lines that are not counted are filled in all the same; so is what has a 提示."""
    book, _data = BOOKS["office"]
    ratings, briefs, media, _counts_sheet = book.sheets
    line = {"区": "黄浦区", "日期": 45000, "标题": "甲"}
    lists = briefs.view({0: line, 1: line, 2: {"区": "黄浦区"}, 3: {**line, "日期": "五月"}})
    shown = cover_view([ratings, briefs, media], [ratings.view({0: {"评定": "是"}}), lists, media.view({})])
    rows = [[shown[row, column] for column in range(1, 6)] for row in range(9, 13)]
    # The members rate what is 16 of the rows; 宣传 is neither begun nor declared empty.
    assert rows == [[224, 1, 223, 0, 16], [4, 2, 1, 1, 0], [1, 0, 1, 0, 0], [229, 3, 225, 1, 16]]
    assert shown[6, 1] == "尚未完成：缺 225 格，错误 1 处，请看各表最右一列"
    nothing = cover_view([media], [media.view({ABOVE: {"计入": "是"}})])
    assert [nothing[9, column] for column in range(1, 6)] == [1, 1, 0, 0, 0]
    assert nothing[6, 1] == "已全部填写，可以报送"
    both = cover_view([briefs], [briefs.view({ABOVE: {"计入": "是"}, 0: line})])
    assert [both[9, column] for column in range(1, 6)] == [2, 1, 0, 1, 0]
    expert = unit_book(SCHEME, experts(SCHEME)[0], 1, {"浦东新区": Form()}).sheets[0]
    first_case = next(row for row, given in enumerate(expert.rows) if given["编号"] == "N1.1")
    typed = {0: {"回避": "是"}, 1: {"评分": 2}, first_case: {"评分": 1}}
    shown = cover_view([expert], [expert.view(typed)])
    assert [shown[9, column] for column in range(1, 6)] == [139, 2, 137, 0, 5]


def test_list_view__titles_spaces_and_wildcards__one_story_only_if_the_same() -> None:
    """By hand: titles that differ in spaces or case are one, those that only match as a pattern are not."""
    lines = [typed_line({"区": "黄浦区", "日期": 45000, "标题": title}) for title in TITLES]
    reasons = [c.reason[:2] for c in count(SCHEME, BRIEFS, lines).lines]
    assert reasons == ["√", "不计", "不计", "√", "不计", "√", "√", "√", "√"]
    assert all(isinstance(c, Counted) for c in count(SCHEME, BRIEFS, lines).lines)
    assert LIST_LINES >= 200
