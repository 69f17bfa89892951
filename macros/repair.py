"""The action 修复公式: mending the calls of the add-in's functions, in files and in open workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from udfs.catalogue import BY_NAME
from xladdin.files import write_new
from xladdin.issues import Refused
from xladdin.workbook.read.archives import bytes_of
from xladdin.workbook.repair.file import Change, repair_workbook
from xladdin.workbook.repair.formulas import repaired
from xladdin.workbook.unreadable import MAX_FILE, Unreadable, UnreadableWorkbook

NAMES = frozenset(BY_NAME)
"""The functions whose calls are mended."""


_REMEDIES: Mapping[Unreadable, str] = {
    Unreadable.EMPTY: "请找回完整的文件后再修复",
    Unreadable.NOT_A_WORKBOOK: "请用 Excel 另存为 .xlsx 后再修复",
    Unreadable.PASSWORD: "请在 Excel 中取消“打开密码”、保存后再修复",
    Unreadable.DAMAGED: "请用 Excel 打开、按提示恢复并另存为 .xlsx 后再修复",
    Unreadable.OVERSIZED: f"只能修复不超过 {MAX_FILE // 1024 // 1024} MB 的文件，请拆成几个工作簿后再修复",
    Unreadable.NO_ACCESS: "请检查文件名，如在 Excel 中打开着请先关闭，再重新修复",
}


def repair_file(path: Path, output: Path | None = None) -> tuple[Path, tuple[Change, ...]]:
    """Write a mended copy of a workbook; the path written and what was changed.

    The copy stands beside the file, its name ending in （已修复）, unless an `output` is given. The file itself is never
    touched. Where nothing is broken nothing is written, the changes are none and the path is that of the file. Raises
    `Refused` where it cannot be mended or the copy not be put in its place.
    """
    if output is not None and path.is_file() and output.suffix.lower() != path.suffix.lower():
        raise Refused(f"输出文件 {output.name} 应与原文件一样以 {path.suffix} 结尾，否则 Excel 打不开；请改文件名")
    try:
        repair = repair_workbook(bytes_of(path), NAMES)
    except UnreadableWorkbook as error:
        raise Refused(f"无法修复 {path}：{error.detail}；{_REMEDIES[error.reason]}") from error
    if not repair.changes:
        return path, ()
    written = output or path.with_name(f"{path.stem}（已修复）{path.suffix}")
    write_new({written: repair.data})
    return written, repair.changes


def repair_formulas(formulas: Sequence[Sequence[object]]) -> list[tuple[int, int, str, str]]:
    """Row, column, text and mended text of each broken formula in a block of cells, counted from 0.

    The block is what Excel gives for a range's formulas: texts that begin with `=`, among the contents of other cells.
    A cell whose content is a text that looks like a formula cannot be kept apart from one here.
    """
    changes = []
    for row, cells in enumerate(formulas):
        for column, before in enumerate(cells):
            if isinstance(before, str) and before.startswith("="):
                after = repaired(before, NAMES)
                if after != before:
                    changes.append((row, column, before, after))
    return changes
