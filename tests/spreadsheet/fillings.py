"""Seeded random fillings of 区填报表, with what is awkward made frequent: blanks, zeros, 不适用, ties, slips."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from xladdin.fields.reading import read_cell
from xladdin.forms.layout import Annex, FormLayout
from xladdin.forms.view import form_view
from xladdin.issues import Place
from xladdin.methods.checks import NO_CASE
from xladdin.methods.inputs import Entry, Input, InputKind
from xladdin.scheme.model import Scheme
from xladdin.words import CONTENT, TARGET, VALUE

Typed = str | float | int | bool | None

# Targets for which many amounts give a rate whose score ends in 5 at the third decimal.
TIE_TARGETS = (8, 16, 32, 40, 80, 160, 200, 400, 800, 12.5, 6.4)


@dataclass(frozen=True)
class Filling:
    """What is typed: content by (input code, head)."""

    typed: dict[tuple[str, str], Typed]

    @property
    def names(self) -> dict[str, str]:
        """What is typed where a case is named, by code."""
        return {code: str(text) for (code, head), text in self.typed.items() if head == CONTENT and text is not None}


def random_filling(scheme: Scheme, dice: random.Random) -> Filling:
    """One filling. About one in four has some unusable content, so that errors are compared as well."""
    slip = 0.02 if dice.random() < 0.25 else 0.0
    emptiness = dice.choice((0.02, 0.15, 0.6))
    cases = dice.random() < 0.7
    typed: dict[tuple[str, str], Typed] = {}
    for code, spec in scheme.inputs.items():
        if spec.kind is InputKind.AMOUNT:
            target = _target(spec, dice, emptiness, slip)
            typed[code, TARGET] = target
            typed[code, VALUE] = _done(spec, target, dice, emptiness, slip)
        else:
            typed[code, VALUE] = _single(spec, dice, emptiness, slip)
        if spec.names_case and cases:
            typed[code, CONTENT] = dice.choice(("案例", "案例", "案例", None, " 案例二 ", *NO_CASE))
        elif spec.names_case:
            typed[code, CONTENT] = dice.choice((None, None, *NO_CASE, " 无 "))
            typed[code, VALUE] = None
    if dice.random() < 0.1:  # nothing of what the district fills in itself
        typed = {(c, h): v for (c, h), v in typed.items() if h == TARGET or (scheme.inputs[c].judge and h == VALUE)}
        for code in (c for c, spec in scheme.inputs.items() if spec.names_case):
            typed[code, VALUE] = dice.choice((None, None, None, 0.5))
            typed[code, CONTENT] = dice.choice((None, "—"))
    cited = typed["I3.1", VALUE]
    if isinstance(cited, int) and dice.random() < 0.8:
        typed["I3.2", VALUE] = dice.randint(0, max(cited, 0))
    return Filling(typed)


def _target(spec: Input, dice: random.Random, emptiness: float, slip: float) -> Typed:
    if dice.random() < slip:
        return dice.choice((-5, "若干", -0.5))
    if dice.random() < emptiness:
        return dice.choice((None, 0, "不适用", "—"))
    if spec.maximum is not None:
        return dice.choice((50, 30, 40, 80))
    return dice.choice((*TIE_TARGETS, dice.randint(1, 3000), round(dice.uniform(0.1, 90), 1)))


def _done(spec: Input, target: Typed, dice: random.Random, emptiness: float, slip: float) -> Typed:
    if dice.random() < slip:
        return dice.choice((-1, "已完成", "不适用", "95%", 101 if spec.maximum else -3))
    if dice.random() < emptiness:
        return dice.choice((None, None, "—", 0))
    if isinstance(target, str) or not target or target < 0:
        return dice.choice((None, "不适用", 3, 0))
    whole = dice.randint(0, int(target * 1.2) + 1)
    done = dice.choice((target, whole, whole, round(whole + dice.random(), 2)))
    if spec.maximum is not None:
        done = dice.choice((0, 1, 0.45)) if done < 1 else min(done, int(spec.maximum))
    return done


def _single(spec: Input, dice: random.Random, emptiness: float, slip: float) -> Typed:
    if spec.kind is InputKind.FLAG:
        if dice.random() < slip:
            return dice.choice(("完成", 2, "不适用"))
        if dice.random() < emptiness:
            return dice.choice((None, "—"))
        return dice.choice(("是", "否", "是", "否", "√", "×", "✔", "☑", "✘", 1, 0))
    if dice.random() < slip:
        return dice.choice((-0.5, "优秀", 101, "不适用", 2.5 if spec.kind is InputKind.COUNT else -1))
    if dice.random() < emptiness:
        return dice.choice((None, "—"))
    if spec.kind is InputKind.COUNT:
        return dice.randint(0, 9)
    full = float(spec.maximum or Decimal(0))
    return dice.choice((0, full, round(dice.uniform(0, full), 2), round(dice.uniform(0, full), 2), round(full / 8, 3)))


def expected(layout: FormLayout, filling: Filling) -> dict[tuple[str, int, int], str | float]:
    """What Python says every formula cell shows."""
    entries: dict[str, Entry] = {}
    for code, spec in layout.scheme.inputs.items():
        readings = []
        for head in (VALUE, TARGET):
            typed = filling.typed.get((code, head))
            if isinstance(typed, str) and typed not in ("不适用", "—", "是", "否", "√", "×", "✔", "☑", "✘"):
                typed = f"{typed}…"  # formulas read no number out of a text, so neither may this
            readings.append(read_cell(typed, spec, Place()).value)
        entries[code] = Entry(*readings)
    return dict(form_view(layout, entries, filling.names))


def columns_of(annex: Annex) -> tuple[str, ...]:
    """The heads of the columns that are filled in, in sheet order."""
    return tuple(c for c in annex.columns if c in (CONTENT, TARGET, VALUE))


def column_rows(annex: Annex, head: str, filling: Filling) -> list[list[Typed]]:
    """The column's contents from the annex's first field to its last, as rows of one cell."""
    by_row = {row: filling.typed.get((code, head)) for code, row in annex.fields.items()}
    return [[by_row[row]] for row in range(min(by_row), max(by_row) + 1)]
