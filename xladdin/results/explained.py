"""explain: how a score, a section or the total of a result came about, for whoever asks with the names that people use."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from xladdin.issues import Issue, Level, WrongCall
from xladdin.methods.item import Item
from xladdin.numbers import half_up, plain
from xladdin.results.district_sheet import rank_text
from xladdin.results.finding_lines import finding_lines
from xladdin.results.stored import Results, issue_of
from xladdin.scheme.model import Scheme, Section
from xladdin.scoring.items import Status
from xladdin.words import GRADE, GRAND_TOTAL, VETO, WITHOUT_RANK

_NUMERALS = "一二三四五六七八九十"

Asked = Item | Section | None
"""What is to be explained; None stands for the total."""


T = TypeVar("T")


def explained(scheme: Scheme, data: Results, district: str, asked: str) -> Iterator[str]:
    """The lines that explain it; `WrongCall` with the choices where a name is nobody's or several things'."""
    by_name = {d["name"]: d for d in data["districts"]}
    own = by_name[_chosen(scheme.source.unit_word, district, {}, [(name, name) for name in by_name], str)]
    items = [item for item in scheme.items.values() if item.id in own["items"]]
    codes: dict[str, Asked] = {spec.code: item for item in items for spec in item.inputs}
    names: list[tuple[str, Asked]] = [(GRAND_TOTAL, None)]
    for section in scheme.sections:
        numeral = _NUMERALS[section.number - 1 : section.number]
        names += [
            (name, section) for name in (section.name, f"第{numeral}部分", f"第{section.number}部分", f"({numeral})")
        ]
    names += [(item.name, item) for item in items]
    names += [(spec.name, item) for item in items for spec in item.inputs]
    chosen = _chosen("项目", asked, codes | {item.id: item for item in items}, names, _shown)
    found = [issue_of(issue) for issue in data.get("issues", ()) if issue["district"] == own["name"]]
    if chosen is None:
        return _total(scheme, data, own, found)
    return _section(scheme, own, chosen, found) if isinstance(chosen, Section) else _item(scheme, own, chosen, found)


def _shown(thing: Asked) -> str:
    if thing is None:
        return GRAND_TOTAL
    return thing.name if isinstance(thing, Section) else f"{thing.id} {thing.name}"


def _chosen(
    what: str, asked: str, by_code: Mapping[str, T], names: Sequence[tuple[str, T]], shown: Callable[[T], str]
) -> T:
    """The one thing of that code or name; else the one with a name that the text is part of."""
    wanted = _plain(asked)
    exact = [thing for name, thing in (*by_code.items(), *names) if _plain(name) == wanted]
    alike = exact or [thing for name, thing in names if wanted and wanted in _plain(name)]
    choices = {shown(thing): thing for thing in alike or (thing for _name, thing in names)}
    if alike and len(choices) == 1:
        return alike[0]
    why = f"“{asked}”不止一个{what}" if alike else f"结果中没有{what}“{asked}”"
    raise WrongCall(f"{why}；可选：{'、'.join(choices)}")


def _plain(text: str) -> str:
    """A name as it is compared: full width, case, white space and quotation marks aside."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if not c.isspace() and c not in '“”"')


def _total(scheme: Scheme, data: Results, own: Mapping[str, Any], found: Iterable[Issue]) -> Iterator[str]:
    sections = [(section, own["sections"][str(section.number)]) for section in scheme.sections]
    state = "（暂定）" if own["provisional"] else ""
    yield f"{own['name']}　{GRAND_TOTAL}（{scheme.points_text}），{rank_text(own['rank'])}{state}，共 {len(data['districts'])} 个{scheme.source.unit_word}"
    if scheme.groups and own["group_rank"] is not None:
        members = sum(group == own["group"] for group in scheme.group_of.values())
        yield f"  {own['group']}　第 {own['group_rank']} 名，共 {members} 个{scheme.source.unit_word}"
    for section, points in sections:
        yield f"  {section.name}　{points:.2f}（{plain(section.points)} 分）"
    added = "＋".join(f"{points:.2f}" for _section, points in sections)
    counted = own["total"]
    vetoes = own.get("vetoes", ())
    yield f"{added}，得分 {own['sum'] if vetoes else counted:.2f}"
    for veto in vetoes:
        rule = scheme.vetoes[veto["name"]]
        yield f"{VETO}：{rule.name}，{rule.effect}。事由：{veto['event']}；{veto['approver']} {veto['day']} 批准"
        yield f"  原文：{' '.join(rule.clause.split())}"
        yield f"  {veto['file']} {veto['sheet']}!{veto['cell']}"
    if vetoes:
        yield f"{GRAND_TOTAL}：{WITHOUT_RANK if counted is None else f'{counted:.2f}'}"
    if grade := next((g for g in scheme.grades if g.name == own.get("grade")), None):
        yield f"{GRADE}：{grade.name}（{grade.start} 分起）"
    yield from _heavy(found)


def _section(scheme: Scheme, own: Mapping[str, Any], section: Section, found: Iterable[Issue]) -> Iterator[str]:
    yield f"{own['name']}　{section.name}（{plain(section.points)} 分）"
    items = [item for item in scheme.items_of(section.number) if item.id in own["items"]]
    total = base = Decimal(0)
    left_out = 0
    for item in items:
        data = own["items"][item.id]
        if data["status"] == Status.NOT_APPLICABLE.value and data["score"] is None:
            left_out += 1
            shown, lacking = "不适用", ""
        else:
            total += Decimal(str(data["score"] or 0))
            base += item.points
            lacking = {Status.MISSING.value: "缺，", Status.ERROR.value: "错误，"}.get(data["status"], "")
            shown = f"{data['score'] or 0:.2f}"
        yield f"  {item.id} {item.name}　{shown}（{lacking}{plain(item.points)} 分）"
    scored = own["sections"][str(section.number)]
    if section.bonus:
        limited = f"，至多 {plain(section.points)} 分" if total > section.points else ""
        yield f"加分项，在 {plain(scheme.points)} 分以外：各项合计 {plain(half_up(total))}{limited}，得分 {scored:.2f}"
    elif left_out:
        yield (
            f"{left_out} 项不适用：{plain(section.points)}×适用各项得分合计 {plain(half_up(total))}"
            f"÷适用各项分值合计 {plain(base)}，得分 {scored:.2f}"
        )
    else:
        yield f"各项合计，得分 {scored:.2f}"
    ids = {item.id for item in items}
    yield from _heavy(issue for issue in found if issue.place.item.partition(".")[0] in ids)


def _heavy(found: Iterable[Issue]) -> list[str]:
    """What keeps the score from being final."""
    return finding_lines((i for i in found if i.is_open or i.level in (Level.ERROR, Level.MISSING, Level.AWAITED)), {})


def _item(scheme: Scheme, own: Mapping[str, Any], item: Item, found: Iterable[Issue]) -> Iterator[str]:
    data = own["items"][item.id]
    yield f"{own['name']}　{item.id} {item.name}（{data['points']:g} 分）"
    yield data["explain"]
    sources = [*data["sources"], *data.get("beside", ())]
    used = [source for source in sources if not source.get("unused")]
    yield from (_source_line(scheme, source) for source in used)
    if unused := [source for source in sources if source.get("unused")]:
        yield "没有采用："
        yield from (f"{_source_line(scheme, source)}（{source['unused']}）" for source in unused)
    for issue in found:
        if issue.place.item.partition(".")[0] == item.id:
            yield f"  [{issue.level.value}] {issue.place.item}：{issue.found}；办法：{issue.remedy}"
    digests = {source["file"]: source["sha256"] for source in sources if source["sha256"]}
    yield from (f"文件 {file}  SHA-256 {digest}" for file, digest in digests.items())


def _source_line(scheme: Scheme, source: Mapping[str, str]) -> str:
    code = source["code"]
    name = f" {scheme.inputs[code].name}" if code in scheme.inputs else ""
    place = f"{source['file']} {source['sheet']}{source['cell'] and '!' + source['cell']}"
    return f"  {code}{name} {source['column']}：“{source['typed']}”  {place}"
