"""The actions of an open workbook work by the year that it is stamped with, whichever years are at hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from macros.host import Selected, outcome, scheme_in, scheme_of_open, stamps
from macros.shared import SHARED
from tests.equality.doors import HEADS, MasterSheet
from tests.support.years import OTHERS, SCHEMES, call, data_with
from xladdin.forms.layout import form_layout
from xladdin.results.master import master_workbook
from xladdin.scheme import Stamp, load_scheme
from xladdin.scheme import load as loading
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.workbook import package
from xladdin.workbook.cells import RawBook, cell_name
from xladdin.workbook.read.reader import SourceFile, read_workbook
from xladdin.workbook.tables import ResultSheet


class Opened:
    """A workbook open in no program: a `Host` that gives what lies in the file."""

    title = "校验"

    def __init__(self, path: Path) -> None:
        self.path, self.book = path, read_workbook(path)
        self.sheets_read = 0
        self.written: list[ResultSheet] = []

    def working(self) -> AbstractContextManager[None]:
        return nullcontext()

    def progress(self, done: int, total: int, now: str) -> None: ...

    def calculate(self) -> None: ...

    def source(self) -> SourceFile:
        return SourceFile(self.path, self.path.name, self.book.sha256)

    def read(self, names: Iterable[str] | None = None) -> RawBook:
        wanted = None if names is None else set(names)
        sheets = [sheet for sheet in self.book.sheets if wanted is None or sheet.name in wanted]
        self.sheets_read += len(sheets)
        return RawBook("", sheets, self.book.properties)

    def selected(self) -> Selected | None:
        sheet = next(sheet for sheet in self.book.sheets if sheet.name == "附件2")
        return Selected(sheet, 4, 0)

    def write(self, sheets: Sequence[ResultSheet], *, shown: str, apart: bool = False) -> None:
        self.written += sheets

    def excuse(self, error: Exception) -> str:
        return ""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """A filled form of each year; all years are at hand."""
    folder = tmp_path_factory.mktemp("years")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "DATA", data_with(folder / "data", *OTHERS))
        made = {}
        for year, district in (("2023", "奉贤区"), ("2024", "奉贤新区"), ("2025", "临泽市")):
            call("templates", folder / year, "--scheme", year)
            for other in (folder / year).glob("区填报表_*"):
                if district not in other.name:
                    other.unlink()
            call("sample", folder / year, folder / f"{year}填好")
            made[year] = folder / f"{year}填好/区填报表_{district}.xlsx"
        yield made


@pytest.mark.parametrize("year", ["2023", *OTHERS])
def test_actions__on_a_form_of_a_year__by_its_stamp(year: str, filled: dict[str, Path]) -> None:
    host = Opened(filled[year])
    assert outcome(SHARED["check"], host).startswith("校验完成")
    assert [sheet.name for sheet in host.written] == ["校验"]
    said = outcome(SHARED["explain"], host)
    first = {"2023": "K01 美丽街区（2 分）", "2024": "K01 美丽街区（2 分）", "2025": "T01 垃圾分类（12 分）"}
    assert first[year] in said


def test_stamps__of_an_open_workbook__without_reading_its_sheets(filled: dict[str, Path], tmp_path: Path) -> None:
    host = Opened(filled["2024"])
    assert list(stamps(host)) == [Stamp("区填报表_奉贤新区.xlsx", "2024")]
    assert host.sheets_read == 0
    shutil.copy(filled["2024"], tmp_path / "x.xlsx")
    lost = Opened(tmp_path / "x.xlsx")
    lost.book = RawBook("", lost.book.sheets, {})
    assert list(stamps(lost)) == [Stamp("x.xlsx", "2024")]


def test_scheme__of_the_folder_in_which_the_workbook_lies__before_its_stamp(tmp_path: Path) -> None:
    """A scheme that only 考核方案.xlsx says: the product has no data of it."""
    scheme = load_scheme("2025", SCHEMES)
    (tmp_path / "考核方案.xlsx").write_bytes(scheme_workbook(scheme, ()))
    assert call("templates", tmp_path / "下发").code == 0
    host = Opened(next((tmp_path / "下发").glob("区填报表_*.xlsx")))
    assert scheme_of_open(host).district_names == scheme.district_names
    assert scheme_in(tmp_path / "下发").items == scheme.items
    said = outcome(SHARED["check"], host)
    assert "校验完成" in said
    assert [sheet.name for sheet in host.written] == ["校验"]


def test_explain__what_needs_all_units__of_the_master_by_all_and_of_a_form_said(tmp_path: Path) -> None:
    scheme = load_scheme("2026", SCHEMES)
    (tmp_path / "考核方案.xlsx").write_bytes(scheme_workbook(scheme, ()))
    path = tmp_path / "考核总表.xlsx"
    master = MasterSheet(scheme)
    cell = cell_name(master.rows["E2.1"], HEADS.index("完成情况"))
    values = {name: 100.0 + 10 * n for n, name in enumerate(scheme.district_names)}
    path.write_bytes(package.rewrite(master_workbook(scheme), {}, {n: {cell: v} for n, v in values.items()}))
    host = Opened(path)
    sheet = next(sheet for sheet in host.book.sheets if sheet.name == "江南区")
    host.selected = lambda: Selected(sheet, master.rows["E2.1"], 0)  # type: ignore[method-assign]
    said = outcome(SHARED["explain"], host)
    # 60 + 40 × 10 / 70 = 65.7143 per cent of 16
    assert said.startswith("江南区　E2 固定资产投资（16 分）")
    assert "8 个单位中最小 100（江北区）、最大 170（平湖县）" in said
    assert "得分 10.51" in said
    assert call("templates", tmp_path / "下发").code == 0
    form = Opened(next((tmp_path / "下发").glob("区填报表_*.xlsx")))
    annex = next(sheet for sheet in form.book.sheets if sheet.name == "附件2")
    form.selected = lambda: Selected(annex, form_layout(scheme).annex_of("E2").items["E2"].first, 0)  # type: ignore[method-assign]
    assert "由全部单位的数据计算，这里只有本单位的数据，得分 暂缺" in outcome(SHARED["explain"], form)
