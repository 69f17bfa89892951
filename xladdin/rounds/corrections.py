"""更正单 read: every line a correction (复核、申诉) of one field, with reason, approver and day, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from xladdin import issues
from xladdin.fields.dates import read_day
from xladdin.fields.identity import MADE_BEFORE, read_identity
from xladdin.fields.reading import below_least, read_cell
from xladdin.fields.showing import as_in_a_cell
from xladdin.fields.tables import Heads, Table, rows_of, squeezed, tables_of
from xladdin.issues import Issue, Level, Place
from xladdin.methods.inputs import InputKind
from xladdin.results.consolidation import Consolidation
from xladdin.results.layers import Correction, standing
from xladdin.rounds.corrections_sheet import CORRECTIONS
from xladdin.scheme.model import Scheme
from xladdin.words import (
    APPROVER,
    CODE,
    CORRECTIONS_KIND,
    DAY,
    DISTRICT,
    GROUNDS,
    HEAD,
    NEW,
    OLD,
    TARGET,
    VALUE,
)
from xladdin.workbook.cells import Raw, RawBook, result_of, shown_text

COLUMNS = CORRECTIONS.entries
"""The heads of 更正单."""


def read_corrections(scheme: Scheme, book: RawBook, file: str) -> tuple[list[Correction], list[Issue]]:
    """The lines of 更正单 and every finding; a line with an error is not among them."""
    version = scheme.source.version
    identity = read_identity(book)
    if stated := identity.other_fields(scheme):
        return [], [_fault(stated.place(file), MADE_BEFORE, f"按现在的考核方案生成的{CORRECTIONS_KIND}")]
    if stated := identity.other_version(version):
        return [], [
            _fault(stated.place(file), f"方案版本为“{stated.name}”", f"方案版本 {version} 的{CORRECTIONS_KIND}")
        ]
    if tables := tables_of(book, Heads(COLUMNS, required=COLUMNS), scheme.source.say):
        return _read_rows(scheme, tables, file)
    return [], [_fault(Place(file=file), "找不到表头", f"表头有 {'、'.join(COLUMNS)}")]


def _fault(place: Place, found: str, expected: str) -> Issue:
    return issues.issue(issues.CORRECTION_FAULT, place, found, expected=expected)


def _read_rows(scheme: Scheme, tables: Sequence[Table[Heads]], file: str) -> tuple[list[Correction], list[Issue]]:
    corrections: list[Correction] = []
    found: list[Issue] = []
    seen: set[tuple[str, str, str]] = set()
    for table, row in rows_of(tables):
        cells = {head: table.at(row, head) for head in COLUMNS}
        if not any(shown_text(raw).strip() for raw in cells.values()):
            continue
        district, code = squeezed(cells[DISTRICT]), squeezed(cells[CODE]).upper()
        where = {head: table.place(file, row, head, district, code) for head in COLUMNS}
        correction, faults = _read_line(scheme, cells, where)
        if correction is not None:
            key = (correction.district, correction.code, correction.head)
            if key in seen:
                faults.append(_fault(where[CODE], f"{' '.join(key)} 有两行", "每一格只更正一次；把各次更正合并成一行"))
            seen.add(key)
            corrections.append(correction)
        found += faults
    if not corrections and not found:
        found.append(_fault(Place(file=file, sheet=tables[0].sheet.name), "没有更正", "至少一行更正"))
    return corrections, found + [issue for table in tables for issue in table.spelling_issues(file)]


def _read_line(
    scheme: Scheme, cells: Mapping[str, Raw], where: Mapping[str, Place]
) -> tuple[Correction | None, list[Issue]]:
    """The line, unless it has an error, and every finding about it."""
    found: list[Issue] = []
    texts = {head: shown_text(result_of(raw)).strip() for head, raw in cells.items()}
    district, code, head = where[DISTRICT].district, where[CODE].item, squeezed(cells[HEAD])
    if district not in scheme.district_names:
        found.append(_fault(where[DISTRICT], f"“{texts[DISTRICT]}”", f"{len(scheme.districts)} 个区的全称之一"))
    spec = scheme.inputs.get(code)
    allowed = (VALUE, TARGET) if spec and spec.kind is InputKind.AMOUNT else (VALUE,)
    if spec is None:
        found.append(_fault(where[CODE], f"“{texts[CODE]}”", f"方案中的编号，如 {next(iter(scheme.inputs))}"))
    elif head not in allowed:
        found.append(_fault(where[HEAD], f"“{texts[HEAD]}”", f"{code} 的栏目：{' 或 '.join(allowed)}"))
    for name in (GROUNDS, APPROVER):
        if not texts[name]:
            found.append(_fault(where[name], "空白", f"写明{name}"))
    day = read_day(cells[DAY])
    if day is None:
        found.append(
            _fault(
                where[DAY],
                f"“{texts[DAY]}”" if texts[DAY] else "空白",
                f"批准的日期，如 {scheme.source.year + 1}-01-31",
            )
        )
    typed = shown_text(cells[NEW]).strip()  # a formula is not blank, whatever it shows
    if not typed:
        found.append(_fault(where[NEW], "空白", "更正后的值；改为未填请写“—”，没有完成请写 0"))
    if found or spec is None or day is None:
        return None, found
    reading = read_cell(cells[NEW], spec, where[NEW], is_target=head == TARGET)
    found += reading.issues
    least = scheme.least_amount(code, district) if head == TARGET else None
    if finding := below_least(reading.value, least, spec, typed, where[NEW]):
        found.append(finding)
    if any(issue.level is Level.ERROR for issue in reading.issues):
        return None, found
    reason, approver = texts[GROUNDS], texts[APPROVER]
    old, new = cells[OLD], reading.value
    return Correction(district, code, head, old, new, typed, reason, approver, day, where), found


def contradictions(scheme: Scheme, before: Consolidation, corrections: Iterable[Correction]) -> list[Issue]:
    """The lines whose 原值 is not what counted."""
    layers = {d.name: d.layers for d in before.districts}
    found = []
    for c in corrections:
        district = layers[c.district]
        if district is None:
            expected = "已报送的区；没有报送的请先报送"
            found.append(_fault(c.places[DISTRICT], f"{c.district}没有可用的填报表，不能更正", expected))
            continue
        field = district.fields[c.code]
        value, shown = standing(field.reported, field.counts, c.head)
        reading = read_cell(c.old, scheme.inputs[c.code], c.places[OLD], is_target=c.head == TARGET).value
        typed = shown_text(result_of(c.old)).strip()
        same = typed == shown or (as_in_a_cell(reading) == as_in_a_cell(value) and type(reading) is type(value))
        if not same and as_in_a_cell(c.new) == as_in_a_cell(value) and type(c.new) is type(value):
            text = f"{c.code} {c.head} 已经是 {shown or '空白'}"
            found.append(issues.issue(issues.CORRECTED_ALREADY, c.places[NEW], text))
        elif not same:
            found.append(_fault(c.places[OLD], f"“{typed}”" if typed else "空白", f"采用的原值：{shown or '空白'}"))
    return found
