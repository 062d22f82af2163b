"""Inputs and environment, parsed once."""
