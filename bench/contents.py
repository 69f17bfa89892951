"""What the openpyxl peer writes, taken from a workbook the product made; and the proof that both made the same.

`python contents.py describe RESULT.xlsx CONTENTS` and `python contents.py compare A.xlsx B.xlsx`. Neither is timed.
"""

from __future__ import annotations

import pickle
import sys
import warnings
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Side
from openpyxl.styles.colors import Color
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

Look = dict[str, Any]


def look_of(cell: Cell) -> Look:
    """How a cell looks, as plain data."""
    font, alignment, side = cell.font, cell.alignment, cell.border.left or Side()
    return {
        "font": {
            "name": font.name,
            "size": font.sz,
            "bold": bool(font.b),
            "italic": bool(font.i),
            "underline": font.u,
            "color": color_of(font.color),
        },
        "fill": color_of(cell.fill.fgColor) if cell.fill.fill_type == "solid" else None,
        "border": side.style,
        "border_color": color_of(side.color) if side.style else None,
        "alignment": {
            "horizontal": alignment.horizontal,
            "vertical": alignment.vertical,
            "wrap_text": bool(alignment.wrap_text),
            "text_rotation": alignment.text_rotation or 0,
            "indent": int(alignment.indent or 0),
            "shrink_to_fit": bool(alignment.shrink_to_fit),
        },
        "number_format": cell.number_format,
    }


def color_of(color: Color | None) -> str | None:
    """The RGB of a colour; themes and indexes are the default text colour here."""
    return color.rgb if color is not None and color.type == "rgb" else None


def describe(book_path: Path) -> dict[str, Any]:
    book = load_workbook(book_path)
    looks: list[Look] = []
    numbers: dict[int, int] = {}
    sheets = [describe_sheet(sheet, looks, numbers) for sheet in book.worksheets]
    return {"looks": looks, "sheets": sheets}


def describe_sheet(sheet: Worksheet, looks: list[Look], numbers: dict[int, int]) -> dict[str, Any]:
    rows = [[None] * sheet.max_column for _ in range(sheet.max_row)]
    links = {}
    for (row, column), cell in sheet._cells.items():
        if cell.style_id not in numbers:
            numbers[cell.style_id] = len(looks)
            looks.append(look_of(cell))
        rows[row - 1][column - 1] = (cell.value, numbers[cell.style_id])
        if cell.hyperlink:
            links[row, column] = {"location": cell.hyperlink.location, "target": cell.hyperlink.target}
    for cells in rows:
        while cells and cells[-1] is None:
            cells.pop()
    return {
        "name": sheet.title,
        "rows": rows,
        "links": links,
        "widths": {letters: size.width for letters, size in sheet.column_dimensions.items()},
        "heights": {row: size.height for row, size in sheet.row_dimensions.items() if size.height},
        "usual_height": sheet.sheet_format.defaultRowHeight,
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "repeated": sheet.print_title_rows.replace("$", "") if sheet.print_title_rows else None,
        "page": {
            name: getattr(sheet.page_setup, name) for name in ("orientation", "paperSize", "fitToWidth", "fitToHeight")
        },
        "bars": describe_bars(sheet),
    }


def describe_bars(sheet: Worksheet) -> dict[str, Any] | None:
    if not sheet._charts:
        return None
    series = sheet._charts[0].series[0]
    values = range_boundaries(series.val.numRef.f.rpartition("!")[2])
    labels = range_boundaries((series.cat.strRef or series.cat.numRef).f.rpartition("!")[2])
    return {
        "title": "各区总分",
        "labels": labels[0],
        "values": values[0],
        "first": values[1],
        "last": values[3],
        "range": str(next(iter(sheet.conditional_formatting)).sqref),
    }


def compare(first: Path, second: Path) -> str:
    """How many cells were compared; the first difference ends the process."""
    ours, theirs = load_workbook(first), load_workbook(second)
    if ours.sheetnames != theirs.sheetnames:
        raise SystemExit(f"sheets differ: {ours.sheetnames} and {theirs.sheetnames}")
    cells = links = 0
    for sheet in ours.worksheets:
        other = theirs[sheet.title]
        if differing := sheet._cells.keys() ^ other._cells.keys():
            raise SystemExit(f"{sheet.title}: not the same cells, {sorted(differing)[:5]}")
        for facts in ("freeze_panes", "print_title_rows", "dimensions"):
            if getattr(sheet, facts) != getattr(other, facts):
                raise SystemExit(f"{sheet.title}: {facts} differ")
        if sizes(sheet) != sizes(other) or len(sheet._charts) != len(other._charts):
            raise SystemExit(f"{sheet.title}: widths, heights or charts differ")
        known: dict[tuple[int, int], bool] = {}
        for place, cell in sheet._cells.items():
            twin = other._cells[place]
            pair = cell.style_id, twin.style_id
            if pair not in known:
                known[pair] = look_of(cell) == look_of(twin)
            if (cell.value or None) != (twin.value or None) and cell.value != twin.value:
                raise SystemExit(f"{sheet.title} {cell.coordinate}: {cell.value!r} and {twin.value!r}")
            if not known[pair]:
                raise SystemExit(f"{sheet.title} {cell.coordinate}: {look_of(cell)} and {look_of(twin)}")
            if bool(cell.hyperlink) != bool(twin.hyperlink):
                raise SystemExit(f"{sheet.title} {cell.coordinate}: link differs")
            cells += 1
            links += bool(cell.hyperlink)
    return f"{len(ours.sheetnames)} sheets, {cells} cells with their looks, {links} links"


def sizes(sheet: Worksheet) -> tuple[dict[str, float], dict[int, float]]:
    """Column widths and row heights."""
    widths = {letters: size.width for letters, size in sheet.column_dimensions.items()}
    return widths, {row: size.height for row, size in sheet.row_dimensions.items() if size.height}


def main() -> None:
    warnings.simplefilter("ignore")  # openpyxl says that it skips data bars of the newer kind
    action, first, second = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if action == "describe":
        second.write_bytes(pickle.dumps(describe(first), protocol=pickle.HIGHEST_PROTOCOL))
    else:
        print(compare(first, second))


if __name__ == "__main__":
    main()
