"""单区反馈表: what its template is filled with. Of other districts it has averages and the best only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from xladdin.documents.notice import common, vetoed
from xladdin.documents.standing import (
    BY_BONUS,
    BY_EXCESS,
    BY_LEFT_OUT,
    BY_VETO,
    DistrictStanding,
    Loss,
    Standings,
    mean,
    rate,
    shown,
)
from xladdin.numbers import plain
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Status
from xladdin.words import ADDED, GRADE, GRAND_TOTAL, SCORE_RATE

_STATES = {Status.MISSING: "暂缺", Status.ERROR: "错误"}


def feedback(standings: Standings, district: DistrictStanding, *, final: bool) -> dict[str, Any]:
    """The values of a district's sheet."""
    scheme, ranked = standings.scheme, standings.ranked
    parts = [
        _part(s.name, s.points, district.sections[s.number], [d.sections[s.number] for d in ranked])
        for s in scheme.sections
    ]
    whole = _part(
        ADDED if district.rank is None else GRAND_TOTAL, scheme.points, district.total, [d.total for d in ranked]
    )
    losses = standings.losses(district)
    left_out = "、".join(item.name for id_, item in scheme.items.items() if not district.applies(id_))
    return {
        **common(scheme, final=final),
        "区": district.name,
        "区数": len(ranked),
        "名次": district.rank,
        "总分说明": "".join(_outcome(scheme, district)),
        "暂定": "暂定" if district.provisional else "",
        "总分": shown(district.total),
        "各部分": [*parts, whole],
        "失分": [_lost(loss) for loss in losses],
        "失分合计": _in_all(standings.lost_in_all(district)),
        "失分项数": len(losses),
        "不适用": left_out,
        "不适用口径": _reading(standings) if left_out else "",
    }


def _in_all(lost: Mapping[str, Decimal]) -> list[dict[str, str]]:
    """The sum of the losses, and what else the total lacks or has more, with its sign."""
    signed = (BY_LEFT_OUT, BY_EXCESS, BY_BONUS, BY_VETO)
    return [
        {"名称": words, "失分": f"{points:+.2f}" if words in signed else shown(points)}
        for words, points in lost.items()
    ]


def _outcome(scheme: Scheme, district: DistrictStanding) -> Iterator[str]:
    """What stands over the district's total, in a sentence each."""
    yield from vetoed(scheme, district)
    if district.grade:
        yield f"{GRADE}：{district.grade}。"
    if district.group_rank is not None:
        yield f"{district.group}第{district.group_rank}名。"


def _reading(standings: Standings) -> str:
    """What becomes of items that are 不适用, in the words of the scheme."""
    policy = next(policy for policy in standings.scheme.policy_list if policy.name == "not_applicable")
    return policy.options[standings.policies["not_applicable"]]


def _part(name: str, points: Decimal, score: Decimal, all_scores: Sequence[Decimal]) -> dict[str, str]:
    average = mean(all_scores)
    return {
        "名称": name,
        "分值": plain(points),
        "得分": shown(score),
        SCORE_RATE: f"{rate(score, points)}%",
        "平均": shown(average),
        "最高": shown(max(all_scores)),
        "与平均相差": f"{score - average:+.2f}",
    }


def _lost(loss: Loss) -> dict[str, str]:
    return {
        "编号": loss.item.id,
        "名称": loss.item.name,
        "分值": plain(loss.item.points),
        "得分": _STATES[loss.status] if loss.status in _STATES else shown(loss.item.points - loss.lost),
        "失分": shown(loss.lost),
        "原因": loss.reason,
        "依据": loss.item.where,
        "来源": "；".join(loss.origins),
        "改进": "；".join(loss.remedies),
    }
