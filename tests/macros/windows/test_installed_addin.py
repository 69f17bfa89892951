"""What the installed add-in's own VBA makes of what the installation wrote: where it looks, and how it starts Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from macros.vba.workbooks import addin
from macros.windows.install import install
from tests.macros.windows.fake_windows import ADDIN, CONF, DLL_64, ENVIRONMENT, SCRIPTS, FakeWindows
from xladdin.sending.forms import ADDIN_FILE

Simulated = Callable[..., Any]

PYTHON = SCRIPTS / "python.exe"


def read_installed(addin: str, files: dict[str, str]) -> dict[str, Any]:
    """Run in a process of its own: the add-in's VBA on a computer with these files."""
    from tests.macros.excel.simulated.configuration import read_configuration

    contents = {path: text.encode("cp936") for path, text in files.items()}
    found = read_configuration(addin, files[str(CONF)], files=contents, path=str(CONF))
    return vars(found)


@pytest.fixture(scope="module")
def found(simulated: Simulated, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    machine = FakeWindows(tmp_path_factory.mktemp("machine"))
    shipped = tmp_path_factory.mktemp("shipped") / ADDIN_FILE
    shipped.write_bytes(addin())
    install(machine, shipped)
    installed = {
        "D:\\" + path[2:].replace("/", "\\"): data.decode("cp936", "replace")
        for path, data in machine.everything().items()
        if path.startswith("D/profile") and not path.endswith(("/", ".xlam"))
    }
    answer = simulated(
        f"{__name__}:read_installed",
        addin=str(machine.local(ADDIN)),
        files=installed,
    )
    return dict(answer)


def test_configuration__installed__is_where_the_macros_look_and_nowhere_else(found: dict[str, Any]) -> None:
    configurations = [path for path in found["looked_up"] if path.lower().endswith(".conf")]
    assert {path.lower() for path in configurations} == {str(CONF).lower()}
    assert found["messages"] == []


def test_configuration__installed__gives_the_installed_python(found: dict[str, Any]) -> None:
    assert found["interpreter"] == str(PYTHON)


def test_server__started_by_the_macros__is_the_installed_python_with_nothing_else_on_its_path(
    found: dict[str, Any],
) -> None:
    command = found["server_command"]
    assert f'"{PYTHON}"' in command
    assert " -I " in command
    assert "macros.excel.server" in command
    assert ENVIRONMENT / DLL_64 in [
        ENVIRONMENT / Path(library.replace("\\", "/")).name for library in found["libraries"]
    ]
