"""The computer on which the simulated Excel runs: a file system of text files, an environment, the Windows shell.

Only what VBA asks of a computer. Workbooks are real files elsewhere.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import PureWindowsPath
from typing import Any

from pyopenvba.interpreter._objects import VBAObject, method
from pyopenvba.interpreter._values import EMPTY, MISSING, VBAInt, error, to_integer, to_text

from tests.macros.excel.simulated import desk

PROFILE = "D:\\profile\\wang"
INTERPRETER = "D:\\FineScore\\python\\python.exe"
CONFIGURATION_PATH = f"{PROFILE}\\.finescore\\finescore.conf"
ANSI = "cp936"
"""The code page in which a Chinese Windows reads text files."""

SERVER_CONFIGURATION = "\r\n".join(
    (f'"INTERPRETER_WIN","{INTERPRETER}"', '"ADD_WORKBOOK_TO_PYTHONPATH","false"', '"USE UDF SERVER","True"', "")
)

_FILE_NOT_FOUND = 53
_INPUT_PAST_END = 62
_DIRECTORY = 16


class Machine:
    """A computer. `files` maps Windows paths to contents; `environment` is what VBA's Environ reads."""

    def __init__(self, files: Mapping[str, bytes], environment: Mapping[str, str] | None = None) -> None:
        self.files = {path.lower(): data for path, data in files.items()}
        self.environment = {"USERPROFILE": PROFILE, "TEMP": f"{PROFILE}\\Temp", **(environment or {})}
        self.commands: list[str] = []
        """Command lines that macros ran through the Windows shell."""
        self.exit_code = 0
        """What those commands return."""
        self.python_starts = True
        """Whether a Python that is started comes up."""
        self.server_commands: list[str] = []
        """Command lines with which macros asked xlwings' DLL for a Python."""
        self.ended = 0
        """How often macros had the DLL end a Python."""
        self.libraries: list[str] = []
        """DLLs that macros tried to load, found or not."""
        self.looked_up: list[str] = []
        """Files whose existence macros asked for, in order."""
        self._open: dict[int, list[str]] = {}

    @classmethod
    def configured(cls, configuration: str = SERVER_CONFIGURATION, *, version: str, path: str = "") -> Machine:
        """A computer with Python, xlwings' DLL of this version beside it, and a configuration for the macros."""
        folder = PureWindowsPath(INTERPRETER).parent
        return cls(
            {
                INTERPRETER: b"",
                str(folder / f"xlwings64-{version}.dll"): b"",
                path or CONFIGURATION_PATH: configuration.encode(ANSI),
            }
        )

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        self.looked_up.append(path)
        return path.lower() in self.files

    def attributes(self, path: str) -> int:
        """VBA's GetAttr: 0 for a file, 16 for a folder; error 53 for neither."""
        if self.exists(path):
            return 0
        if any(known.startswith(path.lower().rstrip("\\") + "\\") for known in self.files):
            return _DIRECTORY
        raise error(_FILE_NOT_FOUND, "File not found")

    def load_library(self, path: str) -> bool:
        """Windows' LoadLibrary: whether the DLL is there."""
        self.libraries.append(path)
        return path.lower() in self.files

    # --- VBA's file statements

    def free_number(self) -> int:
        """VBA's FreeFile."""
        return max(self._open, default=0) + 1

    def open_for_input(self, path: str, number: int) -> None:
        """VBA's Open … For Input."""
        data = self.files.get(path.lower())
        if data is None:
            raise error(_FILE_NOT_FOUND, "File not found")
        self._open[number] = data.decode(ANSI).splitlines()

    def at_end(self, number: int) -> bool:
        """VBA's EOF."""
        return not self._open[number]

    def line(self, number: int) -> str:
        """VBA's Line Input #."""
        if self.at_end(number):
            raise error(_INPUT_PAST_END, "Input past end of file")
        return self._open[number].pop(0)

    def item(self, number: int) -> str:
        """VBA's Input #: the next item, quoted or not, up to a comma or the end of the line."""
        line = self.line(number)
        first, *others = next(csv.reader([line], skipinitialspace=True))
        if others:
            self._open[number].insert(0, ",".join(f'"{other}"' for other in others))
        return first

    def close(self, number: int) -> None:
        """VBA's Close #."""
        self._open.pop(number, None)

    def delete(self, path: str) -> None:
        """VBA's Kill."""
        if self.files.pop(path.lower(), None) is None:
            raise error(_FILE_NOT_FOUND, "File not found")


class Shell(VBAObject):
    """WScript.Shell."""

    vba_type_name = "IWshShell3"

    def __init__(self, machine: Machine, person: desk.Desk) -> None:
        self.machine = machine
        self.person = person

    @method
    def Run(self, Command: object, WindowStyle: object = MISSING, WaitOnReturn: object = MISSING) -> object:  # noqa: N802, N803
        self.machine.commands.append(to_text(Command))
        return VBAInt(self.machine.exit_code, "Long")

    @method
    def Popup(  # noqa: N802
        self,
        Text: object,  # noqa: N803
        SecondsToWait: object = MISSING,  # noqa: N803
        Title: object = MISSING,  # noqa: N803
        Type: object = MISSING,  # noqa: N803
    ) -> object:
        title = "" if Title is MISSING else to_text(Title)
        style = 0 if Type is MISSING else int(to_integer(Type))
        return VBAInt(self.person.asked("Popup", to_text(Text), title, style), "Long")

    @method
    def ExpandEnvironmentStrings(self, Text: object) -> object:  # noqa: N802, N803
        expanded = to_text(Text)
        for name, value in self.machine.environment.items():
            expanded = expanded.replace(f"%{name}%", value)
        return expanded


def vba_functions(machine: Machine) -> dict[str, Callable[[Any, list[object], dict[str, object]], object]]:
    """VBA's own functions and statements that reach outside of Excel, by lower-case name, as pyOpenVBA calls them."""

    def number(value: object) -> int:
        return int(to_integer(value))

    def environ(_run: object, given: list[object], _named: object) -> object:
        wanted = to_text(given[0]).upper()
        return next((value for name, value in machine.environment.items() if name.upper() == wanted), "")

    def directory(_run: object, given: list[object], _named: object) -> object:
        path = to_text(given[0])
        return PureWindowsPath(path).name if machine.exists(path) else ""

    def opened(_run: object, given: list[object], _named: object) -> object:
        machine.open_for_input(to_text(given[0]), number(given[1]))
        return EMPTY

    def closed(_run: object, given: list[object], _named: object) -> object:
        machine.close(number(given[0]))
        return EMPTY

    def killed(_run: object, given: list[object], _named: object) -> object:
        machine.delete(to_text(given[0]))
        return EMPTY

    return {
        "environ": environ,
        "dir": directory,
        "getattr": lambda _run, given, _named: VBAInt(machine.attributes(to_text(given[0])), "Integer"),
        "freefile": lambda _run, _given, _named: VBAInt(machine.free_number(), "Integer"),
        "eof": lambda _run, given, _named: machine.at_end(number(given[0])),
        "doevents": lambda _run, _given, _named: VBAInt(0, "Integer"),
        "loadlibrary": lambda _run, given, _named: VBAInt(int(machine.load_library(to_text(given[0]))), "Long"),
        # The statements that `project` writes as calls of these.
        "simulatedopen": opened,
        "simulatedinput": lambda _run, given, _named: machine.item(number(given[0])),
        "simulatedlineinput": lambda _run, given, _named: machine.line(number(given[0])),
        "simulatedclose": closed,
        "simulatedkill": killed,
    }
