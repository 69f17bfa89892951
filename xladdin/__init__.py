"""Score and rank the districts of a city-management assessment from official Excel workbooks."""

__version__ = "1.0.0"
