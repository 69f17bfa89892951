"""What an action does with the clerk: questions, progress on the status bar, Esc, and the message at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import xlwings as xw

_PICK_FILE, _PICK_FOLDER = 3, 4  # msoFileDialogFilePicker, msoFileDialogFolderPicker
_TEXT = 2  # what Application.InputBox is to give
_CHOSEN = -1
_ESCAPE = 0x1B
_PRESSED_SINCE = 0x8001  # down now, or pressed since it was last asked for


class Cancelled(Exception):
    """The clerk cancelled; nothing was written."""


class Session:
    """One press of a button, in the Excel it was pressed in."""

    def __init__(self, app: xw.App, title: str) -> None:
        self.app = app
        self.title = title

    @contextmanager
    def working(self) -> Iterator[None]:
        """Keep the screen still and the calculation waiting; whatever happens, Excel is left as it was found."""
        quiet: Mapping[str, object] = {"screen_updating": False, "enable_events": False, "calculation": "manual"}
        _escape_pressed()  # what was pressed before does not count
        try:
            with self.app.properties(**quiet):
                yield
        finally:
            self.app.status_bar = False

    def progress(self, done: int, total: int, now: str) -> None:
        """Show how far the work is; `Cancelled` if Esc was pressed."""
        if _escape_pressed():
            raise Cancelled
        self.app.status_bar = f"{self.title}：{done}/{total} {now}　（按 Esc 取消）"

    def tell(self, message: str) -> None:
        """Show a message and wait until it is read."""
        self.app.alert(message, self.title)

    def confirm(self, question: str) -> None:
        """Ask; `Cancelled` if the answer is no."""
        if self.app.alert(question, self.title, buttons="ok_cancel") != "ok":
            raise Cancelled

    def ask_folder(self, prompt: str) -> Path:
        """A folder the clerk chooses; `Cancelled` if none."""
        return self._ask_path(_PICK_FOLDER, prompt)

    def ask_file(self, prompt: str) -> Path:
        """A file the clerk chooses; `Cancelled` if none."""
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
        """A text the clerk types or accepts; `Cancelled` if none."""
        answer = self.app.api.InputBox(question, self.title, default, Type=_TEXT)
        if not isinstance(answer, str):
            raise Cancelled
        return answer


def _escape_pressed() -> bool:
    if sys.platform != "win32" and "win32api" not in sys.modules:
        return False
    import win32api

    return bool(win32api.GetAsyncKeyState(_ESCAPE) & _PRESSED_SINCE)
