"""Small stand-ins for what the measuring side talks to."""
