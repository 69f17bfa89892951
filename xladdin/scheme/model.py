"""A whole scoring scheme: its annexes, the districts, the document and the readings.

The classes mirror the TOML files of `data/<year>/`; `Scheme` puts them together and offers the two views everybody works
with: scored items in official order, and the fields (`Input`) they are scored from.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

from xladdin.classes import field, record
from xladdin.methods.compared import ComparedItem
from xladdin.methods.inputs import Indicator, Input
from xladdin.methods.item import Item, Policies
from xladdin.numbers import plain
from xladdin.records import Quoted, named
from xladdin.scheme.policies import Policy, Settled, choose_policies
from xladdin.wording import in_words_of
from xladdin.words import DISTRICT, FORM_END


def named_in(text: str, departments: Iterable[str]) -> tuple[set[str], list[str]]:
    """Which of the departments a text names, and whom else; what stands in brackets behind a name is no other."""
    named = set()
    for name in sorted(departments, key=len, reverse=True):  # one name may begin another
        if name in text:
            named.add(name)
            text = text.replace(name, "、")
    rest = re.sub(r"[（(].*?[)）]", "", text)
    return named, [other for other in re.split(r"[、，,；;\s]+", rest) if other]


@record(kw_only=True)
class Row:
    """A row of 附件1's official table. `annex` names the annex that this row's score is the total of."""

    task: str
    method_text: str
    points: Decimal
    annex: str | None = None
    items: tuple[Item, ...] = named("item", default=())


@record(kw_only=True)
class Section:
    """One of the sections 附件1 divides the points into."""

    number: int
    name: str
    label: str
    points: Decimal
    rows: tuple[Row, ...] = named("row", least=1)
    bonus: bool = False
    """Whether it is earned above the scheme's points (加分项): its own are then the most that counts of it."""


@record(kw_only=True)
class AnnexHead:
    """What stands above an annex's table, and what it adds up to."""

    id: str
    heading: str
    title: str
    columns: tuple[str, ...]
    points: Decimal
    section: int | None = None
    """The section of 附件1 whose row this annex details."""


@record(kw_only=True)
class Annex1:
    """annex1.toml: the table of sections, which a scheme has at least."""

    annex: AnnexHead
    sections: tuple[Section, ...] = named("section", least=1)


@record(kw_only=True)
class Task:
    """A row of the official table of an annex of tasks."""

    id: str
    number: int
    name: str
    task: str
    departments: tuple[str, ...] = named(least=1)
    method_text: str
    points: Decimal

    @property
    def departments_text(self) -> str:
        return "、".join(self.departments)


@record(kw_only=True)
class ReferenceScale:
    """What marks under another scheme are out of."""

    full: Quoted


@record(kw_only=True)
class TaskAnnex:
    """annex2.toml, annex3.toml and so on: tasks whose points add up to those of the row of 附件1 that names the annex."""

    annex: AnnexHead
    reference: ReferenceScale | None = None
    tasks: tuple[Task, ...] = named("task", least=1)


@record(kw_only=True)
class Veto:
    """What a unit's total is cancelled for (一票否决), or counts `at_most` points for where there is such a figure."""

    name: str
    clause: str
    at_most: Decimal | None = None

    @property
    def effect(self) -> str:
        """What becomes of the total, in words."""
        return "取消考核成绩" if self.at_most is None else f"总分最高按 {plain(self.at_most)} 分计"


@record(kw_only=True)
class Grade:
    """A grade (等次) and the total from which it is reached, up to the next better one."""

    name: str
    start: Quoted = named("from")


@record(kw_only=True)
class Source:
    """The document the scheme comes from, the year it assesses and what its office is called.

    `year` is the calendar year that is assessed, whenever the document was issued. `office_name` is the office's short name
    as the document has it; `number_prefix` begins every 下发编号.
    """

    version: str
    year: int
    office: str
    office_name: str
    number_prefix: str
    number: str
    title: str
    issued: date
    published: date
    unit_word: str = DISTRICT
    """What those are called who are assessed: 区, 县, 街镇 …"""
    vetoes: tuple[Veto, ...] = named("veto", default=())
    grades: tuple[Grade, ...] = named("grade", default=())
    """The best first, the last from 0 on."""

    def say(self, text: str) -> str:
        """One of the product's own texts, in the scheme's word for those who are assessed."""
        return in_words_of(text, self.unit_word, self.office_name)

    @property
    def form_kind(self) -> str:
        """What the form is called that they fill in."""
        return f"{self.unit_word}{FORM_END}"

    def issue_number(self, who: str, issue: int) -> str:
        """下发编号: unique for year, recipient and issue."""
        return f"{self.number_prefix}{self.version}-{who}-{issue}"

    def recipient(self, number: str) -> str:
        """Whom a 下发编号 is of, as `issue_number` was told; nothing where it is no number of this year's."""
        start, _, rest = number.partition(f"{self.number_prefix}{self.version}-")
        return "" if start else rest.partition("-")[0]


@record(kw_only=True)
class District:
    """A district, the zone whose amounts bind it, in a city that has zones, and the group in which it is ranked besides."""

    name: str
    zone: str = ""
    group: str = ""


@record(kw_only=True)
class Group:
    """Units that are ranked among themselves as well (分组排名)."""

    name: str
    clause: str


@record(kw_only=True)
class Districts:
    """districts.toml."""

    clause: str
    count: int
    zones: dict[str, str] = field(default_factory=dict)
    groups: tuple[Group, ...] = named("group", default=())
    districts: tuple[District, ...] = named("district")


@record(eq=False)
class Scheme:
    """A whole scoring scheme, checked: see `xladdin.scheme.load.load_scheme`."""

    source: Source
    annex1: Annex1
    annexes: tuple[TaskAnnex, ...]
    """The annexes of tasks, 附件2 and on; none where 附件1 is the whole scheme."""
    district_list: Districts
    policy_list: tuple[Policy, ...]
    items: Mapping[str, Item]
    """Scored items by id: those of the annexes of tasks in order, then those of 附件1 in order."""
    sections_of: Mapping[str, int]
    """Section number by item id."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The data files as they were read, by name: what the scheme can be loaded from again."""
    settled: tuple[Settled, ...] = ()
    """The readings that leave no choice."""
    confirmed: tuple[str, ...] = ()
    """The stamps of earlier states of an office's own scheme, of which it was confirmed that what was sent out under them counts."""
    confirmed_day: str = ""
    """The day on which it was confirmed, as 2024-03-01."""

    @property
    def confirmation(self) -> str:
        """That it was changed after forms had been sent out, and when their use was confirmed; nothing where it was not."""
        if not self.confirmed:
            return ""
        return f"考核方案在下发以后改过，{self.confirmed_day} 确认变动不涉及填报内容，已下发的表照常采用"

    @cached_property
    def inputs(self) -> Mapping[str, Input]:
        """Every field by its code, in official order."""
        return {i.code: i for item in self.items.values() for i in item.inputs}

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Everything that has a 任务量, in official order."""
        return tuple(spec.indicator for spec in self.inputs.values() if spec.indicator)

    @cached_property
    def compared_codes(self) -> tuple[str, ...]:
        """The codes of the fields that are scored against all districts'."""
        return tuple(spec.code for item in self.items.values() if item.among_all for spec in item.inputs)

    def compared_group(self, code: str, district: str) -> str:
        """The group whose units the district is compared with in a field; nothing where it is all of them."""
        item = self.items[self.inputs[code].item_id]
        return self.group_of[district] if isinstance(item, ComparedItem) and item.within_group else ""

    def least_amount(self, code: str, district: str = "") -> Decimal | None:
        """The least 任务量 that the text sets for the district, or for any where none is named; None where it sets none."""
        indicator = self.inputs[code].indicator
        if not indicator or not indicator.by_zone:
            return indicator.at_least if indicator else None
        zone = next((d.zone for d in self.districts if d.name == district), "")
        return indicator.by_zone.get(zone) or min(indicator.by_zone.values())

    def departments_of(self, code: str) -> tuple[str, ...]:
        """The departments that evaluate a field of a task: those that its judge names, else all that evaluate the task."""
        return self._departments[code]

    @cached_property
    def _departments(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = dict.fromkeys(self.inputs, ())
        for task in self.tasks.values():
            for spec in self.items[task.id].inputs:
                named, _others = named_in(spec.judge or "", task.departments)
                found[spec.code] = tuple(name for name in task.departments if name in named) or task.departments
        return found

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """The rows of all annexes of tasks, by id."""
        return {task.id: task for annex in self.annexes for task in annex.tasks}

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.annex1.sections

    @property
    def points(self) -> Decimal:
        """What the total is out of, without what may be earned above it."""
        return self.annex1.annex.points

    @property
    def bonus_points(self) -> Decimal:
        """What may be earned above the points at most."""
        return sum((section.points for section in self.sections if section.bonus), Decimal(0))

    @property
    def points_text(self) -> str:
        """The points in words, with what may be earned above them."""
        bonus = f"，另加分至多 {plain(self.bonus_points)} 分" if self.bonus_points else ""
        return f"{plain(self.points)} 分{bonus}"

    @property
    def points_shown(self) -> str | float:
        """The points as a cell shows them."""
        return f"{plain(self.points)}+{plain(self.bonus_points)}" if self.bonus_points else float(self.points)

    @property
    def districts(self) -> tuple[District, ...]:
        """In official order."""
        return self.district_list.districts

    @cached_property
    def bonus_items(self) -> frozenset[str]:
        """The ids of what may be earned above the scheme's points: not to earn it loses nothing."""
        return frozenset(item.id for s in self.sections if s.bonus for item in self.items_of(s.number))

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups in which units are ranked besides, if any."""
        return self.district_list.groups

    @cached_property
    def group_of(self) -> Mapping[str, str]:
        """The name of each unit's group; nothing where there are none."""
        return {d.name: d.group for d in self.districts}

    @property
    def vetoes(self) -> Mapping[str, Veto]:
        """What totals are cancelled or limited for, by name."""
        return {veto.name: veto for veto in self.source.vetoes}

    @property
    def grades(self) -> tuple[Grade, ...]:
        return self.source.grades

    @cached_property
    def district_names(self) -> tuple[str, ...]:
        return tuple(d.name for d in self.districts)

    def districts_in(self, text: str) -> list[str]:
        """The districts that a text names; 新城区 does not name 城区."""
        named = [name for name in self.district_names if name in text]
        return [name for name in named if not any(name != other and name in other for other in named)]

    def items_of(self, section: int) -> list[Item]:
        """The items of a section, in official order."""
        return [item for id_, item in self.items.items() if self.sections_of[id_] == section]

    def reading_title(self, policy: str) -> str:
        """The Chinese name of a reading (口径), with its name in the data behind it: that is what --policy takes."""
        return next((f"{p.title}（{policy}）" for p in self.policy_list if p.name == policy), policy)

    @cached_property
    def default_policies(self) -> Policies:
        return Policies({p.name: p.default for p in self.policy_list})

    def choose_policies(self, choices: Mapping[str, str]) -> Policies:
        """The default readings with the given choices made; `PolicyError` (in Chinese) for one that is not offered."""
        return choose_policies(self.policy_list, choices, self.inputs)
