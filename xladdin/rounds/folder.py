"""A round: the folder with what was issued (下发) and what came back (回收), and where every unit stands.

A unit's submissions are ordered by the folder they lie in (第2轮 before 第10轮, 第二轮 before 第三轮; without a folder first),
within one by when they were received, then by name and SHA-256. When a file was received people can say (来件登记); until
they or an earlier run have, it is when the file was last changed. The newest valid one counts in which something
was filled in; where there is none, the newest valid one, or the newest. Valid is what can be read and has no finding of the
level 错误 of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection as Collection_
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from itertools import chain
from pathlib import Path, PurePath
from typing import NamedTuple

from xladdin import issues
from xladdin.classes import field, record, replace
from xladdin.evaluations.units import Unit, UnitKind, departments, is_expert_name, named_units, office, workbook_kinds
from xladdin.fields.ordering import natural_key
from xladdin.files import Progress
from xladdin.issues import Issue, Level, Place
from xladdin.results.consolidation import examine
from xladdin.results.findings import UNREAD
from xladdin.returns.collection import collect, collect_open
from xladdin.returns.files import WORKBOOK_SUFFIXES, is_printed, is_sent_in, may_be_read
from xladdin.returns.stamps import stamps_of
from xladdin.returns.targets import TARGETS_FILE, Targets
from xladdin.rounds.scheme_changes import refuse_changed
from xladdin.scheme.choosing import Stamp, choose_scheme, scheme_file_of
from xladdin.scheme.model import Scheme
from xladdin.words import (
    DEPARTMENT_KIND,
    DISTRICT,
    EXPERT_KIND,
    ISSUED_FOLDER,
    KIND_PROPERTY,
    NUMBER_PROPERTY,
    OWN_RESULTS,
    RETURNED_FOLDER,
    unit_file_name,
)
from xladdin.workbook.package import peeked_properties
from xladdin.workbook.read.archives import ARCHIVE_SUFFIX, archive_of, bytes_of, files_in
from xladdin.workbook.read.reader import SourceFile, read_workbook
from xladdin.workbook.read.texts import fit_text
from xladdin.workbook.unreadable import UnreadableWorkbook


def kinds(scheme: Scheme) -> Mapping[str, str]:
    """The workbook that each kind of respondent fills in, by 类别, in the order in which they are listed."""
    return {DISTRICT: scheme.source.form_kind, **workbook_kinds(scheme)}


class State(Enum):
    """Where a unit stands in the round."""

    ABSENT = "未交"
    UNFILLED = "未填"
    """Nothing was filled in in the newest submission."""
    PARTLY = "部分填报"
    """The newest submission has blanks that the district should have filled in."""
    RECEIVED = "已收"
    RETURNED = "退回"
    """The newest submission has errors."""
    CHANGED = "已改"
    """The newest submission is valid and differs from an earlier one."""
    CONFIRMED = "确认"
    """Somebody has confirmed exactly the newest submission."""


@record
class Respondent:
    """One that is to send something: 类别 and 单位 as the tracking sheet has them."""

    kind: str
    name: str

    def file_name(self, scheme: Scheme) -> str:
        """The name of the workbook issued to it."""
        return unit_file_name(kinds(scheme)[self.kind], "" if self.kind == office(scheme).category else self.name)


@record
class Submission:
    """A file that came back: its path, its name within 回收, when it was received, and the findings about it alone.

    `cases` are the names of the cases that a district hands in, by code. It `is_used` where it counts if anything of it could be used: no file of another year can, nor one that cannot be read.
    """

    path: Path
    name: str
    sha256: str
    received: datetime
    issues: tuple[Issue, ...]
    is_used: bool = True
    cases: Mapping[str, str] = field(default_factory=dict)
    blanks: int = 0
    """How many cells that the unit is to fill in are blank."""
    is_untouched: bool = False
    """Whether an evaluator has given no value in it."""

    @property
    def file_name(self) -> str:
        """The file's own name, as every output can hold it."""
        return fit_text(self.path.name)

    @property
    def is_valid(self) -> bool:
        return all(issue.level is not Level.ERROR for issue in self.issues)

    @property
    def is_unread(self) -> bool:
        """Whether it could not be read."""
        return any(issue.code in UNREAD for issue in self.issues)

    @property
    def is_unfilled(self) -> bool:
        """Whether nothing was filled in."""
        return self.is_untouched or any(issue.code == issues.NOTHING_FILLED_IN.code for issue in self.issues)

    @property
    def has_blanks(self) -> bool:
        """Whether a district has left out what it should have filled in."""
        return any(issue.level is Level.MISSING for issue in self.issues)


@record(frozen=False)
class Submissions:
    """All files of 回收, oldest first: by the unit whose they are, and those of nobody; `skipped` are findings about our own results."""

    by_respondent: dict[Respondent, list[Submission]] = field(default_factory=dict)
    of_nobody: list[Submission] = field(default_factory=list)
    skipped: list[Issue] = field(default_factory=list)


@record
class Tracked:
    """What people have noted on the tracking sheet about a unit; `confirmed` is the SHA-256 of the file, if any."""

    place: Place
    due: date | None = None
    confirmed: str = ""
    remark: str = ""


@record
class UnitStatus:
    """Where a unit stands, its submissions (oldest first), and what people have noted about it."""

    respondent: Respondent
    state: State
    submissions: tuple[Submission, ...]
    due: date | None = None
    remark: str = ""

    @property
    def newest(self) -> Submission | None:
        return self.submissions[-1] if self.submissions else None

    @property
    def counted(self) -> Submission | None:
        """The submission that counts."""
        valid = [s for s in self.submissions if s.is_valid]
        filled_in = [s for s in valid if not s.is_unfilled]
        return next(reversed(filled_in or valid), self.newest)

    @property
    def faults(self) -> list[Issue]:
        """What the unit is to mend in its newest submission; a district is not asked for what others have yet to judge."""
        asked = {Level.ERROR, Level.MISSING, Level.WARNING}
        if self.respondent.kind != DISTRICT:
            asked.add(Level.AWAITED)
        return [issue for issue in self.newest.issues if issue.level in asked] if self.newest else []

    @property
    def is_missing(self) -> bool:
        """Whether something has yet to come from the unit."""
        return self.state in (State.ABSENT, State.UNFILLED, State.PARTLY, State.RETURNED)

    @property
    def is_sent_back(self) -> bool:
        """Whether it gets a return sheet."""
        return self.is_missing and bool(self.submissions)

    @property
    def days_late(self) -> int:
        """Days from the due date to the first submission; 0 where it was in time, has not come, or no date is set."""
        first = self.submissions[0].received.date() if self.submissions else None
        return max(0, (first - self.due).days) if self.due and first else 0

    def days_overdue(self, today: date) -> int:
        """Days since the due date, where something has yet to come; 0 where it is not due or not set."""
        return max(0, (today - self.due).days) if self.due and self.is_missing else 0


_ABOUT_OTHERS = {issues.MISSING_FILE.code, issues.NOT_DELIVERED.code, issues.SCHEME_CONFIRMED.code}
"""Findings that name units of which a single file can have nothing, or are about the whole assessment."""


def round_home(folder: Path) -> Path:
    """The round's folder, also where its 回收 was pointed at."""
    is_returned = folder.resolve().name == RETURNED_FOLDER and not (folder / RETURNED_FOLDER).is_dir()
    return folder.resolve().parent if is_returned else folder


def round_scheme(folder: Path, asked: str = "", also: Iterable[Stamp] = ()) -> Scheme:
    """The scheme of a round: that of what the office issued, else of what came back; see `choose_scheme`.

    `also` are stamps of what is used together with the round, and must be of the same year. `Refused` where the round's own
    scheme was changed after forms had been sent out.
    """
    if not asked and (own := scheme_file_of([folder])):
        asked = str(own)
    office_files = (folder / ISSUED_FOLDER, folder / TARGETS_FILE)
    issued_stamps = stamps_of(path for path in office_files if path.exists())
    returned = stamps_of(path for path in (folder / RETURNED_FOLDER,) if path.exists())
    scheme = choose_scheme(chain(also, issued_stamps), returned, asked=asked)
    refuse_changed(scheme, folder)
    return scheme


def issued(scheme: Scheme, folder: Path) -> set[Respondent]:
    """Those to whom a workbook was issued (下发)."""
    return set(filter(None, (respondent_named(scheme, path) for path in _issued_paths(folder))))


def _issued_paths(folder: Path) -> list[Path]:
    return [path for path in (folder / ISSUED_FOLDER).rglob("*") if path.suffix.lower() in WORKBOOK_SUFFIXES]


def returned_files(scheme: Scheme, folder: Path) -> list[Path]:
    """Everything in the round's 回收 that somebody may have sent, one by one also where it came in an archive."""
    sent = [path for path in sorted((folder / RETURNED_FOLDER).rglob("*")) if is_sent_in(path) and not is_printed(path)]
    return [one for path in sent for one in _one_by_one(path)]


def _one_by_one(path: Path) -> list[Path]:
    if path.suffix.lower() != ARCHIVE_SUFFIX:
        return [path]
    try:
        return [path / name for name in sorted(files_in(path))] or [path]
    except UnreadableWorkbook:  # reported as it is
        return [path]


Receipts = Mapping[tuple[str, str], datetime]
"""When files were received, by their name within 回收 and their SHA-256."""


def submissions(
    scheme: Scheme,
    folder: Path,
    expected: Collection_[Respondent],
    receipts: Receipts,
    targets: Targets,
    progress: Progress | None = None,
) -> Submissions:
    """Everything below the round folder's 回收, each file read by itself.

    `expected` are those who are known to be asked, `targets` what is assigned.

    Often most of a delivery lies again in the folder of the next one, as it was: what is found in a file of one name and
    SHA-256 is found once.
    """
    returned = folder / RETURNED_FOLDER
    result = Submissions()
    read: list[tuple[tuple[object, ...], _Examined, Submission]] = []
    examined: dict[tuple[str, str], _Examined] = {}
    paths = returned_files(scheme, folder)
    for step, path in enumerate(paths):
        if progress:
            progress(step, len(paths), path.name)
        digest = digest_of(path)
        content = examined.get((path.name, digest)) or _examined(scheme, path, targets)
        if digest:
            examined[path.name, digest] = content
        name = fit_text(path.relative_to(returned).as_posix())
        if content.result:
            result.skipped.append(issues.issue(issues.SKIPPED, Place(file=name), f"是{content.result}"))
            continue
        received = receipts.get((name, digest)) or datetime.fromtimestamp(
            (archive_of(path) or path).stat().st_mtime_ns // 10**9
        )
        is_used = bool(content.owners)
        is_untouched = is_used and content.owners[0].kind != DISTRICT and content.blanks > 0 and not content.marks
        submission = Submission(
            path, name, digest, received, content.issues, is_used, content.cases, content.blanks, is_untouched
        )
        folders = tuple(natural_key(part) for part in path.relative_to(returned).parent.parts)
        key = (folders, received, natural_key(path.stem), submission.sha256, submission.name)
        read.append((key, content, submission))
    known = {*expected, *(owner for _key, content, _submission in read for owner in content.owners)}
    experts = _Experts(scheme, folder, expected, [content for _key, content, _submission in read])
    for _key, content, submission in sorted(read, key=lambda entry: entry[0]):
        respondent = _owner(scheme, submission.path, content.owners, known)
        if respondent is None:
            result.of_nobody.append(_nobodys(submission, content.owners))
        elif why := experts.why_not(respondent, content):
            text = f"{why}，{content.marks} 格评分未计入"
            finding = issues.issue(issues.NOT_THEIR_OWN, Place(file=submission.name), text)
            result.of_nobody.append(replace(submission, issues=(finding,)))
        else:
            result.by_respondent.setdefault(respondent, []).append(submission)
    for respondent, own in result.by_respondent.items():  # a scan beside them is no later submission
        result.by_respondent[respondent] = [s for s in own if may_be_read(s.path)] or own
    return result


def _nobodys(submission: Submission, owners: Sequence[Respondent]) -> Submission:
    place = Place(file=submission.name)
    # Blanks in it are nobody's to fill in, and what is no workbook is no fault.
    faults = [i for i in submission.issues if i.level is Level.ERROR]
    if faults and not may_be_read(submission.path):
        stray = issues.issue(issues.STRAY, place, faults[0].found)
        return replace(
            submission, issues=(replace(stray, remedy=f"未计入任何单位；{faults[0].remedy}；无关的移出文件夹"),)
        )
    names = "、".join(owner.name for owner in owners)
    text = (
        f"表内是{names}的，文件名是别的单位"
        if len(owners) == 1
        else f"含有{names}的表"
        if owners
        else "认不出是哪个单位的"
    )
    return replace(submission, issues=(*faults, issues.issue(issues.NOBODYS_FILE, place, text)))


class _Examined(NamedTuple):
    """What a file holds: whose it is by what it says itself, and the findings about it alone.

    `numbers` are its 下发编号, `marks` how many values an evaluator gives in it, `blanks` how many cells are to be filled in, `cases` the names of
    a district's cases. `result` is which of the program's own results it is, which nobody submits.
    """

    owners: tuple[Respondent, ...] = ()
    issues: tuple[Issue, ...] = ()
    numbers: frozenset[str] = frozenset()
    cases: Mapping[str, str] = {}
    marks: int = 0
    blanks: int = 0
    result: str = ""


class _Experts:
    """Whose an expert's workbook is, by what was issued: any name may be an expert's, and nobody fills in another's workbook."""

    def __init__(
        self, scheme: Scheme, folder: Path, expected: Collection_[Respondent], returned: Iterable[_Examined]
    ) -> None:
        self.expected = expected
        self.holders: dict[str, set[Respondent]] = {}
        self.are_issued = False
        for path in _issued_paths(folder):
            respondent = respondent_named(scheme, path)
            if respondent and _is_expert(respondent):
                self.are_issued = True
                if number := _number_of(path):
                    self.holders.setdefault(number, set()).add(respondent)
        self.issued = set(self.holders)
        for content in returned:
            for number in content.numbers - self.issued:
                self.holders.setdefault(number, set()).update(filter(_is_expert, content.owners))

    def why_not(self, respondent: Respondent, content: _Examined) -> str:
        """Why an expert's workbook does not count, where it is not the expert's own."""
        if not _is_expert(respondent):
            return ""
        if self.are_issued and respondent not in self.expected:
            return f"没有给{respondent.name}下发过专家评议表"
        for number in sorted(content.numbers):
            others = self.holders.get(number, set()) - {respondent}
            is_own = number in self.issued and respondent in self.holders[number]
            if others and not is_own:
                names = "、".join(sorted(other.name for other in others))
                return f"{respondent.name}的表，下发编号 {number} 是{names}的"
        return ""


def _number_of(path: Path) -> str:
    """下发编号 of an issued workbook."""
    try:
        return peeked_properties(bytes_of(path)).get(NUMBER_PROPERTY, "")
    except UnreadableWorkbook:  # of no use to anybody, and nobody's submission
        return ""


def _is_expert(respondent: Respondent) -> bool:
    return respondent.kind == UnitKind.EXPERT.value


def _examined(scheme: Scheme, path: Path, targets: Targets) -> _Examined:
    try:
        book = read_workbook(path)
    except UnreadableWorkbook:
        collection = collect(scheme, [path])  # says why
    else:
        kind = book.properties.get(KIND_PROPERTY, "")
        if kind in OWN_RESULTS:
            return _Examined(result=kind)
        collection = collect_open(scheme, SourceFile(path, fit_text(path.name), book.sha256), book, targets)
    districts = (Respondent(DISTRICT, name) for name in collection.forms)
    units = (_respondent(report.unit) for report in collection.reports if report.unit)
    found = (issue for issue in examine(scheme, collection) if issue.code not in _ABOUT_OTHERS)
    numbers = frozenset(number for report in collection.reports for number in report.numbers)
    marks = sum(report.marks for report in collection.reports)
    cases = {code: field.case_name for form in collection.forms.values() for code, field in form.fields.items()}
    named = {code: name for code, name in cases.items() if name}
    own = list(found)
    blanks = sum(report.blanks for report in collection.reports)
    blanks += sum(i.level is Level.MISSING and bool(i.place.item or i.place.cell) for i in own)
    return _Examined((*districts, *units), tuple(own), numbers, named, marks, blanks)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's content; nothing where it cannot be read."""
    try:
        return hashlib.sha256(bytes_of(path)).hexdigest()
    except UnreadableWorkbook:  # reported as unreadable
        return ""


def _owner(
    scheme: Scheme, path: Path, owners: Sequence[Respondent], known: Collection_[Respondent]
) -> Respondent | None:
    """Whose the file is: as it says itself, or as its name says where it cannot be used.

    Nobody's where the two differ: somebody has filled in another unit's workbook, and must not replace what that one sent.
    Any word may be an expert's name; only one who is `known` is taken for one by a file's name.
    """
    named = respondent_named(scheme, path)
    if named is None and not owners and (archive := archive_of(path)):
        named = respondent_named(scheme, archive)
    if named and named.kind == UnitKind.EXPERT.value and named not in known:
        named = None
    if not owners:
        return named
    if len(owners) > 1 or named not in (None, owners[0]):
        return None
    return owners[0]


def _respondent(unit: Unit) -> Respondent:
    return Respondent(unit.category, unit.name)


def respondent_named(scheme: Scheme, path: PurePath) -> Respondent | None:
    """The unit that a file's name names, as the names of issued workbooks do."""
    prefix, _, rest = path.stem.partition("_")
    # Programs that copy files append " (2)", " - 副本" and the like.
    rest = re.split(r"[\s(（\-]", rest)[0]
    own = office(scheme)
    if prefix.startswith(own.workbook):
        return _respondent(own)
    if prefix == EXPERT_KIND:
        return Respondent(UnitKind.EXPERT.value, rest) if is_expert_name(scheme, rest) else None
    if prefix == DEPARTMENT_KIND:
        is_known = rest in {unit.name for unit in departments(scheme)}
        return Respondent(UnitKind.DEPARTMENT.value, rest) if is_known else None
    named = [Respondent(DISTRICT, name) for name in scheme.districts_in(path.name)]
    named += [_respondent(unit) for unit in departments(scheme) if unit.name in path.name]
    return named[0] if len(named) == 1 else None


def tracking(
    scheme: Scheme,
    folder: Path,
    received: Submissions,
    tracked: Mapping[Respondent, Tracked],
    due: date | None = None,
) -> tuple[list[UnitStatus], list[Issue]]:
    """Where every unit stands, and the confirmations that no longer hold.

    Those are expected that are districts, to whom a workbook was issued (下发), who are on the tracking sheet or have sent
    something. `due` is the due date of those who are not on the tracking sheet yet.
    """
    districts = (Respondent(DISTRICT, name) for name in scheme.district_names)
    expected = {*districts, *issued(scheme, folder), *tracked, *received.by_respondent}
    statuses, found = [], []
    for respondent in _listed(scheme, expected):
        noted = tracked.get(respondent, Tracked(Place(), due))
        own = tuple(received.by_respondent.get(respondent, ()))
        state = _state(own, noted.confirmed)
        if noted.confirmed and state is not State.CONFIRMED:
            whys = {State.RETURNED: "最新一份有错误", State.UNFILLED: "最新一份没有填"}
            why = whys.get(state, "确认以后表有变化")
            found.append(issues.issue(issues.NOT_CONFIRMED, noted.place, f"{respondent.name}已标确认，{why}"))
        statuses.append(UnitStatus(respondent, state, own, noted.due, noted.remark))
    return statuses, found


def _listed(scheme: Scheme, expected: Iterable[Respondent]) -> list[Respondent]:
    """Kind by kind, each in official order; experts, who have none, by name."""
    official = [*scheme.district_names, *(unit.name for unit in departments(scheme))]
    order = {name: n for n, name in enumerate(official)}
    categories = list(kinds(scheme))
    return sorted(
        expected, key=lambda r: (categories.index(r.kind), order.get(r.name, len(order)), natural_key(r.name))
    )


def _state(own: Sequence[Submission], confirmed: str) -> State:
    if not own:
        return State.ABSENT
    newest = own[-1]
    if not newest.is_valid:
        return State.RETURNED
    if newest.is_unfilled:
        return State.UNFILLED
    if confirmed == newest.sha256:
        return State.CONFIRMED
    if newest.has_blanks:
        return State.PARTLY
    return State.CHANGED if any(s.sha256 != newest.sha256 for s in own) else State.RECEIVED


def chosen_files(statuses: Iterable[UnitStatus]) -> list[Path]:
    """The files that count, one for each unit that has sent any: what to consolidate."""
    return [status.counted.path for status in statuses if status.counted]


def evaluating(scheme: Scheme, statuses: Iterable[UnitStatus]) -> tuple[Unit, ...]:
    """The units among those expected that evaluate: everybody to whom such a workbook was issued, or who sent one."""
    return named_units(scheme, ((status.respondent.kind, status.respondent.name) for status in statuses))
