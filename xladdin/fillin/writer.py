"""Writing the other workbooks of a round: 填报说明 and a sheet for every table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xlsxwriter.worksheet import Worksheet

from xladdin.classes import replace
from xladdin.fillin.sheets import (
    COVER_COUNT_HEADS,
    COVER_FIRST_ROW,
    COVER_HEAD_ROW,
    COVER_IDENTITY_ROW,
    COVER_STATE_ROW,
    FIRST_ROW,
    HEAD_ROW,
    HINT_ROW,
    IDENTITY_ROW,
    TITLE_ROW,
    Rule,
    UnitBook,
    UnitSheet,
)
from xladdin.methods.checks import ERROR, GOOD, MISSING
from xladdin.words import COVER, RECUSED, STATUS, SUM
from xladdin.workbook.cells import absolute_area
from xladdin.workbook.write import styles
from xladdin.workbook.write.cells import CellWriter

_ENTRY = {"bg_color": styles.INPUT_FILL, "locked": False, "num_format": "General"}

_LOOKS: Mapping[str, styles.Style] = {
    "code": styles.CENTRED,
    "text": styles.BORDERED,
    "centre": {**styles.CENTRED, "num_format": "General"},
    "number": {**styles.CENTRED, "num_format": "General", "bg_color": styles.COMPUTED_FILL},
    "given": {**styles.CENTRED, "num_format": "General", "bg_color": styles.GIVEN_FILL},
    "given_text": {**styles.BORDERED, "bg_color": styles.GIVEN_FILL},
    "entry": {**styles.CENTRED, **_ENTRY},
    "entry_text": {**styles.BORDERED, **_ENTRY, "num_format": "@"},
    "entry_date": {**styles.CENTRED, **_ENTRY, "num_format": "yyyy-m-d"},
    "check": {**styles.BORDERED, "bg_color": styles.COMPUTED_FILL, "font_size": styles.LEAST_SIZE},
}
"""How a column's cells look; see `unit_layout.Look`."""

_STATES: Mapping[str, styles.Style] = {
    ERROR: styles.ERROR_STATE,
    MISSING: styles.MISSING_STATE,
    "提示": styles.HINT_STATE,
    "不": styles.QUIET_STATE,
    "未报": styles.QUIET_STATE,
    RECUSED: styles.QUIET_STATE,
    GOOD: styles.GOOD_STATE,
}
"""How a state shows, by its first words."""

_COVER_WIDTHS = (20, 17, 17, 17, 17, 17)
_LAST = len(_COVER_WIDTHS) - 1
_MAX_MESSAGE = 255
_LINES_OF_A_PAGE = 24
_TOP, _BOTTOM = 0.6, 0.7
"""Inches at the top and bottom of a page."""
_ABOVE, _HEAD, _SIGNED = 92.0, 26.0, 40.0
"""Points above the first line of a table, those of its heads, and those of the signature."""


def write_unit_book(book: UnitBook, created: datetime) -> bytes:
    """The workbook as the bytes of an .xlsx file. Same input, same bytes."""
    writer = _UnitWriter(book)
    writer.write(created)
    return writer.finished()


class _UnitWriter(CellWriter):
    def __init__(self, contents: UnitBook) -> None:
        super().__init__()
        self.contents = contents

    def write(self, created: datetime) -> None:
        own = self.contents
        self.describe(own.title, own.kind, own.author, own.document, created, own.properties)
        sheets = [self.book.add_worksheet(name) for name in (COVER, *(s.table.sheet for s in own.sheets))]
        self._write_cover(sheets[0])
        for sheet, contents in zip(sheets[1:], own.sheets, strict=True):
            self._write_table(sheet, contents)

    # --- 填报说明 -------------------------------------------------------------------------------------------------

    def _write_cover(self, sheet: Worksheet) -> None:
        book = self.contents
        for column, width in enumerate(_COVER_WIDTHS):
            sheet.set_column(column, column, width)
        label, text = self.style(styles.HEAD), self.style(styles.CENTRED)
        sheet.set_row(0, 30)
        self.merge(sheet, (0, 0, 0, _LAST), book.title, self.style(styles.TITLE))
        self.merge(sheet, (1, 0, 1, _LAST), book.document, self.style(styles.NOTE, align="center"))
        for row, (name, value) in enumerate(book.identity, COVER_IDENTITY_ROW):
            self.put(sheet, row, 0, name, label)
            self.merge(sheet, (row, 1, row, 3), value, self.style(styles.CENTRED, bold=True))
        sheet.set_row(COVER_STATE_ROW, 26)
        self.put(sheet, COVER_STATE_ROW, 0, STATUS, label)
        formula, shown = book.cover_formulas[COVER_STATE_ROW, 1]
        block = (COVER_STATE_ROW, 1, COVER_STATE_ROW, _LAST)
        self.merge(sheet, block, shown, self.style(styles.CENTRED, bold=True), formula)
        states = {"尚未": styles.MISSING_STATE, "已全": styles.GOOD_STATE}
        self.show_states(sheet, (COVER_STATE_ROW, 1, COVER_STATE_ROW, 1), states)
        for column, head in enumerate(COVER_COUNT_HEADS):
            self.put(sheet, COVER_HEAD_ROW, column, head, label)
        number = self.style(styles.CENTRED, num_format="0")
        for row, name in enumerate((*book.counted_sheets, SUM), COVER_FIRST_ROW):
            self.put(sheet, row, 0, name, text)
            for column in range(1, len(COVER_COUNT_HEADS)):
                formula, shown = book.cover_formulas[row, column]
                self.put(sheet, row, column, shown, number, formula)
        row = self._write_texts(sheet, COVER_FIRST_ROW + len(book.counted_sheets) + 2)
        sheet.protect("", {"select_locked_cells": True})
        sheet.set_portrait()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, row, _LAST)
        sheet.set_footer("&C第 &P 页 共 &N 页")
        sheet.hide_gridlines(2)

    def _write_texts(self, sheet: Worksheet, row: int) -> int:
        """怎样填, what is evaluated, and the colours; the last row written."""
        head = self.style(styles.HEAD)
        whole, wide = sum(_COVER_WIDTHS), sum(_COVER_WIDTHS[1:4])
        self.put(sheet, row, 0, "怎样填", head)
        for step in self.contents.steps:
            row += 1
            self.merge(sheet, (row, 0, row, _LAST), step, self.style(styles.BASE, text_wrap=True))
            sheet.set_row(row, styles.row_height(step, whole))
        row += 2
        self.put(sheet, row, 0, "颜色", head)
        looks = {"填写": "entry", "取自区填报表（已锁定）": "given", "公式自动计算": "number"}
        has_given = any(contents.table.has_given for contents in self.contents.sheets)
        for words, look in looks.items():
            if look == "given" and not has_given:
                continue
            row += 1
            self.merge(sheet, (row, 0, row, 1), self.contents.say(words), self.style(_LOOKS[look], locked=True))
        if not self.contents.contents:
            return row
        row += 2
        self.put(sheet, row, 0, "评价内容", head)
        self.merge(sheet, (row, 1, row, 3), "任务（方案原文）", head)
        self.merge(sheet, (row, 4, row, _LAST), "评分方法（方案原文）", head)
        for item, task, method in self.contents.contents:
            row += 1
            self.put(sheet, row, 0, item, self.style(styles.CENTRED))
            self.merge(sheet, (row, 1, row, 3), task, self.style(styles.BORDERED))
            self.merge(sheet, (row, 4, row, _LAST), method, self.style(styles.BORDERED))
            narrow = sum(_COVER_WIDTHS[4:])
            sheet.set_row(row, max(styles.row_height(task, wide), styles.row_height(method, narrow)))
        return row

    # --- Tables ---------------------------------------------------------------------------------------------------

    def _write_table(self, sheet: Worksheet, contents: UnitSheet) -> None:
        table, say = contents.table, self.contents.say
        for column, spec in enumerate(table.columns):
            sheet.set_column(column, column, spec.width)
        last = len(table.columns) - 1
        align = "center" if _pages_wide(contents) == 1 else "left"  # in the middle of several pages it is torn in print
        sheet.set_row(TITLE_ROW, 30)
        title = self.style(styles.TITLE, align=align)
        self.merge(sheet, (TITLE_ROW, 0, TITLE_ROW, last), say(contents.title), title)
        before = table.heads.index(contents.declared) - 1 if contents.declared else last
        for row, text, end in ((IDENTITY_ROW, contents.stamp, last), (HINT_ROW, say(contents.hint), before)):
            self.merge(sheet, (row, 0, row, end), text, self.style(styles.NOTE, align=align))
        if contents.declared:
            self._write_declaration(sheet, contents)
        sheet.set_row(HEAD_ROW, 26)
        for column, spec in enumerate(table.columns):
            fill = styles.FILL_HEAD_FILL if spec.look.startswith("entry") else styles.HEAD_FILL
            self.put(sheet, HEAD_ROW, column, say(spec.head), self.style(styles.HEAD, bg_color=fill))
        shown = contents.view({})
        heights = []
        for n, given in enumerate(contents.rows):
            border = {"top": 2} if n in contents.group_starts else {}
            height = 20.0
            for column, spec in enumerate(table.columns):
                formula = contents.formulas.get((n, spec.head))
                value = given.get(spec.head)
                if formula is not None:
                    formula, value = say(formula), shown[n, spec.head]
                    value = say(value) if isinstance(value, str) else value
                self.put(sheet, FIRST_ROW + n, column, value, self.style(_LOOKS[spec.look], **border), formula)
                if isinstance(value, str):
                    height = max(height, styles.row_height(value, spec.width))
            if given:  # a blank line without a height of its own becomes as high as what is typed needs
                sheet.set_row(FIRST_ROW + n, height)
                heights.append(height)
        for block in contents.rules:
            left, right = (table.heads.index(head) for head in (block.head, block.last_head or block.head))
            cells = (FIRST_ROW + block.first, left, FIRST_ROW + block.last, right)
            self.validate(sheet, cells, _validation(replace(block.rule, message=say(block.rule.message))))
        end = FIRST_ROW + len(contents.rows) - 1
        state = table.heads.index(table.state) if table.state in table.heads else -1
        if state >= 0:
            self.show_states(sheet, (FIRST_ROW, state, end, state), _STATES)
        if contents.signature:
            end += 1
            sheet.set_row(end, _SIGNED)
            line = self.style(styles.BASE, valign="bottom")
            self.merge(sheet, (end, 0, end, last), contents.signature, line)
            page = styles.page_room(_widths(contents), large_paper=contents.large_paper, ends=_TOP + _BOTTOM)
            breaks = styles.page_breaks(heights, page, above=_ABOVE, heads=_HEAD, end=_SIGNED)
            sheet.set_h_pagebreaks([FIRST_ROW + n for n in breaks])
        self._page_setup(sheet, contents, end)

    def _write_declaration(self, sheet: Worksheet, contents: UnitSheet) -> None:
        """The cell that says that there is nothing to be listed, and beside it how things stand with that."""
        table, row = contents.table, HINT_ROW - FIRST_ROW
        state = table.heads.index(table.state)
        sheet.set_row(HINT_ROW, 30)
        self.put(sheet, HINT_ROW, table.heads.index(contents.declared), None, self.style(_LOOKS["entry"]))
        shown = contents.view({})[row, table.state]
        self.put(sheet, HINT_ROW, state, shown, self.style(_LOOKS["check"]), contents.formulas[row, table.state])
        self.show_states(sheet, (HINT_ROW, state, HINT_ROW, state), _STATES)

    def _page_setup(self, sheet: Worksheet, contents: UnitSheet, end: int) -> None:
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        sheet.freeze_panes(FIRST_ROW, contents.frozen)
        sheet.set_zoom(90)
        sheet.set_paper(8 if contents.large_paper else 9)
        sheet.set_landscape()
        sheet.set_margins(left=styles.MARGIN, right=styles.MARGIN, top=_TOP, bottom=_BOTTOM)
        sheet.center_horizontally()
        sheet.fit_to_pages(_pages_wide(contents), 0)
        sheet.repeat_rows(HEAD_ROW)
        if contents.frozen:
            sheet.repeat_columns(0, contents.frozen - 1)
        if any(contents.rows):
            sheet.print_area(0, 0, end, len(contents.table.columns) - 1)
        else:
            self.book.define_name(f"'{contents.table.sheet}'!_xlnm.Print_Area", f"={filled_area(contents)}")
        sheet.set_footer(f"&L{self.contents.footer}　{contents.table.sheet}&C第 &P 页 共 &N 页")
        sheet.hide_gridlines(2)


def _widths(contents: UnitSheet) -> list[float]:
    return [column.width for column in contents.table.columns]


def _pages_wide(contents: UnitSheet) -> int:
    return styles.pages_wide(_widths(contents), large_paper=contents.large_paper, landscape=True)


def filled_area(contents: UnitSheet) -> str:
    """A formula for the area of a blank list down to the last line that is filled in; of an empty one a page.

    As a print area it follows what is typed in Excel; LibreOffice does not take such a one and prints all lines.
    """
    name, columns, last = contents.table.sheet, contents.table.columns, FIRST_ROW + len(contents.rows)
    entries = [n for n, column in enumerate(columns) if column.look.startswith("entry")]
    typed = f"'{name}'!{absolute_area(FIRST_ROW, entries[0], last - 1, entries[-1])}"
    ends = f"'{name}'!{absolute_area(0, len(columns) - 1, last - 1, len(columns) - 1)}"
    least = FIRST_ROW + min(_LINES_OF_A_PAGE, len(contents.rows))
    return f"'{name}'!$A$1:INDEX({ends},MAX({least},SUMPRODUCT(MAX(({typed}<>\"\")*ROW({typed})))))"


def _validation(rule: Rule) -> dict[str, Any]:
    """The rule in the library's words."""
    message = rule.message if len(rule.message) <= _MAX_MESSAGE else rule.message[: _MAX_MESSAGE - 1] + "…"
    texts = {"input_message": message, "error_title": "填写有误", "error_message": message}
    match rule.kind:
        case "choice":
            return {"validate": "list", "source": rule.formula or list(rule.choices), **texts}
        case "whole":
            return {"validate": "integer", "criteria": ">=", "value": 0, **texts}
        case "number":
            return {
                "validate": "decimal",
                "criteria": "between",
                "minimum": rule.minimum,
                "maximum": rule.maximum,
                **texts,
            }
        case "formula":
            return {"validate": "custom", "value": rule.formula, **texts}
        case "date":
            assert rule.days is not None
            first, last = (datetime(day.year, day.month, day.day) for day in rule.days)
            return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last, **texts}
    return {"validate": "any", "input_message": message}
