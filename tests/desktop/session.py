"""A LibreOffice with a window on a screen of its own, the extension in it, and somebody at the keyboard.

Xvfb is the screen, `driver.py` the person. Every process has a deadline and is ended, whatever happens.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import uuid
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.libreoffice import DEADLINE, WANTS_RESTART, OfficeError, _end, _environment, find_office

DRIVER: Final = Path(__file__).with_name("driver.py")

PROGRAMS: Final = {"Xvfb": "xvfb", "xdotool": "xdotool", "import": "imagemagick"}
"""The programs needed beside LibreOffice, and the Debian packages that bring them."""

SCREEN: Final = (1600, 1000)
"""Width and height of the screen in pixels."""

REGISTRY: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="UILocale" oor:op="fuse">
<value>zh-CN</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay" oor:op="fuse">
<value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""
"""Chinese where LibreOffice has it (Debian: libreoffice-l10n-zh-cn), no tip of the day, and recalculation at loading,
because no spreadsheet program filled the workbook. All else is as in a profile of anybody."""


class Desktop:
    """A screen and a profile with the extension, for one run of the driver."""

    def __init__(self, folder: Path, extension: bytes) -> None:
        install = find_office()
        if install is None or missing_programs():
            raise OfficeError(needs())
        self.install, self.folder = install, folder
        (folder / "profile/user").mkdir(parents=True)
        (folder / "profile/user/registrymodifications.xcu").write_text(REGISTRY, encoding="utf-8")
        with zipfile.ZipFile(BytesIO(extension)) as package:
            package.extractall(folder / "bundled/finescore")

    def run(self, workbook: Path, pictures: Path, *, deadline: float = DEADLINE, **arguments: Any) -> dict[str, Any]:
        """Open a workbook in a window and let the driver work; what it saw, and its pictures in a folder.

        Raises:
            OfficeError: Something did not start, was not done in time, or did not look as expected.
        """
        end = time.monotonic() + deadline
        pipe = f"desktop{uuid.uuid4().hex[:12]}"
        given, result = self.folder / "given.json", self.folder / "result.json"
        given.write_text(json.dumps(arguments | {"pictures": os.fspath(pictures)}), encoding="utf-8")
        running: list[subprocess.Popen[bytes]] = []
        try:
            display = {"DISPLAY": self._start_screen(running, end)}
            opened = (
                f"-env:UserInstallation={(self.folder / 'profile').as_uri()}",
                f"-env:UNO_SHARED_PACKAGES_CACHE={(self.folder / 'profile/shared').as_uri()}",
                f"-env:BUNDLED_EXTENSIONS={(self.folder / 'bundled').as_uri()}",
                "--norestore",
                "--nologo",
                f"--accept=pipe,name={pipe};urp;",
                workbook,
            )
            office = self._start("office", display, self.install.soffice, *opened)
            running.append(office)
            driver = self._start("driver", display, self.install.python, DRIVER, given, result, pipe)
            running.append(driver)
            while driver.poll() is None:
                if office.poll() == WANTS_RESTART:
                    office = self._start("office", display, self.install.soffice, *opened)
                    running.append(office)
                elif time.monotonic() > end or office.poll() is not None:
                    self._wait(driver, 2)
                    break
                time.sleep(0.05)
            if driver.poll() != 0:
                raise OfficeError(f"the work in the window came to no end{self._logs()}")
            self._wait(office, 5)
        finally:
            for process in reversed(running):
                _end(process, patience=0)
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
        return found

    def _start_screen(self, running: list[subprocess.Popen[bytes]], end: float) -> str:
        """A screen on a display that is free, which Xvfb itself finds and names."""
        reading, writing = os.pipe()
        width, height = SCREEN
        command = ("Xvfb", "-displayfd", writing, "-screen", 0, f"{width}x{height}x24", "-nolisten", "tcp")
        try:
            running.append(self._start("screen", {}, *command, pass_fds=(writing,)))
        finally:
            os.close(writing)
        os.set_blocking(reading, False)
        with os.fdopen(reading, "rb") as stream:
            while time.monotonic() < end and running[-1].poll() is None:
                line = stream.read()
                if line:
                    return f":{line.decode().strip()}"
                time.sleep(0.05)
        raise OfficeError(f"Xvfb did not start{self._logs()}")

    def _start(
        self, name: str, more: dict[str, str], *command: object, pass_fds: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        own = {"HOME": os.fspath(self.folder), "TMPDIR": os.fspath(self.folder), "SAL_USE_VCLPLUGIN": "gen"}
        with (self.folder / f"{name}.log").open("ab") as stream:
            return subprocess.Popen(
                [str(part) for part in command],
                env=_environment() | own | more,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                pass_fds=pass_fds,
            )

    def _wait(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        end = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)

    def _logs(self) -> str:
        texts = [(log.name, log.read_text(encoding="utf-8", errors="replace")) for log in self.folder.glob("*.log")]
        return "".join(f"\n--- {name}\n{text[-2000:]}" for name, text in texts if text)


def missing_programs() -> list[str]:
    """The Debian packages whose programs are not there."""
    return [package for program, package in PROGRAMS.items() if shutil.which(program) is None]


def needs() -> str:
    """What is missing, for a person."""
    missing = missing_programs() + ([] if find_office() else ["libreoffice-calc", "python3-uno"])
    return f"a window needs what is not installed (Debian: {', '.join(missing)})"


requires_desktop = pytest.mark.skipif(
    bool(missing_programs() or not find_office()) and os.environ.get("XLADDIN_REQUIRE_OFFICE") != "1", reason=needs()
)
"""Skip where something is missing; under XLADDIN_REQUIRE_OFFICE=1 the test runs and fails."""
