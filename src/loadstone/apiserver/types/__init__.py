"""Types: the built-in kinds as data, and what holds of the values of each type."""
