"""Result sheets written into a spreadsheet open in LibreOffice: the values of a sheet in one call, its looks in a few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import uno
from com.sun.star.awt import Rectangle
from com.sun.star.lang import Locale
from com.sun.star.table import BorderLine2, CellRangeAddress

from macros.calc.untyped import Uno
from macros.drawing import Area, block, heights, last_row, looks, pages_down
from xladdin.words import RIBBON_TAB
from xladdin.workbook.cells import cell_name
from xladdin.workbook.tables import Cell, Content, ResultSheet, value_of
from xladdin.workbook.write import styles
from xladdin.workbook.write.styles import Style

_ALL_BUT_DRAWINGS = 1023 - 128  # every com.sun.star.sheet.CellFlags but OBJECTS: the chart stays
_POINT = 2540 / 72  # hundredths of a millimetre
_DIGIT = 190  # width of a digit of the body font, in the same unit
_THIN = 18

_ENGLISH = Locale("en", "US", "")


def write_results(document: Uno, sheets: Iterable[ResultSheet]) -> None:
    """Write the sheets into the document, each in place of the one of its name, or as a new last one.

    One step for 撤销.
    """
    document.UndoManager.enterUndoContext(RIBBON_TAB)
    document.lockControllers()
    try:
        for sheet in sheets:
            is_new = not document.Sheets.hasByName(sheet.name)
            if is_new:
                document.Sheets.insertNewByName(sheet.name, document.Sheets.Count)
            target = document.Sheets.getByName(sheet.name)
            target.clearContents(_ALL_BUT_DRAWINGS)
            _write(document, target, sheet)
            if is_new:
                _set_up(document, target, sheet)
    finally:
        document.unlockControllers()
        document.UndoManager.leaveUndoContext()


def _write(document: Uno, target: Uno, sheet: ResultSheet) -> None:
    contents = block(sheet, _value)
    target.getCellRangeByPosition(0, 0, len(sheet.columns) - 1, last_row(sheet)).setDataArray(
        tuple(map(tuple, contents))
    )
    for number, column in enumerate(sheet.columns):
        target.Columns.getByIndex(number).Width = round(column.width * _DIGIT)
    for areas, style in looks(sheet):
        _look(document, _cells(document, target, areas), style)
    for top, bottom, points in heights(sheet):
        rows = target.getCellRangeByPosition(0, top, 0, bottom).Rows
        if points is None:
            rows.OptimalHeight = True
        else:
            rows.Height = round(points * _POINT)
    for row, cells in enumerate(sheet.rows, sheet.first_row):
        for number, content in enumerate(cells):
            if isinstance(content, Cell) and content.link:
                _link(document, target.getCellByPosition(number, row), content)
            elif isinstance(content, Cell) and content.formula:
                target.getCellByPosition(number, row).setFormula(_formula(content.formula))


def _formula(formula: str) -> str:
    """The formula as LibreOffice takes it, with semicolons between arguments; what stands in quotes stays."""
    parts = formula.split('"')
    parts[::2] = [part.replace(",", ";") for part in parts[::2]]
    return "=" + '"'.join(parts)


def _value(content: Content) -> str | float:
    value = value_of(content)
    return "" if value is None else value


def _link(document: Uno, cell: Uno, content: Cell) -> None:
    file, _, place = content.link.rpartition("#")
    sheet, _, reference = place.rpartition("!")
    field = document.createInstance("com.sun.star.text.TextField.URL")
    field.Representation = str(content.value)
    field.URL = f"{file}#'{sheet}'.{reference}"
    cell.setString("")
    cell.insertTextContent(cell.createTextCursor(), field, False)


def _cells(document: Uno, target: Uno, areas: Sequence[Area]) -> Uno:
    ranges = [target.getCellRangeByPosition(left, top, right, bottom) for top, left, bottom, right in areas]
    if len(ranges) == 1:
        return ranges[0]
    several = document.createInstance("com.sun.star.sheet.SheetCellRanges")
    several.addRangeAddresses(tuple(one.getRangeAddress() for one in ranges), True)
    return several


def _look(document: Uno, area: Uno, style: Style) -> None:
    """Set what the style says, in LibreOffice's properties."""
    found: dict[str, object] = {}
    for key, value in style.items():
        if key == "num_format":
            found["NumberFormat"] = _number_format(document, value)
        elif key == "border":
            line = BorderLine2(_colour(style["border_color"]), 0, _THIN, 0, 0, _THIN)
            found |= {f"{side}Border": line for side in ("Top", "Bottom", "Left", "Right")}
        elif key != "border_color":
            found |= _LOOKS[key](value)
    names = sorted(found)
    area.setPropertyValues(tuple(names), tuple(found[name] for name in names))


def _number_format(document: Uno, code: str) -> int:
    key: int = document.NumberFormats.queryKey(code, _ENGLISH, False)
    return key if key >= 0 else document.NumberFormats.addNew(code, _ENGLISH)


def _colour(code: str) -> int:
    return int(code[1:], 16)


def _font(name: str) -> dict[str, object]:
    return {"CharFontName": name, "CharFontNameAsian": name}


def _size(points: float) -> dict[str, object]:
    return {"CharHeight": float(points), "CharHeightAsian": float(points)}


def _bold(is_bold: bool) -> dict[str, object]:
    weight = 150.0 if is_bold else 100.0
    return {"CharWeight": weight, "CharWeightAsian": weight}


def _enum(kind: str, name: str) -> object:
    return uno.Enum(f"com.sun.star.table.{kind}", name)


_LOOKS: Mapping[str, Callable[[Uno], dict[str, object]]] = {
    "font_name": _font,
    "font_size": _size,
    "bold": _bold,
    "font_color": lambda code: {"CharColor": _colour(code)},
    "underline": lambda lines: {"CharUnderline": lines},
    "align": lambda side: {"HoriJustify": _enum("CellHoriJustify", side.upper())},
    "valign": lambda _side: {"VertJustify": 2},
    "text_wrap": lambda wraps: {"IsTextWrapped": wraps},
    "bg_color": lambda code: {"CellBackColor": _colour(code)},
    "rotation": lambda _degrees: {"Orientation": _enum("CellOrientation", "STACKED")},
}
"""What a property of a style is in LibreOffice, and its value there."""


def _set_up(document: Uno, target: Uno, sheet: ResultSheet) -> None:
    """What a sheet keeps from then on: panes, printing, the colour of its tab, the filter, the chart."""
    _set_up_page(document, target, sheet)
    last = last_row(sheet)
    if sheet.tab_color:
        target.TabColor = _colour(sheet.tab_color)
    controller = document.CurrentController
    if controller:
        controller.setActiveSheet(target)
        controller.freezeAtPosition(sheet.frozen_columns, sheet.first_row)
        controller.ShowGrid = False
    if sheet.filtered and sheet.rows:
        ranges = document.DatabaseRanges
        name = f"_{sheet.name}"
        if not ranges.hasByName(name):
            area = target.getCellRangeByPosition(0, sheet.head_row, len(sheet.columns) - 1, last).getRangeAddress()
            ranges.addNewByName(name, area)
        ranges.getByName(name).AutoFilter = True
    if chart_shown := sheet.chart:
        below = target.getCellRangeByName(cell_name(last + 2, 0)).Position
        labels, values = (
            target.getCellRangeByPosition(column, sheet.first_row, column, last).getRangeAddress()
            for column in (chart_shown.labels, *chart_shown.values)
        )
        place = Rectangle(below.X, below.Y, 19000, 11000)
        target.Charts.addNewByName(chart_shown.title, place, (labels, values), False, True)
        chart = target.Charts.getByName(chart_shown.title).EmbeddedObject
        chart.HasLegend = False
        chart.HasMainTitle = True
        chart.Title.String = chart_shown.title
        chart.Diagram.Vertical = True
        chart.Diagram.XAxis.ReverseDirection = True
        chart.Diagram.YAxis.Min = float(chart_shown.least or 0)


def _set_up_page(document: Uno, target: Uno, sheet: ResultSheet) -> None:
    """A page style of the sheet's name, what is printed on it, and the heads on every page."""
    found = document.StyleFamilies.getByName("PageStyles")
    name = f"{RIBBON_TAB}_{sheet.name}"
    if not found.hasByName(name):
        found.insertByName(name, document.createInstance("com.sun.star.style.PageStyle"))
    page = found.getByName(name)
    short, long = (29700, 42000) if sheet.large_paper else (21000, 29700)
    page.IsLandscape = sheet.landscape
    page.Width, page.Height = (long, short) if sheet.landscape else (short, long)
    page.LeftMargin = page.RightMargin = round(styles.MARGIN * 2540)
    page.ScaleToPagesX, page.ScaleToPagesY = sheet.pages_across, pages_down(sheet)
    target.PageStyle = name
    number = target.RangeAddress.Sheet
    areas = (CellRangeAddress(number, left, top, right, bottom) for top, left, bottom, right in sheet.print_areas)
    target.setPrintAreas(tuple(areas))
    target.setPrintTitleRows(True)
    target.setTitleRows(CellRangeAddress(number, 0, sheet.head_row - sheet.has_upper_heads, 0, sheet.head_row))
