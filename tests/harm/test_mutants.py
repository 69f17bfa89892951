"""Thousands of damaged files through the commands: each is told of, costs nobody else anything, and is soon done with."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

COUNT = os.environ.get("MUTANTS", "600")
"""How many of them; the same ones every time. docs/SECURITY.md states what has been run."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="time and memory are measured by means of Linux")
def test_mutants__of_every_kind_of_file__no_fault() -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.harm.trials", COUNT]
    tried = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert tried.returncode == 0, tried.stdout + tried.stderr
