"""Two results of different years or rounds side by side: what bears the same name on both sides, and what has no counterpart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from xladdin.classes import record
from xladdin.fields.tables import squeezed
from xladdin.results.stored import NotComparable, Results, check_outline, outline
from xladdin.scheme import available_versions, choose_scheme
from xladdin.wording import in_words_of
from xladdin.words import DISTRICT, INDICATOR, ITEM, SECTION


@record
class Side:
    """One of the two results: what it is called, its outline, its districts by name."""

    label: str
    outline: Mapping[str, Any]
    districts: Mapping[str, Mapping[str, Any]]

    @property
    def say(self) -> Callable[[str], str]:
        """Gives a text in the words of the result's scheme."""
        called = self.outline.get("called")
        return partial(in_words_of, unit=called[0], office=called[1]) if called else str

    def named(self, kind: str) -> Mapping[str, str]:
        """The names of its districts, sections, items or indicators, by id."""
        if kind == DISTRICT:
            return {name: name for name in self.districts}
        told = self.outline[_OUTLINED[kind]]
        return {id_: own if kind == ITEM else own["name"] for id_, own in told.items()}


_OUTLINED = {SECTION: "sections", ITEM: "items", INDICATOR: "indicators"}


@record
class Unmatched:
    """What only one side has, or what must not be compared: what kind of thing, id, name, on which side, why."""

    kind: str
    id: str
    name: str
    label: str
    why: str


@record
class Matched:
    """What bears the same name on both sides: pairs of ids, and everything that has no counterpart."""

    districts: tuple[str, ...]
    sections: tuple[tuple[str, str], ...]
    items: tuple[tuple[str, str], ...]
    indicators: tuple[tuple[str, str], ...]
    unmatched: tuple[Unmatched, ...]


def two_sides(before: Results, after: Results) -> tuple[Side, Side]:
    """Two results, called by their years where these differ.

    `NotComparable` where neither a result nor the product says what its items are called.
    """
    years = str(before["scheme"]), str(after["scheme"])
    labels = years if years[0] != years[1] else ("前一份结果", "后一份结果")
    return _side(before, labels[0]), _side(after, labels[1])


def _side(data: Results, label: str) -> Side:
    told = data.get("outline")
    if told is None:
        if data["scheme"] not in available_versions():
            raise NotComparable(
                f"{data['scheme']} 年度的结果是较早的程序写的，本机又没有这个年度的方案，不知道各项的名称，不能比较"
            )
        told = outline(choose_scheme(asked=data["scheme"]))
    check_outline(data, told)
    return Side(label, told, {district["name"]: district for district in data["districts"]})


def matched(before: Side, after: Side) -> Matched:
    """Which districts, sections, items and indicators of the two are the same: by name, white space aside."""
    unmatched: list[Unmatched] = []
    districts, sections, items, indicators = (
        _pairs(kind, before, after, unmatched) for kind in (DISTRICT, SECTION, ITEM, INDICATOR)
    )
    comparable = []
    for old, new in indicators:
        units = before.outline["indicators"][old]["unit"], after.outline["indicators"][new]["unit"]
        if units[0] == units[1]:
            comparable.append((old, new))
        else:
            why = f"单位不同：原为“{units[0]}”，现为“{units[1]}”"
            unmatched.append(Unmatched(INDICATOR, new, after.outline["indicators"][new]["name"], after.label, why))
    return Matched(
        tuple(new for _old, new in districts), tuple(sections), tuple(items), tuple(comparable), tuple(unmatched)
    )


def _pairs(kind: str, before: Side, after: Side, unmatched: list[Unmatched]) -> list[tuple[str, str]]:
    """Pairs of ids with one name, in the order of the later side. Of several of a name the one with the same id counts."""
    old, new = before.named(kind), after.named(kind)
    by_name: dict[str, list[str]] = {}
    for id_, name in old.items():
        by_name.setdefault(squeezed(name), []).append(id_)
    found: dict[str, str] = {}
    # Those that kept their id first, so that no other one of their name takes their counterpart.
    for id_ in sorted(new, key=lambda id_: squeezed(old.get(id_, "")) != squeezed(new[id_])):
        if candidates := by_name.get(squeezed(new[id_])):
            found[id_] = id_ if id_ in candidates else candidates[0]
            candidates.remove(found[id_])
    pairs = [(found[id_], id_) for id_ in new if id_ in found]
    for label, ids, done, others in ((before.label, old, {*found.values()}, new), (after.label, new, {*found}, old)):
        for id_, name in ids.items():
            if id_ not in done:
                is_reused = id_ in others
                why = f"另一年的 {id_} 是“{others[id_]}”，名称不同" if is_reused else "另一年没有这个名称"
                what, code = (after.say(DISTRICT), "") if kind == DISTRICT else (kind, id_)
                unmatched.append(Unmatched(what, code, name, label, why))
    return pairs
