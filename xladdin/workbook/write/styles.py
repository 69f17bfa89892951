"""Looks shared by the workbooks: fonts, fills, and widths and heights that fit Chinese text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import ceil
from typing import Any

BODY_FONT = "宋体"
HEAD_FONT = "黑体"

UNIT_FONT = {"default_format_properties": {"font_name": "Arial", "font_size": 10, "font_scheme": False}}
"""The font by whose digits columns are measured, as the writing library's option: 7 pixels, like those of Calibri 11, and
nearly so where neither is installed; in place of Calibri LibreOffice may take a font whose digits are a third wider."""

INPUT_FILL = "#FFF8DC"
JUDGED_FILL = "#EDEDED"
GIVEN_FILL = "#E4ECF7"
COMPUTED_FILL = "#F4FAF0"
HEAD_FILL = "#DCE6F1"
FILL_HEAD_FILL = "#FCE4C8"
GOOD_COLOR = "#2E7D32"
MISSING_COLOR = "#B45F06"
ERROR_COLOR = "#C00000"
QUIET_COLOR = "#7F7F7F"
MISSING_FILL = "#FFE8CC"
ERROR_FILL = "#FFD9D9"

Style = dict[str, Any]
"""Properties of a cell format, in the writing library's words."""

BODY_SIZE, LEAST_SIZE = 10.5, 10
"""Points; of the body, and of what is smaller."""

BASE: Style = {"font_name": BODY_FONT, "font_size": BODY_SIZE, "valign": "vcenter"}
BORDERED: Style = {**BASE, "border": 1, "border_color": "#808080", "text_wrap": True}
CENTRED: Style = {**BORDERED, "align": "center"}
HEAD: Style = {**CENTRED, "font_name": HEAD_FONT, "bold": False, "bg_color": HEAD_FILL}
TITLE: Style = {**BASE, "font_name": HEAD_FONT, "font_size": 16, "align": "center"}
NOTE: Style = {**BASE, "font_color": "#404040", "font_size": LEAST_SIZE}

_NUMBER = {**CENTRED, "num_format": "0.00"}

LOOKS: Mapping[str, Style] = {
    "text": BORDERED,
    "centre": CENTRED,
    "number": {**CENTRED, "num_format": "General"},
    "score": _NUMBER,
    "bold_score": {**_NUMBER, "bold": True},
    "bold": {**CENTRED, "bold": True},
    "rate": {**CENTRED, "num_format": "0.00%"},
    "missing": {
        **CENTRED,
        "num_format": '0.00"缺"',
        "bg_color": MISSING_FILL,
        "font_color": MISSING_COLOR,
    },
    "awaited": {
        **CENTRED,
        "num_format": "0",
        "bg_color": MISSING_FILL,
        "font_color": MISSING_COLOR,
    },
    "provisional": {
        **CENTRED,
        "num_format": '0"暂"',
        "bg_color": MISSING_FILL,
        "font_color": MISSING_COLOR,
    },
    "entry": {**CENTRED, "num_format": "General", "bg_color": INPUT_FILL},
    "named": {**BORDERED, "bg_color": INPUT_FILL},
    "judged": {**CENTRED, "num_format": "General", "bg_color": JUDGED_FILL},
    "error": {**CENTRED, "bg_color": ERROR_FILL, "font_color": ERROR_COLOR},
    "not_applicable": {**CENTRED, "bg_color": "#EDEDED", "font_color": QUIET_COLOR},
    "quiet": {**BORDERED, "font_color": "#404040", "font_size": LEAST_SIZE},
    "risen": {**CENTRED, "num_format": "General", "bg_color": "#E2F0D9", "font_color": GOOD_COLOR},
    "fallen": {**CENTRED, "num_format": "General", "bg_color": ERROR_FILL, "font_color": ERROR_COLOR},
    "lost": {**CENTRED, "num_format": "0.00;-0.00;"},
    "signed": {**CENTRED, "num_format": "+0.00;-0.00;0.00"},
    "points_moved": {**CENTRED, "num_format": "+0.0%;-0.0%;0.0%"},
    "points_risen": {**CENTRED, "num_format": "+0.0%;-0.0%;0.0%", "font_color": GOOD_COLOR},
    "points_fallen": {**CENTRED, "num_format": "+0.0%;-0.0%;0.0%", "font_color": ERROR_COLOR},
    "share": {**CENTRED, "num_format": "0%;;"},
    "entry_score": {**_NUMBER, "bg_color": INPUT_FILL},
    "link": {**CENTRED, "font_color": "#0563C1", "underline": 1},
    "unframed": BASE,
    "mono": {**BORDERED, "font_name": "Consolas", "font_size": LEAST_SIZE, "text_wrap": False},
}
"""How a cell of a result sheet looks, by the name of its style."""

ERROR_STATE: Style = {"font_color": ERROR_COLOR, "bg_color": ERROR_FILL}
MISSING_STATE: Style = {"font_color": MISSING_COLOR, "bg_color": MISSING_FILL}
HINT_STATE: Style = {"font_color": MISSING_COLOR}
QUIET_STATE: Style = {"font_color": QUIET_COLOR}
GOOD_STATE: Style = {"font_color": GOOD_COLOR}
"""How a state shows that a formula tells."""

TITLE_HEIGHT, UPPER_HEIGHT, HEAD_HEIGHT, ROW_HEIGHT = 30, 126, 24, 18
"""Points."""


def upper_height(heads: Iterable[str]) -> float:
    """The height of the row above the heads, in which texts stand upright."""
    return max(float(UPPER_HEIGHT), *(14 * len(head) + 8 for head in heads))


MARGIN, END_MARGIN = 0.4, 0.6
"""Inches at the left and right of a printed page, and at its top and bottom."""

_LEAST_PRINTED = 8
"""Points: below this nothing is printed; the columns go over several pages then."""

_SPARE = 1.08
"""How much wider than in Excel columns may be in other programs."""


def pages_wide(widths: Sequence[float], *, large_paper: bool, landscape: bool) -> int:
    """How many pages beside one another columns of these widths (in digits) take, A3 or A4, for all text to be readable."""
    short, long = (842, 1191) if large_paper else (595, 842)
    room = (long if landscape else short) - 2 * MARGIN * 72
    needed = sum(7 * width + 5 for width in widths) * 0.75 * _SPARE * _LEAST_PRINTED / LEAST_SIZE
    return ceil(needed / room)


def page_height(*, landscape: bool) -> float:
    """How many points high what fits a page of A4 may be, for all text to be readable."""
    return ((595 if landscape else 842) - 2 * END_MARGIN * 72) * LEAST_SIZE / _LEAST_PRINTED


def page_room(
    widths: Sequence[float], *, large_paper: bool, landscape: bool = True, ends: float = 2 * END_MARGIN
) -> float:
    """How many points of rows surely fit a page on which columns of these widths are made to fit.

    `ends` are the inches at its top and bottom.
    """
    short, long = (842, 1191) if large_paper else (595, 842)
    across, down = (long, short) if landscape else (short, long)
    pages = pages_wide(widths, large_paper=large_paper, landscape=landscape)
    shrunk = max(1.0, sum(7 * width + 5 for width in widths) * 0.75 / pages / (across - 2 * MARGIN * 72))
    return _SURE * shrunk * (down - ends * 72)


_SURE = 0.98
"""Programs make rows a little higher than they are set."""


def page_breaks(heights: Sequence[float], page: float, *, above: float, heads: float, end: float) -> list[int]:
    """With which rows the pages after the first begin, for what is signed below the rows never to stand without some of them.

    In points: the rows' `heights`, the room of a `page`, what stands `above` the first row, the repeated `heads`, and the `end`.
    """
    breaks, used = [], above
    for n, height in enumerate(heights):
        if used + height > page:
            breaks.append(n)
            used = heads
        used += height
    last = len(heights) - _WITH_END
    if last > 0 and (used + end > page or (breaks and breaks[-1] > last)):
        breaks = [*(n for n in breaks if n < last), last]
    return breaks


_WITH_END = 3
"""Rows that stand on the page of what is signed at least."""

LINE_HEIGHT = 14.5
"""Points that one line of body text takes."""


@lru_cache(maxsize=4096)
def text_width(text: str) -> int:
    """The width of a text in digits: Chinese characters count double."""
    return len(text.encode("gb18030", "replace"))  # one byte for a letter, two for a Chinese character


_LATIN = 1.25
"""How much wider letters and digits are in fonts that stand in for the body's."""


@lru_cache(maxsize=4096)
def line_count(text: str, width: float) -> int:
    """How many lines the text takes in a column of that width, with room for the cell's margins."""
    # A Chinese character of 10.5 points is a little wider than two digits of the default font, hence the margin.
    usable = max(2, int(width * 0.95 - 0.5))
    return sum(_lines(line, usable) for line in text.split("\n"))


def _lines(text: str, usable: int) -> int:
    wide = text_width(text) + (_LATIN - 1) * len(text.encode("ascii", "ignore"))
    if wide <= usable:
        return 1
    # A line that may not end with the mark or the number that would come next is shorter by a character.
    return ceil(wide / max(2, usable - 2))


def row_height(text: str, width: float) -> float:
    """The height in points that the text needs in a column of that width."""
    return line_count(text, width) * LINE_HEIGHT + 4
