"""口径: readings of the text where it leaves a choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import Field

from xladdin.issues import Refused
from xladdin.methods.item import Frozen, Input, InputKind, Text


class Policy(Frozen):
    """口径: a choice the text leaves open, the readings it allows, the default and why."""

    name: Text
    title: Text
    default: Text
    clause: Text
    reason: Text
    options: dict[str, Text]


class PolicyFile(Frozen):
    """policies.toml."""

    policies: tuple[Policy, ...] = Field(alias="policy")


IMPLEMENTED: Mapping[str, frozenset[str]] = {
    "ratio_cap": frozenset({"cap", "none"}),
    "multi_indicator": frozenset({"mean", "min", "weights"}),
    "not_applicable": frozenset({"rescale", "full", "zero"}),
    "briefs_at_six": frozenset({"upper", "lower"}),
    "media_floor": frozenset({"negative", "zero"}),
    "joint_evaluation": frozenset({"mean", "lead"}),
    "expert_trim": frozenset({"0", "1"}),
    "rounding": frozenset({"half_up_2"}),
    "ties": frozenset({"share", "section1"}),
}
"""The readings that scoring knows how to follow; a scheme has to say of each which is the default, and why."""


class PolicyError(Refused):
    """A policy or option that the scheme does not offer; the message is for the user."""


@dataclass(frozen=True)
class Policies:
    """The readings in force: option by policy name, and the indicators' weights where `multi_indicator` is `weights`."""

    chosen: Mapping[str, str]
    weights: Mapping[str, Decimal] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.chosen[name]

    def described(self) -> dict[str, str]:
        """Option by policy name as the user writes them, weights included."""
        shown = dict(self.chosen)
        if self.weights:
            shown["multi_indicator"] = "weights:" + ",".join(f"{code}={w}" for code, w in self.weights.items())
        return shown


def choose_policies(policies: Sequence[Policy], choices: Mapping[str, str], inputs: Mapping[str, Input]) -> Policies:
    """The default readings with the given choices made; `PolicyError` (in Chinese) for one that is not offered."""
    chosen = {policy.name: policy.default for policy in policies}
    weights: dict[str, Decimal] = {}
    by_name = {policy.name: policy for policy in policies}
    for name, value in choices.items():
        if name not in by_name:
            raise PolicyError(f"没有名为“{name}”的口径；可用的口径：{'、'.join(by_name)}")
        option, _, detail = value.partition(":")
        if option not in by_name[name].options:
            raise PolicyError(f"口径“{name}”没有选项“{option}”；可选：{'、'.join(by_name[name].options)}")
        if option == "weights":
            weights = _parse_weights(detail, inputs)
        elif detail:
            raise PolicyError(f"口径“{name}”的选项“{option}”后面不应再写“:{detail}”")
        chosen[name] = option
    return Policies(chosen, weights)


def _parse_weights(text: str, inputs: Mapping[str, Input]) -> dict[str, Decimal]:
    weights: dict[str, Decimal] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        code, _, number = part.partition("=")
        spec = inputs.get(code.strip())
        if spec is None or spec.kind is not InputKind.AMOUNT:
            raise PolicyError(f"权重中的“{code}”不是附件2的指标编号（例如 K10.1）")
        try:
            weight = Decimal(number.strip())
        except ArithmeticError:
            weight = Decimal(-1)
        if not weight.is_finite() or weight <= 0:
            raise PolicyError(f"指标 {code} 的权重“{number}”应为大于 0 的数字")
        weights[code.strip()] = weight
    if not weights:
        raise PolicyError("选项 weights 后面要写权重，例如 multi_indicator=weights:K10.1=2,K10.2=1")
    return weights
