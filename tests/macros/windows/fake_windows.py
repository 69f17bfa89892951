"""A Windows profile in a folder: the files are real, the drives are folders, the registry is a dictionary."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

from macros.windows.install import pinned_xlwings
from macros.windows.machine import Distribution, Hive, Interpreter, RegistryValue, Windows

PROFILE = PureWindowsPath(r"D:\profile\wang")
ENVIRONMENT = PROFILE / "AppData" / "Local" / "FineScore"
XLSTART = PROFILE / "AppData" / "Roaming" / "Microsoft" / "Excel" / "XLSTART"

ADDINS = XLSTART.parents[1] / "AddIns"
SCRIPTS = ENVIRONMENT / "Scripts"
ADDIN = XLSTART / "FineScore.xlam"
CONF = PROFILE / ".finescore" / "finescore.conf"

DLL_32 = f"xlwings32-{pinned_xlwings()}.dll"
DLL_64 = f"xlwings64-{pinned_xlwings()}.dll"

EXCEL_CLASS = "{00024500-0000-0000-C000-000000000046}"


class FakeWindows(Windows):
    """A healthy Chinese Windows with 64-bit Excel 2016 and the environment that the installer makes; tests spoil it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.variables = {"USERPROFILE": str(PROFILE), "APPDATA": str(PROFILE / "AppData" / "Roaming")}
        self.code_page = "cp936"
        self.python = Interpreter(
            ENVIRONMENT / "Scripts" / "python.exe", (3, 13), ENVIRONMENT, PureWindowsPath(r"D:\Python313")
        )
        self.packages = {
            "xladdin": Distribution("0.1.0", ()),
            "xlwings": Distribution(pinned_xlwings(), (ENVIRONMENT / DLL_32, ENVIRONMENT / DLL_64)),
        }
        self.damaged: dict[str, str] = {}
        self.registry: dict[tuple[Hive, str], dict[str, RegistryValue]] = {}
        self.set_value("HKLM", r"Software\Microsoft\Office\16.0\Excel\InstallRoot", "Path", "D:\\Office\\Office16\\")
        self.set_value("HKLM", r"Software\Microsoft\Office\ClickToRun\Configuration", "Platform", "x64")
        self.set_value("HKCR", r"Excel.Application\CLSID", "", EXCEL_CLASS)
        self.set_value("HKCR", rf"CLSID\{EXCEL_CLASS}\LocalServer32", "", r"D:\Office\Office16\EXCEL.EXE /automation")
        for path in (self.python.program, ENVIRONMENT / DLL_32, ENVIRONMENT / DLL_64):
            self.put(path, path.name.encode())
        self.local(XLSTART).mkdir(parents=True)

    # --- What tests do to it ---

    def local(self, path: PurePath) -> Path:
        """Where a Windows path lies on the machine that runs the tests."""
        drive, *parts = PureWindowsPath(path).parts
        return self.root.joinpath(drive[0], *parts)

    def put(self, path: PurePath, data: bytes) -> None:
        self.local(path).parent.mkdir(parents=True, exist_ok=True)
        self.local(path).write_bytes(data)

    def use_python(self, **changed: Any) -> None:
        """Let another Python run this, with xlwings' DLLs beside it."""
        self.python = dataclasses.replace(self.python, **changed)
        for name in (DLL_32, DLL_64):
            self.put(self.python.program.with_name(name), name.encode())

    def bring_python(self) -> None:
        """Have the Python that came with the package, as unpack.py places it, in the environment's stead."""
        self.python = Interpreter(SCRIPTS / "python.exe", (3, 13), SCRIPTS, SCRIPTS, came_along=True)
        for name in (DLL_32, DLL_64):
            self.delete(ENVIRONMENT / name)
            self.put(SCRIPTS / name, name.encode())
        self.packages["xlwings"] = Distribution(pinned_xlwings(), (SCRIPTS / DLL_32, SCRIPTS / DLL_64))

    def mark_from_web(self, path: PurePath) -> None:
        """Give a file the mark of one that came by mail or browser."""
        self._stream(path).write_text("[ZoneTransfer]\r\nZoneId=3\r\n")

    def set_value(self, hive: Hive, key: str, name: str, value: RegistryValue) -> None:
        self.registry.setdefault((hive, key.lower()), {})[name] = value

    def everything(self) -> dict[str, bytes]:
        """Every file there is, by its path below the fake machine's root, streams included; folders end in a slash."""
        return {
            path.relative_to(self.root).as_posix() + ("/" if path.is_dir() else ""): b""
            if path.is_dir()
            else path.read_bytes()
            for path in sorted(self.root.rglob("*"))
        }

    # --- What the code under test sees ---

    def interpreter(self) -> Interpreter:
        return self.python

    def distribution(self, name: str) -> Distribution | None:
        return self.packages.get(name)

    def import_failure(self, module: str) -> str | None:
        return self.damaged.get(module)

    def profile_folder(self, variable: str) -> PureWindowsPath:
        return PureWindowsPath(self.variables[variable])

    def ansi_code_page(self) -> str:
        return self.code_page

    def write(self, path: PurePath, data: bytes) -> None:
        super().write(path, data)
        self._stream(path).unlink(missing_ok=True)  # on NTFS a file takes its streams with it when it is replaced

    def delete(self, path: PurePath) -> bool:
        there = super().delete(path)
        self._stream(path).unlink(missing_ok=True)
        return there

    def registry_values(self, hive: Hive, key: str) -> Mapping[str, RegistryValue]:
        return self.registry.get((hive, key.lower()), {})

    def _local(self, path: PurePath) -> Path:
        return self.local(path)

    def _stream(self, path: PurePath) -> Path:
        return Path(f"{self.local(path)}:Zone.Identifier")
