"""The one table of the cells' functions: names, descriptions and arguments, as plain records.

Everything that lists the functions (xlwings' registration, VBA, function wizards, the guide) is made from this table or
checked against it. Numbers of the scheme are not written here: an argument names the one it defaults to, see `defaults`.
"""

from __future__ import annotations

from xladdin.classes import record
from xladdin.words import RIBBON_TAB

CATEGORY = RIBBON_TAB
"""The functions' group in the function wizard."""


@record
class Argument:
    """One argument of a function.

    `label` is its short Chinese name, which messages use. An argument that may be left out has a `default`: the name of
    a number or reading of the scheme, or of another argument. `repeated` stands for as many as wanted. `alias` is a
    second name for Python callers, where VBA reserves the obvious one.
    """

    name: str
    label: str
    description: str
    default: str = ""
    repeated: bool = False
    alias: str = ""

    @property
    def optional(self) -> bool:
        return bool(self.default)


@record
class CellFunction:
    """One function; `example` is a formula that can be typed once `defaults.with_items` has filled it."""

    name: str
    description: str
    arguments: tuple[Argument, ...]
    example: str
    looks_up: bool = False
    """Whether it answers by the scheme of the workbook in which the formula stands."""

    @property
    def signature(self) -> str:
        """The call as manuals write it, optional arguments in brackets."""
        shown = [f"[{a.name}]" if a.optional else f"{a.name}, …" if a.repeated else a.name for a in self.arguments]
        return f"{self.name}({', '.join(shown)})"


_ITEM = Argument("item", "编号", "计分项的编号，如 <amounts>、<count>")


def _points(default: str = "") -> Argument:
    return Argument("points", "分值", "该项的分值", default)


_MARKS = Argument("scores", "评分", "各个评分，一格或一个区域；空白不计")
_FULL = Argument("full", "满分", "评分的满分", "points")

_OWN_VALUE = Argument("value", "数值", "本单位的数值，一格，可以小于 0")
_ALL_UNITS = Argument("values", "全部单位的数值", "全部单位的数值所在的区域，含本单位；空白为尚缺，“不适用”的不算")

FUNCTIONS: tuple[CellFunction, ...] = (
    CellFunction(
        "FS_RATIO",
        "按完成率计分：下达了任务量的各指标，完成量÷任务量取平均值，再乘分值。一项任务写一个公式，各指标用区域给出。"
        "完成量空白按 0 计；任务量全部为空白或 0 时，结果为“不适用”。",
        (
            Argument("done", "完成量", "当年完成量，一格或一个区域；空白按 0 计"),
            Argument("target", "任务量", "当年任务量，与完成量一样大的区域；空白、0 或“不适用”表示未下达"),
            _points("ratio.points"),
            Argument("cap", "封顶", "是否封顶。TRUE：每个指标的完成率最高按 100% 计；FALSE：不封顶", "ratio_cap"),
        ),
        "=FS_RATIO({6;4},{10;5})",
    ),
    CellFunction(
        "FS_EXPERT",
        "专家评议：非空白评分的平均值÷满分×分值。还没有评分时，结果为空白。",
        (
            _MARKS,
            _points("expert.points"),
            _FULL,
            Argument(
                "trim", "去极值", "去极值。0：不去；1：评分不少于 5 个时，去掉一个最高分和一个最低分", "expert_trim"
            ),
        ),
        "=FS_EXPERT({85,90,95},2,100)",
    ),
    CellFunction(
        "FS_RATING",
        "综合评价：非空白评分的平均值÷满分×分值。还没有评分时，结果为空白。",
        (_MARKS, _points("rating.points"), _FULL),
        "=FS_RATING(2.2)",
    ),
    CellFunction(
        "FS_REFERENCE",
        "参照其他考评办法：原始分÷满分×分值。还没有原始分时，结果为空白。",
        (
            Argument("score", "原始分", "参照的考评办法给出的分数，一格；空白表示还没有"),
            Argument("full", "满分", "原始分的满分", "reference.full"),
            _points("reference.points"),
        ),
        "=FS_REFERENCE(92)",
    ),
    CellFunction(
        "FS_CHECKLIST",
        "分步计分：标为“是”的各步的分值之和。是、√、TRUE、1 计分；否、×、FALSE、0、空白不计；全部空白时，结果为空白。",
        (
            Argument("flags", "是否完成", "各步是否完成，一格或一个区域，填是或否"),
            Argument("item_points", "各步分值", "各步的分值，与“是否完成”一样大的区域"),
        ),
        '=FS_CHECKLIST({"是";"否";"是"},{1;1;1})',
    ),
    CellFunction(
        "FS_CASES",
        "示范案例：各案例得分之和。每项得分不能超过每项满分，项数不能超过最多项数。还没有评分时，结果为空白。",
        (
            Argument("scores", "案例得分", "各案例的得分，一格或一个区域；空白不计"),
            Argument("per_case", "每项满分", "每项案例的满分", "cases.per_case"),
            Argument("max_cases", "最多项数", "最多可以报送的项数", "cases.max_cases"),
        ),
        "=FS_CASES({1.2,1.1,0.9})",
    ),
    CellFunction(
        "FS_BRIEFS",
        "简讯：按报送篇数所在的档次计分，档次和分值按考核方案。还没有填报时，结果为空白。",
        (Argument("count", "篇数", "全年报送的篇数，一格，不小于 0 的整数"),),
        "=FS_BRIEFS(5)",
    ),
    CellFunction(
        "FS_TIER",
        "分档计分：数量达到的最高一档的分值；一档也没有达到，得 0 分。还没有填报时，结果为空白。",
        (
            Argument("count", "数量", "数量，一格，不小于 0 的数字"),
            Argument("thresholds", "档次", "各档的起点，一格或一个区域，不分先后；数量等于起点即为达到"),
            Argument("points", "分值", "各档的分值，与“档次”一样大的区域"),
        ),
        "=FS_TIER(12,{5;10;20},{1;2;3})",
    ),
    CellFunction(
        "FS_MEDIA",
        "宣传：正面报道每项计分，曝光每项扣分，计分和扣分各到上限为止，得分为两者之差。两格都空白时，结果为空白。",
        (
            Argument("positive", "正面报道", "正面首发报道的项数，一格；转发不重复计算"),
            Argument("negative", "曝光", "曝光或造成较大不良影响的项数，一格"),
            Argument(
                "each_points",
                "每项分值",
                "每项计分或扣分的分值；计分和扣分不同时写作 {计分;扣分}",
                "media.each",
                alias="each",
            ),
            Argument("cap", "上限", "计分和扣分各自的上限；两者不同时写作 {计分上限;扣分上限}", "media.cap"),
        ),
        "=FS_MEDIA(4,1)",
    ),
    CellFunction(
        "FS_INSPECTION",
        "执法数据督查：分值减去每次被督查的扣分，加上每次完成整改的加分，结果在 0 到分值之间。被督查次数空白时，结果为空白。",
        (
            Argument("cited", "被督查次数", "被督查的次数，一格，不小于 0 的整数"),
            Argument("rectified", "整改次数", "督查后完成整改的次数，一格；不能大于被督查次数"),
            _points("inspection.points"),
            Argument(
                "step_points",
                "每次分值",
                "每次扣分或加分的分值；两者不同时写作 {扣分;加分}",
                "inspection.step",
                alias="step",
            ),
        ),
        "=FS_INSPECTION(3,2)",
    ),
    CellFunction(
        "FS_DEDUCT",
        "扣分制：分值减去各类问题的扣分，每类扣到上限为止，总分不低于最低分。空白按 0 计；全部空白时，结果为空白。",
        (
            Argument("counts", "次数", "各类问题的次数或件数，一格或一个区域，不小于 0 的整数；空白按 0 计"),
            Argument("each_points", "每次扣分", "各类问题每次（件）扣的分，与“次数”一样大的区域", alias="each"),
            Argument("caps", "扣分上限", "各类问题最多扣的分，与“次数”一样大的区域；空白或“—”表示没有上限", "none"),
            _points("100"),
            Argument("floor", "最低分", "扣完为止的最低分", "0"),
        ),
        "=FS_DEDUCT({3;1},{0.2;0.5},{2;5},5)",
    ),
    CellFunction(
        "FS_PERPOINT",
        "按百分点扣（加）分：从起点算起，每少一档扣一定的分，扣完为止；不足一档的按比例，或不算。还没有填报时，结果为空白。",
        (
            Argument("value", "数值", "实际数值，一格；几项合并扣分的为一个区域，百分数填 % 前的数"),
            Argument("threshold", "起点", "不扣分的起点，与“数值”一样大"),
            _points(),
            Argument(
                "each_points",
                "每档分值",
                "每档扣的分，一格，或与“数值”一样大；写负数为从 0 起加分，最高加到分值",
                "1",
                alias="each",
            ),
            Argument(
                "step_points",
                "每档大小",
                "几个百分点为一档，一格，或与“数值”一样大；写负数为超过起点的才算",
                "1",
                alias="step",
            ),
            Argument(
                "bases",
                "基数格数",
                "“数值”是件数、由它算百分数的：“数值”末尾 1 格为总件数，或 2 格为总件数和要减去的件数",
                "0",
            ),
            Argument("whole", "只算整档", "TRUE 为不足一档的不算，FALSE 为按比例算", "FALSE"),
        ),
        "=FS_PERPOINT(68.4,70,50)",
    ),
    CellFunction(
        "FS_LINEAR",
        "区间线性：数值在下限得下限分，到上限得满分，中间按比例；越少越好的，下限写较大的数。还没有填报时，结果为空白。",
        (
            Argument("value", "数值", "实际数值，一格"),
            Argument("low", "下限", "得下限分的数值"),
            Argument("high", "上限", "得满分的数值"),
            _points(),
            Argument("low_points", "下限分", "在下限得的分", "0"),
        ),
        "=FS_LINEAR(95,90,100,4)",
    ),
    CellFunction(
        "FS_REACH",
        "达标得分：数值达到标准得满分，没有达到得 0 分；越小越好的，不超过标准得满分。还没有填报时，结果为空白。",
        (
            Argument("value", "数值", "实际数值，一格，可以小于 0"),
            Argument("threshold", "标准", "得分的标准，数值等于标准即为达到"),
            _points(),
            Argument("less", "越小越好", "TRUE 为不超过标准的得分，FALSE 为达到标准的得分", "FALSE"),
        ),
        "=FS_REACH(8,8,4)",
    ),
    CellFunction(
        "FS_EFFICACY",
        "功效系数：（数值-最小）÷（最大-最小）×幅度+起点，为系数，÷100×分值；最小、最大取自全部单位的数值，都相同的按最高系数。"
        "还没有填报时，结果为空白。",
        (
            _OWN_VALUE,
            _ALL_UNITS,
            _points(),
            Argument("base_points", "起点", "最小的单位的系数", "60", alias="base"),
            Argument(
                "span",
                "幅度",
                "最大的比最小的高出的系数；越小越好的写负数，起点写最小的单位的系数，如 100 和 -40",
                "40",
            ),
        ),
        "=FS_EFFICACY(30,{12;30;40},10)",
    ),
    CellFunction(
        "FS_BYRANK",
        "按名次得分：在全部单位中数值最大的得满分，每低一名少得一定的比例，扣完为止；数值相同的名次相同。还没有填报时，结果为空白。",
        (
            _OWN_VALUE,
            _ALL_UNITS,
            _points(),
            Argument(
                "step_points", "每名递减", "每低一名少得的比例，5% 写 0.05；写负数为越小越好", "0.05", alias="step"
            ),
        ),
        "=FS_BYRANK(30,{12;30;40},10)",
    ),
    CellFunction(
        "FS_WEIGHTED",
        "加权计分：各方评分按权重平均，÷满分×分值。有一方还没有评分时，结果为空白。",
        (
            Argument("scores", "评分", "各方的评分，一个区域"),
            Argument("weights", "权重", "各方的权重，与“评分”一样大的区域；合计不必是 100"),
            Argument("full", "满分", "评分的满分", "100"),
            _points("full"),
        ),
        "=FS_WEIGHTED({90;80;100},{60;20;20},100,10)",
    ),
    CellFunction(
        "FS_GRADE",
        "等次：总分达到的最高一档的名称；一档也没有达到，或者没有总分，结果为空白。",
        (
            Argument("total", "总分", "总分，一格"),
            Argument("thresholds", "各档起点", "各等次的最低总分，一格或一个区域，不分先后；等于起点即为达到"),
            Argument("names", "各档名称", "各等次的名称，与“各档起点”一样大的区域"),
        ),
        '=FS_GRADE(86.2,{90;80;60},{"优秀";"良好";"合格"})',
    ),
    CellFunction(
        "FS_TOTAL",
        "合计：各得分之和，四舍五入到两位小数。空白和“不适用”不计；只要有一个得分是错误，合计就是错误，不会少算。",
        (Argument("scores", "得分", "得分，一格或一个区域；可以写多个", repeated=True),),
        '=FS_TOTAL({1.4;"不适用";1.85},2)',
    ),
    CellFunction(
        "FS_RANK",
        "名次：1 加上总分更高的个数，比较到两位小数，同分同名次。总分区域里的空白、“不适用”和文字不参加排名；有错误时结果为错误。",
        (
            Argument("total", "总分", "本区的总分，一格"),
            Argument("totals", "全部总分", "各区总分所在的区域"),
        ),
        "=FS_RANK(86.2,{90.1;86.2;77})",
    ),
    CellFunction(
        "FS_EXPLAIN",
        "得分说明：用一句话写明依据的条文、计算过程和得分，按考核方案的默认口径。",
        (
            _ITEM,
            Argument("done_or_value", "填报内容", "该项各编号的完成情况，按编号顺序，一格或一个区域"),
            Argument(
                "target",
                "任务量",
                "当年任务量，与“填报内容”一样大的区域；案例为案例名称；与全部单位比较的为全部单位的数值；其他项目不写",
                "none",
            ),
            Argument("units", "单位名称", "与全部单位比较的：各数值是哪个单位的，与它们一样大的区域；可以不写", "none"),
        ),
        '=FS_EXPLAIN("<amounts>",{6;4},{10;5})',
        looks_up=True,
    ),
    CellFunction("FS_POINTS", "查考核方案：某个计分项的分值。", (_ITEM,), '=FS_POINTS("<amounts>")', looks_up=True),
    CellFunction("FS_CLAUSE", "查考核方案：某个计分项的原文。", (_ITEM,), '=FS_CLAUSE("<count>")', looks_up=True),
)

BY_NAME = {function.name: function for function in FUNCTIONS}
