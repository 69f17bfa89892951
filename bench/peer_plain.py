"""The plain peer of `consolidate`: what anybody's first script with openpyxl does, and no more.

It reads the returned files as the library offers it and writes the values that the product's workbook holds, sheet by
sheet, without a single style, width, link or chart. The values are handed to it ready-made (see `contents.py`): it checks
nothing and scores nothing. Nothing in it is tuned, nothing is left undone to make it slow.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from pathlib import Path

from openpyxl import Workbook, load_workbook


def read(folder: Path) -> int:
    """Read every cell of every returned file; how many hold something."""
    filled = 0
    for path in sorted(folder.glob("*.xlsx")):
        book = load_workbook(path, data_only=True)
        for sheet in book.worksheets:
            for row in sheet.iter_rows(values_only=True):
                filled += sum(value is not None for value in row)
    return filled


def write(sheets: list[dict[str, object]], target: Path) -> None:
    book = Workbook()
    book.remove(book.active)
    for described in sheets:
        sheet = book.create_sheet(described["name"])
        for cells in described["rows"]:
            sheet.append([content and content[0] for content in cells])
    book.save(target)


def main() -> None:
    folder, contents, target = map(Path, sys.argv[1:])
    start = time.perf_counter()
    with contents.open("rb") as stream:
        sheets = pickle.load(stream)["sheets"]
    loaded = time.perf_counter()
    fields = read(folder)
    done = time.perf_counter()
    write(sheets, target)
    written = time.perf_counter()
    print(json.dumps({"unpaid": loaded - start, "read": done - loaded, "write": written - done, "fields": fields}))


if __name__ == "__main__":
    main()
