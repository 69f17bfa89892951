"""The ways of scoring: one file for each, with its record, fields, exact score, formulas, believable values and checks.

`METHODS` (in `item`) is the only list: it holds whatever stands in this folder.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
