"""The archive for Windows: the same bytes from the same inputs, everything in its place, and a manifest that is right."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest

from tests.release.conftest import PAPERS
from xladdin import __version__
from xladdin.issues import Refused
from xladdin.release.page.build import LOCK, PYODIDE
from xladdin.release.release import MANIFEST, ROOT, WHEELS, write_release
from xladdin.scheme import choose_scheme


@pytest.fixture
def pyodide(tmp_path: Path) -> Path:
    """Stands for the npm package: what the archive holds does not depend on what Pyodide is."""
    folder = tmp_path / "package"
    folder.mkdir()
    for name in PYODIDE:
        (folder / name).write_text('{"info": {"version": "0"}, "packages": {"x": 1}}' if name == LOCK else name)
    return folder


def fetched(words: Sequence[str], folder: Path) -> None:
    """Stands for pip."""
    version = words[words.index("--python-version") + 1] if "--python-version" in words else "pure"
    target = Path(words[words.index("-w" if "-w" in words else "-d") + 1])
    asked = [word for word in words[words.index("--quiet") :] if word != str(target)]
    (target / f"library-{version}.whl").write_text(" ".join(asked), encoding="utf-8")


def test_release__twice__same_bytes_and_everything_in_its_place(pyodide: Path, quick_papers: None) -> None:
    made = write_release(choose_scheme(), ["3.11", "3.13"], pyodide, run=fetched)
    assert made.keys() == {f"精细化考核_{__version__}.zip", "精细化考核.html", "FineScore.oxt"}
    assert write_release(choose_scheme(), ["3.11", "3.13"], pyodide, run=fetched) == made
    with zipfile.ZipFile(BytesIO(made[f"精细化考核_{__version__}.zip"])) as archive:
        top = f"精细化考核_{__version__}/"
        files = {name.removeprefix(top): archive.read(name) for name in archive.namelist()}
    manifest = dict(reversed(line.split("  ")) for line in files.pop(MANIFEST).decode().splitlines())
    assert manifest == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert files["精细化考核.html"] == made["精细化考核.html"]
    assert files.items() >= PAPERS.items()
    for name in (
        "macros/windows/安装.cmd",
        "macros/windows/卸载.cmd",
        "workbook_templates/FineScore.xlam",
        "docs/使用手册.md",
    ):
        assert files[name] == (ROOT / name).read_bytes()
    wheels = {name for name in files if name.startswith(WHEELS)}
    assert wheels == {f"{WHEELS}/library-3.11.whl", f"{WHEELS}/library-3.13.whl"}
    asked = files[f"{WHEELS}/library-3.13.whl"].decode().split()
    assert {"win_amd64", "--only-binary=:all:", "pywin32", "xlwings==0.37.8"} <= set(asked)
    assert not any(name.startswith(("tests/", "bench/")) or "__pycache__" in name for name in files)


def test_release__pip_fails__said_in_chinese(pyodide: Path) -> None:
    def fails(words: Sequence[str], _folder: Path) -> None:
        raise Refused("没有取得组件：pip download：没有网络")

    with pytest.raises(Refused, match="没有取得组件"):
        write_release(choose_scheme(), ["3.13"], pyodide, run=fails)


def test_release__not_pyodide__said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"没有 pyodide\.js"):
        write_release(choose_scheme(), [], tmp_path, run=fetched)
