"""显示得分说明: how the score of the selected cell came about, and where its numbers stand."""

from __future__ import annotations

import xlwings as xw

from macros.open_book import read_book, read_sheet, source_of
from macros.scoring import NothingToScore
from macros.session import Session
from xladdin.assessment.collect import collect_open
from xladdin.assessment.forms import Form, find_tables
from xladdin.scheme import Policies, Scheme, load_scheme
from xladdin.scoring.items import score_item
from xladdin.workbook.cells import result_of, shown_text
from xladdin.workbook.layout import SUMMARY


def explain(session: Session, book: xw.Book) -> str:
    """The derivation of one score: of the row selected on a district's sheet or a form, or of a cell of 汇总."""
    scheme = load_scheme()
    selected = book.app.selection
    if selected is None:
        raise NothingToScore(_advice())
    sheet, row, column = selected.sheet, selected.row - 1, selected.column - 1
    with session.working():
        district, item_id = (
            _of_summary(scheme, sheet, row, column)
            if sheet.name == SUMMARY
            else (sheet.name, _of_row(book, sheet, row))
        )
        if item_id not in scheme.items:
            raise NothingToScore(_advice())
        names = [district] if district in scheme.district_names else None
        collection = collect_open(scheme, source_of(book), read_book(book, names))
    if not collection.forms:
        raise NothingToScore(
            f"“{sheet.name if district not in scheme.district_names else district}”还没有填报，没有得分。"
        )
    owner, form = next(iter(collection.forms.items()))
    return _told(scheme, scheme.choose_policies(collection.readings), owner, item_id, form)


def _of_summary(scheme: Scheme, sheet: xw.Sheet, row: int, column: int) -> tuple[str, str]:
    """The district of the row and the item of the column."""
    found = read_sheet(sheet)
    above = {shown_text(result_of(found.at(line, column))) for line in range(row)}
    item = next((id_ for id_ in scheme.items if id_ in above), "")
    return shown_text(result_of(found.at(row, 0))), item


def _of_row(book: xw.Book, sheet: xw.Sheet, row: int) -> str:
    """The item whose rows the row is among."""
    for table in find_tables(read_book(book, [sheet.name])):
        at = {line: code for line, code in table.code_rows if code}
        if row in at:
            return at[row].partition(".")[0]
    return ""


def _told(scheme: Scheme, policies: Policies, district: str, item_id: str, form: Form) -> str:
    item = scheme.items[item_id]
    score = score_item(item, form.entries, policies)
    lines = [f"{district}　{item_id} {item.name}（{item.points} 分）", "", score.explain, ""]
    for spec in item.inputs:
        for source in (s for s in form.sources if s.code == spec.code):
            lines.append(f"{source.code} {source.head}：“{source.typed}”　{source.place.sheet}!{source.place.cell}")
        if spec.code in form.origins:
            lines.append(f"　　来自 {form.origins[spec.code]}")
    return "\n".join(lines)


def _advice() -> str:
    return "请先在区工作表或区填报表里选中一项的任意单元格，或在“汇总”里选中一个得分，再按一次。"
