"""Puts the Python that came with the package, and the program, into the folder that Excel is going to find them in.

安装.cmd has that Python run this file before anything is installed: `python.exe -I unpack.py FOLDER`. So it is of the standard
library alone. Beside it lie `python`, as python.org packs it for embedding, with a list of the wheels that belong to it, and
`wheels`. Such a Python has neither venv nor pip.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import sys
from pathlib import Path
from zipfile import ZipFile

AGAIN = "请把下载的压缩包重新完整解压；被杀毒软件隔离的，请先恢复并信任。再双击“安装.cmd”"

MANIFEST = "清单_SHA-256.txt"

PACKAGES = "Lib/site-packages"

DATA = {"purelib": "", "platlib": "", "data": "../..", "scripts": "../../Scripts", "headers": "../../Include"}
"""Where the kinds of files in a wheel's `.data` go, from the folder of packages."""


class Incomplete(Exception):
    """A file of the package is lacking or has changed; the message is for the clerk."""


def unpack(package: Path, place: Path) -> None:
    """Make `place` hold that Python and nothing else, its program in the folder Scripts as in an environment of venv's.

    `package` is the unpacked package. Until the new one is complete the old one stays. Raises Incomplete, and OSError
    where something cannot be written.
    """
    here = package / "macros" / "windows"
    wheels = [here / "wheels" / name for name in _lines(here / "python" / "wheels.txt")]
    _compare(package, here / "python", wheels)
    new, now, old = place / "new", place / "Scripts", place / "old"
    for left in (new, old):
        if left.exists():
            shutil.rmtree(left)
    shutil.copytree(here / "python", new)
    for wheel in wheels:
        _install(wheel, new)
    (paths,) = new.glob("python*._pth")
    # pywin32 finds its DLLs by a .pth file, which `site` reads.
    paths.write_text(f"{paths.stem}.zip\n.\n{PACKAGES}\nimport site\n", encoding="utf-8")
    if now.exists():
        now.replace(old)  # Windows refuses this while a file in it is in use
    new.replace(now)
    for left in place.iterdir():  # the old one, and what an installed Python's environment consists of
        if left != now:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise Incomplete(f"程序包不完整，缺少 {path.name}。{AGAIN}") from error


def _compare(package: Path, python: Path, wheels: list[Path]) -> None:
    """Refuse what is not as the package's list of digests has it."""
    listed = {package / name: digest for digest, name in (line.split("  ") for line in _lines(package / MANIFEST))}
    for path in [*wheels, *(path for path in listed if python in path.parents)]:
        if not path.is_file() or path not in listed:
            raise Incomplete(f"程序包不完整，缺少 {path.name}。{AGAIN}")
        if hashlib.sha256(path.read_bytes()).hexdigest() != listed[path]:
            raise Incomplete(f"程序包里的 {path.name} 与清单不符，可能没有下载完整。{AGAIN}")


def _install(wheel: Path, python: Path) -> None:
    """Unpack a wheel as the format wants it, noting in its RECORD where its files are."""
    with ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith("/"):
                continue
            data = archive.read(name)
            if name.endswith(".dist-info/RECORD"):
                data = _moved(data.decode()).encode()
            target = (python / PACKAGES / _place(name)).resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


def _place(name: str) -> str:
    """Where a wheel's file goes, from the folder of packages."""
    top, _, rest = name.partition("/")
    if not top.endswith(".data"):
        return name
    kind, _, rest = rest.partition("/")
    return f"{DATA[kind]}/{rest}".lstrip("/")


def _moved(record: str) -> str:
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows(
        [_place(name), *rest] for name, *rest in csv.reader(io.StringIO(record))
    )
    return lines.getvalue()


def main() -> int:
    """0, or 1 and why."""
    try:
        unpack(Path(__file__).resolve().parents[2], Path(sys.argv[1]))
    except Incomplete as error:
        print(error)
        return 1
    except OSError as error:
        print(
            f"没有写成 {error.filename}：{error.strerror}。请关闭全部 Excel 窗口，磁盘要有 500 MB 空间，再双击“安装.cmd”"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
