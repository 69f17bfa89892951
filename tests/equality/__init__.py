"""Whether every way to a score leads to the same score."""
