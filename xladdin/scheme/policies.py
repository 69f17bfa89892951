"""口径: readings of the text where it leaves a choice."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from xladdin.classes import record
from xladdin.issues import Refused
from xladdin.methods.inputs import Input, InputKind
from xladdin.methods.item import Item, Policies
from xladdin.records import named


@record(kw_only=True)
class Policy:
    """口径: a choice the text leaves open, the readings it allows, the default and why."""

    name: str
    title: str
    default: str
    clause: str
    reason: str
    options: dict[str, str]


@record(kw_only=True)
class Settled:
    """How the text is read where nobody is given a choice."""

    title: str
    clause: str
    meaning: str
    reason: str


@record(kw_only=True)
class PolicyFile:
    """policies.toml."""

    policies: tuple[Policy, ...] = named("policy")
    settled: tuple[Settled, ...] = named("settled", default=())


SCHEME_WIDE: Mapping[str, tuple[str, ...]] = {
    "rounding": ("half_up_2",),
    "ties": ("share", "section1"),
}
"""The readings that belong to no method of scoring, each with the options that can be followed."""


OF_TASKS: Mapping[str, tuple[str, ...]] = {"joint_evaluation": ("mean", "lead")}
"""Those that only a scheme with annexes of tasks has a use for: several departments may evaluate a task."""


MEANINGS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "rounding": ("小数怎样取舍", {"half_up_2": "每项得分四舍五入到两位小数，合计再舍入"}),
    "ties": ("总分相同怎样排名", {"share": "名次并列", "section1": "第一部分得分高的在前"}),
    "joint_evaluation": ("几个部门评价同一项", {"mean": "取平均", "lead": "取列在最前的部门的"}),
    "ratio_cap": ("完成率超过 100%", {"cap": "按 100% 计", "none": "不封顶"}),
    "multi_indicator": ("一项有几个指标", {"mean": "取平均", "min": "取最低的", "weights": "按权重"}),
    "not_applicable": ("没有下达任务的项目", {"rescale": "不计，其余折算到满分", "full": "得满分", "zero": "得 0 分"}),
    "expert_trim": ("专家评分的最高、最低分", {"0": "都计入", "1": "五人以上时各去掉一个"}),
    "expert_tasks": ("专家评议的任务由谁打分", {"experts": "专家", "departments": "部门"}),
    "briefs_at_six": ("一个次数写在两档里", {"upper": "算高的一档", "lower": "算低的一档"}),
    "media_floor": ("加分项扣分后的最低分", {"negative": "可以为负", "zero": "不低于 0"}),
    "i3_floor": ("督查扣分后的最低分", {"zero": "不低于 0", "negative": "可以为负"}),
    "partial_point": ("不足一档的", {"proportional": "按比例算", "whole": "不算"}),
    "equal_values": ("各单位的数都相同", {"full": "都得满分", "base": "都得基本分"}),
}
"""Each reading that can be asked for: what it decides, and what its options mean, for who writes a scheme."""


def told(name: str) -> str:
    """A reading and its options in words."""
    what, options = MEANINGS[name]
    return f"“{name}”（{what}；读法：{'、'.join(f'{option} {meaning}' for option, meaning in options.items())}）"


def known_policies(items: Iterable[Item | type[Item]], *, has_tasks: bool) -> dict[str, tuple[str, ...]]:
    """The readings that scoring these items, or any of a way, asks for, each with the options that can be followed."""
    known = {**SCHEME_WIDE, **(OF_TASKS if has_tasks else {})}
    for item in items:
        known.update(item.policies)
    return known


class PolicyError(Refused):
    """A policy or option that the scheme does not offer; the message is for the user."""


def choose_policies(policies: Sequence[Policy], choices: Mapping[str, str], inputs: Mapping[str, Input]) -> Policies:
    """The default readings with the given choices made; `PolicyError` (in Chinese) for one that is not offered."""
    chosen = {policy.name: policy.default for policy in policies}
    weights: dict[str, Decimal] = {}
    by_name = {policy.name: policy for policy in policies}
    for name, value in choices.items():
        if name not in by_name:
            listed = "、".join(f"{policy.name}（{policy.title}）" for policy in policies)
            raise PolicyError(f"没有名为“{name}”的口径；可用的口径：{listed}")
        title = by_name[name].title
        option, _, detail = value.partition(":")
        if option not in by_name[name].options:
            listed = "、".join(f"{one}（{text}）" for one, text in by_name[name].options.items())
            raise PolicyError(f"口径“{title}”（{name}）没有选项“{option}”；可选：{listed}")
        if option == "weights":
            weights = _parse_weights(detail, inputs)
        elif detail:
            raise PolicyError(f"口径“{title}”（{name}）的选项“{option}”后面不应再写“:{detail}”")
        chosen[name] = option
    return Policies(chosen, weights)


def _parse_weights(text: str, inputs: Mapping[str, Input]) -> dict[str, Decimal]:
    weights: dict[str, Decimal] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        code, _, number = part.partition("=")
        spec = inputs.get(code.strip())
        if spec is None or spec.kind is not InputKind.AMOUNT:
            raise PolicyError(f"权重中的“{code}”不是按任务量计分的指标编号（例如 {_several(inputs)[0]}）")
        try:
            weight = Decimal(number.strip())
        except ArithmeticError:
            weight = Decimal(-1)
        if not weight.is_finite() or weight <= 0:
            raise PolicyError(f"指标 {code} 的权重“{number}”应为大于 0 的数字")
        weights[code.strip()] = weight
    if not weights:
        example = ",".join(f"{code}={weight}" for code, weight in zip(_several(inputs), (2, 1), strict=False))
        raise PolicyError(f"选项 weights 后面要写权重，例如 multi_indicator=weights:{example}")
    return weights


def _several(inputs: Mapping[str, Input]) -> list[str]:
    """The indicators of the item that has most of them, for an example."""
    by_item: dict[str, list[str]] = {}
    for code, spec in inputs.items():
        if spec.kind is InputKind.AMOUNT:
            by_item.setdefault(spec.item_id, []).append(code)
    return max(by_item.values(), key=len)
