"""What a score's formula in 考核总表 calls, where it looks at its cells before it calls a function."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from xladdin.methods.checks import names_case

_SHARE = r"IF\(ISNUMBER\((\w+)\),OR\(\w+>100,AND\(ISNUMBER\(\w+\),\w+>0,\w+<=1\)\),FALSE\)"
_BEYOND = re.compile(rf'IF\(OR\({_SHARE},{_SHARE}\),"(错误：.*?)",(FS_RATIO\(.*\))\)')
_SHORT = re.compile(r'IF\(IF\(ISERROR\((\w+)\),FALSE,AND\(.*?,SUM\(\w+\)<(\d+)\)\),"(错误：[^"]*)",(.*)\)')
_NO_CASE = re.compile(r"IF\(AND\(COUNTBLANK\(([A-Z]+)(\d+):[A-Z]+(\d+)\)(.*)\),0,(FS_CASES\(.*\))\)")


def called(formula: str, content: Callable[[str], Any], *, is_filled_in: bool) -> tuple[str, object]:
    """The call that is made for these contents of cells, or nothing and what the formula shows by itself."""
    if short := _SHORT.fullmatch(formula):
        target = content(short[1])
        is_error = isinstance(target, int) and not isinstance(target, bool)  # as COM hands it over
        amount = target if isinstance(target, float) else 0.0
        if is_filled_in and not is_error and amount < int(short[2]):
            return "", short[3]
        return called(short[4], content, is_filled_in=is_filled_in)
    if beyond := _BEYOND.fullmatch(formula):
        numbers = [x for x in map(content, beyond.groups()[:2]) if isinstance(x, float)]
        if any(0 < number <= 1 or number > 100 for number in numbers):
            return "", beyond[3]
        return beyond[4], None
    if no_case := _NO_CASE.fullmatch(formula):
        letters, first, last = no_case.groups()[:3]
        marks = [content(f"{letters}{row}") for row in range(int(first), int(last) + 1)]
        names = [content(reference) for reference in re.findall(r"TRIM\((\w+)\)", no_case[4])]
        assert len(marks) == len(names)
        is_unnamed = not any(names_case("" if name is None else str(name)) for name in names)
        if is_filled_in and is_unnamed and all(mark in (None, "", "—") for mark in marks):
            return "", 0.0
        return no_case[5], None
    return formula, None
