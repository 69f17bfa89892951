"""The product's own texts in the words of a scheme whose assessed units are not called 区, or whose office is not a city's.

The texts are written with 区, 市里 and 全市; where something is told or written, they are said as the scheme says it. A test
goes through every text of the sources.
"""

from __future__ import annotations

import re
from functools import lru_cache

from xladdin import words
from xladdin.words import DISTRICT, FEEDBACK_KIND

_CITY = "市"
_THE_OFFICE = rf"(?<=由){_CITY}里|{_CITY}里(?!不?填)|(?<!\w){_CITY}(?=下达)"
"""Where it is the office, and not what a form says of a province's 市, which fill in: 市里填写, 市里不填."""

_BEFORE = (
    r"(?<!\w)|(?<=[与取选以被按的自占份张在_])|(?<=写明|没有|所有|改成|生成|表或)|(?<=编号和)"
    r"|(?<=(?<!\w)同)|(?<=[选了能]同)"
)
_AFTER = r"报(?!社)|里|填|名|同|列|工作|数(?!据)|表(?!彰)|或|应为|为|的|不|一致|处理|重复|后面|[、，；。：！？×“”\")）（\s]|$"
_THE_WORD = "|".join(
    (
        f"(?:(?<=[该各本个他逐每])|(?<=同一)){DISTRICT}(?![间域划])",
        f"(?:{_BEFORE}){DISTRICT}(?={_AFTER})",
        f"{DISTRICT}(?=报数|报为|报完成)",
    )
)
"""Where 区 is a word of its own. It is a part of another one in 婺城区, 大同区, 区应急局, 社区, 功能区, 区间."""


def is_plain(unit: str, office: str) -> bool:
    """Whether the texts stay as they are written."""
    return unit == DISTRICT and office.startswith(_CITY)


def in_words_of(text: str, unit: str, office: str = _CITY) -> str:
    """The text with the word for those who are assessed, and with the office in place of a city's.

    What is quoted is somebody else's and stays, but for our own heads, which are quoted too. Twice is the same as once.
    """
    if is_plain(unit, office) or not (DISTRICT in text or _CITY in text):
        return text
    feedback = FEEDBACK_KIND if unit == DISTRICT else FEEDBACK_KIND.partition(DISTRICT)[2]
    said = {
        "unit": unit,
        "office": office,
        "whole": f"全{_CITY}" if office.startswith(_CITY) else "总体",
        "feedback": feedback,
    }
    return _pattern(unit).sub(lambda m: said[m.lastgroup] if m.lastgroup else m[0], text)


@lru_cache(maxsize=8)
def _pattern(unit: str) -> re.Pattern[str]:
    heads = (text for text in vars(words).values() if isinstance(text, str) and (DISTRICT in text or _CITY in text))
    kept = f"填　报　区|“(?!(?:{'|'.join(map(re.escape, heads))})”)[^”]*”|《[^》]*》"
    of_all = f"(?P<unit>{_THE_WORD})|(?P<feedback>{FEEDBACK_KIND})"
    return re.compile(f"{kept}|(?P<office>{_THE_OFFICE})|(?P<whole>全{_CITY})|{re.escape(unit)}|{of_all}")
