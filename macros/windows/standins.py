"""The Windows modules that xlwings' Windows code imports, as stand-ins, so that this code runs where there is no Windows.

Nothing of xlwings is replaced: `udfs`, `com_server`, `_xlwindows` and the converters are the shipped ones. Only for a
process of its own, before xlwings is first imported.
"""

from __future__ import annotations

import asyncio  # noqa: F401 - these look at the platform when they are imported, which is not to be disguised for them
import atexit
import concurrent.futures  # noqa: F401
import ctypes
import datetime
import importlib.util
import multiprocessing  # noqa: F401
import subprocess  # noqa: F401
import sys
from types import ModuleType

RANGE = "{00020846-0000-0000-C000-000000000046}"
"""Excel's interface id of a Range."""

_DISPATCH = "{00020400-0000-0000-C000-000000000046}"

_PLATFORM_BOUND = ("numpy", "pandas", "polars", "PIL", "matplotlib", "plotly")
"""Packages that xlwings imports when they are installed."""


class ComError(Exception):
    """pywintypes.com_error."""

    def __init__(self, hresult: int = 0, strerror: str = "", excepinfo: object = None, argerror: object = None) -> None:
        super().__init__(hresult, strerror, excepinfo, argerror)
        self.hresult = hresult
        self.strerror = strerror
        self.excepinfo = excepinfo
        self.argerror = argerror


class ComTime(datetime.datetime):
    """pywintypes.TimeType: what a date in a cell arrives as."""


class CDispatch:
    """win32com.client.CDispatch: the base of late-bound COM objects."""


class Wrapped:
    """What win32com.server.util.wrap gives out."""

    def __init__(self, obj: object) -> None:
        self.obj = obj


class _Library:
    """A DLL that has every function, none of which does anything."""

    def __init__(self, *_given: object, **_named: object) -> None:
        pass

    def __getattr__(self, name: str) -> _Library:
        return _Library()

    def __setattr__(self, name: str, value: object) -> None:
        # ctypes prototypes are set as attributes of functions.
        object.__setattr__(self, name, value)

    def __call__(self, *_given: object) -> int:
        return 0


class _TimeZone:
    @staticmethod
    def utc() -> datetime.timezone:
        return datetime.UTC


def _wrap(obj: object, iid: object = None) -> Wrapped:
    return Wrapped(obj)


def _unwrap(obj: object) -> object:
    if isinstance(obj, Wrapped):
        return obj.obj
    raise ValueError("not wrapped")


def _same(obj: object, *_given: object, **_named: object) -> object:
    return obj


def _nothing(*_given: object, **_named: object) -> None:
    return None


def _modules() -> dict[str, dict[str, object]]:
    """Names of each stand-in, parents before children."""
    return {
        "pywintypes": {
            "com_error": ComError,
            "error": type("error", (Exception,), {}),
            "TimeType": ComTime,
            "IID": lambda text: str(text).upper(),
        },
        "pythoncom": {
            "com_error": ComError,
            "ole_error": ComError,
            "IID_IDispatch": _DISPATCH,
            "IID_IEnumVARIANT": "{00020404-0000-0000-C000-000000000046}",
            "TypeIIDs": {_DISPATCH: type("PyIDispatch", (), {})},
            "CoInitialize": _nothing,
            "CoUninitialize": _nothing,
        },
        "win32api": {},
        "win32con": {
            "MB_OK": 0,
            "MB_OKCANCEL": 1,
            "MB_YESNOCANCEL": 3,
            "MB_YESNO": 4,
            "MB_ICONWARNING": 0x30,
            "MB_ICONINFORMATION": 0x40,
        },
        "win32event": {},
        "win32gui": {},
        "win32process": {"GetWindowThreadProcessId": lambda _hwnd: (0, 0)},
        "win32timezone": {"TimeZoneInfo": _TimeZone},
        "win32com": {},
        "win32com.client": {
            "Dispatch": _same,
            "DispatchEx": _same,
            "CDispatch": CDispatch,
            "CoClassBaseClass": object,
            "DispatchBaseClass": type("DispatchBaseClass", (), {}),
        },
        "win32com.server": {},
        "win32com.server.util": {"wrap": _wrap, "unwrap": _unwrap},
        "win32com.server.policy": {"DefaultPolicy": object},
        "win32com.server.dispatcher": {},
        "win32com.server.exception": {"COMException": ComError},
    }


def install() -> ModuleType:
    """Import xlwings as on Windows, and return it."""
    if "xlwings" in sys.modules:
        raise RuntimeError("xlwings is already imported: start a process of its own")
    for name, names in _modules().items():
        module = ModuleType(name)
        module.__file__ = f"<{name}>"
        vars(module).update(names)
        sys.modules[name] = module
        parent, _, leaf = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], leaf, module)
    for name in _PLATFORM_BOUND:
        if importlib.util.find_spec(name):
            importlib.import_module(name)
    platform, library = sys.platform, ctypes.PyDLL
    vars(ctypes).update(windll=_Library(), oledll=_Library(), PyDLL=_Library)
    sys.platform = "win32"
    try:
        import xlwings
    finally:
        sys.platform = platform
        vars(ctypes).update(PyDLL=library)
    if "excel" not in [engine.name for engine in xlwings.engines]:
        raise RuntimeError("xlwings did not take its Windows path")
    atexit.unregister(sys.modules["xlwings._xlwindows"].cleanup)  # looks for processes of Excel
    return xlwings
