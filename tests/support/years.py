"""Schemes of other years and cities beside the product's own: those of `tests/schemes`, in this process or in a copy."""

from __future__ import annotations

import io
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from xladdin.cli.calls import called
from xladdin.cli.program import PROGRAM
from xladdin.cli.terminal import PROBLEMS, USAGE
from xladdin.issues import Refused, WrongCall

ROOT = Path(__file__).resolve().parents[2]
SCHEMES = ROOT / "tests/schemes"

OTHERS = ("2024", "2025")
"""2024: another number of tasks and cases, other points, tiers and a renamed district. 2025: another city with 12 units."""


def data_with(folder: Path, *years: str) -> Path:
    """A folder of data in which these years lie beside 2023."""
    shutil.copytree(ROOT / "xladdin/scheme/data/2023", folder / "2023")
    for year in years:
        shutil.copytree(SCHEMES / year, folder / year)
    return folder


def product_with(folder: Path, *years: str) -> Path:
    """A copy of the product in which these years' data lie: to be run in a process of its own, or built from.

    That is all that another year takes, so nothing in the product has to say where else data could come from.
    """
    for package in ("xladdin", "udfs", "macros", "workbook_templates"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(folder / "xladdin/scheme/data")
    data_with(folder / "xladdin/scheme/data", *years)
    return folder


class Said(NamedTuple):
    """What a command of the command line came to."""

    code: int
    out: str
    err: str


def call(*words: str | Path) -> Said:
    """A command of the command line, run in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = called("xladdin", PROGRAM, [str(word) for word in words])
        except SystemExit as end:
            code = int(str(end.code))
        except Refused as refused:
            err.write(f"{refused}\n")
            code = USAGE if isinstance(refused, WrongCall) else PROBLEMS
    return Said(code, out.getvalue(), err.getvalue())
