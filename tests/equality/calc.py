"""LibreOffice with FineScore.oxt in it."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.support import libreoffice


def run_office_with(extension: bytes, jobs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`run_office` in a LibreOffice that has the extension."""
    with tempfile.TemporaryDirectory(prefix="xladdin-extension-") as name, pytest.MonkeyPatch.context() as patch:
        with zipfile.ZipFile(BytesIO(extension)) as package:
            package.extractall(Path(name, "finescore"))
        option = f"-env:BUNDLED_EXTENSIONS={Path(name).as_uri()}"

        class Session(libreoffice._Session):
            def _start(self, log: str, *command: str) -> Any:
                return super()._start(log, *command, *([option] if log == "office.log" else []))

        patch.setattr(libreoffice, "_Session", Session)
        return libreoffice.run_office(jobs, alone=True)
