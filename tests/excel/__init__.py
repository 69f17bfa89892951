"""The Excel side, checked without Excel."""
