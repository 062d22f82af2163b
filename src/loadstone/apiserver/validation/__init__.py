"""Validation: everything that is wrong with an object, before it is stored."""
