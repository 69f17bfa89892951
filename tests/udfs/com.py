"""Objects as Excel hands them over through COM, as far as calling a function from a cell touches them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from macros.windows.standins import RANGE, CDispatch

MISSING = -2147352572
"""DISP_E_PARAMNOTFOUND: an optional argument that was left out."""

ERROR_CODES = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
    "#SPILL!": -2146826243,
    "#CALC!": -2146826238,
}


class _Members(CDispatch):
    def __init__(self, **members: object) -> None:
        vars(self).update(members)


class _OleObject:
    """Answers the question which interface this is."""

    iid = RANGE

    def GetTypeInfo(self) -> _OleObject:  # noqa: N802
        return self

    def GetTypeAttr(self) -> _OleObject:  # noqa: N802
        return self


def excel_range(rows: Sequence[Sequence[object]], areas: int = 1, version: str = "") -> Any:
    """A Range: one cell's value is a scalar, several cells' values are a tuple of rows.

    `version` is what its workbook is stamped with.
    """
    single = len(rows) == 1 and len(rows[0]) == 1
    application = _Members(Hwnd=1)
    properties = {"xladdin.version": _Members(Value=version)} if version else {}
    book = _Members(Name="Book1.xlsx", Application=application, CustomDocumentProperties=properties.__getitem__)
    return _Members(
        _oleobj_=_OleObject(),
        Value=rows[0][0] if single else tuple(map(tuple, rows)),
        Row=1,
        Column=1,
        Rows=_Members(Count=len(rows)),
        Columns=_Members(Count=len(rows[0])),
        Address=",".join(["$A$1"] * areas),
        Worksheet=_Members(Name="Sheet1", Parent=book),
    )
