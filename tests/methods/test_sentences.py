"""A rule entered the other way round than its sentence says: refused, because it would score without a word."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.support.years import SCHEMES
from xladdin.classes import replace
from xladdin.methods import sentences
from xladdin.methods.deduct import DeductItem
from xladdin.methods.efficacy import EfficacyItem
from xladdin.methods.linear import LinearItem
from xladdin.methods.per_point import PerPointItem
from xladdin.methods.reach import ReachItem
from xladdin.records import Quoted
from xladdin.scheme import load_scheme

YEARS = {year: load_scheme(year, SCHEMES) for year in ("2025", "2026")}


def quoted(value: float, clause: str) -> Quoted:
    return Quoted(value=Decimal(str(value)), clause=clause)


def item(year: str, id_: str, kind: type[Any]) -> Any:
    found = YEARS[year].items[id_]
    assert isinstance(found, kind)
    return found


def points(**changes: Any) -> PerPointItem:
    """The rate of closed cases, with its measure changed; `adds` is the item's."""
    adds = changes.pop("adds", False)
    own: PerPointItem = item("2025", "D2", PerPointItem)
    return replace(own, adds=adds, measures=(replace(own.measures[0], **changes),))


def events(each: Quoted) -> DeductItem:
    own: DeductItem = item("2025", "D1", DeductItem)
    return replace(own, events=(replace(own.events[0], each=each),))


def bounds(**changes: Quoted) -> LinearItem:
    return replace(item("2025", "D4", LinearItem), **changes)


def reached(clause: str, *, less: bool = False) -> ReachItem:
    return replace(item("2025", "D5", ReachItem), threshold=quoted(8, clause), less_is_better=less)


def coefficient(clause: str) -> EfficacyItem:
    return replace(item("2026", "E2", EfficacyItem), clause=clause)


ADDED, LOST = quoted(2, "每项加 2 分"), quoted(2, "每项扣 2 分")
NOUGHT = quoted(0, "有一项即计")


@pytest.mark.parametrize(
    ("made", "key"),
    [
        # Points are added, the rule takes them off: and the other way round.
        (lambda: points(each=ADDED, threshold=NOUGHT, above=True), "measure[1].each"),
        (lambda: points(each=LOST, threshold=NOUGHT, above=True, adds=True), "measure[1].each"),
        (lambda: points(each=ADDED, threshold=NOUGHT, above=True, adds=True), ""),
        # Nothing is below 0 or above all: every unit would get the same, whatever it has done.
        (lambda: points(each=ADDED, threshold=NOUGHT, adds=True), "measure[1].above"),
        (lambda: points(threshold=quoted(100, "达 100%"), above=True), "measure[1].above"),
        (lambda: points(threshold=quoted(100, "达 100%")), ""),
        # 每多 and 每少.
        (lambda: points(each=quoted(1, "每少一个百分点扣 1 分"), above=True), "measure[1].above"),
        (lambda: points(each=quoted(1, "每高于一个百分点加 1 分"), adds=True), "measure[1].above"),
        (lambda: points(each=quoted(1, "扣 1 分"), step=quoted(5, "每多 5 件")), "measure[1].above"),
        (lambda: points(each=quoted(1, "每少一件扣 1 分，每多一件加 1 分"), above=True), ""),
        (lambda: events(quoted(0.5, "每次加 0.5 分")), "event[1].each"),
        (lambda: events(quoted(0.5, "加倍扣分，每次扣 0.5 分")), ""),
        # Full points at the lower bound.
        (lambda: bounds(low=quoted(95, "达到 95%得满分"), high=quoted(80, "低于 80%的")), "low"),
        (lambda: bounds(low=quoted(95, "达到 95%的"), high=quoted(80, "低于 80%不得分")), "high"),
        (lambda: bounds(low=quoted(10, "超过 10%不得分"), high=quoted(2, "不超过 2%得满分")), ""),
        (lambda: reached("增幅不超过 8%"), "less_is_better"),
        (lambda: reached("增幅不超过 8%", less=True), ""),
        (lambda: reached("不低于 8%", less=True), "less_is_better"),
        (lambda: reached("低于 8%的不得分"), ""),
        (lambda: coefficient("(最大值-实际值)/(最大值-最小值)*40+60"), "less_is_better"),
        (lambda: coefficient("能耗最低的得满分"), "less_is_better"),
        (lambda: coefficient("(实际值-最小值)/(最大值-最小值)*40+60"), ""),
    ],
)  # fmt: skip
def test_problems__against_the_sentence__said(made: Callable[[], Any], key: str) -> None:
    assert [found for found, _said in made().problems()] == ([key] if key else [])


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("每项加 2 分", True), ("每次奖 0.5 分", True), ("加计 1 分", True), ("每件扣 0.2 分", False), ("每次减 1 分", False),
        ("每增加 1 件扣 1 分", False), ("加倍扣 2 分", False), ("计 2 分", None), ("加 1 分或扣 1 分", None), (None, None),
    ],
)  # fmt: skip
def test_adds__by_its_words(sentence: str | None, said: bool | None) -> None:
    assert sentences.adds(sentence) is said
