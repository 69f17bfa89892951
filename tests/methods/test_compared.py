"""功效系数 and 按名次得分: worked out by hand, the same as a formula and as a call, and through a consolidation of eight units.

The items are those of the test scheme 2026.
"""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path
from random import Random

import openpyxl
import pytest

from tests.methods.test_measured import Sheet
from tests.support.years import SCHEMES
from xladdin import issues
from xladdin.analysis.ranked import ranked
from xladdin.analysis.readings import spread
from xladdin.classes import replace
from xladdin.evaluations.reading import Evaluation, UnitReport
from xladdin.evaluations.units import units
from xladdin.fields.reading import read_cell
from xladdin.forms.form import Field, FieldCell, Fields, Form
from xladdin.forms.layout import form_layout
from xladdin.issues import Issue, Place
from xladdin.methods.checks import FAR_TOO_MANY_TIMES, TIMES_APART, times_apart
from xladdin.methods.compared import ComparedItem, without_names
from xladdin.methods.formulas import ItemCells
from xladdin.methods.inputs import AllUnits, Entry, Input, InputKind
from xladdin.methods.item import Item
from xladdin.methods.measures import MeasuredItem
from xladdin.numbers import NOT_APPLICABLE, Fault, Value
from xladdin.records import Quoted
from xladdin.results.consolidation import Consolidation, consolidate, consolidate_forms
from xladdin.results.layers import Correction
from xladdin.results.result_changes import result_differences, result_lines
from xladdin.results.stored import results
from xladdin.returns.collected import Collection
from xladdin.scheme import load_scheme
from xladdin.scoring.items import Score, Status, score_item
from xladdin.sending.forms import blank_form, district_copy
from xladdin.sending.sample import fill_samples
from xladdin.words import NEW, VALUE, form_file_name
from xladdin.workbook import package
from xladdin.workbook.cells import Percentage, Raw, cell_name
from xladdin.workbook.read.reader import SourceFile

SCHEME = load_scheme("2026", SCHEMES)
ITEMS = [item for item in SCHEME.items.values() if isinstance(item, ComparedItem)]
UNITS = "甲乙丙丁"


def scored(item: Item, own: float | None, everybody: Sequence[float | None], **readings: str) -> Score:
    numbers = [None if value is None else Decimal(str(value)) for value in everybody]
    value = None if own is None else Decimal(str(own))
    entry = Entry(value, among=AllUnits(tuple(zip(UNITS, numbers, strict=False))))
    return score_item(item, {item.inputs[0].code: entry}, SCHEME.choose_policies(readings))


# --- By hand ----------------------------------------------------------------------------------------------------------

INVESTED = (120, 80, 200, 105.5)


@pytest.mark.parametrize(
    ("item", "own", "everybody", "score", "says"),
    [
        # 60 + 40 × (value - 80) / 120, of 16 points
        ("E2", 200, INVESTED, "16.00", "60+40×(200-80)÷(200-80)=100"),
        ("E2", 80, INVESTED, "9.60", "最小 80（乙）、最大 200（丙）"),
        ("E2", 120, INVESTED, "11.73", "=73.3333…，×16÷100"),  # 11.7333
        ("E2", 105.5, INVESTED, "10.96", "=68.5，×16÷100=10.96"),
        ("E2", 90, (90, 90, 90, 90), "16.00", "全部 4 个单位都是 90，系数按 100"),
        ("E2", 30, (30, -10, 40, 0), "14.72", "60+40×(30-(-10))÷(40-(-10))=92"),
        ("E2", 80, (80, None, 200, None), "9.60", "尚缺 2 个单位（乙、丁）的数据，暂按其余 2 个计算"),
        ("E2", 80, (80, None, None, None), "16.00", "尚缺 3 个单位"),
        # 5 % of 12 for each unit that is better
        ("E3", 200, INVESTED, "12.00", "列第 1 位"),
        ("E3", 120, INVESTED, "11.40", "12×(1-5%×1)=11.4"),
        ("E3", 80, INVESTED, "10.20", "列第 4 位（最大 200（丙），最小 80（乙））"),
        ("E3", -3.2, (0.4, -3.2, -0.5, 8), "10.20", "列第 4 位"),  # a rate of growth
        ("E3", 9, (9, 9, 9, 8), "12.00", "最大 9（甲、乙、丙）"),
        ("E3", 8, (9, 9, 9, 8), "10.20", "列第 4 位"),  # three are better, whoever they are
        # 12 % of 8 for each unit that uses less
        ("E4", 0.31, (0.31, 0.4, 0.52, 0.6), "8.00", "列第 1 位（最小 0.31（甲），最大 0.6（丁））"),
        ("E4", 0.6, (0.31, 0.4, 0.52, 0.6), "5.12", "8×(1-12%×3)=5.12"),
    ],
)
def test_engine__worked_out_by_hand(
    item: str, own: float, everybody: tuple[float | None, ...], score: str, says: str
) -> None:
    found = scored(SCHEME.items[item], own, everybody)
    assert (found.score, found.status) == (Decimal(score), Status.SCORED), found.explain
    assert says in found.explain


def test_by_rank__more_places_than_points__never_below_zero() -> None:
    item = replace(SCHEME.items["E4"], step=Quoted(value=Decimal(40), basis="约定"))
    assert scored(item, 4, (1, 2, 3, 4)).score == Decimal("0.00")
    assert "最低 0 分" in scored(item, 4, (1, 2, 3, 4)).explain


def test_efficacy__less_is_better__the_lowest_is_the_best() -> None:
    item = replace(SCHEME.items["E2"], less_is_better=True)
    assert [scored(item, own, INVESTED).score for own in (80, 200, 120)] == [
        Decimal("16.00"),
        Decimal("9.60"),
        Decimal("13.87"),  # 60 + 40 × (200 - 120) / 120 = 86.6667, of 16: 13.8667
    ]
    assert "60+40×(200-120)÷(200-80)" in scored(item, 120, INVESTED).explain


def test_reading__all_equal_as_the_base__sixty_per_cent() -> None:
    found = scored(SCHEME.items["E2"], 90, (90, 90), equal_values="base")
    assert found.score == Decimal("9.60")


def test_alone__blank_or_without_the_others__no_score() -> None:
    item = SCHEME.items["E2"]
    assert scored(item, None, (None, 90)).status is Status.MISSING
    alone = score_item(item, {"E2.1": Entry(Decimal(90))}, SCHEME.default_policies)
    assert (alone.score, alone.status) == (None, Status.MISSING)
    assert "由全部单位的数据计算" in alone.explain


def test_without_names__only_whose_the_values_are_is_left_out() -> None:
    steps = scored(SCHEME.items["E2"], 120, (120, 80, None, 200)).explain
    assert "（丙）" in steps and "（丁）" in steps
    told = without_names(steps)
    assert "最小 80、最大 200，" in told and "尚缺 1 个单位的数据" in told
    assert not set(told) & set("甲乙丙丁")


@pytest.mark.parametrize(
    ("item", "changes"),
    [
        ("E2", {"base": "70"}),
        ("E2", {"span": "0"}),
        ("E2", {"base": "-1"}),
        ("E3", {"step": "0"}),
        ("E3", {"step": "101"}),
    ],
)
def test_problems__what_no_rule_can_mean__said(item: str, changes: dict[str, str]) -> None:
    assert not list(SCHEME.items[item].problems())
    changed = {key: Quoted(value=Decimal(value), basis="约定") for key, value in changes.items()}
    (key, _text), *_ = replace(SCHEME.items[item], **changed).problems()
    assert key in ("base", "span", "step")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (-3.2, "-3.2"),
        (0.5, "0.5"),  # of a rate of growth no share of 1
        ("-3.2%", "-3.2"),
        ("－0.8", "-0.8"),
        (Percentage(-0.032), "-3.2"),
        (-1e13, None),
        ("下降3.2", None),
    ],
)
def test_signed__a_rate_of_growth__read_below_zero_and_refused_elsewhere(raw: Raw, value: str | None) -> None:
    growth, invested = SCHEME.inputs["E3.1"], SCHEME.inputs["E2.1"]
    read = read_cell(raw, growth, Place()).value
    assert read == Decimal(value) if value else isinstance(read, Fault)
    if value and Decimal(value) < 0:
        refused = read_cell(raw, invested, Place()).value
        assert isinstance(refused, Fault) and "不小于 0" in refused.message


def test_signed__where_no_formula_can_follow__said() -> None:
    other = load_scheme("2025", SCHEMES)
    item = other.items["D4"]
    assert isinstance(item, MeasuredItem)
    changed = replace(item, measure=replace(item.measure, signed=True))
    assert [key for key, _said in changed.problems()] == ["measure.signed"]


# --- As a formula, and as a call --------------------------------------------------------------------------------------

OTHER_WAY = [replace(SCHEME.items["E2"], less_is_better=True), replace(SCHEME.items["E4"], less_is_better=False)]


@pytest.mark.parametrize("item", [*ITEMS, *OTHER_WAY], ids=lambda item: f"{item.id} {item.less_is_better}")
def test_formula_and_call__many_values__equal_the_engine(item: ComparedItem) -> None:
    dice = Random(item.id)
    cells = ItemCells(lambda _head, n: f"A{n + 1}", 1, "FALSE", "C1:C4")
    for _ in range(30):
        grid = dice.choice((1.5, 1, 0.1, 0.001))
        everybody = tuple(None if dice.random() < 0.15 else round(dice.randint(30, 50) * grid + 2, 3) for _ in range(4))
        if all(value is None for value in everybody):
            continue
        for own in {value for value in everybody if value is not None}:
            wanted = float(scored(item, own, everybody).score or 0)
            sheet = Sheet((own,), item.points, everybody)
            got = sheet.compute(item.in_office("A1", cells.of_all)), sheet.compute(item.call(cells))
            assert got == (wanted, wanted), (own, everybody)


def test_call__a_value_that_the_field_does_not_take__refused() -> None:
    item = SCHEME.items["S2"]
    cells = ItemCells(lambda _head, n: f"A{n + 1}", 1, "FALSE", "C1:C2")
    for value in (-3.0, 0.5, 101.0):
        assert str(Sheet((value,), item.points, (50, 60)).compute(item.call(cells))).startswith("错误：S2.1 应填")


# --- Eight units ------------------------------------------------------------------------------------------------------


def consolidated(
    values: dict[str, Value],
    *,
    code: str = "E2.1",
    left_out: str = "",
    corrections: Sequence[Correction] = (),
    unjudged: str | None = None,
    found: Sequence[Issue] = (),
) -> Consolidation:
    """Forms in which everything else is the same for all units; `unjudged` is whom those who judge have left out."""
    collection = Collection(expects_all=True)
    collection.issues += found
    if unjudged is not None:
        collection.evaluators = units(SCHEME, ())
        for unit in collection.evaluators:
            report = UnitReport(SourceFile(Path(unit.file_name), unit.file_name, ""), unit, vetoes=[])
            for c, name in product(unit.codes, SCHEME.district_names):
                if (c, name) != (code, unjudged):
                    value = values[name] if c == code else Decimal(10)
                    report.evaluations.append(Evaluation(c, name, value, str(value), Place(name, unit.file_name)))
            collection.reports.append(report)
    for name in SCHEME.district_names:
        if name == left_out:
            continue
        own = {c: Decimal(10) for c in SCHEME.inputs} | {code: values.get(name, Decimal(10))}
        place = Place(name, f"{name}.xlsx", "附件2", "K6", code)
        fields = Fields(
            {c: Field(c, FieldCell(v, str(v), place), FieldCell(Decimal(10), "10", place)) for c, v in own.items()}
        )
        collection.forms[name] = Form(fields, is_filled_in=True)
        collection.file_of[name] = SourceFile(f"{name}.xlsx", Path(f"{name}.xlsx"), "0" * 64)
    return consolidate_forms(SCHEME, collection, SCHEME.default_policies, corrections)


def scores(result: Consolidation, item: str = "E2") -> dict[str, Decimal | None]:
    return {d.name: d.scored.items[item].score for d in result.districts}


INVESTMENTS: dict[str, Value] = {
    name: Decimal(n) for name, n in zip(SCHEME.district_names, range(100, 180, 10), strict=True)
}


def test_consolidation__all_there__final_and_by_hand() -> None:
    result = consolidated(INVESTMENTS)
    # 60 + 40 × n / 7 per cent of 16 for the n-th of eight that are equally far apart
    assert list(scores(result).values()) == [
        Decimal(s) for s in ("9.60", "10.51", "11.43", "12.34", "13.26", "14.17", "15.09", "16.00")
    ]
    assert not any(d.provisional for d in result.districts)


@pytest.mark.parametrize("value", [None, Fault("约三百"), NOT_APPLICABLE])
def test_consolidation__a_unit_without_a_usable_value__everybody_provisional_and_named_once(value: Value) -> None:
    last = SCHEME.district_names[-1]
    result = consolidated({**INVESTMENTS, last: value})
    assert all(d.provisional and "E2" in d.incomplete() for d in result.districts)
    (finding,) = [i for i in result.issues if i.code == issues.NOT_ALL_UNITS.code]
    assert (finding.place.district, finding.place.item) == ("", "E2.1")
    assert last in finding.found and "江北区" not in finding.found
    # the others by the seven that are there
    assert scores(result)["云岭县"] == Decimal("16.00")
    assert scores(result)[last] is None


def test_consolidation__a_form_that_has_not_come__everybody_provisional() -> None:
    result = consolidated(INVESTMENTS, left_out="白河县")
    found = [i for i in result.issues if i.code == issues.NOT_ALL_UNITS.code]
    assert [i.place.item for i in found] == ["E2.1", "E3.1", "E4.1", "S2.1"]
    assert all(d.provisional for d in result.districts)


def test_consolidation__a_unit_yet_to_be_judged__everybody_provisional() -> None:
    result = consolidated(INVESTMENTS, unjudged="白河县")
    found = [i.found for i in result.issues if i.code == issues.NOT_ALL_UNITS.code]
    assert found == ["固定资产投资有 白河县 的数待评定"]
    assert all(d.provisional for d in result.districts)
    assert not any(d.provisional for d in consolidated(INVESTMENTS, unjudged="").districts)


@pytest.mark.parametrize(
    ("kind", "item", "values_open"),
    [
        (issues.NEWEST_LEFT_OUT, "", ["E2.1", "E3.1", "E4.1", "S2.1"]),
        (issues.DUPLICATE_CODE, "E3.1", ["E3.1"]),
        (issues.DUPLICATE_CODE, "E1.1", []),
        (issues.VETO_FAULT, "", []),
    ],
)
def test_consolidation__a_unit_whose_form_or_value_is_open__everybody_provisional(
    kind: issues.Kind, item: str, values_open: list[str]
) -> None:
    name = "白河县"
    texts = {"code": item, "expected": "补全"}
    result = consolidated(INVESTMENTS, found=[issues.issue(kind, Place(name, "白河县.xlsx", item=item), "…", **texts)])
    about_all = [i for i in result.issues if i.code == issues.NOT_ALL_UNITS.code]
    assert [i.place.item for i in about_all] == values_open
    assert all("有 白河县 的数待核实" in i.found for i in about_all)
    assert [d.name for d in result.districts if d.provisional] == (
        list(SCHEME.district_names) if values_open else [name]
    )


def test_consolidation__the_form_is_open_and_others_have_judged__only_what_it_reports_is_open() -> None:
    left_out = issues.issue(issues.NEWEST_LEFT_OUT, Place("白河县", "白河县.xlsx"), "…")
    result = consolidated(INVESTMENTS, unjudged="", found=[left_out])
    own = {i.place.item for i in result.issues if i.code == issues.NOT_ALL_UNITS.code}
    judged = {c for c in SCHEME.compared_codes if result.districts[0].layers.fields[c].decided is not None}  # type: ignore[union-attr]
    assert judged and own == set(SCHEME.compared_codes) - judged


@pytest.mark.parametrize(
    ("value", "usual", "times"),
    [("6", "2", "3"), ("-40", "2", "20"), ("40", "-2", "20"), ("-1", "2", "0"), ("0", "2", "0"), ("5", "0", "0")],
)
def test_times_apart__of_a_rate_of_growth__by_how_far_it_is_from_0(value: str, usual: str, times: str) -> None:
    spec = Input("E1.1", "增速", "%", InputKind.SCORE, signed=True)
    assert times_apart(spec, Decimal(value), Decimal(usual)) == Decimal(times)


def test_usual__rates_of_growth_around_0__how_far_from_it_most_are() -> None:
    """Nobody has to confirm a growth of 7.3 % because half of the cities shrink a little."""
    rates = [Decimal(n) / 10 for n in (-31, -22, -8, -6, 1, 15, 42, 73)]  # in the middle -0.6; of the sizes 1.5
    units = AllUnits(tuple((f"{n}市", rate) for n, rate in enumerate(rates)))
    spec = Input("E1.1", "增速", "%", InputKind.SCORE, signed=True)
    assert units.usual == Decimal("1.5")
    assert max(times_apart(spec, rate, units.usual) for rate in rates) < TIMES_APART
    assert times_apart(spec, Decimal(730), units.usual) > FAR_TOO_MANY_TIMES


@pytest.mark.parametrize(
    ("value", "said", "is_open"),
    [
        ("1290", "", False),
        ("1300", "与各单位的中位数 130 相差 10 倍", False),
        ("13", "与各单位的中位数 120 相差 9.2 倍", None),
        ("12", "与各单位的中位数 120 相差 10 倍", False),
        ("17000", "与各单位的中位数 130 相差 130.8 倍", True),
        ("1", "与各单位的中位数 120 相差 120 倍", True),
    ],
)
def test_consolidation__a_value_far_from_the_others__named_at_its_cell(
    value: str, said: str, is_open: bool | None
) -> None:
    result = consolidated({**INVESTMENTS, "平湖县": Decimal(value)})
    found = [i for i in result.issues if i.code in (issues.IMPLAUSIBLE.code, issues.FAR_TOO_MUCH.code)]
    if is_open is None or not said:
        assert found == []
        return
    (finding,) = found
    assert (finding.place.district, finding.place.cell, finding.is_open) == ("平湖县", "K6", is_open)
    assert said in finding.found
    assert {d.provisional for d in result.districts} == {is_open}  # it moves everybody
    about_all = [i.found for i in result.issues if i.code == issues.NOT_ALL_UNITS.code]
    assert about_all == (["固定资产投资有 平湖县 的数待核实"] if is_open else [])
    word = "最大" if Decimal(value) > 100 else "最小"
    assert all(f"{word} {value}（平湖县）" in d.scored.items["E2"].explain for d in result.districts)


def test_trace__beside_each_value__the_cells_of_the_greatest_and_the_least() -> None:
    layers = consolidated(INVESTMENTS).districts[2].layers
    assert layers is not None
    beside = [(s.head, s.value, s.place.file) for s in layers.fields["E2.1"].beside]
    assert beside == [
        ("全部单位最大（平湖县）", Decimal(170), "平湖县.xlsx"),
        ("全部单位最小（江北区）", Decimal(100), "江北区.xlsx"),
    ]


def test_differences__a_score_that_moved_by_another_unit__says_whose() -> None:
    before, after = (
        json.loads(json.dumps(results(consolidated({**INVESTMENTS, "平湖县": Decimal(n)})))) for n in (170, 240)
    )
    lines = result_lines(SCHEME, result_differences(before, after))
    at = next(n for n, line in enumerate(lines) if line.startswith("  江南区 E2 10.51 → "))
    assert lines[at + 1] == "    与全部单位比较，平湖县的数据有改动"


def test_correction__of_one_unit__moves_the_others_too() -> None:
    name, place = "平湖县", Place("平湖县", "更正单.xlsx", "更正", "F2", "E2.1")
    day = datetime.date(2027, 1, 5)
    correction = Correction(name, "E2.1", VALUE, 17000, Decimal(170), "170", "多写两个零", "主任", day, {NEW: place})
    wrong = consolidated({**INVESTMENTS, name: Decimal(17000)})
    right = consolidated({**INVESTMENTS, name: Decimal(17000)}, corrections=[correction])
    assert scores(right) == scores(consolidated(INVESTMENTS))
    assert scores(right)["江南区"] != scores(wrong)["江南区"]


def test_analysis__one_unit_more__moves_whoever_is_compared() -> None:
    result = consolidated(INVESTMENTS)
    as_ranked = ranked(SCHEME, json.loads(json.dumps(results(result))))
    best = as_ranked.districts[-1]
    changed = as_ranked.with_entry(best, "E2.1", replace(best.entries["E2.1"], value=Decimal(240)))
    assert changed is not None
    again = consolidated({**INVESTMENTS, best.name: Decimal(240)})
    assert {n: s.total for n, s in changed.items()} == {d.name: d.scored.total for d in again.districts}


def test_analysis__equal_values_as_the_base__costs_half_of_what_is_equal_everywhere() -> None:
    found = spread(consolidated(INVESTMENTS))
    changed = found.single["equal_values", "base"]
    # Only S2, with 50 of 100 per cent of 20 points, is the same for all.
    assert [now - changed.totals[name] for name, now in found.in_force.totals.items()] == [10] * 8


def test_within_group__compared_with_its_own_group_alone() -> None:
    # 市区组 0.1, 0.2, 0.3, 0.4; 县域组 0.15, 0.25, 0.35 and one that is missing: 12 % of 8 for each that uses less
    used = dict(
        zip(SCHEME.district_names, map(Decimal, ("0.1", "0.2", "0.3", "0.4", "0.15", "0.25", "0.35")), strict=False)
    )
    result = consolidated({**used, "平湖县": None}, code="E4.1")
    assert list(scores(result, "E4").values())[:7] == [
        Decimal(s) for s in ("8.00", "7.04", "6.08", "5.12", "8.00", "7.04", "6.08")
    ]
    explained = {d.name: d.scored.items["E4"].explain for d in result.districts}
    assert "在市区组 4 个单位中列第 2 位（最小 0.1（江北区），最大 0.4（港口区））" in explained["江南区"]
    assert "尚缺 1 个单位（平湖县）" in explained["云岭县"] and "尚缺" not in explained["江南区"]
    (finding,) = [i for i in result.issues if i.code == issues.NOT_ALL_UNITS.code]
    assert "缺 平湖县 的数据" in finding.found
    layers = result.districts[6].layers
    assert layers and [s.head for s in layers.fields["E4.1"].beside] == ["县域组最大（云岭县）", "县域组最小（青山县）"]


# --- The form that a unit fills in ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All units' forms, filled in with believable data."""
    folder, blank = tmp_path_factory.mktemp("forms"), blank_form(SCHEME)
    for district in SCHEME.districts:
        (folder / form_file_name(district.name)).write_bytes(district_copy(SCHEME, blank, district, 1))
    fill_samples(SCHEME, folder, folder / "回收")
    return folder / "回收"


def shown_in(path: Path) -> dict[str, object]:
    """What 得分 shows, by item and for the totals, and what stands below the tables."""
    found: dict[str, object] = {}
    for sheet in openpyxl.load_workbook(path, data_only=True):
        heads = next(([c.value for c in row] for row in sheet.iter_rows() if "得分" in {c.value for c in row}), None)
        for row in sheet.iter_rows(values_only=True) if heads else ():
            first, code = row[0], row[heads.index("编号")]
            name = str(code).partition(".")[0] if code else first if first in ("总分", "合计") else ""
            if name:
                found.setdefault(name, row[heads.index("得分")])
            elif "不含" in str(first):
                found[sheet.title] = str(first).splitlines()[0]
    return found


def test_form__says_that_the_score_needs_all__and_what_its_sums_leave_out(returned: Path) -> None:
    shown = shown_in(returned / "区填报表_青山县.xlsx")
    words = "由全部单位的数据计算"
    assert [shown[id_] for id_ in ("E2", "E3", "E4", "S2")] == [words] * 4
    counted = [float(s) for id_, s in shown.items() if id_ in SCHEME.items and isinstance(s, int | float)]
    assert (shown["合计"], shown["总分"]) == (shown["E1"], round(sum(counted), 2))
    assert shown["附件2"] == f"合计不含{words}的 E2、E3、E4（共 36 分）。"
    assert shown["附件1"] == f"总分不含{words}的 E2、E3、E4、S2（共 56 分）。"
    cover = openpyxl.load_workbook(returned / "区填报表_青山县.xlsx")["填报说明"]
    texts = {str(cell.value) for row in cover.iter_rows() for cell in row}
    assert f"不含{words}的 S2（共 20 分）" in texts


def test_form__as_returned__no_score_differs_until_one_is_typed_over(returned: Path, tmp_path: Path) -> None:
    def differing(folder: Path) -> list[str]:
        found = consolidate(SCHEME, [folder]).issues
        return [issue.place.item for issue in found if issue.code == issues.SCORE_DIFFERS.code]

    assert differing(returned) == []
    folder = Path(shutil.copytree(returned, tmp_path / "回收"))
    path = folder / "区填报表_青山县.xlsx"
    annex = form_layout(SCHEME).annex_of("E2")
    cell = cell_name(annex.items["E2"].first, annex.column("得分"))
    path.write_bytes(package.rewrite(path.read_bytes(), {}, {annex.sheet: {cell: 16.0}}))
    assert differing(folder) == ["E2"]
