"""Strict reader of the scheme's TOML files.

Everything that can be checked about the data without a district's numbers is checked here, all faults are gathered, and
each is reported with file and key. A year is a folder below `data/`; nothing in Python knows which numbers it holds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from xladdin.issues import Refused
from xladdin.methods.item import (
    CasesItem,
    ChecklistItem,
    ExpertItem,
    InspectionItem,
    Item,
    ItemBase,
    MediaItem,
    Quoted,
    RatingItem,
    RatioItem,
    ReferenceItem,
    TiersItem,
)
from xladdin.scheme.model import Annex1, Annex2, Districts, Scheme, Source, Task
from xladdin.scheme.policies import IMPLEMENTED, Policy, PolicyFile

DATA = Path(__file__).parent / "data"

Record = TypeVar("Record", bound=BaseModel)


class SchemeError(Refused):
    """The scheme's data is not what the document can say. `faults` names file, key and what is wrong, one per line."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("考核方案数据有误：\n" + "\n".join(faults))


def available_versions(data: Path | None = None) -> list[str]:
    """The years for which a scheme is at hand, oldest first."""
    return sorted(folder.name for folder in (data or DATA).iterdir() if (folder / "source.toml").is_file())


def load_scheme(version: str | None = None, data: Path | None = None) -> Scheme:
    """The scheme of a year (by default the newest), checked; `SchemeError` lists everything wrong with it."""
    versions = [version] if version else available_versions(data)
    if not versions:
        raise SchemeError([f"{data or DATA}：没有任何年度的方案数据"])
    return _loaded((data or DATA) / versions[-1])


@lru_cache(maxsize=8)
def _loaded(folder: Path) -> Scheme:
    return _Loader(folder).load()


def squeeze(text: str) -> str:
    """The text without its white space, which the issued document does not use consistently."""
    return "".join(text.split())


class _Loader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []

    def load(self) -> Scheme:
        source = self._read("source.toml", Source)
        annex1 = self._read("annex1.toml", Annex1)
        annex2 = self._read("annex2.toml", Annex2)
        districts = self._read("districts.toml", Districts)
        policies = self._read("policies.toml", PolicyFile)
        if not (source and annex1 and annex2 and districts and policies):
            raise SchemeError(self.faults)
        if source.version != self.folder.name:
            self._fault("source.toml", "version", f"为“{source.version}”，应与文件夹名“{self.folder.name}”一致")
        for file, head, width in (("annex1.toml", annex1.annex, 5), ("annex2.toml", annex2.annex, 6)):
            if len(head.columns) != width:
                self._fault(file, "annex.columns", f"有 {len(head.columns)} 列，应为 {width} 列")
        self._check_annex1(annex1)
        self._check_annex2(annex2, annex1)
        self._check_districts(districts)
        self._check_policies(policies.policies)
        self._check_zones(annex2, districts)
        self._unique("annex1.toml", "item.id", _all_ids(annex1, annex2))
        if self.faults:
            raise SchemeError(self.faults)
        items, sections_of = _assemble(annex1, annex2)
        return Scheme(source, annex1, annex2, districts, policies.policies, items, sections_of)

    def _fault(self, file: str, key: str, problem: str) -> None:
        self.faults.append(f"{self.folder.name}/{file}：{key}：{problem}")

    def _read(self, file: str, record: type[Record]) -> Record | None:
        try:
            with (self.folder / file).open("rb") as stream:
                raw: dict[str, Any] = tomllib.load(stream, parse_float=Decimal)
        except FileNotFoundError:
            self._fault(file, "文件", "找不到")
            return None
        except UnicodeDecodeError:
            self._fault(file, "文件", "不是正确的 TOML（不是 UTF-8 文本）")
            return None
        except tomllib.TOMLDecodeError as error:
            self._fault(file, *self._toml_fault(file, str(error)))
            return None
        try:
            return record.model_validate(raw)
        except ValidationError as error:
            details = error.errors()
            for detail in details:
                if detail["type"] == "too_short" and any(
                    d["loc"][: len(detail["loc"])] == detail["loc"] for d in details if d is not detail
                ):
                    continue  # a list is short because something in it is wrong
                key = "".join(
                    f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]
                ).lstrip(".")
                self._fault(file, key or "文件", _problem(detail["type"], detail["msg"]))
            return None

    def _toml_fault(self, file: str, message: str) -> tuple[str, str]:
        """Key and problem of a syntax error, of which the library tells the line in English."""
        place = re.search(r"line (\d+)", message)
        if place is None:
            return "文件", "不是正确的 TOML"
        if "overwrite" not in message:
            return "文件", f"不是正确的 TOML（第 {place[1]} 行）"
        line = (self.folder / file).read_text(encoding="utf-8").splitlines()[int(place[1]) - 1]
        return line.partition("=")[0].strip(), f"这个键重复（第 {place[1]} 行）"

    def _sum(self, file: str, key: str, parts: Iterable[Decimal], whole: Decimal, of: str) -> None:
        total = sum(parts, Decimal(0))
        if total != whole:
            self._fault(file, key, f"{of}合计 {total} 分，应为 {whole} 分")

    def _unique(self, file: str, key: str, names: Iterable[str]) -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                self._fault(file, key, f"“{name}”重复")
            seen.add(name)

    def _quoted(self, file: str, key: str, clause: str, text: str, number: Decimal | None = None) -> None:
        if squeeze(clause) not in squeeze(text):
            self._fault(file, key, f"原文中找不到这句话：“{clause}”")
        elif number is not None and not _names_number(clause, number):
            self._fault(file, key, f"引用的原文“{clause}”中没有数字 {number}")

    def _check_annex1(self, annex: Annex1) -> None:
        file = "annex1.toml"
        self._sum(file, "section", (s.points for s in annex.sections), annex.annex.points, "各部分")
        if [s.number for s in annex.sections] != list(range(1, len(annex.sections) + 1)):
            self._fault(file, "section.number", "各部分应从 1 起连续编号")
        for s, section in enumerate(annex.sections, 1):
            self._quoted(file, f"section[{s}].points", section.label, section.label, section.points)
            self._sum(file, f"section[{s}].row", (r.points for r in section.rows), section.points, section.label)
            for r, row in enumerate(section.rows, 1):
                key = f"section[{s}].row[{r}]"
                if row.annex is None:
                    self._sum(file, f"{key}.item", (i.points for i in row.items), row.points, f"“{row.task}”各计分项")
                elif row.items:
                    self._fault(file, f"{key}.item", "由另一附件计分的行不能再有计分项")
                for n, item in enumerate(row.items, 1):
                    self._check_item(file, f"{key}.item[{n}]", item, row.task + row.method_text)

    def _check_item(self, file: str, key: str, item: Item, text: str) -> None:
        self._quoted(file, f"{key}.clause", item.clause, text)
        if "." in item.id:
            self._fault(file, f"{key}.id", f"“{item.id}”中不能有“.”")
        if isinstance(item, TiersItem):
            self._check_tiers(file, key, item)
        for name, number, clause in item.quoted():
            self._quoted(file, f"{key}.{name}", clause, text, number)
        highest = _highest(item)
        if highest is not None and highest != item.points:
            self._fault(file, f"{key}.points", f"按规则最高可得 {highest} 分，与分值 {item.points} 分不符")

    def _check_tiers(self, file: str, key: str, item: TiersItem) -> None:
        """Every count has a tier: they begin at 0, follow one another and the last has no end."""
        reached = Decimal(-1)
        for tier in sorted(item.tiers, key=lambda t: t.start):
            if tier.start > reached + 1:
                self._fault(file, f"{key}.tier", f"{reached + 1} 到 {tier.start - 1} 不在任何一档内")
            if tier.to is None:
                return
            reached = max(reached, tier.to)
        self._fault(file, f"{key}.tier", f"大于 {reached} 的不在任何一档内")

    def _check_annex2(self, annex: Annex2, annex1: Annex1) -> None:
        file = "annex2.toml"
        self._sum(file, "task", (t.points for t in annex.tasks), annex.annex.points, f"{len(annex.tasks)} 项任务")
        totals = [(s.number, r.points) for s in annex1.sections for r in s.rows if r.annex == annex.annex.id]
        if totals != [(annex.annex.section, annex.annex.points)]:
            self._fault(file, "annex.points", f"附件1 中没有唯一一行以 {annex.annex.points} 分引用本附件")
        if [t.number for t in annex.tasks] != list(range(1, len(annex.tasks) + 1)):
            self._fault(file, "task.number", "任务应从 1 起连续编号")
        self._unique(file, "task.id", (t.id for t in annex.tasks))
        for n, task in enumerate(annex.tasks, 1):
            if (task.method == "ratio") != bool(task.indicators):
                self._fault(file, f"task[{n}].indicator", "按完成率计分的任务必须有指标，其他任务不能有指标")
            for i, indicator in enumerate(task.indicators, 1):
                key = f"task[{n}].indicator[{i}]"
                if indicator.code != f"{task.id}.{i}":
                    self._fault(file, f"{key}.code", f"编号应为 {task.id}.{i}，现为 {indicator.code}")
                numbers = [x for x in (indicator.amount, indicator.at_least) if x is not None]
                numbers += (indicator.by_zone or {}).values()
                self._quoted(file, f"{key}.clause", indicator.clause, task.task)
                for number in numbers:
                    self._quoted(file, key, indicator.clause, task.task, number)

    def _check_districts(self, districts: Districts) -> None:
        file = "districts.toml"
        if len(districts.districts) != districts.count:
            self._fault(file, "district", f"有 {len(districts.districts)} 个区，应为 {districts.count} 个")
        if not _names_number(districts.clause, Decimal(districts.count)):
            self._fault(file, "count", f"引用的原文“{districts.clause}”中没有数字 {districts.count}")
        self._unique(file, "district.name", (d.name for d in districts.districts))
        for n, district in enumerate(districts.districts, 1):
            if districts.zones and not district.zone:
                self._fault(file, f"district[{n}].zone", "缺少这个键")
            elif district.zone not in (districts.zones or {""}):
                self._fault(file, f"district[{n}].zone", f"没有名为“{district.zone}”的区域")

    def _check_zones(self, annex: Annex2, districts: Districts) -> None:
        for n, task in enumerate(annex.tasks, 1):
            for i, indicator in enumerate(task.indicators, 1):
                if indicator.by_zone is not None and set(indicator.by_zone) != set(districts.zones):
                    self._fault(
                        "annex2.toml", f"task[{n}].indicator[{i}].by_zone", "区域应与 districts.toml 的 zones 一致"
                    )

    def _check_policies(self, policies: tuple[Policy, ...]) -> None:
        self._unique("policies.toml", "policy.name", (p.name for p in policies))
        for name in sorted(IMPLEMENTED.keys() ^ {p.name for p in policies}):
            self._fault("policies.toml", "policy.name", f"“{name}”{'缺少' if name in IMPLEMENTED else '没有这种口径'}")
        for n, policy in enumerate(policies, 1):
            for option in sorted(IMPLEMENTED.get(policy.name, frozenset(policy.options)) ^ set(policy.options)):
                known = option in IMPLEMENTED.get(policy.name, ())
                self._fault("policies.toml", f"policy[{n}].options", f"“{option}”{'缺少' if known else '没有这种读法'}")
            if policy.default not in policy.options:
                self._fault("policies.toml", f"policy[{n}].default", f"选项中没有“{policy.default}”")


def _all_ids(annex1: Annex1, annex2: Annex2) -> list[str]:
    """The ids of all items of 附件1 and, once each, of 附件2's tasks."""
    own = [item.id for section in annex1.sections for row in section.rows for item in row.items]
    return [*dict.fromkeys(task.id for task in annex2.tasks), *own]


def _assemble(annex1: Annex1, annex2: Annex2) -> tuple[dict[str, Item], dict[str, int]]:
    """Items in official order, and the section of each."""
    items: dict[str, Item] = {}
    sections_of: dict[str, int] = {}
    for task in annex2.tasks:
        items[task.id] = _task_item(task, annex2)
        sections_of[task.id] = annex2.annex.section or 0
    for section in annex1.sections:
        label = section.label.partition(")")[0].lstrip("(")
        for row in section.rows:
            for item in row.items:
                where = f"{annex1.annex.id}（{label}）{item.name}"
                items[item.id] = item.model_copy(update={"where": where, "method_text": item.clause})
                sections_of[item.id] = section.number
    return items, sections_of


def _task_item(task: Task, annex: Annex2) -> Item:
    clause = f"{task.task}。评分方法：{task.method_text}"
    where = f"{annex.annex.id}第{task.number}项"
    common: dict[str, Any] = {
        "id": task.id,
        "name": task.name,
        "points": task.points,
        "clause": clause,
        "where": where,
        "method_text": task.method_text,
    }
    if task.method == "ratio":
        return RatioItem(method="ratio", indicators=task.indicators, **common)
    if task.method == "expert":
        full = Quoted(value=task.points, basis="专家按分值直接打分")
        return ExpertItem(method="expert", judge=f"{task.departments_text}（专家评议）", full=full, **common)
    return ReferenceItem(method="reference", judge=task.departments_text, full=annex.reference.full, **common)


_HIGHEST: dict[type[ItemBase], Callable[[Any], Decimal]] = {
    ExpertItem: lambda item: item.full.value,
    RatingItem: lambda item: item.full.value,
    ChecklistItem: lambda item: sum((c.points.value for c in item.checks), Decimal(0)),
    CasesItem: lambda item: item.per_case.value * item.max_cases.value,
    TiersItem: lambda item: max(t.points for t in item.tiers),
    MediaItem: lambda item: item.positive_cap.value,
    InspectionItem: lambda item: item.full.value,
}


def _highest(item: Item) -> Decimal | None:
    """The best score an item of 附件1 can reach by its own rule."""
    rule = _HIGHEST.get(type(item))
    return rule(item) if rule else None


def _names_number(clause: str, number: Decimal) -> bool:
    """Whether the clause writes the number, in digits or with 万."""
    text = squeeze(clause)
    spellings = {f"{number.normalize():f}"}
    wan = (number / 10000).normalize()
    if wan.as_tuple().exponent in range(-1, 5):  # at most one decimal, as in 7.5 万户
        spellings.add(f"{wan:f}万")
    return any(_stands_alone(spelling, text) for spelling in spellings)


def _stands_alone(number: str, text: str) -> bool:
    start = text.find(number)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(number) :][:1]
        if not before.isdigit() and before != "." and not after.isdigit() and after != ".":
            return True
        start = text.find(number, start + 1)
    return False


_PROBLEMS = {
    "extra_forbidden": "不认识这个键",
    "missing": "缺少这个键",
    "union_tag_invalid": "没有这种评分方法",
    "union_tag_not_found": "缺少 method（评分方法）",
    "literal_error": "没有这种评分方法",
    "greater_than_equal": "不能小于 0",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "finite_number": "应为数字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "bool_type": "应为 true 或 false",
    "string_type": "应为文字",
    "string_too_short": "不能为空",
    "too_short": "不能为空",
    "date_type": "应为日期（年-月-日）",
    "date_parsing": "应为日期（年-月-日）",
    "date_from_datetime_parsing": "应为日期（年-月-日）",
}


def _problem(kind: str, message: str) -> str:
    if kind == "value_error":  # raised by our own records
        return message.removeprefix("Value error, ")
    return _PROBLEMS.get(kind, "值的类型不对")
