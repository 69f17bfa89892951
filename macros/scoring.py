"""汇总排名, 校验 and 显示得分说明 on the workbook that is open, by the same consolidation as the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from macros.host import Host, first_lines, now, scheme_of_open
from xladdin.forms.form import Form
from xladdin.forms.reading import district_tables, form_tables
from xladdin.issues import Issue, Level, Refused, count_by_level
from xladdin.methods.inputs import Entries
from xladdin.methods.item import Item
from xladdin.results.consolidation import Consolidation, consolidate_forms, examine
from xladdin.results.district_sheet import has_units_table
from xladdin.results.finding_lines import finding_lines, owners
from xladdin.results.sheets import issues_sheet, overview_sheets
from xladdin.returns.collected import Collection
from xladdin.returns.collection import collect_open
from xladdin.returns.targets import read_targets, targets_beside
from xladdin.scheme import Scheme
from xladdin.scoring.among import among_all
from xladdin.scoring.items import Score, score_item
from xladdin.words import CODE, ISSUES, RANKING, SUMMARY, UNITS_TABLE, VALUE, VETO
from xladdin.workbook.cells import RawBook, RawSheet, result_of, shown_text
from xladdin.workbook.read.reader import SourceFile
from xladdin.workbook.tables import printed_on_request, told


def consolidate(host: Host) -> str:
    """汇总排名: score and rank the districts' sheets, and write the result sheets."""
    with host.working():
        scheme = scheme_of_open(host)
        file, collection = _collected(host, scheme)
        if not collection.expects_all:
            raise Refused(_no_district_sheets(scheme, file.name))
        result = consolidate_forms(scheme, collection, scheme.choose_policies(collection.readings))
        sheets = overview_sheets(result, now(), _field_places(collection), {file.name: ""})
        host.progress(len(scheme.districts), len(scheme.districts), "写出结果")
        host.write(sheets, shown=RANKING)
    return standing(result)


def check(host: Host) -> str:
    """校验: every finding about the workbook; beside a returned form in a workbook of its own."""
    with host.working():
        scheme = scheme_of_open(host)
        file, collection = _collected(host, scheme)
        is_master = collection.expects_all
        if not is_master and not collection.forms:
            raise Refused(_no_district_sheets(scheme, file.name))
        found = examine(scheme, collection)
        links = {file.name: "" if is_master else file.name}
        sheet = told(issues_sheet(found, links, _field_places(collection) if is_master else {}), scheme.source.say)
        if is_master:
            sheet = printed_on_request(sheet)
        host.write([sheet], shown=ISSUES, apart=not is_master)
    return "\n".join([f"校验完成，{counted(found)}", *first_lines(finding_lines(found, owners(collection)))])


def explain(host: Host) -> str:
    """显示得分说明: how the score of the selected row, or of the selected cell of 汇总, came about."""
    with host.working():
        scheme = scheme_of_open(host)
        selected = host.selected()
        if selected is None:
            raise Refused(scheme.source.say(_NOTHING_SELECTED))
        sheet, row, column = selected
        district, item_id = (
            _item_of_summary(scheme, sheet, row, column) if sheet.name == SUMMARY else _item_of_row(scheme, sheet, row)
        )
        if item_id not in scheme.items:
            raise Refused(scheme.source.say(_NOTHING_SELECTED))
        names = [district] if district in scheme.district_names else None
        item = scheme.items[item_id]
        collection = collect_open(
            scheme,
            host.source(),
            host.read(_sheets_of(scheme, scheme.district_names if item.among_all else names) if names else None),
        )
    owner = district if names else next(iter(collection.forms), "")
    if owner not in collection.forms:
        raise Refused(f"“{district if names else sheet.name}”还没有填报，没有得分。")
    entries: Mapping[str, Entries] = {name: form.entries for name, form in collection.forms.items()}
    if names:
        entries = among_all(scheme, entries)
    score = score_item(item, entries[owner], scheme.choose_policies(collection.readings))
    return _explained(owner, item, score, collection.forms[owner])


def _collected(host: Host, scheme: Scheme) -> tuple[SourceFile, Collection]:
    """What the workbook's sheets hold, recalculated first: scores that are shown late would be taken for wrong ones."""
    host.calculate()
    file = host.source()
    table = targets_beside(file.path.parent)
    targets, found = read_targets(scheme, table) if table else ({}, [])
    collection = collect_open(scheme, file, host.read(), targets)
    collection.issues += [issue for issue in found if issue.level is Level.ERROR]
    return file, collection


_NOTHING_SELECTED = f"请先在区工作表或区填报表里选中一项的任意单元格，或在“{SUMMARY}”里选中一个得分，再按一次。"


def _no_district_sheets(scheme: Scheme, book: str) -> str:
    """What to open instead of a workbook without districts' sheets."""
    return scheme.source.say(
        f"“{book}”里没有以区名命名、表头有“{CODE}”“{VALUE}”的工作表。\n"
        "请打开考核总表，用“导入回收表”读入各区的表，再按一次。"
    )


def counted(found: Sequence[Issue]) -> str:
    """How many findings of each weight."""
    return f"共 {len(found)} 条（{count_by_level(found)}），见“{ISSUES}”。" if found else "没有发现问题。"


_NAMED = 5
"""How many of those who share the first rank a message names."""


def standing(result: Consolidation) -> str:
    """Who is first, and whether the ranks are final."""
    first = result.ranked()[0]
    vetoed = [d.name for d in result.districts if d.vetoes]
    names = [d.name for d in result.districts if d.rank == first.rank]
    leaders = "、".join(names[:_NAMED]) + (f" 等 {len(names)} 个" if len(names) > _NAMED else "")
    provisional = sum(d.provisional for d in result.districts)
    state = (
        f"排名为暂定：{provisional} 个{result.scheme.source.unit_word}的数据尚不完整。" if provisional else "数据完整。"
    )
    if vetoed:
        state += f"{VETO}：{'、'.join(vetoed)}。"
    return f"汇总完成。第 1 名：{leaders}（{first.scored.total} 分）。\n{state}\n校验{counted(result.issues)}"


def _field_places(collection: Collection) -> Mapping[tuple[str, str], str]:
    """Where each code of each district now stands, and where a district begins in the table of all units."""
    places: dict[tuple[str, str], str] = {}
    for district, form in collection.forms.items():
        for code, field in form.fields.items():
            if place := field.value.place:
                there = f"{place.sheet}!A{''.join(filter(str.isdigit, place.cell))}"
                places[district, code] = there
                if place.sheet == UNITS_TABLE:
                    places.setdefault((district, ""), there)
    return places


def _item_of_summary(scheme: Scheme, summary: RawSheet, row: int, column: int) -> tuple[str, str]:
    """The district of a row of 汇总 and the item of a column; empty where there is none."""
    above = {shown_text(result_of(summary.at(line, column))) for line in range(row)}
    item = next((id_ for id_ in scheme.items if id_ in above), "")
    return shown_text(result_of(summary.at(row, 0))), item


def _item_of_row(scheme: Scheme, sheet: RawSheet, row: int) -> tuple[str, str]:
    """The district and the item whose rows a row of the sheet is among; empty where there is none."""
    tables = form_tables(RawBook("", [sheet]))
    by_district, _strays = district_tables(scheme, tables, "")
    for district, own in (by_district or {sheet.name: tables}).items():
        for table in own:
            at = {line: code for line, code in table.code_rows if code}
            if row in at:
                return district, at[row].partition(".")[0]
    return sheet.name, ""


def _sheets_of(scheme: Scheme, districts: Sequence[str]) -> Sequence[str]:
    """The sheets on which these districts stand."""
    return [UNITS_TABLE] if has_units_table(scheme) else districts


def _explained(district: str, item: Item, score: Score, form: Form) -> str:
    """How a score came about, and where its numbers stand."""
    lines = [f"{district}　{item.id} {item.name}（{item.points} 分）", "", score.explain, ""]
    for spec in item.inputs:
        field = form.fields[spec.code]
        for source in field.sources:
            lines.append(f"{source.code} {source.head}：“{source.typed}”　{source.place.sheet}!{source.place.cell}")
        if field.origin:
            lines.append(f"　　来自 {field.origin}")
    return "\n".join(lines)
