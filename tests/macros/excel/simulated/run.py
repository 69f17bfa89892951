"""Runs one scenario: `python -m tests.macros.excel.simulated.run module:function`, its arguments and its result as JSON."""

from __future__ import annotations

import importlib
import json
import sys


def main() -> None:
    """Read the arguments from stdin, call the function, write what it returns to stdout."""
    module, _, function = sys.argv[1].partition(":")
    arguments = json.load(sys.stdin)
    output, sys.stdout = sys.stdout, sys.stderr  # what the code under test prints is not the result
    json.dump(getattr(importlib.import_module(module), function)(**arguments), output)


if __name__ == "__main__":
    main()
