"""Findings as the screen and the messages of buttons show them: what weighs most first, what has one cause on one line.

The sheet 校验 has each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from xladdin.issues import Issue, Level, count_by_level, on_one_line
from xladdin.returns.collection import Collection

_SHOWN = 6
"""Places or fields that a line names before it only counts."""

_LEVELS = {level: n for n, level in enumerate(Level)}


def owners(collection: Collection) -> dict[str, str]:
    """The unit whose each file is, by the file's name."""
    found = {file.name: district for district, file in collection.file_of.items()}
    found |= {report.file.name: report.unit.name for report in collection.reports if report.unit}
    return found


def finding_lines(issues: Iterable[Issue], owners: Mapping[str, str]) -> list[str]:
    """A line for each cause and unit, by weight; what a unit still waits for is one line."""
    causes: dict[tuple[Level, str, object], list[Issue]] = {}
    for issue in issues:
        causes.setdefault((issue.level, _unit(issue, owners), _cause(issue)), []).append(issue)
    ordered = sorted(causes.items(), key=lambda cause: _LEVELS[cause[0][0]])
    lines = (_awaited(alike) if level is Level.AWAITED else _line(alike) for (level, *_), alike in ordered)
    return [on_one_line(line) for line in lines]


def _cause(issue: Issue) -> object:
    """What findings have in common that are told on one line: nobody is told of one what holds of another.

    A blank or a missing row is one cause however many there are, and each may say what is expected there. What stands at no
    cell, or at a row of heads, is told by what was found alone.
    """
    if issue.level is Level.AWAITED:
        return None
    if issue.level is Level.MISSING or issue.code.startswith("S"):
        return issue.code, issue.remedy
    place = issue.place
    is_at_cell = place.item or (place.cell and place.cell.isascii())
    return issue.code, issue.remedy, issue.expected, "" if is_at_cell else issue.found


def unit_counts(issues: Sequence[Issue], owners: Mapping[str, str]) -> list[str]:
    """How many findings of each weight each unit has; at last how many there are."""
    if not issues:
        return ["没有发现问题"]
    by_unit: dict[str, list[Issue]] = {}
    for issue in issues:
        by_unit.setdefault(_unit(issue, owners), []).append(issue)
    counts = [f"  {on_one_line(unit)}：{count_by_level(own)}" for unit, own in by_unit.items() if unit]
    return [*(counts if len(by_unit) > 1 else ()), f"共 {len(issues)} 条：{count_by_level(issues)}"]


def _unit(issue: Issue, owners: Mapping[str, str]) -> str:
    place = issue.place
    return owners.get(place.file) or place.district or place.file


def _line(alike: Sequence[Issue]) -> str:
    """The first finding in full, and where the others of its cause are."""
    return f"{alike[0].line()}{others_of(alike)}"


def others_of(alike: Sequence[Issue]) -> str:
    """How many findings of one cause there are beside the first, and where."""
    first, *others = alike
    places = _some([f"{_where(issue, first.place.sheet)}{_otherwise(issue, first)}" for issue in others])
    return f"；同类的还有 {len(others)} 处{places and f'：{places}'}" if others else ""


def _otherwise(issue: Issue, first: Issue) -> str:
    """What is expected there, where it is something else than at the first."""
    return f"（应为：{issue.expected}）" if issue.expected != first.expected else ""


def _where(issue: Issue, sheet: str) -> str:
    place = issue.place
    return " ".join(filter(None, (place.sheet if place.sheet != sheet else "", place.cell or place.item)))


def _awaited(alike: Sequence[Issue]) -> str:
    first, *others = alike
    if not others:
        return first.line()
    what = _some([issue.place.item or issue.found for issue in alike])
    where = " ".join(filter(None, (first.place.district, first.place.file)))
    return f"[{first.level.value}] {where}：{len(alike)} 处尚待评定：{what}；评定以前名次为暂定"


def _some(texts: Iterable[str]) -> str:
    different = list(dict.fromkeys(filter(None, texts)))
    return "、".join(different[:_SHOWN]) + (" 等" if len(different) > _SHOWN else "")
