"""The fake itself: what GitHub's description does not know, and what is for people."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
import requests

from tests.fakes.github import pages
from tests.fakes.github.state import PRIMARY
from tests.github.conftest import HEAD, NAME, TOKEN

COMMENTS = f"/repos/{NAME}/issues/1/comments"
AUTH = {"Authorization": f"Bearer {TOKEN}"}


def post(world, path, body, **more):
    return requests.post(world.server.url + path, json=body, headers=AUTH, timeout=10, **more)


def get(world, path, **more):
    return requests.get(world.server.url + path, headers=AUTH, timeout=10, **more)


def test_a_comment_has_65536_characters_at_the_most(world):
    assert post(world, COMMENTS, {"body": "€" * 65_536}).status_code == 201
    refused = post(world, COMMENTS, {"body": "x" * 65_537})
    assert refused.status_code == 422
    assert "maximum is 65536 characters" in refused.json()["errors"][0]["message"]


def test_a_request_that_breaks_the_description_is_refused_and_remembered(world):
    assert post(world, COMMENTS, {"text": "no body"}).status_code == 422
    assert get(world, "/repos/octo/widget/nothing/here").status_code == 404
    assert ["body" in world.fake.violations[0], "nothing" in world.fake.violations[1]] == [True] * 2
    world.fake.violations.clear()


def test_an_answer_that_breaks_the_description_is_remembered(world):
    world.repository.pulls[1].state = "ajar"
    assert get(world, f"/repos/{NAME}/pulls/1").status_code == 500
    assert "ajar" in world.fake.violations.pop()


def test_lists_link_to_their_pages_at_the_fake_itself(world):
    for _ in range(5):
        world.fake.state.comment(NAME, 1, "somebody", "talk")
    first = get(world, COMMENTS, params={"per_page": 2})
    assert first.links["next"]["url"].startswith(world.server.url)
    pages_read = [first.json()]
    while "next" in first.links:
        first = requests.get(first.links["next"]["url"], headers=AUTH, timeout=10)
        pages_read.append(first.json())
    assert [len(page) for page in pages_read] == [2, 2, 1]


def test_every_answer_says_what_is_left_of_the_hour(world):
    left = [int(get(world, COMMENTS).headers["X-RateLimit-Remaining"]) for _ in range(2)]
    assert left == [PRIMARY - 1, PRIMARY - 2]
    world.fake.state.tokens[TOKEN].remaining = 0
    refused = get(world, COMMENTS)
    assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
    world.fake.state.tokens[TOKEN].reset = 0
    assert get(world, COMMENTS).status_code == 200


def test_more_than_eighty_comments_a_minute_come_too_fast(world):
    answers = [post(world, COMMENTS, {"body": "x"}) for _ in range(81)]
    assert [answer.status_code for answer in answers] == [201] * 80 + [403]
    assert answers[-1].headers["Retry-After"] == "60"


def test_a_comment_may_be_missing_from_lists_for_a_while(world):
    world.fake.state.lag = 1
    post(world, COMMENTS, {"body": "x"})
    assert [len(get(world, COMMENTS).json()) for _ in range(2)] == [0, 1]


def test_faults_can_be_asked_for_over_http(world):
    post(world, "/_fake/faults", {"verb": "GET", "status": 502})
    assert [get(world, COMMENTS).status_code for _ in range(2)] == [502, 200]
    seen = get(world, "/_fake/exchanges").json()
    assert [one["status"] for one in seen] == [502, 200]
    assert get(world, "/_fake/violations").json() == []


HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(1)> @everyone
<a href="javascript:alert(1)">x</a><iframe src="http://evil"></iframe>
<style>body{display:none}</style><form action="/x"><button>y</button></form>"""


def test_a_page_shows_comments_and_lets_nothing_else_through(world):
    world.fake.state.comment(NAME, 1, "<b>stranger</b>", HOSTILE)
    world.fake.state.comment(NAME, 1, "somebody", "| a | b |\n|---|---|\n| **1** | 2 |")
    page = get(world, f"/{NAME}/pull/1").text
    assert "<td><strong>1</strong></td>" in page
    for forbidden in ("<script", "onerror", "javascript:", "<iframe", "<form", "<b>stranger"):
        assert forbidden not in page
    assert f"/{NAME}/pull/1" in get(world, "/").text


def test_details_stay_details():
    shown = pages.rendered("<details>\n<summary>more</summary>\n\n| a |\n|---|\n\n</details>")
    assert "<details>" in shown
    assert "<table>" in shown


@pytest.mark.parametrize("kind", ["STATUS", "PRIMARY"])
def test_a_fault_after_the_effect_leaves_the_effect(world, kind):
    fault = {"verb": "POST", "path": "comments$", "after": True, "kind": kind.lower()}
    post(world, "/_fake/faults", fault)
    assert post(world, COMMENTS, {"body": "x"}).status_code >= 400
    assert len(world.comments) == 1


def test_it_can_be_started_by_hand():
    command = [sys.executable, "-m", "tests.fakes.github", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        try:
            api = url.removesuffix(f"/{NAME}/pull/1")
            read = requests.get(
                f"{api}/repos/{NAME}/pulls/1",
                headers={"Authorization": "Bearer ghs_fake"},
                timeout=10,
            )
            assert read.json()["head"]["sha"] == HEAD
            assert requests.get(url, timeout=10).ok
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_the_description_is_small_enough_to_be_read():
    from tests.fakes.github.description import HERE

    text = (HERE / "openapi.json").read_text()
    assert len(text) < 150_000
    assert json.loads(text)["info"]["version"] == "23.0.2"
