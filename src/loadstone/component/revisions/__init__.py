"""Revisions: what a user names, found and made into a program, a file per source."""
