"""FineScore.xlam and the macros of 考核总表.xlsm at work in the simulated Excel: when they are opened, how they start Python."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from pyopenvba import ExcelFile

from macros.vba.modules import NO_ANSWER, NO_PYTHON
from macros.vba.workbooks import addin, replaced, with_macros
from udfs.catalogue import CATEGORY, FUNCTIONS
from udfs.registration import argument_text
from xladdin.workbook.package import DOS, packed, unpacked
from xladdin.workbook.read.reader import read_bytes

Simulated = Callable[..., Any]

SCENARIOS = "tests.macros.vba.scenarios"

TEXTS, SHEET = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def addin_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("addin") / "FineScore.xlam"
    path.write_bytes(addin())
    return path


@pytest.fixture(scope="module")
def workbook_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        book.add_worksheet("表").write_formula("A1", "=FS_BRIEFS(5)", None, 1.5)
    path = tmp_path_factory.mktemp("workbook") / "book.xlsm"
    path.write_bytes(with_macros(data.getvalue()))
    return path


# --- The function wizard --------------------------------------------------------------------------------------------

STARTED = {
    "while_starting": [{}, True, []],
    "flashed": [],
    "messages": [],
    "addin": [True, True],
    "books": [],
    "screen": True,
    "watched": True,
}
"""What the add-in's start is to leave behind, whether or not the wizard has its texts."""


def test_wizard__addin_loaded__told_what_xlwings_would_tell(simulated: Simulated, addin_file: Path) -> None:
    found = simulated(f"{SCENARIOS}:wizard", addin=str(addin_file))
    texts = found.pop("texts")
    assert texts == simulated(f"{SCENARIOS}:wizard_of_xlwings")
    assert texts["'FineScore.xlam'!FS_BRIEFS"][1:] == ["精细化考核", "全年报送的篇数，一格，不小于 0 的整数"]
    assert len(texts) == len(FUNCTIONS)
    assert found == STARTED


def test_wizard__texts_in_the_sheet__whole_and_not_longer_than_excel_takes(addin_file: Path) -> None:
    (sheet,) = (s for s in read_bytes(addin_file.read_bytes()).sheets)
    assert [[raw for raw in cells if raw is not None] for cells in sheet.rows] == [
        [f.name, f.description, CATEGORY, *(argument_text(f, a) for a in f.arguments)] for f in FUNCTIONS
    ]
    assert max(len(str(raw)) for cells in sheet.rows for raw in cells) <= 255


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (">FS_RATIO<", ">FS_NO_SUCH<", 0),
        (">FS_CLAUSE<", ">FS_NO_SUCH<", len(FUNCTIONS) - 1),
        (">简讯：", f">{'长' * 256}", [f.name for f in FUNCTIONS].index("FS_BRIEFS")),
        ("<sheetData>", "<sheetData/><!--", 0),
    ],
    ids=["first", "last", "too-long", "no-texts"],
)
def test_wizard__macro_options_fails__hidden_again_and_nobody_told(
    simulated: Simulated, addin_file: Path, tmp_path: Path, old: str, new: str, told: int
) -> None:
    parts = unpacked(addin_file.read_bytes())
    replaced(parts, SHEET if "<!--" in new else TEXTS, old, new)
    if "<!--" in new:
        replaced(parts, SHEET, "</sheetData>", "-->")
    damaged = tmp_path / "FineScore.xlam"
    damaged.write_bytes(packed(parts, DOS))
    found = simulated(f"{SCENARIOS}:wizard", addin=str(damaged))
    assert len(found.pop("texts")) == told
    assert found == STARTED


# --- Looking for formulas to reconnect ------------------------------------------------------------------------------


def told_when_looking(source: Path, folder: Path) -> Path:
    """A copy of the file whose macros print a line each time they look for formulas to reconnect."""
    heading = "Public Function NeedsRepair(ByVal Wb As Workbook) As Boolean\r\n"
    with ExcelFile(source) as file:
        module = file.get_module("FineScoreRepair")
        assert module.count(heading) == 1
        file.set_module("FineScoreRepair", module.replace(heading, f'{heading}    Debug.Print "looked"\r\n'))
        file.save(folder / source.name)
    return folder / source.name


@pytest.mark.parametrize(
    ("with_addin", "looks"), [(True, {"FineScore.xlam": 1, "book.xlsm": 0}), (False, {"book.xlsm": 1})]
)
def test_open__workbook_with_macros__looked_at_once(
    simulated: Simulated, addin_file: Path, workbook_file: Path, tmp_path: Path, with_addin: bool, looks: dict[str, int]
) -> None:
    book, addin = told_when_looking(workbook_file, tmp_path), told_when_looking(addin_file, tmp_path)
    assert simulated(f"{SCENARIOS}:looks", book=str(book), addin=str(addin) if with_addin else None) == looks


# --- Starting Python ------------------------------------------------------------------------------------------------

CONFIGURATION = '"INTERPRETER_WIN","D:\\FineScore\\python\\python.exe"\r\n"USE UDF SERVER","True"\r\n'


@pytest.mark.parametrize("is_addin", [True, False], ids=["addin", "workbook"])
@pytest.mark.parametrize(
    ("environment", "interpreter"),
    [
        ({"ComSpec": "C:\\Windows\\System32\\cmd.exe"}, '"C:\\Windows\\System32\\cmd.exe"'),
        ({"ComSpec": "C:\\Win dows\\cmd.exe"}, '"C:\\Win dows\\cmd.exe"'),
        ({}, '"cmd.exe"'),
    ],
)
def test_command_line__interpreter__named_by_its_whole_path(
    simulated: Simulated,
    addin_file: Path,
    workbook_file: Path,
    is_addin: bool,
    environment: dict[str, str],
    interpreter: str,
) -> None:
    file = addin_file if is_addin else workbook_file
    found = simulated(
        f"{SCENARIOS}:command_lines", file=str(file), configuration=CONFIGURATION, environment=environment
    )
    assert found == {
        "server": f'{interpreter} /C ""D:\\FineScore\\python\\python.exe" -I -B -c'
        """ "import macros.excel.server; macros.excel.server.serve('$(CLSID)')\"\"""",
        "messages": [],
    }


def test_python__does_not_start__one_text_at_once_and_not_asked_again_for_a_minute(
    simulated: Simulated, addin_file: Path
) -> None:
    found = simulated(f"{SCENARIOS}:python_does_not_start", addin=str(addin_file), cells=40)
    assert found["shown"] == [
        [[NO_ANSWER], 1],  # 40 cells, one attempt
        [[NO_ANSWER], 2],  # a button asks again
        [[NO_ANSWER], 2],
        [[NO_ANSWER], 3],  # a minute later
        [[1.5], 4],
        [[1.5], 5],  # a Python that was killed is replaced
    ]
    assert found["opened"] < 10  # the configuration is not read for every cell


def test_python__without_interpreter__cells_say_so(simulated: Simulated, addin_file: Path) -> None:
    assert simulated(f"{SCENARIOS}:not_installed", addin=str(addin_file)) == [NO_PYTHON, NO_PYTHON]


def test_button__python_killed_at_work__excel_as_before_and_the_next_press_works(
    simulated: Simulated, workbook_file: Path
) -> None:
    found = simulated(f"{SCENARIOS}:killed_at_work", book=str(workbook_file))
    assert found["settings"] == {
        "ScreenUpdating": True,
        "EnableEvents": True,
        "DisplayAlerts": True,
        "Calculation": -4135,  # the clerk's own choice
        "StatusBar": False,
        "Interactive": True,
    }
    assert found["said"] == [NO_ANSWER, "好了"]
    assert found["alerts_at_work"] is False  # else Excel would say that it waits for another program
    assert found["held"] is False
    assert found["given_up"] == ["ComError", "AttributeError"]  # not for ever
    assert found["cancel_key"] == 0  # xlDisabled


def test_functions__whole_columns__only_their_used_part_is_read(simulated: Simulated, addin_file: Path) -> None:
    assert simulated(f"{SCENARIOS}:whole_columns", addin=str(addin_file)) == {
        "=FS_TOTAL(A:A)": [7, "A1:A40"],
        "=FS_RATIO(A:A,B:B)": [1.33, "A1:A40", "B1:B40"],  # 1/2, 2/4, 4/4
        "=FS_TOTAL(A2:B1048576)": [14, "A2:B40"],
        "=FS_TOTAL(1:1)": [3, "A1:D1"],
        "=FS_TOTAL(H:H)": [0, "H1:H40"],
        "=FS_TOTAL(A20000:A20010)": [0, "A20000"],
        "=FS_TOTAL(A1:B2)": [9, "A1:B2"],
    }


def test_close__workbook_and_addin__python_is_ended_once(
    simulated: Simulated, addin_file: Path, workbook_file: Path
) -> None:
    ended, started, started_without_need = simulated(
        f"{SCENARIOS}:closed", addin=str(addin_file), book=str(workbook_file)
    )
    assert ended == [1, 0, 1, 0]  # the workbook's own; not while the add-in uses it; the add-in's; none was there
    assert (started, started_without_need) == (1, 0)


def test_total__several_areas__never_the_first_alone(simulated: Simulated, addin_file: Path) -> None:
    found = simulated(f"{SCENARIOS}:areas", addin=str(addin_file))
    assert found["held"] is False
    several = found["shown"].pop("=FS_TOTAL((A1:A3,C1:C3))")
    assert several.startswith("错误：") and "几块不相连的区域" in several
    assert found["shown"] == {"=FS_TOTAL(A1:A3,C1:C3)": 63, "=FS_TOTAL(64,A1:A3)": 71, "=FS_TOTAL(C3)": 32}
