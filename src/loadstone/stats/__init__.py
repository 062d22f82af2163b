"""Judging what was measured. Pure: numbers in, verdicts out; randomness passed in."""
