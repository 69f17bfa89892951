"""A worksheet that takes whole rows: the library's own way costs several calls and objects for every cell.

Heads, widths, links, formats, charts and page set-up stay with the library; only the rows' XML is put together here. It
relies on a few members that the library keeps to itself, which a test compares with the library's own rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xladdin.workbook.cells import Formula, column_letters

MAX_TEXT = 32767

_LETTERS: list[str] = []
"""Of the columns that were written to, as many as the widest row had."""


class BulkWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose rows below everything else are given as a whole; see `append_row`."""

    def __init__(self) -> None:
        super().__init__()
        self.bulk_rows: list[str] = []
        self.style_index: dict[Format, int] = {}

    def append_row(
        self, row: int, values: Sequence[str | float | Formula | None], formats: Sequence[Format], height: float
    ) -> None:
        """Add a row below those written so far: a value and a format for each cell from the first column on."""
        number = row + 1
        cells = []
        while len(_LETTERS) < len(values):
            _LETTERS.append(column_letters(len(_LETTERS)))
        text_index, style_index = self.str_table._get_shared_string_index, self.style_index
        for column, (value, form) in enumerate(zip(values, formats, strict=True)):
            style = style_index.get(form)
            if style is None:
                style = style_index[form] = form._get_xf_index()
            if value is None:
                cells.append(f'<c r="{_LETTERS[column]}{number}" s="{style}"/>')
            elif isinstance(value, str):
                if len(value) > MAX_TEXT:
                    raise ValueError(f"{self.name} {row},{column}: text longer than a cell takes")
                cells.append(f'<c r="{_LETTERS[column]}{number}" s="{style}" t="s"><v>{text_index(value)}</v></c>')
            elif isinstance(value, Formula):
                cells.append(f'<c r="{_LETTERS[column]}{number}" s="{style}"{_computed(value)}</c>')
            else:
                cells.append(f'<c r="{_LETTERS[column]}{number}" s="{style}"><v>{value:.16G}</v></c>')
        self._check_dimensions(row, len(values) - 1)
        self.bulk_rows.append(f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(cells)}</row>')

    def link(self, row: int, column: int, url: str, text: str, form: Format) -> bool:
        """Attach a link to a cell of an appended row; False where the address is too long for one."""
        written: bool = self.write_url(row, column, url, form, text) == 0
        self.table[row].pop(column, None)  # the cell itself is the appended row's
        return written

    def _write_rows(self) -> None:
        super()._write_rows()
        self.fh.writelines(self.bulk_rows)
        self.bulk_rows.clear()


def _computed(formula: Formula) -> str:
    """The rest of a cell with a formula and what it shows."""
    text, result = escape(formula.text, quote=False), formula.result
    if isinstance(result, str):
        return f' t="str"><f>{text}</f><v>{escape(result, quote=False)}</v>'
    return f"><f>{text}</f><v>{result:.16G}</v>"


def add_bulk_worksheet(book: Any, name: str) -> BulkWorksheet:  # noqa: ANN401 - the library has no types
    """A new sheet of the workbook that takes whole rows."""
    sheet: BulkWorksheet = book.add_worksheet(name, worksheet_class=BulkWorksheet)
    return sheet
