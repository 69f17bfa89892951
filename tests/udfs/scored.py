"""What `xladdin.scoring` makes of the arguments of a function of the cells, where every cell holds what is asked for."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xladdin.methods.cases import cases as exact_cases
from xladdin.methods.checklist import checklist as exact_checklist
from xladdin.methods.inputs import Entry
from xladdin.methods.inspection import inspection as exact_inspection
from xladdin.methods.item import Outcome
from xladdin.methods.marks import marks
from xladdin.methods.media import media as exact_media
from xladdin.methods.ratio import ratio as exact_ratio
from xladdin.methods.reference import reference as exact_reference
from xladdin.methods.tiers import Tier, threshold, tiered
from xladdin.numbers import NOT_APPLICABLE, ScoringError, half_up
from xladdin.scheme import load_scheme
from xladdin.scoring.items import score_item
from xladdin.scoring.totals import rank

SCHEME = load_scheme("2023")

Rows = list[list[Any]]


def number(cell: Any) -> Any:
    """A clean cell's value."""
    if cell is None or (isinstance(cell, str) and cell.strip() in ("", "—")):
        return None
    return NOT_APPLICABLE if cell == "不适用" else Decimal(f"{cell:.15g}")


def every(rows: Rows) -> list[Any]:
    return [number(cell) for row in rows for cell in row]


def one(rows: Rows | None, default: str = "") -> Any:
    return Decimal(default) if rows is None else number(rows[0][0])


def shown(result: Any) -> float | str:
    """A result as a cell shows it."""
    if isinstance(result, Outcome):
        result = result.score
    if result is None:
        return ""
    return "不适用" if result is NOT_APPLICABLE else float(result)


def ratio(done: Rows, target: Rows, points: Rows | None, cap: Rows | None) -> Outcome:
    return exact_ratio(every(done), every(target), one(points, "2"), cap=cap is None or cap[0][0])


def expert(scores: Rows, points: Rows | None, full: Rows | None, trim: Rows | None) -> Outcome:
    worth = one(points, "2")
    return marks(every(scores), worth, worth if full is None else one(full), trim=int(one(trim, "0")))


def rating(scores: Rows, points: Rows | None, full: Rows | None) -> Outcome:
    worth = one(points, "2.5")
    return marks(every(scores), worth, worth if full is None else one(full))


def reference(score: Rows, full: Rows | None, points: Rows | None) -> Outcome:
    return exact_reference(one(score), one(full, "100"), one(points, "2"))


def checklist(flags: Rows, item_points: Rows) -> Outcome:
    words = {
        "是": True,
        "√": True,
        "✔": True,
        "☑": True,
        "TRUE": True,
        "1": True,
        "否": False,
        "✘": False,
        "×": False,
        "FALSE": False,
        "0": False,
    }
    read = [words.get(str(f).upper(), f) for row in flags for f in row]
    return exact_checklist([None if f in (None, "", "—") else bool(f) for f in read], every(item_points))


def cases(scores: Rows, per_case: Rows | None, max_cases: Rows | None) -> Outcome:
    return exact_cases(every(scores), one(per_case, "1.5"), int(one(max_cases, "5")))


def briefs(count: Rows) -> Outcome:
    spans = [("6", None, "2.5"), ("4", "6", "1.5"), ("2", "3", "1"), ("1", "1", "0.5"), ("0", "0", "0")]
    tiers = [Tier(start=Decimal(a), to=None if b is None else Decimal(b), points=Decimal(p)) for a, b, p in spans]
    return tiered(one(count), tiers)


def tier(count: Rows, thresholds: Rows, points: Rows) -> Outcome:
    return threshold(one(count), every(thresholds), every(points))


def media(positive: Rows, negative: Rows, each: Rows | None, cap: Rows | None) -> Outcome:
    step, most = one(each, "0.5"), one(cap, "2.5")
    return exact_media(
        one(positive),
        one(negative),
        positive_each=step,
        positive_cap=most,
        negative_each=step,
        negative_cap=most,
    )


def inspection(cited: Rows, rectified: Rows, points: Rows | None, step: Rows | None) -> Outcome:
    each = one(step, "0.5")
    return exact_inspection(one(cited), one(rectified), points=one(points, "2.5"), deduction=each, restoration=each)


def total(*groups: Rows | None) -> Decimal:
    scores = [v for rows in groups if rows is not None for v in every(rows) if isinstance(v, Decimal)]
    return half_up(sum(map(Fraction, scores), Fraction(0)))


def place(own: Rows, totals: Rows) -> int:
    others = [half_up(number(row[0])) for row in totals if row[0] not in ("", None, "总分")]
    return rank([(half_up(one(own)),), *((t,) for t in others)])[0]


def explain(item: Rows, values: Rows, targets: Rows | None, _units: None) -> str:
    rule = SCHEME.items[item[0][0].upper()]
    assigned = [None] * len(values) if targets is None else every(targets)
    entries = {
        spec.code: Entry(value, target)
        for spec, value, target in zip(rule.inputs, every(values), assigned, strict=False)
    }
    score = score_item(rule, entries, SCHEME.default_policies)
    return f"错误：{score.explain}" if score.status.value == "error" else score.explain


_SCORED: dict[str, Callable[..., Any]] = {
    "FS_RATIO": ratio,
    "FS_EXPERT": expert,
    "FS_RATING": rating,
    "FS_REFERENCE": reference,
    "FS_CHECKLIST": checklist,
    "FS_CASES": cases,
    "FS_BRIEFS": briefs,
    "FS_TIER": tier,
    "FS_MEDIA": media,
    "FS_INSPECTION": inspection,
    "FS_TOTAL": total,
    "FS_RANK": place,
    "FS_EXPLAIN": explain,
}

COMPARED = tuple(_SCORED)


def scored(name: str, arguments: list[Any]) -> float | str:
    """What a cell has to show."""
    try:
        result = _SCORED[name](*arguments)
    except ScoringError as error:
        return f"错误：{error}"
    return result if isinstance(result, str) else shown(result)
