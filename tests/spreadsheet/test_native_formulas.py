"""The native formulas of 区填报表 against the Python engine, computed by LibreOffice and by IronCalc."""

from __future__ import annotations

import random
from pathlib import Path

import ironcalc
import pytest

from tests.spreadsheet.fillings import Filling, column_rows, expected, random_filling
from tests.support.libreoffice import requires_office, run_office
from xladdin.forms.layout import Annex, form_layout
from xladdin.forms.view import form_view
from xladdin.scheme import load_scheme
from xladdin.sending.forms import blank_form
from xladdin.words import CONTENT, COVER, TARGET, VALUE
from xladdin.workbook.cells import cell_name, column_letters

SCHEME = load_scheme("2023")
LAYOUT = form_layout(SCHEME)
CELLS = sorted(form_view(LAYOUT, {}))


def _fillings(count: int, seed: str) -> list[Filling]:
    dice = random.Random(seed)
    return [random_filling(SCHEME, dice) for _ in range(count)]


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("native") / "blank.xlsx"
    path.write_bytes(blank_form(SCHEME))
    return path


def _sets(annex: Annex, filling: Filling) -> list[list[object]]:
    """The filled columns of a sheet as ranges to write; 填报内容 only where cases are named."""
    first, last = min(annex.fields.values()), max(annex.fields.values())
    sets: list[list[object]] = []
    for head in (TARGET, VALUE):
        if head in annex.columns:
            letters = column_letters(annex.column(head))
            sets.append([annex.sheet, f"{letters}{first + 1}:{letters}{last + 1}", column_rows(annex, head, filling)])
    cases = sorted(annex.fields[c] for c, s in SCHEME.inputs.items() if s.names_case and c in annex.fields)
    if cases:
        letters = column_letters(annex.column(CONTENT))
        rows = column_rows(annex, CONTENT, filling)[cases[0] - first : cases[-1] - first + 1]
        sets.append([annex.sheet, f"{letters}{cases[0] + 1}:{letters}{cases[-1] + 1}", rows])
    return sets


def _areas() -> list[tuple[str, str]]:
    """For each sheet the range that holds all its formula cells."""
    areas = []
    for sheet in (COVER, LAYOUT.annex1.sheet, LAYOUT.annexes[1].sheet):
        own = [(r, c) for s, r, c in CELLS if s == sheet]
        last = cell_name(max(r for r, _ in own), max(c for _, c in own))
        areas.append((sheet, f"A1:{last}"))
    return areas


def _differences(shown: dict[tuple[str, int, int], object], wanted: dict[tuple[str, int, int], object]) -> list[str]:
    found = []
    for cell in CELLS:
        want, got = wanted[cell], shown[cell]
        same = (
            abs(want - got) < 1e-9
            if isinstance(want, float) and isinstance(got, float)
            else (want or None) == (got or None)
        )
        if isinstance(want, float) and want == 0.0 and got == 0.0:
            same = True
        if not same:
            found.append(f"{cell[0]}!{cell_name(cell[1], cell[2])}: {got!r} instead of {want!r}")
    return found


@requires_office
@pytest.mark.parametrize("count", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_native_formulas__random_fillings_in_libreoffice__equal_python_in_every_formula_cell(
    blank: Path, count: int
) -> None:
    """得分 and totals, and with them 完成率, 校验 and the counts; recalculated in one headless run."""
    fillings = _fillings(count, "libreoffice")
    cases = [{"set": [s for annex in LAYOUT.annexes for s in _sets(annex, f)]} for f in fillings]
    job = {"open": blank, "unprotect": True, "cases": cases, "read": [list(a) for a in _areas()]}
    (result,) = run_office([job])
    assert result["error"] is None
    assert len(result["cases"]) == count
    bad = []
    seen: dict[str, int] = {}
    for number, (filling, areas) in enumerate(zip(fillings, result["cases"], strict=True)):
        grids = {sheet: grid for (sheet, _), grid in zip(_areas(), areas, strict=True)}
        shown = {(s, r, c): grids[s][r][c] for s, r, c in CELLS}
        wanted = expected(LAYOUT, filling)
        for value in wanted.values():
            kind = value[:2] if isinstance(value, str) else "number"
            seen[kind] = seen.get(kind, 0) + 1
        bad += [f"case {number} {d}" for d in _differences(shown, wanted)]
    assert bad[:5] == []
    # The fillings are worth their name: every state of 校验 and both empty and 不适用 scores occurred often.
    for state in ("number", "不适", "错误", "缺：", "待评", "提示", "√"):
        assert seen.get(state, 0) > count // 20, state


@pytest.mark.parametrize("count", [40, pytest.param(300, marks=pytest.mark.slow)])
def test_native_formulas__random_fillings_in_ironcalc__equal_python_in_every_formula_cell(
    blank: Path, count: int
) -> None:
    """A second, independent engine."""
    model = ironcalc.load_from_xlsx(str(blank), "en", "UTC", "en")
    sheets = {name: number for number, name in enumerate((COVER, LAYOUT.annex1.sheet, LAYOUT.annexes[1].sheet))}
    bad = []
    for number, filling in enumerate(_fillings(count, "ironcalc")):
        for annex in LAYOUT.annexes:
            sheet = sheets[annex.sheet]
            for code, row in annex.fields.items():
                heads = (TARGET, VALUE) if TARGET in annex.columns else (VALUE,)
                if SCHEME.inputs[code].names_case:
                    heads = (CONTENT, VALUE)
                for head in heads:
                    typed = filling.typed.get((code, head))
                    at = (sheet, row + 1, annex.column(head) + 1)
                    if typed is None:
                        model.clear_cell_contents(*at)
                    elif isinstance(typed, str):
                        model.update_cell_with_text(*at, typed)
                    else:
                        model.update_cell_with_number(*at, float(typed))
        model.evaluate()
        shown = {}
        for cell in CELLS:
            value = model.get_cell_value(sheets[cell[0]], cell[1] + 1, cell[2] + 1)
            shown[cell] = float(value) if isinstance(value, int | float) else value
        bad += [f"case {number} {d}" for d in _differences(shown, expected(LAYOUT, filling))]
    assert bad[:5] == []


@requires_office
def test_blank_form__recalculated_by_libreoffice__shows_the_stored_values(blank: Path) -> None:
    (result,) = run_office([{"open": blank, "recalc": True, "read": [list(a) for a in _areas()]}])
    assert result["error"] is None
    grids = {sheet: grid for (sheet, _), grid in zip(_areas(), result["read"], strict=True)}
    assert _differences({(s, r, c): grids[s][r][c] for s, r, c in CELLS}, dict(form_view(LAYOUT, {}))) == []
