"""A mutant put through the commands, and what it did: to its own scores, to the others', to the program, to what is said.

`python -m tests.harm.trials 5000` takes that many and prints the figures; `… 100 2500 .xls` a hundred of one kind, from another number.
"""

from __future__ import annotations

import gc
import io
import json
import random
import re
import signal
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import openpyxl
import xlrd

from tests.harm.material import ARCHIVE, material
from tests.harm.mutants import Mutant, mutant
from xladdin.cli import terminal
from xladdin.cli.calls import called
from xladdin.cli.program import PROGRAM
from xladdin.documents.making import make_documents
from xladdin.results import files
from xladdin.results.consolidation import Consolidation
from xladdin.results.stored import load_results, results
from xladdin.returns import reading, stamps
from xladdin.returns.collected import Collection
from xladdin.rounds import folder as rounds_folder
from xladdin.scheme import Scheme, load_scheme
from xladdin.words import CORRECTIONS_KIND, TARGETS_KIND
from xladdin.workbook.read import reader

SEED = "harm"
SECONDS, MEGABYTES, HANGS = 3.0, 200, 300
"""Of processor time, of memory, and of anything whatever, which other programs may slow down."""

STRETCH = 500
"""Mutants that one process takes: what is left in it of thousands of files would be counted as the next one's memory."""

WHOLE = 8
"""One in so many results is written with all its sheets."""


def _findings_only(result: Consolidation, target: Path, _generated: datetime) -> bytes:
    return files.issues_workbook(result.scheme, result.issues, {f.name: f.path for f in result.files}, target)


def _compact(result: Consolidation) -> bytes:
    return json.dumps(results(result), ensure_ascii=False).encode()


_SHORT = {"result_workbook": _findings_only, "results_json": _compact}

FOREIGN = re.compile(
    r"\b[A-Z]\w*(?:Error|Exception|Warning|Interrupt)\b|NoneType|<class|object at 0x|Errno|Traceback|\bxlrd\b|\bexpat\b"
    r"|(?!xladdin consolidate)\b[A-Za-z']{2,}[ -][A-Za-z']{2,}"
)
"""Python's names, and sentences that are not Chinese."""

_QUOTED = re.compile(
    r"“[^”]*”|“.*|/\S+|\b[\w（）]+\.(?:xlsx|xls|ods|zip|json)\b|\b[\da-f]{4}(?:-[\da-f]{4}){3}\b", re.DOTALL
)
"""What is somebody else's: texts, paths, files; and 核验码, some of whose letters look like words."""

Scores = dict[tuple[str, str], tuple[object, str]]
Found = tuple[str, ...]


class Outcome(NamedTuple):
    """What came of a call: exit code (None where it did not end), what was said, the result where one was written."""

    code: int | None
    said: str
    result: Mapping[str, Any] | None


class Fault(NamedTuple):
    """What a mutant must not do, and did."""

    kind: str
    detail: str


class Hangs(BaseException):
    """The command does not end; no handler of errors is to take it for one of its own."""


@contextmanager
def _deadline() -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _leave(code: int) -> None:
    raise SystemExit(code)


def call(*words: str) -> tuple[int | None, str]:
    """A command as typed, in this process; its exit code and what it said."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), patch("os._exit", _leave):
        try:
            terminal.run(lambda: called("xladdin", PROGRAM, words))
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except Hangs:
            code = None
    gc.enable()  # which a command that runs alone turns off
    return code, said.getvalue()


def _peak() -> float:
    """The most memory that the process has taken since `_forget_peak`, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


class Assessment:
    """The clean files in a folder, what they come to through each door, and the trials of mutants in their place."""

    def __init__(self, home: Path) -> None:
        scheme = load_scheme("2023")
        own = material(scheme)
        self.runs = -1
        self.home, self.folder = home, home / "考核"
        self.returned = self.folder / "回收"
        self.files = {self.returned / name: data for name, data in own.returned.items()}
        self.files |= {self.folder / name: data for name, data in own.beside.items()}
        self.returned.mkdir(parents=True)
        for path, data in self.files.items():
            path.write_bytes(data)
        _remember(self.files.values())
        # The clean results are of the folder too: 更正单 and results.json belong together.
        clean = self.consolidate(str(self.returned))
        assert clean.result, clean.said
        self.results = home / "results.json"
        self.results.write_bytes((home / "out.json").read_bytes())
        self.files[self.results] = self.results.read_bytes()
        (home / "clean.json").write_bytes(self.files[self.results])
        # What the commands themselves have written and read again.
        for words in (("consolidate", "--round"), ("round",)):
            call(*words, str(self.folder))
        (self.sealed,) = (self.folder / "结果").iterdir()
        self.notice = home / "通报.docx"
        documents = make_documents(scheme, load_results(self.results), commended=None, final=False)
        self.notice.write_bytes(documents.files["通报.docx"])
        for path in (self.folder / "进度.xlsx", self.notice, self.sealed / "封存.json"):
            path.chmod(0o644)
            self.files[path] = path.read_bytes()
        self.clean: dict[str, Outcome] = {}

    def consolidate(self, *words: str) -> Outcome:
        return self._with_results("consolidate", *words)

    def _with_results(self, *words: str) -> Outcome:
        self.runs += 1
        # The sheets that quote what came back are in every workbook; to write them all takes longer than all else.
        whole = nullcontext() if self.runs % WHOLE == 0 else patch.multiple(files, **_SHORT)
        workbook, data = self.home / "out.xlsx", self.home / "out.json"
        for path in (workbook, data):
            path.unlink(missing_ok=True)
        with whole:
            code, said = call(*words, "-o", str(workbook), "--json", str(data))
        if workbook.exists() != data.exists():
            raise AssertionError("one of two outputs")
        if not data.exists():
            return Outcome(code, said, None)
        assert zipfile.ZipFile(workbook).testzip() is None
        return Outcome(code, said, json.loads(data.read_bytes()))

    def doors(self, path: Path) -> list[tuple[str, ...]]:
        """The commands that a file is read by."""
        returned, sheet = str(self.returned), str(self.folder / f"{CORRECTIONS_KIND}.xlsx")
        if path == self.results:
            again = ["黄浦区", "K01", str(path)]
            correct = ("correct", str(path), returned, "--corrections", sheet)
            compared = [(command, str(path), str(self.home / "clean.json")) for command in ("diff", "compare")]
            return [("explain", *again), correct, *compared, ("analyse", str(path))]
        if path == self.notice:
            return [("documents", "check", str(path), str(self.results))]
        if path.parent == self.sealed:
            return [("verify", str(self.sealed))]
        if path.name == "进度.xlsx":
            return [("round", str(self.folder))]
        if path.name.startswith(CORRECTIONS_KIND):
            return [("correct", str(self.results), returned, "--corrections", sheet)]
        if path.suffix == ".xlsm":
            return [("consolidate", str(path))]
        if path.name.startswith(TARGETS_KIND):
            return [("consolidate", "--round", str(self.folder))]
        return [("consolidate", returned), ("consolidate", "--round", str(self.folder)), ("check", returned)]

    def run(self, words: tuple[str, ...]) -> Outcome:
        if words[0] in ("consolidate", "correct"):
            return self._with_results(*words)
        outputs = {"round": self.home / "round", "explain": None, "documents": None, "verify": None}
        output = outputs.get(words[0], self.home / "out2.xlsx")
        written = () if output is None else ("-o", str(output))
        return Outcome(*call(*words, *written), None)

    def trial(self, path: Path, damaged: Mutant, words: tuple[str, ...]) -> tuple[list[Fault], float, float]:
        """What the mutant did wrong in a file's place, the seconds and the megabytes it took."""
        clean = self.clean.get(" ".join(words)) or self.clean.setdefault(" ".join(words), self.run(words))
        path.write_bytes(damaged.data)
        _forget_peak()
        start = time.process_time()
        try:
            with _deadline():
                outcome = self.run(words)
        finally:
            seconds, megabytes = time.process_time() - start, _peak()
            is_kept = path.read_bytes() == damaged.data
            path.write_bytes(self.files[path])
        faults = [] if is_kept else [Fault("input changed", "")]
        if outcome.code is None:
            faults.append(Fault("hang", ""))
        if "程序出错" in outcome.said:
            error = Path(tempfile.gettempdir()) / "finescore-error.txt"
            faults.append(Fault("traceback", error.read_text(encoding="utf-8")[-600:]))
        if seconds > SECONDS:
            faults.append(Fault("slow", f"{seconds:.1f} s"))
        if megabytes > MEGABYTES:
            faults.append(Fault("memory", f"{megabytes:.0f} MB"))
        if foreign := FOREIGN.search(_QUOTED.sub("", outcome.said)):
            faults.append(Fault("foreign words", foreign[0]))
        if path.parent == self.returned and words[0] == "consolidate" and outcome.result is None:
            faults.append(Fault("ended for everybody", outcome.said[-300:]))
        if outcome.result and clean.result:
            faults += self._moved(path, damaged.data, clean.result, outcome.result)
        return faults, seconds, megabytes

    def _moved(self, path: Path, data: bytes, clean: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[Fault]:
        for finding in result["issues"]:
            for text in (finding["found"], finding["expected"], finding["remedy"]):
                if foreign := FOREIGN.search(_QUOTED.sub("", text)):
                    yield Fault("foreign words", f"{foreign[0]}: {text[:100]}")
        before, after = _scores(clean), _scores(result)
        moved = [key for key in before if before[key] != after[key]]
        own = next((name for name in {d for d, _item in before} if name in path.name), "")
        if path.suffix == ".zip":
            own = ARCHIVE
        if own and (others := [key for key in moved if key[0] != own]):
            yield Fault("another district", f"{others[:3]}")
        fresh = Counter(map(_finding, result["issues"])) - Counter(map(_finding, clean["issues"]))
        # A district without a form is named as such; of the others everything that moves has to be said.
        without = {found["district"] for found in clean["issues"] if found["code"] == "F01"}
        for key in moved:
            is_told = key[0] in without or any(_covers(finding, key) for finding in fresh)
            if not is_told and not _shows_another(path, self.files[path], data, key[1]):
                yield Fault("silent", f"{key} {before[key]} -> {after[key]}")


def _scores(result: Mapping[str, Any]) -> Scores:
    return {(d["name"], id_): (i["score"], i["status"]) for d in result["districts"] for id_, i in d["items"].items()}


def _finding(data: Mapping[str, str]) -> Found:
    return tuple(data[name] for name in ("district", "item", "code", "file", "sheet", "cell", "found"))


def _covers(finding: Found, key: tuple[str, str]) -> bool:
    """Whether a finding is about the item of the district, or about the file or sheet it stands in."""
    district, item = finding[:2]
    return district in ("", key[0]) and item.partition(".")[0] in ("", key[1])


# --- What a file shows, by other readers ------------------------------------------------------------------------------


def _rows(name: str, data: bytes) -> list[list[object]]:
    if name.endswith(".xls"):
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
        return [sheet.row_values(n) for sheet in book.sheets() for n in range(sheet.nrows)]
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [row for inner in archive.namelist() for row in _rows("x.xlsx", archive.read(inner))]
    if name.endswith(".ods"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = archive.read("content.xml").decode("utf-8", "replace")
        rows = re.findall(r"<table:table-row.*?</table:table-row>", text, re.DOTALL)
        return [re.findall(r'office:value="[^"]*"|<text:p[^>]*>.*?</text:p>', row, re.DOTALL) for row in rows]
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [list(row) for sheet in book for row in sheet.iter_rows(values_only=True)]


def _shows_another(path: Path, before: bytes, after: bytes, item: str) -> bool:
    """Whether the item's rows themselves show other plain values, beside the same words: then another score is right."""
    try:
        sides = [_rows(path.name, data) for data in (before, after)]
    except Exception:  # by another program it cannot be read
        return False
    old, new = (_by_words(item, side) for side in sides)
    # What 简讯 and 宣传 list counts for items without a row of their own.
    is_list = not old and sides[0] != sides[1]
    return is_list or (old.keys() == new.keys() and old != new)


def _by_words(item: str, rows: list[list[object]]) -> dict[tuple[str, ...], list[object]]:
    """The plain values of the item's rows by the words that stand beside them."""
    found = {}
    for row in rows:
        if any(str(cell).startswith(f"{item}.") for cell in row):
            words = [str(cell) for cell in row if isinstance(cell, str) and not _is_plain(cell) and cell[:1] != "="]
            found[tuple(words)] = [cell for cell in row if _is_plain(cell)]
    return found


def _is_plain(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value in ("是", "否") or is_number or str(value).startswith("office:value")


# --- Many -------------------------------------------------------------------------------------------------------------


def _remember(clean: Iterable[bytes]) -> None:
    """Read the clean files once, and what they hold: it is the mutants that are tried."""
    known = {
        data: reader.read_bytes(data) for data in clean if not data.startswith(b"PK\x03\x04") or _is_workbook(data)
    }
    books = {id(book) for book in known.values()}
    digests = {book.sha256 for book in known.values()}
    read_anew, hold_anew, examine_anew = reader.read_bytes, reading._read_book, rounds_folder._examined
    held: dict[Any, Any] = {}

    def read(data: bytes) -> Any:
        return known.get(data) or read_anew(data)

    def hold(scheme: Scheme, file: Any, book: Any, own: Any) -> Any:
        if id(book) not in books:
            return hold_anew(scheme, file, book, own)
        key = id(book), file.name, file.path
        if key not in held:
            fresh = Collection()
            held[key] = hold_anew(scheme, file, book, fresh), fresh
        candidates, fresh = held[key]
        for name in ("files", "reports", "issues"):
            setattr(own, name, list(getattr(fresh, name)))
        own.readings, own.expects_all = dict(fresh.readings), fresh.expects_all
        return candidates

    def examine(scheme: Scheme, path: Path, targets: Any) -> Any:
        key = path, rounds_folder.digest_of(path), repr(targets)
        if key[1] not in digests:
            return examine_anew(scheme, path, targets)
        if key not in held:
            held[key] = examine_anew(scheme, path, targets)
        return held[key]

    for module in (reader, reading, stamps, rounds_folder):
        if hasattr(module, "read_bytes"):
            module.read_bytes = read
    reading._read_book, rounds_folder._examined = hold, examine


def _is_workbook(data: bytes) -> bool:
    return any(name in ("content.xml", "[Content_Types].xml") for name in zipfile.ZipFile(io.BytesIO(data)).namelist())


def try_out(count: int, first: int, suffix: str) -> int:
    """So many mutants, of every file in turn or of those whose names end so; how many faults they have.

    Every fault is told with the mutant's number, file and damage, and at last the slowest and the largest.
    """
    warnings.simplefilter("ignore")
    kinds: Counter[str] = Counter()
    slowest = largest = 0.0
    with tempfile.TemporaryDirectory() as home:
        own = Assessment(Path(home))
        names = [path for path in own.files if path.name.endswith(suffix)]
        for number in range(first, first + count):
            dice = random.Random(f"{SEED}:{number}")
            path = names[number % len(names)]
            damaged = mutant(path.name, own.files[path], dice)
            words = dice.choice(own.doors(path))
            faults, seconds, megabytes = own.trial(path, damaged, words)
            slowest, largest = max(slowest, seconds), max(largest, megabytes)
            kinds.update(fault.kind for fault in faults)
            for fault in faults:
                print(number, path.name, words[0], damaged.how, fault.kind, fault.detail, flush=True)
            if number % 100 == 99:
                print(f"{number + 1}: {slowest:.1f} s, {largest:.0f} MB", flush=True)
    print(f"{count} mutants, {slowest:.1f} s, {largest:.0f} MB, faults: {dict(kinds)}")
    return kinds.total()


if __name__ == "__main__":
    asked = [*sys.argv[1:], *("100", "0", "")[len(sys.argv) - 1 :]]
    count, first = int(asked[0]), int(asked[1])
    stretches = [(min(STRETCH, count - done), first + done, asked[2]) for done in range(0, count, STRETCH)]
    with get_context("spawn").Pool(1, maxtasksperchild=1) as process:
        faults = process.starmap(try_out, stretches, chunksize=1)
    print(f"{count} mutants, {sum(faults)} faults")
    sys.exit(1 if sum(faults) else 0)
