"""Workbooks of several years open in one LibreOffice: what a cell looks up is answered by the year of its own workbook."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.macros.calc.session import Calc
from tests.macros.calc.test_functions import formulas_of
from tests.support.libreoffice import requires_office
from tests.support.years import OTHERS, call, data_with, product_with
from xladdin.scheme import load as loading
from xladdin.words import VERSION_PROPERTY

pytestmark = requires_office

FORMULAS = {
    "B1": "=FS_POINTS(A1)",
    "B2": "=FS_CLAUSE(A3)",
    "B3": '=FS_EXPLAIN("R5",A2)',
    "B4": "=FS_BRIEFS(6)",
}


def book(path: Path, version: str, formulas: dict[str, str]) -> Path:
    with xlsxwriter.Workbook(path) as made:
        if version:
            made.set_custom_property(VERSION_PROPERTY, version, "text")
        sheet = made.add_worksheet("Sheet1")
        sheet.write_column("A1", ["K35", 6, "R5"])
        for reference, formula in formulas.items():
            sheet.write_formula(reference, formula, None, "")
    return path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    """LibreOffice with the extension of a product that has three years."""
    product = product_with(tmp_path_factory.mktemp("product"), *OTHERS)
    code = "import sys; from macros.calc.build import extension; sys.stdout.buffer.write(extension())"
    environment = {**os.environ, "PYTHONPATH": os.fspath(product)}
    built = subprocess.run([sys.executable, "-c", code], cwd=product, env=environment, capture_output=True, check=True)
    with Calc(tmp_path_factory.mktemp("calc"), built.stdout) as own:
        yield own


def master_of_2025(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, dict[str, Any], str]:
    """考核总表 of another city, cells to fill in for an item of two thirds, and the cell of its score."""
    monkeypatch.setattr(loading, "DATA", data_with(folder / "data", *OTHERS))
    assert call("templates", folder / "模板").code == 0
    path = next((folder / "模板").glob("考核总表*"))
    sheet = openpyxl.load_workbook(path)["东江区"]
    rows = list(sheet.iter_rows())
    heads = {
        cell.value: cell.column_letter
        for row in rows
        for cell in row
        if cell.value in ("当年任务量", "完成情况", "得分")
    }
    row = next(cell.row for cells in rows for cell in cells if cell.value == "T01.1")
    return (
        path,
        {f"东江区.{heads['当年任务量']}{row}": 30, f"东江区.{heads['完成情况']}{row}": 20},
        f"东江区.{heads['得分']}{row}",
    )


def test_years__open_together__each_answers_by_its_own(
    office: Calc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = {
        version: book(tmp_path / f"{version or 'none'}.xlsx", version, FORMULAS) for version in ("2023", "2024", "")
    }
    master, edit, score = master_of_2025(tmp_path, monkeypatch)
    saved = tmp_path / "saved.xlsx"
    shown = office.run(
        "together",
        paths=[*books.values(), master],
        edit=edit,
        reads=[*(f"Sheet1.{reference}" for reference in FORMULAS), score],
        save={os.fspath(books["2023"]): saved},
    )
    of_2023, of_2024, newest = (
        [shown[os.fspath(path)][f"Sheet1.{reference}"] for reference in FORMULAS] for path in books.values()
    )
    assert of_2023[0] == "错误：编号是文本“K35”，应为计分项的编号：K01–K34、N1、R1–R6、I1–I3"
    assert "6 篇以上的，计 2.5 分" in of_2023[1]
    assert of_2023[2].endswith("得分 2.50")
    assert of_2024[0] == 2.0
    assert "8 篇以上的，计 2.5 分" in of_2024[1]
    assert of_2024[2].endswith("得分 1.50")
    assert newest[0].endswith("应为计分项的编号：T01–T04、G1–G3、D1–D6")
    assert of_2023[3] == of_2024[3] == newest[3]  # what is left out is the newest year's, everywhere
    assert shown[os.fspath(master)] == {score: 8.0}
    assert {unescape(formula) for formula in formulas_of(saved)} == {
        formula.removeprefix("=") for formula in FORMULAS.values()
    }


def test_years__looked_up_without_a_cell__by_the_only_year_that_is_open_or_refused(
    office: Calc, tmp_path: Path
) -> None:
    formulas = {"B1": '=FS_POINTS("K01")', "B2": '=FS_CLAUSE("R5")'}
    paths = [book(tmp_path / f"{version}.xlsx", version, formulas) for version in ("2023", "2024")]
    reads = [f"Sheet1.{reference}" for reference in formulas]
    alone = office.run("together", paths=paths[:1], edit={}, reads=reads, save={})[os.fspath(paths[0])]
    assert alone["Sheet1.B1"] == 2.0
    assert "6 篇以上的，计 2.5 分" in alone["Sheet1.B2"]
    both = office.run("together", paths=paths, edit={}, reads=reads, save={})
    assert all(text.startswith("错误：同时打开着不同年度的工作簿") for text in both[os.fspath(paths[1])].values())
