"""Every word that stands in a workbook: sheets, heads, kinds, labels, and the names of files."""

from __future__ import annotations

from collections.abc import Mapping

COVER = "填报说明"

# Columns of the fill-in zone.
CODE = "编号"
CONTENT = "填报内容"
UNIT = "单位"
TARGET = "当年任务量"
VALUE = "完成情况"
RATE = "完成率"
EVIDENCE = "佐证材料"
CHECK = "校验"

SUMMARY, RANKING, ISSUES, TRACE, POLICIES = "汇总", "排名", "校验", "溯源", "口径"
"""The result sheets."""

ALL_UNITS = "全部单位的数据"
UNITS_TABLE = "各单位"
"""The sheet with all units below one another, where they are too many for a sheet each."""
"""The sheet of 考核总表 with what all units have in the fields that are scored against theirs."""

FUNCTION_SHEET = "函数速查"
FUNCTION, PURPOSE, USAGE, ARGUMENTS, EXAMPLE, LIVE_RESULT = "函数", "做什么", "写法", "各参数", "例", "例的结果"
"""The sheet of 考核总表 that shows how each function is written, and its columns."""

COMPARISON, DELIVERIES = "评价对照", "交表情况"
"""The result sheets of a round in which departments, experts and the city office take part."""

# Columns of result sheets.
ORDINAL, RANK, NOTE = "序号", "名次", "备注"
LEVEL, FOUND, EXPECTED, REMEDY, FINDING_CODE = "级别", "发现", "应为", "办法", "代码"
FILE, SHEET, CELL, DIGEST = "文件", "工作表", "单元格", "文件 SHA-256"
USED_VALUE, TYPED, UNUSED = "采用值", "原始内容", "未采用"
LABEL, ADOPTED = "名称", "采用"
MEANING, QUOTE, OTHER_READINGS = "含义", "原文", "其他读法"
REPORTED_VALUE, EVALUATIONS, AWAITED_UNITS, HOW = "区报", "各方评价", "尚待", "怎么采用的"
CATEGORY, TO_FILL, FILLED, UNFILLED = "类别", "应填", "已填", "未填"
RISE, MOVED, PLACE = "名次升降", "增减", "位置"
CAUSES = "变动原因"
"""The sheet of the items and cells that made the districts move."""

INTERNAL = "内部资料，不作为考核结果"
"""Stands on every page of what only explains a result."""

# Sheets of 口径分析.
CONCLUSION, SINGLE_READINGS, ALL_READINGS, COMBINATIONS = "结论", "逐条口径", "口径组合", "组合明细"
IN_GROUPS = "分组口径组合"
UNIT_STEPS, WITHOUT_ITEMS, DISTANCES, WHAT_IF = "增减一个单位", "去掉一项", "距上一名", "试算"

# Columns of 口径分析.
BEST_RANK, MEDIAN_RANK, WORST_RANK, SHARE_FIRST = "最好名次", "中位", "最差名次", "居第一"
BEHIND_IN_GROUP = "距组内上一名（分）"
BEST_IN_GROUP, WORST_IN_GROUP, SHARE_FIRST_IN_GROUP = "组内最好", "组内最差", "组内第一"
MOVING_STEPS, MOVING_ITEMS, BEHIND = "一个单位就变", "去掉一项就变", "距上一名（分）"
READING, CHANGED_TO, FIRST, MOVED_DISTRICTS = "口径条目", "改为", "第一名", "变动的区"
AHEAD, WAYS, LOST_MOST, OTHERS_MOVED = "上一名", "怎样可以追上", "失分最多的项目", "牵动的其他区"
TRIAL_POINTS, ORIGINAL_RANK, TRIAL_RANK = "试算分值", "原名次", "试算名次"

# Sheets of 汇报.
SECTION_SCORES, CITY_PROGRESS, PROMISES, LEAST_AMOUNTS = "分部分得分", "全市完成情况", "承诺进度", "各区底线"
LOST_BY_TASK, LOST_BY_DEPARTMENT, LOST_BY_DISTRICT, LOST_MAP = "失分_按任务", "失分_按部门", "失分_按区", "失分热力图"
EXPERT_MARKS, EXPERT_STRICTNESS, DEPARTMENT_AMOUNTS = "专家评分", "专家尺度", "部门核定"

# Columns of 汇报.
ASSIGNED_SUM, REPORTED_SUM, ADOPTED_SUM, DONE_SHARE = "下达合计", "区报合计", "采用合计", "完成比例"
COMPLETE_DISTRICTS, LARGEST_GAPS, PROMISE = "完成的区", "缺口主要在", "承诺"
LEAST, SHORT_DISTRICTS, LOWEST, AVERAGE, HIGHEST = "应达到", "未达到的区", "最低", "平均", "最高"
LOST, LOST_SHARE, MEAN_SCORE, FULL_DISTRICTS, LOSING_MOST = "失分", "失分率", "平均得分", "满分的区", "失分最多的区"
TASKS, DEPARTMENT, LOSING_TASKS = "任务数", "部门名称", "失分多的任务"
MARKS_GIVEN, RANGE, OUTLYING, RECUSED_EXPERTS = "评分个数", "极差", "偏离的评分", "回避的专家"
EXPERT, STRICTNESS, OUTLYING_COUNT, RECUSED_FROM = "专家姓名", "比平均高（满分的%）", "偏离次数", "回避的区"
JUDGED_FIELDS, AGREED, CUT, RAISED, NET_CHANGE, LARGEST_CHANGES = (
    "核定数",
    "与区报相同",
    "核减",
    "核增",
    "净增减（占区报）",
    "改动最大的",
)

# Sheets of 年度比较, and columns that other workbooks do not have.
RANKS_AND_TOTALS, ITEM_RATES, DONE_RATES, NOT_COMPARED = "名次和总分", "各项得分率", "指标完成率", "不能比较的"
SCORE_RATE, CITY_RATE, ITEM_BEFORE, ITEM_AFTER, ONLY_IN = "得分率", "全市得分率", "原编号", "现编号", "只在"
SECTION = "部分"

# Columns of 进度 and 催报清单.
DUE, CONFIRMED = "截止日期", "确认"
COPIES, NEWEST, RECEIVED, DAYS_LATE = "份数", "最新一份", "收到时间", "迟交（天）"
RECEIPTS, RECEIVED_ON = "来件登记", "收到日期"
DAYS_OVERDUE, OWED = "逾期（天）", "应交"

FORMULA, FORMULA_REPAIR = "公式", "公式修复"


def earlier(head: str) -> str:
    """The head of what stood there before."""
    return f"原{head}"


def later(head: str) -> str:
    """The head of what stands there now."""
    return f"现{head}"


DISTRICT = "区"
"""The column of result sheets that names the district."""

RIBBON_TAB = "精细化考核"

# Columns of a district's sheet in 考核汇总 and 考核总表 beside those of the form.
ITEM = "项目"
NAME = "任务名称"
STATUS = "状态"
EXPLANATION = "得分说明"
ORIGIN = "来源"

# Official columns that the fill-in zone refers to.
POINTS = "分值"
SCORE = "得分"

GRAND_TOTAL = "总分"
VETO, GRADE, GROUP, GROUP_RANK = "一票否决", "等次", "分组", "组内名次"
"""What stands over the total."""
WITHOUT_RANK = "取消成绩"
"""In place of the rank and the total that are cancelled."""
OCCASION, EFFECT, EVENT, APPROVED, ADDED = "情形", "处理", "事由", "批准日期", "各部分合计"
"""Columns of 一票否决."""
SUBTOTAL = "合计"
SECTION_TOTAL = "小计"

# Labels of the identity stamps; see `identity_line`.
UNIT_LABEL = "填报单位"
VERSION_LABEL = "方案版本"
NUMBER_LABEL = "下发编号"
SCHEME_LABEL = "方案标识"

DISTRICT_PLACEHOLDER = "〔区名〕"
NUMBER_PLACEHOLDER = "〔下发编号〕"

# Custom document properties that repeat the identity.
KIND_PROPERTY = "xladdin.kind"
DISTRICT_PROPERTY = "xladdin.district"
VERSION_PROPERTY = "xladdin.version"
SCHEME_PROPERTY = "xladdin.scheme"
"""Holds the stamp of the scheme that a workbook was sent out under."""
NUMBER_PROPERTY = "xladdin.number"
UNIT_WORD_PROPERTY = "xladdin.unit_word"
"""Holds what a workbook's heads call those who are assessed, where that is not 区."""
DUE_PROPERTY = "xladdin.due"
"""Of 进度: the due date that was set for all."""

FORM_END = "填报表"
FORM_KIND = f"{DISTRICT}{FORM_END}"
RESULT_KIND = "考核汇总"
MASTER_KIND = "考核总表"
ISSUES_KIND = "校验结果"
CHANGES_KIND = "变动"
UNCHANGED = "没有变动"
PROGRESS_KIND = "进度"
REMINDERS_KIND = "催报清单"
RETURN_KIND = "退回修改单"
WITHDRAWN = "已改正"
"""The folder beside the 退回修改单 for those of units that have corrected theirs."""
TARGETS_KIND = "任务分解表"
CORRECTIONS_KIND = "更正单"
ANALYSIS_KIND = "口径分析"
NOTICE_KIND = "通报"
FEEDBACK_KIND = "单区反馈表"
REPORT_KIND = "汇报"
YEARS_KIND = "年度比较"
SCHEME_KIND = "考核方案"
SCHEME_CHANGES_KIND = "方案变动"
SCHEME_FAULTS_KIND = "方案检查"
WORDING = "文字变动"
SCHEME_FILE = f"{SCHEME_KIND}.xlsx"
"""The scheme of an assessment folder, as a workbook."""
ISSUED_SCHEME_FILE = f"{SCHEME_KIND}_下发.xlsx"
"""Beside the forms that were sent out: the scheme as it was then."""
SCHEME_CONFIRMED_KIND = "方案变动确认"
SCHEME_CONFIRMED_FILE = f"{SCHEME_CONFIRMED_KIND}.xlsx"
"""Beside 考核方案.xlsx: that it was changed after forms had been sent out, and that the change moves no field."""
CONFIRMED_PROPERTY = "xladdin.confirmed"
"""Holds the stamps that what was sent out may have as well."""
CONFIRMED_DAY_PROPERTY = "xladdin.confirmed-day"
DOCUMENTS_FOLDER = "文书"
"""The folder of a round in which what is made of its results stands."""
RETURNED_FOLDER, ISSUED_FOLDER, RESULTS_FOLDER = "回收", "下发", "结果"
"""Where in a round's folder what came back lies, what went out, and the sealed results."""
ASSESSMENT_FOLDERS = (RETURNED_FOLDER, ISSUED_FOLDER, RESULTS_FOLDER, DOCUMENTS_FOLDER)
"""The folders that stand in the folder of an assessment."""
SEALED_SCHEMES = "方案"
"""The folder in a sealed result with the data files of its scheme."""

OWN_RESULTS = frozenset(
    {
        RESULT_KIND,
        ISSUES_KIND,
        MASTER_KIND,
        CHANGES_KIND,
        PROGRESS_KIND,
        REMINDERS_KIND,
        TARGETS_KIND,
        CORRECTIONS_KIND,
        ANALYSIS_KIND,
        REPORT_KIND,
        YEARS_KIND,
        SCHEME_KIND,
        SCHEME_CHANGES_KIND,
        SCHEME_CONFIRMED_KIND,
    }
)
"""Workbooks of ours that a folder of returns may hold and that are none."""


def form_file_name(district: str, kind: str = FORM_KIND) -> str:
    """The name of a unit's form; `kind` is what the scheme calls the form."""
    return f"{kind}_{district}.xlsx"


def identity_line(district: str, version: str, number: str) -> str:
    """The line below an annex's title that says whose copy this is."""
    return f"{UNIT_LABEL}：{district}　{VERSION_LABEL}：{version}　{NUMBER_LABEL}：{number}"


DEPARTMENT_KIND = "部门评价表"
EXPERT_KIND = "专家评议表"
OFFICE_KIND_END = "评分表"
"""Ends the name of the workbook in which the office evaluates, which begins with the office's own."""

EVALUATOR_LABEL = "评价单位"
EVALUATOR_PROPERTY = "xladdin.evaluator"

TASK = "任务"
INDICATOR = "指标"
CITY_AMOUNT = "全市数量"
CLAUSE = "规定"
SUM = "合计"
DIFFERENCE = "差额"
REPORTED = "区报完成量"
VERIFIED = "核定完成量"
SAME = "同区报"
"""The column in which a department says that it verifies what the district reported."""
DEVIATION = "差异"
REMARK = "说明"
METHOD = "评分方法"
FULL = "满分"
MARK = "评分"
CASE = "案例名称"
RECUSED = "回避"
UNIT_OR_FULL = "单位/满分"
RATING = "评定"
ANSWERED = "区填"
DAY = "日期"
TITLE = "标题"
MEDIUM = "媒体"
TONE = "性质"
FIRST_PUBLISHED = "首发"
LINK = "链接"
SUBJECT = "内容"
COUNTED = "计入"
REASON = "原因"

REVIEW_SHEET, COUNTS_SHEET = "评议", "计数"
BRIEFS_LIST, MEDIA_LIST = "简讯", "宣传"
"""The lists whose lines are counted."""
GOOD_NEWS, EXPOSURE = "正面", "曝光"
"""What 性质 of a media report may be."""

CORRECTED = "更正"
VERIFICATION = "核验结果"
FIRST_CHECK, MACHINE = "首次核对", "电脑"
DO, SEE, COMPUTED = "做什么", "应当看到", "本机算出"
SEEN, SECONDS, VERDICT = "看到的", "用时（秒）", "结论"
ASSIGNED = "下达"
HEAD, OLD, NEW, GROUNDS, APPROVER = "栏目", "原值", "新值", "理由", "批准人"


def unit_file_name(kind: str, name: str) -> str:
    """The name of a workbook of the round; there is one of its kind where `name` is empty."""
    return f"{kind}_{name}.xlsx" if name else f"{kind}.xlsx"


def evaluator_line(name: str, version: str, number: str) -> str:
    """The line below a table's title that says whose copy this is."""
    return f"{EVALUATOR_LABEL}：{name}　{VERSION_LABEL}：{version}　{NUMBER_LABEL}：{number}"


SPELLINGS: Mapping[str, tuple[str, ...]] = {
    CODE: ("编码", "代码", "指标编号", "指标编码", "指标代码"),
    CONTENT: ("填报事项", "填报项目"),
    UNIT: ("计量单位",),
    TARGET: ("任务量", "任务数", "年度任务量", "年度任务数", "当年任务数", "本年任务量", "目标任务量"),
    VALUE: ("完成数", "完成量", "完成数量", "实际完成", "实际完成量", "实际完成数", "实际完成情况"),
    RATE: ("完成比例", "完成百分比"),
    EVIDENCE: ("佐证", "佐证资料", "证明材料", "支撑材料"),
    ORIGIN: ("数据来源",),
    DISTRICT: ("区名", "区县", "各区", "行政区"),
    REPORTED: ("区报数", "区报完成数", "上报完成量"),
    VERIFIED: ("核定数", "核定量", "核定完成数", "核实完成量"),
    MARK: ("打分", "评分值", "评分结果"),
    RATING: ("评定结果", "评定值"),
    RECUSED: ("是否回避",),
    CASE: ("案例", "示范案例", "示范案例名称"),
    REMARK: ("情况说明", "备注"),
    DAY: ("刊发日期", "刊登日期", "发布日期", "报送日期", "批准日期"),
    TITLE: ("题目", "标题名称"),
    MEDIUM: ("媒体名称", "刊登媒体", "发布媒体"),
    TONE: ("报道性质",),
    FIRST_PUBLISHED: ("是否首发",),
    LINK: ("网址", "链接地址"),
    HEAD: ("更正栏目",),
    OLD: ("原数", "更正前"),
    NEW: ("新数", "更正后"),
    GROUNDS: ("更正理由", "更正原因"),
    APPROVER: ("审批人",),
    DUE: ("截止时间", "截止日"),
    CONFIRMED: ("是否确认",),
}
"""Other texts that people write for a head, white space and full width aside. Where a table has a column headed as the
product heads it, that one counts, and a column of another text is none of ours."""
