"""One set of cases through every door: the same score everywhere, and the README's table of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.equality.answers import ERROR, NOT_APPLICABLE, NOTHING, Answers, Result
from tests.equality.cases import Filling, is_tied
from tests.equality.conftest import FILLINGS
from tests.equality.matrix import DOORS, METHODS, Door, asked, differences, matrix_table
from tests.support.libreoffice import requires_office
from xladdin.scheme import Scheme

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"<!-- equality -->\n(.*?)<!-- /equality -->", re.DOTALL)

NUMBER = "number"
ONE_IN = 14
"""Every kind of result of every method occurs at least once in so many fillings."""


def params(*, by_column: bool) -> list[Any]:
    found = []
    for door in DOORS:
        marks = [requires_office] if "libreoffice" in door.fixture else []
        for column in door.columns if by_column else [""]:
            values = (door, column) if by_column else (door,)
            found.append(pytest.param(*values, marks=marks, id="-".join(filter(None, (door.fixture, column)))))
    return found


def kind_of(result: Result) -> str:
    return NUMBER if isinstance(result, Decimal) else result


@pytest.mark.parametrize(("door", "column"), params(by_column=True))
def test_door__every_case__equals_the_engine(
    door: Door,
    column: str,
    scheme: Scheme,
    typed: Sequence[Filling],
    engine_answers: Answers,
    request: pytest.FixtureRequest,
) -> None:
    found = differences(scheme, door, column, request.getfixturevalue(door.fixture), engine_answers, typed)
    assert found == [], "\n".join([f"{len(found)} differences", *found[:5]])


@pytest.mark.parametrize("door", params(by_column=False))
def test_door__every_method__gave_every_kind_of_result(
    door: Door, scheme: Scheme, typed: Sequence[Filling], request: pytest.FixtureRequest
) -> None:
    # Agreement says little about results that never come up.
    answers: Answers = request.getfixturevalue(door.fixture)
    for method in METHODS:
        items = set(asked(scheme, door, method))
        seen = Counter(kind_of(result) for (_number, what), result in answers.items() if what in items)
        without = NOT_APPLICABLE if method == METHODS[0] else NOTHING
        assert set(seen) == {NUMBER, ERROR, without}, method
        assert min(seen.values()) >= len(typed) // ONE_IN, (method, seen)


def test_cases__scores_midway_between_two__are_frequent(
    scheme: Scheme, typed: Sequence[Filling], engine_answers: Answers
) -> None:
    tied = Counter(
        type(item).__name__
        for number, filling in enumerate(typed)
        for id_, item in scheme.items.items()
        if isinstance(engine_answers[number, id_], Decimal) and is_tied(item, filling)
    )
    assert {"RatioItem", "ExpertItem", "ReferenceItem", "RatingItem", "CasesItem"} <= set(tied)
    assert min(tied.values()) >= len(typed) // ONE_IN, tied
    assert tied["RatioItem"] > 4.5 * len(typed)


@requires_office
@pytest.mark.slow
@pytest.mark.parametrize("typed", [FILLINGS], indirect=True, scope="session")
def test_readme__table__says_what_was_run(
    scheme: Scheme, typed: Sequence[Filling], engine_answers: Answers, request: pytest.FixtureRequest
) -> None:
    cases: dict[Door, Counter[str]] = {}
    differing: dict[Door, int] = {}
    for door in DOORS:
        answers: Answers = request.getfixturevalue(door.fixture)
        wanted = {what: column for column in door.columns for what in asked(scheme, door, column)}
        cases[door] = Counter(wanted[what] for _number, what in answers)
        found = (differences(scheme, door, column, answers, engine_answers, typed) for column in door.columns)
        differing[door] = sum(map(len, found))
    told = BLOCK.findall(README.read_text(encoding="utf-8"))
    assert told == [table := matrix_table(scheme, cases, differing, len(typed))], table
