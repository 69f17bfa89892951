"""Collected forms to scores, ranking and findings: the one consolidation behind every door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from xladdin import issues
from xladdin.files import Progress
from xladdin.forms.claims import false_claims
from xladdin.forms.form import Field, Form, sources_of
from xladdin.forms.layout import form_layout
from xladdin.issues import Issue, Level, Place
from xladdin.methods import checks
from xladdin.methods.item import Input, InputKind, Item
from xladdin.numbers import NOT_APPLICABLE, half_up, plain
from xladdin.returns.collection import Collection, collect, report_missing
from xladdin.scheme.model import Scheme
from xladdin.scheme.policies import Policies
from xladdin.scoring.items import Score, Status
from xladdin.scoring.totals import DistrictScore, rank_districts, score_district
from xladdin.words import VALUE
from xladdin.workbook.read.reader import SourceFile

if TYPE_CHECKING:  # most rounds so far have districts only
    from xladdin.evaluations.merge import Comparison
    from xladdin.evaluations.reading import UnitReport
    from xladdin.evaluations.units import Unit


@dataclass(frozen=True)
class DistrictResult:
    """One district: its form (None where none could be used), its scores and its rank."""

    name: str
    form: Form | None
    file: SourceFile | None
    scored: DistrictScore
    rank: int
    unjudged: frozenset[str] = frozenset()
    """Codes of fields that a unit has yet to judge, where units take part."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of the files its values come from, by name."""

    @property
    def provisional(self) -> bool:
        return self.form is None or self.scored.provisional or bool(self.unjudged)

    def lacking(self) -> list[str]:
        """The ids of the items that make the rank provisional."""
        lacks = (Status.MISSING, Status.ERROR)
        waiting = {code.partition(".")[0] for code in self.unjudged}
        return [id_ for id_, s in self.scored.items.items() if s.gaps or s.status in lacks or id_ in waiting]


@dataclass(frozen=True)
class Consolidation:
    """The whole result: every district in official order, every finding, the files and the readings in force."""

    scheme: Scheme
    policies: Policies
    districts: tuple[DistrictResult, ...]
    issues: tuple[Issue, ...]
    files: tuple[SourceFile, ...]
    inputs: tuple[Path, ...]
    """Every file that districts may have sent, readable or not."""
    comparisons: tuple[Comparison, ...] = ()
    """What was reported beside what was judged, where departments, experts and the office take part."""
    reports: tuple[UnitReport, ...] = ()
    evaluators: tuple[Unit, ...] = ()
    """Everybody from whom an evaluation is expected; nobody where only the districts take part."""

    def ranked(self) -> list[DistrictResult]:
        """By rank; districts that share one in official order."""
        return sorted(self.districts, key=lambda d: d.rank)


def examine(scheme: Scheme, collection: Collection) -> list[Issue]:
    """Every finding about collected forms; a district is only missed where all were asked for."""
    if collection.expects_all:
        report_missing(scheme, collection)
    evaluators = _evaluators(scheme, collection)
    forms, comparisons, found = _judged_forms(scheme, collection, scheme.default_policies, evaluators)
    found += [*_known(collection, comparisons), *_undelivered(collection, evaluators)]
    for district, form in forms.items():
        scored = score_district(scheme, form.entries, scheme.default_policies)
        found += _examine_form(scheme, collection, district, form, scored)
    return _sorted(scheme, found)


def consolidate(
    scheme: Scheme, paths: Sequence[Path], policies: Policies | None = None, progress: Progress | None = None
) -> Consolidation:
    """Read, score and rank. The result does not depend on the order of the paths.

    Without `policies` those are in force that 口径 of the workbook with the districts' sheets says, or the defaults;
    `PolicyError` if it says something that is not offered.
    """
    collection = collect(scheme, paths, progress)
    report_missing(scheme, collection)
    return consolidate_forms(scheme, collection, policies or scheme.choose_policies(collection.readings))


def consolidate_forms(scheme: Scheme, collection: Collection, policies: Policies) -> Consolidation:
    """Score and rank forms already collected."""
    evaluators = _evaluators(scheme, collection)
    forms, comparisons, found = _judged_forms(scheme, collection, policies, evaluators)
    found += [*_known(collection, comparisons), *_undelivered(collection, evaluators)]
    scored: dict[str, DistrictScore] = {}
    for name in scheme.district_names:
        form = forms.get(name)
        if form is None:
            scored[name] = _nothing_received(scheme)
            continue
        usual_scores = score_district(scheme, form.entries, scheme.default_policies)
        is_usual = policies.described() == scheme.default_policies.described()
        scored[name] = usual_scores if is_usual else score_district(scheme, form.entries, policies)
        found += _examine_form(scheme, collection, name, form, usual_scores)
    ranks = rank_districts(list(scored.values()), policies)
    digests = {file.name: file.sha256 for file in collection.files}
    districts = tuple(
        DistrictResult(
            name,
            forms.get(name),
            collection.file_of.get(name),
            scored[name],
            rank,
            _unjudged(forms.get(name), comparisons, name),
            digests,
        )
        for name, rank in zip(scored, ranks, strict=True)
    )
    files = tuple(sorted(collection.files, key=lambda f: (f.name, f.sha256)))
    return Consolidation(
        scheme,
        policies,
        districts,
        tuple(_sorted(scheme, found)),
        files,
        tuple(collection.inputs),
        tuple(comparisons),
        tuple(collection.reports),
        evaluators,
    )


def _evaluators(scheme: Scheme, collection: Collection) -> tuple[Unit, ...]:
    """Everybody from whom an evaluation is expected; nobody where only the districts take part."""
    if not collection.reports and not collection.evaluators:
        return ()
    from xladdin.evaluations.units import everybody

    return everybody(scheme, (*collection.evaluators, *(r.unit for r in collection.reports if r.unit)))


def _judged_forms(
    scheme: Scheme, collection: Collection, policies: Policies, evaluators: Sequence[Unit]
) -> tuple[dict[str, Form], list[Comparison], list[Issue]]:
    """The forms with what units have judged, and what does not fit; as they are where no unit takes part."""
    if not evaluators:
        return collection.forms, [], []
    from xladdin.evaluations.merge import merged

    return merged(scheme, policies, collection.forms, collection.reports, evaluators)


def _unjudged(form: Form | None, comparisons: Sequence[Comparison], district: str) -> frozenset[str]:
    """The district's fields that wait for a unit, or that waited for one when they were taken over."""
    awaited = form.awaited if form else ()
    return frozenset((*awaited, *(c.code for c in comparisons if c.district == district and c.awaited)))


def _undelivered(collection: Collection, evaluators: Sequence[Unit]) -> list[Issue]:
    """The units that take part and have sent nothing."""
    sent = {report.unit for report in collection.reports}
    return [
        issues.issue(issues.NOT_DELIVERED, Place(file=unit.file_name), "未收到", unit=unit.name, workbook=unit.workbook)
        for unit in evaluators
        if unit not in sent
    ]


def _known(collection: Collection, comparisons: Sequence[Comparison]) -> list[Issue]:
    """The findings about the files by themselves; what a unit has yet to evaluate is told by what is to be evaluated.

    A workbook alone cannot tell, for it may have been issued before a district's form had come.
    """
    if not comparisons:
        return list(collection.issues)
    found = [issue for issue in collection.issues if issue.code != issues.NOT_YET_EVALUATED.code]
    awaited = {(c.district, c.code): c.awaited for c in comparisons}
    for report in collection.reports:
        name = report.unit.name if report.unit else ""
        blank: dict[str, list[Place]] = {}
        for e in report.evaluations:
            if name in awaited.get((e.district, e.code), ()):
                blank.setdefault(e.place.sheet, []).append(e.place)
        for sheet, places in blank.items():
            # What is counted in a list has no cell of its own.
            shown = f"“{sheet}”还有 {len(places)} 格未填" if places[0].cell else f"“{sheet}”尚未登记"
            place = Place("", report.file.name, sheet, places[0].cell)
            found.append(issues.issue(issues.NOT_YET_EVALUATED, place, shown, evaluator=name))
    return found


def _nothing_received(scheme: Scheme) -> DistrictScore:
    explain = "未收到可用的填报表，得分 暂缺"
    items = {
        id_: Score(id_, item.points, None, Status.MISSING, explain, tuple(i.code for i in item.inputs))
        for id_, item in scheme.items.items()
    }
    zero = half_up(Decimal(0))
    return DistrictScore(items, {s.number: zero for s in scheme.sections}, zero)


def _sorted(scheme: Scheme, found: list[Issue]) -> list[Issue]:
    order = {name: n for n, name in enumerate(scheme.district_names)}
    codes = {code: n for n, code in enumerate(scheme.inputs)}
    return sorted(
        found,
        key=lambda i: (
            order.get(i.place.district, -1),
            i.place.file,
            codes.get(i.place.item, -1) if i.place.item else -1,
            i.place.sheet,
            i.place.item,
            i.code,
            i.place.cell,
            i.found,
        ),
    )


def _examine_form(
    scheme: Scheme, collection: Collection, district: str, form: Form, scored: DistrictScore
) -> list[Issue]:
    """Findings that need several of a form's cells, or its scores under the readings its own formulas follow.

    `form` has what units have judged; the scores the file shows are compared with what was reported in it.
    """
    file = collection.file_of[district].name
    found: list[Issue] = []
    zone = next(d.zone for d in scheme.districts if d.name == district)
    for id_, item in scheme.items.items():
        score = scored.items[id_]
        specs = {spec.code: spec for spec in item.inputs}
        for code in score.gaps:
            found.append(_gap(form, specs[code], Place(district, file, item=code)))
        for code, spec in specs.items():
            field = form.fields[code]
            if field.case.typed and field.entry.value is None and code not in score.gaps:
                place = field.value.place or Place(district, file, item=code)
                texts = {"case": field.case.typed, "who": spec.judge, "allowed": checks.allowed(spec).strip()}
                found.append(issues.issue(issues.AWAITED_CASE, place, "尚未评分", **texts))
        if score.refused:
            code, reason = score.refused
            found.append(
                issues.issue(
                    issues.RULE_FAULT, _value_place(form.fields[code], Place(district, file, item=code)), reason
                )
            )
        found += _district_amounts(scheme, form, zone, id_)
    amounts = [field.entry.target for field in form.fields.values() if field.target.place]
    if amounts and all(target in (None, 0) for target in amounts):
        place = Place(district, file, form_layout(scheme).annex2.sheet)
        found.append(issues.issue(issues.NO_TARGETS, place, "没有填任何一项当年任务量"))
    if codes := form.awaited:
        shown = "、".join(codes[:6]) + (f" 等 {len(codes)} 格" if len(codes) > 6 else "")
        place = form.fields[codes[0]].value.place or Place(district, file)
        found.append(issues.issue(issues.AWAITED_EVALUATION, place, f"导入时尚待评价：{shown}"))
    reported = collection.forms[district]
    own_scores = scored if reported is form else score_district(scheme, reported.entries, scheme.default_policies)
    return found + false_claims(scheme, reported, own_scores)


def _gap(form: Form, spec: Input, fallback: Place) -> Issue:
    field = form.fields[spec.code]
    place = field.value.place or fallback
    words = checks.allowed(spec).strip()
    if spec.judge:
        return issues.issue(issues.AWAITED_VALUE, place, "尚未评定", allowed=words, who=spec.judge)
    if spec.kind is InputKind.AMOUNT:
        target = field.entry.target
        shown = plain(target) if isinstance(target, Decimal) else ""
        return issues.issue(issues.NO_COMPLETION, place, "未填", target=shown, unit=spec.unit)
    return issues.issue(issues.NO_VALUE, place, "未填", allowed=words, who="该区")


def _value_place(field: Field, fallback: Place) -> Place:
    """Where the value that counts was typed: in a unit's workbook, if one has judged it."""
    typed = [s.place for s in field.sources if s.head.startswith(VALUE)]
    return typed[-1] if typed else field.value.place or fallback


def _district_amounts(scheme: Scheme, form: Form, zone: str, item_id: str) -> list[Issue]:
    """任务量 against what the text says for every single district."""
    found = []
    indicators = next((t.indicators for t in scheme.annex2.tasks if t.id == item_id), ())
    for indicator in indicators:
        field = form.fields[indicator.code]
        target, done, place = field.entry.target, field.entry.value, field.target.place
        if place and (target in (None, 0) or target is NOT_APPLICABLE) and isinstance(done, Decimal) and done > 0:
            where = _value_place(field, place)
            found.append(issues.issue(issues.NOT_ASSIGNED, where, f"未下达任务量，完成情况填了 {plain(done)}"))
        if not isinstance(target, Decimal) or not target or place is None:
            if place and target in (None, 0) and (indicator.at_least or indicator.by_zone):
                texts = {"clause": indicator.clause}
                found.append(issues.issue(issues.DISTRICT_AMOUNT_BLANK, place, "当年任务量未填", **texts))
            continue
        if indicator.at_least is not None and target < indicator.at_least:
            texts = {"least": plain(indicator.at_least), "unit": indicator.unit, "clause": indicator.clause}
            found.append(issues.issue(issues.BELOW_LEAST, place, f"任务量 {plain(target)}", **texts))
        if indicator.by_zone and target != indicator.by_zone[zone]:
            texts = {"amount": plain(indicator.by_zone[zone]), "unit": indicator.unit, "clause": indicator.clause}
            found.append(issues.issue(issues.NOT_THE_ZONES, place, f"任务量 {plain(target)}", **texts))
    return found


def results(consolidation: Consolidation) -> Mapping[str, object]:
    """The result as plain data for JSON, districts by rank."""
    scheme = consolidation.scheme
    return {
        "scheme": scheme.source.version,
        "document": scheme.source.number,
        "policies": consolidation.policies.described(),
        "files": [{"name": file.name, "sha256": file.sha256} for file in consolidation.files],
        "issues": [_issue_data(issue) for issue in consolidation.issues],
        "evaluators": [{"kind": unit.category, "name": unit.name} for unit in consolidation.evaluators],
        "districts": [_district_data(scheme, d) for d in consolidation.ranked()],
    }


def _issue_data(issue: Issue) -> dict[str, str]:
    place = issue.place
    return {
        "code": issue.code,
        "level": issue.level.value,
        "district": place.district,
        "file": place.file,
        "sheet": place.sheet,
        "cell": place.cell,
        "item": place.item,
        "found": issue.found,
        "expected": issue.expected,
        "remedy": issue.remedy,
    }


def issue_of(data: Mapping[str, str]) -> Issue:
    """A finding that a result has as plain data."""
    place = Place(*(data[name] for name in ("district", "file", "sheet", "cell", "item")))
    return Issue(data["code"], Level(data["level"]), place, data["found"], data["expected"], data["remedy"])


def _district_data(scheme: Scheme, district: DistrictResult) -> dict[str, object]:
    return {
        "name": district.name,
        "rank": district.rank,
        "total": float(district.scored.total),
        "provisional": district.provisional,
        "sections": {str(n): float(v) for n, v in district.scored.sections.items()},
        "items": {id_: _item_data(district, scheme.items[id_], score) for id_, score in district.scored.items.items()},
    }


def _item_data(district: DistrictResult, item: Item, score: Score) -> dict[str, object]:
    sources = sources_of(district.form.fields[spec.code] for spec in item.inputs) if district.form else []
    return {
        "score": None if score.score is None else float(score.score),
        "status": score.status.value,
        "points": float(score.points),
        "explain": score.explain,
        "sources": [
            {
                "code": s.code,
                "column": s.head,
                "typed": s.typed,
                "file": s.place.file,
                "sheet": s.place.sheet,
                "cell": s.place.cell,
                "sha256": district.digests.get(s.place.file, ""),
            }
            for s in sources
        ],
    }
