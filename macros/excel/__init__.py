"""The Excel edition: the ribbon's actions on the workbook that is open."""
