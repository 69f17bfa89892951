"""The program `xladdin`: the table of its commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

from xladdin.cli import analysis, commands, documents, releases, rounds, schemes
from xladdin.cli.calls import (
    AS_ROUND,
    Command,
    Group,
    Which,
    called,
    day,
    existing,
    number,
    option,
    output,
    plain,
    positive,
)
from xladdin.cli.terminal import run
from xladdin.words import DISTRICT, GRAND_TOTAL, RESULTS_FOLDER, RETURNED_FOLDER, SCHEME_FILE

PATHS = plain("PATH…", "回收表所在文件夹、文件，或含各区工作表的工作簿", parameter="paths", repeated=True)
JSON = option("--json", "results.json", "同时写出 JSON 结果", Path, parameter="json_path")
ISSUE = option("--issue", "N", "第几次下发，写入下发编号", positive, default=1)

PROGRAM = Group(
    "各区年度考核：生成模板、校验回收表、汇总排名。",
    {
        "build-templates": Command(commands.store_templates, scheme=Which.NEWEST),
        "templates": Command(
            commands.write_templates,
            plain("OUT", "存放模板的文件夹", Path),
            option("--targets", "FILE", "任务分解表：编号 × 区，预填当年任务量", existing),
            ISSUE,
        ),
        "targets": Command(
            rounds.write_targets, plain("OUT", "要写出的任务分解表", Path, default=Path("任务分解表.xlsx"))
        ),
        "evaluations": Command(
            rounds.write_evaluations,
            plain("OUT", "存放评价表的文件夹", Path),
            option(
                "--returned", "PATH", "回收的区填报表，填入区报数供核对；可重复", existing, default=(), repeated=True
            ),
            option("--experts", "NAMES", "专家姓名，用逗号分开；不写为专家1至专家7", default=""),
            ISSUE,
            AS_ROUND,
        ),
        "round": Command(
            rounds.show_progress,
            plain("FOLDER", f"这一次考核的文件夹，内有“{RETURNED_FOLDER}”"),
            option("--today", "YYYY-MM-DD", "按哪一天算逾期；不写为今天", day),
            option("--due", "YYYY-MM-DD", "截止日期，可以再改；进度表里另填了日期的单位不变", day),
            option("-o/--output", "OUTFOLDER", "结果文件夹；不写为 FOLDER", Path),
            scheme=Which.OF_ROUND,
        ),
        "diff": Command(
            rounds.compare,
            plain("BEFORE", "变动前：results.json 或报送的表"),
            plain("AFTER", "变动后：results.json 或同一单位的表"),
            output("变动工作簿", "变动.xlsx"),
        ),
        "corrections": Command(
            rounds.write_corrections, plain("OUT", "要写出的更正单", Path, default=Path("更正单.xlsx"))
        ),
        "correct": Command(
            rounds.apply_corrections,
            plain("RESULTS", "更正以前的 results.json，保持不变；用 --round 时为考核文件夹", parameter="sealed"),
            plain("PATH…", "当时汇总所用的回收表；用 --round 时不写", parameter="paths", default=(), repeated=True),
            option(
                "--corrections",
                "FILE",
                "更正单：区、编号、栏目、原值、新值、理由、批准人、日期；用 --round 时不写",
                existing,
                parameter="sheet",
            ),
            output("更正后的汇总工作簿；不写为 考核汇总（更正）.xlsx"),
            JSON,
            AS_ROUND,
        ),
        "verify": Command(
            rounds.verify,
            plain("RESULT", "考核文件夹里的 结果/第N次；或考核文件夹，核验其中的每一次", parameter="path"),
            scheme=Which.NONE,
        ),
        "sample": Command(
            commands.fill_sample,
            plain("TEMPLATES", "模板所在文件夹"),
            plain("OUT", "存放示例的文件夹", Path),
            option("--seed", "N", "随机种子；相同的种子得到相同的文件", number, default=commands.SEED),
        ),
        "check": Command(commands.check_returned, PATHS, output("校验结果工作簿", "校验结果.xlsx")),
        "consolidate": Command(
            commands.consolidate_returned,
            PATHS,
            output(f"汇总工作簿；不写为 考核汇总.xlsx，用 --round 时封存在考核文件夹的“{RESULTS_FOLDER}”里"),
            JSON,
            option(
                "--policy",
                "名称=选项",
                "改用某一口径，可重复；例如 --policy briefs_at_six=lower",
                parameter="choices",
                default=(),
                repeated=True,
            ),
            AS_ROUND,
        ),
        "demo": Command(commands.show_whole_run, plain("OUT", "存放演示结果的文件夹", Path, default=Path("demo"))),
        "explain": Command(
            commands.explain_score,
            plain("DISTRICT", f"区名，可以不写“{DISTRICT}”字", str),
            plain("ITEM", f"项目的编号或名称，“第一部分”这样的部分或其名称，或“{GRAND_TOTAL}”", str),
            plain("RESULTS", "consolidate --json 写出的文件"),
        ),
        "analyse": Command(
            analysis.analyse,
            plain("RESULTS", "考核文件夹、收回的表所在的文件夹，或 results.json"),
            output("口径分析工作簿", "口径分析.xlsx"),
            scheme=Which.OF_ROUND,
        ),
        "documents": Group(
            documents.write_documents.__doc__ or "",
            {
                "check": Command(
                    documents.check_document,
                    plain("FILE", "要核对的 .docx，可以是改过的"),
                    plain("RESULTS", "汇总结果 results.json"),
                )
            },
            otherwise=Command(
                documents.write_documents,
                plain("RESULTS", "汇总结果 results.json"),
                option("-o/--output", "OUT", "存放文书的文件夹", Path, default=Path("文书")),
                option("--commended", "N", "通报表彰名次居前几位的区；不写则留给起草人填写", positive),
                option("--final", None, "定稿；有名次为暂定的不能定稿，不写则每页标明征求意见稿", default=False),
                option("--pdf", None, "同时用 LibreOffice 另存为 PDF", default=False),
                option("--templates", "FOLDER", "改过的文书模板所在文件夹", existing),
            ),
        ),
        "compare": Command(
            analysis.compare_years,
            plain("BEFORE", "原来一年的 results.json"),
            plain("AFTER", "现在一年的 results.json"),
            output("年度比较工作簿", "年度比较.xlsx"),
            scheme=Which.NONE,
        ),
        "scheme": Group(
            "考核方案工作簿 考核方案.xlsx：新建、检查、比较、导出。",
            {
                "new": Command(
                    schemes.new,
                    plain("OUT", "要写出的考核方案", Path, default=Path(SCHEME_FILE)),
                    option(
                        "--from",
                        "YEAR",
                        "以哪一年度的方案或哪个考核方案.xlsx 为底稿；不写为最新的",
                        parameter="base",
                        default="",
                    ),
                    scheme=Which.NONE,
                ),
                "check": Command(schemes.check, plain("FILE", "考核方案工作簿"), scheme=Which.NONE),
                "diff": Command(
                    schemes.compare,
                    plain("BEFORE", "变动前：年度或考核方案工作簿", str),
                    plain("AFTER", "变动后：年度或考核方案工作簿", str),
                    output("方案变动工作簿", "方案变动.xlsx"),
                    scheme=Which.NONE,
                ),
                "confirm": Command(schemes.confirm, plain("FOLDER", "考核文件夹"), scheme=Which.NONE),
                "export": Command(
                    schemes.export,
                    plain("YEAR", "年度，或考核方案工作簿", str),
                    plain("OUT", "要写出的考核方案", Path),
                    scheme=Which.NONE,
                ),
            },
        ),
        "release": Command(
            releases.release,
            plain("OUT", "存放发布文件的文件夹", Path),
            option(
                "--pythons", "VERSIONS", "为 Windows 上哪些 Python 准备组件，用逗号分开", default="3.11,3.12,3.13,3.14"
            ),
            option("--pyodide", "FOLDER", "已解开的 npm 包 pyodide；不写则用 npm 取", existing),
            option("--python", "ZIP", "放进安装包的 Python：python.org 的 python-3.x.y-embed-amd64.zip", existing),
            option(
                "--python-sha256", "HEX", "这个压缩包的 SHA-256，以 python.org 公布的为准", parameter="python_sha256"
            ),
            scheme=Which.NEWEST,
        ),
        "repair": Command(
            commands.repair_formulas,
            plain("FILE", "公式失效的工作簿，.xlsx 或 .xlsm"),
            output("修复后的工作簿；不写时放在原文件旁边，文件名加“（已修复）”"),
            scheme=Which.NONE,
        ),
        "addin": Group(
            "构建、安装、卸载、检查 Excel 加载项（安装只对当前用户，不需要管理员权限）。",
            {
                "build": Command(commands.store_addin, scheme=Which.NEWEST),
                "install": Command(commands.install_addin, scheme=Which.NONE),
                "uninstall": Command(commands.uninstall_addin, scheme=Which.NONE),
                "status": Command(commands.show_addin_status, scheme=Which.NONE),
            },
        ),
    },
)


def main() -> NoReturn:
    """The program."""
    name = "python -m xladdin" if Path(sys.argv[0]).name == "__main__.py" else "xladdin"
    run(lambda: called(name, PROGRAM, sys.argv[1:]))
