"""Parsing the parts of a package as they are unpacked, without a tree, and without harm from what declares or repeats itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from xml.parsers import expat

from xladdin.workbook.package import Package
from xladdin.workbook.unreadable import OVERSIZED_PACKAGE, Unreadable, UnreadableWorkbook

MAX_TAGS = 3_000_000
"""All tags in the sheets of a workbook, of which a form has some thousands."""

_LARGE = 1 << 22


class EndOfPart(Exception):
    """Raised by a handler to leave a part behind the last that is of interest."""


class Tags:
    """Counting tags, which take time and memory whatever they say, before they are read."""

    def __init__(self, most: int = MAX_TAGS) -> None:
        self._left = most

    def counted(self, package: Package, part: str) -> Iterator[bytes]:
        """The part's content piece by piece; a large part is looked through before anything of it is parsed."""
        if package.getinfo(part).file_size > _LARGE:
            for chunk in package.chunks(part):
                self._take(chunk)
            yield from package.chunks(part)
        else:
            for chunk in package.chunks(part):
                self._take(chunk)
                yield chunk

    def _take(self, chunk: bytes) -> None:
        self._left -= chunk.count(b"<") + chunk.count(b"/>")  # which is a start and an end
        if self._left < 0:
            raise UnreadableWorkbook(Unreadable.OVERSIZED, OVERSIZED_PACKAGE)


def parser_for(start: Callable[[str, dict[str, str]], None], end: Callable[[str], None]) -> expat.XMLParserType:
    """A parser with these handlers, which refuses declarations. The handlers must not know it, or both stay in memory."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_arguments: object) -> None:
        raise UnreadableWorkbook(Unreadable.DAMAGED, "文件含有不允许的声明")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    return parser


def parse(parser: expat.XMLParserType, chunks: Iterable[bytes]) -> None:
    """All of a part, unless a handler has seen enough; the rest is unpacked all the same, which checks it."""
    chunks = iter(chunks)
    with suppress(EndOfPart):
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    for _chunk in chunks:
        pass
