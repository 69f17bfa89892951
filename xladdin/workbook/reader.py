"""Reading workbooks of every kind districts return, whatever program saved them.

The kind is told by content, never by file name. Nothing in a file is executed and the file is never written to. Limits are
checked before a parser runs: a few kilobytes can otherwise take gigabytes of memory or end the process. An error value or
a formula is never taken for a blank or a number.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from enum import Enum
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

from xladdin.workbook import package as packages
from xladdin.workbook.cells import CellError, Formula, Raw, RawBook, RawSheet

MAX_FILE = 32 * 1024 * 1024
MAX_ROWS = 5000
MAX_COLUMNS = 300


class Unreadable(Enum):
    """Why a file cannot be read."""

    EMPTY = "空文件"
    NOT_A_WORKBOOK = "不是可读取的表格文件"
    PASSWORD = "设有打开密码"
    DAMAGED = "文件已损坏"
    OVERSIZED = "内容超出限度"
    NO_ACCESS = "打不开"


class UnreadableWorkbook(Exception):
    """A file that is refused; `reason` says which way and `detail`, in Chinese, what was seen."""

    def __init__(self, reason: Unreadable, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail or reason.value
        super().__init__(self.detail)


def read_workbook(path: Path) -> RawBook:
    """All cells of all sheets; `UnreadableWorkbook` says why where that cannot be."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise UnreadableWorkbook(Unreadable.OVERSIZED, f"文件超过 {MAX_FILE // 1024 // 1024} MB")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableWorkbook(Unreadable.NO_ACCESS, f"打不开（{error.strerror or error}）") from error
    return read_bytes(data)


def read_bytes(data: bytes) -> RawBook:
    """As `read_workbook`, from the file's bytes."""
    digest = hashlib.sha256(data).hexdigest()
    if not data:
        raise UnreadableWorkbook(Unreadable.EMPTY)
    try:
        if data.startswith(b"PK"):
            sheets, properties = _read_zip(data)
        elif data.startswith(b"\xd0\xcf\x11\xe0") or data[:2] == b"\x09\x08":
            sheets, properties = _read_biff(data), {}
        else:
            raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK)
    except UnreadableWorkbook:
        raise
    except packages.HostilePackage as error:
        raise UnreadableWorkbook(Unreadable.OVERSIZED, "压缩包展开后过大") from error
    except Exception as error:  # any parser's complaint means the same to the clerk: the file is damaged
        raise UnreadableWorkbook(Unreadable.DAMAGED, f"文件已损坏，无法读取（{type(error).__name__}）") from error
    return RawBook(digest, sheets, properties)


def _read_zip(data: bytes) -> tuple[list[RawSheet], dict[str, str]]:
    try:
        package = packages.open_package(data)
    except zipfile.BadZipFile as error:
        raise UnreadableWorkbook(Unreadable.DAMAGED) from error
    names = set(package.namelist())
    if "content.xml" in names:
        return _read_ods(package), {}
    if "[Content_Types].xml" not in names:
        raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK)
    if "xl/workbook.bin" in names:
        raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, "是二进制工作簿 .xlsb")
    if not any(name.startswith("xl/") for name in names):
        raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, "是 Office 文件但不是工作簿")
    return _read_xlsx(data, package), packages.custom_properties(package)


# --- .xlsx ---------------------------------------------------------------------------------------------------------

_FAR_CELL = re.compile(rb' r="(?:([A-Z]{2,})([0-9]+)|([A-Z]?)([0-9]{4,}))"[^>]*>')
_FORMULA_CELL = re.compile(rb' r="([A-Z]+)([0-9]+)"[^<>]*>\s*<(?:\w+:)?f\b[^>]*(?:/>|>([^<]*)<)')
_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>.*?<(?:\w+:)?v>([^<]*)<', re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]+)([0-9]+)"')
_HAS_CONTENT = re.compile(rb"<(?:\w+:)?(?:v|is|f)\b")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _refuse_far_cells(xml: bytes, sheet: str) -> None:
    """Refuse contents far outside any table: the value parser reserves room for everything in between."""
    for match in _FAR_CELL.finditer(xml):
        letters, row = match[1] or match[3], int(match[2] or match[4])
        if match[0].endswith(b"/>") or (row <= MAX_ROWS and _column_number(letters) <= MAX_COLUMNS):
            continue  # a format without content costs nothing
        end = xml.find(b"</", match.end())
        if letters or _HAS_CONTENT.search(xml, match.end(), end):
            where = f"{letters.decode()}{row}" if letters else f"第 {row} 行"
            raise UnreadableWorkbook(Unreadable.OVERSIZED, f"工作表“{sheet}”{where} 有内容")


def _read_xlsx(data: bytes, package: zipfile.ZipFile) -> list[RawSheet]:
    import python_calamine

    parts = packages.sheet_parts(package)
    names = set(package.namelist())
    # Only the cells: what follows them (input rules, formats, links) takes as long to search and has none.
    xml = {name: package.read(part).partition(b"</sheetData>")[0] for name, part in parts.items() if part in names}
    for name, content in xml.items():
        _refuse_far_cells(content, name)
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(data))
    sheets = []
    for name in book.sheet_names:
        if name not in xml or b"worksheet" not in xml[name][:2000]:
            continue  # a chart sheet holds no cells
        rows: list[list[Raw]] = [
            [None if cell == "" else cell for cell in row]
            for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        _mark_special(rows, xml[name])
        sheets.append(RawSheet(name, rows))
    return sheets


def _mark_special(rows: list[list[Raw]], xml: bytes) -> None:
    """Put in what the value parser cannot tell from a blank or a number: error values and formulas."""
    if b't="e"' in xml:
        for match in _ERROR_CELL.finditer(xml):
            if where := _REFERENCE.search(match[1]):
                _put(rows, int(where[2]) - 1, _column_number(where[1]) - 1, CellError(match[2].decode()))
    for match in _FORMULA_CELL.finditer(xml):
        row, column = int(match[2]) - 1, _column_number(match[1]) - 1
        result = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
        text = (match[3] or b"").decode().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        _put(rows, row, column, Formula(text, result))


def _put(rows: list[list[Raw]], row: int, column: int, value: Raw) -> None:
    while len(rows) <= row:
        rows.append([])
    cells = rows[row]
    cells.extend([None] * (column + 1 - len(cells)))
    cells[column] = value


# --- .xls ----------------------------------------------------------------------------------------------------------


def _read_biff(data: bytes) -> list[RawSheet]:
    import xlrd

    if _names_stream(data, "EncryptedPackage"):
        raise UnreadableWorkbook(Unreadable.PASSWORD)
    if not (_names_stream(data, "Workbook") or _names_stream(data, "Book") or data[:2] == b"\x09\x08"):
        raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, "是旧版 Office 文件但不是工作簿")
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=_Silent())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise UnreadableWorkbook(Unreadable.PASSWORD) from error
        raise
    formulas = _biff_formulas(data)
    sheets = []
    for index, sheet in enumerate(book.sheets()):
        if sheet.nrows > MAX_ROWS or sheet.ncols > MAX_COLUMNS:
            raise UnreadableWorkbook(Unreadable.OVERSIZED, f"工作表“{sheet.name}”超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列")
        rows: list[list[Raw]] = []
        for r in range(sheet.nrows):
            cells = [_biff_value(sheet.cell(r, c), book.datemode) for c in range(sheet.row_len(r))]
            rows.append([Formula("", v) if (index, r, c) in formulas else v for c, v in enumerate(cells)])
        sheets.append(RawSheet(sheet.name, rows))
    return sheets


class _Silent:
    def write(self, _text: str) -> None:
        """Swallow the parser's diagnostics; they are not for a clerk."""


def _names_stream(data: bytes, name: str) -> bool:
    return name.encode("utf-16-le") in data


def _biff_value(cell: object, datemode: int) -> Raw:
    import xlrd

    kind, value = cell.ctype, cell.value  # type: ignore[attr-defined]
    if kind == xlrd.XL_CELL_ERROR:
        return CellError(xlrd.error_text_from_code.get(value, "#"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(value, datemode)  # type: ignore[no-any-return]
        except (ValueError, OverflowError):
            return float(value)
    if kind == xlrd.XL_CELL_NUMBER:
        return float(value)
    return str(value) or None if kind == xlrd.XL_CELL_TEXT else None


_BOUNDSHEET, _BOF, _EOF, _FORMULA = 0x0085, 0x0809, 0x000A, 0x0006


def _biff_formulas(data: bytes) -> set[tuple[int, int, int]]:
    """(sheet, row, column) of every formula; the value parser gives their results as if they had been typed."""
    from xlrd.compdoc import CompDoc

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


# --- .ods ----------------------------------------------------------------------------------------------------------

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_EXTENSION = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"


def _read_ods(package: zipfile.ZipFile) -> list[RawSheet]:
    names = package.namelist()
    if "META-INF/manifest.xml" in names and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise UnreadableWorkbook(Unreadable.PASSWORD)
    content = package.read("content.xml")
    if b"<!DOCTYPE" in content[:1000] or b"<!ENTITY" in content:
        raise UnreadableWorkbook(Unreadable.DAMAGED, "文件含有不允许的声明")
    root = ElementTree.fromstring(content)
    body = root.find(f"{_OFFICE}body/{_OFFICE}spreadsheet")
    if body is None:
        raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, "是 OpenDocument 文件但不是表格")
    return [_ods_sheet(table) for table in body.findall(f"{_TABLE}table")]


def _ods_sheet(table: ElementTree.Element) -> RawSheet:
    name = table.get(f"{_TABLE}name", "")
    rows: list[list[Raw]] = []
    at = 0
    for row in table.iter(f"{_TABLE}table-row"):
        repeat = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        cells: list[Raw] = []
        column = 0
        for cell in row:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            count = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            value = _ods_value(cell)
            if value is not None:
                if column + count > MAX_COLUMNS:
                    raise UnreadableWorkbook(Unreadable.OVERSIZED, f"工作表“{name}”第 {column + 1} 列以后有内容")
                cells.extend([None] * (column - len(cells)))
                cells.extend([value] * count)
            column += count
        if cells:
            if at + repeat > MAX_ROWS:
                raise UnreadableWorkbook(Unreadable.OVERSIZED, f"工作表“{name}”第 {at + 1} 行有内容")
            rows.extend([] for _ in range(at - len(rows)))
            rows.extend(list(cells) for _ in range(repeat))
        at += repeat
    return RawSheet(name, rows)


def _ods_value(cell: ElementTree.Element) -> Raw:
    kind = cell.get(f"{_EXTENSION}value-type") or cell.get(f"{_OFFICE}value-type")
    text = "\n".join("".join(p.itertext()) for p in cell.findall(f"{_TEXT}p"))
    number = cell.get(f"{_OFFICE}value")
    value: Raw
    if kind == "error":
        value = CellError(text or "#")
    elif kind == "boolean":
        value = cell.get(f"{_OFFICE}boolean-value") == "true"
    elif kind in ("date", "time"):
        value = cell.get(f"{_OFFICE}{kind}-value") or text
    elif number is not None:
        value = float(number)
    else:
        value = cell.get(f"{_OFFICE}string-value") or text or None
    formula = cell.get(f"{_TABLE}formula")
    return value if formula is None else Formula(formula.removeprefix("of:="), value)
