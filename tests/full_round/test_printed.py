"""What leaves the printer. Workbooks of every kind: no ####, no cut text, no empty page, no type below 8 points, not too long.
Documents: every character, a draft's mark on each page, and no more pages than they may have.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
import zlib
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import unescape

import docx
import pytest
from docx.oxml.ns import qn

from tests.full_round.play import Played
from tests.support.libreoffice import requires_office, requires_writer, run_office
from tests.support.years import SCHEMES
from xladdin.classes import replace
from xladdin.evaluations.books import unit_book
from xladdin.evaluations.units import office
from xladdin.fillin.writer import write_unit_book
from xladdin.scheme import Scheme
from xladdin.scheme.book.differences import differences
from xladdin.scheme.book.writer import differences_workbook
from xladdin.scheme.load import load_scheme
from xladdin.sending.forms import TEMPLATES
from xladdin.words import NOTICE_KIND

pytestmark = [pytest.mark.slow, requires_office]

LEAST = 7.95
"""Points: 8, as LibreOffice rounds it."""

A_LINE = 6
"""Points by which a row has to be too low for a line of its text to be cut off; the fonts of programs differ by less."""

KINDS = {
    "考核/任务分解表.xlsx": 5,
    "考核/下发/区填报表_静安区.xlsx": 6,
    "考核/下发/部门评价表_市水务局.xlsx": 6,
    "考核/下发/专家评议表_专家1.xlsx": 7,
    "考核/下发/市精细化办评分表.xlsx": 38,  # LibreOffice prints the blank lines of its lists, too
    "考核/下发/考核总表.xlsm": 4,
    "考核/进度.xlsx": 6,
    "考核/催报清单.xlsx": 1,
    "考核/退回修改单/退回修改单_青浦区.xlsx": 6,
    "考核/结果/第2次/考核汇总_第2次.xlsx": 7,
    "考核/结果/第2次/变动_第2次.xlsx": 7,
    "考核/结果/第3次（更正）/考核汇总_第3次（更正）.xlsx": 12,
    "校验结果.xlsx": 10,
    "文书/汇报.xlsx": 25,
    "口径分析.xlsx": 14,
    "年度比较.xlsx": 8,
    "更正单.xlsx": 7,
    "考核方案.xlsx": 23,
    "方案变动.xlsx": 20,  # two schemes that have nothing in common
    "首次核对.xlsx": 4,
}
"""How many pages each may take, of the round that was played."""


@pytest.fixture(scope="module")
def printed(scheme: Scheme, played: Played, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What LibreOffice says of each kind, and its pages: the text and the sizes of the type."""
    out = tmp_path_factory.mktemp("printed")
    first, last = (f"考核/结果/{name}/results.json" for name in ("第1次", "第3次（更正）"))
    for n, arguments in enumerate(
        (
            ("documents", last, "-o", out / "文书"),
            ("analyse", "考核", "-o", out / "口径分析.xlsx"),
            ("compare", first, last, "-o", out / "年度比较.xlsx"),
            ("scheme", "export", "2023", out / "考核方案.xlsx"),
            ("corrections", out / "更正单.xlsx"),
            ("check", "考核/回收", "-o", out / "校验结果.xlsx"),
        )
    ):
        played.run(f"printed {n}", *map(str, arguments))
    shutil.copy(TEMPLATES / "首次核对.xlsx", out)
    other = load_scheme("2025", SCHEMES)
    changed = differences_workbook(scheme, other, differences(scheme, other), datetime(2024, 2, 12))
    (out / "方案变动.xlsx").write_bytes(changed)
    found = {}
    for kind in KINDS:
        path = played.folder.parent / kind if kind.startswith("考核/") else out / kind
        found[kind] = {"open": path, "unprotect": True, "save": [[out / f"{path.stem}.pdf", "pdf"]], "cut": True}
    results = run_office(list(found.values()))
    return {
        kind: {**result, "pages": pages(job["save"][0][0])}
        for (kind, job), result in zip(found.items(), results, strict=True)
    }


def pages(printed: Path) -> list[tuple[str, list[float]]]:
    """Text and sizes of type of each page of a PDF of LibreOffice."""
    tool = shutil.which("pdftotext")
    assert tool, "poppler-utils"
    done = subprocess.run([tool, "-layout", str(printed), "-"], capture_output=True, check=True, timeout=60)
    texts = done.stdout.decode().split("\f")[:-1]
    sizes = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", printed.read_bytes(), re.S):
        try:
            drawn = zlib.decompressobj().decompress(stream)  # the end may lack a byte
        except zlib.error:  # no page: a font, a picture
            continue
        if found := re.findall(rb"/F\d+ ([\d.]+) Tf", drawn):
            sizes.append([float(size) for size in found])
    return list(zip(texts, sizes, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_printed__each_kind__readable_whole_and_short(kind: str, printed: dict[str, dict[str, Any]]) -> None:
    found = printed[kind]
    assert found["error"] is None
    cut = [(sheet, row) for sheet, row, height, needed in found["cut"] if needed - height > A_LINE]
    assert cut == []
    for number, (text, sizes) in enumerate(found["pages"], 1):
        assert "##" not in text, number
        assert len(re.sub(r"\s", "", text)) > 30, f"page {number} is empty"
        assert min(sizes) >= LEAST, number
    assert 0 < len(found["pages"]) <= KINDS[kind]


@requires_writer
def test_documents__of_a_round__printed_whole_and_each_page_a_draft(
    scheme: Scheme, played: Played, tmp_path: Path
) -> None:
    played.run("documents as pdf", "documents", "考核/结果/第2次/results.json", "-o", str(tmp_path), "--pdf")
    documents = sorted(tmp_path.glob("*.docx"))
    assert len(documents) == 1 + len(scheme.districts)
    for path in documents:
        printed = [text for text, _sizes in pages(path.with_suffix(".pdf"))]
        written = "".join(run.text or "" for run in docx.Document(str(path)).element.body.iter(qn("w:t")))
        lost = characters(written) - characters("".join(printed))
        assert not lost, (path.name, lost)
        assert all("征求意见稿" in text for text in printed), path.name
        assert len(printed) <= (10 if NOTICE_KIND in path.name else 2), path.name


def characters(text: str) -> Counter[str]:
    return Counter(re.sub(r"\s", "", text))


def test_meeting__of_a_result__all_items_on_two_pages_and_the_ranking_on_one(
    scheme: Scheme, printed: dict[str, dict[str, Any]]
) -> None:
    first, second, third, *_rest = (text for text, _sizes in printed["考核/结果/第2次/考核汇总_第2次.xlsx"]["pages"])
    assert ("K34" in first, "N1" in first, "K34" in second, "N1" in second) == (True, False, False, True)
    assert "负责人" in third
    assert all(third.count(name) >= 1 for name in scheme.district_names)


def test_analysis__each_page__marked_as_internal(printed: dict[str, dict[str, Any]]) -> None:
    assert all("内部资料" in text for text, _sizes in printed["口径分析.xlsx"]["pages"])


def test_signature__whatever_the_number_of_rows__below_some_of_them(scheme: Scheme, tmp_path: Path) -> None:
    book = unit_book(scheme, office(scheme), 1)
    marks, jobs = book.sheets[0], []
    for count in (12, 18, 20, 24, 100):
        formulas = {at: formula for at, formula in marks.formulas.items() if at[0] < count}
        cut = replace(marks, rows=marks.rows[:count], formulas=formulas, rules=())
        path = tmp_path / f"{count}.xlsx"
        path.write_bytes(write_unit_book(replace(book, sheets=(cut,)), datetime(2024, 2, 12)))
        jobs.append({"open": path, "save": [[path.with_suffix(".pdf"), "pdf"]]})
    for job, result in zip(jobs, run_office(jobs), strict=True):
        assert result["error"] is None
        (signed,) = (text for text, _sizes in pages(job["save"][0][0]) if "评价人：" in text)
        assert len(re.findall("缺：", signed)) >= 3, job["open"]


def test_list__of_the_office__prints_to_its_last_line_that_is_filled(scheme: Scheme, tmp_path: Path) -> None:
    """Excel prints what the name gives; LibreOffice works it out in a cell, where it takes no such print area."""
    path = tmp_path / "评分表.xlsx"
    path.write_bytes(write_unit_book(unit_book(scheme, office(scheme), 1), datetime(2024, 2, 12)))
    with zipfile.ZipFile(path) as archive:
        names = archive.read("xl/workbook.xml").decode()
    (area,) = re.findall(r">('简讯'!\$A\$1:INDEX.*?)</definedName>", names)
    rows = f"=ROWS({unescape(area)})"
    lines = [["简讯", f"A{row}", [["黄浦区"]]] for row in (7, 230)]
    job = {"open": path, "unprotect": True, "type": [["简讯", "Z1", rows]], "read": [["简讯", "Z1"]]}
    results = run_office([{**job, "set": lines[:n]} for n in range(3)])
    assert [result["read"] for result in results] == [[[[28]]], [[[28]]], [[[230]]]]
