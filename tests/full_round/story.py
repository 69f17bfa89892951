"""A whole round as it goes in practice: who types what, who sends which file when, and where everybody then stands.

Only plain data and numbers by formula; nothing here comes from the code under test. Districts are also told by their
official position (from 0). The amounts assigned add up to those of the whole city.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.full_round.rules import (
    AMOUNTS,
    CENTRAL,
    CHECKLISTS,
    DEPARTMENTS,
    DISTRICTS,
    EXPERT,
    FULL,
    GREEN,
    HOUSING,
    MARKS_OF_EXPERTS,
    MEMBERS,
    OFFICE,
    POST,
    RATIO,
    REFERENCE,
    TRAFFIC,
)

EXPERTS = tuple(f"专家{n}" for n in range(1, 8))

LAST = DISTRICTS[-1]
NOT_GIVEN_TO_LAST = ("K02.1", "K18.1", "K18.2", "K28.1", "K34.1")
"""What 崇明区 has no task in: whole tasks and one indicator."""

WITHOUT_CITY_AMOUNT = {"K03.2": 1, "K33.1": 3}

Number = int | float

Cell = tuple[str, str]
"""A cell of a district's form by 编号 and column, or of a unit's workbook by 编号 and 区."""


def position(code: str) -> int:
    return AMOUNTS.index(code)


def target(code: str, n: int) -> int:
    """What the district was assigned; 0 for nothing."""
    if code == "K10.5":
        return 50 if DISTRICTS[n] in CENTRAL else 30
    if code == "K23.1":
        return 10 + n
    if code in WITHOUT_CITY_AMOUNT:
        return WITHOUT_CITY_AMOUNT[code]
    task, number = code.split(".")
    city = int(RATIO[task][1][int(number) - 1])
    among = 15 if code in NOT_GIVEN_TO_LAST else 16
    each, rest = divmod(city, among)
    return 0 if n >= among else each + (n < rest)


def step(code: str, n: int) -> int:
    return max(1, target(code, n) // 10)


def reported(code: str, n: int) -> int:
    """What the district says it has done: now and then more than was asked."""
    i = position(code)
    if (n + i) % 9 == 0:
        return target(code, n) + step(code, n)
    return max(0, target(code, n) - (3 * n + i) % 4 * step(code, n))


def verified(department: str, code: str, n: int) -> int:
    """What a department finds to have been done: as reported, or less."""
    less = (n + len(department) + position(code)) % 3 if (n + position(code)) % 2 else 0
    return max(0, reported(code, n) - less * step(code, n))


def mark(department: str, code: str, n: int) -> float:
    """A department's mark: of 100, or of 2 where experts judge as well."""
    i = int(code[1:3])
    if code[:3] in EXPERT:
        return (10 + (n + i) % 11) / 10
    return (600 + (70 * n + 31 * i + 7 * len(department)) % 400) / 10


def opinion(expert: str, code: str, n: int) -> float:
    """An expert's mark, in tenths."""
    e, c = EXPERTS.index(expert), MARKS_OF_EXPERTS.index(code)
    return int(FULL[code] * (60 + (5 * n + 7 * e + 11 * c) % 41)) // 10 / 10


WITHOUT_CASES = DISTRICTS.index("杨浦区")


def cases(n: int) -> int:
    """How many cases the district hands in; one of them none at all."""
    return 0 if n == WITHOUT_CASES else 1 + n % 5


def case_name(n: int, number: int) -> str:
    return f"{DISTRICTS[n]}案例{number}"


RECUSED = {("专家2", "静安区")}
"""Experts who do not judge a district."""


def flag(code: str, n: int) -> bool:
    return (n + int(code[1]) + 2 * int(code[-1])) % 5 != 0


def brief_count(n: int) -> int:
    return n % 8


def media_counts(n: int) -> tuple[int, int]:
    return n % 7, n % 3


def rating(code: str, n: int) -> float:
    return (15 + (n + int(code[1])) % 11) / 10


def member_rating(department: str, n: int) -> float:
    """A member's mark for I2, now and then of two decimals; the office's own figure is another."""
    return (100 + (23 * n + 37 * MEMBERS.index(department)) % 151) / 100


def inspections(n: int) -> tuple[int, int]:
    """Cited, rectified."""
    return n % 4, min(n % 4, (n + 1) % 3)


# --- What stands in the workbooks -------------------------------------------------------------------------------------


def targets() -> dict[Cell, Number | str]:
    """任务分解表, by 编号 and 区."""
    return {(code, name): target(code, n) or "不适用" for code in AMOUNTS for n, name in enumerate(DISTRICTS)}


def form(name: str) -> dict[Cell, Number | str]:
    """A district's form, by 编号 and column; 当年任务量 is there already."""
    n = DISTRICTS.index(name)
    typed: dict[Cell, Number | str] = {(code, "完成情况"): reported(code, n) for code in AMOUNTS if target(code, n)}
    typed.update({(f"N1.{k}", "填报内容"): case_name(n, k) for k in range(1, cases(n) + 1)})
    if n == WITHOUT_CASES:
        typed["N1.1", "填报内容"] = "无"
    typed.update(
        {
            (f"{item}.{k}", "完成情况"): "是"  # what the office finds is another matter
            for item, points in CHECKLISTS.items()
            for k in range(1, len(points) + 1)
        }
    )
    typed["R5.1", "完成情况"] = brief_count(n) + 1
    typed["R6.1", "完成情况"] = media_counts(n)[0] + 1
    return typed


def department(name: str) -> dict[Cell, Number | str]:
    """A department's workbook, by 编号 and 区."""
    typed: dict[Cell, Number | str] = {}
    for n, district in enumerate(DISTRICTS):
        for task, (departments, cities) in RATIO.items():
            codes = [f"{task}.{k}" for k in range(1, len(cities) + 1)] if name in departments else []
            typed.update({(code, district): verified(name, code, n) for code in codes if target(code, n)})
        for task, departments in {**REFERENCE, **EXPERT}.items():
            if name in departments:
                typed[f"{task}.1", district] = mark(name, f"{task}.1", n)
        if name in MEMBERS:
            typed["I2.1", district] = member_rating(name, n)
    return typed


def expert(name: str) -> dict[Cell, Number | str]:
    """An expert's workbook, by 编号 and 区; 回避 where the expert does not judge."""
    typed: dict[Cell, Number | str] = {}
    for n, district in enumerate(DISTRICTS):
        for code in MARKS_OF_EXPERTS:
            if not code.startswith("N1") or int(code[-1]) <= cases(n):
                typed[code, district] = "回避" if (name, district) in RECUSED else opinion(name, code, n)
    return typed


def office() -> dict[Cell, Number | str]:
    """市精细化办's sheet 评定, by 编号 and 区."""
    typed: dict[Cell, Number | str] = {}
    for n, district in enumerate(DISTRICTS):
        for item, points in CHECKLISTS.items():
            for k in range(1, len(points) + 1):
                typed[f"{item}.{k}", district] = "是" if flag(f"{item}.{k}", n) else "否"
        typed["I1.1", district], typed["I2.1", district] = rating("I1.1", n), rating("I2.1", n)
        typed["I3.1", district], rectified = inspections(n)
        if typed["I3.1", district]:
            typed["I3.2", district] = rectified
    return typed


def briefs() -> list[dict[str, str]]:
    """The list 简讯: every brief once, and some of them twice."""
    lines = []
    for n, district in enumerate(DISTRICTS):
        for k in range(brief_count(n)):
            lines.append({"区": district, "日期": "2023-6-1", "标题": f"{district}简讯{k}"})
        if brief_count(n) and n % 2 == 0:
            lines.append({"区": district, "日期": "2023-6-8", "标题": f"{district} 简讯0"})
    return lines


def reports() -> list[dict[str, str]]:
    """The list 宣传: first publications, reposts of one of them, exposures with and without a medium, one of them twice."""
    lines = []
    for n, district in enumerate(DISTRICTS):
        good, bad = media_counts(n)
        common = {"区": district, "日期": "2023-7-1", "媒体": "解放日报"}
        for k in range(good):
            lines.append({**common, "标题": f"{district}报道{k}", "性质": "正面", "首发": "是"})
        if good and n % 2:
            lines.append({**common, "标题": f"{district}报道0", "性质": "正面", "首发": "否", "媒体": "转载的网站"})
        for k in range(bad):
            exposed = {"区": district, "日期": "2023-7-1", "标题": f"{district}曝光{k}", "性质": "曝光"}
            # An event of which no medium reported; one that is marked as a repost, which is said of good reports only.
            lines.append({**exposed, "媒体": "解放日报", "首发": "否"} if k else exposed)
        if bad == 2:
            lines.append({**common, "标题": f"{district}曝光1", "性质": "曝光", "首发": "是", "媒体": "另一家报纸"})
    return lines


# --- Who sends what, when ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """A file that comes back: whose workbook it is, under which name it comes, the day it arrives, and what it is.

    `changes` are cells that hold something else than the unit's own numbers. `special` is what is no ordinary workbook.
    `is_valid` says whether it can count, `is_theirs` whether it may be taken for the unit's.
    """

    round: int
    unit: str
    day: str
    changes: Mapping[Cell, Number | str | None] = field(default_factory=dict)
    name: str = ""
    special: str = ""
    kind: str = "xlsx"
    is_valid: bool = True
    is_theirs: bool = True


def _all_districts_but(*absent: str) -> list[str]:
    return [name for name in DISTRICTS if name not in absent]


DUE_DISTRICTS, DUE_UNITS = "2024-01-10", "2024-01-31"
TODAY = {1: "2024-01-15", 2: "2024-02-03", 3: "2024-02-12"}

HUANGPU = DISTRICTS.index("黄浦区")
BETTER = reported("K09.1", HUANGPU) + 1

SENT: tuple[Sent, ...] = (
    # The first round: late, wrong, twice, somebody else's, in other formats.
    *(
        Sent(
            1,
            name,
            "2024-01-14" if name == "静安区" else "2024-01-08",
            {"徐汇区": {("K01.1", "完成情况"): "已完成"}, "宝山区": {("K04.1", "完成情况"): None}}.get(name, {}),
            kind={"金山区": "ods", "松江区": "xls"}.get(name, "xlsx"),
            is_valid=name != "徐汇区",
        )
        for name in _all_districts_but("虹口区", "崇明区")
    ),
    Sent(1, "长宁区", "2024-01-09", {("K04.1", "完成情况"): 7}, name="区填报表_长宁区(2).xlsx"),
    Sent(1, "普陀区", "2024-01-09", name="区填报表_普陀区 - 副本.xlsx", special="again"),
    Sent(
        1, "杨浦区", "2024-01-09", {("K04.1", "完成情况"): 1}, name="区填报表_虹口区.xlsx", is_theirs=False
    ),  # on the neighbour's template
    Sent(1, "", "2024-01-09", name="会议通知.xlsx", special="no form"),
    Sent(1, "", "2024-01-09", name="区填报表_宝山区.pdf", special="scan"),
    Sent(1, "", "2024-01-09", name="~$区填报表_黄浦区.xlsx", special="lock file"),
    # The second: corrected, late, and the evaluations.
    Sent(2, "徐汇区", "2024-01-18"),
    Sent(2, "黄浦区", "2024-01-19", {("K09.1", "完成情况"): BETTER}),
    Sent(2, "虹口区", "2024-01-20"),
    Sent(2, "宝山区", "2024-01-20"),
    Sent(2, "青浦区", "2024-01-21", special="unfilled", is_valid=False),
    Sent(2, "崇明区", "2024-01-25"),
    *(
        Sent(2, name, "2024-01-30", {("K16.1", "嘉定区"): 105} if name == HOUSING else {}, is_valid=name != HOUSING)
        for name in DEPARTMENTS
        if name != POST
    ),
    *(
        Sent(2, name, "2024-01-29", {("K25.1", "浦东新区"): 2.5} if name == "专家5" else {}, is_valid=name != "专家5")
        for name in EXPERTS
        if name != "专家7"
    ),
    Sent(2, OFFICE, "2024-02-02"),
    # The third: what was wrong, what was absent, second thoughts, a file broken on its way.
    Sent(3, HOUSING, "2024-02-06", {("K16.1", "嘉定区"): 85, ("K14.1", "青浦区"): 61.5}),
    Sent(3, POST, "2024-02-06"),
    Sent(3, "专家5", "2024-02-07", {("K25.1", "浦东新区"): 1.5}),
    Sent(3, "专家7", "2024-02-07"),
    Sent(3, GREEN, "2024-02-08", {("K19.1", "宝山区"): 99.9}),
    Sent(3, TRAFFIC, "2024-02-08", special="broken", is_valid=False),
    Sent(3, "闵行区", "2024-02-09", special="again"),
    Sent(3, "奉贤区", "2024-02-09", {("K05.1", "当年任务量"): 1}, is_valid=False),  # 任务量 is the office's
)

CONFIRMED = ("黄浦区", GREEN)
"""Whom the clerk confirms on the tracking sheet after the second round."""

ABSENT, RECEIVED, RETURNED, CHANGED, DONE = "未交", "已收", "退回", "已改", "确认"
UNFILLED, PARTLY = "未填", "部分填报"
OWING = (ABSENT, UNFILLED, PARTLY, RETURNED)

STATES: Mapping[int, Mapping[str, str]] = {
    1: {
        **dict.fromkeys(DISTRICTS, RECEIVED),
        "徐汇区": RETURNED,
        "长宁区": CHANGED,
        "宝山区": PARTLY,
        "虹口区": ABSENT,
        "崇明区": ABSENT,
    },
    2: {
        **dict.fromkeys((*DISTRICTS, *DEPARTMENTS, *EXPERTS, OFFICE), RECEIVED),
        **dict.fromkeys(("徐汇区", "长宁区", "黄浦区", "宝山区"), CHANGED),
        "青浦区": UNFILLED,
        HOUSING: RETURNED,
        "专家5": RETURNED,
        POST: ABSENT,
        "专家7": ABSENT,
    },
    3: {
        **dict.fromkeys((*DISTRICTS, *DEPARTMENTS, *EXPERTS, OFFICE), RECEIVED),
        **dict.fromkeys(("徐汇区", "长宁区", "宝山区", HOUSING, "专家5", GREEN), CHANGED),
        "青浦区": UNFILLED,
        "奉贤区": RETURNED,
        "黄浦区": DONE,
        TRAFFIC: RETURNED,
    },
}
"""Where everybody stands after each round, worked out by hand. Those who evaluate take part from the second on."""

SUBMISSIONS = {
    1: {"长宁区": 2, "普陀区": 2},
    2: {"徐汇区": 2, "黄浦区": 2, "宝山区": 2, "青浦区": 2},
    3: {HOUSING: 2, TRAFFIC: 2, GREEN: 2, "专家5": 2, "闵行区": 2, "奉贤区": 2},
}
"""How many files a unit has sent by then, where more than one."""

LATE = {"静安区": 4, "虹口区": 10, "崇明区": 15, OFFICE: 2, POST: 6, "专家7": 7}
"""Days from the due date to the first file."""

FAULTS: Mapping[int, Mapping[str, list[str]]] = {
    1: {"徐汇区": ["K01.1"], "宝山区": []},
    2: {HOUSING: ["K16.1"], "专家5": ["K25.1"], "青浦区": []},
    3: {TRAFFIC: [""], "青浦区": [], "奉贤区": ["K05.1"]},
}
"""Whose form goes back, and the codes on the slip that are errors."""

CORRECTIONS: tuple[tuple[str, str, str, Number, Number], ...] = (
    # 区, 编号, 栏目, 原值, 新值
    ("嘉定区", "K16.1", "完成情况", 85, 90),
    ("普陀区", "K05.1", "当年任务量", target("K05.1", 5), target("K05.1", 5) * 2),
)


def own_cells(unit: str) -> dict[Cell, Number | str]:
    """What a unit types into its workbook, the office's lists apart."""
    if unit in DISTRICTS:
        return form(unit)
    if unit in DEPARTMENTS:
        return department(unit)
    return office() if unit == OFFICE else expert(unit)


def typed(sent: Sent) -> dict[Cell, Number | str | None]:
    """What stands in a file that was sent."""
    return {**own_cells(sent.unit), **sent.changes}


def received(by_round: int, unit: str) -> list[Sent]:
    """All that a unit has sent by the end of a round, oldest first."""
    own = [s for s in SENT if s.round <= by_round and s.unit == unit and s.is_theirs]
    return sorted(own, key=lambda s: (s.round, s.day))


def left_out(by_round: int, unit: str) -> bool:
    """Whether an earlier file counts, because the newest cannot."""
    one = counted(by_round, unit)
    return one is not None and one is not received(by_round, unit)[-1]


def counted(by_round: int, unit: str) -> Sent | None:
    """What counts of it: the newest that is valid, or the newest."""
    own = received(by_round, unit)
    return next((s for s in reversed(own) if s.is_valid), own[-1] if own else None)
