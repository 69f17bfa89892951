"""The same round by the ribbon's buttons, in the Excel in memory; each function runs in a process of its own."""

from __future__ import annotations

from typing import Any

from tests.macros.excel.simulated import SimulatedExcel


def opened(book: str, addin: str = "") -> SimulatedExcel:
    return SimulatedExcel.open(book, addin=addin or None, quietly=True)


def told(excel: SimulatedExcel) -> dict[str, Any]:
    """What the person saw: messages, questions, the workbooks that are open, how Excel was left."""
    return {
        "said": [message.text for message in excel.messages],
        "asked": [[q.text, q.default] for q in excel.desk.questions],
        "titles": [dialog.title for dialog in excel.dialogs],
        "books": excel.books,
        "active": excel.active,
        "settings": excel.settings,
        "progress": [text for text in excel.status_bar if isinstance(text, str)],
    }


def pressed(book: str, button: str, addin: str = "", answers: list[list[str]] | None = None) -> dict[str, Any]:
    """A button pressed on a workbook; answers: ["folder", path], ["file", path], ["text", text], ["message", button], ["cancel"]."""
    excel = opened(book, addin)
    for kind, *value in answers or []:
        match kind:
            case "folder":
                excel.answer_folder(value[0])
            case "file":
                excel.answer_files(value[0])
            case "text":
                excel.answer_text(value[0])
            case "message":
                excel.answer_message(value[0])
            case _:
                excel.answer_cancel()
    excel.press(button)
    return told(excel)


def imported_and_consolidated(master: str, folder: str, done: str, answer: str = "") -> dict[str, Any]:
    """导入回收表 of the round's folder into its 考核总表, 汇总排名, saved; `answer` where it asks before it replaces."""
    excel = opened(master)
    excel.answer_message(*filter(None, [answer]))
    excel.answer_folder(folder)
    excel.press("import_returned")
    excel.press("consolidate")
    excel.save(done)
    return {**told(excel), "sheets": excel.sheets()}


def cancelled(book: str, addin: str, button: str, folder: str, at_poll: int) -> dict[str, Any]:
    """A button pressed, and Esc while it works."""
    excel = opened(book, addin)
    excel.answer_folder(folder)
    excel.press_escape(at_poll=at_poll)
    excel.press(button)
    return told(excel)


def noted_and_tracked(tracking: str, addin: str, cell: str, note: str) -> dict[str, Any]:
    """A note typed into 进度 and not saved, then 回收进度 pressed on it."""
    excel = opened(tracking, addin)
    own = excel.active
    excel.set(cell, note)
    excel.press("track_round")
    return {**told(excel), "note": excel.value(f"[{own}]{cell}")}


def compared(before: str, after: str, book: str, addin: str) -> dict[str, Any]:
    """前后变动 of two files; the sheet it writes."""
    excel = opened(book, addin)
    for path in (before, after):
        excel.answer_files(path)
    own = excel.active
    excel.press("compare")
    beside = next(name for name in excel.books if name != own)
    return {**told(excel), "shown": excel.value(f"[{beside}]变动!A1:P24")}


def verified(book: str, addin: str, folder: str) -> dict[str, Any]:
    """核验结果 of a round's folder; the sheet it writes."""
    excel = opened(book, addin)
    excel.answer_folder(folder)
    own = excel.active
    excel.press("verify")
    beside = next(name for name in excel.books if name != own)
    return {**told(excel), "shown": excel.value(f"[{beside}]核验结果!A1:B9")}


def corrected_unsaved(book: str, addin: str, corrections: str, folder: str) -> dict[str, Any]:
    """更正 while 更正单 is open with a change that is not saved."""
    excel = opened(book, addin)
    excel.open_workbook(corrections, quietly=True)
    excel.set("更正单!F5", "再改一下")
    excel.answer_folder(folder)
    excel.press("correct")
    return told(excel)


def imported_twice(master: str, first: str, second: str, done: str) -> dict[str, Any]:
    """导入回收表 of one folder, then of another over it, 汇总排名, saved."""
    excel = opened(master)
    for folder in (first, second):
        excel.answer_folder(folder)
    excel.answer_message("ok")
    excel.press("import_returned")
    excel.press("import_returned")
    excel.press("consolidate")
    excel.save(done)
    return told(excel)
