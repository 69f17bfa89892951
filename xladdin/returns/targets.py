"""任务量 is the office's: 任务分解表, read from a table of 编号 × 区 and checked against the text, and what it says of a form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from xladdin import issues
from xladdin.classes import record, replace
from xladdin.fields.identity import MADE_BEFORE, read_identity
from xladdin.fields.ordering import natural_key
from xladdin.fields.reading import below_least, read_cell
from xladdin.fields.tables import Heads, Table, tables_of
from xladdin.forms.form import FieldCell, Form
from xladdin.forms.issued import read_issued
from xladdin.issues import Issue, Place
from xladdin.methods.inputs import InputKind
from xladdin.numbers import Fault, Value, plain
from xladdin.scheme.model import Scheme
from xladdin.words import CODE, INDICATOR, ISSUED_FOLDER, RETURNED_FOLDER, TARGETS_KIND, UNIT
from xladdin.workbook.cells import RawBook, shown_text
from xladdin.workbook.package import peeked_properties
from xladdin.workbook.read.archives import bytes_of
from xladdin.workbook.read.reader import SourceFile, read_workbook
from xladdin.workbook.read.texts import fit_text
from xladdin.workbook.unreadable import UnreadableWorkbook

Assigned = Mapping[str, FieldCell]
"""A district's 任务量 by input code, no value where nothing is assigned to it; a code that is absent is left to the district."""

Targets = Mapping[str, Assigned]
"""What is assigned, by district."""

TARGETS_FILE = f"{TARGETS_KIND}.xlsx"


@record
class Issued:
    """A form as it was issued: the file, and what it says is assigned."""

    file: SourceFile
    amounts: Assigned


def round_beside(folder: Path) -> Path | None:
    """The folder of the round whose folder, or whose 回收 or 下发, this is."""
    home = folder.resolve().parent if folder.resolve().name in (RETURNED_FOLDER, ISSUED_FOLDER) else folder
    return home if (home / RETURNED_FOLDER).is_dir() else None


def rounds_beside(paths: Iterable[Path]) -> list[Path]:
    """The folders of the rounds that files and folders are of."""
    folders = {path if path.is_dir() else path.parent for path in (path.resolve() for path in paths)}
    return sorted(filter(None, set(map(round_beside, folders))))


def targets_beside(folder: Path) -> Path | None:
    """The 任务分解表 of the round that a folder is of; what districts may have put anywhere else is none."""
    home = round_beside(folder)
    return home / TARGETS_FILE if home and (home / TARGETS_FILE).is_file() else None


def tables_beside(paths: Iterable[Path]) -> list[Path]:
    """The 任务分解表 of the rounds that files and folders are of, but for one that is among them itself."""
    there = {path.resolve() for path in paths}
    tables = (home / TARGETS_FILE for home in rounds_beside(there))
    return [table for table in tables if table.is_file() and table not in there]


def issued_forms(scheme: Scheme, home: Path) -> dict[str, Issued]:
    """The forms of a round as they were issued (下发), by district, that say what is assigned; of several the last one.

    A returned form says so itself, unless somebody has made it anew.
    """
    found: dict[str, Issued] = {}
    folder = home / ISSUED_FOLDER
    paths = [path for path in folder.rglob(f"{scheme.source.form_kind}*.xlsx") if not path.name.startswith(("~$", "."))]
    for path in sorted(paths, key=lambda path: natural_key(path.relative_to(home).as_posix())):
        districts = scheme.districts_in(path.name)
        if len(districts) != 1:
            continue
        try:
            data = bytes_of(path)
        except UnreadableWorkbook:  # of no use to anybody, and nobody's submission
            continue
        name = fit_text(path.relative_to(home).as_posix())
        file = SourceFile(path, name, hashlib.sha256(data).hexdigest())
        book = RawBook(file.sha256, (), peeked_properties(data))
        if amounts := read_issued(scheme, book, Form(), Place(districts[0], name)):
            found[districts[0]] = Issued(file, amounts)
    return found


def assign(form: Form, assigned: Assigned) -> list[Issue]:
    """Put what the office has assigned into a form's fields, and what there is to say of those that say otherwise."""
    found = []
    for code, own in assigned.items():
        field = form.fields[code]
        form.fields[code] = replace(field, assigned=own)
        place = field.target.place
        says_nothing = not field.target.typed and _amount(own.value) is None  # and nothing is assigned
        if place and not says_nothing and _amount(field.target.value) != _amount(own.value):
            typed = f"当年任务量 {field.target.typed or '未填'}"
            amount = plain(own.value) if isinstance(own.value, Decimal) else own.typed or "未下达"
            found.append(issues.issue(issues.AMOUNT_DIFFERS, place, typed, assigned=amount))
    return found


def _amount(value: Value) -> Value:
    """A 任务量 as it is compared: blank, 0 and 不适用 all assign nothing."""
    return value if isinstance(value, Fault) or (isinstance(value, Decimal) and value > 0) else None


def read_targets(scheme: Scheme, path: Path) -> tuple[Targets, list[Issue]]:
    """What is assigned, and every finding.

    See `targets_in` for what the table looks like.
    """
    try:
        book = read_workbook(path)
    except UnreadableWorkbook as error:
        return {}, [unreadable_targets(error, fit_text(path.name))]
    return targets_in(scheme, book, fit_text(path.name))


def unreadable_targets(error: UnreadableWorkbook, file: str) -> Issue:
    """The finding that a 任务分解表 cannot be read."""
    return issues.issue(issues.TARGET_HEAD, Place(file=file), error.detail, expected="可以读取的任务分解表")


def targets_in(scheme: Scheme, book: RawBook, file: str) -> tuple[Targets, list[Issue]]:
    """What is assigned, and every finding.

    The table has the head 编号 and a column headed by each district's name; a blank cell or 不适用 assigns nothing, a row
    without any amount leaves its indicator to the districts. The sum over the districts is compared with the city-wide amount
    of the text. Nothing is assigned by a table of another shape.
    """
    targets, found = _targets_in(scheme, book, file)
    return targets, [issue.told(scheme.source.say) for issue in found]


def _targets_in(scheme: Scheme, book: RawBook, file: str) -> tuple[Targets, list[Issue]]:
    version = scheme.source.version
    identity = read_identity(book)
    if stated := identity.other_version(version):
        found, expected = f"方案版本为“{stated.name}”", f"方案版本 {version} 的任务分解表"
        return {}, [issues.issue(issues.TARGET_HEAD, stated.place(file), found, expected=expected)]
    if stated := identity.other_fields(scheme):
        return {}, [
            issues.issue(
                issues.TARGET_HEAD, stated.place(file), MADE_BEFORE, expected=f"按现在的考核方案生成的{TARGETS_KIND}"
            )
        ]
    heads = (CODE, INDICATOR, UNIT, *scheme.district_names)
    tables = tables_of(book, Heads(heads, required=(CODE,)))
    if any(name in table.columns for table in tables for name in scheme.district_names):
        return _read_tables(scheme, tables, file)
    place = tables[0].head_place(file) if tables else Place(file=file)
    expected = f"表头有“{CODE}”和 {len(scheme.districts)} 个区名"
    text = "表头没有一个区名" if tables else f"找不到表头“{CODE}”"
    return {}, [issues.issue(issues.TARGET_HEAD, place, text, expected=expected)]


def _read_tables(scheme: Scheme, tables: Sequence[Table[Heads]], file: str) -> tuple[Targets, list[Issue]]:
    found: list[Issue] = []
    targets: dict[str, dict[str, FieldCell]] = {name: {} for name in scheme.district_names}
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
            place = table.place(file, row, CODE, item=code)
            if spec is None or spec.kind is not InputKind.AMOUNT:
                if code and any(table.at(row, name) is not None for name in scheme.district_names):
                    found.append(issues.issue(issues.UNKNOWN_CODE, place, f"没有按任务量计分的编号 {code}"))
                continue
            if code in rows:
                found.append(issues.issue(issues.TARGET_HEAD, place, f"编号 {code} 有两行", expected="每个编号一行"))
                continue
            rows[code] = place
            if others := table.not_its_row(row, {INDICATOR: spec.name, UNIT: spec.unit}, file, "", code):
                found += others
                continue
            own: dict[str, FieldCell] = {}
            for name in (n for n in scheme.district_names if n in table.columns):
                raw, where = table.at(row, name), table.place(file, row, name, name, code)
                reading = read_cell(raw, spec, where, is_target=True)
                found.extend(reading.issues)
                value, least = _amount(reading.value), scheme.least_amount(code, name)
                if finding := below_least(value, least, spec, shown_text(raw), where):
                    found.append(finding)
                    value = least
                own[name] = FieldCell(value, shown_text(raw), where)
            if any(cell.value is not None for cell in own.values()):
                for name, cell in own.items():
                    targets[name][code] = cell
    has_its_shape = not any(issue.code == issues.TARGET_HEAD.code for issue in found)
    sums = _check_sums(scheme, targets, rows, Place(file=file, sheet=tables[0].sheet.name))
    if not has_its_shape:  # said once, not for every row that is missing with it
        return {}, found + [issue for issue in sums if issue.code != issues.TARGET_ROW_SET.code]
    return targets, found + sums


def _check_sums(scheme: Scheme, targets: Targets, rows: Mapping[str, Place], table: Place) -> list[Issue]:
    found = []
    for indicator in scheme.indicators:
        cells = [given[indicator.code].value for given in targets.values() if indicator.code in given]
        own = [value for value in cells if isinstance(value, Decimal)]
        place = rows.get(indicator.code, replace(table, item=indicator.code))
        if indicator.code not in rows:
            text = f"没有 {indicator.code}（{indicator.name}）这一行"
            kind = issues.TARGET_ROW if scheme.least_amount(indicator.code) is None else issues.TARGET_ROW_SET
            found.append(issues.issue(kind, place, text, clause=indicator.clause))
            continue
        if indicator.amount is not None and sum(own) != indicator.amount:
            texts = {"amount": plain(indicator.amount), "unit": indicator.unit, "clause": indicator.clause}
            shown = plain(sum(own, Decimal(0)))
            found.append(issues.issue(issues.TARGET_SUM, place, f"“{indicator.name}”各区合计 {shown}", **texts))
    return found
