"""The page put together: Pyodide, the wheels and the page's own texts in one file."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from xladdin import __version__
from xladdin.issues import Refused
from xladdin.scheme.model import Scheme
from xladdin.words import RIBBON_TAB

HERE = Path(__file__).parent

LOCK = "pyodide-lock.json"
PYODIDE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", LOCK)
"""What is needed of the npm package `pyodide`."""


def page(scheme: Scheme, pyodide: Path, wheels: Mapping[str, bytes]) -> bytes:
    """The page. `pyodide` is the unpacked npm package, `wheels` are the product and its libraries by file name.

    The same inputs give the same bytes.
    """
    lacking = [name for name in PYODIDE if not (pyodide / name).is_file()]
    if lacking:
        raise Refused(f"{pyodide} 里没有 {'、'.join(lacking)}；应为 npm 包 pyodide 解开后的文件夹")
    parts = {name: (pyodide / name).read_bytes() for name in PYODIDE} | dict(sorted(wheels.items()))
    # Of the packages that Pyodide could fetch none is.
    parts[LOCK] = json.dumps({**json.loads(parts[LOCK]), "packages": {}}).encode()
    files = "\n".join(
        f'<script type="text/plain" data-file="{name}">{base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()}</script>'
        for name, data in parts.items()
    )
    script, old = _text("page.js"), _text("old.js")
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (old, script)]
    texts = {
        "title": RIBBON_TAB,
        "scheme": scheme.source.title,
        "version": __version__,
        "css": _text("page.css"),
        "worker": _text("worker.js"),
        "old": old,
        "script": script,
        "files": files,
        # Of the scripts in the page only these run; the others are texts.
        "hashes": " ".join(f"'sha256-{digest}'" for digest in hashes),
    }
    made = _text("page.html")
    for name, text in texts.items():
        made = made.replace(f"{{{{ {name} }}}}", text)
    return made.encode()


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
