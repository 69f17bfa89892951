"""Seeded random calls of the cells' functions: shapes and contents as sheets have them, slips made frequent."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.udfs.com import ERROR_CODES

NAMED_ERRORS = {code: text for text, code in ERROR_CODES.items() if text not in ("#SPILL!", "#CALC!")}
"""The errors that xlwings 0.37.8 turns into text; it passes the codes of the others on."""

BAD: tuple[Any, ...] = (
    "abc",
    "12",
    "９５",
    "待评",
    "错误：整改次数 2 不能大于被督查次数 1",
    "#N/A",
    "不适用",
    -1.0,
    -0.5,
    1e15,
    1e300,
    True,
    False,
    {"date": "2023-05-17"},
    *ERROR_CODES.values(),
)
BLANK: tuple[Any, ...] = (None, "", "—", " ")


@dataclass(frozen=True)
class Call:
    """A call as COM hands it over (see `classic_calls`); `clean` says that every cell holds what is asked for."""

    name: str
    arguments: list[dict[str, Any]]
    clean: bool

    @property
    def plain(self) -> list[Any]:
        """The arguments as Python gets them: what xlwings' converters have to make of them."""
        return [_plain(argument) for argument in self.arguments]


def _plain(argument: dict[str, Any]) -> Any:
    if "missing" in argument:
        return None
    rows = argument.get("range", argument.get("array", [[argument.get("value")]]))
    return [[_plain_cell(value) for value in row] for row in rows]


def _plain_cell(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["date"])
    if isinstance(value, int) and not isinstance(value, bool):
        return NAMED_ERRORS.get(value, value)
    return None if value == "" else value


class Generator:
    """Makes calls; the same seed makes the same ones."""

    def __init__(self, seed: str) -> None:
        self.dice = random.Random(seed)

    def calls(self, name: str, number: int) -> list[Call]:
        """Calls of one function, about half of them clean."""
        return [self._call(name, clean=n % 2 == 0) for n in range(number)]

    def _call(self, name: str, *, clean: bool) -> Call:
        self.slip = 0.0 if clean else self.dice.choice((0.05, 0.3))
        return Call(name, _MAKERS[name](self), clean)

    def cell(self, good: Callable[[], Any]) -> Any:
        """One cell's content: something good, or now and then a slip."""
        return self.dice.choice(BAD) if self.dice.random() < self.slip else good()

    def shape(self) -> tuple[int, int]:
        """A cell, a column, a row or a rectangle."""
        n = self.dice.randint(2, 6)
        return self.dice.choice([(1, 1), (n, 1), (n, 1), (1, n), (2, self.dice.randint(2, 4))])

    def block(self, shape: tuple[int, int], good: Callable[[], Any]) -> dict[str, Any]:
        """An argument of this shape."""
        if self.dice.random() < self.slip / 4:
            shape = self.shape()
        rows = [[self.cell(good) for _ in range(shape[1])] for _ in range(shape[0])]
        kinds = ["range", "range", "array"] + (["value"] if shape == (1, 1) else [])
        kind = self.dice.choice(kinds)
        return {"value": rows[0][0]} if kind == "value" else {kind: rows}

    def single(self, good: Callable[[], Any]) -> dict[str, Any]:
        """An argument of one cell."""
        return self.block((1, 1), good)

    def option(self, *values: Any) -> dict[str, Any]:
        """An optional argument."""
        return {"missing": True} if self.dice.random() < 0.4 else self.single(lambda: self.dice.choice(values))

    def number(self, top: float, *, blank: float = 0.15) -> Callable[[], Any]:
        """Numbers from 0 to `top`, whole and broken, and blanks."""

        def good() -> Any:
            if self.dice.random() < blank:
                return self.dice.choice(BLANK)
            places = self.dice.choice((0, 0, 1, 2, 15))
            return float(round(self.dice.random() * top, places))

        return good

    def count(self, top: int, *, blank: float = 0.1) -> Callable[[], Any]:
        """Whole numbers from 0 to `top`, and blanks."""

        def good() -> Any:
            return self.dice.choice(BLANK) if self.dice.random() < blank else float(self.dice.randint(0, top))

        return good

    def pick(self, *values: Any) -> Callable[[], Any]:
        """One of a few values."""
        return lambda: self.dice.choice(values)


def _ratio(g: Generator) -> list[dict[str, Any]]:
    shape = g.shape()
    top = g.dice.choice((1, 20, 5000))
    return [
        g.block(shape, g.number(top)),
        g.block(shape, g.number(top)),
        g.option(2.0, 3.0, 2.5),
        g.option(True, False),
    ]


def _marks(g: Generator, *more: dict[str, Any]) -> list[dict[str, Any]]:
    shape = g.shape()
    if g.dice.random() < 0.5:
        return [g.block(shape, g.number(100)), g.option(2.0, 3.0), g.single(g.pick(100.0)), *more]
    return [g.block(shape, g.number(2)), g.option(2.0, 2.5), {"missing": True}, *more]


def _checklist(g: Generator) -> list[dict[str, Any]]:
    shape = g.shape()
    flags = g.pick("是", "否", "√", "×", "✔", "☑", "✘", True, False, 1.0, 0.0, "TRUE", "FALSE", "1", "0", None, "")
    if g.dice.random() < 0.1:
        flags = g.pick(None, "", "—")
    return [g.block(shape, flags), g.block(shape, g.pick(1.0, 0.5, 0.25, 0.1))]


def _tier(g: Generator) -> list[dict[str, Any]]:
    shape = g.shape()
    return [g.single(g.number(25)), g.block(shape, g.number(20, blank=0)), g.block(shape, g.number(5, blank=0))]


def _deduct(g: Generator) -> list[dict[str, Any]]:
    shape = g.shape()
    caps = {"missing": True} if g.dice.random() < 0.4 else g.block(shape, g.number(3))
    return [
        g.block(shape, g.count(9)),
        g.block(shape, g.pick(0.2, 0.5, 1.0)),
        caps,
        g.option(5.0, 10.0),
        g.option(0.0, 1.0),
    ]


def _per_point(g: Generator) -> list[dict[str, Any]]:
    shape = g.shape()
    signs = g.dice.choice((1, -1)), g.dice.choice((1, -1))
    return [
        g.block(shape, g.number(100)),
        g.block(shape, g.number(100, blank=0)),
        g.single(g.pick(5.0, 20.0)),
        g.option(*(signs[0] * x for x in (0.5, 1.0))),
        g.option(*(signs[1] * x for x in (1.0, 5.0))),
        g.option(0.0),
        g.option(True, False),
    ]


def _linear(g: Generator) -> list[dict[str, Any]]:
    low, high = g.single(g.pick(60.0, 90.0)), g.single(g.pick(100.0, 10.0))
    return [g.single(g.number(110)), low, high, g.single(g.pick(4.0, 2.5)), g.option(0.0, 1.5)]


def _among_all(g: Generator, *options: dict[str, Any]) -> list[dict[str, Any]]:
    everybody = [g.dice.choice((86.2, 86.204, -3.5, float(g.dice.randint(0, 100)))) for _ in range(8)]
    column: Sequence[Any] = [g.cell(lambda v=v: v) for v in everybody] + ["", None, "不适用"]
    own = g.single(lambda: g.dice.choice(everybody))
    return [own, {"range": [[v] for v in column]}, g.single(g.pick(10.0, 2.5)), *options]


def _weighted(g: Generator) -> list[dict[str, Any]]:
    shape = g.shape()
    marks = g.block(shape, g.number(100, blank=0.03))
    return [marks, g.block(shape, g.pick(60.0, 20.0, 0.5)), g.option(100.0), g.option(10.0, 2.0)]


def _grade(g: Generator) -> list[dict[str, Any]]:
    shape = g.shape()
    return [
        g.single(g.number(100)),
        g.block(shape, g.number(100, blank=0)),
        g.block(shape, g.pick("优秀", "良好", "合格")),
    ]


def _total(g: Generator) -> list[dict[str, Any]]:
    def score() -> Any:
        kind = g.dice.random()
        if kind < 0.2:
            return g.dice.choice((*BLANK, "不适用"))
        return float(round(g.dice.random() * 8 - 1, 2))

    groups = [g.block(g.shape(), score) for _ in range(g.dice.randint(1, 4))]
    return [{"missing": True} if len(groups) > 1 and g.dice.random() < 0.1 else group for group in groups]


def _rank(g: Generator) -> list[dict[str, Any]]:
    totals = [g.dice.choice((86.2, 86.204, 86.205, 90.0, float(g.dice.randint(0, 100)))) for _ in range(16)]
    column: Sequence[Any] = [g.cell(lambda t=t: t) for t in totals] + ["", None, "总分"]
    return [g.single(lambda: g.dice.choice(totals)), {"range": [[v] for v in column]}]


def _explain(g: Generator) -> list[dict[str, Any]]:
    item, size = g.dice.choice(
        [("K01", 2), ("k02", 1), ("K10", 5), ("N1", 5), ("R2", 1), ("R5", 1), ("R6", 2), ("I3", 2)]
    )
    amounts = g.block((size, 1), g.count(6))
    targets = g.block((size, 1), g.count(6)) if item.upper().startswith("K") else {"missing": True}
    if item == "K10":  # of its last indicator, a percentage, 1 would be refused for a share of one
        for block in (amounts, targets):
            (rows,) = block.values()
            if rows[-1] == [1.0]:
                rows[-1] = [45.0]
    return [g.single(g.pick(item)), amounts, targets, {"missing": True}]


def _item(g: Generator) -> list[dict[str, Any]]:
    return [g.single(g.pick("K01", "k34", " N1", "R1", "R6", "I3", "Ｋ０２", "K99", "附件1"))]


_MAKERS: dict[str, Callable[[Generator], list[dict[str, Any]]]] = {
    "FS_RATIO": _ratio,
    "FS_EXPERT": lambda g: _marks(g, g.option(0.0, 1.0)),
    "FS_RATING": _marks,
    "FS_REFERENCE": lambda g: [g.single(g.number(110)), g.option(100.0, 120.0), g.option(2.0, 3.0)],
    "FS_CHECKLIST": _checklist,
    "FS_CASES": lambda g: [g.block(g.shape(), g.number(1.6)), g.option(1.5, 2.0), g.option(5.0, 3.0)],
    "FS_BRIEFS": lambda g: [g.single(g.count(9))],
    "FS_TIER": _tier,
    "FS_MEDIA": lambda g: [g.single(g.count(9)), g.single(g.count(9)), g.option(0.5, 1.0), g.option(2.5, 3.0)],
    "FS_INSPECTION": lambda g: [g.single(g.count(9)), g.single(g.count(5)), g.option(2.5, 3.0), g.option(0.5, 0.25)],
    "FS_DEDUCT": _deduct,
    "FS_PERPOINT": _per_point,
    "FS_LINEAR": _linear,
    "FS_REACH": lambda g: [
        g.single(g.number(20)),
        g.single(g.pick(8.0, 10.0, -1.0)),
        g.single(g.pick(4.0)),
        g.option(True, False),
    ],
    "FS_EFFICACY": lambda g: _among_all(
        g, *g.dice.choice(((g.option(60.0, 0.0), g.option(40.0)), (g.option(100.0), g.option(-40.0))))
    ),
    "FS_BYRANK": lambda g: _among_all(g, g.option(0.05, -0.1, 0.5)),
    "FS_WEIGHTED": _weighted,
    "FS_GRADE": _grade,
    "FS_TOTAL": _total,
    "FS_RANK": _rank,
    "FS_EXPLAIN": _explain,
    "FS_POINTS": _item,
    "FS_CLAUSE": _item,
}
