"""Conventions of the source, checked by parsing it: who may import whom, and that the scheme stays in its data files."""

from __future__ import annotations

import ast
import io
import re
import string
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import pytest

from xladdin import issues
from xladdin.scheme import load_scheme
from xladdin.words import RIBBON_TAB

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "xladdin"

CHINESE = re.compile(r"[\u4e00-\u9fff]")

SKIPPED_FOLDERS = {".git", ".hypothesis", ".venv", "venv", "build", "dist", "demo", "__pycache__", "node_modules"}
SKIPPED_SUFFIXES = ("_cache", ".egg-info")


def below(folder: Path, pattern: str = "*") -> list[Path]:
    """The project's own files: no caches, environments or build results."""
    found = []
    for path in sorted(folder.glob(pattern)):
        if path.is_dir():
            own = path.name not in SKIPPED_FOLDERS and not path.name.endswith(SKIPPED_SUFFIXES)
            if own and not (path / "pyvenv.cfg").exists():
                found += below(path, pattern)
        elif path.is_file():
            found.append(path)
    return found


def python_files(folder: Path) -> list[Path]:
    return [path for path in below(folder) if path.suffix == ".py"]


def name_of(path: Path) -> str:
    """The path as people write it, for messages and test ids."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


SOURCES = python_files(PACKAGE)

CODE = [*SOURCES, *python_files(ROOT / "udfs"), *python_files(ROOT / "macros")]


def test_sources__found__whole_package() -> None:
    # The checks below pass on nothing at all, so nothing may be all there is.
    names = {name_of(path) for path in SOURCES}
    assert len(names) >= 30
    assert {"xladdin/__init__.py", "xladdin/words.py", "xladdin/issues.py", "xladdin/scheme/load.py"} <= names


# --- Who imports whom -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Import:
    """An import of a module; `late` where it stands in a function."""

    module: str
    line: int
    late: bool


def imports_of(path: Path) -> list[Import]:
    """Every import in a file, under `if TYPE_CHECKING` too, with relative names resolved and submodules named."""
    package = path.relative_to(ROOT).parent.parts
    found: list[Import] = []

    def visit(node: ast.AST, late: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, node.lineno, late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            for alias in node.names:
                full = f"{module}.{alias.name}"
                found.append(Import(full if is_module(full) else module, node.lineno, late))
        late = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, late)

    visit(tree_of(path), False)
    return found


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def within(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


ROOMS = (
    {"classes"},
    {"words", "numbers"},
    {"issues", "wording"},
    {"files", "records"},
    {"methods"},
    {"workbook"},
    {"scheme"},
    {"scoring"},
    {"fields"},
    {"fillin"},
    {"forms"},
    {"evaluations"},
    {"returns"},
    {"results"},
    {"rounds", "analysis", "documents"},
    {"sending"},
    {"release"},
    {"cli", "__init__", "__main__"},
)
"""The rooms from the ground up: each may use those of the floors below and, inside a floor, none of its neighbours."""

LARGEST_ROOM = 0.22
"""No room holds more of the lines than this: a larger one is a drawer."""


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor_of(room: str) -> int:
    return next(n for n, rooms in enumerate(ROOMS) if room in rooms)


def test_imports__rooms__only_from_the_floors_below() -> None:
    astray = []
    for path in SOURCES:
        own = room_of(path)
        for found in imports_of(path):
            parts = found.module.split(".")
            if parts[0] != "xladdin" or len(parts) < 2 or parts[1] == own:
                continue
            if floor_of(parts[1]) >= floor_of(own) and own != "__main__":
                astray.append(f"{name_of(path)}:{found.line} imports {found.module}")
    assert astray == []


def test_imports__workbook__no_scheme() -> None:
    astray = [
        f"{name_of(path)}:{found.line} imports {found.module}"
        for path in python_files(PACKAGE / "workbook")
        for found in imports_of(path)
        if within(found.module, "xladdin.scheme", "xladdin.methods")
    ]
    assert astray == []


def test_imports__modules__no_circle() -> None:
    """No module is reached from itself, not even by an import that only happens later."""
    module_of = {
        path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in CODE
    }
    needs = {module: {i.module for i in imports_of(path)} - {module} for path, module in module_of.items()}
    # A package that offers what its modules hold is imported with them.
    done: set[str] = set()
    circles = []

    def visit(module: str, way: tuple[str, ...]) -> None:
        if module in way:
            circles.append(" → ".join((*way[way.index(module) :], module)))
        elif module not in done:
            for needed in sorted(needs.get(module, ())):
                visit(needed, (*way, module))
            done.add(module)

    for module in sorted(needs):
        visit(module, ())
    assert circles == []


def test_rooms__lines__none_holds_too_many() -> None:
    lines = Counter[str]()
    for path in CODE:
        parts = path.relative_to(ROOT).with_suffix("").parts
        lines["/".join(parts[: 2 if len(parts) > 2 else 1])] += len(path.read_text(encoding="utf-8").splitlines())
    whole = sum(lines.values())
    assert {room: count for room, count in lines.items() if count > LARGEST_ROOM * whole} == {}


def test_imports__xladdin__no_add_in_layers() -> None:
    astray = []
    for path in SOURCES:
        for found in imports_of(path):
            # The command line offers what the macros do, and loads them only when it is asked to.
            offered = path.parent == PACKAGE / "cli" and found.late and within(found.module, "macros")
            if within(found.module, "xlwings", "udfs", "macros") and not offered:
                astray.append(f"{name_of(path)}:{found.line} imports {found.module}")
    assert astray == []


def test_imports__xlwings__only_in_udfs_and_macros() -> None:
    astray = []
    for path in python_files(ROOT):
        # Tests look at what is registered, a benchmark measures what the library itself costs.
        if path.relative_to(ROOT).parts[0] in ("udfs", "macros", "tests", "bench"):
            continue
        astray += [f"{name_of(path)}:{i.line}" for i in imports_of(path) if within(i.module, "xlwings")]
    assert astray == []


def test_imports__dataclasses__nowhere() -> None:
    """`xladdin.classes` does the same in a fifth of the time, which is a third of the start of a command."""
    astray = [
        f"{name_of(path)}:{found.line}"
        for path in [*SOURCES, *python_files(ROOT / "udfs")]
        for found in imports_of(path)
        if within(found.module, "dataclasses")
    ]
    assert astray == []


def test_imports__workbook_writing_library__only_in_writers() -> None:
    astray = [
        f"{name_of(path)}:{found.line}"
        for path in SOURCES
        for found in imports_of(path)
        if within(found.module, "xlsxwriter") and path.parent != PACKAGE / "workbook/write" and path.name != "writer.py"
    ]
    assert astray == []


# --- The scheme stays in its data files -----------------------------------------------------------------------------


def literals(path: Path) -> Iterator[tuple[int, object]]:
    """Every literal with its line, docstrings left out."""
    docs = set()
    for node in ast.walk(tree_of(path)):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else []:
            # A text on its own is a docstring, also below an attribute.
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                docs.add(id(statement.value))
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and id(node) not in docs:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_literals__district_names__none_in_code(path: Path) -> None:
    stems = [name.removesuffix("新区").removesuffix("区") for name in load_scheme("2023").district_names]
    named = [(line, v) for line, v in literals(path) if isinstance(v, str) and any(stem in v for stem in stems)]
    assert named == []


NAMES_OF_A_SCHEME = re.compile(r"20\d\d ?年|\d+ ?[个张份](?=区)|16 ?[个张份]|上海|精细化办|JXH|中心城区")
CODE_OF_A_SCHEME = re.compile(r"(?<![\w.])[A-Z]+\d+(?:\.\d+)?(?![\w.])")


def names_of_a_scheme(text: str) -> set[str]:
    """The year, city, office, number of units, items and fields of a scheme that a text names."""
    scheme = load_scheme("2023")
    known = scheme.items.keys() | scheme.inputs.keys() | set(scheme.source.office.split())
    named = {code for code in CODE_OF_A_SCHEME.findall(text) if code in known}
    return named | set(NAMES_OF_A_SCHEME.findall(text))


OTHER_SOURCES = [
    path
    for folder in ("xladdin", "udfs", "macros")
    for path in below(ROOT / folder)
    if path.is_file() and path.suffix in (".bas", ".cls", ".cmd", ".xml", ".txt", ".ps1")
]
"""Sources that are not Python."""


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_literals__names_of_a_scheme__none_in_code(path: Path) -> None:
    named = [(line, v) for line, v in literals(path) if isinstance(v, str) and names_of_a_scheme(v)]
    assert named == []


def test_other_sources__names_of_a_scheme__none() -> None:
    assert OTHER_SOURCES
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in OTHER_SOURCES}
    assert {path.name: found for path, text in texts.items() if (found := names_of_a_scheme(text))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "2023年各区",
        "写入 16 份",
        "16 个区名",
        "上海市",
        "市精细化办评分表",
        "JXH{version}",
        "K20",
        '=FS_POINTS("K01")',
        "如 K01.1）",
    ],
)
def test_names_of_a_scheme__in_any_text__seen(text: str) -> None:
    assert names_of_a_scheme(text)


@pytest.mark.parametrize(
    "text", ["R01", "K99", "UTF-16", "XK20", "K20A", "2016 and later", "{count} 个区", "部门评价表"]
)
def test_names_of_a_scheme__others__not_seen(text: str) -> None:
    assert not names_of_a_scheme(text)


def test_literals__name_of_the_product__in_one_place() -> None:
    """`component.py` has it too: it has to say it where nothing can be imported."""
    named = {name_of(path) for path in CODE for _, v in literals(path) if isinstance(v, str) and RIBBON_TAB in v}
    assert named == {"xladdin/words.py", "macros/calc/component.py"}


SCHEME_NUMBERS = {Decimal(n) for n in ("2.5", "7.5", "1.5", "0.5", "68", "17")}

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")

WITHOUT_NUMBERS = [
    *python_files(PACKAGE / "scoring"),
    *python_files(PACKAGE / "scheme"),
    # The writers, whose column widths coincide with points, and the sample generator, whose dice do, are not among these.
    *python_files(PACKAGE / "fields"),
    *python_files(PACKAGE / "returns"),
    *(
        PACKAGE / f"{name}.py"
        for name in ("forms/native", "forms/view", "forms/reading", "results/consolidation", "results/sheets")
    ),
]

COINCIDENCES: dict[tuple[str, str], str] = {
    # (file, literal): why it is no point of the scheme
}


def scheme_numbers_in(value: object) -> set[Decimal]:
    """The scheme's numbers in a literal, a text's included."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return set()
    texts = NUMBER.findall(value) if isinstance(value, str) else [repr(value)]
    found = set()
    for text in texts:
        try:
            found.add(Decimal(text))
        except InvalidOperation:  # inf, nan
            continue
    return found & SCHEME_NUMBERS


@pytest.mark.parametrize("path", WITHOUT_NUMBERS, ids=name_of)
def test_literals__points_of_the_scheme__none_in_code(path: Path) -> None:
    astray = [
        (line, value)
        for line, value in literals(path)
        if scheme_numbers_in(value) and (path.name, str(value)) not in COINCIDENCES
    ]
    assert astray == []


@pytest.mark.parametrize("value", [2.5, "2.5", "满分 7.5 分", 68, "68×Σ得分", 0.5, 17])
def test_scheme_numbers__in_any_form__seen(value: object) -> None:
    assert scheme_numbers_in(value)


@pytest.mark.parametrize("value", [True, 2, 25, 0.05, "12.5", "2.55", "K17", "R1.5", "168", "x68", "1.5.1"])
def test_scheme_numbers__others__not_seen(value: object) -> None:
    assert not scheme_numbers_in(value)


def test_scoring__rounding__never_through_binary_floats() -> None:
    calls = [
        f"{name_of(path)}:{node.lineno} {node.func.id}()"
        for path in python_files(PACKAGE / "scoring")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("round", "float")
    ]
    assert calls == []
    floats = [
        f"{name_of(path)}:{line} {value}"
        for path in python_files(PACKAGE / "scoring")
        for line, value in literals(path)
        if isinstance(value, float)
    ]
    assert floats == []


# --- What is said to a clerk ------------------------------------------------------------------------------------------


def test_refusals__classes_of_their_own__caught_by_name_or_more_than_a_text() -> None:
    nodes = [node for path in CODE for node in ast.walk(tree_of(path))]
    caught = {
        name.id if isinstance(name, ast.Name) else getattr(name, "attr", "")
        for node in nodes
        if isinstance(node, ast.ExceptHandler) and node.type
        for name in ast.walk(node.type)
    }
    refusals = {
        node.name: len(node.body) > 1  # than the docstring
        for node in nodes
        if isinstance(node, ast.ClassDef) and {"Refused", "WrongCall"} & {ast.unparse(base) for base in node.bases}
    }
    assert len(refusals) >= 3
    assert [name for name, holds_more in refusals.items() if name not in caught and not holds_more] == []


# --- Files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_docstrings__public_names__all_have_one(path: Path) -> None:
    tree = tree_of(path)
    lacking = [] if ast.get_docstring(tree) else ["the module"]
    lacking += [
        f"line {node.lineno} {node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and "overload" not in map(ast.unparse, node.decorator_list)  # said where it is implemented
    ]
    assert lacking == []


HOME_PATH = re.compile(rb"(?<![\w.\-/\\)}])(?:/(?:home|root|work|Users)/[\w.]|[A-Za-z]:\\{1,2}Users\\{1,2}\w)")


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """A file's bytes, or those of the parts of a zip package such as a workbook."""
    data = path.read_bytes()
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for part in package.namelist():
                yield f"{name_of(path)}!{part}", package.read(part)
    else:
        yield name_of(path), data


def test_files__whole_tree__no_paths_of_somebodys_machine() -> None:
    found = [
        (name, match[0].decode(errors="replace"))
        for path in below(ROOT)
        for name, data in contents(path)
        for match in HOME_PATH.finditer(data)
    ]
    assert found == []


# --- The message catalogue ------------------------------------------------------------------------------------------

KINDS = {name: value for name, value in vars(issues).items() if isinstance(value, issues.Kind)}


def fields_of(template: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name is not None}


def test_catalogue__codes__unique_and_of_one_shape() -> None:
    assert len(KINDS) >= 30
    assert [code for code, times in Counter(k.code for k in KINDS.values()).items() if times > 1] == []
    assert [k.code for k in KINDS.values() if not re.fullmatch(r"[A-Z]\d\d", k.code)] == []


@pytest.mark.parametrize("name", KINDS)
def test_catalogue__expected_and_remedy__told_in_chinese(name: str) -> None:
    kind = KINDS[name]
    for text in (kind.expected, kind.remedy):
        # A text may be made of placeholders only; what fills them is Chinese.
        own = re.sub(r"\{\w+\}", "", text)
        assert CHINESE.search(own) or (fields_of(text) and not re.search(r"\w", own)), text
        assert "" not in fields_of(text), text
    assert CHINESE.search(kind.remedy)
    assert isinstance(kind.level, issues.Level)


def test_catalogue__kinds__all_in_use() -> None:
    used = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for path in SOURCES
        if path != PACKAGE / "issues.py"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    assert sorted(KINDS.keys() - used) == []


def test_catalogue__findings__bring_every_text_of_their_kind() -> None:
    lacking = []
    checked = 0
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("issue", "issues.issue"):
                continue
            kind = KINDS.get(ast.unparse(node.args[0]).removeprefix("issues."))
            given = {keyword.arg for keyword in node.keywords}
            if kind is None or None in given:  # the kind is a variable, or the texts come as one mapping
                continue
            checked += 1
            missing = (fields_of(kind.expected) | fields_of(kind.remedy)) - given
            lacking += [f"{name_of(path)}:{node.lineno} {kind.code} {field}" for field in sorted(missing)]
    assert checked >= 20
    assert lacking == []
