"""The 任务量 that a form was issued with, carried in it twice: in its document properties and in hidden cells.

Each carrier holds the same texts, `K01.1=10 K01.2=- …`, each with a digest of itself, the district and the version, so that a
change shows where only the form is at hand: by hand in one of them, by another program that loses one, or with another
district's name on the form. What is assigned to nobody else either stands in none of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from xladdin import issues
from xladdin.forms.form import FieldCell, Form
from xladdin.issues import Place
from xladdin.numbers import Value, plain
from xladdin.scheme.model import Scheme
from xladdin.workbook.cells import RawBook, cell_name

_SIZE = 10
"""Indicators in a text: in Excel a document property holds 255 characters."""

_NOTHING = "-"
_PROPERTY = "xladdin.amounts"
_MARK = "下达任务量"
_TEXT = re.compile(rf"{_MARK}(\d{{1,3}})：(.*)#([0-9a-f]+)", re.DOTALL)
_PAIR = re.compile(r"([A-Z]+\d+\.\d+)=(-|\d{1,15}(?:\.\d{1,15})?)")
_SEARCHED_ROWS = 12


def properties(scheme: Scheme) -> dict[str, str]:
    """The document properties of the blank form that carry the amounts, each with its placeholder."""
    return {f"{_PROPERTY}{n}": text for n, text in enumerate(placeholders(scheme), 1)}


def placeholders(scheme: Scheme) -> list[str]:
    """What stands in a blank form for each of the texts."""
    return [f"〔{_MARK}{n}〕" for n, _codes in _parts(scheme)]


def texts(scheme: Scheme, district: str, assigned: Mapping[str, FieldCell]) -> list[str]:
    """What stands in a district's copy in place of each placeholder; nothing where nothing is assigned to anybody."""
    found = []
    for n, codes in _parts(scheme):
        own = " ".join(f"{code}={_shown(assigned[code].value)}" for code in codes if code in assigned)
        found.append(f"{_MARK}{n}：{own}#{_digest(scheme, district, n, own)}" if assigned else "")
    return found


def _parts(scheme: Scheme) -> Iterator[tuple[int, Sequence[str]]]:
    codes = [indicator.code for indicator in scheme.indicators]
    return enumerate((codes[first : first + _SIZE] for first in range(0, len(codes), _SIZE)), 1)


def _shown(value: Value) -> str:
    return plain(value) if isinstance(value, Decimal) else _NOTHING


def _digest(scheme: Scheme, district: str, number: int, text: str) -> str:
    return hashlib.sha256(f"{scheme.source.version} {district} {number} {text}".encode()).hexdigest()[:12]


def read_issued(scheme: Scheme, book: RawBook, form: Form, place: Place) -> dict[str, FieldCell]:
    """What the form of `place` was issued with, by input code; what contradicts itself is a finding of the form and no amount."""
    carriers = [carrier for carrier in (_in_properties(book, place), _in_cells(book, place)) if carrier]
    found: dict[str, FieldCell] = {}
    numbers = [n for n, _codes in _parts(scheme)] if carriers else []
    for n in numbers:
        held = [carrier[n] for carrier in carriers if n in carrier]
        sound = [one for one in held if _is_sound(scheme, place.district, one[0])]
        said = {text for text, _place in sound}
        if len(sound) < len(held) or len(said) != 1:
            bad = next((one for one in held if one not in sound), held[0] if held else ("", place))
            text = "下发时的任务量被改动" if held else "下发时的任务量缺了一部分"
            form.issues.append(issues.issue(issues.ISSUED_AMOUNTS, bad[1], text))
        if len(said) == 1:
            found.update(_amounts(*sound[0]))
    return found


_Carrier = dict[int, tuple[str, Place]]
"""Each text that one carrier has, by its number, and where it stands."""


def _in_properties(book: RawBook, place: Place) -> _Carrier:
    where = Place(place.district, place.file, "文档属性")
    texts = (text for name, text in book.properties.items() if name.startswith(_PROPERTY))
    return {int(match[1]): (text, where) for text in texts if (match := _TEXT.fullmatch(text))}


def _in_cells(book: RawBook, place: Place) -> _Carrier:
    found: _Carrier = {}
    for sheet in book.sheets:
        for row, cells in enumerate(sheet.rows[:_SEARCHED_ROWS]):
            for column, raw in enumerate(cells):
                if isinstance(raw, str) and raw.startswith(_MARK) and (match := _TEXT.fullmatch(raw)):
                    where = Place(place.district, place.file, sheet.name, cell_name(row, column))
                    found[int(match[1])] = (raw, where)
    return found


def _is_sound(scheme: Scheme, district: str, text: str) -> bool:
    match = _TEXT.fullmatch(text)
    if match is None or match[3] != _digest(scheme, district, int(match[1]), match[2]):
        return False
    pairs = [_PAIR.fullmatch(pair) for pair in match[2].split()]
    return all(pair and pair[1] in scheme.inputs for pair in pairs)


def _amounts(text: str, place: Place) -> Iterator[tuple[str, FieldCell]]:
    match = _TEXT.fullmatch(text)
    for pair in match[2].split() if match else ():
        code, _, amount = pair.partition("=")
        yield (
            code,
            FieldCell(None if amount == _NOTHING else Decimal(amount), "" if amount == _NOTHING else amount, place),
        )
