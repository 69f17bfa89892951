"""The check of a document's figures: each is looked for in the result, as the figure of what the text around it is about.

A figure in a table belongs to the district and the item of its row and column. One in a sentence belongs to the district
and the item that are named before it. What quotes the scheme, dates, document numbers and numbering are no figures of the
result.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import cache

from xladdin.classes import record
from xladdin.documents.facts import FIGURE, TOTAL, Facts, number
from xladdin.documents.reading import read_document
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

_LEADING = re.compile(rf"前({FIGURE})[名位个]")
_BEFORE = {re.compile(r"[失扣]分?$"): "lost", re.compile(r"平均[得总]?分?(?:[为是])?$"): "mean"}
"""What a figure in a sentence is, by the words right before it."""
_CELL = re.compile(rf"([+-]?{FIGURE})%?分?(?:\(.{{1,2}}\))?")
"""A cell that holds a figure and at most a remark."""


@record
class Strange:
    """A figure that the result does not contain there, and what the result has in its place, if that is one thing."""

    place: str
    figure: str
    context: str
    expected: str

    def line(self) -> str:
        """The finding on one line."""
        instead = f"结果为 {self.expected}" if self.expected else "结果中没有这个数"
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
            numbers = {match.start(1): self._numbers_of(named) for match in _districts(word).finditer(marked)}
            numbers |= {match.start(1): self._leading(named) for match in _LEADING.finditer(marked)}
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
                    self._compare(place, token[0], number(token[0]), allowed, said)

    def _owners(self, before: str, behind: str, last: str, named: Sequence[str]) -> set[str]:
        """Whose a figure can be. "" stands for all districts together.

        Where a figure or a district stands in brackets behind the other, that is it; else it is the one named last, or next.
        """
        bracketed = re.match(r"[分%名位]?\((.)\)", behind) or re.search(r"(.)\($", before)
        if bracketed and (owner := self.facts.district(bracketed[1])):
            return {owner}
        return {last or next(iter(named), self.owner), ""}

    def _numbers_of(self, named: Sequence[str]) -> set[Decimal]:
        """How many districts a sentence can speak of: all of them, or those that it names."""
        return {Decimal(len(d)) for d in (self.facts.districts, self.facts.standings.ranked, set(named))}

    def _leading(self, named: Sequence[str]) -> set[Decimal]:
        """How many ranks can lead: up to that of the last district named."""
        ranks = [self.facts.districts[name].rank for name in named or self.facts.districts]
        known = {Decimal(rank) for rank in ranks if rank is not None}
        return {max(known)} if named and known else known

    def _in_words(self, owners: Collection[str], subject: str, before: str, behind: str) -> set[Decimal]:
        """What a figure in a sentence may be, by the words before it and the unit behind it."""
        unit = behind[:1]
        if unit == "项":
            return self._numbers_of_items()
        if unit and unit in "名位":
            return {value for name in owners for value in self.facts.values(name, TOTAL).get("rank", ())}
        values = [self.facts.values(name, subject) for name in owners]
        kinds = {kind for own in values for kind in own if (kind == "rate") == (unit == "%")}
        if unit == "分":
            kinds -= {"rank", "number"}
        named = {kind for words, kind in _BEFORE.items() if words.search(before)}
        return {abs(value) for own in values for kind in named or kinds for value in own.get(kind, ())}

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
        cell = _CELL.fullmatch(text)
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
            self.strange.append(Strange(place, written, said, expected))


@cache
def _districts(word: str) -> re.Pattern[str]:
    """A number of districts, by what the scheme calls them or as they are usually called."""
    return re.compile(rf"({FIGURE})个?(?:行政)?(?:{re.escape(word)}|[区县市])")


def _sentences(text: str) -> list[tuple[str, str]]:
    """The sentences of a paragraph, each as it is shown in a finding and as it is looked at."""
    pieces = [piece for piece in re.split(r"(?<=。)|\n", text) if piece.strip()]
    return [(piece if len(piece) <= _SHOWN else f"{piece[:_SHOWN]}…", piece) for piece in pieces]


_SHOWN = 60
"""Characters of a sentence that a finding shows."""
