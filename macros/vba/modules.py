"""The VBA of the add-in and of the 考核总表, as text: our own modules from the files beside this one, xlwings' module with our edits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import jinja2
from pyopenvba import ExcelFile

from macros.vba.wrappers import WRAPPER_NAME, wrapper_module

NO_PYTHON = "错误：FineScore 没有装好，请双击 安装.cmd"
"""What a button or a cell says where the interpreter or its DLL is missing."""

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class XlwingsChanged(RuntimeError):
    """xlwings' VBA is not the one our edits were written for; the message says which text is missing."""


@dataclass(frozen=True)
class Module:
    """One VBA module; `source` with its attributes, ASCII, lines ended as VBA ends them.

    The source of a document module, which belongs to the workbook itself, is its code alone.
    """

    name: str
    kind: Literal["standard", "class", "document"]
    source: str


def modules(*, is_addin: bool) -> tuple[Module, ...]:
    """All modules with code of the add-in, or of a workbook that carries its functions itself."""
    texts = {
        "xlwings": xlwings_module(is_addin=is_addin),
        WRAPPER_NAME: wrapper_module(is_addin=is_addin),
        "FineScorePython": _rendered("FineScorePython.bas", no_python=_expression(NO_PYTHON)),
        "FineScoreRepair": _rendered("FineScoreRepair.bas"),
        "FineScoreRibbon": _rendered("FineScoreRibbon.bas", is_addin=is_addin),
    }
    found = [Module(name, "standard", _vba_text(text)) for name, text in texts.items()]
    if is_addin:
        found.append(Module("FineScoreWizard", "standard", _vba_text(_rendered("FineScoreWizard.bas"))))
        found.append(Module("FineScoreEvents", "class", _vba_text(_rendered("FineScoreEvents.cls"))))
    workbook = _vba_text(_rendered("ThisWorkbook.cls", is_addin=is_addin))
    return (*found, Module("ThisWorkbook", "document", workbook))


def xlwings_module(*, is_addin: bool) -> str:
    """The module `xlwings` from xlwings' starter file, lines ended by line feeds, with these edits:

    - it is configured by the user's file `finescore.conf` and by nothing else: no sheet of a workbook and no file beside
      a workbook chooses the interpreter;
    - nothing that stands in a workbook is executed, and Python looks for modules neither beside a workbook nor in the
      current folder;
    - Windows' command interpreter is not looked for in the current folder;
    - where the interpreter or its DLL is missing, a cell says so in Chinese.

    `XlwingsChanged` if a text to be edited is not there exactly once.
    """
    starter = "quickstart_addin_ribbon.xlam" if is_addin else "quickstart_standalone.xlsm"
    with ExcelFile(_xlwings_folder() / starter) as package:
        text: str = package.get_module("xlwings").replace("\r\n", "\n")
    for start, end, new in _EDITS:
        text = _edited(text, start, end, new)
    if not is_addin:  # a function of cells of xlwings' own
        text = _edited(text, """'Attribute VB_Name = "Extensions"\n""", """'Attribute VB_Name = "Utils"\n""", "")
    return text


_EDITS: tuple[tuple[str, str, str], ...] = (
    # What is replaced: from the first text on, up to the second one; then the new text.
    (
        "Public Const PROJECT_NAME As String",
        "\n\nPublic Function RunPython(",
        'Public Const PROJECT_NAME As String = "finescore"',
    ),
    # RunPython: no code from sheets, and the search path is ours.
    (
        "    Dim i As Integer\n    Dim SourcePythonCommand As String",
        "    #If Mac Then\n        interpreter = ",
        "    Dim interpreter As String, PYTHONPATH As String\n    Dim OPTIMIZED_CONNECTION As Boolean\n\n",
    ),
    (
        "    ' Check for embedded Python code\n",
        '    OPTIMIZED_CONNECTION = GetConfig("USE UDF SERVER"',
        "    PYTHONPATH = SearchPath()\n\n",
    ),
    ("    ' PythonCommand with embedded code\n", "    ' Call Python platform-dependent\n", ""),
    # -I: Python takes modules neither from the current folder nor from where environment variables point.
    ('" -B -c ""import xlwings.utils;', "xlwings.utils.prepare_sys_path(\\", '" -I -B -c ""import xlwings.utils;'),
    # GetUdfModules
    ("    ' Automatically add embedded code sheets\n", "    ' Default\n", ""),
    # XLPyCommand
    (
        "    ' TODO: Doesn't automatically check if code is embedded\n",
        "    ' Escaping backslashes and quotes\n",
        "    PYTHONPATH = SearchPath()\n\n",
    ),
    # Windows' command interpreter by its full path.
    ('WScript.Run("cmd.exe /C "', " & DriveCommand", 'WScript.Run(CommandInterpreter() & " /C "'),
    ('"cmd.exe " & ConsoleSwitch & " /K " & CondaCmd', " & ConsoleSwitch", 'CommandInterpreter() & " "'),
    ('"cmd.exe " & ConsoleSwitch & " /K " & Chr(34)', " & ConsoleSwitch", 'CommandInterpreter() & " "'),
    ('        tail = " -B -c ', '""import sys, os;"', '        tail = " -I -B -c '),
    ("import xlwings; xlwings.serve(", "'$(CLSID)')", "import macros.excel.server; macros.excel.server.serve("),
    # XLPyLoadDLL
    (
        "Private Sub XLPyLoadDLL()\n",
        "    Dim PYTHON_WIN As String, CondaCmd As String, CondaPath As String, CondaEnv As String\n\n    PYTHON_WIN",
        "Private Sub XLPyLoadDLL()\n    If Not PythonIsThere() Then Err.Raise 1, Description:=NoPythonText()\n",
    ),
    (
        '                Err.Raise 1, Description:= _\n                    "Could not load " + XLPyDLLName',
        "            End If\n        End If\n    End If\nEnd Sub\n\nFunction NDims(",
        "                Err.Raise 1, Description:=NoPythonText()\n",
    ),
    # The configuration
    (
        '#If App = "Microsoft Excel" Then\nFunction GetDirectoryPath(',
        "Function GetConfigFilePath() As String\n",
        "",
    ),
    ("Function GetDirectoryConfigFilePath() As String\n", "Function GetConfig(configKey As String", ""),
    (
        "    ' If source is provided, returns the value from this source only",
        "    Dim configValue As String\n",
        "    ' FineScore: the user's file, and nothing else\n",
    ),
    ("    ' Sheet\n", "    ' User Config\n", ""),
)


def _edited(text: str, start: str, end: str, new: str) -> str:
    """The text with what stands from `start` to before `end` replaced."""
    if text.count(start) != 1:
        raise XlwingsChanged(f"xlwings' VBA has {text.count(start)} times, not once: {start!r}")
    begin = text.index(start)
    stop = text.find(end, begin)
    if stop < 0:
        raise XlwingsChanged(f"xlwings' VBA has no {end!r} after {start!r}")
    return text[:begin] + new + text[stop:]


def _xlwings_folder() -> Path:
    """Where xlwings is installed; it is not imported, for the one process that does that imports it as on Windows."""
    spec = find_spec("xlwings")
    if spec is None or spec.origin is None:
        raise XlwingsChanged("xlwings is not installed")
    return Path(spec.origin).parent


def _rendered(template: str, **values: object) -> str:
    return _TEMPLATES.get_template(template).render(values)


def _expression(text: str) -> str:
    """A text as a VBA expression of ASCII characters."""
    runs = re.findall(r"[ -~]+|[^ -~]", text)
    return " & ".join(f'"{run}"' if run.isascii() else f"ChrW({ord(run)})" for run in runs)


def _vba_text(text: str) -> str:
    # The project has one code page and the computer that runs it another one: only ASCII is the same in both.
    text.encode("ascii")
    return text.replace("\n", "\r\n")
