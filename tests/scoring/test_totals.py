"""Sections, totals and the ranking, with explicit numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from tests.support.years import SCHEMES
from xladdin.classes import replace
from xladdin.methods.inputs import Entry
from xladdin.numbers import NOT_APPLICABLE, Fault, Value
from xladdin.scheme import InputKind, Policies, load_scheme
from xladdin.scheme.model import Veto
from xladdin.scoring.items import Score, Status
from xladdin.scoring.totals import (
    DistrictScore,
    grade_of,
    rank,
    rank_districts,
    rank_in_groups,
    score_district,
    section_total,
)

SCHEME = load_scheme("2023")

FULL_MARKS: Mapping[str, Value] = {
    # 附件1（二）
    **{f"N1.{n}": Decimal("1.5") for n in range(1, 6)},
    # 附件1（三）
    "R2.1": Decimal(3),
    "R5.1": Decimal(6),
    "R6.1": Decimal(5),
    "R6.2": Decimal(0),
    # 附件1（四）
    "I1.1": Decimal("2.5"),
    "I2.1": Decimal("2.5"),
    "I3.1": Decimal(0),
    "I3.2": Decimal(0),
    # 附件2: 专家评议
    **{code: Decimal(2) for code in ("K11.1", "K25.1", "K30.1")},
    # 附件2: 参照
    **{f"K{n}.1": Decimal(100) for n in (14, 16, 19, 22, 26, 27, 29, 32)},
}
"""The values that earn full marks, other than 是 for every step and 10 of 10 for every indicator."""


def full_marks(changes: Mapping[str, Entry] | None = None) -> dict[str, Entry]:
    """Every field of a district that earns all 100 points, with the given fields changed."""
    entries = {}
    for code, spec in SCHEME.inputs.items():
        if spec.kind is InputKind.AMOUNT:
            entries[code] = Entry(Decimal(10), Decimal(10))
        elif spec.kind is InputKind.FLAG:
            entries[code] = Entry(True)
        else:
            entries[code] = Entry(FULL_MARKS[code])
    return entries | dict(changes or {})


def graded(entries: Mapping[str, Entry], **choices: str) -> DistrictScore:
    return score_district(SCHEME, entries, SCHEME.choose_policies(choices))


def sections(result: DistrictScore) -> list[str]:
    return [str(result.sections[n]) for n in (1, 2, 3, 4)]


def scored(*texts: str, points: str = "2") -> list[Score]:
    return [Score(f"X{n}", Decimal(points), Decimal(t), Status.SCORED, "") for n, t in enumerate(texts, 1)]


def without_score(status: Status, points: str = "2") -> Score:
    return Score("X0", Decimal(points), None, status, "")


NOT_ASSIGNED = without_score(Status.NOT_APPLICABLE)

# ---- one section ---------------------------------------------------------------------------------------------------


def test_section_total__every_item_applies__is_the_plain_sum() -> None:
    # 2.50 + 2.30 + 1.85, whatever the section's points
    assert section_total(scored("2.50", "2.30", "1.85", points="2.5"), Decimal("7.5")) == Decimal("6.65")


@pytest.mark.parametrize(
    ("applicable", "not_assigned", "expected"),
    [
        (("1.50", "2.00", "1.00"), 1, "51.00"),  # 68 × 4.50 / 6
        (("1.50", "2.00", "1.00"), 31, "51.00"),  # how many do not apply plays no part
        (("1.67", "1.33", "2.00"), 2, "56.67"),  # 68 × 5.00 / 6 = 56.666…
        (("2.00", "2.00"), 5, "68.00"),
        (("0.00", "0.00"), 5, "0.00"),
        (("1.88",) * 31 + ("1.96",), 2, "64.01"),  # 68 × 60.24 / 64 = 64.005, a tie
        (("1.88",) * 31 + ("1.95",), 2, "63.99"),  # 68 × 60.23 / 64 = 63.994375
        (("1.82",) * 32 + ("1.87",), 1, "61.93"),  # 68 × 60.11 / 66 = 61.9315…
    ],
)
def test_section_total__some_do_not_apply__is_68_times_scores_over_applicable_points(
    applicable: tuple[str, ...], not_assigned: int, expected: str
) -> None:
    assert str(section_total([*scored(*applicable), *[NOT_ASSIGNED] * not_assigned], Decimal(68))) == expected


def test_section_total__items_of_different_points__are_weighed_by_their_points() -> None:
    # 10 × (3.00 + 1.00) / (3 + 2) with 5 points that do not apply
    items = [*scored("3.00", points="3"), *scored("1.00"), without_score(Status.NOT_APPLICABLE, points="5")]
    assert section_total(items, Decimal(10)) == Decimal("8.00")


@pytest.mark.parametrize("status", [Status.MISSING, Status.ERROR])
def test_section_total__no_value_or_an_error__counts_zero_but_its_points_stay_in_the_base(status: Status) -> None:
    # 68 × (2.00 + 0) / (2 + 2)
    assert section_total([*scored("2.00"), without_score(status), NOT_ASSIGNED], Decimal(68)) == Decimal("34.00")


def test_section_total__nothing_applies__is_zero() -> None:
    assert section_total([NOT_ASSIGNED, NOT_ASSIGNED], Decimal(68)) == 0


@pytest.mark.parametrize(("given", "expected"), [("2", "5.50"), ("0", "3.50")])
def test_section_total__not_applicable_with_a_score_by_policy__is_the_plain_sum(given: str, expected: str) -> None:
    # 2.00 + 1.50 + what the reading gives
    by_policy = Score("X0", Decimal(2), Decimal(given), Status.NOT_APPLICABLE, "")
    assert section_total([*scored("2.00", "1.50"), by_policy], Decimal(68)) == Decimal(expected)


# ---- a whole district ----------------------------------------------------------------------------------------------


def test_score_district__full_marks_everywhere__is_100_and_final() -> None:
    result = graded(full_marks())
    assert (sections(result), str(result.total)) == (["68.00", "7.50", "17.00", "7.50"], "100.00")
    assert not result.provisional


def test_score_district__nothing_filled_in__is_zero_and_provisional() -> None:
    result = graded({})
    assert (sections(result), str(result.total)) == (["0.00", "0.00", "0.00", "0.00"], "0.00")
    assert result.provisional


@pytest.mark.parametrize(
    ("reading", "section", "total"),
    [
        ("rescale", "66.97", "98.97"),  # 68 × (32×2 + 1.00) / 66 = 66.9696…
        ("full", "67.00", "99.00"),  # 32×2 + 1.00 + 2
        ("zero", "65.00", "97.00"),  # 32×2 + 1.00 + 0
    ],
)
def test_score_district__one_task_not_assigned_and_one_half_done__follows_the_reading(
    reading: str, section: str, total: str
) -> None:
    changes = {"K23.1": Entry(Decimal(0), Decimal(0)), "K17.1": Entry(Decimal(5), Decimal(10))}
    result = graded(full_marks(changes), not_applicable=reading)
    assert (str(result.sections[1]), str(result.total)) == (section, total)
    assert not result.provisional


def test_score_district__a_task_not_assigned_and_the_rest_done_in_full__loses_nothing() -> None:
    result = graded(full_marks({"K02.1": Entry(NOT_APPLICABLE), "K21.1": Entry(), "K21.2": Entry(target=Decimal(0))}))
    assert result.items["K02"].status is result.items["K21"].status is Status.NOT_APPLICABLE
    assert (str(result.sections[1]), str(result.total)) == ("68.00", "100.00")


def test_score_district__rounded_items__sections_and_total_are_sums_of_what_is_printed() -> None:
    changes = {
        "K02.1": Entry(Decimal(13), Decimal(16)),  # 1.625 → 1.63
        "K13.1": Entry(Decimal(11), Decimal(12)),  # 1.8333… → 1.83
        "K14.1": Entry(Decimal("82.75")),  # 1.655 → 1.66
        "N1.1": Entry(Decimal("0.335")),  # 0.335 + 6 = 6.335 → 6.34
        "R2.1": Entry(Decimal("2.345")),  # → 2.35
        "I1.1": Entry(Decimal("2.125")),  # → 2.13
        "I2.1": Entry(Decimal("2.125")),  # → 2.13
    }
    result = graded(full_marks(changes))
    # 31×2 + 1.63 + 1.83 + 1.66;  6.34;  14 + 2.35;  2.13 + 2.13 + 2.5 — the exact sums would be 67.1133…, 6.335, …
    assert sections(result) == ["67.12", "6.34", "16.35", "6.76"]
    assert str(result.total) == "96.57"


def test_score_district__negative_publicity_score__lowers_section_and_total() -> None:
    result = graded(full_marks({"R6.1": Entry(Decimal(0)), "R6.2": Entry(Decimal(6))}))
    # 17 − 2.5 − 2.5
    assert (str(result.sections[3]), str(result.total)) == ("12.00", "95.00")


def test_score_district__publicity_floor_of_zero__section_loses_only_what_it_offers() -> None:
    changes = {"R6.1": Entry(Decimal(0)), "R6.2": Entry(Decimal(6))}
    result = graded(full_marks(changes), media_floor="zero")
    # 17 − 2.5
    assert (str(result.sections[3]), str(result.total)) == ("14.50", "97.50")


def test_score_district__a_judged_item_without_value__counts_zero_and_is_provisional() -> None:
    result = graded(full_marks({"R2.1": Entry()}))
    assert (result.items["R2"].score, result.items["R2"].status) == (None, Status.MISSING)
    assert (str(result.sections[3]), str(result.total)) == ("14.00", "97.00")
    assert result.provisional


def test_score_district__a_judged_task_without_value__stays_in_the_base_when_another_does_not_apply() -> None:
    result = graded(full_marks({"K11.1": Entry(), "K23.1": Entry()}))
    # 68 × (32×2 + 0) / 66 = 65.9393…
    assert (str(result.sections[1]), str(result.total)) == ("65.94", "97.94")
    assert result.provisional


def test_score_district__a_task_with_target_and_no_completion__counts_zero_and_is_provisional() -> None:
    result = graded(full_marks({"K09.1": Entry(None, Decimal(20))}))
    assert (result.items["K09"].score, result.items["K09"].status) == (Decimal("0.00"), Status.MISSING)
    assert (str(result.total), result.provisional) == ("98.00", True)


def test_score_district__a_task_with_zero_completion__counts_zero_and_is_final() -> None:
    result = graded(full_marks({"K09.1": Entry(Decimal(0), Decimal(20))}))
    assert (result.items["K09"].score, result.items["K09"].status) == (Decimal("0.00"), Status.SCORED)
    assert (str(result.total), result.provisional) == ("98.00", False)


def test_score_district__a_partly_filled_task__is_scored_and_provisional() -> None:
    result = graded(full_marks({"K01.2": Entry(None, Decimal(10))}))
    assert (result.items["K01"].score, result.items["K01"].status) == (Decimal("1.00"), Status.SCORED)
    assert (str(result.total), result.provisional) == ("99.00", True)


@pytest.mark.parametrize(
    ("changes", "item", "total"),
    [
        ({"I3.1": Entry(Decimal(2)), "I3.2": Entry(Decimal(3))}, "I3", "97.50"),
        ({"N1.4": Entry(Decimal("1.6"))}, "N1", "92.50"),
        ({"R5.1": Entry(Fault("不是数字"))}, "R5", "97.50"),
        ({"K10.3": Entry(Fault("不是数字"), Decimal(100))}, "K10", "98.00"),
        ({"K10.3": Entry(Decimal(100), Fault("不是数字"))}, "K10", "98.00"),
    ],
    ids=["more rectified than cited", "case above 1.5", "unusable count", "unusable completion", "unusable target"],
)
def test_score_district__an_item_in_error__counts_zero_and_is_provisional(
    changes: dict[str, Entry], item: str, total: str
) -> None:
    result = graded(full_marks(changes))
    assert (result.items[item].score, result.items[item].status) == (None, Status.ERROR)
    assert (str(result.total), result.provisional) == (total, True)


def test_score_district__an_item_in_error__stays_in_the_base_when_another_does_not_apply() -> None:
    result = graded(full_marks({"K14.1": Entry(Decimal(101)), "K23.1": Entry()}))
    # 68 × (32×2 + 0) / 66 = 65.9393…
    assert str(result.sections[1]) == "65.94"


# ---- ranking -------------------------------------------------------------------------------------------------------


def standing(total: str, section1: str = "0", **items: Score) -> DistrictScore:
    first = Decimal(section1)
    rest = Decimal(total) - first
    return DistrictScore(items, {1: first, 2: Decimal(0), 3: rest, 4: Decimal(0)})


def ranked(scores: Sequence[DistrictScore], **choices: str) -> list[int | None]:
    policies: Policies = SCHEME.choose_policies(choices)
    return rank_districts(scores, policies)


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        (("90.00", "88.50", "88.50", "85.25"), [1, 2, 2, 4]),
        (("85.25", "88.50", "90.00", "88.50"), [4, 2, 1, 2]),  # in whatever order the districts stand
        (("88.50", "88.50", "88.50", "85.25"), [1, 1, 1, 4]),
        (("90.00", "85.25", "85.25", "85.25"), [1, 2, 2, 2]),
        (("88.51", "88.50", "88.49"), [1, 2, 3]),  # a hundredth decides
        (("100.00", "99.00", "9.00"), [1, 2, 3]),  # as numbers, not as text
        (("0.00", "-2.50", "0.00"), [1, 3, 1]),
        (("75.00",) * 16, [1] * 16),
        (("75.00",), [1]),
        ((), []),
    ],
)
def test_rank__totals__equal_ones_share_a_rank_and_the_next_follow_on(
    totals: tuple[str, ...], expected: list[int]
) -> None:
    assert rank([(Decimal(t),) for t in totals]) == expected
    assert ranked([standing(t) for t in totals]) == expected


def test_rank__equal_numbers_written_differently__are_equal() -> None:
    assert rank([(Decimal("88.5"),), (Decimal("88.50"),)]) == [1, 1]


FOUR = [
    standing("90.00", "58.00"),
    standing("88.50", "60.00"),
    standing("88.50", "61.00"),
    standing("85.25", "63.00"),
]


def test_rank_districts__equal_totals__share_by_default() -> None:
    assert ranked(FOUR) == [1, 2, 2, 4]
    assert ranked(FOUR, ties="share") == [1, 2, 2, 4]


def test_rank_districts__equal_totals_under_section1__the_better_section_one_goes_first() -> None:
    # only among equals: 63.00 in section (一) does not lift the fourth, nor 58.00 lower the first
    assert ranked(FOUR, ties="section1") == [1, 3, 2, 4]


def test_rank_districts__equal_total_and_equal_section_one__still_share_under_section1() -> None:
    four = [
        standing("88.50", "60.00"),
        standing("88.50", "61.00"),
        standing("88.50", "60.00"),
        standing("88.50", "59.99"),
    ]
    assert ranked(four, ties="section1") == [2, 1, 2, 4]


def test_rank_districts__scored_districts__rank_by_total_with_missing_and_error_as_zero() -> None:
    final = graded(full_marks({"I1.1": Entry(Decimal("1.5"))}))  # 99.00
    partly = graded(full_marks({"K01.2": Entry(None, Decimal(10))}))  # 99.00, provisional
    missing = graded(full_marks({"R2.1": Entry()}))  # 97.00, provisional
    wrong = graded(full_marks({"I3.1": Entry(Decimal(2)), "I3.2": Entry(Decimal(3))}))  # 97.50, provisional
    four = [missing, final, wrong, partly]
    assert [str(s.total) for s in four] == ["97.00", "99.00", "97.50", "99.00"]
    assert [s.provisional for s in four] == [True, False, True, True]
    assert ranked(four) == [4, 1, 3, 1]
    # section (一): 68.00 against 67.00
    assert ranked(four, ties="section1") == [4, 1, 3, 2]


# ---- what stands over the total ------------------------------------------------------------------------------------

CANCELS = Veto(name="事故", clause="发生事故的取消成绩")
LIMITS = Veto(name="通报", clause="被通报的最高按 75 分计", at_most=Decimal(75))
LIMITS_MORE = Veto(name="约谈", clause="被约谈的最高按 60 分计", at_most=Decimal(60))


@pytest.mark.parametrize(
    ("total", "vetoes", "counted"),
    [
        ("92.35", (), "92.35"),
        ("92.35", (LIMITS,), "75.00"),
        ("74.99", (LIMITS,), "74.99"),  # below the limit it takes nothing away
        ("92.35", (LIMITS, LIMITS_MORE), "60.00"),  # the lower one, in whatever order
        ("92.35", (LIMITS_MORE, LIMITS), "60.00"),
    ],
)
def test_total__under_vetoes__no_more_than_the_least_of_them(
    total: str, vetoes: tuple[Veto, ...], counted: str
) -> None:
    found = replace(standing(total), vetoes=vetoes)
    assert (str(found.total), found.added, found.is_cancelled) == (counted, Decimal(total), False)


def test_rank_districts__one_cancelled__has_none_and_the_others_move_up() -> None:
    first = replace(standing("95.00"), vetoes=(LIMITS, CANCELS))
    limited = replace(standing("93.00"), vetoes=(LIMITS,))
    assert ranked([first, standing("90.00"), limited, standing("75.00"), standing("74.00")]) == [None, 1, 2, 2, 4]
    assert ranked([first]) == [None]


@pytest.mark.parametrize(
    ("scores", "points", "total"),
    [
        (("4.00", "3.00"), "5", "5.00"),
        (("2.00", "1.50"), "5", "3.50"),
        ((), "5", "0.00"),
        (("-1.00", "3.00"), "5", "2.00"),
    ],
)
def test_section_total__above_the_points__added_up_as_far_as_its_limit(
    scores: tuple[str, ...], points: str, total: str
) -> None:
    assert section_total(scored(*scores), Decimal(points), is_bonus=True) == Decimal(total)
    # What is 不适用 earns nothing, and nothing is scaled up for it.
    assert section_total([*scored(*scores), NOT_ASSIGNED], Decimal(points), is_bonus=True) == Decimal(total)


IN_GROUPS = load_scheme("2026", SCHEMES)


def test_groups_and_grades__within_the_group_and_by_what_counts() -> None:
    totals = dict(zip(IN_GROUPS.district_names, ("95", "90", "90", "60", "93", "92", "59.99", "80"), strict=True))
    scores = {name: standing(total) for name, total in totals.items()}
    scores["江北区"] = replace(scores["江北区"], vetoes=(CANCELS,))
    scores["青山县"] = replace(scores["青山县"], vetoes=(LIMITS,))
    assert list(rank_in_groups(IN_GROUPS, scores, IN_GROUPS.default_policies).values()) == [None, 1, 1, 3, 3, 1, 4, 2]
    grades = [grade_of(IN_GROUPS, own) for own in scores.values()]
    assert grades == ["", "优秀", "优秀", "合格", "合格", "优秀", "不合格", "良好"]
    assert (
        rank_in_groups(SCHEME, {name: standing("90") for name in SCHEME.district_names}, SCHEME.default_policies) == {}
    )
