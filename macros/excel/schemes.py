"""新建方案 and 导出方案: 考核方案.xlsx written into a folder and opened."""

from __future__ import annotations

from macros.excel.rounds import now, opened
from macros.excel.session import Session
from macros.host import scheme_of_open
from macros.schemes import change_of, check, opened_scheme
from macros.schemes import check_scheme as shared_check
from xladdin.files import write_new
from xladdin.rounds.scheme_changes import confirm_change
from xladdin.sending.schemes import exported, following
from xladdin.words import REMARK, SCHEME_CONFIRMED_FILE, SCHEME_FILE, SCHEME_KIND


def new_scheme(session: Session) -> str:
    """新建方案: next year's scheme, from the one that is open or in force, into the folder of its assessment."""
    folder = session.ask_folder("选择下一年度的考核文件夹")
    with session.working():
        scheme = opened_scheme(session) or scheme_of_open(session)
        path = folder / SCHEME_FILE
        write_new({path: following(scheme)})
    return f"已按“{scheme.source.title}”新建：\n{path}{opened(session.app, path)}\n请照工作表“{REMARK}”修改，再按“检查方案”。"


def check_scheme(session: Session) -> str:
    """检查方案; where a change after forms had been sent out moves no field, whether it is confirmed."""
    change = change_of(session)
    if change is None or not change.moves_no_field:
        return shared_check(session)
    told = check(session)
    question = "变动不涉及填报内容；已发出的表里显示的得分仍是按原来的方案算的，汇总时按现在的重算。确认已下发的表照常采用？不确认的，请重新下发。"
    session.confirm("\n".join([told, "", *change.lines(), question]))
    confirm_change(change.scheme, session.source().path.parent, now())
    return f"已确认，写进“{SCHEME_CONFIRMED_FILE}”，随结果一起封存。"


def export_scheme(session: Session) -> str:
    """导出方案: the scheme of the workbook that is open, or the newest."""
    folder = session.ask_folder(f"选择存放{SCHEME_KIND}的文件夹")
    with session.working():
        scheme = opened_scheme(session) or scheme_of_open(session)
        # By another name: under its own a folder's scheme would become that of the folder.
        path = folder / f"{SCHEME_KIND}_{scheme.source.version}.xlsx"
        write_new({path: exported(scheme)})
    return f"已导出“{scheme.source.title}”：\n{path}{opened(session.app, path)}"
