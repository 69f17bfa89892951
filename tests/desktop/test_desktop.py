"""考核总表 as people use it: in a LibreOffice with a window, by keyboard and mouse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from macros.calc.build import extension
from tests.conftest import Forms
from tests.desktop.filled import DISTRICT, TASK, filled_master
from tests.desktop.session import Desktop, requires_desktop
from tests.support.libreoffice import DEADLINE
from xladdin.results.consolidation import Consolidation
from xladdin.results.master import MASTER_FILE

SECTIONS = ("1", "2", "3", "4")


@pytest.mark.slow
@requires_desktop
def test_window__numbers_typed_and_ranked__equals_the_command_line_on_the_saved_file(
    forms: Forms, clean: Consolidation, tmp_path: Path
) -> None:
    filled = filled_master(forms)
    book = tmp_path / MASTER_FILE
    book.write_bytes(filled.workbook)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    seen = Desktop(tmp_path / "desktop", extension()).run(book, pictures, **filled.job)

    score = next(d for d in clean.districts if d.name == DISTRICT).scored.items[TASK].score
    # No 任务量; one; both, and nothing done; one of two done; both done.
    assert seen["scores"][0] == "不适用"
    assert seen["scores"][1:3] == [0, 0]
    assert 0 < seen["scores"][3] < seen["scores"][4] == float(score)
    assert seen["active"] == "排名"
    said = next(text for text in seen["said"] if text.startswith("汇总完成"))
    assert "数据完整" in said

    results = tmp_path / "results.json"
    command = [
        sys.executable,
        "-m",
        "xladdin",
        "consolidate",
        book,
        "-o",
        tmp_path / "考核汇总.xlsx",
        "--json",
        results,
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=DEADLINE)
    assert done.returncode == 0, done.stdout + done.stderr
    districts = json.loads(results.read_text(encoding="utf-8"))["districts"]
    by_command = [[d["rank"], d["name"], d["total"], *(d["sections"][s] for s in SECTIONS)] for d in districts]
    assert seen["ranking"] == sorted(by_command, key=lambda row: row[0])
    assert {path.stem for path in pictures.iterdir()} == {"typing", "score", "menu", "message", "ranking"}
