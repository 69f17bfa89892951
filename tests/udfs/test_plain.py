"""The functions as plain Python functions: the contract's rules, and the four values blank, 0, 不适用 and error."""

from __future__ import annotations

import json
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

import pytest

import udfs
from udfs import registration
from udfs.catalogue import FUNCTIONS
from xladdin.scheme import load_scheme
from xladdin.scoring.items import score_item
from xladdin.scoring.totals import rank

SCHEME = load_scheme("2023")

BLANK = ""
NOT_APPLICABLE = "不适用"


def column(*cells: Any) -> list[list[Any]]:
    return [[cell] for cell in cells]


# Function, arguments, what the cell shows.
SHOWN: list[tuple[str, tuple[Any, ...], float | str]] = [
    # points × mean over cells with target > 0 of min(1, done/target)
    ("FS_RATIO", (6, 10), 1.2),
    ("FS_RATIO", (6.0, 10.0, 3), 1.8),
    ("FS_RATIO", (column(6, 4), column(10, 5)), 1.4),
    ("FS_RATIO", ([6, 4], [10, 5]), 1.4),
    ("FS_RATIO", ((6, 4), (10, 5)), 1.4),
    ("FS_RATIO", ([[6, 4], [1, 0]], [[10, 5], [1, 0]]), 1.6),
    ("FS_RATIO", (column(12, 4), column(10, 5)), 1.8),
    ("FS_RATIO", (column(12, 4), column(10, 5), 2, False), 2.0),
    ("FS_RATIO", (12, 10, 2, False), 2.4),
    ("FS_RATIO", (12, 10, 2, True), 2.0),
    ("FS_RATIO", (12, 10, 2, 0), 2.4),
    ("FS_RATIO", (column(8, None), column(10, None)), 1.6),
    ("FS_RATIO", (column(8, 3), column(10, 0)), 1.6),
    ("FS_RATIO", (column(8, NOT_APPLICABLE), column(10, None)), 1.6),
    ("FS_RATIO", (column(8, 3), column(10, NOT_APPLICABLE)), 1.6),
    ("FS_RATIO", (column(8, None), column(10, 10)), 0.8),
    ("FS_RATIO", (None, 10), 0.0),
    ("FS_RATIO", ("—", 10), 0.0),
    ("FS_RATIO", (0, 10), 0.0),
    ("FS_RATIO", (5, 0), NOT_APPLICABLE),
    ("FS_RATIO", (5, None), NOT_APPLICABLE),
    ("FS_RATIO", (column(None, None), column(None, 0)), NOT_APPLICABLE),
    # half-up at two decimals on 15 digits: 2 × 0.0025 = 0.005, and 0.1 + 0.2 is 0.3
    ("FS_RATIO", (1, 400), 0.01),
    ("FS_RATIO", (0.1 + 0.2, 0.3), 2.0),
    ("FS_RATIO", (Decimal("0.25"), Decimal(1)), 0.5),
    # mean of the non-blank scores ÷ full × points
    ("FS_EXPERT", (1.5,), 1.5),
    ("FS_EXPERT", (column(1, None, "", 2),), 1.5),
    ("FS_EXPERT", (column(80, 90), 2, 100), 1.7),
    ("FS_EXPERT", (column(2.5, 2), 3), 2.25),
    ("FS_EXPERT", (0,), 0.0),
    ("FS_EXPERT", (column(None, "", "—"),), BLANK),
    ("FS_EXPERT", (None,), BLANK),
    ("FS_EXPERT", (column(0, 1, 1, 1, 2), 2, 2, 1), 1.0),
    ("FS_EXPERT", (column(0, 0, 1, 1, 1), 2, 2, 0), 0.6),
    ("FS_EXPERT", (column(0, 1, 1, 2), 2, 2, 1), 1.0),
    ("FS_EXPERT", (column(0, 1, 1, 1), 2, 2, 1), 0.75),
    ("FS_RATING", (2.2,), 2.2),
    ("FS_RATING", (column(2, None, 2.5),), 2.25),
    ("FS_RATING", (88, 2.5, 100), 2.2),
    ("FS_RATING", (None,), BLANK),
    # score ÷ full × points
    ("FS_REFERENCE", (92,), 1.84),
    ("FS_REFERENCE", (60, 120), 1.0),
    ("FS_REFERENCE", (60, 120, 3), 1.5),
    ("FS_REFERENCE", (0,), 0.0),
    ("FS_REFERENCE", (None,), BLANK),
    ("FS_REFERENCE", ([[92]],), 1.84),
    # sum of the points whose flag is 是/√/TRUE/1
    ("FS_CHECKLIST", (column("是", "√", True, 1), column(1, 0.5, 0.25, 0.25)), 2.0),
    ("FS_CHECKLIST", (column("✔", "☑", "✓", "✘"), column(1, 0.5, 0.25, 0.25)), 1.75),
    ("FS_CHECKLIST", (column("否", "×", False, 0, None, "是"), column(1, 1, 1, 1, 1, 0.5)), 0.5),
    ("FS_CHECKLIST", (column("TRUE", "1", "FALSE", "0", " 是 ", "true"), column(1, 1, 1, 1, 1, 1)), 4.0),
    ("FS_CHECKLIST", (column("否", None), column(1, 1)), 0.0),
    ("FS_CHECKLIST", (column(None, ""), column(1, 1)), BLANK),
    ("FS_CHECKLIST", ("是", 3), 3.0),
    ("FS_CHECKLIST", (column("是", None), column(1, None)), 1.0),
    # sum of the cases
    ("FS_CASES", (column(1.5, 1.5, 1.5, 1.5, 1.5),), 7.5),
    ("FS_CASES", (column(1.2, None, 0),), 1.2),
    ("FS_CASES", ([1.2, 1.1],), 2.3),
    ("FS_CASES", (column(2, 2), 2, 2), 4.0),
    ("FS_CASES", (column(None, None),), BLANK),
    # the tiers of R5
    ("FS_BRIEFS", (0,), 0.0),
    ("FS_BRIEFS", (1,), 0.5),
    ("FS_BRIEFS", (2,), 1.0),
    ("FS_BRIEFS", (3,), 1.0),
    ("FS_BRIEFS", (4,), 1.5),
    ("FS_BRIEFS", (5,), 1.5),
    ("FS_BRIEFS", (6,), 2.5),
    ("FS_BRIEFS", (100,), 2.5),
    ("FS_BRIEFS", (None,), BLANK),
    # points of the highest threshold ≤ count, else 0
    ("FS_TIER", (4, [5, 10], [1, 2]), 0.0),
    ("FS_TIER", (5, [5, 10], [1, 2]), 1.0),
    ("FS_TIER", (9.9, [5, 10], [1, 2]), 1.0),
    ("FS_TIER", (10, column(10, 5), column(2, 1)), 2.0),
    ("FS_TIER", (None, [5, 10], [1, 2]), BLANK),
    # min(each·positive, cap) − min(each·negative, cap)
    ("FS_MEDIA", (3, 1), 1.0),
    ("FS_MEDIA", (9, 0), 2.5),
    ("FS_MEDIA", (0, 9), -2.5),
    ("FS_MEDIA", (9, 9), 0.0),
    ("FS_MEDIA", (9, 1), 2.0),
    ("FS_MEDIA", (3, None), 1.5),
    ("FS_MEDIA", (3, 1, 1), 1.5),
    ("FS_MEDIA", (3, 1, 1, 2), 1.0),
    ("FS_MEDIA", (None, None), BLANK),
    # within 0…points
    ("FS_INSPECTION", (0, 0), 2.5),
    ("FS_INSPECTION", (3, 0), 1.0),
    ("FS_INSPECTION", (3, 3), 2.5),
    ("FS_INSPECTION", (9, 1), 0.0),
    ("FS_INSPECTION", (2, None), 1.5),
    ("FS_INSPECTION", (2, 1, 3, 1), 2.0),
    ("FS_INSPECTION", (None, None), BLANK),
    ("FS_INSPECTION", (None, 0), BLANK),
    # sum of numbers, 2 decimals; blanks and 不适用 skipped
    ("FS_TOTAL", (column(1.4, 1.85, None, NOT_APPLICABLE, "", "—"),), 3.25),
    ("FS_TOTAL", (1.4, [1, 2], column(3, -2.5)), 4.9),
    ("FS_TOTAL", (0.1, 0.2), 0.3),
    ("FS_TOTAL", (1.005,), 1.01),
    ("FS_TOTAL", (column(None, NOT_APPLICABLE),), 0.0),
    # exact over more digits than decimals usually keep: just under half a hundredth
    ("FS_TOTAL", (column(9e11, 0.005, -1e-300, -9e11),), 0.0),
    # 1 + how many are greater at 2 decimals
    ("FS_RANK", (86.2, column(90.1, 86.2, 77)), 2.0),
    ("FS_RANK", (90.1, column(90.1, 90.1, 77)), 1.0),
    ("FS_RANK", (77, column(90.1, 90.1, 77)), 3.0),
    ("FS_RANK", (86.2, column(86.204, 86.2)), 1.0),
    ("FS_RANK", (86.2, column(86.205, 86.2)), 2.0),
    ("FS_RANK", (86.2, column("总分", 90, None, NOT_APPLICABLE, "未报送", True)), 2.0),
    ("FS_RANK", (-0.01, column(0, -0.005, -0.0149, -0.015, -0.004)), 3.0),
    # 金华: 70 % and more 50 points, less 1 for each point below; 90 %, 20; 98 % of 100 and 94.5 % of 95 at 0.5 a point
    ("FS_PERPOINT", (68.4, 70, 50), 48.4),
    ("FS_PERPOINT", (91, 90, 20), 20.0),
    ("FS_PERPOINT", (68.4, 70, 50, 1, 1, 0, True), 49.0),
    ("FS_PERPOINT", (68.4, 70, 50, 0.1, 0.1, 0, True), 48.4),  # 16 steps, not 15
    ("FS_PERPOINT", (column(684, 1010, 10), 70, 50, 1, 1, 2, True), 49.0),
    ("FS_PERPOINT", (column(98, 94.5), column(100, 95), 10, 0.5), 8.75),
    ("FS_PERPOINT", (column(98, None), column(100, 95), 10, 0.5), BLANK),
    ("FS_PERPOINT", (12, 2, 3, 0.4, -5), 2.2),
    ("FS_PERPOINT", (94, 90, 2, -0.3, -1), 1.2),  # a gain of 0.3 for each point above
    ("FS_PERPOINT", (99, 90, 2, -0.3, -1), 2.0),
    ("FS_PERPOINT", (10, 90, 2), 0.0),
    # Counts and what they are a percentage of: 684 ÷ (1010 − 10) = 68.4 %; 980 and 945 of 1000; nothing due, nothing lost
    ("FS_PERPOINT", (column(684, 1010, 10), 70, 50, 1, 1, 2), 48.4),
    ("FS_PERPOINT", (column(980, 945, 1000), column(100, 95), 10, 0.5, 1, 1), 8.75),
    ("FS_PERPOINT", (column(0, 3, 3), 70, 50, 1, 1, 2), 50.0),
    ("FS_PERPOINT", (column(684, None, 10), 70, 50, 1, 1, 2), BLANK),
    # 4 返工, one of them for the third time
    ("FS_DEDUCT", (column(3, 1), column(0.2, 0.5), None, 5), 3.9),
    ("FS_DEDUCT", (column(30, 1), column(0.2, 0.5), column(2, "—"), 5), 2.5),
    ("FS_DEDUCT", (column(30, None), column(0.2, 0.5), None, 5, 1), 1.0),
    ("FS_DEDUCT", (column(None, "—"), column(0.2, 0.5), None, 5), BLANK),
    ("FS_DEDUCT", (7, 1.5), 89.5),
    ("FS_LINEAR", (95, 90, 100, 4), 2.0),
    ("FS_LINEAR", (90, 90, 100, 4), 0.0),
    ("FS_LINEAR", (3, 5, 1, 10, 6), 8.0),  # the fewer the better
    ("FS_LINEAR", (None, 90, 100, 4), BLANK),
    ("FS_REACH", (8, 8, 4), 4.0),
    ("FS_REACH", (7.999, 8, 4), 0.0),
    ("FS_REACH", (-1, -2, 4), 4.0),
    ("FS_REACH", (2, 2, 4, True), 4.0),
    ("FS_REACH", (2.01, 2, 4, True), 0.0),
    ("FS_REACH", ("", 2, 4, True), BLANK),
    ("FS_REACH", ("", 8, 4), BLANK),
    ("FS_EFFICACY", (30, column(12, 30, 40), 10), 8.57),  # 60 + 40 × 18 / 28 = 85.714
    ("FS_EFFICACY", (30, column(12, 30, 40), 10, 50, 50), 8.21),  # 50 + 50 × 18 / 28 = 82.143
    ("FS_EFFICACY", (12, column(12, 30, 40), 10, 100, -40), 10.0),  # the fewer the better
    ("FS_EFFICACY", (-3.2, column(-3.2, None, 8), 10), 6.0),
    ("FS_EFFICACY", (30, column(30, "不适用"), 10), 10.0),
    ("FS_EFFICACY", (None, column(12, 30), 10), BLANK),
    ("FS_BYRANK", (30, column(12, 30, 40), 10), 9.5),
    ("FS_BYRANK", (12, column(12, 30, 40, 40), 10, 0.1), 7.0),
    ("FS_BYRANK", (12, column(12, 30, 40), 10, -0.05), 10.0),
    ("FS_BYRANK", (1, [1, 2, 3, 4], 10, 0.5), 0.0),
    ("FS_BYRANK", ("", column(12, 30), 10), BLANK),
    ("FS_WEIGHTED", (column(90, 80, 100), column(60, 20, 20), 100, 10), 9.0),
    ("FS_WEIGHTED", (column(90, 80), column(3, 1)), 87.5),
    ("FS_WEIGHTED", (column(90, None), column(3, 1)), BLANK),
    ("FS_GRADE", (95, column(60, 90, 80), column("合格", "优秀", "良好")), "优秀"),
    ("FS_GRADE", (89.995, column(60, 90, 80), column("合格", "优秀", "良好")), "优秀"),
    ("FS_GRADE", (89.994, column(60, 90, 80), column("合格", "优秀", "良好")), "良好"),
    ("FS_GRADE", (59.99, column(60, 90, 80), column("合格", "优秀", "良好")), ""),
    ("FS_GRADE", (None, column(60, 90), column("合格", "优秀")), ""),
    ("FS_POINTS", ("K01",), 2.0),
    ("FS_POINTS", ("N1",), 7.5),
    ("FS_POINTS", (" ｋ０１ ",), 2.0),
    ("FS_CLAUSE", ("I1",), "由市精细化办会同相关成员单位根据巡查情况综合评价, 满分 2.5 分。"),
    ("FS_CLAUSE", ("K02",), "完成 16 个“道路+”精品区域。评分方法：当年完成量/当年任务量*100%"),
]


@pytest.mark.parametrize(("name", "arguments", "shown"), SHOWN)
def test_function__good_arguments__shows(name: str, arguments: tuple[Any, ...], shown: float | str) -> None:
    result = getattr(udfs, name)(*arguments)
    assert result == shown
    assert type(result) is type(shown)


NOT_BELOW_0 = "应为不小于 0 的数字"


class Zone(tzinfo):
    """Not to be asked: COM's dates carry a time zone that looks things up in Windows."""


# Function, arguments, what is wrong, what is allowed.
REFUSED: list[tuple[str, tuple[Any, ...], str, str]] = [
    ("FS_RATIO", (-1, 10), "完成量是 -1", NOT_BELOW_0),
    ("FS_RATIO", (5, -10), "任务量是 -10", NOT_BELOW_0),
    ("FS_RATIO", ("五", 10), "完成量是文本“五”", NOT_BELOW_0),
    ("FS_RATIO", ("5", 10), "完成量是文本“5”", NOT_BELOW_0),
    ("FS_RATIO", (5, True), "任务量是逻辑值 TRUE", NOT_BELOW_0),
    ("FS_RATIO", (5, "#DIV/0!"), "任务量是错误值 #DIV/0!", NOT_BELOW_0),
    ("FS_RATIO", (5, "#N/A"), "任务量是错误值 #N/A", NOT_BELOW_0),
    ("FS_RATIO", (-2146826238, 5), "完成量是错误值 #CALC!", NOT_BELOW_0),
    ("FS_RATIO", (-2146826281, 5), "完成量是错误值 #DIV/0!", NOT_BELOW_0),
    ("FS_RATIO", (-2146826200, 5), "完成量是错误值，应为", NOT_BELOW_0),
    ("FS_RATIO", (datetime(2023, 5, 17), 5), "完成量是日期 2023-05-17", NOT_BELOW_0),
    ("FS_RATIO", (date(2023, 5, 17), 5), "完成量是日期 2023-05-17", NOT_BELOW_0),
    ("FS_RATIO", (datetime(2023, 5, 17, tzinfo=Zone()), 5), "完成量是日期 2023-05-17", NOT_BELOW_0),
    ("FS_RATIO", (float("nan"), 5), "完成量是超出范围的数", NOT_BELOW_0),
    ("FS_RATIO", (float("inf"), 5), "完成量是超出范围的数", NOT_BELOW_0),
    ("FS_RATIO", (1.1e12, 5), "完成量是超出范围的数", NOT_BELOW_0),
    ("FS_RATIO", (object(), 5), "完成量是无法识别的内容", NOT_BELOW_0),
    ("FS_RATIO", (column(1, "x"), column(1, 2)), "完成量第 2 个是文本“x”", NOT_BELOW_0),
    ("FS_RATIO", (NOT_APPLICABLE, 10), "任务量为 10", "完成量不能是“不适用”"),
    ("FS_RATIO", (column(1, 2), [1, 2]), "完成量为 2 行 1 列，任务量为 1 行 2 列", "两者应一样大"),
    ("FS_RATIO", (column(1, 2), 1), "完成量为 2 行 1 列，任务量为 1 行 1 列", "两者应一样大"),
    ("FS_RATIO", ([[1, 2], [1]], [[1, 2], [1]]), "完成量各行的长短不同", "应为一个整齐的区域"),
    ("FS_RATIO", (5, 10, -2), "分值是 -2", NOT_BELOW_0),
    ("FS_RATIO", (5, 10, [[None]]), "分值是空白", NOT_BELOW_0),
    ("FS_RATIO", (5, 10, [2, 2]), "分值应只有一格", "给了 2 格"),
    ("FS_RATIO", (5, 10, 2, "不"), "封顶是文本“不”", "应为 TRUE 或 FALSE"),
    ("FS_RATIO", (5, 10, 2, 2), "封顶是 2", "应为 TRUE 或 FALSE"),
    ("FS_RATIO", (5,), "缺少任务量", "FS_RATIO(done, target, [points], [cap])"),
    ("FS_RATIO", (5, 10, 2, True, 1), "参数多了", "FS_RATIO(done, target, [points], [cap])"),
    ("FS_EXPERT", (2.1,), " 2.1 ", "应在 0 到 2 之间"),
    ("FS_EXPERT", (column(90, 101), 2, 100), " 101 ", "应在 0 到 100 之间"),
    ("FS_EXPERT", (NOT_APPLICABLE,), "评分是“不适用”", NOT_BELOW_0),
    ("FS_EXPERT", (column(1, -1),), "评分第 2 个是 -1", NOT_BELOW_0),
    ("FS_EXPERT", (1, 2, 0), " 0 ", "应大于 0"),
    ("FS_EXPERT", (1, 2, 2, 2), "去极值是 2", "应为 0 或 1"),
    ("FS_EXPERT", (1, 2, 2, True), "去极值是逻辑值 TRUE", "应为 0 或 1"),
    ("FS_RATING", (2.6,), " 2.6 ", "应在 0 到 2.5 之间"),
    ("FS_REFERENCE", (120,), " 120 ", "应在 0 到 100 之间"),
    ("FS_REFERENCE", ("九十",), "原始分是文本“九十”", NOT_BELOW_0),
    ("FS_REFERENCE", ([90, 91],), "原始分应只有一格", "给了 2 格"),
    (
        "FS_CHECKLIST",
        (column("是", "有"), [[1], [1]]),
        "是否完成第 2 个是文本“有”",
        "应为是、√、TRUE、1 或 否、×、FALSE、0",
    ),
    ("FS_CHECKLIST", ("不适用", 1), "是否完成是“不适用”", "应为是、√、TRUE、1"),
    ("FS_CHECKLIST", (2, 1), "是否完成是 2", "应为是、√、TRUE、1"),
    ("FS_CHECKLIST", (column("是", "是"), column(1, None)), "各步分值第 2 个是空白", "应为这一步的分值"),
    ("FS_CHECKLIST", ("是", -1), "各步分值是 -1", NOT_BELOW_0),
    ("FS_CHECKLIST", (column("是", "否"), 1), "是否完成为 2 行 1 列", "两者应一样大"),
    ("FS_CASES", (column(1.2, 1.6),), " 1.6 ", "应在 0 到 1.5 之间"),
    ("FS_CASES", ([1, 1, 1, 1, 1, 1],), "6 项", "最多 5 项"),
    ("FS_CASES", (1, 1.5, 2.5), "最多项数是 2.5", "应为整数"),
    ("FS_BRIEFS", (2.5,), " 2.5 ", "应为不小于 0 的整数"),
    ("FS_BRIEFS", (-1,), "篇数是 -1", NOT_BELOW_0),
    ("FS_BRIEFS", ("6篇",), "篇数是文本“6篇”", NOT_BELOW_0),
    ("FS_BRIEFS", (column(1, 2),), "篇数应只有一格", "给了 2 格"),
    ("FS_TIER", (5, [5, 10], [1]), "档次为 1 行 2 列，分值为 1 行 1 列", "两者应一样大"),
    ("FS_TIER", (5, [5, None], [1, 2]), "档次第 2 个是空白", NOT_BELOW_0),
    ("FS_TIER", (-5, [5], [1]), "数量是 -5", NOT_BELOW_0),
    ("FS_MEDIA", (1.5, 0), " 1.5 ", "应为不小于 0 的整数"),
    ("FS_MEDIA", (1, -1), "曝光是 -1", NOT_BELOW_0),
    ("FS_MEDIA", (1, 1, "半"), "每项分值是文本“半”", NOT_BELOW_0),
    ("FS_INSPECTION", (1, 2), "整改次数 2", "不能大于被督查次数 1"),
    ("FS_INSPECTION", (None, 1), "整改次数 1", "被督查次数 0"),
    ("FS_INSPECTION", (1, "二"), "整改次数是文本“二”", NOT_BELOW_0),
    ("FS_TOTAL", (column(1, "错误：见校验"),), "得分第 2 个是“错误：见校验”", "应为数字、空白或“不适用”"),
    ("FS_TOTAL", (1, column(2, "#VALUE!")), "得分（第 2 组）第 2 个是错误值 #VALUE!", "应为数字、空白或“不适用”"),
    ("FS_TOTAL", (column(1, "待评"),), "得分第 2 个是文本“待评”", "应为数字、空白或“不适用”"),
    ("FS_TOTAL", (column(1, "2"),), "得分第 2 个是文本“2”", "应为数字、空白或“不适用”"),
    ("FS_TOTAL", (True,), "得分是逻辑值 TRUE", "应为数字、空白或“不适用”"),
    ("FS_TOTAL", (), "没有得分", "至少写一格或一个区域"),
    ("FS_RANK", (None, [1, 2]), "总分是空白", "应为数字"),
    ("FS_RANK", ("错误：见校验", [1, 2]), "总分是“错误：见校验”", "应为数字"),
    ("FS_RANK", (NOT_APPLICABLE, [1, 2]), "总分是“不适用”", "应为数字"),
    ("FS_RANK", (1, [1, "错误：见校验"]), "全部总分第 2 个是“错误：见校验”", "应为数字"),
    ("FS_RANK", (1, [1, "#REF!"]), "全部总分第 2 个是错误值 #REF!", "应为数字"),
    ("FS_RANK", (1, [1, "９５.5"]), "全部总分第 2 个是文本“９５.5”", "应为数字"),
    ("FS_DEDUCT", (1.5, 0.2), "第1类的次数 1.5", "应为不小于 0 的整数"),
    ("FS_DEDUCT", (column(1, -1), column(0.2, 0.2)), "次数第 2 个是 -1", NOT_BELOW_0),
    ("FS_DEDUCT", (column(1, 2), 0.2), "次数为 2 行 1 列", "两者应一样大"),
    ("FS_DEDUCT", (1, 0.2, None, 5, 6), "最低分 6", "不能大于分值 5"),
    ("FS_PERPOINT", ("九成", 90, 5), "数值是文本“九成”", NOT_BELOW_0),
    ("FS_PERPOINT", (80, 90, 5, 1, 0), "每档大小", "不能为 0"),
    ("FS_PERPOINT", (column(684, 670), 70, 50, 1, 1, 1), "第1个数 684", "不能大于基数 670"),
    ("FS_PERPOINT", (column(684, 670, 700.5), 70, 50, 1, 1, 2), "第3个数 700.5", "应为不小于 0 的整数"),
    ("FS_PERPOINT", (column(684, 670), 70, 50, 1, 1, 2), "数值有 2 格", "起点的 1 格加基数的 2 格"),
    ("FS_PERPOINT", (column(684, 670), 70, 50, 1, 1, 3), "基数格数是 3", "应为 0 或 1 或 2"),
    ("FS_PERPOINT", (column(80, 90), column(90, 90), 5, column(1, -1)), "每档分值", "应同为扣分或同为加分"),
    ("FS_PERPOINT", (80, 90, 5, column(1, 1)), "每档分值有 2 格", "应为 1 格"),
    ("FS_LINEAR", (1, 2, 2, 5), "上限与下限都是 2", "应不同"),
    ("FS_LINEAR", (1, 2, 3, 5, 6), "下限处的得分 6", "不能大于分值 5"),
    ("FS_REACH", ("多", 1, 5), "数值是文本“多”", "应为数字"),
    ("FS_REACH", (1, None, 5), "标准是空白", "应为数字"),
    ("FS_EFFICACY", (31, column(12, 30), 10), "数值 31", "不在全部单位的数值之内"),
    ("FS_EFFICACY", (12, column(12, 30), 10, 70, 40), "系数从 70 到 110", "应在 0 到 100 之间"),
    ("FS_EFFICACY", (12, column(12, "约30"), 10), "全部单位的数值第 2 个是文本“约30”", "应为数字"),
    ("FS_BYRANK", ("多", column(12, 30), 10), "数值是文本“多”", "应为数字"),
    ("FS_BYRANK", (30, column(12, 40), 10), "数值 30", "不在全部单位的数值之内"),
    ("FS_WEIGHTED", (column(120, 1), column(1, 1)), "评分 120", "应在 0 到 100 之间"),
    ("FS_WEIGHTED", (column(12, 1), column(0, 0)), "权重之和", "应大于 0"),
    ("FS_GRADE", (90, column(90, 80), "优"), "各档起点为 2 行 1 列", "两者应一样大"),
    ("FS_GRADE", (90, column(90, 80), column("优", 3)), "各档名称第 2 个是 3", "应为等次的名称"),
    ("FS_EXPLAIN", ("K01", 6, 10), "填报内容有 1 格", "K01 应为 2 格：K01.1 美丽街区、K01.2 高标准保洁区域（道路）"),
    ("FS_EXPLAIN", ("K02", 6), "K02 按完成率计分", "要写任务量"),
    ("FS_EXPLAIN", ("R5", 6, 10), "R5 不按完成率计分", "不要写任务量"),
    ("FS_EXPLAIN", ("K01", [6, 4], column(10, 5)), "填报内容为 1 行 2 列，任务量为 2 行 1 列", "两者应一样大"),
    ("FS_EXPLAIN", ("K02", "六", 10), "填报内容是文本“六”", NOT_BELOW_0),
    ("FS_EXPLAIN", ("K10", [1, 1, 1, 1, 0.45], [1, 1, 1, 1, 50]), "填报内容第 5 个是 0.45", "45% 填 45"),
    (
        "FS_EXPLAIN",
        ("K10", [1, 1, 1, 1, 45], [1, 1, 1, 1, 500]),
        "任务量第 5 个是 500",
        "应为 0，或大于 1、不超过 100 的数字",
    ),
    ("FS_EXPLAIN", ("I3", [1, 2]), "整改次数 2 不能大于被督查次数 1", "得分 错误"),
    ("FS_EXPLAIN", ("R2", 4), "评分 4 应在 0 到 3 之间", "得分 错误"),
    ("FS_EXPLAIN", ("R1", ["是", "有", 1, 0, None]), "填报内容第 2 个是文本“有”", "应为是、√、TRUE、1"),
    ("FS_EXPLAIN", ("K99", 1), "编号是文本“K99”", "K01–K34、N1、R1–R6、I1–I3"),
    ("FS_POINTS", ("K99",), "编号是文本“K99”", "K01–K34、N1、R1–R6、I1–I3"),
    ("FS_POINTS", (1,), "编号是 1", "K01–K34、N1、R1–R6、I1–I3"),
    ("FS_POINTS", (["K01", "K02"],), "编号应只有一格", "给了 2 格"),
    ("FS_CLAUSE", (None,), "编号是空白", "K01–K34、N1、R1–R6、I1–I3"),
    ("FS_CLAUSE", ("#N/A",), "编号是错误值 #N/A", "K01–K34、N1、R1–R6、I1–I3"),
]


@pytest.mark.parametrize(("name", "arguments", "wrong", "allowed"), REFUSED)
def test_function__bad_arguments__says_what_is_wrong_and_what_is_allowed(
    name: str, arguments: tuple[Any, ...], wrong: str, allowed: str
) -> None:
    result = getattr(udfs, name)(*arguments)
    assert isinstance(result, str)
    assert result.startswith("错误：")
    assert wrong in result
    assert allowed in result


SOME: dict[str, tuple[Any, ...]] = {
    "FS_RATIO": (5, 10),
    "FS_EXPERT": (1,),
    "FS_RATING": (1,),
    "FS_REFERENCE": (90,),
    "FS_CHECKLIST": ("是", 1),
    "FS_CASES": (1,),
    "FS_BRIEFS": (1,),
    "FS_TIER": (5, 5, 1),
    "FS_MEDIA": (1, 0),
    "FS_INSPECTION": (1, 0),
    "FS_TOTAL": (1,),
    "FS_DEDUCT": (1, 0.2),
    "FS_PERPOINT": (80, 90, 20),
    "FS_LINEAR": (95, 90, 100, 4),
    "FS_REACH": (8, 8, 4),
    "FS_EFFICACY": (30, 30, 10),
    "FS_BYRANK": (30, 30, 10),
    "FS_WEIGHTED": (90, 1),
    "FS_GRADE": (90, 80, "良好"),
    "FS_RANK": (1, 1),
    "FS_EXPLAIN": ("R5", 1),
    "FS_POINTS": ("K01",),
    "FS_CLAUSE": ("K01",),
}


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("bad", ["#N/A", "错误：见校验", -2146826281, {"a": 1}, [[[1]]], b"1"], ids=str)
def test_function__any_argument_in_error__gives_an_error(name: str, bad: Any) -> None:
    for position in range(len(SOME[name])):
        arguments = list(SOME[name])
        arguments[position] = bad
        result = getattr(udfs, name)(*arguments)
        assert str(result).startswith("错误："), (position, result)
        assert result != registration.UNEXPECTED


def test_function__unforeseen_fault__told_without_technical_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("udfs.scores.ratio", broken)
    result = udfs.FS_RATIO(1, 2)
    assert result == registration.UNEXPECTED
    assert str(result).startswith("错误：")
    assert "ZeroDivisionError" in caplog.text


def test_functions__all__leave_their_arguments_alone() -> None:
    done, target = [[6.0], [None]], [[10.0], [5.0]]
    before = json.dumps([done, target])
    udfs.FS_RATIO(done, target)
    assert json.dumps([done, target]) == before


# --- Explanations and ranks against the scoring ---------------------------------------------------------------------


def test_explain__every_item_blank__is_the_scoring_s_own_sentence() -> None:
    for item in SCHEME.items.values():
        blank = column(*[None] * len(item.inputs))
        result = udfs.FS_EXPLAIN(item.id, blank, blank if item.method == "ratio" else None)
        assert result == score_item(item, {}, SCHEME.default_policies).explain
        assert item.where in str(result)


@pytest.mark.parametrize(
    ("arguments", "ending"),
    [
        (("K01", column(6, 4), column(10, 5)), "得分 1.40"),
        (("K02", 4, 0), "得分 不适用"),
        (("N1", [1.5, 1]), "得分 2.50"),
        (("R1", column("是", True, 0, None, "×")), "得分 1.50"),
        (("R5", 6), "得分 2.50"),
        (("R6", [0, 9]), "得分 -2.50"),
        (("I1", None), "得分 暂缺"),
        (("I3", [3, 1]), "得分 1.50"),
        (("K14", 92, [[None]]), "得分 1.84"),
    ],
)
def test_explain__item__quotes_its_clause_and_ends_in_the_score(arguments: tuple[Any, ...], ending: str) -> None:
    result = str(udfs.FS_EXPLAIN(*arguments))
    item = SCHEME.items[arguments[0]]
    assert result.startswith(f"依据{item.where}“")
    assert " ".join(item.method_text.split()) in result
    assert result.endswith(ending)


def test_explain__scored_items__end_in_what_the_item_s_function_gives() -> None:
    assert str(udfs.FS_EXPLAIN("K01", column(6, 4), column(10, 5))).endswith(f"{udfs.FS_RATIO([6, 4], [10, 5]):.2f}")
    assert str(udfs.FS_EXPLAIN("K11", 1.7)).endswith(f"{udfs.FS_EXPERT(1.7):.2f}")
    assert str(udfs.FS_EXPLAIN("I1", 2.2)).endswith(f"{udfs.FS_RATING(2.2):.2f}")
    assert str(udfs.FS_EXPLAIN("K14", 92)).endswith(f"{udfs.FS_REFERENCE(92):.2f}")


def test_points_and_clause__every_item__as_in_the_scheme() -> None:
    assert {id_: udfs.FS_POINTS(id_) for id_ in SCHEME.items} == {i.id: float(i.points) for i in SCHEME.items.values()}
    assert {id_: udfs.FS_CLAUSE(id_) for id_ in SCHEME.items} == {i.id: i.clause for i in SCHEME.items.values()}
    assert udfs.FS_TOTAL([udfs.FS_POINTS(id_) for id_ in SCHEME.items]) == float(SCHEME.points)


def test_rank__16_totals__as_the_scoring_ranks() -> None:
    totals = [90.12, 88, 88, 93.5, 70.004, 70, 70.005, 0, 100, 55.5, 55.5, 55.5, 61, 62, 63, 64]
    expected = rank([(Decimal(str(t)).quantize(Decimal("0.01"), "ROUND_HALF_UP"),) for t in totals])
    assert [udfs.FS_RANK(t, column(*totals)) for t in totals] == expected


def test_functions__all__have_a_good_call_here() -> None:
    assert SOME.keys() == {f.name for f in FUNCTIONS}
    assert {name for name, *_ in SHOWN} | {"FS_EXPLAIN"} == SOME.keys() == {name for name, *_ in REFUSED}
    assert not any(str(getattr(udfs, name)(*arguments)).startswith("错误") for name, arguments in SOME.items())
