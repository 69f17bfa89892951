"""What each unit has, beside what all the others have: for items that are scored against all units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from xladdin.classes import replace
from xladdin.methods.inputs import BLANK, AllUnits, Entries, Entry
from xladdin.numbers import Value
from xladdin.scheme.model import Scheme


def among_all(scheme: Scheme, entries: Mapping[str, Entries]) -> Mapping[str, Entries]:
    """The districts' entries, in which the fields that are scored against all districts', or their group's, know theirs.

    A district without entries, with none of a field or with a value that cannot be used is missing among them.
    """
    if not (codes := scheme.compared_codes):
        return entries
    known: dict[tuple[str, str], AllUnits] = {}
    for code in codes:
        for group in {scheme.compared_group(code, name) for name in entries}:
            units = [name for name in scheme.district_names if scheme.compared_group(code, name) == group]
            known[code, group] = all_units({name: entries.get(name, {}) for name in units}, code, group)

    def compared(name: str, code: str) -> Entry:
        return replace(entries[name].get(code, BLANK), among=known[code, scheme.compared_group(code, name)])

    return {name: {**own, **{code: compared(name, code) for code in codes}} for name, own in entries.items()}


def all_units(entries: Mapping[str, Entries], code: str, group: str = "") -> AllUnits:
    """What the units, which are all or those of a group, have in one field."""
    return AllUnits(tuple((name, _number(own.get(code, BLANK).value)) for name, own in entries.items()), group)


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) and value.is_finite() else None
