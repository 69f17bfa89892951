"""The ways of scoring: one file for each, with its record, fields, exact score, formulas, believable values and checks.

`METHODS` (in `item`) is the only list: it holds whatever stands in this folder.
"""

from importlib import import_module
from pathlib import Path

for _file in sorted(Path(__file__).parent.glob("*.py")):
    if _file.stem != "__init__":
        import_module(f"{__name__}.{_file.stem}")
