"""`python -m loadstone`, the same as `loadstone`."""

from loadstone.cli import main

main()
