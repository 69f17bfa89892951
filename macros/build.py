"""考核总表.xlsm, FineScore.xlam and FineScore.oxt, built without Excel. The same inputs give the same bytes."""

from __future__ import annotations

from pathlib import Path

from macros.master import master_with_macros
from xladdin.files import write_together
from xladdin.results.master import MASTER_FILE
from xladdin.scheme import Scheme
from xladdin.sending.forms import ADDIN_FILE, EXTENSION_FILE, FIRST_CHECK_FILE, TEMPLATES, write_manifest


def build_addin(scheme: Scheme, folder: Path = TEMPLATES) -> list[Path]:
    """Write the files, and the manifest of the folder; nothing is written where one of them cannot be made."""
    # Late: what builds them is only installed where they are built.
    from macros.calc.build import extension
    from macros.first_check import first_check_workbook
    from macros.vba.workbooks import addin

    files = {
        folder / MASTER_FILE: master_with_macros(scheme),
        folder / ADDIN_FILE: addin(),
        folder / EXTENSION_FILE: extension(),
        folder / FIRST_CHECK_FILE: first_check_workbook(scheme),
    }
    write_together(files)
    return [*files, write_manifest(scheme, folder)]
