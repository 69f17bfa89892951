"""Windows as xlwings and our Python call it: message boxes, the keyboard, and the window of the simulated Excel."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from tests.macros.excel.simulated import com

if TYPE_CHECKING:
    from tests.macros.excel.simulated.excel import SimulatedExcel

_WINDOW = 1
"""The handle of Excel's window, the only one there is."""


def connect(excel: SimulatedExcel) -> None:
    """Have the stand-ins of the Windows modules reach this Excel, and its desk."""

    def give(module: str, **names: object) -> None:
        vars(sys.modules[module]).update(names)

    give("win32api", MessageBox=excel.desk.message_box, GetAsyncKeyState=excel.desk.key_state)
    give("win32gui", FindWindowEx=lambda *_given: _WINDOW)
    give(
        "xlwings._xlwindows",
        windll=SimpleNamespace(
            user32=SimpleNamespace(
                GetTopWindow=lambda _above: _WINDOW,
                GetWindow=lambda _from, _which: 0,
                GetForegroundWindow=lambda: _WINDOW,
                SetForegroundWindow=lambda _window: 1,
            )
        ),
        _PyCom_PyObjectFromIUnknown=lambda *_given: com.ComObject(excel.boundary, excel.application),
    )
