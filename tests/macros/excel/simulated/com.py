"""COM between Python and the simulated Excel: objects as pywin32 hands them out late-bound, and values both ways.

Every call is written down. What pywin32 does with properties that take arguments is done here too: one whose arguments
are all optional (`Offset`, `Resize`, `Address`) is read without them, and `rng.Offset(1, 0)` is then `Item(1, 0)` of
what was read; with its arguments it is called `GetOffset`.
"""

from __future__ import annotations

import datetime
import types
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pyopenvba.exceptions import PyOpenVBAError, VBARuntimeError, VBAUnsupportedError
from pyopenvba.interpreter._inventory import member_exists
from pyopenvba.interpreter._objects import MemberSpec, VBAObject
from pyopenvba.interpreter._values import (
    EMPTY,
    MISSING,
    NOTHING,
    NULL,
    VBAArray,
    VBACurrency,
    VBADate,
    VBAErrorValue,
    VBAInt,
    VBASingle,
)

from macros.windows.standins import RANGE, CDispatch, ComError, ComTime, Wrapped
from tests.macros.excel.simulated.unmodelled import Unmodelled, Unmodelleds

PARAMETER_NOT_FOUND = -2147352572
"""DISP_E_PARAMNOTFOUND: an optional argument that was left out."""

ERROR_CODE = -2146828288
"""What Excel's number of an error value is added to."""

_EXCEPTION_OCCURRED = -2147352567
_UNKNOWN_NAME = -2147352570
_APPLICATION_ERROR = -2146827284
_LONGEST_LONG = 2**31
_MOST_CALLS = 1_000_000

_WITH_REQUIRED_ARGUMENT = {
    ("Application", "filedialog"),
    ("Application", "range"),
    ("Range", "item"),
    ("Range", "range"),
    ("Worksheet", "range"),
}
"""Properties that cannot be read without an argument: pywin32 has them as methods."""

_WRITING_CELLS = {"value", "value2", "formula", "formula2", "formulaarray", "formular1c1"}


def address_of(cells: Any) -> str:
    """A Range as `Sheet!A1:B2`."""
    return f"{cells.sheet.name}!{cells.vba_get('Address', [False, False])}"


class NotSimulated(BaseException):
    """Something Excel can do and this one cannot. No `except Exception` of the code under test holds it."""


class PythonObject(VBAObject):
    """An object of Python's as VBA holds it."""

    vba_type_name = "Object"

    def __init__(self, wrapped: object) -> None:
        self.wrapped = wrapped


class _Attributes:
    def __init__(self, iid: str) -> None:
        self.iid = iid


class _OleObject:
    """The interface pointer inside a late-bound object."""

    def __init__(self, target: VBAObject) -> None:
        self.target = target

    def GetTypeInfo(self) -> _OleObject:  # noqa: N802
        return self

    def GetTypeAttr(self) -> _Attributes:  # noqa: N802
        return _Attributes(RANGE if self.target.vba_type_name == "Range" else "{0}")

    def GetIDsOfNames(self, *_names: object) -> int:  # noqa: N802
        raise ComError(_UNKNOWN_NAME, "Unknown name.")


class Boundary:
    """The border between the processes of Excel and of Python."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []
        """Every call in order: ("get" | "set" | "call", type, member)."""
        self.function_calls: list[tuple[str, str, str]] = []
        """Those made by functions that were being computed in cells."""
        self.in_function = False
        self.refusals: dict[tuple[str, str, str], ComError] = {}
        """What is raised in place of a call, by kind, type and member."""
        self.fails_at = 0
        """Which call is refused, counted from 1 without those of functions in cells; 0: none."""
        self.failure = refusal(_EXCEPTION_OCCURRED, _APPLICATION_ERROR, "refused")
        """What that call raises."""
        self.absent: set[tuple[str, str]] = set()
        """Members, in lower case, by type, that this version of Excel does not have."""
        self.written: list[str] = []
        """The blocks of cells whose values or formulas were set, as `Sheet!A1:B2`."""
        self.unmodelled = Unmodelleds()

    def to_python(self, value: object) -> Any:
        """A value of Excel's as pywin32 hands it over: numbers of cells are doubles, error values whole numbers."""
        if value is EMPTY or value is NOTHING or value is NULL:
            return None
        if value is MISSING:
            return PARAMETER_NOT_FOUND
        match value:
            case PythonObject():
                return value.wrapped
            case VBAObject():
                return ComObject(self, value)
            case VBAErrorValue():
                return ERROR_CODE + value.number
            case VBADate():
                return ComTime.fromisoformat(value.to_datetime().isoformat()).replace(tzinfo=datetime.UTC)
            case bool() | str():
                return value
            case VBAInt():
                return int(value)
            case VBASingle():
                return float(value)
            case VBACurrency():
                return Decimal(value)
            case VBAArray() if value.dimensions == 2:
                (top, bottom), (left, right) = value.bounds
                return tuple(
                    tuple(self.to_python(value.get([row, column])) for column in range(left, right + 1))
                    for row in range(top, bottom + 1)
                )
            case VBAArray():
                return tuple(map(self.to_python, value.elements()))
        return value

    def to_vba(self, value: object) -> object:
        """A value of Python's as Excel receives it from pywin32."""
        if value is None:
            return EMPTY
        value = getattr(getattr(value, "_oleobj_", None), "target", value)
        match value:
            case bool() | str() | float():
                return value
            case Wrapped():
                return PythonObject(value)
            case int():
                return VBAInt(value, "Long") if abs(value) < _LONGEST_LONG else float(value)
            case Decimal():
                return VBACurrency(value)
            case datetime.datetime():
                return VBADate.from_datetime(value.replace(tzinfo=None))
            case datetime.date():
                return VBADate.from_datetime(value)
            case list() | tuple() if value and isinstance(value[0], list | tuple):
                return self._block(value)
            case list() | tuple():
                items = [self.to_vba(item) for item in value]
                return VBAArray([(0, len(items) - 1)], items=items)
        if isinstance(value, VBAObject):
            return value
        raise TypeError(f"Objects of type {type(value).__name__!r} can not be converted to a COM VARIANT")

    def _block(self, rows: Sequence[Sequence[object]]) -> VBAArray:
        widths = {len(row) for row in rows}
        if len(widths) != 1:
            raise ValueError(f"rows of different lengths {sorted(widths)} are no array")
        (width,) = widths
        # VBA lays an array out column by column.
        items = [self.to_vba(row[column]) for column in range(width) for row in rows]
        return VBAArray([(0, len(rows) - 1), (0, width - 1)], items=items)

    def argument(self, value: object) -> object:
        """An argument of a method: None says that it is left out."""
        return MISSING if value is None else self.to_vba(value)

    def record(self, kind: str, target: VBAObject, member: str) -> None:
        """Write a call down."""
        calls = self.function_calls if self.in_function else self.calls
        calls.append((kind, target.vba_type_name, member))
        if len(calls) > _MOST_CALLS:
            raise NotSimulated(
                f"more than {_MOST_CALLS} calls, the last of {target.vba_type_name}.{member}: an endless loop?"
            )
        if (refused := self.refusals.get(calls[-1])) is not None:
            raise refused
        if calls is self.calls and len(calls) == self.fails_at:
            raise self.failure

    def is_absent(self, target: VBAObject, name: str) -> bool:
        """Whether this version of Excel lacks the member."""
        return (target.vba_type_name, name.lower()) in self.absent


def refusal(hresult: int, scode: int = 0, text: str = "") -> ComError:
    """What pywin32 raises where Excel refuses a call; `scode` is Excel's own number within."""
    return ComError(hresult, text, (0, "Microsoft Excel", text, None, 0, scode) if scode else None)


class _Failures:
    """Excel's refusals as pywin32 raises them; a gap of the simulation as a gap."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, failure: BaseException | None, _traceback: object) -> None:
        # xlwings repeats what fails with an AttributeError for ever, which is no way for a test to fail.
        if isinstance(failure, VBAUnsupportedError | AttributeError):
            raise NotSimulated(str(failure)) from failure
        if isinstance(failure, PyOpenVBAError):
            text = failure.description if isinstance(failure, VBARuntimeError) else str(failure)
            details = (0, "Microsoft Excel", text, None, 0, _APPLICATION_ERROR)
            raise ComError(_EXCEPTION_OCCURRED, "Exception occurred.", details) from failure


class ComObject(CDispatch):
    """A late-bound object."""

    def __init__(self, boundary: Boundary, target: VBAObject) -> None:
        vars(self).update(_boundary=boundary, _target=target)

    @property
    def _oleobj_(self) -> _OleObject:
        return _OleObject(vars(self)["_target"])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        boundary: Boundary = vars(self)["_boundary"]
        target: VBAObject = vars(self)["_target"]
        if isinstance(target, Unmodelled):
            boundary.record("get", target, name)
            return boundary.to_python(target.read(name))
        if boundary.is_absent(target, name):
            raise AttributeError(f"{target.vba_type_name}.{name}")
        spec = target.vba_member(name)
        if spec is None:
            spec = self._with_arguments(name)
            if spec is not None:
                return self._method(spec, "get")
            if not member_exists(target.vba_type_name, name, target.vba_library):
                raise AttributeError(f"{target.vba_type_name}.{name}")
            boundary.record("get", target, name)
            return boundary.to_python(boundary.unmodelled.read(target, name))
        if spec.kind == "method" or (target.vba_type_name, name.lower()) in _WITH_REQUIRED_ARGUMENT:
            return self._method(spec, "call" if spec.kind == "method" else "get")
        boundary.record("get", target, spec.name)
        with _Failures():
            return boundary.to_python(target.vba_get(spec.name))

    def _with_arguments(self, name: str) -> MemberSpec | None:
        """The property that `GetX` reads with arguments."""
        if not name.startswith("Get"):
            return None
        spec = vars(self)["_target"].vba_member(name.removeprefix("Get"))
        return spec if spec is not None and spec.kind == "property" and spec.parameters else None

    def _method(self, spec: MemberSpec, kind: str) -> types.MethodType:
        boundary: Boundary = vars(self)["_boundary"]
        target: VBAObject = vars(self)["_target"]

        def call(_self: ComObject, *given: object, **named: object) -> Any:
            boundary.record(kind, target, spec.name)
            arguments = [boundary.argument(one) for one in given]
            by_name = {name: boundary.to_vba(one) for name, one in named.items() if one is not None}
            with _Failures():
                return boundary.to_python(target.vba_get(spec.name, arguments, by_name))

        return types.MethodType(call, self)

    def __setattr__(self, name: str, value: object) -> None:
        boundary: Boundary = vars(self)["_boundary"]
        target: VBAObject = vars(self)["_target"]
        spec = None if isinstance(target, Unmodelled) else target.vba_member(name)
        boundary.record("set", target, spec.name if spec else name)
        given = boundary.to_vba(value)
        with _Failures():
            if boundary.is_absent(target, name):
                raise AttributeError(f"Property '{target.vba_type_name}.{name}' can not be set.")
            if isinstance(target, Unmodelled):
                target.write(name, given)
            elif spec is not None:
                if name.lower() in _WRITING_CELLS:
                    boundary.written.append(address_of(target))
                target.vba_set(spec.name, given, by_ref=isinstance(given, VBAObject))
            elif member_exists(target.vba_type_name, name, target.vba_library):
                boundary.unmodelled.write(target, name, given)
            else:
                raise AttributeError(f"Property '{target.vba_type_name}.{name}' can not be set.")

    def __call__(self, *given: object, **named: object) -> Any:
        boundary: Boundary = vars(self)["_boundary"]
        target: VBAObject = vars(self)["_target"]
        arguments = [boundary.argument(one) for one in given]
        by_name = {name: boundary.to_vba(one) for name, one in named.items() if one is not None}
        if isinstance(target, Unmodelled):
            boundary.record("call", target.parent or target, target.name)
            with _Failures():
                return boundary.to_python(target.call(arguments, by_name))
        # A Range's default is its value without arguments, and one of its cells with them.
        item = target.vba_type_name == "Range" and arguments
        spec = target.vba_member("Item") if item else target.vba_default_member()
        if spec is None:
            raise TypeError(f"{target.vba_type_name} has no default member to call")
        boundary.record("get", target, spec.name)
        with _Failures():
            return boundary.to_python(target.vba_get(spec.name, arguments, by_name))

    def __iter__(self) -> Iterator[Any]:
        boundary: Boundary = vars(self)["_boundary"]
        target: VBAObject = vars(self)["_target"]
        boundary.record("get", target, "_NewEnum")
        with _Failures():
            items = list(target.vba_iterate())
        for item in items:
            boundary.record("call", target, "Next")
            yield boundary.to_python(item)

    def __len__(self) -> int:
        return int(self.Count)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        target = getattr(getattr(other, "_oleobj_", None), "target", None)
        return target is vars(self)["_target"]

    def __hash__(self) -> int:
        return hash(id(vars(self)["_target"]))

    def __repr__(self) -> str:
        return f"<COMObject {vars(self)['_target'].vba_type_name}>"
