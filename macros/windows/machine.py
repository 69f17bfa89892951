"""The machine as installing and checking see it. Everything they ask of Windows goes through here, so that tests can stand in."""

from __future__ import annotations

import importlib
import importlib.metadata
import locale
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PureWindowsPath
from typing import Literal

from xladdin.files import FileBusy, write_whole

Hive = Literal["HKCU", "HKLM", "HKCR"]
"""The three branches of the registry that are read: the user's, the machine's, the classes of both."""

RegistryValue = str | int | bytes | list[str] | None
"""What a registry value reads as, by its type there."""


@dataclass(frozen=True)
class Interpreter:
    """A Python: the program itself, its version, its folder, and the folder of the Python that folder was made from.

    `came_along` where it is the one that came with the package, which belongs to this program alone.
    """

    program: PurePath
    version: tuple[int, int]
    folder: PurePath
    base: PurePath
    came_along: bool = False

    @property
    def from_store(self) -> bool:
        """Whether it comes from Microsoft's store.

        Windows moves what such a Python writes below AppData to a place of its own, where Excel does not see it.
        """
        return "windowsapps" in (part.lower() for part in self.base.parts)


@dataclass(frozen=True)
class Distribution:
    """An installed package: its version and where its files lie."""

    version: str
    files: tuple[PurePath, ...]


class Machine:
    """What Python itself can tell, on any system."""

    def interpreter(self) -> Interpreter:
        """The Python that runs this."""
        program = Path(sys.executable)
        # Only a Python that is packed for embedding takes its paths from such a file.
        paths = program.with_name(f"python{sys.version_info[0]}{sys.version_info[1]}._pth")
        folders = PurePath(sys.prefix), PurePath(sys.base_prefix)
        return Interpreter(PurePath(program), sys.version_info[:2], *folders, paths.is_file())

    def distribution(self, name: str) -> Distribution | None:
        """The installed package of this name, or None."""
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            return None
        files = (PurePath(os.path.normpath(str(found.locate_file(file)))) for file in found.files or ())
        return Distribution(found.version, tuple(files))

    def import_failure(self, module: str) -> str | None:
        """Why a module cannot be imported, or None when it can. Any failure counts: a damaged module may raise anything."""
        try:
            importlib.import_module(module)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return None


class Windows(Machine):
    """What Windows adds: a profile, files, and the registry. Paths are Windows paths, absolute."""

    def interpreter(self) -> Interpreter:
        found = super().interpreter()
        # With pythonw.exe the add-in would start a server that has nowhere to write an error.
        return replace(found, program=found.program.with_name("python.exe"))

    def profile_folder(self, variable: Literal["USERPROFILE", "APPDATA"]) -> PureWindowsPath:
        """The folder an environment variable names; OSError when it is not set."""
        value = os.environ.get(variable)
        if not value:
            raise OSError(f"环境变量 {variable} 没有设置，请注销后重新登录；仍然不行时请联系信息部门")
        return PureWindowsPath(value)

    def ansi_code_page(self) -> str:
        """The encoding in which programs that are not Unicode read texts, Excel's macros among them: cp936 for Chinese."""
        return locale.getencoding()

    def read(self, path: PurePath) -> bytes | None:
        """A file's content, or None where there is none."""
        try:
            return self._local(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, path: PurePath, data: bytes) -> None:
        """Write a file whole, replacing the old one with all its streams, the web mark among them; FileBusy when it cannot."""
        write_whole(self._local(path), data)

    def delete(self, path: PurePath) -> bool:
        """Delete a file; whether there was one. FileBusy when it cannot be deleted."""
        try:
            self._local(path).unlink()
        except FileNotFoundError:
            return False
        except PermissionError as error:
            raise FileBusy(f"无法删除 {path}：请先关闭 Excel，再重新运行") from error
        return True

    def delete_folder_if_empty(self, path: PurePath) -> None:
        """Delete a folder that has nothing in it; leave any other alone."""
        folder = self._local(path)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    def has_web_mark(self, path: PurePath) -> bool:
        """Whether Windows keeps note that the file came from another computer (the stream Zone.Identifier)."""
        try:
            with Path(f"{self._local(path)}:Zone.Identifier").open("rb"):
                return True
        except OSError:
            return False

    def registry_values(self, hive: Hive, key: str) -> Mapping[str, RegistryValue]:
        """The values of a registry key by name, the default one under ""; empty where there is no such key.

        The registry has a part for 64-bit programs and one for 32-bit ones, and Excel may be either: both are read, the
        former prevails.
        """
        if sys.platform != "win32":
            raise OSError("没有注册表")
        import winreg

        roots = {
            "HKCU": winreg.HKEY_CURRENT_USER,
            "HKLM": winreg.HKEY_LOCAL_MACHINE,
            "HKCR": winreg.HKEY_CLASSES_ROOT,
        }
        values: dict[str, RegistryValue] = {}
        for part in (winreg.KEY_WOW64_32KEY, winreg.KEY_WOW64_64KEY):
            try:
                with winreg.OpenKey(roots[hive], key, 0, winreg.KEY_READ | part) as opened:
                    for index in range(winreg.QueryInfoKey(opened)[1]):
                        name, value, _type = winreg.EnumValue(opened, index)
                        values[name] = value
            except FileNotFoundError:
                continue
        return values

    def _local(self, path: PurePath) -> Path:
        """Where the file lies; tests put it elsewhere."""
        return Path(path)


def this_machine() -> Machine:
    """The machine this runs on: `Windows`, or what is known of any other."""
    return Windows() if sys.platform == "win32" else Machine()
