"""What one district's form holds, as records."""

from __future__ import annotations

from dataclasses import dataclass, field

from xladdin.issues import Issue, Place
from xladdin.methods.item import Entry
from xladdin.numbers import Value
from xladdin.workbook.cells import Raw


@dataclass(frozen=True)
class Sourced:
    """A value and where it stands: for the audit trail."""

    code: str
    head: str
    value: Value
    typed: str
    place: Place


@dataclass
class Form:
    """What one district's form holds.

    `sources` has every non-blank cell that was read, `claims` the scores the form shows, by item id and for totals by
    their label (总分, 合计) or the sheet that repeats 合计, `origins` what 来源 says of a code's values; none of these
    enters a score. `awaited` are the codes that waited for an evaluation when their values were taken over.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    case_names: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    sources: list[Sourced] = field(default_factory=list)
    claims: dict[str, tuple[Raw, Place]] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    awaited: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)
