"""What the formulas of a round's other workbooks say, row by row: as native formulas, and the same in Python.

Each kind of row gives its formulas by head, and what they show for what is typed into the row; tests hold the two together
through LibreOffice. As in 区填报表 the formulas read no number out of a text.
"""

from __future__ import annotations

from decimal import Decimal

from xladdin.classes import record
from xladdin.fillin.checks import PLACES, At, TypedRow, bad_amount, bad_field, chain, seen
from xladdin.fillin.sheets import Shown
from xladdin.methods import checks
from xladdin.methods.formulas import is_blank, is_implausible, is_no, is_yes, number_in, quoted
from xladdin.methods.inputs import Input, InputKind
from xladdin.numbers import NOT_APPLICABLE, Fault, Value, half_up
from xladdin.words import (
    CASE,
    CHECK,
    DEVIATION,
    MARK,
    RATING,
    RECUSED,
    REMARK,
    REPORTED,
    SAME,
    TARGET,
    VERIFIED,
)

NOT_VERIFIED = "缺：未核定"
NOT_MARKED = "缺：未评分"
NOT_RATED = "缺：未评定"
LEFT_TO_MEMBERS = "不需填：由成员单位评，都没有评的才填"
NOTHING_REPORTED = "错误：没有区报数，请填核定完成量"
BAD_SAME = f"错误：{SAME}只填“是”，不同的留空"
SAME_BUT_DIFFERENT = f"错误：已选{SAME}，核定完成量应留空或与区报相同"
EXPLAIN_DEVIATION = "提示：与区报不同，请写说明"
BAD_RECUSAL = "错误：回避只填“是”，不回避的留空"
RECUSED_AND_MARKED = "错误：已回避，不能评分"
CASE_UNNAMED = "提示：该区未报送案例名称，请核实"

CITED = "被督查"
"""Stands, where a row's cells are asked for by head, for the number of the row that this one may not exceed."""

UNUSABLE = "填报有误"
"""Stands for what a district reported where it cannot be used."""


RECUSAL = Input(RECUSED, RECUSED, "是/否", InputKind.FLAG)
"""The field 回避 as a field to be read."""

CONFIRMS = Input(SAME, SAME, "是/否", InputKind.FLAG)
"""The field 同区报 as a field to be read."""


@record
class AmountRow:
    """An indicator of a district, whose completed amount a department verifies, by a number or by 同区报.

    `target` and `reported` are what the district's form holds: a number, a text that stands for what is no number, or
    nothing where there is no form. 不适用 as the target says that nothing was assigned.
    """

    spec: Input
    target: Shown | None
    reported: Shown | None

    def formulas(self, at: At) -> dict[str, str]:
        value, target, reported = at(VERIFIED), at(TARGET), at(REPORTED)
        both = f"AND(ISNUMBER({value}),ISNUMBER({reported}))"
        same = f"AND(NOT({is_blank(at(SAME))}),OR({is_yes(at(SAME))}))"
        unsure = f"NOT(OR({is_blank(at(SAME))},OR({is_yes(at(SAME))}),OR({is_no(at(SAME))})))"
        counts = f"IF({is_blank(value)},{reported},{value})"  # where there is one of them
        steps = [
            (f"ISERROR({value}&{at(SAME)})", quoted(checks.BAD_CELL)),
            (unsure, quoted(BAD_SAME)),
            (bad_amount(value, self.spec), quoted(checks.bad_value(self.spec))),
            (
                f'{target}="{checks.NOT_APPLICABLE}"',
                f'IF({number_in(value)}>0,{quoted(checks.NOT_ASSIGNED)},"{checks.NOT_APPLICABLE}")',
            ),
            (
                f'{value}="{checks.NOT_APPLICABLE}"',
                f'IF({number_in(target)}>0,{quoted(checks.ASSIGNED)},"{checks.NOT_APPLICABLE}")',
            ),
            (f"AND({is_blank(value)},NOT({same}))", quoted(NOT_VERIFIED)),
            (f"AND({same},NOT(ISNUMBER({reported})))", quoted(NOTHING_REPORTED)),
            (f"AND({same},NOT({is_blank(value)}),{value}<>{reported})", quoted(SAME_BUT_DIFFERENT)),
            (f'AND({both},{value}<>{reported},{at(REMARK)}="")', quoted(EXPLAIN_DEVIATION)),
            (
                f"AND(ISNUMBER({target}),{is_implausible(counts, number_in(target), self.spec)})",
                quoted(checks.IMPLAUSIBLE),
            ),
            (f"AND(ISNUMBER({target}),{counts}>{target})", quoted(checks.OVER)),
        ]
        shown = f'LEFT({at(CHECK)},{len(checks.ERROR)})<>"{checks.ERROR}",ISNUMBER({value}),ISNUMBER({reported})'
        deviation = f'=IF(AND({shown}),ROUND({value}-{reported},{PLACES}),"")'
        return {DEVIATION: deviation, CHECK: chain(steps, quoted(checks.GOOD))}

    def shown(self, typed: TypedRow) -> dict[str, Shown]:
        value, same = seen(typed.get(VERIFIED), self.spec), seen(typed.get(SAME), CONFIRMS)
        reported = Decimal(repr(self.reported)) if isinstance(self.reported, float) else None
        state = self._state(value, same, reported, explained=bool(typed.get(REMARK)))
        deviation: Shown = ""
        if isinstance(value, Decimal) and reported is not None and not state.startswith(checks.ERROR):
            deviation = float(half_up(value - reported, PLACES))
        return {DEVIATION: deviation, CHECK: state}

    def _state(self, value: Value, same: Value, reported: Decimal | None, *, explained: bool) -> str:
        number = value if isinstance(value, Decimal) else Decimal(0)
        if isinstance(same, Fault):
            return BAD_SAME
        if isinstance(value, Fault):
            return checks.bad_value(self.spec)
        if self.target == checks.NOT_APPLICABLE:
            return checks.NOT_ASSIGNED if number > 0 else checks.NOT_APPLICABLE
        assigned = isinstance(self.target, float)
        if value is NOT_APPLICABLE:
            return checks.ASSIGNED if assigned else checks.NOT_APPLICABLE
        if value is None and same is not True:
            return NOT_VERIFIED
        if same is True:
            if reported is None:
                return NOTHING_REPORTED
            if value not in (None, reported):
                return SAME_BUT_DIFFERENT
            number = reported
        if reported not in (None, number) and not explained:
            return EXPLAIN_DEVIATION
        if isinstance(self.target, float) and checks.is_implausible(self.spec, number, Decimal(repr(self.target))):
            return checks.IMPLAUSIBLE
        return checks.OVER if isinstance(self.target, float) and number > self.target else checks.GOOD


@record
class MarkRow:
    """A department's mark for a district."""

    spec: Input

    def formulas(self, at: At) -> dict[str, str]:
        value = at(MARK)
        steps = [
            (f"ISERROR({value})", quoted(checks.BAD_CELL)),
            (is_blank(value), quoted(NOT_MARKED)),
            (bad_field(value, self.spec), quoted(checks.bad_value(self.spec))),
        ]
        return {CHECK: chain(steps, quoted(checks.GOOD))}

    def shown(self, typed: TypedRow) -> dict[str, Shown]:
        value = seen(typed.get(MARK), self.spec)
        if value is None:
            return {CHECK: NOT_MARKED}
        return {CHECK: checks.GOOD if isinstance(value, Decimal) else checks.bad_value(self.spec)}


@record
class ReviewRow:
    """An expert's mark for a district; `case` names the case, or says that none was handed in."""

    spec: Input
    case: str = ""

    def formulas(self, at: At) -> dict[str, str]:
        value, recused = at(MARK), at(RECUSED)
        not_handed_in = f'{at(CASE)}="{checks.NOT_HANDED_IN}"'
        unsure = f"NOT(OR({is_blank(recused)},OR({is_yes(recused)}),OR({is_no(recused)})))"
        steps = [
            (f"ISERROR({value}&{recused})", quoted(checks.BAD_CELL)),
            (unsure, quoted(BAD_RECUSAL)),
            (
                f"AND(NOT({is_blank(recused)}),OR({is_yes(recused)}))",
                f"IF({is_blank(value)},{quoted(RECUSED)},{quoted(RECUSED_AND_MARKED)})",
            ),
            (is_blank(value), f"IF({not_handed_in},{quoted(checks.NOT_HANDED_IN)},{quoted(NOT_MARKED)})"),
            (bad_field(value, self.spec), quoted(checks.bad_value(self.spec))),
            (not_handed_in, quoted(CASE_UNNAMED)),
        ]
        return {CHECK: chain(steps, quoted(checks.GOOD))}

    def shown(self, typed: TypedRow) -> dict[str, Shown]:
        value, recused = seen(typed.get(MARK), self.spec), seen(typed.get(RECUSED), RECUSAL)
        not_handed_in = self.case == checks.NOT_HANDED_IN
        if isinstance(recused, Fault):
            state = BAD_RECUSAL
        elif recused is True:
            state = RECUSED if value is None else RECUSED_AND_MARKED
        elif value is None:
            state = checks.NOT_HANDED_IN if not_handed_in else NOT_MARKED
        elif not isinstance(value, Decimal):
            state = checks.bad_value(self.spec)
        else:
            state = CASE_UNNAMED if not_handed_in else checks.GOOD
        return {CHECK: state}


@record
class RatingRow:
    """What the office decides of a district; `cited` is the field of the number that this one may not exceed, if any."""

    spec: Input
    cited: Input | None = None

    @property
    def _when_blank(self) -> str:
        return LEFT_TO_MEMBERS if self.spec.members else NOT_RATED

    def formulas(self, at: At) -> dict[str, str]:
        value = at(RATING)
        blank, otherwise = quoted(self._when_blank), quoted(checks.GOOD)
        if self.cited:
            cited = at(CITED)
            blank = f"IF(AND(ISNUMBER({cited}),{cited}=0),{otherwise},{blank})"
            otherwise = f"IF({value}>{number_in(cited)},{quoted(checks.MORE_RECTIFIED)},{otherwise})"
        steps = [
            (f"ISERROR({value})", quoted(checks.BAD_CELL)),
            (is_blank(value), blank),
            (bad_field(value, self.spec), quoted(checks.bad_value(self.spec))),
        ]
        return {CHECK: chain(steps, otherwise)}

    def shown(self, typed: TypedRow) -> dict[str, Shown]:
        value = seen(typed.get(RATING), self.spec)
        raw = typed.get(CITED)
        # Formulas compare with the number that stands there, fit or not.
        cited = Decimal(repr(raw)) if isinstance(raw, int | float) else None
        if value is None:
            return {CHECK: checks.GOOD if cited == 0 else self._when_blank}
        if isinstance(value, Fault) or value is NOT_APPLICABLE:
            return {CHECK: checks.bad_value(self.spec)}
        if self.cited and isinstance(value, Decimal) and value > (cited or 0):
            return {CHECK: checks.MORE_RECTIFIED}
        return {CHECK: checks.GOOD}
