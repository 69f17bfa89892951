"""Excel as the actions see it: the open workbook, questions, progress on the status bar, Esc, the message at the end."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import xlwings as xw

from macros.excel.open_book import path_of, read_book, read_sheet, source_of
from macros.excel.sheet_writer import all_or_nothing, obstacles, write_sheets
from macros.host import Cancelled, Selected, refuse_unwritable
from xladdin.scheme.book import layout
from xladdin.workbook.cells import RawBook
from xladdin.workbook.read.reader import SourceFile
from xladdin.workbook.tables import ResultSheet

_PICK_FILE, _PICK_FOLDER = 3, 4  # msoFileDialogFilePicker, msoFileDialogFolderPicker
_VISIBLE = -1  # xlSheetVisible
_TEXT = 2  # what Application.InputBox is to give
_CHOSEN = -1
_ESCAPE = 0x1B
_PRESSED_SINCE = 0x8001  # down now, or pressed since it was last asked for


_REJECTED = (-2147418111, -2147417846, -2146777998)
"""What COM says while a cell is being edited or a dialog is open: 0x80010001, 0x8001010A, 0x800AC472."""

_QUIET: Mapping[str, object] = {
    "screen_updating": False,
    "enable_events": False,
    "calculation": "manual",
    "interactive": False,  # a click would have Excel reject what is written
}
"""How Excel is while an action works. Excel's macros put it back too, should Python end before it has."""


@contextmanager
def kept(app: xw.App, settings: Mapping[str, object]) -> Iterator[None]:
    """Settings of Excel for a while; whatever happens, they are then as they were found."""
    found: dict[str, object] = {}
    try:
        for name, value in settings.items():
            found[name] = getattr(app, name)
            setattr(app, name, value)
        yield
    finally:
        for name, value in reversed(found.items()):
            _set(app, name, value)


def _set(app: xw.App, name: str, value: object) -> None:
    """Set it, if need be at a second attempt; where Excel refuses both, the other settings are still to be set."""
    for _attempt in range(2):
        with suppress(Exception):
            setattr(app, name, value)
            return


class _OpenBook:
    """A workbook that is open: an `OpenFile`."""

    def __init__(self, book: xw.Book) -> None:
        self._book = book

    @property
    def is_changed(self) -> bool:
        return not self._book.api.Saved

    def save(self) -> None:
        self._book.save()

    def close(self) -> None:
        self._book.close()


class Session:
    """One press of a button on a workbook open in Excel: a `Host`, and what only Excel's own actions ask for."""

    def __init__(self, book: xw.Book, title: str) -> None:
        self.book = book
        self.app = book.app
        self.title = title
        self.remarks: list[str] = []
        """What is to be said besides how the action went."""

    @contextmanager
    def working(self) -> Iterator[None]:
        """Keep the screen still and the calculation waiting; whatever happens, Excel is left as it was found."""
        _escape_pressed()  # what was pressed before does not count
        try:
            with kept(self.app, _QUIET):
                yield
        finally:
            _set(self.app, "status_bar", False)

    def progress(self, done: int, total: int, now: str) -> None:
        """Show how far the work is; `Cancelled` if Esc was pressed."""
        if _escape_pressed():
            raise Cancelled
        self.app.status_bar = f"{self.title}：{done}/{total} {now}　（按 Esc 取消）"

    def calculate(self) -> None:
        self.app.calculate()

    def source(self) -> SourceFile:
        return source_of(self.book)

    def read(self, names: Iterable[str] | None = None) -> RawBook:
        return read_book(self.book, names, self.progress)

    def beside(self, names: Collection[str]) -> Iterator[tuple[SourceFile, RawBook]]:
        for book in self.app.books:
            if book.name != self.book.name and set(names) <= {sheet.name for sheet in book.sheets}:
                yield source_of(book), read_book(book, layout.SHEETS)

    def selected(self) -> Selected | None:
        selected = self.app.selection
        if selected is None:
            return None
        return Selected(read_sheet(selected.sheet), selected.row - 1, selected.column - 1)

    def write(self, sheets: Sequence[ResultSheet], *, shown: str = "", apart: bool = False) -> None:
        if apart:
            with all_or_nothing() as undo:
                target = self.app.books.add()
                undo.append(target.close)
                self.remarks += write_sheets(target, sheets)
        else:
            target = self.book
            refuse_unwritable(obstacles(target, [sheet.name for sheet in sheets]))
            if target.api.ReadOnly:
                self.remarks.append("这个工作簿是以只读方式打开的，要留下结果请用“另存为”。")
            self.remarks += write_sheets(target, sheets)
        if shown:
            self._show(target.sheets[shown])

    def _show(self, sheet: xw.Sheet) -> None:
        """Bring a sheet to the front, also a hidden one: the clerk has asked for it."""
        try:
            if sheet.api.Visible != _VISIBLE:
                sheet.api.Visible = _VISIBLE
            sheet.activate()
        except Exception:  # what it shows is written all the same
            self.remarks.append(f"结果写在工作表“{sheet.name}”里；它是隐藏的，或 Excel 没有让它显示出来。")

    def opened(self, path: Path) -> _OpenBook | None:
        found = (book for book in self.app.books if book.name == path.name and path_of(book) == path)
        return next(map(_OpenBook, found), None)

    def show_file(self, path: Path) -> str:
        try:
            named_alike = any(book.name.casefold() == path.name.casefold() for book in self.app.books)
            if named_alike and self.opened(path) is None:
                return "\n（已有同名的工作簿打开着，没有打开它。）"
            self.app.books.open(str(path))
        except Exception:  # it is written all the same
            return "\n（Excel 没有打开它，请自己打开。）"
        return ""

    def excuse(self, error: Exception) -> str:
        details = getattr(error, "excepinfo", None) or ()
        if any(code in _REJECTED for code in (getattr(error, "hresult", None), *details)):
            return "Excel 正忙：请先按 Enter 结束单元格编辑、关闭打开的对话框，再按一次。"
        return ""

    def tell(self, message: str) -> None:
        """Show a message and wait until it is read."""
        self.app.alert(message, self.title)

    def confirm(self, question: str) -> None:
        if self.app.alert(question, self.title, buttons="ok_cancel") != "ok":
            raise Cancelled

    def ask_folder(self, prompt: str) -> Path:
        return self._ask_path(_PICK_FOLDER, prompt)

    def ask_file(self, prompt: str) -> Path:
        return self._ask_path(_PICK_FILE, prompt)

    def _ask_path(self, kind: int, prompt: str) -> Path:
        dialog = self.app.api.FileDialog(kind)
        dialog.Title = prompt
        if kind == _PICK_FILE:
            dialog.AllowMultiSelect = False
        if dialog.Show() != _CHOSEN:
            raise Cancelled
        return Path(str(dialog.SelectedItems(1)))

    def ask_text(self, question: str, default: str) -> str:
        answer = self.app.api.InputBox(question, self.title, default, Type=_TEXT)
        if not isinstance(answer, str):
            raise Cancelled
        return answer


def _escape_pressed() -> bool:
    if sys.platform != "win32" and "win32api" not in sys.modules:
        return False
    import win32api

    return bool(win32api.GetAsyncKeyState(_ESCAPE) & _PRESSED_SINCE)
