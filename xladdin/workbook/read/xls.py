"""Reading .xls (BIFF) workbooks."""

from __future__ import annotations

import xlrd
from xlrd.compdoc import CompDoc

from xladdin.workbook.cells import CellError, Formula, Percentage, Raw, RawSheet
from xladdin.workbook.unreadable import Unreadable, UnreadableWorkbook, check_position


def read_xls(data: bytes) -> tuple[list[RawSheet], dict[str, str]]:
    """All sheets of a BIFF workbook, by xlrd, which keeps error values apart from blanks."""
    if _names_stream(data, "EncryptedPackage"):
        raise UnreadableWorkbook(Unreadable.PASSWORD)
    if not (_names_stream(data, "Workbook") or _names_stream(data, "Book") or data[:2] == b"\x09\x08"):
        raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, "是旧版 Office 文件但不是工作簿")
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=_Silent(), formatting_info=True)
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise UnreadableWorkbook(Unreadable.PASSWORD) from error
        raise
    formulas = _biff_formulas(data)
    sheets = []
    for index, sheet in enumerate(book.sheets()):
        check_position(sheet.name, sheet.nrows - 1, sheet.ncols - 1)
        rows: list[list[Raw]] = []
        for r in range(sheet.nrows):
            cells = [_value(book, sheet.cell(r, c)) for c in range(sheet.row_len(r))]
            rows.append([Formula("", v) if (index, r, c) in formulas else v for c, v in enumerate(cells)])
        sheets.append(RawSheet(sheet.name, rows))
    return sheets, {}


class _Silent:
    def write(self, _text: str) -> None:
        """Swallow the parser's diagnostics; they are not for a clerk."""


def _names_stream(data: bytes, name: str) -> bool:
    return name.encode("utf-16-le") in data


def _value(book: xlrd.Book, cell: xlrd.sheet.Cell) -> Raw:
    kind, value = cell.ctype, cell.value
    if kind == xlrd.XL_CELL_ERROR:
        return CellError(xlrd.error_text_from_code.get(value, "#"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(value, book.datemode)  # type: ignore[no-any-return]
        except (ValueError, OverflowError):
            return float(value)
    if kind == xlrd.XL_CELL_NUMBER:
        code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        return Percentage(float(value)) if "%" in code else float(value)
    return str(value) or None if kind == xlrd.XL_CELL_TEXT else None


_BOUNDSHEET, _BOF, _EOF, _FORMULA = 0x0085, 0x0809, 0x000A, 0x0006


def _biff_formulas(data: bytes) -> set[tuple[int, int, int]]:
    """(sheet, row, column) of every formula; the value parser gives their results as if they had been typed."""
    if data[:2] == b"\x09\x08":
        stream = data
    else:
        document = CompDoc(data, logfile=_Silent())
        stream = document.get_named_stream("Workbook") or document.get_named_stream("Book") or b""
    offsets: list[int] = []
    position, sheet, found = 0, -1, set()
    while position + 4 <= len(stream):
        record = int.from_bytes(stream[position : position + 2], "little")
        length = int.from_bytes(stream[position + 2 : position + 4], "little")
        body = position + 4
        if record == _BOUNDSHEET:
            offsets.append(int.from_bytes(stream[body : body + 4], "little"))
        elif record == _BOF and position in offsets:
            sheet = offsets.index(position)
        elif record == _FORMULA and sheet >= 0:
            row = int.from_bytes(stream[body : body + 2], "little")
            found.add((sheet, row, int.from_bytes(stream[body + 2 : body + 4], "little")))
        position = body + length
    return found
