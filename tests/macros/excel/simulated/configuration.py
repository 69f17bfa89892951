"""What a file's own VBA makes of a configuration: where it looks for it, what it reads there, how it starts Python."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlwings

from tests.macros.excel.simulated.excel import SimulatedExcel
from tests.macros.excel.simulated.machine import ANSI, CONFIGURATION_PATH, Machine

_SERVER = re.compile(r'(?i)("USE UDF SERVER",)"[^"]*"')


@dataclass(frozen=True)
class Reading:
    """The outcome of a look-up."""

    path: str
    """Where the user's configuration is expected (GetConfigFilePath)."""
    values: dict[str, str]
    """What GetConfig gives for each key asked for."""
    server_command: str
    """The command line that is to start Python for functions and buttons (XLPyCommand)."""
    libraries: list[str]
    """The DLLs that were tried for it, in order."""
    run_command: str
    """The command line of a button where no server is used (RunPython with USE UDF SERVER off); "" if none was run."""
    looked_up: list[str]
    """Every file whose existence was asked for, each once, in order."""
    messages: list[str]


def read_configuration(
    file: str | Path,
    configuration: str,
    keys: Sequence[str] = (),
    *,
    command: str = "import macros.excel.ribbon",
    path: str = CONFIGURATION_PATH,
    files: Mapping[str, bytes] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Reading:
    """Run the file's GetConfigFilePath, GetConfig, XLPyCommand and RunPython on a computer with this configuration.

    `path` is where the configuration lies, `files` what else lies on the computer: by default the interpreter and DLL of
    `Machine.configured`.
    """
    with_server = _excel(file, configuration, path, files, environment)
    values = {key: str(with_server.call("xlwings.GetConfig", key)) for key in keys}
    found = str(with_server.call("xlwings.GetConfigFilePath"))
    server_command = str(with_server.call("xlwings.XLPyCommand"))
    with_server.call("xlwings.XLPyLoadDLL")

    without_server = _excel(file, _SERVER.sub(r'\1"False"', configuration), path, files, environment)
    without_server.call("xlwings.RunPython", command)
    commands = without_server.machine.commands
    return Reading(
        found,
        values,
        server_command,
        with_server.machine.libraries,
        commands[-1] if commands else "",
        list(dict.fromkeys(with_server.machine.looked_up + without_server.machine.looked_up)),
        [message.text for message in (*with_server.messages, *without_server.messages)],
    )


def _excel(
    file: str | Path,
    configuration: str,
    path: str,
    files: Mapping[str, bytes] | None,
    environment: Mapping[str, str] | None,
) -> SimulatedExcel:
    machine = Machine.configured(configuration, version=xlwings.__version__, path=path)
    if files is not None:
        machine = Machine({**files, path: configuration.encode(ANSI)})
    machine.environment.update(environment or {})
    excel = SimulatedExcel(machine)
    excel.load_addin(file)
    excel.new_workbook()
    return excel
