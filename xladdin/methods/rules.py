"""The scheme's methods of scoring, one pure function each, on exact numbers.

Each takes the numbers of its rule as arguments, so the scheme stays in its data files, and returns an `Outcome`: the score
half-up at two decimals, or None where nothing was given, or 不适用, with the steps that lead to it. `ScoringError` is
raised for numbers that the rule does not allow; nothing bad is ever counted as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from xladdin.numbers import NOT_APPLICABLE, NotApplicable, ScoringError, half_up, percent, plain

Amount = Decimal | None | NotApplicable
Told = Callable[[], str]


@dataclass(frozen=True)
class Outcome:
    """A score, and what words the steps that lead to it: a cell that only shows the score never asks for them."""

    score: Decimal | NotApplicable | None
    told: Told

    @property
    def steps(self) -> str:
        """The steps in Chinese."""
        return self.told()


@dataclass(frozen=True)
class Tier:
    """`points` for a count from `start` to `to`, both included; without `to` there is no upper end."""

    start: Decimal
    to: Decimal | None
    points: Decimal


def ratio(
    done: Sequence[Amount],
    target: Sequence[Amount],
    points: Decimal,
    *,
    cap: bool = True,
    combine: Literal["mean", "min"] = "mean",
    weights: Sequence[Decimal] | None = None,
    names: Sequence[str] = (),
) -> Outcome:
    """当年完成量/当年任务量*100% of the points, over the indicators that were assigned (任务量 > 0).

    A blank `done` is 0. With no amount assigned at all the result is 不适用. `cap` holds each rate at 100 %; `combine`
    says how several rates become one, `weights` (one per indicator) replaces the plain mean.
    """
    if len(done) != len(target):
        raise ScoringError(f"完成量有 {len(done)} 个、任务量有 {len(target)} 个，个数应相同")
    rates: list[Fraction] = []
    assigned: list[tuple[int, Decimal | None, Decimal]] = []
    for n, (d, t) in enumerate(zip(done, target, strict=True)):
        if isinstance(d, Decimal) and d < 0:
            raise ScoringError(f"{_indicator(n, names)}的完成量 {plain(d)} 不能小于 0", n)
        if isinstance(t, Decimal) and t < 0:
            raise ScoringError(f"{_indicator(n, names)}的任务量 {plain(t)} 不能小于 0", n)
        if not isinstance(t, Decimal) or t == 0:
            continue
        if isinstance(d, NotApplicable):
            raise ScoringError(f"{_indicator(n, names)}的任务量为 {plain(t)}，完成量不能是“不适用”", n)
        rates.append(Fraction(1) if cap and d and d > t else Fraction(d or 0) / Fraction(t))
        assigned.append((n, d, t))
    if not rates:
        return Outcome(NOT_APPLICABLE, lambda: "没有下达任务量，不适用")
    if combine == "min":
        rate, way = min(rates), "取最低"
    elif weights:
        shares = [Fraction(weights[n]) for n, _d, _t in assigned]
        rate = sum((r * w for r, w in zip(rates, shares, strict=True)), Fraction(0)) / sum(shares, Fraction(0))
        way = f"{len(rates)} 个指标加权平均"
    else:
        rate, way = sum(rates, Fraction(0)) / len(rates), f"{len(rates)} 个指标平均"

    def told() -> str:
        shown = []
        for n, d, t in assigned:
            own = Fraction(d or 0) / Fraction(t)
            blank = "（未填，按 0 计）" if d is None else ""
            over = "、按 100% 计" if cap and own > 1 else ""
            weight = f"（权重 {plain(weights[n])}）" if weights else ""
            shown.append(f"{_indicator(n, names)}{weight} {plain(d or 0)}{blank}÷{plain(t)}={percent(own)}{over}")
        joined = f"；{way} {percent(rate)}" if len(rates) > 1 else ""
        return f"{'，'.join(shown)}{joined}，{plain(points)} 分×{percent(rate)}"

    return _rounded(rate * Fraction(points), told)


def _indicator(n: int, names: Sequence[str]) -> str:
    return names[n] if names else f"第{n + 1}个指标"


def marks(
    scores: Sequence[Decimal | None], points: Decimal, full: Decimal, *, trim: int = 0, trim_from: int = 5
) -> Outcome:
    """The mean of the judges' marks, converted from `full` to the points; blank marks do not count, none at all is None.

    `trim` drops that many highest and as many lowest marks when there are at least `trim_from`.
    """
    if full <= 0:
        raise ScoringError(f"满分 {plain(full)} 应大于 0")
    given = [score for score in scores if score is not None]
    for score in given:
        _within(score, full, "评分")
    if not given:
        return Outcome(None, lambda: "尚未评分")
    mean, told = mean_mark(given, trim=trim, trim_from=trim_from)
    return _converted(mean, full, points, told)


def mean_mark(given: Sequence[Decimal], *, trim: int = 0, trim_from: int = 5) -> tuple[Fraction, Told]:
    """The mean of marks, of which there is at least one, and what words it; see `marks` for `trim`."""
    ordered = sorted(given)
    trimmed = bool(trim) and len(ordered) >= max(trim_from, 2 * trim + 1)
    kept = ordered[trim:-trim] if trimmed else ordered
    mean = sum(map(Fraction, kept), Fraction(0)) / len(kept)

    def told() -> str:
        if len(ordered) == 1:
            return f"评分 {plain(mean)}"
        dropped = f"去掉最高 {plain(ordered[-1])} 和最低 {plain(ordered[0])}，" if trimmed else ""
        return f"{dropped}{len(kept)} 个评分平均 {plain(mean)}"

    return mean, told


def reference(score: Decimal | None, full: Decimal, points: Decimal) -> Outcome:
    """A raw mark out of `full` under another scheme, converted to the points."""
    if full <= 0:
        raise ScoringError(f"满分 {plain(full)} 应大于 0")
    if score is None:
        return Outcome(None, lambda: "尚未评分")
    _within(score, full, "原始分")
    return _converted(Fraction(score), full, points, lambda: f"原始分 {plain(score)}")


def checklist(flags: Sequence[bool | None], item_points: Sequence[Decimal], *, names: Sequence[str] = ()) -> Outcome:
    """The points of the steps that were done; a blank step counts nothing, and with all blank the result is None."""
    if len(flags) != len(item_points):
        raise ScoringError(f"是/否有 {len(flags)} 个、分值有 {len(item_points)} 个，个数应相同")
    for p in item_points:
        if p < 0:
            raise ScoringError(f"分值 {plain(p)} 不能小于 0")
    if all(flag is None for flag in flags):
        return Outcome(None, lambda: "尚未填报")
    earned = [(n, p) for n, (flag, p) in enumerate(zip(flags, item_points, strict=True)) if flag]
    if not earned:
        return Outcome(half_up(Decimal(0)), lambda: f"{len(flags)} 步均未完成{_blanks(flags)}")
    total = sum((Fraction(p) for _, p in earned), Fraction(0))

    def told() -> str:
        done = "、".join(f"{names[n] if names else f'第{n + 1}步'} {plain(p)} 分" for n, p in earned)
        return f"{len(flags)} 步完成 {len(earned)} 步{_blanks(flags)}：{done}，合计 {plain(total)} 分"

    return _rounded(total, told, stated=True)


def _blanks(flags: Sequence[bool | None]) -> str:
    blank = sum(flag is None for flag in flags)
    return f"（{blank} 步未填，按未完成计）" if blank else ""


MEANS_PLACES = 12
"""Decimals of a sum of experts' means: beyond them are the traces of means that do not end, 15 digits of each in a cell."""


def cases(scores: Sequence[Decimal | None], per_case: Decimal, max_cases: int) -> Outcome:
    """The sum of the cases' marks, each from 0 to `per_case`, at most `max_cases` of them; none judged is None."""
    given = [s for s in scores if s is not None]
    if len(given) > max_cases:
        raise ScoringError(f"共有 {len(given)} 项示范案例，最多 {max_cases} 项")
    for n, score in enumerate(scores):
        if score is not None:
            _within(score, per_case, "示范案例得分", n)
    if not given:
        return Outcome(None, lambda: "尚未评分")
    # Two means that do not end can make a tie together; no sum of real marks is as close to one without being one.
    total = Fraction(half_up(sum(map(Fraction, given), Fraction(0)), MEANS_PLACES))
    return _rounded(total, lambda: f"{len(given)} 项案例 " + "+".join(plain(Fraction(s)) for s in given))


def tiered(
    count: Decimal | None,
    tiers: Sequence[Tier],
    *,
    at_boundary: Literal["upper", "lower"] = "upper",
    unit: str = "",
) -> Outcome:
    """The points of the tier that holds the count; where two tiers share it, `at_boundary` says which one counts."""
    if count is None:
        return Outcome(None, lambda: "尚未填报")
    _whole(count, "数量")
    held = [t for t in tiers if t.start <= count and (t.to is None or count <= t.to)]
    if not held:
        raise ScoringError(f"数量 {plain(count)} 不在任何一档内")
    tier = (max if at_boundary == "upper" else min)(held, key=lambda t: t.points)

    def told() -> str:
        if tier.to is None:
            span = f"，属“{plain(tier.start)} {unit}以上”一档"
        elif tier.to == tier.start:
            span = ""
        else:
            span = f"，属“{plain(tier.start)}-{plain(tier.to)} {unit}”一档"
        return f"数量 {plain(count)} {unit}{span}，计 {plain(tier.points)} 分"

    return Outcome(half_up(tier.points), told)


def media(
    positive: Decimal | None,
    negative: Decimal | None,
    *,
    positive_each: Decimal,
    positive_cap: Decimal,
    negative_each: Decimal,
    negative_cap: Decimal,
    floor: Literal["negative", "zero"] = "negative",
) -> Outcome:
    """Points for good reports up to their cap, less points for bad ones up to theirs. A blank counts 0; both blank is None."""
    if positive is None and negative is None:
        return Outcome(None, lambda: "尚未填报")
    good, bad = positive or Decimal(0), negative or Decimal(0)
    _whole(good, "正面报道数")
    _whole(bad, "曝光数", 1)
    plus = min(Fraction(positive_each) * Fraction(good), Fraction(positive_cap))
    minus = min(Fraction(negative_each) * Fraction(bad), Fraction(negative_cap))
    net = plus - minus

    def told() -> str:
        return (
            f"正面 {plain(good)} 项{_unfilled(positive)}计 {plain(plus)} 分{_at_cap(positive_each * good, positive_cap)}，"
            f"曝光 {plain(bad)} 项{_unfilled(negative)}扣 {plain(minus)} 分{_at_cap(negative_each * bad, negative_cap)}，"
            f"{plain(plus)}-{plain(minus)}={plain(net)}"
        )

    if floor == "zero" and net < 0:
        return Outcome(half_up(Decimal(0)), lambda: f"{told()}，净得分最低为 0")
    return _rounded(net, told, stated=True)


def inspection(
    cited: Decimal | None,
    rectified: Decimal | None,
    *,
    points: Decimal,
    deduction: Decimal,
    restoration: Decimal,
) -> Outcome:
    """The points, less a deduction per citation, plus a restoration per rectified one, kept within 0 and the points.

    Without the citations the result is None: how many were rectified says nothing by itself.
    """
    times, mended = cited or Decimal(0), rectified or Decimal(0)
    _whole(times, "被督查次数")
    _whole(mended, "整改次数", 1)
    if mended > times:
        shown = "未填的" if cited is None else ""
        raise ScoringError(f"整改次数 {plain(mended)} 不能大于{shown}被督查次数 {plain(times)}", 1)
    if cited is None:
        return Outcome(None, lambda: "被督查次数尚未填报")
    raw = Fraction(points) - Fraction(deduction) * Fraction(times) + Fraction(restoration) * Fraction(mended)

    def told() -> str:
        return (
            f"{plain(points)}-{plain(deduction)}×{plain(times)}"
            f"+{plain(restoration)}×{plain(mended)}{_unfilled(rectified) if times else ''}={plain(raw)}"
        )

    if raw < 0:
        return Outcome(half_up(Decimal(0)), lambda: f"{told()}，最低 0 分")
    if raw > points:
        return Outcome(half_up(points), lambda: f"{told()}，最高 {plain(points)} 分")
    return _rounded(raw, told, stated=True)


def threshold(count: Decimal | None, thresholds: Sequence[Decimal], points: Sequence[Decimal]) -> Outcome:
    """The points of the highest threshold that the count reaches, 0 below the lowest; a blank count is None."""
    if len(thresholds) != len(points):
        raise ScoringError(f"档次有 {len(thresholds)} 个、分值有 {len(points)} 个，个数应相同")
    for p in points:
        if p < 0:
            raise ScoringError(f"分值 {plain(p)} 不能小于 0")
    if count is None:
        return Outcome(None, lambda: "尚未填报")
    if count < 0:
        raise ScoringError(f"数量 {plain(count)} 不能小于 0")
    reached = [(t, p) for t, p in zip(thresholds, points, strict=True) if t <= count]
    if not reached:
        return Outcome(half_up(Decimal(0)), lambda: f"数量 {plain(count)}，未达到任何一档")
    start, earned = max(reached)
    return Outcome(half_up(earned), lambda: f"数量 {plain(count)}，达到 {plain(start)}，计 {plain(earned)} 分")


def joint(values: Sequence[Decimal | None], *, by: Literal["mean", "lead"] = "mean") -> Fraction | None:
    """One value from several departments in the order the text names them: the mean of those given, or the first's own."""
    if by == "lead":
        lead = values[0] if values else None
        return None if lead is None else Fraction(lead)
    given = [Fraction(v) for v in values if v is not None]
    return sum(given, Fraction(0)) / len(given) if given else None


def _within(score: Decimal, full: Decimal, what: str, field: int = 0) -> None:
    if not 0 <= score <= full:
        raise ScoringError(f"{what} {plain(score)} 应在 0 到 {plain(full)} 之间", field)


def _whole(count: Decimal, what: str, field: int = 0) -> None:
    if count < 0 or count != count.to_integral_value():
        raise ScoringError(f"{what} {plain(count)} 应为不小于 0 的整数", field)


def _unfilled(count: Decimal | None) -> str:
    return "（未填，按 0 计）" if count is None else ""


def _at_cap(raw: Decimal, cap: Decimal) -> str:
    return f"（上限 {plain(cap)}）" if raw > cap else ""


def _converted(mark: Fraction, full: Decimal, points: Decimal, told: Told) -> Outcome:
    if full == points:
        return _rounded(mark, told, stated=True)
    return _rounded(mark / Fraction(full) * Fraction(points), lambda: f"{told()}÷{plain(full)}×{plain(points)} 分")


def _rounded(exact: Fraction, told: Told, *, stated: bool = False) -> Outcome:
    """The outcome half-up at two decimals; `stated` says that the steps already end in the exact value."""
    score = half_up(exact)

    def whole() -> str:
        steps = told() if stated else f"{told()}={plain(exact)}"
        return steps if Fraction(score) == exact else f"{steps}，四舍五入"

    return Outcome(score, whole)
