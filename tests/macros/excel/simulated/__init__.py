"""An Excel in memory, for tests that need Excel where there is none.

pyOpenVBA keeps the workbooks, computes their formulas and runs the VBA of the files under test; xlwings' own Windows code
(`com_server`, `udfs`, `_xlwindows`) drives it as it drives Excel. What lies between is written here: COM, the screen,
the file system and the registry of add-ins. So a press on a button runs the file's macro, xlwings' `RunPython`, our
Python, and whatever that does to the workbook through COM.

Only for a process of its own (`run`), as importing this imports xlwings as on Windows.
"""

from __future__ import annotations

import importlib.metadata

from macros.windows import standins

PYOPENVBA = "6.5.0"
"""The version whose insides (classes, member tables, the calculator) this package builds on."""

_installed = importlib.metadata.version("pyopenvba")
if _installed != PYOPENVBA:
    raise RuntimeError(f"tests.macros.excel.simulated is written for pyopenvba {PYOPENVBA}, not {_installed}")

xlwings = standins.install()

from tests.macros.excel.simulated.desk import Unanswered  # noqa: E402
from tests.macros.excel.simulated.excel import SimulatedExcel  # noqa: E402
from tests.macros.excel.simulated.machine import Machine  # noqa: E402

__all__ = ["Machine", "SimulatedExcel", "Unanswered", "xlwings"]
