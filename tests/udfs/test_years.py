"""What a cell looks up in Excel is answered by the scheme that its workbook is stamped with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.years import OTHERS, ROOT, SCHEMES, data_with, product_with
from udfs import defaults, lookups
from udfs.workbook import Workbook
from xladdin.scheme import load as loading
from xladdin.scheme import load_scheme
from xladdin.scheme.book.writer import scheme_workbook

ASK = """
import json, sys
from macros.windows import standins
standins.install()
from xlwings.udfs import call_udf
from pathlib import Path
from tests.udfs.com import MISSING, excel_range
from xladdin.scheme import load
load.DATA = Path(load.__file__).with_name("data")  # all years, which `tests` may have put out of sight

def ask(name, version, *arguments):
    caller = excel_range([[None]], version=version)
    return call_udf("udfs", name, (*arguments, caller), None, caller)[0][0]

print(json.dumps({
    version: [
        ask("FS_POINTS", version, "K35"),
        ask("FS_CLAUSE", version, "R5"),
        ask("FS_EXPLAIN", version, "R5", 6.0, MISSING, MISSING),
    ]
    for version in ("2023", "2024", "", "1999")
}))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """By the year of the workbook, as Excel calls the functions of a product that has three years."""
    pytest.importorskip("xlwings")
    product = product_with(tmp_path_factory.mktemp("product"), *OTHERS)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.fspath, (product, ROOT)))}
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(
        command, cwd=product, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_lookups__in_excel__by_the_year_of_the_workbook(answers: dict[str, Any]) -> None:
    points, clause, explained = answers["2023"]
    assert points.startswith("错误：编号是文本“K35”，应为计分项的编号：K01–K34")
    assert "6 篇以上的，计 2.5 分" in clause
    assert explained.endswith("得分 2.50")
    points, clause, explained = answers["2024"]
    assert points == 2.0
    assert "8 篇以上的，计 2.5 分" in clause
    assert explained.endswith("得分 1.50")


def test_lookups__in_excel__without_a_stamp_or_of_a_year_not_at_hand__by_the_newest(answers: dict[str, Any]) -> None:
    assert answers[""] == answers["1999"]
    assert answers[""][0].endswith("应为计分项的编号：T01–T04、G1–G3、D1–D6")


def test_lookups__in_python__by_the_newest_and_by_the_workbook_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "DATA", data_with(tmp_path, *OTHERS))
    assert lookups.FS_POINTS("T01") == 12.0
    assert lookups.FS_POINTS("K35", Workbook(lambda: "2024")) == 2.0
    assert lookups.FS_POINTS("T01") == 12.0  # the workbook is forgotten with its call
    assert lookups.FS_POINTS("K01", Workbook(lambda: "2023"), 1).startswith("错误：参数多了")


def test_lookups__a_workbook_in_an_assessment_folder__by_the_folders_own_scheme(tmp_path: Path) -> None:
    (tmp_path / "考核方案.xlsx").write_bytes(scheme_workbook(load_scheme("2026", SCHEMES), ()))
    book = Workbook(lambda: "2023", lambda: str(tmp_path / "模板/考核总表.xlsm"))
    assert lookups.FS_POINTS("E2", book) == 16.0
    explained = lookups.FS_EXPLAIN("E2", 30.0, [[12.0], [30.0], [None]], book)
    assert "尚缺 1 个单位的数据" in explained and explained.endswith("得分 16.00")
    # Named, they are known again: whose the lowest and the highest are, who is missing, and the group they are compared in.
    names = [["江南区"], ["江北区"], ["高新区"]]
    explained = lookups.FS_EXPLAIN("E2", 30.0, [[12.0], [30.0], [None]], names, book)
    assert "尚缺 1 个单位（高新区）的数据" in explained
    assert "最小 12（江南区）、最大 30（江北区）" in explained and explained.endswith("得分 16.00")
    in_group = lookups.FS_EXPLAIN("E4", 0.3, [[0.3], [0.5], [0.4]], names, book)
    assert "市区组 3 个单位" in in_group, in_group
    assert lookups.FS_EXPLAIN("E2", 30.0, [[12.0], [30.0]], names, book).startswith(
        "错误：任务量为 2 行 1 列，单位名称为 3 行"
    )
    assert "不要写单位名称" in lookups.FS_EXPLAIN("S1", [[90.0]] * 3, None, names, book)
    below_zero = lookups.FS_EXPLAIN("E3", -3.2, [[-3.2], [0.4]], book)
    assert "列第 2 位" in below_zero and below_zero.endswith("得分 11.40")
    assert lookups.FS_POINTS("E2", Workbook(lambda: "2023")).startswith("错误：编号是文本“E2”")
    (tmp_path / "考核方案.xlsx").write_bytes(b"PK")
    assert lookups.FS_POINTS("E2", book).startswith("错误：考核方案.xlsx不能用，请先检查方案")


def test_lookups__one_year_at_hand__the_workbook_is_not_asked() -> None:
    def never() -> str:
        raise AssertionError

    assert lookups.FS_POINTS("K01", Workbook(never)) == 2.0
    assert defaults.scheme().source.version == "2023"
