"""The menu 精细化考核 in LibreOffice: 汇总排名, 校验 and 显示得分说明 on the spreadsheet that is open."""

from __future__ import annotations

import logging
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from macros.actions import BY_ID
from macros.calc.open_document import read_document, read_sheet, source_of
from macros.calc.result_sheets import write_results
from macros.calc.untyped import Uno
from macros.told import (
    NOTHING_SELECTED,
    NothingToScore,
    counted,
    explained,
    field_rows,
    item_of_row,
    item_of_summary,
    no_district_sheets,
    standing,
)
from xladdin.issues import Refused
from xladdin.results.consolidation import consolidate_forms, examine
from xladdin.results.sheets import issues_sheet, overview_sheets
from xladdin.returns.collection import Collection, collect_open, report_missing
from xladdin.scheme import Scheme, load_scheme
from xladdin.words import ISSUES, RANKING, SUMMARY
from xladdin.workbook.cells import RawBook

_log = logging.getLogger("macros")


class _Session:
    """One press of a menu entry, in the window it was pressed in."""

    def __init__(self, context: Uno, frame: Uno, title: str) -> None:
        self.context = context
        self.frame = frame
        self.title = title
        self.document = frame.getController().getModel()
        self.indicator: Uno = None

    @contextmanager
    def working(self) -> Iterator[None]:
        self.indicator = self.frame.createStatusIndicator()
        self.indicator.start(self.title, 1)
        try:
            yield
        finally:
            self.indicator.end()

    def progress(self, done: int, total: int, now: str) -> None:
        """Show how far the work is."""
        self.indicator.setText(f"{self.title}：{done}/{total} {now}")

    def new_document(self) -> Uno:
        desktop = self.context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)
        return desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())


def press(context: Uno, action_id: str, frame: Uno) -> str:
    """Run the action of a menu entry and give back what to tell the clerk; no error goes further than this."""
    return _outcome(_Session(context, frame, BY_ID[action_id].caption), _ACTIONS[action_id])


def _outcome(session: _Session, action: Callable[[_Session], str]) -> str:
    try:
        return action(session)
    except Refused as error:
        return str(error)
    except Exception:
        _log.exception("%s failed", session.title)
        path = Path(tempfile.gettempdir()) / "finescore-error.txt"
        path.write_text(traceback.format_exc(), encoding="utf-8")
        return f"没有完成：程序出错。请把文件 {path} 和这个工作簿发给维护人员。"


def _collected(session: _Session, scheme: Scheme) -> Collection:
    session.document.calculate()
    raw = read_document(session.document, progress=session.progress)
    return collect_open(scheme, source_of(session.document), raw)


def _consolidate(session: _Session) -> str:
    """汇总排名: score and rank the districts' sheets, and write the result sheets."""
    scheme, document = load_scheme(), session.document
    name = source_of(document).name
    with session.working():
        collection = _collected(session, scheme)
        if not collection.expects_all:
            raise NothingToScore(no_district_sheets(name))
        report_missing(scheme, collection)
        result = consolidate_forms(scheme, collection, scheme.choose_policies(collection.readings))
        generated = datetime.now().replace(microsecond=0)
        session.progress(len(scheme.districts), len(scheme.districts), "写出结果")
        write_results(document, overview_sheets(result, generated, field_rows(collection), {name: ""}))
    _show(document, RANKING)
    return standing(result)


def _check(session: _Session) -> str:
    """校验: every finding about the document; beside a returned form in a document of its own."""
    scheme, document = load_scheme(), session.document
    name = source_of(document).name
    with session.working():
        collection = _collected(session, scheme)
        is_master = collection.expects_all
        if not is_master and not collection.forms:
            raise NothingToScore(no_district_sheets(name))
        found = examine(scheme, collection)
        links = {name: "" if is_master else name}
        sheet = issues_sheet(found, links, field_rows(collection) if is_master else {})
        target = document if is_master else session.new_document()
        write_results(target, [sheet])
    _show(target, ISSUES)
    return f"校验完成，{counted(found)}"


def _show(document: Uno, name: str) -> None:
    controller = document.CurrentController
    if controller:
        controller.setActiveSheet(document.Sheets.getByName(name))


def _explain(session: _Session) -> str:
    """显示得分说明: how the score of the selected cell came about, and where its numbers stand."""
    scheme, document = load_scheme(), session.document
    selected = document.CurrentSelection
    if not hasattr(selected, "getRangeAddress"):
        raise NothingToScore(NOTHING_SELECTED)
    address, sheet = selected.getRangeAddress(), selected.getSpreadsheet()
    own = read_sheet(document, sheet)
    if sheet.Name == SUMMARY:
        district, item_id = item_of_summary(scheme, own, address.StartRow, address.StartColumn)
    else:
        district, item_id = sheet.Name, item_of_row(RawBook("", [own]), address.StartRow)
    if item_id not in scheme.items:
        raise NothingToScore(NOTHING_SELECTED)
    names = [district] if district in scheme.district_names else None
    with session.working():
        collection = collect_open(scheme, source_of(document), read_document(document, names))
    if not collection.forms:
        raise NothingToScore(f"“{district if names else sheet.Name}”还没有填报，没有得分。")
    owner, form = next(iter(collection.forms.items()))
    return explained(scheme, scheme.choose_policies(collection.readings), owner, item_id, form)


_ACTIONS: Mapping[str, Callable[[_Session], str]] = {
    "consolidate": _consolidate,
    "check": _check,
    "explain": _explain,
}
