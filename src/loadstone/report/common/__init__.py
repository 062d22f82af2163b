"""Common parts of reports: units, words, notes, escaping, and the frames that texts stand in."""
