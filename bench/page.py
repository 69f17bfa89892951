"""How long a clerk waits for 精细化考核.html: `python bench/page.py [--rounds N]`. Needs Chromium, node and npm."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from xladdin.cli.commands import write_templates
from xladdin.release.page.build import page
from xladdin.release.release import IN_THE_PAGE, PYODIDE, ROOT
from xladdin.scheme import choose_scheme
from xladdin.sending.sample import fill_samples

DRIVE = ROOT / "tests/release/drive.mjs"
GOALS = {"ready": 12.0, "16 forms to 排名": 5.0}
MOST_BYTES = 12e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        modules = folder / "npm"
        run("npm", "install", "--silent", "--prefix", modules, f"pyodide@{PYODIDE}", "playwright-core@1")
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder / "wheels", ROOT, *IN_THE_PAGE)
        wheels = {path.name: path.read_bytes() for path in (folder / "wheels").iterdir()}
        made = page(choose_scheme(), modules / "node_modules/pyodide", wheels)
        (folder / "page.html").write_bytes(made)
        write_templates(choose_scheme(), folder / "下发")
        fill_samples(choose_scheme(), folder / "下发", folder / "回收")
        forms = [str(path) for path in sorted((folder / "回收").iterdir())]
        job = {"page": str(folder / "page.html"), "steps": [{"press": "rank", "files": forms}]}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        waited: dict[str, list[float]] = {what: [] for what in GOALS}
        for _round in range(rounds):
            run("node", DRIVE, modules, chromium, folder / "job.json", folder / "seen.json")
            seen = json.loads((folder / "seen.json").read_text(encoding="utf-8"))
            assert seen["steps"][0]["done"] == "rank", seen
            for what, milliseconds in zip(GOALS, (seen["ready"], seen["steps"][0]["milliseconds"]), strict=True):
                waited[what].append(milliseconds / 1000)
    print(f"size {len(made) / 1e6:.1f} MB (goal {MOST_BYTES / 1e6:.0f})")
    for what, goal in GOALS.items():
        print(
            f"{what}: {median(waited[what]):.1f} s (goal {goal:.0f}), from {min(waited[what]):.1f} to {max(waited[what]):.1f}"
        )


def run(*words: str | Path) -> None:
    subprocess.run([str(word) for word in words], check=True)


if __name__ == "__main__":
    main()
