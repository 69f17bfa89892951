"""Reading workbooks of every kind, whatever program saved them."""
