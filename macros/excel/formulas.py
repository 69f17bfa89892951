"""修复公式 in the workbook that is open: our formulas that did not resolve are mended and entered again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import xlwings as xw

from macros.excel.open_book import content_of, grid
from macros.excel.session import Session
from macros.host import list_apart
from macros.repair import NAMES, repair_formulas
from xladdin.words import CELL, FORMULA, FORMULA_REPAIR, SHEET
from xladdin.workbook.cells import CellError, cell_name
from xladdin.workbook.repair.formulas import repaired
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet

_NO_SUCH_NAME = CellError("#NAME?")
_SHOWN = 10
"""Cells that a message has room for."""


@dataclass(frozen=True)
class Mended:
    """One cell: its formula before and after; the same where it only had to be entered again."""

    sheet: str
    cell: str
    before: str
    after: str


def repair(session: Session) -> str:
    """Mend every formula of ours and list the cells in a new workbook."""
    with session.working():
        name = session.book.name
        mended, protected, refused = _mend(session)
        is_listed = bool(mended) and list_apart(session, _listed(name, mended))
    where = "已列在新工作簿里" if is_listed else "Excel 没有让清单写出来"
    lines = [f"修复了 {len(mended)} 个公式，{where}。" if mended else "没有需要修复的公式。"]
    if protected:
        lines.append(f"受保护、没有改动的工作表：{'、'.join(protected)}。请先在“审阅”里撤消工作表保护，再按一次。")
    if refused:
        shown = "、".join(f"{one.sheet}!{one.cell}" for one in refused[:_SHOWN])
        lines.append(
            f"Excel 不让改的公式 {len(refused)} 个，没有改动：{shown}{'等' if len(refused) > _SHOWN else ''}。请再按一次。"
        )
    return "\n".join(lines)


def reconnect(session: Session) -> str:
    """The same without the list, for a workbook that was just opened."""
    with session.working():
        mended, _protected, _refused = _mend(session)
    return f"{len(mended)}"


def _mend(session: Session) -> tuple[list[Mended], list[str], list[Mended]]:
    """What was mended, the protected sheets, and what Excel did not take.

    All are found before the first is mended: until then nothing has changed, and the work can be cancelled.
    """
    sheets = list(session.book.sheets)
    found: list[tuple[xw.Sheet, list[Mended]]] = []
    protected: list[str] = []
    for step, sheet in enumerate(sheets):
        session.progress(step, len(sheets), sheet.name)
        if cells := _broken(sheet):
            if sheet.api.ProtectContents:
                protected.append(cells[0].sheet)
            else:
                found.append((sheet, cells))
    mended: list[Mended] = []
    refused = []
    as_formula2 = bool(found) and _knows_formula2(found[0][0])
    for sheet, cells in found:
        for one in cells:
            try:
                _enter(sheet.range(one.cell), one.after, as_formula2)
            except Exception:  # one cell keeps no other from being mended
                refused.append(one)
            else:
                mended.append(one)
    return mended, protected, refused


def _broken(sheet: xw.Sheet) -> list[Mended]:
    """The formulas of ours that name something else than the function, or show that it is not known."""
    used = sheet.used_range
    texts, values = grid(used.formula), grid(used.raw_value)
    top, left = used.row - 1, used.column - 1
    changes = {(row, column): (before, after) for row, column, before, after in repair_formulas(texts)}
    found = []
    for row, cells in enumerate(texts):
        for column, text in enumerate(cells):
            if text == values[row][column]:  # a text that looks like a formula
                continue
            before, after = changes.get((row, column), (text, text))
            unresolved = content_of(values[row][column]) == _NO_SUCH_NAME and _is_ours(text)
            if (row, column) in changes or unresolved:
                found.append(Mended(sheet.name, cell_name(top + row, left + column), str(before), str(after)))
    return found


def _is_ours(text: object) -> bool:
    return isinstance(text, str) and text.startswith("=") and any(f"{name}(" in repaired(text, NAMES) for name in NAMES)


def _enter(cell: xw.Range, formula: str, as_formula2: bool) -> None:
    if cell.api.HasArray:
        cell.api.CurrentArray.FormulaArray = formula
    elif as_formula2:
        cell.formula2 = formula  # by Formula, newer versions of Excel would put an @ in front
    else:
        cell.formula = formula


def _knows_formula2(sheet: xw.Sheet) -> bool:
    """Whether this Excel has Range.Formula2, which 2016 and 2019 do not have."""
    try:
        # By reading: what is set and is not there, xlwings sets again and again for ever.
        return sheet.range("A1").formula2 is not None
    except Exception:  # COM says in several ways that there is no such member
        return False


def _listed(book: str, mended: Sequence[Mended]) -> ResultSheet:
    columns = (
        Column(SHEET, 14, "centre"),
        Column(CELL, 10, "centre"),
        Column(f"原来的{FORMULA}", 60, "text"),
        Column(f"现在的{FORMULA}", 60, "text"),
    )
    rows: list[list[Content]] = [
        [m.sheet, Cell(m.cell, "centre"), m.before, m.after if m.after != m.before else "（重新录入）"] for m in mended
    ]
    return ResultSheet(FORMULA_REPAIR, f"“{book}”里修复的公式", columns, rows, (f"共 {len(mended)} 个",), filtered=True)
