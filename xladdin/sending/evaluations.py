"""Sending out the workbooks of departments, experts and the office, with what the districts reported beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from xladdin.evaluations.books import unit_workbook
from xladdin.evaluations.units import units, workbook_kinds
from xladdin.files import Progress, write_new
from xladdin.forms.form import Form
from xladdin.scheme.model import Scheme


def next_issue(scheme: Scheme, issued: Path) -> tuple[Path, int]:
    """Where in a round's folder 下发 the next workbooks go, and which issue they are: what was sent out is kept."""
    number, folder, kinds = 1, issued, tuple(workbook_kinds(scheme).values())
    while any(path.name.startswith(kinds) for path in folder.glob("*")):
        number += 1
        folder = issued / f"第{number}次"
    return folder, number


def write_unit_workbooks(
    scheme: Scheme,
    out: Path,
    *,
    forms: Mapping[str, Form],
    experts: Sequence[str],
    issue: int = 1,
    progress: Progress | None = None,
) -> list[Path]:
    """Write a workbook for every unit into the folder; all of them are made before the first is written.

    `forms` are the districts' by name; their amounts and cases are shown beside the cells to be filled in.
    `WrongCall` for experts' names that cannot be used.
    """
    everybody = units(scheme, experts)
    made: dict[Path, bytes] = {}
    for step, unit in enumerate(everybody):
        if progress:
            progress(step, len(everybody), unit.name)
        made[out / unit.file_name] = unit_workbook(scheme, unit, issue, forms)
    write_new(made)
    return list(made)
