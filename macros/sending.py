"""Sending the forms out: blank, or with what the 任务分解表 that is open assigns."""

from __future__ import annotations

from macros.host import Host, list_apart, scheme_in, scheme_of_open
from macros.master import built_master
from macros.scoring import counted
from xladdin.issues import TARGET_HEAD, Level
from xladdin.results.sheets import issues_sheet
from xladdin.returns.targets import targets_in
from xladdin.sending.forms import distribute
from xladdin.words import CODE, ISSUES
from xladdin.workbook.tables import told


def make_templates(host: Host) -> str:
    """生成模板: the blank forms of all districts and 考核总表, into a folder the clerk chooses."""
    out = host.ask_folder("选择存放模板的文件夹")
    scheme = scheme_in(out)
    with host.working():
        written = distribute(scheme, out, build_master=built_master, progress=host.progress)
    return f"已生成 {len(scheme.districts)} 个{scheme.source.unit_word}的填报表和考核总表，共 {len(written)} 个文件：\n{out}"


def distribute_forms(host: Host) -> str:
    """分发: the forms with 任务量 filled in from the 任务分解表 that is open, into a folder the clerk chooses."""
    name = host.source().name
    with host.working():
        scheme = scheme_of_open(host)
        targets, found = targets_in(scheme, host.read(), name)
    listed = told(issues_sheet(found, {name: name}, {}), scheme.source.say)
    if any(issue.level is Level.ERROR for issue in found):
        with host.working():
            host.write([listed], apart=True)
        is_of_another_shape = any(issue.code == TARGET_HEAD.code for issue in found)
        shape = scheme.source.say(f"任务分解表的表头应为“{CODE}”和各区的区名，每行一个指标编号。")
        return (
            f"“{name}”不能用作任务分解表，没有生成文件。\n{counted(found)}\n"
            f"{shape if is_of_another_shape else '请改正列出的各处，再按一次。'}"
        )
    out = host.ask_folder(scheme.source.say("选择存放各区填报表的文件夹"))
    with host.working():
        distribute(scheme, out, targets=targets, build_master=built_master, progress=host.progress)
        is_listed = bool(found) and list_apart(host, listed)
    remarks = f"\n任务量有需要核对之处：{counted(found)}" if found else ""
    if found and not is_listed:
        remarks += f"（没有能写出“{ISSUES}”。）"
    return f"已生成 {len(scheme.districts)} 个{scheme.source.unit_word}的填报表（任务量已预填）和考核总表：\n{out}{remarks}"
