"""Fixtures of the Excel side."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def classic() -> Callable[[Any], Any]:
    """Ask `classic_calls` in a process of its own."""
    if importlib.util.find_spec("xlwings") is None:
        pytest.skip("xlwings is not installed")

    def ask(question: Any) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.excel.classic_calls"],
            cwd=ROOT,
            input=json.dumps(question),
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


@pytest.fixture(scope="session")
def simulated() -> Callable[..., Any]:
    """Run a scenario, `module:function`, with an Excel in memory in a process of its own; what it returns."""
    for needed in ("xlwings", "pyopenvba"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed")

    def run(scenario: str, **arguments: Any) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.excel.simulated.run", scenario],
            cwd=ROOT,
            input=json.dumps(arguments),
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
