"""A whole scoring scheme: the two annexes, the districts, the document and the readings.

The classes mirror the TOML files of `data/<year>/`; `Scheme` puts them together and offers the two views everybody works
with: scored items in official order, and the fields (`Input`) they are scored from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import Field

from xladdin.methods.item import Frozen, Indicator, Input, Item, Points, Quoted, Text
from xladdin.scheme.policies import Policies, Policy, choose_policies


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
    """annex1.toml."""

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
    """What marks under another scheme are out of."""

    full: Quoted


class Annex2(Frozen):
    """annex2.toml."""

    annex: AnnexHead
    reference: ReferenceScale
    tasks: tuple[Task, ...] = Field(alias="task", min_length=1)


class Source(Frozen):
    """The document the scheme comes from, the year it assesses and what its office is called.

    `year` is the calendar year that is assessed, whenever the document was issued. `office_name` is the office's short name
    as the document has it; `number_prefix` begins every 下发编号.
    """

    version: Text
    year: int
    office: Text
    office_name: Text
    number_prefix: Text
    number: Text
    title: Text
    issued: date
    published: date

    def issue_number(self, who: str, issue: int) -> str:
        """下发编号: unique for year, recipient and issue."""
        return f"{self.number_prefix}{self.version}-{who}-{issue}"


class District(Frozen):
    """A district and the zone whose amounts bind it, in a city that has zones."""

    name: Text
    zone: str = ""


class Districts(Frozen):
    """districts.toml."""

    clause: Text
    count: int
    zones: dict[str, Text] = Field(default={})
    districts: tuple[District, ...] = Field(alias="district")


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
        """The default readings with the given choices made; `PolicyError` (in Chinese) for one that is not offered."""
        return choose_policies(self.policy_list, choices, self.inputs)
