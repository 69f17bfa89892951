"""The simulated Excel itself, as tests use it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlwings
from pyopenvba.apps.excel import _model
from pyopenvba.apps.excel._engine_book import ERROR_NUMBERS
from pyopenvba.interpreter._objects import VBAObject
from pyopenvba.interpreter._runtime import Interpreter, Slot
from pyopenvba.interpreter._values import VBAErrorValue, error

from tests.macros.excel.simulated import com, desk, files, functions, members, ribbon, speed, windows
from tests.macros.excel.simulated.machine import Machine
from tests.macros.excel.simulated.project import Project

members.add_members()
speed.index_readers()
speed.read_formulas_once()
speed.deflate_with_zlib()
speed.leave_out_controls()

Json = Any
"""What JSON can hold."""

_SETTINGS = ("ScreenUpdating", "EnableEvents", "DisplayAlerts", "Calculation", "StatusBar", "Interactive")

_ERRORS = {number: name for name, number in ERROR_NUMBERS.items()}


class SimulatedExcel:
    """An Excel with nothing open. The latest one made is the one whose screen and keyboard Python's Windows calls reach."""

    def __init__(self, machine: Machine | None = None) -> None:
        self.machine = machine or Machine.configured(version=xlwings.__version__)
        self.desk = desk.Desk()
        self.boundary = com.Boundary()
        self.addins: list[Any] = []
        self.caller: VBAObject | None = None
        self.projects: list[Project] = []
        self.macro_options: dict[str, list[str]] = {}
        """What Application.MacroOptions was told of each function: description, category, descriptions of arguments."""
        self.blocked: set[Path] = set()
        """Files whose macros are not run."""
        self.postponed: list[str] = []
        """Macros that wait for Excel to come to rest."""
        self.flashed: list[str] = []
        """Add-ins that the person in front of the screen saw as workbooks."""
        self.application = _model.Application()
        vars(self.application)["simulated"] = self
        self.application.interpreter = Interpreter()  # the clock; projects have interpreters of their own
        self._dialogs: dict[int, desk.FileDialog] = {}
        windows.connect(self)

    @classmethod
    def open(cls, path: str | Path, *, addin: str | Path | None = None, quietly: bool = False) -> SimulatedExcel:
        """An Excel with an add-in, if one is named, and then this workbook open."""
        excel = cls()
        if addin is not None:
            excel.load_addin(addin)
        excel.open_workbook(path, quietly=quietly)
        return excel

    # --- files

    def load_addin(self, path: str | Path) -> None:
        """Load an add-in, as Excel does at its start: no workbook of it shows, its macros and functions are there."""
        book = files.opened_package(self.application, Path(path).resolve())
        self.addins.append(book)
        self._started(book, Path(path))

    def open_workbook(self, path: str | Path, *, quietly: bool = False, blocked: bool = False) -> str:
        """Open a workbook as a person does; its name.

        `quietly` leaves out the macros that run when a workbook opens. They look at every formula, which takes seconds.
        `blocked` says that Excel lets no macro of it run.
        """
        events = self.application.enable_events
        self.application.enable_events = events and not quietly
        self.blocked |= {Path(path).resolve()} if blocked else set()
        try:
            book = self.application.workbooks_.vba_get("Open", [str(path)])
        finally:
            self.application.enable_events = events
        return str(book.vba_get("Name"))  # type: ignore[attr-defined]

    def new_workbook(self) -> str:
        """A new workbook of one sheet, Sheet1; its name."""
        return str(self.application.workbooks_.vba_get("Add").vba_get("Name"))  # type: ignore[attr-defined]

    def opened(self, path: Path, *, read_only: bool) -> object:
        """Workbooks.Open: read the file, run its macros' Workbook_Open, tell the others."""
        if not path.is_file():
            raise error(1004, f"Sorry, we couldn't find {path}")
        book = files.opened_package(self.application, path)
        vars(book)["read_only"] = read_only
        self.application.workbooks_.books.append(book)
        self.application.activate_book(book)
        self._started(book, path)
        if self.application.enable_events:
            for project in list(self.projects):
                project.tell("WorkbookOpen", book)
        return book

    def _started(self, book: Any, path: Path) -> None:
        project = Project(self, book, path)
        self.projects.append(project)
        functions.register(project)
        if self.application.enable_events:
            project.handle("Workbook_Open")

    def save(self, path: str | Path, *, book: str | None = None) -> None:
        """Write the active workbook, or the one named, to a file, as it stands."""
        files.save_copy(self._book(book), Path(path))

    @property
    def books(self) -> list[str]:
        """The names of the open workbooks, add-ins apart."""
        return [book.name for book in self.application.workbooks_.books]

    @property
    def active(self) -> str | None:
        """The active workbook's name."""
        book = self.application.active_book
        return book.name if book is not None else None

    def activate(self, book: str) -> None:
        """Bring a workbook to the front."""
        self._book(book).vba_get("Activate")

    def close(self, book: str) -> None:
        """Close a workbook, or an add-in as Excel does at its end, without saving it."""
        found = self._book(book)
        if self.application.enable_events:
            for project in self.projects:
                if project.book is found:
                    project.handle("Workbook_BeforeClose", Slot(False))
        if found in self.addins:
            self.addins.remove(found)
        else:
            found.vba_get("Close", [False])

    def wait(self) -> None:
        """Let Excel come to rest: what macros have put off with OnTime is run."""
        while self.postponed:
            self.run_vba(self.postponed.pop(0))

    def sheets(self, book: str | None = None) -> list[str]:
        """The names of a workbook's sheets in order."""
        return [sheet.name for sheet in self._book(book).sheets_]

    # --- cells

    def value(self, where: str) -> Json:
        """What a cell shows the value of, or a block as rows: numbers, texts, errors as "#N/A", dates as ISO texts."""
        return _json(self.range(where).vba_get("Value"))

    def formula(self, where: str) -> Json:
        """A cell's formula, or those of a block as rows."""
        return _json(self.range(where).vba_get("Formula"))

    def text(self, where: str) -> str:
        """What a cell shows, with its number format."""
        return str(self.range(where).vba_get("Text"))

    def number_format(self, where: str) -> Json:
        """The cells' number format; None where they have several."""
        return _json(self.range(where).vba_get("NumberFormat"))

    def get(self, where: str, member: str) -> Json:
        """Any property of the cells: `Interior.Color`, `Font.Bold`, `ColumnWidth`, `Locked`; None where they differ."""
        found: object = self.range(where)
        for name in member.split("."):
            assert isinstance(found, VBAObject), f"{member} ends before {name}"
            found = found.vba_get(name)
        return _json(found)

    def set(self, where: str, value: object) -> None:
        """Type into a cell, or give a block its rows. A protected sheet refuses its locked cells."""
        self.range(where).vba_set("Value", self.boundary.to_vba(value))

    def enter(self, where: str, formula: str) -> None:
        """Type a formula into a cell."""
        self.range(where).vba_set("Formula", formula)

    def select(self, where: str) -> None:
        """Go to a sheet and select cells."""
        cells = self.range(where)
        cells.sheet.vba_get("Activate")  # type: ignore[attr-defined]
        cells.vba_get("Select")

    def range(self, where: str) -> VBAObject:
        """pyOpenVBA's Range: `Sheet!A1`, `[Book.xlsx]Sheet!A1:B2`, or an address on the active sheet."""
        found = re.fullmatch(r"(?:(?:\[(.+?)\])?'?(.+?)'?!)?([^!]+)", where)
        if found is None:
            raise ValueError(f"no address: {where}")
        book = self._book(found[1])
        sheet = book.sheet_named(found[2]) if found[2] else book.active_sheet
        cells = sheet.vba_get("Range", [found[3]])
        assert isinstance(cells, VBAObject)
        return cells

    # --- macros

    def buttons(self) -> list[str]:
        """The ids of the controls that are shown, those of all open files."""
        return [control.id for project in self._loaded() for control in self._controls(project)]

    def press(self, control_id: str) -> None:
        """Press a button of the ribbon: the callback that the file's customUI names for it runs."""
        for project in self._loaded():
            for control in self._controls(project):
                if control.id == control_id and project.path not in self.blocked:
                    project.run(control.on_action, ribbon.RibbonControl(control.id, control.tag))
                    return
        raise LookupError(f"no button {control_id!r} is shown, only {self.buttons()}")

    def run_vba(self, name: str, *given: object) -> object:
        """Run a procedure of any open file, `Procedure` or `Module.Procedure`; what it returns, as VBA has it."""
        for project in self._loaded():
            if project.offers(name.rpartition("!")[2]):
                return project.run(name.rpartition("!")[2], *given)
        raise error(1004, f"Cannot run the macro '{name}'")

    def call(self, name: str, *given: object) -> Json:
        """Run a procedure with plain values, or with `excel.book("…")` and the like; its result as JSON."""
        return _json(self.run_vba(name, *map(self.boundary.to_vba, given)))

    def book(self, name: str | None = None) -> VBAObject:
        """pyOpenVBA's Workbook: the active one or the one named; an add-in by its name too."""
        found = self._book(name)
        assert isinstance(found, VBAObject)
        return found

    def project(self, file: str) -> Project:
        """The VBA project of an open file."""
        return next(project for project in self.projects if project.book.name == file)

    def project_offering(self, function: str, book: object) -> Project | None:
        """Where a function that stands in a cell of this workbook comes from: its own macros, else an add-in's."""
        for project in self.projects:
            if project.book is book and any(name.lower() == function.lower() for name, _, _ in project.wrappers()):
                return project
        for project in self.projects:
            if project.book in self.addins and any(
                name.lower() == function.lower() for name, _, _ in project.wrappers()
            ):
                return project
        return None

    def _loaded(self) -> list[Project]:
        """The projects of what is open, the active workbook's first."""
        present = [one for one in self.projects if one.book in (*self.application.workbooks_.books, *self.addins)]
        return sorted(present, key=lambda one: one.book is not self.application.active_book)

    def _controls(self, project: Project) -> Iterator[ribbon.Control]:
        for control in ribbon.controls(project.path):
            if all(self._shown(project, callback, owner) for callback, owner in control.shown_by):
                yield control

    def _shown(self, project: Project, callback: str, owner: str) -> bool:
        if project.path in self.blocked:
            return True
        answer = Slot(False)  # assigned by the callback
        project.run(callback, ribbon.RibbonControl(owner, ""), answer)
        return bool(answer.get())

    @contextmanager
    def computing(self, cell: VBAObject) -> Iterator[None]:
        """While this cell's formula is computed, it is Application.Caller."""
        before, self.caller = self.caller, cell
        self.boundary.in_function = True
        try:
            yield
        finally:
            self.caller = before
            self.boundary.in_function = before is not None

    # --- the person in front of the screen

    def answer_message(self, *buttons: str) -> None:
        """Prepare answers to the next questions: ok, cancel, yes, no, …. A message with one button needs none."""
        self.desk.answers.extend(buttons)

    def answer_folder(self, path: str | Path) -> None:
        """Prepare the answer to the next folder dialog."""
        self.desk.choose([path])

    def answer_files(self, *paths: str | Path) -> None:
        """Prepare the answer to the next file dialog."""
        self.desk.choose(paths)

    def answer_cancel(self) -> None:
        """Have the next folder or file dialog cancelled."""
        self.desk.choose([])

    def answer_text(self, text: str | None) -> None:
        """Have this typed into the next box for a text; "" accepts what stands there, None cancels."""
        self.desk.texts.append(text)

    def press_escape(self, *, at_poll: int = 1) -> None:
        """Hold Esc down from this poll of the keyboard on, counted from now."""
        self.desk.escape_after = self.desk.polls + at_poll

    def file_dialog(self, kind: int) -> desk.FileDialog:
        """Application.FileDialog: one per kind, which keeps its settings."""
        return self._dialogs.setdefault(kind, desk.FileDialog(self.desk, kind))

    @property
    def messages(self) -> list[desk.Message]:
        """Every message box shown, with its answer."""
        return self.desk.messages

    @property
    def dialogs(self) -> list[desk.Dialog]:
        """Every file dialog shown, with what was chosen."""
        return self.desk.dialogs

    @property
    def status_bar(self) -> list[str | bool]:
        """Every text of the status bar in order; False where it was given back to Excel."""
        return self.desk.status_bar

    @property
    def settings(self) -> dict[str, Json]:
        """Settings of Application as they stand."""
        return {name: _json(self.application.vba_get(name)) for name in _SETTINGS}

    # --- what crossed the border to Python

    @property
    def calls(self) -> list[tuple[str, str, str]]:
        """Every call from Python to Excel in order: ("get" | "set" | "call", type, member).

        Without those of functions that are computed in cells, which are `function_calls`.
        """
        return self.boundary.calls

    @property
    def function_calls(self) -> list[tuple[str, str, str]]:
        """The calls to Excel by functions computed in cells."""
        return self.boundary.function_calls

    def count(self, kind: str, of: str, member: str) -> int:
        """How many of one kind there were."""
        return self.calls.count((kind, of, member))

    @property
    def written(self) -> list[str]:
        """The blocks of cells that Python gave values or formulas, as `Sheet!A1:B2`, in order."""
        return self.boundary.written

    def unmodelled(self, kind: str, path: str) -> list[Json]:
        """What Python put on members without a model: kind "set" or "call", path such as `Worksheet(汇总).PageSetup.Zoom`."""
        return [
            None if kind == "call" else _json(one.value)
            for one in self.boundary.unmodelled.records
            if one.kind == kind and one.path == path
        ]

    def _book(self, name: str | None) -> Any:
        if name is None:
            if self.application.active_book is None:
                raise LookupError("no workbook is open")
            return self.application.active_book
        return self.application.workbooks_.vba_get("Item", [name])


def _json(value: object) -> Json:
    value = _PLAIN.to_python(value) if not isinstance(value, VBAErrorValue) else _ERRORS[value.number]
    return _plain(value)


def _plain(value: Any) -> Json:
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    if isinstance(value, int) and not isinstance(value, bool) and value - com.ERROR_CODE in _ERRORS:
        return _ERRORS[value - com.ERROR_CODE]
    return float(value) if isinstance(value, Decimal) else value


_PLAIN = com.Boundary()
