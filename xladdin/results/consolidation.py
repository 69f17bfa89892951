"""Collected forms to scores and ranking: the one consolidation behind every door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xladdin import issues
from xladdin.classes import field, record, replace
from xladdin.files import Progress
from xladdin.forms.form import Form
from xladdin.issues import Issue, Level, WrongCall
from xladdin.methods.item import Item, Policies
from xladdin.results.findings import (
    about_all_units,
    about_district,
    about_files,
    about_refused,
    about_replaced,
    in_order,
    typed_entries,
)
from xladdin.results.layers import Correction, DistrictLayers, layered, with_others
from xladdin.returns.collected import Collection
from xladdin.returns.collection import collect
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Score, Status, score_item
from xladdin.scoring.totals import DistrictScore, added_up, place, rank_districts, rank_in_groups, score_district
from xladdin.workbook.read.reader import SourceFile

if TYPE_CHECKING:  # most consolidations are of districts' forms only
    from xladdin.evaluations.reading import UnitReport
    from xladdin.evaluations.units import Unit
    from xladdin.evaluations.vetoes import VetoLine
    from xladdin.results.judging import Judging


@record
class DistrictResult:
    """One district: its fields in their layers, its scores and its rank.

    There is no `file` where no form could be used, and then no layers either unless somebody judges it or it is known what
    was assigned to it.
    """

    name: str
    layers: DistrictLayers | None
    file: SourceFile | None
    scored: DistrictScore
    rank: int | None
    """None where a veto cancels the total."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of the files its values come from, by name."""
    open_issues: tuple[Issue, ...] = ()
    """The findings for which its rank cannot be final, those about everybody last."""
    vetoes: tuple[VetoLine, ...] = ()
    """The lines of 一票否决 that count."""
    group_rank: int | None = None
    """Among the units of its group, where there are groups."""

    @property
    def is_unreported(self) -> bool:
        """Whether no form of the district could be used."""
        return any(issue.code == issues.MISSING_FILE.code for issue in self.open_issues)

    @property
    def unjudged(self) -> frozenset[str]:
        """Codes of fields that a unit has yet to judge, where units take part."""
        fields = self.layers.fields if self.layers else {}
        return frozenset(code for code, field in fields.items() if field.is_awaited)

    @property
    def provisional(self) -> bool:
        return self.scored.provisional or bool(self.unjudged or self.open_issues)

    def incomplete(self) -> list[str]:
        """The ids of the items that make the rank provisional."""
        unusable = (Status.MISSING, Status.ERROR)
        codes = (*self.unjudged, *(issue.place.item for issue in self.open_issues))
        waiting = {code.partition(".")[0] for code in codes}
        return [id_ for id_, s in self.scored.items.items() if s.gaps or s.status in unusable or id_ in waiting]


@record
class Consolidation:
    """The whole result: every district in official order, every finding, the files and the readings in force."""

    scheme: Scheme
    policies: Policies
    districts: tuple[DistrictResult, ...]
    issues: tuple[Issue, ...]
    files: tuple[SourceFile, ...]
    inputs: tuple[Path, ...]
    """Every file that districts may have sent, readable or not."""
    reports: tuple[UnitReport, ...] = ()
    vetoes: tuple[VetoLine, ...] = ()
    """The lines of 一票否决, those too that do not count."""
    evaluators: tuple[Unit, ...] = ()
    """Everybody from whom an evaluation is expected; nobody where only the districts take part."""

    def ranked(self) -> list[DistrictResult]:
        """By rank; districts that share one in official order, those without one last."""
        return sorted(self.districts, key=lambda d: place(d.rank))


def examine(scheme: Scheme, collection: Collection) -> list[Issue]:
    """Every finding about collected forms; a district is only missed where all were asked for.

    Looked at is what can have one: a district of which something came, all of its items where its form did, else those that
    were judged. With evaluations beside forms every district can, for what a unit has left out shows there.
    """
    policies = scheme.default_policies
    judging = _judging(scheme, collection, policies)
    judged: dict[str, set[str]] = {}
    for report in collection.reports:
        for said in report.evaluations:
            if said.value is not None:
                judged.setdefault(said.district, set()).add(scheme.inputs[said.code].item_id)
    is_mixed = judging is not None and bool(collection.forms)
    names = [name for name in scheme.district_names if is_mixed or name in collection.forms or name in judged]
    layers, found = _layers(scheme, collection, judging, names)
    typed = typed_entries(scheme, collection.forms)
    for name, own in layers.items():
        if name in collection.forms:
            usual = score_district(scheme, own.entries, policies)
            found += about_district(scheme, name, collection.file_of[name].name, own, usual, typed[name])
        else:
            items = (item for id_, item in scheme.items.items() if id_ in judged.get(name, ()))
            scores = (without_form(scheme, score_item(item, own.entries, policies), own.form) for item in items)
            found += about_refused(own, {score.item_id: score for score in scores})
    found += about_all_units(scheme, layers, found)
    missed = (issues.MISSING_FILE.code, issues.NOT_ALL_UNITS.code)
    return in_order(scheme, (i for i in found if collection.expects_all or i.code not in missed))


def consolidate(
    scheme: Scheme, paths: Sequence[Path], policies: Policies | None = None, progress: Progress | None = None
) -> Consolidation:
    """Read, score and rank. The result does not depend on the order of the paths.

    Without `policies` those are in force that 口径 of the workbook with the districts' sheets says, or the defaults;
    `PolicyError` if it says something that is not offered.
    """
    collection = collect(scheme, paths, progress)
    refuse_nothing(collection, paths)
    return consolidate_forms(scheme, collection, policies or scheme.choose_policies(collection.readings))


def refuse_nothing(collection: Collection, paths: Sequence[Path]) -> None:
    """`WrongCall` where nothing that came back can be used, so that there is nothing to score."""
    if collection.forms or collection.reports or collection.readings:  # these are of a 考核总表, which may be blank
        return
    where = "、".join(str(path) for path in paths)
    wrong = [issue.line() for issue in collection.issues if issue.level is Level.ERROR][:_WHY_NOTHING]
    text = f"{where} 里没有能用的填报表、评价表；请指定考核文件夹，或报来的表所在的文件夹、文件"
    raise WrongCall("\n".join([text, *wrong]))


_WHY_NOTHING = 3
"""Findings that are told where nothing can be used."""


def consolidate_forms(
    scheme: Scheme, collection: Collection, policies: Policies, corrections: Sequence[Correction] = ()
) -> Consolidation:
    """Score and rank forms already collected, with the corrections over whatever districts reported and units judged."""
    judging = _judging(scheme, collection, policies)
    layers, found = _layers(scheme, collection, judging, scheme.district_names, corrections)
    is_usual = policies.described() == scheme.default_policies.described()
    typed = typed_entries(scheme, collection.forms)
    scored: dict[str, DistrictScore] = {}
    for name in scheme.district_names:
        if name not in layers:
            scored[name] = _nothing_received(scheme)
            continue
        entries = layers[name].entries
        if name not in collection.forms:
            judged = score_district(scheme, entries, policies).items
            own = {id_: without_form(scheme, score, layers[name].form) for id_, score in judged.items()}
            scored[name] = added_up(scheme, own)
            found += about_refused(layers[name], own)
            continue
        usual = score_district(scheme, entries, scheme.default_policies)
        scored[name] = usual if is_usual else score_district(scheme, entries, policies)
        found += about_district(scheme, name, collection.file_of[name].name, layers[name], usual, typed[name])
    found += about_all_units(scheme, layers, found)
    vetoed = {name: _vetoed(collection, name) for name in scored}
    scored = {
        name: replace(own, vetoes=tuple(scheme.vetoes[line.veto] for line in vetoed[name]))
        for name, own in scored.items()
    }
    ranks = rank_districts(list(scored.values()), policies)
    in_groups = rank_in_groups(scheme, scored, policies)
    digests = {file.name: file.sha256 for file in collection.files}
    found = in_order(scheme, found)
    districts = tuple(
        DistrictResult(
            name,
            layers.get(name),
            collection.file_of.get(name),
            scored[name],
            rank,
            digests,
            tuple(issue for about in (name, "") for issue in found if issue.is_open and issue.place.district == about),
            vetoed[name],
            in_groups.get(name),
        )
        for name, rank in zip(scored, ranks, strict=True)
    )
    return Consolidation(
        scheme,
        policies,
        districts,
        tuple(found),
        tuple(sorted(collection.files, key=lambda f: (f.name, f.sha256))),
        tuple(collection.inputs),
        tuple(collection.reports),
        tuple(collection.vetoes),
        judging.evaluators if judging else (),
    )


def _layers(
    scheme: Scheme,
    collection: Collection,
    judging: Judging | None,
    districts: Sequence[str],
    corrections: Sequence[Correction] = (),
) -> tuple[Mapping[str, DistrictLayers], list[Issue]]:
    """The fields of these districts in their layers, without those of which nothing is known; the findings about files and layers."""
    own_layers: dict[str, DistrictLayers] = {}
    found: list[Issue] = []
    for name in districts:
        form = collection.form_of(name)
        here = [correction for correction in corrections if correction.district == name]
        if form is None and judging is None:
            continue
        own_layers[name], misfits = layered(scheme, name, form or Form(), judging, here)
        found += misfits
    layers = with_others(scheme, own_layers)
    found += about_files(scheme, collection, judging, layers)
    return layers, [issue for issue in found if not about_replaced(issue, layers)]


def _judging(scheme: Scheme, collection: Collection, policies: Policies) -> Judging | None:
    """What units judge, where more than the districts take part."""
    if not collection.reports and not collection.evaluators:
        return None
    from xladdin.evaluations.units import everybody
    from xladdin.results.judging import Judging

    known = (*collection.evaluators, *(report.unit for report in collection.reports if report.unit))
    return Judging(scheme, policies, collection.reports, everybody(scheme, known))


def _vetoed(collection: Collection, district: str) -> tuple[VetoLine, ...]:
    """The lines of 一票否决 that count for a district."""
    return tuple(line for line in collection.vetoes if line.place.district == district and not line.unused)


def _nothing_received(scheme: Scheme) -> DistrictScore:
    return added_up(scheme, {id_: _missing(item) for id_, item in scheme.items.items()})


def without_form(scheme: Scheme, judged: Score, form: Form) -> Score:
    """A score of a district without a usable form: it stands where others have judged, else it is missing.

    `form` is the blank one that says what is assigned; where that is not known, nothing is 不适用.
    """
    item = scheme.items[judged.item_id]
    is_unknown = item.may_not_apply and any(form.fields[spec.code].assigned is None for spec in item.inputs)
    return _missing(item) if is_unknown or judged.status is Status.MISSING else judged


def _missing(item: Item) -> Score:
    codes = tuple(spec.code for spec in item.inputs)
    return Score(item.id, item.points, None, Status.MISSING, "未收到可用的填报表，得分 暂缺", codes)
