"""What people do with the ribbon, in the simulated Excel; each function runs in a process of its own, see `simulated`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.macros.excel.simulated import SimulatedExcel

RESULTS = ("汇总", "排名", "校验", "溯源", "口径")


def opened(master: str, addin: str = "") -> SimulatedExcel:
    return SimulatedExcel.open(master, addin=addin or None, quietly=True)


def said(excel: SimulatedExcel) -> list[str]:
    return [message.text for message in excel.messages]


def import_and_consolidate(master: str, returned: str, filled: str, done: str) -> dict[str, Any]:
    """导入回收表, 汇总排名; the workbook saved after each. The border is counted for 汇总排名 alone."""
    excel = opened(master)
    excel.answer_folder(returned)
    excel.press("import_returned")
    excel.save(filled)
    excel.calls.clear()
    excel.written.clear()
    excel.press("consolidate")
    excel.save(done)
    return {
        "said": said(excel),
        "counts": {
            f"{kind} {member}": sum(excel.count(kind, "Range", name) for name in names)
            for member, kinds in {"content": ("Value", "Value2", "Formula", "Formula2")}.items()
            for kind, names in (("get", kinds), ("set", kinds))
        },
        "calls": len(excel.calls),
        "written": list(excel.written),
        "status_bar": list(excel.status_bar),
        "settings": excel.settings,
        "shown_sheet": excel.active,
    }


def consolidate_saved(master: str, done: str) -> dict[str, Any]:
    """汇总排名 of a workbook just opened, so that its file is what is open."""
    excel = opened(master)
    excel.press("consolidate")
    excel.save(done)
    return {"said": said(excel)}


def consolidate_with_addin(book: str, addin: str, done: str) -> dict[str, Any]:
    """汇总排名 by FineScore.xlam on a workbook without macros, twice."""
    excel = opened(book, addin)
    excel.press("consolidate")
    first = excel.sheets()
    excel.press("consolidate")
    excel.save(done)
    return {"said": said(excel), "sheets": first, "sheets_again": excel.sheets()}


def cancelled(master: str, at_poll: int) -> dict[str, Any]:
    """汇总排名 with Esc pressed while it works."""
    excel = opened(master)
    before = {name: excel.value(f"{name}!A1:H19") for name in RESULTS}
    excel.press_escape(at_poll=at_poll)
    excel.press("consolidate")
    return {
        "said": said(excel),
        "untouched": before == {name: excel.value(f"{name}!A1:H19") for name in RESULTS},
        "written": list(excel.written),
        "settings": excel.settings,
    }


def pressed(
    book: str,
    button: str,
    addin: str = "",
    select: str = "",
    answers: list[str] | None = None,
    typed: dict[str, Any] | None = None,
) -> Any:
    """One button on one workbook in which some cells were typed; `answers` are folders to choose, or "cancel"."""
    excel = opened(book, addin)
    for cell, value in (typed or {}).items():
        excel.set(cell, value)
    for answer in answers or []:
        excel.answer_cancel() if answer == "cancel" else excel.answer_folder(answer)
    if select:
        excel.select(select)
    excel.press(button)
    return {
        "said": said(excel),
        "books": excel.books,
        "written": list(excel.written),
        "sheets": {name: excel.sheets(name) for name in excel.books},
        "settings": excel.settings,
    }


def documents(book: str, addin: str, folder: str, texts: list[str], escape: int = 0) -> dict[str, Any]:
    """通报与反馈 on a round, with what the clerk types; with `escape` Esc is pressed at that poll of the keyboard."""
    excel = opened(book, addin)
    excel.answer_folder(folder)
    for text in texts:
        excel.answer_text(text)
    if escape:
        excel.press_escape(at_poll=escape)
    excel.press("make_documents")
    return {"said": said(excel), "status_bar": list(excel.status_bar), "settings": excel.settings}


def scheme_buttons(own: str, addin: str, folder: str, other: str, edits: dict[str, Any]) -> dict[str, Any]:
    """新建方案 of the scheme workbook that is open; some cells of the new one edited, 检查方案; put back, 比较方案 with another."""
    excel = opened(own, addin)
    excel.answer_folder(folder)
    excel.press("new_scheme")
    new = str(excel.active)
    before = {cell: excel.value(cell) for cell in edits}
    for cell, value in edits.items():
        excel.set(cell, value)
    excel.press("check_scheme")
    found = excel.value(f"[{excel.active}]方案检查!A1:D12")
    for cell, value in before.items():
        excel.set(f"[{new}]{cell}", value)
    for row in range(2, 24):  # the titles name the year
        if isinstance(text := excel.value(f"[{new}]方案!B{row}"), str):
            excel.set(f"[{new}]方案!B{row}", text.replace("2023年", "2024年").replace("2023 年", "2024 年"))
    excel.close(Path(own).name)
    excel.open_workbook(other, quietly=True)
    excel.activate(new)
    excel.press("compare_schemes")
    return {
        "said": said(excel),
        "found": found,
        "changes": excel.value(f"[{excel.active}]方案变动!A5:G10"),
        "new": new,
        "settings": excel.settings,
    }


def scheme_confirmed(own: str, addin: str) -> dict[str, Any]:
    """检查方案 of a scheme that was changed after forms had been sent out: the change refused, then confirmed, then pressed again."""
    excel = opened(own, addin)
    excel.answer_message("cancel")
    excel.press("check_scheme")
    excel.answer_message("ok")
    excel.press("check_scheme")
    excel.press("check_scheme")
    return {"said": said(excel)}


def check_form(form: str, addin: str) -> dict[str, Any]:
    """校验 of a returned form that is open."""
    excel = opened(form, addin)
    own = excel.active
    excel.press("check")
    beside = next(name for name in excel.books if name != own)
    return {"said": said(excel), "found": excel.value(f"[{beside}]校验!A1:K8"), "written": list(excel.written)}


def import_twice(master: str, returned: str, answer: str) -> dict[str, Any]:
    """导入回收表, a mark typed and another one blank in the forms, then 导入回收表 again with the question answered."""
    excel = opened(master)
    excel.answer_folder(returned)
    excel.press("import_returned")
    cell = "黄浦区!J23"
    before = excel.value(cell)
    excel.set("黄浦区!J4", 1)
    excel.set(cell, 1.1)
    excel.answer_folder(returned)
    excel.answer_message(answer)
    excel.press("import_returned")
    return {"said": said(excel), "before": before, "mark": excel.value(cell), "amount": excel.value("黄浦区!J4")}


def import_over_formula(master: str, returned: str, cell: str) -> dict[str, Any]:
    """导入回收表 over a formula that the office has put into a cell for a mark."""
    excel = opened(master)
    excel.enter(cell, "=0.6+0.5")
    excel.answer_folder(returned)
    excel.answer_message("ok")
    excel.press("import_returned")
    return {"formula": excel.formula(cell), "value": excel.value(cell)}


def no_workbook(addin: str) -> dict[str, Any]:
    """Every button while no workbook is open."""
    excel = SimulatedExcel()
    excel.load_addin(addin)
    for button in excel.buttons():
        excel.press(button)
    return {"buttons": excel.buttons(), "messages": [(m.kind, m.text) for m in excel.messages]}


def repaired(book: str, addin: str, done: str) -> dict[str, Any]:
    """修复公式 twice."""
    excel = opened(book, addin)
    own = excel.active
    excel.press("repair")
    formulas, values = excel.formula(f"[{own}]Sheet1!C1:C9"), excel.value(f"[{own}]Sheet1!C1:C9")
    listed = next(name for name in excel.books if name != own)
    rows = excel.value(f"[{listed}]公式修复!A4:D12")
    excel.activate(own)
    excel.press("repair")
    excel.save(done, book=own)
    return {"said": said(excel), "formulas": formulas, "values": values, "listed": rows}


def reconnected(book: str, addin: str) -> dict[str, Any]:
    """A workbook with formulas that did not resolve, opened while the add-in is loaded."""
    excel = SimulatedExcel()
    excel.load_addin(addin)
    excel.open_workbook(book)
    return {
        "said": said(excel),
        "formulas": excel.formula("Sheet1!C1:C9"),
        "values": excel.value("Sheet1!C1:C9"),
        "settings": excel.settings,
    }


def scores_in_cells(master: str, fillings: list[list[list[Any]]]) -> list[list[Any]]:
    """得分, 状态 and 得分说明 of a district's sheet for several fillings of its two columns, typed one after another."""
    excel = opened(master)
    shown = []
    for columns in fillings:
        excel.set("黄浦区!I4:I78", [[row[0]] for row in columns])
        excel.set("黄浦区!J4:J78", [[row[1]] for row in columns])
        shown.append(excel.value("黄浦区!D4:L83"))
    return shown


def formulas_in_cells(addin: str, formulas: list[str]) -> list[Any]:
    """What formulas show in a workbook of its own with the add-in loaded."""
    excel = SimulatedExcel()
    excel.load_addin(addin)
    excel.new_workbook()
    shown = []
    for row, formula in enumerate(formulas, 1):
        excel.enter(f"A{row}", formula)
        shown.append(excel.value(f"A{row}"))
    return shown


def both_loaded(master: str, addin: str) -> dict[str, Any]:
    """The tabs shown when the add-in is loaded and 考核总表 is open as well."""
    alone = opened(master)
    together = opened(master, addin)
    return {"alone": alone.buttons(), "together": together.buttons()}


def files_of(folder: str) -> list[str]:
    """The files of a folder, for scenarios that write some."""
    return sorted(path.name for path in Path(folder).iterdir())
