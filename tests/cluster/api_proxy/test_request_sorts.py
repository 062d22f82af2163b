"""Sorts of requests are those of the embedded server, whose accounts are the measure."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.apiserver import routing
from loadstone.cluster.api_proxy.request_sorts import is_of_no_resource, sort_of

RESOURCES = ["pods", "nodes", "namespaces", "default", "a%b", ""]
WORDS = st.sampled_from(
    ["api", "v1", "apis", "apps", "watch", "status", "finalize", "scale", "log", *RESOURCES]
)


@given(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    st.sampled_from(["/api/v1/", "/apis/apps/v1/", "/apis/", "/api/", "/"]),
    st.lists(WORDS, max_size=7),
    st.sampled_from(["", "watch=true", "watch=1", "watch=0", "watch", "limit=5&watch=false"]),
)
def test_every_path_is_what_the_embedded_server_takes_it_for(method, root, words, query):
    path = root + "/".join(map(quote, words))
    found = routing.route(path)
    options = routing.options(query)
    verb = routing.verb(method, found, options) if found else ""
    sort = sort_of(method, f"{path}?{query}" if query else path)
    if found is None or not verb:
        assert (sort.verb, sort.resource, sort.known) == (method.lower(), path[:100], False)
        return
    what = f"{found.plural}/{found.subresource}" if found.subresource else found.plural
    assert (sort.verb, sort.resource, sort.group, sort.known) == (verb, what, found.group, True)


@pytest.mark.parametrize(
    ("path", "aside"),
    [("/metrics", True), ("/livez?verbose", True), ("/loadstone/dials", True), ("/version", False),
     ("/metrics/x", False), ("/api/v1/pods", False), ("/apis", False)],
)  # fmt: skip
def test_health_and_metrics_are_beside_the_api(path, aside):
    assert sort_of("GET", path).aside is aside


def test_a_resource_that_there_is_not_is_told_from_an_object_that_there_is_not():
    assert is_of_no_resource(404, b"404 page not found\n")
    assert is_of_no_resource(404, b'{"message":"the server could not find the requested resource"}')
    assert not is_of_no_resource(404, b'{"message":"configmaps \\"a\\" not found"}')
    assert not is_of_no_resource(200, b"404 page not found\n")
