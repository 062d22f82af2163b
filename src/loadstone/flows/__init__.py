"""Flows: everything that happens in an order, a screen for each, from what is asked to files."""
