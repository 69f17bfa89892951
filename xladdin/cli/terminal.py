"""The terminal: what is said there, a progress bar, the ranking as a table, and how the program ends.

Exit codes: 0 done, 1 problems in the data (named), 2 wrong usage.
"""

from __future__ import annotations

import gc
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from xladdin.words import GRADE, GRAND_TOTAL, GROUP, GROUP_RANK, NOTE, RANK, RETURNED_FOLDER, VETO, WITHOUT_RANK

if TYPE_CHECKING:
    from xladdin.files import Progress
    from xladdin.issues import Issue
    from xladdin.results.consolidation import Consolidation
    from xladdin.scheme.model import Scheme

DONE, PROBLEMS, USAGE = 0, 1, 2


def run(command: Callable[[], int]) -> NoReturn:
    """Run a command, its failures said in Chinese, and end the process with the exit code it gives."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    gc.disable()  # a short-lived process that builds large tables and then ends
    try:
        code = command()
    except KeyboardInterrupt:
        fail("已取消，未写入结果文件", PROBLEMS)
    except OSError as error:
        from xladdin.files import told

        fail(told(error), PROBLEMS)
    except Exception as error:
        from xladdin.files import noted
        from xladdin.issues import Refused, WrongCall

        if not isinstance(error, Refused):
            fail(noted("所读的文件"), PROBLEMS)
        fail(str(error), USAGE if isinstance(error, WrongCall) else PROBLEMS)
    sys.stderr.flush()
    # Everything is written, and taking large tables apart object by object would only cost time.
    os._exit(code)


def say(text: str) -> None:
    """Print at once: whoever reads the output may have stopped, which is to be noticed here."""
    print(text, flush=True)


def fail(message: str, code: int) -> NoReturn:
    """End with a message and an exit code."""
    print(message, file=sys.stderr)
    raise SystemExit(code)


def round_folder(paths: list[Path]) -> Path:
    """The one folder that --round is about."""
    from xladdin.rounds.folder import round_home

    if len(paths) != 1 or not paths[0].is_dir():
        fail(f"请指定一个考核文件夹（其中有“{RETURNED_FOLDER}”），现为 {'、'.join(map(str, paths))}", USAGE)
    return round_home(paths[0])


@contextmanager
def progress_bar(title: str) -> Iterator[Progress | None]:
    """A progress bar on the terminal; nothing where the output is not one. Ctrl+C cancels."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = ""

    def show(line: str) -> None:
        nonlocal shown
        # Blanks wipe what was longer before, on terminals of every kind.
        print(f"\r{line}{' ' * (width(shown) - width(line))}", end="", file=sys.stderr, flush=True)
        shown = line

    def step(done: int, total: int, now: str) -> None:
        filled = _BAR * done // max(total, 1)
        show(cut(f"{title} {'#' * filled}{'-' * (_BAR - filled)} {done}/{total} {now}", columns() - 1))

    show(title)
    try:
        yield step
    finally:
        show("")
        print("\r", end="", file=sys.stderr, flush=True)


_BAR = 30
"""Columns of a full bar. It is drawn with signs that are one column wide in every font."""


def columns() -> int:
    """How many columns the terminal has."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, AttributeError):  # no terminal, or as in a browser no such thing at all
        return 80


def width(text: str) -> int:
    """The columns that a text takes on a terminal, where a Chinese character takes two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def cut(text: str, most: int) -> str:
    """As much of the text as fits into so many columns."""
    while width(text) > most:
        text = text[:-1]
    return text


def now() -> datetime:
    """The time stamp of results; SOURCE_DATE_EPOCH fixes it for reproducible output."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch and not (epoch.isdigit() and len(epoch) <= 11):
        fail(f"环境变量 SOURCE_DATE_EPOCH 应为 1970 年以来的秒数，现为“{epoch}”", USAGE)
    return (
        datetime.fromtimestamp(int(epoch), UTC).replace(tzinfo=None) if epoch else datetime.now().replace(microsecond=0)
    )


def write(files: Mapping[Path, bytes]) -> None:
    """Write the results of a command, all of them or none, or say why that cannot be."""
    from xladdin.files import write_together

    for path, data in files.items():
        if loss := _what_would_be_lost(path, data):
            fail(f"没有写出 {path}：{loss}，请换一个文件名", USAGE)
    write_together(files)


def write_result(result: Consolidation, output: Path, json_path: Path | None, workbook: Callable[[], bytes]) -> None:
    """Write a result as its workbook, and as results.json where that is asked for."""
    from xladdin.results.files import results_json

    refuse_overwriting([output, json_path] if json_path else [output], result.inputs)
    write({output: workbook(), **({json_path: results_json(result)} if json_path else {})})


def _what_would_be_lost(path: Path, data: bytes) -> str:
    """What stands in a result's place and is no earlier result of its kind."""
    if not path.is_file():
        return ""
    if not path.stat().st_mode & stat.S_IWUSR:
        return "那里有一份封存的文件"
    kind = _kind_of(path.read_bytes()) if path.suffix.lower() == ".xlsx" else ""
    return "" if kind in ("", _kind_of(data)) else f"那里有一份{kind}"


def _kind_of(workbook: bytes) -> str:
    """Which of our workbooks it is, without reading its sheets; nothing for any other file."""
    from xladdin.words import KIND_PROPERTY
    from xladdin.workbook.package import peeked_properties

    return peeked_properties(workbook).get(KIND_PROPERTY, "")


def refuse_overwriting(outputs: list[Path], inputs: Sequence[Path]) -> None:
    """End where a result would replace what somebody filled in."""
    from xladdin import files
    from xladdin.words import FORM_END

    files.refuse_overwriting(outputs, inputs, FORM_END)


def print_issues(issues: Sequence[Issue], owners: Mapping[str, str] | None = None) -> None:
    """Print the findings, what has one cause on one line, then how many each unit has."""
    from xladdin.results.finding_lines import finding_lines, unit_counts

    owners = owners or {}
    for line in (*finding_lines(issues, owners), *unit_counts(issues, owners)):
        say(line)


def print_ranking(result: Consolidation) -> None:
    """Print the ranking as a table: names and remarks to the left, numbers to the right."""
    from xladdin.scoring.totals import grade_of

    scheme = result.scheme
    sections = scheme.sections
    heads = [RANK, scheme.source.unit_word, GRAND_TOTAL, *(section.name for section in sections)]
    heads += [*([GRADE] if scheme.grades else ()), *([GROUP, GROUP_RANK] if scheme.groups else ())]
    rows = [[*heads, NOTE]]
    for district in result.ranked():
        points = [str(district.scored.sections[section.number]) for section in sections]
        remark = "暂定" if district.provisional else ""
        if district.vetoes:
            remark = "，".join(filter(None, (VETO, remark)))
        is_cancelled = district.rank is None
        rank, total = (WITHOUT_RANK if is_cancelled else str(shown) for shown in (district.rank, district.scored.total))
        row = [rank, district.name, total, *points]
        if scheme.grades:
            row.append(grade_of(scheme, district.scored))
        if scheme.groups:
            row += [scheme.group_of[district.name], str(district.group_rank or "")]
        rows.append([*row, remark])
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    left = [n for n, head in enumerate((*heads, NOTE)) if head in (scheme.source.unit_word, GRADE, GROUP, NOTE)]
    say(f"{scheme.source.title}　排名")
    for row in rows:
        blanks = [" " * (wide - width(text)) for text, wide in zip(row, widths, strict=True)]
        cells = (
            text + blank if n in left else blank + text for n, (text, blank) in enumerate(zip(row, blanks, strict=True))
        )
        say("  ".join(cells).rstrip())


def refuse_changed_since_issue(scheme: Scheme, folder: Path, files: Sequence[Path]) -> None:
    """`Refused` where files of the assessment folder are used and its scheme was changed after forms had been sent out."""
    from xladdin.rounds.scheme_changes import refuse_changed
    from xladdin.words import ISSUED_FOLDER, RETURNED_FOLDER

    home = folder.resolve()
    inside = {home / RETURNED_FOLDER, home / ISSUED_FOLDER}
    paths = [file.resolve() for file in files]
    if home in paths or any(inside & {path, *path.parents} for path in paths):
        refuse_changed(scheme, folder)


def scheme_in_force(asked: str, files: Sequence[Path], *, of_round: bool) -> Scheme:
    """The scheme that is asked for, else that of the round whose folder is given or of the files, else the newest."""
    from xladdin.issues import WrongCall
    from xladdin.scheme import available_versions, choose_scheme

    if asked or not files or len(available_versions()) == 1:
        return choose_scheme(asked=asked)
    try:
        if of_round and files[0].is_dir():
            from xladdin.rounds.folder import round_home, round_scheme

            return round_scheme(round_home(files[0]))
        from xladdin.returns.stamps import scheme_of

        return scheme_of(files)
    except WrongCall as error:
        fail(f"{error}\n也可以用 --scheme 指定年度，其他年度的文件不采用。", USAGE)
