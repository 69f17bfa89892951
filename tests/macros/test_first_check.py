"""首次核对.xlsx and the guide's chapter of it: one table, room for what was seen, and a formula that tells rounding apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from macros.actions import ACTIONS
from macros.first_check import STEPS_TABLE, first_check_book, first_check_steps, first_check_workbook
from tests.support.libreoffice import requires_office, run_office
from xladdin.scheme import Scheme
from xladdin.words import CHECK, COMPUTED, DO, SEE, SEEN, VERDICT
from xladdin.workbook.cells import Formula, Raw, shown_text
from xladdin.workbook.read.reader import read_bytes

ROOT = Path(__file__).resolve().parents[2]


def test_workbook__every_step__beside_blanks_to_fill_in(scheme: Scheme) -> None:
    steps = first_check_steps(scheme)
    (sheet,) = [sheet for sheet in read_bytes(first_check_workbook(scheme)).sheets if sheet.name == "首次核对"]
    rows = {shown_text(sheet.at(row, 0)): row for row in range(len(sheet.rows))}

    def at(row: int, head: str) -> Raw:
        return sheet.at(row, STEPS_TABLE.heads.index(head))

    for n, step in enumerate(steps, 1):
        row = rows[str(n)]
        assert (at(row, DO), at(row, SEE), at(row, SEEN)) == (step.do, step.see, None)
        assert isinstance(at(row, CHECK), Formula)
    (computed,) = [raw for row in rows.values() if isinstance(raw := at(row, COMPUTED), Formula)]
    assert computed == Formula("ROUND(2*(1+0.015)/2,2)", 1.02)


def test_view__for_what_is_chosen__says_what_is_missing(scheme: Scheme) -> None:
    sheet = first_check_book(scheme).sheets[0]
    shown = sheet.view({0: {VERDICT: "相符"}, 1: {VERDICT: "不相符"}, 2: {VERDICT: "不相符", SEEN: "有两个标签"}})
    assert [shown[n, CHECK] for n in range(4)] == ["√", "缺：写下看到了什么", "√", "缺：结论"]


def test_steps__every_button_of_a_round__pressed_at_least_once(scheme: Scheme) -> None:
    told = " ".join(step.do for step in first_check_steps(scheme))
    of_a_round = {"make_templates", "import_returned", "consolidate", "seal_round", "verify", "correct", "checkup"}
    assert all(f"“{action.caption}”" in told for action in ACTIONS if action.id in of_a_round)


def test_guide__chapter__has_the_table(scheme: Scheme) -> None:
    template = (ROOT / "docs" / "使用手册.md.j2").read_text("utf-8")
    assert "{% for step in first_check %}" in template


@requires_office
@pytest.mark.slow
def test_formulas__recalculated_by_libreoffice__as_they_are_stored(scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "首次核对.xlsx"
    path.write_bytes(first_check_workbook(scheme))
    (result,) = run_office([{"open": path, "save": [[tmp_path / "again.xlsx", "xlsx"]]}])
    assert result["error"] is None
    stored, again = (read_bytes(p.read_bytes()) for p in (path, tmp_path / "again.xlsx"))
    for one, other in zip(stored.sheets, again.sheets, strict=True):
        for row, cells in enumerate(one.rows):
            for column, raw in enumerate(cells):
                if isinstance(raw, Formula):
                    recalculated = other.at(row, column)
                    assert isinstance(recalculated, Formula)
                    assert recalculated.result == raw.result, (one.name, row, column)
