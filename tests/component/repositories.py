"""Real repositories for tests: commands of Git that nothing around the test can change."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from loadstone import formats
from loadstone.system import processes

WHO = ("-c", "user.name=t", "-c", "user.email=t@example.test")
ANY = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main")
# What the build of every repository here does: it counts itself, and the program says its version.
MAKE = """
import os, pathlib, subprocess
log = pathlib.Path({log!r})
log.write_text((log.read_text() if log.exists() else "") + "built\\n")
leak = "SECRET" if "PYTEST_CURRENT_TEST" in os.environ else "clean"
out = pathlib.Path("out/thing")
out.parent.mkdir()
version = pathlib.Path("version").read_text().strip()
out.write_text(f"#!/bin/sh\\necho {{version}} {{leak}}\\n")
out.chmod(0o755)
"""


def git(where: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """What Git prints in `where`."""
    clean = {name: value for name, value in os.environ.items() if not processes.of_repository(name)}
    done = subprocess.run(
        ["git", "-C", str(where), *WHO, *ANY, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**clean, **(env or {})},
    )
    return done.stdout.strip()


def created(place: Path, *versions: str) -> Path:
    """A repository with a commit on `main` for each version; builds are told to `log` beside it."""
    place.mkdir()
    git(place, "init", "--quiet", "--initial-branch=main")
    (place / "make.py").write_text(MAKE.format(log=str(place.parent / "log")))
    for version in versions:
        commit(place, version)
    return place


def commit(place: Path, version: str, subject: str = "") -> str:
    """Commit that version, and return the commit."""
    (place / "version").write_text(version)
    git(place, "add", "--all", ".")
    git(place, "commit", "--quiet", "--no-verify", "-m", subject or version)
    return git(place, "rev-parse", "HEAD")


def drafts(place: Path) -> Iterator[tuple[str, str]]:
    """Commits that could be made, as hash and content: any number of them, made in no time."""
    tree = git(place, "rev-parse", "HEAD^{tree}")
    who = "t <t@example.test> 1700000000 +0000"
    for number in count():
        text = f"tree {tree}\nauthor {who}\ncommitter {who}\n\n{number}\n"
        yield digest("commit", text), text


def digest(kind: str, text: str) -> str:
    """The hash that Git gives an object."""
    return hashlib.sha1(f"{kind} {len(text)}\0{text}".encode()).hexdigest()  # noqa: S324


def made(place: Path, kind: str, text: str) -> str:
    """Write an object, and return its hash."""
    (place / "object").write_text(text)
    return git(place, "hash-object", "-t", kind, "-w", "object")


def component(
    repository, *, package=None, command=(sys.executable, "make.py"), executable="out/thing"
):
    """A component whose revisions are commits of the repository."""
    build = formats.BuildSource(
        repository=str(repository), command=list(command), executable=executable
    )
    return formats.Component(
        component="thing",
        about="",
        role="x",
        revisions=formats.Revisions(build=build, package=package),
        ports=["http"],
        command=["${executable}"],
        traffic="${http}",
        ready=formats.Ready(url="http://${http}/"),
        version=["${executable}", "--version"],
    )
