"""What may count, rule by rule: what a returned form has to say for its district's rank to be final."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Forms, Typed
from tests.support.forms import form_of
from udfs import FS_EXPLAIN
from xladdin.classes import replace
from xladdin.cli.commands import explain_score
from xladdin.evaluations.reading import Evaluation, UnitReport
from xladdin.evaluations.units import office, units
from xladdin.forms.form import FieldCell, Form
from xladdin.issues import NEWEST_LEFT_OUT, Level, Place, issue
from xladdin.methods.inputs import Entry
from xladdin.numbers import Value
from xladdin.results.consolidation import Consolidation, DistrictResult, consolidate, consolidate_forms
from xladdin.results.files import result_workbook
from xladdin.results.layers import Correction
from xladdin.results.sheets import ranking_sheet
from xladdin.results.stored import results
from xladdin.returns.collected import Collection
from xladdin.returns.collection import collect
from xladdin.returns.targets import targets_in
from xladdin.rounds.targets_sheet import targets_table, targets_workbook
from xladdin.scheme import Scheme
from xladdin.scoring.items import Status
from xladdin.words import CHECK, CONTENT, NEW, SCORE, TARGET, VALUE
from xladdin.workbook import package
from xladdin.workbook.read.reader import SourceFile, read_bytes
from xladdin.workbook.tables import Cell

RETURNED = Path(__file__).parents[1] / "returns/cases"

JINGAN = "静安区"
ONE, TWO = "附件1", "附件2"


def of(result: Consolidation, district: str = JINGAN) -> DistrictResult:
    return next(d for d in result.districts if d.name == district)


def returned(scheme: Scheme, name: str) -> tuple[DistrictResult, list[tuple[str, str, str]]]:
    """A returned form of 静安区, and the findings about it by code, sheet and cell."""
    result = consolidate(scheme, [RETURNED / name])
    places = [(issue.code, issue.place.sheet, issue.place.cell) for issue in result.issues if issue.place.item]
    return of(result), places


def filled(
    scheme: Scheme, forms: Forms, folder: Path, changes: Mapping[tuple[str, str], Typed]
) -> tuple[DistrictResult, Consolidation]:
    path = folder / f"区填报表_{JINGAN}.xlsx"
    path.write_bytes(forms.make(JINGAN, changes))
    result = consolidate(scheme, [path])
    return of(result), result


# --- 示范案例 ----------------------------------------------------------------------------------------------------------


def test_cases__named_without_a_mark__awaited_and_provisional(scheme: Scheme) -> None:
    jingan, found = returned(scheme, "case-without-mark-jingan.xlsx")
    assert found == [("M04", ONE, "I10")]
    score = jingan.scored.items["N1"]
    assert (score.score, score.status, score.gaps) == (Decimal("4.60"), Status.SCORED, ("N1.5",))
    assert jingan.provisional
    assert jingan.incomplete() == ["N1"]


def test_cases__named_none__nobody_is_asked_and_the_rank_is_final(scheme: Scheme) -> None:
    jingan, found = returned(scheme, "case-named-wu-jingan.xlsx")
    assert [code for code, _sheet, _cell in found if code != "V01"] == []
    assert (jingan.scored.items["N1"].score, jingan.scored.items["N1"].gaps) == (Decimal("3.40"), ())
    assert not jingan.provisional


def test_cases__name_is_a_formula__refused_at_the_cell_and_no_case(scheme: Scheme) -> None:
    jingan, found = returned(scheme, "case-named-by-link-jingan.xlsx")
    assert [place for place in found if place[0] != "V01"] == [("C16", ONE, "G10")]
    assert (jingan.scored.items["N1"].score, jingan.scored.items["N1"].gaps) == (Decimal("3.40"), ())
    assert jingan.provisional
    assert jingan.incomplete() == ["N1"]


def test_cases__of_one_name__asked_about_at_the_second_one(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    changes: dict[tuple[str, str], Typed] = {("N1.1", CONTENT): "口袋公园Ａ", ("N1.5", CONTENT): " 口袋 公园A"}
    jingan, result = filled(scheme, forms, tmp_path, changes)
    found = [(i.level, i.place.cell, i.found) for i in result.issues if i.code == "C21"]
    assert found == [(Level.WARNING, forms.at("N1.5", CONTENT)[1], "案例“口袋 公园A”与 N1.1 的同名")]
    assert not jingan.provisional


@pytest.mark.parametrize("word", ["无", "没有", "不报", "/", "—", "-", "0", "", " 无 ", "　", "０", "——"])
def test_cases__words_for_none__name_no_case(scheme: Scheme, forms: Forms, tmp_path: Path, word: str) -> None:
    changes: dict[tuple[str, str], Typed] = {("N1.5", CONTENT): word, ("N1.5", VALUE): None}
    jingan, result = filled(scheme, forms, tmp_path, changes)
    assert jingan.scored.items["N1"].gaps == ()
    assert not jingan.provisional
    assert [issue for issue in result.issues if issue.code in ("M03", "M04")] == []


@pytest.mark.parametrize("name", ["无障碍改造", "案例", "10", "没有最好，只有更好"])
def test_cases__names_that_begin_alike__are_names(scheme: Scheme, forms: Forms, tmp_path: Path, name: str) -> None:
    changes: dict[tuple[str, str], Typed] = {("N1.5", CONTENT): name, ("N1.5", VALUE): None}
    jingan, _result = filled(scheme, forms, tmp_path, changes)
    assert jingan.scored.items["N1"].gaps == ("N1.5",)
    assert jingan.provisional


def no_cases() -> dict[tuple[str, str], Typed]:
    return {(f"N1.{n}", head): None for n in range(1, 6) for head in (CONTENT, VALUE)}


def test_cases__filled_in_without_any__scores_nothing_and_is_final(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    jingan, result = filled(scheme, forms, tmp_path, no_cases())
    score = jingan.scored.items["N1"]
    assert (score.score, score.status, score.gaps) == (Decimal("0.00"), Status.SCORED, ())
    assert score.explain.endswith("没有报送示范案例，得分 0.00")
    assert not jingan.provisional
    # The form's own formulas say so too.
    sheet = openpyxl.load_workbook(result.files[0].path, data_only=True)[ONE]
    assert [sheet[forms.at("N1.1", head)[1]].value for head in (SCORE, CHECK)] == [0, "未报送"]
    assert [issue for issue in result.issues if issue.place.item.startswith("N1")] == []


def test_cases__nothing_filled_in__missing(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    path = tmp_path / f"区填报表_{JINGAN}.xlsx"
    path.write_bytes(forms.blank(JINGAN))
    jingan = of(consolidate(scheme, [path]))
    assert (jingan.scored.items["N1"].score, jingan.scored.items["N1"].status) == (None, Status.MISSING)
    assert jingan.provisional
    assert [issue.code for issue in jingan.open_issues] == ["M07"]


def test_cases__cell_function_with_names__as_in_the_form() -> None:
    blank = [[None]] * 5
    assert FS_EXPLAIN("N1", blank).endswith("尚未评分，得分 暂缺")
    assert FS_EXPLAIN("N1", blank, [[None], ["无"], ["0"], ["—"], [0.0]]).endswith("没有报送示范案例，得分 0.00")
    assert FS_EXPLAIN("N1", blank, [["案例"], *[[None]] * 4]).endswith("尚未评分，得分 暂缺")


def test_cases__every_judge_recused__named_and_settled_by_a_correction(scheme: Scheme) -> None:
    experts = [unit for unit in units(scheme, ("专家1", "专家2")) if "N1.1" in unit.codes and "R1.1" not in unit.codes]
    assert len(experts) == 2
    own = form_of({f"N1.{n}": Entry(named=False) for n in range(2, 6)}, {"N1.1": "口袋公园"})
    collection = Collection(
        forms={JINGAN: own}, file_of={JINGAN: SourceFile(Path("区.xlsx"), "区.xlsx", "")}, evaluators=tuple(experts)
    )
    for expert in experts:
        where = Place(JINGAN, f"{expert.name}.xlsx", "评议", "F5", "N1.1")
        recused = Evaluation("N1.1", JINGAN, None, "", where, recused=True)
        file = SourceFile(Path(where.file), where.file, "")
        collection.reports.append(UnitReport(file, expert, [recused]))
    result = consolidate_forms(scheme, collection, scheme.default_policies)
    (named,) = [issue for issue in result.issues if issue.code == "M06" and issue.place.district == JINGAN]
    assert named.found == "专家1、专家2均已回避，没有人评定"
    assert [issue for issue in result.issues if issue.code in ("M03", "M04") and issue.place.item == "N1.1"] == []
    assert of(result).scored.items["N1"].status is Status.MISSING
    places = {NEW: Place(JINGAN, "更正单.xlsx", "更正单", "E3", "N1.1")}
    corrected = Correction(
        JINGAN, "N1.1", VALUE, None, Decimal("1.2"), "1.2", "专家均回避", "张主任", date(2024, 2, 1), places
    )
    settled = consolidate_forms(scheme, collection, scheme.default_policies, [corrected])
    score = of(settled).scored.items["N1"]
    assert (score.score, score.status, score.gaps) == (Decimal("1.20"), Status.SCORED, ())
    assert [issue for issue in settled.issues if issue.code == "M06"] == []


# --- Amounts that nobody believes -------------------------------------------------------------------------------------


def about_amounts(result: Consolidation) -> list[tuple[str, str, str]]:
    return [(i.code, i.place.item, i.place.cell) for i in result.issues if i.code in ("C17", "C18")]


def test_amounts__ten_thousand_times_the_target__named_at_the_cell_and_provisional(scheme: Scheme) -> None:
    jingan, found = returned(scheme, "ten-thousand-times-done-jingan.xlsx")
    assert [place for place in found if place[0] != "V01"] == [("C18", "附件2", "K28")]
    assert jingan.provisional
    assert jingan.incomplete() == ["K15"]
    assert jingan.scored.items["K15"].score == Decimal("2.00")


@pytest.mark.parametrize(
    ("done", "target", "wanted"),
    [
        (30, 10, []),
        (30.1, 10, ["C17"]),
        (0.9, 0.3, []),
        (999, 10, ["C17"]),
        (1000, 10, ["C18"]),
        (1001, 400, ["C17"]),  # the whole city has 1000
        (1000, 400, []),
    ],
)
def test_amounts__beside_the_target_and_the_city__said_and_far_ones_open(
    scheme: Scheme, forms: Forms, tmp_path: Path, done: float, target: float, wanted: list[str]
) -> None:
    changes: dict[tuple[str, str], Typed] = {("K15.1", TARGET): target, ("K15.1", VALUE): done}
    jingan, result = filled(scheme, forms, tmp_path, changes)
    assert about_amounts(result) == [(code, "K15.1", forms.at("K15.1")[1]) for code in wanted]
    assert jingan.provisional is (wanted == ["C18"])
    sheet = openpyxl.load_workbook(result.files[0].path, data_only=True)["附件2"]
    state = sheet[forms.at("K15.1", CHECK)[1]].value
    assert ("超过任务量的 3 倍" in state) is bool(wanted)


def test_amounts__verified_or_corrected__final(scheme: Scheme) -> None:
    own = form_of({"K15.1": Entry(Decimal(165000), Decimal("17.5"))})
    place = Place(JINGAN, "区.xlsx", "附件2", "K28", "K15.1")
    field = own.fields["K15.1"]
    own.fields["K15.1"] = replace(field, value=FieldCell(Decimal(165000), "165000", place))
    by = next(unit for unit in units(scheme, ()) if "K15.1" in unit.codes)

    def about(reports: list[UnitReport], corrections: list[Correction]) -> list[str]:
        file = SourceFile(Path("区.xlsx"), "区.xlsx", "")
        collection = Collection(forms={JINGAN: own}, file_of={JINGAN: file}, reports=reports)
        result = consolidate_forms(scheme, collection, scheme.default_policies, corrections)
        assert [i.place.item for i in of(result).open_issues] == ["K15.1"] * ("C18" in dict(about_codes(result)))
        return [code for code, _item in about_codes(result)]

    def about_codes(result: Consolidation) -> list[tuple[str, str]]:
        return [(code, item) for code, item, _cell in about_amounts(result)]

    def said(value: int) -> UnitReport:
        where = Place(JINGAN, "部门.xlsx", "核定完成量", "G5", "K15.1")
        evaluation = Evaluation("K15.1", JINGAN, Decimal(value), str(value), where)
        return UnitReport(SourceFile(Path("部门.xlsx"), "部门.xlsx", ""), by, [evaluation])

    def confirmed(value: int) -> Correction:
        places = {NEW: Place(JINGAN, "更正单.xlsx", "更正单", "E3", "K15.1")}
        day = date(2024, 2, 1)
        return Correction(JINGAN, "K15.1", VALUE, None, Decimal(value), str(value), "核实", "张主任", day, places)

    assert about([], []) == ["C18"]
    assert about([said(165000)], []) == ["C17"]
    assert about([said(17)], []) == []
    assert about([], [confirmed(165000)]) == []
    assert about([], [confirmed(16)]) == []


# --- Shares in % ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "wanted"), [(0.45, None), (1.0, None), (1.1, "1.1"), (0.0, "0"), ("1%", "1")])
def test_share__up_to_one__refused_by_every_door(
    scheme: Scheme, forms: Forms, tmp_path: Path, typed: Typed, wanted: str | None
) -> None:
    code = "K10.5"
    jingan, result = filled(scheme, forms, tmp_path, {(code, VALUE): typed})
    refused = [issue for issue in result.issues if issue.code == "C01"]
    assert [issue.place.cell for issue in refused] == ([] if wanted else [forms.at(code)[1]])
    assert (jingan.scored.items["K10"].status is Status.ERROR) is (wanted is None)
    assert jingan.layers
    if wanted:
        assert jingan.layers.entries[code].value == Decimal(wanted)
    if isinstance(typed, float):
        cells = FS_EXPLAIN("K10", [1, 1, 1, 1, typed], [1, 1, 1, 1, 50])
        assert cells.startswith("错误：") is (wanted is None)


# --- A district without a usable form ---------------------------------------------------------------------------------


def judged_without_form(scheme: Scheme, said: Mapping[str, Value], folder: Path) -> Consolidation:
    """The office has judged all districts alike; 静安区 has sent nothing, 黄浦区 a form in which nothing was filled in."""
    by = office(scheme)
    reports = [
        Evaluation(code, name, value, str(value), Place(name, "评分表.xlsx", "评定", f"F{n}", code))
        for n, (code, name, value) in enumerate((c, d, v) for c, v in said.items() for d in scheme.district_names)
    ]
    file = SourceFile(Path("评分表.xlsx"), "评分表.xlsx", "")
    collection = Collection(
        forms={"黄浦区": Form()},
        file_of={"黄浦区": SourceFile(Path("区.xlsx"), "区.xlsx", "")},
        reports=[UnitReport(file, by, reports)],
    )
    return consolidate_forms(scheme, collection, scheme.default_policies)


def test_no_form__what_others_judged__counts_and_the_rest_is_missing(scheme: Scheme, tmp_path: Path) -> None:
    said: dict[str, Value] = {
        **{f"R1.{n}": True for n in range(1, 6)},
        "I1.1": Decimal("2.1"),
        "I3.1": Decimal(2),
        "I3.2": Decimal(1),
        "R5.1": Decimal(6),
    }
    result = judged_without_form(scheme, said, tmp_path)
    jingan = of(result)
    got = {id_: (s.score, s.status) for id_, s in jingan.scored.items.items() if s.status is not Status.MISSING}
    assert got == {
        "R1": (Decimal("3.00"), Status.SCORED),
        "R5": (Decimal("2.50"), Status.SCORED),
        "I1": (Decimal("2.10"), Status.SCORED),
        "I3": (Decimal("2.00"), Status.SCORED),
    }
    assert jingan.scored.sections == {1: 0, 2: 0, 3: Decimal("5.50"), 4: Decimal("4.10")}
    assert jingan.scored.total == Decimal("9.60")
    assert jingan.provisional
    assert all(
        s.score is None and s.status is Status.MISSING for id_, s in jingan.scored.items.items() if id_[0] == "K"
    )
    assert "F01" in [issue.code for issue in jingan.open_issues]
    # Whoever has sent nothing has no advantage over whoever has sent an empty form.
    assert [d.name for d in result.districts if d.rank == 1] == list(scheme.district_names)
    remarks = {row[1].value: row[-1].value for row in ranking_sheet(result, {}).rows}
    assert remarks[JINGAN] == "暂定：未收到可用的填报表"


def test_no_form__sheet_read_back__is_no_better(scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "考核汇总.xlsx"
    result = judged_without_form(scheme, {"I1.1": Decimal("2.1")}, tmp_path)
    path.write_bytes(result_workbook(result, path, datetime(2024, 2, 1)))
    again = of(consolidate(scheme, [path]))
    assert again.provisional
    assert again.scored.total == Decimal("2.10")


def test_no_form__rule_refuses_what_others_judged__said(scheme: Scheme, tmp_path: Path) -> None:
    result = judged_without_form(scheme, {"I3.1": Decimal(1), "I3.2": Decimal(2)}, tmp_path)
    assert of(result).scored.items["I3"].status is Status.ERROR
    assert [i.place.district for i in result.issues if i.code == "C11"] == list(scheme.district_names)


def test_explain__of_an_item_about_which_something_was_found__says_it_too(
    scheme: Scheme, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = consolidate(scheme, [RETURNED / "ten-thousand-times-done-jingan.xlsx"])
    path = tmp_path / "results.json"
    path.write_text(json.dumps(results(result)), encoding="utf-8")
    explain_score(scheme, JINGAN, "K15", path)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "[提醒]" in line]
    assert line.startswith("  [提醒] K15.1：完成情况 165000，是任务量的 9428.6 倍；办法：核实数值和单位")
    explain_score(scheme, JINGAN, "K17", path)
    assert "[" not in capsys.readouterr().out


# --- What kept a rank from being final, where the values are taken over ------------------------------------------------


def test_taken_over__why_a_rank_was_provisional__still_is_where_the_values_are_read_again(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    (tmp_path / "区填报表_静安区.xlsx").write_bytes((RETURNED / "case-named-by-link-jingan.xlsx").read_bytes())
    (tmp_path / "区填报表_黄浦区.xlsx").write_bytes(forms.make("黄浦区", {}))
    collection = collect(scheme, sorted(tmp_path.iterdir()))
    of_all = "市交通委最新的 乙.xlsx 有错误，\n采用 甲.xlsx"
    collection.issues += [
        issue(NEWEST_LEFT_OUT, Place(file="乙.xlsx"), of_all),
        issue(NEWEST_LEFT_OUT, Place("黄浦区", "丁.xlsx"), "黄浦区最新的 丁.xlsx 有错误，采用 丙.xlsx"),
    ]
    first = consolidate_forms(scheme, collection, scheme.default_policies)
    path = tmp_path / "考核汇总.xlsx"
    path.write_bytes(result_workbook(first, path, datetime(2024, 2, 1)))
    again = consolidate(scheme, [path])
    assert [(i.place.district, i.place.item, i.found) for i in again.issues if i.code == "V04"] == [
        ("", "", "市交通委最新的 乙.xlsx 有错误， 采用 甲.xlsx"),
        ("黄浦区", "", "黄浦区最新的 丁.xlsx 有错误，采用 丙.xlsx"),
        (JINGAN, "N1.5", next(i.found for i in first.issues if i.code == "C16")),
    ]
    assert [of(again, name).provisional for name in ("黄浦区", JINGAN)] == [True, True]
    assert remarks(again)["黄浦区"] == remarks(first)["黄浦区"] == "暂定：黄浦区最新的 丁.xlsx 有错误，采用 丙.xlsx"
    assert remarks(again)[JINGAN] == remarks(first)[JINGAN] == "暂定：N1 数据不完整"
    book = openpyxl.load_workbook(path)
    for name in ("黄浦区", JINGAN):
        heads = {cell.value: cell.column for row in book[name].iter_rows(max_row=6) for cell in row}
        total = next(row[0].row for row in book[name].iter_rows() if row[0].value == "总分")
        book[name].cell(total, heads["来源"]).value = None  # somebody has looked into it
    book.save(path)
    assert [of(consolidate(scheme, [path]), name).provisional for name in ("黄浦区", JINGAN)] == [False, False]


def remarks(result: Consolidation) -> dict[object, object]:
    shown = {row[1].value: row[-1] for row in ranking_sheet(result, {}).rows if isinstance(row[1], Cell)}
    return {name: cell.value if isinstance(cell, Cell) else cell for name, cell in shown.items()}


# --- 任务量 that the text sets for every district ----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [None, "不适用", *(pytest.param(x, marks=pytest.mark.slow) for x in (0.0, 2.0, "—"))])
def test_amount_set_by_the_text__not_reached__the_texts_counts_and_the_rank_waits(
    scheme: Scheme, forms: Forms, tmp_path: Path, typed: Typed
) -> None:
    # 附件2第33项：各区不少于 3 个；done 2 of 3 and all of the other indicator: 2 × (2/3 + 1) / 2.
    done = {("K33.2", TARGET): 10.0, ("K33.2", VALUE): 10.0, ("K33.1", VALUE): 2.0}
    jingan, result = filled(scheme, forms, tmp_path, {**done, ("K33.1", TARGET): typed})
    assert jingan.scored.items["K33"].score == Decimal("1.67")
    (found,) = [issue for issue in result.issues if issue.level is Level.ERROR and issue.place.district == JINGAN]
    assert (found.code, found.place.sheet, found.place.cell) == ("C07", *forms.at("K33.1", TARGET))
    assert (
        found.found
        == f"当年任务量 {'未填' if typed is None else '2' if typed == 2.0 else '0' if typed == 0.0 else typed}"
    )
    assert found.expected.startswith("不少于 3 ")
    assert jingan.provisional
    assert jingan.incomplete() == ["K33"]
    # The form's own formulas say so while it is being filled in.
    sheet = openpyxl.load_workbook(result.files[0].path, data_only=True)[TWO]
    shown = [sheet[forms.at("K33.1", head)[1]].value for head in (CHECK, SCORE)]
    assert shown == [f"错误：文件规定任务量不少于 3 {scheme.inputs['K33.1'].unit}", "错误：见校验"]


@pytest.mark.parametrize(("district", "least"), [("静安区", 50), ("青浦区", 30)])
@pytest.mark.parametrize("share", [49.0, *(pytest.param(x, marks=pytest.mark.slow) for x in (29.0, 60.0))])
def test_share_set_by_the_text__by_zone(
    scheme: Scheme, forms: Forms, tmp_path: Path, district: str, least: int, share: float
) -> None:
    # 附件2第10项：中心城区 50%，其他区 30%.
    path = tmp_path / f"区填报表_{district}.xlsx"
    path.write_bytes(forms.make(district, {("K10.5", TARGET): share, ("K10.5", VALUE): 15.0}))
    own = of(consolidate(scheme, [path]), district)
    assert own.layers is not None
    assert own.layers.entries["K10.5"].target == max(least, Decimal(str(share)))
    assert own.provisional == (share < least)


def test_amount_set_by_the_text__reached_or_nothing_filled_in__nothing_to_say(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    jingan, _result = filled(scheme, forms, tmp_path, {("K33.1", TARGET): 3.0, ("K33.1", VALUE): 3.0})
    assert not jingan.provisional
    path = tmp_path / f"区填报表_{JINGAN}.xlsx"
    path.write_bytes(forms.blank(JINGAN))
    assert "C07" not in {issue.code for issue in consolidate(scheme, [path]).issues}


@pytest.mark.parametrize("typed", ["", "不适用", 0.0, 2.0])
def test_targets__short_of_what_the_text_sets__is_an_error_before_anything_is_sent(
    scheme: Scheme, typed: str | float
) -> None:
    table = targets_table(scheme)
    row = next(n for n, indicator in enumerate(scheme.indicators) if indicator.code == "K33.1")
    cells = {table.at(JINGAN, row): typed}
    data = package.rewrite(targets_workbook(scheme), {}, {table.sheet: cells})
    targets, found = targets_in(scheme, read_bytes(data), "任务分解表.xlsx")
    (error,) = [issue for issue in found if issue.level is Level.ERROR]
    assert (error.code, error.place.district, error.place.cell) == ("C07", JINGAN, table.at(JINGAN, row))
    assert targets[JINGAN]["K33.1"].value == 3
