"""The 任务量 that a form was issued with is in it twice: what was changed shows where only the form is at hand."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.libreoffice import DEADLINE, requires_office, run_office
from xladdin.forms.form import FieldCell
from xladdin.forms.layout import form_layout
from xladdin.issues import Level
from xladdin.results.consolidation import Consolidation, DistrictResult, consolidate
from xladdin.results.master import assigned_districts
from xladdin.returns.collection import collect
from xladdin.scheme import Scheme
from xladdin.sending.forms import blank_form, district_copy
from xladdin.words import TARGET, VALUE
from xladdin.workbook import package
from xladdin.workbook.cells import cell_name

WHO = "黄浦区"
LEFT_OPEN, NOT_ASSIGNED = "K23.1", "K02.1"
"""Left to the districts; assigned to others."""

needs_gnumeric = pytest.mark.skipif(shutil.which("ssconvert") is None, reason="Gnumeric is not installed")


def at(scheme: Scheme, code: str, head: str) -> tuple[str, str]:
    annex = form_layout(scheme).annex_of(code)
    return annex.sheet, cell_name(annex.fields[code], annex.column(head))


def amounts(scheme: Scheme) -> dict[str, Decimal | None]:
    """What is assigned: the more, the longer the texts that carry it."""
    given: dict[str, Decimal | None] = {
        indicator.code: max(Decimal(1000 + n) / 8, scheme.least_amount(indicator.code, WHO) or Decimal(0))
        for n, indicator in enumerate(scheme.indicators)
        if indicator.maximum is None
    }
    given["K10.5"] = Decimal(50)
    del given[LEFT_OPEN]
    return {**given, NOT_ASSIGNED: None}


@pytest.fixture(scope="module")
def issued(scheme: Scheme) -> bytes:
    """黄浦区's form as issued with its amounts, and everything done that was assigned."""
    assigned = {code: FieldCell(amount) for code, amount in amounts(scheme).items()}
    result = next(d for d in assigned_districts(scheme, {WHO: assigned}) if d.name == WHO)
    record = next(d for d in scheme.districts if d.name == WHO)
    copy = district_copy(scheme, blank_form(scheme), record, 1, result)
    cells: dict[str, dict[str, str | float | None]] = {}
    for code, amount in amounts(scheme).items():
        sheet, cell = at(scheme, code, VALUE)
        cells.setdefault(sheet, {})[cell] = None if amount is None else float(amount)
    return package.rewrite(copy, {}, cells)


def returned(scheme: Scheme, folder: Path, data: bytes, change: Callable[[Any], object]) -> Consolidation:
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    path = folder / f"区填报表_{WHO}.xlsx"
    book.save(path)
    return consolidate(scheme, [path])


def of(result: Consolidation) -> DistrictResult:
    return next(d for d in result.districts if d.name == WHO)


def errors(result: Consolidation) -> list[tuple[str, str, str]]:
    own = (i for i in result.issues if i.place.district == WHO and i.level is Level.ERROR)
    return [(i.code, i.place.sheet, i.place.cell) for i in own]


def test_form__as_issued__has_its_amounts_twice_and_nothing_to_say(
    scheme: Scheme, issued: bytes, tmp_path: Path
) -> None:
    result = returned(scheme, tmp_path, issued, lambda book: None)
    own = of(result)
    assert own.layers is not None
    assert {code: cell.value for code, cell in own.layers.form.issued.items()} == amounts(scheme)
    assert errors(result) == []
    assert LEFT_OPEN not in own.layers.form.issued


def test_form__without_any_amounts_issued__carries_none(scheme: Scheme, tmp_path: Path) -> None:
    record = next(d for d in scheme.districts if d.name == WHO)
    data = district_copy(scheme, blank_form(scheme), record, 1)
    own = of(returned(scheme, tmp_path, data, lambda book: None))
    assert own.layers is not None
    assert own.layers.form.issued == {}
    assert "〔下达任务量".encode() not in b"".join(package.unpacked(data).values())


def test_amount__changed_in_the_form__the_issued_one_counts(scheme: Scheme, issued: bytes, tmp_path: Path) -> None:
    before = of(returned(scheme, tmp_path, issued, lambda book: None)).scored.items
    sheet, cell = at(scheme, "K04.1", TARGET)
    other, not_assigned = at(scheme, NOT_ASSIGNED, TARGET)

    def change(book: Any) -> None:
        book[sheet][cell] = 1
        book[other][not_assigned] = 5

    result = returned(scheme, tmp_path, issued, change)
    assert errors(result) == [("R07", other, not_assigned), ("R07", sheet, cell)]
    (found,) = [i for i in result.issues if i.place.item == "K04.1" and i.level is Level.ERROR]
    assert (found.found, found.expected) == ("当年任务量 1", f"市里下达的任务量：{amounts(scheme)['K04.1']}")
    assert {id_: s.score for id_, s in of(result).scored.items.items()} == {id_: s.score for id_, s in before.items()}
    assert of(result).provisional


def _hidden(book: Any) -> Any:
    sheet = book["附件2"]
    return next(c for c in sheet[1] if isinstance(c.value, str) and "K04.1" in c.value)


def _property(book: Any) -> Any:
    return next(p for p in book.custom_doc_props.props if "K04.1" in str(p.value))


@pytest.mark.parametrize("where", ["properties", "cells", "both"])
def test_carrier__changed__is_named_and_what_is_sound_counts(
    scheme: Scheme, issued: bytes, tmp_path: Path, where: str
) -> None:
    amount = amounts(scheme)["K04.1"]

    def change(book: Any) -> None:
        for carrier in [
            *([_property(book)] if where != "cells" else ()),
            *([_hidden(book)] if where != "properties" else ()),
        ]:
            assert f"K04.1={amount} " in carrier.value
            carrier.value = carrier.value.replace(f"K04.1={amount} ", "K04.1=1 ")
        sheet, cell = at(scheme, "K04.1", TARGET)
        book[sheet][cell] = 1

    result = returned(scheme, tmp_path, issued, change)
    own = of(result)
    assert own.layers is not None
    assert [code for code, _sheet, _cell in errors(result)] == (["S11"] if where == "both" else ["S11", "R07"])
    assert own.layers.entries["K04.1"].target == (1 if where == "both" else amount)
    assert own.layers.entries["K34.1"].target == amounts(scheme)["K34.1"]
    assert own.provisional


@pytest.mark.parametrize(
    "amount", ["NaN", *(pytest.param(x, marks=pytest.mark.slow) for x in ("1e9", "-5", "9" * 5000))]
)
def test_carrier__made_up_with_its_digest__gives_numbers_only(
    scheme: Scheme, issued: bytes, tmp_path: Path, amount: str
) -> None:
    def change(book: Any) -> None:
        text = _property(book).value.replace("K04.1=", f"K04.1={amount} K05.1=")
        head, _, own = text.rpartition("#")[0].partition("：")
        digest = hashlib.sha256(f"2023 {WHO} {head[-1]} {own}".encode()).hexdigest()[:12]
        _property(book).value = _hidden(book).value = f"{head}：{own}#{digest}"

    result = returned(scheme, tmp_path, issued, change)
    assert [code for code, _sheet, _cell in errors(result)] == ["S11"]
    assert of(result).provisional


def test_carrier__of_another_district__is_named(scheme: Scheme, issued: bytes, tmp_path: Path) -> None:
    path = tmp_path / "区填报表_静安区.xlsx"
    path.write_bytes(package.rewrite(issued, {WHO: "静安区"}))
    found = [issue for issue in consolidate(scheme, [path]).issues if issue.code == "S11"]
    assert {(i.place.district, i.found) for i in found} == {("静安区", "下发时的任务量被改动")}


def test_carriers__both_taken_out__named_where_another_form_has_its_own(
    scheme: Scheme, issued: bytes, tmp_path: Path
) -> None:
    """With no carrier left the form's own 任务量 counts; where nobody's form has any, that is how they were issued."""
    record = next(d for d in scheme.districts if d.name == "静安区")
    other = tmp_path / "区填报表_静安区.xlsx"

    def take_out(book: Any) -> None:
        for prop in [p for p in book.custom_doc_props.props if p.name.startswith("xladdin.amounts")]:
            del book.custom_doc_props[prop.name]
        for cell in [c for sheet in book for row in sheet.iter_rows(max_row=12) for c in row]:
            if isinstance(cell.value, str) and cell.value.startswith("下达任务量"):
                cell.value = None
        sheet, cell = at(scheme, "K04.1", TARGET)
        book[sheet][cell] = 60

    returned(scheme, tmp_path, issued, take_out)
    other.write_bytes(district_copy(scheme, blank_form(scheme), record, 1))
    result = consolidate(scheme, [tmp_path])
    assert errors(result) == []
    assert not of(result).open_issues
    assigned = {code: FieldCell(amount) for code, amount in amounts(scheme).items()}
    own = next(d for d in assigned_districts(scheme, {"静安区": assigned}) if d.name == "静安区")
    other.write_bytes(district_copy(scheme, blank_form(scheme), record, 1, own))
    result = consolidate(scheme, [tmp_path])
    assert errors(result) == [("S11", "", "")]
    assert of(result).provisional


@requires_office
@pytest.mark.slow
def test_carriers__saved_by_libreoffice__are_there(scheme: Scheme, issued: bytes, tmp_path: Path) -> None:
    source = tmp_path / "区填报表.xlsx"
    source.write_bytes(issued)
    saved = [tmp_path / kind / f"区填报表_{WHO}.{kind}" for kind in ("xlsx", "xls", "ods")]
    for path in saved:
        path.parent.mkdir()
    (result,) = run_office([{"open": source, "save": [[path, path.suffix[1:]] for path in saved]}])
    assert result["error"] is None
    for path in saved:
        assert_carries(scheme, path)


@needs_gnumeric
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "exporter"),
    [("xlsx", "Gnumeric_Excel:xlsx"), ("xls", "Gnumeric_Excel:excel_biff8"), ("ods", "Gnumeric_OpenCalc:odf")],
)
def test_carriers__saved_by_gnumeric__are_there(
    scheme: Scheme, issued: bytes, tmp_path: Path, kind: str, exporter: str
) -> None:
    source, path = tmp_path / "区填报表.xlsx", tmp_path / f"区填报表_{WHO}.{kind}"
    source.write_bytes(issued)
    subprocess.run(["ssconvert", "-T", exporter, source, path], check=True, capture_output=True, timeout=DEADLINE)
    assert_carries(scheme, path)


def assert_carries(scheme: Scheme, path: Path) -> None:
    collection = collect(scheme, [path])
    held = {code: cell.value for code, cell in collection.forms[WHO].issued.items()}
    assert held == amounts(scheme), path.suffix
    assert not [issue for issue in collection.issues if issue.code in ("S11", "R07")], path.suffix
