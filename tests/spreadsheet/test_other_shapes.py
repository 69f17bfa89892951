"""Workbooks of schemes of other shapes: LibreOffice computes in every cell what the product has written there."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.support.annexes import YEAR as ANNEXES
from tests.support.annexes import data_with_annexes
from tests.support.libreoffice import requires_office, run_office
from tests.support.years import OTHERS, call, data_with
from xladdin.scheme import load as loading

pytestmark = [requires_office, pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")]

Shown = dict[tuple[str, str], object]


def shown(path: Path) -> Shown:
    """What every cell shows that has a formula."""
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    found: Shown = {}
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    value = values[sheet.title][cell.coordinate].value
                    is_number = isinstance(value, float | int) and not isinstance(value, bool)
                    found[sheet.title, cell.coordinate] = round(value, 9) if is_number else value or ""
    return found


@pytest.mark.parametrize(
    "year", [pytest.param("2024", marks=pytest.mark.slow), "2025", pytest.param(ANNEXES, marks=pytest.mark.slow)]
)
def test_workbooks__of_another_scheme__computed_in_libreoffice_as_written(
    year: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = data_with_annexes(tmp_path / "data") if year == ANNEXES else data_with(tmp_path / "data", *OTHERS)
    readings = data / (year if year == ANNEXES else "2025") / "policies.toml"
    text = readings.read_text(encoding="utf-8")  # by whole points, which a formula has to do in a way of its own
    readings.write_text(text.replace('default = "proportional"', 'default = "whole"'), encoding="utf-8")
    monkeypatch.setattr(loading, "DATA", data)
    asked = ("--scheme", year)
    call("templates", tmp_path / "空白", *asked)
    call("sample", tmp_path / "空白", tmp_path / "书")
    filled = sorted((tmp_path / "书").iterdir())
    for path in filled[3:]:
        path.unlink()
    # What is unassigned everywhere has no points to be scaled up to.
    filled[4].write_bytes((tmp_path / "空白" / filled[4].name).read_bytes())
    call("evaluations", tmp_path / "评价", "--returned", tmp_path / "书", *asked)
    call("targets", tmp_path / "书/任务分解表.xlsx", *asked)
    call("corrections", tmp_path / "书/更正单.xlsx", *asked)
    kinds = {path.name.partition("_")[0]: path for path in (tmp_path / "评价").iterdir()}
    books = [*sorted((tmp_path / "书").iterdir()), *kinds.values()]
    jobs = [{"open": path, "recalc": True, "save": [[tmp_path / "算过" / path.name, "xlsx"]]} for path in books]
    for result in run_office(jobs):
        assert result["error"] is None
    for path in books:
        written, computed = shown(path), shown(tmp_path / "算过" / path.name)
        assert len(written) > 20
        assert {
            cell: (value, computed.get(cell)) for cell, value in written.items() if computed.get(cell) != value
        } == {}, path.name
