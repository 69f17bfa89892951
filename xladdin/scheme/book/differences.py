"""What two schemes differ in, row by row and cell by cell of their workbooks.

A row is known again though its number has changed: an item by its name or its text, an indicator by its name within its item, a
step by what it says, a unit by its neighbours. So what was put in between moves nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from xladdin.numbers import decimal_of, plain
from xladdin.scheme.book import layout
from xladdin.scheme.book.tables import Row, Shown, sheet_rows
from xladdin.scheme.model import Scheme
from xladdin.words import HEAD, SCHEME_CHANGES_KIND, SHEET, WORDING, earlier, later
from xladdin.workbook.tables import Column, ResultSheet


class Difference(NamedTuple):
    """What has been added, has gone or has changed: the sheet, the key of the row, its name, the column, and both contents."""

    sheet: str
    key: str
    name: str
    column: str
    before: Shown
    after: Shown

    @property
    def wording(self) -> str:
        """The passages of a longer text that are not the same, word by word; nothing for anything else."""
        texts = (self.before, self.after)
        is_long = all(isinstance(text, str) for text in texts) and max(len(str(text)) for text in texts) > _LONG
        return changed_passages(str(self.before), str(self.after)) if is_long else ""

    @property
    def line(self) -> str:
        """All of it on one line of bounded length."""
        name = f"　{self.name}" if self.name not in ("", self.key) else ""
        content = self.wording or f"{_told(self.before)} → {_told(self.after)}"
        return f"{self.sheet}　{self.key}{name}　{self.column}：{_cut(content)}"


ADDED, GONE, RENAMED, ORDER = "新增", "取消", "改名", "次序"
"""In place of a column, for a whole row."""

_LONG = 20
"""Characters above which a text is compared word by word."""

_LONGEST = 120
"""Characters of a content that a line shows."""

_ROW_TEXTS = (layout.TASK, layout.RULE, layout.ROW_POINTS, layout.REFERRED)
"""Heads of what stands only at the first item of an official row."""

_Keyed = tuple[str, Row]
_Pair = tuple[_Keyed | None, _Keyed | None]


def differences(before: Scheme, after: Scheme) -> list[Difference]:
    """Everything in which the second scheme is not the first, in the order of the sheets."""
    old, new = sheet_rows(before), sheet_rows(after)
    tasks = _alike(old[layout.TASKS].rows, new[layout.TASKS].rows, (_both(_id, _name), _name, _text, _id))
    renamed = {a[0]: b[0] for a, b in tasks if a and b and _id(a) and _id(b)}
    found: list[Difference] = []
    for sheet, rows in old.items():
        one, other = rows.rows, new[sheet].rows
        if sheet == layout.TASKS:
            found += _of_tasks(tasks)
        elif sheet == layout.UNITS:
            found += _of_units(one, other)
        else:
            one = tuple(_with_ids_of_now(row, renamed) for row in one)
            if sheet == layout.STEPS:
                pairs = list(_of_groups(one, other))
            elif sheet == layout.INDICATORS:
                item = _cell(layout.ITEM)
                ways = (_both(_id, _name), _both(item, _name), _both(item, _cell(layout.QUOTE)), _id)
                pairs = _alike(one, other, ways)
            else:
                pairs = _alike(one, other, (_key,))
            found += (one for pair in pairs for one in _of_pair(sheet, pair))
    return found


def changes_sheet(before: Scheme, after: Scheme, found: Sequence[Difference]) -> ResultSheet:
    """方案变动: the differences of two schemes as a sheet."""
    columns = (
        Column(SHEET, 9, "centre"), Column(layout.ROW, 14), Column(layout.NAME, 20), Column(HEAD, 14, "centre"),
        Column(earlier(layout.VALUE), 44), Column(later(layout.VALUE), 44), Column(WORDING, 44),
    )  # fmt: skip
    rows = [
        [one.sheet, one.key, one.name, one.column, in_words(one.before), in_words(one.after), one.wording]
        for one in found
    ]
    notes = (
        f"变动前：{before.source.title}（{before.source.number}）",
        f"变动后：{after.source.title}（{after.source.number}）",
        f"{WORDING}：【原来的字→现在的字】，前后是没有变的字。",
    )
    title = f"{SCHEME_CHANGES_KIND}：{len(found)} 处"
    return ResultSheet(SCHEME_CHANGES_KIND, title, columns, rows, notes, filtered=True, large_paper=True)


# --- Which rows are the same -----------------------------------------------------------------------------------------


def _key(row: _Keyed) -> Hashable:
    return row[0]


def _cell(head: str) -> Callable[[_Keyed], Hashable]:
    return lambda row: row[1].get(head)


_id, _name = _cell(layout.ID), _cell(layout.NAME)


def _text(row: _Keyed) -> Hashable:
    """An item's own text."""
    texts = tuple(row[1].get(head) for head in (layout.QUOTE, layout.TASK, layout.RULE))
    return texts if any(texts) else None


def _both(one: Callable[[_Keyed], Hashable], other: Callable[[_Keyed], Hashable]) -> Callable[[_Keyed], Hashable]:
    return lambda row: None if one(row) is None or other(row) is None else (one(row), other(row))


def _alike(old: Sequence[_Keyed], new: Sequence[_Keyed], ways: Sequence[Callable[[_Keyed], Hashable]]) -> list[_Pair]:
    """The rows in pairs, by the first way in which one of each and no other are alike; those that have gone and been added alone.

    Pairs stand in the order of now, what has gone behind what stood before it.
    """
    partners: dict[int, int] = {}
    left, right = dict(enumerate(old)), dict(enumerate(new))
    for way in (*ways, _key):
        ours, theirs = _once(left, way), _once(right, way)
        for alike in ours.keys() & theirs.keys():
            partners[ours[alike]] = theirs[alike]
            del left[ours[alike]], right[theirs[alike]]
    back = {m: n for n, m in partners.items()}
    pairs: list[_Pair] = [(old[back[m]] if m in back else None, row) for m, row in enumerate(new)]
    for n in left:
        before = next((partners[i] for i in range(n - 1, -1, -1) if i in partners), None)
        at = 0 if before is None else 1 + next(i for i, pair in enumerate(pairs) if pair[1] is new[before])
        while at < len(pairs) and pairs[at][1] is None:
            at += 1
        pairs.insert(at, (old[n], None))
    return pairs


def _once(rows: dict[int, _Keyed], way: Callable[[_Keyed], Hashable]) -> dict[Hashable, int]:
    """The rows of which there is no other that is alike."""
    found: dict[Hashable, list[int]] = {}
    for n, row in rows.items():
        if (value := way(row)) is not None:
            found.setdefault(value, []).append(n)
    return {value: numbers[0] for value, numbers in found.items() if len(numbers) == 1}


def _with_ids_of_now(row: _Keyed, renamed: dict[str, str]) -> _Keyed:
    """A row of an item under the number that the item has now."""
    key, cells = row
    before = cells.get(layout.ITEM)
    if not isinstance(before, str) or (now := renamed.get(before, before)) == before:
        return row
    own = {**cells, layout.ITEM: now}
    if isinstance(code := own.get(layout.ID), str):
        own[layout.ID] = code.replace(f"{before}.", f"{now}.", 1)
    return key.replace(before, now, 1), own


def _of_groups(old: Sequence[_Keyed], new: Sequence[_Keyed]) -> Iterator[_Pair]:
    """The steps of each item and kind in pairs: what is the same stays, what stands in its place has changed."""
    groups = dict.fromkeys((row.get(layout.ITEM), row.get(layout.KIND)) for _key, row in (*old, *new))
    for group in groups:
        ours, theirs = (
            [keyed for keyed in rows if (keyed[1].get(layout.ITEM), keyed[1].get(layout.KIND)) == group]
            for rows in (old, new)
        )
        told = [[str(row) for _key, row in rows] for rows in (ours, theirs)]
        yield from _aligned(ours, theirs, *told)


def _aligned(
    old: Sequence[_Keyed], new: Sequence[_Keyed], ours: Sequence[str], theirs: Sequence[str]
) -> Iterator[_Pair]:
    for tag, i, i_end, j, j_end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(old[i:i_end], new[j:j_end], strict=True)
            continue
        both = min(i_end - i, j_end - j)
        yield from zip(old[i : i + both], new[j : j + both], strict=True)
        yield from ((one, None) for one in old[i + both : i_end])
        yield from ((None, other) for other in new[j + both : j_end])


# --- What differs ----------------------------------------------------------------------------------------------------


def _of_tasks(pairs: Sequence[_Pair]) -> Iterator[Difference]:
    common = [(a, b) for a, b in pairs if a and b]
    order = sorted(range(len(common)), key=lambda n: _position(common[n][0]))
    blocks = SequenceMatcher(None, order, range(len(common)), autojunk=False).get_matching_blocks()
    stayed = {id(common[n][1]) for block in blocks for n in range(block.b, block.b + block.size)}
    for before, after in pairs:
        left_out = set()
        if before and after:
            if (layout.TASK in before[1]) != (layout.TASK in after[1]):
                left_out |= set(_ROW_TEXTS)  # they stand above the one that is the first of its row now
            if id(after) in stayed:
                left_out.add(layout.ROW)
        yield from _of_pair(layout.TASKS, (before, after), left_out)


def _position(row: _Keyed) -> tuple[str, float, float]:
    place = (row[1].get(head) for head in (layout.ANNEX, layout.SECTION, layout.ROW))
    annex, section, number = place
    return str(annex), float(section or 0), float(number or 0)


def _of_units(old: Sequence[_Keyed], new: Sequence[_Keyed]) -> Iterator[Difference]:
    names = [[key for key, _row in rows] for rows in (old, new)]
    theirs = dict(old)
    for before, after in _aligned(old, new, *names):
        if after and after[0] in theirs:
            was, now = (f"第 {own.index(after[0]) + 1} 个" for own in names)
            if was != now and (not before or before[0] != after[0]):
                yield Difference(layout.UNITS, after[0], "", ORDER, was, now)
            yield from _of_pair(layout.UNITS, ((after[0], theirs[after[0]]), after))
            after = None
        if before and before[0] in names[1]:
            before = None
        if before and after:
            yield Difference(layout.UNITS, after[0], "", RENAMED, before[0], after[0])
            before = before[0], {**before[1], layout.NAME: after[0]}
        if before or after:
            yield from _of_pair(layout.UNITS, (before, after))


def _of_pair(sheet: str, pair: _Pair, left_out: set[str] | None = None) -> Iterator[Difference]:
    before, after = pair
    if before is None or after is None:
        key, row = after or before or ("", {})
        texts = None if before is None else _summary(before[1]), None if after is None else _summary(after[1])
        yield Difference(sheet, key, _shown_name(row), ADDED if before is None else GONE, *texts)
        return
    for head in dict.fromkeys([*before[1], *after[1]]):
        one, other = before[1].get(head), after[1].get(head)
        if one != other and head not in (left_out or ()) and head != layout.ABOUT:
            yield Difference(sheet, after[0], _shown_name(after[1]) or _shown_name(before[1]), head, one, other)


def _shown_name(row: Row) -> str:
    return str(row.get(layout.NAME) or "")


def _summary(row: Row) -> str:
    return "，".join(str(in_words(value)) for value in row.values() if value not in (None, ""))


# --- Texts, word by word ---------------------------------------------------------------------------------------------

_WORD = re.compile(r"\d+(?:\.\d+)?%?|[A-Za-z]+|\s+|.", re.DOTALL)
_AROUND = 6
"""Words that are shown before and behind a changed passage."""

_REWRITTEN = 0.3
"""The likeness below which two texts have too little in common for passages."""


def changed_passages(before: str, after: str) -> str:
    """The passages in which two texts differ, each with the words around it: …【60→80】…"""
    ours, theirs = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    if matcher.ratio() < _REWRITTEN:
        return "全文改写"
    passages: list[tuple[int, int, int, int]] = []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        if passages and i - passages[-1][1] <= 1:  # a word that both happen to have in between
            passages[-1] = passages[-1][0], i_end, passages[-1][2], j_end
        else:
            passages.append((i, i_end, j, j_end))
    found, shown_to = "", 0
    for n, (i, i_end, j, j_end) in enumerate(passages):
        start = max(shown_to, i - _AROUND)
        stop = min(len(ours), i_end + _AROUND, passages[n + 1][0] if n + 1 < len(passages) else len(ours))
        gone, come = "".join(ours[i:i_end]), "".join(theirs[j:j_end])
        mark = f"【{gone}→{come}】" if gone and come else f"【增：{come}】" if come else f"【删：{gone}】"
        found += ("…" if start > shown_to else "") + "".join(ours[start:i]) + mark + "".join(ours[i_end:stop])
        shown_to = stop
    return found + ("…" if shown_to < len(ours) else "")


def in_words(content: Shown) -> str | None:
    """A cell's content as a text."""
    return plain(decimal_of(content)) if isinstance(content, float) else content


def _told(content: Shown) -> str:
    return "（无）" if content is None else " ".join(str(in_words(content)).split())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
