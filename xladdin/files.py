"""Writing files whole or not at all, and never over a form that somebody filled in."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from xladdin.issues import Refused, WrongCall

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all and what comes next; whatever it raises cancels the work, of which nothing is written."""


class FileBusy(Refused):
    """The file cannot be replaced, usually because it is open in Excel; the message is for the user."""


def write_whole(path: Path, data: bytes) -> None:
    """Write one file completely beside its place, then move it there; a failure leaves the old one untouched."""
    write_together({path: data})


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write all of the files or none: each completely beside its place, and only then all of them into their places.

    A failure leaves everything as it was, earlier files and folders too.
    """
    waiting: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    made: list[Path] = []
    try:
        for path, data in files.items():
            if path.is_dir():
                raise FileBusy(f"无法写入 {path}：这是一个文件夹，请换一个文件名")
            if path.exists() and not path.is_file():
                raise FileBusy(f"无法写入 {path}：这不是普通文件，请换一个文件名")
            made += _with_folder(path.parent)
            waiting[path] = _beside(path, data)
        for path, temporary in waiting.items():
            # What one of several replaces is kept until the last is in its place.
            old = path.read_bytes() if len(waiting) > 1 and path.exists() else None
            _move(temporary, path)
            before[path] = old
    except BaseException:
        for path, old in before.items():
            path.unlink()
            if old is not None:
                os.replace(_beside(path, old), path)
        for temporary in waiting.values():
            temporary.unlink(missing_ok=True)
        for folder in reversed(made):
            folder.rmdir()
        raise


def _with_folder(folder: Path) -> list[Path]:
    """Make the folder and those it lies in; the ones that were not there, outermost first."""
    missing = [f for f in (*reversed(folder.parents), folder) if not f.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _beside(path: Path, data: bytes) -> Path:
    """The content in a file of another name beside the place of its own."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        temporary.chmod(0o644)
    except BaseException:
        temporary.unlink()
        raise
    return temporary


def _move(temporary: Path, path: Path) -> None:
    try:
        os.replace(temporary, path)
    except PermissionError as error:
        raise FileBusy(f"无法写入 {path}：请先在 Excel 中关闭它，再重新运行") from error


def write_new(files: Mapping[Path, bytes]) -> None:
    """Write all of the files, or none where one of them exists with another content."""
    taken = [
        path for path, data in files.items() if path.exists() and not (path.is_file() and path.read_bytes() == data)
    ]
    if taken:
        listed = "、".join(path.name for path in taken[:3]) + (f" 等 {len(taken)} 个" if len(taken) > 3 else "")
        raise Refused(
            f"{taken[0].parent} 里已有内容不同的 {listed}，可能是已填报的表，没有覆盖；请换一个空文件夹，或先移走这些文件"
        )
    write_together(files)


class FolderTaken(Refused):
    """Somebody else has just sealed a folder of that name."""


def write_sealed(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a new folder with these files, for reading only: all of them, or no folder at all.

    They are named by their path in the folder, with `/`. `FolderTaken` where there is such a folder.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Not by tempfile, whose folders only their owner may open: colleagues read these.
    temporary = folder.parent / f".{os.urandom(16).hex()}"
    temporary.mkdir()
    try:
        for name, data in files.items():
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        try:
            if folder.exists():  # an empty one would be replaced
                raise FileExistsError(folder)
            temporary.rename(folder)
        except OSError as error:
            if folder.exists():
                raise FolderTaken(f"{folder} 已存在；封存的结果不覆盖，请重新运行") from error
            raise
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    for name in files:
        (folder / name).chmod(0o444)


def why(error: OSError) -> str:
    """Why the system has not done something, in Chinese; what it says itself is in its own language."""
    if error.errno is None:
        return str(error) if not str(error).isascii() else "系统错误"
    return _REASONS.get(error.errno, f"系统错误（{errno.errorcode.get(error.errno, error.errno)}）")


def told(error: OSError) -> str:
    """A sentence for whoever asked: the file and the reason."""
    return f"文件操作失败：{f'{error.filename}：' if error.filename else ''}{why(error)}"


def noted(kept: str) -> str:
    """What to tell the clerk of an error that nobody has thought of; what the maintainers need of it is put into a file.

    `kept` is what else they need. Only where such an error is being handled.
    """
    import traceback

    path = Path(tempfile.gettempdir()) / "finescore-error.txt"
    with suppress(OSError):
        path.write_text(traceback.format_exc(), encoding="utf-8", errors="backslashreplace")
    return f"没有完成：程序出错。请把文件 {path} 和{kept}发给维护人员。"


_DISCONNECTED = "网络或共享文件夹连接中断，请检查网络后重试"
_REASONS = {
    getattr(errno, name): reason
    for reason, names in {
        "找不到文件或文件夹": "ENOENT ENOTDIR",
        "没有权限，或正被别的程序使用；请关闭打开它的程序，或换一个位置": "EACCES EPERM EBUSY ETXTBSY EAGAIN EDEADLK",
        "磁盘已满，请清理磁盘或换一个位置": "ENOSPC",
        "超出磁盘配额，请清理磁盘或换一个位置": "EDQUOT",
        "磁盘或文件夹只读，请换一个位置": "EROFS",
        "文件名或路径太长，请缩短": "ENAMETOOLONG",
        "文件名含有不允许的字符": "EINVAL EILSEQ",
        "是文件夹，不是文件": "EISDIR",
        "已存在": "EEXIST",
        "文件夹不是空的": "ENOTEMPTY",
        "文件太大，磁盘格式不允许": "EFBIG",
        "打开的文件太多，请关闭一些程序后重试": "EMFILE ENFILE",
        "磁盘读写出错，请换一个位置，并请信息部门检查磁盘": "EIO",
        "快捷方式（链接）循环": "ELOOP",
        "内存不足，请关闭一些程序后重试": "ENOMEM",
        "不是普通文件": "ENXIO ENODEV",
        "不在同一个磁盘上": "EXDEV",
        "接收输出的程序已经关闭": "EPIPE",
        _DISCONNECTED: "ETIMEDOUT ENETDOWN ENETUNREACH ENETRESET EHOSTDOWN EHOSTUNREACH ECONNRESET ECONNABORTED"
        " ECONNREFUSED ENOTCONN ESTALE EREMOTEIO ESHUTDOWN",
    }.items()
    for name in names.split()
    if hasattr(errno, name)  # each system has its own
}


def refuse_overwriting(outputs: Iterable[Path], inputs: Iterable[Path], form_end: str) -> None:
    """Refuse outputs that are one another, one of the inputs, or named like a form."""
    read = {path.resolve() for path in inputs}
    seen: set[Path] = set()
    for path in outputs:
        if path.resolve() in read or form_end in path.name.partition("_")[0]:
            raise WrongCall(f"结果不能写到填报表 {path} 上；请换一个文件名")
        if path.resolve() in seen:
            raise WrongCall(f"两个结果不能写到同一个文件 {path}")
        seen.add(path.resolve())
