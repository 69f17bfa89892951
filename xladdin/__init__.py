"""Score and rank the districts of a city-management assessment from official Excel workbooks."""

__version__ = "0.1.0"
