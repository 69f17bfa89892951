"""Every head, sheet name and kind is written once, in `xladdin.words`, and texts that name one are built from it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_code_health import CHINESE, ROOT, SOURCES, literals, name_of, python_files, tree_of
from xladdin import words

WORDS = {value for name, value in vars(words).items() if name.isupper() and isinstance(value, str)}
BEFORE_THE_PACKAGE = {"macros/calc/component.py", "macros/calc/wizard.py"}
"""They speak where the package cannot be imported."""
CHECKED = [
    path
    for path in (*SOURCES, *python_files(ROOT / "macros"))
    if path.name != "words.py" and name_of(path) not in BEFORE_THE_PACKAGE
]

DISTINCTIVE = {word for word in WORDS if CHINESE.search(word) and len(word) > 2}
"""Shorter ones are also ordinary words."""

SHEETS_AND_COLUMNS = {"Column", "UnitColumn", "UnitTable", "ResultSheet", "Heads"}


def test_words__kept_apart__found() -> None:
    assert {"完成情况", "任务分解表", "校验", "评价单位"} <= WORDS
    assert len(CHECKED) > 100


def test_words__each_name__given_once() -> None:
    tree = tree_of(ROOT / "xladdin/words.py")
    names = [
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id.isupper()
    ]
    assert [name for name in set(names) if names.count(name) > 1] == []


@pytest.mark.parametrize("path", CHECKED, ids=name_of)
def test_texts__that_name_a_head_or_a_sheet__built_from_the_word(path: Path) -> None:
    named = [
        (line, word)
        for line, value in literals(path)
        if isinstance(value, str)
        for word in re.findall("“([^“”]+)”", value)
        if word in WORDS
    ]
    assert named == []


@pytest.mark.parametrize("path", CHECKED, ids=name_of)
def test_literals__words_of_workbooks__not_written_again(path: Path) -> None:
    assert [(line, value) for line, value in literals(path) if value in DISTINCTIVE] == []


def heads_in(path: Path) -> Iterator[tuple[int, str]]:
    """Sheet names and heads that are written out where a sheet or a column is described."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in SHEETS_AND_COLUMNS and node.args:
            for part in ast.walk(node.args[0]) if not isinstance(node.args[0], ast.JoinedStr) else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and CHINESE.search(part.value):
                    yield part.lineno, part.value


@pytest.mark.parametrize("path", CHECKED, ids=name_of)
def test_columns__heads__from_the_words(path: Path) -> None:
    assert list(heads_in(path)) == []
