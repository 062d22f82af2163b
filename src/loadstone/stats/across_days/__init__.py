"""Comparison of two days: rounds are not paired, and days differ by themselves."""
