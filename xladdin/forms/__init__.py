"""区填报表: where everything stands, writing it, its native formulas, reading it back."""
