"""What a result says, as the documents put it: scores beside averages and the best, points lost, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from pathlib import PurePath
from typing import Any

from xladdin.classes import record, replace
from xladdin.issues import Refused, WrongCall
from xladdin.methods.compared import without_names
from xladdin.methods.inputs import BLANK, Entries, Entry, InputKind
from xladdin.methods.item import Item, Policies
from xladdin.numbers import decimal_of, half_up, plain
from xladdin.results.stored import Results
from xladdin.results.sums import wrong_sums
from xladdin.scheme import PolicyError
from xladdin.scheme.model import Row, Scheme, Section
from xladdin.scoring.items import Status, score_item
from xladdin.scoring.totals import place
from xladdin.words import DEPARTMENT_KIND, EXPERT_KIND

LOST_WORDS = LOST_BY_ITEM, BY_LEFT_OUT, BY_EXCESS, BY_BONUS, BY_VETO, LOST_IN_ALL = (
    "各项失分合计",
    "不适用项目折算",
    "得分超过分值",
    "计入加分",
    "一票否决扣减",
    "总失分",
)
"""From the points lost item by item to those that the total lacks: what a total is made of besides the items' points."""


@record
class Loss:
    """An item of which a district has not got all points. `score` is None where there is none yet."""

    item: Item
    score: Decimal | None
    lost: Decimal
    status: Status
    reason: str
    """The steps that led to the score."""
    origins: tuple[str, ...]
    """The cells it was made of, file by file."""
    remedies: tuple[str, ...]
    """What would have earned the points."""


@record
class DistrictStanding:
    """A district's rank, total, sections' scores by number, and items as the result has them."""

    name: str
    rank: int | None
    total: Decimal
    """What counts; what was cancelled, where there is no rank."""
    provisional: bool
    sections: Mapping[int, Decimal]
    items: Mapping[str, Mapping[str, Any]]
    fields: Mapping[str, Mapping[str, Any]]
    """What counts by code; nothing in a result of a version that did not say it."""
    added: Decimal = Decimal(0)
    """The sum of the sections, of which a veto may leave less."""
    vetoes: Sequence[Mapping[str, Any]] = ()
    """The vetoes (一票否决) that count."""
    grade: str = ""
    group: str = ""
    group_rank: int | None = None

    def score(self, item_id: str) -> Decimal | None:
        """The score of an item; None where there is none."""
        score = self.items[item_id]["score"]
        return None if score is None else decimal_of(score)

    def applies(self, item_id: str) -> bool:
        """Whether the item counts for the district: one that is 不适用 does where a reading gives it a score."""
        is_left_out = Status(self.items[item_id]["status"]) is Status.NOT_APPLICABLE
        return self.score(item_id) is not None or not is_left_out


@record(eq=False)
class Standings:
    """A whole result with its scheme; districts by rank, those whose total is cancelled last."""

    scheme: Scheme
    policies: Policies
    districts: tuple[DistrictStanding, ...]

    @property
    def provisional(self) -> list[str]:
        """The districts whose rank is not final."""
        return [d.name for d in self.districts if d.provisional]

    @cached_property
    def ranked(self) -> list[DistrictStanding]:
        """The districts whose totals are not cancelled: those that others are compared with."""
        return [d for d in self.districts if d.rank is not None]

    @cached_property
    def average(self) -> Decimal:
        """The average total."""
        return mean(d.total for d in self.ranked)

    def section_average(self, number: int) -> Decimal:
        """The average score of a section."""
        return mean(d.sections[number] for d in self.ranked)

    def concerned(self, item_id: str) -> list[DistrictStanding]:
        """The districts that an item applies to, of those that are ranked."""
        return [d for d in self.ranked if d.applies(item_id)]

    def item_average(self, item_id: str) -> Decimal | None:
        """The average of an item's scores where it applies, 0 where there is none yet; None where it applies nowhere."""
        concerned = self.concerned(item_id)
        return mean(d.score(item_id) or Decimal(0) for d in concerned) if concerned else None

    def losses(self, district: DistrictStanding) -> Sequence[Loss]:
        """Every item of which the district has not got all points, the most points first."""
        if district.name not in self._losses:
            unearned = self._unearned(district)
            found = [
                _loss(self.scheme, id_, lost, district, self.policies) for id_, lost in unearned.items() if lost > 0
            ]
            self._losses[district.name] = sorted(found, key=lambda loss: -loss.lost)
        return self._losses[district.name]

    @cached_property
    def _losses(self) -> dict[str, Sequence[Loss]]:
        """What was asked for before: documents and the check of each of their figures ask for the same."""
        return {}

    def _unearned(self, district: DistrictStanding) -> dict[str, Decimal]:
        """What the score of each item that applies lacks of its points; below 0 where it has more than those."""
        return {
            id_: item.points - (district.score(id_) or Decimal(0))
            for id_, item in self.scheme.items.items()
            if district.applies(id_) and id_ not in self.scheme.bonus_items
        }

    def lost_in_all(self, district: DistrictStanding) -> dict[str, Decimal]:
        """The points lost item by item, and, where that is not what the total lacks, what makes it so, to the cent."""
        unearned = self._unearned(district)
        lost = sum((points for points in unearned.values() if points > 0), Decimal(0))
        own = [section for section in self.scheme.sections if not section.bonus]
        of_sections = sum((s.points - district.sections[s.number] for s in own), Decimal(0))
        bonus = sum((district.sections[s.number] for s in self.scheme.sections if s.bonus), Decimal(0))
        others = {
            BY_LEFT_OUT: of_sections - sum(unearned.values(), Decimal(0)),
            BY_EXCESS: sum((points for points in unearned.values() if points < 0), Decimal(0)),
            BY_BONUS: -bonus,
            BY_VETO: district.added - district.total,
        }
        made = {words: points for words, points in others.items() if points}
        return {LOST_BY_ITEM: lost, **made, **({LOST_IN_ALL: self.scheme.points - district.total} if made else {})}


def standings(scheme: Scheme, results: Results) -> Standings:
    """What a result says, under its scheme; `WrongCall` where it is not a result of that scheme."""
    names = [district["name"] for district in results["districts"]]
    is_of_scheme = sorted(names) == sorted(scheme.district_names) and all(
        district["items"].keys() == scheme.items.keys() for district in results["districts"]
    )
    if not is_of_scheme:
        found = scheme.source.say(f"这份结果的区或项目与《{scheme.source.title}》不一致，不能据以生成或核对文书")
        raise WrongCall(found)
    try:
        policies = scheme.choose_policies(results["policies"])
    except PolicyError as error:
        raise WrongCall(f"这份结果的口径与《{scheme.source.title}》不一致：{error}") from error
    districts = [
        DistrictStanding(
            data["name"],
            data["rank"],
            decimal_of(data["sum"] if data["rank"] is None else data["total"]),
            data["provisional"],
            {int(number): decimal_of(score) for number, score in data["sections"].items()},
            data["items"],
            data.get("fields", {}),
            decimal_of(data.get("sum", data["total"])),
            data.get("vetoes", ()),
            data.get("grade", ""),
            data.get("group", ""),
            data.get("group_rank"),
        )
        for data in results["districts"]
    ]
    if all(d.rank is None for d in districts):
        raise WrongCall(scheme.source.say("这份结果里各区的成绩都已取消，没有名次，不能生成或核对文书"))
    return Standings(scheme, policies, tuple(sorted(districts, key=lambda d: place(d.rank))))


def sound_standings(scheme: Scheme, results: Results) -> Standings:
    """As `standings`; `Refused` where the result does not add up."""
    standing = standings(scheme, results)
    if wrong := list(wrong_sums(scheme, standing.policies, results)):
        raise Refused(f"结果里的数自相矛盾，可能被改过：{'；'.join(wrong[:5])}；请重新汇总，或从备份恢复")
    return standing


def shown(score: Decimal) -> str:
    """A score as documents print it, with two decimals and a minus that no line ends with."""
    return f"{half_up(score):.2f}".replace("-", "−")


def rate(score: Decimal, points: Decimal) -> Decimal:
    """得分率 in per cent, with one decimal."""
    return half_up(Fraction(score) * 100 / Fraction(points), 1)


def sum_of(scheme: Scheme, district: DistrictStanding, section: Section, row: Row) -> Decimal | None:
    """What a row of 附件1 comes to: the sum of its items' scores, or those of its annex; None where there is none of them."""
    if row.annex and len(section.rows) == 1:
        return district.sections[section.number]  # what the annex comes to after its own rounding
    tasks = (task.id for annex in scheme.annexes if annex.annex.id == row.annex for task in annex.tasks)
    ids = (*(item.id for item in row.items), *tasks)
    scores = [score for id_ in ids if (score := district.score(id_)) is not None]
    return sum(scores, Decimal(0)) if scores else None


def names_of(districts: Iterable[DistrictStanding]) -> str:
    """The districts' names in a row."""
    return "、".join(d.name for d in districts)


def extremes(
    districts: Sequence[DistrictStanding], score: Callable[[DistrictStanding], Decimal]
) -> tuple[list[DistrictStanding], list[DistrictStanding]]:
    """The districts with the highest and those with the lowest score."""
    highest, lowest = max(map(score, districts)), min(map(score, districts))
    return [d for d in districts if score(d) == highest], [d for d in districts if score(d) == lowest]


def mean(values: Iterable[Decimal]) -> Decimal:
    """The average, half-up at two decimals as scores are."""
    numbers = list(map(Fraction, values))
    return half_up(sum(numbers, Fraction(0)) / len(numbers))


def _loss(scheme: Scheme, item_id: str, lost: Decimal, district: DistrictStanding, policies: Policies) -> Loss:
    item, data = scheme.items[item_id], district.items[item_id]
    # Who the experts are is not for the districts: where no department calls them together, the office answers.
    asked = scheme.source.office_name if item.by_experts and item_id not in scheme.tasks else ""
    return Loss(
        item,
        district.score(item.id),
        lost,
        Status(data["status"]),
        reason_of(item, data["explain"]),
        tuple(_origins(district.name, data["sources"])),
        tuple(dict.fromkeys(_remedies(item, district.fields, policies, asked))),
    )


def reason_of(item: Item, explain: str) -> str:
    """The steps of an explanation: without the clause before them and the score behind.

    How a field's value was made of several is left out: their cells stand beside it. Whose the other units' values are
    is not for the district.
    """
    quoted = " ".join(f"依据{item.where}“{item.method_text.strip()}”：".split())
    steps = without_names(explain.removeprefix(quoted).rpartition("，得分 ")[0] or explain)
    made = re.compile(rf"{re.escape(item.id)}\.\d+ ")
    told = "；".join(piece for piece in steps.split("；") if not made.match(piece)) or steps
    return told.removesuffix("，四舍五入")  # the score that was rounded stands beside it


def _origins(district: str, sources: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The cells that counted, by sheet and whose workbook it is. What experts are called is not for the districts."""
    cells: dict[tuple[str, str], set[str]] = {}
    for source in sources:
        if not source.get("unused"):
            stem = PurePath(source["file"]).stem.removesuffix(f"_{district}")
            whose = EXPERT_KIND if EXPERT_KIND in stem else stem.removeprefix(f"{DEPARTMENT_KIND}_")
            cells.setdefault((whose, source["sheet"]), set()).add(source["cell"])
    alike: dict[str, list[str]] = {}
    for (whose, sheet), own in cells.items():
        alike.setdefault("!".join(filter(None, (sheet, "、".join(_ranges(own))))), []).append(whose)
    return (f"{'、'.join(whose)} {place}" for place, whose in alike.items())


def _ranges(cells: Iterable[str]) -> Iterator[str]:
    """The cells, those that follow one another in a column as one range; what is no cell stays as it is."""
    matched = {cell: re.fullmatch(r"([A-Z]+)(\d+)", cell) for cell in cells}
    yield from sorted(cell for cell, match in matched.items() if cell and not match)
    placed = sorted((match[1], int(match[2])) for match in matched.values() if match)
    for _, run in groupby(enumerate(placed), lambda numbered: (numbered[1][0], numbered[1][1] - numbered[0])):
        (column, first), *others = (place for _, place in run)
        yield f"{column}{first}:{column}{others[-1][1]}" if others else f"{column}{first}"


def _remedies(item: Item, fields: Mapping[str, Any], policies: Policies, asked: str) -> Iterator[str]:
    """What would have earned more points, field by field; a result of an earlier version has no fields.

    `asked` is who answers for a mark, if not the judge that the scheme names.
    """
    entries = {spec.code: _entry(fields[spec.code]) for spec in item.inputs if spec.code in fields}
    for spec in item.inputs:
        entry = entries.get(spec.code, BLANK)
        match spec.kind, entry.value:
            case InputKind.AMOUNT, done if isinstance(entry.target, Decimal):
                short = entry.target - (done if isinstance(done, Decimal) else 0)
                if short > 0:
                    yield f"{spec.name}尚差 {plain(short)} {spec.unit}"
            case InputKind.FLAG, False | None if spec.code in entries:
                yield f"完成“{spec.name}”"
            case InputKind.COUNT, Decimal() as count:
                if way := _better_way(item, entries, spec.code, count, policies):
                    yield f"{way}“{spec.name}”（现为 {plain(count)} {spec.unit}）"
            case InputKind.SCORE, _:
                judge = asked or spec.judge
                yield f"向{judge}了解原因" if judge else "对照评分方法改进"


def _better_way(item: Item, entries: Entries, code: str, count: Decimal, policies: Policies) -> str:
    """Whether more or less of a count scores more; nothing where neither does."""
    now = score_item(item, entries, policies).score or Decimal(0)
    for step in range(1, _STEPS + 1):
        for way, changed in (("增加", count + step), ("减少", count - step)):
            if changed >= 0:
                tried = score_item(item, {**entries, code: replace(entries[code], value=changed)}, policies).score
                if tried is not None and tried > now:
                    return way
    return ""


_STEPS = 10
"""How much more or less of a count is tried."""


def _entry(field: Mapping[str, Any]) -> Entry:
    """What counts of a field, to be scored; what cannot be used is blank."""
    value, target = (
        known if isinstance(known, bool) else decimal_of(known) if isinstance(known, int | float) else None
        for known in (field["value"], field["target"])
    )
    return Entry(value, target, named=field.get("named"))
