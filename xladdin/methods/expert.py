"""专家评议: the mean of the experts' marks."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from xladdin.classes import record
from xladdin.methods.inputs import Entry
from xladdin.methods.item import Outcome, Policies, each, number, values
from xladdin.methods.marks import MarkedItem, marks
from xladdin.records import Quoted


@record(kw_only=True)
class ExpertItem(MarkedItem):
    """The mean of the experts' marks, converted from `full` to the points."""

    method = "expert"
    title = "专家评议"
    policies: ClassVar = {"expert_trim": ("0", "1"), "expert_tasks": ("experts", "departments")}
    by_experts = True
    input_name = "专家评议得分"
    function = "FS_EXPERT"

    @classmethod
    def for_task(cls, points: Decimal, departments: str, full: Quoted | None) -> dict[str, Any]:
        return {"judge": f"{departments}（专家评议）", "full": Quoted(value=points, basis="专家按分值直接打分")}

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        trim = int(policies["expert_trim"])
        return marks(each(number, values(entries)), self.points, self.full.value, trim=trim)
