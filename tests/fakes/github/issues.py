"""Comments of issues and pull requests, and reactions on them."""

from __future__ import annotations

from tests.fakes.github.call import Answer, Call, Refusal, page_of, route
from tests.fakes.github.state import Comment, Reaction, stamp

LIMIT = 65_536  # characters of a comment, which the description does not know
WRITERS = ("issues", "pull_requests")


@route("GET", "/issues/{issue_number}/comments", *WRITERS)
def list_comments(call: Call) -> Answer:
    """Oldest first. What was just made may not be there yet."""
    number = _number(call)
    shown = []
    for comment in call.repository.comments_of(number):
        if comment.hidden > 0:
            comment.hidden -= 1
        else:
            shown.append(call.bodies.comment(call.repository, comment))
    return page_of(call, shown)


@route("POST", "/issues/{issue_number}/comments", *WRITERS)
def create_comment(call: Call) -> Answer:
    """A new comment of the token's user."""
    number = _number(call)
    pull = call.repository.pulls.get(number)
    if pull is not None and pull.locked:
        raise Refusal(403, "Unable to create comment because issue is locked.")
    made = call.state.comment(
        call.repository.name, number, call.token.user.login, _checked(call.json["body"])
    )
    made.hidden = call.state.lag
    return Answer(status=201, body=call.bodies.comment(call.repository, made))


@route("GET", "/issues/comments/{comment_id}", *WRITERS)
def get_comment(call: Call) -> Answer:
    """One comment."""
    return Answer(body=call.bodies.comment(call.repository, _comment(call)))


@route("PATCH", "/issues/comments/{comment_id}", *WRITERS)
def edit_comment(call: Call) -> Answer:
    """Anybody's comment: a token that may write may edit what others wrote."""
    comment = _comment(call)
    comment.edits.append(comment.body)
    comment.body = _checked(call.json["body"])
    comment.updated = stamp()
    return Answer(body=call.bodies.comment(call.repository, comment))


@route("DELETE", "/issues/comments/{comment_id}", *WRITERS)
def delete_comment(call: Call) -> Answer:
    """The comment is gone."""
    del call.repository.comments[_comment(call).id]
    return Answer(status=204)


@route("GET", "/issues/comments/{comment_id}/reactions", *WRITERS)
def list_reactions(call: Call) -> Answer:
    """Reactions, oldest first."""
    return page_of(call, [call.bodies.reaction(one) for one in _comment(call).reactions])


@route("POST", "/issues/comments/{comment_id}/reactions", *WRITERS)
def react(call: Call) -> Answer:
    """200 where the user has reacted so before, 201 where not."""
    comment, content = _comment(call), call.json["content"]
    for one in comment.reactions:
        if one.user is call.token.user and one.content == content:
            return Answer(status=200, body=call.bodies.reaction(one))
    made = Reaction(id=call.state.next_id(), user=call.token.user, content=content)
    comment.reactions.append(made)
    return Answer(status=201, body=call.bodies.reaction(made))


def _number(call: Call) -> int:
    number = call.number("issue_number")
    if number not in call.repository.pulls and number not in call.repository.issues:
        raise Refusal(404, "Not Found")
    return number


def _comment(call: Call) -> Comment:
    comment = call.repository.comments.get(call.number("comment_id"))
    if comment is None:
        raise Refusal(404, "Not Found")
    return comment


def _checked(body: str) -> str:
    if not body.strip():
        raise _invalid("body can't be blank")
    if len(body) > LIMIT:
        raise _invalid(f"body is too long (maximum is {LIMIT} characters)")
    return body


def _invalid(message: str) -> Refusal:
    error = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
    return Refusal(422, "Validation Failed", errors=[error | {"message": message}])
