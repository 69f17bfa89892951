"""Corrections after the result was sealed: checked, applied with their reason, and the earlier result left alone."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Field, Forms, Typed
from tests.support.heads import headed, spellings
from xladdin.classes import replace
from xladdin.evaluations.books import unit_workbook
from xladdin.evaluations.reading import read_evaluations
from xladdin.evaluations.units import departments
from xladdin.issues import Refused, WrongCall
from xladdin.results.consolidation import Consolidation, DistrictResult, consolidate
from xladdin.results.stored import NotComparable, results
from xladdin.rounds.corrected import Corrected, correct, corrected_lines, corrected_workbook, refuse_replacing
from xladdin.rounds.corrections import COLUMNS, read_corrections
from xladdin.rounds.corrections_sheet import corrections_workbook
from xladdin.scheme import Scheme
from xladdin.scheme.model import District
from xladdin.words import TARGET, VALUE, form_file_name
from xladdin.workbook import package
from xladdin.workbook.cells import RawBook, RawSheet, cell_name
from xladdin.workbook.read.reader import SourceFile, read_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

WHO = "徐汇区"
DAY = datetime.datetime(2024, 2, 1)
STAMP = datetime.datetime(2024, 2, 2, 9, 0)
# 18.5 of 18.5 done becomes 14.8: 2 points become 1.60.
LOWER = (WHO, "K15.1", VALUE, 18.5, 14.8, "复核现场", "张主任", DAY)
# 15 of 15 assigned becomes 15 of 20: 2 points become 1.50.
MORE = (WHO, "K31.1", TARGET, 15, 20, "任务分解表有误", "张主任", "2024年2月1日")

Line = tuple[object, ...]


def sheet_of(folder: Path, *lines: Line) -> Path:
    """更正单 with these lines, below a title."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2023 年更正单"])
    sheet.append(COLUMNS)
    for line in lines:
        sheet.append(line)
    path = folder / "更正单.xlsx"
    book.save(path)
    return path


def seal(result: Consolidation, folder: Path) -> Path:
    path = folder / "results.json"
    path.write_text(json.dumps(results(result), ensure_ascii=False), encoding="utf-8")
    return path


def corrected(scheme: Scheme, clean: Consolidation, paths: Sequence[Path], folder: Path, *lines: Line) -> Corrected:
    return correct(scheme, seal(clean, folder), paths, sheet_of(folder, *lines))


def district(result: Consolidation | None, name: str = WHO) -> DistrictResult:
    assert result is not None
    return next(d for d in result.districts if d.name == name)


# --- Applied ----------------------------------------------------------------------------------------------------------


def test_correct__amount_done_and_assigned__scores_total_and_ranks_as_computed_by_hand(
    scheme: Scheme, filled: Path, clean: Consolidation, tmp_path: Path
) -> None:
    done = corrected(scheme, clean, [filled], tmp_path, LOWER, MORE)
    assert done.issues == ()
    after = district(done.after)
    assert (str(after.scored.items["K15"].score), str(after.scored.items["K31"].score)) == ("1.60", "1.50")
    assert (str(district(done.before).scored.total), str(after.scored.total)) == ("82.57", "81.67")
    # Three others are at 82.48, 82.19 and 82.07.
    assert (district(done.before).rank, after.rank) == (11, 14)
    assert [district(done.after, name).rank for name in ("闵行区", "奉贤区", "黄浦区")] == [11, 12, 13]
    assert done.after is not None
    assert done.after.issues == ()


def test_correct__explanation_and_sources__tell_reason_approver_day_and_the_cell(
    scheme: Scheme, filled: Path, clean: Consolidation, tmp_path: Path
) -> None:
    done = corrected(scheme, clean, [filled], tmp_path, LOWER)
    after = district(done.after)
    told = "更正：K15.1 完成情况 18.5 改为 14.8（复核现场，张主任，2024-02-01）；"
    assert told in after.scored.items["K15"].explain
    assert after.layers is not None
    sources = {s.head: (s.typed, s.place.file, s.place.cell) for s in after.layers.sources if s.code == "K15.1"}
    assert sources["完成情况（更正）"] == ("14.8", "更正单.xlsx", "E3")
    assert sources["完成情况"][:2] == ("18.5", form_file_name(WHO))
    assert done.after is not None
    data = json.loads(json.dumps(results(done.after)))
    own = next(d for d in data["districts"] if d["name"] == WHO)
    digests = {s["file"]: s["sha256"] for s in own["items"]["K15"]["sources"]}
    assert digests["更正单.xlsx"] == hashlib.sha256((tmp_path / "更正单.xlsx").read_bytes()).hexdigest()


def test_correct__a_cell_that_could_not_be_used__mended_and_no_longer_complained_of(
    scheme: Scheme, forms: Forms, filled: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    typed: dict[Field, Typed] = {("K15.1", VALUE): "已完成"}
    (folder / form_file_name(WHO)).write_bytes(forms.make(WHO, typed))
    earlier = consolidate(scheme, [folder])
    assert [i.code for i in earlier.issues] == ["C01"]
    line = (WHO, "k15.1", VALUE, "已完成", "18.5", "区里书面更正", "李处长", "2024/2/1")
    done = corrected(scheme, earlier, [folder], tmp_path, line)
    # The text 18.5 is read as a number, which is said as everywhere.
    assert [i.code for i in done.issues] == ["C04"]
    assert done.after is not None
    assert [i.code for i in done.after.issues] == ["C04"]
    assert str(district(done.after).scored.total) == "82.57"
    assert not district(done.after).provisional


def test_correct__value_that_a_department_judged__correction_stands_over_it(
    scheme: Scheme, forms: Forms, filled: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    unit = next(u for u in departments(scheme) if "K15.1" in u.codes)
    path = folder / unit.file_name
    path.write_bytes(unit_workbook(scheme, unit, 1))
    blank = read_evaluations(scheme, read_workbook(path), SourceFile(path, path.name, ""))
    own = [e.place for e in blank.evaluations if e.code == "K15.1" and e.district in (WHO, "黄浦区")]
    path.write_bytes(package.rewrite(path.read_bytes(), {}, {own[0].sheet: {place.cell: 10.0 for place in own}}))
    earlier = consolidate(scheme, [folder])
    assert str(district(earlier).scored.items["K15"].score) == "1.08"  # 10 of 18.5
    done = corrected(scheme, earlier, [folder], tmp_path, (*LOWER[:3], 10, *LOWER[4:]))
    after = district(done.after)
    assert str(after.scored.items["K15"].score) == "1.60"
    explain = after.scored.items["K15"].explain
    assert f"采用{unit.name}" in explain
    assert "10 改为 14.8（复核现场" in explain
    assert done.after is not None
    assert after.layers is not None
    field = after.layers.fields["K15.1"]
    assert (str(field.decided), [str(one.evaluation.value) for one in field.judged]) == ("14.8", ["10"])
    assert str(field.reported.value.value) == "18.5"
    assert done.after.reports == earlier.reports
    assert after.unjudged == district(earlier).unjudged  # the others still wait
    assert [i.code for i in done.after.issues] == [i.code for i in earlier.issues]


def test_correct__value_nobody_has_judged_yet__decided_by_the_correction(
    scheme: Scheme, filled: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    unit = next(u for u in departments(scheme) if "K15.1" in u.codes)
    (folder / unit.file_name).write_bytes(unit_workbook(scheme, unit, 1))
    earlier = consolidate(scheme, [folder])
    done = corrected(scheme, earlier, [folder], tmp_path, LOWER)
    assert district(earlier).unjudged - district(done.after).unjudged == {"K15.1"}


def test_correct__sealed_under_another_reading__the_same_reading(scheme: Scheme, filled: Path, tmp_path: Path) -> None:
    policies = scheme.choose_policies({"ratio_cap": "none", "multi_indicator": "weights:K10.1=2,K10.2=1"})
    earlier = consolidate(scheme, [filled], policies)
    done = corrected(scheme, earlier, [filled], tmp_path, LOWER)
    assert done.after is not None
    assert done.after.policies.described() == policies.described()


# --- Refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "cell", "expected"),
    [
        ({0: "徐家汇区"}, "A3", "16 个区的全称之一"),
        ({1: "K99.1"}, "B3", "方案中的编号"),
        ({2: "得分"}, "C3", "当年任务量"),
        ({1: "R5.1", 2: TARGET, 3: None, 4: 2}, "C3", "R5.1 的栏目：完成情况"),
        ({3: 18}, "D3", "采用的原值：18.5"),
        ({3: None}, "D3", "采用的原值：18.5"),
        ({4: None}, "E3", "更正后的值"),
        ({4: "已完成"}, "E3", "数字"),
        ({4: -1}, "E3", "数字"),
        ({4: "=1+1"}, "E3", "直接填写的数值"),
        ({5: " "}, "F3", "写明理由"),
        ({6: None}, "G3", "写明批准人"),
        ({7: None}, "H3", "批准的日期"),
        ({7: "月初"}, "H3", "批准的日期"),
    ],
)
def test_correct__a_line_with_a_fault__named_at_its_cell_and_nothing_corrected(
    scheme: Scheme,
    filled: Path,
    clean: Consolidation,
    tmp_path: Path,
    change: dict[int, object],
    cell: str,
    expected: str,
) -> None:
    line = tuple(change.get(n, content) for n, content in enumerate(LOWER))
    done = corrected(scheme, clean, [filled], tmp_path, MORE, line)
    assert done.after is None
    (issue,) = [i for i in done.issues if i.level.value == "错误"]
    assert (issue.place.file, issue.place.cell) == ("更正单.xlsx", cell.replace("3", "4"))
    assert expected in issue.expected


def test_correct__a_cell_corrected_twice__refused(
    scheme: Scheme, filled: Path, clean: Consolidation, tmp_path: Path
) -> None:
    done = corrected(scheme, clean, [filled], tmp_path, LOWER, LOWER)
    assert done.after is None
    assert ["有两行" in i.found for i in done.issues] == [True]


@pytest.mark.parametrize("lines", [None, ()])
def test_correct__no_lines_or_no_heads__said_so(
    scheme: Scheme, filled: Path, clean: Consolidation, tmp_path: Path, lines: tuple[Line, ...] | None
) -> None:
    sheet = sheet_of(tmp_path)
    if lines is None:
        openpyxl.Workbook().save(sheet)
    done = correct(scheme, seal(clean, tmp_path), [filled], sheet)
    assert done.after is None
    assert [i.code for i in done.issues] == ["R04"]


CELLS = [tuple(COLUMNS), (WHO, "K15.1", VALUE, 18.5, 14.8, "复核现场", "张主任", "2024-02-01")]
MORE_CELLS = [tuple(COLUMNS), (WHO, "K31.1", TARGET, 15.0, 20.0, "任务分解表有误", "张主任", "2024年2月1日")]


@pytest.mark.parametrize(("head", "text"), list(spellings(COLUMNS)))
def test_read__head_spelt_otherwise__the_same_lines_and_said(scheme: Scheme, head: str, text: str) -> None:
    book = RawBook("", [RawSheet("更正单", CELLS)])
    lines, found = read_corrections(scheme, book, "更正单.xlsx")
    assert [line.new for line in lines] == [Decimal("14.8")]
    assert found == []
    respelt, found = read_corrections(scheme, headed(book, head, text), "更正单.xlsx")
    assert respelt == lines
    assert [(i.code, i.found, i.place.cell) for i in found] == [
        ("S07", f"表头写作“{text}”", cell_name(0, COLUMNS.index(head)))
    ]


def test_read__heads_again_below__the_lines_below_them_too(scheme: Scheme) -> None:
    book = RawBook("", [RawSheet("更正单", [*CELLS, *MORE_CELLS])])
    lines, found = read_corrections(scheme, book, "更正单.xlsx")
    assert [(line.code, line.new) for line in lines] == [("K15.1", Decimal("14.8")), ("K31.1", Decimal(20))]
    assert found == []


def test_correct__a_district_without_a_form__refused(scheme: Scheme, filled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    (folder / form_file_name(WHO)).unlink()
    done = corrected(scheme, consolidate(scheme, [folder]), [folder], tmp_path, LOWER)
    assert done.after is None
    assert [i.place.cell for i in done.issues] == ["A3"]


def test_correct__file_changed_since_it_was_sealed__not_the_result_of_these(
    scheme: Scheme, forms: Forms, filled: Path, clean: Consolidation, tmp_path: Path
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    typed: dict[Field, Typed] = {("K15.1", VALUE): 14.8}
    (folder / form_file_name(WHO)).write_bytes(forms.make(WHO, typed))
    with pytest.raises(Refused, match=f"不是这些文件的汇总结果：采用的文件 区填报表_{WHO}.xlsx：封存"):
        corrected(scheme, clean, [folder], tmp_path, LOWER)


def test_correct__saved_again_since__not_the_result_of_these_either(
    scheme: Scheme, filled: Path, clean: Consolidation, tmp_path: Path
) -> None:
    folder = shutil.copytree(filled, tmp_path / "回收")
    path = folder / form_file_name(WHO)
    openpyxl.load_workbook(path).save(path)
    with pytest.raises(Refused, match="不是这些文件的汇总结果"):
        corrected(scheme, clean, [folder], tmp_path, LOWER)


def test_correct__words_of_an_older_program__still_the_result(
    scheme: Scheme, filled: Path, clean: Consolidation, tmp_path: Path
) -> None:
    sealed = seal(clean, tmp_path)
    data = json.loads(sealed.read_text(encoding="utf-8"))
    data["districts"][0]["items"]["K01"]["explain"] = "别的说法"
    sealed.write_text(json.dumps(data), encoding="utf-8")
    assert correct(scheme, sealed, [filled], sheet_of(tmp_path, LOWER)).after is not None


def test_correct__sheet_that_is_no_workbook__said_so(
    scheme: Scheme, filled: Path, clean: Consolidation, tmp_path: Path
) -> None:
    (tmp_path / "更正单.xlsx").write_bytes(b"text")
    with pytest.raises(NotComparable, match="不能用作更正单"):
        correct(scheme, seal(clean, tmp_path), [filled], tmp_path / "更正单.xlsx")


# --- Written ----------------------------------------------------------------------------------------------------------


def test_workbook__corrected__new_result_with_corrections_and_movements(
    scheme: Scheme, filled: Path, clean: Consolidation, tmp_path: Path
) -> None:
    sealed_before = seal(clean, tmp_path).read_bytes()
    done = corrected(scheme, clean, [filled], tmp_path, LOWER, MORE)
    assert done.after is not None
    target = tmp_path / "考核汇总（更正）.xlsx"
    target.write_bytes(corrected_workbook(done, done.after, target, STAMP))
    book = openpyxl.load_workbook(target)
    assert book.sheetnames[:2] == ["汇总", "排名"]
    assert book.sheetnames[-3:] == ["更正", "变动", "变动原因"]
    rows = [row for row in book["更正"].iter_rows(values_only=True) if isinstance(row[0], int | float)]
    assert [row[1:3] + row[4:] for row in rows] == [
        *[
            (
                WHO,
                "K15.1",
                VALUE,
                "18.5",
                "14.8",
                "复核现场",
                "张主任",
                "2024-02-01",
                "2.00",
                "1.60",
                82.57,
                81.67,
                11,
                14,
            )
        ],
        *[
            (
                WHO,
                "K31.1",
                TARGET,
                "15",
                "20",
                "任务分解表有误",
                "张主任",
                "2024-02-01",
                "2.00",
                "1.50",
                82.57,
                81.67,
                11,
                14,
            )
        ],
    ]
    moved = {row[0]: row[1:3] for row in book["变动"].iter_rows(min_row=5, values_only=True)}
    assert moved == {WHO: (11, 14), "闵行区": (12, 11), "奉贤区": (13, 12), "黄浦区": (14, 13)}
    assert any("更正单.xlsx" in line and "K15.1" in line for line in corrected_lines(done, done.after))
    assert (tmp_path / "results.json").read_bytes() == sealed_before


def test_outputs__one_exists__refused(tmp_path: Path) -> None:
    sealed = tmp_path / "results.json"
    refuse_replacing([sealed, tmp_path / "新.xlsx"])
    sealed.write_text("{}")
    with pytest.raises(WrongCall, match="已存在"):
        refuse_replacing([tmp_path / "新.xlsx", sealed])


def test_blank_sheet__a_thousand_units__written_with_the_units_in_a_list_of_its_own(scheme: Scheme) -> None:
    names = tuple(f"第{n}街道办事处" for n in range(1, 1001))
    units = replace(scheme.district_list, districts=tuple(District(name=name) for name in names), count=1000)
    book = openpyxl.load_workbook(io.BytesIO(corrections_workbook(replace(scheme, district_list=units))))
    column = next(cell.column for cell in book["编号"][4] if cell.value == "区")
    assert [book["编号"].cell(row, column).value for row in range(5, 1005)] == list(names)
    (rule,) = [r for r in book["更正单"].data_validations.dataValidation if "A5" in r.cells]
    assert rule.formula1 == "'编号'!$F$5:$F$1004"
    assert max(len(str(c.value)) for row in book["更正单"].iter_rows() for c in row) < 8192
