"""Writing files whole or not at all, and never over a form that somebody filled in."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from xladdin.issues import Refused, WrongCall

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all and what comes next; whatever it raises cancels the work, of which nothing is written."""


class FileBusy(Refused):
    """The file cannot be replaced, usually because it is open in Excel; the message is for the user."""


def write_whole(path: Path, data: bytes) -> None:
    """Write the file completely beside its place, then move it there; a failure leaves the old one untouched."""
    if path.is_dir():
        raise FileBusy(f"无法写入 {path}：这是一个文件夹，请换一个文件名")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as error:
        os.unlink(temporary)
        if isinstance(error, PermissionError):
            raise FileBusy(f"无法写入 {path}：请先在 Excel 中关闭它，再重新运行") from error
        raise


def write_new(files: Mapping[Path, bytes]) -> None:
    """Write all of the files, or none where one of them exists with another content."""
    taken = [path for path, data in files.items() if path.exists() and (path.is_dir() or path.read_bytes() != data)]
    if taken:
        listed = "、".join(path.name for path in taken[:3]) + (f" 等 {len(taken)} 个" if len(taken) > 3 else "")
        raise Refused(
            f"{taken[0].parent} 里已有内容不同的 {listed}，可能是已填报的表，没有覆盖；请换一个空文件夹，或先移走这些文件"
        )
    for path, data in files.items():
        write_whole(path, data)


def write_sealed(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a new folder with these files, for reading only: all of them, or no folder at all.

    They are named by their path in the folder, with `/`.
    """
    if folder.exists():
        raise Refused(f"{folder} 已存在；封存的结果不覆盖")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Not by tempfile, whose folders only their owner may open: colleagues read these.
    temporary = folder.parent / f".{os.urandom(16).hex()}"
    temporary.mkdir()
    try:
        for name, data in files.items():
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    for name in files:
        (folder / name).chmod(0o444)


def refuse_overwriting(outputs: Iterable[Path], inputs: Iterable[Path], form_prefix: str) -> None:
    """Refuse outputs that are one another, one of the inputs, or named like a form."""
    read = {path.resolve() for path in inputs}
    seen: set[Path] = set()
    for path in outputs:
        if path.resolve() in read or path.name.startswith(form_prefix):
            raise WrongCall(f"结果不能写到填报表 {path} 上；请换一个文件名")
        if path.resolve() in seen:
            raise WrongCall(f"两个结果不能写到同一个文件 {path}")
        seen.add(path.resolve())
