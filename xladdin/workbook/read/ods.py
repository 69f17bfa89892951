"""Reading .ods (OpenDocument) spreadsheets in one pass of an XML parser."""

from __future__ import annotations

import re
from datetime import date
from math import isfinite

from xladdin.workbook.cells import (
    DAY_ZERO,
    CellError,
    Formula,
    MarkedText,
    Percentage,
    Range,
    Raw,
    RawSheet,
    SerialDate,
    shown_text,
)
from xladdin.workbook.package import Package
from xladdin.workbook.read.formats import NumberKind
from xladdin.workbook.read.parsing import MAX_TAGS, Tags, parse, parser_for
from xladdin.workbook.read.texts import MAX_MERGED, cover, fit_text
from xladdin.workbook.unreadable import MAX_CELLS, MAX_COLUMNS, Unreadable, UnreadableWorkbook, check_position

_SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _TEXT, _STYLE, _NUMBER, _DRAWING = (
    f"{_SPACE}{name}:1.0 " for name in ("table", "office", "text", "style", "datastyle", "drawing")
)
_EXTENSION = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "

_SHEET, _ROW, _COLUMN, _SPREADSHEET = f"{_TABLE}table", f"{_TABLE}table-row", f"{_TABLE}table-column", 3
_CELLS = frozenset((f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"))
_PARAGRAPH, _SPAN, _SPACES = f"{_TEXT}p", f"{_TEXT}span", f"{_TEXT}s"
_BREAKS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
# What is in or beside a table and not of its cells: notes, shapes, phonetic guides, earlier contents, other files' tables.
_PASSED_OVER = frozenset(
    (f"{_OFFICE}annotation", f"{_TABLE}shapes", f"{_TEXT}ruby-text", f"{_TABLE}tracked-changes", f"{_TABLE}dde-links")
)
_DATA_STYLES: dict[str, NumberKind] = {
    f"{_NUMBER}percentage-style": Percentage,
    f"{_NUMBER}date-style": SerialDate,
    f"{_NUMBER}time-style": SerialDate,
}
_WHITE = re.compile(r"[ \t\r\n]+")
_POSITION = re.compile(r"(super|sub|-?[0-9.]+%)")


def read_ods(package: Package) -> list[RawSheet]:
    """All sheets of an OpenDocument spreadsheet; repeated blanks, which fill every sheet to its last cell, are skipped."""
    manifest = package.part("META-INF/manifest.xml")
    if manifest and b"encryption-data" in package.read(manifest):
        raise UnreadableWorkbook(Unreadable.PASSWORD)
    styles, tags = _Styles(), Tags(MAX_TAGS // 2)
    if named := package.part("styles.xml"):
        parse(parser_for(styles.start, lambda _name: None), tags.counted(package, named))
    content = _Content(styles)
    parser = parser_for(content.start, content.end)
    parser.CharacterDataHandler = content.characters
    parse(parser, tags.counted(package, package.part("content.xml")))
    if not content.is_spreadsheet:
        raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, "是 OpenDocument 文件但不是表格")
    return content.sheets


class _Styles:
    """By cell style: what a number is shown as, where that is a percentage or a date, and what is struck out or raised."""

    def __init__(self) -> None:
        self._kinds: dict[str, NumberKind] = {}
        self._styles: dict[str, dict[str, str]] = {}
        self._style: dict[str, str] = {}
        self._hiding: set[str] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_STYLE}style":
            self._style = dict(attributes)
            self._styles[attributes.get(f"{_STYLE}name", "")] = self._style
        elif name == f"{_STYLE}text-properties":
            self._style.update(attributes)
        elif name == f"{_STYLE}table-properties" and attributes.get(f"{_TABLE}display") == "false":
            self._hiding.add(self._style.get(f"{_STYLE}name", ""))
        elif name.startswith(_NUMBER) and name.endswith("-style"):
            self._style = {}
            data_style = attributes.get(f"{_STYLE}name", "")
            self._kinds.pop(data_style, None)
            if name in _DATA_STYLES:
                self._kinds[data_style] = _DATA_STYLES[name]

    def kind(self, style: str) -> NumberKind | None:
        return self._kinds.get(self._stated(style, "data-style-name"))

    def hides(self, style: str) -> bool:
        """Whether a sheet of this style is hidden."""
        return style in self._hiding

    def strikes(self, style: str) -> bool:
        line = self._stated(style, "text-line-through-style") or self._stated(style, "text-line-through-type")
        return line not in ("", "none")

    def raises(self, style: str) -> bool:
        position = _POSITION.match(self._stated(style, "text-position"))
        return position is not None and position[0].strip("-0.%") != ""

    def _stated(self, style: str, key: str) -> str:
        """What a style says, or the one that it is based on."""
        for _ in range(16):
            own = self._styles.get(style, {})
            if f"{_STYLE}{key}" in own:
                return own[f"{_STYLE}{key}"]
            style = own.get(f"{_STYLE}parent-style-name", "")
        return ""


class _Content:
    """The handlers for what a spreadsheet holds."""

    def __init__(self, styles: _Styles) -> None:
        self.sheets: list[RawSheet] = []
        self.is_spreadsheet = False
        self._styles = styles
        self._days_to_null_date = 0
        self._cells_left = MAX_CELLS
        self._depth = self._passed_over = self._cell_depth = self._paragraph_depth = 0
        self._name = ""
        self._is_hidden = False
        self._rows: list[list[Raw]] = []
        self._merged: list[Range] = []
        self._column_styles: list[str] = []
        self._at = self._repeated = self._column = 0
        self._cells: list[Raw] = []
        self._row_style = ""
        self._cell: dict[str, str] | None = None
        self._text: list[str] = []
        self._is_marked = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._passed_over:
            return
        if name in _PASSED_OVER or name.startswith(_DRAWING):
            self._passed_over = self._depth
        elif self._cell is not None:
            self._start_in_cell(name, attributes)
        elif name in _CELLS:
            self._cell, self._cell_depth = attributes, self._depth
            self._text.clear()
            self._is_marked = False
        elif name == _ROW:
            self._cells, self._column = [], 0
            self._row_style = attributes.get(f"{_TABLE}default-cell-style-name", "")
            self._repeated = int(attributes.get(f"{_TABLE}number-rows-repeated", "1"))
        elif name == _COLUMN:
            count = min(int(attributes.get(f"{_TABLE}number-columns-repeated", "1")), MAX_COLUMNS)
            if len(self._column_styles) < MAX_COLUMNS:
                self._column_styles += [attributes.get(f"{_TABLE}default-cell-style-name", "")] * count
        elif name == _SHEET and self._depth == _SPREADSHEET + 1:
            self._name = attributes.get(f"{_TABLE}name", "")
            self._is_hidden = self._styles.hides(attributes.get(f"{_TABLE}style-name", ""))
            self._rows, self._merged, self._column_styles, self._at = [], [], [], 0
        elif name == f"{_OFFICE}spreadsheet" and self._depth == _SPREADSHEET:
            self.is_spreadsheet = True
        elif name == f"{_TABLE}null-date":
            first = date.fromisoformat(attributes.get(f"{_TABLE}date-value", DAY_ZERO.date().isoformat()))
            self._days_to_null_date = (first - DAY_ZERO.date()).days
        else:
            self._styles.start(name, attributes)

    def _start_in_cell(self, name: str, attributes: dict[str, str]) -> None:
        if name == _PARAGRAPH and self._depth == self._cell_depth + 1:
            if self._text:
                self._text.append("\n")
            self._text.append("")
            self._paragraph_depth = self._depth
        elif not self._paragraph_depth:
            return
        elif name == _SPACES:
            self._text.append(" " * min(int(attributes.get(f"{_TEXT}c", "1")), 1000))
        elif name in _BREAKS:
            self._text.append(_BREAKS[name])
        elif name == _SPAN:
            style = attributes.get(f"{_TEXT}style-name", "")
            self._is_marked = self._is_marked or self._styles.strikes(style) or self._styles.raises(style)

    def characters(self, text: str) -> None:
        if self._paragraph_depth and not self._passed_over:
            text = _WHITE.sub(" ", text)
            self._text.append(text.lstrip(" ") if self._text[-1] == "" else text)

    def end(self, name: str) -> None:
        depth, self._depth = self._depth, self._depth - 1
        if self._passed_over:
            if depth == self._passed_over:
                self._passed_over = 0
        elif self._cell is not None:
            if depth == self._paragraph_depth:
                self._paragraph_depth = 0
            elif depth == self._cell_depth:
                self._end_of_cell(self._cell)
                self._cell = None
        elif name == _ROW:
            self._end_of_row()
        elif name == _SHEET and depth == _SPREADSHEET + 1:
            cover(self._rows, self._merged)
            self.sheets.append(RawSheet(fit_text(self._name), self._rows, self._is_hidden, self._merged[:MAX_MERGED]))

    def _end_of_cell(self, cell: dict[str, str]) -> None:
        count = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        rows, columns = (int(cell.get(f"{_TABLE}number-{name}-spanned", "1")) for name in ("rows", "columns"))
        if rows > 1 or columns > 1:
            self._merged.append((self._at, self._column, self._at + rows - 1, self._column + columns - 1))
        value = self._value(cell)
        if value is not None:
            check_position(self._name, self._at, self._column + count - 1)
            self._cells.extend([None] * (self._column - len(self._cells)))
            self._cells.extend([value] * count)
        self._column += count

    def _end_of_row(self) -> None:
        if self._cells:
            check_position(self._name, self._at + self._repeated - 1, 0)
            self._cells_left -= len(self._cells) * self._repeated
            if self._cells_left < 0:
                raise UnreadableWorkbook(Unreadable.OVERSIZED, f"有内容的单元格超过 {MAX_CELLS} 个")
            self._rows.extend([] for _ in range(self._at - len(self._rows)))
            self._rows.extend(list(self._cells) for _ in range(self._repeated))
        self._at += self._repeated

    def _value(self, cell: dict[str, str]) -> Raw:
        kind = cell.get(f"{_EXTENSION}value-type") or cell.get(f"{_OFFICE}value-type")
        text = fit_text("".join(self._text))
        number = cell.get(f"{_OFFICE}value")
        style = self._style_of(cell)
        value: Raw
        if kind == "error":
            value = CellError(text or "#")
        elif kind == "boolean":
            value = cell.get(f"{_OFFICE}boolean-value") == "true"
        elif kind in ("date", "time"):
            value = fit_text(cell.get(f"{_OFFICE}{kind}-value") or text)
        elif number is not None:
            value = self._number(number, Percentage if kind == "percentage" else self._styles.kind(style))
        else:
            value = fit_text(cell.get(f"{_OFFICE}string-value") or text) or None
        formula = cell.get(f"{_TABLE}formula")
        if formula is not None:
            return Formula(fit_text(formula.removeprefix("of:=")), value)
        if value is not None and (self._is_marked or self._styles.strikes(style)):
            return MarkedText(value if isinstance(value, str) else shown_text(value))
        return value

    def _style_of(self, cell: dict[str, str]) -> str:
        by_column = self._column_styles[self._column] if self._column < len(self._column_styles) else ""
        return cell.get(f"{_TABLE}style-name") or self._row_style or by_column

    def _number(self, text: str, shown_as: NumberKind | None) -> Raw:
        number = float(text)
        if not isfinite(number):
            return CellError("#NUM!")
        if shown_as is SerialDate:
            return SerialDate(number + self._days_to_null_date)
        return number if shown_as is None else shown_as(number)
