"""Expectations of copies: held against what the API server tells, as it tells it."""
