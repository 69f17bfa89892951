"""Fixtures of the LibreOffice edition's tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from macros.calc.build import extension
from tests.macros.calc.session import Calc


@pytest.fixture(scope="session")
def oxt() -> bytes:
    return extension()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that can be given to a user without rights, who may enter those above it: pytest's are its user's alone."""
    for place in (Path(tempfile.gettempdir()).resolve(), Path("/tmp"), Path("/var/tmp")):
        if all(folder.stat().st_mode & 0o001 for folder in (place, *place.parents)):
            with tempfile.TemporaryDirectory(prefix="xladdin-user-", dir=place) as name:
                yield Path(name)
            return
    pytest.skip("no folder for temporary files that everybody may enter")


@pytest.fixture(scope="module")
def calc(oxt: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    """A LibreOffice profile with the extension."""
    with Calc(tmp_path_factory.mktemp("calc"), oxt) as own:
        yield own
