"""The native formulas of 考核总表 (状态, 完成率, the section with 不适用) against the engine, computed by LibreOffice.

The scores themselves are cell functions; here their results are typed in, so that the formulas around them are judged.
"""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.spreadsheet.fillings import Filling, Typed, random_filling
from tests.support.libreoffice import requires_office, run_office
from xladdin.fields.cases import with_cases
from xladdin.fields.reading import read_cell
from xladdin.forms.form import Form
from xladdin.issues import Place
from xladdin.methods.inputs import Entry
from xladdin.numbers import Fault
from xladdin.results.consolidation import DistrictResult
from xladdin.results.district_sheet import DISTRICT_COLUMNS, rate, state_words
from xladdin.results.layers import layered
from xladdin.results.master import master_sheets
from xladdin.scheme import InputKind, load_scheme
from xladdin.scoring.items import Status
from xladdin.scoring.totals import DistrictScore, score_district
from xladdin.words import CODE, CONTENT, RATE, SCORE, STATUS, TARGET, VALUE
from xladdin.workbook.cells import cell_name
from xladdin.workbook.write.tables import write_tables

SCHEME = load_scheme("2023")
HEADS = [column.head for column in DISTRICT_COLUMNS]
DISTRICT = SCHEME.district_names[0]
(SHEET,) = master_sheets(
    SCHEME,
    [
        DistrictResult(
            DISTRICT, layered(SCHEME, DISTRICT, Form())[0], None, score_district(SCHEME, {}, SCHEME.default_policies), 1
        )
    ],
)
ROWS = {str(cells[HEADS.index(CODE)]): row for row, cells in enumerate(SHEET.rows, SHEET.first_row) if cells[5]}
FIRST, LAST = min(ROWS.values()), max(ROWS.values())


def entries_of(filling: Filling) -> dict[str, Entry]:
    entries = {}
    for code, spec in SCHEME.inputs.items():
        readings = [read_cell(filling.typed.get((code, head)), spec, Place()).value for head in (VALUE, TARGET)]
        entries[code] = Entry(*readings)
    return dict(with_cases(SCHEME, entries, filling.names))


def shown_scores(scored: DistrictScore) -> dict[str, Typed]:
    """What the cell functions show, by item."""
    words = {Status.ERROR: "错误：见校验", Status.NOT_APPLICABLE: "不适用"}
    return {
        id_: words.get(score.status, None if score.score is None else float(score.score))
        for id_, score in scored.items.items()
    }


def column(head: str, content: dict[str, Typed]) -> list[Any]:
    """The contents of a column, by code, as what a job sets."""
    at = HEADS.index(head)
    by_row = {ROWS[code]: value for code, value in content.items()}
    return [
        DISTRICT,
        f"{cell_name(FIRST, at)}:{cell_name(LAST, at)}",
        [[by_row.get(row)] for row in range(FIRST, LAST + 1)],
    ]


def rate_differences(filling: Filling, grid: list[list[Any]]) -> list[str]:
    """Where 完成率 is another; formulas read no number out of a text, and beside an unusable value it does not matter."""
    found = []
    for code, entry in entries_of(filling).items():
        is_text = isinstance(filling.typed.get((code, VALUE)), str)
        if SCHEME.inputs[code].kind is InputKind.AMOUNT and not is_text and not isinstance(entry.value, Fault):
            want, got = rate(entry.value, entry.target, capped=True), grid[ROWS[code]][HEADS.index(RATE)]
            if (want is None) != (got in (None, "")) or abs((want or 0) - (got or 0)) > 1e-9:
                found.append(f"{code} 完成率 {got!r} instead of {want!r}")
    return found


@requires_office
@pytest.mark.parametrize("count", [60, pytest.param(400, marks=pytest.mark.slow)])
def test_formulas_around_the_scores__random_fillings_in_libreoffice__equal_the_engine(
    tmp_path: Path, count: int
) -> None:
    path = tmp_path / "master.xlsx"
    path.write_bytes(write_tables([SHEET], {}, "", "", datetime(2024, 1, 5)))
    dice = random.Random("master")
    fillings = [random_filling(SCHEME, dice) for _ in range(count)]
    scored = [score_district(SCHEME, entries_of(f), SCHEME.default_policies) for f in fillings]
    cases = []
    for filling, scores in zip(fillings, scored, strict=True):
        first_codes = {item.inputs[0].code: shown_scores(scores)[id_] for id_, item in SCHEME.items.items()}
        typed = [
            column(head, {code: filling.typed.get((code, head)) for code in SCHEME.inputs})
            for head in (TARGET, VALUE, CONTENT)
        ]
        cases.append({"set": [column(SCORE, first_codes), *typed]})
    area = f"A1:{cell_name(LAST + 1, len(HEADS) - 1)}"
    (result,) = run_office([{"open": path, "cases": cases, "read": [[DISTRICT, area]]}])
    assert result["error"] is None
    bad = []
    seen: dict[object, int] = {}
    for number, (filling, scores, (grid,)) in enumerate(zip(fillings, scored, result["cases"], strict=True)):
        for item in SCHEME.items.values():
            got, want = grid[ROWS[item.inputs[0].code]][HEADS.index(STATUS)], state_words(scores.items[item.id])
            seen[want] = seen.get(want, 0) + 1
            if got != want:
                bad.append(f"case {number} {item.id} 状态 {got!r} instead of {want!r}")
        bad += [f"case {number} {difference}" for difference in rate_differences(filling, grid)]
        if not any(score.status is Status.ERROR for score in scores.items.values()):
            total = grid[LAST + 1][HEADS.index(SCORE)]
            if abs(total - float(scores.sections[1])) > 1e-9:
                bad.append(f"case {number} section {total!r} instead of {scores.sections[1]}")
    assert bad[:5] == []
    assert all(seen.get(words, 0) > count // 4 for words in ("已计分", "部分缺", "缺", "不适用", "错误")), seen
