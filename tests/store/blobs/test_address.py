"""Addresses of branches and buckets: what can be none is refused in words."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import UsageError
from loadstone.store.blobs.address import BranchAddress, BucketAddress, branch, bucket


@pytest.mark.parametrize(
    ("where", "name", "remote"),
    [
        ("data", "data", ""),
        ("perf/records-1.x", "perf/records-1.x", ""),
        ("data@origin", "data", "origin"),
        ("data@.", "data", "."),
        ("data@../other.git", "data", "../other.git"),
        ("data@git@github.com:o/r.git", "data", "git@github.com:o/r.git"),
        ("data@https://u:t@github.com/o/r", "data", "https://u:t@github.com/o/r"),
    ],
)
def test_a_branch_is_named_with_or_without_its_remote(where, name, remote):
    assert branch(where) == BranchAddress(branch=name, remote=remote)


@pytest.mark.parametrize(
    "where",
    [
        *("", "-d", "--upload-pack=x", "HEAD", "refs/heads/x", "a b", "a..b", "a//b", "/a", "a/"),
        *("a.lock", "a.lock/b", "a.", ".a", "a/.b", "a\nb", "a~1", "a^", "a:b", "a?", "a*", "a["),
        *("a\\b", "é", "@", "@origin", "x" * 300, "a{", "a\0"),
    ],
)
def test_what_cannot_be_a_branch_is_refused(where):
    with pytest.raises(UsageError, match="cannot be the name of a branch") as caught:
        branch(where)
    assert "git:BRANCH" in caught.value.next_step


@pytest.mark.parametrize(
    "remote",
    ["", "-x", "--upload-pack=touch x", "ext::sh -c x", "a\nb", "a b", "a\x1b[2J", "x" * 400],
)
def test_what_cannot_be_a_remote_is_refused(remote):
    with pytest.raises(UsageError, match="cannot be a remote"):
        branch(f"data@{remote}")


@pytest.mark.parametrize(
    ("where", "name", "prefix"),
    [
        ("my-bucket", "my-bucket", ""),
        ("my-bucket/", "my-bucket", ""),
        ("my.bucket/some/where/", "my.bucket", "some/where/"),
    ],
)
def test_a_bucket_is_named_with_or_without_a_beginning(where, name, prefix):
    assert bucket(where) == BucketAddress(bucket=name, prefix=prefix)


@pytest.mark.parametrize(
    "where",
    [
        *("", "a", "My-Bucket", "a_b_c", "a..b", "-abc", "x" * 64, "arn:aws:s3:::b", "b?x=1"),
        *("abc/../d", "abc/a//b", "abc/.hidden", "abc/a b", "abc/\n", "abc/" + "x/" * 200),
    ],
)
def test_what_cannot_be_a_bucket_is_refused(where):
    with pytest.raises(UsageError, match="cannot be") as caught:
        bucket(where)
    assert "s3:BUCKET" in caught.value.next_step


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text):
    for read in (branch, bucket):
        with suppress(UsageError):
            read(text)
