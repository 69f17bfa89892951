"""Installing the add-in for one user of Windows, without administrator's rights, and taking it away again.

What is written, and nothing else: the add-in among the files Excel opens at every start, the configuration its macros
read, and xlwings' DLLs beside Python where they are not already in a place that the macros search.
"""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePath

from macros.actions import TAB
from macros.windows.machine import Windows
from xladdin.files import FileBusy
from xladdin.issues import Refused
from xladdin.sending.forms import ADDIN_FILE, TEMPLATES

REINSTALL = "关闭 Excel，再双击“安装.cmd”重新安装"
"""The remedy for whatever a fresh installation mends."""

STORE_PYTHON = "请到 python.org 下载并安装 64 位的 Python（不要用微软商店里的），再双击“安装.cmd”重新安装"
"""The remedy for a Python that cannot serve Excel."""

OTHER_CODE_PAGE = "请联系信息部门把系统区域设置（控制面板 → 区域 → 管理）改为“中文(简体，中国)”，或换用名称为英文的 Windows 用户，再双击“安装.cmd”重新安装"
"""The remedy for paths that Excel's macros cannot read."""

SHIPPED_ADDIN = TEMPLATES / ADDIN_FILE
"""The add-in that belongs to this version of the program."""

PROJECT = "finescore"
"""What the configuration's folder and file are named."""


def addin_path(machine: Windows) -> PurePath:
    """Where Excel opens the add-in at every start and trusts its macros."""
    return machine.profile_folder("APPDATA") / "Microsoft" / "Excel" / "XLSTART" / ADDIN_FILE


def configuration_path(machine: Windows) -> PurePath:
    """The one configuration that the add-in's macros read."""
    return machine.profile_folder("USERPROFILE") / f".{PROJECT}" / f"{PROJECT}.conf"


def settings(machine: Windows) -> Mapping[str, str]:
    """The configuration, key by key, as the macros read it."""
    return {
        # The Python that the macros start. Without it they take whatever "python" the system finds.
        "INTERPRETER_WIN": str(machine.interpreter().program),
        # For 考核总表 issued before, with xlwings' own macros: each press of a button would start another Python there.
        "USE UDF SERVER": "True",
    }


def unreadable_paths(machine: Windows) -> list[PurePath]:
    """Those of our paths that the macros could not read: they know no characters outside the machine's code page."""
    unreadable = []
    for path in (machine.interpreter().program, configuration_path(machine)):
        try:
            str(path).encode(machine.ansi_code_page())
        except UnicodeEncodeError:
            unreadable.append(path)
    return unreadable


def configuration(machine: Windows) -> bytes:
    """The configuration as the macros read it: the machine's code page, Windows' line ends, no byte order mark."""
    text = "".join(f'"{key}","{value}"\r\n' for key, value in settings(machine).items())
    return text.encode(machine.ansi_code_page())


def pinned_xlwings() -> str:
    """The one version of xlwings that the add-in's macros work with, as this project requires it."""
    try:
        requirements = importlib.metadata.requires("xladdin") or []
    except importlib.metadata.PackageNotFoundError:  # run from the source, not installed
        source = Path(__file__).resolve().parents[2] / "pyproject.toml"
        project = tomllib.loads(source.read_text(encoding="utf-8"))["project"]
        requirements = project["dependencies"]
    pinned = {match[1] for line in requirements if (match := re.match(r"xlwings==([\d.]+)", line))}
    (version,) = pinned
    return version


def dll_name(bits: int) -> str:
    """The DLL through which Excel of so many bits (32 or 64) reaches Python."""
    return f"xlwings{bits}-{pinned_xlwings()}.dll"


def dll_places(machine: Windows, bits: int) -> tuple[PurePath, PurePath]:
    """Where the macros look for the DLL: beside Python's program, then one folder up, which is an environment's own."""
    folder = machine.interpreter().program.parent
    return folder / dll_name(bits), folder.parent / dll_name(bits)


def install(machine: Windows, shipped: Path = SHIPPED_ADDIN) -> list[str]:
    """Install the add-in for this user; what was done, line by line.

    A second time writes the same files. Raises Refused, with the remedy; the machine is then as it was, or has
    files that a second run completes.
    """
    _refuse_unsuitable(machine)
    if not shipped.is_file():
        raise Refused(f"程序包不完整，缺少 {shipped}。请重新下载完整的程序包，再双击“安装.cmd”")
    done = []
    try:
        for path, data in _missing_dlls(machine).items():
            machine.write(path, data)
            done.append(f"已复制 {path}")
        machine.write(addin_path(machine), shipped.read_bytes())
        done.append(f"已安装加载项 {addin_path(machine)}")
        machine.write(configuration_path(machine), configuration(machine))
        done.append(f"已写入配置 {configuration_path(machine)}")
    except FileBusy as error:
        raise Refused(_close_excel(error)) from error
    done.append(f"安装完成。请打开（或关闭后重新打开）Excel，功能区出现“{TAB}”")
    return done


def uninstall(machine: Windows) -> list[str]:
    """Remove what `install` wrote, and nothing else; what was done, line by line. Raises Refused."""
    done = []
    try:
        for path in (addin_path(machine), configuration_path(machine), *_copied_dlls(machine)):
            if machine.delete(path):
                done.append(f"已删除 {path}")
        machine.delete_folder_if_empty(configuration_path(machine).parent)
    except FileBusy as error:
        raise Refused(_close_excel(error)) from error
    if not done:
        return ["没有安装加载项，不用卸载"]
    python = machine.interpreter()
    if python.came_along or python.folder != python.base:
        done.append(
            f"加载项已卸载。它用的 Python 环境 {python.folder} 由“卸载.cmd”接着删除；不是用“卸载.cmd”卸载的，可以自己删除这个文件夹"
        )
    return done


def _close_excel(error: FileBusy) -> str:
    return f"{error}。Excel 开着就会占用加载项，请先关闭全部 Excel 窗口；仍然不行时，请重新启动电脑再试，还不行请联系信息部门检查这个文件夹的写入权限"


def _refuse_unsuitable(machine: Windows) -> None:
    python = machine.interpreter()
    if python.from_store:
        raise Refused(f"微软商店里的 Python（{python.base}）写的文件 Excel 看不到，不能用。{STORE_PYTHON}")
    if unreadable := unreadable_paths(machine):
        raise Refused(
            f"路径 {unreadable[0]} 里有本机代码页 {machine.ansi_code_page()} 没有的字，Excel 的宏读不出来。{OTHER_CODE_PAGE}"
        )
    found = machine.distribution("xlwings")
    if found is None or found.version != pinned_xlwings():
        version = f"为 {found.version}" if found else "没有安装"
        raise Refused(f"加载项需要 xlwings {pinned_xlwings()}，现{version}。请{REINSTALL}")


def _recorded_dll(machine: Windows, bits: int) -> PurePath | None:
    """Where pip put the DLL, which need not be where the macros look."""
    found = machine.distribution("xlwings")
    files = found.files if found else ()
    return next((path for path in files if path.name == dll_name(bits)), None)


def _missing_dlls(machine: Windows) -> dict[PurePath, bytes]:
    """The DLLs to copy beside Python's program."""
    missing = {}
    for bits in (32, 64):
        places = dll_places(machine, bits)
        if any(machine.read(path) is not None for path in places):
            continue
        recorded = _recorded_dll(machine, bits)
        if recorded is None:
            raise Refused(
                f"这个 Python（{machine.interpreter().program}）装到的 xlwings 不带 {dll_name(bits)}：它不是 64 位的，或者版本太新。"
                "请双击“安装.cmd”安装，它会挑选合适的 Python"
            )
        data = machine.read(recorded)
        if data is None:
            raise Refused(f"文件 {recorded} 不见了，可能被杀毒软件隔离。请在杀毒软件里恢复并信任它，或{REINSTALL}")
        missing[places[0]] = data
    return missing


def _copied_dlls(machine: Windows) -> list[PurePath]:
    """The DLLs that `install` copied beside Python's program: those that pip put where the macros do not look."""
    return [
        dll_places(machine, bits)[0]
        for bits in (32, 64)
        if (recorded := _recorded_dll(machine, bits)) is not None and recorded not in dll_places(machine, bits)
    ]
