"""LibreOffice as a second opinion for tests: recalculate, fill, alter, convert and print workbooks.

``run_office`` runs a list of jobs in a LibreOffice that it starts the first time and keeps until ``close_office``, or in
one of its own. What a job may contain is told in ``office_driver``. Neither the profile of the user nor a LibreOffice that is already open is touched.

Environment variables:

``XLADDIN_SOFFICE``         the LibreOffice to use (``soffice``, ``soffice.bin`` or the folder with them)
``XLADDIN_REQUIRE_OFFICE``  ``1``: without LibreOffice the tests that need it fail, rather than being skipped
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import pytest

DRIVER: Final = Path(__file__).with_name("office_driver.py")

WANTS_RESTART: Final = 81
"""Exit status by which LibreOffice asks to be started again, as it may do with a new profile."""

MAX_RESTARTS: Final = 5

MAX_CRASHES: Final = 2
"""How often jobs are begun anew because LibreOffice crashed: on a busy machine version 7.4 does so once in some thousand jobs."""

DEADLINE: Final = 600.0
"""Seconds after which what runs is taken to hang. However busy the machine is, nothing takes as long."""

SETTINGS: Final[Sequence[tuple[str, str, str]]] = (
    # Recalculate every workbook when it is loaded ("always"), so that no cached value passes for a result.
    ("org.openoffice.Office.Calc/Formula/Load", "OOXMLRecalcMode", "0"),
    ("org.openoffice.Office.Calc/Formula/Load", "ODFRecalcMode", "0"),
    # Typed text is read the same way on every machine.
    ("org.openoffice.Setup/L10N", "ooSetupSystemLocale", "en-US"),
    # No lock file beside the opened workbook.
    ("org.openoffice.Office.Common/Misc", "UseLocking", "false"),
    ("org.openoffice.Office.Common/Misc", "UseDocumentOOoLockFile", "false"),
    ("org.openoffice.Office.Common/Misc", "UseDocumentSystemFileLocking", "false"),
    # Nothing a few seconds of work need, but that takes time.
    ("org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
    ("org.openoffice.Office.Java/VirtualMachine", "Enable", "false"),
)
"""Configuration node, property and value of the profile LibreOffice is started with."""


class OfficeError(RuntimeError):
    """LibreOffice is missing, cannot be started, took too long or ended before its work was done."""


class OfficeCrashed(OfficeError):
    """LibreOffice, or the Python that speaks to it, was ended by a signal: its own fault, not that of the jobs."""


@dataclass(frozen=True)
class OfficeInstall:
    """A usable LibreOffice."""

    soffice: Path
    """The program itself, ``soffice.bin``, not its starter ``soffice``: this is the process to end."""

    python: Path
    """A Python that can ``import uno``."""


def find_office() -> OfficeInstall | None:
    """The LibreOffice to use, or None. With XLADDIN_SOFFICE set no other one is considered."""
    return _find_office(os.environ.get("XLADDIN_SOFFICE"))


@cache
def _find_office(named: str | None) -> OfficeInstall | None:
    for folder in _program_folders(named):
        soffice = folder / "soffice.bin"
        if os.access(soffice, os.X_OK):
            for python in (folder / "python", Path("/usr/bin/python3"), Path(sys.executable)):
                if _can_import_uno(python):
                    return OfficeInstall(soffice, python)
    return None


def _program_folders(named: str | None) -> Iterator[Path]:
    if named:
        path = Path(named).resolve()
        yield path if path.is_dir() else path.parent
        return
    for command in ("soffice", "libreoffice"):
        found = shutil.which(command)
        if found:
            yield Path(found).resolve().parent
    yield Path("/usr/lib/libreoffice/program")
    yield from sorted(Path("/opt").glob("libreoffice*/program"), reverse=True)


@cache
def _can_import_uno(python: Path) -> bool:
    if not os.access(python, os.X_OK):
        return False
    try:
        done = subprocess.run(
            [python, "-c", "import uno"],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=DEADLINE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _not_found() -> str:
    named = os.environ.get("XLADDIN_SOFFICE")
    where = f" at XLADDIN_SOFFICE={named}" if named else ""
    return f"no LibreOffice with a Python that can import uno{where} (Debian: libreoffice-calc, python3-uno)"


def run_office(
    jobs: Sequence[Mapping[str, Any]], *, deadline: float = DEADLINE, alone: bool = False
) -> list[dict[str, Any]]:
    """Run jobs in LibreOffice and return one result per job.

    Args:
        jobs: What to do, see ``office_driver``; paths may be ``Path`` objects.
        deadline: Seconds for everything together, starting included.
        alone: Whether to start a LibreOffice for these jobs and end it after them.

    Returns:
        For each job ``read``, ``formulas``, ``cases`` and ``error``. A failed job has a text in ``error``.

    Raises:
        OfficeError: LibreOffice is missing, or its work as a whole came to no end.
    """
    install = find_office()
    if install is None:
        raise OfficeError(_not_found())
    if not jobs:
        return []
    end = time.monotonic() + deadline
    for _ in range(MAX_CRASHES):
        with suppress(OfficeCrashed):
            return _run(install, jobs, end, alone)
    return _run(install, jobs, end, alone)


def _run(install: OfficeInstall, jobs: Sequence[Mapping[str, Any]], end: float, alone: bool) -> list[dict[str, Any]]:
    global _kept
    if alone or (_kept and _kept.install != install):
        with _Session(install) as session:
            return session.work(jobs, end)
    _kept = _kept or _Session(install)
    try:
        return _kept.work(jobs, end)
    except BaseException:
        close_office()
        raise


def close_office() -> None:
    """End the LibreOffice that was kept."""
    global _kept
    if _kept is not None:
        _kept.stop()
        _kept = None


def to_png(workbook: Path, out_dir: Path, dpi: int = 80, *, deadline: float = DEADLINE) -> list[Path]:
    """Print a workbook, or a PDF file, to one PNG file per page.

    Args:
        workbook: Anything LibreOffice Calc can open, or a ``.pdf``.
        out_dir: Where the files go, named after the workbook and the page; made if missing.
        dpi: Resolution.
        deadline: Seconds for LibreOffice, and once more for the conversion of its PDF.
    """
    pdftoppm = shutil.which("pdftoppm")
    if pdftoppm is None:
        raise OfficeError("pdftoppm not found (Debian: poppler-utils)")
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="xladdin-png-") as name:
        pdf = workbook
        if workbook.suffix.lower() != ".pdf":
            pdf = Path(name, "printed.pdf")
            (result,) = run_office([{"open": workbook.resolve(), "save": [[pdf, "pdf"]]}], deadline=deadline)
            if result["error"]:
                raise OfficeError(result["error"])
        pages = Path(name, "pages")
        pages.mkdir()
        command = [pdftoppm, "-png", "-r", str(dpi), os.fspath(pdf), os.fspath(pages / workbook.stem)]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=deadline)
        except subprocess.TimeoutExpired as exc:
            raise OfficeError(f"pdftoppm took longer than {deadline:g} s") from exc
        if done.returncode != 0:
            raise OfficeError(f"pdftoppm: {done.stderr.strip() or f'exit status {done.returncode}'}")
        # pdftoppm pads the page numbers, so the order of the names is the order of the pages.
        return [Path(shutil.copy(page, out_dir)) for page in sorted(pages.iterdir())]


class _Session:
    """One LibreOffice, from start to end, and a driver for each list of jobs."""

    def __init__(self, install: OfficeInstall) -> None:
        self.install = install
        self._holder = tempfile.TemporaryDirectory(prefix="xladdin-office-", ignore_cleanup_errors=True)
        self._folder = folder = Path(self._holder.name)
        self._profile = (folder / "profile").as_uri()
        self._pipe = f"jobs{uuid.uuid4().hex[:12]}"
        self._office: subprocess.Popen[bytes] | None = None
        self._driver: subprocess.Popen[bytes] | None = None
        for name in ("home", "tmp", "profile/user"):
            (folder / name).mkdir(parents=True)
        (folder / "profile/user/registrymodifications.xcu").write_text(_registry(), encoding="utf-8")

    def __enter__(self) -> _Session:
        return self

    def __exit__(self, *_given: object) -> None:
        self.stop()

    def work(self, jobs: Sequence[Mapping[str, Any]], end: float) -> list[dict[str, Any]]:
        """Run the jobs, at the latest until ``end`` (of ``time.monotonic``)."""
        given, results = self._folder / "jobs.json", self._folder / "results.json"
        given.write_text(json.dumps(list(jobs), default=os.fspath, allow_nan=False), encoding="utf-8")
        if self._office is None or self._office.poll() is not None:
            self._office = self._start_office()
        self._driver = self._start_driver(end)
        restarts = 0
        while (status := self._driver.poll()) is None:
            office_status = self._office.poll()
            if office_status == WANTS_RESTART and restarts < MAX_RESTARTS:
                restarts += 1
                self._office = self._start_office()
            elif office_status is not None and not self._driver_ends_too():
                raise _ended("LibreOffice ended", office_status, self._report())
            elif time.monotonic() > end:
                raise OfficeError(f"LibreOffice was not done in time{self._report()}")
            time.sleep(0.02)
        if status != 0:
            raise _ended("the work in LibreOffice failed", status, self._report())
        found: list[dict[str, Any]] = json.loads(results.read_text(encoding="utf-8"))
        return found

    def stop(self) -> None:
        """End both processes."""
        try:
            if self._driver is not None:
                _end(self._driver, patience=0)
        finally:
            if self._office is not None:
                _end(self._office, patience=0)
            self._remove_sockets()
            self._holder.cleanup()

    def _remove_sockets(self) -> None:
        """Remove what a killed LibreOffice leaves outside its folder: the sockets of its two pipes.

        The second pipe keeps a profile from being used twice; its name is made from that of the profile.
        """
        digest = hashlib.md5(self._profile.encode("utf-16-le"), usedforsecurity=False).digest()
        for pipe in (self._pipe, f"SingleOfficeIPC_{''.join(format(byte, 'x') for byte in digest)}"):
            for place in ("/tmp", "/var/tmp"):
                Path(place, f"OSL_PIPE_{os.getuid()}_{pipe}").unlink(missing_ok=True)

    def _start_office(self) -> subprocess.Popen[bytes]:
        return self._start(
            "office.log",
            os.fspath(self.install.soffice),
            f"-env:UserInstallation={self._profile}",
            f"-env:UNO_SHARED_PACKAGES_CACHE={self._profile}/shared",
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
            f"--accept=pipe,name={self._pipe};urp;",
        )

    def _start_driver(self, end: float) -> subprocess.Popen[bytes]:
        return self._start(
            "driver.log",
            os.fspath(self.install.python),
            os.fspath(DRIVER),
            os.fspath(self._folder / "jobs.json"),
            os.fspath(self._folder / "results.json"),
            self._pipe,
            f"{max(end - time.monotonic(), 0):.1f}",
        )

    def _start(self, log: str, *command: str) -> subprocess.Popen[bytes]:
        environment = _environment() | {
            "HOME": os.fspath(self._folder / "home"),
            "TMPDIR": os.fspath(self._folder / "tmp"),
        }
        with (self._folder / log).open("ab") as stream:
            return subprocess.Popen(
                command,
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,  # a process group of its own, to be ended as a whole
            )

    def _driver_ends_too(self) -> bool:
        """Whether the driver, having asked LibreOffice to end or lost it, comes to its own end."""
        assert self._driver is not None
        try:
            self._driver.wait(5)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _report(self) -> str:
        """The last words of both processes, for the error message."""
        lines = []
        for name in ("driver.log", "office.log"):
            log = self._folder / name
            text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            lines += [f"\n  {name}: {line}" for line in text.splitlines()[-5:]]
        return "".join(lines)


def _ended(what: str, status: int, report: str) -> OfficeError:
    """A negative status is the number of the signal that ended a process."""
    return (OfficeCrashed if status < 0 else OfficeError)(f"{what} with status {status}{report}")


_kept: _Session | None = None

atexit.register(close_office)


def _registry() -> str:
    items = "".join(
        f'<item oor:path="/{escape(path)}"><prop oor:name="{escape(name)}" oor:op="fuse">'
        f"<value>{escape(value)}</value></prop></item>\n"
        for path, name, value in SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"{items}</oor:items>\n"
    )


def _environment() -> dict[str, str]:
    """The environment without what would lead another Python astray, a display or a language of the user."""
    unwanted = ("PYTHON", "VIRTUAL_ENV", "DISPLAY", "WAYLAND_DISPLAY", "LANG", "LC_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    # LibreOffice's Python looks for its library beside the first python3 of PATH, which may be another one.
    return kept | {"LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp", "PATH": os.defpath}


def _end(process: subprocess.Popen[bytes], *, patience: float) -> None:
    """Wait for a process to end by itself, then end its group, the hard way if need be."""
    for sign, seconds in ((None, patience), (signal.SIGTERM, 2.0), (signal.SIGKILL, 10.0)):
        if sign is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
        try:
            process.wait(seconds)
            break
        except subprocess.TimeoutExpired:
            continue
    # The process is gone; what it started itself must not stay behind either.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


requires_office = pytest.mark.skipif(
    find_office() is None and os.environ.get("XLADDIN_REQUIRE_OFFICE") != "1", reason=_not_found()
)
"""Skip without LibreOffice; under XLADDIN_REQUIRE_OFFICE=1 the test runs and ``run_office`` makes it fail."""


def _has_writer() -> bool:
    office = find_office()
    return office is not None and (office.soffice.parent / "libswlo.so").exists()


requires_writer = pytest.mark.skipif(
    not _has_writer() and os.environ.get("XLADDIN_REQUIRE_OFFICE") != "1", reason="LibreOffice has no Writer here"
)
"""As `requires_office`, for documents."""
