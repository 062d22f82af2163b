from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.github.waits import Patience, limited, wait_of_failure, wait_of_limit

HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"]),
    st.one_of(st.text(max_size=5), st.integers(-5, 10**12).map(str)),
)


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        (429, {}, ""),
        (403, {"retry-after": "5"}, ""),
        (403, {"x-ratelimit-remaining": "0"}, ""),
        (403, {}, "You have exceeded a secondary rate limit."),
        (403, {}, "API rate limit exceeded for installation ID 1."),
    ],
)
def test_a_rate_limit_is_known_by_each_of_its_signs(status, headers, message):
    assert limited(status, headers, message)


@pytest.mark.parametrize("status", [401, 404, 422, 500])
def test_no_other_status_is_a_rate_limit(status):
    assert not limited(status, {"x-ratelimit-remaining": "0"}, "rate limit")


def test_a_missing_permission_is_no_rate_limit():
    headers = {"x-ratelimit-remaining": "812"}
    assert not limited(403, headers, "Resource not accessible by integration")


def test_what_github_says_to_wait_is_waited():
    patience = Patience()
    assert wait_of_limit({"retry-after": "7"}, tried=0, now=0, patience=patience) == 7
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "130"}
    assert wait_of_limit(headers, tried=0, now=100, patience=patience) == 31


def test_a_limit_that_does_not_say_doubles_a_minute():
    waits = [wait_of_limit({}, tried=n, now=0, patience=Patience()) for n in range(3)]
    assert waits == [60, 120, 240]


@given(headers=HEADERS, tried=st.integers(0, 5), now=st.floats(0, 10**10))
def test_no_header_makes_a_wait_that_is_none(headers, tried, now):
    patience = Patience()
    assert wait_of_limit(headers, tried=tried, now=now, patience=patience) >= 0
    assert wait_of_failure(headers, tried=tried, patience=patience) >= 0
