"""What the VBA of the two files does when they are opened and when it starts Python, in the simulated Excel."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.macros.excel.simulated import SimulatedExcel, xlwings
from tests.macros.excel.simulated.configuration import read_configuration


def wizard(addin: str) -> dict[str, Any]:
    """What Excel knows for its function wizard after its start, and what else the add-in's start left behind."""
    excel = SimulatedExcel()
    excel.load_addin(addin)
    book = excel.book("FineScore.xlam")
    return {
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
    """The command lines with which the macros start Python: for functions and buttons, and for buttons without server."""
    found = read_configuration(file, configuration, environment=environment)
    return {"server": found.server_command, "run": found.run_command, "messages": found.messages}
