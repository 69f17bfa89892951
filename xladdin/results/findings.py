"""What there is to say of collected forms: of the files by themselves, of fields that do not fit one another, of scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from xladdin import issues
from xladdin.classes import replace
from xladdin.fields.origins import is_judged
from xladdin.fields.tables import squeezed
from xladdin.forms.form import Form
from xladdin.forms.layout import form_layout
from xladdin.issues import Issue, Place
from xladdin.methods import checks
from xladdin.methods.inputs import Entries, Entry, Input, InputKind
from xladdin.numbers import NOT_APPLICABLE, half_up, plain
from xladdin.results.claims import false_claims
from xladdin.results.layers import DistrictLayers, FieldLayers
from xladdin.returns.collected import Collection
from xladdin.scheme.model import Scheme
from xladdin.scoring.among import among_all
from xladdin.scoring.items import Score, Status
from xladdin.scoring.totals import DistrictScore, score_district
from xladdin.words import SCHEME_CONFIRMED_FILE, VALUE, form_file_name

if TYPE_CHECKING:
    from xladdin.evaluations.reading import Evaluation
    from xladdin.results.judging import Judging

Layers = Mapping[str, DistrictLayers]
"""The districts' fields, by district."""


UNREAD = {
    kind.code
    for kind in (
        issues.EMPTY_FILE,
        issues.NOT_A_WORKBOOK,
        issues.PASSWORD,
        issues.ENCRYPTED,
        issues.DAMAGED,
        issues.OVERSIZED,
        issues.UNREADABLE,
    )
}
"""What is said of a file that came and could not be read."""


def in_order(scheme: Scheme, found: Iterable[Issue]) -> list[Issue]:
    """The findings in the scheme's words, and in the order in which people read them: by district, file and field."""
    order = {name: n for n, name in enumerate(scheme.district_names)}
    codes = {code: n for n, code in enumerate(scheme.inputs)}
    return sorted(
        (issue.told(scheme.source.say) for issue in found),
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


def about_files(scheme: Scheme, collection: Collection, judging: Judging | None, layers: Layers) -> list[Issue]:
    """The findings about the files by themselves, the districts without a usable form, and the units that sent nothing.

    What a unit has yet to evaluate depends on what there is to be evaluated: a workbook alone does not show it, for it may have
    been issued before a district's form had come.
    """
    unread = {i.place.district: i.place.file for i in collection.issues if i.code in UNREAD}
    found = []
    for name in scheme.district_names:
        if name not in collection.forms:
            text = f"已来件，未能读取：{unread[name]}" if name in unread else "没有可用的填报表"
            if marked := _marked_cases(scheme, layers[name]) if name in layers else ():
                text += f"；{'、'.join(marked)} 的评分无法核对评的是哪个案例"
            place = Place(name, form_file_name(name, scheme.source.form_kind))
            found.append(issues.issue(issues.MISSING_FILE, place, text, form=f"{name}的{scheme.source.form_kind}"))
    found += _taken_over(collection)
    if scheme.confirmation:
        found.append(issues.issue(issues.SCHEME_CONFIRMED, Place(file=SCHEME_CONFIRMED_FILE), scheme.confirmation))
    if not judging:
        return [*collection.issues, *found]
    sent = {report.unit for report in collection.reports}
    found += [
        issues.issue(
            issues.NOT_DELIVERED,
            Place(file=unit.file_name),
            "未收到",
            unit=unit.name,
            workbook=unit.workbook.removeprefix(unit.name),
        )
        for unit in judging.evaluators
        if unit not in sent
    ]
    if not collection.forms:
        return [*collection.issues, *found]
    found += [issue for issue in collection.issues if issue.code != issues.NOT_YET_EVALUATED.code]
    for report in collection.reports:
        name = report.unit.name if report.unit else ""
        blank: dict[str, list[Evaluation]] = {}
        for e in report.evaluations:
            if e.district in layers and name in layers[e.district].fields[e.code].awaited:
                blank.setdefault(e.place.sheet, []).append(e)
        for sheet, own in blank.items():
            if not scheme.inputs[own[0].code].listed:
                shown = f"“{sheet}”还有 {len(own)} 格未填"
            elif all(e.value is None for e in own):
                shown = f"“{sheet}”尚未登记"
            else:
                shown = f"“{sheet}”的计数未定，有要改正的行"
            place = Place("", report.file.name, sheet, own[0].place.cell)
            found.append(issues.issue(issues.NOT_YET_EVALUATED, place, shown, evaluator=name))
    return found


def _marked_cases(scheme: Scheme, layers: DistrictLayers) -> list[str]:
    """The codes of the cases that were judged."""
    return [c for c, field in layers.fields.items() if scheme.inputs[c].names_case and field.decided is not None]


def _taken_over(collection: Collection) -> Iterator[Issue]:
    """Why ranks could not be final when the values were taken over; once where it is about everybody."""
    by_reason: dict[str, list[Place]] = {}
    for form in collection.forms.values():
        for reason, place in form.open:
            by_reason.setdefault(reason, []).append(place)
    for reason, places in by_reason.items():
        is_about_all = len(places) == len(collection.forms) > 1 and not places[0].item
        for place in [Place(file=places[0].file)] if is_about_all else places:
            yield issues.issue(issues.TAKEN_OVER_OPEN, place, reason, district=place.district or "各区")


def about_all_units(scheme: Scheme, layers: Layers, found: Sequence[Issue]) -> Iterator[Issue]:
    """Whose value is missing or may yet change, where everybody is scored against all: nobody's rank can be final.

    It may change where anything that is `found` of that value, or of the form that it stands in, keeps the unit's own rank
    from being final.
    """
    open_ = {(i.place.district, i.place.item) for i in found if i.is_open and i.code != issues.VETO_FAULT.code}
    for code in scheme.compared_codes:
        spec = scheme.inputs[code]
        compared = {among.group: among for own in layers.values() if (among := own.entries[code].among)}
        missing = [unit for among in compared.values() for unit in among.missing]
        own_places = {code, code.partition(".")[0]}
        doubtful = []
        for name, own in layers.items():
            places = own_places if _is_others_word(own.fields[code]) else {"", *own_places}
            if name not in missing and any((name, item) in open_ for item in places):
                doubtful.append(name)
        awaited = [n for n, own in layers.items() if own.fields[code].is_awaited and n not in missing]
        whys = ((missing, "缺 {} 的数据"), (doubtful, "有 {} 的数待核实"), (awaited, "有 {} 的数待评定"))
        for units, text in whys:
            if units:
                shown = "、".join(units[:6]) + (f" 等 {len(units)} 个单位" if len(units) > 6 else "")
                said = f"{spec.name}{text.format(shown)}"
                yield issues.issue(issues.NOT_ALL_UNITS, Place(item=code), said, code=code)


def _is_others_word(field: FieldLayers) -> bool:
    """Whether the value that counts is not the district's own: it was judged or corrected."""
    return field.decided is not None or is_judged(field.reported.origin)


def typed_entries(scheme: Scheme, forms: Mapping[str, Form]) -> Mapping[str, Entries]:
    """What the forms themselves say, by district; those that stand side by side in 考核总表 know of one another."""
    typed = {name: form.typed_entries for name, form in forms.items()}
    together = {
        name: typed[name]
        for name, form in forms.items()
        if any(place.sheet in scheme.district_names for _claim, place in form.claims.values())
    }
    return {**typed, **among_all(scheme, together)}


def about_replaced(issue: Issue, layers: Layers) -> bool:
    """Whether a finding is about a cell in whose place a correction now counts."""
    place = issue.place
    district = layers.get(place.district)
    field = district.fields.get(place.item) if district else None
    if not field:
        return False
    heads = tuple(correction.head for correction in field.corrections)
    cells = {field.reported.cell(head).place for head in heads}
    cells |= {source.place for source in (*field.typed, *field.given, *field.beside) if source.head.startswith(heads)}
    return bool(heads) and (not place.cell or place in cells)


def about_district(
    scheme: Scheme, district: str, file: str, layers: DistrictLayers, scored: DistrictScore, typed: Entries
) -> list[Issue]:
    """Findings that need several of a district's fields, or its scores under the readings that its form's formulas follow.

    The scores that the form shows are compared with what was reported in it, the `typed` entries.
    """
    form = layers.form
    found: list[Issue] = []
    zone = next(d.zone for d in scheme.districts if d.name == district)
    for id_, item in scheme.items.items():
        score = scored.items[id_]
        for spec in item.inputs:
            field = layers.fields[spec.code]
            place = field.reported.value.place or Place(district, file, item=spec.code)
            entry, case = field.counts, field.reported.case_name
            if field.all_recused:
                text = f"{'、'.join(one.unit.name for one in field.judged)}均已回避，没有人评定"
                found.append(issues.issue(issues.ALL_RECUSED, place, text, office=scheme.source.office_name))
            elif case and entry.value is None:
                texts = {"case": case, "who": spec.judge, "allowed": checks.allowed(spec).strip()}
                found.append(issues.issue(issues.AWAITED_CASE, place, "尚未评分", **texts))
            elif spec.code in score.gaps:
                found.append(_gap(spec, entry, place))
        found += _district_amounts(scheme, layers, zone, id_)
        found += [finding for spec in item.inputs for finding in _implausible(spec, layers.fields[spec.code])]
    if not form.is_filled_in:
        found.append(issues.issue(issues.NOTHING_FILLED_IN, Place(district, file), "一格也没有填"))
    found += _named_twice(scheme, layers)
    found += about_refused(layers, scored.items)
    amounts = [
        field.counts.target
        for code, field in layers.fields.items()
        if field.reported.target.place and scheme.least_amount(code) is None
    ]
    if amounts and all(target in (None, 0) for target in amounts):
        annex = form_layout(scheme).annex_of(scheme.indicators[0].code).sheet
        place = Place(district, file, annex)
        found.append(issues.issue(issues.NO_TARGETS, place, "没有填任何一项当年任务量", annex=annex))
    found += _unassigned(scheme, layers, scored, Place(district, file))
    if codes := [c for c, field in layers.fields.items() if field.is_awaited and field.reported.is_awaited]:
        shown = "、".join(codes[:6]) + (f" 等 {len(codes)} 格" if len(codes) > 6 else "")
        place = form.fields[codes[0]].value.place or Place(district, file)
        found.append(issues.issue(issues.AWAITED_EVALUATION, place, f"导入时尚待评价：{shown}"))
    own_scores = scored if layers.entries == typed else score_district(scheme, typed, scheme.default_policies)
    return found + false_claims(scheme, form, own_scores)


def _named_twice(scheme: Scheme, layers: DistrictLayers) -> Iterator[Issue]:
    """Cases of an item that are called like an earlier one of the district."""
    for item in scheme.items.values():
        first: dict[str, str] = {}
        for spec in item.inputs:
            field = layers.fields[spec.code].reported
            if not (name := squeezed(field.case_name)):
                continue
            if name in first and field.case.place:
                text = f"案例“{field.case_name}”与 {first[name]} 的同名"
                yield issues.issue(issues.CASE_TWICE, field.case.place, text)
            first.setdefault(name, spec.code)


def _unassigned(scheme: Scheme, layers: DistrictLayers, scored: DistrictScore, place: Place) -> Iterator[Issue]:
    """The tasks for which nothing was assigned, where nothing but the form itself says so."""
    if any(field.reported.assigned for field in layers.fields.values()):
        return
    for section in scheme.sections:
        tasks = scheme.items_of(section.number)
        outside = [item.id for item in tasks if scored.items[item.id].status is Status.NOT_APPLICABLE]
        if outside:
            text = f"未下达的任务 {len(outside)} 项：{'、'.join(outside)}；按 {len(tasks)} 项中的 {len(tasks) - len(outside)} 项计分"
            where = replace(place, sheet=form_layout(scheme).annex_of(outside[0]).sheet)
            yield issues.issue(issues.UNASSIGNED_TASKS, where, text)


def about_refused(layers: DistrictLayers, scores: Mapping[str, Score]) -> list[Issue]:
    """The items of which every field by itself is fine, and the rule refuses them together."""
    found = []
    for score in scores.values():
        if score.refused:
            code, reason = score.refused
            place = layers.fields[code].place or Place(item=code)
            found.append(issues.issue(issues.RULE_FAULT, place, reason))
    return found


def _gap(spec: Input, entry: Entry, place: Place) -> Issue:
    words = checks.allowed(spec).strip()
    if spec.judge:
        return issues.issue(issues.AWAITED_VALUE, place, "尚未评定", allowed=words, who=spec.judge)
    if spec.kind is InputKind.AMOUNT:
        shown = plain(entry.target) if isinstance(entry.target, Decimal) else ""
        return issues.issue(issues.NO_COMPLETION, place, "未填", target=shown, unit=spec.unit)
    return issues.issue(issues.NO_VALUE, place, "未填", allowed=words, who="该区")


def _implausible(spec: Input, field: FieldLayers) -> Iterator[Issue]:
    """An amount of which hardly anybody can have done so much, or a value far from those that it is compared with.

    Nothing is said where a correction says that it is right. What is far too much needs somebody who confirms it; a
    department's value does.
    """
    done, target, place = field.counts.value, field.counts.target, field.place
    is_corrected = any(correction.head == VALUE for correction in field.corrections)
    if is_corrected or place is None or not isinstance(done, Decimal):
        return
    if field.counts.among:
        among = field.counts.among
        usual = among.usual
        times = checks.times_apart(spec, done, usual)
        sizes = "（不计正负）" if among.known and among.lowest < 0 else ""
        found = f"{VALUE} {plain(done)}，与各单位的中位数{sizes} {plain(usual)} 相差 {plain(half_up(times, 1))} 倍"
        expected = f"与其他单位相当的数，单位 {spec.unit}；填错一个，各单位的得分都会变"
        is_strange = times >= checks.TIMES_APART
    elif isinstance(target, Decimal) and target > 0:
        times = done / target
        found = f"{VALUE} {plain(done)}，是任务量的 {plain(half_up(times, 1))} 倍"
        city = spec.indicator.amount if spec.indicator else None
        most = f"，全市 {plain(city)} {spec.unit}" if city is not None else ""
        expected = f"与任务量 {plain(target)} {spec.unit} 相当的数{most}"
        is_strange = checks.is_implausible(spec, done, target)
    else:
        return
    if is_strange:
        is_far = times >= checks.FAR_TOO_MANY_TIMES and not _is_others_word(field)
        yield issues.issue(issues.FAR_TOO_MUCH if is_far else issues.IMPLAUSIBLE, place, found, expected=expected)


def _district_amounts(scheme: Scheme, layers: DistrictLayers, zone: str, item_id: str) -> list[Issue]:
    """任务量 against what the text says for every single district."""
    found = []
    for indicator in (spec.indicator for spec in scheme.items[item_id].inputs if spec.indicator):
        field = layers.fields[indicator.code]
        place = field.reported.target.place
        if place is None:
            continue
        target, done, clause = field.counts.target, field.counts.value, indicator.clause
        if (target in (None, 0) or target is NOT_APPLICABLE) and isinstance(done, Decimal) and done > 0:
            where = field.place or place
            found.append(issues.issue(issues.NOT_ASSIGNED, where, f"未下达任务量，完成情况填了 {plain(done)}"))
        if not isinstance(target, Decimal) or not target:
            continue
        if indicator.by_zone and target != indicator.by_zone[zone]:
            texts = {"amount": plain(indicator.by_zone[zone]), "unit": indicator.unit, "clause": clause}
            found.append(issues.issue(issues.NOT_THE_ZONES, place, f"任务量 {plain(target)}", **texts))
    return found
