"""Every kind of file that the product writes, judged by a validator of the Open XML standard."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from macros.build import build_addin
from macros.vba.workbooks import addin
from tests.conftest import Forms
from xladdin.results.master import MASTER_FILE
from xladdin.scheme import Scheme
from xladdin.sending.forms import ADDIN_FILE
from xladdin.words import TARGET, VALUE, form_file_name

ENDINGS = (".xlsx", ".xlsm", ".xlam", ".docx")


def complaints(path: Path) -> list[str]:
    from openxml_audit import OpenXmlValidator

    return [str(error) for error in OpenXmlValidator().validate(str(path)).errors]


def run(*arguments: str | Path, cwd: Path) -> None:
    """A command; that there are problems in the data is no matter here."""
    done = subprocess.run(
        [sys.executable, "-m", "xladdin", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode in (0, 1), (arguments, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr


def kinds(folder: Path) -> Iterator[tuple[str, Path]]:
    """One file of each kind: what stands before an underscore in its name, and its ending."""
    found: dict[tuple[str, str], Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in ENDINGS:
            found.setdefault((path.stem.partition("_")[0], path.suffix), path)
    yield from ((f"{kind}{ending}", path) for (kind, ending), path in found.items())


@pytest.mark.slow
def test_addin__open_xml__valid(tmp_path: Path) -> None:
    (tmp_path / ADDIN_FILE).write_bytes(addin())
    assert complaints(tmp_path / ADDIN_FILE) == []


@pytest.mark.slow
def test_validator__spoiled_sheet__found(forms: Forms, tmp_path: Path) -> None:
    from xladdin.workbook.package import DOS, packed, unpacked

    parts = unpacked(forms.make("黄浦区"))
    sheet = parts["xl/worksheets/sheet2.xml"]
    assert b"<sheetFormatPr" in sheet
    parts["xl/worksheets/sheet2.xml"] = sheet.replace(b"<sheetFormatPr", b"<sheetFormat")
    path = tmp_path / "坏.xlsx"
    path.write_bytes(packed(parts, DOS))
    assert complaints(path)


@pytest.mark.slow
def test_files__of_every_command__valid_open_xml(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    home = tmp_path / "考核"
    build_addin(scheme, tmp_path)
    for command in (
        ("targets", "任务分解表.xlsx"),
        ("scheme", "new", "新方案.xlsx"),
        ("scheme", "export", scheme.source.version, "考核方案.xlsx"),
        ("templates", home / "下发"),
        ("sample", home / "下发", home / "回收"),
        ("evaluations", home / "下发", "--returned", home / "回收"),
        ("check", home / "回收"),
        ("consolidate", home / "回收", "--json", "results.json"),
        ("consolidate", home / "回收", "-o", "另一.xlsx", "--json", "另一.json", "--policy", "briefs_at_six=lower"),
        ("diff", "results.json", "另一.json"),
        ("compare", "results.json", "另一.json"),
        ("corrections", "更正单.xlsx"),
        ("analyse", "results.json"),
        ("documents", "results.json"),
    ):
        run(*command, cwd=tmp_path)
    wrong = forms.make("黄浦区", {("K01.1", VALUE): "已完成", ("K02.1", TARGET): None})
    (home / "回收" / form_file_name("黄浦区")).write_bytes(wrong)
    run("round", home, cwd=tmp_path)
    run("consolidate", "--round", home, cwd=tmp_path)
    found = dict(kinds(tmp_path))
    assert {
        "区填报表.xlsx",
        "考核汇总.xlsx",
        "变动.xlsx",
        "通报.docx",
        "单区反馈表.docx",
        MASTER_FILE,
        ADDIN_FILE,
    } <= found.keys()
    assert len(found) >= 22, sorted(found)
    wrong_files = {kind: found_wrong for kind, path in found.items() if (found_wrong := complaints(path))}
    assert wrong_files == {}
