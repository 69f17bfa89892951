"""What was reported, judged and corrected: the uppermost layer counts, and none of the lower ones is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from xladdin.classes import replace
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
from xladdin.returns.collection import Collection
from xladdin.scheme import Scheme
from xladdin.words import NEW, TARGET, VALUE
from xladdin.workbook.read.reader import SourceFile

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
