"""The extension as a file."""

from __future__ import annotations

import ast
import sys
import xml.etree.ElementTree as ET
import zipfile
from io import BytesIO
from pathlib import Path

from macros.calc.build import extension
from macros.calc.wizard import method_of
from udfs.catalogue import FUNCTIONS

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
    allowed = {*sys.stdlib_module_names, "udfs", "macros", "xladdin", "xlsxwriter", "uno", "unohelper", "com", "org"}
    late = {"xlrd", "xlwings", "pandas", "docxtpl", "docx", "jinja2", "typing_extensions"}
    for name, data in parts(oxt).items():
        if name.endswith(".py"):
            tree = ast.parse(data)
            top = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
            for node in top:
                modules = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                assert {m.partition(".")[0] for m in modules} <= allowed | late, name


def test_extension__library_of_others__comes_with_its_licence(oxt: bytes) -> None:
    assert "Redistribution and use" in parts(oxt)["pythonpath/xlsxwriter/LICENSE.txt"].decode()


def test_component__syntax__loads_where_python_is_too_old(oxt: bytes) -> None:
    tree = ast.parse(parts(oxt)["component.py"], feature_version=(3, 7))
    assert "TOO_OLD" in ast.unparse(tree)
