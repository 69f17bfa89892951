"""From what a cell hands over to exact values; whatever an argument does not allow is said, never counted as 0."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

from udfs import defaults
from udfs.catalogue import Argument
from udfs.error_values import error_text
from xladdin.classes import record
from xladdin.methods import checks
from xladdin.methods.inputs import AllUnits
from xladdin.numbers import MAX_NUMBER, NOT_APPLICABLE, Fault, NotApplicable, ScoringError, decimal_of, plain

ERROR = "错误"
"""The first word of every result that is an error."""

Seen = Decimal | bool | None | NotApplicable | Fault | str
"""What stands in a cell: number, logical value, blank, 不适用, something unusable, or any other text."""

_WORDS: dict[str, Seen] = {"": None, "—": None, NOT_APPLICABLE.value: NOT_APPLICABLE}

_FLAGS = {
    **dict.fromkeys((*checks.YES, "TRUE", "1"), True),
    **dict.fromkeys((*checks.NO, "FALSE", "0"), False),
}

_ERROR_TEXT = re.compile(r"#[A-Z][A-Z0-9/_]*[!?]?|Err:\d{3}")

_SHOWN_LENGTH = 20

_ROW = (list, tuple)

NUMBER = "不小于 0 的数字"
AMOUNT = f"{NUMBER}（可以空白或“不适用”）"
MARK = f"{NUMBER}（可以空白）"
SIGNED = "数字"
FLAG = "是、√、TRUE、1 或 否、×、FALSE、0（可以空白）"
SWITCH = " TRUE 或 FALSE"


def seen(raw: object) -> Seen:
    """What stands in a cell."""
    if isinstance(raw, float):  # asked first: most cells hold one
        return _seen_number(decimal_of(raw))
    if raw is None or isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        return _seen_text(raw)
    if (text := error_text(raw)) is not None:
        return Fault(f"错误值 {text}".rstrip())
    if isinstance(raw, int | Decimal):
        return _seen_number(decimal_of(raw))
    if isinstance(raw, datetime.date):
        # Not by strftime: COM's dates carry pywin32's time zone, which that would consult.
        return Fault(f"日期 {raw.year:04}-{raw.month:02}-{raw.day:02}")
    return raw if isinstance(raw, Fault) else Fault("无法识别的内容")


def _seen_number(number: Decimal) -> Decimal | Fault:
    return number if number.is_finite() and abs(number) <= MAX_NUMBER else Fault("超出范围的数")


def _seen_text(raw: str) -> Seen:
    text = raw.strip()
    if text in _WORDS:
        return _WORDS[text]
    if _ERROR_TEXT.fullmatch(text):
        return Fault(f"错误值 {text}")
    if text.startswith(ERROR):
        return Fault(_quoted(text))
    return text


def _quoted(text: str) -> str:
    return f"“{text[:_SHOWN_LENGTH]}…”" if len(text) > _SHOWN_LENGTH else f"“{text}”"


def _described(value: Seen) -> str:
    if value is None:
        return "空白"
    if isinstance(value, bool):
        return f"逻辑值 {'TRUE' if value else 'FALSE'}"
    if isinstance(value, Decimal):
        return f" {plain(value)}"
    if isinstance(value, Fault):
        return value.message
    return f"文本{_quoted(value)}" if isinstance(value, str) else _quoted(value.value)


def _flag(value: Seen) -> bool | None:
    """是 or 否 however it is written; None for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return bool(value) if value in (0, 1) else None
    if isinstance(value, str):
        return _FLAGS.get(unicodedata.normalize("NFKC", value).upper())
    return None


@record(frozen=False)
class Cells:
    """An argument as it was given: a rectangle of cells, or nothing where it was left out.

    `values` holds what stands in the cells, row by row, `shape` counts rows and columns.
    """

    argument: Argument
    label: str
    shape: tuple[int, int]
    values: list[Seen]
    left_out: bool = False

    @classmethod
    def of(cls, argument: Argument, raw: object, label: str = "") -> Cells:
        """The cells of an argument given as a scalar, a row or a rectangle; None leaves an optional one out."""
        label = label or argument.label
        if not isinstance(raw, _ROW):
            if raw is None and argument.optional:
                return cls(argument, label, (0, 0), [], left_out=True)
            return cls(argument, label, (1, 1), [seen(raw)])
        rows: Sequence[Sequence[object]] = (raw,)
        if any(isinstance(row, _ROW) for row in raw):
            rows = [row if isinstance(row, _ROW) else (row,) for row in raw]
        if len({len(row) for row in rows}) > 1:
            raise ScoringError(f"{label}各行的长短不同，应为一个整齐的区域")
        return cls(argument, label, (len(rows), len(rows[0])), [seen(cell) for row in rows for cell in row])

    def must_match(self, other: Cells) -> None:
        """Refuse two ranges of which one cell does not stand for the same thing as the other's."""
        if self.shape != other.shape:
            sizes = [f"{cells.label}为 {cells.shape[0]} 行 {cells.shape[1]} 列" for cells in (self, other)]
            raise ScoringError(f"{'，'.join(sizes)}，两者应一样大")

    def amounts(self) -> list[Decimal | NotApplicable | None]:
        """Each cell's amount."""
        return [v if v is None or v is NOT_APPLICABLE else self.checked(n, v, AMOUNT) for n, v in self.numbered()]

    def marks(self) -> list[Decimal | None]:
        """Each cell's mark or count."""
        return [None if v is None else self.checked(n, v, MARK) for n, v in self.numbered()]

    def numbers(self) -> list[Decimal]:
        """Each cell's number, none of them blank."""
        return [self.checked(n, v, NUMBER) for n, v in self.numbered()]

    def any_marks(self) -> list[Decimal | None]:
        """Each cell's number, which may be below 0 or blank."""
        return [None if v is None else self._signed(n, v) for n, v in self.numbered()]

    def all_units(self, names: Sequence[str] = ()) -> AllUnits:
        """What all units have, each cell one unit's, of these names; 不适用 is none of them, and a blank is still missing."""
        own = [(n, v) for n, v in self.numbered() if v is not NOT_APPLICABLE]
        return AllUnits(tuple((names[n] if names else "", None if v is None else self._signed(n, v)) for n, v in own))

    def flags(self) -> list[bool | None]:
        """Each cell's 是 or 否."""
        flags: list[bool | None] = []
        for n, value in self.numbered():
            flag = _flag(value)
            if flag is None and value is not None:
                raise self.refused(n, value, FLAG)
            flags.append(flag)
        return flags

    def mark(self) -> Decimal | None:
        """The mark or count of a single cell."""
        self._single()
        return self.marks()[0]

    def signed(self) -> Decimal:
        """The number of a single cell, which may be below 0."""
        return self._signed(0, self._single())

    def any_number(self) -> Decimal | None:
        """The number of a single cell, which may be below 0 or blank."""
        self._single()
        return self.any_marks()[0]

    def any_numbers(self, count: int) -> list[Decimal]:
        """So many numbers, which may be below 0; one stands for all of them, and left out the default does."""
        if self.left_out:
            return [defaults.number(self.argument.default)] * count
        own = [self._signed(n, value) for n, value in self.numbered()]
        if len(own) not in (1, count):
            raise ScoringError(f"{self.label}有 {len(own)} 格，应为 1 格或 {count} 格")
        return own * count if len(own) == 1 else own

    def _signed(self, position: int, value: Seen) -> Decimal:
        if not isinstance(value, Decimal):
            raise self.refused(position, value, SIGNED)
        return value

    def number(self, default: Decimal | None = None) -> Decimal:
        """The number of a single cell; left out, the given default or the scheme's."""
        if self.left_out:
            return defaults.number(self.argument.default) if default is None else default
        return self.checked(0, self._single(), NUMBER)

    def pair(self, first: Decimal, second: Decimal) -> tuple[Decimal, Decimal]:
        """Two numbers, given as two cells or as one that stands for both; left out, the ones given here."""
        if self.left_out:
            return first, second
        if len(self.values) != 2:
            return (self.number(),) * 2
        one, other = self.numbers()
        return one, other

    def option(self, allowed: Sequence[str]) -> int:
        """A whole number out of a few; left out, the scheme's."""
        value = self.number() if self.left_out else self._single()
        if not isinstance(value, Decimal) or plain(value) not in allowed:
            raise self.refused(0, value, f" {' 或 '.join(allowed)}")
        return int(value)

    def switch(self) -> bool:
        """TRUE or FALSE; left out, the scheme's."""
        if self.left_out:
            return defaults.switch(self.argument.default)
        value = self._single()
        flag = _flag(value)
        if flag is None:
            raise self.refused(0, value, SWITCH)
        return flag

    def text(self, allowed: str) -> str:
        """The text of a single cell, full-width forms folded, in capitals."""
        value = self._single()
        if not isinstance(value, str):
            raise self.refused(0, value, allowed)
        return unicodedata.normalize("NFKC", value).strip().upper()

    def numbered(self) -> Iterator[tuple[int, Seen]]:
        """Each cell with its position."""
        return enumerate(self.values)

    def checked(self, position: int, value: Seen, allowed: str) -> Decimal:
        """The value, which must be a number not below 0."""
        if isinstance(value, Decimal) and value >= 0:
            return value
        raise self.refused(position, value, allowed)

    def refused(self, position: int, value: Seen, allowed: str) -> ScoringError:
        """What is wrong with a cell and what is allowed."""
        where = f"{self.label}第 {position + 1} 个" if len(self.values) > 1 else self.label
        return ScoringError(f"{where}是{_described(value)}，应为{allowed}")

    def _single(self) -> Seen:
        if len(self.values) != 1:
            raise ScoringError(f"{self.label}应只有一格，给了 {len(self.values)} 格")
        return self.values[0]
