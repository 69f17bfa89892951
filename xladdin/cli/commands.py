"""The commands outside a round. What a command needs is imported when it runs, so that a short one starts fast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from xladdin.cli import rounds
from xladdin.cli.terminal import (
    DONE,
    PROBLEMS,
    USAGE,
    fail,
    now,
    print_issues,
    print_ranking,
    progress_bar,
    refuse_overwriting,
    round_folder,
    say,
    write,
    write_result,
)
from xladdin.words import ISSUES, POLICIES, RESULTS_FOLDER

if TYPE_CHECKING:
    from xladdin.methods.item import Policies
    from xladdin.results.consolidation import Consolidation
    from xladdin.scheme.model import Scheme

SEED = 2023
"""What the sample data are drawn with where nobody asks for other ones."""


def _policies(scheme: Scheme, choices: list[str]) -> Policies | None:
    """The readings asked for; None leaves them to the workbook, or to the scheme's defaults."""
    from xladdin.scheme import PolicyError

    if not choices:
        return None
    chosen = {}
    for choice in choices:
        name, equals, option = choice.partition("=")
        if not equals:
            fail(f"--policy 应写成 名称=选项，现为“{choice}”", USAGE)
        chosen[name.strip()] = option.strip()
    try:
        return scheme.choose_policies(chosen)
    except PolicyError as error:
        fail(str(error), USAGE)


def store_templates(scheme: Scheme) -> int:
    """由考核方案数据重新生成 workbook_templates/ 中的空白模板和清单。"""
    from xladdin.sending.forms import build_templates

    for path in build_templates(scheme):
        say(f"已生成 {path}")
    return DONE


def write_templates(scheme: Scheme, out: Path, targets: Path | None = None, issue: int = 1) -> int:
    """生成各区的填报表和考核总表。"""
    from macros.master import built_master
    from xladdin.issues import Level, weighty
    from xladdin.returns.targets import read_targets
    from xladdin.sending.forms import distribute

    amounts, found = read_targets(scheme, targets) if targets else (None, [])
    if found:
        print_issues(found)
    if any(i.level is Level.ERROR for i in found):
        fail("任务分解表有错误，未生成模板", PROBLEMS)
    with progress_bar("生成模板") as progress:
        distribute(scheme, out, targets=amounts, issue=issue, build_master=built_master, progress=progress)
    say(f"已生成 {len(scheme.districts)} 个{scheme.source.unit_word}的填报表和考核总表：{out}")
    return PROBLEMS if weighty(found, awaited=False) else DONE


def fill_sample(scheme: Scheme, templates: Path, out: Path, seed: int) -> int:
    """用示例数据填写模板，供试用和培训。"""
    from xladdin.sending.sample import fill_samples

    with progress_bar("填写示例") as progress:
        written = fill_samples(scheme, templates, out, seed, progress)
    say(f"已填写 {len(written)} 个{scheme.source.unit_word}的示例：{out}")
    return DONE


def check_returned(scheme: Scheme, paths: list[Path], output: Path) -> int:
    """校验回收的填报表，列出全部问题及所在单元格。"""
    from xladdin.issues import weighty
    from xladdin.results.consolidation import examine
    from xladdin.results.files import issues_workbook
    from xladdin.results.finding_lines import owners
    from xladdin.returns.collection import collect

    with progress_bar("校验") as progress:
        collection = collect(scheme, paths, progress)
    if not collection.inputs and not collection.files:
        fail(f"{'、'.join(map(str, paths))} 里没有填报表、评价表；请指定考核文件夹，或报来的表所在的文件夹", USAGE)
    files = {file.name: file.path for file in collection.files}
    refuse_overwriting([output], collection.inputs)
    found = examine(scheme, collection)
    print_issues(found, owners(collection))
    write({output: issues_workbook(scheme, found, files, output)})
    say(f"校验结果：{output}")
    return PROBLEMS if weighty(found, awaited=False) else DONE


def consolidate_returned(
    scheme: Scheme,
    paths: list[Path],
    output: Path | None,
    json_path: Path | None,
    choices: list[str],
    as_round: bool,
) -> int:
    """汇总、计分、排名，写出考核汇总工作簿。"""
    from xladdin.issues import count_by_level, weighty

    policies = _policies(scheme, choices)
    if as_round and output is None:
        if json_path:
            fail(f"用 --round 封存时 results.json 在“{RESULTS_FOLDER}”里；要另写一份，请同时写 -o", USAGE)
        result, workbook = rounds.seal(scheme, round_folder(paths), policies)
    else:
        workbook = output or Path("考核汇总.xlsx")
        result = _consolidate(scheme, paths, policies, workbook, json_path, as_round=as_round)
    print_ranking(result)
    say(f"汇总工作簿：{workbook}")
    say(f"校验：{count_by_level(result.issues)}，见“{ISSUES}”" if result.issues else "校验：没有发现问题")
    return PROBLEMS if weighty(result.issues, awaited=True) else DONE


def _consolidate(
    scheme: Scheme,
    paths: list[Path],
    policies: Policies | None,
    output: Path,
    json_path: Path | None,
    *,
    as_round: bool = False,
) -> Consolidation:
    from xladdin.results.consolidation import consolidate
    from xladdin.results.files import result_workbook
    from xladdin.scheme import PolicyError

    try:
        with progress_bar("汇总") as progress:
            if as_round:
                from xladdin.rounds.collecting import consolidate_round

                result = consolidate_round(scheme, round_folder(paths), policies, progress)
            else:
                result = consolidate(scheme, paths, policies, progress)
    except PolicyError as error:
        fail(f"“{POLICIES}”工作表：{error}", PROBLEMS)
    write_result(result, output, json_path, lambda: result_workbook(result, output, now()))
    return result


def show_whole_run(scheme: Scheme, out: Path) -> int:
    """演示全过程：生成模板 → 填写示例 → 校验 → 汇总排名。"""
    templates, returned, output, json_path = out / "模板", out / "回收", out / "考核汇总.xlsx", out / "results.json"
    write_templates(scheme, templates)
    fill_sample(scheme, templates, returned, SEED)
    check_returned(scheme, [returned], out / "校验结果.xlsx")
    result = _consolidate(scheme, [returned], None, output, json_path)
    print_ranking(result)
    for path in (templates, returned, out / "校验结果.xlsx", output, json_path):
        say(str(path))
    return DONE


def explain_score(scheme: Scheme, district: str, item: str, results: Path) -> int:
    """说明一个得分、一个部分或总分是怎么来的，用到的数在哪个文件的哪个单元格，没有采用的为什么不采用。"""
    from xladdin.results.explained import explained
    from xladdin.rounds.seals import load_sealed

    data = load_sealed(results)
    try:
        lines = list(explained(scheme, data, district, item))
    except (LookupError, TypeError, ValueError, AttributeError):
        fail(f"{results} 内容不全，不是 xladdin consolidate --json 写出的结果", USAGE)
    say("\n".join(lines))
    return DONE


def repair_formulas(file: Path, output: Path | None) -> int:
    """修复失效的 FS_ 公式，另存一份；原文件不动。"""
    from macros.repair import repair_file

    written, changes = repair_file(file, output)
    for change in changes:
        say(change.line())
    say(f"共修复 {len(changes)} 处：{written}" if changes else "没有需要修复的公式，未写出文件")
    return DONE


def store_addin(scheme: Scheme) -> int:
    """重新生成 workbook_templates/ 中的考核总表、Excel 加载项和 LibreOffice 扩展（不需要 Excel）。"""
    from macros.build import build_addin

    for path in build_addin(scheme):
        say(f"已生成 {path}")
    return DONE


def install_addin() -> int:
    """把加载项装进当前用户的 Excel。"""
    from macros.windows.install import install

    return _change_installation(install)


def uninstall_addin() -> int:
    """卸载加载项，只删除安装时写入的文件。"""
    from macros.windows.install import uninstall

    return _change_installation(uninstall)


def _change_installation(change: Callable[..., list[str]]) -> int:
    from macros.windows.machine import Windows, this_machine

    machine = this_machine()
    if not isinstance(machine, Windows):
        fail("加载项只能在 Windows 上安装和卸载", PROBLEMS)
    lines = change(machine)
    say("\n".join(lines))
    return DONE


def show_addin_status() -> int:
    """体检：逐项检查本机的安装，写明毛病和办法。"""
    from macros.windows.checkup import checkup, report
    from macros.windows.machine import this_machine

    findings = checkup(this_machine())
    say("\n".join(report(findings)))
    return PROBLEMS if any(finding.ok is False for finding in findings) else DONE
