"""What a number format shows a number as: whatever the program, a format is written in Excel's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from xladdin.workbook.cells import MarkedText, Percentage, SerialDate

NumberKind = Callable[[float], Percentage | SerialDate | MarkedText]

# The formats that have a number only; in the Chinese edition 27–36 and 50–58 are dates as well.
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENTAGES = frozenset((9, 10))

_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
# Texts, characters after \\, !, _ and *, conditions, colours and currencies; then the exponent and the word for no format.
_SHOWN_AS_THEY_ARE = re.compile(r'"[^"]*"?|[\\!_*].|\[[^\]]*\]', re.DOTALL)
_NO_LETTERS_OF_DATES = re.compile(r"E[+-]|G/通用格式|General|Standard", re.IGNORECASE)
_LETTERS_OF_DATES = re.compile(r"[ymdhsaegb]", re.IGNORECASE)
# What a format shows of itself, its other texts dropped; then figures beside those of the number; thousands left out or a point
# put in, which is as good as the number where 万 follows.
_TEXTS = re.compile(r'"([^"]*)"?|[\\!](.)|[_*].|\[[^\]]*\]', re.DOTALL)
_OTHER_FIGURES = re.compile(r"〔[^〕]*[\d+−-]〕[0#?]|[0#?]〔\d")
_SCALED = re.compile(r"〔[.,]〕[0#?]|[0#?]〔[.,]|[0#?],+(?![0#?,])")
_SCALES = re.compile("[千万亿]")
_FOR_NOTHING = re.compile(r"\[=0\][^;]*;")
_PLACES = re.compile(r"[0#?@]|G/通用格式|General|Standard", re.IGNORECASE)


@lru_cache(maxsize=4096)
def number_kind(number: int, code: str | None) -> NumberKind | None:
    """What the format of this number and code shows a number as, where that is a percentage, a date or a time.

    A percent sign that the format shows as it is, as in `0"%"`, makes none: 48 is shown as 48%. What is shown as another
    number than it is, or not at all, does not say what it says, as a text that is struck out.
    """
    if not code:
        return Percentage if number in _PERCENTAGES else SerialDate if number in _DATES else None
    if _ELAPSED.search(code):
        return SerialDate
    whole, code = code, _NO_LETTERS_OF_DATES.sub("", _SHOWN_AS_THEY_ARE.sub("", code))
    if "%" in code:
        return Percentage
    if _LETTERS_OF_DATES.search(code):
        return SerialDate
    return _as_marked if _disguises(whole) else None


def _as_marked(number: float) -> MarkedText:
    return MarkedText(f"{number:.15g}")


def _disguises(code: str) -> bool:
    """Whether a format shows a number above 0 as another one, or as none: `"12"`, `0"0"`, `0,`, `;;;`."""
    code = _FOR_NOTHING.sub("", code)
    shown = _TEXTS.sub(lambda match: f"〔{match[1] or match[2] or ''}〕", code).partition(";")[0]
    shown = shown.replace("〔〕", "")
    is_scaled = _SCALED.search(shown) and not _SCALES.search(shown)
    return not _PLACES.search(shown) or bool(_OTHER_FIGURES.search(shown) or is_scaled)
