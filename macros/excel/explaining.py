"""显示得分说明: how the score of the selected cell came about, and where its numbers stand."""

from __future__ import annotations

import xlwings as xw

from macros.excel.open_book import read_book, read_sheet, source_of
from macros.excel.session import Session
from macros.told import NOTHING_SELECTED, NothingToScore, explained, item_of_row, item_of_summary
from xladdin.returns.collection import collect_open
from xladdin.scheme import load_scheme
from xladdin.words import SUMMARY


def explain(session: Session, book: xw.Book) -> str:
    """The derivation of one score: of the row selected on a district's sheet or a form, or of a cell of 汇总."""
    scheme = load_scheme()
    selected = book.app.selection
    if selected is None:
        raise NothingToScore(NOTHING_SELECTED)
    sheet, row, column = selected.sheet, selected.row - 1, selected.column - 1
    with session.working():
        district, item_id = (
            item_of_summary(scheme, read_sheet(sheet), row, column)
            if sheet.name == SUMMARY
            else (sheet.name, item_of_row(read_book(book, [sheet.name]), row))
        )
        if item_id not in scheme.items:
            raise NothingToScore(NOTHING_SELECTED)
        names = [district] if district in scheme.district_names else None
        collection = collect_open(scheme, source_of(book), read_book(book, names))
    if not collection.forms:
        raise NothingToScore(
            f"“{sheet.name if district not in scheme.district_names else district}”还没有填报，没有得分。"
        )
    owner, form = next(iter(collection.forms.items()))
    return explained(scheme, scheme.choose_policies(collection.readings), owner, item_id, form)
