"""Tests in which a real spreadsheet program computes."""
