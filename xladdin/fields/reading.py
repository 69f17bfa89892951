"""From what people type to values, by stated rules; whatever is read as something else than it says is listed.

Blank, zero, 不适用 and error stay four values: nothing that was typed ever becomes 0 or blank without a finding.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from math import isfinite

from xladdin import issues
from xladdin.classes import record, replace
from xladdin.issues import Issue, Place
from xladdin.methods import checks
from xladdin.methods.inputs import Input, InputKind
from xladdin.numbers import MAX_NUMBER, NOT_APPLICABLE, Fault, Value, decimal_of, plain
from xladdin.workbook.cells import (
    CellError,
    Covered,
    Formula,
    MarkedText,
    Percentage,
    Raw,
    SerialDate,
    shown_text,
    visible_text,
)

_YES = {*checks.YES, "TRUE", "1"}
_NO = {*checks.NO, "FALSE", "0"}
_STATED_FLAGS = {"是", "√", "否", "×"}
_BLANK_MARKS = {"—", "——", "-", "--", "―", "/", "无", "…", "……"}
_NOT_APPLICABLE = {"不适用", "不涉及", "N/A", "NA"}
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d*)?(万|亿)?(.*)")
_SCALE = {"万": Decimal(10000), "亿": Decimal(100000000)}

# LibreOffice stores a logical constant as a call of the function of that name.
_CONSTANTS = {"TRUE()": True, "FALSE()": False}

_PERCENT_SIGN = "百分数取数字部分"

MARK_OUT_OF_100 = Decimal(100)

# Two numbers in one cell: not to be joined into another number. Nor are characters that are shown in the other direction.
_JOINED = re.compile(r"\d\s+\d|[\u202d\u202e]")


@record
class Reading:
    """What a cell was read as, and what there is to say about it."""

    value: Value
    issues: tuple[Issue, ...] = ()


def read_cell(raw: Raw, spec: Input, place: Place, *, is_target: bool = False) -> Reading:
    """The value of a field's cell (完成情况, or with `is_target` 当年任务量)."""
    if isinstance(raw, Formula) and raw.text in _CONSTANTS:
        raw = _CONSTANTS[raw.text]
    if isinstance(raw, Formula):
        kind = issues.ERROR_CELL if isinstance(raw.result, CellError) else issues.FORMULA_CELL
        return _refused(kind, raw, spec, place)
    if isinstance(raw, CellError):
        return _refused(issues.ERROR_CELL, raw, spec, place)
    if isinstance(raw, Covered):
        return Reading(Fault(f"被合并单元格 {raw.merged} 遮住"), (beneath(raw, place),))
    if isinstance(raw, MarkedText) and not _is_blank(raw):
        return _refused(issues.MARKED_CELL, raw, spec, place)
    if isinstance(raw, Percentage):
        raw = shown_text(raw)
    if isinstance(raw, str):
        return _read_text(raw, spec, place, is_target=is_target)
    if raw is None:
        return Reading(None)
    if spec.kind is InputKind.FLAG:
        if isinstance(raw, bool):
            return Reading(raw)
        if isinstance(raw, int | float) and raw in (0, 1):
            return Reading(bool(raw))
        return _refused(issues.BAD_CELL, raw, spec, place)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not isfinite(raw):
        return _refused(issues.BAD_CELL, raw, spec, place)
    return _bounded(decimal_of(raw), raw, spec, place, None, is_target=is_target)


def read_name(raw: Raw, place: Place) -> tuple[str, tuple[Issue, ...]]:
    """A name that is typed into a cell, nothing where there is none; what only shows one is refused."""
    if isinstance(raw, Covered):
        return "", (beneath(raw, place),)
    name = visible_text(shown_text(raw)).strip()
    if isinstance(raw, Formula | CellError | MarkedText) and name:
        return "", (issues.issue(issues.BAD_NAME, place, f"“{name}”"),)
    return name, ()


def read_case(raw: Raw, place: Place) -> tuple[str, bool | None, tuple[Issue, ...]]:
    """What stands for the name of a case, whether it names one (None where nothing stands there), and what there is to say."""
    name, found = read_name(raw, place)
    if not name:
        return "", False if found else None, found
    text = "".join(unicodedata.normalize("NFKC", name).split())
    if text not in checks.NO_CASE and text not in _BLANK_MARKS:
        return name, True, found
    if checks.names_case(shown_text(raw)):  # by formulas, which take it as it stands
        found += _converted(name, "没有报送", f"“{name}”按没有报送案例处理", place)
    return name, False, found


def below_least(value: Value, least: Decimal | None, spec: Input, typed: str, place: Place) -> Issue | None:
    """The finding that a 任务量 falls short of what the text sets for the district, where it sets one that can be read."""
    if least is None or isinstance(value, Fault) or (isinstance(value, Decimal) and value >= least):
        return None
    clause = spec.indicator.clause if spec.indicator else ""
    texts = {"least": plain(least), "unit": spec.unit, "clause": clause}
    return issues.issue(issues.BELOW_LEAST, place, f"当年任务量 {typed.strip() or '未填'}", **texts)


def _refused(kind: issues.Kind, raw: Raw, spec: Input, place: Place) -> Reading:
    found = shown_text(raw)
    what = "逻辑值 " if isinstance(raw, bool) else "日期 " if isinstance(raw, datetime.date | SerialDate) else ""
    words = checks.allowed(spec).strip()
    finding = issues.issue(kind, place, f"{what}{found}" if what else f"“{found}”", allowed=words)
    return Reading(Fault(f"“{found}”应为{words}"), (finding,))


def once_each(found: Iterable[Issue]) -> list[Issue]:
    """The findings, with one for each merged range and item of a district, over however many of its fields the range lies."""
    kept: dict[object, Issue] = {}
    for finding in found:
        place = finding.place
        range_ = (place.file, place.sheet, place.cell)
        if finding.code == issues.COVERED_CELL.code:  # for which nothing counts
            kept.setdefault((place.district, place.item.partition(".")[0], *range_), finding)
        else:
            kept.setdefault(range_ if finding.code == issues.MERGED_CELL.code else id(finding), finding)
    return list(kept.values())


def beneath(raw: Covered, place: Place) -> Issue:
    """The finding about a merged range with contents beneath it, one of which would stand at this place."""
    where = replace(place, cell=raw.merged)
    return issues.issue(issues.COVERED_CELL, where, f"{raw.merged} 是合并单元格，遮住了“{raw.texts}”")


def _is_blank(text: str) -> bool:
    return not visible_text(text).strip()


def _read_text(raw: str, spec: Input, place: Place, *, is_target: bool) -> Reading:
    stripped = visible_text(raw).strip()
    if not stripped:
        found = _converted(raw, "未填", "只有看不见的字符，按未填处理", place) if raw.strip() else ()
        return Reading(None, found)
    text = "".join(unicodedata.normalize("NFKC", stripped).split())
    if stripped in _BLANK_MARKS or text in _BLANK_MARKS:
        return Reading(None, () if raw in checks.BLANK_MARKS else _converted(raw, "未填", f"“{raw}”按未填处理", place))
    upper = text.upper()
    if upper in _NOT_APPLICABLE:
        if spec.kind is not InputKind.AMOUNT:
            return _refused(issues.BAD_CELL, raw, spec, place)
        found = () if raw == "不适用" else _converted(raw, "不适用", f"“{raw}”按不适用处理", place)
        return Reading(NOT_APPLICABLE, found)
    if spec.kind is InputKind.FLAG:
        if upper not in _YES | _NO:
            return _refused(issues.BAD_CELL, raw, spec, place)
        flag = upper in _YES
        word = "是" if flag else "否"
        return Reading(flag, () if raw in _STATED_FLAGS else _converted(raw, word, f"“{raw}”按“{word}”处理", place))
    # Circled, raised and enclosed figures and fractions are no digits, though they fold to some.
    is_joined = _JOINED.search(raw.strip()) or any(unicodedata.category(one) == "No" for one in stripped)
    parsed = None if is_joined else _parse_number(text, spec)
    if parsed is None:
        return _refused(issues.BAD_CELL, raw, spec, place)
    number, rule = parsed
    return _bounded(number, raw, spec, place, rule, is_target=is_target)


def _converted(raw: str, read_as: str, rule: str, place: Place) -> tuple[Issue, ...]:
    return (issues.issue(issues.CONVERTED, place, f"“{raw}”", read_as=f"读作 {read_as}", rule=rule),)


def _parse_number(text: str, spec: Input) -> tuple[Decimal, str] | None:
    """The number a text stands for in this field and the rule by which, or None."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, whole, fraction, scale, rest = match.groups()
    number = Decimal(f"{sign}{whole.replace(',', '')}{fraction or ''}")
    rules = ["文本按数字处理"] if not scale and not rest else []
    unit = "".join(unicodedata.normalize("NFKC", spec.unit).split())
    if scale:
        if unit.startswith(scale):
            rest = scale + rest  # 2000万 where the unit is 万平方米
        else:
            number *= _SCALE[scale]
            rules.append(f"“{scale}”按 {_SCALE[scale]} 计")
    if rest:
        if rest == "%":
            if not (spec.unit == "%" or spec.maximum == MARK_OUT_OF_100):
                return None
            rules.append(_PERCENT_SIGN)
        elif rest == unit or (unit.startswith("万") and rest == "万"):
            rules.append("去掉单位")
        else:
            return None
    return number, "，".join(rules)


def _bounded(number: Decimal, raw: Raw, spec: Input, place: Place, rule: str | None, *, is_target: bool) -> Reading:
    too_low = number < (-MAX_NUMBER if spec.signed else 0)
    too_high = number > (MAX_NUMBER if spec.maximum is None else spec.maximum)
    is_shown = rule is not None and _PERCENT_SIGN in rule
    looks_like_rate = checks.looks_like_share(spec, number) and not is_shown
    not_counted = spec.kind is InputKind.COUNT and number != number.to_integral_value()
    if too_low or too_high or looks_like_rate or not_counted:
        return _refused(issues.BAD_CELL, raw, spec, place)
    found = () if rule is None else _converted(str(raw), plain(number), rule, place)
    if spec.whole and number != number.to_integral_value():
        found += (issues.issue(issues.NOT_WHOLE, place, plain(number), unit=spec.unit),)
    if not is_target and spec.maximum == MARK_OUT_OF_100 and spec.kind is InputKind.SCORE and 0 < number < 1:
        found += (issues.issue(issues.FRACTION_OF_MARK, place, plain(number), maximum=plain(spec.maximum)),)
    return Reading(number, found)
