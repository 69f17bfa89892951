"""考核总表.xlsm, FineScore.xlam and FineScore.oxt, built without Excel. The same inputs give the same bytes."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from xladdin.files import write_together
from xladdin.results.master import MASTER_FILE, master_workbook
from xladdin.scheme import Scheme
from xladdin.sending.forms import ADDIN_FILE, EXTENSION_FILE, FIRST_CHECK_FILE, TEMPLATES, plain_master, write_manifest


def built_master(scheme: Scheme) -> tuple[str, bytes]:
    """考核总表's name and bytes, with macros where what builds them is installed."""
    if find_spec("pyopenvba") is None or find_spec("xlwings") is None:
        return plain_master(scheme)
    return MASTER_FILE, _master(scheme)


def _master(scheme: Scheme) -> bytes:
    # Late: what builds the macros is only installed where they are built.
    from macros.function_sheet import function_sheet
    from macros.vba.workbooks import with_macros

    return with_macros(master_workbook(scheme, function_sheet(scheme)))


def build_addin(scheme: Scheme, folder: Path = TEMPLATES) -> list[Path]:
    """Write the files, and the manifest of the folder; nothing is written where one of them cannot be made."""
    # Late: what builds them is only installed where they are built.
    from macros.calc.build import extension
    from macros.first_check import first_check_workbook
    from macros.vba.workbooks import addin

    files = {
        folder / MASTER_FILE: _master(scheme),
        folder / ADDIN_FILE: addin(),
        folder / EXTENSION_FILE: extension(),
        folder / FIRST_CHECK_FILE: first_check_workbook(scheme),
    }
    write_together(files)
    return [*files, write_manifest(scheme, folder)]
