"""What the scheme says about an item, and how a score came about."""
# ruff: noqa: N802 - the names are those of the formulas

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from udfs import workbook
from udfs.registration import cell_function
from udfs.values import ERROR, Cells
from xladdin.classes import replace
from xladdin.methods.checks import allowed, looks_like_share, names_case
from xladdin.methods.inputs import AllUnits, InputKind
from xladdin.numbers import ScoringError, Value

if TYPE_CHECKING:
    from xladdin.scheme import Item, Scheme


@cell_function
def FS_EXPLAIN(item: Cells, done_or_value: Cells, target: Cells, units: Cells) -> str:
    """A score's derivation under the default readings, with its clause."""
    # Late for the same reason as the scheme itself, see `workbook.scheme`.
    from xladdin.methods.inputs import Entry
    from xladdin.scoring.items import Status, score_item

    own = _item(item)
    values = _values(own, done_or_value)
    if own.inputs[0].kind is InputKind.AMOUNT:
        if target.left_out:
            raise ScoringError(f"{own.id} 按完成率计分，要写{target.label}")
        done_or_value.must_match(target)
        targets = _values(own, target)
    else:
        targets = [None] * len(values)
    named: list[bool | None] = [None] * len(values)
    everybody = _everybody(own, target, units)
    if own.inputs[0].names_case and not target.left_out:
        done_or_value.must_match(target)
        named = [names_case("" if v is None else str(v)) for v in target.values]
    elif everybody is None and own.inputs[0].kind is not InputKind.AMOUNT and any(v is not None for v in target.values):
        raise ScoringError(f"{own.id} 不按完成率计分，不要写{target.label}")
    entries = {
        spec.code: Entry(value, assigned, named=is_named, among=everybody)
        for spec, value, assigned, is_named in zip(own.inputs, values, targets, named, strict=False)
    }
    score = score_item(own, entries, workbook.scheme().default_policies)
    return f"{ERROR}：{score.explain}" if score.status is Status.ERROR else score.explain


@cell_function
def FS_POINTS(item: Cells) -> Decimal:
    """分值."""
    return _item(item).points


@cell_function
def FS_CLAUSE(item: Cells) -> str:
    """The sentence that governs the item."""
    return _item(item).clause.strip()


def _everybody(item: Item, numbers: Cells, units: Cells) -> AllUnits | None:
    """What all units have, by their names where they are given; None for what is not compared or has none to be compared with."""
    if not item.among_all and not units.left_out:
        raise ScoringError(f"{item.id} 不与全部单位比较，不要写{units.label}")
    if not item.among_all or numbers.left_out:
        return None
    if units.left_out:
        return numbers.all_units()
    numbers.must_match(units)
    names = [value if isinstance(value, str) else "" for value in units.values]
    scheme = workbook.scheme()
    groups = {scheme.compared_group(item.inputs[0].code, name) if name in scheme.group_of else "" for name in names}
    return replace(numbers.all_units(names), group=groups.pop() if len(groups) == 1 else "")


def _item(cells: Cells) -> Item:
    scheme = workbook.scheme()
    items = scheme.items
    wanted = cells.text(_known(scheme))
    if wanted not in items:
        raise cells.refused(0, wanted, _known(scheme))
    return items[wanted]


@cache
def _known(scheme: Scheme) -> str:
    return f"计分项的编号：{_listed(list(scheme.items))}"


def _listed(ids: list[str]) -> str:
    """The ids, those that only count up written as first–last."""
    runs = [list(run) for _letters, run in groupby(ids, lambda id_: re.sub(r"\d", "", id_))]
    return "、".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else run[0] for run in runs)


def _values(item: Item, cells: Cells) -> list[Value]:
    """The values of the item's fields, in their order."""
    inputs = item.inputs
    # A district may hand in fewer cases than it could.
    enough = len(cells.values) <= len(inputs) if inputs[0].names_case else len(cells.values) == len(inputs)
    if not enough:
        names = "、".join(f"{spec.code} {spec.name}" for spec in inputs)
        raise ScoringError(f"{cells.label}有 {len(cells.values)} 格，{item.id} 应为 {len(inputs)} 格：{names}")
    if inputs[0].kind is InputKind.FLAG:
        return [*cells.flags()]
    if any(spec.signed for spec in inputs):
        return [*cells.any_marks()]
    amounts = cells.amounts()
    if inputs[0].kind is InputKind.AMOUNT:  # marks and counts are held to their limits where they are scored
        for n, (spec, amount) in enumerate(zip(inputs, amounts, strict=True)):
            top = spec.maximum
            if top is not None and isinstance(amount, Decimal) and (amount > top or looks_like_share(spec, amount)):
                raise cells.refused(n, amount, allowed(spec))
    return [*amounts]
