"""Findings as the screen and the messages of buttons show them: what weighs most first, what has one cause on one line.

The sheet 校验 has each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from xladdin import issues as kinds
from xladdin.issues import Issue, Level, count_by_level, on_one_line
from xladdin.returns.collected import Collection
from xladdin.words import ISSUES

_SHOWN = 6
"""Places or fields that a line names before it only counts."""
_TOLD_APART = 3
"""Findings of one cause of which each is told with what was found there."""
_FROM = 3
"""Units from which on the same findings of each are one line."""
_UNITS_SHOWN = 20

_LEVELS = {level: n for n, level in enumerate(Level)}


def owners(collection: Collection) -> dict[str, str]:
    """The unit whose each file is, by the file's name."""
    found = {file.name: district for district, file in collection.file_of.items()}
    found |= {report.file.name: report.unit.name for report in collection.reports if report.unit}
    return found


def finding_lines(issues: Iterable[Issue], owners: Mapping[str, str]) -> list[str]:
    """A line for each cause, by weight: of one unit, or of several units of which the same is to be said."""
    causes: dict[object, dict[str, list[Issue]]] = {}
    for unit, own in _by_unit(issues, owners).items():
        by_cause: dict[object, list[Issue]] = {}
        for issue in without_consequences(own):
            by_cause.setdefault((issue.level, _cause(issue)), []).append(issue)
        for alike in by_cause.values():
            causes.setdefault(_shared(alike, unit), {})[unit] = alike
    ordered = sorted(causes.values(), key=lambda units: _LEVELS[next(iter(units.values()))[0].level])
    return [on_one_line(line) for units in ordered for line in _lines(units)]


def _by_unit(issues: Iterable[Issue], owners: Mapping[str, str]) -> dict[str, list[Issue]]:
    found: dict[str, list[Issue]] = {}
    for issue in issues:
        found.setdefault(owners.get(issue.place.file) or issue.place.district or issue.place.file, []).append(issue)
    return found


def without_consequences(issues: Sequence[Issue]) -> list[Issue]:
    """A unit's findings without those that only follow from another.

    A form that came and cannot be used is told by what is wrong with it, not once more by its absence alone; one in which
    nothing was filled in not once more by each of its cells.
    """
    has_come = any(i.level is Level.ERROR and i.code.startswith("F") and i.code != _ABSENT for i in issues)
    is_blank = any(i.code == kinds.NOTHING_FILLED_IN.code for i in issues)
    return [
        issue
        for issue in issues
        if not (has_come and issue.code == _ABSENT and "；" not in issue.found)
        and not (is_blank and issue.level is Level.MISSING and issue.place.item)
    ]


_ABSENT = kinds.MISSING_FILE.code


def _cause(issue: Issue) -> object:
    """What findings of a unit have in common that are told on one line.

    What stands at no cell, or at a row of heads, is told by what was found alone.
    """
    if issue.level is Level.AWAITED:
        return None
    if issue.level is Level.MISSING or issue.code.startswith("S"):
        return issue.code, issue.remedy
    place = issue.place
    is_at_cell = place.item or (place.cell and place.cell.isascii())
    return issue.code, issue.remedy, "" if is_at_cell else (issue.expected, issue.found)


def _shared(alike: Sequence[Issue], unit: str) -> object:
    """What the findings of several units have in common that are told on one line: all but names and numbers."""
    first = alike[0]
    if first.level is Level.AWAITED:
        return first.level, bool(first.place.district) or first.code
    names = {unit, first.place.district, first.place.file, *re.split(r"[_.]", first.place.file)} - {""}
    own = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    texts = [_NUMBERS.sub("#", own.sub("○", text)) for text in (first.found, first.expected, first.remedy)]
    return first.level, first.code, *texts


_NUMBERS = re.compile(r"[A-Z]*\d+(?:\.\d+)?(?:、[A-Z]*\d+(?:\.\d+)?)*")


def _lines(units: Mapping[str, Sequence[Issue]]) -> Iterator[str]:
    (_first, alike), *others = units.items()
    if len(units) < _FROM:
        yield from map(_line, units.values())
        return
    same = [f"{unit}{_of_unit(own, alike[0])}" for unit, own in others]
    yield f"{_line(alike)}；另有 {len(others)} 个单位同样：{_some(same, _UNITS_SHOWN)}"


def _of_unit(own: Sequence[Issue], first: Issue) -> str:
    """How many findings a unit has, or where its only one is."""
    if len(own) > 1:
        return f" {len(own)} 处"
    cell = own[0].place.cell
    return f" {cell}" if cell and cell != first.place.cell else ""


def unit_counts(issues: Sequence[Issue], owners: Mapping[str, str]) -> list[str]:
    """How many findings of each weight each unit has; at last how many there are."""
    if not issues:
        return ["没有发现问题"]
    by_unit = _by_unit(issues, owners)
    by_count: dict[str, list[str]] = {}
    for unit, own in by_unit.items():
        if unit:
            by_count.setdefault(count_by_level(own), []).append(unit)
    counts = [
        f"  {on_one_line(_some(units, _UNITS_SHOWN))}：{'各' if len(units) > 1 else ''}{count}"
        for count, units in by_count.items()
    ]
    return [*(counts if len(by_unit) > 1 else ()), f"共 {len(issues)} 条：{count_by_level(issues)}"]


def _line(alike: Sequence[Issue]) -> str:
    """The first finding in full, and where the others of its cause are; what a unit still waits for is one line."""
    first = alike[0]
    if first.level is not Level.AWAITED or len(alike) == 1:
        return f"{first.line()}{others_of(alike, f'（各处不同，见“{ISSUES}”）')}"
    what = _some([issue.place.item or issue.found for issue in alike], _SHOWN)
    where = " ".join(filter(None, (first.place.district, first.place.file)))
    return f"[{first.level.value}] {where}：{len(alike)} 处尚待评定：{what}；评定以前名次为暂定"


def others_of(alike: Sequence[Issue], remark: str = "") -> str:
    """How many findings of one cause there are beside the first, and where; the remark where they differ and are not told."""
    first, *others = alike
    if not others:
        return ""
    is_few = len(others) <= _TOLD_APART
    places = _some([f"{_where(i, first.place.sheet)}{_otherwise(i, first) if is_few else ''}" for i in others], _SHOWN)
    is_cut = not is_few and any(_otherwise(issue, first) for issue in others)
    return f"；同类的还有 {len(others)} 处{remark if is_cut else ''}{places and f'：{places}'}"


def _otherwise(issue: Issue, first: Issue) -> str:
    """What was found and is expected there, where it is something else than at the first."""
    found = issue.found if issue.found != first.found else ""
    expected = f"应为：{issue.expected}" if issue.expected != first.expected else ""
    return f"（{'；'.join(filter(None, (found, expected)))}）" if found or expected else ""


def _where(issue: Issue, sheet: str) -> str:
    place = issue.place
    return " ".join(filter(None, (place.sheet if place.sheet != sheet else "", place.cell or place.item)))


def _some(texts: Iterable[str], most: int) -> str:
    different = list(dict.fromkeys(filter(None, texts)))
    return "、".join(different[:most]) + (" 等" if len(different) > most else "")
