"""A code belongs to its row: what stands beside it says whose the numbers are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Forms
from xladdin.evaluations.books import unit_workbook
from xladdin.evaluations.reading import read_evaluations
from xladdin.evaluations.units import departments
from xladdin.issues import Level
from xladdin.numbers import Fault
from xladdin.results.consolidation import Consolidation, consolidate
from xladdin.returns.targets import targets_in
from xladdin.rounds.targets_sheet import targets_table, targets_workbook
from xladdin.scheme import Scheme
from xladdin.scoring.items import Status
from xladdin.sending.forms import BLANK_FORM, TEMPLATES
from xladdin.words import CODE, CONTENT, EVIDENCE, INDICATOR, TARGET, TASK, UNIT, VALUE
from xladdin.workbook import package
from xladdin.workbook.read.reader import SourceFile, read_bytes

SORTED = Path(__file__).parent / "cases" / "codes-not-sorted-along.xlsx"

JINGAN = "静安区"


def texts_beside_codes(path: Path) -> dict[int, tuple[object, object]]:
    sheet = openpyxl.load_workbook(path)["附件2"]
    return {row: (sheet.cell(row, 8).value, sheet.cell(row, 9).value) for row in range(5, 56)}


def test_rows_sorted_without_their_codes__each_that_is_another_ones_is_refused(scheme: Scheme) -> None:
    result = consolidate(scheme, [SORTED])
    issued, returned = texts_beside_codes(TEMPLATES / BLANK_FORM), texts_beside_codes(SORTED)
    # 填报内容 stands in H, 单位 in I.
    wrong = {f"{'I' if own[0] == issued[row][0] else 'H'}{row}" for row, own in returned.items() if own != issued[row]}
    found = [issue for issue in result.issues if issue.code == "S09"]
    assert {issue.place.cell for issue in found} == wrong
    assert len(found) == len(wrong) == 48
    assert all(issue.level is Level.ERROR for issue in found)
    own = next(d for d in result.districts if d.name == "黄浦区")
    refused = {issue.place.item.partition(".")[0] for issue in found}
    assert {own.scored.items[id_].status for id_ in refused} == {Status.ERROR}
    assert own.provisional


def retyped(scheme: Scheme, forms: Forms, folder: Path, texts: Mapping[tuple[str, str], str | float]) -> Consolidation:
    """What comes of 静安区's clean form with these texts in the form's own cells."""
    cells: dict[str, dict[str, str | float | None]] = {}
    for (code, head), text in texts.items():
        sheet, cell = forms.at(code, head)
        cells.setdefault(sheet, {})[cell] = text
    path = folder / f"区填报表_{JINGAN}.xlsx"
    path.write_bytes(package.rewrite(forms.make(JINGAN), {}, cells))
    return consolidate(scheme, [path])


@pytest.mark.parametrize(
    ("texts", "refused"),
    [
        ({("K01.1", CONTENT): "高标准保洁区域（道路）", ("K01.2", CONTENT): "美丽街区"}, {"K01.1", "K01.2"}),
        ({("K01.1", CODE): "K01.2", ("K01.2", CODE): "K01.1"}, {"K01.1", "K01.2"}),
        ({("K05.1", UNIT): "公里"}, {"K05.1"}),
        ({("R1.2", CONTENT): "别的内容"}, {"R1.2"}),
        ({("K05.1", CONTENT): "　高压钠灯更换为 LED\n节能灯具", ("K04.1", CONTENT): "", ("K04.1", UNIT): " "}, set()),
        ({("N1.1", CONTENT): "美丽街区"}, set()),
    ],
    ids=["texts swapped", "codes swapped", "unit", "附件1", "spaces and blanks", "a case's name"],
)
def test_texts_beside_a_code__another_ones__refuse_the_row(
    scheme: Scheme, forms: Forms, tmp_path: Path, texts: Mapping[tuple[str, str], str], refused: set[str]
) -> None:
    result = retyped(scheme, forms, tmp_path, texts)
    assert {issue.place.item for issue in result.issues if issue.code == "S09"} == refused
    own = next(d for d in result.districts if d.name == JINGAN)
    assert own.layers is not None
    assert {code for code, field in own.layers.form.fields.items() if isinstance(field.value.value, Fault)} == refused
    assert own.provisional == bool(refused)


@pytest.mark.parametrize("head", [CONTENT, VALUE, EVIDENCE])
@pytest.mark.parametrize("typed", ["见附件", 18.0])
def test_row_without_code__whatever_is_typed__is_named_at_its_cell(
    scheme: Scheme, forms: Forms, tmp_path: Path, head: str, typed: str | float
) -> None:
    blank = {("K05.1", other): "" for other in (CODE, CONTENT, TARGET, VALUE)}
    result = retyped(scheme, forms, tmp_path, {**blank, ("K05.1", head): typed})
    found = {issue.place.cell: issue.found for issue in result.issues if issue.code == "S08"}
    shown = "18" if typed == 18.0 else typed
    assert found == {forms.at("K05.1", head)[1]: f"“{shown}”所在的行没有编号"}


def test_department__indicator_of_another_code__refuses_the_row(scheme: Scheme) -> None:
    unit = next(unit for unit in departments(scheme) if "K01.1" in unit.codes)
    data = unit_workbook(scheme, unit, 1)
    book = read_bytes(data)
    sheet = next(sheet for sheet in book.sheets if sheet.name == "核定完成量")
    row = next(n for n, cells in enumerate(sheet.rows) if "K01.1" in cells)
    cells = {f"B{row + 1}": "高标准保洁区域（道路）"}
    changed = read_bytes(package.rewrite(data, {}, {sheet.name: cells}))
    report = read_evaluations(scheme, changed, SourceFile(Path(unit.file_name), unit.file_name, ""))
    found = [(i.code, i.place.district, i.place.cell) for i in report.issues if i.level is Level.ERROR]
    assert found == [("S09", "浦东新区", f"B{row + 1}")]
    refused = [(e.code, e.district) for e in report.evaluations if isinstance(e.value, Fault)]
    assert refused == [("K01.1", "浦东新区")]


def test_targets__row_of_another_code__is_refused(scheme: Scheme) -> None:
    data = targets_workbook(scheme)
    table = targets_table(scheme)
    cells = {table.at(CODE, 0): "K01.2", table.at(CODE, 1): "K01.1", table.at(TASK, 2): "什么都行"}
    targets, found = targets_in(scheme, read_bytes(package.rewrite(data, {}, {table.sheet: cells})), "任务分解表.xlsx")
    errors = [(i.code, i.place.item, i.place.cell) for i in found if i.level is Level.ERROR]
    assert errors == [("S09", "K01.2", table.at(INDICATOR, 0)), ("S09", "K01.1", table.at(INDICATOR, 1))]
    assert "K01.1" not in targets[JINGAN]
    assert targets[JINGAN]["K33.1"].value == 3
