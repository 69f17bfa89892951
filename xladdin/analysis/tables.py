"""A result as tables of numbers, and numbers as 汇报 shows them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xladdin.analysis.ranked import Ranked
from xladdin.numbers import plain
from xladdin.results.stored import Results
from xladdin.scheme.model import Scheme
from xladdin.scoring.items import Status

if TYPE_CHECKING:  # takes longer to load than everything else together
    from pandas import DataFrame

SHOWN = 3
"""Districts, or changes, that a cell names."""


def amounts_and_judgements(scheme: Scheme, data: Results) -> tuple[DataFrame, DataFrame]:
    """A row for each district and indicator, and one for each value that a unit gave of any field or recused itself from.

    Of an indicator: what was assigned, reported, verified (the mean where several did), counted.
    """
    from pandas import DataFrame

    codes = {indicator.code for indicator in scheme.indicators}
    amounts, judgements = [], []
    for district in data["districts"]:
        for code, field in district.get("fields", {}).items():
            key = district["name"], code
            target, reported, done = (_number(field[name]) for name in ("target", "reported", "value"))
            if code in codes:
                amounts.append((*key, target, reported, done))
            for one in field["judged"]:
                said = one["kind"], one["unit"], _number(one["value"]), one["recused"]
                judgements.append((*key, *said, code in codes and target > 0, reported))
    keys = ["district", "code"]
    said_columns = [*keys, "kind", "unit", "value", "recused", "assigned", "reported"]
    judged = DataFrame(judgements, columns=said_columns).astype({"value": float, "assigned": bool, "recused": bool})
    verified = judged.groupby(keys).value.mean().rename("verified")
    return DataFrame(amounts, columns=[*keys, "target", "reported", "done"]).join(verified, on=keys), judged


def _number(value: object) -> float:
    """A number of results.json; nan for everything else that can stand there."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def scores_of(result: Ranked) -> DataFrame:
    """A row for each district and item that applies to it: points, score, points lost."""
    from pandas import DataFrame

    rows = (
        (district.name, id_, float(score.points), float(score.counted), float(score.points - score.counted))
        for district in result.districts
        for id_, score in district.scored.items.items()
        if (score.status is not Status.NOT_APPLICABLE or score.score is not None)
        and id_ not in result.scheme.bonus_items
    )
    return DataFrame(rows, columns=["district", "item", "points", "score", "lost"])


def shown(number: Any) -> float | None:  # noqa: ANN401 - numbers of another library
    """The number as it is shown in a cell; nothing for nan."""
    return None if number != number else round(float(number), 4)


def text(amount: float) -> str:
    """The number within a text."""
    return plain(Decimal(f"{amount:.2f}"))


def named(pairs: Sequence[tuple[str, float]], unit: str = "") -> str:
    """The first few of (name, amount)."""
    listed = "、".join(f"{name} {text(amount)}{unit}" for name, amount in pairs[:SHOWN])
    return listed + (f" 等 {len(pairs)} 个" if len(pairs) > SHOWN else "")
