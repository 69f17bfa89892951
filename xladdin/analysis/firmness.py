"""口径分析: how firm the ranking is, as sheets. For those who decide about readings; never part of a result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from statistics import median_low

from xladdin.analysis.ranked import Ranked, RankedDistrict, ranked
from xladdin.analysis.readings import Spread, Standing
from xladdin.analysis.variations import (
    SMALL_MARK,
    SMALL_STEP,
    Distance,
    Remedy,
    UnitStep,
    WithoutItem,
    distances,
    unit_steps,
    without_items,
)
from xladdin.methods.checks import NOT_APPLICABLE
from xladdin.numbers import plain
from xladdin.results.stored import Results
from xladdin.scheme.model import Scheme, Section
from xladdin.scoring.items import Status
from xladdin.words import (
    ADOPTED,
    AHEAD,
    ALL_READINGS,
    ANALYSIS_KIND,
    BEHIND,
    BEST_RANK,
    CHANGED_TO,
    CODE,
    COMBINATIONS,
    CONCLUSION,
    DISTANCES,
    DISTRICT,
    FIRST,
    GRAND_TOTAL,
    INDICATOR,
    INTERNAL,
    KIND_PROPERTY,
    LOST_MOST,
    MEANING,
    MEDIAN_RANK,
    MOVED_DISTRICTS,
    MOVING_ITEMS,
    MOVING_STEPS,
    NAME,
    ORDINAL,
    ORIGINAL_RANK,
    OTHERS_MOVED,
    POINTS,
    RANK,
    READING,
    RISE,
    SHARE_FIRST,
    SINGLE_READINGS,
    TRIAL_POINTS,
    TRIAL_RANK,
    UNIT,
    UNIT_STEPS,
    USED_VALUE,
    VERSION_PROPERTY,
    VETO,
    WAYS,
    WHAT_IF,
    WITHOUT_ITEMS,
    WORST_RANK,
    earlier,
    later,
)
from xladdin.workbook.cells import cell_name
from xladdin.workbook.tables import (
    Cell,
    Chart,
    Column,
    Content,
    ResultSheet,
    Shading,
    printed_first,
    printed_on_request,
    told,
)

_SHOWN = 4
"""Ways of catching up, or items, that a cell has room for."""


def analysis_workbook(scheme: Scheme, data: Results, spread: Spread | None, generated: datetime) -> bytes:
    """口径分析.xlsx of a result; without `spread`, which needs what came back, it leaves the readings out.

    `NotComparable` where the result is of another scheme.
    """
    from xladdin.workbook.write.tables import write_tables

    properties = {KIND_PROPERTY: ANALYSIS_KIND, VERSION_PROPERTY: scheme.source.version}
    sheets = printed_first(analysis_sheets(ranked(scheme, data), spread))
    return write_tables(sheets, properties, ANALYSIS_KIND, scheme.source.office_name, generated)


def analysis_sheets(result: Ranked, spread: Spread | None) -> list[ResultSheet]:
    """Every sheet of 口径分析; those of single inputs only where the result says what was filled in."""
    steps, without, gaps = unit_steps(result), without_items(result), distances(result)
    has_entries = any(district.entries for district in result.districts)
    sheets = (
        _conclusion(result, spread, steps if has_entries else None, without, gaps),
        *(_readings_sheets(result, spread) if spread else ()),
        *([_steps_sheet(result, steps)] if has_entries else ()),
        _without_sheet(result, without),
        _distances_sheet(result, gaps),
        _what_if_sheet(result),
    )
    return [told(sheet, result.scheme.source.say) for sheet in sheets]


def _names(result: Ranked, ranks: Mapping[str, int], wanted: int = 1) -> str:
    return "、".join(name for name, rank in ranks.items() if rank == wanted)


def _by_name(result: Ranked, standing: Standing) -> dict[str, int]:
    return dict(zip(result.names, standing.ranks, strict=True))


def _rank_cells(result: Ranked, ranks: Mapping[str, int]) -> list[Content]:
    """The ranks of all districts in official order; those that moved stand out."""
    return [_rank_cell(district, ranks[district.name]) for district in result.districts]


def _rank_cell(district: RankedDistrict, rank: int) -> Content:
    if rank == district.rank:
        return float(rank)
    return Cell(float(rank), "risen" if rank < district.rank else "fallen")


def _moved(result: Ranked, ranks: Mapping[str, int]) -> int:
    return sum(ranks[district.name] != district.rank for district in result.districts)


def _district_columns(result: Ranked) -> list[Column]:
    return [Column(name, 9, "number") for name in result.names]


_COLOURS = "绿色为上升，红色为下降。"

# --- 结论 -------------------------------------------------------------------------------------------------------------


def _conclusion(
    result: Ranked,
    spread: Spread | None,
    steps: Sequence[UnitStep] | None,
    without: Sequence[WithoutItem],
    gaps: Sequence[Distance],
) -> ResultSheet:
    columns = [
        Column(RANK, 8, "bold"),
        Column(DISTRICT, 12, "bold"),
        Column(GRAND_TOTAL, 10, "bold_score"),
        Column(BEHIND, 15, "score"),
    ]
    if spread:
        columns += [Column(BEST_RANK, 11, "number"), Column(WORST_RANK, 11, "number"), Column(SHARE_FIRST, 10, "share")]
    if steps is not None:
        columns.append(Column(MOVING_STEPS, 15, "number"))
    columns.append(Column(MOVING_ITEMS, 15, "number"))
    behind = {gap.district.name: gap.points for gap in gaps}
    order = result.names
    rows: list[list[Content]] = []
    for district in result.by_rank():
        name = district.name
        rank: Content = Cell(float(district.rank), "provisional") if district.provisional else float(district.rank)
        row: list[Content] = [rank, name, float(district.scored.total), float(behind[name]) if name in behind else None]
        if spread:
            ranks = spread.ranks_of(order.index(name))
            row += [float(min(ranks)), float(max(ranks)), ranks.count(1) / len(ranks)]
        if steps is not None:
            row.append(float(sum(step.is_moving for step in steps if step.district is district)))
        row.append(float(sum(one.ranks[name] != district.rank for one in without)))
        rows.append(row)
    notes = [
        "说明名次有多稳：换一种口径、数差一个单位、少考一项，名次会怎样。供内部讨论，不是考核结果，不随结果封存。",
        *(firmness_lines(result, spread) if spread else [_NO_FILES]),
        *result.cancelled_note,
    ]
    if steps is not None:
        notes.append(
            f"“{MOVING_STEPS}”：本区一个数增减一个单位、名次就变的处数；“{MOVING_ITEMS}”：不考这一项、名次就变的项目数。"
        )
    if provisional := [district.name for district in result.districts if district.provisional]:
        notes.append(f"名次暂定的区：{'、'.join(provisional)}（数据尚不完整，以下各表同）。")
    charts = []
    if spread:
        charts.append(
            Chart(
                "各区名次的变动范围（上为第一）",
                1,
                (4, 5, 0),
                "line",
                number="0",
                least=1,
                most=len(result.districts),
                reversed=True,
            )
        )
    return ResultSheet(
        CONCLUSION,
        ANALYSIS_KIND,
        columns,
        rows,
        notes,
        frozen_columns=2,
        charts=charts,
        marking=INTERNAL,
        tab_color="#C00000",
    )


_NO_FILES = "只有 results.json 时不换口径重算；要看各种口径下的名次，请指定考核文件夹，或收回的表所在的文件夹。"


def firmness_lines(result: Ranked, spread: Spread) -> list[str]:
    """Who is first under how many readings, whom none moves, which readings move the first."""
    order = result.names
    all_ = len(spread.combined)
    extent = f"从全部 {spread.possible} 种口径组合中抽取的 {all_} 种" if spread.is_sample else f"全部 {all_} 种口径组合"
    firsts = Counter(_names(result, _by_name(result, standing)) for standing in spread.combined)
    listed = "，".join(f"{names} {count} 种（{_share(count, all_)}）" for names, count in firsts.most_common())
    notes = [f"{extent}中居第一的：{listed}。"]
    firm = [name for n, name in enumerate(order) if len(set(spread.ranks_of(n))) == 1]
    notes.append(f"在哪一种组合下名次都不变的区：{'、'.join(firm) or '没有'}。")
    turning = [
        _changed(result, spread.in_force, standing)
        for standing in spread.single
        if _names(result, _by_name(result, standing)) != _names(result, _by_name(result, spread.in_force))
    ]
    notes.append(f"单独改一条就使第一名换人的口径：{'；'.join(turning) or '没有'}。")
    return notes


def _share(count: int, whole: int) -> str:
    return f"{plain(round(Decimal(count) * 100 / whole, 1))}%"


def _changed(result: Ranked, in_force: Standing, standing: Standing) -> str:
    """The reading in which one standing differs from the one in force."""
    policy, option = _difference(result, in_force, standing)
    return f"{result.scheme.policy_list[policy].title}改为 {option}"


def _difference(result: Ranked, in_force: Standing, standing: Standing) -> tuple[int, str]:
    """Position of the reading in the scheme's list, and its other option."""
    for n, policy in enumerate(result.scheme.policy_list):
        if standing.options[policy.name] != in_force.options[policy.name]:
            return n, standing.options[policy.name]
    raise ValueError("no reading differs")


# --- The readings -----------------------------------------------------------------------------------------------------


def _readings_sheets(result: Ranked, spread: Spread) -> list[ResultSheet]:
    return [_single_sheet(result, spread), _heat_sheet(result, spread), _combinations_sheet(result, spread)]


def _single_sheet(result: Ranked, spread: Spread) -> ResultSheet:
    columns = [
        Column(READING, 24, "text"),
        Column(ADOPTED, 12, "centre"),
        Column(CHANGED_TO, 14, "bold"),
        Column(MEANING, 40, "text"),
        Column(FIRST, 12, "centre"),
        Column(MOVED_DISTRICTS, 11, "number"),
        *_district_columns(result),
    ]
    now = _by_name(result, spread.in_force)
    rows: list[list[Content]] = [
        ["现行口径", None, None, None, _names(result, now), 0.0, *_rank_cells(result, now)],
    ]
    for standing in spread.single:
        position, option = _difference(result, spread.in_force, standing)
        policy, ranks = result.scheme.policy_list[position], _by_name(result, standing)
        first = _names(result, ranks)
        rows.append(
            [
                policy.title,
                spread.in_force.options[policy.name],
                option,
                policy.options[option],
                first if first == _names(result, now) else Cell(first, "fallen"),
                float(_moved(result, ranks)),
                *_rank_cells(result, ranks),
            ]
        )
    notes = [f"每次只改一条口径，其余不变：各区的名次。{_COLOURS}"]
    if weighted := [p.title for p in result.scheme.policy_list if len(p.options) > _tried(spread, p.name)]:
        notes.append(f"要另给权重的选项没有试：{'、'.join(weighted)}。")
    return _wide(SINGLE_READINGS, columns, rows, notes, frozen_columns=1)


def _tried(spread: Spread, name: str) -> int:
    return 1 + sum(standing.options[name] != spread.in_force.options[name] for standing in spread.single)


def _heat_sheet(result: Ranked, spread: Spread) -> ResultSheet:
    places = range(1, len(result.districts) + 1)
    columns = [
        Column(RANK, 8, "bold"),
        Column(DISTRICT, 12, "bold"),
        Column(BEST_RANK, 11, "number"),
        Column(MEDIAN_RANK, 8, "number"),
        Column(WORST_RANK, 11, "number"),
        *(Column(f"第{n}", 7, "share") for n in places),
    ]
    order = result.names
    rows: list[list[Content]] = []
    for district in result.by_rank():
        ranks = spread.ranks_of(order.index(district.name))
        shares = [ranks.count(n) / len(ranks) for n in places]
        rows.append(
            [
                float(district.rank),
                district.name,
                float(min(ranks)),
                float(median_low(ranks)),
                float(max(ranks)),
                *shares,
            ]
        )
    notes = [f"{len(spread.combined)} 种口径组合中，各区居各名次的占比；空白为没有出现过，有而不足半成的显示为 0%。"]
    shading = Shading(5, 4 + len(places), "#2F75B5", "#FFFFFF")
    return ResultSheet(
        ALL_READINGS,
        f"{ALL_READINGS}下的名次",
        columns,
        rows,
        notes,
        frozen_columns=2,
        shadings=[shading],
        marking=INTERNAL,
    )


def _combinations_sheet(result: Ranked, spread: Spread) -> ResultSheet:
    policies = [p for p in result.scheme.policy_list if _tried(spread, p.name) > 1]
    columns = [
        Column(ORDINAL, 8, "number"),
        *(Column(p.title, 14, "centre") for p in policies),
        Column(FIRST, 14, "centre"),
        Column(MOVED_DISTRICTS, 11, "number"),
        *_district_columns(result),
    ]
    rows: list[list[Content]] = []
    for number, standing in enumerate(spread.combined, 1):
        ranks = _by_name(result, standing)
        options = [standing.options[p.name] for p in policies]
        rows.append(
            [float(number), *options, _names(result, ranks), float(_moved(result, ranks)), *_rank_cells(result, ranks)]
        )
    notes = [f"每种组合一行，可按列筛选。{_COLOURS}"]
    return printed_on_request(
        _wide(COMBINATIONS, columns, rows, notes, frozen_columns=1, filtered=True, row_height=18.0)
    )


def _wide(
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Content]],
    notes: Sequence[str],
    *,
    frozen_columns: int,
    filtered: bool = False,
    row_height: float | None = None,
) -> ResultSheet:
    return ResultSheet(
        name,
        name,
        columns,
        rows,
        notes,
        frozen_columns=frozen_columns,
        filtered=filtered,
        large_paper=True,
        row_height=row_height,
        marking=INTERNAL,
    )


# --- Single inputs and items ------------------------------------------------------------------------------------------


def _steps_sheet(result: Ranked, steps: Sequence[UnitStep]) -> ResultSheet:
    columns = [
        Column(RANK, 8, "number"),
        Column(DISTRICT, 12, "bold"),
        Column(CODE, 9, "bold"),
        Column(INDICATOR, 34, "text"),
        Column(UNIT, 12, "centre"),
        Column(earlier(USED_VALUE), 11, "number"),
        Column(CHANGED_TO, 11, "number"),
        Column(later(GRAND_TOTAL), 11, "score"),
        Column(later(RANK), 9, "number"),
        Column(OTHERS_MOVED, 34, "text"),
    ]
    moving = sorted((s for s in steps if s.is_moving), key=lambda s: (s.district.rank, s.rank))
    rows: list[list[Content]] = []
    for step in moving:
        spec = result.scheme.inputs[step.code]
        others = [
            f"{other.name} {other.rank}→{step.ranks[other.name]}"
            for other in result.districts
            if other is not step.district and step.ranks[other.name] != other.rank
        ]
        rows.append(
            [
                float(step.district.rank),
                step.district.name,
                step.code,
                spec.name,
                spec.unit,
                _shown(step.before),
                _shown(step.after),
                float(step.total),
                _rank_cell(step.district, step.rank),
                "、".join(others),
            ]
        )
    notes = [
        f"每次只改一个区的一个数：增、减一个单位（评分增减 {plain(SMALL_STEP)} 分，满分超过 {plain(SMALL_MARK)} 分的 1 分），是改为否，否改为是，其余不变；到 0 或上限为止。共试 {len(steps)} 处，"
        f"下列 {len(moving)} 处使本区名次变动。{_COLOURS}"
    ]
    return printed_on_request(
        ResultSheet(UNIT_STEPS, UNIT_STEPS, columns, rows, notes, frozen_columns=2, filtered=True, marking=INTERNAL)
    )


def _shown(value: Decimal | bool) -> Content:
    return ("是" if value else "否") if isinstance(value, bool) else float(value)


def _without_sheet(result: Ranked, without: Sequence[WithoutItem]) -> ResultSheet:
    columns = [
        Column(CODE, 8, "bold"),
        Column(NAME, 30, "text"),
        Column(POINTS, 8, "number"),
        Column(FIRST, 14, "centre"),
        Column(MOVED_DISTRICTS, 11, "number"),
        *_district_columns(result),
    ]
    now = {district.name: district.rank for district in result.districts}
    rows: list[list[Content]] = []
    for one in without:
        item, first = result.scheme.items[one.item], _names(result, one.ranks)
        shown: Content = first if first == _names(result, now) else Cell(first, "fallen")
        head: list[Content] = [one.item, item.name, float(item.points), shown, float(_moved(result, one.ranks))]
        rows.append([*head, *_rank_cells(result, one.ranks)])
    notes = [f"每次不考一项，满分相应减少：各区的名次。{_COLOURS}"]
    return _wide(WITHOUT_ITEMS, columns, rows, notes, frozen_columns=2)


def _distances_sheet(result: Ranked, gaps: Sequence[Distance]) -> ResultSheet:
    columns = [
        Column(RANK, 8, "number"),
        Column(DISTRICT, 12, "bold"),
        Column(GRAND_TOTAL, 10, "score"),
        Column(AHEAD, 14, "centre"),
        Column(BEHIND, 15, "bold_score"),
        Column(WAYS, 62, "text"),
        Column(LOST_MOST, 40, "text"),
    ]
    rows: list[list[Content]] = [distance_row(result, gap) for gap in gaps]
    notes = [f"“{WAYS}”：其他各项不变，其中任何一项单独做到就能追平或超过上一名；最省力的在前，最多列 {_SHOWN} 项。"]
    return ResultSheet(DISTANCES, DISTANCES, columns, rows, notes, frozen_columns=2, marking=INTERNAL)


def distance_row(result: Ranked, gap: Distance) -> list[Content]:
    """Rank, district, total, the one ahead, points behind it, what would have caught up, what was lost most."""
    district = gap.district
    lost = "\n".join(f"{_item(result, id_)} 失 {plain(points)} 分" for id_, points in gap.open_points[:_SHOWN])
    ways = "\n".join(_way(result, remedy) for remedy in gap.remedies[:_SHOWN]) or _several(result, gap)
    total, points = float(district.scored.total), float(gap.points)
    return [float(district.rank), district.name, total, "、".join(gap.ahead), points, ways, lost]


def _way(result: Ranked, remedy: Remedy) -> str:
    gain = f"（总分 +{plain(remedy.points)}，第 {remedy.rank} 名）"
    if not remedy.code:
        return f"{_item(result, remedy.item)} 得满分{gain}"
    spec = result.scheme.inputs[remedy.code]
    return f"{remedy.code} {spec.name} 再完成 {plain(remedy.more)} {spec.unit}{gain}"


def _several(result: Ranked, gap: Distance) -> str:
    """Where nothing alone is enough: how many of the largest losses together are."""
    limits = [veto.at_most for veto in gap.district.scored.vetoes if veto.at_most is not None]
    if limits and min(limits) < gap.district.scored.total + gap.points:
        return f"{VETO}：总分最高按 {plain(min(limits))} 分计，追不上"
    total, items = Decimal(0), []
    for id_, points in gap.open_points:
        total += points
        items.append(id_)
        if total >= gap.points:
            return f"没有一项单独足够；{'、'.join(items)} 都得满分约可追上"
    return "所有失分补齐也追不上"


def _item(result: Ranked, id_: str) -> str:
    return f"{id_} {result.scheme.items[id_].name}"


# --- 试算 -------------------------------------------------------------------------------------------------------------


def _what_if_sheet(result: Ranked) -> ResultSheet:
    """Scores and points to be changed by hand; sections, totals and ranks are formulas without functions of ours."""
    scheme = result.scheme
    by_section = [(section, scheme.items_of(section.number)) for section in scheme.sections]
    items = [item for _section, own in by_section for item in own]
    columns = [
        Column(DISTRICT, 12, "bold"),
        *(Column(item.id, 7.5, "entry_score", item.name) for item in items),
        *(Column(section.name, 11, "bold_score") for section, _own in by_section),
        Column(GRAND_TOTAL, 9, "bold_score"),
        Column(TRIAL_RANK, 9.5, "bold"),
        Column(ORIGINAL_RANK, 8, "centre"),
        Column(RISE, 10, "centre", signals=(("升", "risen"), ("降", "fallen"))),
    ]
    notes = (
        f"黄色格可以改：改一个区一项的得分，或改“{TRIAL_POINTS}”一行的分值，各部分、总分、名次随即重算；得分按新旧分值之比折算。",
        f"“{NOT_APPLICABLE}”的项目不计入所在部分，其余按比例折算；缺的、错误的按 0 计。这里的改动不影响考核结果。",
    )
    rest: list[Content] = [None] * (len(by_section) + 4)
    original: list[Content] = [POINTS, *(Cell(float(item.points), "score") for item in items), *rest]
    trial: list[Content] = [Cell(TRIAL_POINTS, "bold"), *(float(item.points) for item in items), *rest]
    rows = [original, trial]
    sheet = ResultSheet(
        WHAT_IF,
        f"{WHAT_IF}：改一个得分或分值，看名次",
        columns,
        rows,
        notes,
        frozen_columns=1,
        large_paper=True,
        marking=INTERNAL,
    )
    first = sheet.first_row + 2
    last = first + len(result.districts) - 1
    for row, district in enumerate(result.by_rank(), first):
        cells: list[Content] = [district.name, *(_trial_score(district, item.id) for item in items)]
        column = 1
        for section, own in by_section:
            span = (column, column + len(own) - 1)
            shown = float(district.scored.sections[section.number])
            cells.append(Cell(shown, formula=_section_formula(section, sheet.first_row, row, span)))
            column = span[1] + 1
        sections = [_at(row, len(items) + 1 + n) for n in range(len(by_section))]
        total_column = len(items) + len(by_section) + 1
        limits = [plain(veto.at_most) for veto in district.scored.vetoes if veto.at_most is not None]
        total = f"ROUND(SUM({sections[0]}:{sections[-1]}),2)"
        total = f"MIN({','.join([total, *limits])})" if limits else total
        cells.append(Cell(float(district.scored.total), formula=total))
        rank_formula = _rank_formula(result, row, (first, last), total_column, len(items) + 1)
        cells += [Cell(float(district.rank), formula=rank_formula), float(district.rank)]
        new, old = _at(row, total_column + 1), _at(row, total_column + 2)
        rise = f'IF({new}={old},"不变",IF({new}<{old},"升 "&({old}-{new})&" 位","降 "&({new}-{old})&" 位"))'
        cells.append(Cell("不变", formula=rise))
        rows.append(cells)
    return sheet


def _trial_score(district: RankedDistrict, item_id: str) -> Content:
    score = district.scored.items[item_id]
    if score.status is Status.NOT_APPLICABLE and score.score is None:
        return Cell(NOT_APPLICABLE, "not_applicable")
    return float(score.counted)


def _at(row: int, column: int, *, fixed_row: bool = False) -> str:
    name = cell_name(row, column)
    letters = name.rstrip("0123456789")
    return f"{letters}${name[len(letters) :]}" if fixed_row else name


def _section_formula(section: Section, points_row: int, row: int, span: tuple[int, int]) -> str:
    """The section's points × Σ得分 ÷ Σ适用分值, each score by the ratio of its new points to the old ones.

    What is earned above the scheme's points is added up as far as its limit.
    """
    scores = f"{_at(row, span[0])}:{_at(row, span[1])}"
    old = ":".join(_at(points_row, column, fixed_row=True) for column in span)
    new = ":".join(_at(points_row + 1, column, fixed_row=True) for column in span)
    if section.bonus:
        return f"MIN({plain(section.points)},ROUND(SUMPRODUCT({scores},{new}/{old}),2))"
    base = f'SUMPRODUCT(({scores}<>"{NOT_APPLICABLE}")*{new})'
    return f"IF({base}=0,0,ROUND(SUM({new})*SUMPRODUCT({scores},{new}/{old})/{base},2))"


def _rank_formula(result: Ranked, row: int, span: tuple[int, int], total: int, section: int) -> str:
    def all_of(column: int) -> str:
        return ":".join(_at(line, column, fixed_row=True) for line in span)

    greater = f"1+SUMPRODUCT(--({all_of(total)}>{_at(row, total)}))"
    if result.policies["ties"] != "section1":
        return greater
    equal = f"({all_of(total)}={_at(row, total)})*({all_of(section)}>{_at(row, section)})"
    return f"{greater}+SUMPRODUCT({equal})"
