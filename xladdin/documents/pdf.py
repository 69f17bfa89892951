"""PDF by LibreOffice, where there is one. The user's own windows and settings of it are left alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from xladdin.issues import Refused

_DEADLINE = 600
"""Seconds after which LibreOffice is taken to hang."""


def as_pdf(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The documents as PDF, by their names with .pdf; `Refused` where no LibreOffice can make them."""
    program = _program()
    if program is None:
        raise Refused("没有找到 LibreOffice，没有生成 PDF；可用 Word 或 WPS 打开文书，另存为 PDF")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
        command += [str(folder / name) for name in files]
        try:
            subprocess.run(command, capture_output=True, timeout=_DEADLINE, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Refused(f"LibreOffice（{program}）没有响应，没有生成 PDF；可用 Word 或 WPS 另存为 PDF") from error
        made = {f"{Path(name).stem}.pdf": folder / f"{Path(name).stem}.pdf" for name in files}
        if lacking := [name for name, path in made.items() if not path.is_file()]:
            raise Refused(
                f"LibreOffice（{program}）没有转换出 {lacking[0]} 等 {len(lacking)} 份，没有生成 PDF；请确认装有 Writer，或用 Word、WPS"
                "打开文书，另存为 PDF"
            )
        return {name: path.read_bytes() for name, path in made.items()}


def _program() -> str | None:
    """LibreOffice on this machine."""
    folders = [
        Path(os.environ[name], "LibreOffice/program")
        for name in ("PROGRAMFILES", "PROGRAMFILES(X86)")
        if name in os.environ
    ]
    search = os.pathsep.join([os.environ.get("PATH", ""), *map(str, folders)])
    return shutil.which("soffice", path=search) or shutil.which("libreoffice", path=search)
