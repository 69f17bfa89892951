"""Taking the forms in, into the 考核总表 that is open in Excel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import partial
from itertools import chain
from pathlib import Path

import xlwings as xw

from macros.excel.open_book import path_of, read_sheet
from macros.excel.session import Session
from macros.excel.sheet_writer import Entered, all_or_nothing, as_text, entered, obstacles
from macros.host import refuse_unwritable, scheme_of_open, stamps
from macros.scoring import counted
from xladdin.fields.origins import is_judged, open_text, typed_text
from xladdin.fields.showing import shown_value
from xladdin.forms.reading import FieldTable, district_tables, form_tables, grand_total_row
from xladdin.issues import Refused
from xladdin.numbers import Value
from xladdin.results.consolidation import DistrictResult, consolidate_forms, refuse_nothing
from xladdin.results.district_sheet import UNKNOWN_TARGET, case_cell, field_origin, open_origin
from xladdin.results.evaluation_sheets import comparison_sheet, deliveries_sheet
from xladdin.results.sheets import file_links, issues_sheet, vetoes_sheet
from xladdin.returns.collected import Collection
from xladdin.returns.collection import collect
from xladdin.returns.reading import readings
from xladdin.returns.stamps import stamps_of
from xladdin.rounds.collecting import collect_round
from xladdin.rounds.folder import round_home, round_scheme
from xladdin.scheme import InputKind, Scheme, choose_scheme
from xladdin.words import (
    CODE,
    COMPARISON,
    CONTENT,
    DELIVERIES,
    ISSUES,
    ORIGIN,
    POLICIES,
    RETURNED_FOLDER,
    TARGET,
    UNITS_TABLE,
    VALUE,
)
from xladdin.workbook.cells import RawBook
from xladdin.workbook.tables import printed_on_request, told

_TAKEN_OVER = (CONTENT, TARGET, VALUE, ORIGIN)


def import_returned(session: Session) -> str:
    """导入回收表: what came back, into the districts' sheets of the 考核总表 that is open.

    What departments, experts and the office have judged stands over what the districts reported. A value that is judged
    and still blank leaves what the office has typed.
    """
    with session.working():
        scheme = scheme_of_open(session)
    if not any(sheet.name in (*scheme.district_names, UNITS_TABLE) for sheet in session.book.sheets):
        text = f"“{session.book.name}”里没有以区名命名的工作表。\n请先打开考核总表（用“生成模板”得到），再按一次。"
        raise Refused(scheme.source.say(text))
    folder = session.ask_folder("选择回收文件夹，或这一次考核的文件夹")
    with session.working():
        policies = scheme.choose_policies(readings(session.read([POLICIES])))
        collection = _returned(scheme, folder, session)
        refuse_nothing(collection, [folder])
        result = consolidate_forms(scheme, collection, policies)
        tables = _tables(scheme, session.book)
        districts = {d.name: d for d in result.districts if d.name in tables}
        shown = [issues_sheet(result.issues, _links(session, collection), _places(tables))]
        if result.evaluators:
            shown += [comparison_sheet(result), deliveries_sheet(result)]
        if any(report.vetoes is not None for report in result.reports):
            shown.append(vetoes_sheet(result))
        shown = [told(printed_on_request(sheet), scheme.source.say) for sheet in shown]
        sheets = dict.fromkeys(table.sheet.name for table in tables.values())
        found = obstacles(session.book, [*sheets, *(sheet.name for sheet in shown)])
        for table in tables.values():
            found += _in_the_way(session.book.sheets[table.sheet.name], table)
        refuse_unwritable(found)
        if any(_has_entries(table) for name, table in tables.items() if districts[name].layers):
            text = "各区工作表里已有填报的数。继续将用回收表里的数替换它们（回收表里空着的评定分不替换）。"
            session.confirm(scheme.source.say(text))
        with all_or_nothing() as undo:
            for name, table in tables.items():
                _fill(scheme, session.book.sheets[table.sheet.name], table, districts[name], undo)
            session.write(shown)
    absent = [name for name in scheme.district_names if name not in collection.forms]
    lines = [f"已导入 {len(tables.keys() & collection.forms.keys())} 个{scheme.source.unit_word}。"]
    if result.evaluators:
        lines.append(
            f"评价表收到 {len(result.reports)} 份，应收 {len(result.evaluators)} 份；评价值已填入，见“{COMPARISON}”“{DELIVERIES}”。"
        )
    if absent:
        lines.append(f"没有可用的填报表：{'、'.join(absent)}。")
    return "\n".join([*lines, f"{ISSUES}{counted(result.issues)}", "接着请按“汇总排名”。"])


def _links(session: Session, collection: Collection) -> dict[str, str]:
    """Where the issues' files lie, seen from the workbook; nowhere if it lies on the web."""
    path = path_of(session.book)
    return file_links({file.name: file.path for file in collection.files}, path.parent) if path else {}


def _returned(scheme: Scheme, folder: Path, session: Session) -> Collection:
    """What counts of a round, where its folder or its 回收 with folders of its own was chosen; else what the folder holds.

    `WrongCall` where that is of another year than the workbook it goes into.
    """
    home = round_home(folder)
    if (folder / RETURNED_FOLDER).is_dir() or (home != folder and any(path.is_dir() for path in folder.iterdir())):
        round_scheme(home, also=stamps(session))
        return collect_round(scheme, home, session.progress)
    choose_scheme(chain(stamps(session), stamps_of([folder])))
    return collect(scheme, [folder], session.progress)


def _tables(scheme: Scheme, book: xw.Book) -> dict[str, FieldTable]:
    """The districts' tables in the order of the sheets."""
    named = [sheet for sheet in book.sheets if sheet.name in (*scheme.district_names, UNITS_TABLE)]
    whole = RawBook("", [read_sheet(sheet) for sheet in named])
    by_district, _strays = district_tables(scheme, form_tables(whole), book.name)
    at_hand = {table.sheet.name for own in by_district.values() for table in own}
    for sheet in named:
        if sheet.name not in at_hand:
            raise Refused(f"工作表“{sheet.name}”里找不到表头“{CODE}”。请用新的考核总表再试。")
    for name, own in by_district.items():
        if len(own) > 1:
            raise Refused(
                f"工作表“{UNITS_TABLE}”里“{name}”的行不连在一起。请按“{scheme.source.unit_word}”“{CODE}”排好序再试。"
            )
    return {name: own[0] for name, own in by_district.items()}


def _has_entries(table: FieldTable) -> bool:
    """Whether something was reported or judged; 任务量 stands there from the beginning where it was assigned."""
    return any(table.at(row, VALUE) is not None for row, code in table.code_rows if code)


def _places(tables: Mapping[str, FieldTable]) -> dict[tuple[str, str], str]:
    return {
        (name, code): f"{table.sheet.name}!A{row + 1}"
        for name, table in tables.items()
        for row, code in table.code_rows
        if code
    }


def _in_the_way(sheet: xw.Sheet, table: FieldTable) -> list[str]:
    """What would keep values from going into the cells they belong to."""
    found = []
    if sheet.api.FilterMode:
        found.append(f"工作表“{sheet.name}”有筛选，藏起来的行写不进去，请先在“数据”里清除筛选。")
    columns = [column.api for column in _columns(sheet, table).values()]
    if any(column.MergeCells is not False for column in columns):  # Null where some are
        found.append(f"工作表“{sheet.name}”里要填写的单元格有合并的，请先取消合并。")
    if any(column.HasArray is not False for column in columns):
        found.append(f"工作表“{sheet.name}”里要填写的单元格有数组公式（用 Ctrl+Shift+Enter 输入的），请先清除它。")
    return found


def _columns(sheet: xw.Sheet, table: FieldTable) -> dict[str, xw.Range]:
    """The cells that are filled, by the head of their column."""
    return {
        head: sheet.range((table.rows.start + 1, column + 1), (table.end_row, column + 1))
        for head in _TAKEN_OVER
        if (column := table.columns.get(head)) is not None
    }


def _fill(
    scheme: Scheme, sheet: xw.Sheet, table: FieldTable, district: DistrictResult, undo: list[Callable[[], object]]
) -> None:
    """Put a district's fields into its sheet, each column in one call; `undo` gets what puts back what it held."""
    total = grand_total_row(table)
    for head, column in _columns(sheet, table).items():
        block, before = [], []
        for row, code in table.code_rows:
            kept = entered(table.at(row, head))
            before.append([kept])
            # What was taken over from somebody's workbook goes with it.
            is_typed = table.at(row, VALUE) is not None and not is_judged(str(table.at(row, ORIGIN) or ""))
            new = kept
            if code in scheme.inputs:
                new = _new(scheme, head, code, district, kept, is_typed)
            elif row == total and head == ORIGIN:
                new = as_text(_open(scheme, district, table))
            block.append([new])
        undo.append(partial(setattr, column, "formula", before))
        column.formula = block
    with suppress(Exception):  # a matter of looks
        sheet.range((table.rows.start + 1, 1), (table.end_row, 1)).rows.autofit()  # the explanations are longer now


def _open(scheme: Scheme, district: DistrictResult, table: FieldTable) -> str:
    """来源 of 总分: why the rank cannot be final; also that what a district had reported before was left as it was."""
    if not district.is_unreported:
        return open_origin(district)
    is_stale = any(
        table.at(row, VALUE) is not None and not is_judged(str(table.at(row, ORIGIN) or ""))
        for row, code in table.code_rows
        if code in scheme.inputs and not scheme.inputs[code].judge
    )
    return open_text([_STALE] if is_stale else [])


_STALE = "没有可用的填报表，表中仍是此前的数"


def _new(
    scheme: Scheme,
    head: str,
    code: str,
    district: DistrictResult,
    kept: Entered,
    is_typed: bool,
) -> Entered:
    """What a column then holds for a code; `kept` is what it holds now.

    `is_typed` says whether the row has a value that was typed there.
    """
    if district.layers is None:
        return kept
    spec, field = scheme.inputs[code], district.layers.fields[code]
    entry = field.counts
    if district.is_unreported:
        # What others judge by itself counts; an amount does not where nobody knows what was assigned.
        is_assigned = field.reported.assigned is not None
        is_known = spec.kind is not InputKind.AMOUNT or is_assigned
        is_taken = is_assigned if head == TARGET else is_known and field.decided is not None and head in (VALUE, ORIGIN)
        if not is_taken:
            is_unknown = head == TARGET and spec.kind is InputKind.AMOUNT and kept in (None, "")
            return UNKNOWN_TARGET if is_unknown else kept
    is_left = spec.judge is not None and entry.value is None and is_typed
    if head == CONTENT:
        return as_text(case_cell(field.reported) or "") if spec.names_case else kept
    if head == ORIGIN:
        return kept if is_left else as_text(field_origin(field, district.digests))
    if head == TARGET:
        shown = typed_text(field.sources, TARGET, entry.target)
        return _content(entry.target, shown) if spec.kind is InputKind.AMOUNT else kept
    return kept if is_left else _content(entry.value, typed_text(field.sources, VALUE, entry.value))


def _content(value: Value, typed: str) -> Entered:
    return float(value) if isinstance(value, Decimal) else as_text(shown_value(value, typed))
