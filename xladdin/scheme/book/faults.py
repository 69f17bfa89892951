"""方案检查: the faults of a scheme workbook as a sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xladdin.words import CELL, FOUND, ORDINAL, SCHEME_FAULTS_KIND, SHEET
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet

_SHEET, _CELL = re.compile("^工作表“(.+?)”"), re.compile(r"^工作表[^：]*（([A-Z]+\d+)）")


def faults_sheet(faults: Sequence[str], file: str) -> ResultSheet:
    """The faults, of which each begins with its place, linked to their cells in the file; no links where `file` is empty."""
    columns = (
        Column(ORDINAL, 6, "centre"), Column(SHEET, 12, "centre"), Column(CELL, 9, "centre"), Column(FOUND, 100, "text"),
    )  # fmt: skip
    rows: list[list[Content]] = []
    for number, fault in enumerate(faults, 1):
        sheet, cell = _SHEET.search(fault), _CELL.search(fault)
        name, at = sheet[1] if sheet else "", cell[1] if cell else ""
        rows.append([float(number), name, Cell(at, "link", f"{file}#{name}!{at}") if at and file else at, fault])
    notes = (f"共 {len(rows)} 处。改好后再检查一次。",)
    return ResultSheet(SCHEME_FAULTS_KIND, SCHEME_FAULTS_KIND, columns, rows, notes, filtered=True, tab_color="#ED7D31")
