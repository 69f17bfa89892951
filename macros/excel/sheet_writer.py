"""Result sheets written into a workbook open in Excel: the values of a sheet in one call, its looks in a few."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial

import xlwings as xw

from macros.drawing import CHART_HEIGHT, Area, block, chart_top, heights, last_row, looks, pages_down
from macros.excel.open_book import read_sheet
from xladdin.workbook.cells import CellError, Formula, Percentage, Raw, SerialDate, absolute_area, cell_name, shown_text
from xladdin.workbook.tables import Cell, Chart, Content, ResultSheet, value_of
from xladdin.workbook.write.styles import Style

MAX_ADDRESS = 255
"""Characters of an address that Excel takes in one call."""

MAX_LITERAL = 255
"""Characters of a text that stands in a formula."""

# Constants of Excel's object model.
_CENTRE, _LEFT, _UPRIGHT = -4108, -4131, -4166
_LANDSCAPE = 2
_A3, _A4 = 8, 9
_BAR_CLUSTERED = 57
_NUMBER = 0

_log = logging.getLogger("macros")

# A text that begins with a Chinese character cannot be taken for a number, a date or a formula.
_SAFE = re.compile(r"[一-鿿（“《〔]")

Entered = str | float | None
"""What is put into a cell as if it were typed."""


def obstacles(book: xw.Book, names: Iterable[str]) -> list[str]:
    """What keeps sheets of these names from being written, each with what to do; nothing is written to find out."""
    existing = {sheet.name: sheet for sheet in book.sheets}
    found = [
        f"工作表“{name}”受保护，请先在“审阅”里撤消工作表保护。"
        for name in names
        if name in existing and existing[name].api.ProtectContents
    ]
    added = [name for name in names if name not in existing]
    if added and book.api.ProtectStructure:
        found.append(f"工作簿的结构受保护，不能添加工作表“{'、'.join(added)}”，请先在“审阅”里撤消工作簿保护。")
    return found


@contextmanager
def all_or_nothing() -> Iterator[list[Callable[[], object]]]:
    """A list for what takes back each thing done; if one fails, all that were done before are taken back."""
    undo: list[Callable[[], object]] = []
    try:
        yield undo
    except BaseException:
        for take_back in reversed(undo):
            with suppress(Exception):  # each by itself: the others are to be taken back all the same
                take_back()
        raise


def write_sheets(book: xw.Book, sheets: Sequence[ResultSheet]) -> list[str]:
    """Write the sheets into the workbook, each in place of the one of its name, or as a new last one; remarks.

    The contents of all of them, or none. How they look matters less: what Excel refuses of it is remarked.
    """
    existing = {sheet.name: sheet for sheet in book.sheets}
    targets = []
    with all_or_nothing() as undo:
        for sheet in sheets:
            target = existing.get(sheet.name)
            if target is None:
                target = book.sheets.add(after=book.sheets[-1])
                undo.append(target.delete)
                target.name = sheet.name
            else:
                undo.append(partial(_put_back, target, _contents(target)))
                _clear(target)
            target.range((1, 1), (last_row(sheet) + 1, len(sheet.columns))).formula = block(sheet, _content)
            targets.append(target)
    plain, not_set_up = [], []
    for sheet, target in zip(sheets, targets, strict=True):
        try:
            _style(target, sheet)
            if sheet.name not in existing and not _set_up(book, target, sheet):
                not_set_up.append(sheet.name)
        except Exception:
            _log.warning("%s does not look as it should", sheet.name, exc_info=True)
            plain.append(sheet.name)
    remarks = []
    if plain:
        remarks.append(f"{'、'.join(plain)}的内容写全了，外观没有设全，可以再按一次。")
    if not_set_up:
        remarks.append(
            f"没有可用的打印机，或打印机没有相应的纸张：{'、'.join(not_set_up)}的打印设置没有设全，打印前请在“页面布局”里设置。"
        )
    return remarks


def _contents(sheet: xw.Sheet) -> list[list[Entered]]:
    """What would have to be entered for the sheet to hold what it holds, as a rectangle from A1 on."""
    rows = [[entered(raw) for raw in row] for row in read_sheet(sheet).rows]
    width = max(map(len, rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def _put_back(sheet: xw.Sheet, contents: list[list[Entered]]) -> None:
    sheet.clear_contents()
    if contents and contents[0]:
        sheet.range((1, 1), (len(contents), len(contents[0]))).formula = contents


def _clear(target: xw.Sheet) -> None:
    # Rows that a filter hides would not be written to.
    if target.api.AutoFilterMode:
        target.api.AutoFilterMode = False
    elif target.api.FilterMode:  # by an advanced filter
        target.api.ShowAllData()
    target.clear()


def _style(target: xw.Sheet, sheet: ResultSheet) -> None:
    last, width = last_row(sheet) + 1, len(sheet.columns)
    for column, spec in enumerate(sheet.columns, 1):
        target.range((1, column)).column_width = spec.width
    for areas, style in looks(sheet):
        for address in _addresses(areas):
            _look(target.range(address), style)
    for top, bottom, points in heights(sheet):
        rows = target.range((top + 1, 1), (bottom + 1, width))
        if points is None:
            rows.rows.autofit()
        else:
            rows.row_height = points
    if sheet.bars and sheet.rows:
        (values,) = sheet.bars.values
        bars = target.range((sheet.first_row + 1, values + 1), (last, values + 1))
        bars.api.FormatConditions.AddDatabar().MinPoint.Modify(_NUMBER, sheet.bars.least)
    if sheet.filtered and sheet.rows:
        target.range((sheet.head_row + 1, 1), (last, width)).api.AutoFilter()


def as_text(text: str) -> str:
    """A text that stays one: without the apostrophe Excel would make numbers, dates or formulas of some."""
    return text if not text or _SAFE.match(text) else f"'{text}"


def entered(raw: Raw) -> Entered:
    """What has to be entered for a cell to hold what it holds."""
    match raw:
        case Formula():
            return f"={raw.text}"
        case str():
            return as_text(raw)
        case Percentage() | SerialDate():
            return raw.number
        case bool() | CellError():
            return shown_text(raw)
        case int() | float():
            return raw
    return None


def _content(content: Content) -> Entered:
    value = value_of(content)
    if not isinstance(value, str):
        return value
    return (isinstance(content, Cell) and content.link and _link(content.link, value)) or as_text(value)


def _link(link: str, text: str) -> str:
    """A formula rather than a hyperlink, so that a whole sheet goes in one call; empty if Excel would not take it."""
    file, _, place = link.rpartition("#")
    sheet, _, reference = place.rpartition("!")
    quoted = f"'{sheet.replace(chr(39), chr(39) * 2)}'!{reference}"
    address = f"[{file}]{quoted}" if file else f"#{quoted}"
    if max(len(address), len(text)) > MAX_LITERAL:
        return ""
    return f'=HYPERLINK("{_doubled(address)}","{_doubled(text)}")'


def _doubled(text: str) -> str:
    return text.replace('"', '""')


def _addresses(areas: Iterable[Area]) -> list[str]:
    """The areas as addresses of several of them, each as long as Excel takes."""
    found: list[str] = []
    for top, left, bottom, right in areas:
        address = cell_name(top, left)
        if (bottom, right) != (top, left):
            address += f":{cell_name(bottom, right)}"
        if found and len(found[-1]) + len(address) < MAX_ADDRESS:
            found[-1] += f",{address}"
        else:
            found.append(address)
    return found


def _look(target: xw.Range, style: Style) -> None:
    for key, value in style.items():
        path, convert = _LOOKS[key]
        *objects, name = path.split(".")
        owner = target.api
        for step in objects:
            owner = getattr(owner, step)
        setattr(owner, name, convert(value))


def _colour(code: str) -> int:
    """Excel's number of a colour: red in the lowest byte."""
    red, green, blue = (int(code[n : n + 2], 16) for n in (1, 3, 5))
    return red + green * 256 + blue * 65536


def _same(value: object) -> object:
    return value


_LOOKS: Mapping[str, tuple[str, Callable[..., object]]] = {
    "font_name": ("Font.Name", _same),
    "font_size": ("Font.Size", _same),
    "bold": ("Font.Bold", _same),
    "font_color": ("Font.Color", _colour),
    "underline": ("Font.Underline", {1: 2}.__getitem__),
    "align": ("HorizontalAlignment", {"center": _CENTRE, "left": _LEFT}.__getitem__),
    "valign": ("VerticalAlignment", {"vcenter": _CENTRE}.__getitem__),
    "text_wrap": ("WrapText", _same),
    "border": ("Borders.LineStyle", _same),
    "border_color": ("Borders.Color", _colour),
    "bg_color": ("Interior.Color", _colour),
    "num_format": ("NumberFormat", _same),
    "rotation": ("Orientation", {270: _UPRIGHT}.__getitem__),
}
"""What a property of a style is in Excel's object model, and its value there."""


def _set_up(book: xw.Book, target: xw.Sheet, sheet: ResultSheet) -> bool:
    """What a sheet keeps from then on: panes, printing, the chart. Whether its page is as it should be."""
    target.activate()
    window = book.app.api.ActiveWindow
    window.DisplayGridlines = False
    window.SplitRow, window.SplitColumn = sheet.first_row, sheet.frozen_columns
    window.FreezePanes = True
    if sheet.tab_color:
        target.api.Tab.Color = _colour(sheet.tab_color)
    if sheet.chart:
        _add_chart(target, sheet, sheet.chart)
    return _set_up_page(target, sheet)


def _set_up_page(target: xw.Sheet, sheet: ResultSheet) -> bool:
    page = target.api.PageSetup
    head = sheet.head_row + 1
    wanted: dict[str, object] = {
        "PaperSize": _A3 if sheet.large_paper else _A4,
        **({"Orientation": _LANDSCAPE} if sheet.landscape else {}),
        "Zoom": False,
        "FitToPagesWide": sheet.pages_across,
        "FitToPagesTall": pages_down(sheet) or False,
        "PrintTitleRows": f"${head - sheet.has_upper_heads}:${head}",
        "PrintArea": ",".join(absolute_area(*area) for area in sheet.print_areas),
    }
    is_complete = True
    for name, value in wanted.items():
        try:
            setattr(page, name, value)
        except Exception:  # no printer, or one that has no such paper; whatever it is, the results matter more
            is_complete = False
    return is_complete


def _add_chart(target: xw.Sheet, sheet: ResultSheet, bars: Chart) -> None:
    first, last = sheet.first_row + 1, sheet.first_row + len(sheet.rows)
    chart = target.charts.add(left=0, top=chart_top(sheet), width=540, height=CHART_HEIGHT)
    series = chart.api[1].SeriesCollection().NewSeries()
    series.Name = bars.title
    columns = (bars.labels, *bars.values)
    series.XValues, series.Values = (target.range((first, c + 1), (last, c + 1)).api for c in columns)
    chart.api[1].ChartType = _BAR_CLUSTERED
    chart.api[1].HasLegend = False
