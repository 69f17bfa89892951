"""Reading .xlsx workbooks in one pass of an XML parser over each sheet.

Our own, because no library tells everything apart in one reading: the fast ones give error values as blanks and formulas as
numbers and reserve memory up to the farthest cell, the thorough one takes ten times as long and needs two passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from math import isfinite

from xladdin.workbook.cells import (
    DAYS_TO_1904,
    CellError,
    Formula,
    MarkedText,
    Range,
    Raw,
    RawSheet,
    SerialDate,
    shown_text,
)
from xladdin.workbook.package import Package
from xladdin.workbook.read.formats import NumberKind, number_kind
from xladdin.workbook.read.parsing import EndOfPart, Tags, parse, parser_for
from xladdin.workbook.read.texts import MAX_MERGED, MAX_TEXT, cover, fit_text
from xladdin.workbook.unreadable import MAX_CELLS, Unreadable, UnreadableWorkbook, check_position

_MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")


def _names(*elements: str) -> frozenset[str]:
    """The elements' names in both editions of the format."""
    return frozenset(f"{space} {element}" for space in _MAIN for element in elements)


_CELL, _ROW, _PHONETIC = _names("c"), _names("row"), _names("rPh")
_ITEM, _TEXT = _names("si"), _names("t")
_VALUE, _FORMULA, _CONTENT = _names("v"), _names("f"), _names("v", "f", "t")
_STYLES = _names("cellXfs")
_STRIKE, _ALIGNMENT = _names("strike"), _names("vertAlign")
_MARKING = _STRIKE | _ALIGNMENT
_MERGED, _BEHIND_MERGED = _names("mergeCell"), _names("phoneticPr", "conditionalFormatting", "pageMargins")

_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]*)")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")

MAX_TAGS_OF_TEXTS = 9_000_000
"""All tags in the shared texts, of which there may be two million."""

MAX_TAGS_OF_STYLES = 600_000
"""All tags in the styles, of which Excel allows some 65,000."""


def read_xlsx(package: Package) -> list[RawSheet]:
    """All worksheets in the workbook's order."""
    workbook = package.workbook
    parts = {relation.kind: relation.part for relation in package.related(workbook)}
    strings, formats = parts.get("sharedStrings"), parts.get("styles")
    texts = _shared_texts(package, strings) if strings else []
    looks = _Looks(package, formats) if formats else None
    counts_from_1904 = any(
        element.tag.endswith("}workbookPr") and element.get("date1904") in ("1", "true")
        for element in package.root(workbook)
    )
    sheets: list[RawSheet] = []
    tags = Tags()
    cells = 0
    for name, relation, is_hidden in package.sheets:
        if relation.kind == "worksheet":
            rows, merged = _sheet_rows(name, tags.counted(package, relation.part), texts, looks)
            cells += sum(map(len, rows))
            if cells > MAX_CELLS:
                raise UnreadableWorkbook(Unreadable.OVERSIZED, f"有内容的单元格超过 {MAX_CELLS} 个")
            if counts_from_1904:
                rows = [[_from_1904(raw) for raw in row] for row in rows]
            sheets.append(RawSheet(fit_text(name), rows, is_hidden, merged[:MAX_MERGED]))
    return sheets


def _from_1904(raw: Raw) -> Raw:
    return SerialDate(raw.number + DAYS_TO_1904) if isinstance(raw, SerialDate) else raw


def _is_marking(name: str, attributes: dict[str, str]) -> bool:
    """Whether the element strikes text out, raises it or lowers it."""
    value = attributes.get("val", "1")
    return (name in _STRIKE and value not in ("0", "false")) or (name in _ALIGNMENT and value != "baseline")


def _shared_texts(package: Package, part: str) -> list[str]:
    """The texts that cells refer to by number, without their phonetic guides."""
    texts: list[str] = []
    pieces: list[str] = []
    kept = 0
    phonetic = is_marked = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal phonetic, is_marked
        if name in _TEXT:
            del pieces[kept:]
        elif name in _PHONETIC:
            phonetic = True
        elif name in _MARKING and _is_marking(name, attributes):
            is_marked = True

    def end(name: str) -> None:
        nonlocal kept, phonetic, is_marked
        if name in _TEXT:
            if not phonetic:
                kept = len(pieces)
        elif name in _ITEM:
            text = _unescaped("".join(pieces[:kept]))
            texts.append(MarkedText(text) if is_marked else text)
            pieces.clear()
            kept = 0
            is_marked = False
        elif name in _PHONETIC:
            phonetic = False

    parser = parser_for(start, end)
    parser.CharacterDataHandler = pieces.append
    parse(parser, Tags(MAX_TAGS_OF_TEXTS).counted(package, part))
    return texts


def _unescaped(text: str) -> str:
    if "_x" in text or len(text) > MAX_TEXT:  # XML by itself holds nothing that other outputs cannot
        return fit_text(_ESCAPE.sub(lambda m: chr(int(m[1], 16)), text))
    return text


class _Looks:
    """By cell style: what a number is shown as, where that is a percentage or a date, and whether it is struck out."""

    def __init__(self, package: Package, part: str) -> None:
        codes: dict[int, str] = {}
        fonts: list[bool] = []
        styles: list[tuple[int, int]] = []
        section, depth = "", 0

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal section, depth
            element = name.rpartition(" ")[2]
            if depth == 1:
                section = element  # what a conditional format shows has elements of the same names
            depth += 1
            if section == "numFmts" and element == "numFmt":
                codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
            elif section == "fonts" and element == "font":
                fonts.append(False)
            elif section == "fonts" and name in _STRIKE:
                fonts[-1] = _is_marking(name, attributes)
            elif section == "cellXfs" and element == "xf":
                styles.append((int(attributes.get("numFmtId", "0")), int(attributes.get("fontId", "0"))))

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            if name in _STYLES:
                raise EndOfPart

        parse(parser_for(start, end), Tags(MAX_TAGS_OF_STYLES).counted(package, part))
        self.kinds: list[NumberKind | None] = [number_kind(number, codes.get(number)) for number, _font in styles]
        self.struck = frozenset(
            str(n) for n, (_number, font) in enumerate(styles) if 0 <= font < len(fonts) and fonts[font]
        )


def _sheet_rows(
    sheet: str, chunks: Iterable[bytes], texts: list[str], looks: _Looks | None
) -> tuple[list[list[Raw]], list[Range]]:
    """The sheet's cells and its merged ranges. One closure over plain variables: this runs for every cell of every file."""
    kinds = looks.kinds if looks else []
    struck = looks.struck if looks else frozenset()
    marks = bool(struck)  # whether there are any at all
    rows: list[list[Raw]] = []
    row = column = -1
    cell: dict[str, str] = {}
    formula: str | None = None
    value: str | None = None
    pieces: list[str] = []
    phonetic = is_marked = False
    merged: list[Range] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, cell, formula, value, phonetic, is_marked, marks
        if name in _CELL:
            previous, cell = cell, attributes
            if "r" not in attributes:  # addresses are optional: it follows the one before
                if "r" in previous:
                    row, column = _position(previous["r"])
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
        elif name in _MERGED:
            merged.append(_range(attributes.get("ref", "")))
        elif name in _BEHIND_MERGED:
            raise EndOfPart
        elif name in _MARKING and _is_marking(name, attributes):
            is_marked = marks = True

    def end(name: str) -> None:
        nonlocal row, column, formula, value, phonetic, is_marked
        if name in _CELL:
            if value is None and formula is None:
                return
            if "r" in cell:
                row, column = _position(cell["r"])
            check_position(sheet, row, column)
            while len(rows) <= row:
                rows.append([])
            cells = rows[row]
            while len(cells) <= column:
                cells.append(None)
            content = None if value is None else _content(value, cell, texts, kinds)
            if formula is not None:
                content = Formula(formula[:MAX_TEXT], content)
            elif content is not None and (is_marked or (struck and cell.get("s") in struck)):
                content = MarkedText(content if isinstance(content, str) else shown_text(content))
            is_marked = False
            cells[column] = content
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

    parser = parser_for(start, end)
    parser.CharacterDataHandler = pieces.append
    parse(parser, chunks)
    cover(rows, merged)
    return rows, merged


@lru_cache(maxsize=1 << 12)
def _range(reference: str) -> Range:
    first, _, last = reference.replace("$", "").partition(":")
    return *_position(first), *_position(last or first)


@lru_cache(maxsize=1 << 14)  # forms are alike
def _position(address: str) -> tuple[int, int]:
    """Zero-based row and column of an address."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError("malformed address")
    return int(match[2]) - 1, _column_index(match[1])


def _content(value: str, cell: dict[str, str], texts: list[str], kinds: list[NumberKind | None]) -> Raw:
    match cell.get("t"):
        case "s":
            try:
                index = int(value)
            except ValueError:
                return CellError("#") if value.strip() else None
            return (texts[index] or None) if 0 <= index < len(texts) else CellError("#")
        case "str" | "inlineStr":
            return _unescaped(value) or None
        case "b":
            return {"1": True, "true": True, "0": False, "false": False, "": None}.get(
                value.strip(), CellError(fit_text(value))
            )
        case "e":
            return CellError(fit_text(value))
        case "d":
            return fit_text(value)
    try:
        number = float(value)
    except ValueError:
        return fit_text(value) or None
    if not isfinite(number) or "_" in value:  # nothing a cell can show
        return fit_text(value)
    style = cell.get("s", "0")
    index = int(style) if style.isdigit() else 0
    shown_as = kinds[index] if index < len(kinds) else None
    return number if shown_as is None else shown_as(number)


def _column_index(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
