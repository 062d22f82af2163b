"""What the fake answers beside GitHub's API: pages to look at, artifacts' bytes, and its control.

GET /                           what there is
GET /{owner}/{repo}/pull/{n}    a page of the comments, as GitHub would show them
GET /_fake/exchanges            the requests that came
GET /_fake/violations           what broke GitHub's description of its API
POST /_fake/faults              a fault for requests to come: the fields of `faults.Fault`
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from tests.fakes.github import faults, pages
from tests.fakes.github.call import Answer
from tests.fakes.github.fake import FakeGithub, seen

HTML = {"Content-Type": "text/html; charset=utf-8"}


def answer(
    fake: FakeGithub, verb: str, target: str, headers: Mapping[str, str], data: bytes
) -> Answer | None:
    """The answer, None for what is not beside the API."""
    path = urlsplit(target).path
    if path == "/":
        return Answer(body=pages.index(fake.state).encode(), headers=HTML)
    page = re.fullmatch(r"/([^/]+/[^/]+)/(?:pull|issues)/(\d+)", path)
    if page and page[1] in fake.state.repositories:
        body = pages.conversation(fake.state.repositories[page[1]], int(page[2]))
        return Answer(body=body.encode(), headers=HTML)
    blob = re.fullmatch(r"/_fake/blobs/([^/]+/[^/]+)/(\d+)", path)
    if blob:
        return _blob(fake, blob[1], int(blob[2]), headers)
    return _control(fake, verb, path, data)


def _blob(fake: FakeGithub, repository: str, artifact: int, headers: Mapping[str, str]) -> Answer:
    """The bytes; the storage there refuses a request that shows it GitHub's token."""
    if "authorization" in headers:
        return Answer(status=403, body={"message": "AuthenticationFailed"})
    data = fake.state.repositories[repository].artifacts[artifact].data
    return Answer(body=data, headers={"Content-Type": "application/zip"})


def _control(fake: FakeGithub, verb: str, path: str, data: bytes) -> Answer | None:
    if path == "/_fake/exchanges":
        return Answer(body=[seen(one) for one in fake.exchanges])
    if path == "/_fake/violations":
        return Answer(body=fake.violations)
    if path == "/_fake/faults" and verb == "POST":
        fake.faults.append(faults.read(json.loads(data)))
        return Answer(status=201, body={})
    return None
