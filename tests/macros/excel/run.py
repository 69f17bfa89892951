"""Runs scenarios of the simulated Excel, `module:function`, each in a process of its own.

One process loads what all of them need and forks for each scenario, whose arguments and result are JSON. Where processes
cannot be forked, each scenario has its process started anew.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


class Scenarios:
    """Where scenarios are run; one at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: subprocess.Popen[str] | None = None

    def run(self, scenario: str, *, looks: bool = False, **arguments: Any) -> Any:
        """What a scenario returns. Without `looks`, result sheets get their contents and not how they look."""
        given, result, said = (self.folder / name for name in ("given.json", "result.json", "said.txt"))
        given.write_text(json.dumps([scenario, looks, arguments]), encoding="utf-8")
        command = json.dumps([os.fspath(path) for path in (given, result, said)])
        status = self._forked(command) if hasattr(os, "fork") else self._started(command)
        assert status == 0, said.read_text(encoding="utf-8", errors="replace")
        return json.loads(result.read_text(encoding="utf-8"))

    def _started(self, command: str) -> int:
        return subprocess.run([sys.executable, "-m", __name__, command], cwd=ROOT).returncode

    def _forked(self, command: str) -> int:
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, "-m", __name__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        assert self._server.stdin is not None and self._server.stdout is not None
        print(command, file=self._server.stdin, flush=True)
        return int(self._server.stdout.readline())

    def close(self) -> None:
        """End the process that forks."""
        if self._server is not None:
            self._server.communicate()


@contextmanager
def scenarios() -> Iterator[Scenarios]:
    """Scenarios with a folder of their own for what they are given and return."""
    with tempfile.TemporaryDirectory(prefix="xladdin-simulated-") as name:
        own = Scenarios(Path(name))
        try:
            yield own
        finally:
            own.close()


def _serve() -> None:
    """Fork for each line of stdin, and answer with the status of the fork's process when it has ended."""
    importlib.import_module("tests.macros.excel.simulated")
    importlib.import_module("macros.excel.ribbon")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_run(*json.loads(line)))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _run(given: str, result: str, said: str) -> int:
    """Call the scenario's function and write down what it returns; 1 if it failed."""
    scenario, looks, arguments = json.loads(Path(given).read_text(encoding="utf-8"))
    with Path(said).open("wb") as stream:
        for output in (1, 2):  # what the code under test prints is not the result
            os.dup2(stream.fileno(), output)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        answer = _function(scenario, looks)(**arguments)
        Path(result).write_text(json.dumps(answer), encoding="utf-8")
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _function(scenario: str, looks: bool) -> Any:
    module, _, name = scenario.partition(":")
    function = getattr(importlib.import_module(module), name)
    if not looks:
        writer = importlib.import_module("macros.excel.sheet_writer")
        assert callable(writer._style)
        writer._style = lambda *_given: None
    return function


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(_run(*json.loads(sys.argv[1])))
    _serve()
