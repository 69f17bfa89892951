"""来源: where a value that was taken over into another workbook came from, as a text beside it that can be read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from xladdin.classes import record
from xladdin.fields.showing import as_in_a_cell, shown_value
from xladdin.issues import Place
from xladdin.numbers import Fault, Value
from xladdin.words import ASSIGNED, CONTENT, CORRECTED, TARGET, VALUE

DIGITS = 12
"""Digits of a file's SHA-256 that tell it from any other."""

AWAITED = "尚待评价"
"""Begins the text of a field that waited for somebody's value when it was taken over."""

_OPEN = "暂定："
_LONGEST = 32_000  # a cell holds no more than 32,767 characters
_TAKEN = "采用："
_READ_AS = "（读作 "
_JUDGED = re.compile(rf"{VALUE}（(?!{CORRECTED})")
_PART = re.compile(rf"(?:：|；)({TARGET}|{VALUE})(?:（(?:{CORRECTED}|{ASSIGNED})）)? [^=]*=([^；　]*)")


@record
class Sourced:
    """A value and where it stands: for the audit trail. `unused` says why it does not count; blank where it does."""

    code: str
    head: str
    value: Value
    typed: str
    place: Place
    unused: str = ""


def typed_text(sources: Iterable[Sourced], head: str, value: Value) -> str:
    """What was typed under a head, by whomever; where the value cannot be used, what cannot."""
    cells = [s for s in sources if s.head.startswith(head)]
    if isinstance(value, Fault):
        cells = [s for s in cells if isinstance(s.value, Fault)]
    return cells[-1].typed if cells else ""


def origin_text(
    sources: Sequence[Sourced], digests: Mapping[str, str], value: Value = None, *, is_awaited: bool = False
) -> str:
    """The files a code's values were read from, each with the beginning of its SHA-256 and the cells: typed and read as.

    Before them stands what a clerk looks for first: where others than the district have given a value, `value`, which is
    what counts; and with `is_awaited` that some have yet to.
    """
    parts: dict[str, list[str]] = {}
    for s in sources:
        if s.head == CONTENT:
            continue
        shown, typed = shown_value(s.value, s.typed), s.typed.replace("；", ";").replace("　", " ")
        read_as = f"{_READ_AS}{shown}）" if shown != s.typed else ""
        parts.setdefault(s.place.file, []).append(f"{s.head} {s.place.sheet}!{s.place.cell}={typed}{read_as}")
    texts = [AWAITED] if is_awaited else []
    if any(_JUDGED.match(s.head) for s in sources):
        texts.append(f"{_TAKEN}{VALUE} ={shown_value(as_in_a_cell(value), typed_text(sources, VALUE, value))}")
    texts += [f"{file}（{digests.get(file, '')[:DIGITS]}）：{'；'.join(own)}" for file, own in parts.items()]
    return "　".join(texts)


def open_text(found: Iterable[str]) -> str:
    """Why a rank could not be final when the values were taken over, as a text that can be read back: a line for each."""
    lines = (f"{_OPEN}{' '.join(text.split())}" for text in found)
    return "\n".join(dict.fromkeys(lines))[:_LONGEST]


def open_reasons(text: str) -> list[str]:
    """The reasons that `open_text` wrote down."""
    return [line.strip().removeprefix(_OPEN) for line in text.splitlines() if line.strip().startswith(_OPEN)]


def is_judged(text: str) -> bool:
    """Whether the text says what came of what others than the district have judged."""
    return _TAKEN in text


def origin_values(text: str) -> dict[str, str]:
    """What the text says was taken over, by head; nothing where it does not say what became of what others judged."""
    if _JUDGED.search(text) and not is_judged(text):
        return {}
    found: dict[str, str] = {}
    for match in _PART.finditer(text):
        _typed, _, read_as = match[2].partition(_READ_AS)
        is_settled = is_judged(text) and match[1] == VALUE and VALUE in found  # what counts stands before the files
        if not is_settled:
            found[match[1]] = read_as.removesuffix("）") if read_as else match[2]
    return found
