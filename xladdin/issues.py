"""Everything the product has to say about a file, as data: one catalogue of kinds, one record per finding.

Messages are Chinese and written for the clerk: what was found, what is expected, what to do. A kind's texts are templates; an
argument that is missing fails loudly.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from xladdin.classes import record, replace
from xladdin.words import CODE, EVALUATOR_LABEL, GRAND_TOTAL, ORIGIN, UNIT_LABEL, VALUE


class Refused(Exception):
    """What was asked for is not done; the text says why and what to do, in Chinese, for whoever asked.

    The one base of exceptions whose text is said as it is. A class of its own is only for what somebody catches by name.
    """


class WrongCall(Refused):
    """The call itself names what cannot be used: another file, folder or name has to be given."""


class Level(Enum):
    """How much a finding weighs."""

    ERROR = "错误"
    """A value or file cannot be used."""
    MISSING = "缺项"
    """Something the district should have filled in is blank."""
    AWAITED = "待评"
    """A value that experts or departments have yet to give."""
    WARNING = "提醒"
    """Used, but somebody should look."""
    CONVERTED = "转换"
    """Read by a stated rule as something else than what stands there."""
    NOTE = "提示"
    """For information."""


@record
class Kind:
    """A kind of finding: its code, its weight, and what is expected and to be done.

    `is_open` says that a rank cannot be final while there is such a finding: of the district's, or of everybody's where it
    is about no district.
    """

    code: str
    level: Level
    expected: str
    remedy: str
    is_open: bool = False


@record
class Place:
    """Where something stands; empty parts are unknown or do not apply. `item` is an item id or input code."""

    district: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    item: str = ""


@record
class Issue:
    """One finding."""

    code: str
    level: Level
    place: Place
    found: str
    expected: str
    remedy: str

    @property
    def is_open(self) -> bool:
        """Whether a rank cannot be final while there is this finding."""
        return self.code in _KINDS and _KINDS[self.code].is_open

    def told(self, say: Callable[[str], str]) -> Issue:
        """The finding in a scheme's words; see `Source.say`."""
        return replace(self, found=say(self.found), expected=say(self.expected), remedy=say(self.remedy))

    def line(self) -> str:
        """The finding on one line, for the screen."""
        where = " ".join(filter(None, (self.place.district, self.place.file, self.place.sheet, self.place.cell)))
        return on_one_line(
            f"[{self.level.value}] {where}{where and '：'}{self.found}；应为：{self.expected}；办法：{self.remedy}"
        )


def on_one_line(text: str) -> str:
    """The text with whatever would break the line, steer the terminal or turn the direction of writing shown as words.

    Findings quote files; what somebody typed must not look like a finding of its own.
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, text.replace("\r\n", "\n")))


def _shown(character: str) -> str:
    if f"{character}.".splitlines()[1:]:
        return "〔换行〕"
    if unicodedata.category(character) not in ("Cc", "Cf", "Cs"):
        return character
    return " " if character == "\t" else f"〔U+{ord(character):04X}〕"


_KINDS: dict[str, Kind] = {}


def _kind(code: str, level: Level, expected: str, remedy: str, *, is_open: bool = False) -> Kind:
    kind = Kind(code, level, expected, remedy, is_open)
    if code in _KINDS:
        raise ValueError(f"issue code {code} twice")
    _KINDS[code] = kind
    return kind


# Files
MISSING_FILE = _kind(
    "F01",
    Level.ERROR,
    "{form}",
    "催收后放进回收文件夹，重新运行；此前只计由他方评定的各项，名次为暂定",
    is_open=True,
)
EMPTY_FILE = _kind("F02", Level.ERROR, "有内容的工作簿", "请报送单位重新报送")
NOT_A_WORKBOOK = _kind(
    "F03", Level.ERROR, ".xlsx、.xls 或 .ods 工作簿", "请报送单位在下发的表里填写，保存为 .xlsx 再报送"
)
PASSWORD = _kind(
    "F04",
    Level.ERROR,
    "没有加密的工作簿",
    "请报送单位用 Excel 打开后另存为新的 .xlsx 再报送；设了“打开密码”的先取消，没有设过的先撤销“保护工作簿”",
)
DAMAGED = _kind("F05", Level.ERROR, "能正常打开的工作簿", "用 Excel 打开修复后另存为 .xlsx，或请报送单位重新报送")
OVERSIZED = _kind("F06", Level.ERROR, "{limit}", "删去表格以外的内容后另存，或请报送单位用下发的表重新填写")
UNREADABLE = _kind("F07", Level.ERROR, "可以读取的文件", "如正在 Excel 中打开请先关闭，再重新运行")
NOT_A_FORM = _kind("F08", Level.ERROR, f"含有“{CODE}”“{VALUE}”列的填报表", "确认是否放错文件；应使用下发的模板填报")
NO_DISTRICT = _kind(
    "F09", Level.ERROR, f"能认出属于哪个区（填报说明、各附件的“{UNIT_LABEL}”）", "请该区用下发给本区的模板填报"
)
DISTRICT_CONFLICT = _kind(
    "F10", Level.ERROR, "各处写的区一致", "核实是哪个区的表后改正，再重新运行；改正前该文件未采用"
)
NAME_MISMATCH = _kind("F11", Level.WARNING, "文件名与表内的区一致（{name}）", "核实是哪个区的表；现按表内的区处理")
DUPLICATE = _kind("F12", Level.ERROR, "每个区一份", "只保留最终的一份后重新运行；{used}")
SAME_TWICE = _kind("F13", Level.WARNING, "每个区一份", "两份内容完全相同，已采用一份；请删去多余的一份")
OTHER_VERSION = _kind("F14", Level.ERROR, "方案版本 {version}", "请该区改用本年度下发的模板填报；该文件未采用")
SKIPPED = _kind(
    "F15", Level.NOTE, "回收的填报表", "这是本工具生成的文件，未当作填报表读取；要用它汇总，请直接指定这个文件"
)
PRINTED = _kind("F17", Level.NOTE, "回收的填报表", "该单位的工作簿已读取，这个文件未读取")
NAME_ONLY = _kind("F16", Level.WARNING, "表内标明填报单位", "表内的区名已丢失，按文件名认定；请核实")

FROM_RESULT = _kind("F18", Level.NOTE, "各区报送的填报表", "溯源只能到这个工作簿；要追溯到各区文件，请用原来的汇总结果")

ENCRYPTED = _kind(
    "F19", Level.ERROR, "没有加密的工作簿", "请报送单位在装有加密软件的电脑上解密（存为明文），再重新报送"
)
SCHEME_CONFIRMED = _kind(
    "F25",
    Level.NOTE,
    "下发以后不改考核方案",
    "得分按现在的方案算，改了什么见这个文件；已发出的表里显示的得分是按原来的方案算的",
)
OTHER_SCHEME = _kind(
    "F22",
    Level.ERROR,
    "按现在的考核方案下发的表",
    "考核方案在这份表下发以后改过：请重新下发，由该单位改用新表；变动不涉及填报内容的，也可以由考核办公室确认。该文件未采用",
)
READ_DAMAGED = _kind(
    "F20", Level.WARNING, "没有损坏的工作簿", "已读取能读的部分；请核对内容，或请报送单位用 Excel 打开修复后重新报送"
)

STRAY = _kind(
    "F21", Level.WARNING, "回收的填报表或评价表", "未采用；是哪个单位报送的请改成规定的文件名，无关的移出文件夹"
)
ANOTHERS_NUMBER = _kind(
    "F23",
    Level.ERROR,
    "下发给{unit}的表",
    "核实是谁填的：请该单位在下发给本单位的表中重新填报；此前名次为暂定",
    is_open=True,
)
READINGS_UNUSED = _kind(
    "F24",
    Level.WARNING,
    "口径、一票否决由市里写：只汇总考核总表一个文件，或用 --policy、评分表",
    "未采用，按选定的口径（没有选的按默认）计分；是市里的考核总表的，只指定它一个再汇总，不是的移出文件夹",
)

# Sheets, columns, rows
RENAMED_SHEET = _kind("S01", Level.WARNING, "工作表名“{name}”", "已按编号读取，数值不受影响；请勿改工作表名")
MISSING_COLUMN = _kind("S02", Level.ERROR, "表头有“{column}”列", "恢复被删或改名的表头后重新报送")
MISSING_ROW = _kind(
    "S03", Level.ERROR, "编号 {code}（{name}）这一行", "该行被删除或编号被改，请在下发的模板中重新填报", is_open=True
)
DUPLICATE_COLUMN = _kind("S06", Level.ERROR, "表头“{column}”只有一列", "删去或改名多余的一列后重新报送")
DUPLICATE_CODE = _kind(
    "S04", Level.ERROR, "编号 {code} 只出现一次", "删去多余的行，或多余的工作表；改正前该格未采用", is_open=True
)
RESPELT_HEAD = _kind("S07", Level.CONVERTED, "表头“{column}”", "按“{column}”列读取，不影响数值；如不对请改正表头")
UNKNOWN_CODE = _kind("S05", Level.WARNING, "方案中的编号", "该行未采用；如改动了编号请改回")
NOT_ITS_ROW = _kind(
    "S09",
    Level.ERROR,
    "编号 {code} 的{head}“{text}”",
    "多半是排序、移动或粘贴时没有选取整行；请在下发的表中重新填写；改正前该行未采用，名次为暂定",
    is_open=True,
)
ISSUED_AMOUNTS = _kind(
    "S11",
    Level.ERROR,
    "与下发时一样",
    "请该区在下发的表中重新填报；市里有任务分解表的，放进考核文件夹再汇总；此前名次为暂定",
    is_open=True,
)
HIDDEN_COPY = _kind("S10", Level.WARNING, "没有隐藏的副本", "副本未采用；请取消隐藏，核对后删去")
UNUSED_SHEET = _kind("S12", Level.WARNING, "每个区一张以区名命名的工作表", "未采用；请核对后删去，要采用的改成区名")
WITHOUT_CODE = _kind("S08", Level.WARNING, "填在有编号的行里", "未采用；补上编号，或移到原来的行")

# Cells
BAD_CELL = _kind("C01", Level.ERROR, "{allowed}", "改正这一格；改正前未采用")
ERROR_CELL = _kind("C02", Level.ERROR, "{allowed}", "单元格里是错误值，清除后重新填写")
FORMULA_CELL = _kind("C03", Level.ERROR, "直接填写的数值", "填报格里不能用公式（外部计算结果无法核对），请改填数值")
CONVERTED = _kind("C04", Level.CONVERTED, "{read_as}", "{rule}；如不对请改正")
NOT_WHOLE = _kind("C05", Level.WARNING, "整数（单位：{unit}）", "核实后改正；现按所填数字计分")
FRACTION_OF_MARK = _kind(
    "C06", Level.WARNING, "0 到 {maximum} 的得分", "疑似把百分数当作得分（如 95% 存成 0.95），请核实；现按所填数字计分"
)
BELOW_LEAST = _kind(
    "C07",
    Level.ERROR,
    "不少于 {least} {unit}（{clause}）",
    "文件对各区都有规定，不能不填、不适用或少于规定；改正前按规定的数计分，名次为暂定",
    is_open=True,
)
NOT_ASSIGNED = _kind(
    "C10", Level.WARNING, "未下达任务量的不填完成情况", "如已下达任务请补填当年任务量；现按不适用处理，不计分"
)
NOT_THE_ZONES = _kind("C08", Level.NOTE, "{amount}{unit}（{clause}）", "核实当年任务量")

RULE_FAULT = _kind("C11", Level.ERROR, "同一项内各格相符", "核实这一项的各格后改正；改正前本项不计分")
UNASSIGNED_TASKS = _kind(
    "C19", Level.NOTE, "任务分解表，或由它分发的填报表", "核实确未下达；有任务分解表的，放进考核文件夹再汇总"
)
NO_TARGETS = _kind(
    "C12", Level.WARNING, "至少一项任务有当年任务量", "核实任务分解表后补填；现{annex}按完成率计分的任务均按不适用处理"
)

MARKED_CELL = _kind(
    "C14",
    Level.ERROR,
    "{allowed}，没有划去、上标或下标的字，数字格式显示的就是所填的数",
    "清除划去（删除线）、上标、下标的字和自定义的数字格式后重新填写；改正前未采用",
)
COVERED_CELL = _kind("C15", Level.ERROR, "没有合并的单元格", "取消合并，每一格分别填写；改正前被遮住的格未采用")
MERGED_CELL = _kind("C20", Level.WARNING, "没有合并的单元格", "取消合并，每一格分别填写；现被并入的格按未填处理")
BAD_NAME = _kind(
    "C16",
    Level.ERROR,
    "直接填写的名称",
    "清除公式、错误值和划去（删除线）、上标、下标的字，直接填写名称；改正前按没有填写处理，名次为暂定",
    is_open=True,
)

CASE_TWICE = _kind(
    "C21", Level.WARNING, "每个案例只报一次", "核实是不是同一个案例；是的请该区删去一处，不是的改名区分；现分别计分"
)

IMPLAUSIBLE = _kind("C17", Level.WARNING, "{expected}", "核实数值和单位；现按所填数字计分")
FAR_TOO_MUCH = _kind(
    "C18",
    Level.WARNING,
    "{expected}",
    "核实数值和单位，改正后重报；数值无误的，由评价部门核定，或填更正单确认；确认前按所填数字计分，名次为暂定",
    is_open=True,
)

# Scores shown in the file
SCORE_DIFFERS = _kind(
    "V01", Level.WARNING, "{score}（按填报内容重新计算）", "已采用重新计算的结果；请核实该格是否被改动"
)

UNRESOLVED = _kind(
    "V02",
    Level.WARNING,
    "公式算出的得分",
    "按功能区的“修复公式”，仍不行按“体检”；本工具按填报内容重新计算，结果不受影响",
)
TAKEN_OVER_OPEN = _kind(
    "V04",
    Level.WARNING,
    "没有使名次暂定的问题",
    f"解决后重新导入；已另行核实的，清除{{district}}工作表“{GRAND_TOTAL}”行“{ORIGIN}”里的这一条",
    is_open=True,
)
CHANGED_SINCE = _kind("V03", Level.WARNING, "导入时的值：{taken}（{origin}）", "核实由谁改动；现按表中的值计分")

# Completeness
NO_VALUE = _kind("M01", Level.MISSING, "{allowed}", "请{who}填写；填写前本项缺项，名次为暂定")
NO_COMPLETION = _kind(
    "M02",
    Level.MISSING,
    "完成情况（任务量 {target} {unit}）",
    "请该区填写；没有完成的请填 0，未填前按 0 计，名次为暂定",
)
AWAITED_VALUE = _kind("M03", Level.AWAITED, "{allowed}", "由{who}评定后填写；填写前本项缺项，名次为暂定")
AWAITED_CASE = _kind(
    "M04", Level.AWAITED, "{allowed}", "已报送案例“{case}”，由{who}评定后填写；填写前按 0 计，名次为暂定"
)
ALL_RECUSED = _kind(
    "M06",
    Level.AWAITED,
    "至少一个评价值",
    "由{office}核定后填更正单，写明评定的分数和理由；更正前本项缺项，名次为暂定",
)
AWAITED_EVALUATION = _kind(
    "M05", Level.AWAITED, "评价单位的评价值", "收到评价表后重新导入；导入前暂按现有的数计，名次为暂定"
)

NOTHING_FILLED_IN = _kind("M07", Level.MISSING, "区里填报的各格", "请该区填报后重新报送；此前名次为暂定", is_open=True)
NOT_ALL_UNITS = _kind(
    "M08",
    Level.MISSING,
    "全部单位的 {code}",
    "补齐、改正，或者核定、更正确认后重新运行；此前本项按现有的数计算，各单位的名次都为暂定",
    is_open=True,
)

# Targets
TARGET_SUM = _kind("T01", Level.WARNING, "各区合计 {amount} {unit}（{clause}）", "核对任务分解表")
TARGET_ROW = _kind("T02", Level.WARNING, "每个指标一行", "补上这一行；现由各区自行填报任务量")
TARGET_HEAD = _kind(
    "T03", Level.ERROR, "{expected}", "改正任务分解表后重新运行；改正前按各区的填报表计分，名次为暂定", is_open=True
)
TARGET_ROW_SET = _kind(
    "T04", Level.ERROR, "这一行，每个区不少于规定的数量（{clause}）", "在任务分解表里补上这一行和各区的任务量后重新运行"
)

# Workbooks in which departments, experts and the city office evaluate
UNKNOWN_EVALUATOR = _kind(
    "E01",
    Level.ERROR,
    f"能认出是哪个单位或专家的表（“{EVALUATOR_LABEL}”）",
    "请该单位用下发给本单位的表填写；该文件未采用",
)
EVALUATOR_CONFLICT = _kind(
    "E02", Level.ERROR, "各处写的评价单位一致", "核实是哪个单位的表后改正，再重新运行；改正前该文件未采用"
)
EVALUATOR_BY_NAME = _kind("E03", Level.WARNING, "表内标明评价单位", "表内的评价单位已丢失，按文件名认定；请核实")
OTHER_YEAR = _kind("E04", Level.ERROR, "方案版本 {version}", "请该单位改用本年度下发的表填写；该文件未采用")
NO_TABLE = _kind("E05", Level.ERROR, "工作表“{sheet}”，表头有 {heads}", "恢复被删的表，或用下发的表重新填写")
UNKNOWN_DISTRICT = _kind("E06", Level.ERROR, "{count} 个{unit}的全称之一", "改正{unit}名；改正前该行未采用")
NOT_EVALUATED_HERE = _kind(
    "E07", Level.ERROR, "由{evaluator}评价的编号", "该编号不由本单位评价，未采用；如改动了编号请改回"
)
DOUBLED_ROW = _kind("E08", Level.ERROR, "编号 {code} 每个区只有一行", "删去多余的一行；改正前该格未采用")
ROWS_GONE = _kind(
    "E09", Level.ERROR, "编号 {code}（{name}）每个区一行", "行被删除，或编号、区名被改；请在下发的表中重新填写"
)
RECUSED_WITH_MARK = _kind("E10", Level.ERROR, "回避的不评分", "清除评分，或清除回避；改正前该格未采用")
LIST_LINE = _kind("E11", Level.ERROR, "{expected}", "改正这一行；改正前不计入")
LIST_REPEATED = _kind("E12", Level.NOTE, "同一区同一标题只计一次", "前面已计一次，这一行不计；如是另一篇请改正标题")
NOT_YET_EVALUATED = _kind(
    "E13", Level.AWAITED, "每格都已评定", "由{evaluator}评定后填写；填写前有关各项缺项，名次为暂定"
)
DECLARED_EMPTY = _kind(
    "E19", Level.ERROR, "清单有内容的，上方的格留空", "核实后清除“是”，或清除清单里的行；改正前按清单计，名次为暂定"
)
VETO_FAULT = _kind(
    "E26",
    Level.ERROR,
    "{expected}",
    "补全或改正这一行，不该有的清除；此前没有按它取消或限制总分，名次为暂定",
    is_open=True,
)
VETO_REPEATED = _kind(
    "E29",
    Level.NOTE,
    "一个单位的一种情形记一行",
    "这一行不再计；是同一件事的清除一行，是另一种情形或另一个单位的请改正",
)
VETOES_GONE = _kind(
    "E27",
    Level.ERROR,
    "工作表“{sheet}”，表头有 {heads}",
    "恢复这张表，没有一票否决的空着；此前不知道谁的总分要取消或限制，名次为暂定",
    is_open=True,
)
VETO_NOT_THEIRS = _kind(
    "E28",
    Level.WARNING,
    "一票否决由{office}写在它的评分表里",
    "未采用；情况属实的，由{office}写进评分表，不是的请该单位删去",
)
UNIT_TWICE = _kind("E14", Level.ERROR, "每个单位一份", "只保留最终的一份后重新运行；{used}")
NOT_THEIR_OWN = _kind(
    "E23",
    Level.ERROR,
    "下发给这位专家本人的专家评议表",
    "核实是谁评的：是请来的专家，下发给他自己的表重填，或在进度表里加一行写他的姓名（类别专家）；不是的，移出回收文件夹。此前名次为暂定",
    is_open=True,
)
NOT_DELIVERED = _kind(
    "E15", Level.AWAITED, "{unit}的{workbook}", "催交后放进回收文件夹；收到前有关各项暂按现有的数计，名次为暂定"
)
ASSIGNED_NOT_APPLICABLE = _kind(
    "E16", Level.ERROR, "核定的完成量（任务量 {target} {unit}）", "没有完成的填 0；没有下达任务的，请先改正任务量"
)
NOTHING_TO_CONFIRM = _kind("E20", Level.ERROR, "表中印有区报数的，才能选同区报", "填写核定数；改正前该格未采用")
CONFIRMED_AND_OTHERWISE = _kind(
    "E21", Level.ERROR, "选了同区报的，核定数留空或与区报相同", "留下一个，清除另一个；改正前该格未采用"
)
CONFIRMED_ANOTHER = _kind(
    "E22",
    Level.WARNING,
    "选同区报以后，区报没有改过",
    "请该单位按该区现在的数重新核定；现按选同区报时的数计分，名次为暂定",
    is_open=True,
)
ANOTHER_CASE = _kind(
    "E24",
    Level.WARNING,
    "评分的就是该区报送的案例“{case}”",
    "核实评的是不是这个案例：不是的，由评分人重新评定；是的，由市里填更正单确认；现按所评的分计，名次为暂定",
    is_open=True,
)
CASE_RENAMED = _kind(
    "E25",
    Level.WARNING,
    "报送以后不换案例，评分表里写着案例名称",
    "核实评的是不是现在这个案例：不是的，由评分人重新评定；是的，由市里填更正单确认；现按所评的分计，名次为暂定",
    is_open=True,
)
CASE_NOT_HANDED_IN = _kind(
    "E17", Level.WARNING, "已报送案例的评分", "未计入；请核实该区是否漏写案例名称，补写名称并重报后计入"
)
NOT_FOR_DISTRICTS = _kind(
    "E18", Level.WARNING, "由部门、专家或{office}评定的格，区里不填", "未采用，以评价表为准；评价表收到前该项缺项"
)

# Rounds and corrections
TRACKING_FAULT = _kind("R01", Level.ERROR, "{expected}", "改正进度表后重新运行；改正前没有写出任何文件")
NOBODYS_FILE = _kind(
    "R02",
    Level.WARNING,
    "一个单位报送的一份表，文件名与表内的单位一致",
    "核实是谁的表，改正后重新运行；现未计入任何单位",
)
NOT_CONFIRMED = _kind("R03", Level.WARNING, "确认的是最新的、没有错误的一份", "核对最新一份后重新标确认")
CORRECTION_FAULT = _kind("R04", Level.ERROR, "{expected}", "改正更正单后重新运行；改正前没有更正任何一个数")

NEWEST_LEFT_OUT = _kind(
    "R05",
    Level.WARNING,
    "最新一份填了，没有错误",
    "最新一份没有采用，现采用较早的一份；退回改正后重新汇总，此前名次为暂定",
    is_open=True,
)

CORRECTED_ALREADY = _kind("R06", Level.NOTE, "原值与采用的值相同", "新值已经是采用的值，这一行不改变结果")
AMOUNT_DIFFERS = _kind(
    "R07",
    Level.ERROR,
    "市里下达的任务量：{assigned}",
    "任务量以市里下达的为准，按下达的数计分；请该区改回后重报，市里在下发以后改的请重新分发，确需调整的由市里填更正单，此前名次为暂定",
    is_open=True,
)


SEEN_IN_VALUES = frozenset(
    {MISSING_FILE.code, FAR_TOO_MUCH.code, NOTHING_FILLED_IN.code, NOT_ALL_UNITS.code, VETO_FAULT.code}
)
"""Findings that keep a rank from being final and are found again wherever the values are taken over; others have to be noted."""

MAX_LENGTH = 2000
"""Characters after which a text of a finding is cut: it quotes files, and a cell holds no more than 32,767."""


def issue(kind: Kind, place: Place, found: str, **texts: object) -> Issue:
    """A finding of that kind; `texts` fill in the kind's templates."""
    expected, remedy = kind.expected.format(**texts), kind.remedy.format(**texts)
    return Issue(kind.code, kind.level, place, found[:MAX_LENGTH], expected[:MAX_LENGTH], remedy[:MAX_LENGTH])


def weighty(issues: Iterable[Issue], *, awaited: bool) -> bool:
    """Whether any finding makes a run end with problems; `awaited` says whether marks yet to be given count as one.

    What is only to be looked at (提醒) does not, unless a rank cannot be final for it.
    """
    levels = {Level.ERROR, Level.MISSING} | ({Level.AWAITED} if awaited else set())
    return any(i.level in levels or i.is_open for i in issues)


def count_by_level(issues: Sequence[Issue]) -> str:
    """How many findings there are of each weight."""
    numbers = ((level, sum(issue.level is level for issue in issues)) for level in Level)
    return "，".join(f"{level.value} {n}" for level, n in numbers if n)
