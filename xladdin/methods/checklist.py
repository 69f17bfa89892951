"""Points for each step that was done."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from xladdin.classes import record
from xladdin.methods import checks
from xladdin.methods.formulas import ItemCells, is_yes, starting_with
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.methods.item import Dice, Item, Outcome, Policies, Sampled, each, flag, rounded, values
from xladdin.numbers import ScoringError, half_up, plain
from xladdin.records import Quoted, named
from xladdin.words import CHECK, VALUE


@record(kw_only=True)
class Step:
    """One step and the points it earns."""

    name: str
    points: Quoted


@record(kw_only=True)
class ChecklistItem(Item):
    """The sum of the points of the steps that were done."""

    method = "checklist"
    title = "分步计分"

    steps: tuple[Step, ...] = named("check", least=1)

    @property
    def highest(self) -> Decimal:
        return sum((step.points.value for step in self.steps), Decimal(0))

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(
            Input(f"{self.id}.{n}", step.name, "是/否", InputKind.FLAG) for n, step in enumerate(self.steps, 1)
        )

    def quoted(self) -> Iterable[tuple[str, Decimal | None, str]]:
        for n, step in enumerate(self.steps, 1):
            if step.points.clause is not None:
                yield f"check[{n}].points", step.points.value, step.points.clause

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        points, names = [step.points.value for step in self.steps], [step.name for step in self.steps]
        return checklist(each(flag, values(entries)), points, names=names)

    def native(self, cells: ItemCells) -> str:
        earned = "+".join(
            f"IF(OR({is_yes(cells.value(n))}),{plain(step.points.value)},0)" for n, step in enumerate(self.steps)
        )
        all_blank = f"{starting_with(cells.span(CHECK), checks.MISSING)}={len(self.steps)}"
        return f'IF({all_blank},"",ROUND({earned},2))'

    def call(self, cells: ItemCells) -> str:
        points = ";".join(plain(step.points.value) for step in self.steps)
        return f"FS_CHECKLIST({cells.cells(VALUE)},{{{points}}})"

    def defaults(self) -> Mapping[str, Decimal]:
        return {}

    def sample(self, dice: Dice) -> Sampled:
        done = ("是" if dice.random.random() < dice.diligence - 0.08 else "否" for _ in self.steps)
        return Sampled({spec.code: word for spec, word in zip(self.inputs, done, strict=True)})


def checklist(flags: Sequence[bool | None], item_points: Sequence[Decimal], *, names: Sequence[str] = ()) -> Outcome:
    """The points of the steps that were done; a blank step counts nothing, and with all blank the result is None."""
    if len(flags) != len(item_points):
        raise ScoringError(f"是/否有 {len(flags)} 个、分值有 {len(item_points)} 个，个数应相同")
    for p in item_points:
        if p < 0:
            raise ScoringError(f"分值 {plain(p)} 不能小于 0")
    if all(flag is None for flag in flags):
        return Outcome(None, lambda: "尚未填报")
    earned = [(n, p) for n, (flag, p) in enumerate(zip(flags, item_points, strict=True)) if flag]
    if not earned:
        return Outcome(half_up(Decimal(0)), lambda: f"{len(flags)} 步均未完成{_blanks(flags)}")
    total = sum((Fraction(p) for _, p in earned), Fraction(0))

    def worded() -> str:
        done = "、".join(f"{names[n] if names else f'第{n + 1}步'} {plain(p)} 分" for n, p in earned)
        return f"{len(flags)} 步完成 {len(earned)} 步{_blanks(flags)}：{done}，合计 {plain(total)} 分"

    return rounded(total, worded, stated=True)


def _blanks(flags: Sequence[bool | None]) -> str:
    blank = sum(flag is None for flag in flags)
    return f"（{blank} 步未填，按未完成计）" if blank else ""
