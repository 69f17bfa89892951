"""The Python process behind Excel's cells and buttons; the VBA's command line starts it, see `macros.vba.modules`.

Workbooks with macros that lie in offices name this module and `macros.excel.ribbon`: neither may move.
"""

from __future__ import annotations

from xlwings import com_server
from xlwings import udfs as xlwings_udfs

import udfs


def serve(clsid: str) -> None:
    """Answer Excel until it ends."""
    know_functions()
    com_server.serve(clsid)  # type: ignore[no-untyped-call]


def know_functions() -> None:
    """Tell xlwings which module the functions are in, before it is asked for one.

    Otherwise it looks for it at the first call, beginning with the sheets of the workbook that calls: a sheet named
    like a file of Python code would stop all functions, or be executed.
    """
    # Without a filetime it is never looked at whether the file has changed.
    known = {"filename": udfs.__file__, "filetime": None, "module": udfs}
    xlwings_udfs.udf_modules[udfs.__name__] = known
