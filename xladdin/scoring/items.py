"""From an item's fields to its score, with the scheme's readings (口径) applied and the derivation in words."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from xladdin.classes import record, replace
from xladdin.methods.inputs import BLANK, Entries
from xladdin.methods.item import Item, Policies
from xladdin.numbers import NOT_APPLICABLE, Fault, ScoringError, Value, half_up


class Status(Enum):
    """What a score stands for."""

    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"
    ERROR = "error"


@record
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
        outcome = item.score(own, policies)
        if merged := [entry.how for entry in own if entry.how]:
            worded = outcome.worded
            outcome = replace(outcome, worded=lambda: "；".join([*merged, worded()]))
    except ScoringError as error:
        failed = _score(item, None, Status.ERROR, f"{error}，得分 错误")
        return replace(failed, refused=None if faults else (item.inputs[error.field].code, str(error)))
    gaps = tuple(s.code for s, is_gap in zip(item.inputs, item.gaps(own, outcome), strict=True) if is_gap)
    if outcome.score is NOT_APPLICABLE:
        given = {"full": item.points, "zero": Decimal(0)}.get(policies["not_applicable"])
        if given is None:
            return _score(item, None, Status.NOT_APPLICABLE, f"{outcome.steps}，得分 不适用")
        shown = half_up(given)
        return _score(item, shown, Status.NOT_APPLICABLE, f"{outcome.steps}，按口径计分，得分 {shown}")
    score = outcome.score
    if score is None:
        return _score(item, None, Status.MISSING, f"{outcome.steps}，得分 暂缺", gaps)
    status = Status.MISSING if item.is_missing(own, gaps) else Status.SCORED
    return _score(item, score, status, f"{outcome.steps}，得分 {score}", gaps)


def _score(item: Item, score: Decimal | None, status: Status, steps: str, gaps: tuple[str, ...] = ()) -> Score:
    explain = f"依据{item.where}“{item.method_text.strip()}”：{steps}"
    return Score(item.id, item.points, score, status, " ".join(explain.split()), gaps)


def _message(value: Value) -> str:
    return value.message if isinstance(value, Fault) else "不是数字"
