"""The scheme once more, written down from its text for this test alone: nothing here comes from the code under test.

Scores are exact fractions; only the result of an item is rounded, half up at two decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

DISTRICTS = (
    "浦东新区",
    "黄浦区",
    "静安区",
    "徐汇区",
    "长宁区",
    "普陀区",
    "虹口区",
    "杨浦区",
    "宝山区",
    "闵行区",
    "嘉定区",
    "金山区",
    "松江区",
    "青浦区",
    "奉贤区",
    "崇明区",
)
CENTRAL = frozenset(["黄浦区", "静安区", "徐汇区", "长宁区", "普陀区", "虹口区", "杨浦区"])

BUILDING, GREEN, TRAFFIC, ROADS = "市住房城乡建设管理委", "市绿化市容局", "市交通委", "市道路运输局"
PLANNING, CULTURE, HOUSING = "市规划资源局", "市文化旅游局", "市房屋管理局"
ENFORCEMENT, FIRE, WATER, POST = "市城管执法局", "市消防救援总队", "市水务局", "市邮政管理局"
DEPARTMENTS = (BUILDING, GREEN, TRAFFIC, ROADS, PLANNING, CULTURE, HOUSING, ENFORCEMENT, FIRE, WATER, POST)
OFFICE = "市精细化办"

MEMBERS = (BUILDING, PLANNING, TRAFFIC, WATER, GREEN, CULTURE, HOUSING, ENFORCEMENT, ROADS, FIRE)
"""成员单位, as 二（二） lists them: each gives a mark for I2."""

RATIO: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # task: departments, city-wide amounts of its indicators ("" where the text names none)
    "K01": ((BUILDING, GREEN), ("100", "50")),
    "K02": ((TRAFFIC, ROADS), ("16",)),
    "K03": ((BUILDING,), ("100", "")),
    "K04": ((GREEN,), ("5000",)),
    "K05": ((BUILDING,), ("250000",)),
    "K06": ((GREEN,), ("20000",)),
    "K07": ((GREEN,), ("120", "200", "40")),
    "K08": ((TRAFFIC, ROADS), ("30", "50")),
    "K09": ((TRAFFIC, ROADS), ("100",)),
    "K10": ((TRAFFIC, ROADS), ("40", "6000", "2000", "20", "")),
    "K12": ((PLANNING, CULTURE, HOUSING), ("100",)),
    "K13": ((GREEN,), ("200",)),
    "K15": ((HOUSING,), ("1000",)),
    "K17": ((HOUSING,), ("3000",)),
    "K18": ((HOUSING,), ("100", "500")),
    "K20": ((TRAFFIC, ROADS), ("200", "200", "40")),
    "K21": ((GREEN, BUILDING), ("100", "27")),
    "K23": ((BUILDING,), ("",)),
    "K24": ((FIRE,), ("1000", "100", "578")),
    "K28": ((BUILDING,), ("75000", "100")),
    "K31": ((TRAFFIC, ROADS), ("10000",)),
    "K33": ((POST,), ("", "7000")),
    "K34": ((GREEN,), ("40",)),
}
REFERENCE: Mapping[str, tuple[str, ...]] = {
    "K14": (HOUSING,),
    "K16": (HOUSING,),
    "K19": (GREEN,),
    "K22": (BUILDING, ENFORCEMENT),
    "K26": (WATER,),
    "K27": (WATER,),
    "K29": (BUILDING,),
    "K32": (ENFORCEMENT,),
}
EXPERT: Mapping[str, tuple[str, ...]] = {"K11": (TRAFFIC, ROADS), "K25": (BUILDING,), "K30": (BUILDING,)}
"""Tasks that experts judge, and the departments that the text names for them."""

TASKS = tuple(f"K{n:02d}" for n in range(1, 35))
SECTIONS = (
    ("1", TASKS),
    ("2", ("N1",)),
    ("3", ("R1", "R2", "R3", "R4", "R5", "R6")),
    ("4", ("I1", "I2", "I3")),
)

CHECKLISTS = {"R1": ("1", "0.5", "0.5", "0.5", "0.5"), "R3": ("1", "1", "1"), "R4": ("1", "1", "1")}

MARKS_OF_EXPERTS = (*(f"{task}.1" for task in EXPERT), *(f"N1.{n}" for n in range(1, 6)), "R2.1")
FULL = {"K11.1": 2, "K25.1": 2, "K30.1": 2, **{f"N1.{n}": Fraction(3, 2) for n in range(1, 6)}, "R2.1": 3}

AMOUNTS = tuple(f"{task}.{n}" for task, (_d, cities) in RATIO.items() for n in range(1, len(cities) + 1))


def half_up(number: Fraction) -> Decimal:
    """四舍五入 at two decimals."""
    sign = -1 if number < 0 else 1
    cents = (abs(number) * 200 + 1) // 2
    exact = Decimal(int(cents)) / 100
    return (sign * exact).quantize(Decimal("0.01"), ROUND_HALF_UP)


def mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def ratio(pairs: Sequence[tuple[Fraction, Fraction]]) -> Decimal | None:
    """2 points × the mean rate over what was assigned; None: 不适用. Pairs of done and assigned."""
    rates = [min(Fraction(1), done / due) for done, due in pairs if due > 0]
    return half_up(2 * mean(rates)) if rates else None


def briefs(count: int) -> Decimal:
    """6 篇以上 2.5; 4-6 篇 1.5; 2-3 篇 1; 1 篇 0.5; 0 篇 0."""
    for least, points in ((6, "2.5"), (4, "1.5"), (2, "1"), (1, "0.5")):
        if count >= least:
            return Decimal(points)
    return Decimal(0)


def media(good: int, bad: int) -> Decimal:
    """每项计 0.5 分, 满分 2.5; 每项扣 0.5 分, 最多扣 2.5."""
    return half_up(min(Fraction(good, 2), Fraction(5, 2)) - min(Fraction(bad, 2), Fraction(5, 2)))


def inspection(cited: int, rectified: int) -> Decimal:
    """满分 2.5, 被督查一次扣 0.5, 完成整改加 0.5."""
    return half_up(max(Fraction(0), min(Fraction(5, 2), Fraction(5, 2) - Fraction(cited, 2) + Fraction(rectified, 2))))


Scores = Mapping[str, Decimal | None]
"""An item's score; None where there is none."""


def totals(scores: Scores, inapplicable: frozenset[str]) -> dict[str, Decimal]:
    """Sections and total: section 1 = 68 × Σ得分 / Σ适用分值; what is missing or in error counts 0."""
    sums = {}
    for number, items in SECTIONS:
        got = sum((Fraction(scores[item] or 0) for item in items), Fraction(0))
        if number == "1":
            got = 68 * got / (2 * sum(item not in inapplicable for item in items))
        sums[number] = half_up(got)
    sums["total"] = sum(sums.values(), Decimal(0))
    return sums


def ranks(total: Mapping[str, Decimal]) -> dict[str, int]:
    """Equal totals share a rank: 1, 2, 2, 4."""
    return {name: 1 + sum(other > own for other in total.values()) for name, own in total.items()}
