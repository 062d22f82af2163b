"""Deciding what to measure: scenarios, cases, the schedule. Pure: no process, clock or file."""
