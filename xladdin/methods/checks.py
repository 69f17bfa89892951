"""What 校验 says about a field while it is being filled in.

One set of words for both sides: the native formulas of 区填报表 carry them as literals, `form_view` gives them in Python.
"""

from __future__ import annotations

from decimal import Decimal

from xladdin.methods.inputs import Input, InputKind
from xladdin.numbers import plain

# First words of the states; completeness is counted by them.
ERROR = "错误"
MISSING = "缺"
AWAITED = "待评"
NOT_APPLICABLE = "不适用"
NOT_HANDED_IN = "未报送"
NOT_COUNTED = "不计"
GOOD = "√"

BLANK_MARKS = ("—",)
"""What stands for a blank in a number cell, beside the empty cell itself."""

YES, NO = ("是", "√", "✓", "✔", "☑"), ("否", "×", "✗", "✘")
"""The texts that say 是 or 否, beside TRUE, 1, FALSE and 0."""

NO_CASE = ("无", "没有", "不报", "/", "—", "-", "0")
"""What names no case where the name of one is filled in, beside the empty cell itself."""

BAD_CELL = "错误：单元格里是错误值，请重新填写"
BAD_CASE = "错误：填报内容里是错误值，请写案例名称"
BAD_TARGET = "错误：任务量应填不小于 0 的数字"
BELOW_LEAST = "错误：文件规定任务量不少于 "
NOT_ASSIGNED = "提示：未下达任务量，完成情况不计分"
ASSIGNED = "错误：已下达任务量，不能填“不适用”"
TIMES = 3
"""So many times the 任务量 is more than anybody expects to be done."""

FAR_TOO_MANY_TIMES = 100
"""So many times the 任务量, or what other units have, has to be confirmed."""

TIMES_APART = 10
"""So many times more or less than what other units have is more than anybody expects."""

IMPLAUSIBLE = f"提示：超过任务量的 {TIMES} 倍，或超过全市总量，请核实数值和单位"
OVER = "提示：超额完成，完成率按 100% 计"
MORE_RECTIFIED = "错误：整改次数不能大于被督查次数"
SCORE_ERROR = "错误：见校验"
BY_ALL_UNITS = "由全部单位的数据计算"
"""What a form shows in place of a score that it alone cannot know."""


def bad_value(spec: Input) -> str:
    """The message for a value that the field does not take."""
    return f"错误：应填{allowed(spec)}"


def below_least(spec: Input, least: Decimal) -> str:
    """The message for a 任务量 that falls short of what the text sets for the district."""
    return f"{BELOW_LEAST}{plain(least)} {spec.unit}"


def allowed(spec: Input) -> str:
    """What the field takes, in words."""
    match spec.kind:
        case InputKind.FLAG:
            return "“是”或“否”"
        case InputKind.COUNT:
            return "不小于 0 的整数"
        case _ if spec.signed:
            return "数字，可以小于 0" if spec.maximum is None else f"不超过 {plain(spec.maximum)} 的数字，可以小于 0"
        case _ if spec.maximum is None:
            return "不小于 0 的数字"
    top = plain(spec.maximum)
    return f" 0，或大于 1、不超过 {top} 的数字，45% 填 45" if is_percentage(spec) else f" 0 到 {top} 的数字"


def names_case(text: str) -> bool:
    """Whether what was typed in place of a case's name names one, as formulas see it."""
    return text.strip(" ") not in ("", *NO_CASE)


def missing(spec: Input) -> str:
    """The message for a field still blank."""
    if spec.judge:
        return f"待评：由{spec.judge}填写"
    return {InputKind.FLAG: "缺：请选“是”或“否”", InputKind.AMOUNT: "缺：完成情况未填，暂按 0 计"}.get(
        spec.kind, "缺：未填"
    )


def is_percentage(spec: Input) -> bool:
    """Whether the field takes the number before a percent sign, for which a fraction such as 0.45 is a mistake."""
    return spec.unit == "%" and not spec.signed


def looks_like_share(spec: Input, number: Decimal) -> bool:
    """Whether a plain number is rather the share of one, 0.45 or 1, than what stands before a percent sign."""
    return is_percentage(spec) and 0 < number <= 1


def times_apart(spec: Input, value: Decimal, usual: Decimal) -> Decimal:
    """How many times a value is more or less than what is usual; 0 where a ratio says nothing.

    Rates of growth near 0 are nothing strange; they are, however far below 0, when they are so many times as large.
    """
    if spec.signed:
        return abs(value / usual) if usual and abs(value) > abs(usual) else Decimal(0)
    if value <= 0 or usual <= 0:
        return Decimal(0)
    return max(value / usual, usual / value)


def is_implausible(spec: Input, done: Decimal, target: Decimal) -> bool:
    """Whether so much can hardly have been done: the unit is rather another one, or a digit too many.

    Where the 任务量 itself is more than that of the whole city, it is not what was done that is in doubt.
    """
    city = spec.indicator.amount if spec.indicator else None
    return done > TIMES * target or (city is not None and done > max(city, target))
