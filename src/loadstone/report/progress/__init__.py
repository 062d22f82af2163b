"""The progress of a session: the lines of its log, and a live picture of where it stands."""
