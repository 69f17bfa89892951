"""Where everything stands: sheet names, column heads, rows. Writer and reader share this module and nothing else.

The reader goes by the heads and by the codes in 编号, so that moved columns and inserted rows do no harm; positions are
only used by the writer and by the native formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from xladdin.classes import field, record
from xladdin.methods.inputs import Input, InputKind
from xladdin.methods.item import Item
from xladdin.scheme.model import AnnexHead, Scheme, TaskAnnex
from xladdin.words import CHECK, CODE, CONTENT, EVIDENCE, FILLED, RATE, TARGET, TO_FILL, UNIT, VALUE

COLUMNS_OF_VALUES = (CODE, CONTENT, UNIT, VALUE, EVIDENCE, CHECK)
COLUMNS_OF_AMOUNTS = (CODE, CONTENT, UNIT, TARGET, VALUE, RATE, EVIDENCE, CHECK)
"""The fill-in columns of a table without and with 任务量."""

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
    """The sheet of one annex: of 附件1, or of an annex of tasks."""

    sheet: str
    head: AnnexHead
    fill_columns: tuple[str, ...]
    rows: tuple[OfficialRow, ...]
    fields: Mapping[str, int]
    """Row by input code."""
    items: Mapping[str, Block]
    """Rows by item id."""
    total_row: int
    referred: Mapping[str, int] = field(default_factory=dict)
    """The rows whose score is the total of another annex, by its name; in 附件1 only."""
    tasks: TaskAnnex | None = None
    """What the sheet shows, of an annex of tasks."""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return (*self.head.columns, *self.fill_columns)

    @cached_property
    def official_width(self) -> int:
        return len(self.head.columns)

    @property
    def points_head(self) -> str:
        """The head of the points: the last but one of the official table."""
        return self.head.columns[-2]

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
    count_rows: tuple[int, ...] = ()
    """One for each annex, then 合计."""
    score_rows: tuple[int, ...] = ()
    """One for each section, then 总分."""
    value_column: int = 1
    score_column: int = 2

    @property
    def score_head_row(self) -> int:
        return self.score_rows[0] - 1

    @property
    def steps_row(self) -> int:
        return self.score_rows[-1] + 2


def row_texts(spec: Input) -> dict[str, str]:
    """What the form itself says beside a code, by head; what the district fills in is not among it."""
    return {UNIT: spec.unit} if spec.names_case else {CONTENT: spec.name, UNIT: spec.unit}


def cover_layout(scheme: Scheme) -> Cover:
    """The layout of 填报说明 for the scheme."""
    first = Cover.count_head_row + 1
    counts = range(first, first + len(scheme.annexes) + 2)
    scores = range(counts[-1] + 3, counts[-1] + 3 + len(scheme.sections) + 1)
    return Cover(count_rows=tuple(counts), score_rows=tuple(scores))


@record
class FormLayout:
    """The layout of 区填报表 for a scheme."""

    scheme: Scheme
    annexes: tuple[Annex, ...]
    """附件1, then those of tasks."""
    cover: Cover

    @property
    def annex1(self) -> Annex:
        return self.annexes[0]

    def summed_in(self, annex: Annex) -> list[Item]:
        """The items whose scores make up the total of an annex: of 附件1, all of them."""
        everything = self.scheme.items
        return [everything[id_] for id_ in (everything if annex is self.annex1 else annex.items)]

    def annex_of(self, code_or_item: str) -> Annex:
        """The annex in which a code or an item stands."""
        item_id = code_or_item.partition(".")[0]
        return next(annex for annex in self.annexes if item_id in annex.items)


def referred_note(annex: str) -> str:
    """What stands in the fill-in zone of the row whose score is another annex's total."""
    return f"由 {annex} 合计转入，本行不填"


@lru_cache(maxsize=4)
def form_layout(scheme: Scheme) -> FormLayout:
    """The layout of 区填报表 for the scheme."""
    annexes = (_layout_annex1(scheme), *(_layout_tasks(scheme, annex) for annex in scheme.annexes))
    return FormLayout(scheme, annexes, cover_layout(scheme))


def _fill_columns(scheme: Scheme, items: Iterable[str]) -> tuple[str, ...]:
    """The fill-in columns of a table with the items: those of 任务量 where any has one."""
    fields = (spec for id_ in items for spec in scheme.items[id_].inputs)
    return COLUMNS_OF_AMOUNTS if any(spec.kind is InputKind.AMOUNT for spec in fields) else COLUMNS_OF_VALUES


def _layout_annex1(scheme: Scheme) -> Annex:
    head = scheme.annex1.annex
    section_column, task_column, method_column, points_column, _score = head.columns
    rows: list[OfficialRow] = []
    fields: dict[str, int] = {}
    items: dict[str, Block] = {}
    referred: dict[str, int] = {}
    at = FIRST_ROW
    for section in scheme.sections:
        section_rows: list[OfficialRow] = []
        section_first = at
        for row in section.rows:
            first = at
            if row.annex is not None:
                referred[row.annex] = at
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
    return Annex(head.id, head, _fill_columns(scheme, items), tuple(rows), fields, items, at, referred)


def _layout_tasks(scheme: Scheme, annex: TaskAnnex) -> Annex:
    head = annex.annex
    rows: list[OfficialRow] = []
    fields: dict[str, int] = {}
    items: dict[str, Block] = {}
    at = FIRST_ROW
    for task in annex.tasks:
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
    return Annex(head.id, head, _fill_columns(scheme, items), tuple(rows), fields, items, at, tasks=annex)
