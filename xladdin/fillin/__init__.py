"""The machinery of workbooks that people fill in, as data: tables, rules, states, the cover, the writer."""
