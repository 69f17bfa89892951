"""`analyse` and `compare` as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests.support.years import call
from xladdin.results.consolidation import Consolidation
from xladdin.results.files import results_json


@pytest.fixture
def data(consolidation: Consolidation, tmp_path: Path) -> Path:
    path = tmp_path / "results.json"
    path.write_bytes(results_json(consolidation))
    return path


def test_compare__a_result_of_another_year__said_and_written(data: Path, tmp_path: Path) -> None:
    other, out = tmp_path / "2022.json", tmp_path / "年度比较.xlsx"
    told = json.loads(data.read_text(encoding="utf-8"))
    first = told["districts"][0]
    first["rank"] = 3
    other.write_text(json.dumps({**told, "scheme": "2022"}), encoding="utf-8")
    said = call("compare", other, data, "-o", out)
    assert said.code == 0
    assert f"{first['name']} 第 3 名 → 第 1 名（升 2 位）" in said.out
    assert openpyxl.load_workbook(out).sheetnames[0] == "名次和总分"


def test_compare__something_else__refused_and_nothing_written(data: Path, tmp_path: Path) -> None:
    other, out = tmp_path / "会议.json", tmp_path / "年度比较.xlsx"
    other.write_text("[]", encoding="utf-8")
    said = call("compare", other, data, "-o", out)
    assert (said.code, "不是 xladdin consolidate --json 写出的结果" in said.err) == (2, True)
    assert not out.exists()
    assert call("compare", data, data, "-o", data).code == 2


def test_compare__a_district_with_another_item__refused_and_named(data: Path, tmp_path: Path) -> None:
    other, out = tmp_path / "改过.json", tmp_path / "年度比较.xlsx"
    told = json.loads(data.read_text(encoding="utf-8"))
    told["districts"][4]["items"]["K99"] = told["districts"][4]["items"].pop("K01")
    for outline in (told["outline"], None):  # of an earlier program
        other.write_text(json.dumps({**told, "outline": outline}), encoding="utf-8")
        said = call("compare", data, other, "-o", out)
        assert (said.code, f"{told['districts'][4]['name']}的项目多 K99，缺 K01" in said.err) == (2, True)
    assert not out.exists()


@pytest.mark.slow
def test_analyse__of_returned_forms_and_of_results__each_what_it_can_say(
    data: Path, returned: Path, tmp_path: Path
) -> None:
    by_forms, by_results = tmp_path / "一.xlsx", tmp_path / "二.xlsx"
    said = call("analyse", returned, "-o", by_forms)
    assert (said.code, said.out.startswith("口径分析（内部资料）")) == (0, True)
    assert call("analyse", data, "-o", by_results).code == 0
    without = {"逐条口径", "口径组合", "组合明细", "结论图"}
    assert without & set(openpyxl.load_workbook(by_forms).sheetnames) == without
    assert not without & set(openpyxl.load_workbook(by_results).sheetnames)
    assert call("analyse", returned, "-o", next(returned.glob("*.xlsx"))).code == 2
