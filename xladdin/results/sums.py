"""Whether a result as plain data adds up: sections of items, totals of sections, ranks of totals."""

from __future__ import annotations

from collections.abc import Iterator

from xladdin.methods.item import Policies
from xladdin.numbers import decimal_of, plain
from xladdin.results.stored import Results
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Score, Status
from xladdin.scoring.totals import added_up, rank_districts


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
        scored.append(added_up(scheme, items))
        for number, section in scored[-1].sections.items():
            if decimal_of(said := district["sections"][str(number)]) != section:
                name = names[number]
                yield f"{district['name']} {name}：写着 {said}，各项得分合计 {plain(section)}"
        if decimal_of(district["total"]) != scored[-1].total:
            yield f"{district['name']} 总分：写着 {district['total']}，各部分合计 {plain(scored[-1].total)}"
    for district, rank in zip(data["districts"], rank_districts(scored, policies), strict=True):
        if district["rank"] != rank:
            yield f"{district['name']} 名次：写着 {district['rank']}，按总分应为 {rank}"
