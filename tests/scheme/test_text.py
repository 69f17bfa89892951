"""The loaded scheme and the blank 区填报表 against the issued document, word for word, white space aside.

The document is parsed here and nowhere else, so that the product cannot agree with itself by mistake. What the document
leaves to the fixed names (codes, units, amounts in numbers) is written out by hand below.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from xladdin.scheme import Scheme, load_scheme

ROOT = Path(__file__).resolve().parents[2]
OFFICIAL = ROOT / "tests" / "official" / "沪精细化办〔2023〕12号.txt"
DATA = ROOT / "xladdin" / "scheme" / "data" / "2023"
BLANK_FORM = ROOT / "workbook_templates" / "区填报表.xlsx"

HEADS_1 = ["分类", "任务名称", "评分方法", "分值", "得分"]
HEADS_2 = ["序号", "任务名称", "评价部门", "评分方法", "分值", "得分"]
FILL_HEADS_1 = ["编号", "填报内容", "单位", "完成情况", "佐证材料", "校验"]
FILL_HEADS_2 = ["编号", "填报内容", "单位", "当年任务量", "完成情况", "完成率", "佐证材料", "校验"]

# Code: what the field asks for (a part of its 填报内容), its unit, the city-wide amount. 万 is written out where things
# are counted one by one; 万平方米 is a unit of its own.
AMOUNTS: dict[str, tuple[str, str, str | None]] = {
    "K01.1": ("美丽街区", "个", "100"),
    "K01.2": ("高标准保洁区域", "块", "50"),
    "K02.1": ("“道路+”精品区域", "个", "16"),
    "K03.1": ("架空线入地和杆箱整治", "公里", "100"),
    "K03.2": ("无架空线全要素整治高品质示范片区", "个", None),
    "K04.1": ("公共空间休憩座椅", "个", "5000"),
    "K05.1": ("LED", "盏", "250000"),
    "K06.1": ("行道树盖板", "处", "20000"),
    "K07.1": ("公园", "座", "120"),
    "K07.2": ("绿道", "公里", "200"),
    "K07.3": ("立体绿化", "万平方米", "40"),
    "K08.1": ("慢行网络", "处", "30"),
    "K08.2": ("慢行设施", "项", "50"),
    "K09.1": ("精品道路", "条", "100"),
    "K10.1": ("停车资源优化项目", "个", "40"),
    "K10.2": ("公共停车位", "个", "6000"),
    "K10.3": ("错峰共享停车位", "个", "2000"),
    "K10.4": ("示范性智慧公共停车场（库）", "个", "20"),
    "K10.5": ("智慧道路停车场比例", "%", None),
    "K12.1": ("文物建筑和优秀历史建筑（2022至2023年累计）", "处", "100"),
    "K13.1": ("环卫公厕适老化、适幼化改造", "座", "200"),
    "K15.1": ("老旧小区改造", "万平方米", "1000"),
    "K17.1": ("加装电梯", "台", "3000"),
    "K18.1": ("区域合并或管理合并", "个", "100"),
    "K18.2": ("物业服务费调价", "个", "500"),
    "K20.1": ("农村公路提档升级改造", "公里", "200"),
    "K20.2": ("安全隐患", "处", "200"),
    "K20.3": ("“四好农村路”示范路（2022至2023年累计）", "条", "40"),
    "K21.1": ("薄弱区域环境治理", "处", "100"),
    "K21.2": ("“撤制镇”市容环境整治", "个", "27"),
    "K23.1": ("疑似严重损坏房和疑似危房", "处", None),
    "K24.1": ("电动自行车集中充电场所", "个", "1000"),
    "K24.2": ("高层公房或售后公房", "栋", "100"),
    "K24.3": ("建筑消防设施", "个", "578"),
    "K28.1": ("燃气立管", "户", "75000"),
    "K28.2": ("老旧燃气管网", "公里", "100"),
    "K31.1": ("公共专用电动汽车充电桩", "个", "10000"),
    "K33.1": ("快递公共服务站", "个", None),
    "K33.2": ("智能快件箱", "组", "7000"),
    "K34.1": ("户外招牌特色道路", "条", "40"),
}
AT_LEAST = {"K03.2": "1", "K33.1": "3"}
BY_ZONE = {"K10.5": {"central": "50", "other": "30"}}

INDICATOR_COUNTS = {
    "K01": 2, "K02": 1, "K03": 2, "K04": 1, "K05": 1, "K06": 1, "K07": 3, "K08": 2, "K09": 1, "K10": 5, "K12": 1,
    "K13": 1, "K15": 1, "K17": 1, "K18": 2, "K20": 3, "K21": 2, "K23": 1, "K24": 3, "K28": 2, "K31": 1, "K33": 2,
    "K34": 1,
}  # fmt: skip
EXPERT_TASKS = ["K11", "K25", "K30"]
REFERENCE_TASKS = ["K14", "K16", "K19", "K22", "K26", "K27", "K29", "K32"]

# 附件1: code and unit of every field.
UNITS_1 = {
    **{f"N1.{n}": "分" for n in range(1, 6)},
    **{f"R1.{n}": "是/否" for n in range(1, 6)},
    "R2.1": "分",
    **{f"R3.{n}": "是/否" for n in range(1, 4)},
    **{f"R4.{n}": "是/否" for n in range(1, 4)},
    "R5.1": "篇",
    "R6.1": "项",
    "R6.2": "项",
    "I1.1": "分",
    "I2.1": "分",
    "I3.1": "次",
    "I3.2": "次",
}

CENTRAL = {"黄浦区", "静安区", "徐汇区", "长宁区", "普陀区", "虹口区", "杨浦区"}
DISTRICTS = [
    "浦东新区", "黄浦区", "静安区", "徐汇区", "长宁区", "普陀区", "虹口区", "杨浦区",
    "宝山区", "闵行区", "嘉定区", "金山区", "松江区", "青浦区", "奉贤区", "崇明区",
]  # fmt: skip


def expected_codes_2() -> list[str]:
    """The codes of 附件2 in official order, from the hand-written counts."""
    counts = {**INDICATOR_COUNTS, **dict.fromkeys((*EXPERT_TASKS, *REFERENCE_TASKS), 1)}
    return [f"{task}.{n}" for task in sorted(counts) for n in range(1, counts[task] + 1)]


def squeeze(text: object) -> str:
    return "".join(str(text).split())


# --- The document ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Document:
    """The issued document: its tables' rows as squeezed texts, and every paragraph and cell on its own."""

    text: str
    annex1: list[list[str]]
    annex2: list[list[str]]
    passages: list[str]


def parse_document(text: str) -> Document:
    annex1 = table_rows(text, HEADS_1)
    annex2 = table_rows(text, HEADS_2)
    section = ""
    for row in annex1:
        # A table carried over to the next page repeats 分类; a row below another of its section leaves it blank.
        section = row[0] = row[0] or section
    rows: list[list[str]] = []
    for row in annex2:
        if row[0]:
            rows.append(row)
        else:  # the rest of a row that a page break cut in two
            rows[-1] = [upper + lower for upper, lower in zip(rows[-1], row, strict=True)]
    lines = [squeeze(line) for line in text.splitlines() if "\t" not in line]
    cells = [cell for row in (*annex1, *rows) for cell in row]
    return Document(text, annex1, rows, [*filter(None, lines), *filter(None, cells)])


def table_rows(text: str, heads: list[str]) -> list[list[str]]:
    """The rows below each occurrence of the heads, up to the next line that is no table row."""
    rows: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        cells = [squeeze(cell) for cell in line.split("\t")]
        if cells == heads:
            inside = True
        elif "\t" not in line:
            inside = False
        elif inside:
            assert len(cells) == len(heads), line
            rows.append(cells)
    return rows


@pytest.fixture(scope="module")
def document() -> Document:
    return parse_document(OFFICIAL.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_scheme("2023")


def test_parser__issued_document__finds_34_and_9_rows(document: Document) -> None:
    assert [row[0] for row in document.annex2] == [str(n) for n in range(1, 35)]
    assert [row[3] for row in document.annex1] == ["68", "7.5", "3", "9", "2.5", "2.5", "2.5", "2.5", "2.5"]
    assert document.annex2[21][1].endswith("无违建示范街镇")  # row 22 is cut by a page break


# --- The scheme -----------------------------------------------------------------------------------------------------


def test_annex2__every_row__as_issued(document: Document, scheme: Scheme) -> None:
    loaded = [
        [str(t.number), squeeze(t.task), squeeze(t.departments_text), squeeze(t.method_text), str(t.points), ""]
        for t in scheme.tasks.values()
    ]
    assert loaded == document.annex2


def test_annex2__points__sum_to_68(document: Document, scheme: Scheme) -> None:
    assert sum(Decimal(row[4]) for row in document.annex2) == 68
    assert sum(t.points for t in scheme.tasks.values()) == scheme.annexes[0].annex.points == 68


def test_annex1__every_row__as_issued(document: Document, scheme: Scheme) -> None:
    loaded = [
        [squeeze(section.label), squeeze(row.task), squeeze(row.method_text), str(row.points), ""]
        for section in scheme.sections
        for row in section.rows
    ]
    assert loaded == document.annex1


def test_annex1__points__sum_to_100_by_section(document: Document, scheme: Scheme) -> None:
    by_label: dict[str, Decimal] = {}
    for row in document.annex1:
        by_label[row[0]] = by_label.get(row[0], Decimal(0)) + Decimal(row[3])
    assert [str(points) for points in by_label.values()] == ["68", "7.5", "17.0", "7.5"]
    for label, points in by_label.items():
        assert Decimal(re.search(r"\(([\d.]+)分\)$", label)[1]) == points
    assert {squeeze(s.label): s.points for s in scheme.sections} == by_label
    assert sum(by_label.values()) == scheme.points == 100


@pytest.mark.parametrize(
    ("items", "points"),
    [
        ([f"K{n:02d}" for n in range(1, 35)], "2"),
        (["N1"], "7.5"),
        (["R1", "R2", "R3", "R4"], "3"),
        (["R5", "R6", "I1", "I2", "I3"], "2.5"),
    ],
)
def test_items__fixed_ids__have_their_points(items: list[str], points: str, scheme: Scheme) -> None:
    assert {id_: scheme.items[id_].points for id_ in items} == dict.fromkeys(items, Decimal(points))


def test_items__methods__as_the_method_column_says(document: Document, scheme: Scheme) -> None:
    def method(text: str) -> str:
        return "reference" if text.startswith("参照") else {"专家评议": "expert"}.get(text, "ratio")

    issued = {f"K{int(row[0]):02d}": method(row[3]) for row in document.annex2}
    assert {t.id: scheme.items[t.id].method for t in scheme.tasks.values()} == issued
    assert [id_ for id_, m in issued.items() if m == "expert"] == EXPERT_TASKS
    assert [id_ for id_, m in issued.items() if m == "reference"] == REFERENCE_TASKS
    assert list(scheme.items)[34:] == ["N1", "R1", "R2", "R3", "R4", "R5", "R6", "I1", "I2", "I3"]


def test_heads__titles_and_source__as_issued(document: Document, scheme: Scheme) -> None:
    for annex in (scheme.annex1.annex, scheme.annexes[0].annex):
        lines = [squeeze(line).lstrip("#") for line in document.text.splitlines()]
        assert squeeze(annex.heading) in lines
        assert squeeze(annex.title) in lines
    assert list(scheme.annex1.annex.columns) == HEADS_1
    assert list(scheme.annexes[0].annex.columns) == HEADS_2
    source = scheme.source
    assert source.number in document.text.splitlines()
    assert f"《{source.title}》" in document.text
    assert source.office in document.text
    assert (source.issued, source.published) == (date(2023, 5, 17), date(2023, 5, 19))
    assert "\n2023年5月17日\n" in document.text
    assert f"{source.office}\n\n2023年5月19日印发" in document.text


def test_amounts__every_indicator__unit_and_city_wide_amount_by_hand(scheme: Scheme) -> None:
    indicators = list(scheme.indicators)
    assert [i.code for i in indicators] == list(AMOUNTS)
    for indicator in indicators:
        part, unit, amount = AMOUNTS[indicator.code]
        assert part in indicator.name, indicator.code
        assert (indicator.unit, indicator.amount) == (unit, amount and Decimal(amount)), indicator.code
    assert {i.code: str(i.at_least) for i in indicators if i.at_least is not None} == AT_LEAST
    zones = {i.code: {z: str(n) for z, n in i.by_zone.items()} for i in indicators if i.by_zone is not None}
    assert zones == BY_ZONE


def test_amounts__hand_written__stand_in_their_own_row(document: Document) -> None:
    for code, (_part, unit, amount) in AMOUNTS.items():
        number = amount or AT_LEAST.get(code)
        if number is None:
            continue
        row = document.annex2[int(code[1:3]) - 1][1]
        ten_thousands = f"{Decimal(number) / 10000:f}".rstrip("0").rstrip(".") + "万"
        assert any(re.search(rf"(?<![\d.]){re.escape(n)}(?!\d)[^\d]", row) for n in (number, ten_thousands)), code
        assert squeeze(unit) in row, code


def test_districts__names_zones_and_order__fixed(scheme: Scheme) -> None:
    assert list(scheme.district_names) == DISTRICTS
    assert {d.name for d in scheme.districts if d.zone == "central"} == CENTRAL
    assert {d.zone for d in scheme.districts} == {"central", "other"}


def clauses(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every `clause` in the data with the key path it stands under."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name == "clause":
                yield key, value
            yield from clauses(value, f"{key}.{name}")
    elif isinstance(data, list):
        for n, value in enumerate(data, 1):
            yield from clauses(value, f"{key}[{n}]")


@pytest.mark.parametrize(
    ("file", "least"), [("annex1.toml", 30), ("annex2.toml", 40), ("districts.toml", 1), ("policies.toml", 9)]
)
def test_clause__every_quotation__stands_in_one_passage_of_the_document(
    file: str, least: int, document: Document
) -> None:
    found = list(clauses(tomllib.loads((DATA / file).read_text(encoding="utf-8"))))
    assert len(found) >= least  # a renamed key must not leave the test without work
    strange = [(key, text) for key, text in found if not any(squeeze(text) in p for p in document.passages)]
    assert strange == []


# --- The blank workbook ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sheets() -> dict[str, Worksheet]:
    book = openpyxl.load_workbook(BLANK_FORM)
    return {name: book[name] for name in book.sheetnames}


def head_row(sheet: Worksheet) -> int:
    """The row of the column heads."""
    return next(row for row in range(1, 20) if "任务名称" in {c.value for c in sheet[row]})


def records(sheet: Worksheet) -> list[dict[str, Any]]:
    """The rows below the heads by head; the cells of a merged range other than its first are None."""
    at = head_row(sheet)
    heads = [cell.value for cell in sheet[at]]
    return [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=at + 1, values_only=True)]


def test_form__sheets__in_the_fixed_order(sheets: dict[str, Worksheet]) -> None:
    assert list(sheets) == ["填报说明", "附件1", "附件2"]


@pytest.mark.parametrize(
    ("name", "official", "fill"), [("附件1", HEADS_1, FILL_HEADS_1), ("附件2", HEADS_2, FILL_HEADS_2)]
)
def test_form__column_heads__official_first_then_fill_in(
    name: str, official: list[str], fill: list[str], sheets: dict[str, Worksheet]
) -> None:
    sheet = sheets[name]
    assert [c.value for c in sheet[head_row(sheet)] if c.value] == [*official, *fill]
    last = "ABCDEFGH"[len(official) - 1]
    area = sheet.print_area.rpartition("!")[2].replace("$", "")
    assert re.fullmatch(rf"A1:{last}\d+", area), area


@pytest.mark.parametrize("name", ["附件1", "附件2"])
def test_form__titles__as_issued(name: str, sheets: dict[str, Worksheet], document: Document) -> None:
    sheet = sheets[name]
    above = {squeeze(c.value) for row in sheet.iter_rows(max_row=head_row(sheet) - 1) for c in row if c.value}
    title = {"附件1": "2023年各区城市管理精细化工作考核总表", "附件2": "2023年各区城市管理精细化重点工作考核表"}[name]
    assert {name, title} <= above
    assert title in {squeeze(line).lstrip("#") for line in document.text.splitlines()}


def test_form__annex2_rows__as_issued(document: Document, sheets: dict[str, Worksheet]) -> None:
    rows = [[squeeze(r[head]) for head in HEADS_2[:-1]] for r in records(sheets["附件2"]) if isinstance(r["序号"], int)]
    assert rows == [row[:-1] for row in document.annex2]


def test_form__annex1_rows__as_issued(document: Document, sheets: dict[str, Worksheet]) -> None:
    rows = []
    section = ""
    for record in records(sheets["附件1"]):
        section = record["分类"] or section
        if record["任务名称"]:
            rows.append([squeeze(section), *(squeeze(record[head]) for head in HEADS_1[1:-1])])
    assert rows == [row[:-1] for row in document.annex1]


@pytest.mark.parametrize("name", ["附件1", "附件2"])
def test_form__official_cells__merged_over_exactly_their_rows(name: str, sheets: dict[str, Worksheet]) -> None:
    # A value below the first cell of its row, or two official rows merged into one, would not look like the document.
    sheet, at = sheets[name], head_row(sheets[name])
    heads = [c.value for c in sheet[at]]
    column = heads.index("任务名称") + 1
    rows = [r for r in range(at + 1, sheet.max_row + 1) if sheet.cell(r, column).value]
    fields = [r for r in range(at + 1, sheet.max_row + 1) if sheet.cell(r, heads.index("编号") + 1).value]
    last = max(fields)
    spans = {(m.min_row, m.min_col): (m.max_row, m.max_col) for m in sheet.merged_cells.ranges}
    for head in ("任务名称", "评分方法", "分值"):
        c = heads.index(head) + 1
        for row, following in zip(rows, [*rows[1:], last + 1], strict=True):
            assert spans.get((row, c), (row, c)) == (following - 1, c), (head, row)


@pytest.mark.parametrize(("name", "label", "points"), [("附件1", "总分", 100), ("附件2", "合计", 68)])
def test_form__total_row__shows_the_points(name: str, label: str, points: int, sheets: dict[str, Worksheet]) -> None:
    totals = [r for r in records(sheets[name]) if squeeze(next(iter(r.values()))) == label]
    assert [r["分值"] for r in totals] == [points]


def test_form__codes__each_once_and_75_in_all(sheets: dict[str, Worksheet]) -> None:
    found = {name: [r["编号"] for r in records(sheets[name]) if r["编号"]] for name in ("附件1", "附件2")}
    codes_1 = [code for code in found["附件1"] if re.fullmatch(r"[A-Z]+\d+\.\d+", code)]
    assert codes_1 == list(UNITS_1)
    assert found["附件2"] == expected_codes_2()
    counted = Counter(codes_1 + found["附件2"])
    assert set(counted.values()) == {1}
    assert len(counted) == 75


def test_form__fields__name_and_unit_by_hand(sheets: dict[str, Worksheet], scheme: Scheme) -> None:
    fields = {r["编号"]: r for name in ("附件1", "附件2") for r in records(sheets[name]) if r["编号"]}
    for code, (part, unit, _amount) in AMOUNTS.items():
        assert part in fields[code]["填报内容"], code
        assert fields[code]["单位"] == unit, code
        assert fields[code]["当年任务量"] is None, code  # the districts' shares are issued, not printed
    for code, unit in UNITS_1.items():
        assert fields[code]["单位"] == unit, code
    for task in (*EXPERT_TASKS, *REFERENCE_TASKS):
        assert fields[f"{task}.1"]["单位"] == "分", task
    for task in REFERENCE_TASKS:
        assert fields[f"{task}.1"]["填报内容"] == "百分制原始分", task
    assert list(scheme.inputs) == [*expected_codes_2(), *UNITS_1]


def test_form__score_formula__on_the_first_row_of_its_item_only(sheets: dict[str, Worksheet]) -> None:
    for name in ("附件1", "附件2"):
        for record in records(sheets[name]):
            code = record["编号"]
            if code and re.fullmatch(r"[A-Z]+\d+\.\d+", code):
                starts = str(record["得分"] or "").startswith("=")
                assert starts == code.endswith(".1"), code
