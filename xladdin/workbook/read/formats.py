"""What a number format shows a number as: whatever the program, a format is written in Excel's language."""

from __future__ import annotations

import re
from functools import lru_cache

from xladdin.workbook.cells import Percentage, SerialDate

NumberKind = type[Percentage] | type[SerialDate]

# The formats that have a number only; in the Chinese edition 27–36 and 50–58 are dates as well.
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENTAGES = frozenset((9, 10))

_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
# Texts, characters after \\, !, _ and *, conditions, colours and currencies; then the exponent and the word for no format.
_SHOWN_AS_THEY_ARE = re.compile(r'"[^"]*"?|[\\!_*].|\[[^\]]*\]', re.DOTALL)
_NO_LETTERS_OF_DATES = re.compile(r"E[+-]|G/通用格式|General|Standard", re.IGNORECASE)
_LETTERS_OF_DATES = re.compile(r"[ymdhsaegb]", re.IGNORECASE)


@lru_cache(maxsize=4096)
def number_kind(number: int, code: str | None) -> NumberKind | None:
    """What the format of this number and code shows a number as, where that is a percentage, a date or a time.

    A percent sign that the format shows as it is, as in `0"%"`, makes none: 48 is shown as 48%.
    """
    if not code:
        return Percentage if number in _PERCENTAGES else SerialDate if number in _DATES else None
    if _ELAPSED.search(code):
        return SerialDate
    code = _NO_LETTERS_OF_DATES.sub("", _SHOWN_AS_THEY_ARE.sub("", code))
    if "%" in code:
        return Percentage
    return SerialDate if _LETTERS_OF_DATES.search(code) else None
