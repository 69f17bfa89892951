"""The sheets of 汇报 on where the city stands: what was assigned, promised and set for every district, and what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xladdin.analysis.tables import named, shown, text
from xladdin.numbers import plain
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ADOPTED_SUM,
    ASSIGNED_SUM,
    AVERAGE,
    CITY_AMOUNT,
    CITY_PROGRESS,
    CODE,
    COMPLETE_DISTRICTS,
    DONE_SHARE,
    HIGHEST,
    INDICATOR,
    LARGEST_GAPS,
    LEAST,
    LEAST_AMOUNTS,
    LOWEST,
    PROMISE,
    PROMISES,
    REPORTED_SUM,
    SHORT_DISTRICTS,
    TASK,
    UNIT,
    VERIFIED,
)
from xladdin.workbook.tables import Cell, Chart, Column, Content, ResultSheet, Shading

if TYPE_CHECKING:
    from pandas import DataFrame

_BAR, _TAB = "#9DC3E6", "#2F75B5"


def city_sheets(scheme: Scheme, amounts: DataFrame) -> list[ResultSheet]:
    """What was done of what the city has to do, of what was promised, and of what the text sets for every district."""
    return [_city_sheet(scheme, amounts), _promises_sheet(scheme, amounts), _least_sheet(scheme, amounts)]


def _city_sheet(scheme: Scheme, amounts: DataFrame) -> ResultSheet:
    """Each indicator that was assigned to somebody, with the districts to which it was."""
    has_verified = bool(amounts.verified.notna().any())
    columns = [
        Column(CODE, 8, "bold"),
        Column(TASK, 18, "text"),
        Column(INDICATOR, 28, "text"),
        Column(UNIT, 10, "centre"),
        Column(CITY_AMOUNT, 10, "number"),
        Column(ASSIGNED_SUM, 11, "number"),
        Column(REPORTED_SUM, 11, "number"),
        *([Column(VERIFIED, 11, "number")] if has_verified else []),
        Column(ADOPTED_SUM, 11, "number"),
        Column(DONE_SHARE, 11, "rate"),
        Column(COMPLETE_DISTRICTS, 10, "centre"),
        Column(LARGEST_GAPS, 38, "text"),
    ]
    summed = ["target", "reported", *(["verified"] if has_verified else []), "done"]
    rows: list[list[Content]] = []
    for indicator in scheme.indicators:
        own = amounts[(amounts.code == indicator.code) & (amounts.target > 0)]
        if not len(own):
            continue
        task = scheme.items[scheme.inputs[indicator.code].item_id].name
        amount = None if indicator.amount is None else float(indicator.amount)
        done = own.done.fillna(0)
        # Percentages, which have a maximum, are not added up.
        is_share = indicator.maximum is not None
        sums = [None if is_share else shown(own[column].sum(min_count=1)) for column in summed]
        share = None if is_share else float(done.sum()) / (amount or float(own.target.sum()))
        gaps = (own.target - done).set_axis(own.district)
        gaps = gaps[gaps > 0].sort_values(ascending=False, kind="stable")
        complete = f"{int((done >= own.target).sum())}/{len(own)}"
        behind = named(list(gaps.items()), "" if is_share else f" {indicator.unit}")
        rows.append([indicator.code, task, indicator.name, indicator.unit, amount, *sums, share, complete, behind])
    notes = [
        f"“{DONE_SHARE}”：{ADOPTED_SUM}÷{CITY_AMOUNT}，文件没有全市数量的÷{ASSIGNED_SUM}；采用的是评价以后计分的数，没有评价的是区报数。",
        f"“{LARGEST_GAPS}”：任务量与采用数相差最多的区；以百分比计的指标不相加，见“{LEAST_AMOUNTS}”。",
    ]
    at = len(columns) - 3
    bars = [Shading(at, at, _BAR, most=1)]
    return ResultSheet(
        CITY_PROGRESS,
        CITY_PROGRESS,
        columns,
        rows,
        notes,
        frozen_columns=1,
        large_paper=True,
        shadings=bars,
        tab_color=_TAB,
    )


def _promises_sheet(scheme: Scheme, amounts: DataFrame) -> ResultSheet:
    """What the text promises for the whole city, the furthest behind first."""
    columns = [
        Column(CODE, 8, "bold"),
        Column(PROMISE, 46, "text"),
        Column(CITY_AMOUNT, 12, "number"),
        Column(ADOPTED_SUM, 12, "number"),
        Column(DONE_SHARE, 30, "rate"),
    ]
    promised: list[tuple[float, list[Content]]] = []
    for indicator in scheme.indicators:
        if indicator.amount:
            done, amount = float(amounts[amounts.code == indicator.code].done.sum()), float(indicator.amount)
            name = f"{indicator.name} {plain(indicator.amount)} {indicator.unit}"
            promised.append((done / amount, [indicator.code, name, amount, shown(done), done / amount]))
    promised.sort(key=lambda one: one[0])
    kept = sum(share >= 1 for share, _row in promised)
    notes = [f"方案写明全市数量的 {len(promised)} 项中，完成 {kept} 项；进度最慢的在前。"]
    return ResultSheet(
        PROMISES,
        PROMISES,
        columns,
        [row for _share, row in promised],
        notes,
        frozen_columns=1,
        landscape=False,
        charts=[Chart("全市任务完成进度", 1, (4,), "bar", number="0%", least=0)],
        shadings=[Shading(4, 4, _BAR, most=1)],
        tab_color=_TAB,
    )


def _least_sheet(scheme: Scheme, amounts: DataFrame) -> ResultSheet:
    """What the text sets for every district: who does not reach it."""
    columns = [
        Column(CODE, 8, "bold"),
        Column(INDICATOR, 34, "text"),
        Column(UNIT, 8, "centre"),
        Column(LEAST, 14, "centre"),
        Column(LOWEST, 9, "number"),
        Column(AVERAGE, 9, "number"),
        Column(HIGHEST, 9, "number"),
        Column(COMPLETE_DISTRICTS, 10, "centre"),
        Column(SHORT_DISTRICTS, 60, "text"),
    ]
    rows: list[list[Content]] = []
    for indicator in scheme.indicators:
        own = amounts[amounts.code == indicator.code].fillna({"done": 0})
        if not len(own) or scheme.least_amount(indicator.code) is None:
            continue
        required = own.district.map(lambda name, code=indicator.code: float(scheme.least_amount(code, name) or 0))
        short = own[own.done < required]
        reached = f"{len(own) - len(short)}/{len(own)}"
        rows.append(
            [
                indicator.code,
                indicator.name,
                indicator.unit,
                " / ".join(text(least) for least in sorted(set(required), reverse=True)),
                shown(own.done.min()),
                round(float(own.done.mean()), 2),
                shown(own.done.max()),
                Cell(reached, "fallen" if len(short) else "risen"),
                "、".join(f"{name} {text(done)}" for name, done in zip(short.district, short.done, strict=True)),
            ]
        )
    notes = ["方案对每个区规定的最低数或比例；未达到的区后面是该区采用的数，没有填的按 0。"]
    return ResultSheet(LEAST_AMOUNTS, LEAST_AMOUNTS, columns, rows, notes, frozen_columns=2, tab_color=_TAB)
