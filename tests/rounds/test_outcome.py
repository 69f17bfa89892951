"""What stands over the total, the whole way: two groups, 功效系数, weights 60/20/20, points above 100, a cancelled and a limited total.

The scheme is the test scheme 2026 as 考核方案.xlsx in an assessment folder. What is expected is worked out here from its text.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.full_round.writing import columns, fill_evaluation, fill_form
from tests.support.years import SCHEMES, call
from xladdin.scheme import load_scheme
from xladdin.scheme.book.writer import scheme_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

CITY, COUNTY = ("江北区", "江南区", "高新区", "港口区"), ("青山县", "白河县", "云岭县", "平湖县")
UNITS = (*CITY, *COUNTY)
OFFICE, VETO = "市考核办评分表.xlsx", "一票否决"
ACCIDENT, CRITICISED = "较大以上安全生产责任事故", "环境保护督察通报批评"

VALUES: Mapping[str, tuple[float, ...]] = {
    # in the order of the units
    "E1.1": (15, 15, 14, 12, 15, 9, 15, 13),
    "E2.1": (320, 285.5, 410, 300, 150, 98.5, 120, 131),
    "E3.1": (88, 88, 140, 120, 40, 25.5, 31, 36),
    "E4.1": (0.31, 0.35, 0.42, 0.6, 0.35, 0.5, 0.47, 0.33),
    "S1.1": (92, 95, 96, 88, 94, 85, 90, 91),
    "S1.2": (90, 93, 95, 80, 92, 86, 88, 87),
    "S1.3": (91, 94.5, 97, 84, 93, 82, 86, 90),
    "S2.1": (88, 90.5, 92, 80, 96, 94, 95, 93),
    "B1.1": (2, 1, 2, 0, 2, 0, 1, 0),
    "B2.1": (3, 2, 0, 0, 1, 0, 3, 0),
}
ASSIGNED = 15
BY_UNITS = ("E1.1", "E2.1", "E3.1", "E4.1", "B1.1", "B2.1")
EVALUATED = {
    "部门评价表_市发展改革委.xlsx": ("E1.1", "E4.1"),
    "部门评价表_市统计局.xlsx": ("E2.1", "E3.1"),
    OFFICE: ("S1.1", "S1.2", "S1.3", "S2.1", "B1.1", "B2.1"),
}

# --- By the text ------------------------------------------------------------------------------------------------------


def exact(value: float) -> Fraction:
    return Fraction(str(value))


def rounded(value: Fraction) -> Decimal:
    hundredths = Decimal(value.numerator) / Decimal(value.denominator)
    return hundredths.quantize(Decimal("0.01"), ROUND_HALF_UP)


def items(unit: str) -> dict[str, Decimal]:
    n = UNITS.index(unit)
    own = {code: exact(values[n]) for code, values in VALUES.items()}
    everybody = {code: [exact(value) for value in values] for code, values in VALUES.items()}

    group = range(4) if unit in CITY else range(4, 8)
    of_group = {code: [exact(values[n]) for n in group] for code, values in VALUES.items()}

    def share(code: str) -> Fraction:
        least, most = min(everybody[code]), max(everybody[code])
        return (own[code] - least) / (most - least)

    return {
        "E1": rounded(14 * min(Fraction(1), own["E1.1"] / ASSIGNED)),
        "E2": rounded(16 * (60 + 40 * share("E2.1")) / 100),
        "E3": rounded(12 * (1 - Fraction(5, 100) * sum(v > own["E3.1"] for v in everybody["E3.1"]))),
        "E4": rounded(8 * (1 - Fraction(12, 100) * sum(v < own["E4.1"] for v in of_group["E4.1"]))),
        "S1": rounded(30 * (60 * own["S1.1"] + 20 * own["S1.2"] + 20 * own["S1.3"]) / 10000),
        "S2": rounded(20 * (50 + 50 * share("S2.1")) / 100),
        "B1": Decimal({0: 0, 1: 2}.get(int(own["B1.1"]), 4)),
        "B2": Decimal({0: "0", 1: "1.5", 2: "1.5"}.get(int(own["B2.1"]), "3")),
    }


def sums(unit: str) -> tuple[dict[str, Decimal], Decimal]:
    own = items(unit)
    sections = {
        "1": own["E1"] + own["E2"] + own["E3"] + own["E4"],
        "2": own["S1"] + own["S2"],
        "3": min(Decimal(5), own["B1"] + own["B2"]),
    }
    return sections, sum(sections.values(), Decimal(0))


def expected(cancelled: str, limited: str) -> dict[str, dict[str, Any]]:
    totals = {unit: sums(unit)[1] for unit in UNITS}
    counted = {u: min(total, Decimal(75)) if u == limited else total for u, total in totals.items() if u != cancelled}

    def rank(unit: str, among: tuple[str, ...]) -> int | None:
        return None if unit == cancelled else 1 + sum(counted[u] > counted[unit] for u in among if u in counted)

    def grade(unit: str) -> str:
        if unit == cancelled:
            return ""
        bands = ((90, "优秀"), (80, "良好"), (60, "合格"), (0, "不合格"))
        return next(name for start, name in bands if counted[unit] >= start)

    return {
        unit: {
            "sum": totals[unit],
            "total": counted.get(unit),
            "rank": rank(unit, UNITS),
            "grade": grade(unit),
            "group": "市区组" if unit in CITY else "县域组",
            "group_rank": rank(unit, CITY if unit in CITY else COUNTY),
        }
        for unit in UNITS
    }


def test_expectation__what_is_played__has_every_case() -> None:
    """What the story is about is in it: a bonus beyond its limit, a limit that bites, who moves up, three grades."""
    said = expected("高新区", "江北区")
    assert items("江北区")["B1"] + items("江北区")["B2"] == 7 and sums("江北区")[0]["3"] == 5
    assert said["江北区"]["sum"] > 90 and said["江北区"]["grade"] == "合格"
    assert max(UNITS, key=lambda unit: said[unit]["sum"]) in ("高新区", "江北区")
    assert {own["grade"] for own in said.values()} >= {"", "合格", "良好", "优秀"}
    assert [said[unit]["group_rank"] for unit in CITY].count(None) == 1


# --- Filling in -------------------------------------------------------------------------------------------------------


def saved(path: Path, fill: Callable[[Any], None]) -> None:
    book = openpyxl.load_workbook(path)
    fill(book)
    book.save(path)


def fill_vetoes(book: Any, *lines: tuple[object, ...]) -> None:
    heads = ("区", "情形", "事由", "批准人", "批准日期")
    first, at = columns(book[VETO], *heads)
    for row, line in enumerate(lines, first + 1):
        for head, value in zip(heads, line, strict=True):
            book[VETO].cell(row, at[head]).value = value


def fill_targets(book: Any) -> None:
    first, at = columns(book["任务分解表"], "编号", *UNITS)
    for unit in UNITS:
        book["任务分解表"].cell(first + 1, at[unit]).value = ASSIGNED


APPROVED = ("高新区", ACCIDENT, "化工园爆燃", "市政府常务会议", date(2027, 1, 12))
LIMITED = ("江北区", CRITICISED, "河道倾倒", "分管副市长", "2027年1月13日")


def value_of(code: str, unit: str) -> float:
    return VALUES[code][UNITS.index(unit)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An assessment in which everybody has sent everything; the list of vetoes is blank."""
    folder = tmp_path_factory.mktemp("考核")
    scheme = load_scheme("2026", SCHEMES)
    (folder / "考核方案.xlsx").write_bytes(scheme_workbook(scheme, ()))
    assert call("targets", folder / "任务分解表.xlsx").code == 0
    saved(folder / "任务分解表.xlsx", fill_targets)
    assert call("templates", folder / "下发", "--targets", folder / "任务分解表.xlsx").code == 0
    returned = folder / "回收"
    returned.mkdir()
    for unit in UNITS:
        path = Path(shutil.copy(folder / f"下发/区填报表_{unit}.xlsx", returned))
        typed = {(code, "完成情况"): value_of(code, unit) for code in BY_UNITS}
        saved(path, partial(fill_form, typed=typed))
    assert call("evaluations", folder / "下发", "--returned", returned).code == 0
    for name, codes in EVALUATED.items():
        path = Path(shutil.copy(folder / "下发" / name, returned))
        judged = {(code, unit): value_of(code, unit) for code in codes for unit in UNITS}
        saved(path, partial(fill_evaluation, typed=judged))
    return folder


def consolidated(folder: Path) -> tuple[int, str, Path]:
    said = call("consolidate", folder, "--round")
    return said.code, said.out + said.err, sorted((folder / "结果").iterdir())[-1]


def results(sealed: Path) -> dict[str, Any]:
    data = json.loads((sealed / "results.json").read_text(encoding="utf-8"))
    return {district["name"]: district for district in data["districts"]} | {"issues": data["issues"]}


def assert_as_expected(data: Mapping[str, Any], said: Mapping[str, Mapping[str, Any]]) -> None:
    for unit, own in said.items():
        district = data[unit]
        assert {id_: Decimal(str(item["score"])) for id_, item in district["items"].items()} == items(unit), unit
        assert {n: Decimal(str(v)) for n, v in district["sections"].items()} == sums(unit)[0], unit
        for key, value in own.items():
            found = district[key]
            assert (Decimal(str(found)) if isinstance(value, Decimal) else found) == value, (unit, key)


def assert_shown(said: str, data: Mapping[str, Any]) -> None:
    """The table on the screen: rank, grade, group and rank within it of every unit."""
    heads, *rows = (
        line.split() for line in said.splitlines() if line.strip().partition(" ")[0] in {*map(str, range(1, 9)), "名次"}
    )
    shown = {row[heads.index("区")]: dict(zip(heads, row, strict=False)) for row in rows}
    for unit in UNITS:
        own = data[unit]
        found = [shown[unit][head] for head in ("名次", "等次", "分组", "组内名次")]
        assert found == [str(own["rank"]), own["grade"], own["group"], str(own["group_rank"])], unit


@pytest.mark.slow
def test_round__two_vetoes__as_worked_out_by_hand(folder: Path) -> None:
    # Nobody's total is touched.
    code, said, plain = consolidated(folder)
    assert code == 0, said
    assert_as_expected(results(plain), expected("", ""))
    assert_shown(said, results(plain))
    assert not any(results(plain)[unit]["vetoes"] for unit in UNITS)

    # A line without who approved it: nothing is cancelled, and it is said.
    list_of_vetoes = folder / "回收" / OFFICE
    saved(list_of_vetoes, lambda book: fill_vetoes(book, (*APPROVED[:3], None, APPROVED[4])))
    code, said, half = consolidated(folder)
    assert code == 1, said
    data = results(half)
    assert_as_expected(data, expected("", ""))
    assert [unit for unit in UNITS if data[unit]["provisional"]] == ["高新区"]
    (finding,) = [i for i in data["issues"] if i["sheet"] == VETO]
    assert (finding["district"], finding["file"], finding["cell"]) == ("高新区", OFFICE, "A5")
    assert finding["found"].endswith("缺：批准人")

    # Both lines as they should be.
    saved(list_of_vetoes, lambda book: fill_vetoes(book, APPROVED, LIMITED))
    code, said, sealed = consolidated(folder)
    assert code == 0, said
    assert "取消成绩" in said
    data = results(sealed)
    hand = expected("高新区", "江北区")
    assert_as_expected(data, hand)
    assert not any(data[unit]["provisional"] for unit in UNITS)
    (line,) = data["高新区"]["vetoes"]
    assert (line["name"], line["at_most"], line["event"], line["approver"], line["day"], line["cell"]) == (
        ACCIDENT, None, "化工园爆燃", "市政府常务会议", "2027-01-12", "A5",
    )  # fmt: skip
    verified = call("verify", sealed)
    assert (verified.code, "一致" in verified.out) == (0, True), verified

    ranking = [
        [c.value for c in row] for row in openpyxl.load_workbook(next(sealed.glob("考核汇总*")))["排名"].iter_rows()
    ]
    heads = next(row for row in ranking if "名次" in row)
    rows = {row[heads.index("区")]: dict(zip(heads, row, strict=True)) for row in ranking if row[1] in UNITS}
    assert list(rows)[-1] == "高新区"
    for unit, own in hand.items():
        row = rows[unit]
        assert (row["等次"] or "", row["分组"], row["组内名次"]) == (own["grade"], own["group"], own["group_rank"])
        assert row["总分"] == ("取消成绩" if own["total"] is None else float(own["total"]))
        assert row["名次"] == ("取消成绩" if own["rank"] is None else own["rank"])
    assert f"各部分合计 {hand['江北区']['sum']}" in rows["江北区"]["备注"]
    assert "市政府常务会议 2027-01-12 批准" in rows["高新区"]["备注"]

    trace = openpyxl.load_workbook(next(sealed.glob("考核汇总*")))["溯源"]
    found = [row[:10] for row in trace.iter_rows(values_only=True) if row[3] == VETO]
    assert found == [
        ("高新区", None, ACCIDENT, VETO, None, "√", "化工园爆燃；市政府常务会议；2027-01-12", OFFICE, VETO, "A5"),
        ("江北区", None, CRITICISED, VETO, None, "√", "河道倾倒；分管副市长；2027-01-13", OFFICE, VETO, "A6"),
    ]

    told = call("explain", "江北区", "总分", sealed / "results.json").out
    assert f"{CRITICISED}，总分最高按 75 分计。事由：河道倾倒；分管副市长 2027-01-13 批准" in told
    assert "被省级以上环境保护督察通报批评的, 总分最高按 75 分计。" in told
    assert "总分：75.00" in told and "等次：合格（60 分起）" in told
    assert "第" not in call("explain", "高新区", "总分", sealed / "results.json").out.splitlines()[0]

    moved = call("diff", plain / "results.json", sealed / "results.json", "-o", folder / "变动.xlsx").out
    ranks = f"第 {expected('', '')['江北区']['rank']} 名 → 第 {hand['江北区']['rank']} 名"
    assert f"江北区 总分 {hand['江北区']['sum']} → 75.00，{ranks}：{VETO}：无 → {CRITICISED}" in moved
    assert f"高新区 总分 {hand['高新区']['sum']} → 取消成绩，第 1 名 → 取消成绩：{VETO}：无 → {ACCIDENT}" in moved

    # A result in which the veto was undone by hand does not add up.
    tampered = json.loads((sealed / "results.json").read_text(encoding="utf-8"))
    next(d for d in tampered["districts"] if d["name"] == "江北区")["total"] = float(hand["江北区"]["sum"])
    (folder / "改.json").write_text(json.dumps(tampered, ensure_ascii=False), encoding="utf-8")
    refused = call("documents", folder / "改.json", "-o", folder / "不写")
    assert refused.code and f"总分：写着 {hand['江北区']['sum']}" in refused.err and "按一票否决计 75" in refused.err

    next(d for d in tampered["districts"] if d["name"] == "江北区")["vetoes"][0]["name"] = "别的"
    (folder / "改.json").write_text(json.dumps(tampered, ensure_ascii=False), encoding="utf-8")
    for command, out in (("documents", folder / "不写"), ("analyse", folder / "不写.xlsx")):
        refused = call(command, folder / "改.json", "-o", out)
        assert refused.code and "江北区的一票否决“别的”不在" in refused.err, refused

    # The districts' sheets of 考核汇总 are consolidated to the same.
    again = call("consolidate", next(sealed.glob("考核汇总*")), "-o", folder / "再.xlsx", "--json", folder / "再.json")
    read = json.loads((folder / "再.json").read_text(encoding="utf-8"))
    assert_as_expected({d["name"]: d for d in read["districts"]}, hand), again

    # What leaders and districts receive.
    assert call("documents", sealed / "results.json", "-o", folder / "文书", "--commended", "3").code == 0
    from docx import Document

    notice = "\n".join(p.text for p in Document(str(next((folder / "文书").glob("通报*.docx")))).paragraphs)
    assert f"高新区有{ACCIDENT}的情形，取消考核成绩，各部分合计{hand['高新区']['sum']}分。" in notice
    named = [u for u in sorted(UNITS, key=lambda u: hand[u]["rank"] or 9)[:3] if u != "江北区"]
    assert f"名次居前3位的{'、'.join(named)}等{len(named)}个区" in notice
    ranked = [own["total"] for own in hand.values() if own["total"] is not None]
    assert f"7个区的平均总分为{rounded(Fraction(sum(ranked)) / 7)}分" in notice
    assert call("analyse", sealed / "results.json", "-o", folder / "口径分析.xlsx").code == 0
    conclusion = openpyxl.load_workbook(folder / "口径分析.xlsx")["结论"]
    first, at = columns(conclusion, "区", "分组", "组内名次")
    found = {row[at["区"] - 1]: row for row in conclusion.iter_rows(first + 1, values_only=True)}
    assert list(found) == sorted((u for u in UNITS if u != "高新区"), key=lambda u: hand[u]["rank"])
    for unit, row in found.items():
        assert (row[at["分组"] - 1], row[at["组内名次"] - 1]) == (hand[unit]["group"], hand[unit]["group_rank"])


@pytest.mark.slow
def test_office__list_of_vetoes_deleted__everybody_provisional(folder: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(folder, tmp_path / "另", ignore=shutil.ignore_patterns("结果", "文书")))
    book = openpyxl.load_workbook(own / "回收" / OFFICE)
    del book[VETO]
    book.save(own / "回收" / OFFICE)
    code, said, sealed = consolidated(own)
    assert code == 1, said
    data = results(sealed)
    assert [issue["found"] for issue in data["issues"] if issue["sheet"] == VETO] == ["找不到这张表"]
    assert all(data[unit]["provisional"] for unit in UNITS)


@pytest.mark.slow
def test_master__imported_and_consolidated_by_the_ribbon__the_sealed_ranking(
    folder: Path, tmp_path: Path, simulated: Callable[..., Any]
) -> None:
    own = Path(shutil.copytree(folder, tmp_path / "另", ignore=shutil.ignore_patterns("结果", "文书")))
    half = ("白河县", ACCIDENT, None, "市政府", "2027-01-20")
    saved(own / "回收" / OFFICE, lambda book: fill_vetoes(book, APPROVED, LIMITED, half))
    _code, _said, sealed = consolidated(own)
    done = tmp_path / "考核总表.xlsm"
    told = simulated(
        "tests.full_round.ribbon:imported_and_consolidated",
        master=str(own / "下发/考核总表.xlsm"),
        folder=str(own),
        done=str(done),
    )

    def table(path: Path, sheet: str, key: str) -> list[dict[str, Any]]:
        page = openpyxl.load_workbook(path, data_only=True)[sheet]
        first, at = columns(page, "区", key)
        found = [
            {head: page.cell(row, n).value for head, n in at.items()} for row in range(first + 1, page.max_row + 1)
        ]
        return [row for row in found if row["区"] in UNITS]

    result = next(sealed.glob("考核汇总*"))
    assert table(done, "排名", "组内名次") == table(result, "排名", "组内名次")
    mine, theirs = table(done, VETO, "事由"), table(result, VETO, "事由")
    for row in (*mine, *theirs):
        row.pop("来源")
    assert mine == theirs
    assert f"排名为暂定：1 个区的数据尚不完整。{VETO}：江北区、高新区。" in told["said"][-1]
    shown = openpyxl.load_workbook(done)["高新区"]
    totals = [
        cell for cell in shown["E"] if isinstance(cell.value, str) and cell.value.startswith(f"=IF(COUNTIF('{VETO}'!")
    ]
    assert len(totals) == 1
