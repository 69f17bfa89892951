"""Render the pictures of the README and the guide from what `xladdin demo` writes: python docs/pictures.py DEMO_FOLDER."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import openpyxl

from xladdin.analysis.firmness import analysis_workbook
from xladdin.analysis.readings import spread
from xladdin.analysis.report import report_workbook
from xladdin.classes import replace

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.full_round.play import play
from tests.support.libreoffice import to_png
from xladdin.documents.making import make_documents
from xladdin.documents.pdf import as_pdf
from xladdin.results.consolidation import consolidate
from xladdin.results.master import master_sheets
from xladdin.results.stored import load_results
from xladdin.scheme import choose_scheme
from xladdin.sending.schemes import exported
from xladdin.words import CITY_PROGRESS, CONCLUSION, FEEDBACK_KIND, LOST_MAP, NOTICE_KIND, SCHEME_FILE
from xladdin.workbook.tables import Cell
from xladdin.workbook.write.tables import write_tables

PICTURES = Path(__file__).parent / "pictures"

FEEDBACK = f"{FEEDBACK_KIND}_徐汇区"

MASTER_DISTRICT = "普陀区"
"""The district whose sheet of 考核总表 is shown: in the sample one of its amounts is missing."""


def _keep(pages: list[Path], page: int, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    pages[page].replace(PICTURES / f"{name}.png")


def _whole_width(form: Path, sheet: str, target: Path) -> None:
    """A copy of a form that prints one sheet with its fill-in zone, which the form itself keeps off paper."""
    book = openpyxl.load_workbook(form)
    page = book[sheet]
    book.move_sheet(page, -book.sheetnames.index(sheet))
    page.print_area = f"A1:{page.cell(page.max_row, page.max_column).coordinate}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 8
    page.page_setup.fitToHeight = 0
    book.save(target)


def _master_sheet(returned: Path, target: Path) -> None:
    """A district's sheet of 考核总表 with its results in place of the formulas, which LibreOffice does not know."""
    scheme = choose_scheme()
    district = next(d for d in consolidate(scheme, [returned]).districts if d.name == MASTER_DISTRICT)
    (sheet,) = master_sheets(scheme, [district])
    rows = [[c._replace(formula="") if isinstance(c, Cell) else c for c in row] for row in sheet.rows]
    target.write_bytes(write_tables([replace(sheet, rows=rows)], {}, "", "", datetime(2024, 1, 5)))


def _only(book: Path, sheet: str, target: Path) -> None:
    """A copy of a workbook with one of its sheets."""
    copy = openpyxl.load_workbook(book)
    for name in copy.sheetnames:
        if name != sheet:
            del copy[name]
    if "$A$1:" not in (copy[sheet].print_area or ""):  # one that is printed on request has a blank cell as its area
        copy[sheet].print_area = None
    copy.save(target)


def _round(work: Path) -> None:
    """进度, 交表情况 and 变动 of the round that the tests play."""
    home = work / "round"  # by itself, for the folder above has a scheme of its own
    home.mkdir()
    folder = play(home).folder
    results = folder / "结果"
    shown = {
        "round-progress": (folder / "进度.xlsx", "进度"),
        "round-deliveries": (results / "第1次" / "考核汇总_第1次.xlsx", "交表情况"),
        "round-comparison": (results / "第1次" / "考核汇总_第1次.xlsx", "评价对照"),
        "round-changes": (results / "第2次" / "变动_第2次.xlsx", "变动"),
    }
    for title, (book, sheet) in shown.items():
        _only(book, sheet, work / f"{title}.xlsx")
        _keep(to_png(work / f"{title}.xlsx", work / title, dpi=80), 0, title)


def _analyses(returned: Path, results: Path, work: Path) -> None:
    """What explains a result: 失分热力图 and 全市完成情况 of 汇报, 结论 of 口径分析."""
    scheme, data = choose_scheme(), load_results(results)
    report, firm = work / "report.xlsx", work / "firm.xlsx"
    report.write_bytes(report_workbook(scheme, data))
    spread_out = spread(consolidate(scheme, [returned]))
    firm.write_bytes(analysis_workbook(scheme, data, spread_out, datetime(2024, 1, 5)))
    for book, sheet, title in (
        (report, CITY_PROGRESS, "report-progress"),
        (report, LOST_MAP, "report-map"),
        (firm, CONCLUSION, "analysis"),
    ):
        _only(book, sheet, work / f"{title}.xlsx")
        _keep(to_png(work / f"{title}.xlsx", work / title, dpi=50), 0, title)


def _documents(results: Path, work: Path) -> None:
    """The first pages of 通报 and the first of a 单区反馈表; LibreOffice has to have Writer."""
    made = make_documents(choose_scheme(), load_results(results), commended=5).files
    for name, titles in ((NOTICE_KIND, ("notice", "notice-ranking")), (FEEDBACK, ("feedback",))):
        (printed,) = as_pdf({f"{name}.docx": made[f"{name}.docx"]}).values()
        (work / f"{name}.pdf").write_bytes(printed)
        subprocess.run(["pdftoppm", "-r", "60", "-png", work / f"{name}.pdf", work / name], check=True)
        for page, title in zip(sorted(work.glob(f"{name}-*.png")), titles, strict=False):
            page.replace(PICTURES / f"{title}.png")


def main(demo: Path) -> None:
    """Render a round's sheets; 区填报表 on paper and with the fill-in zone, sheets of results, what explains one, 考核方案's guide."""
    form = demo / "回收" / "区填报表_徐汇区.xlsx"
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        pages = to_png(form, work / "form", dpi=70)
        for page, title in ((1, "form-annex1"), (2, "form-annex2")):
            _keep(pages, page, title)
        for sheet, title in (("附件1", "form-annex1-fill"), ("附件2", "form-annex2-fill")):
            copy = work / f"{title}.xlsx"
            _whole_width(form, sheet, copy)
            _keep(to_png(copy, work / title, dpi=75), 0, title)
        pages = to_png(demo / "考核汇总.xlsx", work / "result", dpi=80)
        _keep(pages, 0, "summary")
        _keep(pages, 2, "ranking")
        _master_sheet(demo / "回收", work / "master.xlsx")
        _keep(to_png(work / "master.xlsx", work / "master", dpi=100), 0, "master-district")
        _keep(to_png(demo / "校验结果.xlsx", work / "issues", dpi=80), 0, "issues")
        (work / SCHEME_FILE).write_bytes(exported(choose_scheme()))
        _keep(to_png(work / SCHEME_FILE, work / "scheme", dpi=75), 0, "scheme")
        _round(work)
        _analyses(demo / "回收", demo / "results.json", work)
        _documents(demo / "results.json", work)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
