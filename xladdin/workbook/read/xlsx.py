"""Reading .xlsx workbooks in one pass of an XML parser over each sheet.

Our own, because no library tells everything apart in one reading: the fast ones give error values as blanks and formulas as
numbers and reserve memory up to the farthest cell, the thorough one takes ten times as long and needs two passes.
"""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from functools import cache
from math import isfinite
from xml.etree import ElementTree
from xml.parsers import expat

from xladdin.workbook.cells import CellError, Formula, Percentage, Raw, RawSheet, SerialDate
from xladdin.workbook.package import sheet_parts
from xladdin.workbook.unreadable import Unreadable, UnreadableWorkbook, check_position

_MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
NumberKind = type[Percentage] | type[SerialDate]


def _names(*elements: str) -> frozenset[str]:
    """The elements' names in both editions of the format."""
    return frozenset(f"{space} {element}" for space in _MAIN for element in elements)


_CELL, _ROW, _PHONETIC, _SHEET_DATA = _names("c"), _names("row"), _names("rPh"), _names("sheetData")
_ITEM, _TEXT = _names("si"), _names("t")
_VALUE, _FORMULA, _CONTENT = _names("v"), _names("f"), _names("v", "f", "t")

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")

_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENT_FORMATS = frozenset((9, 10))
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')


class _EndOfCells(Exception):
    """Raised by a handler to leave a sheet behind its last row."""


def read_xlsx(package: zipfile.ZipFile) -> list[RawSheet]:
    """All worksheets in the workbook's order."""
    names = set(package.namelist())
    texts = _shared_texts(package.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
    kinds = _number_kinds(package.read("xl/styles.xml")) if "xl/styles.xml" in names else []
    return [
        RawSheet(name, _sheet_rows(name, package.read(part), texts, kinds))
        for name, part in sheet_parts(package).items()
        if part in names and "chartsheets/" not in part
    ]


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_arguments: object) -> None:
        raise UnreadableWorkbook(Unreadable.DAMAGED, "文件含有不允许的声明")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _shared_texts(xml: bytes) -> list[str]:
    """The texts that cells refer to by number, without their phonetic guides. No tree is built: there may be millions."""
    texts: list[str] = []
    pieces: list[str] = []
    text = ""
    phonetic = False

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal phonetic
        if name in _TEXT:
            pieces.clear()
        elif name in _PHONETIC:
            phonetic = True

    def end(name: str) -> None:
        nonlocal phonetic, text
        if name in _TEXT:
            if not phonetic:
                text += "".join(pieces)
        elif name in _ITEM:
            texts.append(_unescaped(text))
            text = ""
        elif name in _PHONETIC:
            phonetic = False

    parser = _parser()  # of which the handlers know nothing: a circle would stay in memory
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = pieces.append
    parser.Parse(xml, True)
    return texts


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _number_kinds(xml: bytes) -> list[NumberKind | None]:
    """By cell style: what its number format shows a number as, where that is a percentage or a date."""
    root = ElementTree.fromstring(xml)
    space = root.tag.partition("}")[0] + "}"
    codes = {int(f.get("numFmtId", "0")): f.get("formatCode", "") for f in root.iter(f"{space}numFmt")}
    styles = root.find(f"{space}cellXfs")
    kinds: list[NumberKind | None] = []
    for style in styles if styles is not None else ():
        number = int(style.get("numFmtId", "0"))
        code = _LITERALS.sub("", codes.get(number, "")).lower()
        if number in _PERCENT_FORMATS or "%" in code:
            kinds.append(Percentage)
        elif number in _DATE_FORMATS or any(letter in code for letter in "ydhs"):
            kinds.append(SerialDate)
        else:
            kinds.append(None)
    return kinds


def _sheet_rows(sheet: str, xml: bytes, texts: list[str], kinds: list[NumberKind | None]) -> list[list[Raw]]:
    """The sheet's cells. One closure over plain variables: this runs for every cell of every file."""
    rows: list[list[Raw]] = []
    row = column = -1
    cell: dict[str, str] = {}
    formula: str | None = None
    value: str | None = None
    pieces: list[str] = []
    phonetic = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, cell, formula, value, phonetic
        if name in _CELL:
            previous, cell = cell, attributes
            if "r" not in attributes:  # addresses are optional: it follows the one before
                row, column = _position(previous, row, column)
                column += 1
            formula = value = None
        elif name in _CONTENT:
            pieces.clear()
        elif name in _ROW:
            number = attributes.get("r", "")
            row = int(number) - 1 if number.isdigit() else row + 1
            column = -1
            cell = {}
        elif name in _PHONETIC:
            phonetic = True

    def end(name: str) -> None:
        nonlocal row, column, formula, value, phonetic
        if name in _CELL:
            if value is None and formula is None:
                return
            row, column = _position(cell, row, column)
            check_position(sheet, row, column)
            while len(rows) <= row:
                rows.append([])
            cells = rows[row]
            while len(cells) <= column:
                cells.append(None)
            content = None if value is None else _content(value, cell, texts, kinds)
            cells[column] = content if formula is None else Formula(formula, content)
        elif name in _CONTENT:
            text = "".join(pieces)
            if name in _VALUE:
                value = text
            elif name in _FORMULA:
                formula = text
            elif cell.get("t") == "inlineStr" and not phonetic:
                value = (value or "") + text
        elif name in _PHONETIC:
            phonetic = False
        elif name in _SHEET_DATA:
            raise _EndOfCells

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = pieces.append
    with suppress(_EndOfCells):
        parser.Parse(xml, True)
    return rows


def _position(cell: dict[str, str], row: int, column: int) -> tuple[int, int]:
    """Row and column of a cell: as its address says; a cell without one is where it is anyway."""
    if "r" not in cell:
        return row, column
    address = _ADDRESS.fullmatch(cell["r"])
    if address is None:
        raise ValueError("malformed address")
    return int(address[2]) - 1, _column_index(address[1])


def _content(value: str, cell: dict[str, str], texts: list[str], kinds: list[NumberKind | None]) -> Raw:
    match cell.get("t"):
        case "s":
            index = int(value)
            return (texts[index] or None) if index < len(texts) else CellError("#")
        case "str" | "inlineStr":
            return _unescaped(value) or None
        case "b":
            return {"1": True, "true": True, "0": False, "false": False, "": None}.get(value.strip(), CellError(value))
        case "e":
            return CellError(value)
        case "d":
            return value
    try:
        number = float(value)
    except ValueError:
        return value or None
    if not isfinite(number):  # nothing a cell can show
        return value
    style = cell.get("s", "0")
    index = int(style) if style.isdigit() else 0
    shown_as = kinds[index] if index < len(kinds) else None
    return number if shown_as is None else shown_as(number)


@cache
def _column_index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
