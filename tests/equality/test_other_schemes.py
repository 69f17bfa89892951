"""The ways of scoring that 2023 does not use, through the doors: the test schemes 2025 and 2026.

Their 考核方案.xlsx lies beside the workbooks, as in an office that has made a scheme of its own: nothing else says them.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from macros.build import build_addin
from macros.calc.build import extension
from tests.conftest import Forms
from tests.equality import doors
from tests.equality.answers import RANK, Answers, engine, section, total
from tests.equality.calc import run_office_with
from tests.equality.cases import Filling, fillings
from tests.support.libreoffice import requires_office
from tests.support.years import SCHEMES, call
from xladdin import issues
from xladdin.methods.item import METHODS
from xladdin.results.master import MASTER_FILE
from xladdin.scheme import Scheme, load_scheme
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.words import SCHEME_FILE
from xladdin.workbook.cells import result_of
from xladdin.workbook.read.reader import read_workbook

GROUPS = 4
"""So many times all districts of a scheme."""


class Round(NamedTuple):
    """A scheme in the folder that its 考核方案.xlsx lies in, what is typed, and what the engine says of it."""

    scheme: Scheme
    folder: Path
    typed: list[Filling]
    expected: Answers
    alone: Answers
    """The same for a form that knows of no other district's."""


@pytest.fixture(scope="module", params=["2025", "2026"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Round:
    scheme = load_scheme(request.param, SCHEMES)
    folder = tmp_path_factory.mktemp(f"equality{request.param}")
    (folder / SCHEME_FILE).write_bytes(scheme_workbook(scheme, ()))
    typed = fillings(scheme, GROUPS * len(scheme.districts))
    return Round(scheme, folder, typed, engine(scheme, typed), engine(scheme, typed, alone=True))


only_2026 = pytest.mark.parametrize("prepared", ["2026"], indirect=True, scope="module")
"""What needs all districts; LibreOffice is slow, and 2025 goes through it elsewhere (`tests/spreadsheet`, `tests/macros/calc`)."""


@pytest.fixture(scope="module")
def master(prepared: Round) -> Path:
    build_addin(prepared.scheme, prepared.folder / "模板")
    return prepared.folder / "模板" / MASTER_FILE


@pytest.fixture(scope="module")
def pressed(prepared: Round, master: Path, simulated: Callable[..., Any]) -> tuple[Answers, Answers, list[Path]]:
    (saved := prepared.folder / "存盘").mkdir()
    ribbon = doors.Ribbon(prepared.scheme, simulated, master, saved)
    return *ribbon.run(prepared.typed), ribbon.saved()


def assert_equal(prepared: Round, answers: Answers, expected: Answers, *, of_cells: bool) -> None:
    """Every item, section and total, and of a consolidation every rank."""
    scheme = prepared.scheme
    asked = [*scheme.items, *(section(s.number, of_cells=of_cells) for s in scheme.sections), total(of_cells=of_cells)]
    asked += [] if of_cells else [RANK]
    found = [
        f"filling {n} {what}: {answers.get((n, what))}, engine {expected[n, what]}"
        for n in range(len(prepared.typed))
        for what in asked
        if answers.get((n, what)) != expected[n, what]
    ]
    assert found == [], f"{len(found)} differences of {len(asked) * len(prepared.typed)}: {found[:5]}"


def test_cases__every_way_of_scoring__scored_refused_and_left_blank(prepared: Round) -> None:
    seen: dict[str, Counter[str]] = {}
    for (_n, what), answer in prepared.expected.items():
        if what in prepared.scheme.items:
            kind = answer if isinstance(answer, str) else "number"
            seen.setdefault(prepared.scheme.items[what].method, Counter())[kind] += 1
    for method, kinds in seen.items():
        third = "不适用" if METHODS[method].may_not_apply else ""
        assert min(kinds["number"], kinds["错误"], kinds[third]) > 0, (method, kinds)


def test_form_in_ironcalc__equals_the_engine(prepared: Round, tmp_path: Path) -> None:
    answers = doors.FormInIronCalc(prepared.scheme, tmp_path).run(prepared.typed)
    assert_equal(prepared, answers, prepared.alone, of_cells=True)


@requires_office
@pytest.mark.slow
@only_2026
def test_form_in_libreoffice__equals_the_engine(prepared: Round, tmp_path: Path) -> None:
    answers = doors.FormInLibreOffice(prepared.scheme, tmp_path).run(prepared.typed)
    assert_equal(prepared, answers, prepared.alone, of_cells=True)


@requires_office
@pytest.mark.slow
@only_2026
def test_master_in_libreoffice__equals_the_engine(prepared: Round, master: Path) -> None:
    door = doors.UnitsInLibreOffice(prepared.scheme, master, partial(run_office_with, extension()))
    assert_equal(prepared, door.run(prepared.typed), prepared.expected, of_cells=True)


@pytest.mark.slow
def test_master_in_excel__equals_the_engine(prepared: Round, pressed: tuple[Answers, Answers, list[Path]]) -> None:
    assert_equal(prepared, pressed[0], prepared.expected, of_cells=True)
    # What is compared with all units is told with their names, by the formula as by the button.
    for code in prepared.scheme.compared_codes:
        told = [
            str(cell)
            for sheet in read_workbook(pressed[2][0]).sheets
            if sheet.name in prepared.scheme.district_names
            for row in sheet.rows
            if code in row
            for cell in map(result_of, row)
            if "个单位" in str(cell)
        ]
        groups = {prepared.scheme.compared_group(code, name) for name in prepared.scheme.district_names}
        assert any(name in text for text in told for name in prepared.scheme.district_names), (code, told)
        assert all(any(group in text for group in groups) for text in told), (code, told)


@pytest.mark.slow
def test_ribbon__equals_the_engine(prepared: Round, pressed: tuple[Answers, Answers, list[Path]]) -> None:
    assert_equal(prepared, pressed[1], prepared.expected, of_cells=False)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["forms", "masters"])
def test_command_line__equals_the_engine(
    prepared: Round, what: str, pressed: tuple[Answers, Answers, list[Path]]
) -> None:
    (folder := prepared.folder / what).mkdir()
    shutil.copy(prepared.folder / SCHEME_FILE, folder)
    door = doors.CommandLine(prepared.scheme, folder)
    answers = (
        door.of_masters(pressed[2]) if what == "masters" else door.of_forms(Forms(prepared.scheme), prepared.typed)
    )
    assert_equal(prepared, answers, prepared.expected, of_cells=False)
    if what == "masters":  # what they show as scores is what their entries give
        said = [json.loads(path.read_text(encoding="utf-8"))["issues"] for path in folder.glob("results*.json")]
        assert len(said) == GROUPS
        assert [i for found in said for i in found if i["code"] == issues.SCORE_DIFFERS.code] == []


@pytest.mark.slow
@only_2026
def test_ribbon__imported_and_consolidated_at_once__no_score_is_one_of_before(
    prepared: Round, master: Path, simulated: Callable[..., Any]
) -> None:
    """What is compared with all units is calculated through a sheet between, in manual calculation."""
    folder, done = prepared.folder / "报来", prepared.folder / "报来/汇总.xlsm"
    folder.mkdir()
    shutil.copy(prepared.folder / SCHEME_FILE, folder)
    assert call("templates", folder / "下发").code == 0
    assert call("sample", folder / "下发", folder / "回收").code == 0
    returned = str(folder / "回收")
    simulated(
        "tests.equality.scenario:imported_and_consolidated", master=str(master), returned=returned, done=str(done)
    )
    call("consolidate", done, "-o", folder / "总表.xlsx", "--json", folder / "总表.json")
    call("consolidate", folder / "回收", "-o", folder / "各表.xlsx", "--json", folder / "各表.json")
    of_master, of_forms = (json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("总表", "各表"))
    assert [i["found"] for i in of_master["issues"] if i["code"] == issues.SCORE_DIFFERS.code] == []
    totals = [{d["name"]: d["total"] for d in data["districts"]} for data in (of_master, of_forms)]
    assert totals[0] == totals[1]
