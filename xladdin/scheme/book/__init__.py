"""考核方案.xlsx: a scheme as a workbook that an office writes, with one row for each thing, checked by the loader's own rules."""
