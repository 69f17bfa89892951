"""Names with numbers in them, in the order in which people count."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = "〇一二三四五六七八九"


def natural_key(name: str) -> tuple[str | int, ...]:
    """A name for ordering, its numbers as numbers: every second part is one."""
    text = unicodedata.normalize("NFKC", name).replace("零", _DIGITS[0])
    parts = re.split(rf"(\d+|[{_DIGITS}十]+)", text)
    return tuple(_number(part) if n % 2 else part for n, part in enumerate(parts))


def _number(text: str) -> int:
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_number(tens) if tens else 1) * 10 + (_number(ones) if ones else 0)
    return int("".join(str(_DIGITS.index(c)) if c in _DIGITS else c for c in text))
