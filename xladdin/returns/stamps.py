"""Which years files are of: the 方案版本 that workbooks and results are stamped with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from xladdin.fields.identity import read_identity
from xladdin.returns.files import WORKBOOK_SUFFIXES
from xladdin.scheme.choosing import Stamp, choose_scheme, scheme_file_of
from xladdin.scheme.model import Scheme
from xladdin.words import KIND_PROPERTY, OWN_RESULTS, VERSION_PROPERTY
from xladdin.workbook.package import peeked_properties
from xladdin.workbook.read.archives import bytes_of
from xladdin.workbook.read.reader import read_workbook
from xladdin.workbook.unreadable import UnreadableWorkbook


def scheme_of(paths: Iterable[Path], asked: str = "") -> Scheme:
    """The scheme of the files and folders given, unless one is asked for; see `choose_scheme`."""
    paths = list(paths)
    if not asked and (own := scheme_file_of(paths)):
        asked = str(own)
    return choose_scheme(stamps_of(paths), asked=asked)


def stamps_of(paths: Iterable[Path]) -> Iterator[Stamp]:
    """The stamps of the files, and of what folders among them hold but for results, which nobody sends in."""
    for path in paths:
        if not path.is_dir():
            yield from _stamps(path, with_results=True)
            continue
        for inner in sorted(path.rglob("*")):
            if inner.suffix.lower() in WORKBOOK_SUFFIXES and not inner.name.startswith(("~$", ".")):
                yield from _stamps(inner, with_results=False)


def _stamps(path: Path, *, with_results: bool) -> Iterator[Stamp]:
    if path.suffix.lower() == ".json":
        version = _version_of_results(path)
    else:
        properties = _properties(path)
        if properties.get(KIND_PROPERTY) in OWN_RESULTS and not with_results:
            return
        version = properties.get(VERSION_PROPERTY) or _version_inside(path)
    if version:
        yield Stamp(path.name, version)


def _version_of_results(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["scheme"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):  # said where the results are read
        return ""


def _properties(path: Path) -> dict[str, str]:
    """The workbook's own properties, without reading its sheets; none where it is not a package of ours."""
    try:
        return peeked_properties(bytes_of(path))
    except UnreadableWorkbook:  # said where the file is read
        return {}


def _version_inside(path: Path) -> str:
    """What the sheets say, where a spreadsheet program has lost the properties or keeps them elsewhere."""
    try:
        versions = read_identity(read_workbook(path)).versions
    except UnreadableWorkbook:  # said where the file is read
        return ""
    return versions[0].name if versions else ""
