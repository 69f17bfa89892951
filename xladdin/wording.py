"""The product's own texts in the words of a scheme whose assessed units are not called 区.

The texts are written with 区 and 市里; where something is told or written, they are said as the scheme says it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from xladdin import words
from xladdin.words import DISTRICT

_CITY = "市里"

_AFTER = r"报(?!社)|里|填|名|数(?!据)|表(?!彰)|或|应为|为|的|不|一致|处理|后面|[、，；。：！？×”\")）（\s]|$"
_THE_WORD = "|".join(
    (
        f"(?<=[该各本个他逐每]){DISTRICT}(?![间域划])",
        f"(?<=同一){DISTRICT}",
        f"(?:(?<!\\w)|(?<=[与取选以被按的自_])){DISTRICT}(?={_AFTER})",
        f"(?<=[同张成占]){DISTRICT}(?=[报同表名])",
        f"{DISTRICT}(?=报[数为]|报完成)",
        f"(?<=[成或]){DISTRICT}(?=填报表)",
        f"(?:(?<=编号和)|(?<=写明)|(?<=所有)|(?<=没有)|(?<=请先在)){DISTRICT}",
    )
)
"""Where 区 is a word of its own. It is a part of another one in 婺城区, 区应急局, 社区, 功能区, 区间."""


def in_words_of(text: str, unit: str, office: str) -> str:
    """The text with the word for those who are assessed, and with the office in place of a city's.

    What is quoted is somebody else's and stays, but for our own heads, which are quoted too. Twice is the same as once.
    """
    if unit == DISTRICT or not (DISTRICT in text or _CITY in text):
        return text
    return _pattern(unit).sub(lambda m: unit if m["unit"] else office if m["office"] else m[0], text)


@lru_cache(maxsize=8)
def _pattern(unit: str) -> re.Pattern[str]:
    heads = (text for text in vars(words).values() if isinstance(text, str) and DISTRICT in text)
    quoted = f"“(?!(?:{'|'.join(map(re.escape, heads))})”)[^”]*”|《[^》]*》"
    return re.compile(f"{quoted}|{re.escape(unit)}|(?P<unit>{_THE_WORD})|(?P<office>{_CITY})")
