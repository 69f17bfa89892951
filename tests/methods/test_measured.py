"""Deductions, steps, bounds, thresholds and weights: worked out by hand, and the same as a formula and as a call.

The items are those of the test scheme 2025; the cases of the functions by themselves are in `tests/udfs`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from random import Random
from typing import Any

import ironcalc
import pytest

import udfs
from tests.support.years import SCHEMES
from xladdin.classes import replace
from xladdin.methods.formulas import ItemCells
from xladdin.methods.inputs import Entry, InputKind
from xladdin.methods.item import Item
from xladdin.methods.per_point import PerPointItem
from xladdin.records import Quoted
from xladdin.scheme import load_scheme
from xladdin.scoring.items import Score, Status, score_item
from xladdin.words import POINTS, VALUE

SCHEME = load_scheme("2025", SCHEMES)
ITEMS = [item for item in SCHEME.items.values() if item.id.startswith("D")]


def scored(item: Item, values: tuple[float | None, ...], **readings: str) -> Score:
    entries = {
        spec.code: Entry(None if value is None else Decimal(str(value)))
        for spec, value in zip(item.inputs, values, strict=True)
    }
    return score_item(item, entries, SCHEME.choose_policies(readings))


# --- By hand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "values", "score", "says"),
    [
        ("D1", (3, 1, 0), "3.90", "5-1.1=3.9"),  # 0.6 and 0.5
        ("D1", (12, 0, 1), "2.00", "按上限扣 2"),  # 2.4, but at most 2; and 1 for one of twice 0.5
        ("D1", (10, 4, 2), "0.00", "最低 0 分"),  # 2, 2 and 2 are more than there is
        ("D1", (0, 0, 0), "5.00", "5-0=5"),
        ("D2", (68.4,), "0.00", "最低 0 分"),  # 21.6 points of 10
        ("D2", (88.4,), "8.40", "低于 90 1.6 个点×1"),
        ("D2", (90,), "10.00", "不低于 90"),
        ("D2", (91,), "10.00", "不低于 90"),
        ("D2", (89.995,), "10.00", "四舍五入"),  # 9.995
        ("D3", (98, 2), "2.00", "扣 1 分"),
        ("D3", (98.5, 14.5), "1.25", "2.5 档（每档 5）×0.4"),  # 1.5 × 0.5 and 12.5 / 5 × 0.4
        ("D3", (95, 12), "0.00", "最低 0 分"),  # 2.5 and 0.8
        ("D4", (90,), "0.00", "4×0"),
        ("D4", (85,), "0.00", "未达到 90"),
        ("D4", (92.5,), "1.00", "4×0.25"),
        ("D4", (100,), "4.00", "4×1"),
        ("D5", (108, 100), "4.00", "达到 8"),
        ("D5", (107.9, 100), "0.00", "未达到 8"),
        ("D5", (90, 100), "0.00", "增幅% -10"),
        ("D6", (90, 80, 100), "3.60", "第三方评价 100×0.2=90"),
        ("D6", (88.5, 70, 61), "3.17", "÷100×4"),  # 79.3 of 100, 3.172
    ],
)
def test_engine__worked_out_by_hand(item: str, values: tuple[float, ...], score: str, says: str) -> None:
    found = scored(SCHEME.items[item], values)
    assert (found.score, found.status) == (Decimal(score), Status.SCORED), found.explain
    assert says in found.explain


def test_reading__whole_points_only__parts_are_not_deducted() -> None:
    assert scored(SCHEME.items["D2"], (88.4,), partial_point="whole").score == Decimal("9.00")
    assert scored(SCHEME.items["D3"], (98.5, 14.5), partial_point="whole").score == Decimal("1.70")  # 0.5 and 2 × 0.4


def test_gaps__missing_until_all_is_there__but_counts_are_zero() -> None:
    partly = scored(SCHEME.items["D1"], (2, None, None))
    assert (partly.score, partly.gaps) == (Decimal("4.60"), ("D1.2", "D1.3"))
    for item, values in (("D3", (98, None)), ("D5", (None, 100)), ("D6", (90, None, 80)), ("D4", (None,))):
        found = scored(SCHEME.items[item], values)
        assert (found.score, found.status) == (None, Status.MISSING), item


def test_growth__from_nothing__refused_at_last_years_field() -> None:
    found = scored(SCHEME.items["D5"], (50, 0))
    assert found.status is Status.ERROR
    assert found.refused == ("D5.2", "上年数为 0，不能算增幅")


# --- As a formula, and as a call ----------------------------------------------------------------------------------------


class Sheet:
    """A sheet of a spreadsheet program: A1, A2 … hold 完成情况, C1, C2 … all units', P1 the points.

    A function of ours is computed by itself.
    """

    def __init__(
        self, values: tuple[float | None, ...], points: Decimal, everybody: tuple[float | None, ...] = ()
    ) -> None:
        self.model = ironcalc.create("sheet", "en", "UTC", "en")
        self.columns = {"A": values, "C": everybody}
        for column, own in ((1, values), (3, everybody)):
            for row, value in enumerate(own, 1):
                if value is not None:
                    self.model.update_cell_with_number(0, row, column, float(value))
        self.model.update_cell_with_number(0, 1, 16, float(points))

    def compute(self, formula: str) -> Any:
        if call := re.search(r"FS_\w+\((.*)\)", formula):
            inner, end = _balanced(formula, call.start(1))
            name = formula[call.start() : call.start(1) - 1]
            result = getattr(udfs, name)(*map(self._argument, _split(inner)))
            literal = repr(result) if isinstance(result, float) else f'"{result}"'
            formula = formula[: call.start()] + literal + formula[end + 1 :]
        self.model.set_user_input(0, 1, 26, f"={formula}")
        self.model.evaluate()
        return self.model.get_cell_value(0, 1, 26)

    def _argument(self, text: str) -> Any:
        if not text:
            return None
        if text.startswith("{"):
            return [[cell.strip('"') if '"' in cell else float(cell)] for cell in text.strip("{}").split(";")]
        if span := re.fullmatch(r"([AC])(\d+)(?::[AC](\d+))?", text):
            own = self.columns[span[1]]
            rows = [[own[n - 1]] for n in range(int(span[2]), int(span[3] or span[2]) + 1)]
            return rows if span[3] else rows[0][0]
        return self.compute(text)


def _balanced(text: str, start: int) -> tuple[str, int]:
    depth = 1
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if not depth:
            return text[start:at], at
    raise AssertionError(text)


def _split(text: str) -> list[str]:
    parts, depth = [""], 0
    for sign in text:
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(sign, 0)
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def drawn(item: Item, dice: Random) -> tuple[float | None, ...]:
    values: list[float | None] = []
    for spec in item.inputs:
        around = {"%": (88.0, 100.0), "公顷": (100.0, 120.0)}.get(spec.unit, (0.0, 20.0))
        number = round(dice.uniform(*around), dice.choice((0, 1, 3)))
        blank = dice.random() < 0.1
        values.append(None if blank else float(round(number)) if spec.kind is InputKind.COUNT else number)
    return tuple(values)


OTHER_SHAPES = [
    replace(SCHEME.items["D2"], adds=True),
    replace(
        SCHEME.items["D4"],
        low=SCHEME.items["D4"].high,
        high=SCHEME.items["D4"].low,
        low_points=Quoted(value=Decimal("1.5"), basis="约定"),
    ),
    replace(SCHEME.items["D5"], before=None),
    replace(SCHEME.items["D5"], less_is_better=True),
    replace(SCHEME.items["D5"], before=None, less_is_better=True),
]
"""Gains in place of losses, the fewer the better, and a threshold of the value itself."""


@pytest.mark.parametrize("item", [*ITEMS, *OTHER_SHAPES], ids=lambda item: item.id)
def test_formula_and_call__many_values__equal_the_engine(item: Item) -> None:
    dice = Random(item.id)
    for time in range(25):
        part = ("proportional", "whole")[time % 2]
        cells = ItemCells(
            lambda head, n: f"{ {VALUE: 'A', POINTS: 'P'}.get(head, 'Q') }{n + 1}",
            len(item.inputs),
            "FALSE",
            readings={"partial_point": part},
        )
        values = drawn(item, dice)
        found = scored(item, values, partial_point=part)
        wanted = "" if found.score is None else float(found.score)
        sheet = Sheet(values, item.points)
        assert (sheet.compute(item.native(cells)), sheet.compute(item.call(cells))) == (wanted, wanted), (
            values, item.native(cells), item.call(cells)
        )  # fmt: skip


def test_call__a_share_in_place_of_a_percentage__refused() -> None:
    item = SCHEME.items["D2"]
    assert isinstance(item, PerPointItem)
    cells = ItemCells(lambda _head, n: f"A{n + 1}", 1, "FALSE")
    for value in (0.9, 100.5):
        assert str(Sheet((value,), item.points).compute(item.call(cells))).startswith("错误：D2.1 应填")
    # Where the scheme names no maximum a share is none either.
    unlimited = replace(item, measures=(replace(item.measures[0], maximum=None),))
    for value, refused in ((0.9, True), (1.0, True), (1.01, False), (100.5, False)):
        said = str(Sheet((value,), item.points).compute(unlimited.call(cells)))
        assert said.startswith("错误：D2.1 应填") is refused, (value, said)
