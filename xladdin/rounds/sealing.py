"""The results of a round, sealed one after another: 结果/第1次, 第2次 …, each with 考核汇总, results.json and what moved.

What is sealed is never written again: a later result, and one with corrections, stands in a folder of its own.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path, PurePosixPath

from xladdin.classes import record
from xladdin.files import FolderTaken, Progress, write_new, write_sealed
from xladdin.issues import Refused, WrongCall
from xladdin.methods.item import Policies
from xladdin.results.changes import changes_workbook
from xladdin.results.consolidation import Consolidation
from xladdin.results.files import result_workbook, results_json
from xladdin.results.result_changes import result_change_sheets, result_differences, result_lines
from xladdin.results.stored import NotComparable, Results, load_results
from xladdin.returns.targets import TARGETS_FILE, Issued, issued_forms
from xladdin.rounds.collecting import consolidate_round, returned_folder
from xladdin.rounds.corrected import Corrected, correct, corrected_lines, corrected_workbook
from xladdin.rounds.corrections_sheet import corrections_workbook
from xladdin.rounds.folder import digest_of, returned_files
from xladdin.rounds.seals import DATA_FILE, SEAL_FILE, check_code, load_seal, sealed_files
from xladdin.scheme.model import Scheme
from xladdin.words import (
    CHANGES_KIND,
    CORRECTED,
    CORRECTIONS_KIND,
    ISSUED_FOLDER,
    RESULT_KIND,
    RESULTS_FOLDER,
    RETURNED_FOLDER,
)

CORRECTIONS_FILE = f"{CORRECTIONS_KIND}.xlsx"

_FOLDER = re.compile(rf"第(\d+)次(（{CORRECTED}）)?")


@record
class Sealed:
    """A result of a round and the folder it stands in.

    `is_new` is False where nothing has changed since the newest one, which it then is. `moved` says, line by line, what
    moved since the result before; it is nothing for the first one.
    """

    folder: Path
    consolidation: Consolidation
    is_new: bool
    moved: list[str]

    @property
    def workbook(self) -> Path:
        return workbook_of(self.folder)

    @property
    def check_code(self) -> str:
        """核验码; nothing where an earlier program sealed the result."""
        return check_code(self.folder)


def workbook_of(folder: Path, kind: str = RESULT_KIND) -> Path:
    """A result's workbook of that kind; Excel does not open two workbooks of one name."""
    return folder / f"{kind}_{folder.name}.xlsx"


def newest_result(folder: Path) -> Path | None:
    """The folder of the newest result without corrections, if there is any."""
    numbered = [(number, path) for number, path, is_corrected in _sealed(folder) if not is_corrected]
    return max(numbered)[1] if numbered else None


def sealed_results(folder: Path) -> list[Path]:
    """The folders of all results of the round, oldest first."""
    return [path for _number, path, _is_corrected in sorted(_sealed(folder))]


def _sealed(folder: Path) -> list[tuple[int, Path, bool]]:
    """Number, folder and whether it has corrections, of every result of the round."""
    found = []
    for path in (folder / RESULTS_FOLDER).glob("*"):
        match = _FOLDER.fullmatch(path.name)
        if match and path.is_dir():
            found.append((int(match[1]), path, match[2] is not None))
    return found


def _load(result: Path) -> Results:
    try:
        return load_results(result / DATA_FILE)
    except NotComparable as error:
        raise Refused(
            f"封存的结果 {result} 缺 {DATA_FILE} 或已损坏；请从备份恢复，或把这个文件夹移到“{RESULTS_FOLDER}”以外，再做一次"
        ) from error


def _next_folder(folder: Path, suffix: str = "") -> Path:
    number = max((number for number, *_rest in _sealed(folder)), default=0) + 1
    return folder / RESULTS_FOLDER / f"第{number}次{suffix}"


def seal_round(
    scheme: Scheme,
    folder: Path,
    policies: Policies | None,
    generated: datetime,
    progress: Progress | None = None,
) -> Sealed:
    """Consolidate what counts of the round, and seal the result with what moved since the one before.

    Without `policies` the defaults are in force. `generated` is the one time stamp. `WrongCall` where nothing can have
    come back yet.
    """
    result = consolidate_round(scheme, folder, policies, progress)
    while True:
        try:
            return _sealed_next(scheme, folder, result, generated)
        except FolderTaken:  # by somebody at the same round, whose result is now the one before
            continue


def _sealed_next(scheme: Scheme, folder: Path, result: Consolidation, generated: datetime) -> Sealed:
    """The result as the round's next one, unless it is the newest already; `FolderTaken` where that has just come into being."""
    target = _next_folder(
        folder
    )  # before it is looked what there is: a result that comes into being meanwhile is met at the end
    earlier = newest_result(folder)
    before = _load(earlier) if earlier else None
    fresh: Results = json.loads(results_json(result))
    if earlier and fresh == before:
        return Sealed(earlier, result, False, [])
    workbook = workbook_of(target)
    files = {workbook.name: result_workbook(result, workbook, generated), DATA_FILE: results_json(result)}
    table = folder / TARGETS_FILE
    if table.is_file():  # it may be written to afterwards
        files[TARGETS_FILE] = table.read_bytes()
    moved = []
    if before is not None:
        differences = result_differences(before, fresh)
        moved = result_lines(scheme, differences)
        files[workbook_of(target, CHANGES_KIND).name] = changes_workbook(
            scheme, result_change_sheets(scheme, differences), generated
        )
    write_sealed(target, sealed_files(scheme, folder, files, result, generated))
    return Sealed(target, result, True, moved)


def issue_corrections(scheme: Scheme, folder: Path) -> Path | None:
    """Write a blank 更正单 into the round's folder; nothing where there is one already."""
    path = folder / CORRECTIONS_FILE
    if path.exists():
        return None
    write_new({path: corrections_workbook(scheme)})
    return path


def seal_corrected(
    scheme: Scheme, folder: Path, generated: datetime, progress: Progress | None = None
) -> tuple[Corrected, Sealed | None]:
    """Apply the round's 更正单 to its newest result and seal what comes of it; nothing is sealed where 更正单 has an error.

    Where the newest corrected result is the same, it is that one.

    `WrongCall` where there is no result yet; `Refused` where files that counted are no longer there as they were.
    """
    earlier = newest_result(folder)
    if earlier is None:
        raise WrongCall(f"{folder} 还没有汇总结果；请先汇总本轮，再更正")
    data = earlier / DATA_FILE
    returned_folder(folder)
    counted = counted_files(scheme, earlier)
    if problems := counted.problems():
        raise Refused(f"不能更正，有的表与当时汇总所用的不同：{'；'.join(problems[:5])}；请放回原来的文件再更正")
    sheet = folder / CORRECTIONS_FILE
    corrected = correct(scheme, data, counted.paths, sheet, progress, table_of(earlier), issued_of(scheme, earlier))
    after = corrected.after
    if after is None:
        return corrected, None
    data_after = results_json(after)
    moved = corrected_lines(corrected, after)
    target = _next_folder(folder, f"（{CORRECTED}）")
    earlier_ones = [(number, path) for number, path, is_corrected in _sealed(folder) if is_corrected]
    if earlier_ones and (newest := max(earlier_ones)[1] / DATA_FILE).is_file() and newest.read_bytes() == data_after:
        return corrected, Sealed(newest.parent, after, False, moved)
    workbook = workbook_of(target)
    files = {
        workbook.name: corrected_workbook(corrected, after, workbook, generated),
        DATA_FILE: data_after,
        CORRECTIONS_FILE: sheet.read_bytes(),  # further corrections are added to it
    }
    if table := table_of(earlier):
        files[TARGETS_FILE] = table.read_bytes()
    write_sealed(target, sealed_files(scheme, folder, files, after, generated, earlier.name))
    return corrected, Sealed(target, after, True, moved)


def table_of(result: Path) -> Path | None:
    """任务分解表 of a sealed result, if it has one; of one sealed before it was kept, the round's."""
    kept = result / TARGETS_FILE
    table = kept if kept.exists() or (result / SEAL_FILE).exists() else round_of(result) / TARGETS_FILE
    return table if table.is_file() else None


def issued_of(scheme: Scheme, result: Path) -> dict[str, Issued]:
    """The issued forms whose 任务量 counted in a sealed result, as they are now."""
    seal = load_seal(result)
    return issued_forms(scheme, round_of(result)) if seal and seal.issued else {}


def round_of(result: Path) -> Path:
    """The folder of the round that a result was sealed in."""
    return result.absolute().parent.parent


@record
class Counted:
    """The files that a sealed result was made of, as they are now, named by their path in the round's folder.

    `paths` are the returned ones that are there, in their own place even where their content is another one.
    """

    paths: tuple[Path, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    """The path that a file had and the one that it has now."""

    def problems(self) -> list[str]:
        """What is not as it was."""
        return [
            *(f"{name} 找不到（已移走，或内容有改动）" for name in self.gone),
            *(f"{name} 的内容有改动" for name in self.changed),
            *(f"{now} 当时名为 {name}，请改回" for name, now in self.renamed),
        ]


def counted_files(scheme: Scheme, result: Path) -> Counted:
    """The files that a result was made of, found again by their content, whatever has come back since."""
    seal, folder = load_seal(result), round_of(result)
    if seal:
        wanted = seal.returned
    else:
        wanted = {file["name"]: file["sha256"] for file in _load(result).get("files", ())}
        wanted.pop(CORRECTIONS_FILE, None)  # of a corrected result
        wanted.pop(TARGETS_FILE, None)
    at_hand: dict[str, list[Path]] = {}
    for path in returned_files(scheme, folder):
        at_hand.setdefault(digest_of(path), []).append(path)
    returned = folder / RETURNED_FOLDER
    paths: list[Path] = []
    gone, changed, renamed = [], [], []
    for name, digest in wanted.items():
        alike = at_hand.get(digest, [])
        # Of copies the one that lies where it lay, or is called as it was.
        called = sorted((p for p in alike if p.name == PurePosixPath(name).name), key=lambda p: p != returned / name)
        if called:
            paths.append(called[0])
        elif (returned / name).is_file():
            paths.append(returned / name)
            changed.append(f"{RETURNED_FOLDER}/{name}")
        elif alike:
            renamed.append((f"{RETURNED_FOLDER}/{name}", alike[0].relative_to(folder).as_posix()))
        else:
            gone.append(f"{RETURNED_FOLDER}/{name}")
    for name, digest in seal.issued.items() if seal else ():
        path = folder / ISSUED_FOLDER / name
        if digest_of(path) != digest:
            (changed if path.is_file() else gone).append(f"{ISSUED_FOLDER}/{name}")
    return Counted(tuple(paths), tuple(gone), tuple(changed), tuple(renamed))


def corrections_left_out(folder: Path) -> str:
    """What to say of a result beside which a 更正单 lies; nothing where there is none."""
    if not (folder / CORRECTIONS_FILE).exists():
        return ""
    return f"本次汇总不含“{CORRECTIONS_FILE}”里的更正；要更正请接着更正。"
