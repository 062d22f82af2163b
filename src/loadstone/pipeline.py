"""The whole flow on one screen; the only file that knows every stage."""
