"""What counts of a round: of everything that came back one submission of each unit, and who is still awaited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from xladdin import issues
from xladdin.evaluations.units import named_units
from xladdin.fields.tables import squeezed
from xladdin.files import Progress
from xladdin.issues import Issue, Level, Place, Refused, WrongCall
from xladdin.methods.item import Policies
from xladdin.results.consolidation import Consolidation, consolidate_forms, refuse_nothing
from xladdin.results.stored import Results, issue_of
from xladdin.returns.collected import Collection
from xladdin.returns.collection import collect
from xladdin.returns.targets import TARGETS_FILE, Issued, issued_forms
from xladdin.rounds.folder import UnitStatus, chosen_files, evaluating
from xladdin.rounds.tracking import TRACKING_FILE, read_round
from xladdin.scheme.model import Scheme
from xladdin.words import DISTRICT, RETURNED_FOLDER


def returned_folder(folder: Path) -> Path:
    """The round's folder of what came back; `WrongCall` where there is none."""
    returned = folder / RETURNED_FOLDER
    if not returned.is_dir():
        raise WrongCall(
            f"{folder} 里没有“{RETURNED_FOLDER}”文件夹；请选择一次考核的文件夹，报来的表放在其中的“{RETURNED_FOLDER}”里"
        )
    return returned


def collect_round(scheme: Scheme, folder: Path, progress: Progress | None = None) -> Collection:
    """What counts of everything that came back: of each unit one submission, and who is still awaited.

    The findings about the tracking sheet, about files of nobody and about newer submissions that were left out are among
    the collection's.
    """
    returned_folder(folder)
    round_ = read_round(scheme, folder, progress=progress)
    if not round_.is_tracked:  # who is awaited stands there
        faults = "\n".join(issue.line() for issue in round_.issues[:5] if issue.level is Level.ERROR)
        raise Refused(f"{TRACKING_FILE} 有错误，不知道该等谁的表；请改正后再汇总：\n{faults}")
    table = folder / TARGETS_FILE
    collection = collect(
        scheme,
        chosen_files(round_.statuses),
        progress,
        issued=issued_forms(scheme, folder),
        table=table if table.is_file() else None,
    )
    collection.expects_all = True
    collection.evaluators = evaluating(scheme, round_.statuses)
    collection.issues += [issue for issue in round_.issues if issue not in collection.issues]
    collection.issues += _left_out(round_.statuses)
    collection.issues += _renamed_cases(round_.statuses, collection)
    return collection


def consolidate_round(
    scheme: Scheme, folder: Path, policies: Policies | None = None, progress: Progress | None = None
) -> Consolidation:
    """The consolidation of what counts of a round, not sealed; without `policies` the defaults are in force.

    `WrongCall` where nothing can have come back yet.
    """
    collection = collect_round(scheme, folder, progress)
    refuse_nothing(collection, [folder])
    return consolidate_forms(scheme, collection, policies or scheme.default_policies)


_OF_THE_ROUND = {
    issues.NOBODYS_FILE.code,
    issues.NOT_CONFIRMED.code,
    issues.NEWEST_LEFT_OUT.code,
    issues.NOT_THEIR_OWN.code,
    issues.CASE_RENAMED.code,
    issues.SKIPPED.code,
}
"""Findings about files that did not count: they are not found out again from those that did."""


def collect_again(
    scheme: Scheme,
    sealed: Results,
    paths: Sequence[Path],
    table: Path | None,
    issued: Mapping[str, Issued] | None,
    progress: Progress | None = None,
) -> Collection:
    """What a sealed result was made of: `paths` are the files that counted, and 任务分解表 and issued forms that did."""
    collection = collect(scheme, paths, progress, issued=issued, table=table)
    collection.evaluators = named_units(scheme, [(u["kind"], u["name"]) for u in sealed.get("evaluators", ())])
    found = (issue_of(data) for data in sealed.get("issues", ()))
    collection.issues += [i for i in found if i.code in _OF_THE_ROUND or i.place.file == TRACKING_FILE]
    return collection


def _renamed_cases(statuses: Iterable[UnitStatus], collection: Collection) -> Iterator[Issue]:
    """The cases that had another name in another submission, where a mark does not say which of them it is for."""
    for status in statuses:
        district, counted = status.respondent.name, status.counted
        if status.respondent.kind != DISTRICT or counted is None:
            continue
        for code, name in counted.cases.items():
            names = {squeezed(s.cases[code]): s.cases[code] for s in status.submissions if code in s.cases}
            others = [shown for other, shown in names.items() if other != squeezed(name)]
            given = [e for r in collection.reports for e in r.evaluations if (e.code, e.district) == (code, district)]
            marked = [e for e in given if e.value is not None and not e.case]
            if others and marked:
                shown = "、".join(f"“{other}”" for other in others)
                text = f"{len(marked)} 份评分表里没有案例名称，该区报过{shown}，现采用“{name}”"
                yield issues.issue(issues.CASE_RENAMED, marked[0].place, text)


def _left_out(statuses: Iterable[UnitStatus]) -> Iterator[Issue]:
    """The units of which an earlier submission counts, because the newest has errors or nothing was filled in."""
    for status in statuses:
        newest, counted = status.newest, status.counted
        if newest and counted and newest is not counted:
            district = status.respondent.name if status.respondent.kind == DISTRICT else ""
            why = "有错误" if not newest.is_valid else "一格也没有填"
            found = f"{status.respondent.name}最新的 {newest.name} {why}，采用 {counted.name}"
            yield issues.issue(issues.NEWEST_LEFT_OUT, Place(district, newest.file_name), found)
