"""A whole round from the ribbon: the other workbooks, progress, sealed results, differences, corrections.

All work on the folder of a round, which the clerk chooses, by the same code as the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from macros.actions import BY_ID
from macros.host import ASK_ROUND, Host, first_lines, now, refuse_unwritable, scheme_in, stamps
from macros.scoring import counted, standing
from xladdin.evaluations.units import DEFAULT_EXPERTS, UnitKind, split_names
from xladdin.files import write_new, write_together
from xladdin.issues import Issue, Refused
from xladdin.results.changes import compare_files
from xladdin.results.finding_lines import finding_lines
from xladdin.results.sheets import issues_sheet
from xladdin.results.stored import results
from xladdin.returns.reading import readings
from xladdin.returns.stamps import scheme_of
from xladdin.rounds.collecting import collect_round, returned_folder
from xladdin.rounds.folder import round_home, round_scheme
from xladdin.rounds.progress import count_by_state, round_workbooks, withdraw
from xladdin.rounds.sealing import (
    CORRECTIONS_FILE,
    Sealed,
    corrections_left_out,
    issue_corrections,
    seal_corrected,
    seal_round,
    sealed_results,
)
from xladdin.rounds.seals import DATA_FILE, load_sealed
from xladdin.rounds.targets_sheet import targets_workbook
from xladdin.rounds.tracking import TRACKING_FILE, read_round
from xladdin.rounds.verifying import differences_sheet, newest_of
from xladdin.rounds.verifying import verify as verified
from xladdin.scheme.model import Scheme
from xladdin.sending.evaluations import next_issue, write_unit_workbooks
from xladdin.words import (
    ANALYSIS_KIND,
    DOCUMENTS_FOLDER,
    INTERNAL,
    ISSUED_FOLDER,
    POLICIES,
    REPORT_KIND,
    RESULTS_FOLDER,
    TARGETS_KIND,
    YEARS_KIND,
)
from xladdin.workbook.tables import told


def make_targets(host: Host) -> str:
    """任务分解表: a blank one, into a folder the clerk chooses, and opened."""
    path = host.ask_folder(f"选择存放{TARGETS_KIND}的文件夹") / f"{TARGETS_KIND}.xlsx"
    write_new({path: targets_workbook(scheme_in(path.parent))})
    return f"已生成空白的{TARGETS_KIND}：\n{path}{host.show_file(path)}\n填好后按“分发”。"


def make_evaluations(host: Host) -> str:
    """评价表: a workbook for every department and expert and for the office, with what counts of the districts' forms."""
    folder = _ask_round(host)
    with host.working():
        scheme = round_scheme(folder)
        collection = collect_round(scheme, folder, host.progress)
    out, issue = next_issue(scheme, folder / ISSUED_FOLDER)
    if issue > 1:
        host.confirm(f"“{ISSUED_FOLDER}”里已有评价表。继续将另存到“{out.name}”，下发编号为第 {issue} 次；原来的不动。")
    known = [unit.name for unit in collection.evaluators if unit.kind is UnitKind.EXPERT]
    answer = host.ask_text("各位专家的姓名，用顿号分开：", "、".join(known or DEFAULT_EXPERTS))
    with host.working():
        written = write_unit_workbooks(
            scheme,
            out,
            forms=collection.forms_of(scheme.district_names),
            experts=split_names(answer) or DEFAULT_EXPERTS,
            issue=issue,
            progress=host.progress,
        )
    absent = [name for name in scheme.district_names if name not in collection.forms]
    lines = [f"已生成 {len(written)} 份评价表：\n{out}"]
    if absent:
        lines.append(scheme.source.say("没有可用的填报表，表中区报数和案例名称空着的：") + f"{'、'.join(absent)}。")
    return "\n".join(lines)


def track_round(host: Host) -> str:
    """回收进度: where every unit stands; 进度, 催报清单 and 退回修改单 written anew, what people noted kept."""
    here = host.source().path
    folder = here.parent if here.name == TRACKING_FILE and here.is_absolute() else _ask_round(host)
    returned_folder(folder)
    path = folder / TRACKING_FILE
    with host.working():
        tracking = host.opened(path)
        if tracking is not None and tracking.is_changed:
            tracking.save()  # what was just noted counts
        scheme = round_scheme(folder)
        round_ = read_round(scheme, folder, progress=host.progress)
        if not round_.is_tracked:
            return _refused(host, scheme, path, round_.issues)
        generated = now()
        files = round_workbooks(scheme, round_, generated.date(), generated)
        refuse_unwritable(
            [
                f"“{name}”开着，写不进去，请先关闭它。"
                for name in files
                if name != path.name and host.opened(folder / name)
            ]
        )
        if tracking is not None:
            tracking.close()
        try:
            write_together({folder / name: data for name, data in files.items()})
            withdraw(folder, files)
        finally:  # while the program is still as it is to be left: without a workbook Excel could not be
            shown = host.show_file(path) if path.exists() else ""
    lines = [f"已写出 {len(files)} 个文件：\n{folder}{shown}", f"{count_by_state(round_.statuses)}。"]
    return "\n".join([*first_lines(finding_lines(round_.issues, {})), *lines])


def seal(host: Host) -> str:
    """本轮汇总: consolidate what counts of the round and seal the result.

    The readings are those of the 考核总表 that is open, or the defaults.
    """
    folder = _ask_round(host)
    with host.working():
        policies = host.read([POLICIES])
        scheme = round_scheme(folder, also=stamps(host) if policies.sheets else ())
        chosen = scheme.choose_policies(readings(policies))
        sealed = seal_round(scheme, folder, chosen, now(), host.progress)
    lines = [standing(sealed.consolidation), _where(host, sealed)]
    if sealed.moved:
        lines += ["与上次相比：", *first_lines(sealed.moved)]
    if left_out := corrections_left_out(folder):
        lines.append(left_out)
    return "\n".join(lines)


def compare(host: Host) -> str:
    """前后变动: two results, or two submissions of a unit, compared in a new workbook."""
    before = host.ask_file("变动前：一份 results.json，或一个单位报来的表")
    after = host.ask_file("变动后：另一份 results.json，或同一单位后报来的表")
    with host.working():
        scheme = scheme_of([before, after])
        compared = compare_files(scheme, before, after)
        host.write(compared.sheets, apart=True)
    return "\n".join(first_lines(compared.lines))


def correct(host: Host) -> str:
    """更正: the round's 更正单 applied to its newest result; where there is none yet, a blank one to fill in."""
    folder = _ask_round(host)
    path = folder / CORRECTIONS_FILE
    returned_folder(folder)
    scheme = round_scheme(folder)
    if issue_corrections(scheme, folder):
        return f"已生成空白的更正单：\n{path}{host.show_file(path)}\n填好、保存后再按一次。"
    sheet = host.opened(path)
    if sheet is not None and sheet.is_changed:
        raise Refused(f"“{path.name}”有没有保存的改动；请先保存，再按一次。")
    with host.working():
        corrected, sealed = seal_corrected(scheme, folder, now(), host.progress)
        if sealed is None:
            return _refused(host, scheme, path, corrected.issues)
    lines = [standing(sealed.consolidation), _where(host, sealed)]
    return "\n".join([*lines, "更正以后：", *first_lines(sealed.moved)])


def verify(host: Host) -> str:
    """核验结果: sealed results worked out again from what came back; what differs in a new workbook."""
    folder = host.ask_folder(f"选择这一次考核的文件夹，或其中“{RESULTS_FOLDER}”里的一次")
    with host.working():
        results = verified(folder, host.progress)
        if not all(one.is_identical for one in results):
            host.write([differences_sheet(results)], apart=True)
    return "\n".join(line for one in results for line in one.lines(most=5))


def report(host: Host) -> str:
    """汇报: the round's newest result, with corrections or without, as tables and charts; written and opened."""
    from xladdin.analysis.report import report_workbook  # loads a large library

    folder = _ask_round(host)
    newest = _newest(folder)
    with host.working():
        host.progress(0, 1, newest.name)
        workbook = report_workbook(round_scheme(folder), load_sealed(newest / DATA_FILE))
        path = folder / DOCUMENTS_FOLDER / f"{REPORT_KIND}_{newest.name}.xlsx"
        write_new({path: workbook})
    return f"已由“{newest.name}”的结果生成{REPORT_KIND}：\n{path}{host.show_file(path)}"


def analyse(host: Host) -> str:
    """口径分析: how firm the ranking of what counts of a round is; beside the results, never among them."""
    from xladdin.analysis.firmness import analysis_workbook, firmness_lines
    from xladdin.analysis.ranked import ranked
    from xladdin.analysis.readings import spread

    folder = _ask_round(host)
    returned_folder(folder)
    path = folder / f"{ANALYSIS_KIND}.xlsx"
    with host.working():
        scheme = round_scheme(folder)
        result = newest_of(scheme, folder, host.progress)
        firm, data = spread(result, host.progress), results(result)
        if open_file := host.opened(path):
            open_file.close()
        write_together({path: analysis_workbook(result.scheme, data, firm, now())})
    lines = firmness_lines(ranked(result.scheme, data), firm)
    return "\n".join([*lines, f"{INTERNAL}：\n{path}{host.show_file(path)}"])


def compare_years(host: Host) -> str:
    """年度比较: the newest results of two rounds, or those that are chosen in them, in the later one's 文书."""
    from xladdin.analysis.matching import two_sides
    from xladdin.analysis.years import years_lines, years_workbook

    new = _result_in(host.ask_folder(f"现在一年：{ASK_ROUND}"))
    old = _result_in(host.ask_folder(f"原来一年：{ASK_ROUND}"))
    with host.working():
        host.progress(0, 1, new.name)
        before, after = two_sides(*(load_sealed(result / DATA_FILE) for result in (old, new)))
        path = new.parent.parent / DOCUMENTS_FOLDER / f"{YEARS_KIND}_{before.label}_{after.label}.xlsx"
        write_new({path: years_workbook(before, after, now())})
    return "\n".join([*years_lines(before, after), f"{YEARS_KIND}：\n{path}{host.show_file(path)}"])


def _result_in(folder: Path) -> Path:
    """The folder itself where it is a result's, else its round's newest."""
    return folder if (folder / DATA_FILE).is_file() else _newest(round_home(folder))


def _newest(home: Path) -> Path:
    """The folder of a round's newest result; `Refused` where there is none."""
    sealed = sealed_results(home)
    if not sealed:
        raise Refused(f"{home} 还没有汇总结果；请先按“{BY_ID['seal_round'].caption}”。")
    return sealed[-1]


def _refused(host: Host, scheme: Scheme, path: Path, found: Sequence[Issue]) -> str:
    host.write([told(issues_sheet(found, {path.name: str(path)}, {}), scheme.source.say)], apart=True)
    return f"“{path.name}”有错误，没有写出结果。\n{counted(found)}"


def _ask_round(host: Host) -> Path:
    return round_home(host.ask_folder(ASK_ROUND))


def _where(host: Host, sealed: Sealed) -> str:
    """Where the result stands, which is opened."""
    state = "已封存" if sealed.is_new else "与上次相同，没有另存"
    return f"{state}：\n{sealed.workbook}\n核验码 {sealed.check_code}{host.show_file(sealed.workbook)}"
