"""Tables are found by their heads, as the product or as people write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.conftest import Forms
from tests.support.heads import headed, spellings
from xladdin.evaluations.layout import EVALUATION_TABLES
from xladdin.fields.tables import Heads, find_tables, squeezed, tables_of
from xladdin.forms.layout import COLUMNS_OF_AMOUNTS, COLUMNS_OF_VALUES, form_layout
from xladdin.issues import Level
from xladdin.results.district_sheet import DISTRICT_COLUMNS
from xladdin.returns.collection import collect_open
from xladdin.rounds.corrections_sheet import CORRECTIONS
from xladdin.rounds.tracking import HEADS as TRACKING_HEADS
from xladdin.scheme import load_scheme
from xladdin.words import CODE, SPELLINGS, TARGET, VALUE
from xladdin.workbook.cells import RawBook, RawSheet
from xladdin.workbook.read.reader import SourceFile, read_bytes

SCHEME = load_scheme("2023")
DISTRICT = SCHEME.district_names[0]


def tables() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every table that is read back, with all its heads."""
    for annex in form_layout(SCHEME).annexes:
        yield annex.sheet, annex.columns
    yield "考核汇总", tuple(column.head for column in DISTRICT_COLUMNS)
    yield from ((table.sheet, table.heads) for own in EVALUATION_TABLES.values() for table in own)
    yield "任务分解表", (CODE, *SCHEME.district_names)
    yield "更正单", CORRECTIONS.heads
    yield "进度", TRACKING_HEADS


@pytest.mark.parametrize(("name", "heads"), list(tables()))
def test_spellings__in_one_table__of_one_head_only(name: str, heads: Sequence[str]) -> None:
    said = [squeezed(text) for head in heads for text in (head, *SPELLINGS.get(head, ()))]
    assert sorted(text for text in set(said) if said.count(text) > 1) == []


def test_spellings__heads__stand_in_some_table() -> None:
    assert SPELLINGS.keys() <= {head for _name, heads in tables() for head in heads}


@pytest.mark.parametrize(("head", "text"), list(spellings(dict.fromkeys((*COLUMNS_OF_VALUES, *COLUMNS_OF_AMOUNTS)))))
def test_form__head_spelt_otherwise__read_the_same_and_said(forms: Forms, head: str, text: str) -> None:
    book = read_bytes(forms.make(DISTRICT, {("K01.1", VALUE): "12个"}))
    file = SourceFile(Path(f"区填报表_{DISTRICT}.xlsx"), f"区填报表_{DISTRICT}.xlsx", book.sha256)
    changed = headed(book, head, text)
    before, after = (collect_open(SCHEME, file, one) for one in (book, changed))
    assert after.forms[DISTRICT].fields == before.forms[DISTRICT].fields
    said = [issue for issue in after.issues if issue not in before.issues]
    cells = {(s.name, c) for s, other in zip(book.sheets, changed.sheets, strict=True) for c in _moved(s, other)}
    assert {(i.place.sheet, i.place.cell) for i in said} == cells
    assert {(i.code, i.level, i.found, i.expected) for i in said} == {
        ("S07", Level.CONVERTED, f"表头写作“{text}”", f"表头“{head}”")
    }
    assert [issue for issue in before.issues if issue not in after.issues] == []


def _moved(sheet: RawSheet, other: RawSheet) -> Iterator[str]:
    for row, (old, new) in enumerate(zip(sheet.rows, other.rows, strict=True), 1):
        yield from (f"{chr(65 + n)}{row}" for n, (a, b) in enumerate(zip(old, new, strict=True)) if a != b)


PLAIN = Heads((CODE, VALUE, TARGET), required=(CODE,), least=2)


def found(*rows: Sequence[str | None]) -> list[tuple[int, int, dict[str, int], set[str], set[str]]]:
    """Head row, end, columns, doubled and respelt heads of what is found on a sheet."""
    tables = find_tables(RawBook("", [RawSheet("表", rows)]), (PLAIN,))
    return [(t.head_row, t.end_row, dict(t.columns), set(t.doubled), set(t.respelt)) for t in tables]


def test_find__white_space_and_full_width__the_head_itself() -> None:
    assert found([" 编\n号　", "完成　情况"]) == [(0, 1, {CODE: 0, VALUE: 1}, set(), set())]


def test_find__another_spelling_beside_the_head__a_column_of_its_own() -> None:
    assert found(["编号", "完成数", "完成情况"]) == [(0, 1, {CODE: 0, "完成数": 1, VALUE: 2}, set(), set())]


def test_find__two_other_spellings__a_head_that_stands_there_twice() -> None:
    assert found(["编号", "完成数", "任务数", "完成量"]) == [
        (0, 1, {CODE: 0, VALUE: 1, TARGET: 2}, {VALUE}, {VALUE, TARGET})
    ]


@pytest.mark.parametrize(
    "row",
    [
        ["完成情况", "当年任务量"],  # without 编号
        ["编号", "区"],  # too few
        [],
    ],
)
def test_find__a_row_of_other_things__no_heads(row: list[str | None]) -> None:
    assert found(row) == []


def test_find__heads_again__the_table_above_ends() -> None:
    ends = [(head, end) for head, end, *_ in found(["编号", "完成数"], ["K01.1"], ["编号", "完成情况"], ["K02.1"])]
    assert ends == [(0, 2), (2, 4)]


def test_tables_of__several_sheets__those_of_the_first_that_has_any() -> None:
    heads: list[str | None] = ["编号", "完成情况"]
    sheets = [RawSheet("说明", [["填写说明"]]), RawSheet("甲", [heads, heads]), RawSheet("乙", [heads])]
    assert [(t.sheet.name, t.head_row) for t in tables_of(RawBook("", sheets), PLAIN)] == [("甲", 0), ("甲", 1)]
