"""Git calls: on the repository that is named, without what its surroundings would add.

Git takes directions from many places. Here it takes them from its arguments, from the repository,
and from the user's own configuration, which holds how to reach and prove oneself to a server. What
the environment says of another repository is gone (`processes.REPOSITORY`); hooks, the file system
monitor, signature checks, a pager and prompts are off; and a user's attributes and line endings do
not change the files of a checkout. Filters are up to `checkout`, which knows their names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from loadstone.errors import MissingTool
from loadstone.system import processes

_OLDEST = (2, 31)  # before it, GIT_CONFIG_COUNT is passed over, and hooks would run
WITHIN = 1800.0  # s; a first clone of a large repository over a slow line
# Names with values. A name may come several times, as in a file of Git.
Settings = Sequence[tuple[str, str]]
_SETTINGS: Mapping[str, str] = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    "core.autocrlf": "false",
    "core.eol": "lf",
    "core.symlinks": "true",
    "core.sparseCheckout": "false",
    "core.disambiguate": "committish",
    "log.showSignature": "false",
    "fetch.recurseSubmodules": "false",
    "submodule.recurse": "false",
    "gc.autoDetach": "false",  # nothing of ours goes on when we have gone
    "maintenance.autoDetach": "false",
    "advice.detachedHead": "false",
}
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    # what Git was told to say of its own work would hide why it failed
    **dict.fromkeys(("GIT_TRACE", "GIT_TRACE_SETUP", "GIT_TRACE_CURL", "GIT_TRACE_PACKET"), "0"),
    **dict.fromkeys(("GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE2_PERF"), "0"),
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
_SAYS_NOTHING = re.compile(r"fatal: Needed a single revision")
_MOST_WORDS, _LONGEST = 12, 300  # lines, and characters of one
_USERINFO = re.compile(r"^(https?://)[^/@]*@|^([a-z+]+://[^/@:]*):[^/@]*(?=@)")


def git(
    where: Path,
    *arguments: str,
    bare: bool = False,
    settings: Settings = (),
    input: str | None = None,  # noqa: A002  (the name subprocess gives it)
) -> str:
    """The output of `git` in the repository of the directory `where`.

    `bare`: `where` is the repository itself, and none around it stands in when it is broken.
    `settings` go before those of every file, the last before the others. Raises `CommandFailed`
    and `MissingTool`.
    """
    command, environment = _call(where, arguments, bare=bare, settings=settings)
    return processes.run(command, env=environment, timeout=WITHIN, input=input).stdout


def git_bytes(
    where: Path,
    *arguments: str,
    bare: bool = False,
    settings: Settings = (),
    input: bytes | None = None,  # noqa: A002  (the name subprocess gives it)
) -> bytes:
    """The same, byte for byte: what files hold need not be text."""
    command, environment = _call(where, arguments, bare=bare, settings=settings)
    return processes.output(command, env=environment, timeout=WITHIN, input=input)


def _call(
    where: Path, arguments: Sequence[str], *, bare: bool, settings: Settings
) -> tuple[list[str], dict[str, str]]:
    place = [f"--git-dir={where}"] if bare else ["-C", str(where)]
    environment = {**_ENVIRONMENT, **_given([*_SETTINGS.items(), *settings])}
    return ["git", *place, *arguments], environment


def ask(where: Path, *arguments: str, bare: bool = False) -> str | None:
    """The same without white space around it; None where Git says no."""
    try:
        return git(where, *arguments, bare=bare).strip()
    except processes.CommandFailed:
        return None


@cache
def require() -> None:
    """Raise `MissingTool` unless there is a Git that takes settings from its environment."""
    said = processes.run(["git", "--version"]).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < _OLDEST:
        oldest = ".".join(str(number) for number in _OLDEST)
        raise MissingTool(
            f"commits and records in Git need Git {oldest} or later: here is {said.strip()}",
            next_step="install a newer Git",
        )


def unasked(where: Path) -> Settings:
    """Settings for going to a server: ssh asks nothing, unless the user chose how it is called."""
    chosen = os.environ.get("GIT_SSH_COMMAND") or os.environ.get("GIT_SSH")
    if chosen or ask(where, "config", "--get", "core.sshCommand"):
        return ()
    return [("core.sshCommand", "ssh -o BatchMode=yes")]


def words(error: processes.CommandFailed) -> str:
    """The lines of Git itself in the output of its failure; empty where they tell nothing.

    A server has a say in them too, so what could steer a terminal is made visible.
    """
    shown = (_visible(line).rstrip()[:_LONGEST] for line in error.output.splitlines())
    lines = [line for line in shown if line]
    return "\n".join([line for line in lines if not _SAYS_NOTHING.match(line)][:_MOST_WORDS])


def _visible(line: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\t" else "�" for sign in line)


def without_secret(url: str) -> str:
    """A URL as it may be shown and kept: without the password or token in it."""
    return _USERINFO.sub(lambda found: found[1] or found[2], url)


def _given(settings: Settings) -> dict[str, str]:
    """Settings as the environment carries them, where no sign in a name or value can end them."""
    given = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings):
        given |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return given
