"""Installing and removing the add-in, on a machine that stands in for Windows."""

from __future__ import annotations

import importlib.metadata
import os
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

import pytest

from macros.vba.modules import modules
from macros.windows.checkup import checkup
from macros.windows.install import install, pinned_xlwings, settings, uninstall
from macros.windows.machine import Distribution, Machine
from tests.macros.windows.fake_windows import (
    ADDIN,
    CONF,
    DLL_32,
    DLL_64,
    ENVIRONMENT,
    PROFILE,
    SCRIPTS,
    XLSTART,
    FakeWindows,
)
from xladdin.issues import Refused

ROOT = Path(__file__).parents[3]


@pytest.fixture
def machine(tmp_path: Path) -> FakeWindows:
    return FakeWindows(tmp_path / "machine")


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    path = tmp_path / "shipped.xlam"
    path.write_bytes(b"PK the add-in")
    return path


def added(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    assert {path: after.get(path) for path in before} == before
    return after.keys() - before.keys()


# --- Installing -----------------------------------------------------------------------------------------------------


def test_install__healthy_machine__writes_the_documented_files_only(machine: FakeWindows, shipped: Path) -> None:
    before = machine.everything()
    lines = install(machine, shipped)
    assert added(before, machine.everything()) == {
        "D/profile/wang/AppData/Roaming/Microsoft/Excel/XLSTART/FineScore.xlam",
        "D/profile/wang/.finescore/",
        "D/profile/wang/.finescore/finescore.conf",
    }
    assert machine.read(ADDIN) == shipped.read_bytes()
    assert [line for line in lines if str(ADDIN) in line or str(CONF) in line] == lines[:2]


def test_install__configuration__exact_bytes(machine: FakeWindows, shipped: Path) -> None:
    install(machine, shipped)
    assert machine.read(CONF) == (
        rb'"INTERPRETER_WIN","D:\profile\wang\AppData\Local\FineScore\Scripts\python.exe"'
        b"\r\n"
        b'"USE UDF SERVER","True"\r\n'
    )


def test_install__twice__same_files(machine: FakeWindows, shipped: Path) -> None:
    install(machine, shipped)
    once = machine.everything()
    install(machine, shipped)
    assert machine.everything() == once


@pytest.mark.parametrize(
    "profile",
    [
        r"D:\OneDrive - 某局\wang",
        r"D:\a & b (1) c!d e^f 50%\wang",
        r"\\server\profiles$\wang",
        "D:\\" + "长" * 60 + "\\" + "d" * 120,
    ],
)
def test_install__profile_folder_of_any_name__twice_checked_and_removed_without_a_trace(
    machine: FakeWindows, shipped: Path, profile: str
) -> None:
    machine.variables = {"USERPROFILE": profile, "APPDATA": rf"{profile}\AppData\Roaming"}
    before = {path: data for path, data in machine.everything().items() if not path.endswith("/")}
    install(machine, shipped)
    once = machine.everything()
    install(machine, shipped)
    assert machine.everything() == once
    wrong = {finding.name for finding in checkup(machine, shipped) if finding.ok is False}
    assert wrong == ({"受信任位置"} if profile.startswith("\\\\") else set())
    uninstall(machine)
    assert {path: data for path, data in machine.everything().items() if not path.endswith("/")} == before


def test_install__over_older_file_from_the_web__replaced_without_mark(machine: FakeWindows, shipped: Path) -> None:
    machine.put(ADDIN, b"older")
    machine.mark_from_web(ADDIN)
    assert machine.has_web_mark(ADDIN)
    install(machine, shipped)
    assert machine.read(ADDIN) == shipped.read_bytes()
    assert not machine.has_web_mark(ADDIN)


def test_install__dlls_where_the_macros_do_not_look__copied_and_later_removed(
    machine: FakeWindows, shipped: Path
) -> None:
    elsewhere = PROFILE / "AppData" / "Roaming" / "Python"  # where pip --user puts them
    for name in (DLL_32, DLL_64):
        machine.delete(ENVIRONMENT / name)
        machine.put(elsewhere / name, name.encode())
    machine.packages["xlwings"] = Distribution(pinned_xlwings(), (elsewhere / DLL_32, elsewhere / DLL_64))
    before = machine.everything()
    install(machine, shipped)
    assert machine.read(SCRIPTS / DLL_32) == DLL_32.encode()
    assert machine.read(SCRIPTS / DLL_64) == DLL_64.encode()
    uninstall(machine)
    assert machine.everything() == before


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda m: m.packages.pop("xlwings"), "没有安装"),
        (lambda m: m.packages.update(xlwings=Distribution("0.30.0", ())), "现为 0.30.0"),
        (lambda m: m.delete(ENVIRONMENT / DLL_64), "杀毒软件"),
        (
            lambda m: (m.delete(ENVIRONMENT / DLL_32), m.packages.update(xlwings=Distribution(pinned_xlwings(), ()))),
            "它不是 64 位的，或者版本太新",
        ),
        (lambda m: m.use_python(base=PureWindowsPath(r"D:\WindowsApps\Python.3.13")), "微软商店"),
        (
            lambda m: (m.use_python(program=PureWindowsPath(r"D:\环境\python.exe")), setattr(m, "code_page", "cp1252")),
            "系统区域设置",
        ),
        (lambda m: m.variables.update(USERPROFILE="D:\\profile\\\U00020bb7"), "系统区域设置"),  # a name not in GBK
    ],
    ids=["no xlwings", "other xlwings", "dll gone", "no dll", "store", "code page", "rare name"],
)
def test_install__unsuitable_machine__told_and_nothing_written(
    machine: FakeWindows, shipped: Path, spoil: Callable[[FakeWindows], object], told: str
) -> None:
    spoil(machine)
    before = machine.everything()
    with pytest.raises(Refused, match=told) as caught:
        install(machine, shipped)
    assert "请" in str(caught.value)
    assert machine.everything() == before


def test_install__shipped_file_missing__told(machine: FakeWindows, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="程序包不完整"):
        install(machine, tmp_path / "none.xlam")


@pytest.fixture
def excel_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files ending in .xlam can be neither replaced nor deleted, as while Excel has them open."""
    replace, unlink = os.replace, Path.unlink

    def refuse(call: Callable[..., None], target: PurePath | str, *args: Any) -> None:
        if str(target).endswith(".xlam"):
            raise PermissionError(13, "in use", str(target))
        call(*args)

    monkeypatch.setattr(os, "replace", lambda source, target: refuse(replace, target, source, target))
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: refuse(unlink, self, self, missing_ok))


def test_install__excel_open__told_and_as_before(machine: FakeWindows, shipped: Path, excel_open: None) -> None:
    machine.put(ADDIN, b"older")
    before = machine.everything()
    with pytest.raises(Refused, match="请先关闭全部 Excel 窗口"):
        install(machine, shipped)
    assert machine.everything() == before


# --- The configuration as the macros read it -------------------------------------------------------------------------


def input_fields(data: bytes, code_page: str) -> list[str]:
    """What VBA's `Input #` reads, field by field: quotes end a field at the next quote, CRLF and comma end the others."""
    fields, rest = [], data.decode(code_page).replace("\r\n", "\r")
    while rest:
        rest = rest.lstrip(" \t")
        if rest.startswith('"'):
            field, _, rest = rest[1:].partition('"')
            rest = re.sub(r"\A[ \t]*[,\r]?", "", rest)
        else:
            field, end = re.match(r"([^,\r]*)([,\r]?)", rest).groups()  # type: ignore[union-attr]
            rest = rest[len(field) + len(end) :]
        fields.append(field)
    return fields


def test_configuration__read_as_vba_does__pairs_of_key_and_value(machine: FakeWindows, shipped: Path) -> None:
    machine.use_python(program=PureWindowsPath(r"D:\考核 环境\Scripts\python.exe"))
    install(machine, shipped)
    fields = input_fields(machine.read(CONF) or b"", "cp936")
    assert dict(zip(fields[::2], fields[1::2], strict=True)) == settings(machine)
    assert fields[1] == r"D:\考核 环境\Scripts\python.exe"


@pytest.mark.parametrize("is_addin", [True, False])
def test_configuration__keys__those_the_macros_ask_for(machine: FakeWindows, is_addin: bool) -> None:
    macros = "".join(module.source for module in modules(is_addin=is_addin))
    assert re.findall(r'Key = "([^"]+)"', macros) == ["INTERPRETER_WIN"]
    # The other one is for workbooks with the macros of former versions.
    assert settings(machine).keys() == {"INTERPRETER_WIN", "USE UDF SERVER"}


def test_pinned_xlwings__installed_or_run_from_source__the_one_in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (requirement,) = [line for line in project["dependencies"] if line.startswith("xlwings")]
    pinned, _, where = requirement.partition("; ")
    assert where == 'sys_platform == "win32"'

    def absent(_name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError

    assert f"xlwings=={pinned_xlwings()}" == pinned
    monkeypatch.setattr(importlib.metadata, "requires", absent)
    assert f"xlwings=={pinned_xlwings()}" == pinned
    both = ["xlrd>=2", 'xlwings==1.2.3; sys_platform == "win32"', 'xlwings==1.2.3; extra == "test"']
    monkeypatch.setattr(importlib.metadata, "requires", lambda _name: both)
    assert pinned_xlwings() == "1.2.3"


# --- Removing -------------------------------------------------------------------------------------------------------


def test_uninstall__after_install__leaves_nothing(machine: FakeWindows, shipped: Path) -> None:
    before = machine.everything()
    install(machine, shipped)
    lines = uninstall(machine)
    assert machine.everything() == before
    assert any(str(ENVIRONMENT) in line for line in lines)  # what the user may delete by hand


def test_install__python_came_along__as_with_an_environment(machine: FakeWindows, shipped: Path) -> None:
    machine.bring_python()
    before = machine.everything()
    install(machine, shipped)
    assert added(before, machine.everything()) == {
        "D/profile/wang/AppData/Roaming/Microsoft/Excel/XLSTART/FineScore.xlam",
        "D/profile/wang/.finescore/",
        "D/profile/wang/.finescore/finescore.conf",
    }
    assert str(SCRIPTS / "python.exe") in (machine.read(CONF) or b"").decode("cp936")
    lines = uninstall(machine)
    assert machine.everything() == before
    assert "“卸载.cmd”接着删除" in lines[-1]


def test_machine__python_packed_for_embedding__known_by_its_file_of_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    assert not Machine().interpreter().came_along
    (tmp_path / f"python{sys.version_info[0]}{sys.version_info[1]}._pth").touch()
    assert Machine().interpreter().came_along


def test_uninstall__files_of_others__stay(machine: FakeWindows, shipped: Path) -> None:
    for path in (XLSTART / "PERSONAL.XLSB", CONF.parent / "notes.txt", SCRIPTS / DLL_64):
        machine.put(path, b"not ours")
    before = machine.everything()
    install(machine, shipped)
    uninstall(machine)
    assert machine.everything() == before


def test_uninstall__nothing_installed__says_so(machine: FakeWindows) -> None:
    before = machine.everything()
    assert uninstall(machine) == ["没有安装加载项，不用卸载"]
    assert machine.everything() == before


def test_uninstall__excel_open__told_and_as_before(machine: FakeWindows, shipped: Path, excel_open: None) -> None:
    for path in (ADDIN, CONF):
        machine.put(path, b"installed")
    before = machine.everything()
    with pytest.raises(Refused, match="请先关闭全部 Excel 窗口"):
        uninstall(machine)
    assert machine.everything() == before
