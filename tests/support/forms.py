"""A district's form made of what counts in it, without a file."""

from __future__ import annotations

from collections.abc import Mapping

from xladdin.forms.form import Field, FieldCell, Fields, Form
from xladdin.methods.inputs import Entry


def form_of(entries: Mapping[str, Entry] | None = None, cases: Mapping[str, str] | None = None) -> Form:
    """A form with these entries and names of cases, by code; nothing of it has a place.

    Whether a case is named where there is no name is what the entry says.
    """
    entries, cases = entries or {}, cases or {}
    fields = Fields()
    for code in {**entries, **cases}:
        entry = entries.get(code, Entry())
        cells = (FieldCell(entry.value), FieldCell(entry.target), FieldCell(typed=cases.get(code, "")))
        fields[code] = Field(code, *cells, is_named=True if code in cases else entry.named)
    return Form(fields, is_filled_in=bool(fields))
