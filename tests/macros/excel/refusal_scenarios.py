"""The ribbon where Excel does not do what is asked of it; each function runs in a process of its own, see `simulated`."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import re
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyopenvba.interpreter._values import EMPTY, MISSING, VBAInt

from tests.macros.excel.ribbon_scenarios import opened, said
from tests.macros.excel.simulated import SimulatedExcel, com, xlwings
from tests.macros.excel.simulated.com import refusal


def old_excel(book: str, addin: str) -> dict[str, Any]:
    """修复公式, then opening the same workbook, in an Excel without Range.Formula2."""
    excel = SimulatedExcel()
    excel.boundary.absent.add(("Range", "formula2"))
    excel.load_addin(addin)
    excel.open_workbook(book, quietly=True)
    own = excel.active
    assert own is not None
    excel.press("repair")
    by_button = excel.formula(f"[{own}]Sheet1!C1:C9")
    excel.close(own)
    excel.open_workbook(book)
    return {"said": said(excel), "by_button": by_button, "by_opening": excel.formula("Sheet1!C1:C9")}


def refused(
    book: str,
    button: str,
    refusals: list[list[Any]],
    addin: str = "",
    protected: list[str] | None = None,
    structure: bool = False,
    answers: list[str] | None = None,
    typed: dict[str, Any] | None = None,
    calls: list[list[Any]] | None = None,
    arrays: dict[str, str] | None = None,
    address: str = "",
    read_only: bool = False,
) -> dict[str, Any]:
    """One button while Excel refuses calls: [kind, type, member, HRESULT, Excel's own code].

    `calls` are members of ranges called before: [range, member, arguments]; `address` is what the workbook's FullName is.
    """
    excel = opened(book, addin)
    own = excel.book()
    for cell, value in (typed or {}).items():
        excel.set(cell, value)
    for where, member, given in calls or []:
        excel.range(where).vba_get(member, given)
    for where, formula in (arrays or {}).items():
        excel.range(where).vba_set("FormulaArray", formula)
    for name in protected or []:
        own.sheet_named(name).vba_get("Protect")  # type: ignore[attr-defined]
    if structure:
        own.vba_get("Protect", [MISSING, True])
    vars(own).update(address=address, read_only=read_only)
    for answer in answers or []:
        excel.answer_folder(answer)
    names = [sheet.name for sheet in own.sheets_]  # type: ignore[attr-defined]
    excel.boundary.refusals.update(
        {(kind, of, member): refusal(hresult, scode) for kind, of, member, hresult, scode in refusals}
    )
    excel.press(button)
    excel.boundary.refusals.clear()
    return {
        "said": said(excel),
        "written": list(excel.written),
        "added": [name for name in excel.sheets(str(own.vba_get("Name"))) if name not in names],
        "settings": excel.settings,
    }


def without_result_sheets(book: str, refusals: list[list[Any]], structure: bool = False) -> dict[str, Any]:
    """汇总排名 of a 考核总表 whose result sheets were deleted, so that they are added anew."""
    excel = opened(book)
    own = excel.book()
    for name in ("汇总", "排名", "校验", "溯源"):
        own.sheet_named(name).vba_get("Delete")  # type: ignore[attr-defined]
    excel.boundary.refusals.update(
        {(kind, of, member): refusal(hresult, scode) for kind, of, member, hresult, scode in refusals}
    )
    if structure:
        own.vba_get("Protect", [MISSING, True])
    excel.press("consolidate")
    return {
        "said": said(excel),
        "written": list(excel.written),
        "added": excel.sheets()[-4:],
        "settings": excel.settings,
        "tall": excel.count("set", "PageSetup", "FitToPagesTall"),
    }


def hidden_ranking(book: str, visible: int, structure: bool) -> dict[str, Any]:
    """汇总排名 of a 考核总表 whose 排名 is hidden (0), or hidden from the menus too (2)."""
    excel = opened(book)
    own = excel.book()
    ranking = own.sheet_named("排名")  # type: ignore[attr-defined]
    ranking.vba_set("Visible", VBAInt(visible))
    if structure:
        own.vba_get("Protect", [MISSING, True])
    excel.press("consolidate")
    return {
        "said": said(excel),
        "visible": int(ranking.vba_get("Visible")),
        "shown": str(own.vba_get("ActiveSheet").vba_get("Name")),  # type: ignore[attr-defined]
        "written": list(excel.written),
    }


def macros_blocked(book: str, addin: str) -> list[Any]:
    """How many buttons 汇总排名 there are where a 考核总表 is open without its macros, and what the add-in's says."""
    excel = SimulatedExcel()
    excel.load_addin(addin)
    excel.open_workbook(book, blocked=True)
    shown = excel.buttons().count("consolidate")
    excel.press("consolidate")
    return [shown, said(excel)]


def second_excel(book: str) -> dict[str, Any]:
    """汇总排名 in an Excel of manual calculation while the same workbook is open in another Excel."""
    other = opened(book)
    excel = opened(book)
    excel.application.vba_set("Calculation", VBAInt(-4135))
    excel.set("黄浦区!I4:J4", [[8, 3]])
    excel.set("黄浦区!I5:J5", [["不适用", ""]])
    excel.press("consolidate")
    return {
        "calculated": excel.count("call", "Application", "Calculate"),
        "calculation": excel.settings["Calculation"],
        "score": excel.value("汇总!B6:B6"),
        "other": [other.calls, other.written],
    }


def tracked_while_open(book: str, folder: str, opened_file: str) -> list[str]:
    """回收进度 twice, the second time with one of its files open; what it says then."""
    excel = opened(book)
    own = excel.active
    excel.answer_folder(folder)
    excel.press("track_round")
    excel.open_workbook(opened_file, quietly=True)
    excel.activate(str(own))
    excel.answer_folder(folder)
    excel.press("track_round")
    return [said(excel)[-1], *excel.books]


def currency(addin: str) -> list[Any]:
    """A number formatted as currency, and a date beside it: as a function sees the one, and as buttons read both."""
    from macros.excel.open_book import read_sheet

    excel = SimulatedExcel()
    excel.load_addin(addin)
    excel.new_workbook()
    excel.set("A1", 75.24995)
    excel.range("A1").vba_set("NumberFormat", "$#,##0.00")
    excel.set("B1", "2023-05-17")
    excel.enter("C1", "=FS_REFERENCE(A1,100,2)")
    excel.enter("D1", "=FS_REFERENCE(A1:A1,100,2)")
    number, date = read_sheet(xlwings.books.active.sheets[0]).rows[0][:2]
    return [
        excel.value("C1"),
        excel.value("D1"),
        number,
        repr(date),
        type(xlwings.books.active.sheets[0]["A1"].raw_value).__name__,
    ]


def sweep(
    book: str,
    button: str,
    most: int,
    codes: list[int],
    addin: str = "",
    select: str = "",
    answers: list[list[str]] | None = None,
    folder: str = "",
) -> dict[str, Any]:
    """One button, pressed once as it is and then anew with one call refused, each time another one.

    Refused are the first and the last call of each kind, or as many of these as `most` says; `codes` are the HRESULT and
    Excel's own number. For each: the call, what was said, whether the workbooks and the files of the folder are as before
    or complete, and whether Excel's settings are as before.
    """
    excel = opened(book, addin)
    if select:
        excel.select(select)
    excel.boundary.failure = refusal(*codes, "refused")
    before, settings = _state(excel, folder), excel.settings
    files = _files(folder)

    def press(fails_at: int) -> list[Any]:
        for kind, value in answers or []:
            match kind:
                case "folder":
                    excel.answer_folder(value)
                case "file":
                    excel.answer_files(value)
                case "text":
                    excel.answer_text(value)
                case "message":
                    excel.answer_message(value)
        excel.calls.clear()
        excel.boundary.fails_at = fails_at
        excel.press(button)
        excel.boundary.fails_at = 0
        return [said(excel), _state(excel, folder), excel.settings, [list(call) for call in excel.calls]]

    def again(fails_at: int) -> Any:
        try:
            return _apart(lambda: press(fails_at))
        finally:
            _restore(folder, files)

    told, complete, left, calls = again(0)
    assert left == settings, left
    kinds: dict[str, list[int]] = {}
    for number, call in enumerate(calls, 1):
        kinds.setdefault(" ".join(call), []).append(number)
    chosen = sorted({(number, call) for call, numbers in kinds.items() for number in (numbers[0], numbers[-1])})
    if most < len(chosen):
        chosen = sorted(random.Random(button).sample(chosen, most))
    refused_calls = []
    for number, call in chosen:
        texts, state, after, _calls = again(number)
        books, written = (
            "before" if was == first else "complete" if was == last else "half"
            for was, first, last in zip(state, before, complete, strict=True)
        )
        refused_calls.append([f"{number} {call}", texts, [books, written], after == settings])
    return {"told": told, "changes": before != complete, "calls": len(calls), "refused": refused_calls}


def _state(excel: SimulatedExcel, folder: str) -> list[str]:
    """What stands in the open workbooks that are no files of the folder, and the folder's files, but for times."""
    held = []
    for name in excel.books:
        book = excel.book(name)
        if folder and book.path == folder:  # type: ignore[attr-defined]
            continue
        for sheet in book.sheets_:  # type: ignore[attr-defined]
            cells = sorted(sheet.cells_.items())
            held.append(
                [
                    name,
                    sheet.name,
                    [
                        [*at, cell.formula, str(cell.value)]
                        for at, cell in cells
                        if cell.formula or cell.value not in (EMPTY, "")
                    ],
                ]
            )
    files = [f"{name} {_whole(data)}" for name, data in _files(folder).items()]
    return [_digest(json.dumps(held, default=str)), _digest(repr(files))]


def _digest(text: str) -> str:
    return hashlib.sha256(re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", "", text).encode()).hexdigest()


def _whole(data: bytes) -> str:
    """A file's contents as a digest; a file that is not whole is not read."""
    if data[:2] != b"PK":
        return _digest(data.decode("utf-8"))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = sorted((name, package.read(name).decode("latin-1")) for name in package.namelist())
    return _digest(repr([(name, re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "", text)) for name, text in parts]))


def _files(folder: str) -> dict[str, bytes]:
    if not folder:
        return {}
    return {str(path): path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()}


def _restore(folder: str, files: dict[str, bytes]) -> None:
    """The folder as it was."""
    if not folder:
        return
    for path in sorted(Path(folder).rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()) and not any(Path(name).is_relative_to(path) for name in files):
                path.rmdir()
        elif str(path) not in files:
            path.unlink()
    for name, data in files.items():
        if not Path(name).is_file() or Path(name).read_bytes() != data:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(data)


def _apart(work: Callable[[], Any]) -> Any:
    """What work returns, done in a process of its own, so that nothing of it remains."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as stream:
            try:
                answer: Any = work()
            except BaseException as error:
                answer = "".join(traceback.format_exception(error))
            json.dump(answer, stream)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        answer = json.load(stream)
    os.waitpid(child, 0)
    assert not isinstance(answer, str), answer
    return answer


def third_sheet_refused(book: str) -> list[Any]:
    """汇总排名, then again after a number was typed, with Excel refusing the third of the result sheets."""
    excel = opened(book)
    excel.press("consolidate")
    excel.set("黄浦区!J60", "是")
    before = [excel.value(f"{name}!A1:M40") for name in ("汇总", "排名", "校验", "溯源")]
    excel.written.clear()
    setting = com.ComObject.__setattr__

    def refusing(self: Any, name: str, value: object) -> None:
        if name == "Formula" and len(excel.written) == 2:
            excel.written.append("refused")
            raise refusal(-2147352567, -2146827284)
        setting(self, name, value)

    com.ComObject.__setattr__ = refusing  # type: ignore[method-assign]
    excel.press("consolidate")
    after = [excel.value(f"{name}!A1:M40") for name in ("汇总", "排名", "校验", "溯源")]
    return [before, after, said(excel)]


def percentages(master: str, formats: dict[str, str]) -> dict[str, str]:
    """What buttons read in cells of these number formats, each of which holds 48."""
    from macros.excel.open_book import read_book

    excel = opened(master)
    for cell, code in formats.items():
        excel.set(f"黄浦区!{cell}", 48)
        excel.range(f"黄浦区!{cell}").vba_set("NumberFormat", code)
    (sheet,) = read_book(xlwings.books.active, ["黄浦区"]).sheets
    return {cell: repr(sheet.rows[int(cell[1:]) - 1][ord(cell[0]) - ord("A")]) for cell in formats}
