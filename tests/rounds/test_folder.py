"""A round's folder: whose every file is, which one counts, where every unit stands, and what people noted is kept."""

from __future__ import annotations

import datetime
import io
import os
import re
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path, PurePath

import openpyxl
import pytest

from tests.conftest import Field, Forms, Typed
from tests.support.heads import spellings
from xladdin.classes import replace
from xladdin.evaluations.books import unit_workbook
from xladdin.evaluations.units import departments, experts, units
from xladdin.issues import Level
from xladdin.results.consolidation import consolidate
from xladdin.returns.collection import collect
from xladdin.rounds.collecting import collect_round
from xladdin.rounds.folder import Respondent, State, UnitStatus, chosen_files, respondent_named
from xladdin.rounds.progress import round_workbooks, status_lines, withdraw
from xladdin.rounds.tracking import TRACKING_FILE, Round, read_round, read_tracking
from xladdin.scheme import Scheme
from xladdin.words import VALUE, form_file_name
from xladdin.workbook.cells import RawBook
from xladdin.workbook.read.reader import read_workbook

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

WHO, OTHER = "徐汇区", "黄浦区"
TODAY = datetime.date(2024, 1, 20)
STAMP = datetime.datetime(2024, 1, 20, 9, 0)
WRONG: Mapping[Field, Typed] = {("K01.1", VALUE): "已完成"}


def send(
    forms: Forms, folder: Path, at: str, *, day: int, changes: Mapping[Field, Typed] | None = None, who: str = WHO
) -> Path:
    """Put a district's form into a folder below 回收, last changed on that day of January."""
    path = folder / "回收" / at / form_file_name(who)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(forms.make(who, changes))
    return touched(path, day)


def touched(path: Path, day: int) -> Path:
    moment = datetime.datetime(2024, 1, day, 12, 0).timestamp()
    os.utime(path, (moment, moment))
    return path


def status_of(round_: Round, name: str = WHO) -> UnitStatus:
    return next(status for status in round_.statuses if status.respondent.name == name)


def write(scheme: Scheme, folder: Path, round_: Round) -> None:
    for name, data in round_workbooks(scheme, round_, TODAY, STAMP).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def note(folder: Path, notes: Mapping[tuple[str, str], object]) -> None:
    """Write into the tracking sheet, by unit and head, as a person does with a spreadsheet program."""
    book = openpyxl.load_workbook(folder / TRACKING_FILE)
    sheet = book["进度"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "单位")
    columns = {cell.value: cell.column for cell in head}
    for row in sheet.iter_rows(min_row=head[0].row + 1):
        for (name, column), value in notes.items():
            if row[0].value == name:
                sheet.cell(row[0].row, columns[column]).value = value
    book.save(folder / TRACKING_FILE)


# --- Which submission counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "state", "counted"),
    [
        # (folder, day, with a fault)
        ([], State.ABSENT, None),
        ([("第1轮", 3, False)], State.RECEIVED, "第1轮"),
        ([("", 3, False)], State.RECEIVED, ""),
        ([("第1轮", 3, True)], State.RETURNED, "第1轮"),
        ([("第1轮", 3, True), ("第2轮", 5, False)], State.CHANGED, "第2轮"),
        ([("第1轮", 3, False), ("第2轮", 5, True)], State.RETURNED, "第1轮"),
        ([("第1轮", 3, True), ("第2轮", 5, True)], State.RETURNED, "第2轮"),
        # The folder goes before the time, and its number counts as a number.
        ([("第10轮", 3, False), ("第2轮", 5, True)], State.CHANGED, "第10轮"),
        ([("第十轮", 3, False), ("第九轮", 5, True)], State.CHANGED, "第十轮"),
        ([("第三轮", 3, False), ("第二轮", 5, True)], State.CHANGED, "第三轮"),
        ([("第2轮", 3, False), ("", 5, True)], State.CHANGED, "第2轮"),
    ],
)
def test_submissions__of_a_unit__newest_valid_one_counts(
    scheme: Scheme, forms: Forms, tmp_path: Path, sent: list[tuple[str, int, bool]], state: State, counted: str | None
) -> None:
    for at, day, wrong in sent:
        send(forms, tmp_path, at, day=day, changes=WRONG if wrong else None)
    round_ = read_round(scheme, tmp_path)
    status = status_of(round_)
    assert status.state is state
    assert len(status.submissions) == len(sent)
    wanted = [] if counted is None else [tmp_path / "回收" / counted / form_file_name(WHO)]
    assert chosen_files(round_.statuses) == wanted
    assert len(round_.statuses) == 16
    assert {s.state for s in round_.statuses if s.respondent.name != WHO} == {State.ABSENT}


def test_submissions__several_units_in_one_archive__each_has_its_own(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    """A street hands in everybody's forms in one archive; one of them is sent once more, one is wrong."""
    returned = tmp_path / "回收"
    returned.mkdir()
    with zipfile.ZipFile(returned / "各区.zip", "w") as archive:
        archive.writestr("报送/" + form_file_name(WHO), forms.make(WHO))
        archive.writestr("报送/" + form_file_name(OTHER), forms.make(OTHER, WRONG))
        archive.writestr("报送/~$" + form_file_name(OTHER), b"lock")
        archive.writestr("报送/通讯录.txt", b"1")
    touched(returned / "各区.zip", 3)
    send(forms, tmp_path, "第2轮", day=5, changes={("K01.1", VALUE): 1})
    round_ = read_round(scheme, tmp_path)
    who, other = status_of(round_), status_of(round_, OTHER)
    inside = "各区.zip/报送/"
    names = [f"第2轮/{form_file_name(WHO)}", inside + form_file_name(WHO)]
    assert sorted(s.name for s in who.submissions) == sorted(names)
    assert (who.state, other.state) == (State.CHANGED, State.RETURNED)
    assert [s.name for s in other.submissions] == [inside + form_file_name(OTHER)]
    assert other.submissions[0].received == datetime.datetime(2024, 1, 3, 12)
    assert [s.name for s in round_.received.of_nobody] == [inside + "通讯录.txt"]
    found = collect(scheme, chosen_files(round_.statuses))
    assert set(found.forms) == {WHO, OTHER}
    assert found.forms[WHO].fields["K01.1"].value.value == 1
    assert {i.place.item for i in found.issues if i.place.district == OTHER and i.level is Level.ERROR} == {"K01.1"}


def test_submissions__sent_again_as_they_were__read_once(
    scheme: Scheme, forms: Forms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        send(forms, tmp_path, f"第{number}轮", day=number, changes=WRONG)
        send(forms, tmp_path, f"第{number}轮", day=number, changes=WRONG if number == 2 else None, who=OTHER)
    # The content alone does not say what is found: the same under another district's name is a fault.
    stray = tmp_path / "回收" / "第3轮" / form_file_name("静安区")
    stray.write_bytes(forms.make(OTHER))
    read: list[str] = []

    def counting(path: Path) -> RawBook:
        read.append(path.relative_to(tmp_path / "回收").as_posix())
        return read_workbook(path)

    monkeypatch.setattr("xladdin.rounds.folder.read_workbook", counting)
    round_ = read_round(scheme, tmp_path)
    ours, other = form_file_name(WHO), form_file_name(OTHER)
    assert read == [f"第1轮/{ours}", f"第1轮/{other}", f"第2轮/{other}", f"第3轮/{stray.name}"]
    found = [
        (len(s.submissions), s.state, [x.is_valid for x in s.submissions])
        for s in map(partial(status_of, round_), (WHO, OTHER))
    ]
    assert found == [(3, State.RETURNED, [False] * 3), (3, State.CHANGED, [True, False, True])]
    assert [issue.place.file for issue in round_.issues] == [f"第3轮/{stray.name}"]


def test_submissions__in_one_folder__ordered_by_time(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    older = send(forms, tmp_path, "第1轮", day=5)
    newer = older.with_name(f"{older.stem}(2).xlsx")
    newer.write_bytes(forms.make(WHO, {("K01.1", VALUE): 3.0}))
    touched(newer, 8)
    status = status_of(read_round(scheme, tmp_path))
    assert [s.path for s in status.submissions] == [older, newer]
    assert (status.state, status.counted and status.counted.path) == (State.CHANGED, newer)
    touched(newer, 2)
    status = status_of(read_round(scheme, tmp_path))
    assert [s.path for s in status.submissions] == [newer, older]


def test_submissions__the_same_content_again__not_a_change(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    send(forms, tmp_path, "第1轮", day=5)
    send(forms, tmp_path, "第2轮", day=8)
    assert status_of(read_round(scheme, tmp_path)).state is State.RECEIVED


@pytest.mark.parametrize(
    ("name", "data"),
    [(form_file_name(WHO), b"broken"), (f"区填报表_{WHO}.pdf", b"%PDF-1.4"), (form_file_name(WHO), b"")],
)
def test_submissions__unreadable__is_the_units_its_name_names_and_goes_back(
    scheme: Scheme, tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / "回收" / name
    path.parent.mkdir()
    path.write_bytes(data)
    status = status_of(read_round(scheme, tmp_path))
    assert (status.state, [s.path for s in status.submissions]) == (State.RETURNED, [path])


def test_submissions__own_results_and_files_of_nobody__no_unit_gets_them(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    send(forms, tmp_path, "第1轮", day=5, changes=WRONG)
    first = read_round(scheme, tmp_path)
    slips = {n: d for n, d in round_workbooks(scheme, first, TODAY, STAMP).items() if n.startswith("退回修改单")}
    (tmp_path / "回收" / f"退回修改单_{WHO}.xlsx").write_bytes(next(iter(slips.values())))
    book = openpyxl.Workbook()
    book.save(tmp_path / "回收" / "别的.xlsx")
    round_ = read_round(scheme, tmp_path)
    assert len(status_of(round_).submissions) == 1
    assert [s.name for s in round_.received.of_nobody] == ["别的.xlsx"]
    said = [(issue.code, issue.place.file) for issue in round_.issues]
    assert said == [("R02", "别的.xlsx"), ("F15", f"退回修改单_{WHO}.xlsx")]


def test_chosen_files__consolidated__later_round_instead_of_the_earlier(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    for name in scheme.district_names:
        send(forms, tmp_path, "第1轮", day=5, who=name)
    send(forms, tmp_path, "第2轮", day=9, changes={("K15.1", VALUE): 14.8})  # of 18.5: 0.8 of 2 points
    result = consolidate(scheme, chosen_files(read_round(scheme, tmp_path).statuses))
    assert result.issues == ()
    scored = next(d.scored for d in result.districts if d.name == WHO)
    assert str(scored.items["K15"].score) == "1.60"


def test_submissions__workbook_of_a_department_still_blank__told_beside_it_but_no_error(
    scheme: Scheme, tmp_path: Path
) -> None:
    unit = departments(scheme)[0]
    path = tmp_path / "回收" / unit.file_name
    path.parent.mkdir()
    path.write_bytes(unit_workbook(scheme, unit, 1))
    round_ = read_round(scheme, tmp_path)
    status = status_of(round_, unit.name)
    assert status.state is State.UNFILLED
    assert {issue.code for issue in status.faults} == {"E13"}
    write(scheme, tmp_path, round_)
    rows = openpyxl.load_workbook(tmp_path / "进度.xlsx")["进度"].iter_rows(values_only=True)
    (own,) = [row for row in rows if row[0] == unit.name]
    blanks = sum(int(number) for issue in status.faults for number in re.findall(r"还有 (\d+) 格未填", issue.found))
    assert blanks > 100
    assert own[8:10] == (0, blanks)


BLANK: Mapping[Field, Typed] = {("R1.1", VALUE): None, ("K02.1", VALUE): None}


def send_unfilled(forms: Forms, folder: Path, at: str, *, day: int) -> Path:
    """The form as it was issued, with its 任务量."""
    path = send(forms, folder, at, day=day)
    path.write_bytes(forms.blank(WHO))
    return touched(path, day)


@pytest.mark.parametrize(
    ("sent", "state", "counted"),
    [
        (["unfilled"], State.UNFILLED, 1),
        (["partly"], State.PARTLY, 1),
        (["whole", "partly"], State.PARTLY, 2),
        (["partly", "whole"], State.CHANGED, 2),
        (["whole", "unfilled"], State.UNFILLED, 1),
        (["unfilled", "partly"], State.PARTLY, 2),
        (["wrong", "unfilled"], State.UNFILLED, 2),
    ],
)
def test_submissions__unfilled_or_partly__said_sent_back_and_on_the_reminders(
    scheme: Scheme, forms: Forms, tmp_path: Path, sent: list[str], state: State, counted: int
) -> None:
    for n, what in enumerate(sent, 1):
        if what == "unfilled":
            send_unfilled(forms, tmp_path, f"第{n}轮", day=n)
        else:
            send(forms, tmp_path, f"第{n}轮", day=n, changes={"partly": BLANK, "wrong": WRONG}.get(what))
    round_ = read_round(scheme, tmp_path)
    status = status_of(round_)
    assert (status.state, status.counted) == (state, status.submissions[counted - 1])
    is_owed = state is not State.CHANGED
    files = round_workbooks(scheme, round_, TODAY, STAMP)
    assert (f"退回修改单/退回修改单_{WHO}.xlsx" in files) is is_owed
    write(scheme, tmp_path, round_)
    reminders = openpyxl.load_workbook(tmp_path / "催报清单.xlsx")["催报清单"].iter_rows(values_only=True)
    rows = {row[1]: (row[3], row[7]) for row in reminders}
    newest = f"第{len(sent)}轮/{form_file_name(WHO)}"
    what = {State.UNFILLED: "一格也没有填", State.PARTLY: "还有 2 格未填"}.get(state)
    assert rows.get(WHO) == ((state.value, f"{newest} {what}，见 退回修改单_{WHO}") if is_owed else None)


def test_submissions__partly_filled_and_confirmed__no_longer_asked_for(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    path = send(forms, tmp_path, "第1轮", day=3, changes=BLANK)
    write(scheme, tmp_path, read_round(scheme, tmp_path))
    note(tmp_path, {(WHO, "确认"): "是"})
    status = status_of(read_round(scheme, tmp_path))
    assert (status.state, status.is_missing) == (State.CONFIRMED, False)
    # Of nothing there is nothing to confirm.
    path.write_bytes(forms.blank(WHO))
    write(scheme, tmp_path, read_round(scheme, tmp_path))
    note(tmp_path, {(WHO, "确认"): "是"})
    round_ = read_round(scheme, tmp_path)
    assert status_of(round_).state is State.UNFILLED
    assert [issue.found for issue in round_.issues] == [f"{WHO}已标确认，最新一份没有填"]


# --- Who is expected --------------------------------------------------------------------------------------------------


def test_expected__issued_tracked_or_sent__in_official_order(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    everybody = units(scheme, ("乙", "甲"))
    issued = tmp_path / "下发"
    issued.mkdir()
    for unit in everybody[:-2]:  # without the second expert and the office
        (issued / unit.file_name).write_bytes(b"")
    office = everybody[-1]
    path = tmp_path / "回收" / office.file_name
    path.parent.mkdir()
    path.write_bytes(unit_workbook(scheme, office, 1))
    round_ = read_round(scheme, tmp_path)
    wanted = [("区", name) for name in scheme.district_names]
    wanted += [("部门", unit.name) for unit in departments(scheme)] + [("专家", "乙"), ("市精细化办", "市精细化办")]
    assert [(s.respondent.kind, s.respondent.name) for s in round_.statuses] == wanted
    assert status_of(round_, office.name).state is State.UNFILLED
    assert Respondent("专家", "乙").file_name(scheme) == "专家评议表_乙.xlsx"
    # Whatever is listed is read back.
    write(scheme, tmp_path, round_)
    assert read_round(scheme, tmp_path).issues == []


def test_expected__expert_written_below_the_tracking_sheet__listed_as_absent(scheme: Scheme, tmp_path: Path) -> None:
    write(scheme, tmp_path, read_round(scheme, tmp_path))
    book = openpyxl.load_workbook(tmp_path / TRACKING_FILE)
    book["进度"].append(["张三", "专家", datetime.date(2024, 1, 15)])
    book.save(tmp_path / TRACKING_FILE)
    status = status_of(read_round(scheme, tmp_path), "张三")
    assert (status.state, status.due, status.days_overdue(TODAY)) == (State.ABSENT, datetime.date(2024, 1, 15), 5)


def test_expert__nothing_issued_or_anothers_workbook__does_not_count_and_ranks_wait(
    scheme: Scheme, tmp_path: Path
) -> None:
    first, second, stranger = experts(scheme, ("甲", "乙", "丙"))
    issued, returned = tmp_path / "下发", tmp_path / "回收"
    issued.mkdir()
    returned.mkdir()
    for unit in (first, second):
        (issued / unit.file_name).write_bytes(unit_workbook(scheme, unit, 1))
    (returned / first.file_name).write_bytes(unit_workbook(scheme, first, 1))
    (returned / stranger.file_name).write_bytes(unit_workbook(scheme, stranger, 1))
    (returned / second.file_name).write_bytes(unit_workbook(scheme, replace(second, position=1), 1))
    collection = collect_round(scheme, tmp_path)
    assert [report.unit for report in collection.reports] == [first]
    assert set(collection.evaluators) == {first, second}
    found = {i.place.file: i.found for i in collection.issues if i.code == "E23" and i.is_open and not i.place.district}
    assert found == {
        stranger.file_name: "没有给丙下发过专家评议表，0 格评分未计入",
        second.file_name: "乙的表，下发编号 JXH2023-Z01-1 是甲的，0 格评分未计入",
    }
    (issued / stranger.file_name).write_bytes(b"")  # the office stands by it
    assert stranger in {report.unit for report in collect_round(scheme, tmp_path).reports}


def test_experts__one_number__neither_counts_without_a_round(scheme: Scheme, tmp_path: Path) -> None:
    first, second, third = experts(scheme, ("甲", "乙", "丙"))
    for unit in (first, replace(second, position=1), third):
        (tmp_path / unit.file_name).write_bytes(unit_workbook(scheme, unit, 1))
    collection = collect(scheme, [tmp_path])
    assert [report.unit for report in collection.reports] == [third]
    found = [(i.place.file, i.level) for i in collection.issues if i.code == "E23"]
    assert sorted(found) == sorted((unit.file_name, Level.ERROR) for unit in (first, second))


# --- What people note -------------------------------------------------------------------------------------------------


def test_tracking__notes__kept_when_written_again(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    send(forms, tmp_path, "第1轮", day=5)
    write(scheme, tmp_path, read_round(scheme, tmp_path, datetime.date(2024, 1, 10)))
    note(
        tmp_path,
        {
            (WHO, "确认"): "是",
            (WHO, "备注"): "已电话核对",
            (OTHER, "截止日期"): datetime.datetime(2024, 1, 18),
            ("静安区", "截止日期"): "2024年1月25日",
        },
    )
    for _again in range(2):
        round_ = read_round(scheme, tmp_path)
        assert round_.issues == []
        own = status_of(round_)
        assert (own.state, own.remark, own.due) == (State.CONFIRMED, "已电话核对", datetime.date(2024, 1, 10))
        assert status_of(round_, OTHER).days_overdue(TODAY) == 2
        assert status_of(round_, "静安区").days_overdue(TODAY) == 0
        write(scheme, tmp_path, round_)


@pytest.mark.parametrize(("changes", "state"), [({("K01.1", VALUE): 3.0}, State.CHANGED), (WRONG, State.RETURNED)])
def test_tracking__another_file_after_the_confirmation__no_longer_confirmed_and_said_so(
    scheme: Scheme, forms: Forms, tmp_path: Path, changes: Mapping[Field, Typed], state: State
) -> None:
    send(forms, tmp_path, "第1轮", day=5)
    write(scheme, tmp_path, read_round(scheme, tmp_path))
    note(tmp_path, {(WHO, "确认"): "是"})
    send(forms, tmp_path, "第2轮", day=8, changes=changes)
    round_ = read_round(scheme, tmp_path)
    assert status_of(round_).state is state
    assert [(i.code, WHO in i.found, i.place.file) for i in round_.issues] == [("R03", True, TRACKING_FILE)]
    assert round_.is_tracked
    write(scheme, tmp_path, round_)
    assert read_round(scheme, tmp_path).issues == []


@pytest.mark.parametrize(("head", "text"), list(spellings(("截止日期", "确认"))))
def test_tracking__head_spelt_otherwise__the_same_notes_and_said(
    scheme: Scheme, forms: Forms, tmp_path: Path, head: str, text: str
) -> None:
    send(forms, tmp_path, "第1轮", day=5)
    write(scheme, tmp_path, read_round(scheme, tmp_path))
    note(tmp_path, {(WHO, "确认"): "是", (WHO, "截止日期"): "2024年1月10日"})
    before = read_tracking(scheme, tmp_path / TRACKING_FILE)[0]
    book = openpyxl.load_workbook(tmp_path / TRACKING_FILE)
    (cell,) = (cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == head)
    cell.value = text
    book.save(tmp_path / TRACKING_FILE)
    after, found, _due, _receipts = read_tracking(scheme, tmp_path / TRACKING_FILE)
    assert after == before
    assert [one.due for one in after.values() if one.due] == [datetime.date(2024, 1, 10)]
    assert [(i.code, i.found, i.place.cell) for i in found] == [("S07", f"表头写作“{text}”", cell.coordinate)]


@pytest.mark.parametrize(
    ("unit", "head", "value", "told"),
    [
        (WHO, "截止日期", "月底", "日期"),
        (WHO, "截止日期", "2024-02-30", "日期"),
        (WHO, "确认", "好", "是，或留空"),
        (WHO, "单位", "徐家汇区", "方案中的区的全称"),
        (WHO, "类别", "区县", "类别为"),
        (WHO, "单位", OTHER, "每个单位一行"),
    ],
)
def test_tracking__a_note_that_cannot_be_read__named_at_its_cell_and_nothing_to_be_written(
    scheme: Scheme, tmp_path: Path, unit: str, head: str, value: str, told: str
) -> None:
    write(scheme, tmp_path, read_round(scheme, tmp_path))
    note(tmp_path, {(unit, head): value})
    round_ = read_round(scheme, tmp_path)
    assert not round_.is_tracked
    (issue,) = round_.issues
    assert issue.code == "R01"
    assert told in issue.expected
    assert issue.place.sheet == "进度"
    assert issue.place.cell


def receipts(folder: Path, changes: Mapping[str, object] | None = None) -> dict[str, object]:
    """What 来件登记 says, by file; some of it changed as a person does."""
    book = openpyxl.load_workbook(folder / TRACKING_FILE)
    sheet = book["来件登记"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "单位")
    columns = {cell.value: cell.column for cell in head}
    found: dict[str, object] = {}
    for row in sheet.iter_rows(min_row=head[0].row + 1):
        name = str(row[columns["文件"] - 1].value)
        cell = row[columns["收到日期"] - 1]
        cell.value = (changes or {}).get(name, cell.value)
        found[name] = cell.value
    book.save(folder / TRACKING_FILE)
    return found


def test_receipts__the_files_time_is_only_the_first_value__people_put_it_right(
    scheme: Scheme, forms: Forms, tmp_path: Path
) -> None:
    """Two forms in one folder: which is the later, and how late the first was, is what 来件登记 says."""
    first = send(forms, tmp_path, "第1轮", day=5)
    second = first.with_name("区填报表_徐汇区(2).xlsx")
    second.write_bytes(forms.make(WHO, {("K01.1", VALUE): 1}))
    touched(second, 8)
    names = [f"第1轮/{path.name}" for path in (first, second)]

    def counted(due: datetime.date | None = None) -> tuple[str, int]:
        round_ = read_round(scheme, tmp_path, due)
        write(scheme, tmp_path, round_)
        status = status_of(round_)
        assert status.counted is not None
        return status.counted.name, status.days_late

    assert counted(datetime.date(2024, 1, 4)) == (names[1], 1)
    assert receipts(tmp_path) == {names[0]: "2024-01-05 12:00:00", names[1]: "2024-01-08 12:00:00"}
    touched(first, 18), touched(second, 17)  # copied to another machine
    assert counted() == (names[1], 1)
    # A day, a date with a time, and blank: then it is again the file's.
    receipts(tmp_path, {names[1]: datetime.datetime(2024, 1, 3, 8, 30)})
    assert counted() == (names[0], 0)
    receipts(tmp_path, {names[0]: "2024年1月3日 8:29"})
    assert counted() == (names[1], 0)
    receipts(tmp_path, {names[0]: ""})
    assert counted() == (names[0], 0)
    assert receipts(tmp_path) == {names[0]: "2024-01-18 12:00:00", names[1]: "2024-01-03 08:30:00"}
    receipts(tmp_path, {names[0]: "月初"})
    round_ = read_round(scheme, tmp_path)
    assert not round_.is_tracked
    assert [(i.code, i.place.sheet, i.place.cell, i.found) for i in round_.issues] == [
        ("R01", "来件登记", "D6", "“月初”")
    ]


@pytest.mark.parametrize("damaged", [True, False])
def test_tracking__file_unreadable_or_without_heads__not_to_be_replaced(
    scheme: Scheme, tmp_path: Path, damaged: bool
) -> None:
    if damaged:
        (tmp_path / TRACKING_FILE).write_bytes(b"PK\x03\x04 broken")
    else:
        openpyxl.Workbook().save(tmp_path / TRACKING_FILE)
    round_ = read_round(scheme, tmp_path)
    assert not round_.is_tracked
    assert [issue.code for issue in round_.issues] == ["R01"]


# --- What is written --------------------------------------------------------------------------------------------------


def test_files__reminders_and_slips__for_those_who_owe_something(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    for name in scheme.district_names[3:]:
        send(forms, tmp_path, "第1轮", day=5, who=name)
    absent = scheme.district_names[:3]
    assert WHO not in absent
    send(forms, tmp_path, "第2轮", day=8, changes={**WRONG, ("R1.1", VALUE): None})
    round_ = read_round(scheme, tmp_path, datetime.date(2024, 1, 17))
    files = round_workbooks(scheme, round_, TODAY, STAMP)
    assert list(files) == ["进度.xlsx", "催报清单.xlsx", f"退回修改单/退回修改单_{WHO}.xlsx"]
    write(scheme, tmp_path, round_)
    reminders = list(openpyxl.load_workbook(tmp_path / "催报清单.xlsx")["催报清单"].iter_rows(values_only=True))
    assert "4 个单位未交、未填齐或待修改，其中逾期 4 个" in str(reminders[1][0])
    assert [(row[1], row[3], row[4], row[5]) for row in reminders[3:]] == [
        *((name, "未交", "2024-01-17", 3) for name in absent),
        (WHO, "退回", "2024-01-17", 3),
    ]
    slip = openpyxl.load_workbook(tmp_path / "退回修改单" / f"退回修改单_{WHO}.xlsx")["退回修改单"]
    lines = list(slip.iter_rows(values_only=True))
    rows = [row for row in lines if isinstance(row[0], int | float)]
    assert {(row[1:5], row[5:7]) for row in rows} == {
        (("错误", "K01.1", "美丽街区", None), forms.at("K01.1")),  # its indicator is of the same name
        (("缺项", "R1.1", "统筹安排", "谋划本区2024-2026年三年行动计划并取得初步成果"), forms.at("R1.1")),
    }
    assert all(len(set(row[7:])) == 3 for row in rows)  # nothing is said twice
    assert [str(line[0])[:4] for line in lines[-2:]] == ["退回单位", "填报单位"]
    assert str(lines[-1][0]).count("签字") == 2
    tracked = {
        row[0]: row for row in openpyxl.load_workbook(tmp_path / "进度.xlsx")["进度"].iter_rows(values_only=True)
    }
    assert tracked[WHO][1:11] == (
        *("区", "2024-01-17", "退回", 2, f"第2轮/{form_file_name(WHO)}", "2024-01-08 12:00", None, 1, 1),
        f"第1轮/{form_file_name(WHO)}",
    )


def test_slips__of_units_that_have_corrected__put_aside(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    slips = tmp_path / "退回修改单"
    for number, changes in enumerate((WRONG, None, WRONG, None), 1):
        send(forms, tmp_path, f"第{number}轮", day=number, changes=changes)
        send(forms, tmp_path, f"第{number}轮", day=number, changes=WRONG, who=OTHER)
        round_ = read_round(scheme, tmp_path)
        write(scheme, tmp_path, round_)
        moved = withdraw(tmp_path, round_workbooks(scheme, round_, TODAY, STAMP).keys())
        own = f"退回修改单_{WHO}.xlsx"
        assert moved == ([] if changes else [slips / "已改正" / own])
        kept = {path.name for path in slips.glob("*.xlsx")}
        assert kept == {f"退回修改单_{OTHER}.xlsx", *([own] if changes else [])}
        assert (slips / "已改正" / own).exists() is (number > 1)


@pytest.mark.parametrize("is_lost", [False, True])
def test_slip__of_merged_cells__names_task_and_range(
    scheme: Scheme, forms: Forms, tmp_path: Path, is_lost: bool
) -> None:
    """What stands beneath is in the file still, or the program that merged has thrown it away."""
    gone: dict[Field, Typed] = {("K07.2", VALUE): None, ("K07.3", VALUE): None}
    path = send(forms, tmp_path, "第1轮", day=5, changes=gone if is_lost else None)
    (sheet, first), (_, last) = forms.at("K07.1"), forms.at("K07.3")
    path.write_bytes(merged(path.read_bytes(), f"{first}:{last}"))
    write(scheme, tmp_path, read_round(scheme, tmp_path))
    slip = openpyxl.load_workbook(tmp_path / "退回修改单" / f"退回修改单_{WHO}.xlsx")["退回修改单"]
    rows = [row for row in slip.iter_rows(values_only=True) if isinstance(row[0], int | float)]
    (row,) = [row for row in rows if row[6] == f"{first}:{last}"]
    assert row[1:6] == ("提醒" if is_lost else "错误", "K07.2", "公园绿道绿化", "绿道", sheet)
    assert str(row[7]).startswith(f"{first}:{last} 是合并单元格，")
    assert [row[1:3] for row in rows if row[7] == "未填"] == ([("缺项", "K07.2"), ("缺项", "K07.3")] if is_lost else [])


def test_slip__of_a_copied_sheet__one_line_for_all_of_its_rows(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    path = send(forms, tmp_path, "第1轮", day=5)
    book = openpyxl.load_workbook(path)
    book.copy_worksheet(book["附件2"]).title = "附件2 (2)"
    book.save(path)
    write(scheme, tmp_path, read_round(scheme, tmp_path))
    slip = openpyxl.load_workbook(tmp_path / "退回修改单" / f"退回修改单_{WHO}.xlsx")["退回修改单"]
    lines = list(slip.iter_rows(values_only=True))
    (row,) = [row for row in lines if row[1] == "错误"]
    codes = len(forms.layout.annexes[1].fields)
    assert row[2:6] == ("K01.1", "美丽街区", None, "附件2 (2)")
    assert f"；同类的还有 {codes - 1} 处：G6、G7、G8、G9、G10、G11 等" in str(row[7])
    assert str(lines[2][0]).startswith(f"共 {codes} 条：错误 {codes}　")


def merged(data: bytes, cells: str) -> bytes:
    """The form with cells of 附件2 merged over what stands in them, as some programs do."""
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer := io.BytesIO(), "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "xl/worksheets/sheet3.xml":
                part = re.sub(rb"(<mergeCells[^>]*>)", rb'\1<mergeCell ref="%s"/>' % cells.encode(), part)
            after.writestr(name, part)
    return buffer.getvalue()


@pytest.mark.parametrize(("given", "shown"), [(None, (10, 31)), (15, (15, 31))])
def test_due__given_again__corrects_all_but_those_with_another_one(
    scheme: Scheme, tmp_path: Path, given: int | None, shown: tuple[int, int]
) -> None:
    write(scheme, tmp_path, read_round(scheme, tmp_path, datetime.date(2024, 1, 10)))
    note(tmp_path, {(OTHER, "截止日期"): "2024-01-31"})
    due = datetime.date(2024, 1, given) if given else None
    for _ in range(2):  # what was set stays set
        round_ = read_round(scheme, tmp_path, due)
        assert tuple(status_of(round_, name).due.day for name in (WHO, OTHER)) == shown  # type: ignore[union-attr]
        write(scheme, tmp_path, round_)
        due = None


def test_files__written_twice__same_bytes(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    send(forms, tmp_path, "第1轮", day=5, changes=WRONG)
    round_ = read_round(scheme, tmp_path)
    assert round_workbooks(scheme, round_, TODAY, STAMP) == round_workbooks(
        scheme, read_round(scheme, tmp_path), TODAY, STAMP
    )


def test_lines__for_the_screen__every_unit_and_the_counts(scheme: Scheme, forms: Forms, tmp_path: Path) -> None:
    send(forms, tmp_path, "第1轮", day=5)
    send(forms, tmp_path, "第2轮", day=8, changes=WRONG)
    round_ = read_round(scheme, tmp_path, datetime.date(2024, 1, 19))
    lines = status_lines(scheme, round_.statuses, TODAY)
    rest = "、".join(name for name in scheme.district_names if name != WHO)
    assert lines[:-1] == [
        f"未交　区　15 个：{rest}　逾期 1 天",
        f"退回　区　{WHO}　采用 第1轮/{form_file_name(WHO)}　共 2 份　逾期 1 天",
    ]
    assert lines[-1] == "共 16 个单位：未交 15，退回 1"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        (form_file_name(WHO), b"", "未能读取"),
        (f"区填报表_{WHO}.csv", "编号,完成情况".encode(), "未能读取"),
        (f"区填报表_{WHO}.zip", b"PK broken", "未能读取"),
        (form_file_name(WHO), None, "未采用"),
    ],
    ids=["nothing", "csv", "zip", "other year"],
)
def test_lines__file_that_could_not_be_used__not_said_to_be_used(
    scheme: Scheme, forms: Forms, tmp_path: Path, name: str, data: bytes | None, why: str
) -> None:
    path = tmp_path / "回收" / name
    path.parent.mkdir()
    path.write_bytes(data if data is not None else of_other_year(scheme, forms.make(WHO)))
    round_ = read_round(scheme, tmp_path)
    assert f"退回　区　{WHO}　已来件，{why}：{name}" in status_lines(scheme, round_.statuses, TODAY)
    write(scheme, tmp_path, round_)
    book = openpyxl.load_workbook(tmp_path / TRACKING_FILE)
    (shown,) = [row[10] for row in book["进度"].iter_rows(values_only=True) if row[0] == WHO]
    (counts,) = [row[4] for row in book["来件登记"].iter_rows(values_only=True) if row[0] == WHO]
    assert (shown, counts) == (why, None)


def of_other_year(scheme: Scheme, form: bytes) -> bytes:
    """The form with another 方案版本 in its properties."""
    with zipfile.ZipFile(io.BytesIO(form)) as old, zipfile.ZipFile(written := io.BytesIO(), "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(scheme.source.version.encode(), b"2099"))
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "unit"),
    [
        ("区填报表_徐汇区.xlsx", "区", "徐汇区"),
        ("徐汇区考核表（终稿）.xls", "区", "徐汇区"),
        ("区填报表_徐汇区 - 副本.xlsx", "区", "徐汇区"),
        ("部门评价表_市交通委(2).xlsx", "部门", "市交通委"),
        ("专家评议表_徐汇区推荐.xlsx", "专家", "徐汇区推荐"),  # an expert's, whatever the name
        ("市精细化办评分表(1).xlsx", "市精细化办", "市精细化办"),
        ("部门评价表_某单位.xlsx", "", ""),
        ("专家评议表_.xlsx", "", ""),
        ("徐汇区和静安区.xlsx", "", ""),
        ("材料.xlsx", "", ""),
    ],
)
def test_respondent_named__by_the_file_name__as_issued_or_renamed(
    scheme: Scheme, name: str, kind: str, unit: str
) -> None:
    assert respondent_named(scheme, PurePath(name)) == (Respondent(kind, unit) if kind else None)
