"""Corrections (复核、申诉): inputs changed after the result was sealed, each with reason, approver and day.

The sealed result stays as it is. A corrected one is a new result of the same files and 更正单, with what moved beside it.
Further corrections are added to the same 更正单, which always holds all of them.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from xladdin import issues
from xladdin.evaluations.merge import Comparison, still_awaited
from xladdin.evaluations.units import named_units
from xladdin.fields.reading import read_cell
from xladdin.files import Progress
from xladdin.forms.form import Fields, Form, Sourced
from xladdin.forms.origins import as_in_a_cell, shown_value
from xladdin.forms.reading import squeezed
from xladdin.issues import Issue, Level, Place, Refused
from xladdin.methods.item import InputKind
from xladdin.numbers import Value, plain
from xladdin.results.consolidation import Consolidation, DistrictResult, consolidate_forms, issue_of, results
from xladdin.results.differences import NotComparable, Results, load_results, result_differences
from xladdin.returns.collection import Collection, collect, report_missing
from xladdin.rounds.corrections_sheet import CORRECTIONS
from xladdin.rounds.tracking import read_date
from xladdin.scheme.model import Scheme
from xladdin.scheme.policies import PolicyError
from xladdin.words import (
    APPROVER,
    CODE,
    CORRECTION_HEAD,
    CORRECTION_REASON,
    CORRECTIONS_KIND,
    DAY,
    DISTRICT,
    NEW,
    OLD,
    TARGET,
    VALUE,
)
from xladdin.workbook.cells import Raw, RawBook, RawSheet, cell_name, result_of, shown_text
from xladdin.workbook.read.reader import SourceFile, read_workbook
from xladdin.workbook.unreadable import UnreadableWorkbook

COLUMNS = CORRECTIONS.entries
"""The heads of 更正单."""

CORRECTED = "更正"


class NotTheResult(Refused):
    """The earlier result is not what these files come to; the message is for the user."""


@dataclass(frozen=True)
class Correction:
    """One line of 更正单: the field, what stood there, what is to count, why, by whom and when approved.

    `places` are the line's cells by head; `typed` is the new value as it was typed.
    """

    district: str
    code: str
    head: str
    old: Raw
    new: Value
    typed: str
    reason: str
    approver: str
    day: datetime.date
    places: Mapping[str, Place]


@dataclass(frozen=True)
class Corrected:
    """The results before and after; there is none after where an error among the issues forbids to correct anything."""

    before: Consolidation
    after: Consolidation | None
    corrections: tuple[Correction, ...]
    issues: tuple[Issue, ...]
    sealed: SourceFile
    sheet: SourceFile


def read_corrections(scheme: Scheme, book: RawBook, file: str) -> tuple[list[Correction], list[Issue]]:
    """The lines of 更正单 and every finding; a line with an error is not among them."""
    for sheet in book.sheets:
        for row, cells in enumerate(sheet.rows):
            columns = {squeezed(raw): column for column, raw in enumerate(cells)}
            if all(head in columns for head in COLUMNS):
                return _read_rows(scheme, sheet, row, columns, file)
    return [], [_fault(Place(file=file), "找不到表头", f"表头有 {'、'.join(COLUMNS)}")]


def _fault(place: Place, found: str, expected: str) -> Issue:
    return issues.issue(issues.CORRECTION_FAULT, place, found, expected=expected)


def _read_rows(
    scheme: Scheme, sheet: RawSheet, head_row: int, columns: Mapping[str, int], file: str
) -> tuple[list[Correction], list[Issue]]:
    corrections: list[Correction] = []
    found: list[Issue] = []
    seen: set[tuple[str, str, str]] = set()
    for row in range(head_row + 1, len(sheet.rows)):
        cells = {head: sheet.at(row, columns[head]) for head in COLUMNS}
        if not any(shown_text(raw).strip() for raw in cells.values()):
            continue
        district, code = squeezed(cells[DISTRICT]), squeezed(cells[CODE]).upper()
        where = {head: Place(district, file, sheet.name, cell_name(row, columns[head]), code) for head in COLUMNS}
        correction, own = _read_line(scheme, cells, where)
        if correction is not None:
            key = (correction.district, correction.code, correction.head)
            if key in seen:
                own.append(_fault(where[CODE], f"{' '.join(key)} 有两行", "每一格只更正一次；把各次更正合并成一行"))
            seen.add(key)
            corrections.append(correction)
        found += own
    if not corrections and not found:
        found.append(_fault(Place(file=file, sheet=sheet.name), "没有更正", "至少一行更正"))
    return corrections, found


def _read_line(
    scheme: Scheme, cells: Mapping[str, Raw], where: Mapping[str, Place]
) -> tuple[Correction | None, list[Issue]]:
    """The line, unless it has an error, and every finding about it."""
    found: list[Issue] = []
    texts = {head: shown_text(result_of(raw)).strip() for head, raw in cells.items()}
    district, code, head = where[DISTRICT].district, where[CODE].item, squeezed(cells[CORRECTION_HEAD])
    if district not in scheme.district_names:
        found.append(_fault(where[DISTRICT], f"“{texts[DISTRICT]}”", "16 个区的全称之一"))
    spec = scheme.inputs.get(code)
    allowed = (VALUE, TARGET) if spec and spec.kind is InputKind.AMOUNT else (VALUE,)
    if spec is None:
        found.append(_fault(where[CODE], f"“{texts[CODE]}”", "方案中的编号，如 K01.1"))
    elif head not in allowed:
        found.append(
            _fault(where[CORRECTION_HEAD], f"“{texts[CORRECTION_HEAD]}”", f"{code} 的栏目：{' 或 '.join(allowed)}")
        )
    for name in (CORRECTION_REASON, APPROVER):
        if not texts[name]:
            found.append(_fault(where[name], "空白", f"写明{name}"))
    day = read_date(cells[DAY])
    if day is None:
        found.append(_fault(where[DAY], f"“{texts[DAY]}”" if texts[DAY] else "空白", "批准的日期，如 2024-01-31"))
    typed = shown_text(cells[NEW]).strip()  # a formula is not blank, whatever it shows
    if not typed:
        found.append(_fault(where[NEW], "空白", "更正后的值；改为未填请写“—”，没有完成请写 0"))
    if found or spec is None or day is None:
        return None, found
    reading = read_cell(cells[NEW], spec, where[NEW], is_target=head == TARGET)
    found += reading.issues
    if any(issue.level is Level.ERROR for issue in reading.issues):
        return None, found
    reason, approver = texts[CORRECTION_REASON], texts[APPROVER]
    old, new = cells[OLD], reading.value
    return Correction(district, code, head, old, new, typed, reason, approver, day, where), found


def correct(
    scheme: Scheme, sealed: Path, paths: Sequence[Path], sheet: Path, progress: Progress | None = None
) -> Corrected:
    """Consolidate the paths as they are and as 更正单 (`sheet`) has them, under the readings of the sealed results.json.

    `NotComparable` where `sealed` is no result or `sheet` cannot be opened; `NotTheResult` where the paths do not come to
    the sealed result.
    """
    earlier = load_results(sealed)
    try:
        book = read_workbook(sheet)
        policies = scheme.choose_policies(earlier["policies"])
    except UnreadableWorkbook as error:
        raise NotComparable(f"{sheet} 不能用作{CORRECTIONS_KIND}：{error.detail or '不是工作簿'}") from error
    except PolicyError as error:
        raise NotTheResult(f"{sealed} 的口径本方案没有：{error}") from error
    corrections, found = read_corrections(scheme, book, sheet.name)
    collection = collect(scheme, paths, progress)
    collection.evaluators = named_units(scheme, [(u["kind"], u["name"]) for u in earlier.get("evaluators", ())])
    report_missing(scheme, collection)
    before = consolidate_forms(scheme, collection, policies)
    _compare(sealed, earlier, before)
    found += _contradictions(scheme, before, corrections)
    file = SourceFile(sheet, sheet.name, book.sha256)
    after = None
    if not any(issue.level is Level.ERROR for issue in found):
        # What was said of files that did not count is not found out again from those that did.
        of_the_round = [issue_of(data) for data in earlier.get("issues", ()) if data["code"] in _OF_THE_ROUND]
        after = _applied(scheme, collection, before, corrections, file, [*of_the_round, *found])
    digest = hashlib.sha256(sealed.read_bytes()).hexdigest()
    result = SourceFile(sealed, sealed.name, digest)
    return Corrected(before, after, tuple(corrections), tuple(found), result, file)


def _compare(sealed: Path, earlier: Results, before: Consolidation) -> None:
    fresh: Results = json.loads(json.dumps(results(before)))
    if _without_words(fresh) == _without_words(earlier):
        return
    try:
        differences = result_differences(earlier, fresh)
    except NotComparable as error:
        raise NotTheResult(f"{sealed} 不是这些文件的汇总结果：{error}") from error
    moved = [
        *(f"{i.district} {i.item} 的得分或内容不同" for i in differences.items),
        *(f"{d.name} 总分 {d.before.total:.2f}，由这些文件得 {d.after.total:.2f}" for d in differences.districts),
    ]
    what = "；".join(moved[:3]) or "采用的文件或单元格不同"
    raise NotTheResult(
        f"{sealed} 不是这些文件的汇总结果：{what}。请指定当时汇总所用的全部文件和当时的 results.json，都不能有改动"
    )


def _without_words(data: Results) -> Results:
    """The result without the explanations, whose wording is the program's, and without files of which nothing counted."""
    districts = [
        {**d, "items": {id_: {k: v for k, v in item.items() if k != "explain"} for id_, item in d["items"].items()}}
        for d in data["districts"]
    ]
    return {"evaluators": [], **data, "files": [], "issues": [], "districts": districts}


def _contradictions(scheme: Scheme, before: Consolidation, corrections: Iterable[Correction]) -> list[Issue]:
    """The lines whose 原值 is not what counted."""
    forms = {d.name: d.form for d in before.districts}
    found = []
    for c in corrections:
        form = forms[c.district]
        if form is None:
            expected = "已报送的区；没有报送的请先报送"
            found.append(_fault(c.places[DISTRICT], f"{c.district}没有可用的填报表，不能更正", expected))
            continue
        value, shown = _standing(form, c)
        reading = read_cell(c.old, scheme.inputs[c.code], c.places[OLD], is_target=c.head == TARGET).value
        typed = shown_text(result_of(c.old)).strip()
        same = typed == shown or (as_in_a_cell(reading) == as_in_a_cell(value) and type(reading) is type(value))
        if not same and as_in_a_cell(c.new) == as_in_a_cell(value) and type(c.new) is type(value):
            text = f"{c.code} {c.head} 已经是 {shown or '空白'}"
            found.append(issues.issue(issues.CORRECTED_ALREADY, c.places[NEW], text))
        elif not same:
            found.append(_fault(c.places[OLD], f"“{typed}”" if typed else "空白", f"采用的原值：{shown or '空白'}"))
    return found


def _standing(form: Form, correction: Correction) -> tuple[Value, str]:
    """The value that counts for the field, and how a sheet shows it."""
    field = form.fields[correction.code]
    value = field.entry.target if correction.head == TARGET else field.entry.value
    number = as_in_a_cell(value)
    typed = field.cell(correction.head).typed
    return value, plain(number) if isinstance(number, Decimal) else shown_value(value, typed)


_OF_THE_ROUND = {issues.NOBODYS_FILE.code, issues.NOT_CONFIRMED.code, issues.NEWEST_LEFT_OUT.code}

_CARRIED = {
    issues.NOT_DELIVERED.code,
    issues.NOT_YET_EVALUATED.code,
    issues.ASSIGNED_NOT_APPLICABLE.code,
    issues.CASE_NOT_HANDED_IN.code,
    issues.NOT_FOR_DISTRICTS.code,
    issues.SCORE_DIFFERS.code,
    issues.UNRESOLVED.code,
}
"""Findings that compare the files with one another or with themselves: the same whatever is corrected."""


def _applied(
    scheme: Scheme,
    collection: Collection,
    before: Consolidation,
    corrections: Sequence[Correction],
    file: SourceFile,
    found: Sequence[Issue],
) -> Consolidation:
    """The consolidation with the corrections over whatever districts reported and units judged."""
    forms = {d.name: replace(d.form, claims={}) for d in before.districts if d.form}
    told: dict[tuple[str, str], str] = {}
    outdated: list[Callable[[Issue], bool]] = []
    for c in corrections:
        form = forms[c.district]
        earlier = form.fields[c.code].entry.told
        told[c.district, c.code] = "；".join(filter(None, (earlier, _told(c, _standing(form, c)[1]))))
        outdated.append(_outdated(form, c))
        forms[c.district] = _with(form, c, told[c.district, c.code])
    own = [issue for issue in collection.issues if issue.code not in _CARRIED]
    carried = [issue for issue in before.issues if issue.code in _CARRIED]
    kept = [issue for issue in (*own, *carried) if not any(gone(issue) for gone in outdated)]
    # What units have judged is in the forms already; merged again it would stand over the corrections.
    corrected = replace(
        collection,
        forms=forms,
        reports=[],
        evaluators=(),
        files=[*collection.files, file],
        inputs=[*collection.inputs, file.path],
        issues=[*kept, *found],
    )
    after = consolidate_forms(scheme, corrected, before.policies)
    values = {(c.district, c.code): c.new for c in corrections if c.head == VALUE}
    targets = {(c.district, c.code): c.new for c in corrections if c.head == TARGET}

    def compared(comparison: Comparison) -> Comparison:
        key = comparison.district, comparison.code
        if key not in told:
            return comparison
        counts, target = values.get(key, comparison.counts), targets.get(key, comparison.target)
        awaited: tuple[str, ...] = ()
        if key not in values:
            asked = [unit for unit in before.evaluators if comparison.code in unit.codes]
            own = forms[comparison.district].fields
            awaited = still_awaited(scheme, before.policies, own, comparison.code, asked, comparison.judged)
        return replace(comparison, counts=counts, target=target, told=told[key], awaited=awaited)

    comparisons = tuple(map(compared, before.comparisons))
    told_of = {(c.district, c.code) for c in comparisons}
    awaited_now = {(c.district, c.code) for c in comparisons if c.awaited}

    def still_unjudged(district: DistrictResult, earlier: DistrictResult) -> DistrictResult:
        taken_over = {(district.name, code) for code in earlier.unjudged} - told_of - set(values)
        waiting = {code for name, code in awaited_now | taken_over if name == district.name}
        return replace(district, unjudged=frozenset(waiting))

    return replace(
        after,
        districts=tuple(map(still_unjudged, after.districts, before.districts)),
        comparisons=comparisons,
        reports=before.reports,
        evaluators=before.evaluators,
    )


def _told(c: Correction, old: str) -> str:
    new = shown_value(c.new, c.typed) or "未填"
    return f"{CORRECTED}：{c.code} {c.head} {old or '空白'} 改为 {new}（{c.reason}，{c.approver}，{c.day.isoformat()}）"


def _outdated(form: Form, c: Correction) -> Callable[[Issue], bool]:
    """Whether a finding is about a cell that no longer counts."""
    field = form.fields[c.code]
    cells = {field.cell(c.head).place, *(s.place for s in field.sources if s.head.startswith(c.head))}

    def is_about(issue: Issue) -> bool:
        place = issue.place
        return (place.district, place.item) == (c.district, c.code) and (not place.cell or place in cells)

    return is_about


def _with(form: Form, c: Correction, told: str) -> Form:
    """The form with the new value over the old one, which stays among the sources."""
    field = form.fields[c.code]
    entry = replace(field.entry, target=c.new) if c.head == TARGET else replace(field.entry, value=c.new)
    source = Sourced(c.code, f"{c.head}（{CORRECTED}）", c.new, c.typed, c.places[NEW])
    field = replace(field, corrected=(*field.corrected, source), standing=replace(entry, told=told))
    return replace(form, fields=Fields({**form.fields, c.code: field}))
