"""Scores from numbers: pure functions, exact arithmetic, no files, no clock, no Excel."""
