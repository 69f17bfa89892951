"""The ribbon's buttons: `press` is what the VBA of the workbooks calls, by the control's id."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import xlwings as xw

from macros.actions import BY_ID
from macros.excel import files, formulas
from macros.excel.session import Session, kept
from macros.host import outcome
from macros.shared import SHARED
from macros.windows.checkup import checkup, report
from macros.windows.machine import this_machine

_ATTEMPTS = 100_000
"""How often xlwings repeats a call that Excel rejects, some ten seconds; by default it never gives up."""


def press(action_id: str) -> None:
    """Run the action of a button on the active workbook and say how it went; no error goes further than this."""
    session = _session(action_id)
    # Otherwise Excel says that it waits for another program, over and over, while work lasts or a box is unread.
    with kept(session.app, {"display_alerts": False}):
        told = outcome(_ACTIONS[action_id], session)
        session.tell("\n".join([told, *session.remarks]))


def reconnect() -> None:
    """Re-enter our formulas that did not resolve when the workbook was opened; without a word to the clerk."""
    outcome(formulas.reconnect, _session("repair"))


def _session(action_id: str) -> Session:
    """The action's session on the workbook that Excel has just handed over."""
    book = xw.Book.caller()
    xw._xlwindows.N_COM_ATTEMPTS = _ATTEMPTS  # type: ignore[attr-defined] # there on Windows only
    # Held any longer, the workbook would keep Excel from ending after its last window was closed.
    xw._xlwindows.BOOK_CALLER = None  # type: ignore[attr-defined] # there on Windows only
    return Session(book, BY_ID[action_id].caption)


def _checkup(_session: Session) -> str:
    return "\n".join(report(checkup(this_machine())))


_ACTIONS: Mapping[str, Callable[[Session], str]] = {
    **SHARED,
    "import_returned": files.import_returned,
    "repair": formulas.repair,
    "checkup": _checkup,
}
