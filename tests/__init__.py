"""The tests."""

import os

# With lxml, which came with Word documents, openpyxl declares a prefix on each element that uses it; the Excel in memory
# then adds elements that use it undeclared.
os.environ["OPENPYXL_LXML"] = "False"
