"""A release: 精细化考核_<version>.zip for Windows without internet, 精细化考核.html, and the extension for LibreOffice.

Made of the project's own files, of wheels that pip fetches, and of Pyodide, which npm fetches. The same inputs give the same
bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile, is_zipfile

from xladdin import __version__
from xladdin.files import Progress
from xladdin.issues import Refused
from xladdin.release.page.build import page
from xladdin.release.papers import as_docx, as_html
from xladdin.scheme.model import Scheme
from xladdin.sending.forms import FIRST_CHECK_FILE, TEMPLATES
from xladdin.words import RIBBON_TAB
from xladdin.workbook.package import packed

ROOT = Path(__file__).resolve().parents[2]

PYODIDE = "0.27.7"
"""Python 3.12 for browsers from Chrome 97 on: versions from 0.28 on need newer ones, up to 0.25 they fail in some of those."""
PYODIDE_SHA512 = "RUSVJlhQdfWfgO9hVHCiXoG+nVZQRS5D9FzgpLJ/VcgGBLSAKoPL8kTiOikxbHQm1kRISeWUBdulEgO26qpSRA=="

IN_THE_PAGE = ("XlsxWriter", "xlrd")
"""The libraries of what the page can do; they are plain Python."""

OWN = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "docs",
    "xladdin",
    "udfs",
    "macros",
    "workbook_templates",
)
"""What of the project an installation needs."""

WHEELS = "macros/windows/wheels"
"""Where 安装.cmd looks for wheels before it asks the internet."""

GUIDE = "使用手册"

MANIFEST = "清单_SHA-256.txt"

OWN_PYTHON = "macros/windows/python"
"""Where 安装.cmd looks for a Python before it asks for an installed one."""

WHEEL_LIST = f"{OWN_PYTHON}/wheels.txt"
"""The wheels that belong to that Python."""

EMBEDDABLE = "请到 python.org 下载 python-3.x.y-embed-amd64.zip"

Fetch = Callable[[Sequence[str], Path], None]
"""Runs a package client: its arguments, and the folder it runs in."""


class EmbeddedPython(NamedTuple):
    """Python as python.org packs it for embedding: its version and its files."""

    version: str
    files: Mapping[str, bytes]


def embedded_python(path: Path, digest: str) -> EmbeddedPython:
    """The embeddable package of a Python for 64-bit Windows; `Refused` if it is another file than the SHA-256 says."""
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != digest.strip().lower():
        raise Refused(f"{path} 的 SHA-256 是 {found}，不是所写的 {digest}，没有采用。请核对 python.org 上公布的值")
    if not is_zipfile(path):
        raise Refused(f"{path} 不是压缩包。{EMBEDDABLE}")
    with ZipFile(path) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    version = next((m for name in files if (m := re.fullmatch(r"python(\d)(\d+)\._pth", name))), None)
    program = files.get("python.exe", b"")
    if version is None or not _is_for_windows_64(program):
        raise Refused(f"{path} 不是 64 位 Windows 的嵌入版 Python。{EMBEDDABLE}")
    return EmbeddedPython(f"{version[1]}.{version[2]}", files)


def _is_for_windows_64(program: bytes) -> bool:
    """Whether a program's header names this machine."""
    header = program[int.from_bytes(program[0x3C:0x40], "little") :] if program.startswith(b"MZ") else b""
    return header[:6] == b"PE\0\0\x64\x86"


def write_release(
    scheme: Scheme,
    pythons: Iterable[str],
    pyodide: Path | None,
    python: EmbeddedPython | None = None,
    progress: Progress | None = None,
    run: Fetch | None = None,
) -> dict[str, bytes]:
    """The files of a release by name.

    `pythons` are the versions of Python on Windows that get wheels, `pyodide` is the unpacked npm package, which is fetched
    where it is not given, `python` is the Python that goes along. `Refused` where something cannot be fetched.
    """
    run = run or _run
    versions = list(dict.fromkeys([*pythons, *([python.version] if python else [])]))
    steps = ["网页版的组件", *(f"Windows 上 Python {version} 的组件" for version in versions), "网页版", "压缩包"]

    def step(n: int) -> None:
        if progress:
            progress(n, len(steps), steps[n])

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        step(0)
        pure = _wheels(folder / "pure", run, ["wheel", "--no-deps", str(ROOT), *IN_THE_PAGE])
        windows: dict[str, bytes] = {}
        own_python: dict[str, bytes] = {}
        for n, version in enumerate(versions, 1):
            step(n)
            target = ["--platform", "win_amd64", "--python-version", version, "--only-binary=:all:"]
            wheels = _wheels(folder / version, run, ["download", *target, *_needed()])
            if python and version == python.version:
                wheels |= {name: data for name, data in pure.items() if name.startswith("xladdin-")}
                own_python = {f"{OWN_PYTHON}/{name}": data for name, data in python.files.items()}
                own_python[WHEEL_LIST] = "".join(f"{name}\n" for name in sorted(wheels)).encode()
            windows |= wheels
        step(len(steps) - 2)
        html = page(scheme, pyodide or _pyodide(folder, run), pure)
    step(len(steps) - 1)
    own = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in own_files()}
    inside = {**own, **own_python, **papers(), f"{RIBBON_TAB}.html": html}
    inside |= {f"{WHEELS}/{name}": data for name, data in windows.items()}
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(inside.items())]
    inside[MANIFEST] = "".join(lines).encode()
    top = f"{RIBBON_TAB}_{__version__}"
    archive = packed({f"{top}/{name}": data for name, data in sorted(inside.items())})
    oxt = own["workbook_templates/FineScore.oxt"]
    return {f"{top}.zip": archive, f"{RIBBON_TAB}.html": html, "FineScore.oxt": oxt}


def papers() -> dict[str, bytes]:
    """What a clerk reads, at the top of the archive: the guide as a page and for Word, and the list for the first day."""
    text = (ROOT / "docs" / f"{GUIDE}.md").read_text(encoding="utf-8")
    made = {f"{GUIDE}.html": as_html(text, ROOT / "docs"), f"{GUIDE}.docx": as_docx(text, ROOT / "docs")}
    return {**made, FIRST_CHECK_FILE: (TEMPLATES / FIRST_CHECK_FILE).read_bytes()}


def own_files() -> list[Path]:
    """The project's files that belong into a release."""
    found = []
    for name in OWN:
        path = ROOT / name
        found += [path] if path.is_file() else [p for p in sorted(path.rglob("*")) if p.is_file()]
    return [
        p
        for p in found
        if "__pycache__" not in p.parts and p.suffix != ".pyc" and not {ROOT / WHEELS, ROOT / OWN_PYTHON} & {*p.parents}
    ]


def _needed() -> list[str]:
    """What the product needs on Windows. Markers are left out: pip would ask them of the system it runs on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    libraries = [line.partition(";")[0].strip() for line in project["project"]["dependencies"]]
    # xlwings asks for pywin32 by such a marker, and 安装.cmd builds the project from the folder it lies in.
    return [*libraries, "pywin32", *project["build-system"]["requires"]]


def _wheels(folder: Path, run: Fetch, words: Sequence[str]) -> dict[str, bytes]:
    folder.mkdir()
    verb, *rest = words
    target = ["-w" if verb == "wheel" else "-d", str(folder)]
    run([sys.executable, "-m", "pip", verb, "--quiet", "--disable-pip-version-check", *target, *rest], folder)
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.whl"))}


def _pyodide(folder: Path, run: Fetch) -> Path:
    """The npm package, fetched, checked and unpacked."""
    run(["npm", "pack", "--silent", f"pyodide@{PYODIDE}"], folder)
    data = (folder / f"pyodide-{PYODIDE}.tgz").read_bytes()
    if base64.b64encode(hashlib.sha512(data).digest()).decode() != PYODIDE_SHA512:
        raise Refused(f"取到的 pyodide {PYODIDE} 与固定的 SHA-512 不符，没有采用")
    with tarfile.open(fileobj=BytesIO(data)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def _run(words: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
        )
    except OSError as error:
        raise Refused(f"没有找到 {words[0]}，不能取得组件") from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or ["没有说明"]
        raise Refused(f"没有取得组件：{' '.join(words[2:5])}：{last[0]}")
