"""Scored items and the fields they are scored from, as the scheme's data files describe them.

The classes below `Frozen` mirror the TOML files of `data/<year>/` key by key and refuse anything they do not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xladdin.numbers import Value

Points = Annotated[Decimal, Field(ge=0)]
Text = Annotated[str, Field(min_length=1)]


class Frozen(BaseModel):
    """A record read from TOML: immutable, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))


class Quoted(Frozen):
    """A number of the scheme beside the sentence it comes from, or the convention it rests on where the text has none."""

    value: Points
    clause: Text | None = None
    basis: Text | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> Quoted:
        if (self.clause is None) == (self.basis is None):
            raise ValueError("clause（原文）与 basis（约定）必须且只能写一个")
        return self


class InputKind(Enum):
    """What kind of value a field takes."""

    AMOUNT = "amount"
    """A completed amount, beside the amount assigned (任务量)."""
    SCORE = "score"
    """A mark given by a judge, 0 to `Input.maximum`."""
    FLAG = "flag"
    """是 or 否."""
    COUNT = "count"
    """A whole number of occurrences."""


@dataclass(frozen=True)
class Input:
    """One field of the workbooks, addressed by its code (`K01.1`).

    `judge` names who decides the value when that is not the district itself; `whole` says that only whole numbers make
    sense; `names_case` that 填报内容 is for the district to fill in (it names a case, and the mark stands beside it);
    `amounts` tells what the text assigns to the whole city or to every district.
    """

    code: str
    name: str
    unit: str
    kind: InputKind
    maximum: Decimal | None = None
    judge: str | None = None
    whole: bool = False
    names_case: bool = False
    amounts: str = ""

    @property
    def item_id(self) -> str:
        return self.code.partition(".")[0]


@dataclass(frozen=True)
class Entry:
    """What was filled in for one field: its value (完成情况) and, for an amount, what was assigned (任务量).

    `told` says how the value came about where it is made of several.
    """

    value: Value = None
    target: Value = None
    told: str = ""


BLANK = Entry()

Entries = Mapping[str, Entry]
"""Entry by input code; a code that is absent is blank."""


class ItemBase(Frozen):
    """A scored item: its points, where it stands and the sentence that governs it."""

    id: Text
    name: Text
    points: Points
    clause: Text
    where: str = ""
    """The place in the document, such as 附件2第1项; filled in by the loader."""
    method_text: str = ""
    """The 评分方法 an explanation quotes; filled in by the loader."""

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """The item's fields in the text's order."""
        raise NotImplementedError

    def quoted(self) -> tuple[tuple[str, Decimal, str], ...]:
        """Each number of the rule with its clause: (key, number, clause)."""
        return tuple(
            (key, value.value, value.clause)
            for key, value in self
            if isinstance(value, Quoted) and value.clause is not None
        )


class Indicator(Frozen):
    """One indicator a task text names, with its unit and the city-wide amount."""

    code: Text
    name: Text
    unit: Text
    whole: bool
    clause: Text
    amount: Points | None = None
    """City-wide amount, in `unit`."""
    at_least: Points | None = None
    """The least amount every single district has to reach."""
    by_zone: dict[str, Points] | None = None
    """The amount of each district by its zone."""
    maximum: Points | None = None


def _amounts(indicator: Indicator) -> str:
    if indicator.amount is not None:
        return f"全市 {indicator.amount} {indicator.unit}。"
    if indicator.at_least is not None:
        return f"各区不少于 {indicator.at_least} {indicator.unit}。"
    return f"文件规定：{indicator.clause}。" if indicator.by_zone else ""


class RatioItem(ItemBase):
    """当年完成量/当年任务量*100%, over one or more indicators."""

    method: Literal["ratio"]
    indicators: tuple[Indicator, ...] = Field(min_length=1)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(i.code, i.name, i.unit, InputKind.AMOUNT, maximum=i.maximum, whole=i.whole, amounts=_amounts(i))
            for i in self.indicators
        )


class _MarkedItem(ItemBase):
    """An item scored from marks out of `full`."""

    judge: Text
    full: Quoted

    input_name: ClassVar[str]

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return (
            Input(f"{self.id}.1", self.input_name, "分", InputKind.SCORE, maximum=self.full.value, judge=self.judge),
        )


class ExpertItem(_MarkedItem):
    """专家评议: the mean of the experts' marks, converted from `full` to the points."""

    method: Literal["expert"]
    input_name = "专家评议得分"


class RatingItem(_MarkedItem):
    """综合评价: a mark given by the city office or the member departments."""

    method: Literal["rating"]
    input_name = "综合评价得分"


class ReferenceItem(_MarkedItem):
    """参照 another scheme: its raw mark, converted from `full` to the points."""

    method: Literal["reference"]
    input_name = "百分制原始分"


class Check(Frozen):
    """One step of a checklist and the points it earns."""

    name: Text
    points: Quoted


class ChecklistItem(ItemBase):
    """Points for each step that was done."""

    method: Literal["checklist"]
    checks: tuple[Check, ...] = Field(alias="check", min_length=1)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(f"{self.id}.{n}", check.name, "是/否", InputKind.FLAG) for n, check in enumerate(self.checks, 1)
        )

    def quoted(self) -> tuple[tuple[str, Decimal, str], ...]:
        return tuple(
            (f"check[{n}].points", c.points.value, c.points.clause)
            for n, c in enumerate(self.checks, 1)
            if c.points.clause is not None
        )


class CasesItem(ItemBase):
    """Cases a district hands in, each judged up to `per_case`, at most `max_cases` of them."""

    method: Literal["cases"]
    judge: Text
    case_name: Text
    per_case: Quoted
    max_cases: Quoted

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(
                f"{self.id}.{n}",
                f"{self.case_name}{n}",
                "分",
                InputKind.SCORE,
                maximum=self.per_case.value,
                judge=self.judge,
                names_case=True,
            )
            for n in range(1, int(self.max_cases.value) + 1)
        )


class Tier(Frozen):
    """Points for a count from `start` to `to`, both included; no `to` means 以上."""

    start: Points = Field(alias="from")
    to: Points | None = None
    points: Points
    clause: Text


class TiersItem(ItemBase):
    """Points by how many there were."""

    method: Literal["tiers"]
    count_name: Text
    unit: Text
    tiers: tuple[Tier, ...] = Field(alias="tier", min_length=1)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return (Input(f"{self.id}.1", self.count_name, self.unit, InputKind.COUNT, whole=True),)

    def quoted(self) -> tuple[tuple[str, Decimal, str], ...]:
        found = []
        for n, tier in enumerate(self.tiers, 1):
            found.append((f"tier[{n}].from", tier.start, tier.clause))
            if tier.to is not None:
                found.append((f"tier[{n}].to", tier.to, tier.clause))
            if tier.points:  # 不得分 names no number
                found.append((f"tier[{n}].points", tier.points, tier.clause))
        return tuple(found)


class MediaItem(ItemBase):
    """Points for good reports up to a cap, less points for bad ones up to a cap of their own."""

    method: Literal["media"]
    unit: Text
    positive_name: Text
    negative_name: Text
    negative_judge: Text
    positive_each: Quoted
    positive_cap: Quoted
    negative_each: Quoted
    negative_cap: Quoted

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return (
            Input(f"{self.id}.1", self.positive_name, self.unit, InputKind.COUNT, whole=True),
            Input(
                f"{self.id}.2", self.negative_name, self.unit, InputKind.COUNT, judge=self.negative_judge, whole=True
            ),
        )


class InspectionItem(ItemBase):
    """Full marks, less a deduction for each citation, plus a restoration for each one rectified."""

    method: Literal["inspection"]
    judge: Text
    unit: Text
    cited_name: Text
    rectified_name: Text
    full: Quoted
    deduction: Quoted
    restoration: Quoted

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(f"{self.id}.{n}", name, self.unit, InputKind.COUNT, judge=self.judge, whole=True)
            for n, name in enumerate((self.cited_name, self.rectified_name), 1)
        )


Item = Annotated[
    RatioItem
    | ExpertItem
    | RatingItem
    | ReferenceItem
    | ChecklistItem
    | CasesItem
    | TiersItem
    | MediaItem
    | InspectionItem,
    Field(discriminator="method"),
]
