"""What was reported, judged and corrected: the uppermost layer counts, and none of the lower ones is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from xladdin.classes import replace
from xladdin.evaluations.layout import MEDIA
from xladdin.evaluations.lists import Line, count
from xladdin.evaluations.reading import Evaluation, UnitReport
from xladdin.evaluations.units import Unit, departments, office, units
from xladdin.fields.origins import Sourced
from xladdin.forms.form import Field, FieldCell, Fields, Form
from xladdin.issues import Place
from xladdin.methods.inputs import Entry
from xladdin.numbers import NOT_APPLICABLE, Value
from xladdin.results.consolidation import consolidate_forms
from xladdin.results.judging import Judging
from xladdin.results.layers import Correction, DistrictLayers, layered
from xladdin.results.sheets import trace_sheet
from xladdin.returns.collected import Collection
from xladdin.scheme import Scheme
from xladdin.scoring.items import Status
from xladdin.scoring.totals import score_district
from xladdin.words import NEW, TARGET, VALUE
from xladdin.workbook.read.reader import SourceFile
from xladdin.workbook.tables import Cell

D = Decimal
CODE = "K15.1"
FORM, BOOK, SHEET = "区填报表.xlsx", "部门评价表.xlsx", "更正单.xlsx"


def cell(value: Value, place: str) -> FieldCell:
    return FieldCell(value, "" if value is None else str(value), Place("", FORM, "附件2", place, CODE))


def form(*, is_awaited: bool = False) -> Form:
    """9 of 10 done."""
    return Form(Fields({CODE: Field(CODE, cell(D(9), "K20"), cell(D(10), "J20"), is_awaited=is_awaited)}))


def correction(head: str, new: Value, code: str = CODE, row: int = 3) -> Correction:
    places = {NEW: Place("", SHEET, "更正单", f"E{row}", code)}
    return Correction("", code, head, None, new, str(new), "复核", "张主任", date(2024, 2, 1), places)


def judging(
    scheme: Scheme, said: Mapping[str, Value], unit: Unit | None = None, confirmed: Decimal | None = None
) -> Judging:
    """Everybody is to judge; the department of K15, or `unit`, has said this of fields, by 同区报 where `confirmed`."""
    unit = unit or next(unit for unit in departments(scheme) if CODE in unit.codes)
    file = SourceFile(Path(BOOK), BOOK, "")
    name = scheme.district_names[0]
    evaluations = [
        Evaluation(code, name, value, str(value), Place(name, BOOK, "核定完成量", "G5", code), confirmed=confirmed)
        for code, value in said.items()
    ]
    return Judging(scheme, scheme.default_policies, [UnitReport(file, unit, evaluations)], units(scheme, ()))


def layers_of(scheme: Scheme, own: Form, said: Mapping[str, Value] | None, *corrections: Correction) -> DistrictLayers:
    by = None if said is None else judging(scheme, said)
    return layered(scheme, scheme.district_names[0], own, by, corrections)[0]


@pytest.mark.parametrize(
    ("said", "corrections", "counts", "decided"),
    [
        (None, [], Entry(D(9), D(10)), None),
        ({CODE: D(8)}, [], Entry(D(8), D(10)), D(8)),
        (None, [correction(VALUE, D(7))], Entry(D(7), D(10)), D(7)),
        ({CODE: D(8)}, [correction(VALUE, D(7))], Entry(D(7), D(10)), D(7)),
        ({CODE: D(8)}, [correction(TARGET, D(20))], Entry(D(8), D(20)), D(8)),
        ({CODE: D(8)}, [correction(VALUE, D(7)), correction(TARGET, D(20))], Entry(D(7), D(20)), D(7)),
        # Corrected to 未填.
        ({CODE: D(8)}, [correction(VALUE, None)], Entry(None, D(10)), None),
    ],
)
def test_layers__uppermost__counts_and_the_lower_ones_stay(
    scheme: Scheme, said: dict[str, Value] | None, corrections: list[Correction], counts: Entry, decided: Value
) -> None:
    field = layers_of(scheme, form(), said, *corrections).fields[CODE]
    assert (field.counts.value, field.counts.target) == (counts.value, counts.target)
    assert field.decided == decided
    assert field.reported.entry == Entry(D(9), D(10))
    assert [one.evaluation.value for one in field.judged] == ([] if said is None else [D(8)])
    assert list(field.corrections) == corrections


@pytest.mark.parametrize(("confirmed", "told"), [(D(9), []), (D(8), ["核定时区报为 8，该区的表现为“9”"])])
def test_layers__same_as_reported__compared_with_the_districts_own_form(
    scheme: Scheme, confirmed: Decimal, told: list[str]
) -> None:
    by = judging(scheme, {CODE: confirmed}, confirmed=confirmed)
    layers, found = layered(scheme, scheme.district_names[0], form(), by)
    assert layers.fields[CODE].counts.value == confirmed
    assert [(i.code, i.is_open, i.found) for i in found] == [("E22", True, text) for text in told]
    _layers, found = layered(scheme, scheme.district_names[0], Form(), by)
    assert "E22" not in {i.code for i in found}  # no form is at hand


def test_layers__sources__every_cell_of_every_layer_the_lowest_first(scheme: Scheme) -> None:
    layers = layers_of(scheme, form(), {CODE: D(8)}, correction(TARGET, D(20)), correction(VALUE, D(7), row=4))
    (unit,) = [unit for unit in departments(scheme) if CODE in unit.codes]
    wanted = [
        (TARGET, "10", FORM, "J20"),
        (VALUE, "9", FORM, "K20"),
        (f"{VALUE}（{unit.name}）", "8", BOOK, "G5"),
        (f"{TARGET}（更正）", "20", SHEET, "E3"),
        (f"{VALUE}（更正）", "7", SHEET, "E4"),
    ]

    def shown(sources: list[Sourced]) -> list[tuple[str, str, str, str]]:
        return [(s.head, s.typed, s.place.file, s.place.cell) for s in sources]

    assert shown(layers.sources) == wanted
    assert shown(layers.fields[CODE].sources) == wanted
    # A finding about the value is about the cell that counts.
    assert layers.fields[CODE].place == Place("", SHEET, "更正单", "E4", CODE)
    assert layers.fields[CODE].how == (
        f"{CODE} 采用{unit.name}核定的 8；"
        f"更正：{CODE} {TARGET} 10 改为 20（复核，张主任，2024-02-01）；"
        f"更正：{CODE} {VALUE} 8 改为 7（复核，张主任，2024-02-01）"
    )
    assert layers.fields[CODE].counts.how == layers.fields[CODE].how


def test_layers__typed_by_the_district_where_others_judge__does_not_count_but_is_known(scheme: Scheme) -> None:
    code = "I3.1"
    own = Form(Fields({code: Field(code, cell(D(2), "K3"))}))
    layers, found = layered(scheme, scheme.district_names[0], own, judging(scheme, {}))
    field = layers.fields[code]
    assert (field.counts.value, field.reported.value.value, field.sources) == (None, D(2), [])
    assert [(issue.code, issue.found) for issue in found] == [("E18", "区填报表里填了 I3.1")]
    # With nobody else taking part it does.
    assert layers_of(scheme, own, None).entries[code].value == D(2)


@pytest.mark.parametrize(
    ("corrections", "awaited"),
    [
        ([], True),
        ([correction(VALUE, D(7))], False),
        ([correction(TARGET, D(20))], True),
        ([correction(TARGET, NOT_APPLICABLE)], False),
    ],
)
def test_awaited__corrected__only_while_there_is_something_to_judge(
    scheme: Scheme, corrections: list[Correction], awaited: bool
) -> None:
    field = layers_of(scheme, form(), {}, *corrections).fields[CODE]
    assert bool(field.awaited) is awaited
    assert field.is_awaited is awaited


def test_awaited__rectified__not_once_the_citations_are_corrected_to_none(scheme: Scheme) -> None:
    by = judging(scheme, {"I3.1": D(2)}, office(scheme))
    name = scheme.district_names[0]
    before, _found = layered(scheme, name, Form(), by)
    after, _found = layered(scheme, name, Form(), by, [correction(VALUE, D(0), "I3.1")])
    assert before.fields["I3.2"].awaited == (office(scheme).name,)
    assert after.fields["I3.2"].awaited == ()


def test_awaited__taken_over__until_it_is_corrected(scheme: Scheme) -> None:
    """A value that was taken over into 考核总表 and waited there for its department."""
    own = form(is_awaited=True)
    name = scheme.district_names[0]
    file = SourceFile(Path(FORM), FORM, "")
    collection = Collection(forms={name: own}, file_of={name: file}, files=[file])
    waiting = consolidate_forms(scheme, collection, scheme.default_policies)
    assert "导入时尚待评价：K15.1" in [issue.found for issue in waiting.issues if issue.code == "M05"]
    assert waiting.districts[0].unjudged == {CODE}
    settled = [replace(correction(VALUE, D(7)), district=name)]
    done = consolidate_forms(scheme, collection, scheme.default_policies, settled)
    assert [issue for issue in done.issues if issue.code == "M05"] == []
    assert done.districts[0].unjudged == set()


# --- What does not count, and why ---------------------------------------------------------------------------------------


def test_layers__what_does_not_count__says_why_in_every_layer(scheme: Scheme) -> None:
    layers = layers_of(scheme, form(), {CODE: D(8)}, correction(VALUE, D(7)), correction(VALUE, D(6), row=4))
    assert [(s.typed, s.unused) for s in layers.sources] == [
        ("10", ""),
        ("9", "区报，采用评价值"),
        ("8", "已更正"),
        ("7", "已更正"),
        ("6", ""),
    ]
    assert [(s.typed, s.unused) for s in layers_of(scheme, form(), None).sources] == [("10", ""), ("9", "")]


def test_layers__units_that_are_not_listened_to__beside_what_counts(scheme: Scheme) -> None:
    by_name = {unit.name: unit for unit in units(scheme, ("张三",))}
    name, file = scheme.district_names[0], SourceFile(Path(BOOK), BOOK, "")

    def said(unit: str, code: str, value: Value) -> UnitReport:
        evaluation = Evaluation(code, name, value, str(value), Place(name, f"{unit}.xlsx", "表", "G5", code))
        return UnitReport(file, by_name[unit], [evaluation])

    reports = [
        said("市交通委", "K11.1", D(1)),
        said("张三", "K11.1", D(2)),
        said("市水务局", "I2.1", D(2)),
        said("市精细化办", "I2.1", D(1)),
        said("张三", "N1.1", D(1)),
    ]
    own = Form(
        Fields(
            {
                "K14.1": Field("K14.1", FieldCell(D(95), "95", Place("", FORM, "附件2", "K30", "K14.1"))),
                "N1.1": Field("N1.1", is_named=False),
            }
        )
    )
    by = Judging(scheme, scheme.default_policies, reports, tuple(by_name.values()))
    layers, _found = layered(scheme, name, own, by)
    fields = layers.fields
    assert {c: fields[c].counts.value for c in ("K11.1", "I2.1", "N1.1", "K14.1")} == {
        "K11.1": D(2),
        "I2.1": D(2),
        "N1.1": None,
        "K14.1": None,
    }
    beside = {c: [(s.head, s.typed, s.place.file, s.unused) for s in f.beside] for c, f in fields.items() if f.beside}
    assert beside == {
        "K11.1": [(f"{VALUE}（市交通委）", "1", "市交通委.xlsx", "采用专家的评分")],
        "I2.1": [(f"{VALUE}（市精细化办）", "1", "市精细化办.xlsx", "采用成员单位的评分")],
        "N1.1": [(f"{VALUE}（张三）", "1", "张三.xlsx", "该区没有报送这个案例")],
        "K14.1": [(VALUE, "95", FORM, "区报，由他方评定")],
    }
    assert not any(s.unused for s in layers.sources)


@pytest.mark.parametrize(
    ("assigned", "corrected", "codes"), [(10, 0, set()), (10, None, set()), (0, 10, {"E16"}), (10, 20, {"E16"})]
)
def test_layers__not_applicable_of_a_department__judged_by_the_corrected_target(
    scheme: Scheme, assigned: int, corrected: int | None, codes: set[str]
) -> None:
    """A correction that takes the 任务量 away makes 不适用 right; one that assigns it makes it wrong."""
    own = Form(Fields({CODE: Field(CODE, target=cell(D(assigned), "J20"))}))
    new = None if corrected is None else D(corrected)
    by = judging(scheme, {CODE: NOT_APPLICABLE})
    layers, found = layered(scheme, scheme.district_names[0], own, by, [correction(TARGET, new)])
    assert {issue.code for issue in found} == codes
    value = layers.fields[CODE].counts.value
    assert (value is NOT_APPLICABLE) == (not codes)
    score = score_district(scheme, layers.entries, scheme.default_policies).items["K15"]
    assert score.status is (Status.ERROR if codes else Status.NOT_APPLICABLE)


def test_trace__counted_from_a_list__its_lines_with_titles_and_cells(scheme: Scheme) -> None:
    name, book = scheme.district_names[0], "市精细化办评分表.xlsx"

    def line(row: int, title: str, tone: str, medium: str, first: str) -> Line:
        return Line(name, date(2023, 7, 1), title, medium, tone, first, place=Place(name, book, "宣传", f"A{row}"))

    tally = count(
        scheme,
        MEDIA,
        [
            line(5, "外滩换新灯", "正面", "解放日报", "是"),
            line(6, "外滩换新灯", "正面", "某网站", "否"),
            line(7, "脚手架坍塌", "曝光", "", ""),
        ],
    )
    evaluations = [
        Evaluation(
            code,
            name,
            D(1),
            "清单计 1 项",
            Place(name, book, "宣传", "", code),
            lines=tuple(c for c in tally.lines if c.line.tone == tone),
        )
        for code, tone in (("R6.1", "正面"), ("R6.2", "曝光"))
    ]
    assert {code: tally.numbers[code][name] for code in ("R6.1", "R6.2")} == {"R6.1": 1, "R6.2": 1}
    source = SourceFile(Path(book), book, "ab")
    collection = Collection(files=[source], reports=[UnitReport(source, office(scheme), evaluations)])
    sheet = trace_sheet(consolidate_forms(scheme, collection, scheme.default_policies))
    heads = [column.head for column in sheet.columns]
    shown = []
    for row in sheet.rows:
        cells = dict(zip(heads, (c.value if isinstance(c, Cell) else c for c in row), strict=True))
        if str(cells["编号"]).startswith("R6"):
            shown.append(tuple(cells[head] for head in ("编号", "栏目", "采用值", "采用", "原始内容", "单元格")))
    assert shown == [
        ("R6.1", "完成情况（市精细化办）", 1.0, "√", "清单计 1 项", ""),
        ("R6.1", "宣传", 1.0, "√", "外滩换新灯", "A5"),
        ("R6.1", "宣传", None, "未采用：不计：转发，以首发为准", "外滩换新灯", "A6"),
        ("R6.2", "完成情况（市精细化办）", 1.0, "√", "清单计 1 项", ""),
        ("R6.2", "宣传", 1.0, "√", "脚手架坍塌", "A7"),
    ]
