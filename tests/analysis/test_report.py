"""汇报: its sums, shares and losses against plain arithmetic on results.json."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xladdin.analysis.report import report_sheets, report_workbook
from xladdin.classes import replace
from xladdin.results.consolidation import Consolidation
from xladdin.results.stored import NotComparable, Results, results
from xladdin.scheme import Scheme
from xladdin.workbook.tables import Cell, ResultSheet

Rows = dict[str, list[dict[str, Any]]]


def table(sheet: ResultSheet) -> list[dict[str, Any]]:
    """The rows of a sheet by head."""
    heads = [column.head for column in sheet.columns]
    return [
        {head: c.value if isinstance(c, Cell) else c for head, c in zip(heads, row, strict=True)} for row in sheet.rows
    ]


@pytest.fixture(scope="module")
def data(consolidation: Consolidation) -> Results:
    made = results(consolidation)
    # Two experts and a department, as a round has them: the first expert marks all higher, but one far lower.
    for n, district in enumerate(made["districts"]):
        fields = district["fields"]
        fields["R2.1"]["judged"] = [
            {"kind": "专家", "unit": "甲", "value": 2.6 if n else 1.0, "recused": False},
            {"kind": "专家", "unit": "乙", "value": 2.4, "recused": False},
            {"kind": "专家", "unit": "丙", "value": None, "recused": True}
            if n == 3
            else {"kind": "专家", "unit": "丙", "value": 2.5, "recused": False},
        ]
        verified = fields["K17.1"]["reported"] - (n % 2)
        fields["K17.1"]["judged"] = [{"kind": "部门", "unit": "市房屋管理局", "value": verified, "recused": False}]
    return made


@pytest.fixture(scope="module")
def tables(scheme: Scheme, data: Results) -> Rows:
    return {sheet.name: table(sheet) for sheet in report_sheets(scheme, data)}


def test_city__each_indicator__sums_of_what_counts_over_the_city_amount(
    tables: Rows, data: Results, scheme: Scheme
) -> None:
    rows = {row["编号"]: row for row in tables["全市完成情况"]}
    for code in ("K01.1", "K05.1", "K21.2"):
        own = [d["fields"][code] for d in data["districts"]]
        amount = float(next(i.amount for i in scheme.indicators if i.code == code) or 0)
        assert rows[code]["全市数量"] == amount
        assert rows[code]["下达合计"] == pytest.approx(sum(f["target"] for f in own))
        assert rows[code]["区报合计"] == pytest.approx(sum(f["reported"] for f in own))
        assert rows[code]["采用合计"] == pytest.approx(sum(f["value"] for f in own))
        assert rows[code]["完成比例"] == pytest.approx(sum(f["value"] for f in own) / amount)
        assert rows[code]["完成的区"] == f"{sum(f['value'] >= f['target'] for f in own)}/16"
    verified = sum(d["fields"]["K17.1"]["judged"][0]["value"] for d in data["districts"])
    assert rows["K17.1"]["核定完成量"] == pytest.approx(verified)
    assert rows["K01.1"]["核定完成量"] is None
    assert rows["K02.1"]["完成的区"].endswith("/15")  # it was not assigned to one district
    assert rows["K10.5"]["采用合计"] is None  # percentages are not added up


def test_city__the_gap__with_those_who_are_furthest_behind(tables: Rows, data: Results) -> None:
    gaps = {d["name"]: d["fields"]["K08.1"]["target"] - d["fields"]["K08.1"]["value"] for d in data["districts"]}
    behind = sorted((gap for gap in gaps.values() if gap > 0), reverse=True)
    named = next(row for row in tables["全市完成情况"] if row["编号"] == "K08.1")["缺口主要在"]
    shown = named.partition(" 等")[0].split("、")
    assert [f"{gaps[text.split()[0]]:g}" for text in shown] == [f"{gap:g}" for gap in behind[:3]]
    assert named.endswith(f"等 {len(behind)} 个")


def test_promises__furthest_behind_first(tables: Rows, scheme: Scheme) -> None:
    rows = tables["承诺进度"]
    assert sorted(row["编号"] for row in rows) == [i.code for i in scheme.indicators if i.amount]
    assert len(rows) == 36
    shares = [row["完成比例"] for row in rows]
    assert shares == sorted(shares)
    assert all(row["完成比例"] == pytest.approx(row["采用合计"] / row["全市数量"]) for row in rows)


def test_least__what_every_district_has_to_reach__who_does_not(tables: Rows, data: Results) -> None:
    rows = {row["编号"]: row for row in tables["各区底线"]}
    assert set(rows) == {"K03.2", "K10.5", "K33.1"}
    central = ["黄浦区", "静安区", "徐汇区", "长宁区", "普陀区", "虹口区", "杨浦区"]
    for code, least in (("K03.2", lambda _name: 1), ("K10.5", lambda name: 50 if name in central else 30)):
        short = [d["name"] for d in data["districts"] if d["fields"][code]["value"] < least(d["name"])]
        named = [text.split()[0] for text in (rows[code]["未达到的区"] or "").split("、") if text]
        assert named == short
        assert rows[code]["完成的区"] == f"{16 - len(short)}/16"


def lost_of(data: Results) -> dict[tuple[str, str], float]:
    return {
        (d["name"], id_): item["points"] - (item["score"] or 0)
        for d in data["districts"]
        for id_, item in d["items"].items()
        if item["status"] != "not_applicable"
    }


def test_lost__by_task_by_department_and_on_the_map__the_same_points(
    tables: Rows, data: Results, scheme: Scheme
) -> None:
    lost = lost_of(data)
    by_item: dict[str, float] = defaultdict(float)
    for (_name, id_), points in lost.items():
        by_item[id_] += points
    rows = tables["失分_按任务"]
    assert {row["项目"]: row["失分"] for row in rows} == pytest.approx(dict(by_item), abs=1e-6)
    assert [row["失分"] for row in rows] == sorted((row["失分"] for row in rows), reverse=True)
    full = {row["项目"]: row["满分的区"] for row in rows}
    assert full["R1"] == sum(points <= 0 for (_name, id_), points in lost.items() if id_ == "R1")
    fire = next(row for row in tables["失分_按部门"] if row["部门名称"] == "市房屋管理局")
    own = [task.id for task in scheme.tasks.values() if "市房屋管理局" in task.departments]
    assert fire["失分"] == pytest.approx(sum(by_item[id_] for id_ in own))
    for row in tables["失分热力图"]:
        for name in scheme.district_names:
            assert row[name] == (
                pytest.approx(lost[name, row["项目"]], abs=1e-6) if (name, row["项目"]) in lost else "—"
            )


def test_map__more_districts_than_items__one_row_for_each(scheme: Scheme, data: Results) -> None:
    """Hundreds of columns would be on no paper."""
    template, district = scheme.districts[0], data["districts"][0]
    names = [f"第{n:02}区" for n in range(60)]
    own = tuple(replace(template, name=name) for name in names)
    many = replace(scheme, district_list=replace(scheme.district_list, districts=own))
    copies = {**data, "districts": [{**district, "name": name} for name in names]}
    (lost_map,) = (table(sheet) for sheet in report_sheets(many, copies) if sheet.name == "失分热力图")
    assert [row["区"] for row in lost_map] == names
    assert len(lost_map[0]) == 2 + len(scheme.items) + 1
    lost = {id_: points for (name, id_), points in lost_of(data).items() if name == district["name"]}
    for id_ in scheme.items:
        assert lost_map[7][id_] == (pytest.approx(lost[id_], abs=1e-6) if id_ in lost else "—")
    assert lost_map[7]["失分"] == pytest.approx(sum(lost.values()), abs=1e-6)


def test_lost__by_district__what_its_sections_lack(tables: Rows, data: Results, scheme: Scheme) -> None:
    points = {section.name: float(section.points) for section in scheme.sections}
    numbers = {section.name: str(section.number) for section in scheme.sections}
    rows = {row["区"]: row for row in tables["失分_按区"]}
    for district in data["districts"]:
        row = rows[district["name"]]
        for name, full in points.items():
            assert row[name] == pytest.approx(full - district["sections"][numbers[name]])
        assert row["失分"] == pytest.approx(100 - district["total"])


def test_experts__a_mark_far_from_the_others__named_and_the_strict_told(tables: Rows, data: Results) -> None:
    first, fourth = data["districts"][0]["name"], data["districts"][3]["name"]
    rows = {row["区"]: row for row in tables["专家评分"] if row["编号"] == "R2.1"}
    assert rows[first]["偏离的评分"] == "甲 1"
    assert rows[first]["极差"] == pytest.approx(1.5)
    assert rows[first]["平均"] == pytest.approx((1.0 + 2.4 + 2.5) / 3, abs=1e-4)
    assert [name for name, row in rows.items() if row["偏离的评分"]] == [first]
    assert {name: row["回避的专家"] for name, row in rows.items() if row["回避的专家"]} == {fourth: "丙"}
    experts = {row["专家姓名"]: row for row in tables["专家尺度"]}
    # Over 3 points: 甲 in one district 1.0 of a mean of 5.9/3, in one beside 乙 alone, in 14 a tenth above the mean.
    deviations = [(1.0 - 5.9 / 3) / 3, 0.1 / 3, *[0.1 / 3] * 14]
    assert experts["甲"]["比平均高（满分的%）"] == pytest.approx(sum(deviations) / 16, abs=1e-4)
    assert (experts["甲"]["偏离次数"], experts["乙"]["偏离次数"]) == (1, 0)
    assert (experts["丙"]["评分个数"], experts["丙"]["回避的区"]) == (15, fourth)


def test_verification__of_a_department__how_much_of_what_was_reported_it_cut(tables: Rows, data: Results) -> None:
    (row,) = tables["部门核定"]
    reported = [d["fields"]["K17.1"]["reported"] for d in data["districts"]]
    assert (row["部门名称"], row["核定数"], row["与区报相同"], row["核减"], row["核增"]) == (
        "市房屋管理局",
        16,
        8,
        8,
        0,
    )
    assert row["净增减（占区报）"] == pytest.approx(-sum(1 / r for r in reported[1::2]) / 16)


def test_workbook__of_another_years_result__refused(scheme: Scheme, data: Results) -> None:
    with pytest.raises(NotComparable, match="方案版本"):
        report_workbook(scheme, {**data, "scheme": "1999"})


def test_workbook__of_a_result_without_fields__says_where_points_are_lost_all_the_same(
    scheme: Scheme, data: Results
) -> None:
    older = {**data, "districts": [{k: v for k, v in d.items() if k != "fields"} for d in data["districts"]]}
    names = [sheet.name for sheet in report_sheets(scheme, older)]
    assert names == ["分部分得分", "失分_按任务", "失分_按部门", "失分_按区", "失分热力图"]


@pytest.mark.slow
def test_workbook__written__every_chart_on_a_sheet_of_its_own(scheme: Scheme, data: Results, tmp_path: Path) -> None:
    path = tmp_path / "汇报.xlsx"
    path.write_bytes(report_workbook(scheme, data))
    assert [sheet.title for sheet in openpyxl.load_workbook(path).chartsheets] == [
        "分部分得分图",
        "承诺进度图",
        "失分_按任务图",
        "失分_按部门图",
        "失分_按区图",
        "专家尺度图",
    ]
