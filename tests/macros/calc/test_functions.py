"""`=FS_…()` computing in a real LibreOffice through the extension, against the plain Python functions."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

import udfs
from tests.macros.calc.session import Calc
from tests.support.libreoffice import requires_office
from udfs.catalogue import FUNCTIONS
from udfs.defaults import with_items
from udfs.registration import argument_text
from xladdin.results.master import MASTER_FILE
from xladdin.sending.forms import TEMPLATES

pytestmark = requires_office

CELLS: dict[str, Any] = {
    "A2": 0,
    "A3": "不适用",
    "A4": "=1/0",
    "A5": True,
    "A6": "已完成",
    "A7": 90,
    "A8": "=NA()",
    "A9": '=""',
    "B1": 10,
    "B2": 5,
}
"""A1 stays blank."""

SEEN: dict[str, Any] = {
    "A1": ((None,),),
    "A2": ((0.0,),),
    "A3": (("不适用",),),
    "A4": (("#DIV/0!",),),
    "A5": ((True,),),
    "A6": (("已完成",),),
    "A7": ((90.0,),),
    "A8": (("#N/A",),),
    "A9": ((None,),),
}
"""What a function has to be given for each of them."""

COLUMN = tuple(SEEN[f"A{n}"][0] for n in range(1, 10))


def expected(value: Any) -> Any:
    return pytest.approx(value) if isinstance(value, float) else value


def formulas_of(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        sheets = [n for n in package.namelist() if n.startswith("xl/worksheets/sheet")]
        return [f for n in sheets for f in re.findall(r"<f[^>]*>(.*?)</f>", package.read(n).decode())]


def test_cells__of_every_kind__four_values_stay_four(calc: Calc, tmp_path: Path) -> None:
    cases: dict[str, Any] = {}
    for n, (cell, seen) in enumerate(SEEN.items(), 1):
        cases[f"D{n}"] = (f"=FS_EXPERT({cell})", udfs.FS_EXPERT(seen))
        cases[f"E{n}"] = (f"=FS_RATIO({cell};B1)", udfs.FS_RATIO(seen, 10.0))
        cases[f"F{n}"] = (f"=FS_RATIO(B1;{cell})", udfs.FS_RATIO(10.0, seen))
        cases[f"G{n}"] = (f"=FS_TOTAL({cell};1)", udfs.FS_TOTAL(seen, 1.0))
        cases[f"H{n}"] = (f"=FS_CHECKLIST({cell};1)", udfs.FS_CHECKLIST(seen, 1.0))
        cases[f"I{n}"] = (f"=FS_EXPERT(B2;{cell};10)", udfs.FS_EXPERT(5.0, seen, 10.0))
    cases["D20"] = ("=FS_TOTAL(A1:A9)", udfs.FS_TOTAL(COLUMN))
    cases["D21"] = ("=FS_EXPERT(A1:A9;2;100)", udfs.FS_EXPERT(COLUMN, 2.0, 100.0))
    cases["D22"] = ("=FS_RATIO(B1;B2;;FALSE())", udfs.FS_RATIO(10.0, 5.0, None, False))
    cases["D23"] = ("=FS_RATIO(B1:B2;B1)", udfs.FS_RATIO(((10.0,), (5.0,)), 10.0))
    cases["D24"] = ("=SUM(FS_RATIO(B1;B1);FS_TOTAL(1;2))", 5.0)
    cases["D25"] = ("=IFERROR(FS_EXPERT(A4);0)", udfs.FS_EXPERT(SEEN["A4"]))
    # Of whole columns only what the sheet uses is looked at: otherwise each of these takes seconds.
    cases |= {f"E{n}": ("=FS_RATIO(K:K;L:L)", 1.5) for n in range(20, 40)}
    cases["D26"] = ("=FS_TOTAL(K2:L1048576)", 8.0)
    cases["D27"] = ("=FS_TOTAL(X:X)", 0.0)
    saved = [tmp_path / "a.xlsx", tmp_path / "a.ods"]
    result = calc.run(
        "typed",
        cells=CELLS | {"K1": 1, "L1": 2, "K2": 4, "L2": 4},
        formulas={r: f for r, (f, _) in cases.items()},
        save=saved,
    )
    for reference, (formula, value) in cases.items():
        assert result["shown"][reference] == expected(value), formula
        assert "ORG." not in result["texts"][reference].upper()
        for path in saved:
            assert result["again"][str(path)][reference] == expected(value), (path.suffix, formula)
    stored = formulas_of(saved[0])
    assert "FS_EXPERT(A1)" in stored
    assert not [f for f in stored if "FINESCORE" in f.upper()]
    with zipfile.ZipFile(saved[1]) as package:
        assert b"FINESCORE" not in package.read("content.xml").upper()


def test_examples__of_the_catalogue__equal_python(calc: Calc) -> None:
    formulas = {f"D{n}": with_items(f.example).replace(";", "|").replace(",", ";") for n, f in enumerate(FUNCTIONS, 1)}
    result = calc.run("typed", cells={}, formulas=formulas, save=[])["shown"]
    for n, function in enumerate(FUNCTIONS, 1):
        assert result[f"D{n}"] == expected(by_python(with_items(function.example))), function.example


def by_python(example: str) -> Any:
    name, _, rest = example.removeprefix("=").partition("(")
    rest = rest.removesuffix(")").replace("{", "[[").replace("}", "]]")
    rest = re.sub(r"\[\[.*?\]\]", lambda m: m[0].replace(";", "],["), rest)
    return getattr(udfs, name)(*eval(f"[{rest}]"))


def test_formula__typed_by_hand__follows_its_cells(calc: Calc) -> None:
    assert calc.run("entered", formula="=FS_EXPERT(A1,2,100)") == ["", 0, 1, ""]


@pytest.mark.parametrize("cached", [None, 9.9])
def test_xlsx__from_elsewhere__computes_on_load_and_keeps_plain_names(
    calc: Calc, tmp_path: Path, cached: float | None
) -> None:
    path, saved = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("表")
    sheet.write(0, 0, 6)
    sheet.write(0, 1, 10)
    sheet.write_formula(0, 2, "=FS_RATIO(A1,B1)", None, "" if cached is None else cached)
    sheet.write_formula(1, 2, "=IFERROR(FS_EXPERT(D1),1)", None, "" if cached is None else cached)
    sheet.protect()
    book.close()
    result = calc.run("opened", path=path, reads=["表.C1", "表.C2"], edit={"表.A1": 5}, save=[saved])
    assert result["loaded"] == {"表.C1": pytest.approx(1.2), "表.C2": ""}
    assert not result["modified"]
    assert result["saved"] in ({"表.C1": 1.0, "表.C2": ""}, {"表.C1": pytest.approx(1.2), "表.C2": ""})
    assert set(formulas_of(saved)) == {"FS_RATIO(A1,B1)", "IFERROR(FS_EXPERT(D1),1)"}


def test_master__opened_and_edited__computes_and_keeps_its_macros(calc: Calc, tmp_path: Path) -> None:
    path, xlsm, xlsx = tmp_path / MASTER_FILE, tmp_path / "out.xlsm", tmp_path / "out.xlsx"
    shutil.copy(TEMPLATES / MASTER_FILE, path)
    result = calc.run(
        "opened",
        path=path,
        reads=["浦东新区.D23", "浦东新区.D6"],
        edit={"浦东新区.J23": 1.5, "浦东新区.I6": 10, "浦东新区.J6": 5},
        save=[xlsm, xlsx],
    )
    assert result["loaded"] == {"浦东新区.D23": "", "浦东新区.D6": "不适用"}
    assert result["edited"] == result["saved"] == {"浦东新区.D23": 1.5, "浦东新区.D6": 1.0}
    for saved in (xlsm, xlsx):
        sheet = openpyxl.load_workbook(saved, data_only=True, read_only=True)["浦东新区"]
        assert (sheet["D23"].value, sheet["D6"].value) == (1.5, 1.0), saved.suffix
        assert not [f for f in formulas_of(saved) if "FINESCORE" in f.upper()]
    from oletools.olevba import VBA_Parser

    modules = {name: code for *_rest, name, code in VBA_Parser(str(xlsm)).extract_macros()}
    assert any("Function FS_RATIO(" in code for code in modules.values())


def test_wizard__every_function__described_in_chinese(calc: Calc) -> None:
    found = calc.run("wizard")
    assert set(found) == {f.name for f in FUNCTIONS}
    for function in FUNCTIONS:
        assert found[function.name]["description"] == function.description
        if not function.arguments[-1].repeated:
            given = [[a.label, argument_text(function, a)] for a in function.arguments]
            assert found[function.name]["arguments"] == given


def test_unopkg__normal_user__installs_and_computes(oxt: bytes, open_folder: Path) -> None:
    with Calc(open_folder, oxt, installed=True) as calc:
        result = calc.run("typed", cells={"A1": 6, "B1": 10}, formulas={"C1": "=FS_RATIO(A1;B1)"}, save=[])
    assert result["shown"] == {"C1": pytest.approx(1.2)}


def test_convert_to__xlsx__computes_without_a_window(calc: Calc, tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [6, 10])
    sheet.write_formula(0, 2, "=FS_RATIO(A1,B1)", None, "")
    book.close()
    out = calc.convert(path, "xlsx", tmp_path / "out")
    assert formulas_of(out) == ["FS_RATIO(A1,B1)"]
    assert openpyxl.load_workbook(out, data_only=True).active["C1"].value == pytest.approx(1.2)
