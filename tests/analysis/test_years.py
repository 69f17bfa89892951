"""年度比较: what bears one name is compared, whatever its number; everything else is named as not compared."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.analysis.test_report import table
from xladdin.analysis.matching import two_sides
from xladdin.analysis.years import years_lines, years_sheets
from xladdin.results.consolidation import Consolidation
from xladdin.results.stored import NotComparable, Results, results


@pytest.fixture(scope="module")
def before(consolidation: Consolidation) -> Results:
    return results(consolidation)


@pytest.fixture
def after(before: Results) -> dict[str, Any]:
    """The next year: K01 is another task, what was K01 is now K35, I1 has other points, a district has another name."""
    data: dict[str, Any] = copy.deepcopy(dict(before))
    data["scheme"] = "2077"
    told = data["outline"]
    told["items"]["K35"] = told["items"]["K01"]
    told["items"]["K01"] = "口袋公园"
    told["indicators"]["K02.1"]["unit"] = "公里"
    for district in data["districts"]:
        items = district["items"]
        items["K35"], items["K01"] = items["K01"], dict(items["K01"], score=0.5)
        items["I1"] = dict(items["I1"], points=10.0, score=items["I1"]["score"] * 2)
        district["fields"]["K04.1"]["value"] += 1
    data["districts"][0]["name"] = "新区"
    data["districts"][2]["rank"], data["districts"][2]["total"] = 9, data["districts"][2]["total"] - 5.25
    return data


def test_years__same_name_other_number__compared_and_the_number_alone_not(before: Results, after: Results) -> None:
    sheets = {sheet.name: table(sheet) for sheet in years_sheets(*two_sides(before, after))}
    rates = {row["现编号"]: row for row in sheets["各项得分率"]}
    assert "K01" not in rates
    assert (rates["K35"]["原编号"], rates["K35"]["增减"]) == ("K01", 0)
    marks = [d["items"]["I1"]["score"] for d in before["districts"][1:]]
    assert rates["I1"]["原全市得分率"] == pytest.approx(sum(marks) / 15 / 2.5)
    assert rates["I1"]["现全市得分率"] == pytest.approx(sum(marks) * 2 / 15 / 10)
    name = before["districts"][4]["name"]
    assert rates["I1"][name] == pytest.approx(marks[3] * 2 / 10 - marks[3] / 2.5, abs=1e-4)
    assert rates["K02"]["黄浦区"] == "—"  # it was not assigned there
    unmatched = {(row["类别"], row["编号"], row["任务名称"], row["只在"]) for row in sheets["不能比较的"]}
    assert unmatched == {
        ("区", None, before["districts"][0]["name"], "2023"),
        ("区", None, "新区", "2077"),
        ("项目", "K01", "口袋公园", "2077"),
        ("指标", "K02.1", before["outline"]["indicators"]["K02.1"]["name"], "2077"),
    }


def test_years__ranks_totals_and_amounts__of_the_districts_of_both(before: Results, after: Results) -> None:
    sheets = {sheet.name: table(sheet) for sheet in years_sheets(*two_sides(before, after))}
    rows = {row["区"]: row for row in sheets["名次和总分"]}
    third = before["districts"][2]
    row = rows[third["name"]]
    assert (row["原名次"], row["现名次"], row["名次升降"]) == (third["rank"], 9, f"降 {9 - third['rank']} 位")
    assert (row["原总分"], row["增减"]) == (third["total"], pytest.approx(-5.25))
    assert row["原重点工作"] == pytest.approx(third["sections"]["1"] / 68)
    assert len(rows) == 15
    seats = next(row for row in sheets["指标完成率"] if row["现编号"] == "K04.1")
    both = before["districts"][1:]
    target = sum(d["fields"]["K04.1"]["target"] for d in both)
    done = sum(d["fields"]["K04.1"]["value"] for d in both)
    assert (seats["原下达合计"], seats["原采用合计"]) == (pytest.approx(target), pytest.approx(done))
    assert seats["现采用合计"] == pytest.approx(done + 15)
    assert seats["增减"] == pytest.approx(15 / target, abs=1e-4)
    lines = years_lines(*two_sides(before, after))
    assert f"{third['name']} 第 {third['rank']} 名 → 第 9 名（降 {9 - third['rank']} 位）" in "\n".join(lines)
    assert lines[-1] == "不能比较的 4 处"


def test_years__one_result_twice__nothing_moved_and_all_compared(before: Results) -> None:
    sheets = {sheet.name: table(sheet) for sheet in years_sheets(*two_sides(before, before))}
    assert {row["名次升降"] for row in sheets["名次和总分"]} == {"不变"}
    assert {row["增减"] for row in sheets["各项得分率"]} == {0}
    assert len(sheets["各项得分率"]) == 44
    assert sheets["不能比较的"] == []


def test_years__an_older_result_of_a_year_that_is_not_at_hand__refused(before: Results) -> None:
    older = {k: v for k, v in before.items() if k != "outline"}
    assert two_sides(older, before)[0].outline == before["outline"]  # the product's own year tells it
    with pytest.raises(NotComparable, match="1999 年度"):
        two_sides({**older, "scheme": "1999"}, before)
