"""Records of a scoring scheme.

The classes below `Frozen` mirror the TOML files of `data/<year>/` key by key and refuse anything they do not know. `Scheme`
puts them together and offers the two views everybody works with: scored `Item`s in official order, and the `Input`s
(fields to fill in) they are scored from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
    sense; `names_case` that 填报内容 is for the district to fill in (it names a case, and the mark stands beside it).
    """

    code: str
    name: str
    unit: str
    kind: InputKind
    maximum: Decimal | None = None
    judge: str | None = None
    whole: bool = False
    names_case: bool = False

    @property
    def item_id(self) -> str:
        return self.code.partition(".")[0]


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


class RatioItem(ItemBase):
    """当年完成量/当年任务量*100%, over one or more indicators."""

    method: Literal["ratio"]
    indicators: tuple[Indicator, ...] = Field(min_length=1)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(i.code, i.name, i.unit, InputKind.AMOUNT, maximum=i.maximum, whole=i.whole) for i in self.indicators
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


class Row(Frozen):
    """A row of 附件1's official table. `annex` names the annex that this row's score is the total of."""

    task: Text
    method_text: Text
    points: Points
    annex: Text | None = None
    items: tuple[Item, ...] = Field(default=(), alias="item")


class Section(Frozen):
    """One of the sections 附件1 divides the points into."""

    number: int
    name: Text
    label: Text
    points: Points
    rows: tuple[Row, ...] = Field(alias="row", min_length=1)


class AnnexHead(Frozen):
    """What stands above an annex's table, and what it adds up to."""

    id: Text
    heading: Text
    title: Text
    columns: tuple[Text, ...]
    points: Points
    section: int | None = None
    """The section of 附件1 that this annex details."""


class Annex1(Frozen):
    annex: AnnexHead
    sections: tuple[Section, ...] = Field(alias="section", min_length=1)


class Task(Frozen):
    """A row of 附件2's official table."""

    id: Text
    number: int
    name: Text
    task: Text
    departments: tuple[Text, ...] = Field(min_length=1)
    method_text: Text
    points: Points
    method: Literal["ratio", "expert", "reference"]
    indicators: tuple[Indicator, ...] = Field(default=(), alias="indicator")

    @property
    def departments_text(self) -> str:
        return "、".join(self.departments)


class ReferenceScale(Frozen):
    full: Quoted


class Annex2(Frozen):
    annex: AnnexHead
    reference: ReferenceScale
    tasks: tuple[Task, ...] = Field(alias="task", min_length=1)


class Source(Frozen):
    """The document the scheme comes from."""

    version: Text
    office: Text
    number: Text
    title: Text
    issued: date
    published: date


class District(Frozen):
    name: Text
    zone: Text


class Districts(Frozen):
    clause: Text
    count: int
    zones: dict[str, Text]
    districts: tuple[District, ...] = Field(alias="district")


class Policy(Frozen):
    """口径: a choice the text leaves open, the readings it allows, the default and why."""

    name: Text
    title: Text
    default: Text
    clause: Text
    reason: Text
    options: dict[str, Text]


class PolicyFile(Frozen):
    policies: tuple[Policy, ...] = Field(alias="policy")


class PolicyError(ValueError):
    """A policy or option that the scheme does not offer; the message is for the user."""


@dataclass(frozen=True)
class Policies:
    """The readings in force: option by policy name, and the indicators' weights where `multi_indicator` is `weights`."""

    chosen: Mapping[str, str]
    weights: Mapping[str, Decimal] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.chosen[name]

    def described(self) -> dict[str, str]:
        """Option by policy name as the user writes them, weights included."""
        shown = dict(self.chosen)
        if self.weights:
            shown["multi_indicator"] = "weights:" + ",".join(f"{code}={w}" for code, w in self.weights.items())
        return shown


@dataclass(frozen=True, eq=False)
class Scheme:
    """A whole scoring scheme, checked: see `xladdin.scheme.load.load_scheme`."""

    source: Source
    annex1: Annex1
    annex2: Annex2
    district_list: Districts
    policy_list: tuple[Policy, ...]
    items: Mapping[str, Item]
    """Scored items by id: 附件2 in order, then 附件1 in order."""
    sections_of: Mapping[str, int]
    """Section number by item id."""

    @cached_property
    def inputs(self) -> Mapping[str, Input]:
        """Every field by its code, in official order."""
        return {i.code: i for item in self.items.values() for i in item.inputs}

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.annex1.sections

    @property
    def points(self) -> Decimal:
        return self.annex1.annex.points

    @property
    def districts(self) -> tuple[District, ...]:
        """In official order."""
        return self.district_list.districts

    @cached_property
    def district_names(self) -> tuple[str, ...]:
        return tuple(d.name for d in self.districts)

    def items_of(self, section: int) -> list[Item]:
        """The items of a section, in official order."""
        return [item for id_, item in self.items.items() if self.sections_of[id_] == section]

    @cached_property
    def default_policies(self) -> Policies:
        return Policies({p.name: p.default for p in self.policy_list})

    def choose_policies(self, choices: Mapping[str, str]) -> Policies:
        """The default policies with the given choices made; `PolicyError` (in Chinese) for one the scheme does not offer."""
        chosen = dict(self.default_policies.chosen)
        weights: dict[str, Decimal] = {}
        by_name = {p.name: p for p in self.policy_list}
        for name, value in choices.items():
            if name not in by_name:
                raise PolicyError(f"没有名为“{name}”的口径；可用的口径：{'、'.join(by_name)}")
            option, _, detail = value.partition(":")
            if option not in by_name[name].options:
                raise PolicyError(
                    f"口径“{name}”没有选项“{option}”；可选：{'、'.join(by_name[name].options)}"
                )
            if option == "weights":
                weights = self._parse_weights(detail)
            elif detail:
                raise PolicyError(f"口径“{name}”的选项“{option}”后面不应再写“:{detail}”")
            chosen[name] = option
        return Policies(chosen, weights)

    def _parse_weights(self, text: str) -> dict[str, Decimal]:
        weights: dict[str, Decimal] = {}
        for part in filter(None, (p.strip() for p in text.split(","))):
            code, _, number = part.partition("=")
            spec = self.inputs.get(code.strip())
            if spec is None or spec.kind is not InputKind.AMOUNT:
                raise PolicyError(f"权重中的“{code}”不是附件2的指标编号（例如 K10.1）")
            try:
                weight = Decimal(number.strip())
            except ArithmeticError:
                weight = Decimal(-1)
            if not weight.is_finite() or weight <= 0:
                raise PolicyError(f"指标 {code} 的权重“{number}”应为大于 0 的数字")
            weights[code.strip()] = weight
        if not weights:
            raise PolicyError("选项 weights 后面要写权重，例如 multi_indicator=weights:K10.1=2,K10.2=1")
        return weights
