"""Who evaluates what, and the workbooks made for it."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Forms
from tests.support.forms import form_of
from tests.support.libreoffice import requires_office, run_office
from tests.support.years import data_with
from xladdin.evaluations.books import unit_workbook
from xladdin.evaluations.tables import is_evaluation
from xladdin.evaluations.units import Unit, UnitKind, departments, experts, office, units
from xladdin.fillin.sheets import FIRST_ROW, HEAD_ROW
from xladdin.issues import WrongCall
from xladdin.methods.inputs import Entry
from xladdin.numbers import NOT_APPLICABLE, Fault
from xladdin.returns.targets import targets_in
from xladdin.rounds.targets_sheet import targets_table, targets_workbook
from xladdin.scheme import Scheme, SchemeError, load_scheme
from xladdin.scheme.model import named_in
from xladdin.words import EVALUATOR_PROPERTY, KIND_PROPERTY, NUMBER_PROPERTY, VERSION_PROPERTY
from xladdin.workbook.cells import Formula, RawBook
from xladdin.workbook.read.reader import read_bytes

# 评价部门 of 附件2, row by row of the printed text.
TASKS_OF = {
    "市住房城乡建设管理委": (1, 3, 5, 21, 22, 23, 25, 28, 29, 30),
    "市绿化市容局": (1, 4, 6, 7, 13, 19, 21, 34),
    "市交通委": (2, 8, 9, 10, 11, 20, 31),
    "市道路运输局": (2, 8, 9, 10, 11, 20, 31),
    "市规划资源局": (12,),
    "市文化旅游局": (12,),
    "市房屋管理局": (12, 14, 15, 16, 17, 18),
    "市城管执法局": (22, 32),
    "市消防救援总队": (24,),
    "市水务局": (26, 27),
    "市邮政管理局": (33,),
}
MEMBERS = {name for name in TASKS_OF if name != "市邮政管理局"}
"""Those that clause 二（二） lists: ten of the eleven."""


def test_departments__of_the_scheme__eleven_with_the_tasks_of_the_text(scheme: Scheme) -> None:
    assert [unit.name for unit in departments(scheme)] == list(TASKS_OF)
    for unit in departments(scheme):
        tasks = {f"K{n:02d}" for n in TASKS_OF[unit.name]}
        rated = ("I2.1",) if unit.name in MEMBERS else ()
        assert unit.codes == (*(code for code in scheme.inputs if code[:3] in tasks), *rated)


def test_experts__of_the_scheme__every_expert_item_and_every_case(scheme: Scheme) -> None:
    codes = ("K11.1", "K25.1", "K30.1", "N1.1", "N1.2", "N1.3", "N1.4", "N1.5", "R2.1")
    assert [u.codes for u in experts(scheme)] == [codes] * 7
    assert [u.name for u in experts(scheme, ("张三", "李四"))] == ["张三", "李四"]


@pytest.mark.parametrize("names", [("张三", "张三"), ("张 三",), ("a/b",), ("",)])
def test_experts__names_no_file_can_have__refused(scheme: Scheme, names: tuple[str, ...]) -> None:
    with pytest.raises(WrongCall, match="专家姓名"):
        experts(scheme, names)


def test_units__together__judge_everything_the_districts_do_not(scheme: Scheme) -> None:
    codes = (
        "R1.1 R1.2 R1.3 R1.4 R1.5 R3.1 R3.2 R3.3 R4.1 R4.2 R4.3 R5.1 R6.1 R6.2 I1.1 I2.1 I3.1 I3.2".split()  # noqa: SIM905
    )
    assert office(scheme).codes == tuple(codes)
    assert {code for unit in units(scheme) for code in unit.codes} == set(scheme.inputs)


def test_units__numbers_and_files__all_different(scheme: Scheme) -> None:
    every = units(scheme)
    assert len({u.number(scheme.source, 1) for u in every}) == len(every) == len({u.file_name for u in every})
    assert {u.file_name for u in every} >= {
        "部门评价表_市水务局.xlsx",
        "专家评议表_专家7.xlsx",
        "市精细化办评分表.xlsx",
    }
    assert office(scheme).number(scheme.source, 2) == "JXH2023-S01-2"


@pytest.fixture(scope="module")
def books(scheme: Scheme) -> dict[str, bytes]:
    """Every blank workbook of the round by file name."""
    made = {unit.file_name: unit_workbook(scheme, unit, 1) for unit in units(scheme, ("张三",))}
    return {"任务分解表.xlsx": targets_workbook(scheme), **made}


def test_workbooks__made_again__same_bytes(scheme: Scheme, books: dict[str, bytes]) -> None:
    for unit in units(scheme, ("张三",)):
        assert unit_workbook(scheme, unit, 1) == books[unit.file_name]
        assert unit_workbook(scheme, unit, 2) != books[unit.file_name]
    assert targets_workbook(scheme) == books["任务分解表.xlsx"]


def test_workbooks__every_formula__has_its_value_beside_it(books: dict[str, bytes]) -> None:
    for name, data in books.items():
        formulas = [c for s in read_bytes(data).sheets for row in s.rows for c in row if isinstance(c, Formula)]
        assert len(formulas) > 30, name
        # An empty text is stored as no value at all: 原因 of a blank line, 差异 of nothing.
        blank = {f.text[:12] for f in formulas if f.result is None}
        assert all(text.startswith(("IF(ISERROR(A", "IF(E", "IF(I", "IF(AND(LEFT")) for text in blank), (name, blank)


def test_workbooks__limits_of_excel__kept(books: dict[str, bytes]) -> None:
    for name, data in books.items():
        book = openpyxl.load_workbook(io.BytesIO(data))
        for sheet in book:
            assert len(sheet.title) <= 31
            assert sheet.protection.sheet, (name, sheet.title)
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and cell.value.startswith("="):
                        assert len(cell.value) <= 8192, (name, cell.coordinate)
                        assert cell.value.count("(") == cell.value.count(")")
                        assert _nesting(cell.value) <= 64
                        assert cell.protection.locked, (name, cell.coordinate)
            for rule in sheet.data_validations.dataValidation:
                assert len(rule.prompt or "") <= 255
                assert len(rule.error or "") <= 255
                assert len(rule.formula1 or "") <= 255, (name, rule.formula1)


def _nesting(formula: str) -> int:
    deepest = depth = 0
    for character in re.sub(r'"[^"]*"', "", formula):
        depth += {"(": 1, ")": -1}.get(character, 0)
        deepest = max(deepest, depth)
    return deepest


def test_workbooks__identity__inside_and_in_the_properties(scheme: Scheme, books: dict[str, bytes]) -> None:
    for unit in units(scheme, ("张三",)):
        book = read_bytes(books[unit.file_name])
        number = unit.number(scheme.source, 1)
        assert book.properties[KIND_PROPERTY] == unit.workbook
        assert book.properties[EVALUATOR_PROPERTY] == unit.name
        assert book.properties[VERSION_PROPERTY] == "2023"
        assert book.properties[NUMBER_PROPERTY] == number
        assert [book.sheets[0].at(row, 1) for row in (2, 3, 4)] == [unit.name, "2023", number]
        for sheet in book.sheets[1:]:
            assert sheet.at(1, 0) == f"评价单位：{unit.name}　方案版本：2023　下发编号：{number}"


def _column(book: RawBook, sheet: str, head: str) -> list[object]:
    found = next(s for s in book.sheets if s.name == sheet)
    column = list(found.rows[HEAD_ROW]).index(head)
    return [found.at(row, column) for row in range(FIRST_ROW, len(found.rows))]


def test_department_workbook__sheets_without_rows__left_out(scheme: Scheme, books: dict[str, bytes]) -> None:
    sheets = {n: [s.name for s in read_bytes(d).sheets] for n, d in books.items()}
    assert sheets["部门评价表_市水务局.xlsx"] == ["填报说明", "评分"]
    assert sheets["部门评价表_市邮政管理局.xlsx"] == ["填报说明", "核定完成量"]
    assert sheets["部门评价表_市消防救援总队.xlsx"] == ["填报说明", "核定完成量", "评分"]
    assert sheets["部门评价表_市房屋管理局.xlsx"] == ["填报说明", "核定完成量", "评分"]
    assert sheets["专家评议表_张三.xlsx"] == ["填报说明", "评议"]
    assert sheets["市精细化办评分表.xlsx"] == ["填报说明", "评定", "简讯", "宣传", "计数"]
    assert sheets["任务分解表.xlsx"] == ["填报说明", "任务分解表"]


def test_department_workbook__rows__every_indicator_for_every_district(scheme: Scheme, books: dict[str, bytes]) -> None:
    book = read_bytes(books["部门评价表_市房屋管理局.xlsx"])
    pairs = list(zip(_column(book, "核定完成量", "编号"), _column(book, "核定完成量", "区"), strict=True))
    codes = ("K12.1", "K15.1", "K17.1", "K18.1", "K18.2")
    assert pairs[:-1] == [(code, name) for code in codes for name in scheme.district_names]  # then the signature
    pairs = list(zip(_column(book, "评分", "编号"), _column(book, "评分", "区"), strict=True))
    assert pairs[:-1] == [(code, name) for code in ("K14.1", "K16.1", "I2.1") for name in scheme.district_names]


def test_department_workbook__with_forms__shows_what_districts_reported(scheme: Scheme) -> None:
    fire = next(unit for unit in departments(scheme) if unit.name == "市消防救援总队")
    forms = {
        "浦东新区": form_of({"K24.1": Entry(Decimal(8), Decimal(10)), "K24.2": Entry(None, NOT_APPLICABLE)}),
        "黄浦区": form_of({"K24.1": Entry(Fault("“若干”应为数字"), Decimal(5))}),
    }
    book = read_bytes(unit_workbook(scheme, fire, 1, forms))
    rows = list(zip(*(_column(book, "核定完成量", h) for h in ("编号", "区", "当年任务量", "区报完成量")), strict=True))
    assert rows[:3] == [
        ("K24.1", "浦东新区", 10.0, 8.0),
        ("K24.1", "黄浦区", 5.0, "填报有误"),
        ("K24.1", "静安区", None, None),
    ]
    assert rows[16] == ("K24.2", "浦东新区", "不适用", None)
    states = [cell.result for cell in _column(book, "核定完成量", "校验") if isinstance(cell, Formula)]
    assert (states[0], states[16]) == ("缺：未核定", "不适用")


def test_expert_workbook__with_forms__names_the_cases(scheme: Scheme, forms: Forms) -> None:
    book = read_bytes(unit_workbook(scheme, experts(scheme)[0], 1, {"浦东新区": form_of(cases={"N1.2": "口袋公园"})}))
    rows = list(zip(*(_column(book, "评议", h) for h in ("编号", "区", "案例名称")), strict=True))
    named = {(code, district): case for code, district, case in rows if code}
    assert named["N1.2", "浦东新区"] == "口袋公园"
    assert named["N1.1", "浦东新区"] == "未报送"
    assert named["N1.1", "黄浦区"] is None
    assert named["R2.1", "浦东新区"] is None


def test_titles__of_tables_over_several_sheets_of_paper__begin_on_the_first(books: dict[str, bytes]) -> None:
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for content in books.values():
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets[1:]:
            is_torn = (sheet.page_setup.fitToWidth or 1) > 1
            found[is_torn] |= {sheet.cell(row, 1).alignment.horizontal for row in (1, 2, 3)}
    assert found == {True: {"left"}, False: {"center"}}


def test_targets_workbook__as_issued__read_as_the_text_assigns(scheme: Scheme, books: dict[str, bytes]) -> None:
    targets, found = targets_in(scheme, read_bytes(books["任务分解表.xlsx"]), "任务分解表.xlsx")
    for district in scheme.districts:
        share = {"central": 50, "other": 30}[district.zone]
        amounts = {code: cell.value for code, cell in targets[district.name].items()}
        assert amounts == {"K03.2": 1, "K10.5": share, "K33.1": 3}
    # Nothing else is divided yet, which every indicator with a city-wide amount is named for.
    indicators = [i for i in scheme.indicators if i.amount is not None]
    assert {(i.code, i.place.item) for i in found} == {("T01", i.code) for i in indicators}


def _divided(scheme: Scheme) -> dict[str, dict[str, float | str]]:
    """A division in which everything adds up: by code and district."""
    cells: dict[str, dict[str, float | str]] = {}
    for indicator in scheme.indicators:
        if indicator.amount is not None:
            least, rest = divmod(int(indicator.amount), 15)
            shares = [float(least + (n < rest)) for n in range(15)]
            cells[indicator.code] = {**dict(zip(scheme.district_names, shares, strict=False)), "崇明区": "不适用"}
        elif indicator.code == "K23.1":
            cells[indicator.code] = {"黄浦区": 4.0}
    return cells


@requires_office
def test_targets_workbook__filled_in_libreoffice__adds_up_and_is_read_from_every_format(
    scheme: Scheme, books: dict[str, bytes], tmp_path: Path
) -> None:
    blank = tmp_path / "任务分解表.xlsx"
    blank.write_bytes(books["任务分解表.xlsx"])
    table = targets_table(scheme)
    rows = {code: n for n, code in enumerate(i.code for i in scheme.indicators)}
    divided = _divided(scheme)
    typed = [
        ["任务分解表", table.at(name, rows[code]), f"{value:g}" if isinstance(value, float) else value]
        for code, own in divided.items()
        for name, value in own.items()
    ]
    saved = [tmp_path / f"填好.{kind}" for kind in ("xlsx", "xls", "ods")]
    area = f"{table.at('校验', 0)}:{table.at('校验', len(rows) - 1)}"
    job = {"open": blank, "type": typed, "read": [["任务分解表", area]]}
    (result,) = run_office([{**job, "save": [[path, path.suffix[1:]] for path in saved]}])
    assert result["error"] is None
    assert {state for (state,) in result["read"][0]} == {"√"}
    assert len(result["read"][0]) == 40
    for path in saved:
        targets, found = targets_in(scheme, read_bytes(path.read_bytes()), path.name)
        assert found == [], path
        for code, own in divided.items():
            amounts = {name: Decimal(str(value)) for name, value in own.items() if isinstance(value, float) and value}
            assert {name: given[code].value for name, given in targets.items() if given[code].value} == amounts


def test_is_evaluation__all_kinds__told_from_forms(scheme: Scheme, books: dict[str, bytes], forms: Forms) -> None:
    kinds = {name: is_evaluation(read_bytes(data), scheme.source.say) for name, data in books.items()}
    assert kinds == {name: name != "任务分解表.xlsx" for name in books}
    assert not is_evaluation(read_bytes(forms.blank("静安区")), scheme.source.say)


def test_unit__same_in_another_position__equal(scheme: Scheme) -> None:
    assert experts(scheme, ("张三", "李四"))[1] == experts(scheme, ("李四",))[0]
    assert Unit(UnitKind.EXPERT, "张三", ()) != Unit(UnitKind.DEPARTMENT, "张三", ())


def _with_judge(folder: Path, judge: str) -> Path:
    """A folder of data in which a task has two departments and a rule that names who judges it."""
    data = data_with(folder, "2025")
    path = data / "2025/annex2.toml"
    text = path.read_text(encoding="utf-8")
    before = 'departments = ["市水利局"]\n'
    assert text.count(before) == 1
    after = f'departments = ["市水利局", "市统计局"]\njudge = "{judge}"\n'
    path.write_text(text.replace(before, after), encoding="utf-8")
    return data


def test_departments__a_judge_named_for_a_task__only_that_one_is_asked(tmp_path: Path) -> None:
    scheme = load_scheme("2025", _with_judge(tmp_path / "one", "市统计局"))
    assert [unit.name for unit in departments(scheme) if "T03.1" in unit.codes] == ["市统计局"]
    assert "市水利局" not in [unit.name for unit in departments(scheme)]  # which has nothing else to judge
    both = load_scheme("2025", _with_judge(tmp_path / "both", "市统计局、市水利局（联合评定）"))
    assert [unit.name for unit in departments(both) if "T03.1" in unit.codes] == ["市水利局", "市统计局"]


@pytest.mark.parametrize(
    ("text", "named", "others"),
    [
        ("市交通委执法总队", {"市交通委执法总队"}, []),
        ("市交通委、市交通委执法总队（专家评议）", {"市交通委", "市交通委执法总队"}, []),
        ("督查办（政府、党委）", {"督查办（政府、党委）"}, []),
        ("督查办（政府、党委）、市交通委", {"督查办（政府、党委）", "市交通委"}, []),
        ("市交通委 第三方机构", {"市交通委"}, ["第三方机构"]),
        ("", set(), []),
    ],
)
def test_named_in__names_that_begin_others_and_have_brackets__each_as_it_is(
    text: str, named: set[str], others: list[str]
) -> None:
    assert named_in(text, ("市交通委", "市交通委执法总队", "督查办（政府、党委）")) == (named, others)


def test_departments__a_judge_that_is_none_of_the_tasks__refused(tmp_path: Path) -> None:
    with pytest.raises(SchemeError) as error:
        load_scheme("2025", _with_judge(tmp_path / "data", "市水利局、市财政局"))
    assert error.value.faults == [
        "2025/annex2.toml：task[3].judge：“市财政局”不是这项任务的评价部门（市水利局、市统计局），评价表不会发给它；请改为其中的部门，或加进评价部门"
    ]
