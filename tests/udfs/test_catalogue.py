"""The table of functions: what the contract fixes, what Excel, VBA and the function wizard demand, what is registered."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import udfs
from udfs import defaults
from udfs.catalogue import BY_NAME, CATEGORY, FUNCTIONS, Argument, CellFunction
from udfs.registration import argument_text
from xladdin.numbers import ScoringError

ROOT = Path(__file__).parents[2]

every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)

CONTRACT = {
    # The arguments as agreed; what is in brackets may be left out and then counts as shown.
    "FS_RATIO": "done, target, [points=2], [cap=TRUE]",
    "FS_EXPERT": "scores, [points=2], [full=points], [trim=0]",
    "FS_RATING": "scores, [points=2.5], [full=points]",
    "FS_REFERENCE": "score, [full=100], [points=2]",
    "FS_CHECKLIST": "flags, item_points",
    "FS_CASES": "scores, [per_case=1.5], [max_cases=5]",
    "FS_BRIEFS": "count",
    "FS_TIER": "count, thresholds, points",
    "FS_MEDIA": "positive, negative, [each=0.5], [cap=2.5]",
    "FS_INSPECTION": "cited, rectified, [points=2.5], [step=0.5]",
    "FS_DEDUCT": "counts, each, [caps], [points=100], [floor=0]",
    "FS_PERPOINT": "value, threshold, points, [each=1], [step=1], [bases=0], [whole=FALSE]",
    "FS_LINEAR": "value, low, high, points, [low_points=0]",
    "FS_REACH": "value, threshold, points, [less=FALSE]",
    "FS_EFFICACY": "value, values, points, [base=60], [span=40]",
    "FS_BYRANK": "value, values, points, [step=0.05]",
    "FS_WEIGHTED": "scores, weights, [full=100], [points=full]",
    "FS_GRADE": "total, thresholds, names",
    "FS_TOTAL": "scores…",
    "FS_RANK": "total, totals",
    "FS_EXPLAIN": "item, done_or_value, [target], [units]",
    "FS_POINTS": "item",
    "FS_CLAUSE": "item",
}

CHINESE = re.compile(r"[一-鿿]")

WIZARD_LIMIT = 255
"""Excel takes no longer descriptions, and mixes up the arguments when their names are longer in all."""

# MS-VBAL 3.3.5.2, and the words that are keywords in some statement only.
_VBA_WORDS = """
    call case close const declare defbool defbyte defcur defdate defdbl defint deflng deflnglng deflngptr defobj defsng
    defstr defvar dim do else elseif end endif enum erase event exit for friend function get global gosub goto if
    implements input let lock loop lset next on open option print private public put raiseevent redim resume return rset
    seek select set static stop sub type unlock wend while with write rem any as byref byval each in new shared until
    withevents optional paramarray preserve spc tab then to addressof and eqv imp is like mod not or typeof xor abs cbool
    cbyte ccur cdate cdbl cdec cint clng clnglng clngptr csng cstr cvar cverr date debug doevents fix int len lenb me pset
    scale sgn string array circle inputb lbound ubound boolean byte currency double integer long longlong longptr single
    variant true false nothing empty null attribute lineinput cdecl decimal defdec
    access alias append base binary compare error explicit lib line mid module name object output property random read
    reset step text time width
"""
VBA_WORDS = frozenset(_VBA_WORDS.split())

# What xlwings 0.37.8 uses in the wrappers it writes, and the argument name it keeps for itself.
WRAPPER_WORDS = {
    "app",
    "xlpy",
    "argsarray",
    "k",
    "failed",
    "application",
    "err",
    "thisworkbook",
    "activeworkbook",
    "caller",
}


def contract_form(argument: Argument, function: CellFunction) -> str:
    """The argument as the contract writes it."""
    name = argument.alias or argument.name
    if argument.repeated:
        return f"{name}…"
    if not argument.optional:
        return name
    if argument.default in {a.name for a in function.arguments}:
        return f"[{name}={argument.default}]"
    if argument.default == defaults.NONE:
        return f"[{name}]"
    return f"[{name}={defaults.shown(argument, {}).strip()}]"


def test_functions__contract__all_there_with_their_arguments_and_defaults() -> None:
    table = {f.name: ", ".join(contract_form(a, f) for a in f.arguments) for f in FUNCTIONS}
    assert table == CONTRACT


def test_functions__package__exports_exactly_these() -> None:
    assert sorted(udfs.__all__) == sorted(CONTRACT)
    assert all(callable(getattr(udfs, name)) for name in CONTRACT)
    assert len(BY_NAME) == len(FUNCTIONS)


@every_function
def test_texts__wizard__chinese_and_short_enough(function: CellFunction) -> None:
    texts = [function.description, *(argument_text(function, a) for a in function.arguments)]
    for text in texts:
        assert CHINESE.search(text), text
        assert len(text) < WIZARD_LIMIT, text
        assert text == text.strip()
        assert "\n" not in text
    assert all(CHINESE.search(a.label) for a in function.arguments)


@every_function
def test_texts__optional_arguments__show_their_default(function: CellFunction) -> None:
    for argument in function.arguments:
        has_default = argument.optional and argument.default != defaults.NONE
        assert ("可以不写，默认" in argument_text(function, argument)) == has_default


@every_function
def test_argument_names__vba__legal_and_free(function: CellFunction) -> None:
    names = [a.name for a in function.arguments]
    assert len(set(names)) == len(names)
    assert sum(map(len, names)) < WIZARD_LIMIT
    for name in names:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,19}", name)
        assert name not in VBA_WORDS | WRAPPER_WORDS
        assert name.upper() not in BY_NAME


@every_function
def test_function_names__excel__no_cell_address(function: CellFunction) -> None:
    assert re.fullmatch(r"FS_[A-Z]+", function.name)


@every_function
def test_signature__python__as_the_table_says(function: CellFunction) -> None:
    callable_ = getattr(udfs, function.name)
    parameters = inspect.signature(callable_).parameters
    assert list(parameters) == [a.name for a in function.arguments]
    for argument, parameter in zip(function.arguments, parameters.values(), strict=True):
        assert (parameter.kind is inspect.Parameter.VAR_POSITIONAL) == argument.repeated
        assert (parameter.default is None) == argument.optional
    assert callable_.__name__ == function.name
    assert callable_.__doc__ == function.description
    # The body gets them in this order.
    assert list(inspect.signature(callable_.__wrapped__).parameters) == list(parameters)


def test_alias__reserved_words__taken_as_keywords_in_python() -> None:
    aliases = {(f.name, a.alias) for f in FUNCTIONS for a in f.arguments if a.alias}
    assert aliases == {
        ("FS_MEDIA", "each"), ("FS_INSPECTION", "step"), ("FS_DEDUCT", "each"), ("FS_PERPOINT", "each"), ("FS_PERPOINT", "step"),
        ("FS_EFFICACY", "base"), ("FS_BYRANK", "step"),
    }  # fmt: skip
    assert all(alias in VBA_WORDS for _name, alias in aliases)
    assert udfs.FS_MEDIA(2, 0, each=1) == udfs.FS_MEDIA(2, 0, each_points=1) == udfs.FS_MEDIA(2, 0, 1) == 2.0
    assert udfs.FS_INSPECTION(2, 0, step=1) == udfs.FS_INSPECTION(2, 0, step_points=1) == 0.5


def test_defaults__every_name__stands_for_something() -> None:
    own = {a.name for f in FUNCTIONS for a in f.arguments}
    used = {a.default for f in FUNCTIONS for a in f.arguments if a.optional} - own - {defaults.NONE, defaults.FALSE}
    used = {name for name in used if not name[0].isdecimal()}
    assert defaults.switch("ratio_cap") is True
    numbers = {name: defaults.number(name) for name in used - {"ratio_cap"}}
    assert numbers == {
        "ratio.points": 2,
        "expert.points": 2,
        "expert_trim": 0,
        "rating.points": Decimal("2.5"),
        "reference.full": 100,
        "reference.points": 2,
        "cases.per_case": Decimal("1.5"),
        "cases.max_cases": 5,
        "media.each": Decimal("0.5"),
        "media.cap": Decimal("2.5"),
        "inspection.points": Decimal("2.5"),
        "inspection.step": Decimal("0.5"),
    }


def test_defaults__scheme_without_a_common_number__asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def differ(_name: str) -> Decimal:
        raise ScoringError("各项的数值不同，请把这个参数写出来")

    monkeypatch.setattr(defaults, "number", differ)
    points = BY_NAME["FS_RATIO"].arguments[2]
    assert argument_text(BY_NAME["FS_RATIO"], points).endswith("默认没有，必须写出")
    assert udfs.FS_RATIO(5, 10) == "错误：各项的数值不同，请把这个参数写出来"
    assert udfs.FS_RATIO(5, 10, 2) == 1.0


# --- Examples -------------------------------------------------------------------------------------------------------


def evaluated(text: str) -> Any:
    """An argument of a formula that needs no sheet: a number, a text, TRUE or FALSE, an array constant."""
    if text.startswith("{"):
        return [[evaluated(cell) for cell in row.split(",")] for row in text[1:-1].split(";")]
    if text.startswith('"'):
        return text[1:-1]
    return text == "TRUE" if text in ("TRUE", "FALSE") else float(text)


@every_function
def test_example__typed_as_it_stands__gives_a_result(function: CellFunction) -> None:
    match = re.fullmatch(r"=(\w+)\((.*)\)", defaults.with_items(function.example))
    assert match is not None
    assert match[1] == function.name
    arguments = [evaluated(part) for part in re.findall(r"\{.*?\}|\"[^\"]*\"|[^,]+", match[2])]
    assert not str(getattr(udfs, function.name)(*arguments)).startswith("错误")


# --- Registration ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def registered(classic: Callable[[Any], Any]) -> dict[str, Any]:
    return dict(classic("describe"))


def test_registration__xlwings__every_function_and_nothing_else(registered: dict[str, Any]) -> None:
    assert sorted(registered) == sorted(CONTRACT)
    assert {(name, f["name"]) for name, f in registered.items()} == {(name, name) for name in CONTRACT}


@every_function
def test_registration__xlwings__carries_texts_and_options(function: CellFunction, registered: dict[str, Any]) -> None:
    known = registered[function.name]
    assert known["category"] == CATEGORY == "精细化考核"
    assert known["ret"] == {"doc": function.description, "options": {}}
    assert (known["volatile"], known["sub"], known["async_mode"]) == (False, False, None)
    # VBA hands over which cell calls, where the answer depends on whose workbook it is; nobody types it.
    behind = [("workbook", "Application.Caller")] if function.looks_up else []
    assert [(a["name"], a["vba"]) for a in known["args"]] == [*((a.name, None) for a in function.arguments), *behind]
    for argument, arg in zip(function.arguments, known["args"], strict=False):
        assert arg["doc"] == argument_text(function, argument)
        assert arg["options"] == {"convert": "<class 'udfs.ranges.Rectangle'>"}
        assert ("optional" in arg) == argument.optional
        assert arg["vararg"] == argument.repeated


# --- Imports --------------------------------------------------------------------------------------------------------


def in_a_new_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import__without_xlwings__plain_functions_and_nothing_heavy() -> None:
    out = in_a_new_process(
        "import sys; sys.modules['xlwings'] = None\n"
        "import udfs\n"
        "print(sorted({'numpy', 'pandas', 'pydantic', 'xladdin.scheme'} & set(sys.modules)))\n"
        "print(udfs.FS_RATIO([[6], [4]], [[10], [5]]))"
    )
    assert out.split("\n")[:2] == ["[]", "1.4"]


def test_import__nothing_of_the_project_above_scoring() -> None:
    astray = []
    for path in sorted((ROOT / "udfs").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                own = module.partition(".")[0] in ("udfs", "xlwings", *sys.stdlib_module_names)
                if not own and not re.match(r"xladdin\.(classes|words|numbers|methods|scheme|scoring)(\.|$)", module):
                    astray.append(f"{path.name}:{node.lineno} {module}")
    assert astray == []
