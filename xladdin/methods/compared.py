"""What items have in common that are scored from where a unit's value lies among those of all units."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import ClassVar

from xladdin.classes import record
from xladdin.methods import checks, sentences
from xladdin.methods.formulas import ItemCells, quoted, within_limits
from xladdin.methods.inputs import AllUnits, Entry
from xladdin.methods.item import Outcome, Policies, Steps, number
from xladdin.methods.measures import MeasuredItem
from xladdin.numbers import ScoringError, plain
from xladdin.words import VALUE

_NAMED = 4
"""So many units are named where several have the same value, or none."""


@record(kw_only=True)
class ComparedItem(MeasuredItem):
    """An item scored from one value of a unit and those of all units, or where it is `within_group` of those of its group.

    `less_is_better` turns their order round.
    """

    among_all: ClassVar = True

    less_is_better: bool = False
    within_group: bool = False

    def problems(self) -> Iterator[tuple[str, str]]:
        if not self.less_is_better and sentences.prefers_less(self.clause):
            yield "less_is_better", "原文说的是越小（低）越好，参数“越小越好”应写“是”"

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        everybody = entries[0].among
        if everybody is None:
            return Outcome(None, lambda: f"{checks.BY_ALL_UNITS}，这里只有本单位的数据")
        return self.placed(number(entries[0].value), everybody, policies)

    def placed(self, value: Decimal | None, everybody: AllUnits, policies: Policies) -> Outcome:
        """The score of a value that is among those of all units; None where it is blank."""
        raise NotImplementedError

    def native(self, cells: ItemCells) -> str:
        return quoted(checks.BY_ALL_UNITS)

    def in_office(self, cell: str, of_all: str) -> str:
        """The score as a formula without functions of ours, of a cell with a number among those with all units' numbers."""
        raise NotImplementedError

    def call(self, cells: ItemCells) -> str:
        value = cells.value()
        return within_limits(self.among(value, cells.of_all), cells, self.inputs, (VALUE,), below=True)

    def among(self, cell: str, of_all: str) -> str:
        """The call of the cell function for a cell and those of all units."""
        raise NotImplementedError

    def explained(self, cells: ItemCells) -> str:
        return f'FS_EXPLAIN("{self.id}",{cells.value()},{cells.of_all},{cells.named})'

    def usual(self) -> tuple[Decimal, Decimal]:
        top = self.measure.maximum if self.measure.maximum is not None else Decimal(100)
        return top * 2 / 5, top * 9 / 10


def require_among(value: Decimal, everybody: AllUnits) -> None:
    """Refuse a value that none of the units has."""
    if not everybody.having(value):
        raise ScoringError(f"数值 {plain(value)} 不在全部单位的数值之内")


def with_missing(worded: Steps, everybody: AllUnits) -> Steps:
    """The steps, and who is missing among the units."""
    if not everybody.missing:
        return worded
    return lambda: f"{_missing(everybody)}；{worded()}"


def without_names(steps: str) -> str:
    """The steps without whose the other units' values are: not for the units themselves."""
    return _NAMES.sub(r"\1", steps)


_NAMES = re.compile(r"(最[小大] -?[\d.]+…?|尚缺 \d+ 个单位)（[^（）]*）")


def _missing(everybody: AllUnits) -> str:
    return (
        f"尚缺 {len(everybody.missing)} 个单位{_names(everybody.missing)}的数据，暂按其余 {len(everybody.known)} 个计算"
    )


def bound(word: str, value: Decimal, everybody: AllUnits) -> str:
    """The lowest or highest value with whose it is."""
    return f"{word} {plain(value)}{_names(everybody.having(value))}"


def _names(units: Sequence[str]) -> str:
    """Units in brackets; nothing where they have no names."""
    if not any(units):
        return ""
    return f"（{'、'.join(units[:_NAMED])}{f'等 {len(units)} 个' if len(units) > _NAMED else ''}）"
