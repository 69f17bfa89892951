"""What holds for every score, whatever was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from xladdin.classes import replace
from xladdin.methods.cases import cases
from xladdin.methods.inputs import Entries, Entry
from xladdin.methods.marks import marks, mean_mark
from xladdin.methods.ratio import ratio
from xladdin.numbers import NOT_APPLICABLE, Fault, Value, decimal_of, half_up
from xladdin.scheme import Input, InputKind, Item, Policies, load_scheme
from xladdin.scoring.items import Score, Status, score_item
from xladdin.scoring.totals import rank, section_total

SCHEME = load_scheme("2023")
DEFAULTS = SCHEME.default_policies
METHODS = sorted({item.method for item in SCHEME.items.values()})

# The same examples every time, however slow the machine is.
bounded = settings(max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
by_method = pytest.mark.parametrize("method", METHODS)

# ---- what can be filled in -------------------------------------------------------------------------------------------

amounts = st.decimals(0, 10**6, places=2) | st.integers(0, 100).map(Decimal)
targets = st.decimals("0.01", 10**6, places=2) | st.integers(1, 100).map(Decimal)
counts = st.integers(0, 20).map(Decimal)


def items_of(method: str) -> st.SearchStrategy[Any]:
    return st.sampled_from([item for item in SCHEME.items.values() if item.method == method])


def marks_up_to(maximum: Decimal) -> st.SearchStrategy[Decimal]:
    return st.decimals(0, maximum, places=3)


def amount_entries() -> st.SearchStrategy[Entry]:
    assigned = st.builds(Entry, st.none() | amounts, targets)
    not_assigned = st.builds(
        Entry, st.none() | amounts | st.just(NOT_APPLICABLE), st.sampled_from([None, Decimal(0), NOT_APPLICABLE])
    )
    return assigned | not_assigned


def valid_entry(spec: Input) -> st.SearchStrategy[Entry]:
    """What the scheme allows in this field, blank included."""
    if spec.kind is InputKind.AMOUNT:
        return amount_entries()
    if spec.kind is InputKind.FLAG:
        return st.builds(Entry, st.sampled_from([None, True, False]))
    if spec.kind is InputKind.COUNT:
        return st.builds(Entry, st.none() | counts)
    return st.builds(Entry, st.none() | marks_up_to(spec.maximum))


@st.composite
def valid_entries(draw: st.DrawFn, item: Item) -> dict[str, Entry]:
    """What the scheme allows in the item's fields together."""
    entries = {spec.code: draw(valid_entry(spec)) for spec in item.inputs}
    if item.method == "inspection":
        cited, rectified = entries.values()
        if (rectified.value or 0) > (cited.value or 0):
            return dict(zip(entries, (rectified, cited), strict=True))
    return entries


finite = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=3)
extreme = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent), st.integers(-999, 999), st.integers(-300, 300)
)
messages = st.sampled_from(["“三个”应为数字", "第一行\n第二行", "“\u2028\t”应为是或否", ""])
any_value = st.one_of(
    st.none(),
    st.booleans(),
    st.just(NOT_APPLICABLE),
    st.builds(Fault, messages),
    st.integers(-10, 200).map(Decimal),
    finite,
    extreme,
)
any_entry = st.builds(Entry, any_value, any_value)


def item_readings() -> list[Policies]:
    """Every combination of the scheme's readings that can move an item's score."""
    names = ("ratio_cap", "multi_indicator", "not_applicable", "briefs_at_six", "media_floor", "expert_trim")
    options = [[o for p in SCHEME.policy_list if p.name == name for o in p.options] for name in names]
    return [
        SCHEME.choose_policies(
            {n: "weights:K10.1=2.5,K07.3=0.1" if o == "weights" else o for n, o in zip(names, chosen, strict=True)}
        )
        for chosen in product(*options)
    ]


readings = st.sampled_from(item_readings())


def allowed(item: Item, entries: Mapping[str, Entry]) -> bool:
    """Whether the scheme allows these values in the item's fields; the same question the product answers, put plainly."""
    own = [entries[spec.code] for spec in item.inputs]
    for spec, entry in zip(item.inputs, own, strict=True):
        value, target = entry.value, entry.target
        if isinstance(value, Fault) or isinstance(target, Fault):
            return False
        if spec.kind is InputKind.AMOUNT:
            if isinstance(value, bool) or isinstance(target, bool):
                return False
            if any(isinstance(v, Decimal) and v < 0 for v in (value, target)):
                return False
            if value is NOT_APPLICABLE and isinstance(target, Decimal) and target > 0:
                return False
        elif spec.kind is InputKind.FLAG:
            if not (value is None or isinstance(value, bool)):
                return False
        elif value is not None:
            if not isinstance(value, Decimal) or value < 0:
                return False
            if spec.kind is InputKind.COUNT and Fraction(value).denominator != 1:
                return False
            if spec.kind is InputKind.SCORE and value > spec.maximum:
                return False
    if item.method == "inspection":
        cited, rectified = (entry.value or Decimal(0) for entry in own)
        return rectified <= cited
    return True


def result_word(score: Score) -> str:
    if score.status is Status.NOT_APPLICABLE:
        return "不适用"
    if score.score is None:
        return {Status.MISSING: "暂缺", Status.ERROR: "错误"}[score.status]
    return str(score.score)


# ---- bounds --------------------------------------------------------------------------------------------------------


@by_method
@bounded
@given(data=st.data())
def test_score_item__allowed_values_under_default_readings__stays_within_the_items_points(
    method: str, data: st.DataObject
) -> None:
    item = data.draw(items_of(method))
    result = score_item(item, data.draw(valid_entries(item)), DEFAULTS)
    # 附件1（三）: 最多扣 2.5 分, the one deduction the text lets go below 0
    lowest = Decimal("-2.5") if item.id == "R6" else Decimal(0)
    assert result.status is not Status.ERROR
    assert result.score is None or lowest <= result.score <= item.points


@by_method
@bounded
@given(data=st.data())
def test_score_item__any_score_it_gives__has_exactly_two_decimals(method: str, data: st.DataObject) -> None:
    item = data.draw(items_of(method))
    result = score_item(item, data.draw(valid_entries(item)), DEFAULTS)
    assert result.score is None or result.score.as_tuple().exponent == -2


@by_method
@bounded
@given(data=st.data())
def test_score_item__a_field_left_out__is_the_same_as_a_blank_one(method: str, data: st.DataObject) -> None:
    item = data.draw(items_of(method))
    entries = data.draw(valid_entries(item))
    written = {code: entry for code, entry in entries.items() if entry != Entry()}
    assert score_item(item, written, DEFAULTS) == score_item(item, entries, DEFAULTS)


# ---- more is never worse -------------------------------------------------------------------------------------------


@bounded
@given(data=st.data(), policies=readings)
def test_ratio__more_done__never_scores_less(data: st.DataObject, policies: Policies) -> None:
    item = data.draw(items_of("ratio"))
    entries = data.draw(valid_entries(item))
    code = data.draw(st.sampled_from([spec.code for spec in item.inputs]))
    entry = entries[code]
    assume(entry.value is not NOT_APPLICABLE)
    more = replace(entry, value=(entry.value or Decimal(0)) + data.draw(amounts))
    before, after = score_item(item, entries, policies), score_item(item, {**entries, code: more}, policies)
    assert after.counted >= before.counted


@bounded
@given(data=st.data())
def test_ratio__a_larger_target__never_scores_more(data: st.DataObject) -> None:
    item = data.draw(items_of("ratio"))
    entries = {spec.code: Entry(data.draw(amounts), data.draw(targets)) for spec in item.inputs}
    code = data.draw(st.sampled_from(list(entries)))
    more = replace(entries[code], target=entries[code].target + data.draw(amounts))
    before, after = score_item(item, entries, DEFAULTS), score_item(item, {**entries, code: more}, DEFAULTS)
    assert after.counted <= before.counted


@pytest.mark.parametrize("floor", ["negative", "zero"])
@bounded
@given(good=counts, bad=counts, more=counts)
def test_media__more_good_reports_or_more_bad_ones__move_the_score_one_way_only(
    floor: str, good: Decimal, bad: Decimal, more: Decimal
) -> None:
    item, policies = SCHEME.items["R6"], SCHEME.choose_policies({"media_floor": floor})

    def score(positive: Decimal, negative: Decimal) -> Decimal:
        return score_item(item, {"R6.1": Entry(positive), "R6.2": Entry(negative)}, policies).counted

    assert score(good + more, bad) >= score(good, bad) >= score(good, bad + more)


@bounded
@given(rectified=counts, fewer=counts, open_ones=counts)
def test_inspection__fewer_citations_or_more_rectified__never_score_less(
    rectified: Decimal, fewer: Decimal, open_ones: Decimal
) -> None:
    item = SCHEME.items["I3"]
    cited = rectified + fewer + open_ones

    def score(times: Decimal, mended: Decimal) -> Decimal:
        result = score_item(item, {"I3.1": Entry(times), "I3.2": Entry(mended)}, DEFAULTS)
        assert result.score is not None
        return result.score

    assert score(cited - fewer, rectified) >= score(cited, rectified)
    assert score(cited, rectified + fewer) >= score(cited, rectified)


@pytest.mark.parametrize("reading", ["upper", "lower"])
@bounded
@given(few=counts, more=counts)
def test_tiers__more_briefs__never_score_less(reading: str, few: Decimal, more: Decimal) -> None:
    item, policies = SCHEME.items["R5"], SCHEME.choose_policies({"briefs_at_six": reading})

    def score(count: Decimal) -> Decimal:
        return score_item(item, {"R5.1": Entry(count)}, policies).counted

    assert score(few + more) >= score(few)


@bounded
@given(data=st.data())
def test_checklist__one_more_step_done__never_scores_less(data: st.DataObject) -> None:
    item = data.draw(items_of("checklist"))
    entries = data.draw(valid_entries(item))
    code = data.draw(st.sampled_from(list(entries)))
    more = {**entries, code: Entry(True)}
    assert score_item(item, more, DEFAULTS).counted >= score_item(item, entries, DEFAULTS).counted


@pytest.mark.parametrize("method", ["expert", "rating", "reference", "cases"])
@bounded
@given(data=st.data())
def test_marks__a_higher_mark__never_scores_less(method: str, data: st.DataObject) -> None:
    item = data.draw(items_of(method))
    entries = data.draw(valid_entries(item))
    spec = data.draw(st.sampled_from(item.inputs))
    low, high = sorted(data.draw(st.tuples(marks_up_to(spec.maximum), marks_up_to(spec.maximum))))
    before = score_item(item, {**entries, spec.code: Entry(low)}, DEFAULTS)
    after = score_item(item, {**entries, spec.code: Entry(high)}, DEFAULTS)
    assert after.counted >= before.counted


# ---- order never matters -------------------------------------------------------------------------------------------


@bounded
@given(data=st.data(), cap=st.booleans(), combine=st.sampled_from(["mean", "min"]), weighted=st.booleans())
def test_ratio__indicators_in_another_order__score_the_same(
    data: st.DataObject, cap: bool, combine: str, weighted: bool
) -> None:
    rows = data.draw(st.lists(st.tuples(amount_entries(), targets), min_size=1, max_size=6))
    other = data.draw(st.permutations(rows))

    def score(order: list[tuple[Entry, Decimal]]) -> object:
        done, assigned = [e.value for e, _ in order], [e.target for e, _ in order]
        weights = [w for _, w in order] if weighted else None
        return ratio(done, assigned, Decimal(2), cap=cap, combine=combine, weights=weights).score

    assert score(rows) == score(other)


@pytest.mark.parametrize("trim", [0, 1])
@bounded
@given(data=st.data())
def test_marks__judges_in_another_order__score_the_same(trim: int, data: st.DataObject) -> None:
    given_marks = data.draw(st.lists(st.none() | marks_up_to(Decimal(3)), max_size=9))
    other = data.draw(st.permutations(given_marks))
    first, second = (marks(m, Decimal(3), Decimal(3), trim=trim) for m in (given_marks, other))
    assert (first.score, first.steps) == (second.score, second.steps)


@bounded
@given(data=st.data())
def test_cases__in_another_order__score_the_same(data: st.DataObject) -> None:
    given_marks = data.draw(st.lists(st.none() | marks_up_to(Decimal("1.5")), max_size=5))
    other = data.draw(st.permutations(given_marks))
    first, second = (cases(m, Decimal("1.5"), 5).score for m in (given_marks, other))
    assert first == second


@bounded
@given(
    thousandths=st.lists(st.lists(st.integers(0, 1500), min_size=7, max_size=7), min_size=1, max_size=5),
    experts=st.sampled_from([3, 6, 7]),
)
@example(
    thousandths=[[13, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0]], experts=3
)  # a tie: 0.005 of two means that do not end
@example(thousandths=[[34, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0]], experts=7)
def test_cases__means_of_experts__sum_rounded_as_the_exact_one(thousandths: list[list[int]], experts: int) -> None:
    exact = [sum((Fraction(t, 1000) for t in own[:experts]), Fraction(0)) / experts for own in thousandths]
    means = [Decimal(m.numerator) / Decimal(m.denominator) for m in exact]
    in_cells = [decimal_of(float(m)) for m in exact]
    wanted = half_up(sum(exact, Fraction(0)))
    for drawn in (means, in_cells):
        assert cases(drawn, Decimal("1.5"), 5).score == wanted


@bounded
@given(data=st.data())
def test_mean_mark__departments_in_another_order__have_the_same_mean(data: st.DataObject) -> None:
    values = data.draw(st.lists(marks_up_to(Decimal(100)), min_size=1, max_size=4))
    assert mean_mark(values)[0] == mean_mark(data.draw(st.permutations(values)))[0]


item_scores = st.one_of(
    st.builds(lambda s: Score("X", Decimal(2), s, Status.SCORED, ""), st.decimals(0, 2, places=2)),
    st.sampled_from([Score("X", Decimal(2), None, status, "") for status in Status if status is not Status.SCORED]),
)


@bounded
@given(data=st.data())
def test_section_total__items_in_another_order__is_the_same(data: st.DataObject) -> None:
    scores = data.draw(st.lists(item_scores, max_size=34))
    other = data.draw(st.permutations(scores))
    assert section_total(scores, Decimal(68)) == section_total(other, Decimal(68))


@bounded
@given(scores=st.lists(item_scores, min_size=34, max_size=34))
def test_section_total__34_items_of_two_points__lies_between_zero_and_68(scores: list[Score]) -> None:
    assert 0 <= section_total(scores, Decimal(68)) <= 68


district_totals = st.lists(
    st.tuples(st.decimals(80, 81, places=1), st.decimals(60, 61, places=1)), min_size=1, max_size=16
)


@bounded
@given(data=st.data(), totals=district_totals)
def test_rank__districts_in_another_order__keep_their_ranks(
    data: st.DataObject, totals: list[tuple[Decimal, ...]]
) -> None:
    order = data.draw(st.permutations(range(len(totals))))
    shuffled = rank([totals[n] for n in order])
    assert [rank(totals)[n] for n in order] == shuffled


@bounded
@given(totals=district_totals)
def test_rank__any_totals__are_those_of_a_sorted_list(totals: list[tuple[Decimal, ...]]) -> None:
    best_first = sorted(totals, reverse=True)
    assert rank(totals) == [best_first.index(own) + 1 for own in totals]


# ---- rounding ------------------------------------------------------------------------------------------------------

fractions = st.fractions(-1000, 1000, max_denominator=10**6)
ties = st.integers(-(10**6), 10**6).map(lambda n: Fraction(2 * n + 1, 200))


def nearest_hundredth(number: Fraction) -> Fraction:
    """The nearest hundredth, of two equally near ones that farther from zero; found by looking at both neighbours."""
    hundredth = Fraction(1, 100)
    below = number // hundredth * hundredth
    return min((below, below + hundredth), key=lambda near: (abs(number - near), -abs(near)))


@bounded
@given(number=fractions | ties)
@example(number=Fraction(1625, 1000))
@example(number=Fraction(-1005, 1000))
@example(number=Fraction(1124999, 10**6))
@example(number=Fraction(0))
def test_half_up__any_fraction__is_the_nearest_hundredth_and_ties_go_away_from_zero(number: Fraction) -> None:
    assert Fraction(half_up(number)) == nearest_hundredth(number)


@bounded
@given(number=fractions | ties)
def test_half_up__any_fraction__agrees_with_the_decimal_module(number: Fraction) -> None:
    with localcontext(prec=60):
        quotient = Decimal(number.numerator) / Decimal(number.denominator)
        expected = quotient.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert half_up(number) == expected


@bounded
@given(number=st.decimals(-(10**6), 10**6, places=6) | ties.map(lambda f: Decimal(f.numerator) / f.denominator))
def test_half_up__a_decimal_and_the_same_fraction__round_alike(number: Decimal) -> None:
    assert half_up(number) == half_up(Fraction(number))


@bounded
@given(number=fractions | ties)
def test_half_up__the_opposite_number__has_the_opposite_result(number: Fraction) -> None:
    assert half_up(-number) == -half_up(number)


@bounded
@given(number=fractions | ties)
def test_half_up__any_fraction__has_two_decimals_and_no_negative_zero(number: Fraction) -> None:
    rounded = half_up(number)
    assert rounded.as_tuple().exponent == -2
    assert rounded != 0 or not rounded.is_signed()


# ---- doubles -------------------------------------------------------------------------------------------------------


@bounded
@given(digits=st.integers(-(10**15) + 1, 10**15 - 1), places=st.integers(0, 15))
def test_decimal_of__a_decimal_of_15_digits_through_a_double__comes_back_unchanged(digits: int, places: int) -> None:
    number = Decimal(digits).scaleb(-places)
    assert decimal_of(float(number)) == number


@bounded
@given(double=st.floats(-1e6, 1e6))
def test_decimal_of__any_double__has_at_most_15_significant_digits_and_is_the_nearest_such(double: float) -> None:
    entered = decimal_of(double)
    assert len(entered.as_tuple().digits) <= 15
    unit = Fraction(10) ** (entered.adjusted() - 14)
    assert abs(Fraction(double) - Fraction(entered)) <= unit / 2 or entered == 0


@bounded
@given(tenths=st.lists(st.integers(0, 1000), min_size=1, max_size=20))
@example(tenths=[1, 2])
def test_decimal_of__a_sum_of_tenths_made_in_doubles__is_the_exact_sum(tenths: list[int]) -> None:
    assert decimal_of(sum(n / 10 for n in tenths)) == Decimal(sum(tenths)) / 10


# ---- whatever is filled in -----------------------------------------------------------------------------------------


@st.composite
def anything(draw: st.DrawFn, method: str) -> tuple[Any, dict[str, Entry]]:
    item = draw(items_of(method))
    return item, {spec.code: draw(valid_entry(spec) | any_entry) for spec in item.inputs}


@by_method
@bounded
@given(data=st.data(), policies=readings)
def test_score_item__any_kind_of_value_in_any_field__gives_a_score_or_a_reason(
    method: str, data: st.DataObject, policies: Policies
) -> None:
    item, entries = data.draw(anything(method))
    result = score_item(item, entries, policies)
    assert (result.status is Status.ERROR) == (not allowed(item, entries))
    if result.status in (Status.ERROR, Status.MISSING):
        assert result.score is None or (item.method == "ratio" and result.score == 0 and result.gaps)
    if result.status is Status.ERROR:
        assert (result.score, result.counted) == (None, 0)
    if result.status is Status.SCORED:
        assert result.score is not None and result.score.is_finite()


@by_method
@bounded
@given(data=st.data())
def test_score_item__one_unusable_value_among_allowed_ones__is_an_error_without_a_number(
    method: str, data: st.DataObject
) -> None:
    item = data.draw(items_of(method))
    entries = data.draw(valid_entries(item))
    spec = data.draw(st.sampled_from(item.inputs))
    unusable: list[Value] = [Fault("“三个”应为数字")]
    if spec.kind is InputKind.FLAG:
        unusable += [NOT_APPLICABLE, Decimal(1), Decimal(0), Decimal("0.5")]
    else:
        unusable += [True, False, Decimal("-0.01"), Decimal(-3)]
    if spec.kind is InputKind.COUNT:
        unusable += [NOT_APPLICABLE, Decimal("1.5")]
    if spec.kind is InputKind.SCORE:
        unusable += [NOT_APPLICABLE, spec.maximum + Decimal("0.001"), Decimal("1E+300")]
    if spec.kind is InputKind.AMOUNT and isinstance(entries[spec.code].target, Decimal) and entries[spec.code].target:
        unusable += [NOT_APPLICABLE]
    value = data.draw(st.sampled_from(unusable))
    result = score_item(item, {**entries, spec.code: replace(entries[spec.code], value=value)}, DEFAULTS)
    assert (result.status, result.score) == (Status.ERROR, None)


@bounded
@given(data=st.data(), target=st.sampled_from([Fault("“三个”应为数字"), True, False, Decimal(-1)]))
def test_score_item__an_unusable_target__is_an_error_without_a_number(data: st.DataObject, target: Value) -> None:
    item = data.draw(items_of("ratio"))
    entries = data.draw(valid_entries(item))
    code = data.draw(st.sampled_from(list(entries)))
    result = score_item(item, {**entries, code: replace(entries[code], target=target)}, DEFAULTS)
    assert (result.status, result.score) == (Status.ERROR, None)


@bounded
@given(data=st.data(), policies=readings)
def test_ratio__blank_and_zero_and_not_applicable_and_fault_with_a_target__are_four_outcomes(
    data: st.DataObject, policies: Policies
) -> None:
    item = data.draw(items_of("ratio"))
    others: Entries = {spec.code: Entry(Decimal(0), Decimal(10)) for spec in item.inputs[1:]}
    code, target = item.inputs[0].code, data.draw(targets)
    blank, zero, not_applicable, fault = (
        score_item(item, {**others, code: Entry(value, target)}, policies)
        for value in (None, Decimal(0), NOT_APPLICABLE, Fault("应为数字"))
    )
    alone = len(item.inputs) == 1
    assert (blank.score, blank.status, blank.gaps) == (0, Status.MISSING if alone else Status.SCORED, (code,))
    assert (zero.score, zero.status, zero.gaps) == (0, Status.SCORED, ())
    assert (not_applicable.score, not_applicable.status) == (None, Status.ERROR)
    assert (fault.score, fault.status) == (None, Status.ERROR)
    assert len({blank.explain, zero.explain, not_applicable.explain, fault.explain}) == 4


# ---- the explanation -----------------------------------------------------------------------------------------------


@by_method
@bounded
@given(data=st.data())
def test_explanation__whatever_is_filled_in__names_the_clause_and_ends_in_the_score_on_one_line(
    method: str, data: st.DataObject
) -> None:
    item, entries = data.draw(anything(method))
    result = score_item(item, entries, DEFAULTS)
    assert result.explain.startswith(f"依据{item.where}“")
    assert result.explain.endswith(f"，得分 {result_word(result)}")
    assert result.explain.splitlines() == [result.explain]


@pytest.mark.parametrize("method", [m for m in METHODS if m != "checklist"])  # which has words, not numbers
@bounded
@given(data=st.data())
def test_explanation__allowed_values__shows_every_number_it_was_worked_out_from(
    method: str, data: st.DataObject
) -> None:
    item = data.draw(items_of(method))
    entries = data.draw(valid_entries(item))
    result = score_item(item, entries, DEFAULTS)
    used: list[Value] = []
    for spec in item.inputs:
        entry = entries[spec.code]
        if spec.kind is not InputKind.AMOUNT:
            used.append(entry.value)
        elif isinstance(entry.target, Decimal) and entry.target > 0:
            used += [entry.value, entry.target]
    for number in used:
        if isinstance(number, Decimal):
            assert f"{number.normalize():f}" in result.explain
