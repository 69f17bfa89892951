"""What the actions say about a scored workbook, the same in Excel and in LibreOffice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xladdin.forms.form import Form
from xladdin.forms.reading import form_tables
from xladdin.issues import Issue, Level, Refused
from xladdin.results.consolidation import Consolidation
from xladdin.returns.collection import Collection
from xladdin.scheme import Policies, Scheme
from xladdin.scoring.items import score_item
from xladdin.words import ISSUES, VALUE
from xladdin.workbook.cells import RawBook, RawSheet, result_of, shown_text


class NothingToScore(Refused):
    """The workbook does not hold what the action works on; the message is for the clerk."""


NOTHING_SELECTED = "请先在区工作表或区填报表里选中一项的任意单元格，或在“汇总”里选中一个得分，再按一次。"


def no_district_sheets(book: str) -> str:
    """What to open instead of a workbook without districts' sheets."""
    return (
        f"“{book}”里没有以区名命名、表头有“编号”“{VALUE}”的工作表。\n"
        "请打开考核总表，用“导入回收表”读入各区的表，再按一次。"
    )


def counted(found: Sequence[Issue]) -> str:
    """How many findings of each weight."""
    if not found:
        return "没有发现问题。"
    by_level = "，".join(f"{level.value} {n}" for level in Level if (n := sum(i.level is level for i in found)))
    return f"共 {len(found)} 条（{by_level}），见“{ISSUES}”。"


def standing(result: Consolidation) -> str:
    """Who is first, and whether the ranks are final."""
    first = result.ranked()[0]
    leaders = "、".join(d.name for d in result.districts if d.rank == first.rank)
    provisional = sum(d.provisional for d in result.districts)
    state = f"排名为暂定：{provisional} 个区的数据尚不完整。" if provisional else "数据完整。"
    return f"汇总完成。第 1 名：{leaders}（{first.scored.total} 分）。\n{state}\n校验{counted(result.issues)}"


def field_rows(collection: Collection) -> Mapping[tuple[str, str], int]:
    """Where on the districts' sheets each code now stands, zero-based."""
    rows = {}
    for district, form in collection.forms.items():
        for code, field in form.fields.items():
            if field.value.place:
                rows[district, code] = int("".join(filter(str.isdigit, field.value.place.cell))) - 1
    return rows


def item_of_summary(scheme: Scheme, summary: RawSheet, row: int, column: int) -> tuple[str, str]:
    """The district of a row of 汇总 and the item of a column; empty where there is none."""
    above = {shown_text(result_of(summary.at(line, column))) for line in range(row)}
    item = next((id_ for id_ in scheme.items if id_ in above), "")
    return shown_text(result_of(summary.at(row, 0))), item


def item_of_row(book: RawBook, row: int) -> str:
    """The item whose rows a row of the book's only sheet is among; empty where there is none."""
    for table in form_tables(book):
        at = {line: code for line, code in table.code_rows if code}
        if row in at:
            return at[row].partition(".")[0]
    return ""


def explained(scheme: Scheme, policies: Policies, district: str, item_id: str, form: Form) -> str:
    """How a score came about, and where its numbers stand."""
    item = scheme.items[item_id]
    score = score_item(item, form.entries, policies)
    lines = [f"{district}　{item_id} {item.name}（{item.points} 分）", "", score.explain, ""]
    for spec in item.inputs:
        field = form.fields[spec.code]
        for source in field.sources:
            lines.append(f"{source.code} {source.head}：“{source.typed}”　{source.place.sheet}!{source.place.cell}")
        if field.origin:
            lines.append(f"　　来自 {field.origin}")
    return "\n".join(lines)
