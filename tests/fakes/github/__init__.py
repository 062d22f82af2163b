"""A stateful fake of the part of GitHub that the bot talks to."""
