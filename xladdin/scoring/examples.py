"""考核方案.xlsx checked: every fault with its place, and the worked examples computed again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from xladdin.classes import record
from xladdin.numbers import NOT_APPLICABLE, Value, plain
from xladdin.scheme.book.reading import Example, SchemeBook, scheme_book_of
from xladdin.scheme.load import SchemeError
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Status, score_item
from xladdin.workbook.cells import RawSheet


@record
class Checked:
    """What a check of a scheme workbook found: its faults in words, each beginning with its place, and the scheme where there are none."""

    faults: tuple[str, ...]
    book: SchemeBook | None = None

    @property
    def lines(self) -> list[str]:
        """All of it for a clerk."""
        if self.book is None:
            return [*(f"[错误] {fault}" for fault in self.faults), f"共 {len(self.faults)} 处，改好后再检查一次。"]
        scheme = self.book.scheme
        shown = {scheme.items[example.item].method for example in self.book.examples}
        titles = {i.title: None for i in scheme.items.values() if i.method not in shown}
        points = f"{len(scheme.items)} 个计分项，共 {scheme.points_text}；{len(scheme.districts)} 个单位"
        computed = f"没有错误：{scheme.source.title}，{points}；{len(self.book.examples)} 个样例计算相符"
        remark = f"还没有样例的计分方式：{'、'.join(titles)}。照原文手算一个，写进“样例”，最能防错。"
        return [computed, *([remark] if titles else [])]


def checked(sheets: Sequence[RawSheet]) -> Checked:
    """A scheme workbook's sheets, checked by the loader's rules, its examples computed."""
    try:
        book = scheme_book_of(sheets, {})
    except SchemeError as error:
        return Checked(tuple(error.faults))
    faults = tuple(wrong_examples(book.scheme, book.examples))
    return Checked(faults, None if faults else book)


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
