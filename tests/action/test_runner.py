"""The runner's environment: read whole, or refused with everything that is missing."""

import json

import pytest

from loadstone.action import runner
from loadstone.errors import InvalidFile

GOOD = {
    "GITHUB_REPOSITORY": "acme/mine",
    "GITHUB_RUN_ID": "42",
    "GITHUB_RUN_ATTEMPT": "3",
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_WORKSPACE": "/github/workspace",
}


def test_what_the_runner_says_is_read(tmp_path):
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"number": 7}))
    found = runner.context({**GOOD, "GITHUB_EVENT_PATH": str(event), "GITHUB_API_URL": "http://x"})
    assert (found.run, found.attempt, found.event["number"]) == (42, 3, 7)
    assert found.api_url == "http://x"
    assert found.url == "https://github.com/acme/mine/actions/runs/42"


def test_all_that_is_missing_is_said_at_once():
    with pytest.raises(InvalidFile) as caught:
        runner.context({"GITHUB_RUN_ID": "x", "GITHUB_REPOSITORY": "../mine/other"})
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("text", ["", "[]", "{", "\xff", '"a"', "[" * 100_000])
def test_an_event_that_is_none_is_refused(text, tmp_path):
    event = tmp_path / "event.json"
    event.write_text(text, encoding="latin-1")
    with pytest.raises(InvalidFile):
        runner.context({**GOOD, "GITHUB_EVENT_PATH": str(event)})


def test_an_event_that_is_too_large_is_not_read(tmp_path):
    event = tmp_path / "event.json"
    with event.open("wb") as file:
        file.truncate(runner.EVENT_LIMIT + 1)
    with pytest.raises(InvalidFile, match="more than"):
        runner.context({**GOOD, "GITHUB_EVENT_PATH": str(event)})


def test_the_payload_is_in_no_traceback(tmp_path):
    event = tmp_path / "event.json"
    event.write_text('{"secret": "words"}')
    assert "words" not in repr(runner.context({**GOOD, "GITHUB_EVENT_PATH": str(event)}))
