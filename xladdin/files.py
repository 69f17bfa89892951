"""Writing files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class FileBusy(OSError):
    """The file cannot be replaced, usually because it is open in Excel; the message is for the user."""


def write_whole(path: Path, data: bytes) -> None:
    """Write the file completely beside its place, then move it there; a failure leaves the old one untouched."""
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
