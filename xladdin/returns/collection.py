"""Returned files in: all findings of all files in one go, and of several forms or reports of a unit the one that counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xladdin import issues
from xladdin.classes import replace
from xladdin.evaluations.units import UnitKind
from xladdin.fields.ordering import natural_key
from xladdin.files import Progress
from xladdin.forms.form import Form
from xladdin.issues import Issue, Place
from xladdin.returns.targets import Issued, Targets, assign, issued_forms, rounds_beside, tables_beside
from xladdin.scheme.model import Scheme
from xladdin.words import POLICIES
from xladdin.workbook.cells import RawBook
from xladdin.workbook.read.reader import SourceFile

if TYPE_CHECKING:
    from xladdin.evaluations.reading import UnitReport
    from xladdin.evaluations.units import Unit

from xladdin.returns.collected import Candidate, Collection
from xladdin.returns.files import display_names, district_in, find_files, may_be_read
from xladdin.returns.reading import read_file, read_within


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
    found = find_files(scheme, paths, collection)
    names = display_names([file.path for file in found])
    candidates: list[Candidate] = []
    first: set[tuple[str, bool]] = set()
    for step, file in enumerate(found):
        name = names[file.path]
        if progress:
            progress(step, len(found), name)
        asked_for, may_assign = file.path in paths, file.path in tables
        for candidate in read_file(scheme, file, name, collection, asked_for=asked_for, may_assign=may_assign):
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
    _assign(scheme, read_within(scheme, file, book, collection), collection)
    _assign_reports(collection)
    return collection


def _assign(scheme: Scheme, candidates: Iterable[Candidate], collection: Collection) -> None:
    """One form for each district; where several differ, only one whose file name agrees, else none."""
    by_district: dict[str, list[Candidate]] = {name: [] for name in scheme.district_names}
    used: list[Candidate] = []
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


def _without_what_was_issued(used: Sequence[Candidate], targets: Targets) -> Iterator[Issue]:
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


def _agrees(scheme: Scheme, candidate: Candidate) -> bool:
    """Whether the file name names the district, and no other."""
    return district_in(scheme, candidate.file.name) == candidate.district


def _choose(scheme: Scheme, district: str, own: list[Candidate], collection: Collection) -> Candidate | None:
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
