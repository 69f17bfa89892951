"""Every page of what explains a result, printed by LibreOffice: no ####, no empty page, no more pages than a reader takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.libreoffice import requires_office, run_office
from xladdin.analysis.firmness import analysis_workbook
from xladdin.analysis.readings import Spread
from xladdin.analysis.report import report_workbook
from xladdin.analysis.years import two_sides, years_workbook
from xladdin.results.consolidation import Consolidation
from xladdin.results.sheets import overview_sheets
from xladdin.results.stored import results
from xladdin.scheme import Scheme
from xladdin.words import POLICIES, RANKING, SUMMARY
from xladdin.workbook.write.tables import write_tables

NOW = datetime(2024, 2, 12)

pytestmark = [pytest.mark.slow, requires_office]


def pages(data: bytes, folder: Path) -> list[str]:
    """The text of each printed page."""
    path, printed = folder / "表.xlsx", folder / "表.pdf"
    path.write_bytes(data)
    (result,) = run_office([{"open": path, "save": [[printed, "pdf"]]}])
    assert result["error"] is None
    tool = shutil.which("pdftotext")
    assert tool, "poppler-utils"
    done = subprocess.run([tool, "-layout", str(printed), "-"], capture_output=True, check=True, timeout=60)
    return done.stdout.decode().split("\f")[:-1]


def looked_at(found: list[str]) -> None:
    for number, text in enumerate(found, 1):
        assert "##" not in text, number
        assert len(re.sub(r"\s", "", text)) > 30, f"page {number} is empty"


def test_report__printed__every_page_readable(scheme: Scheme, consolidation: Consolidation, tmp_path: Path) -> None:
    found = pages(report_workbook(scheme, results(consolidation)), tmp_path)
    looked_at(found)
    assert len(found) <= 20


def test_analysis__printed__every_page_readable_and_marked(
    scheme: Scheme, consolidation: Consolidation, firm: Spread, tmp_path: Path
) -> None:
    found = pages(analysis_workbook(scheme, results(consolidation), firm, NOW), tmp_path)
    looked_at(found)
    assert all("内部资料" in text for text in found)


def test_years__printed__every_page_readable(consolidation: Consolidation, tmp_path: Path) -> None:
    data = results(consolidation)
    found = pages(years_workbook(*two_sides(data, {**data, "scheme": "2022"}), NOW), tmp_path)
    looked_at(found)
    assert len(found) <= 8


def test_meeting__printed__ranking_on_a_page_and_all_items_on_two(
    scheme: Scheme, consolidation: Consolidation, tmp_path: Path
) -> None:
    shown = (SUMMARY, RANKING, POLICIES)
    sheets = [sheet for sheet in overview_sheets(consolidation, NOW, {}, {}) if sheet.name in shown]
    found = pages(write_tables(sheets, {}, "", "", NOW), tmp_path)
    looked_at(found)
    assert len(found) <= 12
    assert [("K34" in text, "N1" in text) for text in found[:2]] == [(True, False), (False, True)]
    assert "负责人" in found[2]
    assert all(name in found[2] for name in scheme.district_names)
