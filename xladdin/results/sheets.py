"""The result sheets: 汇总, 排名, one for each district, 校验, 溯源 and 口径, as plain data for any writer."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from math import floor
from pathlib import Path

import xladdin
from xladdin.issues import Issue, Level, Place, count_by_level
from xladdin.numbers import plain
from xladdin.results.consolidation import Consolidation, DistrictResult
from xladdin.results.district_sheet import (
    district_sheet,
    has_units_table,
    rank_cell,
    score_cell,
    total_cell,
    units_places,
    units_table,
    value_cell,
)
from xladdin.results.judging import READINGS
from xladdin.scheme.model import Scheme
from xladdin.scoring.totals import grade_of
from xladdin.words import (
    ADDED,
    ADOPTED,
    APPROVED,
    APPROVER,
    CELL,
    CODE,
    CONTENT,
    DIGEST,
    DISTRICT,
    EFFECT,
    EVENT,
    EXPECTED,
    FILE,
    FINDING_CODE,
    FOUND,
    GRADE,
    GRAND_TOTAL,
    GROUNDS,
    GROUP,
    GROUP_RANK,
    HEAD,
    INDICATOR,
    ISSUES,
    ISSUES_KIND,
    LABEL,
    LEVEL,
    MEANING,
    NOTE,
    OCCASION,
    ORDINAL,
    ORIGIN,
    OTHER_READINGS,
    POLICIES,
    QUOTE,
    RANK,
    RANKING,
    REMEDY,
    SCHEME_CONFIRMED_FILE,
    SHEET,
    SUMMARY,
    TRACE,
    TYPED,
    UNUSED,
    USED_VALUE,
    VETO,
)
from xladdin.workbook.read.texts import fit_text
from xladdin.workbook.tables import Cell, Chart, Column, Content, ResultSheet, printed_first, printed_on_request, told
from xladdin.workbook.write.styles import pages_wide

_USED = "√"
SETTLED = "没有选项的读法"
UNSAVED = "未保存的工作簿"
"""What stands in place of a file's SHA-256 where there is no file."""

_LEVEL_STYLES = {Level.ERROR: "error", Level.MISSING: "missing", Level.AWAITED: "missing"}


def result_sheets(consolidation: Consolidation, folder: Path, generated: datetime) -> list[ResultSheet]:
    """All sheets of 考核汇总 in their order; `folder` is where it will stand, for the links to the files."""
    scheme, policies = consolidation.scheme, consolidation.policies
    districts = [district_sheet(scheme, policies, d) for d in consolidation.districts]
    places = units_places(scheme, districts)
    if has_units_table(scheme):
        districts = [units_table(scheme, districts)]
    districts = list(map(printed_on_request, districts))
    links = file_links({f.name: f.path for f in consolidation.files}, folder)
    summary, ranking, *others = overview_sheets(consolidation, generated, places, links)
    return printed_first([summary, ranking, *districts, *others])


def overview_sheets(
    consolidation: Consolidation,
    generated: datetime,
    places: Mapping[tuple[str, str], str],
    links: Mapping[str, str],
) -> list[ResultSheet]:
    """汇总, 排名, 校验, 溯源 and 口径; with 评价对照 and 交表情况 where more than the districts take part.

    `places` says where the fields of each district stand (see `units_places`), `links` how a file is reached from the
    workbook that these sheets are in: by a path, or "" for that workbook itself.
    """
    details = [
        *(_round_sheets(consolidation) if consolidation.evaluators else ()),
        issues_sheet(consolidation.issues, links, places),
        trace_sheet(consolidation),
    ]
    sheets = (
        summary_sheet(consolidation, places),
        ranking_sheet(consolidation, places),
        *((vetoes_sheet(consolidation),) if consolidation.scheme.vetoes else ()),
        *map(printed_on_request, details),
        policies_sheet(consolidation, generated),
    )
    return [told(sheet, consolidation.scheme.source.say) for sheet in sheets]


def _round_sheets(consolidation: Consolidation) -> list[ResultSheet]:
    """评价对照 and 交表情况."""
    from xladdin.results.evaluation_sheets import comparison_sheet, deliveries_sheet

    return [comparison_sheet(consolidation), deliveries_sheet(consolidation)]


def file_links(files: Mapping[str, Path], folder: Path) -> dict[str, str]:
    """Link target by file name, relative to the folder the workbook will stand in."""
    links = {}
    for name, path in files.items():
        try:
            # Where the file stands in the folder, not what a link there leads to.
            placed = path.parent.resolve() / path.name
            relative = os.path.relpath(placed, folder.resolve()).replace(os.sep, "/")
        except ValueError:  # on another drive
            continue
        in_an_archive = any(parent.is_file() for parent in path.parents)
        if not {"#", ":"} & set(relative) and relative == fit_text(relative) and not in_an_archive:
            links[name] = relative
    return links


def _named(district: DistrictResult, places: Mapping[tuple[str, str], str]) -> Cell:
    place = places.get((district.name, ""), f"{district.name}!A1")
    return Cell(district.name, "link", place)


def _units_column(scheme: Scheme, width: float) -> Column:
    """The column of the units' names, which are links and do not wrap: as wide as the longest of them."""
    return Column(scheme.source.unit_word, max(width, 2 * max(map(len, scheme.district_names)) + 2), "bold")


def summary_sheet(consolidation: Consolidation, places: Mapping[tuple[str, str], str]) -> ResultSheet:
    """汇总: one row for each district in official order, one column for each item, then the totals."""
    scheme = consolidation.scheme
    total = scheme.points_shown if scheme.bonus_points else plain(scheme.points)
    columns = [_units_column(scheme, 10)]
    columns += [
        Column(id_, 5.4 if item.points < 100 else 6.6, "score", item.name) for id_, item in scheme.items.items()
    ]
    columns += [Column(s.name, 8.6, "bold_score", f"{plain(s.points)} 分") for s in scheme.sections]
    columns += [Column(GRAND_TOTAL, 9, "bold_score", f"{total} 分"), Column(RANK, 6, "bold")]
    ends = accumulate(len(scheme.items_of(s.number)) for s in scheme.sections)
    page_end = 1 + min(ends, key=lambda end: abs(2 * end - len(scheme.items)))
    is_wide = pages_wide([column.width for column in columns], large_paper=True, landscape=True) > 1
    rows: list[list[Content]] = []
    for district in consolidation.districts:
        scored = district.scored
        row: list[Content] = [_named(district, places)]
        row += [score_cell(scored.items[id_]) for id_ in scheme.items]
        row += [float(scored.sections[s.number]) for s in scheme.sections]
        row += [total_cell(scored), rank_cell(district.rank, district.provisional)]
        rows.append(row)
    notes = (
        f"依据 {scheme.source.number}；“不适用”为未下达任务量，不计分也不扣分；橙色“缺”为尚缺数据（暂按 0 计），红色“错误”为数据不能用"
        "（暂按 0 计），均与 0 分不同；名次带“暂”的为暂定。",
    )
    return ResultSheet(
        SUMMARY,
        f"{scheme.source.title}　{SUMMARY}",
        columns,
        rows,
        notes,
        frozen_columns=1,
        large_paper=True,
        tab_color="#2F75B5",
        row_height=30,
        page_end=page_end if is_wide else None,
    )


def ranking_sheet(consolidation: Consolidation, places: Mapping[tuple[str, str], str]) -> ResultSheet:
    """排名: by rank, ties shared, provisional ranks marked, with a bar chart."""
    scheme = consolidation.scheme
    columns = [
        Column(RANK, 7, "bold"),
        _units_column(scheme, 11),
        Column(GRAND_TOTAL, 12, "bold_score"),
        *(Column(s.name, 10, "score") for s in scheme.sections),
        *((Column(GRADE, 7, "centre"),) if scheme.grades else ()),
        *((Column(GROUP, 9, "centre"), Column(GROUP_RANK, 7, "centre")) if scheme.groups else ()),
        Column(NOTE, 40, "text"),
    ]
    rows: list[list[Content]] = []
    for district in consolidation.ranked():
        scored = district.scored
        rank: Content = rank_cell(district.rank, provisional=False)
        row: list[Content] = [rank, _named(district, places), total_cell(scored)]
        row += [float(scored.sections[s.number]) for s in scheme.sections]
        if scheme.grades:
            row.append(grade_of(scheme, scored) or None)
        if scheme.groups:
            in_group = None if district.group_rank is None else float(district.group_rank)
            row += [scheme.group_of[district.name], in_group]
        row.append(_remark(district))
        rows.append(row)
    # From a little below the last total on: from 0 all bars look alike.
    totals = [d.scored.total for d in consolidation.districts if d.rank is not None]
    least = max(0, floor(min(totals, default=Decimal(0))) - 1)
    provisional = sum(d.provisional for d in consolidation.districts)
    state = (
        f"暂定：{provisional} 个{scheme.source.unit_word}的数据尚不完整，见“{NOTE}”和“{ISSUES}”"
        if provisional
        else "数据完整"
    )
    chosen, default = consolidation.policies.described(), scheme.default_policies.described()
    changed = "、".join(f"{name}={option}" for name, option in chosen.items() if option != default[name])
    readings = f"采用非默认口径：{changed}" if changed else f"采用默认口径，见“{POLICIES}”"
    return ResultSheet(
        RANKING,
        f"{scheme.source.title}　{RANKING}",
        columns,
        rows,
        (f"{state}；{readings}。总分相同的名次并列。",),
        frozen_columns=2,
        landscape=False,
        bars=Chart(f"各{scheme.source.unit_word}总分{f'（从 {least} 分起）' if least else ''}", 1, (2,), least=least),
        signature=f"{scheme.source.office_name}　负责人：　　　　　　　　日期：　　　年　　月　　日",
        tab_color="#C00000",
    )


def _remark(district: DistrictResult) -> Content:
    vetoed = [
        f"{line.veto}，{veto.effect}（{line.approver} {line.day} 批准）"
        for line, veto in zip(district.vetoes, district.scored.vetoes, strict=True)
    ]
    texts = [f"{VETO}：{'；'.join(vetoed)}；各部分合计 {district.scored.added}"] if vetoed else []
    if district.provisional:
        texts.append(f"暂定：{_why_provisional(district)}")
    return Cell("。".join(texts), "missing" if district.provisional else "error") if texts else None


def _why_provisional(district: DistrictResult) -> str:
    if district.is_unreported:
        return "未收到可用的填报表"
    incomplete = district.incomplete()
    if not incomplete:
        return district.open_issues[0].found
    listed = "、".join(incomplete[:6]) + (f" 等 {len(incomplete)} 项" if len(incomplete) > 6 else "")
    return f"{listed} 数据不完整"


def vetoes_sheet(consolidation: Consolidation) -> ResultSheet:
    """一票否决: every line of the list as it was read, with what became of the total, or why it did not count."""
    columns = (
        Column(DISTRICT, 12, "bold"),
        Column(OCCASION, 26, "text"),
        Column(EVENT, 44, "text"),
        Column(APPROVER, 12, "centre"),
        Column(APPROVED, 13, "centre"),
        Column(EFFECT, 30, "text"),
        Column(ADDED, 11, "score"),
        Column(GRAND_TOTAL, 11, "bold_score"),
        Column(ORIGIN, 44, "quiet"),
    )
    scheme = consolidation.scheme
    scored = {d.name: d.scored for d in consolidation.districts}
    rows: list[list[Content]] = []
    for line in consolidation.vetoes:
        own = scored.get(line.place.district)
        became: Content = (
            Cell(f"{UNUSED}：{line.unused}", "error" if line.fault else "quiet")
            if line.unused
            else scheme.vetoes[line.veto].effect
        )
        sums: list[Content] = [float(own.added), total_cell(own)] if own else [None, None]
        origin = f"{line.place.file} {line.place.sheet}!{line.place.cell}"
        said: list[Content] = [line.district, line.veto, line.event, line.approver, line.day]
        rows.append([*(text or None for text in said), became, *sums, origin])
    notes = (
        f"由{scheme.source.office_name}填写；缺单位、情形、事由、批准人、批准日期中任何一项的不生效，名次为暂定。",
        *(f"{veto.name}：{veto.effect}。原文：{veto.clause}" for veto in scheme.vetoes.values()),
    )
    return ResultSheet(VETO, VETO, columns, rows, notes, frozen_columns=1, large_paper=True, tab_color="#C00000")


def level_cell(issue: Issue) -> Cell:
    """How a sheet shows how much a finding weighs."""
    return Cell(issue.level.value, _LEVEL_STYLES.get(issue.level, "centre"))


def linked_cell(place: Place, links: Mapping[str, str]) -> Content:
    """The cell that a finding is about, as a link where its file can be reached."""
    if not place.cell or not place.sheet or place.file not in links or not place.cell[0].isascii():
        return place.cell
    file = links[place.file]
    return Cell(place.cell, "link", f"{file}{'#' if file else ''}{place.sheet}!{place.cell}")


def issues_sheet(
    issues: Sequence[Issue], links: Mapping[str, str], places: Mapping[tuple[str, str], str]
) -> ResultSheet:
    """校验: every finding with its place, what was found, what is expected, what to do; linked to the cell it is about."""
    columns = (
        Column(ORDINAL, 5, "centre"),
        Column(LEVEL, 6, "centre"),
        Column(DISTRICT, 9, "centre"),
        Column(CODE, 7, "centre"),
        Column(FILE, 22, "text"),
        Column(SHEET, 8, "centre"),
        Column(CELL, 8, "centre"),
        Column(FOUND, 22, "text"),
        Column(EXPECTED, 21, "text"),
        Column(REMEDY, 25, "text"),
        Column(FINDING_CODE, 6, "centre"),
    )
    rows: list[list[Content]] = []
    for number, issue in enumerate(issues, 1):
        place = issue.place
        code: Content = place.item
        if place.item and (there := places.get((place.district, place.item))):
            code = Cell(place.item, "link", there)
        head: list[Content] = [float(number), level_cell(issue), place.district, code, place.file, place.sheet]
        head.append(linked_cell(place, links))
        rows.append([*head, issue.found, issue.expected, issue.remedy, issue.code])
    notes = (f"共 {len(issues)} 条：{count_by_level(issues)}" if issues else "没有发现问题",)
    return ResultSheet(ISSUES, ISSUES_KIND, columns, rows, notes, frozen_columns=2, filtered=True, tab_color="#ED7D31")


def trace_sheet(consolidation: Consolidation) -> ResultSheet:
    """溯源: every number that was read, whether it counts, with file, sheet, cell, what was typed and the file's SHA-256.

    What was counted in a list is followed by the list's lines.
    """
    columns = (
        Column(DISTRICT, 10, "centre"),
        Column(CODE, 8, "centre"),
        Column(INDICATOR, 30, "text"),
        Column(HEAD, 20, "centre"),
        Column(USED_VALUE, 11, "number"),
        Column(ADOPTED, 28, "centre"),
        Column(TYPED, 24, "centre"),
        Column(FILE, 26, "text"),
        Column(SHEET, 10, "centre"),
        Column(CELL, 8, "centre"),
        Column(DIGEST, 66, "mono"),
        Column(f"原始{ORIGIN}", 44, "quiet"),
    )
    inputs = consolidation.scheme.inputs
    rows: list[list[Content]] = []
    for district in consolidation.districts:
        if district.layers is None:
            continue
        fields = district.layers.fields.values()
        for s in (s for field in fields for s in (*field.sources, *field.beside)):
            value = s.typed if s.head == CONTENT else value_cell(s.value, s.typed)
            place = s.place
            rows.append(
                [
                    district.name,
                    s.code,
                    inputs[s.code].name,
                    s.head,
                    None if s.unused else value,
                    Cell(f"{UNUSED}：{s.unused}", "quiet") if s.unused else _USED,
                    s.typed,
                    place.file,
                    place.sheet,
                    place.cell,
                    district.digests.get(place.file) or UNSAVED,
                    district.layers.fields[s.code].reported.origin or None,
                ]
            )
    digests = {file.name: file.sha256 for file in consolidation.files}
    for line in consolidation.vetoes:
        used: Content = Cell(f"{UNUSED}：{line.unused}", "quiet") if line.unused else _USED
        place, typed = line.place, "；".join(filter(None, (line.event, line.approver, line.day)))
        found: list[Content] = [line.district, None, line.veto, VETO, None, used, typed]
        rows.append([*found, place.file, place.sheet, place.cell, digests.get(place.file) or UNSAVED, None])
    notes = (
        "每个采用的数都能查到所在文件、工作表、单元格和原始内容；得分不读取表中已有的结果，一律重新计算。",
        f"没有采用的也列出，写明“{UNUSED}”和原因，谁填的见“{HEAD}”；由清单计数的，下面逐条列出清单的行（“{TYPED}”是标题）。",
    )
    return ResultSheet(TRACE, "数据溯源", columns, rows, notes, frozen_columns=2, filtered=True)


def policies_sheet(consolidation: Consolidation, generated: datetime) -> ResultSheet:
    """口径: the readings in force and why, those without a choice too; the files used; when this was made."""
    scheme = consolidation.scheme
    columns = (
        Column(POLICIES, 24, "text"),
        Column(LABEL, 18, "centre"),
        Column(ADOPTED, 14, "bold"),
        Column(MEANING, 69, "text"),
        Column(QUOTE, 34, "text"),
        Column(GROUNDS, 40, "text"),
        Column(OTHER_READINGS, 40, "quiet"),
    )
    chosen = consolidation.policies.described()
    rows: list[list[Content]] = []
    for policy in scheme.policy_list:
        option = consolidation.policies[policy.name]
        others = "；".join(f"{o}：{text}" for o, text in policy.options.items() if o != option)
        changed = option != policy.default
        reason = f"未用默认；默认为 {policy.default}：{policy.reason}" if changed else policy.reason
        shown: Content = Cell(chosen[policy.name], "missing") if changed else chosen[policy.name]
        rows.append([policy.title, policy.name, shown, policy.options[option], policy.clause, reason, others])
    blank: list[Content] = [None] * len(columns)
    if scheme.settled:
        rows += [blank, [Cell(SETTLED, "bold"), *blank[1:]]]
        rows += [[s.title, None, "无选项", s.meaning, s.clause, s.reason, None] for s in scheme.settled]
    readings = len(rows)
    rows += [blank, [Cell("采用的文件", "bold"), None, None, Cell(DIGEST, "bold"), *blank[4:]]]
    rows += [[file.name, None, None, Cell(file.sha256 or UNSAVED, "mono"), *blank[4:]] for file in consolidation.files]
    source = scheme.source
    judged = [policy.name for policy in scheme.policy_list if policy.name in READINGS]
    notes = (
        f"依据：{source.number}《{source.title}》（{source.issued.isoformat()}）",
        *([f"{scheme.confirmation}（{SCHEME_CONFIRMED_FILE}）。"] if scheme.confirmation else ()),
        *(
            [f"{'、'.join(judged)} 在一项有多个评价值时才起作用；{scheme.source.form_kind}每项只有一个。"]
            if judged
            else ()
        ),
        f"生成时间：{generated:%Y-%m-%d %H:%M:%S}　程序版本：xladdin {xladdin.__version__}",
    )
    return ResultSheet(
        POLICIES,
        "评分口径",
        columns,
        rows,
        notes,
        frozen_columns=1,
        large_paper=True,
        printed_rows=readings if has_units_table(scheme) else None,
    )
