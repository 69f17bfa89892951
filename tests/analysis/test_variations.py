"""One unit, one task, the distance ahead: each is what consolidating changed forms, or adding up by hand, gives."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from tests.analysis.conftest import CHANGES, write_forms
from tests.conftest import Forms
from tests.full_round import rules
from xladdin.analysis.ranked import Ranked, ranked
from xladdin.analysis.variations import Distance, distances, unit_steps, without_items
from xladdin.methods.inputs import InputKind
from xladdin.results.consolidation import Consolidation, DistrictResult, consolidate
from xladdin.results.stored import results
from xladdin.scheme import Scheme
from xladdin.words import VALUE


@pytest.fixture(scope="module")
def result(scheme: Scheme, consolidation: Consolidation) -> Ranked:
    return ranked(scheme, results(consolidation))


def again(forms: Forms, folder: Path, district: str, code: str, typed: float | str) -> dict[str, DistrictResult]:
    """The districts' results with one cell typed otherwise."""
    changes = {**CHANGES, district: {**CHANGES.get(district, {}), (code, VALUE): typed}}
    return {d.name: d for d in consolidate(forms.scheme, [write_forms(forms, folder, changes)]).districts}


def test_ranked__read_back__the_result_itself(result: Ranked, consolidation: Consolidation) -> None:
    for read, made in zip(result.districts, consolidation.districts, strict=True):
        assert (read.name, read.rank, read.scored.sections) == (made.name, made.rank, made.scored.sections)
        assert made.layers is not None
        assert {c: (e.value, e.target, e.named) for c, e in read.entries.items()} == {
            c: (e.value, e.target, e.named) for c, e in made.layers.entries.items()
        }


@pytest.mark.parametrize(
    ("district", "code", "step"),
    [
        ("宝山区", "K01.1", 1),
        pytest.param("松江区", "R5.1", -1, marks=pytest.mark.slow),
        pytest.param("徐汇区", "R2.1", 0.1, marks=pytest.mark.slow),
    ],
)
def test_unit_steps__one_input__as_if_the_form_had_said_so(
    result: Ranked, forms: Forms, tmp_path: Path, district: str, code: str, step: float
) -> None:
    found = [s for s in unit_steps(result) if (s.district.name, s.code) == (district, code)]
    changed = next(s for s in found if (s.after > s.before) == (step > 0))
    assert len(found) == 2
    assert float(changed.after) - float(changed.before) == pytest.approx(step)
    made = again(forms, tmp_path / "回收", district, code, float(changed.after))
    assert changed.total == made[district].scored.total
    assert changed.ranks == {name: d.rank for name, d in made.items()}


@pytest.mark.slow
def test_unit_steps__every_input__totals_and_ranks_reckoned_from_the_text(result: Ranked) -> None:
    """By the scheme written down once more for the full round, which imports nothing of the product."""
    values = {
        district.name: {code: (entry.value, entry.target) for code, entry in district.entries.items()}
        for district in result.districts
    }
    before = {name: reckoned(own) for name, own in values.items()}
    assert before == {district.name: district.scored.total for district in result.districts}
    steps = unit_steps(result)
    for step in steps:
        own = values[step.district.name]
        total = reckoned({**own, step.code: (step.after, own[step.code][1])})
        assert (step.total, step.ranks) == (total, rules.ranks({**before, step.district.name: total})), step.code
    moved = {(step.district.name, step.code) for step in steps}
    assert len(moved) > 16 * 60  # of 75 inputs; the rest is not assigned or names no case


def reckoned(values: Mapping[str, tuple[object, object]]) -> Decimal:
    """A district's total for its values and amounts."""

    def number(code: str, at: int = 0) -> Fraction:
        value = values[code][at]
        return Fraction(value) if isinstance(value, Decimal | bool) else Fraction(0)

    scores: dict[str, Decimal | None] = {}
    for task, (_units, cities) in rules.RATIO.items():
        codes = [f"{task}.{n}" for n in range(1, len(cities) + 1)]
        scores[task] = rules.ratio([(number(code), number(code, 1)) for code in codes])
    inapplicable = frozenset(task for task, score in scores.items() if score is None)
    scores |= {task: rules.half_up(number(f"{task}.1") / 50) for task in rules.REFERENCE}
    scores |= {item: rules.half_up(number(f"{item}.1")) for item in (*rules.EXPERT, "R2", "I1", "I2")}
    scores["N1"] = rules.half_up(sum((number(f"N1.{n}") for n in range(1, 6)), Fraction(0)))
    for item, points in rules.CHECKLISTS.items():
        given = (number(f"{item}.{n}") * Fraction(each) for n, each in enumerate(points, 1))
        scores[item] = rules.half_up(sum(given, Fraction(0)))
    scores["R5"] = rules.briefs(int(number("R5.1")))
    scores["R6"] = rules.media(int(number("R6.1")), int(number("R6.2")))
    scores["I3"] = rules.inspection(int(number("I3.1")), int(number("I3.2")))
    return rules.totals(scores, inapplicable)["total"]


@pytest.mark.slow
def test_unit_steps__at_a_bound__only_as_far_as_it_goes(result: Ranked) -> None:
    steps = unit_steps(result)
    assert all(step.after >= 0 for step in steps)
    maxima = {code: spec.maximum for code, spec in result.scheme.inputs.items() if spec.maximum is not None}
    assert all(step.after <= maxima[step.code] for step in steps if step.code in maxima)
    # Nothing is assigned there, so there is nothing to vary.
    assert not [s for s in steps if (s.district.name, s.code) == ("黄浦区", "K02.1")]
    flags = [s for s in steps if result.scheme.inputs[s.code].kind is InputKind.FLAG]
    assert flags
    assert all(step.after is not step.before for step in flags)


def test_without_items__an_item__the_rest_added_up(result: Ranked, consolidation: Consolidation) -> None:
    found = {one.item: one for one in without_items(result)}
    assert list(found) == list(result.scheme.items)
    for left_out in result.scheme.items:
        totals = {}
        for district in consolidation.districts:
            items = {id_: s for id_, s in district.scored.items.items() if id_ != left_out}
            whole = Decimal(0)
            for number, points in ((1, Decimal(68)), (2, Decimal("7.5")), (3, Decimal(17)), (4, Decimal("7.5"))):
                own = [s for id_, s in items.items() if result.scheme.sections_of[id_] == number]
                full = sum((s.points for s in own), Decimal(0))
                given = [s for s in own if s.score is not None]
                base = sum((s.points for s in given), Decimal(0))
                gained = sum((s.score for s in given if s.score is not None), Decimal(0))
                is_own = result.scheme.sections_of[left_out] == number
                assert full == points - (result.scheme.items[left_out].points if is_own else 0)
                whole += (full * gained / base if base else Decimal(0)).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            totals[district.name] = whole
        assert found[left_out].totals == totals
        assert found[left_out].ranks == {n: 1 + sum(t > own for t in totals.values()) for n, own in totals.items()}


def of(found: list[Distance], name: str) -> Distance:
    return next(one for one in found if one.district.name == name)


def test_distances__each_district__to_the_next_better_total(result: Ranked, consolidation: Consolidation) -> None:
    totals = {d.name: d.scored.total for d in consolidation.districts}
    found = distances(result)
    best = max(totals.values())
    assert {one.district.name for one in found} == {name for name, total in totals.items() if total < best}
    for one in found:
        better = [total for total in totals.values() if total > totals[one.district.name]]
        assert one.points == min(better) - totals[one.district.name]
        assert {totals[name] for name in one.ahead} == {min(better)}


@pytest.mark.slow
def test_distances__an_amount__just_enough_and_no_less(
    result: Ranked, forms: Forms, tmp_path: Path, scheme: Scheme
) -> None:
    found = [(one, r) for one in distances(result) for r in one.remedies if r.code and scheme.inputs[r.code].whole]
    one, remedy = next((one, r) for one, r in found if r.more > 1)
    name = one.district.name
    done = one.district.entries[remedy.code].value
    assert isinstance(done, Decimal)
    enough = again(forms, tmp_path / "enough", name, remedy.code, float(done + remedy.more))[name]
    assert (enough.rank, enough.scored.total) == (remedy.rank, one.district.scored.total + remedy.points)
    assert remedy.rank < one.district.rank
    less = again(forms, tmp_path / "less", name, remedy.code, float(done + remedy.more - 1))[name]
    assert less.rank == one.district.rank


def test_distances__an_item_at_its_points__named_where_that_is_enough(result: Ranked) -> None:
    for one in distances(result):
        lost = dict(one.open_points)
        for remedy in one.remedies:
            assert remedy.item in lost
            assert remedy.points >= one.points
        assert list(lost.values()) == sorted(lost.values(), reverse=True)
