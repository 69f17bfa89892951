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
    return fetched(tmp_path_factory.mktemp("npm"), f"pyodide@{PYODIDE}", "playwright-core@1")


def fetched(folder: Path, *packages: str) -> Path:
    """The folder, with node_modules of these packages."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        lacking("no node and npm (Debian: nodejs, npm)")
    words = [str(npm), "install", "--silent", "--no-save", "--ignore-scripts", "--prefix", str(folder), *packages]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        lacking(f"npm could not fetch {' and '.join(packages)}: {done.stderr[-200:]}")
    return folder
