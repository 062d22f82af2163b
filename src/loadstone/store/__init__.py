"""Stores: rounds as they happen, records, baselines. Input and output."""
