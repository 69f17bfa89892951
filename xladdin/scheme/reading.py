"""The tables of a scheme read into records; what depends on one that cannot be read is left out, all else is there."""

from __future__ import annotations

from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any, TypeVar

from xladdin.classes import fields, record, replace
from xladdin.methods.item import METHODS, Item
from xladdin.records import Faults, Quoted, read
from xladdin.scheme.faults import SchemeFaults
from xladdin.scheme.model import Annex1, Grade, ReferenceScale, Source, Task, TaskAnnex, Veto
from xladdin.scheme.tables import ANNEX1, DISTRICTS, POLICIES, SOURCE, Table, tables_in

Record = TypeVar("Record")

_LISTS: dict[str, type] = {"veto": Veto, "grade": Grade}


@record
class FoundItem:
    """An item that could be read: where it stands, and the text that its numbers and sentences have to be in."""

    file: str
    key: str
    item: Item
    text: str


class Reader:
    """Reads tables, of which those in `unsure` may lack something, and keeps the items of all that it has read."""

    def __init__(self, tables: Mapping[str, Table | None], unsure: Set[str], faults: SchemeFaults) -> None:
        self.tables, self.faults = tables, faults
        self.items: list[FoundItem] = []
        self.unsure = unsure | {file for file, table in tables.items() if table is None}
        self.incomplete = set(self.unsure - {SOURCE, DISTRICTS, POLICIES})
        """The tables of which an item could not be read, and the keys of their rows."""

    def record(self, file: str, of: type[Record]) -> Record | None:
        """The record that a whole table is."""
        raw = self.tables[file]
        if raw is None:
            return None
        faults: Faults = []
        made = read(of, raw, faults)
        self.faults.add_all(file, faults)
        return None if file in self.unsure else made

    def document(self) -> Source | None:
        """The document, as far as it can be read: a list of vetoes or grades in which something is wrong is left out."""
        table = self.tables[SOURCE] or {}
        wrong = {key for key, of in _LISTS.items() if not all(read(of, one, []) for one in tables_in(table, key))}
        return read(Source, {name: value for name, value in table.items() if name not in wrong}, [])

    def annex1(self) -> Annex1 | None:
        """The table of sections; items of it that cannot be read are not in it."""
        raw = self.tables[ANNEX1]
        if raw is None:
            return None
        faults: Faults = []
        items: dict[tuple[int, int], tuple[Item, ...]] = {}
        sections = []
        for s, section in enumerate(tables_in(raw, "section"), 1):
            rows = []
            for r, row in enumerate(tables_in(section, "row"), 1):
                tables = tables_in(row, "item")
                rows.append({name: value for name, value in row.items() if name != "item" or not tables})
                texts = [row.get(name) for name in ("task", "method_text")]
                text = "".join(t for t in texts if isinstance(t, str)) if all(texts) else ""
                keyed = [(f"section[{s}].row[{r}].item[{n}]", table) for n, table in enumerate(tables, 1)]
                read_ = [self._item(ANNEX1, key, table, text, faults) for key, table in keyed]
                items[s, r] = tuple(item for item in read_ if item)
            sections.append({**section, "row": rows} if rows else section)
        annex = read(Annex1, {**raw, "section": sections} if sections else raw, faults)
        self.faults.add_all(ANNEX1, faults)
        if annex is None or ANNEX1 in self.unsure:
            return None
        return replace(
            annex,
            sections=tuple(
                replace(
                    section,
                    rows=tuple(replace(row, items=items.get((s, r), ())) for r, row in enumerate(section.rows, 1)),
                )
                for s, section in enumerate(annex.sections, 1)
            ),
        )

    def task_annex(self, file: str) -> TaskAnnex | None:
        """The official rows, and the item that each of them scores: a row's table holds the keys of both."""
        raw = self.tables[file]
        if raw is None:
            return None
        tables = tables_in(raw, "task")
        own = {f.metadata.get("key") or f.name for f in fields(Task)}
        faults: Faults = []
        rows = [{key: value for key, value in table.items() if key in own} for table in tables]
        annex = read(TaskAnnex, {**raw, "task": rows} if "task" in raw else raw, faults)
        reference = annex.reference if annex else read(ReferenceScale, raw.get("reference"), [])
        for n, table in enumerate(tables, 1):
            scored = {key: value for key, value in table.items() if key not in own}
            task = annex.tasks[n - 1] if annex else read(Task, rows[n - 1], [])
            if annex is None and reference is None and "reference" in raw:
                task = None  # whatever is out of it would be said to be so of nothing
            text = task.task + task.method_text if task else ""
            self._item(
                file,
                f"task[{n}]",
                scored,
                text,
                faults,
                _from_task(task, reference.full if reference else None, scored),
            )
        self.faults.add_all(file, faults)
        return None if file in self.unsure else annex

    def _item(
        self,
        file: str,
        key: str,
        table: Table,
        text: str,
        faults: Faults,
        given: Mapping[str, Any] | None = None,
    ) -> Item | None:
        """An item, kept for the checks where there is a text that it comes from."""
        item = read(Item, table, faults, key, given)
        if item and text and file not in self.unsure:
            self.items.append(FoundItem(file, key, item, text))
            return item
        self.incomplete |= {file, f"{file} {key.rpartition('.')[0]}"}
        return None


def _from_task(task: Task | None, full: Quoted | None, table: Mapping[str, Any]) -> dict[str, Any]:
    """What the item of an official row takes from the row, and from what a method assumes of tasks."""
    method = METHODS.get(str(table.get("method")), Item)
    if task is None:  # the rows are faulty: only the item's own keys are looked at
        own: dict[str, Any] = {"id": "", "name": "", "points": Decimal(0), "clause": ""}
        assumed = method.for_task(Decimal(0), "", Quoted(value=Decimal(0), basis=""))
    else:
        clause = f"{task.task}。评分方法：{task.method_text}"
        own = {
            "id": task.id,
            "name": task.name,
            "points": task.points,
            "clause": clause,
            "method_text": task.method_text,
        }
        assumed = method.for_task(task.points, task.departments_text, full)
    return own | {name: value for name, value in assumed.items() if name not in table}
