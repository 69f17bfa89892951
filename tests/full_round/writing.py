"""Filling in the workbooks that were issued, by their heads as people do, and putting them where they come back."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from tests.full_round import story
from tests.full_round.rules import DEPARTMENTS, DISTRICTS, OFFICE
from tests.full_round.story import Cell, Number, Sent

Save = Callable[[Path, Path, str], None]
"""Saves a workbook (first path) in another format (the kind) under the second path."""


def issued_name(unit: str) -> str:
    """The file name of the workbook that the unit was given."""
    if unit in DISTRICTS:
        return f"区填报表_{unit}.xlsx"
    if unit in DEPARTMENTS:
        return f"部门评价表_{unit}.xlsx"
    return "市精细化办评分表.xlsx" if unit == OFFICE else f"专家评议表_{unit}.xlsx"


def columns(sheet: Worksheet, *heads: str) -> tuple[int, dict[str, int]]:
    """The row of the heads and the column of each head there; the row is 0 where they are not on the sheet."""
    for row in sheet.iter_rows(max_row=12):
        at = {cell.value: cell.column for cell in row if cell.value}
        if set(heads) <= set(at):
            return row[0].row, at
    return 0, {}


def fill_form(book: Any, typed: Mapping[Cell, Number | str | None]) -> None:
    """Type into a district's form, by 编号 and column."""
    left = dict(typed)
    for sheet in book:
        first, at = columns(sheet, "编号", "完成情况")
        for row in range(first + 1, sheet.max_row + 1) if first else ():
            code = sheet.cell(row, at["编号"]).value
            for head in ("当年任务量", "完成情况", "填报内容"):
                if (code, head) in left:
                    sheet.cell(row, at[head]).value = left.pop((code, head))
    assert not left, left


def fill_evaluation(book: Any, typed: Mapping[Cell, Number | str | None]) -> None:
    """Type into a unit's workbook, by 编号 and 区."""
    left = dict(typed)
    for sheet in book:
        first, at = columns(sheet, "编号", "区", "校验")
        value = next((at[head] for head in ("核定完成量", "评分", "评定") if head in at), 0)
        for row in range(first + 1, sheet.max_row + 1) if first and value else ():
            key = sheet.cell(row, at["编号"]).value, sheet.cell(row, at["区"]).value
            if key not in left:
                continue
            content = left.pop(key)
            if content == "回避":
                sheet.cell(row, at["回避"]).value = "是"
            elif row % 2 and "同区报" in at and content == sheet.cell(row, at["区报完成量"]).value:
                sheet.cell(row, at["同区报"]).value = "是"
            else:
                sheet.cell(row, value).value = content
            if "区报完成量" in at and content != sheet.cell(row, at["区报完成量"]).value:
                sheet.cell(row, at["说明"]).value = "现场核查"
    assert not left, left


def fill_list(sheet: Worksheet, lines: list[dict[str, str]]) -> None:
    """Keep a list: a line after another, dates as dates."""
    first, at = columns(sheet, "区", "日期", "标题")
    for row, line in enumerate(lines, first + 1):
        for head, text in line.items():
            content: object = datetime.datetime.strptime(text, "%Y-%m-%d") if head == "日期" else text
            sheet.cell(row, at[head]).value = content


def fill_targets(path: Path) -> None:
    """Fill in 任务分解表."""
    book = openpyxl.load_workbook(path)
    sheet = book["任务分解表"]
    first, at = columns(sheet, "编号", *DISTRICTS)
    for row in range(first + 1, sheet.max_row + 1):
        code = sheet.cell(row, at["编号"]).value
        for name in DISTRICTS:
            if (content := story.targets().get((code, name))) is not None:
                sheet.cell(row, at[name]).value = content
    book.save(path)


def fill_corrections(path: Path) -> None:
    """Fill in 更正单."""
    book = openpyxl.load_workbook(path)
    sheet = book["更正单"]
    first, at = columns(sheet, "区", "编号", "栏目", "新值")
    for row, line in enumerate(story.CORRECTIONS, first + 1):
        contents = dict(zip(("区", "编号", "栏目", "原值", "新值"), line, strict=True))
        contents |= {"理由": "复核意见", "批准人": "市精细化办", "日期": datetime.datetime(2024, 2, 20)}
        for head, content in contents.items():
            sheet.cell(row, at[head]).value = content
    book.save(path)


def send(round_folder: Path, sent: Sent, save: Save) -> Path:
    """Have a file come back: filled in, saved, and dated the day it arrived."""
    folder = round_folder / "回收" / f"第{sent.round}轮"
    folder.mkdir(parents=True, exist_ok=True)
    issued = round_folder / "下发" / issued_name(sent.unit)
    path = folder / (sent.name or Path(issued.name).with_suffix(f".{sent.kind}").name)
    match sent.special:
        case "no form":
            openpyxl.Workbook().save(path)
        case "scan":
            path.write_bytes(b"%PDF-1.4")
        case "lock file":
            path.write_bytes(b"\x05clerk")
        case "broken":
            path.write_bytes(issued.read_bytes()[:5000])
        case "unfilled":
            shutil.copy(issued, path)
        case "again":
            shutil.copy(round_folder / "回收" / "第1轮" / issued.name, path)
        case _:
            _fill(issued, path, sent, save)
    moment = datetime.datetime.fromisoformat(f"{sent.day}T12:00:00").timestamp()
    os.utime(path, (moment, moment))
    return path


def _fill(issued: Path, path: Path, sent: Sent, save: Save) -> None:
    book = openpyxl.load_workbook(issued)
    typed = story.typed(sent)
    if sent.unit in DISTRICTS:
        fill_form(book, typed)
    else:
        fill_evaluation(book, typed)
    if sent.unit == OFFICE:
        fill_list(book["简讯"], story.briefs())
        fill_list(book["宣传"], story.reports())
    if sent.kind == "xlsx":
        book.save(path)
        return
    plain = path.with_name(f".{path.stem}.xlsx")
    book.save(plain)
    save(plain, path, sent.kind)
    plain.unlink()
