"""Components: how a revision becomes a program, and how that is started and stopped."""
