"""The doors: each takes fillings and gives what it says of them, by filling and item."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import ironcalc

from tests.conftest import Forms
from tests.equality.answers import RANK, TOTAL, Answers, Result, column, groups, result_of, section, total
from tests.equality.cases import Content, Filling
from tests.equality.forms import returned_form
from tests.support.calls import called
from tests.support.libreoffice import DEADLINE, run_office
from tests.udfs.com import ERROR_CODES
from udfs.catalogue import BY_NAME
from xladdin.forms.form import Form
from xladdin.forms.layout import Annex, form_layout
from xladdin.results.consolidation import DistrictResult
from xladdin.results.district_sheet import DISTRICT_COLUMNS
from xladdin.results.layers import layered
from xladdin.results.master import master_sheets
from xladdin.scheme import Scheme
from xladdin.scoring.totals import score_district
from xladdin.sending.forms import blank_form
from xladdin.words import CODE, COVER, DISTRICT, SCORE, TARGET, VALUE
from xladdin.workbook.cells import CellError, cell_name
from xladdin.workbook.tables import Cell

ROOT = Path(__file__).parents[2]

HEADS = [c.head for c in DISTRICT_COLUMNS]


class MasterSheet:
    """Where things stand on a district's sheet of 考核总表, and the formulas there."""

    def __init__(self, scheme: Scheme) -> None:
        nothing = score_district(scheme, {}, scheme.default_policies)
        name = scheme.district_names[0]
        (self.sheet,) = master_sheets(
            scheme, [DistrictResult(name, layered(scheme, name, Form())[0], None, nothing, 1)]
        )
        self.rows: dict[str, int] = {}
        """Row by input code, zero-based."""
        self.scores: dict[str, int] = {}
        """Row by what 得分 shows there."""
        self.formulas: dict[str, str] = {}
        for row, cells in enumerate(self.sheet.rows, self.sheet.first_row):
            if code := cells[HEADS.index(CODE)]:
                self.rows[str(code)] = row
        first_total = max(self.rows.values()) + 1
        for item in scheme.items.values():
            self.scores[item.id] = self.rows[item.inputs[0].code]
        for n, part in enumerate(scheme.sections):
            self.scores[section(part.number, of_cells=True)] = first_total + n
        self.scores[total(of_cells=True)] = first_total + len(scheme.sections)
        for what, row in self.scores.items():
            cell = self.sheet.rows[row - self.sheet.first_row][HEADS.index(SCORE)]
            assert isinstance(cell, Cell)
            self.formulas[what] = cell.formula

    def area(self, head: str, *, codes_only: bool) -> str:
        """A column's cells from the first code to the last, or to the grand total."""
        first, last = min(self.rows.values()), max((self.rows if codes_only else self.scores).values())
        return f"{cell_name(first, HEADS.index(head))}:{cell_name(last, HEADS.index(head))}"

    def answers(self, number: int, shown: Sequence[Sequence[object]]) -> dict[tuple[int, str], Result]:
        """What 得分 shows, read from the first code to the grand total."""
        first = min(self.rows.values())
        return {(number, what): result_of(shown[row - first][0]) for what, row in self.scores.items()}


# --- Functions called as Excel calls them -----------------------------------------------------------------------------


class Functions:
    """The calls that the formulas of 考核总表 make, through xlwings' classic pipeline."""

    def __init__(self, scheme: Scheme, classic: Callable[[Any], Any]) -> None:
        self.scheme = scheme
        self.classic = classic
        self.master = MasterSheet(scheme)

    def run(self, fillings: Sequence[Filling]) -> Answers:
        cells = [self._cells(filling) for filling in fillings]
        alone: dict[tuple[int, str], Any] = {}
        calls: dict[tuple[int, str], list[Any]] = {}
        for number, filling in enumerate(fillings):
            is_filled_in = any(
                content not in (None, "—") and head == VALUE and not self.scheme.inputs[code].judge
                for (code, head), content in filling.items()
            )
            for id_ in self.scheme.items:
                formula, value = called(self.master.formulas[id_], cells[number].get, is_filled_in=is_filled_in)
                if formula:
                    calls[number, id_] = self._call(formula, cells[number])
                else:
                    alone[number, id_] = value
        shown = alone | dict(zip(calls, self.classic(list(calls.values())), strict=True))
        answers = {call: result_of(value) for call, value in shown.items()}
        for (number, id_), value in shown.items():
            cells[number][cell_name(self.master.scores[id_], HEADS.index(SCORE))] = value
        # The first section's total and the grand total over it are not functions alone.
        sums = [section(part.number, of_cells=True) for part in self.scheme.sections[1:]]
        totals = [(number, what) for number in range(len(fillings)) for what in sums]
        added = self.classic([self._call(self.master.formulas[what], cells[number]) for number, what in totals])
        return answers | {call: result_of(value) for call, value in zip(totals, added, strict=True)}

    def _cells(self, filling: Filling) -> dict[str, Any]:
        """What COM hands over for the cells of a district's sheet."""
        return {
            cell_name(self.master.rows[code], HEADS.index(head)): _from_com(content)
            for (code, head), content in filling.items()
        }

    def _call(self, formula: str, cells: dict[str, Any]) -> list[Any]:
        function, _, given = formula.removesuffix(")").partition("(")
        arguments = [_argument(text, cells) for text in given.split(",")]
        if not BY_NAME[function].arguments[-1].repeated:
            arguments += [{"missing": True}] * (len(BY_NAME[function].arguments) - len(arguments))
        return [function, arguments]


def _from_com(content: Content) -> Any:
    """A cell's value as COM hands it over: numbers are doubles, error values are codes."""
    if isinstance(content, CellError):
        return ERROR_CODES[content.text]
    return float(content) if isinstance(content, int) and not isinstance(content, bool) else content


def _argument(text: str, cells: dict[str, Any]) -> dict[str, Any]:
    if text.startswith("{"):
        return {"array": [[float(number)] for number in text.strip("{}").split(";")]}
    if reference := re.fullmatch(r"([A-Z]+)(\d+)(?::[A-Z]+(\d+))?", text):
        letters, first, last = reference.groups()
        return {"range": [[cells.get(f"{letters}{row}")] for row in range(int(first), int(last or first) + 1)]}
    return {"value": float(text)}


# --- Formulas of 区填报表 ---------------------------------------------------------------------------------------------


class NativeFormulas:
    """Where the scores stand in 区填报表."""

    def __init__(self, scheme: Scheme, folder: Path) -> None:
        self.layout = layout = form_layout(scheme)
        self.path = folder / "空白.xlsx"
        self.path.write_bytes(blank_form(scheme))
        self.scores: dict[str, tuple[str, int, int]] = {}
        for annex in layout.annexes:
            for id_, block in annex.items.items():
                self.scores[id_] = (annex.sheet, block.first, annex.column(SCORE))
        names = [section(part.number, of_cells=True) for part in scheme.sections] + [total(of_cells=True)]
        for what, row in zip(names, layout.cover.score_rows, strict=True):
            self.scores[what] = (COVER, row, layout.cover.score_column)


class FormInLibreOffice(NativeFormulas):
    """Typed into 区填报表 in LibreOffice."""

    def run(self, fillings: Sequence[Filling]) -> Answers:
        areas = {
            sheet: f"A1:{cell_name(max(r for s, r, _ in cells if s == sheet), max(c for s, _, c in cells if s == sheet))}"
            for cells in [list(self.scores.values())]
            for sheet in {s for s, _, _ in cells}
        }
        cases = [merged(self._typed(annex, filling) for annex in self.layout.annexes) for filling in fillings]
        job = {"open": self.path, "unprotect": True, "cases": cases, "read": list(areas.items())}
        (result,) = run_office([job])
        assert result["error"] is None, result["error"]
        answers = {}
        for number, grids in enumerate(result["cases"]):
            shown = dict(zip(areas, grids, strict=True))
            for what, (sheet, row, at) in self.scores.items():
                answers[number, what] = result_of(shown[sheet][row][at])
        return answers

    def _typed(self, annex: Annex, filling: Filling) -> dict[str, list[Any]]:
        heads = [head for head in (TARGET, VALUE) if head in annex.columns]
        return merged(typed_column(annex.sheet, annex.fields, h, annex.column(h), filling) for h in heads)


def typed_column(sheet: str, rows: Any, head: str, at: int, filling: Filling) -> dict[str, list[Any]]:
    """Steps of a job in LibreOffice that fill a column; an error value is a formula that gives it."""
    contents = column(rows, head, filling)
    first, last = min(rows.values()), max(rows.values())
    area = f"{cell_name(first, at)}:{cell_name(last, at)}"
    wrong = [row for row, content in enumerate(contents, first) if isinstance(content, CellError)]
    return {
        "set": [[sheet, area, [[None if isinstance(c, CellError) else c] for c in contents]]],
        "type": [[sheet, cell_name(row, at), "=NA()"] for row in wrong],
    }


def merged(steps: Any) -> dict[str, list[Any]]:
    """Several columns' steps as one."""
    own = list(steps)
    return {kind: [step for one in own for step in one[kind]] for kind in ("set", "type")}


class FormInIronCalc(NativeFormulas):
    """The same file in IronCalc, a second spreadsheet engine."""

    def run(self, fillings: Sequence[Filling]) -> Answers:
        model = ironcalc.load_from_xlsx(str(self.path), "en", "UTC", "en")
        sheets = {s["name"]: n for n, s in enumerate(model.get_worksheets_properties())}
        answers = {}
        for number, filling in enumerate(fillings):
            for annex in self.layout.annexes:
                for code, row in annex.fields.items():
                    for head in (h for h in (TARGET, VALUE) if h in annex.columns):
                        at = (sheets[annex.sheet], row + 1, annex.column(head) + 1)
                        self._type(model, at, filling.get((code, head)))
            model.evaluate()
            for what, (sheet, row, column_) in self.scores.items():
                answers[number, what] = result_of(model.get_cell_value(sheets[sheet], row + 1, column_ + 1))
        return answers

    def _type(self, model: Any, at: tuple[int, int, int], content: Content) -> None:
        match content:
            case None:
                model.clear_cell_contents(*at)
            case CellError():
                model.update_cell_with_formula(*at, "=NA()")
            case bool():
                model.update_cell_with_bool(*at, content)
            case str():
                model.update_cell_with_text(*at, content)
            case _:
                model.update_cell_with_number(*at, float(content))


# --- 考核总表 in LibreOffice -------------------------------------------------------------------------------------------


class FunctionsInLibreOffice:
    """Typed into a district's sheet of 考核总表 in LibreOffice with the extension whose functions are in the cells.

    `office` runs jobs as `run_office` does, in a LibreOffice that has the extension.
    """

    def __init__(self, scheme: Scheme, master: Path, office: Callable[..., list[dict[str, Any]]]) -> None:
        self.scheme = scheme
        self.district = scheme.district_names[0]
        self.master = master
        self.office = office
        self.layout = MasterSheet(scheme)

    def run(self, fillings: Sequence[Filling]) -> Answers:
        rows = self.layout.rows
        cases = [
            merged(typed_column(self.district, rows, h, HEADS.index(h), filling) for h in (TARGET, VALUE))
            for filling in fillings
        ]
        area = self.layout.area(SCORE, codes_only=False)
        job = {"open": self.master, "unprotect": True, "cases": cases, "read": [[self.district, area]]}
        (result,) = self.office([job])
        assert result["error"] is None, result["error"]
        answers: dict[tuple[int, str], Result] = {}
        for number, (shown,) in enumerate(result["cases"]):
            answers |= self.layout.answers(number, shown)
        return answers


class UnitsInLibreOffice(FunctionsInLibreOffice):
    """Typed into all districts' sheets at once, for scores that depend on what all of them have."""

    def run(self, fillings: Sequence[Filling]) -> Answers:
        scheme, rows, area = self.scheme, self.layout.rows, self.layout.area(SCORE, codes_only=False)
        cases = [
            merged(
                typed_column(district, rows, head, HEADS.index(head), filling)
                for district, filling in zip(scheme.district_names, group, strict=True)
                for head in (TARGET, VALUE)
            )
            for group in groups(scheme, fillings)
        ]
        read = [[district, area] for district in scheme.district_names]
        (result,) = self.office([{"open": self.master, "unprotect": True, "cases": cases, "read": read}])
        assert result["error"] is None, result["error"]
        answers: dict[tuple[int, str], Result] = {}
        for number, shown in enumerate(own for case in result["cases"] for own in case):
            answers |= self.layout.answers(number, shown)
        return answers


# --- 考核总表 in Excel, and the ribbon --------------------------------------------------------------------------------


class Ribbon:
    """考核总表.xlsm in the Excel in memory: filled, read, 汇总排名 pressed, read, saved."""

    SCENARIO = "tests.equality.scenario:filled_and_consolidated"

    def __init__(self, scheme: Scheme, simulated: Callable[..., Any], master: Path, folder: Path) -> None:
        self.scheme = scheme
        self.simulated = simulated
        self.master = master
        self.folder = folder
        self.layout = MasterSheet(scheme)

    def saved(self) -> list[Path]:
        """The workbook of each group, once it has run."""
        return sorted(self.folder.glob("*.xlsm"))

    def run(self, fillings: Sequence[Filling]) -> tuple[Answers, Answers]:
        """What the cells show, and what 汇总 and 排名 say."""
        cells: dict[tuple[int, str], Result] = {}
        consolidated: dict[tuple[int, str], Result] = {}
        for group, own in enumerate(groups(self.scheme, fillings)):
            scores, summary, ranking = self._group(group, own)
            first = group * len(self.scheme.districts)
            for n, rows in enumerate(scores):
                cells |= self.layout.answers(first + n, rows)
            consolidated |= self._consolidated(first, summary, ranking)
        return cells, consolidated

    def _group(self, number: int, group: Sequence[Filling]) -> Any:
        rows = _ROWS_ABOVE + len(self.scheme.districts)
        columns = 1 + len(self.scheme.items) + len(self.scheme.sections) + 2
        return self.simulated(
            self.SCENARIO,
            master=str(self.master),
            done=str(self.folder / f"{number:03}.xlsm"),
            areas={
                "targets": self.layout.area(TARGET, codes_only=True),
                "values": self.layout.area(VALUE, codes_only=True),
                "scores": self.layout.area(SCORE, codes_only=False),
                "summary": f"A1:{cell_name(rows - 1, columns - 1)}",
                "ranking": f"A1:C{rows}",
            },
            columns=dict(zip(self.scheme.district_names, map(self._columns, group), strict=True)),
        )

    def _columns(self, filling: Filling) -> dict[str, list[Content]]:
        own = {"targets": TARGET, "values": VALUE}
        return {
            name: [c.text if isinstance(c, CellError) else c for c in column(self.layout.rows, head, filling)]
            for name, head in own.items()
        }

    def _consolidated(self, first: int, summary: list[list[Any]], ranking: list[list[Any]]) -> Answers:
        heads, *rows = _table(summary, DISTRICT)
        names = {part.name: section(part.number) for part in self.scheme.sections} | {TOTAL: total(), RANK: RANK}
        assert heads[1:] == [*self.scheme.items, *names], heads
        answers: dict[tuple[int, str], Result] = {}
        for n, row in enumerate(rows):
            assert row[0] == self.scheme.district_names[n]
            for head, shown in zip(heads[1:], row[1:], strict=True):
                answers[first + n, names.get(head, head)] = result_of(shown)
        for rank, district, own in _table(ranking, RANK)[1:]:
            number = first + self.scheme.district_names.index(district)
            assert (answers[number, RANK], answers[number, total()]) == (result_of(rank), result_of(own))
        return answers


_ROWS_ABOVE = 8
"""A result sheet's table begins before this row ends."""


def _table(shown: list[list[Any]], first_head: str) -> list[list[Any]]:
    """A result sheet's heads and rows."""
    start = next(n for n, row in enumerate(shown) if row[0] == first_head)
    return [row for row in shown[start:] if row[0] is not None]


# --- Command line -----------------------------------------------------------------------------------------------------


class CommandLine:
    """`python -m xladdin consolidate … --json …`."""

    def __init__(self, scheme: Scheme, folder: Path) -> None:
        self.scheme = scheme
        self.folder = folder

    def of_forms(self, forms: Forms, fillings: Sequence[Filling]) -> Answers:
        """16 filled 区填报表 at a time."""
        answers: dict[tuple[int, str], Result] = {}
        for number, group in enumerate(groups(self.scheme, fillings)):
            returned = self.folder / f"回收{number}"
            returned.mkdir()
            for district, filling in zip(self.scheme.district_names, group, strict=True):
                (returned / f"区填报表_{district}.xlsx").write_bytes(returned_form(forms, district, filling))
            answers |= self._consolidate(number, returned)
        return answers

    def of_masters(self, masters: Sequence[Path]) -> Answers:
        """考核总表 as saved."""
        answers: dict[tuple[int, str], Result] = {}
        for number, path in enumerate(masters):
            answers |= self._consolidate(number, path)
        return answers

    def _consolidate(self, group: int, path: Path) -> Answers:
        results = self.folder / f"results{group}.json"
        command = [sys.executable, "-m", "xladdin", "consolidate", os.fspath(path), "--json", os.fspath(results)]
        command += ["-o", os.fspath(self.folder / f"汇总{group}.xlsx")]
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE
        )
        assert done.returncode in (0, 1), done.stderr
        answers: dict[tuple[int, str], Result] = {}
        words = {"error": "错误", "not_applicable": "不适用"}
        for district in json.loads(results.read_text(encoding="utf-8"))["districts"]:
            number = group * len(self.scheme.districts) + self.scheme.district_names.index(district["name"])
            for id_, item in district["items"].items():
                answers[number, id_] = result_of(words.get(item["status"], item["score"]))
            for part, own in district["sections"].items():
                answers[number, section(int(part))] = result_of(own)
            answers[number, total()] = result_of(district["total"])
            answers[number, RANK] = Decimal(district["rank"])
        return answers
