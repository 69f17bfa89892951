"""Mending the calls of add-in functions that stopped resolving."""
