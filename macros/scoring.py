"""Checking and scoring the workbook that is open in Excel, by the same consolidation as the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import xlwings as xw

from macros.open_book import read_book, source_of
from macros.session import Session
from macros.sheet_writer import write_sheets
from xladdin.assessment.collect import Collection, collect_open, report_missing
from xladdin.assessment.consolidate import Consolidation, consolidate_forms, examine
from xladdin.assessment.report import issues_sheet, overview_sheets
from xladdin.issues import Issue, Level
from xladdin.scheme import Scheme, load_scheme
from xladdin.workbook.layout import ISSUES, RANKING, VALUE


class NothingToScore(ValueError):
    """The workbook does not hold what the action works on; the message is for the clerk."""


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
            raise NothingToScore(_advice(book))
        report_missing(scheme, collection)
        result = consolidate_forms(scheme, collection, scheme.choose_policies(collection.readings))
        generated = datetime.now().replace(microsecond=0)
        sheets = overview_sheets(result, generated, field_rows(collection), {book.name: ""})
        session.progress(len(scheme.districts), len(scheme.districts), "写出结果")
        write_sheets(book, sheets)
    book.sheets[RANKING].activate()
    return _standing(result)


def check(session: Session, book: xw.Book) -> str:
    """校验: every finding about the workbook; beside a returned form in a workbook of its own."""
    scheme = load_scheme()
    with session.working():
        collection = collected(session, book, scheme)
        is_master = collection.expects_all
        if not is_master and not collection.forms:
            raise NothingToScore(_advice(book))
        found = examine(scheme, collection)
        links = {book.name: "" if is_master else book.name}
        sheet = issues_sheet(found, links, field_rows(collection) if is_master else {})
        target = book if is_master else book.app.books.add()
        write_sheets(target, [sheet])
    target.sheets[ISSUES].activate()
    return f"校验完成，{counted(found)}"


def counted(found: list[Issue] | tuple[Issue, ...]) -> str:
    """How many findings of each weight."""
    if not found:
        return "没有发现问题。"
    by_level = "，".join(f"{level.value} {n}" for level in Level if (n := sum(i.level is level for i in found)))
    return f"共 {len(found)} 条（{by_level}），见“{ISSUES}”。"


def field_rows(collection: Collection) -> Mapping[tuple[str, str], int]:
    """Where on the districts' sheets each code now stands, zero-based."""
    rows = {}
    for district, form in collection.forms.items():
        for key, place in form.places.items():
            code, _, head = key.partition(" ")
            if head == VALUE:
                rows[district, code] = int("".join(filter(str.isdigit, place.cell))) - 1
    return rows


def _advice(book: xw.Book) -> str:
    return (
        f"“{book.name}”里没有以区名命名、表头有“编号”“{VALUE}”的工作表。\n"
        "请打开考核总表，用“导入回收表”读入各区的表，再按一次。"
    )


def _standing(result: Consolidation) -> str:
    first = result.ranked()[0]
    leaders = "、".join(d.name for d in result.districts if d.rank == first.rank)
    provisional = sum(d.provisional for d in result.districts)
    state = f"排名为暂定：{provisional} 个区的数据尚不完整。" if provisional else "数据完整。"
    return f"汇总完成。第 1 名：{leaders}（{first.scored.total} 分）。\n{state}\n校验{counted(result.issues)}"
