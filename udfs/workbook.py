"""The workbook in which a formula stands: what is looked up is answered by its scheme.

That is the 考核方案.xlsx of the assessment folder in which it lies, else the scheme that it is stamped with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from xladdin.classes import record
from xladdin.numbers import ScoringError

if TYPE_CHECKING:
    from xladdin.scheme import Scheme, Stamp


@record
class Workbook:
    """The workbook in which the formula stands that is being computed, handed over behind the formula's own arguments."""

    version: Callable[[], str]
    """What it is stamped with (方案版本), if anything; only asked where there is a choice, for it is a call of the program."""
    path: Callable[[], str] = str
    """Where it lies; nothing where it has not been saved, or lies on the web."""


_current: ContextVar[Workbook | None] = ContextVar("workbook", default=None)


@contextmanager
def standing_in(workbook: Workbook) -> Iterator[None]:
    """While a formula of the workbook is computed."""
    token = _current.set(workbook)
    try:
        yield
    finally:
        _current.reset(token)


def scheme() -> Scheme:
    """The scheme of the workbook in which the formula stands; the newest where nothing says which.

    `ScoringError` where the folder's own scheme cannot be used.
    """
    # Late for the same reason as in `defaults.scheme`.
    from xladdin.scheme import choose_scheme
    from xladdin.scheme.choosing import scheme_file_of
    from xladdin.scheme.load import SchemeError

    workbook = _current.get()
    own = scheme_file_of([Path(path)]) if workbook and (path := workbook.path()) else None
    try:
        return choose_scheme(_stamps(), asked=str(own) if own else "")
    except SchemeError as error:
        raise ScoringError(
            f"{own.name if own else '考核方案'}不能用，请先检查方案（{str(error).splitlines()[-1]}）"
        ) from error


def _stamps() -> Iterator[Stamp]:
    from xladdin.scheme import Stamp

    workbook = _current.get()
    if workbook and (version := workbook.version()):
        yield Stamp("", version)
