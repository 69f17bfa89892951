"""What runs inside the page: the command line's own program, once for each thing that is asked for.

Whatever the page shows comes from the files that the program writes, so they are those of the command line, byte for byte.
"""

from __future__ import annotations

import gc
import io
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NoReturn
from zipfile import ZIP_DEFLATED, ZipFile

Report = Callable[[str], None]
"""Takes a line that says how far the work has come."""


class _End(BaseException):
    """The end of a program that would end the process."""

    def __init__(self, code: int) -> None:
        self.code = code


class _Lines(io.StringIO):
    """The terminal: what is drawn over and over is progress, all else is kept."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text.startswith("\r"):
            self.report(text.strip())
            return len(text)
        return super().write(text)


def called(main: Callable[[], NoReturn], words: Sequence[str], report: Report) -> tuple[int, str, str]:
    """The exit code of a command of the command line, whose program `main` is, what it said, and what it complained of."""

    def leave(status: int) -> NoReturn:
        raise _End(status)

    out, errors, end = io.StringIO(), _Lines(report), os._exit
    os._exit = leave
    sys.argv = ["xladdin", *words]
    code = 0
    try:
        with redirect_stdout(out), redirect_stderr(errors):
            main()
    except _End as ended:
        code = ended.code
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except Exception as error:  # nobody at the page can use a traceback; its last line helps whoever maintains this
        code = 1
        errors.write(f"程序出错，没有做完：{type(error).__name__} {error}。请把这句话和所用的文件发给维护人员。")
    finally:
        os._exit = end
        gc.enable()
    return code, out.getvalue(), errors.getvalue()


def fresh(folder: str) -> None:
    """An empty folder in place of whatever was there."""
    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir(parents=True)


def files_below(folder: str) -> list[str]:
    """Every file, as its path below the folder."""
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())


def zipped(folder: str, target: str) -> None:
    """All files of a folder in one archive."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name in files_below(folder):
            archive.write(Path(folder, name), name)


def version() -> str:
    """The product's version and that of the Python that runs it."""
    import xladdin

    return f"{xladdin.__version__}，Python {sys.version.split()[0]}"
