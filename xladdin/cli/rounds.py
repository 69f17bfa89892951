"""The commands of a whole round: targets, evaluations, progress, differences, corrections."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from xladdin.cli.terminal import (
    DONE,
    PROBLEMS,
    USAGE,
    fail,
    now,
    print_issues,
    progress_bar,
    refuse_overwriting,
    round_folder,
    say,
    write,
    write_result,
)
from xladdin.words import CORRECTIONS_KIND, RESULTS_FOLDER, TARGETS_KIND

if TYPE_CHECKING:
    from xladdin.methods.item import Policies
    from xladdin.results.consolidation import Consolidation
    from xladdin.returns.collected import Collection
    from xladdin.rounds.corrected import Corrected
    from xladdin.scheme.model import Scheme


def write_targets(scheme: Scheme, out: Path) -> int:
    """生成空白的任务分解表：各指标 × 各区，合计与全市数量核对。"""
    from xladdin.rounds.targets_sheet import targets_workbook

    return _write_blank(out, targets_workbook(scheme), TARGETS_KIND)


def _write_blank(out: Path, workbook: bytes, kind: str) -> int:
    from xladdin.files import write_new

    write_new({out: workbook})
    say(f"已生成{kind}：{out}")
    return DONE


def write_evaluations(scheme: Scheme, out: Path, returned: list[Path], experts: str, issue: int, as_round: bool) -> int:
    """生成部门评价表、专家评议表和考核办公室的评分表。"""
    from xladdin.evaluations.units import DEFAULT_EXPERTS, split_names
    from xladdin.sending.evaluations import write_unit_workbooks

    collection = _collected(scheme, returned, as_round=as_round)
    with progress_bar("生成评价表") as progress:
        written = write_unit_workbooks(
            scheme,
            out,
            forms=collection.forms_of(scheme.district_names),
            experts=split_names(experts) or DEFAULT_EXPERTS,
            issue=issue,
            progress=progress,
        )
    say(f"已生成 {len(written)} 份评价表：{out}")
    absent = [name for name in scheme.district_names if name not in collection.forms]
    if returned and absent:
        say(scheme.source.say("没有可用的填报表，表中区报数和案例名称空着的：") + "、".join(absent))
    return DONE


def _collected(scheme: Scheme, returned: list[Path], *, as_round: bool) -> Collection:
    """What the paths hold, or what counts of a round."""
    from xladdin.results.consolidation import refuse_nothing
    from xladdin.returns.collection import collect
    from xladdin.rounds.collecting import collect_round

    if as_round:
        return collect_round(scheme, round_folder(returned))
    collection = collect(scheme, returned)
    if returned:
        refuse_nothing(collection, returned)
    return collection


def seal(scheme: Scheme, folder: Path, policies: Policies | None) -> tuple[Consolidation, Path]:
    """Consolidate and seal what counts of a round; the result and its workbook."""
    from xladdin.rounds.sealing import corrections_left_out, seal_round

    with progress_bar("汇总") as progress:
        sealed = seal_round(scheme, folder, policies, now(), progress)
    say(
        f"已封存：{sealed.folder}，核验码 {sealed.check_code}"
        if sealed.is_new
        else f"与 {sealed.folder.name} 相同，没有另存"
    )
    if sealed.moved:
        say("与上次相比：")
        say("\n".join(sealed.moved))
    if remark := corrections_left_out(folder):
        say(remark)
    return sealed.consolidation, sealed.workbook


def compare(scheme: Scheme, before: Path, after: Path, output: Path) -> int:
    """比较两次汇总结果，或同一单位前后两份表，逐格列出变动。"""
    from xladdin.results.changes import changes_workbook, compare_files

    compared = compare_files(scheme, before, after)
    refuse_overwriting([output], [before, after])
    say("\n".join(compared.lines))
    write({output: changes_workbook(scheme, compared.sheets, now())})
    say(f"变动：{output}")
    return DONE


def show_progress(scheme: Scheme, folder: Path, today: date | None, due: date | None, output: Path | None) -> int:
    """回收进度：谁交了、谁没交、退回改什么、每个单位采用哪一份。"""
    from xladdin.issues import weighty
    from xladdin.rounds.collecting import returned_folder
    from xladdin.rounds.progress import round_workbooks, status_lines, withdraw
    from xladdin.rounds.tracking import read_round

    folder = round_folder([folder])
    day = today or now().date()
    returned_folder(folder)
    with progress_bar("读取回收表") as progress:
        round_ = read_round(scheme, folder, due, progress)
    if not round_.is_tracked:
        print_issues(round_.issues)
        fail("进度表有错误，没有写出文件", PROBLEMS)
    out = output or folder
    round_files = round_workbooks(scheme, round_, day, now())
    files = {out / name: data for name, data in round_files.items()}
    if round_.issues:
        print_issues(round_.issues)
    write(files)
    slips = [path for path in files if path.parent != out]
    say("\n".join(str(path) for path in files if path not in slips))
    if slips:
        say(f"{slips[0].parent}：{len(slips)} 份")
    for path in withdraw(out, round_files):
        say(f"已改正，退回修改单移到 {path}")
    say("\n".join(status_lines(scheme, round_.statuses, day)))
    missing = any(status.is_missing for status in round_.statuses)
    return PROBLEMS if missing or weighty(round_.issues, awaited=False) else DONE


def verify(path: Path) -> int:
    """核验封存的结果：用回收的表按当时的方案和口径重新计算，说明一致，或哪个文件、哪个数不同。"""
    from xladdin.rounds.verifying import verify as verified

    with progress_bar("核验") as progress:
        results = verified(path, progress)
    for result in results:
        say("\n".join(result.lines()))
    return DONE if all(result.is_identical for result in results) else PROBLEMS


def write_corrections(scheme: Scheme, out: Path) -> int:
    """生成空白的更正单。"""
    from xladdin.rounds.corrections_sheet import corrections_workbook

    return _write_blank(out, corrections_workbook(scheme), CORRECTIONS_KIND)


def apply_corrections(
    scheme: Scheme,
    sealed: Path,
    paths: list[Path],
    sheet: Path | None,
    output: Path | None,
    json_path: Path | None,
    as_round: bool,
) -> int:
    """按更正单（复核、申诉）重新计分排名，写出新结果和变动；原结果不动。"""
    from xladdin.issues import weighty
    from xladdin.rounds.corrected import correct, corrected_lines, corrected_workbook, refuse_replacing

    if as_round:
        if paths or sheet or output or json_path:
            fail(f"用 --round 时只写考核文件夹：更正单在其中，结果封存在其中的“{RESULTS_FOLDER}”里", USAGE)
        return _correct_round(scheme, round_folder([sealed]))
    if not paths or sheet is None:
        fail("请指定当时汇总所用的回收表和更正单（--corrections），或用 --round 指定考核文件夹", USAGE)
    output = output or Path("考核汇总（更正）.xlsx")
    refuse_replacing([output, json_path] if json_path else [output])
    with progress_bar("更正") as progress:
        corrected = correct(scheme, sealed, paths, sheet, progress)
    after = _corrected(corrected)
    say("\n".join(corrected_lines(corrected, after)))
    write_result(after, output, json_path, lambda: corrected_workbook(corrected, after, output, now()))
    say(f"更正后的汇总工作簿：{output}")
    return PROBLEMS if weighty(after.issues, awaited=True) else DONE


def _corrected(corrected: Corrected) -> Consolidation:
    """The result with the corrections; the end where 更正单 does not allow any."""
    if corrected.issues:
        print_issues(corrected.issues)
    if corrected.after is None:
        fail("更正单有错误，没有更正", PROBLEMS)
    return corrected.after


def _correct_round(scheme: Scheme, folder: Path) -> int:
    """Apply the 更正单 that lies in a round's folder, or put a blank one there."""
    from xladdin.issues import weighty
    from xladdin.results.stored import NotComparable
    from xladdin.rounds.collecting import returned_folder
    from xladdin.rounds.sealing import issue_corrections, seal_corrected

    try:
        returned_folder(folder)
        if written := issue_corrections(scheme, folder):
            say(f"已生成空白的更正单 {written}；填好、保存后再运行一次")
            return DONE
        with progress_bar("更正") as progress:
            corrected, sealed = seal_corrected(scheme, folder, now(), progress)
    except NotComparable as error:
        fail(str(error), PROBLEMS)
    after = _corrected(corrected)
    assert sealed is not None
    say("\n".join(sealed.moved))
    say(f"核验码 {sealed.check_code}" if sealed.is_new else f"与 {sealed.folder.name} 相同，没有另存")
    say(f"更正后的汇总工作簿：{sealed.workbook}")
    return PROBLEMS if weighty(after.issues, awaited=True) else DONE
