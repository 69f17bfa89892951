"""Writing the blank 区填报表: the official annexes as they look on paper, the fill-in zone beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xladdin.forms import issued
from xladdin.forms.layout import HEAD_ROW, HEADING_ROW, IDENTITY_ROW, TITLE_ROW, Annex, FormLayout, referred_note
from xladdin.methods import checks
from xladdin.methods.checks import AWAITED, ERROR, GOOD, MISSING
from xladdin.methods.inputs import Input, InputKind
from xladdin.methods.item import Item
from xladdin.numbers import MAX_NUMBER, plain
from xladdin.scheme.book.stamps import stamp_of
from xladdin.scheme.model import Scheme
from xladdin.words import (
    CHECK,
    CODE,
    CONTENT,
    COVER,
    DISTRICT_PLACEHOLDER,
    DISTRICT_PROPERTY,
    EVIDENCE,
    FORM_KIND,
    GRAND_TOTAL,
    KIND_PROPERTY,
    NUMBER_LABEL,
    NUMBER_PLACEHOLDER,
    NUMBER_PROPERTY,
    POINTS,
    RATE,
    SCHEME_LABEL,
    SCHEME_PROPERTY,
    SCORE,
    SUBTOTAL,
    SUM,
    TARGET,
    UNIT,
    UNIT_LABEL,
    VALUE,
    VERSION_LABEL,
    VERSION_PROPERTY,
    identity_line,
)
from xladdin.workbook.cells import cell_name
from xladdin.workbook.write import styles
from xladdin.workbook.write.cells import CellWriter

Cell = tuple[str, int, int]

_WIDTHS, _TASK_WIDTHS = (14, 28, 48, 6.5, 9.5), (5, 30, 18, 18, 5.5, 9.5)
"""Of the official columns of 附件1 and of annexes of tasks."""
_FILL_WIDTHS = {CODE: 7.5, CONTENT: 31, UNIT: 9, TARGET: 12, VALUE: 12, RATE: 10.5, EVIDENCE: 22, CHECK: 31}

_TOP, _BOTTOM = 0.3, 0.6
"""Inches at the top and bottom of a page; the footer stands in the lower half of what is at the bottom."""

_PAGE_WIDTH, _PAGE_HEIGHT = 520.0, 670.0
"""Points that are surely left of a page between its margins: programs make rows a little higher than they are set."""
_HEADS_HEIGHT, _REPEATED_HEIGHT = 100.0, 26.0
"""Points above the first task: on the first page, and on those on which the heads are repeated."""
_END_HEIGHT = 82.0
"""Points below the last task: the total and the signature."""

_CENTRED, _TASK_CENTRED = (0, 3), (0, 2, 4)
"""Official columns of short texts; the others are set flush left."""

GIVEN_TEXT = "市下达的任务量（已锁定）"
"""The legend entry whose cell carries the format of an issued 任务量."""


def _official_widths(annex: Annex) -> tuple[float, ...]:
    """Those of the printed columns: of a table of tasks the wider one for whichever is longer, the tasks or the rules."""
    if not annex.tasks:
        return _WIDTHS
    number, task, departments, rule, *rest = _TASK_WIDTHS
    is_by_rules = sum(len(t.method_text) - len(t.task) for t in annex.tasks.tasks) > 0
    return (number, rule, departments, task, *rest) if is_by_rules else _TASK_WIDTHS


def _own(scheme: Scheme) -> str:
    """Those who fill in the form, among themselves."""
    return f"{scheme.source.unit_word}里"


def _steps(layout: FormLayout) -> tuple[str, ...]:
    scheme = layout.scheme
    cases = next((spec for spec in scheme.inputs.values() if spec.names_case), None)
    naming = ""
    if cases:
        section = scheme.sections[scheme.sections_of[cases.item_id] - 1]
        kind = cases.name.rstrip("0123456789")
        naming = f"{section.name}每项{kind}在“{CONTENT}”里写案例名称，得分由专家评定。"
    unit = _own(scheme)
    sheets = "、".join(annex.sheet for annex in layout.annexes)
    given = f"以及“{TARGET}”（市里已下达的为蓝色锁定格）和" if scheme.indicators else "以及"
    unassigned = "，没有下达任务量的留空" if scheme.indicators else ""
    computed = "".join(f"“{head}”" for head in ((RATE, SCORE, CHECK) if scheme.indicators else (SCORE, CHECK)))
    compared = _without(scheme.items.values())
    return (
        f"1. 只填黄色格：{sheets} 右侧“填报区”的“{VALUE}”，{given}“{EVIDENCE}”。其余格已锁定，不设密码，请勿改动。",
        f"2. 数字格只填数字，不带单位；百分比填数字部分（45% 填 45）。没有完成的填 0{unassigned}。",
        f"3. 是/否格从下拉框选“是”或“否”。{naming}",
        f"4. 灰色格由专家或部门评定，{unit}不填；“{CHECK}”列写明由谁填写。",
        f"5. {computed}由公式自动计算，是本表自测结果；正式得分由{scheme.source.office_name}按填报内容重新计算。{compared and f'自测得分{compared}。'}",
        f"6. “{CHECK}”出现“错误”“缺”时请改正；上面的“填报状态”显示可以报送后，另存为 .xlsx、.xls 或 .ods 均可，文件名不要改。",
    )


def _without(items: Iterable[Item]) -> str:
    """What the sums of items' scores leave out, as a form knows only its own values; nothing where that is nothing."""
    own = [item for item in items if item.among_all]
    if not own:
        return ""
    points = sum((item.points for item in own), Decimal(0))
    return f"不含{checks.BY_ALL_UNITS}的 {'、'.join(item.id for item in own)}（共 {plain(points)} 分）"


_STATES: Mapping[str, styles.Style] = {
    ERROR: styles.ERROR_STATE,
    MISSING: styles.MISSING_STATE,
    AWAITED: styles.QUIET_STATE,
    "不适": styles.QUIET_STATE,
    "未报": styles.QUIET_STATE,
    GOOD: styles.GOOD_STATE,
}
"""How what 校验 says shows, by its first words."""


def write_form(
    layout: FormLayout, formulas: Mapping[Cell, str], shown: Mapping[Cell, str | float], created: datetime
) -> bytes:
    """The blank official workbook, with placeholders for district and number, as the bytes of an .xlsx file.

    `formulas` holds each formula by cell and `shown` its value for a blank form. Same input, same bytes.
    """
    writer = _FormWriter(layout, formulas, shown)
    writer.write(created)
    return writer.finished()


class _FormWriter(CellWriter):
    def __init__(self, layout: FormLayout, formulas: Mapping[Cell, str], shown: Mapping[Cell, str | float]) -> None:
        super().__init__()
        self.layout = layout
        self.formulas = formulas
        self.shown = shown
        self.version = layout.scheme.source.version

    def write(self, created: datetime) -> None:
        source = self.layout.scheme.source
        properties = {
            KIND_PROPERTY: FORM_KIND,
            DISTRICT_PROPERTY: DISTRICT_PLACEHOLDER,
            VERSION_PROPERTY: self.version,
            SCHEME_PROPERTY: stamp_of(self.layout.scheme),
            NUMBER_PROPERTY: NUMBER_PLACEHOLDER,
            **issued.properties(self.layout.scheme),
        }
        self.describe(source.title, source.form_kind, source.office_name, source.number, created, properties)
        sheets = {name: self.book.add_worksheet(name) for name in (COVER, *(a.sheet for a in self.layout.annexes))}
        self._write_cover(sheets[COVER])
        for annex in self.layout.annexes:
            self._write_annex(sheets[annex.sheet], annex)

    def put(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        value: str | float | None,
        form: Format,
        formula: str | None = None,
    ) -> None:
        """Write one cell, as the formula that stands there where there is one."""
        formula = self.formulas.get((sheet.name, row, column), formula)
        shown = self.shown[sheet.name, row, column] if formula is not None else value
        super().put(sheet, row, column, shown, form, formula)

    # --- 填报说明 -------------------------------------------------------------------------------------------------

    def _write_cover(self, sheet: Worksheet) -> None:
        cover, scheme = self.layout.cover, self.layout.scheme
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 6, 15)
        label, text = self.style(styles.HEAD), self.style(styles.CENTRED)
        number = self.style(styles.CENTRED, num_format="0")
        score = self.style(styles.CENTRED, num_format="0.00")
        sheet.set_row(0, 30)
        self.merge(sheet, (0, 0, 0, 6), f"{scheme.source.title}　{scheme.source.form_kind}", self.style(styles.TITLE))
        note = f"依据 {scheme.source.number}"
        self.merge(sheet, (1, 0, 1, 6), note, self.style(styles.NOTE, align="center"))
        identity = (
            (UNIT_LABEL, DISTRICT_PLACEHOLDER),
            (VERSION_LABEL, self.version),
            (NUMBER_LABEL, NUMBER_PLACEHOLDER),
        )
        for row, (name, value) in zip(cover.identity_rows, identity, strict=True):
            self.put(sheet, row, 0, name, label)
            self.merge(sheet, (row, 1, row, 3), value, self.style(styles.CENTRED, bold=True))
        sheet.set_row(cover.state_row, 26)
        self.put(sheet, cover.state_row, 0, "填报状态", label)
        self.merge(sheet, (cover.state_row, 1, cover.state_row, 6), "", self.style(styles.CENTRED, bold=True))
        for column, head in enumerate(cover.count_heads):
            self.put(sheet, cover.count_head_row, column, head, label)
        names = (*(a.sheet for a in self.layout.annexes), SUM)
        for row, name, annex in zip(cover.count_rows, names, (*self.layout.annexes, None), strict=True):
            self.put(sheet, row, 0, name, text)
            for column in range(1, len(cover.count_heads)):
                self.put(sheet, row, column, float(len(annex.fields)) if annex and column == 1 else "", number)
        for column, head in enumerate(("部分", POINTS, "本表自测得分")):
            self.put(sheet, cover.score_head_row, column, head, label)
        parts: list[tuple[str, str | float, str]] = [
            (s.label, float(s.points), _without(scheme.items_of(s.number))) for s in scheme.sections
        ]
        parts.append((GRAND_TOTAL, scheme.points_shown, _without(scheme.items.values())))
        for row, (name, points, without) in zip(cover.score_rows, parts, strict=True):
            if without:
                self.merge(sheet, (row, 3, row, 6), without, self.style(styles.NOTE))
            sheet.set_row(row, styles.row_height(name, 32))
            self.put(sheet, row, 0, name, self.style(styles.BORDERED))
            self.put(sheet, row, 1, points, self.style(styles.CENTRED, num_format="General"))
            self.put(sheet, row, 2, "", score)
        row = self._write_steps(sheet, cover.steps_row)
        state = (cover.state_row, cover.value_column, cover.state_row, cover.value_column)
        self.show_states(sheet, state, {"尚不": styles.ERROR_STATE, f"{scheme.source.unit_word}填": styles.GOOD_STATE})
        sheet.protect("", {"select_locked_cells": True})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(top=_TOP, bottom=_BOTTOM)
        sheet.fit_to_pages(1, 1)
        sheet.print_area(0, 0, row, 6)
        sheet.set_footer("&C第 &P 页 共 &N 页")
        sheet.hide_gridlines(2)

    def _write_steps(self, sheet: Worksheet, row: int) -> int:
        self.put(sheet, row, 0, "怎样填", self.style(styles.HEAD))
        for step in map(self.layout.scheme.source.say, _steps(self.layout)):
            row += 1
            self.merge(sheet, (row, 0, row, 6), step, self.style(styles.BASE, text_wrap=True))
            sheet.set_row(row, styles.row_height(step, 122))
        row += 2
        self.put(sheet, row, 0, "颜色", self.style(styles.HEAD))
        legend = (
            (f"{_own(self.layout.scheme)}填写", self.style(styles.CENTRED, bg_color=styles.INPUT_FILL)),
            *(
                ((self.layout.scheme.source.say(GIVEN_TEXT), self._field_style(styles.GIVEN_FILL, locked=True)),)
                if self.layout.scheme.indicators
                else ()
            ),
            ("专家或部门评定", self.style(styles.CENTRED, bg_color=styles.JUDGED_FILL)),
            ("公式自动计算", self.style(styles.CENTRED, bg_color=styles.COMPUTED_FILL)),
        )
        for text, form in legend:
            row += 1
            self.put(sheet, row, 0, text, form)
        return row

    # --- 附件1, 附件2 ---------------------------------------------------------------------------------------------

    def _write_annex(self, sheet: Worksheet, annex: Annex) -> None:
        widths = (*_official_widths(annex), *(_FILL_WIDTHS[c] for c in annex.fill_columns))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        self._write_heads(sheet, annex)
        heights = self._heights(annex, widths)
        for row, height in enumerate(heights, annex.rows[0].block.first):
            sheet.set_row(row, height)
        sheet.set_h_pagebreaks(_page_breaks(annex, heights, sum(7 * w + 5 for w in widths[: annex.official_width])))
        for official in annex.rows:
            for head, value, block in official.cells:
                column = annex.column(head)
                centred = column in (_TASK_CENTRED if annex.tasks else _CENTRED)
                form = self.style(styles.CENTRED if centred else styles.BORDERED, num_format="General")
                self.merge(sheet, (block.first, column, block.last, column), value, form)
        score = self.style(styles.CENTRED, num_format="0.00", bold=True)
        column = annex.column(SCORE)
        for block in annex.items.values():
            self.merge(sheet, (block.first, column, block.last, column), "", score)
        for detail, row in annex.referred.items():
            self.put(sheet, row, column, "", score)
            quiet = self.style(styles.CENTRED, font_color=styles.QUIET_COLOR, italic=True)
            self.put(sheet, row, annex.column(CODE), "", quiet)
            self.merge(sheet, (row, annex.column(CONTENT), row, len(annex.columns) - 1), referred_note(detail), quiet)
        for code, row in annex.fields.items():
            self._write_field(sheet, annex, row, self.layout.scheme.inputs[code])
        if annex is self.layout.annexes[-1]:
            stamp = f"{SCHEME_LABEL}：{stamp_of(self.layout.scheme)}"  # not every format keeps the properties
            carried = (*issued.placeholders(self.layout.scheme), stamp)
            for column, text in enumerate(carried, len(annex.columns) + 1):
                self.put(sheet, HEADING_ROW, column, text, self.style(styles.BASE))
                sheet.set_column(column, column, None, None, {"hidden": True})
        self._write_total(sheet, annex)
        self._page_setup(sheet, annex)

    def _write_heads(self, sheet: Worksheet, annex: Annex) -> None:
        width, last = annex.official_width, len(annex.columns) - 1
        sheet.set_row(HEADING_ROW, 20)
        sheet.set_row(TITLE_ROW, 34)
        sheet.set_row(HEAD_ROW, 26)
        heading = self.style(styles.BASE, font_name=styles.HEAD_FONT, font_size=12)
        self.put(sheet, HEADING_ROW, 0, annex.head.heading, heading)
        self.merge(sheet, (TITLE_ROW, 0, TITLE_ROW, width - 1), annex.head.title, self.style(styles.TITLE))
        stamp = identity_line(DISTRICT_PLACEHOLDER, self.version, NUMBER_PLACEHOLDER)
        self.merge(sheet, (IDENTITY_ROW, 0, IDENTITY_ROW, width - 1), stamp, self.style(styles.BASE))
        zone = self.style(styles.TITLE, font_size=13, bg_color=styles.FILL_HEAD_FILL)
        self.merge(sheet, (HEADING_ROW, width, TITLE_ROW, last), f"填　报　区（{DISTRICT_PLACEHOLDER}）", zone)
        hint = f"黄色格由{self.layout.scheme.source.unit_word}填写，灰色格由专家或部门评定，其余自动计算；不打印"
        self.merge(sheet, (IDENTITY_ROW, width, IDENTITY_ROW, last), hint, self.style(styles.NOTE, align="center"))
        for column, head in enumerate(annex.columns):
            form = self.style(styles.HEAD, **({} if column < width else {"bg_color": styles.FILL_HEAD_FILL}))
            self.put(sheet, HEAD_ROW, column, head, form)

    def _heights(self, annex: Annex, widths: tuple[float, ...]) -> list[float]:
        """Row heights with which every text fits, those over several rows included."""
        first = annex.rows[0].block.first
        needed = [22.0] * (annex.last_row + 1 - first)
        contents = {row: self.layout.scheme.inputs[code].name for code, row in annex.fields.items()}
        for row, name in contents.items():
            needed[row - first] = max(needed[row - first], styles.row_height(name, _FILL_WIDTHS[CONTENT]))
        for official in annex.rows:
            for head, value, block in official.cells:
                if not isinstance(value, str):
                    continue
                rows = range(block.first - first, block.last - first + 1)
                lacking = styles.row_height(value, widths[annex.column(head)]) - sum(needed[r] for r in rows)
                for r in rows:
                    needed[r] += max(0.0, lacking) / len(rows)
        return needed

    def _field_style(self, fill: str, *, locked: bool, text: bool = False) -> Format:
        form = {"bg_color": fill, "locked": locked, "num_format": "@" if text else "General"}
        return self.style(styles.BORDERED if text else styles.CENTRED, **form)

    def _write_field(self, sheet: Worksheet, annex: Annex, row: int, spec: Input) -> None:
        judged = spec.judge is not None
        quiet = self.style(styles.CENTRED, bg_color=styles.JUDGED_FILL if judged else "#FFFFFF")
        self.put(sheet, row, annex.column(CODE), spec.code, quiet)
        self.put(sheet, row, annex.column(UNIT), spec.unit, quiet)
        if spec.names_case:
            # What the district types here is the case's name; the cell starts out blank.
            form = self._field_style(styles.INPUT_FILL, locked=False, text=True)
            self.put(sheet, row, annex.column(CONTENT), "", form)
            prompt = {"input_title": spec.name, "input_message": "请填写示范案例的名称；没有的留空，或填“无”。"}
            self._rule(sheet, row, annex.column(CONTENT), {"validate": "any", **prompt})
        else:
            form = self.style(styles.BORDERED, bg_color=styles.JUDGED_FILL if judged else "#FFFFFF")
            self.put(sheet, row, annex.column(CONTENT), spec.name, form)
        fill = styles.JUDGED_FILL if judged else styles.INPUT_FILL
        self.put(sheet, row, annex.column(VALUE), "", self._field_style(fill, locked=judged))
        self._rule(sheet, row, annex.column(VALUE), _validation(spec, VALUE, cell_name(row, annex.column(VALUE))))
        evidence = self._field_style(fill, locked=judged and not spec.names_case, text=True)
        self.put(sheet, row, annex.column(EVIDENCE), "", evidence)
        if TARGET in annex.fill_columns:
            is_amount = spec.kind is InputKind.AMOUNT
            target_fill = styles.INPUT_FILL if is_amount else styles.JUDGED_FILL
            form = self._field_style(target_fill, locked=not is_amount)
            self.put(sheet, row, annex.column(TARGET), "", form)
            rate = self.style(styles.CENTRED, num_format="0.00%", bg_color=styles.COMPUTED_FILL)
            if is_amount:
                self._rule(
                    sheet,
                    row,
                    annex.column(TARGET),
                    _validation(
                        spec,
                        TARGET,
                        cell_name(row, annex.column(TARGET)),
                        self.layout.scheme.least_amount(spec.code) or Decimal(0),
                    ),
                )
                self.put(sheet, row, annex.column(RATE), "", rate)
            else:
                self.put(sheet, row, annex.column(RATE), "", form)
        check = self.style(styles.BORDERED, bg_color=styles.COMPUTED_FILL, font_size=styles.LEAST_SIZE)
        self.put(sheet, row, annex.column(CHECK), "", check)

    def _rule(self, sheet: Worksheet, row: int, column: int, rule: dict[str, Any]) -> None:
        say = self.layout.scheme.source.say
        told: dict[str, Any] = {key: say(rule[key]) for key in ("input_message", "error_message") if key in rule}
        self.validate(sheet, (row, column, row, column), {**rule, **told})

    def _write_total(self, sheet: Worksheet, annex: Annex) -> None:
        row, width = annex.total_row, annex.official_width
        sheet.set_row(row, 26)
        head = self.style(styles.HEAD)
        label = SUBTOTAL if annex.tasks else GRAND_TOTAL
        self.merge(sheet, (row, 0, row, width - 3), label, head)
        points = self.layout.scheme.points_shown if label == GRAND_TOTAL else float(annex.head.points)
        self.put(sheet, row, annex.column(annex.points_head), points, self.style(styles.HEAD))
        self.put(sheet, row, annex.column(SCORE), "", self.style(styles.HEAD, num_format="0.00", bold=True))
        row = annex.signature_row
        sheet.set_row(row, 40)
        line = "填报单位（盖章）：　　　　　填报人：　　　　审核人：　　　　日期：　　年　　月　　日"
        form = self.style(styles.BASE, valign="bottom")
        if without := _without(self.layout.summed_in(annex)):
            line, form = f"{label}{without}。\n\n{line}", self.style(styles.BASE, valign="bottom", text_wrap=True)
            sheet.set_row(row, 56)
        self.merge(sheet, (row, 0, row, width - 1), line, form)

    def _page_setup(self, sheet: Worksheet, annex: Annex) -> None:
        first, last, check = annex.rows[0].block.first, annex.last_row, annex.column(CHECK)
        self.show_states(sheet, (first, check, last, check), _STATES)
        score = annex.column(SCORE)
        self.show_states(sheet, (first, score, annex.total_row, score), {ERROR: styles.ERROR_STATE})
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        sheet.freeze_panes(HEAD_ROW + 1, 2)
        sheet.set_zoom(85)
        sheet.set_paper(9)
        sheet.set_portrait()
        sheet.set_margins(left=0.5, right=0.5, top=_TOP, bottom=_BOTTOM)
        sheet.center_horizontally()
        # 附件1 fits one page; the long 附件2 takes as many as it needs.
        sheet.fit_to_pages(1, int(annex.tasks is None))
        sheet.repeat_rows(HEAD_ROW)
        sheet.print_area(0, 0, annex.signature_row, annex.official_width - 1)
        sheet.set_footer(f"&L&11{annex.head.id}　{DISTRICT_PLACEHOLDER}&C&11第 &P 页 共 &N 页&R&11{NUMBER_PLACEHOLDER}")


def _page_breaks(annex: Annex, heights: Sequence[float], width: float) -> list[int]:
    """The first rows of the pages after the first: a task whose cells reach over several rows stays on one page.

    `heights` are those of the tasks' rows in points, `width` is that of the printed columns in pixels.
    """
    first, page = annex.rows[0].block.first, _PAGE_HEIGHT * max(1.0, width * 0.75 / _PAGE_WIDTH)
    breaks, used = [], _HEADS_HEIGHT
    for official in annex.rows if annex.tasks else ():
        height = sum(heights[official.block.first - first : official.block.last - first + 1])
        if used + height > page:
            breaks.append(official.block.first)
            used = _REPEATED_HEIGHT
        used += height
    if breaks and used + _END_HEIGHT > page:  # total and signature do not stand alone
        breaks.append(annex.rows[-1].block.first)
    return breaks


def _validation(spec: Input, head: str, cell: str, least: Decimal = Decimal(0)) -> dict[str, Any]:
    """The input rule of a field's cell, with its messages in Chinese (titles at most 32, texts at most 255 characters)."""
    texts = {"input_title": f"{spec.code} {head}", "error_title": "填写有误"}
    if spec.kind is InputKind.FLAG:
        message = "请选“是”或“否”。"
        return {"validate": "list", "source": ["是", "否"], "input_message": message, "error_message": message, **texts}
    if spec.signed:
        message = f"请填{checks.allowed(spec)}（单位：{spec.unit}），不要带单位。"
        most = float(MAX_NUMBER if spec.maximum is None else spec.maximum)
        rule = {"validate": "decimal", "criteria": "between", "minimum": float(-MAX_NUMBER), "maximum": most}
    elif spec.kind is InputKind.SCORE and spec.judge and spec.maximum is not None:
        message = f"请填 0 到 {spec.maximum} 的得分（由{spec.judge}评定）。"
        rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": float(spec.maximum)}
    elif checks.is_percentage(spec):
        message = f"请填百分数的数字部分：{checks.allowed(spec).strip()}。"
        low = f"{cell}>={least}" if least else f"OR({cell}=0,{cell}>1)"
        rule = {"validate": "custom", "value": f"=AND({low},{cell}<={spec.maximum})"}
    elif spec.maximum is not None:
        message = f"请填{checks.allowed(spec)}。"
        rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": float(spec.maximum)}
    else:
        kind, words = ("integer", "整数") if spec.whole else ("decimal", "数字")
        message = f"请填不小于 {plain(least)} 的{words}（单位：{spec.unit}），不要带单位。"
        rule = {"validate": kind, "criteria": ">=", "value": float(least)}
    if head == TARGET:
        message += f"{'' if least else '没有下达任务的留空。'}{spec.amounts}"
    return {**rule, "input_message": message, "error_message": message, **texts}
