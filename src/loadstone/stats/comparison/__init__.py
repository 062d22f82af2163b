"""Paired comparison of base and head: moderated tests row by row, corrected over all rows."""
