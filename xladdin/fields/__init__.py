"""One field: what people type into a value, and finding a table by its heads."""
