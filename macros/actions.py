"""The one table of the ribbon's actions: names, captions, help and pictures, as plain records.

The ribbon, its VBA, the guide and the functions that do the work are made from this table or checked against
it.
"""

from __future__ import annotations

from dataclasses import dataclass

from xladdin.words import (
    ANALYSIS_KIND,
    CODE,
    DOCUMENTS_FOLDER,
    FEEDBACK_KIND,
    ISSUED_FOLDER,
    ISSUES,
    NOTICE_KIND,
    ORIGIN,
    POLICIES,
    PROGRESS_KIND,
    RANKING,
    REMARK,
    REMINDERS_KIND,
    REPORT_KIND,
    RESULTS_FOLDER,
    RETURN_KIND,
    RIBBON_TAB,
    SCHEME_FILE,
    SCHEME_KIND,
    SUMMARY,
    TARGETS_KIND,
    TRACE,
    VERIFICATION,
    YEARS_KIND,
)

TAB = RIBBON_TAB
"""The ribbon tab's caption."""


@dataclass(frozen=True)
class Action:
    """One button. `id` is its control id in the ribbon and the key of the function that does it; `image` a built-in icon."""

    id: str
    caption: str
    group: str
    image: str
    screentip: str
    supertip: str


ACTIONS: tuple[Action, ...] = (
    Action(
        "new_scheme",
        "新建方案",
        "方案",
        "FileNew",
        f"以上一年度的方案为底稿，生成下一年度的{SCHEME_KIND}",
        f"选择下一年度的考核文件夹：写入 {SCHEME_FILE} 并打开，内容是打开着的{SCHEME_KIND}、或程序内的方案，年度加一。在 Excel 里照工作表“{REMARK}”修改；放在考核文件夹里，模板、校验、汇总就都按它。",
    ),
    Action(
        "check_scheme",
        "检查方案",
        "方案",
        "Spelling",
        f"逐处指出{SCHEME_KIND}的错误，并计算样例",
        "先打开考核方案，再按此按钮：每处错误的工作表、行、列、写了什么、应为什么，列在一个新工作簿里；没有保存的改动也检查。方案本身不改。",
    ),
    Action(
        "compare_schemes",
        "比较方案",
        "方案",
        "WindowSideBySide",
        "与另一份方案逐处比较",
        "先打开考核方案，再按此按钮：与另外打开着的一份考核方案比较；没有另外打开的，与程序内的方案比较。增减、改名、分值、数量、档次、评价部门的变动和原文逐字的变动，列在一个新工作簿里。",
    ),
    Action(
        "export_scheme",
        "导出方案",
        "方案",
        "FileSaveAs",
        f"把正在使用的方案写成{SCHEME_KIND}工作簿",
        "选择一个文件夹：写入打开着的工作簿所按的方案，并打开；用来查看、比较、作为底稿。",
    ),
    Action(
        "make_targets",
        TARGETS_KIND,
        "下发",
        "TableInsert",
        "生成空白的任务分解表",
        "选择一个文件夹，写入一份空白的任务分解表并打开：各指标 × 各区，边填边与全市数量核对。填好后按“分发”。",
    ),
    Action(
        "make_templates",
        "生成模板",
        "下发",
        "FileSaveAsExcelXlsx",
        "生成各区的填报表和考核总表",
        "选择一个文件夹，写入各区空白的填报表和一份考核总表。已有的、内容不同的文件不会被覆盖。",
    ),
    Action(
        "distribute",
        "分发",
        "下发",
        "ExportExcel",
        "按任务分解表生成各区的填报表",
        f"先打开任务分解表（表头为“{CODE}”和各区的区名），再按此按钮：各区填报表里预填并锁定当年任务量。",
    ),
    Action(
        "make_evaluations",
        "评价表",
        "下发",
        "EditDocument",
        "生成部门评价表、专家评议表和本办的评分表",
        f"选择一次考核的文件夹，再写专家姓名：各部门、各专家和本办的表写进其中的“{ISSUED_FOLDER}”，旁边列着各区最新有效的报数和案例名称。",
    ),
    Action(
        "track_round",
        "回收进度",
        "回收",
        "RefreshAll",
        "谁交了、谁没交、退回改什么",
        f"选择一次考核的文件夹：写出“{PROGRESS_KIND}”“{REMINDERS_KIND}”和每个退回单位的“{RETURN_KIND}”，并打开“{PROGRESS_KIND}”。其中的截止日期、确认、备注由人填写，再按时保留。",
    ),
    Action(
        "compare",
        "前后变动",
        "回收",
        "ReviewCompareTwoVersions",
        "逐格比较前后两份表，或两次汇总结果",
        "选择同一单位前后报来的两份表，列出改动的每一格；或选择两次汇总的 results.json，列出变动的得分、名次和引起变动的单元格。",
    ),
    Action(
        "import_returned",
        "导入回收表",
        "汇总",
        "ImportExcel",
        "把回收的区填报表读进考核总表",
        f"先打开考核总表，再选择回收文件夹，或一次考核的文件夹（采用最新有效的一份）：各区填报和各方评价的数写进各区工作表，评价值优先，“{ORIGIN}”列写明"
        "出自哪个文件的哪个单元格。回收的文件不会被改动。",
    ),
    Action(
        "check",
        "校验",
        "汇总",
        "AcceptInvitation",
        "列出全部问题及所在单元格",
        f"考核总表：检查各区的工作表，结果写进“{ISSUES}”。区填报表：检查这一份，结果写进一个新工作簿。",
    ),
    Action(
        "consolidate",
        "汇总排名",
        "汇总",
        "AutoSum",
        "重新计分、汇总、排名",
        f"由各区工作表里填报的数重新计算全部得分，写出“{SUMMARY}”“{RANKING}”“{ISSUES}”“{TRACE}”“{POLICIES}”。不采用单元格里已有的得分。",
    ),
    Action(
        "explain",
        "显示得分说明",
        "汇总",
        "Help",
        "说明所选单元格的得分是怎么来的",
        f"在区工作表里选中一项的任意单元格，或在“{SUMMARY}”里选中一个得分，再按此按钮。",
    ),
    Action(
        "seal_round",
        "本轮汇总",
        "定稿",
        "Lock",
        "汇总这一轮的全部表，封存结果",
        f"选择一次考核的文件夹：每个单位采用最新有效的一份，计分排名，写进“{RESULTS_FOLDER}”里新的一次并打开；与上次相比变动了什么一并写出。以前的结果不动。",
    ),
    Action(
        "correct",
        "更正",
        "定稿",
        "ReviewTrackChanges",
        "按更正单（复核、申诉）重新计分排名",
        "选择一次考核的文件夹：还没有更正单时生成一份空白的；填好、保存后再按，对最新的汇总结果更正，另存一次，列出前后的得分和名次。原结果不动。",
    ),
    Action(
        "verify",
        VERIFICATION,
        "定稿",
        "FileDocumentInspect",
        "重新计算封存的结果，看有没有被改动",
        f"选择一次考核的文件夹，或其中“{RESULTS_FOLDER}”里的一次：用当时采用的表，按封存的方案和口径重新计算，说明一致，或哪个文件、哪个区哪一项的数不同。什么都不改动。",
    ),
    Action(
        "make_documents",
        "通报与反馈",
        "定稿",
        "FileSaveAsWordDocx",
        f"由最新的结果生成{NOTICE_KIND}和各区的{FEEDBACK_KIND}",
        f"选择一次考核的文件夹，再写表彰名次居前几位的区：{NOTICE_KIND}（公文格式）和各区的{FEEDBACK_KIND}写进其中的“{DOCUMENTS_FOLDER}”，里面每一个数都与结果核对过。有名次为暂定的只出征求意见稿。已经生成过的，再按一次是核对改过以后的数。",
    ),
    Action(
        "report",
        REPORT_KIND,
        "定稿",
        "ChartInsert",
        "全市完成情况、失分、专家和部门的评分，带图",
        f"选择一次考核的文件夹：由最新的结果生成{REPORT_KIND}，写进其中的“{DOCUMENTS_FOLDER}”并打开。",
    ),
    Action(
        "analyse",
        ANALYSIS_KIND,
        "定稿",
        "WhatIfAnalysisMenu",
        "排名有多稳（内部资料）",
        "换每一条口径、全部口径组合、一个数差一个单位、少考一项，名次各会怎样；离上一名差多少。选择一次考核的文件夹，写进其中并打开；不属于考核结果，不封存。",
    ),
    Action(
        "compare_years",
        YEARS_KIND,
        "定稿",
        "WindowSideBySide",
        "与上一年（上一轮）的结果比较",
        f"先选择现在一年考核的文件夹，再选择原来一年的（也可以选其中“{RESULTS_FOLDER}”里的一次）：名次、总分、各项得分率、指标完成率按名称对应，不能比较的列明原因。写进现在一年的“{DOCUMENTS_FOLDER}”并打开。",
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
