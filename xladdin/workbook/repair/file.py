"""Mending the calls of add-in functions in a workbook's file: the texts of its formulas change, and nothing else.

Works on the bytes of the package's parts, so that whatever this module has never heard of stays as it is, cached values
included. With the calls gone that needed them, links to the add-in's own files are taken out: they make Excel ask whether
to update links.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from html import escape, unescape
from urllib.parse import unquote
from xml.parsers import expat

from xladdin.classes import record
from xladdin.workbook import package as packages
from xladdin.workbook.repair.formulas import link_numbers, renumbered, repaired
from xladdin.workbook.unreadable import Unreadable, UnreadableWorkbook, guarded

OWN_FILES = frozenset({"finescore.xlam", "考核总表.xlsm"})
"""The files that define the functions, in small letters: links to them are taken out once no formula needs them."""

LINK = "外部链接"
"""Where a link is: the `cell` of the change that takes it out."""

_NOT_THIS_KIND = "不是 .xlsx 或 .xlsm 格式"


@record
class Change:
    """One thing mended.

    `cell` is a cell, a range, the name of a defined name or `表[列]`; `sheet` is empty where it belongs to no sheet.
    `before` and `after` are formulas with their `=`. For a link taken out, `before` is the file and `after` is empty.
    """

    sheet: str
    cell: str
    before: str
    after: str

    def line(self) -> str:
        """The change in one line for the user."""
        place = f"{self.sheet}!{self.cell}" if self.sheet else self.cell
        return f"{place}：{self.before} → {self.after or '已删除'}"


@record
class Repair:
    """A mended workbook: its file and what was changed; without changes the file is the one given."""

    data: bytes
    changes: tuple[Change, ...]


def repair_workbook(data: bytes, names: Collection[str]) -> Repair:
    """The .xlsx or .xlsm workbook with its calls of these functions mended, see `formulas.repaired`.

    Raises `UnreadableWorkbook` for anything else.
    """
    return guarded(partial(_repair, names), data)


_Edit = tuple[int, int, bytes]
"""The first and the last of the bytes to replace, and what to put there."""


def _repair(names: Collection[str], data: bytes) -> Repair:
    if not data.startswith(b"PK"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableWorkbook(Unreadable.PASSWORD)
        raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, _NOT_THIS_KIND)
    package = packages.Package(data)
    parts = {info.filename: package.read(info) for info in package.infolist()}
    workbook = _workbook_part(parts)
    links = _links(package, parts, workbook)
    sheets = {relation.part: name for name, relation, _is_hidden in package.sheets}
    order = list(sheets.values())
    wanted = re.compile("|".join([r"\[[0-9]", *map(re.escape, names)]), re.IGNORECASE)
    formulas = {part: _formulas(part, xml, wanted, order) for part, xml in parts.items()}
    mended = {part: [repaired(formula.text, names) for formula in found] for part, found in formulas.items()}

    used = {number for texts in mended.values() for text in texts for number in link_numbers(text)}
    gone = [link for link in links if link.own and link.number not in used]
    kept = [link for link in links if link not in gone]
    numbers = {link.number: number for number, link in enumerate(kept, 1)}

    edits: dict[str, list[_Edit]] = {part: [] for part in parts}
    changes = []
    for part, found in formulas.items():
        for formula, text in zip(found, mended[part], strict=True):
            after = renumbered(text, numbers)
            if after != formula.text:
                edits[part].append((formula.start, formula.end, formula.written(after)))
            if text != formula.text:
                sheet = formula.sheet or sheets.get(part, "")
                changes.append(Change(sheet, formula.place, f"={formula.text}", f"={after}"))
    changes.sort(key=lambda change: order.index(change.sheet) if change.sheet else len(order))
    changes += [Change("", LINK, link.target, "") for link in gone]
    if not changes:
        return Repair(data, ())
    if gone:
        for part, edit in _unlinking(parts, workbook, gone, whole_list=not kept):
            edits[part].append(edit)
    for link in gone:
        del parts[link.part]
        parts.pop(_relations_part(link.part), None)
    return Repair(_packed(package, {part: _edited(xml, edits[part]) for part, xml in parts.items()}), tuple(changes))


def _edited(xml: bytes, edits: list[_Edit]) -> bytes:
    pieces, position = [], 0
    for start, end, fresh in sorted(edits):
        pieces += [xml[position:start], fresh]
        position = end
    return b"".join([*pieces, xml[position:]])


def _packed(source: zipfile.ZipFile, parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts in the order, and with the dates, of the one they come from."""
    return packages.package_of(
        packages.part(info.filename, parts[info.filename])._replace(
            moment=info.date_time, attributes=info.external_attr
        )
        for info in source.infolist()
        if info.filename in parts
    )


# --- Where formulas stand ---------------------------------------------------------------------------------------------

_ELEMENTS = frozenset(
    {
        "f",
        "nf",
        "formula",
        "formula1",
        "formula2",
        "definedName",
        "calculatedColumnFormula",
        "totalsRowFormula",
        "sqref",
    }
)
"""Elements, in whatever namespace, whose text is a formula or a reference."""

_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "cfvo": ("val",),
    "sp": ("macro", "textlink"),
    "pic": ("macro",),
    "cxnSp": ("macro",),
    "graphicFrame": ("macro",),
    "controlPr": ("macro", "linkedCell", "listFillRange"),
    "formControlPr": ("fmlaGroup", "fmlaLink", "fmlaRange", "fmlaTxbx"),
    "oleObject": ("link",),
}
"""Attributes that hold one, by element."""

_PLACES: Mapping[str, str] = {
    "c": "r",
    "conditionalFormatting": "sqref",
    "dataValidation": "sqref",
    "sparkline": "",
    "sparklineGroup": "",
    "definedName": "name",
    "table": "displayName",
}
"""Elements that say where the formulas inside stand, and the attribute that does; without it a later `sqref` element says it."""

_NO_FORMULAS = re.compile(r"^(?:docProps|customXml|customUI|_xmlsignatures)/|/externalLinks/|^\[Content_Types\]")
_TAG = re.compile(rb"<[^>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^>\"']*)*>")
_ATTRIBUTE = re.compile(rb"([^\s=<\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_VML_FORMULA = re.compile(rb"<(?:\w+:)?Fmla\w+>([^<]*)<")
"""Old drawings are not always well-formed XML."""


@record(frozen=False)
class _Formula:
    """A formula's text and the bytes of its part it is written in."""

    start: int
    end: int
    text: str
    place: str
    sheet: str = ""
    encoding: str = "utf-8"
    in_attribute: bool = False

    def written(self, text: str) -> bytes:
        """Another text as it is to stand in the same place."""
        safe = escape(text, quote=self.in_attribute).replace("\r", "&#13;")
        if self.in_attribute:
            safe = safe.replace("\n", "&#10;").replace("\t", "&#9;")
        return safe.encode(self.encoding, "xmlcharrefreplace")


def _formulas(part: str, xml: bytes, wanted: re.Pattern[str], sheets: Sequence[str]) -> list[_Formula]:
    """The part's formulas in which there is something wanted. `sheets` are the names that local names are numbered by."""
    if part.endswith(".vml"):
        return [_Formula(*match.span(1), unescape(match[1].decode()), "") for match in _VML_FORMULA.finditer(xml)]
    if not part.endswith(".xml") or _NO_FORMULAS.search(part):
        return []
    parser = _parser(xml)
    # A part without anything wanted, nor a character given by its number, needs no closer look.
    if not (b"&#" in xml or re.search(wanted.pattern.encode(), xml, re.IGNORECASE)):
        return []
    formulas: list[_Formula] = []
    waiting: list[_Formula] = []
    encoding = "utf-8"
    table = place = sheet = inside = ""
    begun = 0
    pieces: list[str] = []

    def declared(_version: str, name: str | None, _standalone: int) -> None:
        nonlocal encoding
        encoding = name or encoding

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal table, place, sheet, inside, begun
        element = name.rpartition(":")[2]
        if element in _PLACES:
            place = attributes.get(_PLACES[element], "")
            table = place if element == "table" else table
            number = attributes.get("localSheetId", "")
            sheet = sheets[int(number)] if number else ""
        elif element == "tableColumn":
            place = f"{table}[{attributes.get('name', '')}]"
        if element in _ELEMENTS:
            inside, begun = name, _tag_end(xml, parser.CurrentByteIndex)
            pieces.clear()
            place = attributes.get("ref", place)  # an array formula's or shared formula's range
        for attribute in _ATTRIBUTES.get(element, ()):
            if wanted.search(attributes.get(attribute, "")):
                span = _value_span(xml, parser.CurrentByteIndex, attribute)
                formulas.append(_Formula(*span, attributes[attribute], place, sheet, encoding, in_attribute=True))

    def end(name: str) -> None:
        nonlocal inside
        if name != inside:
            return
        inside = ""
        text = "".join(pieces)
        if wanted.search(text):
            formulas.append(_Formula(begun, parser.CurrentByteIndex, text, place, sheet, encoding))
            if not place:
                waiting.append(formulas[-1])
        if name.endswith("sqref"):
            for formula in waiting:
                formula.place = text
            waiting.clear()

    def characters(text: str) -> None:
        if inside:
            pieces.append(text)

    parser.XmlDeclHandler = declared
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    parser.Parse(xml, True)
    return formulas


def _parser(xml: bytes) -> expat.XMLParserType:
    """A parser for the part. Entities are refused, and so is UTF-16: nobody writes it, and tags are looked for in bytes."""

    def refuse(*_arguments: object) -> None:
        raise UnreadableWorkbook(Unreadable.DAMAGED, "文件含有不允许的声明")

    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        refuse()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _tag_end(xml: bytes, start: int) -> int:
    tag = _TAG.match(xml, start)
    assert tag is not None
    return tag.end()


def _value_span(xml: bytes, tag_start: int, attribute: str) -> tuple[int, int]:
    for match in _ATTRIBUTE.finditer(xml, tag_start, _tag_end(xml, tag_start)):
        if match[1] == attribute.encode():
            return match.span(2 if match[2] is not None else 3)
    raise KeyError(attribute)


# --- External links ---------------------------------------------------------------------------------------------------


@record
class _Link:
    """A link to another workbook: its number in formulas, its relation, part and file."""

    number: int
    relation: str
    part: str
    target: str
    own: bool


@record
class _Element:
    """An element of a small part: where it begins and ends, and its attributes without prefixes."""

    start: int
    end: int
    attributes: Mapping[str, str]


def _elements(xml: bytes, wanted: str) -> list[_Element]:
    parser = _parser(xml)
    opened: list[tuple[int, dict[str, str]]] = []
    found = []

    def start(_name: str, attributes: dict[str, str]) -> None:
        opened.append((parser.CurrentByteIndex, attributes))

    def end(name: str) -> None:
        first, attributes = opened.pop()
        if name.rpartition(":")[2] == wanted:
            tag_end = _tag_end(xml, first)
            empty = xml.endswith(b"/>", first, tag_end)
            plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            found.append(_Element(first, tag_end if empty else _tag_end(xml, parser.CurrentByteIndex), plain))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(xml, True)
    return found


def _relations_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relations(parts: Mapping[str, bytes], part: str) -> list[_Element]:
    xml = parts.get(_relations_part(part))
    return _elements(xml, "Relationship") if xml else []


def _workbook_part(parts: Mapping[str, bytes]) -> str:
    for relation in _relations(parts, ""):
        part = relation.attributes["Target"].lstrip("/")
        main = relation.attributes["Type"].endswith("/officeDocument")
        if main and part.endswith(".xml") and _elements(parts[part], "sheets"):
            return part
    raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, _NOT_THIS_KIND)


def _links(package: packages.Package, parts: Mapping[str, bytes], workbook: str) -> list[_Link]:
    """The external links in the order that numbers them."""
    related = {relation.id: relation.part for relation in package.related(workbook)}
    links = []
    for number, reference in enumerate(_elements(parts[workbook], "externalReference"), 1):
        relation = reference.attributes["id"]
        part = related[relation]
        files = [unquote(r.attributes["Target"]) for r in _relations(parts, part)]
        own = bool(files) and all(re.split(r"[\\/]", file)[-1].lower() in OWN_FILES for file in files)
        links.append(_Link(number, relation, part, "".join(files[:1]), own))
    return links


def _unlinking(
    parts: Mapping[str, bytes], workbook: str, gone: list[_Link], *, whole_list: bool
) -> Iterator[tuple[str, _Edit]]:
    """What to cut from which part so that nothing names the links any more; an empty list of links is not allowed."""
    relations, members = {link.relation for link in gone}, {f"/{link.part}" for link in gone}
    for element in _elements(parts[workbook], "externalReferences" if whole_list else "externalReference"):
        if whole_list or element.attributes["id"] in relations:
            yield workbook, (element.start, element.end, b"")
    for element in _relations(parts, workbook):
        if element.attributes["Id"] in relations:
            yield _relations_part(workbook), (element.start, element.end, b"")
    for element in _elements(parts["[Content_Types].xml"], "Override"):
        if element.attributes["PartName"] in members:
            yield "[Content_Types].xml", (element.start, element.end, b"")
