"""Shared statistics: samples, estimates with their standard errors, levels of tests."""
