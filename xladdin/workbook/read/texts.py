"""Texts out of a file as every output can hold them, and what lies beneath merged ranges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from xladdin.workbook.cells import Covered, Range, Raw, range_name, shown_text
from xladdin.workbook.unreadable import MAX_CELLS, Unreadable, UnreadableWorkbook

MAX_TEXT = 32_767
"""Characters that a cell can hold, in Excel as in what is written from here."""

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def fit_text(text: str) -> str:
    """The text without what XML, JSON or a file cannot hold: each such character becomes �; halves of one are joined."""
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
    if text.isprintable() or not _UNFIT.search(text):
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _UNFIT.sub("\ufffd", joined)


MAX_MERGED = 2000
"""Merged ranges of a sheet that are kept: ours have some hundred, and each blank cell is looked up among them."""


def cover(rows: Sequence[list[Raw]], merged: Iterable[Range]) -> None:
    """Mark what is stored beneath merged ranges: nobody sees it who looks at the sheet."""
    looked_at = 0
    for top, left, bottom, right in merged:
        hidden: list[tuple[int, int]] = []
        for row, cells in enumerate(rows[top : bottom + 1], top):
            beneath = cells[left : right + 1]
            if row == top:
                beneath[:1] = [None]
            if beneath.count(None) < len(beneath):
                filled = (left + n for n, raw in enumerate(beneath) if raw is not None and not isinstance(raw, Covered))
                hidden += [(row, column) for column in filled]
            looked_at += len(beneath) + 1
            if looked_at > MAX_CELLS:
                raise UnreadableWorkbook(Unreadable.OVERSIZED, "合并单元格过多")
        if hidden:
            texts = "、".join(filter(None, (shown_text(rows[row][column]).strip() for row, column in hidden)))
            name = range_name((top, left, bottom, right))
            for row, column in hidden:
                rows[row][column] = Covered(rows[row][column], name, texts) if texts else None
