"""What a table of a scheme, or an item in it, cannot mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from decimal import Decimal
from itertools import pairwise

from xladdin.methods.compared import ComparedItem
from xladdin.numbers import plain
from xladdin.records import MISSING
from xladdin.scheme.faults import SchemeFaults, shortened
from xladdin.scheme.model import Annex1, AnnexHead, Districts, Section, Source, TaskAnnex, named_in
from xladdin.scheme.reading import FoundItem
from xladdin.scheme.tables import ANNEX1, DISTRICTS, SOURCE, Table, tables_in
from xladdin.words import COVER, SCORE

ID = re.compile(r"[A-Z]+\d+")
"""How an item is numbered."""
_PREFIX = re.compile(r"[A-Z]{1,8}")
_LONGEST_VERSION = 20
_LONGEST_WORD = 6
_LONGEST_LIST = 250
"""Characters of all choices of a cell together: Excel takes 255."""


def check_head(file: str, head: AnnexHead, width: int, faults: SchemeFaults) -> None:
    """What stands above an annex's table, which has so many columns."""
    faults.name(file, "annex.id", head.id)
    if head.id == COVER:
        faults.add(file, "annex.id", f"“{COVER}”是填报表第一张工作表的名称，请改用别的")
    if len(head.columns) != width:
        faults.add(file, "annex.columns", f"有 {len(head.columns)} 列，应为 {width} 列")
    elif head.columns[-1] != SCORE:
        faults.add(file, "annex.columns", f"最后一列应为“{SCORE}”")


def check_annex1(annex: Annex1, incomplete: Set[str], faults: SchemeFaults) -> None:
    """The table of sections; `incomplete` are the rows (table and key) of which an item could not be read."""
    file = ANNEX1
    own = [s.points for s in annex.sections if not s.bonus]
    faults.sum(file, "section", own, annex.annex.points, "加分项以外的各部分" if annex.sections[-1].bonus else "各部分")
    if any(before.bonus and not after.bonus for before, after in pairwise(annex.sections)):
        faults.add(file, "section.bonus", "加分项应排在其他部分之后")
    faults.numbered(file, "section", [s.number for s in annex.sections])
    for s, section in enumerate(annex.sections, 1):
        faults.quoted(file, f"section[{s}].points", section.label, section.label, section.points)
        if section.bonus:
            _check_bonus(file, f"section[{s}]", section, faults)
        else:
            faults.sum(file, f"section[{s}].row", (r.points for r in section.rows), section.points, section.label)
        for r, row in enumerate(section.rows, 1):
            key = f"section[{s}].row[{r}]"
            if row.annex is None and f"{file} {key}" not in incomplete:
                faults.sum(file, f"{key}.item", (i.points for i in row.items), row.points, f"“{row.task}”各计分项")
            elif row.annex is not None and row.items:
                faults.add(file, f"{key}.item", "由另一附件计分的行不能再有计分项")


def _check_bonus(file: str, key: str, section: Section, faults: SchemeFaults) -> None:
    """A section whose points are the most that counts of it: its rows may come to more."""
    total = sum((row.points for row in section.rows), Decimal(0))
    if total < section.points:
        faults.add(file, f"{key}.row", f"{section.label}各行合计 {total} 分，不到加分上限 {section.points} 分")
    for r, row in enumerate(section.rows, 1):
        if row.annex is not None:
            said = f"加分项不能引用附件，“{row.annex}”里的各项请写成本部分的计分项"
            faults.add(file, f"{key}.row[{r}].annex", said)


def check_item(found: FoundItem, faults: SchemeFaults, *, grouped: bool) -> None:
    """An item against the text that it comes from; `grouped` is whether the units are in groups, as far as is known."""
    file, key, item, text = found.file, found.key, found.item, found.text
    if file == ANNEX1:  # a task's clause is its text
        faults.quoted(file, f"{key}.clause", item.clause, text)
    if not ID.fullmatch(item.id):
        faults.add(file, f"{key}.id", f"“{item.id}”应为大写字母加数字")
    for name, problem in item.problems():
        faults.add(file, f"{key}.{name}", problem)
    if isinstance(item, ComparedItem) and item.within_group and not grouped:
        faults.add(file, f"{key}.within_group", "方案里没有分组，不能只与同组比较")
    for name, number, clause in item.quoted():
        faults.quoted(file, f"{key}.{name}", clause, text, number)
    for name in dict.fromkeys(name for spec in item.inputs for name in spec.members):
        faults.name(file, f"{key}.members.units", name)
    highest = item.highest
    if highest is not None and highest != item.points:
        faults.add(file, f"{key}.points", f"按规则最高可得 {plain(highest)} 分，与分值 {plain(item.points)} 分不符")


def check_tasks(file: str, annex: TaskAnnex, faults: SchemeFaults) -> None:
    """The official rows of an annex of tasks."""
    faults.sum(file, "task", (t.points for t in annex.tasks), annex.annex.points, f"{len(annex.tasks)} 项任务")
    if annex.annex.section is None:
        faults.add(file, "annex.section", MISSING)
    faults.numbered(file, "task", [t.number for t in annex.tasks])
    faults.unique(file, "task.id", (t.id for t in annex.tasks))


def check_judges(
    file: str, annex: TaskAnnex, tables: Sequence[Table], items: Sequence[FoundItem], faults: SchemeFaults
) -> None:
    """Whom a task's rule names as judge gets the workbook only as one of its departments."""
    by_experts = {found.key for found in items if found.file == file and found.item.by_experts}
    for n, (task, table) in enumerate(zip(annex.tasks, tables, strict=True), 1):
        if f"task[{n}]" in by_experts:
            continue
        for key, judge in _judges(table, f"task[{n}]"):
            if wrong := named_in(judge, task.departments)[1]:
                said = f"“{'、'.join(wrong)}”不是这项任务的评价部门（{task.departments_text}），评价表不会发给它；请改为其中的部门，或加进评价部门"
                faults.add(file, key, said)


def _judges(table: Table, key: str) -> Iterator[tuple[str, str]]:
    """Whoever is named as judge anywhere in a table, by key."""
    for name, value in table.items():
        if name == "judge" and isinstance(value, str):
            yield f"{key}.{name}", value
        elif isinstance(value, Mapping):
            yield from _judges(value, f"{key}.{name}")
        else:
            for n, one in enumerate(tables_in(table, name), 1):
                yield from _judges(one, f"{key}.{name}[{n}]")


def check_districts(districts: Districts, faults: SchemeFaults) -> None:
    """The units, their zones and groups."""
    file = DISTRICTS
    if len(districts.districts) != districts.count:
        faults.add(file, "district", f"有 {len(districts.districts)} 个单位，应为 {districts.count} 个")
    faults.has_number(file, "count", districts.clause, Decimal(districts.count))
    faults.unique(file, "district[{}].name", (d.name for d in districts.districts))
    for n, district in enumerate(districts.districts, 1):
        if districts.zones and not district.zone:
            faults.add(file, f"district[{n}].zone", MISSING)
        elif district.zone not in (districts.zones or {""}):
            faults.add(
                file,
                f"district[{n}].zone",
                f"没有名为“{district.zone}”的区域；可写：{'、'.join(districts.zones.values()) or '空白'}",
            )
    _check_groups(districts, faults)


def _check_groups(districts: Districts, faults: SchemeFaults) -> None:
    names = [group.name for group in districts.groups]
    faults.unique(DISTRICTS, "group[{}].name", names)
    said = set()
    for n, district in enumerate(districts.districts, 1):
        key, named = f"district[{n}].group", district.group
        if names and not named:
            faults.add(DISTRICTS, key, f"“{district.name}”没有分组；分组排名时每个单位都要在一组里")
        elif named and named not in names and named not in said:
            said.add(named)  # once, whoever else is said to be in it
            faults.add(DISTRICTS, key, f"没有名为“{named}”的组；可写：{'、'.join(names) or '空白'}")
    own = {district.group for district in districts.districts}
    for n, group in enumerate(districts.groups, 1):
        if group.name not in own:
            faults.add(DISTRICTS, f"group[{n}].name", f"“{group.name}”里没有单位")
        faults.has_name(DISTRICTS, f"group[{n}].clause", group.clause, group.name)


def check_outcome(source: Source, most: Decimal | None, faults: SchemeFaults) -> None:
    """What becomes of a total: 一票否决 and 等次. `most` is what a total comes to at most, where that is known."""
    faults.unique(SOURCE, "veto[{}].name", (veto.name for veto in source.vetoes))
    for n, veto in enumerate(source.vetoes, 1):
        faults.name(SOURCE, f"veto[{n}].name", veto.name)
        if "," in veto.name:
            faults.add(SOURCE, f"veto[{n}].name", f"“{veto.name}”里有英文逗号，不能作下拉列表的一项，请改用中文标点")
    if sum(len(veto.name) + 1 for veto in source.vetoes) > _LONGEST_LIST:
        faults.add(SOURCE, "veto.name", f"名称合计超过 {_LONGEST_LIST} 个字，放不进下拉列表，请用简称")
    for n, veto in enumerate(source.vetoes, 1):
        if veto.at_most is None:
            continue
        faults.has_number(SOURCE, f"veto[{n}].at_most", veto.clause, veto.at_most)
        if most is not None and veto.at_most >= most:
            faults.add(SOURCE, f"veto[{n}].at_most", f"为 {veto.at_most}，应低于总分 {most}")
    faults.unique(SOURCE, "grade[{}].name", (grade.name for grade in source.grades))
    for n, grade in enumerate(source.grades, 1):
        start, clause = grade.start.value, grade.start.clause
        if clause and start:
            faults.has_number(SOURCE, f"grade[{n}].from", clause, start)
        if clause:
            faults.has_name(SOURCE, f"grade[{n}].name", clause, grade.name)
        if n > 1 and start >= source.grades[n - 2].start.value:
            before = source.grades[n - 2]
            faults.add(SOURCE, f"grade[{n}].from", f"为 {start}，应低于上一等次“{before.name}”的 {before.start}")
    if source.grades and source.grades[-1].start.value:
        problem = f"最后一个等次从 {source.grades[-1].start} 分起，更低的总分没有等次；应从 0 分起"
        faults.add(SOURCE, f"grade[{len(source.grades)}].from", problem)


def check_names(
    source: Source | None, annexes: Mapping[str, TaskAnnex], districts: Districts | None, faults: SchemeFaults
) -> None:
    """Names of units and the version become those of folders, files and sheets."""
    if source:
        faults.name(SOURCE, "version", source.version, _LONGEST_VERSION)
        faults.name(SOURCE, "office_name", source.office_name)
        faults.name(SOURCE, "unit_word", source.unit_word, _LONGEST_WORD)
        if not _PREFIX.fullmatch(source.number_prefix):
            faults.add(SOURCE, "number_prefix", f"为“{shortened(source.number_prefix)}”，应为 1 至 8 个大写字母")
    for n, district in enumerate(districts.districts if districts else (), 1):
        faults.name(DISTRICTS, f"district[{n}].name", district.name)
    for file, annex in annexes.items():
        for n, task in enumerate(annex.tasks, 1):
            for name in task.departments:
                key = f"task[{n}].departments"
                faults.name(file, key, name)
                if " " in name.strip():
                    faults.add(file, key, f"“{name}”里有空格；几个部门用顿号分开，一个部门的去掉空格")
