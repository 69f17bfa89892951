"""What items that are scored from measured values have in common."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

from xladdin.classes import record
from xladdin.methods.formulas import ItemCells, within_limits
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.methods.item import Dice, Item, Outcome, Policies, Sampled, number
from xladdin.numbers import half_up
from xladdin.words import VALUE


@record(kw_only=True)
class Measure:
    """A measured value: its name and unit, the most it can be (of a percentage 100), and who establishes it if not the unit itself.

    A `signed` one, such as a rate of growth, can be below 0, and in % also between 0 and 1.
    """

    name: str
    unit: str
    maximum: Decimal | None = None
    judge: str | None = None
    signed: bool = False

    def field(self, code: str) -> Input:
        """The field in which it is filled in."""
        return Input(
            code,
            self.name,
            self.unit,
            InputKind.SCORE,
            maximum=self.maximum,
            judge=self.judge,
            signed=self.signed,
        )


NOT_SIGNED = "这种计分方式的数值不能小于 0"


@record(kw_only=True)
class MeasuredItem(Item):
    """An item scored from one measured value, by a rule that is a function of it."""

    measure: Measure

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return (self.measure.field(f"{self.id}.1"),)

    def score(self, entries: Sequence[Entry], policies: Policies) -> Outcome:
        return self.scored(number(entries[0].value))

    def scored(self, value: Decimal | None) -> Outcome:
        """The score of a value; None where it is blank."""
        raise NotImplementedError

    def native(self, cells: ItemCells) -> str:
        return f'IF(ISNUMBER({cells.value()}),ROUND({self.points_of(cells.value())},2),"")'

    def points_of(self, cell: str) -> str:
        """The points of a cell that holds a number, as a formula."""
        raise NotImplementedError

    def call(self, cells: ItemCells) -> str:
        return within_limits(self.called(cells.value()), cells, self.inputs, (VALUE,))

    def called(self, cell: str) -> str:
        """The call of the cell function for a cell."""
        raise NotImplementedError

    def sample(self, dice: Dice) -> Sampled:
        low, high = self.usual()
        share = Decimal(str(round(dice.random.uniform(0.1, 1.05) * min(1.0, dice.diligence), 3)))
        return Sampled({self.inputs[0].code: believable(self.inputs[0], low + share * (high - low))})

    def usual(self) -> tuple[Decimal, Decimal]:
        """Between which values most units are."""
        raise NotImplementedError


def believable(spec: Input, value: Decimal) -> float:
    """A value as people would fill it in, within what the field takes."""
    least = Decimal(2) if spec.unit == "%" else Decimal(0)
    most = spec.maximum if spec.maximum is not None else value
    return float(half_up(min(max(value, least), max(most, least)), 1))
