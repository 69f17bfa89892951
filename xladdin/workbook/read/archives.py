"""Archives in which workbooks are sent: opened in memory, within limits, never unpacked to a disk."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath

from xladdin.workbook.package import MAX_UNPACKED, OVERSIZED_PACKAGE
from xladdin.workbook.read.reader import bytes_of
from xladdin.workbook.unreadable import MAX_FILE, Unreadable, UnreadableWorkbook

MAX_FILES = 500


def files_in(path: Path) -> dict[str, bytes]:
    """The files in an archive by name with folders; `UnreadableWorkbook` says why where that cannot be."""
    try:
        with zipfile.ZipFile(BytesIO(bytes_of(path))) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if any(info.flag_bits & 1 for info in infos):
                raise UnreadableWorkbook(Unreadable.PASSWORD, "压缩包设有密码")
            sizes = [info.file_size for info in infos]
            if len(infos) > MAX_FILES or sum(sizes) > MAX_UNPACKED or max(sizes, default=0) > MAX_FILE:
                raise UnreadableWorkbook(Unreadable.OVERSIZED, OVERSIZED_PACKAGE)
            return {_name(info): archive.read(info) for info in infos}
    except UnreadableWorkbook:
        raise
    except Exception as error:  # whatever is wrong with it means the same to the clerk
        raise UnreadableWorkbook(Unreadable.DAMAGED, "压缩包已损坏，打不开") from error


def _name(info: zipfile.ZipInfo) -> str:
    """A file's name, of which nothing leads out of the archive. Chinese programs write theirs in GB 18030."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    parts = PurePosixPath(name.replace("\\", "/").replace(":", "/")).parts
    return "/".join(part for part in parts if part not in ("/", "..", "."))
