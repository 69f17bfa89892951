"""The ribbon's buttons: `press` is what the VBA of the workbooks calls, by the control's id."""

from __future__ import annotations

import logging
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import xlwings as xw

from macros.actions import BY_ID
from macros.excel import explaining, files, formulas, rounds, scoring
from macros.excel.session import Cancelled, Session
from macros.windows.checkup import checkup, report
from macros.windows.machine import this_machine
from xladdin.issues import Refused

_log = logging.getLogger("macros")

_REJECTED = (-2147418111, -2147417846)
"""What COM says while a cell is being edited or a dialog is open."""


def press(action_id: str) -> None:
    """Run the action of a button on the active workbook and say how it went; no error goes further than this."""
    book = xw.Book.caller()
    session = Session(book.app, BY_ID[action_id].caption)
    session.tell(_outcome(_ACTIONS[action_id], session, book))


def reconnect() -> None:
    """Re-enter our formulas that did not resolve when the workbook was opened; without a word to the clerk."""
    book = xw.Book.caller()
    session = Session(book.app, BY_ID["repair"].caption)
    _outcome(formulas.reconnect, session, book)


def _checkup(_session: Session, _book: xw.Book) -> str:
    return "\n".join(report(checkup(this_machine())))


_ACTIONS: Mapping[str, Callable[[Session, xw.Book], str]] = {
    "make_targets": rounds.make_targets,
    "make_templates": files.make_templates,
    "distribute": files.distribute_forms,
    "make_evaluations": rounds.make_evaluations,
    "track_round": rounds.track_round,
    "compare": rounds.compare,
    "import_returned": files.import_returned,
    "check": scoring.check,
    "consolidate": scoring.consolidate_book,
    "explain": explaining.explain,
    "seal_round": rounds.seal,
    "correct": rounds.correct,
    "repair": formulas.repair,
    "checkup": _checkup,
}


def _outcome(action: Callable[[Session, xw.Book], str], session: Session, book: xw.Book) -> str:
    try:
        return action(session, book)
    except Cancelled:
        return "已取消，没有写入任何内容。"
    except Refused as error:
        return str(error)
    except OSError as error:
        return f"文件操作失败：{error.filename or ''} {error.strerror or error}"
    except Exception as error:
        if getattr(error, "hresult", None) in _REJECTED:
            return "Excel 正忙：请先按 Enter 结束单元格编辑、关闭打开的对话框，再按一次。"
        _log.exception("%s failed", session.title)
        return f"没有完成：程序出错。请把文件 {_written_down()} 和这个工作簿发给维护人员。"


def _written_down() -> Path:
    """Where the details of the error in hand are."""
    path = Path(tempfile.gettempdir()) / "finescore-error.txt"
    path.write_text(traceback.format_exc(), encoding="utf-8")
    return path
