"""Finding the tables of a round's other workbooks in a file: by the heads of their columns, wherever they now stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xladdin import issues
from xladdin.evaluations.layout import EVALUATION_TABLES
from xladdin.fields.tables import Say, Table, find_tables
from xladdin.fillin.sheets import UnitTable
from xladdin.issues import Issue, Place
from xladdin.workbook.cells import RawBook

ALL_TABLES = tuple(dict.fromkeys(table for tables in EVALUATION_TABLES.values() for table in tables))
"""Every table in which others than a district evaluate."""


def is_evaluation(book: RawBook, say: Say) -> bool:
    """Whether the workbook holds a table in which others than a district evaluate."""
    return bool(find_tables(book, ALL_TABLES, say))


def head_issues(found: Sequence[Table[UnitTable]], expected: Iterable[UnitTable], file: str) -> list[Issue]:
    """A finding for every table that is gone, sheet that was renamed, and head that is gone or there twice."""
    listed: list[Issue] = []
    for table in expected:
        own = [f for f in found if f.kind is table]
        if not own:
            texts = {"sheet": table.sheet, "heads": "、".join(table.essential)}
            place = Place(file=file, sheet=table.sheet)
            listed.append(issues.issue(issues.NO_TABLE, place, f"找不到“{table.sheet}”的表头", **texts))
        for one in own:
            listed += one.head_issues(table.essential, file)
            if table.sheet not in {other.sheet.name for other in own}:  # where that is there, this one is too many
                listed.append(one.renamed(table.sheet, file))
    return listed
