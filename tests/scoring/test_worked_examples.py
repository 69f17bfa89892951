"""Worked examples from the scheme's own sentences: `cases.toml` for items, and below it the methods that no single field reaches."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from xladdin.methods.cases import cases
from xladdin.methods.checklist import checklist
from xladdin.methods.inputs import Entry
from xladdin.methods.marks import marks, mean_mark
from xladdin.methods.ratio import ratio
from xladdin.methods.reference import reference
from xladdin.methods.tiers import Tier, threshold, tiered
from xladdin.numbers import NOT_APPLICABLE, ScoringError, Value, decimal_of, half_up
from xladdin.scheme import load_scheme
from xladdin.scoring.items import score_item

HERE = Path(__file__).parent


def squeeze(text: str) -> str:
    """The text without its white space, which the issued document does not use consistently."""
    return "".join(text.split())


SCHEME = load_scheme("2023")
OFFICIAL = squeeze((HERE.parent / "official" / "沪精细化办〔2023〕12号.txt").read_text(encoding="utf-8"))

ITEM_POLICIES = ("ratio_cap", "multi_indicator", "not_applicable", "briefs_at_six", "media_floor", "i3_floor")
"""The policies that a single item's fields are enough to show."""


@dataclass(frozen=True)
class Case:
    """One worked example; a misspelt key in the file stops the run."""

    name: str
    quote: str
    item: str
    place: str
    working: str
    entries: dict[str, Any]
    policies: dict[str, str] = field(default_factory=dict)
    score: str | None = None
    status: str = "scored"
    gaps: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


CASES = [Case(**raw) for raw in tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8"))["case"]]
every_case = pytest.mark.parametrize("case", CASES, ids=[f"{c.item}: {c.name}" for c in CASES])


def value_of(written: Any) -> Value:
    """What a cell that holds this comes in as."""
    if written is None or isinstance(written, bool):
        return written
    if written == NOT_APPLICABLE.value:
        return NOT_APPLICABLE
    return decimal_of(written)


def entry_of(written: Any) -> Entry:
    if not isinstance(written, dict):
        return Entry(value_of(written))
    assert set(written) <= {"done", "target"}
    return Entry(value_of(written.get("done")), value_of(written.get("target")))


def numbers(*texts: str | None) -> list[Decimal | None]:
    return [None if t is None else Decimal(t) for t in texts]


def decimals(*texts: str) -> list[Decimal]:
    return [Decimal(t) for t in texts]


# ---- the cases of the file -----------------------------------------------------------------------------------------


@every_case
def test_quote__of_every_case__stands_in_the_official_text(case: Case) -> None:
    assert squeeze(case.quote) in OFFICIAL


@every_case
def test_score_item__entries_of_the_case__gives_what_was_worked_out_by_hand(case: Case) -> None:
    item = SCHEME.items[case.item]
    assert set(case.entries) <= {i.code for i in item.inputs}

    result = score_item(
        item, {code: entry_of(e) for code, e in case.entries.items()}, SCHEME.choose_policies(case.policies)
    )

    expected = None if case.score is None else Decimal(case.score)
    assert (result.score, result.status.value, result.gaps) == (expected, case.status, tuple(case.gaps)), case.working
    assert case.place in result.explain
    for words in case.says:
        assert words in result.explain


def test_cases__taken_together__cover_every_item_and_every_method() -> None:
    assert {c.item for c in CASES} == set(SCHEME.items)
    assert {SCHEME.items[c.item].method for c in CASES if c.status == "scored"} == {
        item.method for item in SCHEME.items.values()
    }


@pytest.mark.parametrize("name", ITEM_POLICIES)
def test_cases__taken_together__cover_every_option_of_the_policy(name: str) -> None:
    (policy,) = (p for p in SCHEME.policy_list if p.name == name)
    shown = {c.policies[name].partition(":")[0] for c in CASES if name in c.policies}
    assert shown | {policy.default} == set(policy.options)


def test_cases__all_names__are_unique() -> None:
    names = [c.name for c in CASES]
    assert len(names) == len(set(names))


# ---- 专家评议 and 综合评价: several marks -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trim", "given", "expected"),
    [
        # 附件1（三）: 由专家评议打分，满分 3 分
        (0, ("1", "2", "2.5", "3"), "2.13"),  # 8.5 / 4 = 2.125
        (1, ("1", "2", "2.5", "3"), "2.13"),  # four marks are too few to drop any
        (0, ("1", "2", "2.5", "2.5", "3"), "2.20"),  # 11 / 5
        (1, ("1", "2", "2.5", "2.5", "3"), "2.33"),  # without 1 and 3: 7 / 3
        (0, ("1", "2", "2", "2.5", "3", "3"), "2.25"),  # 13.5 / 6
        (1, ("1", "2", "2", "2.5", "3", "3"), "2.38"),  # without 1 and one 3: 9.5 / 4 = 2.375
        (1, ("3", "1", "3", "1", "3"), "2.33"),  # one 1 and one 3 only: 7 / 3
        (1, ("1", "2", None, "2.5", "3"), "2.13"),  # a blank is no mark, so these are four
        (0, ("2", None, "3"), "2.50"),
        (0, ("2", "0"), "1.00"),  # 0 is a mark
        (1, ("2.4",), "2.40"),
    ],
)
def test_marks__trim_and_number_of_marks__as_worked_by_hand(
    trim: int, given: tuple[str | None, ...], expected: str
) -> None:
    assert marks(numbers(*given), Decimal(3), Decimal(3), trim=trim).score == Decimal(expected)


def test_marks__out_of_a_hundred__are_converted_to_the_points() -> None:
    # (80 + 90) / 2 / 100 × 3
    assert marks(decimals("80", "90"), Decimal(3), Decimal(100)).score == Decimal("2.55")


def test_marks__all_blank__give_no_score() -> None:
    assert marks([None, None], Decimal(3), Decimal(3)).score is None


@pytest.mark.parametrize("mark", ["3.01", "-0.01"])
def test_marks__one_outside_the_scale__is_an_error_even_when_trimming_would_drop_it(mark: str) -> None:
    with pytest.raises(ScoringError, match="0 到 3"):
        marks(decimals("1", "2", "2", "2", mark), Decimal(3), Decimal(3), trim=1)


@pytest.mark.parametrize("full", ["0", "-100"])
def test_marks_and_reference__full_mark_not_above_zero__is_an_error(full: str) -> None:
    with pytest.raises(ScoringError, match="大于 0"):
        marks(decimals("1"), Decimal(3), Decimal(full))
    with pytest.raises(ScoringError, match="大于 0"):
        reference(Decimal(1), Decimal(full), Decimal(2))


# ---- 各成员单位: one value from several departments --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "mean"),
    [
        # 附件2第12项: 市规划资源局、市文化旅游局、市房屋管理局
        (("80", "85", "86"), Fraction(251, 3)),
        (("80", "86"), Fraction(83)),
        (("85", "86"), Fraction(171, 2)),
        (("0", "90"), Fraction(45)),
    ],
)
def test_mean_mark__departments_that_gave_a_value__mean_of_theirs(given: tuple[str, ...], mean: Fraction) -> None:
    assert mean_mark(decimals(*given))[0] == mean


# ---- 示范案例: what five fields cannot show ----------------------------------------------------------------------------


def test_cases_method__a_sixth_case__is_an_error_that_names_the_limit() -> None:
    # 附件1（二）: 每个区最多报送 5 项示范案例
    with pytest.raises(ScoringError, match=r"6.*最多 5"):
        cases(decimals("0.5", "0.5", "0.5", "0.5", "0.5", "0.5"), Decimal("1.5"), 5)


def test_cases_method__a_sixth_case_judged_zero__is_still_a_sixth_case() -> None:
    with pytest.raises(ScoringError, match=r"6.*最多 5"):
        cases(decimals("1", "1", "1", "1", "1", "0"), Decimal("1.5"), 5)


def test_cases_method__a_longer_range_with_blanks__counts_only_what_was_judged() -> None:
    outcome = cases(numbers("1.5", None, "1", None, "0.75", None, None), Decimal("1.5"), 5)
    assert outcome.score == Decimal("3.25")


# ---- tiers by threshold --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        # 附件1（三）简讯 as thresholds: 6 → 2.5, 4 → 1.5, 2 → 1, 1 → 0.5
        ("0", "0.00"),
        ("0.99", "0.00"),
        ("1", "0.50"),
        ("2", "1.00"),
        ("3.9", "1.00"),
        ("4", "1.50"),
        ("5", "1.50"),
        ("6", "2.50"),
        ("60", "2.50"),
    ],
)
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_threshold__count_against_the_tiers_of_briefs__takes_the_highest_reached(
    count: str, expected: str, order: tuple[int, ...]
) -> None:
    thresholds, points = decimals("1", "2", "4", "6"), decimals("0.5", "1", "1.5", "2.5")
    outcome = threshold(Decimal(count), [thresholds[n] for n in order], [points[n] for n in order])
    assert outcome.score == Decimal(expected)


def test_threshold__points_that_fall_with_the_count__follow_the_threshold_not_the_points() -> None:
    assert threshold(Decimal(5), decimals("1", "4"), decimals("2", "0.5")).score == Decimal("0.50")


def test_threshold__blank_count__gives_no_score() -> None:
    assert threshold(None, decimals("1"), decimals("0.5")).score is None


@pytest.mark.parametrize(
    ("count", "thresholds", "points"),
    [("-1", ("1", "2"), ("0.5", "1")), ("3", ("1", "2"), ("0.5",)), ("3", ("1", "2"), ("0.5", "-1"))],
    ids=["negative count", "different lengths", "negative points"],
)
def test_threshold__what_the_rule_does_not_allow__is_an_error(
    count: str, thresholds: tuple[str, ...], points: tuple[str, ...]
) -> None:
    with pytest.raises(ScoringError):
        threshold(Decimal(count), decimals(*thresholds), decimals(*points))


def test_tiered__a_count_between_two_tiers__is_an_error_not_zero() -> None:
    tiers = [
        Tier(start=Decimal(4), to=Decimal(6), points=Decimal("1.5")),
        Tier(start=Decimal(1), to=Decimal(2), points=Decimal("0.5")),
    ]
    with pytest.raises(ScoringError, match="3"):
        tiered(Decimal(3), tiers)


# ---- shapes --------------------------------------------------------------------------------------------------------


def test_ratio__different_numbers_of_done_and_target__is_an_error() -> None:
    with pytest.raises(ScoringError, match="个数应相同"):
        ratio(decimals("1", "2"), decimals("3"), Decimal(2))


def test_checklist__different_numbers_of_flags_and_points__is_an_error() -> None:
    with pytest.raises(ScoringError, match="个数应相同"):
        checklist([True, False, True], decimals("1", "1"))


def test_checklist__negative_points__is_an_error() -> None:
    with pytest.raises(ScoringError, match="不能小于 0"):
        checklist([True, False], decimals("1", "-1"))


# ---- numbers as they come out of cells -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("double", "entered"),
    [
        (0.1 + 0.2, "0.3"),
        (1.1 * 1.1, "1.21"),
        (1.005, "1.005"),
        (4.35 * 100, "435"),
        (1 / 3, "0.333333333333333"),
        (2 / 3, "0.666666666666667"),
        (250000.0, "250000"),
        (-0.1 - 0.2, "-0.3"),
        (123456789012345678.0, "123456789012346000"),
        (7, "7"),
    ],
)
def test_decimal_of__double_from_a_cell__enters_as_its_15_significant_digits(double: float, entered: str) -> None:
    assert decimal_of(double) == Decimal(entered)


def test_decimal_of__a_decimal__stays_as_it_is() -> None:
    assert str(decimal_of(Decimal("1.00500000000000000001"))) == "1.00500000000000000001"


@pytest.mark.parametrize(
    ("double", "rounded"),
    [
        (1.625, "1.63"),
        (1.005, "1.01"),
        (2.675, "2.68"),
        (1.015, "1.02"),
        (0.285, "0.29"),
        (0.125, "0.13"),
        (1.0049, "1.00"),
        (0.995, "1.00"),
        (-1.005, "-1.01"),
        (-0.125, "-0.13"),
        (3 * 0.335, "1.01"),
        (1.1 + 1.115, "2.22"),
        (0.0, "0.00"),
    ],
)
def test_half_up__double_from_a_cell_on_a_tie__goes_away_from_zero(double: float, rounded: str) -> None:
    assert str(half_up(decimal_of(double))) == rounded
    assert str(half_up(Fraction(decimal_of(double)))) == rounded
