"""From collected workbooks to scores, ranking and findings, and the sheets and files that show them."""
