"""Several units' values for one field made into the one that counts: the judged value stands over the reported one.

Departments that evaluate a task together are taken by the reading `joint_evaluation`, experts by `expert_trim`; an
expert who has declared a conflict (回避) does not count. What was reported stays beside it, to be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal, cast

from xladdin.assessment.evaluations import Evaluation
from xladdin.assessment.forms import Form, Sourced
from xladdin.assessment.units import Unit, UnitKind
from xladdin.scheme.items import InputKind
from xladdin.scheme.model import Scheme
from xladdin.scheme.policies import Policies
from xladdin.scoring import methods
from xladdin.scoring.items import BLANK
from xladdin.scoring.numbers import Fault, Value, plain
from xladdin.workbook.layout import VALUE

DIGITS = 28
"""Digits of a mean: a mean that is a tie at two decimals ends long before."""


@dataclass(frozen=True)
class Judged:
    """A unit's value for a field of a district."""

    unit: Unit
    evaluation: Evaluation


@dataclass(frozen=True)
class Comparison:
    """A field that units judge: what was reported, what each of them says, and what counts.

    `counts` is None where nobody has judged yet; `told` says how several values became one.
    """

    district: str
    code: str
    target: Value
    reported: Value
    judged: tuple[Judged, ...]
    counts: Value
    told: str

    @property
    def is_judged(self) -> bool:
        return any(one.evaluation.value is not None for one in self.judged)


def merged(
    scheme: Scheme,
    policies: Policies,
    forms: Mapping[str, Form],
    judged: Mapping[tuple[str, str], Sequence[Judged]],
) -> tuple[dict[str, Form], list[Comparison]]:
    """The districts' forms with the judged values in place of the reported ones, and every comparison.

    `judged` holds the units' values by district and code. Every field of the scheme is for some unit to judge.
    """
    results: dict[str, Form] = {}
    comparisons: list[Comparison] = []
    for district, form in forms.items():
        entries = dict(form.entries)
        sources = list(form.sources)
        for code in scheme.inputs:
            given = tuple(judged.get((district, code), ()))
            entry = entries.get(code, BLANK)
            value, told = combined(scheme, policies, code, given)
            comparisons.append(Comparison(district, code, entry.target, entry.value, given, value, told))
            if any(one.evaluation.value is not None for one in given):
                entries[code] = replace(entry, value=value, told=told)
                sources += [_sourced(one) for one in given if one.evaluation.value is not None]
        results[district] = replace(form, entries=entries, sources=sources)
    return results, comparisons


def combined(scheme: Scheme, policies: Policies, code: str, given: Sequence[Judged]) -> tuple[Value, str]:
    """The one value of a field that units have judged, and how it came about; None where nobody has."""
    counted = [one for one in given if one.evaluation.value is not None and not one.evaluation.recused]
    # Where experts have spoken, the department that asked them has nothing to add.
    by_experts = [one for one in counted if one.unit.kind is UnitKind.EXPERT]
    counted = by_experts or counted
    faults = [one for one in counted if isinstance(one.evaluation.value, Fault)]
    if faults:
        return Fault(f"：{faults[0].unit.name}的评价值不能采用"), ""
    if not counted:
        return None, ""
    numbers = [one.evaluation.value for one in counted if type(one.evaluation.value) is Decimal]
    if len(numbers) < len(counted):  # 是/否 and 不适用 come from one unit each
        return counted[0].evaluation.value, f"{code} 采用{counted[0].unit.name}的评价"
    if by_experts:
        mean, words = methods.mean_mark(numbers, trim=int(policies["expert_trim"]))
        return _decimal(mean), f"{code} {len(counted)} 位专家：{words()}"
    return _joint(scheme, policies, code, counted, numbers)


def _joint(
    scheme: Scheme, policies: Policies, code: str, counted: Sequence[Judged], numbers: Sequence[Decimal]
) -> tuple[Value, str]:
    what = "核定" if scheme.inputs[code].kind is InputKind.AMOUNT else "评价"
    way = cast("Literal['mean', 'lead']", policies["joint_evaluation"])
    named = next((task.departments for task in scheme.annex2.tasks if task.id == scheme.inputs[code].item_id), ())
    if way == "lead" and len(named) > 1:
        lead = [one for one in counted if one.unit.name == named[0]]
        if not lead:
            return None, f"{code} 以列第一位的{named[0]}为准，尚未{what}"
        counted, numbers = lead, [n for one, n in zip(counted, numbers, strict=True) if one in lead]
    if len(counted) == 1:
        return numbers[0], f"{code} 采用{counted[0].unit.name}{what}的 {plain(numbers[0])}"
    value = methods.joint(numbers, by=way)
    assert value is not None
    listed = "、".join(f"{one.unit.name} {plain(n)}" for one, n in zip(counted, numbers, strict=True))
    return _decimal(value), f"{code} {len(counted)} 个部门{what}（{listed}），平均 {plain(value)}"


def _decimal(number: Fraction) -> Decimal:
    return (Decimal(number.numerator) / Decimal(number.denominator)).normalize() + 0


def _sourced(one: Judged) -> Sourced:
    evaluation = one.evaluation
    return Sourced(evaluation.code, f"{VALUE}（{one.unit.name}）", evaluation.value, evaluation.typed, evaluation.place)
