"""Change-point detection: permutation tests of splits in a series of records."""
