"""Departments', experts' and the office's values over the districts' own: merged, compared, and whoever is missing named."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest

from tests.conftest import Forms
from tests.support.forms import form_of
from xladdin.evaluations.reading import Evaluation, UnitReport
from xladdin.evaluations.units import Unit, UnitKind, departments, office, units
from xladdin.fields.origins import Sourced, origin_text, origin_values, typed_text
from xladdin.forms.form import Field
from xladdin.issues import Place
from xladdin.methods.inputs import Entry
from xladdin.numbers import NOT_APPLICABLE, Fault, Value
from xladdin.results.consolidation import Consolidation, consolidate
from xladdin.results.files import result_workbook
from xladdin.results.judging import Judged, Judging, combined
from xladdin.results.layers import layered
from xladdin.returns.collection import collect
from xladdin.scheme import Scheme
from xladdin.sending.evaluations import write_unit_workbooks
from xladdin.words import TARGET, VALUE
from xladdin.workbook.read.reader import SourceFile

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

EXPERTS = ("甲", "乙", "丙", "丁", "戊")


def judged(name: str, value: Value, *, kind: UnitKind = UnitKind.DEPARTMENT, recused: bool = False) -> Judged:
    return Judged(Unit(kind, name, ()), Evaluation("", "", value, str(value), Place(), recused))


def by_experts(*values: Value) -> list[Judged]:
    return [judged(name, v, kind=UnitKind.EXPERT) for name, v in zip(EXPERTS, values, strict=False)]


def by_office(value: Value) -> Judged:
    return judged("市精细化办", value, kind=UnitKind.OFFICE)


FIRST, SECOND = "市住房城乡建设管理委", "市绿化市容局"  # the departments of K01, as the text names them
D = Decimal


@pytest.mark.parametrize(
    ("code", "given", "choices", "wanted"),
    [
        ("K01.1", [judged(FIRST, D(12))], {}, D(12)),
        ("K01.1", [judged(FIRST, D(12)), judged(SECOND, D(10))], {}, D(11)),
        ("K01.1", [judged(FIRST, D(12)), judged(SECOND, None)], {}, D(12)),
        ("K01.1", [judged(FIRST, D(12)), judged(SECOND, D(10))], {"joint_evaluation": "lead"}, D(12)),
        ("K01.1", [judged(SECOND, D(10))], {"joint_evaluation": "lead"}, None),
        ("K01.1", [], {}, None),
        ("K01.1", [judged(FIRST, Fault("文本")), judged(SECOND, D(10))], {}, Fault),
        ("K03.1", [judged(FIRST, D("7.5"))], {"joint_evaluation": "lead"}, D("7.5")),
        ("R2.1", by_experts(D(3), D(2), D(1)), {}, D(2)),
        ("R2.1", by_experts(D(3), D(2), D(2), D(2), D(0)), {"expert_trim": "1"}, D(2)),
        ("R2.1", by_experts(D(3), D(2), D(2), D(0)), {"expert_trim": "1"}, D("1.75")),
        ("R2.1", [*by_experts(D(3)), judged("乙", D(1), kind=UnitKind.EXPERT, recused=True)], {}, D(3)),
        ("K11.1", [judged("市交通委", D(1)), *by_experts(D(2))], {}, D(2)),
        ("K11.1", [judged("市交通委", D(1))], {}, D(1)),
        ("K11.1", [judged("市交通委", D(1)), *by_experts(D(2))], {"expert_tasks": "departments"}, D(1)),
        ("K11.1", by_experts(D(2)), {"expert_tasks": "departments"}, None),
        # What no department is named for stays with the experts.
        ("R2.1", by_experts(D(3), D(2)), {"expert_tasks": "departments"}, D("2.5")),
        ("N1.1", by_experts(D("1.5")), {"expert_tasks": "departments"}, D("1.5")),
        # Clause 二（二）: the members' mean; the office's figure only where none of them gave one.
        ("I2.1", [judged("市交通委", D(2)), judged("市水务局", D("2.5")), by_office(D(1))], {}, D("2.25")),
        ("I2.1", [judged("市交通委", D(2)), judged("市水务局", D(1))], {"joint_evaluation": "lead"}, D("1.5")),
        ("I2.1", [judged("市交通委", None), by_office(D("1.9"))], {}, D("1.9")),
        ("I2.1", [judged("市交通委", D(2)), by_office(Fault("文本"))], {}, D(2)),
        ("R1.1", [judged("市精细化办", True, kind=UnitKind.OFFICE)], {}, True),
    ],
)
def test_combined__several_values__one_that_counts(
    scheme: Scheme, code: str, given: list[Judged], choices: dict[str, str], wanted: Any
) -> None:
    value, told = combined(scheme, scheme.choose_policies(choices), code, given)
    if isinstance(wanted, type):
        assert isinstance(value, wanted)
    else:
        assert value == wanted
    if len([one for one in given if one.evaluation.value is not None]) > 1 and not isinstance(value, Fault):
        assert told.startswith(code)


def test_combined__mean_that_does_not_end__is_exact_enough_for_a_tie(scheme: Scheme) -> None:
    value, _told = combined(scheme, scheme.default_policies, "R2.1", by_experts(D(1), D(1), D(2)))
    assert isinstance(value, Decimal)
    assert abs(Fraction(value) - Fraction(4, 3)) < Fraction(1, 10**25)


def test_awaited__members__all_of_them_unless_only_the_office_has_spoken(scheme: Scheme) -> None:
    every = units(scheme, EXPERTS)
    members = [unit for unit in departments(scheme) if unit.name != "市邮政管理局"]
    judging = Judging(scheme, scheme.default_policies, [], every)

    def awaited(*said: tuple[Unit, Value]) -> list[str]:
        judgements = [Judged(unit, Evaluation("I2.1", "静安区", value, "", Place())) for unit, value in said]
        return list(judging.awaited(Field("I2.1"), {}, judgements))

    names = [unit.name for unit in members]
    assert len(names) == 10
    assert awaited() == names
    assert awaited((office(scheme), D(2))) == []
    assert awaited((office(scheme), D(2)), (members[3], D(1))) == [n for n in names if n != members[3].name]
    assert awaited(*((unit, D(1)) for unit in members)) == []


# --- A whole round ----------------------------------------------------------------------------------------------------


def mark_of(unit: Unit, code: str, district: int, maximum: float) -> float:
    """What a unit gives: different for everybody, within the limit, with ties at the third decimal among them."""
    return round(maximum * ((district * 7 + len(unit.name) + sum(map(ord, unit.name + code))) % 40 + 60) / 100, 2)


def fill(path: Path, scheme: Scheme, unit: Unit, amount: Callable[[str, str], float]) -> None:
    """Type a value into every cell that is the unit's to fill in, as a spreadsheet program would save it."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        head = next((row for row in sheet.iter_rows(max_row=12) if "编号" in [c.value for c in row]), None)
        if head is None:
            continue
        at = {cell.value: cell.column for cell in head}
        wanted = next((name for name in ("核定完成量", "评分", "评定") if name in at), "")
        if not wanted or "区" not in at:
            continue
        for row in sheet.iter_rows(min_row=head[0].row + 1):
            code, district = (row[at[name] - 1].value for name in ("编号", "区"))
            if code in scheme.inputs and district in scheme.district_names:
                row[at[wanted] - 1].value = value_for(scheme, unit, code, district, amount)
    book.save(path)


def value_for(scheme: Scheme, unit: Unit, code: str, district: str, amount: Callable[[str, str], float]) -> float | str:
    spec, n = scheme.inputs[code], scheme.district_names.index(district)
    match spec.kind.value:
        case "amount":
            return amount(code, district) + (1 if unit.name == SECOND else 0)
        case "flag":
            return "否" if (n + int(code[-1])) % 4 == 0 else "是"
        case "count":
            return {"I3.1": 2, "I3.2": n % 3}.get(code, 3)
    return mark_of(unit, code, n, float(spec.maximum or 0))


@pytest.fixture(scope="module")
def everybody(forms: Forms, filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What districts, departments, experts and the office sent back. Not to be written to."""
    folder = tmp_path_factory.mktemp("round") / "回收"
    write_unit_workbooks(forms.scheme, folder, forms=collect(forms.scheme, [filled]).forms, experts=EXPERTS)
    for unit in units(forms.scheme, EXPERTS):
        fill(
            folder / unit.file_name,
            forms.scheme,
            unit,
            lambda code, district: max(0.0, float(str(forms.typed(district)[code, VALUE])) - 1),
        )
    for path in filled.iterdir():
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def result(scheme: Scheme, everybody: Path) -> Consolidation:
    return consolidate(scheme, [everybody])


def half_up(number: Fraction) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def mean(values: Sequence[float]) -> Fraction:
    return sum((Fraction(str(v)) for v in values), Fraction(0)) / len(values)


def test_round__everybody_has_delivered__scores_are_the_units_not_the_districts(
    scheme: Scheme, forms: Forms, result: Consolidation
) -> None:
    by_name = {unit.name: unit for unit in units(scheme, EXPERTS)}
    for n, district in enumerate(result.districts):
        typed = forms.typed(district.name)
        for task in scheme.tasks.values():
            item = scheme.items[task.id]
            score = district.scored.items[task.id].score
            if item.method == "ratio":
                rates = []
                for spec in item.inputs:
                    target = Fraction(str(typed[spec.code, TARGET]))
                    own = max(0.0, float(str(typed[spec.code, VALUE])) - 1)
                    given = [own + (1 if name == SECOND else 0) for name in task.departments]
                    rates.append(min(Fraction(1), mean(given) / target))
                wanted = half_up(2 * sum(rates, Fraction(0)) / len(rates))
            elif item.method == "reference":
                marks = [mark_of(by_name[name], item.inputs[0].code, n, 100) for name in task.departments]
                wanted = half_up(mean(marks) / 100 * 2)
            else:  # 专家评议: the experts', not the departments'
                wanted = half_up(mean([mark_of(by_name[e], item.inputs[0].code, n, 2) for e in EXPERTS]))
            assert score == wanted, (district.name, task.id)
        cases = sum((mean([mark_of(by_name[e], f"N1.{c}", n, 1.5) for e in EXPERTS]) for c in range(1, 6)), Fraction(0))
        assert district.scored.items["N1"].score == half_up(cases)
        ratings = [mark_of(by_name[unit.name], "I2.1", n, 2.5) for unit in departments(scheme) if "I2.1" in unit.codes]
        assert len(ratings) == 10
        assert district.scored.items["I2"].score == half_up(mean(ratings))
        assert district.scored.items["I3"].score == half_up(Fraction(5, 2) - 1 + Fraction(n % 3, 2))


def test_round__explanation_and_sources__name_every_unit(scheme: Scheme, result: Consolidation) -> None:
    district = result.districts[0]
    explain = district.scored.items["K01"].explain
    assert FIRST in explain
    assert SECOND in explain
    assert "平均" in explain
    assert district.layers is not None
    heads = {s.head: s.place.file for s in district.layers.sources if s.code == "K01.1"}
    assert heads[f"完成情况（{FIRST}）"] == f"部门评价表_{FIRST}.xlsx"
    assert heads["完成情况"] == f"区填报表_{district.name}.xlsx"


def test_round__complete__comparison_and_deliveries_are_shown(
    scheme: Scheme, result: Consolidation, tmp_path: Path
) -> None:
    path = tmp_path / "考核汇总.xlsx"
    path.write_bytes(result_workbook(result, path, datetime(2024, 1, 5)))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:2] == ["汇总", "排名"]
    assert {"评价对照", "交表情况"} < set(book.sheetnames)
    compared = list(book["评价对照"].iter_rows(min_row=4, values_only=True))
    assert len(compared) == len(scheme.inputs) * 16
    first = next(row for row in compared if row[1] == "K01.1")
    assert FIRST in str(first[6])
    assert SECOND in str(first[6])
    assert first[8] == pytest.approx(first[7] - first[5])
    _upper, heads, *delivered = book["交表情况"].iter_rows(min_row=3, values_only=True)
    assert len(delivered) == 16 + 11 + len(EXPERTS) + 1
    assert heads[8:] == tuple(scheme.items)
    # The office's lists are still blank: nobody has begun to keep them.
    assert [(row[0], row[5], row[7]) for row in delivered if row[7] != "已填齐"] == [("市精细化办", 48, "未填齐")]
    office_row = dict(zip(heads, delivered[-1], strict=True))
    assert (office_row["R5"], office_row["R6"], office_row["R1"], office_row["K01"]) == (16, 32, "√", None)
    assert {mark for row in delivered[:-1] for mark in row[8:]} == {"√", None}


def test_round__complete__no_finding_about_what_the_districts_files_show(result: Consolidation) -> None:
    found = [issue for issue in result.issues if issue.code.startswith(("V", "M"))]
    # 曝光 is the office's to say, which has not begun to keep its lists; what the districts have typed there is theirs no more.
    assert {(issue.code, issue.place.item) for issue in found} == {("M03", "R6.2")}
    assert {i.found for i in result.issues if i.code == "E18"} == {"区填报表里填了 R6.2"}


def test_round__its_result_read_again__same_scores_and_still_waits_for_the_same(
    scheme: Scheme, result: Consolidation, tmp_path: Path
) -> None:
    path = tmp_path / "考核汇总.xlsx"
    path.write_bytes(result_workbook(result, path, datetime(2024, 1, 5)))
    again = consolidate(scheme, [path])
    # What waits for the office's lists still does.
    told = [(issue.code, issue.found) for issue in again.issues if issue.code != "F18"]
    wanted = [("M05", "导入时尚待评价：R5.1、R6.1、R6.2"), ("M03", "尚未评定")] * 16
    assert sorted(told) == sorted(wanted)
    for before, after in zip(result.districts, again.districts, strict=True):
        assert (after.name, after.scored.total, after.rank) == (before.name, before.scored.total, before.rank)
        assert after.incomplete() == before.incomplete() == ["R5", "R6"]


def test_round__a_department_missing__is_named_and_makes_its_tasks_provisional(
    scheme: Scheme, everybody: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(everybody, tmp_path / "回收")
    absent = departments(scheme)[-1]
    (folder / absent.file_name).unlink()
    found = consolidate(scheme, [folder])
    assert [i.place.file for i in found.issues if i.code == "E15"] == [absent.file_name]
    waiting = {code.partition(".")[0] for code in absent.codes}
    alone = {t.id for t in scheme.tasks.values() if t.departments == (absent.name,)}
    for district in found.districts:
        assert district.provisional
        assert alone <= set(district.incomplete()) <= alone | waiting | {"R5", "R6"}
        reported = district.scored.items[next(iter(alone))]
        assert reported.score is not None  # counted as reported until it is judged


def test_round__forms_alone__as_ever(scheme: Scheme, clean: Consolidation) -> None:
    assert clean.evaluators == ()
    assert not any(d.unjudged for d in clean.districts)


# --- Who is awaited ---------------------------------------------------------------------------------------------------


def waiting(
    scheme: Scheme,
    code: str,
    given: Mapping[str, Value],
    entries: Mapping[str, Entry],
    *,
    choices: Mapping[str, str] | None = None,
    also: Mapping[str, Value] | None = None,
    cases: Mapping[str, str] | None = None,
) -> tuple[Value, tuple[str, ...]]:
    """What counts of a field of a district in which everybody and two experts are to judge, and who is awaited.

    `given` is the fields' values by unit; "回避" where an expert does not judge.
    """
    name = scheme.district_names[0]
    everyone = units(scheme, ("专家1", "专家2"))
    reports = []
    for other, value in (also or {}).items():
        reports.append(
            UnitReport(SourceFile(Path("x"), "x", ""), office(scheme), [Evaluation(other, name, value, "", Place())])
        )
    for unit in everyone:
        if unit.name in given:
            value = given[unit.name]
            recused = value == "回避"
            evaluation = Evaluation(code, name, None if recused else value, str(value), Place(name), recused)
            reports.append(UnitReport(SourceFile(Path("x"), "x", ""), unit, [evaluation]))
    policies = scheme.choose_policies(choices or {})
    judging = Judging(scheme, policies, reports, everyone)
    layers, _found = layered(scheme, name, form_of(entries, cases), judging)
    return layers.entries[code].value, layers.fields[code].awaited


ASSIGNED = {"K01.1": Entry(Decimal(3), Decimal(10))}


@pytest.mark.parametrize(
    ("given", "lead", "value", "awaited"),
    [
        ({}, False, 3, (FIRST, SECOND)),
        ({FIRST: Decimal(4)}, False, 4, (SECOND,)),
        ({SECOND: Decimal(4)}, False, 4, (FIRST,)),
        ({FIRST: Decimal(4), SECOND: Decimal(5)}, False, Decimal("4.5"), ()),
        # Only the first named is listened to; until it speaks, what was reported counts.
        ({FIRST: Decimal(4)}, True, 4, ()),
        ({SECOND: Decimal(5)}, True, 3, (FIRST,)),
    ],
)
def test_awaited__joint_amount__all_whose_value_would_count(
    scheme: Scheme, given: dict[str, Value], lead: bool, value: Decimal, awaited: tuple[str, ...]
) -> None:
    choices = {"joint_evaluation": "lead"} if lead else {}
    assert waiting(scheme, "K01.1", given, ASSIGNED, choices=choices) == (value, awaited)


@pytest.mark.parametrize("target", [None, Decimal(0), NOT_APPLICABLE])
def test_awaited__nothing_assigned__nobody(scheme: Scheme, target: Value) -> None:
    assert waiting(scheme, "K01.1", {}, {"K01.1": Entry(None, target)}) == (None, ())


def test_awaited__expert_item__experts_and_not_the_departments(scheme: Scheme) -> None:
    assert waiting(scheme, "K25.1", {}, {}) == (None, ("专家1", "专家2"))
    assert waiting(scheme, "K25.1", {"专家1": Decimal(1)}, {}) == (1, ("专家2",))
    assert waiting(scheme, "K25.1", {"专家1": Decimal(1), "专家2": cast("Value", "回避")}, {}) == (1, ())
    # A department's mark stands in until an expert has given one.
    assert waiting(scheme, "K25.1", {FIRST: Decimal(2)}, {}) == (2, ("专家1", "专家2"))


def test_awaited__expert_item_by_departments__the_departments_and_not_the_experts(scheme: Scheme) -> None:
    by = {"expert_tasks": "departments"}
    assert waiting(scheme, "K25.1", {"专家1": Decimal(1)}, {}, choices=by) == (None, (FIRST,))
    assert waiting(scheme, "K25.1", {"专家1": Decimal(1), FIRST: Decimal(2)}, {}, choices=by) == (2, ())
    assert waiting(scheme, "R2.1", {"专家1": Decimal(1)}, {}, choices=by) == (1, ("专家2",))


def test_awaited__case__only_if_it_was_handed_in(scheme: Scheme) -> None:
    assert waiting(scheme, "N1.2", {}, {}) == (None, ())
    assert waiting(scheme, "N1.2", {}, {}, cases={"N1.2": "案例"}) == (None, ("专家1", "专家2"))


@pytest.mark.parametrize(("cited", "awaited"), [(0, ()), (2, ("市精细化办",)), (None, ("市精细化办",))])
def test_awaited__rectified__only_if_something_was_cited(
    scheme: Scheme, cited: int | None, awaited: tuple[str, ...]
) -> None:
    also: dict[str, Value] = {} if cited is None else {"I3.1": Decimal(cited)}
    assert waiting(scheme, "I3.2", {}, {}, also=also)[1] == awaited
    # What the district itself has typed there does not count.
    assert waiting(scheme, "I3.2", {}, {"I3.1": Entry(Decimal(0))})[1] == ("市精细化办",)


# --- 来源 -------------------------------------------------------------------------------------------------------------


def test_origin__of_judged_values__says_what_counts_first_and_is_read_back() -> None:
    place = Place("", "部门.xlsx", "核定完成量", "G5")
    sources = [
        Sourced("K01.1", "当年任务量", Decimal(10), "10", Place("", "区.xlsx", "附件2", "I5")),
        Sourced("K01.1", "完成情况", Decimal(3), "3", Place("", "区.xlsx", "附件2", "J5")),
        Sourced("K01.1", "完成情况（甲）", Decimal(4), "4", place),
        Sourced("K01.1", "完成情况（乙）", Decimal(5), "5", place),
    ]
    text = origin_text(sources, {"区.xlsx": "a" * 64}, Decimal("4.5"), is_awaited=True)
    assert text.startswith("尚待评价　采用：完成情况 =4.5　区.xlsx（aaaaaaaaaaaa）：")
    assert origin_values(text) == {"当年任务量": "10", "完成情况": "4.5"}
    settled = origin_text(sources[:2], {}, Decimal(3))
    assert "采用" not in settled
    assert origin_values(settled) == {"当年任务量": "10", "完成情况": "3"}
    assert origin_text([], {}, None, is_awaited=True) == "尚待评价"


def test_origin__judged_value_that_cannot_be_used__is_what_was_typed_there() -> None:
    place = Place("", "部门.xlsx", "评分", "F5")
    sources = [
        Sourced("K14.1", "完成情况", Decimal(90), "90", place),
        Sourced("K14.1", "完成情况（甲）", Fault("太大"), "105", place),
    ]
    assert typed_text(sources, "完成情况", Fault("太大")) == "105"
    assert origin_values(origin_text(sources, {}, Fault("太大"))) == {"完成情况": "105"}
