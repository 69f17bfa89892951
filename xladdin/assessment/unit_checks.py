"""What the formulas of a round's other workbooks say, row by row: as native formulas, and the same in Python.

Each kind of row gives its formulas by head, and what they show for what is typed into the row; tests hold the two together
through LibreOffice. As in 区填报表 the formulas read no number out of a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from xladdin.assessment import checks
from xladdin.assessment.intake import read_cell
from xladdin.assessment.native import is_blank, quoted
from xladdin.issues import Place
from xladdin.scheme.items import Indicator, Input, InputKind
from xladdin.scoring.numbers import MAX_NUMBER, NOT_APPLICABLE, Fault, Value, half_up, plain
from xladdin.workbook.cells import CellError, Raw
from xladdin.workbook.layout import CHECK, TARGET
from xladdin.workbook.unit_layout import (
    CASE,
    CITY_AMOUNT,
    DEVIATION,
    DIFFERENCE,
    MARK,
    RATING,
    RECUSED,
    REMARK,
    REPORTED,
    SUM,
    VERIFIED,
    Shown,
)

At = Callable[[str], str]
"""A1 reference of a head's cell in the row."""

TypedRow = Mapping[str, Raw]
"""What is typed into a row, by head."""

HINT = "提示"
"""First word of what is to be looked at, and no error."""

NOT_VERIFIED = "缺：未核定"
NOT_MARKED = "缺：未评分"
NOT_RATED = "缺：未评定"
NOT_DIVIDED = "缺：各区任务量均未填"
EXPLAIN_DEVIATION = "提示：与区报不同，请写说明"
RECUSED_STATE = "回避"
BAD_RECUSAL = "错误：回避只填“是”，不回避的留空"
RECUSED_AND_MARKED = "错误：已回避，不能评分"
CASE_UNNAMED = "提示：该区未报送案例名称，请核实"
NOT_WHOLE = "提示：有的数不是整数，请核实"
BELOW_LEAST = "提示：少于规定数量的区数："
NOT_THE_ZONES = "提示：与规定比例不同的区数："
OVER_CITY, UNDER_CITY = "提示：各区合计比全市数量多 ", "提示：各区合计比全市数量少 "

CITED = "被督查"
"""Stands, where a row's cells are asked for by head, for the number of the row that this one may not exceed."""

UNUSABLE = "填报有误"
"""Stands for what a district reported where it cannot be used."""

PLACES = 6
"""Decimals of sums and differences: beyond them are the traces of binary fractions."""


class Row(Protocol):
    """A row: its formulas by head, and what they show for what is typed."""

    def formulas(self, at: At) -> dict[str, str]: ...

    def shown(self, typed: TypedRow) -> dict[str, Shown]: ...


RECUSAL = Input(RECUSED, RECUSED, "是/否", InputKind.FLAG)
"""The field 回避 as a field to be read."""


def seen(raw: Raw, spec: Input) -> Value:
    """A typed value as formulas see it."""
    if isinstance(raw, str) and raw not in (checks.NOT_APPLICABLE, *checks.BLANK_MARKS, "是", "否", "√", "×"):
        return Fault(raw)
    return read_cell(raw, spec, Place()).value


def _chain(steps: list[tuple[str, str]], otherwise: str) -> str:
    body = otherwise
    for condition, words in reversed(steps):
        body = f"IF({condition},{words},{body})"
    return f"={body}"


def _yes(cell: str) -> str:
    return f'OR({cell}="是",{cell}="√",{cell}=TRUE,{cell}=1)'


def _no(cell: str) -> str:
    return f'OR({cell}="否",{cell}="×",{cell}=FALSE,{cell}=0)'


def bad_amount(cell: str, spec: Input) -> str:
    """The condition that a cell holds no amount, no blank and no 不适用."""
    tests = [
        f'AND(NOT(ISNUMBER({cell})),NOT({is_blank(cell)}),{cell}<>"{checks.NOT_APPLICABLE}")',
        f"AND(ISNUMBER({cell}),{cell}<0)",
        f"AND(ISNUMBER({cell}),{cell}>{plain(spec.maximum or MAX_NUMBER)})",
    ]
    if checks.is_percentage(spec):
        tests.append(f"AND(ISNUMBER({cell}),{cell}>0,{cell}<1)")
    return f"OR({','.join(tests)})"


def _bad_field(cell: str, spec: Input) -> str:
    if spec.kind is InputKind.FLAG:
        return f"NOT(OR({_yes(cell)},{_no(cell)}))"
    if spec.kind is InputKind.COUNT:
        return f"IF(ISNUMBER({cell}),OR({cell}<0,{cell}>{plain(MAX_NUMBER)},{cell}<>INT({cell})),TRUE)"
    return f"IF(ISNUMBER({cell}),OR({cell}<0,{cell}>{plain(spec.maximum or Decimal(0))}),TRUE)"


@dataclass(frozen=True)
class AmountRow:
    """An indicator of a district, whose completed amount a department verifies.

    `target` and `reported` are what the district's form holds: a number, a text that stands for what is no number, or
    nothing where there is no form. 不适用 as the target says that nothing was assigned.
    """

    spec: Input
    target: Shown | None
    reported: Shown | None

    def formulas(self, at: At) -> dict[str, str]:
        value, target, reported = at(VERIFIED), at(TARGET), at(REPORTED)
        both = f"AND(ISNUMBER({value}),ISNUMBER({reported}))"
        steps = [
            (f"ISERROR({value})", quoted(checks.BAD_CELL)),
            (bad_amount(value, self.spec), quoted(checks.bad_value(self.spec))),
            (
                f'{target}="{checks.NOT_APPLICABLE}"',
                f'IF(N({value})>0,{quoted(checks.NOT_ASSIGNED)},"{checks.NOT_APPLICABLE}")',
            ),
            (
                f'{value}="{checks.NOT_APPLICABLE}"',
                f'IF(N({target})>0,{quoted(checks.ASSIGNED)},"{checks.NOT_APPLICABLE}")',
            ),
            (is_blank(value), quoted(NOT_VERIFIED)),
            (f'AND({both},{value}<>{reported},{at(REMARK)}="")', quoted(EXPLAIN_DEVIATION)),
            (f"AND(ISNUMBER({target}),{value}>{target})", quoted(checks.OVER)),
        ]
        shown = f'LEFT({at(CHECK)},{len(checks.ERROR)})<>"{checks.ERROR}",ISNUMBER({value}),ISNUMBER({reported})'
        deviation = f'=IF(AND({shown}),ROUND({value}-{reported},{PLACES}),"")'
        return {DEVIATION: deviation, CHECK: _chain(steps, quoted(checks.GOOD))}

    def shown(self, typed: TypedRow) -> dict[str, Shown]:
        value = seen(typed.get(VERIFIED), self.spec)
        deviation: Shown = ""
        reported = self.reported
        if isinstance(value, Decimal) and isinstance(reported, float):
            deviation = float(half_up(value - Decimal(repr(reported)), PLACES))
        return {DEVIATION: deviation, CHECK: self._state(value, bool(typed.get(REMARK)), deviation)}

    def _state(self, value: Value, explained: bool, deviation: Shown) -> str:
        number = value if isinstance(value, Decimal) else Decimal(0)
        if isinstance(value, Fault):
            return checks.bad_value(self.spec)
        if self.target == checks.NOT_APPLICABLE:
            return checks.NOT_ASSIGNED if number > 0 else checks.NOT_APPLICABLE
        assigned = isinstance(self.target, float)
        if value is NOT_APPLICABLE:
            return checks.ASSIGNED if assigned else checks.NOT_APPLICABLE
        if value is None:
            return NOT_VERIFIED
        if deviation and not explained:
            return EXPLAIN_DEVIATION
        return checks.OVER if isinstance(self.target, float) and number > self.target else checks.GOOD


@dataclass(frozen=True)
class MarkRow:
    """A department's mark for a district."""

    spec: Input

    def formulas(self, at: At) -> dict[str, str]:
        value = at(MARK)
        steps = [
            (f"ISERROR({value})", quoted(checks.BAD_CELL)),
            (is_blank(value), quoted(NOT_MARKED)),
            (_bad_field(value, self.spec), quoted(checks.bad_value(self.spec))),
        ]
        return {CHECK: _chain(steps, quoted(checks.GOOD))}

    def shown(self, typed: TypedRow) -> dict[str, Shown]:
        value = seen(typed.get(MARK), self.spec)
        if value is None:
            return {CHECK: NOT_MARKED}
        return {CHECK: checks.GOOD if isinstance(value, Decimal) else checks.bad_value(self.spec)}


@dataclass(frozen=True)
class ReviewRow:
    """An expert's mark for a district; `case` names the case, or says that none was handed in."""

    spec: Input
    case: str = ""

    def formulas(self, at: At) -> dict[str, str]:
        value, recused = at(MARK), at(RECUSED)
        not_handed_in = f'{at(CASE)}="{checks.NOT_HANDED_IN}"'
        unsure = f"NOT(OR({is_blank(recused)},{_yes(recused)},{_no(recused)}))"
        steps = [
            (f"ISERROR({value}&{recused})", quoted(checks.BAD_CELL)),
            (unsure, quoted(BAD_RECUSAL)),
            (
                f"AND(NOT({is_blank(recused)}),{_yes(recused)})",
                f"IF({is_blank(value)},{quoted(RECUSED_STATE)},{quoted(RECUSED_AND_MARKED)})",
            ),
            (is_blank(value), f"IF({not_handed_in},{quoted(checks.NOT_HANDED_IN)},{quoted(NOT_MARKED)})"),
            (_bad_field(value, self.spec), quoted(checks.bad_value(self.spec))),
            (not_handed_in, quoted(CASE_UNNAMED)),
        ]
        return {CHECK: _chain(steps, quoted(checks.GOOD))}

    def shown(self, typed: TypedRow) -> dict[str, Shown]:
        value, recused = seen(typed.get(MARK), self.spec), seen(typed.get(RECUSED), RECUSAL)
        not_handed_in = self.case == checks.NOT_HANDED_IN
        if isinstance(recused, Fault):
            state = BAD_RECUSAL
        elif recused is True:
            state = RECUSED_STATE if value is None else RECUSED_AND_MARKED
        elif value is None:
            state = checks.NOT_HANDED_IN if not_handed_in else NOT_MARKED
        elif not isinstance(value, Decimal):
            state = checks.bad_value(self.spec)
        else:
            state = CASE_UNNAMED if not_handed_in else checks.GOOD
        return {CHECK: state}


@dataclass(frozen=True)
class RatingRow:
    """What 市精细化办 decides of a district; `cited` is the field of the number that this one may not exceed, if any."""

    spec: Input
    cited: Input | None = None

    def formulas(self, at: At) -> dict[str, str]:
        value = at(RATING)
        blank, otherwise = quoted(NOT_RATED), quoted(checks.GOOD)
        if self.cited:
            cited = at(CITED)
            blank = f"IF(AND(ISNUMBER({cited}),{cited}=0),{otherwise},{blank})"
            otherwise = f"IF({value}>N({cited}),{quoted(checks.MORE_RECTIFIED)},{otherwise})"
        steps = [
            (f"ISERROR({value})", quoted(checks.BAD_CELL)),
            (is_blank(value), blank),
            (_bad_field(value, self.spec), quoted(checks.bad_value(self.spec))),
        ]
        return {CHECK: _chain(steps, otherwise)}

    def shown(self, typed: TypedRow) -> dict[str, Shown]:
        value = seen(typed.get(RATING), self.spec)
        raw = typed.get(CITED)
        # Formulas compare with the number that stands there, fit or not.
        cited = Decimal(repr(raw)) if isinstance(raw, int | float) else None
        if value is None:
            return {CHECK: checks.GOOD if cited == 0 else NOT_RATED}
        if isinstance(value, Fault) or value is NOT_APPLICABLE:
            return {CHECK: checks.bad_value(self.spec)}
        if self.cited and isinstance(value, Decimal) and value > (cited or 0):
            return {CHECK: checks.MORE_RECTIFIED}
        return {CHECK: checks.GOOD}


@dataclass(frozen=True)
class TargetRow:
    """An indicator of 任务分解表. `zone_amounts` is the amount the text assigns to each district, where it does so by zone."""

    indicator: Indicator
    spec: Input
    districts: tuple[str, ...]
    zone_amounts: Mapping[str, Decimal]

    @property
    def adds_up(self) -> bool:
        """Whether the districts' amounts make a sum: shares do not."""
        return not checks.is_percentage(self.spec)

    def formulas(self, at: At) -> dict[str, str]:
        cells = [at(name) for name in self.districts]
        span = f"{cells[0]}:{cells[-1]}"
        texts = "".join(f'-COUNTIF({span},"{word}")' for word in (checks.NOT_APPLICABLE, *checks.BLANK_MARKS))
        bad = [f'COUNTIF({span},"<0")>0', f"COUNTA({span})-COUNT({span}){texts}>0"]
        bad.append(f'COUNTIF({span},">{plain(self.spec.maximum or MAX_NUMBER)}")>0')
        if checks.is_percentage(self.spec):
            bad.append(f'COUNTIFS({span},">0",{span},"<1")>0')
        steps = [
            (f"ISERROR(SUM({span}))", quoted(checks.BAD_CELL)),
            (f"OR({','.join(bad)})", quoted(checks.bad_value(self.spec))),
            (f"COUNT({span})=0", quoted(NOT_DIVIDED)),
        ]
        if self.indicator.amount is not None:
            difference = at(DIFFERENCE)
            steps += [
                (f"N({difference})>0", f"{quoted(OVER_CITY)}&{difference}"),
                (f"N({difference})<0", f"{quoted(UNDER_CITY)}&-{difference}"),
            ]
        if self.indicator.at_least is not None:
            fewer = f'{len(cells)}-COUNTIF({span},">={plain(self.indicator.at_least)}")'
            steps.append((f"{fewer}>0", f"{quoted(BELOW_LEAST)}&{fewer}"))
        if self.zone_amounts:
            others = "+".join(
                f"(N({cell})<>{plain(self.zone_amounts[name])})"
                for cell, name in zip(cells, self.districts, strict=True)
            )
            steps.append((f"{others}>0", f"{quoted(NOT_THE_ZONES)}&({others})"))
        if self.spec.whole:
            broken = "+".join(f"(N({cell})<>INT(N({cell})))" for cell in cells)
            steps.append((f"{broken}>0", quoted(NOT_WHOLE)))
        found = {CHECK: _chain(steps, quoted(checks.GOOD))}
        if self.adds_up:
            # In one block with 校验: an error value among the amounts is told there and nowhere else.
            found[SUM] = f'=IF(ISERROR(SUM({span})),"",ROUND(SUM({span}),{PLACES}))'
        if self.indicator.amount is not None:
            city = at(CITY_AMOUNT)
            found[DIFFERENCE] = f'=IF(ISERROR(SUM({span})),"",ROUND(SUM({span})-{city},{PLACES}))'
        return found

    def shown(self, typed: TypedRow) -> dict[str, Shown]:
        """What the formulas show; `typed` holds the prefilled amounts as well."""
        raw = [typed.get(name) for name in self.districts]
        broken = any(isinstance(value, CellError) for value in raw)
        values = [seen(value, self.spec) for value in raw]
        typed_numbers = [Decimal(repr(v)) for v in raw if isinstance(v, int | float) and not isinstance(v, bool)]
        total = half_up(sum(typed_numbers, Decimal(0)), PLACES)
        city = self.indicator.amount
        found: dict[str, Shown] = {CHECK: checks.BAD_CELL if broken else self._state(values, total)}
        if self.adds_up:
            found[SUM] = "" if broken else float(total)
        if city is not None:
            found[DIFFERENCE] = "" if broken else float(total - city)
        return found

    def _state(self, values: list[Value], total: Decimal) -> str:
        numbers = [value for value in values if isinstance(value, Decimal)]
        if any(isinstance(value, Fault) for value in values):
            return checks.bad_value(self.spec)
        if not numbers:
            return NOT_DIVIDED
        if self.indicator.amount is not None and total != self.indicator.amount:
            over = total - self.indicator.amount
            return f"{OVER_CITY if over > 0 else UNDER_CITY}{plain(abs(over))}"
        least = self.indicator.at_least
        if least is not None and (fewer := len(values) - sum(number >= least for number in numbers)):
            return f"{BELOW_LEAST}{fewer}"
        if self.zone_amounts:
            pairs = zip(values, self.districts, strict=True)
            others = sum((v if isinstance(v, Decimal) else 0) != self.zone_amounts[name] for v, name in pairs)
            if others:
                return f"{NOT_THE_ZONES}{others}"
        if self.spec.whole and any(number != number.to_integral_value() for number in numbers):
            return NOT_WHOLE
        return checks.GOOD
