"""The type of everything that LibreOffice hands over."""

from __future__ import annotations

from typing import Any

Uno = Any
"""An object of LibreOffice, or a value of any kind: UNO has no types that Python knows."""
