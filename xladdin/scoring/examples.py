"""Worked examples of a scheme: what an office has worked out by hand, computed again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from xladdin.numbers import NOT_APPLICABLE, Value, plain
from xladdin.scheme.book.reading import Example
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Status, score_item


def wrong_examples(scheme: Scheme, examples: Iterable[Example]) -> Iterator[str]:
    """What is to be said of each example whose score is not that of the scheme under its default readings."""
    for example in examples:
        scored = score_item(scheme.items[example.item], example.entries, scheme.default_policies)
        found = NOT_APPLICABLE if scored.status is Status.NOT_APPLICABLE and scored.score is None else scored.score
        if found != example.score:
            yield f"{example.place}：{example.name} 写的是 {_shown(example.score)}，按方案计算是 {_shown(found)}。{scored.explain}"


def _shown(score: Value) -> str:
    if isinstance(score, Decimal):
        return f"{plain(score)} 分"
    return "不适用" if score is NOT_APPLICABLE else "没有得分"
