"""What a door says, in one form for all of them, and what the engine says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from tests.equality.cases import Content, Filling
from xladdin.fields.cases import with_cases
from xladdin.fields.reading import read_cell
from xladdin.issues import Place
from xladdin.methods.checks import BY_ALL_UNITS
from xladdin.methods.inputs import Entries, Entry
from xladdin.numbers import decimal_of, half_up
from xladdin.scheme import Scheme
from xladdin.scoring.among import among_all
from xladdin.scoring.items import Status
from xladdin.scoring.totals import DistrictScore, rank_districts, score_district
from xladdin.words import CONTENT, TARGET, VALUE

Each = TypeVar("Each")

RANK = "名次"
TOTAL = "总分"

Result = Decimal | str
"""A number, 不适用, 错误, or nothing where there is no score yet."""

ERROR, NOT_APPLICABLE, NOTHING = "错误", "不适用", ""

Answers = Mapping[tuple[int, str], Result]
"""By the filling's number and what is asked: an item's id, or one of the names below."""


def section(number: int, *, of_cells: bool = False) -> str:
    """A section's total. Formulas show an error where an item has one, the consolidation counts it as 0 and says so."""
    return f"第{number}部分{'（公式）' if of_cells else ''}"


def total(*, of_cells: bool = False) -> str:
    """The grand total."""
    return f"{TOTAL}{'（公式）' if of_cells else ''}"


def result_of(shown: object) -> Result:
    """What a cell, a result sheet or a result file shows. A number is never rounded here: the door has to have done it."""
    if shown is None or shown in ("", "缺"):
        return NOTHING
    if isinstance(shown, str):
        return ERROR if shown.startswith(ERROR) else shown
    if isinstance(shown, int | float) and not isinstance(shown, bool):
        number = decimal_of(float(shown))
        return half_up(number) if number == half_up(number) else number
    return f"{shown!r}"


def groups(scheme: Scheme, each: Sequence[Each]) -> list[Sequence[Each]]:
    """Those of fillings, or of what was made of them, that are ranked together: one for each district."""
    size = len(scheme.districts)
    return [each[first : first + size] for first in range(0, len(each), size)]


def engine(scheme: Scheme, fillings: Sequence[Filling], *, alone: bool = False) -> dict[tuple[int, str], Result]:
    """The scores, totals of both kinds and ranks by `xladdin.scoring`.

    `alone` is as a form sees it that knows of no other district's: what needs all of them has no score there.
    """
    answers: dict[tuple[int, str], Result] = {}
    scored = [own for group in groups(scheme, fillings) for own in _scored(scheme, group, alone=alone)]
    for number, own in enumerate(scored):
        for id_, score in own.items.items():
            words = {Status.ERROR: ERROR, Status.NOT_APPLICABLE: NOT_APPLICABLE}
            answers[number, id_] = words.get(score.status, NOTHING if score.score is None else score.score)
            if alone and scheme.items[id_].among_all and answers[number, id_] == NOTHING:
                answers[number, id_] = BY_ALL_UNITS
        answers[number, total()] = own.total
        for part in scheme.sections:
            answers[number, section(part.number)] = own.sections[part.number]
            failed = any(answers[number, item.id] == ERROR for item in scheme.items_of(part.number))
            answers[number, section(part.number, of_cells=True)] = ERROR if failed else own.sections[part.number]
        failed = any(score.status is Status.ERROR for score in own.items.values())
        answers[number, total(of_cells=True)] = ERROR if failed else own.total
    ranks = [rank for group in groups(scheme, scored) for rank in rank_districts(group, scheme.default_policies)]
    return answers | {(number, RANK): Decimal(rank) for number, rank in enumerate(ranks)}


def _scored(scheme: Scheme, group: Sequence[Filling], *, alone: bool) -> list[DistrictScore]:
    entries = dict(zip(scheme.district_names, (_entries(scheme, filling) for filling in group), strict=True))
    known = entries if alone else among_all(scheme, entries)
    return [score_district(scheme, own, scheme.default_policies) for own in known.values()]


def _entries(scheme: Scheme, filling: Filling) -> Entries:
    entries = {}
    for code, spec in scheme.inputs.items():
        value, target = (
            read_cell(filling.get((code, head)), spec, Place(), is_target=head == TARGET).value
            for head in (VALUE, TARGET)
        )
        entries[code] = Entry(value, target)
    names = {code: str(text) for (code, head), text in filling.items() if head == CONTENT and text is not None}
    return with_cases(scheme, entries, names)


def column(rows: Mapping[str, int], head: str, filling: Filling) -> list[Content]:
    """A column's contents from the first of the codes' rows to the last; between them nothing but codes stands."""
    by_row = {row: filling.get((code, head)) for code, row in rows.items()}
    return [by_row[row] for row in sorted(by_row)]
