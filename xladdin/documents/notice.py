"""通报: what its template is filled with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from xladdin.documents.standing import DistrictStanding, Standings, extremes, names_of, rate, shown, sum_of
from xladdin.numbers import plain
from xladdin.scheme.model import Scheme, Section, TaskAnnex
from xladdin.scoring.totals import place
from xladdin.words import ADDED, GRADE, NAME, SCORE_RATE, VETO, WITHOUT_RANK

DRAFT = "征求意见稿"
"""What stands on every page of a document that is not final."""

_WEAKEST = 5
"""How many tasks are named as weak."""
_NAMED = 3
"""How many districts are named of a weak task, and how many items of a district."""

_COLUMNS = 16
"""Districts whose scores fit beside each other in a table of an annex, in the template's type and paper."""

_OWN_KIND = re.compile(r"(?:实施)?(?:方案|办法|细则)(?:（[^（）]*）)?$")
"""What the title of a scheme ends with: 办法, 实施细则（试行）. Without it, it is that of the assessment."""


def common(scheme: Scheme, *, final: bool) -> dict[str, Any]:
    """What every document is filled with: names in the templates are Chinese, for the office that edits them."""
    source = scheme.source
    return {
        "稿": "" if final else DRAFT,
        "发文机关": source.office,
        "考核办公室": source.office_name,
        "单位叫法": source.unit_word,
        "文号代字": source.number.partition("〔")[0],
        "方案文号": source.number,
        "方案名称": source.title,
        "考核": _OWN_KIND.sub("", source.title),
    }


def notice(standings: Standings, *, commended: int | None, final: bool) -> dict[str, Any]:
    """The values of 通报; the districts of the first `commended` ranks are commended, None leaves that to the writer."""
    scheme, districts = standings.scheme, standings.districts
    best, last = extremes(standings.ranked, lambda d: d.total)
    above = [d for d in standings.ranked if d.total > standings.average]
    # One with a veto is not commended, whatever is left of its total.
    honoured = [d for d in standings.ranked if commended and place(d.rank) <= commended and not d.vetoes]
    return {
        **common(scheme, final=final),
        "区数": len(standings.ranked),
        "平均分": shown(standings.average),
        "最高": {"分": shown(best[0].total), "区": names_of(best)},
        "最低": {"分": shown(last[0].total), "区": names_of(last)},
        "高于平均": {"数": len(above), "区": names_of(above)},
        "各部分": [_section(standings, section.number) for section in scheme.sections],
        "总分说明": list(_outcome(scheme, districts)),
        "排名": [_row(scheme, district) for district in districts],
        "表彰": {"名次": commended, "数": len(honoured), "区": names_of(honoured)} if honoured else None,
        "薄弱项目": _weak_items(standings),
        "各区弱项": _weak_by_district(standings),
        "附件1": _annex1(standings),
        "任务附件": [_task_annex(standings, annex) for annex in scheme.annexes],
    }


def vetoed(scheme: Scheme, district: DistrictStanding) -> Iterator[str]:
    """What became of a district's total by vetoes, in a sentence each."""
    for veto in district.vetoes:
        effect = scheme.vetoes[veto["name"]].effect
        yield f"{district.name}有{veto['name']}的情形，{effect}，{ADDED}{shown(district.added)}分。"


def _outcome(scheme: Scheme, districts: Sequence[DistrictStanding]) -> Iterator[str]:
    """What stands over the totals, in a sentence each; nothing where the scheme has no such thing."""
    for district in districts:
        yield from vetoed(scheme, district)
    word = scheme.source.unit_word
    for grade in scheme.grades:
        if own := [d for d in districts if d.grade == grade.name]:
            yield f"{GRADE}为{grade.name}的有{len(own)}个{word}：{names_of(own)}。"
    for group in scheme.groups:
        own = [d for d in districts if d.group == group.name and d.group_rank is not None]
        if own:
            yield f"{group.name}：{'、'.join(f'{d.name}第{d.group_rank}名' for d in own)}。"


def _section(standings: Standings, number: int) -> dict[str, str]:
    section = next(section for section in standings.scheme.sections if section.number == number)
    best, last = extremes(standings.ranked, lambda d: d.sections[number])
    mean = standings.section_average(number)
    return {
        "名称": section.name,
        "分值": plain(section.points),
        "平均分": shown(mean),
        SCORE_RATE: f"{rate(mean, section.points)}%",
        "最高分": shown(best[0].sections[number]),
        "最高区": names_of(best),
        "最低分": shown(last[0].sections[number]),
        "最低区": names_of(last),
    }


def _row(scheme: Scheme, district: DistrictStanding) -> dict[str, Any]:
    remarks = [
        word for word, holds in ((VETO, district.vetoes and district.rank), ("暂定", district.provisional)) if holds
    ]
    return {
        "名次": WITHOUT_RANK if district.rank is None else district.rank,
        "区": district.name,
        "总分": WITHOUT_RANK if district.rank is None else shown(district.total),
        "各部分": [shown(district.sections[section.number]) for section in scheme.sections],
        "备注": "、".join(remarks),
    }


def _weak_items(standings: Standings) -> list[dict[str, Any]]:
    """The items with the lowest rates, each with the districts that have the lowest scores.

    What is added to the total is no shortcoming where it is not earned, nor is what everybody has all points of.
    """
    items, bonus = standings.scheme.items, standings.scheme.bonus_items
    averages = {id_: standings.item_average(id_) for id_ in items if id_ not in bonus}
    means = {id_: mean for id_, mean in averages.items() if mean is not None and mean < items[id_].points}
    weakest = sorted(means, key=lambda id_: means[id_] / items[id_].points)[:_WEAKEST]
    found = []
    for id_ in weakest:
        item, mean = items[id_], means[id_]
        found.append(
            {
                "名称": item.name,
                "出处": item.where,
                "分值": plain(item.points),
                "平均分": shown(mean),
                SCORE_RATE: f"{rate(mean, item.points)}%",
                "最低": _lowest(standings, id_),
            }
        )
    return found


def _lowest(standings: Standings, item_id: str) -> str:
    """The districts with the lowest scores of an item: never some of those that have the same."""
    points = standings.scheme.items[item_id].points
    short = [d for d in standings.concerned(item_id) if (d.score(item_id) or Decimal(0)) < points]
    scores = sorted(d.score(item_id) or Decimal(0) for d in short)
    most = max((s for s in scores if sum(other <= s for other in scores) <= _NAMED), default=scores[0])
    alike: dict[str, list[DistrictStanding]] = {}
    for district in sorted(short, key=lambda d: d.score(item_id) or Decimal(0)):
        if (district.score(item_id) or Decimal(0)) <= most:
            alike.setdefault(_in_words(district.score(item_id)), []).append(district)
    return "、".join(f"{names_of(own)}（{score}）" for score, own in alike.items())


def _weak_by_district(standings: Standings) -> list[dict[str, str]]:
    official = sorted(standings.districts, key=lambda d: standings.scheme.district_names.index(d.name))
    return [
        {
            "区": district.name,
            "弱项": "、".join(
                f"{loss.item.name}（失{shown(loss.lost)}分）" for loss in standings.losses(district)[:_NAMED]
            )
            or "没有失分",
        }
        for district in official
    ]


def _annex1(standings: Standings) -> dict[str, Any]:
    """The table of 附件1, row by row as the scheme prints it, with a column for each district."""
    scheme = standings.scheme

    def rows(section: Section, districts: Sequence[DistrictStanding]) -> Iterator[Mapping[str, Any]]:
        for row in section.rows:
            scores = [sum_of(scheme, d, section, row) for d in districts]
            yield {NAME: row.task, "分值": plain(row.points), "得分": [_score(score) for score in scores]}

    tables = [
        {"各区": [d.name for d in own], "部分": [{"分类": s.label, "行": list(rows(s, own))} for s in scheme.sections]}
        for own in _side_by_side(standings)
    ]
    return {"标题": scheme.annex1.annex.title, "列": list(scheme.annex1.annex.columns), "表": tables}


def _task_annex(standings: Standings, annex: TaskAnnex) -> dict[str, Any]:
    """The table of an annex of tasks, row by row as the scheme prints it, with a column for each district."""
    tables = [
        {
            "各区": [d.name for d in own],
            "行": [
                {
                    "序号": task.number,
                    NAME: task.task,
                    "分值": plain(task.points),
                    "得分": [_score(d.score(task.id)) if d.applies(task.id) else "不适用" for d in own],
                }
                for task in annex.tasks
            ],
        }
        for own in _side_by_side(standings)
    ]
    return {"标题": annex.annex.title, "列": list(annex.annex.columns), "表": tables}


def _side_by_side(standings: Standings) -> list[list[DistrictStanding]]:
    """The districts in official order, those together for which a table on the paper has columns."""
    districts = _official(standings)
    tables = -(-len(districts) // _COLUMNS)
    size = -(-len(districts) // tables)
    return [districts[start : start + size] for start in range(0, len(districts), size)]


def _official(standings: Standings) -> list[DistrictStanding]:
    by_name = {d.name: d for d in standings.districts}
    return [by_name[name] for name in standings.scheme.district_names]


def _score(score: Decimal | None) -> str:
    return "缺" if score is None else shown(score)


def _in_words(score: Decimal | None) -> str:
    return "暂缺" if score is None else f"{shown(score)}分"
