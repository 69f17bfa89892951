"""Whatever came back, and whose it is."""
