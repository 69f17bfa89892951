"""The documents for whoever carries on: what they name is there, and they speak of nobody's machine."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[1]

DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/ARCHITECTURE.md",
    "docs/SECURITY.md",
    "docs/命令行.md",
)

FOLDERS = ("xladdin", "udfs", "macros", "tests", "docs", "bench", "workbook_templates", ".ci")

PATH = re.compile(rf"`((?:{'|'.join(map(re.escape, FOLDERS))})/[^`\s]*)`|`([^`\s/]+\.(?:py|toml|md))`")
"""A path of the project in code quotes: with its folder, or a file of the root or of `xladdin`."""

LINK = re.compile(r"\]\(([^)]+)\)")

PLACES = (ROOT, ROOT / "xladdin", ROOT / "xladdin/scheme/data/2023", ROOT / "xladdin/workbook/read")
"""Where a file may stand that is named without its folder."""

documents = pytest.mark.parametrize("name", DOCUMENTS)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def paths_in(text: str) -> list[str]:
    return [whole or short for whole, short in PATH.findall(text)]


def test_paths__architecture__many_are_found() -> None:
    assert len(set(paths_in(text_of("docs/ARCHITECTURE.md")))) > 60


@documents
def test_paths__each__there(name: str) -> None:
    gone = [path for path in paths_in(text_of(name)) if not any((place / path).exists() for place in PLACES)]
    assert gone == []


@documents
def test_links__relative__all_there(name: str) -> None:
    targets = [unquote(target) for target in LINK.findall(text_of(name)) if "://" not in target]
    folder = (ROOT / name).parent
    assert [target for target in targets if not (folder / target.partition("#")[0]).exists()] == []


def test_rooms__each__in_the_table_of_architecture() -> None:
    table = text_of("docs/ARCHITECTURE.md").partition("## Rooms")[2].partition("## Walks")[0]
    rooms = [path for path in (ROOT / "xladdin").iterdir() if path.is_dir() and (path / "__init__.py").exists()]
    files = [path for path in (ROOT / "xladdin").glob("*.py") if not path.name.startswith("__")]
    assert [path.name for path in rooms if f"`{path.name}/`" not in table] == []
    assert [path.name for path in files if f"`{path.name}`" not in table] == []


def test_changelog__version__the_one_of_the_program() -> None:
    import xladdin

    first = re.search(r"^## \[(.+?)\]", text_of("CHANGELOG.md"), re.MULTILINE)
    assert first is not None
    assert first[1] == xladdin.__version__
