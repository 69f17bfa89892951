"""The second layer: several units' values for one field made into the one that counts, and who is still awaited.

Departments that evaluate a task together are taken by the reading `joint_evaluation`, experts by `expert_trim`; which of
them are listened to where both judge, by `expert_tasks`. An
expert who has declared a conflict (回避) does not count. A field waits until all whose value would count have given one:
what one of them says later can still move the score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from xladdin import issues
from xladdin.classes import record, replace
from xladdin.evaluations.lists import Counted
from xladdin.evaluations.reading import Evaluation, UnitReport
from xladdin.evaluations.units import Unit, UnitKind
from xladdin.fields.origins import Sourced
from xladdin.fields.tables import squeezed
from xladdin.forms.form import Field
from xladdin.issues import Issue
from xladdin.methods.inputs import Entries, InputKind
from xladdin.methods.item import Policies
from xladdin.methods.marks import mean_mark
from xladdin.numbers import NOT_APPLICABLE, Fault, Value, plain
from xladdin.scheme.model import Scheme
from xladdin.words import VALUE

READINGS = ("joint_evaluation", "expert_trim", "expert_tasks")
"""The readings that what follows asks for."""


@record
class Judged:
    """A unit's value for a field of a district."""

    unit: Unit
    evaluation: Evaluation


@record
class Judgement:
    """What units say of a field of a district: everything, the one value that comes of it, and how it came about.

    `value` is None where nobody has judged yet; `sources` are the cells of the values that it is made of, `beside` those that
    do not count and the lines of lists that were counted.
    """

    said: tuple[Judged, ...]
    value: Value
    how: str
    sources: tuple[Sourced, ...]
    beside: tuple[Sourced, ...]


_NOTHING_SAID = Judgement((), None, "", (), ())


class Judging:
    """What the units of a round judge. `evaluators` are all who are to judge, whether there is a report of theirs or not."""

    def __init__(
        self, scheme: Scheme, policies: Policies, reports: Iterable[UnitReport], evaluators: Sequence[Unit]
    ) -> None:
        self.scheme = scheme
        self.policies = policies
        self.reports = tuple(reports)
        self.evaluators = tuple(evaluators)
        self.asked = {code: [unit for unit in evaluators if code in unit.codes] for code in scheme.inputs}
        self._said: dict[tuple[str, str], list[Judged]] = {}
        for report in self.reports:
            assert report.unit is not None  # those of nobody were left out when they were collected
            for evaluation in report.evaluations:
                key = evaluation.district, evaluation.code
                self._said.setdefault(key, []).append(Judged(report.unit, evaluation))

    def judgement(self, district: str, reported: Field, assigned: Value, found: list[Issue]) -> Judgement:
        """What came of all that units say of a field; what does not fit it, or its 任务量, is added to `found`."""
        said = tuple(self._said.get((district, reported.code), ()))
        if not said:
            return _NOTHING_SAID
        fitting, misfits = _fitting(self.scheme, reported, assigned, said, found)
        value, how = combined(self.scheme, self.policies, reported.code, fitting)
        counted = [*weighed(self.scheme, self.policies, reported.code, fitting), *misfits]
        sources = tuple(_sourced(one) for one, why in counted if not why)
        beside = [_sourced(one, why) for one, why in counted if why]
        beside += [_line(one, counted_line) for one, why in counted if not why for counted_line in one.evaluation.lines]
        return Judgement(said, value, how, sources, tuple(beside))

    def awaited(self, reported: Field, entries: Entries, said: Sequence[Judged]) -> tuple[str, ...]:
        """The units whose value for the field would count and is not there yet, or may yet change.

        `entries` is what counts of the district's fields up to this one.
        """
        if not _is_to_be_judged(self.scheme, reported, entries):
            return ()
        asked: Sequence[Unit] = self.asked[reported.code]
        recused = {one.unit for one in said if one.evaluation.recused and not one.evaluation.is_open}
        people = [unit for unit in asked if unit.kind is UnitKind.EXPERT]
        if (
            people
            and not recused.issuperset(people)
            and not _departments_decide(self.scheme, self.policies, reported.code)
        ):
            asked = people
        else:
            others = [unit for unit in asked if unit not in people]
            asked = _leading(self.scheme, self.policies, reported.code, others)
        if self.scheme.inputs[reported.code].members:
            members = [unit for unit in asked if unit.kind is UnitKind.DEPARTMENT]
            is_given = any(one.unit in members and one.evaluation.value is not None for one in said)
            is_settled = not is_given and any(one.evaluation.value is not None for one in said)
            asked = [] if is_settled else members
        done = {one.unit for one in said if one.evaluation.value is not None and not one.evaluation.is_open} | recused
        return tuple(unit.name for unit in asked if unit not in done)


def _fitting(
    scheme: Scheme, reported: Field, assigned: Value, given: Sequence[Judged], found: list[Issue]
) -> tuple[Sequence[Judged], Sequence[tuple[Judged, str]]]:
    """The units' values as far as they fit what the district was assigned and has handed in; the others, which are reported."""
    spec = scheme.inputs[reported.code]
    said = [one for one in given if one.evaluation.value is not None]
    if spec.names_case and said and reported.is_named is False:
        for one in said:
            text = f"评分“{one.evaluation.typed}”，该区没有报送这个案例"
            found.append(issues.issue(issues.CASE_NOT_HANDED_IN, one.evaluation.place, text))
        return (), [(one, "该区没有报送这个案例") for one in said]
    if spec.names_case and reported.case_name:
        found += _about_other_cases(reported, said)
    if spec.kind is not InputKind.AMOUNT or not isinstance(assigned, Decimal) or assigned <= 0:
        return given, ()
    fitting = []
    for one in given:
        evaluation = one.evaluation
        now = reported.value
        if evaluation.confirmed is not None and now.place and now.value != evaluation.confirmed:
            text = f"核定时区报为 {plain(evaluation.confirmed)}，该区的表现为“{now.typed or '空白'}”"
            found.append(issues.issue(issues.CONFIRMED_ANOTHER, evaluation.place, text))
        if evaluation.value is NOT_APPLICABLE:
            texts = {"target": plain(assigned), "unit": spec.unit}
            text = f"“{evaluation.typed}”"
            found.append(issues.issue(issues.ASSIGNED_NOT_APPLICABLE, evaluation.place, text, **texts))
            evaluation = replace(evaluation, value=Fault("下达了任务量，不能填不适用"))
        fitting.append(replace(one, evaluation=evaluation))
    return fitting, ()


def _about_other_cases(reported: Field, said: Sequence[Judged]) -> Iterator[Issue]:
    """The finding that marks were given for a case of another name than the district hands in now, as after an exchange."""
    own = squeezed(reported.case_name)
    others = [one.evaluation for one in said if squeezed(one.evaluation.case) not in ("", own)]
    if others:
        judged = "、".join(dict.fromkeys(f"“{one.case}”" for one in others))
        text = f"{len(others)} 份评分表里这个案例是{judged}，该区现在报的是“{reported.case_name}”"
        yield issues.issue(issues.ANOTHER_CASE, others[0].place, text, case=reported.case_name)


def _is_to_be_judged(scheme: Scheme, reported: Field, entries: Entries) -> bool:
    """Whether there is anything to judge: an amount was assigned, a case handed in, something could be rectified."""
    spec = scheme.inputs[reported.code]
    if spec.kind is InputKind.AMOUNT:
        target = entries[reported.code].target
        return isinstance(target, Decimal) and target > 0
    if spec.names_case:
        return bool(reported.case_name)
    return not spec.at_most or entries[spec.at_most].value != 0


def _leading(scheme: Scheme, policies: Policies, code: str, asked: Sequence[Unit]) -> Sequence[Unit]:
    """Those of several departments who are listened to."""
    first = _first_named(scheme, code)
    if first and policies["joint_evaluation"] != "lead":
        first = ""
    return [unit for unit in asked if unit.name == first] if first else asked


def _departments_decide(scheme: Scheme, policies: Policies, code: str) -> bool:
    """Whether experts are not listened to, because the task has departments that evaluate it."""
    item_id = scheme.inputs[code].item_id
    is_of_both = scheme.items[item_id].by_experts and item_id in scheme.tasks
    return is_of_both and policies["expert_tasks"] == "departments"


def _first_named(scheme: Scheme, code: str) -> str:
    """The department that the text names first, where it names several."""
    named = scheme.departments_of(code)
    return named[0] if len(named) > 1 else ""


def weighed(scheme: Scheme, policies: Policies, code: str, given: Iterable[Judged]) -> list[tuple[Judged, str]]:
    """The values that units have given, each with the reason why it does not count; blank where it does."""
    said = [one for one in given if one.evaluation.value is not None and not one.evaluation.recused]
    whys: list[str] = [""] * len(said)

    def leave_out(why: str, is_left_out: Callable[[Judged], bool]) -> None:
        for n, one in enumerate(said):
            if not whys[n] and is_left_out(one):
                whys[n] = why

    def anybody(kind: UnitKind) -> bool:
        return any(one.unit.kind is kind and not why for one, why in zip(said, whys, strict=True))

    if _departments_decide(scheme, policies, code):
        leave_out(
            f"口径{scheme.reading_title('expert_tasks')}：采用评价部门的", lambda one: one.unit.kind is UnitKind.EXPERT
        )
    # Where experts have spoken, the department that asked them has nothing to add.
    if anybody(UnitKind.EXPERT):
        leave_out("采用专家的评分", lambda one: one.unit.kind is not UnitKind.EXPERT)
    elif (first := _first_named(scheme, code)) and policies["joint_evaluation"] == "lead":
        leave_out(
            f"口径{scheme.reading_title('joint_evaluation')}：以列第一位的{first}为准",
            lambda one: one.unit.name != first,
        )
    if scheme.inputs[code].members and anybody(UnitKind.DEPARTMENT):
        leave_out("采用成员单位的评分", lambda one: one.unit.kind is not UnitKind.DEPARTMENT)
    return list(zip(said, whys, strict=True))


def combined(scheme: Scheme, policies: Policies, code: str, given: Sequence[Judged]) -> tuple[Value, str]:
    """The one value of a field that units have judged, and how it came about; None where nobody has."""
    said = weighed(scheme, policies, code, given)
    counted = [one for one, why in said if not why]
    what = "核定" if scheme.inputs[code].kind is InputKind.AMOUNT else "评价"
    if not counted:
        return None, f"{code} 尚未{what}（{said[0][1]}）" if said else ""
    faults = [one for one in counted if isinstance(one.evaluation.value, Fault)]
    if faults:
        why = f"{faults[0].unit.name}的评价值不能采用"
        return Fault(f"：{why}"), f"{code} {why}"
    numbers = [one.evaluation.value for one in counted if type(one.evaluation.value) is Decimal]
    if len(numbers) < len(counted):  # 是/否 comes from one unit; 不适用 is only left where nothing was assigned
        return counted[0].evaluation.value, f"{code} 采用{counted[0].unit.name}的评价"
    if counted[0].unit.kind is UnitKind.EXPERT:
        mean, words = mean_mark(numbers, trim=int(policies["expert_trim"]))
        return _decimal(mean), f"{code} {len(counted)} 位专家：{words()}"
    if len(counted) == 1:
        return numbers[0], f"{code} 采用{counted[0].unit.name}{what}的 {plain(numbers[0])}"
    value, _words = mean_mark(numbers)
    listed = "、".join(f"{one.unit.name} {plain(n)}" for one, n in zip(counted, numbers, strict=True))
    return _decimal(value), f"{code} {len(counted)} 个部门{what}（{listed}），平均 {plain(value)}"


def _decimal(number: Fraction) -> Decimal:
    """The number with the context's 28 digits: a mean that is a tie at two decimals ends long before."""
    return (Decimal(number.numerator) / Decimal(number.denominator)).normalize() + 0


def _sourced(one: Judged, why: str = "") -> Sourced:
    e = one.evaluation
    return Sourced(e.code, f"{VALUE}（{one.unit.name}）", e.value, e.typed, e.place, why)


def _line(one: Judged, counted: Counted) -> Sourced:
    """A line of the list that a number was counted from."""
    line = counted.line
    value = Decimal(1) if counted.counts else None
    return Sourced(
        one.evaluation.code, line.place.sheet, value, line.title, line.place, "" if counted.counts else counted.reason
    )
