"""The functions of the cells: `=FS_RATIO(…)` and its sisters, for Excel through xlwings and for Python as they are.

Thin: arguments become exact numbers (`values`), `xladdin.methods` scores them, the result becomes what a cell shows
(`registration`). `catalogue` is the one table of names, descriptions and arguments; whatever it lists is offered here.
"""

from __future__ import annotations

import udfs.lookups
import udfs.scores
import udfs.totals  # noqa: F401 - importing them defines the functions
from udfs.catalogue import FUNCTIONS
from udfs.registration import REGISTERED

__all__ = [function.name for function in FUNCTIONS]

globals().update((name, REGISTERED[name]) for name in __all__)
