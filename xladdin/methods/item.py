"""What every way of scoring has in common: the item with its fields, what was filled in, and the outcome.

A way of scoring is a subclass of `Item` in a file of its own. It is the record of an item in the scheme's data, key by key,
and it knows everything about the method: its fields, the exact score, the formulas that say the same, believable values.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any, ClassVar, TypeVar, cast

from xladdin.classes import field, fields, record
from xladdin.methods import checks
from xladdin.methods.formulas import ItemCells
from xladdin.methods.inputs import Entry, Input
from xladdin.numbers import NOT_APPLICABLE, Fault, NotApplicable, ScoringError, Value, half_up, plain
from xladdin.records import Quoted, Variants, filled_in
from xladdin.words import VALUE

Converted = TypeVar("Converted")

Steps = Callable[[], str]
"""Words the steps that lead to a score; a cell that only shows the score never asks for them."""


@record
class Outcome:
    """A score half-up at two decimals, or None where nothing was given, or 不适用, and what words its steps."""

    score: Decimal | NotApplicable | None
    worded: Steps

    @property
    def steps(self) -> str:
        """The steps in Chinese."""
        return self.worded()


@record
class Policies:
    """The readings (口径) in force: option by policy name, and the indicators' weights where an option takes weights."""

    chosen: Mapping[str, str]
    weights: Mapping[str, Decimal] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.chosen[name]

    def described(self) -> dict[str, str]:
        """Option by policy name as the user writes them, weights included."""
        weights = ",".join(f"{code}={weight}" for code, weight in self.weights.items())
        return {name: f"{option}:{weights}" if option == "weights" else option for name, option in self.chosen.items()}


Typed = str | float
"""What a person types into a cell."""


@record
class Sampled:
    """Believable values of an item: 完成情况 by field code, and the names of cases."""

    values: Mapping[str, Typed]
    names: Mapping[str, str] = field(default_factory=dict)


@record
class Dice:
    """What believable values are drawn from: chance, how diligent the unit is (about 0.86 to 1.03), what was assigned."""

    random: Random
    diligence: float
    assigned: Mapping[str, Decimal] = field(default_factory=dict)
    """当年任务量 by field code."""


METHODS: dict[str, type["Item"]] = {}
"""Every way of scoring by its name in the scheme's data. Defining a method's class enters it here."""


@record(kw_only=True)
class Item:
    """A scored item: its points, where it stands and the sentence that governs it."""

    variants: ClassVar[Variants] = Variants("method", METHODS, "缺少 method（评分方法）", "没有这种评分方法")

    method: ClassVar[str] = ""
    """The name in the scheme's data."""
    title: ClassVar[str] = ""
    """The name in 考核方案.xlsx."""
    policies: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The readings (口径) that the method asks for, each with the options that it knows."""
    in_formulas: ClassVar[Mapping[str, str]] = {}
    """The option of a reading that formulas follow, where they can follow one only: the scheme's default has to be it."""
    by_experts: ClassVar[bool] = False
    """Whether experts judge it, each with a mark of their own."""
    may_not_apply: ClassVar[bool] = False
    """Whether an item can be 不适用."""
    among_all: ClassVar[bool] = False
    """Whether a unit's score depends on what all the others have: see `Entry.among`."""

    id: str
    name: str
    points: Decimal
    clause: str
    where: str = filled_in()
    """The place in the document, such as 附件2第1项."""
    method_text: str = filled_in()
    """The 评分方法 an explanation quotes."""

    def __init_subclass__(cls) -> None:
        if "method" in vars(cls):
            METHODS[cls.method] = cls

    @classmethod
    def for_task(cls, points: Decimal, departments: str, full: Quoted | None) -> dict[str, Any]:
        """What a task of 附件2 does not write down: its points, who evaluates it, and the mark that references are out of."""
        return {"judge": departments} if any(f.name == "judge" for f in fields(cls)) else {}

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """The item's fields in the text's order."""
        raise NotImplementedError

    @property
    def highest(self) -> Decimal | None:
        """The best score that the item's own rule gives; None where that is its points anyway."""
        return None

    def quoted(self) -> Iterable[tuple[str, Decimal | None, str]]:
        """Each clause that the rule quotes with the number that it has to name, if any: (key, number, clause)."""
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, Quoted) and value.clause is not None:
                yield f.name, value.value, value.clause

    def problems(self) -> Iterator[tuple[str, str]]:
        """What the scheme's data cannot mean, or no formula can say: (key, problem)."""
        yield from ()

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        """The score from the fields' entries under the readings; `ScoringError` for what the rule does not allow."""
        raise NotImplementedError

    def gaps(self, entries: Sequence[Entry], _outcome: Outcome) -> Sequence[bool]:
        """For each field whether it should hold a value and does not."""
        return [entry.value is None for entry in entries]

    def is_missing(self, _entries: Sequence[Entry], _gaps: Sequence[str]) -> bool:
        """Whether an item with a score is missing altogether all the same; `_gaps` are the codes that should hold a value."""
        return False

    def native(self, cells: ItemCells) -> str:
        """The score as a formula without functions of ours, on the sheet of 区填报表."""
        raise NotImplementedError

    def call(self, cells: ItemCells) -> str:
        """The score as a call of the cell functions, on the unit's sheet of 考核总表."""
        raise NotImplementedError

    def explained(self, cells: ItemCells) -> str:
        """The score's derivation as a call of the cell function, on the unit's sheet of 考核总表."""
        return f'FS_EXPLAIN("{self.id}",{cells.span(VALUE)})'

    def defaults(self) -> Mapping[str, Decimal]:
        """The numbers that the cell function takes when they are left out, by name."""
        return {"points": self.points}

    def count_of_gaps(self, cells: ItemCells) -> str:
        """`gaps` as a formula: how many fields should hold a value and do not."""
        values = cells.span(VALUE)
        return f'COUNTBLANK({values})+COUNTIF({values},"{checks.BLANK_MARKS[0]}")'

    def nothing_given(self, _cells: ItemCells, score: str) -> str:
        """The condition, as a formula, that the item is missing altogether; `score` is the cell of its score."""
        return f'{score}=""'

    def sample(self, dice: Dice) -> Sampled:
        """Believable values for a first try and for training."""
        raise NotImplementedError


def each(convert: Callable[[Value], Converted], values: Iterable[Value]) -> list[Converted]:
    """The fields' values converted; an unusable one is reported with its position."""
    converted = []
    for position, value in enumerate(values):
        try:
            converted.append(convert(value))
        except ScoringError as error:
            raise ScoringError(str(error), position) from error
    return converted


def amount(value: Value) -> Decimal | NotApplicable | None:
    """A field's amount, which may be blank or 不适用."""
    if isinstance(value, bool | Fault):
        raise ScoringError("应填数字，不能填是/否")
    return value


def number(value: Value) -> Decimal | None:
    """A field's mark or count, which may be blank."""
    if value is NOT_APPLICABLE:
        raise ScoringError("本项适用于所有单位，不能填“不适用”；尚无数值时请留空")
    return cast("Decimal | None", amount(value))


def flag(value: Value) -> bool | None:
    """A field's 是 or 否, which may be blank."""
    if value is None or isinstance(value, bool):
        return value
    raise ScoringError("应填“是”或“否”")


def values(entries: Sequence[Entry]) -> list[Value]:
    """What was filled in as 完成情况."""
    return [entry.value for entry in entries]


def require_within(score: Decimal, full: Decimal, what: str, position: int = 0) -> None:
    """Refuse a mark outside 0 to `full`."""
    if not 0 <= score <= full:
        raise ScoringError(f"{what} {plain(score)} 应在 0 到 {plain(full)} 之间", position)


def require_whole(count: Decimal, what: str, position: int = 0) -> None:
    """Refuse a count that is no whole number or below 0."""
    if count < 0 or count != count.to_integral_value():
        raise ScoringError(f"{what} {plain(count)} 应为不小于 0 的整数", position)


def blank_as_zero(count: Decimal | None) -> str:
    """A remark on a count that was left blank."""
    return "（未填，按 0 计）" if count is None else ""


def rounded(exact: Fraction, worded: Steps, *, stated: bool = False) -> Outcome:
    """The outcome half-up at two decimals; `stated` says that the steps already end in the exact value."""
    score = half_up(exact)

    def whole() -> str:
        steps = worded() if stated else f"{worded()}={plain(exact)}"
        return steps if Fraction(score) == exact else f"{steps}，四舍五入"

    return Outcome(score, whole)
