"""The host: facts of the machine that measures, its limits, and its conditions over time."""
