"""The head that a command means: pinned once, and refused where it moved after the command.

Between the reading of a pull request and the command somebody may push. Whoever commands has
looked at a commit; that one is measured, or none.
"""

from __future__ import annotations

from datetime import datetime

from loadstone.bot.commands import Command, CommandRefusal
from loadstone.bot.grammar import PREFIX
from loadstone.bot.safe_words import foreign, is_commit, like_commit, quoted
from loadstone.model.bot import PullRequest


def pinned(
    command: Command, pull: PullRequest, *, commented: str, pushed: str, ancestor: str = ""
) -> str | CommandRefusal:
    """The commit that the command is about, or why there is none.

    `commented`: when the command was given; `pushed`: when GitHub last saw the head come, by its
    own clock ("" where it does not tell: the date in a commit is whatever its author says).
    `ancestor`: the commit that `head` names, where it leads to the head; "" where it does not. In
    one network GitHub gives the commits of every fork, and of those nobody here has seen any other.
    """
    head = command.options.get("head", "")
    if foreign(head):
        what = f"{quoted(head)} may be of another pull request than this one"
        return CommandRefusal(what=what, hint=_again(command, pull))
    if like_commit(head):
        return _named(command, pull, ancestor)
    if not pushed:
        if not pull.fork:
            return pull.head_sha
        what = "GitHub does not tell when the head of this fork was pushed"
        return CommandRefusal(what=what, hint=_again(command, pull))
    if _time(pushed) > _time(commented):
        what = f"the head moved to {quoted(pull.head_sha[:12])} after this command was given"
        return CommandRefusal(what=what, hint=_again(command, pull))
    return pull.head_sha


def _named(command: Command, pull: PullRequest, ancestor: str) -> str | CommandRefusal:
    head = command.options["head"].lower()
    if is_commit(head) and pull.head_sha.startswith(head):
        return pull.head_sha
    if ancestor:
        return ancestor
    what = f"{quoted(head)} is neither the head of this pull request nor a commit before it"
    return CommandRefusal(what=what, hint=_again(command, pull))


def _again(command: Command, pull: PullRequest) -> str:
    pin = f"head={pull.head_sha[:12]}"
    return (
        f"look at it, and write `{PREFIX} {command.verb} … {pin}`"
        if command.verb == "run"
        else (f"look at it, and write the command again, or `{PREFIX} run {pin}`")
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
