"""Files that are refused, and the limits they are refused by."""

from __future__ import annotations

from enum import Enum

MAX_FILE = 32 * 1024 * 1024
MAX_ROWS = 5000
MAX_COLUMNS = 300
MAX_CELLS = 2_000_000
"""Cells of all sheets together, blank ones up to the last of a row included."""

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


def check_position(sheet: str, row: int, column: int) -> None:
    """Refuse contents at a zero-based place far outside any table: a grid up to there would take gigabytes."""
    if row >= MAX_ROWS or column >= MAX_COLUMNS:
        detail = f"工作表“{sheet}”第 {row + 1} 行第 {column + 1} 列有内容"
        raise UnreadableWorkbook(Unreadable.OVERSIZED, detail)
