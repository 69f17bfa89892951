"""Render the clerk's guide 使用手册.md from its template and the product's own tables: python docs/guide.py."""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace
from typing import cast

import jinja2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from macros import actions, first_check, function_sheet
from macros.documents import OWN_TEMPLATES
from macros.vba.modules import NO_ANSWER, NO_PYTHON
from macros.windows import checkup, install
from macros.windows.machine import Windows
from udfs.catalogue import FUNCTIONS, CellFunction
from udfs.defaults import with_items
from udfs.registration import UNEXPECTED, argument_text
from xladdin import issues, words
from xladdin.evaluations import units
from xladdin.fields.reading import read_cell
from xladdin.forms import native
from xladdin.issues import Kind, Level, Place
from xladdin.methods import checks
from xladdin.numbers import Fault, plain
from xladdin.results.district_sheet import DISTRICT_COLUMNS, PARTLY_MISSING, STATUS_WORDS
from xladdin.results.master import MASTER_FILE, master_workbook
from xladdin.rounds import folder as rounds
from xladdin.rounds import sealing as round_results
from xladdin.scheme import InputKind, PolicyError, Scheme, choose_scheme
from xladdin.sending.forms import ADDIN_FILE, BLANK_FORM, FIRST_CHECK_FILE, TEMPLATES
from xladdin.workbook.cells import Formula, RawBook, cell_name
from xladdin.workbook.read.reader import read_bytes

ROOT = Path(__file__).resolve().parents[1]

TEMPLATE = Path(__file__).with_name("使用手册.md.j2")
GUIDE = Path(__file__).with_name("使用手册.md")

MISTAKES = (
    '=FS_RATIO("已完成",10)',
    "=FS_RATIO(-1,10)",
    "=FS_RATIO({6;4},{10;5;8})",
    '=FS_CHECKLIST("完成",1)',
    "=FS_REFERENCE(120)",
    "=FS_CASES({1.6})",
    "=FS_BRIEFS(2.5)",
    "=FS_INSPECTION(1,2)",
    '=FS_TOTAL({1.4;"错误：见校验"})',
    '=FS_POINTS("K99")',
)
"""Formulas with the slips that clerks make."""

TYPED: tuple[tuple[str, str | float], ...] = (
    ("K01.1", "９５"),
    ("K01.1", "1,234"),
    ("K01.1", "12个"),
    ("K01.1", "2000万"),
    ("K15.1", "2000万"),
    ("K14.1", "95分"),
    ("K14.1", "95%"),
    ("K10.5", "45%"),
    ("K10.5", 0.45),
    ("K01.1", "95%"),
    ("K01.1", "—"),
    ("K01.1", "无"),
    ("K01.1", "不涉及"),
    ("R1.1", "√"),
    ("R1.1", "完成"),
    ("K01.1", "已完成"),
    ("K01.1", -3.0),
)
"""What districts type, by the code of the field."""

BLANKS: Mapping[str, str] = {
    "allowed": "该格允许的内容",
    "amount": "规定的数量",
    "annex": "附件名",
    "assigned": "分解的任务量",
    "case": "案例名称",
    "clause": "方案原文",
    "code": "编号",
    "column": "表头",
    "count": "区的个数",
    "district": "区名",
    "evaluator": "评价单位",
    "expected": "应有的内容",
    "form": "填报表",
    "head": "表头",
    "heads": "表头",
    "least": "最少的数量",
    "limit": "限度",
    "maximum": "满分",
    "name": "名称",
    "office": "牵头单位",
    "origin": "来源",
    "read_as": "读成的值",
    "rule": "按什么规则",
    "score": "重算的得分",
    "sheet": "工作表名",
    "taken": "当时的值",
    "target": "任务量",
    "text": "填写的内容",
    "unit": "单位",
    "used": "采用的是哪一份",
    "version": "本年度版本",
    "who": "责任单位",
    "workbook": "哪一种表",
}
"""What a finding's own text puts in the places that its kind leaves open."""


@dataclass(frozen=True)
class Example:
    """A formula that can be typed as it stands, and what its cell then shows."""

    formula: str
    result: str


@dataclass(frozen=True)
class Shown:
    """A function as the guide shows it: arguments as (name, label, text), and where 考核总表 uses it, if it does."""

    entry: CellFunction
    arguments: tuple[tuple[str, str, str], ...]
    example: Example
    used: str


@dataclass(frozen=True)
class Reading:
    """What a district types into a field, what it is read as, and the codes of the findings about it."""

    typed: str
    field: str
    value: str
    codes: str


def rendered() -> str:
    """The guide's text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE.parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _table_cell
    return environment.get_template(TEMPLATE.name).render(_facts())


def computed(formula: str) -> Example:
    """What the function of a formula without references gives for its arguments."""
    result = function_sheet.computed(formula)
    return Example(formula, f"{result:.15g}" if isinstance(result, float) else result or "（空白）")


def _table_cell(text: object) -> str:
    """A text that means nothing to Markdown and stays in its cell of a table."""
    return re.sub(r"([*|<\\])", r"\\\1", " ".join(str(text).split()))


def _facts() -> dict[str, object]:
    scheme = choose_scheme()
    master = read_bytes(master_workbook(scheme))
    return {
        "scheme": scheme,
        "tab": actions.TAB,
        "actions": actions.ACTIONS,
        "button": actions.BY_ID,
        "functions": [_shown(function, master) for function in FUNCTIONS],
        "mistakes": [computed(formula) for formula in MISTAKES],
        "computed": computed,
        "unexpected": UNEXPECTED,
        "no_python": NO_PYTHON,
        "no_answer": NO_ANSWER,
        "L": words,
        "issued_folder": words.ISSUED_FOLDER,
        "returned_folder": words.RETURNED_FOLDER,
        "first_check": first_check.first_check_steps(scheme),
        "first_check_file": FIRST_CHECK_FILE,
        "results_folder": round_results.RESULTS_FOLDER,
        "own_templates": OWN_TEMPLATES,
        "states": {state.name: state.value for state in rounds.State},
        "departments": units.departments(scheme),
        "office": units.office(scheme),
        "rated": [(scheme.items[spec.item_id], spec.members) for spec in scheme.inputs.values() if spec.members],
        "heads": {sheet.name: _heads(sheet.rows) for sheet in master.sheets},
        "columns": [column.head for column in DISTRICT_COLUMNS],
        "status": {status.name: words for status, words in STATUS_WORDS.items()},
        "partly_missing": PARTLY_MISSING,
        "master_file": MASTER_FILE,
        "addin_file": ADDIN_FILE,
        "addin_path": install.addin_path(_any_windows()),
        "configuration_path": install.configuration_path(_any_windows()),
        "pythons": _pythons(),
        "checks": list(checkup.CHECKS),
        "marks": checkup.MARKS,
        "form": checks,
        "form_state": native,
        "steps": list(_steps()),
        "readings": [_reading(scheme, code, typed) for code, typed in TYPED],
        "amounts": [spec for spec in scheme.inputs.values() if spec.kind is InputKind.AMOUNT],
        "judged": [(spec, checks.allowed(spec).strip()) for spec in scheme.inputs.values() if spec.judge],
        "levels": [level.value for level in Level],
        "kinds": _kinds(),
        "no_such_option": _no_such_option(scheme),
    }


def _shown(function: CellFunction, master: RawBook) -> Shown:
    arguments = tuple((a.name, a.label, argument_text(function, a)) for a in function.arguments)
    return Shown(function, arguments, computed(with_items(function.example)), _first_use(master, function.name))


def _first_use(master: RawBook, name: str) -> str:
    """The first formula of 考核总表 that is a call of the function, with its place."""
    for sheet in master.sheets:
        for row, cells in enumerate(sheet.rows):
            for column, raw in enumerate(cells):
                if isinstance(raw, Formula) and raw.text.startswith(f"{name}("):
                    return f"{sheet.name}!{cell_name(row, column)}：`={raw.text}`"
    return ""


def _heads(rows: Sequence[Sequence[object]]) -> list[str]:
    """A sheet's column heads: its first row that is filled as far as any."""
    return [str(raw) for raw in max(rows, key=lambda cells: sum(raw is not None for raw in cells))]


def _any_windows() -> Windows:
    """A machine whose paths are written with Windows' variables, as Explorer takes them."""
    return cast("Windows", SimpleNamespace(profile_folder=lambda name: PureWindowsPath(f"%{name}%")))


def _pythons() -> tuple[str, str]:
    """The oldest and the newest Python that the installer takes."""
    text = (ROOT / "macros" / "windows" / "安装.cmd").read_bytes().decode("gbk")
    match = re.search(r"\((\d+), (\d+)\) <= sys\.version_info\[:2\] <= \((\d+), (\d+)\)", text)
    assert match is not None
    return f"{match[1]}.{match[2]}", f"{match[3]}.{match[4]}"


def _steps() -> Iterator[str]:
    """What 填报说明 of the form tells the districts, step by step, without the numbers."""
    cover = next(s for s in read_bytes((TEMPLATES / BLANK_FORM).read_bytes()).sheets if s.name == words.COVER)
    for cells in cover.rows:
        if cells and isinstance(cells[0], str) and (match := re.match(r"\d\. (.+)", cells[0])):
            yield match[1]


def _reading(scheme: Scheme, code: str, typed: str | float) -> Reading:
    spec = scheme.inputs[code]
    reading = read_cell(typed, spec, Place())
    match reading.value:
        case None:
            value = "未填（不是 0）"
        case bool():
            value = "是" if reading.value else "否"
        case Decimal():
            value = plain(reading.value)
        case Fault():
            value = f"不采用，退回改正；应为{checks.allowed(spec)}"
        case _:
            value = reading.value.value
    shown = typed if isinstance(typed, str) else f"{typed:g}"
    field = f"{code} {spec.name}（{spec.unit}）" if spec.unit else f"{code} {spec.name}"
    return Reading(shown, field, value, "、".join(issue.code for issue in reading.issues) or "不列出")


@cache
def _kinds() -> dict[str, list[tuple[Kind, str, str]]]:
    """The kinds of findings by the letter of their code, each with its texts."""
    found: dict[str, list[tuple[Kind, str, str]]] = {}
    kinds = [kind for kind in vars(issues).values() if isinstance(kind, Kind)]
    for kind in sorted(kinds, key=lambda kind: kind.code):
        texts = (kind, _filled(kind.expected), _filled(kind.remedy))
        found.setdefault(kind.code[0], []).append(texts)
    return found


def _filled(template: str) -> str:
    names = {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name is not None}
    return template.format(**{name: f"〔{BLANKS[name]}〕" for name in names})


def _no_such_option(scheme: Scheme) -> str:
    """What is said to an option that a reading does not have."""
    try:
        scheme.choose_policies({scheme.policy_list[0].name: "随意"})
    except PolicyError as error:
        return str(error)
    raise AssertionError("any option is taken")


if __name__ == "__main__":
    GUIDE.write_text(rendered(), encoding="utf-8", newline="\n")
    print(f"已生成 {GUIDE}")
