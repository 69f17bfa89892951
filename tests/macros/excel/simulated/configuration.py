"""What a file's own VBA makes of a configuration: where it looks for it, what it reads there, how it starts Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import xlwings

from tests.macros.excel.simulated.excel import SimulatedExcel
from tests.macros.excel.simulated.machine import ANSI, CONFIGURATION_PATH, Machine


@dataclass(frozen=True)
class Reading:
    """The outcome of a look-up."""

    interpreter: str
    """The interpreter found in the configuration."""
    server_command: str
    """The command line that is to start Python for functions and buttons."""
    libraries: list[str]
    """The DLLs that were tried for it, in order."""
    looked_up: list[str]
    """Every file whose existence was asked for, each once, in order."""
    messages: list[str]


def read_configuration(
    file: str | Path,
    configuration: str,
    *,
    path: str = CONFIGURATION_PATH,
    files: Mapping[str, bytes] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Reading:
    """Have the file's macros make the command line on a computer with this configuration, which lies at `path`.

    `files` is what else lies on the computer: by default the interpreter and DLL of `Machine.configured`.
    """
    machine = Machine.configured(configuration, version=xlwings.__version__, path=path)
    if files is not None:
        machine = Machine({**files, path: configuration.encode(ANSI)})
    machine.environment.update(environment or {})
    excel = SimulatedExcel(machine)
    excel.load_addin(file)
    excel.new_workbook()
    return Reading(
        str(excel.call("FineScorePython.InterpreterPath")),
        str(excel.call("FineScorePython.CommandLine")),
        machine.libraries,
        list(dict.fromkeys(machine.looked_up)),
        [message.text for message in excel.messages],
    )
