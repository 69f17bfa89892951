"""What a call from a cell costs: `python bench/dispatch.py [--rounds N]`. README.md beside this file says what is measured.

Everything is called through xlwings' own `call_udf`, as its COM server does for Excel. Only what Windows has is stood in
for, so this is a process of its own, and what crosses from Excel to Python costs nothing here.
"""

# ruff: noqa: E402
# ruff: noqa: ANN001, ANN201 - xlwings would take annotations of the empty functions for conversions

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.modules["numpy"] = sys.modules["pandas"] = None  # type: ignore[assignment] # would slow xlwings down

from macros.windows import standins

xlwings = standins.install()

from tests.udfs.com import MISSING, excel_range

Call = tuple[str, str, tuple[Any, ...]]
"""Module, function, and the arguments as VBA hands them over."""

call_udf = xlwings.udfs.call_udf
CALLER = excel_range([[None]])
SECONDS = 0.02
"""How long each measurement of a round takes."""


# --- what xlwings costs by itself: functions that do nothing, registered as xlwings does when told nothing -------------


@xlwings.func
def empty_1(_first):
    return 1.0


@xlwings.func
def empty_2(_first, _second):
    return 1.0


@xlwings.func
def empty_3(_first, _second, _third=None):
    return 1.0


@xlwings.func
def empty_4(_first, _second, _third=None, _fourth=None):
    return 1.0


# --- what is measured ------------------------------------------------------------------------------------------------


@dataclass
class Job:
    """Calls that together are one piece of work."""

    calls: Sequence[Call]
    repeats: int = 1
    microseconds: list[float] = field(default_factory=list)

    def run(self) -> float:
        """Processor seconds for all calls, the mean of so many repeats."""
        start = time.process_time()
        for _ in range(self.repeats):
            for module, name, arguments in self.calls:
                call_udf(module, name, arguments, None, CALLER)
        return (time.process_time() - start) / self.repeats

    @property
    def median(self) -> float:
        return median(self.microseconds)


@dataclass
class Comparison:
    """A job, and what it is measured against."""

    title: str
    job: Job
    base: Job

    @property
    def ratios(self) -> list[float]:
        """The job's time over that of the base, round by round."""
        return [a / b for a, b in zip(self.job.microseconds, self.base.microseconds, strict=True)]


def column(cells: Sequence[object]) -> object:
    """A range of one column."""
    return excel_range([[cell] for cell in cells])


def amounts(count: int, least: float) -> list[float]:
    """Numbers as districts report them, whole ones and some with decimals."""
    return [least + n % 7 + (0.25 if n % 3 == 0 else 0.0) for n in range(count)]


def against_empty(title: str, name: str, *arguments: object) -> Comparison:
    """One of our functions, and an empty one with the same arguments."""
    result = call_udf("udfs", name, arguments, None, CALLER)
    if str(result[0][0]).startswith("错误"):
        raise SystemExit(f"{title}: {result[0][0]}")
    return Comparison(title, Job([("udfs", name, arguments)]), Job([(__name__, f"empty_{len(arguments)}", arguments)]))


def single_calls() -> list[Comparison]:
    """One call each, of the functions and sizes that the workbooks use, and some larger."""
    left_out = (MISSING, MISSING)
    ratios = [
        against_empty(f"FS_RATIO, {n} × 1", "FS_RATIO", column(amounts(n, 3)), column(amounts(n, 10)), *left_out)
        for n in (1, 45, 720)
    ]
    return [
        against_empty("FS_RATIO, numbers in the formula", "FS_RATIO", 6.0, 10.0, *left_out),
        *ratios,
        against_empty("FS_RATIO, 1 × 1, all four given", "FS_RATIO", *map(column, ([6.0], [10.0], [2.0], [True]))),
        against_empty("FS_CHECKLIST, 5 × 1", "FS_CHECKLIST", column(["是", "否", "是", None, "是"]), column([0.5] * 5)),
        against_empty("FS_MEDIA, 1 × 1", "FS_MEDIA", column([3.0]), column([1.0]), *left_out),
        against_empty("FS_BRIEFS, 1 × 1", "FS_BRIEFS", column([5.0])),
        against_empty("FS_TOTAL, 45 × 1", "FS_TOTAL", column(amounts(45, 0))),
        against_empty("FS_TOTAL, 720 × 1", "FS_TOTAL", column(amounts(720, 0))),
        against_empty("FS_RANK, 16 × 1", "FS_RANK", column([86.2]), column([80.0 + x for x in amounts(16, 0)])),
        against_empty("FS_EXPLAIN, 2 × 1", "FS_EXPLAIN", "K01", column([6.0, 4.0]), column([10.0, 5.0])),
        against_empty("FS_POINTS, text in the formula", "FS_POINTS", "K01"),
    ]


def blocks() -> list[Comparison]:
    """A call for each cell of a column, and one for the whole of it."""
    pairs = []
    for n in (45, 720):
        done, target = amounts(n, 3), amounts(n, 10)
        for name, *columns in (("FS_RATIO", done, target), ("FS_TOTAL", done)):
            left_out = (MISSING, MISSING) if name == "FS_RATIO" else ()
            each = [("udfs", name, (*(column([c]) for c in cells), *left_out)) for cells in zip(*columns, strict=True)]
            whole = ("udfs", name, (*map(column, columns), *left_out))
            pairs.append(Comparison(f"{name}, {n} × 1", Job(each), Job([whole])))
    return pairs


def measure(pairs: Sequence[Comparison], rounds: int) -> None:
    """Interleaved, each round beginning with another job, after one that finds how often to repeat."""
    jobs = [job for pair in pairs for job in (pair.job, pair.base)]
    for job in jobs:
        job.run()
        job.repeats = max(1, round(SECONDS / job.run()))
    for turn in range(rounds):
        for position in range(len(jobs)):
            job = jobs[(turn + position) % len(jobs)]
            job.microseconds.append(1e6 * job.run())


# --- what is told ----------------------------------------------------------------------------------------------------


def print_ratios(pairs: Sequence[Comparison], heads: str) -> None:
    print(f"\n| {heads} | min–max |\n|---|--:|--:|--:|--:|")
    for pair in pairs:
        ratios = pair.ratios
        spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
        print(f"| {pair.title} | {pair.job.median:.1f} | {pair.base.median:.1f} | {median(ratios):.2f} | {spread} |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    calls, sizes = single_calls(), blocks()
    measure([*calls, *sizes], rounds)
    print_ratios(calls, "one call | µs | empty function, µs | × empty")
    print_ratios(sizes, "column | a call for each cell, µs | one call, µs | × one call")


if __name__ == "__main__":
    main()
