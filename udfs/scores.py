"""One function per method of scoring."""
# ruff: noqa: N802 - the names are those of the formulas

from __future__ import annotations

from udfs import defaults
from udfs.registration import cell_function
from udfs.values import Cells
from xladdin.methods.by_rank import by_rank
from xladdin.methods.cases import cases
from xladdin.methods.checklist import checklist
from xladdin.methods.deduct import deduct
from xladdin.methods.efficacy import efficacy
from xladdin.methods.inspection import inspection
from xladdin.methods.item import Outcome
from xladdin.methods.linear import linear
from xladdin.methods.marks import marks
from xladdin.methods.media import media
from xladdin.methods.per_point import per_point
from xladdin.methods.ratio import ratio
from xladdin.methods.reach import reach
from xladdin.methods.reference import reference
from xladdin.methods.tiers import threshold as reached_tier
from xladdin.methods.tiers import tiered
from xladdin.methods.weighted import weighted
from xladdin.numbers import ScoringError, plain


@cell_function
def FS_RATIO(done: Cells, target: Cells, points: Cells, cap: Cells) -> Outcome:
    """当年完成量/当年任务量*100%, over the indicators that were assigned."""
    done.must_match(target)
    return ratio(done.amounts(), target.amounts(), points.number(), cap=cap.switch())


@cell_function
def FS_EXPERT(scores: Cells, points: Cells, full: Cells, trim: Cells) -> Outcome:
    """由专家评议打分."""
    worth = points.number()
    return marks(scores.marks(), worth, full.number(worth), trim=trim.option(defaults.trims()))


@cell_function
def FS_RATING(scores: Cells, points: Cells, full: Cells) -> Outcome:
    """综合评价."""
    worth = points.number()
    return marks(scores.marks(), worth, full.number(worth))


@cell_function
def FS_REFERENCE(score: Cells, full: Cells, points: Cells) -> Outcome:
    """参照 another scheme's mark."""
    return reference(score.mark(), full.number(), points.number())


@cell_function
def FS_CHECKLIST(flags: Cells, item_points: Cells) -> Outcome:
    """Points step by step."""
    flags.must_match(item_points)
    done, points = flags.flags(), item_points.marks()
    steps = [(d, p) for d, p in zip(done, points, strict=True) if d is not None or p is not None]
    if any(p is None for _d, p in steps):
        position = next(n for n, (d, p) in enumerate(zip(done, points, strict=True)) if d is not None and p is None)
        raise item_points.refused(position, None, "这一步的分值")
    return checklist([d for d, _p in steps], [p for _d, p in steps if p is not None])


@cell_function
def FS_CASES(scores: Cells, per_case: Cells, max_cases: Cells) -> Outcome:
    """每个区最多报送的示范案例，每项有满分."""
    most = max_cases.number()
    if most != most.to_integral_value():
        raise ScoringError(f"{max_cases.label}是 {plain(most)}，应为整数")
    return cases(scores.marks(), per_case.number(), int(most))


@cell_function
def FS_BRIEFS(count: Cells) -> Outcome:
    """简讯 by the scheme's tiers, the shared boundary as its default reading says."""
    tiers = defaults.rule("tiers").tiers  # a scheme without any says so here
    lower = defaults.scheme().default_policies["briefs_at_six"] == "lower"
    return tiered(count.mark(), tiers, at_boundary="lower" if lower else "upper")


@cell_function
def FS_TIER(count: Cells, thresholds: Cells, points: Cells) -> Outcome:
    """Points of the highest threshold that was reached."""
    thresholds.must_match(points)
    return reached_tier(count.mark(), thresholds.numbers(), points.numbers())


@cell_function
def FS_MEDIA(positive: Cells, negative: Cells, each_points: Cells, cap: Cells) -> Outcome:
    """正面案例宣传报道 less 曝光."""
    item = defaults.rule("media")
    each = each_points.pair(item.positive_each.value, item.negative_each.value)
    caps = cap.pair(item.positive_cap.value, item.negative_cap.value)
    return media(
        positive.mark(),
        negative.mark(),
        positive_each=each[0],
        positive_cap=caps[0],
        negative_each=each[1],
        negative_cap=caps[1],
        floor="zero" if defaults.scheme().default_policies["media_floor"] == "zero" else "negative",
    )


@cell_function
def FS_INSPECTION(cited: Cells, rectified: Cells, points: Cells, step_points: Cells) -> Outcome:
    """被督查扣分，完成整改加分."""
    item = defaults.rule("inspection")
    deduction, restoration = step_points.pair(item.deduction.value, item.restoration.value)
    return inspection(
        cited.mark(),
        rectified.mark(),
        points=points.number(item.full.value),
        deduction=deduction,
        restoration=restoration,
    )


@cell_function
def FS_DEDUCT(counts: Cells, each_points: Cells, caps: Cells, points: Cells, floor: Cells) -> Outcome:
    """扣分制."""
    counts.must_match(each_points)
    if not caps.left_out:
        counts.must_match(caps)
    return deduct(
        counts.marks(),
        each_points.numbers(),
        points.number(),
        caps=[] if caps.left_out else caps.marks(),
        floor=floor.number(),
    )


@cell_function
def FS_PERPOINT(
    value: Cells,
    threshold: Cells,
    points: Cells,
    each_points: Cells,
    step_points: Cells,
    bases: Cells,
    whole: Cells,
) -> Outcome:
    """每少（多）一个百分点扣（加）分."""
    of = bases.option(("0", "1", "2"))
    if not of:
        value.must_match(threshold)
    given, size = value.marks(), len(threshold.values)
    if len(given) != size + of:
        raise ScoringError(f"{value.label}有 {len(given)} 格，应为起点的 {size} 格加基数的 {of} 格")
    return per_point(
        given[:size],
        threshold.numbers(),
        points.number(),
        each_points.any_numbers(size),
        step_points.any_numbers(size),
        whole=whole.switch(),
        base=given[size:],
    )


@cell_function
def FS_LINEAR(value: Cells, low: Cells, high: Cells, points: Cells, low_points: Cells) -> Outcome:
    """区间线性."""
    return linear(value.mark(), low.number(), high.number(), points.number(), low_points=low_points.number())


@cell_function
def FS_REACH(value: Cells, threshold: Cells, points: Cells, less: Cells) -> Outcome:
    """达标得分."""
    return reach(value.any_number(), threshold.signed(), points.number(), less=less.switch())


@cell_function
def FS_EFFICACY(value: Cells, values: Cells, points: Cells, base_points: Cells, span: Cells) -> Outcome:
    """功效系数."""
    (width,) = span.any_numbers(1)
    return efficacy(value.any_number(), values.all_units(), points.number(), base_points.number(), width)


@cell_function
def FS_BYRANK(value: Cells, values: Cells, points: Cells, step_points: Cells) -> Outcome:
    """按名次得分."""
    (share,) = step_points.any_numbers(1)
    return by_rank(value.any_number(), values.all_units(), points.number(), share)


@cell_function
def FS_WEIGHTED(scores: Cells, weights: Cells, full: Cells, points: Cells) -> Outcome:
    """Several sources by their weights."""
    scores.must_match(weights)
    whole = full.number()
    return weighted(scores.marks(), weights.numbers(), whole, points.number(whole))
