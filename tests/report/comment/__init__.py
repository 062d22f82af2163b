"""Tests of the comment of a pull request."""
