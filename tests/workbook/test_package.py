"""Packages: what the one writer of zip files writes, and copies of a workbook of our own."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from xladdin.sending.forms import BLANK_FORM, TEMPLATES
from xladdin.words import COVER, DISTRICT_PLACEHOLDER
from xladdin.workbook.package import DOS, UNIX, Package, package_of, packed, part, rewrite, style_of, unpacked

PARTS = {"a.xml": b"<a/>" * 1000, "空/b.bin": bytes(range(256)) * 40, "empty": b""}

BLANK = (TEMPLATES / BLANK_FORM).read_bytes()


@pytest.mark.parametrize("system", [DOS, UNIX])
def test_packed__same_bytes_as_the_librarys(system: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in PARTS.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, system
            package.writestr(info, content)
    assert packed(PARTS, system) == stream.getvalue()
    assert unpacked(packed(PARTS, system)) == PARTS


def test_package__parts_with_dates_and_modes__kept() -> None:
    moment = (2023, 12, 31, 23, 59, 58)
    data = package_of([part("a", b"content")._replace(moment=moment, attributes=0o644 << 16)])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        (info,) = package.infolist()
        assert (info.date_time, info.external_attr, package.read("a")) == (moment, 0o644 << 16, b"content")


def lying(data: bytes) -> dict[str, bytes]:
    """The parts of a package as they lie in it, still deflated."""
    found = {}
    for info in Package(data).infolist():
        start = info.header_offset + 30 + len(info.filename.encode())
        found[info.filename] = data[start : start + info.compress_size]
    return found


def deflated(content: bytes) -> bytes:
    compressor = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()


@pytest.mark.parametrize("name", ["静安区", "一个名字很长的区" * 50])
def test_rewrite__texts__changed_parts_as_deflated_in_one_go_and_the_others_as_they_lay(name: str) -> None:
    copy = rewrite(BLANK, {DISTRICT_PLACEHOLDER: name})
    before, after = unpacked(BLANK), unpacked(copy)
    placeholder = DISTRICT_PLACEHOLDER.encode()
    assert list(after) == list(before)
    assert after == {key: content.replace(placeholder, name.encode()) for key, content in before.items()}
    changed = {key for key in before if after[key] != before[key]}
    assert 2 <= len(changed) < len(before)
    lay, lies = lying(BLANK), lying(copy)
    assert {key: lies[key] for key in before} == {
        key: deflated(after[key]) if key in changed else lay[key] for key in before
    }


def test_rewrite__cells__value_formula_and_look() -> None:
    style = style_of(BLANK, COVER, "B3")
    copy = rewrite(BLANK, {}, {COVER: {"B3": "甲&乙"}}, {COVER: {"B3": b"1"}})
    with zipfile.ZipFile(io.BytesIO(copy)) as package:
        assert package.testzip() is None
    assert (style, style_of(copy, COVER, "B3")) != (b"1", style)
    assert "甲&amp;乙".encode() in unpacked(copy)["xl/worksheets/sheet1.xml"]
    assert rewrite(BLANK, {}, {COVER: {"B3": "甲&乙"}}, {COVER: {"B3": b"1"}}) == copy
    with pytest.raises(KeyError, match="ZZ999"):
        rewrite(BLANK, {}, {COVER: {"ZZ999": 1.0}})
