"""Addresses of branches and buckets, as a user writes them after `git:` and `s3:`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loadstone.errors import UsageError

_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}")
_NO_BRANCH = re.compile(r"\.\.|//|/\.|\.lock(/|$)|[./]$|^refs/|^HEAD$")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9_+@-][A-Za-z0-9._+@-]{0,199}")
_LONGEST = 300  # characters of a prefix or a remote
LOCAL = "."  # what Git calls the repository itself, where a remote is asked for


@dataclass(frozen=True, kw_only=True)
class BranchAddress:
    """A branch, and the remote that has it: a name, a URL or a path; empty for the usual one."""

    branch: str
    remote: str = ""


@dataclass(frozen=True, kw_only=True)
class BucketAddress:
    """A bucket, and what all keys in it begin with: empty, or ending in `/`."""

    bucket: str
    prefix: str = ""


def branch(where: str) -> BranchAddress:
    """The address `BRANCH` or `BRANCH@REMOTE`. Raises `UsageError` for what can be neither."""
    name, at, remote = where.partition("@")
    if not _BRANCH.fullmatch(name) or _NO_BRANCH.search(name):
        raise UsageError(
            f"{name!r:.200} cannot be the name of a branch",
            next_step="write git:BRANCH or git:BRANCH@REMOTE, as in git:loadstone-baselines@origin",
        )
    strange = not remote.isprintable() or " " in remote or "::" in remote
    if at and (not remote or strange or remote.startswith("-") or len(remote) > _LONGEST):
        raise UsageError(
            f"{remote!r:.200} cannot be a remote",
            next_step=f"write the name of a remote, a URL or a path: git:{name}@origin; or "
            f"git:{name}@{LOCAL} for the repository itself",
        )
    return BranchAddress(branch=name, remote=remote)


def bucket(where: str) -> BucketAddress:
    """The address `BUCKET` or `BUCKET/PREFIX`. Raises `UsageError` for what can be neither."""
    name, _, rest = where.partition("/")
    step = "write s3:BUCKET or s3:BUCKET/PREFIX, as in s3:my-bucket/loadstone"
    if not _BUCKET.fullmatch(name) or ".." in name:
        raise UsageError(f"{name!r:.200} cannot be the name of a bucket", next_step=step)
    prefix = rest.strip("/")
    if prefix and not (
        len(prefix) <= _LONGEST and all(_PREFIX.fullmatch(part) for part in prefix.split("/"))
    ):
        raise UsageError(f"{rest!r:.200} cannot be the beginning of keys", next_step=step)
    return BucketAddress(bucket=name, prefix=f"{prefix}/" if prefix else "")
