"""Listings: what commands that measure nothing say of checks, baselines, the cache and files."""
