"""考核总表 with everything filled in but what the driver is to type."""

from __future__ import annotations

from dataclasses import dataclass

from tests.conftest import Forms, Typed
from xladdin.forms.reading import form_tables
from xladdin.results.master import MASTER_FILE
from xladdin.sending.forms import TEMPLATES
from xladdin.words import SCORE, TARGET, VALUE
from xladdin.workbook import package
from xladdin.workbook.cells import RawBook, cell_name
from xladdin.workbook.read.reader import read_workbook

DISTRICT = "浦东新区"
TASK = "K01"
RANKING = "A4:G19"


@dataclass(frozen=True)
class Filled:
    """A workbook, and what is left to do in it."""

    workbook: bytes
    typed: list[tuple[str, str]]
    """Cells of the district's sheet and what to type there: first the amounts of the task, then what is done."""

    score: str
    """The cell of the task's score."""

    @property
    def job(self) -> dict[str, object]:
        """What the driver is told."""
        return {"sheet": DISTRICT, "typed": self.typed, "score": self.score, "ranking": RANKING}


def filled_master(forms: Forms) -> Filled:
    """The sample numbers of the tests in all districts' sheets; one task of one district is left blank."""
    cells: dict[str, dict[str, Typed]] = {}
    left: dict[tuple[str, str], str] = {}
    score = ""
    master = TEMPLATES / MASTER_FILE
    for sheet in read_workbook(master).sheets:
        if sheet.name not in forms.scheme.district_names:
            continue
        (table,) = (t for t in form_tables(RawBook("", [sheet])) if t.codes)
        rows = {code: row for row, code in table.code_rows}
        fields = {key: cell_name(rows[key[0]], table.columns[key[1]]) for key in forms.typed(sheet.name)}
        if sheet.name == DISTRICT:
            left = {key: fields.pop(key) for key in list(fields) if key[0].startswith(f"{TASK}.")}
            score = cell_name(rows[f"{TASK}.1"], table.columns[SCORE])
        cells[sheet.name] = {reference: forms.typed(sheet.name)[key] for key, reference in fields.items()}
    typed = forms.typed(DISTRICT)
    order = sorted(left, key=lambda key: ([TARGET, VALUE].index(key[1]), key[0]))
    return Filled(
        package.rewrite(master.read_bytes(), {}, cells), [(left[key], f"{typed[key]:g}") for key in order], score
    )
