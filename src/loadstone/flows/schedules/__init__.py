"""Schedules: which runs of a session are due next, from the runs that are in."""
