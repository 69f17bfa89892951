"""What pyOpenVBA's Excel lacks and the code under test uses, written as its own members are.

`add_members` puts them on its classes, once per process. Each finds the Excel it belongs to through the application.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyopenvba._a1 import MAX_COLUMNS, MAX_ROWS
from pyopenvba.apps.excel import _calc, _io, _model
from pyopenvba.exceptions import VBAUnsupportedError
from pyopenvba.formula._values import ExcelError
from pyopenvba.interpreter._objects import MemberSpec, VBAObject, member, method, setter
from pyopenvba.interpreter._values import EMPTY, MISSING, VBAArray, VBAErrorValue, VBAInt, error, to_bool, to_text
from pyopenvba.interpreter._values import to_integer as to_long

from tests.macros.excel.simulated import files

if TYPE_CHECKING:
    from tests.macros.excel.simulated.excel import SimulatedExcel

OFFICE = "C:\\Program Files\\Microsoft Office\\root\\Office16"

_INTERNATIONAL = {1: 86, 2: 86, 3: ".", 4: ",", 5: ",", 17: "/", 18: ":", 25: "¥"}
"""XlApplicationInternational on a Chinese Windows: country, separators, currency."""

_FILE_FORMATS = {".xlsx": 51, ".xlsm": 52, ".xlam": 55}

_NO_CALLER = 2023

_TEXT = 2
"""Application.InputBox's type of a text."""

_LONGEST_DESCRIPTION = 255
"""What MacroOptions takes."""

_UNRESOLVED = re.compile(r"(?i)!\s*[a-z_][\w.]*\(|\b_xl(?:ud|l|dud)")
"""A call of a function in another file, or one that Excel marked as unknown."""


def simulation(application: Any) -> SimulatedExcel:
    """The Excel an application object belongs to."""
    found: SimulatedExcel = application.simulated
    return found


class _Application(VBAObject):
    """Members of Application."""

    simulated: SimulatedExcel
    status_bar: object
    workbooks_: Any

    @member
    def Visible(self) -> object:  # noqa: N802
        return True

    @member
    def Hwnd(self) -> object:  # noqa: N802
        return VBAInt(1, "Long")

    @member
    def Path(self) -> object:  # noqa: N802
        return OFFICE

    @member
    def Caller(self, Index: object = MISSING) -> object:  # noqa: N802, N803
        """The cell whose formula is being computed; the error #REF! where no formula is."""
        return simulation(self).caller or VBAErrorValue(_NO_CALLER)

    @member
    def International(self, Index: object = MISSING) -> object:  # noqa: N802, N803
        if Index is MISSING:
            return VBAArray([(1, len(_INTERNATIONAL))], items=list(_INTERNATIONAL.values()))
        found = _INTERNATIONAL.get(int(to_long(Index)))
        if found is None:
            raise VBAUnsupportedError(f"Application.International({Index})")
        return VBAInt(found, "Long") if isinstance(found, int) else found

    @member
    def FileDialog(self, fileDialogType: object) -> object:  # noqa: N802, N803
        return simulation(self).file_dialog(int(to_long(fileDialogType)))

    @method
    def InputBox(  # noqa: N802
        self,
        Prompt: object,  # noqa: N803
        Title: object = MISSING,  # noqa: N803
        Default: object = MISSING,  # noqa: N803
        Left: object = MISSING,  # noqa: N803
        Top: object = MISSING,  # noqa: N803
        HelpFile: object = MISSING,  # noqa: N803
        HelpContextID: object = MISSING,  # noqa: N803
        Type: object = MISSING,  # noqa: N803
    ) -> object:
        """A text (Type 2, which it also is by default); False where it was cancelled."""
        if Type is not MISSING and int(to_long(Type)) != _TEXT:
            raise VBAUnsupportedError(f"Application.InputBox of type {Type}")
        shown = ["" if text is MISSING else to_text(text) for text in (Prompt, Title, Default)]
        answer = simulation(self).desk.typed(*shown)
        return False if answer is None else answer

    @member
    def StatusBar(self) -> object:  # noqa: N802
        return self.status_bar

    @setter("StatusBar")
    def set_status_bar(self, value: object) -> None:
        self.status_bar = value
        simulation(self).desk.status_bar.append(value if isinstance(value, bool) else to_text(value))

    @member
    def Interactive(self) -> object:  # noqa: N802
        """Whether the keyboard and the mouse reach Excel."""
        return bool(vars(self).get("interactive", True))

    @setter("Interactive")
    def set_interactive(self, value: object) -> None:
        vars(self)["interactive"] = to_bool(value)

    @member
    def EnableCancelKey(self) -> object:  # noqa: N802
        """What Esc does to a macro: 0 nothing, 1 it interrupts."""
        return VBAInt(int(vars(self).get("cancel_key", 1)), "Long")

    @setter("EnableCancelKey")
    def set_cancel_key(self, value: object) -> None:
        vars(self)["cancel_key"] = int(to_long(value))

    @method
    def CalculateFull(self) -> object:  # noqa: N802
        """Every formula of every open workbook anew."""
        for book in self.workbooks_.books:
            for sheet in book.sheets_:
                for cell in sheet.cells_.values():
                    cell.stale = cell.stale or bool(cell.formula)
            book.calculator.calculate_all()
        return EMPTY

    @method
    def CalculateFullRebuild(self) -> object:  # noqa: N802
        return self.vba_get("CalculateFull")

    @method
    def MacroOptions(  # noqa: N802
        self,
        Macro: object = MISSING,  # noqa: N803
        Description: object = MISSING,  # noqa: N803
        HasMenu: object = MISSING,  # noqa: N803
        MenuText: object = MISSING,  # noqa: N803
        HasShortcutKey: object = MISSING,  # noqa: N803
        ShortcutKey: object = MISSING,  # noqa: N803
        Category: object = MISSING,  # noqa: N803
        StatusBar: object = MISSING,  # noqa: N803
        HelpContextID: object = MISSING,  # noqa: N803
        HelpFile: object = MISSING,  # noqa: N803
        ArgumentDescriptions: object = MISSING,  # noqa: N803
    ) -> object:
        excel = simulation(self)
        name = to_text(Macro)
        book, _, procedure = name.rpartition("!")
        for project in excel.projects:
            if project.book.name == book.strip("'") and project.offers(procedure):
                break
        else:
            raise error(1004, f"Cannot find the macro {name}")
        if project.book in excel.addins:
            raise error(1004, "Cannot edit a macro on a hidden workbook. Unhide the workbook using the Unhide command.")
        arguments = excel.boundary.to_python(ArgumentDescriptions)
        described = [to_text(Description), to_text(Category), *arguments]
        if max(map(len, described)) > _LONGEST_DESCRIPTION:
            raise error(1004, "Method 'MacroOptions' of object '_Application' failed")
        excel.macro_options[name] = described
        return EMPTY

    @method
    def OnTime(  # noqa: N802
        self,
        EarliestTime: object,  # noqa: N803
        Procedure: object,  # noqa: N803
        LatestTime: object = MISSING,  # noqa: N803
        Schedule: object = MISSING,  # noqa: N803
    ) -> object:
        simulation(self).postponed.append(to_text(Procedure))
        return EMPTY

    @method
    def Run(self, Macro: object, *given: object) -> object:  # noqa: N802, N803
        return simulation(self).run_vba(to_text(Macro), *given)


class _Workbooks(VBAObject):
    """Members of Workbooks."""

    application: Any
    books: list[Any]

    @method
    def Open(  # noqa: N802
        self,
        Filename: object,  # noqa: N803
        UpdateLinks: object = MISSING,  # noqa: N803
        ReadOnly: object = MISSING,  # noqa: N803
        Format: object = MISSING,  # noqa: N803
        Password: object = MISSING,  # noqa: N803
        WriteResPassword: object = MISSING,  # noqa: N803
        IgnoreReadOnlyRecommended: object = MISSING,  # noqa: N803
        Origin: object = MISSING,  # noqa: N803
        Delimiter: object = MISSING,  # noqa: N803
        Editable: object = MISSING,  # noqa: N803
        Notify: object = MISSING,  # noqa: N803
        Converter: object = MISSING,  # noqa: N803
        AddToMru: object = MISSING,  # noqa: N803
        Local: object = MISSING,  # noqa: N803
        CorruptLoad: object = MISSING,  # noqa: N803
    ) -> object:
        path = Path(to_text(Filename)).resolve()
        for book in self.books:
            if (Path(book.path) / book.name).resolve() == path and book.path:
                book.vba_get("Activate")
                return book
            if book.name.casefold() == path.name.casefold():
                raise error(1004, f"Excel cannot open two workbooks of the name {path.name} at a time")
        return simulation(self.application).opened(path, read_only=ReadOnly is not MISSING and to_bool(ReadOnly))

    @member(default=True)
    def Item(self, Index: object) -> object:  # noqa: N802, N803
        """By number or name. An add-in is not counted among the workbooks, and is found by its name."""
        if isinstance(Index, str):
            for book in (*self.books, *simulation(self.application).addins):
                if book.name.casefold() == Index.casefold():
                    return book
            raise error(9)
        number = int(to_long(Index))
        if not 1 <= number <= len(self.books):
            raise error(9)
        return self.books[number - 1]


class _Workbook(VBAObject):
    """Members of Workbook."""

    application: Any
    name: str
    path: str
    package: Any
    sheets_: list[Any]
    saved: bool

    @member
    def FullName(self) -> object:  # noqa: N802
        """Where the file lies: on the web if the test has put `address` on the workbook."""
        return vars(self).get("address") or str(Path(self.path) / self.name if self.path else self.name)

    @member
    def IsAddin(self) -> object:  # noqa: N802
        return self in simulation(self.application).addins

    @setter("IsAddin")
    def set_is_addin(self, value: object) -> None:
        """An add-in that is none any more is a workbook as others are, and seen if the screen is kept up to date."""
        excel = simulation(self.application)
        books = self.application.workbooks_.books
        for holder, wanted in ((excel.addins, to_bool(value)), (books, not to_bool(value))):
            if wanted and self not in holder:
                holder.append(self)
            elif not wanted and self in holder:
                holder.remove(self)
        self.saved = False
        if self in books and self.application.screen_updating:
            excel.flashed.append(self.name)

    @member
    def ReadOnly(self) -> object:  # noqa: N802
        return bool(vars(self).get("read_only", False))

    @member
    def FileFormat(self) -> object:  # noqa: N802
        return VBAInt(_FILE_FORMATS.get(Path(self.name).suffix.lower(), 51), "Long")

    @member
    def CustomDocumentProperties(self) -> object:  # noqa: N802
        return files.custom_properties(self)

    @method
    def LinkSources(self, Type: object = MISSING) -> object:  # noqa: N802, N803
        """The files that the workbook's formulas refer to, or Empty."""
        links = files.linked_files(self)
        return VBAArray([(1, len(links))], items=list(links)) if links else EMPTY

    @method
    def BreakLink(self, Name: object, Type: object) -> object:  # noqa: N802, N803
        """The formulas that refer to the file become their values."""
        if not files.broken_link(self, to_text(Name)):
            raise error(1004)
        return EMPTY

    @method
    def Save(self) -> object:  # noqa: N802
        files.save_copy(self, Path(self.path) / self.name)
        self.saved = True
        return EMPTY

    @method
    def SaveCopyAs(self, Filename: object) -> object:  # noqa: N802, N803
        files.save_copy(self, Path(to_text(Filename)))
        return EMPTY

    @method
    def SaveAs(  # noqa: N802
        self,
        Filename: object,  # noqa: N803
        FileFormat: object = MISSING,  # noqa: N803
        Password: object = MISSING,  # noqa: N803
    ) -> object:
        target = Path(to_text(Filename))
        wanted = _FILE_FORMATS.get(target.suffix.lower())
        if FileFormat is not MISSING and wanted != int(to_long(FileFormat)):
            raise error(1004, "This extension can not be used with the selected file type")
        _io.save_workbook(self, target)  # type: ignore[arg-type]
        self.path, self.name, self.saved = str(target.parent), target.name, True
        return EMPTY


class _Range(VBAObject):
    """Members of Range."""

    @method
    def AutoFit(self) -> object:  # noqa: N802
        """Nothing: how wide a text is, only a screen knows."""
        return EMPTY


def _set_formula2(self: Any, value: object) -> None:
    """Range.Formula2 with a block of formulas too."""
    if not isinstance(value, VBAArray):
        _ORIGINAL["formula2"](self, value)
        return
    if value.dimensions != 2:
        raise VBAUnsupportedError("Range.Formula2 set to a flat array")
    (top, _), (left, _) = value.bounds
    for row in range(self.first.rows):
        for column in range(self.first.columns):
            cell = self.vba_get("Cells", [VBAInt(row + 1), VBAInt(column + 1)])
            cell.vba_set("Formula2", value.get([top + row, left + column]))


_ORIGINAL: dict[str, Callable[..., Any]] = {}


def _unresolved_is_name_error(computed: Callable[..., Any]) -> Callable[..., Any]:
    """A calculator that gives #NAME? for a function in a file that is not there, as Excel does."""

    def compute(self: Any, compiled: Any, sheet: str, row: int, column: int) -> object:
        try:
            return computed(self, compiled, sheet, row, column)
        except VBAUnsupportedError:
            if _UNRESOLVED.search(self.formula_at(sheet, row, column)):
                return ExcelError("#NAME?")
            raise

    return compute


def _rows_as_ranges(collection: Any) -> None:
    """Give `rng.Rows` and `rng.Columns`, which are Ranges in Excel, the members of one."""

    def through(spec: MemberSpec) -> MemberSpec:
        def get(self: Any, *given: object) -> object:
            return self.target.vba_get(spec.name, given)

        def put(self: Any, value: object) -> None:
            self.target.vba_set(spec.name, value)

        return dataclasses.replace(spec, getter=get, setter=put if spec.settable else None, ref_setter=None)

    for name, spec in _model.Range._vba_members.items():
        if name not in collection._vba_members:
            collection._vba_members[name] = through(dataclasses.replace(spec, default=False))


def _bounded(self: Any) -> Any:
    """The block that reading goes through: all of it, but for whole rows and columns, of which what is used."""
    area = self.first
    return _ORIGINAL["bounded"](self) if area.rows >= MAX_ROWS or area.columns >= MAX_COLUMNS else area


def add_members() -> None:
    """Put all of this on pyOpenVBA's classes."""
    added: dict[type[VBAObject], type[VBAObject]] = {
        _model.Application: _Application,
        _model.Workbooks: _Workbooks,
        _model.Workbook: _Workbook,
        _model.Range: _Range,
    }
    for owner, additions in added.items():
        owner._vba_members.update(additions._vba_members)
    spec = _model.Range._vba_members["formula2"]
    if spec.setter is None:
        raise RuntimeError("pyopenvba's Range.Formula2 is not as expected")
    _ORIGINAL["formula2"] = spec.setter
    _model.Range._vba_members["formula2"] = dataclasses.replace(spec, setter=_set_formula2)
    _ORIGINAL["bounded"] = _model.Range.bounded
    _model.Range.bounded = _bounded  # type: ignore[method-assign]
    for collection in (_model.RowsOf, _model.ColumnsOf):
        _rows_as_ranges(collection)
    _calc.Calculator._computed = _unresolved_is_name_error(_calc.Calculator._computed)  # type: ignore[method-assign]
