"""From an item's fields to its score, with the scheme's readings (口径) applied and the derivation in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, TypeVar, cast

from xladdin.methods import rules as methods
from xladdin.methods.item import (
    BLANK,
    CasesItem,
    ChecklistItem,
    Entries,
    Entry,
    ExpertItem,
    InspectionItem,
    Item,
    MediaItem,
    RatingItem,
    RatioItem,
    ReferenceItem,
    TiersItem,
)
from xladdin.methods.rules import Outcome
from xladdin.numbers import NOT_APPLICABLE, Fault, NotApplicable, ScoringError, Value, half_up
from xladdin.scheme.policies import Policies

Converted = TypeVar("Converted")


class Status(Enum):
    """What a score stands for."""

    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"
    ERROR = "error"


@dataclass(frozen=True)
class Score:
    """One item's score and how it came about.

    `score` is None where there is none (judged item with no value, error, 不适用 unless a policy gives it one); `gaps` are
    the codes of fields that should hold a value and do not, which make a rank provisional.
    """

    item_id: str
    points: Decimal
    score: Decimal | None
    status: Status
    explain: str
    gaps: tuple[str, ...] = ()
    refused: tuple[str, str] | None = None
    """Where every field by itself is fine and the rule refuses them together: the code to mend, and why."""

    @property
    def counted(self) -> Decimal:
        """What enters the totals."""
        return self.score if self.score is not None else Decimal(0)


def score_item(item: Item, entries: Entries, policies: Policies) -> Score:
    """The item's score from its fields under the given readings."""
    own = [entries.get(i.code, BLANK) for i in item.inputs]
    faults = [
        f"{spec.code}{_message(value)}"
        for spec, entry in zip(item.inputs, own, strict=True)
        for value in (entry.target, entry.value)
        if isinstance(value, Fault) or (isinstance(value, Decimal) and not value.is_finite())
    ]
    try:
        if faults:
            raise ScoringError("；".join(dict.fromkeys(faults)))
        outcome = _SCORERS[type(item)](item, own, policies)
        if merged := [entry.told for entry in own if entry.told]:
            steps = outcome.told
            outcome = replace(outcome, told=lambda: "；".join([*merged, steps()]))
    except ScoringError as error:
        failed = _score(item, None, Status.ERROR, f"{error}，得分 错误")
        return replace(failed, refused=None if faults else (item.inputs[error.field].code, str(error)))
    gaps = _gaps(item, own, outcome)
    if outcome.score is NOT_APPLICABLE:
        given = {"full": item.points, "zero": Decimal(0)}.get(policies["not_applicable"])
        if given is None:
            return _score(item, None, Status.NOT_APPLICABLE, f"{outcome.steps}，得分 不适用")
        shown = half_up(given)
        return _score(item, shown, Status.NOT_APPLICABLE, f"{outcome.steps}，按口径计分，得分 {shown}")
    score = outcome.score
    if score is None:
        return _score(item, None, Status.MISSING, f"{outcome.steps}，得分 暂缺", gaps)
    nothing_done = isinstance(item, RatioItem) and len(gaps) == sum(_assigned(e) for e in own)
    status = Status.MISSING if nothing_done else Status.SCORED
    return _score(item, score, status, f"{outcome.steps}，得分 {score}", gaps)


def _score(item: Item, score: Decimal | None, status: Status, steps: str, gaps: tuple[str, ...] = ()) -> Score:
    explain = f"依据{item.where}“{item.method_text.strip()}”：{steps}"
    return Score(item.id, item.points, score, status, " ".join(explain.split()), gaps)


def _message(value: Value) -> str:
    return value.message if isinstance(value, Fault) else "不是数字"


def _assigned(entry: Entry) -> bool:
    return isinstance(entry.target, Decimal) and entry.target > 0


def _gaps(item: Item, own: list[Entry], outcome: Outcome) -> tuple[str, ...]:
    """The codes of fields that should hold a value and do not."""
    if isinstance(item, RatioItem):
        blank = [_assigned(e) and e.value is None for e in own]
    elif isinstance(item, CasesItem):
        # A district may hand in fewer cases than it could; only the absence of any mark is a gap.
        blank = [outcome.score is None] + [False] * (len(own) - 1)
    elif isinstance(item, InspectionItem) and own[0].value == 0:
        blank = [False] * len(own)  # never cited: nothing to rectify
    else:
        blank = [e.value is None for e in own]
    return tuple(spec.code for spec, is_blank in zip(item.inputs, blank, strict=True) if is_blank)


def _each(convert: Callable[[Value], Converted], own: list[Entry], *, of_target: bool = False) -> list[Converted]:
    """The fields' values converted; an unusable one is reported with its position."""
    converted = []
    for position, entry in enumerate(own):
        try:
            converted.append(convert(entry.target if of_target else entry.value))
        except ScoringError as error:
            raise ScoringError(str(error), position) from error
    return converted


def _amount(value: Value) -> Decimal | NotApplicable | None:
    if isinstance(value, bool | Fault):
        raise ScoringError("应填数字，不能填是/否")
    return value


def _number(value: Value) -> Decimal | None:
    if value is NOT_APPLICABLE:
        raise ScoringError("本项适用于所有区，不能填“不适用”；尚无数值时请留空")
    return cast("Decimal | None", _amount(value))


def _flag(value: Value) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise ScoringError("应填“是”或“否”")


def _ratio(item: RatioItem, own: list[Entry], policies: Policies) -> Outcome:
    combine = policies["multi_indicator"]
    weights = [policies.weights.get(i.code, Decimal(1)) for i in item.indicators] if combine == "weights" else None
    return methods.ratio(
        _each(_amount, own),
        _each(_amount, own, of_target=True),
        item.points,
        cap=policies["ratio_cap"] == "cap",
        combine="min" if combine == "min" else "mean",
        weights=weights,
        names=[i.name for i in item.indicators],
    )


def _marks(item: ExpertItem | RatingItem, own: list[Entry], policies: Policies) -> Outcome:
    trim = int(policies["expert_trim"]) if isinstance(item, ExpertItem) else 0
    return methods.marks(_each(_number, own), item.points, item.full.value, trim=trim)


def _reference(item: ReferenceItem, own: list[Entry], _policies: Policies) -> Outcome:
    return methods.reference(_number(own[0].value), item.full.value, item.points)


def _checklist(item: ChecklistItem, own: list[Entry], _policies: Policies) -> Outcome:
    points, names = [c.points.value for c in item.checks], [c.name for c in item.checks]
    return methods.checklist(_each(_flag, own), points, names=names)


def _cases(item: CasesItem, own: list[Entry], _policies: Policies) -> Outcome:
    return methods.cases(_each(_number, own), item.per_case.value, int(item.max_cases.value))


def _tiers(item: TiersItem, own: list[Entry], policies: Policies) -> Outcome:
    tiers = [methods.Tier(t.start, t.to, t.points) for t in item.tiers]
    at_boundary = cast("Literal['upper', 'lower']", policies["briefs_at_six"])
    return methods.tiered(_number(own[0].value), tiers, at_boundary=at_boundary, unit=item.unit)


def _media(item: MediaItem, own: list[Entry], policies: Policies) -> Outcome:
    positive, negative = _each(_number, own)
    return methods.media(
        positive,
        negative,
        positive_each=item.positive_each.value,
        positive_cap=item.positive_cap.value,
        negative_each=item.negative_each.value,
        negative_cap=item.negative_cap.value,
        floor=cast("Literal['negative', 'zero']", policies["media_floor"]),
    )


def _inspection(item: InspectionItem, own: list[Entry], _policies: Policies) -> Outcome:
    cited, rectified = _each(_number, own)
    return methods.inspection(
        cited,
        rectified,
        points=item.full.value,
        deduction=item.deduction.value,
        restoration=item.restoration.value,
    )


_SCORERS: dict[type, Callable[[Any, list[Entry], Policies], Outcome]] = {
    RatioItem: _ratio,
    ExpertItem: _marks,
    RatingItem: _marks,
    ReferenceItem: _reference,
    ChecklistItem: _checklist,
    CasesItem: _cases,
    TiersItem: _tiers,
    MediaItem: _media,
    InspectionItem: _inspection,
}
