"""Zip packages of workbooks: refusing hostile ones before any parser sees them, writing, and replacing cells in our own."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from html import escape
from io import BytesIO
from itertools import starmap
from struct import pack, unpack_from
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree

from xladdin.workbook.unreadable import OVERSIZED_PACKAGE, Unreadable, UnreadableWorkbook

MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 2000
MAX_TAGS = 400_000
"""Tags in a part that is read as a whole. Names left behind by years of copying come to tens of thousands."""

_DECLARATIONS = tuple(
    b for text in ("<!DOCTYPE", "<!ENTITY") for b in map(text.encode, ("ascii", "utf-16-le", "utf-16-be"))
)
_CHUNK = 1 << 18


class Relation(NamedTuple):
    """What a part refers to: by which number, as what, and the part's name in the package."""

    id: str
    kind: str
    part: str


class ListedSheet(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    relation: Relation
    is_hidden: bool


class Package(zipfile.ZipFile):
    """A package whose parts are found as spreadsheet programs find them: in any case, with slashes of either kind.

    `UnreadableWorkbook` if it is not fit to read: damaged, or with declared sizes that no workbook needs.
    """

    def __init__(self, data: bytes) -> None:
        try:
            super().__init__(BytesIO(data))
        except zipfile.BadZipFile as error:
            raise UnreadableWorkbook(Unreadable.DAMAGED) from error
        infos = self.infolist()
        if len(infos) > MAX_PARTS or sum(i.file_size for i in infos) > MAX_UNPACKED:
            raise UnreadableWorkbook(Unreadable.OVERSIZED, OVERSIZED_PACKAGE)
        self._related: dict[str, list[Relation]] = {}
        self._names = {_folded(info.filename): info.filename for info in infos}
        if len(self._names) < len(infos):  # which of them counts, programs do not agree on
            raise UnreadableWorkbook(Unreadable.DAMAGED, "压缩包里有重名的部分")

    def part(self, name: str) -> str:
        """The name in the package of a part called so elsewhere; nothing where there is none."""
        return self._names.get(_folded(name)) or self._names.get(_folded(unquote(name)), "")

    def related(self, part: str = "") -> list[Relation]:
        """What a part of the package refers to, or the package itself; only what is there."""
        if part in self._related:
            return self._related[part]
        folder, name = posixpath.split(_folded(part))
        relations = self.part(f"{folder}/_rels/{name}.rels")
        found = []
        for relation in self.root(relations) if relations else ():
            target = self.part(posixpath.join("/", folder, relation.get("Target", "").replace("\\", "/")))
            if target and relation.get("TargetMode") != "External":
                kind = relation.get("Type", "").rpartition("/")[2]
                found.append(Relation(relation.get("Id", ""), kind, target))
        self._related[part] = found
        return found

    def root(self, part: str) -> ElementTree.Element:
        """A part as a tree; refused where it declares anything or is larger than such parts are."""
        if self.getinfo(part).file_size > MAX_TAGS * 40:
            raise UnreadableWorkbook(Unreadable.OVERSIZED, OVERSIZED_PACKAGE)
        content = self.read(part)
        if any(declaration in content for declaration in _DECLARATIONS):
            raise UnreadableWorkbook(Unreadable.DAMAGED, "文件含有不允许的声明")
        if content.count(b"<") > MAX_TAGS:
            raise UnreadableWorkbook(Unreadable.OVERSIZED, OVERSIZED_PACKAGE)
        return ElementTree.fromstring(content)

    def chunks(self, part: str) -> Iterator[bytes]:
        """A part's content piece by piece."""
        with self.open(part) as content:
            while chunk := content.read(_CHUNK):
                yield chunk

    @cached_property
    def workbook(self) -> str:
        """The part that lists the sheets."""
        main = (relation.part for relation in self.related() if relation.kind == "officeDocument")
        part = next(main, self.part("xl/workbook.xml"))
        if not part:
            raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, "是 Office 文件但不是工作簿")
        return part

    @cached_property
    def sheets(self) -> list[ListedSheet]:
        """The sheets of every kind, in the workbook's order."""
        workbook = self.workbook
        parts = {relation.id: relation for relation in self.related(workbook)}
        root = self.root(workbook)
        if not root.tag.endswith("}workbook"):
            raise UnreadableWorkbook(Unreadable.NOT_A_WORKBOOK, "是 Office 文件但不是工作簿")
        found = []
        for sheet in root.iter():
            if sheet.tag.endswith("}sheet"):
                number = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
                if number in parts:
                    is_hidden = sheet.get("state", "visible") != "visible"
                    found.append(ListedSheet(sheet.get("name", ""), parts[number], is_hidden))
        return found

    @property
    def properties(self) -> dict[str, str]:
        """The custom text properties by name, without the white space that some programs indent them with."""
        parts = [relation.part for relation in self.related() if relation.kind == "custom-properties"]
        parts = parts or list(filter(None, [self.part("docProps/custom.xml")]))
        return {p.get("name", "").strip(): "".join(p.itertext()).strip() for part in parts for p in self.root(part)}


def _folded(name: str) -> str:
    """A part's name as it is compared: `/XL/Styles.xml` and `xl/styles.xml` are one."""
    return posixpath.normpath("/" + name.replace("\\", "/")).lower().lstrip("/")


def peeked_properties(data: bytes) -> dict[str, str]:
    """A file's text properties without reading its sheets; none where it is no package that can be read."""
    try:
        return Package(data).properties
    except Exception:  # what is wrong with it is said where it is read
        return {}


# --- Writing --------------------------------------------------------------------------------------------------------

Parts = dict[str, bytes]
"""The parts of a package by name, in their order in the file."""

DOS, UNIX = 0, 3
"""The systems a package may say that it comes from; it is never the one that the program runs on."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


class Packed(NamedTuple):
    """A part as it lies in a package: `data` is what the method made of its content."""

    name: str
    data: bytes
    crc: int
    size: int
    method: int = zipfile.ZIP_DEFLATED
    moment: tuple[int, int, int, int, int, int] = _EPOCH
    attributes: int = 0o600 << 16


def part(name: str, content: bytes) -> Packed:
    """A part of this content, deflated."""
    return _deflated(_compressor(), b"", name, content, 0)


def _compressor() -> zlib._Compress:
    return zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)


def _deflated(compressor: zlib._Compress, written: bytes, name: str, content: bytes, taken: int) -> Packed:
    """The part, where the compressor has already taken so much of it, and written that."""
    data = written + compressor.compress(content[taken:]) + compressor.flush()
    return Packed(name, data, zlib.crc32(content), len(content))


def package_of(parts: Iterable[Packed], system: int = UNIX) -> bytes:
    """The package: the one place where zip files are written. The same parts give the same bytes.

    Ours, because the library takes no part that is deflated already, and a district's copy shares most of its parts with all
    others. Small files with names and sizes that are known: nothing of what the format has for others.
    """
    written, directory, position, count = [], [], 0, 0
    for own in parts:
        name, utf8 = own.name.encode(), 0 if own.name.isascii() else 0x800
        year, month, day, hour, minute, second = own.moment
        date, time = (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2
        facts = (utf8, own.method, time, date, own.crc, len(own.data), own.size, len(name), 0)
        head = pack("<4sHHHHHLLLHH", b"PK\3\4", _VERSION, *facts) + name
        directory.append(
            pack(
                "<4sBBHHHHHLLLHHHHHLL", b"PK\1\2", _VERSION, system, _VERSION, *facts, 0, 0, 0, own.attributes, position
            )
            + name
        )
        written += [head, own.data]
        position += len(head) + len(own.data)
        count += 1
    listed = b"".join(directory)
    return b"".join([*written, listed, pack("<4sHHHHLLH", b"PK\5\6", 0, 0, count, count, len(listed), position, 0)])


_VERSION = 20
"""Of the format: what a reader needs for deflated parts."""


def packed(parts: Mapping[str, bytes], system: int = UNIX) -> bytes:
    """The package of these parts."""
    return package_of(starmap(part, parts.items()), system)


def unpacked(data: bytes) -> Parts:
    """The parts of a package of our own making."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {info.filename: package.read(info) for info in package.infolist()}


# --- Replacing cells ------------------------------------------------------------------------------------------------

_CELL = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"(?: s="([0-9]+)")?(?: t="[a-zA-Z]+"(?: [a-z]+="[^"]*")*)?(?:/>|>(<f>[^<]*</f>)?(?:<v>[^<]*</v>|<v/>|<is>.*?</is>)?</c>)'
)


class _Original:
    """A workbook of our own from which copies are made: inflated once, its parts kept as they lie in it too."""

    def __init__(self, data: bytes) -> None:
        package = Package(data)
        self.contents = {info.filename: package.read(info) for info in package.infolist()}
        self.packed = {info.filename: _as_it_lies(data, info) for info in package.infolist()}
        self.parts = {name: relation.part for name, relation, _is_hidden in package.sheets}
        self._cells: dict[str, dict[str, re.Match[bytes]]] = {}
        self._begun: dict[tuple[str, int], tuple[bytes, zlib._Compress]] = {}
        self._holding: dict[bytes, frozenset[str]] = {}

    def holding(self, text: bytes) -> frozenset[str]:
        """The parts in which a text stands."""
        if text not in self._holding:
            self._holding[text] = frozenset(name for name, content in self.contents.items() if text in content)
        return self._holding[text]

    def cells(self, part: str) -> dict[str, re.Match[bytes]]:
        """The cells of a sheet's part by reference."""
        if part not in self._cells:
            self._cells[part] = {match[1].decode(): match for match in _CELL.finditer(self.contents[part])}
        return self._cells[part]

    def part(self, name: str, content: bytes, alike: int) -> Packed:
        """A part of a copy, which begins with so many bytes of ours: these are deflated once for all copies.

        The bytes are those of deflating it in one go.
        """
        if not alike:
            return part(name, content)
        if (name, alike) not in self._begun:
            compressor = _compressor()
            self._begun[name, alike] = compressor.compress(content[:alike]), compressor
        written, compressor = self._begun[name, alike]
        return _deflated(compressor.copy(), written, name, content, alike)


_original = lru_cache(maxsize=1)(_Original)


def _as_it_lies(data: bytes, info: zipfile.ZipInfo) -> Packed:
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("a part that is not deflated")
    names, extra = unpack_from("<HH", data, info.header_offset + 26)
    start = info.header_offset + 30 + names + extra
    return Packed(info.filename, data[start : start + info.compress_size], info.CRC, info.file_size)


def rewrite(
    data: bytes,
    texts: Mapping[str, str],
    cells: Mapping[str, Mapping[str, str | float | None]] | None = None,
    cell_styles: Mapping[str, Mapping[str, bytes]] | None = None,
) -> bytes:
    """A copy of one of our own workbooks with texts and cells replaced.

    `texts` replaces placeholders wherever they stand; `cells` gives new values by sheet and A1 reference (a formula stays
    and gets the value as its result), `cell_styles` new style indexes. Every cell named must exist in the file.
    """
    original = _original(data)
    replaced = [(escape(k, quote=False).encode(), escape(v, quote=False).encode()) for k, v in texts.items()]
    values = {original.parts[sheet]: sheet for sheet in cells or () if sheet in original.parts}
    copies = []
    for name, kept in original.packed.items():
        content = original.contents[name]
        alike = len(content)
        if cells and name in values:
            sheet = values[name]
            content = _with_cells(content, original.cells(name), cells[sheet], (cell_styles or {}).get(sheet, {}))
            alike = 0
        for old, new in replaced:
            if name in original.holding(old) and old in content:
                alike = min(alike, content.index(old))
                content = content.replace(old, new)
        unchanged = content is original.contents[name]
        copies.append(kept if unchanged else original.part(name, content, alike))
    return package_of(copies)


def style_of(data: bytes, sheet: str, reference: str) -> bytes:
    """The style index of a cell of one of our own workbooks."""
    original = _original(data)
    return original.cells(original.parts[sheet])[reference][2] or b"0"


def _with_cells(
    xml: bytes,
    found: Mapping[str, re.Match[bytes]],
    values: Mapping[str, str | float | None],
    cell_styles: Mapping[str, bytes],
) -> bytes:
    if absent := values.keys() - found.keys():
        raise KeyError(f"cells not in the sheet: {', '.join(sorted(absent))}")
    pieces, position = [], 0
    for reference in sorted(values, key=lambda reference: found[reference].start()):
        match = found[reference]
        pieces += [xml[position : match.start()], _cell(match, values[reference], cell_styles.get(reference, match[2]))]
        position = match.end()
    return b"".join([*pieces, xml[position:]])


def _cell(match: re.Match[bytes], value: str | float | None, style: bytes | None) -> bytes:
    head = b'<c r="' + match[1] + b'"' + (b' s="' + style + b'"' if style else b"")
    formula = match[3] or b""
    if value is None:
        return head + (b">" + formula + b"</c>" if formula else b"/>")
    if isinstance(value, str):
        text = escape(value, quote=False).encode()
        if formula:
            return head + b' t="str">' + formula + b"<v>" + text + b"</v></c>"
        return head + b' t="inlineStr"><is><t xml:space="preserve">' + text + b"</t></is></c>"
    return head + b">" + formula + b"<v>" + f"{value:.15g}".encode() + b"</v></c>"
