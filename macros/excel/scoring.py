"""Checking and scoring the workbook that is open in Excel, by the same consolidation as the command line."""

from __future__ import annotations

from datetime import datetime

import xlwings as xw

from macros.excel.open_book import read_book, source_of
from macros.excel.session import Session
from macros.excel.sheet_writer import write_sheets
from macros.told import NothingToScore, counted, field_rows, no_district_sheets, standing
from xladdin.results.consolidation import consolidate_forms, examine
from xladdin.results.sheets import issues_sheet, overview_sheets
from xladdin.returns.collection import Collection, collect_open, report_missing
from xladdin.scheme import Scheme, load_scheme
from xladdin.words import ISSUES, RANKING


def collected(session: Session, book: xw.Book, scheme: Scheme) -> Collection:
    """What the workbook's sheets hold, recalculated first: scores that are shown late would be taken for wrong ones."""
    session.app.calculate()
    raw = read_book(book, progress=session.progress)
    return collect_open(scheme, source_of(book), raw)


def consolidate_book(session: Session, book: xw.Book) -> str:
    """汇总排名: score and rank the districts' sheets, and write the result sheets."""
    scheme = load_scheme()
    with session.working():
        collection = collected(session, book, scheme)
        if not collection.expects_all:
            raise NothingToScore(no_district_sheets(book.name))
        report_missing(scheme, collection)
        result = consolidate_forms(scheme, collection, scheme.choose_policies(collection.readings))
        generated = datetime.now().replace(microsecond=0)
        sheets = overview_sheets(result, generated, field_rows(collection), {book.name: ""})
        session.progress(len(scheme.districts), len(scheme.districts), "写出结果")
        write_sheets(book, sheets)
    book.sheets[RANKING].activate()
    return standing(result)


def check(session: Session, book: xw.Book) -> str:
    """校验: every finding about the workbook; beside a returned form in a workbook of its own."""
    scheme = load_scheme()
    with session.working():
        collection = collected(session, book, scheme)
        is_master = collection.expects_all
        if not is_master and not collection.forms:
            raise NothingToScore(no_district_sheets(book.name))
        found = examine(scheme, collection)
        links = {book.name: "" if is_master else book.name}
        sheet = issues_sheet(found, links, field_rows(collection) if is_master else {})
        target = book if is_master else book.app.books.add()
        write_sheets(target, [sheet])
    target.sheets[ISSUES].activate()
    return f"校验完成，{counted(found)}"
