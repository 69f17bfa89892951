"""The extension as a file, and the records that stand in for pydantic inside it."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import fields
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from macros.calc.build import extension
from macros.calc.wizard import method_of
from udfs.catalogue import FUNCTIONS
from xladdin.scheme import Scheme

ROOT = Path(__file__).parents[3]
OOR = "{http://openoffice.org/2001/registry}"
MANIFEST = "{http://openoffice.org/2001/manifest}"


def parts(oxt: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(oxt)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_extension__built_twice__same_bytes() -> None:
    assert extension() == extension()


def test_extension__manifest__names_every_part_that_is_registered(oxt: bytes) -> None:
    own = parts(oxt)
    listed = {entry.get(f"{MANIFEST}full-path") for entry in ET.fromstring(own["META-INF/manifest.xml"])}
    top = {name for name in own if "/" not in name} - {"description.xml"}
    assert listed == top


def test_extension__xml__well_formed(oxt: bytes) -> None:
    for name, data in parts(oxt).items():
        if name.endswith((".xml", ".xcu")):
            ET.fromstring(data)


def test_extension__functions__as_in_the_catalogue(oxt: bytes) -> None:
    root = ET.fromstring(parts(oxt)["CalcAddIns.xcu"])
    methods = {node.get(f"{OOR}name"): node for node in root.iter("node")}
    idl = parts(oxt)["interface.idl"].decode()
    for function in FUNCTIONS:
        node = methods[method_of(function.name)]
        texts = [value.text for value in node.iter("value")]
        assert texts.count(function.name) >= 2
        assert function.description in texts
        for argument in function.arguments:
            assert argument.label in texts
        assert f"any {method_of(function.name)}(" in idl


def test_extension__sources__need_nothing_but_the_standard_library(oxt: bytes) -> None:
    allowed = {*sys.stdlib_module_names, "udfs", "macros", "xladdin", "uno", "unohelper", "com", "org", "pydantic"}
    late = {"xlrd", "xlwings", "xlsxwriter"}
    for name, data in parts(oxt).items():
        if name.endswith(".py"):
            tree = ast.parse(data)
            top = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
            for node in top:
                modules = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                assert {m.partition(".")[0] for m in modules} <= allowed | late, name


def test_component__syntax__loads_where_python_is_too_old(oxt: bytes) -> None:
    tree = ast.parse(parts(oxt)["component.py"], feature_version=(3, 7))
    assert "TOO_OLD" in ast.unparse(tree)


SCHEME_AS_DATA = """
import json, sys
sys.path.insert(0, sys.argv[1])
from macros.calc.records import in_place_of_pydantic
with in_place_of_pydantic():
    from xladdin.scheme import load_scheme
    from tests.macros.calc.test_package import plain
    import xladdin.scoring.items
print(json.dumps([plain(load_scheme()), sorted({m.partition(".")[0] for m in sys.modules})]))
"""


def plain(value: Any) -> Any:
    """Any record as data, so that two can be compared whatever made them."""
    if isinstance(value, Scheme) or type(value).__name__ == "Scheme":
        whole = {f.name: plain(getattr(value, f.name)) for f in fields(value)}
        return whole | {"inputs": [repr(i) for i in value.inputs.values()]}
    if isinstance(value, Decimal):
        return f"Decimal {value}"
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if hasattr(value, "model_copy"):
        # pydantic's iteration also gives what a cached property has computed.
        return {"type": type(value).__name__, **{k: plain(v) for k, v in value if k != "inputs"}}
    return repr(value)


def test_records__scheme__equals_that_of_pydantic(scheme: Scheme) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCHEME_AS_DATA, os.fspath(ROOT)], capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    mine, modules = json.loads(done.stdout)
    assert mine == json.loads(json.dumps(plain(scheme)))
    assert "pydantic_core" not in modules
    assert "pydantic" not in modules  # nobody else finds the stand-in
