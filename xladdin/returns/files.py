"""Which files are somebody's answer: those among the paths, in folders and archives, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from xladdin import issues
from xladdin.classes import replace
from xladdin.issues import Issue, Place
from xladdin.returns.collected import Collection
from xladdin.scheme.model import Scheme
from xladdin.words import FORM_END, ISSUED_FOLDER, RETURNED_FOLDER
from xladdin.workbook.read.archives import ARCHIVE_SUFFIX, archive_of, files_in
from xladdin.workbook.read.texts import fit_text
from xladdin.workbook.unreadable import MAX_COLUMNS, MAX_ROWS, Unreadable, UnreadableWorkbook

WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".ods", ".et", ".ett", ".xlsb"}
OTHER_SUFFIXES = {ARCHIVE_SUFFIX, ".rar", ".7z", ".gz", ".csv", ".fods", ".numbers", ".htm", ".html", ".mht", ".xml"}
OTHER_SUFFIXES |= {".pdf", ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".ofd"}
OTHER_SUFFIXES |= {".doc", ".docx", ".wps", ".rtf", ".txt", ".ppt", ".pptx", ".eml", ".msg", ""}
"""Of what people send in place of a workbook; what else lies in a folder is nobody's answer."""


class Found(NamedTuple):
    """A file that was found. What is in an archive stands in it as in a folder."""

    path: Path
    content: bytes | None = None
    """What an archive has under this path."""


_UNREADABLE: Mapping[Unreadable, issues.Kind] = {
    Unreadable.EMPTY: issues.EMPTY_FILE,
    Unreadable.NOT_A_WORKBOOK: issues.NOT_A_WORKBOOK,
    Unreadable.PASSWORD: issues.PASSWORD,
    Unreadable.ENCRYPTED: issues.ENCRYPTED,
    Unreadable.DAMAGED: issues.DAMAGED,
    Unreadable.OVERSIZED: issues.OVERSIZED,
    Unreadable.NO_ACCESS: issues.UNREADABLE,
}


def unreadable(error: UnreadableWorkbook, place: Place) -> Issue:
    """The finding about a file that cannot be read."""
    limit = f"表格不超过 {MAX_ROWS} 行、{MAX_COLUMNS} 列"
    issue = issues.issue(_UNREADABLE[error.reason], place, error.detail, limit=limit)
    return replace(issue, remedy=error.remedy or issue.remedy)


def district_in(scheme: Scheme, file_name: str) -> str:
    """The one district that a file name names, or nothing."""
    named = scheme.districts_in(file_name)
    return named[0] if len(named) == 1 else ""


def is_sent_in(path: Path) -> bool:
    """Whether a file of a folder may be somebody's answer: a workbook, or what people send in place of one."""
    if not path.is_file() or path.name.startswith(("~$", ".")):
        return False
    return path.suffix.lower() in WORKBOOK_SUFFIXES | OTHER_SUFFIXES or FORM_END in path.name


def may_be_read(path: Path) -> bool:
    """Whether a file may be a workbook or hold some, as far as its name shows."""
    return path.suffix.lower() in WORKBOOK_SUFFIXES | {ARCHIVE_SUFFIX, ""}


def is_printed(path: Path) -> bool:
    """Whether a file is no workbook and one of its name lies beside it."""
    return not may_be_read(path) and any(path.with_suffix(suffix).is_file() for suffix in WORKBOOK_SUFFIXES)


def find_files(scheme: Scheme, paths: Iterable[Path], collection: Collection) -> list[Found]:
    """Every file among the paths once."""
    found: dict[Path, Found] = {}
    for path in paths:
        for inner in sorted(filter(is_sent_in, _returned(path).rglob("*"))) if path.is_dir() else [path]:
            if path.is_dir() and is_printed(inner):
                collection.inputs.append(inner)
                text = f"是 {inner.suffix} 文件"
                collection.issues.append(issues.issue(issues.PRINTED, Place(file=fit_text(inner.name)), text))
            elif inner.suffix.lower() == ARCHIVE_SUFFIX and not archive_of(inner):
                for file in _in_archive(scheme, inner, collection):
                    found.setdefault(file.path, file)
            else:
                found.setdefault(inner.resolve(), Found(inner))
    return sorted(found.values(), key=lambda file: (file.path.name, str(file.path)))


def _returned(folder: Path) -> Path:
    """Where a folder holds what came back: in a round's, what was issued and what was written is nobody's answer."""
    returned = folder / RETURNED_FOLDER
    return returned if returned.is_dir() and (folder / ISSUED_FOLDER).is_dir() else folder


def _in_archive(scheme: Scheme, archive: Path, collection: Collection) -> Iterator[Found]:
    collection.inputs.append(archive)
    place = Place(district_in(scheme, archive.name), fit_text(archive.name))
    try:
        contents = files_in(archive)
    except UnreadableWorkbook as error:
        collection.issues.append(unreadable(error, place))
        return
    if not contents:
        collection.issues.append(issues.issue(issues.EMPTY_FILE, place, "压缩包里没有文件"))
    for name, content in contents.items():
        yield Found(archive / name, content)


def display_names(found: Sequence[Path]) -> dict[Path, str]:
    """The file's name, with as much of its folders as tells it from others of that name."""
    names = {}
    for path in found:
        parts = path.resolve().parts
        alike = [p.resolve().parts for p in found if p.name == path.name and p != path]
        depth = 1
        while any(other[-depth:] == parts[-depth:] for other in alike):
            depth += 1
        names[path] = fit_text("/".join(parts[-depth:]))
    return names
