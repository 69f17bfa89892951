"""Files as bytes, also those in archives: opened in memory, within limits, never unpacked to a disk.

A path may lead into an archive as into a folder.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath

from xladdin.files import why
from xladdin.workbook.package import MAX_UNPACKED
from xladdin.workbook.unreadable import MAX_FILE, OVERSIZED_PACKAGE, UNPACK, Unreadable, UnreadableWorkbook

ARCHIVE_SUFFIX = ".zip"
MAX_FILES = 500


def archive_of(path: Path) -> Path | None:
    """The archive that a path leads into, if any."""
    return next((p for p in path.parents if p.suffix.lower() == ARCHIVE_SUFFIX and p.is_file()), None)


def bytes_of(path: Path) -> bytes:
    """A file's content, within limits."""
    if archive := archive_of(path):
        contents = files_in(archive, path.relative_to(archive).as_posix())
        if not contents:
            raise UnreadableWorkbook(Unreadable.NO_ACCESS, "没有这个文件")
        return next(iter(contents.values()))
    try:
        if not path.is_file():  # what is none may never end
            raise UnreadableWorkbook(Unreadable.NO_ACCESS, "不是文件" if path.exists() else "没有这个文件")
        if path.stat().st_size > MAX_FILE:
            raise UnreadableWorkbook(Unreadable.OVERSIZED, f"文件超过 {MAX_FILE // 1024 // 1024} MB")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableWorkbook(Unreadable.NO_ACCESS, f"打不开（{why(error)}）") from error


def files_in(path: Path, only: str = "") -> dict[str, bytes]:
    """The files in an archive by name with folders, or the one of that name; `UnreadableWorkbook` where that cannot be.

    What programs put there for themselves is left out.
    """
    try:
        with zipfile.ZipFile(BytesIO(bytes_of(path))) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if any(info.flag_bits & 1 for info in infos):
                raise UnreadableWorkbook(Unreadable.PASSWORD, "压缩包设有密码", f"用密码{UNPACK}")
            sizes = [info.file_size for info in infos]
            if len(infos) > MAX_FILES or sum(sizes) > MAX_UNPACKED or max(sizes, default=0) > MAX_FILE:
                raise UnreadableWorkbook(Unreadable.OVERSIZED, OVERSIZED_PACKAGE)
            names = {_name(info): info for info in infos}
            if any(_leads_out(name) for name in names):
                raise UnreadableWorkbook(Unreadable.DAMAGED, "压缩包里的文件名指向压缩包以外，没有打开", _PACK_AGAIN)
            if len(names) < len(infos):  # of which one would be lost
                raise UnreadableWorkbook(Unreadable.DAMAGED, "压缩包里有同名的文件，没有打开", _PACK_AGAIN)
            return {name: archive.read(info) for name, info in names.items() if only in ("", name) and _is_sent(name)}
    except UnreadableWorkbook:
        raise
    except Exception as error:  # whatever is wrong with it means the same to the clerk
        raise UnreadableWorkbook(Unreadable.DAMAGED, "压缩包已损坏，打不开", _PACK_AGAIN) from error


_PACK_AGAIN = "请报送单位不打包，直接报送 .xlsx"


def _is_sent(name: str) -> bool:
    *folders, own = name.split("/")
    return bool(own) and not own.startswith(("~$", ".")) and "__MACOSX" not in folders


def _name(info: zipfile.ZipInfo) -> str:
    """A file's name with its folders. Chinese programs write theirs in GB 18030."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    return str(PurePosixPath(name.replace("\\", "/")))


def _leads_out(name: str) -> bool:
    """Whether a name in an archive names a place elsewhere, as no program that packs files writes it."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or ":" in name
