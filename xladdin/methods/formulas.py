"""Pieces of native formulas, and where an item's cells stand on a sheet.

Only functions that Excel 2010, WPS and LibreOffice all have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from xladdin.classes import field, record
from xladdin.methods import checks
from xladdin.methods.inputs import Input
from xladdin.numbers import MAX_NUMBER, plain
from xladdin.words import VALUE


@record
class ItemCells:
    """The cells of an item's fields on a sheet: `at` gives the A1 reference of a head's cell in the n-th field's row.

    `filled_in` is the condition, as a formula, that the district has filled in anything at all. `of_all` are the cells with
    what all units have in the item's field, where it is scored against theirs. `readings` are the scheme's default options (口径).
    """

    at: Callable[[str, int], str]
    count: int
    filled_in: str
    of_all: str = ""
    named: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)

    def value(self, n: int = 0) -> str:
        """完成情况 of the n-th field."""
        return self.at(VALUE, n)

    def span(self, head: str) -> str:
        """A column's cells. A range even for one: not every program lets COUNTIF take a single reference."""
        return f"{self.at(head, 0)}:{self.at(head, self.count - 1)}"

    def cells(self, head: str) -> str:
        """A column's cells as an argument: one cell, or a range."""
        return self.at(head, 0) if self.count == 1 else self.span(head)


def scaled(points: Decimal, scores: str, applicable: str, *, may_be_zero: bool) -> str:
    """Points × Σ得分 ÷ Σ适用分值 as a formula, 0 where nothing applies, if that `may_be`; `applicable` is Σ适用分值."""
    total = f"ROUND({plain(points)}*SUM({scores})/({applicable}),2)"
    return f"IF({applicable}=0,0,{total})" if may_be_zero else total


def quoted(text: str) -> str:
    """A text as a formula writes it."""
    return '"' + text.replace('"', '""') + '"'


def is_blank(cell: str) -> str:
    """The condition that a cell holds nothing, or what stands for nothing."""
    return f'OR({cell}="",{",".join(f"{cell}={quoted(mark)}" for mark in checks.BLANK_MARKS)})'


def number_in(cell: str) -> str:
    """The number that a cell holds, 0 where it holds none. Not by N, which not every program takes of a blank."""
    return f"SUM({cell})"


def is_no_case(cell: str) -> str:
    """The condition that a cell for a case's name names none."""
    words = quoted("|".join(("", "", *checks.NO_CASE, "")))
    return f'ISNUMBER(FIND("|"&TRIM({cell})&"|",{words}))'


def anything_in(spans: Sequence[str]) -> str:
    """The condition that something other than what stands for a blank was filled in."""
    blank = "+".join(f"COUNTIF({span},{quoted(mark)})" for span in spans for mark in checks.BLANK_MARKS)
    return f"COUNTA({','.join(spans)})>{blank}"


def is_yes(cell: str) -> str:
    """The conditions, separated by commas, that a cell says 是."""
    return f"{_is_one_of(cell, checks.YES)},{cell}=TRUE,{cell}=1"


def is_no(cell: str) -> str:
    """The conditions, separated by commas, that a cell says 否."""
    return f"{_is_one_of(cell, checks.NO)},{cell}=FALSE,{cell}=0"


def _is_one_of(cell: str, words: Sequence[str]) -> str:
    """The condition that a cell holds one of the words: by FIND, for which signs that Windows cannot sort differ too."""
    listed = quoted("|".join(("", *words, "")))
    return f'ISNUMBER(FIND("|"&{cell}&"|",{listed}))'


def is_implausible(done: str, target: str, spec: Input) -> str:
    """The condition that so much can hardly have been done."""
    tests = [f"{done}>ROUND({checks.TIMES}*{target},9)"]
    if spec.indicator and spec.indicator.amount is not None:
        tests.append(f"AND({done}>{plain(spec.indicator.amount)},{done}>{target})")
    return f"OR({','.join(tests)})"


def is_beyond(cell: str, spec: Input) -> str:
    """The condition that a cell, which may hold an error value, holds a number that the field does not take."""
    return f"IF(ISNUMBER({cell}),OR({','.join(_beyond(cell, spec))}),FALSE)"


def is_no_mark(cell: str, spec: Input) -> str:
    """The condition that a cell that is not blank holds no mark or measured value that the field takes."""
    return f"IF(ISNUMBER({cell}),OR({','.join([is_below(cell, spec), *_beyond(cell, spec)])}),TRUE)"


def is_below(cell: str, spec: Input) -> str:
    """The condition that a cell with a number holds less than the field takes."""
    return f"{cell}<{plain(-MAX_NUMBER) if spec.signed else '0'}"


def _beyond(cell: str, spec: Input) -> list[str]:
    tests = [f"{cell}>{plain(spec.maximum or MAX_NUMBER)}"]
    return [*tests, looks_like_share(cell)] if checks.is_percentage(spec) else tests


def within_limits(
    call: str, cells: ItemCells, inputs: Sequence[Input], heads: Sequence[str], *, below: bool = False
) -> str:
    """The call, or an error text where a cell holds a number that its field does not take: functions know nothing of limits.

    `below` is for a function that takes numbers below 0, which only some fields do.
    """
    for n, spec in reversed(list(enumerate(inputs))):
        own = [cells.at(head, n) for head in heads]
        bad = [is_beyond(cell, spec) for cell in own if spec.maximum is not None or checks.is_percentage(spec)]
        if below and not spec.signed:
            bad += [f"IF(ISNUMBER({cell}),{cell}<0,FALSE)" for cell in own]
        if bad:
            call = f"IF(OR({','.join(bad)}),{quoted(f'{checks.ERROR}：{spec.code} 应填{checks.allowed(spec)}')},{call})"
    return call


def looks_like_share(cell: str) -> str:
    """The condition that a cell of an indicator in % holds the share of one."""
    return f"AND(ISNUMBER({cell}),{cell}>0,{cell}<=1)"


def starting_with(span: str, words: str) -> str:
    """How many cells begin with the words. COUNTIF needs no array evaluation, which not every SUMPRODUCT does."""
    return f'COUNTIF({span},"{words}*")'


def any_error(span: str) -> str:
    """The condition that a state among the cells is an error."""
    return f"{starting_with(span, checks.ERROR)}>0"
