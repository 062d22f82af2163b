"""Controllers: what changes objects by itself, after a change that a client made."""
