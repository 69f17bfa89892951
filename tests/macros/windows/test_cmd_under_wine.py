"""安装.cmd and 卸载.cmd run by Wine's command interpreter, with stand-ins for Python; skipped where there is no Wine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

WINE = shutil.which("wine")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(WINE is None, reason="Wine is not installed")]

CMDS = Path(__file__).parents[3] / "macros" / "windows"

LAUNCHER = r"""@echo off
>>"%LOG%" echo %0 %* [%PYTHONHOME%%PYTHONPATH%]
if not "%1"=="%GOOD%" exit /b 1
if "%4"=="venv" goto venv
set "CODE=%~4"
if "%CODE:~0,9%"=="import os" exit /b 1
exit /b 0
:venv
md "%~6\Scripts"
echo home>"%~6\pyvenv.cfg"
copy "%~dp0environment.cmd" "%~6\Scripts\python.cmd" >nul
exit /b 0
"""
"""Stands in for the launcher py.exe: one of its Pythons is there and suits; a profile folder is ASCII (exit code 1)."""

ENVIRONMENT = r"""@echo off
if not "%2"=="-c" >>"%LOG%" echo env %* [%PYTHONHOME%%PYTHONPATH%]
if "%3 %5"=="%FAILS%" exit /b 1
exit /b 0
"""
"""Stands in for the environment's Python."""


OWN = r"""@echo off
>>"%LOG%" echo own %* [%PYTHONHOME%%PYTHONPATH%]
if "%FAILS%"=="own" exit /b 1
if "%~nx2"=="unpack.py" goto unpack
set "CODE=%~3"
if "%CODE:~0,9%"=="import os" exit /b 1
exit /b 0
:unpack
if "%FAILS%"=="unpack" exit /b 1
md "%~3\Scripts"
copy "%~dp0..\environment.cmd" "%~3\Scripts\python.cmd" >nul
exit /b 0
"""
"""Stands in for the Python that came with the package."""


@dataclass
class Machine:
    """A Windows, the unpacked folder, and what the stand-ins were called with."""

    prefix: Path
    folder: Path

    @property
    def profile(self) -> Path:
        """AppData\\Local of the only user."""
        (path,) = (self.prefix / "drive_c" / "users").glob("[!P]*/AppData/Local")
        return path

    @property
    def log(self) -> Path:
        return self.prefix / "drive_c" / "log.txt"

    def run(
        self, name: str, *, good: str = "-3.13", fails: str = "", excel: bool = False, own: bool = False
    ) -> tuple[int, str]:
        """Run one of the two files; its exit code and what it shows."""
        here = self.folder / "macros" / "windows"
        here.mkdir(parents=True, exist_ok=True)
        (self.folder / "pyproject.toml").touch()
        text = (CMDS / f"{name}.cmd").read_bytes().decode("gbk")
        for program in (
            "%BASE% -I",
            "%* -I",
            '"%PYTHON%" -I',
            '"%OWN%" -I',
        ):  # a batch file that is to come back has to be called
            text = text.replace(f"\r\n{program}", f"\r\ncall {program}")
        text = text.replace("py.exe ", "py.cmd ").replace(r"\python.exe", r"\python.cmd")
        if excel:
            asked = r'%SystemRoot%\System32\tasklist.exe /fi "imagename eq EXCEL.EXE" /nh'
            assert asked in text
            text = text.replace(asked, "echo EXCEL.EXE 4711 Console 1")
        # Wine takes other names than ASCII by the locale only.
        files = {"run": text, "py": LAUNCHER, "environment": ENVIRONMENT} | ({"python/python": OWN} if own else {})
        for file, content in files.items():
            (here / file).parent.mkdir(exist_ok=True)
            (here / f"{file}.cmd").write_bytes(content.replace("\r\n", "\n").replace("\n", "\r\n").encode("gbk"))
        self.log.write_text("")
        done = subprocess.run(
            ["wine", "cmd", "/c", "run.cmd"],
            cwd=here,
            env=environment(self.prefix)
            | {
                "LOG": self.windows(self.log),
                "GOOD": good,
                "FAILS": fails,
                "PYTHONHOME": r"C:\other",
                "PYTHONPATH": r"C:\other\lib",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )
        return done.returncode, done.stdout.decode("gbk", errors="replace")

    def windows(self, path: Path) -> str:
        """A path of the drive C: as Windows has it."""
        return "C:\\" + str(path.relative_to(self.prefix / "drive_c")).replace("/", "\\")

    def called(self) -> list[str]:
        return [line.strip() for line in self.log.read_bytes().decode("gbk", errors="replace").splitlines()]


def environment(prefix: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "USER")}
    quiet = {"WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml=", "DISPLAY": ""}
    return kept | quiet | {"WINEPREFIX": str(prefix), "LC_ALL": "zh_CN.UTF-8"}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Windows of Wine's."""
    path = tmp_path_factory.mktemp("wine") / "prefix"
    subprocess.run(["wine", "cmd", "/c", "exit"], env=environment(path), capture_output=True, timeout=300)
    return path


@pytest.fixture
def machine(prefix: Path) -> Iterator[Callable[[str], Machine]]:
    made: list[Machine] = []

    def machine(folder: str) -> Machine:
        made.append(Machine(prefix, prefix / "drive_c" / folder))
        return made[-1]

    yield machine
    for one in made:
        shutil.rmtree(one.folder, ignore_errors=True)
        shutil.rmtree(one.profile / "FineScore", ignore_errors=True)


ODD = "a & b (1) c!d e^f"
"""A folder's name with what the command interpreter gives a meaning. Not %: Wine 8 replaces it twice."""


@pytest.mark.parametrize("folder", ["FineScore", ODD])
def test_install__twice_and_removed__each_step_once_and_nothing_left(
    machine: Callable[[str], Machine], folder: str
) -> None:
    own = machine(folder)
    code, shown = own.run("安装")
    assert (code, "正在准备 Python 环境" in shown) == (0, True), shown
    place = own.windows(own.profile / "FineScore")
    launched = [line for line in own.called() if not line.startswith("env ")]
    # 3.14 is not there; 3.13 is, and no other is asked. What other software has set is not seen.
    assert [line.split()[1] for line in launched] == ["-3.14", "-3.13", "-3.13", "-3.13"]
    assert launched[-1].endswith(f'-3.13 -I -m venv --clear "{place}" []')
    steps = [line for line in own.called() if line.startswith("env ")]
    assert [line.endswith(" []") for line in steps] == [True] * 3
    pip, install, status = (line.removesuffix(" []") for line in steps)
    source = own.windows(own.folder / "macros" / "windows") + r"\..\.."
    assert pip.endswith(f'--force-reinstall --no-user --target= --prefix "{place}"  "{source}"')
    assert install == "env -I -m xladdin addin install"
    assert status == "env -I -m xladdin addin status"
    # A second installation keeps the environment and renews what is in it.
    code, shown = own.run("安装")
    assert (code, "正在准备 Python 环境" in shown) == (0, False), shown
    assert [line.split()[3] for line in own.called() if line.startswith("env ")] == ["pip", "xladdin", "xladdin"]
    assert not any("venv" in line for line in own.called())
    code, shown = own.run("卸载")
    assert code == 0, shown
    assert "卸载完成" in shown
    assert [line.partition(" [")[0] for line in own.called()] == ["env -I -m xladdin addin uninstall"]
    assert [path for path in own.profile.iterdir() if "FineScore" in path.name] == []
    code, shown = own.run("卸载")
    assert (code, "没有安装过，或者已经卸载" in shown) == (1, True)


@pytest.mark.parametrize(
    ("good", "fails", "words"),
    [
        ("none", "", "没有找到合适的 Python"),
        ("-3.11", "pip --disable-pip-version-check", "没有安装成功"),
        ("-3.11", "xladdin install", "没有安装成功"),
    ],
)
def test_install__step_fails__said_and_not_gone_on(
    machine: Callable[[str], Machine], good: str, fails: str, words: str
) -> None:
    own = machine("FineScore")
    code, shown = own.run("安装", good=good, fails=fails)
    assert (code, words in shown) == (1, True), shown
    assert not any("addin status" in line for line in own.called())
    assert any("addin install" in line for line in own.called()) is (fails == "xladdin install")


@pytest.mark.parametrize("folder", ["FineScore", ODD])
def test_install__python_came_along__serves_and_is_removed(machine: Callable[[str], Machine], folder: str) -> None:
    own = machine(folder)
    place = own.windows(own.profile / "FineScore")
    for _time in (1, 2):
        code, shown = own.run("安装", good="none", own=True)
        assert (code, "安装包自带的 Python" in shown) == (0, True), shown
        suits, ascii_only, unpacking, install, status = own.called()
        assert suits.startswith("own -I -c ")
        assert ascii_only.startswith('own -I -c "import os')
        source = own.windows(own.folder / "macros" / "windows") + r"\unpack.py"
        assert unpacking == f'own -I "{source}" "{place}" []'
        assert install == "env -I -m xladdin addin install []"
        assert status == "env -I -m xladdin addin status []"
    code, shown = own.run("卸载")
    assert (code, "卸载完成" in shown) == (0, True), shown
    assert [path for path in own.profile.iterdir() if "FineScore" in path.name] == []


def test_install__python_came_along_and_does_not_run__an_installed_one_serves(
    machine: Callable[[str], Machine],
) -> None:
    own = machine("FineScore")
    code, shown = own.run("安装", own=True, fails="own")
    assert (code, "正在准备 Python 环境" in shown) == (0, True), shown
    assert any(
        line.endswith("venv --clear " + f'"{own.windows(own.profile / "FineScore")}" []') for line in own.called()
    )
    # Then one that runs takes its place.
    code, shown = own.run("安装", own=True)
    assert (code, any("unpack.py" in line for line in own.called())) == (0, True), shown
    assert not any("pip" in line for line in own.called())


def test_install__python_came_along_and_is_incomplete__said(machine: Callable[[str], Machine]) -> None:
    own = machine("FineScore")
    code, shown = own.run("安装", own=True, fails="unpack")
    assert (code, "没有安装成功" in shown) == (1, True), shown
    assert not any(line.startswith("env ") for line in own.called())


def test_install__excel_open__nothing_is_done(machine: Callable[[str], Machine]) -> None:
    own = machine("FineScore")
    code, shown = own.run("安装", excel=True)
    assert (code, "Excel 正开着" in shown) == (1, True), shown
    assert own.called() == []


def test_install__folder_too_deep__says_so(machine: Callable[[str], Machine]) -> None:
    own = machine("d" * 150)
    code, shown = own.run("安装")
    assert (code, "路径太长" in shown) == (1, True), shown
    assert own.called() == []


def test_uninstall__addin_in_use__environment_stays(machine: Callable[[str], Machine]) -> None:
    own = machine("FineScore")
    own.run("安装")
    code, shown = own.run("卸载", fails="xladdin uninstall")
    assert (code, "没有卸载完" in shown) == (1, True), shown
    assert (own.profile / "FineScore" / "pyvenv.cfg").is_file()
