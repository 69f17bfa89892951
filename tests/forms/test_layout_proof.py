"""Forms whose rows, columns and sheets were moved about: every number is read as before, or the field is refused by name.

Fields are found by the heads of their columns and the codes in 编号. Whatever a district does to the sheet, no number may
be taken for another one, and none may silently turn into a blank.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.conftest import Forms
from xladdin.issues import Level
from xladdin.methods.inputs import Entry
from xladdin.numbers import Fault
from xladdin.returns.collected import Collection
from xladdin.returns.collection import collect
from xladdin.scheme import InputKind
from xladdin.words import CODE, EVIDENCE, TARGET, VALUE, form_file_name

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

DISTRICT = "静安区"
ONE, TWO = "附件1", "附件2"
HEAD_ROW = 4
"""Of both annexes as issued."""

CHANGED, CHANGED_TO = "K09.1", 7.0
"""A field that holds something else than in the clean form, to prove that what is read is what stands in the file."""

NOTES = ("小计", "注：以下为街镇数据")
"""What people write into rows of their own."""


def loaded(forms: Forms) -> openpyxl.Workbook:
    """The filled form with its merged cells taken apart, as sheets must be before rows and columns can move freely."""
    book = openpyxl.load_workbook(io.BytesIO(forms.make(DISTRICT, {(CHANGED, VALUE): CHANGED_TO})))
    for sheet in book:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
    return book


def reading_of(forms: Forms, book: openpyxl.Workbook, folder: Path) -> Collection:
    path = folder / form_file_name(DISTRICT)
    book.save(path)
    return collect(forms.scheme, [path])


def expected_entries(forms: Forms) -> dict[str, Entry]:
    return forms.entries(DISTRICT, {(CHANGED, VALUE): CHANGED_TO})


def assert_same(forms: Forms, book: openpyxl.Workbook, folder: Path, *, renamed: Sequence[str] = ()) -> None:
    """Every field reads as before; the names of sheets, and notes in what is to be filled in, are all there is to remark on."""
    collection = reading_of(forms, book, folder)
    read = collection.forms[DISTRICT].entries
    expected = expected_entries(forms)
    assert {c: read[c] for c in expected if read[c] != expected[c]} == {}
    remarks = [i for i in collection.issues if not (i.code == "S08" and any(note in i.found for note in NOTES))]
    assert sorted((i.code, i.place.sheet) for i in remarks) == [("S01", name) for name in sorted(renamed)]


def assert_same_or_refused(forms: Forms, book: openpyxl.Workbook, folder: Path) -> None:
    """Every field reads as before or is an error that a finding names, by its code or with its whole sheet or file."""
    collection = reading_of(forms, book, folder)
    errors = [i for i in collection.issues if i.level is Level.ERROR]
    form = collection.forms.get(DISTRICT)
    if form is None:
        assert errors
        return
    named = {i.place.item for i in errors}
    silent = {}
    for code, was in expected_entries(forms).items():
        own = form.entries[code]
        refused = isinstance(own.value, Fault) or isinstance(own.target, Fault)
        if own != was and not (refused and (code in named or "" in named)):
            silent[code] = own
    assert silent == {}


def find(sheet: Worksheet, text: str) -> tuple[int, int]:
    """Row and column of the cell that holds the text."""
    return next((cell.row, cell.column) for row in sheet.iter_rows() for cell in row if cell.value == text)


def table_rows(forms: Forms, sheet: Worksheet) -> list[int]:
    """The rows that hold a field, from the first to the last."""
    _, column = find(sheet, CODE)
    rows = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, column).value in forms.scheme.inputs]
    assert rows
    return list(range(rows[0], rows[-1] + 1))


# --- One thing at a time ----------------------------------------------------------------------------------------------

Move = Callable[[Worksheet], None]


def swap_columns(sheet: Worksheet, one: str, other: str) -> None:
    """Two columns exchanged from their heads down."""
    (row, a), (_, b) = find(sheet, one), find(sheet, other)
    for at in range(row, sheet.max_row + 1):
        left, right = sheet.cell(at, a), sheet.cell(at, b)
        left.value, right.value = right.value, left.value


def permute_rows(sheet: Worksheet, rows: Sequence[int], dice: random.Random) -> None:
    contents = [[cell.value for cell in sheet[row]] for row in rows]
    dice.shuffle(contents)
    for row, cells in zip(rows, contents, strict=True):
        for column, value in enumerate(cells, 1):
            sheet.cell(row, column).value = value


MOVES: dict[str, Move] = {
    "three rows above": lambda sheet: sheet.insert_rows(1, 3),
    "rows between title and heads": lambda sheet: sheet.insert_rows(HEAD_ROW, 2),
    "a row below the heads": lambda sheet: sheet.insert_rows(HEAD_ROW + 1),
    "rows between fields": lambda sheet: sheet.insert_rows(HEAD_ROW + 9, 4),
    "a column in front": lambda sheet: sheet.insert_cols(1),
    "three columns in front": lambda sheet: sheet.insert_cols(1, 3),
    "a column before the codes": lambda sheet: sheet.insert_cols(find(sheet, CODE)[1]),
    "a column before the values": lambda sheet: sheet.insert_cols(find(sheet, VALUE)[1], 2),
    "official columns deleted": lambda sheet: sheet.delete_cols(find(sheet, "任务名称")[1], 2),
    "evidence column deleted": lambda sheet: sheet.delete_cols(find(sheet, EVIDENCE)[1]),
    "codes last": lambda sheet: swap_columns(sheet, CODE, "校验"),
    "values first": lambda sheet: swap_columns(sheet, VALUE, "任务名称"),
    "rows reversed": lambda sheet: reverse_rows(sheet),
}


def reverse_rows(sheet: Worksheet) -> None:
    first, last = HEAD_ROW + 1, sheet.max_row - 3
    contents = [[cell.value for cell in sheet[row]] for row in range(first, last + 1)]
    for row, cells in zip(range(first, last + 1), reversed(contents), strict=True):
        for column, value in enumerate(cells, 1):
            sheet.cell(row, column).value = value


@pytest.mark.parametrize("move", MOVES)
def test_layout__one_thing_moved_on_both_annexes__every_field_reads_the_same(
    forms: Forms, tmp_path: Path, move: str
) -> None:
    book = loaded(forms)
    for name in (ONE, TWO):
        before = [[cell.value for cell in row] for row in book[name].iter_rows()]
        MOVES[move](book[name])
        assert [[cell.value for cell in row] for row in book[name].iter_rows()] != before
    assert_same(forms, book, tmp_path)


def test_layout__target_and_value_exchanged_with_heads__every_field_reads_the_same(
    forms: Forms, tmp_path: Path
) -> None:
    book = loaded(forms)
    swap_columns(book[TWO], TARGET, VALUE)
    assert_same(forms, book, tmp_path)


def test_layout__sheets_renamed_and_in_another_order__every_field_reads_the_same(forms: Forms, tmp_path: Path) -> None:
    book = loaded(forms)
    book[ONE].title, book[TWO].title = "考核总表", "Sheet3"
    book.move_sheet("Sheet3", -2)
    book.create_sheet("备注", 0)["A1"] = "编号"
    assert_same(forms, book, tmp_path, renamed=["考核总表", "Sheet3"])


def test_layout__cover_deleted__every_field_reads_the_same(forms: Forms, tmp_path: Path) -> None:
    book = loaded(forms)
    del book["填报说明"]
    assert_same(forms, book, tmp_path)


def test_layout__annexes_exchange_their_names__every_field_reads_the_same(forms: Forms, tmp_path: Path) -> None:
    book = loaded(forms)
    book[ONE].title = "暂"
    book[TWO].title = ONE
    book["暂"].title = TWO
    assert_same(forms, book, tmp_path, renamed=[ONE, TWO])


def test_layout__annex2_cut_in_two_sheets_with_heads__every_field_reads_the_same(forms: Forms, tmp_path: Path) -> None:
    book = loaded(forms)
    whole, half = book[TWO], book.create_sheet("附件2续")
    middle = 30
    for row in [HEAD_ROW, *range(middle, whole.max_row + 1)]:
        for cell in whole[row]:
            half.cell(1 if row == HEAD_ROW else row, cell.column).value = cell.value
    whole.delete_rows(middle, whole.max_row)
    assert_same(forms, book, tmp_path, renamed=["附件2续"])


def test_layout__codes_in_lower_case_and_full_width__every_field_reads_the_same(forms: Forms, tmp_path: Path) -> None:
    book = loaded(forms)
    for name, change in ((ONE, str.lower), (TWO, lambda code: f" {code} ".replace("K", "Ｋ").replace("0", "０"))):
        row, column = find(book[name], CODE)
        for at in range(row + 1, book[name].max_row + 1):
            cell = book[name].cell(at, column)
            if cell.value in forms.scheme.inputs:
                cell.value = change(cell.value)
    assert_same(forms, book, tmp_path)


@pytest.mark.parametrize("rows", [50, 100, 1000])
def test_layout__far_down__every_field_reads_the_same_or_is_refused(forms: Forms, tmp_path: Path, rows: int) -> None:
    book = loaded(forms)
    book[TWO].insert_rows(1, rows)
    assert_same_or_refused(forms, book, tmp_path)


# --- Where heads and codes are not what they were ---------------------------------------------------------------------


def copy_cells(source: Worksheet, target: Worksheet, down: int, right: int) -> None:
    for row in source.iter_rows():
        for cell in row:
            if cell.value is not None:
                target.cell(cell.row + down, cell.column + right).value = cell.value


@pytest.mark.parametrize(
    ("upper", "lower", "right"),
    [
        pytest.param(TWO, ONE, 0, id="附件1 below 附件2, flush left"),
        pytest.param(ONE, TWO, 0, id="附件2 below 附件1, flush left"),
        pytest.param(TWO, ONE, 1, id="附件1 below 附件2, codes in line"),
        pytest.param(ONE, TWO, -1, id="附件2 below 附件1, codes in line"),
    ],
)
def test_layout__both_annexes_on_one_sheet__every_field_reads_the_same_or_is_refused(
    forms: Forms, tmp_path: Path, upper: str, lower: str, right: int
) -> None:
    book = loaded(forms)
    if right < 0:
        book[upper].insert_cols(1, -right)
    copy_cells(book[lower], book[upper], book[upper].max_row + 2, max(right, 0))
    del book[lower]
    assert_same_or_refused(forms, book, tmp_path)


def test_layout__annexes_in_line_and_numbers_as_evidence__no_evidence_is_read_as_a_value(
    forms: Forms, tmp_path: Path
) -> None:
    book = loaded(forms)
    row, column = find(book[ONE], EVIDENCE)
    for at in range(row + 1, book[ONE].max_row + 1):
        book[ONE].cell(at, column).value = 1
    copy_cells(book[ONE], book[TWO], book[TWO].max_row + 2, 1)
    del book[ONE]
    assert_same_or_refused(forms, book, tmp_path)


@pytest.mark.parametrize(("upper", "lower"), [(ONE, TWO), (TWO, ONE)])
def test_layout__both_annexes_side_by_side__every_field_reads_the_same_or_is_refused(
    forms: Forms, tmp_path: Path, upper: str, lower: str
) -> None:
    book = loaded(forms)
    copy_cells(book[lower], book[upper], 0, book[upper].max_column + 1)
    del book[lower]
    assert_same_or_refused(forms, book, tmp_path)


@pytest.mark.parametrize("head", [VALUE, TARGET])
@pytest.mark.parametrize("side", [0, 1], ids=["before", "behind"])
def test_layout__two_columns_with_the_same_head__is_refused(forms: Forms, tmp_path: Path, head: str, side: int) -> None:
    # Last year's figures kept beside this year's, say.
    book = loaded(forms)
    sheet = book[TWO]
    row, column = find(sheet, head)
    sheet.insert_cols(column + side)
    sheet.cell(row, column + side).value = head
    for at in range(row + 1, sheet.max_row + 1):
        if isinstance(sheet.cell(at, column + 1 - side).value, int | float):
            sheet.cell(at, column + side).value = 3
    assert_same_or_refused(forms, book, tmp_path)


@pytest.mark.parametrize("side", [0, 1], ids=["before", "behind"])
def test_layout__two_columns_of_codes__every_field_reads_the_same_or_is_refused(
    forms: Forms, tmp_path: Path, side: int
) -> None:
    # The district's own numbering under the same head.
    book = loaded(forms)
    sheet = book[TWO]
    row, column = find(sheet, CODE)
    sheet.insert_cols(column + side)
    sheet.cell(row, column + side).value = CODE
    for at in range(row + 1, sheet.max_row + 1):
        sheet.cell(at, column + side).value = at - row
    assert_same_or_refused(forms, book, tmp_path)


def test_layout__heads_exchanged_without_their_columns__heads_are_believed(forms: Forms, tmp_path: Path) -> None:
    # Nothing in the file can tell this from two columns that were exchanged.
    book = loaded(forms)
    sheet = book[TWO]
    (row, target), (_, value) = find(sheet, TARGET), find(sheet, VALUE)
    sheet.cell(row, target).value, sheet.cell(row, value).value = VALUE, TARGET
    read = reading_of(forms, book, tmp_path).forms[DISTRICT].entries
    expected = expected_entries(forms)
    for code, entry in expected.items():
        if forms.scheme.inputs[code].kind is InputKind.AMOUNT:
            assert isinstance(entry.value, Decimal)
            # What the text sets for every district holds whatever stands there.
            least = forms.scheme.least_amount(code, DISTRICT) or Decimal(0)
            assert (read[code].value, read[code].target) == (entry.target, max(entry.value, least))


def test_layout__sheet_copied_in_the_same_file__is_refused_not_chosen_from(forms: Forms, tmp_path: Path) -> None:
    book = loaded(forms)
    copy = book.copy_worksheet(book[TWO])
    copy.title = "附件2 (2)"
    copy["K5"] = 1
    collection = reading_of(forms, book, tmp_path)
    entries = collection.forms[DISTRICT].entries
    codes = [c for c in expected_entries(forms) if c.startswith("K")]
    assert all(isinstance(entries[c].value, Fault) for c in codes)
    assert {i.place.item for i in collection.issues if i.code == "S04"} == set(codes)


# --- Many things at once ----------------------------------------------------------------------------------------------


def insert_rows_above(sheet: Worksheet, dice: random.Random) -> None:
    sheet.insert_rows(dice.randint(1, find(sheet, CODE)[0]), dice.randint(1, 3))


def insert_rows_between(forms: Forms) -> Callable[[Worksheet, random.Random], None]:
    def change(sheet: Worksheet, dice: random.Random) -> None:
        at = dice.choice(table_rows(forms, sheet))
        sheet.insert_rows(at, dice.randint(1, 3))
        sheet.cell(at, dice.randint(1, sheet.max_column)).value = dice.choice([*NOTES, None])

    return change


def insert_columns(sheet: Worksheet, dice: random.Random) -> None:
    at = dice.randint(1, sheet.max_column)
    sheet.insert_cols(at, dice.randint(1, 2))
    row = find(sheet, CODE)[0]
    sheet.cell(row, at).value = dice.choice([None, "上年完成", "责任科室"])
    for below in range(row + 1, sheet.max_row + 1):
        sheet.cell(below, at).value = dice.choice([None, dice.randint(0, 99), "是"])


def swap_two_columns(sheet: Worksheet, dice: random.Random) -> None:
    row, _ = find(sheet, CODE)
    heads = [
        cell.value for cell in sheet[row] if isinstance(cell.value, str) and cell.value not in ("上年完成", "责任科室")
    ]
    swap_columns(sheet, *dice.sample(heads, 2))


def reorder_rows(forms: Forms) -> Callable[[Worksheet, random.Random], None]:
    return lambda sheet, dice: permute_rows(sheet, table_rows(forms, sheet), dice)


@pytest.mark.parametrize("seed", range(30))
def test_layout__many_things_moved_at_random__every_field_reads_the_same(
    forms: Forms, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    book = loaded(forms)
    changes = [insert_rows_above, insert_rows_between(forms), insert_columns, swap_two_columns, reorder_rows(forms)]
    for sheet in (book[ONE], book[TWO]):
        for change in dice.choices(changes, k=dice.randint(2, 5)):
            change(sheet, dice)
    renamed = []
    for name, new in ((ONE, "总表"), (TWO, "重点工作")):
        if dice.random() < 0.3:
            book[name].title = new
            renamed.append(new)
    assert_same(forms, book, tmp_path, renamed=renamed)
