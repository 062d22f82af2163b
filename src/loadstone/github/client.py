"""The client: one repository, as one token sees it, through PyGithub.

Objects are lazy: one that is only written to is not read first, and no address of an answer is
followed that is not needed, since PyGithub insists on its host.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from github import Auth, Github
from github.Repository import Repository

from loadstone.errors import GithubFailed, UsageError
from loadstone.github.refusals import in_words
from loadstone.github.retries import Retries
from loadstone.github.waits import Patience

DEFAULT_URL = "https://api.github.com"
TIMEOUT = 30  # s without an answer
PAGE = 100  # items, the most that GitHub gives
INSTALLATION = "ghs_"  # how the tokens of a workflow, and of any app, begin
API_VERSION = "2022-11-28"


class _CountedToken(Auth.Token):
    """A token that counts how often it is shown: once a request, as each shows it."""

    shown = 0

    def authentication(self, headers: dict[str, Any]) -> None:
        self.shown += 1
        super().authentication(headers)


class Client:
    """The API of one repository; a context manager, which closes its connections.

    `author`: the login whose comments are ours, where it is known; asked for otherwise, and once.
    `pauses`: seconds between two requests and between two writes, which GitHub asks for.
    """

    def __init__(
        self,
        repository: str,
        token: str,
        *,
        url: str = DEFAULT_URL,
        author: str = "",
        patience: Patience | None = None,
        pauses: tuple[float, float] = (0.05, 1.0),
        say: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if repository.count("/") != 1 or not all(repository.split("/")):
            raise UsageError(f"{repository!r} is no repository", next_step="write owner/name")
        self.repository = repository
        self.patience = patience or Patience()
        self.sleep = sleep
        self._token = _CountedToken(token)
        self._retries = Retries(self.patience, say=say, sleep=sleep)
        self._author = author
        self._github = Github(
            auth=self._token,
            base_url=url.rstrip("/"),
            timeout=TIMEOUT,
            per_page=PAGE,
            retry=self._retries,
            seconds_between_requests=pauses[0],
            seconds_between_writes=pauses[1],
            user_agent="loadstone",
            api_version=API_VERSION,
            lazy=True,
        )
        self.repo: Repository = self._github.get_repo(repository)

    @classmethod
    def of_workflow(cls, environment: Mapping[str, str], token: str, **more: Any) -> Client:
        """The client of the repository that a workflow runs for, on GitHub or an Enterprise."""
        return cls(
            environment.get("GITHUB_REPOSITORY", ""),
            token,
            url=environment.get("GITHUB_API_URL") or DEFAULT_URL,
            **more,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._github.close()

    @property
    def requests(self) -> int:
        """How many requests were made, without those that were sent again."""
        return self._token.shown

    def ask(
        self, verb: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None
    ) -> Any:
        """One request below the repository, and the JSON of its answer."""
        place = f"/repos/{self.repository}{path}"
        _, data = self._github.requester.requestJsonAndCheck(
            verb, place, parameters=dict(query or {}), input=body
        )
        return data

    def pages(
        self, path: str, *, under: str = "", first: int = 1, query: Mapping[str, Any] | None = None
    ) -> Iterator[Sequence[Any]]:
        """The pages of a list, one request each, until one is not full."""
        page = first
        while True:
            asked = {**(query or {}), "per_page": PAGE, "page": page}
            data = self.ask("GET", path, query=asked)
            items = data[under] if under else data
            yield items
            if len(items) < PAGE:
                return
            page += 1

    def location(self, path: str) -> str:
        """The address that an answer sends to, not followed: it is not GitHub's API."""
        requester = self._github.requester
        status, headers, body = requester.requestJson("GET", f"/repos/{self.repository}{path}")
        if status >= 400:
            data = {"message": "Gone" if status == 410 else body[:200]}
            raise requester.createException(status, headers, data)
        return str(headers.get("location", ""))

    @property
    def author(self) -> str:
        """The login that the token writes as.

        `viewer` is the one question that all kinds of tokens may ask; it costs a request.
        """
        if not self._author:
            with in_words("the login of the token"):
                _, data = self._github.requester.graphql_query("query { viewer { login } }", {})
                self.learn_author(str(data["data"]["viewer"]["login"]))
        return self._author

    def learn_author(self, login: str) -> None:
        """Keep the login that an answer showed the token to write as."""
        bot = self._token.token.startswith(INSTALLATION) and not login.endswith("[bot]")
        self._author = f"{login}[bot]" if bot else login

    def insist(self, send: Callable[[], Any]) -> Any:
        """Send a POST that does twice what it does once, again where its effect is unknown."""
        for tried in range(self.patience.again):
            try:
                return send()
            except GithubFailed as failed:
                if not failed.effect_unknown:
                    raise
                self.sleep(self.patience.pause * 2.0**tried)
        return send()


def quoted(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe="")
