"""What the tables of a scheme cannot mean together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from xladdin.methods.inputs import InputKind
from xladdin.methods.item import METHODS, Item
from xladdin.numbers import plain
from xladdin.scheme.faults import OTHER_ZONES, SchemeFaults
from xladdin.scheme.model import Annex1, AnnexHead, Districts, Source
from xladdin.scheme.policies import MEANINGS, OF_TASKS, PolicyFile, known_policies, told
from xladdin.scheme.reading import FoundItem
from xladdin.scheme.tables import ANNEX1, POLICIES, SOURCE

_YEAR = re.compile(r"(?<!\d)(20\d\d) ?(?=[年〕])")
_CODE = re.compile(r"(?<![\w.])[A-Z]+\d+\.\d+")


def check_references(
    annex1: Annex1, heads: Mapping[str, AnnexHead], items: Sequence[FoundItem], faults: SchemeFaults
) -> None:
    """Each annex of tasks details one row of 附件1, and each row an annex that is there."""
    at_hand = {head.id: (file, head) for file, head in heads.items() if file != ANNEX1}
    named = [(row.annex, section.number, row.points) for section in annex1.sections for row in section.rows]
    if all(annex in at_hand for annex, _section, _points in named if annex):
        for id_, (file, head) in at_hand.items():
            naming = [(section, points) for annex, section, points in named if annex == id_]
            if head.section is not None and naming != [(head.section, head.points)]:
                said = f"附件1 应恰有一行引用本附件，它在第 {head.section} 部分、分值 {plain(head.points)} 分"
                faults.add(file, "annex.points", said)
    for s, section in enumerate(annex1.sections, 1):
        tasks = [f.item for f in items if f.file != ANNEX1 and heads[f.file].section == section.number]
        own = [*tasks, *(item for row in section.rows for item in row.items)]
        outside = next((item.id for item in own if item.may_not_apply), None)
        if outside and len(section.rows) > 1 and any(row.annex for row in section.rows):
            # What is 不适用 scales up the points of the section's rest, which then stands in one table.
            problem = f"“{outside}”可能不适用；这样的部分由附件计分的，在附件1中只能有一行"
            faults.add(ANNEX1, f"section[{s}].row", problem)
        for r, row in enumerate(section.rows, 1):
            if row.annex is not None and row.annex not in at_hand:
                said = f"没有“{row.annex}”这个附件；由本行计分的请写计分项，不写引用附件"
                faults.add(ANNEX1, f"section[{s}].row[{r}].annex", said)


def check_zones(districts: Districts, items: Sequence[FoundItem], faults: SchemeFaults) -> None:
    """Amounts that differ by zone have one for each."""
    for found in items:
        for i, spec in enumerate(found.item.inputs, 1):
            zones = spec.indicator.by_zone if spec.indicator else None
            if zones is not None and set(zones) != set(districts.zones):
                faults.add(found.file, f"{found.key}.indicator[{i}].by_zone", OTHER_ZONES)


def check_years(source: Source, heads: Mapping[str, AnnexHead], faults: SchemeFaults) -> None:
    """The year that titles name is the one that is assessed; the document's number names the year of its issue."""
    titles = {
        (SOURCE, "title"): (source.title, source.year),
        (SOURCE, "number"): (source.number, source.issued.year),
        **{(file, "annex.title"): (head.title, source.year) for file, head in heads.items()},
    }
    for (file, key), (text, year) in titles.items():
        for named in _YEAR.findall(text):
            if int(named) != year:
                faults.add(file, key, f"写的是 {named} 年，应为 {year} 年")


def check_policies(
    file: PolicyFile, items: Sequence[Item], faults: SchemeFaults, *, complete: bool, has_tasks: bool
) -> None:
    """The readings are those that the items ask for, with the options that can be followed; `complete`: these are all items."""
    known = known_policies(items if complete else METHODS.values(), has_tasks=has_tasks)
    faults.unique(POLICIES, "policy.name", (p.name for p in file.policies))
    for lacking in sorted(known.keys() - {p.name for p in file.policies} if complete else ()):
        faults.add(POLICIES, "policy.name", f"缺少{told(lacking)}，请加上")
    for n, policy in enumerate(file.policies, 1):
        key = f"policy[{n}]"
        if policy.name not in known:
            unused = policy.name in OF_TASKS or any(policy.name in method.policies for method in METHODS.values())
            problem = "没有用到它的评分方法" if unused else "没有这种口径"
            faults.add(POLICIES, f"{key}.name", f"“{policy.name}”{problem}，请删去")
        options = known.get(policy.name, tuple(policy.options))
        for option in sorted(set(options) ^ set(policy.options)):
            faults.add(
                POLICIES,
                f"{key}.options.{option}",
                f"缺少“{option}”这种读法（{MEANINGS[policy.name][1][option]}），请加上"
                if option in options
                else f"没有“{option}”这种读法，请删去",
            )
        if policy.default not in policy.options:
            faults.add(POLICIES, f"{key}.default", f"选项中没有“{policy.default}”")
            continue
        for followed in {item.in_formulas.get(policy.name, policy.default) for item in items} - {policy.default}:
            problem = f"“{policy.default}”不能作默认：填报表和考核总表的公式只能按“{followed}”计算"
            faults.add(POLICIES, f"{key}.default", problem)


def check_readings(
    file: PolicyFile, annex1: Annex1, items: Sequence[Item], faults: SchemeFaults, *, has_tasks: bool
) -> None:
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
                faults.add(POLICIES, f"{where}.{key}", problem)


def _is_among(number: str, numbers: set[Decimal]) -> bool:
    return Decimal(number) == 0 or Decimal(number) in numbers
