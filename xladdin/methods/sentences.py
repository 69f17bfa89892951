"""Which way a sentence of the scheme goes: whether it adds or costs points, and for more or for less.

A rule that is entered the other way round scores without a word and ranks upside down, so its sentence is asked.
"""

import re

_ADDED = re.compile(r"(?<!增)[加奖]\s*计?分?\s*[\d.]+\s*分")
_LOST = re.compile(r"(?<!增)[扣减]\s*[减除]?分?\s*[\d.]+\s*分")
_EACH_MORE = re.compile(r"每(?:增|多|高|超|升|提高|提升|上升)")
_EACH_LESS = re.compile(r"每(?:少|低|降|减|差|缺|下降)")
_ALL_POINTS = re.compile(r"满分|全分")
_NO_POINTS = re.compile(r"不得分|不计分|[得计]\s*0\s*分")
_AT_MOST = re.compile(r"不[超高多大]于|不超过|以[下内]|(?<!不)[低少小]于|[控限]制在")
_AT_LEAST = re.compile(r"达到|达 ?\d|完成|不[低少小]于|以上|(?<!不)超过|(?<!不)[高多大]于")
_LEAST_FIRST = re.compile(r"最[低小少][^，。；、]{0,12}(?:满分|第一)")
_FROM_HIGHEST = re.compile(r"最[大高]值?\s*[-－−–—]\s*(?!最[小低])")


def _which(yes: re.Pattern[str], no: re.Pattern[str], sentence: str | None) -> bool | None:
    """Whether the sentence says the one and not the other; None where it says neither or both, or where there is none."""
    said = (bool(yes.search(sentence or "")), bool(no.search(sentence or "")))
    return None if said[0] == said[1] else said[0]


def adds(sentence: str | None) -> bool | None:
    """Whether points are added (加 2 分) or lost (扣 2 分)."""
    return _which(_ADDED, _LOST, sentence)


def counts_above(sentence: str | None) -> bool | None:
    """Whether what is more counts (每多一项) or what is less (每少一项)."""
    return _which(_EACH_MORE, _EACH_LESS, sentence)


def is_best(sentence: str | None) -> bool | None:
    """Whether a bound is worth all points (得满分) or none (不得分)."""
    return _which(_ALL_POINTS, _NO_POINTS, sentence)


def counts_up_to(sentence: str | None) -> bool | None:
    """Whether a threshold is the most that still counts (不超过 2 件) or the least (达到 8%)."""
    is_of_none = bool(_NO_POINTS.search(sentence or ""))  # 低于 90%的不得分: of the others
    return None if is_of_none else _which(_AT_MOST, _AT_LEAST, sentence)


def prefers_less(sentence: str) -> bool:
    """Whether the lowest value is said to be the best one."""
    return bool(_LEAST_FIRST.search(sentence) or _FROM_HIGHEST.search(sentence))
