"""The ribbon's buttons on 考核总表 of schemes that are workbooks beside it: 金华 with one table, and units too many for a sheet each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.macros.excel.test_ribbon import SCENARIOS, Simulated
from tests.results.test_units_table import COUNT, scheme_of
from tests.scheme.test_one_table import JUDGED, REPORTED, TOTALS, typed
from tests.support.jinhua import write_jinhua
from tests.support.years import call
from xladdin.scheme.book.writer import scheme_workbook
from xladdin.sending.sample import fill_samples

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")]


def imported_and_ranked(simulated: Simulated, folder: Path) -> tuple[dict[str, tuple[Any, Any]], list[str]]:
    """导入回收表 and 汇总排名 pressed on the folder's 考核总表: rank and total by unit, and what was said."""
    filled, done = folder / "导入" / "考核总表.xlsm", folder / "汇总" / "考核总表.xlsm"
    filled.parent.mkdir()
    done.parent.mkdir()
    result = simulated(
        f"{SCENARIOS}:import_and_consolidate",
        master=str(folder / "下发/考核总表.xlsm"),
        returned=str(folder / "回收"),
        filled=str(filled),
        done=str(done),
    )
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(done, data_only=True)["排名"].iter_rows()]
    return {row[1]: (row[0], row[2]) for row in rows if isinstance(row[2], int | float)}, result["said"]


def test_one_table__imported_and_ranked__as_by_hand(simulated: Simulated, tmp_path: Path) -> None:
    write_jinhua(tmp_path / "考核方案.xlsx")
    assert call("templates", tmp_path / "下发").code == 0
    (tmp_path / "回收").mkdir()
    for name in TOTALS:
        path = tmp_path / "回收" / f"区填报表_{name}.xlsx"
        path.write_bytes((tmp_path / "下发" / path.name).read_bytes())
        typed(path, {("", code): value for code, value in {**REPORTED[name], **JUDGED[name]}.items()}, "完成情况")
    ranked, said = imported_and_ranked(simulated, tmp_path)
    assert ranked == TOTALS, said


def test_61_units__imported_into_one_table_and_ranked__as_by_the_command_line(
    simulated: Simulated, tmp_path: Path
) -> None:
    scheme = scheme_of(COUNT)
    (tmp_path / "考核方案.xlsx").write_bytes(scheme_workbook(scheme, ()))
    assert call("templates", tmp_path / "下发").code == 0
    fill_samples(scheme, tmp_path / "下发", tmp_path / "回收")
    ranked, said = imported_and_ranked(simulated, tmp_path)
    out = tmp_path / "一.json"
    assert call("consolidate", tmp_path / "回收", "-o", tmp_path / "一.xlsx", "--json", out).code in (0, 1)
    districts = json.loads(out.read_text(encoding="utf-8"))["districts"]
    assert {name: (rank, total) for name, (rank, total) in ranked.items()} == {
        d["name"]: (d["rank"], d["total"]) for d in districts
    }, said
    assert f"已导入 {COUNT} 个街道" in said[0]
