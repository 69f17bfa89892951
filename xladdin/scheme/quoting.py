"""Sentences of the issued document and the numbers that they write: in digits, with 万 or in Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal


def squeeze(text: str) -> str:
    """The text without its white space and with half-width signs: the issued document uses neither consistently."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def names_number(clause: str, number: Decimal) -> bool:
    """Whether the clause writes the number, in digits, with 万 or in Chinese."""
    text = squeeze(clause)
    spellings = {f"{number.normalize():f}"}
    wan = (number / 10000).normalize()
    if wan.as_tuple().exponent in range(-1, 5):  # at most one decimal, as in 7.5 万户
        spellings.add(f"{wan:f}万")
    return any(_stands_alone(spelling, text) for spelling in spellings) or any(
        re.search(f"(?<![第{_IN_CHINESE}]){spelling}(?![{_IN_CHINESE}])", text) for spelling in _chinese(number)
    )


_DIGITS = "零一二三四五六七八九"
_IN_CHINESE = f"{_DIGITS}〇两十百千万亿点"


def _chinese(number: Decimal) -> Iterator[str]:
    """How a whole number up to 99 is written in Chinese; one only as 一分, for 一 stands everywhere."""
    if not 0 < number < 100 or number != int(number):
        return
    tens, ones = divmod(int(number), 10)
    if tens:
        yield f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"
    else:
        yield _DIGITS[ones] if ones > 1 else "一分"
    if number == 2:
        yield "两"


def _stands_alone(number: str, text: str) -> bool:
    start = text.find(number)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(number) :][:1]
        if not before.isdigit() and before != "." and not after.isdigit() and after != ".":
            return True
        start = text.find(number, start + 1)
    return False
