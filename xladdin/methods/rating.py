"""综合评价: a mark given by the office, or by each of its member departments."""

from collections.abc import Iterator
from functools import cached_property

from xladdin.classes import record, replace
from xladdin.methods.inputs import Input
from xladdin.methods.marks import MarkedItem
from xladdin.records import named


@record(kw_only=True)
class Members:
    """The departments of which each gives a mark of its own, and the clause that lists them."""

    units: tuple[str, ...] = named(least=1)
    clause: str


@record(kw_only=True)
class RatingItem(MarkedItem):
    """The mark, converted from `full` to the points."""

    method = "rating"
    title = "综合评价"
    input_name = "综合评价得分"
    function = "FS_RATING"

    members: Members | None = None

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        (own,) = super().inputs
        return (replace(own, members=self.members.units if self.members else ()),)

    def problems(self) -> Iterator[tuple[str, str]]:
        if not self.members:
            return
        units, text = self.members.units, "".join(self.members.clause.split())
        for name in units:
            if name not in text:
                yield "members.units", f"引用的原文中没有“{name}”"
            if units.count(name) > 1:
                yield "members.units", f"“{name}”重复"
