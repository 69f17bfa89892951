"""汇报: a result to look at rather than to read. Where the city stands, where points are lost, how experts and departments judged.

Everything is taken from results.json, so that it says what the sealed result says.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from importlib.util import find_spec

from xladdin.analysis.city_sheets import city_sheets
from xladdin.analysis.judging_sheets import judging_sheets
from xladdin.analysis.lost_sheets import lost_sheets
from xladdin.analysis.ranked import Ranked, ranked
from xladdin.analysis.tables import amounts_and_judgements, text
from xladdin.issues import Refused
from xladdin.numbers import plain
from xladdin.results.district_sheet import rank_cell
from xladdin.results.stored import Results
from xladdin.scheme.model import Scheme
from xladdin.words import DISTRICT, GRAND_TOTAL, KIND_PROPERTY, RANK, REPORT_KIND, SECTION_SCORES, VERSION_PROPERTY
from xladdin.workbook.tables import Chart, Column, Content, ResultSheet, told


def report_workbook(scheme: Scheme, data: Results) -> bytes:
    """汇报.xlsx of a result, the same bytes whenever it is made.

    `NotComparable` where it is of another scheme, `Refused` where this Python lacks the library of the tables.
    """
    from xladdin.workbook.write.tables import write_tables

    if find_spec("pandas") is None:
        raise Refused(
            f"这里的 Python 没有安装 pandas，不能生成{REPORT_KIND}；请在 Excel 功能区里按“{REPORT_KIND}”，或用命令 xladdin documents，"
            "或给这个 Python 装上 pandas（Debian、统信、麒麟等系统：apt install python3-pandas）"
        )

    issued = scheme.source.issued
    created = datetime(issued.year, issued.month, issued.day)
    properties = {KIND_PROPERTY: REPORT_KIND, VERSION_PROPERTY: scheme.source.version}
    title = f"{scheme.source.title}　{REPORT_KIND}"
    return write_tables(report_sheets(scheme, data), properties, title, scheme.source.office_name, created)


def report_sheets(scheme: Scheme, data: Results) -> list[ResultSheet]:
    """Every sheet of 汇报; amounts and judgements only where the result says them."""
    result = ranked(scheme, data)
    amounts, judgements = amounts_and_judgements(scheme, data)
    sheets = [
        _section_scores(result),
        *(city_sheets(scheme, amounts) if len(amounts) else ()),
        *lost_sheets(result),
        *judging_sheets(scheme, judgements),
    ]
    return [told(sheet, scheme.source.say) for sheet in sheets if sheet.rows]


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
        rank = rank_cell(district.rank, district.provisional)
        own = [float(district.scored.sections[section.number]) for section in sections]
        rows.append([rank, district.name, *own, float(district.scored.total)])
    totals = [district.scored.total for district in result.districts]
    mean = sum(totals, Decimal(0)) / len(totals)
    notes = [
        f"平均 {text(float(mean))} 分，最高 {plain(max(totals))} 分，最低 {plain(min(totals))} 分，相差 {plain(max(totals) - min(totals))} 分。"
    ]
    if provisional := [district.name for district in result.districts if district.provisional]:
        notes.append(f"名次暂定的区：{'、'.join(provisional)}（数据尚不完整）。")
    notes += result.cancelled_note
    stacked = Chart("各区分部分得分", 1, tuple(range(2, 2 + len(sections))), "bar", stacked=True, number="0", least=0)
    title = f"{result.scheme.source.title}　{REPORT_KIND}"
    return ResultSheet(
        SECTION_SCORES, title, columns, rows, notes, frozen_columns=2, charts=[stacked], tab_color="#C00000"
    )
