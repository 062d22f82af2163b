"""What a token is told of itself, and the two questions of GraphQL that the bot has."""

from __future__ import annotations

import re

from tests.fakes.github.call import Answer, Call, Refusal, route
from tests.fakes.github.state import PRIMARY, Comment, Repository

CLASSIFIERS = ("ABUSE", "DUPLICATE", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM")


@route("GET", "//user")
def user(call: Call) -> Answer:
    """A person; an installation's token has none."""
    if call.token.user.bot:
        raise Refusal(403, "Resource not accessible by integration")
    values = call.bodies.user(call.token.user)
    return Answer(body=call.bodies.description.filled("public-user", values))


@route("GET", "//rate_limit")
def rate_limit(call: Call) -> Answer:
    """Costs nothing."""
    left = {
        "limit": PRIMARY,
        "remaining": call.token.remaining,
        "reset": int(call.token.reset),
        "used": PRIMARY - call.token.remaining,
    }
    return Answer(body={"resources": {"core": left, "search": left}, "rate": left})


@route("POST", "//graphql")
def graphql(call: Call) -> Answer:
    """`viewer` and `minimizeComment`; anything else is an error, as for a field there is not."""
    query = call.json["query"]
    if re.search(r"\bviewer\s*\{", query):
        return Answer(body={"data": {"viewer": {"login": call.token.user.login}}})
    if "minimizeComment" in query:
        return _minimize(call, call.json["variables"]["input"])
    return Answer(body={"data": None, "errors": [{"message": "Field doesn't exist on type"}]})


def _minimize(call: Call, wanted: dict[str, str]) -> Answer:
    found = _comment_of_node(call, wanted["subjectId"])
    if found is None or wanted["classifier"] not in CLASSIFIERS:
        error = {"type": "NOT_FOUND", "message": "Could not resolve to a node"}
        return Answer(body={"data": None, "errors": [error]})
    if not any(call.token.may(scope, "write") for scope in ("issues", "pull_requests")):
        error = {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}
        return Answer(body={"data": None, "errors": [error]})
    found.minimized = wanted["classifier"]
    shown = {"isMinimized": True, "minimizedReason": found.minimized.lower()}
    return Answer(body={"data": {"minimizeComment": {"minimizedComment": shown}}})


def _comment_of_node(call: Call, node: str) -> Comment | None:
    repositories: list[Repository] = list(call.state.repositories.values())
    for repository in repositories:
        for comment in repository.comments.values():
            if f"IC_{comment.id}" == node:
                return comment
    return None
