"""考核方案.xlsx written: every sheet with its heads, what may be chosen, and help where people type."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xladdin import words
from xladdin.methods.item import METHODS, Item, Sampled
from xladdin.numbers import NOT_APPLICABLE
from xladdin.scheme.book import layout
from xladdin.scheme.book.differences import Difference, changes_sheet, in_words
from xladdin.scheme.book.tables import Row, SheetRows, Shown, sheet_rows
from xladdin.scheme.model import Scheme
from xladdin.scheme.policies import MEANINGS
from xladdin.words import (
    CONTENT,
    KIND_PROPERTY,
    SCHEME_CHANGES_KIND,
    SCHEME_FILE,
    SCHEME_KIND,
    VERSION_PROPERTY,
)
from xladdin.workbook.cells import absolute_area
from xladdin.workbook.write import styles
from xladdin.workbook.write.cells import CellWriter
from xladdin.workbook.write.tables import write_tables

SPARE = 60
"""Empty rows below the filled ones, ready to be typed into."""

_WIDE = {layout.TASK, layout.RULE, layout.QUOTE, layout.OPTION_TEXT, layout.ABOUT, "理由", layout.VALUE, "标题"}
_MEDIUM = {
    layout.NAME,
    layout.DEPARTMENTS,
    layout.METHOD,
    layout.WHAT,
    layout.PARAMETER,
    layout.EXAMPLE,
    layout.OPTION,
    layout.POLICY,
    "单位",
}
_NARROW = 11.0
"""The width of a column for a number or a word."""

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
    layout.ITEM: f"计分项的编号，从列表中选；与工作表“{layout.TASKS}”中的一致。",
    layout.ANNEX: "这一行印在哪个附件里。",
    layout.SECTION: f"第几部分，见工作表“{layout.SECTIONS}”。",
    layout.ROW: "这一附件（附件1为这一部分）里的第几行，从 1 起连续编号。",
    layout.TASK: "官方表格里的任务或要求，照抄。",
    layout.RULE: "官方表格里的评分方法，照抄。",
    layout.REFERRED: "由另一个附件逐项计分的行，写那个附件的名称，其余各列留空。",
    layout.ID: "大写字母加数字，每项一个；指标的是项目编号后面加点和序号。",
    layout.KIND: f"步骤、档次等，见工作表“{layout.GUIDE}”里各种计分方式要写的。",
    layout.PARAMETER: f"从列表中选；各种计分方式要写哪些，见工作表“{layout.GUIDE}”。",
    layout.POLICY: f"从列表中选；各是什么意思，见工作表“{layout.GUIDE}”的最后一张表。没有用到的整组删去。",
    layout.OPTION: "程序里的名称，照抄，不能改。",
    layout.DONE: "例子里填的数，或“是”“否”。",
    layout.ASSIGNED: "例子里的当年任务量，没有的留空。",
}

_STEPS_OF_WORK = (
    f"一、由“新建方案”得到的底稿，内容是上一年度的，只改变动的地方；先改工作表“{layout.DOCUMENT}”：年度、文号、标题、日期、总分。",
    f"二、在“{layout.SECTIONS}”“{layout.TASKS}”中按印发的表格逐行填写；一行是官方表格的一行，一行里有几个计分项的，下面各行只写编号以后的各列。",
    f"三、每项任务选一种计分方式，把它要的参数写在“{layout.PARAMETERS}”，指标、步骤、档次写在“{layout.INDICATORS}”“{layout.STEPS}”，一行一个。",
    "四、每个数旁边照抄原文中写着它的那句话；检查时会核对原文里有没有这句话、这句话里有没有这个数。原文没有写的数，写“约定：”和理由。",
    f"五、有一票否决、等次、分组排名的，写在“{layout.VETOES}”“{layout.GRADES}”“{layout.GROUPS}”；没有的，这几张表空着。",
    f"六、在“{layout.EXAMPLES}”中写几个手算的例子。",
    f"七、按功能区的“检查方案”（或用命令 xladdin scheme check {SCHEME_FILE}）检查，按提示改到没有错误。",
    f"八、把文件以“{SCHEME_FILE}”为名放进考核文件夹，模板、校验、汇总就都按它计分。",
)

_WIDTHS = (30.0, 26.0, 9.0, 12.0, 11.0, 22.0, 11.0, 20.0)
"""Of the columns of 说明, in which the picture stands."""


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
    sheets = sheet_rows(scheme)
    _guide(writer, scheme, sheets)
    for name, own in sheets.items():
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
        (layout.STEPS, layout.STEP_LABELS["signed"]): yes_no,
        (layout.READINGS, layout.POLICY): tuple(MEANINGS),
        (layout.READINGS, layout.IS_DEFAULT): (layout.YES,),
        (layout.UNITS, "分区"): tuple(scheme.district_list.zones.values()),
        (layout.UNITS, layout.GROUPS): tuple(group.name for group in scheme.groups),
        (layout.SECTIONS, layout.BONUS): (layout.YES,),
        (layout.PARAMETERS, layout.PARAMETER): tuple(layout.LABELS.values()),
    }


def _width(head: str) -> float:
    if head in _WIDE or head.endswith(layout.QUOTE):
        return 44.0
    return 24.0 if head in _MEDIUM else _NARROW


def _sheet(writer: CellWriter, name: str, own: SheetRows, choices: Mapping[tuple[str, str], Sequence[str]]) -> None:
    sheet = writer.book.add_worksheet(name)
    sheet.set_tab_color(_COLORS.get(name, "#1F4E79"))
    typed = writer.style({**styles.LOOKS["named"], "locked": False, "align": "left"})
    centred = writer.style({**styles.LOOKS["entry"], "locked": False})
    quiet = writer.style(styles.LOOKS["quiet"])
    explained = {layout.ABOUT, layout.WHAT} if name == layout.DOCUMENT else set()
    forms = {head: quiet if head in explained else typed if _width(head) > _NARROW else centred for head in own.heads}
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
        for column, (head, form) in enumerate(forms.items()):
            writer.put(sheet, n, column, row.get(head), form)
    if name != layout.DOCUMENT:
        for n in range(len(own.rows) + 1, last + 1):
            for column, form in enumerate(forms.values()):
                writer.put(sheet, n, column, None, form)
    for column, head in enumerate(own.heads):
        rule: dict[str, object] = {"validate": "any"}
        if source := choices.get((name, head)):
            rule = {
                "validate": "list",
                "source": list(source),
                "error_title": "请从列表中选",
                "error_message": "请从下拉列表中选一个。",
            }
        elif head == layout.ITEM:
            rule = {
                "validate": "list",
                "source": _column(layout.TASKS, layout.TASK_HEADS.index(layout.ID), 1, _MOST_ITEMS),
                "error_type": "warning",
                "error_title": "没有这个编号",
                "error_message": f"工作表“{layout.TASKS}”里还没有这个编号。",
            }
        if head in _HELP:
            rule |= {"input_title": head, "input_message": _HELP[head]}
        if len(rule) > 1:
            writer.validate(sheet, (1, column, last, column), rule)
    sheet.freeze_panes(1, 2 if name != layout.DOCUMENT else 1)
    sheet.set_landscape()
    sheet.set_paper(8)
    widths = [_width(head) for head in own.heads]
    sheet.fit_to_pages(styles.pages_wide(widths, large_paper=True, landscape=True), 0)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, 1)
    # Of a table without rows nothing is printed: a cell beyond it.
    last = len(own.heads) - 1
    sheet.print_area(*((0, 0, len(own.rows), last) if own.rows else (SPARE + 2, last + 1, SPARE + 2, last + 1)))


def _column(sheet: str, column: int, first: int, last: int) -> str:
    """Cells of a column as a rule names them."""
    return f"='{sheet}'!{absolute_area(first, column, last, column)}"


def _guide(writer: CellWriter, scheme: Scheme, sheets: Mapping[str, SheetRows]) -> None:
    """说明: what to do, a picture of how a row becomes rows of the form, and what each way of scoring needs."""
    sheet = writer.book.add_worksheet(layout.GUIDE)
    sheet.set_tab_color(_COLORS[layout.GUIDE])
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    last = len(_WIDTHS) - 1
    writer.merge(sheet, (0, 0, 0, last), "怎样编制考核方案", writer.style(styles.TITLE))
    sheet.set_row(0, styles.TITLE_HEIGHT)
    row = 1
    for step in _STEPS_OF_WORK:
        writer.merge(sheet, (row, 0, row, last), step, writer.style({**styles.NOTE, "text_wrap": True}))
        sheet.set_row(row, styles.row_height(step, sum(_WIDTHS)))
        row += 1
    writer.put(sheet, row, 0, "黄色的格填写", writer.style(styles.LOOKS["entry"]))
    writer.merge(sheet, (row, 1, row, 2), "灰字的格是说明，不必改", writer.style(styles.LOOKS["quiet"]))
    row = _picture(writer, sheet, row + 2, scheme, sheets) + 1
    titles = (layout.METHOD, f"工作表“{layout.PARAMETERS}”里写", f"工作表“{layout.STEPS}”“{layout.INDICATORS}”里写")
    row = _table(writer, sheet, row, (titles, *((method.title, *_needed(method)) for method in METHODS.values())))
    readings = ((name, what, "；".join(map(" ".join, own.items()))) for name, (what, own) in MEANINGS.items())
    titles = (layout.POLICY, "定的是什么（用到的才写）", layout.OPTION)
    row = _table(writer, sheet, row + 1, (titles, *readings))
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, row - 1, last)


def _table(writer: CellWriter, sheet: Worksheet, row: int, lines: Iterable[Sequence[str]]) -> int:
    """A table of three columns on 说明, the first line its heads; the row below it."""
    head, text = writer.style(styles.HEAD), writer.style(styles.LOOKS["text"])
    spans = ((0, 0), (1, 4), (5, len(_WIDTHS) - 1))
    for n, cells in enumerate(lines):
        form = text if n else head
        for (first, end), value in zip(spans, cells, strict=True):
            if first == end:
                writer.put(sheet, row, first, value, form)
            else:
                writer.merge(sheet, (row, first, row, end), value, form)
        widths = (sum(_WIDTHS[first : end + 1]) for first, end in spans)
        heights = (styles.row_height(value, width) for value, width in zip(cells, widths, strict=True))
        sheet.set_row(row, max(heights) if n else styles.HEAD_HEIGHT)
        row += 1
    return row


def _needed(method: type[Item]) -> tuple[str, str]:
    """What a way of scoring wants in 参数, and in 步骤档次 or 指标."""
    parameters = [
        layout.LABELS[leaf.path] + ("（可不写）" if leaf.is_optional else "") for leaf in layout.parameters(method)
    ]
    lists = [
        f"{layout.KINDS[key]}：{layout.LIST_MARK.join(layout.STEP_LABELS[leaf.path] for leaf in layout.leaves(inner))}"
        for key, inner in layout.lists(method).items()
    ]
    if method.may_not_apply:
        lists.append(f"工作表“{layout.INDICATORS}”：每个指标一行")
    return layout.LIST_MARK.join(parameters) or "—", "；".join(lists) or "—"


def _picture(writer: CellWriter, sheet: Worksheet, row: int, scheme: Scheme, sheets: Mapping[str, SheetRows]) -> int:
    """How an item of the scheme becomes rows of the form, by numbers that stand on both sides; the row below it."""
    head, band = writer.style(styles.HEAD), writer.style({**styles.NOTE, "bold": True})
    typed, text = writer.style(styles.LOOKS["named"]), writer.style(styles.LOOKS["text"])
    centred, score_look = writer.style(styles.LOOKS["entry"]), writer.style(styles.CENTRED)
    details = {
        name: [own for _key, own in sheets[name].rows] for name in (layout.INDICATORS, layout.STEPS, layout.PARAMETERS)
    }
    item = next(item for item in scheme.items.values() if any(own[layout.ITEM] == item.id for own in _all(details)))
    task = next(own for _key, own in sheets[layout.TASKS].rows if own.get(layout.ID) == item.id)
    task = {**_texts_of_row(sheets[layout.TASKS], item.id), **task}

    def line(cells: Sequence[Shown], forms: Sequence[Format], spans: Sequence[tuple[int, int]]) -> None:
        nonlocal row
        for (first, end), value, form in zip(spans, cells, forms, strict=True):
            if first == end:
                writer.put(sheet, row, first, value, form)
            else:
                writer.merge(sheet, (row, first, row, end), value or "", form)
        widths = [sum(_WIDTHS[first : end + 1]) for first, end in spans]
        heights = [styles.row_height(str(value or ""), width) for value, width in zip(cells, widths, strict=True)]
        sheet.set_row(row, max(heights))
        row += 1

    columns = [(n, n) for n in range(len(_WIDTHS))]
    whole = [(0, len(_WIDTHS) - 1)]
    line([f"例：本方案的 {item.id}。方案里写一次，{scheme.source.form_kind}照它生成："], [band], whole)
    heads = (layout.TASK, layout.RULE, layout.ROW_POINTS, layout.ID, layout.NAME, layout.METHOD)
    spans = ((0, 0), (1, 1), (2, 3), (4, 4), (5, 6), (7, 7))
    line([f"{mark} {name}" for mark, name in zip("①②③④⑤⑥", heads, strict=True)], [head] * 6, spans)
    line([_shortened(task.get(name)) for name in heads], [typed, typed, centred, typed, typed, typed], spans)
    for name, rows in details.items():
        for own in [own for own in rows if own[layout.ITEM] == item.id][:3]:
            told = "，".join(
                f"{key} {in_words(value)}" for key, value in own.items() if value is not None and key != layout.ITEM
            )
            line([f"工作表“{name}”", f"⑦ {told}"], [text, typed], [(0, 0), (1, 7)])
    line(
        [f"↓　下发时生成{scheme.source.form_kind}　↓"],
        [writer.style({**styles.NOTE, "bold": True, "align": "center"})],
        whole,
    )
    form_heads = (words.NAME, words.METHOD, layout.POINTS, layout.SCORE, layout.ID, CONTENT, "单位", layout.DONE)
    form_marks = ("①", "②", "③", "⑥⑦", "④", "⑦", "⑦", "")
    line([f"{mark} {name}".strip() for mark, name in zip(form_marks, form_heads, strict=True)], [head] * 8, columns)
    for n, spec in enumerate(item.inputs[:3]):
        official = (
            [_shortened(task.get(name)) for name in (layout.TASK, layout.RULE, layout.ROW_POINTS)]
            if n == 0
            else [""] * 3
        )
        filled = f"{spec.judge}填" if spec.judge else f"{scheme.source.unit_word}里填"
        score = "自动计算" if n == 0 else ""
        look = writer.style(styles.LOOKS["judged"]) if spec.judge else centred
        line(
            [*official, score, spec.code, spec.name, spec.unit, filled],
            [text, text, *[score_look] * 3, text, score_look, look],
            columns,
        )
    return row


def _all(details: Mapping[str, Sequence[Row]]) -> Iterable[Row]:
    return (own for name in (layout.INDICATORS, layout.STEPS) for own in details[name])


def _texts_of_row(tasks: SheetRows, id_: str) -> Row:
    """The official row's texts, which stand at the first of its items."""
    found: Row = {}
    for _key, own in tasks.rows:
        if layout.TASK in own:
            found = {head: own[head] for head in (layout.TASK, layout.RULE, layout.ROW_POINTS)}
        if own.get(layout.ID) == id_:
            break
    return found


def _shortened(value: Shown) -> Shown:
    return f"{value[:_SHOWN]}……" if isinstance(value, str) and len(value) > _SHOWN else value


_SHOWN = 40
"""Characters of a text in the picture."""

_MOST_ITEMS = 500
"""Rows of 任务 from which the number of an item can be chosen."""


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
