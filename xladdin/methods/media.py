"""Points for good reports up to a cap, less points for bad ones up to a cap of their own."""

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
from xladdin.numbers import half_up, plain
from xladdin.records import Quoted
from xladdin.words import EXPOSURE, GOOD_NEWS, MEDIA_LIST


@record(kw_only=True)
class MediaItem(Item):
    """Good reports less bad ones, both counted from the list 宣传."""

    method = "media"
    title = "宣传加扣分"
    policies: ClassVar = {"media_floor": ("negative", "zero")}
    in_formulas: ClassVar = {"media_floor": "negative"}

    unit: str
    positive_name: str
    negative_name: str
    negative_judge: str
    positive_each: Quoted
    positive_cap: Quoted
    negative_each: Quoted
    negative_cap: Quoted

    @property
    def highest(self) -> Decimal:
        return self.positive_cap.value

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        good, bad = (MEDIA_LIST, GOOD_NEWS), (MEDIA_LIST, EXPOSURE)
        judge = self.negative_judge
        return (
            Input(f"{self.id}.1", self.positive_name, self.unit, InputKind.COUNT, whole=True, listed=good),
            Input(f"{self.id}.2", self.negative_name, self.unit, InputKind.COUNT, judge=judge, whole=True, listed=bad),
        )

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        positive, negative = each(number, values(entries))
        return media(
            positive,
            negative,
            positive_each=self.positive_each.value,
            positive_cap=self.positive_cap.value,
            negative_each=self.negative_each.value,
            negative_cap=self.negative_cap.value,
            floor=cast("Literal['negative', 'zero']", policies["media_floor"]),
        )

    def native(self, cells: ItemCells) -> str:
        good, bad = cells.value(0), cells.value(1)
        plus = f"MIN({self.positive_each}*{number_in(good)},{self.positive_cap})"
        minus = f"MIN({self.negative_each}*{number_in(bad)},{self.negative_cap})"
        return f'IF(COUNT({good}:{bad})=0,"",ROUND({plus}-{minus},2))'

    def call(self, cells: ItemCells) -> str:
        points = (pair(self.positive_each, self.negative_each), pair(self.positive_cap, self.negative_cap))
        return f"FS_MEDIA({cells.value(0)},{cells.value(1)},{','.join(points)})"

    def defaults(self) -> Mapping[str, Decimal]:
        return {
            "each": self.positive_each.value,
            "cap": self.positive_cap.value,
            "negative_each": self.negative_each.value,
            "negative_cap": self.negative_cap.value,
        }

    def sample(self, dice: Dice) -> Sampled:
        good, bad = self.inputs
        numbers = float(dice.random.randint(1, 9)), float(dice.random.choice((0, 0, 0, 1, 2)))
        return Sampled(dict(zip((good.code, bad.code), numbers, strict=True)))


def pair(first: Quoted, second: Quoted) -> str:
    """Two numbers as one argument: as one where they are the same, else as two cells of an array."""
    return str(first) if first.value == second.value else f"{{{first};{second}}}"


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
    require_whole(good, "正面报道数")
    require_whole(bad, "曝光数", 1)
    plus = min(Fraction(positive_each) * Fraction(good), Fraction(positive_cap))
    minus = min(Fraction(negative_each) * Fraction(bad), Fraction(negative_cap))
    net = plus - minus

    def worded() -> str:
        return (
            f"正面 {plain(good)} 项{blank_as_zero(positive)}计 {plain(plus)} 分"
            f"{_at_cap(positive_each * good, positive_cap)}，"
            f"曝光 {plain(bad)} 项{blank_as_zero(negative)}扣 {plain(minus)} 分"
            f"{_at_cap(negative_each * bad, negative_cap)}，"
            f"{plain(plus)}-{plain(minus)}={plain(net)}"
        )

    if floor == "zero" and net < 0:
        return Outcome(half_up(Decimal(0)), lambda: f"{worded()}，净得分最低为 0")
    return rounded(net, worded, stated=True)


def _at_cap(raw: Decimal, cap: Decimal) -> str:
    return f"（上限 {plain(cap)}）" if raw > cap else ""
