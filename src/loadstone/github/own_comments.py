"""Comments of ours, and the decision what makes one of several. Nothing here asks GitHub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.github import hidden_line
from loadstone.github.hidden_line import Marker


@dataclass(frozen=True, kw_only=True)
class OwnComment:
    """A comment of ours: `body` is below the marker, `data` is what the marker keeps."""

    id: int
    body: str
    data: Mapping[str, str]
    url: str
    text: str  # all of it, as GitHub has it

    @property
    def mark(self) -> Marker:
        """Its marker, without its key."""
        return Marker(key="", data=self.data)


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What makes one comment of those there are: which stays, what it says, which go."""

    keep: OwnComment
    text: str
    remove: Sequence[OwnComment]
    superseded: bool


def settle(own: Sequence[OwnComment], wanted: Marker, body: str) -> Settlement:
    """Decide what makes one comment of those of ours that there are, at least one."""
    keep = min(own, key=lambda one: one.id)
    newest = max(own, key=lambda one: (one.mark.sequence, -one.id))
    text = hidden_line.marked(wanted, body)
    superseded = newest.mark.sequence > wanted.sequence or (
        newest.mark.revision == wanted.revision > 0 and not same(newest.text, text)
    )
    return Settlement(
        keep=keep,
        text=newest.text if superseded else text,
        remove=[one for one in own if one is not keep],
        superseded=superseded,
    )


def bearing(comment: Mapping[str, object], key: str) -> tuple[OwnComment, str] | None:
    """A comment that bears the key, with who wrote it: anybody can write a marker."""
    text, user = comment.get("body"), comment.get("user")
    if not isinstance(text, str) or not isinstance(user, dict):  # a deleted user is null
        return None
    found = hidden_line.read(text)
    if found is None or found.key != key:
        return None
    own = OwnComment(
        id=int(str(comment["id"])),
        body=hidden_line.below(text),
        data=found.data,
        url=str(comment.get("html_url", "")),
        text=text,
    )
    return own, str(user.get("login", ""))


def same(one: str, other: str) -> bool:
    """Whether two texts are one to GitHub, which changes ends of lines."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
