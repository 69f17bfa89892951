"""Strict reader of a scheme's data: a table for each annex and four more, from the TOML files of a year or from the sheets of 考核方案.xlsx.

Everything that can be checked about the data without a district's numbers is checked, all faults are gathered, and each is
reported with its place. A year is a folder below `data/`; nothing in Python knows which numbers it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import lru_cache
from pathlib import Path

from xladdin.classes import replace
from xladdin.issues import Refused
from xladdin.methods.item import Item
from xladdin.scheme import checks, cross_checks
from xladdin.scheme.faults import SchemeFaults
from xladdin.scheme.model import Annex1, Districts, Scheme, Source, TaskAnnex
from xladdin.scheme.policies import PolicyFile
from xladdin.scheme.reading import Reader
from xladdin.scheme.tables import ANNEX1, DISTRICTS, POLICIES, SOURCE, Table, tables_in, tables_of_year, task_annexes

DATA = Path(__file__).parent / "data"


class SchemeError(Refused):
    """The scheme's data is not what the document can say. `faults` names place and what is wrong, one per line."""

    def __init__(self, faults: list[str], file: Path | None = None) -> None:
        self.faults = faults
        super().__init__("\n".join((f"考核方案数据有误{f'（{file}）' if file else ''}：", *faults)))


def available_versions(data: Path | None = None) -> list[str]:
    """The years for which a scheme is at hand, oldest first."""
    return sorted(folder.name for folder in (data or DATA).iterdir() if (folder / SOURCE).is_file())


def load_scheme(version: str, data: Path | None = None) -> Scheme:
    """The scheme of a year, checked; `SchemeError` lists everything wrong with it. See `choosing` for which year."""
    return _loaded((data or DATA) / version)


@lru_cache(maxsize=8)
def _loaded(folder: Path) -> Scheme:
    faults: list[str] = []
    files: dict[str, bytes] = {}
    tables = tables_of_year(folder, faults, files)
    return scheme_of_tables(
        tables, lambda file, key, problem: f"{folder.name}/{file}：{key}：{problem}", faults, files, version=folder.name
    )


def scheme_of_tables(
    tables: Mapping[str, Table | None],
    worded: Callable[[str, str, str], str],
    lines: list[str],
    files: Mapping[str, bytes],
    *,
    unsure: Set[str] = frozenset(),
    version: str = "",
) -> Scheme:
    """The scheme that tables say, checked; `SchemeError` lists everything wrong, those faults that are known already (`lines`) first.

    The tables are those that every scheme has, and one for each annex of tasks (`annex_file`). `worded` says what is wrong with a key
    of a table, and where that stands; `files` are those the tables were read from. None in place of a table is one that could not be read,
    `unsure` are tables in which something may be missing: of those only what is there is looked at. With `version` the
    scheme has to be that one.
    """
    faults = SchemeFaults(worded, lines)
    reader = Reader(tables, unsure, faults)
    source = reader.record(SOURCE, Source)
    annex1 = reader.annex1()
    tasks = {file: reader.task_annex(file) for file in task_annexes(tables)}
    districts = reader.record(DISTRICTS, Districts)
    policies = reader.record(POLICIES, PolicyFile)
    annexes = {file: annex for file, annex in tasks.items() if annex}
    if source and version and source.version != version:
        faults.add(SOURCE, "version", f"为“{source.version}”，应与文件夹名“{version}”一致")
    _check(reader, source or reader.document(), annex1, tasks, districts, policies)
    if lines or not (source and annex1 and districts and policies):
        raise SchemeError(lines)
    of_tasks = [
        (annex, [found.item for found in reader.items if found.file == file]) for file, annex in annexes.items()
    ]
    by_id, sections_of = _assemble(annex1, of_tasks)
    return Scheme(
        source,
        annex1,
        tuple(annexes.values()),
        districts,
        policies.policies,
        by_id,
        sections_of,
        files,
        policies.settled,
    )


def _check(
    reader: Reader,
    source: Source | None,
    annex1: Annex1 | None,
    tasks: Mapping[str, TaskAnnex | None],
    districts: Districts | None,
    policies: PolicyFile | None,
) -> None:
    """All checks of what could be read. What depends on a table or an item that could not is not looked at."""
    found, faults = reader.items, reader.faults
    items = [one.item for one in found]
    annexes = {file: annex for file, annex in tasks.items() if annex}
    heads = {file: annex.annex for file, annex in {ANNEX1: annex1, **annexes}.items() if annex}
    for file, head in heads.items():
        checks.check_head(file, head, 5 if file == ANNEX1 else 6, faults)
    if len(heads) == len(tasks) + 1:
        faults.unique(list(heads)[-1], "annex.id", (head.id for head in heads.values()))
    if annex1:
        checks.check_annex1(annex1, reader.incomplete, faults)
    grouped = DISTRICTS in reader.unsure or bool((reader.tables[DISTRICTS] or {}).get("group"))
    for one in found:
        checks.check_item(one, faults, grouped=grouped)
    if annex1 and len(annexes) == len(tasks):
        cross_checks.check_references(annex1, heads, found, faults)
    for file, annex in annexes.items():
        checks.check_tasks(file, annex, faults)
        checks.check_judges(file, annex, tables_in(reader.tables[file] or {}, "task"), found, faults)
    if districts:
        cross_checks.check_zones(districts, found, faults)
        checks.check_districts(districts, faults)
    if source:
        checks.check_outcome(source, annex1.annex.points if annex1 else None, faults)
        cross_checks.check_years(source, heads, faults)
    checks.check_names(source, annexes, districts, faults)
    if policies:
        complete, has_tasks = not reader.incomplete, bool(tasks)
        cross_checks.check_policies(policies, items, faults, complete=complete, has_tasks=has_tasks)
        if annex1 and complete:
            cross_checks.check_readings(policies, annex1, items, faults, has_tasks=has_tasks)
    known = dict.fromkeys(one.item.id for one in found if one.file != ANNEX1)
    faults.unique(ANNEX1, "item.id", [*known, *(one.item.id for one in found if one.file == ANNEX1)])
    faults.unique(ANNEX1, "item.list", ("".join(spec.listed) for item in items for spec in item.inputs if spec.listed))


def _assemble(
    annex1: Annex1, annexes: Iterable[tuple[TaskAnnex, Sequence[Item]]]
) -> tuple[dict[str, Item], dict[str, int]]:
    """Items in official order, and the section of each."""
    items: dict[str, Item] = {}
    sections_of: dict[str, int] = {}
    for annex, tasks in annexes:
        for task, item in zip(annex.tasks, tasks, strict=True):
            items[item.id] = replace(item, where=f"{annex.annex.id}第{task.number}项")
            sections_of[item.id] = annex.annex.section or 0
    for section in annex1.sections:
        label = section.name
        if section.label.startswith("("):  # by its number, where it has one
            label = section.label.partition(")")[0].lstrip("(")
        for row in section.rows:
            for item in row.items:
                where = f"{annex1.annex.id}（{label}）{item.name}"
                items[item.id] = replace(item, where=where, method_text=item.clause)
                sections_of[item.id] = section.number
    return items, sections_of
