"""The guide for a browser and for Word: every word and picture of the text, and nothing that lies elsewhere."""

from __future__ import annotations

import io
import re
import struct
import zlib
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest

from xladdin.release.papers import as_docx, as_html
from xladdin.release.release import GUIDE, ROOT, papers
from xladdin.sending.forms import FIRST_CHECK_FILE, TEMPLATES

TEXT = """<!-- not for readers -->
# 手册

先看[命令行](命令行.md)，再看 <https://www.python.org/>。

## 1. 安装 & 卸载

1. 关闭 **Excel**。
2. 双击 `安装.cmd`：

   ```bat
   py -m <pip>
   ```

   - 里面一条

| 列 | 数 |
|---|--:|
| a\\|b | 1.40 |
| ![图](pictures/a.png) | |

> 引用
"""


def picture() -> bytes:
    """A white PNG of 2 × 1 dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\xff")) + chunk(b"IEND", b"")
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/a.png").write_bytes(picture())
    return tmp_path


class Seen(HTMLParser):
    """What a page shows, and what it refers to."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.targets: list[str] = []
        self.hidden = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = tag if tag in ("style", "title") else ""
        self.targets += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.texts.append(data)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_html__words_pictures_contents__all_inside(folder: Path) -> None:
    page = as_html(TEXT, folder)
    seen = Seen(page)
    assert squeezed("".join(seen.texts)) == squeezed(
        "1. 安装 & 卸载"  # the contents
        "手册 先看命令行，再看 https://www.python.org/。1. 安装 & 卸载 关闭 Excel。双击 安装.cmd：py -m <pip> 里面一条"
        "列 数 a|b 1.40 引用"
    )
    contents, outside, image = seen.targets
    assert f'<h2 id="{contents.removeprefix("#")}">' in page.decode()
    assert outside == "https://www.python.org/"
    assert image.startswith("data:image/png;base64,")
    assert as_html(TEXT, folder) == page


def test_docx__words_pictures_tables__read_back(folder: Path) -> None:
    made = as_docx(TEXT, folder)
    document = docx.Document(io.BytesIO(made))
    paragraphs = [(p.style.name if p.style else "", p.text) for p in document.paragraphs if p.text.strip()]
    assert paragraphs == [
        ("Heading 1", "手册"),
        ("Normal", "先看命令行，再看 https://www.python.org/。"),
        ("Heading 2", "1. 安装 & 卸载"),
        ("Normal", "1.\t关闭 Excel。"),
        ("Normal", "2.\t双击 安装.cmd："),
        ("Normal", "py -m <pip>"),
        ("Normal", "•\t里面一条"),
        ("Normal", "引用"),
    ]
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["列", "数"], ["a|b", "1.40"], ["", ""]]
    (image,) = (part for part in document.part.package.iter_parts() if part.partname.endswith(".png"))
    assert image.blob == picture()
    assert [run.bold for run in document.paragraphs[3].runs] == [None, None, True, None]
    assert as_docx(TEXT, folder) == made


@pytest.mark.slow
def test_papers__the_guide__whole_in_both() -> None:
    made = papers()
    assert made.keys() == {"使用手册.html", "使用手册.docx", FIRST_CHECK_FILE}
    assert made[FIRST_CHECK_FILE] == (TEMPLATES / FIRST_CHECK_FILE).read_bytes()
    seen = Seen(made["使用手册.html"])
    assert all(target.startswith(("#", "https://", "data:image/png")) for target in seen.targets)
    text = (ROOT / f"docs/{GUIDE}.md").read_text(encoding="utf-8")
    document = docx.Document(io.BytesIO(made["使用手册.docx"]))
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name.startswith("Heading")]
    assert headings == [line.lstrip("# ").replace("`", "") for line in text.splitlines() if re.match(r"#+ ", line)]
    pictures = len(set(re.findall(r"!\[.*?\]\((.*?)\)", text)))
    assert sum(target.startswith("data:") for target in seen.targets) >= pictures
    images = [part for part in document.part.package.iter_parts() if part.partname.endswith(".png")]
    assert len(images) == pictures
    cells = {squeezed(cell.text) for table in document.tables for row in table.rows for cell in row.cells}
    written = re.findall(r"^\| ([^|`*\\\[]+?) \|", text, re.MULTILINE)
    assert {squeezed(cell) for cell in written} <= cells
