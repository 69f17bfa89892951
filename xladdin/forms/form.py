"""What one district's form holds, field by field, as records."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from xladdin.classes import field, record, replace
from xladdin.fields.origins import Sourced
from xladdin.issues import Issue, Place
from xladdin.methods.inputs import Entries, Entry
from xladdin.numbers import Value
from xladdin.words import ASSIGNED, CONTENT, TARGET, VALUE
from xladdin.workbook.cells import Raw


@record
class FieldCell:
    """A cell of a field: what it was read as, what was typed, and where it is; no place where its row is not there."""

    value: Value = None
    typed: str = ""
    place: Place | None = None


@record
class Field:
    """What a form holds for an input code.

    `value`, `target` and `case` are 完成情况, 当年任务量 and what stands for the name of a case as the district reported them;
    `is_named` says whether that names one, None where the district has said nothing. `origin` is what 来源 says of them, and
    `is_awaited` that they waited for an evaluation when they were taken over.
    """

    code: str
    value: FieldCell = FieldCell()
    target: FieldCell = FieldCell()
    case: FieldCell = FieldCell()
    origin: str = ""
    is_awaited: bool = False
    is_named: bool | None = None
    assigned: FieldCell | None = None
    """任务量 as the office has assigned it, whatever the form says; None where it is left to the district."""

    @property
    def entry(self) -> Entry:
        """What the district reported, to be scored by what is assigned to it."""
        return Entry(self.value.value, (self.assigned or self.target).value, named=self.is_named)

    @property
    def typed_entry(self) -> Entry:
        """What the form itself says."""
        return Entry(self.value.value, self.target.value, named=self.is_named)

    @property
    def case_name(self) -> str:
        """The name of the case that was handed in, if any."""
        return self.case.typed if self.is_named else ""

    def cell(self, head: str) -> FieldCell:
        """The cell under a head."""
        return {TARGET: self.target, CONTENT: self.case}.get(head, self.value)

    @property
    def sources(self) -> list[Sourced]:
        """The cells that were filled in, and the one that assigns another amount than stands there."""
        cells = ((head, self.cell(head)) for head in (TARGET, VALUE, CONTENT))
        found = [Sourced(self.code, head, c.value, c.typed, c.place) for head, c in cells if c.place and _says(c)]
        own = self.assigned
        if own and own.place and own.value != self.target.value:
            found = [replace(s, unused="区报，以市里下达的为准") if s.head == TARGET else s for s in found]
            at = sum(s.head == TARGET for s in found)
            found.insert(at, Sourced(self.code, f"{TARGET}（{ASSIGNED}）", own.value, own.typed, own.place))
        return found


def _says(cell: FieldCell) -> bool:
    """Whether something was typed, or what was not is read as something."""
    return bool(cell.typed) or isinstance(cell.value, Decimal)


class Fields(dict[str, Field]):
    """Fields by input code; one that is absent is blank."""

    def __missing__(self, code: str) -> Field:
        return Field(code)


@record(frozen=False)
class Form:
    """What one district's form holds.

    `claims` has the scores the form shows, by item id and for totals as 总分, by the sheet of an annex of tasks (合计), and by
    the sheet and the annex whose 合计 it repeats; none of them enters a score.
    """

    fields: Fields = field(default_factory=Fields)
    is_received: bool = True
    """Whether there is a form; where there is none, the fields say no more than what is assigned."""
    is_filled_in: bool = False
    """Whether the district has filled in anything."""
    issued: Mapping[str, FieldCell] = field(default_factory=dict)
    """The 任务量 that the form says it was issued with, by input code."""
    claims: dict[str, tuple[Raw, Place]] = field(default_factory=dict)
    open: list[tuple[str, Place]] = field(default_factory=list)
    """Why the rank could not be final when the values were taken over, beyond what they show themselves."""
    issues: list[Issue] = field(default_factory=list)

    @property
    def entries(self) -> Entries:
        """What the district reported, by input code, to be scored by what is assigned to it."""
        return {code: own.entry for code, own in self.fields.items()}

    @property
    def typed_entries(self) -> Entries:
        """What the form itself says, by input code."""
        return {code: own.typed_entry for code, own in self.fields.items()}

    @property
    def sources(self) -> list[Sourced]:
        """Every cell that was filled in."""
        return [source for own in self.fields.values() for source in own.sources]
