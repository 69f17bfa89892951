"""What the district fills in itself, and which cases it names: a form in which nothing was filled in names none and denies none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from xladdin.classes import replace
from xladdin.methods import checks
from xladdin.methods.inputs import BLANK, Entries, Input
from xladdin.scheme.model import Scheme
from xladdin.words import CONTENT, VALUE
from xladdin.workbook.cells import cell_name


def is_filled_in(scheme: Scheme, entries: Entries, names: Mapping[str, str]) -> bool:
    """Whether the district has filled in anything: a value that is its own to report, or what it says of a case.

    `names` is what stands where the district names a case, by code.
    """
    return any(
        entries.get(code, BLANK).value is not None for code, spec in scheme.inputs.items() if not spec.judge
    ) or any(text.strip(" ") not in ("", *checks.BLANK_MARKS) for text in names.values())


def with_cases(scheme: Scheme, entries: Entries, names: Mapping[str, str]) -> Entries:
    """The entries, saying which cases are named; see `is_filled_in`."""
    unnamed = False if is_filled_in(scheme, entries, names) else None
    named = {
        code: replace(entries.get(code, BLANK), named=checks.names_case(names.get(code, "")) or unnamed)
        for code, spec in scheme.inputs.items()
        if spec.names_case
    }
    return {**entries, **named}


def own_spans(inputs: Iterable[Input], rows: Mapping[str, int], column: Callable[[str], int]) -> list[str]:
    """The cells of what the district fills in, as ranges of neighbours. `rows` are zero-based, by code."""
    cells = {
        (CONTENT if spec.names_case else VALUE, rows[spec.code]) for spec in inputs if spec.names_case or not spec.judge
    }
    return [
        f"{cell_name(first, column(head))}:{cell_name(last, column(head))}"
        for head in (VALUE, CONTENT)
        for first, last in _runs(sorted(row for own, row in cells if own == head))
    ]


def _runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbouring rows."""
    for _offset, run in groupby(enumerate(rows), lambda at: at[1] - at[0]):
        own = [row for _n, row in run]
        yield own[0], own[-1]
