"""The VBA project of a file, run by pyOpenVBA's interpreter: one interpreter per project, as Excel keeps them apart.

The source runs as it stands in the file, but for what the interpreter does not read: file statements become calls
(`machine`), `WithEvents` is noted and left out, declarations of the DLL functions that are supplied are dropped.
"""

from __future__ import annotations

import re
import traceback
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlwings.com_server
from pyopenvba import ExcelFile
from pyopenvba.apps.excel._bridge import ExcelBridge
from pyopenvba.exceptions import PyOpenVBAError
from pyopenvba.interpreter import _ast as syntax
from pyopenvba.interpreter._intrinsics import INTRINSICS
from pyopenvba.interpreter._objects import MemberSpec, VBAObject
from pyopenvba.interpreter._parse import parse_module
from pyopenvba.interpreter._runtime import UNRESOLVED, Interpreter, ModuleRuntime, UserClassInstance
from pyopenvba.interpreter._values import NOTHING, VBAInt, error, to_integer, to_text
from pyopenvba.vba import VBAModuleKind

from macros.windows.standins import Wrapped
from tests.macros.excel.simulated.com import Boundary, NotSimulated, PythonObject
from tests.macros.excel.simulated.desk import Unanswered
from tests.macros.excel.simulated.machine import Shell, vba_functions

if TYPE_CHECKING:
    from tests.macros.excel.simulated.excel import SimulatedExcel

WRAPPERS = ("finescorefunctions", "xlwings_udfs")
"""The module of a file whose public functions can stand in cells: ours, or the one that xlwings writes."""

_SERVER_GONE = -2147023170

_END = -1
"""The mode in which xlwings' DLL ends a server."""

_WITH_MACROS = (".xlsm", ".xlam")

_SUPPLIED = {"loadlibrary", "xlpydllactivateauto"}
"""Functions of DLLs that are supplied here."""

_ACTIVATION = """Attribute VB_Name = "SimulatedLibrary"
Public Function XLPyDLLActivateAuto(ByRef Result As Variant, Optional ByVal Config As String = "", _
                                    Optional ByVal mode As Long = 1) As Long
    Set Result = SimulatedPython(Config, mode)
    If Result Is Nothing Then
        Result = "Could not activate Python COM server"
        XLPyDLLActivateAuto = 1
    End If
End Function
"""

_REWRITTEN: tuple[tuple[str, str], ...] = (
    # A comment behind a directive is not read.
    (r"^([ \t]*#(?:Const|If|ElseIf|Else|End If)\b[^'\r\n]*?)[ \t]*'[^\r\n]*", r"\1"),
    # A text compared with True: VBA converts it, the interpreter does not.
    (r'GetConfig\(("[^"]+"), False\) = True', r"CBool(GetConfig(\1, False)) = True"),
    (r"^([ \t]*)Open (.+?) For Input As #?(\w+)", r"\1SimulatedOpen \2, \3"),
    (r"^([ \t]*)Line Input #(\w+), (\w+)", r"\1\3 = SimulatedLineInput(\2)"),
    (r"^([ \t]*)Input #(\w+), (\w+), (\w+)", r"\1\3 = SimulatedInput(\2): \4 = SimulatedInput(\2)"),
    (r"^([ \t]*)Close #?(\w+)", r"\1SimulatedClose \2"),
    (r"^([ \t]*)Kill (\S+)", r"\1SimulatedKill \2"),
)

_WITH_EVENTS = re.compile(r"(?im)^([ \t]*(?:Private|Public|Dim)[ \t]+)WithEvents[ \t]+(\w+)")


def readable(source: str) -> tuple[str, frozenset[str]]:
    """Source as the interpreter reads it, and the names of the variables that events are sent to."""
    for pattern, replacement in _REWRITTEN:
        source = re.sub(pattern, replacement, source, flags=re.MULTILINE)
    sinks = frozenset(name.lower() for _, name in _WITH_EVENTS.findall(source))
    return _WITH_EVENTS.sub(r"\1\2", source), sinks


class _Interpreter(Interpreter):
    """One project's interpreter, with the dialogs, shell and files of the simulated computer."""

    def __init__(self, bridge: _Bridge, excel: SimulatedExcel) -> None:
        super().__init__(bridge)
        self.excel = excel
        self.instances: weakref.WeakSet[UserClassInstance] = weakref.WeakSet()
        self._intrinsics = {
            **INTRINSICS,
            **vba_functions(excel.machine),
            "simulatedpython": bridge.project.activate_python,
        }

    def show_message(self, prompt: str, style: int, title: str) -> object:
        return VBAInt(self.excel.desk.asked("MsgBox", prompt, title, style), "Integer")

    def ask_for_input(self, prompt: str, title: str, default: str) -> object:
        raise Unanswered(f"InputBox: {prompt}")

    def create(self, type_name_: str) -> object:
        made = super().create(type_name_)
        if isinstance(made, UserClassInstance):
            self.instances.add(made)
        return made


class _Bridge(ExcelBridge):
    """Excel as this project sees it: ThisWorkbook and the sheets' code names are its own file's."""

    def __init__(self, project: Project) -> None:
        super().__init__(project.excel.application)
        self.project = project

    def global_object(self, name: str) -> object:
        if name == "xlpy" and self.project.python is not None:
            return self.project.python
        book = self.project.book
        if name in ("thisworkbook", book.code_name.lower()):
            return book
        for sheet in book.sheets_:
            if name and sheet.code_name.lower() == name:
                return sheet
        return super().global_object(name) if name == "application" else UNRESOLVED

    def call_global(self, name: str, args: list[object], named: dict[str, object]) -> object:
        if name.lower() == "thisworkbook":
            return self.project.book
        return super().call_global(name, args, named)

    def create(self, type_name_: str) -> object:
        if type_name_.lower() == "wscript.shell":
            return Shell(self.project.excel.machine, self.project.excel.desk)
        return super().create(type_name_)


class Killed(BaseException):
    """Python's process ended in the middle of a call: nothing of it runs any more, no `finally` either."""


class PythonServer(VBAObject):
    """xlwings' COM server, as its DLL hands it to VBA: every call goes to the real `XLPython`."""

    vba_type_name = "XLPython"

    def __init__(self, boundary: Boundary) -> None:
        self.boundary = boundary
        self.server = xlwings.com_server.XLPython()
        self.calls: list[str] = []

    def vba_member(self, name: str) -> MemberSpec | None:
        for public in self.server._public_methods_:
            if public.lower() == name.lower():
                return MemberSpec(public, "method", varargs=True)
        return None

    def vba_get(self, name: str, args: Any = (), named: Any = None) -> object:
        spec = self.vba_member(name)
        if spec is None:
            raise error(438)
        self.calls.append(spec.name)
        given = [self.boundary.to_python(one) for one in args]
        try:
            result = getattr(self.server, spec.name)(*given)
        except Killed as failure:
            raise error(_SERVER_GONE, "The remote procedure call failed.") from failure
        except Exception as failure:
            raise error(1000, _python_error(failure)) from failure
        return PythonObject(result) if isinstance(result, Wrapped) else self.boundary.to_vba(result)


def _python_error(failure: Exception) -> str:
    """An exception as pywin32's server tells it to the caller."""
    return "Unexpected Python Error: " + "".join(traceback.format_exception(failure))


class Project:
    """A file's VBA project, loaded. `unread` are the modules that the interpreter cannot parse, with the reason."""

    def __init__(self, excel: SimulatedExcel, book: Any, path: Path) -> None:
        self.excel = excel
        self.book = book
        self.path = path
        self.python: PythonServer | None = None
        self._ways: list[tuple[ModuleRuntime, Any]] = []
        self.interpreter = _Interpreter(_Bridge(self), excel)
        self.unread: dict[str, str] = {}
        self._sinks: dict[str, frozenset[str]] = {}
        self._load()

    def _load(self) -> None:
        if self.path.suffix.lower() not in _WITH_MACROS or self.path in self.excel.blocked:
            return
        with ExcelFile(self.path) as file:
            project = file.vba_project() if file.has_vba_project() else None
            modules = [(one.name, one.kind, one.source) for one in project.modules] if project else []
        for name, kind, source in modules:
            owner = self.interpreter.host.global_object(name.lower())
            document = kind is not VBAModuleKind.standard and isinstance(owner, VBAObject)
            role = "document" if document else "standard" if kind is VBAModuleKind.standard else "class"
            text, sinks = readable(source)
            try:
                runtime = self._add(text, name, role)
            except PyOpenVBAError as failure:
                self.unread[name] = str(failure)
                continue
            self._sinks[runtime.name.lower()] = sinks
            if document:
                assert isinstance(owner, VBAObject)
                self.interpreter.instances.add(self.interpreter.bind_document(name, owner))
        self._add(_ACTIVATION, "SimulatedLibrary", "standard")

    def _add(self, source: str, name: str, kind: str) -> ModuleRuntime:
        parsed = parse_module(source, name=name, kind=kind)
        parsed.name = name
        parsed.declares = [one for one in parsed.declares if one.name.lower() not in _SUPPLIED]
        for procedure in parsed.procedures:
            _hoist_handlers(procedure)
        runtime = ModuleRuntime(parsed, self.interpreter)
        self.interpreter.modules[name.lower()] = runtime
        return runtime

    # --- running

    def offers(self, name: str) -> bool:
        """Whether there is such a procedure, `Module.Procedure` or `Procedure`, in a standard module."""
        module, _, procedure = name.rpartition(".")
        if module and module.lower() not in self.interpreter.modules:
            return False
        return self.interpreter.find_procedure(procedure, module)[0] is not None

    def run(self, name: str, *given: object) -> object:
        """Run a procedure."""
        return self.interpreter.run(name, given)

    def handle(self, event: str, *given: object) -> None:
        """Run the workbook's own handler of an event, `Workbook_Open`, if its module has one."""
        document = self.book.vba_document
        procedure = document.module.procedure(event) if document is not None else None
        if procedure is not None:
            self.interpreter.call(procedure, document.module, list(given), {}, me=document)

    def tell(self, event: str, *given: object) -> None:
        """Send an event of Application to the variables declared WithEvents that hold it."""
        for instance in list(self.interpreter.instances):
            for sink in self._sinks.get(instance.module.name.lower(), ()):
                holder = instance.variables.get(sink)
                procedure = instance.module.procedure(f"{sink}_{event}")
                if holder is not None and holder.get() is self.excel.application and procedure is not None:
                    self.interpreter.call(procedure, instance.module, list(given), {}, me=instance)

    def wrappers(self) -> Iterator[tuple[str, int, int | None]]:
        """The functions for cells: name, fewest and most arguments (None: any number)."""
        module = self.interpreter.modules.get(self.wrapper_module())
        for procedures in module.procedures.values() if module else ():
            for one in procedures:
                if one.kind == "function" and one.scope != "private":
                    several = bool(one.params) and one.params[-1].param_array
                    required = [each for each in one.params if not each.optional and not each.param_array]
                    yield one.name, len(required), None if several else len(one.params)

    def wrapper_module(self) -> str:
        """The name of the module of functions for cells; empty if the file has none."""
        return next((name for name in WRAPPERS if name in self.interpreter.modules), "")

    def activate_python(self, _run: object, given: list[object], _named: object) -> object:
        """What xlwings' DLL does: start the Python that the command line names, once, and hand out its server.

        From then on `XLPy` is this server without the way through the DLL, which is long for every single cell.
        """
        command, mode = to_text(given[0]), int(to_integer(given[1]))
        if mode == _END:
            assert command in self.excel.machine.server_commands  # the DLL knows a server by its command line
            self.excel.machine.ended += 1
            for project in self.excel.projects:  # one DLL, one server
                project.kill_python()
            return PythonObject(None)
        if mode != 1:
            raise NotSimulated(f"XLPyDLLActivateAuto with mode {mode}")
        self.excel.machine.server_commands.append(command)
        if not self.excel.machine.python_starts:
            return NOTHING
        self.python = PythonServer(self.excel.boundary)
        for module in self.interpreter.modules.values():
            if (way := module.procedures.pop("xlpy", None)) is not None:
                self._ways.append((module, way))
        return self.python

    def kill_python(self) -> None:
        """End this project's Python; the next call goes through the DLL again, which starts another one."""
        self.python = None
        for module, way in self._ways:
            module.procedures["xlpy"] = way
        self._ways.clear()


def _hoist_handlers(procedure: syntax.Procedure) -> None:
    """Let an error handler stand inside an If, as in xlwings' RunPython: the interpreter finds labels outside only.

    What runs from the label on is put, once more, behind the procedure's end.
    """
    exit_word = procedure.kind if procedure.kind in ("sub", "function") else "property"
    body = list(procedure.body)
    for label in sorted(_handlers(body)):
        rest = _from_label(body, label)
        if rest is not None and not any(isinstance(one, syntax.Label) and one.name.lower() == label for one in body):
            procedure.body = [*procedure.body, syntax.ExitStmt(what=exit_word), *rest]


def _handlers(body: list[syntax.Stmt]) -> set[str]:
    found = {one.label.lower() for one in body if isinstance(one, syntax.OnError) and one.label}
    for one in body:
        for nested in _blocks(one):
            found |= _handlers(nested)
    return found


def _from_label(body: list[syntax.Stmt], label: str) -> list[syntax.Stmt] | None:
    for position, one in enumerate(body):
        if isinstance(one, syntax.Label) and one.name.lower() == label:
            return body[position:]
        for nested in _blocks(one):
            rest = _from_label(nested, label)
            if rest is not None:
                return [*rest, *body[position + 1 :]]
    return None


def _blocks(statement: syntax.Stmt) -> list[list[syntax.Stmt]]:
    if isinstance(statement, syntax.If):
        return [*(branch.body for branch in statement.branches), statement.otherwise]
    return []
