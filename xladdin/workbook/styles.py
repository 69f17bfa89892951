"""Looks shared by the workbooks: fonts, fills, and widths and heights that fit Chinese text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

BODY_FONT = "宋体"
HEAD_FONT = "黑体"

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

BASE: Style = {"font_name": BODY_FONT, "font_size": 10.5, "valign": "vcenter"}
BORDERED: Style = {**BASE, "border": 1, "border_color": "#808080", "text_wrap": True}
CENTRED: Style = {**BORDERED, "align": "center"}
HEAD: Style = {**CENTRED, "font_name": HEAD_FONT, "bold": False, "bg_color": HEAD_FILL}
TITLE: Style = {**BASE, "font_name": HEAD_FONT, "font_size": 16, "align": "center"}
NOTE: Style = {**BASE, "font_color": "#404040", "font_size": 10}

LINE_HEIGHT = 14.5
"""Points that one line of body text takes."""


@lru_cache(maxsize=4096)
def text_width(text: str) -> int:
    """The width of a text in digits: Chinese characters count double."""
    return len(text.encode("gb18030", "replace"))  # one byte for a letter, two for a Chinese character


@lru_cache(maxsize=4096)
def line_count(text: str, width: float) -> int:
    """How many lines the text takes in a column of that width, with room for the cell's margins."""
    # A Chinese character of 10.5 points is a little wider than two digits of the default font, hence the margin.
    usable = max(2.0, width * 0.97 - 0.5)
    return sum(max(1, -(-text_width(line) // int(usable))) for line in text.split("\n"))


def row_height(text: str, width: float) -> float:
    """The height in points that the text needs in a column of that width."""
    return line_count(text, width) * LINE_HEIGHT + 4
