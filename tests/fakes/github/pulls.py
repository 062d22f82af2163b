"""Pull requests, comparisons of commits, permissions, statuses, and the repository itself."""

from __future__ import annotations

import re

from tests.fakes.github.call import Answer, Call, Refusal, page_of, route
from tests.fakes.github.state import Comparison, Pull, Status

FILES = 3000  # of a pull request, at the most that GitHub lists
LEGACY = {"admin": "admin", "maintain": "write", "write": "write", "triage": "read", "read": "read"}


@route("GET", "")
def get_repository(call: Call) -> Answer:
    """The repository."""
    return Answer(body=call.bodies.repository(call.repository))


@route("GET", "/pulls", "pull_requests")
def list_pulls(call: Call) -> Answer:
    """Newest first; `head` is owner:branch, and one without a colon is ignored, as there."""
    state, head = call.query.get("state", "open"), call.query.get("head", "")
    chosen = [
        pull
        for pull in sorted(call.repository.pulls.values(), key=lambda one: -one.number)
        if state in ("all", pull.state) and (":" not in head or head == _label(pull))
    ]
    return page_of(
        call, [call.bodies.pull(call.repository, one, "pull-request-simple") for one in chosen]
    )


def _label(pull: Pull) -> str:
    owner = (pull.head.repository or "ghost/gone").split("/")[0]
    return f"{owner}:{pull.head.ref}"


@route("GET", "/pulls/{pull_number}", "pull_requests")
def get_pull(call: Call) -> Answer:
    """One pull request."""
    return Answer(body=call.bodies.pull(call.repository, _pull(call), "pull-request"))


@route("GET", "/pulls/{pull_number}/files", "pull_requests")
def list_files(call: Call) -> Answer:
    """What it changes, up to what GitHub lists."""
    return page_of(call, [call.bodies.file(name) for name in _pull(call).files[:FILES]])


def _pull(call: Call) -> Pull:
    pull = call.repository.pulls.get(call.number("pull_number"))
    if pull is None:
        raise Refusal(404, "Not Found")
    return pull


@route("GET", "/compare/{basehead}", "contents")
def compare(call: Call) -> Answer:
    """What lies between two commits, as the fake was told; a fork's are in the same network."""
    base, _, head = call.names["basehead"].partition("...")
    told = call.repository.comparisons.get((base, head))
    if told is None and base != head:
        raise Refusal(404, "Not Found")
    told = told or Comparison(merge_base=base, ahead=0)
    size, page = (
        int(call.query.get(name, usual)) for name, usual in (("per_page", 30), ("page", 1))
    )
    shown = told.commits[(page - 1) * size : page * size]
    return Answer(
        body=call.bodies.comparison(
            call.repository, base, head, told.merge_base, told.ahead, told.behind, shown, told.files
        )
    )


@route("GET", "/collaborators/{username}/permission", "metadata")
def permission(call: Call) -> Answer:
    """Of any user: who is no collaborator of a public repository may read it."""
    login = call.names["username"]
    user = next((u for u in call.state.users.values() if u.login.lower() == login.lower()), None)
    if user is None:
        raise Refusal(404, f"{login} is not a user")
    role = call.repository.roles.get(user.login, "none" if call.repository.private else "read")
    body = {
        "permission": LEGACY.get(role, "none"),
        "role_name": role,
        "user": call.bodies.description.filled(
            "nullable-collaborator", call.bodies.user(user) | {"role_name": role}
        ),
    }
    return Answer(body=body)


@route("POST", "/statuses/{sha}", "statuses")
def set_status(call: Call) -> Answer:
    """A new status; the newest of a context counts. At most 1000 of one, and 140 characters."""
    sha, wanted = call.names["sha"], call.json
    context = wanted.get("context", "default")
    before = [s for s in call.repository.statuses if (s.sha, s.context) == (sha, context)]
    if not re.fullmatch(r"[0-9a-f]{40}", sha):
        raise Refusal(422, f"No commit found for SHA: {sha}")
    if len(before) >= 1000:
        raise Refusal(422, "Validation Failed: This SHA and context has reached the maximum")
    if len(wanted.get("description") or "") > 140:
        raise Refusal(422, "Validation Failed: description is too long (maximum is 140 characters)")
    made = Status(
        id=call.state.next_id(),
        sha=sha,
        context=context,
        state=wanted["state"],
        description=wanted.get("description") or "",
        target_url=wanted.get("target_url") or "",
        user=call.token.user,
    )
    call.repository.statuses.append(made)
    return Answer(status=201, body=call.bodies.status(call.repository, made))


@route("GET", "/commits/{ref}/statuses", "statuses")
def list_statuses(call: Call) -> Answer:
    """Newest first."""
    own = [one for one in reversed(call.repository.statuses) if one.sha == call.names["ref"]]
    return page_of(call, [call.bodies.status(call.repository, one) for one in own])
