"""精细化考核.html in a real Chromium: as the command line byte for byte, nothing requested, nothing of a file executed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.years import call
from xladdin.release.page.build import page
from xladdin.release.release import IN_THE_PAGE, ROOT
from xladdin.scheme import choose_scheme
from xladdin.sending.sample import fill_samples

pytestmark = pytest.mark.slow

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def html(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT), *IN_THE_PAGE]
    subprocess.run(command, check=True, capture_output=True)
    wheels = {path.name: path.read_bytes() for path in folder.glob("*.whl")}
    made = page(choose_scheme(), modules / "node_modules/pyodide", wheels)
    assert made == page(choose_scheme(), modules / "node_modules/pyodide", dict(reversed(wheels.items())))
    assert len(made) <= 12e6
    path = folder / "精细化考核.html"
    path.write_bytes(made)
    return path


@pytest.fixture(scope="module")
def round_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round: forms with the samples' slips, of which one is an error, and one file that means harm."""
    folder = tmp_path_factory.mktemp("round")
    assert call("templates", folder / "下发").code == 0
    fill_samples(choose_scheme(), folder / "下发", folder / "回收")
    return folder


@pytest.fixture(scope="module")
def seen(
    html: Path, chromium: Path, modules: Path, round_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """Everything that a person does at the page, one thing after the other, and what was seen."""
    work = tmp_path_factory.mktemp("work")
    forms = sorted(str(path) for path in (round_folder / "回收").iterdir())
    harm = work / f"{HOSTILE}.xlsx".replace("/", "")
    book = openpyxl.load_workbook(next(path for path in forms if "闵行区" in path))
    book["附件2"]["K5"] = f"{HOSTILE}<script>alert(2)</script>"
    book.save(harm)
    wrong = next(path for path in forms if "闵行区" in path)
    right = next(path for path in forms if "黄浦区" in path)
    steps: list[dict[str, Any]] = [
        {"press": "self", "files": [right], "key": "Enter"},
        {"press": "self", "files": [wrong]},
        {"press": "rank", "files": forms, "cancel": True},
        {
            "press": "rank",
            "download": {"考核汇总.xlsx": str(work / "考核汇总.xlsx"), "results.json": str(work / "results.json")},
            "open": "静安区",
            "picture": os.environ.get("XLADDIN_PAGE_PICTURE", str(work / "rank.png")),
        },
        {"press": "check", "files": [str(harm), *forms[:2]]},
        {"press": "check", "drop": [f"回收/{HOSTILE}/x.xlsx"]},
        {
            "press": "round",
            "files": [str(round_folder)],
            "folder": True,
            "download": {"进度.zip": str(work / "进度.zip")},
        },
        {"press": "templates", "files": [right], "download": {"下发.zip": str(work / "下发.zip")}},
    ]
    job = work / "job.json"
    job.write_text(json.dumps({"page": str(html), "steps": steps}), encoding="utf-8")
    drive = Path(__file__).with_name("drive.mjs")
    command = [str(shutil.which("node")), str(drive), str(modules), str(chromium), str(job), str(work / "result.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    yield {**json.loads((work / "result.json").read_text(encoding="utf-8")), "work": work}


def test_page__whole_way__no_request_no_error_nothing_executed(seen: dict[str, Any]) -> None:
    assert (seen["requests"], seen["errors"], seen["dialogs"]) == ([], [], [])
    assert all(step["elements"] == 0 for step in seen["steps"])
    harm = seen["steps"][4]
    assert f"{HOSTILE}.xlsx" in harm["out"]
    assert "<script>alert(2)</script>" in harm["out"]


def test_self_check__right_and_wrong_form__said_with_cell_and_remedy(seen: dict[str, Any]) -> None:
    right, wrong = seen["steps"][:2]
    assert "可以报送" in right["out"]
    assert "依据附件2第1项" in right["out"]
    assert "还不能报送：有 1 处错误" in wrong["out"]
    assert re.search(r"错误闵行区区填报表_闵行区\.xlsx附件2!K\d+", wrong["out"])


def test_cancel__then_again__ready_and_done(seen: dict[str, Any]) -> None:
    cancelled, done = seen["steps"][2:4]
    assert "已取消" in cancelled["state"]
    assert done["done"] == "rank"


def test_rank__results__those_of_the_command_line_byte_for_byte(
    seen: dict[str, Any], round_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = seen["work"]
    created = openpyxl.load_workbook(work / "考核汇总.xlsx", read_only=True).properties.created
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(created.timestamp())))
    monkeypatch.setenv("TZ", "UTC")
    folder = tmp_path / "考核"
    shutil.copytree(round_folder / "回收", folder / "回收")
    out = folder / "办理结果"
    call("consolidate", folder / "回收", "-o", out / "考核汇总.xlsx", "--json", out / "results.json")
    for name in ("results.json", "考核汇总.xlsx"):
        assert (work / name).read_bytes() == (out / name).read_bytes(), name
    assert "静安区：每项得分" in seen["steps"][3]["detail"]


def test_round_and_templates__archives__hold_what_the_commands_write(
    seen: dict[str, Any], round_folder: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(seen["work"] / "下发.zip") as archive:
        for name in archive.namelist():
            assert archive.read(name) == (round_folder / "下发" / name).read_bytes(), name
        assert len(archive.namelist()) == 17
    with zipfile.ZipFile(seen["work"] / "进度.zip") as archive:
        names = archive.namelist()
    assert "进度.xlsx" in names
    assert any(name.startswith("退回修改单") and "闵行区" in name for name in names)
