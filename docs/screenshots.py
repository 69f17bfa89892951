"""Photograph LibreOffice with FineScore.oxt at work, for the README and the guide: python docs/screenshots.py.

The same run as in tests/desktop, with a Chinese LibreOffice where there is one (Debian: libreoffice-l10n-zh-cn).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from macros.calc.build import extension
from tests.conftest import Forms
from tests.desktop.filled import filled_master
from tests.desktop.session import Desktop
from xladdin.results.master import MASTER_FILE
from xladdin.scheme import choose_scheme

PICTURES = Path(__file__).parent / "pictures"

KEPT = ("menu", "ranking")


def main() -> None:
    """Type, score, open the menu and rank; keep a picture of the menu over the score, and of the ranking."""
    filled = filled_master(Forms(choose_scheme()))
    with tempfile.TemporaryDirectory() as name:
        book, taken = Path(name, MASTER_FILE), Path(name, "pictures")
        book.write_bytes(filled.workbook)
        taken.mkdir()
        Desktop(Path(name, "desktop"), extension()).run(book, taken, **filled.job)
        for title in KEPT:
            (PICTURES / f"calc-{title}.png").write_bytes((taken / f"{title}.png").read_bytes())


if __name__ == "__main__":
    main()
