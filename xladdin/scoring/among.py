"""What each unit has, beside what all the others have: for items that are scored against all units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from xladdin.classes import replace
from xladdin.methods.inputs import BLANK, AllUnits, Entries
from xladdin.numbers import Value
from xladdin.scheme.model import Scheme


def among_all(scheme: Scheme, entries: Mapping[str, Entries]) -> Mapping[str, Entries]:
    """The districts' entries, in which the fields that are scored against all districts' know theirs.

    A district without entries, with none of a field or with a value that cannot be used is missing among them.
    """
    if not (codes := scheme.compared_codes):
        return entries
    everybody = {name: entries.get(name, {}) for name in scheme.district_names}
    known = {code: all_units(everybody, code) for code in codes}
    return {
        name: {**own, **{code: replace(own.get(code, BLANK), among=known[code]) for code in codes}}
        for name, own in entries.items()
    }


def all_units(entries: Mapping[str, Entries], code: str) -> AllUnits:
    """What the units have in one field, by unit."""
    return AllUnits(tuple((name, _number(own.get(code, BLANK).value)) for name, own in entries.items()))


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) and value.is_finite() else None
