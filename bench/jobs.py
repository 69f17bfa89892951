"""The product's jobs that are measured below the command line, one a process, and the XlsxWriter peer.

`python jobs.py JOB ARGUMENT…` prints the seconds of the work itself as JSON; imports, the scheme and whatever a job is
given ready-made are not in them.
"""

from __future__ import annotations

import gc
import json
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from xladdin.forms.form import FieldCell
from xladdin.scheme import Scheme, choose_scheme

Work = Callable[[], object]


def assigned_amounts(scheme: Scheme) -> dict[str, dict[str, FieldCell]]:
    """任务量 for every district and every indicator, as a full 任务分解表 gives it."""
    codes = [indicator.code for indicator in scheme.indicators]
    return {
        name: {code: FieldCell(Decimal(10 + (7 * d + n) % 41)) for n, code in enumerate(codes)}
        for d, name in enumerate(scheme.district_names)
    }


# --- preparation, not measured -------------------------------------------------------------------------------------


def prepare(folder: str, *counts: str) -> Work:
    """Templates, filled samples, and a folder of so many filled files for each count."""
    from xladdin.returns.collection import collect
    from xladdin.sending.forms import distribute
    from xladdin.sending.sample import fill_samples

    root, scheme = Path(folder), choose_scheme()
    distribute(scheme, root / "templates")
    filled = fill_samples(scheme, root / "templates", root / "returned")
    if len(collect(scheme, filled).forms) != len(scheme.districts):
        raise SystemExit("the product does not read every file it filled")
    for count in counts:
        (root / f"files{count}").mkdir()
        for n in range(int(count)):
            source = filled[n % len(filled)]
            shutil.copyfile(source, root / f"files{count}" / f"{source.stem}_{n:04d}.xlsx")
    prepare_rounds(root, filled)
    return lambda: None


def prepare_units(folder: str, count: str) -> Work:
    """A scheme of so many units as a workbook, and filled forms of all of them."""
    from xladdin.classes import replace
    from xladdin.scheme.book.reading import read_scheme_book
    from xladdin.scheme.book.writer import scheme_workbook
    from xladdin.sending.forms import distribute
    from xladdin.sending.sample import fill_samples

    root, scheme = Path(folder), choose_scheme()
    zones = list(scheme.district_list.zones)
    units = tuple(
        replace(scheme.districts[0], name=f"第{n:04d}单位", zone=zones[n % len(zones)]) for n in range(int(count))
    )
    listed = replace(scheme.district_list, clause=f"全市 {count} 个单位", count=int(count), districts=units)
    book = root / "考核方案.xlsx"
    book.write_bytes(scheme_workbook(replace(scheme, district_list=listed), ()))
    scheme = read_scheme_book(book).scheme
    distribute(scheme, root / "下发")
    fill_samples(scheme, root / "下发", root / "回收")
    return lambda: None


def prepare_rounds(root: Path, filled: list[Path]) -> None:
    """Two rounds of 30 deliveries: one in which every file differs, one in which each district changes its form once in 16 times."""
    from xladdin.workbook.package import packed, unpacked

    for delivery in range(30):
        for n, source in enumerate(filled):
            parts = unpacked(source.read_bytes())
            for kind, version in (("anew", delivery), ("again", (delivery + n) // 16)):
                target = root / kind / "回收" / f"第{delivery + 1}轮" / source.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(packed({**parts, "docProps/version.txt": f"{version}".encode()}))


# --- 16 templates --------------------------------------------------------------------------------------------------


def emptied(out: str) -> Path:
    """The folder, new and empty."""
    shutil.rmtree(out, ignore_errors=True)
    Path(out).mkdir()
    return Path(out)


def distribute_plain(out: str) -> Work:
    from xladdin.sending.forms import distribute

    scheme, folder = choose_scheme(), emptied(out)
    return lambda: distribute(scheme, folder)


def distribute_assigned(out: str) -> Work:
    from xladdin.sending.forms import distribute

    scheme, folder = choose_scheme(), emptied(out)
    targets = assigned_amounts(scheme)
    return lambda: distribute(scheme, folder, targets=targets)


def write_plain(out: str) -> Work:
    return _write_each(out, assigned=False)


def write_assigned(out: str) -> Work:
    return _write_each(out, assigned=True)


def _write_each(out: str, *, assigned: bool) -> Work:
    """The peer: XlsxWriter writes every district's form anew. Layout, formulas and their results are given to it."""
    from xladdin.files import write_whole
    from xladdin.forms.layout import form_layout
    from xladdin.forms.native import native_formulas
    from xladdin.forms.view import form_view
    from xladdin.forms.writer import write_form
    from xladdin.methods.inputs import Entry
    from xladdin.words import form_file_name

    scheme, folder = choose_scheme(), emptied(out)
    layout = form_layout(scheme)
    formulas = native_formulas(layout)
    targets = assigned_amounts(scheme) if assigned else {}
    shown = {
        name: form_view(layout, {code: Entry(target=cell.value) for code, cell in targets.get(name, {}).items()})
        for name in scheme.district_names
    }
    created = datetime(2023, 1, 1, tzinfo=UTC)

    def work() -> None:
        for name in scheme.district_names:
            write_whole(folder / form_file_name(name), write_form(layout, formulas, shown[name], created))

    return work


# --- reading many files --------------------------------------------------------------------------------------------


def collect_folder(folder: str) -> Work:
    from xladdin.returns.collection import collect

    scheme = choose_scheme()

    return lambda: len(collect(scheme, [Path(folder)]).files)


def read_folder(folder: str) -> Work:
    """The same files read one after the other and let go."""
    from xladdin.workbook.read.reader import read_workbook

    def work() -> int:
        files = sorted(Path(folder).iterdir())
        for path in files:
            read_workbook(path)
        return len(files)

    return work


def round_status(folder: str) -> Work:
    """Where every unit of a round stands."""
    from xladdin.rounds.tracking import read_round

    scheme = choose_scheme()
    return lambda: sum(len(status.submissions) for status in read_round(scheme, Path(folder)).statuses)


JOBS: dict[str, Callable[..., Work]] = {
    job.__name__: job
    for job in (
        prepare,
        prepare_units,
        distribute_plain,
        distribute_assigned,
        write_plain,
        write_assigned,
        collect_folder,
        read_folder,
        round_status,
    )
}


def main() -> None:
    gc.disable()  # as the command line does
    work = JOBS[sys.argv[1]](*sys.argv[2:])
    start, used = time.perf_counter(), time.process_time()
    done = work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - used
    print(json.dumps({"work": seconds, "cpu": cpu, "files": done if isinstance(done, int) else None}))


if __name__ == "__main__":
    main()
