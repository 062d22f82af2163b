"""Redlines: the largest size that still meets the objectives, by bisection."""
