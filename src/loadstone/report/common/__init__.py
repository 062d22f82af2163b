"""What all reports share: units, words, escaping, the layout of a terminal."""
