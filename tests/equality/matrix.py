"""The matrix of doors and methods: what each door has to answer, where it differs, and the table in the README."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.equality.answers import RANK, Answers, section, total
from tests.equality.cases import Filling
from xladdin.methods.cases import CasesItem
from xladdin.methods.checklist import ChecklistItem
from xladdin.methods.expert import ExpertItem
from xladdin.methods.inspection import InspectionItem
from xladdin.methods.media import MediaItem
from xladdin.methods.rating import RatingItem
from xladdin.methods.ratio import RatioItem
from xladdin.methods.reference import ReferenceItem
from xladdin.methods.tiers import TiersItem
from xladdin.scheme import Scheme

_METHODS: Mapping[type, str] = {
    RatioItem: "完成率",
    ExpertItem: "专家",
    ReferenceItem: "参照",
    CasesItem: "案例",
    ChecklistItem: "分步",
    TiersItem: "分档",
    MediaItem: "宣传",
    RatingItem: "评价",
    InspectionItem: "督查",
}

METHODS = tuple(_METHODS.values())
TOTALS, RANKS = "小计、总分", "名次"
COLUMNS = (*METHODS, TOTALS, RANKS)

ENGINE = "评分核心（Python），其余都与它比较"


@dataclass(frozen=True)
class Door:
    """A way from what is typed to a score: the fixture that gives its answers, its name in the table, and its totals.

    `totals` are those of "cells" or of a "consolidation", which also ranks; or "functions" for the sums that single
    functions make.
    """

    fixture: str
    title: str
    totals: str

    @property
    def ranks(self) -> bool:
        return self.totals == "consolidation"

    @property
    def columns(self) -> tuple[str, ...]:
        return COLUMNS if self.ranks else COLUMNS[:-1]


DOORS = (
    Door("functions", "函数，经 xlwings 的 Windows 调用过程", "functions"),
    Door("form_in_libreoffice", "区填报表的公式，LibreOffice", "cells"),
    Door("form_in_ironcalc", "区填报表的公式，IronCalc", "cells"),
    Door("master_in_libreoffice", "考核总表的 `=FS_…()`，LibreOffice 和 FineScore.oxt", "cells"),
    Door("master_in_excel", "考核总表的 `=FS_…()`，内存里的 Excel", "cells"),
    Door("ribbon", "功能区“汇总排名”", "consolidation"),
    Door("command_line_forms", "命令行，区填报表", "consolidation"),
    Door("command_line_master", "命令行，功能区存盘的考核总表", "consolidation"),
)


def asked(scheme: Scheme, door: Door, column: str) -> list[str]:
    """What the door has to answer for each filling, of one column of the table."""
    if column == RANKS:
        return [RANK] if door.ranks else []
    if column != TOTALS:
        return [id_ for id_, item in scheme.items.items() if _METHODS[type(item)] == column]
    of_cells = not door.ranks
    sections = [section(part.number, of_cells=of_cells) for part in scheme.sections]
    # Section 1's total is not a function alone, nor is the grand total over it.
    return sections[1:] if door.totals == "functions" else [*sections, total(of_cells=of_cells)]


def differences(
    scheme: Scheme, door: Door, column: str, answers: Answers, engine: Answers, fillings: Sequence[Filling]
) -> list[str]:
    """Every case of a column in which the door says something else than the engine, or nothing."""
    found = []
    for number, filling in enumerate(fillings):
        for what in asked(scheme, door, column):
            got, want = answers.get((number, what)), engine[number, what]
            if got != want:
                typed = {" ".join(field): c for field, c in filling.items() if field[0].startswith(f"{what}.")}
                found.append(f"filling {number} {what}: {door.title} {got}, engine {want}, typed {typed}")
    return found


def matrix_table(scheme: Scheme, cases: Mapping[Door, Counter[str]], differing: Mapping[Door, int], count: int) -> str:
    """The README's table: for each door the cases compared by column, and how many differ. `count` is of fillings."""
    rows = [["", *COLUMNS, "不同"], ["---"] + ["---:"] * (len(COLUMNS) + 1)]
    items = Counter(_METHODS[type(item)] for item in scheme.items.values())
    own = [*(items[method] for method in METHODS), len(scheme.sections) + 1, 1]
    rows.append([ENGINE, *(str(count * each) for each in own), "—"])
    for door, by_column in cases.items():
        shown = [str(by_column[column]) if by_column[column] else "—" for column in COLUMNS]
        rows.append([door.title, *shown, str(differing[door])])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
