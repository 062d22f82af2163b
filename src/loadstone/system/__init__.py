"""The system: processes, locks, temporary directories, signals. Nothing else starts a process."""
