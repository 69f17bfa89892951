"""Strict reader of a scheme's data: a table for each annex and four more, from the TOML files of a year or from the sheets of 考核方案.xlsx.

Everything that can be checked about the data without a district's numbers is checked here, all faults are gathered, and
each is reported with its place. A year is a folder below `data/`; nothing in Python knows which numbers it holds.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from xladdin.classes import fields, record, replace
from xladdin.issues import Refused
from xladdin.methods.compared import ComparedItem
from xladdin.methods.inputs import InputKind
from xladdin.methods.item import METHODS, Item
from xladdin.numbers import plain
from xladdin.records import MISSING, NO_SOURCE, Faults, Quoted, read
from xladdin.scheme.model import (
    Annex1,
    AnnexHead,
    Districts,
    Grade,
    ReferenceScale,
    Scheme,
    Section,
    Source,
    Task,
    TaskAnnex,
    Veto,
    named_in,
)
from xladdin.scheme.policies import MEANINGS, OF_TASKS, PolicyFile, known_policies, told
from xladdin.words import COVER, SCORE

DATA = Path(__file__).parent / "data"

Record = TypeVar("Record")


Table = Mapping[str, Any]

SOURCE, ANNEX1, DISTRICTS, POLICIES = "source.toml", "annex1.toml", "districts.toml", "policies.toml"
"""The tables that every scheme has, by the names of their files."""


def annex_file(number: int) -> str:
    """The table of 附件n; those from 2 on are annexes of tasks."""
    return f"annex{number}.toml"


NO_SUCH_NUMBER = "没有数字"
"""Begins what is wrong with a number that its sentence does not contain."""
NO_SUCH_SENTENCE = "原文中找不到这句话"
OTHER_ZONES = "区域应与 districts.toml 的 zones 一致"


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
    last = max(
        [1, *(int(match[1]) for path in folder.glob("annex*.toml") if (match := _ANNEX_FILE.fullmatch(path.name)))]
    )
    annexes = (annex_file(n) for n in range(2, last + 1))
    tables = {file: _table(folder, file, faults, files) for file in (SOURCE, ANNEX1, *annexes, DISTRICTS, POLICIES)}
    return scheme_of_tables(
        tables, lambda file, key, problem: f"{folder.name}/{file}：{key}：{problem}", faults, files, version=folder.name
    )


def scheme_of_tables(
    tables: Mapping[str, Table | None],
    worded: Callable[[str, str, str], str],
    faults: list[str],
    files: Mapping[str, bytes],
    *,
    unsure: Set[str] = frozenset(),
    version: str = "",
) -> Scheme:
    """The scheme that tables say, checked; `SchemeError` lists everything wrong, those faults that are known already first.

    The tables are those that every scheme has, and one for each annex of tasks (`annex_file`). `worded` says what is wrong with a key
    of a table, and where that stands; `files` are those the tables were read from. None in place of a table is one that could not be read,
    `unsure` are tables in which something may be missing: of those only what is there is looked at. With `version` the
    scheme has to be that one.
    """
    return _Loader(tables, worded, faults, files, unsure, version).load()


def squeeze(text: str) -> str:
    """The text without its white space and with half-width signs: the issued document uses neither consistently."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _table(folder: Path, file: str, faults: list[str], files: dict[str, bytes]) -> Table | None:
    """A file of a year, and its bytes into `files`."""
    key, problem = "文件", "找不到"
    try:
        files[file] = (folder / file).read_bytes()
        return tomllib.loads(files[file].decode(), parse_float=Decimal)
    except FileNotFoundError:
        pass
    except UnicodeDecodeError:
        problem = "不是正确的 TOML（不是 UTF-8 文本）"
    except tomllib.TOMLDecodeError as error:
        key, problem = _toml_fault(folder / file, str(error))
    faults.append(f"{folder.name}/{file}：{key}：{problem}")
    return None


def _toml_fault(path: Path, message: str) -> tuple[str, str]:
    """Key and problem of a syntax error, of which the library tells the line in English."""
    place = re.search(r"line (\d+)", message)
    if place is None:
        return "文件", "不是正确的 TOML"
    if "overwrite" not in message:
        return "文件", f"不是正确的 TOML（第 {place[1]} 行）"
    line = path.read_text(encoding="utf-8").splitlines()[int(place[1]) - 1]
    return line.partition("=")[0].strip(), f"这个键重复（第 {place[1]} 行）"


@record
class _Found:
    """An item that could be read: where it stands, and the text that its numbers and sentences have to be in."""

    file: str
    key: str
    item: Item
    text: str


class _Loader:
    def __init__(
        self,
        tables: Mapping[str, Table | None],
        worded: Callable[[str, str, str], str],
        faults: list[str],
        files: Mapping[str, bytes],
        unsure: Set[str],
        version: str,
    ) -> None:
        self.tables, self.worded, self.faults, self.files, self.version = tables, worded, faults, files, version
        self.items: list[_Found] = []
        self.unsure = unsure | {file for file, table in tables.items() if table is None}
        self.incomplete = set(self.unsure - {SOURCE, DISTRICTS, POLICIES})
        """The tables of which an item could not be read, and the keys of their rows."""

    def load(self) -> Scheme:
        """The scheme. What depends on a table or an item that cannot be read is not looked at, all else is."""
        source = self._record(SOURCE, Source)
        annex1 = self._annex1()
        tasks = {file: self._task_annex(file) for file in self._task_files()}
        districts = self._record(DISTRICTS, Districts)
        policies = self._record(POLICIES, PolicyFile)
        annexes = {file: annex for file, annex in tasks.items() if annex}
        items = [found.item for found in self.items]
        heads = {file: annex.annex for file, annex in {ANNEX1: annex1, **annexes}.items() if annex}
        if source and source.version != (self.version or source.version):
            self._fault(SOURCE, "version", f"为“{source.version}”，应与文件夹名“{self.version}”一致")
        for file, head in heads.items():
            self._check_head(file, head, 5 if file == ANNEX1 else 6)
        if len(heads) == len(tasks) + 1:
            self._unique(list(heads)[-1], "annex.id", (head.id for head in heads.values()))
        if annex1:
            self._check_annex1(annex1)
        for found in self.items:
            self._check_item(found)
        if annex1 and len(annexes) == len(tasks):
            self._check_references(annex1, heads)
        for file, annex in annexes.items():
            self._check_tasks(file, annex)
            self._check_judges(file, annex)
        if districts:
            self._check_zones(districts)
            self._check_districts(districts)
        # A list of vetoes or grades in which something is wrong keeps nothing else from being looked at.
        wrong = {
            key
            for key, of in _LISTS.items()
            if not all(read(of, one, []) for one in _tables(self.tables[SOURCE] or {}, key))
        }
        own = {name: value for name, value in (self.tables[SOURCE] or {}).items() if name not in wrong}
        if document := source or read(Source, own, []):
            self._check_outcome(document, annex1)
            self._check_years(document, heads)
        self._check_names(document, annexes, districts)
        if policies:
            self._check_policies(policies, items, has_tasks=bool(tasks))
        if policies and annex1 and not self.incomplete:
            self._check_readings(policies, annex1, items, has_tasks=bool(tasks))
        known = dict.fromkeys(found.item.id for found in self.items if found.file != ANNEX1)
        self._unique(ANNEX1, "item.id", [*known, *(found.item.id for found in self.items if found.file == ANNEX1)])
        listed = [spec.listed for item in items for spec in item.inputs if spec.listed]
        self._unique(ANNEX1, "item.list", ("".join(each) for each in listed))
        if self.faults or not (source and annex1 and districts and policies):
            raise SchemeError(self.faults)
        of_tasks = [
            (annex, [found.item for found in self.items if found.file == file]) for file, annex in annexes.items()
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
            self.files,
            policies.settled,
        )

    def _task_files(self) -> Iterator[str]:
        """The tables of the annexes of tasks, in their order."""
        yield from sorted(
            (file for file in self.tables if _ANNEX_FILE.fullmatch(file) and file != ANNEX1),
            key=lambda file: int(_ANNEX_FILE.fullmatch(file)[1]),  # type: ignore[index]
        )

    def _fault(self, file: str, key: str, problem: str) -> None:
        fault = self.worded(file, key, problem)
        if fault and fault not in self.faults:
            self.faults.append(fault)

    def _record(self, file: str, record: type[Record]) -> Record | None:
        raw = self.tables[file]
        if raw is None:
            return None
        faults: Faults = []
        made = read(record, raw, faults)
        self._report(file, faults)
        return None if file in self.unsure else made

    def _report(self, file: str, faults: Faults) -> None:
        for key, problem in faults:
            self._fault(file, key or "文件", problem)

    def _annex1(self) -> Annex1 | None:
        """The table of sections; items of it that cannot be read are not in it."""
        raw = self.tables[ANNEX1]
        if raw is None:
            return None
        faults: Faults = []
        items: dict[tuple[int, int], tuple[Item, ...]] = {}
        sections = []
        for s, section in enumerate(_tables(raw, "section"), 1):
            rows = []
            for r, row in enumerate(_tables(section, "row"), 1):
                tables = _tables(row, "item")
                rows.append({name: value for name, value in row.items() if name != "item" or not tables})
                texts = [row.get(name) for name in ("task", "method_text")]
                text = "".join(t for t in texts if isinstance(t, str)) if all(texts) else ""
                keyed = [(f"section[{s}].row[{r}].item[{n}]", table) for n, table in enumerate(tables, 1)]
                read_ = [self._item(ANNEX1, key, table, text, faults) for key, table in keyed]
                items[s, r] = tuple(item for item in read_ if item)
            sections.append({**section, "row": rows} if rows else section)
        annex = read(Annex1, {**raw, "section": sections} if sections else raw, faults)
        self._report(ANNEX1, faults)
        if annex is None or ANNEX1 in self.unsure:
            return None
        return replace(
            annex,
            sections=tuple(
                replace(
                    section,
                    rows=tuple(replace(row, items=items.get((s, r), ())) for r, row in enumerate(section.rows, 1)),
                )
                for s, section in enumerate(annex.sections, 1)
            ),
        )

    def _task_annex(self, file: str) -> TaskAnnex | None:
        """The official rows, and the item that each of them scores: a row's table holds the keys of both."""
        raw = self.tables[file]
        if raw is None:
            return None
        tables = _tables(raw, "task")
        own = {f.metadata.get("key") or f.name for f in fields(Task)}
        faults: Faults = []
        rows = [{key: value for key, value in table.items() if key in own} for table in tables]
        annex = read(TaskAnnex, {**raw, "task": rows} if "task" in raw else raw, faults)
        reference = annex.reference if annex else read(ReferenceScale, raw.get("reference"), [])
        for n, table in enumerate(tables, 1):
            scored = {key: value for key, value in table.items() if key not in own}
            task = annex.tasks[n - 1] if annex else read(Task, rows[n - 1], [])
            if annex is None and reference is None and "reference" in raw:
                task = None  # whatever is out of it would be said to be so of nothing
            text = task.task + task.method_text if task else ""
            self._item(
                file,
                f"task[{n}]",
                scored,
                text,
                faults,
                _from_task(task, reference.full if reference else None, scored),
            )
        self._report(file, faults)
        return None if file in self.unsure else annex

    def _item(
        self,
        file: str,
        key: str,
        table: Table,
        text: str,
        faults: Faults,
        given: Mapping[str, Any] | None = None,
    ) -> Item | None:
        """An item, kept for the checks where there is a text that it comes from."""
        item = read(Item, table, faults, key, given)
        if item and text and file not in self.unsure:
            self.items.append(_Found(file, key, item, text))
            return item
        self.incomplete |= {file, f"{file} {key.rpartition('.')[0]}"}
        return None

    def _sum(self, file: str, key: str, parts: Iterable[Decimal], whole: Decimal, of: str) -> None:
        total = sum(parts, Decimal(0))
        if total != whole:
            self._fault(file, key, f"{of}合计 {plain(total)} 分，应为 {plain(whole)} 分")

    def _numbered(self, file: str, key: str, numbers: Sequence[int]) -> None:
        """That rows are numbered from 1 without a gap; only the first that is wrong is said."""
        wrong = next((n for n, number in enumerate(numbers, 1) if number != n), None)
        if wrong:
            self._fault(file, f"{key}[{wrong}].number", f"为 {numbers[wrong - 1]}，应为 {wrong}：从 1 起连续编号")

    def _unique(self, file: str, key: str, names: Iterable[str]) -> None:
        """No name twice; `key` is theirs, with {} for which of them, counted from 1."""
        seen: set[str] = set()
        for n, name in enumerate(names, 1):
            if name in seen:
                self._fault(file, key.format(n), f"“{name}”重复")
            seen.add(name)

    def _quoted(self, file: str, key: str, clause: str, text: str, number: Decimal | None = None) -> None:
        if not clause:
            self._fault(file, key, NO_SOURCE)
        elif squeeze(clause) not in squeeze(text):
            self._fault(file, key, f"{NO_SUCH_SENTENCE}：“{clause}”")
        elif number is not None and not names_number(clause, number):
            self._fault(file, key, f"引用的原文“{clause}”中{NO_SUCH_NUMBER} {number}")

    def _check_annex1(self, annex: Annex1) -> None:
        file = ANNEX1
        own = [s.points for s in annex.sections if not s.bonus]
        self._sum(
            file, "section", own, annex.annex.points, "加分项以外的各部分" if annex.sections[-1].bonus else "各部分"
        )
        if any(before.bonus and not after.bonus for before, after in pairwise(annex.sections)):
            self._fault(file, "section.bonus", "加分项应排在其他部分之后")
        self._numbered(file, "section", [s.number for s in annex.sections])
        for s, section in enumerate(annex.sections, 1):
            self._quoted(file, f"section[{s}].points", section.label, section.label, section.points)
            if section.bonus:
                self._check_bonus(file, f"section[{s}]", section)
            else:
                self._sum(file, f"section[{s}].row", (r.points for r in section.rows), section.points, section.label)
            for r, row in enumerate(section.rows, 1):
                key = f"section[{s}].row[{r}]"
                if row.annex is None and f"{file} {key}" not in self.incomplete:
                    self._sum(file, f"{key}.item", (i.points for i in row.items), row.points, f"“{row.task}”各计分项")
                elif row.annex is not None and row.items:
                    self._fault(file, f"{key}.item", "由另一附件计分的行不能再有计分项")

    def _check_bonus(self, file: str, key: str, section: Section) -> None:
        """A section whose points are the most that counts of it: its rows may come to more."""
        total = sum((row.points for row in section.rows), Decimal(0))
        if total < section.points:
            self._fault(file, f"{key}.row", f"{section.label}各行合计 {total} 分，不到加分上限 {section.points} 分")
        for r, row in enumerate(section.rows, 1):
            if row.annex is not None:
                said = f"加分项不能引用附件，“{row.annex}”里的各项请写成本部分的计分项"
                self._fault(file, f"{key}.row[{r}].annex", said)

    def _check_outcome(self, source: Source, annex: Annex1 | None) -> None:
        """What becomes of a total: 一票否决 and 等次."""
        self._unique(SOURCE, "veto[{}].name", (veto.name for veto in source.vetoes))
        for n, veto in enumerate(source.vetoes, 1):
            self._check_name(SOURCE, f"veto[{n}].name", veto.name)
            if "," in veto.name:
                self._fault(
                    SOURCE, f"veto[{n}].name", f"“{veto.name}”里有英文逗号，不能作下拉列表的一项，请改用中文标点"
                )
        if sum(len(veto.name) + 1 for veto in source.vetoes) > _LONGEST_LIST:
            self._fault(SOURCE, "veto.name", f"名称合计超过 {_LONGEST_LIST} 个字，放不进下拉列表，请用简称")
        most = annex.annex.points if annex else None
        for n, veto in enumerate(source.vetoes, 1):
            if veto.at_most is None:
                continue
            if not names_number(veto.clause, veto.at_most):
                self._fault(SOURCE, f"veto[{n}].at_most", f"引用的原文“{veto.clause}”中{NO_SUCH_NUMBER} {veto.at_most}")
            if most is not None and veto.at_most >= most:
                self._fault(SOURCE, f"veto[{n}].at_most", f"为 {veto.at_most}，应低于总分 {most}")
        self._unique(SOURCE, "grade[{}].name", (grade.name for grade in source.grades))
        for n, grade in enumerate(source.grades, 1):
            start, clause = grade.start.value, grade.start.clause
            if clause and start and not names_number(clause, start):
                self._fault(SOURCE, f"grade[{n}].from", f"引用的原文“{clause}”中{NO_SUCH_NUMBER} {start}")
            if clause and grade.name not in clause:
                self._fault(SOURCE, f"grade[{n}].name", f"引用的原文“{clause}”中没有“{grade.name}”")
            if n > 1 and start >= source.grades[n - 2].start.value:
                before = source.grades[n - 2]
                self._fault(SOURCE, f"grade[{n}].from", f"为 {start}，应低于上一等次“{before.name}”的 {before.start}")
        if source.grades and source.grades[-1].start.value:
            problem = f"最后一个等次从 {source.grades[-1].start} 分起，更低的总分没有等次；应从 0 分起"
            self._fault(SOURCE, f"grade[{len(source.grades)}].from", problem)

    def _check_item(self, found: _Found) -> None:
        file, key, item, text = found.file, found.key, found.item, found.text
        if file == ANNEX1:  # a task's clause is its text
            self._quoted(file, f"{key}.clause", item.clause, text)
        if not ID.fullmatch(item.id):
            self._fault(file, f"{key}.id", f"“{item.id}”应为大写字母加数字")
        for name, problem in item.problems():
            self._fault(file, f"{key}.{name}", problem)
        grouped = DISTRICTS in self.unsure or (self.tables[DISTRICTS] or {}).get("group")
        if isinstance(item, ComparedItem) and item.within_group and not grouped:
            self._fault(file, f"{key}.within_group", "方案里没有分组，不能只与同组比较")
        for name, number, clause in item.quoted():
            self._quoted(file, f"{key}.{name}", clause, text, number)
        for name in dict.fromkeys(name for spec in item.inputs for name in spec.members):
            self._check_name(file, f"{key}.members.units", name)
        highest = item.highest
        if highest is not None and highest != item.points:
            self._fault(
                file, f"{key}.points", f"按规则最高可得 {plain(highest)} 分，与分值 {plain(item.points)} 分不符"
            )

    def _check_head(self, file: str, head: AnnexHead, width: int) -> None:
        self._check_name(file, "annex.id", head.id)
        if head.id == COVER:
            self._fault(file, "annex.id", f"“{COVER}”是填报表第一张工作表的名称，请改用别的")
        if len(head.columns) != width:
            self._fault(file, "annex.columns", f"有 {len(head.columns)} 列，应为 {width} 列")
        elif head.columns[-1] != SCORE:
            self._fault(file, "annex.columns", f"最后一列应为“{SCORE}”")

    def _check_references(self, annex1: Annex1, heads: Mapping[str, AnnexHead]) -> None:
        """Each annex of tasks details one row of 附件1, and each row an annex that is there."""
        at_hand = {head.id: (file, head) for file, head in heads.items() if file != ANNEX1}
        named = [(row.annex, section.number, row.points) for section in annex1.sections for row in section.rows]
        if all(annex in at_hand for annex, _section, _points in named if annex):
            for id_, (file, head) in at_hand.items():
                naming = [(section, points) for annex, section, points in named if annex == id_]
                if head.section is not None and naming != [(head.section, head.points)]:
                    said = f"附件1 应恰有一行引用本附件，它在第 {head.section} 部分、分值 {plain(head.points)} 分"
                    self._fault(file, "annex.points", said)
        for s, section in enumerate(annex1.sections, 1):
            tasks = [f.item for f in self.items if f.file != ANNEX1 and heads[f.file].section == section.number]
            own = [*tasks, *(item for row in section.rows for item in row.items)]
            outside = next((item.id for item in own if item.may_not_apply), None)
            if outside and len(section.rows) > 1 and any(row.annex for row in section.rows):
                # What is 不适用 scales up the points of the section's rest, which then stands in one table.
                problem = f"“{outside}”可能不适用；这样的部分由附件计分的，在附件1中只能有一行"
                self._fault(ANNEX1, f"section[{s}].row", problem)
            for r, row in enumerate(section.rows, 1):
                if row.annex is not None and row.annex not in at_hand:
                    said = f"没有“{row.annex}”这个附件；由本行计分的请写计分项，不写引用附件"
                    self._fault(ANNEX1, f"section[{s}].row[{r}].annex", said)

    def _check_tasks(self, file: str, annex: TaskAnnex) -> None:
        self._sum(file, "task", (t.points for t in annex.tasks), annex.annex.points, f"{len(annex.tasks)} 项任务")
        if annex.annex.section is None:
            self._fault(file, "annex.section", MISSING)
        self._numbered(file, "task", [t.number for t in annex.tasks])
        self._unique(file, "task.id", (t.id for t in annex.tasks))

    def _check_judges(self, file: str, annex: TaskAnnex) -> None:
        """Whom a task's rule names as judge gets the workbook only as one of its departments."""
        by_experts = {found.key for found in self.items if found.file == file and found.item.by_experts}
        for n, (task, table) in enumerate(zip(annex.tasks, _tables(self.tables[file] or {}, "task"), strict=True), 1):
            if f"task[{n}]" in by_experts:
                continue
            for key, judge in _judges(table, f"task[{n}]"):
                if wrong := named_in(judge, task.departments)[1]:
                    said = f"“{'、'.join(wrong)}”不是这项任务的评价部门（{task.departments_text}），评价表不会发给它；请改为其中的部门，或加进评价部门"
                    self._fault(file, key, said)

    def _check_districts(self, districts: Districts) -> None:
        file = DISTRICTS
        if len(districts.districts) != districts.count:
            self._fault(file, "district", f"有 {len(districts.districts)} 个单位，应为 {districts.count} 个")
        if not names_number(districts.clause, Decimal(districts.count)):
            self._fault(file, "count", f"引用的原文“{districts.clause}”中{NO_SUCH_NUMBER} {districts.count}")
        self._unique(file, "district[{}].name", (d.name for d in districts.districts))
        for n, district in enumerate(districts.districts, 1):
            if districts.zones and not district.zone:
                self._fault(file, f"district[{n}].zone", MISSING)
            elif district.zone not in (districts.zones or {""}):
                self._fault(
                    file,
                    f"district[{n}].zone",
                    f"没有名为“{district.zone}”的区域；可写：{'、'.join(districts.zones.values()) or '空白'}",
                )
        self._check_groups(districts)

    def _check_groups(self, districts: Districts) -> None:
        names = [group.name for group in districts.groups]
        self._unique(DISTRICTS, "group[{}].name", names)
        said = set()
        for n, district in enumerate(districts.districts, 1):
            key, named = f"district[{n}].group", district.group
            if names and not named:
                self._fault(DISTRICTS, key, f"“{district.name}”没有分组；分组排名时每个单位都要在一组里")
            elif named and named not in names and named not in said:
                said.add(named)  # once, whoever else is said to be in it
                self._fault(DISTRICTS, key, f"没有名为“{named}”的组；可写：{'、'.join(names) or '空白'}")
        own = {district.group for district in districts.districts}
        for n, group in enumerate(districts.groups, 1):
            if group.name not in own:
                self._fault(DISTRICTS, f"group[{n}].name", f"“{group.name}”里没有单位")
            if group.name not in group.clause:
                self._fault(DISTRICTS, f"group[{n}].clause", f"引用的原文“{group.clause}”中没有“{group.name}”")

    def _check_names(
        self, source: Source | None, annexes: Mapping[str, TaskAnnex], districts: Districts | None
    ) -> None:
        """Names of units and the version become those of folders, files and sheets."""
        if source:
            self._check_name(SOURCE, "version", source.version, _LONGEST_VERSION)
            self._check_name(SOURCE, "office_name", source.office_name)
            self._check_name(SOURCE, "unit_word", source.unit_word, _LONGEST_WORD)
            if not _PREFIX.fullmatch(source.number_prefix):
                self._fault(SOURCE, "number_prefix", f"为“{_shortened(source.number_prefix)}”，应为 1 至 8 个大写字母")
        for n, district in enumerate(districts.districts if districts else (), 1):
            self._check_name(DISTRICTS, f"district[{n}].name", district.name)
        for file, annex in annexes.items():
            for n, task in enumerate(annex.tasks, 1):
                for name in task.departments:
                    key = f"task[{n}].departments"
                    self._check_name(file, key, name)
                    if " " in name.strip():
                        self._fault(file, key, f"“{name}”里有空格；几个部门用顿号分开，一个部门的去掉空格")

    def _check_name(self, file: str, key: str, name: str, longest: int = 25) -> None:
        if problem := _name_problem(name, longest):
            self._fault(file, key, f"“{_shortened(name)}”不能用作文件名、工作表名：{problem}")

    def _check_zones(self, districts: Districts) -> None:
        for found in self.items:
            for i, spec in enumerate(found.item.inputs, 1):
                zones = spec.indicator.by_zone if spec.indicator else None
                if zones is not None and set(zones) != set(districts.zones):
                    self._fault(found.file, f"{found.key}.indicator[{i}].by_zone", OTHER_ZONES)

    def _check_years(self, source: Source, heads: Mapping[str, AnnexHead]) -> None:
        """The year that titles name is the one that is assessed; the document's number names the year of its issue."""
        titles = {
            (SOURCE, "title"): (source.title, source.year),
            (SOURCE, "number"): (source.number, source.issued.year),
            **{(file, "annex.title"): (head.title, source.year) for file, head in heads.items()},
        }
        for (file, key), (text, year) in titles.items():
            for named in _YEAR.findall(text):
                if int(named) != year:
                    self._fault(file, key, f"写的是 {named} 年，应为 {year} 年")

    def _check_readings(self, file: PolicyFile, annex1: Annex1, items: Sequence[Item], *, has_tasks: bool) -> None:
        """What the texts of 口径 quote is the scheme's: its points, the numbers of its counts, its indicators."""
        known = known_policies(items, has_tasks=has_tasks)
        codes = {spec.code for item in items for spec in item.inputs}
        points = {annex1.annex.points, *(section.points for section in annex1.sections)}
        numbers: dict[str, set[Decimal]] = {"分": points, "×": points}
        for item in items:
            own = {number for _, number, _ in item.quoted() if number is not None} | {item.points}
            points |= own
            for unit in {spec.unit for spec in item.inputs if spec.kind is InputKind.COUNT}:
                numbers.setdefault(unit, set()).update(own)
        quoted = re.compile(rf"(?<![\d.第])(\d+(?:\.\d+)?) ?({'|'.join(map(re.escape, numbers))})")
        listed: list[tuple[str, dict[str, str]]] = []
        for n, policy in enumerate(file.policies, 1):
            if policy.name not in known:  # said elsewhere
                continue
            texts = {"title": policy.title, "clause": policy.clause, "reason": policy.reason}
            options = {f"options.{option}": text for option, text in policy.options.items()}
            listed.append((f"policy[{n}]", {**texts, **options}))
        for n, settled in enumerate(file.settled, 1):
            texts = {name: getattr(settled, name) for name in ("title", "clause", "meaning", "reason")}
            listed.append((f"settled[{n}]", texts))
        for where, texts in listed:
            for key, text in texts.items():
                strange = [
                    f"{number} {unit}" for number, unit in quoted.findall(text) if not _is_among(number, numbers[unit])
                ]
                strange += [code for code in _CODE.findall(text) if code not in codes]
                if strange:
                    problem = f"写有 {'、'.join(strange)}，本方案没有这样的数或编号，请按本方案改写"
                    self._fault(POLICIES, f"{where}.{key}", problem)

    def _check_policies(self, file: PolicyFile, items: Iterable[Item], *, has_tasks: bool) -> None:
        name = POLICIES
        items = list(items)
        known = known_policies(METHODS.values() if self.incomplete else items, has_tasks=has_tasks)
        self._unique(name, "policy.name", (p.name for p in file.policies))
        for lacking in sorted(known.keys() - {p.name for p in file.policies} if not self.incomplete else ()):
            self._fault(name, "policy.name", f"缺少{told(lacking)}，请加上")
        for n, policy in enumerate(file.policies, 1):
            key = f"policy[{n}]"
            if policy.name not in known:
                unused = policy.name in OF_TASKS or any(policy.name in method.policies for method in METHODS.values())
                problem = "没有用到它的评分方法" if unused else "没有这种口径"
                self._fault(name, f"{key}.name", f"“{policy.name}”{problem}，请删去")
            options = known.get(policy.name, tuple(policy.options))
            for option in sorted(set(options) ^ set(policy.options)):
                self._fault(
                    name,
                    f"{key}.options.{option}",
                    f"缺少“{option}”这种读法（{MEANINGS[policy.name][1][option]}），请加上"
                    if option in options
                    else f"没有“{option}”这种读法，请删去",
                )
            if policy.default not in policy.options:
                self._fault(name, f"{key}.default", f"选项中没有“{policy.default}”")
                continue
            for followed in {item.in_formulas.get(policy.name, policy.default) for item in items} - {policy.default}:
                problem = f"“{policy.default}”不能作默认：填报表和考核总表的公式只能按“{followed}”计算"
                self._fault(name, f"{key}.default", problem)


def _tables(raw: Table, key: str) -> list[Table]:
    """The tables in a list; none where it is no such list."""
    found = raw.get(key)
    return found if isinstance(found, list) and all(isinstance(table, Mapping) for table in found) else []


def _judges(table: Table, key: str) -> Iterator[tuple[str, str]]:
    """Whoever is named as judge anywhere in a table, by key."""
    for name, value in table.items():
        if name == "judge" and isinstance(value, str):
            yield f"{key}.{name}", value
        elif isinstance(value, Mapping):
            yield from _judges(value, f"{key}.{name}")
        else:
            for n, one in enumerate(_tables(table, name), 1):
                yield from _judges(one, f"{key}.{name}[{n}]")


def _from_task(task: Task | None, full: Quoted | None, table: Mapping[str, Any]) -> dict[str, Any]:
    """What the item of an official row takes from the row, and from what a method assumes of tasks."""
    method = METHODS.get(str(table.get("method")), Item)
    if task is None:  # the rows are faulty: only the item's own keys are looked at
        own: dict[str, Any] = {"id": "", "name": "", "points": Decimal(0), "clause": ""}
        assumed = method.for_task(Decimal(0), "", Quoted(value=Decimal(0), basis=""))
    else:
        clause = f"{task.task}。评分方法：{task.method_text}"
        own = {
            "id": task.id,
            "name": task.name,
            "points": task.points,
            "clause": clause,
            "method_text": task.method_text,
        }
        assumed = method.for_task(task.points, task.departments_text, full)
    return own | {name: value for name, value in assumed.items() if name not in table}


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


def _shortened(name: str) -> str:
    """A name on one line and of a length that a message can hold."""
    line = "".join(letter if letter.isprintable() else " " for letter in name)
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"


def _name_problem(name: str, longest: int) -> str:
    """Why a folder, a file or a sheet cannot have the name, and what to do; nothing if it can."""
    if wrong := dict.fromkeys(re.findall(r'[/\\:*?"<>|\[\]]', name)):
        return f"含有 {' '.join(wrong)}，请改用汉字、字母、数字"
    if not name.isprintable():
        return "含有换行、制表符一类看不见的字符，请删去后重新输入"
    if name != name.strip():
        return "前后有空格，请删去"
    if name[:1] in _NOT_FIRST or name[-1:] in _NOT_LAST:
        return "不能以 ' = + - @ . 开头，也不能以 ' . 结尾，请改用汉字、字母或数字"
    return f"有 {len(name)} 个字，最多 {longest} 个，请用简称" if len(name) > longest else ""


_LISTS: dict[str, type] = {"veto": Veto, "grade": Grade}
_ANNEX_FILE = re.compile(r"annex(\d+)\.toml")
_NOT_FIRST, _NOT_LAST = frozenset("'=+-@."), frozenset("'.")
_LONGEST_VERSION = 20
_LONGEST_WORD = 6
_LONGEST_SHOWN = 40
_LONGEST_LIST = 250
"""Characters of all choices of a cell together: Excel takes 255."""
_PREFIX = re.compile(r"[A-Z]{1,8}")
_YEAR = re.compile(r"(?<!\d)(20\d\d) ?(?=[年〕])")
ID = re.compile(r"[A-Z]+\d+")
_CODE = re.compile(r"(?<![\w.])[A-Z]+\d+\.\d+")


def _is_among(number: str, numbers: set[Decimal]) -> bool:
    return Decimal(number) == 0 or Decimal(number) in numbers


def names_number(clause: str, number: Decimal) -> bool:
    """Whether the clause writes the number, in digits, with 万 or in Chinese."""
    text = squeeze(clause)
    spellings = {f"{number.normalize():f}"}
    wan = (number / 10000).normalize()
    if wan.as_tuple().exponent in range(-1, 5):  # at most one decimal, as in 7.5 万户
        spellings.add(f"{wan:f}万")
    return any(_stands_alone(spelling, text) for spelling in spellings) or any(
        re.search(f"(?<![第{_IN_CHINESE}]){spelling}(?![{_IN_CHINESE}])", text) for spelling in _chinese(number)
    )


_DIGITS = "零一二三四五六七八九"
_IN_CHINESE = f"{_DIGITS}〇两十百千万亿点"


def _chinese(number: Decimal) -> Iterator[str]:
    """How a whole number up to 99 is written in Chinese; one only as 一分, for 一 stands everywhere."""
    if not 0 < number < 100 or number != int(number):
        return
    tens, ones = divmod(int(number), 10)
    if tens:
        yield f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"
    else:
        yield _DIGITS[ones] if ones > 1 else "一分"
    if number == 2:
        yield "两"


def _stands_alone(number: str, text: str) -> bool:
    start = text.find(number)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(number) :][:1]
        if not before.isdigit() and before != "." and not after.isdigit() and after != ".":
            return True
        start = text.find(number, start + 1)
    return False
