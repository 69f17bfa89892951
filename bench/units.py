"""How long and how large `xladdin consolidate` gets with the number of units: `python bench/units.py [COUNT …]`.

For each count a folder with a 考核方案.xlsx of so many units, all else as in the newest scheme, and filled forms of every unit. Measured
is the whole process; see README.md beside this file.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from run import Job, measure  # noqa: E402

COUNTS = (16, 60, 300, 1000)
FLAT, MOST_MEMORY = 1.2, 400


def main(counts: list[int]) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        print("| units | CPU ms a unit | ms a unit | × 16 units | peak MB |\n|--:|--:|--:|--:|--:|")
        first = 0.0
        for count in counts:
            folder = Path(name) / str(count)
            folder.mkdir()
            Job("prepare", [str(HERE / "jobs.py"), "prepare_units", str(folder), str(count)]).run(folder)
            out = str(folder / "out.xlsx")
            job = Job("consolidate", ["-m", "xladdin", "consolidate", str(folder / "回收"), "-o", out], exits=(0, 1))
            measure([job], 3 if count < 100 else 1, folder)
            used, wall, peak = (sorted(own)[len(own) // 2] for own in (job.cpu, job.wall, job.peak))
            first = first or used / count
            print(
                f"| {count} | {used / count:.1f} | {wall / count:.1f} | {used / count / first:.2f} | {peak:.0f} |",
                flush=True,
            )
        print(f"\ngoals: a unit's time within {FLAT} × that of {counts[0]} units, at most {MOST_MEMORY} MB")


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or list(COUNTS))
