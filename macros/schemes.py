"""The group 方案: 考核方案.xlsx written into a folder and opened; the one that is open checked and compared."""

from __future__ import annotations

from macros.host import Host, first_lines, now, scheme_of_open
from xladdin.files import write_new
from xladdin.issues import Refused
from xladdin.rounds.scheme_changes import SchemeChange, changed_since_issue, confirm_change
from xladdin.scheme import Scheme, SchemeError, choose_scheme
from xladdin.scheme.book import layout
from xladdin.scheme.book.differences import changes_sheet, differences
from xladdin.scheme.book.faults import faults_sheet
from xladdin.scheme.book.reading import scheme_book_of
from xladdin.scheme.choosing import read_scheme_file
from xladdin.scoring.examples import checked
from xladdin.sending.schemes import exported, following
from xladdin.words import (
    REMARK,
    SCHEME_CHANGES_KIND,
    SCHEME_CONFIRMED_FILE,
    SCHEME_FAULTS_KIND,
    SCHEME_FILE,
    SCHEME_KIND,
)
from xladdin.workbook.cells import RawBook

TELLING = (layout.DOCUMENT, layout.SECTIONS, layout.TASKS)
"""The sheets by which a scheme workbook is known; a misspelt one among the others is to be found by the check."""


def check_scheme(host: Host) -> str:
    """检查方案; and what was changed since forms were sent out, and what to do.

    A change that moves no field can be confirmed at once.
    """
    told, change = check(host), change_of(host)
    if change is None:
        return told
    if not change.moves_no_field:
        return "\n".join([told, "", *change.lines(), *change.remedies(host.source().path.parent)])
    question = "变动不涉及填报内容；已发出的表里显示的得分仍是按原来的方案算的，汇总时按现在的重算。确认已下发的表照常采用？不确认的，请重新下发。"
    host.confirm("\n".join([told, "", *change.lines(), question]))
    confirm_change(change.scheme, host.source().path.parent, now())
    return f"已确认，写进“{SCHEME_CONFIRMED_FILE}”，随结果一起封存。"


def change_of(host: Host) -> SchemeChange | None:
    """What was changed since the forms were sent out of the assessment folder whose scheme is open, as it was saved."""
    file = host.source()
    if file.path.name != SCHEME_FILE or not file.sha256:  # what is open is not what lies in the folder
        return None
    try:
        return changed_since_issue(read_scheme_file(file.path), file.path.parent)
    except SchemeError:  # told by the check
        return None


def check(host: Host) -> str:
    """Every fault of the scheme workbook that is open, saved or not, its examples computed."""
    with host.working():
        file, book = _open_scheme(host)
        found = checked(book.sheets)
        if found.faults:
            path = host.source().path
            link = str(path) if path.is_file() else ""
            host.write([faults_sheet(found.faults, link)], shown=SCHEME_FAULTS_KIND, apart=True)
    return "\n".join([f"“{file}”检查完成。", *first_lines(found.lines)])


def compare_schemes(host: Host) -> str:
    """比较方案: the open scheme workbook against the other one that is open, else against the product's own scheme."""
    with host.working():
        file, book = _open_scheme(host)
        others = [(source.name, open_book) for source, open_book in host.beside(TELLING)]
        if len(others) > 1:
            raise Refused(
                f"另外开着 {len(others)} 份考核方案：{'、'.join(name for name, _book in others)}。\n请只留一份，再按一次。"
            )
        after = _scheme(file, book)
        before = _scheme(*others[0]) if others else choose_scheme()
        found = differences(before, after)
        if found:
            host.write([changes_sheet(before, after, found)], shown=SCHEME_CHANGES_KIND, apart=True)
    old = f"“{others[0][0]}”" if others else f"程序内的 {before.source.version} 年度方案"
    head = f"“{file}”与{old}相比，共 {len(found)} 处变动。" if found else f"“{file}”与{old}相同。"
    return "\n".join([head, *first_lines([one.line for one in found])])


def new_scheme(host: Host) -> str:
    """新建方案: next year's scheme, from the one that is open or in force, into the folder of its assessment."""
    folder = host.ask_folder("选择下一年度的考核文件夹")
    with host.working():
        scheme = opened_scheme(host) or scheme_of_open(host)
        path = folder / SCHEME_FILE
        write_new({path: following(scheme)})
    return (
        f"已按“{scheme.source.title}”新建：\n{path}{host.show_file(path)}\n请照工作表“{REMARK}”修改，再按“检查方案”。"
    )


def export_scheme(host: Host) -> str:
    """导出方案: the scheme of the workbook that is open, or the newest."""
    folder = host.ask_folder(f"选择存放{SCHEME_KIND}的文件夹")
    with host.working():
        scheme = opened_scheme(host) or scheme_of_open(host)
        # By another name: under its own a folder's scheme would become that of the folder.
        path = folder / f"{SCHEME_KIND}_{scheme.source.version}.xlsx"
        write_new({path: exported(scheme)})
    return f"已导出“{scheme.source.title}”：\n{path}{host.show_file(path)}"


def opened_scheme(host: Host) -> Scheme | None:
    """The scheme that the open workbook says, where it is a scheme's; `Refused` where it has faults."""
    book = host.read(layout.SHEETS)
    return _scheme(host.source().name, book) if _is_scheme(book) else None


def _is_scheme(book: RawBook) -> bool:
    return bool({sheet.name for sheet in book.sheets} & set(TELLING))


def _open_scheme(host: Host) -> tuple[str, RawBook]:
    """The open workbook and its name; `Refused` where it is no scheme's."""
    host.calculate()
    book = host.read(layout.SHEETS)
    name = host.source().name
    if not _is_scheme(book):
        raise Refused(f"“{name}”不是考核方案。\n请先打开{SCHEME_KIND}（没有的，用“新建方案”生成一份），再按一次。")
    return name, book


def _scheme(file: str, book: RawBook) -> Scheme:
    try:
        return scheme_book_of(book.sheets, {}).scheme
    except SchemeError as error:
        lines = first_lines(error.faults)
        raise Refused("\n".join([f"“{file}”有 {len(error.faults)} 处错误，请先用“检查方案”改好：", *lines])) from error
