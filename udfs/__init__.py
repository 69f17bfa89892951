"""The functions of the cells: `=FS_RATIO(…)` and its sisters, for Excel through xlwings and for Python as they are.

Thin: arguments become exact numbers (`values`), `xladdin.scoring` scores them, the result becomes what a cell shows
(`registration`). `catalogue` is the one table of names, descriptions and arguments.
"""

from __future__ import annotations

from udfs.lookups import FS_CLAUSE, FS_EXPLAIN, FS_POINTS
from udfs.scores import (
    FS_BRIEFS,
    FS_CASES,
    FS_CHECKLIST,
    FS_EXPERT,
    FS_INSPECTION,
    FS_MEDIA,
    FS_RATING,
    FS_RATIO,
    FS_REFERENCE,
    FS_TIER,
)
from udfs.totals import FS_RANK, FS_TOTAL

__all__ = [
    "FS_BRIEFS",
    "FS_CASES",
    "FS_CHECKLIST",
    "FS_CLAUSE",
    "FS_EXPERT",
    "FS_EXPLAIN",
    "FS_INSPECTION",
    "FS_MEDIA",
    "FS_POINTS",
    "FS_RANK",
    "FS_RATING",
    "FS_RATIO",
    "FS_REFERENCE",
    "FS_TIER",
    "FS_TOTAL",
]
