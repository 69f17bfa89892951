"""LibreOffice as the actions see it, and its menu 精细化考核, which offers the shared ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uno

from macros.actions import BY_ID
from macros.calc.asking import agreed, typed_answer
from macros.calc.open_document import read_document, read_sheet, source_of
from macros.calc.result_sheets import write_results
from macros.calc.untyped import Uno
from macros.host import Cancelled, Selected, outcome
from macros.shared import SHARED
from xladdin.scheme.book import layout
from xladdin.workbook.cells import RawBook
from xladdin.workbook.read.reader import SourceFile
from xladdin.workbook.tables import ResultSheet


def press(context: Uno, action_id: str, frame: Uno, arguments: Sequence[Uno]) -> str:
    """Run the action of a menu entry and give back what to tell the clerk; no error goes further than this.

    A macro that presses for somebody hands over the answers to the questions, in their order, each as an argument `Answer`.
    """
    answers = iter([argument.Value for argument in arguments if argument.Name == "Answer"])
    return outcome(SHARED[action_id], _Session(context, frame, BY_ID[action_id].caption, answers))


class _OpenDocument:
    """A document that is open: an `OpenFile`."""

    def __init__(self, document: Uno) -> None:
        self._document = document

    @property
    def is_changed(self) -> bool:
        return bool(self._document.isModified())

    def save(self) -> None:
        self._document.store()

    def close(self) -> None:
        """Nothing: the window may be the one in which the menu was opened. What is written is loaded anew in it."""

    def load_anew(self, dispatcher: Uno) -> None:
        """Show what now lies on the disk, in the same window."""
        dispatcher.executeDispatch(self._document.CurrentController.Frame, ".uno:Reload", "", 0, ())


class _Session:
    """One press of a menu entry, in the window it was pressed in: a `Host`."""

    def __init__(self, context: Uno, frame: Uno, title: str, answers: Iterator[str]) -> None:
        self.context = context
        self.answers = answers
        self.frame = frame
        self.title = title
        self.document = frame.getController().getModel()
        self.indicator: Uno = None

    @contextmanager
    def working(self) -> Iterator[None]:
        self.indicator = self.frame.createStatusIndicator()
        self.indicator.start(self.title, 1)
        try:
            yield
        finally:
            self.indicator.end()

    def progress(self, done: int, total: int, now: str) -> None:
        self.indicator.setText(f"{self.title}：{done}/{total} {now}")

    def calculate(self) -> None:
        self.document.calculate()

    def source(self) -> SourceFile:
        return source_of(self.document)

    def read(self, names: Iterable[str] | None = None) -> RawBook:
        return read_document(self.document, names, self.progress)

    def beside(self, names: Collection[str]) -> Iterator[tuple[SourceFile, RawBook]]:
        for document in self._desktop().Components:
            is_other = document.supportsService("com.sun.star.sheet.SpreadsheetDocument") and document != self.document
            if is_other and set(names) <= set(document.Sheets.ElementNames):
                yield source_of(document), read_document(document, layout.SHEETS)

    def selected(self) -> Selected | None:
        selected = self.document.CurrentSelection
        if not hasattr(selected, "getRangeAddress"):
            return None
        address = selected.getRangeAddress()
        return Selected(read_sheet(self.document, selected.getSpreadsheet()), address.StartRow, address.StartColumn)

    def write(self, sheets: Sequence[ResultSheet], *, shown: str = "", apart: bool = False) -> None:
        document = self._new_document() if apart else self.document
        blank = document.Sheets.ElementNames[0] if apart else ""
        write_results(document, sheets)
        if blank:
            document.Sheets.removeByName(blank)
        if shown and (controller := document.CurrentController):
            controller.setActiveSheet(document.Sheets.getByName(shown))

    def opened(self, path: Path) -> _OpenDocument | None:
        for document in self._desktop().Components:
            if document.supportsService("com.sun.star.sheet.SpreadsheetDocument") and path.as_uri() == document.URL:
                return _OpenDocument(document)
        return None

    def show_file(self, path: Path) -> str:
        try:
            if open_file := self.opened(path):
                open_file.load_anew(self._service("com.sun.star.frame.DispatchHelper"))
            else:
                self._desktop().loadComponentFromURL(path.as_uri(), "_blank", 0, ())
        except Exception:  # it is written all the same
            return "\n（LibreOffice 没有打开它，请自己打开。）"
        return ""

    def ask_folder(self, prompt: str) -> Path:
        return self._chosen("FolderPicker", prompt, lambda picker: picker.getDirectory())

    def ask_file(self, prompt: str) -> Path:
        return self._chosen("FilePicker", prompt, lambda picker: picker.getSelectedFiles()[0])

    def _chosen(self, kind: str, prompt: str, choice: Callable[[Uno], str]) -> Path:
        """What the clerk chooses in a dialog of LibreOffice, which begins where the document lies."""
        address = next(self.answers, None)
        if address is None:
            picker = self._service(f"com.sun.star.ui.dialogs.{kind}")
            picker.setTitle(prompt)
            if self.document.hasLocation():
                picker.setDisplayDirectory(self.document.URL.rpartition("/")[0])
            address = choice(picker) if picker.execute() else ""
        if not address:
            raise Cancelled
        return Path(uno.fileUrlToSystemPath(address) if "://" in address else address)

    def ask_text(self, question: str, default: str) -> str:
        given = next(self.answers, None)
        return typed_answer(self.context, self.frame, self.title, question, default) if given is None else given

    def confirm(self, question: str) -> None:
        given = next(self.answers, None)
        if not (agreed(self.frame, self.title, question) if given is None else given):
            raise Cancelled

    def excuse(self, error: Exception) -> str:
        return ""

    def _new_document(self) -> Uno:
        return self._desktop().loadComponentFromURL("private:factory/scalc", "_blank", 0, ())

    def _desktop(self) -> Uno:
        return self._service("com.sun.star.frame.Desktop")

    def _service(self, name: str) -> Uno:
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)
