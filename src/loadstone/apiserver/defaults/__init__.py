"""Defaults: values that an object of a built-in kind gets where its client leaves them open."""
