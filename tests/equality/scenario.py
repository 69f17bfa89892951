"""考核总表 filled by hand and consolidated by the ribbon, in the simulated Excel; runs in a process of its own."""

from __future__ import annotations

from typing import Any

from tests.macros.excel.simulated import SimulatedExcel


def filled_and_consolidated(
    master: str, done: str, areas: dict[str, str], columns: dict[str, dict[str, list[Any]]]
) -> list[Any]:
    """得分 of every district's sheet, then 汇总 and 排名; the workbook is saved. `columns` are by district and name."""
    excel = SimulatedExcel.open(master, quietly=True)
    for district, own in columns.items():
        for name, contents in own.items():
            _type(excel, district, areas[name], contents)
    scores = [excel.value(f"{district}!{areas['scores']}") for district in columns]
    excel.press("consolidate")
    excel.save(done)
    return [scores, excel.value(f"汇总!{areas['summary']}"), excel.value(f"排名!{areas['ranking']}")]


def _type(excel: SimulatedExcel, sheet: str, area: str, contents: list[Any]) -> None:
    excel.set(f"{sheet}!{area}", [[None if content == "#N/A" else content] for content in contents])
    letters = area.partition(":")[0].rstrip("0123456789")
    first = int(area.partition(":")[0].removeprefix(letters))
    for row, content in enumerate(contents, first):
        if content == "#N/A":
            excel.enter(f"{sheet}!{letters}{row}", "=NA()")


def imported_and_consolidated(master: str, returned: str, done: str) -> None:
    """导入回收表, and 汇总排名 at once: nothing but the button itself has the workbook calculated in between."""
    excel = SimulatedExcel.open(master, quietly=True)
    excel.answer_folder(returned)
    excel.press("import_returned")
    excel.press("consolidate")
    excel.save(done)
