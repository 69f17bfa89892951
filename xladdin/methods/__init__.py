"""The ways of scoring: one file for each, with its record, fields, exact score, formulas, sample and checks."""
