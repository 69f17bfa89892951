"""Run the benchmarks: `python bench/run.py [--rounds N] [--quick]`. README.md beside this file says what is measured.

This process imports nothing heavy: no child's peak memory is ever reported below that of the process that starts it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
GOAL = 5.0
PLAIN_GOAL = 4.8
MOST_MEMORY = 40
START_GOALS = (1, 4, 14, 12)
FLAT = 1.25
COUNTS = (16, 160, 1600)
DOCUMENTS_GOAL = 6.0
ANALYSIS_GOAL = 5.0


@dataclass
class Job:
    """One program that is measured: the whole process from outside or, with `by_work`, the work that it timed itself."""

    title: str
    arguments: list[str]
    goal: float | None = None
    """How many times faster than this peer the product is to be."""
    by_work: bool = False
    exits: tuple[int, ...] = (0,)
    files: int = 1
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    report: dict[str, Any] = field(default_factory=dict)

    def run(self, folder: Path) -> None:
        """One fresh process; milliseconds and MiB are noted."""
        printed = folder / "printed.txt"
        start = time.perf_counter()
        status, used, peak = spawn([sys.executable, *self.arguments], printed)
        whole = time.perf_counter() - start
        text = printed.read_text(encoding="utf-8")
        if status not in self.exits:
            raise SystemExit(f"{self.title}: exit code {status}\n{text}")
        last = text.strip().rpartition("\n")[2]
        self.report = json.loads(last) if last.startswith("{") else {}
        if self.report.get("files") not in (None, self.files):
            raise SystemExit(f"{self.title}: only {self.report['files']} files read")
        unpaid = self.report.get("unpaid", 0.0)
        self.wall.append(1000 * (self.report["work"] if self.by_work else whole - unpaid))
        self.cpu.append(1000 * (self.report["cpu"] if self.by_work else used - unpaid))
        self.peak.append(peak)


def spawn(command: list[str], printed: Path) -> tuple[int, float, float]:
    """Run to the end: exit code, processor seconds, peak memory in MiB. What it prints goes to a file."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "SOURCE_DATE_EPOCH": "1700000000"}
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 1, str(printed), write, 0o600), (os.POSIX_SPAWN_DUP2, 1, 2)]
    child = os.posix_spawn(command[0], command, environment, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def untimed(folder: Path, *arguments: str) -> str:
    Job(" ".join(arguments[:2]), [str(HERE / arguments[0]), *arguments[1:]]).run(folder)
    return (folder / "printed.txt").read_text(encoding="utf-8").strip()


def measure(jobs: Sequence[Job], rounds: int, folder: Path) -> None:
    """Interleaved, each round beginning with another job, after one round that does not count."""
    for job in jobs:
        job.run(folder)
        for noted in (job.wall, job.cpu, job.peak):
            noted.clear()
    for turn in range(rounds):
        for position in range(len(jobs)):
            jobs[(turn + position) % len(jobs)].run(folder)


# --- what is measured ----------------------------------------------------------------------------------------------


def start_jobs(folder: Path) -> list[Job]:
    form = str(min((folder / "returned").iterdir()))
    first_call = "import udfs; udfs.FS_RATIO(3, 4, 2)"
    return [
        Job("python -c pass", ["-c", "pass"]),
        Job("xladdin --help", ["-m", "xladdin", "--help"]),
        Job("xladdin check, one form", ["-m", "xladdin", "check", form, "-o", str(folder / "check.xlsx")]),
        Job("the first FS_ function", ["-c", first_call]),
    ]


def consolidate_jobs(folder: Path) -> list[Job]:
    returned = str(folder / "returned")
    ours = ["-m", "xladdin", "consolidate", returned, "-o", str(folder / "ours.xlsx")]
    plain = [str(HERE / "peer_plain.py"), returned, str(folder / "contents.pickle"), str(folder / "values.xlsx")]
    script = [str(HERE / "peer_openpyxl.py"), returned, str(folder / "contents.pickle")]

    def tuned(way: str) -> list[str]:
        return [*script, str(folder / f"{way}.xlsx"), f"--{way}"]

    return [
        Job("xladdin consolidate", ours, exits=(0, 1)),
        Job("plain openpyxl script, values only", plain, goal=PLAIN_GOAL),
        Job("openpyxl script, styles by attributes", [*script, str(folder / "plain.xlsx")], goal=GOAL),
        Job("openpyxl script, named styles", tuned("named"), goal=GOAL),
        Job("openpyxl script, styles through inner arrays", tuned("tuned")),
        Job("the same, read_only and write_only", tuned("streaming")),
        Job("bound: Python start, inflate the sheets", [str(HERE / "bounds.py"), "inflate", returned]),
    ]


def template_jobs(folder: Path, kind: str) -> list[Job]:
    jobs, blank = str(HERE / "jobs.py"), str(next((folder / "templates").glob("*.xlsx")))
    out = [str(folder / f"{kind}{n}") for n in range(3)]
    return [
        Job("xladdin distribute", [jobs, f"distribute_{kind}", out[0]], by_work=True),
        Job("XlsxWriter writes each anew", [jobs, f"write_{kind}", out[1]], goal=GOAL, by_work=True),
        Job("bound: write the same bytes", [str(HERE / "bounds.py"), "copy", blank, out[2]], by_work=True),
    ]


def document_jobs(folder: Path) -> list[Job]:
    results, out = str(folder / "results.json"), str(folder / "documents")
    consolidate = ["consolidate", str(folder / "returned"), "-o", str(folder / "ours.xlsx"), "--json", results]
    return [
        Job("xladdin consolidate", ["-m", "xladdin", *consolidate], exits=(0, 1)),
        Job("xladdin documents", ["-m", "xladdin", "documents", results, "-o", out]),
        Job("xladdin analyse", ["-m", "xladdin", "analyse", results, "-o", str(folder / "analysis.xlsx")]),
    ]


def round_jobs(folder: Path) -> list[Job]:
    program = [str(HERE / "jobs.py"), "round_status"]
    return [
        Job("every file sent anew", [*program, str(folder / "anew")], by_work=True, files=480),
        Job("most files sent again as they were", [*program, str(folder / "again")], by_work=True, files=480),
    ]


def reading_jobs(folder: Path, most: int) -> list[Job]:
    programs = (
        ("collect", str(HERE / "jobs.py"), "collect_folder"),
        ("read, keep none", str(HERE / "jobs.py"), "read_folder"),
        ("bound: inflate the sheets", str(HERE / "bounds.py"), "inflate"),
    )
    return [
        Job(f"{title}, {count} files", [script, job, str(folder / f"files{count}")], by_work=True, files=count)
        for title, script, job in programs
        for count in COUNTS
        if count <= most
    ]


# --- what is told --------------------------------------------------------------------------------------------------


def print_ratios(title: str, jobs: Sequence[Job]) -> None:
    ours = jobs[0]
    print(f"\n## {title}\n\n| | ms | min–max | × ours | CPU ms | × ours | peak MB |\n|---|--:|--:|--:|--:|--:|--:|")
    for job in jobs:
        wall, cpu, peak = median(job.wall), median(job.cpu), median(job.peak)
        ratios = wall / median(ours.wall), cpu / median(ours.cpu)
        spread = f"{min(job.wall):.0f}–{max(job.wall):.0f}"
        print(f"| {job.title} | {wall:.1f} | {spread} | {ratios[0]:.2f} | {cpu:.1f} | {ratios[1]:.2f} | {peak:.0f} |")
    print()
    for job in jobs:
        if job.goal:
            ratio, used = median(job.wall) / median(ours.wall), median(job.cpu) / median(ours.cpu)
            verdict = "goal met" if used >= job.goal else "GOAL MISSED"
            print(
                f"{verdict}: {used:.1f} × faster than “{job.title}” by CPU, {ratio:.1f} × by the clock (goal {job.goal:g})"
            )


def print_start(jobs: Sequence[Job]) -> None:
    print("\n## Start\n\n| | CPU ms | × bare Python | goal | peak MB |\n|---|--:|--:|--:|--:|")
    bare = median(jobs[0].cpu)
    for job, goal in zip(jobs, START_GOALS, strict=True):
        used = median(job.cpu)
        print(f"| {job.title} | {used:.1f} | {used / bare:.1f} | {goal} | {median(job.peak):.0f} |")


def print_documents(jobs: Sequence[Job]) -> None:
    title = "4. Documents of 16 districts, whole processes"
    print(f"\n## {title}\n\n| | ms | CPU ms | × consolidate | peak MB |\n|---|--:|--:|--:|--:|")
    first = median(jobs[0].cpu)
    for job in jobs:
        wall, cpu = median(job.wall), median(job.cpu)
        print(f"| {job.title} | {wall:.0f} | {cpu:.0f} | {cpu / first:.1f} | {median(job.peak):.0f} |")
    _consolidate, documents, analysis = (median(job.cpu) / 1000 for job in jobs)
    for what, seconds, goal in (
        ("all documents", documents + analysis, DOCUMENTS_GOAL),
        ("every combination of readings and variation", analysis, ANALYSIS_GOAL),
    ):
        verdict = "goal met" if seconds <= goal else "GOAL MISSED"
        print(f"\n{verdict}: {what} took {seconds:.1f} s of processor time (goal {goal:g} s)")


def print_round(job: Job, copies: Job) -> None:
    print("\n## A round of 30 deliveries, 16 files each\n\n| | ms | CPU ms | peak MB |\n|---|--:|--:|--:|")
    for one in (job, copies):
        print(f"| {one.title} | {median(one.wall):.0f} | {median(one.cpu):.0f} | {median(one.peak):.0f} |")


def print_reading(jobs: Sequence[Job]) -> None:
    print("\n## 3. Cost per file\n\n| | ms a file | min–max | CPU ms a file | peak MB |\n|---|--:|--:|--:|--:|")
    for job in jobs:
        each = [ms / job.files for ms in job.wall]
        spread, cpu = f"{min(each):.2f}–{max(each):.2f}", median(job.cpu) / job.files
        print(f"| {job.title} | {median(each):.2f} | {spread} | {cpu:.2f} | {median(job.peak):.0f} |")
    own = [job for job in jobs if job.title.startswith("collect")]
    first, last = own[0], own[-1]
    growth = (median(last.cpu) / last.files) / (median(first.cpu) / first.files)
    verdict = "goal met" if growth <= FLAT else "GOAL MISSED"
    print(f"\n{verdict}: a file costs {growth:.2f} × as much among {last.files} as among {first.files} (goal {FLAT:g})")
    growth = median(last.peak) / median(first.peak)
    verdict = "goal met" if growth <= FLAT else "GOAL MISSED"
    print(f"{verdict}: peak memory {growth:.2f} × as high at {last.files} files as at {first.files} (goal {FLAT:g})")


def compare_results(folder: Path, jobs: Sequence[Job]) -> None:
    """End the run unless the peers wrote what the product wrote."""
    for name in ("plain", "named", "tuned", "streaming"):
        same = untimed(folder, "contents.py", "compare", str(folder / "ours.xlsx"), str(folder / f"{name}.xlsx"))
        print(f"the same in ours.xlsx and {name}.xlsx: {same}")
    for job in jobs:
        if "read" in job.report:
            parts = ", ".join(f"{key} {1000 * job.report[key]:.0f} ms" for key in ("read", "write", "unpaid"))
            print(f"last round of “{job.title}”: {parts}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--quick", action="store_true", help="3 rounds and at most 160 files")
    options = parser.parse_args()
    rounds, most = (3, COUNTS[1]) if options.quick else (options.rounds, COUNTS[-1])
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        untimed(folder, "jobs.py", "prepare", name, *(str(count) for count in COUNTS if count <= most))
        jobs = start_jobs(folder)
        measure(jobs, rounds, folder)
        print_start(jobs)
        jobs = consolidate_jobs(folder)
        jobs[0].run(folder)
        untimed(folder, "contents.py", "describe", str(folder / "ours.xlsx"), str(folder / "contents.pickle"))
        measure(jobs, rounds, folder)
        print_ratios("1. consolidate on 16 filled files, whole process", jobs)
        verdict = "goal met" if median(jobs[0].peak) <= MOST_MEMORY else "GOAL MISSED"
        print(f"{verdict}: peak memory {median(jobs[0].peak):.0f} MB (goal {MOST_MEMORY})")
        compare_results(folder, jobs)
        for kind, title in (("plain", "2. 16 templates"), ("assigned", "2b. 16 templates with 任务量 filled in")):
            jobs = template_jobs(folder, kind)
            measure(jobs, rounds, folder)
            print_ratios(f"{title}, in the process, without imports", jobs)
        jobs = reading_jobs(folder, most)
        measure(jobs, rounds, folder)
        print_reading(jobs)
        jobs = document_jobs(folder)
        measure(jobs, rounds, folder)
        print_documents(jobs)
        jobs = round_jobs(folder)
        measure(jobs, rounds, folder)
        print_round(*jobs)


if __name__ == "__main__":
    main()
