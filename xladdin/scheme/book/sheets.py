"""The sheets of 考核方案.xlsx: their columns found by head, their cells as the values that a table of data has."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from xladdin.numbers import decimal_of, plain
from xladdin.scheme.book import layout
from xladdin.workbook.cells import (
    DAY_ZERO,
    CellError,
    Covered,
    Formula,
    Percentage,
    Raw,
    RawSheet,
    SerialDate,
    cell_name,
    range_name,
    result_of,
    shown_text,
)

HEAD_SEARCH = 8
"""Rows in which the heads of a sheet are looked for."""

_NEVER_EMPTY = (layout.DOCUMENT, layout.SECTIONS, layout.TASKS, layout.READINGS, layout.UNITS)


NO_COLUMN = "一列"
"""What ends the place of a cell in a column that is not there."""


class Faults:
    """What is wrong with a workbook. A cell has one fault of its own: what follows from it is not said of it as well."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._places: set[str] = set()

    def say(self, place: str, problem: str) -> None:
        if place not in self._places:
            self._places.add(place)
            self.lines.append(f"{place}：{problem}")

    def __contains__(self, place: str) -> bool:
        return place in self._places


class Sheet:
    """A sheet's rows by head; rows are counted from 0 as in the file. One that could not be found has no rows."""

    def __init__(self, name: str, faults: Faults, sheet: RawSheet | None = None, head: int = 0) -> None:
        self.name, self._faults, self._sheet, self._first = name, faults, sheet, head + 1
        self.columns: dict[str, int] = {}

    def rows(self) -> Iterator[int]:
        """The rows in which anything stands that is to be filled in."""
        for row in range(self._first, len(self._sheet.rows) if self._sheet else 0):
            if any(self.at(row, head) is not None for head in self.columns if head != layout.ABOUT):
                yield row

    def at(self, row: int, head: str) -> Raw:
        """What stands in a cell, whatever it is."""
        raw = self._sheet.at(row, self.columns[head]) if self._sheet and head in self.columns else None
        if not isinstance(raw, str):
            return raw
        if head in layout.CODES:
            raw = "".join(unicodedata.normalize("NFKC", raw).split())
        return raw.strip() or None

    def is_no_value(self, row: int, head: str) -> bool:
        """Whether something else than a value stands in a cell, which is then said."""
        self.value(row, head, str)
        return self.place(row, head) in self._faults

    def value(self, row: int, head: str, type_: Any) -> Any:  # noqa: ANN401 - what is annotated
        """A cell as a table of data has it; None for a blank one. What is no such value is left for the loader to refuse."""
        raw = self.at(row, head)
        if self._sheet and (raw is None or isinstance(raw, Covered)) and head in self.columns:
            merged = self._sheet.merged_over(row, self.columns[head]) or (isinstance(raw, Covered) and raw.merged)
            if merged:
                self.fault(row, head, f"在合并单元格 {merged} 里；请取消合并，逐格填写")
            return None
        if isinstance(raw, Formula | CellError):
            what = "公式" if isinstance(raw, Formula) else f"错误值 {raw.text}"
            self.fault(row, head, f"是{what}；请直接填写内容")
            return None
        return converted(raw, type_)

    def text(self, row: int, head: str) -> str:
        """A cell as a text, whatever was typed there; nothing for a blank one."""
        value = self.value(row, head, str)
        return value if isinstance(value, str) else shown_text(value)

    def quoted(self, row: int, head: str, quote: str) -> dict[str, Any] | None:
        """A number and the sentence that it comes from, as a table of data has them."""
        number, sentence = self.value(row, head, Decimal), self.value(row, quote, str)
        if number is None and sentence is None:
            return None
        found: dict[str, Any] = {} if number is None else {"value": number}
        if isinstance(sentence, str) and sentence.startswith(layout.CONVENTION):
            return {**found, "basis": sentence.removeprefix(layout.CONVENTION)}
        return {**found, "clause": sentence} if sentence is not None else found

    def place(self, row: int, head: str) -> str:
        """Where the cell is, in words."""
        if head not in self.columns:
            return f"工作表“{self.name}”“{head}”{NO_COLUMN}"
        return f"工作表“{self.name}”第 {row + 1} 行“{head}”（{cell_name(row, self.columns[head])}）"

    def fault(self, row: int, head: str, problem: str) -> None:
        self._faults.say(self.place(row, head), problem)


class Sheets:
    """The sheets of a workbook by name. A name or a head that is nearly right is said, and taken for what it is near."""

    def __init__(self, sheets: Sequence[RawSheet]) -> None:
        self.faults = Faults()
        self.unread: set[str] = set()
        """Those of which not everything is known that stands in them, so that nothing can be said of what they lack."""
        self._sheets = {sheet.name.strip(): sheet for sheet in sheets}
        self._copies([sheet.name for sheet in sheets])
        self._presence()

    def _copies(self, names: Sequence[str]) -> None:
        """Where one of the sheets is there a second time, as people copy one before they change it."""
        for n, name in enumerate(names):
            copied = _COPY.fullmatch(name.strip())
            original = copied[1] if copied else name.strip()
            others = {other.strip() for other in (names if copied else names[:n])}
            if original in layout.SHEETS[1:] and original in others:
                problem = f"与“{original}”重复，只能有一张；请留下要用的，命名为“{original}”，另一张删去"
                self.faults.say(f"工作表“{name}”", problem)

    def _presence(self) -> None:
        """That no sheet is missing; those of what becomes of a total may be, unless one is called nearly so."""
        own = [name for name in layout.SHEETS[1:-1] if name not in layout.OUTCOME]
        if not self._sheets.keys() & set(own):
            self.faults.lines.append(f"不是考核方案的工作簿：应有工作表{layout.LIST_MARK.join(own)}")
            self.unread.update(layout.SHEETS)
            return
        for name in layout.SHEETS[1:-1]:
            if name in self._sheets:
                continue
            near = get_close_matches(name, self._sheets.keys() - set(layout.SHEETS), 1)
            if near:
                self.faults.say(f"工作表“{name}”", f"没有找到，“{near[0]}”是不是它？请改名")
                self._sheets[name] = self._sheets.pop(near[0])
            elif name not in layout.OUTCOME:
                self.faults.say(f"工作表“{name}”", "没有找到，请从方案样本中复制过来")
                self.unread.add(name)

    def sheet(self, name: str, heads: Sequence[str], needed: Sequence[str]) -> Sheet:
        """The sheet with its heads found wherever they stand."""
        own = self._sheets.get(name)
        if own is None:
            return Sheet(name, self.faults)
        shown = [[shown_text(result_of(raw)).strip() for raw in row] for row in own.rows[:HEAD_SEARCH]]
        counts = [sum(text in heads for text in row) for row in shown]
        if not counts or not max(counts):
            self.faults.say(f"工作表“{name}”", f"没有找到表头；应有一行写有 {layout.LIST_MARK.join(heads)}")
            self.unread.add(name)
            return Sheet(name, self.faults)
        row = counts.index(max(counts))
        found = Sheet(name, self.faults, own, row)
        strange: list[int] = []
        for column, head in enumerate(shown[row]):
            if head in found.columns:
                self.faults.say(_head_place(name, row, column, head), "重复，请删去一列")
            elif head in heads:
                found.columns[head] = column
            elif head:
                strange.append(column)
        for column in strange:
            head, absent = shown[row][column], [h for h in heads if h not in found.columns]
            lacking = [h for h in needed if h in absent]
            only = lacking if len(strange) == len(lacking) == 1 else []  # it can be no other
            near = get_close_matches(head, absent, 1) or only
            problem = f"不认识，是不是“{near[0]}”？" if near else "不认识，请删去这一列"
            self.faults.say(_head_place(name, row, column, head), problem)
            if near:
                found.columns[near[0]] = column
        lacking = [head for head in needed if head not in found.columns]
        columns = f"缺少“{'”“'.join(lacking)}”{'这一列' if len(lacking) == 1 else '各列'}"
        # Of heads that were merged one is left; the others, which may be some that not every scheme has, lie beneath it.
        merged = [
            r
            for r in own.merged
            if r[0] <= row <= r[2] and (r[0] < row or r[1] < r[3]) and len(found.columns) < len(heads)
        ]
        for cells in merged:
            what = f"{range_name(cells)} 是合并单元格{f'，{columns}' if lacking else ''}"
            where = f"工作表“{name}”表头（{cell_name(*cells[:2])}）"
            self.faults.say(where, f"{what}；请取消合并，每列各写自己的表头")
        if lacking and not merged:
            self.faults.say(f"工作表“{name}”", f"{columns}，请加上")
        if lacking or merged:
            self.unread.add(name)
            return Sheet(name, self.faults)
        if name in _NEVER_EMPTY and not any(True for _ in found.rows()):
            self.faults.say(f"工作表“{name}”", "只有表头，请填写")
            self.unread.add(name)
        return found


def _head_place(sheet: str, row: int, column: int, head: str) -> str:
    return f"工作表“{sheet}”表头“{head}”（{cell_name(row, column)}）"


_COPY = re.compile(r"(.+?) *(?:[(（]\d+[)）]|_\d+)")
"""The name that a copy of a sheet is given."""


def suggested(found: str, possible: Sequence[str]) -> str:
    """A question for a text that is none of the possible ones but near to one; else nothing."""
    near = get_close_matches(found, possible, 1)
    return f"，是不是“{near[0]}”？" if near else ""


def said(raw: Any) -> str:  # noqa: ANN401 - a cell, or what was made of it
    """What stands in a cell, for a message."""
    if isinstance(raw, SerialDate | date):
        return "为日期"
    if isinstance(raw, Percentage):
        raw = raw.number
    shown = plain(raw) if isinstance(raw, Decimal) else shown_text(raw)
    return f"为“{shown}”" if shown else "空白"


def converted(raw: Any, type_: Any) -> Any:  # noqa: ANN401 - a cell, and what is annotated
    """A cell's content as the value of a table, where it can be one."""
    if raw is None:
        return None
    if isinstance(raw, Percentage):  # as it is shown
        raw = f"{plain(decimal_of(raw.number) * 100)}%"
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if (
        type_ in (int, Decimal)
        and isinstance(raw, str)
        and (match := _NUMBER.fullmatch(unicodedata.normalize("NFKC", raw)))
    ):
        typed = Decimal(match[1])
        return typed if type_ is Decimal else int(typed) if typed == int(typed) else raw
    if type_ is date:
        if isinstance(raw, datetime):
            return raw.date()
        if isinstance(raw, str) and (match := _DAY.fullmatch(unicodedata.normalize("NFKC", raw))):
            raw = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
        try:
            if isinstance(raw, SerialDate):
                return DAY_ZERO.date() + timedelta(days=int(raw.number))
            return date.fromisoformat(raw) if isinstance(raw, str) else raw
        except (ValueError, OverflowError):
            return raw
    if type_ is str:
        return plain(decimal_of(raw)) if number else raw
    if type_ is bool:
        return {layout.YES: True, layout.NO: False}.get(raw, raw) if isinstance(raw, str) else raw
    if type_ is int:
        return int(raw) if number and float(raw).is_integer() else raw
    if type_ is Decimal:
        return decimal_of(raw) if number else raw
    return [part.strip() for part in re.split(f"[{layout.LIST_MARKS}]", str(raw)) if part.strip()]


_NUMBER = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*%?\s*")
"""A number that was typed as a text, or as a percentage: 60% is the 60 of its sentence."""
_DAY = re.compile(r"\s*(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?\s*")
