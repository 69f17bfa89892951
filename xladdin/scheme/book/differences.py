"""What two schemes differ in, row by row and cell by cell of their workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xladdin.scheme.book import layout
from xladdin.scheme.book.tables import Row, Shown, sheet_rows
from xladdin.scheme.model import Scheme


class Difference(NamedTuple):
    """What has been added, has gone or has changed: the sheet, the key of the row, its name, the column, and both contents."""

    sheet: str
    key: str
    name: str
    column: str
    before: Shown
    after: Shown


ADDED, GONE = "新增", "取消"
"""In place of a column, for a whole row."""


def differences(before: Scheme, after: Scheme) -> list[Difference]:
    """Everything in which the second scheme is not the first, in the order of the sheets."""
    old, new = sheet_rows(before), sheet_rows(after)
    return [found for sheet in old for found in _of_sheet(sheet, dict(old[sheet].rows), dict(new[sheet].rows))]


def _of_sheet(sheet: str, old: dict[str, Row], new: dict[str, Row]) -> Iterator[Difference]:
    for key in [*old, *(key for key in new if key not in old)]:
        before, after = old.get(key), new.get(key)
        if before is None or after is None:
            row = after or before or {}
            texts = None if before is None else _summary(before), None if after is None else _summary(after)
            yield Difference(sheet, key, _name(row), ADDED if before is None else GONE, *texts)
            continue
        for head in dict.fromkeys([*before, *after]):
            # An item that is no longer the first of its official row has the row's texts above it.
            if before.get(head) != after.get(head) and head != layout.ABOUT:
                yield Difference(sheet, key, _name(after) or _name(before), head, before.get(head), after.get(head))


def _name(row: Row) -> str:
    return str(row.get(layout.NAME) or "")


def _summary(row: Row) -> str:
    shown = (f"{value:g}" if isinstance(value, float) else value for value in row.values() if value not in (None, ""))
    return "，".join(map(str, shown))
