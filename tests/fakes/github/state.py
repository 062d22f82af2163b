"""The state of the fake: users, tokens, and repositories with all that hangs on them."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

PRIMARY = 1000  # requests an hour that a workflow's token has
ACTIONS_USER = 41898282  # the id of github-actions[bot], there as here


def stamp(seconds: float | None = None) -> str:
    """A time as GitHub writes it, in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


@dataclass(kw_only=True)
class User:
    """A person, or an app's bot."""

    login: str
    id: int

    @property
    def bot(self) -> bool:
        """Whether it is an app's."""
        return self.login.endswith("[bot]")


@dataclass(kw_only=True)
class Token:
    """A token: whose it is, and what it may. `permissions` None: all that its user may."""

    value: str
    user: User
    permissions: Mapping[str, str] | None = None  # scope → read or write
    repositories: frozenset[str] | None = None  # of the private ones; None: all
    remaining: int = PRIMARY
    reset: float = 0.0
    writes: list[float] = field(default_factory=list)  # when content was made

    def may(self, scope: str, level: str) -> bool:
        """Whether it has a permission."""
        if self.permissions is None:
            return True
        has = self.permissions.get(scope, "")
        return has in ("write", level)


@dataclass(kw_only=True)
class Reaction:
    """A reaction on a comment."""

    id: int
    user: User
    content: str


@dataclass(kw_only=True)
class Comment:
    """A comment. `hidden`: so many lists will not show it yet."""

    id: int
    number: int
    user: User
    body: str
    created: str = field(default_factory=stamp)
    updated: str = field(default_factory=stamp)
    reactions: list[Reaction] = field(default_factory=list)
    minimized: str = ""
    hidden: int = 0
    edits: list[str] = field(default_factory=list)  # earlier bodies


@dataclass(kw_only=True)
class Branch:
    """A branch of a repository, as a pull request has two of. `repository` None: a fork, gone."""

    ref: str
    sha: str
    repository: str | None


@dataclass(kw_only=True)
class Pull:
    """A pull request."""

    number: int
    head: Branch
    base: Branch
    user: User
    title: str = "A change"
    state: str = "open"
    draft: bool = False
    locked: bool = False
    labels: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)  # "old → new" for one that is renamed


@dataclass(kw_only=True)
class Run:
    """A workflow run."""

    id: int
    workflow: str  # file name
    head_sha: str
    head_branch: str = "main"
    head_repository: str = ""
    event: str = "pull_request"
    status: str = "completed"
    conclusion: str | None = "success"
    attempt: int = 1
    title: str = ""
    pulls: list[int] = field(default_factory=list)  # none for a fork's
    created: str = field(default_factory=stamp)


@dataclass(kw_only=True)
class Artifact:
    """An artifact. `size`: what the list says, which need not be true."""

    id: int
    run: int
    name: str
    data: bytes
    expired: bool = False
    size: int | None = None


@dataclass(kw_only=True)
class Asset:
    """A file of a release."""

    id: int
    name: str
    data: bytes
    content_type: str


@dataclass(kw_only=True)
class Release:
    """A release. `immutable`: once published, nothing of it but its words can be changed."""

    id: int
    tag: str
    name: str = ""
    body: str = ""
    draft: bool = False
    prerelease: bool = False
    immutable: bool = False
    target: str = "main"
    assets: list[Asset] = field(default_factory=list)


@dataclass(kw_only=True)
class Status:
    """A commit status."""

    id: int
    sha: str
    context: str
    state: str
    description: str
    target_url: str
    user: User


@dataclass(kw_only=True)
class Comparison:
    """What lies between two commits; the fake does not know Git, so it is told."""

    merge_base: str
    ahead: int = 1
    behind: int = 0
    commits: list[tuple[str, str, str]] = field(default_factory=list)  # hash, parent, message
    files: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Repository:
    """A repository with all that hangs on it."""

    name: str  # owner/name
    id: int
    private: bool = False
    default_branch: str = "main"
    immutable_releases: bool = False
    pulls: dict[int, Pull] = field(default_factory=dict)
    issues: set[int] = field(default_factory=set)
    comments: dict[int, Comment] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)  # login → role
    statuses: list[Status] = field(default_factory=list)
    workflows: set[str] = field(default_factory=set)
    dispatches: list[dict[str, object]] = field(default_factory=list)
    runs: dict[int, Run] = field(default_factory=dict)
    artifacts: dict[int, Artifact] = field(default_factory=dict)
    releases: dict[int, Release] = field(default_factory=dict)
    comparisons: dict[tuple[str, str], Comparison] = field(default_factory=dict)

    def comments_of(self, number: int) -> list[Comment]:
        """The comments of an issue or pull request, oldest first."""
        return [comment for _, comment in sorted(self.comments.items()) if comment.number == number]


class State:
    """Everything; `lock` is held while a request is handled. Ids only grow, as GitHub's do."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.tokens: dict[str, Token] = {}
        self.repositories: dict[str, Repository] = {}
        self.lag = 0  # so many lists do not show a comment that was just made
        self._ids = itertools.count(1000)
        self.user("github-actions[bot]", number=ACTIONS_USER)

    def next_id(self) -> int:
        """An id that nothing has."""
        return next(self._ids)

    def user(self, login: str, *, number: int = 0) -> User:
        """The user of a login; made where there is none."""
        if login not in self.users:
            self.users[login] = User(login=login, id=number or self.next_id())
        return self.users[login]

    def token(
        self,
        value: str,
        login: str = "github-actions[bot]",
        *,
        permissions: Mapping[str, str] | None = None,
        repositories: frozenset[str] | None = None,
    ) -> Token:
        """A new token."""
        self.tokens[value] = Token(
            value=value,
            user=self.user(login),
            permissions=permissions,
            repositories=repositories,
            reset=time.time() + 3600,
        )
        return self.tokens[value]

    def repository(self, name: str, *, private: bool = False) -> Repository:
        """A new repository."""
        made = Repository(name=name, id=self.next_id(), private=private)
        self.repositories[name] = made
        return made

    def pull(  # the four that every test varies
        self, repository: str, number: int, *, head_sha: str, head_repository: str | None = ""
    ) -> Pull:
        """A new pull request, from a branch `change` into `main`; "" is the same repository."""
        head = repository if head_repository == "" else head_repository
        pull = Pull(
            number=number,
            head=Branch(ref="change", sha=head_sha, repository=head),
            base=Branch(ref="main", sha="b" * 40, repository=repository),
            user=self.user("author"),
        )
        self.repositories[repository].pulls[number] = pull
        return pull

    def comment(self, repository: str, number: int, login: str, body: str) -> Comment:
        """A comment, as anybody may write one."""
        made = Comment(id=self.next_id(), number=number, user=self.user(login), body=body)
        self.repositories[repository].comments[made.id] = made
        return made
