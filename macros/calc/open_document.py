"""A spreadsheet open in LibreOffice, read sheet by sheet: values and formulas in one call each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import uno

from macros.calc.untyped import Uno
from macros.host import RESULT_SHEETS
from xladdin.files import Progress
from xladdin.words import KIND_PROPERTY, SCHEME_PROPERTY, VERSION_PROPERTY
from xladdin.workbook.cells import CellError, Formula, Percentage, Raw, RawBook, RawSheet, SerialDate
from xladdin.workbook.read.reader import SourceFile

# com.sun.star.util.NumberFormat
_DATE, _TIME, _PERCENT, _LOGICAL = 2, 4, 128, 1024


def source_of(document: Uno) -> SourceFile:
    """The document as a source: its file's SHA-256, or none where what is open is not what lies on the disk."""
    if not document.hasLocation():
        return SourceFile(Path(document.Title), document.Title, "")
    path = Path(uno.fileUrlToSystemPath(document.URL))
    digest = ""
    if not document.isModified():
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:  # on a server
            digest = ""
    return SourceFile(path, path.name, digest)


def read_document(
    document: Uno,
    names: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> RawBook:
    """The document's sheets as a reader of files would give them; of those named only where names are given."""
    wanted = None if names is None else set(names)
    sheets = [s for s in document.Sheets if s.Name not in RESULT_SHEETS and (wanted is None or s.Name in wanted)]
    found = []
    for step, sheet in enumerate(sheets):
        if progress:
            progress(step, len(sheets), sheet.Name)
        found.append(read_sheet(document, sheet))
    return RawBook("", found, _properties(document))


def read_sheet(document: Uno, sheet: Uno) -> RawSheet:
    """All of a sheet's cells."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.getRangeAddress()
    area = sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)
    shown = _kinds(document, area)
    rows: list[list[Raw]] = []
    for row, (values, texts) in enumerate(zip(area.getDataArray(), area.getFormulaArray(), strict=True)):
        cells: list[Raw] = []
        for column, (value, text) in enumerate(zip(values, texts, strict=True)):
            content = _content(area, row, column, value, shown.get((row, column)))
            # A text that begins with an equals sign is its own formula text; a formula's result is another.
            is_formula = text.startswith(("=", "{=")) and text != value
            cells.append(Formula(text.strip("{}").removeprefix("="), content) if is_formula else content)
        rows.append(cells)
    return RawSheet(sheet.Name, rows, not sheet.IsVisible)


def _content(area: Uno, row: int, column: int, value: object, kind: Callable[[float], Raw] | None) -> Raw:
    if value is None:
        return CellError(area.getCellByPosition(column, row).getString())
    if isinstance(value, float):
        return kind(value) if kind else value
    return str(value) or None


def _kinds(document: Uno, area: Uno) -> dict[tuple[int, int], Callable[[float], Raw]]:
    """What the numbers of cells are that are shown as percentages, dates or logical values."""
    found: dict[tuple[int, int], Callable[[float], Raw]] = {}
    for block in area.getCellFormatRanges():
        kind = _kind(document.NumberFormats.getByKey(block.NumberFormat).Type)
        if kind:
            a = block.getRangeAddress()
            for row in range(a.StartRow, a.EndRow + 1):
                for column in range(a.StartColumn, a.EndColumn + 1):
                    found[row, column] = kind
    return found


def _kind(format_type: int) -> Callable[[float], Raw] | None:
    if format_type & _LOGICAL:
        return bool
    if format_type & (_DATE | _TIME):
        return SerialDate
    return Percentage if format_type & _PERCENT else None


def stamped_version(document: Uno) -> str:
    """The year that the document's properties say it is of, if any."""
    return _properties(document).get(VERSION_PROPERTY, "")


def _properties(document: Uno) -> dict[str, str]:
    """What kind of workbook of ours it is, and of which year."""
    properties = document.DocumentProperties.UserDefinedProperties
    known = properties.getPropertySetInfo()
    names = (name for name in (KIND_PROPERTY, VERSION_PROPERTY, SCHEME_PROPERTY) if known.hasPropertyByName(name))
    return {name: str(properties.getPropertyValue(name)) for name in names}
