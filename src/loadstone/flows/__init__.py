"""Flows: everything that happens in an order, a module for each, from a request to files."""
