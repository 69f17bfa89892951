"""What the formulas of a sheet that people fill in say, row by row: the pieces that rows share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from xladdin.fields.reading import read_cell
from xladdin.fillin.sheets import Shown
from xladdin.issues import Place
from xladdin.methods import checks
from xladdin.methods.formulas import is_blank, is_no, is_no_mark, is_yes, looks_like_share
from xladdin.methods.inputs import Input, InputKind
from xladdin.numbers import MAX_NUMBER, Fault, Value, plain
from xladdin.workbook.cells import Raw

At = Callable[[str], str]
"""A1 reference of a head's cell in the row."""

TypedRow = Mapping[str, Raw]
"""What is typed into a row, by head."""

HINT = "提示"
"""First word of what is to be looked at, and no error."""

MAX_TEXT = 99
"""Characters of a sentence that a formula cuts out of another."""

PLACES = 6
"""Decimals of sums and differences: beyond them are the traces of binary fractions."""


class Row(Protocol):
    """A row: its formulas by head, and what they show for what is typed."""

    def formulas(self, at: At) -> dict[str, str]: ...

    def shown(self, typed: TypedRow) -> dict[str, Shown]: ...


def seen(raw: Raw, spec: Input) -> Value:
    """A typed value as formulas see it."""
    if isinstance(raw, str) and raw not in (checks.NOT_APPLICABLE, *checks.BLANK_MARKS, *checks.YES, *checks.NO):
        return Fault(raw)
    return read_cell(raw, spec, Place()).value


def chain(steps: list[tuple[str, str]], otherwise: str) -> str:
    """A formula that gives the words of the first condition that holds."""
    body = otherwise
    for condition, words in reversed(steps):
        body = f"IF({condition},{words},{body})"
    return f"={body}"


def lacking(heads: Iterable[str]) -> str:
    """What is said of a row in which these are blank."""
    return f"{checks.MISSING}：{'、'.join(heads)}"


def lacking_step(conditions: Mapping[str, str]) -> tuple[str, str]:
    """The same as a step of `chain`: `conditions` say by head when it is blank where it must not be."""
    each = "&".join(f'IF({condition},"、{head}","")' for head, condition in conditions.items())
    return f"OR({','.join(conditions.values())})", f'"{lacking(())}"&MID({each},2,{MAX_TEXT})'


def bad_amount(cell: str, spec: Input) -> str:
    """The condition that a cell holds no amount, no blank and no 不适用."""
    tests = [
        f'AND(NOT(ISNUMBER({cell})),NOT({is_blank(cell)}),{cell}<>"{checks.NOT_APPLICABLE}")',
        f"AND(ISNUMBER({cell}),{cell}<0)",
        f"AND(ISNUMBER({cell}),{cell}>{plain(spec.maximum or MAX_NUMBER)})",
    ]
    if checks.is_percentage(spec):
        tests.append(looks_like_share(cell))
    return f"OR({','.join(tests)})"


def bad_field(cell: str, spec: Input) -> str:
    """The condition that a cell that is not blank holds nothing that the field, which is no amount, takes."""
    if spec.kind is InputKind.FLAG:
        return f"NOT(OR(OR({is_yes(cell)}),OR({is_no(cell)})))"
    if spec.kind is InputKind.COUNT:
        return f"IF(ISNUMBER({cell}),OR({cell}<0,{cell}>{plain(MAX_NUMBER)},{cell}<>INT({cell})),TRUE)"
    return is_no_mark(cell, spec)
