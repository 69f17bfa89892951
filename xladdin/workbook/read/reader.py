"""Reading workbooks of every kind districts return, whatever program saved them.

The kind is known by content, never by file name. Nothing in a file is executed and the file is never written to. An error
value or a formula is never taken for a blank or a number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from xladdin.classes import record
from xladdin.workbook.cells import RawBook, RawSheet
from xladdin.workbook.package import Package
from xladdin.workbook.read.archives import bytes_of
from xladdin.workbook.read.ods import read_ods
from xladdin.workbook.read.xlsx import read_xlsx
from xladdin.workbook.unreadable import UNPACK, Unreadable, UnreadableWorkbook, guarded


@record
class SourceFile:
    """A file that was read: its path, the name shown for it and the SHA-256 of its content."""

    path: Path
    name: str
    sha256: str


class Contents(NamedTuple):
    """Sheets, custom document properties, and whether the file is damaged but could be read."""

    sheets: list[RawSheet]
    properties: Mapping[str, str]
    is_damaged: bool = False


def read_workbook(path: Path) -> RawBook:
    """All cells of all sheets; `UnreadableWorkbook` says why where that cannot be."""
    return read_bytes(bytes_of(path))


def read_bytes(data: bytes) -> RawBook:
    """As `read_workbook`, from the file's bytes."""
    contents = guarded(_contents, data)
    return RawBook(hashlib.sha256(data).hexdigest(), contents.sheets, contents.properties, contents.is_damaged)


def _contents(data: bytes) -> Contents:
    if data.startswith(b"PK"):
        return _read_zip(data)
    if data.startswith(b"\xd0\xcf\x11\xe0") or data[:2] == b"\x09\x08":
        from xladdin.workbook.read.xls import read_xls

        sheets, is_damaged = read_xls(data)
        return Contents(sheets, {}, is_damaged)
    from xladdin.workbook.read.kinds import unknown

    raise unknown(data)


def _read_zip(data: bytes) -> Contents:
    package = Package(data)
    if package.part("content.xml"):
        return Contents(read_ods(package), {})
    if not package.part("[Content_Types].xml"):
        raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, "是 ZIP 压缩包，未打开", UNPACK)
    if package.part("xl/workbook.bin"):
        raise UnreadableWorkbook(
            Unreadable.NOT_A_WORKBOOK, "是二进制工作簿 .xlsb", "用 Excel 打开后另存为 .xlsx，或请报送单位报送 .xlsx"
        )
    return Contents(read_xlsx(package), package.properties)
