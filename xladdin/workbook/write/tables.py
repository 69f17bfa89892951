"""Writing result sheets as an .xlsx file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from itertools import cycle, takewhile
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xladdin.workbook.cells import Formula, absolute_area
from xladdin.workbook.tables import Cell, Chart, Content, ResultSheet, Shading, value_of
from xladdin.workbook.write import styles
from xladdin.workbook.write.bulk import BulkWorksheet, add_bulk_worksheet

_MANY_ROWS = 20_000
_GRIDLINES = {"visible": True, "line": {"color": "#D9D9D9"}}
"""So light that the figures beside the bars stay readable over them."""


def write_tables(
    sheets: Sequence[ResultSheet],
    properties: Mapping[str, str],
    title: str,
    author: str,
    created: datetime,
    shown: str = "",
) -> bytes:
    """The sheets as the bytes of an .xlsx file, which opens on the one `shown`, or on the first.

    `properties` become custom document properties.
    """
    stream = BytesIO()
    # In memory every part stands there several times over until all are packed.
    is_small = sum(len(sheet.rows) for sheet in sheets) < _MANY_ROWS
    book = xlsxwriter.Workbook(stream, {"in_memory": is_small, "max_url_length": 2079, **styles.UNIT_FONT})
    book.set_properties({"title": title, "author": author, "created": created})
    for name, value in properties.items():
        book.set_custom_property(name, value, "text")
    formats = {name: book.add_format(style) for name, style in styles.LOOKS.items()}
    heads = {
        "title": book.add_format({**styles.TITLE, "align": "left"}),
        "note": book.add_format(styles.NOTE),
        "head": book.add_format({**styles.HEAD, "bold": True}),
        "upper": book.add_format({**styles.HEAD, "font_size": styles.LEAST_SIZE, "rotation": 270, "text_wrap": False}),
        "flat": book.add_format({**styles.HEAD, "font_size": styles.LEAST_SIZE}),
    }
    for sheet in sheets:
        target = add_bulk_worksheet(book, sheet.name)
        _write_sheet(book, target, sheet, formats, heads)
        if sheet.name == shown:
            target.activate()
    book.close()
    return stream.getvalue()


def _write_sheet(
    book: xlsxwriter.Workbook,
    target: BulkWorksheet,
    sheet: ResultSheet,
    formats: Mapping[str, Format],
    heads: Mapping[str, Format],
) -> None:
    target.set_default_row(styles.ROW_HEIGHT)
    target.set_row(0, styles.TITLE_HEIGHT)
    target.write_string(0, 0, sheet.title, heads["title"])
    for row, note in enumerate(sheet.notes, 1):
        target.write_string(row, 0, note, heads["note"])
    for index, column in enumerate(sheet.columns):
        target.set_column(index, index, column.width)
        if sheet.has_upper_heads:
            narrow = styles.text_width(column.above) > column.width
            target.write_string(sheet.head_row - 1, index, column.above, heads["upper" if narrow else "flat"])
        target.write_string(sheet.head_row, index, column.head, heads["head"])
    if sheet.has_upper_heads:
        target.set_row(sheet.head_row - 1, styles.upper_height(column.above for column in sheet.columns))
    head_lines = max(styles.line_count(column.head, column.width) for column in sheet.columns)
    target.set_row(sheet.head_row, max(styles.HEAD_HEIGHT, head_lines * styles.LINE_HEIGHT + 4))
    defaults = [formats[column.style] for column in sheet.columns]
    links: list[tuple[int, int, Cell, Format]] = []
    heights = sheet.heights()
    ruled: dict[tuple[bool, tuple[str, ...]], list[tuple[int, int]]] = {}
    for row, (contents, height) in enumerate(zip(sheet.rows, heights, strict=True), sheet.first_row):
        values: list[str | float | Formula | None] = []
        forms = defaults.copy()
        for column_index, content in enumerate(contents):
            if isinstance(content, Cell):
                if content.style:
                    forms[column_index] = formats[content.style]
                if content.link:
                    links.append((row, column_index, content, forms[column_index]))
                for rule in filter(None, (content.choices, content.hint)):
                    ruled.setdefault((rule is content.hint, rule), []).append((row, column_index))
                values.append(Formula(content.formula, content.value) if content.formula else content.value)
            else:
                values.append(content)
        target.append_row(row, values, forms, height)
    for row, column_index, cell, form in links:
        target.link(row, column_index, _url(cell.link), str(cell.value), form)
    for (is_hint, rule), cells in ruled.items():
        _validate(target, _hinting(*rule) if is_hint else _choosing(rule), cells)
    _signal(target, sheet, formats)
    _page_setup(book, target, sheet)
    if signed := sum(1 for _ in takewhile(_is_unframed, reversed(sheet.rows))):
        above = styles.TITLE_HEIGHT + len(sheet.notes) * styles.ROW_HEIGHT + styles.HEAD_HEIGHT
        widths = [column.width for column in sheet.columns]
        page = styles.page_room(widths, large_paper=sheet.large_paper, landscape=sheet.landscape)
        rows, end = heights[:-signed], sum(heights[-signed:])
        breaks = styles.page_breaks(rows, page, above=above, heads=styles.HEAD_HEIGHT, end=end)
        target.set_h_pagebreaks([sheet.first_row + n for n in breaks])
    if sheet.bars and sheet.rows:
        (in_cells,) = sheet.bars.values
        _shade(target, sheet, Shading(in_cells, in_cells, "#9DC3E6", least=sheet.bars.least or 0))
    if sheet.chart:
        _add_chart_below(book, target, sheet, sheet.chart, sum(heights))
    for shading in sheet.shadings if sheet.rows else ():
        _shade(target, sheet, shading)
    _add_charts(book, sheet)


def _validate(target: Worksheet, rule: dict[str, object], cells: Sequence[tuple[int, int]]) -> None:
    """A rule for all cells that have it: programs are slow with thousands of rules, and Excel takes no more than 65,534."""
    for start in range(0, len(cells), _CELLS_OF_A_RULE):
        (row, column), *others = cells[start : start + _CELLS_OF_A_RULE]
        target.data_validation(row, column, row, column, {**rule, "other_cells": [[r, c, r, c] for r, c in others]})


_CELLS_OF_A_RULE = 500


def _choosing(choices: Sequence[str]) -> dict[str, object]:
    return {"validate": "list", "source": list(choices), "error_message": "请从下拉列表中选择"}


def _hinting(head: str, text: str) -> dict[str, object]:
    return {"validate": "any", "input_title": _cut(head, 32), "input_message": _cut(text, 255)}


def _is_unframed(row: Sequence[Content]) -> bool:
    """Whether a row stands below the table, to be signed."""
    return isinstance(row[0], Cell) and row[0].style == "unframed"


def _cut(text: str, most: int) -> str:
    """As much of a text as Excel takes."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _signal(target: Worksheet, sheet: ResultSheet, formats: Mapping[str, Format]) -> None:
    last = sheet.first_row + len(sheet.rows) - 1
    for index, column in enumerate(sheet.columns):
        for words, style in column.signals:
            rule = {"type": "text", "criteria": "begins with", "value": words, "format": formats[style]}
            target.conditional_format(sheet.first_row, index, last, index, rule)


def _url(link: str) -> str:
    """The link as the library takes it."""
    file, _, place = link.rpartition("#")
    sheet, _, reference = place.rpartition("!")
    quoted = f"'{sheet.replace(chr(39), chr(39) * 2)}'!{reference}" if sheet else reference
    return f"external:{file}#{quoted}" if file else f"internal:{quoted}"


def _page_setup(book: xlsxwriter.Workbook, target: Worksheet, sheet: ResultSheet) -> None:
    target.freeze_panes(sheet.first_row, sheet.frozen_columns)
    target.set_paper(8 if sheet.large_paper else 9)
    if sheet.landscape:
        target.set_landscape()
    target.set_margins(left=styles.MARGIN, right=styles.MARGIN, top=styles.END_MARGIN, bottom=styles.END_MARGIN)
    if sheet.bars:
        target.fit_to_pages(1, 0)
    else:
        if sheet.frozen_columns:
            target.repeat_columns(0, sheet.frozen_columns - 1)
        target.fit_to_pages(sheet.pages_across, 0)
    if not sheet.chart:
        _repeat_heads(target, sheet)
    target.set_footer(f"&L{sheet.signature or '&A'}&{'R' if sheet.signature else 'C'}第 &P 页 共 &N 页")
    if sheet.marking:
        target.set_header(f"&R{sheet.marking}")
    target.hide_gridlines(2)
    last = max(sheet.first_row, sheet.first_row + len(sheet.rows) - 1)
    if sheet.print_areas:
        places = (f"'{sheet.name}'!{absolute_area(*area)}" for area in sheet.print_areas)
        book.define_name(f"'{sheet.name}'!_xlnm.Print_Area", f"={','.join(places)}")
    if sheet.filtered and sheet.rows:
        target.autofilter(sheet.head_row, 0, last, len(sheet.columns) - 1)
    if sheet.tab_color:
        target.set_tab_color(sheet.tab_color)


def _add_chart_below(
    book: xlsxwriter.Workbook, target: Worksheet, sheet: ResultSheet, bars: Chart, rows_height: float
) -> None:
    """The chart on the page of its table, or on one of its own where the type would become too small."""
    below, count = sheet.first_row + len(sheet.rows) + 1, len(sheet.rows)
    above = styles.TITLE_HEIGHT + len(sheet.notes) * styles.ROW_HEIGHT + styles.HEAD_HEIGHT + rows_height
    room = (styles.page_height(landscape=sheet.landscape) - above - 2 * styles.ROW_HEIGHT) / 0.75
    height, least = 80 + 26 * count, 80 + 18 * count
    if least <= room:
        height = min(height, int(room))
        target.fit_to_pages(1, 1)
    else:
        target.set_h_pagebreaks([below])
        widths = [column.width for column in sheet.columns]
        if above > styles.page_room(widths, large_paper=sheet.large_paper, landscape=sheet.landscape):
            _repeat_heads(target, sheet)  # only where there are rows below them; above the chart they have no meaning
    chart = _chart(book, sheet, bars, count)
    chart.set_size({"width": 680, "height": height})
    # A little below the break: its frame would be drawn on the page before as well.
    target.insert_chart(below, 0, chart, {"object_position": 2, "y_offset": 4})


def _repeat_heads(target: Worksheet, sheet: ResultSheet) -> None:
    target.repeat_rows(sheet.head_row - sheet.has_upper_heads, sheet.head_row)


def _shade(target: Worksheet, sheet: ResultSheet, shading: Shading) -> None:
    rule: dict[str, object] = {
        "type": "2_color_scale",
        "min_color": shading.low,
        "max_color": shading.high,
        "max_type": "percentile",
        "max_value": 95,  # a few much greater numbers would leave all the others pale
    }
    if not shading.low:
        rule = {"type": "data_bar", "bar_color": shading.high, "bar_solid": True}
        rule |= {"min_type": "num", "min_value": shading.least}
        if shading.most is not None:
            rule |= {"max_type": "num", "max_value": shading.most}
    last = sheet.first_row + len(sheet.rows) - 1
    target.conditional_format(sheet.first_row, shading.first, last, shading.last, rule)


_SERIES_COLORS = ("#2F75B5", "#ED7D31", "#70AD47", "#FFC000", "#7030A0", "#A5A5A5")


def _add_charts(book: xlsxwriter.Workbook, sheet: ResultSheet) -> None:
    """Each on a sheet of its own, which is one page: to be shown, and printed, by itself."""
    for chart in sheet.charts if sheet.rows else ():
        count = min(chart.rows or len(sheet.rows), len(sheet.rows))
        page = book.add_chartsheet(f"{sheet.name}图")
        page.set_chart(_chart(book, sheet, chart, count))
        page.set_paper(9)
        page.set_footer("&L&A&C第 &P 页 共 &N 页")
        if sheet.marking:
            page.set_header(f"&R{sheet.marking}")
        if sheet.tab_color:
            page.set_tab_color(sheet.tab_color)


def _chart(book: xlsxwriter.Workbook, sheet: ResultSheet, chart: Chart, count: int) -> Any:  # noqa: ANN401 - the library has no types
    drawn = book.add_chart({"type": chart.kind, **({"subtype": "stacked"} if chart.stacked else {})})
    first, last = sheet.first_row, sheet.first_row + count - 1
    for column, color in zip(chart.values, cycle(_SERIES_COLORS)):
        series: dict[str, object] = {
            "name": sheet.columns[column].head,
            "categories": [sheet.name, first, chart.labels, last, chart.labels],
            "values": [sheet.name, first, column, last, column],
            # The library looks for these in its own table of cells, which the rows are not in.
            "categories_data": [value_of(row[chart.labels]) for row in sheet.rows[:count]],
            "values_data": [value_of(row[column]) for row in sheet.rows[:count]],
        }
        if chart.kind == "line":
            series |= {"line": {"none": True}, "marker": {"type": "diamond", "size": 8, "fill": {"color": color}}}
        else:
            series |= {"fill": {"color": color}, "gap": 40}
            if len(chart.values) == 1:
                series["data_labels"] = {"value": True, "num_format": chart.number}
        drawn.add_series(series)
    drawn.set_title({"name": chart.title, "name_font": {"size": 12}, "overlay": False})
    drawn.set_legend({"none": True} if len(chart.values) == 1 else {"position": "bottom"})
    bounds = {name: value for name, value in (("min", chart.least), ("max", chart.most)) if value is not None}
    values_axis = {
        **bounds,
        "num_format": chart.number,
        "reverse": chart.reversed,
        "major_gridlines": _GRIDLINES,
    }
    if chart.kind == "bar":
        labels = {"interval_unit": 1, "label_position": "low", "num_font": {"size": 10 if count <= 24 else 8.5}}
        drawn.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}, **labels})
        drawn.set_x_axis(values_axis)
    else:
        drawn.set_y_axis(values_axis)
        drawn.set_x_axis({"label_position": "high" if chart.reversed else "low"})
    if chart.kind == "line":
        drawn.set_high_low_lines({"line": {"color": "#7F7F7F", "width": 2}})
    return drawn
