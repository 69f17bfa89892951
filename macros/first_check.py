"""首次核对: what a person with a real Excel does and must see, as one table, and 首次核对.xlsx to note it in.

The guide's chapter on it is made from the same table.
"""

from __future__ import annotations

from functools import partial

import udfs
from macros.actions import ACTIONS, BY_ID, TAB
from xladdin.classes import record
from xladdin.fillin.books import created, office_book, office_stamp
from xladdin.fillin.checks import chain
from xladdin.fillin.sheets import (
    CHECK_COLUMN,
    Rule,
    RuleBlock,
    Shown,
    Typed,
    UnitBook,
    UnitColumn,
    UnitSheet,
    UnitTable,
    View,
)
from xladdin.fillin.writer import write_unit_book
from xladdin.methods import checks
from xladdin.methods.formulas import quoted
from xladdin.results.master import MASTER_FILE
from xladdin.scheme import InputKind, Scheme
from xladdin.words import (
    CHECK,
    COMPUTED,
    CORRECTED,
    DO,
    FIRST_CHECK,
    FORM_KIND,
    ISSUED_FOLDER,
    ISSUES,
    ITEM,
    MACHINE,
    ORDINAL,
    PROGRESS_KIND,
    RANKING,
    RESULT_KIND,
    RETURNED_FOLDER,
    SECONDS,
    SEE,
    SEEN,
    SUMMARY,
    TARGET,
    VALUE,
    VERDICT,
)

_AS_EXPECTED, _OTHERWISE, _NOT_DONE = "相符", "不相符", "没有做"

STEPS_TABLE = UnitTable(
    FIRST_CHECK,
    (
        UnitColumn(ORDINAL, 6, "centre"),
        UnitColumn(DO, 46, "text"),
        UnitColumn(SEE, 46, "text"),
        UnitColumn(COMPUTED, 10, "number"),
        UnitColumn(SEEN, 34, "entry_text"),
        UnitColumn(SECONDS, 11, "entry"),
        UnitColumn(VERDICT, 10, "entry"),
        UnitColumn(CHECK, 22, "check"),
    ),
)
MACHINE_TABLE = UnitTable(MACHINE, (UnitColumn(ITEM, 44, "text"), UnitColumn(SEEN, 44, "entry_text"), CHECK_COLUMN))

_MACHINE = (
    "Excel 版本和位数（文件 → 账户 → 关于 Excel）",
    "Windows 版本（运行 winver）",
    "WPS 版本（没有写“没有”）",
    "Python 版本和位数（体检的第一行）",
    "加载项版本（体检里）",
    "杀毒软件",
    "核对人、日期",
)


@record
class Step:
    """What to do and what must be seen; `formula` is one that the sheet itself shows the result of, which is `result`."""

    do: str
    see: str
    formula: str = ""
    result: float | None = None


def first_check_steps(scheme: Scheme) -> tuple[Step, ...]:
    """Everything to be done, in order."""
    button = {id_: f"“{action.caption}”" for id_, action in BY_ID.items()}
    amount = next(spec for spec in scheme.inputs.values() if spec.kind is InputKind.AMOUNT)
    first, count = scheme.district_names[0], len(scheme.districts)
    ratio, negative = (_result(*given) for given in (([[6], [4]], [[10], [5]]), (-1, 10)))
    return (
        Step("没有 Excel 开着时，双击 安装.cmd", "杀毒软件不报警；走完，末尾的体检没有 ×"),
        Step(
            "打开 Excel：从开始菜单、双击一个工作簿、再开一个 Excel，各一次",
            f"都是平常的样子，没有多出来的窗口；“{TAB}”标签只有一个，{len(ACTIONS)} 个按钮都有图标和文字",
        ),
        Step("在空白单元格输入 =FS_RATIO({6;4},{10;5})，再在旁边输一次", f"{ratio}；第一次 15 秒以内，第二次立刻"),
        Step("输入 =FS_RATIO(-1,10)", str(negative)),
        Step(
            "A1:A2、C1:C2 填数，输入 =FS_TOTAL((A1:A2,C1:C2))", "四个数的和，或“错误：”开头的一句话，说几块区域不相连"
        ),
        Step("输入 =FS_RATIO( 后按编辑栏的 fx", "函数和每个参数都有中文说明"),
        Step(
            f"按 Ctrl+Alt+F9，看这一行的“{COMPUTED}”（公式是 ROUND(2*(1+0.015)/2,2)）",
            "1.02；是 1.01 的，四舍五入与本工具不同",
            "=ROUND(2*(1+0.015)/2,2)",
            1.02,
        ),
        Step(f"按{button['make_templates']}，选一个空文件夹", f"{count + 1} 个文件"),
        Step(f"打开 {MASTER_FILE}，启用内容", "得分格没有 #NAME?；没有问更新链接；标签仍只有一个"),
        Step(
            f"在{first}工作表 {amount.code} 一行的{TARGET}填 10、{VALUE}填 6",
            "完成率 60.00%，得分、状态、得分说明随即变化",
        ),
        Step("按 Ctrl+Alt+F9，记下用了几秒", "得分都在，没有变"),
        Step(f"打开一份{FORM_KIND}，填几格", f"黄色格能填，其余格拒绝；“{CHECK}”随填随变；文字不被截断"),
        Step("用 WPS 打开、填写、保存同一份表", "同上；保存后能导入"),
        Step(
            f"按{button['checkup']}，窗口开着 3 分钟，点任务栏上的 Excel",
            "没有“正在等待其他应用程序完成 OLE 操作”；体检没有 ×",
        ),
        Step(
            f"{count} 份填好的表放进文件夹，按{button['import_returned']}，做的时候随便点几下，记下用了几秒",
            "做完了；数进了各区工作表，没有看得见的单引号；没有的区列在窗口里",
        ),
        Step("再按一次，问是否继续时选“取消”", "说已取消，数没有变"),
        Step(
            f"按{button['consolidate']}，马上按一下 Esc；再来一次，按住 Esc",
            "只说已取消，结果工作表没有变；“公式 → 计算选项”仍为自动",
        ),
        Step(f"再按{button['consolidate']}", f"五张结果工作表有内容，“{RANKING}”有条形图"),
        Step(
            f"换成没有 A3 纸的打印机，再停止 Print Spooler 服务，各按一次{button['consolidate']}和{button['compare']}",
            "每张表都写全，冻结的行列、条形图都在",
        ),
        Step(
            f"建考核文件夹，把两三份表放进“{RETURNED_FOLDER}\\第1轮”，按{button['track_round']}",
            f"“{PROGRESS_KIND}”打开；填截止日期、备注，不保存再按一次，填的还在",
        ),
        Step(f"按{button['make_evaluations']}", f"出现写姓名的框；“{ISSUED_FOLDER}”里有评价表，打开能填"),
        Step(
            f"按{button['seal_round']}两次",
            f"第一次打开“{RESULT_KIND}_第1次”（只读），写着核验码；第二次说相同、没有另存",
        ),
        Step(f"按{button['verify']}，选考核文件夹", "说第1次一致，核验码与封存时的相同"),
        Step(
            f"按{button['correct']}，填一行，保存，再按一次",
            f"打开“第2次（{CORRECTED}）”，“{CORRECTED}”里有前后的得分和名次",
        ),
        Step(f"点“{ISSUES}”里蓝色的单元格地址", "打开那个文件，转到那一格"),
        Step(f"看“{RANKING}”“{SUMMARY}”的打印预览", "排名一页，汇总一页宽"),
        Step(
            f"在一个 .xlsx 里写一个 FS_ 公式，保存，拿到没有安装的电脑上打开；拿回来按{button['repair']}",
            "那边显示存下的数；公式里没有路径；拿回来仍能算",
        ),
        Step(f"用邮件把 {MASTER_FILE} 发给自己，存下来打开", "红色的提示条；在文件属性里“解除锁定”以后能用"),
        Step(
            f"保护“{SUMMARY}”工作表，再保护工作簿结构，各按一次{button['consolidate']}；放进 OneDrive 文件夹再按",
            "中文说明是什么保护着、怎么办，一格也没有写；OneDrive 里照常做完",
        ),
        Step("在任务管理器里结束 python.exe，按 Ctrl+Alt+F9", "自己恢复，得分照旧"),
        Step(
            "把 Python 的文件夹改名，重启 Excel，改一格；再把名字改回来",
            "10 秒以内，单元格里是一句中文；改回来、重启以后恢复",
        ),
        Step(f"保存、关闭、重新打开 {MASTER_FILE}", "得分还在，没有 #NAME?，没有问更新链接"),
        Step(f"在没有安装的电脑上打开 {MASTER_FILE}", "显示已存的得分；改动后的格写着要安装"),
        Step(
            "关掉全部窗口，等 30 秒，看任务管理器；再打开 Excel",
            "没有 EXCEL.EXE、cmd.exe、python.exe；标签还在",
        ),
        Step("双击 卸载.cmd，再打开 Excel", f"标签没有了，加载项的文件夹没有了；{MASTER_FILE} 仍显示得分"),
    )


def _result(*given: object) -> object:
    """What the function that the steps have people type gives."""
    return getattr(udfs, "FS_RATIO")(*given)  # noqa: B009 - the package makes its functions when it is loaded


def first_check_workbook(scheme: Scheme) -> bytes:
    """首次核对.xlsx: the steps, with room for what was seen. The same scheme gives the same bytes."""
    return write_unit_book(first_check_book(scheme), created(scheme))


def first_check_book(scheme: Scheme) -> UnitBook:
    """首次核对.xlsx as data."""
    stamp = office_stamp(scheme)
    instructions = (
        "请一个人在一台装有 Excel 的电脑上，从第 1 步起逐步做。做不了的步骤，结论选“没有做”。",
        "不相符的，写下看到了什么；窗口里的话照抄。填完交给维护人员。",
    )
    return office_book(scheme, FIRST_CHECK, instructions, [_steps_sheet(scheme, stamp), _machine_sheet(scheme, stamp)])


def _steps_sheet(scheme: Scheme, stamp: str) -> UnitSheet:
    steps = first_check_steps(scheme)
    last = len(steps) - 1
    formulas: dict[tuple[int, str], str] = {}
    for n, step in enumerate(steps):
        verdict, seen = (STEPS_TABLE.at(head, n) for head in (VERDICT, SEEN))
        lines = [
            (f'{verdict}=""', quoted(_NO_VERDICT)),
            (f'AND({verdict}="{_OTHERWISE}",{seen}="")', quoted(_NOTHING_SAID)),
        ]
        formulas[n, CHECK] = chain(lines, quoted(checks.GOOD))
        if step.formula:
            formulas[n, COMPUTED] = step.formula

    def view(typed: Typed) -> View:
        shown: dict[tuple[int, str], Shown] = {
            (n, COMPUTED): step.result for n, step in enumerate(steps) if step.result is not None
        }
        for n in range(len(steps)):
            own = typed.get(n, {})
            says = _NO_VERDICT if own.get(VERDICT) in (None, "") else checks.GOOD
            if own.get(VERDICT) == _OTHERWISE and own.get(SEEN) in (None, ""):
                says = _NOTHING_SAID
            shown[n, CHECK] = says
        return shown

    verdicts = Rule("choice", "从下拉列表中选。", choices=(_AS_EXPECTED, _OTHERWISE, _NOT_DONE))
    seconds = Rule("number", "用了几秒；不用记的步骤留空。", maximum=100_000)
    return UnitSheet(
        STEPS_TABLE,
        f"{scheme.source.title}　{FIRST_CHECK}",
        stamp,
        "本工具没有在真实的 Excel 里验证过：由第一个有 Excel 的人照此做一遍",
        [{ORDINAL: float(n), DO: step.do, SEE: step.see} for n, step in enumerate(steps, 1)],
        formulas,
        view,
        [RuleBlock(VERDICT, 0, last, verdicts), RuleBlock(SECONDS, 0, last, seconds)],
        frozen=2,
        large_paper=True,
    )


def _machine_sheet(scheme: Scheme, stamp: str) -> UnitSheet:
    at = partial(MACHINE_TABLE.at, SEEN)
    formulas = {
        (n, CHECK): chain([(f'{at(n)}=""', quoted(checks.MISSING))], quoted(checks.GOOD)) for n in range(len(_MACHINE))
    }

    def view(typed: Typed) -> View:
        blank = (None, "")
        return {
            (n, CHECK): checks.MISSING if typed.get(n, {}).get(SEEN) in blank else checks.GOOD
            for n in range(len(_MACHINE))
        }

    return UnitSheet(
        MACHINE_TABLE,
        f"{scheme.source.title}　{FIRST_CHECK}：{MACHINE}",
        stamp,
        "在哪台电脑上核对的",
        [{ITEM: name} for name in _MACHINE],
        formulas,
        view,
    )


_NO_VERDICT = f"{checks.MISSING}：{VERDICT}"
_NOTHING_SAID = f"{checks.MISSING}：写下看到了什么"
