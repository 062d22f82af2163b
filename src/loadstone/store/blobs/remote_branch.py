"""A branch of a remote, moved by a push that is never forced.

The work is done in a repository of our own that is gone afterwards: a fetch without history would
make the user's repository a shallow one, and one without the records' bytes would make it a partial
one. Of the user's repository it takes how to reach and prove oneself to a server.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from loadstone.errors import LoadstoneError
from loadstone.store.blobs.git_refusals import Refusal, next_step, refusal
from loadstone.system import temporary
from loadstone.system.git import Settings, ask, git, git_bytes, unasked, without_secret, words
from loadstone.system.processes import CommandFailed

_NAME = "store"  # of the remote, in the repository of our own
_SERVERS = ("http.", "credential.", "url.", "ssh.", "protocol.", "core.sshcommand", "core.askpass")
_ALWAYS = (
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("push.gpgSign", "false"),
    ("push.followTags", "false"),
    ("fastimport.unpackLimit", "0"),
)
_BACK = "50"  # commits that are looked at for one that may have arrived


class Unreached(LoadstoneError):
    """A server was not reached, or was not well: what was asked for may have been done.

    `commit`: the one of which nobody knows whether it arrived; empty where none was sent.
    """

    def __init__(self, message: str, *, next_step: str, commit: str = "") -> None:
        self.commit = commit
        super().__init__(message, next_step=next_step)


class RemoteBranch:
    """A branch of the remote at `url`; `repository` is the user's, where there is one."""

    def __init__(
        self, url: str, branch: str, *, push_url: str = "", repository: Path | None = None
    ) -> None:
        self.branch = branch
        self._url, self._push_url = url, push_url
        self._repository = repository
        self._own: Path | None = None
        self._settings: Settings = ()

    @property
    def _shown(self) -> str:
        return without_secret(self._url)

    def newest(self) -> str | None:
        """The commit of the branch as it is now, fetched; None where there is no such branch."""
        return self._fetched("1")

    def read(self, *arguments: str) -> bytes:
        """The output of a command of Git that reads objects; they are fetched if need be."""
        where, settings = self._opened()
        return git_bytes(where, *arguments, bare=True, settings=settings)

    def fetch(self, objects: Sequence[str]) -> None:
        """Fetch objects in one trip, as Git does one by one; a failure is left to who reads."""
        where, settings = self._opened()
        few = ["--filter=blob:none", "--no-tags", "--no-write-fetch-head", "--stdin"]
        settings = [*settings, ("fetch.negotiationAlgorithm", "noop")]
        text = "".join(f"{each}\n" for each in objects)
        if objects:
            with suppress(CommandFailed):
                git(
                    where, "fetch", "--quiet", *few, _NAME, bare=True, settings=settings, input=text
                )

    def advance(self, stream: bytes) -> str | None:
        """Push the commit of a stream; None where somebody else moved the branch first.

        Raises `Unreached` where it is not known whether it arrived, `LoadstoneError` where it never
        will.
        """
        where, settings = self._opened()
        order = ["fast-import", "--quiet", "--done", "--date-format=now", "--force"]
        made = git_bytes(where, *order, bare=True, settings=settings, input=stream)
        commit = made.decode().strip()
        try:
            place = f"{commit}:refs/heads/{self.branch}"
            push = ["push", "--quiet", "--no-verify", "--no-signed", _NAME, place]
            git(where, *push, bare=True, settings=settings)
        except CommandFailed as error:
            if refusal(error.output) is Refusal.RACE:
                return None
            raise self._failure("write", error, commit=commit) from error
        return commit

    def holds(self, commit: str) -> bool:
        """Whether a commit is among the last of the branch, as it is there."""
        if self._fetched(_BACK) is None:
            return False
        where, _ = self._opened()
        name = f"refs/heads/{self.branch}"
        return ask(where, "merge-base", "--is-ancestor", commit, name, bare=True) is not None

    def _fetched(self, depth: str) -> str | None:
        where, settings = self._opened()
        name = f"refs/heads/{self.branch}"
        few = [f"--depth={depth}", "--filter=blob:none", "--no-tags", "--no-write-fetch-head"]
        try:
            git(where, "fetch", "--quiet", *few, _NAME, f"+{name}:{name}", bare=True,
                settings=settings)  # fmt: skip
        except CommandFailed as error:
            if "couldn't find remote ref" in error.output:
                git(where, "update-ref", "-d", name, bare=True)
                return None
            raise self._failure("read", error) from error
        return git(where, "rev-parse", f"{name}^{{commit}}", bare=True).strip()

    def _failure(self, verb: str, error: CommandFailed, *, commit: str = "") -> LoadstoneError:
        kind = refusal(error.output)
        said = words(error).replace(self._url, self._shown)
        message = f"Git does not {verb} {self.branch} of {self._shown}: {said}"
        step = next_step(kind, branch=self.branch, remote=self._shown)
        if kind is Refusal.PASSING:
            return Unreached(message, next_step=step, commit=commit)
        return LoadstoneError(message, next_step=step)

    def _opened(self) -> tuple[Path, Settings]:
        """The repository of our own, made when it is first asked for, and its settings."""
        if self._own is None:
            stack = ExitStack()
            self._own = stack.enter_context(temporary.directory()) / "data.git"
            weakref.finalize(self, stack.close)
            form = self._repository and ask(self._repository, "rev-parse", "--show-object-format")
            kind = [f"--object-format={form}"] if form else []
            git(self._own.parent, "init", "--quiet", "--bare", "--template=", *kind, str(self._own))
            remote = [(f"remote.{_NAME}.url", self._url)]
            remote += [(f"remote.{_NAME}.pushurl", self._push_url)] if self._push_url else []
            around = self._repository or self._own
            self._settings = [*_ALWAYS, *self._servers(self._own), *unasked(around), *remote]
        return self._own, self._settings

    def _servers(self, own: Path) -> Settings:
        """What the user's repository says of servers, and our own does not know anyway.

        Some settings add up (`http.extraHeader`), and a server refuses one that comes twice.
        """
        if self._repository is None:
            return ()
        known = Counter(_settings(own, bare=True))
        theirs = _settings(self._repository)
        return [
            (name, value)
            for name, value in (Counter(theirs) - known).elements()
            if name.startswith(_SERVERS)
        ]


def _settings(where: Path, *, bare: bool = False) -> list[tuple[str, str]]:
    said = git(where, "config", "--list", "--includes", "-z", bare=bare)
    pairs = (each.partition("\n") for each in said.split("\0") if each)
    return [(name, value if separated else "true") for name, separated, value in pairs]
