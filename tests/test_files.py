"""Files are written all together or not at all, folders too; what the system refuses is said in Chinese."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xladdin import files
from xladdin.files import FileBusy, FolderTaken, told, why, write_new, write_sealed, write_together


def listing(folder: Path) -> dict[str, bytes | None]:
    paths = sorted(folder.rglob("*"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in paths}


def full_after(count: int) -> Callable[..., Any]:
    """`os.fdopen` on a disk that is full after so many files."""
    opened = 0
    open_file = os.fdopen

    class Full:
        def __init__(self, stream: Any) -> None:
            self.stream = stream

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.stream.close()

        def write(self, data: bytes) -> None:
            self.stream.write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")

    def fdopen(handle: int, mode: str) -> Any:
        nonlocal opened
        opened += 1
        stream = open_file(handle, mode)
        return stream if opened <= count else Full(stream)

    return fdopen


@pytest.mark.parametrize("count", [0, 1, 16])
def test_set_of_files__disk_full_in_the_middle__none_is_there_nor_their_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(files.os, "fdopen", full_after(count))
    with pytest.raises(OSError, match="No space"):
        write_new({tmp_path / "下发" / "第1次" / f"{n}.xlsx": b"new" for n in range(17)})
    assert listing(tmp_path) == {}


def test_results__disk_full_after_the_first__both_are_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {tmp_path / "考核汇总.xlsx": b"old", tmp_path / "results.json": b"old"}
    write_together(old)
    before = listing(tmp_path)
    monkeypatch.setattr(files.os, "fdopen", full_after(1))
    with pytest.raises(OSError, match="No space"):
        write_together(dict.fromkeys(old, b"new"))
    assert listing(tmp_path) == before


def test_results__last_open_in_excel__those_before_it_are_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced, new, busy = (tmp_path / name for name in ("考核汇总.xlsx", "新", "results.json"))
    write_together({replaced: b"old", busy: b"old"})
    before = listing(tmp_path)
    replace = os.replace

    def refuse(source: Path, target: Path) -> None:
        if target == busy:
            raise PermissionError(errno.EACCES, "in use")
        replace(source, target)

    monkeypatch.setattr(files.os, "replace", refuse)
    with pytest.raises(FileBusy, match=r"results\.json.*关闭"):
        write_together({replaced: b"new", new: b"new", busy: b"new"})
    assert listing(tmp_path) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes in folders")
def test_output__that_is_a_pipe__is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "考核汇总.xlsx"
    os.mkfifo(pipe)
    for write in (write_new, write_together):
        with pytest.raises(files.Refused, match="考核汇总"):
            write({tmp_path / "a.json": b"1", pipe: b"1"})
    assert list(tmp_path.iterdir()) == [pipe]


def test_sealed_folder__that_another_has_just_made__is_left_alone(tmp_path: Path) -> None:
    write_sealed(tmp_path / "第1次", {"a": b"1"})
    with pytest.raises(FolderTaken, match="重新运行"):
        write_sealed(tmp_path / "第1次", {"a": b"2"})
    assert listing(tmp_path) == {"第1次": None, "第1次/a": b"1"}


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_reason__of_every_error_of_the_system__is_chinese(number: int) -> None:
    said = told(OSError(number, os.strerror(number), "/考核/回收"))
    assert said.startswith("文件操作失败：/考核/回收：")
    assert os.strerror(number) not in said
    assert any("\u4e00" <= letter <= "\u9fff" for letter in why(OSError(number, os.strerror(number))))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满"),
        (OSError(errno.ENAMETOOLONG, "File name too long"), "太长"),
        (OSError(errno.EROFS, "Read-only file system"), "只读"),
        (OSError("环境变量 APPDATA 没有设置"), "环境变量 APPDATA 没有设置"),
        (OSError("some library's words"), "系统错误"),
    ],
)
def test_reason__of_an_error__says_what_is_the_matter(error: OSError, expected: str) -> None:
    assert expected in why(error)
