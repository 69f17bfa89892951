"""Who evaluates what, as the scheme's data has it: the departments that tasks name, the experts, and the office for the rest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import Enum

from xladdin.classes import field, record
from xladdin.fields.ordering import natural_key
from xladdin.issues import WrongCall
from xladdin.methods.item import Item
from xladdin.scheme.model import Scheme, Source
from xladdin.words import DEPARTMENT_KIND, EXPERT_KIND, OFFICE_KIND_END, unit_file_name

DEFAULT_EXPERTS = tuple(f"专家{n}" for n in range(1, 8))

_EXPERT_NAME = re.compile(r"\w[\w·.]*")


class UnitKind(Enum):
    """What kind of evaluator a unit is."""

    DEPARTMENT = "部门"
    EXPERT = "专家"
    OFFICE = "办公室"


_NUMBER_LETTERS = {UnitKind.DEPARTMENT: "B", UnitKind.EXPERT: "Z", UnitKind.OFFICE: "S"}


@record
class Unit:
    """One that evaluates: its name and the codes of the fields it judges, in official order.

    `position` tells units of a kind apart in 下发编号; it is no part of who the unit is.
    """

    kind: UnitKind
    name: str
    codes: tuple[str, ...]
    position: int = field(default=1, compare=False)

    @property
    def order(self) -> tuple[int, int]:
        """Departments first, then experts, then the office, each in their own order."""
        return list(UnitKind).index(self.kind), self.position

    @property
    def category(self) -> str:
        """类别 as people write it; the office, one of a kind, goes by its name."""
        return self.name if self.kind is UnitKind.OFFICE else self.kind.value

    @property
    def workbook(self) -> str:
        """The kind of workbook it fills in."""
        match self.kind:
            case UnitKind.DEPARTMENT:
                return DEPARTMENT_KIND
            case UnitKind.EXPERT:
                return EXPERT_KIND
        return f"{self.name}{OFFICE_KIND_END}"

    @property
    def file_name(self) -> str:
        """The name of its workbook."""
        return unit_file_name(self.workbook, "" if self.kind is UnitKind.OFFICE else self.name)

    def number(self, source: Source, issue: int) -> str:
        """下发编号, unique for year, unit and issue."""
        return source.issue_number(f"{_NUMBER_LETTERS[self.kind]}{self.position:02d}", issue)


def departments(scheme: Scheme) -> tuple[Unit, ...]:
    """The departments that evaluate tasks, in the order in which the text first names them; then other members.

    The office is none of them: what the text has it evaluate is in its own workbook.
    """
    codes: dict[str, list[str]] = {}
    for task in scheme.tasks.values():
        own = [(spec.code, scheme.departments_of(spec.code)) for spec in scheme.items[task.id].inputs]
        for name in task.departments:
            codes.setdefault(name, []).extend(code for code, named in own if name in named)
    for spec in scheme.inputs.values():
        for name in spec.members:
            codes.setdefault(name, []).append(spec.code)
    codes.pop(scheme.source.office_name, None)
    judging = {name: own for name, own in codes.items() if own}
    return tuple(Unit(UnitKind.DEPARTMENT, name, tuple(own), n) for n, (name, own) in enumerate(judging.items(), 1))


def _judged_by_experts(item: Item) -> bool:
    return item.by_experts


def split_names(text: str) -> list[str]:
    """Names that people have written one after another with commas, 顿号, semicolons or spaces between them."""
    return [name for name in re.split(r"[,，、;；\s]+", unicodedata.normalize("NFKC", text)) if name]


def expert_codes(scheme: Scheme) -> tuple[str, ...]:
    """The fields that experts judge."""
    return tuple(spec.code for item in scheme.items.values() if _judged_by_experts(item) for spec in item.inputs)


def is_expert_name(scheme: Scheme, name: str) -> bool:
    """Whether an expert's workbook can have the name in its file name, and be known by it when it comes back."""
    taken = {scheme.source.office_name, *(unit.name for unit in departments(scheme))}
    return bool(expert_codes(scheme) and _EXPERT_NAME.fullmatch(name)) and name not in taken


def experts(scheme: Scheme, names: Sequence[str] = DEFAULT_EXPERTS) -> tuple[Unit, ...]:
    """The experts of these names, each of whom judges every 专家评议 and every 示范案例; none where the scheme has neither."""
    if not (codes := expert_codes(scheme)):
        return ()
    for name in names:
        if not is_expert_name(scheme, name):
            raise WrongCall(
                f"专家姓名“{name}”不能用：只用汉字、字母、数字和“·”，不能与部门、{scheme.source.office_name}同名"
            )
    if len(set(names)) != len(names):
        raise WrongCall(f"专家姓名有重复：{'、'.join(names)}；同名的请加序号区分")
    return tuple(Unit(UnitKind.EXPERT, name, codes, n) for n, name in enumerate(names, 1))


def office(scheme: Scheme) -> Unit:
    """The office, which decides whatever of 附件1 is not for experts, and evaluates the tasks that name it."""
    name = scheme.source.office_name

    def is_own(item: Item, code: str) -> bool:
        return name in scheme.departments_of(code) if item.id in scheme.tasks else not _judged_by_experts(item)

    codes = (spec.code for item in scheme.items.values() for spec in item.inputs if is_own(item, spec.code))
    return Unit(UnitKind.OFFICE, name, tuple(codes))


def units(scheme: Scheme, expert_names: Sequence[str] = DEFAULT_EXPERTS) -> tuple[Unit, ...]:
    """Everybody that evaluates: departments, experts, the office."""
    return (*departments(scheme), *experts(scheme, expert_names), office(scheme))


def named_units(scheme: Scheme, names: Iterable[tuple[str, str]]) -> tuple[Unit, ...]:
    """The units of these kinds and names; those that the scheme does not have are left out."""
    named = set(names)
    people = sorted({name for kind, name in named if kind == UnitKind.EXPERT.value}, key=natural_key)
    return tuple(unit for unit in units(scheme, people) if (unit.category, unit.name) in named)


def workbook_kinds(scheme: Scheme) -> dict[str, str]:
    """The workbook that each kind of unit fills in, by 类别, in the order in which units are listed."""
    kinds = {UnitKind.DEPARTMENT.value: DEPARTMENT_KIND, UnitKind.EXPERT.value: EXPERT_KIND}
    own = office(scheme)
    return {**kinds, own.category: own.workbook}


def everybody(scheme: Scheme, known: Iterable[Unit]) -> tuple[Unit, ...]:
    """Everybody that evaluates where the units `known` do: all departments, those experts by name, the office."""
    people = {unit.name: unit for unit in known if unit.kind is UnitKind.EXPERT}
    return (*departments(scheme), *(people[name] for name in sorted(people, key=natural_key)), office(scheme))
