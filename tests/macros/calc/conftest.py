"""Fixtures of the LibreOffice edition's tests."""

from __future__ import annotations

import pytest

from macros.calc.build import extension
from tests.macros.calc.session import Calc


@pytest.fixture(scope="session")
def oxt() -> bytes:
    return extension()


@pytest.fixture(scope="module")
def calc(oxt: bytes, tmp_path_factory: pytest.TempPathFactory) -> Calc:
    """A LibreOffice profile with the extension."""
    return Calc(tmp_path_factory.mktemp("calc"), oxt)
