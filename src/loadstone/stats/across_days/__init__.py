"""across_days."""
