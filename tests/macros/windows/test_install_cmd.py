"""安装.cmd and 卸载.cmd, the files to double-click: what can be told of them without Windows."""

from __future__ import annotations

import re
import sys
import sysconfig
from pathlib import Path

import pytest

from xladdin.cli.calls import Group
from xladdin.cli.program import PROGRAM

ROOT = Path(__file__).parents[3]

CMDS = {name: (ROOT / "macros" / "windows" / f"{name}.cmd").read_bytes() for name in ("安装", "卸载")}
LINES = {name: data.decode("gbk").split("\r\n") for name, data in CMDS.items()}

PROGRAMS = {
    "安装": r'set "?\w+=|for |if not "%|if defined (?:BASE|OWN) |%\* -I -|%BASE% -I -|set BASE="%OWN%"$|"%OWN%" -I |"%PYTHON%" -I -|md "|"%SystemRoot%\\System32\\icacls\.exe" ',
    "卸载": r'set "\w+=|for /f |if not "%|"%PYTHON%" -I -|move "|rd /s /q "',
}
"""What each file runs beside what both do, as the beginnings of lines."""

both = pytest.mark.parametrize("name", CMDS)


@both
def test_cmd__bytes__gbk_with_crlf_and_code_page_set_in_ascii_first(name: str) -> None:
    assert CMDS[name].endswith(b"\r\n")
    assert CMDS[name].count(b"\n") == CMDS[name].count(b"\r\n") == CMDS[name].count(b"\r")
    assert LINES[name][:2] == ["@echo off", "chcp 936 >nul"]
    assert (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()[-1] == "*.cmd -text"


@both
def test_cmd__labels__all_there_and_all_used(name: str) -> None:
    labels = [line[1:] for line in LINES[name] if line.startswith(":")]
    assert len(labels) == len(set(labels))
    used = {label for line in LINES[name] for label in re.findall(r"\b(?:goto |call :)(\w+)", line)}
    assert used == set(labels)


@both
def test_cmd__any_folder_name__stands_inside_quotes(name: str) -> None:
    # A folder's name may hold spaces, brackets and &. The variables below hold words, options, or Windows' own folder.
    for line in LINES[name]:
        if line.startswith(("rem ", ":", "echo", "title ")):
            continue
        assert line.count('"') % 2 == 0, line
        outside = re.sub(r'"[^"]*"', "", line)
        assert set(re.findall(r"%~\w+|%\w+%", outside)) <= {"%BASE%", "%WHEELS%", "%SystemRoot%", "%~P"}, line
        if not line.startswith("for "):
            assert not re.search(r"[()]", outside), line
    assert "!" not in "".join(LINES[name])


@both
def test_cmd__texts__hold_nothing_that_cmd_reads_as_more_than_text(name: str) -> None:
    # Bytes, not characters: the second byte of a Chinese character may be one of these where the code page is not set.
    texts = [line.encode("gbk") for line in LINES[name] if line.startswith(("echo ", "title "))]
    assert len(texts) >= 7
    assert [text for text in texts if re.search(rb"[|&<>^%!]", text)] == []


@both
def test_cmd__programs__known(name: str) -> None:
    lines = [line for line in LINES[name] if line and line[0] not in ":"]
    commands = [re.sub(r"^if (not )?exist \"[^\"]*\" ", "", line) for line in lines]
    known = rf"(@?echo\b|chcp 936|rem |setlocal |title |goto |pause$|exit /b [01]$|{PROGRAMS[name]})"
    assert [line for line in commands if not re.match(known, line)] == []


@pytest.mark.parametrize(("name", "commands"), [("安装", ["install", "status"]), ("卸载", ["uninstall"])])
def test_cmd__addin__commands_of_ours(name: str, commands: list[str]) -> None:
    arguments = [line.partition(" -I ")[2] for line in LINES[name] if line.startswith('"%PYTHON%"')]
    ours = [line for line in arguments if "-m xladdin" in line]
    assert ours == [f"-m xladdin addin {command}" for command in commands]
    addin = PROGRAM.commands["addin"]
    assert isinstance(addin, Group)
    assert set(addin.commands) >= set(commands)


def test_install__excel_open__nothing_is_renewed() -> None:
    lines = LINES["安装"]
    (looking,) = (n for n, line in enumerate(lines) if "tasklist.exe" in line)
    assert lines[looking].startswith('for /f "tokens=1" %%E in (\'%SystemRoot%\\System32\\tasklist.exe ')
    assert lines[looking].endswith(' /nh\') do if /i "%%E"=="EXCEL.EXE" goto open')
    assert looking < min(n for n, line in enumerate(lines) if "%BASE%" in line or "pip install" in line)
    assert "关闭全部 Excel 窗口" in lines[lines.index(":open") + 1]


def places(name: str) -> list[str]:
    """The folders that a file names as the environment's, in order."""
    return re.findall(r'set "PLACE=(.*)"', "\n".join(LINES[name]))


def test_install__python_beside_it__asked_before_any_installed_one() -> None:
    lines = LINES["安装"]
    own = lines.index(r'set "OWN=%~dp0python\python.exe"')
    assert lines[own + 1 : own + 4] == [
        '"%OWN%" -I -c "%SUITABLE%" >nul 2>nul',
        'if not "%errorlevel%"=="0" goto installed',
        'set BASE="%OWN%"',
    ]
    assert own < next(n for n, line in enumerate(lines) if "py.exe" in line)
    # It has no pip: what it needs is unpacked.
    assert lines[lines.index(":own") + 2] == r'"%OWN%" -I "%~dp0unpack.py" "%PLACE%"'


def test_uninstall__environment__looked_for_where_the_installer_makes_it() -> None:
    assert places("卸载") == places("安装") == [r"%LOCALAPPDATA%\FineScore", r"%ProgramData%\FineScore-%SID%"]
    assert [line for line in LINES["安装"] if "whoami" in line] == [line for line in LINES["卸载"] if "whoami" in line]


def test_uninstall__removed__the_environment_alone_and_after_the_addin() -> None:
    lines = LINES["卸载"]
    removing = [line for line in lines if re.search(r"\b(rd|del|erase|rmdir|move|ren)\b", line.partition("rem ")[0])]
    assert removing == [
        'move "%PLACE%" "%PLACE%.uninstalled" >nul 2>nul',
        'rd /s /q "%PLACE%.uninstalled"',
    ]
    # Where the add-in cannot be removed, as Excel is open, the environment stays.
    (uninstalling,) = (n for n, line in enumerate(lines) if "xladdin addin uninstall" in line)
    assert lines[uninstalling + 1] == 'if not "%errorlevel%"=="0" goto failed'
    assert lines.index(":found") < uninstalling < lines.index(removing[0]) < lines.index(removing[1])
    # Only a folder that is an environment, or has been renamed below, is taken.
    reached = [line for line in lines if re.search(r"goto (found|renamed)$", line)]
    assert set(reached) == {
        r'if exist "%PLACE%\Scripts\" goto found',
        r'if exist "%PLACE%.uninstalled\" goto renamed',
    }


def exit_code(code: str) -> int:
    with pytest.raises(SystemExit) as ended:
        exec(code, {})
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("version", "platform", "base", "suitable"),
    [
        ((3, 11, 0), "win-amd64", r"D:\Python311", True),
        ((3, 14, 9), "win-amd64", r"D:\Python314", True),
        ((3, 10, 9), "win-amd64", r"D:\Python310", False),
        ((3, 15, 0), "win-amd64", r"D:\Python315", False),
        ((3, 13, 0), "win32", r"D:\Python313-32", False),
        ((3, 13, 0), "win-arm64", r"D:\Python313-arm64", False),
        ((3, 13, 0), "win-amd64", r"D:\WindowsApps\Python.3.13", False),
    ],
)
def test_cmd__python__chosen_by_version_bits_and_source(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], platform: str, base: str, suitable: bool
) -> None:
    (code,) = (line.removeprefix('set "SUITABLE=').removesuffix('"') for line in LINES["安装"] if "SUITABLE=" in line)
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "base_prefix", base)
    monkeypatch.setattr(sysconfig, "get_platform", lambda: platform)
    assert (exit_code(code) == 0) is suitable


@pytest.mark.parametrize(("profile", "ascii_only"), [(r"D:\profile\wang", True), (r"D:\profile\王", False)])
def test_cmd__profile_folder__used_where_ascii(monkeypatch: pytest.MonkeyPatch, profile: str, ascii_only: bool) -> None:
    (code,) = re.findall(r'%BASE% -I -c "([^"]*)"', "\n".join(LINES["安装"]))
    monkeypatch.setenv("LOCALAPPDATA", profile)
    assert (exit_code(code) != 0) is ascii_only
