"""What the formula cells of 区填报表 show for given entries: the values stored beside the native formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from xladdin.classes import replace
from xladdin.fields.cases import is_filled_in, with_cases
from xladdin.forms import native
from xladdin.forms.layout import FormLayout
from xladdin.forms.native import Cell
from xladdin.methods import checks
from xladdin.methods.inputs import BLANK, Entries, Entry, Input, InputKind
from xladdin.methods.item import Item
from xladdin.numbers import NOT_APPLICABLE, Fault
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Status
from xladdin.scoring.totals import DistrictScore, annex_total, score_district
from xladdin.words import CHECK, COVER, RATE, SCORE

Shown = str | float


def form_view(
    layout: FormLayout,
    entries: Entries,
    case_names: Mapping[str, str] | None = None,
    scored: DistrictScore | None = None,
    district: str = "",
) -> Mapping[Cell, Shown]:
    """The value of every formula cell, under the default readings that the formulas follow.

    `case_names` holds what stands in 填报内容 where the district names a case, by code; `scored` the scores, if known already;
    `district` says whose form it is.
    """
    scheme = layout.scheme
    entries = with_cases(scheme, entries, case_names or {})
    if is_filled_in(scheme, entries, case_names or {}) and (short := _below_least(scheme, entries, district)):
        entries, scored = {**entries, **short}, None
    scored = scored or score_district(scheme, entries, scheme.default_policies)
    shown: dict[Cell, Shown] = {}
    for annex in layout.annexes:
        for id_, block in annex.items.items():
            item = scheme.items[id_]
            for spec in item.inputs:
                entry = entries.get(spec.code, BLANK)
                row = annex.fields[spec.code]
                state = scheme.source.say(_check(spec, entry, entries))
                shown[annex.sheet, row, annex.column(CHECK)] = state
                if spec.kind is InputKind.AMOUNT:
                    shown[annex.sheet, row, annex.column(RATE)] = _rate(entry, state)
            score = scored.items[id_]
            known = checks.BY_ALL_UNITS if item.among_all else _score(score.status, score.score)
            shown[annex.sheet, block.first, annex.column(SCORE)] = (
                checks.SCORE_ERROR if score.status is Status.ERROR else known
            )
    _totals(shown, layout, scored)
    _counts(shown, layout)
    return shown


def _below_least(scheme: Scheme, entries: Entries, district: str) -> Entries:
    """The entries whose 任务量 falls short of what the text sets, each with what is said of it."""
    found = {}
    for indicator in scheme.indicators:
        entry, least = entries.get(indicator.code, BLANK), scheme.least_amount(indicator.code, district)
        if least is not None and not isinstance(entry.target, Fault) and _number(entry.target) < least:
            message = checks.below_least(scheme.inputs[indicator.code], least)
            found[indicator.code] = replace(entry, target=Fault(message))
    return found


def _score(status: Status, score: Decimal | None) -> Shown:
    if status is Status.ERROR:
        return checks.SCORE_ERROR
    if status is Status.NOT_APPLICABLE:
        return checks.NOT_APPLICABLE
    return "" if score is None else float(score)


def _number(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)


def _rate(entry: Entry, state: str) -> Shown:
    if state.startswith(checks.ERROR):
        return checks.ERROR
    target = _number(entry.target)
    if target <= 0:
        return checks.NOT_APPLICABLE
    return float(min(Fraction(1), Fraction(_number(entry.value)) / Fraction(target)))


def _check(spec: Input, entry: Entry, entries: Entries) -> str:
    if spec.kind is InputKind.AMOUNT:
        return _amount_check(spec, entry)
    if isinstance(entry.value, Fault) or entry.value is NOT_APPLICABLE:
        return checks.bad_value(spec)
    limit = entries.get(spec.at_most, BLANK).value
    if entry.value is None:
        if spec.at_most and limit == 0:
            return checks.GOOD
        return checks.NOT_HANDED_IN if spec.names_case and not entry.named else checks.missing(spec)
    if spec.at_most and _number(entry.value) > _number(limit):
        return checks.MORE_RECTIFIED
    return checks.GOOD


def _amount_check(spec: Input, entry: Entry) -> str:
    target, value = _number(entry.target), entry.value
    if isinstance(entry.target, Fault):
        if entry.target.message.startswith(checks.BELOW_LEAST):
            return entry.target.message
        return checks.BAD_TARGET if spec.maximum is None else checks.bad_value(spec)
    if isinstance(value, Fault):
        return checks.bad_value(spec)
    if target <= 0:
        return checks.NOT_ASSIGNED if _number(value) > 0 else checks.NOT_APPLICABLE
    if value is NOT_APPLICABLE:
        return checks.ASSIGNED
    if value is None:
        return checks.missing(spec)
    if checks.is_implausible(spec, _number(value), target):
        return checks.IMPLAUSIBLE
    return checks.OVER if _number(value) > target else checks.GOOD


def _totals(shown: dict[Cell, Shown], layout: FormLayout, scored: DistrictScore) -> None:
    scheme, one, cover = layout.scheme, layout.annex1, layout.cover

    def total(items: Iterable[Item], value: Decimal) -> Shown:
        failed = any(scored.items[item.id].status is Status.ERROR for item in items)
        return checks.SCORE_ERROR if failed else float(value)

    sections = {n: total(scheme.items_of(n), value) for n, value in scored.sections.items()}
    grand = total(scheme.items.values(), scored.total)
    for annex in layout.annexes:
        if annex.tasks is None:
            continue
        items = (scheme.items[task.id] for task in annex.tasks.tasks)
        detailed = total(items, annex_total(annex.tasks, scored.items))
        shown[annex.sheet, annex.total_row, annex.column(SCORE)] = detailed
        if annex.sheet in one.referred:
            shown[one.sheet, one.referred[annex.sheet], one.column(SCORE)] = detailed
    shown[one.sheet, one.total_row, one.column(SCORE)] = grand
    for row, value in zip(cover.score_rows, (*sections.values(), grand), strict=True):
        shown[COVER, row, cover.score_column] = value


def _counts(shown: dict[Cell, Shown], layout: FormLayout) -> None:
    cover = layout.cover
    totals = [0] * len(cover.count_heads)
    for annex, row in zip(layout.annexes, cover.count_rows, strict=False):
        states = [str(shown[annex.sheet, field, annex.column(CHECK)]) for field in annex.fields.values()]
        counted = [sum(state.startswith(words) for state in states) for words in native.COUNTED.values()]
        figures = (len(states), len(states) - sum(counted), *counted)
        for column, figure in enumerate(figures, 1):
            if column > 1:
                shown[COVER, row, column] = float(figure)
            totals[column] += figure
    for column in range(1, len(totals)):
        shown[COVER, cover.count_rows[-1], column] = float(totals[column])
    missing, wrong = totals[3], totals[4]
    shown[COVER, cover.state_row, cover.value_column] = (
        f"{native.STATE_MISSING}{missing}{native.STATE_ERRORS}{wrong}{native.STATE_END}"
        if missing + wrong
        else f"{layout.scheme.source.unit_word}{native.STATE_COMPLETE}"
    )
