"""Error values as Excel hands them over: whole numbers, which no number in a cell ever is."""

from __future__ import annotations

_CODE = -2146828288
_NUMBERS = range(2000, 2100)
_TEXTS = {
    2000: "#NULL!",
    2007: "#DIV/0!",
    2015: "#VALUE!",
    2023: "#REF!",
    2029: "#NAME?",
    2036: "#NUM!",
    2042: "#N/A",
    2043: "#GETTING_DATA",
    2045: "#SPILL!",
    2046: "#CONNECT!",
    2047: "#BLOCKED!",
    2048: "#UNKNOWN!",
    2049: "#FIELD!",
    2050: "#CALC!",
}


def error_text(raw: object) -> str | None:
    """What the cell shows if this is an error value: "" for one that is not known, None for anything else."""
    if isinstance(raw, int) and raw - _CODE in _NUMBERS:
        return _TEXTS.get(raw - _CODE, "")
    return None
