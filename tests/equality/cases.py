"""Seeded fillings of a district's items, rich in edges: the cases that go through every door.

A case is one item with what is typed into its fields. Left out is what not every door can see alike:

- numbers inside texts ("95%", "12个", "９５"), other signs for a blank than the empty cell and "—" ("无", "/", spaces), other
  words for 是, 否 and 不适用: the consolidation reads them and lists each one, formulas and functions refuse them;
- limits of a single field that the arguments of a function do not tell: K10.5 is in %, so forms and consolidation refuse
  entries over 100 and between 0 and 1, which FS_RATIO cannot know;
- 任务量 short of what the text sets for every district: forms and the districts' sheets show an error, the consolidation
  names it and takes the text's, and a function knows nothing of it;
- amounts and counts over 1,000,000,000,000, which the consolidation refuses as impossible and formulas take all the same;
- formulas, dates and cells shown with a percent sign, which the consolidation refuses or reads as shown; formulas are
  given their result, whatever typed it;
- logical values in fields for numbers: LibreOffice has none of its own, there TRUE is the number 1;
- a sixth case, for which neither forms nor the districts' sheets have a field.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from xladdin.methods.by_rank import ByRankItem
from xladdin.methods.cases import CasesItem
from xladdin.methods.checklist import ChecklistItem
from xladdin.methods.deduct import DeductItem
from xladdin.methods.efficacy import EfficacyItem
from xladdin.methods.expert import ExpertItem
from xladdin.methods.inspection import InspectionItem
from xladdin.methods.item import Item
from xladdin.methods.linear import LinearItem
from xladdin.methods.measures import MeasuredItem
from xladdin.methods.media import MediaItem
from xladdin.methods.per_point import PerPointItem
from xladdin.methods.rating import RatingItem
from xladdin.methods.ratio import RatioItem
from xladdin.methods.reach import ReachItem
from xladdin.methods.reference import ReferenceItem
from xladdin.methods.tiers import TiersItem
from xladdin.methods.weighted import WeightedItem
from xladdin.scheme import Input, InputKind, Scheme
from xladdin.words import TARGET, VALUE
from xladdin.workbook.cells import CellError

NOT_AVAILABLE = CellError("#N/A")

Content = str | float | int | bool | CellError | None
"""What stands in a cell."""

Filling = Mapping[tuple[str, str], Content]
"""What is typed, by input code and column head."""

BLANKS: Sequence[Content] = (None, None, "—")
UNASSIGNED: Sequence[Content] = (None, 0, "不适用", "—")


def fillings(scheme: Scheme, count: int) -> list[Filling]:
    """The first so many fillings; each one is always the same."""
    return [_filling(scheme, number) for number in range(count)]


UNFILLED = 11
"""One filling in so many holds nothing that the district fills in itself."""


def _filling(scheme: Scheme, number: int) -> Filling:
    """One in four has every third item spoilt, so that the others have totals and ranks worth comparing."""
    dice = Random(f"equality {number}")
    emptiness = (0.03, 0.1, 0.4)[number % 3]
    typed: dict[tuple[str, str], Content] = {}
    for position, item in enumerate(scheme.items.values()):
        is_empty = dice.random() < emptiness
        typed |= _empty(item, dice) if is_empty else _FILLED[type(item)](item, dice)
        if number % 4 == 3 and (number // 4 + position) % 3 == 0:
            typed |= _SPOILT[type(item)](item, dice)
    if number % UNFILLED == UNFILLED - 1:
        own = (spec for spec in scheme.inputs.values() if not spec.judge or spec.names_case)
        typed |= {(spec.code, VALUE): dice.choice((None, None, "—")) for spec in own}
    for indicator in scheme.indicators:
        amount, least = (
            typed[indicator.code, TARGET],
            max(scheme.least_amount(indicator.code, d) or 0 for d in scheme.district_names),
        )
        if not (isinstance(amount, CellError) or (type(amount) is str and amount not in UNASSIGNED)):
            is_short = not isinstance(amount, float | int) or amount < least
            typed[indicator.code, TARGET] = float(least) if least and is_short else amount
    return typed


def _empty(item: Item, dice: Random) -> Filling:
    typed: dict[tuple[str, str], Content] = {}
    for spec in item.inputs:
        typed[spec.code, VALUE] = dice.choice(BLANKS)
        if spec.kind is InputKind.AMOUNT:
            typed[spec.code, TARGET] = dice.choice(UNASSIGNED)
            typed[spec.code, VALUE] = dice.choice((None, "—", 0, 7, "不适用"))
    return typed


# --- Amounts ----------------------------------------------------------------------------------------------------------


def _ratio(item: RatioItem, dice: Random) -> Filling:
    kind = dice.choice((_tied_amounts, _tied_amounts, _limits, _mixture))
    typed: dict[tuple[str, str], Content] = {}
    for spec, (target, done) in zip(item.inputs, kind(item, dice), strict=True):
        typed[spec.code, TARGET], typed[spec.code, VALUE] = target, done
    return typed


def _tied_amounts(item: RatioItem, dice: Random) -> list[tuple[Content, Content]]:
    """Amounts whose score has a 5 at the third decimal and nothing after it."""
    while True:
        amounts: list[tuple[Content, Content]] = []
        rates: list[Fraction] = []
        period = 1
        for spec in item.inputs[1:]:  # the first one makes the tie
            if dice.random() < 0.2:
                amounts.append((dice.choice(UNASSIGNED), dice.choice((None, 0, "—"))))
                continue
            target = int(spec.maximum) // 2 if spec.maximum else dice.choice((3, 6, 7, 9, 12, 11, 40, 80))
            done = dice.randint(1, target + 2)
            amounts.append((target, done))
            rates.append(min(Fraction(1), Fraction(done, target)))
            period = math.lcm(period, target)
        points = Fraction(item.points)
        scores = [Fraction(10 * n + 5, 1000) for n in range(int(points * 100))]
        own = dice.choice(scores) / points * (len(rates) + 1) - sum(rates)
        target = period * dice.choice((2, 4, 8, 40, 200))
        if 0 <= own <= 1 and (own * target * 1000).denominator == 1:
            return [(target, float(own * target)), *amounts]


def _limits(item: RatioItem, dice: Random) -> list[tuple[Content, Content]]:
    """Amounts at or beside 0 and 100 %."""
    edges: Sequence[tuple[Content, Content]] = (
        (40, 40),
        (40, 40.01),
        (40, 39.99),
        (0.3, 0.1 + 0.2),
        (0.1 + 0.2, 0.3),
        (0.01, 1e9),
        (1e9, 1),
        (999999999999, 999999999999),
        (8, 0),
        (8, None),
        (8, "—"),
    )
    own = [dice.choice(edges) for _ in item.inputs]
    return [
        (50, dice.choice((0, 1, 49.99, 50, 100))) if s.maximum else e for s, e in zip(item.inputs, own, strict=True)
    ]


def _mixture(item: RatioItem, dice: Random) -> list[tuple[Content, Content]]:
    """Some indicators assigned, others not; some not filled in, some done to excess."""
    return [_any_amounts(spec, dice) for spec in item.inputs]


def _any_amounts(spec: Input, dice: Random) -> tuple[Content, Content]:
    if dice.random() < 0.3:
        return dice.choice(UNASSIGNED), dice.choice((None, 0, 3, "—", "不适用"))
    if spec.maximum:
        return dice.choice((30, 50, 33.3)), dice.choice((None, 0, 12.5, 30, 66.67))
    target = dice.choice((dice.randint(1, 3000), round(dice.uniform(0.1, 90), 1), round(dice.uniform(1, 9), 3)))
    return target, dice.choice((None, 0, round(target * dice.uniform(0, 1.3), 2), int(target * dice.random())))


def _spoilt_amounts(item: RatioItem, dice: Random) -> Filling:
    code = dice.choice(item.inputs).code
    target, value = (code, TARGET), (code, VALUE)
    ways: Sequence[Filling] = (
        {value: dice.choice((-1, -0.01, "已完成", NOT_AVAILABLE))},
        {target: dice.choice((-5, -0.5, "若干", NOT_AVAILABLE))},
        {target: None, value: dice.choice((-1, "无此项", NOT_AVAILABLE))},
        {target: 40, value: "不适用"},
    )
    return dice.choice(ways)


# --- Marks ------------------------------------------------------------------------------------------------------------


def _mark(full: Fraction, points: Fraction, dice: Random) -> float:
    exact = Fraction(dice.randrange(5, int(points * 1000), 10), 1000) * full / points
    tie = float(exact)
    if Fraction(f"{tie:.15g}") != exact:  # with endless decimals no cell can hold it
        tie = round(tie, 2)
    top = float(full)
    return dice.choice(
        (
            0,
            top,
            round(top - 0.001, 3),
            0.001,
            tie,
            tie,
            # What arithmetic leaves in a double: the cell shows the tie.
            math.nextafter(tie, 0),
            math.nextafter(tie, math.inf),
            round(dice.uniform(0, top), 2),
            round(dice.uniform(0, top), 3),
        )
    )


def _marks(item: ExpertItem | RatingItem | ReferenceItem, dice: Random) -> Filling:
    (spec,) = item.inputs
    return {(spec.code, VALUE): _mark(Fraction(item.full.value), Fraction(item.points), dice)}


def _cases(item: CasesItem, dice: Random) -> Filling:
    full = Fraction(item.per_case.value)
    handed_in = dice.randint(1, len(item.inputs))
    own: list[Content] = [dice.choice((_mark(full, full, dice), float(full))) for _ in range(handed_in)]
    own += [dice.choice(BLANKS) for _ in item.inputs[handed_in:]]
    dice.shuffle(own)
    return {(spec.code, VALUE): mark for spec, mark in zip(item.inputs, own, strict=True)}


def _spoilt_mark(item: Item, dice: Random) -> Filling:
    spec = dice.choice(item.inputs)
    full = float(spec.maximum or 0)
    return {(spec.code, VALUE): dice.choice((-0.01, full + 0.01, full + 0.001, "优秀", "不适用", NOT_AVAILABLE))}


# --- Steps and counts -------------------------------------------------------------------------------------------------


def _flags(item: ChecklistItem, dice: Random) -> Filling:
    words = dice.choice((("是",), ("否",), ("是", "否", "√", "×", "✔", "☑", "✓", "✘", True, False, 1, 0, None, "—")))
    return {(spec.code, VALUE): dice.choice(words) for spec in item.inputs}


def _spoilt_flag(item: ChecklistItem, dice: Random) -> Filling:
    code = dice.choice(item.inputs).code
    return {(code, VALUE): dice.choice(("完成", "是的", 2, 0.5, -1, "不适用", NOT_AVAILABLE))}


def _count(item: TiersItem, dice: Random) -> Filling:
    return {(item.inputs[0].code, VALUE): dice.choice((0, 1, 2, 3, 4, 5, 6, 7, 100))}


def _media(item: MediaItem, dice: Random) -> Filling:
    good, bad = (spec.code for spec in item.inputs)
    counts: Sequence[Content] = (None, "—", 0, 1, 2, 4, 5, 6, 100)
    return {(good, VALUE): dice.choice(counts), (bad, VALUE): dice.choice(counts)}


def _inspection(item: InspectionItem, dice: Random) -> Filling:
    cited, rectified = (spec.code for spec in item.inputs)
    times = dice.choice((0, 1, 2, 4, 5, 6, 12))
    return {(cited, VALUE): times, (rectified, VALUE): dice.choice((None, "—", 0, times, dice.randint(0, times)))}


def _spoilt_count(item: Item, dice: Random) -> Filling:
    code = dice.choice(item.inputs).code
    return {(code, VALUE): dice.choice((2.5, -1, "若干", "不适用", NOT_AVAILABLE))}


def _spoilt_inspection(item: InspectionItem, dice: Random) -> Filling:
    cited, rectified = ((spec.code, VALUE) for spec in item.inputs)
    ways: Sequence[Filling] = (
        {cited: 2, rectified: 3},
        {cited: None, rectified: 1},
        {cited: "—", rectified: 2},
        _spoilt_count(item, dice),
    )
    return dice.choice(ways)


# --- Events, measured values, sources -----------------------------------------------------------------------------------


def _events(item: DeductItem, dice: Random) -> Filling:
    return {(spec.code, VALUE): dice.choice((None, "—", 0, 1, 2, 3, 7, 40)) for spec in item.inputs}


def _measured(item: MeasuredItem | PerPointItem | WeightedItem, dice: Random) -> Filling:
    """Values on a coarse grid, so that those of several districts are often the same; some right beside it."""
    typed: dict[tuple[str, str], Content] = {}
    for spec in item.inputs:
        top = float(spec.maximum or 130)
        on_grid = dice.choice((0, 0.25, 0.5, 0.6, 0.75, 0.85, 0.9, 0.95, 1)) * top
        beside = dice.choice(
            (on_grid, on_grid, max(2.0, on_grid - 0.005), 0.1 + 0.2 + 2, round(dice.uniform(2, top), 3))
        )
        if spec.signed:
            beside = round(beside / 10 - 6, 4)
        typed[spec.code, VALUE] = dice.choice((beside, beside, beside, beside, None, "—"))
    return typed


def _spoilt_measure(item: Item, dice: Random) -> Filling:
    spec = dice.choice(item.inputs)
    beyond: Sequence[Content] = (float(spec.maximum) + 0.01,) if spec.maximum else ()
    below: Sequence[Content] = () if spec.signed else (-0.01, -3)
    share: Sequence[Content] = (0.9, 1) if spec.unit == "%" and not spec.signed else ()
    return {(spec.code, VALUE): dice.choice(("约三成", "不适用", NOT_AVAILABLE, *below, *beyond, *share))}


def _spoilt_growth(item: ReachItem, dice: Random) -> Filling:
    if item.before is None or dice.random() < 0.5:
        return _spoilt_measure(item, dice)
    now, before = item.inputs
    return {(now.code, VALUE): 12, (before.code, VALUE): 0}


_FILLED: Mapping[type, Callable[[Any, Random], Filling]] = {
    RatioItem: _ratio,
    ExpertItem: _marks,
    RatingItem: _marks,
    ReferenceItem: _marks,
    CasesItem: _cases,
    ChecklistItem: _flags,
    TiersItem: _count,
    MediaItem: _media,
    InspectionItem: _inspection,
    DeductItem: _events,
    PerPointItem: _measured,
    LinearItem: _measured,
    ReachItem: _measured,
    WeightedItem: _measured,
    EfficacyItem: _measured,
    ByRankItem: _measured,
}

_SPOILT: Mapping[type, Callable[[Any, Random], Filling]] = {
    RatioItem: _spoilt_amounts,
    ExpertItem: _spoilt_mark,
    RatingItem: _spoilt_mark,
    ReferenceItem: _spoilt_mark,
    CasesItem: _spoilt_mark,
    ChecklistItem: _spoilt_flag,
    TiersItem: _spoilt_count,
    MediaItem: _spoilt_count,
    InspectionItem: _spoilt_inspection,
    DeductItem: _spoilt_count,
    PerPointItem: _spoilt_measure,
    LinearItem: _spoilt_measure,
    ReachItem: _spoilt_growth,
    WeightedItem: _spoilt_mark,
    EfficacyItem: _spoilt_measure,
    ByRankItem: _spoilt_measure,
}


def is_tied(item: Item, filling: Filling) -> bool:
    """Whether the item's exact score, of a filling without a fault, lies midway between two scores."""

    def numbers(head: str) -> list[Fraction | None]:
        typed = [filling.get((spec.code, head)) for spec in item.inputs]
        return [Fraction(f"{t:.15g}") if isinstance(t, int | float) and t >= 0 else None for t in typed]

    done = numbers(VALUE)
    if isinstance(item, RatioItem):
        rates = [min(Fraction(1), (d or 0) / t) for d, t in zip(done, numbers(TARGET), strict=True) if t]
        exact = Fraction(item.points) * sum(rates) / len(rates) if rates else Fraction(0)
    elif isinstance(item, ExpertItem | RatingItem | ReferenceItem):
        exact = (done[0] or 0) / Fraction(item.full.value) * Fraction(item.points)
    else:
        exact = sum((d or Fraction(0) for d in done), Fraction(0))
    return exact * 1000 % 10 == 5
