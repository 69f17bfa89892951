"""What goes wrong in a round in practice: nothing of it may make a wrong score, or a final rank that is none."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.full_round import story, writing
from tests.full_round.rules import BUILDING, CULTURE, GREEN, HOUSING, OFFICE, PLANNING
from xladdin.issues import Level, Refused
from xladdin.results.consolidation import Consolidation, DistrictResult
from xladdin.returns.collection import collect
from xladdin.returns.targets import read_targets
from xladdin.rounds.folder import State
from xladdin.rounds.sealing import corrections_left_out, issue_corrections, seal_corrected, seal_round
from xladdin.rounds.targets_sheet import targets_workbook
from xladdin.rounds.tracking import read_round
from xladdin.rounds.verifying import verify
from xladdin.scheme import Scheme
from xladdin.scoring.items import Status
from xladdin.sending.evaluations import write_unit_workbooks
from xladdin.sending.forms import distribute

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")]

STAMP = datetime.datetime(2024, 2, 12, 9, 0)
WHO, N = "黄浦区", 1

Change = Callable[[Any], object]


@pytest.fixture(scope="module")
def complete(scheme: Scheme, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round in which everybody has sent what the story has them type, without a fault. Not to be written to."""
    folder = tmp_path_factory.mktemp("pitfalls") / "考核"
    folder.mkdir()
    table = folder / "任务分解表.xlsx"
    table.write_bytes(targets_workbook(scheme))
    writing.fill_targets(table)
    distribute(scheme, folder / "下发", targets=read_targets(scheme, table)[0])
    for name in story.DISTRICTS:
        writing.send(folder, story.Sent(1, name, "2024-01-08"), _no_other_format)
    forms = collect(scheme, [folder / "回收"]).forms
    write_unit_workbooks(scheme, folder / "下发", forms=forms, experts=story.EXPERTS)
    for name in (*story.DEPARTMENTS, *story.EXPERTS, OFFICE):
        writing.send(folder, story.Sent(1, name, "2024-01-30"), _no_other_format)
    return folder


def _no_other_format(_path: Path, _target: Path, kind: str) -> None:
    raise AssertionError(kind)


@pytest.fixture
def folder(complete: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(complete, tmp_path / "考核"))


def changed(folder: Path, unit: str, change: Change) -> None:
    path = folder / "回收" / "第1轮" / writing.issued_name(unit)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def typing(sheet: str, head: str, code: str, district: str, value: Any) -> Change:
    """Type into a cell by 编号 and, in a unit's workbook, 区."""

    def change(book: Any) -> None:
        page = book[sheet]
        first, at = writing.columns(page, "编号", head)
        for row in range(first + 1, page.max_row + 1):
            is_district = "区" not in at or page.cell(row, at["区"]).value == district
            if page.cell(row, at["编号"]).value == code and is_district:
                page.cell(row, at[head]).value = value
                return
        raise AssertionError(code)

    return change


def sealed(scheme: Scheme, folder: Path) -> Consolidation:
    return seal_round(scheme, folder, None, STAMP).consolidation


def of(result: Consolidation, name: str = WHO) -> DistrictResult:
    return next(d for d in result.districts if d.name == name)


def codes(result: Consolidation) -> set[str]:
    return {issue.code for issue in result.issues}


def test_round__complete__final_and_nothing_to_say_but_about_repeated_lines(scheme: Scheme, folder: Path) -> None:
    result = sealed(scheme, folder)
    assert not any(d.provisional for d in result.districts)
    assert codes(result) == {"E12"}


# --- Districts' forms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "items"),
    [
        (lambda book: book.remove(book["附件2"]), ("K01", "K04", "K34")),
        (lambda book: book.copy_worksheet(book["附件2"]), ("K01", "K04", "K34")),
        (typing("附件2", "编号", "K04.1", WHO, None), ("K04",)),
    ],
    ids=["sheet gone", "sheet twice", "code gone"],
)
def test_form__row_gone_or_twice__what_others_say_counts_and_the_rank_waits(
    scheme: Scheme, folder: Path, change: Change, items: tuple[str, ...]
) -> None:
    before = of(sealed(scheme, folder)).scored
    changed(folder, WHO, change)
    result = sealed(scheme, folder)
    own = of(result)
    # 任务分解表 says what was assigned, the departments what was done: nothing of it is the form's.
    assert {item: own.scored.items[item].score for item in items} == {item: before.items[item].score for item in items}
    assert own.scored.total == before.total
    assert own.provisional
    assert {"S03", "S04"} & codes(result)


def test_form__district_marks_itself__not_counted_and_told(scheme: Scheme, folder: Path) -> None:
    before = of(sealed(scheme, folder)).scored
    changed(folder, WHO, typing("附件1", "完成情况", "N1.5", WHO, 1.5))
    changed(folder, WHO, typing("附件1", "完成情况", "R2.1", WHO, 3))
    result = sealed(scheme, folder)
    assert of(result).scored.items["N1"].score == before.items["N1"].score
    assert of(result).scored.items["R2"].score == before.items["R2"].score
    assert [i.found for i in result.issues if i.code == "E18"] == ["区填报表里填了 N1.5"]  # R2 is the experts' anyway


def test_form__all_experts_recused__the_districts_own_mark_does_not_stand_in(scheme: Scheme, folder: Path) -> None:
    changed(folder, WHO, typing("附件1", "完成情况", "R2.1", WHO, 3))
    for name in story.EXPERTS:
        changed(folder, name, typing("评议", "评分", "R2.1", WHO, None))
        changed(folder, name, typing("评议", "回避", "R2.1", WHO, "是"))
    own = of(sealed(scheme, folder))
    assert own.scored.items["R2"].status is Status.MISSING
    assert own.provisional


@pytest.mark.parametrize("typed", [1, *(pytest.param(x, marks=pytest.mark.slow) for x in (None, "不适用", 0))])
def test_form__amount_changed__scored_with_what_was_divided_and_sent_back(
    scheme: Scheme, folder: Path, typed: Any
) -> None:
    before = of(sealed(scheme, folder)).scored
    changed(folder, WHO, typing("附件2", "当年任务量", "K04.1", WHO, typed))
    result = sealed(scheme, folder)
    own = of(result)
    assert {id_: s.score for id_, s in own.scored.items.items()} == {id_: s.score for id_, s in before.items.items()}
    assert own.provisional
    (found,) = [i for i in result.issues if i.code == "R07"]
    shown = "未填" if typed is None else typed
    assert (found.place.district, found.place.item, found.found) == (WHO, "K04.1", f"当年任务量 {shown}")
    assert (found.level, found.place.sheet) == (Level.ERROR, "附件2")
    assert found.expected.endswith(f"：{story.target('K04.1', N)}")
    status = next(s for s in read_round(scheme, folder).statuses if s.respondent.name == WHO)
    assert status.state is State.RETURNED
    assert [i.code for i in status.faults if i.level is Level.ERROR] == ["R07"]
    # A correction says which amount it is to be.
    assert (
        typed != 1
        or not of(correct(folder, scheme, WHO, "K04.1", "当年任务量", story.target("K04.1", N), 1)).provisional
    )


def test_form__missing__scored_by_what_was_divided_and_what_departments_verified(scheme: Scheme, folder: Path) -> None:
    before = of(sealed(scheme, folder)).scored
    (folder / "回收" / "第1轮" / writing.issued_name(WHO)).unlink()
    own = of(sealed(scheme, folder))
    ratio = [id_ for id_, item in scheme.items.items() if item.may_not_apply]
    assert {id_: own.scored.items[id_].score for id_ in ratio} == {id_: before.items[id_].score for id_ in ratio}
    assert own.provisional
    last = of(sealed(scheme, folder), "崇明区").scored.items["K02"]
    assert last.status is Status.NOT_APPLICABLE


def test_targets__of_another_shape__every_rank_waits(scheme: Scheme, folder: Path) -> None:
    (folder / "任务分解表.xlsx").write_bytes((folder / "回收" / "第1轮" / writing.issued_name(OFFICE)).read_bytes())
    book = openpyxl.load_workbook(folder / "任务分解表.xlsx")
    book.custom_doc_props["xladdin.kind"].value = "任务分解表"
    book.save(folder / "任务分解表.xlsx")
    assert [issue.code for issue in read_round(scheme, folder).issues] == ["T03"]
    result = sealed(scheme, folder)
    assert [issue.code for issue in result.issues if issue.level is Level.ERROR] == ["T03"]
    assert all(d.provisional for d in result.districts)


# --- Units ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [PLANNING, CULTURE, HOUSING])
def test_department__inapplicable_for_what_was_assigned__its_own_error(scheme: Scheme, folder: Path, who: str) -> None:
    changed(folder, who, typing("核定完成量", "核定完成量", "K12.1", WHO, "不适用"))
    result = sealed(scheme, folder)
    assert of(result).scored.items["K12"].status is Status.ERROR
    assert [i.place.file for i in result.issues if i.code == "E16"] == [f"部门评价表_{who}.xlsx"]


def test_department__lead_is_listened_to__what_another_has_wrong_does_no_harm(scheme: Scheme, folder: Path) -> None:
    changed(folder, BUILDING, typing("核定完成量", "核定完成量", "K21.1", WHO, "已核"))
    policies = scheme.choose_policies({"joint_evaluation": "lead"})
    own = of(seal_round(scheme, folder, policies, STAMP).consolidation)
    wanted = story.verified(GREEN, "K21.1", N)
    assert own.layers is not None
    assert own.layers.entries["K21.1"].value == wanted
    assert own.scored.items["K21"].status is Status.SCORED


def test_expert__mark_for_a_case_not_handed_in__not_counted_and_told(scheme: Scheme, folder: Path) -> None:
    before = of(sealed(scheme, folder)).scored.items["N1"].score
    changed(folder, "专家1", typing("评议", "评分", "N1.5", WHO, 1))
    result = sealed(scheme, folder)
    assert of(result).scored.items["N1"].score == before
    assert [i.place.file for i in result.issues if i.code == "E17"] == ["专家评议表_专家1.xlsx"]


def test_case__another_name_than_was_judged__counts_and_the_rank_waits_until_confirmed(
    scheme: Scheme, folder: Path
) -> None:
    before = of(sealed(scheme, folder)).scored
    changed(folder, WHO, typing("附件1", "填报内容", "N1.1", WHO, "另一个案例"))
    changed(folder, WHO, typing("附件1", "填报内容", "N1.2", WHO, f" {story.case_name(N, 2)}　"))  # the same name
    result = sealed(scheme, folder)
    assert of(result).scored.total == before.total
    (found,) = of(result).open_issues
    texts = f"7 份评分表里这个案例是“{story.case_name(N, 1)}”，该区现在报的是“另一个案例”"
    assert (found.code, found.place.item, found.found) == ("E24", "N1.1", texts)
    mark = float(f"{of(result).layers.entries['N1.1'].value:.15g}")  # type: ignore[union-attr]
    assert not of(correct(folder, scheme, WHO, "N1.1", "完成情况", mark, 1)).open_issues


def test_case__renamed_between_submissions__told_where_the_marks_name_none(scheme: Scheme, folder: Path) -> None:
    def unnamed(book: Any) -> None:
        page = book["评议"]
        first, at = writing.columns(page, "编号", "案例名称")
        for row in range(first + 1, page.max_row + 1):
            if str(page.cell(row, at["编号"]).value).startswith("N1."):
                page.cell(row, at["案例名称"]).value = None

    for expert in story.EXPERTS:
        changed(folder, expert, unnamed)
    assert not of(sealed(scheme, folder)).provisional
    first = folder / "回收" / "第1轮" / writing.issued_name(WHO)
    (folder / "回收" / "第2轮").mkdir()
    shutil.copy(first, folder / "回收" / "第2轮")
    changed(folder, WHO, typing("附件1", "填报内容", "N1.1", WHO, "另一个案例"))
    result = seal_round(scheme, folder, None, STAMP)
    (found,) = of(result.consolidation).open_issues
    name = story.case_name(N, 1)
    texts = f"7 份评分表里没有案例名称，该区报过“另一个案例”，现采用“{name}”"
    assert (found.code, found.place.item, found.found) == ("E25", "N1.1", texts)
    assert [one.differences for one in verify(result.folder)] == [()]


def test_case__form_cannot_be_read__its_marks_are_named_as_for_an_unknown_case(scheme: Scheme, folder: Path) -> None:
    (folder / "回收" / "第1轮" / writing.issued_name(WHO)).write_bytes(b"broken")
    (found,) = [i for i in sealed(scheme, folder).issues if i.code == "F01"]
    judged = "、".join(f"N1.{n}" for n in range(1, story.cases(N) + 1))
    assert found.found.endswith(f"；{judged} 的评分无法核对评的是哪个案例")
    assert found.place.district == WHO


def test_expert__recused_and_marked__waits_for_the_expert(scheme: Scheme, folder: Path) -> None:
    changed(folder, "专家1", typing("评议", "回避", "R2.1", WHO, "是"))
    own = of(sealed(scheme, folder))
    assert own.incomplete() == ["R2"]


def test_office__list_with_a_line_that_cannot_be_counted__those_it_may_be_of_wait(scheme: Scheme, folder: Path) -> None:
    def line(district: str, day: object) -> Change:
        def change(book: Any) -> None:
            page = book["简讯"]
            first, at = writing.columns(page, "区", "日期", "标题")
            row = next(r for r in range(first + 1, page.max_row) if page.cell(r, at["区"]).value is None)
            for head, content in (("区", district), ("日期", day), ("标题", "又一篇")):
                page.cell(row, at[head]).value = content

        return change

    changed(folder, OFFICE, line(WHO, "去年"))
    result = sealed(scheme, folder)
    assert [d.name for d in result.districts if d.provisional] == [WHO]
    assert [i.found for i in result.issues if i.code == "E13"] == ["“简讯”的计数未定，有要改正的行"]
    changed(folder, OFFICE, line("黄浦", datetime.datetime(2023, 5, 1)))
    assert all(d.provisional for d in sealed(scheme, folder).districts)


def test_office__more_rectified_than_cited__told_at_the_offices_cell(scheme: Scheme, folder: Path) -> None:
    changed(folder, OFFICE, typing("评定", "评定", "I3.2", WHO, 9))
    (found,) = [i for i in sealed(scheme, folder).issues if i.code == "C11"]
    assert (found.place.file, found.place.sheet) == (f"{OFFICE}评分表.xlsx", "评定")


# --- 进度, 更正 -------------------------------------------------------------------------------------------------------------


def test_tracking_sheet__broken__nothing_is_sealed(scheme: Scheme, folder: Path) -> None:
    (folder / "进度.xlsx").write_bytes(b"broken")
    with pytest.raises(Refused, match=r"进度\.xlsx 有错误"):
        sealed(scheme, folder)
    assert not (folder / "结果").exists()


def test_sealed_result__damaged__said_what_to_do(scheme: Scheme, folder: Path) -> None:
    seal = seal_round(scheme, folder, None, STAMP)
    data = seal.folder / "results.json"
    data.chmod(0o644)
    for text in ("{", data.read_text("utf-8").replace('"rank": 1,', '"rank": null,')):
        data.write_text(text, encoding="utf-8")
        with pytest.raises(Refused, match="从备份恢复"):
            sealed(scheme, folder)


def test_issued_folder__other_files__make_no_experts(scheme: Scheme, folder: Path) -> None:
    (folder / "下发" / "专家评议表_打印稿.pdf").write_bytes(b"%PDF")
    (folder / "回收" / "第1轮" / "专家评议表_某人的草稿.xlsx").write_bytes(b"broken")
    result = sealed(scheme, folder)
    assert not any(d.provisional for d in result.districts)
    assert "R02" in codes(result)


def test_expert__file_renamed__still_the_experts(scheme: Scheme, folder: Path) -> None:
    path = folder / "回收" / "第1轮" / "专家评议表_专家7.xlsx"
    path.rename(path.with_name("专家评议表_专家7修改.xlsx"))
    assert not any(d.provisional for d in sealed(scheme, folder).districts)


def correct(folder: Path, scheme: Scheme, *line: object) -> Consolidation:
    path = issue_corrections(scheme, folder)
    assert path is not None
    assert corrections_left_out(folder)
    book = openpyxl.load_workbook(path)
    for column, content in enumerate((*line, "复核", OFFICE, datetime.datetime(2024, 2, 20)), 1):
        book["更正单"].cell(5, column).value = content  # type: ignore[union-attr]
    book.save(path)
    corrected, seal = seal_corrected(scheme, folder, STAMP)
    assert seal is not None, [issue.line() for issue in corrected.issues]
    return seal.consolidation


def test_corrections__amount_assigned_after_all__waits_for_who_is_to_verify_it(scheme: Scheme, folder: Path) -> None:
    changed(folder, "崇明区", typing("附件2", "完成情况", "K02.1", "崇明区", 1))
    before = of(sealed(scheme, folder), "崇明区")
    assert not before.provisional
    after = of(correct(folder, scheme, "崇明区", "K02.1", "当年任务量", None, 2), "崇明区")
    assert after.incomplete() == ["K02"]


def test_corrections__amount_taken_back__waits_for_nobody(scheme: Scheme, folder: Path) -> None:
    changed(folder, GREEN, typing("核定完成量", "核定完成量", "K04.1", WHO, None))
    assert of(sealed(scheme, folder)).incomplete() == ["K04"]
    due = story.target("K04.1", N)
    after = of(correct(folder, scheme, WHO, "K04.1", "当年任务量", due, "—"))
    assert not after.provisional
    assert after.scored.items["K04"].status is Status.NOT_APPLICABLE


def test_corrections__already_what_counts__changes_nothing_and_says_so(scheme: Scheme, folder: Path) -> None:
    sealed(scheme, folder)
    value = story.mark(HOUSING, "K16.1", N)
    result = correct(folder, scheme, WHO, "K16.1", "完成情况", 1, value)
    assert "R06" in codes(result)
    assert not of(result).provisional


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda page, at, row: page.delete_rows(row), "T02", "没有 K23.1"),
        (lambda page, at, row: setattr(page.cell(row + 1, at["编号"]), "value", "K23.1"), "T03", "K23.1 有两行"),
        (lambda page, at, row: setattr(page.cell(4, at["静安区"]), "value", WHO), "T03", f"两列 {WHO}"),
    ],
    ids=["row gone", "row twice", "column twice"],
)
def test_targets__row_or_column_gone_or_twice__told(
    scheme: Scheme, folder: Path, change: Callable[[Any, dict[str, int], int], object], code: str, words: str
) -> None:
    table = folder / "任务分解表.xlsx"
    book = openpyxl.load_workbook(table)
    page = book["任务分解表"]
    first, at = writing.columns(page, "编号", WHO)
    row = next(r for r in range(first + 1, page.max_row + 1) if page.cell(r, at["编号"]).value == "K23.1")
    change(page, at, row)
    book.save(table)
    assert any(i.code == code and words in i.found for i in read_targets(scheme, table)[1])
