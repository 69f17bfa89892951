"""金华: a scheme of one table for three units, from the workbook that a clerk typed to the ranking, by the product as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.jinhua import TITLE, write_jinhua
from tests.support.libreoffice import requires_office, run_office
from tests.support.years import call
from xladdin.scheme import Scheme
from xladdin.scheme.book.reading import read_scheme_book
from xladdin.scoring.examples import wrong_examples

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

REPORTED: Mapping[str, Mapping[str, Any]] = {
    "婺城区": {"Z1.1": "是", "Z1.2": "是", "Z1.3": "否"},
    "金东区": {"Z1.1": "是", "Z1.2": "是", "Z1.3": "是"},
    "金华开发区": {"Z1.1": "否", "Z1.2": "否", "Z1.3": "否"},
}
"""What the units fill in: whether each of three things is there."""

JUDGED: Mapping[str, Mapping[str, Any]] = {
    "婺城区": {
        "G1.1": 684, "G1.2": 1010, "G1.3": 10, "G2.1": 910, "G2.2": 1010, "G2.3": 10, "G3.1": 196, "G3.2": 189, "G3.3": 200,
        "G4.1": 3, "G4.2": 1, "G4.3": 0, "G4.4": 0, "Q1.1": 1, "Q1.2": 0, "Q1.3": 2, "Q1.4": 1, "Q2.1": 2,
    },
    "金东区": {
        "G1.1": 700, "G1.2": 1000, "G1.3": 0, "G2.1": 895, "G2.2": 1005, "G2.3": 5, "G3.1": 0, "G3.2": 0, "G3.3": 0,
        "G4.1": 0, "G4.2": 0, "G4.3": 0, "G4.4": 0, "Q1.1": 0, "Q1.2": 0, "Q1.3": 0, "Q1.4": 0, "Q2.1": 0,
    },
    "金华开发区": {
        "G1.1": 500, "G1.2": 1000, "G1.3": 0, "G2.1": 500, "G2.2": 1000, "G2.3": 0, "G3.1": 90, "G3.2": 80, "G3.3": 100,
        "G4.1": 0, "G4.2": 11, "G4.3": 0, "G4.4": 0, "Q1.1": 12, "Q1.2": 0, "Q1.3": 0, "Q1.4": 0, "Q2.1": 6,
    },
}  # fmt: skip
"""What the office fills in: counts of cases and of faults."""

BY_HAND = {
    # 684 ÷ 1000 = 68.4 %, 1.6 short of 70; 91 %; 98 % and 94.5 %: 10 − 1 − 0.25; 3 × 0.2 and 0.5; doubled 0.4 + 4 + 2 of 5
    "婺城区": {"Z1": 3, "G1": 48.4, "G2": 20, "G3": 8.75, "G4": 3.9, "Q1": 0, "Q2": 3},
    # 70 % is enough; 895 ÷ 1000 = 89.5 %, half a point short of 90; nothing urgent, nothing lost
    "金东区": {"Z1": 5, "G1": 50, "G2": 19.5, "G3": 10, "G4": 5, "Q1": 5, "Q2": 5},
    # 50 %: 20 points short of 70, 40 short of 90; 10 × 0.5 + 15 × 0.5 of 10; 11 × 0.5 of 5; 12 × 0.4 of 5; 6 of 5
    "金华开发区": {"Z1": 0, "G1": 30, "G2": 0, "G3": 0, "G4": 0, "Q1": 0.2, "Q2": 0},
}
TOTALS = {"金东区": (1, 99.5), "婺城区": (2, 87.05), "金华开发区": (3, 30.2)}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jinhua(tmp_path_factory.mktemp("金华") / "考核方案.xlsx")


@pytest.fixture(scope="module")
def scheme(book: Path) -> Scheme:
    return read_scheme_book(book).scheme


def typed(path: Path, values: Mapping[tuple[str, str], Any], head: str) -> None:
    """Type values into the yellow and grey cells of a workbook, by unit and 编号 ("" for a form's own unit)."""
    book = openpyxl.load_workbook(path)
    left = dict(values)
    for sheet in book:
        heads: dict[str, int] = {}
        for row in sheet.iter_rows():
            texts = {str(cell.value): cell.column - 1 for cell in row if cell.value is not None}
            if "编号" in texts and head in texts:
                heads = texts
            elif heads:
                unit = row[heads["区"]].value if "区" in heads else ""
                key = (str(unit), str(row[heads["编号"]].value))
                if key in left:
                    row[heads[head]].value = left.pop(key)
    assert left == {}
    book.save(path)


def test_check__as_typed__right_and_every_worked_example_as_by_hand(book: Path, scheme: Scheme) -> None:
    said = call("scheme", "check", book)
    assert (said.code, said.out.strip()) == (
        0,
        f"没有错误：{TITLE}，7 个计分项，共 100 分；3 个单位；6 个样例计算相符",
    )
    assert (scheme.annexes, scheme.indicators, len(scheme.sections)) == ((), (), 3)
    read = read_scheme_book(book)
    assert {e.item: e.score for e in read.examples} == {
        "G1": Decimal("48.4"), "G2": 20, "G3": Decimal("8.75"), "G4": Decimal("3.9"), "Q1": 0, "Z1": 3,
    }  # fmt: skip
    assert list(wrong_examples(read.scheme, read.examples)) == []


@pytest.mark.slow
def test_round__from_blank_forms_to_the_sealed_ranking__as_by_hand(book: Path, tmp_path: Path) -> None:
    folder = tmp_path / "考核"
    (folder / "回收").mkdir(parents=True)
    (folder / "考核方案.xlsx").write_bytes(book.read_bytes())
    said = call("targets", folder / "任务分解表.xlsx")
    assert (said.code, "没有按任务量计分的指标" in said.err) == (1, True), said
    assert call("templates", folder / "下发").code == 0
    for name, values in REPORTED.items():
        path = folder / "回收" / f"区填报表_{name}.xlsx"
        path.write_bytes((folder / "下发" / path.name).read_bytes())
        typed(path, {("", code): value for code, value in values.items()}, "完成情况")
    said = call("check", folder / "回收", "-o", tmp_path / "校验.xlsx")
    assert (said.code, "共 54 条：待评 54" in said.out) == (0, True), said  # what the office has to give
    said = call("evaluations", folder / "下发", "--returned", folder, "--round")
    assert (said.code, sorted(p.name for p in (folder / "下发").glob("*评*"))) == (0, ["市考核办评分表.xlsx"]), said
    path = folder / "回收/市考核办评分表.xlsx"
    path.write_bytes((folder / "下发" / path.name).read_bytes())
    office = {name: {**values, **JUDGED[name]} for name, values in REPORTED.items()}
    typed(path, {(name, code): value for name, own in office.items() for code, value in own.items()}, "评定")
    assert call("round", folder).code == 0
    said = call("consolidate", folder, "--round")
    assert said.code == 0, said
    sealed = folder / "结果/第1次"
    result = json.loads((sealed / "results.json").read_text(encoding="utf-8"))
    assert {d["name"]: {id_: i["score"] for id_, i in d["items"].items()} for d in result["districts"]} == BY_HAND
    assert {d["name"]: (d["rank"], d["total"]) for d in result["districts"]} == TOTALS
    said = call("explain", "婺城", "G1", sealed / "results.json")
    assert "按期结案数 684÷（1010-10）=68.4%，低于 70 1.6 个点×1，扣 1.6 分，50-1.6=48.4，得分 48.40" in said.out
    assert "市考核办评分表.xlsx" in said.out
    assert "一致" in call("verify", sealed).out
    said = call("documents", sealed / "results.json", "-o", folder / "文书")
    assert (said.code, "与结果一致" in said.out) == (0, True), said
    assert {p.name for p in (folder / "文书").glob("*.docx")} == {
        "通报.docx", *(f"单区反馈表_{name}.docx" for name in TOTALS)
    }  # fmt: skip
    assert call("analyse", folder, "-o", folder / "口径分析.xlsx").code == 0
    again = [sealed / "results.json"] * 2
    assert call("compare", *again, "-o", folder / "比较.xlsx").code == 0


@requires_office
@pytest.mark.slow
def test_forms__recalculated_by_libreoffice__as_by_hand(book: Path, tmp_path: Path) -> None:
    """The native formulas of a form in which everything is filled in, and what a returned one of the kind is scored."""
    assert call("templates", tmp_path / "下发", "--scheme", book).code == 0
    jobs = []
    for name in BY_HAND:
        path = tmp_path / "下发" / f"区填报表_{name}.xlsx"
        values = {**REPORTED[name], **JUDGED[name]}
        typed(path, {("", code): value for code, value in values.items()}, "完成情况")
        jobs.append({"open": path, "recalc": True, "save": [[tmp_path / "回收" / path.name, "xlsx"]]})
    assert [result["error"] for result in run_office(jobs)] == [None] * 3
    for name, scores in BY_HAND.items():
        cells = openpyxl.load_workbook(tmp_path / "回收" / f"区填报表_{name}.xlsx", data_only=True)["考核表"]
        heads = {cell.value: cell.column for cell in cells[4]}
        shown = {
            str(cells.cell(row, heads["编号"]).value).partition(".")[0]: cells.cell(row, heads["得分"]).value
            for row in range(5, cells.max_row + 1)
            if cells.cell(row, heads["得分"]).value is not None
        }
        total = shown.pop("None")
        assert (shown, total) == (scores, TOTALS[name][1])
    said = call(
        "consolidate", tmp_path / "回收", "-o", tmp_path / "a.xlsx", "--json", tmp_path / "a.json", "--scheme", book
    )
    assert said.code == 0, said  # what the files show is what their entries give
