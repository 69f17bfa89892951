"""The command for whoever maintains the product: what is handed to an office."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xladdin.cli.terminal import DONE, USAGE, fail, progress_bar, say, write

if TYPE_CHECKING:
    from xladdin.scheme.model import Scheme


def release(
    scheme: Scheme, out: Path, pythons: str, pyodide: Path | None, python: Path | None, python_sha256: str | None
) -> int:
    """做出发给办公室的文件：Windows 离线安装包、免安装网页版、LibreOffice 扩展。"""
    from xladdin.release.release import embedded_python, write_release

    if (python is None) != (python_sha256 is None):
        fail("--python 和 --python-sha256 要一起写", USAGE)
    own = embedded_python(python, python_sha256) if python and python_sha256 else None
    versions = [p.strip() for p in pythons.split(",") if p.strip()]
    with progress_bar("发布") as progress:
        made = write_release(scheme, versions, pyodide, own, progress)
    write({out / name: data for name, data in made.items()})
    for name, data in made.items():
        say(f"{out / name}　{len(data) / 1e6:.1f} MB")
    return DONE
