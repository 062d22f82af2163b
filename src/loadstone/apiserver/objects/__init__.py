"""Objects: kept, read, written, deleted, watched."""
