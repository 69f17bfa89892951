"""Which scheme is in force: asked for, else the assessment folder's 考核方案.xlsx, else of the files' stamps, else the newest.

Nothing else in the product asks for a scheme without saying which.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from xladdin.issues import Refused, WrongCall
from xladdin.scheme.load import SchemeError, available_versions, load_scheme
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ASSESSMENT_FOLDERS,
    ISSUED_FOLDER,
    ISSUED_SCHEME_FILE,
    RESULTS_FOLDER,
    SCHEME_CONFIRMED_FILE,
    SCHEME_FILE,
    SEALED_SCHEMES,
)

_OTHER_FORMATS = (".ods", ".xls", ".xlsm", ".et")


class Stamp(NamedTuple):
    """A file's name and the version of the scheme that it is stamped with (方案版本)."""

    file: str
    version: str


def choose_scheme(*stamps: Iterable[Stamp], asked: str = "") -> Scheme:
    """The scheme in force.

    `stamps` are those of the files at hand, in groups: the first group with a stamp of a year that is at hand decides. Other
    years are said where the files are read. Stamps are only looked at where there is a choice. `WrongCall` where
    `asked` is not at hand or a group has stamps of several years; `SchemeError` where the scheme's data is wrong.
    """
    at_hand = available_versions()
    if not at_hand:
        raise SchemeError(["没有任何年度的考核方案数据"])
    if asked.lower().endswith(".xlsx"):
        return read_scheme_file(Path(asked))
    if asked:
        if asked not in at_hand:
            raise WrongCall(f"没有“{asked}”年度的考核方案；可用的：{'、'.join(at_hand)}，或一份 {SCHEME_FILE}")
        return load_scheme(asked)
    for group in stamps if len(at_hand) > 1 else ():
        files: dict[str, list[str]] = {}
        for stamp in group:
            if stamp.version in at_hand:
                files.setdefault(stamp.version, []).append(stamp.file)
        if len(files) > 1:
            raise WrongCall(_mixed(files))
        if files:
            return load_scheme(next(iter(files)))
    return load_scheme(at_hand[-1])


def scheme_file_of(paths: Iterable[Path]) -> Path | None:
    """The 考核方案.xlsx of the assessment folder that the paths lie in or are; of a sealed result the one sealed with it.

    Further up than the next folder it is only looked for above one of those that stand in an assessment folder: what lies
    above that, such as a draft for the next year, is of another assessment. `WrongCall` where a folder has it in a format
    that a person cannot mean to be left aside; `Refused` where it is gone and a copy of it lies beside the forms that were sent out.
    """
    for path in paths:
        above = (folder.parent for folder in (path, *path.parents) if folder.name in ASSESSMENT_FOLDERS)
        start = path if path.is_dir() or path.name in ASSESSMENT_FOLDERS else path.parent
        is_home = any((start / name).is_dir() for name in ASSESSMENT_FOLDERS)
        for folder in (start,) if is_home else (start, start.parent, *above):
            if (folder / SCHEME_FILE).is_file():
                return folder / SCHEME_FILE
            for suffix in _OTHER_FORMATS:
                if (other := (folder / SCHEME_FILE).with_suffix(suffix)).is_file():
                    raise WrongCall(f"{other} 不是 .xlsx：请打开它，另存为 {SCHEME_FILE}")
            in_result = folder.glob(f"{SEALED_SCHEMES}/*/{SCHEME_FILE}") if folder.parent.name == RESULTS_FOLDER else ()
            if sealed := next(iter(in_result), None):
                return sealed
            if (folder / ISSUED_FOLDER / ISSUED_SCHEME_FILE).is_file():
                raise Refused(_gone(folder))
    return None


def _gone(folder: Path) -> str:
    """That the scheme under which forms were sent out is no longer there, and where to get it back from."""
    copy = f"把“{ISSUED_FOLDER}”里的这一份复制到 {folder}，文件名改为 {SCHEME_FILE}，再做一次"
    is_later = (folder / SCHEME_CONFIRMED_FILE).is_file()  # the copy is of the state before the change
    remedy = f"方案在下发以后改过并确认过，请先从备份恢复；没有备份的，{copy}" if is_later else f"请{copy}"
    return f"{folder} 里没有 {SCHEME_FILE}，“{ISSUED_FOLDER}”里却有 {ISSUED_SCHEME_FILE}：已下发的表是按本单位自己的方案做的，缺了它不能继续。{remedy}。"


def read_scheme_file(path: Path) -> Scheme:
    """The scheme that a workbook says; read again only where the file has changed."""
    if not path.is_file():
        raise WrongCall(f"找不到考核方案“{path}”")
    confirmed = path.with_name(SCHEME_CONFIRMED_FILE)
    states = (file.stat() for file in (path, confirmed) if file.is_file())
    return _read(path.resolve(), tuple((state.st_mtime_ns, state.st_size) for state in states))


@lru_cache(maxsize=4)
def _read(path: Path, _states: tuple[tuple[int, int], ...]) -> Scheme:
    # A workbook is read at the cost of the reader, which other calls do not need.
    from xladdin.scheme.book.reading import read_confirmed, read_scheme_book

    try:
        return read_confirmed(read_scheme_book(path).scheme, path.with_name(SCHEME_CONFIRMED_FILE))
    except SchemeError as error:
        raise SchemeError(error.faults, path) from error


_NAMED = 5
"""Files of a year that a message names."""


def _mixed(files: dict[str, list[str]]) -> str:
    listed = "；".join(
        f"{version} 年度 {'、'.join(names[:_NAMED])}{f' 等 {len(names)} 份' if len(names) > _NAMED else ''}"
        for version, names in sorted(files.items())
    )
    return f"这些文件不是同一年度的，不能一起处理：{listed}。请把各年度的文件分开再做。"
