"""来源: where a value that was taken over into another workbook came from, as a text beside it that can be read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from xladdin.scoring.numbers import NOT_APPLICABLE, Fault, Value, plain
from xladdin.workbook.layout import CONTENT, TARGET, VALUE

if TYPE_CHECKING:
    from xladdin.assessment.forms import Sourced

NOT_FOUND = "缺行"
"""What stands for a field whose row or column is not in the form, so that it is not taken for a blank."""

DIGITS = 12
"""Digits of a file's SHA-256 that tell it from any other."""

_READ_AS = "（读作 "
_JUDGED = re.compile(rf"{VALUE}（(?!更正)")
_PART = re.compile(rf"(?:：|；)({TARGET}|{VALUE})(?:（更正）)? [^=]*=([^；　]*)")


def shown_value(value: Value, typed: str) -> str:
    """A value as a cell takes it over; what could not be used stays as it was typed."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return plain(value)
        case Fault():
            return typed or NOT_FOUND
    return NOT_APPLICABLE.value


def origin_text(sources: Iterable[Sourced], digests: Mapping[str, str]) -> str:
    """The files a code's values were read from, each with the beginning of its SHA-256 and the cells: typed and read as."""
    parts: dict[str, list[str]] = {}
    for s in sources:
        if s.head == CONTENT:
            continue
        shown, typed = shown_value(s.value, s.typed), s.typed.replace("；", ";")
        read_as = f"{_READ_AS}{shown}）" if shown != s.typed else ""
        parts.setdefault(s.place.file, []).append(f"{s.head} {s.place.sheet}!{s.place.cell}={typed}{read_as}")
    return "　".join(f"{file}（{digests.get(file, '')[:DIGITS]}）：{'；'.join(own)}" for file, own in parts.items())


def origin_values(text: str) -> dict[str, str]:
    """What the text says was taken over, by head; nothing for values that others have judged since."""
    if _JUDGED.search(text):
        return {}
    found = {}
    for match in _PART.finditer(text):
        _typed, _, read_as = match[2].partition(_READ_AS)
        found[match[1]] = read_as.removesuffix("）") if read_as else match[2]
    return found
