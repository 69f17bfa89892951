"""The sheets of 汇报 on where points are lost: by task, by department, by district, and on a map of both."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from xladdin.analysis.ranked import Ranked
from xladdin.analysis.tables import named, scores_of, shown
from xladdin.analysis.variations import distances
from xladdin.analysis.variations_sheets import distance_cells
from xladdin.methods.checks import NOT_APPLICABLE
from xladdin.scheme.model import Scheme
from xladdin.words import (
    AHEAD,
    BEHIND,
    DEPARTMENT,
    DISTRICT,
    FULL_DISTRICTS,
    ITEM,
    LOSING_MOST,
    LOSING_TASKS,
    LOST,
    LOST_BY_DEPARTMENT,
    LOST_BY_DISTRICT,
    LOST_BY_TASK,
    LOST_MAP,
    LOST_SHARE,
    MEAN_SCORE,
    NAME,
    POINTS,
    RANK,
    TASKS,
    WAYS,
)
from xladdin.workbook.tables import Cell, Chart, Column, Content, ResultSheet, Shading

if TYPE_CHECKING:
    from pandas import DataFrame

_MOST_LOST, _NONE_LOST, _TAB = "#E15759", "#FFFFFF", "#ED7D31"


def lost_sheets(result: Ranked) -> list[ResultSheet]:
    """The points that are lost, added up in every way."""
    scores = scores_of(result)
    return [
        _by_task(result.scheme, scores),
        _by_department(result.scheme, scores),
        _by_district(result),
        _map(result, scores),
    ]


def _losing(scores: DataFrame, by: str) -> list[tuple[str, float]]:
    """Where points are lost, and how many, most first."""
    lost = scores.groupby(by, sort=False).lost.sum().sort_values(ascending=False, kind="stable")
    return [(str(name), points) for name, points in lost.items() if points > 0]


def _by_task(scheme: Scheme, scores: DataFrame) -> ResultSheet:
    columns = [
        Column(ITEM, 8, "bold"),
        Column(NAME, 26, "text"),
        Column(DEPARTMENT, 34, "text"),
        Column(POINTS, 8, "number"),
        Column(MEAN_SCORE, 10, "score"),
        Column(LOST, 10, "bold_score"),
        Column(LOST_SHARE, 10, "rate"),
        Column(FULL_DISTRICTS, 10, "number"),
        Column(LOSING_MOST, 42, "text"),
    ]
    by_item = dict(list(scores.groupby("item")))
    lost = {id_: round(float(by_item[id_].lost.sum()), 4) for id_ in scheme.items if id_ in by_item}
    rows: list[list[Content]] = []
    for id_ in sorted(lost, key=lambda id_: -lost[id_]):
        own, item = by_item[id_], scheme.items[id_]
        departments = "、".join(scheme.tasks[id_].departments) if id_ in scheme.tasks else None
        share, full = float(own.lost.sum() / own.points.sum()), float((own.lost <= 0).sum())
        figures = float(item.points), shown(own.score.mean()), lost[id_], share, full
        rows.append([id_, item.name, departments, *figures, named(_losing(own, "district"))])
    notes = [f"各区失分之和，多的在前；“{NOT_APPLICABLE}”的区不算失分，缺的、错误的按 0 分算。"]
    return ResultSheet(
        LOST_BY_TASK,
        LOST_BY_TASK,
        columns,
        rows,
        notes,
        frozen_columns=2,
        charts=[Chart("失分最多的项目（各区合计，分）", 1, (5,), "bar", rows=20, least=0)],
        shadings=[Shading(6, 6, "#F4B183", most=1)],
        tab_color=_TAB,
    )


def _by_department(scheme: Scheme, scores: DataFrame) -> ResultSheet:
    columns = [
        Column(DEPARTMENT, 26, "bold"),
        Column(TASKS, 9, "number"),
        Column(LOST, 11, "bold_score"),
        Column(LOST_SHARE, 11, "rate"),
        Column(LOSING_MOST, 44, "text"),
        Column(LOSING_TASKS, 50, "text"),
    ]
    rows: list[tuple[float, list[Content]]] = []
    for name in dict.fromkeys(name for task in scheme.tasks.values() for name in task.departments):
        ids = [id_ for id_, task in scheme.tasks.items() if name in task.departments]
        own = scores[scores["item"].isin(ids)]
        if len(own):
            lost = float(own.lost.sum())
            tasks = [(f"{id_} {scheme.items[id_].name}", points) for id_, points in _losing(own, "item")]
            figures = float(len(ids)), shown(lost), lost / float(own.points.sum())
            rows.append((lost, [name, *figures, named(_losing(own, "district")), named(tasks)]))
    rows.sort(key=lambda pair: -pair[0])
    notes = ["几个部门共同评价的任务，在每个部门都算一次，各部门的失分因此不能相加。"]
    return ResultSheet(
        LOST_BY_DEPARTMENT,
        LOST_BY_DEPARTMENT,
        columns,
        [row for _lost, row in rows],
        notes,
        frozen_columns=1,
        charts=[Chart("各部门所评任务的失分（各区合计，分）", 0, (2,), "bar", least=0)],
        tab_color=_TAB,
    )


def _by_district(result: Ranked) -> ResultSheet:
    sections = [section for section in result.scheme.sections if not section.bonus]
    columns = [
        Column(RANK, 7, "bold"),
        Column(DISTRICT, 12, "bold"),
        *(Column(section.name, 10, "score") for section in sections),
        Column(LOST, 9, "bold_score"),
        Column(AHEAD, 12, "centre"),
        Column(BEHIND, 15, "score"),
        Column(WAYS, 62, "text"),
    ]
    gaps = {gap.district.name: distance_cells(result, gap) for gap in distances(result)}
    rows: list[list[Content]] = []
    for district in result.by_rank():
        lost = [section.points - district.scored.sections[section.number] for section in sections]
        figures = map(float, (*lost, sum(lost, Decimal(0))))
        rows.append([float(district.rank), district.name, *figures, *gaps.get(district.name, (None, None, None))])
    notes = [
        f"各部分满分减去得分。“{WAYS}”：其他各项不变，其中任何一项单独做到就能追平或超过上一名，最省力的在前。",
    ]
    values = tuple(range(2, 2 + len(sections)))
    return ResultSheet(
        LOST_BY_DISTRICT,
        LOST_BY_DISTRICT,
        columns,
        rows,
        notes,
        frozen_columns=2,
        charts=[Chart("各区失分（分部分）", 1, values, "bar", stacked=True, number="0", least=0)],
        tab_color=_TAB,
    )


def _map(result: Ranked, scores: DataFrame) -> ResultSheet:
    names = [district.name for district in result.by_rank()]
    items = [item for id_, item in result.scheme.items.items() if id_ not in result.scheme.bonus_items]
    lost = scores.pivot(index="item", columns="district", values="lost")
    lost = lost.reindex(index=[item.id for item in items], columns=names)
    beside = [Column(ITEM, 7, "bold"), Column(NAME, 22, "text")]
    below: list[list[Content]] = [[item.id, item.name] for item in items]
    heads, order = names, "各区从左到右按名次"
    if len(names) > len(items):  # no paper, and no eye, takes hundreds of columns
        beside = [Column(RANK, 7, "bold"), Column(DISTRICT, 22, "bold")]
        below = [[float(district.rank), district.name] for district in result.by_rank()]
        heads, order, lost = [item.id for item in items], "各区从上到下按名次", lost.T
    columns = [*beside, *(Column(head, 5.5, "lost") for head in heads), Column(LOST, 8, "bold_score")]
    rows: list[list[Content]] = []
    for named_by, own in zip(below, lost.itertuples(index=False), strict=True):
        cells = [Cell("—", "not_applicable") if value is None else value for value in map(shown, own)]
        rows.append([*named_by, *cells, round(sum(value for value in own if value == value), 2)])
    notes = [f"每一格是失去的分，颜色越深失得越多，空白为满分；— 为{NOT_APPLICABLE}。{order}。"]
    return ResultSheet(
        LOST_MAP,
        LOST_MAP,
        columns,
        rows,
        notes,
        frozen_columns=2,
        landscape=False,
        large_paper=True,
        row_height=19,
        shadings=[Shading(2, 1 + len(heads), _MOST_LOST, _NONE_LOST)],
        tab_color=_TAB,
    )
