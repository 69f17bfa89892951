"""任务分解表: the amounts assigned to each district, read from a table of 编号 × 区 and checked against the text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from xladdin import issues
from xladdin.fields.reading import read_cell
from xladdin.forms.reading import squeezed
from xladdin.issues import Issue, Place
from xladdin.methods.item import InputKind
from xladdin.numbers import Fault, plain
from xladdin.scheme.model import Scheme
from xladdin.words import CODE
from xladdin.workbook.cells import RawBook, RawSheet, cell_name
from xladdin.workbook.read.reader import read_workbook
from xladdin.workbook.unreadable import UnreadableWorkbook


def read_targets(scheme: Scheme, path: Path) -> tuple[dict[str, dict[str, Decimal]], list[Issue]]:
    """任务量 by district and code, and every finding.

    See `targets_in` for what the table looks like.
    """
    try:
        book = read_workbook(path)
    except UnreadableWorkbook as error:
        place = Place(file=path.name)
        return {}, [issues.issue(issues.TARGET_HEAD, place, error.detail, expected="可以读取的任务分解表")]
    return targets_in(scheme, book, path.name)


def targets_in(scheme: Scheme, book: RawBook, file: str) -> tuple[dict[str, dict[str, Decimal]], list[Issue]]:
    """任务量 by district and code, and every finding.

    The table has the head 编号 and a column headed by each district's name; a blank cell or 不适用 assigns nothing. The sum
    over the districts is compared with the city-wide amount of the text.
    """
    for sheet in book.sheets:
        for row, cells in enumerate(sheet.rows):
            heads = {squeezed(raw): column for column, raw in enumerate(cells) if squeezed(raw)}
            if CODE in heads:
                doubled = [name for name in scheme.district_names if sum(squeezed(raw) == name for raw in cells) > 1]
                return _read_table(scheme, sheet, row, heads, doubled, file)
    place = Place(file=file)
    found = [issues.issue(issues.TARGET_HEAD, place, "找不到表头“编号”", expected="表头有“编号”和 16 个区名")]
    return {}, found


def _read_table(
    scheme: Scheme, sheet: RawSheet, head_row: int, heads: dict[str, int], doubled: Sequence[str], file: str
) -> tuple[dict[str, dict[str, Decimal]], list[Issue]]:
    found: list[Issue] = []
    if doubled:
        place = Place(file=file, sheet=sheet.name, cell=f"第 {head_row + 1} 行")
        text = f"表头有两列 {'、'.join(doubled)}"
        found.append(issues.issue(issues.TARGET_HEAD, place, text, expected="每个区一列"))
    absent = [name for name in scheme.district_names if name not in heads]
    if absent:
        place = Place(file=file, sheet=sheet.name, cell=f"第 {head_row + 1} 行")
        listed = "、".join(absent)
        found.append(issues.issue(issues.TARGET_HEAD, place, f"表头缺 {listed}", expected="每个区一列"))
    targets: dict[str, dict[str, Decimal]] = {name: {} for name in scheme.district_names}
    rows: dict[str, int] = {}
    for row in range(head_row + 1, len(sheet.rows)):
        code = squeezed(sheet.at(row, heads[CODE])).upper()
        spec = scheme.inputs.get(code)
        if spec is None or spec.kind is not InputKind.AMOUNT:
            continue
        if code in rows:
            place = Place(file=file, sheet=sheet.name, cell=cell_name(row, heads[CODE]), item=code)
            text = f"编号 {code} 有两行"
            found.append(issues.issue(issues.TARGET_HEAD, place, text, expected="每个编号一行"))
            continue
        rows[code] = row
        for name in scheme.district_names:
            if name not in heads:
                continue
            place = Place(name, file, sheet.name, cell_name(row, heads[name]), code)
            reading = read_cell(sheet.at(row, heads[name]), spec, place, is_target=True)
            found.extend(reading.issues)
            if isinstance(reading.value, Decimal) and not isinstance(reading.value, Fault) and reading.value > 0:
                targets[name][code] = reading.value
    return targets, found + _check_sums(scheme, targets, rows, heads[CODE], sheet.name, file)


def _check_sums(
    scheme: Scheme, targets: dict[str, dict[str, Decimal]], rows: dict[str, int], column: int, sheet: str, file: str
) -> list[Issue]:
    found = []
    for task in scheme.annex2.tasks:
        for indicator in task.indicators:
            own = [given[indicator.code] for given in targets.values() if indicator.code in given]
            cell = cell_name(rows[indicator.code], column) if indicator.code in rows else ""
            place = Place(file=file, sheet=sheet, cell=cell, item=indicator.code)
            if indicator.code not in rows:
                text = f"没有 {indicator.code}（{indicator.name}）这一行"
                found.append(issues.issue(issues.TARGET_ROW, place, text))
                continue
            if indicator.amount is not None and sum(own) != indicator.amount:
                texts = {"amount": plain(indicator.amount), "unit": indicator.unit, "clause": indicator.clause}
                shown = plain(sum(own, Decimal(0)))
                found.append(issues.issue(issues.TARGET_SUM, place, f"“{indicator.name}”各区合计 {shown}", **texts))
    return found
