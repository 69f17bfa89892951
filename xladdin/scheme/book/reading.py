"""考核方案.xlsx read into the tables that the loader checks, each fault said with sheet, row and column."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from xladdin import records
from xladdin.classes import field, record, replace
from xladdin.methods.inputs import AllUnits, Entry, Indicator
from xladdin.methods.item import Item
from xladdin.numbers import NOT_APPLICABLE, Value, decimal_of, plain
from xladdin.scheme import load
from xladdin.scheme.book import layout
from xladdin.scheme.book.stamps import moves_no_field, stamp_of
from xladdin.scheme.load import (
    ANNEX1,
    DISTRICTS,
    POLICIES,
    SOURCE,
    SchemeError,
    annex_file,
    scheme_of_tables,
)
from xladdin.scheme.model import Annex1, Districts, Scheme, Source, TaskAnnex
from xladdin.words import CONFIRMED_PROPERTY, SCHEME_FILE, SCHEME_PROPERTY
from xladdin.workbook.cells import Percentage, Raw, RawSheet, SerialDate, cell_name
from xladdin.workbook.package import peeked_properties
from xladdin.workbook.read.archives import bytes_of
from xladdin.workbook.read.reader import read_bytes
from xladdin.workbook.unreadable import UnreadableWorkbook

_RECORDS = {SOURCE: Source, ANNEX1: Annex1, DISTRICTS: Districts}
"""What the tables are read as; those of annexes of tasks are `TaskAnnex`."""

_WITHOUT_CELL = {
    (SOURCE, ""): f"工作表“{layout.DOCUMENT}”",
    (ANNEX1, ""): f"工作表“{layout.TASKS}”",
    (ANNEX1, "section"): f"工作表“{layout.SECTIONS}”“{layout.POINTS}”一列",
    (DISTRICTS, ""): f"工作表“{layout.UNITS}”",
    (POLICIES, ""): f"工作表“{layout.READINGS}”",
    (POLICIES, "policy.name"): f"工作表“{layout.READINGS}”“{layout.POLICY}”一列",
}
"""Where a fault is said that has no cell."""

_NEVER_EMPTY = (layout.DOCUMENT, layout.SECTIONS, layout.TASKS, layout.READINGS, layout.UNITS)

HEAD_SEARCH = 8
"""Rows in which the heads of a sheet are looked for."""

EPOCH = date(1899, 12, 30)
"""The day that workbooks count days from."""


@record
class Example:
    """A worked example of 样例: an item, what was filled in, and the score it is said to have; `place` is the score's cell."""

    name: str
    item: str
    entries: dict[str, Entry]
    score: Value
    place: str


@record
class SchemeBook:
    """A scheme as a workbook says it, and its worked examples."""

    scheme: Scheme
    examples: tuple[Example, ...]


@record(frozen=False)
class _Sheet:
    """A sheet's rows by head; rows are counted from 0 as in the file."""

    name: str
    sheet: RawSheet | None
    columns: dict[str, int] = field(default_factory=dict)
    first: int = 0

    def rows(self) -> Iterator[int]:
        """The rows in which anything stands."""
        for n in range(self.first, len(self.sheet.rows) if self.sheet else 0):
            if any(self.at(n, head) is not None for head in self.columns):
                yield n

    def at(self, row: int, head: str) -> Raw:
        raw = self.sheet.at(row, self.columns[head]) if self.sheet and head in self.columns else None
        if isinstance(raw, str):
            return raw.strip() or None
        return raw

    def text(self, row: int, head: str) -> str:
        """The cell's text; nothing where it is none."""
        raw = self.at(row, head)
        return raw if isinstance(raw, str) else ""

    def place(self, row: int, head: str) -> str:
        """Where the cell is, in words."""
        cell = f"（{cell_name(row, self.columns[head])}）" if head in self.columns else ""
        return f"工作表“{self.name}”第 {row + 1} 行“{head}”{cell}"


def read_scheme_book(path: Path) -> SchemeBook:
    """The scheme that a workbook says; `SchemeError` names every fault with its place."""
    data, sheets = _opened(path)
    return scheme_book_of(sheets, {SCHEME_FILE: data})


def read_confirmed(scheme: Scheme, path: Path) -> Scheme:
    """The scheme with what the file beside it, if there is one, says was confirmed of it as it is now."""
    if not path.is_file():
        return scheme
    try:
        data = bytes_of(path)
        said = peeked_properties(data)
    except UnreadableWorkbook as error:
        raise SchemeError([f"{path.name}：打不开，{error.detail}"]) from error
    own = stamp_of(scheme)
    if said.get(SCHEME_PROPERTY) != own:  # it was changed again
        return scheme
    stamps = tuple(stamp for stamp in said.get(CONFIRMED_PROPERTY, "").split() if moves_no_field(stamp, own))
    return replace(scheme, confirmed=stamps, files={**scheme.files, path.name: data})


def scheme_sheets(path: Path) -> Sequence[RawSheet]:
    """The sheets of a scheme workbook; `SchemeError` where it cannot be opened."""
    return _opened(path)[1]


def _opened(path: Path) -> tuple[bytes, Sequence[RawSheet]]:
    try:
        data = bytes_of(path)
        return data, read_bytes(data).sheets
    except UnreadableWorkbook as error:
        raise SchemeError([f"{path.name}：打不开，{error.detail}"]) from error


def scheme_book_of(sheets: Sequence[RawSheet], files: Mapping[str, bytes]) -> SchemeBook:
    """As `read_scheme_book`, of sheets already read; `files` is the workbook that they are of."""
    reader = _Reader(sheets, files)
    scheme = reader.scheme()
    return SchemeBook(scheme, tuple(reader.examples(scheme)))


def _copies(names: Sequence[str]) -> Iterator[str]:
    """What is wrong where one of the sheets is there a second time, as people copy one before they change it."""
    for n, name in enumerate(names):
        copied = _COPY.fullmatch(name.strip())
        original = copied[1] if copied else name.strip()
        others = {other.strip() for other in (names if copied else names[:n])}
        if original in layout.SHEETS[1:] and original in others:
            yield f"工作表“{name}”：与“{original}”重复，只能有一张；请留下要用的，命名为“{original}”，另一张删去"


class _Reader:
    def __init__(self, sheets: Sequence[RawSheet], files: Mapping[str, bytes]) -> None:
        self.files = files
        self.sheets = {sheet.name.strip(): sheet for sheet in sheets}
        self.faults = list(_copies([sheet.name for sheet in sheets]))
        self.is_broken = False
        """Whether a sheet, a column or an item is missing on which others build."""
        self.places: dict[tuple[str, str], str] = dict(_WITHOUT_CELL)
        self.found: dict[tuple[str, str], Any] = {}
        """What stands at a key."""
        self.tables: dict[str, Any] = {file: {} for file in (SOURCE, ANNEX1, DISTRICTS, POLICIES)}
        self.labels = layout.document_labels(1)
        """What stands in 方案, by table and path."""
        self.items: dict[str, tuple[str, str, dict[str, Any], type[Item]]] = {}
        """By id: the table and key of the item there, its table, and how it is scored."""

    def scheme(self) -> Scheme:
        # What is missing here would be missed by everything that builds on it: it is said alone.
        for step in (
            (self._presence, self._document),
            (self._sections,),
            (self._tasks,),
            (self._indicators, self._parameters, self._steps, self._readings, self._units, self._outcome),
        ):
            for read in step:
                read()
            if self.is_broken:
                raise SchemeError(self.faults)
        return scheme_of_tables(self.tables, self._worded, self.faults, self.files)

    # --- Places --------------------------------------------------------------------------------------------------------

    def _note(self, file: str, key: str, place: str) -> None:
        self.places.setdefault((file, key), place)

    def _place(self, file: str, key: str) -> str:
        """The cell of a key; where it has none, that of what it belongs to."""
        while (file, key) not in self.places:
            key = key.rpartition(".")[0]
        return self.places[file, key]

    def _worded(self, file: str, key: str, problem: str) -> str:
        """What the loader has against a key, said of the cell that is wrong or of the row that is missing."""
        id_, own, method = self._item_of(file, key)
        if method is not None and (file, key) not in self.places and (file, f"reference.{own}") in self.places:
            key = f"reference.{own}"  # what a task takes from 方案
        if problem.startswith(load.NO_SUCH_SENTENCE) and (file, f"{key}.clause") in self.places:
            key = f"{key}.clause"
        match problem:
            case records.MISSING if (file, key) in self.places:
                label, _about = self.labels.get((file, key), ("", ""))
                problem = f"空白，应填写“{label}”" if label else "空白，请填写"
            case records.MISSING if method is not None:
                return _missing_row(id_, own, method)
            case records.MISSING:
                labels = [
                    label
                    for (table, path), (label, _about) in self.labels.items()
                    if table == file and f"{path}.".startswith(f"{key}.")
                ]
                if labels:
                    return f"工作表“{layout.DOCUMENT}”：缺少{''.join(f'“{label}”' for label in labels)}的行，请加上"
                problem = "没有内容，请填写"
            case records.UNKNOWN if method is not None:
                key, problem = f"{key}[1]", f"“{method.title}”不用指标，请删去“{id_}”的各行"
            case records.NO_SWITCH:
                problem = f"应为“{layout.YES}”或“{layout.NO}”"
            case records.NO_SOURCE:
                key, problem = f"{key}.clause", f"空白，请照抄写着这个数的原文；原文没有的，写“{layout.CONVENTION}……”"
            case load.OTHER_ZONES:
                problem = f"以“{layout.ZONE_AMOUNT}”开头的各列应都填写，不分区的都不填"
            case _ if problem.startswith("应为") and (raw := self.found.get((file, key))) is not None:
                problem = f"{_said(raw)}，{problem}"
        return f"{self._place(file, key)}：{problem}"

    def _item_of(self, file: str, key: str) -> tuple[str, str, type[Item] | None]:
        """The item that a key belongs to: its id, the key within it, and how it is scored."""
        for id_, (table, outer, _own, method) in self.items.items():
            if table == file and key.startswith(f"{outer}."):
                return id_, key.removeprefix(f"{outer}."), method
        return "", key, None

    # --- Sheets --------------------------------------------------------------------------------------------------------

    def _presence(self) -> None:
        """That no sheet is missing; those of what becomes of a total may be, unless one is called nearly so."""
        own = [name for name in layout.SHEETS[1:-1] if name not in layout.OUTCOME]
        if not self.sheets.keys() & set(own):
            self._broken(f"不是考核方案的工作簿：应有工作表{layout.LIST_MARK.join(own)}")
            return
        for name in layout.SHEETS[1:-1]:
            if name not in self.sheets:
                near = get_close_matches(name, self.sheets.keys() - set(layout.SHEETS), 1)
                if name in layout.OUTCOME and not near:
                    continue
                said = f"“{near[0]}”是不是它？请改名" if near else "请从方案样本中复制过来"
                self._broken(f"工作表“{name}”：没有找到，{said}")

    def _sheet(self, name: str, heads: Sequence[str], needed: Sequence[str]) -> _Sheet:
        """The sheet with its heads found by name, wherever they stand; misspelt and missing ones are said."""
        own = self.sheets.get(name)
        if own is None:
            return _Sheet(name, None)
        counts = [sum(str(raw).strip() in heads for raw in own.rows[n]) for n in range(min(HEAD_SEARCH, len(own.rows)))]
        if not counts or not max(counts):
            self._broken(f"工作表“{name}”：没有找到表头；应有一行写有 {layout.LIST_MARK.join(heads)}")
            return _Sheet(name, None)
        row = counts.index(max(counts))
        found = _Sheet(name, own, first=row + 1)
        for column, raw in enumerate(own.rows[row]):
            head = str(raw).strip() if raw is not None else ""
            if not head:
                continue
            where = f"工作表“{name}”表头“{head}”（{cell_name(row, column)}）"
            if head not in heads:
                near = get_close_matches(head, [h for h in heads if h not in found.columns], 1)
                self.faults.append(f"{where}：不认识" + (f"，是不是“{near[0]}”？" if near else "，请删去这一列"))
            elif head in found.columns:
                self.faults.append(f"{where}：重复，请删去一列")
            else:
                found.columns[head] = column
        lacking = [head for head in needed if head not in found.columns]
        for head in lacking:
            self._broken(f"工作表“{name}”：缺少“{head}”这一列，请加上")
        if name in _NEVER_EMPTY and not lacking and not any(True for _ in found.rows()):
            self._broken(f"工作表“{name}”：只有表头，请填写")
        return _Sheet(name, None) if lacking else found

    def _broken(self, fault: str) -> None:
        self.faults.append(fault)
        self.is_broken = True

    # --- Cells ---------------------------------------------------------------------------------------------------------

    def _value(self, sheet: _Sheet, row: int, head: str, type_: Any) -> Any:  # noqa: ANN401 - what is annotated
        """A cell as a table of data has it; None for a blank one. What is no such value is left for the loader to refuse."""
        raw = sheet.at(row, head)
        if raw is None or isinstance(raw, str | bool | int | float | date | SerialDate | Percentage):
            return converted(raw, type_)
        self.faults.append(f"{sheet.place(row, head)}：是公式或错误值；请直接填写内容")
        return None

    def _put(
        self,
        table: dict[str, Any],
        path: str,
        value: Any,  # noqa: ANN401
        file: str,
        key: str,
        place: str,
        quote: str = "",
    ) -> None:
        """Enter a value into a table at a path, and where it stands; `quote` is where the sentence of a quoted number does."""
        whole = f"{key}.{path}".lstrip(".")
        self._note(file, whole, place)
        if quote:
            self._note(file, f"{whole}.value", place)
            self._note(file, f"{whole}.clause", quote)
        if value is None:
            return
        parts = value if quote else {"": value}
        self.found.update({(file, f"{whole}.{name}".rstrip(".")): part for name, part in parts.items()})
        *outer, last = path.split(".")
        for name in outer:
            table = table.setdefault(name, {})
        table[last] = value

    def _quoted(self, sheet: _Sheet, row: int, head: str, quote: str) -> dict[str, Any] | None:
        number = self._value(sheet, row, head, Decimal)
        sentence = self._value(sheet, row, quote, str)
        if number is None and sentence is None:
            return None
        found: dict[str, Any] = {} if number is None else {"value": number}
        if isinstance(sentence, str) and sentence.startswith(layout.CONVENTION):
            return {**found, "basis": sentence.removeprefix(layout.CONVENTION)}
        return {**found, "clause": sentence} if sentence is not None else found

    # --- Each sheet ----------------------------------------------------------------------------------------------------

    def _document(self) -> None:
        heads = (layout.WHAT, layout.VALUE, layout.QUOTE, layout.ABOUT)
        sheet = self._sheet(layout.DOCUMENT, heads, heads[:2])
        labels = {row: sheet.text(row, layout.WHAT) for row in sheet.rows()}
        self.labels = layout.document_labels(layout.annexes_named(labels.values()))
        paths = {label: (file, path) for (file, path), (label, _about) in self.labels.items()}
        records = {file: _RECORDS.get(file, TaskAnnex) for file, _path in self.labels}
        types = {(file, leaf.path): leaf for file, own in records.items() for leaf in layout.leaves(own)}
        for file in records.keys() - _RECORDS.keys():
            self._note(file, "", f"工作表“{layout.TASKS}”")
            self._note(file, "task", f"工作表“{layout.TASKS}”“{layout.ROW_POINTS}”一列")
        for row, label in labels.items():
            place = sheet.place(row, layout.VALUE)
            if label.startswith(layout.ZONE_LABEL):
                key = f"zones.{label.removeprefix(layout.ZONE_LABEL).strip()}"
                value = self._value(sheet, row, layout.VALUE, str)
                self._put(self.tables[DISTRICTS], key, value, DISTRICTS, "", place)
                continue
            if label not in paths:
                near = get_close_matches(label, list(paths), 1)
                said = f"，是不是“{near[0]}”？" if near else "，请删去这一行"
                problem = f"不认识“{label}”" if label else "空白，请填写"
                self.faults.append(f"{sheet.place(row, layout.WHAT)}：{problem}{said}")
                continue
            file, path = paths[label]
            leaf = types[file, path]
            if leaf.is_quoted:
                value = self._quoted(sheet, row, layout.VALUE, layout.QUOTE)
            else:
                value = self._value(sheet, row, layout.VALUE, leaf.type)
            quote = sheet.place(row, layout.QUOTE) if leaf.is_quoted else ""
            table = self.tables.get(file, {})
            self._put(table, path, value, file, "", place, quote)
            if table:  # an annex of which nothing is said is none
                self.tables[file] = table

    def _sections(self) -> None:
        heads = (layout.SECTION, layout.NAME, "标题", layout.POINTS, layout.BONUS)
        sheet = self._sheet(layout.SECTIONS, heads, heads[:4])
        columns = {
            "number": (layout.SECTION, int),
            "name": (layout.NAME, str),
            "label": ("标题", str),
            "points": (layout.POINTS, Decimal),
            "bonus": (layout.BONUS, bool),
        }
        found = self.tables[ANNEX1].setdefault("section", [])
        for row in sheet.rows():
            table: dict[str, Any] = {"row": []}
            key = f"section[{len(found) + 1}]"
            self._note(ANNEX1, key, sheet.place(row, layout.NAME))
            for name, (head, type_) in columns.items():
                self._put(table, name, self._value(sheet, row, head, type_), ANNEX1, key, sheet.place(row, head))
            found.append(table)

    def _tasks(self) -> None:
        heads = layout.TASK_HEADS
        sheet = self._sheet(layout.TASKS, heads, [h for h in heads if h not in (layout.REFERRED, layout.POINTS)])
        methods = layout.method_titles()
        numbers = range(1, layout.annexes_named(label for label, _about in self.labels.values()) + 1)
        at_hand = {layout.annex_name(n): annex_file(n) for n in numbers if annex_file(n) in self.tables}
        files = {str(self.tables[file].get("annex", {}).get("id", "")): file for file in at_hand.values()} | at_hand
        official: dict[tuple[Any, Any], tuple[str, dict[str, Any]]] = {}
        for row in sheet.rows():
            method_name = sheet.text(row, layout.METHOD)
            method = methods.get(method_name)
            if method is None and (method_name or sheet.at(row, layout.ID)):
                near = get_close_matches(method_name, list(methods), 1)
                said = f"，是不是“{near[0]}”？" if near else f"；可选：{layout.LIST_MARK.join(methods)}"
                problem = f"没有“{method_name}”这种计分方式" if method_name else "空白，应填写计分方式"
                self._broken(f"{sheet.place(row, layout.METHOD)}：{problem}{said}")
            annex = sheet.text(row, layout.ANNEX)
            if annex not in files:
                said = f"应为“{'”“'.join(files)}”；另有附件的，先在工作表“{layout.DOCUMENT}”中写明"
                self._broken(f"{sheet.place(row, layout.ANNEX)}：{_said(annex)}，{said}")
            elif files[annex] == ANNEX1:
                self._annex1_row(sheet, row, method, official)
            else:
                self._task(sheet, row, method, files[annex])

    def _task(self, sheet: _Sheet, row: int, method: type[Item] | None, file: str) -> None:
        tasks = self.tables[file].setdefault("task", [])
        key = f"task[{len(tasks) + 1}]"
        table: dict[str, Any] = {"method": method.method if method else ""}
        self._note(file, key, sheet.place(row, layout.ID))
        columns = {
            "id": (layout.ID, str), "number": (layout.ROW, int), "name": (layout.NAME, str), "task": (layout.TASK, str),
            "departments": (layout.DEPARTMENTS, tuple[str, ...]), "method_text": (layout.RULE, str),
            "points": (layout.ROW_POINTS, Decimal),
        }  # fmt: skip
        for name, (head, type_) in columns.items():
            self._put(table, name, self._value(sheet, row, head, type_), file, key, sheet.place(row, head))
        self._note(file, f"{key}.method", sheet.place(row, layout.METHOD))
        tasks.append(table)
        self._know(sheet, row, table, file, key, method)

    def _annex1_row(
        self,
        sheet: _Sheet,
        row: int,
        method: type[Item] | None,
        official: dict[tuple[Any, Any], tuple[str, dict[str, Any]]],
    ) -> None:
        number, at = (self._value(sheet, row, head, int) for head in (layout.SECTION, layout.ROW))
        sections = self.tables[ANNEX1].get("section", [])
        n = next((n for n, section in enumerate(sections, 1) if section.get("number") == number), None)
        if n is None:
            if (number, None) not in official:  # a section's first row speaks for the others
                said = (
                    f"{_said(number)}，工作表“{layout.SECTIONS}”里没有这一部分"
                    if number is not None
                    else "空白，请填写"
                )
                self._broken(f"{sheet.place(row, layout.SECTION)}：{said}")
            official[number, None] = "", {}
            return
        if (number, at) not in official:
            rows = sections[n - 1]["row"]
            key = f"section[{n}].row[{len(rows) + 1}]"
            table: dict[str, Any] = {}
            official[number, at] = key, table
            rows.append(table)
            if at != len(rows):
                self.faults.append(f"{sheet.place(row, layout.ROW)}：应为 {len(rows)}；各部分的行从 1 起连续编号")
            self._note(ANNEX1, key, sheet.place(row, layout.TASK))
            columns = {
                "task": (layout.TASK, str), "method_text": (layout.RULE, str), "points": (layout.ROW_POINTS, Decimal),
                "annex": (layout.REFERRED, str),
            }  # fmt: skip
            for name, (head, type_) in columns.items():
                self._put(table, name, self._value(sheet, row, head, type_), ANNEX1, key, sheet.place(row, head))
        if sheet.at(row, layout.ID) is None and method is None:
            return
        key, table = official[number, at]
        items = table.setdefault("item", [])
        key = f"{key}.item[{len(items) + 1}]"
        own: dict[str, Any] = {"method": method.method if method else ""}
        self._note(ANNEX1, key, sheet.place(row, layout.ID))
        columns = {
            "id": (layout.ID, str), "name": (layout.NAME, str), "points": (layout.POINTS, Decimal), "clause": (layout.QUOTE, str),
        }  # fmt: skip
        for name, (head, type_) in columns.items():
            self._put(own, name, self._value(sheet, row, head, type_), ANNEX1, key, sheet.place(row, head))
        self._note(ANNEX1, f"{key}.method", sheet.place(row, layout.METHOD))
        items.append(own)
        self._know(sheet, row, own, ANNEX1, key, method)

    def _know(
        self, sheet: _Sheet, row: int, table: dict[str, Any], file: str, key: str, method: type[Item] | None
    ) -> None:
        id_ = str(table.get("id", ""))
        if not id_:
            self._broken(f"{sheet.place(row, layout.ID)}：空白，请填写编号，如 A1")
        elif not load.ID.fullmatch(id_):
            self._broken(f"{sheet.place(row, layout.ID)}：为“{id_}”，应为大写字母加数字，如 A1")
        elif id_ in self.items:
            self._broken(f"{sheet.place(row, layout.ID)}：“{id_}”重复，请改为没有用过的编号")
        elif method is not None:
            self.items[id_] = file, key, table, method

    def _owner(self, sheet: _Sheet, row: int) -> tuple[str, str, dict[str, Any], type[Item]] | None:
        """The item that a row of another sheet belongs to."""
        id_ = str(self._value(sheet, row, layout.ITEM, str) or "")
        if id_ not in self.items:
            near = get_close_matches(id_, list(self.items), 1)
            said = f"，是不是“{near[0]}”？" if near else ""
            problem = f"工作表“{layout.TASKS}”里没有编号“{id_}”" if id_ else "空白，请填写这一行属于哪个编号"
            self.faults.append(f"{sheet.place(row, layout.ITEM)}：{problem}{said}")
            return None
        return self.items[id_]

    def _indicators(self) -> None:
        zones = self.tables[DISTRICTS].get("zones", {})
        amounts = {f"{layout.ZONE_AMOUNT}{name}": key for key, name in zones.items()}
        heads = (layout.ITEM, *layout.INDICATOR_LABELS.values(), *amounts)
        sheet = self._sheet(layout.INDICATORS, heads, [layout.ITEM, layout.ID, layout.NAME, "单位", layout.QUOTE])
        types = {leaf.path: leaf.type for leaf in layout.leaves(Indicator)}
        for row in sheet.rows():
            owner = self._owner(sheet, row)
            if owner is None:
                continue
            file, key, table, _method = owner
            own: dict[str, Any] = {}
            found = table.setdefault("indicator", [])
            self._note(file, f"{key}.indicator", sheet.place(row, layout.ITEM))
            key = f"{key}.indicator[{len(found) + 1}]"
            self._note(file, key, sheet.place(row, layout.ID))
            for name, head in layout.INDICATOR_LABELS.items():
                self._put(own, name, self._value(sheet, row, head, types[name]), file, key, sheet.place(row, head))
            for head, zone in amounts.items():
                value = self._value(sheet, row, head, Decimal)
                self._put(own, f"by_zone.{zone}", value, file, key, sheet.place(row, head))
            found.append(own)

    def _parameters(self) -> None:
        heads = (layout.ITEM, layout.PARAMETER, layout.VALUE, layout.QUOTE)
        sheet = self._sheet(layout.PARAMETERS, heads, heads)
        given: set[tuple[int, str]] = set()
        for row in sheet.rows():
            owner = self._owner(sheet, row)
            if owner is None:
                continue
            file, key, table, method = owner
            label = sheet.text(row, layout.PARAMETER)
            known = {layout.LABELS[leaf.path]: leaf for leaf in layout.parameters(method)}
            if label not in known:
                near = get_close_matches(label, list(known), 1)
                said = f"，是不是“{near[0]}”？" if near else f"；可写：{layout.LIST_MARK.join(known) or '无'}"
                problem = f"“{method.title}”没有“{label}”这个参数{said}" if label else f"空白{said}"
                self.faults.append(f"{sheet.place(row, layout.PARAMETER)}：{problem}")
                continue
            if (id(table), label) in given:
                self.faults.append(f"{sheet.place(row, layout.PARAMETER)}：“{label}”重复，请删去一行")
            given.add((id(table), label))
            leaf = known[label]
            if leaf.is_quoted:
                value = self._quoted(sheet, row, layout.VALUE, layout.QUOTE)
            else:
                value = self._value(sheet, row, layout.VALUE, leaf.type)
            if value is None:
                self.faults.append(f"{sheet.place(row, layout.VALUE)}：“{label}”没有内容；不用这个参数的请删去这一行")
            quote = sheet.place(row, layout.QUOTE) if leaf.is_quoted else ""
            self._put(table, leaf.path, value, file, key, sheet.place(row, layout.VALUE), quote)

    def _steps(self) -> None:
        steps = layout.step_heads()
        sheet = self._sheet(layout.STEPS, (layout.ITEM, layout.KIND, *steps), (layout.ITEM, layout.KIND))
        for row in sheet.rows():
            owner = self._owner(sheet, row)
            if owner is None:
                continue
            file, key, table, method = owner
            kind = sheet.text(row, layout.KIND)
            known = {layout.KINDS[name]: (name, inner) for name, inner in layout.lists(method).items()}
            if kind not in known:
                said = f"应为“{layout.LIST_MARK.join(known)}”" if known else "没有步骤或档次，请删去这一行"
                self.faults.append(f"{sheet.place(row, layout.KIND)}：{_said(kind)}，“{method.title}”的{said}")
                continue
            name, inner = known[kind]
            found = table.setdefault(name, [])
            own: dict[str, Any] = {}
            place_key = f"{key}.{name}[{len(found) + 1}]"
            self._note(file, f"{key}.{name}", sheet.place(row, layout.KIND))
            self._note(file, place_key, sheet.place(row, layout.KIND))
            used = set()
            for leaf in layout.leaves(inner):
                head = layout.STEP_LABELS[leaf.path]
                used |= {head, layout.quote_head(head)} if leaf.is_quoted else {head}
                if leaf.is_quoted:
                    value = self._quoted(sheet, row, head, layout.quote_head(head))
                else:
                    value = self._value(sheet, row, head, leaf.type)
                quote = sheet.place(row, layout.quote_head(head)) if leaf.is_quoted else ""
                self._put(own, leaf.path, value, file, place_key, sheet.place(row, head), quote)
            for head in steps:
                if head not in used and sheet.at(row, head) is not None:
                    self.faults.append(f"{sheet.place(row, head)}：“{kind}”不用这一列，请清空")
            found.append(own)

    def _readings(self) -> None:
        heads = (
            layout.POLICY, layout.NAME, layout.QUOTE, "理由", layout.OPTION, layout.OPTION_TEXT, layout.IS_DEFAULT,
        )  # fmt: skip
        sheet = self._sheet(layout.READINGS, heads, heads)
        policies: dict[str, tuple[str, dict[str, Any]]] = {}
        found = self.tables[POLICIES].setdefault("policy", [])
        columns = {"title": layout.NAME, "clause": layout.QUOTE, "reason": "理由"}
        for row in sheet.rows():
            name, option, text, mark = (
                self._value(sheet, row, head, str)
                for head in (layout.POLICY, layout.OPTION, layout.OPTION_TEXT, layout.IS_DEFAULT)
            )
            if name is None and option is None:
                self._settled(sheet, row)
                continue
            name = name or ""
            if name not in policies:
                table: dict[str, Any] = {"name": name, "options": {}}
                policies[name] = f"policy[{len(found) + 1}]", table
                found.append(table)
                for own, head in columns.items():
                    value = self._value(sheet, row, head, str)
                    self._put(table, own, value, POLICIES, policies[name][0], sheet.place(row, head))
                self._note(POLICIES, policies[name][0], sheet.place(row, layout.POLICY))
                self.places[POLICIES, f"{policies[name][0]}.default"] = sheet.place(row, layout.IS_DEFAULT)
            key, table = policies[name]
            self._put(table, f"options.{option or ''}", text or "", POLICIES, key, sheet.place(row, layout.OPTION_TEXT))
            if mark == layout.YES:
                if "default" in table:
                    title = table.get("title", name)
                    self.faults.append(f"{sheet.place(row, layout.IS_DEFAULT)}：“{title}”只能有一个默认，其他的请清空")
                table["default"] = option
                self.places[POLICIES, f"{key}.default"] = sheet.place(row, layout.IS_DEFAULT)
            elif mark not in (None, layout.NO):
                self.faults.append(f"{sheet.place(row, layout.IS_DEFAULT)}：为“{mark}”，应为“是”或空白")

    def _settled(self, sheet: _Sheet, row: int) -> None:
        """A reading without options."""
        found = self.tables[POLICIES].setdefault("settled", [])
        table: dict[str, Any] = {}
        key = f"settled[{len(found) + 1}]"
        self._note(POLICIES, key, sheet.place(row, layout.NAME))
        heads = {"title": layout.NAME, "clause": layout.QUOTE, "meaning": layout.OPTION_TEXT, "reason": "理由"}
        for name, head in heads.items():
            self._put(table, name, self._value(sheet, row, head, str), POLICIES, key, sheet.place(row, head))
        found.append(table)

    def _units(self) -> None:
        sheet = self._sheet(layout.UNITS, (layout.NAME, "分区", layout.GROUPS), (layout.NAME,))
        zones = {name: key for key, name in self.tables[DISTRICTS].get("zones", {}).items()}
        found = self.tables[DISTRICTS].setdefault("district", [])
        for row in sheet.rows():
            key = f"district[{len(found) + 1}]"
            table: dict[str, Any] = {}
            self._note(DISTRICTS, key, sheet.place(row, layout.NAME))
            zone = self._value(sheet, row, "分区", str)
            values = {
                "name": self._value(sheet, row, layout.NAME, str),
                "zone": zones.get(zone, zone) if zone else None,
                "group": self._value(sheet, row, layout.GROUPS, str),
            }
            for name, head in (("name", layout.NAME), ("zone", "分区"), ("group", layout.GROUPS)):
                self._put(table, name, values[name], DISTRICTS, key, sheet.place(row, head))
            found.append(table)

    def _outcome(self) -> None:
        """What becomes of a total."""
        for name, (file, key, of) in layout.OUTCOME.items():
            heads = layout.outcome_heads(of)
            sheet = self._sheet(name, heads, heads)
            found = self.tables[file].setdefault(key, [])
            for row in sheet.rows():
                table: dict[str, Any] = {}
                where = f"{key}[{len(found) + 1}]"
                self._note(file, where, sheet.place(row, layout.NAME))
                for leaf in layout.leaves(of):
                    head = layout.OUTCOME_LABELS[leaf.path]
                    if leaf.is_quoted:
                        value = self._quoted(sheet, row, head, layout.QUOTE)
                    else:
                        value = self._value(sheet, row, head, leaf.type)
                    self._put(table, leaf.path, value, file, where, sheet.place(row, head))
                found.append(table)

    # --- Examples ------------------------------------------------------------------------------------------------------

    def examples(self, scheme: Scheme) -> Iterator[Example]:
        """The worked examples of 样例; `SchemeError` for one of an item or a field that the scheme has not."""
        if layout.EXAMPLES not in self.sheets:
            return
        heads = (layout.EXAMPLE, layout.ITEM, layout.FIELD, layout.DONE, layout.ASSIGNED, layout.SCORE)
        sheet = self._sheet(layout.EXAMPLES, heads, heads)
        own: Example | None = None
        found: list[Example] = []
        for row in sheet.rows():
            name, item, code = (self._value(sheet, row, head, str) for head in heads[:3])
            if name is not None or own is None:
                score = self._filled(sheet, row, layout.SCORE)
                own = Example(name or "", item or "", {}, score, sheet.place(row, layout.SCORE))
                found.append(own)
                if own.item not in scheme.items:
                    problem = f"方案里没有编号“{own.item}”" if own.item else "空白，请填写编号"
                    self.faults.append(f"{sheet.place(row, layout.ITEM)}：{problem}")
            if code is None:
                self.faults.append(f"{sheet.place(row, layout.FIELD)}：空白，应为填报编号，如 {own.item}.1")
                continue
            if code not in scheme.inputs or scheme.inputs[code].item_id != own.item:
                self.faults.append(f"{sheet.place(row, layout.FIELD)}：“{code}”不是“{own.item}”的填报编号")
            done = self._filled(sheet, row, layout.DONE)
            if own.item in scheme.items and scheme.items[own.item].among_all:
                others = own.entries.get(code)
                units = others.among.values if others and others.among else ()
                among = AllUnits((*units, ("", done if isinstance(done, Decimal) else None)))
                own.entries[code] = replace(others or Entry(done), among=among)
                continue
            if code in own.entries:
                self.faults.append(f"{sheet.place(row, layout.FIELD)}：“{code}”在这个样例里写了两次")
            own.entries[code] = Entry(done, self._filled(sheet, row, layout.ASSIGNED), named=done is not None)
        if self.faults:
            raise SchemeError(self.faults)
        yield from found

    def _filled(self, sheet: _Sheet, row: int, head: str) -> Value:
        """What a cell of an example says that was filled in."""
        raw = self._value(sheet, row, head, Decimal)
        if isinstance(raw, str):
            if raw not in _FILLED:
                self.faults.append(f"{sheet.place(row, head)}：为“{raw}”，应为数字、是、否或不适用")
            return _FILLED.get(raw)
        return raw if isinstance(raw, Decimal | bool) else None


def _said(raw: Any) -> str:  # noqa: ANN401 - a cell
    """What stands in a cell, for a message."""
    if isinstance(raw, SerialDate | date):
        return "为日期"
    raw = raw.number if isinstance(raw, Percentage) else raw
    shown = (
        ("TRUE" if raw else "FALSE")
        if isinstance(raw, bool)
        else plain(decimal_of(raw))
        if isinstance(raw, int | float | Decimal)
        else str(raw)
    )
    return f"为“{shown}”" if shown else "空白"


def _missing_row(id_: str, key: str, method: type[Item]) -> str:
    """What to add where an item lacks a parameter or a whole list."""
    sheet, what = layout.PARAMETERS, key
    if key == "indicator":
        sheet, what = layout.INDICATORS, layout.INDICATORS
    elif key in layout.lists(method):
        sheet, what = layout.STEPS, layout.KINDS[key]
    else:
        labels = [label for path, label in layout.LABELS.items() if f"{path}.".startswith(f"{key}.")]
        what = layout.LIST_MARK.join(labels) or key
    return f"工作表“{sheet}”：缺少“{id_}”（{method.title}）的“{what}”，请加上"


_COPY = re.compile(r"(.+?) *(?:[(（]\d+[)）]|_\d+)")
"""The name that a copy of a sheet is given."""

_FILLED: dict[str, Value] = {layout.YES: True, layout.NO: False, NOT_APPLICABLE.value: NOT_APPLICABLE}


def converted(raw: Any, type_: Any) -> Any:  # noqa: ANN401 - a cell, and what is annotated
    """A cell's content as the value of a table, where it can be one."""
    if raw is None:
        return None
    if isinstance(raw, Percentage):
        raw = raw.number
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if type_ is date:
        if isinstance(raw, SerialDate):
            return EPOCH + timedelta(days=int(raw.number))
        if isinstance(raw, datetime):
            return raw.date()
        try:
            return date.fromisoformat(raw) if isinstance(raw, str) else raw
        except ValueError:
            return raw
    if type_ is str:
        return plain(decimal_of(raw)) if number else raw
    if type_ is bool:
        return {layout.YES: True, layout.NO: False}.get(raw, raw) if isinstance(raw, str) else raw
    if type_ is int:
        return int(raw) if number and float(raw).is_integer() else raw
    if type_ is Decimal:
        return decimal_of(raw) if number else raw
    return [part.strip() for part in str(raw).split(layout.LIST_MARK) if part.strip()]
