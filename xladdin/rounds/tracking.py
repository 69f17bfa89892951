"""进度.xlsx, the tracking sheet of a round: what people have noted on it, read back."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

from xladdin import issues
from xladdin.classes import record, replace
from xladdin.evaluations.units import UnitKind, departments, is_expert_name, office
from xladdin.fields.dates import read_day, read_moment
from xladdin.fields.tables import Heads, Table, rows_of, squeezed, tables_of
from xladdin.files import Progress
from xladdin.issues import Issue, Level, Place
from xladdin.returns.targets import TARGETS_FILE, issued_forms, read_targets
from xladdin.rounds.folder import (
    Receipts,
    Respondent,
    Submissions,
    Tracked,
    UnitStatus,
    issued,
    kinds,
    submissions,
    tracking,
)
from xladdin.scheme.model import Scheme
from xladdin.words import (
    CATEGORY,
    CONFIRMED,
    DIGEST,
    DISTRICT,
    DUE,
    DUE_PROPERTY,
    FILE,
    NOTE,
    PROGRESS_KIND,
    RECEIVED_ON,
    UNIT,
    UNIT_WORD_PROPERTY,
)
from xladdin.workbook.cells import result_of, shown_text
from xladdin.workbook.read.reader import read_workbook
from xladdin.workbook.unreadable import UnreadableWorkbook

TRACKING = PROGRESS_KIND
TRACKING_FILE = f"{TRACKING}.xlsx"

HEADS = (UNIT, CATEGORY, DUE, CONFIRMED, NOTE, DIGEST)
"""Heads of the tracking sheet that are read back."""

YES = "是"
_CONFIRMATIONS = {YES: True, "√": True, "否": False, "×": False, "": False}


@record
class Round:
    """Where a round stands.

    `issues` are the findings about its tracking sheet, about files of nobody, our own results in 回收 and what is wrong with its 任务分解表; `is_tracked`
    says whether the tracking sheet could be read, so that nothing is lost where it is written anew. `due` is the due date that was set for all.
    """

    received: Submissions
    statuses: list[UnitStatus]
    issues: list[Issue]
    is_tracked: bool
    due: datetime.date | None


def read_round(
    scheme: Scheme, folder: Path, due: datetime.date | None = None, progress: Progress | None = None
) -> Round:
    """Everything about the round in the folder.

    `due` becomes the due date of all but those for whom the tracking sheet has another one than was set for all before.
    """
    tracked, found, before, receipts = read_tracking(scheme, folder / TRACKING_FILE)
    if due:
        tracked = {r: replace(t, due=due) if t.due in (None, before) else t for r, t in tracked.items()}
    table = folder / TARGETS_FILE
    targets, of_table = read_targets(scheme, table) if table.is_file() else ({}, [])
    targets = targets or {name: form.amounts for name, form in issued_forms(scheme, folder).items()}
    received = submissions(scheme, folder, {*tracked, *issued(scheme, folder)}, receipts, targets, progress)
    statuses, lost = tracking(scheme, folder, received, tracked, due or before)
    nobodys = [issue for submission in received.of_nobody for issue in submission.issues]
    is_tracked = not any(issue.level is Level.ERROR for issue in found)
    errors = (issue for issue in of_table if issue.level is Level.ERROR)
    told = [issue.told(scheme.source.say) for issue in (*errors, *found, *lost, *nobodys, *received.skipped)]
    return Round(received, statuses, told, is_tracked, due or before)


def read_tracking(
    scheme: Scheme, path: Path
) -> tuple[dict[Respondent, Tracked], list[Issue], datetime.date | None, Receipts]:
    """What people have noted, by unit, every finding, the due date that was set for all, and when files were received.

    Nothing without the file. With an error among the findings it must not be replaced: somebody's notes would be lost.
    """
    if not path.exists():
        return {}, [], None, {}
    try:
        book = read_workbook(path)
    except UnreadableWorkbook as error:
        expected = "能打开的进度表（或移走它，重新生成）"
        fault = issues.issue(issues.TRACKING_FAULT, Place(file=path.name), error.detail, expected=expected)
        return {}, [fault], None, {}
    if tables := tables_of(book, Heads(HEADS, required=HEADS)):
        called = scheme.source.unit_word, book.properties.get(UNIT_WORD_PROPERTY)
        tracked, found = _read_rows(scheme, tables, path.name, called)
        receipts, faults = _read_receipts(scheme, tables_of(book, _RECEIPTS), path.name)
        return tracked, [*found, *faults], read_day(book.properties.get(DUE_PROPERTY)), receipts
    expected = f"表头有 {'、'.join(HEADS)}"
    return {}, [issues.issue(issues.TRACKING_FAULT, Place(file=path.name), "找不到表头", expected=expected)], None, {}


_RECEIPTS = Heads((FILE, RECEIVED_ON, DIGEST), required=(FILE, RECEIVED_ON, DIGEST))


def _read_receipts(scheme: Scheme, tables: Sequence[Table[Heads]], file: str) -> tuple[Receipts, list[Issue]]:
    """来件登记: when each file was received; where that is blank, as if it had never been listed."""
    receipts, found = {}, []
    for table, row in rows_of(tables):
        name, digest = (shown_text(result_of(table.at(row, head))).strip() for head in (FILE, DIGEST))
        raw = table.at(row, RECEIVED_ON)
        shown, moment = shown_text(result_of(raw)).strip(), read_moment(raw)
        if moment:
            receipts[name, digest] = moment
        elif shown:
            expected = f"日期，可以带时间，如 {scheme.source.year + 1}-01-31 14:30"
            place = table.place(file, row, RECEIVED_ON)
            found.append(issues.issue(issues.TRACKING_FAULT, place, f"“{shown}”", expected=expected))
    return receipts, found


def _read_rows(
    scheme: Scheme, tables: Sequence[Table[Heads]], file: str, called: Collection[str | None]
) -> tuple[dict[Respondent, Tracked], list[Issue]]:
    """`called` are the words for those who are assessed."""
    tracked: dict[Respondent, Tracked] = {}
    found = [issue for table in tables for issue in table.spelling_issues(file)]
    for table, row in rows_of(tables):
        at = partial(table.at, row)
        place = partial(table.place, file, row)

        def fault(head: str, shown: str, expected: str, place: Callable[[str], Place] = place) -> None:
            found.append(issues.issue(issues.TRACKING_FAULT, place(head), shown, expected=expected))

        category, name = squeezed(at(CATEGORY)), squeezed(at(UNIT))
        respondent = Respondent(DISTRICT if category in called else category, name)
        texts = {head: shown_text(result_of(at(head))).strip() for head in (DUE, CONFIRMED, DIGEST)}
        remark = result_of(at(NOTE))  # in full, for it is written again
        texts[NOTE] = remark.strip() if isinstance(remark, str) else shown_text(remark)
        if not respondent.kind and not respondent.name and not any(texts.values()):
            continue
        if expected := _unknown(scheme, respondent):
            fault(UNIT, f"{respondent.kind or '（类别空白）'} {respondent.name or '（单位空白）'}", expected)
            continue
        if respondent in tracked:
            fault(UNIT, f"“{respondent.name}”有两行", "每个单位一行")
            continue
        due = read_day(at(DUE))
        if texts[DUE] and due is None:
            fault(DUE, f"“{texts[DUE]}”", f"日期，如 {scheme.source.year + 1}-01-31")
        if texts[CONFIRMED] not in _CONFIRMATIONS:
            fault(CONFIRMED, f"“{texts[CONFIRMED]}”", f"{YES}，或留空")
        confirmed = texts[DIGEST] if _CONFIRMATIONS.get(texts[CONFIRMED]) else ""
        tracked[respondent] = Tracked(place(CONFIRMED), due, confirmed, texts[NOTE])
    return tracked, found


def _unknown(scheme: Scheme, respondent: Respondent) -> str:
    """What should stand in 类别 and 单位, where they name no unit."""
    names = {
        DISTRICT: scheme.district_names,
        UnitKind.DEPARTMENT.value: tuple(unit.name for unit in departments(scheme)),
        office(scheme).category: (office(scheme).name,),
    }
    if respondent.kind not in kinds(scheme):
        return f"{CATEGORY}为 {'、'.join(kinds(scheme))} 之一"
    if respondent.kind == UnitKind.EXPERT.value:
        return "" if is_expert_name(scheme, respondent.name) else "专家姓名，只用汉字、字母、数字和“·”"
    return "" if respondent.name in names[respondent.kind] else f"方案中的{respondent.kind}的全称"
