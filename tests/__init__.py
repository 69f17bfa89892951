"""Tests: those of 2023's texts and numbers stay what they are when another year's data has come.

For them only 2023 is at hand in this process: what is left out, and what no stamp decides, would be the newest year's.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_DATA = Path(__file__).parents[1] / "xladdin/scheme/data"

if len(list(_DATA.glob("*/source.toml"))) > 1:
    from xladdin.scheme import load

    _alone = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, _alone, ignore_errors=True)
    shutil.copytree(_DATA / "2023", _alone / "2023")
    load.DATA = _alone

# With lxml, which documents brought, openpyxl declares a prefix on each element that uses it; the Excel in memory then adds
# elements that use it undeclared.
os.environ["OPENPYXL_LXML"] = "False"
