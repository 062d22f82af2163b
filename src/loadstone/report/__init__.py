"""Wording and drawing a judgement. Pure: a record in, text out."""
