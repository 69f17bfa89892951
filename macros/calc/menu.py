"""LibreOffice as the actions see it, and its menu 精细化考核, which offers the shared ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from macros.actions import BY_ID
from macros.calc.open_document import read_document, read_sheet, source_of
from macros.calc.result_sheets import write_results
from macros.calc.untyped import Uno
from macros.host import Selected, outcome
from macros.scoring import SHARED
from xladdin.workbook.cells import RawBook
from xladdin.workbook.read.reader import SourceFile
from xladdin.workbook.tables import ResultSheet


def press(context: Uno, action_id: str, frame: Uno) -> str:
    """Run the action of a menu entry and give back what to tell the clerk; no error goes further than this."""
    return outcome(SHARED[action_id], _Session(context, frame, BY_ID[action_id].caption))


class _Session:
    """One press of a menu entry, in the window it was pressed in: a `Host`."""

    def __init__(self, context: Uno, frame: Uno, title: str) -> None:
        self.context = context
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

    def selected(self) -> Selected | None:
        selected = self.document.CurrentSelection
        if not hasattr(selected, "getRangeAddress"):
            return None
        address = selected.getRangeAddress()
        return Selected(read_sheet(self.document, selected.getSpreadsheet()), address.StartRow, address.StartColumn)

    def write(self, sheets: Sequence[ResultSheet], *, shown: str, apart: bool = False) -> None:
        document = self._new_document() if apart else self.document
        write_results(document, sheets)
        if controller := document.CurrentController:
            controller.setActiveSheet(document.Sheets.getByName(shown))

    def excuse(self, error: Exception) -> str:
        return ""

    def _new_document(self) -> Uno:
        desktop = self.context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)
        return desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
