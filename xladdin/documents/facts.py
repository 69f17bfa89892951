"""What a document may state: the figures of a result, by the district and by what they are about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from unicodedata import numeric

from xladdin.documents.standing import LOST_WORDS, DistrictStanding, Loss, Standings, mean, rate, sum_of
from xladdin.scheme.model import Scheme
from xladdin.words import ADDED, GRAND_TOTAL, RANK

REASON, ORIGIN, TO_MEND = "扣分原因", "数据来源", "改进"
"""The columns of 单区反馈表 that say something in words."""

TOTAL = "total"
"""What a figure is about where it is about no section, row or item."""

ANY = "any"
"""What a figure is about where the scheme calls several things so."""

FIGURE = r"(?<![A-Za-z\d.])\d+(?:,\d{3})*(?:\.\d+)?(?![A-Za-z\d])"
"""A number in digits that is no part of a code."""

CELL = r"(?<![A-Za-z\d])[A-Z]{1,3}\d+"
"""A cell as it is called in its sheet."""

_WIDE = str.maketrans("０１２３４５６７８９．％（）－−", "0123456789.%()--")
_DIGITS = "零〇一二两三四五六七八九十百壹贰叁肆伍陆柒捌玖拾佰"
NUMERALS = f"[{_DIGITS}]+"
_DECIMAL = (
    rf"(?<![午晨晚{_DIGITS}])(?:[{_DIGITS}]{{2,}}点{NUMERALS}|[{_DIGITS}]点(?:[{_DIGITS}]{{2,}}|[{_DIGITS}](?=[分%])))"
)
_IN_NUMERALS = re.compile(
    rf"(?<=第){NUMERALS}(?=名)|(?<=前){NUMERALS}(?=[名位])|"
    rf"(?:(?<=[排列居获得])|(?<=[排列居次位][名在为])|(?<=全市)|(?<=[、和及])(?=第[^、和]+位))第(?P<place>{NUMERALS})位?(?=[,，。、；;)和与及]|$)|"
    rf"百分之(?P<share>{_DECIMAL}|[{_DIGITS}]{{2,}})|{_DECIMAL}|"
    rf"(?<![点{_DIGITS}])[{_DIGITS}]{{2,}}(?=分(?!钟|之))|(?!一个|两个){NUMERALS}(?=个(?:行政)?(?:[区县市]|街镇|乡镇)(?![域块级属]))"
)
"""Figures in Chinese numerals where the words around them say so; 十分, 一分部署, 四个一 are none."""
_NO_FIGURES = re.compile(
    r"《[^》]*》|【[^】]*】|〔\d{4}〕(?:第?\d+号)?|\d{4}(?:年?[至—-]\d{4})?年(?:度|\d+月(?:\d+日)?)?|\d+月\d+日|"
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}:\d{2}|\d+分钟|附件\d+|第\d+(?:项|条|款|次|页|章|节|部分|轮)|"
    r"(?:电话|手机|传真|邮编)[:：]?\d[\d、转-]*"
)
"""Titles, places to be filled in, document numbers, dates, places in the scheme, telephone numbers."""
_NUMBERING = re.compile(r"^(\s*(?:附件[:：]\s*)?)[(（]?\d+(?:[)）、]|[.．](?!\d))", re.MULTILINE)
"""The number of a paragraph."""

_FIRST_MARK = 0xE000  # the beginning of Unicode's private use area

Values = Mapping[str, set[Decimal]]
"""Figures by what kind they are of: score, lost, rate …"""


def figures(text: str) -> Iterator[Decimal]:
    """Every figure of a marked text."""
    return (number(match[0]) for match in re.finditer(FIGURE, text))


def number(figure: str) -> Decimal:
    """The number that a figure writes."""
    return Decimal(figure.replace(",", ""))


def in_digits(numeral: str) -> str:
    """A number in Chinese numerals as digits write it."""
    whole, point, decimals = numeral.partition("点")
    total = ones = 0
    for char in whole:
        value = int(numeric(char))
        total, ones = (total + (ones or 1) * value, 0) if value >= _TEN else (total, ones * _TEN + value)
    return f"{total + ones}{'.' if point else ''}{''.join(str(int(numeric(char))) for char in decimals)}"


_TEN = 10


class Facts:
    """The figures of a result. What the scheme calls a district, a section, a row or an item is known in a text by a mark."""

    def __init__(self, standings: Standings) -> None:
        self.standings = standings
        self.districts: Mapping[str, DistrictStanding] = {d.name: d for d in standings.districts}
        meanings: dict[str, str] = {}
        for text, meaning in _named(standings.scheme):
            known = meanings.setdefault(_plain(text), meaning)
            if known != meaning:
                meanings[_plain(text)] = ANY
        self._mark_of = {text: chr(_FIRST_MARK + n) for n, text in enumerate(meanings)}
        self._meaning_of = {self._mark_of[text]: meaning for text, meaning in meanings.items()}
        self._known = re.compile("|".join(map(re.escape, sorted(meanings, key=len, reverse=True))))
        self.values: Callable[[str, str], Values] = cache(self._values)
        self.scores: Callable[[str], tuple[dict[str, Decimal], Decimal]] = cache(self._scores)

    def marked(self, text: str) -> str:
        """The text with marks for what the scheme names, without white space and what is no figure of a result."""
        known = self._known.sub(lambda match: self._mark_of[match[0]], _plain(text))
        return _IN_NUMERALS.sub(_spelled, _NO_FIGURES.sub("", known))

    def district(self, mark: str) -> str:
        """The district that a mark stands for, if any."""
        meaning = self._meaning_of.get(mark, "")
        return meaning if meaning in self.districts else ""

    def subject(self, mark: str) -> str:
        """The section, row or item that a mark stands for, or the total, if any."""
        meaning = self._meaning_of.get(mark, "")
        return "" if meaning in self.districts else meaning

    def _values(self, district: str, subject: str) -> Values:
        """The figures about a subject: those of one district, or without one those of all together."""
        if subject == ANY:
            every = [self.values(district, item_id) for item_id in self.standings.scheme.items]
            return {kind: {v for own in every for v in own.get(kind, ())} for kind in {k for own in every for k in own}}
        if subject in LOST_WORDS:
            lost = self.standings.lost_in_all(self.districts[district]) if district else {}
            return {"lost": {lost[subject]}} if subject in lost else {}
        scores, points = self.scores(subject)
        compared = [score for name, score in scores.items() if self.districts[name].rank is not None]
        if district:
            score = scores.get(district)
            if score is None:
                return {}
            own = {"score": {score}, "lost": {points - score}, "rate": {rate(score, points)}}
            own["difference"] = {score - average for average in self.values("", subject).get("mean", ())}
            own["rank"] = {Decimal(1 + sum(other > score for other in compared))}
            if subject == TOTAL:
                standing = self.districts[district]
                own["rank"] = {Decimal(r) for r in (standing.rank, standing.group_rank) if r is not None}
                own["added"] = {standing.added}
            return own
        known = {"points": {points}}
        if task := self.standings.scheme.tasks.get(subject):
            known["number"] = {Decimal(task.number)}
        if compared:
            average = mean(compared)
            known |= {"mean": {average}, "rate": {rate(average, points)}}
            known |= {"best": {max(compared)}, "least": {min(compared)}}
        return known

    def _scores(self, subject: str) -> tuple[dict[str, Decimal], Decimal]:
        """The score of each district that the subject applies to, and its points."""
        scheme, districts = self.standings.scheme, self.standings.districts
        if subject == TOTAL:
            return {d.name: d.total for d in districts}, scheme.points
        if item := scheme.items.get(subject):
            return {d.name: d.score(subject) or Decimal(0) for d in districts if d.applies(subject)}, item.points
        number, _, place = subject.partition("/")
        section = next(s for s in scheme.sections if str(s.number) == number)
        if not place:
            return {d.name: d.sections[section.number] for d in districts}, section.points
        row = section.rows[int(place)]
        return {d.name: sum_of(scheme, d, section, row) or Decimal(0) for d in districts}, row.points

    def words(self, district: str, subject: str, head: str) -> Counter[Decimal] | None:
        """The figures of what a column says in words about a district's loss; None where it is no such column."""
        if head not in (REASON, ORIGIN, TO_MEND) or district not in self.districts:
            return None
        loss = self._loss(district, subject)
        if loss is None:
            return Counter()
        texts = {REASON: [loss.reason], ORIGIN: loss.origins, TO_MEND: loss.remedies}[head]
        return Counter(figure for text in texts for figure in figures(self.marked(text)))

    def cells(self, district: str, subject: str) -> set[str]:
        """The cells that a district's loss came from, as they are called in their sheets."""
        loss = self._loss(district, subject)
        return set(re.findall(CELL, "；".join(loss.origins))) if loss else set()

    def _loss(self, district: str, subject: str) -> Loss | None:
        losses = self.standings.losses(self.districts[district])
        return next((loss for loss in losses if loss.item.id == subject), None)


def _spelled(figure: re.Match[str]) -> str:
    """A figure in Chinese numerals as it would stand in digits."""
    if place := figure["place"]:
        return f"第{in_digits(place)}位"
    return f"{in_digits(figure['share'])}%" if figure["share"] else in_digits(figure[0])


def _plain(text: str) -> str:
    """Without white space; numbers between which there was some stay two."""
    text = _NUMBERING.sub(r"\1", text.translate(_WIDE))
    text = re.sub(r"(?<=\d)[^\S\n]+(?=\d)", "、", text.strip())
    return re.sub(r"[^\S\n]+", "", text)


def _named(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """What texts may call a thing, and how it is known here."""
    yield from ((name, name) for name in scheme.district_names)
    yield from ((word, TOTAL) for word in (GRAND_TOTAL, RANK, ADDED))
    yield from ((word, word) for word in LOST_WORDS)
    yield from ((group.name, TOTAL) for group in scheme.groups)
    yield from ((text, TOTAL) for veto in scheme.vetoes.values() for text in (veto.name, veto.effect))
    # Whoever writes a scheme may call an option 平均 or 0 分, as texts call other things: only its own figures are known by it.
    options = (text for policy in scheme.policy_list for text in policy.options.values())
    yield from ((text, TOTAL) for text in options if re.search(r"\d", text) and not text[0].isdigit())
    for section in scheme.sections:
        yield from ((text, str(section.number)) for text in (section.name, section.label))
        for n, row in enumerate(section.rows):
            subject = row.items[0].id if len(row.items) == 1 else f"{section.number}/{n}"
            subject = str(section.number) if row.annex and len(section.rows) == 1 else subject
            yield from ((text, subject) for text in (row.task, row.method_text))
    for item in scheme.items.values():
        yield from ((text, item.id) for text in (item.name, item.where, item.clause, item.method_text))
    yield from ((task.task, task.id) for task in scheme.tasks.values())
