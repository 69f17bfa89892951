"""考核方案.xlsx read into the tables that the loader checks, each fault said with sheet, row and column."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from xladdin.classes import record, replace
from xladdin.methods.inputs import AllUnits, Entry, Indicator
from xladdin.methods.item import Item
from xladdin.numbers import NOT_APPLICABLE, Value
from xladdin.scheme.book import layout
from xladdin.scheme.book.places import ItemPlace, Places
from xladdin.scheme.book.sheets import Sheet, Sheets, said, suggested
from xladdin.scheme.book.stamps import moves_no_field, stamp_of
from xladdin.scheme.checks import ID
from xladdin.scheme.load import SchemeError, scheme_of_tables
from xladdin.scheme.model import Annex1, Districts, Scheme, Source, TaskAnnex
from xladdin.scheme.tables import ANNEX1, DISTRICTS, POLICIES, SOURCE, annex_file
from xladdin.words import CONFIRMED_DAY_PROPERTY, CONFIRMED_PROPERTY, SCHEME_FILE, SCHEME_PROPERTY
from xladdin.workbook.cells import RawSheet
from xladdin.workbook.package import peeked_properties
from xladdin.workbook.read.archives import bytes_of
from xladdin.workbook.read.reader import read_bytes
from xladdin.workbook.unreadable import UnreadableWorkbook

_RECORDS = {SOURCE: Source, ANNEX1: Annex1, DISTRICTS: Districts}
"""What the tables are read as; those of annexes of tasks are `TaskAnnex`."""


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
        properties = peeked_properties(data)
    except UnreadableWorkbook as error:
        raise SchemeError([f"{path.name}：打不开，{error.detail}"]) from error
    own = stamp_of(scheme)
    if properties.get(SCHEME_PROPERTY) != own:  # it was changed again
        return scheme
    stamps = tuple(stamp for stamp in properties.get(CONFIRMED_PROPERTY, "").split() if moves_no_field(stamp, own))
    day = properties.get(CONFIRMED_DAY_PROPERTY, "")
    return replace(scheme, confirmed=stamps, confirmed_day=day, files={**scheme.files, path.name: data})


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
    reader = _Reader(sheets)
    reader.read()
    lines, places = reader.sheets.faults.lines, reader.places
    scheme = scheme_of_tables(reader.tables, places.worded, lines, files, unsure=places.unsure)
    return SchemeBook(scheme, tuple(reader.examples(scheme)))


@record
class _Filled:
    """A row of 样例: the example that it is of, the field, and what was filled in."""

    example: Example
    code: str
    place: str
    done: Value
    assigned: Value


class _Reader:
    def __init__(self, sheets: Sequence[RawSheet]) -> None:
        self.sheets = Sheets(sheets)
        self.places = Places(self.sheets)
        self.tables: dict[str, Any] = {file: {} for file in (SOURCE, ANNEX1, DISTRICTS, POLICIES)}
        self.ids: set[str] = set()
        """Every id of 任务, those of faulty rows too."""
        self.has_every_id = True
        self.filled: list[_Filled] = []

    def read(self) -> None:
        self._document()
        self._sections()
        if layout.DOCUMENT not in self.sheets.unread:  # which says the annexes and zones
            self._tasks()
            self._indicators()
            self._parameters()
            self._steps()
            self._examples()
        self._readings()
        self._units()
        self._outcome()

    def _new(self, tables: list[dict[str, Any]], file: str, name: str, place: str) -> tuple[str, dict[str, Any]]:
        """A table more in a list of so called tables: its key, and the table itself; `place` is where it stands."""
        table: dict[str, Any] = {}
        tables.append(table)
        key = f"{name}[{len(tables)}]"
        self.places.note(file, key, place)
        return key, table

    def _put(
        self,
        table: dict[str, Any],
        columns: Mapping[str, tuple[str, Any]],
        sheet: Sheet,
        row: int,
        file: str,
        key: str,
    ) -> None:
        """Enter the cells of a row into its table: for each path there the head of the column, and what its value has to be."""
        for path, (head, type_) in columns.items():
            self.places.put(table, path, sheet.value(row, head, type_), file, key, sheet.place(row, head))

    def _agree(
        self, table: dict[str, Any], columns: Mapping[str, tuple[str, Any]], sheet: Sheet, row: int, first: int
    ) -> None:
        """That a row that goes on one with the same table says nothing else than it, wherever it says anything."""
        for path, (head, type_) in columns.items():
            value = sheet.value(row, head, type_)
            if value is not None and value != table.get(path):
                sheet.fault(row, head, f"{said(sheet.at(row, head))}，与第 {first + 1} 行不同；请改成一样，或清空")

    def _put_leaf(
        self,
        table: dict[str, Any],
        leaf: layout.Leaf,
        sheet: Sheet,
        row: int,
        heads: tuple[str, str],
        file: str,
        key: str,
    ) -> bool:
        """Enter a value that may be a number beside its sentence; `heads` are those of both. Whether anything stands there."""
        head, quote = heads
        value = sheet.quoted(row, head, quote) if leaf.is_quoted else sheet.value(row, head, leaf.type)
        at = sheet.place(row, quote) if leaf.is_quoted else ""
        self.places.put(table, leaf.path, value, file, key, sheet.place(row, head), at)
        return value is not None

    # --- Each sheet ----------------------------------------------------------------------------------------------------

    def _document(self) -> None:
        heads = (layout.WHAT, layout.VALUE, layout.QUOTE, layout.ABOUT)
        sheet = self.sheets.sheet(layout.DOCUMENT, heads, heads[:2])
        labels = {row: sheet.text(row, layout.WHAT) for row in sheet.rows()}
        self.places.labels = layout.document_labels(layout.annexes_named(labels.values()))
        paths = {label: (file, path) for (file, path), (label, _about) in self.places.labels.items()}
        records = {file: _RECORDS.get(file, TaskAnnex) for file, _path in self.places.labels}
        leaves = {(file, leaf.path): leaf for file, own in records.items() for leaf in layout.leaves(own)}
        for file in records.keys() - _RECORDS.keys():
            self.places.note(file, "", f"工作表“{layout.TASKS}”")
            self.places.note(file, "task", f"工作表“{layout.TASKS}”“{layout.ROW_POINTS}”一列")
        given: set[str] = set()
        for row, label in labels.items():
            if not label:
                sheet.fault(row, layout.WHAT, "空白，请写明这一行是什么；不要的请清空整行")
                self.places.has_every_label = False
                continue
            if label not in paths and not label.startswith(layout.ZONE_LABEL):
                near = get_close_matches(label, list(paths), 1)
                asked = f"，是不是“{near[0]}”？" if near else "，请删去这一行"
                sheet.fault(row, layout.WHAT, f"不认识“{label}”{asked}")
                if not near:
                    continue
                label = near[0]
            if label in given:
                sheet.fault(row, layout.WHAT, f"“{label}”重复，请删去一行")
            given.add(label)
            if label.startswith(layout.ZONE_LABEL):
                key = f"zones.{label.removeprefix(layout.ZONE_LABEL).strip()}"
                self._put(self.tables[DISTRICTS], {key: (layout.VALUE, str)}, sheet, row, DISTRICTS, "")
                if sheet.place(row, layout.VALUE) in self.sheets.faults:
                    self.sheets.unread |= {layout.UNITS, layout.INDICATORS}  # they name the zones
                continue
            file, path = paths[label]
            table = self.tables.get(file, {})
            self._put_leaf(table, leaves[file, path], sheet, row, (layout.VALUE, layout.QUOTE), file, "")
            if table:  # an annex of which nothing is said is none
                self.tables[file] = table

    def _sections(self) -> None:
        heads = (layout.SECTION, layout.NAME, "标题", layout.POINTS, layout.BONUS)
        sheet = self.sheets.sheet(layout.SECTIONS, heads, heads[:4])
        columns = {
            "number": (layout.SECTION, int),
            "name": (layout.NAME, str),
            "label": ("标题", str),
            "points": (layout.POINTS, Decimal),
            "bonus": (layout.BONUS, bool),
        }
        found = self.tables[ANNEX1].setdefault("section", [])
        for row in sheet.rows():
            key, table = self._new(found, ANNEX1, "section", sheet.place(row, layout.NAME))
            table["row"] = []
            self._put(table, columns, sheet, row, ANNEX1, key)

    def _tasks(self) -> None:
        heads = layout.TASK_HEADS
        sheet = self.sheets.sheet(layout.TASKS, heads, [h for h in heads if h not in (layout.REFERRED, layout.POINTS)])
        methods = layout.method_titles()
        numbers = range(1, layout.annexes_named(label for label, _about in self.places.labels.values()) + 1)
        at_hand = {layout.annex_name(n): annex_file(n) for n in numbers if annex_file(n) in self.tables}
        ids = {file: self.tables[file].get("annex", {}).get("id", "") for file in at_hand.values()}
        files = {str(id_): file for file, id_ in ids.items()} | at_hand
        official: dict[tuple[Any, Any], tuple[str, dict[str, Any], int]] = {}
        self.has_every_id = bool(sheet.columns)
        for row in sheet.rows():
            method_name = sheet.text(row, layout.METHOD)
            method = methods.get(method_name)
            is_scored = bool(method_name) or sheet.at(row, layout.ID) is not None
            if is_scored and method is None:
                problem = f"没有“{method_name}”这种计分方式" if method_name else "空白，应填写计分方式"
                near = suggested(method_name, list(methods)) or f"；可选：{layout.LIST_MARK.join(methods)}"
                sheet.fault(row, layout.METHOD, f"{problem}{near}")
            annex = sheet.text(row, layout.ANNEX)
            if any(
                sheet.is_no_value(row, head) for head in (layout.ANNEX, layout.SECTION, layout.ROW, layout.REFERRED)
            ):
                self.sheets.unread.add(layout.TASKS)
            if is_scored or files.get(annex, ANNEX1) != ANNEX1:
                self._id(sheet, row)
            if annex not in files:
                self.sheets.unread.add(layout.TASKS)
                if all(ids.values()):
                    near = f"应为“{'”“'.join(files)}”；另有附件的，先在工作表“{layout.DOCUMENT}”中写明"
                    sheet.fault(row, layout.ANNEX, f"{said(annex)}，{near}")
            elif files[annex] == ANNEX1:
                self._annex1_row(sheet, row, method, official, is_scored=is_scored)
            else:
                self._task(sheet, row, method, files[annex])

    def _id(self, sheet: Sheet, row: int) -> None:
        """The id of a row of 任务, which others refer to."""
        id_ = sheet.text(row, layout.ID)
        if not id_:
            sheet.fault(row, layout.ID, "空白，请填写编号，如 A1")
        elif not ID.fullmatch(id_):
            sheet.fault(row, layout.ID, f"为“{id_}”，应为大写字母加数字，如 A1")
        elif id_ in self.ids:
            sheet.fault(row, layout.ID, f"“{id_}”重复，请改为没有用过的编号")
        else:
            self.ids.add(id_)
            return
        self.has_every_id = False
        self.sheets.unread.add(layout.TASKS)

    def _task(self, sheet: Sheet, row: int, method: type[Item] | None, file: str) -> None:
        tasks = self.tables[file].setdefault("task", [])
        columns = {
            "id": (layout.ID, str), "number": (layout.ROW, int), "name": (layout.NAME, str), "task": (layout.TASK, str),
            "departments": (layout.DEPARTMENTS, tuple[str, ...]), "method_text": (layout.RULE, str),
            "points": (layout.ROW_POINTS, Decimal),
        }  # fmt: skip
        self._item(tasks, columns, sheet, row, file, "task", method)

    def _annex1_row(
        self,
        sheet: Sheet,
        row: int,
        method: type[Item] | None,
        official: dict[tuple[Any, Any], tuple[str, dict[str, Any], int]],
        *,
        is_scored: bool,
    ) -> None:
        number, at = (sheet.value(row, head, int) for head in (layout.SECTION, layout.ROW))
        sections = self.tables[ANNEX1].get("section", [])
        if type(number) is not int or not 1 <= number <= len(sections):
            if (
                layout.SECTIONS not in self.sheets.unread and (number, None) not in official
            ):  # the first speaks for the others
                near = f"，工作表“{layout.SECTIONS}”里没有这一部分" if number is not None else "，请填写"
                sheet.fault(row, layout.SECTION, f"{said(number)}{near}")
            official[number, None] = "", {}, row
            self.sheets.unread.add(layout.TASKS)
            return
        columns = {
            "task": (layout.TASK, str), "method_text": (layout.RULE, str), "points": (layout.ROW_POINTS, Decimal),
            "annex": (layout.REFERRED, str),
        }  # fmt: skip
        if (number, at) in official:
            _key, table, first = official[number, at]
            self._agree(table, columns, sheet, row, first)
        elif layout.TASKS in self.sheets.unread and sheet.at(row, layout.TASK) is None:
            return  # it goes on a row that was not understood
        else:
            rows = sections[number - 1]["row"]
            key, table = self._new(rows, ANNEX1, f"section[{number}].row", sheet.place(row, layout.TASK))
            official[number, at] = key, table, row
            if at != len(rows) and layout.TASKS not in self.sheets.unread:
                sheet.fault(row, layout.ROW, f"应为 {len(rows)}；各部分的行从 1 起连续编号")
            self._put(table, columns, sheet, row, ANNEX1, key)
        if not is_scored:
            return
        key, table, _first = official[number, at]
        items = table.setdefault("item", [])
        columns = {
            "id": (layout.ID, str), "name": (layout.NAME, str), "points": (layout.POINTS, Decimal), "clause": (layout.QUOTE, str),
        }  # fmt: skip
        self._item(items, columns, sheet, row, ANNEX1, f"{key}.item", method)

    def _item(
        self,
        items: list[dict[str, Any]],
        columns: Mapping[str, tuple[str, Any]],
        sheet: Sheet,
        row: int,
        file: str,
        name: str,
        method: type[Item] | None,
    ) -> None:
        key, table = self._new(items, file, name, sheet.place(row, layout.ID))
        table["method"] = method.method if method else ""
        self._put(table, columns, sheet, row, file, key)
        self.places.note(file, f"{key}.method", sheet.place(row, layout.METHOD))
        if method is not None and sheet.place(row, layout.ID) not in self.sheets.faults:
            self.places.items[table["id"]] = ItemPlace(file, key, table, method)

    def _owner(self, sheet: Sheet, row: int) -> ItemPlace | None:
        """The item that a row of another sheet belongs to."""
        id_ = sheet.text(row, layout.ITEM)
        if not id_:
            sheet.fault(row, layout.ITEM, "空白，请填写这一行属于哪个编号")
        elif id_ not in self.ids and self.has_every_id:
            near = suggested(id_, list(self.ids))
            sheet.fault(row, layout.ITEM, f"工作表“{layout.TASKS}”里没有编号“{id_}”{near}")
        return self.places.items.get(id_)

    def _indicators(self) -> None:
        zones = self.tables[DISTRICTS].get("zones", {})
        amounts = {f"by_zone.{key}": (f"{layout.ZONE_AMOUNT}{name}", Decimal) for key, name in zones.items()}
        heads = (layout.ITEM, *layout.INDICATOR_LABELS.values(), *(head for head, _type in amounts.values()))
        if layout.INDICATORS in self.sheets.unread:
            return
        sheet = self.sheets.sheet(layout.INDICATORS, heads, [layout.ITEM, layout.ID, layout.NAME, "单位", layout.QUOTE])
        types = {leaf.path: leaf.type for leaf in layout.leaves(Indicator)}
        columns = {name: (head, types[name]) for name, head in layout.INDICATOR_LABELS.items()} | amounts
        for row in sheet.rows():
            owner = self._owner(sheet, row)
            if owner is None:
                continue
            found = owner.table.setdefault("indicator", [])
            self.places.note(owner.file, f"{owner.key}.indicator", sheet.place(row, layout.ITEM))
            key, own = self._new(found, owner.file, f"{owner.key}.indicator", sheet.place(row, layout.ID))
            self._put(own, columns, sheet, row, owner.file, key)

    def _parameters(self) -> None:
        heads = (layout.ITEM, layout.PARAMETER, layout.VALUE, layout.QUOTE)
        sheet = self.sheets.sheet(layout.PARAMETERS, heads, heads)
        given: set[tuple[str, str]] = set()
        for row in sheet.rows():
            owner = self._owner(sheet, row)
            if owner is None:
                continue
            label = sheet.text(row, layout.PARAMETER)
            known = {layout.LABELS[leaf.path]: leaf for leaf in layout.parameters(owner.method)}
            if label not in known:
                near = suggested(label, list(known)) or f"；可写：{layout.LIST_MARK.join(known) or '无'}"
                problem = f"“{owner.method.title}”没有“{label}”这个参数" if label else "空白"
                sheet.fault(row, layout.PARAMETER, f"{problem}{near}")
                continue
            if (owner.key, label) in given:
                sheet.fault(row, layout.PARAMETER, f"“{label}”重复，请删去一行")
            given.add((owner.key, label))
            quoted = (layout.VALUE, layout.QUOTE)
            if not self._put_leaf(owner.table, known[label], sheet, row, quoted, owner.file, owner.key):
                sheet.fault(row, layout.VALUE, f"“{label}”没有内容；不用这个参数的请删去这一行")

    def _steps(self) -> None:
        steps = layout.step_heads()
        sheet = self.sheets.sheet(layout.STEPS, (layout.ITEM, layout.KIND, *steps), (layout.ITEM, layout.KIND))
        for row in sheet.rows():
            owner = self._owner(sheet, row)
            if owner is None:
                continue
            kind = sheet.text(row, layout.KIND)
            known = {layout.KINDS[name]: (name, inner) for name, inner in layout.lists(owner.method).items()}
            if kind not in known:
                near = f"应为“{layout.LIST_MARK.join(known)}”" if known else "没有步骤或档次，请删去这一行"
                sheet.fault(row, layout.KIND, f"{said(kind)}，“{owner.method.title}”的{near}")
                continue
            name, inner = known[kind]
            found = owner.table.setdefault(name, [])
            self.places.note(owner.file, f"{owner.key}.{name}", sheet.place(row, layout.KIND))
            key, own = self._new(found, owner.file, f"{owner.key}.{name}", sheet.place(row, layout.KIND))
            used = set[str]()
            for leaf in layout.leaves(inner):
                head = layout.STEP_LABELS[leaf.path]
                quoted = (head, layout.quote_head(head))
                used.update(quoted if leaf.is_quoted else (head,))
                self._put_leaf(own, leaf, sheet, row, quoted, owner.file, key)
            for head in steps:
                if head not in used and sheet.at(row, head) is not None:
                    sheet.fault(row, head, f"“{kind}”不用这一列，请清空")

    def _readings(self) -> None:
        heads = (
            layout.POLICY, layout.NAME, layout.QUOTE, "理由", layout.OPTION, layout.OPTION_TEXT, layout.IS_DEFAULT,
        )  # fmt: skip
        sheet = self.sheets.sheet(layout.READINGS, heads, heads)
        policies: dict[str, tuple[str, dict[str, Any], int]] = {}
        found = self.tables[POLICIES].setdefault("policy", [])
        columns = {"title": (layout.NAME, str), "clause": (layout.QUOTE, str), "reason": ("理由", str)}
        for row in sheet.rows():
            name, option, text, mark = (
                sheet.text(row, head) for head in (layout.POLICY, layout.OPTION, layout.OPTION_TEXT, layout.IS_DEFAULT)
            )
            if sheet.at(row, layout.POLICY) is None and sheet.at(row, layout.OPTION) is None:
                self._settled(sheet, row)
                continue
            for head, what in ((layout.POLICY, name), (layout.OPTION, option)):
                if not what:
                    sheet.fault(row, head, f"空白，请填写“{head}”；不要这一行的请整行清空")
            if not (name and option):
                self.sheets.unread.add(layout.READINGS)
                continue
            if name in policies:
                key, table, first = policies[name]
                self._agree(table, columns, sheet, row, first)
            elif layout.READINGS in self.sheets.unread and sheet.at(row, layout.NAME) is None:
                continue  # it goes on a row that was not understood
            else:
                key, table = self._new(found, POLICIES, "policy", sheet.place(row, layout.POLICY))
                table |= {"name": name, "options": {}}
                policies[name] = key, table, row
                self._put(table, columns, sheet, row, POLICIES, key)
                self.places.places[POLICIES, f"{key}.default"] = sheet.place(row, layout.IS_DEFAULT)
            at = sheet.place(row, layout.OPTION_TEXT)
            self.places.put(table, f"options.{option}", text, POLICIES, key, at)
            if mark == layout.YES:
                if "default" in table:
                    title = table.get("title", name)
                    sheet.fault(row, layout.IS_DEFAULT, f"“{title}”只能有一个默认，其他的请清空")
                table["default"] = option
                self.places.places[POLICIES, f"{key}.default"] = sheet.place(row, layout.IS_DEFAULT)
            elif mark not in ("", layout.NO):
                sheet.fault(row, layout.IS_DEFAULT, f"为“{mark}”，应为“是”或空白")

    def _settled(self, sheet: Sheet, row: int) -> None:
        """A reading without options."""
        found = self.tables[POLICIES].setdefault("settled", [])
        key, table = self._new(found, POLICIES, "settled", sheet.place(row, layout.NAME))
        heads = {"title": layout.NAME, "clause": layout.QUOTE, "meaning": layout.OPTION_TEXT, "reason": "理由"}
        self._put(table, {name: (head, str) for name, head in heads.items()}, sheet, row, POLICIES, key)

    def _units(self) -> None:
        sheet = self.sheets.sheet(layout.UNITS, (layout.NAME, "分区", layout.GROUPS), (layout.NAME,))
        zones = {name: key for key, name in self.tables[DISTRICTS].get("zones", {}).items()}
        found = self.tables[DISTRICTS].setdefault("district", [])
        columns = {"name": (layout.NAME, str), "zone": ("分区", str), "group": (layout.GROUPS, str)}
        for row in sheet.rows():
            key, table = self._new(found, DISTRICTS, "district", sheet.place(row, layout.NAME))
            self._put(table, columns, sheet, row, DISTRICTS, key)
            if "zone" in table:
                table["zone"] = zones.get(table["zone"], table["zone"])

    def _outcome(self) -> None:
        """What becomes of a total."""
        for name, (file, key, of) in layout.OUTCOME.items():
            heads = layout.outcome_heads(of)
            sheet = self.sheets.sheet(name, heads, heads)
            found = self.tables[file].setdefault(key, [])
            for row in sheet.rows():
                where, table = self._new(found, file, key, sheet.place(row, layout.NAME))
                for leaf in layout.leaves(of):
                    quoted = (layout.OUTCOME_LABELS[leaf.path], layout.QUOTE)
                    self._put_leaf(table, leaf, sheet, row, quoted, file, where)

    # --- Examples ------------------------------------------------------------------------------------------------------

    def _examples(self) -> None:
        """The rows of 样例, of items that 任务 has."""
        heads = (layout.EXAMPLE, layout.ITEM, layout.FIELD, layout.DONE, layout.ASSIGNED, layout.SCORE)
        sheet = self.sheets.sheet(layout.EXAMPLES, heads, heads)
        own: Example | None = None
        for row in sheet.rows():
            name, item, code = (sheet.text(row, head) for head in heads[:3])
            if name or own is None or sheet.is_no_value(row, layout.EXAMPLE):
                own = Example(name, item, {}, self._filled(sheet, row, layout.SCORE), sheet.place(row, layout.SCORE))
                self._owner(sheet, row)
            if not code:
                sheet.fault(row, layout.FIELD, f"空白，应为填报编号，如 {own.item}.1")
            elif own.item and not code.startswith(f"{own.item}."):
                sheet.fault(row, layout.FIELD, f"“{code}”不是“{own.item}”的填报编号")
            done, assigned = (self._filled(sheet, row, head) for head in (layout.DONE, layout.ASSIGNED))
            self.filled.append(_Filled(own, code, sheet.place(row, layout.FIELD), done, assigned))

    def _filled(self, sheet: Sheet, row: int, head: str) -> Value:
        """What a cell of an example says that was filled in."""
        raw = sheet.value(row, head, Decimal)
        if raw is None or isinstance(raw, Decimal | bool):
            return raw
        if raw not in _FILLED:
            sheet.fault(row, head, f"{said(raw)}，应为数字、是、否或不适用")
        return _FILLED.get(raw)

    def examples(self, scheme: Scheme) -> Iterator[Example]:
        """The worked examples; `SchemeError` for a field that the scheme has not."""
        faults = self.sheets.faults
        for row in self.filled:
            entries, among = row.example.entries, scheme.items[row.example.item].among_all
            if row.code not in scheme.inputs:
                faults.say(row.place, f"“{row.code}”不是“{row.example.item}”的填报编号")
            elif among:
                others = entries.get(row.code)
                units = others.among.values if others and others.among else ()
                values = AllUnits((*units, ("", row.done if isinstance(row.done, Decimal) else None)))
                entries[row.code] = replace(others or Entry(row.done), among=values)
            elif row.code in entries:
                faults.say(row.place, f"“{row.code}”在这个样例里写了两次")
            else:
                entries[row.code] = Entry(row.done, row.assigned, named=row.done is not None)
        if faults.lines:
            raise SchemeError(faults.lines)
        return (
            row.example for n, row in enumerate(self.filled) if n == 0 or row.example is not self.filled[n - 1].example
        )


_FILLED: dict[str, Value] = {layout.YES: True, layout.NO: False, NOT_APPLICABLE.value: NOT_APPLICABLE}
