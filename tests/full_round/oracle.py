"""What the story comes to, computed from what people typed and from the scheme as `rules` has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tests.full_round import rules, story
from tests.full_round.rules import DEPARTMENTS, DISTRICTS, EXPERT, FULL, OFFICE, RATIO, REFERENCE
from tests.full_round.story import EXPERTS, Cell, Number

Typed = Mapping[Cell, Number | str | None]

Corrections = Mapping[tuple[str, str, str], Number]
"""New values by 区, 编号 and 栏目."""


@dataclass(frozen=True)
class Outcome:
    """Scores by district and item, which of them are errors or wait for somebody, sections and totals, ranks.

    `left_out` are the districts whose rank waits for the newest file of somebody, which could not be used.
    """

    scores: Mapping[str, Mapping[str, Decimal | None]]
    inapplicable: Mapping[str, frozenset[str]]
    errors: frozenset[tuple[str, str]]
    waiting: frozenset[tuple[str, str]]
    left_out: frozenset[str]
    sums: Mapping[str, Mapping[str, Decimal]]
    ranks: Mapping[str, int]


def outcome(by_round: int, corrections: Corrections | None = None) -> Outcome:
    """The result after a round, with corrections where there are any."""
    return _Reckoning(by_round, corrections or {}).outcome()


class _Reckoning:
    def __init__(self, by_round: int, corrections: Corrections) -> None:
        self.corrections = corrections
        everybody = (*DISTRICTS, *DEPARTMENTS, *EXPERTS, OFFICE)
        sent = {unit: story.counted(by_round, unit) for unit in everybody}
        behind = {unit for unit in everybody if story.left_out(by_round, unit)}
        # What others judge of everybody keeps everybody's rank open.
        self.left_out = frozenset(behind if behind.issubset(DISTRICTS) else DISTRICTS)
        self.typed: dict[str, Typed] = {unit: story.typed(s) for unit, s in sent.items() if s}
        self.present = [name for name in EXPERTS if name in self.typed]
        self.waiting: set[tuple[str, str]] = set()
        self.errors: set[tuple[str, str]] = set()

    def outcome(self) -> Outcome:
        scores: dict[str, dict[str, Decimal | None]] = {}
        outside: dict[str, frozenset[str]] = {}
        for n, district in enumerate(DISTRICTS):
            own: dict[str, Decimal | None] = {task: self._ratio(task, district, n) for task in RATIO}
            outside[district] = frozenset(task for task in RATIO if own[task] is None)
            for task, departments in REFERENCE.items():
                own[task] = self._reference(task, departments, district)
            for task in (*EXPERT, "R2"):
                own[task] = self._judged(task, [f"{task}.1"], district)
            own["N1"] = self._judged("N1", [f"N1.{k}" for k in range(1, story.cases(n) + 1)], district)
            own |= self._office(district, n)
            scores[district] = own
        sums = {d: rules.totals(scores[d], outside[d]) for d in DISTRICTS}
        ranks = rules.ranks({d: own["total"] for d, own in sums.items()})
        return Outcome(scores, outside, frozenset(self.errors), frozenset(self.waiting), self.left_out, sums, ranks)

    def _ratio(self, task: str, district: str, n: int) -> Decimal | None:
        departments, cities = RATIO[task]
        pairs = []
        for k in range(1, len(cities) + 1):
            code = f"{task}.{k}"
            due = Fraction(self.corrections.get((district, code, "当年任务量"), story.target(code, n)))
            if not due:
                continue
            said = [Fraction(str(self.typed[d][code, district])) for d in departments if d in self.typed]
            if len(said) < len(departments):
                self.waiting.add((district, task))
            done = rules.mean(said) if said else Fraction(str(self.typed[district][code, "完成情况"]))
            pairs.append((done, due))
        return rules.ratio(pairs)

    def _reference(self, task: str, departments: Sequence[str], district: str) -> Decimal | None:
        marks = []
        for department in departments:
            given = self.typed[department][f"{task}.1", district]
            corrected = self.corrections.get((district, f"{task}.1", "完成情况"))
            marks.append(Fraction(str(given if corrected is None else corrected)))
        if any(mark > 100 for mark in marks):
            self.errors.add((district, task))
            return None
        return rules.half_up(rules.mean(marks) / 100 * 2)

    def _judged(self, item: str, codes: Sequence[str], district: str) -> Decimal | None:
        """The sum of the experts' means; every item has as many points as its marks go up to."""
        if codes and len(self.present) < len(EXPERTS):
            self.waiting.add((district, item))
        total = Fraction(0)
        for code in codes:
            given = [self.typed[name][code, district] for name in self.present]
            marks = [Fraction(str(mark)) for mark in given if mark != "回避"]
            if any(mark > FULL[code] for mark in marks):
                self.errors.add((district, item))
                return None
            total += rules.mean(marks)
        return rules.half_up(total)

    def _office(self, district: str, n: int) -> dict[str, Decimal]:
        typed = self.typed[OFFICE]
        own: dict[str, Decimal] = {}
        for item, points in rules.CHECKLISTS.items():
            earned = [Fraction(p) for k, p in enumerate(points, 1) if typed[f"{item}.{k}", district] == "是"]
            own[item] = rules.half_up(sum(earned, Fraction(0)))
        own["R5"] = rules.briefs(story.brief_count(n))
        own["R6"] = rules.media(*story.media_counts(n))
        own["I1"] = rules.half_up(Fraction(str(typed["I1.1", district])))
        rated = [Fraction(str(self.typed[name]["I2.1", district])) for name in rules.MEMBERS if name in self.typed]
        own["I2"] = rules.half_up(rules.mean(rated) if rated else Fraction(str(typed["I2.1", district])))
        own["I3"] = rules.inspection(*story.inspections(n))
        return own
