"""通报 and 单区反馈表: what they say against the result, whose data they hold, and which figures the check catches."""

from __future__ import annotations

import copy
import io
import json
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document

from tests.support.years import call, product_with
from tests.test_code_health import names_of_a_scheme
from xladdin.classes import replace
from xladdin.documents.checking import Checked, check_document
from xladdin.documents.facts import Facts
from xladdin.documents.feedback import feedback
from xladdin.documents.making import make_documents
from xladdin.documents.notice import DRAFT, notice
from xladdin.documents.pdf import as_pdf
from xladdin.documents.reading import read_document
from xladdin.documents.standing import Standings, standings
from xladdin.documents.templates import TEMPLATES, filled
from xladdin.issues import Refused, WrongCall
from xladdin.results.consolidation import Consolidation
from xladdin.results.files import results_json
from xladdin.scheme import Scheme
from xladdin.scheme.model import Veto

OURS = "崇明区"


@pytest.fixture(scope="module")
def results(clean: Consolidation) -> dict[str, Any]:
    return json.loads(results_json(clean))


@pytest.fixture(scope="module")
def standing(scheme: Scheme, results: dict[str, Any]) -> Standings:
    return standings(scheme, results)


@pytest.fixture(scope="module")
def facts(standing: Standings) -> Facts:
    return Facts(standing)


@pytest.fixture(scope="module")
def notice_file(standing: Standings) -> bytes:
    return filled(TEMPLATES / "通报.docx", notice(standing, commended=3, final=True), "通报")


@pytest.fixture(scope="module")
def sheet_file(standing: Standings) -> bytes:
    return sheet_of(standing, OURS)


def sheet_of(standing: Standings, name: str, *, final: bool = True) -> bytes:
    district = next(d for d in standing.districts if d.name == name)
    return filled(TEMPLATES / "单区反馈表.docx", feedback(standing, district, final=final), "单区反馈表")


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def text_of(content: bytes) -> str:
    document = read_document(content, "")
    return "\n".join([*document.paragraphs, *(cell for t in document.tables for row in t for cell in row)])


def half_up(number: Fraction, places: str = "0.01") -> str:
    """By another way than the product's: the decimal module's own rounding, on more digits than can matter."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return str(exact.quantize(Decimal(places), ROUND_HALF_UP))


def exact(score: float) -> Fraction:
    return Fraction(str(score))


# --- What 通报 says -----------------------------------------------------------------------------------------------------


def test_notice__tables__every_score_of_the_result(notice_file: bytes, results: dict[str, Any], scheme: Scheme) -> None:
    ranking, annex1, annex2, _issue = read_document(notice_file, "").tables
    expected = [
        [str(d["rank"]), d["name"], f"{d['total']:.2f}", *(f"{d['sections'][n]:.2f}" for n in "1234")]
        for d in results["districts"]
    ]
    assert ranking[1:] == expected
    by_name = {d["name"]: d for d in results["districts"]}
    official = [by_name[name] for name in scheme.district_names]
    assert annex2[0][3:] == annex1[0][3:] == [d["name"] for d in official]
    assert [row[1] for row in annex2[1:]] == [task.task for task in scheme.tasks.values()]
    for row, id_ in zip(annex2[1:], [f"K{n:02d}" for n in range(1, 35)], strict=True):
        items = [d["items"][id_] for d in official]
        assert row[3:] == ["不适用" if i["status"] == "not_applicable" else f"{i['score']:.2f}" for i in items]
    # The rows of 附件1 add up to the totals: 68 + 7.5 + (3 + 9 + 2.5 + 2.5) + (2.5 + 2.5 + 2.5).
    assert [row[2] for row in annex1[1:]] == ["68", "7.5", "3", "9", "2.5", "2.5", "2.5", "2.5", "2.5"]
    for column, district in enumerate(official, 3):
        assert sum(Decimal(row[column].replace("−", "-")) for row in annex1[1:]) == Decimal(str(district["total"]))


def test_notice__text__averages_and_extremes_worked_out_otherwise(notice_file: bytes, results: dict[str, Any]) -> None:
    text, districts = text_of(notice_file), results["districts"]
    average = sum((exact(d["total"]) for d in districts), Fraction(0)) / 16
    best, last = max(d["total"] for d in districts), min(d["total"] for d in districts)
    leaders = "、".join(d["name"] for d in districts if d["total"] == best)
    assert f"16个区的平均总分为{half_up(average)}分。总分最高的是{leaders}（{best:.2f}分）" in text
    assert f"（{last:.2f}分）。总分高于平均的有{sum(exact(d['total']) > average for d in districts)}个区：" in text
    for n, points in (("1", "68"), ("2", "7.5"), ("3", "17"), ("4", "7.5")):
        own = sum((exact(d["sections"][n]) for d in districts), Fraction(0)) / 16
        rate = Fraction(half_up(own)) * 100 / Fraction(points)
        assert f"（{points}分）：平均{half_up(own)}分，得分率{half_up(rate, '0.1')}%；" in text
    top = [d["name"] for d in districts if d["rank"] <= 3]
    assert f"对名次居前3位的{'、'.join(top)}等{len(top)}个区予以通报表彰。" in text


def test_notice__weak_items__those_with_the_lowest_rates(notice_file: bytes, results: dict[str, Any]) -> None:
    def rate(id_: str) -> Fraction:
        own = [d["items"][id_] for d in results["districts"] if d["items"][id_]["status"] != "not_applicable"]
        return sum((exact(i["score"]) / exact(i["points"]) for i in own), Fraction(0)) / len(own)

    rates = sorted(half_up(100 * rate(id_), "0.1") for id_ in results["districts"][0]["items"])
    shown = re.findall(r"分，得分率([\d.]+)%。得分较低的有", text_of(notice_file))
    assert len(shown) == 5
    # The average is rounded before its rate is taken.
    assert all(abs(Decimal(s) - Decimal(r)) <= Decimal("0.5") for s, r in zip(shown, rates, strict=False))


def test_notice__bonus_all_points_and_one_commended__said_as_people_would(
    scheme: Scheme, results: dict[str, Any]
) -> None:
    last, *_ = scheme.sections[::-1]
    sections = (*scheme.sections[:-1], replace(last, bonus=True))
    other = replace(
        scheme,
        annex1=replace(scheme.annex1, sections=sections),
        source=replace(scheme.source, title="2023年各区城市管理考核实施细则（试行）"),
    )
    data = copy.deepcopy(results)
    first = data["districts"][0]
    for item in first["items"].values():
        item.update(score=item["points"], status="scored")
    for district in data["districts"][1:]:
        for item in scheme.items_of(last.number):
            district["items"][item.id].update(score=0, status="scored")
    text = text_of(filled(TEMPLATES / "通报.docx", notice(standings(other, data), commended=1, final=True), "通报"))
    assert f"{first['name']}：没有失分。" in text
    assert f"对名次居前1位的{first['name']}予以通报表彰。" in text
    assert "关于2023年各区城市管理考核结果的通报" in text
    weak = text.partition("得分率较低的项目")[2].partition("失分较多的项目")[0]
    assert not any(f"（附件1（{last.name}" in line for line in weak.splitlines())
    for district in data["districts"]:
        for item in district["items"].values():
            item.update(score=item["points"], status="scored")
    text = text_of(filled(TEMPLATES / "通报.docx", notice(standings(other, data), commended=None, final=True), "通报"))
    assert "（一）得分率较低的项目\n各项目均得满分。\n" in text


def test_notice__weakest_districts__all_that_have_the_same_score(scheme: Scheme, results: dict[str, Any]) -> None:
    """Ten districts have nothing, two 0.1, the others all points: naming three of the ten would be unfair."""
    data = copy.deepcopy(results)
    for n, district in enumerate(data["districts"]):
        score = 0 if n % 8 < 5 else 0.1 if n % 8 == 5 else 2
        district["items"]["K34"].update(score=score, status="scored")
    data["districts"][0]["items"]["K34"].update(score=None, status="missing")
    first, second = (d["name"] for d in data["districts"][:2])
    standing = standings(scheme, data)
    (weak,) = (item for item in notice(standing, commended=None, final=False)["薄弱项目"] if item["名称"] == "户外招牌")
    names = [d["name"] for n, d in enumerate(data["districts"]) if n % 8 < 5 and n]
    assert weak["最低"] == f"{first}（暂缺）、{'、'.join(names)}（0.00分）"
    for district in data["districts"]:
        district["items"]["K34"].update(score=0.1 if district["name"] == first else 0.2, status="scored")
    (weak,) = (
        item
        for item in notice(standings(scheme, data), commended=None, final=False)["薄弱项目"]
        if item["名称"] == "户外招牌"
    )
    assert weak["最低"] == f"{first}（0.10分）" and second not in weak["最低"]


def test_notice__many_districts__as_many_columns_as_the_paper_has(scheme: Scheme, results: dict[str, Any]) -> None:
    """Word has 63 columns at most: 20 districts stand in two tables of each annex, each district once."""
    template = scheme.districts[0]
    names = [f"第{n:02}区" for n in range(20)]
    own = tuple(replace(template, name=name) for name in names)
    other = replace(scheme, district_list=replace(scheme.district_list, districts=own))
    data = {**results, "districts": [{**copy.deepcopy(results["districts"][0]), "name": name} for name in names]}
    standing = standings(other, data)
    file = filled(TEMPLATES / "通报.docx", notice(standing, commended=None, final=False), "通报")
    tables = read_document(file, "").tables
    heads = [table[0][3:] for table in tables[1:-1]]
    assert [len(head) for head in heads] == [10, 10] * 2
    for own in (heads[:2], heads[2:]):
        assert [name for head in own for name in head] == names
    assert check(Facts(standing), file).strange == []


def test_notice__commended__all_that_share_the_last_rank_and_no_more_than_there_are(
    scheme: Scheme, results: dict[str, Any]
) -> None:
    """Ranks 1, 2, 2, 4: the first two and the first three are the same three districts."""
    data = copy.deepcopy(results)
    first, second, third, *_others = data["districts"]
    third.update(rank=2, sections=second["sections"], total=second["total"])
    standing = standings(scheme, data)
    names = "、".join(d["name"] for d in (first, second, third))
    for count in (2, 3):
        values = notice(standing, commended=count, final=False)
        assert values["表彰"] == {"名次": count, "数": 3, "区": names}
        assert check(Facts(standing), filled(TEMPLATES / "通报.docx", values, "通报")).strange == []
    wrong = notice(standing, commended=3, final=False)
    wrong["表彰"]["名次"] = 4
    strange = check(Facts(standing), filled(TEMPLATES / "通报.docx", wrong, "通报")).strange
    assert [one.figure for one in strange] == ["4"]
    with pytest.raises(Refused, match="有名次的只有 16 个区，不能表彰名次居前 17 位"):
        make_documents(scheme, results, commended=17)


def test_notice__page__as_the_standard_for_official_documents(notice_file: bytes) -> None:
    document = opened(notice_file)
    page = document.sections[0]
    margins = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    assert [round(m / 36000) for m in margins if m] == [37, 35, 28, 26]  # GB/T 9704-2012, millimetres
    xml = page._sectPr.xml
    assert 'w:type="lines" w:linePitch="579"' in xml  # 225 mm ÷ 22 lines = 28.99 pt
    styles = {style.name: style.element.xml for style in document.styles}
    assert 'w:eastAsia="仿宋_GB2312"' in styles["公文正文"] and '<w:sz w:val="32"/>' in styles["公文正文"]
    assert '<w:spacing w:val="-5"/>' in styles["公文正文"]  # 28 × (16 − 0.25) pt = 441 pt of 156 mm
    assert 'w:eastAsia="方正小标宋简体"' in styles["公文标题"] and '<w:sz w:val="44"/>' in styles["公文标题"]
    assert 'w:eastAsia="黑体"' in styles["一级标题"] and 'w:eastAsia="楷体_GB2312"' in styles["二级标题"]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side in ((page.footer, "right"), (page.even_page_footer, "left")):
        assert re.fullmatch("— ?1 ?—", footer.paragraphs[0].text)
        assert f'<w:jc w:val="{side}"/>' in footer.paragraphs[0]._p.xml
    mark = next(p for p in document.paragraphs if p.style and p.style.name == "发文机关标志")
    assert mark.text == "上海市城市管理精细化工作推进领导小组办公室文件"
    assert re.search(r'<w:w w:val="6\d"/>', mark._p.xml)  # 23 letters of 32 pt into 442 pt


@pytest.mark.parametrize("final", [False, True])
def test_documents__draft__says_so_on_every_page(standing: Standings, notice_file: bytes, final: bool) -> None:
    contents = [sheet_of(standing, OURS, final=final)]
    contents += [
        notice_file if final else filled(TEMPLATES / "通报.docx", notice(standing, commended=3, final=False), "")
    ]
    for document in map(opened, contents):
        headers = [document.sections[0].header]
        if document.settings.odd_and_even_pages_header_footer:
            headers.append(document.sections[0].even_page_header)
        assert [header.paragraphs[0].text for header in headers] == [("" if final else DRAFT)] * len(headers)
        assert all(section.header.is_linked_to_previous for section in list(document.sections)[1:])


def test_documents__provisional_rank__no_final_ones(scheme: Scheme, results: dict[str, Any]) -> None:
    unfinished = copy.deepcopy(results)
    unfinished["districts"][4]["provisional"] = True
    name = unfinished["districts"][4]["name"]
    with pytest.raises(Refused, match=f"{name}的名次为暂定，不能定稿"):
        make_documents(scheme, unfinished, final=True)
    text = text_of(
        filled(TEMPLATES / "通报.docx", notice(standings(scheme, unfinished), commended=None, final=False), "")
    )
    assert "【请写明通报表彰的区】" in text
    assert f"{results['districts'][4]['rank']}（暂定）" in text


def test_documents__results_of_another_scheme__refused(scheme: Scheme, results: dict[str, Any]) -> None:
    other = copy.deepcopy(results)
    other["districts"][0]["name"] = "别的区"
    with pytest.raises(WrongCall, match="不一致"):
        standings(scheme, other)


# --- 单区反馈表 ---------------------------------------------------------------------------------------------------------


def test_sheet__rows__scores_beside_average_and_best(sheet_file: bytes, results: dict[str, Any]) -> None:
    ours = next(d for d in results["districts"] if d["name"] == OURS)
    parts = read_document(sheet_file, "").tables[0]
    for row, n in zip(parts[1:5], "1234", strict=True):
        everybody = [exact(d["sections"][n]) for d in results["districts"]]
        average = half_up(sum(everybody, Fraction(0)) / 16)
        assert row[2] == f"{ours['sections'][n]:.2f}"
        assert row[4:6] == [average, half_up(max(everybody))]
        assert Decimal(row[6]) == Decimal(row[2]) - Decimal(average)
    assert parts[5][2] == f"{ours['total']:.2f}"


def test_sheet__losses__each_point_with_reason_and_origin(sheet_file: bytes, results: dict[str, Any]) -> None:
    ours = next(d for d in results["districts"] if d["name"] == OURS)
    items = [i for i in ours["items"].values() if i["status"] != "not_applicable"]
    lost = sorted((exact(i["points"]) - exact(i["score"]) for i in items if i["score"] < i["points"]), reverse=True)
    *rows, whole = read_document(sheet_file, "").tables[1][1:]
    assert [Fraction(row[3]) for row in rows] == lost
    assert whole == ["各项失分合计", "", "", f"{100 - Decimal(str(ours['total'])):.2f}", "", "", ""]
    for row in rows:
        assert Decimal(row[1]) - Decimal(row[2]) == Decimal(row[3])
        assert row[4] and re.match(r"区填报表 附件[12]![A-Z]+\d+", row[5]) and row[6]
    explained = {i["explain"].rpartition("：")[2].rpartition("，得分 ")[0].removesuffix("，四舍五入") for i in items}
    assert {row[4].rpartition("：")[2] for row in rows} <= explained


def test_sheet__losses__come_to_what_the_total_lacks_whatever_it_is_made_of(
    scheme: Scheme, results: dict[str, Any]
) -> None:
    """Two tasks 不适用, one with more than its points, 3 points added above the points, and a veto that leaves 50."""
    *others, last = scheme.sections
    added = replace(last, bonus=True)
    veto = Veto(name="重大事故", clause="发生重大事故的，总分不超过 50 分", at_most=Decimal(50))
    other = replace(
        scheme,
        annex1=replace(
            scheme.annex1, annex=replace(scheme.annex1.annex, points=Decimal("92.5")), sections=(*others, added)
        ),
        source=replace(scheme.source, vetoes=(veto,)),
    )
    data = copy.deepcopy(results)
    ours = next(d for d in data["districts"] if d["name"] == OURS)
    for id_, item in ours["items"].items():
        item.update(score=item["points"] if id_.startswith("K") else 1, status="scored")
    for id_ in ("K02", "K18"):
        ours["items"][id_].update(score=None, status="not_applicable")
    ours["items"]["K01"]["score"] = 2.2
    ours["items"]["K05"]["score"] = 1
    # 32 tasks that apply: 2.2 + 1 + 30 × 2 = 63.2 of 64 points; 68 × 63.2 ÷ 64 = 67.15
    ours["sections"] = {"1": 67.15, "2": 1, "3": 6, "4": 3}
    ours.update(sum=77.15, total=50, vetoes=[{"name": veto.name}])
    standing = standings(other, data)
    table = read_document(sheet_of(standing, OURS), "").tables[1]
    assert [(row[0], row[3]) for row in table if row[0] and not row[1]] == [
        ("各项失分合计", "18.50"),  # K05 1, section 2 6.5, section 3 11
        ("不适用项目折算", "+0.05"),  # 68 − 67.15 − (64 − 63.2)
        ("得分超过分值", "-0.20"),
        ("计入加分", "-3.00"),
        ("一票否决扣减", "+27.15"),
        ("总失分", "42.50"),  # of 92.5 points without the section that is added
    ]
    checked = check(Facts(standing), sheet_of(standing, OURS))
    assert checked.strange == []

    def falsify(document: Document) -> None:
        for row in document.tables[1].rows[-6:]:
            replace_in(row.cells[3].paragraphs[0], row.cells[3].text, row.cells[3].text[:-1] + "7")

    assert len(check(Facts(standing), edited(sheet_of(standing, OURS), falsify)).strange) == 6


def test_sheet__experts_marks__the_office_answers_for_them(scheme: Scheme, sheet_file: bytes) -> None:
    by_name = {row[0].partition("（")[0]: row[6] for row in read_document(sheet_file, "").tables[1]}
    assert by_name["工作机制"] == f"向{scheme.source.office_name}了解原因"
    assert by_name["海绵城市"] == "向市住房城乡建设管理委（专家评议）了解原因"


def test_sheet__ratio__says_what_is_short(sheet_file: bytes) -> None:
    """15 of 15.5 km, say: what is short stands beside the quotient that it comes from."""
    seen = 0
    for row in read_document(sheet_file, "").tables[1][1:]:
        pieces = re.findall(r"([\d.]+)÷([\d.]+)=", row[4]) if "原始分" not in row[4] else []
        short = [Decimal(t) - Decimal(d) for d, t in pieces if Decimal(d) < Decimal(t)]
        if short:
            assert [Decimal(n) for n in re.findall(r"尚差 ([\d.]+) ", row[6])] == short
            seen += 1
    assert seen >= 5


def test_sheet__others__none_of_their_names_and_data(
    scheme: Scheme, results: dict[str, Any], standing: Standings, sheet_file: bytes
) -> None:
    assert [name for name in scheme.district_names if name != OURS and name in text_of(sheet_file)] == []
    # Whatever else is changed about the others, the sheet is the same to the byte.
    changed = copy.deepcopy(results)
    for district in changed["districts"]:
        if district["name"] != OURS:
            for item in district["items"].values():
                item.update(score=0.01, explain="别区的说明", sources=[])
    assert sheet_of(standings(scheme, changed), OURS) == sheet_file


def test_sheet__experts__not_named(scheme: Scheme, results: dict[str, Any]) -> None:
    judged = copy.deepcopy(results)
    ours = next(d for d in judged["districts"] if d["name"] == OURS)
    source = {"code": "K11.1", "column": "完成情况（某某）", "typed": "1", "sheet": "评议", "cell": "H4", "sha256": ""}
    ours["items"]["K11"].update(score=1.0, sources=[{**source, "file": "专家评议表_某某.xlsx"}])
    text = text_of(sheet_of(standings(scheme, judged), OURS))
    assert "某某" not in text and "专家评议表 评议!H4" in text


# --- The check of figures ------------------------------------------------------------------------------------------------


def check(facts: Facts, content: bytes) -> Checked:
    return check_document(facts, content, "通报.docx")


def edited(content: bytes, edit: Callable[[Document], None]) -> bytes:
    document = opened(content)
    edit(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def replace_in(paragraph: Any, old: str, new: str) -> None:
    assert old in paragraph.text
    text = paragraph.text.replace(old, new, 1)
    for run in paragraph.runs[1:]:
        run.text = ""
    paragraph.runs[0].text = text


def test_check__honest_documents__pass(facts: Facts, notice_file: bytes, sheet_file: bytes) -> None:
    whole = check(facts, notice_file)
    assert (whole.strange, whole.has_pictures) == ([], False)
    assert whole.count > 16 * (2 + 4 + 9 + 34) and "【成文日期】" in whole.unwritten
    own = check(facts, sheet_file)
    assert (own.strange, own.unwritten) == ([], [])
    assert own.count > 100


def test_check__readings_in_everyday_words__no_false_alarm(standing: Standings, notice_file: bytes) -> None:
    worded = [
        replace(policy, options=dict.fromkeys(policy.options, word))
        for policy, word in zip(
            standing.scheme.policy_list, ("平均", "最低", "0 分", "100 分", "得分率", *"一" * 20), strict=False
        )
    ]
    everyday = replace(standing, scheme=replace(standing.scheme, policy_list=tuple(worded)))
    assert check(Facts(everyday), notice_file).strange == []


def test_check__three_falsified_figures__each_named(facts: Facts, notice_file: bytes, results: dict[str, Any]) -> None:
    third = results["districts"][2]
    falsified = f"{third['total'] + 0.1:.2f}"

    def falsify(document: Document) -> None:
        ranking, _annex1, annex2, _issue = document.tables
        replace_in(ranking.rows[3].cells[2].paragraphs[0], f"{third['total']:.2f}", falsified)
        cell = annex2.rows[34].cells[10].paragraphs[0]
        replace_in(cell, cell.text, "1.23")
        summary = next(p for p in document.paragraphs if "的平均总分为" in p.text)
        replace_in(summary, "16个区", "17个区")

    strange = check(facts, edited(notice_file, falsify)).strange
    assert [(one.figure, one.expected) for one in strange] == [
        ("17", ""),
        (falsified, f"{third['total']:.2f}"),
        ("1.23", strange[2].expected),
    ]
    assert third["name"] in strange[1].context and strange[2].expected
    assert "表 1第 4 行第 3 列" in strange[1].line() and falsified in strange[1].line()


def test_check__scores_of_two_districts_exchanged__both_named(facts: Facts, notice_file: bytes) -> None:
    best, last = facts.standings.districts[0], facts.standings.districts[-1]

    def exchange(document: Document) -> None:
        summary = next(p for p in document.paragraphs if "的平均总分为" in p.text)
        swapped = summary.text.replace(f"{best.total}", "#").replace(f"{last.total}", f"{best.total}")
        replace_in(summary, summary.text, swapped.replace("#", f"{last.total}"))

    assert len(check(facts, edited(notice_file, exchange)).strange) == 2


def test_check__what_a_writer_adds__no_false_alarm_and_no_free_figure(facts: Facts, notice_file: bytes) -> None:
    first = facts.standings.districts[0]

    def write(document: Document) -> None:
        place = next(p for p in document.paragraphs if "【请撰写" in p.text)
        replace_in(
            place,
            place.text,
            f"１．根据沪精细化办〔2024〕7号和《2024年工作要点（第3版）》，请于2024年3月31日前（2024-03-31 17:00）报送整改方案，按第4条办理。"
            f"{first.name}以{first.total}分居第1名，要巩固成果。",
        )
        place.insert_paragraph_before("新增公园120座。")

    strange = check(facts, edited(notice_file, write)).strange
    assert [(one.figure, one.context) for one in strange] == [("120", "新增公园120座。")]


def test_check__chinese_numerals_signs_and_comparisons__as_figures_in_digits(
    standing: Standings, facts: Facts, notice_file: bytes
) -> None:
    """What people write beside our sentences: each true one passes, each with one thing wrong is named."""
    one, two, three, *_, last = (d.name for d in standing.districts)
    totals = {d.name: d.total for d in standing.districts}
    first, second = totals[one], totals[two]
    above = sum(total > standing.average for total in totals.values())
    tens, ones = divmod(int(first), 10)
    numerals = "零一二三四五六七八九"
    spoken = f"{numerals[tens]}十{numerals[ones] if ones else ''}点" + "".join(
        numerals[int(digit)] for digit in f"{first:.2f}"[-2:]
    )
    negative = next((d.name, score) for d in standing.districts if (score := d.score("R6")) is not None and score < 0)
    sentences = {
        f"{three}获得第三名。": f"{three}获得第四名。",
        f"{two}排名第二，{last}列第十六位。": f"{two}排名第三，{last}列第十六位。",
        f"{one}、{two}、{three}居前三名。": f"{one}、{two}、{three}居前四名。",
        "考核覆盖十六个区。": "考核覆盖十五个区。",
        f"{one}总分为{spoken}分。": f"{one}总分为九十九点九九分。",
        f"总分高于平均的有{above}个区。": f"总分高于平均的有{above + 2}个区。",
        f"第1名{one}领先第2名{two}{first - second:.2f}分。": f"第1名{one}领先第2名{two}{first - second + 1:.2f}分。",
        f"{one}、{two}总分分别为{first}分、{second}分。": f"{one}、{two}总分分别为{second}分、{second}分。",
        f"{negative[0]}宣传得{negative[1]}分。": f"{negative[0]}宣传得{-negative[1]}分。",
        f"{one}总分{first:.2f}分。".translate(
            str.maketrans("0123456789.", "０１２３４５６７８９．")
        ): f"{one}总分１{first:.2f}分。",
        "十分重要，一分部署，九分落实，百分之百整改，下午三点三十分开会。": "重点工作得分率百分之九十九。",
        f"{one}领先，{two}、{three}分列第二、第三位。": f"{one}领先，{two}、{three}分列第三、第二位。",
        f"{one}和{two}仅差{first - second:.2f}分。": f"{one}和{two}仅差{first - second + 1:.2f}分。",
        "前三个季度，四个区块建成15分钟生活圈。": "重点工作得分率99%。",
        "联系电话：021-23115678。": f"{one}得分率为百分之一十二点三。",
    }

    def write(lines: Iterable[str]) -> Callable[[Document], None]:
        def edit(document: Document) -> None:
            place = next(p for p in document.paragraphs if "【请撰写" in p.text)
            for line in lines:
                place.insert_paragraph_before(line)

        return edit

    assert [one.line() for one in check(facts, edited(notice_file, write(sentences))).strange] == []
    strange = check(facts, edited(notice_file, write(sentences.values()))).strange
    assert list(dict.fromkeys(one.context for one in strange)) == list(sentences.values())


@pytest.mark.parametrize("written", ["十六", "九十九点九九", "拾陆", "９９．９９"])
def test_check__table_cell_in_chinese_numerals__a_figure(facts: Facts, notice_file: bytes, written: str) -> None:
    def falsify(document: Document) -> None:
        cell = document.tables[0].rows[1].cells[2 if "点" in written or "．" in written else 0].paragraphs[0]
        replace_in(cell, cell.text, written)

    assert len(check(facts, edited(notice_file, falsify)).strange) == 1


def test_check__numbers_in_a_district_s_reason__named(facts: Facts, sheet_file: bytes) -> None:
    def falsify(document: Document) -> None:
        row = next(r for r in document.tables[1].rows if "÷" in r.cells[4].text)
        done = re.search(r"([\d.]+)÷", row.cells[4].text)
        assert done
        replace_in(row.cells[4].paragraphs[0], f"{done[1]}÷", "77777÷")

    assert [one.figure for one in check(facts, edited(sheet_file, falsify)).strange] == ["77777"]


def test_check__another_cell_as_the_origin_of_a_score__named(facts: Facts, sheet_file: bytes) -> None:
    def falsify(document: Document) -> None:
        cell = document.tables[1].rows[1].cells[5].paragraphs[0]
        replace_in(cell, cell.text, re.sub(r"([A-Z])(\d+)", r"\g<1>9\2", cell.text, count=1))

    assert [one.figure[1] for one in check(facts, edited(sheet_file, falsify)).strange] == ["9"]


def test_check__no_word_document__refused(facts: Facts) -> None:
    for content in (b"%PDF-1.7", b"", (TEMPLATES.parent / "区填报表.xlsx").read_bytes()):
        with pytest.raises(WrongCall, match=r"通报\.docx"):
            check(facts, content)


def test_read__page_number_deletion_and_merged_cells__as_a_reader_sees_them() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("共")
    xml = '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:r>'
    from docx.oxml import parse_xml

    for inside in (
        '<w:fldChar w:fldCharType="begin"/>',
        "<w:instrText> PAGE </w:instrText>",
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>7</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraph._p.append(parse_xml(xml.format(inside)))
    paragraph.add_run("3")
    paragraph.add_run("分")
    table = document.add_table(3, 2)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "甲"
    table.cell(2, 0).merge(table.cell(2, 1)).text = "乙"
    out = io.BytesIO()
    document.save(out)
    read = read_document(out.getvalue(), "")
    assert "共3分" in read.paragraphs
    assert read.tables == [[["甲", ""], ["甲", ""], ["乙", "乙"]]]


# --- Templates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["通报.docx", "单区反馈表.docx"])
def test_templates__each__nothing_of_a_scheme_in_it(name: str) -> None:
    text = text_of((TEMPLATES / name).read_bytes())
    assert "{{ 方案文号 }}" in text
    assert names_of_a_scheme(text) == set()


def test_template__faulty_or_prying__refused_by_name(tmp_path: Path) -> None:
    for text, said in (("{{ 总粉 }}", "总粉"), ("{{ 区.__class__.__mro__ }}", "unsafe"), ("{% for %}", "")):
        document = docx.Document()
        document.add_paragraph(text)
        document.save(str(tmp_path / "通报.docx"))
        with pytest.raises(Refused, match=f"通报.docx.*{said}"):
            filled(tmp_path / "通报.docx", {"区": "甲"}, "")
    with pytest.raises(Refused, match="找不到文书模板"):
        filled(tmp_path / "没有.docx", {}, "")


@pytest.mark.slow
def test_template__figure_typed_into_it__found_when_documents_are_made(
    scheme: Scheme, results: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "单区反馈表.docx").write_bytes(b"")
    (tmp_path / "通报.docx").write_bytes((TEMPLATES / "通报.docx").read_bytes())
    document = docx.Document()
    document.add_paragraph("{{ 区 }}扣99分")
    document.save(str(tmp_path / "单区反馈表.docx"))
    made = make_documents(scheme, results, templates=tmp_path)
    assert len(made.strange) == 16
    assert all("：99，" in line for line in made.strange)


# --- Commands and PDF -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_command__documents_then_check__exit_codes_and_nothing_overwritten(
    results: dict[str, Any], tmp_path: Path
) -> None:
    data, out = tmp_path / "results.json", tmp_path / "文书"
    data.write_text(json.dumps(results, ensure_ascii=False), encoding="utf-8")
    made = call("documents", data, "-o", out, "--commended", "5", "--final")
    assert made.code == 0, made.err
    assert len(list(out.iterdir())) == 18 and "与结果一致" in made.out
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert call("documents", data, "-o", out, "--commended", "5", "--final").code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    checked = call("documents", "check", out / "通报.docx", data)
    assert (checked.code, "与结果一致" in checked.out) == (0, True)

    def falsify(document: Document) -> None:
        replace_in(document.tables[0].rows[1].cells[2].paragraphs[0], document.tables[0].rows[1].cells[2].text, "99.99")

    (out / "通报.docx").write_bytes(edited(first["通报.docx"], falsify))
    checked = call("documents", "check", out / "通报.docx", data)
    assert checked.code == 1 and "99.99" in checked.out
    kept = (out / "通报.docx").read_bytes()
    again = call("documents", data, "-o", out, "--commended", "4")
    assert again.code == 1 and "通报.docx" in again.err
    assert (out / "通报.docx").read_bytes() == kept


@pytest.mark.slow
def test_command__another_city__its_own_units_sections_and_points(tmp_path: Path) -> None:
    product = product_with(tmp_path / "product", "2025")

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "xladdin", *words, "--scheme", "2025"]
        done = subprocess.run(command, cwd=product, capture_output=True, text=True, encoding="utf-8", check=False)
        assert "程序出错" not in done.stderr, done.stderr
        return done.stdout

    run("templates", "模板")
    run("sample", "模板", "回收")
    run("consolidate", "回收", "-o", "k.xlsx", "--json", "r.json")
    assert re.search(r"已核对 \d{4} 个数，与结果一致", run("documents", "r.json", "-o", "文书", "--commended", "2"))
    text = text_of((product / "文书/通报.docx").read_bytes())
    assert "关于2025年度宁州市城乡环境综合治理考核结果的通报" in text
    assert len(list((product / "文书").glob("单区反馈表_*.docx"))) == 12


@pytest.mark.parametrize("makes_it", [True, False])
def test_pdf__program__what_it_made_or_said_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, makes_it: bool
) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nfor f; do :; done\n" + ('printf %s "$f" > "${f%.docx}.pdf"\n' if makes_it else ""))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    if makes_it:
        assert as_pdf({"通报.docx": b"x"})["通报.pdf"].endswith("通报.docx".encode())
    else:
        with pytest.raises(Refused, match=r"没有转换出 通报\.pdf"):
            as_pdf({"通报.docx": b"x"})
    program.unlink()
    with pytest.raises(Refused, match="没有找到 LibreOffice"):
        as_pdf({"通报.docx": b"x"})


@pytest.mark.parametrize(
    ("key", "said"), [("total", "总分：写着 99.9，各部分合计"), ("rank", "名次：写着 99.9，按总分应为")]
)
def test_documents__total_or_rank_edited__refused_with_the_district(
    scheme: Scheme, results: dict[str, Any], key: str, said: str
) -> None:
    edited = copy.deepcopy(results)
    edited["districts"][3][key] = 99.9
    with pytest.raises(Refused, match=f"{edited['districts'][3]['name']} {said}"):
        make_documents(scheme, edited)


def test_documents__section_edited_with_its_total__refused(scheme: Scheme, results: dict[str, Any]) -> None:
    edited = copy.deepcopy(results)
    edited["districts"][3]["sections"]["1"] += 1
    with pytest.raises(Refused, match=f"{edited['districts'][3]['name']} 重点工作：写着 .*，各项得分合计"):
        make_documents(scheme, edited)
