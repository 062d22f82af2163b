"""Responses: the format that a client accepts, and objects written in it."""
