"""The check of a document's figures: each is looked for in the result, as the figure of what the text around it is about.

A figure in a table belongs to the district and the item of its row and column. One in a sentence belongs to the district
and the item that are named before it. What quotes the scheme, dates, document numbers and numbering are no figures of the
result.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import cache
from itertools import combinations

from xladdin.classes import record
from xladdin.documents.facts import ANY, CELL, FIGURE, NUMERALS, ORIGIN, TOTAL, Facts, in_digits, number
from xladdin.documents.reading import read_document
from xladdin.documents.standing import LOST_WORDS, mean
from xladdin.numbers import plain
from xladdin.words import POINTS, RANK, SCORE, SCORE_RATE

KINDS: Mapping[str, str] = {
    RANK: "rank",
    POINTS: "points",
    "满分": "points",
    SCORE: "score",
    "本区得分": "score",
    SCORE_RATE: "rate",
    "平均": "mean",
    "平均分": "mean",
    "各区平均": "mean",
    "最高": "best",
    "最高分": "best",
    "各区最高": "best",
    "最低": "least",
    "最低分": "least",
    "各区最低": "least",
    "与平均相差": "difference",
    "失分": "lost",
    "序号": "number",
}
"""What a column holds, by its head."""

_LEADING = re.compile(rf"前({FIGURE})(?:[名位]|个(?![季月年]))")
_BEFORE = {re.compile(r"[失扣]分?$"): "lost", re.compile(r"平均[得总]?分?(?:[为是])?$"): "mean"}
"""What a figure in a sentence is, by the words right before it."""
_EACH = re.compile(r"分别(?:为|是|[列居排获得]名?)|分[列居获]")
"""What connects districts with figures that follow in the same order."""
_APART = re.compile(r"(?:领先|落后|[高低多少差])[^,，。；;]*$")
"""What comes before the points by which one district is apart from another."""
_CELL = re.compile(rf"([+-]?{FIGURE})%?分?(?:\(.{{1,2}}\))?")
"""A cell that holds a figure and at most a remark."""
_SPELLED = re.compile(rf"^{NUMERALS}(?:点{NUMERALS})?(?=分?(?:\(|$))")
"""A figure in Chinese numerals at the beginning of such a cell."""


@record
class Strange:
    """A figure that the result does not contain there, and what the result has in its place, if that is one thing."""

    place: str
    figure: str
    context: str
    expected: str

    def line(self) -> str:
        """The finding on one line."""
        missing = "结果不是从这一格来的" if self.figure[0].isalpha() else "结果中没有这个数"
        instead = f"结果为 {self.expected}" if self.expected else missing
        return f"{self.place}：{self.figure}，{instead}。原文：{self.context}"


@record
class Checked:
    """What the check came to: how many figures were looked for, and those that the result does not contain."""

    count: int
    strange: list[Strange]
    unwritten: list[str]
    """The places that are still to be filled in."""
    has_pictures: bool
    """Whether there are pictures, at whose figures nobody has looked."""


def check_document(facts: Facts, content: bytes, name: str) -> Checked:
    """Compare every figure of a .docx with the result; `WrongCall`, with the file's name, where it is none."""
    document = read_document(content, name)
    texts = [*document.paragraphs, *(cell for table in document.tables for row in table for cell in row)]
    named = {district for text in texts for district in facts.standings.scheme.districts_in(text)}
    check = _Check(facts, named.pop() if len(named) == 1 else "")
    for n, text in enumerate(document.paragraphs, 1):
        check.paragraph(f"第 {n} 段", text)
    for n, table in enumerate(document.tables, 1):
        check.table(f"表 {n}", table)
    unwritten = list(dict.fromkeys(place for text in texts for place in re.findall(r"【[^】]*】", text)))
    return Checked(check.count, check.strange, unwritten, document.has_pictures)


class _Check:
    """The check of one document. `owner` is the district that it is about, where it names no other."""

    def __init__(self, facts: Facts, owner: str) -> None:
        self.facts, self.owner = facts, owner
        say = facts.standings.scheme.source.say
        self.kinds = {**KINDS, **{say(head): kind for head, kind in KINDS.items()}}
        self.count = 0
        self.strange: list[Strange] = []

    def paragraph(self, place: str, text: str) -> None:
        """Look at every figure of a paragraph; what it is about holds from sentence to sentence, the district does not."""
        subject = TOTAL
        for said, sentence in _sentences(text):
            marked = self.facts.marked(sentence)
            named = [name for mark in marked if (name := self.facts.district(mark))]
            word = self.facts.standings.scheme.source.unit_word
            subjects = {subject, *filter(None, map(self.facts.subject, marked))}
            numbers = {match.start(1): self._numbers_of(named, subjects) for match in _districts(word).finditer(marked)}
            numbers |= {match.start(1): self._leading(named) for match in _LEADING.finditer(marked)}
            numbers |= self._one_by_one(marked, subjects)
            before = ""
            for token in re.finditer(rf"{FIGURE}|[\ue000-\uf8ff]", marked):
                before = self.facts.district(token[0]) or before
                subject = self.facts.subject(token[0]) or subject
                if token[0][0].isdigit():
                    allowed = numbers.get(token.start())
                    if allowed is None:
                        around = marked[: token.start()], marked[token.end() :]
                        owners = set(named) if "分别" in marked else self._owners(*around, before, named)
                        allowed = self._in_words(owners, subject, *around)
                        if _APART.search(around[0]):
                            allowed |= self._apart(named, subject)
                    self._compare(place, token[0], _signed(token[0], marked[: token.start()], allowed), allowed, said)

    def _owners(self, before: str, behind: str, last: str, named: Sequence[str]) -> set[str]:
        """Whose a figure can be. "" stands for all districts together.

        Where a figure or a district stands in brackets behind the other, that is it; else it is the one named last, or next.
        """
        bracketed = re.match(r"[分%名位]?\((.)\)", behind) or re.search(r"(.)\($", before)
        if before.endswith("第") and not self.facts.district(before[-2:-1]):
            bracketed = bracketed or re.match(r"[名位]的?[是为]?(.)", behind)
        if bracketed and (owner := self.facts.district(bracketed[1])):
            return {owner}
        return {last or next(iter(named), self.owner), ""}

    def _numbers_of(self, named: Sequence[str], subjects: AbstractSet[str]) -> set[Decimal]:
        """How many districts a sentence can speak of.

        All; those that it names; those above or below the average, with all points or none of what it is about.
        """
        found = {len(self.facts.districts), len(self.facts.standings.ranked), len(set(named))}
        for subject in subjects - {ANY, *LOST_WORDS}:
            scores, points = self.facts.scores(subject)
            average = mean(scores.values()) if scores else Decimal(0)
            found.add(len(self.facts.districts) - len(scores))
            for holds in (average.__lt__, average.__gt__, points.__eq__, Decimal(0).__eq__):
                found.add(sum(map(holds, scores.values())))
        return set(map(Decimal, found))

    def _one_by_one(self, marked: str, subjects: Collection[str]) -> dict[int, set[Decimal]]:
        """The scores or ranks behind 分别, 分列: as many as there are belong to the districts named last, in this order."""
        *_others, connected = (None, *_EACH.finditer(marked))
        if not connected:
            return {}
        before = [name for mark in marked[: connected.start()] if (name := self.facts.district(mark))]
        figures = list(re.compile(rf"{FIGURE}(?=[分名位])").finditer(marked, connected.end()))
        named = list(dict.fromkeys(before))[-len(figures) :] if figures else []
        if len(figures) != len(named):
            return {}
        found = {}
        for name, figure in zip(named, figures, strict=True):
            values = [(kind, own) for about in subjects for kind, own in self.facts.values(name, about).items()]
            is_rank = marked[figure.end()] != "分"
            found[figure.start()] = {value for kind, own in values if (kind == "rank") == is_rank for value in own}
        return found

    def _apart(self, named: Sequence[str], subject: str) -> set[Decimal]:
        """By how many points the districts that a sentence names are apart."""
        scores = [score for name in set(named) for score in self.facts.values(name, subject).get("score", ())]
        return {abs(one - other) for one, other in combinations(scores, 2)}

    def _leading(self, named: Sequence[str]) -> set[Decimal]:
        """How many ranks can lead: up to that of the last district named, and those behind it that equal totals leave free."""
        ranks = sorted(d.rank for d in self.facts.standings.ranked if d.rank is not None)
        last = max((rank for name in named if (rank := self.facts.districts[name].rank) is not None), default=None)
        if last is None:
            return set(map(Decimal, ranks))
        following = next((rank for rank in ranks if rank > last), len(ranks) + 1)
        return set(map(Decimal, range(last, following)))

    def _in_words(self, owners: Collection[str], subject: str, before: str, behind: str) -> set[Decimal]:
        """What a figure in a sentence may be, by the words before it and the unit behind it."""
        unit = behind[:1]
        if unit == "项":
            return self._numbers_of_items()
        if unit and unit in "名位":
            ranked = [self.facts.values(name, about) for name in owners for about in (TOTAL, subject)]
            return {value for own in ranked for value in own.get("rank", ())}
        values = [self.facts.values(name, subject) for name in owners]
        kinds = {kind for own in values for kind in own if (kind == "rate") == (unit == "%")}
        if unit == "分":
            kinds -= {"rank", "number"}
        named = {kind for words, kind in _BEFORE.items() if words.search(before)}
        found = {(kind, value) for own in values for kind in named or kinds for value in own.get(kind, ())}
        return {value for _, value in found} | {abs(value) for kind, value in found if kind in ("lost", "difference")}

    def _numbers_of_items(self) -> set[Decimal]:
        """How many items a text can speak of: all, those of a section or annex, and those that cost the district points."""
        standings = self.facts.standings
        scheme = standings.scheme
        numbers = {
            len(scheme.items),
            *(len(annex.tasks) for annex in scheme.annexes),
            *(len(scheme.items_of(s.number)) for s in scheme.sections),
        }
        if self.owner:
            numbers.add(len(standings.losses(self.facts.districts[self.owner])))
        return set(map(Decimal, numbers))

    def table(self, place: str, rows: Sequence[Sequence[str]]) -> None:
        """Look at every figure of a table: its row and its column say what it is about."""
        marked = [[self.facts.marked(text) for text in row] for row in rows]
        body = next((n for n, row in enumerate(marked) if any(map(_CELL.fullmatch, row))), len(rows))
        for r, row in enumerate(marked[body:], body):
            said = "　".join(rows[r][:2]).replace("\n", " ")
            for c, text in enumerate(row):
                head = "".join(dict.fromkeys(above[c] for above in marked[:body] if c < len(above)))
                self._cell(f"{place}第 {r + 1} 行第 {c + 1} 列", text, head, "".join(row[:2]), said)
        for n, heads in enumerate(rows[:body]):
            for text in heads:
                self.paragraph(f"{place}第 {n + 1} 行", text)

    def _cell(self, place: str, text: str, head: str, row: str, said: str) -> None:
        marks = [*row, *head]
        district = next((name for mark in marks if (name := self.facts.district(mark))), self.owner)
        subjects = [subject for mark in marks if (subject := self.facts.subject(mark))]
        subject = TOTAL if head == self.facts.marked(RANK) else next(reversed(subjects), TOTAL)
        own, of_all = self.facts.values(district, subject) if district else {}, self.facts.values("", subject)
        kind = self._kind(head)
        cell = _CELL.fullmatch(_SPELLED.sub(lambda figure: in_digits(figure[0]), text))
        if cell and kind:
            sign = -1 if cell[1].startswith("-") else 1
            figure = number(cell[1].lstrip("+-")) * sign
            self._compare(place, cell[1], figure, own.get(kind) or of_all.get(kind, set()), said)
            return
        words = self.facts.words(district, subject, head)
        allowed = {abs(value) for values in (own, of_all) for each in values.values() for value in each}
        for match in re.finditer(FIGURE, text):
            figure = number(match[0])
            self._compare(place, match[0], figure, allowed if words is None else +words, said)
            if words is not None:
                words[figure] -= 1
        if head == ORIGIN and district:
            cells = self.facts.cells(district, subject)
            for match in re.finditer(CELL, text):
                self.count += 1
                if match[0] not in cells:
                    self.strange.append(Strange(place, match[0], said, ""))

    def _kind(self, head: str) -> str:
        """What a column holds; a column of a district, a section or the total holds scores."""
        if head == self.facts.marked(RANK):
            return "rank"
        words = re.sub(r"\(.*?\)", "", head)
        return self.kinds.get(
            words, "score" if any(self.facts.district(m) or self.facts.subject(m) for m in head) else ""
        )

    def _compare(self, place: str, written: str, figure: Decimal, allowed: Collection[Decimal], said: str) -> None:
        self.count += 1
        if figure not in allowed:
            decimals = len(written.partition(".")[2])
            expected = f"{next(iter(allowed)):.{decimals}f}" if len(allowed) == 1 else ""
            if expected == written:
                expected = plain(next(iter(allowed)))
            self.strange.append(Strange(place, written, said, expected))


def _signed(written: str, before: str, allowed: Collection[Decimal]) -> Decimal:
    """A figure with its sign. Behind a name - can be a dash as well; between figures it is one."""
    figure = number(written)
    if not before.endswith("-") or before[-2:-1].isdigit():
        return figure
    return -figure if -figure in allowed or before[-2:-1] < "\ue000" else figure


@cache
def _districts(word: str) -> re.Pattern[str]:
    """A number of districts, by what the scheme calls them or as they are usually called."""
    return re.compile(rf"({FIGURE})个?(?:行政)?(?:{re.escape(word)}|[区县市])(?![域块级属])")


def _sentences(text: str) -> list[tuple[str, str]]:
    """The sentences of a paragraph, each as it is shown in a finding and as it is looked at."""
    pieces = [piece for piece in re.split(r"(?<=。)|\n", text) if piece.strip()]
    return [(piece if len(piece) <= _SHOWN else f"{piece[:_SHOWN]}…", piece) for piece in pieces]


_SHOWN = 60
"""Characters of a sentence that a finding shows."""
