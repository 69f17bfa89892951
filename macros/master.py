"""考核总表, built without Excel, with macros where they can be built. The same scheme gives the same bytes."""

from __future__ import annotations

from importlib.util import find_spec

from xladdin.results.master import MASTER_FILE, master_workbook
from xladdin.scheme import Scheme
from xladdin.sending.forms import plain_master


def built_master(scheme: Scheme) -> tuple[str, bytes]:
    """考核总表's name and bytes, with macros where what builds them is installed."""
    if not all(find_spec(name) for name in ("macros.vba", "pyopenvba", "xlwings")):
        return plain_master(scheme)
    return MASTER_FILE, master_with_macros(scheme)


def master_with_macros(scheme: Scheme) -> bytes:
    """考核总表.xlsm."""
    # Late: what builds the macros is only installed where they are built.
    from macros.function_sheet import function_sheet
    from macros.vba.workbooks import with_macros

    return with_macros(master_workbook(scheme, function_sheet(scheme)), scheme.source.say)
