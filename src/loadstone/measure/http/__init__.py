"""HTTP answers, read one connection at a time."""
