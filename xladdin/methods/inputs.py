"""The fields that items are scored from, and what was filled in for them."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from functools import cached_property

from xladdin.classes import record
from xladdin.numbers import Value


class InputKind(Enum):
    """What kind of value a field takes."""

    AMOUNT = "amount"
    """A completed amount, beside the amount assigned (任务量)."""
    SCORE = "score"
    """A mark given by a judge, or a measured value: from 0 to `Input.maximum`, if there is one; below 0 where `Input.signed`."""
    FLAG = "flag"
    """是 or 否."""
    COUNT = "count"
    """A whole number of occurrences."""


@record(kw_only=True)
class Indicator:
    """One indicator a task text names, with its unit and the city-wide amount."""

    code: str
    name: str
    unit: str
    whole: bool
    clause: str
    amount: Decimal | None = None
    """City-wide amount, in `unit`."""
    at_least: Decimal | None = None
    """The least amount every single district has to reach."""
    by_zone: dict[str, Decimal] | None = None
    """The amount of each district by its zone."""
    maximum: Decimal | None = None

    @property
    def amounts(self) -> str:
        """What the text assigns, in words."""
        if self.amount is not None:
            return f"全市 {self.amount} {self.unit}。"
        if self.at_least is not None:
            return f"各区不少于 {self.at_least} {self.unit}。"
        return f"文件规定：{self.clause}。" if self.by_zone else ""


@record
class Input:
    """One field of the workbooks, addressed by its code (`K01.1`).

    `judge` names who decides the value when that is not the district itself; `whole` says that only whole numbers make
    sense; `names_case` that 填报内容 is for the district to fill in (it names a case, and the mark stands beside it);
    `at_most` is the code of the item's field whose count this one cannot exceed, so that nothing is missing here where
    that one is 0; `signed` that the value, such as a rate of growth, can be below 0; `listed` the list whose lines are counted for the field, and the 性质 of the lines that are; `members` the
    departments that each give a value, so that the judge's own counts only where none of them has.
    """

    code: str
    name: str
    unit: str
    kind: InputKind
    maximum: Decimal | None = None
    judge: str | None = None
    whole: bool = False
    names_case: bool = False
    at_most: str = ""
    listed: tuple[str, str] | None = None
    members: tuple[str, ...] = ()
    signed: bool = False
    indicator: Indicator | None = None
    """What the text assigns to the whole city or to every district, for an amount."""

    @property
    def item_id(self) -> str:
        return self.code.partition(".")[0]

    @property
    def is_mark(self) -> bool:
        """Whether it is filled in with points, and not with what was counted or measured."""
        return self.unit == "分"

    @property
    def amounts(self) -> str:
        """What the text assigns, in words; nothing where it assigns nothing."""
        return self.indicator.amounts if self.indicator else ""


@record
class AllUnits:
    """What all units have in one field: (unit, value), None where there is no value that could be used, or not yet.

    Where only the values are at hand the units have no names. They are all units, or those of one `group`.
    """

    values: tuple[tuple[str, Decimal | None], ...]
    group: str = ""

    @property
    def counted(self) -> str:
        """How many of whom have a value, in words behind others."""
        return f"{self.group} {len(self.known)} 个单位"

    @cached_property
    def known(self) -> tuple[Decimal, ...]:
        """The values that are there, the lowest first."""
        return tuple(sorted(value for _unit, value in self.values if value is not None))

    @property
    def lowest(self) -> Decimal:
        return self.known[0]

    @property
    def highest(self) -> Decimal:
        return self.known[-1]

    @property
    def usual(self) -> Decimal:
        """The value in the middle, the lower one of two; 0 where there are none.

        Of how far from 0 they are: rates of growth on both sides of it have a middle near 0, and yet are no strangers.
        """
        sizes = sorted(map(abs, self.known))
        return sizes[(len(sizes) - 1) // 2] if sizes else Decimal(0)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The units without a value."""
        return tuple(unit for unit, value in self.values if value is None)

    def having(self, value: Decimal) -> Sequence[str]:
        """The units that have this value."""
        return self._units.get(value, ())

    @cached_property
    def _units(self) -> Mapping[Decimal, Sequence[str]]:
        found: dict[Decimal, list[str]] = {}
        for unit, value in self.values:
            if value is not None:
                found.setdefault(value, []).append(unit)
        return found

    def below(self, value: Decimal) -> int:
        """How many values are lower."""
        return bisect_left(self.known, value)

    def above(self, value: Decimal) -> int:
        """How many values are higher."""
        return len(self.known) - bisect_right(self.known, value)


@record
class Entry:
    """What was filled in for one field: its value (完成情况) and, for an amount, what was assigned (任务量).

    `how` says how the value came about where it is made of several. `named` says whether a case was handed in for the
    field; None where nobody has said, as in a form in which nothing was filled in. `among` is what all units have in the
    field, the own one included, where it is scored against theirs; None where only this unit is known.
    """

    value: Value = None
    target: Value = None
    how: str = ""
    named: bool | None = None
    among: AllUnits | None = None


BLANK = Entry()

Entries = Mapping[str, Entry]
"""Entry by input code; a code that is absent is blank."""
