"""Where everything stands: sheet names, column heads, rows. Writer and reader share this module and nothing else.

The reader goes by the heads and by the codes in 编号, so that moved columns and inserted rows do no harm; positions are
only used by the writer and by the native formulas.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from xladdin.classes import record
from xladdin.methods.inputs import Input
from xladdin.scheme.model import AnnexHead, Scheme
from xladdin.words import CHECK, CODE, CONTENT, EVIDENCE, FILLED, RATE, TARGET, TO_FILL, UNIT, VALUE

FILL_COLUMNS_1 = (CODE, CONTENT, UNIT, VALUE, EVIDENCE, CHECK)
FILL_COLUMNS_2 = (CODE, CONTENT, UNIT, TARGET, VALUE, RATE, EVIDENCE, CHECK)


HEADING_ROW, TITLE_ROW, IDENTITY_ROW, HEAD_ROW, FIRST_ROW = range(5)
"""Zero-based rows of an annex sheet: 附件 n, title, identity, column heads, first row of the table."""


@record
class Block:
    """Rows `first` to `last` (zero-based, both included) that belong to one thing."""

    first: int
    last: int


@record
class OfficialRow:
    """One row of the official table, spread over as many sheet rows as it has fields.

    `cells` holds (column, text or number, block) for each official cell with a content; a block may reach over several
    official rows, as 分类 does, and then stands with the first of them.
    """

    block: Block
    cells: tuple[tuple[str, str | float, Block], ...]


@record
class Annex:
    """The sheet of one annex."""

    sheet: str
    head: AnnexHead
    fill_columns: tuple[str, ...]
    rows: tuple[OfficialRow, ...]
    fields: Mapping[str, int]
    """Row by input code."""
    items: Mapping[str, Block]
    """Rows by item id."""
    total_row: int
    referred_row: int | None = None
    """The row whose score is the total of another annex."""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return (*self.head.columns, *self.fill_columns)

    @cached_property
    def official_width(self) -> int:
        return len(self.head.columns)

    @property
    def last_row(self) -> int:
        """The last row with a field or an official row."""
        return self.total_row - 1

    @property
    def signature_row(self) -> int:
        return self.total_row + 1

    def column(self, head: str) -> int:
        """Zero-based column of a head."""
        return self.columns.index(head)


@record
class Cover:
    """The sheet 填报说明: zero-based rows and columns of what is computed on it."""

    identity_rows: tuple[int, int, int] = (2, 3, 4)
    """填报单位, 方案版本, 下发编号: label in column 0, value in column 1."""
    state_row: int = 6
    count_head_row: int = 8
    count_heads: tuple[str, ...] = ("表", f"{TO_FILL}格数", FILLED, "缺", "错误", "待他方评定", "不适用或未报送")
    count_rows: tuple[int, int, int] = (9, 10, 11)
    """附件1, 附件2, 合计."""
    score_head_row: int = 13
    score_rows: tuple[int, ...] = ()
    """One for each section, then 总分."""
    value_column: int = 1
    score_column: int = 2

    @property
    def steps_row(self) -> int:
        return self.score_rows[-1] + 2


def row_texts(spec: Input) -> dict[str, str]:
    """What the form itself says beside a code, by head; what the district fills in is not among it."""
    return {UNIT: spec.unit} if spec.names_case else {CONTENT: spec.name, UNIT: spec.unit}


def cover_layout(scheme: Scheme) -> Cover:
    """The layout of 填报说明 for the scheme."""
    first = Cover.score_head_row + 1
    return Cover(score_rows=tuple(range(first, first + len(scheme.sections) + 1)))


@record
class FormLayout:
    """The layout of 区填报表 for a scheme."""

    scheme: Scheme
    annex1: Annex
    annex2: Annex
    cover: Cover

    @property
    def annexes(self) -> tuple[Annex, Annex]:
        return (self.annex1, self.annex2)

    @property
    def referred_note(self) -> str:
        """What stands in the fill-in zone of the row whose score is another annex's total."""
        return f"由 {self.annex2.sheet} 合计转入，本行不填"

    def annex_of(self, code_or_item: str) -> Annex:
        """The annex in which a code or an item stands."""
        item_id = code_or_item.partition(".")[0]
        return self.annex1 if item_id in self.annex1.items else self.annex2


@lru_cache(maxsize=4)
def form_layout(scheme: Scheme) -> FormLayout:
    """The layout of 区填报表 for the scheme."""
    return FormLayout(scheme, _layout_annex1(scheme), _layout_annex2(scheme), cover_layout(scheme))


def _layout_annex1(scheme: Scheme) -> Annex:
    head = scheme.annex1.annex
    section_column, task_column, method_column, points_column, _score = head.columns
    rows: list[OfficialRow] = []
    fields: dict[str, int] = {}
    items: dict[str, Block] = {}
    referred_row = None
    at = FIRST_ROW
    for section in scheme.sections:
        section_rows: list[OfficialRow] = []
        section_first = at
        for row in section.rows:
            first = at
            if row.annex is not None:
                referred_row = at
                at += 1
            for item in row.items:
                items[item.id] = Block(at, at + len(item.inputs) - 1)
                for spec in item.inputs:
                    fields[spec.code] = at
                    at += 1
            block = Block(first, at - 1)
            cells = (
                (task_column, row.task, block),
                (method_column, row.method_text.strip(), block),
                (points_column, float(row.points), block),
            )
            section_rows.append(OfficialRow(block, cells))
        label = (section_column, section.label, Block(section_first, at - 1))
        first_row = section_rows[0]
        rows += [OfficialRow(first_row.block, (label, *first_row.cells)), *section_rows[1:]]
    return Annex(head.id, head, FILL_COLUMNS_1, tuple(rows), fields, items, at, referred_row)


def _layout_annex2(scheme: Scheme) -> Annex:
    head = scheme.annex2.annex
    rows: list[OfficialRow] = []
    fields: dict[str, int] = {}
    items: dict[str, Block] = {}
    at = FIRST_ROW
    for task in scheme.annex2.tasks:
        inputs: tuple[Input, ...] = scheme.items[task.id].inputs
        block = Block(at, at + len(inputs) - 1)
        for offset, spec in enumerate(inputs):
            fields[spec.code] = at + offset
        texts: tuple[str | float, ...] = (
            task.number,
            task.task,
            task.departments_text,
            task.method_text,
            float(task.points),
        )
        rows.append(OfficialRow(block, tuple((c, t, block) for c, t in zip(head.columns, texts, strict=False))))
        items[task.id] = block
        at = block.last + 1
    return Annex(head.id, head, FILL_COLUMNS_2, tuple(rows), fields, items, at)
