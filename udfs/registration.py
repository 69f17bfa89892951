"""Between a cell and a function's body: arguments in, result out, no exception ever, and xlwings where it is installed."""

from __future__ import annotations

import functools
import inspect
import logging
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import ModuleType
from typing import Any, cast

from udfs import defaults
from udfs.catalogue import BY_NAME, CATEGORY, Argument, CellFunction
from udfs.values import ERROR, Cells
from udfs.workbook import Workbook, standing_in
from xladdin.methods.item import Outcome
from xladdin.numbers import NotApplicable, ScoringError

XLWINGS: ModuleType | None = None
"""xlwings, which installs on Windows only: without it the functions are plain ones."""
# xlwings loads these wherever they are installed, which would treble the time to the first formula; nothing here converts to them.
_unused = [name for name in ("numpy", "pandas") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_unused))  # type: ignore[arg-type]
try:
    import xlwings
except ImportError:
    pass
else:
    XLWINGS = xlwings
finally:
    for _name in _unused:
        del sys.modules[_name]

Result = Outcome | Decimal | NotApplicable | str | int | None
Shown = float | str
"""What a cell shows: a number, nothing, 不适用, or a text."""

UNEXPECTED = f"{ERROR}：没有算出来，请检查各个参数；仍不行请把这个公式和所用的数据发给维护人员"

REGISTERED: dict[str, Callable[..., Shown]] = {}
"""The functions by name."""

_log = logging.getLogger("udfs")


def cell_function(body: Callable[..., Result]) -> Callable[..., Shown]:
    """The function of the cells whose body this is: named, described and with arguments as the catalogue says."""
    entry = BY_NAME[body.__name__]

    @functools.wraps(body)
    def function(*given: object, **named: object) -> Shown:
        own = given[-1] if given and isinstance(given[-1], Workbook) else None
        try:
            if own is None:
                return _shown(body(*_bound(entry, given, named)))
            with standing_in(own):
                return _shown(body(*_bound(entry, given[:-1], named)))
        except ScoringError as error:
            return f"{ERROR}：{error}"
        except Exception:
            # The last line: nobody who reads a cell can use a traceback, whoever runs the process finds it in the log.
            _log.exception("%s failed", entry.name)
            return UNEXPECTED

    function.__doc__ = entry.description
    # xlwings would take annotations for conversions.
    function.__annotations__ = {}
    cast("Any", function).__signature__ = signature_of(entry)
    REGISTERED[entry.name] = _registered(function, entry)
    return REGISTERED[entry.name]


def signature_of(entry: CellFunction) -> inspect.Signature:
    """The Python signature: optional arguments default to None."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature(
        [
            inspect.Parameter(a.name, inspect.Parameter.VAR_POSITIONAL)
            if a.repeated
            else inspect.Parameter(a.name, kind, default=None if a.optional else inspect.Parameter.empty)
            for a in entry.arguments
        ]
    )


def argument_text(entry: CellFunction, argument: Argument) -> str:
    """What the function wizard says about an argument."""
    if not argument.optional or argument.default == defaults.NONE:
        return defaults.with_items(argument.description)
    labels = {a.name: a.label for a in entry.arguments}
    return f"{argument.description}。可以不写，默认{defaults.shown(argument, labels)}"


def _bound(entry: CellFunction, given: Sequence[object], named: Mapping[str, object]) -> list[Cells]:
    """The arguments in the catalogue's order."""
    last = entry.arguments[-1]
    if last.repeated and not named:
        groups = [f"{last.label}（第 {n} 组）" for n in range(1, len(given) + 1)] if len(given) > 1 else [last.label]
        return [Cells.of(last, raw, label) for raw, label in zip(given, groups, strict=False)]
    if named or len(given) != len(entry.arguments):  # only in Python: a cell's call has every argument, in order
        given = _in_order(entry, given, named)
    return [Cells.of(argument, raw) for argument, raw in zip(entry.arguments, given, strict=True)]


def _in_order(entry: CellFunction, given: Sequence[object], named: Mapping[str, object]) -> list[object]:
    """Every argument in the catalogue's order, None for those left out."""
    arguments = entry.arguments
    if len(given) > len(arguments):
        raise ScoringError(f"参数多了，写法：{entry.signature}")
    raws = {a.name: raw for a, raw in zip(arguments, given, strict=False)}
    names = {name: a.name for a in arguments if not a.repeated for name in (a.name, a.alias)}
    for name, raw in named.items():
        if name not in names or names[name] in raws:
            raise ScoringError(f"参数 {name} 不认识或写了两次，写法：{entry.signature}")
        raws[names[name]] = raw
    for argument in arguments:
        if not argument.optional and argument.name not in raws:
            raise ScoringError(f"缺少{argument.label}，写法：{entry.signature}")
    return [raws.get(a.name) for a in arguments]


def _shown(result: Result) -> Shown:
    if isinstance(result, Outcome):
        result = result.score
    if result is None:
        return ""
    if isinstance(result, NotApplicable):
        return str(result.value)
    if isinstance(result, str):
        return result
    number = float(result)
    if not math.isfinite(number):
        raise ScoringError("结果太大，请检查任务量和分值")
    return number


def _registered(function: Callable[..., Shown], entry: CellFunction) -> Callable[..., Shown]:
    if XLWINGS is None:
        return function
    # Only where xlwings is: the conversion is its.
    from udfs.ranges import CallingWorkbook, Rectangle

    if entry.looks_up:
        own = signature_of(entry)
        more = inspect.Parameter("workbook", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
        plain = cast("Any", function)
        plain.__signature__ = own.replace(parameters=[*own.parameters.values(), more])
        function = XLWINGS.arg(more.name, CallingWorkbook, vba="Application.Caller")(function)
        plain.__signature__ = own  # xlwings has taken it down; for Python there is no such argument
    for argument in entry.arguments:
        function = XLWINGS.arg(argument.name, Rectangle, doc=argument_text(entry, argument))(function)
    registered: Callable[..., Shown] = XLWINGS.func(category=CATEGORY)(function)
    return registered
