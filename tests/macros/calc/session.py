"""A LibreOffice of its own with the extension in it, and a driver for each scenario; both have a deadline and are ended."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.support.libreoffice import DEADLINE, WANTS_RESTART, OfficeError, _end, _environment, find_office

SCENARIOS = Path(__file__).with_name("scenarios.py")

NOBODY = 65534

PATIENCE = 150.0
"""Seconds after which a scenario is taken to hang; on a quiet machine the longest takes fifteen."""

IDLE, BUSY = 15.0, 0.15
"""One hangs too, if in so many seconds its processes have not used so many of processor time: a busy machine leaves them more."""


class Calc:
    """Runs scenarios one after another in a LibreOffice with a profile that has the extension."""

    def __init__(
        self, folder: Path, extension: bytes, *, installed: bool = False, libraries: Path | None = None
    ) -> None:
        """`libraries` is a folder of packages that its Python has besides its own."""
        install = find_office()
        if install is None:
            raise OfficeError("no LibreOffice")
        self.install, self.folder, self.installed = install, folder, installed
        self.more = {"PYTHONPATH": os.fspath(libraries)} if libraries else {}
        self.options = [
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            f"-env:UNO_SHARED_PACKAGES_CACHE={(folder / 'profile/shared').as_uri()}",
        ]
        self.pipe = f"calc{uuid.uuid4().hex[:12]}"
        self.office: subprocess.Popen[bytes] | None = None
        (folder / "profile/user").mkdir(parents=True)
        if installed:
            self._install(extension)
        else:
            with zipfile.ZipFile(BytesIO(extension)) as package:
                package.extractall(folder / "bundled/finescore")
            self.options.append(f"-env:BUNDLED_EXTENSIONS={(folder / 'bundled').as_uri()}")

    def __enter__(self) -> Calc:
        return self

    def __exit__(self, *_given: object) -> None:
        self.close()

    def close(self) -> None:
        """End LibreOffice."""
        if self.office is not None:
            _end(self.office, patience=0)
            self.office = None

    def _install(self, extension: bytes) -> None:
        """With unopkg, as a user without rights, who gets the folder and must be able to enter it: root is refused."""
        path = self.folder / "FineScore.oxt"
        path.write_bytes(extension)
        command = [
            os.fspath(self.install.soffice.with_name("unopkg")),
            "add",
            "-f",
            "-s",
            *self.options,
            os.fspath(path),
        ]
        if os.getuid() == 0:
            if shutil.which("setpriv") is None:
                pytest.skip("no setpriv: unopkg refuses root")
            for place in (self.folder, *self.folder.rglob("*")):
                os.chown(place, NOBODY, NOBODY)
            command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
        home = {"HOME": os.fspath(self.folder), "TMPDIR": os.fspath(self.folder)}
        done = subprocess.run(
            command, cwd=self.folder, env=_environment() | home, capture_output=True, text=True, timeout=DEADLINE
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def run(self, scenario: str, **arguments: Any) -> Any:
        """What the scenario of that name returns.

        The scenario calls from outside what the menu calls in LibreOffice's own thread: now and then the bridge to Python,
        which holds its lock meanwhile, and that thread wait for each other for good, or it crashes. Then it begins anew.
        """
        try:
            return self._run(scenario, PATIENCE, **arguments)
        except OfficeError:
            return self._run(scenario, DEADLINE, **arguments)

    def _run(self, scenario: str, deadline: float, **arguments: Any) -> Any:
        end = time.monotonic() + deadline
        given, result = self.folder / "given.json", self.folder / "result.json"
        given.write_text(json.dumps(arguments, default=os.fspath), encoding="utf-8")
        office = self.office = self.office or self._start_office()
        driver = self._start("driver.log", self.install.python, SCENARIOS, scenario, given, result, self.pipe)
        used, since = 0.0, time.monotonic()
        try:
            while driver.poll() is None:
                if office.poll() == WANTS_RESTART:
                    office = self.office = self._start_office()
                now, so_far = time.monotonic(), _used(office) + _used(driver)
                if so_far > used + BUSY:
                    used, since = so_far, now
                if now > min(end, since + IDLE) or office.poll() is not None:
                    raise OfficeError(f"{scenario}: {self._logs()}")
                time.sleep(0.05)
            if driver.returncode < 0:
                raise OfficeError(f"{scenario}: crashed ({driver.returncode}); {self._logs()}")
            assert driver.returncode == 0, self._logs()
        except BaseException:
            self.close()
            raise
        finally:
            _end(driver, patience=0)
        return json.loads(result.read_text(encoding="utf-8"))

    def _start_office(self) -> subprocess.Popen[bytes]:
        arguments = ("--headless", "--norestore", "--nologo", "--nodefault", f"--accept=pipe,name={self.pipe};urp;")
        return self._start("office.log", self.install.soffice, *self.options, *arguments)

    def convert(self, source: Path, kind: str, out: Path, *, deadline: float = DEADLINE) -> Path:
        """What `soffice --convert-to` makes of a file."""
        self.close()
        arguments = ["--headless", "--convert-to", kind, "--outdir", os.fspath(out), os.fspath(source)]
        process = self._start("office.log", self.install.soffice, *self.options, *arguments)
        try:
            process.wait(deadline)
        finally:
            _end(process, patience=0)
        return out / f"{source.stem}.{kind}"

    def log(self) -> str:
        """What LibreOffice and the extension wrote to the terminal."""
        return (self.folder / "office.log").read_text(encoding="utf-8", errors="replace")

    def _start(self, log: str, *command: object) -> subprocess.Popen[bytes]:
        own = {"HOME": os.fspath(self.folder), "TMPDIR": os.fspath(self.folder)}
        with (self.folder / log).open("ab") as stream:
            return subprocess.Popen(
                [str(part) for part in command],
                env=_environment() | own | self.more,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )

    def _logs(self) -> str:
        return "\n".join(
            path.read_text(encoding="utf-8", errors="replace")[-3000:] for path in self.folder.glob("*.log")
        )


def _used(process: subprocess.Popen[bytes]) -> float:
    """The seconds of processor time that a process has used, 0 where it has ended; elsewhere than on Linux the time of day."""
    if sys.platform != "linux":
        return time.monotonic()
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
