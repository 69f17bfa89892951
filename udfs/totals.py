"""Sums and ranks of scores."""
# ruff: noqa: N802 - the names are those of the formulas

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, localcontext

from udfs.registration import cell_function
from udfs.values import SIGNED, Cells
from xladdin.numbers import NOT_APPLICABLE, Fault, ScoringError, half_up

_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Sums in it are never rounded."""


@cell_function
def FS_TOTAL(*scores: Cells) -> Decimal:
    """The sum of all scores; blanks and 不适用 do not count, anything else that is no number stops it."""
    if not scores:
        raise ScoringError("没有得分，至少写一格或一个区域")
    numbers: list[Decimal] = []
    for cells in scores:
        for n, value in cells.numbered():
            if isinstance(value, Decimal):
                numbers.append(value)
            elif value is not None and value is not NOT_APPLICABLE:
                raise cells.refused(n, value, f"{SIGNED}、空白或“不适用”")
    with localcontext(_EXACT):
        return half_up(sum(numbers, Decimal(0)))


@cell_function
def FS_RANK(total: Cells, totals: Cells) -> int:
    """1 + how many are greater at two decimals."""
    own = half_up(total.signed())
    others: list[Decimal] = []
    for n, value in totals.numbered():
        if isinstance(value, Decimal):
            others.append(value)
        elif isinstance(value, Fault) or (isinstance(value, str) and _is_number(value)):
            # A total that cannot be read stands somewhere among the others, so no rank is certain.
            raise totals.refused(n, value, SIGNED)
    # Rounding never turns an order round, so only the few that decide are rounded.
    return 1 + len(others) - bisect_right(sorted(others), own, key=half_up)


@cell_function
def FS_GRADE(total: Cells, thresholds: Cells, names: Cells) -> str:
    """等次 by bands of the total."""
    from xladdin.scoring.totals import grade

    thresholds.must_match(names)
    own = total.any_number()
    for n, name in names.numbered():
        if not isinstance(name, str):
            raise names.refused(n, name, "等次的名称")
    return "" if own is None else grade(own, thresholds.numbers(), [str(name) for name in names.values])


def _is_number(text: str) -> bool:
    try:
        return Decimal(unicodedata.normalize("NFKC", text).replace(",", "")).is_finite()
    except ArithmeticError:
        return False
