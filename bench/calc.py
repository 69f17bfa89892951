"""What our functions cost in LibreOffice: `python bench/calc.py [--rounds N]`. README.md beside this file says what is measured."""

# ruff: noqa: E402

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from macros.calc.build import extension
from tests.conftest import Forms
from tests.desktop.filled import filled_master
from tests.macros.calc import session
from xladdin.results.master import MASTER_FILE
from xladdin.scheme import choose_scheme
from xladdin.workbook import package

session.SCENARIOS = HERE / "calc_timing.py"


def books(folder: Path) -> tuple[Path, list[Path]]:
    """考核总表 and the 16 forms with the same numbers in them."""
    forms = Forms(choose_scheme())
    filled = filled_master(forms)
    master = folder / MASTER_FILE
    rest = {reference: float(text) for reference, text in filled.typed}
    master.write_bytes(package.rewrite(filled.workbook, {}, {str(filled.job["sheet"]): rest}))
    returned = forms.write_all(folder / "forms")
    return master, [next(returned.glob(f"*{district}*")) for district in forms.scheme.district_names]


def print_ratio(title: str, found: dict[str, Any]) -> None:
    (ours, native), (count, native_count) = found["ms"], found["formulas"]
    ratios = [a / b for a, b in zip(ours, native, strict=True)]
    spread = f"{min(ratios):.0f}–{max(ratios):.0f}"
    print(
        f"| {title} | {count} | {median(ours):.0f} | {native_count} | {median(native):.1f} | {median(ratios):.0f} | {spread} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        master, forms = books(Path(name))
        calc = session.Calc(Path(name, "office"), extension())
        found = calc.run(
            "", deadline=60 + 10 * rounds, master=master, forms=[str(path) for path in forms], rounds=rounds
        )
    expected, *others = found["totals"]
    if len(expected) != len(forms) or any(other != expected for other in others):
        raise SystemExit(f"the workbooks differ in their totals: {found['totals']}")
    print("\n| recalculated | 考核总表, formulas | ms | 区填报表, formulas | ms | × native | min–max |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    print_ratio("scores alone", found["scores"])
    print_ratio("everything", found["whole"])


if __name__ == "__main__":
    main()
