"""Calls functions of `udfs` as Excel does, in a process of its own: JSON of calls on stdin, JSON of results on stdout.

A call is `[function, [argument, …]]`; an argument is one of

    {"range": rows}     a range of cells
    {"areas": [rows]}   a range of several areas, of which Excel gives the values of the first
    {"array": rows}     an array constant or the result of another formula
    {"value": value}    a single value
    {"missing": true}   an optional argument left out

with `{"date": "2023-05-17"}` for a date in a cell. The text `"describe"` in place of the calls asks for what is registered.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from macros.windows import standins

xlwings = standins.install()

from xlwings.com_server import XLPython  # noqa: E402
from xlwings.udfs import call_udf  # noqa: E402

import udfs  # noqa: E402
from tests.udfs.com import MISSING, excel_range  # noqa: E402
from udfs.catalogue import BY_NAME  # noqa: E402


def cell(value: Any) -> Any:
    """A cell's value as COM hands it over: numbers of cells are always doubles, whole numbers are error codes."""
    return standins.ComTime.fromisoformat(value["date"]) if isinstance(value, dict) else value


def argument(given: dict[str, Any]) -> Any:
    """An argument as VBA passes it on."""
    if "missing" in given:
        return MISSING
    if "value" in given:
        return cell(given["value"])
    if "areas" in given:
        first, *_others = given["areas"]
        return excel_range([[cell(value) for value in row] for row in first], len(given["areas"]))
    rows = [[cell(value) for value in row] for row in given.get("range", given.get("array"))]
    return excel_range(rows) if "range" in given else tuple(map(tuple, rows))


def call(name: str, arguments: list[dict[str, Any]]) -> Any:
    """The result that reaches the cell; VBA hands over which cell calls where the answer depends on it."""
    caller = excel_range([[None]])
    behind = (caller,) if BY_NAME[name].looks_up else ()
    rows = call_udf("udfs", name, (*map(argument, arguments), *behind), None, caller)
    served = XLPython().CallUDF("udfs", name, (*map(argument, arguments), *behind), None, caller)
    assert rows == [[served]], (rows, served)
    return served


def describe() -> dict[str, Any]:
    """What xlwings has registered, by function."""
    found = {}
    for name in dir(udfs):
        registered = getattr(getattr(udfs, name), "__xlfunc__", None)
        if registered:
            found[name] = {
                **{key: value for key, value in registered.items() if key != "argmap"},
                "args": [{**a, "options": {k: str(v) for k, v in a["options"].items()}} for a in registered["args"]],
            }
    return found


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(describe() if asked == "describe" else [call(*one) for one in asked], sys.stdout)
