"""考核总表: the districts' sheets with the scores as formulas of the cell functions, and the result sheets beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from xladdin.classes import replace
from xladdin.fields.cases import own_spans
from xladdin.forms.form import Form
from xladdin.methods import checks
from xladdin.methods.compared import ComparedItem
from xladdin.methods.formulas import ItemCells, anything_in, is_no_mark, number_in, quoted, scaled
from xladdin.methods.inputs import Input, InputKind
from xladdin.methods.item import Item
from xladdin.numbers import plain
from xladdin.results.consolidation import Consolidation, DistrictResult
from xladdin.results.district_sheet import (
    DISTRICT_COLUMNS,
    PARTLY_MISSING,
    STATUS_WORDS,
    district_sheet,
    has_units_table,
    units_places,
    units_table,
)
from xladdin.results.layers import layered
from xladdin.results.sheets import overview_sheets
from xladdin.returns.targets import Targets, assign
from xladdin.scheme.book.stamps import stamp_of
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Status
from xladdin.scoring.totals import score_district
from xladdin.words import (
    ALL_UNITS,
    CONTENT,
    DISTRICT,
    EXPLANATION,
    KIND_PROPERTY,
    MASTER_KIND,
    POINTS,
    POLICIES,
    RANKING,
    RATE,
    RIBBON_TAB,
    SCHEME_PROPERTY,
    SCORE,
    STATUS,
    SUMMARY,
    TARGET,
    VALUE,
    VERSION_PROPERTY,
    VETO,
)
from xladdin.workbook import package
from xladdin.workbook.cells import cell_name, column_letters
from xladdin.workbook.tables import (
    Cell,
    Column,
    Content,
    ResultSheet,
    printed_first,
    printed_on_request,
    told,
    value_of,
)
from xladdin.workbook.write.tables import write_tables

MASTER_FILE = f"{MASTER_KIND}.xlsm"

_HEADS = [column.head for column in DISTRICT_COLUMNS]

_SIGNALS: Mapping[str, tuple[tuple[str, str], ...]] = {
    SCORE: ((checks.ERROR, "error"), (checks.NOT_APPLICABLE, "not_applicable")),
    STATUS: (
        (STATUS_WORDS[Status.ERROR], "error"),
        (STATUS_WORDS[Status.MISSING], "missing"),
        (PARTLY_MISSING, "missing"),
        (STATUS_WORDS[Status.NOT_APPLICABLE], "not_applicable"),
    ),
    EXPLANATION: ((checks.ERROR, "error"),),
}

_CLAUSE_SHOWN = 120
"""Characters of a clause that a hint has room for."""

_NEXT = f"各区工作表填好后，在功能区“{RIBBON_TAB}”按“汇总排名”。"


def master_workbook(scheme: Scheme, *more: ResultSheet) -> bytes:
    """考核总表 without its macros, as .xlsx bytes, with `more` sheets. The same scheme gives the same bytes."""
    issued = scheme.source.issued
    created = datetime(issued.year, issued.month, issued.day)
    consolidation = Consolidation(scheme, scheme.default_policies, assigned_districts(scheme, {}), (), (), ())
    units = master_sheets(scheme, consolidation.districts)
    places = units_places(scheme, units)
    districts = [units_table(scheme, units)] if has_units_table(scheme) else units
    overviews = overview_sheets(consolidation, created, places, {})
    summary, ranking, *others = [
        sheet if sheet.name == POLICIES else _pending(sheet, scheme.source.unit_word) for sheet in overviews
    ]
    properties = {
        KIND_PROPERTY: MASTER_KIND,
        VERSION_PROPERTY: scheme.source.version,
        SCHEME_PROPERTY: stamp_of(scheme),
    }
    compared = [all_units_sheet(scheme, places)] if _compared(scheme) else []
    details = map(printed_on_request, (*districts, *compared, *more))
    sheets = [told(sheet, scheme.source.say) for sheet in printed_first([summary, ranking, *details, *others])]
    return write_tables(sheets, properties, f"{scheme.source.title}　{MASTER_KIND}", scheme.source.office_name, created)


def with_targets(scheme: Scheme, master: bytes, districts: Sequence[DistrictResult]) -> bytes:
    """A copy of 考核总表 with the districts' 任务量 filled in, and every formula showing what then follows."""
    cells: dict[str, dict[str, str | float | None]] = {}
    units = master_sheets(scheme, districts)
    for sheet in [units_table(scheme, units)] if has_units_table(scheme) else units:
        own = cells[sheet.name] = {}
        for row, contents in enumerate(sheet.rows, sheet.first_row):
            for column, content in enumerate(contents):
                if isinstance(content, Cell) and (content.formula or sheet.columns[column].head == TARGET):
                    own[cell_name(row, column)] = content.value
    return package.rewrite(master, {}, cells)


def assigned_districts(scheme: Scheme, targets: Targets) -> tuple[DistrictResult, ...]:
    """Every district with nothing filled in but what is assigned to it."""
    results = []
    for name in scheme.district_names:
        assign(form := Form(), targets.get(name, {}))
        layers, _misfits = layered(scheme, name, form)
        scored = score_district(scheme, layers.entries, scheme.default_policies)
        results.append(DistrictResult(name, layers, None, scored, rank=1))
    return tuple(results)


def _pending(sheet: ResultSheet, word: str) -> ResultSheet:
    """A result sheet before anything was consolidated: the districts' names at most."""
    named = [n for n, column in enumerate(sheet.columns) if column.head == word]
    by_district = sheet.name in (SUMMARY, RANKING)
    blank = [[c if n in named else None for n, c in enumerate(row)] for row in sheet.rows] if by_district else []
    return replace(sheet, rows=blank, notes=(f"尚未汇总。{_NEXT}",))


def _compared(scheme: Scheme) -> list[ComparedItem]:
    return [item for item in scheme.items.values() if isinstance(item, ComparedItem)]


def _all_units_frame(scheme: Scheme) -> ResultSheet:
    columns = [Column(DISTRICT, 16, "bold")]
    for item in _compared(scheme):
        (spec,) = item.inputs
        columns += [
            Column(f"{spec.code} {spec.name}", max(12, 2 * len(spec.name) + 9), "number"),
            Column(f"{item.id} {SCORE}（{plain(item.points)} 分）", 18, "score"),
        ]
    notes = (f"取自各单位工作表的“{VALUE}”，不能用的数为空白；改正请到该单位的工作表。得分不用加载项也能算出。",)
    return ResultSheet(ALL_UNITS, ALL_UNITS, columns, (), notes, frozen_columns=1)


def all_units_sheet(scheme: Scheme, places: Mapping[tuple[str, str], str]) -> ResultSheet:
    """What all units have in the fields that are scored against theirs; `places` says where those stand (see `units_places`).

    Cell functions take a range of one sheet. The scores beside the values are native formulas of the same rule.
    """
    frame = _all_units_frame(scheme)
    column = column_letters(_HEADS.index(VALUE) + has_units_table(scheme))
    rows: list[list[Content]] = []
    for row, name in enumerate(_by_group(scheme), frame.first_row):
        cells: list[Content] = [Cell(name, "link", places[name, ""])]
        for n, item in enumerate(_compared(scheme)):
            (spec,) = item.inputs
            sheet, _, place = places[name, spec.code].rpartition("!A")
            there, here = f"'{sheet}'!{column}{place}", cell_name(row, 1 + 2 * n)
            cells.append(Cell("", formula=f'IF({is_no_mark(there, spec)},"",{there})'))
            scored = item.in_office(here, _of_all(scheme, item.id, name))
            cells.append(Cell("", formula=f'IF(ISNUMBER({here}),{scored},"")'))
        rows.append(cells)
    for group in dict.fromkeys(
        scheme.compared_group(code, name) for code in scheme.compared_codes for name in scheme.district_names
    ):
        for label, function in (("最大", "MAX"), ("最小", "MIN"), ("个数", "COUNT")):
            last: list[Content] = [Cell(f"{group}{label}", "bold")]
            for item in _compared(scheme):
                (spec,) = item.inputs
                whose = [n for n in scheme.district_names if scheme.compared_group(spec.code, n) == group]
                span = _of_all(scheme, item.id, whose[0]) if whose else ""
                last += [Cell("", formula=f'IF(COUNT({span})=0,"",{function}({span}))') if span else None, None]
            rows.append(last)
    return replace(frame, rows=rows)


def _by_group(scheme: Scheme) -> list[str]:
    """The units as 全部单位的数据 lists them: those of a group together, else in official order."""
    groups = [group.name for group in scheme.groups]
    return sorted(scheme.district_names, key=lambda name: groups.index(scheme.group_of[name]) if groups else 0)


def _of_all(scheme: Scheme, item_id: str, district: str, *, named: bool = False) -> str:
    """The cells of 全部单位的数据 with what all units, or those of the district's group, have in the item's field, or with their names."""
    n = next((n for n, item in enumerate(_compared(scheme)) if item.id == item_id), None)
    if n is None:
        return ""
    code = scheme.items[item_id].inputs[0].code
    group = scheme.compared_group(code, district)
    listed = [m for m, name in enumerate(_by_group(scheme)) if scheme.compared_group(code, name) == group]
    column, first = column_letters(0 if named else 1 + 2 * n), _all_units_frame(scheme).first_row + 1
    return f"'{ALL_UNITS}'!${column}${first + listed[0]}:${column}${first + listed[-1]}"


def master_sheets(scheme: Scheme, districts: Sequence[DistrictResult]) -> list[ResultSheet]:
    """The districts' sheets with formulas, as they are to stand: by themselves, or below one another in one table."""
    sheets: list[ResultSheet] = []
    first = None
    for district in districts:
        plain_sheet = district_sheet(scheme, scheme.default_policies, district)
        if has_units_table(scheme):
            first = units_table(scheme, [plain_sheet]).first_row if first is None else first + len(sheets[-1].rows)
        sheets.append(_with_formulas(scheme, district.name, plain_sheet, first))
    return sheets


def _with_formulas(scheme: Scheme, district: str, plain_sheet: ResultSheet, in_table: int | None) -> ResultSheet:
    """A district's sheet with formulas, each with the value it shows for what is filled in.

    `in_table` is where its rows begin in the table of all units, where there is one.
    """
    rows = [list(cells) for cells in plain_sheet.rows]
    first, indent = (plain_sheet.first_row, 0) if in_table is None else (in_table, 1)
    filled_in = _filled_in(scheme, first, indent)
    at, score = 0, _HEADS.index(SCORE)
    for item in scheme.items.values():
        cells = replace(
            _cells(first + at, len(item.inputs), indent, filled_in),
            of_all=_of_all(scheme, item.id, district),
            named=_of_all(scheme, item.id, district, named=True),
            readings=scheme.default_policies.chosen,
        )
        _item_cells(rows, at, item, cells, _short(scheme, district, item))
        counted = rows[at][score]
        assert isinstance(counted, Cell)
        rows[at][score] = counted._replace(hint=_hint(item, cells, in_table is not None))
        at += len(item.inputs)
    _total_cells(rows, scheme, district, at, first, indent)
    columns = [replace(column, signals=_SIGNALS.get(column.head, ())) for column in plain_sheet.columns]
    notes = (
        f"黄色格由{scheme.source.unit_word}填报，灰色格由评价方评定，可用“导入回收表”读入；得分由公式计算。{_NEXT}",
    )
    return replace(plain_sheet, title=f"{district}　{scheme.source.title}", notes=notes, columns=columns, rows=rows)


def _computed(content: Content, formula: str, style: str = "") -> Cell:
    """The cell with a formula in place of its value."""
    value = value_of(content)
    return Cell("" if value is None else value, style, formula=formula)


def _cells(first_row: int, count: int, indent: int, filled_in: str = "") -> ItemCells:
    """The cells of an item, or of whatever stands row by row, from a zero-based row on; columns stand to the right by `indent`."""
    return ItemCells(lambda head, n: cell_name(first_row + n, _HEADS.index(head) + indent), count, filled_in)


def _filled_in(scheme: Scheme, first_row: int, indent: int) -> str:
    """The condition that the district has filled in anything."""
    rows = {code: row for row, code in enumerate(scheme.inputs, first_row)}
    return anything_in(own_spans(scheme.inputs.values(), rows, lambda head: _HEADS.index(head) + indent))


def _short(scheme: Scheme, district: str, item: Item) -> list[tuple[int, Decimal, str]]:
    """The fields of an item for which the text sets the district an amount: which, the least, and what is said of less."""
    least = [(n, spec, scheme.least_amount(spec.code, district)) for n, spec in enumerate(item.inputs)]
    return [(n, amount, checks.below_least(spec, amount)) for n, spec, amount in least if amount is not None]


def _item_cells(
    rows: list[list[Content]],
    at: int,
    item: Item,
    cells: ItemCells,
    short: Sequence[tuple[int, Decimal, str]],
) -> None:
    """Put formulas and looks into the rows of an item, which begin at `at`; for `short` see there."""
    head = rows[at]
    score, state, words = (_HEADS.index(name) for name in (SCORE, STATUS, EXPLANATION))
    value = value_of(head[score])
    # The functions show nothing for what is missing; the word stands in 状态.
    head[score] = _computed(
        "" if value == STATUS_WORDS[Status.MISSING] else value, _refusing(item.call(cells), cells, short)
    )
    head[state] = _computed(head[state], _state(item, cells))
    head[words] = _computed(head[words], item.explained(cells))
    for offset, spec in enumerate(item.inputs):
        _entry_cells(rows[at + offset], spec, cells, offset)


def _hint(item: Item, cells: ItemCells, is_of_all: bool) -> tuple[str, str]:
    """By which clause the score follows from which fields; `is_of_all` units, where their cells are not named."""
    heads = (VALUE, TARGET) if item.inputs[0].kind is InputKind.AMOUNT else (VALUE,)
    fields = "、".join(f"{spec.code} {spec.name}" for spec in item.inputs)
    # Where all units stand in one table a text for each of them would be thousands.
    spans = "、".join(head if is_of_all else f"{head} {cells.cells(head)}" for head in heads)
    clause = " ".join(item.clause.split())
    if len(clause) > _CLAUSE_SHOWN:
        clause = f"{clause[:_CLAUSE_SHOWN]}…"
    return f"{item.id} {item.name}", f"依据：{clause}\n由 {spans} 算出：{fields}"


def _refusing(call: str, cells: ItemCells, short: Sequence[tuple[int, Decimal, str]]) -> str:
    """The score, or an error text where a 任务量 falls short of what the text sets and the district has filled in anything."""
    for n, least, message in short:
        target = cells.at(TARGET, n)
        is_short = f"IF(ISERROR({target}),FALSE,AND({cells.filled_in},{number_in(target)}<{plain(least)}))"
        call = f"IF({is_short},{quoted(message)},{call})"
    return call


def _entry_cells(row: list[Content], spec: Input, cells: ItemCells, offset: int) -> None:
    style = "judged" if spec.judge else "entry"
    target, value, rate = (_HEADS.index(name) for name in (TARGET, VALUE, RATE))
    row[value] = Cell(value_of(row[value]), style, choices=("是", "否") if spec.kind is InputKind.FLAG else ())
    if spec.names_case:
        content = _HEADS.index(CONTENT)
        row[content] = Cell(value_of(row[content]), "named")
    if spec.kind is InputKind.AMOUNT:
        row[target] = Cell(value_of(row[target]), style)
        done, due = cells.at(VALUE, offset), cells.at(TARGET, offset)
        shown_rate = f'IF(AND(ISNUMBER({done}),{number_in(done)}>=0,{number_in(due)}>0),MIN(1,{done}/{due}),"")'
        row[rate] = _computed(row[rate], shown_rate)


def _state(item: Item, cells: ItemCells) -> str:
    """状态 by the same rules as the scores' own: what should hold a value and does not."""
    scored, missing, wrong, outside = (
        STATUS_WORDS[status] for status in (Status.SCORED, Status.MISSING, Status.ERROR, Status.NOT_APPLICABLE)
    )
    score = cells.at(SCORE, 0)
    gaps = f'IF({item.count_of_gaps(cells)}>0,"{PARTLY_MISSING}","{scored}")'
    return (
        f'IF(LEFT({score},2)="{checks.ERROR}","{wrong}",IF({score}="{checks.NOT_APPLICABLE}","{outside}",'
        f'IF({item.nothing_given(cells, score)},"{missing}",{gaps})))'
    )


def _total_cells(rows: list[list[Content]], scheme: Scheme, district: str, at: int, first: int, indent: int) -> None:
    """The sections' totals and the grand total below the items."""
    column = _HEADS.index(SCORE)
    begin = first
    for offset, section in enumerate(scheme.sections):
        cells = _cells(begin, sum(len(item.inputs) for item in scheme.items_of(section.number)), indent)
        begin = begin + cells.count
        scores, points = cells.span(SCORE), cells.span(POINTS)
        total = f"FS_TOTAL({scores})"
        items = scheme.items_of(section.number)
        if section.bonus:
            total = f"IF(ISNUMBER({total}),MIN({plain(section.points)},{total}),{total})"
        elif any(item.may_not_apply for item in items):
            applicable = f'SUM({points})-SUMIF({scores},"{checks.NOT_APPLICABLE}",{points})'
            rescaled = scaled(section.points, scores, applicable, may_be_zero=all(item.may_not_apply for item in items))
            total = f'IF(COUNTIF({scores},"{checks.ERROR}*")>0,{total},{rescaled})'
        rows[at + offset][column] = _computed(rows[at + offset][column], total, "bold_score")
    sums = _cells(first + at, len(scheme.sections), indent)
    rows[-1][column] = _computed(rows[-1][column], f"FS_TOTAL({sums.span(SCORE)})", "bold_score")
    if scheme.grades:
        state = _HEADS.index(STATUS)
        rows[-1][state] = _computed(
            rows[-1][state], _grade(scheme, district, cell_name(first + len(rows) - 1, column + indent))
        )


def _grade(scheme: Scheme, district: str, total: str) -> str:
    """等次 of the total; the sheet of 一票否决 where that says something of the district."""
    grade = '""'
    for one in reversed(scheme.grades):
        grade = f"IF({total}>={plain(one.start.value)},{quoted(one.name)},{grade})"
    grade = f'IF(ISNUMBER({total}),{grade},"")'
    if not scheme.vetoes:
        return grade
    return f"IF(COUNTIF('{VETO}'!$A$1:$A$500,{quoted(district)})>0,{quoted(VETO)},{grade})"
