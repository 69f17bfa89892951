"""考核总表.xlsm, FineScore.xlam and FineScore.oxt, built without Excel. The same inputs give the same bytes."""

from __future__ import annotations

from pathlib import Path

from macros.calc.build import extension
from macros.vba.workbooks import addin, with_macros
from xladdin.files import write_whole
from xladdin.results.master import MASTER_FILE, master_workbook
from xladdin.scheme import Scheme
from xladdin.sending.forms import ADDIN_FILE, EXTENSION_FILE, TEMPLATES, write_manifest


def build_addin(scheme: Scheme, folder: Path = TEMPLATES) -> list[Path]:
    """Write the files, and the manifest of the folder; nothing is written where one of them cannot be made."""
    files = {
        folder / MASTER_FILE: with_macros(master_workbook(scheme)),
        folder / ADDIN_FILE: addin(),
        folder / EXTENSION_FILE: extension(),
    }
    for path, data in files.items():
        write_whole(path, data)
    return [*files, write_manifest(scheme, folder)]
