"""A scheme as rows of the workbook's sheets: what is written into 考核方案.xlsx, and what two schemes are compared by."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xladdin.classes import fields, record
from xladdin.methods.item import Item
from xladdin.methods.ratio import RatioItem
from xladdin.records import Quoted, record_fields
from xladdin.scheme.book import layout
from xladdin.scheme.model import Scheme
from xladdin.scheme.tables import ANNEX1, DISTRICTS, SOURCE, annex_file

Shown = str | float | None
Row = dict[str, Shown]
"""What stands in a row by head."""


@record
class SheetRows:
    """A sheet's heads and rows, each row with the key by which it is known: an id, a code, a name."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, Row], ...]


def sheet_rows(scheme: Scheme) -> dict[str, SheetRows]:
    """The sheets of a scheme but for the guide and the examples."""
    zones = scheme.district_list.zones
    L = layout  # noqa: N806 - heads stand close together here
    quote = L.QUOTE
    indicator_heads = list(L.INDICATOR_LABELS.values())
    indicator_heads[-1:-1] = [f"{L.ZONE_AMOUNT}{name}" for name in zones.values()]
    heads = {
        L.DOCUMENT: (L.WHAT, L.VALUE, quote, L.ABOUT),
        L.SECTIONS: (L.SECTION, L.NAME, "标题", L.POINTS, L.BONUS),
        L.TASKS: L.TASK_HEADS,
        L.INDICATORS: (L.ITEM, *indicator_heads),
        L.PARAMETERS: (L.ITEM, L.PARAMETER, L.VALUE, quote),
        L.STEPS: (L.ITEM, L.KIND, *L.step_heads()),
        L.READINGS: (L.POLICY, L.NAME, quote, "理由", L.OPTION, L.OPTION_TEXT, L.IS_DEFAULT),
        L.UNITS: (L.NAME, "分区", L.GROUPS),
        **{sheet: L.outcome_heads(of) for sheet, (_file, _key, of) in L.OUTCOME.items()},
    }
    rows = {
        L.DOCUMENT: _document(scheme),
        L.SECTIONS: _sections(scheme),
        L.TASKS: _tasks(scheme),
        L.INDICATORS: _indicators(scheme),
        L.PARAMETERS: _parameters(scheme),
        L.STEPS: _steps(scheme),
        L.READINGS: _readings(scheme),
        L.UNITS: _units(scheme),
        L.GROUPS: _outcome(scheme.groups),
        L.VETOES: _outcome(scheme.vetoes.values()),
        L.GRADES: _outcome(scheme.grades),
    }
    return {sheet: SheetRows(heads[sheet], tuple(own)) for sheet, own in rows.items()}


def value_at(of: Any, path: str) -> Any:  # noqa: ANN401 - a record and its value
    """The value of a record at a path, None where there is none on the way."""
    for key in path.split("."):
        kind: Any = type(of)
        name = next(f.name for f in record_fields(kind) if f.key == key)
        of = getattr(of, name)
        if of is None:
            return None
    return of


def shown(value: Any) -> Shown:  # noqa: ANN401 - whatever a record holds
    """A value as a cell shows it."""
    if isinstance(value, bool):
        return layout.YES if value else layout.NO
    if isinstance(value, Quoted):
        return shown(value.value)
    if isinstance(value, Decimal | int):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    return layout.LIST_MARK.join(value) if isinstance(value, tuple) else value


def sentence(value: Any) -> Shown:  # noqa: ANN401
    """The sentence that a quoted number comes from."""
    if not isinstance(value, Quoted):
        return None
    return value.clause if value.clause is not None else f"{layout.CONVENTION}{value.basis}"


def _document(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    annexes = {annex_file(n): annex for n, annex in enumerate(scheme.annexes, 2)}
    records = {SOURCE: scheme.source, ANNEX1: scheme.annex1, **annexes, DISTRICTS: scheme.district_list}
    for (file, path), (label, about) in layout.document_labels(1 + len(annexes)).items():
        value = value_at(records[file], path)
        yield (
            label,
            {layout.WHAT: label, layout.VALUE: shown(value), layout.QUOTE: sentence(value), layout.ABOUT: about},
        )
    for key, name in scheme.district_list.zones.items():
        label = f"{layout.ZONE_LABEL}{key}"
        yield label, {layout.WHAT: label, layout.VALUE: name, layout.ABOUT: "分区的名称；任务量按分区规定时用"}


def _sections(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    for s in scheme.sections:
        row: Row = {
            layout.SECTION: float(s.number),
            layout.NAME: s.name,
            "标题": s.label,
            layout.POINTS: shown(s.points),
            layout.BONUS: layout.YES if s.bonus else None,
        }
        yield str(s.number), row


def _tasks(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    for section in scheme.sections:
        for r, official in enumerate(section.rows, 1):
            head: Row = {
                layout.TASK: official.task,
                layout.RULE: official.method_text,
                layout.ROW_POINTS: shown(official.points),
                layout.REFERRED: official.annex,
            }
            place: Row = {
                layout.ANNEX: scheme.annex1.annex.id,
                layout.SECTION: float(section.number),
                layout.ROW: float(r),
            }
            for item in official.items or (None,):
                own: Row = (
                    {}
                    if item is None
                    else {**_item(item), layout.POINTS: shown(item.points), layout.QUOTE: item.clause}
                )
                yield item.id if item else f"{scheme.annex1.annex.id}.{section.number}.{r}", {**place, **head, **own}
                head = {}
    for annex, task in ((own, task) for own in scheme.annexes for task in own.tasks):
        yield (
            task.id,
            {
                layout.ANNEX: annex.annex.id,
                layout.SECTION: shown(annex.annex.section),
                layout.ROW: float(task.number),
                layout.TASK: task.task,
                layout.RULE: task.method_text,
                layout.ROW_POINTS: shown(task.points),
                **_item(scheme.items[task.id]),
                layout.NAME: task.name,
                layout.DEPARTMENTS: shown(task.departments),
            },
        )


def _item(item: Item) -> Row:
    return {layout.ID: item.id, layout.NAME: item.name, layout.METHOD: item.title}


def _indicators(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    zones = scheme.district_list.zones
    for item in scheme.items.values():
        for indicator in item.indicators if isinstance(item, RatioItem) else ():
            row: Row = {layout.ITEM: item.id}
            row |= {head: shown(getattr(indicator, key)) for key, head in layout.INDICATOR_LABELS.items()}
            by_zone = indicator.by_zone or {}
            row |= {f"{layout.ZONE_AMOUNT}{name}": shown(by_zone.get(key)) for key, name in zones.items()}
            yield indicator.code, row


def assumed(scheme: Scheme, item: Item) -> Mapping[str, Any]:
    """What the scheme does not write down of a task's parameters, because a task's row says it."""
    for annex in scheme.annexes:
        for task in annex.tasks:
            if task.id == item.id:
                full = annex.reference.full if annex.reference else None
                return type(item).for_task(task.points, task.departments_text, full)
    return {}


def _parameters(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    for item in scheme.items.values():
        known = assumed(scheme, item)
        for leaf in layout.parameters(type(item)):
            value = value_at(item, leaf.path)
            if value is None or (leaf.path in known and known[leaf.path] == value) or value is False:
                continue
            label = layout.LABELS[leaf.path]
            row: Row = {layout.ITEM: item.id, layout.PARAMETER: label, layout.VALUE: shown(value)}
            yield f"{item.id} {label}", {**row, layout.QUOTE: sentence(value)}


def _steps(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    for item in scheme.items.values():
        for key, inner in layout.lists(type(item)).items():
            name = next(f.name for f in fields(item) if (f.metadata.get("key") or f.name) == key)
            for n, step in enumerate(getattr(item, name), 1):
                row: Row = {layout.ITEM: item.id, layout.KIND: layout.KINDS[key]}
                for leaf in layout.leaves(inner):
                    value, head = value_at(step, leaf.path), layout.STEP_LABELS[leaf.path]
                    if value is None or value is False or (value == "" and leaf.is_optional):
                        continue
                    row[head] = shown(value)
                    if leaf.is_quoted:
                        row[layout.quote_head(head)] = sentence(value)
                yield f"{item.id} {layout.KINDS[key]}{n}", row


def _readings(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    for policy in scheme.policy_list:
        head: Row = {layout.NAME: policy.title, layout.QUOTE: policy.clause, "理由": policy.reason}
        for option, text in policy.options.items():
            own: Row = {layout.POLICY: policy.name, layout.OPTION: option, layout.OPTION_TEXT: text}
            mark = layout.YES if option == policy.default else None
            yield f"{policy.name} {option}", {**own, **head, layout.IS_DEFAULT: mark}
            head = {}
    for settled in scheme.settled:  # without options, and so without a name of its own
        texts: Row = {layout.NAME: settled.title, layout.QUOTE: settled.clause, "理由": settled.reason}
        yield settled.title, {**texts, layout.OPTION_TEXT: settled.meaning}


def _units(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    zones = scheme.district_list.zones
    for district in scheme.districts:
        row: Row = {layout.NAME: district.name, "分区": zones.get(district.zone)}
        yield district.name, {**row, layout.GROUPS: district.group or None}


def _outcome(records: Iterable[Any]) -> Iterator[tuple[str, Row]]:
    """The rows of a sheet of what becomes of a total."""
    for one in records:
        row: Row = {}
        for leaf in layout.leaves(type(one)):
            value = value_at(one, leaf.path)
            row[layout.OUTCOME_LABELS[leaf.path]] = shown(value)
            row |= {layout.QUOTE: sentence(value)} if leaf.is_quoted else {}
        yield one.name, row
