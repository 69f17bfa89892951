"""Full marks, less a deduction for each citation, plus a restoration for each one rectified."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import ClassVar, Literal, cast

from xladdin.classes import record
from xladdin.methods.formulas import ItemCells, number_in
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.methods.item import (
    Dice,
    Item,
    Outcome,
    Policies,
    Sampled,
    blank_as_zero,
    each,
    number,
    require_whole,
    rounded,
    values,
)
from xladdin.methods.media import pair
from xladdin.numbers import ScoringError, half_up, plain
from xladdin.records import Quoted


@record(kw_only=True)
class InspectionItem(Item):
    """Full marks less what was cited and not rectified, never above full marks, nor below 0 unless the reading says so."""

    method = "inspection"
    title = "督查扣分"
    policies: ClassVar = {"i3_floor": ("zero", "negative")}
    in_formulas: ClassVar = {"i3_floor": "zero"}

    judge: str
    unit: str
    cited_name: str
    rectified_name: str
    full: Quoted
    deduction: Quoted
    restoration: Quoted

    @property
    def highest(self) -> Decimal:
        return self.full.value

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        cited, rectified = f"{self.id}.1", f"{self.id}.2"
        kind, judge = InputKind.COUNT, self.judge
        return (
            Input(cited, self.cited_name, self.unit, kind, judge=judge, whole=True),
            Input(rectified, self.rectified_name, self.unit, kind, judge=judge, whole=True, at_most=cited),
        )

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        cited, rectified = each(number, values(entries))
        return inspection(
            cited,
            rectified,
            points=self.full.value,
            deduction=self.deduction.value,
            restoration=self.restoration.value,
            floor=cast("Literal['zero', 'negative']", policies["i3_floor"]),
        )

    def gaps(self, entries: Sequence[Entry], outcome: Outcome) -> Sequence[bool]:
        # Never cited: nothing to rectify.
        return [False, False] if entries[0].value == 0 else super().gaps(entries, outcome)

    def native(self, cells: ItemCells) -> str:
        cited, rectified = cells.value(0), cells.value(1)
        net = f"{self.full}-{self.deduction}*{number_in(cited)}+{self.restoration}*{number_in(rectified)}"
        return f'IF(ISNUMBER({cited}),ROUND(MAX(0,MIN({self.full},{net})),2),"")'

    def call(self, cells: ItemCells) -> str:
        step = pair(self.deduction, self.restoration)
        return f"FS_INSPECTION({cells.value(0)},{cells.value(1)},{self.full},{step})"

    def defaults(self) -> Mapping[str, Decimal]:
        return {"points": self.full.value, "step": self.deduction.value, "restoration": self.restoration.value}

    def count_of_gaps(self, cells: ItemCells) -> str:
        cited = cells.value(0)
        return f"IF(AND(ISNUMBER({cited}),{cited}=0),0,{super().count_of_gaps(cells)})"

    def sample(self, dice: Dice) -> Sampled:
        cited = dice.random.choices((0, 1, 2, 3, 5), (4, 3, 2, 2, 1))[0]
        rectified = dice.random.randint(0, cited)
        return Sampled({self.inputs[0].code: float(cited), self.inputs[1].code: float(rectified)})


def inspection(
    cited: Decimal | None,
    rectified: Decimal | None,
    *,
    points: Decimal,
    deduction: Decimal,
    restoration: Decimal,
    floor: Literal["zero", "negative"] = "zero",
) -> Outcome:
    """The points, less a deduction per citation, plus a restoration per rectified one, at most the points.

    With `floor` "zero" the result is never below 0.
    Without the citations the result is None: how many were rectified says nothing by itself.
    """
    times, mended = cited or Decimal(0), rectified or Decimal(0)
    require_whole(times, "被督查次数")
    require_whole(mended, "整改次数", 1)
    if mended > times:
        shown = "未填的" if cited is None else ""
        raise ScoringError(f"整改次数 {plain(mended)} 不能大于{shown}被督查次数 {plain(times)}", 1)
    if cited is None:
        return Outcome(None, lambda: "被督查次数尚未填报")
    raw = Fraction(points) - Fraction(deduction) * Fraction(times) + Fraction(restoration) * Fraction(mended)

    def worded() -> str:
        return (
            f"{plain(points)}-{plain(deduction)}×{plain(times)}"
            f"+{plain(restoration)}×{plain(mended)}{blank_as_zero(rectified) if times else ''}={plain(raw)}"
        )

    if raw < 0 and floor == "zero":
        return Outcome(half_up(Decimal(0)), lambda: f"{worded()}，最低 0 分")
    if raw > points:
        return Outcome(half_up(points), lambda: f"{worded()}，最高 {plain(points)} 分")
    return rounded(raw, worded, stated=True)
