"""The Python that goes along: taken into the archive, and placed by its own unpack.py, which this machine's Python runs.

Stands for python.org's package: the same structure, and a program of which only the header is right.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest

from macros.windows.unpack import Incomplete, unpack
from tests.release.test_release import fetched
from tests.support.years import call
from xladdin import __version__
from xladdin.issues import Refused
from xladdin.release.page.build import LOCK, PYODIDE
from xladdin.release.release import MANIFEST, ROOT, WHEEL_LIST, WHEELS, embedded_python, write_release
from xladdin.scheme import choose_scheme
from xladdin.workbook.package import packed

PROGRAM = b"MZ" + bytes(0x3A) + (0x80).to_bytes(4, "little") + bytes(0x40) + b"PE\0\0\x64\x86" + bytes(20)

EMBEDDABLE = {
    "python.exe": PROGRAM,
    "python313.dll": b"the interpreter",
    "python313.zip": b"the library",
    "python313._pth": b"python313.zip\r\n.\r\n\r\n# Uncomment to run site.main() automatically\r\n#import site\r\n",
    "vcruntime140.dll": b"",
}

XLWINGS = {
    "xlwings/__init__.py": b"WHO = 'xlwings'\n",
    "xlwings-0.37.8.dist-info/METADATA": b"Metadata-Version: 2.1\nName: xlwings\nVersion: 0.37.8\n",
    "xlwings-0.37.8.data/data/xlwings64-0.37.8.dll": b"DLL",
    "xlwings-0.37.8.data/purelib/more.py": b"",
    "xlwings-0.37.8.dist-info/RECORD": b'xlwings/__init__.py,,\n"xlwings-0.37.8.data/data/xlwings64-0.37.8.dll",sha256=x,3\n',
}
PYWIN32 = {
    "pywin32.pth": b"win32\nimport sys; sys.bootstrapped = True\n",
    "win32/win32api.py": b"WHO = 'win32api'\n",
    "pywin32-311.dist-info/METADATA": b"Metadata-Version: 2.1\nName: pywin32\nVersion: 311\n",
    "pywin32-311.data/scripts/pywin32_postinstall.py": b"",
    "pywin32-311.dist-info/RECORD": b"win32/win32api.py,,\n",
}
PACKAGES = "Scripts/Lib/site-packages"


def fetched_wheels(words: Sequence[str], folder: Path) -> None:
    """Stands for pip: wheels of each Python's own, the product's among the page's."""
    if "--python-version" not in words:
        fetched(words, folder)
        (folder / "xladdin-9-py3-none-any.whl").write_bytes(packed({"xladdin/__init__.py": b""}))
        return
    version = words[words.index("--python-version") + 1].replace(".", "")
    for name, files in {"xlwings": XLWINGS, "pywin32": PYWIN32}.items():
        (folder / f"{name}-1-cp{version}-cp{version}-win_amd64.whl").write_bytes(packed(files))


@pytest.fixture
def embeddable(tmp_path: Path) -> Path:
    path = tmp_path / "python-3.13.9-embed-amd64.zip"
    path.write_bytes(packed(EMBEDDABLE))
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def package(tmp_path: Path, embeddable: Path, quick_papers: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The unpacked archive of a release, of the project's own files those that matter here."""
    needed = [ROOT / "macros/windows/unpack.py", ROOT / "workbook_templates/FineScore.oxt"]
    monkeypatch.setattr("xladdin.release.release.own_files", lambda: needed)
    npm = tmp_path / "npm"
    npm.mkdir()
    for name in PYODIDE:
        (npm / name).write_text("{}" if name == LOCK else name)
    python = embedded_python(embeddable, digest(embeddable).upper())
    made = write_release(choose_scheme(), ["3.11"], npm, python, run=fetched_wheels)
    assert made == write_release(choose_scheme(), ["3.11"], npm, python, run=fetched_wheels)
    with zipfile.ZipFile(BytesIO(made[f"精细化考核_{__version__}.zip"])) as archive:
        archive.extractall(tmp_path)
    return tmp_path / f"精细化考核_{__version__}"


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_release__python_given__lies_beside_with_its_wheels_and_in_the_manifest(package: Path) -> None:
    here = package / "macros/windows"
    listed = (package / WHEEL_LIST).read_text().split()
    assert listed == [
        "pywin32-1-cp313-cp313-win_amd64.whl",
        "xladdin-9-py3-none-any.whl",
        "xlwings-1-cp313-cp313-win_amd64.whl",
    ]
    assert {path.name for path in (package / WHEELS).iterdir()} > {*listed, "xlwings-1-cp311-cp311-win_amd64.whl"}
    assert {name: data for name, data in files(here / "python").items() if name != "wheels.txt"} == EMBEDDABLE
    assert f"{hashlib.sha256(PROGRAM).hexdigest()}  macros/windows/python/python.exe\n" in (
        package / MANIFEST
    ).read_text(encoding="utf-8")


def test_unpack__anew_and_over_an_environment__python_and_packages_and_nothing_else(
    package: Path, tmp_path: Path
) -> None:
    place = tmp_path / "Local 王" / "FineScore"
    (place / "Lib/site-packages").mkdir(parents=True)
    (place / "Scripts").mkdir()
    (place / "old").mkdir()
    for name in ("pyvenv.cfg", "xlwings64-0.1.dll", "Scripts/python.exe", "old/left.txt"):
        (place / name).write_text("of before")
    command = [sys.executable, "-I", "-S", str(package / "macros/windows/unpack.py"), str(place)]
    for _time in (1, 2):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        found = files(place)
        assert {name.removeprefix("Scripts/"): found[name] for name in found if name.count("/") == 1} == {
            **EMBEDDABLE,
            "python313._pth": b"python313.zip\n.\nLib/site-packages\nimport site\n",
            "xlwings64-0.37.8.dll": b"DLL",
            "wheels.txt": (package / WHEEL_LIST).read_bytes(),
        }
        assert found["Scripts/Scripts/pywin32_postinstall.py"] == b""
        assert {name.split("/")[0] for name in found} == {"Scripts"}
    # What that Python would do with the folder of packages, done by this one.
    seen = subprocess.run(
        [sys.executable, "-I", "-S", "-c",
         f"import site, sys; site.addsitedir({str(place / PACKAGES)!r}); import xlwings, win32api, more, xladdin\n"
         "import importlib.metadata as m; print(xlwings.WHO, win32api.WHO, sys.bootstrapped)\n"
         "print([f.locate().resolve().name for f in m.files('xlwings') if f.locate().is_file()])"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert seen.splitlines() == ["xlwings win32api True", "['__init__.py', 'xlwings64-0.37.8.dll']"]


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ("macros/windows/python/python313.dll", "缺少 python313.dll"),
        ("macros/windows/wheels/xlwings-1-cp313-cp313-win_amd64.whl", "缺少 xlwings-1"),
        ("macros/windows/python/wheels.txt", "缺少 wheels.txt"),
        (MANIFEST, f"缺少 {MANIFEST}"),
    ],
)
def test_unpack__file_of_the_package_lacking__named_and_the_old_one_stays(
    package: Path, tmp_path: Path, spoilt: str, words: str
) -> None:
    place = tmp_path / "FineScore"
    unpack(package, place)
    before = files(place)
    (package / spoilt).unlink()
    with pytest.raises(Incomplete, match=words):
        unpack(package, place)
    assert files(place) == before
    (package / spoilt).write_bytes(b"0  another")
    with pytest.raises(Incomplete):
        unpack(package, place)
    assert files(place) == before


def test_unpack__place_cannot_be_written__said_without_traceback(package: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-I", str(package / "macros/windows/unpack.py"), str(tmp_path / "file" / "FineScore")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("没有写成 ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed({**EMBEDDABLE, "python.exe": PROGRAM.replace(b"\x64\x86", b"\x4c\x01")}), "不是 64 位 Windows"),
        (packed({name: data for name, data in EMBEDDABLE.items() if not name.endswith("_pth")}), "不是 64 位 Windows"),
        (b"<html>", "不是压缩包"),
    ],
)
def test_release__not_the_embeddable_python__refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "python.zip"
    path.write_bytes(content)
    with pytest.raises(Refused, match=words):
        embedded_python(path, digest(path))


def test_release__other_digest_or_none__refused_and_nothing_written(embeddable: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    wrong = call("release", out, "--python", embeddable, "--python-sha256", "0" * 64)
    assert wrong.code != 0
    assert digest(embeddable) in wrong.err
    alone = call("release", out, "--python", embeddable)
    assert alone.code == 2
    assert "要一起写" in alone.err
    assert not out.exists()
