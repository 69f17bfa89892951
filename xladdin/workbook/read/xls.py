"""Reading .xls (BIFF) workbooks: cells by xlrd, and what xlrd does not say from the records themselves."""

from __future__ import annotations

import re
from math import isfinite

import xlrd
from xlrd.compdoc import CompDoc, CompDocError

from xladdin.classes import field, record
from xladdin.workbook.cells import DAYS_TO_1904, CellError, Formula, MarkedText, Raw, RawSheet, SerialDate, shown_text
from xladdin.workbook.read.formats import number_kind
from xladdin.workbook.read.texts import MAX_MERGED, cover, fit_text
from xladdin.workbook.unreadable import MAX_CELLS, Unreadable, UnreadableWorkbook, check_position


def read_xls(data: bytes) -> tuple[list[RawSheet], bool]:
    """All worksheets of a BIFF workbook, and whether the file is damaged but could be read."""
    stream, is_damaged = _workbook_stream(data)
    records = _Records(stream)
    try:
        book = xlrd.open_workbook(
            file_contents=bytes(records.stream), logfile=_Silent(), formatting_info=True, ragged_rows=True
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise UnreadableWorkbook(Unreadable.PASSWORD) from error
        raise
    return [_sheet(book, sheet, records.formulas[n]) for n, sheet in enumerate(book.sheets())], is_damaged


class _Silent:
    def write(self, _text: str) -> None:
        """Swallow the parser's diagnostics; they are not for a clerk."""


def _workbook_stream(data: bytes) -> tuple[bytes, bool]:
    """The records, and whether the container around them is damaged."""
    if data[:2] == b"\x09\x08":
        return data, False
    names = data.lower()
    if _named("encryptedpackage") in names:
        raise UnreadableWorkbook(Unreadable.PASSWORD)
    if _named("workbook") not in names and _named("book") not in names:
        raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, "是旧版 Office 文件但不是工作簿")
    del names
    try:
        document, is_damaged = CompDoc(data, logfile=_Silent()), False
        stream = _stream(document)
    except CompDocError:
        document, is_damaged = CompDoc(data, logfile=_Silent(), ignore_workbook_corruption=True), True
        stream = _stream(document)
    if not stream:
        raise UnreadableWorkbook(Unreadable.DAMAGED)
    return stream, is_damaged


def _named(name: str) -> bytes:
    return name.encode("utf-16-le")


def _stream(document: CompDoc) -> bytes:
    for name in ("Workbook", "Book"):
        content, start, length = document.locate_named_stream(name)
        if content:
            return bytes(content[start : start + length])
    return b""


# --- Records ----------------------------------------------------------------------------------------------------------

_BOUNDSHEET, _SST = 0x0085, 0x00FC
_BOF = {0x0009, 0x0209, 0x0409, 0x0809}
_FORMULA = {0x0006, 0x0206, 0x0406}
_CELLS = _FORMULA | {0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00FD, 0x00D6}
_LOOKS = {0x001E, 0x041E, 0x0031, 0x0231, 0x00E0, 0x0043, 0x0243, 0x0443}
# The texts of formulas, and what may stand between a formula and its text: shared formulas, arrays, tables.
_RESULTS = {0x0007, 0x0207, 0x0407, 0x04BC, 0x0021, 0x0221, 0x0036, 0x0236, 0x0037}
# Beside these: end, code page, dates from 1904, encryption, continued records, merged cells, country.
_NEEDED = _BOF | _CELLS | _LOOKS | _RESULTS
_NEEDED |= {_BOUNDSHEET, _SST, 0x000A, 0x0042, 0x0022, 0x002F, 0x003C, 0x00E5, 0x008C}
_IGNORED = b"\xff\x7f"
_WORKSHEET = 0

MAX_RECORDS = 2_000_000
MAX_LOOKS = 70_000

# A logical value that was typed, as LibreOffice stores it: the constant, or a call of the function of that name.
_LOGICAL = {
    text: re.compile(rb"\x1d" + value + rb"|[\x21\x41\x61]" + number + rb"\x00|[\x22\x42\x62]\x00" + number + rb"\x00")
    for text, value, number in (("TRUE()", rb"\x01", rb"\x22"), ("FALSE()", rb"\x00", rb"\x23"))
}


@record(frozen=False)
class _Worksheet:
    name: str
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)


class _Records:
    """The formulas by sheet, and the stream with all records made unknown that are not about cells.

    xlrd gives a formula's result as if it had been typed, and makes room up to the last cell that has a border. Sheets are
    counted as xlrd counts them: worksheets only.
    """

    def __init__(self, stream: bytes) -> None:
        self.stream = bytearray(stream)
        self._sheets: dict[int, _Worksheet] = {}
        current: _Worksheet | None = None
        cells = looks = position = 0
        for _ in range(MAX_RECORDS):
            if position + 4 > len(stream):
                break
            kind = int.from_bytes(stream[position : position + 2], "little")
            length = int.from_bytes(stream[position + 2 : position + 4], "little")
            body = stream[position + 4 : position + 4 + length]
            if kind in _CELLS:
                row, column = int.from_bytes(body[:2], "little"), int.from_bytes(body[2:4], "little")
                if kind == 0x00BD:  # several numbers in a row
                    column = int.from_bytes(body[-2:], "little")
                check_position(current.name if current else "", row, column)
                cells += 1
                if kind in _FORMULA and current:
                    current.formulas[row, column] = _logical(body)
            elif kind in _BOF:
                current = self._sheets.get(position, current)
            elif kind == _BOUNDSHEET and body[5:6] == bytes([_WORKSHEET]):
                wide = bool(body[7:8] and body[7] & 1)
                name = body[8:].decode("utf-16-le" if wide else "latin-1", "replace")
                self._sheets[int.from_bytes(body[:4], "little")] = _Worksheet(name)
            elif kind == _SST and int.from_bytes(body[4:8], "little") > MAX_CELLS:
                raise UnreadableWorkbook(Unreadable.OVERSIZED, "文字过多")
            elif kind in _LOOKS:
                looks += 1
            elif kind not in _NEEDED:
                self.stream[position : position + 2] = _IGNORED
            position += 4 + length
        else:
            raise UnreadableWorkbook(Unreadable.OVERSIZED, "内容过多")
        if looks > MAX_LOOKS:
            raise UnreadableWorkbook(Unreadable.OVERSIZED, "格式过多")

    @property
    def formulas(self) -> list[dict[tuple[int, int], str]]:
        """By worksheet, the formulas' texts, as far as they matter, by row and column."""
        return [sheet.formulas for sheet in self._sheets.values()]


def _logical(body: bytes) -> str:
    tokens = body[22 : 22 + int.from_bytes(body[20:22], "little")]
    return next((text for text, pattern in _LOGICAL.items() if pattern.fullmatch(tokens)), "")


# --- Cells ------------------------------------------------------------------------------------------------------------


def _sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet, formulas: dict[tuple[int, int], str]) -> RawSheet:
    rows: list[list[Raw]] = []
    for r in range(sheet.nrows):
        cells: list[Raw] = []
        for c in range(sheet.row_len(r)):
            value = _value(book, sheet.cell(r, c))
            if (r, c) in formulas:
                value = Formula(formulas[r, c], value)
            elif value is not None and _is_marked(book, sheet, r, c):
                value = MarkedText(value if isinstance(value, str) else shown_text(value))
            cells.append(value)
        rows.append(cells)
    merged = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
    cover(rows, merged)
    return RawSheet(fit_text(sheet.name), rows, sheet.visibility != 0, merged[:MAX_MERGED])


def _value(book: xlrd.Book, cell: xlrd.sheet.Cell) -> Raw:
    kind, value = cell.ctype, cell.value
    if kind == xlrd.XL_CELL_ERROR:
        return CellError(xlrd.error_text_from_code.get(value, "#"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        if not isfinite(value):
            return CellError("#NUM!")
        shown_as = book.format_map[book.xf_list[cell.xf_index].format_key]
        kind = number_kind(shown_as.format_key, shown_as.format_str)
        if kind is None:
            return float(value)
        return kind(value + DAYS_TO_1904 if kind is SerialDate and book.datemode else value)
    return fit_text(str(value)) or None if kind == xlrd.XL_CELL_TEXT else None


def _is_marked(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> bool:
    """Whether the cell is struck out, or characters in it are struck out, raised or lowered."""
    fonts = book.font_list
    if fonts[book.xf_list[sheet.cell_xf_index(row, column)].font_index].struck_out:
        return True
    runs = sheet.rich_text_runlist_map.get((row, column), ())
    return any(
        fonts[font].struck_out or fonts[font].escapement
        for at, font in runs
        if font < len(fonts) and at < len(str(sheet.cell_value(row, column)))
    )
