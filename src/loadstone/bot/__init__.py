"""The bot's decisions: what an event asks for, what a command may do, what a comment becomes.

All of it is pure. What GitHub says arrives as values of `model.bot`, and what is to be done leaves
as values of it; `github` and `flows` fetch the one and do the other.
"""
