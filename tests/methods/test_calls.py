"""The calls of 考核总表 carry a scheme's numbers, whatever they are: computed by the cell functions they equal the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import pytest

import udfs
from tests.methods.test_measured import Sheet
from tests.support.calls import called
from tests.support.years import SCHEMES
from xladdin.classes import replace
from xladdin.methods.formulas import ItemCells
from xladdin.methods.inputs import AllUnits, Entry, InputKind
from xladdin.methods.item import METHODS, Dice, Item
from xladdin.methods.tiers import Tier, TiersItem
from xladdin.numbers import NotApplicable
from xladdin.records import Quoted
from xladdin.scheme import load_scheme
from xladdin.scoring.items import Status, score_item
from xladdin.words import TARGET, VALUE

SCHEME = load_scheme("2023")
OTHER = load_scheme("2025", SCHEMES)
COMPARING = load_scheme("2026", SCHEMES)


def cells_of(item: Item) -> ItemCells:
    """Cells named by letters: A1, A2 … hold 完成情况, B1, B2 … 任务量."""
    letters = {VALUE: "A", TARGET: "B"}
    return ItemCells(lambda head, n: f"{letters.get(head, 'Z')}{n + 1}", len(item.inputs), "FALSE")


def computed(call: str, cells: Mapping[str, Any]) -> object:
    """The call as a spreadsheet program hands it over: references as what stands there, arrays as rows."""
    if whole := re.fullmatch(r'IF\(IF\(ISNUMBER\((\w+)\),\1=INT\(\1\),TRUE\),(.*),"(.*)"\)', call):
        value = cells[whole[1]]
        is_whole = not isinstance(value, float) or value == int(value)
        return computed(whole[2], cells) if is_whole else whole[3]
    call, shown_alone = called(call, cells.get, is_filled_in=False)
    if not call:
        return shown_alone
    name, arguments = re.fullmatch(r"(\w+)\((.*)\)", call).groups()  # type: ignore[union-attr]
    return getattr(udfs, name)(*(_argument(a, cells) for a in re.findall(r"\{[^}]*\}|[^,]+", arguments)))


def _argument(text: str, cells: Mapping[str, Any]) -> object:
    if text.startswith("{"):
        return [[float(number)] for number in text.strip("{}").split(";")]
    if span := re.fullmatch(r"([A-Z])(\d+):\1(\d+)", text):
        return [[cells[f"{span[1]}{n}"]] for n in range(int(span[2]), int(span[3]) + 1)]
    return cells[text] if text in cells else float(text)


def shown(item: Item, entries: Mapping[str, Entry]) -> object:
    scored = score_item(item, entries, SCHEME.default_policies)
    if scored.status is Status.ERROR:
        return "错误"
    if scored.status is Status.NOT_APPLICABLE:
        return "不适用"
    return "" if scored.score is None else float(scored.score)


def assert_call_equals_engine(item: Item, values: list[Any], targets: list[Any] | None = None) -> None:
    cells: dict[str, Any] = {}
    entries = {}
    for n, (spec, value) in enumerate(zip(item.inputs, values, strict=True)):
        target = targets[n] if targets else None
        cells[f"A{n + 1}"] = ("是" if value else "否") if isinstance(value, bool) else value
        cells[f"B{n + 1}"] = target
        exact = [Decimal(str(x)) if isinstance(x, float) else x for x in (value, target)]
        entries[spec.code] = Entry(*exact)
    got = computed(item.call(cells_of(item)), cells)
    wanted = shown(item, entries)
    assert (str(got)[:2] if wanted == "错误" else got) == wanted, (item.call(cells_of(item)), values, targets)


def drawn(item: Item, dice: Random) -> tuple[list[Any], list[Any] | None]:
    values, targets = [], []
    for spec in item.inputs:
        top = float(spec.maximum or 12)
        number = {InputKind.COUNT: float(dice.randint(0, 9))}.get(spec.kind, round(dice.uniform(0, top), 2))
        value = dice.random() < 0.5 if spec.kind is InputKind.FLAG else number
        values.append(None if dice.random() < 0.2 else value)
        targets.append(dice.choice((None, 0.0, 4.0, 10.0)))
    return values, targets if item.inputs[0].kind is InputKind.AMOUNT else None


@pytest.mark.parametrize("id_", list(SCHEME.items))
def test_call__2023__equals_the_engine(id_: str) -> None:
    dice = Random(id_)
    for _ in range(30):
        assert_call_equals_engine(SCHEME.items[id_], *drawn(SCHEME.items[id_], dice))


def quoted(number: str) -> Quoted:
    return Quoted(value=Decimal(number), basis="约定")


def test_media__exposure_of_one_point_and_a_cap_of_five__equals_the_engine() -> None:
    item = replace(SCHEME.items["R6"], negative_each=quoted("1"), negative_cap=quoted("5"))
    entries = {"R6.1": Entry(Decimal(1)), "R6.2": Entry(Decimal(1))}
    assert shown(item, entries) == -0.5
    for good, bad in product((None, 0.0, 1.0, 3.0, 7.0), (None, 0.0, 1.0, 4.0, 9.0)):
        assert_call_equals_engine(item, [good, bad])


def test_inspection__restoration_of_its_own__equals_the_engine() -> None:
    item = replace(SCHEME.items["I3"], restoration=quoted("0.25"))
    assert shown(item, {"I3.1": Entry(Decimal(2)), "I3.2": Entry(Decimal(2))}) == 2.0
    for cited, rectified in product((None, 0.0, 2.0, 9.0), (None, 0.0, 1.0, 2.0)):
        assert_call_equals_engine(item, [cited, rectified])


def second_tiers() -> TiersItem:
    tiers = [("3", None, "2"), ("1", "2", "0.7"), ("0", "0", "0")]
    return TiersItem(
        id="R9",
        name="例会",
        points=Decimal(2),
        clause="例会 3 次以上 2 分",
        count_name="例会",
        unit="次",
        tiers=tuple(
            Tier(start=Decimal(a), to=None if b is None else Decimal(b), points=Decimal(p), clause="")
            for a, b, p in tiers
        ),
    )


def test_tiers__second_item__called_with_its_own_tiers() -> None:
    item = second_tiers()
    assert "FS_TIER" in item.call(cells_of(item))
    for count in (None, 0.0, 1.0, 2.0, 3.0, 8.0, 1.5):
        assert_call_equals_engine(item, [count])


@pytest.mark.parametrize("descending", [False, True])
def test_tiers__a_count_of_two_tiers__same_in_score_formula_and_call(descending: bool) -> None:
    """0-2, 2-4 and 4 以上 share 2 and 4: by the reading the tier that is worth more, whichever way the points go."""
    points = ("5", "3", "0") if descending else ("0", "3", "5")
    by_hand = [5, 5, 5, 3, 3, 0] if descending else [0, 0, 3, 3, 5, 5]
    bounds = [("0", "2"), ("2", "4"), ("4", None)]
    tiers = tuple(
        Tier(start=Decimal(a), to=Decimal(b) if b else None, points=Decimal(p))
        for (a, b), p in zip(bounds, points, strict=True)
    )
    item = replace(second_tiers(), tiers=tiers)
    readings = SCHEME.choose_policies({})
    for count, expected in enumerate(by_hand):
        own = Entry(Decimal(count))
        assert score_item(item, {item.inputs[0].code: own}, readings).score == expected
        assert computed(item.call(cells_of(item)), {"A1": float(count)}) == expected
        assert Sheet((float(count),), item.points).compute(item.native(cells_of(item))) == expected


RATES = [("0", "80"), ("80", "90"), ("90", "95"), ("95", None)]


def rate_tiers(points: tuple[str, ...], bounds: list[tuple[str, str | None]]) -> TiersItem:
    tiers = tuple(
        Tier(start=Decimal(a), to=Decimal(b) if b else None, points=Decimal(p))
        for (a, b), p in zip(bounds, points, strict=True)
    )
    return replace(second_tiers(), fractional=True, unit="%", tiers=tiers)


@pytest.mark.parametrize(
    ("points", "rate", "expected"),
    [
        # 95%以上 10 分, 90%-95% 8 分, 80%-90% 5 分, 80%以下不得分; a number of two tiers gets the better one.
        (("0", "5", "8", "10"), 95, 10), (("0", "5", "8", "10"), 94.99, 8), (("0", "5", "8", "10"), 90, 8),
        (("0", "5", "8", "10"), 79.95, 0), (("0", "5", "8", "10"), 80, 5), (("0", "5", "8", "10"), 100, 10),
        # The other way round: of complaints fewer are better.
        (("10", "8", "5", "0"), 80, 10), (("10", "8", "5", "0"), 80.01, 8), (("10", "8", "5", "0"), 95, 5),
        (("10", "8", "5", "0"), 95.5, 0), (("10", "8", "5", "0"), 12.5, 10),
    ],
)  # fmt: skip
def test_tiers__of_a_rate__same_in_score_formula_and_call(points: tuple[str, ...], rate: float, expected: int) -> None:
    item = rate_tiers(points, RATES)
    assert list(item.problems()) == []
    own = Entry(Decimal(str(rate)))
    assert score_item(item, {item.inputs[0].code: own}, SCHEME.choose_policies({})).score == expected
    sheet = Sheet((rate,), item.points)
    assert (sheet.compute(item.call(cells_of(item))), sheet.compute(item.native(cells_of(item)))) == (
        expected,
        expected,
    )


def test_tiers__of_a_rate__gap_said_and_the_last_end_is_the_most() -> None:
    item = rate_tiers(("0", "5", "8"), [("0", "80"), ("81", "90"), ("90", "100")])
    assert list(item.problems()) == [("tier", "80 到 81 之间的（相邻两档的止和起写同一个数）不在任何一档内")]
    assert item.inputs[0].maximum == 100
    item = rate_tiers(("5", "8"), [("60", "80"), ("80", None)])
    assert [said for _key, said in item.problems()] == ["0 到 60 之间的（相邻两档的止和起写同一个数）不在任何一档内"]
    assert [key for key, _said in replace(rate_tiers(("0",), [("0", None)]), list_name="简讯").problems()] == [
        "fractional"
    ]


@pytest.mark.parametrize(
    ("clause", "start", "to", "named"),
    [
        ("4 次以下的，不得分", 0, 4, [4]),
        ("4 次以下的，不得分", 0, 3, [4]),
        ("不满 4 次的，不得分", 0, 3, [4]),
        ("1-4 次的，不得分", 1, 3, [1, 3]),  # not what is written
    ],
)
def test_tiers__below_a_number__the_number_that_the_clause_names(
    clause: str, start: int, to: int, named: list[int]
) -> None:
    tier = Tier(start=Decimal(start), to=Decimal(to), points=Decimal(0), clause=clause)
    item = replace(second_tiers(), tiers=(tier,))
    assert [number for key, number, _clause in item.quoted() if key.startswith("tier")] == named


def test_tiers__second_item_in_the_scheme__briefs_and_samples_still_work(monkeypatch: pytest.MonkeyPatch) -> None:
    item = second_tiers()
    both = replace(SCHEME, items={**SCHEME.items, "R9": item}, sections_of={**SCHEME.sections_of, "R9": 3})
    monkeypatch.setattr(udfs.defaults, "scheme", lambda: both)
    monkeypatch.setattr(udfs.defaults, "items", udfs.defaults.items.__wrapped__)
    monkeypatch.setattr(udfs.defaults, "rule", udfs.defaults.rule.__wrapped__)
    assert [udfs.FS_BRIEFS(n) for n in (0, 1, 3, 5, 6)] == [0, 0.5, 1, 1.5, 2.5]
    assert item.sample(Dice(Random(1), 1.0)).values.keys() == {"R9.1"}


def instance(method: str) -> Item:
    items = [item for scheme in (SCHEME, OTHER, COMPARING) for item in scheme.items.values()]
    return next(item for item in items if item.method == method)


def test_methods__registry__each_in_use_in_a_scheme() -> None:
    assert len(METHODS) == 16
    assert all(instance(method).method == method for method in METHODS)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_sample__many_dice__within_what_the_fields_take(method: str) -> None:
    item = instance(method)
    specs = {spec.code: spec for spec in item.inputs}
    for seed in range(40):
        dice = Dice(Random(seed), 0.9, {spec.code: Decimal(12) for spec in item.inputs if spec.indicator})
        entries = {}
        for code, value in item.sample(dice).values.items():
            top = specs[code].maximum
            assert value in ("是", "否") or (float(value) >= 0 and (top is None or float(value) <= top)), (code, value)
            exact = value == "是" if isinstance(value, str) else Decimal(str(value))
            target = Decimal(12) if specs[code].indicator else None
            among = AllUnits((("甲", exact), ("乙", Decimal(7)))) if item.among_all else None
            entries[code] = Entry(exact, target, among=among)
        scheme = next(scheme for scheme in (SCHEME, OTHER, COMPARING) if item in scheme.items.values())
        score = score_item(item, entries, scheme.default_policies)
        assert score.status in (Status.SCORED, Status.MISSING), score.explain
        assert not isinstance(score.score, NotApplicable)
