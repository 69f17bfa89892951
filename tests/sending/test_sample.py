"""Sample data in forms that were issued with 任务量."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.years import call


@pytest.mark.slow
def test_sample__of_forms_issued_by_a_table__keeps_to_the_issued_amounts(tmp_path: Path) -> None:
    """The blank table has what the text sets for every district; the rest is left to the districts."""
    assert call("targets", tmp_path / "任务分解表.xlsx").code == 0
    call("templates", tmp_path / "下发", "--targets", tmp_path / "任务分解表.xlsx")
    call("sample", tmp_path / "下发", tmp_path / "回收")
    said = call("check", tmp_path / "回收", "-o", tmp_path / "校验结果.xlsx")
    assert said.out.count("[错误]") == 1, said.out  # a word in place of a number, as in every sample
    assert "“已完成”" in said.out
