"""One returned file: whose it is, whether it is fit to use, what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from xladdin import issues
from xladdin.classes import replace
from xladdin.evaluations.units import UnitKind, workbook_kinds
from xladdin.fields.identity import Stated, contradiction, read_identity
from xladdin.fields.tables import Heads, find_tables
from xladdin.forms.issued import read_issued
from xladdin.forms.reading import FieldTable, district_tables, form_tables, read_form
from xladdin.issues import Issue, Level, Place
from xladdin.returns.collected import Candidate, Collection
from xladdin.returns.files import Found, district_in, may_be_read, unreadable
from xladdin.returns.targets import TARGETS_FILE, Targets, targets_in, unreadable_targets
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ADOPTED,
    FORM_KIND,
    KIND_PROPERTY,
    LABEL,
    OWN_RESULTS,
    POLICIES,
    RESULT_KIND,
    TARGETS_KIND,
    form_file_name,
)
from xladdin.workbook.cells import RawBook, result_of, shown_text
from xladdin.workbook.read.archives import archive_of
from xladdin.workbook.read.reader import SourceFile, read_bytes, read_workbook
from xladdin.workbook.read.texts import fit_text
from xladdin.workbook.unreadable import Unreadable, UnreadableWorkbook


def read_file(
    scheme: Scheme, found: Found, name: str, collection: Collection, *, asked_for: bool, may_assign: bool
) -> Sequence[Candidate]:
    """What a file holds that was found: the forms in it; all else goes into the collection, what there is to say of it too.

    `asked_for` is one that was named itself; one that `may_assign` is read as 任务分解表 where it is one.
    """
    path, content = found
    place = Place(district_in(scheme, path.name), name)
    try:
        book = read_workbook(path) if content is None else read_bytes(content)
    except UnreadableWorkbook as error:
        collection.inputs.append(path)
        if archive := archive_of(path):  # by itself the name of a file in it may say little
            place = Place(place.district or district_in(scheme, archive.name), f"{fit_text(archive.name)}/{name}")
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
            collection.issues.append(unreadable(error, place))
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
    return read_within(scheme, file, book, collection)


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


def read_within(scheme: Scheme, file: SourceFile, book: RawBook, collection: Collection) -> Sequence[Candidate]:
    """What one file holds. Whatever is in it, it costs nobody but whoever sent it."""
    own = Collection()
    try:
        candidates = _read_book(scheme, file, book, own)
    except Exception:
        place = Place(district_in(scheme, file.path.name), file.name)
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


def _read_book(scheme: Scheme, file: SourceFile, book: RawBook, collection: Collection) -> list[Candidate]:
    identity = read_identity(book)
    if book.properties.get(KIND_PROPERTY) in workbook_kinds(scheme).values() or identity.evaluators:
        return _read_report(scheme, file, book, collection)
    place = Place(district_in(scheme, file.path.name), file.name)
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
            where = Place(district_in(scheme, name), file.name, name)
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
    return bool(table.codes) and name not in scheme.district_names and bool(district_in(scheme, name))


def _read_report(scheme: Scheme, file: SourceFile, book: RawBook, collection: Collection) -> list[Candidate]:
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


def _district_sheet(scheme: Scheme, file: SourceFile, district: str, tables: Sequence[FieldTable]) -> Candidate:
    place = Place(district, file.name, tables[0].sheet.name)
    form = read_form(scheme, tables, place, on_annex_sheets=False)
    return Candidate(district, file, form, tuple(form.issues))


def _district_file(
    scheme: Scheme,
    file: SourceFile,
    book: RawBook,
    districts: Sequence[Stated],
    numbers: Sequence[Stated],
    tables: Sequence[FieldTable],
    collection: Collection,
) -> list[Candidate]:
    by_name = district_in(scheme, file.name)
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
    return [Candidate(district, file, form, (*own, *form.issues, *_vetoes_of_others(scheme, file, book)))]
