"""Keeping records: rounds as they happen, records, baselines. Input and output."""
