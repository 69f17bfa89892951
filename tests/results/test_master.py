"""考核总表: its formulas, what they are stored with, and what is read back from it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Forms
from udfs.catalogue import BY_NAME
from xladdin.fields.origins import origin_text, origin_values
from xladdin.forms.form import FieldCell
from xladdin.results.consolidation import Consolidation, DistrictResult, consolidate
from xladdin.results.district_sheet import DISTRICT_COLUMNS
from xladdin.results.files import result_workbook
from xladdin.results.layers import layered
from xladdin.results.master import assigned_districts, master_sheets, master_workbook, with_targets
from xladdin.returns.collection import collect
from xladdin.scheme import InputKind, PolicyError, Scheme
from xladdin.scoring.totals import score_district
from xladdin.words import CONTENT, KIND_PROPERTY, MASTER_KIND, ORIGIN, SCORE, TARGET, VALUE, form_file_name
from xladdin.workbook import package
from xladdin.workbook.cells import cell_name
from xladdin.workbook.tables import Cell, ResultSheet
from xladdin.workbook.write.tables import write_tables

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

CREATED = datetime(2024, 1, 5)
HEADS = [column.head for column in DISTRICT_COLUMNS]

Edits = Mapping[tuple[str, str, str], str | float | None]
"""Contents by district, code and head."""


def sheets_of(scheme: Scheme, folder: Path) -> list[ResultSheet]:
    """The districts' sheets as they are once the folder's forms have been taken over."""
    collection = collect(scheme, [folder])
    sheets: list[ResultSheet] = []
    for name, form in collection.forms.items():
        scored = score_district(scheme, form.entries, scheme.default_policies)
        file = collection.file_of[name]
        result = DistrictResult(name, layered(scheme, name, form)[0], file, scored, 1, digests={file.name: file.sha256})
        sheets += master_sheets(scheme, [result])
    return sheets


def master_file(path: Path, sheets: list[ResultSheet], edits: Edits | None = None) -> Path:
    """A 考核总表 of the sheets, with some cells typed over and nothing recalculated."""
    data = write_tables(sheets, {KIND_PROPERTY: MASTER_KIND}, MASTER_KIND, "市精细化办", CREATED)
    cells: dict[str, dict[str, str | float | None]] = {}
    for (district, code, head), value in (edits or {}).items():
        cells.setdefault(district, {})[at(sheets, code, head)] = value
    path.write_bytes(package.rewrite(data, {}, cells))
    return path


def at(sheets: list[ResultSheet], code: str, head: str) -> str:
    """Where a code's cell stands; all the sheets are alike."""
    sheet = sheets[0]
    rows = {cells[HEADS.index("编号")]: row for row, cells in enumerate(sheet.rows, sheet.first_row)}
    return cell_name(rows[code], HEADS.index(head))


@pytest.fixture(scope="module")
def sheets(scheme: Scheme, filled: Path) -> list[ResultSheet]:
    return sheets_of(scheme, filled)


def ranking(result: Consolidation) -> list[tuple[str, int, Decimal]]:
    return [(d.name, d.rank, d.scored.total) for d in result.districts]


def lines(result: Consolidation) -> list[str]:
    return [issue.line() for issue in result.issues]


# --- Formulas ---------------------------------------------------------------------------------------------------------


def test_formulas__of_every_item__call_one_function_of_the_catalogue(scheme: Scheme, sheets: list[ResultSheet]) -> None:
    rows = [cells for cells in sheets[0].rows if cells[0] in scheme.items]
    assert len(rows) == len(scheme.items)
    for cells in rows:
        score = cells[HEADS.index(SCORE)]
        assert isinstance(score, Cell)
        (name,) = re.findall(r"FS_[A-Z]+(?=\()", score.formula)
        assert name in BY_NAME


def test_formulas__whole_workbook__name_no_unknown_function(scheme: Scheme, sheets: list[ResultSheet]) -> None:
    found = set()
    for sheet in sheets:
        for row in sheet.rows:
            for content in row:
                if isinstance(content, Cell):
                    found |= set(re.findall(r"FS_\w+", content.formula))
    unused = {"FS_RANK", "FS_TIER", "FS_POINTS", "FS_CLAUSE", "FS_GRADE"}
    of_other_schemes = {"FS_DEDUCT", "FS_PERPOINT", "FS_LINEAR", "FS_REACH", "FS_WEIGHTED", "FS_EFFICACY", "FS_BYRANK"}
    assert found == set(BY_NAME) - unused - of_other_schemes


def test_blank_master__written_twice__same_bytes(scheme: Scheme) -> None:
    assert master_workbook(scheme) == master_workbook(scheme)


def test_blank_master__sheets__districts_and_results_in_order(scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "考核总表.xlsx"
    path.write_bytes(master_workbook(scheme))
    book = openpyxl.load_workbook(path, data_only=True)
    assert book.sheetnames == ["汇总", "排名", "口径", *scheme.district_names, "校验", "溯源"]
    shown = [cell.value for cell in book["黄浦区"]["D"][3:]]
    # Every formula has a stored result: 不适用 where nothing is assigned, nothing where nobody has judged, totals of 0.
    assert shown.count("不适用") == sum(item.method == "ratio" for item in scheme.items.values())
    assert shown[-5:] == [0, 0, 0, 0, 0]
    assert [row[0].value for row in book["排名"].iter_rows(min_row=4, max_row=19)] == [None] * 16


def test_blank_master__consolidated__no_district_has_reported(scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "考核总表.xlsx"
    path.write_bytes(master_workbook(scheme))
    result = consolidate(scheme, [path])
    assert all(d.provisional and d.scored.total == 0 for d in result.districts)
    # Nothing was filled in: no district is taken to report that nothing was assigned to it.
    assert [issue.code for issue in result.issues] == ["F01"] * len(scheme.districts)


def test_with_targets__of_every_district__shows_what_the_engine_gives(scheme: Scheme, tmp_path: Path) -> None:
    amounts = {
        name: {code: FieldCell(Decimal(3)) for code, spec in scheme.inputs.items() if spec.kind is InputKind.AMOUNT}
        for name in scheme.district_names[:3]
    }
    path = tmp_path / "考核总表.xlsx"
    path.write_bytes(with_targets(scheme, master_workbook(scheme), assigned_districts(scheme, amounts)))
    result = consolidate(scheme, [path])
    first = result.districts[0].layers
    assert first is not None
    assert first.entries["K01.1"].target == Decimal(3)
    assert first.form.claims["K01"][0] == 0.0
    # The shown scores are those that the filled-in amounts give.
    assert not [issue for issue in result.issues if issue.code.startswith("V")]
    sheet = openpyxl.load_workbook(path)["浦东新区"]
    assert str(sheet["D4"].value).startswith("=FS_RATIO(")


# --- Read back --------------------------------------------------------------------------------------------------------


def test_master__of_taken_over_forms__gives_the_forms_ranking_and_no_finding(
    scheme: Scheme, sheets: list[ResultSheet], clean: Consolidation, tmp_path: Path
) -> None:
    result = consolidate(scheme, [master_file(tmp_path / "考核总表.xlsx", sheets)])
    assert lines(result) == []
    assert ranking(result) == ranking(clean)
    for mine, theirs in zip(result.districts, clean.districts, strict=True):
        assert {i: s.score for i, s in mine.scored.items.items()} == {
            i: s.score for i, s in theirs.scored.items.items()
        }


def test_origins__after_taking_over__name_file_cell_and_value(
    scheme: Scheme, sheets: list[ResultSheet], tmp_path: Path
) -> None:
    result = consolidate(scheme, [master_file(tmp_path / "考核总表.xlsx", sheets)])
    assert result.districts[1].layers is not None
    own = collect(scheme, [tmp_path / "考核总表.xlsx"]).forms["黄浦区"]
    assert re.match(r"区填报表_黄浦区.xlsx（[0-9a-f]{12}）：当年任务量 附件2!", own.fields["K01.1"].origin)
    assert all(own.fields[code].origin for code in scheme.inputs)


def test_value__changed_after_taking_over__is_pointed_out_with_its_origin(
    scheme: Scheme, sheets: list[ResultSheet], tmp_path: Path
) -> None:
    edits: Edits = {("黄浦区", "K01.1", VALUE): 1.0, ("黄浦区", "K02.1", TARGET): None}
    found = consolidate(scheme, [master_file(tmp_path / "考核总表.xlsx", sheets, edits)]).issues
    changed = [issue for issue in found if issue.code == "V03"]
    assert [(i.place.item, i.place.cell) for i in changed] == [
        ("K01.1", at(sheets, "K01.1", VALUE)),
        ("K02.1", at(sheets, "K02.1", TARGET)),
    ]
    assert "现为“1”" in changed[0].found
    assert "区填报表_黄浦区.xlsx" in changed[0].expected
    assert "现为“空白”" in changed[1].found


def test_text__of_another_code__refuses_the_row(scheme: Scheme, sheets: list[ResultSheet], tmp_path: Path) -> None:
    edits: Edits = {("静安区", "K01.1", CONTENT): scheme.inputs["K02.1"].name}
    result = consolidate(scheme, [master_file(tmp_path / "考核总表.xlsx", sheets, edits)])
    found = [(i.code, i.place.district, i.place.cell) for i in result.issues if i.place.item == "K01.1"]
    assert found == [("S09", "静安区", at(sheets, "K01.1", CONTENT))]
    assert [d.name for d in result.districts if d.provisional] == ["静安区"]


@pytest.mark.parametrize(
    "state", ["hidden", *(pytest.param(s, marks=pytest.mark.slow) for s in ("visible", "veryHidden"))]
)
def test_sheet__copied_within_the_workbook__is_named_and_not_used(
    scheme: Scheme, sheets: list[ResultSheet], clean: Consolidation, tmp_path: Path, state: str
) -> None:
    book = openpyxl.load_workbook(master_file(tmp_path / "考核总表.xlsx", sheets))
    copy = book.copy_worksheet(book["静安区"])
    copy.sheet_state = state
    assert copy.title == "静安区 Copy"
    book.save(tmp_path / "副本.xlsx")
    result = consolidate(scheme, [tmp_path / "副本.xlsx"])
    found = [(i.place.sheet, i.found) for i in result.issues if i.code == "S12"]
    hidden = "" if state == "visible" else "隐藏的"
    assert found == [("静安区 Copy", f"{hidden}工作表“静安区 Copy”不是以区名命名的")]
    assert ranking(result) == ranking(clean)


def test_score__typed_over_a_formula__is_pointed_out(scheme: Scheme, sheets: list[ResultSheet], tmp_path: Path) -> None:
    edits: Edits = {("静安区", "K01.1", SCORE): 2.0 if score_of(sheets, "静安区", "K01") != 2.0 else 1.0}
    found = consolidate(scheme, [master_file(tmp_path / "考核总表.xlsx", sheets, edits)]).issues
    assert [(i.code, i.place.district, i.place.cell) for i in found] == [("V01", "静安区", at(sheets, "K01.1", SCORE))]


def score_of(sheets: list[ResultSheet], district: str, item: str) -> object:
    sheet = next(sheet for sheet in sheets if sheet.name == district)
    cell = next(cells for cells in sheet.rows if cells[0] == item)[HEADS.index(SCORE)]
    assert isinstance(cell, Cell)
    return cell.value


def test_scores__of_an_unknown_function__are_one_finding_per_sheet(
    scheme: Scheme, sheets: list[ResultSheet], clean: Consolidation, tmp_path: Path
) -> None:
    path = master_file(tmp_path / "考核总表.xlsx", sheets)
    broken = re.compile(rb'( s="\d+")(?: t="str")?(><f>FS_[A-Z]+\([^<]*</f>)<v>[^<]*</v>')
    with package.Package(path.read_bytes()) as source:
        parts = {name: source.read(name) for name in source.namelist()}
        part = next(sheet.relation.part for sheet in source.sheets if sheet.name == "静安区")
    parts[part], times = broken.subn(rb'\1 t="e"\2<v>#NAME?</v>', parts[part])
    assert times > len(scheme.items)
    with zipfile.ZipFile(path, "w") as target:
        for name, data in parts.items():
            target.writestr(name, data)
    result = consolidate(scheme, [path])
    assert [(i.code, i.place.district) for i in result.issues] == [("V02", "静安区")]
    assert ranking(result) == ranking(clean)


# --- Readings ---------------------------------------------------------------------------------------------------------


def edited_policies(scheme: Scheme, path: Path, option: str) -> Path:
    """A blank 考核总表 in which another option stands beside ratio_cap."""
    book = master_workbook(scheme)
    path.write_bytes(book)
    sheet = openpyxl.load_workbook(path)["口径"]
    row = next(row for row in sheet.iter_rows() if row[1].value == "ratio_cap")
    path.write_bytes(package.rewrite(book, {}, {"口径": {row[2].coordinate: option}}))
    return path


def test_readings__typed_into_the_workbook__are_in_force(scheme: Scheme, tmp_path: Path) -> None:
    result = consolidate(scheme, [edited_policies(scheme, tmp_path / "考核总表.xlsx", "none")])
    assert result.policies["ratio_cap"] == "none"


def test_readings__named_by_the_caller__are_in_force_instead(scheme: Scheme, tmp_path: Path) -> None:
    path = edited_policies(scheme, tmp_path / "考核总表.xlsx", "none")
    assert consolidate(scheme, [path], scheme.default_policies).policies["ratio_cap"] == "cap"


def test_readings__not_offered__are_refused(scheme: Scheme, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="ratio_cap"):
        consolidate(scheme, [edited_policies(scheme, tmp_path / "考核总表.xlsx", "随意")])


# --- Beside forms -----------------------------------------------------------------------------------------------------


def test_master__in_a_folder_of_forms__is_left_out(
    forms: Forms, sheets: list[ResultSheet], clean: Consolidation, tmp_path: Path
) -> None:
    folder = forms.write_all(tmp_path / "回收")
    master_file(folder / "考核总表.xlsx", sheets)
    result = consolidate(forms.scheme, [folder])
    assert [(i.code, i.place.file) for i in result.issues] == [("F15", "考核总表.xlsx")]
    assert ranking(result) == ranking(clean)


@pytest.mark.parametrize("typed", ["12个", "９５", "不适用", "是", "已完成", "3"])
def test_origin__written_and_read_back__gives_what_was_taken_over(forms: Forms, typed: str, tmp_path: Path) -> None:
    folder = tmp_path / "回收"
    folder.mkdir()
    name = form_file_name("黄浦区")
    (folder / name).write_bytes(forms.make("黄浦区", {("K01.1", VALUE): typed}))
    form = collect(forms.scheme, [folder]).forms["黄浦区"]
    own = [s for s in form.sources if s.code == "K01.1"]
    text = origin_text(own, {name: "9f2c0e12ab34cd"})
    assert text.startswith(f"{name}（9f2c0e12ab34）：")
    assert typed in text
    taken = origin_values(text)
    wanted = {"12个": "12", "９５": "95"}.get(typed, typed)
    assert taken[VALUE] == wanted
    assert list(taken) == [TARGET, VALUE]


def test_origin_column__in_the_result_workbook__names_every_fields_cells(
    scheme: Scheme, filled: Path, tmp_path: Path
) -> None:
    path = tmp_path / "考核汇总.xlsx"
    path.write_bytes(result_workbook(consolidate(scheme, [filled]), path, CREATED))
    sheet = openpyxl.load_workbook(path)["黄浦区"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "项目")
    column = [cell.value for cell in head].index(ORIGIN)
    texts = [row[column].value for row in sheet.iter_rows(min_row=head[0].row + 1) if row[5].value]
    assert len(texts) == len(scheme.inputs)
    assert all(re.match(r"区填报表_黄浦区.xlsx（[0-9a-f]{12}）：", str(text)) for text in texts)
