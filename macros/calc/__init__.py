"""The LibreOffice edition: `FineScore.oxt` with the cell functions, the names in formulas and the menu 精细化考核."""
