"""A district's fields in three layers: what it reported, what units judged, what was corrected afterwards.

The uppermost layer that says anything of a field counts; the ones below stay beside it. Scores, 溯源, 来源, 评价对照 and
results.json are all taken from here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from xladdin import issues
from xladdin.classes import record, replace
from xladdin.fields.origins import Sourced
from xladdin.fields.showing import as_in_a_cell, shown_value
from xladdin.forms.form import Field, Form
from xladdin.issues import Issue, Place
from xladdin.methods.inputs import AllUnits, Entries, Entry
from xladdin.numbers import Value, plain
from xladdin.scheme.model import Scheme
from xladdin.scoring.among import among_all
from xladdin.words import CORRECTED, NEW, TARGET, VALUE
from xladdin.workbook.cells import Raw

if TYPE_CHECKING:  # most consolidations are of districts' forms only
    from xladdin.results.judging import Judged, Judging


@record
class Correction:
    """One line of 更正单: the field, what stood there, what is to count, why, by whom and when approved.

    `places` are the line's cells by head; `typed` is the new value as it was typed.
    """

    district: str
    code: str
    head: str
    old: Raw
    new: Value
    typed: str
    reason: str
    approver: str
    day: datetime.date
    places: Mapping[str, Place]


@record
class FieldLayers:
    """A field of a district in its layers.

    `judged` has all that units say of it, whether it counts or not. `decided` is the value that was judged or corrected,
    None where there is none; `how` says how it came about. `awaited` are the units whose value would count and is not
    there yet; `is_awaited` is also set where a value that was taken over still waits for one.
    """

    reported: Field
    judged: tuple[Judged, ...]
    corrections: tuple[Correction, ...]
    counts: Entry
    decided: Value
    how: str
    awaited: tuple[str, ...]
    is_awaited: bool
    typed: Sequence[Sourced]
    """The cells in which the district reported it."""
    given: Sequence[Sourced]
    """The cells in which units judged it, those that count."""
    beside: Sequence[Sourced]
    """Cells of values that were never taken up, and the lines of the list in which the value was counted."""

    @property
    def all_recused(self) -> bool:
        """Whether there is no value because everybody who was to judge it has recused."""
        return self.counts.value is None and not self.awaited and any(one.evaluation.recused for one in self.judged)

    @property
    def sources(self) -> list[Sourced]:
        """The cells of its values, the lowest layer first."""
        return [*self.typed, *self.given, *_corrected_cells(self.corrections)]

    @property
    def place(self) -> Place | None:
        """Where the value was typed that counts; where it would be, if there is none."""
        typed = [source.place for source in self.sources if source.head.startswith(VALUE)]
        return typed[-1] if typed else self.reported.value.place


@record
class DistrictLayers:
    """All fields of a district by code, the form that it sent, and the corrections as 更正单 lists them."""

    form: Form
    fields: Mapping[str, FieldLayers]
    corrections: Sequence[Correction]

    @cached_property
    def entries(self) -> Entries:
        """What counts, by code."""
        return {code: field.counts for code, field in self.fields.items()}

    @property
    def sources(self) -> list[Sourced]:
        """The cells of all values, field by field, the lowest layer first."""
        return [source for field in self.fields.values() for source in field.sources]


def standing(reported: Field, counts: Entry, head: str) -> tuple[Value, str]:
    """The value that counts under a head of a field, and how a sheet shows it."""
    value = counts.target if head == TARGET else counts.value
    number = as_in_a_cell(value)
    return value, plain(number) if isinstance(number, Decimal) else shown_value(value, reported.cell(head).typed)


def layered(
    scheme: Scheme,
    district: str,
    form: Form,
    judging: Judging | None = None,
    corrections: Sequence[Correction] = (),
) -> tuple[DistrictLayers, list[Issue]]:
    """The district's fields in their layers, and what units judged that does not fit what was reported.

    What the district has typed where units judge does not count, nor is it among the sources.
    """
    by_code: dict[str, list[Correction]] = {}
    for correction in corrections:
        by_code.setdefault(correction.code, []).append(correction)

    def told(sources: Iterable[Sourced]) -> list[Sourced]:
        return [replace(one, unused=scheme.source.say(one.unused)) if one.unused else one for one in sources]

    found: list[Issue] = []
    entries: dict[str, Entry] = {}
    fields: dict[str, FieldLayers] = {}
    not_theirs: list[Field] = []
    for code, spec in scheme.inputs.items():
        reported = form.fields[code]
        counts, typed = reported.entry, reported.sources
        corrected = by_code.get(code, [])
        assigned = next((c.new for c in reversed(corrected) if c.head == TARGET), counts.target)
        judgement = judging.judgement(district, reported, assigned, found) if judging else None
        beside = [*judgement.beside] if judgement else []
        decided = judgement.value if judgement else None
        if judgement and decided is not None:
            counts = replace(counts, value=decided, how=judgement.how)
            typed = [_unused(source, VALUE, "区报，采用评价值") for source in typed]
        elif judging and spec.judge and judging.asked[code] and counts.value is not None:
            not_theirs.append(reported)
            counts = replace(counts, value=None)
            beside += [_unused(source, VALUE, "区报，由他方评定") for source in typed if source.head == VALUE]
            typed = [source for source in typed if source.head != VALUE]
        steps = [judgement.how] if judgement and judgement.how else []
        given = list(judgement.sources) if judgement else []
        for correction in corrected:
            steps.append(_described(correction, standing(reported, counts, correction.head)[1]))
            counts = _corrected(counts, correction, steps[-1])
            decided = correction.new if correction.head == VALUE else decided
            typed = [_unused(source, correction.head, f"区报，{CORRECTED_SINCE}") for source in typed]
            given = [_unused(source, correction.head, CORRECTED_SINCE) for source in given]
        entries[code] = counts
        said = judgement.said if judgement else ()
        is_settled = any(correction.head == VALUE for correction in corrected)
        awaited = judging.awaited(reported, entries, said) if judging and not is_settled else ()
        fields[code] = FieldLayers(
            reported=reported,
            judged=said,
            corrections=tuple(corrected),
            counts=counts,
            decided=decided,
            how="；".join(steps),
            awaited=awaited,
            is_awaited=bool(awaited) or (reported.is_awaited and not is_settled),
            typed=told(typed),
            given=told(given),
            beside=told(beside),
        )
    if not_theirs:
        shown = "、".join(field.code for field in not_theirs[:6])
        shown += f" 等 {len(not_theirs)} 格" if len(not_theirs) > 6 else ""
        place = not_theirs[0].value.place or Place(district)
        office = scheme.source.office_name
        found.append(issues.issue(issues.NOT_FOR_DISTRICTS, place, f"区填报表里填了 {shown}", office=office))
    return DistrictLayers(form, fields, corrections), found


def with_others(scheme: Scheme, layers: Mapping[str, DistrictLayers]) -> Mapping[str, DistrictLayers]:
    """The districts' layers, in which the fields that are scored against all districts' know what counts of theirs.

    Beside each such field stand the cells of the greatest and the least of all.
    """
    if not scheme.compared_codes:
        return layers
    entries = among_all(scheme, {name: own.entries for name, own in layers.items()})
    ends: dict[tuple[str, str], list[Sourced]] = {}

    def compared(name: str, code: str) -> FieldLayers:
        own, everybody = layers[name].fields[code], entries[name][code].among
        assert everybody
        if (code, everybody.group) not in ends:
            ends[code, everybody.group] = _ends(layers, everybody, code)
        return replace(own, counts=entries[name][code], beside=[*own.beside, *ends[code, everybody.group]])

    return {
        name: replace(own, fields={**own.fields, **{code: compared(name, code) for code in scheme.compared_codes}})
        for name, own in layers.items()
    }


def _ends(layers: Mapping[str, DistrictLayers], everybody: AllUnits, code: str) -> list[Sourced]:
    """The cells of the greatest and the least value of all units, each with whose it is."""
    if not everybody.known:
        return []
    found = []
    for word, value in (("最大", everybody.highest), ("最小", everybody.lowest)):
        whose = everybody.having(value)[0]
        used = (s for s in layers[whose].fields[code].sources if s.head.startswith(VALUE) and not s.unused)
        found += [replace(source, head=f"{everybody.group or '全部单位'}{word}（{whose}）") for source in used]
    return found


CORRECTED_SINCE = "已更正"


def _unused(source: Sourced, head: str, why: str) -> Sourced:
    """The cell, which does not count if it is of that head."""
    return replace(source, unused=source.unused or why) if source.head.startswith(head) else source


def _corrected(counts: Entry, correction: Correction, step: str) -> Entry:
    how = "；".join(filter(None, (counts.how, step)))
    if correction.head == TARGET:
        return replace(counts, target=correction.new, how=how)
    return replace(counts, value=correction.new, how=how)


def _described(c: Correction, old: str) -> str:
    new = shown_value(c.new, c.typed) or "未填"
    return f"{CORRECTED}：{c.code} {c.head} {old or '空白'} 改为 {new}（{c.reason}，{c.approver}，{c.day.isoformat()}）"


def _corrected_cells(corrections: Sequence[Correction]) -> list[Sourced]:
    """The cells of the corrections, of which the last of a head counts."""
    last = {c.head: c for c in corrections}
    return [
        Sourced(
            c.code,
            f"{c.head}（{CORRECTED}）",
            c.new,
            c.typed,
            c.places[NEW],
            "" if last[c.head] is c else CORRECTED_SINCE,
        )
        for c in corrections
    ]
