"""What a workbook that is sent out says of its scheme: a digest of what the scheme means, not of how its file looks.

A stamp is two digests: of the fields that are filled in (codes, names, units, who gives them), and of everything. Where only the
second differs, what was sent out can still be read as it was meant.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from xladdin.scheme.book import layout
from xladdin.scheme.book.tables import sheet_rows
from xladdin.scheme.model import Scheme
from xladdin.words import SCHEME_FILE

_DIGITS = 12


@lru_cache(maxsize=8)
def stamp_of(scheme: Scheme) -> str:
    """The scheme's stamp."""
    fields = [
        (spec.code, spec.name, spec.unit, spec.kind.value, spec.judge, spec.whole, spec.names_case, spec.listed, spec.members)
        for spec in scheme.inputs.values()
    ]  # fmt: skip
    rows = {
        sheet: [{head: cell for head, cell in row.items() if cell is not None and head != layout.ABOUT} for _, row in own.rows]
        for sheet, own in sheet_rows(scheme).items()
    }  # fmt: skip
    return f"{_digest([scheme.district_names, fields])}-{_digest(rows)}"


def _digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what, ensure_ascii=False).encode()).hexdigest()[:_DIGITS]


def moves_no_field(before: str, after: str) -> bool:
    """Whether two stamps are of the same fields."""
    return before.partition("-")[0] == after.partition("-")[0]


def is_from_workbook(scheme: Scheme) -> bool:
    """Whether the scheme is an office's own, read from 考核方案.xlsx, which people can change at any time."""
    return SCHEME_FILE in scheme.files


def is_foreign(scheme: Scheme, stamp: str) -> bool:
    """Whether something with that stamp was sent out under another scheme than the office's own, and nobody has confirmed the change.

    What has no stamp was sent out by an earlier program, and is taken.
    """
    known = (stamp_of(scheme), *scheme.confirmed) if stamp and is_from_workbook(scheme) else (stamp,)
    return stamp not in known


def is_of_other_fields(scheme: Scheme, stamp: str) -> bool:
    """Whether what the office made for itself with that stamp was made for other fields than those of its scheme now."""
    return is_foreign(scheme, stamp) and not moves_no_field(stamp, stamp_of(scheme))
