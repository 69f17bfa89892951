"""A whole round from the ribbon: the other workbooks, progress, sealed results, differences, corrections.

All work on the folder of a round, which the clerk chooses, by the same code as the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import xlwings as xw

from macros.actions import BY_ID
from macros.excel.open_book import path_of
from macros.excel.session import Session
from macros.host import ASK_ROUND, first_lines, scheme_in, stamps
from macros.scoring import counted, standing
from xladdin.evaluations.units import DEFAULT_EXPERTS, UnitKind, split_names
from xladdin.files import write_new, write_together
from xladdin.issues import Issue, Refused
from xladdin.results.changes import compare_files
from xladdin.results.finding_lines import finding_lines
from xladdin.results.sheets import issues_sheet
from xladdin.results.stored import results
from xladdin.returns.collection import readings
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


def make_targets(session: Session) -> str:
    """任务分解表: a blank one, into a folder the clerk chooses, and opened."""
    path = session.ask_folder(f"选择存放{TARGETS_KIND}的文件夹") / f"{TARGETS_KIND}.xlsx"
    write_new({path: targets_workbook(scheme_in(path.parent))})
    return f"已生成空白的{TARGETS_KIND}：\n{path}{opened(session.app, path)}\n填好后按“分发”。"


def make_evaluations(session: Session) -> str:
    """评价表: a workbook for every department and expert and for the office, with what counts of the districts' forms."""
    folder = _ask_round(session)
    with session.working():
        scheme = round_scheme(folder)
        collection = collect_round(scheme, folder, session.progress)
    out, issue = next_issue(scheme, folder / ISSUED_FOLDER)
    if issue > 1:
        session.confirm(
            f"“{ISSUED_FOLDER}”里已有评价表。继续将另存到“{out.name}”，下发编号为第 {issue} 次；原来的不动。"
        )
    known = [unit.name for unit in collection.evaluators if unit.kind is UnitKind.EXPERT]
    answer = session.ask_text("各位专家的姓名，用顿号分开：", "、".join(known or DEFAULT_EXPERTS))
    with session.working():
        written = write_unit_workbooks(
            scheme,
            out,
            forms=collection.forms_of(scheme.district_names),
            experts=split_names(answer) or DEFAULT_EXPERTS,
            issue=issue,
            progress=session.progress,
        )
    absent = [name for name in scheme.district_names if name not in collection.forms]
    lines = [f"已生成 {len(written)} 份评价表：\n{out}"]
    if absent:
        lines.append(scheme.source.say("没有可用的填报表，表中区报数和案例名称空着的：") + f"{'、'.join(absent)}。")
    return "\n".join(lines)


def track_round(session: Session) -> str:
    """回收进度: where every unit stands; 进度, 催报清单 and 退回修改单 written anew, what people noted kept."""
    app = session.app
    here = path_of(session.book) if session.book.name == TRACKING_FILE else None
    folder = here.parent if here else _ask_round(session)
    returned_folder(folder)
    path = folder / TRACKING_FILE
    with session.working():
        tracking = _open_book(app, path)
        if tracking is not None and not tracking.api.Saved:
            tracking.save()  # what was just noted counts
        scheme = round_scheme(folder)
        round_ = read_round(scheme, folder, progress=session.progress)
        if not round_.is_tracked:
            return _refused(session, scheme, path, round_.issues)
        generated = now()
        files = round_workbooks(scheme, round_, generated.date(), generated)
        session.refuse_unwritable(
            [
                f"“{name}”开着，写不进去，请先关闭它。"
                for name in files
                if name != path.name and _open_book(app, folder / name)
            ]
        )
        if tracking is not None:
            tracking.close()
        try:
            write_together({folder / name: data for name, data in files.items()})
            withdraw(folder, files)
        finally:  # while Excel is still as it is to be left: without a workbook it could not be
            shown = opened(app, path) if path.exists() else ""
    lines = [f"已写出 {len(files)} 个文件：\n{folder}{shown}", f"{count_by_state(round_.statuses)}。"]
    return "\n".join([*first_lines(finding_lines(round_.issues, {})), *lines])


def seal(session: Session) -> str:
    """本轮汇总: consolidate what counts of the round and seal the result.

    The readings are those of the 考核总表 that is open, or the defaults.
    """
    folder = _ask_round(session)
    with session.working():
        policies = session.read([POLICIES])
        scheme = round_scheme(folder, also=stamps(session) if policies.sheets else ())
        chosen = scheme.choose_policies(readings(policies))
        sealed = seal_round(scheme, folder, chosen, now(), session.progress)
    lines = [standing(sealed.consolidation), _where(session.app, sealed)]
    if sealed.moved:
        lines += ["与上次相比：", *first_lines(sealed.moved)]
    if left_out := corrections_left_out(folder):
        lines.append(left_out)
    return "\n".join(lines)


def compare(session: Session) -> str:
    """前后变动: two results, or two submissions of a unit, compared in a new workbook."""
    before = session.ask_file("变动前：一份 results.json，或一个单位报来的表")
    after = session.ask_file("变动后：另一份 results.json，或同一单位后报来的表")
    with session.working():
        scheme = scheme_of([before, after])
        compared = compare_files(scheme, before, after)
        session.write(compared.sheets, apart=True)
    return "\n".join(first_lines(compared.lines))


def correct(session: Session) -> str:
    """更正: the round's 更正单 applied to its newest result; where there is none yet, a blank one to fill in."""
    app = session.app
    folder = _ask_round(session)
    path = folder / CORRECTIONS_FILE
    returned_folder(folder)
    scheme = round_scheme(folder)
    if issue_corrections(scheme, folder):
        return f"已生成空白的更正单：\n{path}{opened(app, path)}\n填好、保存后再按一次。"
    sheet = _open_book(app, path)
    if sheet is not None and not sheet.api.Saved:
        raise Refused(f"“{path.name}”有没有保存的改动；请先保存，再按一次。")
    with session.working():
        corrected, sealed = seal_corrected(scheme, folder, now(), session.progress)
        if sealed is None:
            return _refused(session, scheme, path, corrected.issues)
    lines = [standing(sealed.consolidation), _where(app, sealed)]
    return "\n".join([*lines, "更正以后：", *first_lines(sealed.moved)])


def verify(session: Session) -> str:
    """核验结果: sealed results worked out again from what came back; what differs in a new workbook."""
    folder = session.ask_folder(f"选择这一次考核的文件夹，或其中“{RESULTS_FOLDER}”里的一次")
    with session.working():
        results = verified(folder, session.progress)
        if not all(one.is_identical for one in results):
            session.write([differences_sheet(results)], apart=True)
    return "\n".join(line for one in results for line in one.lines(most=5))


def report(session: Session) -> str:
    """汇报: the round's newest result, with corrections or without, as tables and charts; written and opened."""
    from xladdin.analysis.report import report_workbook  # loads a large library

    folder = _ask_round(session)
    newest = _newest(folder)
    with session.working():
        session.progress(0, 1, newest.name)
        workbook = report_workbook(round_scheme(folder), load_sealed(newest / DATA_FILE))
        path = folder / DOCUMENTS_FOLDER / f"{REPORT_KIND}_{newest.name}.xlsx"
        write_new({path: workbook})
    return f"已由“{newest.name}”的结果生成{REPORT_KIND}：\n{path}{opened(session.app, path)}"


def analyse(session: Session) -> str:
    """口径分析: how firm the ranking of what counts of a round is; beside the results, never among them."""
    from xladdin.analysis.firmness import analysis_workbook, firmness_lines
    from xladdin.analysis.ranked import ranked
    from xladdin.analysis.readings import spread

    folder = _ask_round(session)
    returned_folder(folder)
    path = folder / f"{ANALYSIS_KIND}.xlsx"
    with session.working():
        scheme = round_scheme(folder)
        result = newest_of(scheme, folder, session.progress)
        firm, data = spread(result, session.progress), results(result)
        if open_book := _open_book(session.app, path):
            open_book.close()
        write_together({path: analysis_workbook(result.scheme, data, firm, now())})
    lines = firmness_lines(ranked(result.scheme, data), firm)
    return "\n".join([*lines, f"{INTERNAL}：\n{path}{opened(session.app, path)}"])


def compare_years(session: Session) -> str:
    """年度比较: the newest results of two rounds, or those that are chosen in them, in the later one's 文书."""
    from xladdin.analysis.years import two_sides, years_lines, years_workbook

    new = _result_in(session.ask_folder(f"现在一年：{ASK_ROUND}"))
    old = _result_in(session.ask_folder(f"原来一年：{ASK_ROUND}"))
    with session.working():
        session.progress(0, 1, new.name)
        before, after = two_sides(*(load_sealed(result / DATA_FILE) for result in (old, new)))
        path = new.parent.parent / DOCUMENTS_FOLDER / f"{YEARS_KIND}_{before.label}_{after.label}.xlsx"
        write_new({path: years_workbook(before, after, now())})
    return "\n".join([*years_lines(before, after), f"{YEARS_KIND}：\n{path}{opened(session.app, path)}"])


def _result_in(folder: Path) -> Path:
    """The folder itself where it is a result's, else its round's newest."""
    return folder if (folder / DATA_FILE).is_file() else _newest(round_home(folder))


def _newest(home: Path) -> Path:
    """The folder of a round's newest result; `Refused` where there is none."""
    sealed = sealed_results(home)
    if not sealed:
        raise Refused(f"{home} 还没有汇总结果；请先按“{BY_ID['seal_round'].caption}”。")
    return sealed[-1]


def _refused(session: Session, scheme: Scheme, path: Path, found: Sequence[Issue]) -> str:
    session.write([told(issues_sheet(found, {path.name: str(path)}, {}), scheme.source.say)], apart=True)
    return f"“{path.name}”有错误，没有写出结果。\n{counted(found)}"


def _ask_round(session: Session) -> Path:
    return round_home(session.ask_folder(ASK_ROUND))


def _where(app: xw.App, sealed: Sealed) -> str:
    """Where the result stands, which is opened."""
    state = "已封存" if sealed.is_new else "与上次相同，没有另存"
    return f"{state}：\n{sealed.workbook}\n核验码 {sealed.check_code}{opened(app, sealed.workbook)}"


def now() -> datetime:
    """The time stamp of what is written."""
    return datetime.now().replace(microsecond=0)


def _open_book(app: xw.App, path: Path) -> xw.Book | None:
    """The file as a workbook that is open."""
    return next((book for book in app.books if book.name == path.name and path_of(book) == path), None)


def opened(app: xw.App, path: Path) -> str:
    """Open a workbook that was written; what to say where Excel has another one of that name open."""
    try:
        if _open_book(app, path) is None and any(book.name.casefold() == path.name.casefold() for book in app.books):
            return "\n（已有同名的工作簿打开着，没有打开它。）"
        app.books.open(str(path))
    except Exception:  # it is written all the same
        return "\n（Excel 没有打开它，请自己打开。）"
    return ""
