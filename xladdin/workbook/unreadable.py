"""Files that are refused, and the limits they are refused by."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

Made = TypeVar("Made")

MAX_FILE = 32 * 1024 * 1024
MAX_ROWS = 5000
MAX_COLUMNS = 300
MAX_CELLS = 2_000_000
"""Cells of all sheets together, blank ones up to the last of a row included."""

OVERSIZED_PACKAGE = "压缩包展开后过大"

UNPACK = "解压后把里面的表放进回收文件夹，或请报送单位直接报送 .xlsx"
"""What to do with an archive that is not opened."""


class Unreadable(Enum):
    """Why a file cannot be read."""

    EMPTY = "空文件"
    NOT_A_WORKBOOK = "不是可读取的表格文件"
    PASSWORD = "已加密（设有打开密码，或由 Excel 自动加密）"
    ENCRYPTED = "被文档加密软件加密"
    DAMAGED = "文件已损坏"
    OVERSIZED = "内容超出限度"
    NO_ACCESS = "打不开"


class UnreadableWorkbook(Exception):
    """A file that is refused; `reason` says which way and, in Chinese, `detail` what was seen and `remedy` what to do.

    Where `remedy` is empty the reason says enough.
    """

    def __init__(self, reason: Unreadable, detail: str = "", remedy: str = "") -> None:
        self.reason = reason
        self.detail = detail or reason.value
        self.remedy = remedy
        super().__init__(self.detail)


def guarded(read: Callable[[bytes], Made], data: bytes) -> Made:
    """What `read` makes of a file's bytes; `UnreadableWorkbook` for whatever it raises."""
    if not data:
        raise UnreadableWorkbook(Unreadable.EMPTY)
    try:
        return read(data)
    except UnreadableWorkbook:
        raise
    except MemoryError as error:
        raise UnreadableWorkbook(Unreadable.OVERSIZED, OVERSIZED_PACKAGE) from error
    except Exception as error:  # any parser's complaint means the same to the clerk: the file is damaged
        raise UnreadableWorkbook(Unreadable.DAMAGED, "文件已损坏，无法读取") from error


def check_position(sheet: str, row: int, column: int) -> None:
    """Refuse contents at a zero-based place far outside any table: a grid up to there would take gigabytes."""
    if row >= MAX_ROWS or column >= MAX_COLUMNS:
        detail = f"工作表“{sheet}”第 {row + 1} 行第 {column + 1} 列有内容"
        raise UnreadableWorkbook(Unreadable.OVERSIZED, detail)
