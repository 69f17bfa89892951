"""The one table of the ribbon's actions: names, captions, help and pictures, as plain records.

The ribbon, its VBA, the guide and the functions that do the work (`ribbon`) are made from this table or checked against
it.
"""

from __future__ import annotations

from dataclasses import dataclass

from xladdin.workbook import layout

TAB = layout.RIBBON_TAB
"""The ribbon tab's caption."""


@dataclass(frozen=True)
class Action:
    """One button. `id` is its control id in the ribbon and the name of the function in `ribbon`; `image` a built-in icon."""

    id: str
    caption: str
    group: str
    image: str
    screentip: str
    supertip: str


ACTIONS: tuple[Action, ...] = (
    Action(
        "make_templates",
        "生成模板",
        "下发",
        "FileSaveAsExcelXlsx",
        "生成 16 个区的填报表和考核总表",
        "选择一个文件夹，写入 16 份空白的区填报表和一份考核总表。已有的、内容不同的文件不会被覆盖。",
    ),
    Action(
        "distribute",
        "分发",
        "下发",
        "ExportExcel",
        "按任务分解表生成各区的填报表",
        "先打开任务分解表（表头为“编号”和 16 个区名），再按此按钮：各区填报表里预填并锁定当年任务量。",
    ),
    Action(
        "import_returned",
        "导入回收表",
        "汇总",
        "ImportExcel",
        "把回收的区填报表读进考核总表",
        "先打开考核总表，再选择回收文件夹：各区填报的数写进各区工作表，“来源”列写明出自哪个文件的哪个单元格。回收的文件不会被改动。",
    ),
    Action(
        "check",
        "校验",
        "汇总",
        "AcceptInvitation",
        "列出全部问题及所在单元格",
        "考核总表：检查 16 张区工作表，结果写进“校验”。区填报表：检查这一份，结果写进一个新工作簿。",
    ),
    Action(
        "consolidate",
        "汇总排名",
        "汇总",
        "AutoSum",
        "重新计分、汇总、排名",
        "由各区工作表里填报的数重新计算全部得分，写出“汇总”“排名”“校验”“溯源”“口径”。不采用单元格里已有的得分。",
    ),
    Action(
        "explain",
        "显示得分说明",
        "汇总",
        "Help",
        "说明所选单元格的得分是怎么来的",
        "在区工作表里选中一项的任意单元格，或在“汇总”里选中一个得分，再按此按钮。",
    ),
    Action(
        "repair",
        "修复公式",
        "维护",
        "FunctionWizard",
        "修好显示 #NAME? 或带路径的 FS_ 公式",
        "去掉公式里的加载项路径、多余的 @ 和前缀，重新录入，并列出改过的每个单元格。其他内容不动。",
    ),
    Action(
        "checkup",
        "体检",
        "维护",
        "PropertySheet",
        "检查本机的安装",
        "检查 Python、程序包、DLL、位数、宏设置、网络标记、加载项和配置文件，逐项写明毛病和办法。",
    ),
)

BY_ID = {action.id: action for action in ACTIONS}
