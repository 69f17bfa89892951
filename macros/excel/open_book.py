"""A workbook open in Excel, read sheet by sheet: values and formulas in one call each, never cell by cell."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import xlwings as xw

from macros.host import RESULT_SHEETS
from udfs.error_values import error_text
from udfs.ranges import exact_values
from xladdin.files import Progress
from xladdin.forms.reading import FieldTable, form_tables
from xladdin.words import KIND_PROPERTY, SCHEME_PROPERTY, TARGET, VALUE, VERSION_PROPERTY
from xladdin.workbook.cells import DAY_ZERO, CellError, Formula, Percentage, Raw, RawBook, RawSheet, SerialDate
from xladdin.workbook.read.formats import number_kind
from xladdin.workbook.read.reader import SourceFile

Grid = Sequence[Sequence[object]]


def path_of(book: xw.Book) -> Path | None:
    """Where the workbook lies on the disk; None where its address is one of the web (OneDrive, SharePoint)."""
    # Not xlwings' fullname: it looks for the file on this computer and raises where it does not find it.
    address = str(book.api.FullName)
    return None if "://" in address else Path(address)


def source_of(book: xw.Book) -> SourceFile:
    """The workbook as a source: its file's SHA-256, or none where what is open is not what lies on the disk."""
    path = path_of(book) or Path(book.name)
    digest = ""
    if book.api.Saved:
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:  # not saved yet, or on a server
            digest = ""
    return SourceFile(path, book.name, digest)


def read_book(book: xw.Book, names: Iterable[str] | None = None, progress: Progress | None = None) -> RawBook:
    """The workbook's sheets as a reader of files would give them; of those named only where names are given."""
    wanted = None if names is None else set(names)
    named = {sheet.name: sheet for sheet in book.sheets}
    chosen = [name for name in named if name not in RESULT_SHEETS and (wanted is None or name in wanted)]
    sheets = []
    for step, name in enumerate(chosen):
        if progress:
            progress(step, len(chosen), name)
        sheets.append(read_sheet(named[name]))
    raw = RawBook("", sheets, _properties(book))
    return RawBook("", [_with_percentages(book, sheet, raw) for sheet in sheets], raw.properties)


def read_sheet(sheet: xw.Sheet) -> RawSheet:
    """All of a sheet's cells: one call for the values, one for the formulas."""
    used = sheet.used_range
    values, formulas = grid(exact_values(used.api)), grid(used.formula)
    top, left = used.row - 1, used.column - 1
    rows: list[list[Raw]] = [[] for _ in range(top)]
    for row, texts in zip(values, formulas, strict=True):
        rows.append([None] * left + [_cell(value, text) for value, text in zip(row, texts, strict=True)])
    return RawSheet(sheet.name, rows, not sheet.visible)


def grid(block: object) -> Grid:
    """A block as rows: Excel gives a single cell as a scalar."""
    return block if isinstance(block, tuple | list) else ((block,),)


def _cell(value: object, formula: object) -> Raw:
    content = content_of(value)
    # A text that begins with an equals sign is its own formula text; a formula's result is another.
    if isinstance(formula, str) and formula.startswith("=") and formula != value:
        return Formula(formula[1:], content)
    return content


def content_of(value: object) -> Raw:
    """A cell's content from what COM gives for it."""
    match value:
        case None | "":
            return None
        case bool() | str():
            return value
        case datetime.datetime():
            naive = value.replace(tzinfo=None)
            return SerialDate((naive - DAY_ZERO) / datetime.timedelta(days=1))
        case int() if (text := error_text(value)) is not None:
            return CellError(text)
        case int() | float() | Decimal():
            return float(value)
    return str(value)


def _properties(book: xw.Book) -> dict[str, str]:
    """What kind of workbook of ours it is, and of which year."""
    found = {}
    for name in (KIND_PROPERTY, VERSION_PROPERTY, SCHEME_PROPERTY):
        try:
            found[name] = str(book.api.CustomDocumentProperties(name).Value)
        except Exception:  # COM says in several ways that there is no such property
            continue
    return found


def _with_percentages(book: xw.Book, sheet: RawSheet, whole: RawBook) -> RawSheet:
    """The sheet with the numbers of its fields that are shown with a percent sign marked as such.

    A table's fields all have one format unless somebody typed a percent sign; only then single cells are looked at.
    """
    tables = [table for table in form_tables(whole) if table.sheet is sheet and table.codes]
    if not tables:
        return sheet
    rows = [list(cells) for cells in sheet.rows]
    for table in tables:
        columns = sorted({table.columns[head] for head in (TARGET, VALUE) if head in table.columns})
        for block in _adjacent(columns):
            _mark_percentages(book.sheets[sheet.name], rows, table, block)
    return RawSheet(sheet.name, rows, sheet.is_hidden)


def _adjacent(columns: Sequence[int]) -> list[range]:
    blocks: list[range] = []
    for column in columns:
        if blocks and blocks[-1].stop == column:
            blocks[-1] = range(blocks[-1].start, column + 1)
        else:
            blocks.append(range(column, column + 1))
    return blocks


def _mark_percentages(sheet: xw.Sheet, rows: list[list[Raw]], table: FieldTable, columns: range) -> None:
    pending = [(range(table.head_row + 1, table.end_row), columns)]
    while pending:
        across, down = pending.pop()
        if not across or not down:
            continue
        shown = sheet.range((across.start + 1, down.start + 1), (across.stop, down.stop)).number_format
        if shown is None:  # of several formats
            pending += _halves(across, down)
        elif number_kind(0, shown) is Percentage:
            for row in across:
                for column in down:
                    if column < len(rows[row]) and isinstance(number := rows[row][column], float):
                        rows[row][column] = Percentage(number)


def _halves(rows: range, columns: range) -> list[tuple[range, range]]:
    if len(columns) > 1:
        return [(rows, columns[:1]), (rows, columns[1:])]
    middle = len(rows) // 2
    return [(rows[:middle], columns), (rows[middle:], columns)]
