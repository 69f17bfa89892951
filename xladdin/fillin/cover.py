"""填报说明 of a round's other workbooks: how much is still to be filled in, as formulas and as what they show."""

from __future__ import annotations

from collections.abc import Sequence

from xladdin.fillin.checks import HINT
from xladdin.fillin.sheets import (
    COVER_COUNT_HEADS,
    COVER_FIRST_ROW,
    COVER_STATE_ROW,
    FIRST_ROW,
    HINT_ROW,
    Shown,
    UnitSheet,
    View,
)
from xladdin.methods import checks
from xladdin.methods.checks import NOT_COUNTED
from xladdin.words import RECUSED
from xladdin.workbook.cells import column_letters

_DONE, _MISSING, _ERRORS, _SPARED = 2, 3, 4, 5
"""Columns of the counts."""

_WORDS = {
    _DONE: (checks.GOOD, HINT, NOT_COUNTED),
    _MISSING: (checks.MISSING,),
    _ERRORS: (checks.ERROR,),
    _SPARED: (checks.NOT_APPLICABLE, checks.NOT_HANDED_IN, RECUSED, COVER_COUNT_HEADS[_SPARED]),
}
"""First words of 校验 (in lists: 原因) by the column that counts them."""

COMPLETE = "已全部填写，可以报送"
INCOMPLETE = "尚未完成：缺 ", " 格，错误 ", " 处，请看各表最右一列"


def cover_formulas(sheets: Sequence[UnitSheet]) -> dict[tuple[int, int], tuple[str, Shown]]:
    """Every formula of 填报说明 by row and column, with what it shows."""
    shown = cover_view(sheets, [sheet.view({}) for sheet in sheets])
    formulas: dict[tuple[int, int], str] = {}
    total = COVER_FIRST_ROW + len(sheets)
    for row, sheet in enumerate(sheets, COVER_FIRST_ROW):
        start = HINT_ROW - FIRST_ROW if sheet.declared else 0
        span = sheet.table.span(sheet.table.state, len(sheet.rows), start)
        for column, words in _WORDS.items():
            formulas[row, column] = "=" + "+".join(f'COUNTIF({span},"{word}*")' for word in words)
    for column in range(_DONE, len(COVER_COUNT_HEADS)):
        letters = column_letters(column)
        formulas[total, column] = f"=SUM({letters}{COVER_FIRST_ROW + 1}:{letters}{total})"
    for row in range(COVER_FIRST_ROW, total + 1):
        formulas[row, 1] = f"=SUM(C{row + 1}:E{row + 1})"
    last = total + 1
    first, second, third = INCOMPLETE
    formulas[COVER_STATE_ROW, 1] = f'=IF(D{last}+E{last}=0,"{COMPLETE}","{first}"&D{last}&"{second}"&E{last}&"{third}")'
    return {cell: (formula, shown[cell]) for cell, formula in formulas.items()}


def cover_view(sheets: Sequence[UnitSheet], views: Sequence[View]) -> dict[tuple[int, int], Shown]:
    """What the formulas of 填报说明 show, for what those of the sheets show."""
    shown: dict[tuple[int, int], Shown] = {}
    totals = dict.fromkeys(_WORDS, 0)
    for row, (sheet, view) in enumerate(zip(sheets, views, strict=True), COVER_FIRST_ROW):
        states = [str(shown) for (_line, head), shown in view.items() if head == sheet.table.state]
        for column, words in _WORDS.items():
            figure = sum(state.startswith(words) for state in states)
            shown[row, column] = float(figure)
            totals[column] += figure
    last = COVER_FIRST_ROW + len(sheets)
    shown.update({(last, column): float(figure) for column, figure in totals.items()})
    for row in range(COVER_FIRST_ROW, last + 1):
        shown[row, 1] = sum(float(shown[row, column]) for column in (_DONE, _MISSING, _ERRORS))
    missing, errors = totals[_MISSING], totals[_ERRORS]
    first, second, third = INCOMPLETE
    shown[COVER_STATE_ROW, 1] = f"{first}{missing}{second}{errors}{third}" if missing + errors else COMPLETE
    return shown
