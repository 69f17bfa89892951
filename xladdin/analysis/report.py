"""汇报: a result to look at rather than to read. Where the city stands, where points are lost, how experts and departments judged.

Everything is taken from results.json, so that it says what the sealed result says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xladdin.analysis.firmness import distance_row
from xladdin.analysis.ranked import Ranked, ranked
from xladdin.analysis.variations import distances
from xladdin.evaluations.units import UnitKind
from xladdin.fields.ordering import natural_key
from xladdin.methods.checks import NOT_APPLICABLE
from xladdin.methods.inputs import Indicator
from xladdin.numbers import plain
from xladdin.results.stored import Results
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Status
from xladdin.words import (
    ADOPTED_SUM,
    AGREED,
    AHEAD,
    ASSIGNED_SUM,
    AVERAGE,
    BEHIND,
    CITY_AMOUNT,
    CITY_PROGRESS,
    CODE,
    COMPLETE_DISTRICTS,
    CUT,
    DEPARTMENT,
    DEPARTMENT_AMOUNTS,
    DISTRICT,
    DONE_SHARE,
    EXPERT,
    EXPERT_MARKS,
    EXPERT_STRICTNESS,
    FULL_DISTRICTS,
    GRAND_TOTAL,
    HIGHEST,
    INDICATOR,
    ITEM,
    JUDGED_FIELDS,
    KIND_PROPERTY,
    LARGEST_CHANGES,
    LARGEST_GAPS,
    LEAST,
    LEAST_AMOUNTS,
    LOSING_MOST,
    LOSING_TASKS,
    LOST,
    LOST_BY_DEPARTMENT,
    LOST_BY_DISTRICT,
    LOST_BY_TASK,
    LOST_MAP,
    LOST_SHARE,
    LOWEST,
    MARKS_GIVEN,
    MEAN_SCORE,
    NAME,
    NET_CHANGE,
    OUTLYING,
    OUTLYING_COUNT,
    POINTS,
    PROMISE,
    PROMISES,
    RAISED,
    RANGE,
    RANK,
    RECUSED_EXPERTS,
    RECUSED_FROM,
    REPORT_KIND,
    REPORTED_SUM,
    SECTION_SCORES,
    SHORT_DISTRICTS,
    STRICTNESS,
    TASK,
    TASKS,
    UNIT,
    VERIFIED,
    VERSION_PROPERTY,
    WAYS,
)
from xladdin.workbook.tables import Cell, Chart, Column, Content, ResultSheet, Shading, told

if TYPE_CHECKING:  # takes longer to load than everything else together
    from pandas import DataFrame

_SHOWN = 3
"""Districts, or changes, that a cell names."""

OUTLYING_SHARE = 0.15
"""A mark that is further than this share of the full marks from the panel's median is named."""

_BAR, _WARM, _COLD = "#9DC3E6", "#E15759", "#FFFFFF"


def report_workbook(scheme: Scheme, data: Results) -> bytes:
    """汇报.xlsx of a result, the same bytes whenever it is made; `NotComparable` where it is of another scheme."""
    from xladdin.workbook.write.tables import write_tables

    issued = scheme.source.issued
    created = datetime(issued.year, issued.month, issued.day)
    properties = {KIND_PROPERTY: REPORT_KIND, VERSION_PROPERTY: scheme.source.version}
    title = f"{scheme.source.title}　{REPORT_KIND}"
    return write_tables(report_sheets(scheme, data), properties, title, scheme.source.office_name, created)


def report_sheets(scheme: Scheme, data: Results) -> list[ResultSheet]:
    """Every sheet of 汇报; amounts and judgements only where the result says them."""
    result = ranked(scheme, data)
    fields, said = _fields(scheme, data), _said(scheme, data)
    sheets = [_section_scores(result)]
    if len(fields):
        sheets += [_city_sheet(scheme, fields), _promises_sheet(scheme, fields), _least_sheet(scheme, fields)]
    scores = _scores(result)
    sheets += [
        _by_task_sheet(scheme, scores),
        _by_department_sheet(scheme, scores),
        _by_district_sheet(result),
        _map_sheet(result, scores),
    ]
    experts = said[said.kind == UnitKind.EXPERT.value]
    if len(experts):
        sheets += [_marks_sheet(scheme, experts), _strictness_sheet(scheme, experts)]
    verified = said[(said.kind != UnitKind.EXPERT.value) & said.assigned]
    if len(verified):
        sheets.append(_verification_sheet(scheme, verified))
    return [told(sheet, scheme.source.say) for sheet in sheets if sheet.rows]


# --- The result as tables ---------------------------------------------------------------------------------------------


def _number(value: object) -> float:
    """A number of results.json; nan for everything else that can stand there."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def _fields(scheme: Scheme, data: Results) -> DataFrame:
    """A row for each district and indicator: what was assigned, reported, verified (a mean where several did), counted."""
    from pandas import DataFrame

    codes = {indicator.code for indicator in scheme.indicators}
    rows = []
    for district in data["districts"]:
        for code, field in district.get("fields", {}).items():
            if code in codes:
                given = [_number(one["value"]) for one in field["judged"]]
                verified = [value for value in given if value == value]  # nan is not itself
                mean = sum(verified) / len(verified) if verified else float("nan")
                target, reported, done = (_number(field[name]) for name in ("target", "reported", "value"))
                rows.append((district["name"], code, target, reported, mean, done))
    return DataFrame(rows, columns=["district", "code", "target", "reported", "verified", "done"])


def _said(scheme: Scheme, data: Results) -> DataFrame:
    """A row for each value that a unit gave or recused itself from."""
    from pandas import DataFrame

    codes = {indicator.code for indicator in scheme.indicators}
    rows = []
    for district in data["districts"]:
        for code, field in district.get("fields", {}).items():
            is_assigned, reported = code in codes and _number(field["target"]) > 0, _number(field["reported"])
            for one in field["judged"]:
                said = (one["kind"], one["unit"], _number(one["value"]), one["recused"])
                rows.append((district["name"], code, *said, is_assigned, reported))
    columns = ["district", "code", "kind", "unit", "value", "recused", "assigned", "reported"]
    return DataFrame(rows, columns=columns).astype({"assigned": bool, "recused": bool})


def _scores(result: Ranked) -> DataFrame:
    """A row for each district and item that applies to it: points, score, points lost."""
    from pandas import DataFrame

    return DataFrame(
        {
            "district": district.name,
            "item": id_,
            "points": float(score.points),
            "score": float(score.counted),
            "lost": float(score.points - score.counted),
        }
        for district in result.districts
        for id_, score in district.scored.items.items()
        if (score.status is not Status.NOT_APPLICABLE or score.score is not None)
        and id_ not in result.scheme.bonus_items
    )


def _cell(number: Any) -> float | None:  # noqa: ANN401 - numbers of another library
    """The number as it is shown; nothing for nan."""
    return None if number != number else round(float(number), 4)


def _named(pairs: Sequence[tuple[str, float]], unit: str = "") -> str:
    """The first few of (name, amount)."""
    shown = "、".join(f"{name} {_text(amount)}{unit}" for name, amount in pairs[:_SHOWN])
    return shown + (f" 等 {len(pairs)} 个" if len(pairs) > _SHOWN else "")


def _text(amount: float) -> str:
    return plain(Decimal(f"{amount:.2f}"))


# --- 分部分得分 -------------------------------------------------------------------------------------------------------


def _section_scores(result: Ranked) -> ResultSheet:
    sections = result.scheme.sections
    columns = [
        Column(RANK, 8, "bold"),
        Column(DISTRICT, 14, "bold"),
        *(Column(section.name, 15, "score") for section in sections),
        Column(GRAND_TOTAL, 15, "bold_score"),
    ]
    rows: list[list[Content]] = []
    for district in result.by_rank():
        rank: Content = Cell(float(district.rank), "provisional") if district.provisional else float(district.rank)
        own = [float(district.scored.sections[section.number]) for section in sections]
        rows.append([rank, district.name, *own, float(district.scored.total)])
    totals = [district.scored.total for district in result.districts]
    mean = sum(totals, Decimal(0)) / len(totals)
    notes = [
        f"平均 {_text(float(mean))} 分，最高 {plain(max(totals))} 分，最低 {plain(min(totals))} 分，相差 {plain(max(totals) - min(totals))} 分。"
    ]
    if provisional := [district.name for district in result.districts if district.provisional]:
        notes.append(f"名次暂定的区：{'、'.join(provisional)}（数据尚不完整）。")
    notes += result.cancelled_note
    stacked = Chart("各区分部分得分", 1, tuple(range(2, 2 + len(sections))), "bar", stacked=True, number="0", least=0)
    title = f"{result.scheme.source.title}　{REPORT_KIND}"
    return ResultSheet(
        SECTION_SCORES, title, columns, rows, notes, frozen_columns=2, charts=[stacked], tab_color="#C00000"
    )


# --- Where the city stands --------------------------------------------------------------------------------------------


def _is_share(indicator: Indicator) -> bool:
    """Whether the amounts are percentages, which are not added up."""
    return indicator.maximum is not None


def _task_name(scheme: Scheme, code: str) -> str:
    return scheme.items[scheme.inputs[code].item_id].name


def _by_code(scheme: Scheme, fields: DataFrame) -> Iterator[tuple[Indicator, DataFrame]]:
    """Each indicator that was assigned to somebody, with the districts to which it was."""
    assigned = fields[fields.target > 0]
    for indicator in scheme.indicators:
        own = assigned[assigned.code == indicator.code]
        if len(own):
            yield indicator, own


def _city_sheet(scheme: Scheme, fields: DataFrame) -> ResultSheet:
    has_verified = bool(fields.verified.notna().any())
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
    rows: list[list[Content]] = []
    for indicator, own in _by_code(scheme, fields):
        done, is_share = own.done.fillna(0), _is_share(indicator)
        amount = float(indicator.amount) if indicator.amount is not None else None
        base = amount or float(own.target.sum())
        gaps = (own.target - done).set_axis(own.district)
        gaps = gaps[gaps > 0].sort_values(ascending=False, kind="stable")
        complete = f"{int((done >= own.target).sum())}/{len(own)}"
        named = _named(list(gaps.items()), "" if is_share else f" {indicator.unit}")

        def summed(column: Any, is_share: bool = is_share) -> float | None:  # noqa: ANN401
            return None if is_share else _cell(column.sum(min_count=1))

        rows.append(
            [
                indicator.code,
                _task_name(scheme, indicator.code),
                indicator.name,
                indicator.unit,
                amount,
                summed(own.target),
                summed(own.reported),
                *([summed(own.verified)] if has_verified else []),
                summed(own.done),
                None if is_share else float(done.sum()) / base,
                complete,
                named,
            ]
        )
    notes = [
        f"“{DONE_SHARE}”：{ADOPTED_SUM}÷{CITY_AMOUNT}，文件没有全市数量的÷{ASSIGNED_SUM}；采用的是评价以后计分的数，没有评价的是区报数。",
        f"“{LARGEST_GAPS}”：任务量与采用数相差最多的区；以百分比计的指标不相加，见“{LEAST_AMOUNTS}”。",
    ]
    share = len(columns) - 3
    return ResultSheet(
        CITY_PROGRESS,
        CITY_PROGRESS,
        columns,
        rows,
        notes,
        frozen_columns=1,
        large_paper=True,
        shadings=[Shading(share, share, _BAR, most=1)],
        tab_color="#2F75B5",
    )


def _promises_sheet(scheme: Scheme, fields: DataFrame) -> ResultSheet:
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
            done = float(fields[fields.code == indicator.code].done.sum())
            amount = float(indicator.amount)
            name = f"{indicator.name} {plain(indicator.amount)} {indicator.unit}"
            promised.append((done / amount, [indicator.code, name, amount, _cell(done), done / amount]))
    promised.sort(key=lambda one: one[0])
    kept = sum(share >= 1 for share, _row in promised)
    notes = [f"方案写明全市数量的 {len(promised)} 项中，完成 {kept} 项；进度最慢的在前。"]
    chart = Chart("全市任务完成进度", 1, (4,), "bar", number="0%", least=0)
    rows = [row for _share, row in promised]
    return ResultSheet(
        PROMISES,
        PROMISES,
        columns,
        rows,
        notes,
        frozen_columns=1,
        landscape=False,
        charts=[chart],
        shadings=[Shading(4, 4, _BAR, most=1)],
        tab_color="#2F75B5",
    )


def _least_sheet(scheme: Scheme, fields: DataFrame) -> ResultSheet:
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
    zones = {district.name: district.zone for district in scheme.districts}
    rows: list[list[Content]] = []
    for indicator in scheme.indicators:
        own = fields[fields.code == indicator.code]
        if not len(own) or (indicator.at_least is None and not indicator.by_zone):
            continue
        required = [_required(indicator, zones[name]) for name in own.district]
        done = own.done.fillna(0)
        short = [
            (name, value)
            for name, value, least in zip(own.district, done, required, strict=True)
            if least is not None and value < least
        ]
        kinds = sorted({least for least in required if least is not None}, reverse=True)
        bound = sum(least is not None for least in required)
        rows.append(
            [
                indicator.code,
                indicator.name,
                indicator.unit,
                " / ".join(_text(least) for least in kinds),
                _cell(done.min()),
                round(float(done.mean()), 2),
                _cell(done.max()),
                Cell(f"{bound - len(short)}/{bound}", "fallen" if short else "risen"),
                "、".join(f"{name} {_text(value)}" for name, value in short),
            ]
        )
    notes = ["方案对每个区规定的最低数或比例；未达到的区后面是该区采用的数，没有填的按 0。"]
    return ResultSheet(LEAST_AMOUNTS, LEAST_AMOUNTS, columns, rows, notes, frozen_columns=2, tab_color="#2F75B5")


def _required(indicator: Indicator, zone: str) -> float | None:
    if indicator.at_least is not None:
        return float(indicator.at_least)
    least = (indicator.by_zone or {}).get(zone)
    return None if least is None else float(least)


# --- Where points are lost --------------------------------------------------------------------------------------------


def _departments(scheme: Scheme) -> Mapping[str, Sequence[str]]:
    """Who evaluates each task of the annexes."""
    return {id_: task.departments for id_, task in scheme.tasks.items()}


def _losing(scores: DataFrame, by: str) -> list[tuple[str, float]]:
    """Where points are lost, and how many, most first."""
    lost = scores.groupby(by, sort=False).lost.sum().sort_values(ascending=False, kind="stable")
    return [(str(name), points) for name, points in lost.items() if points > 0]


def _by_task_sheet(scheme: Scheme, scores: DataFrame) -> ResultSheet:
    columns = [
        Column(ITEM, 8, "bold"),
        Column(NAME, 26, "text"),
        Column(DEPARTMENT, 34, "text"),
        Column(POINTS, 8, "number"),
        Column(MEAN_SCORE, 10, "score"),
        Column(LOST, 10, "bold_score"),
        Column(LOST_SHARE, 10, "rate"),
        Column(FULL_DISTRICTS, 10, "number"),
        Column(LOSING_MOST, 42, "text"),
    ]
    departments = _departments(scheme)
    lost = scores.groupby("item").lost.sum()
    rows: list[list[Content]] = []
    for id_ in sorted(lost.index, key=lambda id_: (-round(float(lost[id_]), 4), list(scheme.items).index(id_))):
        own, item = scores[scores["item"] == id_], scheme.items[id_]
        rows.append(
            [
                id_,
                item.name,
                "、".join(departments.get(id_, ())) or None,
                float(item.points),
                _cell(own.score.mean()),
                _cell(own.lost.sum()),
                float(own.lost.sum() / own.points.sum()),
                float((own.lost <= 0).sum()),
                _named(_losing(own, "district")),
            ]
        )
    notes = [f"各区失分之和，多的在前；“{NOT_APPLICABLE}”的区不算失分，缺的、错误的按 0 分算。"]
    chart = Chart("失分最多的项目（各区合计，分）", 1, (5,), "bar", rows=20, least=0)
    return ResultSheet(
        LOST_BY_TASK,
        LOST_BY_TASK,
        columns,
        rows,
        notes,
        frozen_columns=2,
        charts=[chart],
        shadings=[Shading(6, 6, "#F4B183", most=1)],
        tab_color="#ED7D31",
    )


def _by_department_sheet(scheme: Scheme, scores: DataFrame) -> ResultSheet:
    columns = [
        Column(DEPARTMENT, 26, "bold"),
        Column(TASKS, 9, "number"),
        Column(LOST, 11, "bold_score"),
        Column(LOST_SHARE, 11, "rate"),
        Column(LOSING_MOST, 44, "text"),
        Column(LOSING_TASKS, 50, "text"),
    ]
    tasks: dict[str, list[str]] = {}
    for id_, names in _departments(scheme).items():
        for name in names:
            tasks.setdefault(name, []).append(id_)
    rows: list[tuple[float, list[Content]]] = []
    for name, ids in tasks.items():
        own = scores[scores["item"].isin(ids)]
        if not len(own):
            continue
        lost = float(own.lost.sum())
        rows.append(
            (
                lost,
                [
                    name,
                    float(len(ids)),
                    _cell(lost),
                    lost / float(own.points.sum()),
                    _named(_losing(own, "district")),
                    _named([(f"{id_} {scheme.items[id_].name}", points) for id_, points in _losing(own, "item")]),
                ],
            )
        )
    rows.sort(key=lambda pair: -pair[0])
    notes = ["几个部门共同评价的任务，在每个部门都算一次，各部门的失分因此不能相加。"]
    chart = Chart("各部门所评任务的失分（各区合计，分）", 0, (2,), "bar", least=0)
    return ResultSheet(
        LOST_BY_DEPARTMENT,
        LOST_BY_DEPARTMENT,
        columns,
        [row for _lost, row in rows],
        notes,
        frozen_columns=1,
        charts=[chart],
        tab_color="#ED7D31",
    )


def _by_district_sheet(result: Ranked) -> ResultSheet:
    sections = [section for section in result.scheme.sections if not section.bonus]
    columns = [
        Column(RANK, 7, "bold"),
        Column(DISTRICT, 12, "bold"),
        *(Column(section.name, 10, "score") for section in sections),
        Column(LOST, 9, "bold_score"),
        Column(AHEAD, 12, "centre"),
        Column(BEHIND, 15, "score"),
        Column(WAYS, 62, "text"),
    ]
    gaps = {gap.district.name: gap for gap in distances(result)}
    rows: list[list[Content]] = []
    for district in result.by_rank():
        lost = [section.points - district.scored.sections[section.number] for section in sections]
        row: list[Content] = [float(district.rank), district.name, *map(float, lost), float(sum(lost, Decimal(0)))]
        if gap := gaps.get(district.name):
            _rank, _name, _total, ahead, points, ways, _lost = distance_row(result, gap)
            rows.append([*row, ahead, points, ways])
        else:
            rows.append([*row, None, None, None])
    notes = [
        f"各部分满分减去得分。“{WAYS}”：其他各项不变，其中任何一项单独做到就能追平或超过上一名，最省力的在前。",
    ]
    stacked = Chart(
        "各区失分（分部分）", 1, tuple(range(2, 2 + len(sections))), "bar", stacked=True, number="0", least=0
    )
    return ResultSheet(
        LOST_BY_DISTRICT,
        LOST_BY_DISTRICT,
        columns,
        rows,
        notes,
        frozen_columns=2,
        charts=[stacked],
        tab_color="#ED7D31",
    )


def _map_sheet(result: Ranked, scores: DataFrame) -> ResultSheet:
    names = [district.name for district in result.by_rank()]
    columns = [
        Column(ITEM, 7, "bold"),
        Column(NAME, 22, "text"),
        *(Column(name, 5.5, "lost") for name in names),
        Column(LOST, 8, "bold_score"),
    ]
    lost = scores.pivot(index="item", columns="district", values="lost")
    rows: list[list[Content]] = []
    for id_, item in result.scheme.items.items():
        if id_ in result.scheme.bonus_items:
            continue
        cells: list[Content] = []
        for name in names:
            value = _cell(lost.at[id_, name]) if id_ in lost.index and name in lost.columns else None
            cells.append(Cell("—", "not_applicable") if value is None else value)
        total = float(lost.loc[id_].sum()) if id_ in lost.index else 0.0
        rows.append([id_, item.name, *cells, round(total, 2)])
    notes = [f"每一格是失去的分，颜色越深失得越多，空白为满分；— 为{NOT_APPLICABLE}。各区从左到右按名次。"]
    shading = Shading(2, 1 + len(names), _WARM, _COLD)
    return ResultSheet(
        LOST_MAP,
        LOST_MAP,
        columns,
        rows,
        notes,
        frozen_columns=2,
        landscape=False,
        large_paper=True,
        row_height=19,
        shadings=[shading],
        tab_color="#ED7D31",
    )


# --- How experts and departments judged -------------------------------------------------------------------------------


def _full_marks(scheme: Scheme, code: str) -> float:
    maximum = scheme.inputs[code].maximum
    assert maximum is not None  # marks are out of something
    return float(maximum)


def _judged_name(scheme: Scheme, code: str) -> str:
    """The task; beside it the field where it has several."""
    item = scheme.items[scheme.inputs[code].item_id]
    return f"{item.name} {scheme.inputs[code].name}" if len(item.inputs) > 1 else item.name


def _is_outlying(scheme: Scheme, marks: DataFrame) -> Any:  # noqa: ANN401 - a column of another library
    """For each mark whether it is far from the panel's median of that field and district."""
    median = marks.groupby(["district", "code"]).value.transform("median")
    full = marks.code.map(lambda code: _full_marks(scheme, code))
    return (marks.value - median).abs() > OUTLYING_SHARE * full + 1e-9


def _marks_sheet(scheme: Scheme, experts: DataFrame) -> ResultSheet:
    columns = [
        Column(CODE, 8, "bold"),
        Column(INDICATOR, 34, "text"),
        Column(DISTRICT, 11, "bold"),
        Column(MARKS_GIVEN, 9, "number"),
        Column(AVERAGE, 9, "score"),
        Column(LOWEST, 9, "number"),
        Column(HIGHEST, 9, "number"),
        Column(RANGE, 9, "number"),
        Column(OUTLYING, 38, "text"),
        Column(RECUSED_EXPERTS, 26, "text"),
    ]
    outlying = _is_outlying(scheme, experts)
    rows: list[list[Content]] = []
    order = {code: n for n, code in enumerate(scheme.inputs)}
    groups = dict(list(experts.groupby(["code", "district"])))
    for code, district in sorted(groups, key=lambda key: (order[key[0]], scheme.district_names.index(key[1]))):
        own = groups[code, district]
        given = own[own.value.notna()]
        far = own[outlying.loc[own.index]]
        spread = given.value.max() - given.value.min()
        is_wide = len(far) > 0
        rows.append(
            [
                code,
                _judged_name(scheme, code),
                district,
                float(len(given)),
                _cell(given.value.mean()),
                _cell(given.value.min()),
                _cell(given.value.max()),
                Cell(_cell(spread), "fallen") if is_wide else _cell(spread),
                "、".join(f"{unit} {_text(value)}" for unit, value in zip(far.unit, far.value, strict=True)) or None,
                "、".join(own[own.recused].unit) or None,
            ]
        )
    notes = [
        f"“{OUTLYING}”：与这一项、这个区各位专家评分的中位数相差超过满分的 {OUTLYING_SHARE:.0%}。只供复核，评分照常采用。"
    ]
    return ResultSheet(
        EXPERT_MARKS, EXPERT_MARKS, columns, rows, notes, frozen_columns=3, filtered=True, tab_color="#70AD47"
    )


def _strictness_sheet(scheme: Scheme, experts: DataFrame) -> ResultSheet:
    """How far each expert's marks are from the mean of all who marked the same."""
    columns = [
        Column(EXPERT, 18, "bold"),
        Column(MARKS_GIVEN, 12, "number"),
        Column(STRICTNESS, 24, "points_moved"),
        Column(OUTLYING_COUNT, 12, "number"),
        Column(RECUSED_FROM, 50, "text"),
    ]
    outlying = _is_outlying(scheme, experts)
    groups = experts.groupby(["district", "code"]).value
    full = experts.code.map(lambda code: _full_marks(scheme, code))
    deviation = ((experts.value - groups.transform("mean")) / full)[groups.transform("count") > 1]
    rows: list[list[Content]] = []
    for name in sorted(experts.unit.unique(), key=natural_key):
        own = experts[experts.unit == name]
        apart = deviation[deviation.index.isin(own.index)].dropna()
        rows.append(
            [
                name,
                float(own.value.notna().sum()),
                _cell(apart.mean()) if len(apart) else None,
                float(outlying.loc[own.index].sum()),
                "、".join(dict.fromkeys(own[own.recused].district)) or None,
            ]
        )
    notes = [
        "每位专家的评分与同一项、同一区全体专家平均分之差，占满分的百分比，取平均：负数为偏严，正数为偏宽。",
        "只有一位专家评的不算。",
    ]
    chart = Chart("专家尺度（负为偏严，正为偏宽）", 0, (2,), "bar", number="0.0%")
    return ResultSheet(
        EXPERT_STRICTNESS,
        EXPERT_STRICTNESS,
        columns,
        rows,
        notes,
        frozen_columns=1,
        charts=[chart],
        tab_color="#70AD47",
    )


def _verification_sheet(scheme: Scheme, verified: DataFrame) -> ResultSheet:
    """What departments made of the amounts that districts had reported."""
    columns = [
        Column(DEPARTMENT, 26, "bold"),
        Column(JUDGED_FIELDS, 10, "number"),
        Column(AGREED, 13, "number"),
        Column(CUT, 9, "number"),
        Column(RAISED, 9, "number"),
        Column(NET_CHANGE, 17, "rate"),
        Column(LARGEST_CHANGES, 78, "text"),
    ]
    both = verified[verified.value.notna() & verified.reported.notna()].copy()
    both["change"] = both.value - both.reported
    # Amounts in different units: what is changed counts by its share of what was reported.
    both["share"] = (both.change / both.reported.where(both.reported > 0)).fillna(0)
    rows: list[list[Content]] = []
    for name in dict.fromkeys(d for names in _departments(scheme).values() for d in names):
        own = both[both.unit == name]
        if not len(own):
            continue
        largest = own[own.change != 0].sort_values("share", key=lambda share: -share.abs(), kind="stable")
        shown = [
            f"{row.district} {row.code} {scheme.inputs[row.code].name} {_text(row.reported)}→{_text(row.value)}"
            for row in largest.head(_SHOWN).itertuples()
        ]
        rows.append(
            [
                name,
                float(len(own)),
                float((own.change == 0).sum()),
                float((own.change < 0).sum()),
                float((own.change > 0).sum()),
                float(own.share.clip(-1, 1).mean()),
                "\n".join(shown) or None,
            ]
        )
    notes = [
        f"部门核定的完成量与区报完成量逐个比较。“{NET_CHANGE}”：各个数增减占区报数的百分比（最多算 100%），取平均。"
    ]
    return ResultSheet(
        DEPARTMENT_AMOUNTS, DEPARTMENT_AMOUNTS, columns, rows, notes, frozen_columns=1, tab_color="#70AD47"
    )
