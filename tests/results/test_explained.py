"""explain: the names that people use, and what is said of a score, a section and the total."""

from __future__ import annotations

from typing import Any

import pytest

from xladdin.issues import WrongCall
from xladdin.results.explained import explained
from xladdin.scheme import Scheme

DIGEST = "ab" * 32


def source(code: str, column: str, typed: str, cell: str, unused: str = "") -> dict[str, str]:
    place = {"file": "评分表.xlsx", "sheet": "简讯", "cell": cell, "sha256": DIGEST}
    return {"code": code, "column": column, "typed": typed, "unused": unused, **place}


def item(score: float | None, status: str = "scored", points: float = 2, **more: object) -> dict[str, object]:
    return {"score": score, "status": status, "points": points, "explain": f"得分 {score}", "sources": [], **more}


LISTED = item(
    0.5,
    points=2.5,
    sources=[
        source("R5.1", "完成情况", "6", "I24", "区报，采用评价值"),
        source("R5.1", "完成情况（市精细化办）", "清单计 1 篇", ""),
    ],
    beside=[
        source("R5.1", "简讯", "第一篇", "C4"),
        source("R5.1", "简讯", "又一篇", "C5", "不计：同区同题，前面已计一次"),
    ],
)
FOUND = {"code": "M01", "level": "缺项", "district": "静安区", "file": "静.xlsx", "sheet": "附件1", "cell": "I11"}
FOUND |= {"item": "K03.1", "found": "未填", "expected": "数字", "remedy": "请填写"}


@pytest.fixture
def data() -> dict[str, Any]:
    items = {"K01": item(1.5), "K02": item(None, "not_applicable"), "K03": item(None, "missing"), "R5": LISTED}
    sections = {"1": 25.5, "2": 0.0, "3": 0.5, "4": 0.0}  # 68 × 1.5 ÷ 4
    district = {"rank": 2, "total": 26.0, "provisional": True, "sections": sections, "items": items}
    names = ("浦东新区", "静安区", "黄浦区")
    return {"districts": [{"name": name, **district} for name in names], "issues": [FOUND]}


def test_explained__total_and_section__add_up(scheme: Scheme, data: dict[str, Any]) -> None:
    missing = "[缺项] 静安区 静.xlsx 附件1 I11：未填；应为：数字；办法：请填写"
    assert list(explained(scheme, data, "静安", "总分")) == [
        "静安区　总分（100 分），第 2 名（暂定），共 3 个区",
        *(
            "  重点工作　25.50（68 分）",
            "  特色创新　0.00（7.5 分）",
            "  常规工作　0.50（17 分）",
            "  巡查检查　0.00（7.5 分）",
        ),
        "25.50＋0.00＋0.50＋0.00，得分 26.00",
        missing,
    ]
    assert list(explained(scheme, data, "静安区", "第一部分")) == [
        "静安区　重点工作（68 分）",
        "  K01 美丽街区　1.50（2 分）",
        "  K02 “道路+”精品区域　不适用（2 分）",
        "  K03 架空线入地　0.00（缺，2 分）",
        "1 项不适用：68×适用各项得分合计 1.5÷适用各项分值合计 4，得分 25.50",
        missing,
    ]


def test_explained__list__its_rows_with_titles_and_what_does_not_count(scheme: Scheme, data: dict[str, Any]) -> None:
    assert list(explained(scheme, data, "黄浦", "简讯")) == [
        "黄浦区　R5 简讯（2.5 分）",
        "得分 0.5",
        "  R5.1 报送简讯资料 完成情况（市精细化办）：“清单计 1 篇”  评分表.xlsx 简讯",
        "  R5.1 报送简讯资料 简讯：“第一篇”  评分表.xlsx 简讯!C4",
        "没有采用：",
        "  R5.1 报送简讯资料 完成情况：“6”  评分表.xlsx 简讯!I24（区报，采用评价值）",
        "  R5.1 报送简讯资料 简讯：“又一篇”  评分表.xlsx 简讯!C5（不计：同区同题，前面已计一次）",
        f"文件 评分表.xlsx  SHA-256 {DIGEST}",
    ]


def test_explained__reported_value_under_a_judged_one__among_what_does_not_count(
    scheme: Scheme, data: dict[str, Any]
) -> None:
    reported = source("K01.1", "完成情况", "9", "I5", "区报，采用评价值")
    judged = source("K01.1", "完成情况（市水务局）", "8", "")
    data["districts"][1]["items"]["K01"] = item(1.5, sources=[reported, judged])
    assert list(explained(scheme, data, "静安", "K01"))[2:5] == [
        "  K01.1 美丽街区 完成情况（市水务局）：“8”  评分表.xlsx 简讯",
        "没有采用：",
        "  K01.1 美丽街区 完成情况：“9”  评分表.xlsx 简讯!I5（区报，采用评价值）",
    ]


@pytest.mark.parametrize(
    ("district", "asked", "first"),
    [
        ("黄浦", "美丽街区", "黄浦区　K01 美丽街区（2 分）"),
        ("浦东", "高标准保洁", "浦东新区　K01 美丽街区（2 分）"),
        ("静安区", "ｋ０１", "静安区　K01 美丽街区（2 分）"),
        ("静安", "架空线", "静安区　K03 架空线入地（2 分）"),  # both of its indicators are called so too
        ("静安", "K01.2", "静安区　K01 美丽街区（2 分）"),
        ("静安", "道路+", "静安区　K02 “道路+”精品区域（2 分）"),
        ("静安", "重点工作", "静安区　重点工作（68 分）"),
        ("静安", "第3部分", "静安区　常规工作（17 分）"),
        ("静安", "（四）", "静安区　巡查检查（7.5 分）"),
    ],
)
def test_explained__names_that_people_use(
    scheme: Scheme, data: dict[str, Any], district: str, asked: str, first: str
) -> None:
    assert next(iter(explained(scheme, data, district, asked))) == first


@pytest.mark.parametrize(
    ("district", "asked", "told"),
    [
        ("浦", "K01", "“浦”不止一个区；可选：浦东新区、黄浦区"),
        ("虹口", "K01", "结果中没有区“虹口”；可选：浦东新区、静安区、黄浦区"),
        ("静安", "区域", "“区域”不止一个项目；可选：K02 “道路+”精品区域、K01 美丽街区"),
        ("静安", "K3", "结果中没有项目“K3”；可选：总分、重点工作、特色创新、常规工作、巡查检查、K01 美丽街区"),
    ],
)
def test_explained__name_of_several_or_of_nothing__choices(
    scheme: Scheme, data: dict[str, Any], district: str, asked: str, told: str
) -> None:
    with pytest.raises(WrongCall) as refused:
        list(explained(scheme, data, district, asked))
    assert str(refused.value).startswith(told)
