"""Commands, flags, exit codes."""


def main() -> None:
    """Replaced by the real command line."""
