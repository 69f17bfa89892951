"""What the VBA of the two files does when they are opened and when it starts Python, in the simulated Excel."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from pyopenvba.interpreter._values import VBAInt

from macros.windows.standins import ComError
from tests.macros.excel.simulated import SimulatedExcel, xlwings
from tests.macros.excel.simulated.com import address_of
from tests.macros.excel.simulated.configuration import read_configuration
from tests.macros.excel.simulated.machine import Machine
from tests.macros.excel.simulated.project import Killed


def wizard(addin: str) -> dict[str, Any]:
    """What Excel knows for its function wizard after its start, and what else the add-in's start left behind."""
    excel = SimulatedExcel()
    excel.load_addin(addin)
    book = excel.book("FineScore.xlam")
    while_starting = [dict(excel.macro_options), book.vba_get("IsAddin"), excel.books]
    excel.wait()
    return {
        "while_starting": while_starting,
        "texts": excel.macro_options,
        "flashed": excel.flashed,
        "messages": [message.text for message in excel.messages],
        "addin": [book.vba_get("IsAddin"), book.vba_get("Saved")],
        "books": excel.books,
        "screen": excel.settings["ScreenUpdating"],
        "watched": "appevents" in excel.project("FineScore.xlam").book.vba_document.variables,
    }


def wizard_of_xlwings() -> dict[str, list[str]]:
    """What xlwings' own “Import Functions” tells Excel about the functions."""
    told: dict[str, list[str]] = {}

    def macro_options(macro: str, **named: Any) -> None:
        told[macro] = [named["Description"], named["Category"], *named["ArgumentDescriptions"]]

    class Components:
        def __call__(self, name: str) -> str:
            return name

        def Remove(self, _component: object) -> None:  # noqa: N802
            pass

        def Import(self, _path: str) -> None:  # noqa: N802
            pass

    xlwings.udfs.__pro__ = False  # no licence key of the machine's
    application = SimpleNamespace(Version="16.0", MacroOptions=macro_options)
    project = SimpleNamespace(VBComponents=Components())
    book = SimpleNamespace(Name="FineScore.xlam", VBProject=project, Application=application, Worksheets=[])
    xlwings.udfs.import_udfs("udfs", book)
    return told


def looks(book: str, addin: str | None) -> dict[str, int]:
    """How often each file's macros looked for formulas to reconnect when the workbook was opened."""
    excel = SimulatedExcel.open(book, addin=addin)
    return {project.book.name: project.interpreter.console.count("looked") for project in excel.projects}


def command_lines(file: str, configuration: str, environment: dict[str, str]) -> dict[str, Any]:
    """The command line with which the macros start Python."""
    found = read_configuration(file, configuration, environment=environment)
    return {"server": found.server_command, "messages": found.messages}


def python_does_not_start(addin: str, cells: int) -> dict[str, Any]:
    """Many cells and a button while Python does not start, then after a while, then when it starts, then killed."""
    excel = SimulatedExcel()
    excel.load_addin(addin)
    excel.new_workbook()
    clock = [datetime(2024, 1, 31, 9)]
    excel.project("FineScore.xlam").interpreter.clock = lambda: clock[0]
    shown, starts = [], excel.machine.server_commands

    def calculated() -> None:
        for row in range(1, cells + 1):
            excel.enter(f"A{row}", "=FS_BRIEFS(5)")
        texts = {excel.value(f"A{row}") for row in range(1, cells + 1)}
        shown.append([sorted(texts), len(starts)])

    excel.machine.python_starts = False
    calculated()
    excel.press("check")
    shown.append([[message.text for message in excel.messages], len(starts)])
    clock[0] += timedelta(seconds=59)
    calculated()
    clock[0] += timedelta(seconds=2)
    calculated()
    excel.machine.python_starts = True
    clock[0] += timedelta(seconds=61)
    calculated()
    excel.project("FineScore.xlam").kill_python()
    calculated()
    return {"shown": shown, "opened": sum(path.endswith(".conf") for path in excel.machine.looked_up)}


def closed(addin: str, book: str) -> list[Any]:
    """How often Python was ended when a workbook with macros was closed, alone and with the add-in, and at Excel's end."""
    ended = []
    alone = SimulatedExcel.open(book, quietly=True)
    alone.enter("A2", "=FS_BRIEFS(5)")
    assert alone.value("A2") == 1.5
    alone.close(str(alone.active))
    ended.append(alone.machine.ended)
    excel = SimulatedExcel.open(book, addin=addin, quietly=True)
    excel.new_workbook()
    excel.enter("A1", "=FS_BRIEFS(5)")
    assert excel.value("A1") == 1.5
    excel.close("book.xlsm")
    ended.append(excel.machine.ended)
    excel.close("FineScore.xlam")
    ended.append(excel.machine.ended)
    idle = SimulatedExcel()
    idle.load_addin(addin)
    idle.close("FineScore.xlam")
    ended.append(idle.machine.ended)
    return [ended, len(excel.machine.server_commands), len(idle.machine.server_commands)]


def killed_at_work(book: str) -> dict[str, Any]:
    """A button whose Python ends in the middle of its work, and the same button again."""
    from macros.excel import ribbon

    def work(session: Any) -> str:
        session.working().__enter__()
        session.app.status_bar = "1/16"
        raise Killed

    excel = SimulatedExcel.open(book, quietly=True)
    excel.application.vba_set("Calculation", VBAInt(-4135))
    actions = dict(ribbon._ACTIONS)
    vars(ribbon)["_ACTIONS"] = {**actions, "check": work}
    excel.press("check")
    settings = excel.settings
    at_work = []
    vars(ribbon)["_ACTIONS"] = {**actions, "check": lambda _session: at_work.append(excel.settings) or "好了"}
    excel.press("check")
    return {
        "settings": settings,
        "alerts_at_work": at_work[0]["DisplayAlerts"],
        "said": [message.text for message in excel.messages],
        "held": xlwings._xlwindows.BOOK_CALLER is not None,
        "given_up": _given_up(),
        "cancel_key": int(excel.application.vba_get("EnableCancelKey")),
    }


def _given_up() -> list[str]:
    """What comes of calls that never succeed, through xlwings' own repetition."""

    class Busy:
        def __getattr__(self, name: str) -> Any:
            raise ComError(-2147418111, "Call was rejected by callee.")

        def __setattr__(self, name: str, value: object) -> None:
            raise AttributeError(name)

    found = []
    busy = xlwings._xlwindows.COMRetryObjectWrapper(Busy())
    for attempt in (lambda: busy.Value, lambda: setattr(busy, "Formula2", "=1")):
        try:
            attempt()
        except Exception as error:
            found.append(type(error).__name__)
    return found


def areas(addin: str) -> dict[str, Any]:
    """FS_TOTAL of a range of several areas, of several ranges, of a number and a range, and of nothing."""
    excel = SimulatedExcel()
    excel.load_addin(addin)
    excel.new_workbook()
    for cell, number in {"A1": 1, "A2": 2, "A3": 4, "C1": 8, "C2": 16, "C3": 32}.items():
        excel.set(cell, number)
    shown = {}
    for formula in ("=FS_TOTAL((A1:A3,C1:C3))", "=FS_TOTAL(A1:A3,C1:C3)", "=FS_TOTAL(64,A1:A3)", "=FS_TOTAL(C3)"):
        excel.enter("E1", formula)
        shown[formula] = excel.value("E1")
    return {"shown": shown, "held": xlwings._xlwindows.BOOK_CALLER is not None}


def whole_columns(addin: str) -> dict[str, Any]:
    """Functions of whole columns and rows, and of areas down to the last row: results, and the ranges that were read."""
    excel = SimulatedExcel()
    excel.load_addin(addin)
    excel.new_workbook()
    for cell, number in {"A1": 1, "A2": 2, "B1": 2, "B2": 4, "A40": 4, "B40": 4}.items():
        excel.set(cell, number)
    read: list[str] = []
    recorded = excel.boundary.record

    def record(kind: str, target: Any, member: str) -> None:
        if kind == "get" and member == "Value":
            read.append(address_of(target).rpartition("!")[2])
        recorded(kind, target, member)

    vars(excel.boundary)["record"] = record
    shown = {}
    for formula in (
        "=FS_TOTAL(A:A)",
        "=FS_RATIO(A:A,B:B)",
        "=FS_TOTAL(A2:B1048576)",
        "=FS_TOTAL(1:1)",
        "=FS_TOTAL(H:H)",
        "=FS_TOTAL(A20000:A20010)",
        "=FS_TOTAL(A1:B2)",
    ):
        read.clear()
        excel.enter("D5", formula)
        shown[formula] = [excel.value("D5"), *read]
    return shown


def not_installed(addin: str) -> list[Any]:
    """Two cells on a computer without the interpreter."""
    excel = SimulatedExcel(Machine({}))
    excel.load_addin(addin)
    excel.new_workbook()
    for cell in ("A1", "A2"):
        excel.enter(cell, "=FS_BRIEFS(5)")
    return [excel.value("A1"), excel.value("A2")]
