"""The sheet of 任务分解表 as data: a row for every indicator, a column for every district, checked against the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import TypeVar

from xladdin.classes import record
from xladdin.fillin.books import created, office_book, office_stamp
from xladdin.fillin.checks import PLACES, At, TypedRow, bad_amount, chain, seen
from xladdin.fillin.sheets import (
    CODE_COLUMN,
    Rule,
    RuleBlock,
    Shown,
    Typed,
    UnitBook,
    UnitColumn,
    UnitSheet,
    UnitTable,
    View,
)
from xladdin.fillin.writer import write_unit_book
from xladdin.issues import Refused
from xladdin.methods import checks
from xladdin.methods.formulas import number_in, quoted
from xladdin.methods.inputs import Indicator, Input
from xladdin.numbers import MAX_NUMBER, Fault, Value, half_up, plain
from xladdin.scheme.model import Scheme
from xladdin.words import CHECK, CITY_AMOUNT, CLAUSE, CODE, DIFFERENCE, INDICATOR, SUM, TARGET, TARGETS_KIND, TASK, UNIT
from xladdin.workbook.cells import CellError, Raw


def targets_table(scheme: Scheme) -> UnitTable:
    """The table of 任务分解表: a column for every district."""
    columns = (
        CODE_COLUMN,
        UnitColumn(TASK, 18, "text"),
        UnitColumn(INDICATOR, 26, "text"),
        UnitColumn(UNIT, 9, "centre"),
        UnitColumn(CITY_AMOUNT, 10, "centre"),
        UnitColumn(CLAUSE, 40, "text"),
        *(UnitColumn(name, 9.5, "entry") for name in scheme.district_names),
        UnitColumn(SUM, 11, "number"),
        UnitColumn(DIFFERENCE, 11, "number"),
        UnitColumn(CHECK, 34, "check"),
    )
    return UnitTable(TARGETS_KIND, columns)


NOT_DIVIDED = "缺：各区任务量均未填"
NOT_WHOLE = "提示：有的数不是整数，请核实"
BELOW_LEAST = "错误：少于规定数量的区数："
NOT_THE_ZONES = "提示：多于规定比例的区数："
OVER_CITY, UNDER_CITY = "提示：各区合计比全市数量多 ", "提示：各区合计比全市数量少 "


T = TypeVar("T")


@record
class TargetRow:
    """An indicator of 任务分解表. `least` is the least amount that the text sets for each district, where it sets one."""

    indicator: Indicator
    spec: Input
    districts: tuple[str, ...]
    least: Mapping[str, Decimal]

    def _by_district(self, values: Sequence[T]) -> Iterable[tuple[T, str]]:
        return zip(values, self.districts, strict=True)

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
            bad.append(f'COUNTIFS({span},">0",{span},"<=1")>0')
        steps = [
            (f"ISERROR(SUM({span}))", quoted(checks.BAD_CELL)),
            (f"OR({','.join(bad)})", quoted(checks.bad_value(self.spec))),
            (f"COUNT({span})=0", quoted(NOT_DIVIDED)),
        ]
        if self.least:
            fewer = "+".join(
                f"({number_in(cell)}<{plain(self.least[name])})" for cell, name in self._by_district(cells)
            )
            steps.insert(2, (f"{fewer}>0", f"{quoted(BELOW_LEAST)}&({fewer})"))
        if self.indicator.amount is not None:
            difference = at(DIFFERENCE)
            steps += [
                (f"{number_in(difference)}>0", f"{quoted(OVER_CITY)}&{difference}"),
                (f"{number_in(difference)}<0", f"{quoted(UNDER_CITY)}&-{difference}"),
            ]
        if self.indicator.by_zone:
            others = "+".join(
                f"({number_in(cell)}<>{plain(self.least[name])})" for cell, name in self._by_district(cells)
            )
            steps.append((f"{others}>0", f"{quoted(NOT_THE_ZONES)}&({others})"))
        if self.spec.whole:
            broken = "+".join(f"({number_in(cell)}<>INT({number_in(cell)}))" for cell in cells)
            steps.append((f"{broken}>0", quoted(NOT_WHOLE)))
        found = {CHECK: chain(steps, quoted(checks.GOOD))}
        if self.adds_up:
            # In one block with 校验: an error value among the amounts is named there and nowhere else.
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
        amounts = [value if isinstance(value, Decimal) else Decimal(0) for value in values]
        if self.least and (fewer := sum(n < self.least[name] for n, name in self._by_district(amounts))):
            return f"{BELOW_LEAST}{fewer}"
        if not numbers:
            return NOT_DIVIDED
        if self.indicator.amount is not None and total != self.indicator.amount:
            over = total - self.indicator.amount
            return f"{OVER_CITY if over > 0 else UNDER_CITY}{plain(abs(over))}"
        if self.indicator.by_zone:
            others = sum(number != self.least[name] for number, name in self._by_district(amounts))
            if others:
                return f"{NOT_THE_ZONES}{others}"
        if self.spec.whole and any(number != number.to_integral_value() for number in numbers):
            return NOT_WHOLE
        return checks.GOOD


def targets_sheet(scheme: Scheme, stamp: str) -> UnitSheet:
    """任务分解表, with what the text assigns to every district filled in."""
    table = targets_table(scheme)
    tasks, rows = _target_rows(scheme)
    contents = [_contents(task, row) for task, row in zip(tasks, rows, strict=True)]
    formulas = {
        (n, head): formula
        for n, row in enumerate(rows)
        for head, formula in row.formulas(partial(table.at, row=n)).items()
    }
    rules = []
    for n, row in enumerate(rows):
        blank = "各区都有，不能留空。" if row.least else "没有任务的留空或填“不适用”。"
        message = f"任务量：不小于 {plain(min(row.least.values(), default=Decimal(0)))} 的数字（{row.spec.unit}），{blank}{row.spec.amounts}"
        first, last = row.districts[0], row.districts[-1]
        cell = table.at(first, n)
        least = f",{number_in(cell)}>={plain(min(row.least.values()))}" if row.least else ""
        condition = f"=AND(NOT({bad_amount(cell, row.spec)}){least})"
        rules.append(RuleBlock(first, n, n, Rule("formula", message, formula=condition), last))

    def view(typed: Typed) -> View:
        shown: dict[tuple[int, str], Shown] = {}
        for n, row in enumerate(rows):
            amounts: dict[str, Raw] = {**_prefilled(row), **typed.get(n, {})}
            shown.update({(n, head): value for head, value in row.shown(amounts).items()})
        return shown

    return UnitSheet(
        table,
        f"{scheme.source.title}　{TARGETS_KIND}",
        stamp,
        "黄色格填写，其余自动计算；各区至少数量、分区比例已按方案预填，不能少于规定",
        contents,
        formulas,
        view,
        rules,
        frozenset(n for n, task in enumerate(tasks) if not n or tasks[n - 1] != task),
        frozen=3,
        large_paper=True,
    )


def _target_rows(scheme: Scheme) -> tuple[list[str], list[TargetRow]]:
    """The task's name, and the row, of every indicator."""
    tasks, rows = [], []
    for indicator in scheme.indicators:
        spec = scheme.inputs[indicator.code]
        amounts = {name: scheme.least_amount(indicator.code, name) for name in scheme.district_names}
        least = {name: amount for name, amount in amounts.items() if amount is not None}
        tasks.append(scheme.items[spec.item_id].name)
        rows.append(TargetRow(indicator, spec, scheme.district_names, least))
    return tasks, rows


def _prefilled(row: TargetRow) -> dict[str, float]:
    """What the text itself assigns to every district."""
    return {name: float(amount) for name, amount in row.least.items()}


def _contents(task: str, row: TargetRow) -> dict[str, Shown]:
    indicator = row.indicator
    contents: dict[str, Shown] = {
        CODE: indicator.code,
        TASK: task,
        INDICATOR: indicator.name,
        UNIT: indicator.unit,
        CLAUSE: indicator.clause,
        **_prefilled(row),
    }
    if indicator.amount is not None:
        contents[CITY_AMOUNT] = float(indicator.amount)
    if not row.adds_up:
        contents[SUM] = "—"
    return contents


def _steps(scheme: Scheme) -> list[str]:
    zones = "与".join(scheme.district_list.zones.values())
    rules = {
        "各区至少数量": any(indicator.at_least is not None for indicator in scheme.indicators),
        f"{zones}的比例": any(indicator.by_zone for indicator in scheme.indicators),
    }
    ruled = "、".join(rule for rule, is_there in rules.items() if is_there)
    prefilled = f"方案对各区有规定的（{ruled}），已按规定预填，不能少于规定，也不能留空。"
    return [
        f"在 {len(scheme.districts)} 个{scheme.source.unit_word}的列里填写各{scheme.source.unit_word}当年任务量；没有任务的留空，或填“不适用”。",
        f"“{SUM}”“{DIFFERENCE}”由公式计算；方案写明全市数量的，各区合计应与全市数量一致。",
        *([prefilled] if ruled else []),
        f"填好后用于下发：各区填报表的“{TARGET}”按本表预填并锁定。",
    ]


def targets_workbook(scheme: Scheme) -> bytes:
    """任务分解表 for the scheme, with what the text itself assigns filled in. The same scheme gives the same bytes."""
    return write_unit_book(targets_book(scheme), created(scheme))


def targets_book(scheme: Scheme) -> UnitBook:
    """任务分解表 as data; `Refused` for a scheme in which nothing is assigned."""
    if not scheme.indicators:
        raise Refused(f"《{scheme.source.title}》没有按任务量计分的指标，不用{TARGETS_KIND}，直接生成填报表即可")
    return office_book(scheme, TARGETS_KIND, _steps(scheme), [targets_sheet(scheme, office_stamp(scheme))])
