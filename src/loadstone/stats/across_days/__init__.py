"""Unpaired comparison of two days, with the variance between sessions in every error."""
