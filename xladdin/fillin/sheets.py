"""Sheets that people fill in, as data: their tables, what each cell takes, and what the formulas show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Literal

from xladdin.classes import field, record
from xladdin.words import CHECK, CODE, DISTRICT, FILLED, REMARK, TO_FILL
from xladdin.workbook.cells import Raw, cell_name

TITLE_ROW, IDENTITY_ROW, HINT_ROW, HEAD_ROW, FIRST_ROW = range(5)
"""Zero-based rows of a table's sheet."""

Look = Literal["code", "text", "centre", "number", "given", "given_text", "entry", "entry_text", "entry_date", "check"]
Shown = str | float

Typed = Mapping[int, Mapping[str, Raw]]
"""What is typed into a table, by row (from 0) and head."""

View = Mapping[tuple[int, str], Shown]
"""What a table's formulas show, by row and head."""


@record
class UnitColumn:
    """A column: its head, its width in digits, and what its cells are for."""

    head: str
    width: float
    look: Look


@record
class UnitTable:
    """A table that fills a sheet.

    `essential` are the heads without which it cannot be read, `value` the one of what is evaluated (none in a list).
    """

    sheet: str
    columns: tuple[UnitColumn, ...]
    essential: tuple[str, ...] = ()
    value: str = ""
    state: str = CHECK
    """The column that shows how things stand."""

    @cached_property
    def heads(self) -> tuple[str, ...]:
        return tuple(column.head for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """No head of its own is needed to know the table by, only most of them; see `fields.tables.Headed`."""
        return ()

    @property
    def least(self) -> int:
        """More than half of the heads."""
        return len(self.columns) // 2 + 1

    @property
    def entries(self) -> tuple[str, ...]:
        """The heads of the columns that are filled in."""
        return tuple(column.head for column in self.columns if column.look.startswith("entry"))

    @property
    def has_given(self) -> bool:
        """Whether there are columns for what districts handed in."""
        return any(column.look.startswith("given") for column in self.columns)

    def at(self, head: str, row: int) -> str:
        """A1 reference of a cell in the table's row (from 0)."""
        return cell_name(FIRST_ROW + row, self.heads.index(head))

    def span(self, head: str, rows: int, start: int = 0) -> str:
        """Absolute reference of a column's first `rows` rows, with the sheet's name; from row `start` on."""
        first, last = (self.at(head, row) for row in (start, rows - 1))
        letters = first.rstrip("0123456789")
        return f"'{self.sheet}'!${letters}${first[len(letters) :]}:${letters}${last[len(letters) :]}"


CODE_COLUMN = UnitColumn(CODE, 8, "code")
DISTRICT_COLUMN = UnitColumn(DISTRICT, 10.5, "centre")
REMARK_COLUMN = UnitColumn(REMARK, 28, "entry_text")
CHECK_COLUMN = UnitColumn(CHECK, 32, "check")


@record
class Rule:
    """What a cell takes, and the words shown beside it (at most 255 characters).

    `formula` is the condition on the first cell of the block for the kind `formula`, and for `choice` a range of cells
    that hold the choices in place of `choices`.
    """

    kind: Literal["choice", "number", "whole", "date", "formula", "text"]
    message: str
    choices: tuple[str, ...] = ()
    minimum: float = 0
    maximum: float | None = None
    days: tuple[date, date] | None = None
    formula: str = ""


@record
class RuleBlock:
    """A rule for the cells of a column (of the columns to `last_head`) from row `first` to `last`, both included."""

    head: str
    first: int
    last: int
    rule: Rule
    last_head: str = ""


@record(frozen=False)
class UnitSheet:
    """A sheet's contents: by row (from 0) and head what stands there, and the formulas.

    `view` gives what the formulas show when something is typed, by row and head.
    """

    table: UnitTable
    title: str
    stamp: str
    """Whose copy this is."""
    hint: str
    rows: Sequence[Mapping[str, Shown]]
    formulas: Mapping[tuple[int, str], str]
    view: Callable[[Typed], View]
    rules: Sequence[RuleBlock] = ()
    group_starts: frozenset[int] = frozenset()
    """Rows with which another indicator or item begins."""
    unlocked: bool = True
    signature: str = ""
    frozen: int = 0
    """Columns that stay in view."""
    large_paper: bool = False
    declared: str = ""
    """The head above which, in the row of the hint, a cell takes 是 where there is nothing to be listed; its state follows."""


COVER_COUNT_HEADS = ("表", TO_FILL, FILLED, "缺", "错误", "不需填")
COVER_IDENTITY_ROW = 2
COVER_STATE_ROW = 6
COVER_HEAD_ROW = 8
COVER_FIRST_ROW = 9
"""Zero-based rows of 填报说明: identity, state, heads of the counts, the counts of the first sheet."""


@record(frozen=False)
class UnitBook:
    """A workbook of the round: whose it is, what its 填报说明 says, and its sheets."""

    kind: str
    title: str
    identity: Sequence[tuple[str, str]]
    document: str
    steps: Sequence[str]
    contents: Sequence[tuple[str, str, str]]
    """What is evaluated: 编号, the task as the document words it, 评分方法."""
    sheets: Sequence[UnitSheet]
    cover_formulas: Mapping[tuple[int, int], tuple[str, Shown]]
    counted_sheets: Sequence[str]
    properties: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    footer: str = ""
    say: Callable[[str], str] = str
    """Gives the product's texts in the scheme's words; what stands in the rows is not one of them."""
