"""Patches: JSON, merge and strategic merge."""
