"""Writing a workbook cell by cell. What the library refuses is a mistake in the layout and raises `ValueError`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xladdin.workbook.write import styles

Block = tuple[int, int, int, int]
"""First row, first column, last row, last column, zero-based."""


class CellWriter:
    """A new workbook; `finished` gives the bytes of the .xlsx file."""

    def __init__(self) -> None:
        self._stream = BytesIO()
        self.book = xlsxwriter.Workbook(self._stream, {"in_memory": True, **styles.UNIT_FONT})
        self._format = lru_cache(maxsize=None)(self._new_format)

    def finished(self) -> bytes:
        """The whole workbook."""
        self.book.close()
        return self._stream.getvalue()

    def describe(
        self, title: str, kind: str, author: str, comments: str, created: datetime, properties: Mapping[str, str]
    ) -> None:
        """Set the document's properties; `properties` are custom ones."""
        self.book.set_calc_mode("auto")
        texts = {"title": title, "subject": kind, "author": author, "comments": comments}
        self.book.set_properties({**texts, "created": created})
        for name, value in properties.items():
            self.book.set_custom_property(name, value, "text")

    def _new_format(self, *properties: tuple[str, Any]) -> Format:
        return self.book.add_format(dict(properties))

    def style(self, base: styles.Style, **extra: object) -> Format:
        """The format with these properties."""
        return self._format(*sorted({**base, **extra}.items()))

    def put(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        value: str | float | None,
        form: Format,
        formula: str | None = None,
    ) -> None:
        """Write one cell; with a formula `value` is what it shows."""
        if formula is not None:
            code = sheet.write_formula(row, column, formula, form, value)
        elif value is None or value == "":
            code = sheet.write_blank(row, column, None, form)
        elif isinstance(value, str):
            code = sheet.write_string(row, column, value, form)
        else:
            code = sheet.write_number(row, column, value, form)
        if code != 0:
            raise ValueError(f"{sheet.name} {row},{column}: {value!r} not written ({code})")

    def merge(
        self, sheet: Worksheet, block: Block, value: str | float | None, form: Format, formula: str | None = None
    ) -> None:
        """Write one cell that reaches over the block."""
        if block[:2] != block[2:] and sheet.merge_range(*block, "", form) != 0:
            raise ValueError(f"{sheet.name} {block}: not merged")
        self.put(sheet, block[0], block[1], value, form, formula)

    def validate(self, sheet: Worksheet, block: Block, rule: Mapping[str, Any]) -> None:
        """Lay an input rule, in the library's words, on the cells."""
        if sheet.data_validation(*block, rule) != 0:
            raise ValueError(f"{sheet.name} {block}: input rule refused")

    def show_states(self, sheet: Worksheet, block: Block, looks: Mapping[str, styles.Style]) -> None:
        """Give the cells a look by the first words of what they say."""
        for words, look in looks.items():
            rule = {"type": "text", "criteria": "begins with", "value": words, "format": self.style(look)}
            if sheet.conditional_format(*block, rule) != 0:
                raise ValueError(f"{sheet.name} {block}: conditional format refused")
