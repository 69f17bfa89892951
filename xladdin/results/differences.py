"""What changed: cell by cell between two submissions of a unit, score by score and rank by rank between two results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from xladdin.evaluations.reading import Evaluation, UnitReport
from xladdin.forms.form import Form
from xladdin.issues import Place
from xladdin.methods.inputs import InputKind
from xladdin.numbers import Value
from xladdin.results.stored import NotComparable, Results
from xladdin.scheme.model import Scheme
from xladdin.words import CONTENT, TARGET, VALUE

RECUSED_WORD = "回避"

EVALUATION_HEAD = "评价"
"""The head under which a unit's value is compared; its workbooks call the column by what it holds."""


@dataclass(frozen=True)
class Side:
    """What a cell held in one of the two files, as typed and as read; `place` is nothing where the row is not there."""

    typed: str
    value: Value
    place: Place | None


@dataclass(frozen=True)
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
    typed = RECUSED_WORD if evaluation.recused else evaluation.typed
    return Side(typed, evaluation.value, evaluation.place)


@dataclass(frozen=True)
class SourceChange:
    """A cell behind a score that differs in content or in place; nothing on the side on which it is not used."""

    code: str
    column: str
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None

    @property
    def is_retyped(self) -> bool:
        """Whether what stands in the cell differs, not only where it stands."""
        return (self.before or {}).get("typed") != (self.after or {}).get("typed")


@dataclass(frozen=True)
class ItemChange:
    """An item of a district whose score or status moved, or one of whose cells holds something else.

    The scores are points, None where there is none; the statuses are those of `scoring.items.Status`.
    """

    district: str
    item: str
    before: tuple[float | None, str]
    after: tuple[float | None, str]
    cells: tuple[SourceChange, ...]

    @property
    def is_moved(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Standing:
    """A district's rank, total and sections' totals (points, by number of the section) in one result."""

    rank: int
    total: float
    sections: Mapping[str, float]
    provisional: bool


@dataclass(frozen=True)
class DistrictChange:
    """A district whose rank, total or section moved."""

    name: str
    before: Standing
    after: Standing


@dataclass(frozen=True)
class ResultDifferences:
    """Everything in which two results differ: readings as (name, before, after), districts by their rank after, items."""

    policies: tuple[tuple[str, str, str], ...]
    districts: tuple[DistrictChange, ...]
    items: tuple[ItemChange, ...]

    def items_of(self, district: str) -> list[ItemChange]:
        """The district's items whose score or status moved."""
        return [change for change in self.items if change.district == district and change.is_moved]


def result_differences(before: Results, after: Results) -> ResultDifferences:
    """Which scores, totals and ranks moved between two results of one scheme, and because of which cells.

    `NotComparable` where they are of different schemes.
    """
    if before["scheme"] != after["scheme"]:
        raise NotComparable(f"两份结果的方案版本不同：{before['scheme']} 和 {after['scheme']}，不能比较")
    old = {district["name"]: district for district in before["districts"]}
    new = {district["name"]: district for district in after["districts"]}
    if {n: set(d["items"]) for n, d in old.items()} != {n: set(d["items"]) for n, d in new.items()}:
        raise NotComparable("两份结果的区或项目不同，不能比较")
    districts = []
    items: list[ItemChange] = []
    for name, district in new.items():
        sides = _standing(old[name]), _standing(district)
        if sides[0] != sides[1]:
            districts.append(DistrictChange(name, *sides))
        for item_id, item in district["items"].items():
            change = ItemChange(
                name,
                item_id,
                _state(old[name]["items"][item_id]),
                _state(item),
                _source_changes(old[name]["items"][item_id]["sources"], item["sources"]),
            )
            if change.is_moved or any(cell.is_retyped for cell in change.cells):
                items.append(change)
    return ResultDifferences(_policy_changes(before["policies"], after["policies"]), tuple(districts), tuple(items))


def _policy_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    names = dict.fromkeys((*before, *after))
    return tuple((n, before.get(n, ""), after.get(n, "")) for n in names if before.get(n) != after.get(n))


def _standing(district: Mapping[str, Any]) -> Standing:
    return Standing(district["rank"], district["total"], dict(district["sections"]), district["provisional"])


def _state(item: Mapping[str, Any]) -> tuple[float | None, str]:
    return item["score"], item["status"]


def _source_changes(before: list[dict[str, str]], after: list[dict[str, str]]) -> tuple[SourceChange, ...]:
    """The cells that differ; those merely standing elsewhere only where no cell's content differs."""
    old = {(s["code"], s["column"]): s for s in before}
    new = {(s["code"], s["column"]): s for s in after}
    compared = ("typed", "file", "sheet", "cell")
    changes = []
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was is None or now is None or any(was[name] != now[name] for name in compared):
            changes.append(SourceChange(*key, was, now))
    retyped = tuple(change for change in changes if change.is_retyped)
    return retyped or tuple(changes)
