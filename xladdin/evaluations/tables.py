"""Finding the tables of a round's other workbooks in a file: by the heads of their columns, wherever they now stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xladdin import issues
from xladdin.evaluations.layout import EVALUATION_TABLES
from xladdin.fillin.sheets import UnitTable
from xladdin.forms.reading import squeezed
from xladdin.issues import Issue, Place
from xladdin.workbook.cells import Raw, RawBook, RawSheet, cell_name


@dataclass(frozen=True)
class FoundTable:
    """A table in a file: which one it is, where its heads are, and the row it ends before."""

    table: UnitTable
    sheet: RawSheet
    head_row: int
    end_row: int
    columns: Mapping[str, int]
    doubled: frozenset[str]

    @property
    def rows(self) -> range:
        """The sheet's rows below the heads."""
        return range(self.head_row + 1, self.end_row)

    @property
    def unusable(self) -> tuple[str, ...]:
        """Essential heads that are not there, or not once only."""
        return tuple(h for h in self.table.essential if h not in self.columns or h in self.doubled)

    def at(self, row: int, head: str) -> Raw:
        """What stands in the column of the head; nothing where there is no such column."""
        return self.sheet.at(row, self.columns[head]) if head in self.columns else None

    def place(self, file: str, row: int, head: str, district: str = "", item: str = "") -> Place:
        """Where a cell stands."""
        return Place(district, file, self.sheet.name, cell_name(row, self.columns.get(head, 0)), item)


ALL_TABLES = tuple(table for tables in EVALUATION_TABLES.values() for table in tables)
"""Every table in which others than a district evaluate."""


def is_evaluation(book: RawBook) -> bool:
    """Whether the workbook holds a table in which others than a district evaluate."""
    return bool(find_unit_tables(book, ALL_TABLES))


def find_unit_tables(book: RawBook, tables: Sequence[UnitTable]) -> list[FoundTable]:
    """Those of the tables that the workbook has, each down to the next row of heads."""
    found: list[FoundTable] = []
    for sheet in book.sheets:
        heads = [(row, table) for row, cells in enumerate(sheet.rows) if (table := _headed(cells, tables))]
        ends = [row for row, _table in heads[1:]] + [len(sheet.rows)]
        for (row, table), end in zip(heads, ends, strict=False):
            columns: dict[str, int] = {}
            doubled = set()
            for column, raw in enumerate(sheet.rows[row]):
                head = squeezed(raw)
                if head and columns.setdefault(head, column) != column:
                    doubled.add(head)
            found.append(FoundTable(table, sheet, row, end, columns, frozenset(doubled)))
    return found


def _headed(cells: Sequence[Raw], tables: Sequence[UnitTable]) -> UnitTable | None:
    """The table whose heads the row has: the one with the most of them beyond those that are lacking."""
    heads = {text for cell in cells if (text := squeezed(cell))}
    best = max(tables, key=lambda table: _agreement(heads, table))
    return best if _agreement(heads, best) > 0 else None


def _agreement(heads: set[str], table: UnitTable) -> int:
    there = sum(head in heads for head in table.heads)
    return there - (len(table.heads) - there)


def head_issues(found: Sequence[FoundTable], expected: Iterable[UnitTable], file: str) -> list[Issue]:
    """A finding for every table that is gone, sheet that was renamed, and head that is gone or there twice."""
    listed: list[Issue] = []
    for table in expected:
        own = [f for f in found if f.table is table]
        if not own:
            texts = {"sheet": table.sheet, "heads": "、".join(table.essential)}
            place = Place(file=file, sheet=table.sheet)
            listed.append(issues.issue(issues.NO_TABLE, place, f"找不到“{table.sheet}”的表头", **texts))
        for one in own:
            place = Place(file=file, sheet=one.sheet.name, cell=f"第 {one.head_row + 1} 行")
            for head in table.essential:
                if head not in one.columns:
                    listed.append(issues.issue(issues.MISSING_COLUMN, place, f"表头缺“{head}”列", column=head))
                elif head in one.doubled:
                    text = f"有两列的表头都是“{head}”"
                    listed.append(issues.issue(issues.DUPLICATE_COLUMN, place, text, column=head))
            if one.sheet.name != table.sheet:
                place = Place(file=file, sheet=one.sheet.name)
                text = f"工作表名为“{one.sheet.name}”"
                listed.append(issues.issue(issues.RENAMED_SHEET, place, text, name=table.sheet))
    return listed
