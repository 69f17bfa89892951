"""The round by the ribbon's buttons, against the command line and the same expectations; and 考核总表 in LibreOffice."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from macros.build import build_addin
from macros.calc.build import extension
from macros.host import RESULT_SHEETS
from tests.equality.calc import run_office_with
from tests.full_round import oracle, writing
from tests.full_round.play import Played, digests
from tests.full_round.rules import DISTRICTS, HOUSING, POST
from tests.full_round.story import EXPERTS
from tests.full_round.test_full_round import ITEMS, rows, workbook
from tests.macros.calc.session import Calc
from tests.macros.calc.test_menu import contents
from tests.support.libreoffice import requires_office
from xladdin.rounds.sealing import seal_round
from xladdin.scheme import Scheme
from xladdin.sending.forms import ADDIN_FILE
from xladdin.words import ALL_UNITS, POLICIES

Simulated = Callable[..., Any]

RIBBON = "tests.full_round.ribbon"
MASTER = "考核总表.xlsm"
STAMP = datetime.datetime(2024, 2, 12, 9, 0)

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@pytest.fixture(scope="module")
def addin(scheme: Scheme, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("addin")
    build_addin(scheme, folder)
    return str(folder / ADDIN_FILE)


@pytest.fixture
def some_book(tmp_path: Path) -> str:
    """Any workbook: a button needs one to be open."""
    path = tmp_path / "随便.xlsx"
    openpyxl.Workbook().save(path)
    return str(path)


@pytest.fixture
def at(played: Played, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the round's folder as it was at some point."""

    def copied(name: str) -> Path:
        return Path(shutil.copytree(played.at(name), tmp_path / "考核"))

    return copied


def results_of(folder: Path, name: str) -> Any:
    return json.loads((folder / "结果" / name / "results.json").read_text("utf-8"))


# --- 下发 -------------------------------------------------------------------------------------------------------------------


def test_make_targets__into_a_folder__the_command_lines_and_opened(
    simulated: Simulated, addin: str, some_book: str, tmp_path: Path, played: Played
) -> None:
    out = tmp_path / "年度"
    out.mkdir()
    told = simulated(
        f"{RIBBON}:pressed", book=some_book, button="make_targets", addin=addin, answers=[["folder", str(out)]]
    )
    writing.fill_targets(out / "任务分解表.xlsx")  # as in the story, whose table it then is
    mine, theirs = (rows(path / "任务分解表.xlsx", "任务分解表", "编号", *DISTRICTS) for path in (out, played.folder))
    assert mine == theirs
    assert told["active"] == "任务分解表.xlsx"
    assert "按“分发”" in told["said"][0]


def test_make_evaluations__for_a_round__the_command_lines_in_every_byte(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path], played: Played
) -> None:
    folder = at("round 1")
    told = simulated(
        f"{RIBBON}:pressed",
        book=some_book,
        button="make_evaluations",
        addin=addin,
        answers=[["folder", str(folder)], ["text", ""]],
    )
    assert digests(folder / "下发") == digests(played.at("issued") / "下发")
    assert told["asked"][0][1] == "、".join(EXPERTS)
    assert "已生成 19 份评价表" in told["said"][0]
    assert "虹口区、崇明区" in told["said"][0]
    assert any("1/" in text for text in told["progress"])


def test_make_evaluations__once_more__another_issue_beside_the_first(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path]
) -> None:
    folder = at("round 2")
    before = digests(folder / "下发")
    told = simulated(
        f"{RIBBON}:pressed",
        book=some_book,
        button="make_evaluations",
        addin=addin,
        answers=[["folder", str(folder)], ["message", "ok"], ["text", ""]],
    )
    now = digests(folder / "下发")
    assert {name: d for name, d in now.items() if not name.startswith("第2次")} == before
    assert len(now) == len(before) + 19
    assert "第 2 次" in told["said"][0]
    assert told["asked"][0][1] == "、".join(EXPERTS)
    cover = openpyxl.load_workbook(folder / "下发" / "第2次" / f"部门评价表_{POST}.xlsx")["填报说明"]
    assert [cell.value for row in cover["B3:B5"] for cell in row] == [POST, "2023", "JXH2023-B11-2"]


@pytest.mark.parametrize("button", ["seal_round", "track_round", "correct", "make_evaluations"])
@pytest.mark.parametrize("at_poll", [pytest.param(2, marks=pytest.mark.slow), 20])
def test_button__escape_while_it_works__nothing_written(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path], button: str, at_poll: int
) -> None:
    folder = at("before corrections")
    before = digests(folder)
    told = simulated(
        f"{RIBBON}:cancelled", book=some_book, addin=addin, button=button, folder=str(folder), at_poll=at_poll
    )
    assert told["said"] == ["已取消，没有写入任何内容。"]
    assert digests(folder) == before
    assert told["settings"]["StatusBar"] is False


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([["cancel"]], "已取消"),
        ([["folder", "{round}"], ["text", "专家1、专家1"]], "专家姓名有重复"),
        ([["folder", "{empty}"]], "没有“回收”文件夹"),
    ],
)
def test_make_evaluations__not_possible__nothing_written(
    simulated: Simulated,
    addin: str,
    some_book: str,
    at: Callable[[str], Path],
    tmp_path: Path,
    answers: list[list[str]],
    words: str,
) -> None:
    folder, empty = at("round 1"), tmp_path / "空"
    empty.mkdir()
    before = digests(folder)
    filled = [[part.format(round=folder, empty=empty) for part in answer] for answer in answers]
    told = simulated(f"{RIBBON}:pressed", book=some_book, button="make_evaluations", addin=addin, answers=filled)
    assert words in told["said"][0]
    assert digests(folder) == before


# --- 回收 -------------------------------------------------------------------------------------------------------------------


def test_track__of_a_round__the_command_lines_states_and_notes_kept(
    simulated: Simulated, addin: str, at: Callable[[str], Path], played: Played
) -> None:
    folder = at("round 3")
    # 备注 of 浦东新区, typed and not saved.
    page = openpyxl.load_workbook(folder / "进度.xlsx")["进度"]
    first, columns = writing.columns(page, "单位", "备注")
    cell = f"进度!{page.cell(first + 1, columns['备注']).coordinate}"
    told = simulated(
        f"{RIBBON}:noted_and_tracked", tracking=str(folder / "进度.xlsx"), addin=addin, cell=cell, note="已电话核对"
    )
    wanted = rows(played.at("round 3") / "进度.xlsx", "进度", "单位", "类别", "状态")
    wanted[0]["备注"] = "已电话核对"
    assert rows(folder / "进度.xlsx", "进度", "单位", "类别", "状态") == wanted
    assert told["note"] == "已电话核对"  # it is open again
    assert told["active"] == "进度.xlsx"
    assert "共 35 个单位：未填 1，已收 25，退回 2，已改 6，确认 1" in told["said"][0]
    assert told["titles"] == []  # the folder is the tracking sheet's
    slips = {path.name for path in (folder / "退回修改单").iterdir()}
    assert slips == {path.name for path in (played.at("round 3") / "退回修改单").iterdir()}


def test_track__note_that_cannot_be_read__nothing_replaced(
    simulated: Simulated, addin: str, at: Callable[[str], Path]
) -> None:
    folder = at("round 3")
    page = openpyxl.load_workbook(folder / "进度.xlsx")["进度"]
    first, columns = writing.columns(page, "单位", "确认")
    cell = f"进度!{page.cell(first + 1, columns['确认']).coordinate}"
    told = simulated(
        f"{RIBBON}:noted_and_tracked", tracking=str(folder / "进度.xlsx"), addin=addin, cell=cell, note="好的"
    )
    assert "有错误，没有写出结果" in told["said"][0]
    again = openpyxl.load_workbook(folder / "进度.xlsx")["进度"]
    assert again[cell.partition("!")[2]].value == "好的"  # still there to be mended


def test_compare__two_results__what_the_command_line_writes(
    simulated: Simulated, addin: str, some_book: str, played: Played
) -> None:
    before, after = (str(played.folder / "结果" / name / "results.json") for name in ("第1次", "第2次"))
    told = simulated(f"{RIBBON}:compared", before=before, after=after, book=some_book, addin=addin)
    written = openpyxl.load_workbook(workbook(played, "第2次", "变动"))["变动"]
    theirs = [list(row) for row in written.iter_rows(max_row=24, max_col=16, values_only=True)]
    assert told["shown"] == theirs
    assert told["said"][0].startswith("闵行区 总分 74.28 → 73.99")


def test_compare__files_of_two_districts__refused(
    simulated: Simulated, addin: str, some_book: str, played: Played
) -> None:
    returned = played.folder / "回收" / "第1轮"
    files = [["file", str(returned / f"区填报表_{name}.xlsx")] for name in ("黄浦区", "静安区")]
    told = simulated(f"{RIBBON}:pressed", book=some_book, button="compare", addin=addin, answers=files)
    assert "不是同一单位的" in told["said"][0]


# --- 定稿 -------------------------------------------------------------------------------------------------------------------


def test_seal__of_a_round__the_command_lines_result_beside_the_earlier(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path], played: Played
) -> None:
    folder = at("round 3")
    before = digests(folder / "结果")
    told = simulated(
        f"{RIBBON}:pressed", book=some_book, button="seal_round", addin=addin, answers=[["folder", str(folder)]]
    )
    assert results_of(folder, "第2次") == results_of(played.folder, "第2次")
    assert {name: d for name, d in digests(folder / "结果").items() if name.startswith("第1次")} == before
    for sheet, heads in {
        "汇总": ("区", "K01"),
        "排名": ("名次", "区"),
        "评价对照": ("区", "编号"),
        "交表情况": ("单位", "K01"),
    }.items():
        mine, theirs = (
            rows(home / "结果" / "第2次" / "考核汇总_第2次.xlsx", sheet, *heads) for home in (folder, played.folder)
        )
        assert mine == theirs, sheet
    assert told["active"] == "考核汇总_第2次.xlsx"
    assert "排名为暂定：16 个区的数据尚不完整" in told["said"][0]  # newer files were left out
    assert "第 1 名：闵行区（73.99 分）" in told["said"][0]


@pytest.mark.parametrize(
    ("state", "name", "by_round", "chosen"),
    [
        pytest.param("round 2", "第1次", 2, "", marks=pytest.mark.slow),
        pytest.param("round 3", "第2次", 3, "回收", marks=pytest.mark.slow),
        pytest.param("round 3", "第2次", 3, "", marks=pytest.mark.slow),
    ],
)
def test_import__of_a_round_into_the_master__same_ranking_as_the_sealed_result(
    simulated: Simulated,
    at: Callable[[str], Path],
    played: Played,
    tmp_path: Path,
    state: str,
    name: str,
    by_round: int,
    chosen: str,
) -> None:
    folder, done = at(state), tmp_path / MASTER
    returned = digests(folder)
    told = simulated(
        f"{RIBBON}:imported_and_consolidated",
        master=str(folder / "下发" / MASTER),
        folder=str(folder / chosen),
        done=str(done),
    )
    sealed = workbook(played, name)
    for sheet, heads in {"汇总": ("区", "K01"), "排名": ("名次", "区", "备注")}.items():
        mine = [row for row in rows(done, sheet, *heads) if row["区"] in DISTRICTS]
        theirs = [row for row in rows(sealed, sheet, *heads) if row["区"] in DISTRICTS]
        assert len(mine) == 16
        assert mine == theirs, sheet
    for sheet, heads in {"评价对照": ("区", "编号"), "交表情况": ("单位", "K01")}.items():
        for mine, theirs in zip(rows(done, sheet, *heads), rows(sealed, sheet, *heads), strict=True):
            assert mine == pytest.approx(theirs), sheet  # a double has more digits than one file or the other keeps
    imported, consolidated = told["said"]
    assert f"评价表收到 {17 if by_round == 2 else 19} 份，应收 19 份" in imported
    assert "排名为暂定：16 个区的数据尚不完整" in consolidated
    assert digests(folder) == returned
    # 来源 names the judge's cell, and what was taken over.
    origin = {row["编号"]: row["来源"] for row in rows(done, "黄浦区", "编号", "来源")}
    assert "部门评价表_市绿化市容局.xlsx" in origin["K01.1"]
    assert "采用：完成情况 =" in origin["K01.1"]
    assert origin["K33.1"].startswith("尚待评价") == (by_round == 2)
    assert origin["K11.1"].startswith("尚待评价") == (by_round == 2)
    found = {row["代码"] for row in rows(done, "校验", "级别", "代码")}
    assert found == ({"C01", "M05", "V04"} if by_round == 2 else {"V04"})


def evaluation_changed(
    folder: Path, number: int, unit: str, code: str, district: str, head: str, value: object
) -> None:
    """Type something else into a unit's workbook that came back."""
    path = folder / "回收" / f"第{number}轮" / writing.issued_name(unit)
    book = openpyxl.load_workbook(path)
    for page in book:
        first, columns = writing.columns(page, "编号", "区", head)
        for row in range(first + 1, page.max_row + 1) if first else ():
            if (page.cell(row, columns["编号"]).value, page.cell(row, columns["区"]).value) == (code, district):
                page.cell(row, columns[head]).value = value
    book.save(path)


def ranking(path: Path) -> list[dict[str, Any]]:
    return [row for row in rows(path, "排名", "名次", "区", "备注") if row["区"] in DISTRICTS]


@pytest.mark.slow
def test_import__mark_with_an_unclear_recusal__an_error_there_as_well(
    simulated: Simulated, scheme: Scheme, at: Callable[[str], Path], tmp_path: Path
) -> None:
    folder, done = at("round 3"), tmp_path / MASTER
    evaluation_changed(folder, 3, "专家7", "R2.1", "黄浦区", "回避", "待定")
    simulated(
        f"{RIBBON}:imported_and_consolidated", master=str(folder / "下发" / MASTER), folder=str(folder), done=str(done)
    )
    own = next(row for row in rows(done, "汇总", "区", "K01") if row["区"] == "黄浦区")
    assert own["R2"] == "错误"
    sealed = seal_round(scheme, folder, None, STAMP).workbook
    assert ranking(done) == ranking(sealed)


@pytest.mark.slow
def test_import__mark_taken_back_since__does_not_stay(
    simulated: Simulated, scheme: Scheme, at: Callable[[str], Path], tmp_path: Path
) -> None:
    folder, done = at("round 3"), tmp_path / MASTER
    later = Path(shutil.copytree(folder, tmp_path / "以后"))
    evaluation_changed(later, 3, HOUSING, "K16.1", "嘉定区", "评分", None)
    simulated(
        f"{RIBBON}:imported_twice",
        master=str(folder / "下发" / MASTER),
        first=str(folder),
        second=str(later),
        done=str(done),
    )
    own = next(row for row in rows(done, "汇总", "区", "K01") if row["区"] == "嘉定区")
    assert own["K16"] == "缺"
    sealed = seal_round(scheme, later, None, STAMP).workbook
    assert ranking(done) == ranking(sealed)


@pytest.mark.slow
def test_import__district_without_a_form__same_totals_and_what_stood_there_is_not_final(
    simulated: Simulated, scheme: Scheme, addin: str, at: Callable[[str], Path], tmp_path: Path
) -> None:
    """Nobody knows what 崇明区 was assigned: read back as a blank it would be 不适用, and the rest count for more.

    黄浦区 has sent two forms by the time of the second import, of which none counts: what was imported before is not final.
    """
    folder, done = at("round 2"), tmp_path / MASTER
    (folder / "任务分解表.xlsx").unlink()
    for path in (folder / "回收").rglob("*崇明区*"):
        path.unlink()
    plain = Path(addin).with_name(MASTER)
    simulated(f"{RIBBON}:imported_and_consolidated", master=str(plain), folder=str(folder), done=str(done))
    sealed = ranking(seal_round(scheme, folder, None, STAMP).workbook)
    heads = ("名次", "区", "总分", "重点工作")
    mine = ranking(done)
    assert [[row[head] for head in heads] for row in mine] == [[row[head] for head in heads] for row in sealed]
    assert all(row["备注"].startswith("暂定") for row in mine)
    both = tmp_path / "两份"
    both.mkdir()
    for number in (1, 2):
        form = folder / "回收" / f"第{number}轮" / "区填报表_黄浦区.xlsx"
        shutil.copy(form, both / f"区填报表_黄浦区{number}.xlsx")
    shutil.copy(next((folder / "回收").rglob("区填报表_静安区.xlsx")), both)
    again = tmp_path / "again" / MASTER
    again.parent.mkdir()
    simulated(f"{RIBBON}:imported_and_consolidated", master=str(done), folder=str(both), done=str(again), answer="ok")
    remark = {row["区"]: row["备注"] for row in ranking(again)}["黄浦区"]
    assert remark.startswith("暂定")
    assert "没有可用的填报表，表中仍是此前的数" in {row["发现"] for row in rows(again, "校验", "级别", "代码", "发现")}


@pytest.fixture(scope="module")
def imported(simulated: Simulated, played: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """考核总表 after 导入回收表 of the third round and 汇总排名 in Excel. Not to be written to."""
    folder = tmp_path_factory.mktemp("imported")
    home = shutil.copytree(played.at("round 3"), folder / "考核")
    done = home / MASTER  # in the folder of the round, as what was opened
    simulated(
        f"{RIBBON}:imported_and_consolidated", master=str(home / "下发" / MASTER), folder=str(home), done=str(done)
    )
    return done


@requires_office
@pytest.mark.slow
def test_master__consolidated_in_libreoffice_too__same_sheets_as_in_excel(imported: Path, tmp_path: Path) -> None:
    again = tmp_path / MASTER
    actions = [["consolidate", ""], ["check", ""]]
    with Calc(tmp_path / "calc", extension()) as calc:
        told = calc.run("pressed", path=imported, fill={}, actions=actions, save=[again])
    consolidated, checked = told["said"]
    assert consolidated == (
        "汇总完成。第 1 名：闵行区（73.99 分）。\n排名为暂定：16 个区的数据尚不完整。\n校验共 3 条（提醒 3），见“校验”。"
    )
    # Beneath it the first of them, among which is what was known when the values were imported.
    assert checked.startswith("校验完成，共 3 条（提醒 3），见“校验”。\n[提醒] 考核总表.xlsm：市交通委最新的 ")
    names = {*RESULT_SHEETS, POLICIES} - {ALL_UNITS}  # nothing of this scheme is measured by all units
    excel, libreoffice = contents(imported, names), contents(again, names)
    assert set(excel) == set(libreoffice) == names
    for name in names:
        assert libreoffice[name] == excel[name], name


@pytest.mark.slow
@requires_office
def test_master__after_import__its_functions_in_libreoffice_give_the_scores_of_the_round(imported: Path) -> None:
    areas = [[name, "A4:F83"] for name in DISTRICTS]
    (result,) = run_office_with(extension(), [{"open": imported, "recalc": True, "read": areas}])
    assert result["error"] is None, result["error"]
    wanted = oracle.outcome(3)
    compared = 0
    for name, grid in zip(DISTRICTS, result["read"], strict=True):
        shown = {row[0]: row[3] for row in grid if row[0] in ITEMS}
        for item in ITEMS:
            score = wanted.scores[name][item]
            assert shown[item] == ("不适用" if score is None else pytest.approx(float(score))), (name, item)
            compared += 1
        totals = [row[3] for row in grid if row[0] in ("小计", "总分")]
        assert totals == [pytest.approx(float(v)) for v in wanted.sums[name].values()], name
    assert compared == 16 * 44


def test_correct__without_a_sheet_yet__a_blank_one_opened(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path]
) -> None:
    folder = at("round 3")
    before = digests(folder)
    told = simulated(
        f"{RIBBON}:pressed", book=some_book, button="correct", addin=addin, answers=[["folder", str(folder)]]
    )
    assert {name: d for name, d in digests(folder).items() if name != "更正单.xlsx"} == before
    assert told["active"] == "更正单.xlsx"
    assert "填好、保存后再按一次" in told["said"][0]


def test_correct__filled_in__the_command_lines_result(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path], played: Played
) -> None:
    folder = at("before corrections")
    before = digests(folder)
    told = simulated(
        f"{RIBBON}:pressed", book=some_book, button="correct", addin=addin, answers=[["folder", str(folder)]]
    )
    name = "第3次（更正）"
    assert results_of(folder, name) == results_of(played.folder, name)
    assert {path: d for path, d in digests(folder).items() if name not in path} == before
    assert "普陀区 总分 68.38 → 67.48，第 11 名 → 第 12 名" in told["said"][0]
    assert told["active"] == f"考核汇总_{name}.xlsx"


def test_correct__change_not_saved__asks_to_save_first(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path]
) -> None:
    folder = at("before corrections")
    before = digests(folder)
    told = simulated(
        f"{RIBBON}:corrected_unsaved",
        book=some_book,
        addin=addin,
        corrections=str(folder / "更正单.xlsx"),
        folder=str(folder),
    )
    assert "请先保存" in told["said"][0]
    assert digests(folder) == before


def test_correct__a_file_that_counted_was_changed__refused_by_name(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path]
) -> None:
    folder = at("before corrections")
    book = openpyxl.load_workbook(folder / "回收" / "第1轮" / "区填报表_青浦区.xlsx")
    book["附件2"]["A1"].value = "改过"
    book.save(folder / "回收" / "第1轮" / "区填报表_青浦区.xlsx")
    told = simulated(
        f"{RIBBON}:pressed", book=some_book, button="correct", addin=addin, answers=[["folder", str(folder)]]
    )
    assert "区填报表_青浦区.xlsx" in told["said"][0]
    assert not (folder / "结果" / "第3次（更正）").exists()


def test_correct__no_result_yet__says_what_to_do_first(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path], played: Played
) -> None:
    folder = at("issued")
    shutil.copy(played.folder / "更正单.xlsx", folder)
    told = simulated(
        f"{RIBBON}:pressed", book=some_book, button="correct", addin=addin, answers=[["folder", str(folder)]]
    )
    assert "请先汇总本轮" in told["said"][0]


# --- 核验结果 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_verify__nothing_changed__says_so_and_writes_nothing(
    simulated: Simulated, addin: str, some_book: str, played: Played
) -> None:
    folder = played.folder
    before = digests(folder)
    told = simulated(
        f"{RIBBON}:pressed",
        book=some_book,
        button="verify",
        addin=addin,
        answers=[["folder", str(folder / "结果" / "第2次")]],
    )
    assert told["said"][0].startswith("第2次：一致\n")
    assert told["books"] == [Path(some_book).name]
    assert digests(folder) == before


@pytest.mark.slow
def test_verify__result_changed_by_hand__what_differs_said_and_listed_in_a_new_workbook(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path]
) -> None:
    folder = at("before corrections")
    path = folder / "结果" / "第1次" / "results.json"
    data = results_of(folder, "第1次")
    data["districts"][0]["items"]["K01"]["score"] = 0.5
    path.chmod(0o644)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    before = digests(folder)
    told = simulated(f"{RIBBON}:verified", book=some_book, addin=addin, folder=str(folder))
    line = f"results.json {data['districts'][0]['name']} K01 得分：封存 0.50，重新计算 "
    assert "第1次：不一致，共 2 处" in told["said"][0]
    assert line in told["said"][0]
    assert "第2次：一致" in told["said"][0]
    assert any(str(cell).startswith(line) for row in told["shown"] for cell in row)
    assert digests(folder) == before


# --- 汇报 and 口径分析 ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_report__of_the_newest_result__written_beside_the_results_and_opened(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path]
) -> None:
    folder = at("before corrections")
    told = simulated(
        f"{RIBBON}:pressed", book=some_book, button="report", addin=addin, answers=[["folder", str(folder)]]
    )
    path = folder / "文书" / "汇报_第2次.xlsx"
    assert str(path) in told["said"][0]
    assert path.name in told["books"]
    book = openpyxl.load_workbook(path)
    assert {"全市完成情况", "失分热力图", "专家评分", "专家尺度", "部门核定"} <= set(book.sheetnames)


@pytest.mark.slow
def test_compare_years__of_two_results_of_a_round__as_the_command_line(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = at("before corrections")
    answers = [["folder", str(chosen)] for chosen in (folder, folder / "结果" / "第1次")]
    told = simulated(f"{RIBBON}:pressed", book=some_book, button="compare_years", addin=addin, answers=answers)
    path = folder / "文书" / "年度比较_前一份结果_后一份结果.xlsx"
    assert path.name in told["books"]
    by_command = tmp_path / "年度比较.xlsx"
    results = [str(folder / "结果" / name / "results.json") for name in ("第1次", "第2次")]
    said = subprocess.run(
        [sys.executable, "-m", "xladdin", "compare", *results, "-o", str(by_command)], capture_output=True, check=True
    )
    assert told["said"][0].splitlines()[:5] == said.stdout.decode().splitlines()[:5]
    assert shown(path) == shown(by_command)


def shown(path: Path) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(path).worksheets}


@pytest.mark.slow
def test_analyse__of_a_round__apart_from_the_results_with_the_readings_that_units_judged_under(
    simulated: Simulated, addin: str, some_book: str, at: Callable[[str], Path]
) -> None:
    folder = at("before corrections")
    sealed = digests(folder / "结果")
    told = simulated(
        f"{RIBBON}:pressed", book=some_book, button="analyse", addin=addin, answers=[["folder", str(folder)]]
    )
    path = folder / "口径分析.xlsx"
    assert told["said"][0].startswith("全部 1536 种口径组合中居第一的：")
    assert path.name in told["books"]
    assert digests(folder / "结果") == sealed
    rows = list(openpyxl.load_workbook(path)["逐条口径"].iter_rows(values_only=True))
    at_head = next(n for n, row in enumerate(rows) if "改为" in row)
    moved = {str(row[2]).rpartition("（")[2].rstrip("）"): row[5] for row in rows[at_head + 2 :]}
    assert moved["lead"] > 0  # several departments have judged one task differently
