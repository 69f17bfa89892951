"""新建方案 and 导出方案: 考核方案.xlsx written into a folder and opened."""

from __future__ import annotations

from macros.excel.rounds import opened
from macros.excel.session import Session
from macros.host import scheme_of_open
from macros.schemes import opened_scheme
from xladdin.files import write_new
from xladdin.sending.schemes import exported, following
from xladdin.words import REMARK, SCHEME_FILE, SCHEME_KIND


def new_scheme(session: Session) -> str:
    """新建方案: next year's scheme, from the one that is open or in force, into the folder of its assessment."""
    folder = session.ask_folder("选择下一年度的考核文件夹")
    with session.working():
        scheme = opened_scheme(session) or scheme_of_open(session)
        path = folder / SCHEME_FILE
        write_new({path: following(scheme)})
    return f"已按“{scheme.source.title}”新建：\n{path}{opened(session.app, path)}\n请照工作表“{REMARK}”修改，再按“检查方案”。"


def export_scheme(session: Session) -> str:
    """导出方案: the scheme of the workbook that is open, or the newest."""
    folder = session.ask_folder(f"选择存放{SCHEME_KIND}的文件夹")
    with session.working():
        scheme = opened_scheme(session) or scheme_of_open(session)
        # By another name: under its own a folder's scheme would become that of the folder.
        path = folder / f"{SCHEME_KIND}_{scheme.source.version}.xlsx"
        write_new({path: exported(scheme)})
    return f"已导出“{scheme.source.title}”：\n{path}{opened(session.app, path)}"
