"""Operators and clients as their users write them, against the embedded server."""
