"""考核总表 of 金华, whose scheme is a workbook beside it: LibreOffice with the extension computes it, and ranks by the menu."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.macros.calc.session import Calc
from tests.scheme.test_one_table import BY_HAND, JUDGED, REPORTED, TOTALS
from tests.support.jinhua import write_jinhua
from tests.support.libreoffice import requires_office
from tests.support.years import call

pytestmark = [requires_office, pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")]


@pytest.mark.slow
def test_master__filled_in_and_ranked__as_by_hand(calc: Calc, tmp_path: Path) -> None:
    folder = tmp_path / "考核"
    folder.mkdir()
    write_jinhua(folder / "考核方案.xlsx")
    assert call("templates", folder / "下发").code == 0
    path, done = folder / "下发/考核总表.xlsm", folder / "考核总表.xlsx"
    book = openpyxl.load_workbook(path)
    fill: dict[str, dict[str, list[Any]]] = {}
    for name in BY_HAND:
        rows = list(book[name].iter_rows())
        heads = next({c.value: c.column_letter for c in row} for row in rows if row[0].value == "项目")
        codes = {cell.value: cell.row for row in rows for cell in row if cell.column_letter == heads["编号"]}
        values = {**REPORTED[name], **JUDGED[name]}
        fill[name] = {f"{heads['完成情况']}{codes[code]}": [value] for code, value in values.items()}
    actions = [["consolidate", ""], ["explain", f"婺城区.A{codes['G1.1']}"]]
    said = calc.run("pressed", path=path, fill=fill, actions=actions, save=[done])["said"]
    assert said[0].startswith("汇总完成。第 1 名：金东区")
    assert "684÷（1010-10）=68.4%" in said[1]
    shown = openpyxl.load_workbook(done, data_only=True)
    for name, scores in BY_HAND.items():
        cells = [[cell.value for cell in row] for row in shown[name].iter_rows()]
        head = next(row for row in cells if row[0] == "项目")
        own = {row[0]: row[head.index("得分")] for row in cells if row[0] in scores}
        total = next(row[head.index("得分")] for row in cells if row[0] == "总分")
        assert (own, total) == (scores, TOTALS[name][1]), name
    ranking = [[cell.value for cell in row] for row in shown["排名"].iter_rows()]
    assert {row[1]: (row[0], row[2]) for row in ranking if row[1] in TOTALS} == TOTALS
