"""Whether a result as plain data adds up: sections of items, totals of sections, ranks of totals."""

from __future__ import annotations

from collections.abc import Iterator

from xladdin.methods.item import Policies
from xladdin.numbers import decimal_of, plain
from xladdin.results.stored import Results, vetoes_of
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Score, Status
from xladdin.scoring.totals import DistrictScore, added_up, grade_of, rank_districts, rank_in_groups
from xladdin.words import GRADE, GROUP_RANK, VETO, WITHOUT_RANK


def wrong_sums(scheme: Scheme, policies: Policies, data: Results) -> Iterator[str]:
    """What does not add up in a result of the scheme, with its district."""
    scored = []
    names = {section.number: section.name for section in scheme.sections}
    for district in data["districts"]:
        items = {
            id_: Score(
                id_,
                scheme.items[id_].points,
                None if item["score"] is None else decimal_of(item["score"]),
                Status(item["status"]),
                item["explain"],
            )
            for id_, item in district["items"].items()
        }
        scored.append(added_up(scheme, items, vetoes_of(scheme, district)))
        for number, section in scored[-1].sections.items():
            if decimal_of(said := district["sections"][str(number)]) != section:
                name = names[number]
                yield f"{district['name']} {name}：写着 {said}，各项得分合计 {plain(section)}"
        if scored[-1].is_cancelled:
            continue
        if decimal_of(district["total"]) != scored[-1].total:
            yield f"{district['name']} 总分：写着 {district['total']}，各部分合计 {plain(scored[-1].added)}{_limited(scored[-1])}"
    for district, rank in zip(data["districts"], rank_districts(scored, policies), strict=True):
        if district["rank"] != rank:
            yield f"{district['name']} 名次：写着 {district['rank']}，按总分应为 {WITHOUT_RANK if rank is None else rank}"
    if scheme.groups:
        in_groups = rank_in_groups(
            scheme, dict(zip((d["name"] for d in data["districts"]), scored, strict=True)), policies
        )
        for district in data["districts"]:
            if district.get("group_rank") != (rank := in_groups[district["name"]]):
                yield f"{district['name']} {GROUP_RANK}：写着 {district.get('group_rank')}，按总分应为 {rank}"
    for district, own in zip(data["districts"], scored, strict=True):
        if scheme.grades and district.get("grade") != (grade := grade_of(scheme, own)):
            yield f"{district['name']} {GRADE}：写着 {district.get('grade')}，按总分应为 {grade or WITHOUT_RANK}"


def _limited(scored: DistrictScore) -> str:
    return f"，按{VETO}计 {plain(scored.total)}" if scored.total != scored.added else ""
