"""考核方案.xlsx written: every sheet with its heads, what may be chosen, and help where people type."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xladdin.methods.item import METHODS, Sampled
from xladdin.numbers import NOT_APPLICABLE
from xladdin.scheme.book import layout
from xladdin.scheme.book.differences import Difference, changes_sheet
from xladdin.scheme.book.tables import Row, SheetRows, Shown, sheet_rows
from xladdin.scheme.model import Scheme
from xladdin.words import (
    KIND_PROPERTY,
    SCHEME_CHANGES_KIND,
    SCHEME_FILE,
    SCHEME_KIND,
    VERSION_PROPERTY,
)
from xladdin.workbook.write import styles
from xladdin.workbook.write.cells import CellWriter
from xladdin.workbook.write.tables import write_tables

SPARE = 60
"""Empty rows below the filled ones, ready to be typed into."""

_WIDE = {layout.TASK, layout.RULE, layout.QUOTE, layout.OPTION_TEXT, layout.ABOUT, "理由", layout.VALUE}
_MEDIUM = {
    layout.NAME,
    layout.DEPARTMENTS,
    layout.METHOD,
    layout.WHAT,
    "标题",
    layout.PARAMETER,
    layout.EXAMPLE,
    "单位",
}
_COLORS = {
    layout.GUIDE: "#7F7F7F",
    layout.EXAMPLES: "#2E7D32",
}

_HELP: Mapping[str, str] = {
    layout.METHOD: f"这一项怎么计分。每种方式要写哪些参数、步骤，见工作表“{layout.GUIDE}”。",
    layout.QUOTE: f"方案原文中写着这个数的那句话，照抄。原文没有的，写“{layout.CONVENTION}……”并说明依据。",
    layout.ROW_POINTS: "官方表格这一行的分值；一行有几个计分项的，写在第一行。",
    layout.POINTS: "这一计分项的分值；附件1以外的任务不写，与行分值相同。",
    layout.DEPARTMENTS: f"评价部门，几个部门用“{layout.LIST_MARK}”分开。",
    layout.IS_DEFAULT: "默认采用的读法写“是”，每个口径只有一个。",
    layout.SCORE: "按原文手算的得分。检查时程序另算一遍，不同的会指出来。",
    layout.EXAMPLE: "写在例子的第一行，一个编号一行。与全部单位比较的计分项，本单位写在第一行，其余单位各写一行，编号相同。",
    layout.BONUS: "分值在总分以外的写“是”：这一部分的分值是加分的上限。",
    layout.GROUPS: f"分组排名的，写组名；各组列在工作表“{layout.GROUPS}”。不分组的都留空。",
    layout.OUTCOME_LABELS["at_most"]: "有这种情形时总分最高按多少分计，原文中要有这个数；取消考核成绩的留空。",
    layout.OUTCOME_LABELS["from"]: "总分达到多少分为这一等次，从高到低逐行写，最后一行写 0。",
    layout.ITEM: f"计分项的编号，与工作表“{layout.TASKS}”中的一致。",
}

_STEPS_OF_WORK = (
    f"一、先改工作表“{layout.DOCUMENT}”：年度、文号、标题、日期、总分。",
    f"二、在“{layout.SECTIONS}”“{layout.TASKS}”中按印发的表格逐行填写；一行是官方表格的一行，一行里有几个计分项的，下面各行只写编号以后的各列。",
    f"三、每项任务选一种计分方式，把它要的参数写在“{layout.PARAMETERS}”，指标、步骤、档次写在“{layout.INDICATORS}”“{layout.STEPS}”，一行一个。",
    "四、每个数旁边照抄原文中写着它的那句话；检查时会核对原文里有没有这句话、这句话里有没有这个数。",
    f"五、有一票否决、等次、分组排名的，写在“{layout.VETOES}”“{layout.GRADES}”“{layout.GROUPS}”；没有的，这几张表空着。",
    f"六、在“{layout.EXAMPLES}”中写几个手算的例子。",
    f"七、用命令 xladdin scheme check {SCHEME_FILE} 检查，按提示改到没有错误。",
    f"八、把文件以“{SCHEME_FILE}”为名放进考核文件夹，模板、校验、汇总就都按它计分。",
)

_PICTURE: Sequence[Sequence[Shown]] = (
    (f"“{layout.TASKS}”的一行", "→", "区填报表的一行", ""),
    ("任务原文、评分方法、行分值", "→", "任务名称、评分方法、分值（照印）", ""),
    ("编号 D2，计分方式“按百分点扣（加）分”", "→", "编号 D2.1，填报内容“结案率”，单位 %", "区里填 88.4"),
    (f"“{layout.STEPS}”：起点 90，每档分值 1", "→", "得分的公式", "10-（90-88.4）×1=8.4"),
)


def scheme_workbook(
    scheme: Scheme, examples: Iterable[tuple[str, Sequence[Sampled], Mapping[str, Decimal], Decimal | None]]
) -> bytes:
    """The workbook of a scheme. `examples` are item ids with values (the unit's own first), 任务量 by code, and the score."""
    writer = CellWriter()
    source = scheme.source
    writer.describe(
        source.title,
        SCHEME_KIND,
        source.office,
        "",
        datetime.combine(source.issued, datetime.min.time()),
        {KIND_PROPERTY: SCHEME_KIND, VERSION_PROPERTY: source.version},
    )
    _guide(writer)
    for name, own in sheet_rows(scheme).items():
        _sheet(writer, name, own, _choices(scheme))
    _sheet(writer, layout.EXAMPLES, _examples(examples), {})
    return writer.finished()


def _choices(scheme: Scheme) -> dict[tuple[str, str], Sequence[str]]:
    """What may be chosen, by sheet and head."""
    yes_no = (layout.YES, layout.NO)
    return {
        (layout.TASKS, layout.ANNEX): (
            scheme.annex1.annex.id,
            *(annex.annex.id for annex in scheme.annexes),
            layout.annex_name(len(scheme.annexes) + 2),
        ),
        (layout.TASKS, layout.METHOD): tuple(layout.method_titles()),
        (layout.INDICATORS, layout.INDICATOR_LABELS["whole"]): yes_no,
        (layout.STEPS, layout.KIND): tuple(layout.KINDS.values()),
        (layout.STEPS, layout.STEP_LABELS["above"]): yes_no,
        (layout.READINGS, layout.IS_DEFAULT): (layout.YES,),
        (layout.UNITS, "分区"): tuple(scheme.district_list.zones.values()),
        (layout.UNITS, layout.GROUPS): tuple(group.name for group in scheme.groups),
        (layout.SECTIONS, layout.BONUS): (layout.YES,),
        (layout.PARAMETERS, layout.PARAMETER): tuple(layout.LABELS.values()),
    }


def _width(head: str) -> float:
    if head in _WIDE or head.endswith(layout.QUOTE):
        return 44.0
    return 24.0 if head in _MEDIUM else 11.0


def _sheet(writer: CellWriter, name: str, own: SheetRows, choices: Mapping[tuple[str, str], Sequence[str]]) -> None:
    sheet = writer.book.add_worksheet(name)
    sheet.set_tab_color(_COLORS.get(name, "#1F4E79"))
    typed = writer.style({**styles.LOOKS["named"], "locked": False})
    centred = writer.style({**styles.LOOKS["entry"], "locked": False})
    quiet = writer.style(styles.LOOKS["quiet"])
    for column, head in enumerate(own.heads):
        width = _width(head)
        sheet.set_column(column, column, width)
        writer.put(sheet, 0, column, head, writer.style(styles.HEAD))
    sheet.set_row(0, styles.HEAD_HEIGHT * (2 if any(len(head) * 2 > _width(head) for head in own.heads) else 1))
    last = len(own.rows) + SPARE
    for n, (_key, row) in enumerate(own.rows, 1):
        texts = [(head, value) for head, value in row.items() if isinstance(value, str)]
        heights = (styles.row_height(value, _width(head)) for head, value in texts)
        sheet.set_row(n, min(400.0, max([styles.ROW_HEIGHT, *heights])))
        _cells(writer, sheet, n, own.heads, row, typed, centred, quiet)
    if name != layout.DOCUMENT:
        for n in range(len(own.rows) + 1, last + 1):
            _cells(writer, sheet, n, own.heads, {}, typed, centred, quiet)
    for column, head in enumerate(own.heads):
        rule: dict[str, object] = {"validate": "any"}
        if source := choices.get((name, head)):
            listed = ",".join(source)
            rule = {
                "validate": "list",
                "source": list(source),
                "error_title": "请从列表中选",
                "error_message": "请从下拉列表中选一个。",
            }
            if len(listed) > 255:  # Excel's limit; the parameters are listed on the guide's sheet
                rule["source"] = f"='{layout.GUIDE}'!$H$1:$H${len(layout.LABELS)}"
        if head in _HELP:
            rule |= {"input_title": head, "input_message": _HELP[head]}
        if len(rule) > 1:
            writer.validate(sheet, (1, column, last, column), rule)
    sheet.freeze_panes(1, 2 if name != layout.DOCUMENT else 1)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, len(own.rows), len(own.heads) - 1)


def _cells(
    writer: CellWriter,
    sheet: Worksheet,
    n: int,
    heads: Sequence[str],
    row: Row,
    typed: Format,
    centred: Format,
    quiet: Format,
) -> None:
    for column, head in enumerate(heads):
        form = quiet if head == layout.ABOUT else typed if _width(head) > 20 else centred
        writer.put(sheet, n, column, row.get(head), form)


def _guide(writer: CellWriter) -> None:
    """说明: what to do, how a row becomes a row of the form, and what each way of scoring needs."""
    sheet = writer.book.add_worksheet(layout.GUIDE)
    sheet.set_tab_color(_COLORS[layout.GUIDE])
    widths = (42, 5, 44, 46)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_column(7, 7, None, None, {"hidden": True})
    text, head = writer.style(styles.LOOKS["text"]), writer.style(styles.HEAD)
    writer.merge(sheet, (0, 0, 0, 3), "怎样编制考核方案", writer.style(styles.TITLE))
    sheet.set_row(0, styles.TITLE_HEIGHT)
    row = 1
    for step in _STEPS_OF_WORK:
        writer.merge(sheet, (row, 0, row, 3), step, writer.style({**styles.NOTE, "text_wrap": True}))
        sheet.set_row(row, styles.row_height(step, sum(widths)))
        row += 1
    row += 1
    for n, cells in enumerate(_PICTURE):
        for column, value in enumerate(cells):
            writer.put(sheet, row, column, value, head if n == 0 else text)
        sheet.set_row(
            row,
            styles.HEAD_HEIGHT
            if n == 0
            else max(styles.row_height(str(c), w) for c, w in zip(cells, widths, strict=True)),
        )
        row += 1
    row += 1
    for column, value in enumerate(("计分方式", "", f"参数（工作表“{layout.PARAMETERS}”）", "指标、步骤、档次")):
        writer.put(sheet, row, column, value, head)
    row += 1
    for method in METHODS.values():
        needed = [
            layout.LABELS[leaf.path] + ("（可不写）" if leaf.is_optional else "") for leaf in layout.parameters(method)
        ]
        lists = [
            f"{layout.KINDS[key]}："
            + layout.LIST_MARK.join(layout.STEP_LABELS[leaf.path] for leaf in layout.leaves(inner))
            for key, inner in layout.lists(method).items()
        ]
        if method.may_not_apply:
            lists.append(f"工作表“{layout.INDICATORS}”：每个指标一行")
        cells = (method.title, "", layout.LIST_MARK.join(needed) or "—", "；".join(lists) or "—")
        for column, value in enumerate(cells):
            writer.put(sheet, row, column, value, text)
        sheet.set_row(row, max(styles.row_height(c, w) for c, w in zip(cells, widths, strict=True)))
        row += 1
    for n, label in enumerate(layout.LABELS.values()):
        sheet.write_string(n, 7, label)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, row, 3)


def _examples(found: Iterable[tuple[str, Sequence[Sampled], Mapping[str, Decimal], Decimal | None]]) -> SheetRows:
    rows: list[tuple[str, Row]] = []
    for n, (item, sampled, targets, score) in enumerate(found, 1):
        shown = NOT_APPLICABLE.value if score is None else float(score)
        head: Row = {layout.EXAMPLE: f"例{n}", layout.ITEM: item, layout.SCORE: shown}
        for code, value in (pair for unit in sampled for pair in unit.values.items()):
            target = targets.get(code)
            own: Row = {
                layout.FIELD: code,
                layout.DONE: value,
                layout.ASSIGNED: None if target is None else float(target),
            }
            rows.append((f"{n} {code}", {**head, **own}))
            head = {}
    heads = (layout.EXAMPLE, layout.ITEM, layout.FIELD, layout.DONE, layout.ASSIGNED, layout.SCORE)
    return SheetRows(heads, tuple(rows))


def differences_workbook(before: Scheme, after: Scheme, found: Sequence[Difference], generated: datetime) -> bytes:
    """The differences of two schemes as a workbook."""
    properties = {KIND_PROPERTY: SCHEME_CHANGES_KIND, VERSION_PROPERTY: after.source.version}
    sheet = changes_sheet(before, after, found)
    return write_tables([sheet], properties, SCHEME_CHANGES_KIND, after.source.office_name, generated)
