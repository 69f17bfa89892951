"""The functions called as Excel calls them: xlwings' own `call_udf`, converters and COM server, only Windows stood in for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import udfs
from tests.udfs.com import ERROR_CODES, MISSING
from tests.udfs.random_calls import Call, Generator
from tests.udfs.scored import COMPARED, scored
from udfs.catalogue import FUNCTIONS
from udfs.registration import UNEXPECTED

CALLS = 500

Classic = Callable[[Any], Any]

LEFT_OUT = {"missing": True}


def cells(*rows: Any) -> dict[str, Any]:
    """A range; a row given as a single value is a cell of a column."""
    return {"range": [row if isinstance(row, list) else [row] for row in rows]}


def value(single: Any) -> dict[str, Any]:
    """A value typed into the formula."""
    return {"value": single}


def array(*rows: list[Any]) -> dict[str, Any]:
    """An array constant."""
    return {"array": list(rows)}


N_A, DIV_0, SPILL = ERROR_CODES["#N/A"], ERROR_CODES["#DIV/0!"], ERROR_CODES["#SPILL!"]
NO_OPTIONS = [LEFT_OUT, LEFT_OUT]

# What stands in the formula, and what the cell has to show; a text that ends in … is the beginning.
SHOWN: list[tuple[str, list[dict[str, Any]], float | str]] = [
    ("FS_TOTAL", [{"areas": [[[1.0], [2.0]], [[4.0]]]}], "错误：得分是几块不相连的区域，请分别写出，应为…"),
    ("FS_RATIO", [cells(1.0), {"areas": [[[2.0]], [[2.0]]]}, *NO_OPTIONS], "错误：任务量是几块不相连的区域…"),
    ("FS_RATIO", [value(6.0), value(10.0), *NO_OPTIONS], 1.2),
    ("FS_RATIO", [cells(6.0), cells(10.0), *NO_OPTIONS], 1.2),
    ("FS_RATIO", [cells(6.0, 4.0), cells(10.0, 5.0), *NO_OPTIONS], 1.4),
    ("FS_RATIO", [cells([6.0, 4.0]), cells([10.0, 5.0]), *NO_OPTIONS], 1.4),
    ("FS_RATIO", [cells([6.0, 4.0], [None, 9.0]), cells([10.0, 5.0], [0.0, None]), *NO_OPTIONS], 1.4),
    ("FS_RATIO", [array([6.0], [4.0]), cells(10.0, 5.0), *NO_OPTIONS], 1.4),
    ("FS_RATIO", [cells(None, 4.0), cells(10.0, 5.0), *NO_OPTIONS], 0.8),
    ("FS_RATIO", [cells(None), cells(None), *NO_OPTIONS], "不适用"),
    ("FS_RATIO", [cells("不适用"), cells(0.0), *NO_OPTIONS], "不适用"),
    ("FS_RATIO", [cells(12.0), cells(10.0), *NO_OPTIONS], 2.0),
    ("FS_RATIO", [cells(12.0), cells(10.0), LEFT_OUT, value(False)], 2.4),
    ("FS_RATIO", [cells(5.0), cells(10.0), cells(3.0), LEFT_OUT], 1.5),
    ("FS_RATIO", [cells(1.0, 2.0), cells([1.0, 2.0]), *NO_OPTIONS], "错误：完成量为 2 行 1 列，任务量为 1 行 2 列…"),
    (
        "FS_RATIO",
        [cells(1.0, DIV_0), cells(1.0, 2.0), *NO_OPTIONS],
        "错误：完成量第 2 个是错误值 #DIV/0!，应为不小于 0…",
    ),
    ("FS_RATIO", [cells(1.0), cells(SPILL), *NO_OPTIONS], "错误：任务量是错误值 #SPILL!，应为不小于 0 的数字…"),
    ("FS_RATIO", [cells(5.0), cells({"date": "2023-05-17"}), *NO_OPTIONS], "错误：任务量是日期 2023-05-17，应为…"),
    ("FS_RATIO", [cells(5.0), cells(10.0), cells(None), LEFT_OUT], "错误：分值是空白，应为不小于 0 的数字"),
    ("FS_RATIO", [cells(5.0), cells(10.0), cells(""), LEFT_OUT], "错误：分值是空白，应为不小于 0 的数字"),
    ("FS_RATIO", [cells(5.0), cells(10.0), value(N_A), LEFT_OUT], "错误：分值是错误值 #N/A，应为不小于 0 的数字"),
    (
        "FS_RATIO",
        [cells(5.0), cells(10.0), cells({"date": "2023-05-17"}), LEFT_OUT],
        "错误：分值是日期 2023-05-17，应为…",
    ),
    ("FS_RATIO", [LEFT_OUT, cells(10.0), *NO_OPTIONS], 0.0),
    ("FS_RATIO", [value(DIV_0), cells(10.0), *NO_OPTIONS], "错误：完成量是错误值 #DIV/0!，应为不小于 0 的数字…"),
    ("FS_EXPERT", [cells(None, ""), LEFT_OUT, LEFT_OUT, LEFT_OUT], ""),
    ("FS_EXPERT", [cells([80.0, None, 90.0]), value(2.0), value(100.0), LEFT_OUT], 1.7),
    ("FS_EXPERT", [cells([0.0, 80.0, 80.0, 80.0, 100.0]), value(2.0), value(100.0), value(1.0)], 1.6),
    ("FS_RATING", [cells(2.2), *NO_OPTIONS], 2.2),
    ("FS_REFERENCE", [cells(92.0), *NO_OPTIONS], 1.84),
    ("FS_REFERENCE", [cells(None), *NO_OPTIONS], ""),
    ("FS_CHECKLIST", [cells("是", "×", None, True, 1.0), cells(1.0, 1.0, 0.5, 0.5, 0.5)], 2.0),
    ("FS_CHECKLIST", [cells(None, None), cells(1.0, 1.0)], ""),
    ("FS_CHECKLIST", [cells("是", N_A), cells(1.0, 1.0)], "错误：是否完成第 2 个是错误值 #N/A，应为是、√、TRUE、1…"),
    ("FS_CASES", [cells([1.5, 1.5, 1.5, 1.5, 1.5]), *NO_OPTIONS], 7.5),
    ("FS_CASES", [cells([1.0, 1.0, 1.0, 1.0, 1.0, 1.0]), *NO_OPTIONS], "错误：共有 6 项…"),
    ("FS_BRIEFS", [cells(6.0)], 2.5),
    ("FS_TIER", [cells(12.0), cells(5.0, 10.0, 20.0), array([1.0], [2.0], [3.0])], 2.0),
    ("FS_MEDIA", [cells(2.0), cells(None), *NO_OPTIONS], 1.0),
    ("FS_MEDIA", [cells(None), cells(None), *NO_OPTIONS], ""),
    ("FS_INSPECTION", [cells(3.0), cells(1.0), *NO_OPTIONS], 1.5),
    ("FS_TOTAL", [cells(1.4, None, "不适用"), value(2.0), LEFT_OUT], 3.4),
    (
        "FS_TOTAL",
        [cells(1.4, "错误：整改次数 2 不能大于被督查次数 1")],
        "错误：得分第 2 个是“错误：整改次数 2 不能大于被督查…",
    ),
    ("FS_TOTAL", [cells(1.4), cells(2.0, N_A)], "错误：得分（第 2 组）第 2 个是错误值 #N/A…"),
    ("FS_RANK", [cells(86.2), cells("总分", 90.1, 86.204, None, 77.0)], 2.0),
    ("FS_RANK", [cells(86.2), cells(90.1, DIV_0)], "错误：全部总分第 2 个是错误值 #DIV/0!，应为数字"),
    (
        "FS_EXPLAIN",
        [value("K02"), cells(4.0), cells(8.0), LEFT_OUT],
        "依据附件2第2项“当年完成量/当年任务量*100%”：“道路+”精品区域…",
    ),
    ("FS_POINTS", [cells("N1")], 7.5),
    ("FS_CLAUSE", [cells(None)], "错误：编号是空白，应为计分项的编号：K01–K34、N1、R1–R6、I1–I3"),
]


@pytest.fixture(scope="module")
def random_calls() -> list[Call]:
    return [call for f in FUNCTIONS for call in Generator(f"classic {f.name}").calls(f.name, CALLS)]


@pytest.fixture(scope="module")
def random_results(classic: Classic, random_calls: list[Call]) -> list[Any]:
    return list(classic([[call.name, call.arguments] for call in random_calls]))


def test_missing_argument__code__is_com_s() -> None:
    assert MISSING == 0x80020004 - 2**32


def test_calls__as_com_hands_them_over__show_what_they_should(classic: Classic) -> None:
    results = classic([[name, arguments] for name, arguments, _shown in SHOWN])
    wrong = []
    for (name, arguments, shown), result in zip(SHOWN, results, strict=True):
        right = result.startswith(shown[:-1]) if str(shown).endswith("…") else result == shown
        if not right or type(result) is not type(shown):
            wrong.append((name, arguments, shown, result))
    assert wrong == []


def test_calls__any_error_value__named_and_never_blank_or_zero(classic: Classic) -> None:
    ranges = [["FS_TOTAL", [cells(1.0, code)]] for code in ERROR_CODES.values()]
    texts = [f"错误：得分第 2 个是错误值 {text}，应为数字、空白或“不适用”" for text in ERROR_CODES]
    assert classic(ranges) == texts
    for kind in (cells, value):
        required = [["FS_RANK", [kind(code), cells(1.0, 2.0)]] for code in ERROR_CODES.values()]
        assert classic(required) == [f"错误：总分是错误值 {text}，应为数字" for text in ERROR_CODES]
        optional = [["FS_REFERENCE", [cells(1.0), kind(code), LEFT_OUT]] for code in ERROR_CODES.values()]
        assert classic(optional) == [f"错误：满分是错误值 {text}，应为不小于 0 的数字" for text in ERROR_CODES]


def test_calls__random__same_as_plain_functions(random_calls: list[Call], random_results: list[Any]) -> None:
    assert len(random_calls) == CALLS * len(FUNCTIONS)
    wrong = []
    for call, result in zip(random_calls, random_results, strict=True):
        plain = getattr(udfs, call.name)(*call.plain)
        if result != plain or type(result) is not type(plain):
            wrong.append((call, result, plain))
    assert wrong == []


@pytest.mark.parametrize("name", COMPARED)
def test_calls__random_clean_ones__equal_the_scoring(
    name: str, random_calls: list[Call], random_results: list[Any]
) -> None:
    pairs = [(c, r) for c, r in zip(random_calls, random_results, strict=True) if c.name == name and c.clean]
    assert len(pairs) == CALLS / 2
    assert [(c, r, s) for c, r in pairs if r != (s := scored(name, c.plain))] == []


@pytest.mark.parametrize("name", [f.name for f in FUNCTIONS])
def test_calls__random__numbers_and_errors_both_occur(
    name: str, random_calls: list[Call], random_results: list[Any]
) -> None:
    # A comparison says little about results that never come up.
    results = [r for c, r in zip(random_calls, random_results, strict=True) if c.name == name]
    errors = [r for r in results if str(r).startswith("错误：")]
    assert CALLS * 0.05 < len(errors) < CALLS * 0.9
    assert UNEXPECTED not in results
    assert all(isinstance(r, float | str) for r in results)
