"""The fake without its socket: what a request does to the state, and what is answered."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from openapi_core.testing import MockRequest, MockResponse

from tests.fakes.github import (  # which enter their routes
    account,
    actions,
    issues,
    limits,
    pulls,
    releases,
)
from tests.fakes.github import faults as faulty
from tests.fakes.github.bodies import Bodies
from tests.fakes.github.call import ROUTES, Answer, Call, Refusal, Route
from tests.fakes.github.description import HOST, Description
from tests.fakes.github.faults import Fault, Kind
from tests.fakes.github.state import Repository, State

HANDLERS = (account, actions, issues, pulls, releases)  # which enter their routes
PREFIXES = ("/api/v3", "/api/uploads")  # of GitHub Enterprise
DESCRIPTION = Description()
UNKNOWN = "Bad credentials"
# Answers that GitHub gives everywhere and describes almost nowhere.
ANYWHERE = frozenset((400, 401, 403, 404, 409, 422, 429))


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request that came, and the status that was answered; 0 for none."""

    verb: str
    path: str
    query: Mapping[str, str]
    data: bytes
    status: int


class FakeGithub:
    """A GitHub to which things can be done. `violations`: whatever broke the description."""

    def __init__(self) -> None:
        self.state = State()
        self.faults: list[Fault] = []
        self.exchanges: list[Exchange] = []
        self.violations: list[str] = []

    def handle(
        self, verb: str, target: str, headers: Mapping[str, str], data: bytes, host: str
    ) -> Answer | None:
        """Answer a request; None closes the connection. Header names are in small letters."""
        parts = urlsplit(target)
        prefix = next((one for one in PREFIXES if parts.path.startswith(one + "/")), "")
        path = parts.path.removeprefix(prefix)
        path = "/graphql" if path == "/api/graphql" else path
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        with self.state.lock:
            fault = faulty.first(self.faults, verb, path)
        if fault is not None and fault.race is not None:
            fault.race()  # without the lock: it may be a request of its own
        with self.state.lock:
            call = self._call(verb, path, query, headers, data, f"http://{host}", prefix)
            answer = self._with_fault(call, fault) if call else Refusal(401, UNKNOWN).answer
            status = 0 if answer is None else answer.status
            self.exchanges.append(
                Exchange(verb=verb, path=path, query=query, data=data, status=status)
            )
        return answer

    def _call(
        self,
        verb: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        data: bytes,
        html: str,
        prefix: str,
    ) -> Call | None:
        """The request, understood; None for a token that nobody has."""
        token = self.state.tokens.get(headers.get("authorization", "").partition(" ")[2])
        if token is None:
            return None
        root = html + ("/api/v3" if prefix else "")
        bodies = Bodies(description=DESCRIPTION, api=root, html=html, uploads=f"{html}/api/uploads")
        return Call(
            verb=verb,
            path=path,
            query=query,
            data=data,
            headers=headers,
            state=self.state,
            bodies=bodies,
            token=token,
        )

    def _with_fault(self, call: Call, fault: Fault | None) -> Answer | None:
        answer = self._faulty(call, fault)
        limited = limits.headers(call.token)
        return answer and replace(answer, headers={**limited, **answer.headers})

    def _faulty(self, call: Call, fault: Fault | None) -> Answer | None:
        if fault is None or fault.kind is Kind.RACE:
            return self._limited(call)
        if fault.kind is Kind.BREAK:
            return replace(self._limited(call), body={"unexpected": True})
        if fault.after:
            self._limited(call)
        return fault.answer(time.time())

    def _limited(self, call: Call) -> Answer:
        makes_content = call.verb == "POST" and call.path.endswith("/comments")
        if call.path != "/rate_limit":
            refused = limits.spend(call.token, makes_content=makes_content, now=time.time())
            if refused is not None:
                return refused
        try:
            return self._checked(call)
        except Refusal as refusal:
            return refusal.answer

    def _checked(self, call: Call) -> Answer:
        found = _route(call)
        if found is None:
            self.violations.append(f"{call.verb} {call.path}: nothing here answers that")
            raise Refusal(404, "Not Found")
        route, names = found
        call = replace(call, names=names, found=self._repository(call, names))
        refusal = route.refusal(call)
        if refusal is not None:
            raise refusal
        if call.path == "/graphql":
            return route.handler(call)
        request = _described(call)
        wrong = DESCRIPTION.wrong_request(request)
        if wrong:
            self.violations.append(f"request {call.verb} {call.path}: {wrong}")
            raise Refusal(422, f"Invalid request.\n\n{wrong}")
        return self._held(call, request, _handled(route, call))

    def _repository(self, call: Call, names: Mapping[str, str]) -> Repository | None:
        if "owner" not in names:
            return None
        wanted = f"{names['owner']}/{names['repo']}".lower()
        everything = self.state.repositories.items()
        found = next((one for name, one in everything if name.lower() == wanted), None)
        seen = call.token.repositories
        if found is None or (found.private and seen is not None and found.name not in seen):
            raise Refusal(404, "Not Found")
        return found

    def _held(self, call: Call, request: MockRequest, answer: Answer) -> Answer:
        data = answer.data or b"null"
        response = MockResponse(data, answer.status, dict(answer.headers), "application/json")
        wrong = "" if answer.status in ANYWHERE else DESCRIPTION.wrong_answer(request, response)
        if wrong and answer.body is not None:
            self.violations.append(f"answer to {call.verb} {call.path}: {wrong}")
            raise Refusal(500, f"The fake's answer is wrong: {wrong}")
        return answer


def _handled(route: Route, call: Call) -> Answer:
    try:
        return route.handler(call)
    except Refusal as refusal:
        return refusal.answer


def _route(call: Call) -> tuple[Route, Mapping[str, str]] | None:
    for route in ROUTES:
        match = route.pattern.fullmatch(call.path)
        if match is not None and route.verb == call.verb:
            return route, {name: unquote(value) for name, value in match.groupdict().items()}
    return None


def _described(call: Call) -> MockRequest:
    """The request as the description knows it: with uploads of any type, and JSON else."""
    uploads = re.search(r"/releases/\d+/assets$", call.path)
    kind = "application/octet-stream" if uploads else "application/json"
    args = {name: value for name, value in call.query.items() if value}  # `label=` is taken there
    return MockRequest(
        HOST,
        call.verb.lower(),
        call.path,
        args=args,
        headers=dict(call.headers),
        data=call.data or None,
        content_type=kind,
    )


def seen(exchange: Exchange) -> dict[str, object]:
    """An exchange as the control API shows it."""
    try:
        body = json.loads(exchange.data) if exchange.data else None
    except ValueError:
        body = f"{len(exchange.data)} bytes"
    return {
        "verb": exchange.verb,
        "path": exchange.path,
        "query": dict(exchange.query),
        "body": body,
        "status": exchange.status,
    }
