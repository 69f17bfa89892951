"""The sheets in which departments, experts and the office evaluate, as data: rows, formulas, and what each cell takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from xladdin.classes import record
from xladdin.evaluations.checks import CITED, UNUSABLE, AmountRow, MarkRow, RatingRow, ReviewRow
from xladdin.evaluations.layout import AMOUNTS, LIST_LINES, LISTS, MARKS, RATINGS, REVIEW, counts_table, row_texts
from xladdin.evaluations.lists import (
    DECLARATION_ROW,
    count,
    declaration_formula,
    declaration_state,
    line_formulas,
    listed_codes,
    typed_line,
)
from xladdin.fillin.checks import Row, bad_amount
from xladdin.fillin.sheets import Rule, RuleBlock, Shown, Typed, UnitSheet, UnitTable, View
from xladdin.forms.form import Form
from xladdin.methods import checks
from xladdin.methods.inputs import Input, InputKind
from xladdin.numbers import MAX_NUMBER, NOT_APPLICABLE, Fault, Value, plain
from xladdin.scheme.model import Scheme
from xladdin.words import (
    ANSWERED,
    BRIEFS_LIST,
    CASE,
    CODE,
    COUNTED,
    DAY,
    DISTRICT,
    EXPOSURE,
    FIRST_PUBLISHED,
    FULL,
    GOOD_NEWS,
    MARK,
    MEDIA_LIST,
    RATING,
    REASON,
    RECUSED,
    REPORTED,
    SAME,
    SUM,
    TARGET,
    TITLE,
    TONE,
    VERIFIED,
)

Rows = list[tuple[Mapping[str, Shown | None], Row]]
"""What stands in each row before anything is filled in, and the row's formulas."""

_SIGNATURE = "评价单位（盖章）：　　　　　　　评价人：　　　　　　　审核人：　　　　　　　日期：　　　年　　月　　日"


@record
class ReturnedForms:
    """What the districts' forms hold of a field."""

    by_district: Mapping[str, Form]

    def target(self, district: str, code: str) -> Shown | None:
        """当年任务量; 不适用 where nothing is assigned, nothing where there is neither a form nor 任务分解表 to say so."""
        form = self.by_district.get(district)
        if form is None or not (form.is_received or form.fields[code].assigned):
            return None
        value = form.fields[code].entry.target
        nothing = value is None or (isinstance(value, Decimal) and value == 0)
        return NOT_APPLICABLE.value if nothing else _shown(value)

    def reported(self, district: str, code: str) -> Shown | None:
        """完成情况 as the district reported it; nothing where it did not."""
        form = self.by_district.get(district)
        return None if form is None else _shown(form.fields[code].entry.value)

    def case(self, district: str, code: str) -> str:
        """The name of a case, 未报送 where the form names none; nothing where there is no form."""
        form = self.by_district.get(district)
        if form is None or not form.is_received:
            return ""
        return form.fields[code].case_name or checks.NOT_HANDED_IN


def _shown(value: Value) -> Shown | None:
    match value:
        case Fault():
            return UNUSABLE
        case None:
            return None
        case bool():
            return "是" if value else "否"
        case Decimal():
            return float(value)
    return NOT_APPLICABLE.value


def _pairs(scheme: Scheme, codes: Sequence[str]) -> list[tuple[Input, str]]:
    """Every field and district, by field first."""
    return [(scheme.inputs[code], name) for code in codes for name in scheme.district_names]


def _known(contents: Mapping[str, Shown | None]) -> dict[str, Shown]:
    return {head: value for head, value in contents.items() if value is not None and value != ""}


def _rules(scheme: Scheme, codes: Sequence[str], head: str, rule: Callable[[Input, int], Rule]) -> list[RuleBlock]:
    """A rule for each field's rows; `rule` is given the field and its first row."""
    size = len(scheme.districts)
    blocks = []
    for n, code in enumerate(codes):
        first = n * size
        blocks.append(RuleBlock(head, first, first + size - 1, rule(scheme.inputs[code], first)))
    return blocks


def _field_rule(spec: Input) -> Rule:
    """What a field takes that is no amount."""
    if spec.kind is InputKind.FLAG:
        return Rule("choice", f"{spec.name}：请选“是”或“否”。", choices=("是", "否"))
    if spec.kind is InputKind.COUNT:
        return Rule("whole", f"{spec.name}：请填不小于 0 的整数，没有的填 0。")
    if spec.maximum is None or spec.signed or not spec.is_mark:
        least = float(-MAX_NUMBER) if spec.signed else 0
        most = float(MAX_NUMBER if spec.maximum is None else spec.maximum)
        message = f"{spec.name}：请填{checks.allowed(spec)}，单位 {spec.unit}。"
        return Rule("number", message, minimum=least, maximum=most)
    return Rule("number", f"请填 0 到 {plain(spec.maximum)} 的得分，可以有小数。", maximum=float(spec.maximum))


def _sheet(scheme: Scheme, table: UnitTable, stamp: str, rows: Rows, cited: Mapping[int, int]) -> UnitSheet:
    """A sheet with a row for every field and district; `cited` is the row whose number another may not exceed."""

    def at(row: int, head: str) -> str:
        return table.at(RATING, cited[row]) if head == CITED else table.at(head, row)

    def view(typed: Typed) -> View:
        shown: dict[tuple[int, str], Shown] = {}
        for n, (_given, row) in enumerate(rows):
            contents = dict(typed.get(n, {}))
            if n in cited:
                contents[CITED] = typed.get(cited[n], {}).get(RATING)
            shown.update({(n, head): value for head, value in row.shown(contents).items()})
        return shown

    formulas = {
        (n, head): formula
        for n, (_given, row) in enumerate(rows)
        for head, formula in row.formulas(partial(at, n)).items()
    }
    return UnitSheet(
        table,
        f"{scheme.source.title}　{table.sheet}",
        stamp,
        f"黄色格填写，{'蓝色格取自区填报表，' if table.has_given else ''}其余自动计算",
        [_known(given) for given, _row in rows],
        formulas,
        view,
        group_starts=frozenset(range(0, len(rows), len(scheme.districts))),
        signature=_SIGNATURE,
        frozen=table.heads.index(DISTRICT) + 1,
    )


def amounts_sheet(scheme: Scheme, codes: Sequence[str], stamp: str, forms: ReturnedForms) -> UnitSheet:
    """核定完成量: the districts' amounts, and beside them what the department verifies."""
    rows: Rows = []
    for spec, name in _pairs(scheme, codes):
        target, reported = forms.target(name, spec.code), forms.reported(name, spec.code)
        given = {CODE: spec.code, **row_texts(scheme, AMOUNTS, spec.code), DISTRICT: name}
        rows.append(({**given, TARGET: target, REPORTED: reported}, AmountRow(spec, target, reported)))
    sheet = _sheet(scheme, AMOUNTS, stamp, rows, {})

    def rule(spec: Input, first: int) -> Rule:
        message = f"核定的完成量：不小于 0 的数字（{spec.unit}），不带单位；没有完成的填 0，未下达任务的不填。"
        return Rule("formula", message, formula=f"=NOT({bad_amount(AMOUNTS.at(VERIFIED, first), spec)})")

    confirms = f"与区报完成量相同的，选“是”，“{VERIFIED}”不用再填。"
    sheet.rules = [
        *_rules(scheme, codes, VERIFIED, rule),
        RuleBlock(SAME, 0, len(rows) - 1, Rule("choice", confirms, choices=("是",))),
    ]
    return sheet


def marks_sheet(scheme: Scheme, codes: Sequence[str], stamp: str) -> UnitSheet:
    """评分: a department's marks for tasks that are not scored by amounts."""
    rows: Rows = []
    for spec, name in _pairs(scheme, codes):
        given = {CODE: spec.code, **row_texts(scheme, MARKS, spec.code), DISTRICT: name}
        rows.append(({**given, FULL: _full(spec)}, MarkRow(spec)))
    sheet = _sheet(scheme, MARKS, stamp, rows, {})
    sheet.rules = _rules(scheme, codes, MARK, lambda spec, _first: _field_rule(spec))
    return sheet


def review_sheet(scheme: Scheme, codes: Sequence[str], stamp: str, forms: ReturnedForms) -> UnitSheet:
    """评议: an expert's marks."""
    rows: Rows = []
    for spec, name in _pairs(scheme, codes):
        case = forms.case(name, spec.code) if spec.names_case else ""
        given = {CODE: spec.code, **row_texts(scheme, REVIEW, spec.code), DISTRICT: name}
        rows.append(({**given, FULL: _full(spec), CASE: case}, ReviewRow(spec, case)))
    sheet = _sheet(scheme, REVIEW, stamp, rows, {})
    recusal = Rule("choice", "与被评的区或案例有利害关系的，选“是”，不评分；不回避的留空。", choices=("是",))
    sheet.rules = [
        *_rules(scheme, codes, MARK, lambda spec, _first: _field_rule(spec)),
        RuleBlock(RECUSED, 0, len(rows) - 1, recusal),
    ]
    return sheet


def ratings_sheet(scheme: Scheme, codes: Sequence[str], stamp: str, forms: ReturnedForms) -> UnitSheet:
    """评定: what the office decides, save what it counts in lists, beside what the district has answered."""
    rows: Rows = []
    cited: dict[int, int] = {}
    for n, (spec, name) in enumerate(_pairs(scheme, codes)):
        bound = scheme.inputs[spec.at_most] if spec.at_most else None
        if bound:
            cited[n] = n - (codes.index(spec.code) - codes.index(bound.code)) * len(scheme.districts)
        answered = "" if spec.judge else forms.reported(name, spec.code)
        given = {CODE: spec.code, **row_texts(scheme, RATINGS, spec.code), DISTRICT: name, ANSWERED: answered}
        rows.append((given, RatingRow(spec, bound)))
    sheet = _sheet(scheme, RATINGS, stamp, rows, cited)
    sheet.rules = _rules(scheme, codes, RATING, lambda spec, _first: _field_rule(spec))
    return sheet


def _full(spec: Input) -> Shown:
    """What a mark is out of; of a measured value its unit."""
    return float(spec.maximum) if spec.is_mark and spec.maximum is not None else spec.unit


# --- Lists of the office ----------------------------------------------------------------------------------------------


def list_sheet(scheme: Scheme, table: UnitTable, stamp: str, counts: UnitTable) -> UnitSheet:
    """简讯 or 宣传: a blank list. `counts` is the table of the same workbook that names the districts."""
    districts = counts.span(DISTRICT, len(scheme.districts))
    formulas = {
        (row, head): formula
        for row in range(LIST_LINES)
        for head, formula in line_formulas(scheme, table, row, districts).items()
    }
    formulas[DECLARATION_ROW, REASON] = declaration_formula(table, LIST_LINES)
    year = scheme.source.year
    rules = {
        DISTRICT: Rule("choice", "请从下拉列表中选区。", formula=f"={districts}"),
        DAY: Rule("date", f"{year} 年的日期，如 {year}-5-3。", days=(date(year, 1, 1), date(year, 12, 31))),
        TITLE: Rule("text", "同一区同一标题（不计空格）只计一次。"),
        TONE: Rule(
            "choice",
            f"正面案例宣传选“{GOOD_NEWS}”，曝光或造成较大不良影响选“{EXPOSURE}”（可以没有媒体）。",
            choices=(GOOD_NEWS, EXPOSURE),
        ),
        FIRST_PUBLISHED: Rule(
            "choice",
            f"{GOOD_NEWS}的，首发媒体刊登选“是”，转发选“否”，转发不重复计算；{EXPOSURE}的不用选。",
            choices=("是", "否"),
        ),
    }
    declared = Rule("choice", f"{year} 年一条也没有的，选“是”，按 0 计；有的留空。", choices=("是",))
    return UnitSheet(
        table,
        f"{scheme.source.title}　{table.sheet}",
        stamp,
        f"一行一条，最多 {LIST_LINES} 行；“{COUNTED}”“{REASON}”自动计算；全年没有的，在右边黄色格选“是”",
        [{}] * LIST_LINES,
        formulas,
        partial(_list_view, scheme, table),
        [
            *(RuleBlock(head, 0, LIST_LINES - 1, rule) for head, rule in rules.items() if head in table.heads),
            RuleBlock(COUNTED, DECLARATION_ROW, DECLARATION_ROW, declared),
        ],
        frozen=3,
        declared=COUNTED,
    )


def _list_view(scheme: Scheme, table: UnitTable, typed: Typed) -> View:
    lines = [typed_line(typed.get(row, {})) for row in range(LIST_LINES)]
    tally = count(scheme, table, lines)
    shown: dict[tuple[int, str], Shown] = {}
    for row, counted in enumerate(tally.lines):
        shown[row, REASON] = counted.reason
        shown[row, COUNTED] = "" if counted.line.is_blank else "是" if counted.counts else "否"
    declared = typed.get(DECLARATION_ROW, {}).get(COUNTED)
    shown[DECLARATION_ROW, REASON] = declaration_state(declared, tally.lines)
    return shown


def counts_sheet(scheme: Scheme, stamp: str) -> UnitSheet:
    """计数: what the lists come to, by district."""
    sources = {code: (table, tone) for table in LISTS for tone, code in listed_codes(scheme, table).items()}
    heads = {f"{code} {scheme.inputs[code].name}": source for code, source in sources.items()}
    table = counts_table(tuple(heads))
    names = (*scheme.district_names, SUM)
    formulas = {}
    for row in range(len(names)):
        for head, (source, tone) in heads.items():
            if row == len(scheme.districts):
                formulas[row, head] = f"=SUM({table.at(head, 0)}:{table.at(head, row - 1)})"
                continue
            criteria = [(DISTRICT, table.at(DISTRICT, row)), (COUNTED, '"是"')]
            criteria += [(TONE, f'"{tone}"')] if tone else []
            spans = ",".join(f"{source.span(column, LIST_LINES)},{content}" for column, content in criteria)
            formulas[row, head] = f"=COUNTIFS({spans})"
    return UnitSheet(
        table,
        f"{scheme.source.title}　{table.sheet}",
        stamp,
        f"由“{BRIEFS_LIST}”“{MEDIA_LIST}”两张清单自动计数，不填",
        [{DISTRICT: name} for name in names],
        formulas,
        lambda _typed: dict.fromkeys(formulas, 0.0),  # of the blank lists it is written with
        unlocked=False,
        frozen=1,
    )
