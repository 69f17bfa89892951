"""核验: a sealed result worked out once more from the returned files, under the scheme and the readings it was sealed with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import xladdin
from xladdin.classes import record
from xladdin.files import Progress
from xladdin.issues import Refused, WrongCall
from xladdin.results.agreement import disagreements
from xladdin.results.consolidation import Consolidation, consolidate_forms
from xladdin.results.files import result_workbook, results_json
from xladdin.results.stored import NotComparable, Results, load_results
from xladdin.returns.targets import TARGETS_FILE
from xladdin.rounds.collecting import collect_again, consolidate_round
from xladdin.rounds.corrected import assumed_readings, correct, corrected_workbook
from xladdin.rounds.folder import digest_of, round_home
from xladdin.rounds.sealing import (
    CORRECTIONS_FILE,
    counted_files,
    issued_of,
    round_of,
    sealed_results,
    table_of,
    workbook_of,
)
from xladdin.rounds.seals import DATA_FILE, Seal, check_code, load_seal
from xladdin.scheme.choosing import choose_scheme, read_scheme_file, scheme_file_of
from xladdin.scheme.load import SchemeError, available_versions, load_scheme
from xladdin.scheme.model import Scheme
from xladdin.words import (
    CORRECTED,
    CORRECTIONS_KIND,
    DEVIATION,
    RESULT_KIND,
    RESULTS_FOLDER,
    SCHEME_FILE,
    SEALED_SCHEMES,
    TARGETS_KIND,
    VERIFICATION,
)
from xladdin.workbook.cells import cell_name, shown_text
from xladdin.workbook.read.reader import read_bytes, read_workbook
from xladdin.workbook.tables import Column, Content, ResultSheet
from xladdin.workbook.unreadable import UnreadableWorkbook


@record
class Verified:
    """A sealed result and what came out: the files and numbers that differ, and what else is to be known, in words."""

    folder: Path
    differences: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def is_identical(self) -> bool:
        return not self.differences

    def lines(self, most: int = 50) -> list[str]:
        """What to say of it, of its differences at most so many."""
        if self.is_identical:
            lines = [f"{self.folder.name}：一致"]
        else:
            lines = [f"{self.folder.name}：不一致，共 {len(self.differences)} 处"]
        lines += [f"  × {line}" for line in self.differences[:most]]
        if len(self.differences) > most:
            lines.append(f"  …… 还有 {len(self.differences) - most} 处")
        return [*lines, *(f"  {line}" for line in self.remarks)]


def verify(path: Path, progress: Progress | None = None) -> list[Verified]:
    """Verify a sealed result, or all results of a round's folder; `WrongCall` where the path is neither."""
    path = round_home(path).resolve()
    if (path / RESULTS_FOLDER).is_dir() and (found := sealed_results(path)):
        return [_verified(result, progress) for result in found]
    if path not in sealed_results(round_of(path)):
        raise WrongCall(
            f"{path} 不是封存的结果；请选择考核文件夹的“{RESULTS_FOLDER}”里的第N次，或整个考核文件夹（核验其中的每一次）"
        )
    return [_verified(path, progress)]


def worked_out_again(result: Path, progress: Progress | None = None) -> Consolidation:
    """A sealed result from what it was made of; `Refused` where that is no longer there as it was."""
    result = result.absolute()  # as the round's results are named
    seal, sealed = load_seal(result), load_results(result / DATA_FILE)
    scheme, _remarks = _scheme_of(result, sealed, seal)
    counted = counted_files(scheme, result)
    if problems := counted.problems():
        raise Refused(f"{result.name} 采用的表与当时不同：{'；'.join(problems[:5])}；请放回原来的文件")
    return _again(scheme, result, sealed, seal, counted.paths, progress).result


def newest_of(scheme: Scheme, folder: Path, progress: Progress | None = None) -> Consolidation:
    """The newest result of a round, with corrections or without; what counts so far where nothing is sealed yet."""
    if sealed := sealed_results(folder):
        return worked_out_again(sealed[-1], progress)
    return consolidate_round(scheme, folder, progress=progress)


def differences_sheet(results: Iterable[Verified]) -> ResultSheet:
    """核验结果: everything that differs, a row for each."""
    columns = (Column(RESULT_KIND, 16, "bold"), Column(DEVIATION, 100, "text"))
    rows: list[list[Content]] = [[one.folder.name, line] for one in results for line in one.differences]
    return ResultSheet(VERIFICATION, VERIFICATION, columns, rows, (f"共 {len(rows)} 处不同。",))


def _verified(result: Path, progress: Progress | None) -> Verified:
    try:
        differences, remarks = _compared(result, progress)
    except Refused as error:
        differences, remarks = [str(error)], []
    return Verified(result, tuple(differences), tuple(remarks))


def _compared(result: Path, progress: Progress | None) -> tuple[list[str], list[str]]:
    """What differs, and what else is to be known."""
    seal = load_seal(result)
    try:
        sealed = load_results(result / DATA_FILE)
    except NotComparable as error:
        why = (
            f"已损坏，没有重新计算，请从备份恢复：{error}" if (result / DATA_FILE).exists() else "找不到；请从备份恢复"
        )
        raise Refused(f"{DATA_FILE} {why}") from error
    changed = _changed_files(result, seal) if seal else {}
    differences = [f"{name} {what}" for name, what in changed.items()]
    scheme, remarks = _scheme_of(result, sealed, seal)
    counted = counted_files(scheme, result)
    differences += counted.problems()
    if counted.gone or counted.renamed:
        return differences, [*remarks, "缺表，没有重新计算；请放回后再核验"]
    if TARGETS_FILE in changed:
        return differences, [*remarks, f"没有封存时的{TARGETS_KIND}，没有重新计算；请从备份恢复后再核验"]
    again = _again(scheme, result, sealed, seal, counted.paths, progress)
    fresh: Results = json.loads(results_json(again.result))
    remarks += assumed_readings(again.result.scheme, sealed, again.result.policies)
    is_same_program = seal is not None and seal.program == xladdin.__version__
    differences += (f"{DATA_FILE} {line}" for line in disagreements(sealed, fresh, with_words=is_same_program))
    if counted.changed:
        remarks.append(f"数的不同由有改动的表重新计算而来；没有逐格核对{RESULT_KIND}")
    elif seal and is_same_program and changed.get(workbook_of(result).name) != _GONE:
        differences += _cells(workbook_of(result), again.workbook(seal.time))
    if not differences:
        units = f"{len(fresh['districts'])} 个{again.result.scheme.source.unit_word}"
        what = f"用当时采用的 {len(counted.paths)} 份表重新计算，{units}的每项得分、总分、名次都相同"
        remarks.insert(0, f"{what}，{RESULT_KIND}逐格相同" if is_same_program else what)
    remarks += [f"核验码 {check_code(result)}，应与封存时显示的相同"] if seal else []
    return differences, remarks


def _changed_files(result: Path, seal: Seal) -> dict[str, str]:
    """Files of the result's folder that are not as they were sealed, and what became of each."""
    digests = {name: digest_of(result / name) for name in seal.files}
    return {
        name: "的文件封存以后有改动" if digests[name] else _GONE
        for name, own in seal.files.items()
        if digests[name] != own
    }


_GONE = "找不到"


def _scheme_of(result: Path, sealed: Results, seal: Seal | None) -> tuple[Scheme, list[str]]:
    """The scheme to work by, and what to say of it and of the program."""
    version = sealed["scheme"]
    if seal is None:
        lacking = f"封存的方案、程序版本、{TARGETS_KIND}和{RESULT_KIND}的 SHA-256"
        said = f"由较早的程序封存，没有{lacking}：按本机现在的 {version} 年方案核验，没有核对{RESULT_KIND}；数有不同的，先看 CHANGELOG"
        return _own_scheme(version), [said]
    remarks = []
    if seal.program != xladdin.__version__:
        said = f"封存时的程序是 {seal.program}，现在是 {xladdin.__version__}"
        remarks.append(f"{said}：只核对数，不核对文字；{RESULT_KIND}只核对 SHA-256。数有不同的，见 CHANGELOG")
    kept = result / SEALED_SCHEMES
    book = kept / version / SCHEME_FILE
    versions = available_versions(kept) if kept.is_dir() else []
    if version not in versions and not book.is_file():
        raise Refused(f"封存的结果里没有 {version} 年的方案（{SEALED_SCHEMES}/{version}）；请从备份恢复")
    try:
        scheme = read_scheme_file(book) if book.is_file() else load_scheme(version, kept)
    except SchemeError as error:
        is_damaged = any(name.startswith(SEALED_SCHEMES) for name in _changed_files(result, seal))
        why = "缺文件或有改动，读不了，请从备份恢复" if is_damaged else f"现在的程序读不了（{error.faults[0]}）"
        remarks.append(f"封存的方案{why}；改按本机现在的 {version} 年方案核验")
        return _own_scheme(version), remarks
    if other := _changed_since(scheme, round_of(result)):
        remarks.append(f"封存的方案与现在的不同（{'、'.join(other)}）；按封存的核验")
    return scheme, remarks


def _own_scheme(version: str) -> Scheme:
    if version not in available_versions():
        raise Refused(f"本机没有 {version} 年的考核方案，不能核验")
    return choose_scheme(asked=version)


def _changed_since(sealed: Scheme, folder: Path) -> list[str]:
    """The scheme's data files that are other ones now: 考核方案.xlsx of the round, or the program's own."""
    if own := scheme_file_of([folder]):
        now: Mapping[str, bytes] = {own.name: own.read_bytes()}
    else:
        version = sealed.source.version
        now = choose_scheme(asked=version).files if version in available_versions() else {}
    return sorted(name for name in sealed.files if name in now and sealed.files[name] != now[name])


class _Again(NamedTuple):
    """The result worked out once more, and how its workbook is made."""

    result: Consolidation
    workbook: Callable[[datetime], bytes]


def _again(
    scheme: Scheme,
    result: Path,
    sealed: Results,
    seal: Seal | None,
    paths: tuple[Path, ...],
    progress: Progress | None,
) -> _Again:
    target, table = workbook_of(result), table_of(result)
    if not result.name.endswith(f"（{CORRECTED}）"):
        collection = collect_again(scheme, sealed, paths, table, issued_of(scheme, result), progress)
        again = consolidate_forms(scheme, collection, scheme.choose_policies(sealed["policies"]))
        return _Again(again, lambda generated: result_workbook(again, target, generated))
    sheet = _sheet_of(result, sealed, seal)
    before = _corrected_by(result, seal)
    corrected = correct(scheme, before / DATA_FILE, paths, sheet, progress, table, issued_of(scheme, result))
    after = corrected.after
    if after is None:
        raise Refused(f"{sheet} 有错误：{corrected.issues[0].line()}")
    return _Again(after, lambda generated: corrected_workbook(corrected, after, target, generated))


def _corrected_by(result: Path, seal: Seal | None) -> Path:
    """The result that a corrected one corrects: where it does not say so, the last one without corrections before it."""
    results = sealed_results(round_of(result))
    earlier = [path for path in results[: results.index(result)] if not path.name.endswith(f"（{CORRECTED}）")]
    found = [path for path in earlier if seal is None or path.name == seal.corrects]
    if not found:
        raise Refused(f"找不到 {result.name} 所更正的结果{f' {seal.corrects}' if seal else ''}；请从备份恢复")
    return found[-1]


def _sheet_of(result: Path, sealed: Results, seal: Seal | None) -> Path:
    """更正单 as it was applied."""
    if seal:
        return result / CORRECTIONS_FILE
    sheet = round_of(result) / CORRECTIONS_FILE
    if digest_of(sheet) not in {file["sha256"] for file in sealed.get("files", ())}:
        raise Refused(f"{CORRECTIONS_KIND}后来有改动，较早的程序没有把当时的一份封存在结果里，不能重新计算")
    return sheet


# --- 考核汇总 ---------------------------------------------------------------------------------------------------------


def _cells(path: Path, fresh: bytes) -> Iterator[str]:
    """The cells of a sealed workbook that show something else than in the one made once more."""
    try:
        then = read_workbook(path)
    except UnreadableWorkbook as error:
        yield f"{path.name} 打不开：{error.detail}"
        return
    now = read_bytes(fresh)
    shown, again = ({sheet.name: sheet for sheet in book.sheets} for book in (then, now))
    for name in dict.fromkeys((*again, *shown)):
        if name not in shown or name not in again:
            yield f"{path.name} {'多了' if name in shown else '缺'}工作表“{name}”"
            continue
        one, other = shown[name].rows, again[name].rows
        for row in range(max(len(one), len(other))):
            width = max(len(rows[row]) if row < len(rows) else 0 for rows in (one, other))
            for column in range(width):
                cells = shown[name].at(row, column), again[name].at(row, column)
                if cells[0] != cells[1]:
                    texts = [shown_text(cell) or "空" for cell in cells]
                    yield f"{path.name} {name}!{cell_name(row, column)}：封存“{texts[0]}”，重新计算“{texts[1]}”"
