"""Returned files in: whose each one is, whether it is fit to use, what it holds; all findings of all files in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xladdin import issues
from xladdin.classes import field, record, replace
from xladdin.evaluations.units import UnitKind, workbook_kinds
from xladdin.fields.identity import Stated, contradiction, read_identity
from xladdin.fields.ordering import natural_key
from xladdin.fields.tables import Heads, find_tables
from xladdin.files import Progress
from xladdin.forms.form import Form
from xladdin.forms.issued import read_issued
from xladdin.forms.reading import FieldTable, district_tables, form_tables, read_form
from xladdin.issues import Issue, Level, Place
from xladdin.returns.targets import (
    TARGETS_FILE,
    Issued,
    Targets,
    assign,
    issued_forms,
    rounds_beside,
    tables_beside,
    targets_in,
    unreadable_targets,
)
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ADOPTED,
    FORM_END,
    FORM_KIND,
    ISSUED_FOLDER,
    KIND_PROPERTY,
    LABEL,
    OWN_RESULTS,
    POLICIES,
    RESULT_KIND,
    RETURNED_FOLDER,
    TARGETS_KIND,
    form_file_name,
)
from xladdin.workbook.cells import RawBook, result_of, shown_text
from xladdin.workbook.read.archives import ARCHIVE_SUFFIX, archive_of, files_in
from xladdin.workbook.read.reader import SourceFile, read_bytes, read_workbook
from xladdin.workbook.read.texts import fit_text
from xladdin.workbook.unreadable import MAX_COLUMNS, MAX_ROWS, Unreadable, UnreadableWorkbook

if TYPE_CHECKING:
    from xladdin.evaluations.reading import UnitReport
    from xladdin.evaluations.units import Unit
    from xladdin.evaluations.vetoes import VetoLine

WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".ods", ".et", ".ett", ".xlsb"}
OTHER_SUFFIXES = {ARCHIVE_SUFFIX, ".rar", ".7z", ".gz", ".csv", ".fods", ".numbers", ".htm", ".html", ".mht", ".xml"}
OTHER_SUFFIXES |= {".pdf", ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".ofd"}
OTHER_SUFFIXES |= {".doc", ".docx", ".wps", ".rtf", ".txt", ".ppt", ".pptx", ".eml", ".msg", ""}
"""Of what people send in place of a workbook; what else lies in a folder is nobody's answer."""


@record(frozen=False)
class Collection:
    """What came back: one form by district, the files, and every finding."""

    forms: dict[str, Form] = field(default_factory=dict)
    file_of: dict[str, SourceFile] = field(default_factory=dict)
    files: list[SourceFile] = field(default_factory=list)
    inputs: list[Path] = field(default_factory=list)
    """Every file that was read, readable or not: none of them may be written over."""
    reports: list[UnitReport] = field(default_factory=list)
    """What departments, experts and the office sent, one for each of them."""
    evaluators: tuple[Unit, ...] = ()
    """Units to whom workbooks were issued, whether they have sent them back or not, where that is known."""
    vetoes: list[VetoLine] = field(default_factory=list)
    """The lines of 一票否决, of the office's workbook or of one with the districts' sheets."""
    issues: list[Issue] = field(default_factory=list)
    readings: dict[str, str] = field(default_factory=dict)
    """What 口径 of a 考核总表 says is in force, option by policy name."""
    readings_file: str = ""
    """The file that says so."""
    targets: Targets = field(default_factory=dict)
    """What the office has assigned, as far as it is known."""
    expects_all: bool = False
    """Whether every district's form should have been among the paths (they were asked for by folder)."""

    def form_of(self, district: str) -> Form | None:
        """A district's form; where there is none and something is assigned to it, a blank one that says what."""
        assigned = self.targets.get(district)
        if district in self.forms or not assigned:
            return self.forms.get(district)
        assign(form := Form(is_received=False), assigned)
        return form

    def forms_of(self, districts: Iterable[str]) -> dict[str, Form]:
        """The forms of those districts of which anything is known; see `form_of`."""
        return {name: form for name in districts if (form := self.form_of(name))}


@record
class _Candidate:
    district: str
    file: SourceFile
    form: Form
    issues: tuple[Issue, ...]


def collect(
    scheme: Scheme,
    paths: Sequence[Path],
    progress: Progress | None = None,
    *,
    issued: Mapping[str, Issued] | None = None,
    table: Path | None = None,
) -> Collection:
    """Read all workbooks among the paths (folders are searched). The order of the paths makes no difference.

    Of a round, which knows whose workbook each one is, its 任务分解表 (`table`) and the `issued` forms, by district, say what is
    assigned. Else a 任务分解表 that is among the paths does, or what there is of both in the folder of the round that the paths
    are of.
    """
    is_chosen = issued is not None
    collection = Collection(expects_all=any(path.is_dir() for path in paths))
    tables = [table] if table else []
    if issued is None:
        homes = rounds_beside(paths)
        tables += [*paths, *tables_beside(paths)]
        issued = {name: form for home in homes for name, form in issued_forms(scheme, home).items()}
    paths = list(dict.fromkeys([*paths, *tables]))
    found = _find_files(scheme, paths, collection)
    names = _display_names([file.path for file in found])
    candidates: list[_Candidate] = []
    first: set[tuple[str, bool]] = set()
    for step, file in enumerate(found):
        name = names[file.path]
        if progress:
            progress(step, len(found), name)
        asked_for, may_assign = file.path in paths, file.path in tables
        for candidate in _read_file(scheme, file, name, collection, asked_for=asked_for, may_assign=may_assign):
            # Of several forms of a district only the first, and the first whose file name agrees, can be chosen; the
            # others need not be kept, so that memory does not grow with the number of files.
            kinds = {(candidate.district, False), (candidate.district, _agrees(scheme, candidate))}
            candidates.append(replace(candidate, form=Form()) if kinds <= first else candidate)
            first |= kinds
    if progress:
        progress(len(found), len(found), "")
    if not collection.targets and issued:
        collection.targets = {name: form.amounts for name, form in issued.items()}
        collection.files += [form.file for form in issued.values()]
    _assign(scheme, candidates, collection)
    _trust_no_sheets(scheme, collection, is_chosen=is_chosen)
    _assign_reports(collection)
    if not is_chosen:
        _leave_out_copies(collection)
    collection.issues = [_beside_a_form(issue, collection) for issue in collection.issues]
    return collection


def _trust_no_sheets(scheme: Scheme, collection: Collection, *, is_chosen: bool) -> None:
    """Beside other files what a workbook says of its own values and readings, as 考核总表 does, may be anybody's word.

    Its 口径 and 一票否决 do not hold, and no 来源 stands for a department that has confirmed a value.
    """
    if not is_chosen and len(set(collection.file_of.values())) <= 1:
        return
    for form in collection.forms.values():
        for code, own in form.fields.items():
            if own.origin:
                form.fields[code] = replace(own, origin="")
    usual = scheme.default_policies.described()
    others = [f"{name}={option}" for name, option in collection.readings.items() if usual.get(name) != option]
    if others:
        place = Place(file=collection.readings_file, sheet=POLICIES)
        collection.issues.append(issues.issue(issues.READINGS_UNUSED, place, f"写着采用 {'、'.join(others)}"))
    for line in collection.vetoes:
        collection.issues.append(issues.issue(issues.READINGS_UNUSED, line.place, "写着一票否决"))
    collection.readings, collection.vetoes = {}, []


def _beside_a_form(issue: Issue, collection: Collection) -> Issue:
    """A scan of a form is no fault where the form itself has come."""
    place = issue.place
    is_scan = issue.code == issues.NOT_A_WORKBOOK.code and not may_be_read(Path(place.file))
    return issues.issue(issues.PRINTED, place, issue.found) if is_scan and place.district in collection.forms else issue


def collect_open(scheme: Scheme, file: SourceFile, book: RawBook, targets: Targets | None = None) -> Collection:
    """What a workbook already read holds: the sheets of several districts, or one district's form."""
    collection = Collection(inputs=[file.path], targets=targets or {})
    _assign(scheme, _read_within(scheme, file, book, collection), collection)
    _assign_reports(collection)
    return collection


def is_sent_in(path: Path) -> bool:
    """Whether a file of a folder may be somebody's answer: a workbook, or what people send in place of one."""
    if not path.is_file() or path.name.startswith(("~$", ".")):
        return False
    return path.suffix.lower() in WORKBOOK_SUFFIXES | OTHER_SUFFIXES or FORM_END in path.name


def may_be_read(path: Path) -> bool:
    """Whether a file may be a workbook or hold some, as far as its name shows."""
    return path.suffix.lower() in WORKBOOK_SUFFIXES | {ARCHIVE_SUFFIX, ""}


def is_printed(path: Path) -> bool:
    """Whether a file is no workbook and one of its name lies beside it."""
    return not may_be_read(path) and any(path.with_suffix(suffix).is_file() for suffix in WORKBOOK_SUFFIXES)


def _find_files(scheme: Scheme, paths: Iterable[Path], collection: Collection) -> list[_Found]:
    """Every file among the paths once. What is in an archive stands in it as in a folder."""
    found: dict[Path, _Found] = {}
    for path in paths:
        for inner in sorted(filter(is_sent_in, _returned(path).rglob("*"))) if path.is_dir() else [path]:
            if path.is_dir() and is_printed(inner):
                collection.inputs.append(inner)
                text = f"是 {inner.suffix} 文件"
                collection.issues.append(issues.issue(issues.PRINTED, Place(file=fit_text(inner.name)), text))
            elif inner.suffix.lower() == ARCHIVE_SUFFIX and not archive_of(inner):
                for file in _in_archive(scheme, inner, collection):
                    found.setdefault(file.path, file)
            else:
                found.setdefault(inner.resolve(), _Found(inner))
    return sorted(found.values(), key=lambda file: (file.path.name, str(file.path)))


def _returned(folder: Path) -> Path:
    """Where a folder holds what came back: in a round's, what was issued and what was written is nobody's answer."""
    returned = folder / RETURNED_FOLDER
    return returned if returned.is_dir() and (folder / ISSUED_FOLDER).is_dir() else folder


def _in_archive(scheme: Scheme, archive: Path, collection: Collection) -> Iterator[_Found]:
    collection.inputs.append(archive)
    place = Place(_district_in(scheme, archive.name), fit_text(archive.name))
    try:
        contents = files_in(archive)
    except UnreadableWorkbook as error:
        collection.issues.append(_unreadable(error, place))
        return
    if not contents:
        collection.issues.append(issues.issue(issues.EMPTY_FILE, place, "压缩包里没有文件"))
    for name, content in contents.items():
        yield _Found(archive / name, content)


class _Found(NamedTuple):
    path: Path
    content: bytes | None = None
    """What an archive has under this path."""


def _display_names(found: Sequence[Path]) -> dict[Path, str]:
    """The file's name, with as much of its folders as tells it from others of that name."""
    names = {}
    for path in found:
        parts = path.resolve().parts
        alike = [p.resolve().parts for p in found if p.name == path.name and p != path]
        depth = 1
        while any(other[-depth:] == parts[-depth:] for other in alike):
            depth += 1
        names[path] = fit_text("/".join(parts[-depth:]))
    return names


def _read_file(
    scheme: Scheme, found: _Found, name: str, collection: Collection, *, asked_for: bool, may_assign: bool
) -> Sequence[_Candidate]:
    path, content = found
    place = Place(_district_in(scheme, path.name), name)
    try:
        book = read_workbook(path) if content is None else read_bytes(content)
    except UnreadableWorkbook as error:
        collection.inputs.append(path)
        if archive := archive_of(path):  # by itself the name of a file in it may say little
            place = Place(place.district or _district_in(scheme, archive.name), f"{fit_text(archive.name)}/{name}")
        if may_assign and path.name == TARGETS_FILE:
            _take_targets({}, [unreadable_targets(error, name)], collection)
            return []
        is_somebodys = asked_for or place.district or _is_named_as_sent(scheme, path)
        is_none = error.reason is Unreadable.NOT_A_WORKBOOK or not may_be_read(path)
        if is_none and not is_somebodys:
            stray = issues.issue(issues.STRAY, place, error.detail)
            remedy = f"未采用；是报送的件，{error.remedy}；无关的移出文件夹" if error.remedy else stray.remedy
            collection.issues.append(replace(stray, remedy=remedy))
        else:
            collection.issues.append(_unreadable(error, place))
        return []
    kind = book.properties.get(KIND_PROPERTY)
    if kind in OWN_RESULTS and not asked_for:
        collection.issues.append(issues.issue(issues.SKIPPED, place, f"是{kind}"))
        return []
    collection.inputs.append(path)
    file = SourceFile(path, name, book.sha256)
    if may_assign and (kind == TARGETS_KIND or path.name == TARGETS_FILE):
        collection.files.append(file)
        _take_targets(*targets_in(scheme, book, name), collection)
        return []
    return _read_within(scheme, file, book, collection)


def _take_targets(targets: Targets, found: Iterable[Issue], collection: Collection) -> None:
    """Let the amounts of a 任务分解表 hold; what there is to say of it as long as it is no more than a remark is said elsewhere."""
    if collection.targets:
        text, expected = "有两份任务分解表", "一次考核一份任务分解表"
        found = [issues.issue(issues.TARGET_HEAD, Place(file=collection.files[-1].name), text, expected=expected)]
        targets = {}
    collection.targets = targets
    collection.issues += [issue for issue in found if issue.level is Level.ERROR]


def _is_named_as_sent(scheme: Scheme, path: Path) -> bool:
    return path.name.startswith((scheme.source.form_kind, *workbook_kinds(scheme).values()))


def _read_within(scheme: Scheme, file: SourceFile, book: RawBook, collection: Collection) -> Sequence[_Candidate]:
    """What one file holds. Whatever is in it, it costs nobody but whoever sent it."""
    own = Collection()
    try:
        candidates = _read_book(scheme, file, book, own)
    except Exception:
        place = Place(_district_in(scheme, file.path.name), file.name)
        collection.issues.append(issues.issue(issues.DAMAGED, place, "内容异常，无法读取"))
        return []
    collection.files += own.files
    collection.reports += own.reports
    collection.vetoes += own.vetoes
    collection.issues += own.issues
    if own.readings:
        collection.readings, collection.readings_file = own.readings, file.name
    collection.expects_all |= own.expects_all
    return candidates


def _read_book(scheme: Scheme, file: SourceFile, book: RawBook, collection: Collection) -> list[_Candidate]:
    identity = read_identity(book)
    if book.properties.get(KIND_PROPERTY) in workbook_kinds(scheme).values() or identity.evaluators:
        return _read_report(scheme, file, book, collection)
    place = Place(_district_in(scheme, file.path.name), file.name)
    if book.is_damaged:
        collection.issues.append(issues.issue(issues.READ_DAMAGED, place, "文件有损坏"))
    tables = form_tables(book)
    if not tables:
        is_somebodys = place.district or identity.units or _is_named_as_sent(scheme, file.path)
        kind = issues.NOT_A_FORM if is_somebodys else issues.STRAY
        collection.issues.append(issues.issue(kind, place, "找不到填报表的表头"))
        return []
    districts = [stated for stated in identity.units if stated.name in scheme.district_names]
    is_ours = book.properties.get(KIND_PROPERTY, FORM_KIND) != FORM_KIND
    if not is_ours and not districts and not place.district and _is_evaluation(scheme, book):
        return _read_report(scheme, file, book, collection)  # a spreadsheet program has lost whose it is
    collection.files.append(file)
    if stated := identity.other_version(scheme.source.version):
        found_at = stated.place(file.name, districts[0].name if districts else place.district)
        version = scheme.source.version
        collection.issues.append(
            issues.issue(issues.OTHER_VERSION, found_at, f"方案版本为“{stated.name}”", version=version)
        )
        return []
    if stated := identity.foreign_scheme(scheme):
        where = stated.place(file.name, districts[0].name if districts else place.district)
        collection.issues.append(issues.issue(issues.OTHER_SCHEME, where, "按改动以前的方案下发"))
        return []
    by_district, strays = district_tables(scheme, tables, file.name)
    if by_district and not districts:
        collection.issues += strays
        collection.readings.update(readings(book))
        _take_vetoes(scheme, file, book, collection)
        if book.properties.get(KIND_PROPERTY) == RESULT_KIND:
            collection.issues.append(
                issues.issue(issues.FROM_RESULT, place, f"是汇总结果，按其中 {len(by_district)} 张区表读取")
            )
        collection.expects_all |= len(by_district) > 1  # as complete a request as a folder
        copies = {table.sheet.name: table.sheet.is_hidden for table in tables if _is_copy(scheme, table)}
        for name, is_hidden in copies.items():
            where = Place(_district_in(scheme, name), file.name, name)
            text = f"{'隐藏的' if is_hidden else ''}工作表“{name}”不是以区名命名的"
            collection.issues.append(issues.issue(issues.UNUSED_SHEET, where, text))
        found = [_district_sheet(scheme, file, district, own) for district, own in by_district.items()]
        # A sheet on which nothing was filled in is a form not received, not one that reports nothing.
        return [candidate for candidate in found if candidate.form.sources or candidate.form.issues]
    return _district_file(scheme, file, book, districts, identity.numbers, tables, collection)


def _take_vetoes(scheme: Scheme, file: SourceFile, book: RawBook, collection: Collection) -> None:
    """The lines of 一票否决 in a workbook with the districts' sheets."""
    if scheme.vetoes:
        from xladdin.evaluations.vetoes import read_vetoes

        lines, found = read_vetoes(scheme, book, file.name)
        collection.vetoes += lines or ()
        collection.issues += found


def _vetoes_of_others(scheme: Scheme, file: SourceFile, book: RawBook) -> Iterator[Issue]:
    """What stands under 一票否决 in a workbook of somebody who does not decide on it."""
    if scheme.vetoes:
        from xladdin.evaluations.vetoes import read_vetoes

        for line in read_vetoes(scheme, book, file.name)[0] or ():
            text = f"写着一票否决：{line.district}，{line.veto}"
            yield issues.issue(issues.VETO_NOT_THEIRS, line.place, text, office=scheme.source.office_name)


def _is_copy(scheme: Scheme, table: FieldTable) -> bool:
    """Whether a sheet is called like a district's and is none, as one is that was copied."""
    name = table.sheet.name
    return bool(table.codes) and name not in scheme.district_names and bool(_district_in(scheme, name))


def _read_report(scheme: Scheme, file: SourceFile, book: RawBook, collection: Collection) -> list[_Candidate]:
    from xladdin.evaluations.reading import read_evaluations

    collection.files.append(file)
    collection.reports.append(report := read_evaluations(scheme, book, file))
    if report.unit and report.unit.kind is not UnitKind.OFFICE:
        report.issues += _vetoes_of_others(scheme, file, book)
    return []


def _is_evaluation(scheme: Scheme, book: RawBook) -> bool:
    from xladdin.evaluations.tables import is_evaluation

    return is_evaluation(book, scheme.source.say)


_READINGS = Heads((LABEL, ADOPTED), required=(LABEL, ADOPTED))


def readings(book: RawBook) -> dict[str, str]:
    """The column 采用 of the sheet 口径, by 名称: what a workbook with the districts' sheets says is in force."""
    found = {}
    for table in find_tables(book, (_READINGS,)):
        for row in table.rows if table.sheet.name == POLICIES else ():
            name, option = (shown_text(result_of(table.at(row, head))).strip() for head in _READINGS.heads)
            if not name:
                break  # the list of files follows
            found[name] = option
    return found


_UNREADABLE: Mapping[Unreadable, issues.Kind] = {
    Unreadable.EMPTY: issues.EMPTY_FILE,
    Unreadable.NOT_A_WORKBOOK: issues.NOT_A_WORKBOOK,
    Unreadable.PASSWORD: issues.PASSWORD,
    Unreadable.ENCRYPTED: issues.ENCRYPTED,
    Unreadable.DAMAGED: issues.DAMAGED,
    Unreadable.OVERSIZED: issues.OVERSIZED,
    Unreadable.NO_ACCESS: issues.UNREADABLE,
}


def _unreadable(error: UnreadableWorkbook, place: Place) -> Issue:
    limit = f"表格不超过 {MAX_ROWS} 行、{MAX_COLUMNS} 列"
    issue = issues.issue(_UNREADABLE[error.reason], place, error.detail, limit=limit)
    return replace(issue, remedy=error.remedy or issue.remedy)


def _district_in(scheme: Scheme, file_name: str) -> str:
    """The one district that a file name names, or nothing."""
    named = scheme.districts_in(file_name)
    return named[0] if len(named) == 1 else ""


def _district_sheet(scheme: Scheme, file: SourceFile, district: str, tables: Sequence[FieldTable]) -> _Candidate:
    place = Place(district, file.name, tables[0].sheet.name)
    form = read_form(scheme, tables, place, on_annex_sheets=False)
    return _Candidate(district, file, form, tuple(form.issues))


def _district_file(
    scheme: Scheme,
    file: SourceFile,
    book: RawBook,
    districts: Sequence[Stated],
    numbers: Sequence[Stated],
    tables: Sequence[FieldTable],
    collection: Collection,
) -> list[_Candidate]:
    by_name = _district_in(scheme, file.name)
    own: list[Issue] = []
    if conflict := contradiction(districts):
        other, text = conflict
        collection.issues.append(issues.issue(issues.DISTRICT_CONFLICT, other.place(file.name, by_name), text))
        return []
    if not districts and not by_name:
        collection.issues.append(issues.issue(issues.NO_DISTRICT, Place(file=file.name), "表内和文件名都没有区名"))
        return []
    district = districts[0].name if districts else by_name
    place = Place(district, file.name)
    if not districts:
        own.append(issues.issue(issues.NAME_ONLY, place, "表内没有填报单位"))
    elif by_name and by_name != district:
        found = f"文件名写“{by_name}”，表内写“{district}”"
        where = districts[0].place(file.name, district)
        own.append(
            issues.issue(issues.NAME_MISMATCH, where, found, name=form_file_name(district, scheme.source.form_kind))
        )
    recipients = {f"{n:02d}": name for n, name in enumerate(scheme.district_names, 1)}
    for stated in numbers:
        if (whose := recipients.get(scheme.source.recipient(stated.name), district)) != district:
            found, where = f"下发编号 {stated.name} 是{whose}的", stated.place(file.name, district)
            own.append(issues.issue(issues.ANOTHERS_NUMBER, where, found, unit=district))
            break
    form = read_form(scheme, tables, place, on_annex_sheets=True)
    form.issued = read_issued(scheme, book, form, place)
    return [_Candidate(district, file, form, (*own, *form.issues, *_vetoes_of_others(scheme, file, book)))]


def _assign(scheme: Scheme, candidates: Iterable[_Candidate], collection: Collection) -> None:
    """One form for each district; where several differ, only one whose file name agrees, else none."""
    by_district: dict[str, list[_Candidate]] = {name: [] for name in scheme.district_names}
    used: list[_Candidate] = []
    for candidate in candidates:
        by_district[candidate.district].append(candidate)
    for district, own in by_district.items():
        for candidate in own:
            collection.issues.extend(candidate.issues)
        chosen = own[0] if len(own) == 1 else _choose(scheme, district, own, collection)
        if chosen:
            collection.forms[district] = chosen.form
            collection.file_of[district] = chosen.file
            collection.issues += assign(chosen.form, collection.targets.get(district, chosen.form.issued))
            used.append(chosen)
    collection.issues += _without_what_was_issued(used, collection.targets)


def _without_what_was_issued(used: Sequence[_Candidate], targets: Targets) -> Iterator[Issue]:
    """The forms that say nothing of what they were issued with, where others do: whoever takes it out chooses what was asked.

    Where none says anything they were issued without, as before there was a 任务分解表. A workbook with several districts'
    sheets is no form that was issued.
    """
    known = {name for name, own in targets.items() if own} | {one.district for one in used if one.form.issued}
    files = Counter(one.file for one in used)
    for one in used if known else ():
        is_said = any(issue.code == issues.ISSUED_AMOUNTS.code for issue in one.issues)
        if one.district not in known and not is_said and files[one.file] == 1:
            text = "表内没有下发时的任务量（被删去，或不是下发的表），其他区的表里有"
            yield issues.issue(issues.ISSUED_AMOUNTS, Place(one.district, one.file.name), text)


def _agrees(scheme: Scheme, candidate: _Candidate) -> bool:
    """Whether the file name names the district, and no other."""
    return _district_in(scheme, candidate.file.name) == candidate.district


def _choose(scheme: Scheme, district: str, own: list[_Candidate], collection: Collection) -> _Candidate | None:
    if not own:
        return None
    listed = "、".join(c.file.name for c in own)
    place = Place(district, own[-1].file.name)
    if len({c.file.sha256 for c in own}) == 1:
        collection.issues.append(issues.issue(issues.SAME_TWICE, place, f"有 {len(own)} 份：{listed}"))
        return own[0]
    agreeing = [c for c in own if _agrees(scheme, c)]
    chosen = agreeing[0] if len(agreeing) == 1 else None
    used = f"现采用 {chosen.file.name}" if chosen else "现均未采用，该区暂缺"
    collection.issues.append(issues.issue(issues.DUPLICATE, place, f"有 {len(own)} 份不同的表：{listed}", used=used))
    return chosen


def _assign_reports(collection: Collection) -> None:
    """One report for each unit, by the rules that hold for districts' forms."""
    by_unit: dict[Unit, list[UnitReport]] = {}
    for report in collection.reports:
        collection.issues.extend(report.issues)
        if report.unit is not None:
            by_unit.setdefault(report.unit, []).append(report)
    collection.reports = []
    for unit, own in by_unit.items():
        named = [report for report in own if report.file.path.name == unit.file_name]
        if len({report.file.sha256 for report in own}) == 1:
            chosen: UnitReport | None = own[0]
        else:
            chosen = named[0] if len(named) == 1 else None
        if len(own) > 1:
            listed = "、".join(report.file.name for report in own)
            used = f"现采用 {chosen.file.name}" if chosen else "现均未采用"
            place = Place(file=own[-1].file.name)
            collection.issues.append(
                issues.issue(issues.UNIT_TWICE, place, f"{unit.name}有 {len(own)} 份：{listed}", used=used)
            )
        if chosen:
            collection.reports.append(chosen)
            collection.vetoes += chosen.vetoes or ()
    collection.reports.sort(key=lambda r: (*r.unit.order, natural_key(r.unit.name)) if r.unit else (0, 0, ()))


def _leave_out_copies(collection: Collection) -> None:
    """Of two experts with one 下发编号 one has not filled in a workbook of their own; whose it is, nobody knows: neither counts."""
    people = [report for report in collection.reports if report.unit and report.unit.kind is UnitKind.EXPERT]
    for report in people:
        others = [other for other in people if other is not report and other.numbers & report.numbers]
        if report.unit and others:
            names = "、".join(other.unit.name for other in others if other.unit)
            number = "、".join(sorted(report.numbers & frozenset().union(*(other.numbers for other in others))))
            text = f"{report.unit.name}的表与{names}的下发编号相同（{number}），{report.marks} 格评分未计入"
            collection.issues.append(issues.issue(issues.NOT_THEIR_OWN, Place(file=report.file.name), text))
            collection.reports.remove(report)
