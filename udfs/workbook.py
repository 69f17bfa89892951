"""The workbook in which a formula stands: what is looked up is answered by the scheme that it is stamped with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from xladdin.classes import record

if TYPE_CHECKING:
    from xladdin.scheme import Scheme, Stamp


@record
class Workbook:
    """The workbook in which the formula stands that is being computed, handed over behind the formula's own arguments."""

    version: Callable[[], str]
    """What it is stamped with (方案版本), if anything; only asked where there is a choice, for it is a call of the program."""


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
    """The scheme of the workbook in which the formula stands; the newest where it has no stamp."""
    # Late for the same reason as in `defaults.scheme`.
    from xladdin.scheme import choose_scheme

    return choose_scheme(_stamps())


def _stamps() -> Iterator[Stamp]:
    from xladdin.scheme import Stamp

    workbook = _current.get()
    if workbook and (version := workbook.version()):
        yield Stamp("", version)
