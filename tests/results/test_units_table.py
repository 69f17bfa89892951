"""More than 60 units: one table of units in place of a sheet for each, in 考核汇总 and 考核总表, written, linked to and read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from tests.macros.calc.session import Calc
from tests.support.libreoffice import requires_office
from tests.support.years import SCHEMES, call
from xladdin.classes import replace
from xladdin.results.district_sheet import MOST_SHEETS
from xladdin.scheme import Scheme, load_scheme
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.sending.sample import fill_samples

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

COUNT = MOST_SHEETS + 1


def scheme_of(count: int) -> Scheme:
    """The scheme of 2025 for so many units."""
    scheme = load_scheme("2025", SCHEMES)
    units = tuple(replace(scheme.districts[0], name=f"第{n:02d}街道") for n in range(1, count + 1))
    listed = replace(scheme.district_list, clause=f"全市 {count} 个街道", count=count, districts=units)
    return replace(scheme, district_list=listed, source=replace(scheme.source, unit_word="街道"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An assessment folder with what went out, and what came back."""
    folder = tmp_path_factory.mktemp("街道")
    scheme = scheme_of(COUNT)
    (folder / "考核方案.xlsx").write_bytes(scheme_workbook(scheme, ()))
    assert call("templates", folder / "下发").code == 0
    fill_samples(scheme, folder / "下发", folder / "回收")
    return folder


def consolidated(folder: Path, paths: Path, name: str) -> tuple[openpyxl.Workbook, list[dict[str, Any]]]:
    out = folder / name
    said = call("consolidate", paths, "-o", out.with_suffix(".xlsx"), "--json", out.with_suffix(".json"))
    assert said.code in (0, 1), said
    result = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    return openpyxl.load_workbook(out.with_suffix(".xlsx")), result["districts"]


@pytest.mark.slow
def test_results__of_61_units__one_table_that_links_lead_to_and_that_reads_back_the_same(folder: Path) -> None:
    book, districts = consolidated(folder, folder / "回收", "一")
    assert set(book.sheetnames) == {"汇总", "排名", "口径", "各单位", "校验", "溯源"}
    table = book["各单位"]
    rows = [[cell.value for cell in row] for row in table.iter_rows()]
    heads = next(row for row in rows if row[:2] == ["街道", "项目"])
    body = rows[rows.index(heads) + 1 :]
    assert [row[0] for row in body if row[1] == "总分"] == [f"第{n:02d}街道" for n in range(1, COUNT + 1)]
    totals = {row[0]: row[heads.index("得分")] for row in body if row[1] == "总分"}
    assert totals == {d["name"]: d["total"] for d in districts}
    assert table.auto_filter.ref
    # What the units are called is the scheme's.
    assert {path.name.partition("_")[0] for path in (folder / "回收").iterdir()} == {"街道填报表"}
    assert [cell.value for cell in book["排名"][3]][:3] == ["名次", "街道", "总分"]
    form = openpyxl.load_workbook(folder / "回收/街道填报表_第01街道.xlsx")
    texts = [str(cell.value) for sheet in form for row in sheet.iter_rows() for cell in row if cell.value is not None]
    of_the_document = ("小区", "（市、区）", "填报区", "填　报　区")
    assert not [t for t in texts if "区" in t and not any(own in t for own in of_the_document)]
    for sheet, column in (("汇总", "A"), ("排名", "B")):
        found = [cell for cell in book[sheet][column] if cell.hyperlink]
        assert len(found) == COUNT
        for cell in found:
            name, _, place = cell.hyperlink.location.rpartition("!")
            assert (name.strip("'"), table[place].value) == ("各单位", cell.value)
    codes = [cell for cell in book["校验"]["D"] if cell.hyperlink]
    assert codes
    for cell in codes:
        place = cell.hyperlink.location.rpartition("!")[2]
        own = [each.value for each in table[table[place].row]]
        assert (own[0], own[heads.index("编号")]) == (book["校验"].cell(cell.row, 3).value, cell.value)
    said = call("documents", folder / "一.json", "-o", folder / "文书")
    assert (said.code, "与结果一致" in said.out) == (0, True), said
    notice = docx.Document(str(folder / "文书/通报.docx"))
    assert any(f"{COUNT}个街道的平均总分为" in paragraph.text for paragraph in notice.paragraphs)
    assert [cell.text for cell in notice.tables[0].rows[0].cells][:3] == ["名次", "街道", "总分"]
    _again, same = consolidated(folder, folder / "一.xlsx", "二")
    for before, after in zip(districts, same, strict=True):
        assert {k: after[k] for k in ("name", "rank", "total", "sections")} == {
            k: before[k] for k in ("name", "rank", "total", "sections")
        }
        assert {i: v["score"] for i, v in after["items"].items()} == {i: v["score"] for i, v in before["items"].items()}


@pytest.mark.slow
def test_results__table_with_a_unit_renamed__row_named_and_unit_not_received(folder: Path) -> None:
    consolidated(folder, folder / "回收", "三")
    book = openpyxl.load_workbook(folder / "三.xlsx")
    table = book["各单位"]
    gone = [cell for cell in table["A"] if cell.value == "第02街道"]
    for cell in gone:
        cell.value = "第二街道"
    book.save(folder / "改.xlsx")
    book, districts = consolidated(folder, folder / "改.xlsx", "四")
    found = [[cell.value for cell in row] for row in book["校验"].iter_rows()]
    (own,) = (row for row in found if row[7] == "“第二街道”")
    assert (own[5], own[6], own[8]) == ("各单位", gone[0].coordinate, f"{COUNT} 个街道的全称之一")
    assert next(d for d in districts if d["name"] == "第02街道")["total"] == 0


@requires_office
@pytest.mark.slow
def test_master__of_61_units__one_table_computed_and_ranked_in_libreoffice(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from macros.calc.build import extension

    path, done = folder / "下发/考核总表.xlsm", folder / "考核总表.xlsx"
    table = openpyxl.load_workbook(path)["各单位"]
    # A rule for each cell, 3,000 of them, takes LibreOffice minutes to open; Excel takes 65,534 of them.
    assert len(table.data_validations.dataValidation) <= 2 * len(load_scheme("2025", SCHEMES).items)
    assert sum(len(rule.sqref.ranges) for rule in table.data_validations.dataValidation) > 10 * COUNT
    rows = list(table.iter_rows())
    heads = next({c.value: c.column_letter for c in row} for row in rows if row[0].value == "街道")
    at = {(row[0].value, row[6].value): row[0].row for row in rows if row[6].value}
    typed = {"第61街道": 12, "第03街道": 25}
    fill: dict[str, dict[str, list[Any]]] = {"各单位": {}}
    for name, count in typed.items():
        fill["各单位"][f"{heads['完成情况']}{at[name, 'G2.1']}"] = [count]
        fill["各单位"][f"{heads['当年任务量']}{at[name, 'T02.3']}"] = [2]  # the text asks so much of every unit
        fill["各单位"][f"{heads['完成情况']}{at[name, 'T02.3']}"] = [2]
    actions = [["consolidate", ""], ["explain", f"各单位.A{at['第61街道', 'G2.1']}"]]
    with Calc(tmp_path_factory.mktemp("calc"), extension()) as calc:
        said = calc.run("pressed", path=path, fill=fill, actions=actions, save=[done])["said"]
    assert said[0].startswith("汇总完成。第 1 名：第03街道")
    assert said[1].startswith("第61街道　G2 信息报送")
    shown = openpyxl.load_workbook(done, data_only=True)
    score = heads["得分"]
    assert [shown["各单位"][f"{score}{at[name, 'G2.1']}"].value for name in ("第61街道", "第03街道")] == [6, 10]
    totals = {row[0].value: row[4].value for row in shown["各单位"].iter_rows() if row[1].value == "总分"}
    ranked = {row[1].value: row[2].value for row in shown["排名"].iter_rows() if row[1].value in typed}
    assert {name: totals[name] for name in typed} == ranked
    assert ranked["第03街道"] - ranked["第61街道"] == 4
