"""Artifacts of workflow runs: listed, and brought here with a cap on their size.

What is in one is hostile until `loadstone.store.untrusted` has read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

from loadstone.errors import ArtifactExpired, ArtifactRefused, GithubFailed
from loadstone.github.client import TIMEOUT, Client
from loadstone.github.refusals import in_words

CHUNK = 64 * 1024  # By
TRIES = 3


@dataclass(frozen=True, kw_only=True)
class ArtifactEntry:
    """An artifact as GitHub lists it: its `size` (By) is what GitHub says, of the archive."""

    id: int
    name: str
    size: int
    expired: bool


def artifacts_of(client: Client, run: int, *, name: str = "") -> Sequence[ArtifactEntry]:
    """The artifacts of a run, of one name or of all; of one that was run again the newest first."""
    query = {"name": name} if name else {}
    with in_words(f"the artifacts of workflow run {run}"):
        pages = client.pages(f"/actions/runs/{run}/artifacts", under="artifacts", query=query)
        found = [
            ArtifactEntry(
                id=int(one["id"]),
                name=str(one["name"]),
                size=int(one["size_in_bytes"]),
                expired=bool(one["expired"]),
            )
            for page in pages
            for one in page
        ]
    return sorted(found, key=lambda entry: -entry.id)


def download(client: Client, entry: ArtifactEntry, to: Path, *, most: int) -> int:
    """Write the archive to a file, at most `most` bytes of it; return how many there were.

    Raises `ArtifactExpired`, `ArtifactRefused`, `GithubFailed`; no file is left then.
    """
    if entry.expired:
        raise _expired(entry)
    if entry.size > most:
        raise _too_large(entry, entry.size, most)
    for tried in range(TRIES):
        try:
            return _written(_address(client, entry), entry, to, most)
        except GithubFailed as failed:
            to.unlink(missing_ok=True)
            if not failed.effect_unknown or tried + 1 == TRIES:
                raise
            client.sleep(client.patience.pause)
    raise AssertionError


def _address(client: Client, entry: ArtifactEntry) -> str:
    """Where the bytes are, for a minute or so: a storage that must not see the token."""
    try:
        with in_words(f"the artifact {entry.name}"):
            return client.location(f"/actions/artifacts/{entry.id}/zip")
    except GithubFailed as failed:
        if failed.status == 410:
            raise _expired(entry) from failed
        raise


def _written(address: str, entry: ArtifactEntry, to: Path, most: int) -> int:
    size = 0
    with (
        in_words(f"the artifact {entry.name}"),
        requests.get(address, stream=True, timeout=TIMEOUT, auth=_nobody) as answer,
        to.open("wb") as file,
    ):
        if answer.status_code != 200:
            raise _not_given(entry, answer.status_code)
        for chunk in answer.iter_content(CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large(entry, size, most)
            file.write(chunk)
    return size


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The authentication of nobody, without which requests looks for a .netrc."""
    return request


def _expired(entry: ArtifactEntry) -> ArtifactExpired:
    step = "measure again: /loadstone run"
    return ArtifactExpired(f"the artifact {entry.name} has expired", status=410, next_step=step)


def _too_large(entry: ArtifactEntry, size: int, most: int) -> ArtifactRefused:
    return ArtifactRefused(f"the artifact {entry.name} has {size} bytes or more, {most} may be")


def _not_given(entry: ArtifactEntry, status: int) -> GithubFailed:
    return GithubFailed(
        f"the artifact {entry.name}: its storage answered {status}",
        status=status,
        effect_unknown=status >= 500 or status in (403, 408, 429),  # its address may have expired
    )
