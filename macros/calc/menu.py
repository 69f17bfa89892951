"""LibreOffice as the actions see it, and its menu 精细化考核, which offers the shared ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import uno

from macros.actions import BY_ID
from macros.calc.open_document import read_document, read_sheet, source_of
from macros.calc.result_sheets import write_results
from macros.calc.untyped import Uno
from macros.host import Selected, outcome
from macros.schemes import OF_CALC, TELLING
from macros.scoring import SHARED
from xladdin.scheme.book import layout
from xladdin.words import SCHEME_FILE, VERSION_LABEL
from xladdin.workbook.cells import RawBook
from xladdin.workbook.read.reader import SourceFile
from xladdin.workbook.tables import ResultSheet


def press(context: Uno, action_id: str, frame: Uno) -> str:
    """Run the action of a menu entry and give back what to tell the clerk; no error goes further than this."""
    return outcome(MENU[action_id], _Session(context, frame, BY_ID[action_id].caption))


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

    def write(self, sheets: Sequence[ResultSheet], *, shown: str, apart: bool = False) -> None:
        document = self._new_document() if apart else self.document
        blank = document.Sheets.ElementNames[0] if apart else ""
        write_results(document, sheets)
        if blank:
            document.Sheets.removeByName(blank)
        if controller := document.CurrentController:
            controller.setActiveSheet(document.Sheets.getByName(shown))

    def excuse(self, error: Exception) -> str:
        return ""

    def _new_document(self) -> Uno:
        return self._desktop().loadComponentFromURL("private:factory/scalc", "_blank", 0, ())

    def copy(self, url: str) -> Uno:
        """A new document that is not saved yet, with what lies at the address."""
        as_template = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        as_template.Name, as_template.Value = "AsTemplate", True
        return self._desktop().loadComponentFromURL(url, "_blank", 0, (as_template,))

    def _desktop(self) -> Uno:
        return self.context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)


_PRODUCTS_OWN = Path(__file__).parents[2] / "workbook_templates" / SCHEME_FILE
"""The newest scheme as a workbook; the extension carries it, as it has no library that writes one."""

_YEAR_LABEL = layout.document_labels(1)["source.toml", "year"][0]


def _new_scheme(session: _Session) -> str:
    """新建方案: next year's scheme as a new document, from the one that is open, else from the product's own."""
    is_scheme = set(TELLING) <= set(session.document.Sheets.ElementNames) and session.document.hasLocation()
    document = session.copy(session.document.URL if is_scheme else uno.systemPathToFileUrl(str(_PRODUCTS_OWN)))
    sheet = document.Sheets.getByName(layout.DOCUMENT)
    rows = {cells[0]: row for row, cells in enumerate(read_sheet(document, sheet).rows) if cells}
    year, version = (sheet.getCellByPosition(1, rows[label]) for label in (_YEAR_LABEL, VERSION_LABEL))
    if version.String == year.String:
        version.String = f"{year.Value + 1:g}"
    year.Value += 1
    return f"已打开一份 {year.String} 年度的方案，内容是上一年度的。\n请另存为“{SCHEME_FILE}”，再照工作表“{layout.GUIDE}”修改。"


def _export_scheme(session: _Session) -> str:
    """导出方案: the product's own scheme as a new document."""
    session.copy(uno.systemPathToFileUrl(str(_PRODUCTS_OWN)))
    return "已打开程序内的考核方案，需要的请另存。"


MENU: Mapping[str, Callable[[_Session], str]] = {
    **SHARED,
    **dict(zip(OF_CALC, (_new_scheme, _export_scheme), strict=True)),
}
"""The menu's actions by their id in the table of actions."""
