"""Believable data for a first try and for training: districts differ, tasks are unevenly assigned, and people err."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from xladdin.classes import field, record, replace
from xladdin.fields.identity import read_identity
from xladdin.files import Progress, write_new
from xladdin.forms.form import FieldCell, Form
from xladdin.forms.issued import read_issued
from xladdin.forms.layout import FormLayout, form_layout
from xladdin.forms.view import form_view
from xladdin.issues import Place, WrongCall
from xladdin.methods.inputs import Entry, Indicator, InputKind
from xladdin.methods.item import METHODS, Dice, Item, Sampled, Typed
from xladdin.numbers import Fault, Value, decimal_of
from xladdin.scheme.model import District, Scheme
from xladdin.scoring.among import all_units
from xladdin.scoring.items import score_item
from xladdin.words import CONTENT, EVIDENCE, FORM_END, SCORE, TARGET, VALUE
from xladdin.workbook import package
from xladdin.workbook.cells import cell_name
from xladdin.workbook.read.reader import read_workbook
from xladdin.workbook.unreadable import UnreadableWorkbook


@record(frozen=False)
class _Fill:
    """A district's cells as typed, by (input code, head)."""

    typed: dict[tuple[str, str], Typed | None] = field(default_factory=dict)
    shown: dict[str, float] = field(default_factory=dict)
    """Scores typed over the formula, by item id."""


def fill_samples(
    scheme: Scheme, templates: Path, out: Path, seed: int = 2023, progress: Progress | None = None
) -> list[Path]:
    """Fill every 区填报表 of the folder into another folder, by the 任务量 that it was issued with. The same seed gives the same files."""
    forms: dict[str, Path] = {}
    issued: dict[str, Mapping[str, FieldCell]] = {}
    for path in sorted(templates.glob(f"*{FORM_END}_*.xlsx")):
        try:
            book = read_workbook(path)
        except UnreadableWorkbook:
            continue
        named = {stated.name for stated in read_identity(book).units} & set(scheme.district_names)
        if len(named) == 1:
            (name,) = named
            forms[name], issued[name] = path, read_issued(scheme, book, Form(), Place(name))
    if not forms:
        raise WrongCall(f"文件夹 {templates} 里没有 {scheme.source.form_kind}；请先运行 xladdin templates")
    shares = _shares(scheme, seed)
    filled: dict[Path, bytes] = {}
    for step, district in enumerate(d for d in scheme.districts if d.name in forms):
        if progress:
            progress(step, len(forms), district.name)
        source = forms[district.name]
        own = {code: cell.value for code, cell in issued[district.name].items()}
        amounts = {code: share for code, share in shares[district.name].items() if code not in own}
        amounts |= {code: amount for code, amount in own.items() if isinstance(amount, Decimal) and amount > 0}
        fill = _fill(scheme, amounts, f"{seed}/{district.name}")
        _with_mistakes(scheme, scheme.district_names.index(district.name), fill)
        filled[out / source.name] = _apply(form_layout(scheme), district.name, source.read_bytes(), fill)
    write_new(filled)
    return list(filled)


def _shares(scheme: Scheme, seed: int) -> dict[str, dict[str, Decimal]]:
    """The city-wide amounts divided among the districts by size, to the last unit; not every district has every task."""
    dice = random.Random(f"{seed}/shares")
    size = {d.name: dice.uniform(0.5, 1.6) for d in scheme.districts}
    shares: dict[str, dict[str, Decimal]] = {d.name: {} for d in scheme.districts}
    for indicator in scheme.indicators:
        own = list(scheme.districts)
        if not (indicator.at_least or indicator.by_zone) and dice.random() < 0.35:
            own = [d for d in own if dice.random() > 0.15] or own
        for district, share in _divide(indicator, own, size, dice).items():
            if share > 0:
                shares[district][indicator.code] = share
    return shares


def _divide(
    indicator: Indicator, own: Sequence[District], size: Mapping[str, float], dice: random.Random
) -> dict[str, Decimal]:
    if indicator.by_zone:
        return {d.name: indicator.by_zone[d.zone] for d in own}
    least = indicator.at_least or Decimal(0)
    if indicator.amount is None:
        return {d.name: least + Decimal(dice.randint(0, 3 if least else 40)) for d in own}
    weights = {d.name: size[d.name] * dice.uniform(0.7, 1.3) for d in own}
    whole = sum(weights.values())
    step = Decimal(1) if indicator.whole else Decimal("0.1")
    units = int(indicator.amount / step)
    exact = {name: units * weight / whole for name, weight in weights.items()}
    counted = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: counted[name] - exact[name])
    for name in by_remainder[: units - sum(counted.values())]:
        counted[name] += 1
    return {name: count * step for name, count in counted.items()}


def _fill(scheme: Scheme, targets: Mapping[str, Decimal], seed: str) -> _Fill:
    diligence = random.Random(seed).uniform(0.86, 1.03)
    fill = _Fill()
    for code, target in targets.items():
        fill.typed[code, TARGET] = float(target)
    for item in scheme.items.values():
        # Each item has dice of its own, so that another item changes nothing about it.
        dice = random.Random(f"{seed}/{item.id}")
        sampled = item.sample(Dice(dice, diligence, targets))
        fill.typed.update({(code, VALUE): value for code, value in sampled.values.items()})
        fill.typed.update({(code, CONTENT): name for code, name in sampled.names.items()})
        if targets.keys() & sampled.values.keys() and dice.random() < 0.15:
            fill.typed[item.inputs[0].code, EVIDENCE] = "见佐证材料清单及现场照片"
    return fill


def _with_mistakes(scheme: Scheme, position: int, fill: _Fill) -> None:
    """Typical mistakes of some districts, one kind each, by their position in the official order."""
    amounts = [code for (code, head), value in fill.typed.items() if head == TARGET and isinstance(value, float)]
    marks = [c for c, s in scheme.inputs.items() if s.kind is InputKind.SCORE and s.judge and not s.names_case]
    counted = [scheme.items[s.item_id] for s in scheme.inputs.values() if s.kind is InputKind.COUNT]
    if position == 2 and amounts:  # full-width digits
        digits = str.maketrans("0123456789", "０１２３４５６７８９")
        fill.typed[amounts[0], VALUE] = f"{fill.typed[amounts[0], VALUE]:g}".translate(digits)
    if position == 2 and marks:  # a unit
        fill.typed[marks[0], VALUE] = f"{fill.typed[marks[0], VALUE]:g}分"
    elif position == 5 and amounts:  # one amount forgotten
        fill.typed[amounts[-1], VALUE] = None
    elif position == 9 and amounts:  # a word instead of a number
        fill.typed[amounts[len(amounts) // 2], VALUE] = "已完成"
    elif position == 12 and marks:  # a mark still to come
        fill.typed[marks[-1], VALUE] = None
    elif position == 14 and counted:  # a score typed over
        fill.shown[counted[0].id] = float(counted[0].points)


def _apply(layout: FormLayout, district: str, template: bytes, fill: _Fill) -> bytes:
    cells: dict[str, dict[str, str | float | None]] = {a.sheet: {} for a in layout.annexes}
    for (code, head), typed in fill.typed.items():
        annex = layout.annex_of(code)
        cells[annex.sheet][cell_name(annex.fields[code], annex.column(head))] = typed
    entries = {
        code: Entry(_as_formulas_see(fill.typed.get((code, VALUE))), _as_formulas_see(fill.typed.get((code, TARGET))))
        for code in layout.scheme.inputs
    }
    names = {code: str(text) for (code, head), text in fill.typed.items() if head == CONTENT}
    for (sheet, row, column), value in form_view(layout, entries, names, district=district).items():
        cells.setdefault(sheet, {})[cell_name(row, column)] = value
    for item_id, score in fill.shown.items():
        annex = layout.annex_of(item_id)
        cells[annex.sheet][cell_name(annex.items[item_id].first, annex.column(SCORE))] = score
    return package.rewrite(template, {}, cells)


def _as_formulas_see(typed: Typed | None) -> Value:
    """A typed cell as native formulas take it: they read no number out of a text."""
    if isinstance(typed, float):
        return decimal_of(typed)
    if typed is None:
        return None
    return {"是": True, "否": False}.get(typed, Fault("文本"))


def first_examples(
    scheme: Scheme, seed: int = 1
) -> Iterator[tuple[str, Sequence[Sampled], dict[str, Decimal], Decimal | None]]:
    """An example for each way of scoring in use, with believable values: item, values, 任务量 by code, score.

    The values of other units follow where the item is scored against theirs.
    """
    dice = Dice(random.Random(seed), 0.95)
    for method in METHODS:
        item = next((item for item in scheme.items.values() if item.method == method), None)
        if item is None:
            continue
        assigned = {spec.code: Decimal(20) for spec in item.inputs if spec.indicator}
        sampled = [item.sample(replace(dice, assigned=assigned)) for _ in range(4 if item.among_all else 1)]
        entries = _entries(item, sampled[0], assigned)
        if item.among_all:
            everybody = [_entries(item, own, assigned) for own in sampled]
            entries = {
                c: replace(e, among=all_units({str(n): own for n, own in enumerate(everybody)}, c))
                for c, e in entries.items()
            }
        yield item.id, sampled, assigned, score_item(item, entries, scheme.default_policies).score


def _entries(item: Item, sampled: Sampled, assigned: dict[str, Decimal]) -> dict[str, Entry]:
    found = {}
    for spec in item.inputs:
        value = sampled.values.get(spec.code)
        exact = value == "是" if isinstance(value, str) else None if value is None else Decimal(str(value))
        found[spec.code] = Entry(exact, assigned.get(spec.code), named=exact is not None)
    return found
