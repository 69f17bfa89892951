"""The tables of a scheme: how they are called, and how they are read from the TOML files of a year."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

Table = Mapping[str, Any]

SOURCE, ANNEX1, DISTRICTS, POLICIES = "source.toml", "annex1.toml", "districts.toml", "policies.toml"
"""The tables that every scheme has, by the names of their files."""

_ANNEX = re.compile(r"annex(\d+)\.toml")


def annex_file(number: int) -> str:
    """The table of 附件n; those from 2 on are annexes of tasks."""
    return f"annex{number}.toml"


def task_annexes(files: Iterable[str]) -> list[str]:
    """The annexes of tasks among the tables, in their order."""
    numbers = (int(match[1]) for file in files if (match := _ANNEX.fullmatch(file)))
    return [annex_file(number) for number in sorted(numbers) if number > 1]


def tables_in(table: Table, key: str) -> list[Table]:
    """The tables in a list; none where it is no such list."""
    found = table.get(key)
    return found if isinstance(found, list) and all(isinstance(one, Mapping) for one in found) else []


def tables_of_year(folder: Path, faults: list[str], files: dict[str, bytes]) -> dict[str, Table | None]:
    """The tables of a year's folder, and the bytes of its files into `files`; None in place of one that cannot be read."""
    last = max([1, *(int(match[1]) for path in folder.glob("annex*.toml") if (match := _ANNEX.fullmatch(path.name)))])
    annexes = (annex_file(n) for n in range(2, last + 1))
    return {file: _table(folder, file, faults, files) for file in (SOURCE, ANNEX1, *annexes, DISTRICTS, POLICIES)}


def _table(folder: Path, file: str, faults: list[str], files: dict[str, bytes]) -> Table | None:
    """A file of a year, and its bytes into `files`."""
    key, problem = "文件", "找不到"
    try:
        files[file] = (folder / file).read_bytes()
        return tomllib.loads(files[file].decode(), parse_float=Decimal)
    except FileNotFoundError:
        pass
    except UnicodeDecodeError:
        problem = "不是正确的 TOML（不是 UTF-8 文本）"
    except tomllib.TOMLDecodeError as error:
        key, problem = _toml_fault(folder / file, str(error))
    faults.append(f"{folder.name}/{file}：{key}：{problem}")
    return None


def _toml_fault(path: Path, message: str) -> tuple[str, str]:
    """Key and problem of a syntax error, of which the library tells the line in English."""
    place = re.search(r"line (\d+)", message)
    if place is None:
        return "文件", "不是正确的 TOML"
    if "overwrite" not in message:
        return "文件", f"不是正确的 TOML（第 {place[1]} 行）"
    line = path.read_text(encoding="utf-8").splitlines()[int(place[1]) - 1]
    return line.partition("=")[0].strip(), f"这个键重复（第 {place[1]} 行）"
