"""Handlers of the verbs: one object or many read, written, patched, applied, deleted, watched."""
