"""What the tests of stores share: a server of S3."""

from collections.abc import Iterator

import pytest

from tests.store import places


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    with places.s3() as url:
        yield url


@pytest.fixture(params=sorted(places.PLACES))
def blobs(request, tmp_path_factory):
    if request.param == "s3":
        request.getfixturevalue("s3")
    return places.PLACES[request.param](tmp_path_factory.mktemp("place"))
