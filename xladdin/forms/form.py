"""What one district's form holds, field by field, as records."""

from __future__ import annotations

from xladdin.classes import field, record
from xladdin.fields.origins import Sourced
from xladdin.issues import Issue, Place
from xladdin.methods.inputs import Entries, Entry
from xladdin.numbers import Value
from xladdin.words import CONTENT, TARGET, VALUE
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

    @property
    def entry(self) -> Entry:
        """What the district reported, to be scored."""
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
        """The cells that were filled in."""
        cells = [(head, self.cell(head)) for head in (TARGET, VALUE, CONTENT)]
        return [Sourced(self.code, head, c.value, c.typed, c.place) for head, c in cells if c.typed and c.place]


class Fields(dict[str, Field]):
    """Fields by input code; one that is absent is blank."""

    def __missing__(self, code: str) -> Field:
        return Field(code)


@record(frozen=False)
class Form:
    """What one district's form holds.

    `claims` has the scores the form shows, by item id and for totals by their label (总分, 合计) or the sheet that repeats
    合计; none of them enters a score.
    """

    fields: Fields = field(default_factory=Fields)
    is_filled_in: bool = False
    """Whether the district has filled in anything."""
    claims: dict[str, tuple[Raw, Place]] = field(default_factory=dict)
    open: list[tuple[str, Place]] = field(default_factory=list)
    """Why the rank could not be final when the values were taken over, beyond what they show themselves."""
    issues: list[Issue] = field(default_factory=list)

    @property
    def entries(self) -> Entries:
        """What the district reported, by input code."""
        return {code: own.entry for code, own in self.fields.items()}

    @property
    def sources(self) -> list[Sourced]:
        """Every cell that was filled in."""
        return [source for own in self.fields.values() for source in own.sources]
