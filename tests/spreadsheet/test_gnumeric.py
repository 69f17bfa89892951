"""The native formulas computed by Gnumeric, one more judge; skipped where its `ssconvert` is not installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Forms
from tests.spreadsheet.fillings import expected
from tests.spreadsheet.test_native_formulas import CELLS, LAYOUT, SCHEME, _differences, _fillings
from xladdin.evaluations.units import DEFAULT_EXPERTS
from xladdin.rounds.corrections_sheet import corrections_workbook
from xladdin.rounds.targets_sheet import targets_workbook
from xladdin.sending.evaluations import write_unit_workbooks
from xladdin.sending.forms import blank_form
from xladdin.words import CONTENT, TARGET, VALUE
from xladdin.workbook import package
from xladdin.workbook.cells import Formula, Percentage, Raw, cell_name, result_of
from xladdin.workbook.read.reader import read_workbook

SSCONVERT = shutil.which("ssconvert")

REQUIRED = bool(os.environ.get("XLADDIN_REQUIRE_OFFICE"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SSCONVERT is None and not REQUIRED, reason="Gnumeric (ssconvert) is not installed"),
]


def recalculated(path: Path) -> dict[tuple[str, int, int], Raw]:
    """What every cell shows when Gnumeric has computed it anew."""
    out = path.with_name(f"{path.stem}-gnumeric.xlsx")
    subprocess.run(["ssconvert", "--recalc", path, out], check=True, capture_output=True, timeout=120)
    return {
        (sheet.name, row, column): plain(result_of(raw))
        for sheet in read_workbook(out).sheets
        for row, cells in enumerate(sheet.rows)
        for column, raw in enumerate(cells)
    }


def plain(raw: Raw) -> Raw:
    if isinstance(raw, Percentage):
        return float(raw.number)
    return float(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


def test_form__random_fillings_in_gnumeric__equal_python_in_every_formula_cell(tmp_path: Path) -> None:
    blank = blank_form(SCHEME)
    bad = []
    for number, filling in enumerate(_fillings(40, "gnumeric")):
        cells: dict[str, dict[str, str | float | None]] = {annex.sheet: {} for annex in LAYOUT.annexes}
        for annex in LAYOUT.annexes:
            for code, row in annex.fields.items():
                for head in (CONTENT, TARGET, VALUE):
                    if head in annex.columns and (head != CONTENT or SCHEME.inputs[code].names_case):
                        cells[annex.sheet][cell_name(row, annex.column(head))] = filling.typed.get((code, head))
        path = tmp_path / "form.xlsx"
        path.write_bytes(package.rewrite(blank, {}, cells))
        shown = recalculated(path)
        bad += [f"case {number} {d}" for d in _differences({c: shown.get(c) for c in CELLS}, expected(LAYOUT, filling))]
    assert bad[:5] == []


def test_workbooks__as_they_are_sent_out__show_in_gnumeric_what_is_stored(forms: Forms, tmp_path: Path) -> None:
    filled = {"任务分解表.xlsx": targets_workbook(SCHEME), "更正单.xlsx": corrections_workbook(SCHEME)}
    filled |= {"填报表.xlsx": forms.make("黄浦区"), "空表.xlsx": blank_form(SCHEME)}
    for name, data in filled.items():
        (tmp_path / name).write_bytes(data)
    written = write_unit_workbooks(SCHEME, tmp_path / "评价", forms={}, experts=DEFAULT_EXPERTS, issue=1)
    compared = 0
    for path in (*(tmp_path / name for name in filled), *written):
        shown = recalculated(path)
        for sheet in read_workbook(path).sheets:
            for row, cells in enumerate(sheet.rows):
                for column, raw in enumerate(cells):
                    if isinstance(raw, Formula):
                        wanted, got = plain(result_of(raw)), shown.get((sheet.name, row, column))
                        at = (path.name, sheet.name, cell_name(row, column), raw.text)
                        if isinstance(wanted, float) and wanted:
                            assert got == pytest.approx(wanted), at
                        else:
                            assert (got or None) == (wanted or None), at
                        compared += 1
    assert compared > 1000
