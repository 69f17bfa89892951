"""What a round gives people: 进度, 催报清单, and for every unit whose form is sent back a 退回修改单."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path

from xladdin.issues import Issue, Level, count_by_level
from xladdin.results.finding_lines import others_of, without_consequences
from xladdin.results.sheets import level_cell, linked_cell
from xladdin.rounds.folder import State, Submission, UnitStatus
from xladdin.rounds.tracking import TRACKING_FILE, YES, Round
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ADOPTED,
    CATEGORY,
    CELL,
    CODE,
    CONFIRMED,
    COPIES,
    DAYS_LATE,
    DAYS_OVERDUE,
    DIGEST,
    DISTRICT,
    DUE,
    DUE_PROPERTY,
    EXPECTED,
    FILE,
    FOUND,
    INDICATOR,
    ISSUES_KIND,
    KIND_PROPERTY,
    LEVEL,
    NEWEST,
    NOTE,
    ORDINAL,
    OWED,
    PROGRESS_KIND,
    RECEIPTS,
    RECEIVED,
    RECEIVED_ON,
    REMARK,
    REMEDY,
    REMINDERS_KIND,
    RETURN_KIND,
    SHEET,
    STATUS,
    TASK,
    UNFILLED,
    UNIT,
    UNIT_LABEL,
    UNIT_WORD_PROPERTY,
    UNUSED,
    VERSION_PROPERTY,
    WITHDRAWN,
)
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet, told
from xladdin.workbook.write.tables import write_tables

_STATE_STYLES = {
    **dict.fromkeys((State.ABSENT, State.UNFILLED, State.RETURNED), "error"),
    State.PARTLY: "missing",
    State.CONFIRMED: "bold",
}


def round_workbooks(scheme: Scheme, round_: Round, today: date, generated: datetime) -> dict[str, bytes]:
    """The files to write, by their path below the round's folder. `generated` is the one time stamp."""
    statuses = round_.statuses

    def written(sheet: ResultSheet, kind: str, due: date | None = None, *others: ResultSheet) -> bytes:
        properties = {KIND_PROPERTY: kind, VERSION_PROPERTY: scheme.source.version}
        if scheme.source.unit_word != DISTRICT:
            properties[UNIT_WORD_PROPERTY] = scheme.source.unit_word
        if due:
            properties[DUE_PROPERTY] = due.isoformat()
        sheets = [told(one, scheme.source.say) for one in (sheet, *others)]
        return write_tables(sheets, properties, sheet.title, scheme.source.office_name, generated)

    files = {
        TRACKING_FILE: written(
            tracking_sheet(scheme, statuses), PROGRESS_KIND, round_.due, receipts_sheet(scheme, round_)
        ),
        f"{REMINDERS_KIND}.xlsx": written(reminders_sheet(scheme, statuses, today), REMINDERS_KIND),
    }
    for status in statuses:
        if status.is_sent_back:
            path = f"{RETURN_KIND}/{RETURN_KIND}_{status.respondent.name}.xlsx"
            files[path] = written(return_sheet(scheme, status), ISSUES_KIND)
    return files


def withdraw(folder: Path, files: Collection[str]) -> list[Path]:
    """Put the 退回修改单 of units that have corrected theirs aside, into a folder beside the others; what was put there.

    `files` are those of now, as `round_workbooks` names them. A slip may have been signed: none is deleted.
    """
    moved = []
    for path in sorted((folder / RETURN_KIND).glob(f"{RETURN_KIND}_*.xlsx")):
        if path.relative_to(folder).as_posix() not in files:
            aside = path.parent / WITHDRAWN / path.name
            aside.parent.mkdir(exist_ok=True)
            moved.append(path.replace(aside))
    return moved


def status_lines(scheme: Scheme, statuses: Sequence[UnitStatus], today: date) -> list[str]:
    """A line for every unit: state, whose, the file that counts; units of which nothing else is to be said are one line.

    At last how many are in which state.
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    for status in statuses:
        name = status.respondent.name
        is_plain = len(status.submissions) == 1 and status.submissions[0].is_used and name in status.submissions[0].name
        counted = _counted(status.counted) if status.counted and not is_plain else ""
        sent = f"共 {len(status.submissions)} 份" if len(status.submissions) > 1 else ""
        overdue = f"逾期 {days} 天" if (days := status.days_overdue(today)) else ""
        late = f"迟交 {status.days_late} 天" if status.days_late else ""
        words = (status.state.value, scheme.source.say(status.respondent.kind), counted, sent, late, overdue)
        alike.setdefault(words, []).append(name)
    lines = [
        "　".join(filter(None, (state, kind, f"{len(names)} 个：" * (len(names) > 1) + "、".join(names), *rest)))
        for (state, kind, *rest), names in alike.items()
    ]
    return [*lines, count_by_state(statuses)]


def _counted(counted: Submission) -> str:
    """The submission that counts, or that nothing of it could be used."""
    return f"{ADOPTED} {counted.name}" if counted.is_used else f"已来件，{_why_unused(counted)}：{counted.name}"


def _why_unused(submission: Submission) -> str:
    return "未能读取" if submission.is_unread else UNUSED


def count_by_state(statuses: Sequence[UnitStatus]) -> str:
    """How many units there are, and how many of them are in which state."""
    numbers = ((state, sum(s.state is state for s in statuses)) for state in State)
    return f"共 {len(statuses)} 个单位：" + "，".join(f"{state.value} {n}" for state, n in numbers if n)


def _state_cell(status: UnitStatus) -> Cell:
    return Cell(status.state.value, _STATE_STYLES.get(status.state, "centre"))


def _errors(status: UnitStatus) -> float:
    """How many errors the newest submission has."""
    return float(sum(issue.level is Level.ERROR for issue in status.faults))


def _blanks(status: UnitStatus) -> int:
    """How many cells of the newest submission are still blank."""
    return status.newest.blanks if status.newest else 0


def _why(status: UnitStatus, newest: Submission) -> str:
    """What is to be mended in the newest submission."""
    if status.state is State.UNFILLED:
        what = "一格也没有填"
    elif status.state is State.PARTLY:
        what = f"还有 {_blanks(status)} 格未填"
    else:
        what = f"有 {_errors(status):g} 处错误"
    return f"{newest.name} {what}，见 {RETURN_KIND}_{status.respondent.name}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def tracking_sheet(scheme: Scheme, statuses: Sequence[UnitStatus]) -> ResultSheet:
    """进度: every unit with its state and the file that counts; the yellow cells are for people to write in."""
    columns = (
        Column(UNIT, 22, "bold"),
        Column(CATEGORY, 12, "centre"),
        Column(DUE, 12, "entry"),
        Column(STATUS, 9, "centre"),
        Column(COPIES, 6, "centre"),
        Column(NEWEST, 31, "text"),
        Column(RECEIVED, 18, "centre"),
        Column(DAYS_LATE, 11, "centre"),
        Column(Level.ERROR.value, 7, "centre"),
        Column(UNFILLED, 7, "centre"),
        Column(ADOPTED, 31, "text"),
        Column(CONFIRMED, 8, "entry"),
        Column(NOTE, 30, "named"),
        Column(DIGEST, 66, "mono"),
    )
    rows: list[list[Content]] = []
    for status in statuses:
        newest, counted = status.newest, status.counted
        category = scheme.source.say(status.respondent.kind)
        row: list[Content] = [status.respondent.name, category, _day(status.due), _state_cell(status)]
        row.append(float(len(status.submissions)))
        if newest and counted:
            received = f"{newest.received:%Y-%m-%d %H:%M}"
            blanks = float(_blanks(status))
            late: Content = Cell(float(status.days_late), "awaited") if status.days_late else None
            row += [newest.name, received, late, _errors(status), blanks]
            row.append(counted.name if counted.is_used else _why_unused(counted))
        else:
            row += [None] * 6
        confirmed = YES if status.state is State.CONFIRMED else None
        row += [Cell(confirmed, choices=(YES,)), status.remark or None, newest.sha256 if newest else None]
        rows.append(row)
    notes = (
        count_by_state(statuses),
        f"黄色的 {DUE}、{CONFIRMED}、{NOTE} 由人填写，重新生成时保留；其余各列重新计算，不必改动。"
        f"{CONFIRMED}只对本行所列的最新一份有效，收到新的一份后要重新{CONFIRMED}。迟交按第一份的收到时间算，收到时间在“{RECEIPTS}”里改。",
        "可在下面加行：类别填“专家”，单位填姓名，即列入应交名单。",
    )
    return ResultSheet(
        PROGRESS_KIND,
        "回收进度",
        columns,
        rows,
        notes,
        frozen_columns=1,
        filtered=True,
        large_paper=True,
        printed_columns=len(columns) - 1,
    )


def receipts_sheet(scheme: Scheme, round_: Round) -> ResultSheet:
    """来件登记: every file that came and when it was received, for people to put right."""
    columns = (
        Column(UNIT, 24, "bold"),
        Column(CATEGORY, 12, "centre"),
        Column(FILE, 52, "text"),
        Column(RECEIVED_ON, 22, "entry"),
        Column(ADOPTED, 8, "centre"),
        Column(DIGEST, 66, "mono"),
    )

    def row(submission: Submission, status: UnitStatus | None) -> list[Content]:
        who = [status.respondent.name, scheme.source.say(status.respondent.kind)] if status else [None, None]
        counts = "√" if status and status.counted is submission and submission.is_used else None
        received = f"{submission.received:%Y-%m-%d %H:%M:%S}"
        return [*who, submission.name, received, counts, submission.sha256]

    rows = [row(submission, status) for status in round_.statuses for submission in status.submissions]
    rows += [row(submission, None) for submission in round_.received.of_nobody]
    notes = (
        f"黄色的 {RECEIVED_ON} 起初是文件的修改时间，以后不随文件变，实际收到的不是这个时间的请改（可以只写日期），重新生成时保留。",
        "它决定同一个文件夹里同一单位的几份哪份在后，并用于算迟交；各轮的文件夹先后在它之前。收到的早晚不影响得分、名次。",
    )
    return ResultSheet(
        RECEIPTS, RECEIPTS, columns, rows, notes, frozen_columns=1, filtered=True, printed_columns=len(columns) - 1
    )


def reminders_sheet(scheme: Scheme, statuses: Sequence[UnitStatus], today: date) -> ResultSheet:
    """催报清单: from whom something has yet to come, and since when it is overdue."""
    columns = (
        Column(ORDINAL, 5, "centre"),
        Column(UNIT, 21, "bold"),
        Column(CATEGORY, 11, "centre"),
        Column(STATUS, 9, "centre"),
        Column(DUE, 11, "centre"),
        Column(DAYS_OVERDUE, 10, "centre"),
        Column(OWED, 26, "text"),
        Column(REMARK, 30, "text"),
        Column(NOTE, 16, "text"),
    )
    rows: list[list[Content]] = []
    for status in (s for s in statuses if s.is_missing):
        respondent, newest = status.respondent, status.newest
        overdue = status.days_overdue(today)
        late: Content = Cell(float(overdue), "error") if overdue else None
        errors = _why(status, newest) if newest else None
        category = scheme.source.say(respondent.kind)
        row: list[Content] = [float(len(rows) + 1), respondent.name, category, _state_cell(status)]
        rows.append([*row, _day(status.due), late, respondent.file_name(scheme), errors, status.remark or None])
    late_ones = sum(s.days_overdue(today) > 0 for s in statuses)
    notes = (f"截至 {today.isoformat()}，{len(rows)} 个单位未交、未填齐或待修改，其中逾期 {late_ones} 个。",)
    return ResultSheet(REMINDERS_KIND, REMINDERS_KIND, columns, rows, notes, frozen_columns=2, filtered=True)


def return_sheet(scheme: Scheme, status: UnitStatus) -> ResultSheet:
    """退回修改单: everything that the unit is to mend in its newest submission, each at its cell, and who signs for it.

    What is said of the rows of one sheet again and again, as where it is a copy, is one line.
    The links lead to the file of that name beside the sheet, as both are sent to the unit.
    """
    newest = status.newest
    assert newest is not None  # only what was sent can be sent back
    judges = status.respondent.kind != DISTRICT
    columns = (
        Column(ORDINAL, 5, "centre"),
        Column(LEVEL, 6, "centre"),
        *((Column(DISTRICT, 9, "centre"),) if judges else ()),
        Column(CODE, 7, "centre"),
        Column(TASK, 16, "text"),
        Column(INDICATOR, 16, "text"),
        Column(SHEET, 10, "centre"),
        Column(CELL, 9, "centre"),
        Column(FOUND, 19, "text"),
        Column(EXPECTED, 19, "text"),
        Column(REMEDY, 24, "text"),
    )
    rows: list[list[Content]] = []
    causes: dict[object, list[Issue]] = {}
    faults = without_consequences(status.faults)
    for n, fault in enumerate(faults):
        is_of_rows = fault.code.startswith("S")
        causes.setdefault((fault.code, fault.place.sheet) if is_of_rows else n, []).append(fault)
    told: dict[str, int] = {}
    for number, alike in enumerate(causes.values(), 1):
        issue = alike[0]
        place = issue.place
        item, spec = scheme.items.get(place.item.partition(".")[0]), scheme.inputs.get(place.item)
        row: list[Content] = [float(number), level_cell(issue), *([place.district] if judges else [])]
        indicator = spec.name if item and spec and spec.name != item.name else None
        row += [place.item, item.name if item else None, indicator, place.sheet]
        row.append(linked_cell(place, {newest.file_name: newest.file_name}))
        first = told.setdefault(issue.remedy, number)
        remedy = issue.remedy if first == number else f"同第 {first} 条"
        row += [f"{issue.found}{others_of(alike)}", issue.expected, remedy]
        rows.append(row)
    due = f"，请于 {_day(status.due)} 前报送" if status.due else ""
    notes = (
        f"{newest.file_name}（{newest.received:%Y-%m-%d %H:%M}）退回修改：请按下列各条在原表中改正后重新报送{due}。",
        f"共 {len(faults)} 条：{count_by_level(faults)}　文件 SHA-256：{newest.sha256}",
    )
    signatures = (
        f"退回单位：{scheme.source.office_name}　　经办人（签字）：{_TO_SIGN}　　日期：{_TO_SIGN}",
        f"{UNIT_LABEL}：{status.respondent.name}　　填表人（签字）：{_TO_SIGN}　　负责人（签字）：{_TO_SIGN}　　日期：{_TO_SIGN}",
    )
    for text in ("", *signatures):
        rows.append([Cell(text or None, "unframed"), *[Cell(None, "unframed")] * (len(columns) - 1)])
    return ResultSheet(
        RETURN_KIND, f"{RETURN_KIND}　{status.respondent.name}", columns, rows, notes, tab_color="#ED7D31"
    )


_TO_SIGN = "＿" * 8
