"""The command line."""

from xladdin.cli.program import main

__all__ = ["main"]
