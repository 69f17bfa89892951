"""Archives as Windows, WPS and 7-Zip make them, and such as must do no harm."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from xladdin.workbook.read.archives import MAX_FILES, files_in
from xladdin.workbook.unreadable import Unreadable, UnreadableWorkbook


class _NamedInChinese(zipfile.ZipInfo):
    """An entry whose name is in GB 18030 and does not say so, as Windows writes it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - as the library has it
        return self.filename.encode("gb18030"), 0


def archive(folder: Path, *entries: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    path = folder / "回收.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry, content in entries:
            target.writestr(entry, content)
    return path


def test_names__in_gb_18030_or_utf_8__are_read(tmp_path: Path) -> None:
    path = archive(
        tmp_path, (_NamedInChinese("区填报表_静安区.xlsx"), b"1"), ("区填报表_黄浦区.xlsx", b"2"), ("a.xlsx", b"3")
    )
    assert files_in(path) == {"区填报表_静安区.xlsx": b"1", "区填报表_黄浦区.xlsx": b"2", "a.xlsx": b"3"}


@pytest.mark.parametrize("name", ["../../a.xlsx", "/a.xlsx", "..\\a.xlsx", "C:\\a.xlsx", "x/../../a.xlsx"])
def test_name__that_leads_out_of_the_archive__is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableWorkbook, match="压缩包以外"):
        files_in(archive(tmp_path, ("b.xlsx", b"1"), (name, b"1")))


def test_names__alike__are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableWorkbook, match="同名"):
        files_in(archive(tmp_path, ("回收/a.xlsx", b"1"), ("回收\\a.xlsx", b"2")))


@pytest.mark.parametrize("name", ["./回收/a.xlsx", "回收\\a.xlsx", "回收/a.xlsx"])
def test_name__with_folders__is_kept(tmp_path: Path, name: str) -> None:
    assert files_in(archive(tmp_path, (name, b"1"))) == {"回收/a.xlsx": b"1"}


def test_archive__of_too_many_files_or_bytes__is_refused(tmp_path: Path) -> None:
    many = [(f"{n}.xlsx", b"") for n in range(MAX_FILES + 1)]
    large = [("a.xlsx", bytes(40 * 1024 * 1024))]
    for entries in (many, large):
        with pytest.raises(UnreadableWorkbook) as refusal:
            files_in(archive(tmp_path, *entries))
        assert refusal.value.reason is Unreadable.OVERSIZED
