"""Two submissions of one unit, before and after: the cells in which they differ, as lines and as the sheet 变动."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xladdin.classes import record, replace
from xladdin.evaluations.reading import Evaluation, UnitReport
from xladdin.fields.showing import shown_value
from xladdin.forms.form import Form
from xladdin.issues import Level, Place
from xladdin.methods.inputs import InputKind
from xladdin.numbers import Value
from xladdin.results.stored import NotComparable
from xladdin.returns.collection import collect
from xladdin.scheme.model import Scheme
from xladdin.words import (
    CHANGES_KIND,
    CODE,
    CONTENT,
    DISTRICT,
    HEAD,
    INDICATOR,
    ORDINAL,
    PLACE,
    RECUSED,
    TARGET,
    UNCHANGED,
    VALUE,
)
from xladdin.workbook.read.reader import SourceFile
from xladdin.workbook.tables import Column, Content, ResultSheet

EVALUATION_HEAD = "评价"
"""The head under which a unit's value is compared; its workbooks call the column by what it holds."""


@record
class Side:
    """What a cell held in one of the two files, as typed and as read; `place` is nothing where the row is not there."""

    typed: str
    value: Value
    place: Place | None


@record
class CellDifference:
    """A cell that holds something else than before, or is read as something else."""

    district: str
    code: str
    head: str
    before: Side
    after: Side

    @property
    def nature(self) -> str:
        """What happened to the cell, in a word."""
        if self.before.place is None or self.after.place is None:
            return "缺行" if self.after.place is None else "补行"
        if self.before.typed == self.after.typed:
            return "读法"
        if not self.before.typed or not self.after.typed:
            return "清除" if self.before.typed else "新填"
        return "改动"


def form_differences(scheme: Scheme, before: Form, after: Form) -> list[CellDifference]:
    """The cells in which two forms of a district differ, in official order; where they stand makes no difference."""
    found = []
    for code, spec in scheme.inputs.items():
        heads = [CONTENT] * spec.names_case + [TARGET] * (spec.kind is InputKind.AMOUNT) + [VALUE]
        for head in heads:
            old, new = _form_side(before, code, head), _form_side(after, code, head)
            if _differ(old, new):
                place = new.place or old.place
                found.append(CellDifference(place.district if place else "", code, head, old, new))
    return found


def evaluation_differences(before: UnitReport, after: UnitReport) -> list[CellDifference]:
    """The values in which two workbooks of a department, an expert or the office differ, in official order."""
    old = {(e.code, e.district): _evaluation_side(e) for e in before.evaluations}
    new = {(e.code, e.district): _evaluation_side(e) for e in after.evaluations}
    nothing = Side("", None, None)
    pairs = {key: (old.get(key, nothing), new.get(key, nothing)) for key in (*new, *(k for k in old if k not in new))}
    return [
        CellDifference(district, code, EVALUATION_HEAD, *sides)
        for (code, district), sides in pairs.items()
        if _differ(*sides)
    ]


def _differ(old: Side, new: Side) -> bool:
    return (old.typed, old.value, old.place is None) != (new.typed, new.value, new.place is None)


def _form_side(form: Form, code: str, head: str) -> Side:
    field = form.fields[code]
    cell, row = field.cell(head), field.value.place
    if head == CONTENT and row and not cell.place:  # only what is filled in has a place there
        return Side("", None, replace(row, cell=""))
    return Side(cell.typed, cell.value, cell.place)


def _evaluation_side(evaluation: Evaluation) -> Side:
    typed = RECUSED if evaluation.recused else evaluation.typed
    return Side(typed, evaluation.value, evaluation.place)


def submission_changes(scheme: Scheme, before: Path, after: Path) -> tuple[list[str], ResultSheet]:
    """A line for every cell that differs, and 变动; `NotComparable` where they are not of one unit, or cannot be used."""
    old, new = _returned(scheme, before), _returned(scheme, after)
    if old.owner != new.owner:
        raise NotComparable(f"两份表不是同一单位的：{before} 是{old.owner}的，{after} 是{new.owner}的")
    if isinstance(old.content, Form) and isinstance(new.content, Form):
        cells = form_differences(scheme, old.content, new.content)
    else:
        assert isinstance(old.content, UnitReport)
        assert isinstance(new.content, UnitReport)
        cells = evaluation_differences(old.content, new.content)
    notes = tuple(
        f"{when}：{path}　SHA-256 {one.file.sha256}"
        for when, path, one in (("变动前", before, old), ("变动后", after, new))
    )
    return _lines(cells), _sheet(scheme, old.owner, cells, notes)


@record
class _Returned:
    owner: str
    file: SourceFile
    content: Form | UnitReport


def _returned(scheme: Scheme, path: Path) -> _Returned:
    collection = collect(scheme, [path])
    if len(collection.forms) == 1 and not collection.reports:
        ((district, form),) = collection.forms.items()
        return _Returned(district, collection.file_of[district], form)
    if len(collection.reports) == 1 and collection.reports[0].unit is not None:
        report = collection.reports[0]
        return _Returned(report.unit.name if report.unit else "", report.file, report)
    faults = [issue for issue in collection.issues if issue.level is Level.ERROR]
    why = faults[0].line() if faults else "应为一个单位报送的一份表"
    raise NotComparable(f"{path} 不能比较：{why}")


def _at(place: Place | None) -> str:
    if place is None:
        return "没有这一行"
    return f"{place.sheet}!{place.cell}" if place.cell else place.sheet


def _shown(side: Side) -> str:
    """What was typed, and what it was read as where that is something else."""
    read_as = shown_value(side.value, side.typed)
    return f"{side.typed}（读作 {read_as}）" if side.typed and read_as and read_as != side.typed else side.typed


def _lines(cells: Sequence[CellDifference]) -> list[str]:
    lines = [
        f"{c.district} {c.code} {c.head} {c.nature}："
        f"{_shown(c.before) or '空白'}（{_at(c.before.place)}）→ {_shown(c.after) or '空白'}（{_at(c.after.place)}）"
        for c in cells
    ]
    return [*lines, f"共 {len(cells)} 格变动"] if lines else [UNCHANGED]


def _sheet(scheme: Scheme, owner: str, cells: Sequence[CellDifference], notes: Sequence[str]) -> ResultSheet:
    columns = (
        Column(ORDINAL, 6, "centre"),
        Column(DISTRICT, 10, "centre"),
        Column(CODE, 8, "centre"),
        Column(INDICATOR, 32, "text"),
        Column(HEAD, 12, "centre"),
        Column(CHANGES_KIND, 8, "centre"),
        Column(f"{CHANGES_KIND}前", 22, "centre"),
        Column(f"{CHANGES_KIND}后", 22, "bold"),
        Column(f"{PLACE}（前）", 16, "quiet"),
        Column(f"{PLACE}（后）", 16, "quiet"),
    )
    rows: list[list[Content]] = [
        [
            float(n),
            c.district,
            c.code,
            scheme.inputs[c.code].name,
            c.head,
            c.nature,
            _shown(c.before) or None,
            _shown(c.after) or None,
            _at(c.before.place),
            _at(c.after.place),
        ]
        for n, c in enumerate(cells, 1)
    ]
    counted = f"共 {len(cells)} 格变动" if cells else UNCHANGED
    return ResultSheet(
        CHANGES_KIND,
        f"{owner}　前后两份表的{CHANGES_KIND}",
        columns,
        rows,
        (*notes, counted),
        frozen_columns=3,
        filtered=True,
    )
