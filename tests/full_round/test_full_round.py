"""A whole round of 16 districts, 11 departments, 7 experts and 市精细化办, played from the command line.

What is expected is worked out from the story and the text of the scheme, without the code under test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest

from tests.full_round import oracle, story, writing
from tests.full_round.oracle import Outcome
from tests.full_round.play import Played, digests
from tests.full_round.rules import (
    AMOUNTS,
    DEPARTMENTS,
    DISTRICTS,
    HOUSING,
    OFFICE,
    POST,
    RATIO,
    SECTIONS,
    TRAFFIC,
    half_up,
    mean,
)
from tests.full_round.story import EXPERTS
from tests.support.libreoffice import requires_office, run_office
from xladdin import issues
from xladdin.analysis.readings import spread
from xladdin.results.consolidation import consolidate_forms, examine
from xladdin.returns.collected import Collection
from xladdin.returns.collection import collect_open
from xladdin.returns.targets import read_targets
from xladdin.rounds.verifying import verify, worked_out_again
from xladdin.scheme import load_scheme
from xladdin.workbook.read.reader import SourceFile, read_workbook
from xladdin.workbook.unreadable import UnreadableWorkbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

EVERYBODY = (*DISTRICTS, *DEPARTMENTS, *EXPERTS, OFFICE)
ITEMS = tuple(item for _number, items in SECTIONS for item in items)

ROUNDS = {1: "round 1", 2: "round 2", 3: "round 3"}


def rows(path: Path, sheet: str, *heads: str) -> list[dict[str, Any]]:
    """A sheet's rows below the heads, by head."""
    page = _loaded(path, path.stat().st_mtime_ns)[sheet]
    first, at = writing.columns(page, *heads)
    assert first, (path, sheet, heads)
    return [
        {head: row[column - 1] for head, column in at.items()}
        for row in page.iter_rows(min_row=first + 1, values_only=True)
        if any(cell is not None for cell in row)
    ]


@lru_cache(maxsize=16)
def _loaded(path: Path, _written: int) -> Any:
    return openpyxl.load_workbook(path, data_only=True)


def result(played: Played, folder: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((played.folder / "结果" / folder / "results.json").read_text("utf-8"))
    return data


def workbook(played: Played, folder: str, kind: str = "考核汇总") -> Path:
    return played.folder / "结果" / folder / f"{kind}_{folder}.xlsx"


@pytest.fixture(scope="module")
def expected() -> Mapping[str, Outcome]:
    corrections = {(d, code, head): new for d, code, head, _old, new in story.CORRECTIONS}
    return {
        "第1次": oracle.outcome(2),
        "第2次": oracle.outcome(3),
        "第3次（更正）": oracle.outcome(3, corrections),
    }


# --- 任务分解表 and what was issued ------------------------------------------------------------------------------------


def test_targets__divided_without_a_rest__no_finding_and_in_every_form(played: Played) -> None:
    assert (played.codes["targets"], played.codes["templates"]) == (0, 0)
    for n, name in enumerate(DISTRICTS):
        given = {
            row["编号"]: row["当年任务量"]
            for row in rows(played.folder / "下发" / f"区填报表_{name}.xlsx", "附件2", "编号", "当年任务量")
            if row["编号"] in AMOUNTS
        }
        assert given == {code: story.target(code, n) or None for code in AMOUNTS}, name


def test_evaluations__issued__a_workbook_for_everybody_with_what_counts_of_the_forms(played: Played) -> None:
    issued = {path.name for path in (played.at("issued") / "下发").iterdir()}
    assert {writing.issued_name(unit) for unit in EVERYBODY} | {"考核总表.xlsm"} == issued
    shown = {
        (row["编号"], row["区"]): (row["当年任务量"], row["区报完成量"])
        for row in rows(played.folder / "下发" / f"部门评价表_{HOUSING}.xlsx", "核定完成量", "编号", "区", "区报完成量")
        if row["编号"]
    }
    for n, name in enumerate(DISTRICTS):
        for code in ("K12.1", "K15.1", "K17.1", "K18.1", "K18.2"):
            due = story.target(code, n)
            # Of two districts no form had come by then; what is assigned to them is known.
            has_come = name not in ("虹口区", "崇明区")
            wanted = (due or "不适用", story.reported(code, n) if due and has_come else None)
            assert shown[code, name] == wanted, (code, name)
    named = {
        (row["编号"], row["区"]): row["案例名称"]
        for row in rows(played.folder / "下发" / "专家评议表_专家1.xlsx", "评议", "编号", "区", "案例名称")
    }
    assert named["N1.2", "长宁区"] == story.case_name(4, 2)
    assert named["N1.2", "浦东新区"] == "未报送"


# --- States, reminders, slips -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ROUNDS)
def test_tracking__after_each_round__every_state_as_worked_out_by_hand(played: Played, number: int) -> None:
    tracked = rows(played.at(ROUNDS[number]) / "进度.xlsx", "进度", "单位", "类别", "状态")
    assert {row["单位"]: row["状态"] for row in tracked} == story.STATES[number]
    assert [row["单位"] for row in tracked] == [unit for unit in EVERYBODY if unit in story.STATES[number]]
    for row in tracked:
        own = story.received(number, row["单位"])
        assert row["份数"] == len(own), row["单位"]
        assert (row["迟交（天）"] or 0) == (story.LATE.get(row["单位"], 0) if own else 0), row["单位"]
        one = story.counted(number, row["单位"])
        if one is None:
            assert (row["采用"], row["最新一份"]) == (None, None)
            continue
        assert row["采用"].startswith(f"第{one.round}轮/"), row
        assert row["最新一份"].startswith(f"第{own[-1].round}轮/"), row
    several = {row["单位"]: row["份数"] for row in tracked if row["份数"] > 1}
    assert several == {u: n for r in range(1, number + 1) for u, n in story.SUBMISSIONS[r].items()}


@pytest.mark.parametrize("number", ROUNDS)
def test_reminders__after_each_round__who_owes_something_and_for_how_long(played: Played, number: int) -> None:
    listed = rows(played.at(ROUNDS[number]) / "催报清单.xlsx", "催报清单", "单位", "状态", "逾期（天）")
    wanting = {u: s for u, s in story.STATES[number].items() if s in story.OWING}
    today = date.fromisoformat(story.TODAY[number])
    for row in listed:
        due = story.DUE_DISTRICTS if row["单位"] in DISTRICTS else story.DUE_UNITS
        assert row["逾期（天）"] == (today - date.fromisoformat(due)).days, row
    assert {row["单位"]: row["状态"] for row in listed} == wanting


@pytest.mark.parametrize("number", ROUNDS)
def test_slips__after_each_round__every_fault_at_its_cell_and_nobody_else(played: Played, number: int) -> None:
    folder = played.at(ROUNDS[number]) / "退回修改单"
    for unit, codes in story.FAULTS[number].items():
        slip = rows(folder / f"退回修改单_{unit}.xlsx", "退回修改单", "级别", "编号", "单元格")
        errors = [row for row in slip if row["级别"] == "错误"]
        assert [row["编号"] or "" for row in errors] == codes, unit
        if unit == TRAFFIC or not codes:
            continue
        own = played.at(ROUNDS[number]) / "回收" / f"第{number}轮" / writing.issued_name(unit)
        (row,) = errors
        wrong = openpyxl.load_workbook(own)[row["工作表"]][row["单元格"]].value
        assert wrong in story.received(number, unit)[-1].changes.values()
    assert {path.stem.partition("_")[2] for path in folder.glob("*.xlsx")} == set(story.FAULTS[number])
    now = {unit for unit, state in story.STATES[number].items() if state in story.OWING[1:]}
    assert now == set(story.FAULTS[number])


def test_files_of_nobody__named_and_taken_for_no_unit(played: Played) -> None:
    told = [line for line in played.said["round 1"].splitlines() if "核实是谁的表" in line]
    assert len(told) == 2
    assert any("会议通知.xlsx" in line for line in told)
    assert any("区填报表_虹口区.xlsx" in line for line in told)
    assert "~$" not in played.said["round 1"]
    assert "待评" not in played.said["round 1"]


def test_confirmation__file_changed_since__told_and_gone(played: Played) -> None:
    (line,) = [line for line in played.said["round 3"].splitlines() if "重新标确认" in line]
    assert story.CONFIRMED[1] in line


# --- Results --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["第1次", "第2次", "第3次（更正）"])
def test_result__scores_totals_and_ranks__as_computed_independently(
    played: Played, expected: Mapping[str, Outcome], folder: str
) -> None:
    wanted = expected[folder]
    districts = {d["name"]: d for d in result(played, folder)["districts"]}
    assert set(districts) == set(DISTRICTS)
    compared = 0
    for name in DISTRICTS:
        own = districts[name]
        for item in ITEMS:
            got = own["items"][item]
            score = None if got["score"] is None else Decimal(str(got["score"])).quantize(Decimal("0.01"))
            assert score == wanted.scores[name][item], (name, item, got["explain"])
            status = "scored"
            if item in wanted.inapplicable[name]:
                status = "not_applicable"
            elif (name, item) in wanted.errors:
                status = "error"
            assert got["status"] == status, (name, item)
            compared += 1
        sums = {**{k: Decimal(str(v)) for k, v in own["sections"].items()}, "total": Decimal(str(own["total"]))}
        assert {k: v.quantize(Decimal("0.01")) for k, v in sums.items()} == wanted.sums[name], name
        assert own["rank"] == wanted.ranks[name], name
        is_waiting = any((name, item) in wanted.waiting | wanted.errors for item in ITEMS)
        assert own["provisional"] == (is_waiting or name in wanted.left_out), name
    assert compared == 16 * 44


def test_result__first__ranking_says_what_everybody_waits_for(played: Played, expected: Mapping[str, Outcome]) -> None:
    wanted = expected["第1次"]
    for row in rows(workbook(played, "第1次"), "排名", "名次", "区", "备注"):
        if row["区"] in DISTRICTS:
            waiting = [i for i in ITEMS if (row["区"], i) in wanted.waiting | wanted.errors]
            shown = "、".join(waiting[:6]) + (f" 等 {len(waiting)} 项" if len(waiting) > 6 else "")
            assert row["备注"] == f"暂定：{shown} 数据不完整"


def test_result__second__provisional_only_because_newer_files_were_left_out_and_says_so(played: Played) -> None:
    left_out = [
        f"{TRAFFIC}最新的 第3轮/部门评价表_{TRAFFIC}.xlsx 有错误，采用 第2轮/部门评价表_{TRAFFIC}.xlsx",
        "青浦区最新的 第2轮/区填报表_青浦区.xlsx 一格也没有填，采用 第1轮/区填报表_青浦区.xlsx",
        "奉贤区最新的 第3轮/区填报表_奉贤区.xlsx 有错误，采用 第1轮/区填报表_奉贤区.xlsx",
    ]
    ranking = rows(workbook(played, "第2次"), "排名", "名次", "区", "备注")
    remarks = {row["区"]: row["备注"] for row in ranking if row["区"] in DISTRICTS}
    own = {"青浦区": f"暂定：{left_out[1]}", "奉贤区": f"暂定：{left_out[2]}"}
    assert remarks == {**dict.fromkeys(DISTRICTS, f"暂定：{left_out[0]}"), **own}
    found = rows(workbook(played, "第2次"), "校验", "级别", "代码", "发现")
    assert [row["发现"] for row in found if row["代码"] == "R05"] == left_out
    assert {row["代码"] for row in found} == {"R05", "R02", "E12"}  # nothing is awaited any more


def _verified(by_round: int, code: str, n: int) -> Fraction | None:
    """The mean of what departments verified by then."""
    said = []
    for name in RATIO[code.partition(".")[0]][0]:
        one = story.counted(by_round, name)
        if one:
            said.append(Fraction(str(story.typed(one)[code, DISTRICTS[n]])))
    return mean(said) if said else None


@pytest.mark.parametrize(("by_round", "folder"), [(2, "第1次"), (3, "第2次")])
def test_comparison__every_amount__reported_and_verified_and_their_difference(
    played: Played, by_round: int, folder: str
) -> None:
    shown = {
        (row["编号"], row["区"]): row
        for row in rows(workbook(played, folder), "评价对照", "编号", "区", "区报", "采用", "差异")
    }
    compared = 0
    for code in AMOUNTS:
        for n, name in enumerate(DISTRICTS):
            row = shown[code, name]
            if not story.target(code, n):
                assert (row["当年任务量"], row["采用"], row["尚待"]) == ("不适用", None, None) or row[
                    "当年任务量"
                ] is None
                continue
            form = story.counted(by_round, name)
            assert form is not None
            reported = Fraction(str(story.typed(form)[code, "完成情况"]))
            verified = _verified(by_round, code, n)
            assert row["区报"] == pytest.approx(float(reported))
            if verified is None:
                assert (row["采用"], row["尚待"]) == ("待评", POST), (code, name)
            else:
                assert row["采用"] == pytest.approx(float(verified)), (code, name)
                difference = float(verified - reported)
                assert (row["差异"] or 0) == pytest.approx(difference), (code, name)
            compared += 1
    assert compared == 16 * 40 - len(story.NOT_GIVEN_TO_LAST)


def test_deliveries__first_result__matrix_of_who_owes_what(played: Played) -> None:
    shown = {row["单位"]: row for row in rows(workbook(played, "第1次"), "交表情况", "单位", "类别", *ITEMS)}
    assert list(shown) == list(EVERYBODY)
    assert {unit for unit, row in shown.items() if row["状态"] == "未交"} == {POST, "专家7"}
    assert {unit for unit, row in shown.items() if row["状态"] == "有错误"} == {HOUSING, "专家5"}
    assert {unit: row for unit, row in shown.items() if row["状态"] == "未填齐"} == {}
    assert {item: shown[POST][item] for item in ITEMS if shown[POST][item]} == {"K33": 32}
    handed_in = sum(story.cases(n) for n in range(16))
    wanted = {"K11": 16, "K25": 16, "K30": 16, "N1": handed_in, "R2": 16}
    assert {item: shown["专家7"][item] for item in ITEMS if shown["专家7"][item]} == wanted
    assert (shown[HOUSING]["K16"], shown[HOUSING]["错误"], shown[HOUSING]["K14"]) == (1, 1, "√")
    assert (shown["专家5"]["K25"], shown["专家2"]["K25"], shown["专家2"]["N1"]) == (1, "√", "√")
    assert shown["黄浦区"]["未填"] == 0


# --- What moved -----------------------------------------------------------------------------------------------------------


def moved_items(before: Outcome, after: Outcome) -> dict[tuple[str, str], tuple[str, str]]:
    """The items whose score differs, as shown."""

    def shown(outcome: Outcome, name: str, item: str) -> str:
        if (name, item) in outcome.errors:
            return "错误"
        score = outcome.scores[name][item]
        return "不适用" if score is None else str(score)

    pairs = {(n, i): (shown(before, n, i), shown(after, n, i)) for n in DISTRICTS for i in ITEMS}
    return {key: sides for key, sides in pairs.items() if sides[0] != sides[1]}


def causes(path: Path) -> Iterator[dict[str, Any]]:
    return iter(rows(path, "变动原因", "区", "项目", "编号", "原得分", "现得分"))


def test_changes__between_the_results__exactly_the_items_and_districts_that_moved(
    played: Played, expected: Mapping[str, Outcome]
) -> None:
    before, after = expected["第1次"], expected["第2次"]
    path = workbook(played, "第2次", "变动")
    shown = {(r["区"], r["项目"]): (r["原得分"], r["现得分"]) for r in causes(path)}
    wanted = moved_items(before, after)
    assert {key: sides for key, sides in shown.items() if sides[0] != sides[1]} == wanted
    districts = {r["区"]: r for r in rows(path, "变动", "区", "原名次", "现名次", "原总分")}
    for name in DISTRICTS:  # every rank was provisional and is no more
        row = districts[name]
        assert (row["原名次"], row["现名次"]) == (before.ranks[name], after.ranks[name])
        assert half_up(Fraction(str(row["原总分"]))) == before.sums[name]["total"]
        assert half_up(Fraction(str(row["现总分"]))) == after.sums[name]["total"]
    # Every cell behind a score that moved is one that somebody sent in the third round.
    third = {writing.issued_name(s.unit) for s in story.SENT if s.round == 3}
    for row in causes(path):
        if (row["区"], row["项目"]) in wanted:
            assert re.split(r"\s", row["现位置"])[0] in third, row
    green = [r for r in causes(path) if (r["区"], r["项目"]) == ("宝山区", "K19")]
    assert [(r["原内容"], r["现内容"]) for r in green] == [(f"{story.mark(story.GREEN, 'K19.1', 8):g}", "99.9")]


def test_sealed__the_same_again__no_new_result(played: Played) -> None:
    assert "相同，没有另存" in played.said["result again"]
    assert sorted(p.name for p in (played.folder / "结果").iterdir()) == ["第1次", "第2次", "第3次（更正）"]


# --- Corrections ----------------------------------------------------------------------------------------------------------


def test_corrections__applied__before_and_after_and_the_earlier_results_untouched(
    played: Played, expected: Mapping[str, Outcome]
) -> None:
    before, after = expected["第2次"], expected["第3次（更正）"]
    path = workbook(played, "第3次（更正）")
    lines = rows(path, "更正", "区", "编号", "原值", "新值", "原总分")
    listed = [r for r in lines if r["区"] in DISTRICTS]
    assert [(r["区"], r["编号"], r["栏目"]) for r in listed] == [line[:3] for line in story.CORRECTIONS]
    for row in listed:
        name, item = row["区"], row["编号"].partition(".")[0]
        assert (row["原得分"], row["现得分"]) == (str(before.scores[name][item]), str(after.scores[name][item]))
        assert half_up(Fraction(str(row["现总分"]))) == after.sums[name]["total"]
        assert (row["原名次"], row["现名次"]) == (before.ranks[name], after.ranks[name])
        assert (row["理由"], row["批准人"]) == ("复核意见", OFFICE)
    moved = {(r["区"], r["项目"]) for r in causes(path) if r["原得分"] != r["现得分"]}
    assert moved == set(moved_items(before, after))
    earlier = digests(played.at("before corrections") / "结果")
    now = digests(played.folder / "结果")
    assert earlier == {name: digest for name, digest in now.items() if not name.startswith("第3次")}
    assert len(earlier) == 19


@pytest.mark.slow
def test_verify__everything_that_was_sealed__identical(played: Played) -> None:
    results = verify(played.folder)
    assert [(one.folder.name, one.differences) for one in results] == [
        ("第1次", ()),
        ("第2次", ()),
        ("第3次（更正）", ()),
    ]
    assert all("16 个区的每项得分、总分、名次都相同，考核汇总逐格相同" in one.remarks[0] for one in results)


def test_returned_files__after_everything__as_they_came(played: Played) -> None:
    assert digests(played.folder / "回收") == digests(played.at("round 3") / "回收")


# --- What the units' own workbooks show -----------------------------------------------------------------------------------


@requires_office
def test_workbooks__recalculated_by_libreoffice__say_how_complete_they_are(played: Played) -> None:
    """A workbook issued before two districts' forms had come cannot know which cases these handed in."""
    jobs, wanted = [], {}
    for unit in (*DEPARTMENTS, *EXPERTS, OFFICE):
        one = story.counted(3, unit)
        assert one is not None
        path = played.folder / "回收" / f"第{one.round}轮" / writing.issued_name(unit)
        read = [["填报说明", "B7"], *([["计数", "A5:D20"]] if unit == OFFICE else [])]
        jobs.append({"open": path, "recalc": True, "read": read})
        missing = 0
        if unit in EXPERTS:
            missing = sum(5 - story.cases(DISTRICTS.index(name)) for name in ("虹口区", "崇明区"))
        state = f"尚未完成：缺 {missing} 格，错误 0 处，请看各表最右一列" if missing else "已全部填写，可以报送"
        wanted[unit] = state
    done = run_office(jobs)
    assert [result["error"] for result in done] == [None] * len(jobs)
    assert dict(zip(wanted, (result["read"][0][0][0] for result in done), strict=True)) == wanted
    for n, row in enumerate(done[-1]["read"][1]):
        assert row == [DISTRICTS[n], story.brief_count(n), *story.media_counts(n)]


@pytest.mark.slow
def test_readings__all_together__any_of_them_as_the_command_consolidates_under_it(
    played: Played, tmp_path: Path
) -> None:
    """口径分析 of a round in which several departments and experts have judged what one reading or another counts."""
    found = spread(worked_out_again(played.folder / "结果" / "第2次"))
    drawn = Random(3).sample(found.combined, 3)
    for number, standing in enumerate(drawn):
        data = tmp_path / f"{number}.json"
        asked = [word for name, option in standing.options.items() for word in ("--policy", f"{name}={option}")]
        played.run(
            f"readings {number}", "consolidate", str(played.folder), "--round", *asked,
            "-o", str(tmp_path / f"{number}.xlsx"), "--json", str(data),
        )  # fmt: skip
        told = {d["name"]: d for d in json.loads(data.read_text(encoding="utf-8"))["districts"]}
        assert {name: own["rank"] for name, own in told.items()} == standing.ranks
        assert {name: own["total"] for name, own in told.items()} == {n: float(t) for n, t in standing.totals.items()}
    assert len({tuple(standing.ranks.values()) for standing in drawn}) > 1
    sealed = json.loads((played.folder / "结果" / "第2次" / "results.json").read_text(encoding="utf-8"))
    ranks = {d["name"]: d["rank"] for d in sealed["districts"]}
    assert found.in_force.ranks == ranks


@pytest.mark.slow
def test_findings__of_each_returned_file__those_of_a_consolidation_of_it_alone(played: Played) -> None:
    scheme = load_scheme("2023")
    targets, _found = read_targets(scheme, played.folder / "任务分解表.xlsx")
    missed = {issues.MISSING_FILE.code, issues.NOT_ALL_UNITS.code}
    seen = set()
    for path in sorted((played.folder / "回收").rglob("*.*")):
        try:
            book = read_workbook(path)
        except UnreadableWorkbook:
            continue

        def opened() -> Collection:
            return collect_open(scheme, SourceFile(path, path.name, book.sha256), book, targets)  # noqa: B023

        found = consolidate_forms(scheme, opened(), scheme.default_policies).issues
        assert examine(scheme, opened()) == [issue for issue in found if issue.code not in missed], path
        seen |= {issue.code for issue in found}
    assert {issues.BAD_CELL.code, issues.LIST_REPEATED.code, issues.AWAITED_VALUE.code} <= seen
