"""Digests are taken from the lists that releases publish, and from nothing that is ambiguous."""

import hashlib

import pytest

from loadstone.component.revisions.checksums import listed

A, B = (hashlib.sha256(each).hexdigest() for each in (b"a", b"b"))
LONG = hashlib.sha512(b"a").hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        f"{B}  other.tar.gz\n{A}  thing.tar.gz\n",
        f"{A} *thing.tar.gz\n",
        f"{A.upper()}\tthing.tar.gz\r\n",
        f"{A}  ./dist/thing.tar.gz\n",
        f"SHA256 (thing.tar.gz) = {A}\n",
        f"{A}\n",
        f"# a comment\n\n{A}  thing.tar.gz\n",
    ],
)
def test_every_way_to_write_a_list_is_read(text):
    assert listed(text, "thing.tar.gz") == f"sha256:{A}"


def test_of_both_digests_the_longer_one_counts():
    assert listed(f"{LONG}  thing\n", "thing") == f"sha512:{LONG}"
    assert listed(f"{A}  thing\n{LONG}  thing\n", "thing") == f"sha512:{LONG}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{B}  other.tar.gz\n",
        f"{A}  thing.tar.gz\n{B}  thing.tar.gz\n",  # which of them?
        f"{A}\n{B}\n",
        f"{A[:-1]}  thing.tar.gz\n",
        f"{A}  thing.tar.gz.sig\n",
        "<html>not found</html>",
    ],
)
def test_what_is_not_surely_the_files_digest_is_none(text):
    assert listed(text, "thing.tar.gz") is None
