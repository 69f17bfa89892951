"""The simulated Excel: what other tests rely on, on workbooks and an add-in made for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Simulated = Callable[..., Any]

SCENARIOS = "tests.macros.excel.simulated.scenarios"


def test_cells__written_through_xlwings__kept_computed_and_saved(simulated: Simulated, tmp_path: Path) -> None:
    found = simulated(f"{SCENARIOS}:cells", folder=str(tmp_path))
    # As Excel gives a block that reaches beyond what is used: whole, and numbers as doubles.
    assert found["read"] == [[1.0, "文", None], [True, 2.5, None], [None, None, None]]
    assert found["mixed"] is None
    assert found["has_formula"] == [None, True, False]
    assert found["computed"] == [[3.5, "#DIV/0!"], ["文", "x"]]
    assert found["date"] == "2023-05-17T00:00:00"
    assert found["shown"] == "2.50"
    assert found["saved"] == [1, "0.00", "=A1+B2"]
    assert found["ours"] == [
        "Formula(text='A1+B2', result=3.5)",
        "Formula(text='1/0', result=CellError(text='#DIV/0!'))",
    ]
    assert found["opened"] == ["saved.xlsx", 1.0, ["Book1", "saved.xlsx"], "saved.xlsx"]
    assert "1004" in found["refused"]


def test_functions__in_cells__computed_by_our_python_and_again_after_an_edit(
    simulated: Simulated, tmp_path: Path
) -> None:
    found = simulated(f"{SCENARIOS}:functions", folder=str(tmp_path))
    assert found["before"][:4] == [1.5, 3.0, 5.5, 1.0]
    assert found["before"][4].startswith("错误：")
    assert found["before"][5].startswith("错误：")
    assert found["after"][:3] == [2.0, 4.0, 7.0]
    assert found["without"] == "#NAME?"
    assert found["started"] == 1


def test_buttons__pressed__run_through_the_files_macros(simulated: Simulated, tmp_path: Path) -> None:
    found = simulated(f"{SCENARIOS}:buttons", folder=str(tmp_path))
    assert found["unread"] == {}
    assert found["buttons"] == ["write_sheet", "fail", "ask"]
    assert found["table"] == [["区", "得分"], ["黄浦区", 1.5], ["静安区", None]]
    assert (found["fill"], found["format"]) == (255, "0.00")
    assert (found["writes"], found["written"]) == (1, ["结果!A1:B3"])
    assert found["status_bar"] == ["写出中", False]
    assert found["messages"] == [
        ["MsgBox", "先打开", "Microsoft Excel"],
        ["alert", "完成", "写出"],
        ["Popup", "Unexpected Python Error: Traceback (most recent call last):", "Error"],
    ]
    assert "ValueError: 坏了" in found["last"]
    assert found["run"] == []


def test_questions__answers_prepared__given_and_their_lack_seen(simulated: Simulated, tmp_path: Path) -> None:
    found = simulated(f"{SCENARIOS}:answers", folder=str(tmp_path))
    assert found["polls"] == 3
    assert found["texts"] == ["继续吗？", "yes /tmp", "继续吗？", "no 没有选"]
    assert found["dialogs"] == [["folder", "选择文件夹", ["/tmp"]], ["folder", "选择文件夹", []]]
    assert found["unanswered"] == "alert ('yes', 'no'): 继续吗？"


def test_com__late_bound__as_pywin32_has_it(simulated: Simulated) -> None:
    found = simulated(f"{SCENARIOS}:com")
    assert found["offset"] == ["B2", "$C$3"]
    assert found["rows"] == [3, "A2:B2"]
    assert found["international"] == ","
    assert found["conditions"] == [1, 0]
    assert found["page_setup"] == [2, [2]]
    assert found["wrong"] == ["ComError", "NotSimulated", "NotSimulated", "AttributeError"]
    assert found["kinds"] == ["call", "get", "set"]


def test_files__opened__links_shown_and_events_told(simulated: Simulated, tmp_path: Path) -> None:
    found = simulated(f"{SCENARIOS}:files", folder=str(tmp_path))
    assert found["formula"] == "='D:\\old\\Small.xlam'!FS_RATIO(A1,B1)"
    assert found["stored"] == "#NAME?"  # openpyxl stores no values
    assert found["sources"] == ["D:\\old\\Small.xlam"]
    assert (found["unresolved"], found["repaired"]) == ("#NAME?", 1.0)
    assert found["broken"] == ["#NAME?", None]
    assert found["told"] == ["opened linked.xlsx", "opened quiet.xlsx"]
    assert found["addin"] == ["Small.xlam", 2]
