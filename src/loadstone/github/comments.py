"""The one comment of a key: found by marker and author, made once, and never set back.

Two runs may make it at once: who has made one looks again, and all keep the oldest. GitHub's lists
may lag behind what was just made, so whatever sees two later mends that too.

What a comment says may follow from what it said: who wants that reads it, and writes with the next
`revision` in its data. If somebody else wrote in between, the words are refused as superseded and
made anew (`update`). GitHub has no conditional writes, so of two who looked at once the later takes
the words of the other: each looks again a moment after it has written, and says its own once more
where they are gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from github.IssueComment import IssueComment

from loadstone.errors import GithubFailed
from loadstone.github import hidden_line
from loadstone.github.client import PAGE, Client
from loadstone.github.hidden_line import Marker
from loadstone.github.own_comments import OwnComment, Settlement, bearing, same, settle
from loadstone.github.refusals import LATER, in_words
from loadstone.model.bot import UpsertComment

TRIES = 4  # of making it, each after a look whether the one before took effect


class CommentOutcome(StrEnum):
    """What became of a comment."""

    CREATED = "created"
    EDITED = "edited"
    UNCHANGED = "unchanged"  # it said the same already
    SUPERSEDED = "superseded"  # it said something newer
    ABSENT = "absent"  # there is none, and none was to be made


@dataclass(frozen=True, kw_only=True)
class CommentResult:
    """What became of a comment, and where it is."""

    outcome: CommentOutcome
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a comment is to say next; its revision is counted by who writes it."""

    body: str
    data: Mapping[str, str] = field(default_factory=dict)
    create: bool = True


def find(client: Client, number: int, key: str) -> OwnComment | None:
    """The comment of a key on an issue or pull request, None where there is none."""
    with in_words(f"the comments of #{number}"):
        own, _ = _look(client, number, key, 1)
    return min(own, key=lambda one: one.id, default=None)


def upsert(client: Client, wanted: UpsertComment) -> CommentResult:
    """Make or edit the comment. Raises `GithubFailed`."""
    with in_words(f"the comment on #{wanted.number}"):
        return _upsert(client, wanted)


def update(
    client: Client, number: int, key: str, change: Callable[[OwnComment | None], Draft | None]
) -> CommentResult:
    """Change the comment by what it says now; `change` may be asked again, and None leaves it.

    Raises `GithubFailed`, also where others write again and again.
    """
    for _ in range(TRIES):
        now = find(client, number, key)
        draft = change(now)
        if draft is None:
            return CommentResult(outcome=CommentOutcome.UNCHANGED if now else CommentOutcome.ABSENT)
        revision = (now.mark.revision if now else 0) + 1
        wanted = UpsertComment(
            number=number,
            key=key,
            body=draft.body,
            data={**draft.data, "revision": str(revision)},
            create=draft.create,
        )
        done = upsert(client, wanted)
        if done.outcome is not CommentOutcome.SUPERSEDED and not _taken(client, wanted, done):
            return done
    raise GithubFailed(f"the comment on #{number}: others write it all the time", next_step=LATER)


def _taken(client: Client, wanted: UpsertComment, done: CommentResult) -> bool:
    """Whether another has written over what was just written, as if it had not been there."""
    if done.outcome is not CommentOutcome.EDITED:
        return False
    client.sleep(client.patience.pause)
    now = find(client, wanted.number, wanted.key)
    own = Marker(key=wanted.key, data=wanted.data)
    if now is None or now.mark.revision > own.revision:
        return False
    return not same(now.text, hidden_line.marked(own, wanted.body))


def _upsert(client: Client, wanted: UpsertComment) -> CommentResult:
    page, mark = 1, Marker(key=wanted.key, data=wanted.data)
    for tried in range(TRIES):
        own, page = _look(client, wanted.number, wanted.key, page)
        created = not own and wanted.create
        if created:
            made = _make(client, wanted, mark, last=tried + 1 == TRIES)
            if made is None:
                continue
            own, page = _look(client, wanted.number, wanted.key, page)
            own = [made, *(one for one in own if one.id != made.id)]
        if not own:
            return CommentResult(outcome=CommentOutcome.ABSENT)
        settlement = settle(own, mark, wanted.body)
        if _do(client, wanted.number, settlement):
            return CommentResult(outcome=_outcome(settlement, created), url=settlement.keep.url)
        page = 1  # somebody deleted it meanwhile
    raise GithubFailed("it was deleted again and again")


def _outcome(settlement: Settlement, created: bool) -> CommentOutcome:
    if settlement.superseded:
        return CommentOutcome.SUPERSEDED
    if created:
        return CommentOutcome.CREATED
    if same(settlement.text, settlement.keep.text):
        return CommentOutcome.UNCHANGED
    return CommentOutcome.EDITED


def _look(client: Client, number: int, key: str, first: int) -> tuple[list[OwnComment], int]:
    """Ours of the first page that has any, from page `first` on, and that page's number."""
    page = first
    for comments in client.pages(f"/issues/{number}/comments", first=first):
        marked = [bearing(one, key) for one in comments]
        candidates = [one for one in marked if one is not None]
        own = [one for one, login in candidates if login.lower() == client.author.lower()]
        if own or len(comments) < PAGE:
            return own, page
        page += 1
    return [], page


def _make(client: Client, wanted: UpsertComment, mark: Marker, *, last: bool) -> OwnComment | None:
    """A new comment; None where it is not known whether it took effect."""
    text = hidden_line.marked(mark, wanted.body)
    try:
        with in_words(f"the comment on #{wanted.number}"):
            made = client.repo.get_issue(wanted.number).create_comment(text)
    except GithubFailed as failed:
        if last or not failed.effect_unknown:
            raise
        client.sleep(client.patience.pause)
        return None
    client.learn_author(made.user.login)
    return OwnComment(id=made.id, body=wanted.body, data=wanted.data, url=made.html_url, text=text)


def _do(client: Client, number: int, settlement: Settlement) -> bool:
    """Carry it out; False where the comment that was to stay is gone."""
    if not same(settlement.text, settlement.keep.text):
        try:
            with in_words(f"the comment on #{number}"):
                lazy(client, settlement.keep.id).edit(settlement.text)
        except GithubFailed as failed:
            if failed.status != 404:
                raise
            return False
    for one in settlement.remove:
        _remove(client, one)
    return True


def _remove(client: Client, own: OwnComment) -> None:
    """Delete a comment of ours; another run may have done it already."""
    try:
        with in_words("a second comment"):
            lazy(client, own.id).delete()
    except GithubFailed as failed:
        if failed.status != 404:
            raise


def lazy(client: Client, comment: int) -> IssueComment:
    """A comment that is written to without being read."""
    return client.repo.get_issue(0).get_comment(comment)
