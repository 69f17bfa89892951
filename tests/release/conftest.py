"""A browser and Pyodide for the page: fetched by npm, or the tests are skipped, saying why."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from xladdin.release.release import PYODIDE

REQUIRED = os.environ.get("XLADDIN_REQUIRE_BROWSER") == "1"


def lacking(reason: str) -> None:
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


PAPERS = {"使用手册.html": b"the guide"}


@pytest.fixture
def quick_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands for the guide's editions, where they are not the point."""
    monkeypatch.setattr("xladdin.release.release.papers", lambda: PAPERS)


@pytest.fixture(scope="session")
def chromium() -> Path:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        lacking("no Chromium (Debian: chromium)")
    return Path(str(found))


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with node_modules of Pyodide and playwright-core."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        lacking("no node and npm (Debian: nodejs, npm)")
    folder = tmp_path_factory.mktemp("npm")
    wanted = [f"pyodide@{PYODIDE}", "playwright-core@1"]
    done = subprocess.run(
        [str(npm), "install", "--silent", "--no-save", "--prefix", str(folder), *wanted],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        lacking(f"npm could not fetch {' and '.join(wanted)}: {done.stderr[-200:]}")
    return folder
