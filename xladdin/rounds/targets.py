"""任务分解表: the amounts assigned to each district, read from a table of 编号 × 区 and checked against the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from xladdin import issues
from xladdin.classes import replace
from xladdin.fields.identity import read_identity
from xladdin.fields.reading import read_cell
from xladdin.fields.tables import Heads, Table, tables_of
from xladdin.issues import Issue, Place
from xladdin.methods.inputs import InputKind
from xladdin.numbers import plain
from xladdin.scheme.model import Scheme
from xladdin.words import CODE
from xladdin.workbook.cells import RawBook
from xladdin.workbook.read.reader import read_workbook
from xladdin.workbook.read.texts import fit_text
from xladdin.workbook.unreadable import UnreadableWorkbook


def read_targets(scheme: Scheme, path: Path) -> tuple[dict[str, dict[str, Decimal]], list[Issue]]:
    """任务量 by district and code, and every finding.

    See `targets_in` for what the table looks like.
    """
    try:
        book = read_workbook(path)
    except UnreadableWorkbook as error:
        place = Place(file=fit_text(path.name))
        return {}, [issues.issue(issues.TARGET_HEAD, place, error.detail, expected="可以读取的任务分解表")]
    return targets_in(scheme, book, fit_text(path.name))


def targets_in(scheme: Scheme, book: RawBook, file: str) -> tuple[dict[str, dict[str, Decimal]], list[Issue]]:
    """任务量 by district and code, and every finding.

    The table has the head 编号 and a column headed by each district's name; a blank cell or 不适用 assigns nothing. The sum
    over the districts is compared with the city-wide amount of the text.
    """
    version = scheme.source.version
    if stated := read_identity(book).other_version(version):
        found, expected = f"方案版本为“{stated.name}”", f"方案版本 {version} 的任务分解表"
        return {}, [issues.issue(issues.TARGET_HEAD, stated.place(file), found, expected=expected)]
    heads = (CODE, *scheme.district_names)
    if tables := tables_of(book, Heads(heads, required=(CODE,))):
        return _read_tables(scheme, tables, file)
    place = Place(file=file)
    expected = f"表头有“{CODE}”和 {len(scheme.districts)} 个区名"
    return {}, [issues.issue(issues.TARGET_HEAD, place, f"找不到表头“{CODE}”", expected=expected)]


def _read_tables(
    scheme: Scheme, tables: Sequence[Table[Heads]], file: str
) -> tuple[dict[str, dict[str, Decimal]], list[Issue]]:
    found: list[Issue] = []
    targets: dict[str, dict[str, Decimal]] = {name: {} for name in scheme.district_names}
    rows: dict[str, Place] = {}
    for table in tables:
        place = table.head_place(file)
        if doubled := [name for name in scheme.district_names if name in table.doubled]:
            text = f"表头有两列 {'、'.join(doubled)}"
            found.append(issues.issue(issues.TARGET_HEAD, place, text, expected="每个区一列"))
        if absent := [name for name in scheme.district_names if name not in table.columns]:
            text = f"表头缺 {'、'.join(absent)}"
            found.append(issues.issue(issues.TARGET_HEAD, place, text, expected="每个区一列"))
        found += table.spelling_issues(file)
        for row, code in table.code_rows:
            spec = scheme.inputs.get(code)
            if spec is None or spec.kind is not InputKind.AMOUNT:
                continue
            place = table.place(file, row, CODE, item=code)
            if code in rows:
                found.append(issues.issue(issues.TARGET_HEAD, place, f"编号 {code} 有两行", expected="每个编号一行"))
                continue
            rows[code] = place
            for name in scheme.district_names:
                reading = read_cell(table.at(row, name), spec, table.place(file, row, name, name, code), is_target=True)
                found.extend(reading.issues)
                if isinstance(reading.value, Decimal) and reading.value > 0:
                    targets[name][code] = reading.value
    return targets, found + _check_sums(scheme, targets, rows, Place(file=file, sheet=tables[0].sheet.name))


def _check_sums(
    scheme: Scheme, targets: Mapping[str, Mapping[str, Decimal]], rows: Mapping[str, Place], table: Place
) -> list[Issue]:
    found = []
    for indicator in scheme.indicators:
        own = [given[indicator.code] for given in targets.values() if indicator.code in given]
        place = rows.get(indicator.code, replace(table, item=indicator.code))
        if indicator.code not in rows:
            text = f"没有 {indicator.code}（{indicator.name}）这一行"
            found.append(issues.issue(issues.TARGET_ROW, place, text))
            continue
        if indicator.amount is not None and sum(own) != indicator.amount:
            texts = {"amount": plain(indicator.amount), "unit": indicator.unit, "clause": indicator.clause}
            shown = plain(sum(own, Decimal(0)))
            found.append(issues.issue(issues.TARGET_SUM, place, f"“{indicator.name}”各区合计 {shown}", **texts))
    return found
