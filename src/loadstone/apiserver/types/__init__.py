"""Types of the built-in kinds, as data: their fields, how they merge, and their scalars."""
