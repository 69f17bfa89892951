"""The scheme's rules as native formulas, for districts that have a spreadsheet program and no add-in.

Only functions that Excel 2010, WPS and LibreOffice all have; no names to resolve. The formulas carry the scheme's numbers
from its data and follow the default readings (口径). `form_view` computes the same cells in Python; tests hold the two
together through LibreOffice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from xladdin.fields.cases import own_spans
from xladdin.fillin.checks import bad_amount
from xladdin.forms.layout import Annex, Block, FormLayout
from xladdin.methods import checks
from xladdin.methods.formulas import (
    ItemCells,
    any_error,
    anything_in,
    is_blank,
    is_implausible,
    is_no,
    is_no_case,
    is_no_mark,
    is_yes,
    number_in,
    quoted,
    scaled,
    starting_with,
)
from xladdin.methods.inputs import Input, InputKind
from xladdin.methods.item import Item
from xladdin.numbers import MAX_NUMBER, plain
from xladdin.scheme.model import Scheme, Section
from xladdin.words import CHECK, CONTENT, COVER, RATE, SCORE, TARGET, VALUE
from xladdin.workbook.cells import cell_name, column_letters

Cell = tuple[str, int, int]
"""Sheet, zero-based row, zero-based column."""


def native_formulas(layout: FormLayout) -> Mapping[Cell, str]:
    """Every formula of 区填报表, by cell."""
    formulas: dict[Cell, str] = {}
    for annex in layout.annexes:
        filled_in = _filled_in(layout, annex)
        for item in (layout.scheme.items[id_] for id_ in annex.items):
            _item_formulas(formulas, layout, annex, item, filled_in)
    _totals(formulas, layout)
    _cover(formulas, layout)
    return formulas


def _ref(annex: Annex, head: str, row: int) -> str:
    return cell_name(row, annex.column(head))


def _span(annex: Annex, head: str, block: Block) -> str:
    # Written as a range even for one cell: not every program lets COUNTIF take a single reference.
    return f"{_ref(annex, head, block.first)}:{_ref(annex, head, block.last)}"


def _filled_in(layout: FormLayout, here: Annex) -> str:
    """The condition that the district has filled in anything, on the sheet of an annex."""
    inputs = layout.scheme.inputs
    spans = []
    for annex in layout.annexes:
        sheet = "" if annex is here else f"'{annex.sheet}'!"
        own = own_spans((inputs[code] for code in annex.fields), annex.fields, annex.column)
        spans += [f"{sheet}{span}" for span in own]
    return anything_in(spans)


def _item_formulas(formulas: dict[Cell, str], layout: FormLayout, annex: Annex, item: Item, filled_in: str) -> None:
    block = annex.items[item.id]
    for spec in item.inputs:
        row = annex.fields[spec.code]
        short = _below_least(layout, annex, row, spec, filled_in)
        check = layout.scheme.source.say(_check(annex, row, spec, short))
        formulas[annex.sheet, row, annex.column(CHECK)] = check
        if spec.kind is InputKind.AMOUNT:
            check, target, value = (_ref(annex, head, row) for head in (CHECK, TARGET, VALUE))
            formulas[annex.sheet, row, annex.column(RATE)] = (
                f'=IF(LEFT({check},2)="{checks.ERROR}","{checks.ERROR}",'
                f'IF({number_in(target)}<=0,"{checks.NOT_APPLICABLE}",MIN(1,{number_in(value)}/{target})))'
            )
    cells = ItemCells(
        lambda head, n: _ref(annex, head, block.first + n),
        len(item.inputs),
        filled_in,
        readings=layout.scheme.default_policies.chosen,
    )
    score = item.native(cells)
    formulas[annex.sheet, block.first, annex.column(SCORE)] = (
        f"=IF({any_error(_span(annex, CHECK, block))},{quoted(checks.SCORE_ERROR)},{score})"
    )


def _below_least(layout: FormLayout, annex: Annex, row: int, spec: Input, filled_in: str) -> str:
    """Condition and message, separated by a comma, for a 任务量 short of what the text sets for the district of the form."""
    scheme = layout.scheme
    lowest = scheme.least_amount(spec.code)
    if lowest is None:
        return ""
    amounts = {name: scheme.least_amount(spec.code, name) for name in scheme.district_names}
    least = plain(lowest)
    for amount in sorted({a for a in amounts.values() if a is not None and a != lowest}):
        cell = f"'{COVER}'!{cell_name(layout.cover.identity_rows[0], 1)}"
        names = ",".join(f"{cell}={quoted(name)}" for name, own in amounts.items() if own == amount)
        least = f"IF(OR({names}),{plain(amount)},{least})"
    message = f"{quoted(checks.BELOW_LEAST)}&{least}&{quoted(f' {spec.unit}')}"
    return f"AND({filled_in},{number_in(_ref(annex, TARGET, row))}<{least}),{message}"


def _check(annex: Annex, row: int, spec: Input, short: str) -> str:
    value = _ref(annex, VALUE, row)
    body = _amount_check(annex, row, spec, short) if spec.kind is InputKind.AMOUNT else _field_check(annex, row, spec)
    if spec.names_case:
        body = f"IF(ISERROR({_ref(annex, CONTENT, row)}),{quoted(checks.BAD_CASE)},{body})"
    return f"=IF(ISERROR({value}),{quoted(checks.BAD_CELL)},{body})"


def _amount_check(annex: Annex, row: int, spec: Input, short: str) -> str:
    target, value = _ref(annex, TARGET, row), _ref(annex, VALUE, row)
    bad_target = checks.BAD_TARGET if spec.maximum is None else checks.bad_value(spec)
    told, end = (f"IF({short},", ")") if short else ("", "")
    return (
        f"IF(ISERROR({target}),{quoted(checks.BAD_CELL)},"
        f"IF({bad_amount(target, spec)},{quoted(bad_target)},{told}"
        f"IF({bad_amount(value, spec)},{quoted(checks.bad_value(spec))},"
        f'IF({number_in(target)}<=0,IF({number_in(value)}>0,{quoted(checks.NOT_ASSIGNED)},"{checks.NOT_APPLICABLE}"),'
        f'IF({value}="{checks.NOT_APPLICABLE}",{quoted(checks.ASSIGNED)},'
        f"IF({is_blank(value)},{quoted(checks.missing(spec))},"
        f"IF({is_implausible(value, target, spec)},{quoted(checks.IMPLAUSIBLE)},"
        f'IF({value}>{target},{quoted(checks.OVER)},"{checks.GOOD}"))))))){end})'
    )


def _field_check(annex: Annex, row: int, spec: Input) -> str:
    value = _ref(annex, VALUE, row)
    blank = quoted(checks.missing(spec))
    if spec.names_case:
        blank = f'IF({is_no_case(_ref(annex, CONTENT, row))},"{checks.NOT_HANDED_IN}",{blank})'
    if spec.kind is InputKind.FLAG:
        bad = f"NOT(OR({is_yes(value)},{is_no(value)}))"
    elif spec.kind is InputKind.SCORE:
        bad = is_no_mark(value, spec)
    else:
        bad = f"IF(ISNUMBER({value}),OR({value}<0,{value}<>INT({value}),{value}>{plain(MAX_NUMBER)}),TRUE)"
    good_then = f'"{checks.GOOD}"'
    if spec.at_most:
        cited = _ref(annex, VALUE, annex.fields[spec.at_most])
        blank = f'IF(AND(ISNUMBER({cited}),{cited}=0),"{checks.GOOD}",{blank})'
        # A number that is no count there is an error there, and counts 0 here.
        times = f"IF(ISNUMBER({cited}),IF(AND({cited}>=0,{cited}=INT({cited})),{cited},0),0)"
        good_then = f"IF({value}>{times},{quoted(checks.MORE_RECTIFIED)},{good_then})"
    return f"IF({is_blank(value)},{blank},IF({bad},{quoted(checks.bad_value(spec))},{good_then}))"


def _all_rows(annex: Annex) -> Block:
    return Block(annex.rows[0].block.first, annex.last_row)


def _totals(formulas: dict[Cell, str], layout: FormLayout) -> None:
    scheme, (one, *detailing), cover = layout.scheme, layout.annexes, layout.cover
    for annex in detailing:
        scores, points = (_span(annex, head, _all_rows(annex)) for head in (SCORE, annex.points_head))
        outside = f'SUMIF({scores},"{checks.NOT_APPLICABLE}",{points})'
        formulas[annex.sheet, annex.total_row, annex.column(SCORE)] = _or_error(
            scores, _scaled(annex.head.points, scores, f"SUM({points})-{outside}", _items(scheme, annex))
        )
        if annex.sheet in one.referred:
            total = f"='{annex.sheet}'!{_ref(annex, SCORE, annex.total_row)}"
            formulas[one.sheet, one.referred[annex.sheet], one.column(SCORE)] = total
    scores = _span(one, SCORE, _all_rows(one))
    total = f"ROUND(SUM({scores}),2)"
    if scheme.bonus_points or any(item.may_not_apply for item in _items(scheme, one)):
        first, last = (cell_name(cover.score_rows[n], cover.score_column) for n in (0, -2))
        total = f"ROUND(SUM('{COVER}'!{first}:{last}),2)"
    formulas[one.sheet, one.total_row, one.column(SCORE)] = _or_error(scores, total)


def _items(scheme: Scheme, annex: Annex) -> list[Item]:
    return [scheme.items[id_] for id_ in annex.items]


def _scaled(points: Decimal, scores: str, applicable: str, items: Iterable[Item]) -> str:
    return scaled(points, scores, applicable, may_be_zero=all(item.may_not_apply for item in items))


def _or_error(scores: str, total: str) -> str:
    return f"=IF({any_error(scores)},{quoted(checks.SCORE_ERROR)},{total})"


def _section(layout: FormLayout, section: Section, block: Block) -> str:
    """The total of a section, from the scores in its rows of 附件1."""
    one = layout.annex1
    scores = f"'{one.sheet}'!{_span(one, SCORE, block)}"
    if section.bonus:
        return _or_error(scores, f"ROUND(MIN({plain(section.points)},SUM({scores})),2)")
    own = [item for row in section.rows for item in row.items]
    outside = [
        f"{plain(item.points)}*('{one.sheet}'!{_ref(one, SCORE, one.items[item.id].first)}=\"{checks.NOT_APPLICABLE}\")"
        for item in own
        if item.may_not_apply
    ]
    if not outside:
        return _or_error(scores, f"ROUND(SUM({scores}),2)")
    applicable = f"{plain(section.points)}-{'-'.join(outside)}"
    return _or_error(scores, _scaled(section.points, scores, applicable, own))


def section_blocks(scheme: Scheme, annex: Annex) -> list[Block]:
    """The rows of each section on 附件1's sheet."""
    blocks = []
    rows = iter(annex.rows)
    for section in scheme.sections:
        own = [next(rows) for _ in section.rows]
        blocks.append(Block(own[0].block.first, own[-1].block.last))
    return blocks


def _cover(formulas: dict[Cell, str], layout: FormLayout) -> None:
    scheme, cover, one = layout.scheme, layout.cover, layout.annex1
    for annex, row in zip(layout.annexes, cover.count_rows, strict=False):
        span = f"'{annex.sheet}'!{_span(annex, CHECK, _all_rows(annex))}"
        for column, words in COUNTED.items():
            counted = "+".join(starting_with(span, w) for w in words)
            formulas[COVER, row, column] = f"={counted}"
        formulas[COVER, row, 2] = f"=B{row + 1}-SUM(D{row + 1}:G{row + 1})"
    *sheet_rows, total = (row + 1 for row in cover.count_rows)
    for column in range(1, 7):
        name = column_letters(column)
        formulas[COVER, total - 1, column] = f"={'+'.join(f'{name}{row}' for row in sheet_rows)}"
    formulas[COVER, cover.state_row, cover.value_column] = (
        f'=IF(D{total}+E{total}=0,"{scheme.source.unit_word}{STATE_COMPLETE}","{STATE_MISSING}"&D{total}&"{STATE_ERRORS}"&E{total}&"{STATE_END}")'
    )
    for section, block, row in zip(scheme.sections, section_blocks(scheme, one), cover.score_rows, strict=False):
        formulas[COVER, row, cover.score_column] = _section(layout, section, block)
    grand = f"='{one.sheet}'!{_ref(one, SCORE, one.total_row)}"
    formulas[COVER, cover.score_rows[-1], cover.score_column] = grand


COUNTED = {
    3: (checks.MISSING,),
    4: (checks.ERROR,),
    5: (checks.AWAITED,),
    6: (checks.NOT_APPLICABLE, checks.NOT_HANDED_IN),
}
"""First words of 校验 that are counted on 填报说明, by the column that counts them."""

STATE_COMPLETE = "填报项已填齐，可以报送"
"""Behind what the unit is called."""
STATE_MISSING = "尚不能报送：缺 "
STATE_ERRORS = " 格，错误 "
STATE_END = f" 处，请看“{CHECK}”列"
