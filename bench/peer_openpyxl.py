"""The peer of `consolidate`: the same job as a careful openpyxl script does it.

It reads the returned files, picks up codes and values, and writes a workbook with the same sheets, cells, looks,
widths, heights, links, frozen panes, filters and chart. What it writes is handed to it ready-made (see `contents.py`): it
checks nothing, scores nothing, ranks nothing and words no explanation, so it is charged less work than the product.

Looks are built once and shared, cells are addressed once, and optional packages that would slow openpyxl down (numpy,
defusedxml) are kept out. Plainly, each cell gets its font, fill, border and so on. `--named` gives it a named style, the
documented way to one look for many cells. `--tuned` goes on to what no handbook tells: a cell's style is copied through
the library's inner arrays. `--streaming` adds the read_only and write_only modes to that.
"""

# ruff: noqa: E402

from __future__ import annotations

import argparse
import json
import os
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["OPENPYXL_DEFUSEDXML"] = "False"
sys.modules["numpy"] = None  # type: ignore[assignment]

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

CODE, TARGET, VALUE = "编号", "当年任务量", "完成情况"

Entries = dict[str, dict[str, object]]
Sheet = Worksheet | WriteOnlyWorksheet


def read_files(folder: Path, *, streaming: bool) -> dict[str, Entries]:
    """What every returned file holds: value by head by code by file."""
    found = {}
    for path in sorted(folder.glob("*.xlsx")):
        book = load_workbook(path, data_only=True, read_only=streaming)
        entries: Entries = {}
        for sheet in book.worksheets:
            pick_entries(sheet, entries)
        book.close()
        found[path.name] = entries
    return found


def pick_entries(sheet: Worksheet, entries: Entries) -> None:
    columns: dict[str, int] = {}
    for row in sheet.iter_rows(values_only=True):
        if not columns:
            heads = {value: column for column, value in enumerate(row) if value}
            if CODE in heads and VALUE in heads:
                columns = {head: heads[head] for head in (CODE, TARGET, VALUE) if head in heads}
            continue
        code = row[columns[CODE]]
        if isinstance(code, str) and "." in code:
            entries[code] = {head: row[column] for head, column in columns.items() if head != CODE}


def make_look(look: dict[str, Any]) -> dict[str, Any]:
    """The style objects of one look, from its description."""
    side = Side(style=look["border"], color=look["border_color"]) if look["border"] else None
    return {
        "font": Font(**look["font"]),
        "fill": PatternFill("solid", fgColor=look["fill"]) if look["fill"] else None,
        "border": Border(left=side, right=side, top=side, bottom=side) if side else None,
        "alignment": Alignment(**look["alignment"]),
        "number_format": look["number_format"],
    }


def style_arrays(book: Workbook, looks: list[dict[str, Any]]) -> list[Any]:
    """Each look registered once in the workbook; cells then share the resulting array."""
    scratch = book.create_sheet("scratch")
    arrays = []
    for look in looks:
        cell = WriteOnlyCell(scratch)
        for name, value in make_look(look).items():
            if value is not None:
                setattr(cell, name, value)
        arrays.append(cell._style)
    book.remove(scratch)
    return arrays


def named_styles(book: Workbook, looks: list[dict[str, Any]]) -> list[str]:
    """The name of each look, registered once in the workbook."""
    names = [f"look {number}" for number in range(len(looks))]
    for name, look in zip(names, looks, strict=True):
        given = {key: value for key, value in make_look(look).items() if value is not None}
        book.add_named_style(NamedStyle(name, **given))
    return names


def write_book(contents: dict[str, Any], target: Path, way: str) -> None:
    streaming = way == "streaming"
    book = Workbook(write_only=streaming)
    if not streaming:
        book.remove(book.active)
    fill: Callable[[Any, dict[str, Any], list[Any]], None]
    looks: list[Any]
    match way:
        case "plain":
            looks, fill = [make_look(look) for look in contents["looks"]], fill_rows
        case "named":
            looks, fill = named_styles(book, contents["looks"]), fill_rows_named
        case _:
            looks, fill = style_arrays(book, contents["looks"]), append_rows if streaming else fill_rows_tuned
    for described in contents["sheets"]:
        sheet = book.create_sheet(described["name"])
        set_up(sheet, described)
        fill(sheet, described, looks)
        if described["bars"]:
            add_bars(sheet, described["bars"])
    book.save(target)


def set_up(sheet: Sheet, described: dict[str, Any]) -> None:
    for letters, width in described["widths"].items():
        sheet.column_dimensions[letters].width = width
    for row, height in described["heights"].items():
        sheet.row_dimensions[row].height = height
    sheet.sheet_format.defaultRowHeight = described["usual_height"]
    sheet.freeze_panes = described["frozen"]
    sheet.auto_filter.ref = described["filter"]
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for name, value in described["page"].items():
        setattr(sheet.page_setup, name, value)
    sheet.print_title_rows = described["repeated"]


def fill_rows(sheet: Worksheet, described: dict[str, Any], looks: list[dict[str, Any]]) -> None:
    links = described["links"]
    for row, cells in enumerate(described["rows"], 1):
        for column, content in enumerate(cells, 1):
            if content is None:
                continue
            cell = sheet.cell(row, column, content[0])
            if (row, column) in links:
                cell.hyperlink = Hyperlink(ref=cell.coordinate, **links[row, column])
            look = looks[content[1]]
            cell.font = look["font"]
            cell.alignment = look["alignment"]
            cell.number_format = look["number_format"]
            if look["fill"] is not None:
                cell.fill = look["fill"]
            if look["border"] is not None:
                cell.border = look["border"]


def fill_rows_named(sheet: Worksheet, described: dict[str, Any], names: list[str]) -> None:
    links = described["links"]
    for row, cells in enumerate(described["rows"], 1):
        for column, content in enumerate(cells, 1):
            if content is None:
                continue
            cell = sheet.cell(row, column, content[0])
            if (row, column) in links:
                cell.hyperlink = Hyperlink(ref=cell.coordinate, **links[row, column])
            cell.style = names[content[1]]


def fill_rows_tuned(sheet: Worksheet, described: dict[str, Any], arrays: list[Any]) -> None:
    links = described["links"]
    for row, cells in enumerate(described["rows"], 1):
        for column, content in enumerate(cells, 1):
            if content is None:
                continue
            cell = sheet.cell(row, column, content[0])
            cell._style = arrays[content[1]]
            if (row, column) in links:
                cell.hyperlink = Hyperlink(ref=cell.coordinate, **links[row, column])
                cell._style = arrays[content[1]]  # a link resets the look


def append_rows(sheet: WriteOnlyWorksheet, described: dict[str, Any], arrays: list[Any]) -> None:
    links = described["links"]
    for row, cells in enumerate(described["rows"], 1):
        line = []
        for column, content in enumerate(cells, 1):
            if content is None:
                line.append(None)
                continue
            cell = WriteOnlyCell(sheet, content[0])
            if (row, column) in links:
                cell.hyperlink = Hyperlink(ref="A1", **links[row, column])
            cell._style = arrays[content[1]]
            line.append(cell)
        sheet.append(line)


def add_bars(sheet: Sheet, bars: dict[str, Any]) -> None:
    chart = BarChart()
    chart.type = "bar"
    chart.title = bars["title"]
    chart.legend = None
    chart.gapWidth = 40
    first, last = bars["first"], bars["last"]
    chart.add_data(Reference(sheet, min_col=bars["values"], min_row=first, max_row=last))
    chart.set_categories(Reference(sheet, min_col=bars["labels"], min_row=first, max_row=last))
    chart.series[0].graphicalProperties.solidFill = "5B9BD5"
    chart.dataLabels = DataLabelList(showVal=True)
    chart.y_axis.scaling.min = 0
    chart.x_axis.scaling.orientation = "maxMin"
    chart.width, chart.height = 19, 11
    sheet.add_chart(chart, f"A{last + 3}")
    rule = DataBarRule(start_type="min", end_type="max", color="FF9DC3E6")
    sheet.conditional_formatting.add(bars["range"], rule)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("contents", type=Path)
    parser.add_argument("target", type=Path)
    ways = parser.add_mutually_exclusive_group()
    for way in ("named", "tuned", "streaming"):
        ways.add_argument(f"--{way}", action="store_const", const=way, dest="way", default="plain")
    options = parser.parse_args()
    start = time.perf_counter()
    with options.contents.open("rb") as stream:
        contents = pickle.load(stream)
    loaded = time.perf_counter()
    entries = read_files(options.folder, streaming=options.way == "streaming")
    read = time.perf_counter()
    write_book(contents, options.target, options.way)
    written = time.perf_counter()
    fields = sum(len(own) for own in entries.values())
    times = {"unpaid": loaded - start, "read": read - loaded, "write": written - read, "fields": fields}
    print(json.dumps(times))


if __name__ == "__main__":
    main()
