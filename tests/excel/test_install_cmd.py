"""安装.cmd, the file to double-click: what can be told of it without Windows."""

from __future__ import annotations

import re
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CMD = (ROOT / "macros" / "安装.cmd").read_bytes()
LINES = CMD.decode("gbk").split("\r\n")


def test_cmd__bytes__gbk_with_crlf_and_code_page_set_in_ascii_first() -> None:
    assert CMD.endswith(b"\r\n")
    assert CMD.count(b"\n") == CMD.count(b"\r\n") == CMD.count(b"\r")
    assert LINES[:2] == ["@echo off", "chcp 936 >nul"]
    assert (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()[-1] == "*.cmd -text"


def test_cmd__labels__all_there_and_all_used() -> None:
    labels = [line[1:] for line in LINES if line.startswith(":")]
    assert len(labels) == len(set(labels))
    assert {name for line in LINES for name in re.findall(r"\bgoto (\w+)", line)} == set(labels)


def test_cmd__any_folder_name__stands_inside_quotes() -> None:
    # A folder's name may hold spaces, brackets and &. The variables below hold words, options, or Windows' own folder.
    for line in LINES:
        if line.startswith(("rem ", ":", "echo", "title ")):
            continue
        assert line.count('"') % 2 == 0, line
        outside = re.sub(r'"[^"]*"', "", line)
        assert set(re.findall(r"%~\w+|%\w+%", outside)) <= {"%BASE%", "%WHEELS%", "%SystemRoot%", "%~P"}, line
        if not line.startswith("for "):
            assert not re.search(r"[()]", outside), line
    assert "!" not in "".join(LINES)


def test_cmd__texts__hold_nothing_that_cmd_reads_as_more_than_text() -> None:
    # Bytes, not characters: the second byte of a Chinese character may be one of these where the code page is not set.
    texts = [line.encode("gbk") for line in LINES if line.startswith(("echo ", "title "))]
    assert len(texts) >= 8
    assert [text for text in texts if re.search(rb"[|&<>^%!]", text)] == []


def test_cmd__programs__known() -> None:
    commands = [re.sub(r"^if (not )?exist \"[^\"]*\" ", "", line) for line in LINES if line and line[0] not in ":"]
    known = r'(@?echo\b|chcp 936|rem |setlocal |title |goto |set "?\w+=|for |%BASE% -|"%PYTHON%" -I -|md "|pause$|exit /b [01]$|"%SystemRoot%\\System32\\icacls\.exe" )'
    assert [line for line in commands if not re.match(known, line)] == []
    arguments = [line.partition(" -I ")[2] for line in LINES if line.startswith('"%PYTHON%"')]
    assert [line.split(" || ")[0] for line in arguments if "xladdin" in line] == [
        "-m xladdin addin install",
        "-m xladdin addin status",
    ]


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
    (code,) = (line.removeprefix('set "SUITABLE=').removesuffix('"') for line in LINES if "SUITABLE=" in line)
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "base_prefix", base)
    monkeypatch.setattr(sysconfig, "get_platform", lambda: platform)
    assert (exit_code(code) == 0) is suitable


@pytest.mark.parametrize(("profile", "ascii_only"), [(r"D:\profile\wang", True), (r"D:\profile\王", False)])
def test_cmd__profile_folder__used_where_ascii(monkeypatch: pytest.MonkeyPatch, profile: str, ascii_only: bool) -> None:
    (code,) = re.findall(r'%BASE% -c "([^"]*)" && goto placed', "\n".join(LINES))
    monkeypatch.setenv("LOCALAPPDATA", profile)
    assert (exit_code(code) == 0) is ascii_only
