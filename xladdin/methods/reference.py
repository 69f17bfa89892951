"""参照 another scheme: its raw mark, converted to the points."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xladdin.classes import record
from xladdin.methods.formulas import ItemCells
from xladdin.methods.inputs import Entry
from xladdin.methods.item import Outcome, Policies, number, require_within
from xladdin.methods.marks import MarkedItem, converted
from xladdin.numbers import ScoringError, plain
from xladdin.records import Quoted


@record(kw_only=True)
class ReferenceItem(MarkedItem):
    """The raw mark out of `full`, converted to the points."""

    method = "reference"
    title = "参照评分"
    input_name = "百分制原始分"

    @property
    def highest(self) -> None:
        return None

    @classmethod
    def for_task(cls, points: Decimal, departments: str, full: Quoted | None) -> dict[str, Any]:
        return {"judge": departments, **({"full": full} if full else {})}

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        return reference(number(entries[0].value), self.full.value, self.points)

    def call(self, cells: ItemCells) -> str:
        return f"FS_REFERENCE({cells.value()},{plain(self.full.value)},{plain(self.points)})"

    def defaults(self) -> Mapping[str, Decimal]:
        return {"points": self.points, "full": self.full.value}


def reference(score: Decimal | None, full: Decimal, points: Decimal) -> Outcome:
    """A raw mark out of `full` under another scheme, converted to the points."""
    if full <= 0:
        raise ScoringError(f"满分 {plain(full)} 应大于 0")
    if score is None:
        return Outcome(None, lambda: "尚未评分")
    require_within(score, full, "原始分")
    return converted(Fraction(score), full, points, lambda: f"原始分 {plain(score)}")
