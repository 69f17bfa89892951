"""The VBA of the add-in and of the 考核总表, as text, from the files beside this one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import jinja2
from pyopenvba import ExcelFile

from macros.vba.wrappers import WRAPPER_NAME, wrapper_module
from macros.windows.install import PROJECT

NO_PYTHON = "错误：FineScore 没有装好，请双击 安装.cmd"
"""What a button or a cell says where the interpreter or its DLL is missing."""

NO_ANSWER = "错误：Python 没有启动，请过一分钟再重算；仍不行请双击 安装.cmd"
"""What a button or a cell says where Python is there and does not answer."""

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class XlwingsChanged(RuntimeError):
    """xlwings' VBA is not the one that ours was written for; the message says what differs."""


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
        WRAPPER_NAME: wrapper_module(),
        "FineScorePython": python_module(),
        "FineScoreRepair": _rendered("FineScoreRepair.bas", is_addin=is_addin),
        "FineScoreRibbon": _rendered("FineScoreRibbon.bas", is_addin=is_addin),
    }
    found = [Module(name, "standard", _vba_text(text)) for name, text in texts.items()]
    if is_addin:
        found.append(Module("FineScoreWizard", "standard", _vba_text(_rendered("FineScoreWizard.bas"))))
        found.append(Module("FineScoreEvents", "class", _vba_text(_rendered("FineScoreEvents.cls"))))
    workbook = _vba_text(_rendered("ThisWorkbook.cls", is_addin=is_addin))
    return (*found, Module("ThisWorkbook", "document", workbook))


def python_module() -> str:
    """The module through which cells and buttons reach Python, lines ended by line feeds.

    The DLL's names and declarations, and the licence, are those of xlwings' own VBA. `XlwingsChanged` if that has another
    declaration than the one our code was written for.
    """
    with ExcelFile(_xlwings_folder() / "quickstart_addin_ribbon.xlam") as package:
        text: str = package.get_module("xlwings").replace("\r\n", "\n")
    licence = re.findall(r"(?ms)^'xlwings is distributed under .*?^'SOFTWARE, .*?$", text)
    # The older ones, for Offices before 2010, are without PtrSafe.
    found = re.findall(
        r'^ *(?:Private )?(Declare PtrSafe Function XLPyDLLActivateAuto Lib "(xlwings(\d\d)-.*?)" .*)', text, re.M
    )
    declared = {bits: (library, declaration) for declaration, library, bits in found}
    wanted = {bits: (library, _DECLARATION.format(library)) for bits, (library, _) in declared.items()}
    if len(licence) != 1 or declared.keys() != {"32", "64"} or declared != wanted:
        raise XlwingsChanged(f"xlwings declares its DLL in another way: {found or text[:1000]}")
    names = {f"library_{bits}": library for bits, (library, _) in declared.items()}
    declarations = {f"declaration_{bits}": f"Private {declaration}" for bits, (_, declaration) in declared.items()}
    return _rendered(
        "FineScorePython.bas",
        licence=licence[0],
        project=PROJECT,
        no_python=_expression(NO_PYTHON),
        no_answer=_expression(NO_ANSWER),
        **names,
        **declarations,
    )


_DECLARATION = (
    'Declare PtrSafe Function XLPyDLLActivateAuto Lib "{}" (ByRef Result As Variant,'
    ' Optional ByVal Config As String = "", Optional ByVal mode As Long = 1) As Long'
)
"""What our code calls; by xlwings' DLL of that name."""


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
