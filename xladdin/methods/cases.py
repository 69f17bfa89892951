"""Cases that are handed in, each judged up to a mark of its own, at most so many of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from xladdin.classes import record
from xladdin.methods import checks
from xladdin.methods.formulas import ItemCells, is_blank, is_no_case, starting_with
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.methods.item import Dice, Item, Outcome, Policies, Sampled, each, number, require_within, rounded, values
from xladdin.numbers import ScoringError, decimal_of, half_up, plain
from xladdin.records import Quoted
from xladdin.words import CHECK, CONTENT, VALUE

MEANS_PLACES = 12
"""Decimals of a sum of experts' means: beyond them are the traces of means that do not end, 15 digits of each in a cell."""

SAMPLE_NAMES = (
    "一街一品微更新",
    "15分钟生活圈示范",
    "桥下空间焕新",
    "智慧网格闭环处置",
    "口袋公园共建共享",
    "楼道治理三方联动",
)


@record(kw_only=True)
class CasesItem(Item):
    """The sum of the marks of the cases. A district may hand in fewer than it could, and none at all."""

    method = "cases"
    title = "案例评分"
    policies: ClassVar = {"expert_trim": ("0", "1")}
    by_experts = True

    judge: str
    case_name: str
    per_case: Quoted
    max_cases: Quoted

    @property
    def highest(self) -> Decimal:
        return self.per_case.value * self.max_cases.value

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(
                f"{self.id}.{n}",
                f"{self.case_name}{n}",
                "分",
                InputKind.SCORE,
                maximum=self.per_case.value,
                judge=self.judge,
                names_case=True,
            )
            for n in range(1, int(self.max_cases.value) + 1)
        )

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        marks = each(number, values(entries))
        if all(entry.named is False and mark is None for entry, mark in zip(entries, marks, strict=True)):
            return Outcome(half_up(Decimal(0)), lambda: f"没有报送{self.case_name}")
        return cases(marks, self.per_case.value, int(self.max_cases.value))

    def gaps(self, entries: Sequence[Entry], outcome: Outcome) -> list[bool]:
        unmarked = [bool(entry.named) and entry.value is None for entry in entries]
        if outcome.score is None and not any(unmarked):  # nobody has said anything yet
            unmarked[0] = True
        return unmarked

    def native(self, cells: ItemCells) -> str:
        marks = cells.span(VALUE)
        no_case = f"{starting_with(cells.span(CHECK), checks.NOT_HANDED_IN)}={cells.count}"
        return f'IF(COUNT({marks})>0,ROUND(SUM({marks}),2),IF(AND({no_case},{cells.filled_in}),0,""))'

    def call(self, cells: ItemCells) -> str:
        scored = f"FS_CASES({cells.cells(VALUE)},{plain(self.per_case.value)},{plain(self.max_cases.value)})"
        unnamed = ",".join(is_no_case(cells.at(CONTENT, n)) for n in range(cells.count))
        return f"IF(AND({super().count_of_gaps(cells)}={cells.count},{unnamed},{cells.filled_in}),0,{scored})"

    def explained(self, cells: ItemCells) -> str:
        return f'IF({cells.filled_in},FS_EXPLAIN("{self.id}",{cells.span(VALUE)},{cells.span(CONTENT)}),{super().explained(cells)})'

    def defaults(self) -> Mapping[str, Decimal]:
        return {"per_case": self.per_case.value, "max_cases": self.max_cases.value}

    def count_of_gaps(self, cells: ItemCells) -> str:
        rows = range(cells.count)
        unmarked = (f"{is_blank(cells.value(n))},NOT({is_no_case(cells.at(CONTENT, n))})" for n in rows)
        return "+".join(f"N(AND({conditions}))" for conditions in unmarked)

    def sample(self, dice: Dice) -> Sampled:
        most = len(self.inputs)
        handed_in = dice.random.randint(max(1, most - 2), most)
        titles = dice.random.sample(SAMPLE_NAMES, min(handed_in, len(SAMPLE_NAMES)))
        names = {spec.code: title for spec, title in zip(self.inputs, titles, strict=False)}
        marks = {code: half_up(self.per_case.value * decimal_of(dice.random.uniform(0.6, 0.98)), 1) for code in names}
        return Sampled({code: float(mark) for code, mark in marks.items()}, names)


def cases(scores: Sequence[Decimal | None], per_case: Decimal, max_cases: int) -> Outcome:
    """The sum of the cases' marks, each from 0 to `per_case`, at most `max_cases` of them; none judged is None."""
    given = [s for s in scores if s is not None]
    if len(given) > max_cases:
        raise ScoringError(f"共有 {len(given)} 项示范案例，最多 {max_cases} 项")
    for n, score in enumerate(scores):
        if score is not None:
            require_within(score, per_case, "示范案例得分", n)
    if not given:
        return Outcome(None, lambda: "尚未评分")
    # Two means that do not end can make a tie together; no sum of real marks is as close to one without being one.
    total = Fraction(half_up(sum(map(Fraction, given), Fraction(0)), MEANS_PLACES))
    return rounded(total, lambda: f"{len(given)} 项案例 " + "+".join(plain(Fraction(s)) for s in given))
