"""Redline search: the largest size that still meets the objectives, by sequential bisection."""
