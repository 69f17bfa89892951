"""Reading .ods (OpenDocument) spreadsheets."""

from __future__ import annotations

from xml.etree import ElementTree

from xladdin.workbook.cells import CellError, Formula, Percentage, Raw, RawSheet
from xladdin.workbook.package import Package
from xladdin.workbook.unreadable import Unreadable, UnreadableWorkbook, check_position

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_EXTENSION = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"


def read_ods(package: Package) -> list[RawSheet]:
    """All sheets of an OpenDocument spreadsheet; repeated blanks, which fill every sheet to its last cell, are skipped."""
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
                check_position(name, at, column + count - 1)
                cells.extend([None] * (column - len(cells)))
                cells.extend([value] * count)
            column += count
        if cells:
            check_position(name, at + repeat - 1, 0)
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
        value = Percentage(float(number)) if kind == "percentage" else float(number)
    else:
        value = cell.get(f"{_OFFICE}string-value") or text or None
    formula = cell.get(f"{_TABLE}formula")
    return value if formula is None else Formula(formula.removeprefix("of:="), value)
