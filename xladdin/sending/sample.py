"""Believable data for a first try and for training: districts differ, tasks are unevenly assigned, and people slip."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from xladdin.fields.identity import read_identity
from xladdin.files import Progress, write_new
from xladdin.forms.layout import FormLayout, form_layout
from xladdin.forms.view import form_view
from xladdin.issues import WrongCall
from xladdin.methods.item import Entry, Indicator, Input, InputKind
from xladdin.numbers import Fault, Value, decimal_of, half_up
from xladdin.scheme.model import District, Scheme
from xladdin.words import CONTENT, EVIDENCE, FORM_KIND, SCORE, TARGET, VALUE
from xladdin.workbook import package
from xladdin.workbook.cells import cell_name
from xladdin.workbook.read.reader import read_workbook
from xladdin.workbook.unreadable import UnreadableWorkbook

OUTLYING_ONLY = frozenset({"K20", "K21"})
"""Tasks for places that have villages and former town seats; central districts get no share of them."""

CASE_NAMES = (
    "一街一品微更新",
    "15分钟生活圈示范",
    "桥下空间焕新",
    "智慧网格闭环处置",
    "口袋公园共建共享",
    "楼道治理三方联动",
)

Typed = str | float | None


@dataclass
class _Fill:
    """A district's cells as typed, by (input code, head)."""

    typed: dict[tuple[str, str], Typed] = field(default_factory=dict)
    shown: dict[str, float] = field(default_factory=dict)
    """Scores typed over the formula, by item id."""


class NoTemplates(WrongCall):
    """The folder holds no 区填报表; the message is for the user."""


def fill_samples(
    scheme: Scheme, templates: Path, out: Path, seed: int = 2023, progress: Progress | None = None
) -> list[Path]:
    """Fill every 区填报表 of the folder into another folder. The same seed gives the same files."""
    forms: dict[str, Path] = {}
    for path in sorted(templates.glob(f"{FORM_KIND}_*.xlsx")):
        try:
            named = {stated.name for stated in read_identity(read_workbook(path)).units} & set(scheme.district_names)
        except UnreadableWorkbook:
            continue
        if len(named) == 1:
            forms[named.pop()] = path
    if not forms:
        raise NoTemplates(f"文件夹 {templates} 里没有 {FORM_KIND}；请先运行 xladdin templates")
    shares = _shares(scheme, seed)
    filled: dict[Path, bytes] = {}
    for step, district in enumerate(d for d in scheme.districts if d.name in forms):
        if progress:
            progress(step, len(forms), district.name)
        source = forms[district.name]
        fill = _fill(scheme, district, shares[district.name], random.Random(f"{seed}/{district.name}"))
        _slip(scheme, scheme.district_names.index(district.name), fill)
        filled[out / source.name] = _apply(form_layout(scheme), source.read_bytes(), fill)
    write_new(filled)
    return list(filled)


def _shares(scheme: Scheme, seed: int) -> dict[str, dict[str, Decimal]]:
    """The city-wide amounts divided among the districts by size, to the last unit."""
    dice = random.Random(f"{seed}/shares")
    size = {d.name: dice.uniform(0.5, 1.6) * (1.4 if d.zone == "other" else 1.0) for d in scheme.districts}
    shares: dict[str, dict[str, Decimal]] = {d.name: {} for d in scheme.districts}
    for task in scheme.annex2.tasks:
        for indicator in task.indicators:
            outlying = task.id in OUTLYING_ONLY
            own = [d for d in scheme.districts if not (outlying and d.zone == "central")]
            if not outlying and dice.random() < 0.3:
                own = [d for d in own if dice.random() > 0.12] or own
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


def _fill(scheme: Scheme, district: District, targets: Mapping[str, Decimal], dice: random.Random) -> _Fill:
    diligence = dice.uniform(0.86, 1.03)
    fill = _Fill()
    for code, spec in scheme.inputs.items():
        if spec.kind is InputKind.AMOUNT:
            if code in targets:
                fill.typed[code, TARGET] = float(targets[code])
                fill.typed[code, VALUE] = _done(spec, targets[code], diligence, dice)
                if dice.random() < 0.15:
                    fill.typed[code, EVIDENCE] = "见佐证材料清单及现场照片"
        elif spec.kind is InputKind.FLAG:
            fill.typed[code, VALUE] = "是" if dice.random() < diligence - 0.08 else "否"
        elif spec.kind is InputKind.SCORE and spec.maximum is not None and not spec.names_case:
            mark = Decimal(str(dice.uniform(0.74, 0.99) * min(1.0, diligence + 0.02))) * spec.maximum
            fill.typed[code, VALUE] = float(half_up(mark, 1))
    handed_in = dice.choices((3, 4, 5), (1, 3, 6))[0]
    cases = [code for code, spec in scheme.inputs.items() if spec.names_case]
    for code, name in zip(cases[:handed_in], dice.sample(CASE_NAMES, len(cases)), strict=False):
        fill.typed[code, CONTENT] = name
        full = scheme.inputs[code].maximum or Decimal(0)
        fill.typed[code, VALUE] = float(half_up(full * decimal_of(dice.uniform(0.6, 0.98)), 1))
    counts = [code for code, spec in scheme.inputs.items() if spec.kind is InputKind.COUNT]
    cited = dice.choices((0, 1, 2, 3, 5), (4, 3, 2, 2, 1))[0]
    amounts = (dice.choice((2, 4, 5, 6, 7, 9)), dice.randint(1, 9), dice.choice((0, 0, 0, 1, 2)), cited)
    for code, amount in zip(counts, (*amounts, dice.randint(0, cited)), strict=True):
        fill.typed[code, VALUE] = float(amount)
    return fill


def _done(spec: Input, target: Decimal, diligence: float, dice: random.Random) -> float:
    pace = dice.choices(
        (1.0, dice.uniform(1.02, 1.3), dice.uniform(0.85, 0.99), dice.uniform(0.35, 0.7)), (46, 22, 26, 6)
    )[0]
    done = float(target) * pace * (diligence if pace < 1 else 1.0)
    done = min(done, float(spec.maximum)) if spec.maximum is not None else done
    return float(round(done)) if spec.whole else float(half_up(decimal_of(done), 1))


def _slip(scheme: Scheme, position: int, fill: _Fill) -> None:
    """Typical slips of some districts, one kind each, by their position in the official order."""
    amounts = [code for (code, head), value in fill.typed.items() if head == TARGET and isinstance(value, float)]
    raw_marks = [c for c, s in scheme.inputs.items() if s.kind is InputKind.SCORE and s.maximum == 100]
    first = amounts[0]
    if position == 2:  # full-width digits and a unit
        fill.typed[first, VALUE] = f"{fill.typed[first, VALUE]:.0f}".translate(
            str.maketrans("0123456789", "０１２３４５６７８９")
        )
        fill.typed[raw_marks[0], VALUE] = f"{fill.typed[raw_marks[0], VALUE]:g}分"
    elif position == 5:  # one amount forgotten
        fill.typed[amounts[3], VALUE] = None
    elif position == 9:  # a word instead of a number
        fill.typed[amounts[6], VALUE] = "已完成"
    elif position == 12:  # a mark still to come
        fill.typed[raw_marks[2], VALUE] = None
    elif position == 14:  # a score typed over
        fill.shown["R6"] = 2.5


def _apply(layout: FormLayout, template: bytes, fill: _Fill) -> bytes:
    cells: dict[str, dict[str, str | float | None]] = {a.sheet: {} for a in layout.annexes}
    for (code, head), typed in fill.typed.items():
        annex = layout.annex_of(code)
        cells[annex.sheet][cell_name(annex.fields[code], annex.column(head))] = typed
    entries = {
        code: Entry(_as_formulas_see(fill.typed.get((code, VALUE))), _as_formulas_see(fill.typed.get((code, TARGET))))
        for code in layout.scheme.inputs
    }
    names = {code: str(text) for (code, head), text in fill.typed.items() if head == CONTENT}
    for (sheet, row, column), value in form_view(layout, entries, names).items():
        cells.setdefault(sheet, {})[cell_name(row, column)] = value
    for item_id, score in fill.shown.items():
        annex = layout.annex_of(item_id)
        cells[annex.sheet][cell_name(annex.items[item_id].first, annex.column(SCORE))] = score
    return package.rewrite(template, {}, cells)


def _as_formulas_see(typed: Typed) -> Value:
    """A typed cell as native formulas take it: they read no number out of a text."""
    if isinstance(typed, float):
        return decimal_of(typed)
    if typed is None:
        return None
    return {"是": True, "否": False}.get(typed, Fault("文本"))
