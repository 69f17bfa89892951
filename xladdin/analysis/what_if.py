"""试算: scores and points to be changed by hand; sections, totals and ranks are formulas without functions of ours."""

from __future__ import annotations

from xladdin.analysis.ranked import Ranked, RankedDistrict
from xladdin.methods.checks import NOT_APPLICABLE
from xladdin.numbers import plain
from xladdin.scheme.model import Section
from xladdin.scoring.items import Status
from xladdin.words import (
    DISTRICT,
    GRAND_TOTAL,
    INTERNAL,
    ORIGINAL_RANK,
    POINTS,
    RISE,
    TRIAL_POINTS,
    TRIAL_RANK,
    WHAT_IF,
)
from xladdin.workbook.cells import cell_name, column_letters
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet


def what_if_sheet(result: Ranked) -> ResultSheet:
    """The districts' scores by rank, below two rows of points: those of the scheme, and those that may be changed."""
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
    rows: list[list[Content]] = [
        [POINTS, *(Cell(float(item.points), "score") for item in items), *rest],
        [Cell(TRIAL_POINTS, "bold"), *(float(item.points) for item in items), *rest],
    ]
    title = f"{WHAT_IF}：改一个得分或分值，看名次"
    sheet = ResultSheet(WHAT_IF, title, columns, rows, notes, frozen_columns=1, large_paper=True, marking=INTERNAL)
    first = sheet.first_row + len(rows)
    lines = first, first + len(result.districts) - 1
    sections, total = 1 + len(items), 1 + len(items) + len(by_section)
    for row, district in enumerate(result.by_rank(), first):
        cells: list[Content] = [district.name, *(_score(district, item.id) for item in items)]
        column = 1
        for section, own in by_section:
            formula = _section_formula(section, sheet.first_row, row, (column, column + len(own) - 1))
            cells.append(Cell(float(district.scored.sections[section.number]), formula=formula))
            column += len(own)
        added = f"ROUND(SUM({cell_name(row, sections)}:{cell_name(row, total - 1)}),2)"
        limits = [plain(veto.at_most) for veto in district.scored.vetoes if veto.at_most is not None]
        limited = f"MIN({','.join([added, *limits])})" if limits else added
        new, old = cell_name(row, total + 1), cell_name(row, total + 2)
        rise = f'IF({new}={old},"不变",IF({new}<{old},"升 "&({old}-{new})&" 位","降 "&({new}-{old})&" 位"))'
        cells += [
            Cell(float(district.scored.total), formula=limited),
            Cell(float(district.rank), formula=_rank_formula(result, row, lines, total, sections)),
            float(district.rank),
            Cell("不变", formula=rise),
        ]
        rows.append(cells)
    return sheet


def _score(district: RankedDistrict, item_id: str) -> Content:
    score = district.scored.items[item_id]
    if score.status is Status.NOT_APPLICABLE and score.score is None:
        return Cell(NOT_APPLICABLE, "not_applicable")
    return float(score.counted)


def _section_formula(section: Section, points_row: int, row: int, span: tuple[int, int]) -> str:
    """The section's points × Σ得分 ÷ Σ适用分值, each score by the ratio of its new points to the old ones.

    What is earned above the scheme's points is added up as far as its limit.
    """
    scores = ":".join(cell_name(row, column) for column in span)
    old, new = (
        ":".join(f"{column_letters(column)}${line}" for column in span) for line in (points_row + 1, points_row + 2)
    )
    if section.bonus:
        return f"MIN({plain(section.points)},ROUND(SUMPRODUCT({scores},{new}/{old}),2))"
    base = f'SUMPRODUCT(({scores}<>"{NOT_APPLICABLE}")*{new})'
    return f"IF({base}=0,0,ROUND(SUM({new})*SUMPRODUCT({scores},{new}/{old})/{base},2))"


def _rank_formula(result: Ranked, row: int, lines: tuple[int, int], total: int, section: int) -> str:
    totals, sections = (":".join(f"{column_letters(c)}${line + 1}" for line in lines) for c in (total, section))
    greater = f"1+SUMPRODUCT(--({totals}>{cell_name(row, total)}))"
    if result.policies["ties"] != "section1":
        return greater
    return f"{greater}+SUMPRODUCT(({totals}={cell_name(row, total)})*({sections}>{cell_name(row, section)}))"
