"""Buttons where Excel refuses: an older version, no printer, a user who clicks, protected sheets, files on the web."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from macros.actions import ACTIONS
from macros.build import build_addin
from macros.documents import OWN_TEMPLATES
from macros.excel.sheet_writer import _content
from tests.conftest import Forms
from tests.macros.excel.test_ribbon import WANTED_FORMULAS, broken_book, targets_file
from xladdin.results.master import MASTER_FILE
from xladdin.rounds.sealing import seal_round, sealed_results
from xladdin.scheme import Scheme
from xladdin.sending.forms import ADDIN_FILE
from xladdin.sending.schemes import exported
from xladdin.words import RETURNED_FOLDER, VALUE, form_file_name
from xladdin.workbook.tables import Cell

Simulated = Callable[..., Any]

REFUSED = "tests.macros.excel.refusal_scenarios:refused"

RESTORED = {
    "ScreenUpdating": True,
    "EnableEvents": True,
    "DisplayAlerts": True,
    "Calculation": -4105,
    "StatusBar": False,
    "Interactive": True,
}

EXCEPTION, APPLICATION_ERROR = -2147352567, -2146827284
"""DISP_E_EXCEPTION, and Excel's error 1004."""


@pytest.fixture(scope="module")
def built(scheme: Scheme, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both files with macros. Not to be written to."""
    folder = tmp_path_factory.mktemp("built")
    build_addin(scheme, folder)
    return folder


def test_repair__excel_without_formula2__mends_by_button_and_by_opening(
    built: Path, simulated: Simulated, tmp_path: Path
) -> None:
    book = broken_book(tmp_path / "旧表.xlsx")
    result = simulated("tests.macros.excel.refusal_scenarios:old_excel", book=str(book), addin=str(built / ADDIN_FILE))
    assert result["said"] == ["修复了 5 个公式，已列在新工作簿里。"]
    assert [row[0] for row in result["by_button"][:5]] == WANTED_FORMULAS
    assert [row[0] for row in result["by_opening"][:5]] == WANTED_FORMULAS


@pytest.mark.slow
def test_consolidate__printer_without_a3_or_none__all_sheets_written_and_said(
    built: Path, simulated: Simulated
) -> None:
    """The sheets of 考核总表 are there already; what 校验 of a form and the others write apart is new."""
    for members in (["PaperSize"], ["PaperSize", "Orientation", "Zoom", "FitToPagesWide", "PrintTitleRows"]):
        refusals = [["set", "PageSetup", name, EXCEPTION, APPLICATION_ERROR] for name in members]
        result = simulated(
            "tests.macros.excel.refusal_scenarios:without_result_sheets",
            book=str(built / MASTER_FILE),
            refusals=refusals,
        )
        assert result["added"] == ["汇总", "排名", "校验", "溯源"]
        assert "没有可用的打印机" in result["said"][0]
        assert "汇总、排名、校验、溯源的打印设置没有设全" in result["said"][0]
        assert result["settings"] == RESTORED
        assert result["tall"] == 4  # the rest of the page is set all the same


@pytest.mark.parametrize(
    ("hresult", "scode"), [(-2147418111, 0), (-2147417846, 0), (-2146777998, 0), (EXCEPTION, -2146777998)]
)
def test_button__excel_busy__says_what_to_do(built: Path, simulated: Simulated, hresult: int, scode: int) -> None:
    # What xlwings itself tries again as often as Excel says 0x80010001 is refused as something it does not try again.
    kind = "get" if hresult != -2147418111 else "call"
    member = "UsedRange" if kind == "get" else "Calculate"
    of = "Worksheet" if kind == "get" else "Application"
    result = simulated(
        REFUSED, book=str(built / MASTER_FILE), button="consolidate", refusals=[[kind, of, member, hresult, scode]]
    )
    assert result["said"] == ["Excel 正忙：请先按 Enter 结束单元格编辑、关闭打开的对话框，再按一次。"]
    assert result["written"] == []
    assert result["settings"] == RESTORED


@pytest.mark.parametrize("member", ["EnableEvents", "ScreenUpdating", "Calculation", "Interactive", "StatusBar"])
def test_button__setting_refused__the_others_are_as_before(built: Path, simulated: Simulated, member: str) -> None:
    result = simulated(
        REFUSED,
        book=str(built / MASTER_FILE),
        button="check",
        refusals=[["set", "Application", member, EXCEPTION, APPLICATION_ERROR]],
    )
    assert len(result["said"]) == 1
    assert result["settings"] == RESTORED


def test_consolidate__sheet_and_structure_protected__named_and_nothing_written(
    built: Path, simulated: Simulated
) -> None:
    result = simulated(
        REFUSED, book=str(built / MASTER_FILE), button="consolidate", refusals=[], protected=["排名", "口径"]
    )
    assert result["said"] == [
        "工作表“排名”受保护，请先在“审阅”里撤消工作表保护。\n"
        "工作表“口径”受保护，请先在“审阅”里撤消工作表保护。\n"
        "没有写入任何内容；改好后请再按一次。"
    ]
    assert result["written"] == []


def test_consolidate__structure_protected__says_which_sheets_it_would_add(built: Path, simulated: Simulated) -> None:
    result = simulated(
        "tests.macros.excel.refusal_scenarios:without_result_sheets",
        book=str(built / MASTER_FILE),
        refusals=[],
        structure=True,
    )
    assert result["said"] == [
        "工作簿的结构受保护，不能添加工作表“汇总、排名、校验、溯源”，请先在“审阅”里撤消工作簿保护。\n"
        "没有写入任何内容；改好后请再按一次。"
    ]
    assert result["written"] == []


def test_import__one_district_in_the_way__no_district_is_filled(
    forms: Forms, built: Path, simulated: Simulated, tmp_path: Path
) -> None:
    folder = forms.write_all(tmp_path / "回收")
    result = simulated(
        REFUSED,
        book=str(built / MASTER_FILE),
        button="import_returned",
        refusals=[],
        protected=["静安区"],
        calls=[["徐汇区!J4:J6", "Merge", []], ["长宁区!A3:L20", "AutoFilter", [6, "K01.1"]]],
        arrays={"普陀区!J4:J5": "=I4:I5*1"},
        answers=[str(folder)],
    )
    told = result["said"][0]
    assert "工作表“静安区”受保护" in told
    assert "工作表“徐汇区”里要填写的单元格有合并的" in told
    assert "工作表“长宁区”有筛选" in told
    assert "工作表“普陀区”里要填写的单元格有数组公式" in told
    assert told.count("\n") == 4
    assert result["written"] == []
    assert result["settings"] == RESTORED


ON_THE_WEB = f"https://office-my.sharepoint.com/personal/wang/Documents/{MASTER_FILE}"


@pytest.mark.parametrize("button", ["import_returned", "consolidate"])
def test_button__workbook_on_the_web__works_without_links(
    forms: Forms, built: Path, simulated: Simulated, tmp_path: Path, button: str
) -> None:
    folder = forms.write_all(tmp_path / "回收")
    result = simulated(
        REFUSED,
        book=str(built / MASTER_FILE),
        button=button,
        refusals=[],
        address=ON_THE_WEB,
        answers=[str(folder)],
    )
    assert "程序出错" not in result["said"][0]
    assert result["written"]


def test_consolidate__looks_refused__written_whole_and_said(built: Path, simulated: Simulated) -> None:
    result = simulated(
        REFUSED,
        book=str(built / MASTER_FILE),
        button="consolidate",
        refusals=[["call", "Range", "AutoFilter", EXCEPTION, APPLICATION_ERROR]],
        looks=True,
    )
    assert result["said"][0].endswith("\n校验的内容写全了，外观没有设全，可以再按一次。")
    assert [area.partition("!")[0] for area in result["written"]] == ["汇总", "排名", "校验", "溯源", "口径"]


def test_consolidate__third_sheet_refused__all_as_before(built: Path, simulated: Simulated) -> None:
    before, after, texts = simulated(
        "tests.macros.excel.refusal_scenarios:third_sheet_refused", book=str(built / MASTER_FILE)
    )
    assert texts[0].startswith("汇总完成")
    assert "程序出错" in texts[1]
    assert after == before


@pytest.mark.slow
@pytest.mark.parametrize(("visible", "structure"), [(0, False), (2, False), (2, True)])
def test_consolidate__ranking_hidden__shown_or_said(
    built: Path, simulated: Simulated, visible: int, structure: bool
) -> None:
    result = simulated(
        "tests.macros.excel.refusal_scenarios:hidden_ranking",
        book=str(built / MASTER_FILE),
        visible=visible,
        structure=structure,
    )
    assert result["visible"] == (visible if structure else -1)
    assert (result["shown"] == "排名") is not structure
    assert ("结果写在工作表“排名”里；它是隐藏的" in result["said"][0]) is structure
    assert "程序出错" not in result["said"][0]
    assert [area.partition("!")[0] for area in result["written"]] == ["汇总", "排名", "校验", "溯源", "口径"]


@pytest.mark.slow
def test_tab__macros_blocked__the_addins_buttons_work_on_the_workbook(built: Path, simulated: Simulated) -> None:
    buttons, texts = simulated(
        "tests.macros.excel.refusal_scenarios:macros_blocked",
        book=str(built / MASTER_FILE),
        addin=str(built / ADDIN_FILE),
    )
    # The workbook cannot be asked whether its own tab is to be shown, so Excel shows it: the guide says what that means.
    assert buttons == 2
    assert len(texts) == 1 and texts[0].startswith("汇总完成")


def test_consolidate__opened_for_reading__written_and_said(built: Path, simulated: Simulated) -> None:
    result = simulated(REFUSED, book=str(built / MASTER_FILE), button="check", refusals=[], read_only=True)
    assert result["said"][0].endswith("这个工作簿是以只读方式打开的，要留下结果请用“另存为”。")
    assert result["written"]


def test_number__formatted_as_currency__read_whole(built: Path, simulated: Simulated) -> None:
    in_cell, in_block, number, date, given = simulated(
        "tests.macros.excel.refusal_scenarios:currency", addin=str(built / ADDIN_FILE)
    )
    assert given == "Decimal"  # Excel's Currency, of four decimals: 75.2500
    assert (in_cell, in_block) == (1.5, 1.5)
    assert number == 75.24995
    assert date == "SerialDate(number=45063.0)"


def test_number__shown_with_a_percent_sign__one_only_where_the_sign_divides(built: Path, simulated: Simulated) -> None:
    formats = {"J4": '0"%"', "J5": "0%", "J6": "0\\%", "J7": "General"}
    assert simulated(
        "tests.macros.excel.refusal_scenarios:percentages", master=str(built / MASTER_FILE), formats=formats
    ) == {"J4": "48.0", "J5": "Percentage(number=48.0)", "J6": "48.0", "J7": "48.0"}


def test_link__longer_than_excel_takes_in_a_formula__is_a_text() -> None:
    assert _content(Cell("说明", link="附件#表!A1")) == '=HYPERLINK("[附件]\'表\'!A1","说明")'
    assert _content(Cell("长" * 256, link="附件#表!A1")) == "长" * 256
    assert _content(Cell("说明", link=f"{'目' * 250}#表!A1")) == "说明"


@pytest.mark.slow
def test_track_round__one_of_its_files_open__nothing_is_written(
    forms: Forms, built: Path, simulated: Simulated, tmp_path: Path
) -> None:
    (tmp_path / RETURNED_FOLDER).mkdir()
    (tmp_path / RETURNED_FOLDER / form_file_name("黄浦区")).write_bytes(forms.make("黄浦区"))
    told, *books = simulated(
        "tests.macros.excel.refusal_scenarios:tracked_while_open",
        book=str(built / MASTER_FILE),
        folder=str(tmp_path),
        opened_file=str(tmp_path / "催报清单.xlsx"),
    )
    assert told == "“催报清单.xlsx”开着，写不进去，请先关闭它。\n没有写入任何内容；改好后请再按一次。"
    assert books == [MASTER_FILE, "进度.xlsx", "催报清单.xlsx"]


@pytest.mark.slow
def test_consolidate__manual_calculation_and_a_second_excel__fresh_numbers_and_only_the_own_book(
    built: Path, simulated: Simulated
) -> None:
    result = simulated("tests.macros.excel.refusal_scenarios:second_excel", book=str(built / MASTER_FILE))
    assert result["calculated"] == 1  # before it was read
    assert result["calculation"] == -4135
    assert result["score"] == 0.75  # 3 of 8, typed while nothing was calculated
    assert result["other"] == [[], []]


# --- One call refused, each in its turn -----------------------------------------------------------------------------

MOST = 10_000 if os.environ.get("XLADDIN_EVERY_CALL") else 4
"""How many calls of each button are refused; all of them where that is asked for, which takes some twenty minutes."""

BUSY, REJECTED = -2146777998, -2147418111
"""0x800AC472, and 0x80010001, after which xlwings tries again."""


@dataclass
class Place:
    """Where a button is pressed, and what is answered."""

    book: Path
    answers: list[list[str]]
    folder: Path | None = None
    select: str = ""


@pytest.fixture
def places(forms: Forms, scheme: Scheme, built: Path, tmp_path: Path) -> Callable[[str], Place]:
    """For each button a place: a folder, a round with two forms, two results."""

    def place(button: str) -> Place:
        master, home = built / MASTER_FILE, tmp_path / "考核"
        (home / RETURNED_FOLDER).mkdir(parents=True)
        for district in scheme.district_names[:2]:
            (home / RETURNED_FOLDER / form_file_name(district)).write_bytes(forms.make(district))
        chosen = ["folder", str(home)]
        match button:
            case "consolidate" | "check" | "checkup":
                return Place(master, [])
            case "explain":
                return Place(master, [], select="黄浦区!J5")
            case "repair":
                return Place(broken_book(tmp_path / "旧表.xlsx"), [])
            case "distribute":
                out = tmp_path / "下发"
                out.mkdir()
                return Place(targets_file(scheme, tmp_path / "任务分解表.xlsx"), [["folder", str(out)]], out)
            case "make_targets" | "make_templates":
                out = tmp_path / "下发"
                out.mkdir()
                return Place(master, [["folder", str(out)]], out)
            case "check_scheme" | "compare_schemes":
                book = tmp_path / "考核方案.xlsx"
                book.write_bytes(exported(scheme))
                if button == "check_scheme":  # something to list
                    workbook = openpyxl.load_workbook(book)
                    workbook["单位"]["A2"] = workbook["单位"]["A3"].value
                    workbook.save(book)
                return Place(book, [])
            case "compare":
                old, new = tmp_path / "一.xlsx", tmp_path / "二.xlsx"
                old.write_bytes(forms.make("黄浦区"))
                new.write_bytes(forms.make("黄浦区", {("K01.1", VALUE): 1}))
                return Place(master, [["file", str(old)], ["file", str(new)]])
            case "make_evaluations":
                return Place(master, [chosen, ["text", ""]], home)
            case "make_documents":
                seal_round(scheme, home, scheme.choose_policies({}), datetime(2024, 1, 5))
                small_templates(home / OWN_TEMPLATES)
                return Place(master, [chosen, ["text", "3"]], home)
            case "compare_years":
                choice = scheme.choose_policies({})
                for _ in range(2):
                    seal_round(scheme, home, choice, datetime(2024, 1, 5))
                    (home / RETURNED_FOLDER / form_file_name("黄浦区")).write_bytes(
                        forms.make("黄浦区", {("K01.1", VALUE): 1.0})
                    )
                results = [["folder", str(folder)] for folder in sealed_results(home)]
                return Place(master, [*reversed(results)], home)
            case "correct" | "verify" | "report":
                choice = scheme.choose_policies({})
                sealed = seal_round(scheme, home, choice, datetime(2024, 1, 5))
                if button == "verify":
                    sealed.workbook.unlink()  # something to list
        return Place(master, [chosen], home)

    return place


def small_templates(folder: Path) -> None:
    """Templates of a line, so that documents are made at once."""
    folder.mkdir()
    for name in ("通报", "单区反馈表"):
        document = docx.Document()
        document.add_paragraph("{{ 考核 }}{{ 区数 }}个区")
        document.save(str(folder / f"{name}.docx"))


def swept(
    simulated: Simulated, place: Place, button: str, addin: Path, most: int, codes: tuple[int, int]
) -> list[list[Any]]:
    """The calls that were refused, each leaving Excel as it was, nothing half done, and the clerk told the truth."""
    found = simulated(
        "tests.macros.excel.refusal_scenarios:sweep",
        book=str(place.book),
        button=button,
        most=most,
        codes=codes,
        addin=str(addin),
        select=place.select,
        answers=place.answers,
        folder=str(place.folder or ""),
    )
    assert found["told"] and "程序出错" not in found["told"][0], found["told"]
    refused: list[list[Any]] = found["refused"]
    states = Counter(f"{books} {files}" for _call, _texts, (books, files), _restored in refused)
    print(f"{button}: {found['calls']} calls, {len(refused)} refused, {dict(states)}")
    for call, texts, (books, files), restored in refused:
        assert restored, (call, texts)
        (told,) = texts
        assert re.search("[一-鿿]", told), call
        if books == files == "before":
            continue
        # All that was not done is files, or one thing in a workbook, and that is said.
        assert files != "half", (call, told)
        assert books != "half" or re.search("没有改动：Sheet1!C|Excel 没有", told), (call, told)
        assert "没有写入" not in told, (call, told)
        assert (
            (books, files) != ("before", "complete")
            or told in found["told"]
            or re.search("Excel 没有|没有能写出", told)
        ), (
            call,
            told,
        )
    return refused


@pytest.mark.slow
@pytest.mark.parametrize("button", [action.id for action in ACTIONS])
def test_sweep__each_call_refused__no_harm(
    built: Path, simulated: Simulated, places: Callable[[str], Place], button: str
) -> None:
    refused = swept(simulated, places(button), button, built / ADDIN_FILE, MOST, (EXCEPTION, APPLICATION_ERROR))
    assert len(refused) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("button", ["seal_round", "import_returned"])
@pytest.mark.parametrize("code", [BUSY, REJECTED])
def test_sweep__excel_busy_at_a_call__no_harm(
    built: Path, simulated: Simulated, places: Callable[[str], Place], button: str, code: int
) -> None:
    codes = (EXCEPTION, BUSY) if code == BUSY else (REJECTED, 0)
    for call, texts, _state, _restored in swept(simulated, places(button), button, built / ADDIN_FILE, MOST, codes):
        assert "程序出错" not in texts[0], (call, texts)
