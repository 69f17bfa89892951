"""What is wrong with a scheme's data: gathered, each once, in the words of whoever has to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from xladdin.numbers import plain
from xladdin.records import NO_SOURCE, Faults
from xladdin.scheme.quoting import names_number, squeeze

NO_SUCH_NUMBER = "没有数字"
"""Begins what is wrong with a number that its sentence does not contain."""
NO_SUCH_SENTENCE = "原文中找不到这句话"
OTHER_ZONES = "区域应与 districts.toml 的 zones 一致"

_NOT_FIRST, _NOT_LAST = frozenset("'=+-@."), frozenset("'.")
_LONGEST_SHOWN = 40


class SchemeFaults:
    """The faults so far, in `lines`; `worded` says what is wrong with a key of a table and where that stands, or nothing."""

    def __init__(self, worded: Callable[[str, str, str], str], lines: list[str]) -> None:
        self.worded, self.lines = worded, lines

    def add(self, file: str, key: str, problem: str) -> None:
        """A problem with a key of a table."""
        fault = self.worded(file, key, problem)
        if fault and fault not in self.lines:
            self.lines.append(fault)

    def add_all(self, file: str, faults: Faults) -> None:
        """What the reader of records has against a table."""
        for key, problem in faults:
            self.add(file, key or "文件", problem)

    def sum(self, file: str, key: str, parts: Iterable[Decimal], whole: Decimal, of: str) -> None:
        """That points add up."""
        total = sum(parts, Decimal(0))
        if total != whole:
            self.add(file, key, f"{of}合计 {plain(total)} 分，应为 {plain(whole)} 分")

    def numbered(self, file: str, key: str, numbers: Sequence[int]) -> None:
        """That rows are numbered from 1 without a gap; only the first that is wrong is said."""
        wrong = next((n for n, number in enumerate(numbers, 1) if number != n), None)
        if wrong:
            self.add(file, f"{key}[{wrong}].number", f"为 {numbers[wrong - 1]}，应为 {wrong}：从 1 起连续编号")

    def unique(self, file: str, key: str, names: Iterable[str]) -> None:
        """No name twice; `key` is theirs, with {} for which of them, counted from 1."""
        seen: set[str] = set()
        for n, name in enumerate(names, 1):
            if name in seen:
                self.add(file, key.format(n), f"“{name}”重复")
            seen.add(name)

    def quoted(self, file: str, key: str, clause: str, text: str, number: Decimal | None = None) -> None:
        """That the sentence is in the text, and writes the number."""
        if not clause:
            self.add(file, key, NO_SOURCE)
        elif squeeze(clause) not in squeeze(text):
            self.add(file, key, f"{NO_SUCH_SENTENCE}：“{clause}”")
        elif number is not None:
            self.has_number(file, key, clause, number)

    def has_number(self, file: str, key: str, clause: str, number: Decimal) -> None:
        """That the sentence writes the number."""
        if not names_number(clause, number):
            self.add(file, key, f"引用的原文“{clause}”中{NO_SUCH_NUMBER} {number}")

    def has_name(self, file: str, key: str, clause: str, name: str) -> None:
        """That the sentence writes the name."""
        if name not in clause:
            self.add(file, key, f"引用的原文“{clause}”中没有“{name}”")

    def name(self, file: str, key: str, name: str, longest: int = 25) -> None:
        """That a folder, a file and a sheet can have the name."""
        if problem := _name_problem(name, longest):
            self.add(file, key, f"“{shortened(name)}”不能用作文件名、工作表名：{problem}")


def shortened(name: str) -> str:
    """A name on one line and of a length that a message can hold."""
    line = "".join(letter if letter.isprintable() else " " for letter in name)
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"


def _name_problem(name: str, longest: int) -> str:
    """Why a folder, a file or a sheet cannot have the name, and what to do; nothing if it can."""
    if wrong := dict.fromkeys(re.findall(r'[/\\:*?"<>|\[\]]', name)):
        return f"含有 {' '.join(wrong)}，请改用汉字、字母、数字"
    if not name.isprintable():
        return "含有换行、制表符一类看不见的字符，请删去后重新输入"
    if name != name.strip():
        return "前后有空格，请删去"
    if name[:1] in _NOT_FIRST or name[-1:] in _NOT_LAST:
        return "不能以 ' = + - @ . 开头，也不能以 ' . 结尾，请改用汉字、字母或数字"
    return f"有 {len(name)} 个字，最多 {longest} 个，请用简称" if len(name) > longest else ""
