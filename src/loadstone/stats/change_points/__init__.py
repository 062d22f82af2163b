"""Change points over a series of records."""
