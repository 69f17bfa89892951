"""The program in which a button was pressed, as the shared actions see it; Excel and LibreOffice each implement it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from xladdin.fields.identity import read_identity
from xladdin.files import noted, told
from xladdin.issues import Refused
from xladdin.scheme import Scheme, Stamp, choose_scheme
from xladdin.scheme.choosing import scheme_file_of
from xladdin.words import (
    ALL_UNITS,
    COMPARISON,
    DELIVERIES,
    FUNCTION_SHEET,
    ISSUES,
    RANKING,
    RETURNED_FOLDER,
    SUMMARY,
    TRACE,
)
from xladdin.workbook.cells import RawBook, RawSheet
from xladdin.workbook.read.reader import SourceFile
from xladdin.workbook.tables import ResultSheet

RESULT_SHEETS = frozenset({SUMMARY, RANKING, ALL_UNITS, COMPARISON, DELIVERIES, ISSUES, TRACE, FUNCTION_SHEET})
"""Sheets of an open workbook of which nothing is read: results, which are large, what repeats the units' sheets, and help."""

ASK_ROUND = f"选择这一次考核的文件夹（内有“{RETURNED_FOLDER}”）"

_log = logging.getLogger("macros")


def stamps(host: Host) -> Iterator[Stamp]:
    """The year that the open workbook is stamped with, if any."""
    # Its properties first: they come without a sheet being read.
    versions = read_identity(host.read(())).versions or read_identity(host.read()).versions
    yield from (Stamp(host.source().name, stated.name) for stated in versions[:1])


def scheme_of_open(host: Host) -> Scheme:
    """The scheme of the open workbook: of the assessment folder in which it lies, else of its stamp, else the newest."""
    own = scheme_file_of([host.source().path])
    return choose_scheme(stamps(host), asked=str(own) if own else "")


def scheme_in(folder: Path) -> Scheme:
    """The scheme of an assessment folder, or the newest where it has none of its own."""
    own = scheme_file_of([folder])
    return choose_scheme(asked=str(own) if own else "")


class Cancelled(Exception):
    """The clerk cancelled; nothing was written."""


class Selected(NamedTuple):
    """The selected cell: its sheet, and its zero-based row and column."""

    sheet: RawSheet
    row: int
    column: int


class OpenFile(Protocol):
    """A file that is open in the program."""

    @property
    def is_changed(self) -> bool:
        """Whether what is open is not what lies on the disk."""

    def save(self) -> None:
        """Write what is open over the file."""

    def close(self) -> None:
        """Let go of the file, so that another can be written in its place."""


class Host(Protocol):
    """One press of a button on the workbook that is open; `title` is the button's caption."""

    title: str

    def working(self) -> AbstractContextManager[None]:
        """Show that work is under way; whatever happens, the program is left as it was found."""

    def progress(self, done: int, total: int, now: str) -> None:
        """Show how far the work is; `Cancelled` if the clerk stops it."""

    def calculate(self) -> None:
        """Bring the workbook's formulas up to date."""

    def source(self) -> SourceFile:
        """The workbook as a source: its file's SHA-256, or none where what is open is not what lies on the disk."""

    def read(self, names: Iterable[str] | None = None) -> RawBook:
        """The sheets that hold no results, as a reader of files gives them; of those named only where names are given."""

    def selected(self) -> Selected | None:
        """The selected cell; None where something else is selected."""

    def beside(self, names: Collection[str]) -> Iterator[tuple[SourceFile, RawBook]]:
        """The other open workbooks that have sheets of all these names, each as a source with a scheme's sheets in it."""

    def write(self, sheets: Sequence[ResultSheet], *, shown: str = "", apart: bool = False) -> None:
        """Write result sheets into the workbook, or into a new one (`apart`), and show the one of that name."""

    def opened(self, path: Path) -> OpenFile | None:
        """The file where the program has it open."""

    def show_file(self, path: Path) -> str:
        """Open a file that was written; what to say where that is not possible."""

    def ask_folder(self, prompt: str) -> Path:
        """A folder that the clerk chooses; `Cancelled` if none."""

    def ask_file(self, prompt: str) -> Path:
        """A file that the clerk chooses; `Cancelled` if none."""

    def ask_text(self, question: str, default: str) -> str:
        """A text that the clerk types or accepts; `Cancelled` if none."""

    def confirm(self, question: str) -> None:
        """Ask; `Cancelled` if the answer is no."""

    def excuse(self, error: Exception) -> str:
        """What to do where an error only says that the program was busy; empty for any other error."""


def now() -> datetime:
    """The time stamp of what is written."""
    return datetime.now().replace(microsecond=0)


def refuse_unwritable(found: Sequence[str]) -> None:
    """`Refused` if something keeps what is to be written from being written."""
    if found:
        raise Refused("\n".join([*found, "没有写入任何内容；改好后请再按一次。"]))


def list_apart(host: Host, sheet: ResultSheet) -> bool:
    """Write a list of what has been done into a new workbook; whether the program let it."""
    try:
        host.write([sheet], apart=True)
    except Exception:  # what was done stays done, and the message says it
        return False
    return True


Pressed = TypeVar("Pressed", bound=Host)


def first_lines(lines: Sequence[str]) -> list[str]:
    """As many lines as a message has room for."""
    return [*lines[:_SHOWN], f"……共 {len(lines)} 行，其余见工作簿"] if len(lines) > _SHOWN else list(lines)


_SHOWN = 12


def outcome(action: Callable[[Pressed], str], host: Pressed) -> str:
    """Run an action and give back what to tell the clerk; no error goes further than this."""
    try:
        return action(host)
    except Cancelled:
        return "已取消，没有写入任何内容。"
    except Refused as error:
        return str(error)
    except OSError as error:
        return told(error)
    except Exception as error:
        if excuse := host.excuse(error):
            return excuse
        _log.exception("%s failed", host.title)
        return noted("这个工作簿")
