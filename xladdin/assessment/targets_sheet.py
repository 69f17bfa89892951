"""The sheet of 任务分解表 as data: a row for every indicator, a column for every district, checked against the text."""

from __future__ import annotations

from functools import partial

from xladdin.assessment.unit_checks import TargetRow, bad_amount
from xladdin.scheme.model import Scheme
from xladdin.workbook.cells import Raw
from xladdin.workbook.layout import CODE, TARGETS_KIND, UNIT
from xladdin.workbook.unit_layout import (
    CITY_AMOUNT,
    CLAUSE,
    INDICATOR,
    SUM,
    TASK,
    Rule,
    RuleBlock,
    Shown,
    Typed,
    UnitSheet,
    View,
    targets_table,
)


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
        message = f"任务量：不小于 0 的数字（{row.spec.unit}），没有任务的留空或填“不适用”。{row.spec.amounts}"
        first, last = row.districts[0], row.districts[-1]
        condition = f"=NOT({bad_amount(table.at(first, n), row.spec)})"
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
        "黄色格填写，其余自动计算；各区至少数量、分区比例已按方案预填，可以改动",
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
    for task in scheme.annex2.tasks:
        for indicator in task.indicators:
            amounts = {d.name: indicator.by_zone[d.zone] for d in scheme.districts} if indicator.by_zone else {}
            tasks.append(task.name)
            rows.append(TargetRow(indicator, scheme.inputs[indicator.code], scheme.district_names, amounts))
    return tasks, rows


def _prefilled(row: TargetRow) -> dict[str, float]:
    """What the text itself assigns to every district."""
    if row.indicator.at_least is not None:
        return dict.fromkeys(row.districts, float(row.indicator.at_least))
    return {name: float(amount) for name, amount in row.zone_amounts.items()}


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
