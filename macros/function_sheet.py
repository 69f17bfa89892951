"""函数速查 of 考核总表: each cell function with its arguments and one example that computes."""

from __future__ import annotations

import re

import udfs
from udfs.catalogue import FUNCTIONS, CellFunction
from udfs.defaults import with_items
from udfs.registration import argument_text
from udfs.workbook import Workbook
from xladdin.scheme import Scheme
from xladdin.words import ARGUMENTS, EXAMPLE, FUNCTION, FUNCTION_SHEET, LIVE_RESULT, PURPOSE, USAGE
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet


def function_sheet(scheme: Scheme) -> ResultSheet:
    """The sheet, with the results that the workbook of this scheme shows."""
    return ResultSheet(
        FUNCTION_SHEET,
        f"{FUNCTION_SHEET}　输入 =FS_ 时 Excel 只列出名字，写法看这里",
        (
            Column(FUNCTION, 16, "bold"),
            Column(PURPOSE, 46, "text"),
            Column(USAGE, 34, "text"),
            Column(ARGUMENTS, 62, "quiet"),
            Column(EXAMPLE, 34, "text"),
            Column(LIVE_RESULT, 40, "text"),
        ),
        [_row(function, scheme) for function in FUNCTIONS],
        (
            f"“{LIVE_RESULT}”一列就是左边的例子，随表重算；方括号里的参数可以不写。输入“=FS_RATIO(”后按 Ctrl+A，也有每个参数的说明。",
        ),
        frozen_columns=1,
        large_paper=True,
    )


def _row(function: CellFunction, scheme: Scheme) -> list[Content]:
    example = with_items(function.example)
    say = scheme.source.say
    arguments = "\n".join(f"{a.name} {a.label}：{say(argument_text(function, a))}" for a in function.arguments)
    result = computed(example, Workbook(lambda: scheme.source.version))
    return [
        function.name,
        function.description,
        f"={function.signature}",
        arguments,
        example,
        Cell(result, formula=example.removeprefix("=")),
    ]


def computed(formula: str, *workbook: Workbook) -> float | str:
    """What the function of a formula without references gives for its arguments, in this workbook if one is given."""
    match = re.fullmatch(r"=(\w+)\((.*)\)", formula)
    assert match is not None, formula
    arguments = [_constant(part) for part in re.findall(r"\{.*?\}|\"[^\"]*\"|[^,]+", match[2])]
    result: float | str = getattr(udfs, match[1])(*arguments, *workbook)
    return result


def _constant(text: str) -> object:
    """A constant of a formula: a number, a text, an array."""
    if text.startswith("{"):
        return [[_constant(cell) for cell in row.split(",")] for row in text[1:-1].split(";")]
    return text[1:-1] if text.startswith('"') else float(text)
