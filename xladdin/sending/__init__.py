"""What goes out: the blank workbooks, the copies for everybody, and sample data."""
