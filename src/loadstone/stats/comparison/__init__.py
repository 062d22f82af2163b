"""The judgement of base against head, row by row and over all rows."""
