"""The report of a plan: what would be measured, before anything is."""
