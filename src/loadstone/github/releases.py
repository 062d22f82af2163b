"""Releases: a draft is made, files are attached, then it is published.

That order is the only one an immutable release allows; of one that is published only the words can
be changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from github.GitRelease import GitRelease
from github.GitReleaseAsset import GitReleaseAsset

from loadstone.errors import GithubFailed
from loadstone.github.client import Client
from loadstone.github.refusals import in_words
from loadstone.github.release_notes import with_section
from loadstone.model.bot import ReleaseAsset, ReleaseSection

CLOSED = "attach files to the draft, then publish it: an immutable release takes none afterwards"
TRIES = 3


def find_release(client: Client, tag: str) -> GitRelease | None:
    """The release of a tag, published or not; of two drafts the older."""
    try:
        with in_words(f"the release {tag}"):
            return client.repo.get_release(tag)
    except GithubFailed as failed:
        if failed.status != 404:
            raise
    with in_words(f"the release {tag}"):
        drafts = [one for one in client.repo.get_releases() if one.tag_name == tag and one.draft]
        return min(drafts, key=lambda draft: draft.id, default=None)


def find_or_draft(client: Client, tag: str) -> GitRelease:
    """The release of a tag; where there is none, a draft, made once."""
    for tried in range(TRIES):
        found = find_release(client, tag)
        if found is not None:
            return found
        try:
            with in_words(f"the draft of {tag}"):
                return client.repo.create_git_release(tag=tag, name=tag, message="", draft=True)
        except GithubFailed as failed:
            if not failed.effect_unknown or tried + 1 == TRIES:
                raise
            client.sleep(client.patience.pause)
    raise AssertionError


def put_section(client: Client, wanted: ReleaseSection) -> None:
    """Put the section into the notes, and nothing else of them is touched."""
    release = find_or_draft(client, wanted.tag)
    notes = release.body or ""
    text = with_section(notes, wanted.key, wanted.body)
    if text == notes:
        return
    with in_words(f"the notes of {wanted.tag}"):
        _edit(client, release, {"body": text})


def attach(client: Client, wanted: ReleaseAsset) -> None:
    """Attach the file; one of its name with other bytes is replaced. Raises `GithubFailed`."""
    path = Path(wanted.path)
    if not path.is_file():
        raise GithubFailed(f"the file {wanted.name} for {wanted.tag} is not at {wanted.path}")
    release = find_or_draft(client, wanted.tag)
    for tried in range(TRIES):
        try:
            with in_words(f"the file {wanted.name} of {wanted.tag}"):
                _put(release, wanted, path)
            return
        except GithubFailed as failed:
            if "immutable" in failed.message:
                raise _closed(wanted, failed) from failed
            if not failed.effect_unknown or tried + 1 == TRIES:
                raise
            client.sleep(client.patience.pause)


def publish(client: Client, tag: str) -> None:
    """Publish the draft of a tag; a release that is published stays as it is."""
    release = find_release(client, tag)
    if release is None:
        raise GithubFailed(f"there is no release {tag}", status=404)
    if release.draft:
        with in_words(f"the release {tag}"):
            _edit(client, release, {"draft": False})


def _edit(client: Client, release: GitRelease, fields: dict[str, object]) -> None:
    """Change these fields alone: PyGithub's own sends all, and so undoes what others change."""
    client.ask("PATCH", f"/releases/{release.id}", body=fields)


def _put(release: GitRelease, wanted: ReleaseAsset, path: Path) -> None:
    for asset in release.get_assets():
        if asset.name == wanted.name:
            if _equal(asset, path):
                return
            asset.delete_asset()
    with path.open("rb") as file:  # which PyGithub, given its path, leaves open after a failure
        release.upload_asset_from_memory(
            file, path.stat().st_size, wanted.name, content_type=wanted.content_type
        )


def _equal(asset: GitReleaseAsset, path: Path) -> bool:
    """Whether the bytes are there already; an upload that broke off leaves no such digest."""
    digest = asset.raw_data.get("digest") or ""
    with path.open("rb") as file:
        return digest == f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _closed(wanted: ReleaseAsset, failed: GithubFailed) -> GithubFailed:
    message = f"the file {wanted.name}: the release {wanted.tag} is immutable"
    return GithubFailed(message, status=failed.status, next_step=CLOSED)
