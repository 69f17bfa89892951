"""The LibreOffice harness itself: what it reads must be what LibreOffice calculates from what was set."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter

from tests.support import libreoffice
from tests.support.libreoffice import (
    DEADLINE,
    MAX_CRASHES,
    OfficeCrashed,
    OfficeError,
    requires_office,
    run_office,
    to_png,
)

ROOT = Path(__file__).resolve().parents[2]

WRONG = 999
"""The cached value of every formula in the test workbook."""

DIV0, NA, REF = 532, 32767, 524
"""LibreOffice's codes for #DIV/0!, #N/A and #REF!."""


def write_workbook(path: Path, *, protected: bool = False, password: str = "", manual: bool = False) -> Path:
    """Inputs in A1:A4, and for each of them in B:E what a formula thinks of it."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("In")
    two_decimals = book.add_format({"num_format": "0.00", "locked": False})
    for row, value in enumerate((5, 6, 7, 8), start=1):
        sheet.write_number(f"A{row}", value, two_decimals)
        for column, test in zip("BCDE", ("ISBLANK", "ISTEXT", "ISLOGICAL", "ISNUMBER"), strict=True):
            sheet.write_formula(f"{column}{row}", f"=IF({test}(A{row}),1,0)", None, WRONG)
    out = book.add_worksheet("Out")
    out.write_formula("A1", "=SUM(In!A1:A4)", None, WRONG)
    out.write_formula("A2", "=1/0", None, WRONG)
    out.write_formula("A3", "=NA()", None, WRONG)
    out.write_formula("A4", '=""', None, "wrong")
    out.write_number("B1", 0.45, book.add_format({"num_format": "0%"}))
    out.write_datetime("B2", date(2024, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    out.write_string("B3", "=1+1")
    if protected:
        sheet.protect(password)
    if manual:
        book.set_calc_mode("manual")
    book.close()
    return path


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_workbook(tmp_path_factory.mktemp("workbook") / "plain.xlsx")


def run_one(job: dict[str, Any]) -> dict[str, Any]:
    """Run a single job that must succeed."""
    (result,) = run_office([job])
    assert result["error"] is None
    return result


@requires_office
def test_recalculates_on_load_and_reads_each_kind_of_cell(workbook: Path) -> None:
    result = run_one({"open": workbook, "read": [["Out", "A1:B4"], [0, "A1:A2"]], "formulas": [["Out", "A1:B4"]]})
    assert result["read"] == [
        [[26, 0.45], [{"error": DIV0}, 45352], [{"error": NA}, "=1+1"], ["", None]],
        [[5], [6]],
    ]
    assert result["formulas"] == [[["=SUM($In.A1:A4)", None], ["=1/0", None], ["=NA()", None], ['=""', None]]]
    assert result["cases"] == []


@requires_office
def test_recalculates_other_formats_on_load(workbook: Path, tmp_path: Path) -> None:
    xls, ods, changed_ods = tmp_path / "copy.xls", tmp_path / "copy.ods", tmp_path / "changed.ods"
    run_one({"open": workbook, "save": [[xls, "xls"], [ods, "ods"]]})

    stored = xls.read_bytes()
    assert stored.count(struct.pack("<d", 26)) == 1
    xls.write_bytes(stored.replace(struct.pack("<d", 26), struct.pack("<d", WRONG)))
    with zipfile.ZipFile(ods) as source, zipfile.ZipFile(changed_ods, "w") as target:
        for entry in source.infolist():
            target.writestr(entry, source.read(entry).replace(b'office:value="26"', b'office:value="999"'))
    for path in (xls, changed_ods):
        rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("Out").to_python()
        assert rows[0][0] == WRONG

    read = [["Out", "A1:A3"]]
    for result in run_office([{"open": xls, "read": read}, {"open": changed_ods, "read": read}]):
        assert result["error"] is None
        assert result["read"] == [[[26], [{"error": DIV0}], [{"error": NA}]]]


@requires_office
def test_set_keeps_the_type_of_each_value(workbook: Path) -> None:
    cases: list[tuple[list[Any], list[list[int]]]] = [
        ([None, "text", True, 1.5], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]),
        (["12", "=1+1", "TRUE", "45%"], [[0, 1, 0, 0]] * 4),
        (["2024-03-01", "'quoted", "1e3", "two\nlines"], [[0, 1, 0, 0]] * 4),
        (["", " ", "#N/A", "-"], [[0, 1, 0, 0]] * 4),
        # Nothing of the earlier cases is left: the boolean of the first has become a plain number.
        ([1, 2, 3, None], [[0, 0, 0, 1]] * 3 + [[1, 0, 0, 0]]),
    ]
    result = run_one(
        {
            "open": workbook,
            "cases": [{"set": [["In", "A1:A4", [[value] for value in values]]]} for values, _ in cases],
            "read": [["In", "A1:A4"], ["In", "B1:E4"]],
        }
    )
    for (values, kinds), (read, seen) in zip(cases, result["cases"], strict=True):
        assert read == [[value] for value in values]
        assert seen == kinds


@requires_office
def test_set_keeps_the_number_format(workbook: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.xlsx"
    run_one(
        {
            "open": workbook,
            "set": [["In", "A1:A4", [["12"], ["2024-03-01"], [True], [1]]], ["In", "A3:A3", [[3]]]],
            "save": [[saved, "xlsx"]],
        }
    )
    cells = [row[0] for row in openpyxl.load_workbook(saved)["In"]["A1:A4"]]
    assert [cell.value for cell in cells] == ["12", "2024-03-01", 3, 1]
    assert {cell.number_format for cell in cells} == {"0.00"}


@requires_office
def test_type_reads_text_as_typed(workbook: Path) -> None:
    typed = {
        "=1/0": {"error": DIV0},
        "=SUM(In!$A$1:A2, 1)": 12,
        '=IF(TRUE,"yes","no")': "yes",
        "=#REF!": {"error": REF},
        "45%": 0.45,
        "1,234.5": 1234.5,
        "3/1/2024": 45352,
        "TRUE": 1,
        "12": 12,
        "'007": "007",
        "'=1+1": "=1+1",
        "n/a": "n/a",
    }
    result = run_one(
        {
            "open": workbook,
            "type": [["Out", f"D{row}", text] for row, text in enumerate(typed, start=1)],
            "read": [["Out", f"D1:D{len(typed)}"]],
        }
    )
    assert dict(zip(typed, (row[0] for row in result["read"][0]), strict=True)) == typed


@requires_office
def test_cases_build_on_each_other_also_with_manual_calculation(workbook: Path, tmp_path: Path) -> None:
    job = {
        "set": [["In", "A2:A4", [[0], [0], [0]]]],
        "cases": [
            {"set": [["In", "A1", [[1]]]]},
            {"set": [["In", "A2", [[10]]]]},
            {"type": [["In", "A3", "=A2"]]},
        ],
        "structure": [["delete_rows", "In", 0, 1]],
        "read": [["Out", "A1"]],
    }
    manual = write_workbook(tmp_path / "manual.xlsx", manual=True)
    for result in run_office([{"open": workbook, **job}, {"open": manual, **job}]):
        assert result["error"] is None
        assert result["cases"] == [[[[1]]], [[[11]]], [[[21]]]]
        assert result["read"] == [[[20]]]


@requires_office
def test_structure(workbook: Path) -> None:
    result = run_one(
        {
            "open": workbook,
            "structure": [
                ["rename_sheet", "In", "Renamed"],
                ["insert_rows", "Renamed", 1, 2],
                ["insert_columns", "Renamed", 0, 1],
                ["move_range", "Renamed", "B1", "A9"],
                ["delete_rows", 0, 3, 1],
            ],
            "read": [["Renamed", "A1:B8"], ["Out", "A1"]],
        }
    )
    moved = [[None, None]] * 3 + [[None, 7], [None, 8]] + [[None, None]] * 2 + [[5, None]]
    assert result["read"] == [moved, [[15]]]


@requires_office
def test_save(workbook: Path, tmp_path: Path) -> None:
    copies = {kind: tmp_path / f"copy.{kind}" for kind in ("xlsx", "xls", "ods", "pdf")}
    locked = tmp_path / "locked.xlsx"
    run_one(
        {
            "open": workbook,
            "set": [["In", "A1:A4", [[None], ["12"], [True], [0.5]]]],
            "save": [*([path, kind] for kind, path in copies.items()), [locked, "xlsx", "secret"]],
        }
    )
    assert copies.pop("pdf").read_bytes().startswith(b"%PDF-")
    with pytest.raises(python_calamine.PasswordError):
        python_calamine.CalamineWorkbook.from_path(locked)
    for path in copies.values():
        book = python_calamine.CalamineWorkbook.from_path(path)
        rows = book.get_sheet_by_name("In").to_python(skip_empty_area=False)
        assert [row[0] for row in rows] == ["", "12", True, 0.5]
        # An error comes back as an empty text. Row 4, an empty text as a result, is left out of the .ods.
        assert book.get_sheet_by_name("Out").to_python(skip_empty_area=False)[:3] == [
            [1.5, 0.45],  # Calc counts TRUE in a sum; Excel does not
            ["", date(2024, 3, 1)],
            ["", "=1+1"],
        ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "copy.ods",
        "copy.pdf",
        "copy.xls",
        "copy.xlsx",
        "locked.xlsx",
    ]


@requires_office
def test_a_failing_job_tells_why_and_stops_no_other(workbook: Path, tmp_path: Path) -> None:
    protected = write_workbook(tmp_path / "protected.xlsx", protected=True)
    secret = write_workbook(tmp_path / "secret.xlsx", protected=True, password="secret")
    text = tmp_path / "text.xlsx"
    text.write_text("no workbook", encoding="utf-8")
    failing: list[tuple[dict[str, Any], str]] = [
        ({"open": tmp_path / "missing.xlsx"}, "no such file"),
        ({"open": "relative.xlsx"}, "not an absolute path"),
        ({"open": text}, f"open {text}"),
        ({"open": workbook, "raed": []}, "unknown step raed"),
        ({"open": workbook, "read": [["Sheet9", "A1"]]}, "no such sheet: 'Sheet9'; the workbook has In, Out"),
        ({"open": workbook, "read": [["In", "A0"]]}, "no such range: A0"),
        ({"open": workbook, "set": [["In", "A1:A2", [[1]]]]}, "set In A1:A2: 2 x 1 cells, but 1 x 1 values"),
        ({"open": workbook, "cases": [{}, {"set": [["In", "A1", [[[]]]]]}]}, "case 1: set In A1: neither"),
        ({"open": workbook, "structure": [["rename_sheet", "In", "a/b"]]}, "refused the name"),
        ({"open": workbook, "save": [[tmp_path / "x.csv", "csv"]]}, "unknown kind 'csv'"),
        ({"open": protected, "set": [["In", "B1", [[1]]]]}, "the sheet is protected"),
        ({"open": protected, "type": [["In", "B1", "=1"]]}, "the cell is locked"),
        ({"open": protected, "structure": [["move_range", "In", "A1", "A9"]]}, "the sheet is protected"),
        ({"open": secret, "unprotect": True}, "sheet In is protected by a password"),
    ]
    good = {"open": workbook, "read": [["Out", "A1"]]}
    *failed, last = run_office([*(job for job, _ in failing), good])
    for (job, expected), result in zip(failing, failed, strict=True):
        assert expected in (result["error"] or ""), job
    assert len(failed[7]["cases"]) == 1  # what went well before the error is kept
    assert last == {"read": [[[26]]], "formulas": [], "cases": [], "error": None}


@requires_office
def test_protected_sheet(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "protected.xlsx", protected=True)
    unlocked = {
        "open": path,
        "set": [["In", "A1", [["12"]]], ["In", "A2", [[True]]]],
        "read": [["In", "A1:A2"]],
    }
    opened = {"open": path, "unprotect": True, "set": [["In", "B1", [[7]]]], "read": [["In", "B1"]]}
    first, second = run_office([unlocked, opened])
    assert (first["error"], first["read"]) == (None, [[["12"], [1]]])
    assert (second["error"], second["read"]) == (None, [[[7]]])


@requires_office
def test_deadline_ends_everything(workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline passes once LibreOffice is at work, however long it takes until then."""
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(tmp_path))
    monkeypatch.setattr(libreoffice, "time", _Clock(tmp_path))
    endless = [{"set": [["In", "H1:H100", [[number]] * 100]]} for number in range(20_000)]
    with pytest.raises(OfficeError, match=r"not done in time(\n.*)*plain\.xlsx"):
        run_office([{"open": workbook, "cases": endless, "read": [["In", "H1:H100"]]}], alone=True)
    assert list(tmp_path.iterdir()) == []
    assert not [line for line in _command_lines() if os.fspath(tmp_path) in line]


@requires_office
@pytest.mark.parametrize(("crashes", "outcome"), [(MAX_CRASHES, 1), (MAX_CRASHES + 1, 0)])
def test_crash_of_libreoffice__jobs_begin_anew_a_few_times(
    workbook: Path, monkeypatch: pytest.MonkeyPatch, crashes: int, outcome: int
) -> None:
    """A LibreOffice that is killed at its start stands for one that crashes."""
    start = libreoffice._Session._start_driver
    left = crashes

    def start_and_kill(session: libreoffice._Session, end: float) -> subprocess.Popen[bytes]:
        nonlocal left
        driver = start(session, end)
        if left:
            left -= 1
            driver.kill()
        return driver

    monkeypatch.setattr(libreoffice._Session, "_start_driver", start_and_kill)
    job = {"open": workbook, "read": [["In", "A1"]]}
    if outcome:
        (result,) = run_office([job], alone=True)
        assert result["error"] is None
    else:
        with pytest.raises(OfficeCrashed, match="status -9"):
            run_office([job], alone=True)


class _Clock:
    """A clock that stands still until a job of a session in the folder has begun, and is past every deadline then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def monotonic(self) -> float:
        begun = any("job 0" in log.read_text(encoding="utf-8") for log in self.folder.glob("*/driver.log"))
        return 1e9 if begun else 0.0

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def _command_lines() -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return lines


@requires_office
def test_to_png(workbook: Path, tmp_path: Path) -> None:
    pages = to_png(workbook, tmp_path / "pages", dpi=40)
    assert [page.name for page in pages] == ["plain-1.png", "plain-2.png"]
    assert all(page.read_bytes().startswith(b"\x89PNG") for page in pages)


def test_no_jobs_need_no_work() -> None:
    assert run_office([]) == []


@pytest.mark.parametrize(("required", "outcome"), [("0", "1 skipped"), ("1", "1 failed")])
def test_missing_office_skips_unless_required(tmp_path: Path, required: str, outcome: str) -> None:
    test = tmp_path / "test_sample.py"
    test.write_text(
        "from tests.support.libreoffice import requires_office, run_office\n"
        "@requires_office\n"
        "def test_sample():\n"
        "    run_office([{'open': '/nowhere'}])\n",
        encoding="utf-8",
    )
    environment = os.environ | {
        "XLADDIN_SOFFICE": os.fspath(tmp_path / "no-office"),
        "XLADDIN_REQUIRE_OFFICE": required,
        "PYTHONPATH": os.fspath(ROOT),
    }
    options = ["-q", "-rs", "-p", "no:cacheprovider", f"--rootdir={tmp_path}"]
    command = [sys.executable, "-m", "pytest", *options, os.fspath(test)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=DEADLINE)
    assert outcome in done.stdout
    assert "no LibreOffice with a Python that can import uno at XLADDIN_SOFFICE=" in done.stdout
