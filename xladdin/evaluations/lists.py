"""简讯 and 宣传: lists that people keep, counted by the scheme's rules, with a reason for each line.

A brief counts once; a good report counts where it first appeared, and reposts of one story count no further; what was
exposed, or did harm without any medium, counts once however it is marked. A story is known by district, 性质 and title,
spaces aside. `line_formulas` says the same in native formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from xladdin.classes import field, record
from xladdin.fields.dates import read_day
from xladdin.fillin.checks import chain, lacking, lacking_step, seen
from xladdin.fillin.sheets import FIRST_ROW, HINT_ROW, UnitTable
from xladdin.issues import Place
from xladdin.methods import checks
from xladdin.methods.formulas import is_blank, is_no, is_yes, quoted
from xladdin.methods.inputs import Input, InputKind
from xladdin.numbers import Fault
from xladdin.scheme.model import Scheme
from xladdin.words import (
    COUNTED,
    DAY,
    DISTRICT,
    EXPOSURE,
    FIRST_PUBLISHED,
    GOOD_NEWS,
    LINK,
    MEDIUM,
    REASON,
    TITLE,
    TONE,
)
from xladdin.workbook.cells import CellError, Formula, Percentage, Raw, SerialDate, result_of, shown_text

YES, NO = "是", "否"

GOOD = checks.GOOD
BAD_DISTRICT = "错误：区名应从下拉列表中选"
BAD_TONE = f"错误：{TONE}应选“{GOOD_NEWS}”或“{EXPOSURE}”"
BAD_FIRST = f"错误：{FIRST_PUBLISHED}应选“{YES}”或“{NO}”"
REPOST = "不计：转发，以首发为准"
REPEATED = "不计：同区同题，前面已计一次"


@record
class Line:
    """A line of either list as it was read; `day` is a text where it is no date.

    Briefs have no `medium`, `tone`, `first` and `link`.
    """

    district: str = ""
    day: date | str | None = None
    title: str = ""
    medium: str = ""
    tone: str = ""
    first: str = ""
    link: str = ""
    fault: str = ""
    """Why a cell of the line cannot be used at all."""
    place: Place = field(default_factory=Place)

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands there."""
        contents = (self.district, self.day, self.title, self.medium, self.tone, self.first, self.link, self.fault)
        return not any(contents)

    @property
    def story(self) -> tuple[str, str, str]:
        """What makes it another story than the others."""
        return self.district, self.tone, self.title.replace(" ", "").replace("　", "").casefold()


@record
class Counted:
    """A line and what became of it: `reason` is √ where it counts, blank for a blank line."""

    line: Line
    reason: str

    @property
    def counts(self) -> bool:
        return self.reason == GOOD


@record
class Tally:
    """What a list comes to: numbers by input code and district, and every line with its reason."""

    numbers: Mapping[str, Mapping[str, int]]
    lines: tuple[Counted, ...]


FORMULA = "错误：不能用公式，请改填内容"


def typed_line(cells: Mapping[str, Raw], place: Place | None = None) -> Line:
    """The line that a row's cells make, by head."""
    faults = [_cell_fault(head, raw) for head, raw in cells.items()]
    texts = {head: _cell_text(raw) for head, raw in cells.items()}
    return Line(
        district=texts.get(DISTRICT, ""),
        day=typed_day(result_of(cells.get(DAY))),
        title=texts.get(TITLE, ""),
        medium=texts.get(MEDIUM, ""),
        tone=texts.get(TONE, ""),
        first=texts.get(FIRST_PUBLISHED, ""),
        link=texts.get(LINK, ""),
        fault=next(filter(None, faults), ""),
        place=place or Place(),
    )


def tidied(cells: Mapping[str, Raw]) -> dict[str, Raw]:
    """A row as it is meant: white space around texts and in choices gone, a date written as text taken for a date.

    The formulas of the list are stricter; they speak to whoever fills it in.
    """
    found: dict[str, Raw] = {}
    for head, raw in cells.items():
        if isinstance(raw, str):
            text = raw.strip()
            if head in (DISTRICT, TONE, FIRST_PUBLISHED):
                text = "".join(text.split())
            found[head] = (read_day(text) if head == DAY else None) or text
        else:
            found[head] = raw
    return found


def _cell_fault(head: str, raw: Raw) -> str:
    if isinstance(result_of(raw), CellError):
        return checks.BAD_CELL
    return FORMULA if isinstance(raw, Formula) and head != LINK else ""


def _cell_text(raw: Raw) -> str:
    value = result_of(raw)
    return value if isinstance(value, str) else shown_text(value)


def typed_day(raw: Raw) -> date | str | None:
    """The date a cell holds; a number is a date by its serial number, whatever its format."""
    match raw:
        case None | "":
            return None
        case float() | int() | Percentage() | SerialDate() if not isinstance(raw, bool):
            number = raw if isinstance(raw, float | int) else raw.number
            return read_day(SerialDate(number)) or date.min  # a number still, and of no year that counts
        case str():
            return raw
    return read_day(raw) or shown_text(raw)


def bad_day(scheme: Scheme) -> str:
    """The reason not to count a line without a date."""
    return f"错误：日期应是日期，如 {scheme.source.year}-5-3"


def out_of_year(scheme: Scheme) -> str:
    """The reason not to count a line of another year."""
    return f"错误：不是 {scheme.source.year} 年的"


def listed_codes(scheme: Scheme, table: UnitTable) -> dict[str, str]:
    """The fields that the lines of a list are counted for, by 性质 (none for briefs); nothing where no item has the list."""
    listed = ((spec.listed, spec.code) for spec in scheme.inputs.values())
    return {pair[1]: code for pair, code in listed if pair and pair[0] == table.sheet}


def count(scheme: Scheme, table: UnitTable, lines: Iterable[Line]) -> Tally:
    """What a list comes to for every district, in the order of the list: reports where they first appeared, by 性质."""
    counted = _judge(scheme, lines, table)
    codes = listed_codes(scheme, table)
    return Tally({code: _numbers(scheme, counted, tone) for tone, code in codes.items()}, counted)


def _numbers(scheme: Scheme, counted: Sequence[Counted], tone: str) -> dict[str, int]:
    own = [c.line.district for c in counted if c.counts and c.line.tone == tone]
    return {name: own.count(name) for name in scheme.district_names}


def _judge(scheme: Scheme, lines: Iterable[Line], table: UnitTable) -> tuple[Counted, ...]:
    counted = []
    counted_stories: set[tuple[str, str, str]] = set()
    for line in lines:
        reason = "" if line.is_blank else _fault(scheme, line, table)
        if not reason and not line.is_blank:
            is_repost = line.first == NO and line.tone != EXPOSURE
            reason = REPOST if is_repost else REPEATED if line.story in counted_stories else GOOD
        if reason == GOOD:
            counted_stories.add(line.story)
        counted.append(Counted(line, reason))
    return tuple(counted)


_OF_GOOD_NEWS = (MEDIUM, FIRST_PUBLISHED)
"""What only a good report needs: 曝光 may be an event of which no medium reported."""


def _fault(scheme: Scheme, line: Line, table: UnitTable) -> str:
    if line.fault:
        return line.fault
    contents = {
        DISTRICT: line.district,
        DAY: line.day,
        TITLE: line.title,
        MEDIUM: line.medium,
        TONE: line.tone,
        FIRST_PUBLISHED: line.first,
    }
    of_reports_only = _OF_GOOD_NEWS if line.tone == EXPOSURE else ()
    blank = [head for head in table.essential if not contents[head] and head not in of_reports_only]
    if blank:
        return lacking(blank)
    if line.district not in scheme.district_names:
        return BAD_DISTRICT
    if not isinstance(line.day, date):
        return bad_day(scheme)
    if line.day.year != scheme.source.year:
        return out_of_year(scheme)
    if TONE in table.essential and line.tone not in (GOOD_NEWS, EXPOSURE):
        return BAD_TONE
    if FIRST_PUBLISHED in table.essential and line.tone != EXPOSURE and line.first not in (YES, NO):
        return BAD_FIRST
    return ""


def what_is_wrong(scheme: Scheme, counted: Counted) -> tuple[str, str]:
    """What stands in a line that does not count for a fault, and what is expected instead."""
    line, reason = counted.line, counted.reason
    if line.fault:
        return "有公式" if reason == FORMULA else "有错误值", "直接填写的内容"
    word, _, rest = reason.partition("：")
    if word == checks.MISSING:
        return f"“{rest}”空白", f"填写“{rest}”"
    if reason in (bad_day(scheme), out_of_year(scheme)):
        day = "是数字" if line.day == date.min else f"“{line.day}”"
        return f"{DAY}{day}", f"{scheme.source.year} 年的日期，如 {scheme.source.year}-5-3"
    typed = {
        BAD_DISTRICT: (DISTRICT, line.district),
        BAD_TONE: (TONE, line.tone),
        BAD_FIRST: (FIRST_PUBLISHED, line.first),
    }
    head, text = typed[reason]
    return f"{head}“{text}”", rest


def line_formulas(scheme: Scheme, table: UnitTable, row: int, districts: str) -> dict[str, str]:
    """计入 and 原因 of the table's row; `districts` is the range of the districts' names."""

    def at(head: str) -> str:
        return table.at(head, row)

    year = scheme.source.year
    blank = {head: f'{at(head)}=""' for head in table.essential}
    for head in blank.keys() & _OF_GOOD_NEWS:
        blank[head] = f'AND({blank[head]},{at(TONE)}<>"{EXPOSURE}")'
    steps = [
        (f"ISNA(MATCH({at(DISTRICT)},{districts},0))", BAD_DISTRICT),
        (f"NOT(ISNUMBER({at(DAY)}))", bad_day(scheme)),
        (f"OR({at(DAY)}<DATE({year},1,1),{at(DAY)}>=DATE({year + 1},1,1))", out_of_year(scheme)),
    ]
    if TONE in table.essential:
        steps += [
            (f'AND({at(TONE)}<>"{GOOD_NEWS}",{at(TONE)}<>"{EXPOSURE}")', BAD_TONE),
            (
                f'AND({at(TONE)}<>"{EXPOSURE}",{at(FIRST_PUBLISHED)}<>"{YES}",{at(FIRST_PUBLISHED)}<>"{NO}")',
                BAD_FIRST,
            ),
            (f'AND({at(TONE)}<>"{EXPOSURE}",{at(FIRST_PUBLISHED)}="{NO}")', REPOST),
        ]
    if row:  # nothing stands above the first
        steps.append((_repeated(table, row, at), REPEATED))
    reasons = [lacking_step(blank), *((condition, quoted(words)) for condition, words in steps)]
    entries = "&".join(at(head) for head in table.entries)
    broken = f"ISERROR({entries})"
    return {
        COUNTED: f'=IF({at(REASON)}="","",IF({at(REASON)}="{GOOD}","{YES}","{NO}"))',
        REASON: chain([(broken, quoted(checks.BAD_CELL)), (f'{entries}=""', '""'), *reasons], quoted(GOOD)),
    }


DECLARATION = Input("", "全年没有", "是/否", InputKind.FLAG)
"""The cell above 计入 in which a list is declared to be rightly empty."""

DECLARATION_ROW = HINT_ROW - FIRST_ROW
"""Its row, counted as the table's rows are."""

NOT_BEGUN = "缺：尚未登记；全年没有的，左边选“是”"
BAD_DECLARATION = "错误：左边只填“是”，或留空"
NOT_EMPTY = "错误：清单有内容，左边不能选“是”"
DECLARED = f"{GOOD} 全年没有"


def declaration_formula(table: UnitTable, lines: int) -> str:
    """What stands beside the declaration."""
    cell, reasons = table.at(COUNTED, DECLARATION_ROW), table.span(REASON, lines)
    steps = [
        (f"ISERROR({cell})", f'"{BAD_DECLARATION}"'),
        (f'COUNTIF({reasons},"?*")>0', f'IF(OR({is_yes(cell)}),"{NOT_EMPTY}","")'),
        (f"OR({is_yes(cell)})", f'"{DECLARED}"'),
        (f"OR({is_blank(cell)},OR({is_no(cell)}))", f'"{NOT_BEGUN}"'),
    ]
    return chain(steps, f'"{BAD_DECLARATION}"')


def declaration_state(raw: Raw, counted: Sequence[Counted]) -> str:
    """What the formula shows."""
    value = seen(raw, DECLARATION)
    if any(one.reason for one in counted) and not isinstance(result_of(raw), CellError):
        return NOT_EMPTY if value is True else ""
    if isinstance(value, Fault):
        return BAD_DECLARATION
    return DECLARED if value is True else NOT_BEGUN


def _repeated(table: UnitTable, row: int, at: Callable[[str], str]) -> str:
    """Whether a line above has counted the same story. No criteria as in COUNTIFS: titles may hold * and ?, and be long."""

    def above(head: str) -> str:
        first = table.at(head, 0)
        letters = first.rstrip("0123456789")
        return f"${letters}${first[len(letters) :]}:{table.at(head, row - 1)}"

    def bare(text: str) -> str:
        return f'SUBSTITUTE(SUBSTITUTE({text}," ",""),"　","")'

    same = [f"({above(head)}={at(head)})" for head in (DISTRICT, TONE) if head in table.heads]
    same += [f'({above(COUNTED)}="{YES}")', f"({bare(above(TITLE))}={bare(at(TITLE))})"]
    # An error value in a line above must not hide what this line is.
    return f"IFERROR(SUMPRODUCT({'*'.join(same)}),0)>0"
