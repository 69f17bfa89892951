"""Workbooks whose heads are written in another way than the product writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xladdin.classes import replace
from xladdin.words import SPELLINGS
from xladdin.workbook.cells import RawBook, RawSheet


def spellings(heads: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each head with each other text that people write for it."""
    return ((head, text) for head in heads for text in SPELLINGS.get(head, ()))


def headed(book: RawBook, head: str, text: str, sheet: str = "") -> RawBook:
    """The workbook with another text in the place of a head, on all sheets or on one."""

    def changed(one: RawSheet) -> RawSheet:
        if sheet and one.name != sheet:
            return one
        return RawSheet(one.name, [[text if cell == head else cell for cell in cells] for cells in one.rows])

    return replace(book, sheets=[changed(one) for one in book.sheets])
