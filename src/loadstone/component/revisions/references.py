"""References: the commit that Git takes a name for, and what the name was taken as.

Every name that Git allows is one: `v1.27.3+k3s1`, `feat/größe`, `HEAD~1`, `main@{yesterday}`,
`:/words of a message`. Only what could be taken for an option is refused. Where a name has two
meanings Git's choice stands, and is said; where it has none, the branch of a remote is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.component.revisions.missing import NoRevision, missing, split
from loadstone.component.revisions.repositories import Repository
from loadstone.errors import UsageError
from loadstone.model import Note
from loadstone.system.git import words
from loadstone.system.processes import CommandFailed

_HASH = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_SHORT = re.compile(r"[0-9a-fA-F]{4,63}")
# Where Git looks for a short name, in its order, and what is there.
_KINDS = {
    "{}": "the ref",
    "refs/{}": "the ref",
    "refs/tags/{}": "the tag",
    "refs/heads/{}": "the branch",
    "refs/remotes/{}": "the remote's branch",
    "refs/remotes/{}/HEAD": "the default branch of the remote",
}
LONGEST = 200  # characters of a subject that are kept


@dataclass(frozen=True, kw_only=True)
class FoundCommit:
    """A commit that was found for a name."""

    hash: str
    subject: str
    ref: str = ""  # the whole name of the branch or tag that was taken
    notes: Sequence[Note] = ()


def find(repository: Repository, name: str) -> FoundCommit:
    """Find the commit that Git takes `name` for.

    Raises `NoRevision` with Git's words and what to do, `UsageError` for what is no name at all.
    """
    require_name(name)
    asked, notes = name, list[Note]()
    said, found = _verified(repository, asked)
    if not found:
        asked, notes = _elsewhere(repository, name, said)
        said, found = _verified(repository, asked)
    said, commit = _verified(repository, f"{found}^{{commit}}") if found else (said, "")
    if not commit:
        raise missing(repository, name, said)
    refs = _refs(repository, asked, found)
    return FoundCommit(
        hash=commit,
        subject=repository.git(
            "log", "-1", "--encoding=UTF-8", "--format=%s", commit, "--"
        ).strip(),
        ref=refs[0][0] if refs else "",
        notes=[*notes, *_ambiguities(repository, asked, refs)],
    )


def require_name(name: str) -> None:
    """Raise `UsageError` for what is no name, whatever a repository has."""
    fault = ""
    if not name.strip():
        fault = "is empty"
    elif name.startswith("-"):
        fault = "begins with `-`, as options do"
    elif any(sign < " " or sign == "\x7f" or "\ud800" <= sign <= "\udfff" for sign in name):
        fault = "holds signs that no name of Git can hold"
    if fault:
        raise UsageError(
            f"{name!r} is not the name of a revision: it {fault}",
            next_step="write a version (3.7.15), path:FILE, build:COMMIT or image:REF",
        )


def _verified(repository: Repository, name: str) -> tuple[str, str]:
    """What Git said, and the object of that name; empty where there is none."""
    try:
        found = repository.git("rev-parse", "--verify", "--end-of-options", name).strip()
    except CommandFailed as error:
        return words(error), ""
    return "", found if _HASH.fullmatch(found) else ""


def _refs(repository: Repository, name: str, found: str) -> list[tuple[str, str, str]]:
    """The refs that a short name could mean, in Git's order: whole name, what it is, commit.

    None where the object that was `found` by it is not that of the first, as with `HEAD`.
    """
    stem, rest = split(name)
    if not stem or stem == "@" or _HASH.fullmatch(stem):
        return []
    whole = {form.format(stem): kind for form, kind in _KINDS.items()}
    form = "--format=%(refname) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)"
    there = dict(
        line.split(" ", 1)
        for line in (repository.ask("for-each-ref", form, *whole) or "").splitlines()
    )
    refs = [(ref, kind, there[ref]) for ref, kind in whole.items() if ref in there]
    return refs if refs and _verified(repository, f"{refs[0][0]}{rest}")[1] == found else []


def _ambiguities(
    repository: Repository, name: str, refs: Sequence[tuple[str, str, str]]
) -> list[Note]:
    """What else a name could have meant, and what was taken."""
    stem, _ = split(name)
    if len(refs) > 1:
        kinds = " and of ".join(f"{kind} {ref} ({commit[:7]})" for ref, kind, commit in refs)
        found = Note.of("ambiguous-revision", name=stem, refs=kinds, taken=refs[0][1])
        return [found]
    if refs and _SHORT.fullmatch(stem):
        candidates = (repository.ask("rev-parse", f"--disambiguate={stem}") or "").split()
        others = [
            each for each in candidates if each != refs[0][2] and _is_commit(repository, each)
        ]
        if others:
            ref, kind, _ = refs[0]
            commit = others[0][:12]
            return [Note.of("ambiguous-revision", name=stem, kind=kind, ref=ref, commit=commit)]
    return []


def _is_commit(repository: Repository, name: str) -> bool:
    return repository.ask("cat-file", "-t", name) == "commit"


def _elsewhere(repository: Repository, name: str, said: str) -> tuple[str, list[Note]]:
    """A name that Git does not know as the branch of a remote, and a note that it was taken."""
    stem, rest = split(name)
    if not stem:
        raise missing(repository, name, said)
    remotes = (repository.ask("remote") or "").splitlines()
    if repository.mirror:  # of `origin`, whose branches are its own
        known = [stem.removeprefix(f"{each}/") for each in remotes if stem.startswith(f"{each}/")]
        whole = [f"refs/heads/{each}" for each in known]
    else:
        whole = [f"refs/remotes/{each}/{stem}" for each in remotes]
    there = [ref for ref in whole if repository.ask("show-ref", "--verify", "--hash", ref)]
    own = [ref for ref in there if ref == f"refs/remotes/origin/{stem}"]
    taken = own or there
    if len(taken) > 1:
        shown = ", ".join(ref.removeprefix("refs/remotes/") for ref in taken)
        text = f"{stem} is a branch of several remotes: {shown}"
        raise NoRevision(text, next_step="name the one that is meant")
    if not taken:
        raise missing(repository, name, said)
    short = taken[0].removeprefix("refs/remotes/").removeprefix("refs/heads/")
    found = Note.of("remote-branch", name=stem, repository=repository.shown, taken=short)
    return f"{taken[0]}{rest}", [found]
