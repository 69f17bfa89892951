"""Sheets of imagined rankings, each beside that of the result: who would be first, how many would move, every rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from xladdin.analysis.ranked import Ranked, RankedDistrict, first_of
from xladdin.words import FIRST, INTERNAL, MOVED_DISTRICTS
from xladdin.workbook.tables import Cell, Column, Content, ResultSheet

COLOURS = "绿色为上升，红色为下降。"

Ranking = tuple[Sequence[Content], Mapping[str, int]]
"""What is imagined, as cells, and the ranks by name to which it leads."""


def rankings_sheet(
    result: Ranked,
    name: str,
    heads: Sequence[Column],
    rankings: Iterable[Ranking],
    notes: Sequence[str],
) -> ResultSheet:
    """A row for each ranking."""
    columns = [
        *heads,
        Column(FIRST, 14, "centre"),
        *(Column(f"{group}{FIRST}", 14, "centre") for group in result.groups),
        Column(MOVED_DISTRICTS, 11, "number"),
        *(Column(district, 9, "number") for district in result.ranks),
    ]
    rows: list[list[Content]] = []
    for imagined, ranks in rankings:
        first = (_first_cell(result, ranks, among) for among in ((), *result.groups.values()))
        moved = sum(ranks[district] != rank for district, rank in result.ranks.items())
        cells = (rank_cell(district, ranks[district.name]) for district in result.districts)
        rows.append([*imagined, *first, float(moved), *cells])
    return ResultSheet(name, name, columns, rows, notes, frozen_columns=1, large_paper=True, marking=INTERNAL)


def _first_cell(result: Ranked, ranks: Mapping[str, int], among: Sequence[str]) -> Content:
    first = first_of(ranks, among)
    return first if first == first_of(result.ranks, among) else Cell(first, "fallen")


def rank_cell(district: RankedDistrict, rank: int) -> Content:
    """An imagined rank; one that the district does not have stands out."""
    if rank == district.rank:
        return float(rank)
    return Cell(float(rank), "risen" if rank < district.rank else "fallen")
