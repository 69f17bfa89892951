"""体检: why the add-in does not work on this machine, check by check, each fault with a remedy that a clerk can follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PureWindowsPath
from typing import NamedTuple, TypeVar

from macros.windows.install import (
    OTHER_CODE_PAGE,
    REINSTALL,
    SHIPPED_ADDIN,
    STORE_PYTHON,
    addin_path,
    configuration_path,
    dll_name,
    dll_places,
    pinned_xlwings,
    settings,
    unreadable_paths,
)
from macros.windows.machine import Hive, Machine, RegistryValue, Windows
from xladdin.files import why
from xladdin.sending.forms import ADDIN_FILE

MARKS = {True: "√", False: "×", None: "？"}  # signs that every Chinese font and code page has
"""How a finding's outcome is shown."""

OLDEST_PYTHON = (3, 11)
"""The oldest Python that the program runs on."""

OFFICES = ("16.0", "15.0", "14.0")
"""Office's versions as the registry knows them, the latest first: 2016 and all since, 2013, 2010."""


Examined = TypeVar("Examined")


class Outcome(NamedTuple):
    """What a check found. `ok` is None where it is unknown; `remedy` is empty unless something is to be done."""

    ok: bool | None
    found: str
    remedy: str = ""


class Finding(NamedTuple):
    """A check's name with its outcome."""

    name: str
    ok: bool | None
    found: str
    remedy: str


@dataclass(frozen=True)
class Subject:
    """What the checks of Windows look at: the machine, the add-in as shipped, and which Office is there, if any."""

    machine: Windows
    shipped: Path
    office: str | None

    def office_values(self, hive: Hive, key: str, *, software: str = "Software") -> Mapping[str, RegistryValue]:
        """The values of one of Office's registry keys; of the latest Office's where no Excel was found."""
        return self.machine.registry_values(hive, rf"{software}\Microsoft\Office\{self.office or OFFICES[0]}\{key}")


def checkup(machine: Machine, shipped: Path = SHIPPED_ADDIN) -> list[Finding]:
    """Every check's finding, in the table's order; `shipped` is the add-in to compare the installed one with."""
    findings = [_finding(name, examine, machine) for name, examine in PYTHON_CHECKS.items()]
    if isinstance(machine, Windows):
        subject = Subject(machine, shipped, _office(machine))
        return findings + [_finding(name, examine, subject) for name, examine in WINDOWS_CHECKS.items()]
    return findings + [Finding(name, None, "只能在 Windows 上检查", "") for name in WINDOWS_CHECKS]


def _finding(name: str, examine: Callable[[Examined], Outcome], examined: Examined) -> Finding:
    try:
        return Finding(name, *examine(examined))
    except OSError as error:  # one thing that cannot be looked at does not keep the others from being looked at
        return Finding(name, None, f"无法检查：{why(error)}", "")


def report(findings: Sequence[Finding]) -> list[str]:
    """One line per finding, for the screen and the ribbon."""
    return [f"{MARKS[f.ok]} {f.name}：{f.found}" + (f"；办法：{f.remedy}" if f.remedy else "") for f in findings]


def _text(value: RegistryValue) -> str:
    """A registry value that should be a text."""
    return value if isinstance(value, str) else ""


def _office(machine: Windows) -> str | None:
    """The latest Office with an Excel; not by the class Excel.Application, where WPS writes its own."""
    for version in OFFICES:
        if "Path" in machine.registry_values("HKLM", rf"Software\Microsoft\Office\{version}\Excel\InstallRoot"):
            return version
    return None


# --- Python and its packages ----------------------------------------------------------------------------------------


def _system(machine: Machine) -> Outcome:
    if isinstance(machine, Windows):
        return Outcome(True, "Windows")
    return Outcome(None, "不是 Windows", "Excel 加载项只能在 Windows 上使用；其他系统请使用命令行")


def _python(machine: Machine) -> Outcome:
    python = machine.interpreter()
    version = ".".join(map(str, python.version))
    found = f"Python {version}（{python.program}）"
    if python.from_store:
        return Outcome(False, f"{found} 来自微软商店，它写的文件 Excel 看不到", STORE_PYTHON)
    if python.version < OLDEST_PYTHON:
        return Outcome(False, f"{found} 太旧，应为 {'.'.join(map(str, OLDEST_PYTHON))} 或更新", STORE_PYTHON)
    if python.came_along:
        return Outcome(True, f"{found}，是安装包自带的")
    if python.folder != python.base:
        return Outcome(True, f"{found}，由本机安装的 {python.base} 准备")
    return Outcome(True, f"{found}，是本机安装的")


def _packages(machine: Machine) -> Outcome:
    for module in ("xladdin", "udfs", "macros.excel.ribbon"):  # the last two are what Excel calls
        if failure := machine.import_failure(module):
            return Outcome(
                False,
                f"{module} 载入失败（{failure}）",
                f"{REINSTALL}；反复出现时，请在杀毒软件里信任 Python 所在的文件夹",
            )
    installed = machine.distribution("xladdin")
    return Outcome(True, f"xladdin {installed.version}" if installed else "xladdin（从源代码运行）")


def _xlwings(machine: Machine) -> Outcome:
    installed = machine.distribution("xlwings")
    if installed is None:
        return Outcome(False, f"没有安装，应为 {pinned_xlwings()}", REINSTALL)
    if installed.version != pinned_xlwings():
        return Outcome(False, f"{installed.version}，与加载项不配套，应为 {pinned_xlwings()}", REINSTALL)
    return Outcome(True, installed.version)


# --- What was installed ---------------------------------------------------------------------------------------------


def _configuration(subject: Subject) -> Outcome:
    path = configuration_path(subject.machine)
    found = _configured(subject.machine)
    if found is None:
        return Outcome(False, f"没有 {path}，加载项找不到 Python", REINSTALL)
    # Whether the Python it names is the right one is a check of its own.
    wrong = [
        key
        for key, value in settings(subject.machine).items()
        if (not found.get(key) if key == "INTERPRETER_WIN" else found.get(key) != value)
    ]
    if wrong:
        return Outcome(False, f"{path} 里 {'、'.join(wrong)} 缺少或被改动", REINSTALL)
    return Outcome(True, str(path))


def _configured_python(subject: Subject) -> Outcome:
    named = (_configured(subject.machine) or {}).get("INTERPRETER_WIN")
    if not named:
        return Outcome(None, "配置文件里没有写明")
    running = subject.machine.interpreter().program
    if subject.machine.read(PureWindowsPath(named)) is None:
        return Outcome(False, f"找不到 {named}，可能被移动、卸载或隔离", REINSTALL)
    if PureWindowsPath(named) != running:
        return Outcome(False, f"加载项用的是 {named}，不是现在运行的 {running}", REINSTALL)
    return Outcome(True, named)


def _configured(machine: Windows) -> dict[str, str] | None:
    """The configuration as the macros understand it, or None where there is none.

    The macros put a sign for what their code page does not have, and of a key that comes twice they take the first.
    """
    data = machine.read(configuration_path(machine))
    if data is None:
        return None
    text = data.decode(machine.ansi_code_page(), errors="replace")
    return dict(reversed(re.findall(r'"([^"\r\n]*)","([^"\r\n]*)"', text)))


def _paths(subject: Subject) -> Outcome:
    code_page = subject.machine.ansi_code_page()
    if unreadable := unreadable_paths(subject.machine):
        return Outcome(False, f"{unreadable[0]} 里有本机代码页 {code_page} 没有的字，宏读不出来", OTHER_CODE_PAGE)
    return Outcome(True, f"都能用本机代码页 {code_page} 表示")


def _dll(subject: Subject) -> Outcome:
    bits = _excel_bits(subject)
    for needed in (bits,) if bits else (32, 64):
        places = dll_places(subject.machine, needed)
        if all(subject.machine.read(path) is None for path in places):
            kind = f"Excel 是 {needed} 位的，" if bits else ""
            return Outcome(
                False,
                f"{kind}{places[0].parent} 和 {places[1].parent} 里都没有 {dll_name(needed)}，可能被杀毒软件隔离",
                f"在杀毒软件里恢复并信任这个文件，或{REINSTALL}",
            )
    return Outcome(True, f"Excel 是 {bits} 位的，有 {dll_name(bits)}" if bits else "32 位、64 位的都有")


def _excel_bits(subject: Subject) -> int | None:
    """32 or 64, as the two kinds of Office installer write it down, or None."""
    by_stream = subject.machine.registry_values("HKLM", r"Software\Microsoft\Office\ClickToRun\Configuration")
    by_package = subject.office_values("HKLM", "Outlook")  # there also without Outlook
    return {"x64": 64, "x86": 32}.get(str(by_stream.get("Platform") or by_package.get("Bitness")))


def _addin(subject: Subject) -> Outcome:
    path = addin_path(subject.machine)
    installed = subject.machine.read(path)
    if installed is None:
        return Outcome(False, f"没有 {path}", REINSTALL)
    if not subject.shipped.is_file():
        return Outcome(False, f"程序包里没有 {subject.shipped}，可能被杀毒软件隔离", REINSTALL)
    if installed != subject.shipped.read_bytes():
        return Outcome(False, f"{path} 与程序包版本不一致", REINSTALL)
    return Outcome(True, str(path))


def _web_mark(subject: Subject) -> Outcome:
    path = addin_path(subject.machine)
    if subject.machine.has_web_mark(path):
        return Outcome(
            False,
            f"{path} 带有“来自其他计算机”的标记，Excel 不运行它的宏",
            f"在文件上按右键 → 属性 → 勾选“解除锁定” → 确定，再重新打开 Excel；或{REINSTALL}",
        )
    return Outcome(True, "没有")


def _duplicates(subject: Subject) -> Outcome:
    beside = subject.machine.profile_folder("APPDATA") / "Microsoft" / "AddIns" / ADDIN_FILE
    if subject.machine.read(beside) is not None:
        return Outcome(False, f"另有一份 {beside}，两份会互相干扰", "请关闭 Excel，删除这个文件，再重新打开 Excel")
    for name, value in subject.office_values("HKCU", r"Excel\Options").items():
        if not re.fullmatch(r"OPEN\d*", name):
            continue
        opened = _opened_file(_text(value))
        unticked = f"在 Excel 里打开 文件 → 选项 → 加载项 → 转到，取消勾选“{opened.stem}”"
        if opened.name.lower() == ADDIN_FILE.lower():
            return Outcome(False, f"Excel 另外登记了一份 {opened}，两份会互相干扰", unticked)
        if opened.is_absolute() and subject.machine.read(opened) is None:
            return Outcome(False, f"Excel 登记的加载项 {opened} 已不存在，每次打开 Excel 都会报错", unticked)
    return Outcome(True, "没有")


def _opened_file(value: str) -> PurePath:
    """The file that one of Excel's OPEN values names: `/R "path"`, or a name alone."""
    quoted = re.search(r'"([^"]*)"', value)
    return PureWindowsPath(quoted[1] if quoted else value)


# --- Excel ----------------------------------------------------------------------------------------------------------


def _excel(subject: Subject) -> Outcome:
    machine = subject.machine
    if subject.office is None:
        return Outcome(False, "没有找到 Excel 2010 或更新的版本", "请安装 Microsoft Excel；加载项不能在 WPS 里使用")
    class_id = _text(machine.registry_values("HKCR", r"Excel.Application\CLSID").get(""))
    server = _text(machine.registry_values("HKCR", rf"CLSID\{class_id}\LocalServer32").get("")) if class_id else ""
    if not server:
        return Outcome(None, "没有登记 Excel.Application")
    if "excel.exe" not in server.lower():
        return Outcome(
            False,
            f"Excel.Application 被别的程序接管：{server}",
            "如果是 WPS：开始菜单 → WPS Office → 配置工具 → 高级 → 兼容设置，取消勾选“WPS Office 兼容第三方系统和软件”，再重新打开 Excel；"
            "仍然不行时，请联系信息部门修复 Office",
        )
    return Outcome(True, f"Excel {subject.office}，{server}")


@dataclass(frozen=True)
class TrustSetting:
    """A setting of Excel's trust centre: its registry key and value name, what its bad values mean, where to change it."""

    key: str
    value: str
    bad: Mapping[int, str]
    remedy: str
    unset: str = "没有限制"
    """What holds where nobody has set it."""

    def examine(self, subject: Subject) -> Outcome:
        """Whether the setting lets the add-in run. The office's policies prevail over the user's own choice."""
        policies = r"Software\Policies"
        places: tuple[tuple[Hive, str], ...] = (("HKLM", policies), ("HKCU", policies), ("HKCU", "Software"))
        for hive, software in places:
            values = subject.office_values(hive, self.key, software=software)
            value = next((v for name, v in values.items() if name.lower() == self.value.lower()), None)
            if value is None:
                continue
            if not isinstance(value, int) or value not in self.bad:
                return Outcome(True, "没有限制")
            managed = "这是单位统一设置的，自己改不了时请联系信息部门；" if software == policies else ""
            return Outcome(False, self.bad[value], managed + self.remedy)
        return Outcome(True, self.unset)


_TRUST_CENTRE = "Excel 里 文件 → 选项 → 信任中心 → 信任中心设置"
_SECURITY = r"Excel\Security"

_MACROS = TrustSetting(
    _SECURITY,
    "VBAWarnings",
    {4: "禁用所有宏，并且不通知", 3: "只运行有数字签名的宏"},
    f"{_TRUST_CENTRE} → 宏设置，选“通过通知禁用 VBA 宏”（旧版为“禁用所有宏，并发出通知”）",
)
_WEB_MACROS = TrustSetting(
    _SECURITY,
    "blockcontentexecutionfrominternet",
    {1: "禁止运行来自网络的文件中的宏：别人发来的考核总表用不了按钮，加载项本身不受影响"},
    "对确认可信的考核总表，在文件上按右键 → 属性 → 勾选“解除锁定” → 确定，再打开",
    "单位没有统一设置；较新的 Excel（Microsoft 365）自己就不运行来自网络的文件中的宏，别人发来的考核总表要先在文件属性里“解除锁定”",
)
_TRUSTED_FOLDERS = TrustSetting(
    rf"{_SECURITY}\Trusted Locations",
    "AllLocationsDisabled",
    {1: "禁用了所有受信任位置，Excel 启动文件夹也在内"},
    f"{_TRUST_CENTRE} → 受信任位置，取消勾选“禁用所有受信任位置”",
)
_ALL_ADDINS = TrustSetting(
    _SECURITY,
    "DisableAllAddins",
    {1: "禁用了所有加载项"},
    f"{_TRUST_CENTRE} → 加载项，取消勾选“禁用所有应用程序加载项”",
)
_SIGNED_ADDINS = TrustSetting(
    _SECURITY,
    "RequireAddinSig",
    {1: "加载项必须有受信任的签名"},
    f"{_TRUST_CENTRE} → 加载项，取消勾选“要求受信任的发布者签署应用程序加载项”",
)


def _trusted_folders(subject: Subject) -> Outcome:
    outcome = _TRUSTED_FOLDERS.examine(subject)
    path = addin_path(subject.machine)
    if outcome.ok and path.drive.startswith("\\\\"):
        allowed = subject.office_values("HKCU", rf"{_SECURITY}\Trusted Locations").get("AllowNetworkLocations")
        if allowed != 1:
            return Outcome(
                False,
                f"{path} 在服务器上，Excel 不信任网络上的位置",
                f"{_TRUST_CENTRE} → 受信任位置，勾选“允许网络上的受信任位置”；不能勾选时请联系信息部门",
            )
    return outcome


_EXPLORER = r"Software\Microsoft\Windows\CurrentVersion\Explorer"


def _opened_by(subject: Subject) -> Outcome:
    for ending in (".xlsm", ".xlsx"):
        chosen = subject.machine.registry_values("HKCU", rf"{_EXPLORER}\FileExts\{ending}\UserChoice")
        program = _text(chosen.get("ProgId"))
        if program and "excel" not in program.lower():
            return Outcome(
                False,
                f"双击 {ending} 文件打开的不是 Excel（{program}）",
                "在文件上按右键 → 打开方式 → 选择其他应用，选 Excel，勾选“始终”",
            )
    return Outcome(True, "Excel")


_NO_CHILDREN = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
"""Defender's rule “阻止所有 Office 应用程序创建子进程”."""


def _programs_from_office(subject: Subject) -> Outcome:
    for software in (r"Software\Policies", "Software"):
        guard = rf"{software}\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
        for name, value in subject.machine.registry_values("HKLM", guard).items():
            if name.lower().strip("{}") == _NO_CHILDREN and str(value) in ("1", "6"):  # blocks, or asks
                return Outcome(
                    False,
                    "Windows 的攻击面减少规则不让 Excel 启动别的程序，公式和按钮找不到 Python",
                    f"请信息部门把 {addin_path(subject.machine).name} 所用的 Python 列为例外，或关闭规则“阻止所有 Office 应用程序创建子进程”；"
                    "此前可以用命令行",
                )
    return Outcome(True, "没有禁止")


def _disabled_items(subject: Subject) -> Outcome:
    for value in subject.office_values("HKCU", r"Excel\Resiliency\DisabledItems").values():
        if isinstance(value, bytes) and ADDIN_FILE.lower() in value.decode("utf-16-le", errors="ignore").lower():
            return Outcome(
                False,
                f"Excel 出过错，把 {ADDIN_FILE} 列为禁用",
                "在 Excel 里打开 文件 → 选项 → 加载项，下方“管理”选“禁用项目” → 转到，选中它 → 启用，再重新打开 Excel",
            )
    return Outcome(True, "没有")


# --- The table ------------------------------------------------------------------------------------------------------


PYTHON_CHECKS: Mapping[str, Callable[[Machine], Outcome]] = {
    "系统": _system,
    "Python": _python,
    "程序包": _packages,
    "xlwings 版本": _xlwings,
}
"""What any system can answer, in the order of the report."""

WINDOWS_CHECKS: Mapping[str, Callable[[Subject], Outcome]] = {
    "配置文件": _configuration,
    "加载项用的 Python": _configured_python,
    "路径用字": _paths,
    "DLL": _dll,
    "加载项文件": _addin,
    "网络标记": _web_mark,
    "重复的加载项": _duplicates,
    "Excel": _excel,
    "双击打开": _opened_by,
    "宏设置": _MACROS.examine,
    "网络文件的宏": _WEB_MACROS.examine,
    "受信任位置": _trusted_folders,
    "加载项设置": _ALL_ADDINS.examine,
    "加载项签名": _SIGNED_ADDINS.examine,
    "禁用项目": _disabled_items,
    "启动 Python": _programs_from_office,
}
"""What only Windows can answer, behind them."""

CHECKS = (*PYTHON_CHECKS, *WINDOWS_CHECKS)
"""The names of all checks, in the order of the report."""
