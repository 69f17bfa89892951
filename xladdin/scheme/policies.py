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


def known_policies(items: Iterable[Item], *, has_tasks: bool) -> dict[str, tuple[str, ...]]:
    """The readings that scoring these items asks for, each with the options that can be followed."""
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
