"""体检: every fault is told by its own check, with a remedy; a healthy machine is told to be one."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable
from pathlib import Path, PurePath, PureWindowsPath

import pytest

from macros.windows.checkup import CHECKS, MARKS, Finding, checkup, report
from macros.windows.install import addin_path, configuration, configuration_path, install
from macros.windows.machine import Distribution, Machine, RegistryValue, Windows
from tests.macros.windows.fake_windows import ADDIN, ADDINS, CONF, DLL_32, DLL_64, ENVIRONMENT, EXCEL_CLASS, FakeWindows


def user(key: str, name: str, value: RegistryValue, *, office: str = "16.0") -> Callable[[FakeWindows], None]:
    return lambda m: m.set_value("HKCU", rf"Software\Microsoft\Office\{office}\{key}", name, value)


def policy(key: str, name: str, value: int) -> Callable[[FakeWindows], None]:
    return lambda m: m.set_value("HKCU", rf"Software\Policies\Microsoft\Office\16.0\{key}", name, value)


def conf(change: Callable[[bytes], bytes]) -> Callable[[FakeWindows], None]:
    return lambda m: m.put(CONF, change(m.read(CONF) or b""))


DISABLED = b"\x01\0\0\0\x2a\0\0\0\x02\0\0\0" + "d:\\xlstart\\finescore.xlam\0".encode("utf-16-le")

# The check that tells, what it finds, what its remedy is about, and the fault. The other checks stay silent.
FAULTS: list[tuple[str, str, str, Callable[[FakeWindows], object]]] = [
    ("Python", "太旧", "python.org", lambda m: m.use_python(version=(3, 10))),
    ("Python", "微软商店", "python.org", lambda m: m.use_python(base=PureWindowsPath(r"D:\WindowsApps\Python"))),
    ("程序包", "udfs 载入失败", "安装.cmd", lambda m: m.damaged.update(udfs="ImportError: DLL load failed")),
    ("xlwings 版本", "没有安装", "安装.cmd", lambda m: m.packages.pop("xlwings")),
    ("xlwings 版本", "不配套", "安装.cmd", lambda m: m.packages.update(xlwings=Distribution("0.30.0", ()))),
    ("配置文件", "没有", "安装.cmd", lambda m: m.delete(CONF)),
    ("配置文件", "USE UDF SERVER 缺少或被改动", "安装.cmd", conf(lambda old: old.replace(b'SERVER","True', b'SERVER","False'))),
    ("配置文件", "USE UDF SERVER", "安装.cmd", conf(lambda old: b'"USE UDF SERVER","False"\r\n' + old)),  # the first counts
    ("配置文件", "INTERPRETER_WIN", "安装.cmd", conf(lambda _old: b"")),
    ("配置文件", "INTERPRETER_WIN", "安装.cmd", conf(lambda old: old.decode("cp936").encode("utf-16"))),  # saved by an editor
    ("加载项用的 Python", "找不到", "安装.cmd", lambda m: m.delete(m.python.program)),
    ("加载项用的 Python", "不是现在运行的", "安装.cmd", lambda m: other_python(m)),
    ("路径用字", "cp1252", "信息部门", lambda m: m.variables.update(USERPROFILE=r"D:\profile\王") or conf_of(m, "cp1252")),
    ("DLL", "Excel 是 64 位的", "杀毒软件", lambda m: m.delete(ENVIRONMENT / DLL_64)),
    ("DLL", "Excel 是 32 位的", "杀毒软件", lambda m: (bitness(m, "x86"), m.delete(ENVIRONMENT / DLL_32))),
    ("DLL", "都没有", "杀毒软件", lambda m: (m.registry.pop(("HKLM", STREAM)), m.delete(ENVIRONMENT / DLL_32))),
    ("加载项文件", "没有", "安装.cmd", lambda m: m.delete(ADDIN)),
    ("加载项文件", "版本不一致", "安装.cmd", lambda m: m.put(ADDIN, b"PK older")),
    ("网络标记", "来自其他计算机", "解除锁定", lambda m: m.mark_from_web(ADDIN)),
    ("重复的加载项", "AddIns", "删除", lambda m: m.put(ADDINS / "FineScore.xlam", b"")),
    ("重复的加载项", "另外登记了", "取消勾选", user(r"Excel\Options", "OPEN1", r'/R "D:\old\finescore.xlam"')),
    ("重复的加载项", "已不存在", "取消勾选", user(r"Excel\Options", "OPEN", r'"D:\old\gone.xlam"')),
    ("Excel", "没有找到 Excel", "安装 Microsoft Excel", lambda m: m.registry.pop(("HKLM", INSTALL_ROOT))),
    ("Excel", "接管", "兼容第三方", lambda m: m.set_value("HKCR", LOCAL_SERVER, "", r"D:\WPS Office\et.exe /automation")),
    ("宏设置", "禁用所有宏", "宏设置", user(r"Excel\Security", "VBAWarnings", 4)),
    ("宏设置", "只运行有数字签名的宏", "信息部门", policy(r"Excel\Security", "vbawarnings", 3)),
    ("网络文件的宏", "来自网络", "解除锁定", policy(r"excel\security", "blockcontentexecutionfrominternet", 1)),
    ("双击打开", "不是 Excel", "打开方式", lambda m: m.set_value("HKCU", rf"{FILE_EXTS}\.xlsm\UserChoice", "ProgId", "KET.Xlsm.9")),
    ("受信任位置", "在服务器上", "网络上的", lambda m: on_a_server(m)),
    ("受信任位置", "受信任位置", "取消勾选", user(r"Excel\Security\Trusted Locations", "AllLocationsDisabled", 1)),
    ("加载项设置", "禁用了所有加载项", "取消勾选", user(r"Excel\Security", "DisableAllAddins", 1)),
    ("加载项签名", "签名", "取消勾选", user(r"Excel\Security", "RequireAddinSig", 1)),
    ("启动 Python", "不让 Excel 启动", "信息部门", lambda m: m.set_value("HKLM", rf"{GUARD}\Rules", CHILDREN.upper(), "1")),
    ("禁用项目", "列为禁用", "启用", user(r"Excel\Resiliency\DisabledItems", "1A2B", DISABLED)),
]  # fmt: skip

GUARD = r"Software\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR"
CHILDREN = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
FILE_EXTS = r"Software\Microsoft\Windows\CurrentVersion\Explorer\FileExts"
STREAM = r"software\microsoft\office\clicktorun\configuration"
INSTALL_ROOT = r"software\microsoft\office\16.0\excel\installroot"
LOCAL_SERVER = rf"CLSID\{EXCEL_CLASS}\LocalServer32"


def bitness(machine: FakeWindows, platform: str) -> None:
    """Excel from a package, which notes its bitness elsewhere."""
    machine.registry.pop(("HKLM", STREAM))
    machine.set_value("HKLM", r"Software\Microsoft\Office\16.0\Outlook", "Bitness", platform)


def on_a_server(machine: FakeWindows) -> None:
    """A profile that the office keeps on a server, with the add-in in it."""
    addin = machine.read(ADDIN) or b""
    machine.variables.update(APPDATA=r"\\server\profile\wang\AppData")
    machine.put(addin_path(machine), addin)


def other_python(machine: FakeWindows) -> None:
    machine.put(CONF, (machine.read(CONF) or b"").replace(rb"Scripts\python.exe", rb"python.exe"))
    machine.put(ENVIRONMENT / "python.exe", b"")


def conf_of(machine: FakeWindows, code_page: str) -> None:
    """A machine with this code page whose configuration is all right otherwise."""
    machine.put(configuration_path(machine), configuration(machine))
    machine.code_page = code_page


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    path = tmp_path / "shipped.xlam"
    path.write_bytes(b"PK the add-in")
    return path


@pytest.fixture
def installed(tmp_path: Path, shipped: Path) -> FakeWindows:
    """A healthy machine on which the add-in was installed."""
    machine = FakeWindows(tmp_path / "machine")
    install(machine, shipped)
    return machine


def faults(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings if finding.ok is not True}


def test_checkup__healthy_machine__all_in_order(installed: FakeWindows, shipped: Path) -> None:
    findings = checkup(installed, shipped)
    assert [finding.name for finding in findings] == list(CHECKS)
    assert faults(findings) == {}
    assert {finding.remedy for finding in findings} == {""}
    assert all(line.startswith("√ ") and "办法" not in line for line in report(findings))


def test_checkup__which_python_serves__said(installed: FakeWindows, shipped: Path) -> None:
    told = {finding.name: finding.found for finding in checkup(installed, shipped)}
    assert told["Python"].endswith("，由本机安装的 D:\\Python313 准备")
    installed.bring_python()
    findings = checkup(installed, shipped)
    assert faults(findings) == {}
    told = {finding.name: finding.found for finding in findings}
    assert told["Python"] == rf"Python 3.13（{ENVIRONMENT}\Scripts\python.exe），是安装包自带的"


@pytest.mark.parametrize(
    ("name", "found", "remedy", "spoil"), FAULTS, ids=[f"{name} {found}" for name, found, *_ in FAULTS]
)
def test_checkup__fault__told_by_its_check_alone_with_a_remedy(
    installed: FakeWindows, shipped: Path, name: str, found: str, remedy: str, spoil: Callable[[FakeWindows], object]
) -> None:
    spoil(installed)
    told = faults(checkup(installed, shipped))
    fault = told.pop(name)
    assert fault.ok is False
    assert found in fault.found
    assert remedy in fault.remedy
    assert not [other for other in told.values() if other.ok is False]
    (line,) = report([fault])
    assert line == f"× {name}：{fault.found}；办法：{fault.remedy}"


def test_checkup__table__every_check_has_a_fault_tested() -> None:
    assert {name for name, *_ in FAULTS} == {*CHECKS} - {"系统"}


def test_checkup__profile_on_a_server_that_is_trusted__all_in_order(installed: FakeWindows, shipped: Path) -> None:
    on_a_server(installed)
    user(r"Excel\Security\Trusted Locations", "AllowNetworkLocations", 1)(installed)
    assert faults(checkup(installed, shipped)) == {}


def test_checkup__macros_from_the_web__not_said_to_be_free_where_nobody_decided(
    installed: FakeWindows, shipped: Path
) -> None:
    def found() -> str:
        return next(finding.found for finding in checkup(installed, shipped) if finding.name == "网络文件的宏")

    assert "解除锁定" in found()
    policy(r"excel\security", "blockcontentexecutionfrominternet", 0)(installed)
    assert found() == "没有限制"


@pytest.mark.parametrize("program", ["Excel.SheetMacroEnabled.12", r"Applications\EXCEL.EXE"])
def test_checkup__opened_by_excel__all_in_order(installed: FakeWindows, shipped: Path, program: str) -> None:
    installed.set_value("HKCU", rf"{FILE_EXTS}\.xlsm\UserChoice", "ProgId", program)
    assert faults(checkup(installed, shipped)) == {}


def test_checkup__shipped_addin_gone__told(installed: FakeWindows, shipped: Path) -> None:
    shipped.unlink()
    (fault,) = faults(checkup(installed, shipped)).values()
    assert (fault.name, fault.ok) == ("加载项文件", False)


def test_checkup__policy_allows__own_choice_does_not_count(installed: FakeWindows, shipped: Path) -> None:
    user(r"Excel\Security", "VBAWarnings", 4)(installed)
    policy(r"Excel\Security", "VBAWarnings", 2)(installed)
    assert faults(checkup(installed, shipped)) == {}


def test_checkup__settings_of_another_office__do_not_count(installed: FakeWindows, shipped: Path) -> None:
    user(r"Excel\Security", "VBAWarnings", 4, office="15.0")(installed)
    assert faults(checkup(installed, shipped)) == {}
    installed.registry.pop(("HKLM", INSTALL_ROOT))
    installed.set_value("HKLM", r"Software\Microsoft\Office\15.0\Excel\InstallRoot", "Path", "D:\\Office\\Office15\\")
    assert set(faults(checkup(installed, shipped))) == {"宏设置"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPEN", r'/R "D:\mine\tools.xlam"'), ("OPEN2", '/F "ANALYS32.XLL"'), ("OpenAtStart", r'"D:\gone.xlam"')],
)
def test_checkup__addins_of_others__not_blamed(installed: FakeWindows, shipped: Path, name: str, value: str) -> None:
    installed.put(PureWindowsPath(r"D:\mine\tools.xlam"), b"")
    user(r"Excel\Options", name, value)(installed)
    user(r"Excel\Resiliency\DisabledItems", "1", "d:\\other.xlam".encode("utf-16-le"))(installed)
    assert faults(checkup(installed, shipped)) == {}


def test_checkup__something_cannot_be_looked_at__the_rest_is_told(
    installed: FakeWindows, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_path: PurePath) -> bool:
        raise PermissionError(13, "拒绝访问")

    monkeypatch.setattr(installed, "has_web_mark", denied)
    (unknown,) = faults(checkup(installed, shipped)).values()
    said = "无法检查：没有权限，或正被别的程序使用；请关闭打开它的程序，或换一个位置"
    assert unknown == Finding("网络标记", None, said, "")
    assert report([unknown]) == [f"？ 网络标记：{said}"]


def test_checkup__other_system__tells_what_it_can(shipped: Path) -> None:
    findings = {finding.name: finding for finding in checkup(Machine(), shipped)}
    assert findings["系统"].ok is None
    assert findings["系统"].remedy
    assert findings["Python"] == Finding("Python", True, findings["Python"].found, "")
    assert sys.executable in findings["Python"].found
    assert findings["加载项文件"] == Finding("加载项文件", None, "只能在 Windows 上检查", "")


def test_machine__packages__as_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Machine().distribution("pytest")
    assert found is not None
    assert found.version == importlib.metadata.version("pytest")
    assert PurePath(pytest.__file__) in found.files
    assert Machine().distribution("no-such-package") is None
    assert Machine().import_failure("json") is None
    assert "no_such_module" in (Machine().import_failure("no_such_module") or "")
    monkeypatch.delenv("APPDATA", raising=False)
    with pytest.raises(OSError, match="APPDATA"):
        Windows().profile_folder("APPDATA")


def test_marks__console_of_chinese_windows__can_show_them() -> None:
    assert "".join(MARKS.values()).encode("gbk")
